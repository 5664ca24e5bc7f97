// What an answer says about one instruction, in either protocol. Pure. "Paid" comes only from an inquiry; a code or a status that is
// in no table is neither paid nor refused.

import type { InquiryOutcome, SendOutcome } from '../../connector/ports'
import { describeCode, inquiryClassOf, problem, statusOf, submitClassOf, type Problem, type Protocol } from './codes'
import type { CmbcConfig } from './config'

export type Said = {
  /** Header code or resp_code. */
  readonly code: string
  readonly text: string
  /** statusCode or trans_status with its words; empty where the answer has none. */
  readonly status: string
  readonly statusText: string
  /** What the answer repeats. */
  readonly reference: string | null
  readonly bankSerial: string
}

/** Statuses have one digit; what is longer is in no table, and is shown in part. */
const MAX_STATUS = 12

export function sendOutcome(said: Said, protocol: Protocol, config: CmbcConfig): SendOutcome {
  const { code, bankSerial } = said
  const kind = submitClassOf(code, protocol, config.codes)
  const text = describeCode(code, protocol, said.text, config.codes)
  if (kind === 'refused') return { kind, refusal: { code, text, bankSerial } }
  if (kind !== 'ok') return { kind, code, reason: text }
  // A status that speaks against it makes of "taken" a question.
  const status = said.status === '' ? null : statusOf(said.status, protocol, config.codes)
  if (said.status !== '' && status?.outcome !== 'accepted' && status?.outcome !== 'settled')
    return uncertain(problem('cmbc.status', said.status.slice(0, MAX_STATUS)))
  return { kind: 'accepted', echo: echoOf(said, code, text) }
}

export function inquiryOutcome(said: Said, protocol: Protocol, config: CmbcConfig): InquiryOutcome {
  const { code, bankSerial } = said
  const kind = inquiryClassOf(code, protocol, config.codes)
  const text = describeCode(code, protocol, said.text, config.codes)
  if (kind === 'absent') return { kind, code }
  if (kind === 'refused') return { kind, refusal: { code, text, bankSerial } }
  if (kind === 'unavailable') return { kind, code, reason: text }
  if (kind === 'accepted') return { kind, echo: echoOf(said, code, text) }
  const status = statusOf(said.status, protocol, config.codes)
  const name = `${protocol === 'open' ? 'trans_status' : 'statusCode'}${said.status.slice(0, MAX_STATUS)}`
  if (status === null) return unavailable(problem('cmbc.status', name))
  const words = `${status.zh} / ${status.en}${said.statusText === '' ? '' : `: ${said.statusText}`}`
  if (status.outcome === 'unknown') return { kind: 'unavailable', code: name, reason: words }
  if (status.outcome === 'refused') return { kind: status.outcome, refusal: { code: name, text: words, bankSerial } }
  return { kind: status.outcome, echo: echoOf(said, name, words) }
}

/** CMBC's answers repeat neither amount nor payee. */
function echoOf({ reference, bankSerial }: Said, code: string, text: string) {
  return { reference, amount: null, payeeAccount: null, bankSerial, code, text }
}

export function uncertain(found: Problem): SendOutcome {
  return { kind: 'uncertain', ...found }
}

export function unavailable(found: Problem): InquiryOutcome {
  return { kind: 'unavailable', ...found }
}
