// What reaches the tunnel port: a URL, a GBK form and the reqData in it. Reads both ways clients write a form (banks/icbc §1).

import { decodeGbk } from '../engine/charset'
import type { Seal } from '../engine/seal'

export type Fields = ReadonlyMap<string, string>

/** `a=b&c=d` in GBK, percent-encoded or raw. Null when it is no GBK or a name is repeated. */
export function parseForm(body: Buffer): Fields | null {
  const fields = new Map<string, string>()
  // Latin-1 keeps every byte: the separators are below 0x40, where no second byte of GBK falls.
  for (const pair of body.toString('latin1').split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    if (equals < 0) return null
    const name = decodeValue(pair.slice(0, equals))
    const value = decodeValue(pair.slice(equals + 1))
    if (name === null || value === null || fields.has(name)) return null
    fields.set(name, value)
  }
  return fields
}

function decodeValue(raw: string): string | null {
  const bytes: number[] = []
  for (let at = 0; at < raw.length; at += 1) {
    const character = raw.charAt(at)
    const hex = raw.slice(at + 1, at + 3)
    if (character === '%' && /^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes.push(parseInt(hex, 16))
      at += 2
    } else {
      bytes.push(character === '+' ? 0x20 : character.charCodeAt(0))
    }
  }
  return decodeGbk(Buffer.from(bytes))
}

export type ReqData = { readonly text: string; readonly isSigned: boolean }

/**
 * The XML inside reqData. Signed text is opened and checked; a `+` that a form decoder turned into a space is turned back.
 * Null when it is neither XML in clear nor signed here.
 */
export function readReqData(value: string, seal: Seal): ReqData | null {
  if (value.trimStart().startsWith('<')) return { text: value, isSigned: false }
  const base64 = value
    .replaceAll(/[\r\n]/g, '')
    .trim()
    .replaceAll(' ', '+')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return null
  const bytes = seal.open(base64)
  const text = bytes && decodeGbk(bytes)
  return text === null ? null : { text, isSigned: true }
}
