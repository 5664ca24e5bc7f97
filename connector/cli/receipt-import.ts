// `yinqi receipt import`: receipt files, folders of them and ZIPs that a cashier downloaded, each linked to its line or
// told why not.

import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { OFD_LIMITS, carrierOf } from '../evoucher/detect'
import { EvoucherError, tooLarge } from '../evoucher/problem'
import { readZip } from '../evoucher/zip'
import type { Deps } from '../steps/deps'
import { importReceipt, type ImportedReceipt, type ImportSettings } from '../steps/import-receipts'
import { EXIT, table, type Lang, type Output } from './output'
import { refuse } from './receipt-links'
import { readVoucher } from './receipt-parse'
import { wordOf } from './receipt-words'
import { isFileFault } from './statement'

export type ReceiptImportFlags = {
  readonly account?: string
  readonly line?: string
  readonly receiptNo?: string
  readonly dryRun?: boolean
}

type FileResult = ImportedReceipt & { readonly file: string }

const MAX_FILES = 20_000
const MAX_DEPTH = 8

export async function importReceipts(
  deps: Deps,
  files: readonly string[],
  flags: ReceiptImportFlags,
  output: Output,
): Promise<number> {
  const settings = await settingsOf(deps, files, flags)
  if ('zh' in settings) return refuse(output, settings.zh, settings.en)
  const results: FileResult[] = []
  for (const file of files)
    for await (const one of vouchersOf(file, 0)) {
      if (results.length >= MAX_FILES) return refuse(output, `超过 ${MAX_FILES} 个文件`, `more than ${MAX_FILES} files`)
      const result = typeof one.bytes === 'string' ? unread(one.bytes) : await importReceipt(deps, one.bytes, settings)
      results.push({ file: one.name, ...result })
    }
  const done = results.filter(({ outcome }) => outcome === 'linked' || outcome === 'known').length
  const ok = results.length > 0 && done === results.length
  const count = (outcome: FileResult['outcome']): number => results.filter(one => one.outcome === outcome).length
  output.json({
    ok,
    dryRun: settings.isDryRun,
    files: results.length,
    linked: count('linked'),
    known: count('known'),
    results,
  })
  const rowsIn = (lang: Lang) =>
    results.map(({ outcome, file, receiptNo, line, by, text }) => [
      wordOf(outcome, lang),
      file,
      receiptNo,
      line,
      wordOf(by, lang),
      text,
    ])
  output.say(
    table([['结果', '文件', '回单号', '流水', '依据', '说明'], ...rowsIn('zh')]),
    table([['outcome', 'file', 'number', 'line', 'by', 'why'], ...rowsIn('en')]),
  )
  output.say(
    `${results.length} 个文件：已关联 ${count('linked')}，早已有 ${count('known')}，其余 ${results.length - done}${settings.isDryRun ? '；试运行，未写入' : ''}`,
    `${results.length} files: ${count('linked')} linked, ${count('known')} known, ${results.length - done} others${settings.isDryRun ? '; dry run, nothing was stored' : ''}`,
  )
  return ok ? EXIT.ok : EXIT.no
}

async function settingsOf(
  deps: Deps,
  files: readonly string[],
  flags: ReceiptImportFlags,
): Promise<ImportSettings | { readonly zh: string; readonly en: string }> {
  const { account = null, line, receiptNo = '', dryRun = false } = flags
  if (account !== null && !deps.accounts.some(one => one.account === account))
    return { zh: `账号 ${account} 未登记`, en: `the account ${account} is not configured` }
  if (line === undefined) return { account, named: null, isDryRun: dryRun }
  const stored = /^\d{1,15}$/.test(line) ? await deps.store.statements.get(line) : null
  if (stored === null) return { zh: `没有流水 ${line}`, en: `there is no line ${line}` }
  if (files.length !== 1) return { zh: '--line 只能与一个文件同用', en: '--line goes with one file' }
  return { account, named: { line: stored, receiptNo }, isDryRun: dryRun }
}

type Voucher = { readonly name: string; readonly bytes: Uint8Array | string }

/** A file's own bytes, those of a folder's files, or of a ZIP's members; text where one cannot be read. */
async function* vouchersOf(file: string, depth: number): AsyncGenerator<Voucher> {
  let isFolder: boolean
  try {
    isFolder = (await stat(file)).isDirectory()
  } catch (error) {
    if (!isFileFault(error)) throw error
    return yield { name: file, bytes: `无法读取文件：${error.code ?? ''} / the file cannot be read: ${error.message}` }
  }
  if (isFolder) {
    if (depth >= MAX_DEPTH)
      return yield { name: file, bytes: `文件夹超过 ${MAX_DEPTH} 层 / folders nest deeper than ${MAX_DEPTH}` }
    const names = (await readdir(file, { withFileTypes: true })).filter(one => one.isFile() || one.isDirectory())
    // Links are left out: they may lead anywhere, and round in a circle.
    for (const { name } of names.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
      yield* vouchersOf(path.join(file, name), depth + 1)
    return
  }
  const bytes = await readVoucher(file)
  if (typeof bytes === 'string') yield { name: file, bytes }
  else yield* membersOf({ name: file, bytes }, 0, { left: MAX_UNPACKED_BYTES })
}

/** A ZIP may hold one more ZIP a day; deeper than that nobody packs receipts. */
const MAX_ZIP_DEPTH = 2
/** Of one file, whatever is packed in what: a year's receipts of a busy account. */
const MAX_UNPACKED_BYTES = 1024 * 1024 * 1024

function* membersOf(
  voucher: { readonly name: string; readonly bytes: Uint8Array },
  depth: number,
  room: { left: number },
): Generator<Voucher> {
  try {
    if (carrierOf(voucher.bytes) !== 'zip') return yield voucher
    if (depth >= MAX_ZIP_DEPTH) return yield { name: voucher.name, bytes: 'ZIP 套 ZIP 过深 / ZIPs nest too deep' }
    for (const [name, member] of readZip(voucher.bytes, OFD_LIMITS)) {
      room.left -= member.size
      if (room.left < 0) throw tooLarge('unpacked bytes', MAX_UNPACKED_BYTES)
      yield* membersOf({ name: `${voucher.name}!${name}`, bytes: member.read() }, depth + 1, room)
    }
  } catch (error) {
    if (!(error instanceof EvoucherError)) throw error
    yield { name: voucher.name, bytes: `${error.code}: ${error.message}` }
  }
}

function unread(text: string): ImportedReceipt {
  return { outcome: 'unreadable', sha256: '', receiptNo: '', line: '', by: '', text }
}
