// The databases that the store's contract is proven on, and the invented rows it is proven with.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { knex } from 'knex'
import { Client } from 'pg'
import type { Clock, Party, PaymentRequest, StatementLine } from '../../connector/ports'
import type { StoreConfig } from '../../connector/store/config'
import { knexConfig } from '../../connector/store/knex-config'
import { MemoryDatabase, openMemoryStore } from '../../connector/store/memory/memory-store'
import { openStore } from '../../connector/store/open-store'
import type { IntakeEntry, Payment, Store, StoredLine } from '../../connector/store/store'
import { startPostgres, type RunningPostgres } from './postgres'
import { testKeys } from './keys'

/** The real clock; only a retry ever sleeps. */
export const clock: Clock = {
  now: () => Date.now(),
  sleep: ms => new Promise(resolve => setTimeout(resolve, ms)),
}

export type Place = {
  /** Null in memory, where nothing is durable. */
  readonly config: StoreConfig | null
  /** The store as one more daemon would open it. */
  open(schema: 'migrate' | 'require'): Promise<Store>
  /** Runs SQL as a database administrator would, past the store. */
  sql(text: string): Promise<void>
}

export type Kind = {
  readonly name: 'sqlite' | 'postgres' | 'mssql' | 'memory'
  /** Starts whatever the places are made in. */
  start(): Promise<void>
  stop(): Promise<void>
  /** An empty database. */
  place(): Promise<Place>
}

/** Those with a database behind them. */
export function databaseKinds(): readonly Kind[] {
  return kinds().filter(kind => kind.name !== 'memory')
}

/** Of a place with a database behind it. */
export function configOf(place: Place): StoreConfig {
  if (place.config === null) throw new Error('the store in memory has no configuration')
  return place.config
}

export function kinds(): readonly Kind[] {
  return [sqliteKind(), memoryKind(), postgresKind(), ...(process.env['YINQI_TEST_MSSQL'] ? [mssqlKind()] : [])]
}

function sqliteKind(): Kind {
  let folder = ''
  let count = 0
  return {
    name: 'sqlite',
    async start() {
      folder = mkdtempSync(path.join(tmpdir(), 'yinqi-store-'))
    },
    async stop() {
      rmSync(folder, { recursive: true, force: true })
    },
    async place() {
      const filename = path.join(folder, `${++count}.db`)
      return {
        ...placeOf({ dialect: 'sqlite', filename }),
        async sql(text) {
          const db = new Sqlite(filename)
          try {
            db.exec(text)
          } catch (error) {
            // The native module keeps the error class of the first jest sandbox that loaded it.
            throw new Error(String(error), { cause: error })
          } finally {
            db.close()
          }
        },
      }
    },
  }
}

function postgresKind(): Kind {
  let server: RunningPostgres | null = null
  let count = 0
  return {
    name: 'postgres',
    async start() {
      server = await startPostgres()
    },
    async stop() {
      await server?.stop()
    },
    async place() {
      if (server === null) throw new Error('not started')
      const name = `store${++count}`
      await onPostgres(server.url, `CREATE DATABASE ${name}`)
      const url = server.url.replace(/\/postgres$/, `/${name}`)
      return { ...placeOf({ dialect: 'postgres', url }), sql: text => onPostgres(url, text) }
    },
  }
}

async function onPostgres(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}

/** YINQI_TEST_MSSQL=mssql://user:password@host:1433/database names an empty database that the tests may wipe. */
function mssqlKind(): Kind {
  const url = new URL(process.env['YINQI_TEST_MSSQL'] ?? '')
  const config: StoreConfig = {
    dialect: 'mssql',
    host: url.hostname,
    port: Number(url.port || 1433),
    database: url.pathname.slice(1),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    encrypt: url.searchParams.get('encrypt') === 'true',
    trustServerCertificate: true,
  }
  async function sql(text: string): Promise<void> {
    const db = knex(knexConfig(config))
    try {
      await db.raw(text)
    } finally {
      await db.destroy()
    }
  }
  return {
    name: 'mssql',
    async start() {},
    async stop() {},
    async place() {
      await sql(`DECLARE @drop NVARCHAR(MAX) = N'';
SELECT @drop += N'ALTER TABLE ' + QUOTENAME(OBJECT_NAME(parent_object_id)) + N' DROP CONSTRAINT ' + QUOTENAME(name) + N';'
FROM sys.foreign_keys WHERE OBJECT_NAME(parent_object_id) LIKE N'yinqi[_]%';
SELECT @drop += N'DROP TABLE ' + QUOTENAME(name) + N';' FROM sys.tables WHERE name LIKE N'yinqi[_]%';
EXEC sp_executesql @drop`)
      return { ...placeOf(config), sql }
    },
  }
}

export async function opened(place: Place): Promise<Store> {
  return await place.open('migrate')
}

