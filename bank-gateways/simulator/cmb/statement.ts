// trsQryByBreakPoint: statement rows by account and days, continued from where the bank says (banks/cmb-cdc §8).

import { addDays, addMonths, compactDayOf, compactTimeOf, dayFromCompact, dayOf, midnightOf } from '../engine/bank-time'
import type { Row } from '../engine/book'
import { isUsableBy } from '../engine/payments'
import { counterpartyOf, isPayersRow, isReturn, rowsBetween } from '../engine/postings'
import { rowsOf, textOf, type Answer, type Fields, type Message } from './message'
import { mayAsk, ok, refused, reqNbrOf, yuan, type Cmb } from './operation'

const BLOCKS = { upper: 'TRANSQUERYBYBREAKPOINT', camel: 'TransQueryByBreakPoint' } as const

export function queryStatement(cmb: Cmb, message: Message): Answer {
  const { context, protocol } = cmb
  const [asked] = rowsOf(message.body, `${BLOCKS.upper}_X1`)
  const [onward] = rowsOf(message.body, `${BLOCKS.upper}_Y1`)
  const number = textOf(asked, 'cardNbr')
  const account = context.book.account(context.bank, number)
  if (!account || !isUsableBy(account, message.customer.uid)) return refused(cmb, 'payer-unknown', 'cardNbr')
  const [from, to] = [dayFromCompact(textOf(asked, 'beginDate')), dayFromCompact(textOf(asked, 'endDate'))]
  const today = dayOf(context.clock.now())
  if (from === null || to === null || from > to || from < addMonths(today, -13))
    return refused(cmb, 'bad-content', 'beginDate')
  const ticket = textOf(asked, 'queryAcctNbr')
  if ((ticket !== '' && ticket !== ticketOf(number)) || (ticket !== '' && !onward))
    return refused(cmb, 'bad-content', 'queryAcctNbr')
  if (!onward && !mayAsk(cmb, message.funcode, number)) return refused(cmb, 'rate-limit', 'cardNbr')
  const startAt = Number(textOf(onward, 'expectNextSequence') || '0')
  if (!Number.isInteger(startAt)) return refused(cmb, 'bad-content', 'expectNextSequence')
  const all = rowsBetween(account, midnightOf(from), midnightOf(addDays(to, 1)))
  const left = all.filter(({ posting }) => posting.id >= startAt)
  const page = left.slice(0, protocol.pageMax)
  const next = left[page.length]
  const block = BLOCKS[protocol.blockSpelling]
  const expected = next?.posting.id ?? (page.at(-1)?.posting.id ?? Math.max(startAt, 1) - 1) + 1
  const nextDate = next ? compactDayOf(Math.floor(next.posting.atUs / 1000)) : to.replaceAll('-', '')
  return ok(cmb, {
    [`${block}_Z1`]: [{ ctnFlag: next ? 'Y' : 'N', queryAcctNbr: ticketOf(number), ...totals(page) }],
    [`${block}_Y1`]: [
      { acctNbr: `I${number}`, transDate: nextDate, expectNextSequence: String(expected).padStart(9, '0') },
    ],
    [`${block}_Z2`]: page.map(row => detailRow(cmb, row)),
  })
}

/** The bank's own opaque word for the internal accounts of a card. */
function ticketOf(account: string): string {
  return `Q${account.slice(-6)}`
}

function totals(rows: readonly Row[]): Fields {
  const of = (direction: Row['direction']): readonly bigint[] =>
    rows.filter(row => row.direction === direction).map(({ amount }) => amount)
  const sum = (amounts: readonly bigint[]): string => yuan(amounts.reduce((total, amount) => total + amount, 0n))
  const [debits, credits] = [of('out'), of('in')]
  return {
    debitNums: String(debits.length),
    debitAmount: sum(debits),
    creditNums: String(credits.length),
    creditAmount: sum(credits),
    reserve: '',
  }
}

function detailRow({ context }: Cmb, row: Row): Fields {
  const { posting } = row
  const atMs = Math.floor(posting.atUs / 1000)
  const other = counterpartyOf(row)
  const payment =
    posting.payment === null || !isPayersRow(row) ? undefined : context.book.payments.get(posting.payment)?.record
  return {
    transDate: compactDayOf(atMs),
    transTime: compactTimeOf(atMs),
    valueDate: compactDayOf(atMs),
    transSequenceIdn: serialOf(row),
    loanCode: row.direction === 'in' ? 'C' : 'D',
    transAmount: yuan(row.direction === 'in' ? row.amount : -row.amount),
    currencyNbr: '10',
    textCode: TYPE_CODES[posting.type],
    billNumber: '',
    reversalFlag: isReturn(row) ? '*' : '',
    acctOnlineBal: yuan(row.balanceAfter),
    remarkTextClt: posting.purpose,
    extendedRemark: posting.postscript,
    businessName: '',
    businessText: '',
    ctpAcctNbr: other.account,
    ctpAcctName: other.name,
    ctpBankName: other.bankName,
    ctpBankAddress: '',
    requestNbr: payment ? reqNbrOf(payment.no) : '',
    yurRef: payment?.fields['yurRef'] ?? '',
    infoFlag: row.direction === 'in' ? '1' : '',
  }
}

const TYPE_CODES: Readonly<Record<Row['posting']['type'], string>> = {
  opening: '',
  payment: 'SIMPAY',
  arrival: 'SIMRCV',
  return: 'SIMRTN',
  'return-arrival': 'SIMRTN',
  deposit: 'SIMRCV',
  fee: 'SIMFEE',
  interest: 'SIMINT',
}

/** 15 characters, unique in the account. */
export function serialOf({ posting }: Row): string {
  return `S${String(posting.id).padStart(14, '0')}`
}
