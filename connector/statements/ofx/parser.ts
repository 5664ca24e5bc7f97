// OFX 1.x and 2.x, bank (STMTRS) and credit card (CCSTMTRS) statements. OFX has a ledger balance but no opening one, so
// its completeness cannot be proven.

import { readGroupedQuantity, readQuantity, signed, type Quantity } from '../amount'
import { dateOfEight, dateOfIso } from '../dates'
import { openLedger, type Balance, type Ledger, type ParserContext } from '../ledger'
import { StatementFileError, type Entry, type StatementHead, type TextParser } from '../model'
import { cleaned, quoted, referenceOf } from '../text'
import { createTags, type Tags } from './tags'

type Fields = Map<string, string>

type Statement = { readonly ledger: Ledger; readonly fields: Fields; balance: Balance | null; id: string | null }

/** A transaction has some twenty values, a statement fewer; more would be names that nobody reads. */
const MAX_VALUES = 200

/** Aggregates whose values are kept under their own name, since the same tags occur in several. */
const NAMED: ReadonlySet<string> = new Set(
  'BANKACCTFROM CCACCTFROM BANKACCTTO CCACCTTO LEDGERBAL CURRENCY ORIGCURRENCY PAYEE'.split(' '),
)

export function createOfxParser(context: ParserContext): TextParser {
  let statement: Statement | null = null
  let entry: { readonly fields: Fields; readonly line: number } | null = null
  let count = 0
  /** Payments of a broker's or a lender's statement: there is no account of a bank that they could be entries of. */
  let strange = 0
  let balances = 0
  let inside = ''
  const tags: Tags = createTags({
    open(name) {
      if (name === 'STMTRS' || name === 'CCSTMTRS') statement = begin(context)
      else if (name === 'STMTTRN' || name === 'STMTTRNP') entry = { fields: new Map(), line: tags.line() }
      if (NAMED.has(name)) inside = `${name}.`
      if (entry && (name === 'CURRENCY' || name === 'ORIGCURRENCY')) entry.fields.set(name, '')
    },
    value(name, text) {
      const fields = entry?.fields ?? statement?.fields
      if (fields && fields.size < MAX_VALUES && !fields.has(inside + name)) fields.set(inside + name, text)
    },
    close(name) {
      if (NAMED.has(name)) inside = ''
      if (entry && (name === 'STMTTRN' || name === 'STMTTRNP')) {
        if (isBalance(entry.fields)) balances++
        if (statement) passOn(context, statement, entry.fields, entry.line, name === 'STMTTRNP')
        else strange++
        entry = null
      } else if (statement && (name === 'STMTRS' || name === 'CCSTMTRS')) {
        finish(context, statement, tags.line())
        statement = null
        count++
      }
    },
  })
  return {
    push: text => tags.push(text),
    end() {
      tags.end()
      if (count === 0) throw noStatement()
      if (balances > 0)
        context.warn(
          'warning',
          'ROWS_SKIPPED',
          null,
          `${balances} 笔是余额而非收付，仅供参考 / ${balances} entries are balances and no payments: kept as information`,
        )
      if (strange > 0)
        context.warn(
          'warning',
          'ROWS_SKIPPED',
          null,
          `${strange} 笔属于投资或贷款账户，未读取 / ${strange} entries of investment or loan accounts are left out`,
        )
      context.warn.finish()
    },
  }
}

function begin({ emit, warn }: ParserContext): Statement {
  const statement: Statement = {
    fields: new Map(),
    balance: null,
    id: null,
    ledger: openLedger(emit, warn, () => ({ ...headOf(statement), opening: null })),
  }
  return statement
}

function headOf({ fields }: Statement): Omit<StatementHead, 'opening'> {
  return {
    account: fields.get('BANKACCTFROM.ACCTID') ?? fields.get('CCACCTFROM.ACCTID') ?? null,
    bank: fields.get('BANKACCTFROM.BANKID') ?? null,
    currency: fields.get('CURDEF')?.toUpperCase() ?? null,
    number: null,
    reference: null,
  }
}

