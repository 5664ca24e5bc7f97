// `yinqi reconcile --statement F --ledger F`: matches two files and explains every match. It writes nothing but the 余额调节表
// that it is asked for.

import { createReadStream, readFileSync } from 'node:fs'
import YAML from 'yaml'
import { z } from 'zod'
import { adjustBalances } from '../core/match/adjusted-balance'
import { matchLines } from '../core/match/match'
import { everyPass, ruleVersionOf } from '../core/match/settings'
import type { LedgerSide } from '../core/match/sides'
import type { ToleranceRule } from '../core/match/tolerance'
import { formatAmount, parseAmount } from '../core/money'
import { toleranceSchema } from '../reconcile-config'
import { LedgerFileError, readLedgerCsv } from '../statements/ledger-csv'
import { StatementFileError } from '../statements/model'
import { FormatError, writeStatement, type Signers } from './adjusted'
import { EXIT, type Output } from './output'
import { balanceOf, both, groupOf, itemOf, openItems, sayReconciliation } from './reconcile-report'
import { readStatementLines, type StatementLines } from './statement-lines'

export type ReconcileOptions = Signers & {
  readonly statement: string
  readonly ledger: string
  readonly account?: string
  readonly rules?: string
  readonly ledgerBalance?: string
  /** A file for the 余额调节表, `.xlsx` or `.pdf`. */
  readonly adjusted?: string
}

export async function reconcileFiles(options: ReconcileOptions, output: Output): Promise<number> {
  try {
    const statement = await readStatementLines(options.statement, options.account)
    const ledger: LedgerSide[] = []
    const source = { name: options.ledger, open: () => createReadStream(options.ledger) }
    for await (const row of readLedgerCsv(source, statement.unit)) ledger.push(row)
    const rules = options.rules === undefined ? [] : readRules(options.rules, statement.unit)
    await report(statement, ledger, rules, options, output)
    return EXIT.ok
  } catch (error) {
    return refuse(error, output)
  }
}

async function report(
  statement: StatementLines,
  ledger: readonly LedgerSide[],
  rules: readonly ToleranceRule[],
  options: ReconcileOptions,
  output: Output,
): Promise<void> {
  const { unit: currency, account, lines: bank } = statement
  const found = matchLines(bank, ledger, everyPass(rules))
  const ledgerMinor = options.ledgerBalance === undefined ? null : minorOf(options.ledgerBalance, currency)
  const adjusted = adjustBalances(
    { account, currency, asOf: statement.closingOn ?? '' },
    { bankMinor: statement.closingMinor, ledgerMinor },
    openItems({ bank, ledger, found }),
  )
  if (options.adjusted !== undefined)
    await writeStatement({ adjusted, accountName: '', bankName: '' }, options, options.adjusted)
  output.json({
    ruleVersion: ruleVersionOf(everyPass(rules)),
    account,
    currency: statement.currency,
    matches: found.matches.map(groupOf),
    ambiguous: found.ambiguous.map(groupOf),
    left: { statement: found.left.lineIds, ledger: found.left.ledgerIds },
    statementLines: bank.map(line => itemOf(line, currency)),
    skipped: statement.skipped,
    balance: balanceOf(adjusted),
  })
  sayReconciliation({ bank, ledger, currency, found }, output)
  if (adjusted.differenceMinor !== null) {
    const difference = formatAmount({ minor: adjusted.differenceMinor, currency })
    output.say(`余额调节后差额 ${difference}`, `difference of the adjusted balances ${difference}`)
  }
  if (options.adjusted !== undefined)
    output.say(`余额调节表已写入 ${options.adjusted}`, `the 余额调节表 is written to ${options.adjusted}`)
}

/** A YAML list of named tolerances. */
function readRules(file: string, currency: string): readonly ToleranceRule[] {
  return z
    .array(toleranceSchema.omit({ accounts: true }))
    .parse(YAML.parse(readFileSync(file, 'utf8')))
    .map(({ name, requires, days, amount }) => ({
      ...{ name, requires, days },
      minor: requires === 'amount' ? 0n : minorOf(amount, currency),
    }))
}

export function minorOf(text: string, currency: string): bigint {
  const money = parseAmount(text, currency)
  if (typeof money === 'string')
    throw new LedgerFileError('LEDGER_ROW', null, `金额「${text}」无法识别 / not an amount: ${money}`)
  return money.minor
}

export function refuse(error: unknown, output: Output): number {
  const isOurs = error instanceof StatementFileError || error instanceof LedgerFileError || error instanceof FormatError
  const code = isOurs ? error.code : error instanceof z.ZodError ? 'RULES_WRONG' : codeOf(error)
  if (code === null) throw error
  const message =
    error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error)
  const line = isOurs ? error.line : null
  both(output, `${code}${line === null ? '' : `:${line}`} ${message}`)
  output.json({ ok: false, code, line, text: message })
  return EXIT.no
}

/** A file that is not there or may not be read or written is the user's to mend; anything else is ours. */
function codeOf(error: unknown): string | null {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null
  return code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR' ? code : null
}
