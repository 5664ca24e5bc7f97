// A small strict XML reader and writer of the simulator's own: the gateways use a library, and a bank that read with the
// same library would share its mistakes. No DTD, no external entity, bounded depth; malformed text is an answer, not a throw.

export type XmlElement = {
  readonly name: string
  readonly text: string
  readonly children: readonly XmlElement[]
  /** The start tag behind the name, as it was written; null when there is nothing. */
  readonly attributes?: string | null
}
export type XmlProblem = { readonly problem: string }

/** Bank messages are five or six levels deep; deeper is a mistake or an attack. */
const MAX_DEPTH = 32

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const NAME = '[\\p{L}_:][\\p{L}\\p{N}_:.\\-]*'
const TOKEN = new RegExp(
  [
    '<\\?[^]*?\\?>',
    '<!--[^]*?-->',
    '<!\\[CDATA\\[(?<cdata>[^]*?)\\]\\]>',
    `</(?<close>${NAME})\\s*>`,
    `<(?<open>${NAME})(?<attributes>(?:\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(?<empty>/?)>`,
    '(?<text>[^<]+)',
  ].join('|'),
  'yu',
)

type Growing = { name: string; text: string; children: Growing[]; attributes?: string | null }

/** Reads one document. Text directly inside an element is joined; attributes are checked for form and kept as text. */
export function parseXml(source: string): XmlElement | XmlProblem {
  const root: Growing = { name: '', text: '', children: [] }
  const open: Growing[] = [root]
  TOKEN.lastIndex = source.startsWith('\uFEFF') ? 1 : 0
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex
    const found = TOKEN.exec(source)
    if (!found) return { problem: `not XML at character ${at}` }
    const parts = found.groups ?? {}
    const current = open.at(-1) ?? root
    if (parts['open'] !== undefined) {
      const attributes = parts['attributes'] || null
      const child: Growing = { name: parts['open'], text: '', children: [], ...(attributes ? { attributes } : {}) }
      current.children.push(child)
      if (current === root && root.children.length > 1) return { problem: 'more than one root element' }
      if (parts['empty'] === '') open.push(child)
      if (open.length > MAX_DEPTH) return { problem: `nested deeper than ${MAX_DEPTH}` }
    } else if (parts['close'] !== undefined) {
      if (current === root || current.name !== parts['close']) return { problem: `unexpected </${parts['close']}>` }
      open.pop()
    } else if (parts['cdata'] !== undefined) {
      current.text += parts['cdata']
    } else if (parts['text'] !== undefined) {
      const text = decodeEntities(parts['text'])
      if (text === null) return { problem: `bad entity at character ${at}` }
      if (current === root && text.trim() !== '') return { problem: 'text outside the root element' }
      current.text += text
    }
  }
  if (open.length !== 1) return { problem: `<${open.at(-1)?.name}> is not closed` }
  return root.children[0] ?? { problem: 'no root element' }
}

/** Null when a reference is unknown, or stands for a character that XML forbids. */
function decodeEntities(text: string): string | null {
  let isGood = !FORBIDDEN.test(text)
  const decoded = text.replaceAll(/&([^;&]{0,12};?)/g, (_, reference: string) => {
    const character = characterOf(reference)
    if (character === null) isGood = false
    return character ?? ''
  })
  return isGood ? decoded : null
}

function characterOf(reference: string): string | null {
  if (!reference.endsWith(';')) return null
  const name = reference.slice(0, -1)
  const number = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name)
  if (!number) return NAMED[name] ?? null
  const code = number[1] === undefined ? Number(number[2]) : parseInt(number[1], 16)
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return null
  const character = String.fromCodePoint(code)
  return FORBIDDEN.test(character) ? null : character
}

// oxlint-disable-next-line no-control-regex -- these are the characters XML 1.0 does not allow
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/

/** The first child of that name. */
export function childOf(element: XmlElement | null, name: string): XmlElement | null {
  return element?.children.find(child => child.name === name) ?? null
}

export function childrenOf(element: XmlElement | null, name: string): readonly XmlElement[] {
  return element?.children.filter(child => child.name === name) ?? []
}

/** The trimmed text of the first child of that name, `''` when there is none. */
export function textOf(element: XmlElement | null, name: string): string {
  return childOf(element, name)?.text.trim() ?? ''
}

/** The text of an attribute, `''` when there is none. */
export function attributeOf(element: XmlElement | null, name: string): string {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(element?.attributes ?? '')
  return decodeEntities(match?.[1] ?? match?.[2] ?? '') ?? ''
}

/** Every element of that name below, in document order. */
export function descendantsOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.flatMap(child => [...(child.name === name ? [child] : []), ...descendantsOf(child, name)])
}

/** One element holding text, escaped. */
export function leaf(name: string, text: string): string {
  return `<${name}>${escapeText(text)}</${name}>`
}

/** One element holding markup that was made by `leaf` or `box`. */
export function box(name: string, ...inner: readonly string[]): string {
  return `<${name}>${inner.join('')}</${name}>`
}

/** One leaf for each entry, in order. */
export function leaves(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, text]) => leaf(name, text))
    .join('')
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
