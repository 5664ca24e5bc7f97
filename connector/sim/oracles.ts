// What must hold at every moment, judged from outside: the bank's books and the committed history are compared after
// every commit, every send and every debit. The tables here are the oracle's own, not the core's.

import type { Instruction, State } from '../ports'
import type { Change, HistoryRow, Payment, Store } from '../store/store'
import type { BankLedger, Order } from './bank-ledger'
import type { Batch, Observer } from './daemons'
import type { ErpBooks } from './erp-books'
import type { World } from './world'

/** How a payment may move, written down a second time. `x.y` is a cause; a row that moves nothing is listed apart. */
const MOVES: ReadonlySet<string> = new Set(
  `held holds.cleared ready, held operator.rejected cancelled, held erp.cancelled cancelled,
  ready send.started sending, ready operator.cancelled cancelled, ready erp.cancelled cancelled,
  sending send.accepted accepted, sending send.settled settled, sending send.refused failed, sending send.unsent ready,
  sending send.uncertain unknown, unknown inquiry.accepted accepted, unknown inquiry.settled settled,
  unknown inquiry.refused failed, unknown inquiry.absent ready, unknown statement.debited settled,
  unknown operator.confirmedPaid settled, unknown operator.confirmedUnpaid failed, accepted inquiry.settled settled,
  accepted inquiry.refused failed, accepted statement.debited settled, accepted operator.confirmedPaid settled,
  accepted operator.confirmedUnpaid failed, settled statement.returned returned, settled inquiry.returned returned`
    .split(',')
    .map(move => move.trim()),
)
/** The site's rule asks for two approvals from here up. */
export const APPROVAL_FROM = 10_000n

const EVER = { from: '0001-01-01', to: '9999-12-31' }

const NOTES: ReadonlySet<string> = new Set(['erp.cancelRefused', 'erp.changed'])

export class Oracles implements Observer {
  readonly #world: World
  /** Unguarded: looking at the truth is no port call. */
  store: Store
  /** Stores that were in use before an older one was put back. */
  readonly #past: Store[] = []
  /** An older state was put back, and nobody has confirmed it: nothing may leave (I10). */
  isDoubtful = false
  readonly #banks: ReadonlyMap<string, BankLedger>
  readonly #firstSent = new Map<string, string>()
  readonly #packages = new Map<string, Map<number, string>>()
  /** References whose send may have left after its own deadline: only the bank can fence those. */
  readonly overdue = new Set<string>()
  readonly #claims = new Map<string, { readonly seq: number; readonly attempts: number; readonly until: number }>()
  #debitsSeen = 0
  sends = 0

  readonly #books: ErpBooks

  constructor(world: World, store: Store, banks: ReadonlyMap<string, BankLedger>, books: ErpBooks) {
    this.#world = world
    this.#books = books
    this.store = store
    this.#banks = banks
  }

  async sending(daemon: string, bank: string, batch: Batch, itsNow: number): Promise<void> {
    this.sends += batch.length
    if (this.isDoubtful) this.#world.violate('I10', `${daemon} sends from a restored store that nobody confirmed`)
    for (const instruction of batch) await this.#judgeSend(daemon, bank, instruction, itsNow)
    await this.#judgePackage(bank, batch)
  }

  /** An older state of the store was put back. */
  moveTo(store: Store, isDoubtful: boolean): void {
    this.#past.push(this.store)
    this.store = store
    // Leases that the older state does not have are nobody's: their holders were stopped with it.
    this.#claims.clear()
    this.isDoubtful = isDoubtful
    // Whoever held something was stopped with the old state, and the older one knows nothing of it.
    this.#claims.clear()
  }

  leftLate(batch: Batch): void {
    for (const { reference } of batch) this.overdue.add(reference)
  }

  requestsAt(bank: string): number {
    return this.#banks.get(bank)?.requests ?? 0
  }

