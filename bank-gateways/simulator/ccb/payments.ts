// 6W8010 (行内) and 6W8060 (跨行): one payment a message (banks/ccb §3). A payment that is refused is answered by
// RETURN_CODE; one that was taken by DEAL_TYPE.

import { parseAmount } from '../../../connector/core/money'
import { gbkBytesOf } from '../engine/charset'
import { forcedRefusal, shownAtSubmission, type Call, type Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { submit, type Draft, type Refusal } from '../engine/payments'
import { leaves, textOf } from '../engine/xml'
import type { Message, Returned } from './message'
import { ok, ownAccount, refused, refusedFor, type Ccb } from './operation'

export function planPay(_: Ccb, { head, info }: Message): Pick<Call, 'payees' | 'pays'> {
  return { payees: [textOf(info, 'RECV_ACCNO')], pays: { customer: head.custId, keys: [head.sn] } }
}

export function pay(ccb: Ccb, message: Message, disturbance: Disturbance): Returned {
  const { context, desk, protocol } = ccb
  const { custId, sn } = message.head
  const isRepeated = context.book.withKey(context.bank, custId, sn).length > 0
  if (isRepeated && protocol.duplicateSn === 'refuse') return refused(ccb, 'duplicate', `重复的流水号 ${sn}`)
  const payment = submit(desk, draftOf(ccb, message, forcedRefusal(disturbance)))
  const kinds = new Set(disturbance.kinds)
  // One message is one payment: what is left out of the answer is its whole TX_INFO (see message.ts).
  kinds.delete('missing-line')
  const [shown] = shownAtSubmission([payment], { ...disturbance, kinds })
  if (!shown) throw new Error('a payment is not shown')
  if (shown.reason !== null && shown.state !== 'unlisted') {
    return refusedFor(ccb, shown.reason, payment.record.detail)
  }
  return ok(ccb, answerInfo(ccb, message, shown))
}

function answerInfo({ protocol }: Ccb, { head, info }: Message, shown: Shown): string {
  const { pending, success, unlisted } = protocol.dealType
  const dealType = shown.state === 'unlisted' ? unlisted : shown.state === 'success' ? success : pending
  return leaves({
    CREDIT_NO: creditNoOf(shown),
    DEAL_TYPE: dealType,
    [protocol.validateCodeName]: `V${String(shown.payment.record.no).padStart(5, '0')}`,
    INDIVIDUAL_NAME1: '',
    INDIVIDUAL1: '',
    REM1: textOf(info, 'REM1'),
    REM2: textOf(info, 'REM2'),
    ...(protocol.echoesCustomerSerial ? { CST_PAY_NO: textOf(info, 'CST_PAY_NO') } : {}),
    ...(head.txCode === '6W8060' ? { FEE: '' } : {}),
  })
}

/** Char(12). */
export function creditNoOf({ payment }: Pick<Shown, 'payment'>): string {
  return String(payment.record.no).padStart(12, '0')
}

// ----------------------------------------------------------------------------------------------------------- a payment

function draftOf(ccb: Ccb, message: Message, forced: Refusal | null): Draft {
  const { head, info } = message
  const get = (name: string): string => textOf(info, name)
  const isOwn = head.txCode === '6W8010'
  const payer = ownAccount(ccb, message, get('PAY_ACCNO'))
  const amount = parseAmount(get('AMOUNT'), 'CNY')
  const payeeAccount = get('RECV_ACCNO')
  // Without CHK_RECVNAME the holder's name is not looked at.
  const holder = get('CHK_RECVNAME') === '0' ? ccb.context.book.account(ccb.context.bank, payeeAccount) : null
  return {
    code: head.txCode,
    customer: head.custId,
    batch: head.sn,
    batchSerial: '',
    item: '1',
    key: head.sn,
    payerAccount: get('PAY_ACCNO'),
    // The message does not carry the payer's name.
    payerName: payer?.record.name ?? '',
    payee: {
      account: payeeAccount,
      name: holder?.record.name ?? get('RECV_ACC_NAME'),
      bankName: get('RECV_OPENACC_DEPT'),
      cnaps: get('RECV_UBANKNO'),
    },
    route: isOwn ? 'own' : 'other',
    amount: typeof amount === 'string' || amount.minor < 0n ? 0n : amount.minor,
    purpose: get('USEOF'),
    postscript: '',
    fields: { sn: head.sn, cstPayNo: get('CST_PAY_NO') },
    startAtMs: null,
    needsApproval: false,
    checksPayeeAtEntry: isOwn,
    extraMs: 0,
    refusal: refusalOf(message) ?? forced,
  }
}

function refusalOf(message: Message): Refusal | null {
  const long = overLongField(message)
  if (long !== null) return { reason: 'too-long', detail: long }
  const bad = invalidField(message)
  return bad === null ? null : { reason: 'invalid-field', detail: bad }
}

/** Lengths of banks/ccb §3, in bytes. */
function overLongField({ info }: Message): string | null {
  const limits: Readonly<Record<string, number>> = {
    PAY_ACCNO: 32,
    RECV_ACCNO: 32,
    RECV_ACC_NAME: 60,
    RECV_OPENACC_DEPT: 60,
    RECV_UBANKNO: 12,
    RECV_EXCHANGENO: 5,
    RECV_COUNTERNO: 10,
    USEOF: 38,
    REM1: 32,
    REM2: 32,
  }
  const tooLong = Object.entries(limits).find(([name, limit]) => gbkBytesOf(textOf(info, name)) > limit)
  return tooLong?.[0] ?? null
}

function invalidField({ head, info }: Message): string | null {
  const get = (name: string): string => textOf(info, name)
  const isOther = head.txCode === '6W8060'
  const rules: readonly (readonly [string, boolean])[] = [
    ['TRAN_TYPE', !isOther || get('TRAN_TYPE') === '0'],
    ['PAY_ACCNO', /^\d{1,32}$/.test(get('PAY_ACCNO'))],
    ['RECV_ACCNO', /^[0-9A-Za-z-]{1,32}$/.test(get('RECV_ACCNO'))],
    ['RECV_ACC_NAME', get('RECV_ACC_NAME') !== ''],
    ['RECV_UBANKNO', isOther ? /^\d{12}$/.test(get('RECV_UBANKNO')) : /^(\d{12})?$/.test(get('RECV_UBANKNO'))],
    ['RECV_OPENACC_DEPT', !isOther || get('RECV_OPENACC_DEPT') !== ''],
    ['CHK_RECVNAME', isOther || ['0', '1'].includes(get('CHK_RECVNAME'))],
    ['AMOUNT', /^\d{1,14}(\.\d{1,2})?$/.test(get('AMOUNT')) && /[1-9]/.test(get('AMOUNT'))],
    ['CUR_TYPE', get('CUR_TYPE') === '01'],
  ]
  return rules.find(([, isGood]) => !isGood)?.[0] ?? null
}
