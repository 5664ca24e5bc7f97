// The simulated bank's own books: the truth that everything else is compared with. It does what a bank does (takes,
// settles, refuses, returns, books lines) and knows nothing of what its front-end tells anybody.

import { bankClock, bankDay } from '../core/bank-time'
import { negated } from '../core/money'
import type { BankTraits, Instruction, Money, StatementLine } from '../ports'
import type { World } from './world'

/** `echo`: every yes names another amount or payee. `refused`: it says no and pays. `line`: the line has another amount. */
export type Lie = 'none' | 'echo' | 'refused' | 'line'

export type Order = {
  readonly instruction: Instruction
  readonly serial: string
  readonly arrivedAt: number
  /** When inquiries begin to see it. */
  readonly visibleAt: number
  readonly lie: Lie
  state: 'pending' | 'settled' | 'refused' | 'returned'
  /** How often a false echo was told in calm, where nothing is lost. */
  timesTold: number
}

export type Debit = {
  readonly reference: string
  readonly amount: Money
  readonly at: number
  readonly order: Order
}

/** `amount`, `words`: it reads differently now. `gone`: the bank gives it no more. */
export type Correction = 'amount' | 'words' | 'gone'

export type BookedLine = {
  readonly account: string
  readonly line: StatementLine
  readonly visibleAt: number
  readonly receiptAt: number | null
}

/** A lie or a delay that a bank with a stated "absent is final" keeps well within that time. */
const ABSENT_MARGIN = 4

export class BankLedger {
  readonly name: string
  readonly traits: BankTraits
  readonly orders: Order[] = []
  readonly debits: Debit[] = []
  /** Requests that reached the bank, or are on their way to it and will. */
  requests = 0
  /** In the order in which they become visible. */
  readonly lines: BookedLine[] = []
  /** Lines more than the bank has now that a store may hold until a person has acted: nobody could tell that they are the same. */
  readonly superseded = new Map<string, number>()
  readonly #world: World
  readonly #balances = new Map<string, bigint>()
  #serial = 0
  #booked = 0

  constructor(world: World, name: string, traits: BankTraits) {
    this.#world = world
    this.name = name
    this.traits = traits
  }

  /** What the bank's refusal of a repetition is keyed by, where it refuses at all. */
  keyOf(instruction: Instruction): string {
    return this.traits.referenceScope === 'item' ? instruction.reference : instruction.batch.reference
  }

  ordersOf(instruction: Instruction): readonly Order[] {
    return this.orders.filter(order =>
      this.traits.referenceScope === 'item'
        ? order.instruction.reference === instruction.reference
        : order.instruction.batch.reference === instruction.batch.reference &&
          order.instruction.batch.line === instruction.batch.line,
    )
  }

  /** A package arrives. Null where the bank refuses it as a repetition: nothing of it is executed. */
  take(batch: readonly Instruction[]): readonly (Order | null)[] {
    const known = new Set(this.orders.map(order => this.keyOf(order.instruction)))
    return batch.map(instruction => {
      if (this.traits.dedupesReference && known.has(this.keyOf(instruction))) return null
      return this.#open(instruction)
    })
  }

  /** The longest that the network or the bank's own books may hide an order. */
  get longestDelayMs(): number {
    const final = this.traits.absentFinalAfterMs
    return final === null ? 2 * 86_400_000 : Math.floor(final / ABSENT_MARGIN)
  }

  isFinal(): boolean {
    return this.orders.every(order => order.state !== 'pending') && !this.#world.hasTimers(this.name)
  }

  balance(account: string): bigint {
    return this.#balances.get(account) ?? 0n
  }

