// A one-page PDF 1.4 with Chinese text, for receipts. The font is one of the standard Chinese ones and is not embedded: every
// viewer has it, and the text can be extracted. Not for anything a real bank would print.

import { charactersOf } from './charset'

const PAGE = { width: 595, height: 420 }
const MARGIN = 40
const LINE_HEIGHT = 26

/** A title, then label and value, line by line. */
export function receiptPdf(title: string, fields: readonly (readonly [string, string])[]): Uint8Array {
  const top = PAGE.height - MARGIN
  const lines = fields.map(([label, value], index) => {
    const y = top - 40 - index * LINE_HEIGHT
    return `${text(MARGIN, y, 11, label)}${text(MARGIN + 110, y, 11, value)}`
  })
  const frame = `0.5 w ${MARGIN - 12} ${top - 60 - (fields.length - 1) * LINE_HEIGHT} ${PAGE.width - 2 * MARGIN + 24} ${
    fields.length * LINE_HEIGHT + 16
  } re S\n`
  return document(`${text(MARGIN, top, 16, title)}${frame}${lines.join('')}`)
}

/** Text is written as UCS-2 for the predefined UniGB-UCS2-H map; what UCS-2 cannot hold becomes 〓. */
function text(x: number, y: number, size: number, value: string): string {
  const units = charactersOf(value)
    .map(character => (character.length > 1 ? '〓' : character))
    .join('')
  const hex = Buffer.from(units, 'utf16le').swap16().toString('hex').toUpperCase()
  return `BT /F1 ${size} Tf ${x} ${y} Td <${hex}> Tj ET\n`
}

function document(content: string): Uint8Array {
  const descriptor =
    '<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 ' +
    '/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>'
  const descendant =
    '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R /DW 1000 /W [1 95 500] ' +
    '/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>'
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${PAGE.width} ${PAGE.height}] /Contents 4 0 R ` +
      '/Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}endstream`,
    '<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light-UniGB-UCS2-H /Encoding /UniGB-UCS2-H ' +
      '/DescendantFonts [6 0 R] >>',
    descendant,
    descriptor,
  ]
  // The four bytes above 127 tell transfer programs that this is a binary file.
  let pdf = '%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n'
  const offsets = objects.map((object, index) => {
    const offset = pdf.length
    pdf += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const entries = offsets.map(offset => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const xref = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}`
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${pdf.length}\n%%EOF\n`
  return Buffer.from(pdf + xref + trailer, 'latin1')
}
