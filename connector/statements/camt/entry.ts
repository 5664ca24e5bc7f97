// An entry of a camt statement and its transactions. The entry's amount and sign are what was booked; a transaction's
// own sign is kept even where it is opposed to the entry's.

import { readQuantity, signed, type Quantity } from '../amount'
import { dateOfIso } from '../dates'
import type { ParserContext } from '../ledger'
import { StatementFileError, type Entry, type EntryDetail } from '../model'
import { quoted, referenceOf } from '../text'
import type { Fields } from './shape'
import { isTrue, type StatementUnderWay } from './statement'
import { codeOf, counterparty, textOf, type Counterparty } from './transaction'

export type EntryUnderWay = { detail(fields: Fields): void; end(): void }

type Place = () => { readonly line: number; readonly element: string }

/** Details of a batch that are held at once; a longer batch is passed on in pieces of this many. */
const DETAILS_AT_ONCE = 1000

const STATUS: ReadonlyMap<string, Entry['status']> = new Map([
  ['BOOK', 'booked'],
  ['PDNG', 'pending'],
  // Booked in future: not in the balance.
  ['FUTR', 'pending'],
  ['INFO', 'information'],
])

export function startEntry(
  context: ParserContext,
  statement: StatementUnderWay,
  fields: Fields,
  place: Place,
): EntryUnderWay {
  let details: EntryDetail[] = []
  let count = 0
  let only: Transaction | null = null
  const startLine = place().line
  return {
    detail(found) {
      if (details.length >= DETAILS_AT_ONCE) {
        context.emit({ kind: 'details', details })
        details = []
      }
      count++
      only = count === 1 ? readTransaction(context, statement, fields, found, startLine) : null
      const read = only ?? readTransaction(context, statement, fields, found, startLine)
      details.push(read.detail)
    },
    end() {
      const currency = fields['amountCcy'] || null
      const [quantity, isOut] = readAmount(fields, currency, place)
      if (currency !== null) statement.sawCurrency(currency)
      const entry = compose(context, fields, { quantity, isOut, currency, details, only, line: startLine })
      statement.ledger.entry(entry, isOut ? -quantity.units : quantity.units, startLine)
    },
  }
}

type Transaction = {
  readonly detail: EntryDetail
  readonly other: Counterparty
  readonly reference: string | null
  readonly bankReference: string | null
  readonly type: string | null
}

type Booked = {
  readonly quantity: Quantity
  readonly isOut: boolean
  readonly currency: string | null
  readonly details: readonly EntryDetail[]
  readonly only: Transaction | null
  readonly line: number
}

function compose(context: ParserContext, fields: Fields, booked: Booked): Entry {
  const { only } = booked
  return {
    bookedOn: dateOf(context, fields['bookedOn'], booked.line),
    valueOn: dateOf(context, fields['valueOn'], booked.line),
    amount: signed(booked.quantity, booked.isOut),
    currency: booked.currency,
    reversal: isTrue(fields['reversal']),
    reference: only?.reference ?? referenceOf(fields['batchId']) ?? referenceOf(fields['batchMessage']),
    bankReference: referenceOf(fields['bankReference']) ?? only?.bankReference ?? referenceOf(fields['entryReference']),
    status: statusOf(context, fields, booked.line),
    type: codeOf(fields) ?? only?.type ?? null,
    counterAccount: only?.other.account ?? null,
    counterName: only?.other.name ?? null,
    counterBank: only?.other.bank ?? null,
    text: only?.detail.text ?? fields['additional'] ?? null,
    balanceAfter: null,
    details: booked.details,
  }
}

