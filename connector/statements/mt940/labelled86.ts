// Field 86 with Dutch labels in columns, as ABN AMRO and Knab write it for people: `IBAN: … BIC: … NAAM: …
// OMSCHRIJVING: … KENMERK: …`, `REK: …/NAAM: …`. The whole stays as text; only what a label names is taken out.

import { cleaned, referenceOf } from '../text'
import type { Info } from './info'

const LABEL =
  /(?:^|[\s/])(IBAN|REK|BIC|NAAM|OMSCHRIJVING|KENMERK|MACHTIGING|INCASSANT|BETALINGSKENM\.|ID DEBITEUR):\s*/g

/** Null when neither an account nor a name is labelled. */
export function readLabelled(rows: readonly string[]): Info | null {
  const text = rows
    .map(row => row.trimEnd())
    .filter(row => row !== '')
    .join('\n')
  if (!/(?:^|[\s/])(?:IBAN|REK|NAAM):/.test(text)) return null
  const values = labelled(text)
  const account = (values.get('IBAN') ?? values.get('REK'))?.split(/[\s/]/)[0]
  return {
    isStructured: true,
    text: cleaned(text),
    name: cleaned(values.get('NAAM')),
    account: cleaned(account),
    bank: cleaned(values.get('BIC')?.split(/\s/)[0]),
    endToEndId: referenceOf(values.get('KENMERK')),
    customerReference: null,
    returnReason: null,
  }
}

function labelled(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  const labels = [...text.matchAll(LABEL)]
  for (const [index, label] of labels.entries()) {
    const value = text.slice(label.index + label[0].length, labels[index + 1]?.index ?? text.length)
    // A column ends with two spaces or with its row.
    const ended = label[1] === 'KENMERK' ? value.replace(/\n/g, '') : (value.split(/ {2,}|\n/)[0] ?? '')
    if (!values.has(label[1] ?? '')) values.set(label[1] ?? '', ended.trim())
  }
  return values
}
