// 去前置 of CGB: what leaves is opened with OpenSSL's own SM4 and RSA, and answers are sealed with them; the gateway's code is on one side
// only. The keys are made for this run.

import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createPublicKey,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  sign,
  verify,
} from 'node:crypto'
import http, { type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sm2 } from 'sm-crypto-v2'
import { cgbConfig } from '../../bank-gateways/cgb/config'
import { createCgbGateway } from '../../bank-gateways/cgb/gateway'
import type { BankGateway } from '../../connector/ports'
import { newKeys } from '../support/gateway-banks/cgb'
import { clockAt, golden, MORNING_MS, NEVER, payment } from './byte-front-end'

const PAYER = '9550000000000000001'
const { ours, theirs, passwordPrivateKey, passwordPublicKey } = newKeys()
const base = payment(PAYER, { reference: '260301000000001' })
const instruction = {
  ...base,
  payee: { ...base.payee, bankName: '中国工商银行上海分行', city: '上海', province: '上海' },
}

type Seen = { readonly url: string; readonly headers: IncomingHttpHeaders; readonly body: Buffer }
type Reply = {
  readonly headers?: Readonly<Record<string, string>>
  readonly body: Buffer | string
  readonly status?: number
}

let server: http.Server
let seen: Seen[] = []
let reply: (request: Seen) => Reply
beforeAll(async () => {
  server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = { url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) }
      seen.push(one)
      const { headers = {}, body, status = 200 } = reply(one)
      response.writeHead(status, headers).end(body)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => new Promise(resolve => server.close(resolve)))
beforeEach(() => {
  seen = []
  reply = () => sealed(jsonOf())
})

