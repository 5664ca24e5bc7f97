// 去前置 (banks/cgb §2, banks/gm-crypto §6): a BEDC message inside the JSON of E102, signed with our RSA key, encrypted under a fresh SM4
// key that only the bank's certificate opens; and the way back. An answer whose signature is not good is nobody's.

import {
  constants,
  createHash,
  createSign,
  createVerify,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  type KeyObject,
} from 'node:crypto'
import { bankClock, bankDay } from '../../connector/core/bank-time'
import { sm2Encrypt, sm4EcbDecrypt, sm4EcbEncrypt } from '../shared/gm'
import type { HttpAnswer } from '../shared/http'
import { problem, type Problem } from './codes'
import type { CgbConfig, DirectConfig } from './config'

export const TRADE_CODE = 'E102'

const KEY_BYTES = 16

export type Letter = { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer }

/** `seqNo`: never used before. */
export function sealed(bedc: Buffer, seqNo: string, config: CgbConfig, direct: DirectConfig, nowMs: number): Letter {
  const json = JSON.stringify({
    Header: {
      appId: direct.appId,
      entCstNo: direct.entCstNo,
      entUserId: config.entUserId,
      macAddr: direct.macAddr,
      password: passwordOf(config.userPassword, direct),
      resdFlag: 'Y',
      seqNo,
      tradeCode: TRADE_CODE,
      tranDate: bankDay(nowMs).replaceAll('-', ''),
      tranTime: bankClock(nowMs).replaceAll(':', ''),
    },
    // Where TransFlag stands is inferred: beside what it describes.
    Body: { TransFlag: 'OFF_PRE', transData: bedc.toString('base64') },
  })
  const plain = Buffer.from(json, 'utf8')
  const key = randomBytes(KEY_BYTES)
  const wrapped = publicEncrypt({ key: direct.bankCertificate, padding: constants.RSA_PKCS1_PADDING }, key)
  const signature = createSign(direct.digest).update(hexDigest(plain, direct.digest)).sign(direct.privateKey)
  return {
    headers: {
      'Content-Type': 'text/plain; charset=UTF-8',
      appId: direct.appId,
      encryptKey: wrapped.toString('base64'),
      signature: signature.toString('base64'),
    },
    body: Buffer.from(sm4EcbEncrypt(plain, key).toString('hex').toUpperCase(), 'latin1'),
  }
}

/** The BEDC message of an answer. */
export function opened({ headers, body }: HttpAnswer, seqNo: string, direct: DirectConfig): Buffer | Problem {
  const key = unwrapped(headerOf(headers, 'encryptkey'), direct.privateKey)
  const hex = body.toString('latin1').trim()
  if (key === null || !/^([0-9A-Fa-f]{2})+$/.test(hex)) return problem('cgb.not_opened', '')
  let plain: Buffer
  try {
    plain = sm4EcbDecrypt(Buffer.from(hex, 'hex'), key)
  } catch {
    return problem('cgb.not_opened', '')
  }
  if (!isSigned(plain, headerOf(headers, 'signature'), direct)) return problem('cgb.not_verified', '')
  return bedcOf(plain, seqNo)
}

/** `transDataResp`, wherever in Body. A Header that names another seqNo or trade is another answer's. */
function bedcOf(plain: Buffer, seqNo: string): Buffer | Problem {
  const root = recordOf(parsed(plain))
  const header = recordOf(root['Header'])
  for (const [name, asked] of [
    ['seqNo', seqNo],
    ['tradeCode', TRADE_CODE],
  ] as const) {
    const echoed = header[name]
    if (typeof echoed === 'string' && echoed !== '' && echoed !== asked)
      return problem('cgb.wrong_serial', `${name} ${echoed}`.slice(0, 60))
  }
  const data = recordOf(root['Body'])['transDataResp']
  if (typeof data !== 'string' || !/^[A-Za-z0-9+/\s]+={0,2}$/.test(data))
    return problem('cgb.undecodable', 'no transDataResp')
  return Buffer.from(data, 'base64')
}

function parsed(plain: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plain))
  } catch {
    return null
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {}
}

/** The *hex text* of the digest is what is signed (banks/gm-crypto §6). */
function hexDigest(plain: Buffer, digest: DirectConfig['digest']): string {
  return createHash(digest).update(plain).digest('hex')
}

/** "With SHA256 both digests are SHA256; verification falls back to SHA1" (banks/cgb §2). */
function isSigned(plain: Buffer, signature: string, { bankCertificate, digest }: DirectConfig): boolean {
  const bytes = Buffer.from(signature, 'base64')
  const digests = digest === 'sha256' ? (['sha256', 'sha1'] as const) : (['sha1'] as const)
  return digests.some(one => {
    try {
      return createVerify(one).update(hexDigest(plain, one)).verify(bankCertificate, bytes)
    } catch {
      return false
    }
  })
}

/** Sixteen bytes behind a PKCS#1 v1.5 padding, or null. Unpadded here: Node.js offers it no more. */
function unwrapped(base64: string, privateKey: KeyObject): Buffer | null {
  try {
    const block = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, Buffer.from(base64, 'base64'))
    const at = block.length - KEY_BYTES
    const padding = block.subarray(2, at - 1)
    const isGood = block[0] === 0 && block[1] === 2 && block[at - 1] === 0 && padding.length >= 8
    return isGood && !padding.includes(0) ? block.subarray(at) : null
  } catch {
    return null
  }
}

/** 2-digit length + password, SM2, DER, upper-case hex behind 20 `=`; or the password itself (banks/cgb §2). */
function passwordOf(password: string, { passwordPublicKey }: DirectConfig): string {
  if (passwordPublicKey === null) return password
  const plain = Buffer.from(`${String(password.length).padStart(2, '0')}${password}`, 'latin1')
  return `${'='.repeat(20)}${sm2Encrypt(plain, passwordPublicKey).toString('hex').toUpperCase()}`
}

function headerOf(headers: HttpAnswer['headers'], name: string): string {
  const value = headers[name]
  return typeof value === 'string' ? value : ''
}
