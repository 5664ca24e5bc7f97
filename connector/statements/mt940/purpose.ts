// The purpose of field 86 with numbered parts, taken apart by the marks that stand in it: SEPA's own (`EREF+`), the same
// with a colon (`EREF: `, cooperative banks), and words (`End-to-End-Ref.:`, Commerzbank).

import { trim } from '../text'

/** What is taken from the purpose by its marks; `lead` is what stands before the first one. */
export type Purpose = {
  lead: string
  EREF: string
  KREF: string
  SVWZ: string
  IBAN: string
  BIC: string
  ANAM: string
  MTLG: string
}

/** The marks, each under a number of its letters: looking one up makes no text. `MTLG:` (Postbank) goes before the bank's own words. */
const KEYWORDS: ReadonlyMap<number, string> = new Map(
  'EREF KREF MREF CRED DEBT COAM OAMT SVWZ ABWA ABWE IBAN BIC RREF PURP BREF ANAM MTLG'
    .split(' ')
    .map(word => [lettersAt(word, 0, word.length), word] as const),
)

/** With a colon, these alone say that the purpose has marks: `IBAN:` and the like stand in free text, too. */
const TELLING: ReadonlySet<string> = new Set(['EREF', 'KREF', 'MREF', 'CRED', 'SVWZ', 'MTLG'])

/** The purpose by its marks. Null when there is none. */
export function readPurpose(text: string): Purpose | null {
  const plus = byMark(text, '+')
  if (plus !== null) return text.includes('MTLG:') ? byMark(text.replace('MTLG:', 'MTLG+'), '+') : plus
  return text.includes(':') ? (byMark(text, ':') ?? byWords(text)) : null
}

/** A mark of SEPA begins here, and with it a word. */
export function startsWithKeyword(part: string): boolean {
  const end = isMark(part.charCodeAt(4)) ? 4 : isMark(part.charCodeAt(3)) ? 3 : 0
  return end > 0 && KEYWORDS.has(lettersAt(part, 0, end))
}

function isMark(code: number): boolean {
  return code === 43 || code === 58
}

/** Capital letters as one number, five bits each; -1 where another character stands among them. */
function lettersAt(text: string, from: number, to: number): number {
  let number = 0
  for (let at = from; at < to; at++) {
    const letter = text.charCodeAt(at) - 64
    if (!(letter >= 1 && letter <= 26)) return -1
    number = number * 32 + letter
  }
  return number
}

function byMark(text: string, mark: '+' | ':'): Purpose | null {
  const found = emptyPurpose()
  let name = 'lead'
  let from = 0
  let isTold = mark === '+'
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
    const keyword = keywordBefore(text, at)
    if (keyword === null) continue
    isTold ||= TELLING.has(keyword)
    keep(found, name, text, from, at - keyword.length)
    name = keyword
    from = at + 1
  }
  keep(found, name, text, from, text.length)
  return name === 'lead' || !isTold ? null : found
}

function emptyPurpose(): Purpose {
  return { lead: '', EREF: '', KREF: '', SVWZ: '', IBAN: '', BIC: '', ANAM: '', MTLG: '' }
}

/** A mark stands at the beginning or after a space; inside a word it is text. */
function keywordBefore(text: string, mark: number): string | null {
  const long = isWordStart(text, mark - 4) ? KEYWORDS.get(lettersAt(text, mark - 4, mark)) : undefined
  if (long !== undefined) return long
  return isWordStart(text, mark - 3) ? (KEYWORDS.get(lettersAt(text, mark - 3, mark)) ?? null) : null
}

function isWordStart(text: string, at: number): boolean {
  return at === 0 || (at > 0 && text.charCodeAt(at - 1) === 32)
}

/** The first of each counts. */
function keep(found: Purpose, name: string, text: string, from: number, to: number): void {
  if (from === to) return
  switch (name) {
    case 'SVWZ':
    case 'EREF':
    case 'lead':
    case 'KREF':
    case 'IBAN':
    case 'BIC':
    case 'ANAM':
    case 'MTLG':
      found[name] ||= trim(text.slice(from, to))
      return
    default:
  }
}

const WORDS =
  /(?<=^|\s)(END-TO-END-REF\.?|KUNDENREFERENZ|(?:(?:CORE|COR1|B2B) ?\/ ?)?MANDATSREF\.?|GL.{1,2}UBIGER-ID) ?:|(?<=\s)REF\. (?=[A-Z0-9]{8,}\/)/gi

/** Commerzbank and comdirect: the end-to-end reference goes first, and what the payer wrote before it. */
function byWords(text: string): Purpose | null {
  const labels = [...text.matchAll(WORDS)]
  if (!labels.some(label => /^END/i.test(label[0]))) return null
  const found = { ...emptyPurpose(), lead: text.slice(0, labels[0]?.index).trim() }
  for (const [index, label] of labels.entries()) {
    const value = text.slice(label.index + label[0].length, labels[index + 1]?.index ?? text.length).trim()
    if (/^END/i.test(label[0])) found.EREF ||= value
    else if (/^KUNDEN/i.test(label[0])) found.KREF ||= value
  }
  return found
}
