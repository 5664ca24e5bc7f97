// The archive package of an account's month: every file in it is in an index with two digests and its links, and the index
// has its own. The same content is the same bytes: no clock, no compression whose program could change.

import { zipSync, type Zippable } from 'fflate'
import { digestsOf, type Digests } from './digest'
import { EvoucherError, quoted } from './problem'
import { readZip, type ZipLimits } from './zip'

export type ArchiveFile = {
  readonly path: string
  readonly role: 'receipt' | 'receiver' | 'statement'
  readonly bytes: Uint8Array
  /** Of the line it belongs to; empty for what is of the whole month. */
  readonly lineKey: string
}

/** One statement line and all that hangs on it; empty where there is nothing. */
export type ArchiveLine = {
  readonly lineKey: string
  readonly bookedOn: string
  readonly amount: string
  readonly currency: string
  readonly counterAccount: string
  readonly counterName: string
  readonly text: string
  readonly bankSerial: string
  readonly receipt: string
  readonly receiptNo: string
  readonly payment: string
  readonly document: string
  readonly bankReference: string
  readonly voucherNo: string
  readonly entryKey: string
}

export type ArchiveContent = {
  readonly account: string
  readonly name: string
  readonly currency: string
  /** `yyyy-MM`. */
  readonly month: string
  readonly lines: readonly ArchiveLine[]
  readonly files: readonly ArchiveFile[]
}

type Member = Digests & {
  readonly path: string
  readonly role: string
  readonly lineKey: string
  readonly size: number
}

export const ARCHIVE_LIMITS: ZipLimits = {
  members: 60_000,
  memberBytes: 64 * 1024 * 1024,
  totalBytes: 1024 * 1024 * 1024,
}

const INDEX = 'index.json'
const INDEX_DIGEST = 'index.digest'
const FORMAT = 'yinqi-archive-1'
/** The first day that a ZIP can carry, by the local clock as the format has it. */
const NO_TIME = new Date(1980, 0, 1)

/** The package and the digests of its index, which say all that is in it. @throws EvoucherError */
export function makeArchive(content: ArchiveContent): { readonly bytes: Uint8Array; readonly index: Digests } {
  const lines = content.lines.map(line => ({ ...line }))
  const files: readonly (Omit<ArchiveFile, 'role'> & { readonly role: string })[] = [
    ...content.files,
    { path: 'lines.json', role: 'lines', bytes: utf8(`${JSON.stringify(lines, null, 2)}\n`), lineKey: '' },
    { path: 'lines.csv', role: 'lines', bytes: utf8(csvOf(lines)), lineKey: '' },
  ]
  const members = files.map(memberOf).toSorted(byPath)
  const csv = utf8(csvOf(members))
  const index = utf8(
    `${JSON.stringify(
      {
        format: FORMAT,
        account: content.account,
        name: content.name,
        currency: content.currency,
        month: content.month,
        counts: countsOf(content),
        members: [...members, memberOf({ path: 'index.csv', role: 'index', bytes: csv, lineKey: '' })],
      },
      null,
      2,
    )}\n`,
  )
  const digests = digestsOf(index)
  const all = new Map<string, Uint8Array>([
    ...files.map(file => [file.path, file.bytes] as const),
    ['index.csv', csv],
    [INDEX, index],
    [INDEX_DIGEST, utf8(`SHA-256 ${digests.sha256}\nSM3 ${digests.sm3}\n`)],
  ])
  if (all.size !== files.length + 3)
    throw new EvoucherError('EVOUCHER_BROKEN', '两个文件同名', 'two files have one name')
  return { bytes: zipped(all), index: digests }
}

export type ArchiveFinding = {
  readonly kind: 'missing' | 'added' | 'altered' | 'index' | 'inconsistent'
  readonly path: string
  readonly text: string
}

export type ArchiveReport = {
  readonly ok: boolean
  readonly account: string
  readonly month: string
  readonly members: number
  readonly counts: Readonly<Record<string, number>>
  readonly index: Digests | null
  readonly findings: readonly ArchiveFinding[]
}

/**
 * Looks at every member against the index, and at the index against its digest. Who rewrites a package and its index alike
 * is found only by `expected`: the index's SHA-256 that was kept elsewhere. Throws nothing.
 */
export function verifyArchive(bytes: Uint8Array, expected: string | null): ArchiveReport {
  const findings: ArchiveFinding[] = []
  const find = (kind: ArchiveFinding['kind'], path: string, zh: string, en: string): void =>
    void findings.push({ kind, path, text: `${zh} / ${en}` })
  let index: Index | null = null
  let digests: Digests | null = null
  try {
    const members = readZip(bytes, ARCHIVE_LIMITS)
    const indexBytes = members.get(INDEX)?.read()
    if (indexBytes === undefined) find('missing', INDEX, '没有目录，不是档案包', 'no index: not an archive package')
    else {
      digests = digestsOf(indexBytes)
      checkDigest(digests, members.get(INDEX_DIGEST)?.read(), expected, find)
      index = readIndex(indexBytes)
      if (index === null) find('index', INDEX, '目录不可读', 'the index cannot be read')
      else checkMembers(index, members, find)
    }
  } catch (error) {
    if (!(error instanceof EvoucherError)) throw error
    findings.push({ kind: 'altered', path: '', text: error.message })
  }
  return {
    ok: findings.length === 0,
    account: index?.account ?? '',
    month: index?.month ?? '',
    members: index?.members.length ?? 0,
    counts: index?.counts ?? {},
    index: digests,
    findings,
  }
}

