// Evidence in, cause out. Only an explicit yes or no of the bank, about this very instruction, ends a payment; what is
// not understood teaches nothing, and what disagrees with the instruction is a contradiction, never a success.

import type { BankTraits, Echo, InquiryOutcome, Instruction, SendOutcome, State, StatementLine } from '../ports'
import type { Cause } from './lifecycle'
import { formatAmount, sameMoney } from './money'

export type Evidence = Readonly<Record<string, string>>

/** `cause` null: nothing was learned. `contradiction`: a code from docs/errors.md, or null. */
export type Verdict = {
  readonly cause: Cause | null
  readonly contradiction: string | null
  readonly code: string
  readonly text: string
  readonly bankSerial: string
  readonly evidence: Evidence
}

export function judgeSend(instruction: Instruction, outcome: SendOutcome): Verdict {
  switch (outcome.kind) {
    case 'accepted':
    case 'settled': {
      const mismatch = mismatchOf(instruction, outcome.echo)
      if (mismatch)
        return { ...fromEcho('send.uncertain', outcome.echo), contradiction: 'ECHO_MISMATCH', text: mismatch }
      return fromEcho(outcome.kind === 'accepted' ? 'send.accepted' : 'send.settled', outcome.echo)
    }
    case 'refused':
      return verdict('send.refused', outcome.refusal.code, outcome.refusal.text, outcome.refusal.bankSerial)
    case 'unsent':
      return verdict('send.unsent', outcome.code, outcome.reason, '')
    case 'uncertain':
      return verdict('send.uncertain', outcome.code, outcome.reason, '')
  }
}

/**
 * `inDoubtSince`: when the last send ended without an answer. Absence is proof only for a bank that refuses a repeated
 * reference (or says in writing when "not found" is final), and only after its waiting time; until then it teaches nothing.
 */
export function judgeInquiry(
  state: State,
  instruction: Instruction,
  outcome: InquiryOutcome,
  traits: Pick<BankTraits, 'absentFinalAfterMs'>,
  inDoubtSince: number,
  askedAt: number,
): Verdict {
  switch (outcome.kind) {
    case 'accepted':
    case 'settled':
    case 'returned': {
      const mismatch = mismatchOf(instruction, outcome.echo)
      if (mismatch) return { ...fromEcho(null, outcome.echo), contradiction: 'ECHO_MISMATCH', text: mismatch }
      return fromEcho(causeOfAnswer(state, outcome.kind), outcome.echo)
    }
    case 'refused':
      return verdict('inquiry.refused', outcome.refusal.code, outcome.refusal.text, outcome.refusal.bankSerial)
    case 'absent': {
      const isFinal = traits.absentFinalAfterMs !== null && askedAt - inDoubtSince >= traits.absentFinalAfterMs
      if (state === 'unknown' && isFinal) return verdict('inquiry.absent', outcome.code, '银行确认无此指令', '')
      return verdict(null, outcome.code, '银行暂无此指令记录 (the bank has no record yet)', '')
    }
    case 'unavailable':
      return verdict(null, outcome.code, outcome.reason, '')
  }
}

/**
 * A bank line that carries our reference. Money out of exactly the amount is the debit; money in of the amount, or a
 * line that the bank marks as taking back, is the return. Anything else disagrees with the instruction.
 */
export function judgeStatement(state: State, instruction: Instruction, line: StatementLine): Verdict {
  const evidence: Evidence = {
    line: line.bankId ?? '',
    bookedOn: line.bookedOn,
    amount: formatAmount(line.amount),
    counterAccount: line.counterAccount,
    bankSerial: line.bankSerial,
  }
  const isDebit = line.amount.minor < 0n && !line.isReversal
  const magnitude = {
    minor: line.amount.minor < 0n ? -line.amount.minor : line.amount.minor,
    currency: line.amount.currency,
  }
  const base = { code: '', text: '', bankSerial: line.bankSerial, evidence }
  if (!sameMoney(magnitude, instruction.amount) || isForeignPayee(instruction, line.counterAccount)) {
    return {
      ...base,
      cause: null,
      contradiction: 'STATEMENT_MISMATCH',
      text: '流水与指令不符 (the line disagrees with the instruction)',
    }
  }
  if (isDebit) {
    const isNews = state !== 'settled' && state !== 'returned'
    return { ...base, cause: isNews ? 'statement.debited' : null, contradiction: null }
  }
  const text = '退票 (returned)'
  if (state === 'returned') return { ...base, cause: null, contradiction: null, text }
  // A return that is seen before its debit was: both happened; the success comes first.
  const isEarly = state === 'unknown' || state === 'accepted'
  return { ...base, cause: isEarly ? 'statement.debited' : 'statement.returned', contradiction: null, text }
}

/** What in the echo disagrees with the instruction, in words, or null. What the bank did not echo is not compared. */
export function mismatchOf(instruction: Instruction, echo: Echo): string | null {
  const wrong: string[] = []
  if (echo.reference !== null && echo.reference !== instruction.reference) {
    wrong.push(`编号 reference ${echo.reference} ≠ ${instruction.reference}`)
  }
  if (echo.amount !== null && !sameMoney(echo.amount, instruction.amount)) {
    wrong.push(
      `金额 amount ${echo.amount.minor} ${echo.amount.currency} ≠ ${instruction.amount.minor} ${instruction.amount.currency}`,
    )
  }
  if (echo.payeeAccount !== null && isForeignPayee(instruction, echo.payeeAccount)) {
    wrong.push('收款账号 payee account differs')
  }
  return wrong.length === 0 ? null : `银行回显与指令不符 (the bank's echo disagrees): ${wrong.join('; ')}`
}

/** A late answer to a send, for a payment that meanwhile became `unknown`: it is a bank's answer all the same (I4). */
export function asInquiry(cause: Cause): Cause | null {
  if (cause === 'send.accepted') return 'inquiry.accepted'
  if (cause === 'send.settled') return 'inquiry.settled'
  if (cause === 'send.refused') return 'inquiry.refused'
  return null
}

function causeOfAnswer(state: State, kind: 'accepted' | 'settled' | 'returned'): Cause | null {
  if (kind === 'accepted') return state === 'accepted' ? null : 'inquiry.accepted'
  if (kind === 'settled') return state === 'settled' ? null : 'inquiry.settled'
  // A return seen before the success was: the debit and the return both happened; the success comes first.
  return state === 'settled' ? 'inquiry.returned' : 'inquiry.settled'
}

/** Banks print an account with blanks or hyphens, or not at all. */
function isForeignPayee(instruction: Instruction, account: string): boolean {
  const plain = account.replace(/[\s-]/g, '')
  return plain !== '' && plain !== instruction.payee.account.replace(/[\s-]/g, '')
}

function fromEcho(cause: Cause | null, echo: Echo): Verdict {
  return verdict(cause, echo.code, echo.text, echo.bankSerial)
}

function verdict(cause: Cause | null, code: string, text: string, bankSerial: string): Verdict {
  return { cause, contradiction: null, code, text, bankSerial, evidence: { code, text, bankSerial } }
}
