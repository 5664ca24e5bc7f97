// XML as a stream of elements, with bounds: no document type, no entity but the five of XML, no endless text, no endless
// depth. Anything not well-formed, and a file that ends early, is an error with its line and element.

import { SaxesParser } from 'saxes'
import { StatementFileError, type TextParser } from '../model'
import { MAX_FIELD_CHARS, tooLong } from '../text'

export type Attributes = Readonly<Record<string, unknown>>

export type XmlHandler = {
  /** `name` as it is written, perhaps with a prefix: see `localName`. */
  open(name: string, attributes: Attributes): void
  text(text: string): void
  close(): void
}

export type Xml = TextParser & { line(): number; element(): string }

/** ISO 20022 goes some fifteen deep; an envelope adds a few. */
const MAX_DEPTH = 64

export function createXml(handler: XmlHandler): Xml {
  const parser = new SaxesParser({ xmlns: false })
  const path: string[] = []
  let lastEventAt = 0
  let fed = 0
  const fail = (zh: string, en: string): StatementFileError =>
    new StatementFileError('STATEMENT_BROKEN', `${zh} / ${en}`, {
      line: parser.line,
      element: elementOf(path) || null,
    })
  parser.on('error', error => {
    const reason = error.message.replace(/^\d+:\d+: /, '')
    throw fail(`XML 不合规则：${reason}`, `not well-formed XML: ${reason}`)
  })
  parser.on('doctype', () => {
    throw fail('不接受 DOCTYPE', 'a document type declaration is refused')
  })
  parser.on('opentag', tag => {
    lastEventAt = parser.position
    path.push(tag.name)
    if (path.length > MAX_DEPTH) throw fail(`元素嵌套超过 ${MAX_DEPTH} 层`, `elements nest deeper than ${MAX_DEPTH}`)
    handler.open(tag.name, tag.attributes)
  })
  parser.on('text', text => handler.text(text))
  parser.on('cdata', text => handler.text(text))
  parser.on('closetag', () => {
    lastEventAt = parser.position
    handler.close()
    path.pop()
  })
  return {
    line: () => parser.line,
    element: () => elementOf(path),
    push(text) {
      // Blank lines before the declaration are a common slip that means nothing.
      const first = fed === 0 ? text.trimStart() : text
      fed += first.length
      if (first !== '') parser.write(first)
      if (fed - lastEventAt > MAX_FIELD_CHARS) throw tooLong(parser.line, elementOf(path) || null)
    },
    end: () => void parser.close(),
  }
}

function elementOf(path: readonly string[]): string {
  return path.map(localName).join('/')
}

export function localName(name: string): string {
  const colon = name.indexOf(':')
  return colon < 0 ? name : name.slice(colon + 1)
}
