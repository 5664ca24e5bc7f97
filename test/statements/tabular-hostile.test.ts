// Hostile and damaged exports: any bytes, any truncation, any mutation ends in an answer or in StatementFileError, soon,
// and workbooks are refused by their size before they are unpacked.

import { utils, write, type BookType } from '@e965/xlsx'
import fc from 'fast-check'
import { deflateSync, unzipSync, zipSync } from 'fflate'
import { StatementFileError } from '../../connector/statements/model'
import { readStatements } from './support'

const ROWS = [
  ['账号：', '801100000000123456', '期初余额：', '1000.00'],
  ['交易日期', '摘要', '借方发生额', '贷方发生额', '余额', '对方户名'],
  ['2026-03-01', '货款', '100.00', '', '900.00', '丙公司'],
  ['2026-03-02', '收款', '', '50.00', '950.00', '丁公司'],
]
const CSV = Buffer.from(ROWS.map(row => row.map(cell => `"${cell}"`).join(',')).join('\r\n'))
const HTML = Buffer.from(
  `<html><table>${ROWS.map(row => `<tr>${row.map(cell => `<td colspan="1">${cell}</td>`).join('')}</tr>`).join('\n')}</table></html>`,
)
const book = (type: BookType): Buffer => {
  const made = utils.book_new()
  utils.book_append_sheet(made, utils.aoa_to_sheet(ROWS), 'a')
  return write(made, { type: 'buffer', bookType: type, compression: true }) as Buffer
}
const [XLSX, XLS] = [book('xlsx'), book('biff8')]

// The library tells records it does not know on the console.
beforeAll(() => void jest.spyOn(console, 'error').mockImplementation(() => undefined))
afterAll(() => void jest.restoreAllMocks())

/** Reads, or fails as it should; anything else fails the test. */
async function survive(bytes: Uint8Array, pieceBytes = 65_536): Promise<readonly (boolean | null)[]> {
  try {
    return (await readStatements(bytes, { pieceBytes })).statements.map(one => one.proven)
  } catch (error) {
    if (!(error instanceof StatementFileError)) throw error
    if (error.message.length > 2000) throw new Error('an error message carries the file', { cause: error })
    return []
  }
}

test('the samples are good', async () => {
  for (const sample of [CSV, HTML, XLSX, XLS]) expect(await survive(sample)).toEqual([true])
})

test('any bytes behind a good beginning', async () => {
  const starts = [CSV, HTML, XLSX.subarray(0, 600), XLS.subarray(0, 2048)]
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 300 }), async (start, bytes) => {
      await survive(Buffer.concat([start, bytes]))
    }),
    { numRuns: 200 },
  )
})

test('any cells in any order', async () => {
  const cell = fc.constantFrom(
    ...[
      '交易日期',
      '借方发生额',
      '贷方发生额',
      '余额',
      '摘要',
      '收/支',
      '合计',
      '期初余额',
      '账号：',
      '2026-03-01',
      '20260302',
    ],
    ...['1.00', '-1', '(1)', '', '借', '9'.repeat(40), '"', '\n', '<td>', '6.2E+18', '１', '/'],
  )
  const rows = fc.array(fc.array(cell, { maxLength: 8 }), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(rows, fc.constantFrom(',', '\t', ';'), async (table, separator) => {
      await survive(Buffer.from(`交易日期,摘要,金额,余额\n${table.map(row => row.join(separator)).join('\n')}`))
    }),
    { numRuns: 300 },
  )
})

test('any mutation', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(CSV, HTML, XLSX, XLS),
      fc.array(fc.tuple(fc.nat(20_000), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      fc.constantFrom(7, 65_536),
      async (sample, changes, pieceBytes) => {
        const bytes = Buffer.from(sample)
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte
        await survive(bytes, pieceBytes)
      },
    ),
    { numRuns: 400 },
  )
})

