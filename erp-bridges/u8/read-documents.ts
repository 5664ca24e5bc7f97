// Payment documents (付款单) of U8: what was approved or changed since the last look, by rowversion, and one document
// again right before it is sent. It reads only.

import {
  Fault,
  type CancelRequest,
  type ErpRequest,
  type PaymentRequest,
  type Pull,
  type Recheck,
} from '../../connector/ports'
import type { Row } from '../shared/db'
import { textOf } from '../shared/row'
import { assertAccountSet, type U8 } from './account-set'
import { placeholders, type Sql } from './dialect'
import {
  at,
  configuredColumns,
  DOCUMENT_TYPE,
  isApproved,
  isOurs,
  requestOf,
  type Columns,
  type Document,
  type PayeeAccount,
} from './mapping'
import { DOCUMENT_COLUMNS, hasColumn, missingFrom, type Schema } from './schema'
import type { U8Config } from './config'

const AMOUNTS = new Set(['iamount', 'iamount_f', 'iamt', 'iamt_f'])
const DAYS = new Set(['dvouchdate'])
const STAMPS = new Set(['dverifysystime', 'dverifydate'])

/** Read where the build has them. */
const OPTIONAL_HEAD = [
  ...['dverifysystime', 'dverifydate', 'iswfcontrolled', 'iverifystate', 'bfrombank', 'btobank', 'bsure'],
  ...['cdeptcode', 'cperson', 'cnatbankcode', 'cpznum'],
]
const OPTIONAL_LINE = ['cdepcode', 'cpersoncode', 'cxmclass', 'cxm']

/** States in which a document that is no longer approved is news: what ended unpaid may be corrected at will. */
const WITHDRAWABLE = ['held', 'ready', 'sending', 'unknown', 'accepted', 'settled'] as const

/** Ids travel as parameters of one statement, of which SQL Server takes 2100. */
const PAGE_MAX = 1000

export type DocumentStatements = {
  readonly bound: string
  readonly changed: (limit: number) => string
  readonly byIds: (count: number) => string
  readonly lines: (count: number) => string
  readonly payeeAccounts: (count: number) => string
  readonly anyDocument: string
  readonly taken: (count: number) => string
}

/** Every statement that this file runs. */
export function documentStatements(sql: Sql, config: U8Config, schema: Schema): DocumentStatements {
  const wanted = [...lowered('Ap_CloseBill'), ...OPTIONAL_HEAD, ...configuredColumns(config)]
  const columns = [...new Set(wanted)].filter(name => name !== 'ufts')
  const vendor = [...new Set([...lowered('Vendor').map(name => `vendor.${name}`), ...columns.filter(isVendors)])]
  const head = [
    ...columns
      .filter(name => !isVendors(name) && hasColumn(schema, 'Ap_CloseBill', name))
      .map(name => shown(sql, 'h', name)),
    ...vendor.map(name => `v.${name.slice(7)} AS v_${name.slice(7)}`),
    `${sql.rowversion('h.Ufts')} AS ufts`,
  ].join(', ')
  const from =
    'FROM Ap_CloseBill AS h LEFT JOIN Vendor AS v ON v.cVenCode = h.cDwCode ' +
    "WHERE h.cFlag = 'AP' AND h.cVouchType = '49' AND COALESCE(h.bStartFlag, 0) = 0"
  const line = [...lowered('Ap_CloseBills'), ...OPTIONAL_LINE]
    .filter(name => hasColumn(schema, 'Ap_CloseBills', name))
    .map(name => shown(sql, 'l', name))
    .join(', ')
  return {
    bound: `SELECT ${sql.nextRowversion} AS hi`,
    changed: limit =>
      `${sql.select(limit)} ${head} ${from} AND ${sql.day('h.dVouchDate')} >= ? ` +
      `AND h.Ufts >= ${sql.rowversionValue} AND (h.Ufts > ${sql.rowversionValue} OR h.iID > ?) ` +
      `AND h.Ufts < ${sql.rowversionValue} ORDER BY h.Ufts, h.iID${sql.limit(limit)}`,
    byIds: count => `SELECT ${head} ${from} AND h.iID IN (${placeholders(count)})`,
    lines: count =>
      `SELECT ${line} FROM Ap_CloseBills AS l WHERE l.iID IN (${placeholders(count)}) ORDER BY l.iID, l.ID`,
    payeeAccounts: count =>
      'SELECT b.cVenCode AS cvencode, b.cAccountNum AS caccountnum, b.bDefault AS bdefault, b.cBranch AS cbranch ' +
      `FROM VendorBank AS b WHERE b.cVenCode IN (${placeholders(count)}) ORDER BY b.cVenCode, b.cAccountNum`,
    anyDocument: `${sql.select(1)} h.iID AS iid ${from}${sql.limit(1)}`,
    taken: count =>
      'SELECT doc_no AS doc_no FROM yq_payment WHERE source_system = ? AND account_set = ? AND doc_type = ? ' +
      `AND doc_no IN (${placeholders(count)}) AND status IN (${placeholders(WITHDRAWABLE.length)})`,
  }
}

