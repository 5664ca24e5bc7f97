// Balance QACCBAL, today's detail QPD, history QHISD (banks/icbc §8–§10), in the field sets of both interface versions.
// Pure. A row that cannot be read fails its page: a line that is skipped in silence would be a lost line (I9).

import type { Balance, DateRange, Money, StatementLine } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { element, find, textAt, type XmlNode } from '../shared/xml'
import { BadAnswer, type Reply, currencyIn, empty, fenOf, stampOf, undecodable } from './codec'
import { wordsOf } from './codes'
import type { IcbcConfig } from './config'

export type DetailQuery = 'QPD' | 'QHISD'

export type DetailPage = { readonly lines: readonly StatementLine[]; readonly nextTag: string }

/** Content of QACCBAL's `<in>` for one account. */
export function balanceBody(config: IcbcConfig, account: string, currency: string): readonly string[] {
  const isNew = config.version === '0.0.1.0'
  const row = [
    element('iSeqno', '1'),
    element('AccNo', account),
    element('CurrType', config.currencies[currency] ?? ''),
    ...(isNew ? empty('ReqReserved3') : empty('ReqReserved3', 'ReqReserved4')),
    ...empty('AcctSeq', 'MainAcctNo'),
  ]
  return [
    element('TotalNum', '1'),
    ...(isNew ? [element('BLFlag', ''), element('SynFlag', '0')] : empty('ReqReserved1', 'ReqReserved2')),
    element('rd', row),
  ]
}

/** @throws BadAnswer */
export function readBalance(config: IcbcConfig, reply: Reply, account: string, currency: string): Balance {
  requireDone(reply.retCode, reply.retMsg)
  const row = reply.rows.find(candidate => textAt(candidate, 'AccNo') === account)
  if (!row) throw new BadAnswer('icbc.row-missing', '应答里没有该账号', 'the account is not in the answer')
  requireDone(textAt(row, 'iRetCode') || '0', textAt(row, 'iRetMsg'))
  const unit = currencyIn(config, textAt(row, 'CurrType'), currency)
  const amount = (name: string): Money | null => fenOf(textAt(row, name), unit)
  const taken = stampOf(textAt(row, 'QueryTime'))
  const current = amount('Balance')
  if (!taken?.time || !current) throw undecodable(new RangeError('a balance without amount or time'))
  return {
    account,
    asOf: `${taken.day}T${taken.time}`,
    current,
    available: amount('UsableBalance'),
    frozen: amount('FrzAmt'),
    previousDay: amount('AccBalance'),
  }
}

/** MinAmt = MaxAmt = 0 asks for all records; BeginTime and EndTime have no effect; AcctSeq is left out (§9). */
export function todayBody(config: IcbcConfig, account: string, currency: string, nextTag: string): readonly string[] {
  const prefix = config.areaCode === 'account-prefix' ? account.slice(0, 4) : ''
  const areaCode = Object.hasOwn(config.areaCodes, account) ? config.areaCodes[account] : prefix
  return [
    element('AccNo', account),
    element('AreaCode', areaCode ?? ''),
    element('MinAmt', '0'),
    element('MaxAmt', '0'),
    ...empty('BeginTime', 'EndTime'),
    element('NextTag', nextTag),
    ...empty('ReqReserved1', 'ReqReserved2'),
    element('CurrType', config.currencies[currency] ?? ''),
  ]
}

/** MinAmt and MaxAmt are required for current accounts; 17 nines are the widest bound in use (§10). */
export function historyBody(
  config: IcbcConfig,
  account: string,
  currency: string,
  days: DateRange,
  nextTag: string,
): readonly string[] {
  return [
    element('AccNo', account),
    element('BeginDate', days.from.replaceAll('-', '')),
    element('EndDate', days.to.replaceAll('-', '')),
    element('MinAmt', '0'),
    element('MaxAmt', '9'.repeat(17)),
    element('BankType', ''),
    element('NextTag', nextTag),
    element('CurrType', config.currencies[currency] ?? ''),
    ...empty('DueBillNo', 'ComplementFlag'),
  ]
}

/** One page of either detail. B0116 is an empty one. @throws BadAnswer */
export function readDetail(
  config: IcbcConfig,
  reply: Reply,
  query: DetailQuery,
  account: string,
  currency: string,
): DetailPage {
  if (reply.retCode === 'B0116' && reply.rows.length === 0) return { lines: [], nextTag: '' }
  requireDone(reply.retCode, reply.retMsg)
  const answered = textAt(reply.out, 'AccNo')
  if (!reply.out || (answered !== '' && answered !== account))
    throw new BadAnswer(
      'icbc.wrong-account',
      `应答是账号 ${maskedAccount(answered)} 的明细`,
      `the detail is of account ${maskedAccount(answered)}`,
    )
  const announced = textAt(reply.out, 'TotalNum')
  if (query === 'QPD' && /^\d+$/.test(announced) && Number(announced) > reply.rows.length)
    throw undecodable(new RangeError(`${reply.rows.length} rows of ${announced}`))
  const unit = currencyIn(config, textAt(reply.out, 'CurrType'), currency)
  const isOld = config.version === '0.0.0.1'
  const lines = reply.rows.map(row => (query === 'QPD' ? todayLine(row, unit, isOld) : historyLine(row, unit, isOld)))
  return { lines, nextTag: textAt(reply.out, 'NextTag') }
}

/** What a receipt is asked by, from `receiptKey`: `area|net|teller|serial|yyyyMMdd`; null when it is none. */
export function receiptKeyParts(
  key: string,
): { readonly area: string; readonly net: string; readonly serial: string; readonly day: string } | null {
  const [, area, net, serial, day] = /^([^|]+)\|([^|]+)\|[^|]+\|([^|]+)\|(\d{8})$/.exec(key) ?? []
  return area && net && serial && day ? { area, net, serial, day } : null
}

