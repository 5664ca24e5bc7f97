// Matches as they are read: those that stand and, for the trail, those that were undone with what they held.

import { groupBy } from '../core/group'
import { idOf, integer, integerOrNull, numberOf, text } from './codec'
import type { Database, Row, Session, Value } from './database'
import { itemsOf, matchedDigests } from './match-items'
import { selectIn, selectTop } from './statements'
import type { Match, MatchFilter, MatchStore, StoredMatch } from './reconcile-types'

type Reader = Pick<Session, 'query' | 'dialect'>
type Reads = Pick<MatchStore, 'of' | 'get' | 'list' | 'undone' | 'late' | 'differing' | 'taken'>

const MATCH_FROM =
  'no, account, pass, reason, rule_version, person, difference_account, difference_minor, opens_on, closes_on, at, undone_at, undone_by, undone_reason FROM yinqi_match'

const FILTERS: Readonly<Record<MatchFilter, string>> = {
  all: 'no < ?',
  byHand: `no < ? AND pass = 'manual'`,
  undone: 'no < ? AND undone_at IS NOT NULL',
  differing: `no < ? AND undone_at IS NULL AND difference_minor <> '0'`,
}

export function createMatchReads(db: Database): Reads {
  return {
    of: (account, range) => matchesOf(db, account, range),
    async get(id) {
      const no = numberOf(id)
      return no === null ? null : await storedMatch(db, no)
    },
    async list(account, which, before, limit) {
      const from = before === null ? Number.MAX_SAFE_INTEGER : (numberOf(before) ?? 0)
      const where = `account = ? AND ${FILTERS[which]}`
      const { sql, values } = selectTop(
        db.dialect,
        `${MATCH_FROM} WHERE ${where} ORDER BY no DESC`,
        [account, from],
        limit,
      )
      return await withItems(db, await db.query(sql, values))
    },
    undone: account => where(db, 'account = ? AND undone_at IS NOT NULL AND undone_by_withdrawal = 0', [account]),
    late: (account, day) =>
      where(db, `account = ? AND undone_at IS NULL AND closes_on > ? AND opens_on <= ? AND opens_on <> ''`, [
        ...[account, day, day],
      ]),
    differing: (account, day) =>
      where(db, `account = ? AND undone_at IS NULL AND difference_minor <> '0' AND closes_on <= ?`, [account, day]),
    async taken(account, { lineIds, ledgerIds }) {
      const items = itemsOf({ account, lineIds, ledgerIds })
      const held = await matchedDigests(db, items)
      const heldOn = (wanted: string): ReadonlySet<string> =>
        new Set(
          items.flatMap(({ side, scope, item, digest }) =>
            side === wanted && held.has(`${side}|${scope}|${digest}`) ? [item] : [],
          ),
        )
      return { lines: heldOn('line'), ledger: heldOn('ledger') }
    },
  }
}

async function where(reader: Reader, condition: string, values: readonly Value[]): Promise<readonly StoredMatch[]> {
  return await withItems(reader, await reader.query(`SELECT ${MATCH_FROM} WHERE ${condition} ORDER BY no`, values))
}

export async function storedMatch(reader: Reader, no: number): Promise<StoredMatch | null> {
  const [match] = await where(reader, 'no = ?', [no])
  return match ?? null
}

/** What a match that stands holds lies in one table, what an undone one held in another. */
async function withItems(reader: Reader, rows: readonly Row[]): Promise<readonly StoredMatch[]> {
  const numbersOf = (isUndone: boolean): readonly number[] =>
    rows.filter(row => (integerOrNull(row, 'undone_at') !== null) === isUndone).map(row => integer(row, 'no'))
  const columns = 'SELECT match_no, side, item, position FROM'
  const items = [
    ...(await selectIn(reader, `${columns} yinqi_match_item WHERE match_no IN`, numbersOf(false))),
    ...(await selectIn(reader, `${columns} yinqi_match_undone WHERE match_no IN`, numbersOf(true))),
  ].toSorted((a, b) => integer(a, 'position') - integer(b, 'position'))
  const byNo = groupBy(items, row => String(integer(row, 'match_no')))
  return rows.map(row => storedOf(row, byNo.get(idOf(row, 'no')) ?? []))
}

function storedOf(row: Row, items: readonly Row[]): StoredMatch {
  const undoneAt = integerOrNull(row, 'undone_at')
  return {
    ...{ id: idOf(row, 'no'), ...matchOf(row, items), at: integer(row, 'at') },
    person: text(row, 'person'),
    differenceAccount: text(row, 'difference_account'),
    differenceMinor: BigInt(text(row, 'difference_minor')),
    opensOn: text(row, 'opens_on'),
    closesOn: text(row, 'closes_on'),
    undone:
      undoneAt === null ? null : { person: text(row, 'undone_by'), reason: text(row, 'undone_reason'), at: undoneAt },
  }
}

function matchOf(row: Row, items: readonly Row[]): Match {
  const itemsOn = (side: string) => items.filter(item => text(item, 'side') === side).map(item => text(item, 'item'))
  return {
    account: text(row, 'account'),
    lineIds: itemsOn('line'),
    ledgerIds: itemsOn('ledger'),
    pass: text(row, 'pass'),
    reason: text(row, 'reason'),
    ruleVersion: text(row, 'rule_version'),
  }
}

/** Matches with a line in the range, and those without any line (ledger lines that cancel out). */
async function matchesOf(
  db: Database,
  account: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<readonly Match[]> {
  const rows = await db.query(
    `SELECT m.no, m.account, m.pass, m.reason, m.rule_version, i.side, i.item
FROM yinqi_match AS m JOIN yinqi_match_item AS i ON i.match_no = m.no
WHERE m.account = ? AND m.undone_at IS NULL AND (m.first_on IS NULL OR (m.first_on <= ? AND m.last_on >= ?))
ORDER BY m.no, i.position`,
    [account, to, from],
  )
  const byNo = groupBy(rows, row => String(integer(row, 'no')))
  return [...byNo.values()].flatMap(items => (items[0] === undefined ? [] : [matchOf(items[0], items)]))
}
