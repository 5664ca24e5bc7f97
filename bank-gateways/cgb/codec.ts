// Messages of `<BEDC>` to bytes and back: head, body, balance. Pure. What an answer lacks is never filled in, and of what the bank says
// no account number is repeated whole.

import { bankClock, bankDay, isoDay } from '../../connector/core/bank-time'
import { parseAmount } from '../../connector/core/money'
import type { Balance, Money } from '../../connector/ports'
import { bankWords, maskedAccount } from '../shared/account'
import { decode, encode } from '../shared/charset'
import { at, element, find, parseXml, textAt, type XmlNode } from '../shared/xml'
import { problem, type Problem } from './codes'
import type { CgbConfig } from './config'

export type Status = { readonly code: string; readonly text: string }

export type Reply = { readonly status: Status; readonly body: XmlNode | null }

export type Question = {
  readonly tranCode: string
  /** Unique for the day (banks/cgb §1). */
  readonly entSeqNo: string
  readonly fields: readonly string[]
}

/** The request carries a retCode too (banks/cgb §1); the password stands in a CDATA section. */
export function requestBytes({ tranCode, entSeqNo, fields }: Question, config: CgbConfig, nowMs: number): Buffer {
  const head = element('commHead', [
    element('tranCode', tranCode),
    element('cifMaster', config.cifMaster),
    element('entSeqNo', entSeqNo),
    element('tranDate', bankDay(nowMs).replaceAll('-', '')),
    element('tranTime', bankClock(nowMs).replaceAll(':', '')),
    element('retCode', '000'),
    element('entUserId', config.entUserId),
    `<password><![CDATA[${config.userPassword}]]></password>`,
  ])
  const message = element('Message', [head, element('Body', fields)])
  return encode(`<?xml version="1.0" encoding="GBK"?>${element('BEDC', [message])}`, 'gbk')
}

/** "entSeqNo is echoed: compare it before trusting" (banks/cgb §1): an answer without it, or with another, is not used. */
export function readReply(bytes: Uint8Array, { tranCode, entSeqNo }: Question): Reply | Problem {
  let root: XmlNode
  try {
    root = parseXml(decode(bytes, 'gbk'))
  } catch (error) {
    return problem('cgb.undecodable', bankWords(String(error)))
  }
  if (root.name !== 'BEDC') return problem('cgb.undecodable', `<${root.name.slice(0, 40)}>`)
  const head = at(root, 'Message', 'commHead')
  if (!head) return problem('cgb.undecodable', 'no commHead')
  const [serial, code] = [textAt(head, 'entSeqNo'), textAt(head, 'tranCode')]
  if (serial !== entSeqNo || (code !== '' && code !== tranCode))
    return problem('cgb.wrong_serial', `${code} ${serial}`.slice(0, 60))
  const status = { code: textAt(head, 'retCode').slice(0, 20), text: wordsOf(root) }
  return status.code === '' ? problem('cgb.undecodable', 'no retCode') : { status, body: at(root, 'Message', 'Body') }
}

/** Where the bank puts its words is not known: the likely names are looked for, and they only inform. */
function wordsOf(root: XmlNode): string {
  const found = ['retMsg', 'retMessage', 'errorMsg', 'returnMsg'].map(name => find(root, name)?.text.trim() ?? '')
  return bankWords(found.find(text => text !== '') ?? '')
}

/** Of 0001, whose elements the site names. The bank gives no instant: it is of the bank's day, without a time. */
export function readBalance(
  { body }: Reply,
  account: string,
  currency: string,
  names: NonNullable<CgbConfig['balance']>,
  nowMs: number,
): Balance | Problem {
  const masked = maskedAccount(account)
  const echoed = body ? (find(body, 'account')?.text.trim() ?? '') : ''
  if (echoed !== '' && echoed !== account) return problem('cgb.wrong_item', masked)
  const read = (name: string | null): Money | string | null =>
    name === null || !body ? null : money(find(body, name)?.text.trim() ?? '', currency)
  const [current, available, frozen] = [read(names.current), read(names.available), read(names.frozen)]
  if (typeof current === 'string' || current === null)
    return problem('cgb.row', `${names.current} of ${masked}: ${current}`)
  if (typeof available === 'string') return problem('cgb.row', `${names.available} of ${masked}: ${available}`)
  if (typeof frozen === 'string') return problem('cgb.row', `${names.frozen} of ${masked}: ${frozen}`)
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

export function isDay(day: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && dayOf(day.replaceAll('-', '')) === day
}
