// What an answer says about one instruction. Pure. "Paid" comes only from 8804; a code or a status that is not in the tables is
// neither paid nor refused.

import type { Echo, InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { textAt, type XmlNode } from '../shared/xml'
import { money, rowsOf, words } from './codec'
import { describeCode, inquiryClassOf, problem, statusOf, submitClassOf, type Problem } from './codes'
import type { SpdbConfig } from './config'
import type { Reply } from './exchange'

/** Of the answer to 8801: transStatus, acceptNo, seqNo; it repeats nothing of the payment. */
export function singleOutcome(reply: Reply, _: Instruction, config: SpdbConfig): SendOutcome {
  const { body } = reply
  if (body === null) return refusedWhole(reply, config)
  const status = textAt(body, 'transStatus')
  const known = statusOf(status)
  if (known === null) return uncertain(problem('spdb.status', words(status).slice(0, 20)))
  const text = `${known.zh} / ${known.en}`
  const bankSerial = textAt(body, 'acceptNo') || textAt(body, 'seqNo')
  if (known.outcome === 'refused') return { kind: 'refused', refusal: { code: status, text, bankSerial } }
  return {
    kind: 'accepted',
    echo: { reference: null, amount: null, payeeAccount: null, bankSerial, code: status, text },
  }
}

/** Of the answer to 8800, which speaks of the package: only when all of it was taken is that said of each. */
export function packageOutcome(reply: Reply, size: number, config: SpdbConfig): SendOutcome {
  const { body } = reply
  if (body === null) return refusedWhole(reply, config)
  const [taken, failed] = [textAt(body, 'successCount'), textAt(body, 'failCount')]
  if (taken !== String(size) || failed !== '0')
    return uncertain(problem('spdb.partly', `${taken}/${failed}`.slice(0, 20)))
  const bankSerial = textAt(body, 'acceptNo')
  const echo = { reference: null, amount: null, payeeAccount: null, bankSerial, code: 'AAAAAAA', text: '' }
  return { kind: 'accepted', echo }
}

/** Of 8804. 8 is a refusal or 人行退票; which, the note says. */
export function inquiryOutcome({ status, body }: Reply, instruction: Instruction, config: SpdbConfig): InquiryOutcome {
  if (body === null) {
    const kind = inquiryClassOf(status.code, config.codes)
    if (kind === 'absent') return { kind, code: status.code }
    return unavailable({ code: status.code, reason: describeCode(status.code, status.text, config.codes) })
  }
  const row = ownRow(body, instruction)
  if (row === null) return { kind: 'absent', code: 'totalCount=0' }
  if ('reason' in row) return unavailable(row)
  const code = textAt(row, 'transStatus')
  const known = statusOf(code)
  if (known === null) return unavailable(problem('spdb.status', words(code).slice(0, 20)))
  const note = words(textAt(row, 'note'))
  const echo = echoOf(row, code, `${known.zh} / ${known.en}${note === '' ? '' : `: ${note}`}`, instruction)
  if ('reason' in echo) return unavailable(echo)
  if (known.outcome !== 'refused') return { kind: known.outcome === 'paid' ? 'settled' : 'accepted', echo }
  if (isOfAnother(echo, instruction)) return unavailable(problem('spdb.wrong_item', code))
  if (code === '8' && config.returnWords.some(word => note.includes(word))) return { kind: 'returned', echo }
  return { kind: 'refused', refusal: { code, text: echo.text, bankSerial: echo.bankSerial } }
}

/** The row of this elecChequeNo; null where the bank counts none and shows none. */
function ownRow(body: XmlNode, { reference }: Instruction): XmlNode | Problem | null {
  const rows = rowsOf(body)
  const total = textAt(body, 'totalCount')
  if (rows.length === 0 && total === '0') return null
  const own = rows.filter(row => textAt(row, 'elecChequeNo') === reference)
  const [row] = own
  if (!row || own.length !== 1) return problem(row ? 'spdb.ambiguous_item' : 'spdb.missing_item', reference)
  return row
}

function echoOf(row: XmlNode, code: string, text: string, instruction: Instruction): Echo | Problem {
  const amount = money(textAt(row, 'amount'), instruction.amount.currency)
  if (typeof amount === 'string') return problem('spdb.undecodable', `amount ${amount}`)
  return {
    reference: textAt(row, 'elecChequeNo'),
    amount,
    payeeAccount: textAt(row, 'payeeAcctNo') || null,
    bankSerial: textAt(row, 'acceptNo') || textAt(row, 'serialNo'),
    code,
    text,
  }
}

/** "Not executed" and "refused" of a message are the site's words about a code. */
function refusedWhole({ status }: Reply, config: SpdbConfig): SendOutcome {
  const kind = submitClassOf(status.code, config.codes)
  const reason = describeCode(status.code, status.text, config.codes)
  if (kind === 'refused') return { kind, refusal: { code: status.code, text: reason, bankSerial: '' } }
  return { kind: kind === 'notExecuted' ? 'unsent' : 'uncertain', code: status.code, reason }
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
