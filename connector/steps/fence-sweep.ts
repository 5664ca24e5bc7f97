// What the banks and the ERPs know against what this store knows, after a restore or beside an original (I10). It asks
// and imports; nothing is sent, no payment is made, and the fence stays as it is.

import { accept } from '../core/accept'
import { addDays, bankDay } from '../core/bank-time'
import { judgeInquiry } from '../core/judge'
import { formatAmount } from '../core/money'
import type { BankGateway, DateRange, InquiryOutcome, Instruction, Shown, State } from '../ports'
import type { Payment } from '../store/store'
import { withDeadline } from './deadline'
import { accountOf, type Deps } from './deps'
import { suspectsOf } from './fence-holds'
import { knownOf } from './fence-witness'
import { importStatements, linkPayments } from './import-statements'
import { move } from './move'
import { sweep } from './sweep'

export type Difference = {
  /** Stable and short: what `yinqi fence confirm --accept` names. */
  readonly id: string
  readonly zh: string
  readonly en: string
  /** True: the confirmation does not settle it by itself, so the person must name it. */
  readonly mustBeNamed: boolean
}

export type Sweep = {
  readonly range: DateRange
  readonly differences: readonly Difference[]
  /** Rows of each ERP that this store has no payment for, and those that are further than it is. */
  readonly unknown: readonly ShownBy[]
  readonly ahead: readonly (ShownBy & { readonly payment: Payment })[]
}

export type ShownBy = { readonly erp: string; readonly row: Shown }

/** Banks answer at most a month of history at once. */
const RANGE_DAYS = 31
/** The newest things that an ERP was told: more than a day of any site that keeps its backups by the day. */
const SWEEP_EVENTS = 5_000
const PAGE = 200
/** Unfinished and recent payments that are asked about; beyond, the sweep says that it did not see all. */
const MAX_PAGES = 100

/** From the day before the one until which this store knew what happened, at most as far back as banks answer. */
export async function sweepRange(deps: Deps): Promise<DateRange> {
  const to = bankDay(deps.clock.now())
  const earliest = addDays(to, 1 - RANGE_DAYS)
  const knewUntil = await deps.store.fence.knewUntil()
  const from = knewUntil === null ? earliest : addDays(bankDay(knewUntil), -1)
  return { from: from < earliest ? earliest : from, to }
}

export async function sweepFence(deps: Deps, range: DateRange): Promise<Sweep> {
  const shown = await hearAll(deps)
  const failed = [...shown.failed, ...(await importAll(deps, range))]
  await sweep(deps)
  for (let page = 0; page < MAX_PAGES && (await linkPayments(deps)) > 0; page++);
  failed.push(...(await inquireAll(deps, range)))
  const adoptable = new Set(shown.unknown.filter(item => isAdoptable(deps, item)).map(({ row }) => row.bankReference))
  const differences = [
    ...failed,
    ...shown.unknown.map(item => unknownRow(item, adoptable.has(item.row.bankReference))),
    ...shown.ahead.map(aheadRow),
    ...(await unknownLines(deps, adoptable)),
    ...(await suspects(deps)),
    ...(await contradictionsOf(deps, range)),
  ]
  return { range, differences, unknown: shown.unknown, ahead: shown.ahead }
}

/** Can this row be taken back as a payment: is it complete, and its account ours? */
function isAdoptable(deps: Deps, { row }: ShownBy): boolean {
  const payer = accountOf(deps, row.request.payerAccount)
  const traits = payer ? (deps.banks.get(payer.bank)?.traits ?? null) : null
  return accept(row.request, { payer, traits, measure: deps.measure }).kind === 'accepted'
}

type Heard = {
  readonly unknown: ShownBy[]
  readonly ahead: (ShownBy & { readonly payment: Payment })[]
  readonly failed: Difference[]
}

