// b2e0500: the request for the receipts of exactly one line, and the name of the zip the front-end will put down.

import { formatAmount } from '../../connector/core/money'
import type { Money, StatementLine } from '../../connector/ports'
import { find, element, textAt, type XmlNode } from '../shared/xml'
import { statusOf, type Reply } from './codec'
import { describeCode, messageClassOf, problem, type Problem } from './codes'

/** What a line's receipt is known by, beside its day, amount and reference. */
export type ReceiptMarks = { readonly transid: string; readonly vchnum: string; readonly insid: string }

/** `transid|vchnum|insid`, percent-encoded. */
export function receiptKeyOf(row: XmlNode): string {
  return ['transid', 'vchnum', 'insid'].map(name => encodeURIComponent(textAt(row, name))).join('|')
}

/** The marks of a receipt key, or null when it is not one of ours. */
export function marksOf(receiptKey: string): ReceiptMarks | null {
  const parts = receiptKey.split('|')
  if (parts.length !== 3) return null
  try {
    const [transid = '', vchnum = '', insid = ''] = parts.map(decodeURIComponent)
    return { transid, vchnum, insid }
  } catch {
    return null
  }
}

/**
 * Only this line's: its day, its amount at both ends, its account and, where the bank carried one, our reference.
 * `domaccount` stays blank: it is not known whose account it narrows by (banks/boc §9).
 */
export function receiptBody(account: string, ibknum: string, line: StatementLine, insid: string): string {
  const amount = formatAmount(absolute(line.amount))
  const day = line.bookedOn.replaceAll('-', '')
  const fields = [
    element('tratype', 'A'),
    element('amtscope', [element('minamt', amount), element('maxamt', amount)]),
    element('datescope', [element('from', day), element('to', day)]),
    element('domaccount', [element('transact', ''), element('transname', '')]),
    element('insid', insid),
    element('multidata', [element('confirmdata', [element('actacn', account), element('ibknum', ibknum)])]),
  ]
  return element('trn-b2e0500-rq', [element('b2e0500-rq', fields)])
}

/** The zip's name; null when there is none yet. Its shape is `<9 digits>_<yyyyMMdd>_<4 digits>_<5 digits>.zip`. */
export function readFilename(reply: Reply): string | null | Problem {
  const [row] = reply.rows
  const { code, text } = row ? statusOf(row) : reply.status
  const kind = messageClassOf(code, [])
  if (kind === 'empty') return null
  if (code !== '' && kind !== 'ok') return { code, reason: describeCode(code, text, []) }
  const name = find(reply.body, 'filename')?.text.trim() ?? ''
  if (name === '') return null
  // It becomes a path: one plain name, nothing that climbs, hides or names a device stream.
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}\.zip$/i.test(name) ? name : problem('boc.receipt_name', name.slice(0, 120))
}

function absolute(amount: Money): Money {
  return amount.minor < 0n ? { ...amount, minor: -amount.minor } : amount
}
