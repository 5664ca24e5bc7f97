// Which numbers are evidence: the same one however it is written, several in one text, and never a year, an amount or the
// last digits of a card.

import { bank, ledger, match } from '../support/match-sides'

const FAR = '2026-03-19'

test.each([
  ['INV-2026-77', 'inv-2026-77'],
  ['INV-2026-77', 'ＩＮＶ－２０２６－７７'],
  ['INV-2026-77', 'INV–2026—77'],
  ['INV-2026-77', 'INV/2026/77'],
  ['INV-2026-77', 'INV 2026 77'],
  ['INV-2026-77', 'INV_2026.77'],
  ['INV-2026-77', 'INV202677'],
  ['#INV-2026-77', 'INV-2026-77.'],
  ['付字(2026)第0012号', '付字（２０２６）第0012号'],
  ['0000123456', '123456'],
])('the reference %s is %s', (one, other) => {
  const found = ['reference: b = l']
  expect(match([bank('b', { references: [one] })], [ledger('l', { reference: other, date: FAR })])).toEqual(found)
  expect(match([bank('b', { references: [other] })], [ledger('l', { reference: one, date: FAR })])).toEqual(found)
})

test.each([
  ['INV-2026-77', 'INV-2026-78'],
  ['INV-1-11', 'INV-11-1'],
  ['1-23', '12-3'],
  ['7', '7'],
  ['001', '1'],
  ['-', '--'],
  ['no ref', 'NO REF'],
  ['N/A', 'n.a.'],
])('the reference %s is not %s, or is none', (one, other) => {
  expect(match([bank('b', { references: [one] })], [ledger('l', { reference: other, date: FAR })])).toEqual([
    'bank b',
    'ledger l',
  ])
})

test.each([
  ['货款 发票号INV-2026-001', 'INV-2026-001'],
  ['payment of Inv.No.INV-2026-001.', 'inv2026001'],
  ['货款（INV－2026－001）', 'INV-2026-001'],
  ['INV-2026-001/INV-2026-002', 'INV-2026-001'],
  ['支票 10045', '10045'],
  ['RE 2026-0815', '2026-0815'],
  ['发票No.00012345', '00012345'],
  ['支票 00123456', '123456'],
  ['13800138000 话费', '13800138000'],
  ['批次20260301-003', '20260301-003'],
  ['流水 202603020001234567', '202603020001234567'],
])('a document number in %s is %s', (text, reference) => {
  expect(match([bank('b', { text })], [ledger('l', { reference, date: FAR })])).toEqual(['document: b = l'])
  expect(
    match(
      [bank('b', { references: [reference], date: FAR })],
      [ledger('l', { reference: '', text, date: '2026-03-02' })],
    ),
  ).toEqual(['document: b = l'])
})

test.each([
  ['2026年3月房租', '2026年4月房租'],
  ['RENT 2026 MARCH', 'RENT 2026 APRIL'],
  ['利息 2026Q1', '2026Q1 利息'],
  ['工资 MAR2026', '奖金 MAR2026'],
  ['03/2026', '费用 03/2026'],
  ['起息日 02.03.2026', '02.03.2026 入账'],
  ['计息 20260301-20260331', '利息 20260301-20260331'],
  ['计息 2026.03.01-2026.03.31', '利息 2026.03.01-2026.03.31'],
  ['转账100.00元', '付100.00元'],
  ['转账12,345.67', '付12,345.67元'],
  ['尾号1234消费', '尾号1234 消费'],
  ['代发1024笔', '1024笔工资'],
  ['13800138000话费', '话费 13800138000'],
  ['转账6222020200112233445', '房租 6222020200112233445'],
  ['房费 3000元', '付 3000元'],
])('%s and %s share no document number', (one, other) => {
  expect(match([bank('b', { text: one })], [ledger('l', { text: other, date: FAR })])).toEqual(['bank b', 'ledger l'])
})

test('neither the amount itself nor the counterparty’s account is a document number', () => {
  const amount = { minor: -345_600n }
  expect(
    match([bank('b', { ...amount, text: '付款3456' })], [ledger('l', { ...amount, reference: '3456', date: FAR })]),
  ).toEqual(['bank b', 'ledger l'])
  const counterAccount = '6222020200112233445'
  expect(
    match(
      [bank('b', { counterAccount, text: `转账 ${counterAccount}` })],
      [ledger('l', { text: `${counterAccount} 房租`, date: FAR })],
    ),
  ).toEqual(['bank b', 'ledger l'])
})

test.each([
  ['货款 INV-2026-001/002/003'],
  ['货款 INV-2026-001,002,003'],
  ['货款 INV-2026-001、002、003'],
  ['INV-2026-001，002 和 003'],
  ['INV-2026-001/INV-2026-002/INV-2026-003'],
  ['INV-2026-001, inv-2026-002 & INV2026003'],
  ['INV-2026-001~003'],
  ['INV-2026-001至003'],
])('several invoices in one line: %s', text => {
  const entries = [
    ledger('l1', { reference: 'INV-2026-001', minor: -1_000n }),
    ledger('l2', { reference: 'INV-2026-002', minor: -2_000n, date: FAR }),
    ledger('l3', { text: '发票 INV-2026-003', minor: -4_000n }),
  ]
  expect(match([bank('b', { text, minor: -7_000n })], entries)).toEqual(['sum-document: b = l1+l2+l3'])
  // Another sum is none, and neither is a part of them.
  expect(match([bank('b', { text, minor: -3_000n })], entries)[0]).toBe('bank b')
})

test('short numbers and the number in the ledger’s reference field alike', () => {
  expect(
    match(
      [bank('b', { text: 'INV1, INV2', minor: -300n })],
      [ledger('l1', { reference: 'INV1', minor: -100n }), ledger('l2', { reference: 'INV2', minor: -200n })],
    ),
  ).toEqual(['sum-document: b = l1+l2'])
  expect(
    match(
      [bank('b1', { references: ['S1001'], minor: -100n }), bank('b2', { references: ['S1002'], minor: -200n })],
      [ledger('l', { reference: 'S1001,S1002', minor: -300n })],
    ),
  ).toEqual(['sum-document: b1+b2 = l'])
})

test('an instalment behind a stroke is no other document', () => {
  expect(
    match([bank('b', { text: 'INV-2026-001/2' })], [ledger('l', { reference: 'INV-2026-002', date: FAR })]),
  ).toEqual(['bank b', 'ledger l'])
})
