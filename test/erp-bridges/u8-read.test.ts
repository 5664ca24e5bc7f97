// U8's payment documents and vouchers as a source of payments, on real databases.

import { enterPayment, approvePayment } from '../../erp-bridges/u8/sample'
import {
  DIALECTS,
  feeEntry,
  book,
  payment,
  prepareGround,
  requests,
  TODAY,
  type Ground,
  type World,
} from './u8-support'

describe.each(DIALECTS)('U8 documents on %s', dialect => {
  let ground: Ground
  let world: World
  beforeAll(async () => void (ground = await prepareGround(dialect)), 60_000)
  afterAll(() => ground.stop())
  beforeEach(async () => void (world = await ground.world()))
  afterEach(() => world.close())

  test('an approved payment document becomes one exact request', async () => {
    const { id, number } = await approvePayment(world.db, payment())
    const pull = await world.bridge.pull(null, 50)
    expect(pull.hasMore).toBe(false)
    expect(requests(pull)).toEqual([
      {
        kind: 'pay',
        key: { sourceSystem: 'U8', accountSet: '001', docType: 'AP49', docNo: id, docLine: 1, revision: null },
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        approval: expect.stringMatching(/^李审核\|2026-03-28.09:00:00/),
        companyCode: '001',
        payerAccount: '1202020000000000001',
        payerName: '',
        payeeAccount: '1202021900099990011',
        payeeName: '东湖样例机械有限公司',
        payeeBankName: '中国工商银行杭州样例支行',
        payeeBankCode: '102331000001',
        payeeKind: 'C',
        payeeProvince: '浙江省',
        payeeCity: '杭州市',
        amount: dialect === 'postgres' ? '1234.5600' : '1234.56',
        currency: 'CNY',
        purpose: '支付材料款',
        postscript: number,
        businessType: 'supplier',
        requestedOn: '2026-03-28',
        urgency: 'normal',
        batchNo: '',
        maker: '样例会计',
        checker: '李审核',
        partner: 'V0001',
        isBooked: false,
      },
    ])
    expect(Number(id)).toBeGreaterThan(1_000_000_000)
  })

  test('the largest amount a money column holds is read to the last digit', async () => {
    await approvePayment(world.db, payment({ amount: '922337203685477.58' }))
    expect(requests(await world.bridge.pull(null, 50))[0]?.amount).toMatch(/^922337203685477\.58(00)?$/)
  })

  test('a few columns typed by hand are enough', async () => {
    await world.db.execute(
      `INSERT INTO Ap_CloseBill (cDwCode, iAmount, cDigest, cCheckMan, dVouchDate) VALUES ('V0002', 88.6, '包装款', '王审核', '${TODAY}')`,
    )
    const [request] = requests(await world.bridge.pull(null, 50))
    expect(request).toMatchObject({
      payeeAccount: '450759000022',
      payeeBankCode: '104290000002',
      purpose: '包装款',
      approval: '王审核|',
      payerAccount: '1202020000000000001',
      postscript: '0000000001',
    })
    expect(request?.amount).toMatch(/^88\.6(000)?$/)
  })

  test("the document's own account wins over the supplier's default one", async () => {
    await approvePayment(world.db, payment({ payeeAccount: '571900000000011' }))
    await approvePayment(world.db, payment({ payeeAccount: '999000111222', purpose: '另一户' }))
    const [known, unknown] = requests(await world.bridge.pull(null, 50))
    expect(known).toMatchObject({
      payeeAccount: '571900000000011',
      payeeBankName: '招商银行杭州样例支行',
      payeeBankCode: '308331000004',
    })
    expect(unknown).toMatchObject({ payeeAccount: '999000111222', payeeBankName: '', payeeBankCode: '' })
  })

  test('what is not approved, not by transfer, of another type, of opening, exported already or too old is not taken', async () => {
    const skip = async (set: string): Promise<void> => {
      const { id } = await approvePayment(world.db, payment())
      await world.db.execute(`UPDATE Ap_CloseBill SET ${set} WHERE iID = ?`, [id])
    }
    await skip(`cCheckMan = NULL`)
    await skip(`cSSCode = '1'`)
    await skip(`cVouchType = '48'`)
    await skip(`cFlag = 'AR'`)
    await skip(`bStartFlag = 1`)
    await skip(`bToBank = 1`)
    await skip(`bFromBank = 1`)
    await skip(`IsWfControlled = 1, iverifystate = 1`)
    await skip(`dVouchDate = '2025-12-31'`)
    expect((await world.bridge.pull(null, 50)).items).toEqual([])
    await skip(`IsWfControlled = 1, iverifystate = 2`)
    expect((await world.bridge.pull(null, 50)).items).toHaveLength(1)
  })

  test('what was read is not read again, what changed is, and pages lose nothing', async () => {
    const made: string[] = []
    for (let n = 0; n < 5; n++) made.push((await approvePayment(world.db, payment({ purpose: `第${n}笔` }))).id)
    const seen: string[] = []
    let cursor: string | null = null
    for (let page = 0; page < 4; page++) {
      const pull = await world.bridge.pull(cursor, 2)
      expect(pull.hasMore).toBe(page < 2)
      seen.push(...requests(pull).map(request => request.key.docNo))
      cursor = pull.cursor
    }
    expect(seen).toEqual(made)
    await world.db.execute('UPDATE Ap_CloseBill SET cPZID = ? WHERE iID = ?', ['AP0000000000001', made[2] ?? ''])
    const again = requests(await world.bridge.pull(cursor, 50))
    expect(again.map(request => [request.key.docNo, request.isBooked])).toEqual([[made[2], true]])
  })

  test('a cursor ahead of the database, as after a restore, starts from the beginning', async () => {
    const { id } = await approvePayment(world.db, payment())
    const pull = await world.bridge.pull('D1:999999999999:-1', 50)
    expect(requests(pull).map(request => request.key.docNo)).toEqual([id])
  })

  test('renumbering and vouching change nothing of what was asked; approving anew names a new asking', async () => {
    const { id } = await approvePayment(world.db, payment())
    const [first] = requests(await world.bridge.pull(null, 50))
    await world.db.execute(`UPDATE Ap_CloseBill SET cVouchID = '0000009999', cPZID = 'AP0000000000009' WHERE iID = ?`, [
      id,
    ])
    const [second] = requests(await world.bridge.pull(null, 50))
    expect(second).toMatchObject({ key: first?.key, digest: first?.digest, approval: first?.approval })
    await world.db.execute(`UPDATE Ap_CloseBill SET dverifysystime = '2026-03-28 11:00:00' WHERE iID = ?`, [id])
    const [third] = requests(await world.bridge.pull(null, 50))
    expect(third?.digest).toBe(first?.digest)
    expect(third?.approval).not.toBe(first?.approval)
    expect(await world.bridge.recheck?.(first ? [first] : [])).toEqual(['same'])
  })

  test.each([
    ['the amount', `UPDATE Ap_CloseBill SET iAmount = '1234.57'`, 'changed'],
    ['a line', `UPDATE Ap_CloseBills SET cKm = '1123'`, 'changed'],
    [
      "the supplier's account",
      `UPDATE VendorBank SET cAccountNum = '6222000011112222' WHERE cVenCode = 'V0001' AND bDefault = 1`,
      'changed',
    ],
    ['a bank mark that is not ours', `UPDATE Ap_CloseBill SET bToBank = 1`, 'changed'],
    ['the approval', `UPDATE Ap_CloseBill SET cCheckMan = NULL, dverifysystime = NULL`, 'withdrawn'],
  ])('before the send, a document that lost or changed %s is not sent', async (_what, change, expected) => {
    await approvePayment(world.db, payment())
    const taken = requests(await world.bridge.pull(null, 50))
    expect(await world.bridge.recheck?.(taken)).toEqual(['same'])
    await world.db.execute(change)
    expect(await world.bridge.recheck?.(taken)).toEqual([expected])
  })

  test('a deleted document is withdrawn, but an empty table is a fault and no mass delete', async () => {
    const { id } = await approvePayment(world.db, payment())
    await approvePayment(world.db, payment({ purpose: '另一笔' }))
    const taken = requests(await world.bridge.pull(null, 50))
    await world.db.execute('DELETE FROM Ap_CloseBill WHERE iID = ?', [id])
    expect(await world.bridge.recheck?.(taken)).toEqual(['withdrawn', 'same'])
    await world.db.execute('DELETE FROM Ap_CloseBill')
    await expect(world.bridge.recheck?.(taken)).rejects.toMatchObject({ code: 'U8_EMPTY' })
  })

  test('un-approving a document that was taken asks for its withdrawal, one that ended unpaid does not', async () => {
    const { id } = await approvePayment(world.db, payment())
    const first = await world.bridge.pull(null, 50)
    const [request] = requests(first)
    if (!request) throw new Error('nothing was taken')
    const status = (seq: number, word: 'ready' | 'failed') => ({
      ...({
        kind: 'payment.status',
        key: `k${seq}`,
        request,
        revision: 1,
        seq,
        status: word,
        statusText: '',
        cause: 'test',
      } as const),
      ...{ errorCode: '', bankReference: 'R1', bankSerial: '', settledAt: null, receiptNo: '', at: 0 },
    })
    expect(await world.bridge.push([status(1, 'ready')])).toEqual([{ kind: 'done', erpNumber: '' }])
    await world.db.execute('UPDATE Ap_CloseBill SET cCheckMan = NULL WHERE iID = ?', [id])
    const second = await world.bridge.pull(first.cursor, 50)
    expect(second.items).toEqual([{ kind: 'cancel', by: '样例会计', request: null, key: request.key }])
    await world.bridge.push([status(2, 'failed')])
    await world.db.execute('UPDATE Ap_CloseBill SET cDigest = ? WHERE iID = ?', ['更正', id])
    expect((await world.bridge.pull(second.cursor, 50)).items).toEqual([])
  })

  test('a mapping of the site decides purpose, urgency and kind of payee', async () => {
    const mapping = {
      payeeName: { column: 'Vendor.cVenName' },
      purpose: { template: '{Vendor.cVenAbbName} {cDigest}' },
      postscript: { constant: '' },
      businessType: { constant: 'expense' },
      urgency: { column: 'cDefine1' },
      batchNo: { column: 'cDefine2' },
    }
    const payeeKind = { default: 'C' as const, rules: [{ column: 'cDwCode', prefix: 'V0002', kind: 'P' as const }] }
    const bridge = world.open({ mapping, payeeKind })
    const { id } = await approvePayment(world.db, payment({ supplier: 'V0002' }))
    await world.db.execute(`UPDATE Ap_CloseBill SET cDefine1 = 'urgent' WHERE iID = ?`, [id])
    const [request] = requests(await bridge.pull(null, 50))
    expect(request).toMatchObject({
      purpose: '南屏包装 支付材料款',
      urgency: 'urgent',
      payeeKind: 'P',
      businessType: 'expense',
      postscript: '',
    })
  })

  test('a configured column that the account set lacks is a fault that names it', async () => {
    const bridge = world.open({ mapping: { ...bare, purpose: { column: 'cNowhere' } } })
    await expect(bridge.pull(null, 50)).rejects.toMatchObject({
      code: 'U8_SCHEMA',
      message: expect.stringContaining('cnowhere'),
    })
  })
})

