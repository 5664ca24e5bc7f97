// The simulated file bank by itself: a plain SFTP client puts in messages composed by hand, and what the bank writes is judged by the
// schemas of ISO 20022 and by its own ledger. No gateway takes part but in the last test.

import * as fc from 'fast-check'
import SftpClient from 'ssh2-sftp-client'
import { startSimulator, type Simulator } from '../../bank-gateways/simulator/simulator'
import { childrenOf, find, parseXml, textAt } from '../../bank-gateways/shared/xml'
import { magicAccount } from '../../bank-gateways/simulator/engine/magic'
import { HOST_KEY, HOST_KEY_SHA256 } from '../support/gateway-banks/iso20022'
import { golden, NOW, openSite, instruction, PAYER } from '../support/iso20022'
import { hasSchemas, schemaErrors } from '../support/xsd'

const never = new AbortController().signal
const LOGIN = { username: 'demo01', password: 'Pass-of-the-demo' }
const PAYMENT = golden('china.pain.001.001.03.xml')
  .replace('100000000.01', '10.01')
  .replaceAll('100000123.46', '133.46')

const openClients: SftpClient[] = []
let simulator: Simulator

async function start(protocol: object, over: object = {}): Promise<SftpClient> {
  simulator = await startSimulator({
    clock: {
      now: () => NOW,
      sleep: (_, signal) => new Promise(resolve => signal.addEventListener('abort', () => resolve())),
    },
    accounts: [
      {
        bank: 'iso20022',
        account: PAYER,
        name: '甲公司',
        cnaps: '403100000004',
        bankName: '邮储',
        openingBalance: '1000.00',
        history: [
          { date: '2026-02-27', type: 'deposit', amount: '5.00', counterName: '丙 & 公司', counterAccount: '62220011' },
          { date: '2026-02-27', type: 'fee', amount: '0.50', text: '手续费' },
          { date: '2026-03-01', type: 'interest', amount: '0.07', text: '结息' },
        ],
      },
    ],
    banks: { iso20022: { customers: [LOGIN], hostPrivateKey: HOST_KEY.private, protocol, ...over } },
  })
  return logIn(LOGIN)
}

async function logIn(login: object): Promise<SftpClient> {
  const { hostname, port } = new URL(simulator.url('iso20022', 'sftp').replace('sftp:', 'http:'))
  const quiet = (): void => undefined
  const client = new SftpClient('test', { error: quiet, end: quiet, close: quiet })
  openClients.push(client)
  await client.connect({ host: hostname, port: Number(port), ...login })
  return client
}

afterEach(async () => {
  for (const client of openClients.splice(0)) await client.end().catch(() => undefined)
  await simulator.close()
  expect(simulator.problems()).toEqual([])
})

async function deliver(client: SftpClient, text: string, name = 'x.xml'): Promise<void> {
  await client.put(Buffer.from(text), `/in/${name}.tmp`)
  await client.rename(`/in/${name}.tmp`, `/in/${name}`)
}

async function filesIn(client: SftpClient, directory: string): Promise<readonly string[]> {
  const names = (await client.list(directory)).map(({ name }) => name).sort()
  const texts: string[] = []
  for (const name of names) texts.push(await textOf(client, `${directory}/${name}`))
  return texts
}

async function textOf(client: SftpClient, file: string): Promise<string> {
  const bytes = await client.get(file)
  return Buffer.isBuffer(bytes) ? bytes.toString('utf8') : ''
}

/** Status and first reason of the group and of each payment. */
function said(report: string): readonly string[] {
  const root = parseXml(report)
  const group = find(root, 'OrgnlGrpInfAndSts')
  const blocks = childrenOf(find(root, 'CstmrPmtStsRpt') ?? root, 'OrgnlPmtInfAndSts')
  const payments = blocks.flatMap(block => childrenOf(block, 'TxInfAndSts'))
  const reasonOf = (code: string): string => (code === '' ? '' : `/${code}`)
  return [
    `${textAt(group, 'OrgnlMsgId')} ${textAt(group, 'GrpSts')}${reasonOf(textAt(group, 'StsRsnInf', 'Rsn', 'Cd'))}`.trim(),
    ...payments.map(
      one =>
        `${textAt(one, 'OrgnlEndToEndId')} ${textAt(one, 'TxSts')}${reasonOf(textAt(one, 'StsRsnInf', 'Rsn', 'Cd'))}`,
    ),
  ]
}

