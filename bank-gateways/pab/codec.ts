// Bodies of the packets to XML and back: `<Result>`, status query, balance. Pure. An answer is read only when it is provably
// the one to our packet; what it lacks is never filled in, and no account number of it is repeated whole.

import { bankDay, isoDay } from '../../connector/core/bank-time'
import { parseAmount } from '../../connector/core/money'
import type { Balance, Money } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { decode, encode } from '../shared/charset'
import { childrenOf, element, parseXml, textAt, type XmlNode } from '../shared/xml'
import { problem, type Problem } from './codes'
import { readPacket, type ReplyPacket } from './packet'

/** `body` is null where the packet has none (MA0103); `rows` are its `list` elements. */
export type Reply = {
  readonly code: string
  readonly text: string
  readonly body: XmlNode | null
  readonly rows: readonly XmlNode[]
}

type Expected = { readonly tranCode: string; readonly serial: string | null }

const MAX_TEXT = 300

export function requestBody(fields: readonly string[], encoding: 'gbk' | 'utf-8'): Buffer {
  const prolog = `<?xml version="1.0" encoding="${encoding === 'gbk' ? 'GBK' : 'UTF-8'}"?>`
  return encode(`${prolog}${element('Result', fields)}`, encoding)
}

export function readReply(bytes: Buffer, expected: Expected): Reply | Problem {
  let packet: ReplyPacket
  let body: XmlNode | null
  try {
    packet = readPacket(bytes)
    body = packet.body.length === 0 ? null : parseXml(decode(packet.body, packet.encoding))
  } catch (error) {
    return problem('pab.undecodable', withoutAccounts(String(error)).slice(0, MAX_TEXT))
  }
  if (expected.serial !== null && packet.serial !== expected.serial)
    return problem('pab.wrong_serial', `${expected.serial} ≠ ${packet.serial}`)
  if (packet.tranCode !== expected.tranCode)
    return problem('pab.wrong_function', `${expected.tranCode} ≠ ${packet.tranCode}`)
  if (packet.returnCode === '') return problem('pab.undecodable', 'no return code')
  if (packet.hasMore) return problem('pab.more_packets', packet.tranCode)
  if (body !== null && body.name !== 'Result') return problem('pab.undecodable', `<${body.name}>`)
  return {
    code: packet.returnCode,
    text: withoutAccounts(packet.returnText).slice(0, MAX_TEXT),
    body,
    rows: body === null ? [] : childrenOf(body, 'list'),
  }
}

/** Runs of digits as long as an account number, recognisable to who knows them. */
export function withoutAccounts(text: string): string {
  return text.replace(/\d{12,}/g, maskedAccount)
}

/** 4001 (banks/pab §2). */
export function balanceFields(account: string, cashType: 'C' | 'R'): readonly string[] {
  return [element('Account', account), element('CcyCode', 'RMB'), element('CcyType', cashType)]
}

/** TotalAmount is the book balance, Balance what may be used. The bank gives no instant: it is of the bank's day. */
export function readBalance({ body }: Reply, account: string, nowMs: number): Balance | Problem {
  const masked = maskedAccount(account)
  // The question named one account and RMB; that the answer repeats them is not confirmed, that it denies them is a fault.
  const [named, code] = [textAt(body, 'Account'), textAt(body, 'CcyCode')]
  if (named !== '' && named !== account) return problem('pab.wrong_item', `${maskedAccount(named)} ≠ ${masked}`)
  const currency = currencyOf(code || 'RMB')
  if (currency !== 'CNY') return problem('pab.row', `CcyCode ${JSON.stringify(code.slice(0, 10))}`)
  const read = (name: string): Money | string | null => money(textAt(body, name), currency)
  const current = read('TotalAmount')
  if (typeof current === 'string' || current === null) return problem('pab.row', `TotalAmount of ${masked}: ${current}`)
  const available = read('Balance')
  if (typeof available === 'string') return problem('pab.row', `Balance of ${masked}: ${available}`)
  const frozen = read('HoldBalance')
  if (typeof frozen === 'string') return problem('pab.row', `HoldBalance of ${masked}: ${frozen}`)
  const previousDay = read('LastBalance')
  if (typeof previousDay === 'string') return problem('pab.row', `LastBalance of ${masked}: ${previousDay}`)
  return { account, asOf: bankDay(nowMs), current, available, frozen, previousDay }
}

/** RMB, or an ISO currency; null when it is neither. */
export function currencyOf(code: string): string | null {
  if (code === 'RMB') return 'CNY'
  return /^[A-Z]{3}$/.test(code) ? code : null
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
