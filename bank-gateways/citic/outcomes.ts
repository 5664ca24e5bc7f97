// What an answer says about one instruction. Pure. "Paid" comes only from DLCIDSTT's `stt`; a code that is not in the tables is
// neither paid nor refused.

import type { Echo, InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { textAt, type XmlNode } from '../shared/xml'
import { money, statusOf, type Reply, type Status } from './codec'
import { describeCode, inquiryClassOf, problem, sttOf, submitClassOf, type Problem } from './codes'
import type { CiticConfig } from './config'

/** Of the answer to DLOUTTRN, which is about one payment and repeats its amount and payee, but not its clientID. */
export function outwardOutcome({ status, body }: Reply, instruction: Instruction, config: CiticConfig): SendOutcome {
  const echo = echoOf(body, status, null, instruction, config)
  return 'reason' in echo ? uncertain(echo) : judged(status, echo, instruction, config)
}

/** Of the answer to DLINTTRN: rows by clientID, under an outer status that lets them speak. */
export function rowOutcome(reply: Reply, instruction: Instruction, config: CiticConfig): SendOutcome {
  const { code, text } = reply.status
  const outer = submitClassOf(code, config.codes)
  const words = { code, reason: describeCode(code, text, config.codes) }
  // "Not executed" of the whole message holds only when no row says anything.
  if (outer === 'notExecuted' && reply.rows.length === 0) return { kind: 'unsent', ...words }
  if (outer !== 'accepted' && code !== 'BBBBBBB') return uncertain(words)
  const row = onlyRow(reply.rows, instruction.reference)
  if ('reason' in row) return uncertain(row)
  const status = statusOf(row)
  const echo = echoOf(row, status, instruction.reference, instruction, config)
  return 'reason' in echo ? uncertain(echo) : judged(status, echo, instruction, config)
}

function judged(status: Status, echo: Echo, instruction: Instruction, config: CiticConfig): SendOutcome {
  const kind = submitClassOf(status.code, config.codes)
  const words = { code: status.code, reason: describeCode(status.code, status.text, config.codes) }
  if (kind === 'accepted') return { kind, echo }
  if (kind === 'notExecuted') return { kind: 'unsent', ...words }
  if (kind !== 'refused') return uncertain(words)
  // The core compares an echo with the instruction; a refusal has none, so a refusal of something else stops here.
  if (isOfAnother(echo, instruction)) return uncertain(problem('citic.wrong_item', status.code))
  return { kind, refusal: { code: words.code, text: words.reason, bankSerial: echo.bankSerial } }
}

/**
 * Of DLCIDSTT. The outer status is the question's; `stt` of its one row is the payment's. `stt` 2 is "unknown": only when
 * the row's own status says that the bank has taken it, is it accepted [inferred].
 */
export function inquiryOutcome(reply: Reply, instruction: Instruction, config: CiticConfig): InquiryOutcome {
  const { code, text } = reply.status
  const outer = inquiryClassOf(code, config.codes)
  if (outer === 'absent' && reply.rows.length === 0) return { kind: 'absent', code }
  if (outer !== 'ok') return unavailable({ code, reason: describeCode(code, text, config.codes) })
  const [row] = reply.rows
  if (!row || reply.rows.length !== 1)
    return unavailable(problem(row ? 'citic.ambiguous_item' : 'citic.missing_item', instruction.reference))
  const clientID = textAt(row, 'clientID')
  if (clientID !== '' && clientID !== instruction.reference) return unavailable(problem('citic.wrong_item', clientID))
  const stt = textAt(row, 'stt')
  const known = sttOf(stt)
  if (known === null) return unavailable(problem('citic.stt', stt.slice(0, 20)))
  const status = statusOf(row)
  const words = `stt ${stt} ${known.zh} / ${known.en}; ${describeCode(status.code, status.text, config.codes)}`
  const echo = echoOf(row, { code: stt, text: words }, clientID || null, instruction, config)
  if ('reason' in echo) return unavailable(echo)
  if (known.outcome === 'settled') return { kind: 'settled', echo: { ...echo, text: words } }
  if (known.outcome === 'refused') {
    if (isOfAnother(echo, instruction)) return unavailable(problem('citic.wrong_item', stt))
    return { kind: 'refused', refusal: { code: status.code || `stt${stt}`, text: words, bankSerial: echo.bankSerial } }
  }
  const isTaken = status.code !== 'AAAAAAA' && submitClassOf(status.code, []) === 'accepted'
  return isTaken ? { kind: 'accepted', echo: { ...echo, text: words } } : unavailable({ code: stt, reason: words })
}

function onlyRow(rows: readonly XmlNode[], reference: string): XmlNode | Problem {
  const own = rows.filter(row => textAt(row, 'clientID') === reference)
  const [row] = own
  if (!row) return problem('citic.missing_item', reference)
  return own.length === 1 ? row : problem('citic.ambiguous_item', reference)
}

/** What the answer repeats of the payment; null where it does not. */
function echoOf(
  node: XmlNode,
  status: Status,
  reference: string | null,
  instruction: Instruction,
  config: CiticConfig,
): Echo | Problem {
  const amount = money(textAt(node, 'tranAmount'), instruction.amount.currency)
  if (typeof amount === 'string') return problem('citic.undecodable', `tranAmount ${amount}`)
  return {
    reference,
    amount,
    payeeAccount: textAt(node, 'recAccountNo') || null,
    bankSerial: textAt(node, 'tranNo'),
    code: status.code,
    text: describeCode(status.code, status.text, config.codes),
  }
}

function isOfAnother(echo: Echo, { amount, payee }: Instruction): boolean {
  if (echo.amount !== null && echo.amount.minor !== amount.minor) return true
  return echo.payeeAccount !== null && echo.payeeAccount !== payee.account
}

export function uncertain(found: Problem): SendOutcome {
  return { kind: 'uncertain', ...found }
}

export function unavailable(found: Problem): InquiryOutcome {
  return { kind: 'unavailable', ...found }
}
