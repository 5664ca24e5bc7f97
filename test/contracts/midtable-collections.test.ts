// Collections and reversals in the middle tables, the same for every database they can live in: the connector writes the
// line and the answer, the ERP the claim, each column has one writer, and what was booked is frozen.

import type { CollectionRecord, ErpBridge, JournalEntry } from '../../connector/ports'
import { createMidtableBridge } from '../../erp-bridges/midtable/bridge'
import { midtableConfig } from '../../erp-bridges/midtable/config'
import { midtableStatements } from '../../erp-bridges/midtable/sql'
import type { Db, Dialect } from '../../erp-bridges/shared/db'
import { openDb } from '../../erp-bridges/shared/db-open'
import { textOf } from '../../erp-bridges/shared/row'
import { sampleLine } from '../support/sample'
import { install, movedClock, NOON, run, startServer, type Server } from './midtable-support'

const dialects: readonly Dialect[] = ['sqlite', 'postgres', 'mysql', 'mssql']
const isNamed = (dialect: Dialect): boolean =>
  dialect === 'sqlite' || dialect === 'postgres' || Boolean(process.env[`YINQI_TEST_${dialect.toUpperCase()}`])

for (const dialect of dialects) {
  const title = isNamed(dialect)
    ? `collections on ${dialect}`
    : `collections on ${dialect} (skipped: YINQI_TEST_${dialect.toUpperCase()} names no server)`
  const contract = isNamed(dialect) ? describe : describe.skip
  contract(title, () => collections(dialect))
}

function record(change: Partial<CollectionRecord> = {}): CollectionRecord {
  const { seq = 1 } = change
  return {
    kind: 'collection',
    key: `in|1001|L1|${seq}`,
    collection: 'in|1001|L1',
    seq,
    accountSet: '001',
    account: '1001',
    lineKey: 'line|1001|L1',
    line: sampleLine({ amount: { minor: 1234567890123n, currency: 'CNY' }, counterName: '丁公司' }),
    state: 'open',
    text: '待认领',
    answeredNo: 0,
    entryKey: '',
    at: NOON,
    ...change,
  }
}

