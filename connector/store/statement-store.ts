// Bank lines and balances. A line is imported once, twins are two lines, and none is dropped (I9).

import type { Balance, StatementLine } from '../ports'
import {
  decode,
  digestOf,
  encode,
  idOf,
  integer,
  integerOrNull,
  numberOf,
  storable,
  text,
  textOrNull,
  word,
} from './codec'
import type { Database, Row, Session, Value } from './database'
import type { Keys, Place } from './keys'
import { lineMark, lockLines, moveMark } from './line-mark'
import { addToOutbox } from './outbox-store'
import { pageOf, toPage } from './day-pages'
import { identityVersion, rekey } from './rekey'
import { insert, insertNew, lockedSelect, selectIn, selectTop } from './statements'
import { Conflict, type OutboxDraft, type StatementStore, type StoredLine } from './store'

export const LINE_COLUMNS =
  'no, bank, account, line_key, key_digest, content, amount_minor, payment_id, journal, receipt, imported_at, withdrawn_at'
export const LINE_FROM = `${LINE_COLUMNS} FROM yinqi_statement_line`

/** What a person has withdrawn is not there for whoever looks for lines; it is found by its id alone. */
export const STANDS = 'withdrawn_at IS NULL'

/** The column serves to find lines that carry a reference; the line itself keeps it whole. */
const REFERENCE_MAX = 200

export function createStatementStore(db: Database): StatementStore {
  return {
    insert: (lines, outbox) =>
      db.transaction(async tx => {
        const accounts = [...new Set(lines.map(line => line.account))].toSorted()
        const marks = new Map<string, string>()
        for (const account of accounts) marks.set(account, await lockLines(tx, account))
        const inserted = await insertLines(tx, lines, outbox)
        for (const [account, mark] of marks)
          if (inserted.some(line => line.account === account)) await moveMark(tx, account, mark)
        return inserted
      }),
    mark: account => lineMark(db, account),
    insertAt: (mark, lines, outbox) =>
      db.transaction(async tx => {
        const [first] = lines
        if (first === undefined) return []
        if ((await lockLines(tx, first.account)) !== mark) return null
        const inserted = await insertLines(tx, lines, outbox)
        if (inserted.length > 0) await moveMark(tx, first.account, mark)
        return inserted
      }),
    async known(account, keys) {
      const digests = keys.map(key => digestOf([account, key]))
      const rows = await selectIn(
        db,
        'SELECT no, line_identity, withdrawn_at FROM yinqi_statement_line WHERE identity_digest IN',
        digests,
      )
      return new Map(
        rows.map(row => [
          text(row, 'line_identity'),
          { lineId: idOf(row, 'no'), isWithdrawn: integerOrNull(row, 'withdrawn_at') !== null },
        ]),
      )
    },
    async countOn(account, bookedOn) {
      const [row] = await db.query(
        `SELECT COUNT(*) AS lines FROM yinqi_statement_line WHERE account = ? AND booked_on = ? AND ${STANDS}`,
        [account, bookedOn],
      )
      return row === undefined ? 0 : integer(row, 'lines')
    },
    async identities(account) {
      const rows = await db.query(`SELECT line_identity, ${LINE_FROM} WHERE account = ? ORDER BY no`, [account])
      return rows.map(row => ({ stored: lineOf(db.keys, row), identity: text(row, 'line_identity') }))
    },
    identityVersion: account => identityVersion(db, account),
    rekey: (account, changes, event, at) => db.transaction(tx => rekey(tx, { account, changes, event, at })),
    unlinked: limit => linesWhere(db, `looked_at IS NULL AND reference <> '' ORDER BY no`, [], limit),
    async link(lineId, paymentId, at) {
      await db.transaction(async tx => {
        const no = numberOf(lineId)
        const [row] = await tx.query(lockedSelect(tx.dialect, 'payment_id', 'yinqi_statement_line', 'no = ?'), [no])
        const linked = row === undefined ? null : textOrNull(row, 'payment_id')
        if (row === undefined) throw new Conflict(`line ${lineId} does not exist`)
        if (linked !== null && linked !== paymentId) throw new Conflict(`line ${lineId} belongs to payment ${linked}`)
        await tx.execute('UPDATE yinqi_statement_line SET payment_id = ?, looked_at = ? WHERE no = ?', [
          paymentId,
          at,
          no,
        ])
      })
    },
    async list(account, { from, to }) {
      const rows = await db.query(
        `SELECT ${LINE_FROM} WHERE account = ? AND booked_on >= ? AND booked_on <= ? AND ${STANDS} ORDER BY booked_on, no`,
        [account, from, to],
      )
      return rows.map(row => lineOf(db.keys, row))
    },
    async page(account, range, after, limit) {
      const rows = await pageOf(
        db,
        `booked_on, ${LINE_FROM} WHERE account = ? AND ${STANDS}`,
        account,
        range,
        after,
        limit,
      )
      return toPage(rows, limit, row => lineOf(db.keys, row))
    },
    get: async lineId => (await linesWhere(db, 'no = ?', [numberOf(lineId)], 1))[0] ?? null,
    ofAmount: (account, amount, limit) =>
      linesWhere(
        db,
        'account = ? AND amount_minor = ? AND currency = ? ORDER BY no DESC',
        [account, amount.minor.toString(), amount.currency],
        limit,
      ),
    unbooked: limit =>
      linesWhere(db, `journal = 'open' AND (reference = '' OR looked_at IS NOT NULL) ORDER BY no`, [], limit),
    receiptDue: (bank, now, limit) =>
      linesWhere(
        db,
        `bank = ? AND receipt IN ('wanted', 'missing') AND receipt_due_at <= ? AND (reference = '' OR looked_at IS NOT NULL)
ORDER BY receipt_due_at, no`,
        [bank, now],
        limit,
      ),
    async postponeReceipt(lineId, dueAt, isMissing, reason) {
      await db.transaction(tx =>
        // A receipt that was stored meanwhile stays stored.
        tx.execute(
          `UPDATE yinqi_statement_line SET receipt_due_at = ?, receipt = ?, receipt_reason = ? WHERE no = ? AND receipt <> 'stored'`,
          [dueAt, isMissing ? 'missing' : 'wanted', storable(reason), numberOf(lineId)],
        ),
      )
    },
    async receiptsWaiting(account, { from, to }) {
      const rows = await db.query(
        `SELECT no, receipt_reason, receipt_due_at FROM yinqi_statement_line
WHERE account = ? AND booked_on >= ? AND booked_on <= ? AND receipt IN ('wanted', 'missing') AND ${STANDS} ORDER BY booked_on, no`,
        [account, from, to],
      )
      return rows.map(row => ({
        lineId: idOf(row, 'no'),
        reason: text(row, 'receipt_reason'),
        dueAt: integer(row, 'receipt_due_at'),
      }))
    },
    async saveBalance(balance, at, outbox) {
      await db.transaction(async tx => {
        await insert(tx, 'yinqi_balance', [
          {
            account: balance.account,
            as_of: balance.asOf,
            content: tx.keys.hide(balancePlace(balance.account, balance.asOf, at), encode(balance)),
            at,
          },
        ])
        await addToOutbox(tx, outbox, at)
      })
    },
    async balances(account, limit) {
      const { sql, values } = selectTop(
        db.dialect,
        'account, as_of, content, at FROM yinqi_balance WHERE account = ? ORDER BY no DESC',
        [account],
        limit,
      )
      return (await db.query(sql, values)).map(row => ({
        balance: decode<Balance>(db.keys.show(balancePlaceOf(row), text(row, 'content'))),
        at: integer(row, 'at'),
      }))
    },
  }
}

