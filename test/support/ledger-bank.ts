// A bank with books of its own: days, balances that add up, lines that it may keep back for a while. Tests compare with it.

import { addDays } from '../../connector/core/bank-time'
import type { Balance, DateRange, StatementLine } from '../../connector/ports'
import { sampleLine } from './sample'
import { FakeBank } from './world'

export type Booking = { readonly line: StatementLine; isHidden: boolean }

export class LedgerBank extends FakeBank {
  readonly bookings: Booking[] = []
  readonly asked: DateRange[] = []
  isDown = false
  /** Whether the bank gives a balance with each line, and yesterday's closing balance with its balance. */
  givesLineBalances = true
  givesPreviousDay = true
  #now: () => { readonly day: string; readonly time: string }
  #opening: bigint

  constructor(now: () => { readonly day: string; readonly time: string }, opening = 100_000n) {
    super()
    this.#now = now
    this.#opening = opening
  }

  /** Books a line on the running day. */
  book(minor: bigint, change: Partial<StatementLine> = {}): Booking {
    const { day, time } = this.#now()
    const balanceAfter = this.givesLineBalances ? { minor: this.#current() + minor, currency: 'CNY' } : null
    const line = sampleLine({
      ...{ bankId: `L${this.bookings.length + 1}`, bookedOn: day, bookedTime: time, reference: '' },
      ...{ amount: { minor, currency: 'CNY' }, balanceAfter },
      ...change,
    })
    const booking = { line, isHidden: false }
    this.bookings.push(booking)
    return booking
  }

  override async balance(account: string): Promise<Balance> {
    if (this.isDown) throw new Error('the front-end is down')
    const { day, time } = this.#now()
    const yesterday = this.closing(addDays(day, -1))
    return {
      ...{ account, asOf: `${day}T${time}`, available: null, frozen: null },
      current: { minor: this.#current(), currency: 'CNY' },
      previousDay: this.givesPreviousDay ? { minor: yesterday, currency: 'CNY' } : null,
    }
  }

  override async statement(
    _account?: string,
    range: DateRange = { from: '', to: '9' },
  ): Promise<{ items: readonly StatementLine[]; next: null }> {
    this.asked.push(range)
    if (this.isDown) throw new Error('the front-end is down')
    const seen = this.bookings.filter(
      ({ isHidden, line }) => !isHidden && line.bookedOn >= range.from && line.bookedOn <= range.to,
    )
    // Newest first, as many banks do.
    return { items: seen.map(({ line }) => line).toReversed(), next: null }
  }

  /** The balance when a day ended. */
  closing(day: string): bigint {
    return this.#opening + this.#sum(line => line.bookedOn <= day)
  }

  #current(): bigint {
    return this.#opening + this.#sum(() => true)
  }

  #sum(isCounted: (line: StatementLine) => boolean): bigint {
    return this.bookings.filter(({ line }) => isCounted(line)).reduce((sum, { line }) => sum + line.amount.minor, 0n)
  }
}
