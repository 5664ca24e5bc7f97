// Reconciliation matches. A bank line and a ledger line belong to at most one match that stands, and the first one stays;
// a match is undone, never deleted, and what it held is kept.

import { appendAudit } from './audit-trail'
import { digestOf, idOf, integer, numberOf, storable, text } from './codec'
import type { Database, Session } from './database'
import { factsOf, spanOf } from './match-facts'
import { itemsOf, matchedDigests, onlyOneAtATime, type Item } from './match-items'
import { createMatchReads, storedMatch } from './match-reads'
import { executeIn, insert, selectIn, setNumbers } from './statements'
import type { MatchByHand, MatchStore, StoredMatch } from './reconcile-types'

export function createMatchStore(db: Database): MatchStore {
  return {
    save: (matches, at) =>
      db.transaction(async tx => {
        await onlyOneAtATime(tx)
        const byPass = matches.map(match => ({ ...match, person: '', differenceAccount: '' }))
        return (await saveNew(tx, byPass, at)).length
      }),
    make: (match, at) =>
      db.transaction(async tx => {
        await onlyOneAtATime(tx)
        const words = { reason: storable(match.reason), person: storable(match.person) }
        const [no] = await saveNew(tx, [{ ...match, ...words }], at)
        if (no === undefined) return null
        const stored = await storedMatch(tx, no)
        if (stored !== null) await appendAudit(tx, [eventOf('match.made', stored, match.person, match.reason)], at)
        return stored
      }),
    undo: (id, person, reason, at) =>
      db.transaction(async tx => {
        const no = numberOf(id)
        if (no === null) return null
        await onlyOneAtATime(tx)
        return await undoMatch(tx, no, { person, reason }, at)
      }),
    ...createMatchReads(db),
  }
}

type Draft = { readonly match: MatchByHand; readonly items: readonly Item[] }

/** Part of the caller's transaction, which takes turns. Returns the numbers of those that were written. */
async function saveNew(tx: Session, matches: readonly MatchByHand[], at: number): Promise<readonly number[]> {
  const drafts = await notTaken(tx, matches)
  if (drafts.length === 0) return []
  const facts = await factsOf(
    tx,
    drafts.map(({ match }) => match),
  )
  const [last] = await tx.query('SELECT COALESCE(MAX(no), 0) AS no FROM yinqi_match')
  const before = last === undefined ? 0 : integer(last, 'no')
  await insert(
    tx,
    'yinqi_match',
    drafts.map(({ match, items }) => {
      const span = spanOf(match, facts)
      return {
        account: match.account,
        pass: match.pass,
        reason: match.reason,
        rule_version: match.ruleVersion,
        first_on: span.lineDays.at(0) ?? null,
        last_on: span.lineDays.at(-1) ?? null,
        opens_on: span.days.at(0) ?? '',
        closes_on: span.days.at(-1) ?? '',
        difference_minor: span.differenceMinor.toString(),
        difference_account: storable(match.differenceAccount),
        person: match.person,
        first_item: nameOf(items),
        at,
      }
    }),
  )
  // Saving takes turns, so the newest rows are those just written; many are written at once, so each is found by its items.
  const rows = await tx.query('SELECT no, first_item FROM yinqi_match WHERE no > ?', [before])
  const numbers = new Map(rows.map(row => [text(row, 'first_item'), integer(row, 'no')]))
  const numbered = drafts.flatMap(({ items }) => {
    const no = numbers.get(nameOf(items))
    return no === undefined ? [] : [{ no, items }]
  })
  await insert(
    tx,
    'yinqi_match_item',
    numbered.flatMap(({ no, items }) =>
      items.map(({ side, scope, item, digest }, position) => ({
        ...{ match_no: no, side, scope, item_digest: digest, item, position },
      })),
    ),
  )
  const pairs = (side: Item['side']): readonly (readonly [number, number])[] =>
    numbered.flatMap(({ no, items }) =>
      items.flatMap(item => {
        const row = item.side === side ? facts.numberOf(item) : undefined
        return row === undefined ? [] : [[row, no] as const]
      }),
    )
  await setNumbers(tx, 'yinqi_statement_line', 'match_no', pairs('line'))
  await setNumbers(tx, 'yinqi_ledger_line', 'match_no', pairs('ledger'))
  return numbered.map(({ no }) => no)
}

