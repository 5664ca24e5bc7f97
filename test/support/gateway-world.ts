// A simulated bank on real sockets with a clock that stands still until it is moved, gateways of the registry pointed at
// it, and everything these gateways say kept for the scan for secrets.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GATEWAYS } from '../../bank-gateways/registry'
import type { FaultOrder } from '../../bank-gateways/simulator/engine/faults'
import type { HistoryRow, SimulatorOptions } from '../../bank-gateways/simulator/options'
import { startSimulator, type Simulator } from '../../bank-gateways/simulator/simulator'
import type { PostingView } from '../../bank-gateways/simulator/views'
import type { BankGateway, Clock, Instruction, InquiryOutcome, Party, SendOutcome } from '../../connector/ports'
import { OUTSIDE, type BankSetup, type Waits } from './gateway-banks'

export const never = new AbortController().signal
export const DAY_MS = 86_400_000
const MORNING_MS = Date.parse('2026-03-02T10:00:00+08:00')

/** Longer than any answer on this machine, even a busy one. */
const PATIENT: Waits = { connectTimeoutMs: 20_000, answerTimeoutMs: 20_000 }
/** For the answers that never come: long enough for those that do. */
const IMPATIENT: Waits = { connectTimeoutMs: 20_000, answerTimeoutMs: 700 }

export type World = {
  readonly setup: BankSetup
  readonly simulator: Simulator
  readonly clock: Clock
  /** A new gateway with nothing in its memory. */
  open(patience?: 'patient' | 'impatient'): BankGateway
  /** A new payment; `line` of a package with the given number. */
  instruction(change?: Change): Instruction
  batch(changes: readonly Change[]): readonly Instruction[]
  /** Moves the bank's clock and ours. */
  advance(ms: number): void
  /** `yyyy-MM-dd` of the bank. */
  today(): string
  /** Times the payer was debited, and credited again, under this instruction. */
  debits(instruction: Instruction): number
  returns(instruction: Instruction): number
  /** How often the bank read this instruction. */
  received(instruction: Instruction): number
  /** The payer's postings, in the order of booking, without the opening balance. */
  postings(): readonly PostingView[]
  order(fault: Omit<FaultOrder, 'bank'>): Promise<void>
  /** Does by the admin API what a customer cannot. */
  admin(path: string, body: object): Promise<void>
  /** Everything that gateways of this world have said. */
  readonly said: readonly string[]
  /** Account numbers of which no message may hold one whole. */
  readonly accounts: ReadonlySet<string>
  close(): Promise<void>
}

export type Change = Partial<Omit<Instruction, 'payee'>> & { readonly payee?: Partial<Party> }

let lastNumber = 0
const nextNumber = (): string => String((lastNumber += 1)).padStart(12, '0')

