// The rows of a store that lives in memory: frozen, numbered, and changed only inside a transaction that is whole or
// not at all. For the simulation only: nothing here survives the process, so it must never carry real money.

import type {
  CollectionRow,
  Confirmation,
  Contradiction,
  DoubtRow,
  ErpRecordRow,
  FindingRow,
  HostRow,
  Hold,
  LineRow,
  LedgerRow,
  PaymentRow,
  RequestRow,
  BalanceRow,
} from './rows'
import type {
  BankPause,
  CoverageRow,
  ExceptionOwner,
  FenceEvent,
  HistoryRow,
  StatementFile,
  StatementSpan,
  StoredEntry,
  StoredMatch,
  StoredReceipt,
  StoredReceiver,
} from '../store'

/** One table: rows by key, in the order they were added. What is put in is frozen, so that nobody shares what changes. */
export class Table<Row> {
  readonly #rows: Map<string, Row>
  readonly #undo: (step: () => void) => void
  #nextNo: number
  #list: readonly Row[] | null = null

  constructor(undo: (step: () => void) => void, rows: ReadonlyMap<string, Row>, nextNo: number) {
    this.#rows = new Map(rows)
    this.#undo = undo
    this.#nextNo = nextNo
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key)
  }

  has(key: string): boolean {
    return this.#rows.has(key)
  }

  values(): readonly Row[] {
    return (this.#list ??= [...this.#rows.values()])
  }

  entries(): readonly (readonly [string, Row])[] {
    return [...this.#rows]
  }

  get size(): number {
    return this.#rows.size
  }

  /** The number of the next row. As in a database, a number that a rollback gave back may leave a gap; it is never used twice. */
  takeNo(): number {
    return this.#nextNo++
  }

  put(key: string, row: Row): void {
    const before = this.#rows.get(key)
    const had = this.#rows.has(key)
    this.#list = null
    this.#undo(() => {
      this.#list = null
      if (had && before !== undefined) this.#rows.set(key, before)
      else this.#rows.delete(key)
    })
    this.#rows.set(key, frozen(row))
  }

  remove(key: string): void {
    const before = this.#rows.get(key)
    if (before === undefined) return
    this.#list = null
    this.#undo(() => {
      this.#list = null
      this.#rows.set(key, before)
    })
    this.#rows.delete(key)
  }

  copy(undo: (step: () => void) => void): Table<Row> {
    return new Table(undo, this.#rows, this.#nextNo)
  }
}

export class Tables {
  #steps: (() => void)[] | null = null
  readonly #undo = (step: () => void): void => void this.#steps?.push(step)
  readonly requests: Table<RequestRow>
  readonly payments: Table<PaymentRow>
  readonly history: Table<readonly HistoryRow[]>
  readonly holds: Table<Hold>
  readonly contradictions: Table<Contradiction>
  readonly outbox: Table<ErpRecordRow>
  readonly lines: Table<LineRow>
  readonly doubts: Table<DoubtRow>
  readonly balances: Table<BalanceRow>
  readonly documents: Table<Uint8Array>
  readonly receipts: Table<StoredReceipt>
  readonly receivers: Table<StoredReceiver>
  readonly entries: Table<StoredEntry>
  readonly collections: Table<CollectionRow>
  readonly matches: Table<StoredMatch>
  readonly ledger: Table<LedgerRow>
  readonly confirmations: Table<readonly Confirmation[]>
  readonly hosts: Table<HostRow>
  readonly events: Table<FenceEvent>
  readonly findings: Table<FindingRow>
  readonly coverage: Table<CoverageRow>
  readonly files: Table<StatementFile>
  readonly fileParts: Table<Uint8Array>
  readonly spans: Table<StatementSpan>
  readonly owners: Table<ExceptionOwner>
  readonly pauses: Table<BankPause>
  /** Cursors, sequences and facts about the store. */
  readonly values: Table<string>
  readonly leaders: Table<{ readonly owner: string; readonly until: number }>

  constructor(from: Tables | null) {
    const table = <Row>(old: Table<Row> | undefined): Table<Row> =>
      old ? old.copy(this.#undo) : new Table<Row>(this.#undo, new Map(), 1)
    this.requests = table(from?.requests)
    this.payments = table(from?.payments)
    this.history = table(from?.history)
    this.holds = table(from?.holds)
    this.contradictions = table(from?.contradictions)
    this.outbox = table(from?.outbox)
    this.lines = table(from?.lines)
    this.doubts = table(from?.doubts)
    this.balances = table(from?.balances)
    this.documents = table(from?.documents)
    this.receipts = table(from?.receipts)
    this.receivers = table(from?.receivers)
    this.entries = table(from?.entries)
    this.collections = table(from?.collections)
    this.matches = table(from?.matches)
    this.ledger = table(from?.ledger)
    this.confirmations = table(from?.confirmations)
    this.hosts = table(from?.hosts)
    this.events = table(from?.events)
    this.findings = table(from?.findings)
    this.coverage = table(from?.coverage)
    this.files = table(from?.files)
    this.fileParts = table(from?.fileParts)
    this.spans = table(from?.spans)
    this.owners = table(from?.owners)
    this.pauses = table(from?.pauses)
    this.values = table(from?.values)
    this.leaders = table(from?.leaders)
  }

  /** Runs `work` without letting anybody in between; a throw leaves every table as it was. */
  transaction<T>(work: () => T): T {
    const steps: (() => void)[] = []
    this.#steps = steps
    try {
      return work()
    } catch (error) {
      this.#steps = null
      for (const step of steps.toReversed()) step()
      throw error
    } finally {
      this.#steps = null
    }
  }
}

/** Freezes to the last leaf. Bytes cannot be frozen; the receipt store copies them. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || value instanceof Uint8Array) return value
  for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}
