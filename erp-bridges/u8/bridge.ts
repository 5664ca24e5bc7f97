// Yonyou U8 as an ERP: takes approved payment documents, tells U8's users through the middle tables, writes vouchers
// under every gate. By default no column of U8 but a new voucher's is ever written.

import {
  Fault,
  type Clock,
  type ErpBridge,
  type ErpRecord,
  type JournalRecord,
  type PaymentRequest,
  type Pull,
  type PushResult,
  type Recheck,
} from '../../connector/ports'
import type { Db } from '../shared/db'
import { isRefused } from '../shared/db-errors'
import { openDb } from '../shared/db-open'
import { readClaims } from '../shared/midtable-collections'
import { writeRefusal } from '../shared/midtable-bank-rows'
import { pushToMidtable } from '../shared/midtable-writer'
import { openAccountSet, type U8 } from './account-set'
import type { U8Config } from './config'
import { findCustomers } from './customers'
import { sqlOf } from './dialect'
import { examine } from './doctor'
import { readLedger } from './ledger'
import { DOCUMENT_TYPE, VOUCHER_TYPE } from './mapping'
import { pullDocuments, recheckDocuments } from './read-documents'
import { pullVouchers, recheckVouchers } from './read-vouchers'
import { shownDocuments } from './shown'
import { writeBack } from './write-back'
import { writeVoucher } from './write-voucher'

export type U8Deps = {
  readonly clock: Clock
  /** The bridge's name in the site's configuration. */
  readonly name: string
  /** The daemon's name, for the trail. */
  readonly instance: string
}

/** Opens nothing before the first call. Throws RangeError for a dialect that U8 does not run on. */
export function createU8Bridge(config: U8Config, deps: U8Deps): ErpBridge {
  const sql = sqlOf(config.database.dialect)
  return createU8BridgeOver(openDb(config.database), config, deps, sql)
}

/** As `createU8Bridge`, over a database that is open already; `close` closes it. */
export function createU8BridgeOver(db: Db, config: U8Config, deps: U8Deps, sql = sqlOf(db.dialect)): ErpBridge {
  const u8 = openAccountSet(db, sql, config, deps.clock)
  return {
    name: deps.name,
    pull: (after, limit) => reach(() => pullAll(u8, after, limit)),
    push: records => pushAll(u8, records),
    recheck: requests => reach(() => recheckAll(u8, requests)),
    shown: events => shownDocuments(u8, events),
    ledger: (account, range) => readLedger(u8, account, range),
    customers: (account, name) => reach(() => findCustomers(u8, account, name)),
    doctor: () => examine(u8),
    close: () => db.close(),
  }
}

/** Claims come again until they are answered: the cursor is the documents' alone. */
async function pullAll(u8: U8, after: string | null, limit: number): Promise<Pull> {
  const { source, collections } = u8.config
  const pulled = source === 'documents' ? await pullDocuments(u8, after, limit) : await pullVouchers(u8, after, limit)
  if (!collections) return pulled
  const claims = await readClaims(u8.db, u8.db.dialect, limit)
  return { ...pulled, items: [...pulled.items, ...claims] }
}

/** One result a record, in order. The journal goes into U8's ledger, everything else into the middle tables. */
async function pushAll(u8: U8, records: readonly ErpRecord[]): Promise<readonly PushResult[]> {
  const told = records.filter(record => record.kind !== 'journal.entry')
  const written = new Map<ErpRecord, PushResult>()
  const answers = await pushToMidtable(u8.db, told, { mirror: true })
  for (const [index, record] of told.entries()) {
    const answer = answers[index]
    if (!answer) throw new RangeError('the middle-table writer gave fewer results than records')
    written.set(record, answer.kind === 'done' ? await marked(u8, record, answer) : answer)
  }
  const results: PushResult[] = []
  for (const record of records) {
    const known = written.get(record)
    results.push(known ?? (record.kind === 'journal.entry' ? await bookVisibly(u8, record) : unknownRecord(record)))
  }
  return results
}

async function marked(u8: U8, record: ErpRecord, answer: PushResult): Promise<PushResult> {
  if (record.kind !== 'payment.status') return answer
  const isMarked = await writeBack(u8, record)
  return isMarked ? answer : { kind: 'deferred', reason: '付款单正在变动，稍后回写 (the document is changing)' }
}

/** An accountant sees in yq_journal what U8's ledger refuses, why, and when it was booked after all. */
async function bookVisibly(u8: U8, record: JournalRecord): Promise<PushResult> {
  const result = await book(u8, record)
  if (result.kind === 'deferred') return result
  const refusal = result.kind === 'refused' ? { code: result.code, text: result.text, at: u8.clock.now() } : null
  await reach(() => u8.db.transaction(tx => writeRefusal({ dialect: u8.db.dialect, tx }, record, refusal)))
  return result
}

/** A constraint or a right of the database is an answer too; an unreachable one is not. */
async function book(u8: U8, record: JournalRecord): Promise<PushResult> {
  try {
    return await writeVoucher(u8, record.entry)
  } catch (error) {
    if (!isRefused(u8.db.dialect, error)) throw unreachable(error)
    const why = error instanceof Error ? error.message : String(error)
    return {
      kind: 'refused',
      code: 'U8_GATE_DATABASE_REFUSED',
      text: `U8 数据库拒绝写入：${why} (the database refused)`,
    }
  }
}

async function recheckAll(u8: U8, requests: readonly PaymentRequest[]): Promise<readonly Recheck[]> {
  const documents = requests.filter(request => request.key.docType === DOCUMENT_TYPE)
  const vouchers = requests.filter(request => request.key.docType === VOUCHER_TYPE)
  const found = new Map<PaymentRequest, Recheck>()
  const answers = [...(await recheckDocuments(u8, documents)), ...(await recheckVouchers(u8, vouchers))]
  for (const [index, request] of [...documents, ...vouchers].entries()) found.set(request, answers[index] ?? 'changed')
  // A kind of document that this bridge never made cannot be what was taken.
  return requests.map(request => found.get(request) ?? 'changed')
}

async function reach<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw unreachable(error)
  }
}

function unreachable(error: unknown): Fault {
  if (error instanceof Fault) return error
  return new Fault('ERP_UNREACHABLE', 'U8 数据库无法读写 / the U8 database cannot be read or written', { cause: error })
}

function unknownRecord(record: ErpRecord): never {
  throw new RangeError(`no result for record ${record.key}`)
}
