// SCUSTSTMTTRNRQ to statement lines (banks/cib §4). A row that lacks its amount, its side, its day or its id is refused by name: a line
// that was made up would be booked.

import { Fault, type Money, type StatementLine } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { attributeOf, childrenOf, find, textAt, type XmlNode } from '../shared/xml'
import { group, instantOf, isCurrency, money, node, type Reply } from './codec'
import { referenceIn } from './codec-payment'
import { problem } from './codes'
import type { CibConfig } from './config'

export type StatementQuery = {
  readonly account: string
  /** `yyyy-MM-dd`, both ends included: one day, or days of which none is today. */
  readonly from: string
  readonly to: string
  /** From 1. */
  readonly page: number
}

export function balanceFields(account: string, { statementVersion }: CibConfig): readonly string[] {
  return [group('SCUSTSTMTRQ', [...versionOf(statementVersion), acctFrom(account)])]
}

/** TRNTYPE 2: both sides; SELTYPE 1: the ordinary query. */
export function statementFields(query: StatementQuery, { statementVersion }: CibConfig): readonly string[] {
  return [
    group('SCUSTSTMTRQ', [
      ...versionOf(statementVersion),
      acctFrom(query.account),
      group('INCTRAN', [
        node('DTSTART', query.from),
        node('DTEND', query.to),
        node('PAGE', String(query.page)),
        node('TRNTYPE', '2'),
      ]),
      node('SELTYPE', '1'),
    ]),
  ]
}

function versionOf(version: CibConfig['statementVersion']): readonly string[] {
  return version === '' ? [] : [node('VERSION', version)]
}

function acctFrom(account: string): string {
  return group('ACCTFROM', [node('ACCTID', account)])
}

export type StatementRows = { readonly rows: readonly XmlNode[]; readonly hasMore: boolean }

/** MORE of TRANLIST says whether there are more pages; it stands as an attribute or as an element. @throws Fault */
export function readRows({ body }: Reply, account: string, currency: string): StatementRows {
  const own = body && find(body, 'SCUSTSTMTRS')
  if (textAt(own, 'ACCTFROM', 'ACCTID') !== account) throw fault('cib.wrong_item', maskedAccount(account))
  if (!isCurrency(textAt(own, 'CURDEF'), currency))
    throw fault('cib.row', `CURDEF ${textAt(own, 'CURDEF').slice(0, 10)}`)
  const list = own && find(own, 'TRANLIST')
  if (!list) throw fault('cib.paging', 'no TRANLIST')
  const more = attributeOf(list, 'MORE') || textAt(list, 'MORE')
  if (more !== 'Y' && more !== 'N') throw fault('cib.paging', `MORE ${JSON.stringify(more.slice(0, 10))}`)
  return { rows: childrenOf(list, 'STMTTRN'), hasMore: more === 'Y' }
}

/** @throws Fault naming the row and what it lacks. `position` is the row's number on its page. */
export function readLine(row: XmlNode, position: number, account: string, currency: string): StatementLine {
  const text = (name: string): string => textAt(row, name)
  const fail = (what: string): never => {
    throw fault(
      'cib.row',
      `${maskedAccount(account)} #${position} ATTACHINFO=${text('ATTACHINFO').slice(0, 30)}: ${what}`,
    )
  }
  const amountAt = (name: string): Money | null => {
    const found = money(text(name), currency)
    return typeof found === 'string' ? fail(`${name} ${found}`) : found
  }
  const side = text('TRNTYPE')
  if (side !== 'DEBIT' && side !== 'CREDIT') fail(`TRNTYPE ${JSON.stringify(side.slice(0, 10))}`)
  if (!isCurrency(text('CURRENCY'), currency)) fail(`CURRENCY ${text('CURRENCY').slice(0, 10)}`)
  const booked = instantOf(text('DTACCT')) ?? fail(`DTACCT ${JSON.stringify(text('DTACCT').slice(0, 30))}`)
  const amount = amountAt('TRNAMT') ?? fail('TRNAMT is missing')
  const bankId = text('ATTACHINFO')
  if (bankId === '') fail('ATTACHINFO is missing')
  const [summary, purpose] = memoOf(text('MEMO'))
  // A negative amount takes an entry of its own side back (冲正); CBBZ 1 says so too.
  const isNegative = amount.minor < 0n
  const isMarked = text('CBBZ') === '1'
  return {
    // Beside the side, for a transaction may touch an account twice.
    bankId: `${bankId}-${side === 'DEBIT' ? 'D' : 'C'}${isNegative ? 'R' : ''}`,
    bookedOn: booked.day,
    bookedTime: booked.time,
    valueOn: null,
    amount: side === 'DEBIT' ? { minor: -amount.minor, currency } : amount,
    balanceAfter: amountAt('BALAMT'),
    counterAccount: text('CORRELATE_ACCTID'),
    counterName: text('CORRELATE_NAME'),
    counterBank: text('CORRELATE_BANKNAME'),
    purpose,
    text: summary,
    // Only what left this account, or came back to it, carries a reference of ours: a payee's line shows its payer's words, and a
    // debit that corrects a credit is none of our payments.
    reference: side === 'DEBIT' && (isNegative || !isMarked) ? referenceIn(purpose) : '',
    bankSerial: text('HXJYLSBH') || text('SRVRTID'),
    isReversal: isNegative || isMarked,
    type: text('TRNCODE'),
    receiptKey: '',
  }
}

/** `摘要简称|用途`; without a bar all of it is the 摘要. */
function memoOf(memo: string): readonly [summary: string, purpose: string] {
  const bar = memo.indexOf('|')
  return bar < 0 ? [memo, ''] : [memo.slice(0, bar).trim(), memo.slice(bar + 1).trim()]
}

function fault(code: 'cib.row' | 'cib.paging' | 'cib.wrong_item', detail: string): Fault {
  const found = problem(code, detail)
  return new Fault(found.code, found.reason)
}
