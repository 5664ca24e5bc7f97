// The 余额调节表 as a document to sign: both balances, the four classes of open items, the adjusted balances and their
// difference, then every open item, with the total of each page.

import type Library from 'pdfkit'
import { classesOf, type AdjustedBalance, type OpenClass } from '../core/match/adjusted-balance'
import { formatAmount } from '../core/money'
import { chineseFontPath } from './font'
import { drawTable, type Area, type Column } from './page-tables'

export type StatementHead = {
  readonly accountName: string
  readonly bankName: string
  readonly preparer: string
  readonly reviewer: string
  /** `yyyy-MM-dd` of making. */
  readonly madeOn: string
}

const MARGIN = 40
const PAGE = { width: 595.28, height: 841.89 }
const WIDTH = PAGE.width - 2 * MARGIN
/** Room for the page's number and the signatures. */
const FOOT = 46
const AREA: Area = { left: MARGIN, top: MARGIN, bottom: PAGE.height - MARGIN - FOOT }

/** The bytes of the PDF; the font's glyphs that it uses are embedded. */
export async function adjustedStatementPdf(adjusted: AdjustedBalance, head: StatementHead): Promise<Buffer> {
  // Loaded here: no other command needs it, and it is large.
  const Pdf: typeof Library = require('pdfkit')
  const doc = new Pdf({
    ...{ size: [PAGE.width, PAGE.height], margin: MARGIN, bufferPages: true },
    info: {
      Title: `余额调节表 ${adjusted.account} ${adjusted.asOf}`,
      CreationDate: new Date(`${head.madeOn}T00:00:00Z`),
    },
  })
  // Text is placed by hand; the margin must not start a page by itself.
  doc.page.margins.bottom = 0
  doc.on('pageAdded', () => void (doc.page.margins.bottom = 0))
  const chunks: Buffer[] = []
  doc.on('data', (chunk: Buffer) => void chunks.push(chunk))
  const ended = new Promise<void>((resolve, reject) => doc.on('end', resolve).on('error', reject))
  doc.font(chineseFontPath())
  let y = drawTitle(doc, adjusted, head)
  y = drawSummary(doc, adjusted, y)
  for (const each of classesOf(adjusted)) if (each.items.length > 0) y = drawClass(doc, each, adjusted.currency, y + 14)
  drawFeet(doc, head)
  doc.end()
  await ended
  return Buffer.concat(chunks)
}

type Doc = PDFKit.PDFDocument

function drawTitle(doc: Doc, { account, asOf, currency }: AdjustedBalance, head: StatementHead): number {
  doc.fontSize(16).text('银行存款余额调节表', MARGIN, MARGIN, { width: WIDTH, align: 'center' })
  doc.fontSize(9).text('Bank reconciliation statement', MARGIN, MARGIN + 24, { width: WIDTH, align: 'center' })
  const rows = [
    [`单位 Company：${head.accountName}`, `截止日 As of：${asOf}`],
    [`账号 Account：${account}`, `币种 Currency：${currency}`],
    [`开户行 Bank：${head.bankName}`, ''],
  ]
  let y = MARGIN + 46
  for (const [left = '', right = ''] of rows) {
    doc.fontSize(9).text(left, MARGIN, y, { width: WIDTH * 0.7 })
    doc.text(right, MARGIN + WIDTH * 0.7, y, { width: WIDTH * 0.3 })
    y += 14
  }
  return y + 4
}

/** Side by side, as accountants know it: the ledger on the left, the bank on the right. */
function drawSummary(doc: Doc, adjusted: AdjustedBalance, y: number): number {
  const amount = amountIn(adjusted.currency)
  const [received, paid, booked, spent] = classesOf(adjusted)
  const line = (sign: string, each: OpenClass | undefined): readonly string[] =>
    each ? [`${sign}：${each.zh}（${each.items.length} 笔）\n${each.en}`, amount(each.totalMinor)] : ['', '']
  const { ledger, bank, differenceMinor } = adjusted
  const columns: readonly Column[] = [
    { title: '企业日记账 Ledger', width: WIDTH * 0.31, align: 'left' },
    { title: '金额 Amount', width: WIDTH * 0.19, align: 'right' },
    { title: '银行对账单 Bank', width: WIDTH * 0.31, align: 'left' },
    { title: '金额 Amount', width: WIDTH * 0.19, align: 'right' },
  ]
  const rows = [
    ['账面余额\nbalance', amount(ledger.balanceMinor), '对账单余额\nbalance', amount(bank.balanceMinor)],
    [...line('加', received), ...line('加', booked)],
    [...line('减', paid), ...line('减', spent)],
    ['调节后余额\nadjusted', amount(ledger.adjustedMinor), '调节后余额\nadjusted', amount(bank.adjustedMinor)],
  ]
  const foot = [['差额 Difference', amount(differenceMinor), verdictOf(differenceMinor), '']]
  return drawTable(doc, { caption: '', columns, rows, footOf: () => foot }, AREA, y)
}

