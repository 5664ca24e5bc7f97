// A ZIP's members, within bounds that are checked before anything is unpacked: no member outside the list, none twice,
// no encryption, no more bytes than it says, and the bytes that its checksum says.

import { crc32, inflateRawSync } from 'node:zlib'
import { EvoucherError, broken, tooLarge } from './problem'

export type ZipLimits = { readonly members: number; readonly memberBytes: number; readonly totalBytes: number }

/** Unpacks one member when asked. @throws EvoucherError */
export type ZipMember = { readonly size: number; read(): Uint8Array }

const END_BYTES = 22
const MAX_COMMENT = 65_535
const [SIGN_END, SIGN_ENTRY, SIGN_LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50]
const STORED = 0
const DEFLATED = 8

type Entry = {
  readonly name: string
  readonly rawName: Buffer
  readonly method: number
  readonly crc: number
  readonly packed: number
  readonly size: number
  readonly offset: number
}

/** Members by path, without a leading slash; folders are left out. @throws EvoucherError */
export function readZip(bytes: Uint8Array, limits: ZipLimits): ReadonlyMap<string, ZipMember> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const members = new Map<string, ZipMember>()
  let total = 0
  for (const entry of entriesOf(file, limits)) {
    if (entry.name.endsWith('/')) continue
    if (members.has(entry.name)) throw broken(`ZIP 内有两个 ${entry.name}`, `the ZIP has ${entry.name} twice`)
    if (entry.size > limits.memberBytes) throw tooLarge('ZIP member bytes', limits.memberBytes, entry.name)
    total += entry.size
    if (total > limits.totalBytes) throw tooLarge('ZIP total bytes', limits.totalBytes)
    members.set(entry.name, { size: entry.size, read: () => unpack(file, entry) })
  }
  return members
}

function entriesOf(file: Buffer, limits: ZipLimits): readonly Entry[] {
  const end = endOf(file)
  const count = file.readUInt16LE(end + 10)
  const start = file.readUInt32LE(end + 16)
  const isSplit = file.readUInt16LE(end + 4) !== 0 || file.readUInt16LE(end + 8) !== count
  if (isSplit || count === 0xffff || start === 0xffffffff)
    throw broken('不支持分卷或 ZIP64', 'a split ZIP, or ZIP64, is not read')
  if (count > limits.members) throw tooLarge('ZIP members', limits.members)
  const entries: Entry[] = []
  for (let at = start, index = 0; index < count; index++) {
    if (at + 46 > end || file.readUInt32LE(at) !== SIGN_ENTRY) throw cutOff()
    const [nameBytes, extra, comment] = [28, 30, 32].map(field => file.readUInt16LE(at + field))
    const next = at + 46 + (nameBytes ?? 0) + (extra ?? 0) + (comment ?? 0)
    if (next > end) throw cutOff()
    const rawName = file.subarray(at + 46, at + 46 + (nameBytes ?? 0))
    const name = safeName(rawName)
    if ((file.readUInt16LE(at + 8) & 1) !== 0)
      throw new EvoucherError('EVOUCHER_ENCRYPTED', 'ZIP 已加密', 'the ZIP is encrypted', name)
    const method = file.readUInt16LE(at + 10)
    const [crc, packed, size] = [16, 20, 24].map(field => file.readUInt32LE(at + field))
    const offset = file.readUInt32LE(at + 42)
    entries.push({ name, rawName, method, crc: crc ?? 0, packed: packed ?? 0, size: size ?? 0, offset })
    at = next
  }
  return entries
}

/** Where the end record begins: only a comment of its own stated length may follow it. */
function endOf(file: Buffer): number {
  const first = Math.max(0, file.length - END_BYTES - MAX_COMMENT)
  for (let at = file.length - END_BYTES; at >= first; at--)
    if (file.readUInt32LE(at) === SIGN_END && at + END_BYTES + file.readUInt16LE(at + 20) === file.length) return at
  throw cutOff()
}

function unpack(file: Buffer, entry: Entry): Uint8Array {
  const { offset, name, packed, size } = entry
  if (offset + 30 > file.length || file.readUInt32LE(offset) !== SIGN_LOCAL) throw cutOff(name)
  const nameBytes = file.readUInt16LE(offset + 26)
  // Two names for the same bytes: whoever reads from the front would see another file than we do.
  if (!file.subarray(offset + 30, offset + 30 + nameBytes).equals(entry.rawName))
    throw broken('ZIP 的两处文件名不一致', 'the ZIP gives this member two names', name)
  const start = offset + 30 + nameBytes + file.readUInt16LE(offset + 28)
  if (start + packed > file.length) throw cutOff(name)
  const data = file.subarray(start, start + packed)
  const bytes = entry.method === STORED ? Uint8Array.from(data) : inflated(data, entry)
  if (bytes.length !== size) throw broken('解压后的长度与 ZIP 所写不符', 'its length is not what the ZIP says', name)
  if (crc32(bytes) !== entry.crc) throw broken('校验和不符，内容已损坏', 'its checksum differs: it is damaged', name)
  return bytes
}

function inflated(data: Buffer, { method, size, name }: Entry): Uint8Array {
  if (method !== DEFLATED) throw broken(`不支持的压缩方式 ${method}`, `compression method ${method} is not read`, name)
  try {
    // One byte more than it says is already a lie; the bound keeps a bomb from being unpacked at all.
    return inflateRawSync(data, { maxOutputLength: Math.max(1, size) })
  } catch {
    throw broken('无法解压（已损坏，或大于所写的长度）', 'cannot be unpacked: damaged, or larger than it says', name)
  }
}

/** UTF-8, else GB18030 as Chinese Windows writes it. A name that leads out of the folder is refused. */
function safeName(raw: Buffer): string {
  const name = textOfName(raw).replaceAll('\\', '/').replace(/^\/+/, '')
  const isUnsafe = name === '' || name.includes('\0') || /^[A-Za-z]:/.test(name) || name.split('/').includes('..')
  if (isUnsafe) throw broken('ZIP 内有不安全的文件名', 'the ZIP has an unsafe file name', JSON.stringify(name))
  return name
}

function textOfName(raw: Buffer): string {
  for (const label of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(label, { fatal: true }).decode(raw)
    } catch {
      continue
    }
  }
  return raw.toString('latin1')
}

function cutOff(place = ''): EvoucherError {
  return broken('ZIP 不完整或已损坏', 'the ZIP is cut off or damaged', place)
}