async function hearAll(deps: Deps): Promise<Heard> {
  const heard: Heard = { unknown: [], ahead: [], failed: [] }
  for (const [erp, bridge] of deps.erps) {
    try {
      for (const row of (await bridge.shown?.(SWEEP_EVENTS)) ?? []) {
        const known = await knownOf(deps, erp, row)
        if (known === null) heard.unknown.push({ erp, row })
        else if (known !== 'not ours' && known.payment !== null && known.seq < row.seq)
          heard.ahead.push({ erp, row, payment: known.payment })
      }
    } catch (error) {
      heard.failed.push(unreachable(`erp-${erp}`, `ERP ${erp}`, error))
    }
  }
  return heard
}

async function importAll(deps: Deps, range: DateRange): Promise<readonly Difference[]> {
  const failed: Difference[] = []
  for (const { account, bank } of deps.accounts) {
    try {
      await importStatements(deps, account, range)
    } catch (error) {
      failed.push(unreachable(`statement-${bank}-${account.slice(-4)}`, `${bank} …${account.slice(-4)}`, error))
    }
  }
  return failed
}

const ASKED: readonly State[] = ['held', 'ready', 'unknown', 'accepted', 'failed', 'cancelled']

/** Everything unfinished, and what ended unpaid lately: a bank that knows better is believed, or recorded against us. */
async function inquireAll(deps: Deps, range: DateRange): Promise<readonly Difference[]> {
  const failed: Difference[] = []
  for (const [bank, gateway] of deps.banks) {
    let after: string | null = null
    for (let page = 0; ; page++) {
      if (page >= MAX_PAGES) {
        failed.push(unreachable(`inquiry-${bank}`, bank, new Error(`more than ${MAX_PAGES * PAGE} payments`)))
        break
      }
      const payments: readonly Payment[] = await deps.store.payments.list({ states: ASKED, bank }, after, PAGE)
      const asked = payments.filter(payment => !isOldEnd(payment, range))
      const problem = await inquirePage(deps, gateway, asked)
      if (problem !== null) {
        failed.push(unreachable(`inquiry-${bank}`, bank, new Error(problem)))
        break
      }
      after = payments.at(-1)?.id ?? null
      if (payments.length < PAGE) break
    }
  }
  return failed
}

function isOldEnd(payment: Payment, range: DateRange): boolean {
  return (payment.state === 'failed' || payment.state === 'cancelled') && bankDay(payment.updatedAt) < range.from
}

