// All the bank's status reports about one instruction to one outcome. Pure. A report speaks of a payment where its reference
// stands, or at a higher level where the payment is provably in the file; what is not listed, and what contradicts, ends nothing.

import { parseAmount } from '../../connector/core/money'
import type { Echo, InquiryOutcome, Instruction } from '../../connector/ports'
import { bankWords } from '../shared/account'
import type { ReportedPayment, Said, StatusReport } from './codec-pain002'
import { describeCode, DUPLICATE_WORDS, problem, reasonOutcome, statusOutcome, type ExtraCode } from './codes'

/** What a copy in our own archive says of the file a report is about. One that was made anew before it could leave has several. */
export type SentFile = { readonly count: string; readonly sum: string; readonly references: ReadonlySet<string> }

/** What the standard writes where there is no reference. */
const NOT_PROVIDED = 'NOTPROVIDED'

export type Report = { readonly report: StatusReport; readonly order: number }

/** `duplicate` and `undecided` teach nothing about the payment. */
type Fact = {
  readonly kind: 'accepted' | 'settled' | 'refused' | 'duplicate' | 'undecided' | 'contradictory'
  readonly code: string
  readonly text: string
  readonly echo: Omit<Echo, 'code' | 'text'>
}

export type Judged = { readonly outcome: InquiryOutcome; readonly sawDuplicate: boolean }

const NOTHING: Omit<Echo, 'code' | 'text'> = { reference: null, amount: null, payeeAccount: null, bankSerial: '' }

/** `unavailable` where no report says anything certain. */
export function judgeReports(
  instruction: Instruction,
  reports: readonly Report[],
  sent: readonly SentFile[],
  extras: readonly ExtraCode[],
): Judged {
  const own = reports.filter(({ report }) => report.original.messageId === instruction.batch.reference)
  // A bank's own clock first: files may be fetched in another order than they were written.
  const ordered = own.toSorted((a, b) => compare(a.report.createdAt, b.report.createdAt) || a.order - b.order)
  const facts = ordered.flatMap(({ report }) => factsOf(report, instruction, sent, extras))
  const sawDuplicate = facts.some(({ kind }) => kind === 'duplicate')
  return { outcome: combined(facts), sawDuplicate }
}

function combined(facts: readonly Fact[]): InquiryOutcome {
  const news = facts.filter(({ kind }) => kind !== 'duplicate')
  const last = news.at(-1)
  if (!last) {
    const duplicate = facts.at(-1)
    if (duplicate) return unavailable(problem('iso20022.duplicate', duplicate.text), duplicate.code)
    return { kind: 'unavailable', ...problem('iso20022.no_status', '') }
  }
  if (last.kind === 'undecided') return unavailable({ code: last.code, reason: last.text }, last.code)
  const settled = news.findLast(({ kind }) => kind === 'settled')
  const refused = news.findLast(({ kind }) => kind === 'refused')
  const isTaken = last.kind === 'accepted' || last.kind === 'settled'
  const isTorn = (settled && refused) || (refused && isTaken) || news.some(({ kind }) => kind === 'contradictory')
  if (isTorn)
    return {
      kind: 'unavailable',
      ...problem('iso20022.contradictory', [...new Set(news.map(fact => fact.code))].join(' ')),
    }
  if (refused)
    return { kind: 'refused', refusal: { code: refused.code, text: refused.text, bankSerial: refused.echo.bankSerial } }
  const said = settled ?? last
  return { kind: settled ? 'settled' : 'accepted', echo: { ...said.echo, code: said.code, text: said.text } }
}

function unavailable({ reason }: { readonly code: string; readonly reason: string }, code: string): InquiryOutcome {
  return { kind: 'unavailable', code, reason }
}

// -------------------------------------------------------------------------------------------------- one report, one payment

