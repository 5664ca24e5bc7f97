// Receipts (电子回单): asks the bank to make the zip of one line, then waits for it in the front-end's directory. A receipt is
// handed out only when it can be no other line's; otherwise there is none yet.

import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import path from 'node:path'
import { unzipSync } from 'fflate'
import { formatAmount } from '../../connector/core/money'
import type { Clock, ReceiptDocument, StatementLine } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { addDays, bankDay } from '../../connector/core/bank-time'
import { marksOf, readFilename, receiptBody, type ReceiptMarks } from './codec-receipt'
import { problem } from './codes'
import { accountOf, type BocConfig, type ReceiptConfig } from './config'
import { faultOf, type BocSession } from './session'

type Requested = { readonly filename: string; readonly atMs: number }

/** Zips waited for at once. Beyond it the oldest is forgotten, and merely requested again. */
const MAX_REQUESTED = 10_000
/** A receipt is one page; this is far above it, and far below what an archive could unfold to. */
const MAX_PDF_BYTES = 32 * 1024 * 1024

export class BocReceipts {
  readonly #config: BocConfig
  readonly #receipts: ReceiptConfig
  readonly #clock: Clock
  readonly #session: BocSession
  /** Lost with the process, which costs the bank one more zip and us nothing. */
  readonly #requested = new Map<string, Requested>()

  constructor(config: BocConfig, receipts: ReceiptConfig, clock: Clock, session: BocSession) {
    this.#config = config
    this.#receipts = receipts
    this.#clock = clock
    this.#session = session
  }

  async fetch(account: string, line: StatementLine, signal: AbortSignal): Promise<ReceiptDocument | null> {
    const known = accountOf(this.#config, account)
    if (!known) throw faultOf(problem('boc.unknown_account', maskedAccount(account)))
    const marks = marksOf(line.receiptKey)
    if (marks === null || this.#isTooEarly(line, marks)) return null
    const filename = await this.#filenameOf(account, known.ibknum, line, marks, signal)
    if (filename === null) return null
    const zip = await readBounded(this.#receipts.directory, filename, this.#receipts.maxZipBytes, signal)
    const bytes = zip && onlyPdf(zip, filename, this.#receipts.entryPattern, marks)
    return bytes && { receiptNo: path.parse(filename).name, mediaType: 'application/pdf', bytes }
  }

  /** Without our reference the query is only day, amount and account: a twin's receipt may come first, so the day must be over. */
  #isTooEarly(line: StatementLine, marks: ReceiptMarks): boolean {
    if (marks.insid !== '' || this.#receipts.entryPattern !== null) return false
    return bankDay(this.#clock.now()) < addDays(line.bookedOn, this.#receipts.minAgeDaysWithoutReference)
  }

  async #filenameOf(
    account: string,
    ibknum: string,
    line: StatementLine,
    marks: ReceiptMarks,
    signal: AbortSignal,
  ): Promise<string | null> {
    const key = [account, line.bookedOn, formatAmount(line.amount), line.receiptKey].join(' ')
    const earlier = this.#requested.get(key)
    const nowMs = this.#clock.now()
    if (earlier && nowMs < earlier.atMs + this.#receipts.requestAgainAfterMs) return earlier.filename
    const reply = await this.#session.query('b2e0500', receiptBody(account, ibknum, line, marks.insid), signal)
    const filename = readFilename(reply)
    if (filename === null) return null
    if (typeof filename !== 'string') throw faultOf(filename)
    this.#requested.delete(key)
    this.#requested.set(key, { filename, atMs: nowMs })
    const [oldest] = this.#requested.keys()
    if (oldest !== undefined && this.#requested.size > MAX_REQUESTED) this.#requested.delete(oldest)
    return filename
  }
}

/** The file's bytes; null while it is not there. A link, a device, or a file over the bound is refused unread. */
async function readBounded(
  directory: string,
  filename: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer | null> {
  const fault = (detail: string): Error => faultOf(problem('boc.receipt_file', `${filename} ${detail}`))
  let file
  try {
    // NOFOLLOW does not exist on Windows, where a link needs an administrator to be made.
    file = await open(path.join(directory, filename), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  } catch (error) {
    if (!isMissing(error)) throw fault(String(error))
    const isThere = await stat(directory).then(
      found => found.isDirectory(),
      () => false,
    )
    if (!isThere) throw fault(`目录不存在 / no such directory: ${directory}`)
    return null
  }
  try {
    const { size } = await file.stat().then(found => (found.isFile() ? found : { size: Infinity }))
    if (size > maxBytes) throw fault(`> ${maxBytes} bytes`)
    return await file.readFile({ signal })
  } finally {
    await file.close()
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT'
}

/**
 * The one PDF that can only be this line's: by the site's pattern if there is one, else the only PDF of the zip. Null when
 * there is none or a choice. How BOC names the entries is not known, and a guess would file another line's receipt.
 */
function onlyPdf(zip: Buffer, filename: string, pattern: string | null, marks: ReceiptMarks): Uint8Array | null {
  const names: string[] = []
  const isChosen = pattern === null ? () => true : markedBy(pattern, marks)
  try {
    unzipSync(zip, {
      filter: ({ name, originalSize }) => {
        if (!/\.pdf$/i.test(name) || !isChosen(name)) return false
        if (originalSize > MAX_PDF_BYTES) throw new RangeError(`an entry of ${originalSize} bytes`)
        names.push(name)
        return false
      },
    })
    const [chosen] = names
    if (chosen === undefined || names.length !== 1) return null
    const bytes = unzipSync(zip, { filter: ({ name }) => name === chosen })[chosen]
    // fflate checks no sum: a PDF's own head and tail show an entry that was cut or is something else.
    if (!bytes || !isPdf(bytes)) throw new RangeError('the entry is not a whole PDF')
    return bytes
  } catch (error) {
    throw faultOf(problem('boc.receipt_file', `${filename} ${String(error)}`))
  }
}

/** True for a name that holds the filled-in pattern as a word of its own; a mark that is empty matches nothing. */
function markedBy(pattern: string, marks: ReceiptMarks): (name: string) => boolean {
  const used = (['transid', 'vchnum', 'insid'] as const).filter(mark => pattern.includes(`{${mark}}`))
  if (used.some(mark => marks[mark] === '')) return () => false
  const filled = used.reduce((text, mark) => text.replaceAll(`{${mark}}`, marks[mark]), pattern)
  const word = filled.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
  const expression = new RegExp(`(?<![A-Za-z0-9])${word}(?![A-Za-z0-9])`)
  return name => expression.test(name)
}

function isPdf(bytes: Uint8Array): boolean {
  const text = (from: number, to: number): string => Buffer.from(bytes.subarray(from, to)).toString('latin1')
  return text(0, 5) === '%PDF-' && text(Math.max(0, bytes.length - 1024), bytes.length).includes('%%EOF')
}