test('every truncation of text, and many of workbooks', async () => {
  for (const sample of [CSV, HTML]) for (let end = 0; end < sample.length; end++) await survive(sample.subarray(0, end))
  // What is cut behind the last sheet of an .xls is padding: then all of it is there.
  for (const sample of [XLSX, XLS])
    for (let end = 0; end < sample.length; end += 211) {
      const statements = await survive(sample.subarray(0, end))
      if (statements.length > 0)
        expect((await readStatements(sample.subarray(0, end))).statements[0]?.lines).toHaveLength(2)
    }
})

describe('known attacks are refused quickly', () => {
  const MEGABYTE = 1024 * 1024
  const repeated = (unit: string, bytes: number): string => unit.repeat(Math.ceil(bytes / unit.length))
  const workbook = (sheet: Uint8Array): Buffer =>
    Buffer.from(zipSync({ ...unzipSync(XLSX), 'xl/worksheets/sheet1.xml': [sheet, { level: 1 }] }))

  /** Says in its directory that it is short. */
  const lying = (): Buffer => {
    const zip = workbook(Buffer.alloc(66 * MEGABYTE, 32))
    const size = Buffer.alloc(4)
    size.writeUInt32LE(66 * MEGABYTE)
    const small = Buffer.alloc(4)
    small.writeUInt32LE(1000)
    for (let at = zip.indexOf(size); at >= 0; at = zip.indexOf(size)) small.copy(zip, at)
    return zip
  }

  test.each([
    ['a workbook of 66 MB in some kB', () => workbook(Buffer.alloc(66 * MEGABYTE, 32)), 'STATEMENT_TOO_LARGE'],
    ['one that lies about it', lying, 'STATEMENT_'],
    [
      'a zip file of many parts',
      () =>
        Buffer.from(
          zipSync(Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`xl/${at}.xml`, Buffer.from('x')]))),
        ),
      'STATEMENT_TOO_LARGE',
    ],
    [
      'too many rows',
      () =>
        workbook(
          Buffer.from(
            `<worksheet><sheetData>${Array.from({ length: 100_002 }, (_, at) => `<row r="${at + 1}"><c r="A${at + 1}"><v>1</v></c></row>`).join('')}</sheetData></worksheet>`,
          ),
        ),
      'STATEMENT_TOO_LARGE',
    ],
    [
      'a cell far away',
      () =>
        workbook(
          Buffer.from(
            '<worksheet><dimension ref="A1:XFD1048576"/><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>',
          ),
        ),
      'STATEMENT_',
    ],
    ['a file of 33 MB', () => Buffer.concat([XLS.subarray(0, 8), Buffer.alloc(33 * MEGABYTE)]), 'STATEMENT_TOO_LARGE'],
    [
      'an endless line',
      () => Buffer.concat([CSV, Buffer.from(`\n${repeated('x', 6 * MEGABYTE)}`)]),
      'STATEMENT_TOO_LARGE',
    ],
    [
      'an endless quoted field',
      () => Buffer.concat([CSV, Buffer.from(`\n"${repeated('x\n', 6 * MEGABYTE)}`)]),
      'STATEMENT_LINE_UNREADABLE',
    ],
    [
      'an endless cell',
      () => Buffer.concat([HTML.subarray(0, 20), Buffer.from(`<td>${repeated('x', 6 * MEGABYTE)}`)]),
      'STATEMENT_TOO_LARGE',
    ],
    [
      'an endless tag',
      () => Buffer.concat([HTML.subarray(0, 20), Buffer.from(`<td ${repeated("a='b' ", 6 * MEGABYTE)}`)]),
      'STATEMENT_TOO_LARGE',
    ],
    ['a page of nothing but tags', () => Buffer.from(`<table>${repeated("<td a='", 3 * MEGABYTE)}`), 'STATEMENT_'],
    [
      'an entity expansion',
      () => Buffer.from(`<!DOCTYPE d [<!ENTITY a "b">]><table>${HTML.toString()}`),
      'STATEMENT_BROKEN',
    ],
    [
      'broken rows without end',
      () => Buffer.concat([CSV, Buffer.from(repeated('\n2026-03-01,a,x', 3 * MEGABYTE))]),
      'STATEMENT_LINE_UNREADABLE',
    ],
    [
      'deflated bytes',
      () => Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), deflateSync(CSV)]),
      'STATEMENT_BROKEN',
    ],
  ])('%s', async (_name, made, code) => {
    const bytes = made()
    const startedAt = performance.now()
    await expect(readStatements(bytes)).rejects.toMatchObject({
      name: 'StatementFileError',
      code: expect.stringContaining(code),
    })
    expect(performance.now() - startedAt).toBeLessThan(20_000)
  })
})

