// MACs and ciphers against the vectors of their standards, and what a key ring promises.

import fc from 'fast-check'
import { createKeys, decryptGcm, encryptGcm, hmac } from '../../connector/store/keys'
import { secretBytes } from '../../connector/store/config'
import { testKeys } from '../support/keys'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

test('HMAC-SHA-256 is that of RFC 4231, cases 1 and 2', () => {
  expect(hmac('hmac-sha256', hex('0b'.repeat(20)), 'Hi There')).toBe(
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  )
  expect(hmac('hmac-sha256', Buffer.from('Jefe'), 'what do ya want for nothing?')).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  )
})

test('HMAC-SM3 is that of GM/T 0042-2015', () => {
  const key = hex('0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20')
  const text = 'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'.repeat(2)
  expect(hmac('hmac-sm3', key, text)).toBe('ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a')
})

test.each([
  [
    'AES-256-GCM is that of the GCM specification, test case 16',
    'aes-256-gcm',
    'feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308',
    'cafebabefacedbaddecaf888',
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
    '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662',
    '76fc6ece0f4e1768cddf8853bb2d551b',
  ],
  [
    'SM4-GCM is that of RFC 8998, appendix A.1',
    'sm4-gcm',
    '0123456789abcdeffedcba9876543210',
    '00001234567800000000abcd',
    'aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa',
    '17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d',
    '83de3541e4c2b58177e065a9bf7b62ec',
  ],
] as const)('%s', (_name, cipher, key, iv, plain, sealed, tag) => {
  const aad = hex('feedfacedeadbeeffeedfacedeadbeefabaddad2')
  const boxed = encryptGcm(cipher, hex(key), hex(iv), aad, hex(plain))
  expect(boxed.toString('hex')).toBe(sealed + tag)
  expect(decryptGcm(cipher, hex(key), hex(iv), aad, boxed)?.toString('hex')).toBe(plain)
  for (const at of [0, boxed.length - 1]) {
    const altered = Buffer.from(boxed)
    altered[at] = (altered[at] ?? 0) ^ 1
    expect(decryptGcm(cipher, hex(key), hex(iv), aad, altered)).toBeNull()
  }
  expect(decryptGcm(cipher, hex(key), hex(iv), Buffer.from('elsewhere'), boxed)).toBeNull()
  expect(decryptGcm(cipher, hex(key), hex(iv), aad, boxed.subarray(0, boxed.length - 1))).toBeNull()
})

describe.each(['aes-256-gcm', 'sm4-gcm'] as const)('a ring with %s', cipher => {
  const keys = testKeys({ cipher })
  const place = { column: 't.c', row: '1' }

  test('opens what it hid, in its own place only', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
        const stored = keys.hide(place, text)
        expect(keys.show(place, stored)).toBe(Buffer.from(text, 'utf8').toString('utf8'))
        expect(() => keys.show({ ...place, row: '2' }, stored)).toThrow(/does not open/)
        expect(() => keys.show({ ...place, column: 't.d' }, stored)).toThrow(/does not open/)
      }),
      { numRuns: 50 },
    )
    const bytes = Buffer.from([0, 1, 2, 255])
    expect(Buffer.from(keys.showBytes(place, keys.hideBytes(place, bytes)))).toEqual(bytes)
    expect(keys.hide(place, 'a')).not.toBe(keys.hide(place, 'a'))
  })

  test('reads what was stored before there was encryption', () => {
    expect(keys.show(place, '{"a":1}')).toBe('{"a":1}')
    expect(keys.isStale('{"a":1}')).toBe(true)
    expect(keys.isStale(keys.hide(place, '{}'))).toBe(false)
  })

  test('says which key is missing, and which one wrote', () => {
    const next = createKeys({
      current: 'next',
      ring: new Map([['next', Buffer.alloc(32, 7)]]),
      mac: 'hmac-sha256',
      cipher,
    })
    expect(() => next.show(place, keys.hide(place, '{}'))).toThrow(
      expect.objectContaining({ code: 'STORE_KEY_MISSING', message: expect.stringContaining('key test') }),
    )
    expect(next.isMac('text', keys.mac('text'))).toBe(false)
  })
})

test('a MAC of either algorithm verifies under the ring, whichever is current, and no other does', () => {
  const sha = testKeys({ mac: 'hmac-sha256' })
  const sm3 = testKeys({ mac: 'hmac-sm3' })
  expect(sha.isMac('text', sm3.mac('text'))).toBe(true)
  expect(sm3.isMac('text', sha.mac('text'))).toBe(true)
  expect(sha.mac('text')).not.toBe(sm3.mac('text'))
  for (const forged of ['', 'x', sha.mac('other'), sha.mac('text').replace('sha256', 'sm3'), `${sha.mac('text')}0`]) {
    expect(sha.isMac('text', forged)).toBe(false)
  }
})

test('a secret is 32 bytes or more, hexadecimal or base64', () => {
  expect(secretBytes('00'.repeat(32))).toHaveLength(32)
  expect(secretBytes(Buffer.alloc(32, 1).toString('base64'))).toHaveLength(32)
  for (const short of ['', 'password', '00'.repeat(31), Buffer.alloc(31).toString('base64'), '密钥'.repeat(40)]) {
    expect(secretBytes(short)).toBeNull()
  }
})
