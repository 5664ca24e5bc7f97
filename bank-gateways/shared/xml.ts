// XML of the banks' flat dialects. Values stay text: nothing becomes a number, no entity is expanded but the five of
// XML, and a document that is not well formed is refused rather than repaired.

import { XMLParser, XMLValidator } from 'fast-xml-parser'

export type XmlNode = {
  readonly name: string
  readonly text: string
  readonly children: readonly XmlNode[]
  /** Left out when there are none. */
  readonly attributes?: Readonly<Record<string, string>>
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
})

/** Throws RangeError on anything that is not one well-formed element, and on a DOCTYPE. */
export function parseXml(text: string): XmlNode {
  if (/<!DOCTYPE/i.test(text)) throw new RangeError('XML with a DOCTYPE is refused')
  const body = text.replace(/^\uFEFF/, '').trim()
  const valid = XMLValidator.validate(body)
  if (valid !== true) throw new RangeError(`not well-formed XML: ${valid.err.msg} (line ${valid.err.line})`)
  const roots = toNodes(parser.parse(body))
  const [root] = roots
  if (!root || roots.length !== 1) throw new RangeError('XML without a single root element')
  return root
}

/** Direct children of a name, in order. */
export function childrenOf(node: XmlNode, name: string): readonly XmlNode[] {
  return node.children.filter(child => child.name === name)
}

/** The element at a path of names, or null. */
export function at(node: XmlNode | null, ...path: readonly string[]): XmlNode | null {
  let current = node
  for (const name of path) current = current?.children.find(child => child.name === name) ?? null
  return current
}

/** Trimmed text at a path of names; `''` when it is not there. */
export function textAt(node: XmlNode | null, ...path: readonly string[]): string {
  return at(node, ...path)?.text.trim() ?? ''
}

/** The text of an attribute, `''` when it is not there. */
export function attributeOf(node: XmlNode | null, name: string): string {
  const { attributes } = node ?? {}
  return attributes && Object.hasOwn(attributes, name) ? (attributes[name]?.trim() ?? '') : ''
}

/** First descendant of a name, depth first, or null: for answers whose nesting differs between versions. */
export function find(node: XmlNode, name: string): XmlNode | null {
  for (const child of node.children) {
    if (child.name === name) return child
    const found = find(child, name)
    if (found) return found
  }
  return null
}

/** An element with text or with children, escaped. */
export function element(name: string, content: string | readonly string[]): string {
  return `<${name}>${typeof content === 'string' ? escapeXml(content) : content.join('')}</${name}>`
}

/** Throws RangeError on control characters, which no XML 1.0 document can carry. */
export function escapeXml(text: string): string {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text))
    throw new RangeError('control character in text')
  return text.replace(/[<>&"']/g, character => ENTITIES[character] ?? character)
}

const ENTITIES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&apos;',
}
const CHARACTERS: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|amp|quot|apos));/g, (_, dec, hex, name) =>
    name ? (CHARACTERS[name] ?? '') : String.fromCodePoint(dec ? Number.parseInt(dec, 10) : Number.parseInt(hex, 16)),
  )
}

type Parsed = Readonly<Record<string, unknown>>

function toNodes(parsed: unknown): readonly XmlNode[] {
  const nodes: XmlNode[] = []
  for (const item of parsed as readonly Parsed[]) {
    const name = Object.keys(item).find(key => key !== ':@' && key !== '#text')
    if (name === undefined || name.startsWith('?')) continue
    const content = item[name] as readonly Parsed[]
    const text = content
      .filter(part => '#text' in part)
      .map(part => String(part['#text']))
      .join('')
    const attributes = attributesOf(item[':@'])
    nodes.push({ name, text: unescapeXml(text), children: toNodes(content), ...(attributes ? { attributes } : {}) })
  }
  return nodes
}

function attributesOf(parsed: unknown): Readonly<Record<string, string>> | null {
  if (typeof parsed !== 'object' || parsed === null) return null
  return Object.fromEntries(
    Object.entries(parsed).map(([name, text]) => [name.replace(/^@/, ''), unescapeXml(String(text))]),
  )
}
