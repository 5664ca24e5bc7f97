// A bank slip (回单) for people, drawn from the bank's data where the bank gives no document of its own. It must never look
// like one that the bank issued: it says on its face that it carries no seal.

import PdfDocument from 'pdfkit'
import { amountInWords } from '../core/amount-in-words'
import { formatAmount } from '../core/money'
import type { Money } from '../ports'

export type SlipParty = { readonly name: string; readonly account: string; readonly bank: string }

export type Slip = {
  readonly bank: string
  readonly bookedOn: string
  readonly bookedTime: string
  readonly receiptNo: string
  readonly serial: string
  readonly reference: string
  readonly payer: SlipParty
  readonly payee: SlipParty
  /** Positive. */
  readonly amount: Money
  readonly direction: '借方（支出）' | '贷方（收入）'
  readonly type: string
  readonly purpose: string
  readonly text: string
  readonly voucherNo: string
  /** What a person finds the data again by. */
  readonly lineKey: string
}

export type SlipProblem = {
  readonly code: 'SLIP_GLYPH_MISSING' | 'SLIP_TEXT_CUT'
  readonly lineKey: string
  readonly text: string
}

const PER_PAGE = 3
const [PAGE_WIDTH, PAGE_HEIGHT] = [595.28, 841.89]
const [LEFT, RIGHT] = [40, PAGE_WIDTH - 40]
const WIDTH = RIGHT - LEFT
const SLOT = PAGE_HEIGHT / PER_PAGE
const INK = '#1b1b1b'
const RULE = '#8a2b2b'
const FAINT = '#7d7d7d'
/** Stands for a character that the font does not have: never a blank, which nobody would miss. */
const MISSING = '□'

/** `font`: an OpenType file with Chinese; only the glyphs that are used go into the document. */
export async function renderSlips(
  slips: readonly Slip[],
  font: Uint8Array,
): Promise<{ readonly pdf: Uint8Array; readonly problems: readonly SlipProblem[] }> {
  const doc = new PdfDocument({
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    // The same data is the same document.
    info: { Title: '银行电子回单（据银行数据生成）', Producer: 'yinqi', Creator: 'yinqi', CreationDate: new Date(0) },
  })
  const pieces: Buffer[] = []
  const finished = new Promise<void>((resolve, reject) => {
    doc.on('data', (piece: Buffer) => pieces.push(piece))
    doc.on('end', resolve)
    doc.on('error', reject)
  })
  doc.registerFont('slip', Buffer.from(font)).font('slip')
  const problems: SlipProblem[] = []
  for (const [index, slip] of slips.entries()) {
    if (index % PER_PAGE === 0) doc.addPage()
    drawSlip(createPen(doc, slip.lineKey, problems), slip, (index % PER_PAGE) * SLOT)
  }
  doc.end()
  await finished
  return { pdf: Buffer.concat(pieces), problems }
}

type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
type Style = { readonly size: number; readonly align?: 'left' | 'center' | 'right'; readonly color?: string }

type Pen = {
  /** Text in the middle of a box: smaller where it must be, cut and said so where even that is not enough. */
  text(text: string, box: Box, style: Style): void
  line(x1: number, y1: number, x2: number, y2: number): void
  box(box: Box): void
  dashed(box: Box): void
}

const SMALLEST = 5.5

