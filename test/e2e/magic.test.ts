// Every magic payee account, asked for as a stranger would: a row in yq_payment, and what that row says in the end, at both
// banks, with the banks' clock moved on by two days. The bank's own ledger is the truth it is held against.

import { MAGIC, magicAccount } from '../../bank-gateways/simulator/engine/magic'
import { bankDay } from '../../connector/core/bank-time'
import { startDaemon, type Daemon } from '../../connector/daemon'
import { importStatements } from '../../connector/steps/import-statements'
import { askFor, openDemoWorld, type DemoWorld } from '../support/demo-world'

const DAY_MS = 86_400_000

/**
 * What the row says in the end. What is booked ends settled, if need be by the statement alone; what nobody can know stays
 * unknown; where a bank's echo disagrees the answer is not believed, and the statement decides.
 */
const SETTLED = [
  '100',
  '101',
  '102',
  '103',
  '105',
  '302',
  '400',
  '403',
  '404',
  '405',
  '406',
  '407',
  '409',
  '411',
  '500',
].concat(['501', '502', '503', '504', '505', '506'])
const FINAL: Readonly<Record<string, string>> = {
  ...Object.fromEntries(SETTLED.map(code => [code, 'settled'])),
  ...Object.fromEntries(['200', '201', '202', '203', '204', '205', '301'].map(code => [code, 'failed'])),
  ...Object.fromEntries(['104', '300'].map(code => [code, 'accepted'])),
  ...Object.fromEntries(['206', '401', '402', '408', '410'].map(code => [code, 'unknown'])),
  ...Object.fromEntries(['600', '601'].map(code => [code, 'returned'])),
}

let world: DemoWorld
let daemon: Daemon

beforeAll(async () => {
  world = await openDemoWorld(
    config => {
      const quick = { pollMinMs: 20, pollMaxMs: 100, retryFirstMs: 100, retryMaxMs: 500 }
      config.timing = { ...config.timing, ...quick, inquireFirstMs: 50, inquireMaxMs: 300 }
      for (const bank of ['icbc', 'boc'] as const)
        Object.assign(config.banks[bank], { answerTimeoutMs: 600, calls: { failuresBeforePause: 1000 } })
      // One message a payment: a fault of the wire is a fault of its message.
      config.banks.boc['batchMax'] = 1
      config.schedules = { today: '0 0 0 1 1 *', history: '0 0 0 1 1 *' }
    },
    { lateAnswerMs: 900 },
  )
  const pace = { pollMinMs: 20, pollMaxMs: 100, faultMaxMs: 500 }
  const { deps, config, log, metrics } = world.site
  daemon = startDaemon(deps, pace, config.schedules, log, metrics)
}, 60_000)

afterAll(async () => {
  await daemon?.stop()
  await world?.close()
})

test('every magic account ends as its table says, at both banks, and the ledger agrees', async () => {
  expect(Object.keys(FINAL).toSorted()).toEqual(MAGIC.map(({ code }) => code).toSorted())
  const { clock, site, simulator, db } = world
  for (const bank of ['icbc', 'boc'] as const) {
    for (const { code } of MAGIC) {
      const payeeAccount = magicAccount(code, bank === 'icbc' ? '1' : '2')
      await askFor(db, { bank, docNo: `${bank}-${code}`, payeeAccount, amount: '12.34' })
    }
  }
  const firstDay = bankDay(clock.now())
  // Everything has left, and the short waits are over; then two more days of the banks.
  await until(row => !['new', 'ready', 'sending'].includes(row.status))
  for (const days of [0, 1, 1]) {
    clock.move(days * DAY_MS + 40_000)
    for (const { account } of site.deps.accounts)
      await importStatements(site.deps, account, { from: firstDay, to: bankDay(clock.now()) })
  }
  await until(row => row.status === FINAL[row.code])
  const debits = new Map<string, number>()
  for (const { payments } of simulator.payments())
    for (const { payee, timesBooked } of payments)
      debits.set(payee.account, (debits.get(payee.account) ?? 0) + timesBooked)
  const mistaken = (await rows()).filter(({ status, payee }) => {
    const isBooked = (debits.get(payee) ?? 0) > 0
    return (debits.get(payee) ?? 0) > 1 || (status === 'failed' && isBooked) || (status === 'settled' && !isBooked)
  })
  expect(mistaken).toEqual([])
}, 120_000)

type Row = { readonly doc: string; readonly code: string; readonly payee: string; readonly status: string }

async function rows(): Promise<readonly Row[]> {
  const found = await world.db.query('SELECT doc_no, status, payee_account FROM yq_payment ORDER BY id')
  return found.map(row => ({
    doc: String(row['doc_no']),
    code: String(row['doc_no']).slice(-3),
    payee: String(row['payee_account']),
    status: String(row['status']),
  }))
}

/** Polls until every row is as it should be; says which are not, when they never become so. */
async function until(isThere: (row: Row) => boolean): Promise<void> {
  const deadline = Date.now() + 40_000
  for (;;) {
    const open = (await rows()).filter(row => !isThere(row))
    if (open.length === 0) return
    if (Date.now() > deadline) {
      const is = open.map(({ doc, code, status }) => `${doc} is ${status}, not ${FINAL[code]}`)
      throw new Error(is.join('\n'))
    }
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}