function gateway(over: object = {}): BankGateway {
  const config = cgbConfig.parse({
    transport: {
      kind: 'direct',
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/deib/`,
      appId: 'APP01',
      entCstNo: 'E01',
      privateKey: ours.privateKey,
      bankCertificate: theirs.publicKey,
      ...over,
    },
    cifMaster: '1000000001',
    entUserId: '100001',
    userPassword: 'Se<cr&t',
    accounts: { [PAYER]: { currency: 'CNY' } },
    payment: { function: 'single', crossBank: '0012' },
  })
  return createCgbGateway(config, { clock: clockAt(MORNING_MS), name: 'cgb', sequence: () => '7' })
}

const unwrap = (base64: string): Buffer => {
  const block = privateDecrypt(
    { key: theirs.privateKey, padding: constants.RSA_NO_PADDING },
    Buffer.from(base64, 'base64'),
  )
  return block.subarray(block.indexOf(0, 2) + 1)
}
const header = (request: Seen | undefined, name: string): string => String(request?.headers[name] ?? '')

/** The JSON of a letter, after everything that the bank would check of it. */
function opened(request: Seen | undefined, digest: 'sha1' | 'sha256' = 'sha1'): string {
  const key = unwrap(header(request, 'encryptkey'))
  expect(key.length).toBe(16)
  const hex = request?.body.toString('latin1') ?? ''
  expect(hex).toMatch(/^[0-9A-F]+$/)
  const decipher = createDecipheriv('sm4-ecb', key, null)
  const plain = Buffer.concat([decipher.update(Buffer.from(hex, 'hex')), decipher.final()])
  const signed = Buffer.from(createHash(digest).update(plain).digest('hex'))
  const signature = Buffer.from(header(request, 'signature'), 'base64')
  expect(verify(digest, signed, createPublicKey(ours.publicKey), signature)).toBe(true)
  return plain.toString('utf8')
}

const REPLY = golden('cgb', '0012.reply.xml')
function jsonOf(over: Readonly<Record<string, unknown>> = {}, bedc = REPLY): string {
  return JSON.stringify({
    Header: { seqNo: '20260301093000000000000000007' },
    Body: { transDataResp: bedc.toString('base64') },
    ...over,
  })
}

type Sealing = {
  readonly key?: Buffer
  readonly signer?: string
  readonly digest?: 'sha1' | 'sha256'
  readonly signedText?: string
}

function sealed(
  json: string,
  { key = randomBytes(16), signer = theirs.privateKey, digest = 'sha1', signedText }: Sealing = {},
): Reply {
  const cipher = createCipheriv('sm4-ecb', key.length === 16 ? key : Buffer.alloc(16), null)
  const body = Buffer.concat([cipher.update(json, 'utf8'), cipher.final()])
    .toString('hex')
    .toUpperCase()
  const hash = createHash(digest)
    .update(signedText ?? json)
    .digest('hex')
  return {
    headers: {
      encryptKey: publicEncrypt({ key: ours.publicKey, padding: constants.RSA_PKCS1_PADDING }, key).toString('base64'),
      signature: sign(digest, Buffer.from(hash), signer).toString('base64'),
    },
    body,
  }
}

test('a payment leaves as E102: JSON in the bank’s order, slashes and Chinese as they are, around the message byte for byte', async () => {
  expect(await gateway().send([instruction], NEVER)).toMatchObject([
    { kind: 'accepted', echo: { reference: instruction.reference } },
  ])
  const [request] = seen
  expect(request?.url).toBe('/deib/E102/2.0.0')
  expect([header(request, 'content-type'), header(request, 'appid')]).toEqual(['text/plain; charset=UTF-8', 'APP01'])
  const transData = golden('cgb', '0012.request.xml').toString('base64')
  expect(opened(request)).toBe(
    '{"Header":{"appId":"APP01","entCstNo":"E01","entUserId":"100001","macAddr":"","password":"Se<cr&t","resdFlag":"Y",' +
      '"seqNo":"20260301093000000000000000007","tradeCode":"E102","tranDate":"20260301","tranTime":"093000"},' +
      `"Body":{"TransFlag":"OFF_PRE","transData":"${transData}"}}`,
  )
})

test('every letter has a key of its own', async () => {
  await gateway().send([instruction], NEVER)
  await gateway().send([instruction], NEVER)
  const keys = seen.map(request => unwrap(header(request, 'encryptkey')).toString('hex'))
  expect(new Set(keys).size).toBe(2)
  expect(seen[0]?.body.equals(seen[1]?.body ?? Buffer.alloc(0))).toBe(false)
})

test('the password is encrypted where the site has the bank’s SM2 key: 20 “=”, DER, two digits of length', async () => {
  await gateway({ passwordPublicKey }).send([instruction], NEVER)
  const [, hex = ''] = /"password":"={20}([0-9A-F]+)"/.exec(opened(seen[0])) ?? []
  // SEQUENCE of two integers and two octet strings; the first of these is SM3's 32 bytes: C1C3C2.
  expect(hex).toMatch(/^30[0-9A-F]{2}022[01][0-9A-F]+0420/)
  expect(sm2.doDecrypt(hex.toLowerCase(), passwordPrivateKey, 1, { asn1: true, output: 'string' })).toBe('07Se<cr&t')
})

test('with SHA256 both digests are SHA256; what comes may still be signed with SHA1', async () => {
  for (const digest of ['sha256', 'sha1'] as const) {
    reply = () => sealed(jsonOf(), { digest })
    expect((await gateway({ digest: 'sha256' }).send([instruction], NEVER))[0]?.kind).toBe('accepted')
    opened(seen.at(-1), 'sha256')
  }
  reply = () => sealed(jsonOf(), { digest: 'sha256' })
  expect(await gateway().send([instruction], NEVER)).toMatchObject([{ kind: 'uncertain', code: 'cgb.not_verified' }])
})

const other = newKeys().theirs.privateKey
test.each<readonly [string, () => Reply, string]>([
  ['signed by somebody else', () => sealed(jsonOf(), { signer: other }), 'cgb.not_verified'],
  ['signed over something else', () => sealed(jsonOf(), { signedText: '{}' }), 'cgb.not_verified'],
  [
    'without a signature',
    () => ({ ...sealed(jsonOf()), headers: { encryptKey: sealed(jsonOf()).headers?.['encryptKey'] ?? '' } }),
    'cgb.not_opened',
  ],
  ['under a key of 15 bytes', () => sealed(jsonOf(), { key: randomBytes(15) }), 'cgb.not_opened'],
  ['under a key of 24 bytes', () => sealed(jsonOf(), { key: randomBytes(24) }), 'cgb.not_opened'],
  ['without a key', () => ({ body: sealed(jsonOf()).body }), 'cgb.not_opened'],
  ['in plain text', () => ({ body: '系统维护' }), 'cgb.not_opened'],
  ['that is no JSON', () => sealed('hello'), 'cgb.undecodable'],
  ['without transDataResp', () => sealed('{"Header":{},"Body":{}}'), 'cgb.undecodable'],
  ['to another seqNo', () => sealed(jsonOf({ Header: { seqNo: '1' } })), 'cgb.wrong_serial'],
  ['to another trade', () => sealed(jsonOf({ Header: { tradeCode: 'E103' } })), 'cgb.wrong_serial'],
  ['around another message', () => sealed(jsonOf({}, golden('cgb', '0033.reply.xml'))), 'cgb.wrong_serial'],
  ['around no GBK', () => sealed(jsonOf({}, Buffer.from([0xff, 0xfe]))), 'cgb.undecodable'],
  ['of HTTP 403', () => ({ ...sealed(jsonOf()), status: 403 }), 'cgb.http_status'],
])('an answer %s is uncertain', async (_, bad, code) => {
  reply = bad
  expect(await gateway().send([instruction], NEVER)).toMatchObject([{ kind: 'uncertain', code }])
  expect((await gateway().inquire([instruction], NEVER))[0]?.kind).toBe('unavailable')
})

test('a key that is not one is refused in words that do not hold it', () => {
  const config = (over: object): string => {
    const transport = {
      kind: 'direct',
      url: 'https://127.0.0.1/',
      appId: 'A',
      entCstNo: 'E',
      privateKey: ours.privateKey,
      bankCertificate: theirs.publicKey,
      ...over,
    }
    const parsed = cgbConfig.safeParse({
      transport,
      cifMaster: '1',
      entUserId: '1',
      userPassword: 'x',
      accounts: {},
      payment: { function: '0033' },
    })
    return parsed.success
      ? ''
      : parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('\n')
  }
  expect(config({})).toBe('')
  const damaged = ours.privateKey.replace(/[A-Za-z0-9+/]{20}/g, 'SECRETSECRETSECRETSE')
  expect(config({ privateKey: damaged })).toMatch(/^transport\.privateKey 读不出密钥/)
  expect(config({ privateKey: damaged })).not.toContain('SECRET')
  expect(config({ bankCertificate: 'x' })).toContain('transport.bankCertificate')
})
