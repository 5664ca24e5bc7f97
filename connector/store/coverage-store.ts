// Coverage: what was asked for and received of each account's day, and whether the balances prove it. Balances are encrypted.

import type { Balance, DateRange } from '../ports'
import { openedRow } from './coverage-row'
import { decode, encode, idOf, integer, integerOrNull, storable, text, textOrNull, word } from './codec'
import type { Database, Row, Session } from './database'
import type { Keys, Place } from './keys'
import { insertNew, lockedSelect, selectTop } from './statements'
import type { CoverageRow, CoverageStore, LineFact } from './coverage-types'

const COLUMNS =
  'id, account, day, opened_at, requested_at, received_at, source, attempts, due_at, error, proof, gap_since, content'
const FROM = `${COLUMNS} FROM yinqi_coverage`

export function createCoverageStore(db: Database): CoverageStore {
  const rowsWhere = async (where: string, values: readonly (string | number)[]): Promise<readonly CoverageRow[]> =>
    (await db.query(`SELECT ${FROM} WHERE ${where}`, values)).map(row => coverageOf(db.keys, row))
  return {
    change: (account, days, at, change) =>
      db.transaction(async tx => {
        const changed = []
        // In one order, so that two who change the same days wait instead of blocking each other.
        for (const day of [...new Set(days)].toSorted()) changed.push(await changeOne(tx, account, day, at, change))
        return changed
      }),
    rows: (account, { from, to }) =>
      rowsWhere('account = ? AND day >= ? AND day <= ? ORDER BY day', [account, from, to]),
    async span(account) {
      const [row] = await db.query(
        'SELECT MIN(day) AS first_on, MAX(day) AS last_on FROM yinqi_coverage WHERE account = ?',
        [account],
      )
      const [from, to] = row === undefined ? [null, null] : [textOrNull(row, 'first_on'), textOrNull(row, 'last_on')]
      return from === null || to === null ? null : { from, to }
    },
    async due(account, now, limit) {
      const { sql, values } = selectTop(
        db.dialect,
        `${FROM} WHERE account = ? AND due_at IS NOT NULL AND due_at <= ? ORDER BY day`,
        [account, now],
        limit,
      )
      return (await db.query(sql, values)).map(row => coverageOf(db.keys, row))
    },
    async anchorBefore(account, day) {
      const { sql, values } = selectTop(
        db.dialect,
        `${FROM} WHERE account = ? AND day < ? AND is_anchor = 1 ORDER BY day DESC`,
        [account, day],
        1,
      )
      const [row] = await db.query(sql, values)
      return row === undefined ? null : coverageOf(db.keys, row)
    },
    async gaps(limit) {
      const { sql, values } = selectTop(db.dialect, `${FROM} WHERE proof = 'gap' ORDER BY day, account`, [], limit)
      return (await db.query(sql, values)).map(row => coverageOf(db.keys, row))
    },
    async freshness() {
      const rows = await db.query(
        `SELECT m.account, m.opened_at, c.day, c.received_at FROM (
  SELECT account, MIN(opened_at) AS opened_at, MAX(CASE WHEN received_at IS NULL THEN '' ELSE day END) AS last_on
  FROM yinqi_coverage GROUP BY account
) AS m LEFT JOIN yinqi_coverage AS c ON c.account = m.account AND c.day = m.last_on ORDER BY m.account`,
      )
      return rows.map(row => ({
        account: text(row, 'account'),
        newest: row['day'] === null ? null : { day: text(row, 'day'), receivedAt: integer(row, 'received_at') },
        openedAt: integer(row, 'opened_at'),
      }))
    },
    lines: (account, range) => linesOf(db, account, range),
    async balances(account, { from, to }) {
      // Behind the last day and every time on it.
      const rows = await db.query(
        'SELECT account, as_of, content, at FROM yinqi_balance WHERE account = ? AND as_of >= ? AND as_of < ? ORDER BY no',
        [account, from, `${to}U`],
      )
      return rows.map(row => {
        const at = integer(row, 'at')
        const place = JSON.stringify([text(row, 'account'), text(row, 'as_of'), at])
        const content = db.keys.show({ column: 'yinqi_balance.content', row: place }, text(row, 'content'))
        return { balance: decode<Balance>(content), at }
      })
    },
  }
}

