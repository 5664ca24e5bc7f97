// OpenPGP around the files, against the library and, where this machine has it, against gpg: what leaves only the bank can open and
// knows to be ours; what comes is read only when the bank signed it.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as pgp from 'openpgp'
import { NotSigned, pgpEnvelope } from '../../bank-gateways/iso20022/pgp'
import { instruction, openSite, PAYER, settings, type Site } from '../support/iso20022'
import { hasCommand } from '../support/xsd'

const never = new AbortController().signal
const STATUS = Buffer.from(
  `<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt><GrpHdr><MsgId>B</MsgId><CreDtTm>2026-03-02T10:00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>YQ260302001000009</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId><GrpSts>ACSC</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>`,
)
const PASSWORD = 'invented words'

type Pair = { readonly privateKey: string; readonly publicKey: string }

async function pairOf(name: string, passphrase?: string): Promise<Pair> {
  const options = {
    userIDs: [{ name, email: `${name}@example.invalid` }],
    ...(passphrase === undefined ? {} : { passphrase }),
  }
  const { privateKey, publicKey } = await pgp.generateKey({
    ...options,
    type: 'ecc',
    curve: 'ed25519Legacy',
    format: 'armored',
  })
  return { privateKey, publicKey }
}

let own: Pair
let bank: Pair
let stranger: Pair
beforeAll(async () => {
  own = await pairOf('company', PASSWORD)
  bank = await pairOf('bank')
  stranger = await pairOf('stranger')
})

const ours = () => ({
  privateKey: own.privateKey,
  privateKeyPassword: PASSWORD,
  bankPublicKey: bank.publicKey,
  armored: true,
  suffix: '.pgp',
})
const banks = (pair: Pair, armored: boolean) =>
  pgpEnvelope({
    privateKey: pair.privateKey,
    bankPublicKey: own.publicKey,
    armored,
    suffix: '.pgp',
    privateKeyPassword: undefined,
  })

let site: Site
beforeEach(() => (site = openSite()))
afterEach(() => site.close())

test.each([true, false])(
  'what leaves (armored %s) is opened by the bank alone, which sees that it is ours',
  async armored => {
    await site.open({ pgp: { ...ours(), armored } }).send([instruction()], never)
    const [name = ''] = site.names('in')
    expect(name).toBe('YQ260302001000009.xml.pgp')
    const bytes = readFileSync(path.join(site.root, 'in', name))
    expect(bytes.includes('-----BEGIN PGP MESSAGE-----')).toBe(armored)
    expect(bytes.includes('EndToEndId') || bytes.includes(PAYER)).toBe(false)
    const opened = await banks(bank, armored).open(bytes)
    expect(site.archived('sent')).toEqual([opened])
    await expect(banks(stranger, armored).open(bytes)).rejects.toThrow('decrypt')
  },
)

test('what the bank signed and encrypted is read, and kept as it came', async () => {
  const bytes = await banks(bank, false).seal(STATUS)
  site.put('a.pgp', bytes)
  const gateway = site.open({ pgp: ours() })
  await gateway.send([instruction()], never)
  expect((await gateway.inquire([instruction()], never))[0]?.kind).toBe('settled')
  expect(site.archived('received')).toEqual([bytes, STATUS])
  expect((await site.open({ pgp: ours() }).inquire([instruction()], never))[0]?.kind).toBe('settled')
  // Keys are changed: what was read with the old ones is still known.
  const renewed = {
    ...ours(),
    privateKey: stranger.privateKey,
    privateKeyPassword: undefined,
    bankPublicKey: stranger.publicKey,
  }
  expect((await site.open({ pgp: renewed }).inquire([instruction()], never))[0]?.kind).toBe('settled')
})

test('plain, unsigned, signed by another or altered: refused, kept, never an answer', async () => {
  const keyOf = (armoredKey: string) => pgp.readKey({ armoredKey })
  const unsigned = await pgp.encrypt({
    message: await pgp.createMessage({ binary: new Uint8Array(STATUS) }),
    encryptionKeys: await keyOf(own.publicKey),
  })
  const altered = Buffer.from(await banks(bank, false).seal(STATUS))
  altered[altered.length - 40] = (altered[altered.length - 40] ?? 0) ^ 1
  const files: Readonly<Record<string, Buffer>> = {
    'plain.xml': STATUS,
    'unsigned.pgp': Buffer.from(unsigned),
    'stranger.pgp': await banks(stranger, true).seal(STATUS),
    'altered.pgp': altered,
  }
  const gateway = site.open({ pgp: ours() })
  await gateway.send([instruction()], never)
  for (const [name, bytes] of Object.entries(files)) {
    site.put(name, bytes)
    const [outcome] = await gateway.inquire([instruction()], never)
    expect([name, outcome?.kind]).toEqual([name, 'unavailable'])
    expect(JSON.stringify(outcome)).not.toContain(PASSWORD)
  }
  const [after] = await gateway.inquire([instruction()], never)
  expect(after).toMatchObject({ kind: 'unavailable', code: 'iso20022.no_status' })
  expect(site.archived('received').map(String).sort()).toEqual(Object.values(files).map(String).sort())
  const envelope = pgpEnvelope(ours())
  for (const name of ['unsigned.pgp', 'stranger.pgp'])
    await expect(envelope.open(files[name] ?? STATUS)).rejects.toBeInstanceOf(NotSigned)
})

