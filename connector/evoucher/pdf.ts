// The files embedded in a PDF: the catalog's EmbeddedFiles name tree and its AF array, else any file specification.

import { isDict, isRef, readPdf, type PdfFile } from './pdf-objects'
import type { PdfDict, PdfValue } from './pdf-lexer'
import { EvoucherError, problemOf, tooLarge, type EvoucherProblem } from './problem'

export type Attachment = { readonly path: string; readonly bytes: Uint8Array }

const MAX_FILES = 200
const MAX_NODES = 2000

/** @throws EvoucherError; an attachment that cannot be unpacked is a problem of its own */
export function pdfAttachments(bytes: Uint8Array): {
  readonly attachments: readonly Attachment[]
  readonly problems: readonly EvoucherProblem[]
} {
  const pdf = readPdf(bytes)
  if (pdf.root === null)
    throw new EvoucherError(
      'EVOUCHER_BROKEN',
      'PDF 没有目录对象，不完整或已损坏',
      'the PDF has no catalog: cut off or damaged',
    )
  const named = [...fromNames(pdf, pdf.root), ...fromArray(pdf, pdf.root.get('AF'))]
  const specs = named.length > 0 ? named : [...pdf.objects.values()].map(({ value }) => value).filter(isSpec)
  const attachments: Attachment[] = []
  const problems: EvoucherProblem[] = []
  for (const dict of new Set(specs.map(spec => spec.dict))) {
    if (attachments.length >= MAX_FILES) throw tooLarge('PDF attachments', MAX_FILES)
    try {
      const attachment = attachmentOf(pdf, dict)
      if (attachment !== null) attachments.push(attachment)
    } catch (error) {
      if (!(error instanceof EvoucherError) || error.code === 'EVOUCHER_TOO_LARGE') throw error
      problems.push(problemOf(error, 'warning'))
    }
  }
  return { attachments, problems }
}

function isSpec(value: PdfValue): value is { readonly dict: PdfDict } {
  return isDict(value) && value.dict.has('EF')
}

function fromNames(pdf: PdfFile, root: PdfDict): readonly { readonly dict: PdfDict }[] {
  const names = pdf.resolve(root.get('Names'))
  if (!isDict(names)) return []
  const found: { readonly dict: PdfDict }[] = []
  const seen = new Set<number>()
  const waiting: PdfValue[] = [names.dict.get('EmbeddedFiles') ?? null]
  for (let nodes = 0; waiting.length > 0; nodes++) {
    if (nodes > MAX_NODES) throw tooLarge('PDF name tree nodes', MAX_NODES)
    const next = waiting.shift() ?? null
    if (isRef(next) && seen.has(next.ref)) continue
    if (isRef(next)) seen.add(next.ref)
    const node = pdf.resolve(next)
    if (!isDict(node)) continue
    const leaves = pdf.resolve(node.dict.get('Names'))
    // A leaf is key, value, key, value.
    if (Array.isArray(leaves))
      found.push(...leaves.filter((_, index) => index % 2 === 1).flatMap(leaf => specOf(pdf, leaf)))
    const kids = pdf.resolve(node.dict.get('Kids'))
    if (Array.isArray(kids)) waiting.push(...kids.slice(0, MAX_NODES))
  }
  return found
}

function fromArray(pdf: PdfFile, value: PdfValue | undefined): readonly { readonly dict: PdfDict }[] {
  const items = pdf.resolve(value)
  return Array.isArray(items) ? items.slice(0, MAX_FILES).flatMap(item => specOf(pdf, item)) : []
}

function specOf(pdf: PdfFile, value: PdfValue): readonly { readonly dict: PdfDict }[] {
  const spec = pdf.resolve(value)
  return isSpec(spec) ? [spec] : []
}

function attachmentOf(pdf: PdfFile, spec: PdfDict): Attachment | null {
  const embedded = pdf.resolve(spec.get('EF'))
  if (!isDict(embedded)) return null
  const stream = ['UF', 'F', 'Unix', 'DOS', 'Mac'].map(key => pdf.streamOf(embedded.dict.get(key))).find(Boolean)
  if (!stream) return null
  const path = ['UF', 'F'].map(key => textOf(pdf.resolve(spec.get(key)))).find(text => text !== '') ?? '?'
  return { path, bytes: pdf.unpacked(stream) }
}

/** UTF-16 with its mark, UTF-8 with its mark (PDF 2.0), else one byte a character. */
function textOf(value: PdfValue): string {
  if (!Buffer.isBuffer(value)) return ''
  if (value[0] === 0xfe && value[1] === 0xff) return new TextDecoder('utf-16be').decode(value.subarray(2))
  if (value[0] === 0xef && value[1] === 0xbb && value[2] === 0xbf) return value.subarray(3).toString('utf8')
  return value.toString('latin1')
}
