// The 余额调节表 on paper and in a workbook: the same figures as the calculation, text that a reader finds again, the font
// within the document, and every page of a long list with its total.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { read, utils } from '@e965/xlsx'
import { strFromU8, unzipSync } from 'fflate'
import { FormatError, statementJson, writeStatement } from '../../connector/cli/adjusted'
import { adjustBalances, type OpenItem } from '../../connector/core/match/adjusted-balance'

let folder: string
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'yinqi-adjusted-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const item = (id: string, minor: bigint, change: Partial<OpenItem> = {}): OpenItem => ({
  ...{ id, date: '2026-10-30', minor, reference: `付-${id}`, counterparty: '上海乙火（贸易）有限公司', text: '货款' },
  ...change,
})

/** Ledger 54,000.00 and bank 83,000.00 come to 98,000.00: the textbook's example. */
const bankOnly = [item('1', 4_800_000n), item('2', -400_000n, { text: '手续费' })]
const ledgerOnly = [item('3', 6_000_000n), item('4', -4_500_000n, { counterparty: '', text: '支票 0077 未兑付' })]
const statement = (bank: readonly OpenItem[], differing = 0n) => ({
  adjusted: adjustBalances(
    { account: '0200000109000000001', currency: 'CNY', asOf: '2026-10-31' },
    { ledgerMinor: 5_400_000n + differing, bankMinor: 8_300_000n },
    { bank, ledger: ledgerOnly },
  ),
  ...{ accountName: '甲示例公司', bankName: '示例银行北京支行' },
})
const signers = { preparer: '张三', reviewer: '李四' }

/** Null where poppler is not installed. */
const poppler = (tool: string, ...args: readonly string[]): string | null => {
  const run = spawnSync(tool, args, { encoding: 'utf8', timeout: 30_000 })
  return run.error ? null : run.stdout
}
const popplerTest = poppler('pdftotext', '-v') === null ? test.skip : test
popplerTest('poppler is installed: what a reader of the PDF finds is looked at', () => undefined)

popplerTest('a reader of the PDF finds the figures, the names and the signatures, in an embedded font', async () => {
  const file = path.join(folder, 'a.pdf')
  await writeStatement(statement(bankOnly), signers, file)
  const text = poppler('pdftotext', '-layout', file, '-') ?? ''
  for (const words of [
    '银行存款余额调节表',
    '0200000109000000001',
    '2026-10-31',
    '上海乙火（贸易）有限公司',
    '支票 0077',
  ])
    expect(text).toContain(words)
  expect(text).toMatch(/账面余额\s+54,000\.00\s+对账单余额\s+83,000\.00/)
  expect(text).toMatch(/银行已收企业未收（1 笔）\s+48,000\.00\s+加：企业已收银行未收（1 笔）\s+60,000\.00/)
  expect(text).toMatch(/银行已付企业未付（1 笔）\s+4,000\.00\s+减：企业已付银行未付（1 笔）\s+45,000\.00/)
  expect(text).toMatch(/调节后余额\s+98,000\.00\s+调节后余额\s+98,000\.00/)
  expect(text).toMatch(/差额 Difference\s+0\.00\s+相符/)
  expect(text).toMatch(/编制人 Prepared by：张三\s+复核人 Reviewed by：李四/)
  const fonts = (poppler('pdffonts', file) ?? '').split('\n').slice(2).filter(Boolean)
  expect(fonts).toHaveLength(1)
  expect(fonts[0]).toMatch(/NotoSansHans-Regular .* yes yes yes/)
  expect(readFileSync(file).length).toBeLessThan(200_000)
})

