// Vouchers in U8's ledger: every gate refuses by its name, a voucher is written once, numbers never collide, a payment's
// own booking marks its document wholly or not at all.

import type { JournalEntry, PushResult } from '../../connector/ports'
import { textOf } from '../../erp-bridges/shared/row'
import { u8Config } from '../../erp-bridges/u8/config'
import { approvePayment, sampleConfig } from '../../erp-bridges/u8/sample'
import {
  book,
  DIALECTS,
  feeEntry,
  line,
  payment,
  paymentEntry,
  prepareGround,
  TODAY,
  type Ground,
  type World,
} from './u8-support'

const defaults = u8Config.parse(
  sampleConfig({ dialect: 'sqlite', file: 'x', lockTimeoutMs: 1000 }, '2026-01-01'),
).voucher
const inGl = { voucher: { ...defaults, mode: 'gl' as const } }

/** What differs from a good entry, what the account set is made to say before, and the gate that must refuse. */
type Case = readonly [gate: string, entry: Partial<JournalEntry>, before: string]
const bank = line('100201', 'credit', 1050n)
const fee = line('660301', 'debit', 1050n)

const CASES: readonly Case[] = [
  ['KEY', { key: '手续费' }, ''],
  ['ACCOUNT_SET', { accountSet: '002' }, ''],
  ['LINES', { lines: [fee] }, ''],
  ['AMOUNT', { lines: [line('660301', 'debit', 0n), line('100201', 'credit', 0n)] }, ''],
  ['AMOUNT', { lines: [line('660301', 'debit', -1n), line('100201', 'credit', -1n)] }, ''],
  ['BALANCE', { lines: [fee, line('100201', 'credit', 1051n)] }, ''],
  ['CURRENCY', { lines: [fee, bank].map(each => ({ ...each, amount: { minor: 1050n, currency: 'USD' } })) }, ''],
  ['CURRENCY', { lines: [fee, line('100203', 'credit', 1050n)] }, ''],
  ['WIDTH', { maker: '银企直联银企直联银企直联银企直联银企直联银' }, 'postgres'],
  ['PERIOD', { date: '2027-01-05' }, ''],
  ['PERIOD', {}, `UPDATE UA_Period SET bIsDelete = 1 WHERE iId = 4`],
  ['PERIOD_CLOSED', { date: '2026-01-10' }, ''],
  ['PERIOD_CLOSED', {}, `UPDATE GL_mend SET bflag = 1 WHERE iperiod = 4`],
  ['PERIOD_CLOSED', {}, `DELETE FROM GL_mend WHERE iperiod = 4`],
  ['DATE_ORDER', { date: '2026-03-27' }, 'ordered'],
  ['ACCOUNT', { lines: [line('777777', 'debit', 1050n), bank] }, ''],
  ['ACCOUNT_LEAF', { lines: [line('6603', 'debit', 1050n), bank] }, ''],
  ['ACCOUNT_CLOSED', { lines: [line('9901', 'debit', 1050n), bank] }, ''],
  ['ACCOUNT_CONTROLLED', { lines: [line('2202', 'debit', 1050n, { auxiliaries: { supplier: 'V0001' } }), bank] }, ''],
  ['AUXILIARY_MISSING', { lines: [line('1123', 'debit', 1050n), bank] }, ''],
  ['AUXILIARY_EXTRA', { lines: [line('660301', 'debit', 1050n, { auxiliaries: { supplier: 'V0001' } }), bank] }, ''],
  ['AUXILIARY_INVALID', { lines: [line('1123', 'debit', 1050n, { auxiliaries: { supplier: 'V9999' } }), bank] }, ''],
  ['AUXILIARY_INVALID', { lines: [line('6602', 'debit', 1050n, { auxiliaries: { department: '1' } }), bank] }, ''],
  [
    'AUXILIARY_INVALID',
    { lines: [line('5001', 'debit', 1050n, { auxiliaries: { itemClass: '00', item: 'X2' } }), bank] },
    '',
  ],
  [
    'SETTLEMENT_STYLE',
    { lines: [fee, line('100201', 'credit', 1050n, { settlement: { style: '9', number: '', date: '' } })] },
    '',
  ],
  ['VOUCHER_TYPE', { voucherType: '杂' }, ''],
  ['TYPE_LIMIT', { voucherType: '收' }, ''],
  ['TYPE_LIMIT', { voucherType: '转' }, ''],
  ['TYPE_LIMIT', { lines: [fee, line('224199', 'credit', 1050n)] }, ''],
  ['TYPE_LIMIT_UNREADABLE', {}, `UPDATE dsign SET itype = 9 WHERE csign = '付'`],
  ['CASH_FLOW_ITEM', { lines: [line('660301', 'debit', 1050n, { auxiliaries: { cashFlowItem: '99' } }), bank] }, ''],
  [
    'NUMBER',
    {},
    `INSERT INTO GL_accvouch (iyear, iperiod, isignseq, csign, ino_id, inid, ccode) VALUES (2026, 4, 2, '付', 32767, 1, '1001')`,
  ],
]

