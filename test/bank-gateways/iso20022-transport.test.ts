// Files to a bank and from it, over SFTP on a real socket and in a folder: what a failure proves, that no file is overwritten or lost,
// and that only the right server is spoken to.

import { spawn } from 'node:child_process'
import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import ssh2 from 'ssh2'
import { SftpListener } from '../../bank-gateways/simulator/engine/sftp-listener'
import { FaultOrders } from '../../bank-gateways/simulator/engine/faults'
import type { Handled, Handler } from '../../bank-gateways/simulator/engine/listener'
import type { SendOutcome } from '../../connector/ports'
import { clock, configOf, instruction, openSite, settings, type Site } from '../support/iso20022'

const never = new AbortController().signal
const NAME = 'YQ260302001000009.xml'
const STATUS = `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt><GrpHdr><MsgId>B</MsgId><CreDtTm>2026-03-02T10:00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>YQ260302001000009</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId><GrpSts>ACCP</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>\n`

const codeOf = (outcome: SendOutcome | undefined): string =>
  outcome === undefined ? '' : `${outcome.kind} ${'code' in outcome ? outcome.code : ''}`.trim()

let site: Site
beforeEach(() => (site = openSite()))
afterEach(() => site.close())

describe('a folder', () => {
  test('the file stands there whole under its last name, alone, and a copy is kept', async () => {
    const [outcome] = await site.open().send([instruction()], never)
    expect(codeOf(outcome)).toBe('uncertain iso20022.delivered')
    // No reason to leave the bank alone.
    expect(outcome).toMatchObject({ isLineUp: true })
    expect(site.names('in')).toEqual([NAME])
    const sent = readFileSync(path.join(site.root, 'in', NAME))
    expect(sent.toString()).toContain('<EndToEndId>YQ260302001000001</EndToEndId>')
    expect(site.archived('sent')).toEqual([sent])
    if (process.platform !== 'win32') expect(statSync(path.join(site.root, 'in', NAME)).mode & 0o007).toBe(0)
  })

  test('a file that is there already is neither overwritten nor renamed, and nothing is concluded from it', async () => {
    writeFileSync(path.join(site.root, 'in', NAME), 'earlier')
    const [outcome] = await site.open().send([instruction()], never)
    expect(codeOf(outcome)).toBe('uncertain iso20022.exists')
    expect(site.names('in')).toEqual([NAME])
    expect(readFileSync(path.join(site.root, 'in', NAME), 'utf8')).toBe('earlier')
  })

  test('two processes at once deliver one file', async () => {
    const outcomes = await Promise.all([site.open(), site.open()].map(gateway => gateway.send([instruction()], never)))
    const codes = outcomes.flat().map(codeOf).sort()
    expect(codes.filter(code => code === 'uncertain iso20022.delivered').length).toBe(1)
    expect(codes.every(code => code.startsWith('uncertain '))).toBe(true)
    expect(site.names('in').filter(name => !name.endsWith('.tmp'))).toEqual([NAME])
  })

  test('a directory that is not there, or may not be written: nothing left', async () => {
    const paths = {
      send: path.join(site.root, 'nowhere'),
      status: path.join(site.root, 'out'),
      statements: path.join(site.root, 'out'),
    }
    const [outcome] = await site.open({ paths }).send([instruction()], never)
    expect(codeOf(outcome)).toBe('unsent iso20022.not_written')
    expect(outcome?.kind === 'unsent' ? outcome.reason : '').not.toContain(site.root)
  })

  test('an archive that cannot keep the copy keeps the payment from leaving', async () => {
    writeFileSync(path.join(site.root, 'archive'), 'a file')
    const [outcome] = await site.open().send([instruction()], never)
    expect(codeOf(outcome)).toBe('unsent iso20022.archive')
    expect(site.names('in')).toEqual([])
  })

  test('an aborted call touches nothing', async () => {
    const [outcome] = await site.open().send([instruction()], AbortSignal.abort())
    expect(codeOf(outcome)).toBe('unsent iso20022.aborted')
    expect(site.names('in')).toEqual([])
  })

  test('what comes is kept byte for byte with its digest, and the bank’s file stays unless the site wants otherwise', async () => {
    site.put('a.xml', STATUS)
    await site.open().inquire([instruction()], never)
    expect(site.names('out')).toEqual(['a.xml'])
    expect(site.archived('received').map(String)).toEqual([STATUS])
    const [day = ''] = readdirSync(path.join(site.root, 'archive', 'received'))
    const note =
      readdirSync(path.join(site.root, 'archive', 'received', day)).find(name => name.endsWith('.json')) ?? ''
    expect(JSON.parse(readFileSync(path.join(site.root, 'archive', 'received', day, note), 'utf8'))).toMatchObject({
      name: 'a.xml',
      sha256: createHash('sha256').update(STATUS).digest('hex'),
      problem: null,
    })
    await site.open().inquire([instruction()], never)
    expect(site.archived('received')).toHaveLength(1)
  })

  test.each<['delete' | 'move', readonly string[], readonly string[]]>([
    ['delete', ['bad.xml'], []],
    ['move', ['bad.xml'], ['a.xml']],
  ])('%s: only what is kept and could be read is taken away', async (what, left, moved) => {
    site.put('a.xml', STATUS)
    site.put('bad.xml', 'not XML')
    const gateway = site.open({ afterFetch: what === 'delete' ? what : { moveTo: path.join(site.root, 'done') } })
    await gateway.inquire([instruction()], never)
    expect(site.names('out')).toEqual(left)
    expect(site.names('done')).toEqual(moved)
    expect(site.archived('received')).toHaveLength(2)
  })

  test('temporary and hidden files are left alone; a file that was replaced is fetched again', async () => {
    for (const name of ['.hidden.xml', 'x.xml.tmp', 'y.part', 'z.FILEPART']) site.put(name, STATUS)
    const gateway = site.open()
    await gateway.inquire([instruction()], never)
    expect(existsSync(path.join(site.root, 'archive', 'received'))).toBe(false)
    site.put('a.xml', STATUS)
    await gateway.inquire([instruction()], never)
    site.put('a.xml', STATUS.replace('ACCP', 'ACSC'))
    await gateway.inquire([instruction()], never)
    expect(site.archived('received')).toHaveLength(2)
  })

  test('an archived file that somebody altered is no answer', async () => {
    site.put('a.xml', STATUS)
    await site.open().inquire([instruction()], never)
    const [day = ''] = readdirSync(path.join(site.root, 'archive', 'received'))
    const folder = path.join(site.root, 'archive', 'received', day)
    const kept = readdirSync(folder).find(name => !name.endsWith('.json')) ?? ''
    writeFileSync(path.join(folder, kept), STATUS.replace('ACCP', 'RJCT'))
    const [outcome] = await site.open().inquire([instruction()], never)
    expect(outcome).toMatchObject({ kind: 'unavailable', code: 'iso20022.fetch' })
  })
})

