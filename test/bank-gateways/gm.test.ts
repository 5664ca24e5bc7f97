// 国密 against vectors of the standards and, where the `openssl` command has SM2, against that: never against itself alone.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCipheriv } from 'node:crypto'
import fc from 'fast-check'
import {
  derOfSignature,
  signatureOfDer,
  sm2PrivateKey,
  sm2PublicKey,
  sm2Sign,
  sm2Verify,
  sm3,
  sm4CbcDecrypt,
  sm4CbcEncrypt,
  sm4EcbDecrypt,
  sm4EcbEncrypt,
  sm4GcmDecrypt,
  sm4GcmEncrypt,
} from '../../bank-gateways/shared/gm'
import { certificatePublicKey, readPrivateKey, readPublicKey } from '../../bank-gateways/shared/gm-keys'
import { openPrivateKey } from '../../bank-gateways/shared/key-file'
import { openPkcs12 } from '../../bank-gateways/shared/pkcs12'

const hex = (text: string): Buffer => Buffer.from(text, 'hex')
const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8')

/** GB/T 32918.5-2017 A.2, signed with the default user id. */
const STANDARD = {
  d: '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8',
  point:
    '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
  raw: 'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
  der: '3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
}
const DEFAULT_ID = '1234567812345678'

describe('SM2', () => {
  const key = sm2PrivateKey(hex(STANDARD.d))

  test('the standard’s signature is good, and its key is derived', () => {
    expect(key.publicKey.point.toString('hex')).toBe(STANDARD.point)
    expect(sm2Verify(utf8('message digest'), hex(STANDARD.raw), key.publicKey, DEFAULT_ID)).toBe(true)
    expect(derOfSignature(hex(STANDARD.raw)).toString('hex')).toBe(STANDARD.der)
    expect(signatureOfDer(hex(STANDARD.der)).toString('hex')).toBe(STANDARD.raw)
  })

  test.each([
    ['another user id', 'message digest', STANDARD.raw, '1234567812345679'],
    ['another message', 'message digesu', STANDARD.raw, DEFAULT_ID],
    ['s before r', 'message digest', STANDARD.raw.slice(64) + STANDARD.raw.slice(0, 64), DEFAULT_ID],
    ['DER in place of r‖s', 'message digest', STANDARD.der, DEFAULT_ID],
    ['zeros', 'message digest', '00'.repeat(64), DEFAULT_ID],
    ['all ones', 'message digest', 'ff'.repeat(64), DEFAULT_ID],
    ['nothing', 'message digest', '', DEFAULT_ID],
    ['a byte less', 'message digest', STANDARD.raw.slice(2), DEFAULT_ID],
  ])('%s is not good', (_, message, raw, userId) => {
    expect(sm2Verify(utf8(message), hex(raw), key.publicKey, userId)).toBe(false)
  })

  test('what is signed is good under this key, id and message only, raw and through DER', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.stringMatching(/^[ -~]{1,20}$/), (message, userId) => {
        const raw = sm2Sign(message, key, userId)
        expect(raw.length).toBe(64)
        expect(signatureOfDer(derOfSignature(raw))).toEqual(raw)
        expect(sm2Verify(message, raw, key.publicKey, userId)).toBe(true)
        expect(sm2Verify(message, raw, key.publicKey, `${userId}0`)).toBe(false)
        expect(sm2Verify(Buffer.concat([message, Buffer.of(0)]), raw, key.publicKey, userId)).toBe(false)
      }),
      { numRuns: 15 },
    )
  })

  test('two signatures of one message differ: the nonce is fresh', () => {
    expect(sm2Sign(utf8('x'), key, DEFAULT_ID)).not.toEqual(sm2Sign(utf8('x'), key, DEFAULT_ID))
  })

  test.each(['00'.repeat(32), 'ff'.repeat(32), STANDARD.d.slice(2), ''])('%s is no private key', d => {
    expect(() => sm2PrivateKey(hex(d))).toThrow(RangeError)
  })

  test('a point beside the curve is no public key', () => {
    expect(() => sm2PublicKey(hex(STANDARD.point.replace(/13$/, '14')))).toThrow(RangeError)
    expect(() => sm2PublicKey(hex(STANDARD.point.slice(2)))).toThrow(RangeError)
  })

  test.each(['', '30', '3006020101020101ff', '30060201ff020101', '3080020101020101', '3046022100f5'])(
    '%s is no DER signature',
    der => expect(() => signatureOfDer(hex(der))).toThrow(RangeError),
  )
})

