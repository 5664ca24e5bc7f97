// Receipts of BOC: the right one or none, from files that somebody else puts down at their own time.

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { zipSync } from 'fflate'
import type { BankGateway, StatementLine } from '../../connector/ports'
import {
  afterSignIn,
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
const NAME = '123456789_20260301_0001_00001.zip'
const TRANSID = '202602280000000000000000001'
const PDF = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n')
const OTHER = Buffer.from('%PDF-1.4\n2 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n')

let directory: string
let frontEnd: FrontEnd | null = null
let clock: MovableClock
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'boc-receipts-'))
  clock = clockAt(MORNING_MS)
})
afterEach(async () => {
  await frontEnd?.close()
  frontEnd = null
  await rm(directory, { recursive: true, force: true })
})

function named(name: string): (seen: Seen) => Response {
  return seen =>
    answerTo(seen, `${status('B001')}<b2e0500-rs>${status('B001')}<filename>${name}</filename></b2e0500-rs>`)
}

async function start(
  respond: (seen: Seen) => Response,
  receipts: Readonly<Record<string, unknown>> = {},
): Promise<BankGateway> {
  frontEnd = await startFrontEnd(afterSignIn(respond))
  return gatewayOf(settings(frontEnd.url, { receipts: { directory, ...receipts } }), clock)
}

function line(over: Partial<StatementLine> = {}): StatementLine {
  return {
    bankId: TRANSID,
    bookedOn: '2026-02-28',
    bookedTime: '10:11:12',
    valueOn: null,
    amount: { minor: -12345n, currency: 'CNY' },
    balanceAfter: null,
    counterAccount: '',
    counterName: '',
    counterBank: '',
    purpose: '',
    text: '',
    reference: 'R1',
    bankSerial: '123456789001',
    isReversal: false,
    type: '',
    receiptKey: `${TRANSID}|123456789001|R1`,
    ...over,
  }
}

async function put(entries: Readonly<Record<string, Uint8Array>>, name = NAME): Promise<void> {
  await writeFile(path.join(directory, name), zipSync(entries))
}

function requests(): number {
  return (frontEnd?.seen ?? []).filter(seen => seen.trncod === 'b2e0500').length
}

test('there is none until the front-end has put the zip down, which is asked for once', async () => {
  const gateway = await start(named(NAME))
  expect(await gateway.receipt?.(ACCOUNT, line(), NEVER)).toBeNull()
  expect(await gateway.receipt?.(ACCOUNT, line(), NEVER)).toBeNull()
  await put({ '任意名.PDF': PDF, 'index.txt': Buffer.from('x') })
  const receipt = await gateway.receipt?.(ACCOUNT, line(), NEVER)
  expect(receipt).toMatchObject({ receiptNo: '123456789_20260301_0001_00001', mediaType: 'application/pdf' })
  expect(Buffer.from(receipt?.bytes ?? []).equals(PDF)).toBe(true)
  expect(requests()).toBe(1)
})

test('a zip that does not come is asked for again after its time', async () => {
  const gateway = await start(named(NAME), { requestAgainAfterMs: 60_000 })
  await gateway.receipt?.(ACCOUNT, line(), NEVER)
  clock.nowMs += 59_999
  await gateway.receipt?.(ACCOUNT, line(), NEVER)
  expect(requests()).toBe(1)
  clock.nowMs += 1
  await gateway.receipt?.(ACCOUNT, line(), NEVER)
  expect(requests()).toBe(2)
})

test('two receipts in the zip are no answer: one of them is another line’s', async () => {
  const gateway = await start(named(NAME))
  await put({ 'a.pdf': PDF, 'b.pdf': OTHER })
  expect(await gateway.receipt?.(ACCOUNT, line(), NEVER)).toBeNull()
})

test('a pattern of the site finds the one entry that is the line’s, as a word of its own', async () => {
  const gateway = await start(named(NAME), { entryPattern: 'HD_{vchnum}' })
  await put({ 'HD_1234567890011.pdf': OTHER, 'HD_123456789001_1.pdf': PDF, 'HD_223456789001.pdf': OTHER })
  const receipt = await gateway.receipt?.(ACCOUNT, line(), NEVER)
  expect(Buffer.from(receipt?.bytes ?? []).equals(PDF)).toBe(true)
})

test.each([
  ['matches nothing', { 'x.pdf': PDF }, line()],
  ['matches two', { 'HD_123456789001_1.pdf': PDF, 'HD_123456789001_2.pdf': OTHER }, line()],
  ['needs a mark the line has not', { 'HD_.pdf': PDF }, line({ receiptKey: `${TRANSID}||R1` })],
])('a pattern that %s finds none', async (_, entries, of) => {
  const gateway = await start(named(NAME), { entryPattern: 'HD_{vchnum}' })
  await put(entries)
  expect(await gateway.receipt?.(ACCOUNT, of, NEVER)).toBeNull()
})

