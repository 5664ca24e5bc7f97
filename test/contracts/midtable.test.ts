// The contract of the middle tables, the same for every database they can live in.

import type { ErpBridge, ErpRecord, PaymentRequest, RequestKey } from '../../connector/ports'
import { createMidtableBridge } from '../../erp-bridges/midtable/bridge'
import { midtableConfig } from '../../erp-bridges/midtable/config'
import { midtableStatements } from '../../erp-bridges/midtable/sql'
import type { Db, Dialect } from '../../erp-bridges/shared/db'
import { openDb } from '../../erp-bridges/shared/db-open'
import { readShown } from '../../erp-bridges/shared/midtable-shown'
import { pushToMidtable } from '../../erp-bridges/shared/midtable-writer'
import { bigOf, intOf, textOf, textOrNull } from '../../erp-bridges/shared/row'
import { ask, install, movedClock, NOON, run, startServer, statusOf, type Server } from './midtable-support'

const dialects: readonly Dialect[] = ['sqlite', 'postgres', 'mysql', 'mssql']
const isNamed = (dialect: Dialect): boolean =>
  dialect === 'sqlite' || dialect === 'postgres' || Boolean(process.env[`YINQI_TEST_${dialect.toUpperCase()}`])

for (const dialect of dialects) {
  const title = isNamed(dialect)
    ? `middle tables on ${dialect}`
    : `middle tables on ${dialect} (skipped: YINQI_TEST_${dialect.toUpperCase()} names no server)`
  const contract = isNamed(dialect) ? describe : describe.skip
  contract(title, () => middleTables(dialect))
}

