// `yinqi reconcile --account A`: matches what is open in the store with the ERP's ledger, and explains. `--dry-run` says what
// would be matched and writes nothing. `yinqi reconcile statement`: the 余额调节表 of a month.

import { addDays } from '../core/bank-time'
import { formatAmount } from '../core/money'
import { adjustedAt } from '../steps/month-statement'
import { accountOf, type Deps } from '../steps/deps'
import { reconcileAccount } from '../steps/reconcile'
import { statementJson, writeStatement, type Signers, type Statement } from './adjusted'
import { EXIT, type Output } from './output'
import { minorOf, refuse } from './reconcile'
import { groupOf, itemOf, sayReconciliation } from './reconcile-report'

export type StoreOptions = { readonly account: string; readonly from?: string; readonly isDryRun: boolean }

export async function reconcileStore(deps: Deps, options: StoreOptions, output: Output): Promise<number> {
  const { account, isDryRun } = options
  const from = options.from ?? null
  if (from !== null && !isDay(from)) return wrong(output, '--from 应为 yyyy-MM-dd', '--from is yyyy-MM-dd')
  const run = await reconcileAccount(deps, account, { from, isDryRun })
  if (run === null) return notReconciled(deps, account, output)
  const { currency, sides, matches, ambiguous, left, ruleVersion, count, read } = run
  output.json({
    ...{ ok: true, account, isDryRun, ruleVersion, currency, count, ledgerRead: read },
    matches: matches.map(match => ({ ...groupOf(match), ruleVersion })),
    ambiguous: ambiguous.map(groupOf),
    left: { statement: left.lineIds, ledger: left.ledgerIds },
    statementLines: sides.bank.map(line => itemOf(line, currency)),
    ledgerLines: sides.ledger.map(line => itemOf(line, currency)),
  })
  sayReconciliation({ ...sides, currency, found: run }, output)
  if (isDryRun) output.say('只看未写：没有写入任何勾对', 'dry run: nothing was written')
  else output.say(`已写入 ${count} 组勾对，规则 ${ruleVersion}`, `${count} matches written, rules ${ruleVersion}`)
  return EXIT.ok
}

export type MonthOptions = Signers & {
  readonly account: string
  readonly month: string
  readonly out?: string
  readonly bankBalance?: string
  readonly ledgerBalance?: string
}

export async function monthStatement(deps: Deps, options: MonthOptions, output: Output): Promise<number> {
  const { account, month, out } = options
  const asOf = lastDayOf(month)
  if (asOf === null) return wrong(output, '--month 应为 yyyy-MM', '--month is yyyy-MM')
  const settings = accountOf(deps, account)
  if (settings === null) return notReconciled(deps, account, output)
  try {
    const minor = (text: string | undefined): bigint | null =>
      text === undefined ? null : minorOf(text, settings.currency)
    const given = { bankMinor: minor(options.bankBalance), ledgerMinor: minor(options.ledgerBalance) }
    const adjusted = await adjustedAt(deps, account, asOf, given)
    if (adjusted === null) return notReconciled(deps, account, output)
    const statement: Statement = { adjusted, accountName: settings.name, bankName: settings.bankName }
    if (out !== undefined) await writeStatement(statement, options, out)
    output.json(statementJson(statement, options))
    say(statement, out, output)
    return adjusted.differenceMinor === 0n ? EXIT.ok : EXIT.no
  } catch (error) {
    return refuse(error, output)
  }
}

function say({ adjusted }: Statement, out: string | undefined, output: Output): void {
  const { currency, asOf, ledger, bank, differenceMinor } = adjusted
  const amount = (minor: bigint | null): string => (minor === null ? '?' : formatAmount({ minor, currency }))
  const [books, theirs] = [amount(ledger.adjustedMinor), amount(bank.adjustedMinor)]
  output.say(
    `${asOf} 调节后余额：企业 ${books}，银行 ${theirs}，差额 ${amount(differenceMinor)}`,
    `${asOf} adjusted: ledger ${books}, bank ${theirs}, difference ${amount(differenceMinor)}`,
  )
  if (bank.balanceMinor === null)
    output.say(
      '银行余额未知：用 --bank-balance 给出对账单期末余额',
      'the bank’s balance is not known: give the statement’s closing balance with --bank-balance',
    )
  if (ledger.balanceMinor === null)
    output.say(
      '账面余额未知：用 --ledger-balance 给出，或在配置中写 ledgerOpening',
      'the ledger’s balance is not known: give it with --ledger-balance, or configure ledgerOpening',
    )
  if (out !== undefined) output.say(`已写入 ${out}`, `written to ${out}`)
}

function notReconciled(deps: Deps, account: string, output: Output): number {
  const isKnown = accountOf(deps, account) !== null
  return wrong(
    output,
    isKnown ? `账户 ${account} 未配置 ledgerAccount，或其 ERP 不提供账面` : `没有配置账户 ${account}`,
    isKnown
      ? `account ${account} has no ledgerAccount, or its ERP shows no ledger`
      : `no account ${account} is configured`,
  )
}

function wrong(output: Output, zh: string, en: string): number {
  output.say(zh, en)
  output.json({ ok: false, zh, en })
  return EXIT.no
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && addDays(text, 0) === text
}

/** `2026-10` to `2026-10-31`; null when it is no month. */
function lastDayOf(month: string): string | null {
  const [, year = '', number = ''] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month) ?? []
  if (year === '') return null
  const next = number === '12' ? `${Number(year) + 1}-01` : `${year}-${String(Number(number) + 1).padStart(2, '0')}`
  return addDays(`${next}-01`, -1)
}
