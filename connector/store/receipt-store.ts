// Receipts: bytes kept once by their digest and never changed, one receipt a line, and what was written of its booking.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { sm3Hex } from '../evoucher/digest'
import { bytesOf, idOf, integer, numberOf, text, textOrNull, word } from './codec'
import type { Database, Row, Session } from './database'
import { storeFault } from './faults'
import type { Place } from './keys'
import { addToOutbox } from './outbox-store'
import { linesWhere, STANDS } from './statement-store'
import { insertNew } from './statements'
import type { ReceiptStore, ReceiverStore, StoredReceipt } from './store'

const RECEIPT = 'line_no, account, receipt_no, media_type, digest, sm3, source, content_check, at FROM yinqi_receipt'

export function createReceiptStore(db: Database): ReceiptStore {
  return {
    async save(receipt, bytes, paymentId, outbox) {
      const { digest, at } = receipt
      assert.equal(sha256(bytes), digest, 'a receipt is stored under the digest of its own bytes')
      assert.equal(sm3Hex(bytes), receipt.sm3, 'a receipt is stored with the SM3 of its own bytes')
      const no = numberOf(receipt.lineId)
      await db.transaction(async tx => {
        await keepDocument(tx, bytes, at)
        const { account, receiptNo, mediaType, sm3, source, check } = receipt
        await insertNew(tx, 'yinqi_receipt', 'line_no', [
          {
            ...{ line_no: no, account, receipt_no: receiptNo, media_type: mediaType, digest, sm3, source },
            ...{ content_check: check, receiver: check === 'agrees' ? 'open' : '', at },
          },
        ])
        await tx.execute(`UPDATE yinqi_statement_line SET receipt = 'stored', receipt_reason = '' WHERE no = ?`, [no])
        if (paymentId !== null) {
          await tx.execute('UPDATE yinqi_payment SET receipt_no = ? WHERE id = ?', [receiptNo, paymentId])
        }
        await addToOutbox(tx, outbox, at)
      })
    },
    async ofLine(lineId) {
      const [row] = await db.query(`SELECT ${RECEIPT} WHERE line_no = ?`, [numberOf(lineId)])
      return row === undefined ? null : receiptOf(row)
    },
    async list(account, { from, to }) {
      const rows = await db.query(
        `SELECT ${RECEIPT} WHERE line_no IN (
  SELECT no FROM yinqi_statement_line WHERE account = ? AND booked_on >= ? AND booked_on <= ? AND ${STANDS}
) ORDER BY line_no`,
        [account, from, to],
      )
      return rows.map(receiptOf)
    },
    async bytes(digest) {
      const [row] = await db.query('SELECT content FROM yinqi_document WHERE digest = ?', [digest])
      if (row === undefined) return null
      const stored = bytesOf(row, 'content')
      // A document that begins like a ciphertext of ours is one all the same when its digest says so.
      const bytes = sha256(stored) === digest ? stored : db.keys.showBytes(placeOf(digest), stored)
      if (sha256(bytes) !== digest) throw storeFault('STORE_CORRUPT', `document ${digest} does not have its digest`)
      return bytes
    },
    keep: (bytes, at) => db.transaction(tx => keepDocument(tx, bytes, at)),
  }
}

export function createReceiverStore(db: Database): ReceiverStore {
  return {
    async due(accounts, limit) {
      if (accounts.length === 0) return []
      return await linesWhere(
        db,
        `no IN (
  SELECT r.line_no FROM yinqi_receipt AS r JOIN yinqi_journal_entry AS e ON e.line_no = r.line_no
  WHERE r.receiver = 'open' AND r.account IN (${accounts.map(() => '?').join(', ')}) AND e.reversed_by IS NULL AND e.status = 'posted' AND e.voucher_no <> ''
) ORDER BY no`,
        accounts,
        limit,
      )
    },
    async save(receiver, documents) {
      const { lineId, voucherNo, fileName, reason, at } = receiver
      const no = numberOf(lineId)
      await db.transaction(async tx => {
        const json = documents && (await keepDocument(tx, documents.json, at))
        const xbrl = documents && (await keepDocument(tx, documents.xbrl, at))
        await insertNew(tx, 'yinqi_receiver', 'line_no', [
          { line_no: no, voucher_no: '', file_name: '', json_digest: null, xbrl_digest: null, reason: '', at },
        ])
        await tx.execute(
          'UPDATE yinqi_receiver SET voucher_no = ?, file_name = ?, json_digest = ?, xbrl_digest = ?, reason = ?, at = ? WHERE line_no = ?',
          [voucherNo, fileName, json, xbrl, reason, at, no],
        )
        await tx.execute('UPDATE yinqi_receipt SET receiver = ? WHERE line_no = ?', [
          documents === null ? 'refused' : 'written',
          no,
        ])
      })
    },
    async ofLine(lineId) {
      const [row] = await db.query(
        'SELECT line_no, voucher_no, file_name, json_digest, xbrl_digest, reason, at FROM yinqi_receiver WHERE line_no = ?',
        [numberOf(lineId)],
      )
      if (row === undefined) return null
      return {
        lineId: idOf(row, 'line_no'),
        voucherNo: text(row, 'voucher_no'),
        fileName: text(row, 'file_name'),
        jsonDigest: textOrNull(row, 'json_digest'),
        xbrlDigest: textOrNull(row, 'xbrl_digest'),
        reason: text(row, 'reason'),
        at: integer(row, 'at'),
      }
    },
  }
}

async function keepDocument(tx: Session, bytes: Uint8Array, at: number): Promise<string> {
  const digest = sha256(bytes)
  await insertNew(tx, 'yinqi_document', 'digest', [
    { digest, content: Buffer.from(tx.keys.hideBytes(placeOf(digest), bytes)), stored_at: at },
  ])
  return digest
}

function receiptOf(row: Row): StoredReceipt {
  return {
    lineId: idOf(row, 'line_no'),
    account: text(row, 'account'),
    receiptNo: text(row, 'receipt_no'),
    mediaType: text(row, 'media_type'),
    digest: text(row, 'digest'),
    sm3: text(row, 'sm3'),
    source: word(row, 'source'),
    check: word(row, 'content_check'),
    at: integer(row, 'at'),
  }
}

function placeOf(digest: string): Place {
  return { column: 'yinqi_document.content', row: digest }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
