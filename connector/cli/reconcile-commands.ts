// The commands of reconciliation: wiring only, apart from main.ts because of its length.

import { CommanderError, type Command } from 'commander'
import type { MatchFilter } from '../store/store'
import type { Run, WithDeps } from './audit-commands'
import { listMatches, makeMatch, showMatch, undo } from './match'
import { EXIT, type Output } from './output'
import { reconcileFiles, type ReconcileOptions } from './reconcile'
import { monthStatement, reconcileStore, type MonthOptions } from './reconcile-store'

type ReconcileFlags = Partial<ReconcileOptions> & { readonly from?: string; readonly dryRun?: boolean }

export function addReconcile(program: Command, run: Run, withDeps: WithDeps, output: () => Output): void {
  const reconcile = program
    .command('reconcile')
    .description('对账并逐笔说明：库内账户，或两个文件 / reconcile an account of the store, or two files, and explain')
    .option('--account <account>', '账户；对账单含多个账户时亦须指定 / the account')
    .option('--dry-run', '只看不写 / say what would be matched, write nothing')
    .option('--from <yyyy-MM-dd>', '从这天起重读账面 / read the ledger anew from this day')
    .option('--statement <file>', '对账单文件，任一支持的格式 / a statement file, any supported format')
    .option('--ledger <file>', 'CSV：id,date,amount,reference,counterparty,text')
    .option('--rules <file>', '文件对账的容差规则（YAML）/ named tolerances for files (YAML)')
    .option('--ledger-balance <amount>', '账面期末余额 / the ledger’s closing balance')
    .option('--adjusted <file>', '余额调节表写入 .xlsx、.pdf、.json / where the 余额调节表 goes')
    .option('--preparer <person>', '编制人 / who prepared it')
    .option('--reviewer <person>', '复核人 / who reviewed it')
    .action((flags: ReconcileFlags) => {
      const { statement, ledger, account, from, dryRun } = flags
      if (statement !== undefined && ledger !== undefined)
        return run(() => reconcileFiles({ ...flags, statement, ledger }, output()))()
      if (statement !== undefined || ledger !== undefined || account === undefined)
        throw new CommanderError(EXIT.usage, 'yinqi.reconcile', '--account A | --statement F --ledger F')
      const options = { account, isDryRun: dryRun === true, ...(from === undefined ? {} : { from }) }
      return withDeps(deps => reconcileStore(deps, options, output()))
    })
  reconcile
    .command('statement')
    .description(
      '某月末的余额调节表；--account、--ledger-balance、--preparer、--reviewer 同上级命令 / the 余额调节表 at the end of a month; it takes --account, --ledger-balance, --preparer and --reviewer of `reconcile`',
    )
    .requiredOption('--month <yyyy-MM>', '月份 / the month')
    .option('--out <file>', '写入 .xlsx、.pdf、.json / a file')
    .option('--bank-balance <amount>', '对账单期末余额 / the statement’s closing balance')
    .action((_options: unknown, command: Command) => {
      // Options that both commands know are the upper one's, wherever they stand.
      const { account, ...options } = command.optsWithGlobals<Partial<MonthOptions> & { month: string }>()
      if (account === undefined) throw new CommanderError(EXIT.usage, 'yinqi.account', '--account <account>')
      return withDeps(deps => monthStatement(deps, { ...options, account }, output()))
    })
}

const FILTERS: readonly MatchFilter[] = ['all', 'byHand', 'undone', 'differing']

export function addMatch(program: Command, withDeps: WithDeps, output: () => Output): void {
  const match = program.command('match').description('勾对：查看、人工勾对、撤销 / matches: look, make, undo')
  match
    .command('list')
    .requiredOption('--account <account>', '账户 / the account')
    .option('--only <which>', 'all | byHand | undone | differing', 'all')
    .option('--before <id>', '在此编号之前 / before this number')
    .option('--limit <n>', '条数 / how many', '50')
    .action((options: { account: string; only: string; before?: string; limit: string }) => {
      const which = FILTERS.find(filter => filter === options.only)
      if (which === undefined) throw new CommanderError(EXIT.usage, 'yinqi.only', `--only: ${FILTERS.join(' | ')}`)
      const { account, before = null } = options
      const limit = Number.parseInt(options.limit, 10)
      if (!(limit > 0 && limit <= 10_000)) throw new CommanderError(EXIT.usage, 'yinqi.limit', '--limit: 1 … 10000')
      return withDeps(deps => listMatches(deps, { account, which, before, limit }, output()))
    })
  match
    .command('show <id>')
    .description('为何勾对、谁作出 / why it was made, and by whom')
    .action((id: string) => withDeps(deps => showMatch(deps, id, output())))
  match
    .command('make')
    .description('人工勾对 / match by hand')
    .option('--lines <ids>', '银行流水编号，逗号分隔 / bank line ids, with commas')
    .option('--ledger <ids>', '日记账行编号，逗号分隔 / ledger line ids, with commas')
    .option('--account <account>', '只列账面行时须指定 / needed where only ledger lines are named')
    .requiredOption('--as <person>', '操作人姓名 / who')
    .requiredOption('--reason <text>', '理由 / why')
    .option('--difference <account>', '差额科目；双方合计不等时须写明 / the account of the difference')
    .action((options: MakeFlags) => {
      const { as: person, reason, account = null, difference: differenceAccount = '' } = options
      const given = { lineIds: idsOf(options.lines), ledgerIds: idsOf(options.ledger), account, differenceAccount }
      return withDeps(deps => makeMatch(deps, { ...given, person, reason }, output()))
    })
  match
    .command('undo <id>')
    .description('撤销勾对，保留痕迹 / undo a match; what it was is kept')
    .requiredOption('--as <person>', '操作人姓名 / who')
    .requiredOption('--reason <text>', '理由 / why')
    .action((id: string, options: { as: string; reason: string }) =>
      withDeps(deps => undo(deps, id, { person: options.as, reason: options.reason }, output())),
    )
}

type MakeFlags = {
  readonly lines?: string
  readonly ledger?: string
  readonly account?: string
  readonly as: string
  readonly reason: string
  readonly difference?: string
}

function idsOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(/[,，]/)
    .map(id => id.trim())
    .filter(id => id !== '')
}
