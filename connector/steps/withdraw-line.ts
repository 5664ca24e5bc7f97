// A named person withdraws a bank line, because the bank has changed it or taken it back, and restores one that was
// withdrawn by mistake. Everything that hangs on the line goes with it: its match, its entry, its collection, the ERP's
// row. What it said of a payment is never unsaid in silence: a person looks at that payment.

import { bankDay } from '../core/bank-time'
import { reversingEntry } from '../core/journal-reversal'
import { nextTwinKey } from '../core/line-key'
import { formatAmount } from '../core/money'
import { cleanName, personKey } from '../core/people'
import type { WithdrawalRecord } from '../ports'
import type {
  CollectionChange,
  EntryReversal,
  LineTurn,
  OutboxDraft,
  Payment,
  StoredCollection,
  StoredEntry,
  StoredLine,
} from '../store/store'
import { changeOf } from './collection-record'
import { proveRange } from './coverage'
import { accountOf, type AccountSettings, type Deps } from './deps'
import { reversalKeyOf } from './entry-key'

export type Said = { readonly person: string; readonly reason: string }

/** What hangs on a line, and goes with it. */
export type WithdrawalPlan = {
  readonly settings: AccountSettings
  readonly at: LineTurn
  /** The entry that will be taken back, and its collections. */
  readonly entry: StoredEntry | null
  readonly collections: readonly StoredCollection[]
  /** The entry stays, because a person takes care of it. */
  readonly isEntryByHand: boolean
  /** The payment that the line spoke of. */
  readonly payment: Payment | null
}

export type LineRefusal = { readonly kind: 'refused'; readonly code: string; readonly zh: string; readonly en: string }
export type Handled = { readonly kind: 'done'; readonly line: StoredLine } | LineRefusal

/** What a withdrawal would do; nothing is changed. */
export async function planWithdrawal(
  deps: Deps,
  lineId: string,
  { isEntryByHand }: { readonly isEntryByHand: boolean },
): Promise<WithdrawalPlan | LineRefusal> {
  const at = await deps.store.withdrawals.get(lineId)
  if (at === null) return unknownLine(lineId)
  const { line, withdrawn } = at
  if (withdrawn !== null)
    return refused(
      'LINE_WITHDRAWN',
      `流水 ${lineId} 已由 ${withdrawn.person} 撤回`,
      `line ${lineId} was withdrawn by ${withdrawn.person} already`,
    )
  const settings = accountOf(deps, line.account)
  if (settings === null) return unknownAccount(line)
  const found = await deps.store.journals.ofLine(lineId)
  const standing = found?.reversedBy === null ? found : null
  if (standing?.entry.reverses !== undefined && !isEntryByHand)
    return refused(
      'ENTRY_IS_REVERSAL',
      `流水 ${lineId} 的凭证是红字凭证，不能自动冲销；请在 ERP 中处理，再加 --entry-by-hand`,
      `the entry of line ${lineId} is a reversal, which is not reversed by itself: see to it in the ERP, then add --entry-by-hand`,
    )
  const reversing = found?.reversedBy == null ? null : await deps.store.journals.byKey(found.reversedBy)
  const taker = reversing?.lineId == null ? null : await deps.store.withdrawals.get(reversing.lineId)
  if (taker !== null && taker.withdrawn === null && !isEntryByHand)
    return refused(
      'ENTRY_TAKEN_BACK',
      `流水 ${lineId} 的凭证已由银行冲正的流水 ${taker.line.id} 冲销：请先撤回流水 ${taker.line.id}，或在 ERP 中处理后加 --entry-by-hand`,
      `the entry of line ${lineId} was taken back by line ${taker.line.id}, the bank's reversal: withdraw that one first, or see to the entries in the ERP and add --entry-by-hand`,
    )
  const entry = isEntryByHand ? null : standing
  return {
    ...{ settings, at, entry },
    isEntryByHand: isEntryByHand && standing !== null,
    collections: await collectionsOf(deps, line, entry),
    payment: await paymentOf(deps, line),
  }
}

/** What withdrawing all of these would do, or the first thing that speaks against one of them. */
export async function planWithdrawals(
  deps: Deps,
  lineIds: readonly string[],
  how: { readonly isEntryByHand: boolean },
): Promise<readonly WithdrawalPlan[] | LineRefusal> {
  const plans: WithdrawalPlan[] = []
  for (const lineId of new Set(lineIds)) {
    const plan = await planWithdrawal(deps, lineId, how)
    if ('kind' in plan) return plan
    const twin = await laterTwin(deps, plan.at.line)
    if (twin !== null && !lineIds.includes(twin)) return hasTwin(lineId, twin)
    plans.push(plan)
  }
  return plans
}

