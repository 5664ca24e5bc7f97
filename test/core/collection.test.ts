// Whose incoming money it is: proven by account or exact name, or said by a person in parts that add up to the 分.

import fc from 'fast-check'
import {
  collectionEntry,
  entryGroup,
  isBookable,
  partsOf,
  type CollectionSettings,
} from '../../connector/core/collection'
import { listedCodes, partyOf } from '../../connector/core/parties'
import { describeEntry } from '../../connector/core/journal-example'
import type { Bookable } from '../../connector/core/journal'
import { sampleLine } from '../support/sample'

const settings: CollectionSettings = {
  booking: 'line',
  customers: [
    { code: 'C1', names: ['丙公司'], accounts: ['111'] },
    { code: 'C2', names: ['丁公司'], accounts: ['222', '333'] },
    { code: 'C3', names: ['丁公司'], accounts: ['444'] },
  ],
  asksErp: false,
  voucherType: '收',
  summary: '收{counterparty} {document}',
  counterAccount: '2203',
  auxiliaries: { customer: '{customer}' },
  bankAuxiliaries: {},
  settlementStyle: '3',
}
const known = (account: string, name: string) => partyOf([listedCodes(account, name, settings.customers)])
const amount = { minor: 10000n, currency: 'CNY' }

test.each([
  ['by account', '1-1 1', '', 'C1'],
  ['by exact name, width apart', '', '丙公司 ', 'C1'],
  ['by account among two of the same name', '333', '丁公司', 'C2'],
  ['by account with a name that nobody has', '444', '戊公司', 'C3'],
  ['not by a name that two have', '', '丁公司', null],
  ['not when account and name disagree', '111', '丁公司', null],
  ['not by part of a name', '', '丙公司北京分公司', null],
  ['not by nothing', '', '', null],
])('a customer is known %s', (_name, account, name, expected) => {
  expect(known(account, name)).toBe(expected)
})

test('the ERP and the list must agree', () => {
  const listed = listedCodes('111', '', settings.customers)
  expect(partyOf([listed, { byAccount: ['C9'], byName: [] }])).toBeNull()
  expect(partyOf([listed, { byAccount: ['C1'], byName: [] }])).toBe('C1')
  expect(
    partyOf([
      { byAccount: [], byName: [] },
      { byAccount: [], byName: ['C9'] },
    ]),
  ).toBe('C9')
})

describe('a claim', () => {
  test('of one customer takes the whole amount', () => {
    expect(partsOf({ customer: ' C1 ', document: 'SO1', split: '' }, amount)).toEqual([
      { customer: 'C1', document: 'SO1', amount },
    ])
  })

  test('is split among documents and customers', () => {
    expect(partsOf({ customer: '', document: '', split: 'C1:SO1:60.00；C2::40' }, amount)).toEqual([
      { customer: 'C1', document: 'SO1', amount: { minor: 6000n, currency: 'CNY' } },
      { customer: 'C2', document: '', amount: { minor: 4000n, currency: 'CNY' } },
    ])
  })

  test.each([
    ['CLAIM_CUSTOMER_MISSING', { customer: ' ', document: 'SO1', split: '' }],
    ['CLAIM_SPLIT_MALFORMED', { customer: 'C1', document: '', split: 'C1::100.00' }],
    ['CLAIM_SPLIT_MALFORMED', { customer: '', document: '', split: 'C1:100.00' }],
    ['CLAIM_SPLIT_MALFORMED', { customer: '', document: '', split: 'C1:a:b:100.00' }],
    ['CLAIM_SPLIT_MALFORMED', { customer: '', document: '', split: ':SO1:100.00' }],
    ['CLAIM_SPLIT_MALFORMED', { customer: '', document: '', split: 'C1::100.001' }],
    ['CLAIM_SPLIT_MALFORMED', { customer: '', document: '', split: 'C1::-1.00;C2::101.00' }],
    ['CLAIM_SPLIT_MALFORMED', { customer: '', document: '', split: 'C1::0;C2::100.00' }],
    ['CLAIM_SUM', { customer: '', document: '', split: 'C1::60.00;C2::39.99' }],
    ['CLAIM_SUM', { customer: '', document: '', split: 'C1::60.00;C2::40.01' }],
  ])('is refused as %s (%#)', (code, claim) => {
    expect(partsOf(claim, amount)).toMatchObject({ code })
  })

  test('that is taken adds up, whatever was asked', () => {
    const part = fc.tuple(
      fc.constantFrom('C1', 'C2', ''),
      fc.constantFrom('', 'SO1'),
      fc.constantFrom('50', '50.00', '25.5', '24.50', '100', '0', '-1', 'x'),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), parts => {
        const split = parts.map(each => each.join(':')).join(';')
        const taken = partsOf({ customer: '', document: '', split }, amount)
        if ('code' in taken) return
        expect(taken.reduce((sum, each) => sum + each.amount.minor, 0n)).toBe(amount.minor)
        expect(taken.every(each => each.amount.minor > 0n && each.customer !== '')).toBe(true)
      }),
    )
  })
})

const item = (minor: bigint, counterName: string): Bookable => ({
  key: 'x',
  line: sampleLine({ amount: { minor, currency: 'CNY' }, counterName }),
  account: '0200',
  accountSet: '001',
  ledgerAccount: '100201',
  request: null,
  maker: '',
})

test('the entry of two collections has the bank’s line of each, then the parts of each', () => {
  const part = (customer: string, document: string, minor: bigint) => ({
    customer,
    document,
    amount: { minor, currency: 'CNY' },
  })
  const entry = collectionEntry(
    'YQ1',
    [
      { item: item(10000n, '丙公司'), parts: [part('C1', 'SO1', 6000n), part('C1', 'SO2', 4000n)] },
      { item: item(500n, '丁公司'), parts: [part('C2', '', 500n)] },
    ],
    settings,
  )
  expect(describeEntry(entry)).toEqual([
    '收 收丙公司 SO1',
    'debit 100201 100.00',
    'debit 100201 5.00',
    'credit 2203 60.00 customer=C1',
    'credit 2203 40.00 customer=C1',
    'credit 2203 5.00 customer=C2',
  ])
})

test('an entry a line is made at once; one a day or a customer when the day is over', () => {
  expect(isBookable({ booking: 'line' }, '2026-03-01', '2026-03-01')).toBe(true)
  expect(isBookable({ booking: 'day' }, '2026-03-01', '2026-03-01')).toBe(false)
  expect(isBookable({ booking: 'customer' }, '2026-03-01', '2026-03-02')).toBe(true)
  const of = (id: string, customer: string) => ({
    id,
    account: 'A',
    bookedOn: '2026-03-01',
    parts: [{ customer, document: '', amount }],
  })
  const groups = (booking: CollectionSettings['booking']) =>
    new Set([of('1', 'C1'), of('2', 'C1'), of('3', 'C2')].map(each => entryGroup({ booking }, each))).size
  expect([groups('line'), groups('day'), groups('customer')]).toEqual([3, 1, 2])
})
