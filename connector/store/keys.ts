// The keys of a store: MACs that nobody without them can make, and encryption of what others must not read. It never
// writes or prints a key, and never takes a damaged text for a readable one.

import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
  getHashes,
} from 'node:crypto'
import { sm3, sm4 } from 'sm-crypto-v2'
import { storeFault } from './faults'

export type MacAlgorithm = 'hmac-sha256' | 'hmac-sm3'
export type CipherAlgorithm = 'aes-256-gcm' | 'sm4-gcm'
export type KeyRing = {
  /** The key of `ring` that new seals and new ciphertexts are made with. */
  readonly current: string
  /** By id: at least 32 bytes each. A key that was ever used stays: old seals are verified with it. */
  readonly ring: ReadonlyMap<string, Uint8Array>
  readonly mac: MacAlgorithm
  readonly cipher: CipherAlgorithm | 'off'
}

/** Where a ciphertext belongs: it opens nowhere else. `column` is `table.column`, `row` the row's own identity. */
export type Place = { readonly column: string; readonly row: string }

export type Keys = {
  readonly current: string
  readonly ids: readonly string[]
  /** `<algorithm>.<key id>.<hex>` under the current key. */
  mac(text: string): string
  /** A value for each key of the ring, by id: it proves later that the ring still holds the same key. */
  proofs(): ReadonlyMap<string, string>
  /** False also for a key that is not in the ring. */
  isMac(text: string, mac: string): boolean
  hide(place: Place, text: string): string
  /** @throws Fault STORE_KEY_MISSING when the ring lacks its key, STORE_CORRUPT when it does not open here */
  show(place: Place, stored: string): string
  hideBytes(place: Place, bytes: Uint8Array): Uint8Array
  showBytes(place: Place, stored: Uint8Array): Uint8Array
  /** It is encrypted under another key or cipher than new rows are, or not encrypted though it should be. */
  isStale(stored: string): boolean
  /** How a ciphertext of the current key and cipher begins. */
  freshPrefix(of: 'text' | 'bytes'): Buffer
}

/** No JSON begins like this: what does is one of our ciphertexts. */
const PREFIX = 'enc1.'
const BYTES_PREFIX = Buffer.from('YQENC1\0', 'latin1')
/** The lengths that GCM is specified for and that every library takes (NIST SP 800-38D, RFC 8998). */
const IV_BYTES = 12
const TAG_BYTES = 16

/** Whether this Node.js was built with SM3; where it was not, the library computes it. */
const HAS_SM3 = getHashes().includes('sm3')

type Derived = Readonly<Record<'hmac-sha256' | 'hmac-sm3' | 'aes-256-gcm' | 'sm4-gcm' | 'proof', Buffer>>

export function createKeys({ current, ring, mac, cipher }: KeyRing): Keys {
  const derived = new Map([...ring].map(([id, secret]) => [id, deriveAll(secret)] as const))
  const mine = derived.get(current)
  if (mine === undefined) throw new RangeError(`the current key ${current} is not in the ring`)
  const open = (place: Place, stored: string): Buffer => openBox(derived, place, stored)
  const seal = (place: Place, plain: Uint8Array): string =>
    cipher === 'off' ? '' : sealBox(cipher, current, mine[cipher], place, plain)
  const freshPrefix = `${PREFIX}${cipher}.${current}.`
  return {
    current,
    ids: [...ring.keys()],
    mac: text => `${mac}.${current}.${hmac(mac, mine[mac], text)}`,
    proofs: () => new Map([...derived].map(([id, keys]) => [id, hmac('hmac-sha256', keys.proof, 'yinqi')])),
    isMac(text, given) {
      const [algorithm = '', id = '', hex = ''] = given.split('.')
      const keys = derived.get(id)
      if (keys === undefined || (algorithm !== 'hmac-sha256' && algorithm !== 'hmac-sm3')) return false
      return sameBytes(Buffer.from(hmac(algorithm, keys[algorithm], text)), Buffer.from(hex))
    },
    hide: (place, text) => (cipher === 'off' ? text : seal(place, Buffer.from(text, 'utf8'))),
    show: (place, stored) => (stored.startsWith(PREFIX) ? open(place, stored).toString('utf8') : stored),
    hideBytes(place, bytes) {
      return cipher === 'off' ? bytes : Buffer.concat([BYTES_PREFIX, Buffer.from(seal(place, bytes), 'latin1')])
    },
    showBytes: (place, stored) => (isBox(stored) ? open(place, boxOf(stored)) : stored),
    isStale: stored => (cipher === 'off' ? stored.startsWith(PREFIX) : !stored.startsWith(freshPrefix)),
    freshPrefix: of => Buffer.from((of === 'bytes' ? BYTES_PREFIX.toString('latin1') : '') + freshPrefix, 'latin1'),
  }
}

