// Sends instructions and asks about them. A packet goes out once; what became of it is only ever asked.

import type { InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { element } from '../shared/xml'
import { batchFields, instructionProblem, singleFields } from './codec-payment'
import { problem, type Problem } from './codes'
import type { PabConfig } from './config'
import type { Answer, Exchange } from './exchange'
import { batchInquiry, batchOutcome, singleInquiry, singleOutcome, uncertain, unavailable } from './outcomes'

export type PaymentDeps = { readonly config: PabConfig; readonly exchange: Exchange }

/** One outcome an instruction, in order. */
export async function sendPayments(
  deps: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  const problems = batch.map(instruction => sendProblem(instruction, batch, deps.config))
  const fit = batch.filter((_, index) => !problems[index])
  const outcomes = await (deps.config.payment === '4004' ? sendOneByOne : sendPackage)(deps, fit, signal)
  return batch.map((instruction, index) => {
    const found = problems[index]
    if (found) return { kind: 'unsent', ...found }
    return outcomes.get(instruction.reference) ?? uncertain(problem('pab.unexpected', instruction.reference))
  })
}

/**
 * One outcome an instruction, in order. Where the configured way finds nothing the other way of paying is asked too: the site
 * may have changed `payment` since the instruction was sent, and "absent" can be what lets it be sent again.
 */
export async function inquirePayments(
  deps: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly InquiryOutcome[]> {
  const [usual, other] = deps.config.payment === '4004' ? [askSingles, askPackages] : [askPackages, askSingles]
  const outcomes = await usual(deps, batch, signal)
  const missing = batch.filter(({ reference }) => outcomes.get(reference)?.kind === 'absent')
  const elsewhere = await other(deps, missing, signal)
  return batch.map(
    ({ reference }) =>
      elsewhere.get(reference) ?? outcomes.get(reference) ?? unavailable(problem('pab.unexpected', reference)),
  )
}

function sendProblem(instruction: Instruction, batch: readonly Instruction[], config: PabConfig): Problem | null {
  if (batch.filter(other => other.reference === instruction.reference).length > 1)
    return problem('pab.duplicate_reference', instruction.reference)
  return instructionProblem(instruction, config)
}

type Outcomes = Map<string, SendOutcome>

/** A front-end that did not answer the packet before is not given another one: what is behind it was not sent. */
async function unlessHalted(before: Answer | null, exchange: () => Promise<Answer>): Promise<Answer> {
  if (before === null || before.kind === 'answer') return exchange()
  return { kind: 'unsent', problem: problem('pab.halted', '') }
}

async function sendOneByOne(
  { config, exchange }: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<Outcomes> {
  const outcomes: Outcomes = new Map()
  let answer: Answer | null = null
  for (const instruction of batch) {
    answer = await unlessHalted(answer, () => exchange('4004', singleFields(instruction, config), signal))
    outcomes.set(
      instruction.reference,
      answer.kind === 'answer'
        ? singleOutcome(answer.reply, instruction, config)
        : { kind: answer.kind, ...answer.problem },
    )
  }
  return outcomes
}

/** ThirdVoucher is the package's: it travels once, never in parts under the same number. */
async function sendPackage(
  { config, exchange }: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<Outcomes> {
  const outcomes: Outcomes = new Map()
  const set = (outcome: (instruction: Instruction) => SendOutcome): Outcomes => {
    for (const instruction of batch) outcomes.set(instruction.reference, outcome(instruction))
    return outcomes
  }
  const [first] = batch
  if (!first) return outcomes
  const isOne = batch.every(
    ({ batch: own, payer }) => own.reference === first.batch.reference && payer.account === first.payer.account,
  )
  if (!isOne || batch.length > config.batchMax)
    return set(() => ({ kind: 'unsent', ...problem('pab.unbuildable', `${batch.length} ≤ ${config.batchMax}`) }))
  const answer = await exchange('4018', batchFields(batch, config), signal)
  if (answer.kind !== 'answer') return set(() => ({ kind: answer.kind, ...answer.problem }))
  return set(instruction => batchOutcome(answer.reply, instruction, config))
}

type Inquiries = Map<string, InquiryOutcome>

async function askSingles(
  { config, exchange }: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<Inquiries> {
  const outcomes: Inquiries = new Map()
  let answer: Answer | null = null
  for (const instruction of batch) {
    const fields = [element('OrigThirdVoucher', instruction.reference)]
    answer = await unlessHalted(answer, () => exchange('4005', fields, signal))
    outcomes.set(
      instruction.reference,
      answer.kind === 'answer' ? singleInquiry(answer.reply, instruction, config) : unavailable(answer.problem),
    )
  }
  return outcomes
}

/** Naming the items makes the bank answer about those alone, without pages, up to 500 of them. */
async function askPackages(
  { config, exchange }: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<Inquiries> {
  const outcomes: Inquiries = new Map()
  let before: Answer | null = null
  for (const reference of new Set(batch.map(instruction => instruction.batch.reference))) {
    const members = batch.filter(instruction => instruction.batch.reference === reference)
    const fields = [
      element('OrigThirdVoucher', reference),
      ...members.map(member => element('HOResultSet4015R', [element('SThirdVoucher', member.reference)])),
    ]
    const answer: Answer = await unlessHalted(before, () => exchange('4015', fields, signal))
    before = answer
    for (const member of members)
      outcomes.set(
        member.reference,
        answer.kind === 'answer' ? batchInquiry(answer.reply, member, config) : unavailable(answer.problem),
      )
  }
  return outcomes
}
