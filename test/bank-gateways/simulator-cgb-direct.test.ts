// 去前置 of the simulated CGB from outside: letters sealed and opened with OpenSSL's SM4 and RSA, and what the bank must not take.

import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  sign,
  verify,
} from 'node:crypto'
import iconv from 'iconv-lite'
import { sm2 } from 'sm-crypto-v2'
import { startSimulator, type Simulator } from '../../bank-gateways/simulator/simulator'
import { newKeys } from '../support/gateway-banks/cgb'
import { MORNING, MovableClock } from './simulator-kit'

const PAYER = '9550000000000000001'
const { ours, theirs, passwordPrivateKey, passwordPublicKey } = newKeys()
const stranger = newKeys().ours.privateKey

let simulator: Simulator
beforeAll(async () => {
  const user = { cifMaster: '1000000001', entUserId: '100001', userPassword: 'pw' }
  const direct = { appId: 'APP01', entCstNo: 'E01', publicKey: ours.publicKey, passwordKey: passwordPrivateKey }
  simulator = await startSimulator({
    clock: new MovableClock(MORNING),
    accounts: [{ bank: 'cgb', account: PAYER, name: '甲公司', openingBalance: '1000.00' }],
    banks: {
      cgb: {
        customers: [{ ...user, ...direct }],
        bankPrivateKey: theirs.privateKey,
        protocol: { transport: 'direct' },
      },
    },
  })
})
afterAll(async () => {
  expect(simulator.problems()).toEqual([])
  await simulator.close()
})

const HEAD =
  '<tranCode>0001</tranCode><cifMaster>1000000001</cifMaster><entSeqNo>7</entSeqNo><tranDate>20260302</tranDate>'
const TAIL = '<tranTime>100000</tranTime><retCode>000</retCode><entUserId>100001</entUserId><password>pw</password>'
const BEDC = `<BEDC><Message><commHead>${HEAD}${TAIL}</commHead><Body><account>${PAYER}</account></Body></Message></BEDC>`

type Header = Readonly<Record<string, string>>
function jsonOf(over: Header = {}, body: object = {}): string {
  const password = `${'='.repeat(20)}${sm2.doEncrypt('02pw', passwordPublicKey, 1, { asn1: true }).toUpperCase()}`
  const header = {
    appId: 'APP01',
    entCstNo: 'E01',
    entUserId: '100001',
    macAddr: '',
    password,
    resdFlag: 'Y',
    seqNo: '20260302100000001',
    tradeCode: 'E102',
    tranDate: '20260302',
    tranTime: '100000',
  }
  const transData = iconv.encode(BEDC, 'gbk').toString('base64')
  return JSON.stringify({ Header: { ...header, ...over }, Body: { TransFlag: 'OFF_PRE', transData, ...body } })
}

type Letter = { readonly headers: Header; readonly body: string }
function sealed(json: string, key = randomBytes(16), signer = ours.privateKey): Letter {
  const cipher = createCipheriv('sm4-ecb', key.subarray(0, 16), null)
  const digest = Buffer.from(createHash('sha1').update(json).digest('hex'))
  return {
    headers: {
      appId: 'APP01',
      encryptKey: publicEncrypt({ key: theirs.publicKey, padding: constants.RSA_PKCS1_PADDING }, key).toString(
        'base64',
      ),
      signature: sign('sha1', digest, signer).toString('base64'),
    },
    body: Buffer.concat([cipher.update(json, 'utf8'), cipher.final()])
      .toString('hex')
      .toUpperCase(),
  }
}

async function send({ headers, body }: Letter, path = '/E102/2.0.0', method = 'POST'): Promise<Response> {
  const init = method === 'GET' ? { method } : { method, headers, body }
  return fetch(`${simulator.url('cgb', 'bank')}${path}`, init)
}

test('a letter is opened, verified and answered under a fresh key that only its customer opens', async () => {
  const keys: string[] = []
  for (let letter = 0; letter < 2; letter += 1) {
    const answer = await send(sealed(jsonOf()))
    const wrapped = Buffer.from(answer.headers.get('encryptKey') ?? '', 'base64')
    const block = privateDecrypt({ key: createPrivateKey(ours.privateKey), padding: constants.RSA_NO_PADDING }, wrapped)
    const key = block.subarray(block.indexOf(0, 2) + 1)
    keys.push(key.toString('hex'))
    const decipher = createDecipheriv('sm4-ecb', key, null)
    const plain = Buffer.concat([decipher.update(Buffer.from(await answer.text(), 'hex')), decipher.final()])
    const digest = Buffer.from(createHash('sha1').update(plain).digest('hex'))
    const signature = Buffer.from(answer.headers.get('signature') ?? '', 'base64')
    expect(verify('sha1', digest, createPublicKey(theirs.publicKey), signature)).toBe(true)
    const { Body } = JSON.parse(plain.toString('utf8')) as { readonly Body: Header }
    expect(iconv.decode(Buffer.from(Body['transDataResp'] ?? '', 'base64'), 'gbk')).toContain(
      '<balance>1000.00</balance>',
    )
  }
  expect(new Set(keys).size).toBe(2)
})

test.each<readonly [string, () => Letter]>([
  ['signed by a stranger', () => sealed(jsonOf(), undefined, stranger)],
  ['under a key of 17 bytes', () => ({ ...sealed(jsonOf()), headers: sealed(jsonOf(), randomBytes(17)).headers })],
  ['in lower-case hex', () => ((letter = sealed(jsonOf())) => ({ ...letter, body: letter.body.toLowerCase() }))()],
  [
    'of another customer',
    () => ((letter = sealed(jsonOf())) => ({ ...letter, headers: { ...letter.headers, appId: 'X' } }))(),
  ],
  ['with a wrong password', () => sealed(jsonOf({ password: 'pw' }))],
  ['with another trade', () => sealed(jsonOf({ tradeCode: 'E103' }))],
  ['without resdFlag', () => sealed(jsonOf({ resdFlag: '' }))],
  ['without OFF_PRE', () => sealed(jsonOf({}, { TransFlag: '' }))],
  ['that is no JSON', () => sealed('hello')],
])('a letter %s is answered in clear, and nothing of it is done', async (_, make) => {
  const answer = await send(make())
  expect([answer.status, answer.headers.get('encryptKey')]).toEqual([200, null])
  expect(await answer.text()).toContain('<retCode>S98</retCode>')
})

test('other paths and methods are HTTP errors', async () => {
  const letter = sealed(jsonOf())
  expect((await send(letter, '/E103/2.0.0')).status).toBe(404)
  expect((await send(letter, '/E102/2.0.0', 'GET')).status).toBe(405)
})