function readTransaction(
  context: ParserContext,
  statement: StatementUnderWay,
  entry: Fields,
  found: Fields,
  line: number,
): Transaction {
  const indicator = found['indicator'] ?? entry['indicator']
  const isOut = indicator === 'DBIT'
  const isTakenBack = isTrue(entry['reversal']) || found['returnCode'] !== undefined
  const other = counterparty(found, isOut !== isTakenBack, statement.account())
  const endToEndId = referenceOf(found['endToEndId'])
  return {
    detail: {
      amount: detailAmount(context, entry, found, isOut, line),
      endToEndId,
      counterAccount: other.account,
      counterName: other.name,
      text: textOf(found),
      returnReason: found['returnCode'] ?? null,
    },
    other,
    reference: endToEndId ?? referenceOf(found['instructionId']) ?? referenceOf(found['batchId']),
    bankReference: referenceOf(found['bankReference']) ?? referenceOf(found['transactionId']),
    type: codeOf(found),
  }
}

/** The counter value and the instructed amount are of use only in the currency of the account. */
const AMOUNTS = ['amount', 'txAmount', 'counterAmount', 'instructedAmount'].map(key => ({
  ...{ key, currencyKey: `${key}Ccy`, isOwn: key === 'amount' || key === 'txAmount' },
}))

/** In the entry's currency where the transaction has an amount in it; otherwise as written, and said. */
function detailAmount(
  context: ParserContext,
  entry: Fields,
  found: Fields,
  isOut: boolean,
  line: number,
): string | null {
  const wanted = entry['amountCcy']
  const chosen =
    AMOUNTS.find(one => found[one.key] !== undefined && found[one.currencyKey] === wanted) ??
    AMOUNTS.find(one => one.isOwn && found[one.key] !== undefined)
  if (chosen === undefined) return null
  const { key, currencyKey } = chosen
  const currency = found[currencyKey] || null
  const quantity = readQuantity(found[key] ?? '', '.', currency)
  if (quantity === null) {
    throw unreadable('Amt', found[key] ?? '', { line, element: 'Ntry/NtryDtls/TxDtls' })
  }
  if (currency !== null && wanted && currency !== wanted) {
    const text = `交易金额 ${currency} ${quantity.text} 与分录币种 ${wanted} 不同 / a transaction's amount ${currency} ${quantity.text} is not in the entry's currency ${wanted}`
    context.warn('warning', 'DETAIL_OTHER_CURRENCY', line, text)
  }
  return signed(quantity, isOut)
}

function readAmount(fields: Fields, currency: string | null, place: Place): readonly [Quantity, boolean] {
  const quantity = readQuantity(fields['amount'] ?? '', '.', currency)
  if (quantity === null) throw unreadable('Amt', fields['amount'] ?? '', place())
  const indicator = fields['indicator']
  if (indicator !== 'CRDT' && indicator !== 'DBIT') throw unreadable('CdtDbtInd', indicator ?? '', place())
  return [quantity, indicator === 'DBIT']
}

function unreadable(
  name: string,
  value: string,
  place: { readonly line: number; readonly element: string },
): StatementFileError {
  return new StatementFileError(
    'STATEMENT_LINE_UNREADABLE',
    `分录的 ${name} 缺失或不可读：${quoted(value)} / an entry's ${name} is missing or cannot be read: ${quoted(value)}`,
    place,
  )
}

/** A status that is in no table counts as information: it is shown, and not in the sum. */
function statusOf(context: ParserContext, fields: Fields, line: number): Entry['status'] {
  const written = fields['status']
  const known = written === undefined ? undefined : STATUS.get(written)
  if (known !== undefined) return known
  const what = written ?? fields['ownStatus']
  // A statement or a notification is of booked entries unless it says otherwise.
  if (what === undefined && context.format !== 'camt.052') return 'booked'
  const text = `分录状态 ${quoted(what ?? '')} 不认识，按仅供参考处理 / entry status ${quoted(what ?? '')} is not known: taken as information`
  context.warn('warning', 'STATUS_UNKNOWN', line, text)
  return 'information'
}

function dateOf(context: ParserContext, value: string | undefined, line: number): string | null {
  if (value === undefined) return null
  const date = dateOfIso(value)
  if (date === null)
    context.warn('warning', 'DATE_UNREADABLE', line, `日期不可读 / a date cannot be read: ${quoted(value)}`)
  return date
}
