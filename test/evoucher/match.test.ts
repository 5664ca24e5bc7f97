// Which line a receipt is of: by number, or by everything; never by a guess, and never against what it says.

import { extract } from '../../connector/evoucher/extract'
import { chooseLine, mismatches } from '../../connector/evoucher/match'
import type { BankReceipt } from '../../connector/evoucher/bker'
import type { StatementLine } from '../../connector/ports'
import { sampleLine } from '../support/sample'
import { OTHER, OWN, RECEIPT_NO, bker } from './support'

function receiptOf(change: Parameters<typeof bker>[0] = {}): BankReceipt {
  const { receipt } = extract(Buffer.from(bker(change)))
  if (receipt === null) throw new Error('the sample is a receipt')
  return receipt
}

const line = (change: Partial<StatementLine> = {}): StatementLine =>
  sampleLine({
    bankId: null,
    bookedOn: '2026-10-12',
    valueOn: null,
    amount: { minor: -1_517_733n, currency: 'CNY' },
    counterAccount: OTHER,
    bankSerial: '',
    receiptKey: '',
    ...change,
  })

const of = (...lines: readonly StatementLine[]) => lines.map((each, index) => ({ id: index + 1, line: each }))

describe('a receipt and a line', () => {
  const fields = (receipt: BankReceipt, change: Partial<StatementLine> = {}, account = OWN) =>
    mismatches(receipt, account, line(change)).map(({ field }) => field)

  test('agree in amount, account, direction and day', () => {
    expect(fields(receiptOf())).toEqual([])
    expect(fields(receiptOf({ AccountNumberOfPayer: '6200 0000-0000 0001 0001' }))).toEqual([])
    expect(fields(receiptOf({ AccountNumberOfPayer: '620000********010001' }))).toEqual([])
    // Money that came in: our account is the payee's.
    expect(fields(receiptOf(), { amount: { minor: 1_517_733n, currency: 'CNY' } }, OTHER)).toEqual([])
    // Some banks write money out as negative.
    expect(fields(receiptOf({ TransactionAmountInFigures: '-15177.33' }))).toEqual([])
    expect(fields(receiptOf(), { bookedOn: '2026-10-13', valueOn: '2026-10-12' })).toEqual([])
  })

  test('disagree by name', () => {
    expect(fields(receiptOf({ TransactionAmountInFigures: '15177.34' }))).toEqual(['amount'])
    expect(fields(receiptOf(), { amount: { minor: -1_517_733n, currency: 'USD' } })).toEqual(['currency'])
    expect(fields(receiptOf(), {}, '99999999')).toEqual(['account'])
    expect(fields(receiptOf(), { amount: { minor: 1_517_733n, currency: 'CNY' } })).toEqual(['direction'])
    expect(fields(receiptOf(), { bookedOn: '2026-10-11' })).toEqual(['date'])
    expect(fields(receiptOf({ AccountNumberOfPayer: '620000********019999' }))).toEqual(['account'])
  })

  test('are not said to disagree where an account is not written, or hidden', () => {
    expect(fields(receiptOf({ AccountNumberOfPayer: '****0001' }))).toEqual([])
    expect(fields(receiptOf({ AccountNumberOfPayer: undefined }))).toEqual([])
    expect(fields(receiptOf({ AccountNumberOfPayer: '****0009' }))).toEqual(['account'])
    // What is written of the other side still tells the direction.
    expect(
      fields(receiptOf({ AccountNumberOfPayer: undefined }), { amount: { minor: 1_517_733n, currency: 'CNY' } }),
    ).toEqual(['direction'])
  })

  test('of a reversal may show the first payment’s sides', () => {
    expect(fields(receiptOf(), { amount: { minor: 1_517_733n, currency: 'CNY' }, isReversal: true })).toEqual([])
  })

  test('of a transfer between the account and itself may go either way', () => {
    expect(
      fields(receiptOf({ AccountNumberOfPayee: OWN }), { amount: { minor: 1_517_733n, currency: 'CNY' } }),
    ).toEqual([])
  })
})

describe('the line is chosen', () => {
  test.each<[string, Partial<StatementLine>]>([
    ['the receipt’s number', { receiptNo: RECEIPT_NO }],
    ['the receipt’s number as the bank’s key', { receiptKey: RECEIPT_NO }],
    ['the serial', { bankSerial: 'SN20261012000001' }],
    ['the serial within the bank’s key', { receiptKey: '20261012|SN20261012000001' }],
    ['the serial as the line’s id', { bankId: 'SN20261012000001' }],
  ])('by %s among twins', (_, change) => {
    expect(chooseLine(receiptOf(), OWN, of(line(), line(change), line()))).toMatchObject({
      kind: 'line',
      by: 'number',
      line: { id: 2 },
    })
  })

  test('by all that it says when one line fits', () => {
    const lines = of(line({ bookedOn: '2026-10-11' }), line(), line({ amount: { minor: -1n, currency: 'CNY' } }))
    expect(chooseLine(receiptOf(), OWN, lines)).toMatchObject({ kind: 'line', by: 'content', line: { id: 2 } })
  })

  test('never by content alone when two fit', () => {
    expect(chooseLine(receiptOf(), OWN, of(line(), line()))).toMatchObject({
      kind: 'ambiguous',
      lines: [{ id: 1 }, { id: 2 }],
    })
  })

  test('never without a booking day, and never against the other side’s account', () => {
    expect(chooseLine(receiptOf({ DateOfBookkeeping: undefined }), OWN, of(line()))).toEqual({ kind: 'none' })
    expect(chooseLine(receiptOf(), OWN, of(line({ counterAccount: '88888888' })))).toEqual({ kind: 'none' })
  })

  test('never by content where the receipt does not name our account in enough digits', () => {
    for (const AccountNumberOfPayer of [undefined, '****0001'])
      expect(chooseLine(receiptOf({ AccountNumberOfPayer }), OWN, of(line()))).toEqual({ kind: 'none' })
  })

  test('never by a number so short that it may be a counter', () => {
    const receipt = receiptOf({ BusinessSerialNumber: '17', NumberOfBankElectronicReceipt: '18' })
    expect(chooseLine(receipt, OWN, of(line({ bankSerial: '17', bookedOn: '2026-10-09' })))).toEqual({ kind: 'none' })
  })

  test('not silently: a number that names a line with other content is a contradiction', () => {
    const choice = chooseLine(
      receiptOf(),
      OWN,
      of(line({ receiptNo: RECEIPT_NO, amount: { minor: -1n, currency: 'CNY' } }), line()),
    )
    expect(choice).toMatchObject({
      kind: 'contradiction',
      line: { id: 1 },
      mismatches: [{ field: 'amount', receipt: '15177.33', line: '-0.01' }],
    })
  })

  test('none, when none fits', () => expect(chooseLine(receiptOf(), OWN, [])).toEqual({ kind: 'none' }))
})
