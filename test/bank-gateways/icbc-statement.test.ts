import { gzipSync } from 'node:zlib'
import { createIcbcGateway } from '../../bank-gateways/icbc/gateway'
import type { DateRange, StatementLine } from '../../connector/ports'
import {
  ACCOUNT,
  AT,
  type FakeNc,
  balanceReply,
  configFor,
  envelope,
  fakeNc,
  never,
  rd,
  reply,
  world,
} from './icbc-fake-nc'

let nc: FakeNc
let bank: { queryTime: string; pageRows: number; today: Row[]; history: Row[]; onPage: () => void }
beforeEach(async () => {
  nc = await fakeNc()
  bank = { queryTime: '20260301093000', pageRows: 10, today: [], history: [], onPage: () => {} }
  nc.on(
    'QACCBAL',
    reply(({ fSeqno }) => balanceReply(fSeqno, bank.queryTime)),
  )
  nc.on(
    'QPD',
    reply(({ fSeqno, xml }) => today(fSeqno, xml)),
  )
  nc.on(
    'QHISD',
    reply(({ fSeqno, xml }) => history(fSeqno, xml)),
  )
})
afterEach(() => nc.close())

/** A row of the bank's books: its stamp is unique, and its id is said by the new interface only. */
type Row = { stamp: string; id: string; fen: number }
const row = (stamp: string, id = stamp): Row => ({ stamp, id, fen: 100 })

/** `count` rows of a day, one a second from 08:00. */
const rows = (day: string, count: number): Row[] =>
  Array.from({ length: count }, (_, n) => {
    const at = new Date(Date.UTC(2026, 0, 1, 8, 0, n)).toISOString().slice(11, 19).replaceAll(':', '.')
    return row(`${day}-${at}.000000`, `${day}#${n}`)
  })

const valueOf = (xml: string, name: string): string => new RegExp(`<${name}>([^<]*)<`).exec(xml)?.[1] ?? ''

/** Newest first; NextTag is the stamp of the page's last row while older ones remain (banks/icbc §9). */
function today(fSeqno: string, xml: string): string {
  const tag = valueOf(xml, 'NextTag')
  const due = bank.today.filter(each => tag === '' || each.stamp < tag).toSorted((a, b) => (a.stamp < b.stamp ? 1 : -1))
  const page = due.slice(0, bank.pageRows)
  bank.onPage()
  const nextTag = due.length > page.length ? (page.at(-1)?.stamp ?? '') : ''
  const details = page.map(each =>
    rd({ Drcrf: '1', Amount: String(each.fen), TimeStamp: each.stamp, OnlySequence: each.id }),
  )
  return envelope(
    'QPD',
    fSeqno,
    `<AccNo>${ACCOUNT}</AccNo><CurrType>001</CurrType><NextTag>${nextTag}</NextTag><TotalNum>${page.length}</TotalNum>${details.join('')}`,
  )
}

/** Ascending, paged by the number of the last row: the tag of history is the bank's own affair. */
function history(fSeqno: string, xml: string): string {
  const [from, to] = [valueOf(xml, 'BeginDate'), valueOf(xml, 'EndDate')]
  const dateOf = (each: Row): string => each.stamp.slice(0, 10).replaceAll('-', '')
  const all = bank.history.filter(each => dateOf(each) >= from && dateOf(each) <= to)
  const start = Number(valueOf(xml, 'NextTag') || '0')
  const page = all.slice(start, start + bank.pageRows)
  const nextTag = start + page.length < all.length ? String(start + page.length) : ''
  const details = page.map(each =>
    rd({
      Drcrf: '1',
      DebitAmount: String(each.fen),
      CreditAmount: '',
      Balance: '0',
      Date: dateOf(each),
      Time: each.stamp,
      OnlySequence: each.id,
    }),
  )
  return envelope('QHISD', fSeqno, `<AccNo>${ACCOUNT}</AccNo><NextTag>${nextTag}</NextTag>${details.join('')}`)
}

