// Messages of the bocb2e dialect to bytes and back: envelope, sign-in, status query, balance. Pure. An answer is read
// only when it is provably the one to our message; what it lacks is never filled in.

import { parseAmount } from '../../connector/core/money'
import type { Balance, Money } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { bankDay, bankStamp, isoDay } from '../../connector/core/bank-time'
import { decode, encode } from '../shared/charset'
import { at, childrenOf, element, find, parseXml, textAt, type XmlNode } from '../shared/xml'
import { describeCode, messageClassOf, problem, type MessageClass, type Problem } from './codes'
import type { BocConfig } from './config'

export type Status = { readonly code: string; readonly text: string }

/** An answer to our own message. `rows` are its items (`b2eNNNN-rs`); an error answer (`b2eerror`) has none. */
export type Reply = {
  readonly isError: boolean
  readonly status: Status
  readonly body: XmlNode
  readonly rows: readonly XmlNode[]
}

type Expected = { readonly trnid: string; readonly trncod: string; readonly token: string | null }

/** Longest text of the bank that is carried into reasons and trails; the field tables say 500 at most. */
const MAX_TEXT = 500

/** Currency codes of banks/boc §9, as the 1xx versions of the protocol number them. */
const CURRENCIES: Readonly<Record<string, string>> = {
  '001': 'CNY',
  '012': 'GBP',
  '013': 'HKD',
  '014': 'USD',
  '015': 'CHF',
  '018': 'SGD',
  '027': 'JPY',
  '028': 'CAD',
  '029': 'AUD',
  '038': 'EUR',
}

/** A whole message (banks/boc §1). `token` is null only for b2e0001. */
export function requestBytes(config: BocConfig, { trnid, trncod, token }: Expected, transaction: string): Buffer {
  const head = element('head', [
    element('termid', config.termid),
    element('trnid', trnid),
    element('custid', config.custid),
    element('cusopr', config.cusopr),
    element('trncod', trncod),
    ...(token === null ? [] : [element('token', token)]),
  ])
  const open = `<bocb2e version="${config.version}" security="true" locale="${config.locale}">`
  const prolog = `<?xml version="1.0" encoding="${config.encoding.toUpperCase()}"?>`
  return encode(`${prolog}${open}${head}${element('trans', [transaction])}</bocb2e>`, config.encoding)
}

/** The status of a message's body or of an item. */
export function statusOf(node: XmlNode): Status {
  return {
    code: textAt(node, 'status', 'rspcod'),
    text: textAt(node, 'status', 'rspmsg')
      .replace(/\p{Cc}+/gu, ' ')
      .slice(0, MAX_TEXT),
  }
}

/** Tokens of real front-ends are 64 characters of Base64; a shorter one could be part of any word and is left alone. */
const MIN_BLOTTED_TOKEN = 16

/** An answer of ours, or why it is not one. The token is blotted out of it first: an answer's words go into logs. */
export function readReply(bytes: Uint8Array, encoding: BocConfig['encoding'], expected: Expected): Reply | Problem {
  const { trnid, trncod, token } = expected
  let root: XmlNode
  try {
    const text = decode(bytes, encoding)
    root = parseXml(token !== null && token.length >= MIN_BLOTTED_TOKEN ? text.replaceAll(token, '***') : text)
  } catch (error) {
    return problem('boc.undecodable', String(error).slice(0, MAX_TEXT))
  }
  if (root.name !== 'bocb2e') return problem('boc.undecodable', `<${root.name}>`)
  const echoed = textAt(root, 'head', 'trnid')
  if (echoed !== trnid) return problem('boc.wrong_serial', `${trnid} ≠ ${echoed}`)
  const answered = textAt(root, 'head', 'trncod')
  const isError = answered === 'b2eerror'
  if (answered !== trncod && !isError) return problem('boc.wrong_function', `${trncod} ≠ ${answered}`)
  const body = at(root, 'trans', `trn-${answered}-rs`)
  if (body === null) return problem('boc.undecodable', `no trn-${answered}-rs`)
  const status = statusOf(body)
  if (status.code === '') return problem('boc.undecodable', 'no rspcod')
  return { isError, status, body, rows: isError ? [] : childrenOf(body, `${trncod}-rs`) }
}

