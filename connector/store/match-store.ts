// Reconciliation matches. A bank line and a ledger line belong to at most one match each; the first match stays.

import { groupBy } from '../core/group'
import { digestOf, integer, numberOf, text } from './codec'
import type { Database, Session } from './database'
import { insert, insertNew, lockedSelect, selectIn } from './statements'
import type { Match, MatchStore } from './store'

export function createMatchStore(db: Database): MatchStore {
  return {
    save: (matches, at) =>
      db.transaction(async tx => {
        await onlyOneAtATime(tx)
        let written = 0
        for (const match of matches) written += (await saveOne(tx, match, at)) ? 1 : 0
        return written
      }),
    of: (account, range) => matchesOf(db, account, range),
  }
}

/** Matches are saved seldom and in bulk: taking turns is simpler than untangling two runs that overlap. */
async function onlyOneAtATime(tx: Session): Promise<void> {
  await insertNew(tx, 'yinqi_meta', 'name', [{ name: 'match', value: '' }])
  await tx.query(lockedSelect(tx.dialect, 'value', 'yinqi_meta', 'name = ?'), ['match'])
}

type Item = { readonly side: 'line' | 'ledger'; readonly scope: string; readonly item: string }

async function saveOne(tx: Session, match: Match, at: number): Promise<boolean> {
  const items = itemsOf(match)
  for (const { side, scope, item } of items) {
    const taken = await tx.query(
      'SELECT match_no FROM yinqi_match_item WHERE side = ? AND scope = ? AND item_digest = ?',
      [side, scope, digestOf([item])],
    )
    if (taken.length > 0) return false
  }
  const days = await daysOf(tx, match)
  await insert(tx, 'yinqi_match', [
    {
      account: match.account,
      pass: match.pass,
      reason: match.reason,
      rule_version: match.ruleVersion,
      first_on: days.at(0) ?? null,
      last_on: days.at(-1) ?? null,
      at,
    },
  ])
  // Saving takes turns, so the newest row is the one just written.
  const [row] = await tx.query('SELECT MAX(no) AS no FROM yinqi_match')
  if (row === undefined) return false
  const matchNo = integer(row, 'no')
  await insert(
    tx,
    'yinqi_match_item',
    items.map(({ side, scope, item }, position) => ({
      match_no: matchNo,
      side,
      scope,
      item_digest: digestOf([item]),
      item,
      position,
    })),
  )
  return true
}

/** Our line ids are unique in the store; an ERP's ledger ids only within their account. */
function itemsOf(match: Match): readonly Item[] {
  return [
    ...match.lineIds.map((item): Item => ({ side: 'line', scope: '', item })),
    ...match.ledgerIds.map((item): Item => ({ side: 'ledger', scope: match.account, item })),
  ]
}

async function daysOf(tx: Session, { lineIds }: Match): Promise<readonly string[]> {
  const numbers = lineIds.flatMap(id => numberOf(id) ?? [])
  const rows = await selectIn(tx, 'SELECT booked_on FROM yinqi_statement_line WHERE no IN', numbers)
  return rows.map(row => text(row, 'booked_on')).toSorted()
}

/** Matches with a line in the range, and those without any line (ledger lines that cancel out), whose day is unknown here. */
async function matchesOf(
  db: Database,
  account: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<readonly Match[]> {
  const rows = await db.query(
    `SELECT m.no, m.account, m.pass, m.reason, m.rule_version, i.side, i.item
FROM yinqi_match AS m JOIN yinqi_match_item AS i ON i.match_no = m.no
WHERE m.account = ? AND (m.first_on IS NULL OR (m.first_on <= ? AND m.last_on >= ?)) ORDER BY m.no, i.position`,
    [account, to, from],
  )
  const byNo = groupBy(rows, row => String(integer(row, 'no')))
  return [...byNo.values()].flatMap(items => {
    const [first] = items
    if (first === undefined) return []
    const itemsOn = (side: string) => items.filter(item => text(item, 'side') === side).map(item => text(item, 'item'))
    return [
      {
        account: text(first, 'account'),
        lineIds: itemsOn('line'),
        ledgerIds: itemsOn('ledger'),
        pass: text(first, 'pass'),
        reason: text(first, 'reason'),
        ruleVersion: text(first, 'rule_version'),
      },
    ]
  })
}
