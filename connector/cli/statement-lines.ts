// The booked lines of one account of a statement file, as reconciliation sees them.

import { createReadStream } from 'node:fs'
import { amountOf, parseAmount } from '../core/money'
import type { BankSide } from '../core/match/sides'
import { StatementFileError, type Entry } from '../statements/model'
import { parseStatementEvents } from '../statements/parse-file'
import { mayBeAccount } from '../statements/to-line'

export type StatementLines = {
  readonly account: string
  /** As the file says; null where it does not. */
  readonly currency: string | null
  /** What amounts are read and printed in: the file's currency, or two decimals where it states none. */
  readonly unit: string
  readonly lines: readonly BankSide[]
  /** Pending and informational entries: they are not booked, so that no ledger can have them for certain. */
  readonly skipped: number
  readonly closingOn: string | null
  readonly closingMinor: bigint | null
}

/** Exports of Chinese banks often name no currency. Any of two decimals reads their amounts alike; it is never told as theirs. */
const TWO_DECIMALS = 'CNY'

/** Throws StatementFileError; also where the file holds several accounts and none is named. */
export async function readStatementLines(file: string, wanted: string | undefined): Promise<StatementLines> {
  const accounts = new Set<string>()
  const entries: { readonly entry: Entry; readonly currency: string | null }[] = []
  let account: string | null = null
  let currency: string | null = null
  let skipped = 0
  let count = 0
  const closings: { readonly on: string | null; readonly amount: string }[] = []
  const isWanted = (): boolean => wanted === undefined || account === wanted || mayBeAccount(account, wanted)
  for await (const events of parseStatementEvents(
    { name: file, open: () => createReadStream(file) },
    { encoding: null },
  )) {
    for (const event of events) {
      if (event.kind === 'statement' || event.kind === 'end') {
        account = event.statement.account
        if (account !== null) accounts.add(account)
        if (isWanted()) currency = event.statement.currency ?? currency
      }
      if (event.kind === 'end' && isWanted() && event.statement.closing) closings.push(event.statement.closing)
      if (event.kind !== 'entry') continue
      count++
      if (!isWanted()) continue
      if (event.entry.status === 'booked') entries.push({ entry: event.entry, currency })
      else skipped++
    }
  }
  const only = soleAccount(accounts, wanted)
  const stated = currency ?? entries[0]?.entry.currency ?? null
  const unit = stated ?? TWO_DECIMALS
  const lines = entries.map(({ entry }, index) => sideOf(entry, String(index + 1), unit))
  const closing = closings.toSorted((a, b) => (a.on ?? '').localeCompare(b.on ?? '')).at(-1)
  const closingMoney = closing ? parseAmount(closing.amount, unit) : null
  return {
    account: only,
    currency: stated,
    unit,
    lines,
    skipped,
    closingOn: closing?.on ?? null,
    closingMinor: closingMoney === null || typeof closingMoney === 'string' ? null : closingMoney.minor,
  }
}

function soleAccount(accounts: ReadonlySet<string>, wanted: string | undefined): string {
  const all = [...accounts]
  const isThere = wanted === undefined || accounts.has(wanted) || all.every(one => mayBeAccount(one, wanted))
  if (!isThere) throw accountError(`没有账户 ${wanted}`, `there is no account ${wanted}`, all)
  if (wanted === undefined && all.length > 1)
    throw accountError('含有多个账户，请用 --account 指定', 'there are several accounts: name one with --account', all)
  return wanted ?? all[0] ?? ''
}

function accountError(zh: string, en: string, all: readonly string[]): StatementFileError {
  const list = all.join(', ')
  return new StatementFileError('STATEMENT_ABSENT', `对账单文件${zh} / ${en}: ${list}`, {})
}

function sideOf(entry: Entry, id: string, currency: string): BankSide {
  const ends = entry.details.flatMap(detail => detail.endToEndId ?? [])
  const texts = [entry.text, ...entry.details.map(detail => detail.text)].filter(text => text !== null)
  return {
    id,
    date: entry.bookedOn ?? entry.valueOn ?? '',
    minor: amountOf(entry.amount, entry.currency ?? currency).minor,
    references: [...new Set([entry.reference ?? '', entry.bankReference ?? '', ...ends])],
    counterparty: entry.counterName ?? onlyOf(entry.details.map(detail => detail.counterName)),
    counterAccount: entry.counterAccount ?? onlyOf(entry.details.map(detail => detail.counterAccount)),
    text: [...new Set(texts)].join(' '),
    entryKey: null,
  }
}

/** A collective entry has no one counterparty, unless all its parts name the same. */
function onlyOf(words: readonly (string | null)[]): string {
  const [only, ...others] = new Set(words)
  return others.length === 0 ? (only ?? '') : ''
}
