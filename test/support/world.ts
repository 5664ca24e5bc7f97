// A small world for the steps: a bank with a ledger, an ERP with rows, a clock that is moved by hand, and a real store.
// The bank's ledger is the truth that tests compare with.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { byteLength, unmappable } from '../../bank-gateways/shared/charset'
import {
  Fault,
  type Balance,
  type DateRange,
  type BankGateway,
  type BankTraits,
  type ErpBridge,
  type ErpRecord,
  type ErpRequest,
  type FenceFile,
  type FenceRecord,
  type InquiryOutcome,
  type Instruction,
  type LedgerLine,
  type PushResult,
  type Recheck,
  type SendOutcome,
  type Shown,
  type StatementLine,
} from '../../connector/ports'
import type { Deps, Happening } from '../../connector/steps/deps'
import { deliver } from '../../connector/steps/deliver'
import { createFence, newToken, type FenceParts } from '../../connector/steps/fence'
import { createPauses } from '../../connector/steps/pauses'
import { linkPayments } from '../../connector/steps/import-statements'
import { inquire } from '../../connector/steps/inquire'
import { intake } from '../../connector/steps/intake'
import { postJournals } from '../../connector/steps/post-journals'
import { submit } from '../../connector/steps/submit'
import { sweep } from '../../connector/steps/sweep'
import type { Keys } from '../../connector/store/keys'
import { openStore } from '../../connector/store/open-store'
import type { Store } from '../../connector/store/store'
import { SAMPLE_TRAITS, sampleEcho, sampleLine } from './sample'
import { testKeys } from './keys'

export const ACCOUNT = '0200000109000000001'
const CALL_TIMEOUT_MS = 30_000
const START = Date.parse('2026-03-01T01:30:00Z')

export type SendFault = 'none' | 'refused-connection' | 'lost-request' | 'lost-answer' | 'short-answer' | 'lie'

export class FakeBank implements BankGateway {
  readonly name = 'bank'
  traits: BankTraits = SAMPLE_TRAITS
  fault: SendFault = 'none'
  isHidden = false
  state: 'accepted' | 'settled' | 'refused' = 'settled'
  beforeSend: () => Promise<void> = async () => undefined
  readonly sends: Instruction[][] = []
  /** Debits by reference: the truth. */
  readonly debits = new Map<string, Instruction[]>()
  readonly lines: StatementLine[] = []

  async send(batch: readonly Instruction[]): Promise<readonly SendOutcome[]> {
    await this.beforeSend()
    if (this.fault === 'refused-connection')
      return batch.map(() => ({ kind: 'unsent', code: 'refused', reason: 'connection refused' }))
    this.sends.push([...batch])
    if (this.fault === 'lost-request') throw new Error('reset before the bank read it')
    const outcomes = batch.map(instruction => this.take(instruction))
    if (this.fault === 'lost-answer') throw new Error('timeout')
    return this.fault === 'short-answer' ? outcomes.slice(0, -1) : outcomes
  }

  async inquire(batch: readonly Instruction[]): Promise<readonly InquiryOutcome[]> {
    return batch.map((instruction): InquiryOutcome => {
      if (this.isHidden || !this.debits.has(instruction.reference)) return { kind: 'absent', code: 'none' }
      return { kind: 'settled', echo: this.echoOf(instruction) }
    })
  }

  async balance(account: string): Promise<Balance> {
    return {
      account,
      asOf: '2026-03-01T09:30:00',
      current: { minor: 1n, currency: 'CNY' },
      available: null,
      frozen: null,
      previousDay: null,
    }
  }

  async statement(): Promise<{ items: readonly StatementLine[]; next: null }> {
    return { items: this.lines, next: null }
  }

  timesDebited(reference: string): number {
    return this.debits.get(reference)?.length ?? 0
  }

  private take(instruction: Instruction): SendOutcome {
    if (this.state === 'refused') return { kind: 'refused', refusal: { code: 'B1', text: '余额不足', bankSerial: '' } }
    const before = this.debits.get(instruction.reference) ?? []
    if (before.length > 0 && this.traits.dedupesReference)
      return { kind: 'uncertain', code: 'dup', reason: 'duplicate reference' }
    this.debits.set(instruction.reference, [...before, instruction])
    this.lines.push(
      sampleLine({
        bankId: `L${this.lines.length + 1}`,
        reference: instruction.reference,
        amount: { minor: -instruction.amount.minor, currency: 'CNY' },
      }),
    )
    return { kind: this.state, echo: this.echoOf(instruction) }
  }

  private echoOf(instruction: Instruction) {
    const amount = this.fault === 'lie' ? { minor: instruction.amount.minor + 1n, currency: 'CNY' } : instruction.amount
    return sampleEcho({ reference: instruction.reference, amount, payeeAccount: instruction.payee.account })
  }
}

export class FakeErp implements ErpBridge {
  readonly name = 'erp'
  queue: ErpRequest[] = []
  readonly told: ErpRecord[] = []
  answer: PushResult = { kind: 'done', erpNumber: '付-0001' }
  recheckAnswer: Recheck = 'same'
  readonly ledgerLines: LedgerLine[] = []
  readonly ledgerAsked: DateRange[] = []

  async pull() {
    const items = this.queue
    this.queue = []
    return { items, cursor: 'c', hasMore: false }
  }

  async push(records: readonly ErpRecord[]): Promise<readonly PushResult[]> {
    this.told.push(...records)
    return records.map(() => this.answer)
  }

  async recheck(requests: readonly unknown[]): Promise<readonly Recheck[]> {
    return requests.map(() => this.recheckAnswer)
  }

