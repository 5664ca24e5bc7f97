// Brings an account's lines of some days into the store, each exactly once (I9), and lets those that carry our
// reference say what became of our payments (I4).

import { doubtOfLine, isOwnReference } from '../core/fence'
import { judgeStatement } from '../core/judge'
import type { Cause } from '../core/lifecycle'
import { startPages } from '../core/join-pages'
import { LINE_KEY_VERSION, lineKeys } from '../core/line-key'
import { formatAmount } from '../core/money'
import { Fault, type BankGateway, type DateRange, type Page, type StatementLine } from '../ports'
import type { OutboxDraft, Payment, StoredLine } from '../store/store'
import { standingLines, withoutChanged, type Answer } from './changed-lines'
import { claimDays, failDays, proveRange, receiveDays, requestDays } from './coverage'
import { withDeadline } from './deadline'
import { accountOf, type AccountSettings, type Deps } from './deps'
import { move } from './move'

/** A bank that keeps giving pages is broken; no account-day range has more. */
const MAX_PAGES = 20_000

/** Two imports of one account meet now and then; more often than this, something is wrong. */
const COMPARE_MAX = 20

/** Returns the number of new lines. Throws a Fault when the bank cannot be asked; nothing is imported then. */
export async function importStatements(deps: Deps, account: string, range: DateRange): Promise<number> {
  const settings = accountOf(deps, account)
  const gateway = settings ? deps.banks.get(settings.bank) : undefined
  if (!settings || !gateway)
    throw new Fault('ACCOUNT_UNKNOWN', `账号未登记 (the account is not configured): ${account}`)
  // What cannot be kept is not asked for: a store that takes no writes would have the bank asked again and again.
  await deps.store.ping()
  await requireKeyRules(deps, account)
  const askedAt = deps.clock.now()
  const stood = await standingLines(deps, account, range)
  await requestDays(deps, account, range)
  const lines = await withDeadline(deps.clock, deps.settings.callTimeoutMs, signal =>
    readLines(gateway, account, range, signal),
  ).catch(async (error: unknown) => {
    await failDays(deps, account, range, error)
    throw error
  })
  const keys = lineKeys(lines)
  const days = await claimDays(
    deps,
    account,
    lines.map(line => line.bookedOn),
    'interface',
  )
  const isOwn = (line: StatementLine | undefined): boolean => line !== undefined && days.has(line.bookedOn)
  const drafts = draftsOf(
    deps,
    settings,
    lines.filter(isOwn),
    keys.filter((_key, index) => isOwn(lines[index])),
  )
  const count = await storeCompared(deps, settings, { account, range, askedAt, stood }, drafts)
  await receiveDays(deps, account, range, { source: 'interface', askedAt })
  await saveBalance(deps, settings)
  await proveRange(deps, settings, range)
  return count
}

/** Lines under other rules of identity than this program's would all be imported a second time. */
export async function requireKeyRules(deps: Deps, account: string): Promise<void> {
  const version = await deps.store.statements.identityVersion(account)
  if (version === null || version === LINE_KEY_VERSION) return
  throw new Fault(
    'STATEMENT_KEYS_OLD',
    `库中流水的识别规则是第 ${version} 版，请先运行 yinqi statement rekey（先加 --dry-run 查看） (lines are known by rule ${version}: run yinqi statement rekey first)`,
  )
}

/** Lines that carry a reference and were not looked at yet. Returns the number looked at. */
export async function linkPayments(deps: Deps): Promise<number> {
  const lines = await deps.store.statements.unlinked(deps.settings.batchLimit)
  let count = 0
  for (const stored of lines) {
    const payment = await deps.store.payments.byReference(stored.bank, stored.line.reference)
    // Mid-send: its own answer comes first; the line is looked at again in the next round.
    if (payment?.state === 'sending') continue
    await doubt(deps, stored, payment)
    if (payment) {
      const cause = await learn(deps, payment, stored.line)
      // The line of a return proved the debit; now it is what it is, a return, whoever recorded the debit meanwhile.
      const current = cause === 'statement.debited' ? await deps.store.payments.get(payment.id) : null
      if (current?.state === 'settled') await learn(deps, current, stored.line)
    }
    await deps.store.statements.link(stored.id, payment?.id ?? null, deps.clock.now())
    count++
  }
  return count
}

async function learn(deps: Deps, payment: Payment, line: StatementLine): Promise<Cause | null> {
  const verdict = judgeStatement(payment.state, payment.instruction, line)
  await move(deps, [{ payment, actor: deps.settings.instance, patch: {}, verdict }])
  return verdict.cause
}

