// GetTransInfoEX and GetAccInfo to a page of statement lines and a balance (banks/cmb-frontend §6). A row that lacks its amount, its
// side or its day is refused by name: a line that was made up would be booked.

import { Fault, type Balance, type Money, type StatementLine } from '../../connector/ports'
import { bankDay } from '../../connector/core/bank-time'
import { maskedAccount } from '../shared/account'
import { element, textAt, type XmlNode } from '../shared/xml'
import { clockOf, currencyOf, dayOf, money, recordsOf, type Reply } from './codec'
import { problem } from './codes'
import type { CmbFrontendConfig } from './config'

/** One day's rows from a sequence on; 0 is the first (banks/cmb-frontend §3). */
export function statementBlocks(account: string, branch: string, day: string, sequence: number): readonly string[] {
  const fields = [
    element('BBKNBR', branch),
    element('ACCNBR', account),
    element('TRSDAT', day.replaceAll('-', '')),
    element('TRSSEQ', String(sequence)),
  ]
  return [element('SDKRBPTRSX', fields)]
}

/** `next`: the sequence to go on with, null when the day is over. @throws Fault when the answer does not say. */
export function readStatement(reply: Reply): { readonly rows: readonly XmlNode[]; readonly next: number | null } {
  const rows = recordsOf(reply, 'NTQTSINFZ')
  const [more, ...others] = recordsOf(reply, 'NTRBPTRSZ1')
  if (!more && rows.length === 0) return { rows, next: null }
  if (!more || others.length > 0) return fail('NTRBPTRSZ1')
  const flag = textAt(more, 'COTFLG')
  if (flag !== 'Y' && flag !== 'N' && flag !== '') fail(`COTFLG ${JSON.stringify(flag)}`)
  if (flag !== 'Y') return { rows, next: null }
  const sequence = textAt(more, 'TRSSEQ')
  if (!/^\d{1,12}$/.test(sequence)) fail(`TRSSEQ ${JSON.stringify(sequence)}`)
  return { rows, next: Number.parseInt(sequence, 10) + 1 }
}

/** @throws Fault naming the row and what it lacks. */
export function readLine(row: XmlNode, account: string, currency: string, config: CmbFrontendConfig): StatementLine {
  const text = (name: string): string => textAt(row, name)
  const broken = (what: string): never => fail(`${maskedAccount(account)} ${text('ETYDAT')} ${text('REFNBR')}: ${what}`)
  const side = text('AMTCDR')
  if (side !== 'C' && side !== 'D') broken(`AMTCDR ${JSON.stringify(side)}`)
  const amountAt = (name: string): Money | null => {
    const found = money(text(name), currency)
    return typeof found === 'string' ? broken(`${name} ${found}`) : found
  }
  const name = side === 'C' ? 'TRSAMTC' : 'TRSAMTD'
  const { minor } = amountAt(name) ?? broken(`${name} is missing`)
  if (minor < 0n) broken(`${name} is negative`)
  const bookedOn = dayOf(text('ETYDAT')) ?? broken(`ETYDAT ${JSON.stringify(text('ETYDAT'))}`)
  const isIncoming = side === 'C'
  const serial = text('REFNBR')
  return {
    // The bank's serial, with the day (banks/README §5.6, inferred).
    bankId: serial === '' ? null : `${text('ETYDAT')}-${serial}`,
    bookedOn,
    bookedTime: clockOf(text('ETYTIM')),
    valueOn: dayOf(text('VLTDAT')),
    amount: { minor: isIncoming ? minor : -minor, currency },
    balanceAfter: amountAt('TRSBLV'),
    counterAccount: text('RPYACC'),
    counterName: text('RPYNAM'),
    counterBank: text('RPYBNK'),
    purpose: text('NUSAGE') || text('NARYUR'),
    text: joined(text('NARYUR'), text('NAREXT'), text('BUSNAM'), text('BUSNAR'), text('OTRNAR')),
    reference: text('YURREF'),
    bankSerial: text('REQNBR') || serial,
    isReversal: isReversal(row, isIncoming, config.reversalWords),
    type: text('TRSCOD'),
    receiptKey: serial,
  }
}

export function balanceBlocks(account: string, branch: string): readonly string[] {
  return [element('SDKACINFX', [element('BBKNBR', branch), element('ACCNBR', account)])]
}

/** The answer bears neither time nor day: the balance is of now, which is the bank's today. @throws Fault */
export function readBalance(reply: Reply, account: string, nowMs: number): Balance {
  const rows = recordsOf(reply, 'NTQACINFZ').filter(row => textAt(row, 'ACCNBR') === account)
  const [row] = rows
  if (!row || rows.length > 1) {
    const { code, reason } = problem(
      row ? 'cmb-frontend.ambiguous_item' : 'cmb-frontend.missing_item',
      maskedAccount(account),
    )
    throw new Fault(code, reason)
  }
  const broken = (what: string): never => fail(`${maskedAccount(account)}: ${what}`)
  const currency = currencyOf(textAt(row, 'CCYNBR')) ?? broken(`CCYNBR ${JSON.stringify(textAt(row, 'CCYNBR'))}`)
  const amountAt = (name: string): Money | null => {
    const found = money(textAt(row, name), currency)
    return typeof found === 'string' ? broken(`${name} ${found}`) : found
  }
  return {
    account,
    asOf: bankDay(nowMs),
    current: amountAt('ONLBLV') ?? broken('ONLBLV is missing'),
    available: amountAt('AVLBLV'),
    frozen: amountAt('HLDBLV'),
    // INTCOD S: there it is the group's limit, no balance of the day before (banks/cmb-frontend §6).
    previousDay: textAt(row, 'INTCOD') === 'S' ? null : amountAt('ACCBLV'),
  }
}

/** `*` 冲帐; 补帐 (`X`) books anew and takes nothing back. On money that went out free text is our own words, so only the flag counts. */
function isReversal(row: XmlNode, isIncoming: boolean, words: readonly string[]): boolean {
  if (textAt(row, 'RSVFLG') === '*') return true
  const names = ['NARYUR', 'NAREXT', 'BUSNAM', 'BUSNAR', 'OTRNAR']
  return isIncoming && names.some(name => words.some(word => textAt(row, name).includes(word)))
}

function joined(...parts: readonly string[]): string {
  return [...new Set(parts.filter(part => part !== ''))].join(' ')
}

function fail(what: string): never {
  const { code, reason } = problem('cmb-frontend.row', what)
  throw new Fault(code, reason)
}
