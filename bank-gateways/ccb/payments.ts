// The calls that move money and ask about it: one message an instruction, one after the other.

import type { InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { oneByOne, type Asked } from '../shared/one-by-one'
import { functionOf, inquiryInfo, instructionProblem, paymentInfo } from './codec-payment'
import { problem, type Problem } from './codes'
import type { Front } from './exchange'
import { inquiryOutcome, sendOutcome } from './outcomes'

export function sendPayments(
  front: Front,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  return oneByOne<Instruction, SendOutcome>(
    batch,
    instruction => sendOne(front, instruction, batch, signal),
    () => ({ kind: 'unsent', ...problem(signal.aborted ? 'ccb.aborted' : 'ccb.halted', '') }),
  )
}

export function inquirePayments(
  front: Front,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly InquiryOutcome[]> {
  return oneByOne<Instruction, InquiryOutcome>(
    batch,
    instruction => inquireOne(front, instruction, signal),
    () => ({ kind: 'unavailable', ...problem(signal.aborted ? 'ccb.aborted' : 'ccb.halted', '') }),
  )
}

async function sendOne(
  front: Front,
  instruction: Instruction,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<Asked<SendOutcome>> {
  const { reference } = instruction
  const refused = batchProblem(instruction, batch) ?? instructionProblem(instruction, front.config)
  if (refused) return { outcome: { kind: 'unsent', ...refused }, isLineDown: false }
  const info = paymentInfo(instruction, front.config)
  const answer = await front.ask(functionOf(instruction), reference, info, signal)
  if (answer.kind === 'answer')
    return { outcome: sendOutcome(answer.reply, reference, front.config), isLineDown: false }
  return { outcome: { kind: answer.kind, ...answer.problem }, isLineDown: answer.isLineDown }
}

async function inquireOne(
  front: Front,
  { reference }: Instruction,
  signal: AbortSignal,
): Promise<Asked<InquiryOutcome>> {
  const answer = await front.ask('6W0600', null, inquiryInfo(reference), signal)
  if (answer.kind === 'answer')
    return { outcome: inquiryOutcome(answer.reply, reference, front.config), isLineDown: false }
  return { outcome: { kind: 'unavailable', ...answer.problem }, isLineDown: answer.isLineDown }
}

function batchProblem({ reference }: Instruction, batch: readonly Instruction[]): Problem | null {
  const isRepeated = batch.filter(other => other.reference === reference).length > 1
  return isRepeated ? problem('ccb.duplicate_reference', reference) : null
}
