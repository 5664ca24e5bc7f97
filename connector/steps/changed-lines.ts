// A bank that changes what it said of days that the store has lines of. Lines stay as they were imported, whatever comes
// (I9); a line that comes in the place of another is kept back, or both would be booked. A person is told, looks, and
// withdraws what is not so any more: then the next answer brings what is. When the bank says again what it said, nothing
// was the matter.

import { closesAt } from '../core/coverage'
import { areTwins } from '../core/line-key'
import { formatAmount, sameMoney } from '../core/money'
import type { DateRange, StatementLine } from '../ports'
import type { DoubtDraft, KnownLine, StoredLine, WithdrawnLine } from '../store/store'
import type { Deps } from './deps'

type Draft = Omit<StoredLine, 'id'>

/** The whole answer of a bank about these days. */
export type Answer = { readonly account: string; readonly range: DateRange; readonly askedAt: number }

/** Of the lines of an answer, those that may be brought in. */
export async function withoutChanged(deps: Deps, answer: Answer, given: readonly Draft[]): Promise<readonly Draft[]> {
  const { account } = answer
  const known = await deps.store.statements.known(
    account,
    given.map(draft => draft.key),
  )
  // A line that came after this was asked for is not missing from the answer; it may be what the answer gives otherwise.
  const { vanished, again } = withoutTwins(
    await notGiven(deps, answer, [...known.values()]),
    await givenAgain(deps, [...known.values()]),
  )
  const { changed, rest } = pairUp(
    vanished,
    given.filter(draft => !known.has(draft.key)),
  )
  const doubts = [
    ...changed.filter(([before]) => isOlder(before, answer)).map(([before, draft]) => changeOf(before, draft)),
    ...rest.filter(stored => isOlder(stored, answer) && isMissed(stored, answer, given, known)).map(goneOf),
    ...again.map(againOf),
  ]
  await keepDoubts(deps, answer, doubts)
  const kept = new Set(changed.map(([, draft]) => draft))
  return given.filter(draft => !kept.has(draft))
}

/** Lines that the store has from the bank's interface, and that this answer does not give any more. */
async function notGiven(
  deps: Deps,
  { account, range }: Answer,
  known: readonly KnownLine[],
): Promise<readonly StoredLine[]> {
  const given = new Set(known.map(line => line.lineId))
  const rows = await deps.store.coverage.rows(account, range)
  const own = new Set(rows.flatMap(row => (row.source === 'interface' ? [row.day] : [])))
  const facts = await deps.store.coverage.lines(account, range)
  const gone = new Set(facts.flatMap(fact => (own.has(fact.bookedOn) && !given.has(fact.id) ? [fact.id] : [])))
  if (gone.size === 0) return []
  return (await deps.store.statements.list(account, range)).filter(line => gone.has(line.id))
}

type Pair = readonly [StoredLine, Draft]

/**
 * What comes in the place of what: everything under the same id of the bank; else, one for one, the same amount with the same
 * number, or on the same day. It errs towards a pair: what is kept back comes again, what was booked twice does not go away.
 */
function pairUp(
  vanished: readonly StoredLine[],
  fresh: readonly Draft[],
): { readonly changed: readonly Pair[]; readonly rest: readonly StoredLine[] } {
  const changed: Pair[] = []
  const open = new Set(fresh)
  const replaced = new Set<StoredLine>()
  const take = (before: StoredLine, draft: Draft): void => {
    changed.push([before, draft])
    open.delete(draft)
    replaced.add(before)
  }
  for (const before of vanished) for (const draft of open) if (isSameId(before.line, draft.line)) take(before, draft)
  for (const isLike of [isSameNumber, isSameDay]) {
    for (const before of vanished) {
      if (replaced.has(before)) continue
      const like = [...open].find(
        draft => sameMoney(draft.line.amount, before.line.amount) && isLike(before.line, draft.line),
      )
      if (like !== undefined) take(before, like)
    }
  }
  return { changed, rest: vanished.filter(line => !replaced.has(line)) }
}

function isSameId(a: StatementLine, b: StatementLine): boolean {
  return a.bankId !== null && a.bankId === b.bankId
}

