// Receipts from the bank and from a person's files, up to the receiver's part and the archive: linked only where the
// content agrees, and why not said where it does not.

import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { makeMonth, verifyMonth } from '../../connector/cli/archive'
import { exportReceipts, listReceipts, requestReceipts, showReceipt } from '../../connector/cli/receipt'
import { importReceipts, type ReceiptImportFlags } from '../../connector/cli/receipt-import'
import { receivers, renderReceipts } from '../../connector/cli/receipt-papers'
import { Fault, type ReceiptDocument, type StatementLine } from '../../connector/ports'
import type { Deps } from '../../connector/steps/deps'
import { fetchReceipts } from '../../connector/steps/fetch-receipts'
import { importStatements } from '../../connector/steps/import-statements'
import { postJournals } from '../../connector/steps/post-journals'
import { writeReceivers } from '../../connector/steps/write-receivers'
import { bker, ofd, zip } from '../evoucher/support'
import { capture } from '../support/output'
import { sampleLine } from '../support/sample'
import { ACCOUNT, openWorld, type World } from '../support/world'

const DAY = '2026-03-02'
const RANGE = { account: ACCOUNT, from: '2026-03-01', to: '2026-03-31' }
const COUNTER = '31000000000000020002'

let world: World
let folder: string
let deps: Deps
/** What the bank gives for a line's key; a Fault is thrown, null is "not yet". */
let given: Map<string, ReceiptDocument | Fault | null>

beforeEach(async () => {
  world = await openWorld({ evoucher: EVOUCHER, journal: JOURNAL })
  folder = mkdtempSync(path.join(tmpdir(), 'yinqi-receipts-'))
  given = new Map()
  const receipt = async (_account: string, line: StatementLine): Promise<ReceiptDocument | null> => {
    const found = given.get(line.receiptKey) ?? null
    if (found instanceof Fault) throw found
    return found
  }
  Object.assign(world.bank, { receipt })
  deps = { ...world.deps, accounts: world.deps.accounts.map(account => ({ ...account, wantsReceipts: true })) }
})
afterEach(async () => {
  await world.close()
  rmSync(folder, { recursive: true, force: true })
})

const EVOUCHER = {
  entities: [{ accountSet: '001', name: '甲公司', code: '91110000MA0000000X' }],
  subjects: { '100201': '银行存款/某行', '660301': '财务费用/手续费' },
  sides: '借方/贷方' as const,
}
const JOURNAL = [
  {
    name: 'out',
    when: { direction: 'out' as const },
    then: {
      voucherType: '付',
      summary: '付款',
      counterAccount: '660301',
      auxiliaries: {},
      bankAuxiliaries: {},
      settlementStyle: '',
    },
  },
]

const line = (key: string, change: Partial<StatementLine> = {}): StatementLine =>
  sampleLine({
    ...{
      bankId: `ID${key}`,
      bookedOn: DAY,
      valueOn: null,
      amount: { minor: -10_000n, currency: 'CNY' },
      reference: '',
    },
    ...{ counterAccount: COUNTER, counterName: '戊己庚辛', bankSerial: `SERIAL-${key}`, receiptKey: key, ...change },
  })

/** A receipt of such a line. */
const receiptXml = (key: string, change: Parameters<typeof bker>[0] = {}): string =>
  bker({
    ...{
      NumberOfBankElectronicReceipt: `RECEIPT-${key}`,
      BusinessSerialNumber: `SERIAL-${key}`,
      DateOfBookkeeping: DAY,
    },
    ...{
      TransactionAmountInFigures: '100.00',
      AccountNumberOfPayer: ACCOUNT,
      AccountNumberOfPayee: COUNTER,
      ...change,
    },
  })

const document = (bytes: Uint8Array, receiptNo = 'N1'): ReceiptDocument => ({
  receiptNo,
  mediaType: 'application/ofd',
  bytes,
})

const sealed = (xml: string): Uint8Array => ofd({ 'Doc_0/Attachs/a.xml': xml })

async function bring(...lines: readonly StatementLine[]): Promise<readonly string[]> {
  world.bank.lines.push(...lines)
  await importStatements(deps, ACCOUNT, { from: DAY, to: DAY })
  return (await deps.store.statements.list(ACCOUNT, RANGE)).map(stored => stored.id)
}

type Listed = {
  readonly receipts: readonly Readonly<Record<string, string>>[]
  readonly days: readonly unknown[]
}

