// Messages of FOX to bytes and back: sign-on, envelope, amounts, days, balance. Pure. What an answer lacks is never filled in, and
// of what the bank says no account number is repeated whole.

import { bankClock, bankDay, isoDay } from '../../connector/core/bank-time'
import { parseAmount } from '../../connector/core/money'
import type { Balance, Money } from '../../connector/ports'
import { maskedAccount, withMaskedAccounts } from '../shared/account'
import { decode, encode } from '../shared/charset'
import { at, childrenOf, find, parseXml, textAt, type XmlNode } from '../shared/xml'
import { problem, type Problem } from './codes'
import type { CibConfig } from './config'

export type Status = { readonly code: string; readonly text: string }

/** `body` is the element of the function (XFERTRNRS …); null when the sign-on failed, whose status it then is. */
export type Reply = { readonly status: Status; readonly body: XmlNode | null }

/** The functions in use, by the element of their question without its RQ. */
export type FunctionName = 'XFERTRN' | 'XFERINQTRN' | 'ASYNBATCHTRSFRTRN' | 'SCUSTSTMTTRN'

const MAX_TEXT = 300

/** CIB takes no `< > &` in a value, so nothing is escaped; controls cannot be carried. */
export const FORBIDDEN = /[<>&\p{Cc}\p{Cs}\ufffe\uffff]/u

/** @throws RangeError for a value that cannot be carried */
export function node(name: string, text: string): string {
  if (FORBIDDEN.test(text)) throw new RangeError(`${name} holds what no value may hold`)
  return `<${name}>${text}</${name}>`
}

export function group(name: string, inner: readonly string[], attributes = ''): string {
  return `<${name}${attributes}>${inner.join('')}</${name}>`
}

/** DTCLIENT is the bank's clock, `yyyy-MM-dd HH:mm:ss` (banks/cib §1). The optional APPID and APPVER stay away. */
export function requestBytes(
  name: FunctionName,
  trnuid: string,
  inner: readonly string[],
  config: CibConfig,
  nowMs: number,
): Buffer {
  const signOn = group('SIGNONMSGSRQV1', [
    group('SONRQ', [
      node('DTCLIENT', `${bankDay(nowMs)} ${bankClock(nowMs)}`),
      node('CID', config.cid),
      node('USERID', config.userId),
      node('USERPASS', config.userPassword),
      node('GENUSERKEY', 'N'),
      node('LANGUAGE', 'CHS'),
    ]),
  ])
  const asked = group('SECURITIES_MSGSRQV1', [group(`${name}RQ`, [node('TRNUID', trnuid), ...inner])])
  return encode(`<?xml version="1.0" encoding="gb2312"?>${group('FOX', [signOn, asked])}`, 'gbk')
}

/**
 * An answer whose sign-on failed has no element of the function: its status is the sign-on's. One whose TRNUID is not the asked
 * one is refused whatever it says.
 */
export function readReply(bytes: Uint8Array, name: FunctionName, trnuid: string): Reply | Problem {
  let root: XmlNode
  try {
    root = parseXml(decode(bytes, 'gbk'))
  } catch (error) {
    return problem('cib.undecodable', withMaskedAccounts(String(error)).slice(0, MAX_TEXT))
  }
  if (root.name !== 'FOX') return problem('cib.undecodable', `<${root.name}>`)
  const bodies = root.children.flatMap(set => childrenOf(set, `${name}RS`))
  const [body] = bodies
  if (bodies.length > 1) return problem('cib.undecodable', `${name}RS × ${bodies.length}`)
  const signOn = statusOf(at(root, 'SIGNONMSGSRSV1', 'SONRS'))
  if (signOn.code === '') return problem('cib.undecodable', 'no sign-on status')
  if (signOn.code !== '0') return { status: signOn, body: null }
  if (!body) return problem('cib.undecodable', `no ${name}RS`)
  const own = textAt(body, 'TRNUID')
  if (own !== trnuid) return problem('cib.wrong_serial', own.slice(0, 30))
  const status = statusOf(body)
  return status.code === '' ? problem('cib.undecodable', 'no status') : { status, body }
}

