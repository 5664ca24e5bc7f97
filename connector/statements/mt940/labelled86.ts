// Field 86 with labels for people: Dutch ones in columns (ABN AMRO, Knab: `IBAN: … BIC: … NAAM: … OMSCHRIJVING: …
// KENMERK: …`, `REK: …/NAAM: …`), Polish ones between semicolons (mBank: `Z RACH.: …; OD: …; TYT.: …; TNR: …`). The
// whole stays as text; only what a label names is taken out.

import { cleaned, referenceOf } from '../text'
import { NO_INFO, type Info } from './info'

const LABEL =
  /(?:^|[\s/])(IBAN|REK|BIC|N(?:AAM|aam)|O(?:MSCHRIJVING|mschrijving)|K(?:ENMERK|enmerk)|M(?:ACHTIGING|achtiging)|I(?:NCASSANT|ncassant)|B(?:ETALINGSKENM|etalingskenm)\.|ID DEBITEUR):\s*/g

/** Account it came from (`Z`) or went to (`NA`, `DO`), payer (`OD`) or payee (`DLA`), title, the bank's number. */
const POLISH_LABEL = /(?:^|;)\s*(?:[ZS] |NA |DO )?(RACH\.|OD|DLA|TYT\.|TNR):\s*/gi

/** Null when neither an account nor a name is labelled. */
export function readLabelled(rows: readonly string[]): Info | null {
  return readPolish(rows) ?? readDutch(rows)
}

function readPolish(rows: readonly string[]): Info | null {
  if (!rows.some(row => /(?:^|[\s;])(?:RACH|TYT)\.:/i.test(row))) return null
  // Rows are cut behind a blank, which some transports trim.
  const text = rows.reduce((joined, row) => joined + row + (row.endsWith(' ') ? '' : ' '), '')
  const values = new Map<string, string>()
  const labels = [...text.matchAll(POLISH_LABEL)]
  for (const [index, label] of labels.entries()) {
    const value = text.slice(label.index + label[0].length, labels[index + 1]?.index ?? text.length)
    values.set((label[1] ?? '').toUpperCase(), value)
  }
  const account = cleaned(values.get('RACH.')?.replace(/[\s;]/g, ''))
  // The address goes behind two spaces.
  const name = cleaned((values.get('OD') ?? values.get('DLA'))?.split(/ {2,}|;/)[0])
  if (account === null && name === null) return null
  return { ...NO_INFO, isStructured: true, text: cleaned(rows.map(row => row.trim()).join('\n')), name, account }
}

function readDutch(rows: readonly string[]): Info | null {
  const text = rows
    .map(row => row.trimEnd())
    .filter(row => row !== '')
    .join('\n')
  if (!/(?:^|[\s/])(?:IBAN|REK|NAAM|Naam):/.test(text)) return null
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
    const name = (label[1] ?? '').toUpperCase()
    // A column ends with two spaces, a bar, or with its row.
    const ended = (name === 'KENMERK' ? value.replace(/\n/g, '') : (value.split(/ {2,}|\n/)[0] ?? '')).split(' |')[0]
    if (!values.has(name)) values.set(name, (ended ?? '').trim())
  }
  return values
}
