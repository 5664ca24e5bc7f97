// Writes one journal entry into GL_accvouch, whole or not at all, exactly once per key (I6, I7). It never posts, never
// reviews, never edits a row that it did not make (`u8 §10.3`); a person reviews and posts in U8.

import { randomBytes } from 'node:crypto'
import { parseAmount } from '../../connector/core/money'
import type { JournalEntry, PushResult } from '../../connector/ports'
import type { Queryable } from '../shared/db'
import { isBusy } from '../shared/db-errors'
import { intOf, textOf, trimmedOf } from '../shared/row'
import type { U8 } from './account-set'
import { documentWay, findDocument, markDocument, type PaymentDocument } from './book-document'
import { cashItemGate, cashRowsOf, type CashRow } from './cash-flow'
import type { Sql } from './dialect'
import { gate, gateOf, type Gate, type LedgerFacts } from './gates'
import { readCashItems, readFacts } from './ledger-facts'
import { AP_COLUMNS, missingFrom, VOUCHER_COLUMNS, type Schema } from './schema'
import { cashRow, insertRow, lineAt, voucherRow, type Voucher } from './voucher-rows'
import { Deferred, Refused } from './refusal'

/** ino_id is a smallint (`u8 §3`). */
const NUMBER_MAX = 32_767
/** U8's client does not wait for our locks (`u8 §5`): a number both took is given up by us, this often at most. */
const RENUMBER_ATTEMPTS = 3

export type WriteStatements = {
  readonly existing: string
  readonly nextNumber: string
  readonly countFirstLines: string
  readonly beingEdited: string
  readonly renumberVoucher: string
  readonly renumberCash: string
  readonly cashCount: string
}

/** Every fixed statement that this file runs; the two INSERTs are made of the columns that are there. */
export function writeStatements(sql: Sql): WriteStatements {
  return {
    existing:
      'SELECT iyear AS iyear, iperiod AS iperiod, csign AS csign, isignseq AS isignseq, ino_id AS ino_id, inid AS inid, ' +
      `ccode AS ccode, ${sql.amount('md')} AS md, ${sql.amount('mc')} AS mc, ${sql.day('dbill_date')} AS dbill_date, ` +
      'ibook AS ibook, ccheck AS ccheck, ccashier AS ccashier, COALESCE(iflag, 0) AS iflag ' +
      'FROM GL_accvouch WHERE coutno_id = ? AND iperiod BETWEEN 1 AND 12 ORDER BY iyear, iperiod, ino_id, inid',
    nextNumber: `SELECT COALESCE(MAX(ino_id), 0) AS last FROM GL_accvouch${sql.forUpdate} WHERE iyear = ? AND iperiod = ? AND isignseq = ?`,
    countFirstLines:
      'SELECT COUNT(*) AS n FROM GL_accvouch WHERE iyear = ? AND iperiod = ? AND isignseq = ? AND ino_id = ? AND inid = 1',
    beingEdited: 'SELECT cuser AS cuser FROM GL_mvcontrol WHERE iyear = ? AND iperiod = ? AND csign = ? AND ino_id = ?',
    renumberVoucher:
      "UPDATE GL_accvouch SET ino_id = ? WHERE coutno_id = ? AND ino_id = ? AND ibook = 0 AND COALESCE(ccheck, '') = '' AND COALESCE(ccashier, '') = ''",
    renumberCash:
      'UPDATE GL_CashTable SET iNo_id = ? WHERE iyear = ? AND iPeriod = ? AND iSignSeq = ? AND iNo_id = ? AND RowGuid = ?',
    cashCount:
      'SELECT COUNT(*) AS n FROM GL_CashTable WHERE iyear = ? AND iPeriod = ? AND iSignSeq = ? AND iNo_id = ?',
  }
}

export async function writeVoucher(u8: U8, entry: JournalEntry): Promise<PushResult> {
  try {
    // Read (once) before the transaction: inside, it would wait for a second connection that may not exist.
    await u8.schema()
    const written = await u8.db.transaction(tx => writeOnce(u8, tx, entry))
    const number = await settleNumber(u8, written)
    return { kind: 'done', erpNumber: `${written.sign}-${String(number).padStart(4, '0')}` }
  } catch (error) {
    if (error instanceof Refused) return refusedBy(error.gate)
    if (error instanceof Deferred) return { kind: 'deferred', reason: error.message }
    if (isBusy(u8.db.dialect, error)) return { kind: 'deferred', reason: 'U8 数据库正忙 (the database is busy)' }
    throw error
  }
}

type Written = {
  readonly key: string
  readonly sign: string
  readonly year: number
  readonly period: number
  readonly sequence: number
  readonly number: number
  /** Null: it was there before, or three tables name its number; it is not to be numbered anew. */
  readonly rowGuid: string | null
}