  async shown(): Promise<readonly Shown[]> {
    const rows = new Map<string, Shown>()
    for (const record of this.told) {
      if (record.kind !== 'payment.status' || record.bankReference === '') continue
      const { request, revision, status, seq, bankReference, bankSerial } = record
      if (seq <= (rows.get(bankReference)?.seq ?? 0)) continue
      const key = { ...request.key, revision }
      rows.set(bankReference, { request: { ...request, key }, status, seq, bankReference, bankSerial })
    }
    return [...rows.values()]
  }

  async *ledger(_account: string, range: DateRange): AsyncIterable<LedgerLine> {
    this.ledgerAsked.push(range)
    yield* this.ledgerLines.filter(line => line.date >= range.from && line.date <= range.to)
  }

  async doctor() {
    return []
  }

  async close() {}

  statuses(docNo: string): readonly string[] {
    return this.told.flatMap(record =>
      record.kind === 'payment.status' && record.request.key.docNo === docNo ? [record.status] : [],
    )
  }
}

/** A host's half of the fence, in memory. */
export class MemoryFenceFile implements FenceFile {
  record: FenceRecord | null = null
  machine = 'machine-1'
  place = 'folder-1'
  isFull = false

  async read() {
    return this.record
  }

  async write(record: FenceRecord) {
    if (this.isFull) throw new Fault('FENCE_FILE_UNWRITABLE', 'full')
    this.record = record
  }

  async identity() {
    return { machine: this.machine, folder: this.place }
  }
}

export type World = {
  readonly deps: Deps
  readonly fence: FenceParts
  readonly file: MemoryFenceFile
  readonly folder: string
  readonly store: Store
  /** The store's SQLite file. */
  readonly storeFile: string
  readonly bank: FakeBank
  readonly erp: FakeErp
  readonly happened: Happening[]
  move(ms: number): void
  /** Every step until nothing has anything left to do, the clock moving on between rounds. */
  settle(rounds?: number): Promise<void>
  close(): Promise<void>
}

/** `after`: the same bank, ERP, host, clock and store, by a daemon that starts anew. */
export async function openWorld(
  settings: Partial<Deps['settings']> = {},
  after?: World,
  keys: Keys = testKeys(),
): Promise<World> {
  const folder = after?.folder ?? mkdtempSync(path.join(tmpdir(), 'yinqi-world-'))
  let now = after?.deps.clock.now() ?? START
  const clock = {
    now: () => now,
    // No call of this world lasts: its deadline ends when it is given up. A pause between two tries is over at once.
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>(resolve => {
        if (signal.aborted || ms < CALL_TIMEOUT_MS) resolve()
        signal.addEventListener('abort', () => resolve(), { once: true })
      }),
  }
  const store = await openStore(
    { dialect: 'sqlite', filename: path.join(folder, 'store.sqlite') },
    { clock, keys, schema: 'migrate' },
  )
  const bank = after?.bank ?? new FakeBank()
  const erp = after?.erp ?? new FakeErp()
  const happened: Happening[] = []
  const file = after?.file ?? new MemoryFenceFile()
  const tell = (happening: Happening): void => void happened.push(happening)
  const fence: FenceParts = { store, clock, file, instance: 'd1', tell, newToken }
  const deps: Deps = {
    store,
    clock,
    fence: createFence(fence),
    pauses: createPauses(store, tell),
    erps: new Map([['erp', erp]]),
    banks: new Map([['bank', bank]]),
    closed: () => null,
    accounts: [
      {
        account: ACCOUNT,
        name: '甲公司',
        currency: 'CNY',
        bank: 'bank',
        erp: 'erp',
        alsoPaidFrom: [],
        bankName: '工行',
        bankCode: '',
        accountSet: '001',
        ledgerAccount: '100201',
        wantsReceipts: false,
        provesByLines: true,
        freshnessMs: 86_400_000,
        bookFrom: '',
      },
    ],
    settings: {
      instance: 'd1',
      referencePrefix: '',
      intakeLimit: 50,
      batchLimit: 50,
      leaseMs: 60_000,
      callTimeoutMs: CALL_TIMEOUT_MS,
      retryFirstMs: 1000,
      retryMaxMs: 60_000,
      inquireFirstMs: 1000,
      inquireMaxMs: 60_000,
      receiptRetryMs: 1000,
      receiptGiveUpMs: 10_000,
      coverage: { backfillDays: 0, retryFirstMs: 600_000, retryMaxMs: 21_600_000 },
      maker: '银企直联',
      holds: [],
      reconciliation: { ledgerDays: 62, pauseMaxMs: 60_000, without: [], sumCandidates: 16, rules: [] },
      journal: [],
      evoucher: { entities: [], subjects: {}, sides: '借方/贷方' },
      ...settings,
    },
    measure: (text, encoding) => ({ bytes: byteLength(text, encoding), unmappable: unmappable(text, encoding) }),
    tell,
  }
  await deps.fence.look()
  if (!after) happened.length = 0
  const runCommand = async () => ({ ok: true, text: '' })
  return {
    deps,
    fence,
    file,
    folder,
    store,
    storeFile: path.join(folder, 'store.sqlite'),
    bank,
    erp,
    happened,
    move: ms => void (now += ms),
    async settle(rounds = 8) {
      for (let round = 0; round < rounds; round++) {
        await intake(deps, 'erp', runCommand)
        await sweep(deps)
        await submit(deps, 'bank')
        await inquire(deps, 'bank')
        await linkPayments(deps)
        await postJournals(deps)
        await deliver(deps, 'erp')
        now += 61_000
      }
    },
    async close() {
      await store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