function middleTables(dialect: Dialect): void {
  let server: Server
  let db: Db
  let bridges: ErpBridge[] = []
  let clock = movedClock(NOON)

  beforeAll(async () => {
    server = await startServer(dialect)
    db = openDb(server.config())
  }, 60_000)
  beforeEach(async () => {
    clock = movedClock(NOON)
    await install(server, db)
  })
  afterEach(async () => {
    for (const bridge of bridges) await bridge.close()
    bridges = []
  })
  afterAll(async () => {
    await db?.close()
    await server?.stop()
  })

  function connect(instance: string, user?: string): ErpBridge {
    const config = midtableConfig.parse({ database: server.config(user), claimLeaseMs: 60_000 })
    const bridge = createMidtableBridge(config, { clock, name: 'erp', instance, version: '1.2.3' })
    bridges.push(bridge)
    return bridge
  }

  async function pullPayments(bridge: ErpBridge): Promise<readonly PaymentRequest[]> {
    return (await bridge.pull(null, 100)).items.filter(item => item.kind === 'pay')
  }

  async function payment(docNo: string): Promise<Readonly<Record<string, unknown>>> {
    const amount = dialect === 'mssql' ? 'CONVERT(varchar(40), amount)' : 'amount'
    const [row] = await db.query(`SELECT p.*, ${amount} AS amount_text FROM yq_payment p WHERE doc_no = ?`, [docNo])
    if (row === undefined) throw new Error(`no row ${docNo}`)
    return row
  }

  const countOf = async (table: string): Promise<number> =>
    intOf((await db.query(`SELECT COUNT(*) AS n FROM ${table}`))[0] ?? {}, 'n')

  test('a new row is given as a request, word for word', async () => {
    await ask(db, {
      doc_no: 'PAY-1',
      doc_line: 3,
      revision: 2,
      company_code: '1000',
      payer_name: '本公司',
      payee_bank_name: '中国工商银行杭州分行',
      payee_bank_code: '102331000012',
      payee_kind: 'C',
      payee_province: '浙江',
      payee_city: '杭州',
      amount: '1234567.8900',
      postscript: '𠮷 ?',
      business_type: 'supplier',
      requested_on: '2026-03-02',
      urgency: 'urgent',
      batch_no: 'B1',
      maker: '张三',
      checker: '李四',
    })
    const [request] = await pullPayments(connect('a'))
    expect(request).toEqual({
      kind: 'pay',
      key: { sourceSystem: 'U8', accountSet: '001', docType: 'AP49', docNo: 'PAY-1', docLine: 3, revision: 2 },
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      approval: 'r2',
      companyCode: '1000',
      payerAccount: '1001200300400500600',
      payerName: '本公司',
      payeeAccount: '6222000011112222333',
      payeeName: '杭州测试供应商有限公司',
      payeeBankName: '中国工商银行杭州分行',
      payeeBankCode: '102331000012',
      payeeKind: 'C',
      payeeProvince: '浙江',
      payeeCity: '杭州',
      amount: '1234567.8900',
      currency: 'CNY',
      purpose: '货款',
      postscript: '𠮷 ?',
      businessType: 'supplier',
      requestedOn: '2026-03-02',
      urgency: 'urgent',
      batchNo: 'B1',
      maker: '张三',
      checker: '李四',
      partner: '',
      isBooked: false,
    })
  })

  test('two connectors that pull at once never get the same row', async () => {
    for (let n = 0; n < 40; n += 1) await ask(db, { doc_no: `PAY-${n}` })
    const both = [connect('a'), connect('b'), connect('c')]
    const taken: string[] = []
    for (let round = 0; round < 20 && taken.length < 40; round += 1) {
      const pulls = await Promise.all(both.map(bridge => bridge.pull(null, 4)))
      for (const item of pulls.flatMap(pulled => pulled.items)) if (item.kind === 'pay') taken.push(item.key.docNo)
    }
    expect(taken).toHaveLength(40)
    expect(new Set(taken).size).toBe(40)
  })

  test('a row taken by a connector that died before it stored it is given again after the lease, not before', async () => {
    await ask(db, { doc_no: 'PAY-1' })
    const [first] = await pullPayments(connect('a'))
    clock.advance(59_999)
    expect(await pullPayments(connect('b'))).toEqual([])
    clock.advance(2)
    expect(await pullPayments(connect('b'))).toEqual([first])
    await connect('b').push([statusOf(first as PaymentRequest, { status: 'ready' })])
    clock.advance(600_000)
    expect(await pullPayments(connect('a'))).toEqual([])
  })

  test('the digest changes with the content', async () => {
    await ask(db, { doc_no: 'PAY-1' })
    const bridge = connect('a')
    const [before] = await pullPayments(bridge)
    await install(server, db)
    await ask(db, { doc_no: 'PAY-1', amount: '123.46' })
    const [after] = await pullPayments(bridge)
    await install(server, db)
    await ask(db, { doc_no: 'PAY-1' })
    const [again] = await pullPayments(bridge)
    expect(after?.digest).not.toBe(before?.digest)
    expect(again?.digest).toBe(before?.digest)
  })

  test('a taken row is frozen, an untaken one is not', async () => {
    await ask(db, { doc_no: 'PAY-1' })
    await db.execute(`UPDATE yq_payment SET purpose = ? WHERE doc_no = 'PAY-1'`, ['改前'])
    await pullPayments(connect('a'))
    const frozen = /已被取走|taken/
    for (const change of [`payee_account = '1'`, `amount = 1`, `payee_name = 'X'`, 'revision = 9', `purpose = 'X'`]) {
      await expect(db.execute(`UPDATE yq_payment SET ${change} WHERE doc_no = 'PAY-1'`)).rejects.toThrow(frozen)
    }
    await expect(db.execute(`DELETE FROM yq_payment WHERE doc_no = 'PAY-1'`)).rejects.toThrow(/不能删除/)
    await expect(db.execute(`UPDATE yq_payment SET taken_at = NULL WHERE doc_no = 'PAY-1'`)).rejects.toThrow(/状态/)
    expect(textOf(await payment('PAY-1'), 'purpose')).toBe('改前')
    await ask(db, { doc_no: 'PAY-2' })
    expect(await db.execute(`DELETE FROM yq_payment WHERE doc_no = 'PAY-2'`)).toBe(1)
  })

  test('a new row cannot claim to be paid already, nor an untaken one be made so', async () => {
    if (dialect !== 'mssql') await expect(ask(db, { doc_no: 'PAY-1', status: 'settled' })).rejects.toThrow(/留空/)
    await ask(db, { doc_no: 'PAY-2' })
    await expect(db.execute(`UPDATE yq_payment SET status = 'settled' WHERE doc_no = 'PAY-2'`)).rejects.toThrow(/状态/)
  })

  test('the same key twice is refused', async () => {
    await ask(db, { doc_no: 'PAY-1' })
    await expect(ask(db, { doc_no: 'PAY-1', amount: '5' })).rejects.toThrow(/unique|duplicate/i)
    await ask(db, { doc_no: 'pay-1' })
    await ask(db, { doc_no: 'PAY-1', revision: 2 })
    expect(await countOf('yq_payment')).toBe(3)
  })

  test('a withdrawal of a taken row comes until the cursor that names it is given back', async () => {
    await ask(db, { doc_no: 'PAY-1' })
    const bridge = connect('a')
    const [request] = await pullPayments(bridge)
    await db.execute(`UPDATE yq_payment SET request = 'cancel' WHERE doc_no = 'PAY-1'`)
    // Intake has not answered yet: it might not know the payment.
    expect((await bridge.pull(null, 10)).items).toEqual([])
    await bridge.push([statusOf(request as PaymentRequest, { status: 'held' })])
    const cancel = { kind: 'cancel', key: request?.key, by: 'ERP U8', request }
    expect((await bridge.pull(null, 10)).items).toEqual([cancel])
    const again = await connect('b').pull(null, 10)
    expect(again.items).toEqual([cancel])
    expect((await bridge.pull(again.cursor, 10)).items).toEqual([])
    expect((await bridge.pull(null, 10)).items).toEqual([])
    expect(textOrNull(await payment('PAY-1'), 'cancel_taken_at')).not.toBeNull()
    await expect(db.execute(`UPDATE yq_payment SET request = 'pay' WHERE doc_no = 'PAY-1'`)).rejects.toThrow(/取走/)
  })

  test('a row withdrawn before it was taken is given as a withdrawal and never as a payment', async () => {
    await ask(db, { doc_no: 'PAY-1', request: 'cancel' })
    const bridge = connect('a')
    const first = await bridge.pull(null, 10)
    expect(first.items).toEqual([
      expect.objectContaining({ kind: 'cancel', key: expect.objectContaining({ docNo: 'PAY-1' }) }),
    ])
    clock.advance(600_000)
    // Not given back: the daemon died before it stored it.
    const second = await bridge.pull(null, 10)
    expect(second.items.map(item => item.kind)).toEqual(['cancel'])
    clock.advance(600_000)
    expect((await bridge.pull(second.cursor, 10)).items).toEqual([])
  })

  test('status is written once, repeated without effect, and never goes back', async () => {
    await ask(db, { doc_no: 'PAY-1' })
    const bridge = connect('a')
    const [request] = await pullPayments(bridge)
    const asked = request as PaymentRequest
    const settled = statusOf(asked, {
      seq: 4,
      status: 'settled',
      statusText: '支付成功',
      bankReference: 'YQ0000000001',
      bankSerial: 'ICBC-778899',
      settledAt: NOON + 5_000,
      receiptNo: 'R-1',
    })
    const done = { kind: 'done', erpNumber: '' }
    expect(await bridge.push([settled])).toEqual([done])
    expect(await bridge.push([settled, statusOf(asked, { seq: 2, status: 'sending' }), settled])).toEqual([
      done,
      done,
      done,
    ])
    const row = await payment('PAY-1')
    expect([textOf(row, 'status'), textOf(row, 'bank_serial'), intOf(row, 'status_seq')]).toEqual([
      'settled',
      'ICBC-778899',
      4,
    ])
    expect(textOf(row, 'settled_at')).toMatch(/^2026-03-02[ T]02:00:05(\.000)?/)
    const events = await db.query('SELECT seq, status FROM yq_payment_event ORDER BY seq')
    expect(events.map(event => [bigOf(event, 'seq'), textOf(event, 'status')])).toEqual([
      [2n, 'sending'],
      [4n, 'settled'],
    ])
  })

  test('shows what the ERP was told of each payment, as it was asked, and nothing that was told long before', async () => {
    for (const docNo of ['PAY-1', 'PAY-2', 'PAY-3', 'PAY-4'])
      await ask(db, { doc_no: docNo, requested_on: '2026-03-02' })
    const bridge = connect('a')
    const requests = await pullPayments(bridge)
    const [one, two, three] = requests.map((request, index) => ({ request, bankReference: `YQ${index}` }))
    if (!one || !two || !three) throw new Error('three requests')
    const tell = (of: typeof one, seq: number, status: 'sending' | 'settled', bankReference = of.bankReference) =>
      bridge.push([statusOf(of.request, { seq, status, bankReference, bankSerial: `S${seq}` })])
    await tell(one, 1, 'sending')
    await tell(two, 1, 'sending')
    // Told without a reference: it was refused before it had one.
    await tell(three, 1, 'sending', '')
    await tell(one, 2, 'settled')
    const mirrored = { ...one.request, key: { ...one.request.key, docNo: 'MIRROR' } }
    await pushToMidtable(db, [statusOf(mirrored, { seq: 1, bankReference: 'YQ9' })], { mirror: true })
    const expected = [
      { request: one.request, status: 'settled', seq: 2, bankReference: 'YQ0', bankSerial: 'S2' },
      { request: two.request, status: 'sending', seq: 1, bankReference: 'YQ1', bankSerial: 'S1' },
    ]
    const shown = await bridge.shown?.(100)
    expect(shown?.toSorted((a, b) => a.bankReference.localeCompare(b.bankReference))).toEqual(expected)
    // Five events: the newest two are the mirror's and the settlement.
    expect(await bridge.shown?.(2)).toEqual([expected[0]])
    const mirror = await readShown(db, 100, { rows: 'mirror', accountSet: mirrored.key.accountSet }, () => mirrored)
    expect(mirror.map(row => row.bankReference)).toEqual(mirrored.key.sourceSystem === 'U8' ? ['YQ9'] : [])
    expect(await readShown(db, 100, { rows: 'mirror', accountSet: 'other' }, () => mirrored)).toEqual([])
  })

  test('one wrong record does not stop the right ones', async () => {
    await ask(db, { doc_no: 'PAY-1' })
    const bridge = connect('a')
    const [request] = await pullPayments(bridge)
    const asked = request as PaymentRequest
    const elsewhere: PaymentRequest = { ...asked, key: { ...asked.key, docNo: 'NOT-HERE' } }
    const wrongDay: ErpRecord = {
      kind: 'journal.entry',
      key: 'j',
      entry: { ...entryOf('E-9', '1.00'), date: 'not a day' },
    }
    const results = await bridge.push([statusOf(elsewhere, {}), wrongDay, statusOf(asked, { status: 'held' })])
    expect(results.map(result => result.kind)).toEqual(['refused', dialect === 'sqlite' ? 'done' : 'refused', 'done'])
    expect(textOf(await payment('PAY-1'), 'status')).toBe('held')
  })

  test('a request that lives elsewhere is mirrored, never claimed, and then moves like any other', async () => {
    await ask(db, { doc_no: 'PAY-1', amount: '77.10' })
    const [request] = await pullPayments(connect('a'))
    const key: RequestKey = { ...(request as PaymentRequest).key, docNo: 'U8-1', revision: null }
    const asked: PaymentRequest = { ...(request as PaymentRequest), key }
    const first = statusOf(asked, { revision: 3, seq: 1, status: 'ready' })
    expect(await pushToMidtable(db, [first], { mirror: true })).toEqual([{ kind: 'done', erpNumber: '' }])
    await pushToMidtable(db, [statusOf(asked, { revision: 3, seq: 2, status: 'sending' }), first], { mirror: true })
    const row = await payment('U8-1')
    expect([textOf(row, 'status'), intOf(row, 'revision'), textOf(row, 'payee_name')]).toEqual([
      'sending',
      3,
      '杭州测试供应商有限公司',
    ])
    expect(Number(textOf(row, 'amount_text'))).toBe(77.1)
    clock.advance(600_000)
    expect((await pullPayments(connect('b'))).map(item => item.key.docNo)).toEqual(['PAY-1'])
  })

  test('words that are too long are cut between characters, and a NUL is dropped', async () => {
    await ask(db, { doc_no: 'PAY-1' })
    const bridge = connect('a')
    const [request] = await pullPayments(bridge)
    const statusText = `\0${'银'.repeat(499)}𠮷𠮷`
    expect(await bridge.push([statusOf(request as PaymentRequest, { statusText })])).toEqual([
      { kind: 'done', erpNumber: '' },
    ])
    expect(textOf(await payment('PAY-1'), 'status_text')).toBe('银'.repeat(499))
  })

  test('events are append only', async () => {
    await ask(db, { doc_no: 'PAY-1' })
    const bridge = connect('a')
    const [request] = await pullPayments(bridge)
    await bridge.push([statusOf(request as PaymentRequest, {})])
    await expect(db.execute(`UPDATE yq_payment_event SET status = 'failed'`)).rejects.toThrow(/只能追加/)
    await expect(db.execute('DELETE FROM yq_payment_event')).rejects.toThrow(/只能追加/)
    expect(await countOf('yq_payment_event')).toBe(1)
  })

  test('amounts of 15 digits and 4 decimals come and go exactly', async () => {
    await ask(db, { doc_no: 'PAY-1', amount: '123456789012345.6789' })
    await ask(db, { doc_no: 'PAY-2', amount: '999999999999999.9999' })
    await ask(db, { doc_no: 'PAY-3', amount: '0.1' })
    const bridge = connect('a')
    const amounts = (await pullPayments(bridge)).map(request => request.amount)
    expect(amounts).toEqual(['123456789012345.6789', '999999999999999.9999', dialect === 'sqlite' ? '0.1' : '0.1000'])
    const entry = entryOf('E-1', '123456789012345.67')
    await bridge.push([{ kind: 'journal.entry', key: 'E-1', entry }])
    const column = dialect === 'mssql' ? 'CONVERT(varchar(40), amount)' : 'amount'
    const lines = await db.query(`SELECT ${column} AS amount FROM yq_journal_line ORDER BY line_no`)
    const written = dialect === 'sqlite' ? '123456789012345.67' : '123456789012345.6700'
    expect(lines.map(line => textOf(line, 'amount'))).toEqual([written, written])
  })

  test('a journal entry is written whole, once, and its voucher number comes back until it is stored', async () => {
    const bridge = connect('a')
    const record: ErpRecord = { kind: 'journal.entry', key: 'E-1', entry: entryOf('E-1', '100.00') }
    const done = { kind: 'done', erpNumber: '' }
    expect(await bridge.push([record])).toEqual([done])
    expect(await bridge.push([record])).toEqual([done])
    expect([await countOf('yq_journal'), await countOf('yq_journal_line')]).toEqual([1, 2])
    expect((await bridge.pull(null, 10)).items).toEqual([])
    await db.execute(`UPDATE yq_journal SET voucher_no = ? WHERE entry_key = 'E-1'`, ['付-0001'])
    const notice = { kind: 'voucher', entryKey: 'E-1', voucherNo: '付-0001' }
    const first = await bridge.pull(null, 10)
    expect(first.items).toEqual([notice])
    // Corrected before it was stored: the cursor acknowledges the old number only.
    await db.execute(`UPDATE yq_journal SET voucher_no = ? WHERE entry_key = 'E-1'`, ['付-0002'])
    const second = await bridge.pull(first.cursor, 10)
    expect(second.items).toEqual([{ ...notice, voucherNo: '付-0002' }])
    expect((await bridge.pull(second.cursor, 10)).items).toEqual([])
    await expect(db.execute(`UPDATE yq_journal SET voucher_no = '0003'`)).rejects.toThrow(/凭证号/)
    expect(await bridge.push([record])).toEqual([{ kind: 'done', erpNumber: '付-0002' }])
  })

  test('statement lines, balances and receipts are written once and learn later what they paid', async () => {
    const bridge = connect('a')
    await bridge.push(bankRecords(null))
    await bridge.push(bankRecords(null))
    const paid: RequestKey = {
      sourceSystem: 'U8',
      accountSet: '001',
      docType: 'AP49',
      docNo: 'PAY-1',
      docLine: 1,
      revision: 1,
    }
    await bridge.push(bankRecords(paid))
    await bridge.push(bankRecords(null))
    for (const table of ['yq_statement_line', 'yq_balance', 'yq_receipt']) expect(await countOf(table)).toBe(1)
    const amount = dialect === 'mssql' ? 'CONVERT(varchar(40), amount)' : 'amount'
    const [line] = await db.query(
      `SELECT ${amount} AS amount, paid_doc_no, is_reversal, counter_name FROM yq_statement_line`,
    )
    expect([
      textOf(line ?? {}, 'paid_doc_no'),
      textOf(line ?? {}, 'is_reversal'),
      textOf(line ?? {}, 'counter_name'),
    ]).toEqual(['PAY-1', '0', '杭州测试供应商有限公司'])
    expect(textOf(line ?? {}, 'amount')).toBe(dialect === 'sqlite' ? '-100.05' : '-100.0500')
  })

  test('a withdrawn line keeps its row; that it was withdrawn and restored are rows of their own, each once', async () => {
    const bridge = connect('a')
    const of = (turn: number, state: 'withdrawn' | 'restored'): ErpRecord => ({
      ...{ kind: 'statement.withdrawal', key: `turn|${turn}`, lineKey: 'line|1001|L1', turn, state },
      ...{ person: '张三', reason: `银行更正 ${turn}`, at: 1_772_300_000_000 },
    })
    const records = [of(1, 'withdrawn'), of(2, 'restored'), of(3, 'withdrawn')]
    expect(await bridge.push(records)).toEqual(records.map(() => ({ kind: 'done', erpNumber: '' })))
    await bridge.push(records.toReversed())
    const rows = await db.query(
      'SELECT line_key, turn, state, person, reason FROM yq_statement_withdrawal ORDER BY turn',
    )
    const columns = ['line_key', 'turn', 'state', 'person', 'reason'] as const
    expect(rows.map(row => columns.map(column => textOf(row, column)))).toEqual([
      ['line|1001|L1', '1', 'withdrawn', '张三', '银行更正 1'],
      ['line|1001|L1', '2', 'restored', '张三', '银行更正 2'],
      ['line|1001|L1', '3', 'withdrawn', '张三', '银行更正 3'],
    ])
  })

  test('a command is given once, again after the lease, and answered in place by the first answer', async () => {
    await db.execute(
      `INSERT INTO yq_command (command, account, date_from, date_to) VALUES ('statement', '1001', '2026-03-01', '2026-03-02')`,
    )
    const bridge = connect('a')
    const [command] = (await bridge.pull(null, 10)).items
    if (command?.kind !== 'command') throw new Error('no command')
    expect(command).toEqual({
      kind: 'command',
      id: command.id,
      command: 'statement',
      account: '1001',
      from: '2026-03-01',
      to: '2026-03-02',
    })
    expect((await bridge.pull(null, 10)).items).toEqual([])
    clock.advance(60_001)
    expect((await bridge.pull(null, 10)).items).toEqual([command])
    const answer: ErpRecord = {
      kind: 'command.answered',
      key: 'c',
      id: command.id,
      ok: true,
      text: '共 3 笔',
      at: NOON,
    }
    expect(await bridge.push([answer, { ...answer, ok: false, text: '迟到' }])).toHaveLength(2)
    const [row] = await db.query('SELECT status, answer FROM yq_command')
    expect([textOf(row ?? {}, 'status'), textOf(row ?? {}, 'answer')]).toEqual(['done', '共 3 笔'])
    clock.advance(600_000)
    expect((await bridge.pull(null, 10)).items).toEqual([])
  })

  test('the bank-deposit journal is read by account and day', async () => {
    const amount = dialect === 'sqlite' ? '?' : 'CAST(? AS decimal(19,4))'
    for (const [id, day, value] of [
      ['1', '2026-02-28', '1'],
      ['2', '2026-03-01', '-100.05'],
      ['3', '2026-03-31', '123456789012345.67'],
      ['4', '2026-04-01', '1'],
    ] as const) {
      await db.execute(
        `INSERT INTO yq_ledger (line_id, ledger_account, booked_on, amount, currency, voucher_no, entry_key) VALUES (?, '100201', ?, ${amount}, 'CNY', '1', ?)`,
        [id, day, value, id === '2' ? 'E-1' : ''],
      )
    }
    const lines = []
    const ledger = connect('a').ledger?.('100201', { from: '2026-03-01', to: '2026-03-31' })
    for await (const line of ledger ?? []) lines.push([line.id, line.date, line.amount.minor, line.entryKey])
    expect(lines).toEqual([
      ['2', '2026-03-01', -10005n, 'E-1'],
      ['3', '2026-03-31', 12345678901234567n, null],
    ])
  })

  test('the heartbeat tells a DBA who polls and since when', async () => {
    const bridge = connect('host-1')
    await bridge.pull(null, 10)
    clock.advance(5_000)
    await bridge.pull(null, 10)
    const [row] = await db.query('SELECT instance, bridge, version, polls, polled_at FROM yq_heartbeat')
    expect([
      textOf(row ?? {}, 'instance'),
      textOf(row ?? {}, 'bridge'),
      textOf(row ?? {}, 'version'),
      intOf(row ?? {}, 'polls'),
    ]).toEqual(['host-1', 'erp', '1.2.3', 2])
    expect(textOf(row ?? {}, 'polled_at')).toMatch(/^2026-03-02[ T]02:00:05/)
  })

  test('doctor finds all in order, and names what is missing', async () => {
    const bridge = connect('a')
    expect((await bridge.doctor()).map(check => [check.name, check.name === 'connect' || check.ok])).toEqual([
      ['connect', true],
      ['tables', true],
      ['rights', true],
      ['triggers', true],
    ])
    await db.execute('DROP TABLE yq_receipt')
    const tables = (await bridge.doctor()).find(check => check.name === 'tables')
    expect([tables?.ok, tables?.zh.includes('yq_receipt'), tables?.en.includes(`yinqi sql ${dialect}`)]).toEqual([
      false,
      true,
      true,
    ])
  })

  test('archiving moves what ended long ago, with its events, and its key cannot be asked again', async () => {
    const old = NOON - 400 * 86_400_000
    await ask(db, { doc_no: 'OLD' })
    await ask(db, { doc_no: 'NEW' })
    const bridge = connect('a')
    const [first, second] = await pullPayments(bridge)
    await bridge.push([
      statusOf(first as PaymentRequest, { seq: 1, status: 'settled', at: old }),
      statusOf(second as PaymentRequest, { seq: 1, status: 'unknown', at: old }),
    ])
    if (dialect === 'sqlite') await run(server, db, midtableStatements('sqlite', 'archive'))
    if (dialect === 'postgres') await db.query(`SELECT yq_archive(CAST('2026-01-01' AS timestamptz), 100)`)
    if (dialect === 'mysql') await db.query(`CALL yq_archive('2026-01-01', 100)`)
    if (dialect === 'mssql') await db.query(`EXEC yq_archive @before = '2026-01-01', @at_most = 100`)
    const counts = await Promise.all(
      ['yq_payment', 'yq_payment_event', 'yq_payment_archive', 'yq_payment_event_archive'].map(countOf),
    )
    expect(counts).toEqual([1, 1, 1, 1])
    expect(textOf(await payment('NEW'), 'status')).toBe('unknown')
    await expect(ask(db, { doc_no: 'OLD' })).rejects.toThrow(/已归档/)
    await expect(db.execute('DELETE FROM yq_payment_archive')).rejects.toThrow(/只能追加/)
  })

  test('uninstalling leaves nothing', async () => {
    await run(server, db, midtableStatements(dialect, 'uninstall'))
    const left = {
      sqlite: `SELECT name FROM sqlite_master WHERE name LIKE 'yq%' OR tbl_name LIKE 'yq%'`,
      postgres: `SELECT relname AS name FROM pg_class WHERE relname LIKE '%yq_%' UNION ALL
        SELECT proname FROM pg_proc WHERE proname LIKE 'yq_%' UNION ALL SELECT rolname FROM pg_roles WHERE rolname LIKE 'yq_%'`,
      mysql: `SELECT table_name AS name FROM information_schema.tables WHERE table_name LIKE 'yq%' UNION ALL
        SELECT routine_name FROM information_schema.routines WHERE routine_name LIKE 'yq%'`,
      mssql: `SELECT name FROM sys.objects WHERE name LIKE 'yq%' UNION ALL SELECT name FROM sys.database_principals WHERE name LIKE 'yq%'`,
    }
    expect(await db.query(left[dialect])).toEqual([])
  })

  if (dialect !== 'mssql') {
    test('polling reads the index of open rows, however many are settled', async () => {
      await fill(db, 20_000)
      await ask(db, { doc_no: 'PAY-1' })
      if (dialect === 'postgres') await db.execute('ANALYZE yq_payment')
      if (dialect === 'mysql') await db.query('ANALYZE TABLE yq_payment')
      const plan = await planOf(db)
      expect(plan).toMatch(/ix_yq_payment_new/)
      expect(plan).not.toMatch(/Seq Scan|"type":"ALL"|SCAN yq_payment(?! USING INDEX ix_yq_payment_new)/)
      expect((await pullPayments(connect('a'))).map(request => request.key.docNo)).toEqual(['PAY-1'])
    }, 60_000)
  }

  if (dialect === 'postgres' || dialect === 'mysql') {
    test('the roles may do what they must and nothing else', async () => {
      const host = dialect === 'mysql' ? `@'%'` : ''
      for (const [user, role] of [
        ['it_erp', 'yq_erp'],
        ['it_yinqi', 'yq_connector'],
      ] as const) {
        if (dialect === 'postgres') {
          await db.execute(`DROP ROLE IF EXISTS ${user}`)
          await db.execute(`CREATE ROLE ${user} LOGIN`)
          await db.execute(`GRANT ${role} TO ${user}`)
        } else {
          const { password } = server.config() as { readonly password: string }
          await db.execute(`DROP USER IF EXISTS ${user}${host}`)
          await db.execute(`CREATE USER ${user}${host} IDENTIFIED BY '${password}'`)
          await db.execute(`GRANT ${role} TO ${user}${host}`)
          const [version] = await db.query('SELECT VERSION() AS version')
          const to = textOf(version ?? {}, 'version').includes('MariaDB') ? 'FOR' : 'TO'
          await db.execute(`SET DEFAULT ROLE ${role} ${to} ${user}${host}`)
        }
      }
      const erp = openDb(server.config('it_erp'))
      const connector = openDb(server.config('it_yinqi'))
      try {
        const denied = /denied|permission/
        await ask(erp, { doc_no: 'PAY-1' })
        await ask(erp, { doc_no: 'PAY-2' })
        await erp.execute(`UPDATE yq_payment SET purpose = '改' WHERE doc_no = 'PAY-1'`)
        await erp.execute(`DELETE FROM yq_payment WHERE doc_no = 'PAY-2'`)
        await expect(ask(erp, { doc_no: 'PAY-3', status: 'settled' })).rejects.toThrow(denied)
        await expect(erp.execute(`UPDATE yq_payment SET status = 'settled'`)).rejects.toThrow(denied)
        await expect(erp.execute(`UPDATE yq_payment SET taken_at = NULL`)).rejects.toThrow(denied)
        await expect(erp.execute('DELETE FROM yq_payment_event')).rejects.toThrow(denied)
        await expect(erp.execute(`INSERT INTO yq_statement_line (line_key) VALUES ('x')`)).rejects.toThrow(denied)
        const bridge = connect('a', 'it_yinqi')
        const [request] = await pullPayments(bridge)
        expect(request?.purpose).toBe('改')
        const records = [statusOf(request as PaymentRequest, {}), ...bankRecords(request?.key ?? null)]
        records.push({ kind: 'journal.entry', key: 'E-1', entry: entryOf('E-1', '1.00') } as never)
        expect((await bridge.push(records)).map(result => result.kind)).toEqual(records.map(() => 'done'))
        await erp.execute(`UPDATE yq_journal SET voucher_no = '付-1' WHERE entry_key = 'E-1'`)
        expect((await bridge.pull(null, 10)).items).toHaveLength(1)
        await erp.execute(`UPDATE yq_payment SET request = 'cancel' WHERE doc_no = 'PAY-1'`)
        await expect(connector.execute(`UPDATE yq_payment SET amount = 1`)).rejects.toThrow(denied)
        await expect(connector.execute('DELETE FROM yq_payment')).rejects.toThrow(denied)
        await expect(connector.execute(`UPDATE yq_payment_event SET status = 'x'`)).rejects.toThrow(denied)
        expect((await bridge.doctor()).filter(check => !check.ok && check.name !== 'connect')).toEqual([])
        await db.execute(`REVOKE UPDATE (taken_at) ON yq_payment FROM yq_connector`)
        await db.execute(`REVOKE INSERT ON yq_balance FROM yq_connector`)
        const rights = (await bridge.doctor()).find(check => check.name === 'rights')
        expect([rights?.ok, rights?.en]).toEqual([
          false,
          expect.stringMatching(/GRANT INSERT ON yq_balance TO yq_connector;.*GRANT UPDATE \(status.*taken_at/),
        ])
      } finally {
        await erp.close()
        await connector.close()
        for (const bridge of bridges) await bridge.close()
        bridges = []
        for (const user of ['it_erp', 'it_yinqi']) {
          await db.execute(dialect === 'postgres' ? `DROP ROLE ${user}` : `DROP USER ${user}${host}`)
        }
      }
    })
  }

  if (dialect === 'sqlite') {
    test('what the sqlite3 shell writes as a number stays exact, or is refused', async () => {
      await db.execute(insertLiteral('PAY-1', '123.45'))
      await db.execute(insertLiteral('PAY-2', '100'))
      await db.execute(insertLiteral('PAY-3', '99999999999.99'))
      await expect(db.execute(insertLiteral('PAY-4', '123456789012345.6789'))).rejects.toThrow(/CHECK/)
      await db.execute(insertLiteral('PAY-5', `'abc'`))
      const amounts = (await pullPayments(connect('a'))).map(request => request.amount)
      expect(amounts).toEqual(['123.45', '100', '99999999999.99', 'abc'])
      const kinds = await db.query('SELECT DISTINCT typeof(amount) AS kind FROM yq_payment')
      expect(kinds).toEqual([{ kind: 'text' }])
    })
  }
}

function insertLiteral(docNo: string, amount: string): string {
  return (
    'INSERT INTO yq_payment (source_system, account_set, doc_type, doc_no, doc_line, revision, payer_account, ' +
    `payee_account, payee_name, amount, currency) VALUES ('U8', '001', 'AP49', '${docNo}', 1, 1, '1', '2', '名', ${amount}, 'CNY')`
  )
}

function entryOf(key: string, amount: string): Extract<ErpRecord, { kind: 'journal.entry' }>['entry'] {
  const money = { minor: BigInt(amount.replace('.', '')), currency: 'CNY' }
  const line = { summary: '付货款', auxiliaries: { supplier: 'S1' }, amount: money }
  const settlement = { style: '网银', number: 'ICBC-1', date: '2026-03-02' }
  return {
    key,
    accountSet: '001',
    date: '2026-03-02',
    voucherType: '付',
    summary: '付货款',
    maker: 'yinqi',
    lines: [
      { ...line, account: '2202', side: 'debit', settlement: null },
      { ...line, account: '100201', side: 'credit', settlement },
    ],
    document: null,
    rule: 'payment.settled',
  }
}

function bankRecords(paid: RequestKey | null): ErpRecord[] {
  const money = (minor: bigint) => ({ minor, currency: 'CNY' })
  return [
    {
      kind: 'statement.line',
      key: 'L-1',
      account: '1001',
      line: {
        bankId: 'B1',
        bookedOn: '2026-03-02',
        bookedTime: '10:00:01',
        valueOn: null,
        amount: money(-10005n),
        balanceAfter: money(99n),
        counterAccount: '6222',
        counterName: '杭州测试供应商有限公司',
        counterBank: '',
        purpose: '货款',
        text: '',
        reference: '',
        bankSerial: 'S1',
        isReversal: false,
        type: '',
        receiptKey: '',
      },
      paid,
      at: NOON,
    },
    {
      kind: 'balance',
      key: 'B-1',
      balance: {
        account: '1001',
        asOf: '2026-03-02T10:00:00',
        current: money(1n),
        available: null,
        frozen: null,
        previousDay: null,
      },
      at: NOON,
    },
    {
      kind: 'receipt',
      key: 'R-1',
      account: '1001',
      lineKey: 'L-1',
      receiptNo: 'R1',
      mediaType: 'application/pdf',
      digest: 'ab'.repeat(32),
      paid,
      at: NOON,
    },
  ]
}

/** Settled rows in one statement: history that polling must not read. */
async function fill(db: Db, count: number): Promise<void> {
  const source = {
    sqlite: `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) SELECT i FROM n`,
    postgres: `SELECT i FROM generate_series(1, ${count}) AS n(i)`,
    mysql: `SELECT a.seq * 200 + b.seq AS i FROM (${hundreds(count / 200)}) AS a, (${hundreds(200)}) AS b`,
    mssql: '',
  }[db.dialect]
  const now = db.dialect === 'sqlite' ? `'2026-01-01 00:00:00.000'` : 'CURRENT_TIMESTAMP'
  await db.execute(
    'INSERT INTO yq_payment (source_system, account_set, doc_type, doc_no, doc_line, revision, payer_account, payee_account, ' +
      'payee_name, amount, currency, status, status_seq, taken_at, taken_by) ' +
      `SELECT 'U8', '001', 'AP49', ${db.dialect === 'mysql' ? `CONCAT('H', s.i)` : `'H' || s.i`}, 1, 1, '1', '2', '名', '1', ` +
      `'CNY', 'settled', 4, ${now}, 'a' FROM (${source}) AS s`,
  )
}

function hundreds(count: number): string {
  return Array.from({ length: count }, (_, n) => `SELECT ${n} AS seq`).join(' UNION ALL ')
}

async function planOf(db: Db): Promise<string> {
  const mark = db.dialect === 'mysql' ? 'open_mark = 1' : `status = 'new'`
  const select = `SELECT id FROM yq_payment WHERE ${mark} AND request = 'pay' AND (taken_at IS NULL OR taken_at < '2026-01-01') ORDER BY id LIMIT 100`
  const explain = { sqlite: 'EXPLAIN QUERY PLAN', postgres: 'EXPLAIN', mysql: 'EXPLAIN', mssql: '' }[db.dialect]
  return JSON.stringify(await db.query(`${explain} ${select}`), (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
}
