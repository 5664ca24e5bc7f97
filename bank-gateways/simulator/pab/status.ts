// 4005 (one payment) and 4015 (a package) of the simulated Ping An (banks/pab §2, §4).

import type { Payment } from '../engine/book'
import type { Call, Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { box, leaf, leaves, textOf } from '../engine/xml'
import { compactDayOf, compactTimeOf } from '../engine/bank-time'
import { rowsOf, type Answer, type Message } from './message'
import { frontLogNoOf, hostFlowNoOf, ok, reasonText, refused, yuan, type Pab } from './operation'

const PAGE_MAX = 500

export function planStatus(pab: Pab, message: Message): Pick<Call, 'payees' | 'pays'> {
  return { payees: asked(pab, message).map(({ record }) => record.payee.account), pays: null }
}

/** With a bank that books a repeated voucher again, the first is found. 4005 knows single payments only. */
function asked({ context }: Pab, message: Message): readonly Payment[] {
  const voucher = textOf(message.body, 'OrigThirdVoucher')
  const payments = context.book.batch(context.bank, message.head.mrchCode, voucher)
  if (message.head.tranCode === '4005') return payments.filter(({ record }) => record.item === '').slice(0, 1)
  const wanted = rowsOf(message, 'HOResultSet4015R').map(row => textOf(row, 'SThirdVoucher'))
  const first = new Map(payments.toReversed().map(payment => [payment.record.item, payment]))
  const items = [...first.values()].toReversed().filter(({ record }) => record.item !== '')
  return wanted.length === 0 ? items : items.filter(({ record }) => wanted.includes(record.item))
}

export function querySingle(pab: Pab, message: Message, disturbance: Disturbance): Answer {
  const [shown] = found(pab, message, disturbance)
  if (!shown) return noRecord(pab)
  if (disturbance.kinds.has('missing-line')) return ok(pab, '')
  const { record } = shown.payment
  return ok(
    pab,
    leaf('OrigThirdVoucher', record.key) +
      stateOf(pab, shown) +
      leaves({ ProxyPayName: '', ProxyPayAcc: '', ProxyPayBankName: '' }),
  )
}

export function queryBatch(pab: Pab, message: Message, disturbance: Disturbance): Answer {
  const get = (name: string): string => textOf(message.body, name)
  if (!/^[0-4]?$/.test(get('QueryType'))) return refused(pab, 'invalid-field', 'QueryType')
  const size = get('PageCts') === '' ? PAGE_MAX : Number(get('PageCts'))
  const page = get('PageNo') === '' ? 1 : Number(get('PageNo'))
  if (!(size >= 1 && size <= PAGE_MAX && page >= 1)) return refused(pab, 'invalid-field', 'PageCts/PageNo')
  const shown = found(pab, message, disturbance)
  if (shown.length === 0) return noRecord(pab)
  const isNamed = rowsOf(message, 'HOResultSet4015R').length > 0
  // Named items make QueryType and the pages void.
  const chosen = isNamed ? shown : shown.filter(one => isOfType(one, get('QueryType')))
  const rows = isNamed ? chosen : chosen.slice((page - 1) * size, page * size)
  const answered = disturbance.kinds.has('missing-line') ? rows.slice(0, -1) : rows
  const end = isNamed || page * size >= chosen.length
  return ok(
    pab,
    leaves({
      OrigThirdVoucher: get('OrigThirdVoucher'),
      TotalCts: String(shown.length),
      CTotalCts: String(chosen.length),
      PTotalCts: String(answered.length),
      IsEnd: end ? 'Y' : 'N',
    }) + answered.map(one => box('list', leaf('SThirdVoucher', one.payment.record.item), stateOf(pab, one))).join(''),
  )
}

function found(pab: Pab, message: Message, disturbance: Disturbance): readonly Shown[] {
  const kinds = new Set(disturbance.kinds)
  kinds.delete('missing-line')
  return pab.inquiries.found(asked(pab, message), { ...disturbance, kinds })
}

/** "No matching record, no body." */
function noRecord({ protocol }: Pab): Answer {
  return { code: protocol.codes['no-record'], text: '无符合条件的记录', inner: null }
}

/** QueryType of a state that is no longer in process. */
const KINDS: ReadonlyMap<Shown['state'], string> = new Map([
  ['success', '1'],
  ['failed', '2'],
  ['rejected', '2'],
  ['returned', '4'],
])

function isOfType({ state }: Shown, queryType: string): boolean {
  return ['', '0', KINDS.get(state) ?? '3'].includes(queryType)
}

function stateOf(pab: Pab, shown: Shown): string {
  const { record } = shown.payment
  const isBack = shown.state === 'returned'
  const isFailed = shown.state === 'failed' || shown.state === 'rejected'
  return leaves({
    FrontLogNo: frontLogNoOf(shown),
    CstInnerFlowNo: record.fields['CstInnerFlowNo'] ?? '',
    CcyCode: 'RMB',
    OutAcctBankName: record.payer.bankName,
    OutAcctNo: record.payer.account,
    InAcctBankName: record.payee.bankName,
    InAcctNo: shown.payeeAccount,
    InAcctName: record.payee.name,
    TranAmount: yuan(shown.amount),
    UnionFlag: record.fields['UnionFlag'] ?? '',
    Stt: sttOf(pab, shown),
    IsBack: isBack ? '1' : '0',
    BackRem: isBack ? 'RJ01账号不存在' : '',
    Yhcljg: wordsOf(pab, shown),
    SysFlag: 'N',
    Fee: '0.00',
    TransBsn: record.code,
    submitTime: compactDayOf(record.atMs) + compactTimeOf(record.atMs),
    AccountDate: shown.payment.timesBooked > 0 ? compactDayOf(shown.payment.reachedMs) : '',
    hostFlowNo: hostFlowNoOf(pab, shown.payment),
    hostErrorCode: isFailed ? pab.protocol.codes[shown.reason ?? 'declined'] : '',
  })
}

function sttOf({ protocol: { states } }: Pab, { state }: Shown): string {
  if (state === 'returned') return states.success
  return state === 'rejected' ? states.failed : states[state]
}

/** "Only Stt decides, never Yhcljg": it may say the opposite. */
function wordsOf({ protocol }: Pab, { state, reason, payment }: Shown): string {
  const isSuccess = state === 'success' || state === 'returned'
  const isFailed = state === 'failed' || state === 'rejected'
  if (protocol.yhcljg === 'contradicting') return isSuccess ? 'MA9112:转账失败' : '000000:转账交易成功'
  if (isSuccess) return '000000:转账交易成功'
  if (!isFailed) return 'MA9111:交易正在受理中'
  return `MA9112:转账失败-${reasonText(reason ?? 'declined', payment.record.detail)}`
}
