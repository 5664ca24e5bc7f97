// The `<TX>` envelope of CCB to bytes and back (banks/ccb §1, §2), and the balance query. Pure. An answer is read only when it
// is provably the one to our message; what it lacks is never filled in.

import { parseAmount } from '../../connector/core/money'
import { bankClock, bankDay } from '../../connector/core/bank-time'
import type { Balance, Money } from '../../connector/ports'
import { maskedAccount, withMaskedAccounts } from '../shared/account'
import { decode, encode } from '../shared/charset'
import { at, element, escapeXml, parseXml, textAt, type XmlNode } from '../shared/xml'
import { problem, type Problem } from './codes'
import type { CcbConfig } from './config'

/** An answer to our own message; `info` is its TX_INFO, null where it has none. */
export type Reply = {
  readonly sn: string
  readonly code: string
  readonly text: string
  readonly info: XmlNode | null
}

export type Expected = { readonly sn: string; readonly txCode: string }

/** RETURN_MSG is varChar(600); no more of the bank's words is carried into reasons and trails. */
const MAX_TEXT = 600

/** An element of a request: a blank travels as `&nbsp;` (banks/ccb §1). */
export function field(name: string, value: string): string {
  return `<${name}>${escapeXml(value).replaceAll(' ', '&nbsp;')}</${name}>`
}

/** A whole message; `info` is made of `field`s. */
export function requestBytes(config: CcbConfig, { sn, txCode }: Expected, info: readonly string[]): Buffer {
  const signs = config.signElements === 'empty' ? [field('SIGN_INFO', ''), field('SIGNCERT', '')] : []
  const tx = element('TX', [
    field('REQUEST_SN', sn),
    field('CUST_ID', config.custId),
    field('USER_ID', config.userId),
    field('PASSWORD', config.operatorPassword),
    field('TX_CODE', txCode),
    field('LANGUAGE', 'CN'),
    element('TX_INFO', info),
    ...signs,
  ])
  return encode(`<?xml version="1.0" encoding="GB2312" standalone="yes" ?>${tx}`, config.encoding)
}

/** An answer of ours, or why it is not one. Its words are masked here: they go into logs. */
export function readReply(bytes: Uint8Array, { sn, txCode }: Expected, config: CcbConfig): Reply | Problem {
  let root: XmlNode
  try {
    // `&nbsp;` is no entity of XML (banks/ccb §1).
    root = parseXml(decode(bytes, 'gb18030').replaceAll('&nbsp;', ' '))
  } catch (error) {
    return problem('ccb.undecodable', errorText(error))
  }
  if (root.name !== 'TX') return problem('ccb.undecodable', `<${root.name}>`)
  const echoed = textAt(root, 'REQUEST_SN')
  if (echoed !== sn) return problem('ccb.wrong_serial', '')
  const answered = textAt(root, 'TX_CODE')
  if (answered !== txCode) return problem('ccb.wrong_function', `${txCode} ≠ ${answered.slice(0, 12)}`)
  const code = textAt(root, 'RETURN_CODE')
  if (!/^\w{1,20}$/.test(code)) return problem('ccb.undecodable', 'RETURN_CODE')
  return { sn, code, text: wordsOf(textAt(root, 'RETURN_MSG'), config), info: at(root, 'TX_INFO') }
}

/** The bank's words without the operator's password, without a whole account number, on one line. */
export function wordsOf(text: string, { operatorPassword }: CcbConfig): string {
  return withMaskedAccounts(text.replaceAll(operatorPassword, '***').replace(/\p{Cc}+/gu, ' ')).slice(0, MAX_TEXT)
}

export function errorText(error: unknown): string {
  return withMaskedAccounts(error instanceof Error ? error.message : String(error)).slice(0, MAX_TEXT)
}

/** 6W0100 (banks/ccb §6). */
export function balanceInfo(account: string): readonly string[] {
  return [field('ACC_NO', account)]
}

/** The bank answers neither account, day nor currency: they are ours, and the instant is that of our clock. */
export function readBalance(reply: Reply, account: string, currency: string, nowMs: number): Balance | Problem {
  const current = money(textAt(reply.info, 'BALANCE'), currency)
  const available = money(textAt(reply.info, 'BALANCE1'), currency)
  if (current === null || typeof current === 'string')
    return problem('ccb.row', `BALANCE of ${maskedAccount(account)}: ${current}`)
  if (typeof available === 'string') return problem('ccb.row', `BALANCE1 of ${maskedAccount(account)}: ${available}`)
  const asOf = `${bankDay(nowMs)}T${bankClock(nowMs)}`
  return { account, asOf, current, available, frozen: null, previousDay: null }
}

/** An amount; null for an empty element; a string naming what is wrong. Nothing is ever zero because it was missing. */
export function money(text: string, currency: string): Money | string | null {
  if (text === '') return null
  const parsed = parseAmount(text, currency)
  return typeof parsed === 'string' ? `${parsed} ${JSON.stringify(text.slice(0, 40))}` : parsed
}
