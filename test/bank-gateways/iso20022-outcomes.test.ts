// What the bank's status reports come to, at every level and in every order: reports composed by hand from the standard, put into the
// bank's folder one by one, judged by the whole gateway.

import * as fc from 'fast-check'
import { STATUSES } from '../../bank-gateways/iso20022/codes'
import { readStatusReport } from '../../bank-gateways/iso20022/codec-pain002'
import { judgeReports } from '../../bank-gateways/iso20022/outcomes'
import { judgeInquiry } from '../../connector/core/judge'
import type { BankGateway, InquiryOutcome } from '../../connector/ports'
import { instruction, NOW, openSite, type Site } from '../support/iso20022'
import { hasSchemas, schemaErrors } from '../support/xsd'

const never = new AbortController().signal
const MESSAGE = 'YQ260302001000009'
const [FIRST, SECOND, OUTSIDE] = ['YQ260302001000001', 'YQ260302001000002', 'YQ260302001000003']
const batch = [FIRST, SECOND].map((reference, index) =>
  instruction({ reference, batch: { reference: MESSAGE, line: index + 1 } }),
)

type Payment = { readonly id: string; readonly status: string; readonly reason?: string; readonly more?: string }
type Shape = {
  readonly message?: string
  readonly count?: string
  readonly sum?: string
  readonly group?: string
  readonly groupReason?: string
  readonly block?: string
  readonly blockStatus?: string
  readonly payments?: readonly Payment[]
  readonly at?: string
}

const reason = (code: string | undefined, words = ''): string =>
  code === undefined
    ? ''
    : `<StsRsnInf><Rsn>${code.length === 4 ? `<Cd>${code}</Cd>` : `<Prtry>${code}</Prtry>`}</Rsn>${words === '' ? '' : `<AddtlInf>${words}</AddtlInf>`}</StsRsnInf>`
const leaf = (name: string, text: string | undefined): string =>
  text === undefined ? '' : `<${name}>${text}</${name}>`

