// XFERTRNRQ, one payment, and XFERINQTRNRQ, what became of it (banks/cib §2, §3). A TRNUID that was used gets its earlier result, or
// 12345, and is never executed again.

import { midnightOf } from '../engine/bank-time'
import { forcedRefusal, shownAtSubmission, type Call, type Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { submit, type Draft, type Refusal } from '../engine/payments'
import { box, childOf, leaf, textOf } from '../engine/xml'
import { amountOf, fieldsOf, infoOrderProblem, refusalOfFields, SINGLE_LIMITS, type Fields } from './fields'
import { orderProblem, type Answer, type Message } from './message'
import { answer, listWithMore, ok, serialOf, stateElement, status, messageOf, yuan, type Cib } from './operation'

type Plan = Pick<Call, 'payees' | 'pays'>

export function planSingle(_: Cib, { body, trnuid, signOn }: Message): Plan {
  const to = childOf(childOf(childOf(body, 'XFERRQ'), 'XFERINFO'), 'ACCTTO')
  return { payees: [textOf(to, 'ACCTID')], pays: { customer: textOf(signOn, 'CID'), keys: [trnuid] } }
}

export function payOne(cib: Cib, message: Message, disturbance: Disturbance): Answer {
  const { context, desk, protocol } = cib
  const { body, trnuid, signOn } = message
  const customer = textOf(signOn, 'CID')
  const say = (state: ReturnType<typeof status>, inner = ''): Answer => answer(message, state, inner, disturbance)
  const [earlier] = context.book.batch(context.bank, customer, trnuid)
  if (earlier && (protocol.repeat === 'refuse' || earlier.record.code !== 'XFERTRN'))
    return say(status(cib, 'duplicate', 'TRNUID 已被使用'))
  const request = childOf(body, 'XFERRQ')
  const info = childOf(request, 'XFERINFO')
  const misplaced = orderProblem(body, ['TRNUID', 'CLTCOOKIE?', 'XFERRQ']) ?? infoOrderProblem(info)
  if (!info || misplaced !== null) return say(status(cib, 'bad-message', `节点 ${misplaced}`))
  const fields = fieldsOf(info)
  const refusal = refusalOfFields(fields, SINGLE_LIMITS, context.clock.now()) ?? forcedRefusal(disturbance)
  const payment =
    earlier ?? submit(desk, draftOf(cib, fields, { customer, code: 'XFERTRN', batch: trnuid, item: trnuid, refusal }))
  const kinds = new Set(disturbance.kinds)
  kinds.delete('missing-line')
  const [shown] = shownAtSubmission([payment], { ...disturbance, kinds })
  if (!shown) throw new Error('a payment is not shown')
  if (shown.state === 'failed' && protocol.refusal === 'status')
    return say(status(cib, shown.reason ?? 'declined', messageOf(shown)))
  const state = disturbance.kinds.has('missing-line') ? '' : stateElement(cib, shown)
  return say(
    ok(cib),
    box('XFERRS', leaf('SRVRID', serialOf(shown)), infoElement(shown), state, leaf('CLIENTREF', trnuid)),
  )
}

export type Origin = {
  readonly customer: string
  readonly code: 'XFERTRN' | 'ASYNBATCHTRSFRTRN'
  readonly batch: string
  readonly item: string
  readonly refusal: Refusal | null
}

export function draftOf(cib: Cib, fields: Fields, { customer, code, batch, item, refusal }: Origin): Draft {
  const { due } = fields
  return {
    code,
    customer,
    batch,
    batchSerial: '',
    item,
    key: code === 'XFERTRN' ? batch : `${batch}/${item}`,
    payerAccount: fields.payerAccount,
    payerName: fields.payerName,
    payee: { account: fields.account, name: fields.name, bankName: fields.bankName, cnaps: fields.bankNumber },
    route: fields.inside === 'Y' ? 'own' : 'other',
    amount: amountOf(fields),
    purpose: fields.purpose,
    postscript: fields.memo,
    fields: { ...fields },
    startAtMs: due === '' ? null : midnightOf(due),
    needsApproval: cib.protocol.enableSign === 'NO',
    checksPayeeAtEntry: false,
    extraMs: 0,
    refusal,
  }
}

/** XFERINFO as it was sent. */
function infoElement({ payment, amount, payeeAccount }: Shown): string {
  const { fields } = payment.record
  const get = (name: keyof Fields): string => fields[name] ?? ''
  const optional = (name: string, text: string): string => (text === '' ? '' : leaf(name, text))
  return box(
    'XFERINFO',
    box(
      'ACCTFROM',
      leaf('ACCTID', get('payerAccount')),
      leaf('NAME', get('payerName')),
      leaf('BANKDESC', get('payerBank')),
      leaf('CITY', get('payerCity')),
    ),
    `<ACCTTO INTERBANK="${get('inside')}" LOCAL="${get('local')}">`,
    leaf('ACCTID', payeeAccount),
    leaf('NAME', get('name')),
    leaf('BANKDESC', get('bankName')),
    optional('BANKNUM', get('bankNumber')),
    optional('CITY', get('city')),
    '</ACCTTO>',
    leaf('CURSYM', get('currency')),
    leaf('TRNAMT', yuan(amount)),
    optional('PMTMODE', get('mode')),
    leaf('PURPOSE', get('purpose')),
    optional('DTDUE', get('due')),
    optional('MEMO', get('memo')),
  )
}

// --------------------------------------------------------------------------------------------------------- the question

export function planInquiry(cib: Cib, message: Message): Plan {
  const payment = asked(cib, message)
  return { payees: payment ? [payment.record.payee.account] : [], pays: null }
}

function asked({ context }: Cib, { body, signOn }: Message) {
  const reference = textOf(childOf(body, 'XFERINQRQ'), 'CLIENTREF')
  const [payment] = context.book.withKey(context.bank, textOf(signOn, 'CID'), reference)
  return payment ?? null
}

export function inquireOne(cib: Cib, message: Message, disturbance: Disturbance): Answer {
  const misplaced = orderProblem(message.body, ['TRNUID', 'XFERINQRQ'])
  if (misplaced !== null) return answer(message, status(cib, 'bad-message', misplaced), '', disturbance)
  const payment = asked(cib, message)
  const kinds = new Set(disturbance.kinds)
  kinds.delete('missing-line')
  const [shown] = payment ? cib.inquiries.found([payment], { ...disturbance, kinds }) : []
  const inList = (more: 'Y' | 'N', range: string, inner: string): string =>
    box('XFERINQRS', listWithMore(cib, 'XFERLIST', more, leaf('FROM', range) + leaf('TO', range) + inner))
  if (!shown && cib.protocol.notFound === 'code')
    return answer(message, status(cib, 'no-record', '指令不存在'), '', disturbance)
  if (!shown) return answer(message, ok(cib), inList('N', '-1', ''), disturbance)
  const record = box('XFER', leaf('SRVRTID', serialOf(shown)), infoElement(shown), stateElement(cib, shown))
  // MORE Y says that a record was found (banks/cib §3).
  const listed = inList('Y', '1', disturbance.kinds.has('missing-line') ? '' : record)
  return answer(message, ok(cib), listed, disturbance)
}
