// A site's settings for BOC, and what the core is told about the bank.

import { bocConfig } from '../../bank-gateways/boc/config'
import { isListed, RSPCODS } from '../../bank-gateways/boc/codes'
import { gatewayOf, PASSWORD, SETTINGS } from './boc-front-end'

const ENDPOINT = 'http://10.0.0.5:8080/B2EC/E2BServlet'
const minimal = { endpoint: ENDPOINT, ...SETTINGS }

function problems(over: Readonly<Record<string, unknown>>): readonly string[] {
  const parsed = bocConfig.safeParse({ ...minimal, ...over })
  return parsed.success ? [] : parsed.error.issues.map(issue => issue.path.join('.'))
}

test('what a site leaves out is the safe side', () => {
  expect(bocConfig.parse(minimal)).toMatchObject({
    version: '120',
    locale: 'zh_CN',
    encoding: 'utf-8',
    batchMax: 20,
    inquiryMax: 100,
    statementPageSize: 50,
    statementTotal: 'unknown',
    fieldLengths: 'bytes',
    dedupesReference: false,
    absentFinalAfterMs: null,
    receipts: null,
    reversalWords: ['退汇', '退票', '冲正'],
    signIn: { pauseMs: 21_600_000, maxFailuresPerDay: 4, maxRefusals: 6 },
  })
})

test('the terminal number is derived from the front-end’s address, or given', () => {
  const { termid: _, ...without } = minimal
  expect(bocConfig.parse({ ...without, ip: '192.168.1.10' }).termid).toBe('E192168001010')
  expect(bocConfig.parse({ ...minimal, ip: '192.168.1.10' }).termid).toBe('E192168001010')
  expect(problems({ ip: '192.168.1.11' })).toEqual(['termid'])
  expect(bocConfig.safeParse(without).error?.issues.map(issue => issue.path.join('.'))).toEqual(['termid'])
})

test.each([
  [{ endpoint: 'ftp://10.0.0.5/B2EC' }, ['endpoint']],
  [{ endpoint: 'http://u:p@10.0.0.5/B2EC/E2BServlet' }, ['endpoint']],
  [{ termid: 'E19216800101' }, ['termid']],
  [{ custid: '12345678901' }, ['custid']],
  [{ cusopr: '' }, ['cusopr']],
  [{ operatorPassword: '' }, ['operatorPassword']],
  [{ operatorPassword: 'a\nb' }, ['operatorPassword']],
  [{ accounts: { '300000000001': { ibknum: '4014' } } }, ['accounts.300000000001.ibknum']],
  [{ batchMax: 1001 }, ['batchMax']],
  [{ inquiryMax: 101 }, ['inquiryMax']],
  [{ statementPageSize: 51 }, ['statementPageSize']],
  [{ absentFinalAfterMs: 0 }, ['absentFinalAfterMs']],
  [{ signIn: { maxFailuresPerDay: 5 } }, ['signIn.maxFailuresPerDay']],
  [{ receipts: { directory: '/d', entryPattern: 'x' } }, ['receipts.entryPattern']],
  [{ codes: [{ code: 'B001', level: 'submit', outcome: 'refused', meaning: 'x' }] }, ['codes.0.code']],
  [{ codes: [{ code: 'B801', level: 'submit', outcome: 'settled', meaning: 'x' }] }, ['codes.0.outcome']],
  [{ unknownSetting: 1 }, ['']],
  [{ custid: 'x', batchMax: 0 }, ['custid', 'batchMax']],
])('%p is refused at its path', (over, paths) => {
  expect(problems(over)).toEqual(paths)
})

test('a refused setting does not repeat the password', () => {
  const parsed = bocConfig.safeParse({ ...minimal, operatorPassword: `${PASSWORD}\u0000`, custid: 'x' })
  expect(JSON.stringify(parsed.error)).toContain('operatorPassword')
  expect(JSON.stringify(parsed.error) + String(parsed.error)).not.toContain(PASSWORD)
})

test('the codes are those of the reference, and no name that every object has is one of them', () => {
  expect(Object.keys(RSPCODS).toSorted()).toEqual([
    '1033',
    'B001',
    'B002',
    'B003',
    'B054',
    'B059',
    'B077',
    'B107',
    'B149',
    'B150',
    'B266',
    'B999',
  ])
  expect(isListed('constructor')).toBe(false)
  expect(Object.values(RSPCODS).map(({ submit }) => submit)).not.toContain('settled')
})

test('the core is told what the reference says, and false or nothing where it is silent', () => {
  const gateway = gatewayOf(bocConfig.parse({ ...minimal, batchMax: 7 }))
  expect(gateway.name).toBe('boc')
  expect(gateway.traits).toEqual({
    dedupesReference: false,
    referenceScope: 'item',
    absentFinalAfterMs: null,
    batchMax: 7,
    reference: { maxBytes: 32, alphabet: 'alphanumeric' },
    encoding: 'utf-8',
    currencies: ['CNY'],
    maxBytes: { payerName: 70, payeeName: 70, payeeAccount: 35 },
    own: { cnapsPrefix: '104', names: ['中国银行'] },
    crossBankRequires: [],
  })
  expect(Object.hasOwn(gateway, 'receipt')).toBe(false)
  expect(Object.hasOwn(gatewayOf(bocConfig.parse({ ...minimal, receipts: { directory: '/d' } })), 'receipt')).toBe(true)
  expect(gatewayOf(bocConfig.parse({ ...minimal, fieldLengths: 'characters' })).traits.maxBytes).toEqual({
    payeeAccount: 35,
  })
})
