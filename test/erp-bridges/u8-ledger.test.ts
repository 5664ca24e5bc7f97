// The bank journal, the doctor and the marks on the document, on real databases.

import type { LedgerLine, PaymentStatusRecord } from '../../connector/ports'
import { textOf } from '../../erp-bridges/shared/row'
import { u8Config } from '../../erp-bridges/u8/config'
import { approvePayment, createSampleAccountSet, sampleConfig } from '../../erp-bridges/u8/sample'
import {
  book,
  DIALECTS,
  feeEntry,
  line,
  payment,
  paymentEntry,
  prepareGround,
  requests,
  TODAY,
  type Ground,
  type World,
} from './u8-support'

const { voucher: defaults } = u8Config.parse(
  sampleConfig({ dialect: 'sqlite', file: 'x', lockTimeoutMs: 1000 }, '2026-01-01'),
)

describe.each(DIALECTS)('U8 around its ledger on %s', dialect => {
  let ground: Ground
  let world: World
  beforeAll(async () => void (ground = await prepareGround(dialect)), 60_000)
  afterAll(() => ground.stop())
  beforeEach(async () => void (world = await ground.world()))
  afterEach(() => world.close())

  const journal = async (from: string, to: string, account = '100201'): Promise<readonly LedgerLine[]> => {
    const lines: LedgerLine[] = []
    for await (const each of world.bridge.ledger?.(account, { from, to }) ?? []) lines.push(each)
    return lines
  }

  test("the bank journal shows the account's view, our keys, references and partners, over several periods", async () => {
    const { id } = await approvePayment(world.db, payment())
    await book(world.bridge, paymentEntry(id))
    await book(world.bridge, feeEntry({ date: '2026-03-20' }))
    await book(
      world.bridge,
      feeEntry({ key: 'YQin', voucherType: '收', lines: [line('100201', 'debit', 5n), line('660302', 'credit', 5n)] }),
    )
    const lines = await journal('2026-03-01', TODAY)
    expect(lines.map(({ id: _id, ...rest }) => rest)).toEqual([
      {
        date: '2026-03-20',
        amount: { minor: -1050n, currency: 'CNY' },
        reference: 'S0001',
        counterparty: '',
        text: '手续费',
        voucherNo: '付-0001',
        entryKey: feeEntry().key,
      },
      {
        date: TODAY,
        amount: { minor: -123456n, currency: 'CNY' },
        reference: 'S0002',
        counterparty: '东湖样例机械有限公司',
        text: '手续费',
        voucherNo: '付-0001',
        entryKey: null,
      },
      {
        date: TODAY,
        amount: { minor: 5n, currency: 'CNY' },
        reference: '',
        counterparty: '',
        text: '手续费',
        voucherNo: '收-0001',
        entryKey: 'YQin',
      },
    ])
    expect(new Set(lines.map(each => each.id)).size).toBe(3)
  })

  test('opening rows, voided vouchers, other accounts and other days are not in the journal', async () => {
    await book(world.bridge, feeEntry())
    await book(world.bridge, feeEntry({ key: 'YQvoid' }))
    await world.db.execute(`UPDATE GL_accvouch SET iflag = 1 WHERE coutno_id = 'YQvoid'`)
    for (const period of [0, 20, 21]) {
      await world.db.execute(
        `INSERT INTO GL_accvouch (iyear, iperiod, isignseq, ino_id, inid, ccode, dbill_date, md) VALUES (2026, ?, 2, 1, 1, '100201', '${TODAY}', '1')`,
        [period],
      )
    }
    expect(await journal(TODAY, TODAY)).toHaveLength(1)
    expect(await journal('2026-03-27', '2026-03-27')).toEqual([])
    expect(await journal(TODAY, TODAY, '100202')).toEqual([])
  })

  test('more lines than a page holds are all there, once', async () => {
    for (let n = 1; n <= 1001; n += 77) {
      const values = Array.from(
        { length: Math.min(77, 1002 - n) },
        (_, k) => `(2026, 4, '付', 2, ${n + k}, 1, '100201', '${TODAY}', '0', '1.00')`,
      )
      await world.db.execute(
        `INSERT INTO GL_accvouch (iyear, iperiod, csign, isignseq, ino_id, inid, ccode, dbill_date, md, mc) VALUES ${values.join(', ')}`,
      )
    }
    const lines = await journal(TODAY, TODAY)
    expect(lines).toHaveLength(1001)
    expect(new Set(lines.map(each => each.id)).size).toBe(1001)
  })

  test('the doctor finds the sample fit, and names what is wrong in both languages', async () => {
    const bridge = world.open({})
    const fit = await bridge.doctor()
    expect(fit.filter(check => !check.ok && check.name !== 'connect')).toEqual([])
    expect(fit.map(check => check.name)).toEqual([
      'connect',
      'columns',
      'account-set',
      'period',
      'voucher-types',
      'bank-accounts',
      'rights',
    ])
    expect(fit[0]?.latencyMs).not.toBeNull()
    await world.db.execute('UPDATE GL_mend SET bflag = 1')
    await world.db.execute('DELETE FROM dsign')
    await world.db.execute(`UPDATE code SET bbank = 0 WHERE ccode = '100202'`)
    await world.db.execute('DROP TABLE GL_mvcontrol')
    const ill = await world.open({ voucher: defaults }).doctor()
    const wrong = ill.filter(check => !check.ok && check.name !== 'connect')
    expect(wrong.map(check => check.name)).toEqual(['columns', 'period', 'voucher-types', 'bank-accounts'])
    expect(wrong[0]?.zh).toContain('GL_mvcontrol.ino_id')
    expect(wrong[0]?.en).toContain('GL_mvcontrol.ino_id')
    expect(wrong[3]?.zh).toContain('100202')
    const lost = await world.open({ accountSet: '009' }).doctor()
    expect(lost.find(check => check.name === 'account-set')).toMatchObject({
      ok: false,
      en: expect.stringContaining('009'),
    })
  })

  test('a sample account set is not created over one that is there', async () => {
    await expect(createSampleAccountSet(world.db, { around: TODAY })).rejects.toMatchObject({ code: 'U8_SAMPLE' })
  })

  const status = async (): Promise<PaymentStatusRecord> => {
    await approvePayment(world.db, payment())
    const [request] = requests(await world.bridge.pull(null, 10))
    if (!request) throw new Error('nothing was taken')
    return {
      ...{
        kind: 'payment.status',
        key: 'k',
        request,
        revision: 1,
        seq: 2,
        status: 'settled',
        statusText: '支付成功',
        cause: 'inquiry.settled',
      },
      ...{ errorCode: '', bankReference: 'R1', bankSerial: 'B77', settledAt: 0, receiptNo: '', at: 0 },
    }
  }
  const marks = async (): Promise<string> => {
    const [row] = await world.db.query(
      'SELECT bToBank AS b, bSure AS s, cDefine1 AS one, cDefine10 AS ten FROM Ap_CloseBill',
    )
    return ['b', 's', 'one', 'ten'].map(name => textOf(row ?? {}, name)).join('|')
  }

  test('by default the status goes to the mirror row alone and no column of the document is written', async () => {
    const record = await status()
    const before = textOf((await world.db.query('SELECT Ufts AS u FROM Ap_CloseBill'))[0] ?? {}, 'u')
    expect(await world.bridge.push([record])).toEqual([{ kind: 'done', erpNumber: '' }])
    const [row] = await world.db.query('SELECT status AS status, bank_serial AS serial, doc_no AS doc FROM yq_payment')
    expect([textOf(row ?? {}, 'status'), textOf(row ?? {}, 'serial'), textOf(row ?? {}, 'doc')]).toEqual([
      'settled',
      'B77',
      record.request.key.docNo,
    ])
    expect(await marks()).toBe('0|0||')
    expect(textOf((await world.db.query('SELECT Ufts AS u FROM Ap_CloseBill'))[0] ?? {}, 'u')).toBe(before)
  })

  test('columns that the site names are marked, an older record never overwrites, an unpaid end takes the marks back', async () => {
    const record = await status()
    const bridge = world.open({
      writeBack: { isSentMarked: true, isConfirmedMarked: true, statusColumn: 'cDefine1', serialColumn: 'cDefine10' },
    })
    await bridge.push([record])
    expect(await marks()).toBe('1|1|settled|B77')
    expect(await bridge.recheck?.([record.request])).toEqual(['same'])
    await bridge.push([{ ...record, key: 'k1', seq: 1, status: 'sending', bankSerial: '' }])
    expect(await marks()).toBe('1|1|settled|B77')
    await bridge.push([{ ...record, key: 'k3', seq: 3, status: 'returned' }])
    expect(await marks()).toBe('0|0|returned|B77')
  })
})
