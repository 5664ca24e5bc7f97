// The calls that move money and ask about it. A payment counts as unsent only when its package provably never reached
// the tunnel port, or when the bank said in a configured code that nothing of it was executed.

import { Fault, type InquiryOutcome, type Instruction, type SendOutcome } from '../../connector/ports'
import { Unsent } from '../shared/http'
import { BadAnswer, type Message } from './codec'
import { inquiryOutcomes, sendOutcomes } from './codec-outcome'
import { PACKAGE_NUMBER, inquiryBody, paymentBody, problemOf } from './codec-payment'
import type { IcbcConfig } from './config'
import { type Session, messageOf } from './session'
import { type Trouble, troubleOf } from './transport'

/** One PAYENT for the whole call. An instruction that cannot be written is unsent by itself; the others go. */
export async function send(
  session: Session,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  const refused = packageProblem(session.config, batch)
  if (refused) return batch.map(() => ({ kind: 'unsent', ...refused }))
  const problems = batch.map(instruction => problemOf(session.config, instruction))
  const sent = await sendPackage(
    session,
    batch.filter((_, index) => problems[index] === null),
    signal,
  )
  const answers = sent.values()
  return problems.map(problem => (problem ? { kind: 'unsent', ...problem } : (answers.next().value ?? NO_OUTCOME)))
}

/** One QPAYENT a package. A failed question teaches nothing about any of its instructions. */
export async function inquire(
  session: Session,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly InquiryOutcome[]> {
  const outcomes = new Map<Instruction, InquiryOutcome>()
  for (const reference of new Set(batch.map(instruction => instruction.batch.reference))) {
    const group = batch.filter(instruction => instruction.batch.reference === reference)
    const answers = (await inquirePackage(session, reference, group, signal)).values()
    for (const instruction of group) outcomes.set(instruction, answers.next().value ?? NOTHING_LEARNED)
  }
  return batch.map(instruction => outcomes.get(instruction) ?? NOTHING_LEARNED)
}

const NO_OUTCOME = { kind: 'uncertain', code: 'icbc.row-missing', reason: '无结果 / no outcome' } as const
const NOTHING_LEARNED = { kind: 'unavailable', code: 'icbc.row-missing', reason: '无结果 / no outcome' } as const

async function sendPackage(
  session: Session,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  const [first] = batch
  if (!first) return []
  let message: Message
  let signed: Buffer
  try {
    const signTime = await session.bankNow(first.payer.account, signal)
    const { body, isZipped } = paymentBody(session.config, batch, signTime)
    message = messageOf('PAYENT', first.batch.reference, signTime, body, { isZipped })
    signed = await session.sign(message, signal)
  } catch (error) {
    const trouble = preparationTrouble(error)
    return batch.map(() => ({ kind: 'unsent', ...trouble }))
  }
  try {
    const reply = await session.exchange(message, signed, signal)
    if (reply.retCode !== '0') session.forgetBankDate()
    return sendOutcomes(session.config, reply, batch)
  } catch (error) {
    const trouble = troubleOf(error)
    return batch.map(() => ({ kind: error instanceof Unsent ? 'unsent' : 'uncertain', ...trouble }))
  }
}

async function inquirePackage(
  session: Session,
  reference: string,
  group: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly InquiryOutcome[]> {
  try {
    const reply = await session.query('QPAYENT', inquiryBody(reference), signal)
    return inquiryOutcomes(session.config, reply, group)
  } catch (error) {
    const trouble = troubleOf(error)
    return group.map(() => ({ kind: 'unavailable', ...trouble }))
  }
}

/** What keeps a whole call from becoming one package. */
function packageProblem(config: IcbcConfig, batch: readonly Instruction[]): Trouble | null {
  const references = new Set(batch.map(instruction => instruction.batch.reference))
  const lines = new Set(batch.map(instruction => instruction.batch.line))
  const problem = (reason: string): Trouble => ({ code: 'icbc.batch', reason })
  if (batch.length > config.batchMax)
    return problem(`一包最多 ${config.batchMax} 笔 / at most ${config.batchMax} instructions a package`)
  if (references.size > 1 || lines.size !== batch.length)
    return problem('同一包须同一批次号且序号不重复 / one package has one reference and distinct lines')
  if (![...references].every(reference => PACKAGE_NUMBER.test(reference)))
    return problem('批次号须为 1–35 位字母数字 / the batch reference must be 1–35 letters and digits')
  return null
}

/** Before the package goes to the tunnel port everything that fails, a defect included, leaves it unsent. */
function preparationTrouble(error: unknown): Trouble {
  const code = error instanceof BadAnswer || error instanceof Fault ? error.code : 'icbc.not-prepared'
  const reason = error instanceof Error ? error.message : String(error)
  return {
    code,
    reason: `取银行日期或签名失败, 指令未发出 / bank date or signature failed, nothing was sent: ${reason}`,
  }
}
