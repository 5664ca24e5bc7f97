// Receipts in memory: bytes by digest, a receipt once a line, and what was written of its booking. For the simulation only.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { sm3Hex } from '../../evoucher/digest'
import { Conflict, type ReceiptStore, type ReceiverStore } from '../store'
import { addToOutbox } from './outbox'
import { byId, isWithin, put } from './statements'
import type { Tables } from './tables'

export function createReceipts(tables: Tables): ReceiptStore {
  return {
    async save(receipt, bytes, paymentId, outbox) {
      assert.equal(sha256(bytes), receipt.digest, 'a receipt is stored under its own digest')
      assert.equal(sm3Hex(bytes), receipt.sm3, 'a receipt is stored with the SM3 of its own bytes')
      tables.transaction(() => {
        keep(tables, bytes)
        const row = byId(tables, receipt.lineId)
        if (!row) throw new Conflict(`line ${receipt.lineId} does not exist`)
        if (!tables.receipts.has(receipt.lineId)) tables.receipts.put(receipt.lineId, receipt)
        put(tables, { ...row, receiptReason: '', stored: { ...row.stored, receipt: 'stored' } })
        const paid = paymentId === null ? undefined : tables.payments.get(paymentId)
        if (paid) {
          const payment = { ...paid.payment, receiptNo: receipt.receiptNo }
          tables.payments.put(payment.id, { ...paid, payment })
        }
        addToOutbox(tables, outbox, receipt.at)
      })
    },
    async ofLine(lineId) {
      return tables.receipts.get(lineId) ?? null
    },
    async list(account, { from, to }) {
      return tables.receipts
        .values()
        .filter(receipt => receipt.account === account)
        .filter(({ lineId }) => {
          const row = byId(tables, lineId)
          return row?.withdrawn === null && isWithin(row.stored.line.bookedOn, from, to)
        })
        .toSorted((a, b) => Number(a.lineId) - Number(b.lineId))
    },
    async bytes(digest) {
      const bytes = tables.documents.get(digest)
      return bytes ? Uint8Array.from(bytes) : null
    },
    async keep(bytes) {
      return tables.transaction(() => keep(tables, bytes))
    },
  }
}

export function createReceivers(tables: Tables): ReceiverStore {
  return {
    async due(accounts, limit) {
      return tables.receipts
        .values()
        .filter(({ account, check, lineId }) => {
          if (!accounts.includes(account) || check !== 'agrees' || tables.receivers.has(lineId)) return false
          const entry = tables.entries.values().find(one => one.lineId === lineId && one.reversedBy === null)
          return entry?.status === 'posted' && entry.voucherNo !== ''
        })
        .flatMap(({ lineId }) => {
          const row = byId(tables, lineId)
          return row?.withdrawn === null ? [row.stored] : []
        })
        .toSorted((a, b) => Number(a.id) - Number(b.id))
        .slice(0, limit)
    },
    async save(receiver, documents) {
      tables.transaction(() => {
        const jsonDigest = documents && keep(tables, documents.json)
        const xbrlDigest = documents && keep(tables, documents.xbrl)
        tables.receivers.put(receiver.lineId, { ...receiver, jsonDigest, xbrlDigest })
      })
    },
    async ofLine(lineId) {
      return tables.receivers.get(lineId) ?? null
    },
  }
}

function keep(tables: Tables, bytes: Uint8Array): string {
  const digest = sha256(bytes)
  if (!tables.documents.has(digest)) tables.documents.put(digest, Uint8Array.from(bytes))
  return digest
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
