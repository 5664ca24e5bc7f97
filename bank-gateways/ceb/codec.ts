// Messages of `<Transaction>` to bytes and back: heads, envelope, return code. Pure. What an answer lacks is never filled in, and of
// what the bank says no account number is repeated whole.

import { bankClock, bankDay } from '../../connector/core/bank-time'
import { parseAmount } from '../../connector/core/money'
import type { Money } from '../../connector/ports'
import { bankWords } from '../shared/account'
import { decode, encode } from '../shared/charset'
import { at, childrenOf, parseXml, textAt, type XmlNode } from '../shared/xml'
import { problem, type Problem } from './codes'
import type { CebConfig } from './config'

export type TransCode = 'b2e004001' | 'b2e004003' | 'b2e005023'

export type Status = { readonly code: string; readonly text: string }

/** `rows` are the answer's RespData, listed or single. `status` may be the one row's own, where TransContent has none. */
export type Reply = { readonly status: Status; readonly rows: readonly XmlNode[] }

/** CEB takes no `<` and no `&` in a value, so nothing is escaped; controls cannot be carried (banks/ceb §1). */
export const FORBIDDEN = /[<&\p{Cc}\p{Cs}\ufffe\uffff]/u

/** @throws RangeError for a value that cannot be carried */
export function node(name: string, text: string): string {
  if (FORBIDDEN.test(text)) throw new RangeError(`${name} holds what no value may hold`)
  return `<${name}>${text}</${name}>`
}

export function group(name: string, inner: readonly string[]): string {
  return `<${name}>${inner.join('')}</${name}>`
}

export type Question = {
  readonly code: TransCode
  /** ≤50, never used before by anybody at the bank (banks/ceb §1). */
  readonly batchId: string
  readonly fields: readonly string[]
}

export function requestBytes({ code, batchId, fields }: Question, config: CebConfig, nowMs: number): Buffer {
  const { systemHead: head } = config
  const systemHead = group('SystemHead', [
    node('Language', 'zh_CN'),
    // The bank's own spelling.
    node('Encodeing', head.encodeing),
    node('Version', head.version),
    node('ServiceName', head.serviceName),
    node('CifNo', config.cifNo),
    node('UserID', config.userId),
    node('SyMacFlag', head.syMacFlag),
    node('MAC', head.mac),
    node('SyPinFlag', head.syPinFlag),
    node('PinSeed', head.pinSeed),
    node('LicenseId', head.licenseId),
    node('Flag', head.flag),
    node('Note', head.note),
  ])
  const transHead = group('TransHead', [
    node('TransCode', code),
    node('BatchID', batchId),
    node('JnlDate', bankDay(nowMs).replaceAll('-', '')),
    node('JnlTime', bankClock(nowMs).replaceAll(':', '')),
  ])
  const content = group('TransContent', [group('ReqData', fields)])
  return encode(`<?xml version="1.0" encoding="GBK"?>${group('Transaction', [systemHead, transHead, content])}`, 'gbk')
}

/**
 * That an answer repeats BatchID and TransCode is not stated: where it does, and they are others, it is not used. A fatal answer
 * has its ReturnCode, or `error`, at the root (banks/ceb §1).
 */
export function readReply(bytes: Uint8Array, { code, batchId }: Question): Reply | Problem {
  let root: XmlNode
  try {
    root = parseXml(decode(bytes, 'gbk'))
  } catch (error) {
    return problem('ceb.undecodable', bankWords(String(error)))
  }
  if (root.name === 'error') return { status: { code: 'error', text: bankWords(root.text) }, rows: [] }
  if (root.name !== 'Transaction') return problem('ceb.undecodable', `<${root.name.slice(0, 40)}>`)
  const echoed = [textAt(root, 'TransHead', 'BatchID'), textAt(root, 'TransHead', 'TransCode')]
  const asked = [batchId, code]
  if (echoed.some((text, index) => text !== '' && text !== asked[index]))
    return problem('ceb.wrong_serial', echoed.join(' ').slice(0, 80))
  const content = at(root, 'TransContent')
  const rows = rowsOf(content)
  const status = [content, root, rows.length === 1 ? (rows[0] ?? null) : null]
    .map(statusOf)
    .find(found => found.code !== '')
  if (status) return { status, rows }
  const error = textAt(root, 'error')
  return error === ''
    ? problem('ceb.undecodable', 'no ReturnCode')
    : { status: { code: 'error', text: bankWords(error) }, rows }
}

/** BatchRespList/RespData, or RespData alone: an answer has the one or the other. */
function rowsOf(content: XmlNode | null): readonly XmlNode[] {
  if (!content) return []
  const listed = childrenOf(content, 'BatchRespList').flatMap(list => childrenOf(list, 'RespData'))
  return [...childrenOf(content, 'RespData'), ...listed]
}

export function statusOf(element: XmlNode | null): Status {
  const words = [textAt(element, 'ReturnMsg'), textAt(element, 'ReturnNote')].filter(text => text !== '').join(' ')
  return { code: textAt(element, 'ReturnCode').slice(0, 20), text: bankWords(words) }
}

/** An amount; null for an empty element; a string naming what is wrong. Nothing is ever zero because it was missing. */
export function money(text: string, currency: string): Money | string | null {
  if (text === '') return null
  const parsed = parseAmount(text, currency)
  return typeof parsed === 'string' ? `${parsed} ${JSON.stringify(text.slice(0, 40))}` : parsed
}