/**
 * Documents whose rowversion lies between the last bound and the oldest running transaction's (`u8 §4.1`): a row that
 * is still uncommitted cannot fall behind the cursor. The cursor is `D1:<rowversion>:<iID>`.
 */
export async function pullDocuments(u8: U8, after: string | null, wanted: number): Promise<Pull> {
  const limit = Math.min(wanted, PAGE_MAX)
  const statements = documentStatements(u8.sql, u8.config, await documentSchema(u8))
  const [bound] = await u8.db.query(statements.bound)
  const hi = bound ? textOf(bound, 'hi') : ''
  const beginning: Position = { ufts: u8.sql.firstRowversion, iid: '-1' }
  const from = positionOf(after, beginning)
  // The database's counter is behind our cursor: it was restored, or is another one. Everything is read anew; intake
  // knows what it has by key.
  const start = BigInt(from.ufts) > BigInt(hi) ? beginning : from
  const found = await u8.db.query(statements.changed(limit), [u8.config.payFrom, start.ufts, start.ufts, start.iid, hi])
  const heads = found.map(columnsOf)
  const ours = heads.filter(head => isOurs(head, u8.config) && isApproved(head, u8.config))
  const documents = await completed(u8, statements, ours)
  const withdrawn = await withdrawals(
    u8,
    statements,
    heads.filter(head => !isApproved(head, u8.config)),
  )
  const last = heads.at(-1)
  const isFull = heads.length >= limit && last !== undefined
  const items: ErpRequest[] = [...documents.map(document => requestOf(document, u8.config)), ...withdrawn]
  const cursor = isFull ? `D1:${at(last, 'ufts')}:${at(last, 'iid')}` : `D1:${hi}:-1`
  return { items, cursor, hasMore: isFull }
}

/** `same` only when the document is there, approved, and every digested value is what was taken. */
export async function recheckDocuments(u8: U8, requests: readonly PaymentRequest[]): Promise<readonly Recheck[]> {
  if (requests.length === 0) return []
  const statements = documentStatements(u8.sql, u8.config, await documentSchema(u8))
  const ids = [...new Set(requests.map(request => request.key.docNo))]
  const heads = (await u8.db.query(statements.byIds(ids.length), ids)).map(columnsOf)
  if (heads.length < ids.length) await assertNotEmpty(u8, statements)
  const documents = await completed(u8, statements, heads)
  return requests.map(request => {
    const document = documents.find(candidate => at(candidate.head, 'iid') === request.key.docNo)
    if (!document || !isApproved(document.head, u8.config)) return 'withdrawn'
    const now = requestOf(document, u8.config)
    // Approved anew with the same content is still what was asked; somebody else's bank mark is not.
    return now.digest === request.digest && !isExportedElsewhere(u8, document.head) ? 'same' : 'changed'
  })
}

/** Throws Fault `U8_SCHEMA` naming what the account set lacks. */
async function documentSchema(u8: U8): Promise<Schema> {
  const schema = await u8.schema()
  const missing = [
    ...missingFrom(schema, DOCUMENT_COLUMNS),
    ...configuredColumns(u8.config)
      .map(name => (isVendors(name) ? (['Vendor', name.slice(7)] as const) : (['Ap_CloseBill', name] as const)))
      .filter(([table, column]) => !hasColumn(schema, table, column))
      .map(pair => pair.join('.')),
  ]
  if (missing.length === 0) return schema
  throw new Fault('U8_SCHEMA', `账套缺少列 / the account set lacks: ${missing.join(', ')}`)
}

type Position = { readonly ufts: string; readonly iid: string }

