// The calls that move money and ask about it: one message an instruction, one after the other. When the line has failed, the
// instructions behind are not sent at all, which is certain, instead of being tried into the same failure.

import type { InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { functionOf, inquiryInfo, instructionProblem, paymentInfo } from './codec-payment'
import { problem, type Problem } from './codes'
import type { Front } from './exchange'
import { inquiryOutcome, sendOutcome } from './outcomes'

export async function sendPayments(
  front: Front,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  const outcomes: SendOutcome[] = []
  let halted: Problem | null = null
  for (const instruction of batch) {
    const refused = batchProblem(instruction, batch) ?? instructionProblem(instruction, front.config) ?? halted
    if (refused) {
      outcomes.push({ kind: 'unsent', ...refused })
      continue
    }
    const info = paymentInfo(instruction, front.config)
    const answer = await front.ask(functionOf(instruction), instruction.reference, info, signal)
    if (answer.kind === 'answer') {
      outcomes.push(sendOutcome(answer.reply, instruction.reference, front.config))
      continue
    }
    outcomes.push({ kind: answer.kind, ...answer.problem })
    if (answer.isLineDown) halted = problem(signal.aborted ? 'ccb.aborted' : 'ccb.halted', '')
  }
  return outcomes
}

export async function inquirePayments(
  front: Front,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly InquiryOutcome[]> {
  const outcomes: InquiryOutcome[] = []
  let failed: Problem | null = null
  for (const { reference } of batch) {
    if (failed) {
      outcomes.push({ kind: 'unavailable', ...failed })
      continue
    }
    const answer = await front.ask('6W0600', null, inquiryInfo(reference), signal)
    if (answer.kind === 'answer') {
      outcomes.push(inquiryOutcome(answer.reply, reference, front.config))
      continue
    }
    outcomes.push({ kind: 'unavailable', ...answer.problem })
    if (answer.isLineDown) failed = answer.problem
  }
  return outcomes
}

function batchProblem({ reference }: Instruction, batch: readonly Instruction[]): Problem | null {
  const isRepeated = batch.filter(other => other.reference === reference).length > 1
  return isRepeated ? problem('ccb.duplicate_reference', reference) : null
}
