// Messages of the open platform, as the site's signing service takes and gives them: method, version and busiParamMap in,
// return_code, return_msg and response_busi out (banks/cmbc §3). Pure. Numbers stay the text they were sent as.

import { bankWords } from '../shared/account'
import { decode, encode } from '../shared/charset'
import { get, isObject, jsonText, object, parseJson, textAt, type Json } from '../shared/json-text'
import { errorText } from './codec'
import { problem } from './codes'
import type { Open } from './config'
import type { Message, Reading } from './exchange'

export type Method = { readonly method: string; readonly version: string }

export type OpenReply = {
  /** resp_code; `RC` and the return_code where the service itself said no, so that the two are never confused. */
  readonly code: string
  /** return_code as configured, and no resp_status but S. */
  readonly isOk: boolean
  readonly text: string
  readonly busi: Json | undefined
}

export function openMessage({ method, version }: Method, fields: Readonly<Record<string, string>>): Message {
  const text = jsonText(object({ method, version, busiParamMap: object(fields) }), 'received')
  return { bytes: encode(text, 'utf-8'), contentType: 'application/json; charset=utf-8' }
}

export function readOpenReply(bytes: Buffer, { okReturnCode }: Open): Reading<OpenReply> {
  let root: Json
  let busi: Json | undefined
  try {
    root = parseJson(decode(bytes, 'utf-8'))
    const inner = get(root, 'response_busi')
    // How the service hands it on is its own affair: as an object, or as the text it came as.
    busi = typeof inner === 'string' && inner.trim() !== '' ? parseJson(inner) : inner
  } catch (error) {
    return problem('cmbc.undecodable', errorText(error))
  }
  const returned = textAt(root, 'return_code')
  if (!/^\w{1,20}$/.test(returned)) return problem('cmbc.undecodable', 'return_code')
  if (returned !== okReturnCode)
    return {
      reply: { code: `RC${returned}`, isOk: false, text: bankWords(textAt(root, 'return_msg')), busi: undefined },
    }
  const [status, code] = [textAt(busi, 'resp_status'), textAt(busi, 'resp_code')]
  const isOk = isObject(busi) && ['', 'S'].includes(status)
  if (!/^\w{0,20}$/.test(code)) return problem('cmbc.undecodable', 'resp_code')
  // A good code under a bad status contradicts itself.
  const said = !isOk && code === 'AAAAAAA' ? `${code}${bankWords(status).slice(0, 4)}` : code
  return { reply: { code: said, isOk, text: bankWords(textAt(busi, 'resp_desc')), busi } }
}