/** Twins are told apart by their number alone: what is left of them must be the first ones, as the bank gives them. */
async function laterTwin(deps: Deps, { account, key }: StoredLine): Promise<string | null> {
  const next = nextTwinKey(key)
  if (next === null) return null
  const found = (await deps.store.statements.known(account, [next])).get(next)
  return found === undefined || found.isWithdrawn ? null : found.lineId
}

/** `isReplaced`: the bank gives another line in its place that says the same of the payment. */
export type SaidOfLine = Said & { readonly isEntryByHand: boolean; readonly isReplaced: boolean }

export async function withdrawLine(deps: Deps, lineId: string, said: SaidOfLine): Promise<Handled> {
  const handled = await withdrawUnproven(deps, lineId, said)
  const settings = handled.kind === 'done' ? accountOf(deps, handled.line.account) : null
  if (handled.kind === 'done' && settings !== null) await proveRange(deps, settings, dayOf(handled.line))
  return handled
}

/** The caller proves the line's day when all is done: a file may replace thousands of lines. */
export async function withdrawUnproven(deps: Deps, lineId: string, said: SaidOfLine): Promise<Handled> {
  const named = nameOf(said)
  if ('kind' in named) return named
  const plan = await planWithdrawal(deps, lineId, said)
  if ('kind' in plan) return plan
  const { settings, at, entry, payment } = plan
  const { line, turn } = at
  const now = deps.clock.now()
  const changes = plan.collections.map(collection => changeFor(deps, collection, lineId, named.person))
  const reversal = entry === null ? null : reversalOf(deps, entry, changes, named, now)
  const contradiction = payment === null || said.isReplaced ? null : contradictionOf(at, payment, named)
  const isDone = await deps.store.withdrawals.withdraw(
    {
      ...{ lineId, turn, journal: line.journal, ...named, reversal },
      changes: reversal === null ? changes : [],
      contradiction,
      outbox: [recordOf(settings, at, 'withdrawn', named, now)],
    },
    now,
  )
  if (!isDone) return CHANGED
  tell(deps, 'line.withdrawn', line, named.person)
  if (entry !== null && reversal !== null)
    deps.tell({ kind: 'entry.reversed', key: entry.entry.key, by: reversal.entry.key, reason: named.reason })
  if (contradiction !== null) {
    const { paymentId, code, cause } = contradiction
    deps.tell({ kind: 'contradiction', paymentId, code, cause })
  }
  return { kind: 'done', line }
}

/** The line stands again; what it had is not put back but made anew, as of a line that has just come. */
export async function restoreLine(deps: Deps, lineId: string, said: Said): Promise<Handled> {
  const named = nameOf(said)
  if ('kind' in named) return named
  const at = await deps.store.withdrawals.get(lineId)
  const settings = at === null ? null : accountOf(deps, at.line.account)
  if (at === null) return unknownLine(lineId)
  if (settings === null) return unknownAccount(at.line)
  if (at.withdrawn === null)
    return refused('LINE_NOT_WITHDRAWN', `流水 ${lineId} 没有被撤回`, `line ${lineId} is not withdrawn`)
  const { line, turn } = at
  const now = deps.clock.now()
  const collection = await deps.store.collections.get(lineId)
  // What the bank took back, or a person, stays so: only what was withdrawn with the line is offered again.
  const isOffered = collection?.state === 'withdrawn' && line.journal === 'collection'
  const changes = isOffered ? [reopened(deps, collection, named.person)] : []
  const isDone = await deps.store.withdrawals.restore(
    {
      ...{ lineId, turn, journal: line.journal, ...named, changes },
      outbox: [recordOf(settings, at, 'restored', named, now)],
    },
    now,
  )
  if (!isDone) return CHANGED
  tell(deps, 'line.restored', line, named.person)
  await proveRange(deps, settings, dayOf(line))
  return { kind: 'done', line }
}

/** Those of its entry, or its own where no entry books it; one that nobody may claim any more stays so. */
async function collectionsOf(
  deps: Deps,
  line: StoredLine,
  entry: StoredEntry | null,
): Promise<readonly StoredCollection[]> {
  if (entry !== null) return await deps.store.collections.ofEntry(entry.entry.key)
  const own = await deps.store.collections.get(line.id)
  return own?.state === 'open' || own?.state === 'claimed' ? [own] : []
}

