// What every operation of the simulated CMBC has at hand, whichever protocol it came by: the payment as both carry it, and its checks.

import { formatAmount, parseAmount } from '../../../connector/core/money'
import type { Account } from '../engine/book'
import { gbkBytesOf } from '../engine/charset'
import type { BankContext, Inquiries, Shown } from '../engine/exchange'
import { forcedRefusal, shownAtSubmission } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { isUsableBy, submit, type Draft, type PaymentDesk, type Refusal } from '../engine/payments'
import type { CmbcProtocol } from './settings'

export type Cmbc = {
  readonly context: BankContext
  readonly desk: PaymentDesk
  readonly protocol: CmbcProtocol
  readonly inquiries: Inquiries
}

export function yuan(minor: bigint): string {
  return formatAmount({ minor, currency: 'CNY' })
}

/** An account that the asking customer may use, or null. */
export function ownAccount({ context }: Cmbc, customer: string, number: string): Account | null {
  const account = context.book.account(context.bank, number)
  return account && isUsableBy(account, customer) ? account : null
}

/** A payment as Xfer and the open platform both say it. */
export type Order = {
  readonly code: string
  readonly customer: string
  readonly key: string
  readonly payerAccount: string
  /** Empty: it was not sent. */
  readonly payerName: string
  readonly account: string
  readonly name: string
  readonly bankName: string
  readonly bankNumber: string
  readonly isOwn: boolean
  readonly amount: string
  readonly text: string
  /** What the protocol's own checks said. */
  readonly refusal: Refusal | null
}

/** Null: the key was used before. */
export function enter(cmbc: Cmbc, order: Order, disturbance: Disturbance): Shown | null {
  const { context, desk, protocol } = cmbc
  const isUsed = context.book.withKey(context.bank, order.customer, order.key).length > 0
  if (isUsed && protocol.duplicate === 'refuse') return null
  const payment = submit(desk, draftOf(cmbc, order, forcedRefusal(disturbance)))
  const kinds = new Set(disturbance.kinds)
  // One message is one payment: what is left out of the answer is its content.
  kinds.delete('missing-line')
  const [shown] = shownAtSubmission([payment], { ...disturbance, kinds })
  if (!shown) throw new Error('a payment is not shown')
  return shown
}

/** The payment under this key as an inquiry finds it now, or null. */
export function inquired(cmbc: Cmbc, customer: string, key: string, disturbance: Disturbance): Shown | null {
  const kinds = new Set(disturbance.kinds)
  kinds.delete('missing-line')
  const found = cmbc.context.book.withKey(cmbc.context.bank, customer, key)
  return cmbc.inquiries.found(found, { ...disturbance, kinds })[0] ?? null
}

function draftOf(cmbc: Cmbc, order: Order, forced: Refusal | null): Draft {
  const amount = parseAmount(order.amount, 'CNY')
  const payer = ownAccount(cmbc, order.customer, order.payerAccount)
  return {
    code: order.code,
    customer: order.customer,
    batch: order.key,
    batchSerial: '',
    item: '1',
    key: order.key,
    payerAccount: order.payerAccount,
    payerName: order.payerName === '' ? (payer?.record.name ?? '') : order.payerName,
    payee: { account: order.account, name: order.name, bankName: order.bankName, cnaps: order.bankNumber },
    route: order.isOwn ? 'own' : 'other',
    amount: typeof amount === 'string' || amount.minor < 0n ? 0n : amount.minor,
    purpose: order.text,
    postscript: '',
    fields: {},
    startAtMs: null,
    needsApproval: false,
    checksPayeeAtEntry: order.isOwn,
    extraMs: 0,
    refusal: order.refusal ?? commonRefusal(cmbc, order) ?? forced,
  }
}

function commonRefusal({ protocol }: Cmbc, order: Order): Refusal | null {
  const limits: readonly (readonly [string, string, number])[] = [
    ['key', order.key, 32],
    ['payer', order.payerAccount, 32],
    ['payerName', order.payerName, protocol.nameBytes],
    ['account', order.account, 32],
    ['name', order.name, protocol.nameBytes],
    ['bankName', order.bankName, protocol.nameBytes],
    ['text', order.text, protocol.textBytes],
  ]
  const long = limits.find(([, text, limit]) => gbkBytesOf(text) > limit)?.[0]
  if (long !== undefined) return { reason: 'too-long', detail: long }
  const rules: readonly (readonly [string, boolean])[] = [
    ['key', /^[0-9A-Za-z]+$/.test(order.key)],
    ['payer', /^\d+$/.test(order.payerAccount)],
    ['account', /^[0-9A-Za-z-]+$/.test(order.account)],
    ['name', order.name !== ''],
    ['bankNumber', order.isOwn ? /^(\d{12})?$/.test(order.bankNumber) : /^\d{12}$/.test(order.bankNumber)],
    ['bankName', order.isOwn || order.bankName !== ''],
    ['amount', /^\d{1,13}(\.\d{1,2})?$/.test(order.amount) && /[1-9]/.test(order.amount)],
  ]
  const bad = rules.find(([, isGood]) => !isGood)?.[0]
  return bad === undefined ? null : { reason: 'invalid-field', detail: bad }
}

/** The bank's number of a payment. */
export function serialOf({ payment }: Pick<Shown, 'payment'>): string {
  return `CM${String(payment.record.no).padStart(10, '0')}`
}
