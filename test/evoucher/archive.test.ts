// The archive package proves itself: what is missing, added or altered is named, by its place. The package is taken apart
// and put together again with another program's ZIP.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { unzipSync } from 'fflate'
import { makeArchive, verifyArchive, type ArchiveContent, type ArchiveLine } from '../../connector/evoucher/archive'
import { zip } from './support'

const line = (key: string, change: Partial<ArchiveLine> = {}): ArchiveLine => ({
  ...{
    lineKey: key,
    bookedOn: '2026-10-12',
    amount: '-15177.33',
    currency: 'CNY',
    counterAccount: '31',
    counterName: '=1+1',
  },
  ...{ text: '货款 "A", B', bankSerial: 'S', receipt: '', receiptNo: '', payment: '', document: '', bankReference: '' },
  ...{ voucherNo: '', entryKey: '', ...change },
})

const CONTENT: ArchiveContent = {
  account: '62000000000000010001',
  name: '甲乙丙丁有限公司',
  currency: 'CNY',
  month: '2026-10',
  lines: [line('k1', { receipt: 'receipts/a.pdf', receiptNo: 'R1', payment: 'P1', voucherNo: '付-0012' }), line('k2')],
  files: [
    { path: 'receipts/a.pdf', role: 'receipt', bytes: Buffer.from('%PDF a'), lineKey: 'k1' },
    { path: 'receivers/1/r.json', role: 'receiver', bytes: Buffer.from('{}'), lineKey: 'k1' },
  ],
}

const { bytes: PACKAGE, index: INDEX } = makeArchive(CONTENT)
const parts = (): Record<string, Uint8Array> => unzipSync(PACKAGE)
const found = (changed: Record<string, Uint8Array | string>, expected: string | null = null) =>
  verifyArchive(zip(changed), expected).findings.map(({ kind, path }) => [kind, path])

test('a whole package is proven, and says what is in it', () => {
  expect(verifyArchive(PACKAGE, INDEX.sha256)).toMatchObject({
    ok: true,
    account: CONTENT.account,
    month: '2026-10',
    findings: [],
    counts: {
      lines: 2,
      receipts: 1,
      linesWithReceipt: 1,
      linesWithoutReceipt: 1,
      linesWithPayment: 1,
      linesWithVoucher: 1,
      receivers: 1,
    },
  })
})

test('the digests of the index are those that another program makes', () => {
  const index = JSON.parse(Buffer.from(parts()['index.json'] ?? []).toString('utf8'))
  const member = index.members.find(({ path }: { path: string }) => path === 'receipts/a.pdf')
  expect(member).toEqual({
    ...{ path: 'receipts/a.pdf', role: 'receipt', lineKey: 'k1', size: 6 },
    sha256: createHash('sha256').update('%PDF a').digest('hex'),
    sm3: createHash('sm3').update('%PDF a').digest('hex'),
  })
  expect(INDEX.sha256).toBe(
    createHash('sha256')
      .update(parts()['index.json'] ?? '')
      .digest('hex'),
  )
})

test('the same content is the same bytes, in any order and any time zone', () => {
  expect(Buffer.compare(makeArchive({ ...CONTENT, files: CONTENT.files.toReversed() }).bytes, PACKAGE)).toBe(0)
  const script = `const { makeArchive } = require(${JSON.stringify(require.resolve('../../connector/evoucher/archive'))})
    const content = JSON.parse(process.argv[1], (k, v) => k === 'bytes' ? Buffer.from(v.data) : v)
    process.stdout.write(require('node:crypto').createHash('sha256').update(makeArchive(content).bytes).digest('hex'))`
  const digest = createHash('sha256').update(PACKAGE).digest('hex')
  for (const zone of ['Asia/Shanghai', 'America/New_York']) {
    const env = { ...process.env, TZ: zone }
    expect(
      execFileSync(process.execPath, ['-e', script, JSON.stringify(CONTENT)], {
        env,
        encoding: 'utf8',
        timeout: 20_000,
      }),
    ).toBe(digest)
  }
})

test('every member that is missing, added or altered is named', () => {
  for (const path of Object.keys(parts()).filter(name => !name.startsWith('index.'))) {
    const { [path]: gone, ...rest } = parts()
    expect(found(rest)).toEqual([['missing', path]])
    expect(found({ ...parts(), [path]: Buffer.concat([gone ?? Buffer.alloc(0), Buffer.from('x')]) })).toEqual([
      ['altered', path],
    ])
  }
  expect(found({ ...parts(), 'receipts/b.pdf': 'x' })).toEqual([['added', 'receipts/b.pdf']])
})

test('an index that was altered, cut, or taken away is named', () => {
  const index = Buffer.from(parts()['index.json'] ?? []).toString('utf8')
  expect(found({ ...parts(), 'index.json': index.replace('2026-10', '2026-11') })).toEqual([['index', 'index.json']])
  expect(found({ ...parts(), 'index.json': '{' })).toEqual([['index', 'index.json'], ['index', 'index.json']]) // prettier-ignore
  const { 'index.json': _, ...without } = parts()
  expect(found(without)).toEqual([['missing', 'index.json']])
  const { 'index.digest': __, ...bare } = parts()
  expect(found(bare)).toEqual([['missing', 'index.digest']])
})

test('each of the two digests is looked at', () => {
  const index = Buffer.from(parts()['index.json'] ?? []).toString('utf8')
  const own = createHash('sm3').update('%PDF a').digest('hex')
  const changed = index.replace(own, '0'.repeat(64))
  const [sha256, sm3] = ['sha256', 'sm3'].map(name => createHash(name).update(changed).digest('hex'))
  const digest = `SHA-256 ${sha256}\nSM3 ${sm3}\n`
  expect(found({ ...parts(), 'index.json': changed, 'index.digest': digest })).toEqual([['altered', 'receipts/a.pdf']])
})

test('a package that was replaced as a whole is found by the digest that was kept elsewhere', () => {
  const other = makeArchive({ ...CONTENT, lines: [line('k1', { amount: '-15177.34' })], files: [] })
  expect(verifyArchive(other.bytes, null).ok).toBe(true)
  expect(verifyArchive(other.bytes, INDEX.sha256)).toMatchObject({
    ok: false,
    findings: [{ kind: 'index', path: 'index.json' }],
  })
})

test('one changed byte anywhere is found, or changes nothing that is in the package', () => {
  for (let at = 0; at < PACKAGE.length; at++) {
    const changed = Uint8Array.from(PACKAGE)
    changed[at] = (changed[at] ?? 0) ^ 1
    const report = verifyArchive(changed, null)
    // A ZIP says some things to nobody (times, versions, attributes): what they frame is still what it was.
    if (report.ok) expect(unzipSync(changed)).toEqual(parts())
  }
  for (let length = 0; length < PACKAGE.length; length += 7)
    expect(verifyArchive(PACKAGE.subarray(0, length), null).ok).toBe(false)
})

test('a table opens in a spreadsheet as text: quoted, marked as UTF-8, and nothing runs as a formula', () => {
  const csv = Buffer.from(parts()['lines.csv'] ?? []).toString('utf8')
  expect(csv.startsWith('\ufeff')).toBe(true)
  expect(csv).toContain("'=1+1")
  expect(csv).toContain('"货款 ""A"", B"')
  expect(csv).toContain(',-15177.33,')
})