function collections(dialect: Dialect): void {
  let server: Server
  let db: Db
  let bridge: ErpBridge

  beforeAll(async () => {
    server = await startServer(dialect)
    db = openDb(server.config())
  }, 60_000)
  beforeEach(async () => {
    await install(server, db)
    bridge = connect(true)
  })
  afterEach(() => bridge.close())
  afterAll(async () => {
    await db?.close()
    await server?.stop()
  })

  function connect(reads: boolean): ErpBridge {
    const config = midtableConfig.parse({ database: server.config(), collections: reads })
    return createMidtableBridge(config, { clock: movedClock(NOON), name: 'erp', instance: 'a' })
  }
  const push = async (...records: readonly CollectionRecord[]) =>
    expect(await bridge.push(records)).toEqual(records.map(() => ({ kind: 'done', erpNumber: '' })))
  const shown = async (...columns: readonly string[]): Promise<readonly string[]> => {
    const [row] = await db.query(`SELECT ${columns.join(', ')} FROM yq_collection`)
    return columns.map(column => textOf(row ?? {}, column))
  }
  const ask = (claimNo: number, more = `request = 'claim', customer_code = 'C1', claimed_by = '王会计'`) =>
    db.execute(`UPDATE yq_collection SET ${more}, claim_no = ${claimNo}`)
  const pulled = async () => (await bridge.pull(null, 10)).items

  test('a collection is written once with its amount exact, and only moves forward', async () => {
    await push(record())
    await push(record(), record({ seq: 3, state: 'claimed', text: '已认领' }), record({ seq: 2, text: 'late' }))
    expect(await shown('status', 'status_text', 'status_seq', 'counter_name')).toEqual([
      'claimed',
      '已认领',
      '3',
      '丁公司',
    ])
    const amount = dialect === 'mssql' ? 'CONVERT(varchar(40), amount)' : 'amount'
    const [row] = await db.query(`SELECT ${amount} AS amount FROM yq_collection`)
    expect(textOf(row ?? {}, 'amount')).toMatch(/^12345678901\.23(00)?$/)
  })

  test('a claim is given, word for word, until it is answered', async () => {
    await push(record())
    expect(await pulled()).toEqual([])
    await ask(
      1,
      `request = 'claim', customer_code = 'C1', document_no = 'SO1', claim_split = '', claimed_by = '王会计'`,
    )
    const claim = {
      kind: 'collection',
      key: 'in|1001|L1',
      claimNo: 1,
      request: 'claim',
      customer: 'C1',
      document: 'SO1',
      split: '',
      by: '王会计',
    }
    expect(await pulled()).toEqual([claim])
    expect(await pulled()).toEqual([claim])
    await push(record({ seq: 2, state: 'claimed', answeredNo: 1 }))
    expect(await pulled()).toEqual([])
    await ask(2, `request = 'release'`)
    expect(await pulled()).toEqual([{ ...claim, claimNo: 2, request: 'release' }])
  })

  test('a bridge that does not read claims leaves them alone', async () => {
    await push(record())
    await ask(1)
    await bridge.close()
    bridge = connect(false)
    expect(await pulled()).toEqual([])
  })

  test('a claim changes only together with its number, which never falls', async () => {
    await push(record())
    await ask(1)
    const claim = /claim_no/
    for (const change of [
      `customer_code = 'C2'`,
      `document_no = 'x'`,
      `claim_split = 'x'`,
      `claimed_by = 'x'`,
      `request = 'release'`,
    ])
      await expect(db.execute(`UPDATE yq_collection SET ${change}`)).rejects.toThrow(claim)
    await expect(ask(1, `customer_code = 'C2'`)).rejects.toThrow(claim)
    await expect(db.execute('UPDATE yq_collection SET claim_no = 0')).rejects.toThrow(claim)
    expect(await ask(2, `customer_code = 'C2'`)).toBe(1)
  })

  test.each(['booked', 'withdrawn'] as const)(
    'a %s collection is frozen for the ERP, and open again when its entry was taken back',
    async state => {
      await push(record(), record({ seq: 2, state, entryKey: 'YQ1' }))
      await expect(ask(1)).rejects.toThrow(/已入账|booked/)
      expect(await shown('status', 'entry_key')).toEqual([state, 'YQ1'])
      await push(record({ seq: 3, state: 'open' }))
      expect(await ask(1)).toBe(1)
    },
  )

  test('nobody changes the line, and the status never goes back', async () => {
    await push(record(), record({ seq: 2, state: 'claimed', answeredNo: 1 }))
    for (const change of [`amount = 1`, `counter_name = 'X'`, `collection_key = 'X'`, `booked_on = '2026-01-01'`])
      await expect(db.execute(`UPDATE yq_collection SET ${change}`)).rejects.toThrow(/never changes/)
    for (const change of ['status_seq = 1', 'answered_no = 0'])
      await expect(db.execute(`UPDATE yq_collection SET ${change}`)).rejects.toThrow(/never goes back/)
  })

  test('the scripts may be run again over tables with rows, and add what an earlier version lacked', async () => {
    await push(record())
    await db.execute('DROP TABLE yq_journal_reversal')
    await run(server, db, midtableStatements(dialect))
    expect(await shown('status')).toEqual(['open'])
    expect(await db.query('SELECT entry_key FROM yq_journal_reversal')).toEqual([])
    const checks = await bridge.doctor()
    expect(checks.filter(check => !check.ok && check.name !== 'connect')).toEqual([])
  })

  test('a reversal is an entry of negative amounts with a link to what it takes back, written once; its number comes back', async () => {
    const line = {
      amount: { minor: -1050n, currency: 'CNY' },
      summary: '[冲销]手续费',
      auxiliaries: {},
      settlement: null,
    }
    const entry: JournalEntry = {
      key: 'YQ2',
      accountSet: '001',
      date: '2026-03-05',
      voucherType: '付',
      summary: '[冲销]手续费',
      maker: '银企直联',
      lines: [
        { ...line, account: '660301', side: 'debit' },
        { ...line, account: '100201', side: 'credit' },
      ],
      document: null,
      rule: 'reversal',
      reverses: { key: 'YQ1', date: '2026-03-01', voucherType: '付', voucherNo: '付-0007', reason: '银行冲正' },
    }
    for (let round = 0; round < 2; round++) await bridge.push([{ kind: 'journal.entry', key: entry.key, entry }])
    const text = (column: string): string => (dialect === 'mssql' ? `CONVERT(varchar(40), ${column})` : column)
    const lines = await db.query(`SELECT side, ${text('amount')} AS amount FROM yq_journal_line ORDER BY line_no`)
    expect(lines.map(row => [textOf(row, 'side'), Number(textOf(row, 'amount'))])).toEqual([
      ['debit', -10.5],
      ['credit', -10.5],
    ])
    const links = await db.query('SELECT entry_key, reverses_key, reverses_voucher_no, reason FROM yq_journal_reversal')
    expect(
      links.map(row => ['entry_key', 'reverses_key', 'reverses_voucher_no', 'reason'].map(name => textOf(row, name))),
    ).toEqual([['YQ2', 'YQ1', '付-0007', '银行冲正']])
    await db.execute(`UPDATE yq_journal SET voucher_no = '付-0009' WHERE entry_key = 'YQ2'`)
    expect(await pulled()).toEqual([{ kind: 'voucher', entryKey: 'YQ2', voucherNo: '付-0009' }])
  })
}
