// A bank that changes what it said of days that the store has lines of. Lines stay as they were imported, whatever comes
// (I9); a line that comes in the place of another is kept back, or both would be booked. A person is told, looks, and
// withdraws what is not so any more: then the next answer brings what is. When the bank says again what it said, nothing
// was the matter.

import { closesAt } from '../core/coverage'
import { areTwins } from '../core/line-key'
import { formatAmount } from '../core/money'
import type { DateRange, StatementLine } from '../ports'
import type { DoubtDraft, KnownLine, StoredLine, WithdrawnLine } from '../store/store'
import type { Deps } from './deps'

type Draft = Omit<StoredLine, 'id'>

/**
 * The whole answer of a bank about these days. `stood`: the lines that the store had of them before the bank was asked. Only
 * those can be missing from the answer, whatever the clocks of several daemons say; one that came since may all the same be
 * what the answer gives otherwise.
 */
export type Answer = {
  readonly account: string
  readonly range: DateRange
  readonly askedAt: number
  readonly stood: ReadonlySet<string>
}

/** Looked at before the bank is asked. */
export async function standingLines(deps: Deps, account: string, range: DateRange): Promise<ReadonlySet<string>> {
  return new Set((await deps.store.coverage.lines(account, range)).map(fact => fact.id))
}

/** Of the lines of an answer, those that may be brought in. */
export async function withoutChanged(deps: Deps, answer: Answer, given: readonly Draft[]): Promise<readonly Draft[]> {
  const { account } = answer
  const known = await deps.store.statements.known(
    account,
    given.map(draft => draft.key),
  )
  const { vanished, again } = withoutTwins(
    await notGiven(deps, answer, [...known.values()]),
    await givenAgain(deps, [...known.values()]),
  )
  const { changes, rest } = pairUp(
    vanished,
    given.filter(draft => !known.has(draft.key)),
  )
  const spokenOf = new Set(given.flatMap(({ key, line }) => (known.has(key) ? [line.bookedOn] : [])))
  const doubts = [
    ...changes.filter(({ before }) => answer.stood.has(before.id)).map(changeOf),
    ...rest.filter(stored => isMissed(stored, answer, spokenOf)).map(goneOf),
    ...again.map(againOf),
  ]
  await keepDoubts(deps, answer, doubts, vanished)
  const kept = new Set(changes.flatMap(({ drafts }) => drafts))
  return given.filter(draft => !kept.has(draft))
}

/** Lines that the store has from the bank's interface, and that this answer does not give any more. */
async function notGiven(
  deps: Deps,
  { account, range }: Answer,
  known: readonly KnownLine[],
): Promise<readonly StoredLine[]> {
  const given = new Set(known.map(line => line.lineId))
  const facts = await deps.store.coverage.lines(account, range)
  if (facts.every(fact => given.has(fact.id))) return []
  const rows = await deps.store.coverage.rows(account, range)
  const own = new Set(rows.flatMap(row => (row.source === 'interface' ? [row.day] : [])))
  const lines = await deps.store.statements.list(account, range)
  return lines.filter(({ id, line }) => !given.has(id) && own.has(line.bookedOn))
}

/** What comes in the place of a line: all that has its id, or else one. */
type Change = { readonly before: StoredLine; readonly drafts: readonly Draft[] }

/**
 * What comes in the place of what: everything under the same id of the bank; else, one for one, the same amount with the same
 * number, or on the same day, the most alike first. It errs towards a pair: what is kept back comes again, what was booked
 * twice does not go away.
 */
function pairUp(
  vanished: readonly StoredLine[],
  fresh: readonly Draft[],
): { readonly changes: readonly Change[]; readonly rest: readonly StoredLine[] } {
  const changes: Change[] = []
  const open = new Set(fresh)
  let rest = vanished
  const pair = (namesOf: NamesOf, most: number, choose: Choose): void => {
    const groups = new Map<string, Set<Draft>>()
    for (const draft of open)
      for (const name of namesOf(draft.line)) groups.set(name, (groups.get(name) ?? new Set()).add(draft))
    rest = rest.filter(before => {
      const like = namesOf(before.line).flatMap(name => openOf(groups.get(name) ?? new Set(), open, most))
      const drafts = choose(before, like)
      for (const draft of drafts) open.delete(draft)
      if (drafts.length > 0) changes.push({ before, drafts })
      return drafts.length === 0
    })
  }
  pair(idOf, Infinity, (_before, like) => like)
  pair(numbersOf, COMPARED_MAX, mostAlike)
  pair(dayOf, COMPARED_MAX, mostAlike)
  return { changes, rest }
}

