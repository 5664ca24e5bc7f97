// Writes one journal entry into GL_accvouch, whole or not at all, exactly once per key (I6, I7). It never posts, never
// reviews, never edits a row that it did not make (`u8 §10.3`); a person reviews and posts in U8.

import { randomBytes } from 'node:crypto'
import { parseAmount } from '../../connector/core/money'
import type { JournalEntry, PushResult, ReversedEntry } from '../../connector/ports'
import type { Queryable } from '../shared/db'
import { isBusy } from '../shared/db-errors'
import { intOf, textOf, trimmedOf } from '../shared/row'
import type { U8 } from './account-set'
import { documentWay, findDocument, markDocument, type PaymentDocument } from './book-document'
import { cashItemGate, cashRowsOf, type CashRow } from './cash-flow'
import type { Sql } from './dialect'
import { gate, gateOf, type Gate, type LedgerFacts } from './gates'
import { readCashItems, readFacts } from './ledger-facts'
import { allocate, drawApNumber, numberStatements, settleNumber, takeTurn, type Written } from './voucher-number'
import { AP_COLUMNS, hasColumn, missingFrom, VOUCHER_COLUMNS, type Schema } from './schema'
import { cashRow, insertRow, lineAt, voucherRow, type Voucher } from './voucher-rows'
import { Deferred, Refused } from './refusal'

export type WriteStatements = {
  readonly existing: string
  readonly cashCount: string
  readonly original: string
  readonly reversals: string
}

