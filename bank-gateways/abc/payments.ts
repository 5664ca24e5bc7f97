// The calls that move money and ask about it: one message an instruction, one after the other.

import type { InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { oneByOne, type Asked } from '../shared/one-by-one'
import { functionOf, inquiryContent, instructionProblem, manualContent, paymentContent } from './codec-payment'
import { problem, type Problem } from './codes'
import { accountOf, type OwnAccount } from './config'
import type { Front } from './exchange'
import { inquiryOutcome, manualOutcome, sendOutcome } from './outcomes'

export function sendPayments(
  front: Front,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  return oneByOne<Instruction, SendOutcome>(
    batch,
    instruction => sendOne(front, instruction, batch, signal),
    () => ({ kind: 'unsent', ...problem(signal.aborted ? 'abc.aborted' : 'abc.halted', '') }),
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
    () => ({ kind: 'unavailable', ...problem(signal.aborted ? 'abc.aborted' : 'abc.halted', '') }),
  )
}

async function sendOne(
  front: Front,
  instruction: Instruction,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<Asked<SendOutcome>> {
  const { config } = front
  const own = accountOf(config, instruction.payer.account)
  const refused = batchProblem(instruction, batch) ?? instructionProblem(instruction, config)
  if (refused || !own) {
    const reason = refused ?? problem('abc.unknown_account', maskedAccount(instruction.payer.account))
    return { outcome: { kind: 'unsent', ...reason }, isLineDown: false }
  }
  const content = paymentContent(instruction, own, config)
  const answer = await front.ask(functionOf(instruction), instruction.reference, content, signal)
  if (answer.kind === 'answer') return { outcome: sendOutcome(answer.reply, instruction, config), isLineDown: false }
  return { outcome: { kind: answer.kind, ...answer.problem }, isLineDown: answer.isLineDown }
}

async function inquireOne(front: Front, instruction: Instruction, signal: AbortSignal): Promise<Asked<InquiryOutcome>> {
  const { config } = front
  const own = accountOf(config, instruction.payer.account)
  if (!own) {
    const reason = problem('abc.unknown_account', maskedAccount(instruction.payer.account))
    return { outcome: { kind: 'unavailable', ...reason }, isLineDown: false }
  }
  const answer = await front.ask('CQRT04', null, inquiryContent(instruction.reference, own), signal)
  if (answer.kind !== 'answer')
    return { outcome: { kind: 'unavailable', ...answer.problem }, isLineDown: answer.isLineDown }
  const outcome = inquiryOutcome(answer.reply, instruction, config)
  if (outcome.kind !== 'accepted' || config.manualQuery === 'off') return { outcome, isLineDown: false }
  return { outcome: await manually(front, instruction, own, outcome, signal), isLineDown: false }
}

/** 落地: what CQRT04 calls "in process" a person may have done meanwhile. A failed question leaves it as it was. */
async function manually(
  front: Front,
  instruction: Instruction,
  own: OwnAccount,
  before: InquiryOutcome,
  signal: AbortSignal,
): Promise<InquiryOutcome> {
  const answer = await front.ask('CQRA61', null, manualContent(instruction.reference, own), signal)
  return answer.kind === 'answer' ? manualOutcome(answer.reply, instruction, before, front.config) : before
}

function batchProblem({ reference }: Instruction, batch: readonly Instruction[]): Problem | null {
  const isRepeated = batch.filter(other => other.reference === reference).length > 1
  return isRepeated ? problem('abc.duplicate_reference', reference) : null
}
