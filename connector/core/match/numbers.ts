// References and document numbers: one number in the many ways in which it is written, several in one text, and what looks
// like a number and proves nothing.

import type { BankSide, LedgerSide } from './sides'

/**
 * A reference in capitals, whatever separates its parts as one `-`; empty when nothing is left, only zeros, or so little that
 * it is met by chance: many systems number their rows in this field.
 */
export function referenceOf(text: string): string {
  if (text === '') return ''
  // Most are written so already.
  const reference = PLAIN_REFERENCE.test(text) ? text : dashed(text.normalize('NFKC').toUpperCase())
  if (!/[1-9A-Z\p{L}]/u.test(reference) || EMPTY_REFERENCES.has(reference.replaceAll('-', ''))) return ''
  if (!/^\d+$/.test(reference)) return reference
  if (reference.length < DIGITS_MIN) return ''
  // Spreadsheets drop the zeros of a long number.
  return withoutZeros(reference)
}

function withoutZeros(digits: string): string {
  const significant = digits.replace(/^0+/, '')
  return significant.length >= SERIAL_MIN ? significant : digits
}

const PLAIN_REFERENCE = /^[0-9A-Z]+$/
const DIGITS_MIN = 3
/** Digits alone, fewer than these, are the last ones of a card, a count or a room as easily as a document: see `isWeak`. */
const SERIAL_MIN = 6

function dashed(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '')
}

/** What banks and books write where they have no reference. */
const EMPTY_REFERENCES: ReadonlySet<string> = new Set(
  'NONREF NOTPROVIDED NOREF NOREFERENCE UNKNOWN NONE NIL NA NULL 无'.split(' '),
)

/** By what numbers meet: `INV-2026-77` and `INV202677` do. Whether they are the same is for `isSameNumber`. */
export function looseOf(number: string): string {
  return number.replaceAll('-', '')
}

/** The separators may be left out as a whole, but not stand elsewhere: `1-23` is not `12-3`. */
function isSameNumber(one: string, other: string): boolean {
  if (one === other) return true
  return (!one.includes('-') || !other.includes('-')) && looseOf(one) === looseOf(other)
}

export type Numbers = {
  readonly references: readonly string[]
  /** Document numbers in text. */
  readonly documents: readonly string[]
  /** What in a text is evidence only against somebody's reference field. */
  readonly weak: readonly string[]
}

export function bankNumbers({ references, text, minor, counterAccount }: BankSide): Numbers {
  return numbersOf(references, text, minor, number => looseOf(number) === looseOf(referenceOf(counterAccount)))
}

export function ledgerNumbers({ reference, text, minor }: LedgerSide): Numbers {
  return numbersOf([reference], text, minor, () => false)
}

function numbersOf(
  fields: readonly string[],
  text: string,
  minor: bigint,
  isForeign: (number: string) => boolean,
): Numbers {
  const references: string[] = []
  const documents: string[] = []
  for (const field of fields) {
    const reference = referenceOf(field)
    if (reference === '') continue
    references.push(reference)
    // A field may hold several, too.
    if (!SINGLE.test(field)) documents.push(...documentNumbers(field))
  }
  const found = documents.length === 0 ? documentNumbers(text) : [...documents, ...documentNumbers(text)]
  if (found.length === 0) return { references, documents: NO_NUMBERS, weak: NO_NUMBERS }
  const own = found.filter(number => !isForeign(number) && !isAmount(number, minor))
  const weak = own.filter(isWeak)
  return { references, documents: weak.length === 0 ? own : own.filter(number => !isWeak(number)), weak }
}

/** Short ones, mobile phones and bank cards come again with every payment of the same party. */
export function isWeak(number: string): boolean {
  return /^(?:\d{1,5}|1[3-9]\d{9}|62\d{14,17})$/.test(number)
}

const SINGLE = /^[0-9A-Za-z._-]+$/

