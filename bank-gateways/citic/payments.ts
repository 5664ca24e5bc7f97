// Sends instructions and asks about them. A message goes out once; what became of it is only ever asked.

import type { InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { inquiryFields, listOf } from './codec'
import { instructionProblem, outwardFields, rowFields } from './codec-payment'
import { problem, type Problem } from './codes'
import type { CiticConfig } from './config'
import type { Answer, Exchange } from './exchange'
import { inquiryOutcome, outwardOutcome, rowOutcome, uncertain, unavailable } from './outcomes'

export type PaymentDeps = { readonly config: CiticConfig; readonly exchange: Exchange }

/** One outcome an instruction, in order. */
export async function sendPayments(
  deps: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  const problems = batch.map(instruction => sendProblem(instruction, batch, deps.config))
  const fit = batch.filter((_, index) => !problems[index])
  const send = deps.config.payment.action === 'DLOUTTRN' ? sendOneByOne : sendInRows
  const outcomes = await send(deps, fit, signal)
  return batch.map((instruction, index) => {
    const found = problems[index]
    if (found) return { kind: 'unsent', ...found }
    return outcomes.get(instruction.reference) ?? uncertain(problem('citic.unexpected', instruction.reference))
  })
}

/** One outcome an instruction, in order, each asked by its clientID. */
export async function inquirePayments(
  { config, exchange }: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly InquiryOutcome[]> {
  const outcomes: InquiryOutcome[] = []
  let answer: Answer | null = null
  for (const instruction of batch) {
    answer = await unlessHalted(answer, () => exchange('DLCIDSTT', inquiryFields(instruction.reference), signal))
    outcomes.push(
      answer.kind === 'answer' ? inquiryOutcome(answer.reply, instruction, config) : unavailable(answer.problem),
    )
  }
  return outcomes
}

function sendProblem(instruction: Instruction, batch: readonly Instruction[], config: CiticConfig): Problem | null {
  if (batch.filter(other => other.reference === instruction.reference).length > 1)
    return problem('citic.duplicate_reference', instruction.reference)
  return instructionProblem(instruction, config)
}

type Outcomes = Map<string, SendOutcome>

/** A front-end that did not answer the message before is not given another one: what is behind it was not sent. */
async function unlessHalted(before: Answer | null, exchange: () => Promise<Answer>): Promise<Answer> {
  if (before === null || before.kind === 'answer') return exchange()
  return { kind: 'unsent', problem: problem('citic.halted', '') }
}

async function sendOneByOne(
  { config, exchange }: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<Outcomes> {
  const outcomes: Outcomes = new Map()
  let answer: Answer | null = null
  for (const instruction of batch) {
    answer = await unlessHalted(answer, () => exchange('DLOUTTRN', outwardFields(instruction, config), signal))
    outcomes.set(
      instruction.reference,
      answer.kind === 'answer'
        ? outwardOutcome(answer.reply, instruction, config)
        : { kind: answer.kind, ...answer.problem },
    )
  }
  return outcomes
}

async function sendInRows(
  { config, exchange }: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<Outcomes> {
  const outcomes: Outcomes = new Map()
  let before: Answer | null = null
  for (let start = 0; start < batch.length; start += config.batchMax) {
    const message = batch.slice(start, start + config.batchMax)
    const answer: Answer = await unlessHalted(before, () =>
      exchange('DLINTTRN', [listOf(message.map(rowFields))], signal),
    )
    before = answer
    for (const instruction of message)
      outcomes.set(
        instruction.reference,
        answer.kind === 'answer'
          ? rowOutcome(answer.reply, instruction, config)
          : { kind: answer.kind, ...answer.problem },
      )
  }
  return outcomes
}
