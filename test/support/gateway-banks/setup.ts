// What the gateway contract has to know about a bank: how its gateway is pointed at its simulator, and what its answers can carry.

import type { Instruction, ReceiptDocument } from '../../../connector/ports'
import type { SimulatorOptions } from '../../../bank-gateways/simulator/options'
import type { Simulator } from '../../../bank-gateways/simulator/simulator'

export type Banks = NonNullable<SimulatorOptions['banks']>

/** The settings of a simulated bank's own protocol. */
export type Protocol<Bank extends keyof Banks> =
  NonNullable<Banks[Bank]> extends infer Options
    ? Options extends { protocol?: infer Settings }
      ? NonNullable<Settings>
      : never
    : never

export type PartOfGateway = 'send' | 'inquire' | 'balance' | 'statement' | 'receipt'

export type BankSetup = {
  /** The gateway's key in the registry; the simulated bank has the same name. */
  readonly kind: string
  /** Which reading of the reference the simulated bank takes, for the test's title. */
  readonly reading: string
  readonly cnaps: string
  readonly bankName: string
  readonly payerAccount: string
  readonly ownPayeeAccount: string
  /** What must never be read in a message. */
  readonly secrets: readonly string[]
  readonly banks: (receiptsDirectory: string) => Banks
  readonly config: (simulator: Simulator, waits: Waits, receiptsDirectory: string) => unknown
  /** The transaction codes the calls travel as, for faults; a null receipt: this gateway has none. */
  readonly codes: Readonly<Record<Exclude<PartOfGateway, 'receipt'>, string>> & { readonly receipt: string | null }
  /** The exchange that precedes a payment and moves no money; null where there is none. */
  readonly preparation: {
    readonly at: { readonly listener: string; readonly code?: string }
    /** The calls that it precedes in a new gateway. */
    readonly precedes: readonly PartOfGateway[]
  } | null
  /** Each instruction of a call travels in a message of its own, in order. */
  readonly sendsOneByOne?: true
  /** The idempotency key the simulated bank files an instruction under. */
  readonly keyOf: (instruction: Instruction) => string
  readonly echoes: { readonly amount: boolean; readonly payeeAccount: boolean }
  /** Whether the simulated bank refuses a repeated instruction. */
  readonly refusesRepeats: boolean
  /** Which part of a receipt key stands on the receipt itself. */
  readonly receiptMark: number
  /** Whether receipts of two lines that differ in nothing can be told apart. */
  readonly tellsTwinsApart: boolean
  /** Everything a receipt says, as text. */
  readonly receiptText: (document: ReceiptDocument) => string
  /** How a receipt writes an amount in 分. */
  readonly receiptAmount: (minor: bigint) => string
}

export type Waits = { readonly connectTimeoutMs: number; readonly answerTimeoutMs: number }
