// All simulated banks under one roof: the books, the clock, the faults and the open ports. What the admin API and the tests
// can do to them is a method here.

import type { Clock } from '../../connector/ports'
import { bankClock, type BankClock } from './engine/bank-clock'
import { Book, type Payment } from './engine/book'
import type { BankContext } from './engine/exchange'
import { FaultOrders, faultOrderSchema, UNREAD_KINDS, type ActiveFault, type FaultKind } from './engine/faults'
import { memoryJournal, openJournal } from './engine/journal'
import { Listener, type Port, type PortOptions } from './engine/listener'
import { SftpListener } from './engine/sftp-listener'
import { TcpListener } from './engine/tcp-listener'
import { catchUp, returnPayment, type PaymentDesk, type ReturnProblem } from './engine/payments'
import type { CheckedOptions } from './options'
import { banksOf, type OpenableBank } from './registry'
import { seedAccounts } from './seed'

/** A person's or test's request that cannot be done, said in two languages. */
export class Refused extends Error {
  readonly status: 400 | 404 | 409
  readonly zh: string
  constructor(status: 400 | 404 | 409, zh: string, en: string) {
    super(en)
    this.name = 'Refused'
    this.status = status
    this.zh = zh
  }
}

/** What can go wrong on a port that has no payments in its messages. */
const BYTE_KINDS: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'refuse-connections',
  'drop-before',
  'drop-after-read',
  'silent',
  'drop-after-booking',
  'delay',
  'truncate',
  'truncate-with-length',
  'split',
  'garbage',
  'http-error',
  'http-error-after-booking',
  'maintenance',
])

export class House {
  readonly book: Book
  readonly clock: BankClock
  readonly problems: string[] = []
  readonly #banks: readonly OpenableBank[]
  readonly #desks: readonly PaymentDesk[]
  readonly #faults: FaultOrders
  readonly #listeners = new Map<string, Port>()
  readonly #machineClock: Clock
  readonly #closing = new AbortController()
  readonly #later = new Set<Promise<void>>()
  readonly #log: (line: string) => void