/** A reason when the bank could not say something about every one of them, or null. */
async function inquirePage(deps: Deps, gateway: BankGateway, payments: readonly Payment[]): Promise<string | null> {
  if (payments.length === 0) return null
  let outcomes: readonly InquiryOutcome[]
  try {
    const instructions = payments.map(({ instruction }) => asSent(instruction))
    outcomes = await withDeadline(deps.clock, deps.settings.callTimeoutMs, signal =>
      gateway.inquire(instructions, signal),
    )
    if (outcomes.length !== payments.length) return 'outcomes do not fit the questions'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  let problem: string | null = null
  for (const [index, payment] of payments.entries()) {
    const outcome = outcomes[index]
    if (outcome === undefined || outcome.kind === 'unavailable') problem = outcome?.reason ?? 'no outcome'
    // Absence proves nothing here: the other store may send yet, or have sent in a package whose number is lost.
    if (outcome === undefined || outcome.kind === 'unavailable' || outcome.kind === 'absent') continue
    const now = deps.clock.now()
    const verdict = judgeInquiry(payment.state, payment.instruction, outcome, gateway.traits, now, now)
    await move(deps, [{ payment, actor: deps.settings.instance, patch: {}, verdict }])
  }
  return problem
}

/** What never left from here carries no package number yet: a package of one carries the payment's own. */
function asSent(instruction: Instruction): Instruction {
  if (instruction.batch.reference !== '') return instruction
  return { ...instruction, batch: { reference: instruction.reference, line: 1 } }
}

// --------------------------------------------------------------------------------------------------------- differences

function unreachable(id: string, what: string, error: unknown): Difference {
  const reason = error instanceof Error ? error.message : String(error)
  return {
    id: `unheard:${id}`,
    zh: `${what} 未能查清：${reason}`,
    en: `${what} could not be heard out: ${reason}`,
    mustBeNamed: true,
  }
}

function unknownRow({ erp, row }: ShownBy, canAdopt: boolean): Difference {
  const what = `${row.request.key.docNo} ${row.request.amount} ${row.request.currency}`
  return {
    id: `erp:${row.bankReference}`,
    zh: `ERP ${erp} 显示 ${what}（编号 ${row.bankReference}，${row.status}），本库没有；${canAdopt ? '确认时收回' : '无法收回'}`,
    en: `ERP ${erp} shows ${what} (${row.bankReference}, ${row.status}), unknown here; ${canAdopt ? 'the confirmation takes it back' : 'it cannot be taken back'}`,
    mustBeNamed: !canAdopt,
  }
}

function aheadRow({ erp, row, payment }: ShownBy & { readonly payment: Payment }): Difference {
  return {
    id: `erp:${row.bankReference}`,
    zh: `ERP ${erp} 显示 ${row.request.key.docNo} 为 ${row.status}（第 ${row.seq} 步），本库为 ${payment.state}（第 ${payment.seq} 步）`,
    en: `ERP ${erp} shows ${row.request.key.docNo} as ${row.status} (step ${row.seq}), this store as ${payment.state} (step ${payment.seq})`,
    mustBeNamed: false,
  }
}

async function unknownLines(deps: Deps, adoptable: ReadonlySet<string>): Promise<readonly Difference[]> {
  const findings = await deps.store.fence.findings()
  return findings.map(({ reference, line }) => {
    const canAdopt = adoptable.has(reference)
    const what = `${line.line.bookedOn} ${formatAmount(line.line.amount)} ${line.line.amount.currency} ${line.line.counterName}`
    return {
      id: `line:${reference}`,
      zh: `银行流水 ${what}（编号 ${reference}）是我方付款，本库没有${canAdopt ? '；确认时收回' : ''}`,
      en: `bank line ${what} (${reference}) is a payment of ours, unknown here${canAdopt ? '; the confirmation takes it back' : ''}`,
      mustBeNamed: !canAdopt,
    }
  })
}

/** Payments that never left from here: each will wait for a person, those that resemble a bank line are pointed out. */
async function suspects(deps: Deps): Promise<readonly Difference[]> {
  const found: Difference[] = []
  const unsent = await unsentPayments(deps)
  for (const payment of unsent) {
    const references = await suspectsOf(deps, payment.instruction)
    const like = references.length === 0 ? '' : ` ≈ ${references.join(', ')}`
    const what = `${payment.request.key.docNo} ${formatAmount(payment.instruction.amount)} ${payment.instruction.amount.currency}`
    found.push({
      id: `payment:${payment.id}`,
      zh: `${what}（${payment.state}）可能已由原系统发送，确认后逐笔待核对${like}`,
      en: `${what} (${payment.state}) may have been sent by the original; it will wait to be cleared one by one${like}`,
      mustBeNamed: false,
    })
  }
  return found
}

/** Everything that is `ready` or `held`. Throws when there is no end of it. */
export async function unsentPayments(deps: Deps): Promise<readonly Payment[]> {
  const all: Payment[] = []
  let after: string | null = null
  for (let page = 0; page < MAX_PAGES; page++) {
    const payments: readonly Payment[] = await deps.store.payments.list({ states: ['held', 'ready'] }, after, PAGE)
    all.push(...payments)
    after = payments.at(-1)?.id ?? null
    if (payments.length < PAGE) return all
  }
  throw new RangeError(`more than ${MAX_PAGES * PAGE} payments wait`)
}

async function contradictionsOf(deps: Deps, range: DateRange): Promise<readonly Difference[]> {
  const open = await deps.store.contradictions.open(PAGE)
  return open
    .filter(({ at }) => bankDay(at) >= range.from)
    .map(({ id, code, paymentId, cause }) => ({
      id: `contradiction:${id}`,
      zh: `付款 ${paymentId ?? ''} 与银行所知不符：${code} ${cause}`,
      en: `payment ${paymentId ?? ''} is known otherwise at the bank: ${code} ${cause}`,
      mustBeNamed: true,
    }))
}
