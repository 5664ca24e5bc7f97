// `yinqi statement parse`: what a statement file says, for people and for programs. It changes nothing.

import { setFlagsFromString } from 'node:v8'
import { open as openFile } from 'node:fs/promises'
import type { StatementSource } from '../statements/charset'
import { StatementFileError, type Problem, type StatementEvent } from '../statements/model'
import { parseStatementEvents } from '../statements/parse-file'
import { EXIT, table, type Output } from './output'
import { createJsonWriter } from './statement-json'

export type ParseFlags = { readonly encoding?: string }

/** One piece of the file; with it go the entries that are held at once. */
const PIECE_BYTES = 65_536

export async function parse(file: string, flags: ParseFlags, output: Output): Promise<number> {
  const summary = createSummary()
  const json = output.isJson ? createJsonWriter() : null
  const failure = await read(fileSource(file), flags, async events => {
    if (json === null) for (const event of events) summary.event(event)
    else await writeOut(json.events(events))
  })
  if (json) await writeOut(json.finish(failure))
  else tellSummary(summary, failure, output)
  if (failure === null) return EXIT.ok
  process.stderr.write(`${describe(file, failure)}\n`)
  return EXIT.no
}

/** Files up to this size are read from the disk once; a larger one once more for each time its bytes are asked for. */
const KEPT_BYTES = 16 * 1024 * 1024

/** Nothing of a long file is kept, yet V8 lets several times that much pile up before it looks: it shall look sooner. */
function collectSooner(): void {
  setFlagsFromString('--heap-growing-percent=30')
}

/** A file's bytes, as often as they are asked for. Every piece of a large file is read into the same memory. */
export function fileSource(file: string): StatementSource {
  let kept: readonly Buffer[] | null = null
  return {
    name: file,
    async *open() {
      if (kept !== null) return yield* kept
      const handle = await openFile(file)
      try {
        const pieces: Buffer[] = []
        let isSmall = (await handle.stat()).size <= KEPT_BYTES
        if (!isSmall) collectSooner()
        const buffer = Buffer.alloc(PIECE_BYTES)
        for (let position = 0; ;) {
          const { bytesRead } = await handle.read(buffer, 0, PIECE_BYTES, position)
          if (bytesRead === 0) break
          position += bytesRead
          // A file that grows while it is read.
          if (position > KEPT_BYTES) isSmall = false
          const piece = isSmall ? Buffer.from(buffer.subarray(0, bytesRead)) : buffer.subarray(0, bytesRead)
          if (isSmall) pieces.push(piece)
          yield piece
        }
        if (isSmall) kept = pieces
      } finally {
        await handle.close()
      }
    },
  }
}

/** Hands the events on; returns why the file could not be read to its end, or null. */
async function read(
  source: StatementSource,
  flags: ParseFlags,
  onEvents: (events: readonly StatementEvent[]) => Promise<void>,
): Promise<Problem | null> {
  try {
    for await (const events of parseStatementEvents(source, { encoding: flags.encoding ?? null }))
      await onEvents(events)
    return null
  } catch (error) {
    if (error instanceof StatementFileError) return problemOf(error)
    if (isFileFault(error)) return unreadable(source.name, error)
    throw error
  }
}

export function problemOf(error: StatementFileError): Problem {
  const place = [
    error.element === null ? '' : error.element,
    error.byte === null ? '' : `字节 ${error.byte} / byte ${error.byte}`,
  ].filter(part => part !== '')
  const text = place.length === 0 ? error.message : `${error.message} (${place.join(', ')})`
  return { severity: 'error', line: error.line, code: error.code, text }
}

export function isFileFault(error: unknown): error is NodeJS.ErrnoException {
  return typeof error === 'object' && error !== null && 'syscall' in error && 'code' in error
}

export function unreadable(file: string, error: NodeJS.ErrnoException): Problem {
  const text = `无法读取文件 ${file}：${error.code ?? ''} / the file cannot be read: ${error.message}`
  return { severity: 'error', line: null, code: 'STATEMENT_FILE_UNREADABLE', text }
}

export function describe(file: string, problem: Problem): string {
  const place = problem.line === null ? file : `${file}:${problem.line}`
  return `${place}: ${problem.code}: ${problem.text}`
}

/** Waits until the reader has taken the text: the document may be larger than the memory. */
function writeOut(text: string): Promise<void> {
  if (text === '') return Promise.resolve()
  return new Promise((resolve, reject) => {
    process.stdout.write(text, error => {
      // A reader that has seen enough (`| head`) is no fault of ours.
      if (error && 'code' in error && error.code === 'EPIPE') process.exit(EXIT.ok)
      if (error) reject(error)
      else resolve()
    })
  })
}

type Row = readonly string[]

type Summary = {
  event(event: StatementEvent): void
  readonly rows: Row[]
  readonly problems: Problem[]
  format: string
  digest: string
}

/** A person reads a few of them; the JSON document has all. */
const SHOWN_ROWS = 200

function createSummary(): Summary {
  let [booked, other] = [0, 0]
  const summary: Summary = {
    rows: [],
    problems: [],
    format: '',
    digest: '',
    event(event) {
      if (event.kind === 'file') summary.format = `${event.format} ${event.encoding}`
      else if (event.kind === 'problem') summary.problems.push(event.problem)
      else if (event.kind === 'digest') summary.digest = event.sha256
      else if (event.kind === 'entry' && event.entry.status === 'booked') booked++
      else if (event.kind === 'entry') other++
      else if (event.kind === 'end') {
        const { account, number, currency, opening, closing, proven } = event.statement
        const entries = other === 0 ? `${booked}` : `${booked}+${other}`
        const balances = `${opening?.amount ?? '–'} → ${closing?.amount ?? '–'}`
        const mark = proven === null ? '?' : proven ? '✓' : '✗'
        if (summary.rows.length < SHOWN_ROWS)
          summary.rows.push([mark, account ?? '?', number ?? '', currency ?? '', entries, balances])
        booked = 0
        other = 0
      }
    },
  }
  return summary
}

function tellSummary(summary: Summary, failure: Problem | null, output: Output): void {
  if (failure !== null) return
  const [first, rest] = [summary.rows, summary.problems.slice(0, SHOWN_ROWS)]
  output.say(
    `${summary.format}，SHA-256 ${summary.digest}\n${table([['', '账号', '编号', '币种', '笔数', '期初 → 期末'], ...first])}`,
    `${summary.format}, SHA-256 ${summary.digest}\n${table([['', 'account', 'number', 'ccy', 'entries', 'opening → closing'], ...first])}`,
  )
  for (const problem of rest) {
    const mark = problem.severity === 'error' ? '✗' : '!'
    const place = problem.line === null ? '' : `:${problem.line}`
    output.say(`${mark} ${problem.code}${place} ${problem.text}`, `${mark} ${problem.code}${place} ${problem.text}`)
  }
}