describe('SM3 and SM4', () => {
  test('the examples of GB/T 32905 and GB/T 32907', () => {
    expect(sm3(utf8('abc')).toString('hex')).toBe('66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0')
    expect(sm3(utf8('abcd'.repeat(16))).toString('hex')).toBe(
      'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732',
    )
    const key = hex('0123456789abcdeffedcba9876543210')
    expect(sm4EcbEncrypt(key, key).subarray(0, 16).toString('hex')).toBe('681edf34d206965e86b3e94f536e4246')
  })

  test('GCM gives the example of RFC 8998 and opens nothing that was touched', () => {
    const key = hex('0123456789abcdeffedcba9876543210')
    const iv = hex('00001234567800000000abcd')
    const associated = hex('feedfacedeadbeeffeedfacedeadbeefabaddad2')
    const plain = hex(
      'aabbccddeeff'
        .match(/../g)
        ?.slice(0, 4)
        .map(byte => byte.repeat(8))
        .join('') +
        'ee'.repeat(8) +
        'ff'.repeat(8) +
        'ee'.repeat(8) +
        'aa'.repeat(8),
    )
    const sealed = sm4GcmEncrypt(plain, key, iv, associated)
    expect(sealed.cipher.toString('hex')).toBe(
      '17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d',
    )
    expect(sealed.tag.toString('hex')).toBe('83de3541e4c2b58177e065a9bf7b62ec')
    expect(sm4GcmDecrypt(sealed, key, iv, associated)).toEqual(plain)
    const touched = { ...sealed, cipher: Buffer.concat([sealed.cipher.subarray(1), Buffer.of(0)]) }
    expect(() => sm4GcmDecrypt(touched, key, iv, associated)).toThrow(RangeError)
    expect(() => sm4GcmDecrypt(sealed, key, iv, Buffer.alloc(0))).toThrow(RangeError)
    expect(() => sm4GcmDecrypt({ ...sealed, tag: sealed.tag.subarray(0, 4) }, key, iv, associated)).toThrow(RangeError)
  })

  test('CBC and ECB agree with OpenSSL’s for every length, and open again', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 70 }),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        (plain, key, iv) => {
          const [cbc, ecb] = [sm4CbcEncrypt(plain, key, iv), sm4EcbEncrypt(plain, key)]
          const other = createCipheriv('sm4-cbc', key, iv)
          expect(cbc).toEqual(Buffer.concat([other.update(plain), other.final()]))
          const otherEcb = createCipheriv('sm4-ecb', key, null)
          expect(ecb).toEqual(Buffer.concat([otherEcb.update(plain), otherEcb.final()]))
          expect(sm4CbcDecrypt(cbc, key, iv)).toEqual(Buffer.from(plain))
          expect(sm4EcbDecrypt(ecb, key)).toEqual(Buffer.from(plain))
        },
      ),
      { numRuns: 60 },
    )
  })

  test('what is not whole blocks, or not padded as PKCS#7 says, is refused', () => {
    const [key, iv] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2)]
    const unpadded = (last: string): Buffer => {
      const cipher = createCipheriv('sm4-cbc', key, iv).setAutoPadding(false)
      return Buffer.concat([cipher.update(hex('00'.repeat(16 - last.length / 2) + last)), cipher.final()])
    }
    for (const last of ['00', '11', 'ff', '0102', '030203'])
      expect(() => sm4CbcDecrypt(unpadded(last), key, iv)).toThrow(RangeError)
    for (const length of [0, 1, 15, 17]) {
      expect(() => sm4CbcDecrypt(Buffer.alloc(length), key, iv)).toThrow(RangeError)
      expect(() => sm4EcbDecrypt(Buffer.alloc(length), key)).toThrow(RangeError)
    }
  })
})