async function listed(): Promise<Listed> {
  const said = capture('en')
  expect(await listReceipts(deps, RANGE, said.output)).toBe(0)
  return said.document() as Listed
}

async function imported(files: readonly string[], flags: ReceiptImportFlags = {}) {
  const said = capture('en')
  const code = await importReceipts(deps, files, flags, said.output)
  const { results = [] } = said.document() as { results?: readonly Readonly<Record<string, string>>[] }
  return { code, results, outcomes: results.map(one => one['outcome']), text: said.text() }
}

function write(name: string, bytes: Uint8Array | string): string {
  const file = path.join(folder, name)
  writeFileSync(file, bytes)
  return file
}

describe('from the bank', () => {
  test('a receipt is kept byte for byte under both digests, and counted by day', async () => {
    await bring(line('k1'), line('k2'))
    const bytes = sealed(receiptXml('k1'))
    given.set('k1', document(bytes))
    expect(await fetchReceipts(deps, 'bank')).toBe(1)
    const { receipts, days } = await listed()
    expect(receipts[0]).toMatchObject({
      ...{ state: 'stored', receiptNo: 'N1', source: 'bank', check: 'agrees', reason: '' },
      sha256: createHash('sha256').update(bytes).digest('hex'),
      sm3: createHash('sm3').update(bytes).digest('hex'),
    })
    expect(days).toEqual([{ day: DAY, lines: 2, expected: 2, stored: 1, wanted: 1, missing: 0 }])
    expect(
      Buffer.compare((await deps.store.receipts.bytes(receipts[0]?.['sha256'] ?? '')) ?? Buffer.alloc(0), bytes),
    ).toBe(0)
  })

  test('why there is none is shown, until there is one', async () => {
    await bring(line('k1'), line('k2'))
    given.set('k1', new Fault('bank.E42', 'E42 回单系统维护'))
    await fetchReceipts(deps, 'bank')
    const first = await listed()
    expect(first.receipts.map(one => one['reason'])).toEqual([
      'E42 回单系统维护',
      expect.stringContaining('has no receipt for this line yet'),
    ])
    world.move(20_000)
    await fetchReceipts(deps, 'bank')
    expect((await listed()).days).toEqual([{ day: DAY, lines: 2, expected: 2, stored: 0, wanted: 0, missing: 2 }])
    given.set('k1', document(sealed(receiptXml('k1'))))
    // Asked for daily now; a person does not wait that long.
    expect(await fetchReceipts(deps, 'bank')).toBe(0)
    expect(await requestReceipts(deps, RANGE, capture('en').output)).toBe(0)
    expect(await fetchReceipts(deps, 'bank')).toBe(1)
    expect((await listed()).receipts[0]).toMatchObject({ state: 'stored', reason: '' })
  })

  test.each<[string, Parameters<typeof bker>[0]]>([
    ['amount', { TransactionAmountInFigures: '100.01' }],
    ['date', { DateOfBookkeeping: '2026-03-03' }],
    ['direction', { AccountNumberOfPayer: COUNTER, AccountNumberOfPayee: ACCOUNT }],
    ['account', { AccountNumberOfPayer: '99999999' }],
  ])('one with another %s is a contradiction, kept as evidence and never linked', async (field, change) => {
    const [id = ''] = await bring(line('k1'))
    const bytes = sealed(receiptXml('k1', change))
    given.set('k1', document(bytes))
    expect(await fetchReceipts(deps, 'bank')).toBe(0)
    expect(await deps.store.receipts.ofLine(id)).toBeNull()
    const [found] = await deps.store.contradictions.open(9)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    expect(found).toMatchObject({
      code: 'RECEIPT_MISMATCH',
      cause: 'receipt.fetched',
      evidence: { account: ACCOUNT, sha256 },
    })
    expect(found?.evidence['text']).toContain(field)
    expect(await deps.store.receipts.bytes(sha256)).not.toBeNull()
    expect((await listed()).receipts[0]?.['reason']).toContain('RECEIPT_MISMATCH')
  })

  test('twins: the receipt of the one is never the other’s, and one receipt is never both’s', async () => {
    const [first = '', second = ''] = await bring(line('k1'), line('k2'))
    given.set('k1', document(sealed(receiptXml('k2')), 'RECEIPT-k2'))
    given.set('k2', document(sealed(receiptXml('k2')), 'RECEIPT-k2'))
    expect(await fetchReceipts(deps, 'bank')).toBe(1)
    expect(await deps.store.receipts.ofLine(first)).toBeNull()
    expect((await deps.store.receipts.ofLine(second))?.receiptNo).toBe('RECEIPT-k2')
    const [found] = await deps.store.contradictions.open(9)
    expect(found?.evidence['text']).toContain(`RECEIPT-k2 is that of line ${second}`)
    given.set(
      'k1',
      document(sealed(receiptXml('unnamed', { NumberOfBankElectronicReceipt: 'RECEIPT-k2' })), 'RECEIPT-k2'),
    )
    world.move(20_000)
    expect(await fetchReceipts(deps, 'bank')).toBe(0)
  })

  test('one whose seal is broken is a contradiction', async () => {
    await bring(line('k1'))
    given.set(
      'k1',
      document(ofd({ 'Doc_0/Attachs/a.xml': receiptXml('k1') }, { altered: { 'Doc_0/Document.xml': 'x' } })),
    )
    expect(await fetchReceipts(deps, 'bank')).toBe(0)
    expect(await deps.store.contradictions.open(9)).toMatchObject([{ code: 'RECEIPT_SEAL_BROKEN' }])
  })

  test('one without structured data is what the bank gave: kept, and said to be unchecked', async () => {
    await bring(line('k1'), line('k2'))
    given.set('k1', document(Buffer.from('%PDF-1.4 a picture')))
    given.set('k2', document(sealed('<nothing/>')))
    expect(await fetchReceipts(deps, 'bank')).toBe(2)
    expect((await listed()).receipts.map(one => [one['state'], one['check']])).toEqual([['stored', 'none'], ['stored', 'none']]) // prettier-ignore
  })
})