async function readLines(
  gateway: BankGateway,
  account: string,
  range: DateRange,
  signal: AbortSignal,
): Promise<readonly StatementLine[]> {
  const pages = startPages()
  let after: string | null = null
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer: Page<StatementLine> = await gateway.statement(account, range, after, signal)
    if (!pages.add(answer.items))
      throw new Fault('STATEMENT_PAGE_REPEATED', `page ${page + 1} of ${range.from}..${range.to} came before`)
    after = answer.next
    if (after === null) return pages.lines
  }
  throw new Fault('STATEMENT_ENDLESS', `more than ${MAX_PAGES} pages for ${range.from}..${range.to}`)
}

/** A line that says what this store cannot know closes the fence before anything else is made of it (I10). */
async function doubt(deps: Deps, stored: StoredLine, payment: Payment | null): Promise<void> {
  const { reference } = stored.line
  const isOurs = payment === null && (await isOurUnknown(deps, stored.bank, reference))
  const reason = doubtOfLine(stored.line, payment, isOurs)
  if (reason === null) return
  await deps.fence.report([reason])
  if (payment !== null) return
  // Nobody's yet: no rule books it before a person has said whose it is.
  await deps.store.fence.found(stored, deps.clock.now())
  await deps.store.journals.decide([{ lineId: stored.id, journal: 'left', entry: null }], deps.clock.now())
}

async function isOurUnknown(deps: Deps, bank: string, reference: string): Promise<boolean> {
  const incarnations = await deps.store.fence.incarnations()
  if (!isOwnReference(reference, { prefix: deps.settings.referencePrefix, incarnations })) return false
  // A package's number is ours too, and no payment's own.
  return (await deps.store.payments.inBatch(bank, reference)).length === 0
}

/** Stores lines under their keys; those that are there already are left alone. Returns the number of new ones. */
export async function storeLines(
  deps: Deps,
  settings: AccountSettings,
  lines: readonly StatementLine[],
  keys: readonly string[],
): Promise<number> {
  return (await storeDrafts(deps, settings, draftsOf(deps, settings, lines, keys), null)) ?? 0
}

function draftsOf(
  deps: Deps,
  settings: AccountSettings,
  lines: readonly StatementLine[],
  keys: readonly string[],
): readonly Omit<StoredLine, 'id'>[] {
  const at = deps.clock.now()
  return lines.map((line, index): Omit<StoredLine, 'id'> => ({
    bank: settings.bank,
    account: settings.account,
    key: keys[index] ?? '',
    line,
    paymentId: null,
    journal: settings.ledgerAccount === '' || line.bookedOn < settings.bookFrom ? 'left' : 'open',
    receipt: settings.wantsReceipts && line.receiptKey !== '' ? 'wanted' : 'none',
    importedAt: at,
  }))
}

/** What may be brought in is decided on the lines that are there: where others came meanwhile, it is decided again. */
async function storeCompared(
  deps: Deps,
  settings: AccountSettings,
  answer: Answer,
  drafts: readonly Omit<StoredLine, 'id'>[],
): Promise<number> {
  for (let time = 0; time < COMPARE_MAX; time++) {
    const mark = await deps.store.statements.mark(settings.account)
    const kept = await withoutChanged(deps, answer, drafts)
    const count = await storeDrafts(deps, settings, kept, mark)
    if (count !== null) return count
  }
  throw new Fault(
    'STATEMENT_BUSY',
    `${settings.account}: 流水正被他处导入，稍后重试 (others bring in its lines: later)`,
  )
}

/** Null where lines of the account came since `mark`. */
async function storeDrafts(
  deps: Deps,
  settings: AccountSettings,
  drafts: readonly Omit<StoredLine, 'id'>[],
  mark: string | null,
): Promise<number | null> {
  const at = deps.clock.now()
  const outbox = drafts.map((draft): OutboxDraft => ({
    erp: settings.erp,
    record: {
      kind: 'statement.line',
      key: `line|${settings.account}|${draft.key}`,
      account: settings.account,
      line: draft.line,
      paid: null,
      at,
    },
  }))
  const { statements } = deps.store
  const inserted =
    mark === null ? await statements.insert(drafts, outbox) : await statements.insertAt(mark, drafts, outbox)
  if (inserted === null) return null
  if (inserted.length > 0)
    deps.tell({ kind: 'lines.imported', bank: settings.bank, account: settings.account, count: inserted.length })
  return inserted.length
}

async function saveBalance(deps: Deps, settings: AccountSettings): Promise<void> {
  const gateway = deps.banks.get(settings.bank)
  if (!gateway) return
  const balance = await withDeadline(deps.clock, deps.settings.callTimeoutMs, signal =>
    gateway.balance(settings.account, signal),
  )
  const at = deps.clock.now()
  // A bank that gives a day only may say the same amount twice that day with another in between.
  const moment = balance.asOf.includes('T') ? balance.asOf : `${balance.asOf}@${at}`
  const key = `balance|${settings.account}|${moment}|${formatAmount(balance.current)}`
  await deps.store.statements.saveBalance(balance, at, [
    { erp: settings.erp, record: { kind: 'balance', key, balance, at } },
  ])
}