describe('keys as text', () => {
  const d64 = hex(STANDARD.d).toString('base64')

  test.each([STANDARD.d, STANDARD.d.toUpperCase(), d64, `  ${d64}\n`])('a private key of any spelling', text => {
    expect(readPrivateKey(text).publicKey.point.toString('hex')).toBe(STANDARD.point)
  })

  test.each([STANDARD.point, STANDARD.point.slice(2), hex(STANDARD.point).toString('base64')])('a public key', text => {
    expect(readPublicKey(text).point.toString('hex')).toBe(STANDARD.point)
  })

  test.each(['', 'x', d64.slice(4), `${d64}AAAA`, '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'])(
    'what is no key is refused, and not repeated',
    text => {
      const refusal = (): unknown => readPrivateKey(text)
      expect(refusal).toThrow(RangeError)
      if (text.length > 10) expect(refusal).not.toThrow(text.slice(0, 10))
    },
  )
})

const VECTORS = join(__dirname, '../../../../shared/fixtures/gm-crypto/vectors/gm-vectors-dev.json')
const withVectors = existsSync(VECTORS) ? describe : describe.skip
withVectors('the published vectors (skipped where the file is absent)', () => {
  type Vector = Readonly<Record<string, string>>
  // Read inside the tests: a skipped group is entered all the same.
  const of = (alg: string): readonly Vector[] =>
    (JSON.parse(readFileSync(VECTORS, 'utf8')) as readonly Vector[]).filter(vector => vector['alg'] === alg)

  test('SM2, with the wrong ids refused', () => {
    const [vector = {}] = of('SM2-verify')
    const text = (name: string): string => vector[name] ?? ''
    const key = sm2PublicKey(hex(`04${text('publicKeyX')}${text('publicKeyY')}`))
    const isGood = (id: string): boolean => sm2Verify(utf8(text('messageUtf8')), hex(text('raw')), key, id)
    expect([isGood(text('id')), isGood('1234567812345679'), isGood('')]).toEqual([true, false, false])
    expect(derOfSignature(hex(text('raw'))).toString('hex')).toBe(text('der'))
  })

  test('SM3 and SM4', () => {
    for (const vector of of('SM3')) expect(sm3(hex(vector['inputHex'] ?? '')).toString('hex')).toBe(vector['digest'])
    for (const vector of of('SM4-ECB-nopad')) {
      const cipher = sm4EcbEncrypt(hex(vector['plaintextHex'] ?? ''), hex(vector['key'] ?? ''))
      expect(cipher.subarray(0, 16).toString('hex')).toBe(vector['ciphertext'])
    }
    expect(of('SM3').length + of('SM4-ECB-nopad').length).toBeGreaterThan(2)
  })
})

