// Field 86 with numbered parts: three digits of a business code, then `?20…?21…` (Germany, DFÜ-Abkommen Anlage 3),
// `>20…` (Triodos and others), `~20…`, `^20…`, `<20…` (Poland). Parts 20 to 29 and 60 to 63 are the purpose, 30 the
// other bank, 31 and 38 the other account, 32 and 33 the name, 34 the return code.

import { cleaned, referenceOf } from '../text'
import type { Info } from './info'

/** A purpose part is filled up to this width and goes on in the next; a shorter one ends a word. */
const PART_WIDTH = 27

/** SEPA's own marks inside the purpose. */
const KEYWORD = /(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|RREF|PURP|BREF|ANAM)\+/

const START = /^\s*(\d{3})?\s*([?>~^<])(\d\d)/

const PURPOSE = /^(2\d|6[0-3])$/

/** Null when the rows are not of this structure. */
export function readCoded(rows: readonly string[]): Info | null {
  const first = rows[0] ?? ''
  const second =
    first.charCodeAt(0) >= 48 && first.charCodeAt(0) <= 57 && first.length < 4 ? first + (rows[1] ?? '') : first
  const start = START.exec(second)
  if (!start) return null
  // Lines are cut at any place, so the cut is no part of the text.
  const parts = partsOf(rows.join(''), start[2] ?? '?')
  const purpose = joinParts(parts.filter(part => PURPOSE.test(part.code)).map(part => part.text))
  const marked = keywordsOf(purpose)
  const of = (...codes: readonly string[]): string | null =>
    cleaned(joinParts(parts.filter(part => codes.includes(part.code)).map(part => part.text)))
  const returnReason = returnOf(start[1], of('34'))
  return {
    isStructured: true,
    text: cleaned(marked.get('SVWZ') ?? (marked.size > 0 ? marked.get('') : purpose)) ?? of('00'),
    name: of('32', '33') ?? cleaned(marked.get('ANAM') ?? null),
    account: of('38') ?? of('31') ?? cleaned(marked.get('IBAN')?.split(' ')[0]),
    bank: of('30') ?? cleaned(marked.get('BIC')?.split(' ')[0]),
    endToEndId: referenceOf(marked.get('EREF')),
    customerReference: referenceOf(marked.get('KREF')),
    returnReason,
  }
}

type Part = { readonly code: string; readonly text: string }

function partsOf(text: string, mark: string): readonly Part[] {
  const parts: Part[] = []
  let at = text.indexOf(mark)
  while (at >= 0) {
    const next = nextMark(text, mark, at + 3)
    parts.push({ code: text.slice(at + 1, at + 3), text: text.slice(at + 3, next < 0 ? text.length : next) })
    at = next
  }
  return parts
}

/** The mark counts where two digits follow: otherwise it is text. */
function nextMark(text: string, mark: string, from: number): number {
  let at = text.indexOf(mark, from)
  while (at >= 0 && !(isDigit(text, at + 1) && isDigit(text, at + 2))) at = text.indexOf(mark, at + 1)
  return at
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 48 && code <= 57
}

function joinParts(parts: readonly string[]): string {
  let joined = ''
  let width = 0
  for (const part of parts) {
    if (part === '') continue
    const isNew = joined !== '' && (width !== PART_WIDTH || /^(?:[A-Z]{3,4})\+/.test(part))
    joined += isNew && !joined.endsWith(' ') ? ` ${part}` : part
    width = part.length
  }
  return joined
}

/** The purpose by its SEPA marks; what stands before the first one is under ''. Empty when there is none. */
function keywordsOf(purpose: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  if (!KEYWORD.test(purpose)) return found
  // A mark stands at the beginning or after a space; inside a word it is text.
  const pieces = purpose.split(
    /(?:^|\s)(?=(?:EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|RREF|PURP|BREF|ANAM)\+)/,
  )
  for (const piece of pieces) {
    const keyword = KEYWORD.exec(piece)
    const isMarked = keyword?.index === 0
    const name = isMarked ? (keyword[1] ?? '') : ''
    if (!found.has(name)) found.set(name, (isMarked ? piece.slice(keyword[0].length) : piece).trim())
  }
  return found
}

/** Business codes 108, 109 and 159 are returns (Retoure, Rückgabe, Rücküberweisung); part 34 then says why. */
function returnOf(code: string | undefined, supplement: string | null): string | null {
  return code === '108' || code === '109' || code === '159' ? supplement : null
}
