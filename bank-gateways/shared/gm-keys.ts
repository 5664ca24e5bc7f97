// SM2 keys and certificates as banks hand them out, from text that came out of an environment variable or a file: PEM, hex,
// Base64. (PKCS#12: pkcs12.ts.) Nothing of a private key may stand in a message.

import { TAG, derAt, oidOf, readDer, type DerNode } from './asn1'
import { sm2PrivateKey, sm2PublicKey, type Sm2PrivateKey, type Sm2PublicKey } from './gm'

export const OID = {
  ecPublicKey: '1.2.840.10045.2.1',
  sm2Curve: '1.2.156.10197.1.301',
} as const

/**
 * 64 hex digits, Base64 of 32 bytes, or PEM (`PRIVATE KEY`, `EC PRIVATE KEY`, `SM2 PRIVATE KEY`, not encrypted).
 * @throws RangeError that quotes nothing of the text
 */
export function readPrivateKey(text: string): Sm2PrivateKey {
  const plain = text.trim()
  if (/^[0-9a-fA-F]{64}$/.test(plain)) return sm2PrivateKey(Buffer.from(plain, 'hex'))
  const pem = pemOf(plain, ['PRIVATE KEY', 'EC PRIVATE KEY', 'SM2 PRIVATE KEY'])
  if (pem) return privateKeyOfDer(pem.bytes)
  const bytes = base64Of(plain)
  if (bytes?.length === 32) return sm2PrivateKey(bytes)
  throw new RangeError(
    'SM2 私钥须为 64 位十六进制、32 字节的 Base64 或未加密的 PEM / an SM2 private key is 64 hex digits, Base64 of 32 bytes or PEM that is not encrypted',
  )
}

/**
 * 128 or 130 hex digits, Base64 of 64 or 65 bytes, or PEM (`PUBLIC KEY`, `CERTIFICATE`).
 * @throws RangeError
 */
export function readPublicKey(text: string): Sm2PublicKey {
  const plain = text.trim()
  const pem = pemOf(plain, ['PUBLIC KEY', 'CERTIFICATE'])
  if (pem) return pem.label === 'CERTIFICATE' ? certificatePublicKey(pem.bytes) : publicKeyOfSpki(readDer(pem.bytes))
  const bytes = /^([0-9a-fA-F]{128}|[0-9a-fA-F]{130})$/.test(plain) ? Buffer.from(plain, 'hex') : base64Of(plain)
  if (bytes?.length === 64) return sm2PublicKey(Buffer.concat([Buffer.of(4), bytes]))
  if (bytes?.length === 65) return sm2PublicKey(bytes)
  throw new RangeError(
    'SM2 公钥须为 04‖X‖Y 的十六进制或 Base64，或 PEM 公钥、证书 / an SM2 public key is 04‖X‖Y in hex or Base64, or a PEM public key or certificate',
  )
}

/** PKCS#8 or SEC 1. The curve must be SM2's wherever it is named. @throws RangeError */
export function privateKeyOfDer(der: Uint8Array): Sm2PrivateKey {
  const root = readDer(der)
  const second = root.children[1]
  if (second?.tag === TAG.sequence) {
    requireSm2(second)
    return privateKeyOfDer(derAt(root, [2], TAG.octetString).content)
  }
  const d = derAt(root, [1], TAG.octetString).content
  for (const child of root.children)
    if (child.tag === TAG.context0 && oidOf(derAt(child, [0], TAG.oid)) !== OID.sm2Curve) throw notSm2()
  return sm2PrivateKey(Buffer.concat([Buffer.alloc(Math.max(0, 32 - d.length)), d]))
}

/** The SM2 key of an X.509 certificate. @throws RangeError */
export function certificatePublicKey(der: Uint8Array): Sm2PublicKey {
  const body = derAt(readDer(der), [0], TAG.sequence)
  const spki = body.children.find(({ tag, children }) => tag === TAG.sequence && children[1]?.tag === TAG.bitString)
  if (!spki) throw new RangeError('the certificate holds no public key')
  return publicKeyOfSpki(spki)
}

function publicKeyOfSpki(spki: DerNode): Sm2PublicKey {
  requireSm2(derAt(spki, [0], TAG.sequence))
  const { content } = derAt(spki, [1], TAG.bitString)
  // The first byte counts the unused bits of the last.
  if (content[0] !== 0) throw notSm2()
  return sm2PublicKey(content.subarray(1))
}

function requireSm2(algorithm: DerNode): void {
  const [first, second] = [oidOf(derAt(algorithm, [0], TAG.oid)), oidOf(derAt(algorithm, [1], TAG.oid))]
  if (first !== OID.ecPublicKey || second !== OID.sm2Curve) throw notSm2()
}

function notSm2(): RangeError {
  return new RangeError('不是 SM2 密钥 / not an SM2 key')
}

type Pem = { readonly label: string; readonly bytes: Buffer }

/** The first block of one of the labels. */
function pemOf(text: string, labels: readonly string[]): Pem | null {
  for (const label of labels) {
    const [, base64] = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`).exec(text) ?? []
    if (base64 !== undefined) return { label, bytes: Buffer.from(base64, 'base64') }
  }
  return null
}

function base64Of(text: string): Buffer | null {
  return /^[A-Za-z0-9+/\s]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : null
}
