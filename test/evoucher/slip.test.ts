// The slip that is drawn from data: read back by programs that know nothing of how it was drawn.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PDFDocument } from '@cantoo/pdf-lib'
import { chineseFont } from '../../connector/cli/receipt-papers'
import { renderSlips, type Slip } from '../../connector/evoucher/slip'

const FONT = chineseFont()

const slip = (change: Partial<Slip> = {}): Slip => ({
  bank: '某某银行北京分行',
  bookedOn: '2026-10-12',
  bookedTime: '10:23:45',
  receiptNo: '20261012900001',
  serial: 'SN0001',
  reference: '261012001000001',
  payer: { name: '甲乙丙丁有限公司', account: '62000000000000010001', bank: '某某银行北京分行' },
  payee: { name: '戊己庚辛有限公司', account: '31000000000000020002', bank: '某某银行上海分行' },
  amount: { minor: 10_700_053n, currency: 'CNY' },
  direction: '借方（支出）',
  type: '转账',
  purpose: '货款',
  text: '采购付款',
  voucherNo: '付-0012',
  lineKey: '1:content:abc:1',
  ...change,
})

let folder: string
beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'yinqi-slip-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Of the poppler tools; null where they are not installed. */
function poppler(command: string, args: readonly string[], pdf: Uint8Array): string | null {
  const file = path.join(folder, 'slip.pdf')
  writeFileSync(file, pdf)
  try {
    return execFileSync(command, [...args.map(arg => (arg === '@' ? file : arg))], {
      encoding: 'utf8',
      timeout: 20_000,
    })
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

test('three slips stand on a page', async () => {
  for (const [count, pages] of [
    [1, 1],
    [3, 1],
    [4, 2],
    [7, 3],
  ] as const) {
    // prettier-ignore
    const { pdf } = await renderSlips(Array.from({ length: count }, () => slip()), FONT)
    expect((await PDFDocument.load(pdf)).getPageCount()).toBe(pages)
  }
})

test('the same data is the same document, and only the glyphs that are used are in it', async () => {
  const [one, other] = [await renderSlips([slip()], FONT), await renderSlips([slip()], FONT)]
  expect(Buffer.compare(one.pdf, other.pdf)).toBe(0)
  expect(FONT.length).toBeGreaterThan(5_000_000)
  expect(one.pdf.length).toBeLessThan(200_000)
  const fonts = poppler('pdffonts', ['@'], one.pdf)
  if (fonts === null) return skipped('pdffonts')
  // Embedded, a subset, and with the characters behind the glyphs: emb sub uni.
  expect(fonts.trim().split('\n').slice(2)).toEqual([expect.stringMatching(/NotoSansHans.* yes yes yes /)])
})

test('what the bank said can be read off it, with the amount in words and the mark that no bank sealed it', async () => {
  const { pdf, problems } = await renderSlips([slip()], FONT)
  expect(problems).toEqual([])
  const text = poppler('pdftotext', ['-layout', '@', '-'], pdf)
  if (text === null) return skipped('pdftotext')
  for (const expected of [
    '银行电子回单',
    '（据银行数据生成）',
    '2026-10-12 10:23:45',
    '20261012900001',
    '甲乙丙丁有限公司',
    '62000000000000010001',
    '戊己庚辛有限公司',
    '壹拾万柒仟元零伍角叁分',
    'CNY 107,000.53',
    'SN0001',
    '付-0012',
    '非银行签章',
    'not issued or sealed by the bank',
  ])
    expect(text).toContain(expected)
})

test('something is drawn on it', async () => {
  const { pdf } = await renderSlips([slip(), slip(), slip()], FONT)
  const picture = poppler('pdftoppm', ['-r', '30', '-gray', '@'], pdf)
  if (picture === null) return skipped('pdftoppm')
  expect(picture.startsWith('P5')).toBe(true)
})

test('a character that the font lacks is reported, never left out in silence', async () => {
  const { pdf, problems } = await renderSlips([slip({ payee: { ...slip().payee, name: '𠮷祥公司' } })], FONT)
  expect(problems).toEqual([
    { code: 'SLIP_GLYPH_MISSING', lineKey: '1:content:abc:1', text: expect.stringContaining('𠮷') },
  ])
  const text = poppler('pdftotext', ['-layout', '@', '-'], pdf)
  if (text === null) return skipped('pdftotext')
  expect(text).toContain('□祥公司')
})

test('a long name is written smaller; one that cannot be is cut, and reported', async () => {
  const named = (name: string) => renderSlips([slip({ payee: { ...slip().payee, name } })], FONT)
  expect((await named('很长的名称'.repeat(8))).problems).toEqual([])
  expect((await named('很长的名称'.repeat(60))).problems.map(({ code }) => code)).toEqual(['SLIP_TEXT_CUT'])
})

test('a line break in a name breaks no box, and another currency has no Chinese words', async () => {
  const { pdf, problems } = await renderSlips(
    [slip({ text: 'a\nb\u0000c\td', amount: { minor: 5n, currency: 'USD' } })],
    FONT,
  )
  expect(problems).toEqual([])
  const text = poppler('pdftotext', ['-layout', '@', '-'], pdf)
  if (text === null) return skipped('pdftotext')
  expect(text).toContain('USD 0.05')
  expect(text).toContain('此币种不写大写')
})

function skipped(tool: string): void {
  process.stderr.write(`${tool} is not installed: what it would have said was not looked at\n`)
}
