// NS-BDES of the simulated CMBC: Xfer, qryXfer, qryBal and qryDtl (banks/cmbc §2). The elements of the last two are named by settings:
// the bank's own names are not public.

import { dayOf, isDay, stampOf } from '../engine/bank-time'
import type { Row } from '../engine/book'
import type { Call, Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import type { Refusal } from '../engine/payments'
import { counterpartyOf } from '../engine/postings'
import { REASON_TEXT } from '../engine/reasons'
import { box, childOf, childrenOf, leaf, leaves, textOf } from '../engine/xml'
import type { Message, Returned } from './ns-message'
import { enter, inquired, ownAccount, serialOf, yuan, type Cmbc, type Order } from './operation'
import { noteOf, rowSerial, sliceOf, wordsOf } from './rows'
import type { CmbcProtocol } from './settings'

type Operation = {
  readonly plan?: (cmbc: Cmbc, message: Message) => Pick<Call, 'payees' | 'pays'>
  readonly perform: (cmbc: Cmbc, message: Message, disturbance: Disturbance) => Returned
}

export const NS_OPERATIONS: Readonly<Record<string, Operation>> = {
  Xfer: { plan: planXfer, perform: xfer },
  qryXfer: { plan: planQuery, perform: qryXfer },
  qryBal: { perform: qryBal },
  qryDtl: { perform: qryDtl },
}

export function refused({ context, protocol }: Cmbc, code: keyof CmbcProtocol['codes'], text: string): Returned {
  context.log(`cmbc refuses: ${text}`)
  return { code: protocol.codes[code], text, body: '' }
}

function customerOf({ header }: Message): string {
  return textOf(header, 'clientId')
}

function planXfer(_: Cmbc, message: Message): Pick<Call, 'payees' | 'pays'> {
  const { body } = message
  const pays = { customer: customerOf(message), keys: [textOf(body, 'insId')] }
  return { payees: [textOf(body, 'acntToNo')], pays }
}

function xfer(cmbc: Cmbc, message: Message, disturbance: Disturbance): Returned {
  const { protocol } = cmbc
  const shown = enter(cmbc, orderOf(message), disturbance)
  if (shown === null) return refused(cmbc, 'duplicate', '重复的 insId')
  if (shown.state === 'unlisted') return { code: 'SIMU', text: '', body: '' }
  const { detail } = shown.payment.record
  if (shown.reason !== null) return refused(cmbc, shown.reason, `${REASON_TEXT[shown.reason]} ${detail}`.trim())
  return { code: protocol.codes.taken, text: '', body: serials(cmbc, shown) }
}

function serials({ protocol }: Cmbc, shown: Shown): string {
  return protocol.echoesSerials ? leaves({ insId: shown.payment.record.key, svrId: serialOf(shown) }) : ''
}

function orderOf(message: Message): Order {
  const get = (name: string): string => textOf(message.body, name)
  return {
    code: 'Xfer',
    customer: customerOf(message),
    key: get('insId'),
    payerAccount: get('acntNo'),
    payerName: get('acntName'),
    account: get('acntToNo'),
    name: get('acntToName'),
    bankName: get('bankName'),
    bankNumber: get('bankCode'),
    isOwn: get('externBank') === '0',
    amount: get('amount'),
    text: get('explain'),
    refusal: refusalOf(get),
  }
}

/** In-bank only 0 or 1; 5 takes at most 50 000 (banks/cmbc §1). */
function refusalOf(get: (name: string) => string): Refusal | null {
  const isOwn = get('externBank') === '0'
  const isSuper = get('localFlag') === '5'
  const rules: readonly (readonly [string, boolean])[] = [
    ['externBank', ['0', '1'].includes(get('externBank'))],
    ['localFlag', (isOwn ? ['0', '1'] : ['2', '3', '4', '5']).includes(get('localFlag'))],
    ['localFlag', !isSuper || Number(get('amount')) <= 50_000],
    ['rcvCustType', ['1', '2'].includes(get('rcvCustType'))],
    ['actDate', isDay(get('actDate'))],
  ]
  const bad = rules.find(([, isGood]) => !isGood)?.[0]
  return bad === undefined ? null : { reason: 'invalid-field', detail: bad }
}

function planQuery({ context }: Cmbc, message: Message): Pick<Call, 'payees' | 'pays'> {
  const found = context.book.withKey(context.bank, customerOf(message), textOf(message.body, 'insId'))
  return { payees: found.map(payment => payment.record.payee.account), pays: null }
}

function qryXfer(cmbc: Cmbc, message: Message, disturbance: Disturbance): Returned {
  const shown = inquired(cmbc, customerOf(message), textOf(message.body, 'insId'), disturbance)
  if (shown === null) return refused(cmbc, 'no-payment', '查无此交易')
  const status = {
    statusCode: statusCodeOf(cmbc, shown),
    statusSeverity: 'info',
    statusErrMsg: shown.reason === null ? '' : REASON_TEXT[shown.reason],
  }
  return { code: '0', text: '', body: serials(cmbc, shown) + leaves(status) }
}

function statusCodeOf({ protocol }: Cmbc, { state }: Shown): string {
  const { pending, returned, unlisted } = protocol.statusCodes
  if (state === 'unlisted') return unlisted
  if (state === 'success') return '0'
  if (state === 'returned') return returned
  return state === 'failed' || state === 'rejected' ? '2' : pending
}

function qryBal(cmbc: Cmbc, message: Message): Returned {
  const { protocol, context } = cmbc
  const asked = childrenOf(childOf(message.body, 'acntList'), 'acntNo').map(element => element.text.trim())
  const accounts = asked.map(number => ownAccount(cmbc, customerOf(message), number))
  const rows = accounts.flatMap(account => {
    if (!account) return []
    const { row, current, available } = protocol.balanceNames
    const values = {
      acntNo: account.record.account,
      [current]: yuan(account.balance),
      [available]: yuan(context.book.availableOf(account)),
    }
    return [box(row, leaves(values))]
  })
  if (rows.length === 0 || rows.length < asked.length) return refused(cmbc, 'payer-unknown', '账号不存在')
  return { code: '0', text: '', body: box('acntList', ...rows) }
}

function qryDtl(cmbc: Cmbc, message: Message): Returned {
  const get = (name: string): string => textOf(message.body, name)
  const account = ownAccount(cmbc, customerOf(message), get('acntNo'))
  if (!account) return refused(cmbc, 'payer-unknown', '账号不存在')
  const [from, to, start, end] = [get('dateFrom'), get('dateTo'), get('startNo'), get('endNo')]
  if (![from, to].every(day => isDay(day) && day.includes('-')) || from > to)
    return refused(cmbc, 'invalid-field', 'dateFrom, dateTo')
  if (![start, end].every(text => /^[1-9]\d{0,8}$/.test(text)) || Number(start) > Number(end))
    return refused(cmbc, 'invalid-field', 'startNo, endNo')
  const { rows } = sliceOf(cmbc, account, { from, to }, Number(start) - 1, Number(end))
  if (rows.length === 0 && cmbc.protocol.emptyList === 'code') return refused(cmbc, 'no-rows', '无明细')
  const list = box('dtlList', ...rows.map(row => box('dtlInfo', leaves(valuesOf(cmbc, row)))))
  return { code: '0', text: '', body: leaf('acntNo', account.record.account) + list }
}

function valuesOf(cmbc: Cmbc, row: Row): Readonly<Record<string, string>> {
  const { detailNames: names, outFlag, inFlag } = cmbc.protocol
  const atMs = Math.floor(row.posting.atUs / 1000)
  const other = counterpartyOf(row)
  return {
    [names.serial]: rowSerial(row),
    [names.date]: dayOf(atMs),
    [names.time]: stampOf(atMs).slice(8, 14),
    [names.amount]: yuan(row.amount),
    [names.side]: row.direction === 'out' ? outFlag : inFlag,
    [names.balance]: yuan(row.balanceAfter),
    [names.counterAccount]: other.account,
    [names.counterName]: other.name,
    [names.counterBank]: other.bankName,
    [names.purpose]: wordsOf(row),
    [names.text]: noteOf(cmbc, row),
  }
}