function verdictOf(differenceMinor: bigint | null): string {
  if (differenceMinor === null) return '有余额未知 a balance is not known'
  return differenceMinor === 0n ? '相符 they agree' : '不符，待查 they differ'
}

function drawClass(doc: Doc, { zh, en, items }: OpenClass, currency: string, y: number): number {
  const amount = amountIn(currency)
  let total = 0n
  const sums = [0n, ...items.map(item => (total += item.minor))]
  const sum = (from: number, to: number): string => amount((sums[to] ?? 0n) - (sums[from] ?? 0n))
  const columns: readonly Column[] = [
    { title: '序号', width: WIDTH * 0.07, align: 'center' },
    { title: '日期 Date', width: WIDTH * 0.12, align: 'center' },
    { title: '凭证号、参考号 Reference', width: WIDTH * 0.22, align: 'left' },
    { title: '对方、摘要 Counterparty, text', width: WIDTH * 0.41, align: 'left' },
    { title: '金额 Amount', width: WIDTH * 0.18, align: 'right' },
  ]
  // A heading alone at a page's end helps nobody.
  const start = y + 70 > AREA.bottom ? newPage(doc) : y
  const rows = items.map(({ date, reference, counterparty, text, minor }, index) => [
    ...[String(index + 1), date, reference, [counterparty, text].filter(Boolean).join(' '), amount(minor)],
  ])
  const footOf = (from: number, to: number): readonly (readonly string[])[] => {
    const page = ['', '', `本页小计 this page（${to - from} 笔）`, '', sum(from, to)]
    return to === items.length && from === 0
      ? [['', '', `合计 total（${items.length} 笔）`, '', sum(0, to)]]
      : [page, ['', '', to === items.length ? `合计 total（${to} 笔）` : `累计 so far（${to} 笔）`, '', sum(0, to)]]
  }
  // Two rows are kept free at every page's end, whichever it will be.
  const rowsOfFoot = (from: number, to: number) => (to === 0 ? [[], []] : footOf(from, to))
  return drawTable(doc, { caption: `${zh} ${en}`, columns, rows, footOf: rowsOfFoot }, AREA, start)
}

function newPage(doc: Doc): number {
  doc.addPage()
  return AREA.top
}

function drawFeet(doc: Doc, { preparer, reviewer, madeOn }: StatementHead): void {
  const { start, count } = doc.bufferedPageRange()
  for (let index = 0; index < count; index++) {
    doc.switchToPage(start + index)
    const y = PAGE.height - MARGIN - 26
    const third = WIDTH / 3
    doc.fontSize(9).fillColor('black')
    doc.text(`编制人 Prepared by：${preparer || '____________'}`, MARGIN, y, { width: third })
    doc.text(`复核人 Reviewed by：${reviewer || '____________'}`, MARGIN + third, y, { width: third })
    doc.text(`编制日期 Date：${madeOn}`, MARGIN + 2 * third, y, { width: third, align: 'right' })
    doc.fontSize(8).text(`${index + 1} / ${count}`, MARGIN, y + 16, { width: WIDTH, align: 'center' })
  }
}

/** With thousands separators, as on paper; a balance that is not known is said to be. */
function amountIn(currency: string): (minor: bigint | null) => string {
  return minor => {
    if (minor === null) return '未知 unknown'
    const [whole = '', fraction] = formatAmount({ minor, currency }).split('.')
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
    return fraction === undefined ? grouped : `${grouped}.${fraction}`
  }
}
