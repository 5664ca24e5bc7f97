// The two digests of every document that is kept: SHA-256, and SM3 (GB/T 32905) as the Chinese standards ask.

import { createHash } from 'node:crypto'
import { sm3 } from 'sm-crypto-v2'

export type Digests = { readonly sha256: string; readonly sm3: string }

/** Both as lower-case hexadecimal. */
export function digestsOf(bytes: Uint8Array): Digests {
  return { sha256: sha256Hex(bytes), sm3: sm3Hex(bytes) }
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export function sm3Hex(bytes: Uint8Array): string {
  return sm3(bytes)
}
