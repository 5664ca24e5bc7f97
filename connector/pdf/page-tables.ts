// Tables on pages: rows as high as their text, a head that comes again on every page, and a line at each page's end that the
// caller fills with what the page came to.

export type Column = { readonly title: string; readonly width: number; readonly align: 'left' | 'right' | 'center' }
export type TableRows = {
  /** Above the table, and again above its part on every further page. Empty: none. */
  readonly caption: string
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly string[])[]
  /** What stands at a page's end after rows `from` to `to` (exclusive); `to` is the number of rows at the end of the table. */
  footOf(from: number, to: number): readonly (readonly string[])[]
}
export type Area = { readonly left: number; readonly top: number; readonly bottom: number }

const FONT_SIZE = 8
const CAPTION_SIZE = 10
const CAPTION_HEIGHT = 16
const PADDING = 3
/** Longer texts are cut with an ellipsis: a row must fit beside others. */
const LINES_MAX = 3

/** Draws from `y` on, over as many pages as it takes; returns where it ended. */
export function drawTable(doc: PDFKit.PDFDocument, table: TableRows, area: Area, y: number): number {
  const { columns, rows } = table
  const [first, rest] = [table.caption, table.caption === '' ? '' : `${table.caption}（续 continued）`]
  const top = drawCaption(doc, first, area.left, y)
  const line = doc.currentLineHeight(true)
  const heightOf = (row: readonly string[]): number =>
    Math.min(LINES_MAX * line, Math.max(line, ...row.map((text, at) => textHeight(doc, text, columns[at])))) +
    2 * PADDING
  const footHeight = table.footOf(0, 0).length * (line + 2 * PADDING)
  const head = columns.map(column => column.title)
  let at = drawRow(doc, columns, head, area.left, top, heightOf(head), true)
  let from = 0
  const foot = (to: number): void => {
    for (const row of table.footOf(from, to)) at = drawRow(doc, columns, row, area.left, at, line + 2 * PADDING, true)
    from = to
  }
  for (const [index, row] of rows.entries()) {
    const height = heightOf(row)
    if (at + height + footHeight > area.bottom && index > from) {
      foot(index)
      doc.addPage()
      const below = drawCaption(doc, rest, area.left, area.top)
      at = drawRow(doc, columns, head, area.left, below, heightOf(head), true)
    }
    at = drawRow(doc, columns, row, area.left, at, height, false)
  }
  foot(rows.length)
  return at
}

/** Leaves the size of the rows behind. */
function drawCaption(doc: PDFKit.PDFDocument, caption: string, left: number, y: number): number {
  if (caption !== '') doc.fontSize(CAPTION_SIZE).fillColor('black').text(caption, left, y)
  doc.fontSize(FONT_SIZE)
  return caption === '' ? y : y + CAPTION_HEIGHT
}

function textHeight(doc: PDFKit.PDFDocument, text: string, column: Column | undefined): number {
  return text === '' || column === undefined ? 0 : doc.heightOfString(text, { width: column.width - 2 * PADDING })
}

function drawRow(
  doc: PDFKit.PDFDocument,
  columns: readonly Column[],
  cells: readonly string[],
  left: number,
  y: number,
  height: number,
  isMarked: boolean,
): number {
  let x = left
  for (const [at, { width, align }] of columns.entries()) {
    if (isMarked) doc.rect(x, y, width, height).fillAndStroke('#eeeeee', '#888888')
    else doc.rect(x, y, width, height).stroke('#888888')
    doc.fillColor('black').text(cells[at] ?? '', x + PADDING, y + PADDING, {
      ...{ width: width - 2 * PADDING, height: height - 2 * PADDING + 1, align, ellipsis: true },
    })
    x += width
  }
  return y + height
}
