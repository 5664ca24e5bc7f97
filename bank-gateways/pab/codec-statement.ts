// 4013 to statement lines (banks/pab §5). A row that lacks its amount, its side, its currency or its day is refused by name: a
// line that was made up would be booked.

import { Fault, type Money, type StatementLine } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { element, textAt, type XmlNode } from '../shared/xml'
import { currencyOf, dayOf, money, type Reply } from './codec'
import { problem } from './codes'
import type { PabConfig } from './config'

export type StatementQuery = {
  readonly account: string
  /** `yyyy-MM-dd`, both ends included; both today, or both before it. */
  readonly from: string
  readonly to: string
  readonly page: number
  /** Must stay the same over the pages of a walk, or rows are missed. */
  readonly pageSize: number
}

export function statementFields(query: StatementQuery, config: PabConfig): readonly string[] {
  return [
    element('AcctNo', query.account),
    element('CcyCode', 'RMB'),
    element('BeginDate', query.from.replaceAll('-', '')),
    element('EndDate', query.to.replaceAll('-', '')),
    element('PageNo', String(query.page)),
    element('PageSize', String(query.pageSize)),
    element('Reserve', ''),
    ...(config.orderMode === null ? [] : [element('OrderMode', config.orderMode)]),
  ]
}

export type StatementRows = { readonly rows: readonly XmlNode[]; readonly isEnd: boolean }

/** @throws Fault when it is the page of something else, or its count is not that of its rows */
export function readRows({ body, rows }: Reply, query: StatementQuery): StatementRows {
  const text = (name: string): string => textAt(body, name)
  const fail = (what: string): never => {
    const found = problem('pab.paging', what)
    throw new Fault(found.code, found.reason)
  }
  const [account, end] = [text('AcctNo'), text('EndFlag')]
  if (account !== '' && account !== query.account) fail(`AcctNo ${maskedAccount(account)}`)
  if (text('PageNo') !== '' && Number(text('PageNo')) !== query.page) fail(`PageNo ${text('PageNo').slice(0, 10)}`)
  const count = text('PageRecCount')
  if (count !== '' && Number(count) !== rows.length) fail(`PageRecCount ${count.slice(0, 10)}, ${rows.length} rows`)
  if (end !== 'Y' && end !== 'N') fail(`EndFlag ${JSON.stringify(end.slice(0, 10))}`)
  if (end === 'N' && rows.length === 0) fail('EndFlag N without rows')
  return { rows, isEnd: end === 'Y' }
}

/** @throws Fault naming the row and what it lacks. `position` is the row's number within the query. */
export function readLine(row: XmlNode, position: number, account: string, config: PabConfig): StatementLine {
  const text = (name: string): string => textAt(row, name)
  const fail = (what: string): never => {
    const found = problem('pab.row', `${maskedAccount(account)} #${position} HostTrace=${text('HostTrace')}: ${what}`)
    throw new Fault(found.code, found.reason)
  }
  const currency = currencyOf(text('CcyCode')) ?? fail(`CcyCode ${JSON.stringify(text('CcyCode').slice(0, 10))}`)
  const amountAt = (name: string): Money | null => {
    const found = money(text(name), currency)
    return typeof found === 'string' ? fail(`${name} ${found}`) : found
  }
  const side = text('DcFlag')
  if (side !== 'D' && side !== 'C') fail(`DcFlag ${JSON.stringify(side.slice(0, 10))}`)
  const amount = amountAt('TranAmount') ?? fail('TranAmount is missing')
  if (amount.minor < 0n) fail('TranAmount is negative')
  const isReversal = ['AbstractStr', 'AbstractStr_Desc'].some(name =>
    config.reversalWords.some(word => text(name).includes(word)),
  )
  const [day, trace, detail] = [text('AcctDate'), text('HostTrace'), text('DetailSerialNo')]
  return {
    // 主机流水号 and 明细序号 together name a row [inferred]; without the second, two rows could share a name.
    bankId: trace === '' || detail === '' ? null : `${day}-${trace}-${detail}`,
    bookedOn: dayOf(day) ?? fail(`AcctDate ${JSON.stringify(day)}`),
    bookedTime: clockOf(text('TxTime')),
    valueOn: null,
    amount: side === 'D' ? { minor: -amount.minor, currency } : amount,
    balanceAfter: amountAt('AcctBalance'),
    ...counterpartyOf(row, side === 'C', account),
    purpose: text('Purpose'),
    text: text('AbstractStr_Desc'),
    reference: side === 'D' || isReversal ? referenceIn(text('Purpose'), config) : '',
    bankSerial: trace,
    isReversal,
    type: text('AbstractStr'),
    receiptKey: '',
  }
}

/**
 * Our reference behind the purpose: ours end in at least twelve digits, an invoice's number seldom does. On money coming in,
 * whoever paid wrote the purpose: there it is read only where the bank's own words say that the line takes a payment of ours
 * back.
 */
function referenceIn(purpose: string, config: PabConfig): string {
  return config.referenceInPurpose ? (/(?:^|\s)([0-9A-Za-z]{0,8}\d{12,20})$/.exec(purpose)?.[1] ?? '') : ''
}

type Counterparty = Pick<StatementLine, 'counterAccount' | 'counterName' | 'counterBank'>

/** Out… pays, In… is paid; whichever of them is not the account itself is the other side. */
function counterpartyOf(row: XmlNode, isIncoming: boolean, account: string): Counterparty {
  const side = (prefix: 'Out' | 'In'): Counterparty => ({
    counterAccount: textAt(row, `${prefix}AcctNo`),
    counterName: textAt(row, `${prefix}AcctName`),
    counterBank: textAt(row, `${prefix}BankName`),
  })
  const [first, second] = isIncoming ? [side('Out'), side('In')] : [side('In'), side('Out')]
  return first.counterAccount === account && second.counterAccount !== account ? second : first
}

function clockOf(text: string): string {
  const [, hours, minutes, seconds] = /^([01]\d|2[0-3]):?([0-5]\d):?([0-5]\d)$/.exec(text) ?? []
  return hours === undefined ? '' : `${hours}:${minutes}:${seconds}`
}