test('a line without our reference waits until its day is over, when its twins have receipts too', async () => {
  const gateway = await start(named(NAME))
  await put({ 'a.pdf': PDF })
  const today = line({ bookedOn: '2026-03-01', reference: '', receiptKey: `${TRANSID}||` })
  expect(await gateway.receipt?.(ACCOUNT, today, NEVER)).toBeNull()
  expect(requests()).toBe(0)
  clock.nowMs += 86_400_000
  expect(await gateway.receipt?.(ACCOUNT, today, NEVER)).toMatchObject({ mediaType: 'application/pdf' })
})

test('a line with our reference does not wait', async () => {
  const gateway = await start(named(NAME))
  await put({ 'a.pdf': PDF })
  expect(await gateway.receipt?.(ACCOUNT, line({ bookedOn: '2026-03-01' }), NEVER)).not.toBeNull()
})

test.each([[''], ['x'], ['a|b'], ['a|b|c|d'], ['%zz|b|c']])('the receipt key %p names nothing', async receiptKey => {
  const gateway = await start(named(NAME))
  expect(await gateway.receipt?.(ACCOUNT, line({ receiptKey }), NEVER)).toBeNull()
  expect(requests()).toBe(0)
})

test.each<[string, (seen: Seen) => Response]>([
  ['has no records', seen => answerTo(seen, status('B003'))],
  [
    'has no records for the item',
    seen => answerTo(seen, `${status('B001')}<b2e0500-rs>${status('B003')}</b2e0500-rs>`),
  ],
  ['is still at it', seen => answerTo(seen, `${status('B001')}<b2e0500-rs>${status('B054')}<filename/></b2e0500-rs>`)],
  ['names no file', named('')],
])('there is none while the bank %s', async (_, respond) => {
  const gateway = await start(respond)
  expect(await gateway.receipt?.(ACCOUNT, line(), NEVER)).toBeNull()
})

test.each<[string, (seen: Seen) => Response, string]>([
  ['an error answer', seen => fatal(seen, 'B999'), 'B999'],
  [
    'an unlisted item code',
    seen => answerTo(seen, `${status('B001')}<b2e0500-rs>${status('B998')}</b2e0500-rs>`),
    'B998',
  ],
  ['a name that climbs', named('../secret.zip'), 'boc.receipt_name'],
  ['a name with a folder', named('a/b.zip'), 'boc.receipt_name'],
  ['a Windows folder', named('a\\b.zip'), 'boc.receipt_name'],
  ['a drive', named('C:x.zip'), 'boc.receipt_name'],
  ['another kind of file', named('a.pdf'), 'boc.receipt_name'],
  ['a hidden name', named('.a.zip'), 'boc.receipt_name'],
])('%s is a fault', async (_, respond, code) => {
  const gateway = await start(respond)
  await expect(gateway.receipt?.(ACCOUNT, line(), NEVER)).rejects.toMatchObject({ name: 'Fault', code })
})

test.each<[string, () => Promise<unknown>, Readonly<Record<string, unknown>>]>([
  ['half a zip', () => writeFile(path.join(directory, NAME), zipSync({ 'a.pdf': PDF }).subarray(0, 40)), {}],
  ['no zip', () => writeFile(path.join(directory, NAME), 'x'.repeat(100)), {}],
  ['a zip larger than allowed', () => put({ 'a.pdf': PDF }), { maxZipBytes: 20 }],
  ['an entry that is no PDF', () => put({ 'a.pdf': Buffer.from('<html>') }), {}],
  ['half a PDF', () => put({ 'a.pdf': PDF.subarray(0, 20) }), {}],
  [
    'an entry that unfolds too far',
    () => put({ 'a.pdf': Buffer.concat([PDF, Buffer.alloc(33 * 1024 * 1024), PDF]) }),
    {},
  ],
  [
    'a link',
    () =>
      writeFile(path.join(directory, 'x'), '').then(() =>
        symlink(path.join(directory, 'x'), path.join(directory, NAME)),
      ),
    {},
  ],
  ['a folder of that name', () => mkdir(path.join(directory, NAME)), {}],
  ['no directory', () => rm(directory, { recursive: true }), {}],
])('%s is a fault', async (_, prepare, receipts) => {
  const gateway = await start(named(NAME), receipts)
  await prepare()
  await expect(gateway.receipt?.(ACCOUNT, line(), NEVER)).rejects.toMatchObject({
    name: 'Fault',
    code: 'boc.receipt_file',
  })
})

test('the zips of two lines are not mixed up', async () => {
  let made = 0
  const gateway = await start(seen => named(`Z${++made}.zip`)(seen))
  await put({ 'a.pdf': PDF }, 'Z1.zip')
  await put({ 'a.pdf': OTHER }, 'Z2.zip')
  const second = line({ amount: { minor: 12345n, currency: 'CNY' } })
  const found = [
    await gateway.receipt?.(ACCOUNT, line(), NEVER),
    await gateway.receipt?.(ACCOUNT, second, NEVER),
    await gateway.receipt?.(ACCOUNT, line(), NEVER),
  ]
  expect(found.map(receipt => receipt?.receiptNo)).toEqual(['Z1', 'Z2', 'Z1'])
  expect(Buffer.from(found[1]?.bytes ?? []).equals(OTHER)).toBe(true)
})