type Find = (kind: ArchiveFinding['kind'], path: string, zh: string, en: string) => void
type Index = {
  readonly account: string
  readonly month: string
  readonly counts: Readonly<Record<string, number>>
  readonly members: readonly Member[]
}

function checkDigest(digests: Digests, written: Uint8Array | undefined, expected: string | null, find: Find): void {
  if (written === undefined) find('missing', INDEX_DIGEST, '缺失', 'is missing')
  else if (Buffer.from(written).toString('utf8') !== `SHA-256 ${digests.sha256}\nSM3 ${digests.sm3}\n`)
    find('index', INDEX, '目录与其摘要不符，已被改动', 'the index is not what its digest says: it was altered')
  if (expected !== null && expected.toLowerCase() !== digests.sha256)
    find(
      'index',
      INDEX,
      `目录的 SHA-256 不是所给的 ${quoted(expected)}`,
      `the index’s SHA-256 is not ${quoted(expected)}`,
    )
}

function checkMembers(index: Index, members: ReturnType<typeof readZip>, find: Find): void {
  const listed = new Map(index.members.map(member => [member.path, member]))
  if (listed.size !== index.members.length)
    find('inconsistent', INDEX, '目录里有重名', 'the index names a member twice')
  for (const path of members.keys())
    if (!listed.has(path) && path !== INDEX && path !== INDEX_DIGEST)
      find('added', path, '目录中没有此文件', 'is not in the index')
  for (const member of index.members) {
    const found = members.get(member.path)
    if (found === undefined) find('missing', member.path, '缺失', 'is missing')
    else if (!isSame(member, found)) find('altered', member.path, '内容已被改动', 'its content was altered')
  }
  const receipts = index.members.filter(member => member.role === 'receipt').length
  if (index.counts['receipts'] !== receipts)
    find('inconsistent', INDEX, '回单份数与目录不符', 'the count of receipts is not that of the members')
}

function isSame(member: Member, found: { read(): Uint8Array }): boolean {
  try {
    const bytes = found.read()
    const { sha256, sm3 } = digestsOf(bytes)
    return bytes.length === member.size && sha256 === member.sha256 && sm3 === member.sm3
  } catch (error) {
    if (error instanceof EvoucherError) return false
    throw error
  }
}

function readIndex(bytes: Uint8Array): Index | null {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return null
  }
  if (!isRecord(value) || value['format'] !== FORMAT || !Array.isArray(value['members'])) return null
  const { account, month, counts } = value
  if (typeof account !== 'string' || typeof month !== 'string' || !isRecord(counts)) return null
  const members: unknown[] = value['members']
  if (!members.every(isMember)) return null
  const numbers = Object.entries(counts).flatMap(([name, count]) =>
    typeof count === 'number' ? [[name, count] as const] : [],
  )
  return { account, month, counts: Object.fromEntries(numbers), members }
}

function isMember(value: unknown): value is Member {
  if (!isRecord(value) || typeof value['size'] !== 'number') return false
  return ['path', 'role', 'lineKey', 'sha256', 'sm3'].every(key => typeof value[key] === 'string')
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function memberOf(file: { path: string; role: string; bytes: Uint8Array; lineKey: string }): Member {
  const { path, role, bytes, lineKey } = file
  return { path, role, lineKey, size: bytes.length, ...digestsOf(bytes) }
}

function countsOf({ lines, files }: ArchiveContent): Readonly<Record<string, number>> {
  const having = (field: 'payment' | 'voucherNo' | 'receiptNo'): number =>
    lines.filter(line => line[field] !== '').length
  const receipts = files.filter(file => file.role === 'receipt')
  return {
    lines: lines.length,
    receipts: receipts.length,
    linesWithReceipt: new Set(receipts.map(file => file.lineKey)).size,
    linesWithoutReceipt: lines.length - new Set(receipts.map(file => file.lineKey)).size,
    linesWithPayment: having('payment'),
    linesWithVoucher: having('voucherNo'),
    receivers: files.filter(file => file.role === 'receiver').length,
  }
}

/** RFC 4180, with a mark by which spreadsheets read it as UTF-8, and nothing that they would run as a formula. */
function csvOf(rows: readonly Readonly<Record<string, string | number>>[]): string {
  const columns = Object.keys(rows[0] ?? {})
  const cell = (value: string | number): string => {
    const text = typeof value === 'string' && /^[=+@\t\r]|^-(?![\d.]+$)/.test(value) ? `'${value}` : String(value)
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return `\ufeff${[columns, ...rows.map(row => columns.map(column => row[column] ?? ''))].map(cells => cells.map(cell).join(',')).join('\r\n')}\r\n`
}

function zipped(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const content: Zippable = {}
  for (const [path, bytes] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    content[path] = [bytes, { level: 0, mtime: NO_TIME, os: 0, attrs: 0 }]
  return zipSync(content)
}

function byPath(a: Member, b: Member): number {
  return a.path < b.path ? -1 : 1
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
