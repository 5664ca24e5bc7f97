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

type Name = {
  /** In capitals, without what tells no two firms apart: full-width brackets, blanks and dots, as it pleases the typist. */
  readonly full: string
  /** Without its legal form. */
  readonly base: string
  /** GMBH, LTD …; empty where it names none, or a Chinese one, of which what matters (股份, 集团) stays in the base. */
  readonly form: string
}

export function nameOf(text: string): Name {
  const known = NAMES.get(text)
  if (known !== undefined) return known
  const words = text
    .normalize('NFKC')
    .toUpperCase()
    .split(/[\s\p{P}]+/u)
    .filter(Boolean)
  const full = words.join('')
  let form = ''
  while (words.length > 1 && FORMS.has(words.at(-1) ?? '')) form = FORMS.get(words.pop() ?? '') || form
  const base = words.join('').replace(/(?:有限责任公司|有限公司|(?<![分总子])公司)$/, '')
  const name = { full, base: base === '' ? full : base, form }
  if (NAMES.size >= NAMES_MAX) NAMES.clear()
  NAMES.set(text, name)
  return name
}

/** The same few names come again and again, in every pass. A memory of what a pure function said; bounded. */
const NAMES = new Map<string, Name>()
const NAMES_MAX = 20_000

/** Legal forms as the last words of a name, and the ones that mean the same. */
const FORMS: ReadonlyMap<string, string> = new Map([
  ...['CO', 'COMPANY'].map(word => [word, ''] as const),
  ...['LTD', 'LIMITED'].map(word => [word, 'LTD'] as const),
  ...['INC', 'INCORPORATED'].map(word => [word, 'INC'] as const),
  ...['CORP', 'CORPORATION'].map(word => [word, 'CORP'] as const),
  ...['LLC', 'PLC', 'GMBH', 'AG', 'KG', 'UG', 'BV', 'NV', 'SARL', 'SRL', 'SPA'].map(word => [word, word] as const),
])

/** Names of the counterparty that a bank line gives, without their legal forms. */
export function baseNames({ counterparty, counterAccount }: BankSide): readonly string[] {
  return [nameOf(counterparty).base, nameOf(counterAccount).base].filter(Boolean)
}

/**
 * True when both are named and neither name holds the other, nor is it the other with another or no legal form. Names are held
 * against names, and account numbers against account numbers.
 */
export function contradict(bank: BankSide, ledger: LedgerSide): boolean {
  const theirs = nameOf(ledger.counterparty)
  const isAccount = /^\d+$/.test(theirs.full)
  const ours = nameOf(isAccount && bank.counterAccount !== '' ? bank.counterAccount : bank.counterparty)
  return theirs.full !== '' && ours.full !== '' && !mayBe(ours, theirs)
}

const PERSON = /^(?!.*公司$)\p{Script=Han}{1,3}$/u

function mayBe(one: Name, other: Name): boolean {
  // Of people one name may begin another: 张三 is not 张三丰.
  if (PERSON.test(one.full) && PERSON.test(other.full)) return one.full === other.full
  if (one.full.includes(other.full) || other.full.includes(one.full)) return true
  return one.base === other.base && (one.form === '' || other.form === '' || one.form === other.form)
}

/** Whole days between two `yyyy-MM-dd`. */
export function daysBetween(a: string, b: string): number {
  return Math.abs(Date.parse(a) - Date.parse(b)) / 86_400_000
}