/** A place whose SQL nobody runs. */
export function placeOf(config: StoreConfig): Pick<Place, 'config' | 'open'> {
  return { config, open: schema => openStore(config, { clock, keys: testKeys(), schema }) }
}

/** The simulation's store: it keeps every promise but durability, so what is about files and SQL is not asked of it. */
function memoryKind(): Kind {
  let count = 0
  return {
    name: 'memory',
    async start() {},
    async stop() {},
    async place() {
      const database = new MemoryDatabase('123', `memory ${++count}`)
      return {
        config: null,
        open: async () => openMemoryStore(database),
        async sql() {
          throw new Error('the store in memory has no SQL')
        },
      }
    },
  }
}

// ------------------------------------------------------------------------------------------------------ invented rows

const PAYER: Party = {
  account: '0200000000000000001',
  name: '示例付款有限公司',
  bankName: '示例银行',
  bankCode: '102100000001',
  kind: 'C',
  province: '',
  city: '',
}
const PAYEE: Party = { ...PAYER, account: '6200000000000000002', name: '示例收款有限公司' }

export function requestOf(docNo: string): PaymentRequest {
  return {
    kind: 'pay',
    key: { sourceSystem: 'U8', accountSet: '001', docType: 'AP49', docNo, docLine: 1, revision: null },
    digest: `digest of ${docNo}`,
    approval: 'approved once',
    companyCode: '01',
    payerAccount: PAYER.account,
    payerName: PAYER.name,
    payeeAccount: PAYEE.account,
    payeeName: PAYEE.name,
    payeeBankName: PAYEE.bankName,
    payeeBankCode: PAYEE.bankCode,
    payeeKind: 'C',
    payeeProvince: '',
    payeeCity: '',
    amount: '12.3400',
    currency: 'CNY',
    purpose: '货款𠮷',
    postscript: '',
    businessType: 'supplier',
    requestedOn: '2031-05-06',
    urgency: 'normal',
    batchNo: '',
    maker: 'maker',
    checker: 'checker',
    partner: '',
    isBooked: false,
  }
}

export function paymentOf(docNo: string, changed: Partial<Payment> & { readonly minor?: bigint } = {}): Payment {
  const { minor = 1234n, ...fields } = changed
  return {
    id: `P${docNo}`,
    erp: 'u8',
    bank: 'icbc',
    request: requestOf(docNo),
    revision: 1,
    instruction: {
      reference: `R${docNo}`,
      batch: { reference: `B${docNo}`, line: 1 },
      payer: PAYER,
      payee: PAYEE,
      amount: { minor, currency: 'CNY' },
      purpose: '货款𠮷',
      postscript: '',
      isUrgent: false,
      businessType: 'supplier',
      sentOn: null,
    },
    state: 'ready',
    seq: 1,
    attempts: 0,
    dueAt: 1000,
    leaseUntil: null,
    sentAt: null,
    stateSince: 1000,
    createdAt: 1000,
    updatedAt: 1000,
    errorCode: '',
    statusText: '',
    bankSerial: '',
    settledAt: null,
    receiptNo: '',
    ...fields,
  }
}

export function entryOf(payment: Payment, changed: Partial<IntakeEntry> = {}): IntakeEntry {
  return {
    request: payment.request,
    revision: payment.revision,
    status: payment.state,
    follows: payment.revision === 1 ? null : payment.revision - 1,
    errorCode: '',
    payment,
    cause: 'intake',
    evidence: { digest: payment.request.digest },
    holds: [],
    outbox: [],
    ...changed,
  }
}

export async function take(store: Store, ...payments: readonly Payment[]): Promise<void> {
  const entries = payments.map(payment => entryOf(payment))
  await store.payments.intake({ erp: 'u8', at: 1000, actor: 'daemon', cursor: null, entries, outbox: [] })
}

/** An outbox record that carries nothing but its key. */
export function answer(key: string) {
  return { erp: 'u8', record: { kind: 'command.answered', key, id: key, ok: true, text: '', at: 1000 } } as const
}

export function lineOf(key: string, changed: Partial<Omit<StoredLine, 'id'>> = {}): Omit<StoredLine, 'id'> {
  const line: StatementLine = {
    bankId: null,
    bookedOn: '2031-05-06',
    bookedTime: '09:30:00',
    valueOn: null,
    amount: { minor: -1234n, currency: 'CNY' },
    balanceAfter: { minor: 100_000n, currency: 'CNY' },
    counterAccount: PAYEE.account,
    counterName: PAYEE.name,
    counterBank: '',
    purpose: '货款',
    text: '',
    reference: '',
    bankSerial: 'S1',
    isReversal: false,
    type: '',
    receiptKey: '',
  }
  return {
    bank: 'icbc',
    account: PAYER.account,
    key,
    line,
    paymentId: null,
    journal: 'open',
    receipt: 'wanted',
    importedAt: 1000,
    ...changed,
  }
}
