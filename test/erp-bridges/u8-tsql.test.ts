// Every statement that would run on SQL Server, parsed in its own dialect in every run; and the same statements run on
// a real server when YINQI_TEST_MSSQL names one (a JSON database configuration).

import type { Clock } from '../../connector/ports'
import { dbConfig } from '../../erp-bridges/shared/db-config'
import { numbered } from '../../erp-bridges/shared/db-mssql'
import { openDb } from '../../erp-bridges/shared/db-open'
import { shownSql } from '../../erp-bridges/shared/midtable-shown'
import { accountSetSql, databaseSql, openAccountSet, periodsSql } from '../../erp-bridges/u8/account-set'
import { bookStatements } from '../../erp-bridges/u8/book-document'
import { createU8Bridge } from '../../erp-bridges/u8/bridge'
import { customerStatements } from '../../erp-bridges/u8/customers'
import { sqlOf } from '../../erp-bridges/u8/dialect'
import { doctorStatements } from '../../erp-bridges/u8/doctor'
import { factStatements } from '../../erp-bridges/u8/ledger-facts'
import { ledgerStatements } from '../../erp-bridges/u8/ledger'
import { documentStatements } from '../../erp-bridges/u8/read-documents'
import { voucherStatements } from '../../erp-bridges/u8/read-vouchers'
import { approvePayment, createSampleAccountSet, sampleConfig, sampleStatements } from '../../erp-bridges/u8/sample'
import { DOCUMENT_COLUMNS, SYSTEM_COLUMNS, VOUCHER_COLUMNS, type Schema } from '../../erp-bridges/u8/schema'
import { cashRow, insertSql, voucherRow, type Voucher } from '../../erp-bridges/u8/voucher-rows'
import { numberStatements } from '../../erp-bridges/u8/voucher-number'
import { writeBackStatements } from '../../erp-bridges/u8/write-back'
import { writeStatements } from '../../erp-bridges/u8/write-voucher'
import { problemsOf } from '../sql/parsers'
import { feeEntry, NOW, payment, requests, TODAY } from './u8-support'

const sql = sqlOf('mssql')
const clock: Clock = { now: () => NOW, sleep: () => Promise.resolve() }
const database = dbConfig.parse({
  dialect: 'mssql',
  host: '127.0.0.1',
  database: 'UFDATA_001_2026',
  user: 'u',
  password: '',
  tls: 'off',
})
const config = sampleConfig(database, '2026-01-01')
const schema: Schema = new Map(
  Object.entries({ ...DOCUMENT_COLUMNS, ...VOUCHER_COLUMNS, ...SYSTEM_COLUMNS }).map(([table, columns]) => [
    table.toLowerCase(),
    new Map(
      [...columns, 'dverifysystime', 'dverifydate', 'IsWfControlled', 'iverifystate', 'bToBank'].map(name => [
        name.toLowerCase(),
        null,
      ]),
    ),
  ]),
)

/** Statements by name; builders that take a count are given one. */
function named(prefix: string, statements: object): readonly (readonly [string, string])[] {
  return Object.entries(statements).flatMap(([name, value]: [string, unknown]) => {
    const label = `${prefix}.${name}`
    if (typeof value === 'string') return [[label, value] as const]
    if (Array.isArray(value))
      return value.map((each: { what: string; sql: string }) => [`${label} ${each.what}`, each.sql] as const)
    if (typeof value !== 'function') return []
    const build = value as (first: unknown, second?: number) => string
    return [
      [label, name === 'items' ? build('98', 2) : name === 'mark' ? build(['bToBank', 'cDefine1']) : build(2)] as const,
    ]
  })
}

function inserts(): readonly (readonly [string, string])[] {
  const db = openDb(database)
  const u8 = openAccountSet(db, sql, config, clock)
  const voucher: Voucher = {
    entry: feeEntry(),
    facts: {
      ...{
        period: null,
        isClosed: false,
        isApClosed: false,
        isRightDatabase: true,
        voucherType: null,
        accounts: new Map(),
      },
      ...{ valid: new Set(), lastDate: '', isDateOrdered: false, widths: { maker: null, number: null, style: null } },
    },
    period: { year: 2026, period: 4, begin: '2026-03-26', end: '2026-04-25' },
    ...{ sequence: 2, number: 1, key: 'YQ1', payment: null, rowGuid: '0'.repeat(40) },
  }
  return [
    ['insert GL_accvouch', insertSql('GL_accvouch', Object.entries(voucherRow(u8, voucher, 0)))],
    ['insert GL_CashTable', insertSql('GL_CashTable', Object.entries(cashRow(u8, voucher, { line: 1, item: '07' })))],
  ]
}