function factsOf(
  report: StatusReport,
  instruction: Instruction,
  sent: readonly SentFile[],
  extras: readonly ExtraCode[],
): readonly Fact[] {
  const blocks = report.blocks.filter(({ id }) => id === '' || id === instruction.batch.reference)
  const found = blocks.flatMap(block =>
    block.payments.filter(payment => isAbout(payment, instruction)).map(payment => ({ block, payment })),
  )
  if (isOtherFile(report, sent)) return [undecided('iso20022.other_file', '')]
  const [one, ...more] = found
  if (more.length > 0) return [undecided('iso20022.contradictory', 'OrgnlEndToEndId ×2')]
  const block = one?.block ?? (blocks.length === 1 ? blocks[0] : undefined)
  const isInFile = sent.length > 0 && sent.every(({ references }) => references.has(instruction.reference))
  // The lowest level that says something speaks; what stands above it must not deny it.
  const levels: readonly Level[] = [
    ...(one ? [{ said: one.payment, payment: one.payment }] : []),
    ...(block ? [{ said: block, payment: null }] : []),
    { said: report.group, payment: null },
  ].filter(({ said }) => said.status !== '')
  const [lowest, ...above] = levels.map(level => ({ ...level, ...factOf(level, extras) }))
  if (!lowest) return []
  if (lowest.payment === null && !isInFile) {
    return lowest.kind === 'refused' ? [undecided('iso20022.not_in_file', lowest.code)] : []
  }
  if (lowest.kind === 'partly') return []
  const isDenied = above.some(({ kind }) => isEnding(kind) && kind !== lowest.kind)
  const { kind, code, text, payment } = lowest
  const isSame = payment === null || isConsistent(payment, instruction)
  return [{ kind: isDenied || !isSame ? 'contradictory' : kind, code, text, echo: payment ? echoOf(payment) : NOTHING }]
}

type Level = { readonly said: Said; readonly payment: ReportedPayment | null }

function undecided(
  code: 'iso20022.other_file' | 'iso20022.not_in_file' | 'iso20022.contradictory',
  detail: string,
): Fact {
  const { reason } = problem(code, detail)
  return { kind: 'undecided', code, text: reason, echo: NOTHING }
}

function isEnding(kind: string): boolean {
  return kind === 'refused' || kind === 'settled'
}

/** What one level's words come to. A rejection refuses only for listed reasons, all of them. */
function factOf(
  { said }: Level,
  extras: readonly ExtraCode[],
): { readonly kind: Exclude<Fact['kind'], 'contradictory'> | 'partly'; readonly code: string; readonly text: string } {
  const code = [said.status, ...said.reasons]
    .join('/')
    .replace(/[^\w/.-]/g, '?')
    .slice(0, 60)
  const meanings = [
    describeCode(said.status, 'status', '', extras),
    ...said.reasons.map(reason => describeCode(reason, 'reason', '', extras)),
  ]
  const text = bankWords([...meanings, said.text].filter(Boolean).join('; '))
  const status = statusOutcome(said.status, extras)
  if (status === null) return { kind: 'undecided', code, text: problem('iso20022.status', text).reason }
  if (status !== 'refused') return { kind: status, code, text }
  const reasons = said.reasons.map(reason => reasonOutcome(reason, extras))
  if (reasons.includes('duplicate') || DUPLICATE_WORDS.test(said.text)) return { kind: 'duplicate', code, text }
  if (reasons.length > 0 && reasons.every(reason => reason === 'refused')) return { kind: 'refused', code, text }
  return { kind: 'undecided', code, text: problem('iso20022.reason', text).reason }
}

/** Our reference in either place; the bank may leave one out. */
function isAbout({ endToEndId, instructionId }: ReportedPayment, { reference }: Instruction): boolean {
  return endToEndId === reference || instructionId === reference
}

function isConsistent({ endToEndId, instructionId }: ReportedPayment, { reference }: Instruction): boolean {
  return [endToEndId, instructionId].every(id => id === '' || id === reference || id === NOT_PROVIDED)
}

/** Number, sum and payments, where the bank repeats them, are those of our file: else it is about another one under the same id. */
function isOtherFile({ original, blocks }: StatusReport, sent: readonly SentFile[]): boolean {
  const named = blocks.flatMap(({ payments }) =>
    payments.flatMap(({ endToEndId, instructionId }) =>
      [endToEndId, instructionId].filter(id => id !== '' && id !== NOT_PROVIDED),
    ),
  )
  const isOf = ({ count, sum, references }: SentFile): boolean =>
    (original.count === '' || original.count === count) &&
    (original.sum === '' || bare(original.sum) === bare(sum)) &&
    named.every(id => references.has(id))
  return sent.length > 0 && !sent.some(isOf)
}

function bare(sum: string): string {
  return sum.includes('.') ? sum.replace(/0+$/, '').replace(/\.$/, '') : sum
}

function echoOf({ endToEndId, instructionId, amount, payeeAccount, bankSerial }: ReportedPayment): Fact['echo'] {
  const money = amount && parseAmount(amount.text, amount.currency)
  return {
    reference: [endToEndId, instructionId].find(id => id !== '' && id !== NOT_PROVIDED) ?? null,
    // An amount that cannot be read is not taken for one that the bank left out.
    amount: typeof money === 'string' ? { minor: -1n, currency: amount?.currency ?? '' } : money,
    payeeAccount: payeeAccount === '' ? null : payeeAccount,
    bankSerial: bankSerial.slice(0, 60),
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
