// 去前置 as the bank computes it, from the formulas of the reference (gm-crypto §6): SM4 is OpenSSL's, and the padding of RSA is written
// and taken off here.

import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto'
import { sm2 } from 'sm-crypto-v2'
import { decodeUtf8 } from '../engine/charset'
import type { CgbCustomer, CgbOptions } from './settings'

export type BankKey = KeyObject

export function bankKeyOf({ bankPrivateKey }: CgbOptions, log: (line: string) => void): BankKey {
  if (bankPrivateKey !== null) return createPrivateKey(bankPrivateKey)
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  log(`cgb opens and signs; its public key is ${publicKey.export({ type: 'spki', format: 'pem' }).toString()}`)
  return privateKey
}

export type Envelope = {
  readonly customer: CgbCustomer
  readonly seqNo: string
  /** GBK of the BEDC message. */
  readonly bedc: Buffer
}

type Headers = Readonly<Record<'appid' | 'encryptkey' | 'signature', string>>

/** The envelope, or the words of what is wrong. */
export function openEnvelope(
  headers: Headers,
  body: Buffer,
  customers: readonly CgbCustomer[],
  bankKey: BankKey,
): Envelope | string {
  const customer = customers.find(({ appId }) => appId !== '' && appId === headers.appid)
  if (!customer) return 'appId'
  const key = unwrap(Buffer.from(headers.encryptkey, 'base64'), bankKey)
  if (key?.length !== 16) return 'encryptKey'
  const hex = body.toString('latin1')
  // UPPER-hex (banks/cgb §2).
  if (!/^([0-9A-F]{2})+$/.test(hex)) return 'body'
  const plain = decrypt(Buffer.from(hex, 'hex'), key)
  if (!plain) return 'body'
  if (!isSignedBy(customer, plain, headers.signature)) return 'signature'
  const text = decodeUtf8(plain)
  return text === null ? 'charset' : readJson(text, customer)
}

const HEADER = [
  'appId',
  'entCstNo',
  'entUserId',
  'macAddr',
  'password',
  'resdFlag',
  'seqNo',
  'tradeCode',
  'tranDate',
  'tranTime',
]

function readJson(text: string, customer: CgbCustomer): Envelope | string {
  let root: Readonly<Record<string, unknown>>
  try {
    root = recordOf(JSON.parse(text))
  } catch {
    return 'json'
  }
  const [header, body] = [recordOf(root['Header']), recordOf(root['Body'])]
  const missing = HEADER.find(name => typeof header[name] !== 'string')
  if (missing !== undefined) return missing
  const get = (name: string): string => String(header[name])
  const good = {
    appId: customer.appId,
    entCstNo: customer.entCstNo,
    entUserId: customer.entUserId,
    resdFlag: 'Y',
    tradeCode: 'E102',
  }
  const bad = Object.entries(good).find(([name, value]) => get(name) !== value)
  if (bad) return bad[0]
  if (!/^\w{1,40}$/.test(get('seqNo'))) return 'seqNo'
  if (!/^\d{8}$/.test(get('tranDate')) || !/^\d{6}$/.test(get('tranTime'))) return 'tranDate/tranTime'
  if (passwordOf(get('password'), customer) !== customer.userPassword) return 'password'
  const { transData, TransFlag } = body
  if (TransFlag !== 'OFF_PRE' || typeof transData !== 'string') return 'transData'
  return { customer, seqNo: get('seqNo'), bedc: Buffer.from(transData, 'base64') }
}

/** As it is; or 20 `=` and upper-case hex of DER, C1C3C2, holding two digits of length and the password. */
function passwordOf(text: string, { passwordKey }: CgbCustomer): string | null {
  if (passwordKey === '') return text
  const [, hex] = /^={20}([0-9A-F]+)$/.exec(text) ?? []
  if (hex === undefined) return null
  const plain = sm2.doDecrypt(hex.toLowerCase(), passwordKey, 1, { asn1: true, output: 'string' })
  return Number(plain.slice(0, 2)) === plain.length - 2 ? plain.slice(2) : null
}

export type SealedAnswer = { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer }

/** The answer under a fresh key (banks/cgb §2). */
export function sealAnswer(
  { customer, seqNo }: Pick<Envelope, 'customer' | 'seqNo'>,
  bedc: Buffer,
  bankKey: BankKey,
  digest: 'sha1' | 'sha256',
): SealedAnswer {
  const json = JSON.stringify({
    Header: { appId: customer.appId, seqNo, tradeCode: 'E102' },
    Body: { TransFlag: 'OFF_PRE', transDataResp: bedc.toString('base64') },
  })
  const plain = Buffer.from(json, 'utf8')
  const key = randomBytes(16)
  const cipher = createCipheriv('sm4-ecb', key, null)
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
    .toString('hex')
    .toUpperCase()
  const wrapped = publicEncrypt({ key: createPublicKey(customer.publicKey), padding: constants.RSA_PKCS1_PADDING }, key)
  const signature = sign(digest, Buffer.from(createHash(digest).update(plain).digest('hex')), bankKey)
  return {
    headers: { encryptKey: wrapped.toString('base64'), signature: signature.toString('base64') },
    body: Buffer.from(body, 'latin1'),
  }
}

function isSignedBy({ publicKey }: CgbCustomer, plain: Buffer, signature: string): boolean {
  return ['sha1', 'sha256'].some(digest => {
    const text = Buffer.from(createHash(digest).update(plain).digest('hex'))
    try {
      return verify(digest, text, createPublicKey(publicKey), Buffer.from(signature, 'base64'))
    } catch {
      return false
    }
  })
}

function decrypt(cipher: Buffer, key: Buffer): Buffer | null {
  try {
    const decipher = createDecipheriv('sm4-ecb', key, null)
    return Buffer.concat([decipher.update(cipher), decipher.final()])
  } catch {
    return null
  }
}

/** 00 02, at least eight bytes that are not 00, 00, the content. */
function unwrap(wrapped: Buffer, key: KeyObject): Buffer | null {
  try {
    const block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, wrapped)
    const end = block.indexOf(0, 2)
    return block[0] === 0 && block[1] === 2 && end >= 10 ? block.subarray(end + 1) : null
  } catch {
    return null
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {}
}
