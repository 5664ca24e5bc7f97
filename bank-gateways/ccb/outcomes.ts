// The bank's answers about payments to outcomes (banks/ccb §3, §4). Pure. Nothing is paid at submit, and an answer that is not
// provably about this instruction, or whose codes are not in the tables, never ends a payment.

import type { Echo, InquiryOutcome, Refusal, SendOutcome } from '../../connector/ports'
import { textAt } from '../shared/xml'
import { wordsOf, type Reply } from './codec'
import { dealResultOf, dealTypeOf, describeCode, extraOutcome, problem, type Problem } from './codes'
import type { CcbConfig } from './config'

/** Both are Char(1); what is longer is in no table, and is shown in part. */
const MAX_LETTERS = 12

/** Of the answer to the message that carried the payment under its own REQUEST_SN. */
export function sendOutcome(reply: Reply, reference: string, config: CcbConfig): SendOutcome {
  if (reply.code !== '000000') {
    const reason = describeCode(reply.code, 'submit', reply.text, config.codes)
    const outcome = extraOutcome(reply.code, 'submit', config.codes)
    if (outcome === 'refused') return { kind: 'refused', refusal: { code: reply.code, text: reason, bankSerial: '' } }
    return { kind: outcome ?? 'uncertain', code: reply.code, reason }
  }
  const wrong = itemProblem(reply, reference)
  if (wrong) return { kind: 'uncertain', ...wrong }
  const dealType = textAt(reply.info, 'DEAL_TYPE').slice(0, MAX_LETTERS)
  const text = describeCode(dealType, 'dealType', reply.text, config.codes)
  const code = `DEAL_TYPE${dealType}`
  if (dealTypeOf(dealType, config.codes) === 'uncertain') return { kind: 'uncertain', code, reason: text }
  return { kind: 'accepted', echo: echoOf(reply, reply.sn, code, text) }
}

/** Of the answer to 6W0600 about this reference. */
export function inquiryOutcome(reply: Reply, reference: string, config: CcbConfig): InquiryOutcome {
  if (reply.code !== '000000') {
    const isAbsent = extraOutcome(reply.code, 'inquiry', config.codes) === 'absent'
    if (isAbsent && textAt(reply.info, 'DEAL_RESULT') === '') return { kind: 'absent', code: reply.code }
    const reason = describeCode(reply.code, 'inquiry', reply.text, config.codes)
    return { kind: 'unavailable', code: reply.code, reason }
  }
  const wrong = itemProblem(reply, reference)
  if (wrong) return { kind: 'unavailable', ...wrong }
  const result = textAt(reply.info, 'DEAL_RESULT').slice(0, MAX_LETTERS)
  const kind = dealResultOf(result, config.codes)
  const text = describeCode(result, 'dealResult', wordsOf(textAt(reply.info, 'MESSAGE'), config), config.codes)
  const code = `DEAL_RESULT${result}`
  if (kind === null) return { kind: 'unavailable', code, reason: text }
  if (kind === 'refused') return { kind, refusal: refusalOf(reply, code, text) }
  return { kind, echo: echoOf(reply, textAt(reply.info, 'CST_PAY_NO') || null, code, text) }
}

/** A CST_PAY_NO that is there must be ours; a version that does not echo it says nothing. */
function itemProblem(reply: Reply, reference: string): Problem | null {
  if (reply.info === null) return problem('ccb.missing_item', '')
  const serial = textAt(reply.info, 'CST_PAY_NO')
  return serial === '' || serial === reference ? null : problem('ccb.wrong_item', '')
}

/** CCB's answers repeat neither amount nor payee. */
function echoOf(reply: Reply, reference: string | null, code: string, text: string): Echo {
  return { reference, amount: null, payeeAccount: null, bankSerial: textAt(reply.info, 'CREDIT_NO'), code, text }
}

function refusalOf(reply: Reply, code: string, text: string): Refusal {
  return { code, text, bankSerial: textAt(reply.info, 'CREDIT_NO') }
}
