// What an answer says about one instruction (banks/bcm §3, §4). Pure. "Paid" comes from 310204, unless the site says more; a code or a
// state that is in no table is neither paid nor refused.

import type { Echo, InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { bankWords } from '../shared/account'
import { at, childrenOf, textAt, type XmlNode } from '../shared/xml'
import { money, type Reply } from './codec'
import { describeCode, extraOutcome, LINE_FLAGS, problem, statOf, tranStatusOf, type Problem } from './codes'
import type { BcmConfig, Payroll } from './config'

/** All codes here have one to four characters; what is longer is in no table, and is shown in part. */
const MAX_CODE = 12

/** Of 210201: 0000 is taken, no more. Its answer repeats nothing of the payment. */
export function singleOutcome(reply: Reply, config: BcmConfig): SendOutcome {
  return (
    stopped(reply, config) ?? {
      kind: 'accepted',
      echo: { ...NOTHING, bankSerial: reply.serial, code: reply.code, text: sayCode(reply, config) },
    }
  )
}

/** Of 210224: tranStatus decides. */
export function superOutcome(reply: Reply, config: BcmConfig): SendOutcome {
  const refused = stopped(reply, config)
  if (refused) return refused
  const status = textAt(reply.body, 'tranStatus').slice(0, MAX_CODE)
  const code = `tranStatus${status}`
  const text = describeCode(status, 'tranStatus', reply.text, config.codes)
  const outcome = tranStatusOf(status, config.codes)
  if (outcome === 'refused') return { kind: outcome, refusal: { code, text, bankSerial: reply.serial } }
  if (outcome === 'uncertain') return { kind: outcome, code, reason: text }
  const { payment } = config
  const success = payment.function === '210201' ? (payment.superPay?.success ?? 'accepted') : 'accepted'
  const kind = outcome === 'done' ? success : 'accepted'
  return { kind, echo: { ...NOTHING, bankSerial: reply.serial, code, text } }
}

/** Of a line of 330002, found by our number in busino. F is success here. */
export function lineOutcome(reply: Reply, instruction: Instruction, payroll: Payroll, config: BcmConfig): SendOutcome {
  const refused = stopped(reply, config)
  if (refused) return refused
  const line = ownLine(reply, instruction)
  if ('reason' in line) return uncertain(line)
  const flag = textAt(line, 'sucFlg').slice(0, MAX_CODE)
  const code = `sucFlg${flag}`
  const known = Object.hasOwn(LINE_FLAGS, flag) ? LINE_FLAGS[flag] : undefined
  const text = known ? `${known.zh} / ${known.en}` : describeCode(flag, 'stat', '', [])
  if (known === undefined || known.outcome === 'uncertain') return { kind: 'uncertain', code, reason: text }
  const echo = echoOf(line, { amount: 'amt', payee: 'card_no' }, instruction, code, text)
  if ('reason' in echo) return uncertain(echo)
  const bankSerial = textAt(line, 'flw').slice(0, 40)
  if (known.outcome === 'done') return { kind: payroll.lineSuccess, echo: { ...echo, bankSerial } }
  // The core compares an echo with the instruction; a refusal has none, so a refusal of something else stops here.
  if (isOfAnother(echo, instruction)) return uncertain(problem('bcm.wrong_item', code))
  return { kind: 'refused', refusal: { code, text, bankSerial } }
}

/** Of 310204 with query_flag 1. */
export function singleInquiry(reply: Reply, instruction: Instruction, config: BcmConfig): InquiryOutcome {
  const { reference } = instruction
  const found = statIn(reply, reference, instruction, config)
  if ('kind' in found) return found
  const { stat, code, text, body } = found
  const echo = echoOf(body, { amount: 'amt', payee: 'rcv_acno' }, instruction, code, text)
  if ('reason' in echo) return unavailable(echo)
  const named = { ...echo, reference: textAt(body, 'cert_no') || null }
  if (stat !== 'refused') return { kind: stat, echo: named }
  if (isOfAnother(named, instruction)) return unavailable(problem('bcm.wrong_item', code))
  return { kind: stat, refusal: { code, text, bankSerial: '' } }
}

/** Of 310204 with query_flag 3, which speaks of a whole batch: what is said of each line is the site's word. */
export function batchInquiry(reply: Reply, instruction: Instruction, config: BcmConfig): InquiryOutcome {
  const found = statIn(reply, instruction.batch.reference, instruction, config)
  if ('kind' in found) return found
  const { stat, code, text } = found
  const isOfLine = config.payment.function === '330002' && config.payment.batchState === 'of-every-line'
  const echo = { ...NOTHING, code, text }
  if (stat === 'accepted' || isOfLine)
    return stat === 'refused' ? { kind: stat, refusal: { code, text, bankSerial: '' } } : { kind: stat, echo }
  return stat === 'settled' ? { kind: 'accepted', echo } : unavailable(problem('bcm.batch_state', code))
}

type Found = {
  readonly stat: 'settled' | 'accepted' | 'refused'
  readonly code: string
  readonly text: string
  readonly body: XmlNode
}

/** What 310204 says under the number that was asked for. */
function statIn(reply: Reply, certNo: string, instruction: Instruction, config: BcmConfig): Found | InquiryOutcome {
  const { code: particular, body } = reply
  if (!reply.isOk) {
    if (extraOutcome(particular, 'inquiry', config.codes) === 'absent') return { kind: 'absent', code: particular }
    return unavailable({ code: particular, reason: describeCode(particular, 'inquiry', reply.text, config.codes) })
  }
  if (body === null) return unavailable(problem('bcm.missing_item', ''))
  const isOurs = (name: string, own: string): boolean => ['', own].includes(textAt(body, name))
  const { payer } = instruction
  if (!isOurs('ogl_serial_no', certNo) || !isOurs('cert_no', certNo) || !isOurs('pay_acno', payer.account))
    return unavailable(problem('bcm.wrong_item', ''))
  const value = textAt(body, 'stat').slice(0, MAX_CODE)
  const code = `stat${value}`
  const text = describeCode(value, 'stat', bankWords(textAt(body, 'err_msg')), config.codes)
  const stat = statOf(value, config.codes)
  if (stat === 'absent') return { kind: 'absent', code }
  if (stat === null || stat === 'unknown') return unavailable({ code, reason: text })
  return { stat, code, text, body }
}

const NOTHING = { reference: null, amount: null, payeeAccount: null, bankSerial: '' } as const

/** The outcome when the head of an answer, not its body, decides. */
function stopped(reply: Reply, config: BcmConfig): SendOutcome | null {
  if (reply.isOk) return null
  const { code, serial } = reply
  const reason = sayCode(reply, config)
  const outcome = extraOutcome(code, 'submit', config.codes)
  if (outcome === 'refused') return { kind: outcome, refusal: { code, text: reason, bankSerial: serial } }
  return { kind: outcome ?? 'uncertain', code, reason }
}

function sayCode({ code, text }: Reply, config: BcmConfig): string {
  return describeCode(code, 'submit', text, config.codes)
}

function ownLine({ body }: Reply, { reference }: Instruction): XmlNode | Problem {
  const tran = at(body, 'tran')
  const own = tran ? childrenOf(tran, 'rcd').filter(line => textAt(line, 'busino') === reference) : []
  const [line] = own
  if (!line) return problem('bcm.missing_item', reference)
  return own.length === 1 ? line : problem('bcm.ambiguous_item', reference)
}

type Repeated = { readonly amount: string; readonly payee: string }

function echoOf(
  node: XmlNode,
  names: Repeated,
  { reference }: Instruction,
  code: string,
  text: string,
): Echo | Problem {
  const amount = money(textAt(node, names.amount))
  if (typeof amount === 'string') return problem('bcm.undecodable', `${names.amount} ${amount}`)
  const payeeAccount = textAt(node, names.payee) || null
  return { ...NOTHING, reference, amount, payeeAccount, code, text }
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
