// The formats, one line each, in the order they are asked. A new format is a new line here and a folder of its own.

import { looksLikeInstance } from '../evoucher/xbrl'
import { createBkrsParser } from './bkrs/parser'
import { createCamtParser } from './camt/parser'
import type { ParserContext } from './ledger'
import type { StatementFormat, TextParser } from './model'
import { createMt940Parser } from './mt940/parser'
import { createOfxParser } from './ofx/parser'
import { createHtmlParser, createSeparatedParser, isHtmlTable, isSeparatedTable } from './tabular/text-parser'

type Format = {
  readonly name: StatementFormat
  /** Looks at the first characters of the file, without a byte order mark. */
  looksLike(head: string): boolean
  readonly create: (context: ParserContext) => TextParser
}

const FORMATS: readonly Format[] = [
  { name: 'camt.052', looksLike: head => isCamt(head, 'BkToCstmrAcctRpt'), create: createCamtParser },
  { name: 'camt.053', looksLike: head => isCamt(head, 'BkToCstmrStmt'), create: createCamtParser },
  { name: 'camt.054', looksLike: head => isCamt(head, 'BkToCstmrDbtCdtNtfctn'), create: createCamtParser },
  { name: 'bkrs', looksLike: looksLikeInstance, create: createBkrsParser },
  { name: 'ofx', looksLike: isOfx, create: createOfxParser },
  { name: 'mt942', looksLike: head => isSwift(head) && isInterim(head), create: createMt940Parser },
  { name: 'mt940', looksLike: isSwift, create: createMt940Parser },
  { name: 'xls', looksLike: isHtmlTable, create: createHtmlParser },
  { name: 'csv', looksLike: isSeparatedTable, create: createSeparatedParser },
]

export function detectFormat(head: string): StatementFormat | null {
  return FORMATS.find(format => format.looksLike(head))?.name ?? null
}

export function parserOf(format: StatementFormat): (context: ParserContext) => TextParser {
  return FORMATS.find(one => one.name === format)?.create ?? createMt940Parser
}

/** The message element, whatever the prefix; `V01` belongs to the names of the first version. */
function isCamt(head: string, element: string): boolean {
  const at = head.indexOf(element)
  return at > 0 && new RegExp(`<(?:[\\w.-]+:)?${element}(?:V\\d\\d)?[\\s/>]`).test(head)
}

/** The root element, after an SGML header or processing instructions and comments. */
function isOfx(head: string): boolean {
  return /^\s*(?:OFXHEADER:|(?:[A-Z]+:[^\s<]*\s+|<\?[^>]*>\s*|<!--[^>]*>\s*)*<(?:\w+:)?OFX[\s>])/i.test(head)
}

/** A field at the start of a line that only account statements have. */
function isSwift(head: string): boolean {
  return /(?:^|[\r\n]|@@)[ \t]*:(?:25P?|28C?|60[FM]?|61|62[FM]|34F):/.test(head)
}

/** An interim report says so in its header, or has a floor limit and no opening balance. */
function isInterim(head: string): boolean {
  const first = /\{2:[IO](\d{3})/.exec(head)?.[1]
  if (first === '942' || first === '940') return first === '942'
  const body = head.slice(0, nextMessage(head))
  return /(?:[\r\n]|@@):34F:/.test(body) && !/(?:[\r\n]|@@):60[FM]:/.test(body)
}

function nextMessage(head: string): number {
  const first = head.search(/(?:^|[\r\n]|@@):20:/)
  const second = head.slice(first + 4).search(/(?:[\r\n]|@@):20:/)
  return first < 0 || second < 0 ? head.length : first + 4 + second
}
