// The bank's answers about payments to outcomes (banks/abc §5, §6). Pure. An answer that is not provably about this instruction, or
// whose codes are not in the tables or contradict each other, never ends a payment.

import type { Echo, InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { at, textAt } from '../shared/xml'
import { wordsOf, type Reply } from './codec'
import { functionOf, payeeFields } from './codec-payment'
import {
  describeCode,
  extraOutcome,
  problem,
  RESP_CODES,
  resultOf,
  USE_STATES,
  WAIT_FLAGS,
  type Problem,
  type Result,
} from './codes'
import type { AbcConfig } from './config'

/** Of the answer to the message that carried the payment under its own ReqSeqNo. */
export function sendOutcome(reply: Reply, instruction: Instruction, config: AbcConfig): SendOutcome {
  const text = describeCode(reply.code, 'submit', reply.text, config.codes)
  const listed = Object.hasOwn(RESP_CODES, reply.code) ? RESP_CODES[reply.code]?.send : undefined
  if (listed === undefined || listed === 'refused' || listed === 'uncertain') {
    const isRefused = listed === 'refused' && reply.source === '3'
    const outcome = isRefused ? 'refused' : extraOutcome(reply.code, 'submit', config.codes)
    if (outcome === 'refused') {
      const refusal = { code: reply.code, text, bankSerial: textAt(reply.root, 'Channel', 'JrnNo') }
      return { kind: 'refused', refusal }
    }
    return { kind: outcome ?? 'uncertain', code: reply.code, reason: text }
  }
  const wrong = itemProblem(reply, instruction) ?? contradiction(reply)
  if (wrong) return { kind: 'uncertain', ...wrong }
  const flag = textAt(reply.root, 'Corp', 'WaitFlag').slice(0, 12)
  const kind = listed === 'accepted' ? 'accepted' : flagOutcome(flag, instruction, config)
  if (kind === null) return { kind: 'uncertain', ...problem('abc.wait_flag', flag) }
  return { kind, echo: echoOf(reply, instruction, reply.seq || null, `${reply.code} WaitFlag=${flag}`, text, config) }
}

/** CFRT21 has no WaitFlag in the one client that is known: without one it is taken, and CQRT04 says the rest. */
function flagOutcome(flag: string, instruction: Instruction, config: AbcConfig): 'accepted' | 'settled' | null {
  if (flag === '' && functionOf(instruction) === 'CFRT21') return 'accepted'
  const listed = Object.hasOwn(WAIT_FLAGS, flag) ? WAIT_FLAGS[flag]?.outcome : undefined
  if (listed === undefined) return null
  return listed === 'done' ? config.submitSuccess : 'accepted'
}

/** Of the answer to CQRT04 about this reference. */
export function inquiryOutcome(reply: Reply, instruction: Instruction, config: AbcConfig): InquiryOutcome {
  const wrong = questionProblem(reply, instruction, config)
  if (wrong) return wrong
  // Fixed width: it is not trimmed, its first characters may be blanks. Characters 18–21 and 22–25, from zero (banks/abc §6).
  const fixed = at(reply.root, 'Cmp', 'RespPrvData')?.text ?? ''
  const fields = [fixed.slice(18, 22), fixed.slice(22, 26)].map(field => field.trim()).filter(field => field !== '')
  const results = new Set(fields.map(field => resultOf(field, config.codes)))
  const [kind] = results
  const code = fields.join('/').replace(/[^\w/]/g, '?') || 'RespPrvData'
  const text = resultText(fields, reply, config)
  if (results.size !== 1 || !kind) return { kind: 'unavailable', code, reason: text }
  return ended(kind, reply, instruction, code, text, config)
}

/** Of the answer to CQRA61 about this reference; `before` is what CQRT04 said. */
export function manualOutcome(
  reply: Reply,
  instruction: Instruction,
  before: InquiryOutcome,
  config: AbcConfig,
): InquiryOutcome {
  if (questionProblem(reply, instruction, config)) return before
  const state = textAt(reply.root, 'Corp', 'UseState').slice(0, 12)
  const listed = Object.hasOwn(USE_STATES, state) ? USE_STATES[state] : undefined
  if (listed?.outcome !== 'settled') return before
  return ended('settled', reply, instruction, `UseState${state}`, `${listed.zh} / ${listed.en}`, config)
}

function ended(
  kind: Result,
  reply: Reply,
  instruction: Instruction,
  code: string,
  text: string,
  config: AbcConfig,
): InquiryOutcome {
  if (kind === 'refused') return { kind, refusal: { code, text, bankSerial: textAt(reply.root, 'Channel', 'JrnNo') } }
  const reference = textAt(reply.root, 'Cmp', 'CmeSeqNo') || null
  return { kind, echo: echoOf(reply, instruction, reference, code, text, config) }
}

/** What keeps the answer to a question from saying anything about this payment. */
function questionProblem(reply: Reply, instruction: Instruction, config: AbcConfig): InquiryOutcome | null {
  if (reply.code !== '0000') {
    const outcome = extraOutcome(reply.code, 'inquiry', config.codes)
    if (outcome === 'absent') return { kind: 'absent', code: reply.code }
    const reason = describeCode(reply.code, 'inquiry', reply.text, config.codes)
    return { kind: 'unavailable', code: reply.code, reason }
  }
  const wrong = itemProblem(reply, instruction) ?? contradiction(reply)
  return wrong ? { kind: 'unavailable', ...wrong } : null
}

/** Without `Cmp` and `Corp` an answer says nothing (banks/abc §5); a CmeSeqNo that is there must be ours. */
function itemProblem({ root }: Reply, { reference }: Instruction): Problem | null {
  if (at(root, 'Cmp') === null || at(root, 'Corp') === null) return problem('abc.missing_item', '')
  const serial = textAt(root, 'Cmp', 'CmeSeqNo')
  return serial === '' || serial === reference ? null : problem('abc.wrong_item', 'CmeSeqNo')
}

/** A success of the front-end that the host or the front-end itself contradicts. */
function contradiction({ root, source }: Reply): Problem | null {
  const host = textAt(root, 'Channel', 'AbisRespCode')
  const isGood = (host === '' || host === '0000') && source !== '3'
  return isGood ? null : problem('abc.contradictory', `RespSource=${source} AbisRespCode=${host}`.slice(0, 60))
}

function resultText(fields: readonly string[], reply: Reply, config: AbcConfig): string {
  const words = wordsOf(textAt(reply.root, 'Corp', 'Postscript'))
  const meanings = [...new Set(fields)].map(field => describeCode(field, 'result', '', config.codes))
  return [...(meanings.length === 0 ? ['无结果 / no result'] : meanings), words].filter(Boolean).join('; ')
}

/** ABC's answers repeat no amount; the payee's account may stand there, whole or split as we sent it. */
function echoOf(
  reply: Reply,
  instruction: Instruction,
  reference: string | null,
  code: string,
  text: string,
  config: AbcConfig,
): Echo {
  const [province, number] = [textAt(reply.root, 'Cmp', 'CrProv'), textAt(reply.root, 'Cmp', 'CrAccNo')]
  const sent = payeeFields(instruction, config)
  const isAsSent = number === sent.number && (province === '' || sent.province === '' || province === sent.province)
  const joined = number.length === 15 ? province + number : number
  const bankSerial = textAt(reply.root, 'Channel', 'JrnNo')
  const payeeAccount = number === '' ? null : isAsSent ? instruction.payee.account : joined
  return { reference, amount: null, payeeAccount, bankSerial, code, text }
}