const bare = {
  payeeName: { column: 'Vendor.cVenName' },
  postscript: { constant: '' },
  businessType: { constant: '' },
  urgency: { constant: '' },
  batchNo: { constant: '' },
}

describe('U8 documents of a long transaction', () => {
  let ground: Ground
  let world: World
  beforeAll(async () => {
    ground = await prepareGround('postgres')
    world = await ground.world()
  }, 60_000)
  afterAll(async () => {
    await world.close()
    await ground.stop()
  })

  test('a row that commits after later rows were read is still read', async () => {
    let release = (): void => undefined
    let entered = (): void => undefined
    const wait = new Promise<void>(resolve => (release = resolve))
    const isIn = new Promise<void>(resolve => (entered = resolve))
    const early: { id: string }[] = []
    const long = world.db.transaction(async tx => {
      early.push(await enterPayment('postgres', tx, payment({ purpose: '先写后提交' })))
      entered()
      await wait
    })
    await isIn
    const late = await approvePayment(world.db, payment({ purpose: '后写先提交' }))
    const first = await world.bridge.pull(null, 50)
    release()
    await long
    const second = await world.bridge.pull(first.cursor, 50)
    const read = [...requests(first), ...requests(second)].map(request => request.key.docNo)
    expect(read).toHaveLength(2)
    expect(new Set(read)).toEqual(new Set([early[0]?.id, late.id]))
    expect((await world.bridge.pull(second.cursor, 50)).items).toEqual([])
  })
})

