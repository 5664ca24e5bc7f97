// Messages of the `<stream>` dialect to bytes and back: envelope, status query, balance. Pure. What an answer lacks is never
// filled in, and of what the bank says no account number is repeated whole.

import { bankDay, isoDay } from '../../connector/core/bank-time'
import { parseAmount } from '../../connector/core/money'
import type { Balance, Money } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { decode, encode } from '../shared/charset'
import { childrenOf, element, parseXml, textAt, type XmlNode } from '../shared/xml'
import { describeCode, problem, type Problem } from './codes'

export type Status = { readonly code: string; readonly text: string }

/** `rows` are those of every list of the answer, in order. */
export type Reply = { readonly status: Status; readonly body: XmlNode; readonly rows: readonly XmlNode[] }

/** statusText is VC254. */
const MAX_TEXT = 300

export function requestBytes(action: string, userName: string, fields: readonly string[]): Buffer {
  const stream = element('stream', [element('action', action), element('userName', userName), ...fields])
  return encode(`<?xml version="1.0" encoding="GBK"?>${stream}`, 'gbk')
}

/** `<list name="userDataList">` of rows (banks/citic §2). */
export function listOf(rows: readonly (readonly string[])[]): string {
  return `<list name="userDataList">${rows.map(row => element('row', row)).join('')}</list>`
}

export function readReply(bytes: Uint8Array): Reply | Problem {
  let root: XmlNode
  try {
    root = parseXml(decode(bytes, 'gbk'))
  } catch (error) {
    return problem('citic.undecodable', withoutAccounts(String(error)).slice(0, MAX_TEXT))
  }
  if (root.name !== 'stream') return problem('citic.undecodable', `<${root.name}>`)
  const status = statusOf(root)
  if (status.code === '') return problem('citic.undecodable', 'no status')
  return { status, body: root, rows: childrenOf(root, 'list').flatMap(list => childrenOf(list, 'row')) }
}

/** The status of a message or of a row. */
export function statusOf(node: XmlNode): Status {
  const text = textAt(node, 'statusText').replace(/\p{Cc}+/gu, ' ')
  return { code: textAt(node, 'status').slice(0, 20), text: withoutAccounts(text).slice(0, MAX_TEXT) }
}

/** Runs of digits as long as an account number, recognisable to who knows them. */
export function withoutAccounts(text: string): string {
  return text.replace(/\d{12,}/g, maskedAccount)
}

/** DLCIDSTT (banks/citic §6). `type` may stay empty: our references are unique over all types. */
export function inquiryFields(reference: string): readonly string[] {
  return [element('clientID', reference), element('type', '')]
}

export function balanceFields(account: string): readonly string[] {
  return [listOf([[element('accountNo', account)]])]
}

/** The balance of `account` in a DLBALQRY answer. The bank gives no instant: it is of the bank's day, without a time. */
export function readBalance(reply: Reply, account: string, currency: string, nowMs: number): Balance | Problem {
  const own = reply.rows.filter(row => textAt(row, 'accountNo') === account)
  const [row] = own
  if (!row || own.length !== 1)
    return problem(row ? 'citic.ambiguous_item' : 'citic.missing_item', maskedAccount(account))
  const status = statusOf(row)
  if (status.code !== 'AAAAAAA') return { code: status.code, reason: describeCode(status.code, status.text, []) }
  const read = (name: string): Money | string | null => money(textAt(row, name), currency)
  // `forzenAmt` is the bank's own spelling.
  const [current, available, frozen] = [read('balance'), read('usableBalance'), read('forzenAmt')]
  if (typeof current === 'string' || current === null)
    return problem('citic.row', `balance of ${maskedAccount(account)}: ${current}`)
  if (typeof available === 'string')
    return problem('citic.row', `usableBalance of ${maskedAccount(account)}: ${available}`)
  if (typeof frozen === 'string') return problem('citic.row', `forzenAmt of ${maskedAccount(account)}: ${frozen}`)
  return { account, asOf: bankDay(nowMs), current, available, frozen, previousDay: null }
}

/** An amount; null for an empty element; a string naming what is wrong. Nothing is ever zero because it was missing. */
export function money(text: string, currency: string): Money | string | null {
  if (text === '') return null
  const parsed = parseAmount(text, currency)
  return typeof parsed === 'string' ? `${parsed} ${JSON.stringify(text.slice(0, 40))}` : parsed
}

/** `2026-03-01` of `20260301`, or null. */
export function dayOf(digits: string): string | null {
  try {
    return isoDay(digits)
  } catch {
    return null
  }
}