function createPen(doc: PDFKit.PDFDocument, lineKey: string, problems: SlipProblem[]): Pen {
  return {
    text(text, { x, y, width, height }, { size, align = 'left', color = INK }) {
      const { shown, missing } = drawable(doc, text)
      if (missing.length > 0)
        problems.push({
          code: 'SLIP_GLYPH_MISSING',
          lineKey,
          text: `字体没有这些字，已用 ${MISSING} 代替 / the font lacks these characters, ${MISSING} stands for them: ${missing.join(' ')}`,
        })
      let fitting = size
      const isTooHigh = (candidate: string): boolean =>
        doc.fontSize(fitting).heightOfString(candidate, { width }) > height
      while (fitting > SMALLEST && isTooHigh(shown)) fitting -= 0.5
      let cut = shown
      if (isTooHigh(shown)) {
        const characters = [...shown]
        for (let count = characters.length; count > 0 && isTooHigh(cut); count = Math.floor(count * 0.9))
          cut = `${characters.slice(0, count).join('')}…`
        problems.push({
          code: 'SLIP_TEXT_CUT',
          lineKey,
          text: `文字过长，已截断 / the text is too long and was cut: ${text}`,
        })
      }
      // The font's line is higher above its characters than below: this puts them where the eye expects them.
      const top = y + Math.max(0, (height - doc.fontSize(fitting).heightOfString(cut, { width })) / 2) + fitting * 0.12
      doc.fillColor(color).text(cut, x, top, { width, align })
    },
    line: (x1, y1, x2, y2) => void doc.moveTo(x1, y1).lineTo(x2, y2).lineWidth(0.6).strokeColor(RULE).stroke(),
    box: ({ x, y, width, height }) => void doc.rect(x, y, width, height).lineWidth(1).strokeColor(RULE).stroke(),
    dashed: ({ x, y, width, height }) =>
      void doc.rect(x, y, width, height).dash(3, { space: 2 }).lineWidth(0.8).strokeColor(FAINT).stroke().undash(),
  }
}

function drawSlip(pen: Pen, slip: Slip, top: number): void {
  const head = top + 20
  pen.text(slip.bank, { x: LEFT, y: head, width: 170, height: 16 }, { size: 10 })
  pen.text(
    '银行电子回单',
    { x: LEFT + 170, y: head - 6, width: WIDTH - 340, height: 22 },
    { size: 15, align: 'center' },
  )
  pen.text(
    '（据银行数据生成）',
    { x: LEFT + 170, y: head + 15, width: WIDTH - 340, height: 12 },
    { size: 8, align: 'center', color: RULE },
  )
  pen.text(slip.direction, { x: RIGHT - 170, y: head, width: 170, height: 16 }, { size: 10, align: 'right' })
  const when = [slip.bookedOn, slip.bookedTime].filter(part => part !== '').join(' ')
  const row = head + 21
  pen.text(`记账日期：${when}`, { x: LEFT, y: row, width: 180, height: 12 }, { size: 8 })
  pen.text(
    `回单号：${orDash(slip.receiptNo)}`,
    { x: RIGHT - 200, y: row, width: 200, height: 12 },
    { size: 8, align: 'right' },
  )
  const table = row + 15
  drawTable(pen, slip, table)
  drawFoot(pen, slip, table + TABLE_HEIGHT + 4)
  if (top > 0) pen.dashed({ x: 0, y: top, width: PAGE_WIDTH, height: 0 })
}

const ROW = 22
const PARTY_ROWS = 3
const TABLE_HEIGHT = ROW * (PARTY_ROWS + 4)
const LABEL = 52

function drawTable(pen: Pen, slip: Slip, top: number): void {
  const middle = LEFT + WIDTH / 2
  pen.box({ x: LEFT, y: top, width: WIDTH, height: TABLE_HEIGHT })
  drawParty(pen, '付款人', slip.payer, LEFT, top)
  drawParty(pen, '收款人', slip.payee, middle, top)
  const rows = top + ROW * PARTY_ROWS
  const rowAt = (index: number): number => rows + ROW * index
  for (let index = 0; index < 4; index++) pen.line(LEFT, rowAt(index), RIGHT, rowAt(index))
  pen.line(middle, top, middle, rows)
  const words = amountInWords(slip.amount) ?? '（此币种不写大写）'
  const digits = `${slip.amount.currency} ${thousands(formatAmount(slip.amount))}`
  const amountAt = RIGHT - 180
  cell(pen, '金额大写', words, LEFT, rowAt(0), amountAt - LEFT, 10)
  pen.line(amountAt, rowAt(0), amountAt, rowAt(1))
  cell(pen, '金额小写', digits, amountAt, rowAt(0), RIGHT - amountAt, 11)
  for (const [index, [left, right]] of pairsOf(slip).entries()) {
    cell(pen, left[0], left[1], LEFT, rowAt(index + 1), WIDTH / 2, 8.5)
    cell(pen, right[0], right[1], middle, rowAt(index + 1), WIDTH / 2, 8.5)
    pen.line(middle, rowAt(index + 1), middle, rowAt(index + 2))
  }
}

type Field = readonly [label: string, value: string]

