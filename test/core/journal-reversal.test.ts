// What a bank's reversal takes back is proven or it is nothing; the red entry is the original with every amount negative.

import { reversedLines, reversingEntry, type AccountLine } from '../../connector/core/journal-reversal'
import type { JournalEntry, StatementLine } from '../../connector/ports'
import { sampleLine } from '../support/sample'

const line = (id: string, change: Partial<StatementLine>, paymentId: string | null = null): AccountLine => ({
  id,
  paymentId,
  line: sampleLine({ reference: '', bankSerial: '', ...change }),
})
const back = (change: Partial<StatementLine>, paymentId: string | null = null): AccountLine =>
  line('9', { amount: { minor: 12345n, currency: 'CNY' }, isReversal: true, ...change }, paymentId)
const named = (reversal: AccountLine, ...others: readonly AccountLine[]): readonly string[] =>
  reversedLines(reversal, others).map(each => each.id)

test.each<[string, AccountLine, AccountLine]>([
  ['the same reference', back({ reference: 'R1' }), line('1', { reference: 'R1' })],
  ['the same serial', back({ bankSerial: 'S1' }), line('1', { bankSerial: 'S1' })],
  ['the same payment of ours', back({}, 'P1'), line('1', {}, 'P1')],
  ['the serial in its text', back({ text: '冲正原流水20260301000077' }), line('1', { bankSerial: '20260301000077' })],
])('a line is meant by %s', (_name, reversal, original) => {
  expect(named(reversal, original)).toEqual(['1'])
})

test.each<[string, AccountLine, AccountLine]>([
  ['the amount alone', back({}), line('1', {})],
  ['empty references', back({ reference: '', bankSerial: '' }), line('1', { reference: '', bankSerial: '' })],
  [
    'a serial that is part of a longer number',
    back({ text: '冲正202603010000771' }),
    line('1', { bankSerial: '20260301000077' }),
  ],
  ['a short serial in its text', back({ text: '冲正 S1' }), line('1', { bankSerial: 'S1' })],
  [
    'another amount',
    back({ reference: 'R1' }),
    line('1', { reference: 'R1', amount: { minor: -12346n, currency: 'CNY' } }),
  ],
  [
    'the same side',
    back({ reference: 'R1' }),
    line('1', { reference: 'R1', amount: { minor: 12345n, currency: 'CNY' } }),
  ],
  [
    'another currency',
    back({ reference: 'R1' }),
    line('1', { reference: 'R1', amount: { minor: -12345n, currency: 'USD' } }),
  ],
  ['a later day', back({ reference: 'R1' }), line('1', { reference: 'R1', bookedOn: '2026-03-02' })],
  ['a line that is a reversal itself', back({ reference: 'R1' }), line('1', { reference: 'R1', isReversal: true })],
])('a line is not meant by %s', (_name, reversal, original) => {
  expect(named(reversal, original)).toEqual([])
})

test('twins are both named: who decides must see that it is not proven which', () => {
  expect(named(back({ reference: 'R1' }), line('1', { reference: 'R1' }), line('2', { reference: 'R1' }))).toEqual([
    '1',
    '2',
  ])
})

const original: JournalEntry = {
  key: 'YQ1',
  accountSet: '001',
  date: '2026-03-01',
  voucherType: '付',
  summary: '手续费',
  maker: '张',
  lines: [
    {
      account: '660301',
      side: 'debit',
      amount: { minor: 1050n, currency: 'CNY' },
      summary: '手续费',
      auxiliaries: { department: '11' },
      settlement: null,
    },
    {
      account: '100201',
      side: 'credit',
      amount: { minor: 1050n, currency: 'CNY' },
      summary: '手续费',
      auxiliaries: {},
      settlement: { style: '3', number: 'S1', date: '2026-03-01' },
    },
  ],
  document: null,
  rule: 'fee',
}

test('the red entry is the original with negative amounts on the same sides, and names it', () => {
  const by = {
    key: 'YQ2',
    date: '2026-03-05',
    maker: '银企直联',
    rule: 'reversal',
    voucherNo: '付-0007',
    reason: '冲正',
    settlement: { number: 'S9', date: '2026-03-05' },
  }
  expect(reversingEntry(original, by)).toEqual({
    key: 'YQ2',
    accountSet: '001',
    date: '2026-03-05',
    voucherType: '付',
    summary: '[冲销2026.03.01 付-0007号凭证]手续费',
    maker: '银企直联',
    lines: [
      {
        account: '660301',
        side: 'debit',
        amount: { minor: -1050n, currency: 'CNY' },
        summary: '[冲销2026.03.01 付-0007号凭证]手续费',
        auxiliaries: { department: '11' },
        settlement: null,
      },
      {
        account: '100201',
        side: 'credit',
        amount: { minor: -1050n, currency: 'CNY' },
        summary: '[冲销2026.03.01 付-0007号凭证]手续费',
        auxiliaries: {},
        settlement: { style: '3', number: 'S9', date: '2026-03-05' },
      },
    ],
    document: null,
    rule: 'reversal',
    reverses: { key: 'YQ1', date: '2026-03-01', voucherType: '付', voucherNo: '付-0007', reason: '冲正' },
  })
})

test('a reversal is not reversed', () => {
  const by = { key: 'YQ2', date: '2026-03-05', maker: '', rule: 'r', voucherNo: '', reason: '', settlement: null }
  const red = reversingEntry(original, by)
  expect(() => reversingEntry(red, { ...by, key: 'YQ3' })).toThrow(/reversal itself/)
})
