// DLCIDSTT (what became of a payment) and DLBALQRY (balances) of the simulated CITIC (banks/citic §3, §6).

import { compactDayOf } from '../engine/bank-time'
import type { Payment } from '../engine/book'
import { otherSerial, type Call, type Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { isUsableBy } from '../engine/payments'
import { leaf, leaves, textOf } from '../engine/xml'
import { listElement, statusElements, type Message } from './message'
import { ok, paymentStatus, reasonStatus, refused, yuan, type Answer, type Citic } from './operation'

export function planStatus(citic: Citic, message: Message): Pick<Call, 'payees' | 'pays'> {
  const payment = findPayment(citic, message)
  return { payees: payment ? [payment.record.payee.account] : [], pays: null }
}

/** With a bank that books a repeated clientID again, the first is found. */
function findPayment({ context }: Citic, { body, userName }: Message): Payment | null {
  const [payment] = context.book.withKey(context.bank, userName, textOf(body, 'clientID'))
  const type = textOf(body, 'type')
  return payment && (type === '' || type === payment.record.code) ? payment : null
}

export function queryStatus(citic: Citic, message: Message, disturbance: Disturbance): Answer {
  if (!/^[0-9A-Za-z]{1,20}$/.test(textOf(message.body, 'clientID'))) return refused(citic, 'invalid-field', 'clientID')
  const payment = findPayment(citic, message)
  const kinds = new Set(disturbance.kinds)
  kinds.delete('missing-line')
  const [shown] = payment ? citic.inquiries.found([payment], { ...disturbance, kinds }) : []
  if (!shown) return refused(citic, 'no-record', '交易未产生')
  const row = leaf('stt', sttOf(citic, shown)) + statusElements(paymentStatus(citic, shown))
  return statusElements(ok(citic)) + listElement(disturbance.kinds.has('missing-line') ? [] : [row])
}

/** banks/citic §6. */
function sttOf({ protocol }: Citic, { state }: Shown): string {
  switch (state) {
    case 'success':
    case 'returned':
      return '0'
    case 'failed':
      return '1'
    case 'rejected':
      return '3'
    case 'unlisted':
      return protocol.unlistedStt
    case 'scheduled':
    case 'accepted':
    case 'processing':
    case 'awaiting':
      return '2'
  }
}

export function queryBalances(citic: Citic, message: Message, disturbance: Disturbance): Answer {
  const { rows } = message
  if (rows.length === 0 || rows.length > 10) return refused(citic, 'invalid-field', '1–10 个账号')
  const answered = rows.map(row => balanceRow(citic, message, textOf(row, 'accountNo'), disturbance))
  return statusElements(ok(citic)) + listElement(answered)
}

function balanceRow({ context, desk, protocol }: Citic, message: Message, number: string, disturbance: Disturbance) {
  const account = context.book.account(context.bank, number)
  const accountNo = disturbance.kinds.has('wrong-serial') ? otherSerial(number) : number
  if (!account || !isUsableBy(account, message.userName))
    return statusElements(reasonStatus(protocol, 'payer-unknown', '')) + leaf('accountNo', accountNo)
  const last = account.rows.at(-1)
  return (
    statusElements({ status: protocol.codes.ok, statusText: '' }) +
    leaves({
      accountNo,
      accountName: account.record.name,
      currencyID: protocol.currencyId,
      openBankName: account.record.bankName,
      lastTranDate: last ? compactDayOf(Math.floor(last.posting.atUs / 1000)) : '',
      usableBalance: yuan(desk.book.availableOf(account)),
      balance: yuan(account.balance),
      forzenAmt: yuan(account.frozen),
    })
  )
}
