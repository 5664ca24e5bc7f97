// A row of a bank export as an entry: the other party, references and text, and the wallets' rules of what was booked.

import { signed } from '../amount'
import type { Entry } from '../model'
import type { RowAmount, Values } from './amount-of'
import { hasLostDigits, isBlank, readDay, type DayContext, type ReadMoney } from './cells'
import type { Field } from './fields'
import type { Layout } from './layout'

export type RowFacts = {
  readonly day: string | null
  readonly amount: RowAmount
  readonly balance: ReadMoney | null
  readonly currency: string | null
  readonly context: DayContext
}

export function entryOf(values: Values, layout: Layout, facts: RowFacts): Entry {
  const { amount, balance } = facts
  const isRefund = layout.profile.kind === 'wallet' && isRefundRow(values, amount)
  const mark = values.one('reversal')
  const isMarked = /^(?:是|y|yes|1|冲正|被冲正|已冲正|抹账|冲账|红)$/i.test(mark)
  return {
    bookedOn: facts.day,
    valueOn: readDay(values.one('valueDate'), facts.context),
    amount: signed(amount.quantity, amount.isOut),
    currency: facts.currency,
    reversal: amount.isReversal || isRefund || isMarked,
    reference: identifier(values, 'reference'),
    bankReference: identifier(values, 'bankReference'),
    status: statusOf(values, layout, amount, isRefund),
    type: known(values.one('type')),
    ...counterOf(values, amount.isOut),
    text: textOf(values),
    balanceAfter: balance && signed(balance.quantity, balance.isNegative),
    details: [],
  }
}

function known(text: string): string | null {
  return isBlank(text) ? null : text
}

/** `[6222000011112222]`: brackets keep a spreadsheet from taking an account for a number. */
export function unbracketed(text: string): string {
  return /^\[([^[\]]*)\]$/.exec(text)?.[1] ?? text
}

/** A number of nothing but zeros is a form's empty field; one whose last digits a spreadsheet dropped names nothing. */
function identifier(values: Values, field: Field): string | null {
  const text =
    values
      .all(field)
      .map(unbracketed)
      .find(one => !/^0+$/.test(one)) ?? null
  return text !== null && hasLostDigits(text) ? null : text
}

function textOf(values: Values): string | null {
  const parts = [...new Set(values.all('text'))]
  return parts.length === 0 ? null : parts.join(' ')
}

type Counter = Pick<Entry, 'counterName' | 'counterAccount' | 'counterBank'>

/** Of payer and payee, who is not the account: the payee of what went out. */
function counterOf(values: Values, isOut: boolean): Counter {
  const side = isOut ? 'payee' : 'payer'
  const mixed = known(values.one('counterMixed'))
  const split: readonly [string | null, string | null] = mixed === null ? [null, null] : splitParty(mixed)
  return {
    counterName: known(values.one('counterName')) ?? known(values.one(`${side}Name`)) ?? split[0],
    counterAccount: identifier(values, 'counterAccount') ?? identifier(values, `${side}Account`) ?? split[1],
    counterBank: known(values.one('counterBank')) ?? known(values.one(`${side}Bank`)),
  }
}

/** A name has at most some hundred characters; what is longer is not taken apart. */
const MAX_PARTY_CHARS = 300

/** Name and number in one cell, in either order, with or without something between. */
function splitParty(text: string): readonly [name: string | null, account: string | null] {
  if (text.length > MAX_PARTY_CHARS) return [text, null]
  const behind = /^(.*?)[\s/|,，:：-]*(?<![A-Za-z])(\d[\d*]{6,30}\d)$/.exec(text)
  if (behind) return [behind[1] || null, behind[2] ?? null]
  const before = /^(\d[\d*]{6,30}\d)[\s/|,，:：-]+(.+)$/.exec(text)
  return before ? [before[2] ?? null, before[1] ?? null] : [text, null]
}

const NEVER_PAID = /失败|待付款|待支付|等待付款|等待买家付款|未支付|未付款|已取消|无效|作废|已撤销/
const NOT_YET = /处理中|待入账|未入账|在途|待处理/
const CLOSED = /关闭/

/**
 * A wallet's neutral row moves money between the owner's own pots or was never paid: it is told and not booked, but for
 * a refund, which is. A closed order that was paid stays booked, since its refund is a row of its own.
 */
function statusOf(values: Values, layout: Layout, amount: RowAmount, isRefund: boolean): Entry['status'] {
  const status = values.one('status')
  if (NEVER_PAID.test(status)) return 'information'
  if (NOT_YET.test(status)) return 'pending'
  if (layout.profile.kind !== 'wallet') return 'booked'
  if (CLOSED.test(status) && !isRefund && (amount.isNeutral || isBlank(values.one('method')))) return 'information'
  return amount.isNeutral && !isRefund ? 'information' : 'booked'
}

/** The row that brings money back, not the payment that was refunded. */
function isRefundRow(values: Values, amount: RowAmount): boolean {
  if (amount.isOut) return false
  return (
    values.one('type').includes('退款') || values.one('status') === '退款成功' || /^退款[-－]/.test(values.one('text'))
  )
}
