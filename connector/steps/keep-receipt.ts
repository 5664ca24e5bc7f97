// Looks into a receipt before it is linked: what its structured data says must be what the bank line says, and its seal
// whole. What does not agree is kept as evidence and told as a contradiction; it is never linked.

import { digestsOf } from '../evoucher/digest'
import type { BankReceipt } from '../evoucher/bker'
import { extract, type Extracted } from '../evoucher/extract'
import { isNumbered, mismatches } from '../evoucher/match'
import { EvoucherError, problemOf, type EvoucherProblem } from '../evoucher/problem'
import type { ReceiptDocument } from '../ports'
import type { StoredLine, StoredReceipt } from '../store/store'
import { accountOf, type Deps } from './deps'

export type Examined = {
  readonly extracted: Extracted | null
  readonly receipt: BankReceipt | null
  /** Why nothing of the file could be read. Such a file is kept all the same: it is what the bank gave. */
  readonly unread: EvoucherProblem | null
}

export function examine(bytes: Uint8Array): Examined {
  try {
    const extracted = extract(bytes)
    return { extracted, receipt: extracted.receipt, unread: null }
  } catch (error) {
    if (error instanceof EvoucherError) return { extracted: null, receipt: null, unread: problemOf(error) }
    throw error
  }
}

export type Kept =
  { readonly kind: 'kept' } | { readonly kind: 'contradiction'; readonly code: string; readonly reason: string }

/** Links the document to the line, or records why it does not belong there. */
export async function keepReceipt(
  deps: Deps,
  stored: StoredLine,
  document: ReceiptDocument,
  source: StoredReceipt['source'],
): Promise<Kept> {
  const examined = examine(document.bytes)
  const objection = objectionTo(examined, stored) ?? (await rivalTo(deps, examined, stored))
  if (objection !== null) return await refuse(deps, stored, document, objection, source)
  const settings = accountOf(deps, stored.account)
  const at = deps.clock.now()
  const payment = stored.paymentId === null ? null : await deps.store.payments.get(stored.paymentId)
  const { receiptNo, mediaType } = document
  const { sha256: digest, sm3 } = digestsOf(document.bytes)
  const { account } = stored
  const record = {
    kind: 'receipt',
    key: `receipt|${account}|${stored.key}`,
    account,
    lineKey: stored.key,
    receiptNo,
    mediaType,
    digest,
    paid: payment ? { ...payment.request.key, revision: payment.revision } : null,
    at,
  } as const
  const check = examined.receipt === null ? 'none' : 'agrees'
  await deps.store.receipts.save(
    { lineId: stored.id, account, receiptNo, mediaType, digest, sm3, source, check, at },
    document.bytes,
    stored.paymentId,
    settings ? [{ erp: settings.erp, record }] : [],
  )
  deps.tell({ kind: 'receipt.stored', account, receiptNo })
  return { kind: 'kept' }
}

type Objection = { readonly code: 'RECEIPT_MISMATCH' | 'RECEIPT_SEAL_BROKEN'; readonly text: string }

/** Null: nothing in the file speaks against the line. */
export function objectionTo(examined: Examined, stored: StoredLine): Objection | null {
  const { extracted, receipt } = examined
  if (extracted?.seal?.state === 'broken') {
    const altered = extracted.problems.filter(problem => problem.code === 'EVOUCHER_SEAL_BROKEN')
    return { code: 'RECEIPT_SEAL_BROKEN', text: altered.map(problem => problem.text).join('; ') }
  }
  if (receipt === null) return null
  const found = mismatches(receipt, stored.account, stored.line)
  if (found.length === 0) return null
  const text = found.map(
    one => `${one.field}: 回单 ${one.receipt}，流水 ${one.line} / receipt ${one.receipt}, line ${one.line}`,
  )
  return { code: 'RECEIPT_MISMATCH', text: text.join('; ') }
}

/** Twins look alike: the receipt of one must not become the other's, nor one receipt both lines'. */
export async function rivalTo(deps: Deps, { receipt }: Examined, stored: StoredLine): Promise<Objection | null> {
  if (receipt === null) return null
  const { account, line } = stored
  const day = { from: line.bookedOn, to: line.bookedOn }
  const kept = await deps.store.receipts.list(account, day)
  const taken = kept.find(one => one.receiptNo === receipt.receiptNo && one.lineId !== stored.id)
  if (taken) return rival(receipt.receiptNo, taken.lineId)
  if (isNumbered(receipt, line)) return null
  const others = await deps.store.statements.list(account, day)
  const owner = others.find(other => other.id !== stored.id && isNumbered(receipt, other.line))
  return owner ? rival(receipt.receiptNo, owner.id) : null
}

function rival(receiptNo: string, lineId: string): Objection {
  const text = `number: 回单 ${receiptNo} 是流水 ${lineId} 的 / receipt ${receiptNo} is that of line ${lineId}`
  return { code: 'RECEIPT_MISMATCH', text }
}

async function refuse(
  deps: Deps,
  stored: StoredLine,
  document: ReceiptDocument,
  { code, text }: Objection,
  source: StoredReceipt['source'],
): Promise<Kept> {
  const at = deps.clock.now()
  const digest = await deps.store.receipts.keep(document.bytes, at)
  const cause = source === 'bank' ? 'receipt.fetched' : 'receipt.imported'
  const { account, key: lineKey, paymentId } = stored
  const evidence = { account, lineKey, receiptNo: document.receiptNo, sha256: digest, text }
  const isNew = await deps.store.contradictions.record({ at, paymentId, code, cause, evidence })
  if (isNew) deps.tell({ kind: 'contradiction', paymentId, code, cause })
  return { kind: 'contradiction', code, reason: `${code}: ${text}` }
}
