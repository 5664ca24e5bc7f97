// bker_receiver (入账信息结构化数据文件): what the bank sent, unchanged, and how it was booked. One file a source document,
// balanced in itself. Conformance is field-level to the published element list; nothing here is certified.

import { sumOf, formatAmount } from '../core/money'
import type { JournalEntry, JournalLine } from '../ports'
import { sha256Hex } from './digest'
import { escapeXml } from './xml'
import type { Fact, Instance } from './xbrl'

export type Booking = {
  readonly voucherNo: string
  /** `yyyy-MM-dd`; its month is the accounting period. */
  readonly postedOn: string
  readonly entry: JournalEntry
  readonly isReconciled: boolean
}

export type ReceiverSettings = {
  readonly entityName: string
  /** 统一社会信用代码. */
  readonly entityCode: string
  /** Account code to its name, `总账科目/明细科目`. */
  readonly subjects: Readonly<Record<string, string>>
  readonly sides: '借方/贷方' | '借/贷'
}

export type ReceiverRefusal =
  | 'RECEIVER_NOT_BALANCED'
  | 'RECEIVER_SUBJECT_UNNAMED'
  | 'RECEIVER_VOUCHER_MISSING'
  | 'RECEIVER_ISSUER_MISSING'
  | 'RECEIVER_ENTITY_MISSING'

export type ReceiverFile = {
  /** Without an extension. */
  readonly name: string
  readonly json: string
  readonly xbrl: string
}

export type ReceiverResult =
  | { readonly kind: 'file'; readonly file: ReceiverFile }
  | { readonly kind: 'refused'; readonly code: ReceiverRefusal; readonly text: string }

export function writeReceiver(
  issuer: Instance,
  receiptNo: string,
  booking: Booking,
  settings: ReceiverSettings,
): ReceiverResult {
  const refusal = refusalOf(issuer, booking, settings)
  if (refusal !== null) return refusal
  const added = addedFacts(booking, settings)
  return {
    kind: 'file',
    file: {
      name: nameOf(issuer, receiptNo, booking),
      json: `${JSON.stringify(jsonOf([...issuer.facts.map(plain), ...added]), null, 2)}\n`,
      xbrl: xbrlOf(issuer, added),
    },
  }
}

/** A fact as it is written: text, or the facts of a tuple. */
type Written = {
  readonly name: string
  readonly value: string | null | readonly Written[]
  readonly isAmount?: boolean
}

function refusalOf(issuer: Instance, { voucherNo, entry }: Booking, settings: ReceiverSettings): ReceiverResult | null {
  const refused = (code: ReceiverRefusal, text: string): ReceiverResult => ({ kind: 'refused', code, text })
  if (issuer.contextId === '' || issuer.facts.length === 0)
    return refused('RECEIVER_ISSUER_MISSING', '回单实例没有上下文 / the receipt’s instance has no context')
  // One context and one unit are written: a fact that belongs to another one would lose what it means.
  if (!issuer.facts.every(fact => isOfContext(fact, issuer)))
    return refused(
      'RECEIVER_ISSUER_MISSING',
      '回单实例引用了多个上下文或单位 / the receipt’s instance refers to several contexts or units',
    )
  if (voucherNo === '')
    return refused('RECEIVER_VOUCHER_MISSING', 'ERP 尚未给出凭证号 / the ERP has given no voucher number')
  const nameless = entry.lines.filter(line => !Object.hasOwn(settings.subjects, line.account)).map(line => line.account)
  if (nameless.length > 0)
    return refused(
      'RECEIVER_SUBJECT_UNNAMED',
      `evoucher.subjects 中没有科目 ${nameless.join('、')} 的名称 / evoucher.subjects names no account ${nameless.join(', ')}`,
    )
  const currency = entry.lines[0]?.amount.currency ?? ''
  if (entry.lines.some(line => line.amount.currency !== currency) || !isBalanced(entry.lines, currency))
    return refused('RECEIVER_NOT_BALANCED', `${entry.key}: 借方不等于贷方 / debit is not credit`)
  return null
}

function isOfContext(fact: Fact, issuer: Instance): boolean {
  const { contextRef = issuer.contextId, unitRef = issuer.unitId } = fact.attributes
  const isOwn = contextRef === issuer.contextId && unitRef === issuer.unitId
  return isOwn && fact.children.every(child => isOfContext(child, issuer))
}

function isBalanced(lines: readonly JournalLine[], currency: string): boolean {
  const of = (side: JournalLine['side']): bigint =>
    sumOf(
      lines.filter(line => line.side === side).map(line => line.amount),
      currency,
    ).minor
  return lines.length > 1 && of('debit') === of('credit')
}