function todayLine(row: XmlNode, currency: string, isOld: boolean): StatementLine {
  const stamp = stampOf(textAt(row, 'TimeStamp')) ?? stampOf(textAt(row, 'TradeDate'))
  const amount = fenOf(textAt(row, 'Amount'), currency)
  const drcrf = textAt(row, 'Drcrf')
  if (!stamp || !amount || (drcrf !== '1' && drcrf !== '2')) throw undecodable(new RangeError('a detail row'))
  return {
    ...common(row, idOf(row, textAt(row, 'TimeStamp'), isOld)),
    bookedOn: stamp.day,
    bookedTime: stamp.time,
    amount: drcrf === '1' ? { minor: -amount.minor, currency } : amount,
    balanceAfter: null,
    counterBank: textAt(row, 'RecBankName') || textAt(row, 'RecipBkNo'),
    receiptKey: receiptKey(textAt(row, 'RepReserved3'), stamp.day),
  }
}

function historyLine(row: XmlNode, currency: string, isOld: boolean): StatementLine {
  const time = stampOf(textAt(row, 'Time'))
  const day = (stampOf(textAt(row, 'Date')) ?? stampOf(textAt(row, 'BusiDate')) ?? time)?.day
  if (day === undefined) throw undecodable(new RangeError('a history row without a day'))
  const counterBank = ['RecipBkName1', 'RecipBkName', 'RecipBkNo1', 'RecipBkNo'].map(name => textAt(row, name))
  return {
    ...common(row, idOf(row, time?.time ? textAt(row, 'Time') : '', isOld)),
    bookedOn: day,
    bookedTime: time?.time || textAt(row, 'BusiTime').replaceAll('.', ':'),
    amount: historyAmount(row, currency),
    balanceAfter: fenOf(textAt(row, 'Balance'), currency),
    counterBank: counterBank.find(Boolean) ?? '',
    receiptKey: receiptKey(textAt(row, 'Toutfo'), day),
  }
}

/** One of DebitAmount and CreditAmount is used, the other empty or 0; Drcrf must not say the opposite. */
function historyAmount(row: XmlNode, currency: string): Money {
  const debit = fenOf(textAt(row, 'DebitAmount'), currency)
  const credit = fenOf(textAt(row, 'CreditAmount'), currency)
  const drcrf = textAt(row, 'Drcrf') || (debit?.minor ? '1' : '2')
  const [used, other] = drcrf === '1' ? [debit, credit] : [credit, debit]
  if (!used || other?.minor || (drcrf !== '1' && drcrf !== '2')) throw undecodable(new RangeError('a history amount'))
  return drcrf === '1' ? { minor: -used.minor, currency } : used
}

/**
 * One id of a row in both details, or the line would be imported again when its day becomes history (I9). Today's rows
 * of the old interface have no OnlySequence, its history may have one: there the stamp comes first. The bank pages by it
 * (NextTag is the stamp of the last row), so that two rows with one stamp could not be paged apart by the bank either.
 * Moving an account to the new interface therefore changes the ids of its lines (see README).
 */
function idOf(row: XmlNode, timeStamp: string, isOld: boolean): string | null {
  const sequence = textAt(row, 'OnlySequence')
  return (isOld ? timeStamp || sequence : sequence || timeStamp) || null
}

/** What both details name alike. */
function common(
  row: XmlNode,
  bankId: string | null,
): Omit<StatementLine, 'bookedOn' | 'bookedTime' | 'amount' | 'balanceAfter' | 'counterBank' | 'receiptKey'> {
  const texts = ['Summary', 'PostScript', 'Remark', 'AddInfo', 'RefundMsg'].map(name => textAt(row, name))
  const references = ['Ref', 'Oref', 'ERPSqn'].map(name => textAt(row, name))
  return {
    bankId,
    valueOn: stampOf(textAt(row, 'ValueDate'))?.day ?? null,
    counterAccount: textAt(row, 'RecipAccNo'),
    counterName: textAt(row, 'RecipName'),
    purpose: textAt(row, 'UseCN'),
    text: [...new Set(texts.filter(Boolean))].join(' '),
    reference: references.find(Boolean) ?? receiptInfo(row, 'ERP业务编号'),
    bankSerial: receiptInfo(row, '指令编号'),
    isReversal: !['', '0'].includes(textAt(row, 'UpDtranf')) || textAt(row, 'RefundMsg') !== '',
    type: textAt(row, 'TrxCode') || textAt(row, 'BusType'),
  }
}

/** A value out of ReceiptInfo's pseudo-XML with Chinese names, whether it came escaped or as elements (§9). */
function receiptInfo(row: XmlNode, name: string): string {
  const info = find(row, 'ReceiptInfo')
  if (!info) return ''
  const escaped = new RegExp(`<${name}>([^<]*)</${name}>`).exec(info.text)?.[1]
  return (escaped ?? find(info, name)?.text ?? '').trim()
}

/** The receipt id `地区号|网点号|柜员号|主机流水号` with its day; empty when the row has none of that shape. */
function receiptKey(id: string, day: string): string {
  const key = `${id}|${day.replaceAll('-', '')}`
  return receiptKeyParts(key) ? key : ''
}

function requireDone(code: string, text: string): void {
  if (code === '0') return
  const words = wordsOf(code, text)
  throw new BadAnswer(code || 'icbc.no-code', `银行拒绝查询 ${code} ${words}`, 'the bank refused the query')
}
