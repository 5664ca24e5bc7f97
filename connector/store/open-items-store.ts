// What is open on either side of an account: bank lines without a match, and the lines of the bank-deposit journal as the
// ERP last showed them. Everything is read in pages by day and number; nothing here reads an account's whole life.

import type { DateRange, LedgerLine } from '../ports'
import { decode, digestOf, integer, integerOrNull, numberOf, text } from './codec'
import type { Database, Row } from './database'
import type { Keys } from './keys'
import { ledgerPlace, syncLedger } from './ledger-sync'
import { pageOf, toPage } from './day-pages'
import { lineOf, LINE_FROM, STANDS } from './statement-store'
import { selectIn, selectTop } from './statements'
import type { After, OpenPage, OpenStore, StoredLedgerLine } from './reconcile-types'

const LEDGER_FROM = 'no, account, item_digest, item, booked_on, content, gone_at, match_no FROM yinqi_ledger_line'
const LEDGER_OPEN = 'match_no IS NULL AND gone_at IS NULL'

export function createOpenStore(db: Database): OpenStore {
  return {
    sync: (account, range, lines, at) => syncLedger(db, account, range, lines, at),
    async ledger(account, range, after, limit) {
      const rows = await pageOf(db, `${LEDGER_FROM} WHERE account = ? AND ${LEDGER_OPEN}`, account, range, after, limit)
      return toPage(rows, limit, row => ledgerLineOf(db.keys, row))
    },
    async lines(account, range, after, limit) {
      const select = `booked_on, ${LINE_FROM} WHERE account = ? AND match_no IS NULL AND ${STANDS}`
      const rows = await pageOf(db, select, account, range, after, limit)
      return toPage(rows, limit, row => lineOf(db.keys, row))
    },
    days: (account, day) => daysOf(db, account, day),
    async mark(account) {
      const [row] = await db.query(
        `SELECT COUNT(*) AS lines, COALESCE(MAX(no), 0) AS newest FROM yinqi_statement_line WHERE account = ? AND match_no IS NULL AND ${STANDS}`,
        [account],
      )
      return row === undefined ? '' : `${integer(row, 'lines')} ${integer(row, 'newest')}`
    },
    async ledgerByIds(account, ids) {
      const rows = await selectIn(
        db,
        `SELECT ${LEDGER_FROM} WHERE account = ? AND item_digest IN`,
        ids.map(id => digestOf([id])),
        [account],
      )
      return rows.map(row => ledgerLineOf(db.keys, row))
    },
    async linesByIds(ids) {
      const numbers = ids.flatMap(id => numberOf(id) ?? [])
      const rows = await selectIn(db, `SELECT ${LINE_FROM} WHERE no IN`, numbers)
      return rows.map(row => lineOf(db.keys, row))
    },
    ledgerTotal: (account, range) => totalOf(db, account, range),
  }
}

async function daysOf(db: Database, account: string, day: string) {
  const found = await Promise.all([
    db.query(
      `SELECT DISTINCT booked_on FROM yinqi_statement_line WHERE account = ? AND match_no IS NULL AND booked_on < ? AND ${STANDS}`,
      [account, day],
    ),
    db.query(
      `SELECT DISTINCT booked_on FROM yinqi_ledger_line WHERE account = ? AND ${LEDGER_OPEN} AND booked_on < ?`,
      [...[account, day]],
    ),
    first(db, 'yinqi_statement_line', account),
    first(db, 'yinqi_ledger_line', account),
  ])
  const [lines, ledger, firstLine, firstLedger] = found
  const open = new Set([...lines, ...ledger].map(row => text(row, 'booked_on')))
  return { open: [...open].toSorted(), firstLine, firstLedger }
}

async function first(db: Database, table: string, account: string): Promise<string | null> {
  const { sql, values } = selectTop(
    db.dialect,
    `booked_on FROM ${table} WHERE account = ? ORDER BY booked_on, no`,
    [account],
    1,
  )
  const [row] = await db.query(sql, values)
  return row === undefined ? null : text(row, 'booked_on')
}

/** Amounts are text, exact beyond what a database's integers hold: they are added here, page by page. */
async function totalOf(db: Database, account: string, range: DateRange): Promise<bigint> {
  const select = `no, booked_on, amount_minor FROM yinqi_ledger_line WHERE account = ? AND gone_at IS NULL`
  let total = 0n
  let after: After = null
  do {
    const page: OpenPage<bigint> = toPage(await pageOf(db, select, account, range, after, PAGE), PAGE, row =>
      BigInt(text(row, 'amount_minor')),
    )
    for (const minor of page.items) total += minor
    after = page.next
  } while (after !== null)
  return total
}

const PAGE = 5000

function ledgerLineOf(keys: Keys, row: Row): StoredLedgerLine {
  const place = ledgerPlace(text(row, 'account'), text(row, 'item_digest'))
  const matchNo = integerOrNull(row, 'match_no')
  return {
    ...decode<LedgerLine>(keys.show(place, text(row, 'content'))),
    matchId: matchNo === null ? null : String(matchNo),
    isGone: integerOrNull(row, 'gone_at') !== null,
  }
}
