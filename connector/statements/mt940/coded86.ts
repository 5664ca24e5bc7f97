// Field 86 with numbered parts: three digits of a business code, then `?20…?21…` (Germany, DFÜ-Abkommen Anlage 3),
// `>20…` (Triodos and others), `~20…`, `^20…`, `<20…` (Poland). Parts 20 to 29 and 60 to 63 are the purpose, 30 the
// other bank, 31 and 38 the other account, 32 and 33 the name, 34 the return code.

import { cleaned, referenceOf } from '../text'
import { isIban, NO_INFO, type Info } from './info'
import { readPurpose, startsWithKeyword } from './purpose'

/** A purpose part is filled up to this width and goes on in the next; a shorter one ends a word. */
const PART_WIDTH = 27

/** A Polish account number. */
const NRB = /^\s*\d{26}\s*$/

/** `endsOpen`: with a blank, so that none is put behind it. */
type Joined = { text: string; width: number; endsOpen: boolean }

/** Null when the rows are not of this structure. Speed counts here: one pass over the text. */
export function readCoded(rows: readonly string[]): Info | null {
  // Lines are cut at any place, so the cut is no part of the text.
  let text = rows[0] ?? ''
  for (let index = 1; index < rows.length; index++) text += rows[index] ?? ''
  const start = startOf(text)
  if (start < 0) return null
  const mark = text.charAt(start)
  const purpose: Joined = { text: '', width: 0, endsOpen: false }
  const name: Joined = { text: '', width: 0, endsOpen: false }
  const other: Others = { posting: '', nota: '', bank: '', account: '', supplement: '', iban: '' }
  for (let at = start; at >= 0;) {
    const next = nextMark(text, mark, at + 3)
    const part = text.slice(at + 3, next < 0 ? text.length : next)
    const code = codeAt(text, at + 1)
    // ING in Poland has the other account where the purpose would end.
    if (code === 29 && mark === '~' && NRB.test(part)) other.iban ||= part
    else if ((code >= 20 && code <= 29) || (code >= 60 && code <= 63)) join(purpose, part)
    else if (code === 32 || code === 33) join(name, part)
    else keepOther(other, code, part)
    at = next
  }
  const marked = readPurpose(purpose.text)
  if (mark === '>' && other.nota !== '' && marked === null) return readTriodos(purpose.text, other)
  return {
    isStructured: true,
    text: cleaned(marked === null ? purpose.text : marked.SVWZ || marked.lead || marked.MTLG) ?? cleaned(other.posting),
    name: cleaned(name.text) ?? cleaned(marked?.ANAM),
    account: cleaned(other.iban) ?? cleaned(other.account) ?? firstWord(marked?.IBAN),
    bank: cleaned(other.bank) ?? firstWord(marked?.BIC),
    endToEndId: marked && referenceOf(marked.EREF),
    customerReference: marked && referenceOf(marked.KREF),
    returnReason: isReturn(text, start) ? cleaned(other.supplement) : null,
  }
}

/**
 * Triodos (`>`): part 10 is the other account, zeros are none; part 31 is the account of the statement itself. Since
 * there are IBANs, BIC and IBAN of the other go before the purpose.
 */
function readTriodos(purpose: string, other: Others): Info {
  const [, bank, iban, rest] = /^([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?) (\S+)(?: (.*))?$/s.exec(purpose) ?? []
  const isNamed = iban !== undefined && isIban(iban)
  return {
    ...NO_INFO,
    isStructured: true,
    text: cleaned(isNamed ? rest : purpose),
    account: isNamed ? iban : cleaned(other.nota.replace(/^0+/, '')),
    bank: isNamed ? cleaned(bank) : null,
  }
}

type Others = { posting: string; nota: string; bank: string; account: string; supplement: string; iban: string }

/** The first of each counts; the rest (addresses) says nothing about the payment. */
function keepOther(other: Others, code: number, written: string): void {
  const part = written.length === 1 && FILLERS.includes(written) ? '' : written
  if (code === 0) other.posting ||= part
  else if (code === 10) other.nota ||= part
  else if (code === 30) other.bank ||= part
  else if (code === 31) other.account ||= part
  else if (code === 34) other.supplement ||= part
  else if (code === 38) other.iban ||= part
}

/** Where the first mark stands: after blanks and a business code of three characters or none, two digits behind it; else -1. */
function startOf(text: string): number {
  let at = 0
  while (text.charCodeAt(at) === 32) at++
  const first = at
  // Digits; in Switzerland a letter goes first.
  const letter = text.charCodeAt(at)
  if (letter >= 65 && letter <= 90) at++
  while (at < first + 3 && isDigit(text, at)) at++
  if (at !== first && at !== first + 3) return -1
  while (text.charCodeAt(at) === 32) at++
  return '?>~^<'.includes(text.charAt(at)) && codeAt(text, at + 1) >= 0 ? at : -1
}

/** The mark counts where two digits follow: otherwise it is text. */
function nextMark(text: string, mark: string, from: number): number {
  let at = text.indexOf(mark, from)
  while (at >= 0 && codeAt(text, at + 1) < 0) at = text.indexOf(mark, at + 1)
  return at
}

/** Two digits, or -1. */
function codeAt(text: string, at: number): number {
  return isDigit(text, at) && isDigit(text, at + 1) ? text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528 : -1
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 48 && code <= 57
}

/** The byte 0xFF stands where PKO BP leaves a part empty, in whatever charset it was read. */
const FILLERS = 'ÿ˙\u00a0'

/** A part as wide as parts can be goes on in the next; a mark of SEPA begins a word of its own. */
function join(joined: Joined, part: string): void {
  if (part === '' || (part.length === 1 && FILLERS.includes(part))) return
  const isWord = joined.width !== PART_WIDTH || startsWithKeyword(part)
  if (joined.text === '') joined.text = part
  else joined.text += isWord && !joined.endsOpen && part.charCodeAt(0) !== 32 ? ` ${part}` : part
  joined.width = part.length
  joined.endsOpen = part.charCodeAt(part.length - 1) === 32
}

function firstWord(text: string | undefined): string | null {
  return cleaned(text?.split(' ')[0])
}

/** Business codes 108, 109 and 159 are returns (Retoure, Rückgabe, Rücküberweisung); part 34 then says why. */
function isReturn(text: string, start: number): boolean {
  const code = text.slice(0, start).trim()
  return code === '108' || code === '109' || code === '159'
}
