// Reads a statement file of any supported format as a stream of events: charset first, then format, then its parser.
// It must never hold more than one piece of the file and one entry.

import { createHash } from 'node:crypto'
import { carriedEvents, carriedStatement } from './bkrs/carrier'
import { chooseCharset, HEAD_BYTES, type StatementSource } from './charset'
import { createDecode } from './decode'
import { detectFormat, parserOf } from './detect'
import { createWarn } from './ledger'
import { NEEDED } from './tabular/layout'
import { parseWorkbook } from './tabular/workbook'
import { firstBytes, workbookKind } from './tabular/workbook-kind'
import { StatementFileError, type Emit, type StatementEvent, type StatementFormat, type TextParser } from './model'

export type ParseOptions = {
  /** Overrules the detection of the charset; null: detect. */
  readonly encoding: string | null
}

/**
 * The events of a file, one by one. Throws StatementFileError, saying where, when the file cannot be read: nothing that
 * came before it may then be used.
 */
export async function* parseStatementFile(
  source: StatementSource,
  options: ParseOptions,
): AsyncGenerator<StatementEvent, void, void> {
  for await (const events of parseStatementEvents(source, options)) yield* events
}

/** The same events, as many at a time as a piece of the file gives: waiting for each one costs more than parsing it. */
export async function* parseStatementEvents(
  source: StatementSource,
  options: ParseOptions,
): AsyncGenerator<readonly StatementEvent[], void, void> {
  const first = await firstBytes(source)
  const carried = await carriedStatement(source, first)
  if (carried !== null) return yield carriedEvents(carried)
  const workbook = workbookKind(first)
  if (workbook !== null) return yield* parseWorkbook(source, workbook)
  const charset = await chooseCharset(source, options.encoding)
  let events: StatementEvent[] = []
  const emit: Emit = event => void events.push(event)
  const take = (): readonly StatementEvent[] => {
    const taken = events
    events = []
    return taken
  }
  const digest = createHash('sha256')
  const decode = createDecode(charset.encoding)
  let state: State = { parser: null, head: '', bytes: 0 }
  try {
    for await (const piece of source.open()) {
      const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
      digest.update(bytes)
      state = feed(state, decode.push(bytes), bytes.length, charset, emit)
      if (events.length > 0) yield take()
    }
    state = feed(state, decode.end(), 0, charset, emit)
    const parser = state.parser ?? start(state.head, charset, emit)
    parser.end()
  } catch (error) {
    // What was read before the fault says which file and format it is.
    yield take()
    throw error
  }
  emit({ kind: 'digest', sha256: digest.digest('hex'), bytes: state.bytes })
  yield take()
}

type State = { readonly parser: TextParser | null; readonly head: string; readonly bytes: number }
type Charset = Awaited<ReturnType<typeof chooseCharset>>

function feed(state: State, text: string, count: number, charset: Charset, emit: Emit): State {
  const bytes = state.bytes + count
  if (state.parser) {
    state.parser.push(text)
    return { ...state, bytes }
  }
  const head = state.head + text
  // A format shows in its first characters; only a file shorter than this is judged at its end.
  if (head.length < HEAD_BYTES / 4) return { parser: null, head, bytes }
  return { parser: start(head, charset, emit), head: '', bytes }
}

/** Finds the format, tells it, and gives its parser what was read so far. */
function start(head: string, charset: Charset, emit: Emit): TextParser {
  const format = detectFormat(head)
  if (format === null) throw unknownFormat()
  emit({ kind: 'file', format, encoding: charset.encoding })
  for (const { code, text } of charset.problems)
    emit({ kind: 'problem', problem: { severity: 'warning', line: null, code, text } })
  const parser = parserOf(format)({ format, emit, warn: createWarn(emit) })
  parser.push(head)
  return parser
}

function unknownFormat(): StatementFileError {
  const known: readonly StatementFormat[] = [
    ...(['mt940', 'mt942', 'camt.052', 'camt.053', 'camt.054', 'ofx', 'bkrs', 'csv', 'xls', 'xlsx'] as const),
  ]
  return new StatementFileError(
    'STATEMENT_FORMAT_UNKNOWN',
    `认不出的对账单格式；支持 ${known.join('、')}；表格须有表头：${NEEDED} / not a statement format we know: ${known.join(', ')}; a table needs a heading with ${NEEDED}`,
    { line: 1 },
  )
}

/** A source over bytes in memory, handed out in pieces as a file would. */
export function bytesSource(name: string, bytes: Uint8Array, pieceBytes: number): StatementSource {
  return {
    name,
    async *open() {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
    },
  }
}
