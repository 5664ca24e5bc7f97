// Sends instructions and asks about them, one a message (banks/ceb §2: exactly one item). A message goes out once; what became of
// it is only ever asked.

import type { InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { oneByOne } from '../shared/one-by-one'
import { batchIdOf, inquiryFields, instructionProblem, paymentFields } from './codec-payment'
import { problem, type Problem } from './codes'
import type { CebConfig } from './config'
import type { Exchange } from './exchange'
import { inquiryOutcome, submitOutcome, uncertain, unavailable } from './outcomes'

export type PaymentDeps = { readonly config: CebConfig; readonly exchange: Exchange }

/** One outcome an instruction, in order. */
export async function sendPayments(
  deps: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  const { config, exchange } = deps
  const problems = batch.map(instruction => sendProblem(instruction, batch, config))
  const fit = batch.filter((_, index) => !problems[index])
  const outcomes = await oneByOne<Instruction, SendOutcome>(
    fit,
    async instruction => {
      const batchId = batchIdOf(instruction.reference, config)
      const answer = await exchange.pay(batchId, paymentFields(instruction, config), signal)
      if (answer.kind !== 'answer') return { outcome: { kind: answer.kind, ...answer.problem }, isLineDown: true }
      return { outcome: submitOutcome(answer.reply, instruction, config), isLineDown: false }
    },
    () => ({ kind: 'unsent', ...problem('ceb.halted', '') }),
  )
  const byReference = new Map(fit.map((instruction, index) => [instruction.reference, outcomes[index]]))
  return batch.map((instruction, index) => {
    const found = problems[index]
    if (found) return { kind: 'unsent', ...found }
    return byReference.get(instruction.reference) ?? uncertain(problem('ceb.unexpected', instruction.reference))
  })
}

/** One outcome an instruction, in order, each asked under a BatchID of its own. */
export async function inquirePayments(
  { config, exchange }: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly InquiryOutcome[]> {
  return oneByOne<Instruction, InquiryOutcome>(
    batch,
    async instruction => {
      const fieldsOf = (batchId: string): readonly string[] => inquiryFields(instruction.reference, batchId, config)
      const answer = await exchange.ask('b2e004003', fieldsOf, signal)
      if (answer.kind !== 'answer') return { outcome: unavailable(answer.problem), isLineDown: true }
      return { outcome: inquiryOutcome(answer.reply, instruction, config), isLineDown: false }
    },
    () => unavailable(problem('ceb.halted', '')),
  )
}

function sendProblem(instruction: Instruction, batch: readonly Instruction[], config: CebConfig): Problem | null {
  if (batch.filter(other => other.reference === instruction.reference).length > 1)
    return problem('ceb.duplicate_reference', instruction.reference)
  return instructionProblem(instruction, config)
}