/** Every page from a gateway that never saw the one before: all there is to resume by is `next`. */
async function walk(range: DateRange, changes: Record<string, unknown> = {}): Promise<StatementLine[]> {
  const { deps } = world()
  const lines: StatementLine[] = []
  let after: string | null = null
  for (let page = 0; page < 100; page++) {
    const gateway = createIcbcGateway(configFor(nc, changes), deps)
    const answer = await gateway.statement(ACCOUNT, range, after, never)
    lines.push(...answer.items)
    after = answer.next
    if (after === null) return lines
  }
  throw new Error('the walk did not end')
}
const ids = (lines: readonly StatementLine[]): string[] => lines.map(line => line.bankId ?? 'none').toSorted()
const idsOf = (...books: readonly Row[][]): string[] =>
  books
    .flat()
    .map(each => each.id)
    .toSorted()
const asked = (code: string): number => nc.sent.filter(({ xml }) => valueOf(xml, 'TransCode') === code).length

test.each([1, 10, 57])(
  'history and today together, %d rows a page and a new process for every page, are each line once',
  async pageRows => {
    bank.pageRows = pageRows
    bank.history = [...rows('2026-02-27', 12), ...rows('2026-02-28', 23)]
    bank.today = rows('2026-03-01', 25)
    const lines = await walk({ from: '2026-02-27', to: '2026-03-01' })
    expect(ids(lines)).toEqual(idsOf(bank.history, bank.today))
  },
)

test("rows of the day before that today's detail still holds come once, also when history has them too", async () => {
  const late = rows('2026-02-28', 14)
  bank.today = [...late, ...rows('2026-03-01', 3)]
  bank.history = [...rows('2026-02-27', 2), ...late]
  const lines = await walk({ from: '2026-02-27', to: '2026-03-01' })
  expect(ids(lines)).toEqual(idsOf(bank.history, rows('2026-03-01', 3)))
})

test("a range that ended yesterday also takes yesterday's rows that only today's detail holds", async () => {
  bank.today = [...rows('2026-02-28', 2), ...rows('2026-03-01', 3)]
  bank.history = rows('2026-02-27', 2)
  const lines = await walk({ from: '2026-02-27', to: '2026-02-28' })
  expect(ids(lines)).toEqual(idsOf(rows('2026-02-28', 2), bank.history))
})

test('rows of another day than the range are left out by their own stamp, whatever the clocks say', async () => {
  bank.today = [...rows('2026-02-28', 2), ...rows('2026-03-01', 3)]
  const lines = await walk({ from: '2026-03-01', to: '2026-03-05' })
  expect(ids(lines)).toEqual(idsOf(rows('2026-03-01', 3)))
  expect(asked('QHISD')).toBe(0)
})

test("today is the bank's: where its day is behind ours, the day before ours is today's detail", async () => {
  bank.queryTime = '20260228235900'
  bank.today = rows('2026-02-28', 3)
  bank.history = rows('2026-02-27', 1)
  const lines = await walk({ from: '2026-02-27', to: '2026-02-28' })
  expect(ids(lines)).toEqual(idsOf(bank.history, bank.today))
  expect(nc.sent.some(({ xml }) => xml.includes('<EndDate>20260228<'))).toBe(false)
})

test('an older range asks history alone', async () => {
  bank.history = rows('2026-02-10', 3)
  expect(ids(await walk({ from: '2026-02-01', to: '2026-02-27' }))).toEqual(idsOf(bank.history))
  expect(asked('QPD')).toBe(0)
})

test('rows that arrive between two pages neither repeat nor displace others', async () => {
  bank.today = rows('2026-03-01', 30)
  const before = [...bank.today]
  let pages = 0
  bank.onPage = () => {
    bank.today.push(row(`2026-03-01-09.00.${String(++pages).padStart(2, '0')}.000000`, `late#${pages}`))
  }
  const lines = await walk({ from: '2026-03-01', to: '2026-03-01' })
  expect(ids(lines)).toEqual(idsOf(before))
})