async function writeOnce(u8: U8, tx: Queryable, entry: JournalEntry): Promise<Written> {
  const schema = await u8.schema()
  const isThroughDocument = u8.config.voucher.mode === 'ap' && entry.document !== null
  refuseMissing(schema, isThroughDocument)
  await takeTurn(u8, tx)
  const statements = writeStatements(u8.sql)
  const found = await findExisting(tx, statements, entry, entry.key)
  if (found) return found
  const document = await findDocument(u8, tx, entry)
  if (document?.kind === 'refused' && isThroughDocument) throw new Refused(document.gate)
  if (document?.kind === 'booked') {
    // Booked through the document already, by us before a crash or by a person: the same entry is the same booking.
    const voucher = isThroughDocument ? await findExisting(tx, statements, entry, document.voucherKey) : null
    if (voucher) return voucher
    throw new Refused(gate('DOCUMENT_BOOKED', `付款单 ${document.number} 已制单 ${document.voucherNumber}`, `payment document ${document.number} has its voucher already`))
  }
  const payment = isThroughDocument && document?.kind === 'open' ? document.document : null
  const facts = await readFacts(u8, tx, entry)
  const refusal = gateOf(entry, facts, payment ? documentWay(payment) : { kind: 'gl' }, u8.config)
  if (refusal) throw new Refused(refusal)
  const cashRows = cashRowsOf(entry, facts.accounts, u8.config.voucher.cashFlow)
  if ('code' in cashRows) throw new Refused(cashRows)
  const cashGate = cashItemGate(cashRows, await readCashItems(u8, tx, [...new Set(cashRows.map(row => row.item))]))
  if (cashGate) throw new Refused(cashGate)
  return insert(u8, tx, entry, facts, cashRows, payment)
}

async function insert(
  u8: U8,
  tx: Queryable,
  entry: JournalEntry,
  facts: LedgerFacts,
  cashRows: readonly CashRow[],
  payment: PaymentDocument | null,
): Promise<Written> {
  const { period, voucherType } = facts
  if (!period || !voucherType) throw new Refused(gate('PERIOD', '没有会计期间', 'no accounting period'))
  const statements = writeStatements(u8.sql)
  const schema = await u8.schema()
  const place = [period.year, period.period, voucherType.sequence] as const
  const number = await allocate(tx, statements, entry, place)
  const key = payment ? await drawApNumber(u8, tx) : entry.key
  const voucher: Voucher = { entry, facts, period, sequence: voucherType.sequence, number, key, payment, rowGuid: newRowGuid() }
  for (const [index] of entry.lines.entries()) await insertRow(tx, schema, 'GL_accvouch', voucherRow(u8, voucher, index))
  for (const row of cashRows) await insertRow(tx, schema, 'GL_CashTable', cashRow(u8, voucher, row))
  if (payment) await markDocument(u8, tx, payment, { key, sign: entry.voucherType, number, date: entry.date, lines: entry.lines })
  await proveWritten(u8, tx, voucher, cashRows)
  return { key, sign: entry.voucherType, year: place[0], period: place[1], sequence: place[2], number, rowGuid: payment ? null : voucher.rowGuid }
}

/** MAX + 1 under locks that our own writers respect; what U8's client does meanwhile is checked afterwards. */
async function allocate(
  tx: Queryable,
  statements: WriteStatements,
  entry: JournalEntry,
  place: readonly [year: number, period: number, sequence: number],
): Promise<number> {
  const [row] = await tx.query(statements.nextNumber, [...place])
  const number = (row ? intOf(row, 'last') : 0) + 1
  if (number > NUMBER_MAX) throw new Refused(gate('NUMBER', `凭证号已用完（上限 ${NUMBER_MAX}）`, `no voucher number is left (at most ${NUMBER_MAX})`))
  const editing = await tx.query(statements.beingEdited, [place[0], place[1], entry.voucherType, number])
  if (editing.length > 0) throw new Deferred(`凭证 ${entry.voucherType}-${number} 正被他人填制 (someone is making this voucher in U8)`)
  return number
}

/** Read back before commit: every line as it was meant, one voucher of this number, the month still open. */
async function proveWritten(u8: U8, tx: Queryable, voucher: Voucher, cashRows: readonly CashRow[]): Promise<void> {
  const statements = writeStatements(u8.sql)
  const place = [voucher.period.year, voucher.period.period, voucher.sequence, voucher.number]
  const found = await findExisting(tx, statements, voucher.entry, voucher.key)
  const [first] = await tx.query(statements.countFirstLines, place)
  const [cash] = await tx.query(statements.cashCount, place)
  const facts = await readFacts(u8, tx, voucher.entry)
  if (facts.isClosed !== false) throw new Refused(gate('PERIOD_CLOSED', '写入过程中会计期间被结账', 'the period was closed meanwhile'))
  if (!found || !first || intOf(first, 'n') !== 1) throw new Deferred('凭证号被同时占用，稍后重试 (the number was taken at the same time)')
  if (!cash || intOf(cash, 'n') !== cashRows.length) throw new Refused(gate('READ_BACK', '现金流量写入后核对不符', 'cash-flow rows do not read back as written'))
}

