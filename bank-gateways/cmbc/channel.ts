// What both protocols can do, as the gateway asks for it.

import type {
  Balance,
  InquiryOutcome,
  Instruction,
  ReceiptDocument,
  SendOutcome,
  StatementLine,
} from '../../connector/ports'
import type { Asked } from '../shared/one-by-one'

/** Days of a statement, both ends included, and the first row that is asked for, from 1. */
export type Part = { readonly from: string; readonly to: string; readonly start: number }

export type Rows = {
  readonly lines: readonly StatementLine[]
  /** Rows of the days in all, where the bank counts them. */
  readonly total: number | null
}

export type Channel = {
  pay(instruction: Instruction, signal: AbortSignal): Promise<Asked<SendOutcome>>
  ask(instruction: Instruction, signal: AbortSignal): Promise<Asked<InquiryOutcome>>
  /** @throws Fault */
  balance(account: string, signal: AbortSignal): Promise<Balance>
  /** @throws Fault */
  rows(account: string, part: Part, signal: AbortSignal): Promise<Rows>
  /** @throws Fault */
  readonly receipt?: (account: string, line: StatementLine, signal: AbortSignal) => Promise<ReceiptDocument | null>
}