async function insertLines(
  tx: Session,
  lines: readonly Omit<StoredLine, 'id'>[],
  outbox: readonly OutboxDraft[],
): Promise<readonly StoredLine[]> {
  const inserted = await insertNew(
    tx,
    'yinqi_statement_line',
    'identity_digest',
    lines.map(line => rowOfLine(tx.keys, line)),
  )
  const rows = await selectIn(tx, `SELECT ${LINE_FROM} WHERE identity_digest IN`, [...inserted])
  await addToOutbox(tx, outbox, lines[0]?.importedAt ?? 0)
  return rows.toSorted((a, b) => integer(a, 'no') - integer(b, 'no')).map(row => lineOf(tx.keys, row))
}

function rowOfLine(keys: Keys, stored: Omit<StoredLine, 'id'>) {
  const { line } = stored
  const keyDigest = digestOf([stored.account, stored.key])
  return {
    key_digest: keyDigest,
    bank: stored.bank,
    account: stored.account,
    line_key: stored.key,
    line_identity: stored.key,
    identity_digest: keyDigest,
    booked_on: line.bookedOn,
    currency: line.amount.currency,
    amount_minor: line.amount.minor.toString(),
    reference: line.reference.slice(0, REFERENCE_MAX),
    content: keys.hide(linePlace(keyDigest), encode(line)),
    payment_id: stored.paymentId,
    journal: stored.journal,
    receipt: stored.receipt,
    receipt_due_at: stored.importedAt,
    looked_at: null,
    imported_at: stored.importedAt,
  }
}

function linePlace(keyDigest: string): Place {
  return { column: 'yinqi_statement_line.content', row: keyDigest }
}

function balancePlace(account: string, asOf: string, at: number): Place {
  return { column: 'yinqi_balance.content', row: JSON.stringify([account, asOf, at]) }
}

function balancePlaceOf(row: Row): Place {
  return balancePlace(text(row, 'account'), text(row, 'as_of'), integer(row, 'at'))
}

export function lineOf(keys: Keys, row: Row): StoredLine {
  return {
    id: idOf(row, 'no'),
    bank: text(row, 'bank'),
    account: text(row, 'account'),
    key: text(row, 'line_key'),
    line: decode<StatementLine>(keys.show(linePlace(text(row, 'key_digest')), text(row, 'content'))),
    paymentId: textOrNull(row, 'payment_id'),
    journal: word(row, 'journal'),
    receipt: word(row, 'receipt'),
    importedAt: integer(row, 'imported_at'),
    ...(integerOrNull(row, 'withdrawn_at') === null ? {} : { isWithdrawn: true }),
  }
}

/** Lines that stand. `where` may end with its order. */
export async function linesWhere(
  db: Database,
  where: string,
  found: readonly Value[],
  limit: number,
): Promise<readonly StoredLine[]> {
  const { sql, values } = selectTop(db.dialect, `${LINE_FROM} WHERE ${STANDS} AND ${where}`, found, limit)
  return (await db.query(sql, values)).map(row => lineOf(db.keys, row))
}