function passOn(context: ParserContext, statement: Statement, fields: Fields, line: number, isPending: boolean): void {
  // ORIGCURRENCY means the amount was converted already; CURRENCY means it is in that currency.
  const currency = fields.get('CURRENCY.CURSYM')?.toUpperCase() ?? headOf(statement).currency
  const [quantity, isOut] = readSigned(fields.get('TRNAMT') ?? '', currency) ?? []
  if (quantity === undefined || isOut === undefined) {
    const value = quoted(fields.get('TRNAMT') ?? '')
    throw new StatementFileError(
      'STATEMENT_LINE_UNREADABLE',
      `交易金额不可读：${value} / the transaction's amount cannot be read: ${value}`,
      { line, element: 'STMTTRN/TRNAMT' },
    )
  }
  if (/\d\D+\d+\D/.test(fields.get('TRNAMT') ?? ''))
    context.warn(
      'warning',
      'AMOUNT_NOT_STANDARD',
      line,
      `金额写法不合 OFX，读作 ${quantity.text} / the amount is not written as OFX has it: read as ${quantity.text}`,
    )
  if (fields.has('CORRECTACTION'))
    context.warn(
      'warning',
      'ENTRY_CORRECTION',
      line,
      `此笔更正（${fields.get('CORRECTACTION')}）先前的 ${fields.get('CORRECTFITID') ?? '?'}，请核对 / this entry corrects (${fields.get('CORRECTACTION')}) an earlier one, ${fields.get('CORRECTFITID') ?? '?'}`,
    )
  const entry = entryOf(fields, { quantity, isOut, currency, isPending })
  const written = fields.get('DTPOSTED') ?? fields.get('DTTRAN')
  if (written !== undefined && entry.bookedOn === null)
    context.warn('warning', 'DATE_UNREADABLE', line, `日期不可读 / a date cannot be read: ${quoted(written)}`)
  statement.ledger.entry(entry, isOut ? -quantity.units : quantity.units, line)
}

type Money = {
  readonly quantity: Quantity
  readonly isOut: boolean
  readonly currency: string | null
  readonly isPending: boolean
}

function entryOf(fields: Fields, money: Money): Entry {
  return {
    bookedOn: dateOf(fields.get('DTPOSTED') ?? fields.get('DTTRAN')),
    valueOn: dateOf(fields.get('DTAVAIL')),
    amount: signed(money.quantity, money.isOut),
    currency: money.currency,
    reversal: false,
    reference: referenceOf(fields.get('CHECKNUM')) ?? referenceOf(fields.get('REFNUM')),
    bankReference: referenceOf(fields.get('FITID')) ?? referenceOf(fields.get('SRVRTID')),
    status: isBalance(fields) ? 'information' : money.isPending ? 'pending' : 'booked',
    type: cleaned(fields.get('TRNTYPE')),
    counterAccount: fields.get('BANKACCTTO.ACCTID') ?? fields.get('CCACCTTO.ACCTID') ?? null,
    counterName: cleaned(fields.get('NAME')) ?? cleaned(fields.get('PAYEE.NAME')),
    counterBank: fields.get('BANKACCTTO.BANKID') ?? null,
    text: cleaned(fields.get('MEMO')),
    balanceAfter: null,
    details: [],
  }
}

/** Itaú, Banco do Brasil and others write the balances of their days among the payments. */
function isBalance(fields: Fields): boolean {
  return BALANCE.test(fields.get('MEMO') ?? fields.get('NAME') ?? '')
}

const BALANCE =
  /^(?:SALDO|S A L D O)(?: ANTERIOR| INICIAL| FINAL| ATUAL| (?:TOTAL )?(?:DISPON[IÍ]VEL )?(?:DO |EM )?DIA| EM CONTA(?: CORRENTE)?| TOTAL| DISPON[IÍ]VEL)?$/i

function finish({ warn }: ParserContext, statement: Statement, line: number): void {
  const head = headOf(statement)
  const amount = statement.fields.get('LEDGERBAL.BALAMT')
  const read = amount === undefined ? null : readSigned(amount, head.currency)
  if (amount !== undefined && read === null)
    warn(
      'error',
      'BALANCE_UNREADABLE',
      line,
      `余额不可读：${quoted(amount)} / the balance cannot be read: ${quoted(amount)}`,
    )
  const closing = read && {
    on: dateOf(statement.fields.get('LEDGERBAL.DTASOF')),
    quantity: read[0],
    isDebit: read[1],
    currency: head.currency,
  }
  const asOf = statement.fields.get('LEDGERBAL.DTASOF')
  if (closing !== null && closing.on === null && asOf !== undefined)
    warn('warning', 'DATE_UNREADABLE', line, `日期不可读 / a date cannot be read: ${quoted(asOf)}`)
  if (head.account === null) warn('warning', 'FIELD_MISSING', line, '对账单没有账号 / the statement names no account')
  statement.ledger.end(head, null, closing, line)
}

/** `20240131120000[-5:EST]`; some banks write it as ISO 8601. */
function dateOf(text: string | undefined): string | null {
  return text === undefined ? null : (dateOfEight(text) ?? dateOfIso(text))
}

/** `-12.34`, `+12,34`, `12`. OFX has no marks between thousands; with both marks they can mean nothing else. */
function readSigned(text: string, currency: string | null): readonly [Quantity, boolean] | null {
  const digits = text.replace(/^[+-]\s*/, '')
  const quantity =
    readQuantity(digits, digits.includes(',') ? ',' : '.', currency) ?? readGroupedQuantity(digits, currency)
  return quantity && [quantity, text.startsWith('-')]
}

function noStatement(): StatementFileError {
  return new StatementFileError(
    'STATEMENT_ABSENT',
    '文件里没有对账单（STMTRS 或 CCSTMTRS）/ the file holds no statement (STMTRS or CCSTMTRS)',
    { line: 1 },
  )
}