popplerTest('a long list goes on over pages, each with its total, and the pages add up', async () => {
  const file = path.join(folder, 'long.pdf')
  const many = Array.from({ length: 200 }, (_, index) => item(`N${index + 1}`, BigInt(index + 1) * 100n))
  await writeStatement(statement(many), {}, file)
  const text = poppler('pdftotext', '-layout', file, '-') ?? ''
  const numbers = [...text.matchAll(/本页小计 this page（(\d+) 笔）\s+([\d,.]+)/g)]
  const pages = numbers.map(([, count = '', sum = '']) => [Number(count), Number(sum.replaceAll(',', ''))])
  expect(pages.length).toBeGreaterThan(3)
  // 1 + 2 + … + 200 = 20,100.
  expect(pages.reduce((total, [count = 0]) => total + count, 0)).toBe(200)
  expect(pages.reduce((total, [, sum = 0]) => total + sum, 0)).toBe(20_100)
  expect(text).toMatch(/合计 total（200 笔）\s+20,100\.00/)
  expect(text.match(/（续 continued）/g)?.length).toBe(pages.length - 1)
  for (const { id } of many) expect(text).toMatch(new RegExp(`付-${id}\\b`))
})

test('a difference and an unknown balance are said, not hidden', async () => {
  const file = path.join(folder, 'b.json')
  await writeStatement(statement(bankOnly, 1n), {}, file)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ difference: '0.01', preparer: '', reviewer: '' })
  const { adjusted, ...rest } = statement(bankOnly)
  const unknown = { ...adjusted, ledger: { ...adjusted.ledger, balanceMinor: null, adjustedMinor: null } }
  expect(statementJson({ adjusted: { ...unknown, differenceMinor: null }, ...rest }, {})).toMatchObject({
    ...{ ledger: { balance: null, adjusted: null }, difference: null },
  })
})

test('the JSON has every class with its total and items, as magnitudes', () => {
  expect(statementJson(statement(bankOnly), signers)).toMatchObject({
    ...{ account: '0200000109000000001', asOf: '2026-10-31', preparer: '张三', reviewer: '李四', difference: '0.00' },
    ledger: { balance: '54000.00', adjusted: '98000.00' },
    bank: { balance: '83000.00', adjusted: '98000.00' },
    receivedByBankOnly: { total: '48000.00', items: [{ id: '1', amount: '48000.00' }] },
    paidByBankOnly: { total: '4000.00', items: [{ id: '2', amount: '4000.00', text: '手续费' }] },
    receivedInLedgerOnly: { total: '60000.00', items: [{ id: '3' }] },
    paidInLedgerOnly: { total: '45000.00', items: [{ id: '4', date: '2026-10-30' }] },
  })
})

test('the workbook has the figures as numbers, exactly, and the largest ones as text', async () => {
  const file = path.join(folder, 'a.xlsx')
  const huge = 12_345_678_901_234_567n
  await writeStatement(statement([...bankOnly, item('5', huge)]), signers, file)
  const book = read(readFileSync(file))
  expect(book.SheetNames).toEqual(['余额调节表', '未达账项'])
  const [summary = [], items = []] = book.SheetNames.map(name =>
    utils.sheet_to_json<readonly unknown[]>(book.Sheets[name] ?? {}, { header: 1 }),
  )
  expect(summary.find(row => row[0] === '账面余额 balance')).toEqual([
    '账面余额 balance',
    54_000,
    '对账单余额 balance',
    83_000,
  ])
  expect(summary.find(row => row[0] === '编制人 Prepared by')).toEqual([
    '编制人 Prepared by',
    '张三',
    '复核人 Reviewed by',
    '李四',
  ])
  expect(items).toContainEqual([
    '银行已付企业未付',
    '1',
    '2026-10-30',
    '付-2',
    '上海乙火（贸易）有限公司',
    '手续费',
    4_000,
  ])
  expect(items).toContainEqual(expect.arrayContaining(['付-5', '123456789012345.67']))
  // As it lies in the file: a number cell, and no formula anywhere.
  const sheets = unzipSync(readFileSync(file))
  const xml = strFromU8(sheets['xl/worksheets/sheet1.xml'] ?? new Uint8Array())
  expect(xml).toContain('<v>54000</v>')
  expect(xml).not.toContain('<f>')
})

test('a name that ends in none of the three is refused', async () => {
  await expect(writeStatement(statement(bankOnly), {}, path.join(folder, 'a.doc'))).rejects.toThrow(FormatError)
})