function isSameNumber(a: StatementLine, b: StatementLine): boolean {
  return (a.bankSerial !== '' && a.bankSerial === b.bankSerial) || (a.reference !== '' && a.reference === b.reference)
}

function isSameDay(a: StatementLine, b: StatementLine): boolean {
  return a.bookedOn === b.bookedOn
}

function isOlder({ importedAt }: StoredLine, { askedAt }: Answer): boolean {
  return importedAt < askedAt
}

/** The day is over, and the bank still gives other lines of it: it speaks of the day, and not of this line. */
function isMissed(
  { line }: StoredLine,
  { askedAt }: Answer,
  given: readonly Draft[],
  known: ReadonlyMap<string, KnownLine>,
): boolean {
  return (
    askedAt >= closesAt(line.bookedOn) &&
    given.some(draft => draft.line.bookedOn === line.bookedOn && known.has(draft.key))
  )
}

function changeOf(before: StoredLine, now: Draft): DoubtDraft {
  const [was, is] = differing(before.line, now.line)
  return { lineId: before.id, kind: 'changed', was, now: is }
}

function goneOf({ id, line }: StoredLine): DoubtDraft {
  return { lineId: id, kind: 'gone', was: amountText(line), now: '' }
}

/** The bank still says what a person withdrew. */
async function givenAgain(deps: Deps, known: readonly KnownLine[]): Promise<readonly WithdrawnLine[]> {
  const again: WithdrawnLine[] = []
  for (const { lineId, isWithdrawn } of known) {
    const at = isWithdrawn ? await deps.store.withdrawals.get(lineId) : null
    if (at?.withdrawn) again.push({ line: at.line, ...at.withdrawn })
  }
  return again
}

/** Of twins one is as good as the other: where one was withdrawn and the other is given no more, the count is right. */
function withoutTwins(
  vanished: readonly StoredLine[],
  again: readonly WithdrawnLine[],
): { readonly vanished: readonly StoredLine[]; readonly again: readonly WithdrawnLine[] } {
  const left = new Set(vanished)
  const single = again.filter(({ line }) => {
    const twin = [...left].find(other => areTwins(other.line, line.line))
    if (twin !== undefined) left.delete(twin)
    return twin === undefined
  })
  return { vanished: [...left], again: single }
}

function againOf({ line, person }: WithdrawnLine): DoubtDraft {
  return { lineId: line.id, kind: 'again', was: amountText(line.line), now: person }
}

/** What this answer says of its days counts, also that an earlier doubt is none any more. */
async function keepDoubts(deps: Deps, { account, range }: Answer, doubts: readonly DoubtDraft[]): Promise<void> {
  const now = new Set(doubts.map(doubt => doubt.lineId))
  const before = (await deps.store.doubts.of(account)).filter(
    ({ line }) => line.line.bookedOn >= range.from && line.line.bookedOn <= range.to,
  )
  const cleared = before.map(doubt => doubt.line.id).filter(lineId => !now.has(lineId))
  if (doubts.length === 0 && cleared.length === 0) return
  await deps.store.doubts.change(account, doubts, cleared, deps.clock.now())
  const known = new Set(before.map(doubt => `${doubt.kind} ${doubt.line.id}`))
  for (const { kind: doubt, lineId } of doubts)
    if (!known.has(`${doubt} ${lineId}`)) deps.tell({ kind: 'line.doubted', account, line: lineId, doubt })
}

const WORDS = [
  ...(['bankId', 'bookedOn', 'bookedTime', 'valueOn', 'counterAccount', 'counterName', 'counterBank'] as const),
  ...(['purpose', 'text', 'reference', 'bankSerial', 'type'] as const),
]

/** Both amounts, and whatever else is not the same, by its name. */
function differing(before: StatementLine, now: StatementLine): readonly [string, string] {
  const names = WORDS.filter(name => (before[name] ?? '') !== (now[name] ?? ''))
  const text = (line: StatementLine): string =>
    [amountText(line), ...names.map(name => `${name}=${line[name] ?? ''}`)].join(' ')
  return [text(before), text(now)]
}

function amountText({ amount }: StatementLine): string {
  return `${formatAmount(amount)} ${amount.currency}`
}