/** What the message's own status says; an error answer never says that its items speak. */
export function messageClass(reply: Reply, config: BocConfig): MessageClass {
  const found = messageClassOf(reply.status.code, config.codes)
  return reply.isError && (found === 'ok' || found === 'empty') ? 'uncertain' : found
}

/** b2e0001 (banks/boc §2). The only message that holds the password. */
export function signInBody(password: string, nowMs: number): string {
  const fields = [element('custdt', bankStamp(nowMs).slice(0, 14)), element('oprpwd', password)]
  return element('trn-b2e0001-rq', [element('b2e0001-rq', fields)])
}

/** The token of a sign-in, nested in `b2e0001-rs` or not (banks/boc §1); null when the answer holds none that fits a head. */
export function readToken(reply: Reply): string | null {
  const token = find(reply.body, 'token')?.text.trim() ?? ''
  return /^[\x21-\x7e]{1,256}$/.test(token) ? token : null
}

/** b2e0007 by our own references, at most 100 (banks/boc §6). */
export function inquiryBody(references: readonly string[]): string {
  return element(
    'trn-b2e0007-rq',
    references.map(reference => element('b2e0007-rq', [element('insid', reference), element('obssid', '')])),
  )
}

/** b2e0005 of one account (banks/boc §7). */
export function balanceBody(account: string, ibknum: string): string {
  const fields = element('account', [element('ibknum', ibknum), element('actacn', account)])
  return element('trn-b2e0005-rq', [element('b2e0005-rq', [fields])])
}

/**
 * The balance of `account` in a b2e0005 answer. The bank gives a day, no time: today's is stamped with our clock, an
 * earlier one with the day's beginning, the earliest it can be.
 */
export function readBalance(reply: Reply, account: string, nowMs: number): Balance | Problem {
  const own = reply.rows.filter(row => textAt(row, 'account', 'actacn') === account)
  const [row] = own
  if (!row || own.length !== 1) return problem(row ? 'boc.ambiguous_item' : 'boc.missing_item', maskedAccount(account))
  const status = statusOf(row)
  if (status.code !== 'B001') return { code: status.code, reason: describeCode(status.code, status.text, []) }
  const currency = currencyOf(textAt(row, 'account', 'curcde'))
  if (currency === null) return problem('boc.row', `curcde ${JSON.stringify(textAt(row, 'account', 'curcde'))}`)
  const current = money(textAt(row, 'balance', 'bokbal'), currency)
  const available = money(textAt(row, 'balance', 'avabal'), currency)
  const frozen = money(textAt(row, 'balance', 'stpamt'), currency)
  if (typeof current === 'string' || current === null)
    return problem('boc.row', `bokbal of ${maskedAccount(account)}: ${current}`)
  if (typeof available === 'string') return problem('boc.row', `avabal of ${maskedAccount(account)}: ${available}`)
  if (typeof frozen === 'string') return problem('boc.row', `stpamt of ${maskedAccount(account)}: ${frozen}`)
  const asOf = instantOf(textAt(row, 'baldat'), nowMs)
  if (asOf === null) return problem('boc.row', `baldat of ${maskedAccount(account)}`)
  return { account, asOf, current, available, frozen, previousDay: null }
}

/** ISO currency of a bank's code (or of itself); null when neither is known. */
export function currencyOf(code: string): string | null {
  if (Object.hasOwn(CURRENCIES, code)) return CURRENCIES[code] ?? null
  return Object.values(CURRENCIES).includes(code) ? code : null
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

function instantOf(baldat: string, nowMs: number): string | null {
  const day = baldat === '' ? bankDay(nowMs) : dayOf(baldat.slice(0, 8))
  if (day === null) return null
  const [, hours, minutes, seconds] = /^\d{8}([01]\d|2[0-3])([0-5]\d)([0-5]\d)$/.exec(baldat) ?? []
  return hours === undefined ? day : `${day}T${hours}:${minutes}:${seconds}`
}
