// What becomes of one bank line, by the rules and by what is booked already. It writes nothing: the daemon carries the
// decision out, a dry run shows it, and both are the same decision.

import { bookLine, type Bookable, type JournalRule } from '../core/journal'
import { reversedLines, reversingEntry } from '../core/journal-reversal'
import { negated } from '../core/money'
import type { KnownParty } from '../core/parties'
import type { JournalEntry } from '../ports'
import type { CollectionChange, StoredCollection, StoredLine } from '../store/store'
import { changeOf } from './collection-record'
import { accountOf, type AccountSettings, type Deps } from './deps'
import { nextEntryKeyOf } from './entry-key'

export type LineDecision =
  | { readonly kind: 'entry'; readonly entry: JournalEntry; readonly changes: readonly CollectionChange[] }
  | { readonly kind: 'booked' }
  | {
      readonly kind: 'left'
      readonly rule: string | null
      readonly why: string
      readonly changes: readonly CollectionChange[]
    }
  | { readonly kind: 'collection'; readonly rule: string | null }
  /** What it takes back is not decided yet: later. */
  | { readonly kind: 'wait' }

/** How a line stands in the books. */
export type Standing = {
  readonly journal: StoredLine['journal']
  readonly entry: JournalEntry | null
  readonly voucherNo: string
  readonly isReversed: boolean
  /** Its entry books other lines too. */
  readonly isOfMany: boolean
  readonly collection: StoredCollection | null
}

export type Books = {
  of(line: StoredLine): Promise<Standing>
  /** Entries that the line has had, all of them taken back. */
  earlier(line: StoredLine): Promise<number>
}

export type BookingRules = {
  readonly journal: readonly JournalRule[]
  readonly collects: boolean
  readonly parties: readonly KnownParty[]
}

/** Lines of one amount that are looked through for what a reversal takes back. */
const SAME_AMOUNT_MAX = 1_000

export function rulesOf(deps: Deps): BookingRules {
  const { journal, collection, parties = [] } = deps.settings
  return { journal, collects: (collection ?? null) !== null, parties }
}

export async function decideLine(
  deps: Deps,
  stored: StoredLine,
  rules: BookingRules,
  books: Books,
): Promise<LineDecision> {
  const settings = accountOf(deps, stored.account)
  if (!settings || settings.ledgerAccount === '') return left(null, '账户没有对应科目 (no ledger account)')
  const { collects, parties } = rules
  const item = { ...(await bookableOf(deps, stored, settings, await books.earlier(stored))), collects, parties }
  const booking = bookLine(item, rules.journal)
  switch (booking.kind) {
    case 'entry':
      return { kind: 'entry', entry: booking.entry, changes: [] }
    case 'booked':
      return { kind: 'booked' }
    case 'left':
      return left(booking.rule, booking.why ?? '')
    case 'collect':
      return { kind: 'collection', rule: booking.rule }
    case 'reverse':
      return await decideReversal(deps, stored, item, booking.rule, books)
  }
}

export async function bookableOf(
  deps: Deps,
  stored: StoredLine,
  settings: AccountSettings,
  earlier: number,
): Promise<Bookable> {
  const payment = stored.paymentId === null ? null : await deps.store.payments.get(stored.paymentId)
  return {
    key: nextEntryKeyOf(stored, earlier),
    line: stored.line,
    account: stored.account,
    accountSet: settings.accountSet,
    ledgerAccount: settings.ledgerAccount,
    request: payment ? { ...payment.request, revision: payment.revision } : null,
    maker: deps.settings.maker,
  }
}

/** The books as they stand in the store. */
export function booksOf(deps: Deps): Books {
  return {
    async of(line) {
      const found = await deps.store.journals.ofLine(line.id)
      return {
        journal: line.journal,
        entry: found?.entry ?? null,
        voucherNo: found?.voucherNo ?? '',
        isReversed: (found?.reversedBy ?? null) !== null,
        isOfMany: found !== null && found.lineId === null,
        collection: await deps.store.collections.get(line.id),
      }
    },
    earlier: async line => (await deps.store.journals.allOfLine(line.id)).length,
  }
}

async function decideReversal(
  deps: Deps,
  stored: StoredLine,
  item: Bookable,
  rule: string | null,
  books: Books,
): Promise<LineDecision> {
  const same = await deps.store.statements.ofAmount(stored.account, negated(stored.line.amount), SAME_AMOUNT_MAX)
  const standing: { readonly line: StoredLine; readonly at: Standing }[] = []
  for (const line of reversedLines(stored, same)) {
    const at = await books.of(line)
    if (!at.isReversed) standing.push({ line, at })
  }
  const [only] = standing
  if (only === undefined) return left(rule, '没有它所指明的原流水 (no earlier line that it names)')
  if (standing.length > 1) return left(rule, '它所指的原流水不止一笔 (it names more than one earlier line)')
  const { at } = only
  if (at.journal === 'open') return { kind: 'wait' }
  const changes = withdrawalOf(deps, at)
  if (at.journal !== 'entry' || at.entry === null) {
    return {
      ...left(rule, `原流水 ${only.line.id} 没有凭证可冲销 (line ${only.line.id} has no entry of ours)`),
      changes,
    }
  }
  if (at.isOfMany || at.entry.reverses !== undefined) {
    return left(
      rule,
      '原凭证含多笔流水或本身是红字，请手工处理 (its entry books several lines, or is a reversal itself)',
    )
  }
  const { line } = stored
  const entry = reversingEntry(at.entry, {
    key: item.key,
    date: line.bookedOn,
    maker: item.maker,
    rule: rule ?? 'reversal',
    voucherNo: at.voucherNo,
    reason: `银行冲正 (the bank took back) ${only.line.key}`,
    settlement: { number: line.reference || line.bankSerial, date: line.bookedOn },
  })
  return { kind: 'entry', entry, changes }
}

/** Money that the bank took back can be claimed no more. */
function withdrawalOf(deps: Deps, at: Standing): readonly CollectionChange[] {
  const { collection } = at
  if (collection === null || collection.state === 'withdrawn') return []
  const isBooked = collection.state === 'booked'
  return [
    changeOf(deps, collection, {
      to: 'withdrawn',
      cause: 'withdrawn',
      actor: deps.settings.instance,
      text: '银行已冲正',
      journal: isBooked ? 'entry' : 'left',
      entryKey: isBooked ? collection.entryKey : null,
    }),
  ]
}

function left(rule: string | null, why: string): Extract<LineDecision, { kind: 'left' }> {
  return { kind: 'left', rule, why, changes: [] }
}