/** A first item stands in one draft of a transaction at most. */
function nameOf(items: readonly Item[]): string {
  const [first] = items
  return first === undefined ? '' : digestOf([first.side, first.scope, first.item])
}

async function notTaken(tx: Session, matches: readonly MatchByHand[]): Promise<readonly Draft[]> {
  const drafts = matches.map(match => ({ match, items: itemsOf(match) })).filter(({ items }) => items.length > 0)
  const taken = await matchedDigests(
    tx,
    drafts.flatMap(({ items }) => items),
  )
  const keyOf = ({ side, scope, digest }: Item): string => `${side}|${scope}|${digest}`
  const withdrawn = await withdrawnAmong(tx, matches)
  return drafts.filter(({ match, items }) => {
    if (match.lineIds.some(id => withdrawn.has(id))) return false
    const keys = items.map(keyOf)
    if (keys.some(key => taken.has(key)) || new Set(keys).size < keys.length) return false
    for (const key of keys) taken.add(key)
    return true
  })
}

/** Whoever matches read the lines before: one of them may have been withdrawn meanwhile. */
async function withdrawnAmong(tx: Session, matches: readonly MatchByHand[]): Promise<ReadonlySet<string>> {
  const numbers = matches.flatMap(({ lineIds }) => lineIds.flatMap(id => numberOf(id) ?? []))
  const sql = 'SELECT no FROM yinqi_statement_line WHERE withdrawn_at IS NOT NULL AND no IN'
  return new Set((await selectIn(tx, sql, numbers)).map(row => idOf(row, 'no')))
}

/** Part of the caller's transaction, which takes turns. */
export async function undoMatch(
  tx: Session,
  no: number,
  { person, reason }: { readonly person: string; readonly reason: string },
  at: number,
): Promise<StoredMatch | null> {
  const match = await storedMatch(tx, no)
  if (match === null || match.undone !== null) return null
  const words = { person: storable(person), reason: storable(reason) }
  await tx.execute('UPDATE yinqi_match SET undone_at = ?, undone_by = ?, undone_reason = ? WHERE no = ?', [
    ...[at, words.person, words.reason, no],
  ])
  await tx.execute(
    `INSERT INTO yinqi_match_undone (match_no, side, scope, item_digest, item, position)
SELECT match_no, side, scope, item_digest, item, position FROM yinqi_match_item WHERE match_no = ?`,
    [no],
  )
  await tx.execute('DELETE FROM yinqi_match_item WHERE match_no = ?', [no])
  const facts = await factsOf(tx, [match])
  const rowsOf = (side: Item['side']): readonly number[] =>
    itemsOf(match).flatMap(item => (item.side === side ? (facts.numberOf(item) ?? []) : []))
  await executeIn(tx, 'UPDATE yinqi_statement_line SET match_no = NULL WHERE no IN', rowsOf('line'))
  await executeIn(tx, 'UPDATE yinqi_ledger_line SET match_no = NULL WHERE no IN', rowsOf('ledger'))
  await appendAudit(tx, [eventOf('match.undone', match, words.person, words.reason)], at)
  return await storedMatch(tx, no)
}

function eventOf(kind: 'match.made' | 'match.undone', match: StoredMatch, person: string, reason: string) {
  const { account, pass, ruleVersion, differenceAccount } = match
  const sides = { lines: JSON.stringify(match.lineIds), ledger: JSON.stringify(match.ledgerIds) }
  const difference = { difference: match.differenceMinor.toString(), differenceAccount }
  return {
    ...{ kind, paymentId: null, subject: match.id },
    content: {
      account,
      pass,
      ruleVersion,
      ...sides,
      ...difference,
      person: storable(person),
      reason: storable(reason),
    },
  }
}