/** Every fixed statement that this file runs; the two INSERTs are made of the columns that are there. */
export function writeStatements(sql: Sql): WriteStatements {
  return {
    existing:
      'SELECT iyear AS iyear, iperiod AS iperiod, csign AS csign, isignseq AS isignseq, ino_id AS ino_id, inid AS inid, ' +
      `ccode AS ccode, ${sql.amount('md')} AS md, ${sql.amount('mc')} AS mc, ${sql.day('dbill_date')} AS dbill_date, ` +
      'ibook AS ibook, ccheck AS ccheck, ccashier AS ccashier, COALESCE(iflag, 0) AS iflag ' +
      'FROM GL_accvouch WHERE coutno_id = ? AND iperiod BETWEEN 1 AND 12 ORDER BY iyear, iperiod, ino_id, inid',
    original: 'SELECT COUNT(*) AS n FROM GL_accvouch WHERE coutno_id = ? AND inid = 1 AND COALESCE(iflag, 0) <> 1',
    reversals:
      'SELECT csign AS csign, ino_id AS ino_id FROM GL_accvouch ' +
      'WHERE cblueoutno_id = ? AND inid = 1 AND COALESCE(iflag, 0) <> 1 ORDER BY i_id',
    cashCount: 'SELECT COUNT(*) AS n FROM GL_CashTable WHERE iyear = ? AND iPeriod = ? AND iSignSeq = ? AND iNo_id = ?',
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

async function writeOnce(u8: U8, tx: Queryable, entry: JournalEntry): Promise<Written> {
  const schema = await u8.schema()
  const isThroughDocument = u8.config.voucher.mode === 'ap' && entry.document !== null
  refuseMissing(schema, isThroughDocument)
  await takeTurn(u8, tx)
  const statements = writeStatements(u8.sql)
  const found = await findExisting(tx, statements, entry, entry.key)
  if (found) return found
  if (entry.reverses) await refuseUnreversible(tx, statements, schema, entry.reverses)
  const document = await findDocument(u8, tx, entry)
  if (document?.kind === 'refused' && isThroughDocument) throw new Refused(document.gate)
  if (document?.kind === 'booked') {
    // Booked through the document already, by us before a crash or by a person: the same entry is the same booking.
    const voucher = isThroughDocument ? await findExisting(tx, statements, entry, document.voucherKey) : null
    if (voucher) return voucher
    throw new Refused(
      gate(
        'DOCUMENT_BOOKED',
        `付款单 ${document.number} 已制单 ${document.voucherNumber}`,
        `payment document ${document.number} has its voucher already`,
      ),
    )
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
  const schema = await u8.schema()
  const place = [period.year, period.period, voucherType.sequence] as const
  const number = await allocate(tx, numberStatements(u8.sql), entry, place)
  const key = payment ? await drawApNumber(u8, tx) : entry.key
  const voucher: Voucher = {
    entry,
    facts,
    period,
    sequence: voucherType.sequence,
    number,
    key,
    payment,
    rowGuid: newRowGuid(),
  }
  for (const [index] of entry.lines.entries())
    await insertRow(tx, schema, 'GL_accvouch', voucherRow(u8, voucher, index))
  for (const row of cashRows) await insertRow(tx, schema, 'GL_CashTable', cashRow(u8, voucher, row))
  if (payment)
    await markDocument(u8, tx, payment, { key, sign: entry.voucherType, number, date: entry.date, lines: entry.lines })
  await proveWritten(u8, tx, voucher, cashRows)
  return {
    key,
    sign: entry.voucherType,
    year: place[0],
    period: place[1],
    sequence: place[2],
    number,
    rowGuid: payment ? null : voucher.rowGuid,
  }
}

/** Read back before commit: every line as it was meant, one voucher of this number, the month still open. */
async function proveWritten(u8: U8, tx: Queryable, voucher: Voucher, cashRows: readonly CashRow[]): Promise<void> {
  const statements = writeStatements(u8.sql)
  const place = [voucher.period.year, voucher.period.period, voucher.sequence, voucher.number]
  const found = await findExisting(tx, statements, voucher.entry, voucher.key)
  const [first] = await tx.query(numberStatements(u8.sql).countFirstLines, place)
  const [cash] = await tx.query(statements.cashCount, place)
  const facts = await readFacts(u8, tx, voucher.entry)
  if (facts.isClosed !== false)
    throw new Refused(gate('PERIOD_CLOSED', '写入过程中会计期间被结账', 'the period was closed meanwhile'))
  if (!found || !first || intOf(first, 'n') !== 1)
    throw new Deferred('凭证号被同时占用，稍后重试 (the number was taken at the same time)')
  if (!cash || intOf(cash, 'n') !== cashRows.length)
    throw new Refused(gate('READ_BACK', '现金流量写入后核对不符', 'cash-flow rows do not read back as written'))
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
  if (!same)
    throw new Refused(
      gate('DUPLICATE', `外部业务号 ${key} 已有另一张凭证`, `another voucher has the key ${key} already`),
    )
  if (rows.some(row => intOf(row, 'iflag') === 1)) {
    throw new Refused(
      gate('VOIDED', `外部业务号 ${key} 的凭证已作废，请在 U8 中处理`, `the voucher of key ${key} was voided in U8`),
    )
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

/** What is taken back must stand in the ledger under our key, and nobody may have taken it back in U8 before. */
async function refuseUnreversible(
  tx: Queryable,
  statements: WriteStatements,
  schema: Schema,
  { key, voucherNo }: ReversedEntry,
): Promise<void> {
  const [original] = await tx.query(statements.original, [key])
  if (!original || intOf(original, 'n') !== 1) {
    throw new Refused(
      gate(
        'REVERSED_MISSING',
        `被冲销凭证 ${voucherNo} 不在总账中（未写入、已作废，或由应付系统制单，须在应付系统取消制单）`,
        `the voucher to be reversed (${voucherNo}) is not in GL: not written, voided, or made by AP, which must undo it`,
      ),
    )
  }
  if (!hasColumn(schema, 'GL_accvouch', 'cblueoutno_id')) return
  const [red] = await tx.query(statements.reversals, [key])
  if (!red) return
  const number = `${trimmedOf(red, 'csign')}-${String(intOf(red, 'ino_id')).padStart(4, '0')}`
  throw new Refused(
    gate(
      'REVERSED_ALREADY',
      `凭证 ${voucherNo} 已在 U8 中由 ${number} 冲销`,
      `voucher ${voucherNo} was reversed in U8 already, by ${number}`,
    ),
  )
}

function refuseMissing(schema: Schema, isThroughDocument: boolean): void {
  const missing = [
    ...missingFrom(schema, VOUCHER_COLUMNS),
    ...(isThroughDocument ? missingFrom(schema, AP_COLUMNS) : []),
  ]
  if (missing.length > 0)
    throw new Refused(
      gate('SCHEMA', `账套缺少列：${missing.join('、')}`, `the account set lacks ${missing.join(', ')}`),
    )
}

/** As seen in U8: 32 hex digits and eight zeros (`u8 §3`). */
function newRowGuid(): string {
  return `${randomBytes(16).toString('hex').toUpperCase()}00000000`
}

function refusedBy(refusal: Gate): PushResult {
  return { kind: 'refused', code: refusal.code, text: `${refusal.zh} (${refusal.en})` }
}
