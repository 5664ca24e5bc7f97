// Paging yields every row exactly once: for page sizes 1, 10 and the bank's most, and also when rows arrive between pages.

import type { SimulatorOptions } from '../../bank-gateways/simulator/options'
import type { Simulator } from '../../bank-gateways/simulator/simulator'
import {
  all,
  Boc,
  BOC_PAYER,
  CERT_ID,
  CIS,
  codesOf,
  CUSOPR,
  CUSTID,
  first,
  Icbc,
  ICBC_PAYER,
  MORNING,
  MovableClock,
  PASSWORD,
  post,
  startWorld,
} from './simulator-kit'

/** Rows on today and on four days of the month before, some of them identical twins. */
const DATES = ['2026-02-03', '2026-02-03', '2026-02-10', '2026-02-17', '2026-03-02']
const ROWS_A_DATE = 11
const history = DATES.flatMap(date =>
  Array.from({ length: ROWS_A_DATE }, (_, index) => ({
    date,
    time: '08:00:00',
    type: 'deposit' as const,
    amount: index < 3 ? '1.00' : `${index}.00`,
    text: '货款',
  })),
)
const TODAYS = ROWS_A_DATE
const FEBRUARYS = 4 * ROWS_A_DATE

let clock: MovableClock
let simulator: Simulator

async function start(protocol: { icbc?: object; boc?: object }): Promise<void> {
  clock = new MovableClock(MORNING)
  const accounts: SimulatorOptions['accounts'] = [
    { bank: 'icbc', account: ICBC_PAYER, name: '甲公司', history },
    { bank: 'boc', account: BOC_PAYER, name: '甲公司', history },
  ]
  simulator = await startWorld(clock, {
    accounts,
    banks: {
      icbc: { customers: [{ cis: CIS, certId: CERT_ID }], protocol: protocol.icbc ?? {} },
      boc: { customers: [{ custid: CUSTID, cusopr: CUSOPR, password: PASSWORD }], protocol: protocol.boc ?? {} },
    },
  })
}

afterEach(async () => {
  expect(simulator.problems()).toEqual([])
  await simulator.close()
})

/** A customer pays in while we page; the row is newer than all that were asked for. */
async function rowArrives(bank: string, account: string): Promise<void> {
  clock.move(1000)
  await post(
    `${simulator.urls['admin']}/deposits`,
    JSON.stringify({ bank, account, amount: '9.99' }),
    'application/json',
  )
}

/** All pages of a detail query: rows by id, and the page sizes seen. */
async function icbcPages(transCode: string, inside: string, rowId: string, isBusy: boolean) {
  const icbc = new Icbc(simulator, clock)
  const [ids, sizes]: [string[], number[]] = [[], []]
  for (let tag: string | undefined = ''; ;) {
    const answer: string = await icbc.query(transCode, `<AccNo>${ICBC_PAYER}</AccNo>${inside}<NextTag>${tag}</NextTag>`)
    const rows = all(answer, 'rd')
    ids.push(...rows.map(row => first(row, rowId) ?? ''))
    sizes.push(rows.length)
    expect(first(answer, 'TotalNum')).toBe(String(rows.length))
    tag = first(answer, 'NextTag')
    if (tag === '' || tag === undefined) return { ids, sizes }
    if (isBusy) await rowArrives('icbc', ICBC_PAYER)
    if (sizes.length > 200) throw new Error('paging does not end')
  }
}

