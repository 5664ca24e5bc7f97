// Statements and balances from camt files that a bank puts into a folder: each line once, and nothing while the files do not fit
// together. Files composed by hand from the standard.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { readCamt, textOfFile } from '../../bank-gateways/iso20022/codec-camt'
import type { BankGateway, StatementLine } from '../../connector/ports'
import { lineKeys } from '../../connector/core/line-key'
import { instruction, openSite, PAYER, type Site } from '../support/iso20022'
import { hasSchemas, schemaErrors } from '../support/xsd'

const never = new AbortController().signal
const MARCH = { from: '2026-03-01', to: '2026-03-31' }
const INTRADAY = { lineIdentity: 'servicer-reference', intraday: true }

type Line = {
  readonly on: string
  readonly amount: string
  readonly serial?: string
  readonly endToEnd?: string
  readonly status?: string
  readonly reversal?: true
}

function entry({ on, amount, serial, endToEnd, status = 'BOOK', reversal }: Line): string {
  const isOut = amount.startsWith('-')
  return `<Ntry><Amt Ccy="CNY">${amount.replace('-', '')}</Amt><CdtDbtInd>${isOut ? 'DBIT' : 'CRDT'}</CdtDbtInd>${reversal ? '<RvslInd>true</RvslInd>' : ''}<Sts>${status}</Sts><BookgDt><Dt>${on}</Dt></BookgDt>${serial === undefined ? '' : `<AcctSvcrRef>${serial}</AcctSvcrRef>`}<BkTxCd></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>${endToEnd ?? 'NOTPROVIDED'}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>`
}

const balance = (type: string, date: string, amount: string): string =>
  `<Bal><Tp><CdOrPrtry><Cd>${type}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">${amount.replace('-', '')}</Amt><CdtDbtInd>${amount.startsWith('-') ? 'DBIT' : 'CRDT'}</CdtDbtInd><Dt>${date}</Dt></Bal>`

type Statement = {
  readonly id: string
  readonly balances: string
  readonly lines?: readonly Line[]
  readonly account?: string
}

const ROOTS = {
  '052': ['BkToCstmrAcctRpt', 'Rpt'],
  '053': ['BkToCstmrStmt', 'Stmt'],
  '054': ['BkToCstmrDbtCdtNtfctn', 'Ntfctn'],
} as const

function camt(kind: '052' | '053' | '054', { id, balances, lines = [], account = PAYER }: Statement): string {
  const [root, part] = ROOTS[kind]
  return `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.${kind}.001.02"><${root}><GrpHdr><MsgId>${id}</MsgId><CreDtTm>2026-03-02T10:00:00</CreDtTm></GrpHdr><${part}><Id>${id}</Id><CreDtTm>2026-03-02T10:00:00</CreDtTm><Acct><Id><Othr><Id>${account}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>${balances}${lines.map(entry).join('')}</${part}></${root}></Document>`
}

/** A day's statement: opening, lines, closing. */
function day(on: string, opening: string, lines: readonly Omit<Line, 'on'>[], closing: string, id = `S-${on}`): string {
  const balances = balance('OPBD', `<Dt>${on}</Dt>`, opening) + balance('CLBD', `<Dt>${on}</Dt>`, closing)
  return camt('053', { id, balances, lines: lines.map(line => ({ ...line, on })) })
}

let site: Site
beforeEach(() => (site = openSite()))
afterEach(() => site.close())

let files = 0
const put = (text: string): void => site.put(`camt-${(files += 1)}.xml`, text)

async function walk(gateway: BankGateway, range = MARCH): Promise<readonly StatementLine[]> {
  const lines: StatementLine[] = []
  for (let after: string | null = null, pages = 0; pages < 100; pages += 1) {
    const page = await gateway.statement(PAYER, range, after, never)
    lines.push(...page.items)
    after = page.next
    if (after === null) return lines
  }
  throw new Error('the walk does not end')
}

const amounts = (lines: readonly StatementLine[]) => lines.map(({ bookedOn, amount }) => `${bookedOn} ${amount.minor}`)

const SECOND = day(
  '2026-03-02',
  '100.00',
  [
    { amount: '-30.00', serial: 'A1', endToEnd: 'YQ1' },
    { amount: '7.00', serial: 'A2' },
  ],
  '77.00',
)
const FIFTH = day(
  '2026-03-05',
  '77.00',
  [
    { amount: '-7.00', serial: 'A3' },
    { amount: '-7.00', serial: 'A4' },
  ],
  '63.00',
)

test('booked lines of the range, by days, with our references; twins stay two', async () => {
  put(FIFTH)
  put(SECOND)
  const lines = await walk(site.open())
  expect(amounts(lines)).toEqual(['2026-03-02 -3000', '2026-03-02 700', '2026-03-05 -700', '2026-03-05 -700'])
  expect(lines.map(({ reference, bankId, bankSerial }) => [reference, bankId, bankSerial])).toEqual([
    ['YQ1', null, 'A1'],
    ['', null, 'A2'],
    ['', null, 'A3'],
    ['', null, 'A4'],
  ])
  expect(new Set(lineKeys(lines)).size).toBe(4)
  expect(amounts(await walk(site.open(), { from: '2026-03-05', to: '2026-03-05' }))).toHaveLength(2)
})

