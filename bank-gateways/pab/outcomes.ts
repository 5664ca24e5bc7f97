// What an answer says about one instruction. Pure. "Paid" comes only from Stt of a status query; a code that is not in the
// tables is neither paid nor refused.

import type { Echo, InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { textAt, type XmlNode } from '../shared/xml'
import { money, withoutAccounts, type Reply } from './codec'
import { describeCode, describeResult, inquiryClassOf, problem, sttClassOf, submitClassOf, type Problem } from './codes'
import type { PabConfig } from './config'

/** Of the answer to 4004, whose header is about the one payment. */
export function singleOutcome(reply: Reply, instruction: Instruction, config: PabConfig): SendOutcome {
  const { code, text, body } = reply
  const words = { code, reason: describeCode(code, text, config.codes) }
  const kind = submitClassOf(code, config.codes)
  if (kind === 'notExecuted') return { kind: 'unsent', ...words }
  if (kind === 'refused') return { kind, refusal: { code, text: words.reason, bankSerial: serialOf(body) } }
  if (kind !== 'accepted') return uncertain(words)
  if (textAt(body, 'ThirdVoucher') !== instruction.reference)
    return uncertain(problem('pab.wrong_item', textAt(body, 'ThirdVoucher').slice(0, 20)))
  const echo = echoOf(body, code, words.reason, instruction)
  return 'reason' in echo ? uncertain(echo) : { kind, echo }
}

/**
 * Of the answer to 4018: it says only whether the package was taken, and of which. What became of an item is asked. A refusal
 * of the package under a site's code holds for each of its items.
 */
export function batchOutcome(reply: Reply, instruction: Instruction, config: PabConfig): SendOutcome {
  const { code, text, body } = reply
  const words = { code, reason: describeCode(code, text, config.codes) }
  const kind = submitClassOf(code, config.codes)
  if (kind === 'notExecuted') return { kind: 'unsent', ...words }
  if (kind === 'refused') return { kind, refusal: { code, text: words.reason, bankSerial: '' } }
  if (kind !== 'accepted') return uncertain(words)
  const voucher = textAt(body, 'ThirdVoucher')
  if (voucher !== instruction.batch.reference) return uncertain(problem('pab.wrong_item', voucher.slice(0, 20)))
  const echo = { reference: null, amount: null, payeeAccount: null, bankSerial: '', code, text: words.reason }
  return { kind, echo }
}

/** Of 4005, about one payment. */
export function singleInquiry(reply: Reply, instruction: Instruction, config: PabConfig): InquiryOutcome {
  const failed = failedQuestion(reply, config)
  if (failed) return failed
  const voucher = textAt(reply.body, 'OrigThirdVoucher')
  if (voucher !== '' && voucher !== instruction.reference)
    return unavailable(problem('pab.wrong_item', voucher.slice(0, 20)))
  const inner = textAt(reply.body, 'CstInnerFlowNo')
  // One of the two must show whose state this is.
  if (voucher === '' && inner !== instruction.reference) return unavailable(problem('pab.wrong_item', inner))
  return judged(reply.body, instruction)
}

/** Of 4015, about the items of one package. */
export function batchInquiry(reply: Reply, instruction: Instruction, config: PabConfig): InquiryOutcome {
  const failed = failedQuestion(reply, config)
  if (failed) return failed
  const voucher = textAt(reply.body, 'OrigThirdVoucher')
  if (voucher !== '' && voucher !== instruction.batch.reference)
    return unavailable(problem('pab.wrong_item', voucher.slice(0, 20)))
  const own = reply.rows.filter(row => textAt(row, 'SThirdVoucher') === instruction.reference)
  const [row] = own
  if (!row || own.length !== 1)
    return unavailable(problem(row ? 'pab.ambiguous_item' : 'pab.missing_item', instruction.reference))
  return judged(row, instruction)
}

/** The header is the question's, never the payment's. */
function failedQuestion({ code, text, body }: Reply, config: PabConfig): InquiryOutcome | null {
  const kind = inquiryClassOf(code, config.codes)
  // "No matching record" comes without a body (banks/pab §4).
  if (kind === 'absent' && body === null) return { kind, code }
  if (kind === 'ok') return null
  return unavailable({ code, reason: describeCode(code, text, config.codes) })
}

function judged(node: XmlNode | null, instruction: Instruction): InquiryOutcome {
  const stt = textAt(node, 'Stt')
  const kind = sttClassOf(stt)
  const isBack = textAt(node, 'IsBack')
  const said = [textAt(node, 'Yhcljg'), textAt(node, 'BackRem')].filter(Boolean).map(describeResult)
  const words = withoutAccounts([`Stt=${stt}${isBack === '1' ? ' IsBack=1' : ''}`, ...said].join(' ')).slice(0, 300)
  const echo = echoOf(node, stt, words, instruction)
  if ('reason' in echo) return unavailable(echo)
  if (kind === 'unavailable') return unavailable({ code: 'pab.stt', reason: problem('pab.stt', words).reason })
  if (kind === 'refused') {
    // The core compares an echo with the instruction; a refusal has none, so a refusal of something else stops here.
    if (isOfAnother(echo, instruction)) return unavailable(problem('pab.wrong_item', `Stt=${stt}`))
    const code = textAt(node, 'hostErrorCode') || `Stt${stt}`
    return { kind, refusal: { code, text: words, bankSerial: echo.bankSerial } }
  }
  if (kind === 'settled' && !['', '0', '1'].includes(isBack)) return unavailable(problem('pab.stt', words))
  return { kind: kind === 'settled' && isBack === '1' ? 'returned' : kind, echo }
}

/** What the answer repeats of the payment; null where it does not. */
function echoOf(node: XmlNode | null, code: string, text: string, instruction: Instruction): Echo | Problem {
  const amount = money(textAt(node, 'TranAmount'), instruction.amount.currency)
  if (typeof amount === 'string') return problem('pab.undecodable', `TranAmount ${amount}`)
  const inner = textAt(node, 'CstInnerFlowNo')
  const own = textAt(node, 'SThirdVoucher') || textAt(node, 'ThirdVoucher') || textAt(node, 'OrigThirdVoucher') || inner
  return {
    reference: own || null,
    amount,
    payeeAccount: textAt(node, 'InAcctNo') || null,
    bankSerial: serialOf(node),
    code,
    text,
  }
}

/** 主机流水号, which a statement row carries as HostTrace, else the front-end's own number. */
function serialOf(node: XmlNode | null): string {
  return textAt(node, 'hostFlowNo') || textAt(node, 'FrontLogNo')
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
