// Summaries and auxiliaries are templates with {fields}. A field that is not known is an error of the configuration,
// found by `unknownFields` before anything is booked.

import type { Auxiliaries } from '../ports'
import { formatAmount } from './money'
import { listedCodes, partyOf } from './parties'
import type { Bookable } from './journal'

type Values = Readonly<Record<string, (item: Bookable) => string>>

/** What a template of a rule may name. Empty where the line or its payment does not say. */
const FIELDS: Values = {
  counterparty: ({ line }) => line.counterName,
  counterAccount: ({ line }) => line.counterAccount,
  text: ({ line }) => line.text,
  purpose: ({ line }) => line.purpose,
  type: ({ line }) => line.type,
  reference: ({ line }) => line.reference,
  bankSerial: ({ line }) => line.bankSerial,
  date: ({ line }) => line.bookedOn,
  amount: ({ line }) =>
    formatAmount({ ...line.amount, minor: line.amount.minor < 0n ? -line.amount.minor : line.amount.minor }),
  account: ({ account }) => account,
  docNo: ({ request }) => request?.key.docNo ?? '',
  docType: ({ request }) => request?.key.docType ?? '',
  businessType: ({ request }) => request?.businessType ?? '',
  // Where the ERP's request does not carry its code (middle tables), the site's own list does.
  partner: ({ request, line, parties }) =>
    request?.partner || (partyOf([listedCodes(line.counterAccount, line.counterName, parties ?? [])]) ?? ''),
}

export const TEMPLATE_FIELDS: readonly string[] = Object.keys(FIELDS)
/** What the template of a collection's line may name besides. */
export const CLAIM_FIELDS: readonly string[] = ['customer', 'document']

const PLACEHOLDER = /\{([^{}]*)\}/g

/** The names in braces that are none of `known`. */
export function unknownFields(template: string, known: readonly string[]): readonly string[] {
  return [...template.matchAll(PLACEHOLDER)].map(match => match[1] ?? '').filter(name => !known.includes(name))
}

export function filled(template: string, item: Bookable, more: Readonly<Record<string, string>> = {}): string {
  return template.replace(PLACEHOLDER, (_, name: string) => more[name] ?? FIELDS[name]?.(item) ?? '').trim()
}

/** An auxiliary that comes out empty is left out. */
export function auxiliariesOf(
  templates: Readonly<Record<string, string>>,
  item: Bookable,
  more: Readonly<Record<string, string>> = {},
): Auxiliaries {
  const entries = Object.entries(templates).map(([name, template]) => [name, filled(template, item, more)] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== ''))
}