  constructor(options: CheckedOptions, clock: Clock) {
    this.#machineClock = clock
    this.#log = options.log ?? (() => undefined)
    const { stateFile } = options
    this.book = new Book(replay => (stateFile === null ? memoryJournal : openJournal(stateFile, replay)))
    this.clock = bankClock(clock, this.book, options.clockOffsetMs)
    this.#faults = new FaultOrders(() => clock.now(), options.lateAnswerMs)
    this.#banks = banksOf(options.banks)
    this.#desks = this.#banks.map(bank => this.#deskOf(bank))
    try {
      this.book.transact(() => seedAccounts(this.book, options.accounts, this.clock.now()))
    } catch (error) {
      this.book.close()
      throw error
    }
    for (const bank of this.#banks) this.#addListeners(bank, options.host)
  }

  async open(): Promise<void> {
    for (const listener of this.#listeners.values()) await listener.open()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all([...this.#listeners.values()].map(listener => listener.close()))
    await Promise.all(this.#later)
    this.book.close()
  }

  /** `bank.listener` -> base address. */
  urls(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#listeners].map(([name, listener]) => [name, listener.url]))
  }

  /** Brings every payment up to now, then runs `work` in a transaction of its own. */
  act<T>(work: () => T): T {
    this.book.transact(() => this.#catchUp())
    return this.book.transact(work)
  }

  advance(ms: number): void {
    this.act(() => {
      this.clock.advance(ms)
      this.#catchUp()
    })
  }

  /** Null when it was returned. */
  returnPayment(payment: Payment): ReturnProblem | null {
    const desk = this.#desks.find(({ bank }) => bank === payment.record.bank)
    if (!desk) throw new Error(`no bank ${payment.record.bank}`)
    return returnPayment(desk, payment)
  }

  // ----------------------------------------------------------------------------------------------------------- faults

  /** Checks the order and puts it into effect. Throws Refused or a ZodError. */
  async order(input: unknown): Promise<ActiveFault> {
    const order = faultOrderSchema.parse(input)
    const bank = this.#banks.find(({ program }) => program.bank === order.bank)
    if (!bank) throw new Refused(404, `没有模拟银行 ${order.bank}`, `there is no simulated bank ${order.bank}`)
    const [business = ''] = bank.program.listeners
    const listener = order.listener ?? business
    const port = this.#listeners.get(`${order.bank}.${listener}`)
    if (!port) {
      const known = bank.program.listeners.join(', ')
      throw new Refused(404, `${order.bank} 的端口为 ${known}`, `the ports of ${order.bank} are ${known}`)
    }
    if (!bank.program.faults.includes(order.kind) || (listener !== business && !BYTE_KINDS.has(order.kind))) {
      throw new Refused(
        409,
        `${order.bank}.${listener} 不支持故障 ${order.kind}`,
        `${order.kind} cannot happen at ${order.bank}.${listener}`,
      )
    }
    if (UNREAD_KINDS.has(order.kind) && (order.code !== undefined || order.payee !== undefined)) {
      throw new Refused(
        409,
        `${order.kind} 在读取请求之前发生,不能按交易码或账号触发`,
        `${order.kind} happens before the request is read: it cannot know code or payee`,
      )
    }
    const fault = this.#faults.add(order, listener)
    if (order.kind === 'refuse-connections') await this.#refuseConnections(port, fault)
    return fault
  }

  faults(): readonly ActiveFault[] {
    return this.#faults.list()
  }

  /** One, or all. */
  async withdraw(id: string | null): Promise<readonly ActiveFault[]> {
    const removed = this.#faults.withdraw(id)
    await this.#reopenAllowed()
    return removed
  }

  async #refuseConnections(port: Port, fault: ActiveFault): Promise<void> {
    await port.shut()
    const { untilMs } = fault
    if (untilMs === null) return
    const wait = this.#machineClock.sleep(untilMs - this.#machineClock.now(), this.#closing.signal)
    this.#track(
      wait.then(() => {
        this.#faults.withdraw(fault.id)
        return this.#reopenAllowed()
      }),
    )
  }

  async #reopenAllowed(): Promise<void> {
    const refusing = this.#faults.list().filter(({ kind }) => kind === 'refuse-connections')
    const shut = new Set(refusing.map(({ bank, listener }) => `${bank}.${listener}`))
    for (const [name, listener] of this.#listeners) if (!shut.has(name)) await listener.open()
  }

  // --------------------------------------------------------------------------------------------------------- assembling

  #deskOf({ program, processing }: OpenableBank): PaymentDesk {
    const bankOfPayee = (cnaps: string, account: string): string | null => {
      const banks = this.#banks
        .filter(other => cnaps.length === 12 && cnaps.startsWith(other.program.cnapsPrefix))
        .map(other => other.program.bank)
      // One bank may have two front-ends; a bank that keeps no account here is as if it were not simulated.
      const withAccounts = new Set([...this.book.accounts.values()].map(({ record }) => record.bank))
      return banks.find(bank => this.book.account(bank, account)) ?? banks.find(bank => withAccounts.has(bank)) ?? null
    }
    return { bank: program.bank, book: this.book, clock: this.clock, processing, bankOfPayee }
  }

  #addListeners(bank: OpenableBank, host: string): void {
    const { program, ports } = bank
    const handlers = bank.open(this.#contextOf(program.bank))
    for (const name of program.listeners) {
      const handle = handlers[name]
      if (!handle) throw new Error(`${program.bank} has no handler for ${name}`)
      const options = {
        bank: program.bank,
        name,
        host,
        port: ports[name] ?? 0,
        clock: this.#machineClock,
        faults: this.#faults,
        handle,
        onProblem: (problem: string) => this.#note(problem),
      }
      this.#listeners.set(`${program.bank}.${name}`, portOf(bank, name, options))
    }
  }

  #contextOf(bank: string): BankContext {
    const desk = this.#desks.find(other => other.bank === bank)
    if (!desk) throw new Error(`no bank ${bank}`)
    return {
      bank,
      book: this.book,
      clock: this.clock,
      faults: this.#faults,
      desk,
      catchUp: () => this.#catchUp(),
      log: this.#log,
      later: (delayMs, work) => this.#doLater(delayMs, work),
    }
  }

  #catchUp(): void {
    catchUp(this.book, this.#desks, this.clock.now())
  }

  /** At once, or after the delay; a closing simulator does not wait, but what it has promised it does. */
  #doLater(delayMs: number, work: () => void): void {
    if (delayMs === 0) return work()
    this.#track(this.#machineClock.sleep(delayMs, this.#closing.signal).then(work))
  }

  #track(promise: Promise<void>): void {
    const tracked = promise
      .catch((error: unknown) => this.#note(error instanceof Error ? (error.stack ?? error.message) : String(error)))
      .finally(() => this.#later.delete(tracked))
    this.#later.add(tracked)
  }

  #note(problem: string): void {
    this.problems.push(problem)
    this.#log(problem)
  }
}

function portOf(bank: OpenableBank, name: string, options: PortOptions): Port {
  const [tcp, sftp] = [bank.tcp[name], bank.sftp[name]]
  if (tcp) return new TcpListener({ ...options, wire: tcp })
  if (sftp) return new SftpListener({ ...options, wire: sftp })
  return new Listener({ ...options, answersContinue: bank.program.answersContinue })
}