const ids = ['YQ260302001000001', 'YQ260302001000002'] as const
const MESSAGE = 'YQ260302001000009'

test('a file is taken, reported, booked once, reported again, and stands in the statements', async () => {
  const client = await start({})
  await deliver(client, PAYMENT)
  expect(await client.list('/in')).toEqual([])
  const [first = ''] = await filesIn(client, '/status')
  expect(said(first)).toEqual([`${MESSAGE} ACCP`, `${ids[0]} ACCP`, `${ids[1]} ACCP`])
  simulator.advance(60_000)
  const reports = await filesIn(client, '/status')
  expect(reports.map(said).at(-1)).toEqual([`${MESSAGE} ACSC`, `${ids[0]} ACSC`, `${ids[1]} ACSC`])
  expect(simulator.payments().map(({ timesReceived, timesBooked }) => [timesReceived, timesBooked])).toEqual([
    [1, 1],
    [1, 1],
  ])
  expect(await filesIn(client, '/status')).toHaveLength(2)
  const statements = await filesIn(client, '/statements')
  expect(statements.map(text => /camt\.05\d/.exec(text)?.[0])).toEqual(['camt.052', 'camt.053', 'camt.053'])
  expect(statements[0]).toContain(`<EndToEndId>${ids[0]}</EndToEndId>`)
  expect(statements[0]).toContain('<Cd>ITBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">871.11</Amt>')
})

test.each([
  ['the number of payments', PAYMENT.replace('<NbOfTxs>2</NbOfTxs>', '<NbOfTxs>3</NbOfTxs>'), 'AM18'],
  ['the sum', PAYMENT.replace('<CtrlSum>133.46</CtrlSum>', '<CtrlSum>133.47</CtrlSum>'), 'AM10'],
  ['the sum of the block', PAYMENT.replace(/(<PmtInf>.*)<CtrlSum>133.46/, '$1<CtrlSum>133.40'), 'AM10'],
])('%s is wrong: the file is refused whole', async (_, text, code) => {
  const client = await start({})
  await deliver(client, text)
  expect((await filesIn(client, '/status')).map(said)).toEqual([[`${MESSAGE} RJCT/${code}`]])
  expect(simulator.payments().every(({ timesBooked }) => timesBooked === 0)).toBe(true)
})

test.each([
  ['no XML', 'pay please'],
  ['another message', PAYMENT.replaceAll('CstmrCdtTrfInitn', 'CstmrDrctDbtInitn')],
  ['a version that it does not take', PAYMENT.replace('pain.001.001.03', 'pain.001.001.12')],
])('%s: nothing is done, and the report names no message', async (_, text) => {
  const client = await start({})
  await deliver(client, text)
  expect((await filesIn(client, '/status')).map(said)).toEqual([['NOTPROVIDED RJCT/FF01']])
  expect(simulator.payments()).toEqual([])
})

test('one payment of a file is refused by name, the other goes', async () => {
  const client = await start({})
  await deliver(client, PAYMENT.replace('<Othr><Id>1100000000000000</Id>', `<Othr><Id>${magicAccount('203')}</Id>`))
  expect((await filesIn(client, '/status')).map(said)).toEqual([
    [`${MESSAGE} PART`, `${ids[0]} RJCT/AM04`, `${ids[1]} ACCP`],
  ])
})

test.each([
  ['refuse', 1],
  ['book-again', 2],
] as const)('a MsgId that comes again: %s', async (repeatedFile, booked) => {
  const client = await start({ repeatedFile })
  await deliver(client, PAYMENT)
  await deliver(client, PAYMENT, 'y.xml')
  simulator.advance(60_000)
  const reports = (await filesIn(client, '/status')).map(said)
  expect(reports.some(([group]) => group === `${MESSAGE} RJCT/AM05`)).toBe(booked === 1)
  expect(simulator.ledger().postings.filter(({ type, key }) => type === 'payment' && key === ids[0])).toHaveLength(
    booked,
  )
})

