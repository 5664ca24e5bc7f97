// The options are checked at the start and every problem is named; the README holds the tables made from the code.

import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { dirname, join, relative } from 'node:path'
import { startSimulator } from '../../bank-gateways/simulator/simulator'
import { faultTable, magicTable, settingsTable } from '../../bank-gateways/simulator/tables'
import { Boc, codesOf, Icbc, ICBC_PAYER, first, MORNING, MovableClock, post, startWorld } from './simulator-kit'

const README = join(__dirname, '../../../bank-gateways/simulator/README.md')

test.each([
  ['magic accounts', magicTable],
  ['faults', faultTable],
  ['ICBC settings', () => settingsTable('icbc')],
  ['BOC settings', () => settingsTable('boc')],
  ['CCB settings', () => settingsTable('ccb')],
  ['ABC settings', () => settingsTable('abc')],
  ['BCM settings', () => settingsTable('bcm')],
  ['CMB CDC settings', () => settingsTable('cmb')],
  ['CMB front-end settings', () => settingsTable('cmb-frontend')],
  ['CITIC settings', () => settingsTable('citic')],
  ['CIB settings', () => settingsTable('cib')],
  ['Ping An settings', () => settingsTable('pab')],
  ['SPDB settings', () => settingsTable('spdb')],
  ['CMBC settings', () => settingsTable('cmbc')],
  ['CEB settings', () => settingsTable('ceb')],
  ['CGB settings', () => settingsTable('cgb')],
  ['cashier’s settings', () => settingsTable('file')],
  ['ISO 20022 settings', () => settingsTable('iso20022')],
])('the README holds the table of %s', (_, table) => {
  const readme = readFileSync(README, 'utf8')
  expect(
    table()
      .split('\n')
      .filter(line => !readme.includes(line)),
  ).toEqual([])
  expect(readme.includes(table())).toBe(true)
})

test('the settings tables list every leaf of the settings, with its default', () => {
  expect(settingsTable('boc')).toContain(
    '| `protocol.tokenLifeMs` | `1800000` | Life of a token (not known). 令牌有效期。 |',
  )
  expect(
    settingsTable('icbc')
      .split('\n')
      .every(line => !line.includes('undefined')),
  ).toBe(true)
})

test('every problem of the options is named with its path', async () => {
  const account = { bank: 'icbc', account: 'x', name: '甲', openingBalance: '1.234' }
  const options = { accounts: [account], lateAnswerMs: -1, banks: { boc: { protocol: { pageMax: 51 } } } }
  const failure = await startSimulator(options).catch((error: Error) => error.message)
  for (const path of [
    'accounts.0.account',
    'accounts.0.openingBalance',
    'lateAnswerMs',
    'banks.boc.protocol.pageMax',
  ]) {
    expect(failure).toContain(path)
  }
})

test('an unknown setting is refused, not ignored', async () => {
  const options: object = { banks: { icbc: { protocol: { pageSize: 1 } } } }
  await expect(startSimulator(options)).rejects.toThrow(/pageSize/)
})

test.each([
  ['in the future', { date: '2026-03-03', type: 'deposit' as const, amount: '1.00' }],
  ['overdrawing', { date: '2026-03-01', type: 'fee' as const, amount: '1.00' }],
])('a history %s is refused', async (_, row) => {
  const accounts = [{ bank: 'icbc', account: '1', name: '甲', history: [row] }]
  await expect(startSimulator({ clock: new MovableClock(MORNING), accounts })).rejects.toThrow(/account 1:/)
})

test.each([
  [['failed']],
  [['accepted', 'failed', 'success']],
  [['accepted', 'returned']],
  [['returned']],
  [['success', 'processing']],
  [[]],
])('no payment can go the way %j', async states => {
  const otherBank = states.map(state => ({ state }))
  const options: object = { banks: { boc: { processing: { otherBank } } } }
  await expect(startSimulator(options)).rejects.toThrow(/banks\.boc\.processing\.otherBank: no way/)
})

test('an account listed twice is refused', async () => {
  const account = { bank: 'icbc', account: '1', name: '甲' }
  await expect(startSimulator({ accounts: [account, account] })).rejects.toThrow(/icbc\/1 is listed twice/)
})

test('a port that is taken is an error, and nothing stays open', async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  await expect(startSimulator({ banks: { boc: { ports: { b2e: port } } } })).rejects.toThrow(/EADDRINUSE/)
  server.close()
  await once(server, 'close')
  const simulator = await startSimulator({ banks: { boc: { ports: { b2e: port } } } })
  expect(simulator.url('boc', 'b2e')).toBe(`http://127.0.0.1:${port}`)
  await simulator.close()
})

test("the banks' clock may be set apart from ours", async () => {
  const clock = new MovableClock(MORNING)
  const simulator = await startWorld(clock, { clockOffsetMs: -86_400_000 })
  const icbc = new Icbc(simulator, clock)
  const answer = await icbc.query('QACCBAL', `<TotalNum>1</TotalNum><rd><AccNo>${ICBC_PAYER}</AccNo></rd>`)
  expect(first(answer, 'TranDate')).toBe('20260301')
  await simulator.close()
})

test('with the machine clock it runs too', async () => {
  const simulator = await startSimulator({
    lateAnswerMs: 1,
    banks: { boc: { customers: [{ custid: '12345678', cusopr: '87654321', password: 'secret' }] } },
  })
  const boc = new Boc(simulator)
  await simulator.order({ bank: 'boc', kind: 'delay' })
  expect(codesOf(await boc.signIn())).toEqual(['B001'])
  expect(() => simulator.url('boc', 'other')).toThrow(/no port/)
  await simulator.close()
  await expect(post(simulator.urls['boc.b2e'] ?? '', '', 'text/plain')).rejects.toThrow(/ECONNREFUSED/)
})

test('the simulator shares no code with the gateways it tests', () => {
  const folder = join(__dirname, '../../../bank-gateways/simulator')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
  expect(files.length).toBeGreaterThan(40)
  for (const file of files) {
    const source = readFileSync(join(folder, file), 'utf8')
    for (const [, target = ''] of source.matchAll(/from '(\.[^']+)'/g)) {
      const imported = relative(folder, join(folder, dirname(file), target)).replaceAll('\\', '/')
      const isOwn = !imported.startsWith('..')
      const isCommon = ['../../connector/ports', '../../connector/core/money'].includes(imported)
      expect([file, imported, isOwn || isCommon]).toEqual([file, imported, true])
    }
  }
})
