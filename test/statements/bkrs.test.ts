// bkrs, the voucher standard's bank statement: the published sample, and the ways in which banks' files differ from it.

import { bytesSource, parseStatementFile } from '../../connector/statements/parse-file'
import { lineOf } from '../../connector/statements/to-line'
import type { Entry, StatementEvent } from '../../connector/statements/model'
import { BKRS_LINES, ISSUER, OTHER, OWN, bker, bkrs, ofd, pdf, type BkrsLine } from '../evoucher/support'

async function read(file: string | Uint8Array) {
  const bytes = typeof file === 'string' ? Buffer.from(file) : file
  const events: StatementEvent[] = []
  for await (const event of parseStatementFile(bytesSource('s', bytes, 1000), { encoding: null })) events.push(event)
  return {
    format: events.flatMap(event => (event.kind === 'file' ? [event.format] : []))[0],
    entries: events.flatMap(event => (event.kind === 'entry' ? [event.entry] : [])),
    statements: events.flatMap(event => (event.kind === 'end' ? [event.statement] : [])),
    problems: events.flatMap(event => (event.kind === 'problem' ? [event.problem] : [])),
  }
}

const refusal = async (file: string | Uint8Array): Promise<unknown> => await read(file).catch((error: unknown) => error)
const amounts = (entries: readonly Entry[]): readonly string[] => entries.map(entry => entry.amount)
const codes = (problems: readonly { readonly code: string }[]): readonly string[] => problems.map(({ code }) => code)
const changed = (index: number, change: BkrsLine): readonly BkrsLine[] =>
  BKRS_LINES.map((line, at) => (at === index ? { ...line, ...change } : line))

test('the published sample is proven by its balances, and its opening balance found', async () => {
  const { format, entries, statements, problems } = await read(bkrs())
  expect(format).toBe('bkrs')
  expect(problems).toEqual([])
  expect(statements).toEqual([
    {
      ...{ account: OWN, bank: ISSUER, currency: 'CNY', number: '2021-08', reference: null, proven: true },
      // 95445.32 after the first line, which took 15177.33.
      opening: { on: null, amount: '110622.65' },
      closing: { on: null, amount: '95601.54' },
    },
  ])
  expect(entries[0]).toMatchObject({
    ...{
      bookedOn: '2021-08-03',
      amount: '-15177.33',
      currency: 'CNY',
      bankReference: 'B0001',
      type: '转账',
      text: '转账业务',
    },
    ...{ counterAccount: OTHER, counterName: '戊己庚辛有限公司', balanceAfter: '95445.32', status: 'booked' },
    receiptNo: '202108039029660024300000000001',
  })
  expect(amounts(entries)).toEqual(['-15177.33', '156.22'])
})

test('it is the same in an OFD and in a PDF; a line keeps its receipt’s number', async () => {
  for (const file of [ofd({ 'Doc_0/Attachs/s.xml': bkrs() }), await pdf({ 's.xml': bkrs() })]) {
    const { format, entries, statements } = await read(file)
    expect([format, statements[0]?.proven, amounts(entries)]).toEqual(['bkrs', true, ['-15177.33', '156.22']])
    const [first] = entries
    expect(first && lineOf(first, 'CNY')).toMatchObject({ receiptNo: '202108039029660024300000000001', receiptKey: '' })
  }
})

test('lines in pairs, one of them empty: the empty ones are no transactions', async () => {
  const empty = { DateOfBookkeeping: '2021-08-03', TransactionAmount: '0.00', IdentificationOfCreditOrDebit: '1' }
  const nil = { DateOfBookkeeping: null, TransactionAmount: null, AccountBalance: null }
  const lines = BKRS_LINES.flatMap((line, index) => [line, index === 0 ? empty : nil])
  const { entries, statements, problems } = await read(bkrs(lines))
  expect(amounts(entries)).toEqual(['-15177.33', '156.22'])
  expect(statements[0]?.proven).toBe(true)
  expect(codes(problems)).toEqual(['ROWS_SKIPPED'])
})

test('money out that is written as negative, with the code of money out, is out once', async () => {
  const { entries, statements, problems } = await read(bkrs(changed(0, { TransactionAmount: '-15177.33' })))
  expect([amounts(entries), statements[0]?.proven, problems]).toEqual([['-15177.33', '156.22'], true, []])
})

test('a bank’s own serial of the line goes before the serial of the business', async () => {
  const { entries } = await read(bkrs(changed(0, { AccDtlSn: 'SN-778899' }), { date: '2023-05-15' }))
  expect(entries.map(entry => entry.bankReference)).toEqual(['SN-778899', 'B0002'])
})

test('a file whose amounts are mostly zero is not proven: the balances show what is missing', async () => {
  const { entries, statements, problems } = await read(bkrs([...changed(0, { TransactionAmount: '0' }), ...BKRS_LINES.slice(1).map(line => ({ ...line, AccountBalance: '95757.76' }))])) // prettier-ignore
  expect(amounts(entries)).toEqual(['156.22', '156.22'])
  expect(statements[0]?.proven).toBe(false)
  expect(codes(problems)).toContain('BALANCE_GAP')
})