export async function openWorld(
  setup: BankSetup,
  history: readonly HistoryInput[] = [],
  openingBalance = '1000000.00',
): Promise<World> {
  const { kind, payerAccount, ownPayeeAccount } = setup
  const directory = mkdtempSync(join(tmpdir(), 'yinqi-receipts-'))
  let movedMs = 0
  const machineClock: Clock = { now: () => MORNING_MS, sleep: untilAborted }
  const clock: Clock = { now: () => MORNING_MS + movedMs, sleep: untilAborted }
  const bank = { bank: kind, cnaps: setup.cnaps, bankName: setup.bankName }
  const options: SimulatorOptions = {
    clock: machineClock,
    accounts: [
      { ...bank, account: payerAccount, name: '甲公司', openingBalance, history: [...history] },
      { ...bank, account: ownPayeeAccount, name: '乙公司', openingBalance: '10.00' },
    ],
    banks: setup.banks(directory),
  }
  const simulator = await startSimulator(options)
  const said: string[] = []
  const accounts = new Set([payerAccount, ownPayeeAccount])
  const postings = (): readonly PostingView[] => {
    const id = `${kind}/${payerAccount}`
    return simulator
      .ledger()
      .postings.filter(({ debit, credit, type }) => type !== 'opening' && (debit === id || credit === id))
  }
  const count = (instruction: Instruction, type: PostingView['type']): number =>
    postings().filter(posting => posting.key === setup.keyOf(instruction) && posting.type === type).length
  const nextReference = (): string => (isDigitsOnly(setup, simulator) ? `26${nextNumber()}` : `YQ${nextNumber()}`)
  const instruction = (change: Change = {}): Instruction => {
    const reference = nextReference()
    const payee = { ...OUTSIDE, ...change.payee }
    accounts.add(payee.account)
    return {
      reference,
      batch: { reference, line: 1 },
      payer: { ...OUTSIDE, account: payerAccount, name: '甲公司', bankName: setup.bankName, bankCode: setup.cnaps },
      amount: { minor: 12345n, currency: 'CNY' },
      purpose: '货款',
      postscript: 'INV-1',
      isUrgent: false,
      businessType: 'supplier',
      sentOn: null,
      ...change,
      payee,
    }
  }
  return {
    setup,
    simulator,
    clock,
    said,
    accounts,
    instruction,
    postings,
    open(patience = 'patient') {
      const registered = GATEWAYS[kind]
      if (!registered) throw new Error(`no gateway ${kind}`)
      const waits = patience === 'patient' ? PATIENT : IMPATIENT
      const config = setup.config(simulator, waits, directory)
      return recording(registered.create(config, { clock, name: kind, sequence: nextNumber }), said)
    },
    batch(changes) {
      const reference = nextReference()
      return changes.map((change, index) => instruction({ ...change, batch: { reference, line: index + 1 } }))
    },
    advance(ms) {
      simulator.advance(ms)
      movedMs += ms
    },
    today: () => new Date(clock.now() + 8 * 3_600_000).toISOString().slice(0, 10),
    debits: wanted => count(wanted, 'payment'),
    returns: wanted => count(wanted, 'return'),
    received: wanted => simulator.payments().find(({ key }) => key === setup.keyOf(wanted))?.timesReceived ?? 0,
    order: async fault => void (await simulator.order({ bank: kind, ...fault })),
    async admin(path, body) {
      const answer = await fetch(`${simulator.urls['admin']}${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
      })
      if (!answer.ok) throw new Error(await answer.text())
    },
    async close() {
      await simulator.close()
      rmSync(directory, { recursive: true })
    },
  }
}

function isDigitsOnly({ kind, config }: BankSetup, simulator: Simulator): boolean {
  const deps = { clock: { now: () => 0, sleep: untilAborted }, name: kind, sequence: () => '' }
  return GATEWAYS[kind]?.create(config(simulator, PATIENT, tmpdir()), deps).traits.reference.alphabet === 'digits'
}

type HistoryInput = Pick<HistoryRow, 'date' | 'type' | 'amount'> & Partial<HistoryRow>

/** The simulator's waits end when its client goes away or it is closed: the clock itself never gets there. */
function untilAborted(_: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function recording(gateway: BankGateway, said: string[]): BankGateway {
  async function heard<T>(call: Promise<T>, words: (value: T) => readonly string[]): Promise<T> {
    try {
      const value = await call
      said.push(...words(value))
      return value
    } catch (error) {
      for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
        said.push(cause.message, 'code' in cause ? String(cause.code) : '')
      }
      throw error
    }
  }
  const outcomes = (values: readonly (SendOutcome | InquiryOutcome)[]): readonly string[] => values.flatMap(wordsOf)
  const receipt = gateway.receipt?.bind(gateway)
  return {
    name: gateway.name,
    traits: gateway.traits,
    send: (batch, signal) => heard(gateway.send(batch, signal), outcomes),
    inquire: (batch, signal) => heard(gateway.inquire(batch, signal), outcomes),
    balance: (account, signal) => heard(gateway.balance(account, signal), () => []),
    statement: (account, range, after, signal) => heard(gateway.statement(account, range, after, signal), () => []),
    ...(receipt ? { receipt: (account, line, signal) => heard(receipt(account, line, signal), () => []) } : {}),
  }
}

function wordsOf(outcome: SendOutcome | InquiryOutcome): readonly string[] {
  switch (outcome.kind) {
    case 'accepted':
    case 'settled':
    case 'returned':
      return [outcome.echo.code, outcome.echo.text]
    case 'refused':
      return [outcome.refusal.code, outcome.refusal.text]
    case 'absent':
      return [outcome.code]
    case 'unsent':
    case 'uncertain':
    case 'unavailable':
      return [outcome.code, outcome.reason]
  }
}

/** What of the secrets, accounts and key material a text holds. */
export function leaksOf({ setup, said, accounts }: World): readonly string[] {
  const forbidden = [...setup.secrets, ...accounts]
  // A token and a signature are long runs of Base64; no code, reference or word comes near.
  return said.filter(text => forbidden.some(word => text.includes(word)) || /[A-Za-z0-9+/]{40,}/.test(text))
}

/** Resolves when the condition holds; looks again after every turn of the event loop, with a deadline. */
export async function until(condition: () => boolean, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('the condition did not come to hold')
    await new Promise(resolve => setImmediate(resolve))
  }
}