test('a file name that is there already is refused, and so is everybody who is not a customer', async () => {
  const client = await start({ takesAway: false })
  await deliver(client, PAYMENT)
  await client.put(Buffer.from('other'), '/in/z.tmp')
  await expect(client.rename('/in/z.tmp', '/in/x.xml')).rejects.toThrow('Failure')
  await expect(logIn({ ...LOGIN, password: 'wrong' })).rejects.toThrow('authentication')
  await expect(logIn({ ...LOGIN, username: 'other' })).rejects.toThrow('authentication')
  expect(await textOf(client, '/in/x.xml')).toBe(PAYMENT)
})

test('damaged files: a report or none, never a defect inside, never a sum that was not asked for', async () => {
  const client = await start({})
  let number = 0
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.nat({ max: 60 }),
      fc.constantFrom('', '<', '</PmtInf>', '&', '9'.repeat(30), '中'),
      async (at, length, put) => {
        const start = at % PAYMENT.length
        await deliver(client, PAYMENT.slice(0, start) + put + PAYMENT.slice(start + length), `f${(number += 1)}.xml`)
      },
    ),
    { numRuns: 40 },
  )
  simulator.advance(60_000)
  const { postings } = simulator.ledger()
  const paid = postings.filter(({ type }) => type === 'payment').map(({ amount }) => amount)
  expect(paid.every(amount => ['123.45', '10.01'].includes(amount))).toBe(true)
  expect((await filesIn(client, '/status')).length).toBeGreaterThan(0)
})

const testSchema = hasSchemas ? test : test.skip
testSchema.each([
  ['pain.002.001.03', '02'],
  ['pain.002.001.10', '08'],
])('what the bank writes is valid by the schema: %s, camt version %s', async (reportVersion, camtVersion) => {
  const client = await start({ reportVersion, camtVersion })
  await deliver(client, PAYMENT.replace('<Othr><Id>6222000011112222</Id>', `<Othr><Id>${magicAccount('601')}</Id>`))
  simulator.advance(1000)
  await filesIn(client, '/status')
  simulator.advance(60_000)
  await deliver(client, PAYMENT, 'again.xml')
  await deliver(client, 'x', 'bad.xml')
  const reports = await filesIn(client, '/status')
  const statements = await filesIn(client, '/statements')
  expect(reports.length).toBeGreaterThan(3)
  expect(statements.join('')).toContain('<RvslInd>true</RvslInd>')
  expect(await schemaErrors(reportVersion, reports)).toEqual([])
  for (const kind of ['052', '053']) {
    const name = `camt.${kind}.001.${camtVersion}`
    const own = statements.filter(text => text.includes(name))
    expect(own.length).toBeGreaterThan(0)
    expect(await schemaErrors(name, own)).toEqual([])
  }
})

test.each([
  ['pain.001.001.03', 'pain.002.001.03', '08', 'file'],
  ['pain.001.001.09', 'pain.002.001.10', '02', 'payment'],
])('with the gateway: %s, %s, camt %s, reports by %s', async (version, reportVersion, camtVersion, reportLevel) => {
  await start({ reportVersion, camtVersion, reportLevel })
  const site = openSite()
  try {
    const { hostname, port } = new URL(simulator.url('iso20022', 'sftp').replace('sftp:', 'http:'))
    const gateway = site.open({
      version,
      transport: { kind: 'sftp', host: hostname, port: Number(port), ...LOGIN, hostKeySha256: HOST_KEY_SHA256 },
      paths: { send: '/in', status: '/status', statements: '/statements' },
    })
    expect((await gateway.send([instruction()], never))[0]?.kind).toBe('accepted')
    simulator.advance(60_000)
    expect((await gateway.inquire([instruction()], never))[0]?.kind).toBe('settled')
    const range = { from: '2026-02-01', to: '2026-03-01' }
    const first = await gateway.statement(PAYER, range, null, never)
    const second = await gateway.statement(PAYER, range, first.next, never)
    const items = [...first.items, ...second.items]
    expect(second.next).toBeNull()
    expect(items.map(({ bookedOn, amount, counterName }) => [bookedOn, amount.minor, counterName])).toEqual([
      ['2026-02-27', 500n, '丙 & 公司'],
      ['2026-02-27', -50n, ''],
      ['2026-03-01', 7n, ''],
    ])
    expect((await gateway.balance(PAYER, never)).current).toEqual({ minor: 88_112n, currency: 'CNY' })
  } finally {
    site.close()
  }
})