test('a bank that begins a page with the last row of the one before does not double it', async () => {
  bank.today = rows('2026-03-01', 5)
  bank.pageRows = 2
  nc.on(
    'QPD',
    reply(({ fSeqno, xml }) => {
      const tag = valueOf(xml, 'NextTag')
      const due = bank.today.filter(each => tag === '' || each.stamp <= tag).toReversed()
      const page = due.slice(0, 2)
      const nextTag = due.length > 2 ? (page.at(-1)?.stamp ?? '') : ''
      const details = page.map(each => rd({ Drcrf: '2', Amount: '1', TimeStamp: each.stamp, OnlySequence: each.id }))
      return envelope('QPD', fSeqno, `<AccNo>${ACCOUNT}</AccNo><NextTag>${nextTag}</NextTag>${details.join('')}`)
    }),
  )
  expect(ids(await walk({ from: '2026-03-01', to: '2026-03-01' }))).toEqual(idsOf(bank.today))
})

test("when the bank's day changes between two pages the walk begins anew and misses nothing", async () => {
  bank.today = rows('2026-03-01', 25)
  const { deps } = world()
  const range = { from: '2026-03-01', to: '2026-03-02' }
  const first = await createIcbcGateway(configFor(nc), deps).statement(ACCOUNT, range, null, never)
  expect(first.items).toHaveLength(10)
  const all = [...bank.today]
  bank.history = bank.today
  bank.today = rows('2026-03-02', 4)
  bank.queryTime = '20260302000010'
  const lines = [...first.items]
  let after = first.next
  while (after !== null) {
    const page = await createIcbcGateway(configFor(nc), deps).statement(ACCOUNT, range, after, never)
    lines.push(...page.items)
    after = page.next
  }
  expect([...new Set(ids(lines))]).toEqual(idsOf(all, bank.today))
})

test('without OnlySequence the stamp is the id, the same one in both details', async () => {
  const shared = '2026-02-28-23.59.59.000001'
  nc.on(
    'QPD',
    reply(({ fSeqno }) =>
      envelope('QPD', fSeqno, `<NextTag></NextTag>${rd({ Drcrf: '2', Amount: '1', TimeStamp: shared })}`),
    ),
  )
  nc.on(
    'QHISD',
    reply(({ fSeqno }) =>
      envelope(
        'QHISD',
        fSeqno,
        `<NextTag></NextTag>${rd({ Drcrf: '2', CreditAmount: '1', Date: '20260228', Time: shared })}`,
      ),
    ),
  )
  expect(ids(await walk({ from: '2026-02-28', to: '2026-02-28' }, { version: '0.0.0.1' }))).toEqual([shared])
})

test('a day without movement is an empty page, also when the bank says B0116', async () => {
  expect(await walk({ from: '2026-02-27', to: '2026-03-01' })).toEqual([])
  for (const code of ['QPD', 'QHISD'])
    nc.on(
      code,
      reply(({ fSeqno }) => envelope(code, fSeqno, '', 'B0116')),
    )
  expect(await walk({ from: '2026-02-27', to: '2026-03-01' })).toEqual([])
  expect(await walk({ from: '2026-03-01', to: '2026-02-27' })).toEqual([])
})

const detail = (out: string, retCode = '0') => reply(({ fSeqno }) => envelope('QPD', fSeqno, out, retCode))
const fine = { Drcrf: '1', Amount: '5', TimeStamp: '2026-03-01-08.00.00.000000' }

