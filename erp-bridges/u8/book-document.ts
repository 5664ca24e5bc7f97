// The payment document behind an entry: whether U8 has booked it, and the marks that U8's own 制单 leaves on it, all of
// them or none (`u8 §7.7`). It runs inside the transaction that writes the voucher.

import { parseAmount } from '../../connector/core/money'
import type { JournalEntry, JournalLine } from '../../connector/ports'
import type { Queryable } from '../shared/db'
import { intOf, textOf, trimmedOf } from '../shared/row'
import type { U8 } from './account-set'
import type { Sql } from './dialect'
import { gate, type Gate, type Way } from './gates'
import { DOCUMENT_TYPE } from './mapping'
import { Deferred, Refused } from './refusal'

export type PaymentDocument = {
  readonly id: string
  /** cVouchID: what people, AP_Detail and the voucher's coutid know it by. */
  readonly number: string
  readonly supplier: string
  readonly amountMinor: bigint
}

export type FoundDocument =
  | { readonly kind: 'open'; readonly document: PaymentDocument }
  | { readonly kind: 'booked'; readonly number: string; readonly voucherKey: string; readonly voucherNumber: string }
  | { readonly kind: 'refused'; readonly gate: Gate }

export type BookStatements = {
  readonly document: string
  readonly vouchers: string
  readonly markHead: string
  readonly markDetails: string
  readonly markDetailLines: string
  readonly keyOnDetails: string
}

/** Every statement that this file runs. */
export function bookStatements(sql: Sql): BookStatements {
  const ofDocument = "cFlag = 'AP' AND cVouchType = '49' AND cVouchID = ? AND cProcStyle = '49'"
  return {
    document:
      'SELECT cVouchID AS cvouchid, cDwCode AS cdwcode, cCheckMan AS ccheckman, cPZID AS cpzid, cPZNum AS cpznum, ' +
      `cexch_name AS cexch_name, ${sql.amount('iAmount')} AS iamount FROM Ap_CloseBill${sql.forUpdate} ` +
      "WHERE iID = ? AND cFlag = 'AP' AND cVouchType = '49'",
    vouchers:
      'SELECT coutno_id AS coutno_id, csign AS csign, ino_id AS ino_id FROM GL_accvouch ' +
      "WHERE coutsysname = 'AP' AND coutbillsign = '49' AND coutid = ? AND COALESCE(iflag, 0) <> 1 ORDER BY i_id",
    markHead:
      `UPDATE Ap_CloseBill SET cPZID = ?, cPZNum = ?, doutbilldate = ${sql.dayValue} ` +
      "WHERE iID = ? AND COALESCE(cPZID, '') = '' AND COALESCE(cCheckMan, '') <> ''",
    markDetails:
      `UPDATE Ap_Detail SET cPZid = ?, dPZDate = ${sql.dayValue}, cGLSign = ?, iGLno_id = ? ` +
      `WHERE ${ofDocument} AND COALESCE(cPZid, '') = ''`,
    // Settlement rows (iFlag 6) keep an empty ino_id.
    markDetailLines: `UPDATE Ap_Detail SET ino_id = ? WHERE ${ofDocument} AND cPZid = ? AND iFlag <> 6`,
    keyOnDetails: 'SELECT COUNT(*) AS n FROM Ap_Detail WHERE cPZid = ?',
  }
}

/** The document that the entry books; null when it books none of U8's payment documents. */
export async function findDocument(u8: U8, tx: Queryable, entry: JournalEntry): Promise<FoundDocument | null> {
  const key = entry.document
  if (key?.sourceSystem !== 'U8' || key.docType !== DOCUMENT_TYPE || key.accountSet !== u8.config.accountSet)
    return null
  const statements = bookStatements(u8.sql)
  const [row] = await tx.query(statements.document, [key.docNo])
  if (!row) {
    return refused('DOCUMENT_GONE', `付款单 ${key.docNo} 已不存在`, `payment document ${key.docNo} is no longer there`)
  }
  const number = trimmedOf(row, 'cvouchid')
  const voucherKey = trimmedOf(row, 'cpzid')
  if (voucherKey !== '') return { kind: 'booked', number, voucherKey, voucherNumber: trimmedOf(row, 'cpznum') }
  const [voucher] = number === '' ? [] : await tx.query(statements.vouchers, [number])
  if (voucher) {
    const voucherNumber = `${trimmedOf(voucher, 'csign')}-${trimmedOf(voucher, 'ino_id')}`
    return { kind: 'booked', number, voucherKey: trimmedOf(voucher, 'coutno_id'), voucherNumber }
  }
  if (trimmedOf(row, 'ccheckman') === '') {
    return refused('DOCUMENT_UNAPPROVED', `付款单 ${number} 已弃审`, `payment document ${number} is no longer approved`)
  }
  const amount = parseAmount(textOf(row, 'iamount'), u8.config.baseCurrency)
  if (typeof amount === 'string') {
    return refused(
      'DOCUMENT_MISMATCH',
      `付款单 ${number} 的金额无法读取`,
      `the amount of document ${number} cannot be read`,
    )
  }
  return {
    kind: 'open',
    document: { id: key.docNo, number, supplier: trimmedOf(row, 'cdwcode'), amountMinor: amount.minor },
  }
}

export function documentWay(document: PaymentDocument): Way {
  return { kind: 'ap', supplier: document.supplier, amountMinor: document.amountMinor }
}

export type Mark = {
  readonly key: string
  readonly sign: string
  readonly number: number
  readonly date: string
  readonly lines: readonly JournalLine[]
}

/** Head and detail rows name the voucher; throws (and so undoes the voucher) unless every one of them could be marked. */
export async function markDocument(u8: U8, tx: Queryable, document: PaymentDocument, mark: Mark): Promise<void> {
  const statements = bookStatements(u8.sql)
  const [taken] = await tx.query(statements.keyOnDetails, [mark.key])
  if (!taken || intOf(taken, 'n') !== 0) {
    throw new Refused(
      gate(
        'DUPLICATE',
        `外部业务号 ${mark.key} 已被其他往来明细占用`,
        `the key ${mark.key} is used by another AP_Detail row`,
      ),
    )
  }
  const number = `${mark.sign}-${String(mark.number).padStart(4, '0')}`
  const heads = await tx.execute(statements.markHead, [mark.key, number, mark.date, document.id])
  if (heads !== 1) throw new Deferred(`付款单 ${document.number} 正在变动 (the payment document is changing)`)
  const details = await tx.execute(statements.markDetails, [
    mark.key,
    mark.date,
    mark.sign,
    mark.number,
    document.number,
  ])
  if (details < 1) {
    throw new Refused(
      gate(
        'DOCUMENT_DETAIL',
        `付款单 ${document.number} 没有审核产生的往来明细`,
        `payment document ${document.number} has no AP_Detail row`,
      ),
    )
  }
  const line = mark.lines.findIndex(candidate => candidate.auxiliaries.supplier === document.supplier) + 1
  await tx.execute(statements.markDetailLines, [line, document.number, mark.key])
}

function refused(name: string, zh: string, en: string): FoundDocument {
  return { kind: 'refused', gate: gate(name, zh, en) }
}