describe.each(DIALECTS)('U8 vouchers on %s', dialect => {
  let ground: Ground
  let world: World
  beforeAll(async () => void (ground = await prepareGround(dialect)), 60_000)
  afterAll(() => ground.stop())
  beforeEach(async () => void (world = await ground.world(inGl)))
  afterEach(() => world.close())

  const count = async (table: string, where = '1 = 1'): Promise<string> =>
    textOf((await world.db.query(`SELECT COUNT(*) AS n FROM ${table} WHERE ${where}`))[0] ?? {}, 'n')

  /** A trigger of somebody else's in the account set: it refuses a row, or forgets it. */
  const onInsert = async (table: string, deed: 'refuse' | 'forget'): Promise<void> => {
    if (dialect === 'sqlite') {
      const body =
        deed === 'refuse' ? `SELECT RAISE(ABORT, 'not here')` : `DELETE FROM ${table} WHERE rowid = NEW.rowid`
      await world.db.execute(`CREATE TRIGGER foreign_rule AFTER INSERT ON ${table} BEGIN ${body}; END`)
      return
    }
    const body =
      deed === 'refuse'
        ? `RAISE EXCEPTION 'not here' USING ERRCODE = 'check_violation'`
        : `DELETE FROM ${table} WHERE ctid = NEW.ctid`
    await world.db.execute(
      `CREATE FUNCTION foreign_rule() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body}; RETURN NULL; END $$`,
    )
    await world.db.execute(
      `CREATE TRIGGER foreign_rule AFTER INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION foreign_rule()`,
    )
  }

  test('a good entry is two lines in the period of the calendar that UFSystem keeps, unposted, with its cash flow', async () => {
    expect(await book(world.bridge, feeEntry())).toEqual({ kind: 'done', erpNumber: '付-0001' })
    const rows = await world.db.query(
      `SELECT iyear AS iyear, iperiod AS iperiod, iYPeriod AS iyperiod, csign AS csign, isignseq AS isignseq, ino_id AS ino_id, inid AS inid,
       ccode AS ccode, CAST(md AS text) AS md, CAST(mc AS text) AS mc, ibook AS ibook, cbook AS cbook, ccheck AS ccheck, cbill AS cbill,
       coutno_id AS coutno_id, coutsysname AS coutsysname, cn_id AS cn_id, csettle AS csettle, ccode_equal AS ccode_equal, idoc AS idoc
       FROM GL_accvouch ORDER BY inid`,
    )
    const seen = rows.map(row => Object.fromEntries(Object.keys(row).map(name => [name, textOf(row, name)])))
    const zero = dialect === 'postgres' ? '0.0000' : '0'
    const amount = dialect === 'postgres' ? '10.5000' : '10.50'
    const both = {
      iyear: '2026',
      iperiod: '4',
      iyperiod: '202604',
      csign: '付',
      isignseq: '2',
      ino_id: '1',
      ibook: '0',
      cbook: '',
    }
    const more = { ccheck: '', cbill: '银企直联', coutno_id: feeEntry().key, coutsysname: '', idoc: '-1' }
    expect(seen).toEqual([
      {
        ...both,
        ...more,
        inid: '1',
        ccode: '660301',
        md: amount,
        mc: zero,
        cn_id: '',
        csettle: '',
        ccode_equal: '100201',
      },
      {
        ...both,
        ...more,
        inid: '2',
        ccode: '100201',
        md: zero,
        mc: amount,
        cn_id: 'S0001',
        csettle: '3',
        ccode_equal: '660301',
      },
    ])
    expect(
      await count('GL_CashTable', `cCashItem = '07' AND ccode = '660301' AND csign = '付' AND inid = 1 AND iNo_id = 1`),
    ).toBe('1')
    expect(await count('GL_CashTable')).toBe('1')
  })

  test.each(CASES)('the gate %s refuses and leaves nothing behind (%#)', async (gate, change, before) => {
    if (before === 'postgres' && dialect === 'sqlite') return
    if (before === 'ordered') {
      await book(world.bridge, feeEntry({ key: 'YQ1' }))
      await world.db.execute(`UPDATE AccInformation SET cValue = 'True' WHERE cName = 'bMakShtSort'`)
    } else if (before !== '' && before !== 'postgres') {
      await world.db.execute(before.replace('UA_Period', dialect === 'postgres' ? 'ufsystem.UA_Period' : 'UA_Period'))
    }
    const there = await count('GL_accvouch')
    expect(await book(world.bridge, feeEntry(change))).toMatchObject({ kind: 'refused', code: `U8_GATE_${gate}` })
    expect(await count('GL_accvouch')).toBe(there)
  })

  test('an account set without a column that a voucher needs is refused by its name', async () => {
    await world.db.execute('ALTER TABLE GL_accvouch RENAME COLUMN ccode_equal TO ccode_other')
    const result = await book(world.open(inGl), feeEntry())
    expect(result).toMatchObject({ kind: 'refused', code: 'U8_GATE_SCHEMA' })
    expect(result?.kind === 'refused' && result.text).toContain('ccode_equal')
  })

  test('a constraint of the database is an answer: refused, with its words', async () => {
    await onInsert('GL_accvouch', 'refuse')
    const result = await book(world.bridge, feeEntry())
    expect(result).toMatchObject({ kind: 'refused', code: 'U8_GATE_DATABASE_REFUSED' })
    expect(result?.kind === 'refused' && result.text).toContain('not here')
    expect(await count('GL_accvouch')).toBe('0')
  })

  test('cash flow that does not read back as it was written undoes the voucher', async () => {
    await onInsert('GL_CashTable', 'forget')
    expect(await book(world.bridge, feeEntry())).toMatchObject({ kind: 'refused', code: 'U8_GATE_READ_BACK' })
    expect(await count('GL_accvouch')).toBe('0')
  })

  test('what a gate refuses stands in yq_journal with its reason until it is booked', async () => {
    const shown = async (): Promise<readonly string[]> => {
      const rows = await world.db.query('SELECT entry_key, refusal_code, refusal_text, refused_at FROM yq_journal')
      return rows.map(row => `${textOf(row, 'refusal_code')}|${textOf(row, 'refusal_text')}`)
    }
    await world.db.execute('UPDATE GL_mend SET bflag = 1 WHERE iperiod = 4')
    await book(world.bridge, feeEntry())
    await book(world.bridge, feeEntry())
    const [refusal, ...more] = await shown()
    expect(refusal).toMatch(/^U8_GATE_PERIOD_CLOSED\|.*结账.*\(.*closed.*\)$/)
    expect(more).toEqual([])
    expect(await count('yq_journal_line', `entry_key = '${feeEntry().key}'`)).toBe('2')
    await world.db.execute('UPDATE GL_mend SET bflag = 0 WHERE iperiod = 4')
    expect(await book(world.bridge, feeEntry())).toEqual({ kind: 'done', erpNumber: '付-0001' })
    expect(await shown()).toEqual(['|'])
    expect(await count('yq_journal', 'refused_at IS NULL')).toBe('1')
  })

  test('an entry that no gate refuses leaves no row in yq_journal: it is in U8', async () => {
    await book(world.bridge, feeEntry())
    expect(await count('yq_journal')).toBe('0')
  })

  test('a cash-flow item is demanded where the site requires one', async () => {
    const bridge = world.open({
      voucher: { ...defaults, mode: 'gl', cashFlow: { ...defaults.cashFlow, isRequired: true, defaults: [] } },
    })
    expect(await book(bridge, feeEntry())).toMatchObject({ kind: 'refused', code: 'U8_GATE_CASH_FLOW' })
  })

  test('the database that UFSystem names for the year must be the one we are in', async () => {
    if (dialect === 'sqlite') return
    await world.db.execute(`UPDATE ufsystem.UA_AccountDatabase SET cDatabase = 'UFDATA_002_2026'`)
    expect(await book(world.bridge, feeEntry())).toMatchObject({ kind: 'refused', code: 'U8_GATE_DATABASE' })
  })

  test('the same entry again is the same voucher; another entry of the same key is refused; a voided one is not made anew', async () => {
    const first = await book(world.bridge, feeEntry())
    expect(await book(world.bridge, feeEntry())).toEqual(first)
    expect(await book(world.open(inGl), feeEntry())).toEqual(first)
    expect(await count('GL_accvouch')).toBe('2')
    const other = feeEntry({ lines: [line('660301', 'debit', 1051n), line('100201', 'credit', 1051n)] })
    expect(await book(world.bridge, other)).toMatchObject({ kind: 'refused', code: 'U8_GATE_DUPLICATE' })
    await world.db.execute('UPDATE GL_accvouch SET iflag = 1')
    expect(await book(world.bridge, feeEntry())).toMatchObject({ kind: 'refused', code: 'U8_GATE_VOIDED' })
  })

  test('two writers at once take different numbers and each voucher balances', async () => {
    const other = world.open(inGl)
    const entries = Array.from({ length: 8 }, (_, index) => feeEntry({ key: `YQ${index}` }))
    const results = await Promise.all(entries.map((entry, index) => book(index % 2 ? other : world.bridge, entry)))
    const numbers = results.map(result => (result?.kind === 'done' ? result.erpNumber : result?.kind))
    expect(numbers).toHaveLength(8)
    expect(new Set(numbers)).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8].map(n => `付-000${n}`)))
    const totals = await world.db.query(
      'SELECT ino_id AS n, SUM(CAST(md AS numeric) - CAST(mc AS numeric)) AS difference, COUNT(*) AS rows_ FROM GL_accvouch GROUP BY ino_id',
    )
    expect(totals.map(row => [Number(row['difference']), Number(row['rows_'])])).toEqual(Array(8).fill([0, 2]))
  })

  test('two writers of one entry at once make one voucher', async () => {
    const other = world.open(inGl)
    const results = await Promise.all([book(world.bridge, feeEntry()), book(other, feeEntry())])
    expect(results).toEqual([
      { kind: 'done', erpNumber: '付-0001' },
      { kind: 'done', erpNumber: '付-0001' },
    ])
    expect(await count('GL_accvouch')).toBe('2')
  })

  test("a number that U8's client took at the same moment is given up by us, cash flow and all", async () => {
    if (dialect === 'sqlite') return
    // At our commit, after our last look, the client's voucher appears under the number that we took.
    await world.db.execute(`CREATE FUNCTION rival() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.coutno_id LIKE 'YQ%' AND NEW.inid = 1 THEN
          INSERT INTO GL_accvouch (iyear, iperiod, csign, isignseq, ino_id, inid, ccode, cbill)
          VALUES (NEW.iyear, NEW.iperiod, NEW.csign, NEW.isignseq, NEW.ino_id, 1, '1001', '客户端');
        END IF;
        RETURN NULL;
      END $$`)
    await world.db.execute(
      'CREATE CONSTRAINT TRIGGER rival AFTER INSERT ON GL_accvouch DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rival()',
    )
    expect(await book(world.bridge, feeEntry())).toEqual({ kind: 'done', erpNumber: '付-0002' })
    expect(await count('GL_accvouch', `ino_id = 1 AND cbill = '客户端'`)).toBe('1')
    expect(await count('GL_accvouch', `ino_id = 2 AND coutno_id LIKE 'YQ%'`)).toBe('2')
    expect(await count('GL_CashTable', 'iNo_id = 2')).toBe('1')
  })

  test('a voucher number that someone is typing right now is not taken: later', async () => {
    await world.db.execute(
      `INSERT INTO GL_mvcontrol (cuser, iyear, iperiod, csign, ino_id) VALUES ('demo', 2026, 4, '付', 1)`,
    )
    expect(await book(world.bridge, feeEntry())).toMatchObject({ kind: 'deferred' })
    await world.db.execute('DELETE FROM GL_mvcontrol')
    expect(await book(world.bridge, feeEntry())).toEqual({ kind: 'done', erpNumber: '付-0001' })
  })

  test('the largest amount of a money column is booked to the last digit', async () => {
    const minor = 92_233_720_368_547_758n
    const entry = feeEntry({ lines: [line('660301', 'debit', minor), line('100201', 'credit', minor)] })
    expect(await book(world.bridge, entry)).toMatchObject({ kind: 'done' })
    const lines = []
    for await (const each of world.bridge.ledger?.('100201', { from: TODAY, to: TODAY }) ?? []) lines.push(each)
    expect(lines.map(each => each.amount)).toEqual([{ minor: -minor, currency: 'CNY' }])
  })

  test('a period is what UA_Period says: the 25th and the 26th of a month lie in different ones', async () => {
    await book(world.bridge, feeEntry({ key: 'YQa', date: '2026-03-25' }))
    await book(world.bridge, feeEntry({ key: 'YQb', date: '2026-03-26' }))
    const rows = await world.db.query('SELECT DISTINCT iperiod AS p, ino_id AS n FROM GL_accvouch ORDER BY iperiod')
    expect(rows.map(row => [Number(row['p']), Number(row['n'])])).toEqual([
      [3, 1],
      [4, 1],
    ])
  })

  test('a document that U8 has vouched already is not booked a second time', async () => {
    const { id } = await approvePayment(world.db, payment())
    await world.db.execute(`UPDATE Ap_CloseBill SET cPZID = 'AP0000000000077', cPZNum = '付-0077'`)
    const entry = paymentEntry(id, {
      lines: [
        line('1123', 'debit', 123456n, { auxiliaries: { supplier: 'V0001' } }),
        line('100201', 'credit', 123456n),
      ],
    })
    expect(await book(world.bridge, entry)).toMatchObject({ kind: 'refused', code: 'U8_GATE_DOCUMENT_BOOKED' })
  })

  describe('through the payment document', () => {
    let id: string
    let number: string
    beforeEach(async () => {
      const made = await approvePayment(world.db, payment())
      id = made.id
      number = made.number
    })
    const ap = (): Promise<PushResult | undefined> => book(world.open({}), paymentEntry(id))
    const marks = async (): Promise<readonly string[]> => [
      await count(
        'GL_accvouch',
        `coutsysname = 'AP' AND coutsign = 'RP' AND coutbillsign = '49' AND coutid = '${number}'`,
      ),
      await count('Ap_CloseBill', `cPZID = 'AP0000000000001' AND cPZNum = '付-0001'`),
      await count('Ap_Detail', `cPZid = 'AP0000000000001' AND cGLSign = '付' AND iGLno_id = 1`),
      await count('Ap_Detail', `iFlag = 0 AND ino_id = 1`),
      await count('GL_CashTable', `cCashItem = '04' AND ccode = '2202'`),
    ]

    test("voucher, head and detail rows bear the marks of U8's own 制单, and again it is the same", async () => {
      expect(await ap()).toEqual({ kind: 'done', erpNumber: '付-0001' })
      expect(await marks()).toEqual(['2', '1', '2', '1', '1'])
      expect(await count('Ap_Detail', 'iFlag = 6 AND ino_id IS NULL')).toBe('1')
      expect(await ap()).toEqual({ kind: 'done', erpNumber: '付-0001' })
      expect(await marks()).toEqual(['2', '1', '2', '1', '1'])
    })

    test("a document typed by hand as the bridge's page shows is booked through its document too", async () => {
      await world.db.execute(
        `INSERT INTO Ap_CloseBill (cDwCode, iAmount, cDigest, cCheckMan, dVouchDate) VALUES ('V0001', '1234.56', '支付材料款', '李审核', '${TODAY}')`,
      )
      const [row] = await world.db.query('SELECT MAX(iID) AS iid FROM Ap_CloseBill')
      const entry = paymentEntry(textOf(row ?? {}, 'iid'))
      expect(await book(world.open({}), entry)).toEqual({ kind: 'done', erpNumber: '付-0001' })
      expect(await count('Ap_Detail', `cPZid = 'AP0000000000001'`)).toBe('2')
    })

    test('when one of the marks cannot be made, none is', async () => {
      await world.db.execute(`DELETE FROM Ap_Detail`)
      expect(await ap()).toMatchObject({ kind: 'refused', code: 'U8_GATE_DOCUMENT_DETAIL' })
      expect(await count('GL_accvouch')).toBe('0')
      expect(await count('GL_CashTable')).toBe('0')
      expect(await count('Ap_CloseBill', 'cPZID IS NOT NULL')).toBe('0')
      expect(await count('Ap_CancelNo', `cFlag = 'AP' AND iCancelNo = 0`)).toBe('1')
    })

    test.each([
      ['DOCUMENT_UNAPPROVED', 'UPDATE Ap_CloseBill SET cCheckMan = NULL'],
      ['DOCUMENT_GONE', 'DELETE FROM Ap_CloseBill'],
      ['DOCUMENT_MISMATCH', `UPDATE Ap_CloseBill SET iAmount = '1.00'`],
      ['DOCUMENT_MISMATCH', `UPDATE Ap_CloseBill SET cDwCode = 'V0002'`],
      ['AP_CLOSED', 'UPDATE GL_mend SET bflag_AP = 1'],
      ['DOCUMENT_BOOKED', `UPDATE Ap_CloseBill SET cPZID = 'AP0000000000099'`],
    ])('the gate %s refuses', async (gate, before) => {
      await world.db.execute(before)
      expect(await ap()).toMatchObject({ kind: 'refused', code: `U8_GATE_${gate}` })
      expect(await count('GL_accvouch')).toBe('0')
    })

    test('an account set whose AP counter gives no key is refused by that name', async () => {
      await world.db.execute(`DELETE FROM Ap_CancelNo WHERE cFlag = 'AP'`)
      const result = await ap()
      expect(result).toMatchObject({ kind: 'refused', code: 'U8_GATE_AP_NUMBER' })
      expect(await count('GL_accvouch')).toBe('0')
    })

    test('two writers at once book the document once', async () => {
      const results = await Promise.all([ap(), ap()])
      expect(results).toEqual([
        { kind: 'done', erpNumber: '付-0001' },
        { kind: 'done', erpNumber: '付-0001' },
      ])
      expect(await marks()).toEqual(['2', '1', '2', '1', '1'])
    })
  })
})
