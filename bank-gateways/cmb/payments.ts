// Sends instructions and asks about them, one message after another. When the line fails, what has not been sent yet is not
// tried; nothing is ever sent a second time.

import type { InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { blockOf } from './codec'
import { batchBody, batchDetailBody, inquiryBody, instructionProblem, paymentBody } from './codec-payment'
import { describeMessage, problem, type Problem } from './codes'
import type { CmbConfig } from './config'
import type { Answer, Session } from './exchange'
import { textAt, type Json } from '../shared/json-text'
import { batchOutcome, paymentOutcome, rowsOutcome, unavailable, uncertain } from './outcomes'

/** One outcome an instruction, in order. */
export async function sendPayments(
  session: Session,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  const { config } = session
  const problems = batch.map(instruction => sendProblem(instruction, batch, config))
  const fit = batch.filter((_, index) => problems[index] === null)
  const isOneMessage = config.batchFunction === 'BB1PAYBH' && fit.length === batch.length && isPackage(batch)
  const sent = (isOneMessage ? await sendTogether(session, fit, signal) : await sendEach(session, fit, signal)).values()
  return problems.map(found => (found ? { kind: 'unsent', ...found } : (sent.next().value ?? NO_OUTCOME)))
}

/**
 * Two or more lines from 1 on without a gap. A bthNbr serves once: were a part of a package sent under it, what is left of the
 * package, and sent later, would be refused as a repeat. Parts therefore travel one by one.
 */
function isPackage(batch: readonly Instruction[]): boolean {
  const lines = new Set(batch.map(instruction => instruction.batch.line))
  return batch.length > 1 && batch.every((_, index) => lines.has(index + 1))
}

const NO_OUTCOME: SendOutcome = uncertain(problem('cmb.missing_item', ''))

function sendProblem(instruction: Instruction, batch: readonly Instruction[], config: CmbConfig): Problem | null {
  if (batch.filter(other => other.reference === instruction.reference).length > 1)
    return problem('cmb.duplicate_reference', instruction.reference)
  return instructionProblem(instruction, config)
}

async function sendEach(
  session: Session,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  const outcomes: SendOutcome[] = []
  let isLineDown = false
  for (const instruction of batch) {
    if (isLineDown) {
      outcomes.push({ kind: 'unsent', ...problem('cmb.not_tried', '') })
      continue
    }
    const answer = await session.ask('BB1PAYOP', paymentBody(instruction, session.config), signal)
    isLineDown = isDown(answer)
    outcomes.push(
      answer.kind === 'answer'
        ? paymentOutcome(answer.reply, session.config)
        : { kind: answer.kind, ...answer.problem },
    )
  }
  return outcomes
}

async function sendTogether(
  session: Session,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  const all = (outcome: SendOutcome): readonly SendOutcome[] => batch.map(() => outcome)
  const [reference = '', ...others] = [...new Set(batch.map(instruction => instruction.batch.reference))]
  if (others.length > 0 || !/^[A-Za-z0-9]{1,30}$/.test(reference))
    return all({ kind: 'unsent', ...problem('cmb.batch', reference) })
  const answer = await session.ask('BB1PAYBH', batchBody(reference, batch, session.config), signal)
  if (answer.kind !== 'answer') return all({ kind: answer.kind, ...answer.problem })
  return all(batchOutcome(answer.reply, reference, session.config))
}

/** Nothing came back: a further message would only wait as long again. */
function isDown(answer: Answer): boolean {
  return answer.kind === 'unsent' || (answer.kind === 'uncertain' && !answer.isAnswered)
}

// ---------------------------------------------------------------------------------------------------------- asking

/** One outcome an instruction, in order, asked by our own reference. */
export async function inquirePayments(
  session: Session,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly InquiryOutcome[]> {
  const details = new BatchDetails(session)
  const outcomes: InquiryOutcome[] = []
  let lineProblem: Problem | null = null
  for (const instruction of batch) {
    if (lineProblem) {
      outcomes.push(unavailable(lineProblem))
      continue
    }
    const answer = await session.ask('BB1PAYQR', inquiryBody(instruction.reference), signal)
    if (answer.kind === 'answer') outcomes.push(await answered(answer, instruction, details, signal))
    else outcomes.push(unavailable(answer.problem))
    if (answer.kind !== 'answer' && isDown(answer)) lineProblem = answer.problem
  }
  return outcomes
}

async function answered(
  { reply }: Answer & { readonly kind: 'answer' },
  instruction: Instruction,
  details: BatchDetails,
  signal: AbortSignal,
): Promise<InquiryOutcome> {
  const { config } = details.session
  const words = { code: reply.code, reason: describeMessage(reply.code, reply.text, config.codes) }
  if (reply.kind !== 'itemsSpeak' && reply.kind !== 'noRecord') return unavailable(words)
  const rows = reply.kind === 'noRecord' ? [] : blockOf(reply, 'bb1payqrz1')
  if ('reason' in rows) return unavailable(rows)
  const found = rowsOutcome(rows, instruction.reference)
  if (found) return found
  // Rows about something else do not say that there is none.
  if (rows.length > 0) return unavailable(problem('cmb.missing_item', instruction.reference))
  const absent = { kind: 'absent', code: reply.code } as const
  // Whether BB1PAYQR finds what came in a batch is not known: the batch's own detail is asked before "none" is said.
  return config.batchFunction === 'single' ? absent : details.of(instruction, absent, signal)
}

/** Pages of one batch's detail that are read at most: at one row a page, more than a batch can hold. */
const MAX_PAGES = 1100

/** BB1QRYBD of the batches of one call, each asked once. */
class BatchDetails {
  readonly session: Session
  readonly #asked = new Map<string, Promise<readonly Json[] | Problem>>()

  constructor(session: Session) {
    this.session = session
  }

  async of({ reference, batch }: Instruction, absent: InquiryOutcome, signal: AbortSignal): Promise<InquiryOutcome> {
    const asked = this.#asked.get(batch.reference) ?? this.#rowsOf(batch.reference, signal)
    this.#asked.set(batch.reference, asked)
    const rows = await asked
    return 'reason' in rows ? unavailable(rows) : (rowsOutcome(rows, reference) ?? absent)
  }

  async #rowsOf(batchReference: string, signal: AbortSignal): Promise<readonly Json[] | Problem> {
    const rows: Json[] = []
    for (let page = 0, ctnKey = ''; page < MAX_PAGES; page += 1) {
      const answer = await this.session.ask('BB1QRYBD', batchDetailBody(batchReference, ctnKey), signal)
      if (answer.kind !== 'answer') return answer.problem
      const { reply } = answer
      if (reply.kind === 'noRecord') return rows
      const { code, text } = reply
      if (reply.kind !== 'itemsSpeak') return { code, reason: describeMessage(code, text, this.session.config.codes) }
      const found = blockOf(reply, 'bb1qrybdz1')
      if ('reason' in found) return found
      rows.push(...found)
      const onward = blockOf(reply, 'bb1qrybdy1')
      const next = 'reason' in onward ? '' : textAt(onward[0], 'ctnKey')
      if (next === '') return rows
      if (next === ctnKey) return problem('cmb.paging', batchReference)
      ctnKey = next
    }
    return problem('cmb.paging', batchReference)
  }
}
