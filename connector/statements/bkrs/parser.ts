// bkrs (银行电子对账单), the Ministry of Finance's XBRL statement: as a file of its own, or attached to an OFD or PDF. It has
// no opening balance; the chain of the lines' balances gives one, and proves what lies between it and the closing one.

import { EvoucherError } from '../../evoucher/problem'
import { createFactReader, instanceOf, type FactReader, type Instance } from '../../evoucher/xbrl'
import { MAX_XML_BYTES, parseXmlText } from '../../evoucher/xml'
import { formatUnits, signed } from '../amount'
import { openLedger, type Balance, type ParserContext } from '../ledger'
import { StatementFileError, type Entry, type StatementHead, type TextParser } from '../model'
import { cleaned, quoted } from '../text'
import { chainOf } from './chain'
import { fieldOf, readRows, readSigned, type Row } from './rows'

export function createBkrsParser(context: ParserContext): TextParser {
  const pieces: string[] = []
  let length = 0
  return {
    push(text) {
      length += text.length
      if (length > MAX_XML_BYTES)
        throw new StatementFileError(
          'STATEMENT_TOO_LARGE',
          `文件超过 ${MAX_XML_BYTES} 个字符 / more than ${MAX_XML_BYTES} characters`,
        )
      pieces.push(text)
    },
    end() {
      const instance = asStatementError(() => instanceOf(parseXmlText(pieces.join('').trimStart(), '.')))
      if (instance?.taxonomy !== 'bkrs') throw noStatement(instance)
      tellStatement(context, instance)
      context.warn.finish()
    },
  }
}

/** Emits one statement of an instance. Throws StatementFileError. */
export function tellStatement({ emit, warn }: ParserContext, instance: Instance): void {
  const reader = createFactReader(instance.facts, '.')
  const head = headOf(instance, reader)
  const { rows, placeholders } = readRows(instance.facts, head.currency)
  const chain = chainOf(rows)
  const closing = balanceOf(reader.text('AccountBalanceAtTheEndOfReconciliationCycleAmount'), head.currency)
  const total = rows.reduce((sum, row, index) => sum + unitsOf(row, chain.isOut[index] ?? null), 0n)
  // Breaks that cancel each other prove nothing.
  const isHidden =
    chain.breaks.length > 0 && closing !== null && chain.opening !== null && chain.opening + total === closing.units
  const opening = isHidden ? null : chain.opening
  const ledger = openLedger(emit, warn, () => ({ ...head, opening: shown(opening, head.currency) }))
  for (const [index, row] of rows.entries()) {
    const isOut = chain.isOut[index] ?? null
    ledger.entry(entryOf(row, isOut === true, head.currency), unitsOf(row, isOut), row.line)
  }
  for (const row of chain.assumed)
    warn(
      'warning',
      'DIRECTION_ASSUMED',
      row.line,
      '借贷标志缺失或与金额符号矛盾，方向取自余额链 / the code is missing or contradicts the sign: the direction is the balances’',
    )
  for (const { row, expected } of chain.breaks)
    warn(
      'error',
      'BALANCE_GAP',
      row.line,
      `余额链断开：应为 ${formatUnits(expected, head.currency)}，写的是 ${row.balanceText ?? ''} / the chain of balances breaks: it should be ${formatUnits(expected, head.currency)}`,
    )
  if (placeholders > 0)
    warn(
      'warning',
      'ROWS_SKIPPED',
      null,
      `${placeholders} 行没有金额或金额为零，不是流水 / ${placeholders} lines without an amount, or of zero, are no transactions`,
    )
  for (const { text } of reader.problems) warn('error', 'FIELD_MISSING', null, text)
  if (head.account === null) warn('warning', 'FIELD_MISSING', null, '对账单没有账号 / the statement names no account')
  const end = rows.at(-1)?.line ?? 1
  ledger.end(head, ledgerBalance(opening, head.currency), closing && ledgerBalance(closing.units, head.currency), end)
}

