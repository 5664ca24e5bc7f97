// Statements and balances of BOC: every row exactly once whatever the page size and whichever count is the total, and a
// row that lacks something is named, never completed.

import type { StatementLine } from '../../connector/ports'
import type { BocConfig } from '../../bank-gateways/boc/config'
import {
  afterSignIn,
  CLOSE,
  answerTo,
  clockAt,
  fatal,
  gatewayOf,
  MORNING_MS,
  NEVER,
  settings,
  startFrontEnd,
  status,
  type FrontEnd,
  type MovableClock,
  type Response,
  type Seen,
} from './boc-front-end'

const ACCOUNT = '300000000001'
const DAY_MS = 86_400_000

let frontEnd: FrontEnd | null = null
afterEach(async () => {
  await frontEnd?.close()
  frontEnd = null
})

type Booked = { readonly id: string; readonly day: string }

function row({ id, day }: Booked, over: Readonly<Record<string, string>> = {}): string {
  const fields = {
    transid: id,
    txndate: day.replaceAll('-', ''),
    txntime: '101112',
    txnamt: '1.00',
    trncur: '001',
    direction: '1',
    ...over,
  }
  const inner = Object.entries(fields).map(([name, text]) => `<${name}>${text}</${name}>`)
  return `<b2e0035-rs>${status('B001')}${inner.join('')}</b2e0035-rs>`
}

type Book = {
  readonly rows: readonly Booked[]
  /** How the bank counts: which element holds the total, or neither. */
  readonly total: 'totalnum' | 'notenum' | 'none'
  /** Whether pages with more behind them say B002. */
  readonly saysB002: boolean
  readonly today: string
}

