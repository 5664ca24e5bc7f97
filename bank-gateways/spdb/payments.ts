// Sends instructions and asks about them. A message goes out once; what became of it is only ever asked.

import { addDays, bankDay } from '../../connector/core/bank-time'
import type { Clock, InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { oneByOne } from '../shared/one-by-one'
import { element } from '../shared/xml'
import { instructionProblem, packageFields, singleFields } from './codec-payment'
import { problem, type Problem } from './codes'
import type { SpdbConfig } from './config'
import type { Exchange } from './exchange'
import { inquiryOutcome, packageOutcome, singleOutcome, uncertain, unavailable } from './outcomes'

export type PaymentDeps = { readonly config: SpdbConfig; readonly clock: Clock; readonly exchange: Exchange }

/** One outcome an instruction, in order. */
export async function sendPayments(
  deps: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  const problems = batch.map(instruction => sendProblem(instruction, batch, deps.config))
  const fit = batch.filter((_, index) => !problems[index])
  const outcomes = await (deps.config.payment === '8801' ? sendSingles : sendPackage)(deps, fit, signal)
  const byReference = new Map(fit.map((instruction, index) => [instruction.reference, outcomes[index]]))
  return batch.map((instruction, index) => {
    const found = problems[index]
    if (found) return { kind: 'unsent', ...found }
    return byReference.get(instruction.reference) ?? uncertain(problem('spdb.unexpected', instruction.reference))
  })
}

const HALTED = problem('spdb.halted', '')

/** 8804 by elecChequeNo, first as the configured way was sent, then as the other: the site may have changed `payment` since. */
export function inquirePayments(
  deps: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly InquiryOutcome[]> {
  const flags = deps.config.payment === '8801' ? ['0', '1'] : ['1', '0']
  return oneByOne<Instruction, InquiryOutcome>(
    batch,
    async instruction => {
      let outcome: InquiryOutcome = unavailable(problem('spdb.unexpected', instruction.reference))
      for (const flag of flags) {
        const answer = await deps.exchange('8804', () => inquiryFields(deps, instruction, flag), signal)
        if (answer.kind !== 'answer') return { outcome: unavailable(answer.problem), isLineDown: true }
        outcome = inquiryOutcome(answer.reply, instruction, deps.config)
        if (outcome.kind !== 'absent') break
      }
      return { outcome, isLineDown: false }
    },
    () => unavailable(HALTED),
  )
}

function inquiryFields({ config, clock }: PaymentDeps, { reference, payer, sentOn }: Instruction, flag: string) {
  const today = bankDay(clock.now())
  const compact = (day: string): string => day.replaceAll('-', '')
  return [
    element('elecChequeNo', reference),
    element('acctNo', payer.account),
    element('beginDate', compact(sentOn ?? addDays(today, -config.inquiryDays))),
    element('endDate', compact(today)),
    element('acceptNo', ''),
    element('serialNo', ''),
    element('queryNumber', '10'),
    element('beginNumber', '1'),
    element('singleOrBatchFlag', flag),
  ]
}

function sendProblem(instruction: Instruction, batch: readonly Instruction[], config: SpdbConfig): Problem | null {
  if (batch.some(other => other !== instruction && other.reference === instruction.reference))
    return problem('spdb.duplicate_reference', instruction.reference)
  return instructionProblem(instruction, config)
}

function sendSingles({ config, exchange }: PaymentDeps, batch: readonly Instruction[], signal: AbortSignal) {
  return oneByOne<Instruction, SendOutcome>(
    batch,
    async instruction => {
      const answer = await exchange('8801', () => singleFields(instruction, config), signal)
      if (answer.kind !== 'answer') return { outcome: { kind: answer.kind, ...answer.problem }, isLineDown: true }
      return { outcome: singleOutcome(answer.reply, instruction, config), isLineDown: false }
    },
    () => ({ kind: 'unsent', ...HALTED }),
  )
}

async function sendPackage({ config, exchange }: PaymentDeps, batch: readonly Instruction[], signal: AbortSignal) {
  const [first] = batch
  if (!first) return []
  const isOne = batch.every(
    ({ batch: own, payer }) => own.reference === first.batch.reference && payer.account === first.payer.account,
  )
  const found = problem('spdb.batch_reference', `${batch.length} ≤ ${config.batchMax}`)
  if (!isOne || batch.length > config.batchMax) return batch.map((): SendOutcome => ({ kind: 'unsent', ...found }))
  const answer = await exchange('8800', () => packageFields(batch, config), signal)
  const outcome: SendOutcome =
    answer.kind === 'answer'
      ? packageOutcome(answer.reply, batch.length, config)
      : { kind: answer.kind, ...answer.problem }
  return batch.map(() => outcome)
}
