// Receipts: bytes kept once by their digest and never changed, one receipt a line.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { bytesOf, idOf, integer, numberOf, text } from './codec'
import type { Database } from './database'
import { storeFault } from './faults'
import type { Place } from './keys'
import { addToOutbox } from './outbox-store'
import { insertNew } from './statements'
import type { ReceiptStore } from './store'

export function createReceiptStore(db: Database): ReceiptStore {
  return {
    async save(receipt, bytes, paymentId, outbox) {
      const { digest, at } = receipt
      assert.equal(sha256(bytes), digest, 'a receipt is stored under the digest of its own bytes')
      const no = numberOf(receipt.lineId)
      await db.transaction(async tx => {
        await insertNew(tx, 'yinqi_document', 'digest', [
          { digest, content: Buffer.from(tx.keys.hideBytes(placeOf(digest), bytes)), stored_at: at },
        ])
        const { account, receiptNo, mediaType } = receipt
        await insertNew(tx, 'yinqi_receipt', 'line_no', [
          { line_no: no, account, receipt_no: receiptNo, media_type: mediaType, digest, at },
        ])
        await tx.execute(`UPDATE yinqi_statement_line SET receipt = 'stored' WHERE no = ?`, [no])
        if (paymentId !== null) {
          await tx.execute('UPDATE yinqi_payment SET receipt_no = ? WHERE id = ?', [receiptNo, paymentId])
        }
        await addToOutbox(tx, outbox, at)
      })
    },
    async ofLine(lineId) {
      const [row] = await db.query(
        'SELECT line_no, account, receipt_no, media_type, digest, at FROM yinqi_receipt WHERE line_no = ?',
        [numberOf(lineId)],
      )
      if (row === undefined) return null
      return {
        lineId: idOf(row, 'line_no'),
        account: text(row, 'account'),
        receiptNo: text(row, 'receipt_no'),
        mediaType: text(row, 'media_type'),
        digest: text(row, 'digest'),
        at: integer(row, 'at'),
      }
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
  }
}

function placeOf(digest: string): Place {
  return { column: 'yinqi_document.content', row: digest }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
