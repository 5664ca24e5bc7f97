#!/usr/bin/env node
// The `yinqi` command: wiring only. What a command does stands in cli/.

import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Command, CommanderError, Option } from 'commander'
import { BRIDGES } from '../erp-bridges/registry'
import { midtableStatements, renderMidtableSql } from '../erp-bridges/midtable/sql'
import { GATEWAYS } from '../bank-gateways/registry'
import { certificateTerms } from '../bank-gateways/shared/certificates'
import { byteLength, unmappable } from '../bank-gateways/shared/charset'
import type * as Simulator from '../bank-gateways/simulator/simulator'
import { approvePayment, createSampleAccountSet } from '../erp-bridges/u8/sample'
import { dbConfig } from '../erp-bridges/shared/db-config'
import { openDb } from '../erp-bridges/shared/db-open'
import { addAudit, addContradiction, addKeys, type WithDeps } from './cli/audit-commands'
import { addBank, type WithSite } from './cli/bank-commands'
import { bankSim } from './cli/bank-sim'
import { benchStatements } from './cli/bench'
import { benchReconcile } from './cli/bench-reconcile'
import { demo } from './cli/demo'
import type { DemoErp } from './cli/demo-erp'
import { DEMO } from './cli/demo-site'
import { fenceClear, fenceConfirm, fenceResolve, fenceStatus, fenceSweep } from './cli/fence'
import { check, doctor, migrate, start, status } from './cli/operate'
import { listRefused, retryRefused } from './cli/outbox'
import { addMatch, addReconcile } from './cli/reconcile-commands'
import { createOutput, EXIT, type Output } from './cli/output'
import { addArchive, addReceipt } from './cli/receipt-commands'
import { approve, cancel, confirm, list, show } from './cli/payment'
import { exampleTraits, sim, SIM_SEEDS } from './cli/sim'
import { addCollection, addJournal } from './cli/journal-commands'
import { openSite, readBooking, readConfig, type Parts } from './cli/site'
import { addCoverage, addStatement } from './cli/statement-commands'
import { ConfigError } from './config'
import { Fault, type Clock, type State } from './ports'
import { storeConfigSchema } from './store/config'
import { openStore } from './store/open-store'

const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise(resolve => {
      if (signal.aborted) return resolve()
      const finish = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', finish)
        resolve()
      }
      const timer = setTimeout(finish, ms)
      signal.addEventListener('abort', finish, { once: true })
    }),
}

/** A site never needs it: what simulates fifteen banks is loaded by those who ask for it. */
const startSimulator: typeof Simulator.startSimulator = async options => {
  const simulator: typeof Simulator = require('../bank-gateways/simulator/simulator')
  return await simulator.startSimulator(options)
}

const parts: Parts = {
  bridges: BRIDGES,
  gateways: GATEWAYS,
  clock,
  measure: (text, encoding) => ({ bytes: byteLength(text, encoding), unmappable: unmappable(text, encoding) }),
  readCertificate: certificateTerms,
  storeSchema: storeConfigSchema,
  openStore: (config, keys, isMigrating) =>
    openStore(storeConfigSchema.parse(config), { clock, keys, schema: isMigrating ? 'migrate' : 'require' }),
}

