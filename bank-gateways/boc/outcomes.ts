// What an answer says about one instruction. Pure. Two statuses are read, the message's and the item's; "paid" comes only
// from a status query, and a code that is not in the tables is neither paid nor refused.

import type { Echo, InquiryOutcome, Refusal, SendOutcome } from '../../connector/ports'
import { textAt, type XmlNode } from '../shared/xml'
import { statusOf, type Reply, type Status } from './codec'
import {
  describeCode,
  hostCodeOf,
  inquiryClassOf,
  messageClassOf,
  problem,
  submitClassOf,
  type InquiryClass,
  type Problem,
  type SubmitClass,
} from './codes'
import type { BocConfig } from './config'

/** Items that say anything but "not executed" contradict a message that says so of itself. */
export function everyItemUnexecuted(reply: Reply, config: BocConfig): boolean {
  return reply.rows.every(row => {
    const { code } = statusOf(row)
    const kind = messageClassOf(code, config.codes)
    return code === '' || kind === 'notSignedIn' || kind === 'notExecuted'
  })
}

/** Of a payment message whose own status lets the items speak. Never `settled`. */
export function sendOutcome(reply: Reply, reference: string, config: BocConfig): SendOutcome {
  const row = itemOf(reply, reference)
  if ('reason' in row) return uncertain(row)
  const status = statusOf(row)
  const kind = submitClass(status, config)
  if (kind === 'accepted') return { kind, echo: echoOf(row, reference, status, config) }
  if (kind === 'refused') return { kind, refusal: refusalOf(row, status, config) }
  return uncertain({ code: status.code, reason: describeCode(status.code, status.text, config.codes) })
}

function submitClass(status: Status, config: BocConfig): SubmitClass {
  const found = submitClassOf(status.code, config.codes)
  if (status.code !== 'B999') return found
  const host = hostErrorOf(status, config)
  if (host === null) return 'uncertain'
  return config.codes.some(entry => entry.code === host && entry.level === 'submit')
    ? submitClassOf(host, config.codes)
    : found
}

/** Of a status query whose own status lets the items speak. */
export function inquiryOutcome(reply: Reply, reference: string, config: BocConfig): InquiryOutcome {
  const row = itemOf(reply, reference)
  if ('reason' in row) return unavailable(row)
  const status = statusOf(row)
  const kind = inquiryClass(status, config)
  if (kind === 'settled' || kind === 'accepted' || kind === 'returned')
    return { kind, echo: echoOf(row, reference, status, config) }
  if (kind === 'refused') return { kind, refusal: refusalOf(row, status, config) }
  if (kind === 'absent') return { kind, code: status.code }
  return unavailable({ code: status.code, reason: describeCode(status.code, status.text, config.codes) })
}

function inquiryClass(status: Status, config: BocConfig): InquiryClass {
  const found = inquiryClassOf(status.code, config.codes)
  if (status.code !== 'B999') return found
  const host = hostErrorOf(status, config)
  if (host === null) return 'unavailable'
  return config.codes.some(entry => entry.code === host && entry.level === 'inquiry')
    ? inquiryClassOf(host, config.codes)
    : found
}

/** The host's code of a B999 that is a plain no. Null when it names none, or speaks of a result that is not known. */
function hostErrorOf({ text }: Status, config: BocConfig): string | null {
  const lower = text.toLowerCase()
  return config.doubtWords.some(word => lower.includes(word.toLowerCase())) ? null : hostCodeOf(text)
}

/** The one item of a reference. */
function itemOf(reply: Reply, reference: string): XmlNode | Problem {
  const rows = reply.rows.filter(row => textAt(row, 'insid') === reference)
  const [row] = rows
  if (!row) return problem('boc.missing_item', reference)
  return rows.length === 1 ? row : problem('boc.ambiguous_item', reference)
}

/** BOC's answers repeat neither amount nor payee. */
function echoOf(row: XmlNode, reference: string, status: Status, config: BocConfig): Echo {
  const hostSerial = textAt(row, 'hostseqno')
  const words = describeCode(status.code, status.text, config.codes)
  return {
    reference,
    amount: null,
    payeeAccount: null,
    bankSerial: textAt(row, 'obssid'),
    code: status.code,
    text: hostSerial === '' ? words : `${words} hostseqno=${hostSerial}`,
  }
}

function refusalOf(row: XmlNode, status: Status, config: BocConfig): Refusal {
  return {
    code: (status.code === 'B999' ? hostCodeOf(status.text) : null) ?? status.code,
    text: describeCode(status.code, status.text, config.codes),
    bankSerial: textAt(row, 'obssid'),
  }
}

export function uncertain(found: Problem): SendOutcome {
  return { kind: 'uncertain', ...found }
}

export function unavailable(found: Problem): InquiryOutcome {
  return { kind: 'unavailable', ...found }
}
