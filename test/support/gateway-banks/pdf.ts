// The text of a simulated bank's receipt.

/** The strings of a PDF whose text is UCS-2 hex. */
export function textOfPdf(pdf: Buffer): string {
  return [...pdf.toString('latin1').matchAll(/<([0-9A-F]+)> Tj/g)]
    .map(([, hex = '']) => Buffer.from(hex, 'hex').swap16().toString('utf16le'))
    .join('\n')
}
