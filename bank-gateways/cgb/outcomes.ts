// What an answer says about one instruction. Pure. retCode 000 is "accepted" and nothing more; of hostStatus and bankstatus only what
// the site has entered means anything.

import type { Echo, InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { childrenOf, find, textAt, type XmlNode } from '../shared/xml'
import { money, type Reply } from './codec'
import {
  describeCode,
  describeStatus,
  inquiryClassOf,
  problem,
  statusClassOf,
  submitClassOf,
  type Problem,
} from './codes'
import type { CgbConfig } from './config'

/** Of the answer to 0011, 0012, 0021 (`isPackage` false), or to 0033, which speaks of the package as a whole. */
export function submitOutcome(
  { status, body }: Reply,
  instruction: Instruction,
  isPackage: boolean,
  config: CgbConfig,
): SendOutcome {
  const { code, text } = status
  const reason = describeCode(code, text, config.codes)
  const kind = submitClassOf(code, config.codes)
  if (kind === 'notExecuted') return { kind: 'unsent', code, reason }
  // The entSeqNo was compared: a single payment's is its reference.
  const reference = isPackage ? null : instruction.reference
  const echo = echoOf(isPackage ? null : body, SINGLE, { code, text: reason }, reference, instruction)
  if ('reason' in echo) return uncertain(echo)
  if (kind === 'accepted') return { kind, echo }
  if (kind !== 'refused') return uncertain({ code, reason })
  if (isOfAnother(echo, instruction)) return uncertain(problem('cgb.wrong_item', code))
  return { kind, refusal: { code, text: reason, bankSerial: '' } }
}

/** Of 0004: hostStatus. `day`: the origEntdate that was asked for, yyyyMMdd. */
export function singleInquiry(
  { status, body }: Reply,
  instruction: Instruction,
  day: string,
  config: CgbConfig,
): InquiryOutcome {
  const stopped = inquiryStopped(status, config)
  if (stopped) return stopped
  const echoed = [body && find(body, 'origEntseqno'), body && find(body, 'origEntdate')].map(
    found => found?.text.trim() ?? '',
  )
  const asked = [instruction.reference, day]
  if (echoed.some((text, index) => text !== '' && text !== asked[index]))
    return unavailable(problem('cgb.wrong_item', echoed.join(' ').slice(0, 40)))
  return judged(body, 'hostStatus', SINGLE, echoed[0] || null, instruction, config)
}

/** Of 0034: bankstatus of the record with this payment's number. */
export function batchInquiry({ status, body }: Reply, instruction: Instruction, config: CgbConfig): InquiryOutcome {
  const stopped = inquiryStopped(status, config)
  if (stopped) return stopped
  const batchNo = body ? (find(body, 'customerBatchNo')?.text.trim() ?? '') : ''
  if (batchNo !== '' && batchNo !== instruction.batch.reference)
    return unavailable(problem('cgb.wrong_item', batchNo.slice(0, 40)))
  const own = recordsOf(body).filter(row => textAt(row, 'customerSalarySeq') === instruction.reference)
  const [record] = own
  if (!record || own.length !== 1)
    return unavailable(problem(record ? 'cgb.ambiguous_item' : 'cgb.missing_item', instruction.reference))
  return judged(record, 'bankstatus', RECORD, instruction.reference, instruction, config)
}

/** The elements of a payment in an answer; which of them it repeats is not known. */
type Names = { readonly amount: string; readonly payeeAccount: string }
const SINGLE: Names = { amount: 'amount', payeeAccount: 'inAcc' }
const RECORD: Names = { amount: 'salary', payeeAccount: 'inacc' }

function recordsOf(body: XmlNode | null): readonly XmlNode[] {
  if (!body) return []
  return [...childrenOf(body, 'record'), ...childrenOf(body, 'records').flatMap(list => childrenOf(list, 'record'))]
}

function inquiryStopped({ code, text }: Reply['status'], config: CgbConfig): InquiryOutcome | null {
  const kind = inquiryClassOf(code, config.codes)
  if (kind === 'ok') return null
  return kind === 'absent' ? { kind, code } : unavailable({ code, reason: describeCode(code, text, config.codes) })
}

function judged(
  node: XmlNode | null,
  level: 'hostStatus' | 'bankstatus',
  names: Names,
  reference: string | null,
  instruction: Instruction,
  config: CgbConfig,
): InquiryOutcome {
  const status = node ? (find(node, level)?.text.trim().slice(0, 20) ?? '') : ''
  if (status === '') return unavailable(problem('cgb.missing_item', instruction.reference))
  const text = describeStatus(status, level, config.codes)
  const echo = echoOf(node, names, { code: status, text }, reference, instruction)
  if ('reason' in echo) return unavailable(echo)
  const kind = statusClassOf(status, level, config.codes)
  switch (kind) {
    case 'unknown':
      return unavailable(problem('cgb.status', `${level} ${status}`))
    case 'absent':
      return { kind, code: status }
    case 'refused':
      if (isOfAnother(echo, instruction)) return unavailable(problem('cgb.wrong_item', status))
      return { kind, refusal: { code: status, text, bankSerial: '' } }
    case 'settled':
    case 'accepted':
    case 'returned':
      return { kind, echo }
  }
}

/** What the answer repeats of the payment; null where it does not. */
function echoOf(
  node: XmlNode | null,
  names: Names,
  { code, text }: { readonly code: string; readonly text: string },
  reference: string | null,
  instruction: Instruction,
): Echo | Problem {
  const textOf = (name: string): string => (node ? (find(node, name)?.text.trim() ?? '') : '')
  const amount = money(textOf(names.amount), instruction.amount.currency)
  if (typeof amount === 'string') return problem('cgb.undecodable', `${names.amount} ${amount}`)
  return { reference, amount, payeeAccount: textOf(names.payeeAccount) || null, bankSerial: '', code, text }
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
