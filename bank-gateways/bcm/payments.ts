// Sends instructions and asks about them. A message goes out once; what became of it is only ever asked.

import type { InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { oneByOne } from '../shared/one-by-one'
import { functionOf, inquiryBody, instructionProblem, payrollBody, singleBody } from './codec-payment'
import { problem, type Problem } from './codes'
import type { BcmConfig, Payroll } from './config'
import type { Answer, Front } from './exchange'
import {
  batchInquiry,
  lineOutcome,
  singleInquiry,
  singleOutcome,
  superOutcome,
  uncertain,
  unavailable,
} from './outcomes'

/** One outcome an instruction, in order. */
export async function sendPayments(
  front: Front,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  const { payment } = front.config
  const problems = batch.map(instruction => sendProblem(instruction, batch, front.config))
  const fit = batch.filter((_, index) => !problems[index])
  const outcomes =
    payment.function === '330002'
      ? await sendPayroll(front, payment, fit, signal)
      : await sendSingles(front, fit, signal)
  const byReference = new Map(fit.map((instruction, index) => [instruction.reference, outcomes[index]]))
  return batch.map((instruction, index) => {
    const found = problems[index]
    if (found) return { kind: 'unsent', ...found }
    return byReference.get(instruction.reference) ?? uncertain(problem('bcm.unexpected', instruction.reference))
  })
}

/**
 * One outcome an instruction, in order. Where the configured way finds nothing the other way of paying is asked too: the site
 * may have changed `payment` since the instruction was sent, and "absent" can be what lets it be sent again.
 */
export async function inquirePayments(
  front: Front,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly InquiryOutcome[]> {
  const isSingle = front.config.payment.function === '210201'
  const [usual, other] = isSingle ? [askSingles, askBatches] : [askBatches, askSingles]
  const outcomes = await usual(front, batch, signal)
  const missing = batch.filter((_, index) => outcomes[index]?.kind === 'absent')
  const elsewhere = await other(front, missing, signal)
  const found = new Map(missing.map((instruction, index) => [instruction.reference, elsewhere[index]]))
  return batch.map(
    ({ reference }, index) =>
      found.get(reference) ?? outcomes[index] ?? unavailable(problem('bcm.unexpected', reference)),
  )
}

function sendProblem(instruction: Instruction, batch: readonly Instruction[], config: BcmConfig): Problem | null {
  const { reference, batch: own } = instruction
  const isLineTwice = (other: Instruction): boolean =>
    config.payment.function === '330002' && other.batch.line === own.line
  if (batch.some(other => other !== instruction && (other.reference === reference || isLineTwice(other))))
    return problem('bcm.duplicate_reference', reference)
  return instructionProblem(instruction, config)
}

function halted(signal: AbortSignal): Problem {
  return problem(signal.aborted ? 'bcm.aborted' : 'bcm.halted', '')
}

function sendSingles(front: Front, batch: readonly Instruction[], signal: AbortSignal) {
  const { config } = front
  return oneByOne<Instruction, SendOutcome>(
    batch,
    async instruction => {
      const trCode = functionOf(instruction, config)
      const answer = await front.ask(trCode, () => singleBody(instruction, config), signal)
      if (answer.kind !== 'answer')
        return { outcome: { kind: answer.kind, ...answer.problem }, isLineDown: answer.isLineDown }
      const judge = trCode === '210224' ? superOutcome : singleOutcome
      return { outcome: judge(answer.reply, config), isLineDown: false }
    },
    () => ({ kind: 'unsent', ...halted(signal) }),
  )
}

/** cert_no is the batch's: it travels once, never in parts under the same number. */
async function sendPayroll(front: Front, payroll: Payroll, batch: readonly Instruction[], signal: AbortSignal) {
  const { config, clock } = front
  const [first] = batch
  if (!first) return []
  const isOne = batch.every(
    ({ batch: own, payer }) => own.reference === first.batch.reference && payer.account === first.payer.account,
  )
  if (!isOne || batch.length > config.batchMax) {
    const found = problem('bcm.batch_reference', `${batch.length} ≤ ${config.batchMax}`)
    return batch.map((): SendOutcome => ({ kind: 'unsent', ...found }))
  }
  const answer = await front.ask('330002', () => payrollBody(batch, payroll, config, clock.now()), signal)
  return batch.map((instruction): SendOutcome =>
    answer.kind === 'answer'
      ? lineOutcome(answer.reply, instruction, payroll, config)
      : { kind: answer.kind, ...answer.problem },
  )
}

function askSingles(front: Front, batch: readonly Instruction[], signal: AbortSignal) {
  return oneByOne<Instruction, InquiryOutcome>(
    batch,
    async instruction => {
      const answer = await front.ask('310204', () => inquiryBody('1', instruction.reference), signal)
      if (answer.kind !== 'answer') return { outcome: unavailable(answer.problem), isLineDown: answer.isLineDown }
      return { outcome: singleInquiry(answer.reply, instruction, front.config), isLineDown: false }
    },
    () => unavailable(halted(signal)),
  )
}

async function askBatches(front: Front, batch: readonly Instruction[], signal: AbortSignal) {
  const references = [...new Set(batch.map(instruction => instruction.batch.reference))]
  const answers = await oneByOne<string, Answer>(
    references,
    async reference => {
      const answer = await front.ask('310204', () => inquiryBody('3', reference), signal)
      return { outcome: answer, isLineDown: answer.kind !== 'answer' && answer.isLineDown }
    },
    () => ({ kind: 'unsent', problem: halted(signal), isLineDown: true }),
  )
  const byReference = new Map(references.map((reference, index) => [reference, answers[index]]))
  return batch.map((instruction): InquiryOutcome => {
    const answer = byReference.get(instruction.batch.reference)
    if (answer?.kind === 'answer') return batchInquiry(answer.reply, instruction, front.config)
    return unavailable(answer?.problem ?? problem('bcm.unexpected', instruction.reference))
  })
}
