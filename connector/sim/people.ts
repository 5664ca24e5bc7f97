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

/** In calm: everything that waits for people is decided, truly. */
export async function decideAll(
  world: World,
  console: SimulatedDaemon,
  store: Store,
  banks: ReadonlyMap<string, BankLedger>,
): Promise<void> {
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
