// The commands of the journal and of collections: wiring only, apart from main.ts because of its length.

import type { Command } from 'commander'
import type { BookingConfig } from '../config-journal'
import type { ExampleAccount } from '../core/journal-example'
import type { Run, WithDeps } from './audit-commands'
import { claimAtCommand, listCollections, releaseAtCommand, showCollection } from './collection'
import { compareRules, dryRunJournal, reverseJournal, testRules, type DryFlags } from './journal'
import type { Output } from './output'

export type Wiring = {
  readonly run: Run
  readonly withDeps: WithDeps
  readonly output: () => Output
  /** The configuration as it stands, without opening anything. */
  readonly config: () => BookingConfig & { readonly accounts: readonly ExampleAccount[] }
  /** The rules of another file. */
  readonly rules: (file: string) => BookingConfig
}

export function addJournal(program: Command, { run, withDeps, output, config, rules }: Wiring): void {
  const journal = program.command('journal').description('流水生成凭证的规则 / how bank lines are booked')
  journal
    .command('test')
    .description('运行规则的示例 / run the examples of the rules')
    .action(run(() => testRules(config(), output())))
  journal
    .command('dry-run')
    .description('试算：规则会如何入账，不写入 / what the rules would book; writes nothing')
    .option('--account <account>', '仅此账户 / this account only')
    .option('--from <yyyy-MM-dd>', '从哪天起 / first day')
    .option('--to <yyyy-MM-dd>', '到哪天止，默认今天 / last day, today when absent')
    .option('--rules <file>', '与另一文件的规则比较 / compare with the rules of another file')
    .action((flags: DryFlags & { readonly rules?: string }) => {
      const other = flags.rules
      if (other === undefined) return withDeps(deps => dryRunJournal(deps, flags, output()))
      return withDeps(deps => compareRules(deps, flags, rules(other), output()))
    })
  journal
    .command('reverse <line>')
    .description('红字冲销一笔流水的凭证 / take back the entry of a bank line')
    .requiredOption('--as <person>', '操作人姓名 / who')
    .requiredOption('--reason <text>', '原因 / why')
    .option('--rebook', '按现行规则重新入账，否则留给人处理 / book it anew by the rules; otherwise it is left')
    .action((line: string, options: { as: string; reason: string; rebook?: boolean }) => {
      const next = options.rebook === true ? 'open' : 'left'
      return withDeps(deps =>
        reverseJournal(deps, line, { person: options.as, reason: options.reason, next }, output()),
      )
    })
}

type ClaimOptions = {
  readonly as: string
  readonly reason: string
  readonly customer?: string
  readonly document?: string
  readonly part: readonly string[]
}

export function addCollection(program: Command, { withDeps, output }: Pick<Wiring, 'withDeps' | 'output'>): void {
  const collection = program.command('collection').description('到款认领 / incoming money that is to be claimed')
  collection
    .command('list')
    .option('--state <state...>', '状态 / states: open claimed booked withdrawn', [])
    .option('--limit <n>', '条数 / how many', '50')
    .action((options: { state: readonly string[]; limit: string }) =>
      withDeps(deps => listCollections(deps, { states: options.state, limit: Number(options.limit) }, output())),
    )
  collection.command('show <id>').action((id: string) => withDeps(deps => showCollection(deps, id, output())))
  collection
    .command('claim <id>')
    .description('认领，可拆分 / claim it, also in parts')
    .requiredOption('--as <person>', '认领人姓名 / who')
    .requiredOption('--reason <text>', '依据 / why')
    .option('--customer <code>', '客户编码 / code of the customer')
    .option('--document <number>', '所收单据号 / document that is paid')
    .option('--part <customer:document:amount...>', '拆分，合计须等于到款 / parts that add up to the amount', [])
    .action((id: string, options: ClaimOptions) => {
      const { as: person, reason, customer = '', document = '', part: parts } = options
      return withDeps(deps => claimAtCommand(deps, id, { person, reason, customer, document, parts }, output()))
    })
  collection
    .command('release <id>')
    .description('释放认领，入账前有效 / give the claim back, before it is booked')
    .requiredOption('--as <person>', '操作人姓名 / who')
    .requiredOption('--reason <text>', '原因 / why')
    .action((id: string, options: { as: string; reason: string }) =>
      withDeps(deps => releaseAtCommand(deps, id, { person: options.as, reason: options.reason }, output())),
    )
}