/** Linked, or about to be. */
async function paymentOf(deps: Deps, { paymentId, bank, line }: StoredLine): Promise<Payment | null> {
  if (paymentId !== null) return await deps.store.payments.get(paymentId)
  return line.reference === '' ? null : await deps.store.payments.byReference(bank, line.reference)
}

/** Others that shared its entry keep their claims, and are booked anew without it. */
function changeFor(deps: Deps, collection: StoredCollection, lineId: string, person: string): CollectionChange {
  const isGone = collection.line.id === lineId || collection.line.isWithdrawn === true
  return changeOf(deps, collection, {
    to: isGone ? 'withdrawn' : 'claimed',
    cause: isGone ? 'withdrawn' : 'reopened',
    actor: person,
    text: isGone ? `${person} 撤回流水` : '同一凭证中的流水被撤回，将重新入账',
    journal: 'collection',
    entryKey: null,
  })
}

function reopened(deps: Deps, collection: StoredCollection, person: string): CollectionChange {
  return changeOf(deps, collection, {
    to: 'open',
    cause: 'reopened',
    actor: person,
    text: `${person} 恢复流水`,
    journal: 'collection',
    entryKey: null,
    claim: { claimedBy: '', reason: '', parts: [] },
  })
}

function reversalOf(
  deps: Deps,
  { entry, erp, voucherNo }: StoredEntry,
  changes: readonly CollectionChange[],
  { person, reason }: Said,
  now: number,
): EntryReversal {
  const red = reversingEntry(entry, {
    key: reversalKeyOf(entry.key),
    date: bankDay(now),
    maker: deps.settings.maker,
    rule: entry.rule,
    voucherNo,
    reason: `${person}：${reason}`,
    settlement: null,
  })
  // Nothing is decided on a withdrawn line; should it be restored, the rules decide anew.
  return { key: entry.key, erp, entry: red, next: 'open', person, reason, changes }
}

function contradictionOf({ line, turn }: LineTurn, payment: Payment, { person, reason }: Said) {
  const amount = `${formatAmount(line.line.amount)} ${line.line.amount.currency}`
  const evidence = { line: line.id, key: line.key, amount, person, reason, turn: String(turn + 1) }
  return { paymentId: payment.id, code: 'LINE_WITHDRAWN', cause: 'statement', evidence }
}

function recordOf(
  { erp, account }: AccountSettings,
  { line, turn }: LineTurn,
  state: WithdrawalRecord['state'],
  said: Said,
  at: number,
): OutboxDraft {
  const key = `turn|${account}|${line.key}|${turn + 1}`
  const lineKey = `line|${account}|${line.key}`
  return { erp, record: { kind: 'statement.withdrawal', key, lineKey, turn: turn + 1, state, ...said, at } }
}

function nameOf(said: Said): Said | LineRefusal {
  const person = cleanName(said.person)
  const reason = said.reason.trim()
  if (personKey(person) !== '' && reason !== '') return { person, reason }
  return refused('WITHDRAWAL_PERSON_MISSING', '必须写明姓名和原因', 'a name and a reason are needed')
}

function tell(deps: Deps, kind: 'line.withdrawn' | 'line.restored', line: StoredLine, person: string): void {
  deps.tell({ kind, account: line.account, line: line.id, day: line.line.bookedOn, person })
}

function dayOf({ line }: StoredLine) {
  return { from: line.bookedOn, to: line.bookedOn }
}

const CHANGED = refused('LINE_BUSY', '流水刚刚有变化，请重试', 'the line has changed just now: try again')

function unknownLine(lineId: string): LineRefusal {
  return refused(
    'LINE_UNKNOWN',
    `没有流水 ${lineId}，编号见 yinqi statement lines`,
    `there is no line ${lineId}: yinqi statement lines shows the ids`,
  )
}

function hasTwin(lineId: string, twin: string): LineRefusal {
  return refused(
    'LINE_HAS_TWIN',
    `流水 ${lineId} 与流水 ${twin} 完全相同：请撤回 ${twin}，银行下次给出的才与留下的一致`,
    `line ${lineId} has a twin, line ${twin}: withdraw ${twin} instead, so that what is left is what the bank gives`,
  )
}

function unknownAccount({ account }: StoredLine): LineRefusal {
  return refused('ACCOUNT_UNKNOWN', `账号未登记：${account}`, `the account is not configured: ${account}`)
}

function refused(code: string, zh: string, en: string): LineRefusal {
  return { kind: 'refused', code, zh, en }
}
