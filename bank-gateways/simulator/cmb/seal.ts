// SM2 with the padded UID and SM4-CBC as the bank computes them, from the formulas of the reference (gm-crypto §2): SM3 and SM4 are
// OpenSSL's, Z and e are computed here, and only the curve is a library's.

import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'
import { sm2 } from 'sm-crypto-v2'

const CURVE = [
  'FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC',
  '28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93',
  '32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7',
  'BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0',
].join('')

export function uid16(uid: string): string {
  return (uid + '0000000000000000').slice(0, 16)
}

/** e = SM3(Z ‖ message), Z = SM3(ENTL ‖ uid ‖ a ‖ b ‖ Gx ‖ Gy ‖ Px ‖ Py). */
function digest(text: string, publicKey: Buffer, uid: string): Buffer {
  const id = Buffer.from(uid16(uid), 'latin1')
  const z = createHash('sm3')
    .update(Buffer.from([0, id.length * 8]))
    .update(id)
    .update(Buffer.from(CURVE, 'hex'))
    .update(publicKey.subarray(1))
    .digest()
  return createHash('sm3').update(z).update(text, 'utf8').digest()
}

/** Base64 of r‖s. */
export function signed(text: string, privateKey: Buffer, uid: string): string {
  const d = privateKey.toString('hex')
  const publicKey = Buffer.from(sm2.getPublicKeyFromPrivateKey(d), 'hex')
  return Buffer.from(sm2.doSignature(digest(text, publicKey, uid), d), 'hex').toString('base64')
}

export function isSigned(text: string, signature: string, publicKey: Buffer, uid: string): boolean {
  const raw = Buffer.from(signature, 'base64')
  if (raw.length !== 64) return false
  try {
    return sm2.doVerifySignature(
      digest(text, publicKey, uid),
      raw.toString('hex'),
      preparedOf(publicKey.toString('hex')),
    )
  } catch {
    return false
  }
}

type Prepared = ReturnType<typeof sm2.precomputePublicKey>
const prepared = new Map<string, Prepared>()

/** Of the customers' keys, which are few; made once, because it is four times as fast. */
function preparedOf(hex: string): Prepared {
  const point = prepared.get(hex) ?? sm2.precomputePublicKey(hex)
  if (prepared.size < 100) prepared.set(hex, point)
  return point
}

export function encrypted(plain: Buffer, key: string, uid: string): string {
  const cipher = createCipheriv('sm4-cbc', Buffer.from(key, 'latin1'), Buffer.from(uid16(uid), 'latin1'))
  return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64')
}

/** Null when it does not open. */
export function decrypted(data: string, key: string, uid: string): Buffer | null {
  try {
    const cipher = createDecipheriv('sm4-cbc', Buffer.from(key, 'latin1'), Buffer.from(uid16(uid), 'latin1'))
    return Buffer.concat([cipher.update(Buffer.from(data, 'base64')), cipher.final()])
  } catch {
    return null
  }
}

export function newPrivateKey(): Buffer {
  return Buffer.from(sm2.generateKeyPairHex().privateKey.padStart(64, '0'), 'hex')
}

export function publicKeyOf(privateKey: Buffer): string {
  return Buffer.from(sm2.getPublicKeyFromPrivateKey(privateKey.toString('hex')), 'hex').toString('base64')
}