const STATEMENTS = [
  ...named('documents', documentStatements(sql, config, schema)),
  ...named('vouchers', voucherStatements(sql, config)),
  ...named('facts', factStatements(sql)),
  ...named('write', writeStatements(sql)),
  ...named('number', numberStatements(sql)),
  ...named('book', bookStatements(sql)),
  ...named('writeBack', writeBackStatements(sql)),
  ...named('ledger', ledgerStatements(sql)),
  ...named('customers', customerStatements(sql)),
  ...named('doctor', doctorStatements(sql)),
  ...inserts(),
  ['columns of the account set', sql.columns(null, 3)] as const,
  ['columns of UFSystem', sql.columns('UFSystem', 2)] as const,
  ['periods', periodsSql({ sql, config })] as const,
  ['account set', accountSetSql({ sql, config })] as const,
  ['database', databaseSql({ sql, config })] as const,
  ['shown', shownSql('mssql', { rows: 'mirror', accountSet: '001' })] as const,
  ['shown of the middle tables', shownSql('mssql', { rows: 'taken' })] as const,
  ['turn', sql.takeTurn ?? ''] as const,
  ...sql.drawApNumber.map((text, index) => [`AP number ${index}`, text] as const),
]

const numberedText = (text: string): string => numbered(text, (text.match(/\?/g) ?? []).length)

describe('T-SQL of the U8 bridge', () => {
  test('every statement parses in the dialect of SQL Server', () => {
    expect(STATEMENTS.length).toBeGreaterThan(50)
    const problems = problemsOf(STATEMENTS.map(([, text]) => ({ dialect: 'mssql', sql: numberedText(text) })))
    expect(problems.flatMap((problem, index) => (problem === null ? [] : [[STATEMENTS[index]?.[0], problem]]))).toEqual(
      [],
    )
  })

  test.each(STATEMENTS)('%s uses nothing of another dialect, no dirty read and no nameless column', (_name, text) => {
    // These would parse as names or operators here, and fail (or lie) on the server.
    expect(text).not.toMatch(/\bLIMIT\b|::|\bNULLS (FIRST|LAST)\b|\|\||NOLOCK|SELECT \*/i)
  })

  test('every statement of the sample for SQL Server parses, and the list is whole', () => {
    const statements = sampleStatements('mssql')
    expect(statements.length).toBeGreaterThan(35)
    // The parser knows no OUTPUT parameter of a procedure; everything else of that statement it reads.
    expect(statements.filter(text => text.includes(' OUTPUT)'))).toHaveLength(1)
    const problems = problemsOf(statements.map(text => ({ dialect: 'mssql', sql: text.replace(' OUTPUT)', ')') })))
    expect(problems.flatMap((problem, index) => (problem === null ? [] : [[statements[index], problem]]))).toEqual([])
  })

  test('money is never read or written as a number, nor by a conversion that rounds to two places', () => {
    const all = STATEMENTS.map(([, text]) => text).join('\n')
    expect(all).toContain('CONVERT(varchar(40), CONVERT(decimal(28, 6), h.iamount))')
    expect(all).not.toMatch(/CONVERT\(varchar\(\d+\), *[a-z]*\.?(md|mc|iAmount)\b/i)
  })
})

const serverJson = process.env['YINQI_TEST_MSSQL']
const onServer = serverJson === undefined || serverJson === '' ? describe.skip : describe
onServer('U8 on a real SQL Server (skipped: YINQI_TEST_MSSQL names none)', () => {
  test('a document is read, rechecked, booked and found in the journal', async () => {
    const server = dbConfig.parse(JSON.parse(serverJson ?? '{}'))
    const db = openDb(server)
    await createSampleAccountSet(db, { around: TODAY })
    await approvePayment(db, payment())
    const bridge = createU8Bridge({ ...sampleConfig(server, '2026-01-01') }, { clock, name: 'u8', instance: 'test' })
    const taken = requests(await bridge.pull(null, 10))
    expect(taken).toHaveLength(1)
    expect(await bridge.recheck?.(taken)).toEqual(['same'])
    const entry = feeEntry()
    expect(await bridge.push([{ kind: 'journal.entry', key: entry.key, entry }])).toEqual([
      { kind: 'done', erpNumber: '付-0001' },
    ])
    await bridge.close()
    await db.close()
  })
})