  visibleLines(account: string): readonly BookedLine[] {
    return this.lines.filter(line => line.account === account && line.visibleAt <= this.#world.now)
  }

  /** A line that is nobody's payment: a fee, an incoming transfer. */
  bookOther(account: string, minor: bigint, text: string): void {
    this.#book(account, {
      amount: { minor, currency: 'CNY' },
      counterAccount: '',
      counterName: text === '手续费' ? '' : '某客户',
      reference: '',
      bankSerial: '',
      isReversal: false,
      text,
    })
  }

  /** The bank changes what it said of a line that is nobody's payment, or takes it back, as if it had never said so. */
  correct(account: string, how: Correction): void {
    const world = this.#world
    const own = this.visibleLines(account).filter(({ line }) => line.reference === '')
    if (own.length === 0) return
    const before = world.random.pick(own)
    const index = this.lines.indexOf(before)
    const { line } = before
    const change = how === 'amount' ? -1n : how === 'gone' ? -line.amount.minor : 0n
    this.#balances.set(account, this.balance(account) + change)
    // A changed amount is known for the same line by the bank's id alone.
    if (how === 'gone' || (how === 'amount' && line.bankId === null))
      this.superseded.set(account, (this.superseded.get(account) ?? 0) + 1)
    world.note(this.name, () => `corrects a line of ${line.amount.minor} (${how})`)
    if (how === 'gone') return void this.lines.splice(index, 1)
    const amount = { ...line.amount, minor: line.amount.minor + change }
    const counterName = how === 'words' ? `${line.counterName}（更正）` : line.counterName
    this.lines[index] = { ...before, line: { ...line, amount, counterName } }
  }

  #open(instruction: Instruction): Order {
    const world = this.#world
    const hiddenMs = world.strikes('inquiry.late') ? world.random.int(0, this.longestDelayMs) : 0
    const lie = world.strikes('bank.lies') ? world.random.pick(['echo', 'refused', 'line'] as const) : 'none'
    const order: Order = {
      instruction,
      serial: `${this.name.toUpperCase()}${++this.#serial}`,
      arrivedAt: world.now,
      visibleAt: world.now + hiddenMs,
      lie,
      state: 'pending',
      timesTold: 0,
    }
    this.orders.push(order)
    if (lie === 'none' && world.strikes('bank.refuses')) this.#later(order, () => (order.state = 'refused'))
    else this.#later(order, () => this.#settle(order))
    world.note(this.name, () => `takes ${instruction.reference}${lie === 'none' ? '' : `, and will lie (${lie})`}`)
    return order
  }

  #later(order: Order, decide: () => void): void {
    const world = this.#world
    if (!world.strikes('bank.slow')) return decide()
    world.at(world.now + world.random.int(1, 8 * 3_600_000), this.name, () => order.state === 'pending' && decide())
  }

  #settle(order: Order): void {
    const world = this.#world
    const { amount, payer, reference } = order.instruction
    order.state = 'settled'
    this.debits.push({ reference, amount, at: world.now, order })
    world.note(this.name, () => `debits ${amount.minor} for ${reference}`)
    const booked: Money = order.lie === 'line' ? { ...amount, minor: amount.minor + 1n } : amount
    this.#book(payer.account, { ...paidLine(order), amount: negated(booked), isReversal: false })
    if (order.lie === 'none' && world.strikes('bank.returns'))
      world.at(world.now + world.random.int(1, world.random.pick([3_600_000, 86_400_000])), this.name, () =>
        this.#return(order),
      )
  }

  #return(order: Order): void {
    order.state = 'returned'
    this.#world.note(this.name, () => `returns ${order.instruction.reference}`)
    const { amount, payer } = order.instruction
    this.#book(payer.account, { ...paidLine(order), amount, isReversal: true })
  }

  #book(
    account: string,
    facts: Pick<
      StatementLine,
      'amount' | 'counterAccount' | 'counterName' | 'reference' | 'bankSerial' | 'isReversal' | 'text'
    >,
  ): void {
    const world = this.#world
    const balance = this.balance(account) + facts.amount.minor
    this.#balances.set(account, balance)
    const number = ++this.#booked
    const line: StatementLine = {
      ...facts,
      bankId: world.swarm.hasLineIds ? `L${number}` : null,
      bookedOn: bankDay(world.now),
      bookedTime: bankClock(world.now),
      valueOn: bankDay(world.now),
      balanceAfter: null,
      counterBank: '',
      purpose: '',
      type: '',
      // A bank that cannot tell its lines apart cannot tell their receipts apart either.
      receiptKey: `K${this.name}${world.swarm.hasLineIds ? number : `${bankClock(world.now)}${facts.amount.minor}${facts.reference}`}`,
    }
    const lateMs = world.strikes('statement.late') ? world.random.int(1, 86_400_000) : 0
    const lagMs = world.strikes('receipt.late') ? world.random.int(1, 86_400_000) : 0
    const receiptAt = world.strikes('receipt.never') ? null : world.now + lateMs + lagMs
    this.lines.push({ account, line, visibleAt: world.now + lateMs, receiptAt })
  }
}

function paidLine(order: Order) {
  const { payee, reference } = order.instruction
  return {
    counterAccount: payee.account,
    counterName: payee.name,
    reference,
    bankSerial: order.serial,
    text: '转账',
  }
}