// ------------------------------------------------------------------------------------------------------------------- SFTP

const HOST = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 })
const CLIENT = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString()
const fingerprint = (publicKey: string): string =>
  createHash('sha256')
    .update(Buffer.from(publicKey.split(' ')[1] ?? '', 'base64'))
    .digest('base64')
    .replace(/=+$/, '')

/** A real SSH server whose files are a map, and which does to an operation what the test says. */
async function openServer(disturb: (method: string, path: string) => Partial<Handled> | null = () => null) {
  const files = new Map<string, Buffer>()
  const operations: string[] = []
  const reply = (status: number, content: unknown = null) => ({
    status,
    contentType: '',
    body: Buffer.from(JSON.stringify(content)),
  })
  const view = (name: string, bytes: Buffer) => ({
    name: path.posix.basename(name),
    size: bytes.length,
    modifiedAt: 1_000_000,
  })
  const answer = (method: string, url: string, body: Buffer): Handled['reply'] => {
    if (method === 'LIST')
      return reply(
        200,
        [...files].filter(([name]) => path.posix.dirname(name) === url).map(([name, bytes]) => view(name, bytes)),
      )
    const [from = '', to = ''] = url.split('\n')
    const found = files.get(from)
    if (method === 'PUT') {
      if (found) return reply(403)
      files.set(url, body)
      return reply(200)
    }
    if (!found) return reply(404)
    if (method === 'GET') return { status: 200, contentType: '', body: found }
    if (method === 'STAT') return reply(200, view(from, found))
    files.delete(from)
    if (method === 'MOVE') files.set(to, found)
    return reply(200)
  }
  const handle: Handler = ({ method, url, body }) => {
    operations.push(`${method} ${url}`)
    const disturbance = { kinds: new Set<never>(), delayMs: 3_600_000, status: 502 }
    return { reply: answer(method, url, body), disturbance, ...disturb(method, url) }
  }
  const key = ssh2.utils.parseKey(CLIENT)
  if (key instanceof Error) throw key
  const listener = new SftpListener({
    bank: 'test',
    name: 'sftp',
    host: '127.0.0.1',
    port: 0,
    clock,
    faults: new FaultOrders(() => 0, 0),
    handle,
    onProblem: problem => {
      throw new Error(problem)
    },
    wire: {
      hostKey: HOST.private,
      accepts: login =>
        login.username === 'u' &&
        (login.password === 'right' || login.key === `${key.type} ${key.getPublicSSH().toString('base64')}`),
    },
  })
  await listener.open()
  const port = Number(listener.url.split(':').at(-1))
  const over = (change: object = {}) => ({
    transport: {
      kind: 'sftp',
      host: '127.0.0.1',
      port,
      username: 'u',
      password: 'right',
      hostKeySha256: fingerprint(HOST.public),
      ...change,
    },
    paths: { send: '/in', status: '/out', statements: '/out' },
    answerTimeoutMs: 500,
  })
  return { files, operations, over, port, close: () => listener.close() }
}