test('pages of any size are the same lines, from any cursor in any process', async () => {
  put(SECOND)
  put(FIFTH)
  const whole = amounts(await walk(site.open()))
  for (const pageLines of [1, 2, 3]) {
    expect(amounts(await walk(site.open({ pageLines })))).toEqual(whole)
    const first = await site.open({ pageLines }).statement(PAYER, MARCH, null, never)
    const rest = await site.open({ pageLines }).statement(PAYER, MARCH, first.next, never)
    expect(amounts([...first.items, ...rest.items])).toEqual(whole.slice(0, first.items.length + rest.items.length))
  }
  for (const cursor of ['2026-04-01:0', 'x', '2026-03-02:9'])
    await expect(site.open().statement(PAYER, MARCH, cursor, never)).rejects.toMatchObject({ code: 'iso20022.cursor' })
})

test('a statement that comes twice counts once, also under another file name', async () => {
  put(SECOND)
  put(SECOND)
  put(FIFTH)
  expect(await walk(site.open())).toHaveLength(4)
})

test('two different statements under one id are a contradiction', async () => {
  put(SECOND)
  put(day('2026-03-02', '100.00', [{ amount: '-23.00' }], '77.00'))
  await expect(walk(site.open())).rejects.toMatchObject({ code: 'iso20022.two_statements' })
})

test('a statement that does not add up is not imported (I9)', async () => {
  put(day('2026-03-02', '100.00', [{ amount: '-30.00' }], '77.00'))
  await expect(walk(site.open())).rejects.toMatchObject({ code: 'iso20022.gap' })
})

test('a statement that is missing shows as a gap, also behind days without one', async () => {
  put(SECOND)
  put(day('2026-03-09', '60.00', [{ amount: '1.00' }], '61.00'))
  await expect(walk(site.open())).rejects.toMatchObject({ code: 'iso20022.gap' })
  put(day('2026-03-06', '77.00', [{ amount: '-17.00' }], '60.00'))
  expect(await walk(site.open())).toHaveLength(4)
})

test('several statements of a day are put in order by their balances', async () => {
  put(day('2026-03-02', '70.00', [{ amount: '7.00' }], '77.00', 'page-2'))
  put(day('2026-03-02', '100.00', [{ amount: '-30.00' }], '70.00', 'page-1'))
  put(FIFTH)
  expect(await walk(site.open())).toHaveLength(4)
})

test('another account, another currency and what is only pending are no lines of this account', async () => {
  const pending = [
    { amount: '-5.00', status: 'PDNG' },
    { amount: '-6.00', status: 'INFO' },
  ]
  put(day('2026-03-02', '100.00', pending, '100.00'))
  put(
    camt('053', {
      id: 'x',
      balances: balance('OPBD', '<Dt>2026-03-02</Dt>', '1.00'),
      account: '6222',
      lines: [{ on: '2026-03-02', amount: '9.00' }],
    }),
  )
  expect(await walk(site.open())).toEqual([])
})

const now = '<DtTm>2026-03-02T09:00:00</DtTm>'
const early = camt('052', {
  id: 'R1',
  balances: balance('ITBD', now, '70.00'),
  lines: [{ on: '2026-03-02', amount: '-30.00', serial: 'A1' }],
})
const later = camt('052', {
  id: 'R2',
  balances: balance('ITBD', now.replace('09', '15'), '77.00') + balance('ITAV', now.replace('09', '15'), '70.00'),
  lines: [
    { on: '2026-03-02', amount: '-30.00', serial: 'A1' },
    { on: '2026-03-02', amount: '7.00', serial: 'A2' },
  ],
})

describe('intraday', () => {
  test('camt.052 is not read as lines unless the site says that its ids hold', async () => {
    put(later)
    expect(await walk(site.open())).toEqual([])
    expect(() => site.open({ intraday: true })).toThrow('servicer-reference')
  })

  test('reports that repeat each other, a notification and the day’s statement are the same lines under the same ids', async () => {
    put(early)
    const first = await walk(site.open(INTRADAY))
    put(camt('054', { id: 'N1', balances: '', lines: [{ on: '2026-03-02', amount: '7.00', serial: 'A2' }] }))
    put(later)
    const grown = await walk(site.open(INTRADAY))
    put(SECOND)
    const closed = await walk(site.open(INTRADAY))
    expect(first.map(({ bankId }) => bankId)).toEqual(['A1/D'])
    expect(grown.map(({ bankId }) => bankId)).toEqual(['A1/D', 'A2/C'])
    expect(lineKeys(closed)).toEqual(lineKeys(grown))
  })

  test('a line of the day that its statement does not have is not passed over', async () => {
    put(later)
    put(day('2026-03-02', '100.00', [{ amount: '-30.00', serial: 'A1' }], '70.00'))
    await expect(walk(site.open(INTRADAY))).rejects.toMatchObject({ code: 'iso20022.intraday' })
  })

  test.each<[string, readonly Omit<Line, 'on'>[]]>([
    ['missing', [{ amount: '-30.00' }]],
    [
      'twice',
      [
        { amount: '-15.00', serial: 'A1' },
        { amount: '-15.00', serial: 'A1' },
      ],
    ],
  ])('an id that is %s is no id: nothing is imported, and content would do', async (_, lines) => {
    put(day('2026-03-02', '100.00', lines, '70.00'))
    await expect(walk(site.open(INTRADAY))).rejects.toMatchObject({ code: 'iso20022.identity' })
    expect(await walk(site.open())).toHaveLength(lines.length)
  })

  test('the same id with another amount is no id', async () => {
    put(early)
    put(day('2026-03-02', '100.00', [{ amount: '-31.00', serial: 'A1' }], '69.00'))
    await expect(walk(site.open(INTRADAY))).rejects.toMatchObject({ code: 'iso20022.identity' })
  })

  test('a reversal under the reference of what it takes back is a line of its own', async () => {
    put(
      day(
        '2026-03-02',
        '100.00',
        [
          { amount: '-30.00', serial: 'A1' },
          { amount: '30.00', serial: 'A1', reversal: true },
        ],
        '100.00',
      ),
    )
    const lines = await walk(site.open(INTRADAY))
    expect(lines.map(({ bankId, isReversal }) => [bankId, isReversal])).toEqual([
      ['A1/D', false],
      ['A1/CR', true],
    ])
  })
})

