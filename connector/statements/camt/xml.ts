// XML as a stream of elements, with bounds: no document type, no entity but the five of XML, no endless text, no endless
// depth. Anything not well-formed, and a file that ends early, is an error with its line and element. Several documents
// one behind the other, as an archive's files come when they are joined, are read as one.

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
  const path: string[] = []
  let lastEventAt = 0
  let fed = 0
  /** Of the documents before this one. */
  let linesBefore = 0
  /** The last characters of a piece that may begin a declaration. */
  let held = ''
  const lineOf = (): number => linesBefore + parser.line
  const fail = (zh: string, en: string): StatementFileError =>
    new StatementFileError('STATEMENT_BROKEN', `${zh} / ${en}`, { line: lineOf(), element: elementOf(path) || null })
  const openParser = (): SaxesParser => {
    const saxes = new SaxesParser({ xmlns: false })
    saxes.on('error', error => {
      const reason = error.message.replace(/^\d+:\d+: /, '')
      throw fail(`XML 不合规则：${reason}`, `not well-formed XML: ${reason}`)
    })
    saxes.on('doctype', () => {
      throw fail('不接受 DOCTYPE', 'a document type declaration is refused')
    })
    saxes.on('opentag', tag => {
      lastEventAt = saxes.position
      path.push(tag.name)
      if (path.length > MAX_DEPTH) throw fail(`元素嵌套超过 ${MAX_DEPTH} 层`, `elements nest deeper than ${MAX_DEPTH}`)
      handler.open(tag.name, tag.attributes)
    })
    saxes.on('text', text => handler.text(text))
    saxes.on('cdata', text => handler.text(text))
    saxes.on('closetag', () => {
      lastEventAt = saxes.position
      handler.close()
      path.pop()
    })
    return saxes
  }
  let parser = openParser()
  const write = (text: string): void => {
    // Blank lines before the declaration are a common slip that means nothing.
    const first = fed === 0 ? text.trimStart() : text
    fed += first.length
    if (first !== '') parser.write(first)
    if (fed - lastEventAt > MAX_FIELD_CHARS) throw tooLong(lineOf(), elementOf(path) || null)
  }
  /** The next document begins where the one before has ended; anywhere else a declaration is the parser's to refuse. */
  const nextDocument = (): void => {
    if (path.length > 0 || lastEventAt === 0) return
    linesBefore += parser.line - 1
    parser.close()
    parser = openParser()
    lastEventAt = 0
    fed = 0
  }
  return {
    line: lineOf,
    element: () => elementOf(path),
    push(piece) {
      const text = held + piece
      let from = 0
      for (let at = declarationAt(text, 0); at >= 0; at = declarationAt(text, at + 1)) {
        write(text.slice(from, at - markBefore(text, at)))
        nextDocument()
        from = at
      }
      const end = text.length - cutDeclaration(text)
      write(text.slice(from, Math.max(from, end)))
      held = text.slice(Math.max(from, end))
    },
    end() {
      write(held)
      parser.close()
    },
  }
}

const DECLARATION = '<?xml'

function declarationAt(text: string, from: number): number {
  let at = text.indexOf(DECLARATION, from)
  // Blank behind it: `<?xml-stylesheet` is another matter. Not there yet: it waits for the next piece.
  while (at >= 0 && !(text.charCodeAt(at + DECLARATION.length) <= 32)) at = text.indexOf(DECLARATION, at + 1)
  return at
}

/** How many characters at the end could be the beginning of a declaration whose rest is in the next piece. */
function cutDeclaration(text: string): number {
  for (let length = DECLARATION.length; length >= 0; length--)
    if (text.endsWith(DECLARATION.slice(0, length))) return length + markBefore(text, text.length - length)
  return 0
}

/** Files that were joined keep their byte order marks. */
function markBefore(text: string, at: number): number {
  return text.charCodeAt(at - 1) === 0xfeff ? 1 : 0
}

function elementOf(path: readonly string[]): string {
  return path.map(localName).join('/')
}

export function localName(name: string): string {
  const colon = name.indexOf(':')
  return colon < 0 ? name : name.slice(colon + 1)
}