describe('SFTP', () => {
  let server: Awaited<ReturnType<typeof openServer>>
  afterEach(() => server.close())
  const kinds = (kind: string): Partial<Handled> => ({
    disturbance: { kinds: new Set([kind as 'silent']), delayMs: 3_600_000, status: 502 },
  })

  test('a password, a key or a key under a password: the file is written under another name and renamed, and reports come back', async () => {
    server = await openServer()
    const sealed = createPrivateKey(CLIENT).export({
      type: 'pkcs1',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'words',
    })
    const sealedKey = { password: undefined, privateKey: sealed.toString(), privateKeyPassword: 'words' }
    for (const login of [{}, { password: undefined, privateKey: CLIENT }, sealedKey]) {
      server.files.clear()
      server.files.set('/out/a.xml', Buffer.from(STATUS))
      const gateway = site.open(server.over(login))
      expect(codeOf((await gateway.send([instruction()], never))[0])).toBe('accepted')
      expect([...server.files.keys()]).toEqual(['/out/a.xml', `/in/${NAME}`])
      expect(site.archived('received').map(String)).toEqual([STATUS])
    }
    expect(server.operations.filter(operation => operation.startsWith('PUT'))).toEqual([
      `PUT /in/${NAME}`,
      `PUT /in/${NAME}`,
      `PUT /in/${NAME}`,
    ])
  })

  test.each<[string, object, string]>([
    ['another host key', { hostKeySha256: 'A'.repeat(43) }, 'unsent iso20022.host_key'],
    ['a wrong password', { password: 'wrong' }, 'unsent iso20022.unreachable'],
    [
      'an unknown key',
      {
        password: undefined,
        privateKey: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
          type: 'pkcs1',
          format: 'pem',
        }),
      },
      'unsent iso20022.unreachable',
    ],
  ])('%s: refused before a byte of the file, and before any password to a stranger', async (_, change, expected) => {
    server = await openServer()
    const gateway = site.open(server.over(change))
    const [outcome] = await gateway.send([instruction()], never)
    expect(codeOf(outcome)).toBe(expected)
    expect(JSON.stringify(outcome)).not.toMatch(/wrong|PRIVATE/)
    expect((await gateway.inquire([instruction()], never))[0]?.kind).toBe('unavailable')
    expect(server.operations).toEqual([])
  })

  test('nobody listens, or somebody who never speaks: unsent', async () => {
    server = await openServer()
    const mute = createServer(socket => void socket.on('error', () => undefined).resume())
    mute.listen(0, '127.0.0.1')
    await once(mute, 'listening')
    const address = mute.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const waiting = { ...server.over({ port }), connectTimeoutMs: 300 }
    expect(codeOf((await site.open(waiting).send([instruction()], never))[0])).toBe('unsent iso20022.unreachable')
    mute.close()
    await once(mute, 'close')
    expect(codeOf((await site.open(waiting).send([instruction()], never))[0])).toBe('unsent iso20022.unreachable')
  })

  test('a file that is there already is not overwritten', async () => {
    server = await openServer(method =>
      method === 'STAT' ? { reply: { status: 200, contentType: '', body: Buffer.from('{}') } } : null,
    )
    await server.close()
    server = await openServer()
    const gateway = site.open({ ...server.over(), paths: { send: '/in', status: '/out', statements: '/out' } })
    server.files.set(`/in/${NAME}`, Buffer.from('earlier'))
    expect(codeOf((await gateway.send([instruction()], never))[0])).toBe('uncertain iso20022.exists')
    expect(server.files.get(`/in/${NAME}`)?.toString()).toBe('earlier')
  })

  test.each(['silent', 'drop-after-booking', 'http-error-after-booking', 'delay'])(
    'the rename is done but its answer is %s: uncertain, and the report finds it',
    async kind => {
      server = await openServer(method => (method === 'PUT' ? kinds(kind) : null))
      const gateway = site.open(server.over())
      expect(codeOf((await gateway.send([instruction()], never))[0])).toBe('uncertain iso20022.no_answer')
      expect([...server.files.keys()]).toEqual([`/in/${NAME}`])
      server.files.set('/out/a.xml', Buffer.from(STATUS))
      expect((await gateway.inquire([instruction()], never))[0]?.kind).toBe('accepted')
    },
  )

  test('an abort ends every call at once', async () => {
    server = await openServer(method => (method === 'PUT' || method === 'LIST' ? kinds('silent') : null))
    const gateway = site.open({ ...server.over(), answerTimeoutMs: 60_000 })
    for (const call of ['send', 'inquire'] as const) {
      const controller = new AbortController()
      const running = gateway[call]([instruction()], controller.signal)
      const wanted = call === 'send' ? 'PUT' : 'LIST'
      while (!server.operations.some(operation => operation.startsWith(wanted)))
        await new Promise(resolve => setImmediate(resolve))
      controller.abort()
      expect((await running)[0]?.kind).toBe(call === 'send' ? 'uncertain' : 'unavailable')
    }
  })

  test('half a file is not a file: what breaks off is fetched again, what changes meanwhile is left for later', async () => {
    let cuts = 1
    server = await openServer(method => (method === 'GET' && cuts-- > 0 ? kinds('truncate') : null))
    server.files.set('/out/a.xml', Buffer.from(STATUS))
    const gateway = site.open(server.over())
    await gateway.send([instruction()], never)
    expect(existsSync(path.join(site.root, 'archive', 'received'))).toBe(false)
    expect((await gateway.inquire([instruction()], never))[0]?.kind).toBe('accepted')
    await server.close()
    let grows = 0
    server = await openServer((method, url) => {
      if (method === 'GET') server.files.set(url, Buffer.from(STATUS.padEnd(STATUS.length + (grows += 1))))
      return null
    })
    server.files.set('/out/b.xml', Buffer.from(STATUS))
    await site.open(server.over()).inquire([instruction()], never)
    expect(site.archived('received')).toHaveLength(1)
  })

  test('a file longer than the site allows is not read', async () => {
    server = await openServer()
    server.files.set('/out/big.xml', Buffer.alloc(2000, 'x'))
    const [outcome] = await site.open({ ...server.over(), maxFileBytes: 1024 }).inquire([instruction()], never)
    expect(outcome).toMatchObject({ kind: 'unavailable', code: 'iso20022.fetch' })
  })
})

