// The one JSON document of `statement parse --json`, written as the file is read: a file of any size needs the memory
// of some hundred entries. The document is complete and valid even when the file turns out to be broken half-way.

import type { Entry, EntryDetail, Problem, StatementEvent, StatementHead, StatementTail } from '../statements/model'

/** Entries held back so that a short statement reads from its account to its lines; a longer one begins with its lines. */
const HELD_ENTRIES = 500

export type JsonWriter = {
  /** The text of these events, to be written before the next are asked for. */
  events(events: readonly StatementEvent[]): string
  /** The end of the document; `failure` is why the file could not be read to its end. */
  finish(failure: Problem | null): string
}

export function createJsonWriter(): JsonWriter {
  const problems: Problem[] = []
  const statement = createStatementText()
  let isBegun = false
  const begin = (format: string | null, encoding: string | null): string => {
    isBegun = true
    return `{"format":${JSON.stringify(format)},"encoding":${JSON.stringify(encoding)},"statements":[`
  }
  const textOf = (event: StatementEvent): string => {
    if (event.kind === 'entry') return statement.entry(event.entry)
    if (event.kind === 'details') return statement.details(event.details)
    if (event.kind === 'end') return statement.end(event.statement)
    if (event.kind === 'file') return begin(event.format, event.encoding)
    if (event.kind === 'problem') problems.push(event.problem)
    return ''
  }
  return {
    events(events) {
      let text = ''
      for (const event of events) text += textOf(event)
      return text
    },
    finish(failure) {
      const all = failure === null ? problems : [...problems, failure]
      const start = isBegun ? '' : begin(null, null)
      return `${start}${statement.abandon()}\n],"problems":[${all.map(one => `\n${JSON.stringify(one)}`).join(',')}]}\n`
    },
  }
}

type StatementText = {
  details(details: readonly EntryDetail[]): string
  entry(entry: Entry): string
  end(statement: StatementHead & StatementTail): string
  abandon(): string
}

/** One statement as text: held until it is short enough to be told in order, or long enough to be told as it comes. */
function createStatementText(): StatementText {
  let held: string[] = []
  let [isStreaming, isAfterEntry, isAfterStatement, isInEntry] = [false, false, false, false]
  const separated = (text: string): string => {
    const separator = isAfterStatement ? ',\n' : '\n'
    isAfterStatement = true
    return separator + text
  }
  const stream = (): string => {
    if (isStreaming) return ''
    isStreaming = true
    isAfterEntry = held.length > 0
    const text = separated(`{"lines":[${held.map(one => `\n${one}`).join(',')}`)
    held = []
    return text
  }
  const next = (): string => {
    const separator = isAfterEntry ? ',\n' : '\n'
    isAfterEntry = true
    return separator
  }
  const close = (statement: (StatementHead & StatementTail) | null): string => {
    const head = statement === null ? '' : `,${JSON.stringify(statement).slice(1, -1)}`
    const lines = held.map(one => `\n${one}`).join(',')
    const text = isStreaming ? `]${head}}` : separated(`{${head.slice(1)}${head === '' ? '' : ','}"lines":[${lines}]}`)
    held = []
    isStreaming = false
    isAfterEntry = false
    return text
  }
  return {
    details(details) {
      const start = isInEntry ? ',' : `${stream()}${next()}{"details":[`
      isInEntry = true
      return start + details.map(detail => JSON.stringify(detail)).join(',')
    },
    entry(entry) {
      if (isInEntry) {
        isInEntry = false
        const { details, ...rest } = entry
        const more = details.map(detail => `,${JSON.stringify(detail)}`).join('')
        return `${more}],${JSON.stringify(rest).slice(1)}`
      }
      if (!isStreaming && held.length < HELD_ENTRIES) {
        held.push(JSON.stringify(entry))
        return ''
      }
      return `${stream()}${next()}${JSON.stringify(entry)}`
    },
    end: close,
    abandon() {
      if (isInEntry) {
        isInEntry = false
        return `]}${close(null)}`
      }
      return isStreaming ? close(null) : ''
    },
  }
}
