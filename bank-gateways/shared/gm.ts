// 国密: SM2 signatures with a user id, SM3, SM4 in ECB, CBC and GCM (GB/T 32918, 32905, 32907), over sm-crypto-v2. A
// signature that cannot be checked is not a good one, and a cipher text that does not unpad exactly is refused.

import { sm2, sm3 as digestOf, sm4 } from 'sm-crypto-v2'
import { TAG, derAt, readDer, twoIntegers } from './asn1'

/** d, 32 bytes. Made by `readPrivateKey` of gm-keys.ts. */
export type Sm2PrivateKey = { readonly d: Buffer; readonly publicKey: Sm2PublicKey }
/** 0x04‖X‖Y, 65 bytes, on the curve. */
export type Sm2PublicKey = { readonly point: Buffer }

/** Order of the curve sm2p256v1 (GB/T 32918.5). */
const ORDER = BigInt('0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123')
const BLOCK_BYTES = 16

/** 32 bytes. */
export function sm3(message: Uint8Array): Buffer {
  return Buffer.from(digestOf(message), 'hex')
}

/** @throws RangeError when `d` is not a private key of the curve. */
export function sm2PrivateKey(d: Uint8Array): Sm2PrivateKey {
  const bytes = Buffer.from(d)
  const value = bytes.length === 32 ? BigInt(`0x${bytes.toString('hex')}`) : 0n
  // n-1 has no inverse of 1+d, so it cannot sign.
  if (value <= 0n || value >= ORDER - 1n) throw new RangeError('not an SM2 private key of 32 bytes')
  const point = Buffer.from(sm2.getPublicKeyFromPrivateKey(bytes.toString('hex')), 'hex')
  return { d: bytes, publicKey: sm2PublicKey(point) }
}

/** @throws RangeError when the bytes are not a point of the curve. */
export function sm2PublicKey(point: Uint8Array): Sm2PublicKey {
  const bytes = Buffer.from(point)
  if (bytes.length !== 65 || bytes[0] !== 4 || !isOnCurve(bytes)) throw new RangeError('not an SM2 public key')
  return { point: bytes }
}

/** Raw r‖s, 64 bytes, with a fresh random nonce. `userId` is ASCII, as the bank pads it. */
export function sm2Sign(message: Uint8Array, key: Sm2PrivateKey, userId: string): Buffer {
  const publicKey = key.publicKey.point.toString('hex')
  const hex = sm2.doSignature(message, key.d.toString('hex'), { hash: true, userId: checkedId(userId), publicKey })
  return Buffer.from(hex, 'hex')
}

/** True only for a raw r‖s of 64 bytes over exactly this message, key and user id. Never throws on a bad signature. */
export function sm2Verify(message: Uint8Array, signature: Uint8Array, key: Sm2PublicKey, userId: string): boolean {
  const bytes = Buffer.from(signature)
  if (bytes.length !== 64 || ![bytes.subarray(0, 32), bytes.subarray(32)].every(isInOrder)) return false
  try {
    const options = { hash: true, userId: checkedId(userId) }
    return sm2.doVerifySignature(message, bytes.toString('hex'), preparedOf(key), options)
  } catch {
    return false
  }
}

/** SM2 encryption in the order C1C3C2, as DER: SEQUENCE { INTEGER x, INTEGER y, OCTET STRING C3, OCTET STRING C2 } (GM/T 0009). */
export function sm2Encrypt(plain: Uint8Array, key: Sm2PublicKey): Buffer {
  return Buffer.from(sm2.doEncrypt(plain, key.point.toString('hex'), 1, { asn1: true }), 'hex')
}

/** SEQUENCE { INTEGER r, INTEGER s } of a raw signature. @throws RangeError */
export function derOfSignature(raw: Uint8Array): Buffer {
  if (raw.length !== 64) throw new RangeError('a raw SM2 signature has 64 bytes')
  return twoIntegers(raw.subarray(0, 32), raw.subarray(32))
}

/** Raw r‖s of a DER signature. @throws RangeError */
export function signatureOfDer(der: Uint8Array): Buffer {
  const root = readDer(der)
  if (root.tag !== TAG.sequence || root.children.length !== 2) throw new RangeError('not a DER signature')
  const part = (index: number): Buffer => {
    const { content } = derAt(root, [index], TAG.integer)
    const digits = content[0] === 0 ? content.subarray(1) : content
    if ((content[0] ?? 0x80) > 0x7f || digits.length > 32) throw new RangeError('not a DER signature')
    return Buffer.concat([Buffer.alloc(32 - digits.length), digits])
  }
  return Buffer.concat([part(0), part(1)])
}

