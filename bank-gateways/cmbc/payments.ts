// Sends instructions and asks about them, one message each. A message goes out once; what became of it is only ever asked.

import type { InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { oneByOne } from '../shared/one-by-one'
import type { Channel } from './channel'
import { instructionProblem } from './codec-payment'
import { problem, type Problem } from './codes'
import type { CmbcConfig } from './config'
import { unavailable } from './outcomes'

/** One outcome an instruction, in order. */
export function sendPayments(
  channel: Channel,
  config: CmbcConfig,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  return oneByOne<Instruction, SendOutcome>(
    batch,
    async instruction => {
      const found = sendProblem(instruction, batch, config)
      return found ? { outcome: { kind: 'unsent', ...found }, isLineDown: false } : channel.pay(instruction, signal)
    },
    () => ({ kind: 'unsent', ...halted(signal) }),
  )
}

/** One outcome an instruction, in order. */
export function inquirePayments(
  channel: Channel,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly InquiryOutcome[]> {
  return oneByOne<Instruction, InquiryOutcome>(
    batch,
    instruction => channel.ask(instruction, signal),
    () => unavailable(halted(signal)),
  )
}

function sendProblem(instruction: Instruction, batch: readonly Instruction[], config: CmbcConfig): Problem | null {
  if (batch.some(other => other !== instruction && other.reference === instruction.reference))
    return problem('cmbc.duplicate_reference', instruction.reference)
  return instructionProblem(instruction, config)
}

function halted(signal: AbortSignal): Problem {
  return problem(signal.aborted ? 'cmbc.aborted' : 'cmbc.halted', '')
}
