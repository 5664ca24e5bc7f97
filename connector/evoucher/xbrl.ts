// An XBRL instance of the Ministry of Finance's voucher standard: facts and tuples as they stand, unknown ones too. The
// taxonomy's date is part of its namespace and never fixed here: the prefix and the last segment say what it is.

import { quoted, type EvoucherProblem } from './problem'
import { childOf, parseXml, type XmlNode } from './xml'

const TAXONOMY = 'http://xbrl.mof.gov.cn/taxonomy/'
const XBRL = 'http://www.xbrl.org/2003/instance'

export type Fact = {
  readonly name: string
  readonly uri: string
  /** Null: `xsi:nil`, or nothing in it. A tuple has none. */
  readonly value: string | null
  readonly attributes: Readonly<Record<string, string>>
  /** Of a tuple, which holds a repeating group. */
  readonly children: readonly Fact[]
  /** Line of the document, from 1. */
  readonly line: number
}

export type Instance = {
  /** Last segment of the namespace: `bker`, `bkrs`, `einv` … */
  readonly taxonomy: string
  /** `yyyy-MM-dd` as the namespace has it, or empty. */
  readonly taxonomyDate: string
  readonly namespace: string
  readonly schemaRef: string
  readonly contextId: string
  readonly scheme: string
  /** The issuer's code as the context's entity. */
  readonly entity: string
  /** As written: a bank wrote the word `null`. */
  readonly instant: string
  readonly unitId: string
  /** `CNY` of `iso4217:CNY`, or empty. */
  readonly currency: string
  readonly facts: readonly Fact[]
}

/** Null: XML, but no instance of the standard. @throws EvoucherError when it is no XML */
export function readInstance(bytes: Uint8Array, place: string): Instance | null {
  return instanceOf(parseXml(bytes, place))
}

/** As `readInstance`, of a tree. */
export function instanceOf(root: XmlNode): Instance | null {
  if (root.name !== 'xbrl' || root.uri !== XBRL) return null
  const facts = root.children.filter(child => child.uri !== XBRL && !NOT_FACTS.has(child.name)).map(factOf)
  const namespace = facts.map(fact => fact.uri).find(uri => uri.startsWith(TAXONOMY)) ?? namespaceOf(root)
  if (namespace === null) return null
  const [date = '', taxonomy = ''] = namespace.slice(TAXONOMY.length).split('/').slice(-2)
  const context = childOf(root, 'context')
  const identifier = childOf(childOf(context, 'entity'), 'identifier')
  const unit = childOf(root, 'unit')
  return {
    taxonomy: taxonomy === '' ? date : taxonomy,
    taxonomyDate: /^\d{4}-\d\d-\d\d$/.test(date) ? date : '',
    namespace,
    schemaRef: childOf(root, 'schemaRef')?.attributes['href'] ?? '',
    contextId: context?.attributes['id'] ?? '',
    scheme: identifier?.attributes['scheme'] ?? '',
    entity: identifier?.text ?? '',
    instant: childOf(childOf(context, 'period'), 'instant')?.text ?? '',
    unitId: unit?.attributes['id'] ?? '',
    currency: /(?:^|:)([A-Z]{3})$/.exec(childOf(unit, 'measure')?.text ?? '')?.[1] ?? '',
    facts,
  }
}

const NOT_FACTS: ReadonlySet<string> = new Set([
  'schemaRef',
  'context',
  'unit',
  'footnoteLink',
  'roleRef',
  'arcroleRef',
])

function factOf(node: XmlNode): Fact {
  const isNil = node.attributes['nil'] === 'true' || node.attributes['nil'] === '1'
  return {
    name: node.name,
    uri: node.uri,
    value: isNil || node.text === '' || node.children.length > 0 ? null : node.text,
    attributes: node.attributes,
    children: node.children.map(factOf),
    line: node.line,
  }
}

/** An instance without a fact still says what it is by its schema. */
function namespaceOf(root: XmlNode): string | null {
  const href = childOf(root, 'schemaRef')?.attributes['href'] ?? ''
  const [, taxonomy, date] = /([a-z]+)(?:_issuer|_receiver)?_entry_point_(\d{4}-\d\d-\d\d)\.xsd$/.exec(href) ?? []
  return taxonomy === undefined || date === undefined ? null : `${TAXONOMY}${date}/${taxonomy}`
}

/** Whether the text looks like an instance of the standard: decided on its first characters. */
export function looksLikeInstance(head: string): boolean {
  return /<(?:[\w.-]+:)?xbrl[\s>]/.test(head) && head.includes(TAXONOMY)
}

/** Reads single facts by name, and says what it could not: two values of one name are none. */
export type FactReader = {
  text(...names: readonly string[]): string
  readonly problems: EvoucherProblem[]
}

export function createFactReader(facts: readonly Fact[], place: string): FactReader {
  const problems: EvoucherProblem[] = []
  return {
    problems,
    text(...names) {
      const values = new Set(facts.filter(fact => names.includes(fact.name)).flatMap(fact => fact.value ?? []))
      if (values.size > 1)
        problems.push({
          severity: 'error',
          code: 'EVOUCHER_FIELD_AMBIGUOUS',
          text: `${place}: ${names.join('/')} 有多个不同的值 / has several values: ${[...values].slice(0, 3).map(quoted).join(', ')}`,
        })
      const [value] = values
      return values.size === 1 ? (value ?? '') : ''
    },
  }
}

/** `yyyy-MM-dd`, or `yyyyMMdd` as one bank's page text has it; null for anything that is no day. */
export function dayOf(text: string): string | null {
  const [, year, month, day] = /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ].*)?$/.exec(text) ?? []
  if (year === undefined || month === undefined || day === undefined) return null
  const iso = `${year}-${month}-${day}`
  const at = Date.parse(`${iso}T00:00:00Z`)
  return Number.isFinite(at) && new Date(at).toISOString().slice(0, 10) === iso ? iso : null
}