function isAmount(number: string, minor: bigint): boolean {
  if (!/^\d+$/.test(number)) return false
  const digits = String(minor < 0n ? -minor : minor)
  const significant = number.replace(/^0+/, '')
  return digits.startsWith(significant) && /^0{0,3}$/.test(digits.slice(significant.length))
}

/** Shorter ones are met by chance. */
const TOKEN_MIN = 4
/** No document number is longer; a text may be. */
const TOKEN_MAX = 64
const TOKENS_MAX = 40

const NO_NUMBERS: readonly string[] = []

/** Runs of letters, digits, `-`, `_`, `/` and `.` with a digit in them, and lists such as `INV-001/002`; no dates, no amounts. */
export function documentNumbers(text: string): readonly string[] {
  if (!/\p{N}/u.test(text)) return NO_NUMBERS
  const plain = text
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\u2010-\u2015\u2212]/g, '-')
  const found = new Set<string>()
  let runs = 0
  for (const run of plain.matchAll(/[A-Z0-9]+(?:[-_/.][A-Z0-9]+)*/g)) {
    if (++runs > TOKENS_MAX) break
    for (const token of tokensOf(run[0])) {
      if (!isNumber(token)) continue
      const isCounted =
        /^\d+$/.test(token) && UNITS.test(plain.slice(run.index + run[0].length, run.index + run[0].length + 4))
      if (!isCounted) found.add(/^\d+$/.test(token) ? withoutZeros(token) : dashed(token))
    }
  }
  if (LIST.test(plain)) for (const number of listed(plain)) found.add(number)
  return [...found]
}

/** `No.` sticks to what it announces, and a stroke joins two numbers as easily as the parts of one. */
function tokensOf(run: string): readonly string[] {
  const announced = run.includes('NO.') ? [run.replace(/^.*\bNO\.(?=[A-Z0-9])/, '')] : []
  return run.includes('/') ? [run, ...run.split('/').slice(0, TOKENS_MAX), ...announced] : [run, ...announced]
}

/** What is counted is no document. */
const UNITS = /^\s*[元万亿块笔人年月日天个张份次户%]/
const MONEY = /^(?:CNY|RMB|USD|HKD|EUR|JPY|GBP)[\d.]+$|^[\d.]+(?:CNY|RMB|USD|HKD|EUR|JPY|GBP)$|^\d+\.\d{1,2}$/

function isNumber(token: string): boolean {
  return (
    token.length >= TOKEN_MIN &&
    token.length <= TOKEN_MAX &&
    /[1-9]/.test(token) &&
    !MONEY.test(token) &&
    !isDate(token)
  )
}

const YEAR = '(?:19|20)\\d\\d'
const MONTH = '(?:0?[1-9]|1[0-2])'
const DAY = '(?:0?[1-9]|[12]\\d|3[01])'
const MONTH_NAME = '(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|SEPT|OCT|NOV|DEC)[A-Z]{0,6}'
const PERIOD = '(?:FY|Q[1-4]|H[12]|(?:KW|WK|W)\\d{1,2})'
const S = '[-_/.]?'
const DATE = [
  `${YEAR}(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])?)?`,
  `${YEAR}[-_/.]${MONTH}(?:[-_/.]${DAY})?`,
  `(?:${DAY}[-/.])?${MONTH}[-/.](?:${YEAR}|\\d\\d)`,
  `${MONTH}[-/.]${DAY}[-/.](?:${YEAR}|\\d\\d)`,
  `(?:${DAY}${S})?${MONTH_NAME}${S}(?:${DAY}${S})?(?:${YEAR}|\\d\\d)`,
  `${YEAR}${S}(?:${MONTH_NAME}|${PERIOD})`,
  `${PERIOD}${S}${YEAR}`,
].join('|')
/** A day, month, quarter or year, or two of them with a stroke between. */
const DATES = new RegExp(`^(?:${DATE})(?:[-_/.](?:${DATE}))?$`)

