// The objects of a PDF, as far as its attachments need them: found by walking the file from front to end, the later of two
// with one number wins. No page is drawn, no script looked at, and nothing is unpacked beyond a bound.

import { inflateSync } from 'node:zlib'
import { EvoucherError, broken, tooLarge } from './problem'
import { MAX_WORK, createLexer, type PdfDict, type PdfValue, type Work } from './pdf-lexer'

export type PdfObject = { readonly value: PdfValue; readonly stream: Buffer | null }

export type PdfFile = {
  readonly objects: ReadonlyMap<number, PdfObject>
  readonly root: PdfDict | null
  /** Follows a reference; anything else is itself. */
  resolve(value: PdfValue | undefined): PdfValue
  streamOf(value: PdfValue | undefined): PdfObject | null
  /** @throws EvoucherError */
  unpacked(object: PdfObject): Uint8Array
}

/** Over all streams that are read: object streams and attachments. */
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024
const MAX_OBJECTS = 200_000
/** A file that was cut and mended has a few. */
const MAX_DAMAGED = 10_000
const MAX_FILTERS = 4

/** @throws EvoucherError */
export function readPdf(bytes: Uint8Array): PdfFile {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = file.toString('latin1')
  const objects = new Map<number, PdfObject>()
  let unpackedBytes = 0
  const resolve = (value: PdfValue | undefined): PdfValue => {
    let found = value ?? null
    for (let hops = 0; hops < 16 && isRef(found); hops++) found = objects.get(found.ref)?.value ?? null
    return isRef(found) ? null : found
  }
  const unpacked = (object: PdfObject): Uint8Array => {
    const bytesOf = decoded(object, resolve, MAX_UNPACKED_BYTES - unpackedBytes)
    unpackedBytes += bytesOf.length
    return bytesOf
  }
  const work: Work = { left: MAX_WORK }
  const found = scanned(file, text, work)
  const trailers = found.flatMap(({ number, value }) =>
    isDict(value) && (number === null || nameOf(value.dict.get('Type')) === 'XRef') ? [value.dict] : [],
  )
  if (trailers.some(trailer => trailer.has('Encrypt')))
    throw new EvoucherError('EVOUCHER_ENCRYPTED', 'PDF 已加密', 'the PDF is encrypted')
  for (const { number, value, stream } of found) {
    if (number === null) continue
    const object = { value, stream }
    objects.set(number, object)
    if (stream !== null && isDict(value) && nameOf(value.dict.get('Type')) === 'ObjStm')
      addCompressed(objects, value.dict, unpacked(object), resolve, work)
  }
  const roots = trailers.map(trailer => resolve(trailer.get('Root'))).filter(isDict)
  const catalogs = [...objects.values()].map(object => object.value).filter(isDict)
  const root = roots.at(-1) ?? catalogs.findLast(({ dict }) => nameOf(dict.get('Type')) === 'Catalog')
  return {
    objects,
    root: root?.dict ?? null,
    resolve,
    streamOf(value) {
      const object = value !== undefined && isRef(value) ? objects.get(value.ref) : undefined
      return object?.stream ? object : null
    },
    unpacked,
  }
}

function scanned(file: Buffer, text: string, work: Work): readonly Found[] {
  const found: Found[] = []
  for (const one of scan(file, text, work)) {
    if (found.length > MAX_OBJECTS) throw tooLarge('PDF objects', MAX_OBJECTS)
    found.push(one)
  }
  return found
}

type Found = { readonly number: number | null; readonly value: PdfValue; readonly stream: Buffer | null }

/** Objects and trailers in the order of the file. A stream's bytes are stepped over, never looked through. */
function* scan(file: Buffer, text: string, work: Work): Generator<Found> {
  const starts = /(\d{1,8})\s{1,20}\d{1,5}\s{1,20}obj(?![A-Za-z])|trailer(?=\s{0,20}<<)/g
  let damaged = 0
  for (let found = starts.exec(text); found !== null; found = starts.exec(text)) {
    const lexer = createLexer(text, starts.lastIndex, work)
    let value: PdfValue
    try {
      value = lexer.value()
    } catch (error) {
      if (error instanceof EvoucherError && error.code === 'EVOUCHER_TOO_LARGE') throw error
      // A damaged object is as if it were not there: what points to it finds nothing.
      if (++damaged > MAX_DAMAGED) throw tooLarge('damaged PDF objects', MAX_DAMAGED)
      starts.lastIndex = Math.max(starts.lastIndex, lexer.position())
      continue
    }
    const stream = isDict(value) ? streamAt(file, text, lexer.position(), value.dict) : null
    starts.lastIndex = stream?.end ?? lexer.position()
    yield { number: found[1] === undefined ? null : Number(found[1]), value, stream: stream?.bytes ?? null }
  }
}

