// Sends instructions and asks about them. A message goes out once; what became of it is only ever asked.

import type { InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { oneByOne, type Asked } from '../shared/one-by-one'
import { group, node } from './codec'
import { batchFields, instructionProblem, singleFields } from './codec-payment'
import { problem, type Problem } from './codes'
import type { CibConfig } from './config'
import type { Answer, Exchange } from './exchange'
import { batchInquiry, batchOutcome, singleInquiry, singleOutcome, uncertain, unavailable } from './outcomes'

export type PaymentDeps = { readonly config: CibConfig; readonly exchange: Exchange }

/** One outcome an instruction, in order. */
export async function sendPayments(
  deps: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  const isSingle = deps.config.payment.function === 'XFERTRNRQ'
  const problems = batch.map(instruction => sendProblem(instruction, batch, deps.config))
  const fit = batch.filter((_, index) => !problems[index])
  const outcomes = await (isSingle ? sendSingles : sendPackage)(deps, fit, signal)
  const byReference = new Map(fit.map((instruction, index) => [instruction.reference, outcomes[index]]))
  return batch.map((instruction, index) => {
    const found = problems[index]
    if (found) return { kind: 'unsent', ...found }
    return byReference.get(instruction.reference) ?? uncertain(problem('cib.unexpected', instruction.reference))
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
  const isSingle = deps.config.payment.function === 'XFERTRNRQ'
  const [usual, other] = isSingle ? [askSingles, askPackages] : [askPackages, askSingles]
  const outcomes = await usual(deps, batch, signal)
  const missing = batch.filter((_, index) => outcomes[index]?.kind === 'absent')
  const elsewhere = await other(deps, missing, signal)
  const found = new Map(missing.map((instruction, index) => [instruction.reference, elsewhere[index]]))
  return batch.map(
    ({ reference }, index) =>
      found.get(reference) ?? outcomes[index] ?? unavailable(problem('cib.unexpected', reference)),
  )
}

function sendProblem(instruction: Instruction, batch: readonly Instruction[], config: CibConfig): Problem | null {
  const { reference } = instruction
  const isLineTwice = (other: Instruction): boolean =>
    config.payment.function !== 'XFERTRNRQ' && other.batch.line === instruction.batch.line
  if (batch.some(other => other !== instruction && (other.reference === reference || isLineTwice(other))))
    return problem('cib.duplicate_reference', reference)
  return instructionProblem(instruction, config)
}

const HALTED = problem('cib.halted', '')

function sendSingles({ config, exchange }: PaymentDeps, batch: readonly Instruction[], signal: AbortSignal) {
  return oneByOne<Instruction, SendOutcome>(
    batch,
    async instruction => {
      const fields = () => singleFields(instruction, config)
      const answer = await exchange('XFERTRN', instruction.reference, fields, signal)
      return judged(answer, () => ofSend(answer, instruction, config, singleOutcome))
    },
    () => ({ kind: 'unsent', ...HALTED }),
  )
}

/** TRNUID is the batch's: it travels once, never in parts under the same number. */
async function sendPackage({ config, exchange }: PaymentDeps, batch: readonly Instruction[], signal: AbortSignal) {
  const [first] = batch
  if (!first) return []
  const isOne = batch.every(
    ({ batch: own, payer }) => own.reference === first.batch.reference && payer.account === first.payer.account,
  )
  if (!isOne || batch.length > config.batchMax) {
    const found = problem('cib.batch_reference', `${batch.length} ≤ ${config.batchMax}`)
    return batch.map((): SendOutcome => ({ kind: 'unsent', ...found }))
  }
  const answer = await exchange('ASYNBATCHTRSFRTRN', first.batch.reference, () => batchFields(batch, config), signal)
  return batch.map(instruction => ofSend(answer, instruction, config, batchOutcome))
}

function askSingles({ config, exchange }: PaymentDeps, batch: readonly Instruction[], signal: AbortSignal) {
  return oneByOne<Instruction, InquiryOutcome>(
    batch,
    async instruction => {
      const fields = () => [group('XFERINQRQ', [node('CLIENTREF', instruction.reference)])]
      const answer = await exchange('XFERINQTRN', null, fields, signal)
      return judged(answer, () =>
        answer.kind === 'answer' ? singleInquiry(answer.reply, instruction, config) : unavailable(answer.problem),
      )
    },
    () => unavailable(HALTED),
  )
}

/** The question is the payment's element with the TRNUID of the batch alone (banks/cib §3): it can book nothing. */
async function askPackages({ config, exchange }: PaymentDeps, batch: readonly Instruction[], signal: AbortSignal) {
  const references = [...new Set(batch.map(instruction => instruction.batch.reference))]
  const answers = await oneByOne<string, Answer>(
    references,
    async reference => {
      const answer = await exchange('ASYNBATCHTRSFRTRN', reference, () => [], signal)
      return judged(answer, () => answer)
    },
    () => ({ kind: 'unsent', problem: HALTED }),
  )
  const byReference = new Map(references.map((reference, index) => [reference, answers[index]]))
  return batch.map((instruction): InquiryOutcome => {
    const answer = byReference.get(instruction.batch.reference)
    if (answer?.kind === 'answer') return batchInquiry(answer.reply, instruction, config)
    return unavailable(answer?.problem ?? problem('cib.unexpected', instruction.reference))
  })
}

function judged<Outcome>(answer: Answer, outcome: () => Outcome): Asked<Outcome> {
  return { outcome: outcome(), isLineDown: answer.kind !== 'answer' }
}

function ofSend(answer: Answer, instruction: Instruction, config: CibConfig, judge: typeof singleOutcome): SendOutcome {
  return answer.kind === 'answer' ? judge(answer.reply, instruction, config) : { kind: answer.kind, ...answer.problem }
}