/** Null and another source's cursor: from the beginning. */
function positionOf(cursor: string | null, start: Position): Position {
  const match = /^D1:(0x[0-9A-Fa-f]{16}|\d+):(-?\d+)$/.exec(cursor ?? '')
  return match?.[1] !== undefined && match[2] !== undefined ? { ufts: match[1], iid: match[2] } : start
}

/** Heads with their lines and their vendors' accounts. */
async function completed(
  u8: U8,
  statements: DocumentStatements,
  heads: readonly Columns[],
): Promise<readonly Document[]> {
  if (heads.length === 0) return []
  const ids = heads.map(head => at(head, 'iid'))
  const vendors = [...new Set(heads.map(head => at(head, 'cdwcode')))]
  const lines = (await u8.db.query(statements.lines(ids.length), ids)).map(columnsOf)
  const accounts = await u8.db.query(statements.payeeAccounts(vendors.length), vendors)
  return heads.map(head => ({
    head,
    lines: lines.filter(line => at(line, 'iid') === at(head, 'iid')),
    payeeAccounts: payeeAccountsOf(accounts, at(head, 'cdwcode')),
  }))
}

export function payeeAccountsOf(rows: readonly Row[], vendor: string): readonly PayeeAccount[] {
  return rows
    .map(columnsOf)
    .flatMap(row =>
      at(row, 'cvencode').toLowerCase() === vendor.toLowerCase()
        ? [{ account: at(row, 'caccountnum'), branch: at(row, 'cbranch'), isDefault: at(row, 'bdefault') === '1' }]
        : [],
    )
}

/** Documents that lost their approval after we took them (`u8 §7.5`): the connector cancels, or raises an exception. */
async function withdrawals(
  u8: U8,
  statements: DocumentStatements,
  heads: readonly Columns[],
): Promise<readonly CancelRequest[]> {
  if (heads.length === 0) return []
  const ids = heads.map(head => at(head, 'iid'))
  const taken = await u8.db.query(statements.taken(ids.length), [
    ...['U8', u8.config.accountSet, DOCUMENT_TYPE],
    ...ids,
    ...WITHDRAWABLE,
  ])
  const known = new Set(taken.map(row => textOf(row, 'doc_no')))
  return heads
    .filter(head => known.has(at(head, 'iid')))
    .map(head => ({
      kind: 'cancel',
      by: at(head, 'coperator'),
      request: null,
      key: {
        sourceSystem: 'U8',
        accountSet: u8.config.accountSet,
        docType: DOCUMENT_TYPE,
        docNo: at(head, 'iid'),
        docLine: 1,
        revision: null,
      },
    }))
}

/** A mark that we do not set ourselves says that the document went to a bank by another way. */
function isExportedElsewhere(u8: U8, head: Columns): boolean {
  const marked = (name: string): boolean => at(head, name) !== '' && at(head, name) !== '0'
  const writeBack = u8.config.writeBack
  if (marked('bfrombank')) return true
  return (marked('btobank') && !writeBack?.isSentMarked) || (marked('bsure') && !writeBack?.isConfirmedMarked)
}

/** Many documents gone at once is more likely a wrong database or a lost right than a mass delete (`u8 §4.1`). */
async function assertNotEmpty(u8: U8, statements: DocumentStatements): Promise<void> {
  await assertAccountSet(u8)
  if ((await u8.db.query(statements.anyDocument)).length > 0) return
  throw new Fault(
    'U8_EMPTY',
    'Ap_CloseBill 读到的是空表：请检查数据库与权限，未视为单据被删除 / Ap_CloseBill reads as empty: check database and rights; nothing is taken as deleted',
  )
}

function shown(sql: Sql, alias: string, name: string): string {
  const column = `${alias}.${name}`
  if (AMOUNTS.has(name)) return `${sql.amount(column)} AS ${name}`
  if (DAYS.has(name)) return `${sql.day(column)} AS ${name}`
  if (STAMPS.has(name)) return `${sql.stamp(column)} AS ${name}`
  return `${column} AS ${name}`
}

/** Columns as text by lower-case name; a vendor's under `vendor.…`. */
export function columnsOf(row: Row): Columns {
  const entries = Object.keys(row).map(name => [name.replace(/^v_/, 'vendor.'), textOf(row, name).trim()] as const)
  return Object.fromEntries(entries)
}

function isVendors(name: string): boolean {
  return name.startsWith('vendor.')
}

function lowered(table: string): readonly string[] {
  return (DOCUMENT_COLUMNS[table] ?? []).map(name => name.toLowerCase())
}