describe('from files', () => {
  test('a folder with a ZIP in it: each receipt finds its line by number, and twice is once', async () => {
    const ids = await bring(line('k1'), line('k2'), line('k3', { receiptKey: '' }))
    mkdirSync(path.join(folder, 'down', 'more'), { recursive: true })
    write('down/one.ofd', sealed(receiptXml('k2')))
    write('down/more/rest.zip', zip({ 'a/回单.xml': receiptXml('k1'), 'b.ofd': sealed(receiptXml('k3')) }))
    const first = await imported([path.join(folder, 'down')])
    expect([first.code, first.outcomes]).toEqual([0, ['linked', 'linked', 'linked']])
    const second = await imported([path.join(folder, 'down')])
    expect([second.code, second.outcomes]).toEqual([0, ['known', 'known', 'known']])
    const { receipts } = await listed()
    expect(receipts.map(one => [one['line'], one['receiptNo'], one['source']])).toEqual(
      ids.map((id, index) => [id, `RECEIPT-k${index + 1}`, 'file']),
    )
    expect(receipts.map(one => one['mediaType'])).toEqual(['application/xml', 'application/ofd', 'application/ofd'])
  })

  test('twins: by number yes, by amount alone never; a person may say which', async () => {
    const [first = '', second = ''] = await bring(line('k1', { bankSerial: '' }), line('k2', { bankSerial: '' }))
    const file = write('r.ofd', sealed(receiptXml('zz')))
    const asked = await imported([file])
    expect([asked.code, asked.outcomes]).toEqual([1, ['ambiguous']])
    expect(asked.results[0]?.['text']).toContain(`${first}、${second}`)
    expect((await imported([file], { line: second })).outcomes).toEqual(['linked'])
    expect((await deps.store.receipts.ofLine(second))?.receiptNo).toBe('RECEIPT-zz')
    expect(await deps.store.receipts.ofLine(first)).toBeNull()
  })

  test('one line that fits in all is found without a number', async () => {
    await bring(
      line('k1', { bankSerial: '' }),
      line('k2', { bankSerial: '', amount: { minor: -999n, currency: 'CNY' } }),
    )
    const { results } = await imported([write('r.xml', receiptXml('zz'))])
    expect(results[0]).toMatchObject({ outcome: 'linked', by: 'content' })
  })

  test('between two accounts of ours both have a line: a person says whose receipt it is', async () => {
    const other = '0200000109000000002'
    const [own] = deps.accounts
    if (own === undefined) throw new Error('the world has an account')
    deps = { ...deps, accounts: [own, { ...own, account: other }] }
    await bring(line('k1', { bankSerial: '', counterAccount: other }))
    const incoming = line('k2', {
      bankSerial: '',
      counterAccount: ACCOUNT,
      amount: { minor: 10_000n, currency: 'CNY' },
    })
    world.bank.lines.splice(0, 1, incoming)
    await importStatements(deps, other, { from: DAY, to: DAY })
    const file = write('r.xml', receiptXml('zz', { AccountNumberOfPayee: other }))
    expect((await imported([file])).outcomes).toEqual(['ambiguous'])
    expect((await imported([file], { account: other })).outcomes).toEqual(['linked'])
    const [paid] = await deps.store.statements.list(ACCOUNT, RANGE)
    const [received] = await deps.store.statements.list(other, RANGE)
    expect([paid?.receipt, received?.receipt]).toEqual(['wanted', 'stored'])
    // Of twins in one account and one line in the other, the one line is no better known than the twins.
    world.bank.lines.splice(
      0,
      1,
      line('k3', { bankSerial: '', counterAccount: other }),
      line('k4', { bankSerial: '', counterAccount: other }),
    )
    await importStatements(deps, ACCOUNT, { from: DAY, to: DAY })
    const second = write('s.xml', receiptXml('yy', { AccountNumberOfPayee: other }))
    const asked = await imported([second])
    expect(asked.outcomes).toEqual(['ambiguous'])
    expect(asked.results[0]?.['text']).toContain(received?.id ?? '?')
  })

  test('a person’s word does not go over what the receipt says', async () => {
    const [id = ''] = await bring(line('k1'))
    const { code, outcomes } = await imported(
      [write('r.xml', receiptXml('k9', { TransactionAmountInFigures: '5.00' }))],
      { line: id },
    )
    expect([code, outcomes]).toEqual([1, ['contradiction']])
    expect(await deps.store.receipts.ofLine(id)).toBeNull()
    expect(await deps.store.contradictions.open(9)).toMatchObject([
      { code: 'RECEIPT_MISMATCH', cause: 'receipt.imported' },
    ])
  })

  test('a line’s receipt is never replaced', async () => {
    const [id = ''] = await bring(line('k1'))
    await imported([write('a.xml', receiptXml('k1'))])
    expect((await imported([write('b.xml', receiptXml('k1', { Usage: 'another' }))])).outcomes).toEqual(['occupied'])
    const kept = await deps.store.receipts.ofLine(id)
    expect(kept?.digest).toBe(createHash('sha256').update(receiptXml('k1')).digest('hex'))
  })

  test('a picture without data needs a line and its printed number; other files are named with their reason', async () => {
    const [id = ''] = await bring(line('k1'))
    const scan = write('scan.xml', '<scan/>')
    expect((await imported([scan])).outcomes).toEqual(['no-data'])
    expect((await imported([scan], { line: id })).outcomes).toEqual(['no-data'])
    expect((await imported([scan], { line: id, receiptNo: 'PRINTED-7' })).outcomes).toEqual(['linked'])
    expect((await listed()).receipts[0]).toMatchObject({ receiptNo: 'PRINTED-7', check: 'none' })
    const others = await imported([
      write('x.txt', 'hello'),
      path.join(folder, 'absent'),
      write('r.xml', receiptXml('k5', { AccountNumberOfPayer: '123456' })),
    ])
    expect([others.code, others.outcomes]).toEqual([1, ['unreadable', 'unreadable', 'unmatched']])
  })

  test('a dry run stores nothing and says what it would', async () => {
    const [id = ''] = await bring(line('k1'))
    const { outcomes } = await imported([write('r.xml', receiptXml('k1'))], { dryRun: true })
    expect([outcomes, await deps.store.receipts.ofLine(id)]).toEqual([['linked'], null])
  })

  test('an unknown account, and a line that is not there, are refused before anything is read', async () => {
    const file = write('r.xml', receiptXml('k1'))
    expect((await imported([file], { account: '000000' })).text).toContain('not configured')
    expect((await imported([file], { line: '77' })).text).toContain('there is no line 77')
    expect((await imported([file, file], { line: (await bring(line('k1')))[0] ?? '' })).code).toBe(1)
  })
})

