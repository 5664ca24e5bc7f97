// One statement line of MT940: field 61 and its fields 86 become an entry.

import { signed } from '../amount'
import type { Entry, EntryDetail } from '../model'
import { cleaned, referenceOf } from '../text'
import { isIban, type Info } from './info'
import type { Line61 } from './line61'

/** Where field 61 only says that the reference stands in field 86. */
const POINTERS: ReadonlyMap<string, 'endToEndId' | 'customerReference'> = new Map([
  ['EREF', 'endToEndId'],
  ['EREF+', 'endToEndId'],
  ['KREF', 'customerReference'],
  ['KREF+', 'customerReference'],
  ['PREF', 'customerReference'],
])

/** `MARF` points to a mandate, which is no reference. */
const NO_REFERENCE: ReadonlySet<string> = new Set(['MARF', 'MREF', 'MREF+'])

/** RD takes a debit back, so money comes in; RC the other way round. Expected entries (EC, ED) count as what they will be. */
export function isMoneyOut(line: Line61): boolean {
  return line.mark === 'D' || line.mark === 'RC' || line.mark === 'ED'
}

export function entryOf(line: Line61, info: Info, currency: string | null, isInterim: boolean): Entry {
  const amount = signed(line.quantity, isMoneyOut(line))
  // What field 86 says goes first: only what it leaves out is looked for elsewhere.
  const aside = info.account === null || info.name === null ? (repeatedIn(line, info) ?? asideOf(line)) : NO_ASIDE
  const details = detailsOf(amount, info)
  const isExpected = line.mark === 'EC' || line.mark === 'ED'
  return {
    bookedOn: line.entryOn ?? line.valueOn,
    valueOn: line.valueOn,
    amount,
    currency,
    reversal: line.mark === 'RC' || line.mark === 'RD',
    reference: referenceIn(line, info),
    bankReference: referenceOf(line.bankReference),
    status: isInterim || isExpected ? 'pending' : 'booked',
    type: line.type,
    counterAccount: info.account ?? aside.account,
    counterName: info.name ?? aside.name,
    counterBank: info.bank,
    text: info.text ?? line.supplementary,
    balanceAfter: null,
    details,
  }
}

function referenceIn(line: Line61, info: Info): string | null {
  const written = referenceOf(line.customerReference)
  if (written === null || NO_REFERENCE.has(written) || written.startsWith('NONREF ')) return null
  const pointer = POINTERS.get(written)
  return pointer === undefined ? written : (info[pointer] ?? info.endToEndId ?? info.customerReference)
}

/** Only what the line itself does not say makes a transaction of its own. */
function detailsOf(amount: string, info: Info): readonly EntryDetail[] {
  if (!info.isStructured || (info.endToEndId === null && info.returnReason === null)) return []
  const { endToEndId, account, name, text, returnReason } = info
  return [{ amount, endToEndId, counterAccount: account, counterName: name, text, returnReason }]
}

type Aside = { readonly account: string | null; readonly name: string | null }

const NO_ASIDE: Aside = { account: null, name: null }

/** SNS and ASN write the other account as the reference and the name below it; field 86 begins with both of them. */
function repeatedIn({ customerReference, supplementary }: Line61, info: Info): Aside | null {
  if (customerReference === null || supplementary === null || info.isStructured) return null
  const isThere = info.text?.startsWith(`${customerReference} ${supplementary}`) === true
  return isThere ? { account: customerReference, name: supplementary } : null
}

/**
 * Rabobank writes the other account and name into the reference, in columns of 16 (before 2013), or the other IBAN as
 * the supplementary details (since).
 */
function asideOf(line: Line61): Aside {
  const columns = !(line.customerReference ?? '').includes('  ')
    ? null
    : /^(\S{1,16}) {2,}(\S.*)$/.exec(line.customerReference ?? '')
  if (columns) {
    const account = /^P?\d{9,10}$/.test(columns[1] ?? '') ? (columns[1] ?? null) : null
    return { account, name: cleaned(columns[2]) }
  }
  const supplementary = line.supplementary ?? ''
  return { account: isIban(supplementary) ? supplementary : null, name: null }
}
