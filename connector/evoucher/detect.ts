// Which carrier a file is, by its first bytes and, of a ZIP, by the part that only an OFD has. A name proves nothing.

import { readZip, type ZipLimits } from './zip'

export type CarrierKind = 'ofd' | 'pdf' | 'xml' | 'zip'

/** A receipt has some hundred kilobytes; a month's statement some megabytes. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024

export const OFD_LIMITS: ZipLimits = { members: 5000, memberBytes: 32 * 1024 * 1024, totalBytes: 128 * 1024 * 1024 }

/** Where a PDF's mark may stand: the standard allows bytes before it. */
const PDF_MARK_WITHIN = 1024

/** Null: none of them. @throws EvoucherError when a ZIP cannot be read */
export function carrierOf(bytes: Uint8Array): CarrierKind | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, PDF_MARK_WITHIN)).toString(
    'latin1',
  )
  if (head.startsWith('PK\u0003\u0004') || head.startsWith('PK\u0005\u0006'))
    return [...readZip(bytes, OFD_LIMITS).keys()].some(name => /^ofd\.xml$/i.test(name)) ? 'ofd' : 'zip'
  if (/^(?:\u00ef\u00bb\u00bf)?\s*</.test(head) || /^(?:\u00ff\u00fe|\u00fe\u00ff)/.test(head)) return 'xml'
  return head.includes('%PDF-') ? 'pdf' : null
}

export const MEDIA_TYPES = {
  ofd: 'application/ofd',
  pdf: 'application/pdf',
  xml: 'application/xml',
} as const