function streamAt(file: Buffer, text: string, at: number, dict: PdfDict): { bytes: Buffer; end: number } | null {
  const mark = /^\s{0,20}stream(\r\n|\n|\r)/.exec(text.slice(at, at + 40))
  if (mark === null) return null
  const start = at + mark[0].length
  const length = dict.get('Length')
  if (typeof length === 'number' && length >= 0 && start + length <= file.length) {
    if (/^\s{0,4}endstream/.test(text.slice(start + length, start + length + 16)))
      return { bytes: file.subarray(start, start + length), end: start + length }
  }
  // The length stands in another object, or is wrong: the stream ends at its mark.
  const end = text.indexOf('endstream', start)
  if (end < 0) throw broken('PDF 不完整：数据流没有结尾', 'the PDF is cut off: a stream has no end')
  return { bytes: file.subarray(start, end), end }
}

function addCompressed(
  objects: Map<number, PdfObject>,
  dict: PdfDict,
  bytes: Uint8Array,
  resolve: PdfFile['resolve'],
  work: Work,
): void {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const [count, first] = [resolve(dict.get('N')), resolve(dict.get('First'))]
  if (typeof count !== 'number' || typeof first !== 'number' || count > MAX_OBJECTS) return
  const numbers = text.slice(0, first).trim().split(/\s+/).map(Number)
  for (let index = 0; index < count; index++) {
    const [number, offset] = [numbers[index * 2], numbers[index * 2 + 1]]
    if (number === undefined || offset === undefined || !Number.isInteger(number) || !Number.isInteger(offset)) return
    if (objects.size > MAX_OBJECTS) throw tooLarge('PDF objects', MAX_OBJECTS)
    objects.set(number, { value: createLexer(text, first + offset, work).value(), stream: null })
  }
}

function decoded(object: PdfObject, resolve: PdfFile['resolve'], room: number): Uint8Array {
  const { value, stream } = object
  if (stream === null || !isDict(value)) return new Uint8Array(0)
  const filter = resolve(value.dict.get('Filter'))
  const filters = (Array.isArray(filter) ? filter.map(resolve) : filter === null ? [] : [filter]).map(nameOf)
  if (filters.length > MAX_FILTERS) throw tooLarge('PDF filters', MAX_FILTERS)
  const parms = resolve(value.dict.get('DecodeParms'))
  const first = Array.isArray(parms) ? resolve(parms[0]) : parms
  const predictor = isDict(first) ? resolve(first.dict.get('Predictor')) : null
  if (typeof predictor === 'number' && predictor > 1)
    throw broken('不支持带预测器的数据流', 'a stream with a predictor is not read')
  return filters.reduce<Uint8Array>((bytes, name) => unfiltered(bytes, name, room), stream)
}

function unfiltered(bytes: Uint8Array, name: string, room: number): Uint8Array {
  if (name === 'FlateDecode' || name === 'Fl') return inflated(bytes, room)
  const text = Buffer.from(bytes).toString('latin1')
  if (name === 'ASCIIHexDecode' || name === 'AHx')
    return Buffer.from(
      text
        .replace(/\s+/g, '')
        .replace(/>.*$/s, '')
        .replace(/^(?:..)*.$/s, '$&0'),
      'hex',
    )
  throw broken(`不支持的 PDF 过滤器 ${name}`, `the PDF filter ${name} is not read`)
}

function inflated(bytes: Uint8Array, room: number): Uint8Array {
  try {
    return inflateSync(bytes, { maxOutputLength: Math.max(1, room) })
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
      throw tooLarge('PDF stream bytes', MAX_UNPACKED_BYTES)
    throw broken('PDF 数据流无法解压', 'a stream of the PDF cannot be unpacked')
  }
}

export function isRef(value: PdfValue): value is { readonly ref: number } {
  return typeof value === 'object' && value !== null && 'ref' in value
}

export function isDict(value: PdfValue | undefined): value is { readonly dict: PdfDict } {
  return typeof value === 'object' && value !== null && 'dict' in value
}

export function nameOf(value: PdfValue | undefined): string {
  return typeof value === 'object' && value !== null && 'name' in value ? value.name : ''
}
