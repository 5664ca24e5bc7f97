// What an electronic voucher file holds: its digests, its attachments, the bank receipt or statement in them, and what its
// seal says. A file without structured data is a file all the same, and said to be one.

import { readBankReceipt, type BankReceipt } from './bker'
import { MAX_FILE_BYTES, carrierOf } from './detect'
import { digestsOf } from './digest'
import { ofdAttachments, ofdParts } from './ofd'
import { pdfAttachments, type Attachment } from './pdf'
import { EvoucherError, problemOf, tooLarge, type EvoucherProblem } from './problem'
import { checkSeal, type SealReport } from './seal'
import { readInstance, type Instance } from './xbrl'
import { MAX_XML_BYTES } from './xml'

export type Found = { readonly path: string; readonly bytes: Uint8Array; readonly instance: Instance }

export type Extracted = {
  readonly kind: 'ofd' | 'pdf' | 'xml'
  readonly size: number
  readonly sha256: string
  readonly sm3: string
  readonly attachments: readonly { readonly path: string; readonly size: number }[]
  /** Every instance of the standard that is in the file, of whatever taxonomy. */
  readonly instances: readonly Found[]
  /** The one receipt; null when there is none, or several that differ. */
  readonly receipt: BankReceipt | null
  readonly seal: SealReport | null
  readonly problems: readonly EvoucherProblem[]
}

/** @throws EvoucherError when nothing of the file may be used */
export function extract(bytes: Uint8Array): Extracted {
  if (bytes.length > MAX_FILE_BYTES) throw tooLarge('file bytes', MAX_FILE_BYTES)
  const kind = carrierOf(bytes)
  if (kind === null || kind === 'zip')
    throw new EvoucherError('EVOUCHER_KIND_UNKNOWN', '不是 OFD、PDF 或 XML', 'neither OFD nor PDF nor XML')
  const { attachments, seal, problems } = contentOf(kind, bytes)
  const { instances, problems: unread } = instancesOf(attachments)
  const read = instances
    .filter(({ instance }) => instance.taxonomy === 'bker')
    .map(({ instance, path }) => readBankReceipt(instance, path))
  const receipts = new Map(read.flatMap(({ receipt }) => (receipt ? [[comparable(receipt), receipt] as const] : [])))
  const several: EvoucherProblem = {
    severity: 'error',
    code: 'EVOUCHER_RECEIPTS_SEVERAL',
    text: `文件里有 ${receipts.size} 张不同的回单 / the file holds ${receipts.size} different receipts`,
  }
  const [receipt] = receipts.values()
  return {
    kind,
    size: bytes.length,
    ...digestsOf(bytes),
    attachments: attachments.map(({ path, bytes: content }) => ({ path, size: content.length })),
    instances,
    receipt: receipts.size === 1 ? (receipt ?? null) : null,
    seal,
    problems: [
      ...problems,
      ...unread,
      ...read.flatMap(one => one.problems),
      ...(receipts.size > 1 ? [several] : []),
      ...(instances.length === 0 ? [NO_INSTANCE] : []),
    ],
  }
}

const NO_INSTANCE: EvoucherProblem = {
  severity: 'warning',
  code: 'EVOUCHER_NO_STRUCTURED_DATA',
  text: '文件里没有电子凭证会计数据标准的实例文档 / the file holds no instance of the voucher standard',
}

function comparable(receipt: BankReceipt): string {
  return JSON.stringify(receipt, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))
}

function contentOf(
  kind: Extracted['kind'],
  bytes: Uint8Array,
): {
  readonly attachments: readonly Attachment[]
  readonly seal: SealReport | null
  readonly problems: readonly EvoucherProblem[]
} {
  if (kind === 'xml') return { attachments: [{ path: '.', bytes }], seal: null, problems: [] }
  if (kind === 'pdf') return { ...pdfAttachments(bytes), seal: null }
  const parts = ofdParts(bytes)
  const { attachments, problems } = ofdAttachments(parts)
  const { report, problems: sealProblems } = checkSeal(parts)
  return { attachments, seal: report, problems: [...problems, ...sealProblems] }
}

/** The attachments that are XML, read by what is in them; their names are hints only. */
function instancesOf(attachments: readonly Attachment[]): {
  readonly instances: readonly Found[]
  readonly problems: readonly EvoucherProblem[]
} {
  const instances: Found[] = []
  const problems: EvoucherProblem[] = []
  let read = 0
  for (const { path, bytes } of attachments) {
    if (!mayBeXml(bytes)) continue
    read += bytes.length
    if (read > MAX_XML_BYTES) throw tooLarge('XML bytes of all attachments', MAX_XML_BYTES)
    try {
      const instance = readInstance(bytes, path)
      if (instance !== null) instances.push({ path, bytes, instance })
    } catch (error) {
      if (!(error instanceof EvoucherError)) throw error
      problems.push(problemOf(error))
    }
  }
  return { instances, problems }
}

function mayBeXml(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 64)).toString('latin1')
  return /^(?:\u00ef\u00bb\u00bf)?\s*</.test(head) || /^(?:\u00ff\u00fe|\u00fe\u00ff)/.test(head)
}