/** A new SQLite file with U8's sample account set and the middle tables in it. */
async function createDemoErp(file: string, today: string): Promise<DemoErp> {
  writeFileSync(file, '')
  const db = openDb(dbConfig.parse({ dialect: 'sqlite', file }))
  await createSampleAccountSet(db, { around: today })
  for (const part of ['tables', 'triggers'] as const) {
    for (const statement of midtableStatements('sqlite', part)) await db.execute(statement)
  }
  return {
    async approveDocument({ vendor, amount, digest, bank, date }) {
      const settlementAccount = DEMO[bank].ledger
      const approvedAt = new Date(clock.now()).toISOString().slice(0, 23)
      await approvePayment(db, {
        supplier: vendor,
        amount,
        date,
        purpose: digest,
        approver: '李主管',
        approvedAt,
        settlementAccount,
      })
    },
    async insertRow(row) {
      const columns = Object.keys(row)
      const values = columns.map(column => row[column] ?? '')
      await db.execute(
        `INSERT INTO yq_payment (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
        values,
      )
    },
    close: () => db.close(),
  }
}

type Flags = { readonly config: string; readonly lang?: string; readonly json?: boolean }

function build(finish: (code: number) => void): Command {
  const program = new Command('yinqi')
    .description('银企直联：连接 ERP 与银行。Connects an ERP with its banks.')
    .version(version())
    .option('-c, --config <file>', '配置文件 / configuration file', process.env['YINQI_CONFIG'] ?? 'yinqi.yaml')
    .option('--lang <zh|en>', '语言 / language')
    .option('--json', '输出 JSON / print JSON')
    .exitOverride()
  const flags = (): Flags => program.opts<Flags>()
  const output = (): Output => createOutput(flags(), process.env)
  const run = (work: () => Promise<number> | number) => async (): Promise<void> => finish(await work())

  program
    .command('start')
    .description('启动守护进程 / run the daemon')
    .action(run(() => start(flags().config, parts, output())))
  program
    .command('check')
    .description('检查配置 / check the configuration')
    .action(run(() => check(flags().config, parts, output())))
  program
    .command('doctor')
    .description('检查与各 ERP、银行的连接 / reach every ERP and bank')
    .action(run(() => doctor(flags().config, parts, output())))
  program
    .command('migrate')
    .description('建立或升级数据库结构 / create or upgrade the schema')
    .action(run(() => migrate(flags().config, parts, output())))
  program
    .command('status')
    .description('各状态笔数与异常 / counts by state, and what needs a person')
    .action(run(() => status(flags().config, parts, output())))
  program
    .command('sql <dialect>')
    .description('打印中间表 DDL（mssql|postgres|mysql|sqlite）/ print the middle tables for a DBA')
    .action((dialect: string) => run(() => printSql(dialect))())
  program
    .command('demo')
    .description('样例 ERP、模拟银行、守护进程一起运行 / everything on embedded defaults')
    .option('--for <duration>', '运行时长，如 30s / stop after, e.g. 30s')
    .option('--dir <folder>', '数据目录 / where its files go')
    .action((options: { for?: string; dir?: string }) =>
      run(() => demo(options, { parts, startSimulator, createErp: createDemoErp }, output()))(),
    )
  program
    .command('bank-sim')
    .description('只运行银行模拟器 / the bank simulators alone')
    .argument('<file>', '模拟器配置 / options file (YAML)')
    .action((file: string) => run(() => bankSim(file, startSimulator, output()))())
  addSim(program, output, run)
  const withSite: WithSite = work =>
    run(async () => {
      const site = await openSite(readConfig(flags().config, parts), parts, {
        isMigrating: false,
        isQuiet: true,
        tell: () => undefined,
      })
      try {
        return await work(site)
      } finally {
        await site.close()
      }
    })()
  const withDeps: WithDeps = work => withSite(site => work(site.deps))
  addPayment(program, { withDeps, withSite }, output)
  addOutbox(program, withDeps, output)
  addBank(program, withSite, output)
  addContradiction(program, withDeps, output)
  addAudit(program, withDeps, output)
  addKeys(program, run, withDeps, output)
  addFence(program, output, withSite)
  addReconcile(program, run, withDeps, output)
  addMatch(program, withDeps, output)
  addStatement(program, output, run, withDeps)
  addCoverage(program, output, withDeps)
  addBench(program, output, run)
  addJournal(program, { run, withDeps, output, config: () => readConfig(flags().config, parts), rules: readBooking })
  addCollection(program, { withDeps, output })
  addReceipt(program, run, withDeps, output)
  addArchive(program, run, withDeps, output)
  return program
}

function addFence(program: Command, output: () => Output, withSite: WithSite): void {
  const fence = program
    .command('fence')
    .description('恢复或复制数据库后禁止发送 / no sends from a restored or copied store')
  fence
    .command('status')
    .description('能否发送，为何不能 / may this host send, and why not')
    .action(() => withSite(site => fenceStatus(site, output())))
  fence
    .command('sweep')
    .description('向银行和 ERP 查询并列出差异 / ask banks and ERPs, list what differs')
    .option('--from <yyyy-MM-dd>', '从哪天起 / first day')
    .action((options: { from?: string }) => withSite(site => fenceSweep(site, options.from, output())))
  fence
    .command('confirm')
    .description('具名确认后恢复发送 / a named person opens it')
    .requiredOption('--as <person>', '确认人姓名 / who confirms')
    .requiredOption('--evidence <text>', '依据 / evidence')
    .option('--accept <id...>', '已查清的差异编号 / differences you answer for', [])
    .option('--from <yyyy-MM-dd>', '从哪天起 / first day')
    .action((options: { as: string; evidence: string; accept: string[]; from?: string }) => {
      const { as: person, evidence, accept: accepted, from } = options
      const said = { person, evidence, accepted, ...(from === undefined ? {} : { from }) }
      return withSite(site => fenceConfirm(site, said, output()))
    })
  fence
    .command('clear <id...>')
    .description('核对银行后确认未付，逐笔放行或取消 / not paid, says the bank: send it, or cancel it')
    .requiredOption('--then <send|cancel>', '放行或取消 / send or cancel')
    .requiredOption('--as <person>', '操作人姓名 / who')
    .requiredOption('--evidence <text>', '依据 / evidence')
    .action((ids: string[], options: { then: string; as: string; evidence: string }) => {
      const { then, as: person, evidence } = options
      if (then !== 'send' && then !== 'cancel')
        throw new CommanderError(EXIT.usage, 'yinqi.then', '--then: send | cancel')
      return withSite(({ deps }) => fenceClear(deps, ids, { person, evidence, then }, output()))
    })
  fence
    .command('resolve <id>')
    .description('待认领流水已说明 / an unclaimed bank line is explained')
    .requiredOption('--as <person>', '操作人姓名 / who')
    .requiredOption('--evidence <text>', '依据 / evidence')
    .action((id: string, options: { as: string; evidence: string }) =>
      withSite(({ deps }) => fenceResolve(deps, id, { person: options.as, evidence: options.evidence }, output())),
    )
}

function addOutbox(program: Command, withDeps: WithDeps, output: () => Output): void {
  const outbox = program.command('outbox').description('ERP 拒收的回写记录 / records that the ERP refused')
  outbox
    .command('list')
    .description('列出被拒的记录与原因 / list them with their reasons')
    .action(() => withDeps(deps => listRefused(deps, output())))
  outbox
    .command('retry')
    .description('原因排除后立即重新回写 / tell them again at once, after the cause was mended')
    .option('--erp <name>', '仅此 ERP / of this ERP only')
    .action((options: { erp?: string }) => withDeps(deps => retryRefused(deps, options.erp, output())))
}

function addSim(
  program: Command,
  output: () => Output,
  run: (work: () => Promise<number>) => () => Promise<void>,
): void {
  const count = (text: string): number => {
    if (!/^\d{1,9}$/.test(text)) throw new CommanderError(EXIT.usage, 'yinqi.count', `${text}: 0 … 999999999`)
    return Number(text)
  }
  program
    .command('sim')
    .description('确定性仿真：崩溃、丢包、乱序、退票等 / deterministic simulation of everything that goes wrong')
    .option('--seeds <n>', '段数 / how many histories', count)
    .option('--seed <s>', '第一段；单独使用则重放该段 / the first one; alone: replay that one', count)
    .option('--workers <n>', '工作线程数 / worker threads', count)
    .option('--daemons <n>', '每段的守护进程数 / daemons in each history', count)
    .addOption(new Option('--store <kind>', '内存或 SQLite / in memory or SQLite').choices(['memory', 'sqlite']))
    .action(
      (options: { seeds?: number; seed?: number; workers?: number; daemons?: number; store?: 'memory' | 'sqlite' }) =>
        run(() => {
          const { seeds = options.seed === undefined ? SIM_SEEDS : null, seed = 1 } = options
          const { workers = null, daemons = null, store = 'memory' } = options
          return sim({ seeds, seed, workers, daemons, store }, { profiles: exampleTraits(parts), clock }, output())
        })(),
    )
}

function addPayment(
  program: Command,
  { withDeps, withSite }: { readonly withDeps: WithDeps; readonly withSite: WithSite },
  output: () => Output,
): void {
  const payment = program.command('payment').description('查看与处理付款 / look at payments and decide')
  payment
    .command('list')
    .option('--state <state...>', '状态 / states')
    .option('--limit <n>', '条数 / how many', '50')
    .action((options: { state?: State[]; limit: string }) =>
      withDeps(deps =>
        list(deps, { states: options.state ?? [], limit: Number.parseInt(options.limit, 10) }, output()),
      ),
    )
  payment.command('show <id>').action((id: string) => withDeps(deps => show(deps, id, output())))
  payment
    .command('confirm <id>')
    .description('两人确认未知付款的结果 / two people say what became of an unknown payment')
    .requiredOption('--verdict <paid|unpaid>', '已付或未付 / paid or unpaid')
    .requiredOption('--as <person>', '确认人姓名 / who confirms')
    .requiredOption('--evidence <text>', '依据 / evidence')
    .action((id: string, options: { verdict: string; as: string; evidence: string }) => {
      if (options.verdict !== 'paid' && options.verdict !== 'unpaid')
        throw new CommanderError(EXIT.usage, 'yinqi.verdict', '--verdict: paid | unpaid')
      const { verdict } = options
      return withDeps(deps => confirm(deps, id, { verdict, person: options.as, evidence: options.evidence }, output()))
    })
  for (const [name, decide] of [
    ['cancel', cancel],
    ['approve', approve],
  ] as const) {
    payment
      .command(`${name} <id>`)
      .requiredOption('--as <person>', '操作人姓名 / who')
      .requiredOption('--reason <text>', '原因 / why')
      .action((id: string, options: { as: string; reason: string }) =>
        withSite(site => decide(site, id, options.as, options.reason, output())),
      )
  }
}

function addBench(
  program: Command,
  output: () => Output,
  run: (work: () => Promise<number>) => () => Promise<void>,
): void {
  const bench = program.command('bench').description('性能测试 / benchmarks')
  bench
    .command('reconcile')
    .description('对账速度，随笔数增长的曲线 / matching, and how its time grows with the lines')
    .option('--lines <n...>', '每侧笔数 / lines on each side', ['100000', '300000', '1000000'])
    .action((options: { lines: readonly string[] }) => run(() => Promise.resolve(benchReconcile(options, output())))())
  bench
    .command('statements')
    .description('每秒解析的流水数，与其他解析器对比 / statement lines a second, beside other parsers')
    .option('--lines <n>', '每个文件的流水数 / lines in each file', '50000')
    .option('--rounds <n>', '轮数 / rounds', '5')
    .action((options: { lines: string; rounds: string }) => run(() => benchStatements(options, output()))())
}

function printSql(dialect: string): number {
  if (dialect !== 'mssql' && dialect !== 'postgres' && dialect !== 'mysql' && dialect !== 'sqlite') {
    throw new CommanderError(EXIT.usage, 'yinqi.dialect', 'mssql | postgres | mysql | sqlite')
  }
  process.stdout.write(renderMidtableSql(dialect))
  return EXIT.ok
}

function version(): string {
  const text = readFileSync(path.resolve(__dirname, '../../package.json'), 'utf8')
  return /"version": "([^"]+)"/.exec(text)?.[1] ?? '0'
}

async function main(): Promise<void> {
  let code: number = EXIT.ok
  try {
    await build(result => (code = result)).parseAsync(process.argv)
  } catch (error) {
    code = exitCodeOf(error)
  }
  process.exitCode = code
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.code.startsWith('yinqi.')) process.stderr.write(`${error.message}\n`)
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  }
  if (error instanceof ConfigError) {
    process.stderr.write(
      `配置有误 / the configuration is wrong:\n${error.problems.map(problem => `  ${problem.path}: ${problem.message}`).join('\n')}\n`,
    )
    return EXIT.config
  }
  if (error instanceof Fault) {
    process.stderr.write(`${error.code}: ${error.message}\n`)
    return EXIT.no
  }
  throw error
}

void main()