  async committed(method: string, args: readonly unknown[], result: unknown): Promise<void> {
    if (method === 'store.payments.claim')
      this.#judgeClaim(args[1] as number, args[2] as number, result as readonly Payment[])
    if (method === 'store.statements.insertAt') await this.#judgeLines()
    if (method !== 'store.payments.apply') return
    const [changes] = args as [readonly Change[]]
    await this.#judgePause(changes, result as readonly boolean[])
    for (const change of changes) {
      const payment = await this.store.payments.get(change.paymentId)
      if (!payment) continue
      const history = await this.store.payments.history(payment.id)
      this.#judgeHistory(payment, history)
      const last = history.at(-1)
      if (last && last.seq === change.seq + 1 && last.cause === change.cause) this.#judgeTruth(payment, last)
    }
  }

  /** A line that the bank changed is never held beside what it was, but where nobody could tell that they are the same. */
  async #judgeLines(): Promise<void> {
    for (const bank of this.#banks.values()) {
      for (const account of new Set(bank.lines.map(line => line.account))) {
        const stored = await this.store.statements.list(account, EVER)
        const most = bank.visibleLines(account).length + (bank.superseded.get(account) ?? 0)
        if (stored.length > most)
          this.#world.violate('I9', `${stored.length} lines of ${account} stand, the bank has ${most}`)
      }
    }
  }

  /** Called after every event: a debit too many is seen when it is made. */
  async judgeDebits(): Promise<void> {
    let count = 0
    for (const bank of this.#banks.values()) count += bank.debits.length
    if (count === this.#debitsSeen) return
    this.#debitsSeen = count
    const debits = [...this.#banks.values()].flatMap(bank => bank.debits)
    const live = new Map<string, Order[]>()
    const references = new Set<string>()
    for (const { reference, order } of debits) {
      if (references.has(reference)) this.#world.violate('I1', `reference ${reference} was debited twice`)
      references.add(reference)
      if (order.state !== 'settled') continue
      const document = await this.#documentOf(reference)
      if (document === null) this.#world.violate('I2', `the bank debited ${reference}, which no store knows`)
      else live.set(document, [...(live.get(document) ?? []), order])
    }
    for (const [document, orders] of live) {
      // What the bank said it had refused, and paid all the same, is the bank's second debit, not ours.
      if (orders.filter(order => order.lie !== 'refused').length > 1)
        this.#world.violate('I1', `document ${document} was debited ${orders.length} times`)
    }
  }

  /** At the moment of the commit: nobody is between it and this look. */
  async #judgePause(changes: readonly Change[], applied: readonly boolean[]): Promise<void> {
    const started = changes.filter((change, index) => change.cause === 'send.started' && applied[index] === true)
    if (started.length === 0) return
    const paused = new Set((await this.store.pauses.list()).map(({ bank }) => bank))
    for (const { paymentId } of paused.size === 0 ? [] : started) {
      const payment = await this.store.payments.get(paymentId)
      if (payment && paused.has(payment.bank))
        this.#world.violate('pause', `a send of ${paymentId} starts at a paused bank`)
    }
  }

  /** Nobody is given what another holds: by the claimer's own clock, at the same state of the payment. */
  #judgeClaim(itsNow: number, until: number, claimed: readonly Payment[]): void {
    for (const { id, seq, attempts } of claimed) {
      const held = this.#claims.get(id)
      if (held && held.seq === seq && held.attempts === attempts && held.until > itsNow)
        this.#world.violate('I1', `${id} was given to two daemons at once`)
      this.#claims.set(id, { seq, attempts, until })
    }
  }

  /** Two different people for what the site's rule says needs two. */
  async #judgeApproval(payment: Payment): Promise<void> {
    const world = this.#world
    if (!world.swarm.needsApproval || payment.instruction.amount.minor < APPROVAL_FROM) return
    const holds = await this.store.payments.holds(payment.id)
    const people = new Set(holds.flatMap(hold => hold.clearances.map(clearance => clearance.person)))
    if (people.size < 2) world.violate('I3', `${payment.id} is sent with ${people.size} of two approvals`)
  }

  async #documentOf(reference: string): Promise<string | null> {
    for (const bank of this.#banks.keys()) {
      for (const store of [this.store, ...this.#past]) {
        const payment = await store.payments.byReference(bank, reference)
        if (payment) return payment.request.key.docNo
      }
    }
    return null
  }

  async #judgeSend(daemon: string, bank: string, instruction: Instruction, itsNow: number): Promise<void> {
    const world = this.#world
    const { reference } = instruction
    const payment = await this.store.payments.byReference(bank, reference)
    if (!payment) return world.violate('I2', `${reference} is sent and not stored`)
    const said = textOf(instruction)
    if (textOf(payment.instruction) !== said) world.violate('I2', `${reference} is sent otherwise than it is stored`)
    this.#judgeRecheck(payment)
    await this.#judgeApproval(payment)
    const first = this.#firstSent.get(reference)
    if (first !== undefined && first !== said) world.violate('I2', `${reference} is sent again with other content`)
    this.#firstSent.set(reference, said)
    const history = await this.store.payments.history(payment.id)
    const started = history.findLastIndex(row => row.cause === 'send.started')
    const after = history.slice(started + 1).filter(row => !NOTES.has(row.cause))
    const isSwept = world.faults.has('clock.jump') && after.every(row => row.cause === 'send.uncertain')
    if (started < 0 || history[started]?.actor !== daemon || (after.length > 0 && !isSwept))
      world.violate('I3', `${reference} is sent by ${daemon} while it is ${payment.state}`)
    if (payment.state === 'sending' && payment.leaseUntil !== null && payment.leaseUntil <= itsNow)
      world.violate('I3', `${reference} is sent by ${daemon} after its lease ended`)
    const has = this.#banks.get(bank)?.ordersOf(instruction).length ?? 0
    if (has > 0 && !this.overdue.has(reference)) world.violate('I1', `${reference} is sent again: the bank has it`)
  }

  /** Where the ERP is asked again before a send, nothing leaves that was changed or withdrawn before the step began. */
  #judgeRecheck({ request }: Payment): void {
    const world = this.#world
    const actor = world.scheduler.current
    const document = this.#books.documents.get(request.key.docNo)
    if (world.swarm.erp === 'numbered' || !actor || !document) return
    const begun = world.begun.get(`${actor.daemon} ${actor.step}`) ?? 0
    const isChanged = document.isWithdrawn || document.askings.at(-1)?.request.digest !== request.digest
    if (isChanged && document.changedAt < begun)
      world.violate('I3', `${request.key.docNo} is sent, though it was changed or withdrawn before`)
  }

  /** A line of a package is one payment's for life. Where the bank knows only packages, none grows or goes in parts. */
  async #judgePackage(bank: string, batch: readonly Instruction[]): Promise<void> {
    const reference = batch[0]?.batch.reference ?? ''
    const key = `${bank} ${reference}`
    const known = this.#packages.get(key)
    const members = new Map(batch.map(item => [item.batch.line, item.reference]))
    if (members.size !== batch.length || batch.some(item => item.batch.reference !== reference))
      this.#world.violate('I2', `package ${reference} has two instructions on one line`)
    if (batch.some(item => item.payer.account !== batch[0]?.payer.account))
      this.#world.violate('I2', `package ${reference} pays from two accounts`)
    const mayGrow = this.#banks.get(bank)?.traits.referenceScope === 'item'
    for (const [line, member] of members) {
      const before = known?.get(line)
      if (known && before !== member && !(mayGrow && before === undefined))
        this.#world.violate('I2', `package ${reference} changed its line ${line}`)
    }
    this.#packages.set(key, new Map([...(known ?? []), ...members]))
    if (mayGrow) return
    for (const { state, instruction } of await this.store.payments.inBatch(bank, reference)) {
      const isThere = batch.some(item => item.reference === instruction.reference)
      if (!isThere && state !== 'cancelled' && state !== 'failed')
        this.#world.violate('I2', `package ${reference} is sent without ${instruction.reference}, which is ${state}`)
    }
  }

  #judgeHistory(payment: Payment, history: readonly HistoryRow[]): void {
    const world = this.#world
    if (history.length !== payment.seq)
      world.violate('I5', `${payment.id} has seq ${payment.seq}, ${history.length} rows`)
    for (const [index, row] of history.entries()) {
      const before = index === 0 ? null : (history[index - 1]?.to ?? null)
      if (row.seq !== index + 1 || row.from !== before)
        world.violate('I5', `${payment.id} row ${row.seq} does not follow`)
      if (index > 0 && !isAllowed(row)) {
        const invariant = row.from === 'unknown' ? 'I4' : row.to === 'sending' ? 'I3' : 'I5'
        world.violate(invariant, `${payment.id} went from ${row.from} to ${row.to} by ${row.cause}`)
      }
    }
    const last = history.at(-1)
    if (last && isOfOneSend(last) && history.findLast(row => row.cause === 'send.started')?.actor !== last.actor)
      world.violate('I3', `${payment.id} is ${last.to} by what ${last.actor} says of another one's send`)
    if (last?.to !== payment.state) world.violate('I5', `${payment.id} is ${payment.state}, its history is not`)
  }

  /** Is what was just learned true? Only the bank's books say. */
  #judgeTruth(payment: Payment, { cause, to, actor }: HistoryRow): void {
    if (cause.startsWith('operator.confirmed') && new Set(actor.split(' + ')).size < 2)
      this.#world.violate('I4', `${payment.id} is ${to} by the word of ${actor} alone`)
    const bank = this.#banks.get(payment.bank)
    if (!bank || NOTES.has(cause)) return
    const orders = bank.ordersOf(payment.instruction)
    const order = orders.at(-1)
    const say = (claim: string): void =>
      this.#world.violate('I4', `${payment.id} is ${to} by ${cause}: ${claim} (the bank: ${order?.state ?? 'nothing'})`)
    if (to === 'settled' && order?.state !== 'settled' && order?.state !== 'returned') say('no debit')
    if (to === 'accepted' && !order) say('the bank has no order')
    if (to === 'returned' && order?.state !== 'returned') say('no return')
    if (
      to === 'failed' &&
      order?.state !== 'refused' &&
      order?.lie !== 'refused' &&
      cause !== 'operator.confirmedUnpaid'
    )
      say('the bank did not refuse')
    if (cause === 'operator.confirmedUnpaid' && order && order.state !== 'refused') say('it was paid')
    if (to === 'cancelled' && orders.length > 0 && !this.overdue.has(payment.instruction.reference)) say('it had left')
    if (
      to === 'ready' &&
      cause !== 'holds.cleared' &&
      orders.length > 0 &&
      !this.overdue.has(payment.instruction.reference)
    )
      say('the bank has it')
    const isYes = cause === 'send.accepted' || cause === 'send.settled' || cause.startsWith('inquiry.')
    if (order?.lie === 'echo' && isYes && to !== 'ready') say('the echo disagreed')
  }
}

/** What is true of one send only: that it did not leave, was refused, or that nobody knows. A sweep says so of a dead one's. */
function isOfOneSend({ from, cause, evidence }: HistoryRow): boolean {
  const isNo = cause === 'send.unsent' || cause === 'send.refused' || cause === 'send.uncertain'
  return from === 'sending' && isNo && evidence['code'] !== 'LEASE_EXPIRED'
}

/** Any value as text that is equal when the values are; bigint included. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part))
}

export function isLive(state: State): boolean {
  return state === 'held' || state === 'ready' || state === 'sending' || state === 'unknown' || state === 'accepted'
}

function isAllowed(row: HistoryRow): boolean {
  if (row.from === row.to) return NOTES.has(row.cause)
  return MOVES.has(`${row.from} ${row.cause} ${row.to}`)
}
