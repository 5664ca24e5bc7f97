// Every certificate of a configuration is found and read, whatever form it has; openssl makes them and says when they end.

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import YAML from 'yaml'
import { certificateTerms } from '../../bank-gateways/shared/certificates'
import { checkConfig } from '../../connector/cli/site'
import { stateOf, wordsOfCertificate, type CertificateState } from '../../connector/core/certificates'
import { readCertificates } from '../../connector/host/certificates'
import { watchCertificates } from '../../connector/observe/certificate-watch'
import type { Happening } from '../../connector/steps/deps'
import { movableClock, partsWith } from '../support/parts'

const DAY = 86_400_000
const hasOpenssl = spawnSync('openssl', ['version']).status === 0

const CONFIG = `
instance: one
dataDir: data
store: { dialect: sqlite, filename: yinqi.sqlite }
admin: { port: 0 }
erps:
  erp: { bridge: midtable, database: { dialect: postgres, host: h, database: d, user: u, password: { env: YINQI_TEST_C }, tls: verify, ca: '@CA@' } }
banks:
  boc:
    gateway: boc
    endpoint: http://127.0.0.1:1/B2EC/E2BServlet
    ip: 127.0.0.1
    custid: '12345678'
    cusopr: '87654321'
    operatorPassword: { env: YINQI_TEST_C }
    accounts: { '300000000001': { ibknum: '40142' } }
accounts:
  - { account: '300000000001', name: 甲公司, currency: CNY, bank: boc, erp: erp, bankName: 中国银行 }
certificates:
  watch: []
`
const parts = partsWith(movableClock())

beforeEach(() => void (process.env['YINQI_TEST_C'] = 'a-password'))
afterEach(() => void delete process.env['YINQI_TEST_C'])

function configWith(ca: string, watch: readonly unknown[]) {
  const value = YAML.parse(CONFIG) as { erps: { erp: { database: { ca: string } } }; certificates: { watch: unknown } }
  value.erps.erp.database.ca = ca
  value.certificates.watch = watch
  return checkConfig(value, parts, '.')
}

const describeWithOpenssl = hasOpenssl ? describe : describe.skip
describeWithOpenssl('certificates that openssl made (skipped where there is none)', () => {
  let folder = ''
  const file = (name: string): string => path.join(folder, name)
  const openssl = (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'yinqi-certificates-'))
    const rsa = ['req', '-new', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'rsa.key', '-subj', '/CN=bank']
    openssl(...rsa, '-days', '20', '-out', 'rsa.pem')
    openssl('x509', '-in', 'rsa.pem', '-outform', 'DER', '-out', 'rsa.der')
    openssl('genpkey', '-algorithm', 'SM2', '-out', 'sm2.key')
    openssl('req', '-new', '-x509', '-key', 'sm2.key', '-sm3', '-subj', '/CN=gm', '-days', '90', '-out', 'sm2.pem')
    for (const kind of ['rsa', 'sm2'])
      openssl(
        ...['pkcs12', '-export', '-inkey', `${kind}.key`, '-in', `${kind}.pem`],
        ...['-passout', 'pass:a-password', '-out', `${kind}.p12`],
      )
    writeFileSync(file('both.pem'), readFileSync(file('rsa.pem'), 'utf8') + readFileSync(file('sm2.pem'), 'utf8'))
    writeFileSync(file('not.pem'), 'x')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** What openssl itself says, `notAfter=Dec 16 04:00:00 2026 GMT`. */
  const endOf = (name: string): number =>
    Date.parse(
      execFileSync('openssl', ['x509', '-in', name, '-noout', '-enddate'], { cwd: folder, encoding: 'utf8' }).slice(9),
    )

  test('PEM in a value, files of every form, RSA and SM2, are read to the second that openssl says', async () => {
    const secret = { env: 'YINQI_TEST_C' }
    const config = configWith(readFileSync(file('rsa.pem'), 'utf8'), [
      { name: 'der', file: file('rsa.der') },
      { name: 'gm', file: file('sm2.pem') },
      { name: 'both', file: file('both.pem') },
      { name: 'rsa-store', file: file('rsa.p12'), password: secret },
      { name: 'gm-store', file: file('sm2.p12'), password: secret },
      { name: 'u-key', endsOn: '2031-05-06' },
    ])
    const [rsa, gm] = [endOf('rsa.pem'), endOf('sm2.pem')]
    const found = await readCertificates(config, certificateTerms)
    expect(found.map(({ name, subject, endsAt }) => [name, subject, endsAt])).toEqual([
      ['erps.erp.database.ca', 'CN=bank', rsa],
      ['der', 'CN=bank', rsa],
      ['gm', 'CN=gm', gm],
      ['both#1', 'CN=bank', rsa],
      ['both#2', 'CN=gm', gm],
      ['rsa-store', 'CN=bank', rsa],
      ['gm-store', 'CN=gm', gm],
      ['u-key', '', Date.parse('2031-05-06T15:59:59Z')],
    ])
  })

  test('a Base64 key store in a secret, beside its password, is opened for its dates', async () => {
    const config = configWith('x', [])
    const banks = {
      boc: { privateKey: readFileSync(file('sm2.p12')).toString('base64'), privateKeyPassword: 'a-password' },
    }
    const found = await readCertificates(Object.assign({}, config, { banks }), certificateTerms)
    expect(found).toMatchObject([{ name: 'banks.boc.privateKey', endsAt: endOf('sm2.pem') }])
  })

  test('what cannot be read is said, and names nothing of its content; the others are read all the same', async () => {
    const config = configWith('x', [
      { name: 'gone', file: file('none.pem') },
      { name: 'not', file: file('not.pem') },
      { name: 'locked', file: file('rsa.p12'), password: { env: 'YINQI_TEST_C' } },
      { name: 'gm', file: file('sm2.pem') },
    ])
    const wrong = { ...config.certificates.watch[2], name: 'locked', password: 'wrong-password' }
    const watch = config.certificates.watch.map((item, index) => (index === 2 ? wrong : item))
    const found = await readCertificates(
      { ...config, certificates: { ...config.certificates, watch } },
      certificateTerms,
    )
    expect(found.map(({ name, endsAt }) => [name, endsAt === null])).toEqual([
      ['gone', true],
      ['not', true],
      ['locked', true],
      ['gm', false],
    ])
    expect(found.map(({ problem }) => problem)).toEqual([
      expect.stringContaining('ENOENT'),
      expect.stringContaining('不是 X.509 证书'),
      expect.stringContaining('口令错误或文件损坏'),
      '',
    ])
    expect(JSON.stringify(found)).not.toContain('wrong-password')
  })
})

