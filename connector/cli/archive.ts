// `yinqi archive make | verify`: an account's month as one package that can be proven later, without this program's store.

import { readFile, stat, writeFile } from 'node:fs/promises'
import { addDays } from '../core/bank-time'
import { formatAmount } from '../core/money'
import {
  ARCHIVE_LIMITS,
  makeArchive,
  verifyArchive,
  type ArchiveContent,
  type ArchiveFile,
  type ArchiveLine,
} from '../evoucher/archive'
import type { DateRange } from '../ports'
import type { AccountSettings, Deps } from '../steps/deps'
import { EXIT, table, type Lang, type Output } from './output'
import { documentOf, fileNameOf, linkedLines, refuse, type Linked } from './receipt-links'
import { wordOf } from './receipt-words'
import { isFileFault } from './statement'

export type MakeFlags = { readonly account: string; readonly month: string; readonly out: string }

export async function makeMonth(deps: Deps, flags: MakeFlags, output: Output): Promise<number> {
  const settings = deps.accounts.find(account => account.account === flags.account)
  if (settings === undefined)
    return refuse(output, `账号 ${flags.account} 未登记`, `the account ${flags.account} is not configured`)
  const range = monthOf(flags.month)
  if (range === null) return refuse(output, `月份应为 yyyy-MM：${flags.month}`, `a month is yyyy-MM: ${flags.month}`)
  const linked = await linkedLines(deps, flags.account, range)
  if (linked.length === 0) return refuse(output, `${flags.month} 没有流水`, `there are no lines in ${flags.month}`)
  const content = await contentOf(deps, settings, flags.month, linked)
  const { bytes, index } = makeArchive(content)
  await writeFile(flags.out, bytes)
  const open = linked.filter(({ stored }) => stored.receipt === 'wanted' || stored.receipt === 'missing').length
  const report = verifyArchive(bytes, index.sha256)
  output.json({ ok: report.ok, ...flags, index, counts: report.counts, receiptsOpen: open, findings: report.findings })
  output.say(
    `${flags.out}：${describe(report.counts, 'zh')}\n目录 SHA-256 ${index.sha256}\n目录 SM3 ${index.sm3}\n请把目录摘要另行保存：verify --expect 用它证明整包未被替换`,
    `${flags.out}: ${describe(report.counts, 'en')}\nindex SHA-256 ${index.sha256}\nindex SM3 ${index.sm3}\nKeep the index's digest elsewhere: verify --expect proves with it that the package was not replaced`,
  )
  if (open > 0) output.say(`! 还有 ${open} 份回单未取到`, `! ${open} receipts have not come yet`)
  return report.ok ? EXIT.ok : EXIT.no
}

export async function verifyMonth(file: string, expected: string | undefined, output: Output): Promise<number> {
  let bytes: Uint8Array
  try {
    const { size } = await stat(file)
    if (size > ARCHIVE_LIMITS.totalBytes * 2)
      return refuse(output, `文件过大：${size} 字节`, `the file is too large: ${size} bytes`)
    bytes = await readFile(file)
  } catch (error) {
    if (!isFileFault(error)) throw error
    return refuse(output, `无法读取文件 ${file}：${error.code ?? ''}`, `the file cannot be read: ${error.message}`)
  }
  const report = verifyArchive(bytes, expected ?? null)
  output.json({ file, ...report })
  output.say(
    `${report.ok ? '✓' : '✗'} ${report.account} ${report.month}：${report.members} 个文件，${describe(report.counts, 'zh')}`,
    `${report.ok ? '✓' : '✗'} ${report.account} ${report.month}: ${report.members} members, ${describe(report.counts, 'en')}`,
  )
  if (report.index) output.say(`目录 SHA-256 ${report.index.sha256}`, `index SHA-256 ${report.index.sha256}`)
  if (report.findings.length > 0) {
    const textIn = (lang: Lang): string =>
      table(report.findings.slice(0, 200).map(({ kind, path, text }) => ['✗', wordOf(kind, lang), path, text]))
    output.say(textIn('zh'), textIn('en'))
  }
  return report.ok ? EXIT.ok : EXIT.no
}

function describe(counts: Readonly<Record<string, number>>, lang: Lang): string {
  return Object.entries(counts)
    .map(([name, count]) => `${wordOf(name, lang)} ${count}`)
    .join(', ')
}

function monthOf(month: string): DateRange | null {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) return null
  const from = `${month}-01`
  return { from, to: addDays(`${addDays(from, 31).slice(0, 7)}-01`, -1) }
}

async function contentOf(
  deps: Deps,
  settings: AccountSettings,
  month: string,
  linked: readonly Linked[],
): Promise<ArchiveContent> {
  const files: ArchiveFile[] = []
  const lines: ArchiveLine[] = []
  for (const one of linked) {
    const lineKey = one.stored.key
    const path = one.receipt === null ? '' : `receipts/${fileNameOf(one)}`
    const bytes = one.receipt && (await deps.store.receipts.bytes(one.receipt.digest))
    if (bytes !== null) files.push({ path, role: 'receipt', bytes, lineKey })
    files.push(...(await receiverFiles(deps, one)))
    lines.push(lineFacts(one, bytes === null ? '' : path))
  }
  return { account: settings.account, name: settings.name, currency: settings.currency, month, lines, files }
}

async function receiverFiles(deps: Deps, { stored, receiver }: Linked): Promise<readonly ArchiveFile[]> {
  if (!receiver) return []
  const files: ArchiveFile[] = []
  for (const [digest, extension] of [
    [receiver.jsonDigest, 'json'],
    [receiver.xbrlDigest, 'xml'],
  ] as const) {
    // prettier-ignore
    const bytes = digest === null ? null : await deps.store.receipts.bytes(digest)
    // The line's number keeps two lines of one receipt apart.
    if (bytes !== null)
      files.push({
        path: `receivers/${stored.id}/${receiver.fileName}.${extension}`,
        role: 'receiver',
        bytes,
        lineKey: stored.key,
      })
  }
  return files
}

function lineFacts({ stored, receipt, payment, entry }: Linked, file: string): ArchiveLine {
  const { line } = stored
  return {
    lineKey: stored.key,
    bookedOn: line.bookedOn,
    amount: formatAmount(line.amount),
    currency: line.amount.currency,
    counterAccount: line.counterAccount,
    counterName: line.counterName,
    text: [line.purpose, line.text].filter(part => part !== '').join(' '),
    bankSerial: line.bankSerial,
    receipt: file,
    receiptNo: receipt?.receiptNo ?? '',
    payment: stored.paymentId ?? '',
    document: payment ? documentOf(payment) : '',
    bankReference: payment?.instruction.reference ?? '',
    voucherNo: entry?.voucherNo ?? '',
    entryKey: entry?.entry.key ?? '',
  }
}
