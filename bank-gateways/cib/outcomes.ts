// What an answer says about one instruction. Pure. "Paid" comes only from an inquiry; a code or a state that is not in the tables
// is neither paid nor refused.

import type { Echo, InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { attributeOf, childrenOf, find, textAt, type XmlNode } from '../shared/xml'
import { money, words, type Reply } from './codec'
import { referenceIn } from './codec-payment'
import { describeCode, describeState, inquiryClassOf, problem, stateOf, submitClassOf, type Problem } from './codes'
import type { CibConfig } from './config'

/** What an answer says of one payment: its state, and what it repeats. */
type Item = { readonly code: string; readonly text: string; readonly echo: Echo }

/** Of the answer to XFERTRNRQ. A repeated TRNUID is answered with the earlier result, which then is this payment's. */
export function singleOutcome(reply: Reply, instruction: Instruction, config: CibConfig): SendOutcome {
  const stopped = submitStopped(reply, config)
  if (stopped) return stopped
  const xfer = reply.body && find(reply.body, 'XFERRS')
  return sent(xfer ? itemOf(xfer, instruction, 'SRVRID') : missing(instruction), instruction)
}

/**
 * Of the answer to ASYNBATCHTRSFRTRNRQ: lines by their number. An answer without any list of lines speaks of the batch as a whole,
 * and only "taken" is then said of each payment [inferred].
 */
export function batchOutcome(reply: Reply, instruction: Instruction, config: CibConfig): SendOutcome {
  const stopped = submitStopped(reply, config)
  if (stopped) return stopped
  const lines = linesOf(reply)
  if (lines !== null) return sent(lineItem(lines, instruction), instruction)
  const code = reply.body ? (find(reply.body, 'XFERPRCCODE')?.text.trim() ?? '') : ''
  if (stateOf(code)?.outcome !== 'taken') return uncertain(problem('cib.missing_item', instruction.reference))
  const echo = {
    reference: null,
    amount: null,
    payeeAccount: null,
    bankSerial: '',
    code,
    text: describeState(code, ''),
  }
  return { kind: 'accepted', echo }
}

/** Of XFERINQTRNRQ. MORE of XFERLIST says whether a record was found, not whether there are pages (banks/cib §3). */
export function singleInquiry(reply: Reply, instruction: Instruction, config: CibConfig): InquiryOutcome {
  const stopped = inquiryStopped(reply, config)
  if (stopped) return stopped
  const list = reply.body && find(reply.body, 'XFERLIST')
  if (!list) return unavailable(problem('cib.missing_item', instruction.reference))
  const found = attributeOf(list, 'MORE') || textAt(list, 'MORE')
  const records = childrenOf(list, 'XFER')
  if (found === 'N' && records.length === 0) return { kind: 'absent', code: 'MORE=N' }
  const [record] = records
  if (!record || records.length !== 1)
    return unavailable(problem(record ? 'cib.ambiguous_item' : 'cib.missing_item', instruction.reference))
  return asked(itemOf(record, instruction, 'SRVRTID'), instruction)
}

/** Of ASYNBATCHTRSFRTRNRQ with a TRNUID alone. */
export function batchInquiry(reply: Reply, instruction: Instruction, config: CibConfig): InquiryOutcome {
  const stopped = inquiryStopped(reply, config)
  if (stopped) return stopped
  const lines = linesOf(reply)
  return lines === null
    ? unavailable(problem('cib.missing_item', instruction.reference))
    : asked(lineItem(lines, instruction), instruction)
}

/** The outcome when STATUS, not XFERPRCCODE, decides. A failed sign-on says nothing of the payment unless the site knows better. */
function submitStopped({ status }: Reply, config: CibConfig): SendOutcome | null {
  const kind = submitClassOf(status.code, config.codes)
  if (kind === 'ok') return null
  const reason = describeCode(status.code, status.text, config.codes)
  if (kind === 'refused') return { kind, refusal: { code: status.code, text: reason, bankSerial: '' } }
  return { kind: kind === 'notExecuted' ? 'unsent' : 'uncertain', code: status.code, reason }
}

function inquiryStopped({ status, body }: Reply, config: CibConfig): InquiryOutcome | null {
  const kind = body === null ? 'unavailable' : inquiryClassOf(status.code, config.codes)
  if (kind === 'ok') return null
  if (kind === 'absent') return { kind, code: status.code }
  return unavailable({ code: status.code, reason: describeCode(status.code, status.text, config.codes) })
}

function sent(item: Item | Problem, instruction: Instruction): SendOutcome {
  if ('reason' in item) return uncertain(item)
  const { code, text, echo } = item
  const state = stateOf(code)
  // Accepted is not paid (banks/README §3.1): PAYOUT here may be 登记成功.
  if (state?.outcome === 'paid' || state?.outcome === 'taken') return { kind: 'accepted', echo }
  if (state?.outcome !== 'failed') return uncertain(stateProblem(code, text))
  // The core compares an echo with the instruction; a refusal has none, so a refusal of something else stops here.
  if (isOfAnother(echo, instruction)) return uncertain(problem('cib.wrong_item', code))
  return { kind: 'refused', refusal: { code, text, bankSerial: echo.bankSerial } }
}

function asked(item: Item | Problem, instruction: Instruction): InquiryOutcome {
  if ('reason' in item) return unavailable(item)
  const { code, text, echo } = item
  const outcome = stateOf(code)?.outcome ?? 'unknown'
  if (outcome === 'unknown') return unavailable(stateProblem(code, text))
  if (outcome !== 'failed') return { kind: outcome === 'paid' ? 'settled' : 'accepted', echo }
  return isOfAnother(echo, instruction)
    ? unavailable(problem('cib.wrong_item', code))
    : { kind: 'refused', refusal: { code, text, bankSerial: echo.bankSerial } }
}

/** XFERINFO and XFERPRCSTS. The bank's number is SRVRID in the one answer and SRVRTID in the other: its own spelling. */
function itemOf(xfer: XmlNode, instruction: Instruction, serial: 'SRVRID' | 'SRVRTID'): Item | Problem {
  const code = textAt(xfer, 'XFERPRCSTS', 'XFERPRCCODE')
  if (code === '') return missing(instruction)
  return read(code, textAt(xfer, 'XFERPRCSTS', 'MESSAGE'), instruction, {
    amount: textAt(xfer, 'XFERINFO', 'TRNAMT'),
    payeeAccount: textAt(xfer, 'XFERINFO', 'ACCTTO', 'ACCTID'),
    purpose: textAt(xfer, 'XFERINFO', 'PURPOSE'),
    bankSerial: textAt(xfer, serial),
  })
}

type Line = readonly string[]

/** The lines of XFERINFOTEXT, 13 fields each behind its bar; null when there is no such element. */
function linesOf({ body }: Reply): readonly Line[] | null {
  const text = body && find(body, 'XFERINFOTEXT')?.text
  if (text === null || text === undefined) return null
  return text
    .split(/\r?\n/)
    .filter(line => line.trim() !== '')
    .map(line => line.trim().split('|'))
}

const FIELDS = 13

function lineItem(lines: readonly Line[], instruction: Instruction): Item | Problem {
  const own = lines.filter(([number]) => number?.trim() === String(instruction.batch.line))
  const [line] = own
  if (!line) return missing(instruction)
  if (own.length !== 1) return problem('cib.ambiguous_item', instruction.reference)
  // Thirteen bars, nothing behind the last: a line of another shape is not read by position.
  if (line.length !== FIELDS + 1 || line[FIELDS] !== '') return problem('cib.row', `${line.length - 1} bars`)
  const field = (index: number): string => line[index]?.trim() ?? ''
  if (field(11) === '') return missing(instruction)
  return read(field(11), field(12), instruction, {
    amount: field(8),
    payeeAccount: field(1),
    purpose: field(9),
    bankSerial: '',
  })
}

type Repeated = Readonly<Record<'amount' | 'payeeAccount' | 'purpose' | 'bankSerial', string>>

function read(code: string, message: string, instruction: Instruction, repeated: Repeated): Item | Problem {
  const amount = money(repeated.amount, instruction.amount.currency)
  if (typeof amount === 'string') return problem('cib.undecodable', `amount ${amount}`)
  const text = describeState(code, words(message))
  const { payeeAccount, bankSerial, purpose } = repeated
  const reference = referenceIn(purpose) || null
  const echo = { reference, amount, payeeAccount: payeeAccount || null, bankSerial, code: code.slice(0, 20), text }
  return { code: echo.code, text, echo }
}

function missing({ reference }: Instruction): Problem {
  return problem('cib.missing_item', reference)
}

function stateProblem(code: string, text: string): Problem {
  return stateOf(code) ? { code, reason: text } : problem('cib.state', words(code).slice(0, 20))
}

function isOfAnother(echo: Echo, { amount, payee, reference }: Instruction): boolean {
  if (echo.reference !== null && echo.reference !== reference) return true
  if (echo.amount !== null && echo.amount.minor !== amount.minor) return true
  return echo.payeeAccount !== null && echo.payeeAccount !== payee.account
}

export function uncertain(found: Problem): SendOutcome {
  return { kind: 'uncertain', ...found }
}

export function unavailable(found: Problem): InquiryOutcome {
  return { kind: 'unavailable', ...found }
}
