// Sends instructions in one DCPAYMNT and asks about each by NTQRYSTY. Nothing is ever sent a second time.

import { addDays, bankDay } from '../../connector/core/bank-time'
import type { InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { inquiryBlocks, instructionProblem, paymentBlocks } from './codec-payment'
import { problem, type Problem } from './codes'
import type { CmbFrontendConfig } from './config'
import type { Session } from './exchange'
import { inquiryOutcome, sendOutcome, unavailable, uncertain } from './outcomes'

/** One outcome an instruction, in order. Messages hold at most `batchMax` items, so that each gets an answer of its own. */
export async function sendPayments(
  session: Session,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  const { config } = session
  const problems = batch.map(instruction => sendProblem(instruction, batch, config))
  const fit = batch.filter((_, index) => problems[index] === null)
  const outcomes = new Map<string, SendOutcome>()
  for (let start = 0; start < fit.length; start += config.batchMax) {
    const message = fit.slice(start, start + config.batchMax)
    const answer = await session.ask('DCPAYMNT', paymentBlocks(message, config), signal)
    for (const { reference } of message) {
      const outcome: SendOutcome =
        answer.kind === 'answer'
          ? sendOutcome(answer.reply, reference, config)
          : { kind: answer.kind, ...answer.problem }
      outcomes.set(reference, outcome)
    }
  }
  return batch.map(({ reference }, index) => {
    const found = problems[index]
    if (found) return { kind: 'unsent', ...found }
    return outcomes.get(reference) ?? uncertain(problem('cmb-frontend.missing_item', reference))
  })
}

function sendProblem(
  instruction: Instruction,
  batch: readonly Instruction[],
  config: CmbFrontendConfig,
): Problem | null {
  if (batch.filter(other => other.reference === instruction.reference).length > 1)
    return problem('cmb-frontend.duplicate_reference', instruction.reference)
  return instructionProblem(instruction, config)
}

// ---------------------------------------------------------------------------------------------------------- asking

/** NTQRYSTY: within 90 days, at most a week at once (banks/cmb-frontend §3). */
const REACH_DAYS = 90
const WINDOW_DAYS = 7

/** One outcome an instruction, in order, asked by our own reference. When the line fails, the rest is not asked. */
export async function inquirePayments(
  session: Session,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly InquiryOutcome[]> {
  const outcomes: InquiryOutcome[] = []
  let lineProblem: Problem | null = null
  for (const instruction of batch) {
    const asked: Asked = lineProblem ? { lineProblem } : await inquireOne(session, instruction, signal)
    if ('lineProblem' in asked) lineProblem = asked.lineProblem
    outcomes.push('lineProblem' in asked ? unavailable(asked.lineProblem) : asked)
  }
  return outcomes
}

type Asked = InquiryOutcome | { readonly lineProblem: Problem }

/**
 * Week by week from the day before the first send (around midnight the bank may date it there) to today, newest first: a payment
 * that went out again after it was unsent has a later day of entry. "None" is said only when every day has been asked.
 */
async function inquireOne(session: Session, { reference, sentOn }: Instruction, signal: AbortSignal): Promise<Asked> {
  const today = bankDay(session.clock.now())
  const oldest = addDays(today, 1 - REACH_DAYS)
  const wanted = addDays(sentOn ?? addDays(today, 2 - WINDOW_DAYS), -1)
  const from = wanted < oldest ? oldest : wanted
  for (let to = today; to >= from; to = addDays(to, -WINDOW_DAYS)) {
    const first = addDays(to, 1 - WINDOW_DAYS)
    const blocks = inquiryBlocks(reference, first < from ? from : first, to)
    const answer = await session.ask('NTQRYSTY', blocks, signal)
    if (answer.kind !== 'answer') return { lineProblem: answer.problem }
    const found = inquiryOutcome(answer.reply, reference)
    if (found) return found
  }
  return wanted < oldest ? unavailable(problem('cmb-frontend.too_old', reference)) : { kind: 'absent', code: '0' }
}