const NOW = Date.parse('2031-01-01T00:00:00Z')
const WARN = [30, 14, 7, 1]
const ending = (days: number): CertificateState =>
  stateOf({ name: 'c', subject: 'CN=x', endsAt: NOW + days * DAY, problem: '' }, WARN, NOW)

test.each([
  [31, null],
  [30, 30],
  [15, 30],
  [14, 14],
  [7, 7],
  [2, 7],
  [1, 1],
  [0, 1],
  [-1, 0],
])('%i days before its end a certificate is under the threshold %p', (days, threshold) => {
  expect(ending(days)).toMatchObject({ daysLeft: days, threshold })
  expect(wordsOfCertificate(ending(days)).ok).toBe(threshold === null)
})

test('the watch tells at every threshold once, daily after the end, and again when a renewed one ends', async () => {
  let now = NOW
  let endsAt = NOW + 32 * DAY
  const told: string[] = []
  let rounds = 0
  let finish = (): void => undefined
  const done = new Promise<void>(resolve => (finish = resolve))
  const watch = watchCertificates({
    look: async () => [stateOf({ name: 'c', subject: '', endsAt, problem: '' }, WARN, now)],
    show: states => void (rounds += states.length),
    tell: (happening: Happening) =>
      void (happening.kind === 'certificate.ending' && told.push(`day ${(now - NOW) / DAY}: ${happening.daysLeft}`)),
    clock: {
      now: () => now,
      sleep: (ms, signal) => {
        now += ms
        if (now === NOW + 34 * DAY) endsAt = NOW + 100 * DAY
        if (now <= NOW + 71 * DAY) return Promise.resolve()
        finish()
        return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
      },
    },
  })
  await done
  await watch.stop()
  expect(rounds).toBe(72)
  expect(told).toEqual(['day 2: 30', 'day 18: 14', 'day 25: 7', 'day 31: 1', 'day 33: -1', 'day 70: 30'])
})

test('a watched certificate has a file or a day, not both and not neither', () => {
  expect(() => configWith('x', [{ name: 'a' }])).toThrow(/exactly one of file and endsOn/)
  expect(() => configWith('x', [{ name: 'a', file: 'x', endsOn: '2031-05-06' }])).toThrow(/exactly one/)
  expect(() => configWith('x', [{ name: 'a', file: 'x', password: 'clear' }])).toThrow(/密钥不得写在/)
})