test('a wrong code is not believed over the balances, and not mended in silence either', async () => {
  const { statements, problems } = await read(bkrs(changed(1, { IdentificationOfCreditOrDebit: '0' })))
  expect(statements[0]?.proven).toBe(false)
  expect(codes(problems)).toContain('BALANCE_GAP')
})

test('where code and sign contradict each other, or there is no code, the balances decide and it is said', async () => {
  for (const change of [{ TransactionAmount: '-156.22' }, { IdentificationOfCreditOrDebit: null }]) {
    const { entries, statements, problems } = await read(bkrs(changed(1, change)))
    expect([amounts(entries), statements[0]?.proven]).toEqual([['-15177.33', '156.22'], true])
    expect(codes(problems)).toEqual(['DIRECTION_ASSUMED'])
  }
})

test('where nothing decides, the file is refused: money in would be taken for money out', async () => {
  const lines = changed(0, { IdentificationOfCreditOrDebit: null })
  expect(await refusal(bkrs(lines))).toMatchObject({
    code: 'STATEMENT_LINE_UNREADABLE',
    element: 'IdentificationOfCreditOrDebit',
  })
})

test('a balance that moved by another amount decides nothing', async () => {
  const lines = changed(1, { IdentificationOfCreditOrDebit: null, AccountBalance: '95601.55' })
  expect(await refusal(bkrs(lines))).toMatchObject({ code: 'STATEMENT_LINE_UNREADABLE' })
})

test('newest first is read as it stands, and proven backwards', async () => {
  const { entries, statements, problems } = await read(bkrs(BKRS_LINES.toReversed()))
  expect(amounts(entries)).toEqual(['156.22', '-15177.33'])
  expect(statements[0]).toMatchObject({ proven: true, opening: { amount: '110622.65' } })
  expect(problems).toEqual([])
})

test('a line that is missing, in the middle or at the end, is a gap', async () => {
  const third = { ...BKRS_LINES[1], TransactionAmount: '10.00', AccountBalance: '95711.54' }
  for (const lines of [[...BKRS_LINES, third], BKRS_LINES.slice(0, 1)]) {
    const { statements, problems } = await read(bkrs(lines, { head: { AccountBalanceAtTheEndOfReconciliationCycleAmount: lines.length === 1 ? '95601.54' : '95711.54' } })) // prettier-ignore
    expect([statements[0]?.proven, codes(problems).includes('BALANCE_GAP')]).toEqual([false, true])
  }
})

test('two breaks that cancel each other prove nothing', async () => {
  const lines = [
    ...BKRS_LINES,
    { ...BKRS_LINES[1], TransactionAmount: '10.00', AccountBalance: '95711.54' },
    { ...BKRS_LINES[1], TransactionAmount: '110.00', AccountBalance: '95721.54' },
  ]
  const { statements, problems } = await read(
    bkrs(lines, { head: { AccountBalanceAtTheEndOfReconciliationCycleAmount: '95721.54' } }),
  )
  expect(statements[0]?.proven).toBeNull()
  expect(codes(problems)).toEqual(['BALANCE_GAP', 'BALANCE_GAP'])
})

test('a month without movement, and a file without a closing balance, are read and not proven', async () => {
  expect((await read(bkrs([]))).statements[0]).toMatchObject({ proven: null, closing: { amount: '95601.54' } })
  const { statements } = await read(
    bkrs(undefined, { head: { AccountBalanceAtTheEndOfReconciliationCycleAmount: undefined } }),
  )
  expect(statements[0]).toMatchObject({ proven: null, closing: null })
})

test.each<[string, string | Uint8Array, string]>([
  ['an amount with separators', bkrs(changed(0, { TransactionAmount: '15,177.33' })), 'STATEMENT_LINE_UNREADABLE'],
  ['a day that is none', bkrs(changed(0, { DateOfBookkeeping: '2021-02-30' })), 'STATEMENT_LINE_UNREADABLE'],
  ['a document type', bkrs(undefined, { prolog: '<!DOCTYPE a>' }), 'STATEMENT_BROKEN'],
  ['a receipt instead of a statement, as XML', bker(), 'STATEMENT_ABSENT'],
  ['a receipt instead of a statement, as OFD', ofd({ 'Doc_0/Attachs/a.xml': bker() }), 'STATEMENT_ABSENT'],
  [
    'a broken seal',
    ofd({ 'Doc_0/Attachs/s.xml': bkrs() }, { altered: { 'Doc_0/Document.xml': 'x' } }),
    'STATEMENT_BROKEN',
  ],
  ['half a file', bkrs().slice(0, 2500), 'STATEMENT_BROKEN'],
])('%s is refused', async (_, file, code) => expect(await refusal(file)).toMatchObject({ code }))
