// XML of a voucher as a tree, within bounds: no document type, no entity but the five of XML, no endless depth. Names are
// local, with their namespace beside them, because the same element comes under several prefixes and namespaces.

import { SaxesParser } from 'saxes'
import { broken, tooLarge } from './problem'

export type XmlNode = {
  readonly name: string
  readonly uri: string
  /** By local name. */
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlNode[]
  /** Its own characters, trimmed. */
  readonly text: string
  /** Of its start tag, from 1. */
  readonly line: number
}

const MAX_DEPTH = 64
const MAX_ELEMENTS = 500_000
const MAX_TEXT_CHARS = 65_536
export const MAX_XML_BYTES = 32 * 1024 * 1024

type Open = {
  node: { -readonly [K in keyof XmlNode]: XmlNode[K] } & { children: XmlNode[] }
  text: string
  scope: Scope
}
/** Namespaces by prefix, and those around them: a chain, for copies of a long list would grow with every element. */
type Scope = { readonly declared: ReadonlyMap<string, string>; readonly outer: Scope | null }

/** @throws EvoucherError naming `place` and the line */
export function parseXml(bytes: Uint8Array, place: string): XmlNode {
  return parseXmlText(xmlText(bytes, place), place)
}

/** As `parseXml`, for text whose charset was decided already. */
export function parseXmlText(text: string, place: string): XmlNode {
  const parser = new SaxesParser({ xmlns: false })
  const path: Open[] = []
  let root: XmlNode | null = null
  let count = 0
  const fail = (zh: string, en: string): Error =>
    broken(`${zh}（第 ${parser.line} 行）`, `${en} (line ${parser.line})`, place)
  parser.on('error', error => {
    const reason = error.message.replace(/^\d+:\d+: /, '')
    throw fail(`XML 不合规则：${reason}`, `not well-formed XML: ${reason}`)
  })
  parser.on('doctype', () => {
    throw fail('不接受 DOCTYPE', 'a document type declaration is refused')
  })
  parser.on('opentag', tag => {
    if (++count > MAX_ELEMENTS) throw tooLarge('XML elements', MAX_ELEMENTS, place)
    if (path.length >= MAX_DEPTH) throw tooLarge('XML depth', MAX_DEPTH, place)
    const scope = scopeOf(path.at(-1)?.scope ?? null, tag.attributes)
    const [prefix, name] = splitName(tag.name)
    const uri = uriOf(prefix, scope)
    const attributes = attributesOf(tag.attributes)
    path.push({ node: { name, uri, attributes, children: [], text: '', line: parser.line }, text: '', scope })
  })
  const onText = (piece: string): void => {
    const open = path.at(-1)
    if (open === undefined) return
    open.text += piece
    if (open.text.length > MAX_TEXT_CHARS) throw tooLarge('XML text', MAX_TEXT_CHARS, place)
  }
  parser.on('text', onText)
  parser.on('cdata', onText)
  parser.on('closetag', () => {
    const open = path.pop()
    if (open === undefined) return
    open.node.text = open.text.trim()
    const parent = path.at(-1)
    if (parent === undefined) root = open.node
    else parent.node.children.push(open.node)
  })
  parser.write(text).close()
  if (root === null) throw fail('没有根元素', 'no root element')
  return root
}

/** Every descendant of a local name, in document order. */
export function descendants(node: XmlNode, name: string): readonly XmlNode[] {
  return node.children.flatMap(child => [...(child.name === name ? [child] : []), ...descendants(child, name)])
}

export function childOf(node: XmlNode | undefined, name: string): XmlNode | undefined {
  return node?.children.find(child => child.name === name)
}

/** Its own text and that of everything in it. */
export function deepText(node: XmlNode): string {
  return [node.text, ...node.children.map(deepText)].join('').trim()
}

/** By its mark or its declaration; strict, so that no character is guessed. */
export function xmlText(bytes: Uint8Array, place: string): string {
  if (bytes.length > MAX_XML_BYTES) throw tooLarge('XML bytes', MAX_XML_BYTES, place)
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 200)).toString('latin1')
  const wide = head.startsWith('\u00ff\u00fe') ? 'utf-16le' : head.startsWith('\u00fe\u00ff') ? 'utf-16be' : null
  const declared = /^[^<]*<\?xml[^>]*encoding\s*=\s*["']([\w-]+)["']/.exec(head)?.[1]?.toLowerCase() ?? 'utf-8'
  const label = wide ?? (/^(gb2312|gbk|gb18030|cp936)$/.test(declared) ? 'gb18030' : declared)
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes)
  } catch {
    throw broken(`不是 ${label} 文本`, `not text in ${label}`, place)
  }
}

/** Escaped for an element or an attribute. @throws RangeError on what no XML 1.0 document can carry */
export function escapeXml(text: string): string {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text))
    throw new RangeError('control character in text')
  const entities: Readonly<Record<string, string>> = {
    '<': '&lt;',
    '>': '&gt;',
    '&': '&amp;',
    '"': '&quot;',
    "'": '&apos;',
  }
  return text.replace(/[<>&"']/g, character => entities[character] ?? character)
}

function scopeOf(outer: Scope | null, attributes: Readonly<Record<string, unknown>>): Scope {
  const declared = Object.entries(attributes).filter(([name]) => name === 'xmlns' || name.startsWith('xmlns:'))
  if (declared.length === 0 && outer !== null) return outer
  return { declared: new Map(declared.map(([name, uri]) => [name.slice(6), String(uri)] as const)), outer }
}

/** At most as many hops as elements nest. */
function uriOf(prefix: string, scope: Scope): string {
  for (let next: Scope | null = scope; next !== null; next = next.outer) {
    const uri = next.declared.get(prefix)
    if (uri !== undefined) return uri
  }
  return ''
}

function attributesOf(attributes: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([name]) => name !== 'xmlns' && !name.startsWith('xmlns:'))
      .map(([name, value]) => [splitName(name)[1], String(value)]),
  )
}

function splitName(name: string): readonly [prefix: string, local: string] {
  const colon = name.indexOf(':')
  return colon < 0 ? ['', name] : [name.slice(0, colon), name.slice(colon + 1)]
}