describe('what is written is read back', () => {
  const cents = fc.integer({ min: 1, max: 99_999_999_999 })
  const name = fc.stringMatching(/^[\u4e00-\u9fa5（）A-Z]{2,12}$/)
  const line = fc.record({ cents, isOut: fc.boolean(), name, day: fc.integer({ min: 1, max: 28 }) })
  const decimal = (units: number): string =>
    `${units < 0 ? '-' : ''}${Math.floor(Math.abs(units) / 100)}.${String(Math.abs(units) % 100).padStart(2, '0')}`

  test('any statement, in either order, as text and as numbers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: -99_999_999, max: 99_999_999 }),
        fc.constantFrom('csv', 'xlsx', 'biff8'),
        fc.boolean(),
        async (lines, opening, form, isNewestFirst) => {
          let balance = opening
          const rows = lines
            .toSorted((a, b) => a.day - b.day)
            .map(one => {
              balance += one.isOut ? -one.cents : one.cents
              const amount = decimal(one.cents)
              const day = `2026-03-${String(one.day).padStart(2, '0')}`
              return [day, one.isOut ? amount : '', one.isOut ? '' : amount, decimal(balance), one.name]
            })
          const table = isNewestFirst ? rows.toReversed() : rows
          const heading = ['交易日期', '支出', '收入', '余额', '对方户名']
          const made = utils.book_new()
          const typed = table.map(row => row.map((cell, at) => (at > 0 && at < 4 && cell !== '' ? Number(cell) : cell)))
          utils.book_append_sheet(made, utils.aoa_to_sheet([heading, ...typed]), 'a')
          const bytes =
            form === 'csv'
              ? Buffer.from([heading, ...table].map(row => row.join(',')).join('\n'))
              : (write(made, { type: 'buffer', bookType: form }) as Buffer)
          const { statements } = await readStatements(bytes)
          expect(statements).toMatchObject([
            { proven: true, opening: { amount: decimal(opening) }, closing: { amount: decimal(balance) } },
          ])
          expect(
            statements[0]?.lines.map(one => [one.bookedOn, one.amount, one.balanceAfter, one.counterName]),
          ).toEqual(table.map(row => [row[0], row[1] === '' ? row[2] : `-${row[1]}`, row[3], row[4]]))
        },
      ),
      { numRuns: 120 },
    )
  })
})

test('a long cell in any column costs no more than its length', async () => {
  const heading = ['交易日期', '对手信息', '摘要', '借贷标志', '金额', '余额', '交易状态', '币种', '账号', '流水号']
  const row = ['2026-03-01', '甲', 'a', '借', '1.00', '9.00', '成功', '人民币', '622200001111', 'S']
  for (const fill of [' ', '账 ', '1', '-', '-1 ', '甲', '："', '=', 'a.', '(']) {
    const long = `x${fill.repeat(Math.floor(100_000 / fill.length))}y`
    const rows = [...row.keys()].map(at => row.with(at, long))
    const startedAt = performance.now()
    for (const table of [[heading, row, ...rows], ...rows.map(one => [one, heading, row])])
      await survive(Buffer.from(table.map(one => one.join('\t')).join('\n')))
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  }
})
