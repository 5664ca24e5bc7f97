// What every operation of the simulated ICBC has at hand, and how it objects to a request.

import type { BankContext, Inquiries } from '../engine/exchange'
import type { PaymentDesk } from '../engine/payments'
import type { Envelope } from './envelope'
import { refusedOutcome, type Outcome } from './reply'
import type { IcbcProtocol } from './settings'

export type Icbc = {
  readonly context: BankContext
  readonly desk: PaymentDesk
  readonly protocol: IcbcProtocol
  readonly inquiries: Inquiries
  /** Which page size comes next (they are used in turn). */
  readonly nextPageSize: (version: Envelope['version']) => number
}

/** Under this key a package and its parts are remembered: a package number is a group's for ever (banks/icbc §2). */
export function packageKey(cis: string, fSeqno: string): string {
  return `${cis}/${fSeqno}`
}

/** The problem of a message, by the name of its code in `codes` and in words. */
export type Objection = { readonly code: keyof IcbcProtocol['codes']; readonly text: string }

export function objected({ protocol, context }: Icbc, { code, text }: Objection): Outcome {
  context.log(`icbc refuses: ${text}`)
  return refusedOutcome(protocol.codes[code], text)
}
