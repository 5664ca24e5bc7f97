// OFX as a stream of elements: 1.x is SGML whose values have no end tag, 2.x is XML; without attributes one reader does
// for both. No document type, no entity but the common ones, bounded text and depth.

import { StatementFileError } from '../model'
import { MAX_FIELD_CHARS, quoted, tooLong } from '../text'

export type TagHandler = {
  open(name: string): void
  value(name: string, text: string): void
  close(name: string): void
}

export type Tags = { push(text: string): void; end(): void; line(): number; element(): string }

/** OFX goes some eight deep. */
const MAX_DEPTH = 32

/** They stand side by side, never in each other: one that is still open when the next begins was left without its end tag. */
const NEXT_OF_KIND: ReadonlySet<string> = new Set('STMTTRN STMTTRNP STMTRS CCSTMTRS STMTTRNRS CCSTMTTRNRS'.split(' '))

/** A bank that writes accounts and cards with one program may close the one with the other's end tag (CommBank). */
const TWIN: ReadonlyMap<string, string> = new Map([
  ['STMTRS', 'CCSTMTRS'],
  ['STMTTRNRS', 'CCSTMTTRNRS'],
  ['CCSTMTRS', 'STMTRS'],
  ['CCSTMTTRNRS', 'STMTTRNRS'],
])

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
])

export function createTags(handler: TagHandler): Tags {
  let rest = ''
  let line = 1
  let [leaf, isRooted]: [string | null, boolean] = [null, false]
  let text = ''
  const path: string[] = []
  const fail = (zh: string, en: string): StatementFileError =>
    new StatementFileError('STATEMENT_BROKEN', `${zh} / ${en}`, { line, element: path.join('/') || null })
  /** What stands before a tag: the value of a leaf, or white space. */
  const before = (piece: string): void => {
    line += countLines(piece)
    if (!isRooted) return
    text += decodeEntities(piece)
    if (text.length > MAX_FIELD_CHARS) throw tooLong(line, path.join('/'))
  }
  const settle = (): void => {
    const value = text.trim()
    text = ''
    if (leaf === null) {
      if (value !== '') throw fail(`标签之外有文字 ${quoted(value)}`, `text outside any tag: ${quoted(value)}`)
    } else if (value === '') {
      // No value: the tag holds others, or is empty and closed at once.
      if (NEXT_OF_KIND.has(leaf) && path.includes(leaf)) leave(leaf)
      path.push(leaf)
      if (path.length > MAX_DEPTH) throw fail(`嵌套超过 ${MAX_DEPTH} 层`, `tags nest deeper than ${MAX_DEPTH}`)
      handler.open(leaf)
    } else handler.value(leaf, value)
    if (value !== '') lastValue = leaf
    leaf = null
  }
  let lastValue: string | null = null
  /** Closes an element; those within that were left open are SGML's empty values. */
  const leave = (name: string): void => {
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      const last = path.pop()
      if (last !== undefined) handler.close(last)
      if (last === undefined || last === name) return
    }
  }
  const tag = (body: string): void => {
    if (body.startsWith('?') || body.startsWith('!--')) return
    if (body.startsWith(CDATA)) return before(body.slice(CDATA.length, -2))
    if (body.startsWith('!')) throw fail('不接受 DOCTYPE', 'a document type declaration is refused')
    const isEnd = body.startsWith('/')
    const name = nameOf(isEnd ? body.slice(1) : body.replace(/\s*\/$/, ''))
    if (!/^[A-Z0-9._]{1,64}$/.test(name))
      throw fail(`标签不可读 ${quoted(body)}`, `a tag cannot be read: ${quoted(body)}`)
    if (!isRooted && name === 'OFX') isRooted = true
    settle()
    if (!isEnd) {
      if (!body.endsWith('/')) leaf = name
      lastValue = null
    } else if (lastValue === name) lastValue = null
    else if (path.includes(name)) leave(name)
    else if (path.includes(TWIN.get(name) ?? '')) leave(TWIN.get(name) ?? '')
    else throw fail(`结束标签 ${name} 不对应`, `the end tag ${name} closes nothing`)
  }
  return {
    line: () => line,
    element: () => path.join('/'),
    push(piece) {
      // Nothing ends in it: only kept, so that a long text in small pieces is not searched again and again.
      if (rest !== '' && !piece.includes('<') && !piece.includes('>')) {
        rest += piece
        if (rest.length > MAX_FIELD_CHARS) throw tooLong(line, path.join('/') || null)
        return
      }
      const all = rest + piece
      let from = 0
      for (let at = all.indexOf('<'); at >= 0; at = all.indexOf('<', Math.max(from, at + 1))) {
        if (at + 1 < all.length && !isTagStart(all.charCodeAt(at + 1))) continue
        const end = endOfTag(all, at)
        if (end < 0) break
        before(all.slice(from, at))
        tag(all.slice(at + 1, end))
        line += countLines(all.slice(at, end))
        from = end + 1
      }
      rest = all.slice(from)
      if (rest.length > MAX_FIELD_CHARS) throw tooLong(line, path.join('/') || null)
    },
    end() {
      if (!isRooted || path.length > 0 || leaf !== null)
        throw fail(
          `文件不完整：缺少 </${path.at(-1) ?? 'OFX'}>`,
          `the file ends early: </${path.at(-1) ?? 'OFX'}> is missing`,
        )
    },
  }
}

/** Without a prefix; attributes say which namespace it is, and nothing of the account. */
function nameOf(body: string): string {
  const name = body.trim()
  const at = name.search(/\s+[\w:.-]+\s*=/)
  return (at < 0 ? name : name.slice(0, at)).replace(/^\w+:/, '').toUpperCase()
}

/** A tag begins with its name: any other `<` is text. */
function isTagStart(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 47 || code === 33 || code === 63
}

const CDATA = '![CDATA['

/** Where the `>` of the tag, comment or CDATA section stands; -1: not here yet. */
function endOfTag(text: string, at: number): number {
  const close = text.startsWith('<!--', at) ? '-->' : text.startsWith(`<${CDATA}`, at) ? ']]>' : '>'
  const end = text.indexOf(close, at)
  return end < 0 ? -1 : end + close.length - 1
}

function countLines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(#\d{1,7}|#x[0-9a-f]{1,6}|\w{1,8});/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES.get(name.toLowerCase()) ?? whole
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}
