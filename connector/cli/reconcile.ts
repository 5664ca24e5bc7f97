// `yinqi reconcile --statement F --ledger F`: matches two files and explains every match. It writes nothing anywhere.

import { createReadStream, readFileSync } from 'node:fs'
import YAML from 'yaml'
import { z } from 'zod'
import { adjustBalances, type AdjustedBalance, type OpenItem, type Side } from '../core/match/adjusted-balance'
import { matchLines, type MatchDraft } from '../core/match/match'
import { everyPass, ruleVersionOf } from '../core/match/settings'
import type { BankSide, LedgerSide } from '../core/match/sides'
import type { ToleranceRule } from '../core/match/tolerance'
import { formatAmount, parseAmount } from '../core/money'
import { LedgerFileError, readLedgerCsv } from '../statements/ledger-csv'
import { StatementFileError } from '../statements/model'
import { EXIT, table, type Output } from './output'
import { readStatementLines, type StatementLines } from './statement-lines'

export type ReconcileOptions = {
  readonly statement: string
  readonly ledger: string
  readonly account?: string
  readonly rules?: string
  readonly ledgerBalance?: string
}

export async function reconcileFiles(options: ReconcileOptions, output: Output): Promise<number> {
  try {
    const statement = await readStatementLines(options.statement, options.account)
    const ledger: LedgerSide[] = []
    const source = { name: options.ledger, open: () => createReadStream(options.ledger) }
    for await (const row of readLedgerCsv(source, statement.unit)) ledger.push(row)
    const rules = options.rules === undefined ? [] : readRules(options.rules, statement.unit)
    const ledgerMinor = options.ledgerBalance === undefined ? null : minorOf(options.ledgerBalance, statement.unit)
    report(statement, ledger, rules, ledgerMinor, output)
    return EXIT.ok
  } catch (error) {
    return refuse(error, output)
  }
}

function report(
  statement: StatementLines,
  ledger: readonly LedgerSide[],
  rules: readonly ToleranceRule[],
  ledgerMinor: bigint | null,
  output: Output,
): void {
  const { unit: currency } = statement
  const found = matchLines(statement.lines, ledger, everyPass(rules))
  const open = {
    bank: openOf(
      statement.lines,
      found.matches.flatMap(match => match.lineIds),
    ),
    ledger: openOf(
      ledger,
      found.matches.flatMap(match => match.ledgerIds),
    ),
  }
  const adjusted = adjustBalances(
    { account: statement.account, currency, asOf: statement.closingOn ?? '' },
    { bankMinor: statement.closingMinor, ledgerMinor },
    open,
  )
  output.json({
    ruleVersion: ruleVersionOf(everyPass(rules)),
    account: statement.account,
    currency: statement.currency,
    matches: found.matches.map(groupOf),
    ambiguous: found.ambiguous.map(groupOf),
    left: { statement: found.left.lineIds, ledger: found.left.ledgerIds },
    statementLines: statement.lines.map(line => itemOf(line, line.references.filter(Boolean).join(' '), currency)),
    skipped: statement.skipped,
    balance: balanceOf(adjusted),
  })
  say(found.matches, statement, ledger, found, adjusted, output)
}

function groupOf(match: MatchDraft): Readonly<Record<string, unknown>> {
  return { statementIds: match.lineIds, ledgerIds: match.ledgerIds, pass: match.pass, reason: match.reason }
}

function itemOf(
  item: {
    readonly id: string
    readonly date: string
    readonly minor: bigint
    readonly counterparty: string
    readonly text: string
  },
  reference: string,
  currency: string,
): Readonly<Record<string, string>> {
  const { id, date, minor, counterparty, text } = item
  return { id, date, amount: formatAmount({ minor, currency }), reference, counterparty, text }
}

function openOf(lines: readonly (BankSide | LedgerSide)[], matched: readonly string[]): readonly OpenItem[] {
  const done = new Set(matched)
  return lines
    .filter(line => !done.has(line.id))
    .map(line => ({ ...line, reference: 'references' in line ? (line.references[0] ?? '') : line.reference }))
}

function balanceOf(adjusted: AdjustedBalance): Readonly<Record<string, unknown>> {
  const amount = (minor: bigint | null): string | null =>
    minor === null ? null : formatAmount({ minor, currency: adjusted.currency })
  const side = ({ balanceMinor, add, subtract, adjustedMinor }: Side): Readonly<Record<string, unknown>> => ({
    balance: amount(balanceMinor),
    add: { total: amount(add.totalMinor), ids: add.items.map(item => item.id) },
    subtract: { total: amount(subtract.totalMinor), ids: subtract.items.map(item => item.id) },
    adjusted: amount(adjustedMinor),
  })
  return {
    asOf: adjusted.asOf === '' ? null : adjusted.asOf,
    ledger: side(adjusted.ledger),
    bank: side(adjusted.bank),
    difference: amount(adjusted.differenceMinor),
  }
}

