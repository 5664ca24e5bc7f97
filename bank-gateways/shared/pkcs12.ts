// PKCS#12 key stores (.pfx, .p12: RFC 7292) that hold an SM2 key, and encrypted PKCS#8, opened without OpenSSL. The store's MAC is checked before
// anything in it is used. What is encrypted with RC2 or RC4 is refused by name: Node.js has neither.

import { createDecipheriv, createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import { TAG, derAt, oidOf, readDer, smallInteger, type DerNode } from './asn1'
import { sm4CbcDecrypt, type Sm2PrivateKey } from './gm'
import { privateKeyOfDer } from './gm-keys'

export type KeyStore = {
  readonly privateKey: Sm2PrivateKey
  /** DER, in the order of the store. */ readonly certificates: readonly Buffer[]
}

const DATA = '1.2.840.113549.1.7.1'
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6'
const BAGS = {
  key: '1.2.840.113549.1.12.10.1.1',
  shroudedKey: '1.2.840.113549.1.12.10.1.2',
  certificate: '1.2.840.113549.1.12.10.1.3',
}
const PBES2 = '1.2.840.113549.1.5.13'
const PBKDF2 = '1.2.840.113549.1.5.12'
const TRIPLE_DES_SHA1 = '1.2.840.113549.1.12.1.3'
const DIGESTS: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.11': 'sha512',
}
const CIPHERS: Readonly<Record<string, { readonly name: string; readonly keyBytes: number }>> = {
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keyBytes: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keyBytes: 24 },
  '2.16.840.1.101.3.4.1.42': { name: 'aes-256-cbc', keyBytes: 32 },
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', keyBytes: 24 },
  '1.2.156.10197.1.104.2': { name: 'sm4-cbc', keyBytes: 16 },
}
/** A store asks for some thousand rounds; one that asks for more than this would stall the process. */
const MAX_ROUNDS = 1_000_000

/** What an encrypted PKCS#8 (`ENCRYPTED PRIVATE KEY`) holds. @throws RangeError */
export function openPkcs8(bytes: Uint8Array, password: string): Sm2PrivateKey {
  const root = readDer(bytes)
  const cipher = derAt(root, [1], TAG.octetString).content
  return privateKeyOfDer(decrypted(derAt(root, [0], TAG.sequence), cipher, password))
}

/** @throws RangeError for a wrong password, a damaged store, a cipher that is not here, or no SM2 key in it. */
export function openPkcs12(bytes: Uint8Array, password: string): KeyStore {
  const bags = checkedBags(bytes, password)
  const keys = bags.flatMap(bag => keyOf(bag, password))
  const [privateKey] = keys
  if (!privateKey || keys.length !== 1) throw new RangeError(`PKCS#12: ${keys.length} private keys instead of one`)
  return { privateKey, certificates: bags.flatMap(certificateOf) }
}

/** DER, in the order of the store, whatever kind of key is beside them; no key is opened. @throws RangeError */
export function certificatesOfPkcs12(bytes: Uint8Array, password: string): readonly Buffer[] {
  return checkedBags(bytes, password).flatMap(certificateOf)
}

function checkedBags(bytes: Uint8Array, password: string): readonly DerNode[] {
  const root = readDer(bytes)
  if (smallInteger(derAt(root, [0], TAG.integer)) !== 3) throw new RangeError('PKCS#12: not version 3')
  const content = dataOf(derAt(root, [1], TAG.sequence))
  checkMac(derAt(root, [2], TAG.sequence), content, password)
  return readDer(content).children.flatMap(info => bagsOf(info, password))
}

function dataOf(contentInfo: DerNode): Buffer {
  if (oidOf(derAt(contentInfo, [0], TAG.oid)) !== DATA) throw new RangeError('PKCS#12: the content is not data')
  return derAt(contentInfo, [1, 0], TAG.octetString).content
}

function bagsOf(info: DerNode, password: string): readonly DerNode[] {
  if (oidOf(derAt(info, [0], TAG.oid)) !== ENCRYPTED_DATA) return readDer(dataOf(info)).children
  const inner = derAt(info, [1, 0, 1], TAG.sequence)
  // [0] IMPLICIT OCTET STRING: primitive, so its tag is 0x80.
  const cipher = derAt(inner, [2], 0x80).content
  return readDer(decrypted(derAt(inner, [1], TAG.sequence), cipher, password)).children
}

function keyOf(bag: DerNode, password: string): readonly Sm2PrivateKey[] {
  const type = oidOf(derAt(bag, [0], TAG.oid))
  if (type !== BAGS.key && type !== BAGS.shroudedKey) return []
  const value = derAt(bag, [1, 0], TAG.sequence)
  if (type === BAGS.key) return [privateKeyOfDer(encoded(value))]
  const cipher = derAt(value, [1], TAG.octetString).content
  return [privateKeyOfDer(decrypted(derAt(value, [0], TAG.sequence), cipher, password))]
}

function certificateOf(bag: DerNode): readonly Buffer[] {
  if (oidOf(derAt(bag, [0], TAG.oid)) !== BAGS.certificate) return []
  return [Buffer.from(derAt(bag, [1, 0, 1, 0], TAG.octetString).content)]
}

