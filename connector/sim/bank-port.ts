// The simulated bank's front-end and the network before it, as a gateway sees them: requests and answers are lost, late,
// cut off, swapped, repeated. It never changes what the bank's books say; it only tells it badly.

import { formatAmount } from '../core/money'
import {
  Fault,
  type Balance,
  type BankGateway,
  type DateRange,
  type Echo,
  type InquiryOutcome,
  type Instruction,
  type Page,
  type ReceiptDocument,
  type SendOutcome,
  type StatementLine,
} from '../ports'
import { bankClock, bankDay } from '../core/bank-time'
import type { BankLedger, Order } from './bank-ledger'
import type { World } from './world'

export function createGateway(world: World, ledger: BankLedger): BankGateway {
  return {
    name: ledger.name,
    traits: ledger.traits,
    send: async batch => send(world, ledger, batch),
    inquire: async batch => inquire(world, ledger, batch),
    balance: async account => balance(world, ledger, account),
    statement: async (account, range, after) => statement(world, ledger, account, range, after),
    receipt: async (_account, line) => receipt(world, ledger, line),
  }
}

function send(world: World, ledger: BankLedger, batch: readonly Instruction[]): readonly SendOutcome[] {
  if (world.strikes('send.unsent')) return batch.map(() => ({ kind: 'unsent', code: 'sim.refused', reason: 'refused' }))
  if (world.strikes('send.requestLost')) throw new Error('connection reset')
  if (world.strikes('send.requestLate')) {
    const delayMs = world.random.int(1, ledger.longestDelayMs)
    ledger.requests++
    world.at(world.now + delayMs, ledger.name, () => void ledger.take(batch))
    throw new Error('timeout, the request is still on its way')
  }
  ledger.requests++
  const orders = ledger.take(batch)
  if (world.strikes('send.answerLost')) throw new Error('timeout, the answer was lost')
  if (world.strikes('send.garbled'))
    return batch.map(() => ({ kind: 'uncertain', code: 'sim.garbled', reason: 'unreadable answer' }))
  const outcomes = orders.map(order => (order ? sendOutcome(world, ledger, order) : repeated()))
  if (world.strikes('send.short')) return outcomes.slice(1)
  if (world.strikes('send.long')) return [...outcomes, ...outcomes]
  return world.strikes('send.swapped') ? swapped(outcomes) : outcomes
}

function sendOutcome(world: World, ledger: BankLedger, order: Order): SendOutcome {
  if (order.lie === 'refused') return refusedLie()
  if (order.state === 'refused') return { kind: 'refused', refusal: refusalOf(order) }
  return { kind: order.state === 'pending' ? 'accepted' : 'settled', echo: echoOf(world, ledger, order) }
}

/** How a gateway must say that the bank has this reference already: the first one's fate is not known from it. */
function repeated(): SendOutcome {
  return { kind: 'uncertain', code: 'sim.repeated', reason: 'the bank has this reference already' }
}

function inquire(world: World, ledger: BankLedger, batch: readonly Instruction[]): readonly InquiryOutcome[] {
  if (world.strikes('inquiry.lost')) throw new Error('timeout')
  const outcomes = batch.map(instruction => inquiryOutcome(world, ledger, instruction))
  if (world.strikes('inquiry.short')) return outcomes.slice(1)
  if (world.strikes('inquiry.long')) return [...outcomes, ...outcomes]
  return world.strikes('inquiry.swapped') ? swapped(outcomes) : outcomes
}

function inquiryOutcome(world: World, ledger: BankLedger, instruction: Instruction): InquiryOutcome {
  if (world.strikes('inquiry.unavailable')) return { kind: 'unavailable', code: 'sim.busy', reason: 'busy' }
  // Where a reference was executed twice, the newest answers: the ledger, not the answer, shows the harm.
  const order = ledger.ordersOf(instruction).findLast(candidate => candidate.visibleAt <= world.now)
  if (!order) return { kind: 'absent', code: 'sim.absent' }
  if (order.lie === 'refused') return refusedLie()
  if (order.state === 'refused') return { kind: 'refused', refusal: refusalOf(order) }
  if (order.state === 'pending') return { kind: 'accepted', echo: echoOf(world, ledger, order) }
  return { kind: order.state, echo: echoOf(world, ledger, order) }
}

