// The `<ap>` envelope of BCM to bytes and back, and its tables: titles first, then values, all joined by bars (banks/bcm §1, §2, §5).
// Pure. An answer is read only when it is provably the one to our message; what it lacks is never filled in.

import { bankClock, bankDay, bankStamp, isoDay } from '../../connector/core/bank-time'
import { parseAmount } from '../../connector/core/money'
import type { Balance, Money } from '../../connector/ports'
import { bankWords, maskedAccount } from '../shared/account'
import { decode, encode } from '../shared/charset'
import { at, element, parseXml, textAt, type XmlNode } from '../shared/xml'
import { OK_CODE, problem, type Problem } from './codes'
import type { BcmConfig } from './config'

export type Expected = { readonly trCode: string; readonly reqNo: string }

export type Reply = {
  /** particular_code; `ans_code …` where the front-end says no and no particular_code says why. */
  readonly code: string
  /** ans_code 0 and particular_code 0000. */
  readonly isOk: boolean
  readonly text: string
  /** serial_no of the bank. */
  readonly serial: string
  readonly head: XmlNode | null
  readonly body: XmlNode | null
}

/** Six characters of decimal length in the header (banks/bcm §1). */
const MAX_BODY_BYTES = 999_999

/** The XML of a message. @throws RangeError | UnmappableText */
export function requestBytes(
  config: BcmConfig,
  { trCode, reqNo }: Expected,
  nowMs: number,
  body: readonly string[],
): Buffer {
  const stamp = bankStamp(nowMs)
  const head = [
    element('tr_code', trCode),
    element('corp_no', config.corpNo),
    element('user_no', config.userNo),
    element('req_no', reqNo),
    element('tr_acdt', stamp.slice(0, 8)),
    element('tr_time', stamp.slice(8, 14)),
    element('atom_tr_count', '1'),
    element('channel', '0'),
    element('reserved', ''),
    ...(config.signElement === 'empty' ? [element('sign', '')] : []),
  ]
  return encode(element('ap', [element('head', head), element('body', body)]), 'gbk')
}

/** `0`, the length in bytes padded with blanks to 7 characters in all, then the XML. */
export function withHeader(xml: Buffer): Buffer {
  if (xml.length > MAX_BODY_BYTES) throw new RangeError(`a message of ${xml.length} bytes has no header`)
  return Buffer.concat([Buffer.from(`0${xml.length}`.padEnd(7), 'latin1'), xml])
}

/** An answer of ours, or why it is not one. What stands before `<ap>` is a header whose shape is not known (banks/bcm §1). */
export function readReply(bytes: Buffer, { trCode, reqNo }: Expected): Reply | Problem {
  let root: XmlNode
  try {
    const start = bytes.indexOf('<ap>')
    if (start < 0) throw new RangeError('no <ap>')
    root = parseXml(decode(bytes.subarray(start), 'gbk'))
  } catch (error) {
    return problem('bcm.undecodable', errorText(error))
  }
  const head = at(root, 'head')
  const answered = textAt(head, 'tr_code')
  if (answered !== trCode) return problem('bcm.wrong_function', `${trCode} ≠ ${bankWords(answered).slice(0, 12)}`)
  if (textAt(head, 'req_no') !== reqNo) return problem('bcm.wrong_serial', '')
  const [ans, particular] = [textAt(head, 'ans_code'), textAt(head, 'particular_code')]
  if (!/^\w{1,12}$/.test(ans) || !/^\w{0,12}$/.test(particular))
    return problem('bcm.undecodable', 'ans_code, particular_code')
  const isOk = ans === '0' && particular === OK_CODE
  const words = [...new Set([textAt(head, 'particular_info'), textAt(head, 'ans_info')])].filter(text => text !== '')
  return {
    code: isOk || (particular !== '' && particular !== OK_CODE) ? particular : `ans_code${ans}`,
    isOk,
    text: bankWords(words.join(' ')),
    serial: textAt(head, 'serial_no').slice(0, 40),
    head,
    body: at(root, 'body'),
  }
}

export function errorText(error: unknown): string {
  return bankWords(error instanceof Error ? error.message : String(error))
}