type NamesOf = (line: StatementLine) => readonly string[]
type Choose = (before: StoredLine, like: readonly Draft[]) => readonly Draft[]

function idOf({ bankId }: StatementLine): readonly string[] {
  return bankId === null ? [] : [bankId]
}

function numbersOf({ amount, bankSerial, reference }: StatementLine): readonly string[] {
  const numbers = [
    bankSerial === '' ? [] : [`serial ${bankSerial}`],
    reference === '' ? [] : [`reference ${reference}`],
  ]
  return numbers.flat().map(number => `${amount.minor} ${amount.currency} ${number}`)
}

function dayOf({ amount, bookedOn }: StatementLine): readonly string[] {
  return [`${amount.minor} ${amount.currency} ${bookedOn}`]
}

/** Lines of one amount and day are many where a bank takes its fees: no more are compared with each. */
const COMPARED_MAX = 50

/** The first of a group that are not taken yet. Those that are leave it, so that a long group is walked through once. */
function openOf(group: Set<Draft>, open: ReadonlySet<Draft>, most: number): readonly Draft[] {
  const found: Draft[] = []
  for (const draft of group) {
    if (!open.has(draft)) group.delete(draft)
    else if (found.push(draft) >= most) break
  }
  return found
}

function mostAlike(before: StoredLine, like: readonly Draft[]): readonly Draft[] {
  const ranked = like.map(draft => ({ draft, count: differingNames(before.line, draft.line).length }))
  return ranked
    .toSorted((a, b) => a.count - b.count)
    .slice(0, 1)
    .map(({ draft }) => draft)
}

/** The day is over, and the bank still gives other lines of it: it speaks of the day, and not of this line. */
function isMissed({ id, line }: StoredLine, { askedAt, stood }: Answer, spokenOf: ReadonlySet<string>): boolean {
  return stood.has(id) && askedAt >= closesAt(line.bookedOn) && spokenOf.has(line.bookedOn)
}

/** More of one line are counted only. */
const TOLD_MAX = 5

function changeOf({ before, drafts }: Change): DoubtDraft {
  const { id, line } = before
  const names = WORDS.filter(name => drafts.some(draft => differingNames(line, draft.line).includes(name)))
  const told = drafts.slice(0, TOLD_MAX).map(draft => textOf(draft.line, names))
  const now = [...told, ...(drafts.length > TOLD_MAX ? [`… ${drafts.length}`] : [])].join('; ')
  return { lineId: id, kind: 'changed', was: textOf(line, names), now, days: drafts.map(draft => draft.line.bookedOn) }
}

function goneOf({ id, line }: StoredLine): DoubtDraft {
  return { lineId: id, kind: 'gone', was: amountText(line), now: '', days: [] }
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
  return { lineId: line.id, kind: 'again', was: amountText(line.line), now: person, days: [] }
}

/**
 * What this answer says of its days counts. An earlier doubt is none any more when the line is given again, or, of a withdrawn
 * one, is not; an answer that says nothing of the line leaves it.
 */
async function keepDoubts(
  deps: Deps,
  { account, range }: Answer,
  doubts: readonly DoubtDraft[],
  vanished: readonly StoredLine[],
): Promise<void> {
  const kept = new Set([...doubts.map(doubt => doubt.lineId), ...vanished.map(line => line.id)])
  const before = (await deps.store.doubts.of(account)).filter(
    ({ line }) => line.line.bookedOn >= range.from && line.line.bookedOn <= range.to,
  )
  const cleared = before.map(doubt => doubt.line.id).filter(lineId => !kept.has(lineId))
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

function differingNames(before: StatementLine, now: StatementLine): readonly (typeof WORDS)[number][] {
  return WORDS.filter(name => (before[name] ?? '') !== (now[name] ?? ''))
}

/** The amount, and whatever else is not the same, by its name. */
function textOf(line: StatementLine, names: readonly (typeof WORDS)[number][]): string {
  return [amountText(line), ...names.map(name => `${name}=${line[name] ?? ''}`)].join(' ')
}

function amountText({ amount }: StatementLine): string {
  return `${formatAmount(amount)} ${amount.currency}`
}
