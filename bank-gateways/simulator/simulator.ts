// The bank simulators: real servers for ICBC, BOC, CCB and ABC over one durable ledger, with faults to order, for rehearsals and
// tests. Written from the protocol reference alone; it shares no code with the gateways it is meant to test.

import type { Clock } from '../../connector/ports'
import { openAdmin, type AdminServer } from './admin'
import type { FaultOrder } from './engine/faults'
import { House } from './house'
import { checkOptions, type SimulatorOptions } from './options'
import {
  viewAccounts,
  viewFault,
  viewLedger,
  viewPayments,
  type AccountView,
  type FaultView,
  type KeyView,
  type LedgerView,
} from './views'

export type Simulator = {
  /** Base addresses without a path: `admin`, `icbc.tunnel`, `icbc.sign`, `boc.b2e`, `ccb.ebs`, `abc.icc` (`tcp://`). */
  readonly urls: Readonly<Record<string, string>>
  /** Base address of a bank's port; throws for one that does not exist. */
  url(bank: string, listener: string): string
  /** Every posting, and the balances of all accounts. Payments are brought up to now first, here and below. */
  ledger(): LedgerView
  accounts(): readonly AccountView[]
  /** How often each idempotency key was received and booked. */
  payments(): readonly KeyView[]
  /** Orders a fault. Rejects when the bank cannot have it. */
  order(fault: FaultOrder): Promise<FaultView>
  faults(): readonly FaultView[]
  /** Ends one fault, or all. */
  withdraw(id?: string): Promise<void>
  /** Moves the banks' clock forward. */
  advance(ms: number): void
  /** Errors inside the simulator itself: always empty, or there is a defect in it. */
  problems(): readonly string[]
  close(): Promise<void>
}

/** Opens every port. Throws when the options are wrong, a port is taken or the state file is damaged. */
export async function startSimulator(input: SimulatorOptions): Promise<Simulator> {
  const options = checkOptions(input)
  const house = new House(options, options.clock ?? systemClock)
  let admin: AdminServer
  try {
    await house.open()
    admin = await openAdmin(house, options.host, options.adminPort)
  } catch (error) {
    await house.close()
    throw error
  }
  const urls = { ...house.urls(), admin: admin.url }
  return {
    urls,
    url(bank, listener) {
      const url = house.urls()[`${bank}.${listener}`]
      if (url === undefined) throw new Error(`the simulator has no port ${bank}.${listener}`)
      return url
    },
    ledger: () => house.act(() => viewLedger(house.book)),
    accounts: () => house.act(() => viewAccounts(house.book)),
    payments: () => house.act(() => viewPayments(house.book)),
    order: async fault => viewFault(await house.order(fault)),
    faults: () => house.faults().map(viewFault),
    withdraw: async id => void (await house.withdraw(id ?? null)),
    advance: ms => house.advance(ms),
    problems: () => house.problems,
    async close() {
      await admin.close()
      await house.close()
    },
  }
}

const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise(resolve => {
      if (signal.aborted) return resolve()
      const finish = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', finish)
        resolve()
      }
      const timer = setTimeout(finish, ms)
      signal.addEventListener('abort', finish)
    }),
}
