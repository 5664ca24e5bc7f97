// b2e0035: statement rows of today or of one calendar month of history, by begnum and recnum (banks/boc §8).

import { parseAmount } from '../../../connector/core/money'
import { addDays, addMonths, compactDayOf, compactTimeOf, dayFromCompact, dayOf, midnightOf } from '../engine/bank-time'
import type { Account, Row } from '../engine/book'
import { isUsableBy } from '../engine/payments'
import { counterpartyOf, isPayersRow, isReturn, partyOf, rowsBetween } from '../engine/postings'
import { REASON_TEXT } from '../engine/reasons'
import type { Party } from '../engine/records'
import { box, childOf, leaves, textOf, type XmlElement } from '../engine/xml'
import { yuan } from './balance'
import { statusElement, type Message } from './message'
import { okStatus, reasonStatus, refused, type Answer, type Boc } from './operation'

/** Dates both included, `yyyy-MM-dd`. */
type Days = { readonly from: string; readonly to: string }

export function queryStatement(boc: Boc, message: Message): Answer {
  const { context, protocol } = boc
  const input = childOf(message.body, 'b2e0035-rq')
  const account = context.book.account(context.bank, textOf(input, 'actacn'))
  if (!account || !isUsableBy(account, message.head.custid)) {
    return statusElement(reasonStatus(protocol, 'payer-unknown', REASON_TEXT['payer-unknown']))
  }
  const bad = badField(input)
  if (bad !== null) return refused(boc, 'invalid-field', bad)
  const days = daysAsked(boc, input)
  if (typeof days === 'string') return refused(boc, 'invalid-field', days)
  const amounts = amountsAsked(childOf(input, 'amountscope'))
  if (!amounts) return refused(boc, 'invalid-field', 'amountscope')
  const direction = { 0: null, 1: 'in', 2: 'out' }[Number(textOf(input, 'direction'))]
  if (direction === undefined) return refused(boc, 'not-simulated', 'direction 3/4/5')
  const rows = rowsBetween(account, midnightOf(days.from), midnightOf(addDays(days.to, 1))).filter(
    row => amounts(row.amount) && (direction === null || row.direction === direction),
  )
  return page(boc, account, protocol.statementOrder === 'descending' ? rows.toReversed() : rows, input)
}

function page(boc: Boc, account: Account, rows: readonly Row[], input: XmlElement | null): Answer {
  const { protocol } = boc
  const start = Number(textOf(input, 'begnum')) - 1
  const shown = rows.slice(start, start + Math.min(Number(textOf(input, 'recnum')), protocol.pageMax))
  const [here, all] = [String(shown.length), String(rows.length)]
  const counts =
    protocol.totalnumMeans === 'total' ? { totalnum: all, notenum: here } : { totalnum: here, notenum: all }
  const hasMore = start + shown.length < rows.length
  const status =
    shown.length === 0
      ? { rspcod: protocol.codes['no-record'], rspmsg: '零记录' }
      : hasMore
        ? { rspcod: protocol.codes.more, rspmsg: '成功,未完' }
        : okStatus(boc)
  return statusElement(status) + leaves(counts) + shown.map(row => rowElement(boc, account, row)).join('')
}

// ------------------------------------------------------------------------------------------------------ what is asked for

function badField(input: XmlElement | null): string | null {
  const rules: readonly (readonly [string, RegExp])[] = [
    ['ibknum', /^\d{5}$/],
    ['type', /^(2001|2002|2005)$/],
    ['begnum', /^[1-9]\d{0,8}$/],
    ['recnum', /^(0?[1-9]|[1-4]\d|50)$/],
    ['direction', /^[0-5]$/],
  ]
  return rules.find(([name, shape]) => !shape.test(textOf(input, name)))?.[0] ?? null
}