/** The voucher of a key, when it is this entry; refuses when it is another. Null when there is none. */
async function findExisting(
  tx: Queryable,
  statements: WriteStatements,
  entry: JournalEntry,
  key: string,
): Promise<Written | null> {
  const rows = await tx.query(statements.existing, [key])
  const [first] = rows
  if (!first) return null
  const same =
    rows.length === entry.lines.length &&
    trimmedOf(first, 'csign') === entry.voucherType &&
    textOf(first, 'dbill_date') === entry.date &&
    rows.every((row, index) => {
      const line = lineAt(entry, index)
      const [own, other] = line.side === 'debit' ? ['md', 'mc'] : ['mc', 'md']
      const amount = parseAmount(textOf(row, own), line.amount.currency)
      const empty = parseAmount(textOf(row, other), line.amount.currency)
      return (
        intOf(row, 'inid') === index + 1 &&
        intOf(row, 'ino_id') === intOf(first, 'ino_id') &&
        trimmedOf(row, 'ccode') === line.account &&
        typeof amount === 'object' &&
        amount.minor === line.amount.minor &&
        typeof empty === 'object' &&
        empty.minor === 0n
      )
    })
  if (!same) throw new Refused(gate('DUPLICATE', `外部业务号 ${key} 已有另一张凭证`, `another voucher has the key ${key} already`))
  if (rows.some(row => intOf(row, 'iflag') === 1)) {
    throw new Refused(gate('VOIDED', `外部业务号 ${key} 的凭证已作废，请在 U8 中处理`, `the voucher of key ${key} was voided in U8`))
  }
  return {
    key,
    sign: entry.voucherType,
    year: intOf(first, 'iyear'),
    period: intOf(first, 'iperiod'),
    sequence: intOf(first, 'isignseq'),
    number: intOf(first, 'ino_id'),
    rowGuid: null,
  }
}

/**
 * After commit: the U8 client does not wait for our locks and may have taken the same number (`u8 §5`). Then ours, new
 * and untouched, moves to the next one. A voucher of a payment document keeps its number: three tables name it.
 */
async function settleNumber(u8: U8, written: Written): Promise<number> {
  const statements = writeStatements(u8.sql)
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

async function takeTurn(u8: U8, tx: Queryable): Promise<void> {
  if (u8.sql.takeTurn === null) return
  const [turn] = await tx.query(u8.sql.takeTurn)
  if (!turn || intOf(turn, 'locked') < 0) throw new Deferred('另一个写凭证的事务尚未结束 (another voucher is being written)')
}

/** U8's own counter (`u8 §5`, Ap_Proc_CancelNo): `AP` and 13 digits. */
async function drawApNumber(u8: U8, tx: Queryable): Promise<string> {
  const [draw, read] = u8.sql.drawApNumber
  if (draw !== undefined && read !== undefined) await tx.execute(draw)
  const [row] = await tx.query(read ?? draw ?? '')
  const number = row ? trimmedOf(row, 'no') : ''
  if (!/^AP\d{13}$/.test(number)) throw new Refused(gate('AP_NUMBER', `应付凭证外部号「${number}」不符合预期`, `the AP voucher key ${number} is not as expected`))
  const taken = await tx.query(writeStatements(u8.sql).existing, [number])
  if (taken.length > 0) throw new Refused(gate('DUPLICATE', `外部业务号 ${number} 已被占用`, `the key ${number} is taken`))
  return number
}

function refuseMissing(schema: Schema, isThroughDocument: boolean): void {
  const missing = [...missingFrom(schema, VOUCHER_COLUMNS), ...(isThroughDocument ? missingFrom(schema, AP_COLUMNS) : [])]
  if (missing.length > 0) throw new Refused(gate('SCHEMA', `账套缺少列：${missing.join('、')}`, `the account set lacks ${missing.join(', ')}`))
}

/** As seen in U8: 32 hex digits and eight zeros (`u8 §3`). */
function newRowGuid(): string {
  return `${randomBytes(16).toString('hex').toUpperCase()}00000000`
}

function refusedBy(refusal: Gate): PushResult {
  return { kind: 'refused', code: refusal.code, text: `${refusal.zh} (${refusal.en})` }
}