/** One secret, a key of its own for every use: what leaks of one use opens no other. HKDF-SHA256, RFC 5869. */
function deriveAll(secret: Uint8Array): Derived {
  const derive = (use: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `yinqi 1 ${use}`, bytes))
  return {
    'hmac-sha256': derive('hmac-sha256', 32),
    'hmac-sm3': derive('hmac-sm3', 32),
    'aes-256-gcm': derive('aes-256-gcm', 32),
    'sm4-gcm': derive('sm4-gcm', 16),
    proof: derive('proof', 32),
  }
}

/** UTF-8 of the text. RFC 2104 over SHA-256 or SM3 (GB/T 32905). */
export function hmac(algorithm: MacAlgorithm, key: Uint8Array, text: string): string {
  if (algorithm === 'hmac-sm3' && !HAS_SM3) return sm3(Buffer.from(text, 'utf8'), { key, mode: 'hmac' })
  return createHmac(algorithm === 'hmac-sm3' ? 'sm3' : 'sha256', key)
    .update(text, 'utf8')
    .digest('hex')
}

function sealBox(cipher: CipherAlgorithm, id: string, key: Uint8Array, place: Place, plain: Uint8Array): string {
  const iv = randomBytes(IV_BYTES)
  const boxed = encryptGcm(cipher, key, iv, aadOf(place), plain)
  return `${PREFIX}${cipher}.${id}.${Buffer.concat([iv, boxed]).toString('base64')}`
}

function openBox(derived: ReadonlyMap<string, Derived>, place: Place, stored: string): Buffer {
  const [, cipher = '', id = '', content = ''] = stored.split('.')
  const keys = derived.get(id)
  if (keys === undefined) throw storeFault('STORE_KEY_MISSING', `key ${id}, ${place.column} of ${place.row}`)
  const boxed = Buffer.from(content, 'base64')
  const plain =
    (cipher === 'aes-256-gcm' || cipher === 'sm4-gcm') && boxed.length >= IV_BYTES + TAG_BYTES
      ? decryptGcm(cipher, keys[cipher], boxed.subarray(0, IV_BYTES), aadOf(place), boxed.subarray(IV_BYTES))
      : null
  if (plain === null) throw storeFault('STORE_CORRUPT', `${place.column} of ${place.row} does not open with its key`)
  return plain
}

/** Ciphertext with its tag behind it. */
export function encryptGcm(
  cipher: CipherAlgorithm,
  key: Uint8Array,
  iv: Uint8Array,
  aad: Uint8Array,
  plain: Uint8Array,
): Buffer {
  if (cipher === 'aes-256-gcm') {
    const aes = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
    aes.setAAD(aad)
    return Buffer.concat([aes.update(plain), aes.final(), aes.getAuthTag()])
  }
  const { output, tag } = sm4.encrypt(plain, key, { ...SM4_GCM, iv, associatedData: aad, outputTag: true })
  if (tag === undefined) throw new Error('SM4-GCM gave no tag')
  return Buffer.concat([output, tag])
}

/** Null when the tag does not fit: another key, another place, or altered. */
export function decryptGcm(
  cipher: CipherAlgorithm,
  key: Uint8Array,
  iv: Uint8Array,
  aad: Uint8Array,
  boxed: Uint8Array,
): Buffer | null {
  const content = boxed.subarray(0, boxed.length - TAG_BYTES)
  const tag = boxed.subarray(boxed.length - TAG_BYTES)
  try {
    if (cipher === 'sm4-gcm')
      return Buffer.from(sm4.decrypt(content, key, { ...SM4_GCM, iv, associatedData: aad, tag }))
    const aes = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
    aes.setAAD(aad)
    aes.setAuthTag(tag)
    return Buffer.concat([aes.update(content), aes.final()])
  } catch {
    return null
  }
}

const SM4_GCM = { mode: 'gcm', padding: 'none', output: 'array' } as const

function aadOf({ column, row }: Place): Buffer {
  return Buffer.from(JSON.stringify([column, row]), 'utf8')
}

function isBox(stored: Uint8Array): boolean {
  return BYTES_PREFIX.equals(stored.subarray(0, BYTES_PREFIX.length))
}

function boxOf(stored: Uint8Array): string {
  return Buffer.from(stored.subarray(BYTES_PREFIX.length)).toString('latin1')
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