/** A constructed node's own bytes again. */
function encoded({ tag, content }: DerNode): Buffer {
  const length =
    content.length < 0x80 ? Buffer.of(content.length) : Buffer.of(0x82, content.length >> 8, content.length & 0xff)
  return Buffer.concat([Buffer.of(tag), length, content])
}

function checkMac(mac: DerNode, content: Buffer, password: string): void {
  const digest = named(DIGESTS, oidOf(derAt(mac, [0, 0, 0], TAG.oid)), 'MAC')
  const expected = derAt(mac, [0, 1], TAG.octetString).content
  const salt = derAt(mac, [1], TAG.octetString).content
  const rounds = mac.children[2] ? roundsOf(mac.children[2]) : 1
  const key = derived(digest, 3, password, salt, rounds, expected.length)
  const actual = createHmac(digest, key).update(content).digest()
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected))
    throw new RangeError('PKCS#12: 口令错误或文件损坏 / wrong password or damaged file')
}

function decrypted(algorithm: DerNode, cipher: Buffer, password: string): Buffer {
  const type = oidOf(derAt(algorithm, [0], TAG.oid))
  if (type === TRIPLE_DES_SHA1) {
    const salt = derAt(algorithm, [1, 0], TAG.octetString).content
    const rounds = roundsOf(derAt(algorithm, [1, 1], TAG.integer))
    const key = derived('sha1', 1, password, salt, rounds, 24)
    return opened('des-ede3-cbc', key, derived('sha1', 2, password, salt, rounds, 8), cipher)
  }
  if (type !== PBES2) throw new RangeError(`PKCS#12: 不支持的加密算法 / cipher ${type} is not supported`)
  if (oidOf(derAt(algorithm, [1, 0, 0], TAG.oid)) !== PBKDF2) throw new RangeError('PKCS#12: not PBKDF2')
  const parameters = derAt(algorithm, [1, 0, 1], TAG.sequence)
  const random = parameters.children.find(({ tag }) => tag === TAG.sequence)
  const digest = random ? named(DIGESTS, oidOf(derAt(random, [0], TAG.oid)), 'PBKDF2') : 'sha1'
  const { name, keyBytes } = named(CIPHERS, oidOf(derAt(algorithm, [1, 1, 0], TAG.oid)), 'cipher')
  const salt = derAt(parameters, [0], TAG.octetString).content
  const key = pbkdf2Sync(password, salt, roundsOf(derAt(parameters, [1], TAG.integer)), keyBytes, digest)
  return opened(name, key, derAt(algorithm, [1, 1, 1], TAG.octetString).content, cipher)
}

function opened(name: string, key: Buffer, iv: Buffer, cipher: Buffer): Buffer {
  if (name === 'sm4-cbc') return sm4CbcDecrypt(cipher, key, iv)
  const decipher = createDecipheriv(name, key, iv)
  try {
    return Buffer.concat([decipher.update(cipher), decipher.final()])
  } catch (cause) {
    throw new RangeError('口令错误或文件损坏 / wrong password or damaged file', { cause })
  }
}

function roundsOf(node: DerNode): number {
  const rounds = smallInteger(node)
  if (rounds < 1 || rounds > MAX_ROUNDS) throw new RangeError(`PKCS#12: ${rounds} rounds`)
  return rounds
}

function named<T>(table: Readonly<Record<string, T>>, oid: string, what: string): T {
  const found = Object.hasOwn(table, oid) ? table[oid] : undefined
  if (found === undefined) throw new RangeError(`PKCS#12: 不支持的算法 / ${what} ${oid} is not supported`)
  return found
}

/** The key derivation of RFC 7292 appendix B: `purpose` 1 a key, 2 an iv, 3 a MAC key. */
function derived(
  digest: string,
  purpose: 1 | 2 | 3,
  password: string,
  salt: Buffer,
  rounds: number,
  bytes: number,
): Buffer {
  const blockBytes = digest === 'sha512' ? 128 : 64
  const secret = Buffer.from(`${password}\0`, 'utf16le').swap16()
  const diversifier = Buffer.alloc(blockBytes, purpose)
  const input = Buffer.concat([filled(salt, blockBytes), filled(secret, blockBytes)])
  const parts: Buffer[] = []
  for (let length = 0; length < bytes; length += parts.at(-1)?.length ?? bytes) {
    let hash = createHash(digest).update(diversifier).update(input).digest()
    for (let round = 1; round < rounds; round += 1) hash = createHash(digest).update(hash).digest()
    parts.push(hash)
    addToBlocks(input, filled(hash, blockBytes).subarray(0, blockBytes), blockBytes)
  }
  return Buffer.concat(parts).subarray(0, bytes)
}

/** The bytes repeated up to a multiple of the block. */
function filled(bytes: Buffer, blockBytes: number): Buffer {
  const length = Math.ceil(bytes.length / blockBytes) * blockBytes
  return Buffer.alloc(length, bytes.length === 0 ? Buffer.alloc(1) : bytes)
}

/** Adds `addend` + 1 to every block, each as one big-endian number. */
function addToBlocks(input: Buffer, addend: Buffer, blockBytes: number): void {
  for (let start = 0; start < input.length; start += blockBytes) {
    let carry = 1
    for (let at = blockBytes - 1; at >= 0; at -= 1) {
      const sum = (input[start + at] ?? 0) + (addend[at] ?? 0) + carry
      input[start + at] = sum & 0xff
      carry = sum >> 8
    }
  }
}