/** PKCS#7 padding; key and iv of 16 bytes. */
export function sm4CbcEncrypt(plain: Uint8Array, key: Uint8Array, iv: Uint8Array): Buffer {
  return Buffer.from(sm4.encrypt(plain, key, { mode: 'cbc', iv: block(iv), output: 'array' }))
}

/** @throws RangeError when the text is not whole blocks or its padding is not PKCS#7's. */
export function sm4CbcDecrypt(cipher: Uint8Array, key: Uint8Array, iv: Uint8Array): Buffer {
  const options = { mode: 'cbc', iv: block(iv), padding: 'none', output: 'array' } as const
  return unpadded(Buffer.from(sm4.decrypt(wholeBlocks(cipher), key, options)))
}

export function sm4EcbEncrypt(plain: Uint8Array, key: Uint8Array): Buffer {
  return Buffer.from(sm4.encrypt(plain, key, { mode: 'ecb', output: 'array' }))
}

/** @throws RangeError as `sm4CbcDecrypt`. */
export function sm4EcbDecrypt(cipher: Uint8Array, key: Uint8Array): Buffer {
  return unpadded(Buffer.from(sm4.decrypt(wholeBlocks(cipher), key, { mode: 'ecb', padding: 'none', output: 'array' })))
}

export type Sealed = { readonly cipher: Buffer; readonly tag: Buffer }

/** `iv` must never repeat under one key; `tag` has 16 bytes. */
export function sm4GcmEncrypt(plain: Uint8Array, key: Uint8Array, iv: Uint8Array, associated: Uint8Array): Sealed {
  const options = { mode: 'gcm', iv, associatedData: associated, outputTag: true, output: 'array' } as const
  const { output, tag } = sm4.encrypt(plain, key, options)
  if (!tag) throw new RangeError('SM4-GCM gave no tag')
  return { cipher: Buffer.from(output), tag: Buffer.from(tag) }
}

/** @throws RangeError when the tag does not belong to the text: nothing of it is given out. */
export function sm4GcmDecrypt(sealed: Sealed, key: Uint8Array, iv: Uint8Array, associated: Uint8Array): Buffer {
  if (sealed.tag.length !== BLOCK_BYTES) throw new RangeError('SM4-GCM: the tag has 16 bytes')
  const options = { mode: 'gcm', iv, associatedData: associated, tag: sealed.tag, output: 'array' } as const
  try {
    return Buffer.from(sm4.decrypt(sealed.cipher, key, options))
  } catch (cause) {
    throw new RangeError('SM4-GCM: the tag does not belong to the text', { cause })
  }
}

type Prepared = ReturnType<typeof sm2.precomputePublicKey>

/** Multiples of a key that has verified once: the next verification takes a quarter of the time. */
const prepared = new Map<string, Prepared>()
/** A site has a bank or two whose answers are signed; beyond this a key is merely slower. */
const MAX_PREPARED = 100

function preparedOf({ point }: Sm2PublicKey): Prepared {
  const hex = point.toString('hex')
  const found = prepared.get(hex) ?? sm2.precomputePublicKey(hex)
  if (prepared.size < MAX_PREPARED) prepared.set(hex, found)
  return found
}

function isOnCurve(point: Buffer): boolean {
  try {
    return sm2.verifyPublicKey(point.toString('hex'))
  } catch {
    return false
  }
}

function isInOrder(part: Buffer): boolean {
  const value = BigInt(`0x${part.toString('hex')}`)
  return value > 0n && value < ORDER
}

/** The library would take a longer or Chinese id for other bytes than the bank does. */
function checkedId(userId: string): string {
  if (!/^[\x20-\x7e]{1,64}$/.test(userId)) throw new RangeError('an SM2 user id is 1 to 64 ASCII characters')
  return userId
}

function block(iv: Uint8Array): Uint8Array {
  if (iv.length !== BLOCK_BYTES) throw new RangeError('SM4: an iv has 16 bytes')
  return iv
}

function wholeBlocks(cipher: Uint8Array): Uint8Array {
  if (cipher.length === 0 || cipher.length % BLOCK_BYTES !== 0) throw new RangeError('SM4: not whole blocks')
  return cipher
}

/** The library accepts a padding of 0 and of more than a block; here it must be PKCS#7's. */
function unpadded(plain: Buffer): Buffer {
  const count = plain.at(-1) ?? 0
  const kept = plain.subarray(0, plain.length - count)
  if (count < 1 || count > BLOCK_BYTES || !plain.subarray(kept.length).every(byte => byte === count))
    throw new RangeError('SM4: the padding is not that of PKCS#7')
  return kept
}
