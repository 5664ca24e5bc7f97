// CMBSDKPGK messages to bytes and back (banks/cmb-frontend §1). Pure. An answer is read only when it is provably the one to our
// message; what it lacks is never filled in.

import { parseAmount } from '../../connector/core/money'
import { isoDay } from '../../connector/core/bank-time'
import type { Money } from '../../connector/ports'
import { decode, encode } from '../shared/charset'
import { at, childrenOf, element, parseXml, textAt, type XmlNode } from '../shared/xml'
import { problem, type Problem } from './codes'
import type { CmbFrontendConfig } from './config'

export type Head = { readonly funnam: string; readonly serial: string }

export type Reply = {
  readonly retcod: string
  readonly errmsg: string
  readonly root: XmlNode
  /** The whole answer as text, for what is kept as the bank gave it. */
  readonly text: string
  readonly bytes: Buffer
}

/** The XML document of a message; `blocks` are its elements after INFO. */
export function requestXml(config: CmbFrontendConfig, { funnam, serial }: Head, blocks: readonly string[]): Buffer {
  const info = element('INFO', [
    element('FUNNAM', funnam),
    element('DATTYP', '2'),
    element('LGNNAM', config.loginName),
    ...(config.echoesSerial ? [element('CST001', serial)] : []),
  ])
  const prolog = `<?xml version="1.0" encoding="${config.encoding.toUpperCase()}"?>`
  return encode(`${prolog}${element('CMBSDKPGK', [info, ...blocks])}`, config.encoding)
}

/** Bytes of the length before a message on a socket: decimal, left-justified, padded with blanks (banks/cmb-frontend §1). */
export const SOCKET_HEADER_BYTES = 8

/** The bytes as the front-end's mode wants them: the document, under its length, or the form field REQDATA percent-encoded. */
export function requestBody({ mode }: CmbFrontendConfig, xml: Buffer): Buffer {
  if (mode === 'raw') return xml
  if (mode === 'socket')
    return Buffer.concat([Buffer.from(String(xml.length).padEnd(SOCKET_HEADER_BYTES), 'latin1'), xml])
  const escaped = [...xml].map(byte =>
    /[A-Za-z0-9._-]/.test(String.fromCharCode(byte))
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  )
  return Buffer.from(`REQDATA=${escaped.join('')}`, 'latin1')
}

/** An answer to our own message, or why it is not one. */
export function readReply(config: CmbFrontendConfig, head: Head, bytes: Buffer): Reply | Problem {
  let text: string
  let root: XmlNode
  try {
    text = decode(bytes, config.encoding)
    root = parseXml(text)
  } catch (error) {
    return problem('cmb-frontend.undecodable', String(error).slice(0, 200))
  }
  if (root.name !== 'CMBSDKPGK') return problem('cmb-frontend.undecodable', `<${root.name}>`)
  const info = at(root, 'INFO')
  const echoed = textAt(info, 'CST001')
  if (config.echoesSerial && echoed !== head.serial)
    return problem('cmb-frontend.wrong_serial', `${head.serial} ≠ ${echoed.slice(0, 30)}`)
  const funnam = textAt(info, 'FUNNAM')
  if (funnam !== head.funnam) return problem('cmb-frontend.wrong_function', `${head.funnam} ≠ ${funnam.slice(0, 30)}`)
  const retcod = textAt(info, 'RETCOD')
  if (retcod === '') return problem('cmb-frontend.undecodable', 'no RETCOD')
  return { retcod, errmsg: textAt(info, 'ERRMSG'), root, text, bytes }
}

/** Repeated records of one interface. */
export function recordsOf(reply: Reply, name: string): readonly XmlNode[] {
  return childrenOf(reply.root, name)
}

/** banks/cmb-frontend §7. */
const CURRENCIES: Readonly<Record<string, string>> = {
  '10': 'CNY',
  '21': 'HKD',
  '29': 'AUD',
  '32': 'USD',
  '35': 'EUR',
  '39': 'CAD',
  '43': 'GBP',
  '65': 'JPY',
}

export function currencyOf(code: string): string | null {
  return Object.hasOwn(CURRENCIES, code) ? (CURRENCIES[code] ?? null) : null
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

/** `HH:mm:ss` of `HHmmss` or `HH:mm:ss`, or empty. */
export function clockOf(text: string): string {
  const [, hours, minutes, seconds] = /^([01]\d|2[0-3]):?([0-5]\d):?([0-5]\d)$/.exec(text) ?? []
  return hours === undefined ? '' : `${hours}:${minutes}:${seconds}`
}
