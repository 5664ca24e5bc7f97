// ASYNBATCHTRSFRTRNRQ: up to 100 payments as lines of text, and, with a TRNUID alone, the question what became of them (banks/cib §3).

import { parseAmount } from '../../../connector/core/money'
import { addDays, dayOf } from '../engine/bank-time'
import { gbkBytesOf } from '../engine/charset'
import { forcedRefusal, shownAtSubmission, type Call, type Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { submit } from '../engine/payments'
import { attributeOf, box, childOf, leaf, textOf, type XmlElement } from '../engine/xml'
import { ACCTFROM, amountOf, LINE_LIMITS, payerFieldsOf, refusalOfFields, type Fields } from './fields'
import { orderProblem, type Answer, type Message } from './message'
import { answer, messageOf, ok, stateCode, status, yuan, type Cib } from './operation'
import { draftOf } from './payments'

const RQBODY = [
  'TITLE',
  'ACCTFROM',
  'BIZTYPE',
  'TOTALCOUNT',
  'TOTALAMOUNT',
  'CURSYM',
  'PURPOSE',
  'MEMO',
  'XFERINFOTEXT',
]
const MAX_LINES = 100
const DAYS_MAX = 90

type Line = { readonly number: string; readonly fields: Fields }

export function planBatch(cib: Cib, message: Message): Pick<Call, 'payees' | 'pays'> {
  const { body, trnuid, signOn } = message
  const customer = textOf(signOn, 'CID')
  const request = childOf(body, 'RQBODY')
  if (!request) {
    const known = cib.context.book.batch(cib.context.bank, customer, trnuid)
    return { payees: known.map(payment => payment.record.payee.account), pays: null }
  }
  const lines = linesOf(request)
  if (typeof lines === 'string') return { payees: [], pays: { customer, keys: [trnuid] } }
  const keys = lines.map(({ number }) => `${trnuid}/${number}`)
  return { payees: lines.map(({ fields }) => fields.account), pays: { customer, keys } }
}

export function payBatch(cib: Cib, message: Message, disturbance: Disturbance): Answer {
  const request = childOf(message.body, 'RQBODY')
  return request ? enter(cib, message, request, disturbance) : tell(cib, message, disturbance)
}

function enter(cib: Cib, message: Message, request: XmlElement, disturbance: Disturbance): Answer {
  const { context, desk, protocol } = cib
  const { trnuid, signOn } = message
  const customer = textOf(signOn, 'CID')
  const say = (state: ReturnType<typeof status>, inner = ''): Answer => answer(message, state, inner, disturbance)
  const earlier = context.book.batch(context.bank, customer, trnuid)
  if (earlier.length > 0) {
    if (protocol.repeat === 'refuse' || earlier[0]?.record.code !== 'ASYNBATCHTRSFRTRN')
      return say(status(cib, 'duplicate', 'TRNUID 已被使用'))
    return say(ok(cib), bodyOf(cib, shownAtSubmission(earlier, disturbance)))
  }
  const wrong = bodyProblem(request)
  if (wrong !== null) return say(status(cib, 'invalid-field', wrong))
  const lines = linesOf(request)
  if (typeof lines === 'string') return say(status(cib, 'invalid-field', lines))
  const payments = lines.map(({ number, fields }) => {
    const refusal = refusalOfFields(fields, LINE_LIMITS, context.clock.now()) ?? forcedRefusal(disturbance)
    return submit(
      desk,
      draftOf(cib, fields, { customer, code: 'ASYNBATCHTRSFRTRN', batch: trnuid, item: number, refusal }),
    )
  })
  return say(ok(cib), bodyOf(cib, shownAtSubmission(payments, disturbance)))
}

function tell(cib: Cib, message: Message, disturbance: Disturbance): Answer {
  const { context } = cib
  const payments = context.book.batch(context.bank, textOf(message.signOn, 'CID'), message.trnuid)
  const oldest = addDays(dayOf(context.clock.now()), -DAYS_MAX)
  const known = payments.filter(({ record }) => record.code === 'ASYNBATCHTRSFRTRN' && dayOf(record.atMs) >= oldest)
  const { kinds } = disturbance
  const shown = cib.inquiries.found(known, disturbance)
  if (known.length === 0 || (shown.length === 0 && !kinds.has('missing-line')))
    return answer(message, status(cib, 'no-record', '指令不存在'), '', disturbance)
  return answer(message, ok(cib), bodyOf(cib, shown), disturbance)
}

/** What is wrong with the batch as a whole, or null. */
function bodyProblem(request: XmlElement): string | null {
  const from = childOf(request, 'ACCTFROM')
  const misplaced = orderProblem(request, RQBODY) ?? (from && orderProblem(from, ACCTFROM))
  if (misplaced !== null) return misplaced
  const get = (name: string): string => textOf(request, name)
  if (get('TITLE') === '' || gbkBytesOf(get('TITLE')) > 30) return 'TITLE'
  // BIZTYPE 0 books one sum and the failed items back: not simulated.
  if (get('BIZTYPE') !== '1') return 'BIZTYPE'
  if (get('CURSYM') !== 'RMB') return 'CURSYM'
  if (gbkBytesOf(get('PURPOSE')) > 60 || gbkBytesOf(get('MEMO')) > 60) return 'PURPOSE/MEMO'
  const lines = linesOf(request)
  if (typeof lines === 'string') return lines
  if (lines.length === 0 || lines.length > MAX_LINES) return 'XFERINFOTEXT'
  if (new Set(lines.map(({ number }) => number)).size !== lines.length) return '序号'
  if (get('TOTALCOUNT') !== String(lines.length)) return 'TOTALCOUNT'
  const total = parseAmount(get('TOTALAMOUNT'), 'CNY')
  const sum = lines.reduce((soFar, { fields }) => soFar + amountOf(fields), 0n)
  if (typeof total === 'string' || total.minor !== sum) return 'TOTALAMOUNT'
  const text = childOf(request, 'XFERINFOTEXT')
  const sizes = [String(lines.length), String(gbkBytesOf(text?.text ?? ''))]
  return sizes.includes(attributeOf(text, 'SIZE')) ? null : 'SIZE'
}

/** 序号|账号|户名|本行|同城|行号|行名|地址|金额|用途|备注| with eleven bars, or what is wrong. */
function linesOf(request: XmlElement): readonly Line[] | string {
  const texts = (childOf(request, 'XFERINFOTEXT')?.text ?? '').split('\n').filter(line => line.trim() !== '')
  const payer = payerFieldsOf(childOf(request, 'ACCTFROM'))
  const lines = texts.map(text => {
    const parts = text.trim().split('|')
    return parts.length === 12 && parts[11] === '' && /^\d{1,3}$/.test(parts[0] ?? '') ? lineOf(parts, payer) : null
  })
  return lines.every(line => line !== null) ? lines : '11 个竖线'
}

function lineOf(parts: readonly string[], payer: ReturnType<typeof payerFieldsOf>): Line {
  const part = (index: number): string => parts[index] ?? ''
  const fields: Fields = {
    ...payer,
    account: part(1),
    name: part(2),
    inside: part(3),
    local: part(4),
    bankNumber: part(5),
    bankName: part(6),
    city: part(7),
    amount: part(8),
    purpose: part(9),
    memo: part(10),
    currency: 'RMB',
    mode: '',
    due: '',
  }
  return { number: part(0), fields }
}

function bodyOf(cib: Cib, shown: readonly Shown[]): string {
  const text = shown.map(one => `${replyLine(cib, one)}\n`).join('')
  return box(
    'RSBODY',
    leaf('TOTALCOUNT', String(shown.length)),
    `<XFERINFOTEXT SIZE="${shown.length}"><![CDATA[${text}]]></XFERINFOTEXT>`,
  )
}

/** The line as it was sent, with 处理状态|结果| behind it: thirteen bars. */
function replyLine(cib: Cib, shown: Shown): string {
  const { fields, item } = shown.payment.record
  const get = (name: keyof Fields): string => fields[name] ?? ''
  const { states } = cib.protocol
  const isTaken = ['accepted', 'processing'].includes(shown.state)
  return [
    item,
    shown.payeeAccount,
    get('name'),
    get('inside'),
    get('local'),
    get('bankNumber'),
    get('bankName'),
    get('city'),
    yuan(shown.amount),
    get('purpose'),
    get('memo'),
    isTaken ? states.submitted : stateCode(cib.protocol, shown),
    messageOf(shown).replaceAll('|', ' '),
  ]
    .map(part => `${part}|`)
    .join('')
}