describe.each(DIALECTS)('U8 vouchers as a source on %s', dialect => {
  let ground: Ground
  let world: World
  beforeAll(async () => void (ground = await prepareGround(dialect)), 60_000)
  afterAll(() => ground.stop())
  beforeEach(async () => void (world = await ground.world({ source: 'vouchers' })))
  afterEach(() => world.close())

  /** A reviewed payment voucher as U8's client leaves it: debit prepayment of a supplier, credit bank. */
  const voucher = async (
    number: number,
    change: { key?: string | null; check?: string; amount?: string; style?: string } = {},
  ) => {
    const { key = `GL${String(number).padStart(13, '0')}`, check = '王审核', amount = '500.00', style = '3' } = change
    for (const [inid, code, md, mc] of [
      [1, '1123', amount, '0'],
      [2, '100201', '0', amount],
    ] as const) {
      await world.db.execute(
        'INSERT INTO GL_accvouch (iyear, iperiod, csign, isignseq, ino_id, inid, dbill_date, cbill, ccheck, cdigest, ccode, ' +
          `csup_id, csettle, coutno_id, md, mc) VALUES (2026, 4, '付', 2, ?, ?, '2026-03-27', '样例会计', ?, '预付款', ?, ?, ?, ?, '${md}', '${mc}')`,
        [number, inid, check, code, inid === 1 ? 'V0001' : null, inid === 2 ? style : null, key],
      )
    }
  }

  test('a reviewed payment voucher of one supplier is a request that is booked already', async () => {
    await voucher(1)
    const pull = await world.bridge.pull(null, 50)
    expect(requests(pull)).toMatchObject([
      {
        key: {
          sourceSystem: 'U8',
          accountSet: '001',
          docType: 'GL',
          docNo: 'GL0000000000001',
          docLine: 1,
          revision: null,
        },
        payerAccount: '1202020000000000001',
        payeeAccount: '1202021900099990011',
        payeeName: '东湖样例机械有限公司',
        postscript: '付-0001',
        partner: 'V0001',
        approval: '王审核',
        isBooked: true,
      },
    ])
    expect(requests(pull)[0]?.amount).toMatch(/^500\.00(00)?$/)
    expect((await world.bridge.pull(pull.cursor, 50)).items).toEqual([])
  })

  test('unreviewed vouchers, vouchers without their own key, cash vouchers and our own entries are not payments', async () => {
    await voucher(1, { check: '' })
    await voucher(2, { key: null })
    await voucher(3, { style: '1' })
    await book(world.bridge, feeEntry())
    await world.db.execute(`UPDATE GL_accvouch SET ccheck = '王审核', csup_id = 'V0001' WHERE coutno_id LIKE 'YQ%'`)
    expect((await world.bridge.pull(null, 50)).items).toEqual([])
  })

  test('pages of one period lose nothing and an edited voucher comes again', async () => {
    for (let n = 1; n <= 5; n++) await voucher(n)
    const seen: string[] = []
    let cursor: string | null = null
    for (let page = 0; page < 4; page++) {
      const pull = await world.bridge.pull(cursor, 2)
      seen.push(...requests(pull).map(request => request.key.docNo))
      cursor = pull.cursor
    }
    expect(seen).toEqual([1, 2, 3, 4, 5].map(n => `GL000000000000${n}`))
    await world.db.execute(`UPDATE GL_accvouch SET cdigest = '改了摘要' WHERE ino_id = 3`)
    const again = requests(await world.bridge.pull(cursor, 50))
    expect(again.map(request => request.key.docNo)).toContain('GL0000000000003')
  })

  test('before the send, renumbering changes nothing, an edit does, and a voided or deleted voucher is withdrawn', async () => {
    for (let n = 1; n <= 4; n++) await voucher(n)
    const taken = requests(await world.bridge.pull(null, 50))
    await world.db.execute('UPDATE GL_accvouch SET ino_id = 77 WHERE ino_id = 1')
    await world.db.execute(`UPDATE GL_accvouch SET csup_id = 'V0002' WHERE ino_id = 2 AND inid = 1`)
    await world.db.execute('UPDATE GL_accvouch SET iflag = 1 WHERE ino_id = 3')
    await world.db.execute('DELETE FROM GL_accvouch WHERE ino_id = 4')
    expect(await world.bridge.recheck?.(taken)).toEqual(['same', 'changed', 'withdrawn', 'withdrawn'])
  })
})
