// b2e004001 of the simulated CEB: exactly one item, checked field by field in GBK bytes, then taken onto the common ledger
// (banks/ceb §2, §5).

import { parseAmount } from '../../../connector/core/money'
import { gbkBytesOf } from '../engine/charset'
import { forcedRefusal, shownAtSubmission, type Call } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { submit, type Draft, type Refusal } from '../engine/payments'
import { box, leaf, textOf, type XmlElement } from '../engine/xml'
import { statusElements, type Message } from './message'
import { ok, reasonStatus, refused, type Answer, type Ceb } from './operation'

export function planPayment(_: Ceb, { items, cifNo, batchId }: Message): Pick<Call, 'payees' | 'pays'> {
  return { payees: items.map(item => textOf(item, 'toAccountNo')), pays: { customer: cifNo, keys: [batchId] } }
}

export function pay(ceb: Ceb, message: Message, disturbance: Disturbance): Answer {
  const { context, desk, protocol } = ceb
  const [item, ...more] = message.items
  if (!item || more.length > 0) return refused(ceb, 'too-many', '交易请求记录条数超过上限!')
  const patchId = textOf(item, 'ClientPatchID')
  if (!/^[0-9A-Za-z]{1,50}$/.test(patchId)) return refused(ceb, 'invalid-field', 'ClientPatchID')
  if (isRepeated(ceb, message, patchId)) {
    const isVague = protocol.repeated === 'communication'
    return isVague ? refused(ceb, 'communication', '通讯异常,请查证') : refused(ceb, 'duplicate', '交易流水号重复')
  }
  const payment = submit(desk, draftOf(ceb, message, item, forcedRefusal(disturbance)))
  context.book.add({
    kind: 'note',
    bank: context.bank,
    topic: 'patch',
    key: patchId,
    data: { batchId: message.batchId },
  })
  const kinds = new Set(disturbance.kinds)
  // Nothing is said of the one payment: an answer without a code.
  if (kinds.delete('missing-line')) return leaf('ReturnNote', '')
  const [shown] = shownAtSubmission([payment], { ...disturbance, kinds })
  if (!shown) throw new Error('a payment is not shown')
  if (shown.state === 'unlisted') return statusElements({ code: protocol.codes.unlisted, text: '' })
  if (shown.reason !== null && (shown.state === 'failed' || shown.state === 'rejected'))
    return statusElements(reasonStatus(protocol, shown.reason, payment.record.detail))
  return statusElements(ok(ceb)) + box('RespData', leaf('ClientPatchID', patchId))
}

function isRepeated({ context, protocol }: Ceb, { cifNo, batchId }: Message, patchId: string): boolean {
  if (context.book.withKey(context.bank, cifNo, batchId).length > 0) return true
  return protocol.repeatedItem === 'refuse' && context.book.notes(context.bank, 'patch', patchId).length > 0
}

function draftOf(ceb: Ceb, message: Message, item: XmlElement, forced: Refusal | null): Draft {
  const get = (name: string): string => textOf(item, name)
  const { context } = ceb
  const payer = context.book.account(context.bank, get('accountNo'))
  return {
    code: message.code,
    customer: message.cifNo,
    batch: message.batchId,
    batchSerial: '',
    item: get('ClientPatchID'),
    key: message.batchId,
    payerAccount: get('accountNo'),
    // No message carries the payer's name: the bank knows its own customer.
    payerName: payer?.record.name ?? '',
    payee: {
      account: get('toAccountNo'),
      name: get('toAccountName'),
      bankName: get('toBank'),
      cnaps: get('bankNo'),
    },
    route: get('transferType') === '2122' ? 'own' : 'other',
    amount: amountOf(item),
    purpose: get('note'),
    postscript: get('noteOther'),
    fields: { ClientPatchID: get('ClientPatchID') },
    startAtMs: null,
    needsApproval: get('IsAudit') === '1',
    checksPayeeAtEntry: false,
    extraMs: 0,
    refusal: refusalOf(ceb, item) ?? forced,
  }
}

function amountOf(item: XmlElement): bigint {
  const text = textOf(item, 'amount')
  const amount = /^\d{1,13}\.\d{2}$/.test(text) ? parseAmount(text, 'CNY') : 'not-a-number'
  return typeof amount === 'string' ? 0n : amount.minor
}

function refusalOf({ protocol }: Ceb, item: XmlElement): Refusal | null {
  const get = (name: string): string => textOf(item, name)
  const { nameMax, noteMax } = protocol
  const limits: readonly (readonly [string, number])[] = [
    ['accountNo', 32],
    ['toAccountNo', 35],
    ['toAccountName', nameMax],
    ['toBank', nameMax],
    ['note', noteMax],
    ['noteOther', noteMax],
  ]
  const long = limits.find(([name, max]) => gbkBytesOf(get(name)) > max)
  if (long) return { reason: 'too-long', detail: long[0] }
  const type = get('transferType')
  const isOther = type === '2120' || type === '2124'
  const rules: readonly (readonly [string, boolean])[] = [
    ['transferType', isOther || type === '2122'],
    ['accountNo', /^\d+$/.test(get('accountNo'))],
    ['toAccountNo', /^[0-9A-Za-z-]+$/.test(get('toAccountNo'))],
    ['toAccountName', get('toAccountName') !== ''],
    ['toBank', get('toBank') !== '' || type === '2122' || get('bankNo') !== ''],
    ['amount', amountOf(item) > 0n],
    ['note', get('note') !== ''],
    ['bankNo', /^\d{12}$/.test(get('bankNo')) || (!isOther && get('bankNo') === '')],
    ['isUrgent', (type === '2124' ? ['0'] : ['0', '1']).includes(get('isUrgent'))],
    ['perOrEnt', ['0', '1'].includes(get('perOrEnt'))],
    ['IsAudit', ['', '0', '1'].includes(get('IsAudit'))],
    ['matchRule', get('matchRule') === (type === '2124' ? '' : '1')],
  ]
  const bad = rules.find(([, isGood]) => !isGood)
  return bad ? { reason: 'invalid-field', detail: bad[0] } : null
}
