// A ledger file is read as spreadsheets, ERPs and people write it, or refused with its line: no row is lost, and no amount or
// day is taken for another.

import iconv from 'iconv-lite'
import { LedgerFileError, readLedgerCsv } from '../../connector/statements/ledger-csv'

async function read(file: string | Buffer, currency = 'CNY'): Promise<readonly string[]> {
  const rows: string[] = []
  const source = { name: 'l.csv', open: () => [Buffer.from(file)] as unknown as AsyncIterable<Uint8Array> }
  for await (const { id, date, minor, reference, counterparty, text } of readLedgerCsv(source, currency))
    rows.push([id, date, minor, reference, counterparty, text].join('|').replace(/\|+$/, ''))
  return rows
}
const refusal = async (file: string): Promise<unknown> =>
  await read(file).catch((error: unknown) => (error instanceof LedgerFileError ? [error.code, error.line] : error))

const HEAD = 'id,date,amount,reference,counterparty,text\n'
const TWO = ['L1|2026-03-01|100', 'L2|2026-03-02|200']

test.each([
  ['a first line of another ending than the rest', 'id,date,amount\r\nL1,2026-03-01,1.00\nL2,2026-03-02,2.00\n'],
  ['a file whose first line alone ends in LF', 'id,date,amount\nL1,2026-03-01,1.00\r\nL2,2026-03-02,2.00\r\n'],
  ['carriage returns alone', 'id,date,amount\rL1,2026-03-01,1.00\rL2,2026-03-02,2.00'],
  ['rows of nothing but separators', 'id,date,amount\n,,\n  \nL1,2026-03-01,1.00\n\n,,\nL2,2026-03-02,2.00\n,,\n'],
  [
    'a mark of UTF-8, quotes and capitals',
    '\uFEFF"ID","Date","Amount"\n"L1","2026-03-01","1.00"\n"L2","2026-03-02","2"\n',
  ],
  ['semicolons and decimal commas', 'id;date;amount\nL1;2026-03-01;1,00\nL2;2026-03-02;2,0\n'],
  ['tabs', 'id\tdate\tamount\nL1\t2026-03-01\t1.00\nL2\t2026-03-02\t2.00\n'],
  ['a spreadsheet’s word for its separator', 'sep=;\r\nid;date;amount\r\nL1;2026-03-01;1,00\r\nL2;2026-03-02;2,00\r\n'],
  ['columns in another order', 'Amount , DATE,Id\n1.00,2026-03-01,L1\n2.00,2026-03-02,L2\n'],
  ['UTF-16', iconv.encode('\uFEFFid\tdate\tamount\r\nL1\t2026-03-01\t1\r\nL2\t2026-03-02\t2\r\n', 'utf16le')],
  ['GB18030', iconv.encode('编号;日期;金额\nL1;2026年3月1日;1元\nL2;2026年3月2日;￥2\n', 'gb18030')],
])('every row is read of %s', async (_what, file) => {
  expect(await read(file)).toEqual(TWO)
})

test.each([
  ['2026-03-04', '2026-03-04'],
  ['2026/3/4', '2026-03-04'],
  ['2026.3.4', '2026-03-04'],
  ['20260304', '2026-03-04'],
  ['2026/3/4 0:00', '2026-03-04'],
  ['2026-03-04T23:59:59Z', '2026-03-04'],
  ['2026年3月4日', '2026-03-04'],
  ['04.03.2026', '2026-03-04'],
  // A spreadsheet's day number: 1 is 1900-01-01, and 60 the day that never was.
  ['46085', '2026-03-04'],
])('the day %s is %s', async (text, day) => {
  expect(await read(`${HEAD}L1,${text},1.00,,,\n`)).toEqual([`L1|${day}|100`])
})

test.each(['2026111', '2026-111', '2026-3/4', '03/04/2026', '2026-02-30', '4608', '99999', ''])(
  'the day %s, which is none or two, is refused',
  async text => {
    expect(await refusal(`${HEAD}L1,${text},1.00,,,\n`)).toEqual(['LEDGER_ROW', 2])
  },
)

test.each([
  ['"-1,234,567.80"', -123456780n],
  ['"1,234"', 123400n],
  ['"(1,234.50)"', -123450n],
  ['1234.50-', -123450n],
  ['−1234.50', -123450n],
  ['+1234.5', 123450n],
  ['1234.5000', 123450n],
  ['1 234.50', 123450n],
  ['"1.234,50"', 123450n],
  ['"-1234,5"', -123450n],
  ['"¥1,234.50"', 123450n],
  ['"-￥1,234.50"', -123450n],
  ['CNY 1234.50', 123450n],
  ['１２３４．５０', 123450n],
  ['-0.00', 0n],
])('the amount %s is %s', async (text, minor) => {
  expect(await read(`${HEAD}L1,2026-03-04,${text},R,,\n`)).toEqual([`L1|2026-03-04|${minor}|R`])
})

test.each([
  '',
  '-',
  '1E+05',
  '12.345',
  '"1,23,456"',
  '"1,2345"',
  '-(1.00)',
  '-1.00-',
  '--1',
  '$1.00',
  '1.00 USD',
  'abc',
])('the amount %s is refused', async text => {
  expect(await refusal(`${HEAD}L1,2026-03-04,${text},R,,\n`)).toEqual(['LEDGER_ROW', 2])
})

test('an amount that falls apart at its own comma is refused, not read as its first digits', async () => {
  expect(await refusal(`${HEAD}L1,2026-03-04,1,234.56,R,N,T\n`)).toEqual(['LEDGER_ROW', 2])
  expect(await refusal(`${HEAD}L1,2026-03-04,-1,234.56\n`)).toEqual(['LEDGER_ROW', 2])
  expect(await refusal(`${HEAD}L1,2026-03-04,1.00,R,N,one, two\n`)).toEqual(['LEDGER_ROW', 2])
  expect(await read(`${HEAD}L1,2026-03-04,1.00,R,N,T,,\nL2,2026-03-04,1.00\n`)).toHaveLength(2)
})

test('quotes within a name are kept, and guards of a spreadsheet are not', async () => {
  expect(await read(`${HEAD}L1,2026-03-04,1.00,="000123",ACME "Best" Ltd,"a ""b"", c"\n`)).toEqual([
    'L1|2026-03-04|100|000123|ACME "Best" Ltd|a "b", c',
  ])
  expect(await read(`${HEAD}L1,2026-03-04,1.00,'000123,N,\n`)).toEqual(['L1|2026-03-04|100|000123|N'])
})
