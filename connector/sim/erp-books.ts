// The simulated ERP's own books: what its people asked, and what the connector told it. Everything told is kept by key,
// so that a repetition changes nothing, and two keys for one thing are seen as what they are: two things.

import type {
  ErpRecord,
  JournalEntry,
  LedgerLine,
  PaymentRequest,
  PaymentStatusRecord,
  RowStatus,
  StatementLine,
  WithdrawalRecord,
} from '../ports'
import { negated } from '../core/money'
import type { World } from './world'

/** One asking of a document. In an ERP that does not number them, only the newest asking of a document is shown. */
export type Asking = {
  readonly request: PaymentRequest
  answered: boolean
  claimedUntil: number
  /** Edited after it was shown: the connector must say so, and pay what it took. */
  edited: boolean
}

export type Document = {
  readonly docNo: string
  readonly askings: Asking[]
  isWithdrawn: boolean
  /** When people last changed it, as a number of the world's events. */
  changedAt: number
}

export type Withdrawal = { readonly id: string; readonly request: PaymentRequest; isAcknowledged: boolean }
export type Told = { readonly seq: number; readonly status: RowStatus; readonly cause: string }
export type Voucher = { readonly entry: JournalEntry; readonly number: string; isNoticed: boolean }
export type Command = {
  readonly id: string
  readonly account: string
  answer: boolean | null
  claimedUntil: number
}

/** Ends that nothing may follow: a person acts on them. `returned` may follow `settled`, nothing else follows an end. */
const ENDS: ReadonlySet<RowStatus> = new Set<RowStatus>(['failed', 'returned', 'cancelled', 'invalid'])

export class ErpBooks {
  readonly documents = new Map<string, Document>()
  readonly withdrawals: Withdrawal[] = []
  readonly commands: Command[] = []
  /** By document and revision, newest last. */
  readonly told = new Map<string, Told[]>()
  /** Every key that was ever pushed. */
  readonly heard = new Set<string>()
  /** By document and revision: every cause that was ever told, in whatever order it came. */
  readonly toldCauses = new Map<string, Set<string>>()
  readonly lines = new Map<string, { readonly account: string; readonly line: StatementLine }>()
  readonly vouchers = new Map<string, Voucher>()
  readonly receipts = new Map<string, { readonly account: string; readonly lineKey: string; readonly digest: string }>()
  readonly balances = new Map<string, bigint>()
  readonly #turns = new Map<string, WithdrawalRecord[]>()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  statusOf(docNo: string, revision: number): RowStatus | null {
    return this.told.get(`${docNo}|${revision}`)?.at(-1)?.status ?? null
  }

  /** What the newest revision that was told about says; null before anything was. */
  newestStatus(docNo: string): { readonly revision: number; readonly status: RowStatus } | null {
    const revisions = [...this.told.keys()]
      .filter(key => key.startsWith(`${docNo}|`))
      .map(key => Number(key.slice(docNo.length + 1)))
    if (revisions.length === 0) return null
    const revision = Math.max(...revisions)
    const status = this.statusOf(docNo, revision)
    return status === null ? null : { revision, status }
  }

  /** Writes one record; what is written already stays as it is. Returns a voucher's number, or ''. */
  write(record: ErpRecord): string {
    this.heard.add(record.kind === 'payment.status' ? seqKey(record) : record.key)
    switch (record.kind) {
      case 'payment.status':
        this.#writeStatus(record)
        return ''
      case 'statement.line':
        this.lines.set(record.key, { account: record.account, line: record.line })
        return ''
      case 'statement.withdrawal':
        this.#turns.set(record.lineKey, [...(this.#turns.get(record.lineKey) ?? []), record])
        return ''
      case 'balance':
        this.balances.set(record.key, record.balance.current.minor)
        return ''
      case 'receipt':
        this.receipts.set(record.key, record)
        return ''
      case 'command.answered': {
        const command = this.commands.find(candidate => candidate.id === record.id)
        if (command) command.answer = record.ok
        return ''
      }
      case 'collection':
        return ''
      case 'journal.entry':
        return this.#writeEntry(record.key, record.entry)
    }
  }

  /** As the ERP sees them: the newest turn says whether a line stands. */
  standingLines(): readonly { readonly account: string; readonly line: StatementLine }[] {
    return [...this.lines].flatMap(([key, line]) => {
      const [newest] = (this.#turns.get(key) ?? []).toSorted((a, b) => b.turn - a.turn)
      return newest?.state === 'withdrawn' ? [] : [line]
    })
  }

  /** Neither taken back nor taking another one back. */
  standingVouchers(): readonly Voucher[] {
    const vouchers = [...this.vouchers.values()]
    const reversed = new Set(vouchers.flatMap(({ entry }) => entry.reverses?.key ?? []))
    return vouchers.filter(({ entry }) => entry.reverses === undefined && !reversed.has(entry.key))
  }

  *ledgerLines(account: string): Iterable<LedgerLine> {
    for (const [key, { entry, number }] of this.vouchers) {
      for (const [index, line] of entry.lines.entries()) {
        if (line.account !== account) continue
        yield {
          id: `${key}/${index}`,
          date: entry.date,
          amount: line.side === 'credit' ? negated(line.amount) : line.amount,
          reference: line.settlement?.number ?? '',
          counterparty: '',
          text: entry.summary,
          voucherNo: number,
          entryKey: key,
        }
      }
    }
  }

  #writeStatus(record: PaymentStatusRecord): void {
    const { docNo } = record.request.key
    this.#markAnswered(record)
    const key = `${docNo}|${record.revision}`
    this.toldCauses.set(key, (this.toldCauses.get(key) ?? new Set()).add(record.cause))
    const told = this.told.get(key) ?? []
    const last = told.at(-1)
    if (last && last.seq >= record.seq) return
    if (last && ENDS.has(last.status) && record.status !== last.status)
      this.#world.violate('I6', `the ERP was told that ${key} is ${last.status}, and then that it is ${record.status}`)
    this.told.set(key, [...told, { seq: record.seq, status: record.status, cause: record.cause }])
    this.#world.note('erp', () => `hears that ${key} is ${record.status} (${record.cause})`)
  }

  #markAnswered({ request, revision }: PaymentStatusRecord): void {
    for (const asking of this.documents.get(request.key.docNo)?.askings ?? []) {
      const isThis =
        asking.request.key.revision === null
          ? asking.request.digest === request.digest && asking.request.approval === request.approval
          : asking.request.key.revision === revision
      if (isThis) asking.answered = true
    }
  }

  #writeEntry(key: string, entry: JournalEntry): string {
    const known = this.vouchers.get(key)
    if (known) return known.isNoticed ? known.number : ''
    const totals = new Map<string, bigint>()
    for (const { amount, side } of entry.lines) {
      const signed = side === 'debit' ? amount.minor : -amount.minor
      totals.set(amount.currency, (totals.get(amount.currency) ?? 0n) + signed)
    }
    if ([...totals.values()].some(total => total !== 0n)) this.#world.violate('I7', `entry ${key} does not balance`)
    const number = `付-${String(this.vouchers.size + 1).padStart(4, '0')}`
    // Half of the ERPs number a voucher later and say so in a notice.
    const isNoticed = this.#world.random.chance(500)
    this.vouchers.set(key, { entry, number, isNoticed })
    return isNoticed ? number : ''
  }
}

function seqKey(record: PaymentStatusRecord): string {
  return `${record.request.key.docNo}|${record.revision}|${record.seq}`
}