function headOf(instance: Instance, reader: FactReader): Omit<StatementHead, 'opening'> {
  const text = (name: string): string => reader.text(name)
  const [year, month] = [text('YearOfBankReconciliationStatement'), text('MonthOfBankReconciliationStatement')]
  const element = text('Currency')
  return {
    account: cleaned(text('CustomerSettlementBankAccount')),
    bank: cleaned(text('IdentificationCodeOfIssuer')) ?? cleaned(instance.entity),
    currency: /^[A-Z]{3}$/.test(element) ? element : cleaned(instance.currency),
    number: year === '' || month === '' ? null : `${year}-${month.padStart(2, '0')}`,
    reference: null,
  }
}

function entryOf(row: Row, isOut: boolean, currency: string | null): Entry {
  const receiptNo = fieldOf(row, 'NumberOfBankElectronicReceipt')
  return {
    bookedOn: row.bookedOn,
    valueOn: null,
    amount: signed(row.quantity, isOut),
    currency,
    reversal: false,
    reference: null,
    // A bank's own serial of the line goes before the serial of the business, which several lines may share.
    bankReference: fieldOf(row, 'AccDtlSn', 'BusinessSerialNumber'),
    status: 'booked',
    type: fieldOf(row, 'TypesOfBusinessProducts', 'TransactionCode'),
    counterAccount: fieldOf(row, 'AccountOfCounterparty'),
    counterName: fieldOf(row, 'NameOfCounterparty'),
    counterBank: fieldOf(row, 'DepositoryBankOfCounterparty'),
    text: fieldOf(row, 'NotesOfBankElectronicReceipt'),
    balanceAfter: row.balanceText,
    ...(receiptNo === null ? {} : { receiptNo }),
    details: [],
  }
}

/** A line whose direction nobody says is not read: it would be paid where it was received. */
function unitsOf(row: Row, isOut: boolean | null): bigint {
  if (isOut === null)
    throw new StatementFileError(
      'STATEMENT_LINE_UNREADABLE',
      '收支方向不明：借贷标志缺失或与金额符号矛盾，余额链也不能说明 / in or out is not known: the code is missing or contradicts the sign, and the balances do not tell',
      { line: row.line, element: 'IdentificationOfCreditOrDebit' },
    )
  return isOut ? -row.quantity.units : row.quantity.units
}

function balanceOf(text: string, currency: string | null): { readonly units: bigint } | null {
  if (text === '') return null
  const found = readSigned(text, currency)
  if (found === null)
    throw new StatementFileError(
      'STATEMENT_LINE_UNREADABLE',
      `期末余额不可读：${quoted(text)} / the closing balance cannot be read: ${quoted(text)}`,
    )
  return found
}

function shown(units: bigint | null, currency: string | null): StatementHead['opening'] {
  return units === null ? null : { on: null, amount: formatUnits(units, currency) }
}

function ledgerBalance(units: bigint | null, currency: string | null): Balance | null {
  if (units === null) return null
  const magnitude = units < 0n ? -units : units
  const text = formatUnits(magnitude, currency)
  return { on: null, quantity: { units: magnitude, text }, isDebit: units < 0n, currency }
}

export function noStatement(instance: Instance | null): StatementFileError {
  const found = instance === null ? '' : `（${instance.taxonomy}）`
  return new StatementFileError(
    'STATEMENT_ABSENT',
    `文件里没有银行电子对账单（bkrs）${found} / the file holds no bkrs statement`,
    { line: 1 },
  )
}

/** What the voucher's reader has to say, in the words of statement files. */
export function asStatementError<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof EvoucherError)) throw error
    const code = error.code === 'EVOUCHER_TOO_LARGE' ? 'STATEMENT_TOO_LARGE' : 'STATEMENT_BROKEN'
    throw new StatementFileError(code, error.message)
  }
}