describe('after the voucher number came back', () => {
  async function booked(): Promise<string> {
    const [id = ''] = await bring(line('k1'), line('k2', { amount: { minor: -200n, currency: 'CNY' } }))
    given.set('k1', document(sealed(receiptXml('k1'))))
    given.set('k2', document(Buffer.from('%PDF-1.4 a picture')))
    await fetchReceipts(deps, 'bank')
    await postJournals(deps)
    expect(await writeReceivers(deps)).toBe(0)
    for (const each of await deps.store.statements.list(ACCOUNT, RANGE)) {
      const entry = await deps.store.journals.ofLine(each.id)
      await deps.store.journals.posted(entry?.entry.key ?? '', `付-000${each.id}`, 1)
    }
    return id
  }

  test('the receiver’s part is written once, balanced, and can be taken out', async () => {
    const id = await booked()
    expect([await writeReceivers(deps), await writeReceivers(deps)]).toEqual([1, 0])
    const out = path.join(folder, 'out')
    const said = capture('en')
    expect(await receivers(deps, { ...RANGE, out }, said.output)).toBe(1)
    expect(said.document()).toMatchObject({
      receivers: [
        { line: id, reason: '' },
        { file: '', reason: expect.stringContaining('structured data') },
      ],
    })
    const names = readdirSync(out).toSorted()
    expect(names).toEqual([
      'bker_receiver_20260302_C1030311000455RECEIPT-k1.json',
      'bker_receiver_20260302_C1030311000455RECEIPT-k1.xml',
    ])
    const json: unknown = JSON.parse(readFileSync(path.join(out, names[0] ?? ''), 'utf8'))
    expect(json).toMatchObject({
      NumberOfBankElectronicReceipt: 'RECEIPT-k1',
      WhetherReceiptHasBeenReconciled: 'N',
      InformationOfAccountingDocumentsTuple: [
        {
          ...{ NumberOfAccountingDocuments: `付-000${id}`, AccountingPeriod: '2026-03' },
          InformationOfDebitAndCreditEntryTuple: [
            { DebitOrCredit: '借方', NameOfGeneralLedgerSubject: '财务费用', RecordedAmount: '100.00' },
            { DebitOrCredit: '贷方', NameOfGeneralLedgerSubject: '银行存款', RecordedAmount: '100.00' },
          ],
        },
      ],
    })
  })

  test('an account without a name stops it, with the reason; once named it is written anew', async () => {
    await booked()
    const settings = { ...deps.settings, evoucher: { ...EVOUCHER, subjects: {} } }
    await writeReceivers({ ...deps, settings })
    const [first] = (await listed()).receipts
    expect(first?.['receiverReason']).toContain('RECEIVER_SUBJECT_UNNAMED')
    await receivers(deps, { ...RANGE, again: true }, capture('en').output)
    expect((await listed()).receipts[0]).toMatchObject({
      receiverReason: '',
      receiver: expect.stringContaining('bker_receiver'),
    })
  })

  test('nothing is written for an account set that names no entity', async () => {
    await booked()
    const settings = { ...deps.settings, evoucher: { ...EVOUCHER, entities: [] } }
    expect(await writeReceivers({ ...deps, settings })).toBe(0)
  })

  test('the month’s package holds it all, is the same twice, and the command proves it or not', async () => {
    const id = await booked()
    await writeReceivers(deps)
    const [one, two] = ['1.zip', '2.zip'].map(name => path.join(folder, name)) as [string, string]
    const said = capture('en')
    expect(await makeMonth(deps, { account: ACCOUNT, month: '2026-03', out: one }, said.output)).toBe(0)
    expect(said.document()).toMatchObject({
      ok: true,
      counts: { lines: 2, receipts: 2, receivers: 2, linesWithVoucher: 2 },
    })
    world.move(1_000_000)
    await makeMonth(deps, { account: ACCOUNT, month: '2026-03', out: two }, capture('en').output)
    expect(Buffer.compare(readFileSync(one), readFileSync(two))).toBe(0)
    const main = path.resolve(__dirname, '../../connector/main.js')
    const run = (file: string) =>
      spawnSync(process.execPath, [main, '--json', 'archive', 'verify', file], { encoding: 'utf8', timeout: 25_000 })
    expect(run(one).status).toBe(0)
    const bytes = readFileSync(one)
    const at = bytes.indexOf('%PDF-1.4 a picture')
    bytes[at + 3] = 0x58
    writeFileSync(two, bytes)
    const altered = run(two)
    expect([altered.status, JSON.parse(altered.stdout)]).toEqual([
      1,
      expect.objectContaining({ ok: false, findings: [expect.objectContaining({ kind: 'altered' })] }),
    ])
    expect(await verifyMonth(path.join(folder, 'absent.zip'), undefined, capture('en').output)).toBe(1)
    expect(await makeMonth(deps, { account: ACCOUNT, month: '2026-13', out: one }, capture('en').output)).toBe(1)
    expect(id).not.toBe('')
  })

  test('show, export and render speak of the same receipt', async () => {
    const id = await booked()
    const said = capture('en')
    expect(await showReceipt(deps, id, said.output)).toBe(0)
    expect(said.document()).toMatchObject({
      receipt: { line: id, voucherNo: `付-000${id}`, receiptNo: 'N1' },
      content: { receipt: { receiptNo: 'RECEIPT-k1', amount: '100.00' }, seal: { state: 'intact' } },
    })
    expect(await showReceipt(deps, '9999', capture('en').output)).toBe(1)
    const out = path.join(folder, 'out')
    expect(await exportReceipts(deps, { ...RANGE, out }, capture('en').output)).toBe(0)
    expect(Buffer.compare(readFileSync(path.join(out, `${DAY}_${id}_N1.ofd`)), sealed(receiptXml('k1')))).toBe(0)
    const file = path.join(folder, 'slips.pdf')
    const none = capture('en')
    expect(await renderReceipts(deps, { ...RANGE, out: file }, none.output)).toBe(1)
    expect(await renderReceipts(deps, { ...RANGE, out: file, all: true }, none.output)).toBe(0)
    expect(none.document()).toMatchObject({ slips: 2, problems: [] })
    expect(readFileSync(file).subarray(0, 5).toString()).toBe('%PDF-')
  })
})