const hasSm2 = spawnSync('openssl', ['genpkey', '-algorithm', 'SM2']).status === 0
const withOpenssl = hasSm2 ? describe : describe.skip
withOpenssl('openssl (skipped where the command is absent or has no SM2)', () => {
  let directory = ''
  const file = (name: string): string => join(directory, name)
  const openssl = (...args: readonly string[]): Buffer =>
    execFileSync('openssl', args, { cwd: directory, stdio: ['ignore', 'pipe', 'ignore'] })
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'yinqi-gm-'))
    openssl('genpkey', '-algorithm', 'SM2', '-out', 'key.pem')
    openssl('ec', '-in', 'key.pem', '-out', 'sec1.pem')
    openssl('pkey', '-in', 'key.pem', '-pubout', '-out', 'pub.pem')
    openssl('req', '-new', '-x509', '-key', 'key.pem', '-sm3', '-subj', '/CN=demo', '-days', '30', '-out', 'cert.pem')
  })
  afterAll(() => rmSync(directory, { recursive: true }))
  const text = (name: string): string => readFileSync(file(name), 'utf8')

  test('reads its keys and certificate, as one and the same key', () => {
    const { point } = readPublicKey(text('pub.pem'))
    expect(readPrivateKey(text('key.pem')).publicKey.point).toEqual(point)
    expect(readPrivateKey(text('sec1.pem')).publicKey.point).toEqual(point)
    expect(readPublicKey(text('cert.pem')).point).toEqual(point)
  })

  test('each accepts the other’s signature under the same id only', () => {
    const [key, message] = [readPrivateKey(text('key.pem')), utf8('付款 1.05')]
    writeFileSync(file('message'), message)
    writeFileSync(file('ours'), derOfSignature(sm2Sign(message, key, 'U000000001000000')))
    const verify = (id: string) =>
      spawnSync(
        'openssl',
        [
          ...['pkeyutl', '-verify', '-rawin', '-digest', 'sm3', '-pubin', '-inkey', 'pub.pem', '-in', 'message'],
          ...['-sigfile', 'ours', '-pkeyopt', `distid:${id}`],
        ],
        { cwd: directory },
      ).status
    expect([verify('U000000001000000'), verify('U000000001000001')]).toEqual([0, 1])
    const sign = ['pkeyutl', '-sign', '-rawin', '-digest', 'sm3', '-inkey', 'key.pem', '-in', 'message']
    const theirs = signatureOfDer(openssl(...sign, '-pkeyopt', 'distid:U000000001000000'))
    expect(sm2Verify(message, theirs, key.publicKey, 'U000000001000000')).toBe(true)
    expect(sm2Verify(message, theirs, key.publicKey, 'U000000001000001')).toBe(false)
  })

  test.each([
    ['AES-256', []],
    ['AES-128', ['-keypbe', 'aes-128-cbc', '-certpbe', 'aes-128-cbc']],
    ['SM4', ['-keypbe', 'sm4-cbc', '-certpbe', 'sm4-cbc']],
    ['3DES of old stores', ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']],
    ['nothing encrypted', ['-keypbe', 'NONE', '-certpbe', 'NONE']],
  ])('opens a PKCS#12 of %s with its password only', (_, options) => {
    const more = ['-passout', 'pass:口令-pw1', '-out', 'store.p12']
    openssl('pkcs12', '-export', '-inkey', 'key.pem', '-in', 'cert.pem', ...options, ...more)
    const store = readFileSync(file('store.p12'))
    const { privateKey, certificates } = openPkcs12(store, '口令-pw1')
    expect(privateKey.publicKey.point).toEqual(readPublicKey(text('pub.pem')).point)
    expect(certificates.map(der => certificatePublicKey(der).point)).toEqual([privateKey.publicKey.point])
    expect(() => openPkcs12(store, '口令-pw2')).toThrow(/口令错误或文件损坏/)
    const damaged = Buffer.from(store)
    damaged[200] = (damaged[200] ?? 0) ^ 1
    expect(() => openPkcs12(damaged, '口令-pw1')).toThrow(RangeError)
  })

  test('a secret may be a plain key, an encrypted PEM or a PKCS#12 in Base64, each with its own password only', () => {
    const { point } = readPublicKey(text('pub.pem'))
    openssl('pkcs8', '-topk8', '-in', 'key.pem', '-passout', 'pass:pw', '-out', 'encrypted.pem')
    openssl('pkcs12', '-export', '-inkey', 'key.pem', '-in', 'cert.pem', '-passout', 'pass:pw', '-out', 'store.p12')
    const store = readFileSync(file('store.p12')).toString('base64')
    expect(openPrivateKey(text('key.pem'), null).publicKey.point).toEqual(point)
    for (const secret of [text('encrypted.pem'), store]) {
      expect(openPrivateKey(secret, 'pw').publicKey.point).toEqual(point)
      expect(() => openPrivateKey(secret, 'wrong')).toThrow(/口令错误或文件损坏|DER|not an SM2/)
      expect(() => openPrivateKey(secret, null)).toThrow(/须给口令/)
    }
    expect(() => openPrivateKey(text('key.pem'), 'pw')).toThrow(/却给了口令/)
  })

  test('a store whose certificate is under RC2 is refused by name', () => {
    const options = ['-legacy', '-passout', 'pass:pw', '-out', 'legacy.p12']
    const made = spawnSync('openssl', ['pkcs12', '-export', '-inkey', 'key.pem', '-in', 'cert.pem', ...options], {
      cwd: directory,
    })
    if (made.status !== 0) return
    expect(() => openPkcs12(readFileSync(file('legacy.p12')), 'pw')).toThrow(/1\.2\.840\.113549\.1\.12\.1\.6/)
  })
})