function addedFacts(
  { voucherNo, postedOn, entry, isReconciled }: Booking,
  settings: ReceiverSettings,
): readonly Written[] {
  const [debit = '', credit = ''] = settings.sides.split('/')
  return [
    { name: 'UnifiedSocialCreditCodeOfAccountingEntity', value: settings.entityCode },
    { name: 'NameOfAccountingEntity', value: settings.entityName },
    { name: 'WhetherReceiptHasBeenBooked', value: 'Y' },
    { name: 'WhetherReceiptHasBeenReconciled', value: isReconciled ? 'Y' : 'N' },
    {
      name: 'InformationOfAccountingDocumentsTuple',
      value: [
        { name: 'NumberOfAccountingDocuments', value: voucherNo },
        { name: 'PostingDate', value: postedOn },
        { name: 'AccountingPeriod', value: postedOn.slice(0, 7) },
        { name: 'SummaryOfAccountingDocuments', value: entry.summary },
        ...entry.lines.map(line => {
          const [general = '', ...subsidiary] = (settings.subjects[line.account] ?? '').split('/')
          return {
            name: 'InformationOfDebitAndCreditEntryTuple',
            value: [
              { name: 'DebitOrCredit', value: line.side === 'debit' ? debit : credit },
              { name: 'NameOfGeneralLedgerSubject', value: general },
              ...(subsidiary.length === 0
                ? []
                : [{ name: 'NameOfSubsidiaryLedgerSubject', value: subsidiary.join('/') }]),
              { name: 'RecordedAmount', value: formatAmount(line.amount), isAmount: true },
            ],
          }
        }),
      ],
    },
  ]
}

function plain(fact: Fact): Written {
  return { name: fact.name, value: fact.children.length > 0 ? fact.children.map(plain) : fact.value }
}

/** An object of names; a name that comes again, and every tuple, is a list. */
function jsonOf(facts: readonly Written[]): unknown {
  const fields = new Map<string, unknown[]>()
  for (const { name, value } of facts) {
    const known = fields.get(name) ?? []
    known.push(typeof value === 'string' || value === null ? value : jsonOf(value))
    fields.set(name, known)
  }
  return Object.fromEntries(
    [...fields].map(([name, values]) => [name, values.length === 1 && !name.endsWith('Tuple') ? values[0] : values]),
  )
}

function xbrlOf(issuer: Instance, added: readonly Written[]): string {
  const unitId = issuer.unitId === '' ? 'CNY' : issuer.unitId
  const amount = `contextRef="${escapeXml(issuer.contextId)}" unitRef="${escapeXml(unitId)}" decimals="2"`
  const text = `contextRef="${escapeXml(issuer.contextId)}"`
  const written = (fact: Written, depth: number): readonly string[] => {
    const pad = '  '.repeat(depth)
    if (fact.value === null) return [`${pad}<t:${fact.name} ${text} xsi:nil="true"/>`]
    if (typeof fact.value === 'string')
      return [
        `${pad}<t:${fact.name} ${fact.isAmount === true ? amount : text}>${escapeXml(fact.value)}</t:${fact.name}>`,
      ]
    return [
      `${pad}<t:${fact.name}>`,
      ...fact.value.flatMap(child => written(child, depth + 1)),
      `${pad}</t:${fact.name}>`,
    ]
  }
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<xbrl xmlns="http://www.xbrl.org/2003/instance" xmlns:link="http://www.xbrl.org/2003/linkbase" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:iso4217="http://www.xbrl.org/2003/iso4217" xmlns:t="${escapeXml(issuer.namespace)}">`,
    ...(issuer.schemaRef === ''
      ? []
      : [`  <link:schemaRef xlink:type="simple" xlink:href="${escapeXml(issuer.schemaRef)}"/>`]),
    `  <context id="${escapeXml(issuer.contextId)}">`,
    `    <entity><identifier scheme="${escapeXml(issuer.scheme)}">${escapeXml(issuer.entity)}</identifier></entity>`,
    `    <period><instant>${escapeXml(issuer.instant)}</instant></period>`,
    '  </context>',
    `  <unit id="${escapeXml(unitId)}"><measure>iso4217:${issuer.currency === '' ? 'CNY' : issuer.currency}</measure></unit>`,
    ...issuer.facts.flatMap(fact => original(fact, issuer.namespace, 1)),
    ...added.flatMap(fact => written(fact, 1)),
    '</xbrl>',
  ].join('\n')}\n`
}

/** The bank's own fact, with its own attributes and, where it has another, its own namespace. */
function original(fact: Fact, namespace: string, depth: number): readonly string[] {
  const pad = '  '.repeat(depth)
  const isOwn = fact.uri === namespace
  const name = isOwn ? `t:${fact.name}` : fact.name
  const space = isOwn ? '' : ` xmlns="${escapeXml(fact.uri)}"`
  const attributes = Object.entries(fact.attributes)
    .map(([key, value]) => ` ${key === 'nil' ? 'xsi:nil' : key}="${escapeXml(value)}"`)
    .join('')
  if (fact.children.length > 0)
    return [
      `${pad}<${name}${space}${attributes}>`,
      ...fact.children.flatMap(child => original(child, namespace, depth + 1)),
      `${pad}</${name}>`,
    ]
  return [
    fact.value === null
      ? `${pad}<${name}${space}${attributes}/>`
      : `${pad}<${name}${space}${attributes}>${escapeXml(fact.value)}</${name}>`,
  ]
}

/** As the samples are named: date, issuer and receipt number. A name is a hint; long or strange numbers are shortened. */
function nameOf(issuer: Instance, receiptNo: string, { postedOn }: Booking): string {
  const number = /^[0-9A-Za-z_-]{1,60}$/.test(receiptNo) ? receiptNo : sha256Hex(Buffer.from(receiptNo)).slice(0, 24)
  const code = /^[0-9A-Za-z]{1,40}$/.test(issuer.entity) ? issuer.entity : ''
  return `bker_receiver_${postedOn.replaceAll('-', '')}_${code}${number}`
}
