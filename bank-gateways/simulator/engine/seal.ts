// The simulated signature: a DER container holding the GBK text and a keyed digest of it, Base64. It looks like the PKCS#7
// blob the real sign port returns (MII…), proves that the text was signed here and not altered, and is worth nothing elsewhere.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

export type Seal = {
  /** Base64 without line breaks. */
  sign(text: Uint8Array): string
  /** The signed bytes, or null when the container is not ours or was altered. */
  open(base64: string): Buffer | null
}

const SEQUENCE = 0x30
const OCTETS = 0x04
const DIGEST_BYTES = 32
/** Fills short texts so that the container is long enough to begin with MII, as real ones do. */
const PADDING_BYTES = 256

/** A key of its own for every start: what another run signed is refused. */
export function newSeal(): Seal {
  const key = randomBytes(32)
  const digestOf = (text: Uint8Array): Buffer => createHmac('sha256', key).update(text).digest()
  return {
    sign(text) {
      const parts = [text, digestOf(text), Buffer.alloc(PADDING_BYTES)].map(part => der(OCTETS, part))
      return der(SEQUENCE, Buffer.concat(parts)).toString('base64')
    },
    open(base64) {
      const outer = readDer(Buffer.from(base64, 'base64'), SEQUENCE)
      const text = outer && readDer(outer.content, OCTETS)
      const digest = text && readDer(text.rest, OCTETS)
      if (!outer || !text || !digest || outer.rest.length > 0 || digest.content.length !== DIGEST_BYTES) return null
      return timingSafeEqual(digest.content, digestOf(text.content)) ? text.content : null
    },
  }
}

function der(tag: number, content: Uint8Array): Buffer {
  const length = content.length
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content])
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(length)
  const significant = bytes.subarray(bytes.findIndex(byte => byte !== 0))
  return Buffer.concat([Buffer.of(tag, 0x80 | significant.length), significant, content])
}

function readDer(bytes: Buffer, tag: number): { readonly content: Buffer; readonly rest: Buffer } | null {
  const first = bytes[1]
  if (bytes[0] !== tag || first === undefined) return null
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  if (lengthBytes > 4 || bytes.length < 2 + lengthBytes) return null
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(2, lengthBytes)
  const start = 2 + lengthBytes
  if (bytes.length < start + length) return null
  return { content: bytes.subarray(start, start + length), rest: bytes.subarray(start + length) }
}
