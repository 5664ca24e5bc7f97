// trsQryByBreakPoint and NTQACINF to a statement page and a balance (banks/cmb-cdc §5, §8). A row that lacks its amount, its side
// or its day is refused by name: a line that was made up would be booked.

import { Fault, type Balance, type Money, type StatementLine } from '../../connector/ports'
import { bankDay } from '../../connector/core/bank-time'
import { maskedAccount } from '../shared/account'
import { blockOf, clockOf, currencyOf, dayOf, money, type Reply } from './codec'
import { problem, type Problem } from './codes'
import type { CmbConfig } from './config'
import { object, textAt, type Json, type JsonObject } from '../shared/json-text'

/** Where the bank says to go on: what it must be sent back, word for word (banks/cmb-cdc §8). */
export type Continuation = {
  readonly queryAcctNbr: string
  /** `[acctNbr, transDate, expectNextSequence]` of each internal account. */
  readonly next: readonly (readonly [string, string, string])[]
}

const BLOCK = 'TRANSQUERYBYBREAKPOINT'

export function statementBody(account: string, from: string, to: string, at: Continuation | null): JsonObject {
  const fields = { cardNbr: account, beginDate: from.replaceAll('-', ''), endDate: to.replaceAll('-', '') }
  const first = { ...fields, queryAcctNbr: at?.queryAcctNbr ?? '', ...(at ? {} : { transactionSequence: '1' }) }
  return object({
    [`${BLOCK}_X1`]: [object(first)],
    ...(at
      ? {
          [`${BLOCK}_Y1`]: at.next.map(([acctNbr, transDate, expectNextSequence]) =>
            object({ acctNbr, transDate, expectNextSequence }),
          ),
        }
      : {}),
  })
}

export type StatementAnswer = { readonly rows: readonly Json[]; readonly continuation: Continuation | null }

/** @throws Fault when the answer does not say whether there is more, or how to go on. */
export function readStatement(reply: Reply): StatementAnswer {
  if (reply.kind === 'noRecord') return { rows: [], continuation: null }
  const [summary, rows] = [required(blockOf(reply, `${BLOCK}_Z1`)), required(blockOf(reply, `${BLOCK}_Z2`))]
  const flag = textAt(summary[0], 'ctnFlag')
  if (flag !== 'Y' && flag !== 'N' && flag !== '') fail(`ctnFlag ${JSON.stringify(flag)}`)
  if (flag !== 'Y') return { rows, continuation: null }
  const next = required(blockOf(reply, `${BLOCK}_Y1`)).map(
    row => [textAt(row, 'acctNbr'), textAt(row, 'transDate'), textAt(row, 'expectNextSequence')] as const,
  )
  if (next.length === 0) fail('ctnFlag Y without a continuation')
  return { rows, continuation: { queryAcctNbr: textAt(summary[0], 'queryAcctNbr'), next } }
}

/** @throws Fault naming the row and what it lacks. */
export function readLine(row: Json, account: string, config: CmbConfig): StatementLine {
  const text = (name: string): string => textAt(row, name)
  const broken = (what: string): never =>
    fail(`${maskedAccount(account)} ${text('transDate')} ${text('transSequenceIdn')}: ${what}`)
  const side = text('loanCode')
  if (side !== 'C' && side !== 'D') broken(`loanCode ${JSON.stringify(side)}`)
  const currency = currencyOf(text('currencyNbr')) ?? broken(`currencyNbr ${JSON.stringify(text('currencyNbr'))}`)
  const amountAt = (name: string): Money | null => {
    const found = money(text(name), currency)
    return typeof found === 'string' ? broken(`${name} ${found}`) : found
  }
  const stated = amountAt('transAmount') ?? broken('transAmount is missing')
  const minor = side === 'D' && config.debitSign === 'positive' ? -stated.minor : stated.minor
  if (side === 'C' ? minor < 0n : minor > 0n) broken(`loanCode ${side} with transAmount ${text('transAmount')}`)
  const bookedOn = dayOf(text('transDate')) ?? broken(`transDate ${JSON.stringify(text('transDate'))}`)
  const serial = text('transSequenceIdn')
  return {
    // Unique serial of the account; with the day, as a sequence that restarts daily would need it (banks/cmb-cdc §8).
    bankId: serial === '' ? null : `${text('transDate')}-${serial}`,
    bookedOn,
    bookedTime: clockOf(text('transTime')),
    valueOn: dayOf(text('valueDate')),
    amount: { minor, currency },
    balanceAfter: amountAt('acctOnlineBal'),
    counterAccount: text('ctpAcctNbr'),
    counterName: text('ctpAcctName'),
    counterBank: text('ctpBankName'),
    purpose: text('remarkTextClt'),
    text: joined(text('extendedRemark'), text('businessName'), text('businessText')),
    reference: text('yurRef'),
    bankSerial: text('requestNbr') || serial,
    isReversal: isReversal(row, minor > 0n, config.reversalWords),
    type: text('textCode'),
    receiptKey: serial,
  }
}

/** NTQACINF of one account (banks/cmb-cdc §5). */
export function balanceBody(account: string, branch: string): JsonObject {
  return object({ ntqacinfx: [object({ accnbr: account, bbknbr: branch })] })
}

/** Stamped with the bank's own clock where it signed with one. The closing balance of the day before has two readings: not read. */
export function readBalance(reply: Reply, account: string, nowMs: number): Balance {
  const rows = required(blockOf(reply, 'ntqacinfz')).filter(row => textAt(row, 'accnbr') === account)
  const [row] = rows
  if (row === undefined || rows.length > 1)
    throw faultOf(problem(row === undefined ? 'cmb.missing_item' : 'cmb.ambiguous_item', maskedAccount(account)))
  const broken = (what: string): never => fail(`${maskedAccount(account)}: ${what}`)
  const code = textAt(row, 'ccynbr')
  const currency = currencyOf(code) ?? broken(`ccynbr ${JSON.stringify(code)}`)
  const amountAt = (name: string): Money | null => {
    const found = money(textAt(row, name), currency)
    return typeof found === 'string' ? broken(`${name} ${found}`) : found
  }
  const [day, clock] = [dayOf(reply.signedAt.slice(0, 8)), clockOf(reply.signedAt.slice(8))]
  return {
    account,
    asOf: day !== null && clock !== '' ? `${day}T${clock}` : bankDay(nowMs),
    current: amountAt('onlblv') ?? broken('onlblv is missing'),
    available: amountAt('avlblv'),
    frozen: amountAt('hldblv'),
    previousDay: null,
  }
}

/** `*` 冲帐; 补帐 (`X`) books anew and takes nothing back. On money that went out free text is our own words, so only the flag counts. */
function isReversal(row: Json, isIncoming: boolean, words: readonly string[]): boolean {
  if (textAt(row, 'reversalFlag') === '*') return true
  const names = ['remarkTextClt', 'extendedRemark', 'businessName', 'businessText']
  return isIncoming && names.some(name => words.some(word => textAt(row, name).includes(word)))
}

function joined(...parts: readonly string[]): string {
  return [...new Set(parts.filter(part => part !== ''))].join(' ')
}

function required(rows: readonly Json[] | Problem): readonly Json[] {
  if ('reason' in rows) throw faultOf(rows)
  return rows
}

function fail(what: string): never {
  throw faultOf(problem('cmb.row', what))
}

function faultOf({ code, reason }: Problem): Fault {
  return new Fault(code, reason)
}