test.each([
  ['that announces more rows than it holds', `<TotalNum>2</TotalNum>${rd(fine)}`, 'icbc.undecodable'],
  ['of another account', `<AccNo>0200000109000000002</AccNo>${rd(fine)}`, 'icbc.wrong-account'],
  ['in another currency', `<AccNo>${ACCOUNT}</AccNo><CurrType>014</CurrType>${rd(fine)}`, 'icbc.wrong-currency'],
  ['with a row without a side', rd({ ...fine, Drcrf: '' }), 'icbc.undecodable'],
  ['with a row without an amount', rd({ ...fine, Amount: '' }), 'icbc.undecodable'],
  ['with an amount in 元', rd({ ...fine, Amount: '5.00' }), 'icbc.undecodable'],
  ['with a row without a day', rd({ ...fine, TimeStamp: '2026-02-30-08.00.00.000000' }), 'icbc.undecodable'],
  ['whose zip is no gzip', '<zip>QUJD</zip>', 'icbc.undecodable'],
  ['whose zip is cut off', `<zip>${gzipSync(rd(fine)).subarray(0, 30).toString('base64')}</zip>`, 'icbc.undecodable'],
  ['whose zip is a bomb', `<zip>${gzipSync(Buffer.alloc(20_000_000)).toString('base64')}</zip>`, 'icbc.undecodable'],
])('a page %s fails whole, so that no line is lost in silence', async (_, out, code) => {
  nc.on('QPD', detail(out))
  const failing = walk({ from: '2026-03-01', to: '2026-03-01' }, { maxInflatedBytes: 1_000_000 })
  await expect(failing).rejects.toMatchObject({ name: 'Fault', code })
})

test.each([
  ['both amounts', { Drcrf: '1', DebitAmount: '1', CreditAmount: '1' }],
  ['the amount on the other side', { Drcrf: '2', DebitAmount: '1', CreditAmount: '' }],
  ['no amount', { Drcrf: '1', DebitAmount: '', CreditAmount: '' }],
])('a history row with %s is refused', async (_, fields) => {
  nc.on(
    'QHISD',
    reply(({ fSeqno }) => envelope('QHISD', fSeqno, rd({ ...fields, Date: '20260210' }))),
  )
  const failing = walk({ from: '2026-02-10', to: '2026-02-10' })
  await expect(failing).rejects.toMatchObject({ name: 'Fault', code: 'icbc.undecodable' })
})

test.each([
  ['DebitAmount 0 beside CreditAmount', { Drcrf: '2', DebitAmount: '0', CreditAmount: '7' }, 7n, false],
  ['a debit without Drcrf', { DebitAmount: '7', CreditAmount: '' }, -7n, false],
  ['a 冲正', { Drcrf: '1', DebitAmount: '7', CreditAmount: '', UpDtranf: '1' }, -7n, true],
  ['a 退汇', { Drcrf: '2', DebitAmount: '', CreditAmount: '7', UpDtranf: '0', RefundMsg: '户名不符' }, 7n, true],
])('a history row with %s is read as the reference says', async (_, fields, minor, isReversal) => {
  nc.on(
    'QHISD',
    reply(({ fSeqno }) => envelope('QHISD', fSeqno, rd({ ...fields, Date: '20260210' }))),
  )
  const lines = await walk({ from: '2026-02-10', to: '2026-02-10' })
  expect(lines).toMatchObject([{ amount: { minor, currency: 'CNY' }, isReversal, bookedOn: '2026-02-10' }])
})

test('a bank that answers the same NextTag for ever is a fault, not an endless walk', async () => {
  nc.on('QPD', detail(`<NextTag>again</NextTag>${rd(fine)}`))
  const failing = walk({ from: '2026-03-01', to: '2026-03-01' })
  await expect(failing).rejects.toMatchObject({ name: 'Fault', code: 'icbc.paging' })
  expect(asked('QPD')).toBe(2)
})

test('an abort ends a statement call at once', async () => {
  const abort = new AbortController()
  nc.on('QPD', () => abort.abort())
  const gateway = createIcbcGateway(configFor(nc), world(AT).deps)
  const failing = gateway.statement(ACCOUNT, { from: '2026-03-01', to: '2026-03-01' }, null, abort.signal)
  await expect(failing).rejects.toMatchObject({ name: 'Fault' })
})
