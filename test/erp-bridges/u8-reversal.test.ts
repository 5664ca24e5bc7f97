// A red voucher in U8's ledger as U8's own 冲销凭证 makes it, once; and customers and claims out of the account set.

import { bankDay } from '../../connector/core/bank-time'
import { collectionEntry } from '../../connector/core/collection'
import { reversingEntry } from '../../connector/core/journal-reversal'
import type { CollectionRecord, JournalEntry } from '../../connector/ports'
import { textOf } from '../../erp-bridges/shared/row'
import { u8Config } from '../../erp-bridges/u8/config'
import { approvePayment, sampleConfig } from '../../erp-bridges/u8/sample'
import { sampleLine } from '../support/sample'
import {
  book,
  DIALECTS,
  feeEntry,
  NOW,
  payment,
  paymentEntry,
  prepareGround,
  requests,
  TODAY,
  type Ground,
  type World,
} from './u8-support'

const defaults = u8Config.parse(
  sampleConfig({ dialect: 'sqlite', file: 'x', lockTimeoutMs: 1000 }, '2026-01-01'),
).voucher
const inGl = { voucher: { ...defaults, mode: 'gl' as const } }

function red(original: JournalEntry, voucherNo = '付-0001'): JournalEntry {
  return reversingEntry(original, {
    key: 'YQredredredredredredredredredredre',
    date: TODAY,
    maker: '银企直联',
    rule: 'reversal',
    voucherNo,
    reason: '银行冲正',
    settlement: { number: 'S9', date: TODAY },
  })
}

