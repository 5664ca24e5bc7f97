// Sends instructions and asks about them. A message goes out once; what became of it is only ever asked.

import { addDays, bankDay } from '../../connector/core/bank-time'
import type { Clock, InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { oneByOne, type Asked } from '../shared/one-by-one'
import { element } from '../shared/xml'
import { batchFields, instructionProblem, singleFields, tranCodeOf } from './codec-payment'
import { problem, type Problem } from './codes'
import type { CgbConfig } from './config'
import type { Exchange } from './exchange'
import { batchInquiry, singleInquiry, submitOutcome, uncertain, unavailable } from './outcomes'

export type PaymentDeps = { readonly config: CgbConfig; readonly clock: Clock; readonly exchange: Exchange }

/** One outcome an instruction, in order. */
export async function sendPayments(
  deps: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  const problems = batch.map(instruction => sendProblem(instruction, batch, deps.config))
  const fit = batch.filter((_, index) => !problems[index])
  const send = deps.config.payment.function === 'single' ? sendSingles : sendPackage
  const outcomes = await send(deps, fit, signal)
  const byReference = new Map(fit.map((instruction, index) => [instruction.reference, outcomes[index]]))
  return batch.map((instruction, index) => {
    const found = problems[index]
    if (found) return { kind: 'unsent', ...found }
    return byReference.get(instruction.reference) ?? uncertain(problem('cgb.unexpected', instruction.reference))
  })
}

function sendSingles(
  { config, clock, exchange }: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  return oneByOne<Instruction, SendOutcome>(
    batch,
    async instruction => {
      const fields = singleFields(instruction, config, compact(bankDay(clock.now())))
      const answer = await exchange.pay(instruction.reference, tranCodeOf(instruction, config), fields, signal)
      if (answer.kind !== 'answer') return { outcome: { kind: answer.kind, ...answer.problem }, isLineDown: true }
      return { outcome: submitOutcome(answer.reply, instruction, false, config), isLineDown: false }
    },
    () => ({ kind: 'unsent', ...problem('cgb.halted', '') }),
  )
}

async function sendPackage(
  { config, exchange }: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  const [first] = batch
  if (!first) return []
  const answer = await exchange.pay(first.batch.reference, '0033', batchFields(batch, config), signal)
  if (answer.kind !== 'answer') return batch.map(() => ({ kind: answer.kind, ...answer.problem }))
  return batch.map(instruction => submitOutcome(answer.reply, instruction, true, config))
}

/** One outcome an instruction, in order. */
export async function inquirePayments(
  deps: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly InquiryOutcome[]> {
  const notAsked = (): InquiryOutcome => unavailable(problem('cgb.halted', ''))
  if (deps.config.payment.function === 'single')
    return oneByOne<Instruction, InquiryOutcome>(batch, instruction => askSingle(deps, instruction, signal), notAsked)
  const packages = [...new Set(batch.map(({ batch: { reference } }) => reference))]
  const outcomes = await oneByOne<string, readonly InquiryOutcome[]>(
    packages,
    reference =>
      askPackage(
        deps,
        batch.filter(instruction => instruction.batch.reference === reference),
        signal,
      ),
    reference => batch.filter(instruction => instruction.batch.reference === reference).map(notAsked),
  )
  const byReference = new Map(
    packages.flatMap((reference, index) =>
      batch
        .filter(instruction => instruction.batch.reference === reference)
        .map((instruction, at) => [instruction.reference, outcomes[index]?.[at]] as const),
    ),
  )
  return batch.map(({ reference }) => byReference.get(reference) ?? unavailable(problem('cgb.unexpected', reference)))
}

/**
 * entSeqNo is unique for a day: a payment that was first tried on one day may have been sent on a later one. It is absent only when
 * it is on none of these days.
 */
async function askSingle(
  { config, clock, exchange }: PaymentDeps,
  instruction: Instruction,
  signal: AbortSignal,
): Promise<Asked<InquiryOutcome>> {
  let outcome: InquiryOutcome = unavailable(problem('cgb.unexpected', instruction.reference))
  for (const day of daysOf(instruction, config, bankDay(clock.now()))) {
    const fields = [element('origEntseqno', instruction.reference), element('origEntdate', compact(day))]
    const answer = await exchange.ask('0004', fields, signal)
    if (answer.kind !== 'answer') return { outcome: unavailable(answer.problem), isLineDown: true }
    outcome = singleInquiry(answer.reply, instruction, compact(day), config)
    if (outcome.kind !== 'absent') break
  }
  return { outcome, isLineDown: false }
}

function daysOf({ sentOn }: Instruction, { inquiryDays }: CgbConfig, today: string): readonly string[] {
  const counted = Array.from({ length: inquiryDays + 1 }, (_, index) => index)
  if (sentOn === null) return counted.map(index => addDays(today, -index))
  const days = counted.map(index => addDays(sentOn, index)).filter(day => day <= today)
  // A clock that was set back behind the first send.
  return days.length > 0 ? days : [sentOn]
}

/** What 0034's question holds is inferred from the batch's own number. */
async function askPackage(
  { config, exchange }: PaymentDeps,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<Asked<readonly InquiryOutcome[]>> {
  const [first] = batch
  if (!first) return { outcome: [], isLineDown: false }
  const fields = [element('accountNo', first.payer.account), element('customerBatchNo', first.batch.reference)]
  const answer = await exchange.ask('0034', fields, signal)
  if (answer.kind !== 'answer') return { outcome: batch.map(() => unavailable(answer.problem)), isLineDown: true }
  return { outcome: batch.map(instruction => batchInquiry(answer.reply, instruction, config)), isLineDown: false }
}

function sendProblem(instruction: Instruction, batch: readonly Instruction[], config: CgbConfig): Problem | null {
  if (batch.filter(other => other.reference === instruction.reference).length > 1)
    return problem('cgb.duplicate_reference', instruction.reference)
  const [first] = batch
  if (config.payment.function === '0033' && first) {
    const isApart =
      first.batch.reference !== instruction.batch.reference || first.payer.account !== instruction.payer.account
    if (isApart) return problem('cgb.batch_reference', instruction.reference)
  }
  return instructionProblem(instruction, config)
}

function compact(day: string): string {
  return day.replaceAll('-', '')
}
