// The open platform of the simulated CMBC: payments to companies and persons, questions about them, detail and receipts (banks/cmbc §3),
// and a balance under a name that a setting gives it.

import { addDays, compactDayOf, compactTimeOf, dayFromCompact, dayOf, midnightOf } from '../engine/bank-time'
import type { Account, Row } from '../engine/book'
import { otherSerial, type Call, type Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import type { Refusal } from '../engine/payments'
import { receiptPdf } from '../engine/pdf'
import { counterpartyOf, partyOf, rowsBetween } from '../engine/postings'
import { REASON_TEXT } from '../engine/reasons'
import type { Reason } from '../engine/records'
import type { Busi, OpenMessage, OpenReturned } from './open-message'
import { enter, inquired, ownAccount, serialOf, yuan, type Cmbc, type Order } from './operation'
import { noteOf, rowSerial, sliceOf, wordsOf } from './rows'
import type { CmbcProtocol, Customer } from './settings'

type Asked = { readonly message: OpenMessage; readonly customer: Customer; readonly disturbance: Disturbance }
type Operation = {
  readonly plan?: (cmbc: Cmbc, message: OpenMessage, customer: string) => Pick<Call, 'payees' | 'pays'>
  readonly perform: (cmbc: Cmbc, asked: Asked) => OpenReturned
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  'settlement.transfer.ent_single_order V1.0': { plan: planPay, perform: pay },
  'settlement.reimburse.single V1.0': { plan: planPay, perform: pay },
  'settlement.transfer.ent_single_order_qry V1.0': { plan: planQuery, perform: query },
  'settlement.reimburse.single_query V1.0': { plan: planQuery, perform: query },
  'account.transinfo.detail_query V1.1': { perform: detail },
  'account.transinfo.electnote_download_new V1.0': { perform: receipt },
}

export function openOperation({ protocol }: Cmbc, { method, version }: OpenMessage): Operation | null {
  if (method === protocol.openBalance.method) return { perform: balance }
  const key = `${method} ${version}`
  return Object.hasOwn(OPERATIONS, key) ? (OPERATIONS[key] ?? null) : null
}

export function openRefused({ context, protocol }: Cmbc, code: keyof CmbcProtocol['codes'], text: string) {
  context.log(`cmbc refuses: ${text}`)
  return says(protocol, { resp_status: 'E', resp_code: protocol.codes[code], resp_desc: text })
}

function says({ okReturnCode }: CmbcProtocol, busi: Busi): OpenReturned {
  return { returnCode: okReturnCode, text: '', busi }
}

function taken({ protocol, context }: Cmbc, more: Busi): OpenReturned {
  const nowMs = context.clock.now()
  const at = { resp_date: compactDayOf(nowMs), resp_time: compactTimeOf(nowMs) }
  return says(protocol, { ...at, resp_status: 'S', resp_code: 'AAAAAAA', resp_desc: '受理成功', ...more })
}

function get({ busiParamMap }: OpenMessage, name: string): string {
  return Object.hasOwn(busiParamMap, name) ? (busiParamMap[name]?.trim() ?? '') : ''
}

function planPay(_: Cmbc, message: OpenMessage, customer: string): Pick<Call, 'payees' | 'pays'> {
  return { payees: [get(message, 'payee_acct_no')], pays: { customer, keys: [get(message, 'req_seq')] } }
}

function pay(cmbc: Cmbc, { message, customer, disturbance }: Asked): OpenReturned {
  const shown = enter(cmbc, orderOf(message, customer.clientId), disturbance)
  if (shown === null) return openRefused(cmbc, 'duplicate', '重复的 req_seq')
  if (shown.state === 'unlisted') return says(cmbc.protocol, { resp_status: 'S', resp_code: 'SIMU' })
  const { detail: field } = shown.payment.record
  if (shown.reason !== null)
    return openRefused(cmbc, codeOf(shown.reason), `${REASON_TEXT[shown.reason]} ${field}`.trim())
  return taken(cmbc, serials(cmbc, shown, 'req_seq', disturbance))
}

function codeOf(reason: Reason): keyof CmbcProtocol['codes'] {
  return reason === 'declined' ? 'open-declined' : reason
}

function serials({ protocol }: Cmbc, shown: Shown, name: string, { kinds }: Disturbance): Busi {
  if (!protocol.echoesSerials) return {}
  const { key } = shown.payment.record
  return { [name]: kinds.has('wrong-serial') ? otherSerial(key) : key, trans_seq_no: serialOf(shown) }
}

function orderOf(message: OpenMessage, customer: string): Order {
  return {
    code: message.method,
    customer,
    key: get(message, 'req_seq'),
    payerAccount: get(message, 'acct_no'),
    payerName: '',
    account: get(message, 'payee_acct_no'),
    name: get(message, 'payee_acct_name'),
    bankName: get(message, 'bank_name'),
    bankNumber: get(message, 'bank_code'),
    // 1 is CMBC itself: the reverse of what the name suggests.
    isOwn: get(message, 'is_cross') === '1',
    amount: get(message, 'trans_amt'),
    text: get(message, 'usage'),
    refusal: refusalOf(message),
  }
}

function refusalOf(message: OpenMessage): Refusal | null {
  const rules: readonly (readonly [string, boolean])[] = [
    ['pay_type', get(message, 'pay_type') === '1'],
    ['is_cross', ['0', '1'].includes(get(message, 'is_cross'))],
    ['currency', get(message, 'currency') === 'CNY'],
    ['bank_route', get(message, 'bank_route') !== ''],
  ]
  const bad = rules.find(([, isGood]) => !isGood)?.[0]
  return bad === undefined ? null : { reason: 'invalid-field', detail: bad }
}

function planQuery({ context }: Cmbc, message: OpenMessage, customer: string): Pick<Call, 'payees' | 'pays'> {
  const found = context.book.withKey(context.bank, customer, get(message, 'org_req_seq'))
  return { payees: found.map(payment => payment.record.payee.account), pays: null }
}

/** Each query knows the payments of its own method. */
function query(cmbc: Cmbc, { message, customer, disturbance }: Asked): OpenReturned {
  const shown = inquired(cmbc, customer.clientId, get(message, 'org_req_seq'), disturbance)
  const method = message.method.replace(/_(qry|query)$/, '')
  const isOurs = shown !== null && shown.payment.record.payer.account === get(message, 'acct_no')
  if (!isOurs || shown.payment.record.code !== method) return openRefused(cmbc, 'open-no-payment', '查无此交易')
  return taken(cmbc, {
    ...serials(cmbc, shown, 'org_req_seq', disturbance),
    trans_date: compactDayOf(shown.payment.record.atMs),
    trans_status: transStatusOf(cmbc, shown),
    trans_err_msg: shown.reason === null ? '' : REASON_TEXT[shown.reason],
  })
}

function transStatusOf({ protocol }: Cmbc, { state }: Shown): string {
  const { returned, unlisted } = protocol.transStatuses
  if (state === 'unlisted') return unlisted
  if (state === 'returned') return returned
  const statuses = { success: '3', failed: '5', rejected: '2', awaiting: '1' } as const
  return state === 'success' || state === 'failed' || state === 'rejected' || state === 'awaiting'
    ? statuses[state]
    : '4'
}

function balance(cmbc: Cmbc, { message, customer }: Asked): OpenReturned {
  const account = ownAccount(cmbc, customer.clientId, get(message, 'acct_no'))
  if (!account) return openRefused(cmbc, 'payer-unknown', '账号不存在')
  const { current, available } = cmbc.protocol.openBalance
  return taken(cmbc, {
    acct_no: account.record.account,
    [current]: yuan(account.balance),
    [available]: yuan(cmbc.context.book.availableOf(account)),
  })
}

function detail(cmbc: Cmbc, { message, customer }: Asked): OpenReturned {
  const account = ownAccount(cmbc, customer.clientId, get(message, 'acct_no'))
  if (!account) return openRefused(cmbc, 'payer-unknown', '账号不存在')
  const [from, to] = [dayFromCompact(get(message, 'date_from')), dayFromCompact(get(message, 'date_to'))]
  if (from === null || to === null || from > to) return openRefused(cmbc, 'invalid-field', 'date_from, date_to')
  const [start, end] = [get(message, 'start_index'), get(message, 'end_index')]
  const { firstIndex } = cmbc.protocol
  if (![start, end].every(text => /^\d{1,9}$/.test(text)) || Number(start) < firstIndex || Number(end) < Number(start))
    return openRefused(cmbc, 'invalid-field', 'start_index, end_index')
  const { rows, total } = sliceOf(cmbc, account, { from, to }, Number(start) - firstIndex, Number(end) - firstIndex + 1)
  if (total === 0 && cmbc.protocol.emptyList === 'code') return openRefused(cmbc, 'no-rows', '无明细')
  return taken(cmbc, {
    item_num: rows.length,
    total_num: total,
    result_list: rows.map(row => rowOf(cmbc, account, row)),
  })
}

function rowOf(cmbc: Cmbc, account: Account, row: Row): Busi {
  const atMs = Math.floor(row.posting.atUs / 1000)
  const other = counterpartyOf(row)
  const note = noteOf(cmbc, row)
  return {
    trans_seq_no: rowSerial(row),
    rec_seq: '1',
    acct_no: account.record.account,
    acct_name: account.record.name,
    dc_flag: row.direction === 'out' ? '1' : '2',
    enter_acct_date: compactDayOf(atMs),
    intr_date: compactDayOf(atMs),
    amount: yuan(row.amount),
    cp_acct_no: other.account,
    cp_acct_name: other.name,
    cp_bank_name: other.bankName,
    cp_bank_addr: '',
    explain: note === '' ? wordsOf(row) : `${note} ${wordsOf(row)}`,
    balance: yuan(row.balanceAfter),
    timestamp: `${dayOf(atMs)} ${compactTimeOf(atMs).replace(/(..)(..)(..)/, '$1:$2:$3')}`,
    currency: 'CNY',
  }
}

function receipt(cmbc: Cmbc, { message, customer }: Asked): OpenReturned {
  const account = ownAccount(cmbc, customer.clientId, get(message, 'acct_no'))
  if (!account) return openRefused(cmbc, 'payer-unknown', '账号不存在')
  const day = dayFromCompact(get(message, 'enter_acct_date'))
  if (get(message, 'qry_type') !== '1' || day === null) return openRefused(cmbc, 'invalid-field', 'enter_acct_date')
  const rows = rowsBetween(account, midnightOf(day), midnightOf(addDays(day, 1)))
  const row = rows.find(found => rowSerial(found) === get(message, 'trans_seq_no'))
  if (!row) return taken(cmbc, { file_content: '', file_name: '', file_type: 'PDF' })
  const content = Buffer.from(pdfOf(account, row)).toString('base64')
  return taken(cmbc, { file_content: content, file_name: `${rowSerial(row)}.pdf`, file_type: 'PDF' })
}

function pdfOf(account: Account, row: Row): Uint8Array {
  const [own, other] = [partyOf(account), counterpartyOf(row)]
  const [payer, payee] = row.direction === 'out' ? [own, other] : [other, own]
  return receiptPdf('民生银行 电子回单(模拟)', [
    ['交易流水', rowSerial(row)],
    ['交易日期', dayOf(Math.floor(row.posting.atUs / 1000))],
    ['付款人账号', payer.account],
    ['付款人名称', payer.name],
    ['收款人账号', payee.account],
    ['收款人名称', payee.name],
    ['金额', `CNY ${yuan(row.amount)}`],
    ['用途', wordsOf(row)],
  ])
}
