// camt.052, .053, .054: walks the elements that `shape.ts` names, a record at a time, and forgets each when it is done.

import type { ParserContext } from '../ledger'
import { StatementFileError, type TextParser } from '../model'
import { MAX_FIELD_CHARS, tooLong, trim } from '../text'
import { startEntry, type EntryUnderWay } from './entry'
import { MESSAGE, type Fields, type RecordKind, type Shape } from './shape'
import { startStatement, type StatementUnderWay } from './statement'
import { createXml, localName, type Attributes, type Xml } from './xml'

const MESSAGES = /^BkToCstmr(?:AcctRpt|Stmt|DbtCdtNtfctn)(?:V\d\d)?$/

export function createCamtParser(context: ParserContext): TextParser {
  const walk = createWalk(context)
  const xml: Xml = createXml(walk)
  // The element is named only where something is wrong; the line of every entry is kept.
  walk.place = () => ({
    line: xml.line(),
    get element() {
      return xml.element()
    },
  })
  return {
    push: text => xml.push(text),
    end() {
      xml.end()
      if (walk.statements === 0) throw noStatement()
      context.warn.finish()
    },
  }
}

type Place = () => { readonly line: number; readonly element: string }

type Walk = {
  statements: number
  place: Place
  open(name: string, attributes: Attributes): void
  text(text: string): void
  close(): void
}

function createWalk(context: ParserContext): Walk {
  const shapes: (Shape | null)[] = []
  const records: Fields[] = []
  let [shape, fields, text]: [Shape | null, Fields, string] = [null, {}, '']
  let isInMessage = false
  let statement: StatementUnderWay | null = null
  let entry: EntryUnderWay | null = null
  const begin = (kind: RecordKind): void => {
    records.push(fields)
    fields = {}
    if (kind === 'statement') statement = startStatement(context, fields, walk.place)
    else if (kind === 'entry' && statement) entry = startEntry(context, statement, fields, walk.place)
  }
  const finish = (kind: RecordKind): void => {
    if (kind === 'balance') statement?.balance(fields)
    else if (kind === 'detail') entry?.detail(fields)
    else if (kind === 'entry') entry?.end()
    else {
      statement?.end()
      walk.statements++
    }
    fields = records.pop() ?? {}
  }
  const walk: Walk = {
    statements: 0,
    place: () => ({ line: 0, element: '' }),
    open(name, attributes) {
      shapes.push(shape)
      const next: Shape | null = shape === null ? null : childNamed(shape, name)
      shape = next ?? (!isInMessage && MESSAGES.test(localName(name)) ? MESSAGE : null)
      if (shape === MESSAGE) isInMessage = true
      if (shape === null) return
      if (shape.record !== null) begin(shape.record)
      if (shape.currencyKey !== null) fields[shape.currencyKey] ??= currencyOf(attributes)
      text = ''
    },
    text(piece) {
      if (shape?.key) text += piece
    },
    close() {
      if (shape !== null) {
        if (shape.key !== null) keep(fields, shape, shape.key, oneLine(text), walk.place)
        if (shape.record !== null) finish(shape.record)
        if (shape === MESSAGE) isInMessage = false
        text = ''
      }
      shape = shapes.pop() ?? null
    },
  }
  return walk
}

/** Most files write no prefix: it is only looked for where the name is not known as it stands. */
function childNamed({ children }: Shape, name: string): Shape | null {
  return children.get(name) ?? children.get(localName(name)) ?? null
}

/** A long text that was wrapped to look well in the file is one line. */
function oneLine(text: string): string {
  return text.includes('\n') || text.includes('\t') ? text.replace(/\s+/g, ' ').trim() : trim(text)
}

function keep(fields: Fields, shape: Shape, key: string, value: string, place: Place): void {
  if (value === '') return
  const known = fields[key]
  if (known === undefined) fields[key] = value
  else if (shape.isList) {
    // A list of texts grows with the file; one entry's may not.
    if (known.length + value.length > MAX_FIELD_CHARS) throw tooLong(place().line, place().element)
    fields[key] = `${known}\n${value}`
  }
}

function currencyOf(attributes: Attributes): string {
  const value = attributes['Ccy']
  return typeof value === 'string' ? value.trim() : ''
}

function noStatement(): StatementFileError {
  return new StatementFileError(
    'STATEMENT_ABSENT',
    '报文里没有对账单（Stmt、Rpt 或 Ntfctn）/ the message holds no statement (Stmt, Rpt or Ntfctn)',
    { line: 1 },
  )
}