describe('balance', () => {
  test('the newest that a file states, with what is available', async () => {
    put(later)
    put(early)
    put(day('2026-03-01', '100.00', [], '100.00'))
    expect(await site.open().balance(PAYER, never)).toEqual({
      account: PAYER,
      asOf: '2026-03-02T15:00:00',
      current: { minor: 7700n, currency: 'CNY' },
      available: { minor: 7000n, currency: 'CNY' },
      frozen: null,
      previousDay: null,
    })
  })

  test('a day’s closing balance is newer than any report of that day', async () => {
    put(SECOND)
    put(later)
    expect(await site.open().balance(PAYER, never)).toMatchObject({
      asOf: '2026-03-02',
      current: { minor: 7700n },
      available: null,
      previousDay: { minor: 10000n },
    })
  })

  test('an overdraft is negative', async () => {
    put(day('2026-03-02', '1.00', [{ amount: '-3.00' }], '-2.00'))
    expect((await site.open().balance(PAYER, never)).current.minor).toBe(-200n)
  })

  test('none is invented', async () => {
    await expect(site.open().balance(PAYER, never)).rejects.toMatchObject({ code: 'iso20022.no_balance' })
  })
})

test('a file that breaks off is kept, told as a fault once, and what the bank sends again is read', async () => {
  const half = SECOND.slice(0, 900)
  put(half)
  const gateway = site.open()
  await expect(walk(gateway)).rejects.toMatchObject({ code: 'iso20022.undecodable' })
  expect(site.archived('received').map(String)).toEqual([half])
  put(SECOND)
  expect(await walk(gateway)).toHaveLength(2)
})

test('a broken file is told to whoever asks for statements, also when an inquiry fetched it', async () => {
  put(SECOND.slice(0, 900))
  const gateway = site.open()
  expect(await gateway.inquire([instruction()], never)).toMatchObject([{ code: 'iso20022.undecodable' }])
  await expect(walk(gateway)).rejects.toMatchObject({ code: 'iso20022.undecodable' })
  expect(await walk(gateway)).toEqual([])
})

test('an account by its IBAN', async () => {
  const iban = 'DE02120300000000202051'
  put(SECOND.replace(`<Othr><Id>${PAYER}</Id></Othr>`, `<IBAN>${iban}</IBAN>`))
  expect(await walk(site.open({ accounts: { [PAYER]: { currency: 'CNY', iban } } }))).toHaveLength(2)
  await expect(walk(site.open({ accounts: {} }))).rejects.toMatchObject({ code: 'iso20022.unknown_account' })
})

const CAMT = path.resolve(__dirname, '../../../../shared/fixtures/camt')
const fixtures = existsSync(CAMT)
  ? readdirSync(CAMT, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.xml'))
  : []
if (fixtures.length === 0) console.warn(`skipped: no camt files at ${CAMT}`)
const testFixtures = fixtures.length > 0 ? test : test.skip

testFixtures('the files of other people’s banks are read with the balances that stand in them', async () => {
  for (const name of fixtures) {
    const bytes = readFileSync(path.join(CAMT, name))
    const text = await textOfFile(name, bytes)
    if (!/<(?:\w+:)?(?:Stmt|Rpt|Ntfctn)[\s>]/.test(text)) continue
    const balances = (readCamt(text) ?? []).flatMap(statement => statement.balances)
    expect([name, balances.length]).toEqual([name, text.match(/<(?:\w+:)?Bal>/g)?.length ?? 0])
  }
})

const testSchema = hasSchemas ? test : test.skip
testSchema('the files of this test are valid by the schema', async () => {
  expect(await schemaErrors('camt.053.001.02', [SECOND, FIFTH])).toEqual([])
  expect(await schemaErrors('camt.052.001.02', [early, later])).toEqual([])
})
