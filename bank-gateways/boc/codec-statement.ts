// b2e0035 to statement lines. A row that lacks its amount, its side or its day is refused by name: a line that was made up
// would be booked.

import { Fault, type Money, type StatementLine } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { element, textAt, type XmlNode } from '../shared/xml'
import { currencyOf, dayOf, money, statusOf, type Reply } from './codec'
import { problem } from './codes'
import { accountOf, type BocConfig } from './config'
import { receiptKeyOf } from './codec-receipt'

/** 2001 today, 2002 history (banks/boc §8). */
export type StatementType = '2001' | '2002'

export type StatementQuery = {
  readonly account: string
  readonly type: StatementType
  /** `yyyy-MM-dd`, both ends included. */
  readonly from: string
  readonly to: string
  /** First row wanted, from 1, and how many. */
  readonly begin: number
  readonly count: number
}

export function statementBody(query: StatementQuery, ibknum: string): string {
  const scope = (name: string, from: string, to: string): string =>
    element(name, [element('from', from), element('to', to)])
  const fields = [
    element('ibknum', ibknum),
    element('actacn', query.account),
    element('type', query.type),
    scope('datescope', query.from.replaceAll('-', ''), query.to.replaceAll('-', '')),
    scope('amountscope', '', ''),
    element('begnum', String(query.begin)),
    element('recnum', String(query.count).padStart(2, '0')),
    element('direction', '0'),
  ]
  return element('trn-b2e0035-rq', [element('b2e0035-rq', fields)])
}

export type StatementRows = {
  readonly rows: readonly XmlNode[]
  /** The message code is B002: "success, incomplete". */
  readonly saysMore: boolean
  /** The total of rows by the element the site named, or null. */
  readonly total: number | null
  /** The larger of the two counts: more than this can never be expected. */
  readonly mostTotal: number | null
}

/** Rows and what the answer says of more; an item that says "no records" is no row. */
export function readRows(reply: Reply, config: BocConfig): StatementRows {
  const counts = { totalnum: countAt(reply.body, 'totalnum'), notenum: countAt(reply.body, 'notenum') }
  const known = [counts.totalnum, counts.notenum].filter(count => count !== null)
  return {
    rows: reply.rows.filter(row => statusOf(row).code !== 'B003'),
    saysMore: reply.status.code === 'B002',
    total: config.statementTotal === 'unknown' ? null : counts[config.statementTotal],
    mostTotal: known.length === 0 ? null : Math.max(...known),
  }
}

/** @throws Fault naming the row and what it lacks. `position` is the row's number within the query. */
export function readLine(row: XmlNode, position: number, account: string, config: BocConfig): StatementLine {
  const fail = (what: string): never => {
    const [id, vchnum] = [textAt(row, 'transid'), textAt(row, 'vchnum')]
    const found = problem('boc.row', `${maskedAccount(account)} #${position} transid=${id} vchnum=${vchnum}: ${what}`)
    throw new Fault(found.code, found.reason)
  }
  const { code, text } = statusOf(row)
  if (code !== '' && code !== 'B001' && code !== 'B002') fail(`status ${code} ${text}`)
  const direction = textAt(row, 'direction')
  if (direction !== '1' && direction !== '2') fail(`direction ${JSON.stringify(direction)}`)
  const isIncoming = direction === '1'
  const currency = currencyOf(textAt(row, 'trncur')) ?? ownCurrency(row, account, config) ?? fail('trncur')
  const amountAt = (name: string): Money | null => {
    const found = money(textAt(row, name), currency)
    return typeof found === 'string' ? fail(`${name} ${found}`) : found
  }
  const amount = amountAt('txnamt') ?? fail('txnamt is missing')
  const bookedOn = dayOf(textAt(row, 'txndate')) ?? fail(`txndate ${JSON.stringify(textAt(row, 'txndate'))}`)
  const [transid, vchnum] = [textAt(row, 'transid'), textAt(row, 'vchnum')]
  const signed = { minor: isIncoming ? amount.minor : -amount.minor, currency }
  return {
    bankId: transid || (vchnum === '' ? null : `${textAt(row, 'txndate')}-${vchnum}`),
    bookedOn,
    bookedTime: clockOf(textAt(row, 'txntime')),
    valueOn: dayOf(textAt(row, 'valdat')),
    amount: signed,
    balanceAfter: amountAt('acctbal'),
    ...counterpartyOf(row, isIncoming, account),
    ...wordsOf(row),
    reference: textAt(row, 'insid'),
    bankSerial: vchnum || transid,
    isReversal: isReversal(row, isIncoming, config.reversalWords),
    type: textAt(row, 'bustype') || textAt(row, 'transtype'),
    receiptKey: receiptKeyOf(row),
  }
}

