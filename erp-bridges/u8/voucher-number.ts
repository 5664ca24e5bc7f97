// Voucher numbers: the next one under locks that our own writers respect, and what to do about U8's client, which does
// not wait for them (`u8 §5`). A number that was given is never given up but to a collision.

import type { JournalEntry } from '../../connector/ports'
import type { Queryable } from '../shared/db'
import { intOf, trimmedOf } from '../shared/row'
import type { U8 } from './account-set'
import type { Sql } from './dialect'
import { gate } from './gates'
import { Deferred, Refused } from './refusal'

/** ino_id is a smallint (`u8 §3`). */
const NUMBER_MAX = 32_767
/** U8's client does not wait for our locks (`u8 §5`): a number both took is given up by us, this often at most. */
const RENUMBER_ATTEMPTS = 3

export type NumberStatements = {
  readonly nextNumber: string
  readonly countFirstLines: string
  readonly beingEdited: string
  readonly renumberVoucher: string
  readonly renumberCash: string
  readonly keyTaken: string
}

/** Every statement that this file runs, but for the dialect's own two. */
export function numberStatements(sql: Sql): NumberStatements {
  return {
    nextNumber: `SELECT COALESCE(MAX(ino_id), 0) AS last FROM GL_accvouch${sql.forUpdate} WHERE iyear = ? AND iperiod = ? AND isignseq = ?`,
    countFirstLines:
      'SELECT COUNT(*) AS n FROM GL_accvouch WHERE iyear = ? AND iperiod = ? AND isignseq = ? AND ino_id = ? AND inid = 1',
    beingEdited: 'SELECT cuser AS cuser FROM GL_mvcontrol WHERE iyear = ? AND iperiod = ? AND csign = ? AND ino_id = ?',
    renumberVoucher:
      "UPDATE GL_accvouch SET ino_id = ? WHERE coutno_id = ? AND ino_id = ? AND ibook = 0 AND COALESCE(ccheck, '') = '' AND COALESCE(ccashier, '') = ''",
    renumberCash:
      'UPDATE GL_CashTable SET iNo_id = ? WHERE iyear = ? AND iPeriod = ? AND iSignSeq = ? AND iNo_id = ? AND RowGuid = ?',
    keyTaken: 'SELECT COUNT(*) AS n FROM GL_accvouch WHERE coutno_id = ?',
  }
}

export type Written = {
  readonly key: string
  readonly sign: string
  readonly year: number
  readonly period: number
  readonly sequence: number
  readonly number: number
  /** Null: it was there before, or three tables name its number; it is not to be numbered anew. */
  readonly rowGuid: string | null
}

/** MAX + 1 under locks that our own writers respect; what U8's client does meanwhile is checked afterwards. */
export async function allocate(
  tx: Queryable,
  statements: NumberStatements,
  entry: JournalEntry,
  place: readonly [year: number, period: number, sequence: number],
): Promise<number> {
  const [row] = await tx.query(statements.nextNumber, [...place])
  const number = (row ? intOf(row, 'last') : 0) + 1
  if (number > NUMBER_MAX)
    throw new Refused(
      gate('NUMBER', `凭证号已用完（上限 ${NUMBER_MAX}）`, `no voucher number is left (at most ${NUMBER_MAX})`),
    )
  const editing = await tx.query(statements.beingEdited, [place[0], place[1], entry.voucherType, number])
  if (editing.length > 0)
    throw new Deferred(`凭证 ${entry.voucherType}-${number} 正被他人填制 (someone is making this voucher in U8)`)
  return number
}

/**
 * After commit: the U8 client does not wait for our locks and may have taken the same number (`u8 §5`). Then ours, new
 * and untouched, moves to the next one. A voucher of a payment document keeps its number: three tables name it.
 */
export async function settleNumber(u8: U8, written: Written): Promise<number> {
  const statements = numberStatements(u8.sql)
  let { number } = written
  for (let attempt = 0; attempt < RENUMBER_ATTEMPTS; attempt++) {
    const place = [written.year, written.period, written.sequence]
    const [row] = await u8.db.query(statements.countFirstLines, [...place, number])
    const isAlone = !row || intOf(row, 'n') <= 1
    const { rowGuid } = written
    if (isAlone || rowGuid === null) return number
    const current = number
    number = await u8.db.transaction(async tx => {
      await takeTurn(u8, tx)
      const [last] = await tx.query(statements.nextNumber, place)
      const next = (last ? intOf(last, 'last') : current) + 1
      if (next > NUMBER_MAX) return current
      const changed = await tx.execute(statements.renumberVoucher, [next, written.key, current])
      if (changed === 0) return current
      await tx.execute(statements.renumberCash, [next, ...place, current, rowGuid])
      return next
    })
  }
  return number
}

export async function takeTurn(u8: U8, tx: Queryable): Promise<void> {
  if (u8.sql.takeTurn === null) return
  const [turn] = await tx.query(u8.sql.takeTurn)
  if (!turn || intOf(turn, 'locked') < 0)
    throw new Deferred('另一个写凭证的事务尚未结束 (another voucher is being written)')
}

/** U8's own counter (`u8 §5`, Ap_Proc_CancelNo): `AP` and 13 digits. */
export async function drawApNumber(u8: U8, tx: Queryable): Promise<string> {
  const [draw, read] = u8.sql.drawApNumber
  if (draw !== undefined && read !== undefined) await tx.execute(draw)
  const [row] = await tx.query(read ?? draw ?? '')
  const number = row ? trimmedOf(row, 'no') : ''
  if (!/^AP\d{13}$/.test(number))
    throw new Refused(
      gate('AP_NUMBER', `应付凭证外部号「${number}」不符合预期`, `the AP voucher key ${number} is not as expected`),
    )
  const [taken] = await tx.query(numberStatements(u8.sql).keyTaken, [number])
  if (!taken || intOf(taken, 'n') > 0)
    throw new Refused(gate('DUPLICATE', `外部业务号 ${number} 已被占用`, `the key ${number} is taken`))
  return number
}