function isDate(token: string): boolean {
  return DATES.test(token)
}

const LIST = /\d\s*[/,、;&+和及~至到]\s*\d/
const AND = /^\s*[/,、;&+和及]\s*$/
const TO = /^\s*[~至到]\s*$/
/** Longer ranges are more than one payment settles, or no range. */
const RANGE_MAX = 20

/** The further numbers of `INV-2026-001/002、003` and `INV-2026-001~003`: as many digits as the first one ends in. */
function listed(plain: string): readonly string[] {
  const found: string[] = []
  let base: { readonly prefix: string; readonly digits: string } | null = null
  let end = 0
  for (const piece of [...plain.matchAll(/[A-Z0-9]+(?:[-_.][A-Z0-9]+)*/g)].slice(0, TOKENS_MAX)) {
    const between = plain.slice(end, piece.index)
    end = piece.index + piece[0].length
    const isListed = base !== null && /^\d+$/.test(piece[0]) && piece[0].length === base.digits.length
    if (base !== null && isListed && AND.test(between)) base = { ...base, digits: piece[0] }
    else if (base !== null && isListed && TO.test(between)) {
      const { prefix, digits } = base
      const [first, last] = [Number(digits), Number(piece[0])]
      if (last - first <= RANGE_MAX)
        for (let no = first + 1; no <= last; no++) found.push(dashed(prefix + String(no).padStart(digits.length, '0')))
      base = null
      continue
    } else {
      const [, prefix = '', digits = ''] = isNumber(piece[0]) ? (/^(.*?)(\d{2,})$/.exec(piece[0]) ?? []) : []
      base = /[A-Z]/.test(prefix) ? { prefix, digits } : null
      continue
    }
    found.push(dashed(base.prefix + base.digits))
  }
  return found
}

/** A number of either that the other has: as a reference, or in a text; a short one only against a reference. */
export function shareNumber(bank: Numbers, ledger: Numbers): boolean {
  const meets = (ones: readonly string[], others: readonly string[]): boolean =>
    ones.some(one => others.some(other => isSameNumber(one, other)))
  const all = ({ references, documents }: Numbers): readonly string[] => [...references, ...documents]
  return meets(all(bank), all(ledger)) || meets(bank.references, ledger.weak) || meets(bank.weak, ledger.references)
}

export type Differ = (bank: BankSide, ledger: LedgerSide) => boolean

/**
 * Says of two lines that share no number whether the numbers speak against them: both name one of the same kind (`INV-1001`,
 * `INV-1002`), or what one names stands with another line. Whatever else agrees, a person is to look.
 */
export function numbersDiffer(bank: readonly BankSide[], ledger: readonly LedgerSide[]): Differ {
  const theirs = new Set(bank.flatMap(line => namedIn(bankNumbers(line))))
  const ours = new Set(ledger.flatMap(line => namedIn({ references: [referenceOf(line.reference)], documents: [] })))
  return (line, entry) => {
    const [one, other] = [bankNumbers(line), ledgerNumbers(entry)]
    if (shareNumber(one, other)) return false
    const isElsewhere =
      namedIn(one).some(number => ours.has(number)) || theirs.has(looseOf(referenceOf(entry.reference)))
    const kinds = kindsOf(one)
    return isElsewhere || [...kindsOf(other)].some(kind => kinds.has(kind))
  }
}

function namedIn({ references, documents }: Pick<Numbers, 'references' | 'documents'>): readonly string[] {
  return [...references, ...documents].filter(number => /\d/.test(number)).map(looseOf)
}

function kindsOf({ references, documents }: Numbers): ReadonlySet<string> {
  const isOfAKind = (number: string): boolean => /\p{L}/u.test(number) && /\d/.test(number)
  return new Set([...references, ...documents].filter(isOfAKind).map(number => number.replaceAll(/\d+/g, '#')))
}