/** The days to read, or the field that breaks a rule of banks/boc §8. */
function daysAsked({ context, protocol }: Boc, input: XmlElement | null): Days | string {
  const today = dayOf(context.clock.now())
  if (textOf(input, 'type') === '2001') return { from: today, to: today }
  const scope = childOf(input, 'datescope')
  const from = dayFromCompact(textOf(scope, 'from'))
  const to = dayFromCompact(textOf(scope, 'to'))
  if (from === null || to === null || from > to) return 'datescope'
  if (from.slice(0, 7) !== to.slice(0, 7)) return 'datescope 不在同一自然月'
  if (from < addMonths(today, -12)) return 'datescope 早于一年'
  const last = protocol.historyHoldsToday ? today : addDays(today, -1)
  return { from, to: to < last ? to : last }
}

function amountsAsked(scope: XmlElement | null): ((amount: bigint) => boolean) | null {
  const bounds = [textOf(scope, 'from'), textOf(scope, 'to')].map(text =>
    text === '' ? null : parseAmount(text, 'CNY'),
  )
  const [from = null, to = null] = bounds
  if (typeof from === 'string' || typeof to === 'string') return null
  // An upper bound of zero is read as none, as ICBC defines it; BOC's reference is silent.
  return amount => (from === null || amount >= from.minor) && (to === null || to.minor === 0n || amount <= to.minor)
}

// ----------------------------------------------------------------------------------------------------------------- a row

function rowElement(boc: Boc, account: Account, row: Row): string {
  const { protocol } = boc
  const { posting } = row
  const atMs = Math.floor(posting.atUs / 1000)
  const [own, other] = [partyOf(account), counterpartyOf(row)]
  const [from, to] = row.direction === 'out' ? [own, other] : [other, own]
  const balance = yuan(row.balanceAfter)
  return box(
    'b2e0035-rs',
    statusElement(okStatus(boc)),
    fromElement(from),
    toElement(to),
    leaves({ mactibkn: '', mactacn: '', mactname: '', mactbank: '' }),
    leaves({
      vchnum: `${String(posting.id).padStart(9, '0')}001`,
      transid: transidOf(row),
      insid: insidOf(boc, row),
      txndate: compactDayOf(atMs),
      txntime: compactTimeOf(atMs),
      ...(protocol.oneSampleLacksTxnamt ? {} : { txnamt: yuan(row.amount) }),
      acctbal: balance,
      [protocol.avlbalName]: balance,
      frzamt: yuan(account.frozen),
      overdramt: '0.00',
      avloverdramt: '0.00',
      useinfo: posting.purpose,
      furinfo: posting.purpose,
      transtype: isReturn(row) ? protocol.returnWord : TYPE_WORDS[posting.type],
      bustype: '',
      trncur: '001',
      direction: row.direction === 'in' ? '1' : '2',
      feeact: '',
      feeamt: '',
      feecur: '',
      valdat: compactDayOf(atMs),
      vouchtp: '',
      vouchnum: '',
      fxrate: '',
      interinfo: `F:${posting.postscript}//A:${TYPE_WORDS[posting.type]}//U:${posting.purpose}//R:`,
      channelflg: '',
      commnum: '',
      reserve1: '',
      reserve2: '',
      reserve3: '',
    }),
  )
}

const TYPE_WORDS: Readonly<Record<Row['posting']['type'], string>> = {
  opening: '',
  payment: '转账支出',
  arrival: '转账收入',
  return: '退汇',
  'return-arrival': '退汇',
  deposit: '转账收入',
  fee: '收费',
  interest: '结息',
}

function fromElement({ cnaps, account, name, bankName }: Party): string {
  return box('fractn', leaves({ ibknum: cnaps, actacn: account, acntname: name, ibkname: bankName, outref: '' }))
}

function toElement({ cnaps, account, name, bankName }: Party): string {
  return box('toactn', leaves({ toibkn: cnaps, actacn: account, toname: name, tobank: bankName, tobref: '' }))
}

/** 27 digits, one for each side of a posting. */
export function transidOf({ posting, direction }: Row): string {
  const day = compactDayOf(Math.floor(posting.atUs / 1000))
  return `${day}${String(posting.id).padStart(18, '0')}${direction === 'out' ? 2 : 1}`
}

/** The payer's own instruction, on the payer's rows only. */
export function insidOf({ context }: Boc, row: Row): string {
  const { payment } = row.posting
  if (payment === null || !isPayersRow(row)) return ''
  return context.book.payments.get(payment)?.record.fields['insid'] ?? ''
}
