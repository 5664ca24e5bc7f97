// The textbook's 余额调节表: both sides adjusted by the other's open items, equal or the difference shown.

import { adjustBalances, type OpenItem } from '../../connector/core/match/adjusted-balance'

const item = (id: string, minor: bigint): OpenItem => ({
  ...{ id, minor },
  date: '2026-03-31',
  reference: '',
  counterparty: '',
  text: '',
})
const account = { account: '1', currency: 'CNY', asOf: '2026-03-31' }

// Ledger 54,000.00, bank 83,000.00; bank received 48,000.00 and paid 4,000.00 that the books lack; the books received
// 60,000.00 and paid 45,000.00 that the bank lacks: both come to 98,000.00.
const open = {
  bank: [item('b1', 4_800_000n), item('b2', -400_000n)],
  ledger: [item('l1', 6_000_000n), item('l2', -4_500_000n)],
}

test('both adjusted balances are equal when every difference is an open item', () => {
  const found = adjustBalances(account, { ledgerMinor: 5_400_000n, bankMinor: 8_300_000n }, open)
  expect(found.ledger).toMatchObject({
    add: { totalMinor: 4_800_000n, items: [{ id: 'b1' }] },
    subtract: { totalMinor: 400_000n, items: [{ id: 'b2' }] },
    adjustedMinor: 9_800_000n,
  })
  expect(found.bank).toMatchObject({
    add: { totalMinor: 6_000_000n, items: [{ id: 'l1' }] },
    subtract: { totalMinor: 4_500_000n, items: [{ id: 'l2' }] },
    adjustedMinor: 9_800_000n,
  })
  expect(found.differenceMinor).toBe(0n)
})

test('what no open item explains is shown as a difference', () => {
  expect(adjustBalances(account, { ledgerMinor: 5_400_001n, bankMinor: 8_300_000n }, open).differenceMinor).toBe(1n)
})

test('a balance that nobody gave is not invented', () => {
  expect(adjustBalances(account, { ledgerMinor: null, bankMinor: 8_300_000n }, open)).toMatchObject({
    ledger: { adjustedMinor: null },
    bank: { adjustedMinor: 9_800_000n },
    differenceMinor: null,
  })
})
