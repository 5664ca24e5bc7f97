// What a bank's folder gives to the simulator: one value of this shape, registered in ../registry.ts.

import type { BankContext } from './exchange'
import type { FaultKind } from './faults'
import type { Handler } from './listener'
import type { SftpWire } from './sftp-listener'
import type { TcpWire } from './tcp-listener'

export type BankProgram<Options> = {
  /** The folder's name. */
  readonly bank: string
  readonly zh: string
  readonly en: string
  /** The first digits of its CNAPS numbers; a payment to such a number arrives here. */
  readonly cnapsPrefix: string
  /** Names of its ports, the business port first. */
  readonly listeners: readonly string[]
  /** What can be ordered to go wrong here. */
  readonly faults: readonly FaultKind[]
  /** False when the bank's software never answers `Expect: 100-continue`. */
  readonly answersContinue: boolean
  /** Listeners that speak raw TCP instead of HTTP, and how their messages begin and end. */
  readonly tcp?: (options: Options) => Readonly<Record<string, TcpWire>>
  /** Listeners that are SFTP servers, and who may log in. */
  readonly sftp?: (options: Options) => Readonly<Record<string, SftpWire>>
  /** One handler a listener. */
  readonly open: (context: BankContext, options: Options) => Readonly<Record<string, Handler>>
}