function countAt(body: XmlNode, name: string): number | null {
  const text = textAt(body, name)
  return /^\d{1,9}$/.test(text) ? Number(text) : null
}

/** A code that is there and not known is never overruled by the site's setting. */
function ownCurrency(row: XmlNode, account: string, config: BocConfig): string | null {
  return textAt(row, 'trncur') === '' ? (accountOf(config, account)?.currency ?? null) : null
}

type Counterparty = Pick<StatementLine, 'counterAccount' | 'counterName' | 'counterBank'>

/** fractn pays, toactn is paid; the m… elements stand in where that side is empty, unless they name the account itself. */
function counterpartyOf(row: XmlNode, isIncoming: boolean, account: string): Counterparty {
  const payer = side(row, ['fractn', 'actacn'], ['fractn', 'acntname'], ['fractn', 'ibkname'])
  const payee = side(row, ['toactn', 'actacn'], ['toactn', 'toname'], ['toactn', 'tobank'])
  const other = side(row, ['mactacn'], ['mactname'], ['mactbank'])
  const [first, second] = isIncoming ? [payer, payee] : [payee, payer]
  // Some answers keep the account itself in fractn whichever way the money went: the side that is not it is the other's.
  const chosen = first.counterAccount === account && second.counterAccount !== account ? second : first
  const hasFallback = other.counterAccount !== account
  return {
    counterAccount: chosen.counterAccount || (hasFallback ? other.counterAccount : ''),
    counterName: chosen.counterName || (hasFallback ? other.counterName : ''),
    counterBank: chosen.counterBank || (hasFallback ? other.counterBank : ''),
  }
}

type Path = readonly string[]

function side(row: XmlNode, account: Path, name: Path, bank: Path): Counterparty {
  return {
    counterAccount: textAt(row, ...account),
    counterName: textAt(row, ...name),
    counterBank: textAt(row, ...bank),
  }
}

/** useinfo, furinfo and `F:附言//A:摘要//U:用途//R:备注` of interinfo, each word once. */
function wordsOf(row: XmlNode): Pick<StatementLine, 'purpose' | 'text'> {
  const parts = interinfoOf(textAt(row, 'interinfo'))
  const purpose = textAt(row, 'useinfo') || (parts.get('U') ?? '')
  const text = [textAt(row, 'furinfo'), parts.get('F'), parts.get('A'), parts.get('R'), parts.get('')]
  return { purpose, text: [...new Set(text.filter(word => word !== undefined && word !== ''))].join(' ') }
}

/** Parts by letter; under `''` what does not follow the form. */
export function interinfoOf(text: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>()
  for (const part of text.split(/\/\/(?=[FAUR]:|$)/)) {
    const [, letter = '', words = ''] = /^([FAUR]):(.*)$/s.exec(part.trim()) ?? ['', '', part.trim()]
    if (words.trim() !== '') parts.set(letter, [parts.get(letter), words.trim()].filter(Boolean).join(' '))
  }
  return parts
}

/** Free text is written by whoever paid: on money that left, it is our own words, so only the bank's own fields count. */
function isReversal(row: XmlNode, isIncoming: boolean, words: readonly string[]): boolean {
  const names = ['bustype', 'transtype', ...(isIncoming ? ['furinfo', 'useinfo', 'interinfo'] : [])]
  return names.some(name => words.some(word => textAt(row, name).includes(word)))
}

function clockOf(text: string): string {
  const [, hours, minutes, seconds] = /^([01]\d|2[0-3]):?([0-5]\d):?([0-5]\d)$/.exec(text) ?? []
  return hours === undefined ? '' : `${hours}:${minutes}:${seconds}`
}