describe.each(DIALECTS)('reversals in U8 on %s', dialect => {
  let ground: Ground
  let world: World
  beforeAll(async () => void (ground = await prepareGround(dialect)), 60_000)
  afterAll(() => ground.stop())
  beforeEach(async () => void (world = await ground.world(inGl)))
  afterEach(() => world.close())

  const vouchers = async (): Promise<readonly string[]> => {
    const rows = await world.db.query(
      `SELECT csign AS csign, ino_id AS ino_id, inid AS inid, ccode AS ccode, CAST(md AS text) AS md, CAST(mc AS text) AS mc,
       coutno_id AS coutno_id, cblueoutno_id AS cblueoutno_id, cdigest AS cdigest FROM GL_accvouch ORDER BY ino_id, inid`,
    )
    const number = (text: string): string => Number(text).toFixed(2)
    return rows.map(row =>
      [
        `${textOf(row, 'csign')}-${textOf(row, 'ino_id')}/${textOf(row, 'inid')}`,
        textOf(row, 'ccode'),
        number(textOf(row, 'md')),
        number(textOf(row, 'mc')),
        textOf(row, 'cblueoutno_id'),
        textOf(row, 'cdigest'),
      ].join(' '),
    )
  }
  const count = async (table: string, where = '1 = 1'): Promise<string> =>
    textOf((await world.db.query(`SELECT COUNT(*) AS n FROM ${table} WHERE ${where}`))[0] ?? {}, 'n')

  test('the red voucher has negated amounts on the same sides, the original’s key, and its digest; again changes nothing', async () => {
    const fee = feeEntry()
    expect(await book(world.bridge, fee)).toEqual({ kind: 'done', erpNumber: '付-0001' })
    expect(await book(world.bridge, red(fee))).toEqual({ kind: 'done', erpNumber: '付-0002' })
    expect(await book(world.open(inGl), red(fee))).toEqual({ kind: 'done', erpNumber: '付-0002' })
    const digest = '[冲销2026.03.28 付-0001号凭证]手续费'
    expect(await vouchers()).toEqual([
      '付-1/1 660301 10.50 0.00  手续费',
      '付-1/2 100201 0.00 10.50  手续费',
      `付-2/1 660301 -10.50 0.00 ${fee.key} ${digest}`,
      `付-2/2 100201 0.00 -10.50 ${fee.key} ${digest}`,
    ])
    // The cash flow is taken back with it.
    expect(await count('GL_CashTable', `cCashItem = '07' AND CAST(md AS numeric) < 0`)).toBe('1')
    const lines = []
    for await (const line of world.bridge.ledger?.('100201', { from: '2026-01-01', to: '2026-12-31' }) ?? [])
      lines.push([line.amount.minor, line.reference])
    expect(lines).toEqual([
      [-1050n, 'S0001'],
      [1050n, 'S9'],
    ])
  })

  test('what is not in the ledger, or was voided there, is not taken back', async () => {
    const fee = feeEntry()
    expect(await book(world.bridge, red(fee))).toMatchObject({ kind: 'refused', code: 'U8_GATE_REVERSED_MISSING' })
    await book(world.bridge, fee)
    await world.db.execute('UPDATE GL_accvouch SET iflag = 1')
    expect(await book(world.bridge, red(fee))).toMatchObject({ code: 'U8_GATE_REVERSED_MISSING' })
    expect(await count('GL_accvouch')).toBe('2')
    expect(await count('yq_journal_reversal')).toBe('1')
  })

  test('what a person has taken back in U8 is not taken back a second time', async () => {
    const fee = feeEntry()
    await book(world.bridge, fee)
    await world.db.execute(
      `INSERT INTO GL_accvouch (iyear, iperiod, isignseq, csign, ino_id, inid, ccode, cblueoutno_id) VALUES (2026, 4, 2, '付', 7, 1, '660301', '${fee.key}')`,
    )
    expect(await book(world.bridge, red(fee))).toMatchObject({
      code: 'U8_GATE_REVERSED_ALREADY',
      text: expect.stringContaining('付-0007'),
    })
  })

  test('a voucher that AP made is not taken back by GL: the document would stay booked', async () => {
    await world.close()
    world = await ground.world()
    await approvePayment(world.db, payment())
    const [request] = requests(await world.bridge.pull(null, 10))
    const made = paymentEntry(request?.key.docNo ?? '')
    expect(await book(world.bridge, made)).toMatchObject({ kind: 'done' })
    expect(await book(world.bridge, red(made))).toMatchObject({ kind: 'refused', code: 'U8_GATE_REVERSED_MISSING' })
  })

  test('red and black in one voucher, or black where it says red, is refused', async () => {
    const fee = feeEntry()
    await book(world.bridge, fee)
    const black = { ...red(fee), lines: fee.lines }
    expect(await book(world.bridge, black)).toMatchObject({ code: 'U8_GATE_AMOUNT' })
    const { reverses: _reverses, ...unnamed } = red(fee)
    expect(await book(world.bridge, unnamed)).toMatchObject({ code: 'U8_GATE_AMOUNT' })
  })

  test('a customer is found by account and by exact name', async () => {
    await world.db.execute(`INSERT INTO CustomerBank (cCusCode, cAccountNum) VALUES ('C0001', '999000111')`)
    const find = (account: string, name: string) => world.bridge.customers?.(account, name)
    expect(await find('1202021900088880001', '云栖样例商贸有限公司')).toEqual({
      byAccount: ['C0001'],
      byName: ['C0001'],
    })
    expect(await find('999000111', '云栖样例商贸')).toEqual({ byAccount: ['C0001'], byName: [] })
    expect(await find('', '')).toEqual({ byAccount: [], byName: [] })
  })

  test('a collection goes from the middle table into a voucher, and its claim comes out of it', async () => {
    const line = sampleLine({
      amount: { minor: 10000n, currency: 'CNY' },
      counterName: '云栖样例商贸有限公司',
      bookedOn: TODAY,
    })
    const record: CollectionRecord = {
      kind: 'collection',
      key: 'in|1|L|1',
      collection: 'in|1|L',
      seq: 1,
      accountSet: '001',
      account: '1',
      lineKey: 'line|1|L',
      line,
      state: 'open',
      text: '待认领',
      answeredNo: 0,
      entryKey: '',
      at: NOW,
    }
    const bridge = world.open({ ...inGl, collections: true })
    expect(await bridge.push([record])).toEqual([{ kind: 'done', erpNumber: '' }])
    await world.db.execute(
      `UPDATE yq_collection SET request = 'claim', customer_code = 'C0001', claimed_by = '王', claim_no = 1`,
    )
    const items = (await bridge.pull(null, 10)).items
    expect(items.filter(item => item.kind === 'collection')).toMatchObject([
      { customer: 'C0001', by: '王', claimNo: 1 },
    ])
    expect((await world.bridge.pull(null, 10)).items.filter(item => item.kind === 'collection')).toEqual([])
    const item = {
      key: '',
      line,
      account: '1',
      accountSet: '001',
      ledgerAccount: '100201',
      request: null,
      maker: '银企直联',
    }
    const parts = [{ customer: 'C0001', document: '', amount: line.amount }]
    const settings = {
      ...{ booking: 'line' as const, customers: [], asksErp: true, voucherType: '收', summary: '收{counterparty}款' },
      ...{ counterAccount: '2203', auxiliaries: { customer: '{customer}' }, bankAuxiliaries: {}, settlementStyle: '3' },
    }
    const entry = collectionEntry('YQcollection', [{ item, parts }], settings)
    expect(entry.date).toBe(bankDay(NOW))
    expect(await book(bridge, entry)).toEqual({ kind: 'done', erpNumber: '收-0001' })
    expect(await count('GL_accvouch', `ccus_id = 'C0001' AND ccode = '2203'`)).toBe('1')
  })
})
