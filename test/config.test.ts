// What a site wrote wrongly is said all at once, each with its path, in Chinese and English; secrets never stand in clear.

import YAML from 'yaml'
import { ConfigError } from '../connector/config'
import { checkConfig } from '../connector/cli/site'
import { movableClock, partsWith } from './support/parts'

const GOOD = `
instance: one
dataDir: data
store: { dialect: sqlite, filename: yinqi.sqlite }
admin: { port: 0 }
erps:
  erp: { bridge: midtable, database: { dialect: sqlite, file: erp.sqlite } }
banks:
  boc:
    gateway: boc
    endpoint: http://127.0.0.1:1/B2EC/E2BServlet
    ip: 127.0.0.1
    custid: '12345678'
    cusopr: '87654321'
    operatorPassword: { env: YINQI_TEST_BOC }
    accounts: { '300000000001': { ibknum: '40142' } }
accounts:
  - { account: '300000000001', name: 甲公司, currency: CNY, bank: boc, erp: erp, bankName: 中国银行 }
`

beforeEach(() => void (process.env['YINQI_TEST_BOC'] = 'generated'))
afterEach(() => void delete process.env['YINQI_TEST_BOC'])

const parts = partsWith(movableClock())

/** The problems of the good configuration after some lines were changed: path -> message. */
function problemsOf(...changes: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  let text = GOOD
  for (const [from, to] of changes) {
    expect(text).toContain(from)
    text = text.replace(from, to)
  }
  try {
    checkConfig(YAML.parse(text), parts, '.')
    return {}
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return Object.fromEntries(error.problems.map(({ path, message }) => [path, message]))
  }
}

test('a complete configuration is accepted, its secrets resolved', () => {
  const config = checkConfig(YAML.parse(GOOD), parts, '.')
  expect(config.banks['boc']?.['operatorPassword']).toBe('generated')
  expect(config.accounts[0]?.account).toBe('300000000001')
})

test('every problem is reported at once, with its path', () => {
  const problems = problemsOf(
    ['dataDir: data\n', ''],
    ['port: 0', 'port: 99999'],
    ['gateway: boc', 'gateway: bco'],
    ['dialect: sqlite, file: erp.sqlite', 'dialect: oracle'],
    ['instance: one', 'instance: one\nfrom: 5'],
  )
  expect(Object.keys(problems).toSorted()).toEqual([
    '(root)',
    'admin.port',
    'banks.boc',
    'dataDir',
    'erps.erp.database.dialect',
  ])
  expect(problems['dataDir']).toBe('缺少此项 / is missing')
  for (const message of Object.values(problems)) expect(message).toMatch(/\p{Script=Han}.* \/ .*[A-Za-z]/u)
})

test.each<[string, readonly [string, string], string, RegExp]>([
  ['a secret in clear text', ['{ env: YINQI_TEST_BOC }', 'hunter2'], 'banks.boc.operatorPassword', /密钥不得写在/],
  ['a secret that is not there', ['YINQI_TEST_BOC', 'YINQI_TEST_NOT'], 'banks.boc.operatorPassword', /YINQI_TEST_NOT/],
  ['an account of an unknown bank', ['bank: boc', 'bank: abc'], 'accounts.0.bank', /没有名为 abc 的银行/],
  ['an account of an unknown ERP', ['erp: erp', 'erp: sap'], 'accounts.0.erp', /没有名为 sap 的 ERP/],
  [
    'a call longer than its lease',
    ['admin:', 'timing: { leaseMs: 5000, callTimeoutMs: 5000 }\nadmin:'],
    'timing.callTimeoutMs',
    /不得超过 leaseMs 的五分之四/,
  ],
])('%s is refused at its path', (_what, change, path, message) => {
  const problems = problemsOf(change)
  expect(problems[path]).toMatch(message)
})

test('a secret never stands in a problem’s own words', () => {
  const problems = problemsOf(['{ env: YINQI_TEST_BOC }', 'hunter2'], ['instance: one', 'instance: 5'])
  expect(JSON.stringify(problems)).not.toContain('hunter2')
})

test('an account that is listed twice is refused', () => {
  const again =
    "\naccounts:\n  - { account: '300000000001', name: 乙, currency: CNY, bank: boc, erp: erp, bankName: x }"
  expect(problemsOf(['\naccounts:', again])['accounts.1.account']).toMatch(/账号重复/)
})
