// DLTRNALL to statement lines (banks/citic §5). A row that lacks its amount, its side or its day is refused by name: a line
// that was made up would be booked.

import { Fault, type Money, type StatementLine } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { element, textAt, type XmlNode } from '../shared/xml'
import { dayOf, money, type Reply } from './codec'
import { problem } from './codes'

export type StatementQuery = {
  readonly account: string
  /** `yyyy-MM-dd`, both ends included. */
  readonly from: string
  readonly to: string
  /** First row wanted, from 1, and how many. */
  readonly start: number
  readonly count: number
}

/** controlFlag 1 brings chkNum, which carries our reference. `pageNumber` is the bank's name for the rows wanted. */
export function statementFields(query: StatementQuery): readonly string[] {
  return [
    element('accountNo', query.account),
    element('lowAmount', ''),
    element('upAmount', ''),
    element('startDate', query.from.replaceAll('-', '')),
    element('endDate', query.to.replaceAll('-', '')),
    element('pageNumber', String(query.count)),
    element('startRecord', String(query.start)),
    element('controlFlag', '1'),
  ]
}

export type StatementRows = { readonly rows: readonly XmlNode[]; readonly total: number }

/** @throws Fault when the counts are missing or are not those of the rows that came */
export function readRows({ body, rows }: Reply): StatementRows {
  const count = (name: string): number => {
    const text = textAt(body, name)
    if (!/^\d{1,9}$/.test(text)) throw fault(`${name} ${JSON.stringify(text.slice(0, 20))}`)
    return Number(text)
  }
  const [total, returned] = [count('totalRecords'), count('returnRecords')]
  if (returned !== rows.length) throw fault(`returnRecords ${returned}, ${rows.length} rows`)
  return { rows, total }
}

/** @throws Fault naming the row and what it lacks. `position` is the row's number within the query. */
export function readLine(row: XmlNode, position: number, account: string, currency: string): StatementLine {
  const text = (name: string): string => textAt(row, name)
  const fail = (what: string): never => {
    const found = problem('citic.row', `${maskedAccount(account)} #${position} tranNo=${text('tranNo')}: ${what}`)
    throw new Fault(found.code, found.reason)
  }
  const amountAt = (name: string): Money | null => {
    const found = money(text(name), currency)
    return typeof found === 'string' ? fail(`${name} ${found}`) : found
  }
  const side = text('creditDebitFlag')
  if (side !== 'D' && side !== 'C') fail(`creditDebitFlag ${JSON.stringify(side)}`)
  const amount = amountAt('tranAmount') ?? fail('tranAmount is missing')
  if (amount.minor < 0n) fail('tranAmount is negative')
  const tranDate = text('tranDate')
  const bookedOn = dayOf(tranDate) ?? fail(`tranDate ${JSON.stringify(tranDate)}`)
  const [tranNo, sumTranNo] = [text('tranNo'), text('sumTranNo')]
  return {
    // tranNo + sumTranNo + tranDate [inferred]; with the side, for a transaction may touch an account twice.
    bankId: tranNo === '' ? null : `${tranDate}-${tranNo}-${sumTranNo}-${side}`,
    bookedOn,
    bookedTime: clockOf(text('tranTime')),
    valueOn: dayOf(text('valueDate')),
    amount: side === 'D' ? { minor: -amount.minor, currency } : amount,
    balanceAfter: amountAt('balance'),
    counterAccount: text('oppAccountNo'),
    counterName: text('oppAccountName'),
    counterBank: text('oppOpenBankName'),
    purpose: text('abstract'),
    text: text('hostTranDesc'),
    reference: text('chkNum'),
    bankSerial: tranNo,
    isReversal: text('e3rtFlag') === '0',
    type: text('hostTranCode'),
    receiptKey: tranNo === '' ? '' : `${tranDate}|${tranNo}`,
  }
}

function fault(what: string): Fault {
  const found = problem('citic.paging', what)
  return new Fault(found.code, found.reason)
}

function clockOf(text: string): string {
  const [, hours, minutes, seconds] = /^([01]\d|2[0-3]):?([0-5]\d):?([0-5]\d)$/.exec(text) ?? []
  return hours === undefined ? '' : `${hours}:${minutes}:${seconds}`
}
