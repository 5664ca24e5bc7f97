// A bank receipt (银行电子回单, bker) out of an instance. That an instance is there proves nothing: without the few fields
// that tell which booking it is of, there is no structured data.

import { parseAmount } from '../core/money'
import type { Money } from '../ports'
import { quoted, type EvoucherProblem } from './problem'
import { createFactReader, dayOf, type Fact, type Instance } from './xbrl'

export type BankReceipt = {
  /** 回单号. */
  readonly receiptNo: string
  readonly issuer: string
  readonly type: string
  /** As the receipt has it: some banks write money out as negative. */
  readonly amount: Money
  /** `yyyy-MM-dd`; null where it names none. */
  readonly bookedOn: string | null
  readonly issuedOn: string | null
  readonly payer: Party
  readonly payee: Party
  readonly serial: string
  readonly transactionCode: string
  readonly usage: string
  readonly notes: string
  readonly identifyingCode: string
  readonly taxonomyDate: string
  /** Elements that this reader has no name for, kept as they are. */
  readonly others: readonly { readonly name: string; readonly value: string | null }[]
}

type Party = { readonly account: string; readonly name: string }

const NAMES = {
  receiptNo: ['NumberOfBankElectronicReceipt'],
  amount: ['TransactionAmountInFigures'],
  currency: ['Currency'],
  bookedOn: ['DateOfBookkeeping'],
  // Two sources name it differently: both are taken.
  issuedOn: ['IssueDate', 'DateOfIssue'],
  payerName: ['AccountNameOfPayer'],
  payerAccount: ['AccountNumberOfPayer'],
  payeeName: ['AccountNameOfPayee'],
  payeeAccount: ['AccountNumberOfPayee'],
  type: ['TypeOfBankElectronicReceipt'],
  transactionCode: ['TransactionCode'],
  serial: ['BusinessSerialNumber'],
  usage: ['Usage'],
  notes: ['Notes'],
  identifyingCode: ['IdentifyingCode'],
  issuer: ['IdentificationCodeOfIssuer'],
} as const
const KNOWN: ReadonlySet<string> = new Set(Object.values(NAMES).flat())

/** Null with the reasons when the minimum is not there: number, amount, a day, and an account of either side. */
export function readBankReceipt(
  instance: Instance,
  place: string,
): { readonly receipt: BankReceipt | null; readonly problems: readonly EvoucherProblem[] } {
  const reader = createFactReader(instance.facts, place)
  const text = (field: keyof typeof NAMES): string => reader.text(...NAMES[field])
  const amount = amountOf(text('amount'), text('currency'), instance.currency, place, reader.problems)
  const [bookedOn, issuedOn] = [
    dayField('bookedOn', text('bookedOn'), place, reader.problems),
    dayField('issuedOn', text('issuedOn'), place, reader.problems),
  ]
  const receiptNo = text('receiptNo')
  const payer = { account: text('payerAccount'), name: text('payerName') }
  const payee = { account: text('payeeAccount'), name: text('payeeName') }
  const missing = [
    ...(receiptNo === '' ? ['NumberOfBankElectronicReceipt'] : []),
    ...(amount === null ? ['TransactionAmountInFigures'] : []),
    ...(bookedOn === null && issuedOn === null ? ['DateOfBookkeeping'] : []),
    ...(payer.account === '' && payee.account === '' ? ['AccountNumberOfPayer', 'AccountNumberOfPayee'] : []),
  ]
  if (missing.length > 0 || amount === null) {
    const problem: EvoucherProblem = {
      severity: 'error',
      code: 'EVOUCHER_NO_STRUCTURED_DATA',
      text: `${place}: 有实例文档，但缺少必需要素，视为没有结构化数据 / an instance without the fields it takes, so no structured data: ${missing.join(', ')}`,
    }
    return { receipt: null, problems: [...reader.problems, problem] }
  }
  const receipt: BankReceipt = {
    receiptNo,
    issuer: text('issuer') === '' ? instance.entity : text('issuer'),
    type: text('type'),
    amount,
    bookedOn,
    issuedOn,
    payer,
    payee,
    serial: text('serial'),
    transactionCode: text('transactionCode'),
    usage: text('usage'),
    notes: text('notes'),
    identifyingCode: text('identifyingCode'),
    taxonomyDate: instance.taxonomyDate,
    others: instance.facts.filter(fact => !KNOWN.has(fact.name)).flatMap(flat),
  }
  return { receipt, problems: reader.problems }
}

/** A tuple's elements are kept too, each behind the tuple's name. */
function flat(fact: Fact): readonly { readonly name: string; readonly value: string | null }[] {
  if (fact.children.length === 0) return [{ name: fact.name, value: fact.value }]
  return fact.children.flatMap(child => flat(child).map(({ name, value }) => ({ name: `${fact.name}/${name}`, value })))
}

/** Null: not there, unreadable, or zero, which is a placeholder. */
function amountOf(
  text: string,
  element: string,
  unit: string,
  place: string,
  problems: EvoucherProblem[],
): Money | null {
  if (text === '') return null
  const currency = element === '' ? unit : element
  if (element !== '' && unit !== '' && element !== unit) {
    problems.push(unreadable(place, 'Currency', `${element} ≠ ${unit}`))
    return null
  }
  const money = parseAmount(text, currency)
  if (typeof money === 'string') {
    problems.push(unreadable(place, 'TransactionAmountInFigures', `${text} ${currency}`))
    return null
  }
  return money.minor === 0n ? null : money
}

function dayField(
  field: 'bookedOn' | 'issuedOn',
  text: string,
  place: string,
  problems: EvoucherProblem[],
): string | null {
  if (text === '') return null
  const day = dayOf(text)
  if (day === null) problems.push(unreadable(place, NAMES[field].join('/'), text))
  return day
}

export function unreadable(place: string, element: string, value: string): EvoucherProblem {
  return {
    severity: 'error',
    code: 'EVOUCHER_FIELD_UNREADABLE',
    text: `${place}: ${element} 不可读 / cannot be read: ${quoted(value)}`,
  }
}