/** The rows of a `serial_record`: each of `columns` values. */
export function tableRows(body: XmlNode | null, columns: number): readonly (readonly string[])[] | Problem {
  if (body === null) return problem('bcm.missing_item', 'body')
  const get = (name: string): string => textAt(body, name)
  if (!['', '0'].includes(get('file_flag')) || get('filename') !== '') return problem('bcm.file', '')
  const [fields, records] = [get('field_num'), get('record_num')]
  if (!['', String(columns)].includes(fields)) return problem('bcm.row', `field_num ${fields.slice(0, 12)}`)
  if (!/^\d{1,9}$/.test(records)) return problem('bcm.row', 'record_num')
  const count = Number.parseInt(records, 10)
  const text = get('serial_record')
  if (text === '' && count === 0) return []
  const tokens = text.split('|').map(token => token.trim())
  // The last value may be followed by a bar of its own.
  if (tokens.length === columns * (count + 1) + 1 && tokens.at(-1) === '') tokens.pop()
  // A bar inside 附言 shifts every column behind it: the count shows it.
  if (tokens.length !== columns * (count + 1))
    return problem('bcm.row', `${tokens.length} ≠ ${columns} × (1 + ${count})`)
  return Array.from({ length: count }, (_, row) => tokens.slice(columns * (row + 1), columns * (row + 2)))
}

const BALANCE_COLUMNS = 10

/** 310101: 户名|账号|币种|余额|可用余额|开户日期|账户类型|开户行|错误信息|成功标志. The instant is that of the answer's head. */
export function readBalance(reply: Reply, account: string, config: BcmConfig, nowMs: number): Balance | Problem {
  const masked = maskedAccount(account)
  const rows = tableRows(reply.body, BALANCE_COLUMNS)
  if ('reason' in rows) return rows
  const [row] = rows
  if (!row || rows.length !== 1) return problem('bcm.row', `${masked} × ${rows.length}`)
  const [, number, currency = '', bal = '', avail = '', , , , error = '', flag] = row
  if (number !== account) return problem('bcm.wrong_item', masked)
  if (flag !== '0') return problem('bcm.row', `${masked} 成功标志: ${bankWords(error)}`)
  if (!config.currencyWords.includes(currency)) return problem('bcm.row', `${masked} 币种 ${currency.slice(0, 10)}`)
  const [current, available] = [money(bal), money(avail)]
  if (current === null || typeof current === 'string') return problem('bcm.row', `${masked} 余额 ${current}`)
  if (typeof available === 'string') return problem('bcm.row', `${masked} 可用余额 ${available}`)
  const asOf = answeredAt(reply) ?? `${bankDay(nowMs)}T${bankClock(nowMs)}`
  return { account, asOf, current, available, frozen: null, previousDay: null }
}

/** tr_acdt and tr_time of the answer. */
function answeredAt({ head }: Reply): string | null {
  const day = dayOf(textAt(head, 'tr_acdt'))
  const clock = clockOf(textAt(head, 'tr_time'))
  return day === null || clock === '' ? null : `${day}T${clock}`
}

/** An amount; null for an empty value; a string naming what is wrong. Nothing is ever zero because it was missing. */
export function money(text: string): Money | string | null {
  if (text === '') return null
  const parsed = parseAmount(text, 'CNY')
  return typeof parsed === 'string' ? `${parsed} ${JSON.stringify(text.slice(0, 40))}` : parsed
}

/** `yyyyMMdd`, with or without hyphens; null for anything else. */
export function dayOf(text: string): string | null {
  try {
    return isoDay(/^\d{4}-\d{2}-\d{2}$/.test(text) ? text.replaceAll('-', '') : text)
  } catch {
    return null
  }
}

/** `HHmmss`, with or without colons; `''` for anything else. */
export function clockOf(text: string): string {
  const [, hours, minutes, seconds] = /^([01]\d|2[0-3]):?([0-5]\d):?([0-5]\d)$/.exec(text) ?? []
  return hours === undefined ? '' : `${hours}:${minutes}:${seconds}`
}