/** For people: counts by pass, what is ambiguous and what is left, at most so many lines of each. */
const SHOWN = 50

function say(
  matches: readonly MatchDraft[],
  statement: StatementLines,
  ledger: readonly LedgerSide[],
  found: ReturnType<typeof matchLines>,
  adjusted: AdjustedBalance,
  output: Output,
): void {
  if (output.isJson) return
  const { unit: currency } = statement
  const lines = new Map(statement.lines.map(line => [line.id, line]))
  const entries = new Map(ledger.map(line => [line.id, line]))
  const brief = (line: BankSide | LedgerSide | undefined): string =>
    line
      ? `${line.date} ${formatAmount({ minor: line.minor, currency })} ${line.counterparty} ${line.text}`.trimEnd()
      : ''
  output.say(
    `对账单 ${statement.lines.length} 笔，账面 ${ledger.length} 笔，匹配 ${matches.length} 组，待人工 ${found.ambiguous.length} 组，未达：银行 ${found.left.lineIds.length}、企业 ${found.left.ledgerIds.length}`,
    `${statement.lines.length} bank lines, ${ledger.length} ledger lines: ${matches.length} matches, ${found.ambiguous.length} groups for a person, left: bank ${found.left.lineIds.length}, ledger ${found.left.ledgerIds.length}`,
  )
  const counts = new Map<string, { reason: string; count: number }>()
  for (const { pass, reason } of matches) counts.set(pass, { reason, count: (counts.get(pass)?.count ?? 0) + 1 })
  both(output, table([...counts].map(([pass, { reason, count }]) => ['', String(count), pass, reason])))
  for (const group of found.ambiguous.slice(0, SHOWN)) {
    both(output, `? ${group.pass}: ${group.reason}`)
    for (const id of group.lineIds.slice(0, SHOWN))
      output.say(`    银行 ${id} ${brief(lines.get(id))}`, `    bank ${id} ${brief(lines.get(id))}`)
    for (const id of group.ledgerIds.slice(0, SHOWN))
      output.say(`    账面 ${id} ${brief(entries.get(id))}`, `    ledger ${id} ${brief(entries.get(id))}`)
  }
  for (const id of found.left.lineIds.slice(0, SHOWN))
    output.say(`银行有企业无 ${id} ${brief(lines.get(id))}`, `bank only ${id} ${brief(lines.get(id))}`)
  for (const id of found.left.ledgerIds.slice(0, SHOWN))
    output.say(`企业有银行无 ${id} ${brief(entries.get(id))}`, `ledger only ${id} ${brief(entries.get(id))}`)
  if (adjusted.differenceMinor !== null) {
    const difference = formatAmount({ minor: adjusted.differenceMinor, currency })
    output.say(`余额调节后差额 ${difference}`, `difference of the adjusted balances ${difference}`)
  }
}

function both(output: Output, text: string): void {
  if (text !== '') output.say(text, text)
}

const ruleSchema = z.strictObject({
  name: z.string().min(1),
  requires: z.enum(['reference', 'counterparty', 'amount']),
  days: z.int().min(0).max(31),
  /** Decimal text in the account's currency; only with a reference or a counterparty. */
  amount: z.string().default('0'),
})

/** A YAML list of named tolerances. */
function readRules(file: string, currency: string): readonly ToleranceRule[] {
  return z
    .array(ruleSchema)
    .parse(YAML.parse(readFileSync(file, 'utf8')))
    .map(({ name, requires, days, amount }) => ({
      ...{ name, requires, days },
      minor: requires === 'amount' ? 0n : minorOf(amount, currency),
    }))
}

function minorOf(text: string, currency: string): bigint {
  const money = parseAmount(text, currency)
  if (typeof money === 'string')
    throw new LedgerFileError('LEDGER_ROW', null, `金额「${text}」无法识别 / not an amount: ${money}`)
  return money.minor
}

function refuse(error: unknown, output: Output): number {
  const isOurs = error instanceof StatementFileError || error instanceof LedgerFileError
  const code = isOurs ? error.code : error instanceof z.ZodError ? 'RULES_WRONG' : codeOf(error)
  if (code === null) throw error
  const message =
    error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error)
  const place = isOurs && error.line !== null ? `:${error.line}` : ''
  both(output, `${code}${place} ${message}`)
  output.json({ ok: false, code, line: isOurs ? error.line : null, text: message })
  return EXIT.no
}

/** A file that is not there or may not be read is the user's to mend; anything else is ours. */
function codeOf(error: unknown): string | null {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null
  return code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR' ? code : null
}