/** The bank's side of paging: rows of the range by position, as banks/boc §8 has it. */
function pages(book: Book): (seen: Seen) => Response {
  return seen => {
    const one = (name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(seen.text)?.[1] ?? ''
    const [from, to] = [one('from'), one('to')]
    const isToday = one('type') === '2001'
    const found = book.rows.filter(({ day }) => {
      const digits = day.replaceAll('-', '')
      return digits >= from && digits <= to && (day === book.today) === isToday
    })
    const [begin, count] = [Number(one('begnum')), Number(one('recnum'))]
    const page = found.slice(begin - 1, begin - 1 + count)
    const more = begin - 1 + page.length < found.length
    if (page.length === 0) return answerTo(seen, status('B003', '无记录'))
    const counts = {
      totalnum: `<totalnum>${found.length}</totalnum><notenum>${page.length}</notenum>`,
      notenum: `<totalnum>${page.length}</totalnum><notenum>${found.length}</notenum>`,
      none: '',
    }
    const head = status(more && book.saysB002 ? 'B002' : 'B001') + counts[book.total]
    return answerTo(seen, head + page.map(entry => row(entry)).join(''))
  }
}

function booked(day: string, count: number): readonly Booked[] {
  return Array.from({ length: count }, (_, index) => ({ id: `${day}-${index + 1}`, day }))
}

/** Reads a range to its end, with a gateway of its own for every page: a cursor must do for another process. */
async function readAll(
  config: BocConfig,
  range: { from: string; to: string },
  clock: MovableClock = clockAt(MORNING_MS),
): Promise<readonly StatementLine[]> {
  const lines: StatementLine[] = []
  let after: string | null = null
  for (let calls = 0; calls < 400; calls++) {
    const page = await gatewayOf(config, clock).statement(ACCOUNT, range, after, NEVER)
    lines.push(...page.items)
    if (page.next === null) return lines
    after = page.next
  }
  throw new Error('no end')
}

function asked(): readonly (readonly string[])[] {
  const one = (seen: Seen, name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(seen.text)?.[1] ?? ''
  return (frontEnd?.seen ?? [])
    .filter(seen => seen.trncod === 'b2e0035')
    .map(seen => ['type', 'from', 'to', 'begnum', 'recnum'].map(name => one(seen, name)))
}

describe('every row comes exactly once', () => {
  const rows = [
    ...booked('2026-01-30', 3),
    ...booked('2026-02-10', 41),
    ...booked('2026-02-28', 20),
    ...booked('2026-03-01', 12),
  ]
  const cases = [1, 10, 50].flatMap(size =>
    (['totalnum', 'notenum', 'none'] as const).flatMap(total =>
      [true, false].filter(saysB002 => saysB002 || total !== 'none').map(saysB002 => ({ size, total, saysB002 })),
    ),
  )
  test.each(cases)(
    'with pages of $size, the total in $total, B002 for more: $saysB002',
    async ({ size, total, saysB002 }) => {
      frontEnd = await startFrontEnd(afterSignIn(pages({ rows, total, saysB002, today: '2026-03-01' })))
      const config = settings(frontEnd.url, { statementPageSize: size })
      const lines = await readAll(config, { from: '2026-01-15', to: '2026-03-01' })
      expect(lines.map(line => line.bankId)).toEqual(rows.map(({ id }) => id))
    },
  )

  test('with the total named by the site, which ends the paging without a question too many', async () => {
    frontEnd = await startFrontEnd(
      afterSignIn(pages({ rows: booked('2026-02-10', 20), total: 'notenum', saysB002: true, today: '2026-03-01' })),
    )
    const config = settings(frontEnd.url, { statementPageSize: 10, statementTotal: 'notenum' })
    expect(await readAll(config, { from: '2026-02-10', to: '2026-02-10' })).toHaveLength(20)
    expect(asked()).toEqual([
      ['2002', '20260210', '20260210', '1', '10'],
      ['2002', '20260210', '20260210', '11', '10'],
    ])
  })
})

test('a range is asked for by month, today apart, and a small page size has two digits', async () => {
  frontEnd = await startFrontEnd(afterSignIn(seen => answerTo(seen, status('B003'))))
  const config = settings(frontEnd.url, { statementPageSize: 5 })
  expect(await readAll(config, { from: '2025-12-31', to: '2026-03-05' }, clockAt(MORNING_MS + DAY_MS))).toEqual([])
  expect(asked()).toEqual([
    ['2002', '20251231', '20251231', '1', '05'],
    ['2002', '20260101', '20260131', '1', '05'],
    ['2002', '20260201', '20260228', '1', '05'],
    ['2002', '20260301', '20260301', '1', '05'],
    ['2001', '20260302', '20260302', '1', '05'],
  ])
})

test('days that have not come are not asked for', async () => {
  frontEnd = await startFrontEnd(afterSignIn(seen => answerTo(seen, status('B003'))))
  expect(await readAll(settings(frontEnd.url), { from: '2026-03-02', to: '2026-03-09' })).toEqual([])
  expect(frontEnd.seen).toEqual([])
})

test('a year back is asked for; a day more is refused by name', async () => {
  frontEnd = await startFrontEnd(afterSignIn(seen => answerTo(seen, status('B003'))))
  const gateway = gatewayOf(settings(frontEnd.url))
  const page = await gateway.statement(ACCOUNT, { from: '2025-03-01', to: '2025-03-01' }, null, NEVER)
  expect(page).toEqual({ items: [], next: null })
  for (const range of [
    { from: '2025-02-28', to: '2025-03-01' },
    { from: '2026-02-02', to: '2026-02-01' },
    { from: '2026-02-30', to: '2026-03-01' },
    { from: '20260201', to: '20260202' },
  ])
    await expect(gateway.statement(ACCOUNT, range, null, NEVER)).rejects.toMatchObject({ code: 'boc.range' })
})

test('midnight between two pages turns today into history, read from its start', async () => {
  const book = { rows: booked('2026-03-01', 3), total: 'none', saysB002: true } as const
  let today = '2026-03-01'
  frontEnd = await startFrontEnd(afterSignIn(seen => pages({ ...book, today })(seen)))
  const config = settings(frontEnd.url, { statementPageSize: 2 })
  const clock = clockAt(MORNING_MS)
  const range = { from: '2026-03-01', to: '2026-03-01' }
  const first = await gatewayOf(config, clock).statement(ACCOUNT, range, null, NEVER)
  today = '2026-03-02'
  clock.nowMs += DAY_MS
  const second = await gatewayOf(config, clock).statement(ACCOUNT, range, first.next, NEVER)
  const third = await gatewayOf(config, clock).statement(ACCOUNT, range, second.next, NEVER)
  expect([second, third].flatMap(page => page.items.map(line => line.bankId))).toEqual(book.rows.map(({ id }) => id))
  expect(third.next).toBeNull()
})

test('rows of another day in an answer about today belong to that day', async () => {
  frontEnd = await startFrontEnd(
    afterSignIn(seen =>
      answerTo(seen, status('B001') + row({ id: 'A', day: '2026-02-28' }) + row({ id: 'B', day: '2026-03-01' })),
    ),
  )
  const lines = await readAll(settings(frontEnd.url), { from: '2026-03-01', to: '2026-03-01' })
  expect(lines.map(line => line.bankId)).toEqual(['B'])
})

test.each([
  [''],
  ['2002:2026-02-01:2026-02-28'],
  ['2002:2026-02-01:2026-02-28:0'],
  ['2003:2026-02-01:2026-02-28:1'],
  ['2002:2026-01-01:2026-02-28:1'],
  ['2002:2026-02-01:2026-03-31:1'],
  ['2002:2026-02-28:2026-02-01:1'],
])('the cursor %p is not one of this range', async after => {
  frontEnd = await startFrontEnd(() => CLOSE)
  const range = { from: '2026-02-01', to: '2026-02-28' }
  await expect(gatewayOf(settings(frontEnd.url)).statement(ACCOUNT, range, after, NEVER)).rejects.toMatchObject({
    code: 'boc.cursor',
  })
  expect(frontEnd.seen).toEqual([])
})

describe('a row', () => {
  const range = { from: '2026-02-28', to: '2026-02-28' }
  async function read(over: Readonly<Record<string, string>>, settingsOver = {}): Promise<readonly StatementLine[]> {
    frontEnd = await startFrontEnd(
      afterSignIn(seen => answerTo(seen, status('B001') + row({ id: 'A', day: '2026-02-28' }, over))),
    )
    return readAll(settings(frontEnd.url, settingsOver), range)
  }

  test.each([
    ['no amount', { txnamt: '' }, 'txnamt is missing'],
    ['an amount with separators', { txnamt: '1,234.00' }, 'txnamt not-a-number'],
    ['more decimals than the currency has', { txnamt: '1.005' }, 'txnamt too-many-decimals'],
    ['no direction', { direction: '' }, 'direction ""'],
    ['an unlisted direction', { direction: '3' }, 'direction "3"'],
    ['no currency', { trncur: '' }, 'trncur'],
    ['an unlisted currency', { trncur: '099' }, 'trncur'],
    ['no day', { txndate: '' }, 'txndate ""'],
    ['no calendar day', { txndate: '20260230' }, 'txndate "20260230"'],
    ['a balance that is no amount', { acctbal: 'N/A' }, 'acctbal not-a-number'],
  ])('with %s is refused by name', async (_, over, what) => {
    await expect(read({ vchnum: '123456789001', ...over })).rejects.toMatchObject({
      name: 'Fault',
      code: 'boc.row',
      message: expect.stringContaining(`3000****0001 #1 transid=A vchnum=123456789001: ${what}`),
    })
  })

  test.each([
    ['012', 'GBP', '1.50', 150n],
    ['013', 'HKD', '1.50', 150n],
    ['014', 'USD', '1.50', 150n],
    ['015', 'CHF', '1.50', 150n],
    ['018', 'SGD', '1.50', 150n],
    ['027', 'JPY', '150.00', 150n],
    ['028', 'CAD', '1.50', 150n],
    ['029', 'AUD', '1.50', 150n],
    ['038', 'EUR', '1.50', 150n],
    ['001', 'CNY', '1.50', 150n],
    ['CNY', 'CNY', '1.50', 150n],
  ])('in currency %s is %s', async (trncur, currency, txnamt, minor) => {
    expect((await read({ trncur, txnamt }))[0]?.amount).toEqual({ minor, currency })
  })

  test("without a currency takes the account's own where the site has named it", async () => {
    const accounts = { [ACCOUNT]: { ibknum: '40142', currency: 'USD' } }
    expect((await read({ trncur: '' }, { accounts }))[0]?.amount).toEqual({ minor: 100n, currency: 'USD' })
    await frontEnd?.close()
    await expect(read({ trncur: '099' }, { accounts })).rejects.toMatchObject({ code: 'boc.row' })
  })

  test('that takes money out is negative, and one with a minus sign turns round', async () => {
    expect((await read({ direction: '2', txnamt: '0.01' }))[0]?.amount.minor).toBe(-1n)
    await frontEnd?.close()
    expect((await read({ direction: '2', txnamt: '-0.01' }))[0]?.amount.minor).toBe(1n)
  })

  test('is a reversal by the words of the bank, or on money coming in by any words', async () => {
    const found: unknown[] = []
    for (const over of [
      { bustype: '冲正', direction: '2' },
      { transtype: '退汇', direction: '1' },
      { furinfo: '跨行退票', direction: '1' },
      { interinfo: 'F:退汇 账号不符//A:来账', direction: '1' },
      { furinfo: '退票款重付', direction: '2' },
      { furinfo: '货款', direction: '1' },
    ]) {
      found.push((await read(over))[0]?.isReversal)
      await frontEnd?.close()
    }
    expect(found).toEqual([true, true, true, true, false, false])
  })

  test('that says of itself that there is none is none, and one with an error is refused by name', async () => {
    const empty = `<b2e0035-rs>${status('B003', '无记录')}</b2e0035-rs>`
    frontEnd = await startFrontEnd(afterSignIn(seen => answerTo(seen, status('B001') + empty)))
    expect(await readAll(settings(frontEnd.url), range)).toEqual([])
    await frontEnd.close()
    const failed = row({ id: 'A', day: '2026-02-28' }).replace('B001', 'B999')
    frontEnd = await startFrontEnd(afterSignIn(seen => answerTo(seen, status('B001') + failed)))
    await expect(readAll(settings(frontEnd.url), range)).rejects.toMatchObject({ code: 'boc.row' })
  })

  test('names as the other side the one that is not the account, whichever element holds it', async () => {
    const us = `<actacn>${ACCOUNT}</actacn>`
    const sides = async (inner: string): Promise<unknown> => {
      frontEnd = await startFrontEnd(
        afterSignIn(seen =>
          answerTo(
            seen,
            status('B001') + row({ id: 'A', day: '2026-02-28' }).replace('<transid>', `${inner}<transid>`),
          ),
        ),
      )
      const [line] = await readAll(settings(frontEnd.url), range)
      await frontEnd.close()
      return [line?.counterAccount, line?.counterName, line?.counterBank]
    }
    const them = '<actacn>999</actacn><acntname>乙</acntname><ibkname>乙行</ibkname>'
    const themTo = '<actacn>999</actacn><toname>乙</toname><tobank>乙行</tobank>'
    expect(await sides(`<fractn>${them}</fractn><toactn>${us}</toactn>`)).toEqual(['999', '乙', '乙行'])
    expect(await sides(`<fractn>${us}</fractn><toactn>${themTo}</toactn>`)).toEqual(['999', '乙', '乙行'])
    expect(await sides(`<mactacn>999</mactacn><mactname>乙</mactname>`)).toEqual(['999', '乙', ''])
    expect(await sides(`<mactacn>${ACCOUNT}</mactacn><mactname>甲</mactname>`)).toEqual(['', '', ''])
  })
})

describe('a failed question', () => {
  const range = { from: '2026-02-28', to: '2026-02-28' }
  test.each([
    ['B077', (seen: Seen) => answerTo(seen, status('B077'))],
    ['B107', (seen: Seen) => fatal(seen, 'B107')],
    ['B999', (seen: Seen) => answerTo(seen, status('B999', '(X.1)'))],
    ['B998', (seen: Seen) => fatal(seen, 'B998')],
    ['B003', (seen: Seen) => fatal(seen, 'B003')],
    ['boc.no_answer', (): Response => CLOSE],
  ])('is a fault with the code %s, never an empty statement or a balance', async (code, respond) => {
    frontEnd = await startFrontEnd(afterSignIn(respond))
    const gateway = gatewayOf(settings(frontEnd.url))
    await expect(gateway.statement(ACCOUNT, range, null, NEVER)).rejects.toMatchObject({ name: 'Fault', code })
    await expect(gateway.balance(ACCOUNT, NEVER)).rejects.toMatchObject({ name: 'Fault', code })
  })

  test('about an account that is not configured is not asked', async () => {
    frontEnd = await startFrontEnd(() => CLOSE)
    const gateway = gatewayOf(settings(frontEnd.url))
    await expect(gateway.statement('1', range, null, NEVER)).rejects.toMatchObject({ code: 'boc.unknown_account' })
    await expect(gateway.balance('constructor', NEVER)).rejects.toMatchObject({ code: 'boc.unknown_account' })
    expect(frontEnd.seen).toEqual([])
  })
})

describe('a balance', () => {
  async function balance(fields: string, code = 'B001', account = ACCOUNT): Promise<unknown> {
    frontEnd = await startFrontEnd(
      afterSignIn(seen =>
        answerTo(
          seen,
          `${status('B001')}<b2e0005-rs>${status(code, 'words')}<account><actacn>${account}</actacn><curcde>001</curcde>` +
            `</account>${fields}</b2e0005-rs>`,
        ),
      ),
    )
    return gatewayOf(settings(frontEnd.url)).balance(ACCOUNT, NEVER)
  }

  test('that is overdrawn is negative, and what the bank leaves out stays unknown', async () => {
    expect(await balance('<balance><bokbal>-0.05</bokbal></balance><baldat>20260228</baldat>')).toEqual({
      account: ACCOUNT,
      asOf: '2026-02-28',
      current: { minor: -5n, currency: 'CNY' },
      available: null,
      frozen: null,
      previousDay: null,
    })
  })

  test.each([
    ['no book balance', '<balance><avabal>1.00</avabal></balance>', 'B001', ACCOUNT, 'boc.row'],
    [
      'an amount that is none',
      '<balance><bokbal>1.00</bokbal><avabal>x</avabal></balance>',
      'B001',
      ACCOUNT,
      'boc.row',
    ],
    ['a day that is none', '<balance><bokbal>1.00</bokbal></balance><baldat>2026</baldat>', 'B001', ACCOUNT, 'boc.row'],
    ['an item error', '<balance><bokbal>1.00</bokbal></balance>', 'B998', ACCOUNT, 'B998'],
    ['another account', '<balance><bokbal>1.00</bokbal></balance>', 'B001', '300000000002', 'boc.missing_item'],
  ])('with %s is a fault', async (_, fields, code, account, fault) => {
    await expect(balance(fields, code, account)).rejects.toMatchObject({ name: 'Fault', code: fault })
  })
})