function pairsOf(slip: Slip): readonly (readonly [Field, Field])[] {
  return [
    [
      ['用　　途', slip.purpose],
      ['摘　　要', slip.text],
    ],
    [
      ['业务类型', slip.type],
      ['银行流水', slip.serial],
    ],
    [
      ['客户参考', slip.reference],
      ['凭 证 号', slip.voucherNo],
    ],
  ].map(([left, right]) => [asField(left), asField(right)] as const)
}

function asField(pair: readonly string[] | undefined): Field {
  return [pair?.[0] ?? '', pair?.[1] ?? '']
}

function drawParty(pen: Pen, title: string, party: SlipParty, x: number, top: number): void {
  const titleWidth = 20
  pen.text(
    [...title].join('\n'),
    { x: x + 4, y: top, width: titleWidth - 6, height: ROW * PARTY_ROWS },
    { size: 9, align: 'center' },
  )
  pen.line(x + titleWidth, top, x + titleWidth, top + ROW * PARTY_ROWS)
  const fields: readonly Field[] = [
    ['全　称', party.name],
    ['账　号', party.account],
    ['开户行', party.bank],
  ]
  for (const [index, [label, value]] of fields.entries()) {
    if (index > 0) pen.line(x + titleWidth, top + ROW * index, x + WIDTH / 2, top + ROW * index)
    cell(pen, label, value, x + titleWidth, top + ROW * index, WIDTH / 2 - titleWidth, 8.5)
  }
}

function cell(pen: Pen, label: string, value: string, x: number, y: number, width: number, size: number): void {
  pen.text(label, { x: x + 4, y, width: LABEL - 6, height: ROW }, { size: 8, color: RULE })
  pen.line(x + LABEL, y, x + LABEL, y + ROW)
  pen.text(orDash(value), { x: x + LABEL + 4, y, width: width - LABEL - 8, height: ROW }, { size })
}

function drawFoot(pen: Pen, slip: Slip, top: number): void {
  const stamp = { x: RIGHT - 118, y: top, width: 118, height: 34 }
  pen.dashed(stamp)
  pen.text('非银行签章', { ...stamp, height: 20 }, { size: 11, align: 'center', color: FAINT })
  pen.text('not a bank seal', { ...stamp, y: stamp.y + 18, height: 14 }, { size: 7, align: 'center', color: FAINT })
  const width = WIDTH - 130
  pen.text(
    '本单由银企直联依据银行返回的数据生成，不是银行签发的回单，不能代替银行电子回单原件。',
    { x: LEFT, y: top, width, height: 11 },
    { size: 7.5, color: FAINT },
  )
  pen.text(
    'Rendered from bank data; not issued or sealed by the bank.',
    { x: LEFT, y: top + 11, width, height: 11 },
    { size: 7, color: FAINT },
  )
  pen.text(`数据编号 ${slip.lineKey}`, { x: LEFT, y: top + 22, width, height: 11 }, { size: 6.5, color: FAINT })
}

function orDash(text: string): string {
  return text === '' ? '—' : text
}

function thousands(amount: string): string {
  const [whole = '', fraction] = amount.split('.')
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${fraction === undefined ? '' : `.${fraction}`}`
}

function drawable(
  doc: PDFKit.PDFDocument,
  text: string,
): { readonly shown: string; readonly missing: readonly string[] } {
  const has = glyphTest(doc)
  const missing = new Set<string>()
  // Control characters would be drawn as boxes or break the line.
  const shown = [...text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, character => (character === '\n' ? '\n' : ' '))]
    .map(character => {
      if (character === '\n' || has(character)) return character
      missing.add(character)
      return MISSING
    })
    .join('')
  return { shown, missing: [...missing] }
}

/** pdfkit draws what the font lacks as nothing and says nothing, so its font is asked. */
function glyphTest(doc: PDFKit.PDFDocument): (character: string) => boolean {
  const font: unknown = Reflect.get(Object(Reflect.get(doc, '_font')), 'font')
  const test: unknown = Reflect.get(Object(font), 'hasGlyphForCodePoint')
  if (typeof test !== 'function') throw new TypeError('the font cannot be asked for its glyphs')
  return character => Reflect.apply(test, font, [character.codePointAt(0) ?? 0]) === true
}