async function changeOne(
  tx: Session,
  account: string,
  day: string,
  at: number,
  change: (row: CoverageRow) => CoverageRow,
): Promise<{ readonly before: CoverageRow; readonly after: CoverageRow }> {
  const id = `${account} ${day}`
  const fresh = openedRow(account, day, at)
  await insertNew(tx, 'yinqi_coverage', 'id', [{ id, account, day, opened_at: at, ...valuesOf(tx.keys, fresh) }])
  const [row] = await tx.query(lockedSelect(tx.dialect, COLUMNS, 'yinqi_coverage', 'id = ?'), [id])
  const before = row === undefined ? fresh : coverageOf(tx.keys, row)
  const after = change(before)
  if (encode(after) === encode(before)) return { before, after }
  const values = valuesOf(tx.keys, after)
  const names = Object.keys(values)
  await tx.execute(`UPDATE yinqi_coverage SET ${names.map(name => `${name} = ?`).join(', ')} WHERE id = ?`, [
    ...Object.values(values),
    id,
  ])
  return { before, after }
}

type Content = Pick<CoverageRow, 'opening' | 'closing' | 'gap' | 'gapFrom' | 'by'>

function valuesOf(keys: Keys, row: CoverageRow) {
  const { opening, closing, gap, gapFrom, by } = row
  const content: Content = { opening, closing, gap, gapFrom, by }
  return {
    requested_at: row.requestedAt,
    received_at: row.receivedAt,
    source: row.source,
    attempts: row.attempts,
    due_at: row.dueAt,
    error: storable(row.error),
    proof: row.proof,
    is_anchor: closing === null ? 0 : 1,
    gap_since: row.gapSince,
    content: keys.hide(placeOf(`${row.account} ${row.day}`), encode(content)),
  }
}

function coverageOf(keys: Keys, row: Row): CoverageRow {
  return {
    account: text(row, 'account'),
    day: text(row, 'day'),
    openedAt: integer(row, 'opened_at'),
    requestedAt: integerOrNull(row, 'requested_at'),
    receivedAt: integerOrNull(row, 'received_at'),
    source: word(row, 'source'),
    attempts: integer(row, 'attempts'),
    dueAt: integerOrNull(row, 'due_at'),
    error: text(row, 'error'),
    proof: word(row, 'proof'),
    gapSince: integerOrNull(row, 'gap_since'),
    ...decode<Content>(keys.show(placeOf(text(row, 'id')), text(row, 'content'))),
  }
}

function placeOf(id: string): Place {
  return { column: 'yinqi_coverage.content', row: id }
}

async function linesOf(db: Database, account: string, { from, to }: DateRange): Promise<readonly LineFact[]> {
  const rows = await db.query(
    `SELECT l.no, l.account, l.line_key, l.booked_on, l.amount_minor, l.currency, l.receipt, l.journal, l.imported_at,
  COALESCE(e.status, m.status) AS entry_status, COALESCE(e.refusal, m.refusal) AS entry_refusal
FROM yinqi_statement_line AS l
LEFT JOIN yinqi_journal_entry AS e ON e.line_no = l.no AND e.reversed_by IS NULL
LEFT JOIN yinqi_collection AS c ON c.line_no = l.no
LEFT JOIN yinqi_journal_entry AS m ON m.entry_key = c.entry_key AND m.line_no IS NULL
WHERE l.account = ? AND l.booked_on >= ? AND l.booked_on <= ? AND l.withdrawn_at IS NULL ORDER BY l.booked_on, l.no`,
    [account, from, to],
  )
  return rows.map(row => ({
    id: idOf(row, 'no'),
    account: text(row, 'account'),
    key: text(row, 'line_key'),
    bookedOn: text(row, 'booked_on'),
    amount: { minor: BigInt(text(row, 'amount_minor')), currency: text(row, 'currency') },
    receipt: word(row, 'receipt'),
    journal: word(row, 'journal'),
    entry: row['entry_status'] === null ? null : word(row, 'entry_status'),
    refusal: textOrNull(row, 'entry_refusal') ?? '',
    importedAt: integer(row, 'imported_at'),
  }))
}
