// Sends instructions and asks about them. "Executed nothing" is believed only where the bank says so about the whole
// message; a message goes out a second time only then, and only once.

import type { Clock, InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { bankStamp } from '../../connector/core/bank-time'
import { inquiryBody, messageClass, statusOf, type Reply } from './codec'
import { functionOf, instructionProblem, paymentBody, type PaymentFunction } from './codec-payment'
import { describeCode, inquiryClassOf, problem, type Problem } from './codes'
import type { BocConfig } from './config'
import { everyItemUnexecuted, inquiryOutcome, sendOutcome, uncertain, unavailable } from './outcomes'
import type { BocSession } from './session'

export type PaymentDeps = { readonly config: BocConfig; readonly clock: Clock; readonly session: BocSession }

/** One outcome an instruction, in order. A batch of both kinds travels in two messages, 对公 first. */
export async function sendPayments(
  deps: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  const problems = batch.map(instruction => sendProblem(instruction, batch, deps.config))
  const outcomes = new Map<string, SendOutcome>()
  for (const trncod of ['b2e0009', 'b2e0061'] as const) {
    const fit = batch.filter((instruction, index) => !problems[index] && functionOf(instruction) === trncod)
    for (const message of chunks(fit, deps.config.batchMax))
      for (const [reference, outcome] of await sendMessage(deps, trncod, message, signal))
        outcomes.set(reference, outcome)
  }
  return batch.map((instruction, index) => {
    const found = problems[index]
    if (found) return { kind: 'unsent', ...found }
    return outcomes.get(instruction.reference) ?? uncertain(problem('boc.unexpected', instruction.reference))
  })
}

/** One outcome an instruction, in order, asked by our own reference. */
export async function inquirePayments(
  deps: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly InquiryOutcome[]> {
  const outcomes = new Map<string, InquiryOutcome>()
  const references = [...new Set(batch.map(instruction => instruction.reference))]
  for (const message of chunks(references, deps.config.inquiryMax))
    for (const [reference, outcome] of await inquireMessage(deps, message, signal)) outcomes.set(reference, outcome)
  return batch.map(({ reference }) => outcomes.get(reference) ?? unavailable(problem('boc.unexpected', reference)))
}

function sendProblem(instruction: Instruction, batch: readonly Instruction[], config: BocConfig): Problem | null {
  if (batch.filter(other => other.reference === instruction.reference).length > 1)
    return problem('boc.duplicate_reference', instruction.reference)
  return instructionProblem(instruction, config)
}

type Outcomes<T> = readonly (readonly [reference: string, outcome: T])[]

async function sendMessage(
  { config, clock, session }: PaymentDeps,
  trncod: PaymentFunction,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<Outcomes<SendOutcome>> {
  const all = (outcome: SendOutcome): Outcomes<SendOutcome> => batch.map(({ reference }) => [reference, outcome])
  let body: string
  try {
    body = paymentBody(trncod, batch, bankStamp(clock.now()).slice(0, 8), config)
  } catch (error) {
    return all({ kind: 'unsent', ...problem('boc.unbuildable', String(error)) })
  }
  const isUnsigned = (reply: Reply): boolean =>
    messageClass(reply, config) === 'notSignedIn' && everyItemUnexecuted(reply, config)
  const answer = await session.ask(trncod, body, isUnsigned, signal)
  if (answer.kind !== 'answer') return all({ kind: answer.kind, ...answer.problem })
  const { reply } = answer
  const { code, text } = reply.status
  const words = { code, reason: describeCode(code, text, config.codes) }
  const kind = messageClass(reply, config)
  if (kind === 'ok') return batch.map(({ reference }) => [reference, sendOutcome(reply, reference, config)])
  if (kind !== 'notSignedIn' && kind !== 'notExecuted') return all(uncertain(words))
  if (everyItemUnexecuted(reply, config)) return all({ kind: 'unsent', ...words })
  return all(uncertain(problem('boc.contradictory', code)))
}

async function inquireMessage(
  { config, session }: PaymentDeps,
  references: readonly string[],
  signal: AbortSignal,
): Promise<Outcomes<InquiryOutcome>> {
  const isUnsigned = (reply: Reply): boolean =>
    messageClass(reply, config) === 'notSignedIn' ||
    reply.rows.some(row => inquiryClassOf(statusOf(row).code, config.codes) === 'notSignedIn')
  const answer = await session.ask('b2e0007', inquiryBody(references), isUnsigned, signal)
  const all = (outcome: InquiryOutcome): Outcomes<InquiryOutcome> => references.map(reference => [reference, outcome])
  if (answer.kind !== 'answer') return all(unavailable(answer.problem))
  const { reply } = answer
  const { code, text } = reply.status
  // A failed question, and "no records" said of the whole question, teach nothing about one payment (banks/README §3.4).
  if (messageClass(reply, config) !== 'ok')
    return all(unavailable({ code, reason: describeCode(code, text, config.codes) }))
  return references.map(reference => [reference, inquiryOutcome(reply, reference, config)])
}

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