function report(shape: Shape, words = ''): string {
  const payments = (shape.payments ?? []).map(
    ({ id, status, reason: code, more = '' }) =>
      `<TxInfAndSts><OrgnlInstrId>${id}</OrgnlInstrId><OrgnlEndToEndId>${id}</OrgnlEndToEndId><TxSts>${status}</TxSts>${reason(code, words)}${more}</TxInfAndSts>`,
  )
  const block = shape.blockStatus !== undefined || payments.length > 0
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt>
<GrpHdr><MsgId>BANK1</MsgId><CreDtTm>${shape.at ?? '2026-03-02T10:05:00'}</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>${shape.message ?? MESSAGE}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId>${leaf('OrgnlNbOfTxs', shape.count)}${leaf('OrgnlCtrlSum', shape.sum)}${leaf('GrpSts', shape.group)}${reason(shape.groupReason, words)}</OrgnlGrpInfAndSts>
${block ? `<OrgnlPmtInfAndSts><OrgnlPmtInfId>${shape.block ?? MESSAGE}</OrgnlPmtInfId>${leaf('PmtInfSts', shape.blockStatus)}${payments.join('')}</OrgnlPmtInfAndSts>` : ''}
</CstmrPmtStsRpt></Document>`
}

let site: Site
let gateway: BankGateway
beforeEach(async () => {
  site = openSite()
  gateway = site.open()
  expect((await gateway.send(batch, never)).map(outcome => [outcome.kind, 'code' in outcome && outcome.code])).toEqual([
    ['uncertain', 'iso20022.delivered'],
    ['uncertain', 'iso20022.delivered'],
  ])
})
afterEach(() => site.close())

let files = 0
const put = (text: string): void => site.put(`status-${(files += 1)}.xml`, text)
const short = (outcome: InquiryOutcome): string => {
  if (outcome.kind === 'unavailable') return outcome.code.startsWith('iso20022.') ? outcome.code : `? ${outcome.code}`
  if (outcome.kind === 'refused') return `refused ${outcome.refusal.code}`
  return outcome.kind === 'absent' ? 'absent' : `${outcome.kind} ${outcome.echo.code}`
}
const asked = async (): Promise<readonly string[]> => (await gateway.inquire(batch, never)).map(short)

test('before the bank writes anything nothing is learned, and the line is up all the same', async () => {
  const [outcome] = await gateway.inquire(batch, never)
  expect(outcome).toMatchObject({ kind: 'unavailable', isLineUp: true })
  expect(await asked()).toEqual(['iso20022.no_status', 'iso20022.no_status'])
})

const whole = { count: '2', sum: '246.90' }

test.each<[string, Shape, readonly [string, string]]>([
  ['group ACCP: the whole file is taken', { ...whole, group: 'ACCP' }, ['accepted ACCP', 'accepted ACCP']],
  ['group ACSP is not paid', { group: 'ACSP' }, ['accepted ACSP', 'accepted ACSP']],
  ['group ACSC: all of it is paid', { group: 'ACSC' }, ['settled ACSC', 'settled ACSC']],
  [
    'group RJCT for a listed reason refuses what is in the file',
    { group: 'RJCT', groupReason: 'AM10' },
    ['refused RJCT/AM10', 'refused RJCT/AM10'],
  ],
  ['group RJCT without a reason', { group: 'RJCT' }, ['? RJCT', '? RJCT']],
  ['group RJCT for a reason in no table', { group: 'RJCT', groupReason: 'ZZ99' }, ['? RJCT/ZZ99', '? RJCT/ZZ99']],
  [
    'group RJCT for the bank’s own reason',
    { group: 'RJCT', groupReason: 'E-4711' },
    ['? RJCT/E-4711', '? RJCT/E-4711'],
  ],
  ['group RJCT as a duplicate', { group: 'RJCT', groupReason: 'AM05' }, ['? RJCT/AM05', '? RJCT/AM05']],
  ['group RJCT, DUPL', { group: 'RJCT', groupReason: 'DUPL' }, ['? RJCT/DUPL', '? RJCT/DUPL']],
  ['group RJCT without a word why (MS03)', { group: 'RJCT', groupReason: 'MS03' }, ['? RJCT/MS03', '? RJCT/MS03']],
  ['a status in no table', { group: 'CANC' }, ['? CANC', '? CANC']],
  ['the payment block speaks', { group: 'PART', blockStatus: 'ACSC' }, ['settled ACSC', 'settled ACSC']],
  ['the payment block is refused', { blockStatus: 'RJCT', payments: [] }, ['? RJCT', '? RJCT']],
  [
    'PART: each payment for itself',
    {
      group: 'PART',
      payments: [
        { id: FIRST, status: 'ACSC' },
        { id: SECOND, status: 'RJCT', reason: 'AC04' },
      ],
    },
    ['settled ACSC', 'refused RJCT/AC04'],
  ],
  [
    'PART: what is not named stays as it was',
    { group: 'PART', payments: [{ id: SECOND, status: 'RJCT', reason: 'AC04' }] },
    ['iso20022.no_status', 'refused RJCT/AC04'],
  ],
  [
    'a payment refused in a file that is taken',
    { group: 'ACCP', payments: [{ id: SECOND, status: 'RJCT', reason: 'AM04' }] },
    ['accepted ACCP', 'refused RJCT/AM04'],
  ],
  [
    'a payment refused in a file that is paid: one of the two is wrong',
    { group: 'ACSC', payments: [{ id: SECOND, status: 'RJCT', reason: 'AM04' }] },
    ['settled ACSC', 'iso20022.contradictory'],
  ],
  [
    'a payment paid in a file that is refused: one of the two is wrong',
    { group: 'RJCT', groupReason: 'AM10', payments: [{ id: FIRST, status: 'ACSC' }] },
    ['iso20022.contradictory', 'refused RJCT/AM10'],
  ],
  [
    'one of two reasons is in no table',
    { payments: [{ id: FIRST, status: 'RJCT', more: reason('AC04') + reason('XX00') }] },
    ['? RJCT/AC04/XX00', 'iso20022.no_status'],
  ],
  [
    'the same payment twice in one report',
    {
      payments: [
        { id: FIRST, status: 'ACSC' },
        { id: FIRST, status: 'ACSC' },
      ],
    },
    ['iso20022.contradictory', 'iso20022.no_status'],
  ],
  [
    'another number of payments',
    { count: '3', sum: '246.90', group: 'ACSC' },
    ['iso20022.other_file', 'iso20022.other_file'],
  ],
  [
    'another sum',
    { count: '2', sum: '246.91', group: 'RJCT', groupReason: 'AM10' },
    ['iso20022.other_file', 'iso20022.other_file'],
  ],
  ['the same sum, written otherwise', { count: '2', sum: '246.9', group: 'ACSC' }, ['settled ACSC', 'settled ACSC']],
  [
    'a payment that is not in our file',
    { group: 'ACSC', payments: [{ id: OUTSIDE, status: 'ACSC' }] },
    ['iso20022.other_file', 'iso20022.other_file'],
  ],
  ['another payment block', { block: 'OTHER', blockStatus: 'ACSC' }, ['iso20022.no_status', 'iso20022.no_status']],
])('%s', async (_, shape, expected) => {
  put(report(shape))
  // A report of a shape that counts for nothing may be told as news the first time it is heard.
  await asked()
  expect(await asked()).toEqual(expected)
})

test.each(Object.entries(STATUSES))('%s alone never says more than its table', async (status, { outcome }) => {
  put(report({ payments: [{ id: FIRST, status, ...(status === 'RJCT' ? { reason: 'AC01' } : {}) }] }))
  const [said] = await gateway.inquire(batch, never)
  expect(said?.kind).toBe(outcome === 'partly' ? 'unavailable' : outcome)
  expect(outcome === 'settled').toBe(status === 'ACSC' || status === 'ACCC')
})

test('the bank’s words can say what its code hides', async () => {
  put(report({ group: 'RJCT', groupReason: 'FF01' }, 'Duplicate file received'))
  put(report({ payments: [{ id: FIRST, status: 'RJCT', reason: 'AC01' }] }, '重复的交易'))
  const outcomes = await gateway.inquire(batch, never)
  expect(outcomes.map(({ kind }) => kind)).toEqual(['unavailable', 'unavailable'])
  expect(outcomes[0]).toMatchObject({ reason: expect.stringContaining('第一次的可能已付') })
})

describe('several reports of one file', () => {
  const accepted: Shape = { group: 'ACCP', at: '2026-03-02T10:05:00' }
  const paid: Shape = { payments: [{ id: FIRST, status: 'ACSC' }], at: '2026-03-02T11:00:00' }
  const refused: Shape = { payments: [{ id: FIRST, status: 'RJCT', reason: 'AC04' }], at: '2026-03-02T12:00:00' }
  const duplicate: Shape = { group: 'RJCT', groupReason: 'AM05', at: '2026-03-02T13:00:00' }
  const unlisted: Shape = { payments: [{ id: FIRST, status: 'XXXX' }], at: '2026-03-02T14:00:00' }

  test.each<[string, readonly Shape[], string]>([
    ['taken, then paid', [accepted, paid], 'settled ACSC'],
    ['paid, fetched before taken', [paid, accepted], 'settled ACSC'],
    ['taken, then refused', [accepted, refused], 'refused RJCT/AC04'],
    ['taken, then a duplicate of it refused', [accepted, duplicate], 'accepted ACCP'],
    ['paid, then a duplicate of it refused', [paid, duplicate], 'settled ACSC'],
    ['only the duplicate was heard of', [duplicate], '? RJCT/AM05'],
    ['paid, then refused', [paid, refused], 'iso20022.contradictory'],
    ['refused, then taken', [refused, { ...accepted, at: '2026-03-02T15:00:00' }], 'iso20022.contradictory'],
    ['taken, then a word in no table', [accepted, unlisted], '? XXXX'],
    ['a word in no table, then paid', [unlisted, { ...paid, at: '2026-03-02T15:00:00' }], 'settled ACSC'],
    ['the same report twice', [paid, paid], 'settled ACSC'],
  ])('%s', async (_, shapes, expected) => {
    for (const shape of shapes) put(report(shape))
    const [outcome] = await gateway.inquire(batch, never)
    expect(outcome && short(outcome)).toBe(expected)
    // Another process knows the same, from the archive alone.
    const [again] = await site.open().inquire(batch, never)
    expect(again).toEqual(outcome)
  })
})

test('a refused file refuses nothing that is not provably in it', async () => {
  put(report({ group: 'RJCT', groupReason: 'AM10' }))
  const stranger = instruction({ reference: OUTSIDE, batch: { reference: MESSAGE, line: 3 } })
  const outcomes = await gateway.inquire([...batch, stranger], never)
  expect(outcomes.map(short)).toEqual(['refused RJCT/AM10', 'refused RJCT/AM10', 'iso20022.not_in_file'])
})

test('a file that the archive does not know is refused payment by payment only', async () => {
  const other = instruction({ reference: 'YQ7', batch: { reference: 'YQ8', line: 1 } })
  put(report({ message: 'YQ8', group: 'RJCT', groupReason: 'AM10' }))
  await gateway.inquire([other], never)
  expect((await gateway.inquire([other], never)).map(short)).toEqual(['iso20022.not_in_file'])
  put(report({ message: 'YQ8', block: 'YQ8', payments: [{ id: 'YQ7', status: 'RJCT', reason: 'AC04' }] }))
  await gateway.inquire([other], never)
  expect((await gateway.inquire([other], never)).map(short)).toEqual(['refused RJCT/AC04'])
})

test('what the report repeats of the payment is compared by the core', async () => {
  const echo = (amount: string, account: string): string =>
    `<AcctSvcrRef>B77</AcctSvcrRef><OrgnlTxRef><Amt><InstdAmt Ccy="CNY">${amount}</InstdAmt></Amt><CdtrAcct><Id><Othr><Id>${account}</Id></Othr></Id></CdtrAcct></OrgnlTxRef>`
  put(
    report({
      payments: [
        { id: FIRST, status: 'ACSC', more: echo('123.45', '1100000000000000') },
        { id: SECOND, status: 'ACSC', more: echo('123.46', '1100000000000000') },
      ],
    }),
  )
  const outcomes = await gateway.inquire(batch, never)
  expect(outcomes[0]).toMatchObject({
    kind: 'settled',
    echo: {
      reference: FIRST,
      amount: { minor: 12345n, currency: 'CNY' },
      payeeAccount: '1100000000000000',
      bankSerial: 'B77',
    },
  })
  const verdicts = outcomes.map((outcome, index) =>
    judgeInquiry('unknown', batch[index] ?? instruction(), outcome, gateway.traits, 0, NOW),
  )
  expect(verdicts.map(({ cause, contradiction }) => contradiction ?? cause)).toEqual([
    'inquiry.settled',
    'ECHO_MISMATCH',
  ])
})

test('a report about somebody else’s file is said once, and does not stop what comes after', async () => {
  put(report({ message: 'MANUAL-1', group: 'ACSC' }))
  expect(await asked()).toEqual(['iso20022.foreign', 'iso20022.foreign'])
  expect(await asked()).toEqual(['iso20022.no_status', 'iso20022.no_status'])
  put(report({ group: 'ACSC' }))
  expect(await asked()).toEqual(['settled ACSC', 'settled ACSC'])
})

test('a file that cannot be read teaches nothing, is kept byte for byte and shown to the operator', async () => {
  const broken = Buffer.from([0xff, 0xfe, 0x80, 0x3c, 0xc0])
  put(report({ group: 'ACCP' }))
  site.put('broken.xml', broken)
  expect(await asked()).toEqual(['iso20022.undecodable', 'iso20022.undecodable'])
  expect(await asked()).toEqual(['accepted ACCP', 'accepted ACCP'])
  expect(site.archived('received').some(bytes => bytes.equals(broken))).toBe(true)
  const checks = (await gateway.doctor?.()) ?? []
  expect(checks.find(({ name }) => name === 'archive')).toMatchObject({
    ok: false,
    en: expect.stringContaining('broken.xml'),
  })
})

test('a site’s own codes decide where the tables do not, and never over them', async () => {
  const codes = [
    { code: 'CANC', level: 'status', outcome: 'refused', meaning: '已撤销' },
    { code: 'C001', level: 'reason', outcome: 'refused', meaning: '客户撤销' },
    { code: 'E4711', level: 'reason', outcome: 'duplicate', meaning: '重复文件' },
  ]
  gateway = site.open({ codes })
  put(
    report({
      payments: [
        { id: FIRST, status: 'CANC', reason: 'C001' },
        { id: SECOND, status: 'RJCT', reason: 'E4711' },
      ],
    }),
  )
  expect(await asked()).toEqual(['refused CANC/C001', '? RJCT/E4711'])
  expect(() => site.open({ codes: [{ code: 'AM05', level: 'reason', outcome: 'refused', meaning: 'x' }] })).toThrow(
    'built-in',
  )
})

test('prefixes and newer versions are read the same', () => {
  const plain = report({ ...whole, group: 'PART', payments: [{ id: FIRST, status: 'ACSC' }] })
  const prefixed = plain.replace(/<(\/?)(\w)/g, '<$1p:$2').replace('xmlns=', 'xmlns:p=')
  expect(readStatusReport(prefixed.replace('pain.002.001.03', 'pain.002.001.10'))).toEqual(readStatusReport(plain))
  expect(() => readStatusReport('<Document/>')).toThrow(RangeError)
  expect(() => readStatusReport(plain.replace('?>', '?><!DOCTYPE x>'))).toThrow('DOCTYPE')
})

test('whatever the bank writes, in whatever order it is fetched: paid only by ACSC or ACCC, refused only by a listed reason and nothing else', () => {
  const payment = batch[0] ?? instruction()
  const sent = [{ count: '2', sum: '246.90', references: new Set([FIRST, SECOND]) }]
  const level = fc.record({
    status: fc.constantFrom('', 'ACTC', 'ACCP', 'ACSP', 'ACSC', 'ACCC', 'RJCT', 'PART', 'CANC', 'ZZZZ'),
    reason: fc.constantFrom(undefined, 'AC04', 'AM05', 'MS03', 'XX99'),
  })
  const written = fc.array(fc.record({ group: level, one: fc.option(level), hour: fc.integer({ min: 10, max: 23 }) }), {
    maxLength: 4,
  })
  fc.assert(
    fc.property(written, fc.boolean(), (shapes, isBackwards) => {
      const texts = shapes.map(({ group, one, hour }) =>
        report({
          group: group.status,
          ...(group.reason === undefined ? {} : { groupReason: group.reason }),
          at: `2026-03-02T${hour}:00:00`,
          payments: one ? [{ id: FIRST, status: one.status, ...(one.reason ? { reason: one.reason } : {}) }] : [],
        }),
      )
      const reports = texts.map((text, order) => ({ report: readStatusReport(text), order }))
      const { outcome } = judgeReports(payment, isBackwards ? reports.toReversed() : reports, sent, [])
      const levels = shapes.flatMap(({ group, one }) => [group, ...(one ? [one] : [])])
      const isPaidSomewhere = levels.some(({ status }) => status === 'ACSC' || status === 'ACCC')
      const isRefusedSomewhere = levels.some(({ status, reason: why }) => status === 'RJCT' && why === 'AC04')
      if (outcome.kind === 'settled') expect(isPaidSomewhere).toBe(true)
      if (outcome.kind === 'refused') expect(isRefusedSomewhere).toBe(true)
      expect(['settled', 'refused', 'accepted', 'unavailable']).toContain(outcome.kind)
      if (shapes.every(({ one }) => one?.status === 'ACSC') && shapes.some(({ one }) => one)) {
        const isDenied = shapes.some(({ group }) => group.status === 'RJCT')
        expect(outcome.kind === 'refused').toBe(false)
        if (!isDenied) expect(outcome.kind).toBe('settled')
      }
    }),
    { numRuns: 500 },
  )
})

const testSchema = hasSchemas ? test : test.skip
testSchema('the reports of this file are valid by the schema', async () => {
  const texts = [
    report({ ...whole, group: 'RJCT', groupReason: 'AM05' }, 'x'),
    report({ group: 'PART', blockStatus: 'PART', payments: [{ id: FIRST, status: 'RJCT', reason: 'AC04' }] }),
  ]
  expect(await schemaErrors('pain.002.001.03', texts)).toEqual([])
})
