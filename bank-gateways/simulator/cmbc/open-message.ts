// The messages of the open platform as the simulated signing service takes and gives them (banks/cmbc §3): JSON, every value text.

import { z } from 'zod'
import { decodeUtf8 } from '../engine/charset'
import type { Disturbance } from '../engine/faults'
import type { WireReply } from '../engine/listener'
import type { CmbcProtocol } from './settings'

const messageSchema = z.strictObject({
  method: z.string().min(1),
  version: z.string().regex(/^V\d\.\d$/),
  busiParamMap: z.record(z.string(), z.string()),
})
export type OpenMessage = z.output<typeof messageSchema>

export function readOpenMessage(bytes: Buffer): OpenMessage | { readonly problem: string } {
  const text = decodeUtf8(bytes)
  if (text === null) return { problem: 'the bytes are not UTF-8' }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { problem: 'not JSON' }
  }
  const parsed = messageSchema.safeParse(json)
  return parsed.success ? parsed.data : { problem: parsed.error.issues.map(({ path }) => path.join('.')).join(', ') }
}

export type Busi = Readonly<Record<string, unknown>>

/** A null `busi` leaves response_busi out. */
export type OpenReturned = { readonly returnCode: string; readonly text: string; readonly busi: Busi | null }

export function composeOpen(
  { busiAs }: CmbcProtocol,
  { returnCode, text, busi }: OpenReturned,
  { kinds }: Disturbance,
): WireReply {
  const inner = busi === null || kinds.has('missing-line') ? null : busiAs === 'text' ? JSON.stringify(busi) : busi
  const json = JSON.stringify({
    return_code: returnCode,
    return_msg: text,
    ...(inner === null ? {} : { response_busi: inner }),
  })
  const body = Buffer.from(json, kinds.has('wrong-charset') ? 'utf16le' : 'utf8')
  return { status: 200, contentType: 'application/json', body }
}