function refusedLie(): {
  readonly kind: 'refused'
  readonly refusal: { code: string; text: string; bankSerial: string }
} {
  return { kind: 'refused', refusal: { code: 'sim.lie', text: '余额不足', bankSerial: '' } }
}

function refusalOf(order: Order) {
  return { code: 'sim.no', text: '余额不足', bankSerial: order.serial }
}

/** A bank echoes what it likes; what it does echo is true, unless it lies: then amount, payee or reference is another's. */
function echoOf(world: World, ledger: BankLedger, order: Order): Echo {
  const { reference, amount, payee } = order.instruction
  const echo: Echo = { reference, amount, payeeAccount: payee.account, bankSerial: order.serial, code: '0', text: '' }
  if (order.lie !== 'echo') return echo
  if (world.isCalm) order.timesTold++
  world.note('bank', () => `tells a lie about ${reference}`)
  const lies: readonly Echo[] = [
    { ...echo, amount: { ...amount, minor: amount.minor + 100n } },
    { ...echo, payeeAccount: `${payee.account.slice(0, -1)}X` },
    { ...echo, reference: `${reference.slice(0, -1)}X` },
  ]
  // Always the same lie about the same order.
  return lies[ledger.orders.indexOf(order) % lies.length] ?? echo
}

/** Two answers change places. Only answers that name what they answer can be told apart: no gateway may swap the others. */
function swapped<T extends { readonly kind: string }>(outcomes: readonly T[]): readonly T[] {
  const [first, ...rest] = outcomes
  const last = rest.pop()
  if (!first || !last || !('echo' in first) || !('echo' in last)) return outcomes
  return [last, ...rest, first]
}

function balance(world: World, ledger: BankLedger, account: string): Balance {
  if (world.strikes('balance.lost')) throw new Fault('SIM_UNAVAILABLE', 'no balance now')
  const current = { minor: ledger.balance(account), currency: 'CNY' }
  const asOf = `${bankDay(world.now)}T${bankClock(world.now)}`
  return { account, asOf, current, available: current, frozen: null, previousDay: null }
}

/** A page's `next` counts visible lines: later lines come after them, so that pages of one reading never overlap. */
function statement(
  world: World,
  ledger: BankLedger,
  account: string,
  range: DateRange,
  after: string | null,
): Page<StatementLine> {
  if (world.strikes('statement.lost')) throw new Fault('SIM_UNAVAILABLE', 'no statement now')
  const lines = ledger
    .visibleLines(account)
    .map(booked => booked.line)
    .filter(line => line.bookedOn >= range.from && line.bookedOn <= range.to)
  const [shown, until] = (after ?? `0/${lines.length}`).split('/').map(Number)
  const start = shown ?? 0
  const end = Math.min(until ?? 0, start + world.random.int(1, 6))
  return { items: lines.slice(start, end), next: end < (until ?? 0) ? `${end}/${until}` : null }
}

function receipt(world: World, ledger: BankLedger, line: StatementLine): ReceiptDocument | null {
  const isThere = ledger.lines.some(
    ({ line: booked, receiptAt }) =>
      booked.receiptKey === line.receiptKey && receiptAt !== null && receiptAt <= world.now,
  )
  if (!isThere) return null
  const text = `${line.receiptKey} ${formatAmount(line.amount)} ${line.bookedOn}`
  return { receiptNo: `R-${line.receiptKey}`, mediaType: 'application/pdf', bytes: new TextEncoder().encode(text) }
}