test('a slip is drawn where the bank gives data only: no receipt, or XML; not beside its PDF or OFD', async () => {
  const [first] = await bring(line('k1'), line('k2'), line('k3', { receiptKey: '' }), line('k4'))
  given.set('k1', { receiptNo: 'N1', mediaType: 'application/xml', bytes: Buffer.from('<bank-data/>') })
  given.set('k2', { receiptNo: 'N2', mediaType: 'application/pdf', bytes: Buffer.from('%PDF-1.4 a picture') })
  given.set('k4', document(sealed(receiptXml('k4'))))
  expect(await fetchReceipts(deps, 'bank')).toBe(3)
  const out = path.join(folder, 'slips.pdf')
  const said = capture('en')
  expect(await renderReceipts(deps, { ...RANGE, out }, said.output)).toBe(0)
  expect(said.document()).toMatchObject({ slips: 2 })
  expect(first).toBeDefined()
})

describe('the command `receipt parse`', () => {
  const main = path.resolve(__dirname, '../../connector/main.js')
  const parse = (file: string) => {
    const { status, stdout } = spawnSync(process.execPath, [main, '--json', 'receipt', 'parse', file], {
      encoding: 'utf8',
      timeout: 25_000,
    })
    const said: unknown = JSON.parse(stdout)
    return { status, said }
  }

  test('prints fields, seal and problems, and ends with 0', () => {
    const { status, said } = parse(write('r.ofd', sealed(receiptXml('k1'))))
    expect(status).toBe(0)
    expect(said).toMatchObject({
      ...{ ok: true, kind: 'ofd', receipt: { receiptNo: 'RECEIPT-k1', amount: '100.00', currency: 'CNY' } },
      seal: { state: 'intact', certificateChain: 'not-verified' },
      problems: [{ code: 'EVOUCHER_SEAL_PART_UNLISTED' }],
    })
  })

  test('ends with 1 where there is no structured data, the seal is broken, or the file is none', () => {
    expect(parse(write('a.xml', '<a/>'))).toMatchObject({
      status: 1,
      said: { ok: false, problems: [{ code: 'EVOUCHER_NO_STRUCTURED_DATA' }] },
    })
    const broken = ofd({ 'Doc_0/Attachs/a.xml': receiptXml('k1') }, { altered: { 'Doc_0/Document.xml': 'x' } })
    expect(parse(write('b.ofd', broken))).toMatchObject({ status: 1, said: { seal: { state: 'broken' } } })
    expect(parse(path.join(folder, 'absent'))).toMatchObject({
      status: 1,
      said: { problems: [{ code: 'EVOUCHER_FILE_UNREADABLE' }] },
    })
  })

  test('says it in words without --json', () => {
    const file = write('r.ofd', sealed(receiptXml('k1')))
    const text = execFileSync(process.execPath, [main, '--lang', 'zh', 'receipt', 'parse', file], {
      encoding: 'utf8',
      timeout: 25_000,
    })
    expect(text).toContain('RECEIPT-k1')
    expect(text).toContain('未验证证书链')
  })
})
