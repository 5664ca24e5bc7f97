// What the gateway contract has to know about a bank: how its gateway is pointed at its simulator, and what its answers can carry.

import type { FaultKind } from '../../../bank-gateways/simulator/engine/faults'
import type { BankGateway, Instruction, ReceiptDocument } from '../../../connector/ports'
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
  /** The transaction codes the calls travel as, for faults. Null: the bank's interface for it is not public, or there is none. */
  readonly codes: Readonly<Record<'send' | 'inquire', string>> &
    Readonly<Record<'balance' | 'statement' | 'receipt', string | null>>
  /** The exchange that precedes a payment and moves no money, or null where there is none. */
  readonly preparation: {
    readonly at: { readonly listener: string; readonly code?: string }
    /** The calls that it precedes in a new gateway. */
    readonly precedes: readonly PartOfGateway[]
  } | null
  /** The idempotency key the simulated bank files an instruction under. */
  readonly keyOf: (instruction: Instruction) => string
  /** What the answer to an inquiry repeats of the payment. */
  readonly echoes: Echoes
  /** The same of the answer to a payment, where it differs. */
  readonly sendEchoes?: Echoes
  /** Set where the answer to an inquiry repeats no reference and gives no serial of the bank's. */
  readonly inquiryTellsOnlyState?: true
  /** Set where the answer to an inquiry repeats the payment but gives no serial of the bank's. */
  readonly givesNoSerial?: true
  /** Faults that cannot be seen in an exchange: there is no serial to be wrong, no line to be missing. */
  readonly cannotShow?: Readonly<Partial<Record<PartOfGateway, readonly FaultKind[]>>>
  /** What a refusal in the answer to a payment comes to, where it is not `refused`: its code may be in no table. */
  readonly refusalOnSend?: 'uncertain' | 'accepted'
  /** Set where every payment travels in a message of its own, and where each is asked about in one. */
  readonly sendsOneByOne?: true
  readonly asksOneByOne?: true
  /** Set where an answer without rows is how the bank says "no such payment": a row left out of one looks the same. */
  readonly saysAbsentBySilence?: true
  /** Set where the bank has no way to say "no such payment": about one that it does not have nothing ever comes. */
  readonly neverSaysAbsent?: true
  /** Set where a statement line has no time of day, and where none has a balance behind it. */
  readonly givesNoTime?: true
  readonly givesNoRunningBalance?: true
  /** Set where a repeated instruction is not refused but answered with the result of the first. */
  readonly replaysRepeats?: true
  /** Whether the simulated bank books a repeated instruction once. */
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

export type Echoes = { readonly amount: boolean; readonly payeeAccount: boolean }

/** The code a call travels as. */
export function codeOf(setup: BankSetup, part: PartOfGateway): string {
  const code = setup.codes[part]
  if (code === null) throw new Error(`${setup.kind} has no ${part}`)
  return code
}

/** Has the gateway do whatever precedes its first call: a balance is asked for where it can be. */
export async function warmedUp(setup: BankSetup, gateway: BankGateway): Promise<void> {
  if (setup.codes.balance !== null) await gateway.balance(setup.payerAccount, new AbortController().signal)
}

/** Whether a fault of the bank can be seen in an exchange of this kind. */
export function canShow(setup: BankSetup, part: PartOfGateway, kind: FaultKind): boolean {
  return !(setup.cannotShow?.[part] ?? []).includes(kind)
}

export type Waits = { readonly connectTimeoutMs: number; readonly answerTimeoutMs: number }