// ---------------------------------------------------------------------------------------------------------------- OpenSSH

const SSHD = '/usr/sbin/sshd'
const SFTP_SERVER = [
  '/usr/lib/openssh/sftp-server',
  '/usr/libexec/openssh/sftp-server',
  '/usr/lib/ssh/sftp-server',
].find(existsSync)
// Run by root it needs a directory of its own, which only an installed service has.
const hasSshd = existsSync(SSHD) && SFTP_SERVER !== undefined && (userInfo().uid !== 0 || existsSync('/run/sshd'))
if (!hasSshd) console.warn(`skipped: no OpenSSH server at ${SSHD}`)
const testSshd = hasSshd ? test : test.skip

testSshd('an OpenSSH server: delivered, fetched, never overwritten', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'yinqi-sshd-'))
  const own = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 })
  const port = await freePort()
  const files: Readonly<Record<string, string>> = {
    host: HOST.private,
    authorized: `${own.public}\n`,
    config: [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${directory}/host`,
      `AuthorizedKeysFile ${directory}/authorized`,
      `PidFile ${directory}/pid`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      `Subsystem sftp ${SFTP_SERVER}`,
    ].join('\n'),
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(directory, name), text, { mode: 0o600 })
  for (const name of ['in', 'out']) mkdirSync(path.join(directory, name))
  const daemon = spawn(SSHD, ['-D', '-e', '-f', path.join(directory, 'config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  try {
    await new Promise<void>((resolve, reject) => {
      daemon.stderr.on('data', (chunk: Buffer) => chunk.toString().includes('listening') && resolve())
      daemon.once('exit', code => reject(new Error(`sshd ended with ${code}`)))
    })
    const over = {
      transport: {
        kind: 'sftp',
        host: '127.0.0.1',
        port,
        username: userInfo().username,
        privateKey: own.private,
        hostKeySha256: fingerprint(HOST.public),
      },
      paths: {
        send: path.join(directory, 'in'),
        status: path.join(directory, 'out'),
        statements: path.join(directory, 'out'),
      },
      afterFetch: 'delete',
    }
    writeFileSync(path.join(directory, 'out', 'a.xml'), STATUS)
    const gateway = site.open(over)
    expect(codeOf((await gateway.send([instruction()], never))[0])).toBe('accepted')
    expect(readdirSync(path.join(directory, 'in'))).toEqual([NAME])
    expect(readdirSync(path.join(directory, 'out'))).toEqual([])
    expect(codeOf((await gateway.send([instruction()], never))[0])).toBe('uncertain iso20022.exists')
  } finally {
    daemon.kill('SIGTERM')
    rmSync(directory, { recursive: true })
  }
})

async function freePort(): Promise<number> {
  const probe = createServer()
  probe.listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

// ----------------------------------------------------------------------------------------------------------- configuration

test.each<[string, object, RegExp]>([
  [
    'no login',
    { transport: { kind: 'sftp', host: 'h', username: 'u', hostKeySha256: 'A'.repeat(43) } },
    /口令或私钥 .*password or a private key/,
  ],
  ['no host key', { transport: { kind: 'sftp', host: 'h', username: 'u', password: 'p' } }, /hostKeySha256/],
  [
    'the bank’s reports where we send',
    { paths: { send: '/a', status: '/a', statements: '/b' } },
    /发送目录须与接收目录不同/,
  ],
  ['a relative archive', { archive: 'archive' }, /须为绝对路径/],
  ['an agent without a number', { agent: { name: '某银行' } }, /bic.*cnaps/],
  ['SEPA from an account without an IBAN', { profile: 'sepa' }, /SEPA 须给 IBAN/],
  ['a version that is not built', { version: 'pain.001.001.08' }, /version/],
])('%s is refused before anything starts', (_, over, words) => {
  expect(() => configOf('/srv/bank', over)).toThrow(words)
})

test('the least that a site must say', () => {
  expect(Object.keys(settings('/srv/bank') as object).sort()).toEqual([
    'accounts',
    'agent',
    'archive',
    'initiator',
    'paths',
    'profile',
    'transport',
    'version',
  ])
  expect(configOf('/srv/bank')).toMatchObject({
    afterFetch: 'keep',
    intraday: false,
    lineIdentity: 'content',
    batchBooking: false,
  })
})
