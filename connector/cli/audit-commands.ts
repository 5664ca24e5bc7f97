// The commands of the audit trail, the keys and contradictions: wiring only, apart from main.ts because of its length.

import type { Command } from 'commander'
import type { Deps } from '../steps/deps'
import { anchor, exportEntries, generateKey, listEntries, reencrypt, verify } from './audit'
import { listContradictions, resolveContradiction } from './contradiction'
import type { Output } from './output'

export type Run = (work: () => Promise<number> | number) => () => Promise<void>
/** Runs on the site of the configuration, and closes it again. */
export type WithDeps = (work: (deps: Deps) => Promise<number>) => Promise<void>

export function addContradiction(program: Command, withDeps: WithDeps, output: () => Output): void {
  const contradiction = program
    .command('contradiction')
    .description('查看与处理矛盾 / contradictions, and what they were')
  contradiction
    .command('list')
    .option('--limit <n>', '条数 / how many', '50')
    .action((options: { limit: string }) =>
      withDeps(deps => listContradictions(deps, Number.parseInt(options.limit, 10), output())),
    )
  contradiction
    .command('resolve <id>')
    .requiredOption('--person <person>', '处理人姓名 / who')
    .requiredOption('--resolution <text>', '结论 / what it was')
    .action((id: string, options: { person: string; resolution: string }) =>
      withDeps(deps => resolveContradiction(deps, id, options, output())),
    )
}

export function addAudit(program: Command, withDeps: WithDeps, output: () => Output): void {
  const audit = program.command('audit').description('审计链 / the audit trail')
  audit
    .command('verify')
    .description('核对审计链、付款与矛盾 / prove the trail, and payments and contradictions against it')
    .option('--anchor <file>', '锚点文件 / an anchor made earlier')
    .action((options: { anchor?: string }) => withDeps(deps => verify(deps.store, options.anchor, output())))
  audit
    .command('anchor')
    .description('打印锚点，存放在数据库之外 / print an anchor, to be kept away from the database')
    .action(() => withDeps(deps => anchor(deps.store, deps.clock)))
  audit
    .command('list')
    .option('--after <no>', '从此序号之后 / behind this number', '0')
    .option('--limit <n>', '条数 / how many', '50')
    .action((options: { after: string; limit: string }) => {
      const range = { after: Number.parseInt(options.after, 10), limit: Number.parseInt(options.limit, 10) }
      return withDeps(deps => listEntries(deps.store, range, output()))
    })
  audit
    .command('export')
    .description('每行一条 JSON / every entry, one JSON a line')
    .action(() => withDeps(deps => exportEntries(deps.store)))
}

export function addKeys(program: Command, run: Run, withDeps: WithDeps, output: () => Output): void {
  const keys = program.command('keys').description('密钥 / keys')
  keys
    .command('generate')
    .description('打印一个新密钥 / print a new secret')
    .action(run(() => generateKey(output())))
  keys
    .command('reencrypt')
    .description('用当前密钥重新加密旧数据，可随时中断 / give old rows the current key; may be cut off')
    .action(() => withDeps(deps => reencrypt(deps.store, deps.clock, output())))
}