test('a wrong password of our key: nothing leaves, and the doctor says so', async () => {
  const gateway = site.open({ pgp: { ...ours(), privateKeyPassword: 'other words' } })
  const [outcome] = await gateway.send([instruction()], never)
  expect(outcome).toMatchObject({ kind: 'unsent', code: 'iso20022.pgp' })
  expect(site.names('in')).toEqual([])
  const checks = (await gateway.doctor?.()) ?? []
  expect(checks.find(({ name }) => name === 'pgp')).toMatchObject({
    ok: false,
    zh: expect.stringContaining('PGP 密钥不可用'),
  })
  expect(JSON.stringify(checks)).not.toContain('other words')
  const good = (await site.open({ pgp: ours() }).doctor?.()) ?? []
  expect(good.find(({ name }) => name === 'pgp')).toMatchObject({ ok: true })
})

const hasGpg = hasCommand('gpg')
if (!hasGpg) console.warn('skipped: no gpg on this machine')
const testGpg = hasGpg ? test : test.skip

testGpg('gpg opens what leaves and sees our signature; what gpg signs and encrypts is read', async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'yinqi-gpg-'))
  const gpg = (...parameters: readonly string[]): string =>
    execFileSync(
      'gpg',
      ['--homedir', home, '--batch', '--yes', '--no-autostart', '--trust-model', 'always', ...parameters],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 20_000,
      },
    )
  const withAgent = (...parameters: readonly string[]): string =>
    execFileSync(
      'gpg',
      [
        '--homedir',
        home,
        '--batch',
        '--yes',
        '--pinentry-mode',
        'loopback',
        '--passphrase',
        '',
        '--trust-model',
        'always',
        '--status-fd',
        '1',
        ...parameters,
      ],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 20_000,
      },
    )
  const file = (name: string): string => path.join(home, name)
  try {
    writeFileSync(file('own.asc'), own.publicKey)
    writeFileSync(file('bank.asc'), bank.privateKey)
    writeFileSync(file('status.xml'), STATUS)
    gpg('--import', file('own.asc'))
    withAgent('--import', file('bank.asc'))
    const gateway = site.open({ pgp: ours() })
    await gateway.send([instruction()], never)
    const [name = ''] = readdirSync(path.join(site.root, 'in'))
    const said = withAgent('--output', file('opened.xml'), '--decrypt', path.join(site.root, 'in', name))
    expect(said).toContain('[GNUPG:] GOODSIG')
    expect(readFileSync(file('opened.xml')).toString()).toBe(site.archived('sent')[0]?.toString())
    withAgent(
      '--output',
      file('answer.pgp'),
      '--recipient',
      'company@example.invalid',
      '--local-user',
      'bank@example.invalid',
      '--sign',
      '--encrypt',
      file('status.xml'),
    )
    site.put('answer.pgp', readFileSync(file('answer.pgp')))
    expect((await gateway.inquire([instruction()], never))[0]?.kind).toBe('settled')
  } finally {
    execFileSync('gpgconf', ['--homedir', home, '--kill', 'all'], { stdio: 'ignore', timeout: 10_000 })
    rmSync(home, { recursive: true, force: true })
  }
})

test('a site that configures OpenPGP without the library is told so before anything starts, in both languages', () => {
  // A process in which the library cannot be found, as where it was not installed.
  const script = `
    const Module = require('node:module')
    const find = Module._resolveFilename
    Module._resolveFilename = (name, ...rest) => {
      if (name === 'openpgp') throw new Error('Cannot find module')
      return find(name, ...rest)
    }
    const { iso20022Config } = require(${JSON.stringify(path.resolve(__dirname, '../../bank-gateways/iso20022/config.js'))})
    const parsed = iso20022Config.safeParse(JSON.parse(process.argv[1]))
    console.log(parsed.success ? 'accepted' : parsed.error.issues.map(issue => issue.path.join('.') + ': ' + issue.message).join())
  `
  const told = (over: object): string =>
    execFileSync(process.execPath, ['-e', script, JSON.stringify(settings('/srv/bank', over))], {
      encoding: 'utf8',
      timeout: 20_000,
    })
  expect(told({ pgp: ours() })).toMatch(/^pgp: 未安装 openpgp.*npm install openpgp@6.* \/ openpgp is not installed/)
  expect(told({})).toBe('accepted\n')
})