/** STATUS{CODE,SEVERITY,MESSAGE} of an element. */
function statusOf(element: XmlNode | null): Status {
  return { code: textAt(element, 'STATUS', 'CODE').slice(0, 20), text: words(textAt(element, 'STATUS', 'MESSAGE')) }
}

/** The bank's own words, fit for a message. */
export function words(text: string): string {
  return withMaskedAccounts(text.replace(/\p{Cc}+/gu, ' ')).slice(0, MAX_TEXT)
}

/** banks/cib §5. CURDEF and CURRENCY come as a code of the list or as RMB. */
const CURRENCIES: Readonly<Record<string, string>> = {
  RMB: 'CNY',
  CNY: 'CNY',
  '01': 'CNY',
  '11': 'EUR',
  '12': 'GBP',
  '13': 'HKD',
  '14': 'USD',
  '15': 'CHF',
  '21': 'SEK',
  '22': 'DKK',
  '23': 'NOK',
  '27': 'JPY',
  '28': 'CAD',
  '29': 'AUD',
  '32': 'MYR',
  '43': 'SGD',
  '81': 'MOP',
  '84': 'THB',
  '87': 'NZD',
}

/** True when the bank's word for a currency, where it says one, is that of the account. */
export function isCurrency(text: string, currency: string): boolean {
  if (text === '' || text === currency) return true
  return Object.hasOwn(CURRENCIES, text) && CURRENCIES[text] === currency
}

/** The balance in an answer to SCUSTSTMTTRNRQ. That AVAILBAL has BALAMT like LEDGERBAL is inferred; without it there is none. */
export function readBalance({ body }: Reply, account: string, currency: string): Balance | Problem {
  const masked = maskedAccount(account)
  const own = body && find(body, 'SCUSTSTMTRS')
  if (textAt(own, 'ACCTFROM', 'ACCTID') !== account) return problem('cib.wrong_item', masked)
  if (!isCurrency(textAt(own, 'CURDEF'), currency)) return problem('cib.row', `CURDEF ${textAt(own, 'CURDEF')}`)
  const current = money(textAt(own, 'LEDGERBAL', 'BALAMT'), currency)
  if (typeof current === 'string' || current === null) return problem('cib.row', `LEDGERBAL of ${masked}: ${current}`)
  const available = money(textAt(own, 'AVAILBAL', 'BALAMT'), currency)
  if (typeof available === 'string') return problem('cib.row', `AVAILBAL of ${masked}: ${available}`)
  const asOf = instantOf(textAt(own, 'LEDGERBAL', 'DTASOF'))
  if (asOf === null) return problem('cib.row', `DTASOF of ${masked}`)
  const at = asOf.time === '' ? asOf.day : `${asOf.day}T${asOf.time}`
  return { account, asOf: at, current, available, frozen: null, previousDay: null }
}

/** An amount; null for an empty element; a string naming what is wrong. Nothing is ever zero because it was missing. */
export function money(text: string, currency: string): Money | string | null {
  if (text === '') return null
  const parsed = parseAmount(text, currency)
  return typeof parsed === 'string' ? `${parsed} ${JSON.stringify(text.slice(0, 40))}` : parsed
}

/** `yyyy-MM-dd`, alone or with `THH:mm:ss` or ` HH:mm:ss`; null for anything else. */
export function instantOf(text: string): { readonly day: string; readonly time: string } | null {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](([01]\d|2[0-3]):[0-5]\d:[0-5]\d))?$/.exec(text)
  const [, day = '', time = ''] = match ?? []
  return match && isDay(day) ? { day, time } : null
}

export function isDay(day: string): boolean {
  try {
    return isoDay(day.replaceAll('-', '')) === day
  } catch {
    return false
  }
}
