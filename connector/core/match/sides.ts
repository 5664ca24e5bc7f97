// The two sides of a reconciliation as the passes see them, and how their words are compared. Nothing here decides.

export type BankSide = {
  readonly id: string
  readonly date: string
  /** From the account's view: money out is negative. */
  readonly minor: bigint
  /** Our reference, the bank's serial, its own line id: whatever the ledger may have noted. Empty ones are ignored. */
  readonly references: readonly string[]
  readonly counterparty: string
  readonly counterAccount: string
  readonly text: string
  /** Key of the journal entry that we made of it, or null. */
  readonly entryKey: string | null
}

export type LedgerSide = {
  readonly id: string
  readonly date: string
  /** From the account's view: money out is negative. */
  readonly minor: bigint
  readonly reference: string
  readonly counterparty: string
  readonly text: string
  readonly entryKey: string | null
  /** Key of the entry of ours that this line's red entry takes back for a person: then it belongs to no bank line. */
  readonly reverses?: string
}

/** Names are written with full-width brackets, blanks and dots as it pleases the typist; none of these tells two firms apart. */
export function nameOf(text: string): string {
  if (text === '') return ''
  const known = NAMES.get(text)
  if (known !== undefined) return known
  const name = text
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s\p{P}]/gu, '')
  if (NAMES.size >= NAMES_MAX) NAMES.clear()
  NAMES.set(text, name)
  return name
}

/** The same few names come again and again, in every pass. A memory of what a pure function said; bounded. */
const NAMES = new Map<string, string>()
const NAMES_MAX = 20_000

/** A reference without blanks, in capitals; empty when nothing is left, or only zeros: many systems fill the field so. */
export function referenceOf(text: string): string {
  if (text === '') return ''
  // Most are written so already.
  if (PLAIN_REFERENCE.test(text)) return EMPTY_REFERENCES.has(text) ? '' : text
  const reference = text.normalize('NFKC').toUpperCase().replaceAll(/\s/g, '')
  return /[1-9A-Z\p{L}]/u.test(reference) && !EMPTY_REFERENCES.has(reference) ? reference : ''
}

/** Neither blanks nor lower case, and something else than zeros. */
const PLAIN_REFERENCE = /^(?=.*[1-9A-Z])[0-9A-Z_/.-]+$/

/** What banks and books write where they have no reference. */
const EMPTY_REFERENCES: ReadonlySet<string> = new Set(['NONREF', 'NOTPROVIDED', 'NONE', 'NA', 'N/A', 'NULL', '无'])

/** Shorter ones are met by chance. */
const TOKEN_MIN = 4
const TOKENS_MAX = 40

/** Document numbers that a text may hold: runs of letters, digits, `-`, `_`, `/` and `.` with a digit in them; no dates. */
export function documentTokens(text: string): readonly string[] {
  const runs =
    text
      .normalize('NFKC')
      .toUpperCase()
      .match(/[A-Z0-9]+(?:[-_/.][A-Z0-9]+)*/g) ?? []
  const tokens = runs.slice(0, TOKENS_MAX).filter(run => run.length >= TOKEN_MIN && /[1-9]/.test(run) && !isDate(run))
  return [...new Set(tokens)]
}

function isDate(run: string): boolean {
  return /^(19|20)\d\d[-/.]?(0?[1-9]|1[0-2])([-/.]?(0?[1-9]|[12]\d|3[01]))?$/.test(run)
}

/** True when both are named and neither name holds the other. */
export function contradict(bank: BankSide, ledger: LedgerSide): boolean {
  const theirs = nameOf(ledger.counterparty)
  const ours = [nameOf(bank.counterparty), nameOf(bank.counterAccount)].filter(name => name !== '')
  if (theirs === '' || ours.length === 0) return false
  return !ours.some(name => name.includes(theirs) || theirs.includes(name))
}

/** Whole days between two `yyyy-MM-dd`. */
export function daysBetween(a: string, b: string): number {
  return Math.abs(Date.parse(a) - Date.parse(b)) / 86_400_000
}
