// The operators of a simulated site: they approve, cancel, and, where no bank will ever say, look at the bank's own books
// and say in twos what became of a payment. They use the production code of the command.

import { approve, cancel, confirm } from '../cli/payment'
import type { Output } from '../cli/output'
import type { Store } from '../store/store'
import type { BankLedger } from './bank-ledger'
import type { SimulatedDaemon } from './daemons'
import type { World } from './world'

const PEOPLE = ['王', '赵', '钱'] as const
/** A payment that has been in doubt for this long needs people. */
const DOUBT_MS = 3_600_000

const SILENT: Output = { lang: 'en', isJson: false, say: () => undefined, json: () => undefined }

/** One decision of one person, while everything else goes on. */
export async function decideSomething(world: World, console: SimulatedDaemon, store: Store): Promise<void> {
  const [paused] = await store.pauses.list()
  if (paused && world.random.chance(600)) return await resume(console, paused.bank, world)
  if (world.strikes('operator.pauses')) return await pause(world, console)
  const open = await store.payments.list({ states: ['held', 'ready'] }, null, 50)
  if (open.length === 0) return
  const payment = world.random.pick(open)
  const person = world.random.pick(PEOPLE)
  if (world.strikes(payment.state === 'held' ? 'operator.rejects' : 'operator.cancels')) {
    world.note(person, () => `cancels ${payment.id}`)
    await cancel(console, payment.id, person, '不付', SILENT)
  } else if (payment.state === 'held') {
    world.note(person, () => `approves ${payment.id}`)
    await approve(console, payment.id, person, '同意', SILENT)
  }
}

async function pause(world: World, console: SimulatedDaemon): Promise<void> {
  const bank = world.random.pick([...console.deps.banks.keys()])
  const person = world.random.pick(PEOPLE)
  const scope = world.random.pick(['sends', 'all'] as const)
  world.note(person, () => `pauses ${bank} (${scope})`)
  await console.deps.store.pauses.pause({ bank, scope, person, reason: '银行停机', at: world.now })
}

async function resume(console: SimulatedDaemon, bank: string, world: World): Promise<void> {
  const [person] = PEOPLE
  world.note(person, () => `resumes ${bank}`)
  await console.deps.store.pauses.resume({ bank, person, reason: '银行恢复', at: world.now })
}

/** In calm: everything that waits for people is decided, truly. */
export async function decideAll(
  world: World,
  console: SimulatedDaemon,
  store: Store,
  banks: ReadonlyMap<string, BankLedger>,
): Promise<void> {
  for (const { bank } of await store.pauses.list()) await resume(console, bank, world)
  for (const payment of await store.payments.list({ states: ['held'] }, null, 100))
    for (const person of PEOPLE.slice(0, 2)) await approve(console, payment.id, person, '同意', SILENT)
  for (const payment of await store.payments.list({ states: ['unknown'] }, null, 100)) {
    const bank = banks.get(payment.bank)
    const isWorthWaiting = bank?.traits.absentFinalAfterMs !== null || !bank.isFinal()
    if (isWorthWaiting || world.now - payment.stateSince < DOUBT_MS) continue
    const orders = bank.ordersOf(payment.instruction)
    if (orders.some(order => order.lie !== 'none')) continue
    const verdict = orders.some(order => order.state === 'settled' || order.state === 'returned') ? 'paid' : 'unpaid'
    for (const person of PEOPLE.slice(0, 2)) {
      world.note(person, () => `confirms ${payment.id} ${verdict}`)
      await confirm(console.deps, payment.id, { verdict, person, evidence: '银行账簿' }, SILENT)
    }
  }
}