describe.each([1, 10, 57])('ICBC, page size %i', size => {
  beforeEach(() => start({ icbc: { pageSizesNew: [size] } }))

  test.each([false, true])('QPD gives every row of today once, newest first (rows arriving: %s)', async isBusy => {
    const { ids, sizes } = await icbcPages('QPD', '', 'TimeStamp', isBusy)
    expect(ids).toHaveLength(TODAYS)
    expect(new Set(ids).size).toBe(TODAYS)
    expect(ids).toEqual(ids.toSorted().toReversed())
    expect(Math.max(...sizes)).toBe(Math.min(size, TODAYS))
  })

  test.each([
    ['ascending', '<DesByTime>0</DesByTime>'],
    ['newest first', '<DesByTime>1</DesByTime>'],
    ['today newest first, then history ascending', ''],
  ])('QHISD gives every row once, %s', async (_, order) => {
    const inside = `<BeginDate>20260201</BeginDate><EndDate>20260302</EndDate><MinAmt>0</MinAmt><MaxAmt>0</MaxAmt>${order}`
    const { ids } = await icbcPages('QHISD', inside, 'OnlySequence', false)
    expect(new Set(ids).size).toBe(FEBRUARYS + TODAYS)
    expect(ids).toHaveLength(FEBRUARYS + TODAYS)
    const isToday = ids.map(id => id.startsWith('20260302'))
    if (order.includes('0')) expect(ids).toEqual(ids.toSorted())
    if (order.includes('1')) expect(ids).toEqual(ids.toSorted().toReversed())
    if (order === '') expect(isToday.lastIndexOf(true)).toBe(TODAYS - 1)
  })

  test('QHISD of closed days is not disturbed by rows arriving', async () => {
    const inside = '<BeginDate>20260201</BeginDate><EndDate>20260228</EndDate><MinAmt>0</MinAmt><MaxAmt>0</MaxAmt>'
    const { ids } = await icbcPages('QHISD', inside, 'OnlySequence', true)
    expect([ids.length, new Set(ids).size]).toEqual([FEBRUARYS, FEBRUARYS])
  })
})

test('ICBC page sizes change from page to page when several are set', async () => {
  await start({ icbc: { pageSizesNew: [3, 1, 4] } })
  expect((await icbcPages('QPD', '', 'TimeStamp', false)).sizes).toEqual([3, 1, 4, 3])
})

test('amounts narrow a detail query', async () => {
  await start({})
  const { ids } = await icbcPages('QPD', '<MinAmt>100</MinAmt><MaxAmt>300</MaxAmt>', 'TimeStamp', false)
  expect(ids).toHaveLength(4)
})

async function bocPages(fields: Record<string, string>, isBusy: boolean) {
  const boc = new Boc(simulator)
  await boc.signIn()
  const [ids, sizes]: [string[], number[]] = [[], []]
  for (let begnum = 1; ;) {
    const answer = await boc.statement({ ...fields, begnum: String(begnum) })
    const rows = all(answer, 'transid')
    ids.push(...rows)
    sizes.push(rows.length)
    begnum += rows.length
    if (codesOf(answer)[0] !== 'B002') return { ids, sizes, last: codesOf(answer)[0] }
    if (isBusy) await rowArrives('boc', BOC_PAYER)
    if (sizes.length > 300) throw new Error('paging does not end')
  }
}

describe.each([1, 10, 50])('BOC, recnum %i', size => {
  beforeEach(() => start({}))

  test.each([
    ['a month of history', { type: '2002', from: '20260201', to: '20260228' }, FEBRUARYS],
    ['today', { type: '2001' }, TODAYS],
  ])('%s: every row once, then B001', async (_, fields, count) => {
    const { ids, sizes, last } = await bocPages({ ...fields, recnum: String(size) }, false)
    expect([ids.length, new Set(ids).size, last]).toEqual([count, count, 'B001'])
    expect(sizes.length).toBe(Math.ceil(count / size))
  })

  test('today, while rows arrive: those asked for come once each, and the new ones after them', async () => {
    const before = (await bocPages({ type: '2001', recnum: '50' }, false)).ids
    const slow = { type: '2001', recnum: String(Math.max(size, 2)) }
    const { ids } = await bocPages(slow, true)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.slice(0, before.length)).toEqual(before)
  })
})

test('newest first at BOC, rows arriving shift the pages: after de-duplication every row is there', async () => {
  await start({ boc: { statementOrder: 'descending' } })
  const before = (await bocPages({ type: '2001', recnum: '50' }, false)).ids
  const { ids } = await bocPages({ type: '2001', recnum: '5' }, true)
  expect(ids.length).toBeGreaterThan(new Set(ids).size)
  for (const id of before) expect(ids).toContain(id)
})

test('BOC never gives more rows than its own most', async () => {
  await start({ boc: { pageMax: 7 } })
  const { ids, sizes } = await bocPages({ type: '2002', from: '20260201', to: '20260228', recnum: '50' }, false)
  expect([new Set(ids).size, Math.max(...sizes)]).toEqual([FEBRUARYS, 7])
})
