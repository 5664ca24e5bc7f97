// The end of a history: store, bank, ERP and journals are laid side by side, line by line. Nothing twice, nothing lost,
// nothing contradicted, and every request has its answer.

import type { Payment, Store, StoredLine } from '../store/store'
import type { BookedLine, Order } from './bank-ledger'
import type { ErpBooks } from './erp-books'
import { bankOf, linesAt, textOfLine, wholeRange } from './lines'
import { isLive, type Oracles } from './oracles'
import type { Site } from './site'
import type { World } from './world'

/** Contradictions that somebody did cause, by the fault that did. */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  REQUEST_CHANGED: ['erp.edited', 'erp.askedEarly', 'erp.redelivered'],
  ECHO_MISMATCH: ['bank.lies', 'send.swapped', 'inquiry.swapped'],
  STATEMENT_MISMATCH: ['bank.lies'],
  TRANSITION_FORBIDDEN: ['bank.lies'],
  LINE_WITHDRAWN: ['operator.withdraws', 'bank.corrects'],
}

/** What is still open; empty when everything has converged. A payment that the bank lies about is excused. */
export async function openEnds(world: World, site: Site, oracles: Oracles): Promise<readonly string[]> {
  const { store } = oracles
  const open: string[] = []
  for (const payment of await allPayments(store))
    if (isLive(payment.state) && !isLiedAbout(site, payment)) open.push(`${payment.id} is ${payment.state}`)
  for (const { erp, pending, refused } of await store.outbox.counts(world.now))
    open.push(`${pending} records wait for ${erp}, ${refused} are refused`)
  for (const bank of site.banks.values()) if (!bank.isFinal()) open.push(`${bank.name} has orders under way`)
  for (const document of site.books.documents.values())
    for (const asking of world.swarm.erp === 'numbered' ? document.askings : [])
      if (!asking.answered) open.push(`${document.docNo} was never answered`)
  for (const command of site.books.commands)
    if (command.answer === null) open.push(`command ${command.id} has no answer`)
  for (const [key, voucher] of site.books.vouchers)
    if (!voucher.isNoticed) open.push(`the number of voucher ${key} is not acknowledged`)
  for (const withdrawal of site.books.withdrawals)
    if (!withdrawal.isAcknowledged) open.push(`withdrawal ${withdrawal.id} is not acknowledged`)
  for (const account of site.accounts) {
    const stored = await store.statements.list(account.account, wholeRange(world))
    const booked = linesAt(site, account.account)
    if (stored.length < booked.length)
      open.push(`${booked.length - stored.length} lines of ${account.account} are missing`)
    const matched = new Set(
      (await store.matches.of(account.account, wholeRange(world))).flatMap(match => match.lineIds),
    )
    for (const line of stored)
      if (line.journal === 'entry' && !matched.has(line.id)) open.push(`line ${line.key} is not matched`)
    for (const line of stored)
      if (!isDone(line, booked)) open.push(`line ${line.key} waits: ${line.journal}, ${line.receipt}`)
  }
  return open
}

export async function judgeEnd(world: World, site: Site, oracles: Oracles): Promise<void> {
  const payments = await allPayments(oracles.store)
  for (const payment of payments) judgePayment(world, site, payment)
  await judgeRecords(world, site.books, payments, oracles.store)
  for (const account of site.accounts) await judgeLines(world, site, oracles.store, account.account)
  await judgeContradictions(world, site, oracles.store, payments)
  judgeSums(world, site, payments)
  judgeWithdrawals(world, site.books, payments)
}

function judgePayment(world: World, site: Site, payment: Payment): void {
  if (isLiedAbout(site, payment)) return
  const orders = site.banks.get(payment.bank)?.ordersOf(payment.instruction) ?? []
  const truth = orders.at(-1)?.state ?? 'nothing'
  const expected: Readonly<Record<string, readonly string[]>> = {
    settled: ['settled'],
    returned: ['returned'],
    failed: ['refused', 'nothing'],
    cancelled: ['nothing'],
  }
  if (!expected[payment.state]?.includes(truth))
    world.violate('I4', `at the end ${payment.id} is ${payment.state}, at the bank it is ${truth}`)
}

/** Every change was told, and the ERP's rows say what the store says. */
async function judgeRecords(world: World, books: ErpBooks, payments: readonly Payment[], store: Store): Promise<void> {
  for (const payment of payments) {
    const { docNo } = payment.request.key
    const status = books.statusOf(docNo, payment.revision)
    if (status !== payment.state)
      world.violate(
        'I6',
        `${docNo} revision ${payment.revision} is ${payment.state}, the ERP says ${status ?? 'nothing'}`,
      )
    for (const row of await store.payments.history(payment.id)) {
      if (!books.heard.has(`${docNo}|${payment.revision}|${row.seq}`))
        world.violate('I5', `the ERP never heard of ${payment.id} row ${row.seq} (${row.cause})`)
    }
  }
}

async function judgeLines(world: World, site: Site, store: Store, account: string): Promise<void> {
  const booked = linesAt(site, account)
  const stored = await store.statements.list(account, wholeRange(world))
  judgeSame(world, 'I9', `the lines of ${account} in the store`, booked.map(textOfLine), stored.map(textOfLine))
  const told = site.books.standingLines().filter(line => line.account === account)
  judgeSame(world, 'I9', `the lines of ${account} at the ERP`, booked.map(textOfLine), told.map(textOfLine))
  const sum = stored.reduce((total, { line }) => total + line.amount.minor, 0n)
  const ledger = bankOf(site, account)
  if (sum !== ledger?.balance(account)) world.violate('I9', `the lines of ${account} do not add up to its balance`)
  const [newest] = await store.statements.balances(account, 1)
  if (newest?.balance.current.minor !== sum) world.violate('I8', `the stored balance of ${account} is not ${sum}`)
  for (const line of stored) await judgeLine(world, site, store, line)
}

async function judgeLine(world: World, site: Site, store: Store, stored: StoredLine): Promise<void> {
  const { line } = stored
  const settings = site.accounts.find(account => account.account === stored.account)
  const payment = line.reference === '' ? null : await store.payments.byReference(stored.bank, line.reference)
  if (stored.paymentId !== (payment?.id ?? null)) world.violate('I9', `line ${stored.key} is not linked to its payment`)
  const isOwnBooked = payment?.request.isBooked === true && line.amount.minor < 0n
  const wanted = payment !== null || line.text === '手续费' ? 'entry' : 'left'
  const expected = settings?.ledgerAccount === '' ? 'left' : isOwnBooked ? 'booked' : wanted
  if (stored.journal !== expected) world.violate('I7', `line ${stored.key} is ${stored.journal}, not ${expected}`)
  const entry = await store.journals.ofLine(stored.id)
  if ((entry !== null) !== (expected === 'entry'))
    world.violate('I7', `line ${stored.key} has a wrong number of entries`)
  if (entry) judgeEntry(world, site, entry.entry.key, stored, entry.status)
  const receipt = await store.receipts.ofLine(stored.id)
  if (receipt && !site.books.receipts.has(`receipt|${stored.account}|${stored.key}`))
    world.violate('I6', `the ERP never heard of the receipt of line ${stored.key}`)
  if ((receipt !== null) !== (stored.receipt === 'stored'))
    world.violate('I9', `line ${stored.key} has a wrong receipt`)
}

function judgeEntry(world: World, site: Site, key: string, stored: StoredLine, status: string): void {
  const voucher = site.books.vouchers.get(key)
  if (!voucher || status !== 'posted') return world.violate('I7', `entry ${key} is ${status} and not in the ERP`)
  const { minor } = stored.line.amount
  const bank = voucher.entry.lines.find(line => line.settlement !== null)
  const signed = bank?.side === 'credit' ? -bank.amount.minor : bank?.amount.minor
  if (signed !== minor) world.violate('I7', `entry ${key} books ${signed}, its line is ${minor}`)
}

async function judgeContradictions(
  world: World,
  site: Site,
  store: Store,
  payments: readonly Payment[],
): Promise<void> {
  const open = await store.contradictions.open(1000)
  for (const { code, cause, paymentId } of open) {
    const hasReason = (REASONS[code] ?? []).some(fault => [...world.faults.keys()].some(name => name === fault))
    if (!hasReason) world.violate('I4', `a contradiction that nobody caused: ${code} ${cause} ${paymentId}`)
  }
  const books = site.books.standingVouchers().length
  const entries = (await Promise.all(site.accounts.map(({ account }) => entriesOf(world, store, account)))).flat()
    .length
  if (books !== entries) world.violate('I7', `the ERP has ${books} vouchers for ${entries} entries`)
  for (const payment of payments) {
    const order = site.banks.get(payment.bank)?.ordersOf(payment.instruction).at(-1)
    if (!order || !mustBeContradicted(order, payment)) continue
    if (!open.some(row => row.paymentId === payment.id))
      world.violate('I4', `the bank lied (${order.lie}) about ${payment.id}, and no contradiction says so`)
  }
}

/**
 * A lie shows when it meets the truth: a line of another amount always, a false no once its payment failed for it, a wrong
 * echo once it was told in calm. The first telling may answer a question that was asked, and given up, before the calm.
 */
function mustBeContradicted(order: Order, payment: Payment): boolean {
  if (order.lie === 'line') return true
  return order.lie === 'refused' ? payment.state === 'failed' : order.timesTold > 1
}

async function entriesOf(world: World, store: Store, account: string): Promise<readonly string[]> {
  const stored = await store.statements.list(account, wholeRange(world))
  return stored.filter(line => line.journal === 'entry').map(line => line.key)
}

/** What the store calls paid and the bank calls debited is the same sum, to the 分. */
function judgeSums(world: World, site: Site, payments: readonly Payment[]): void {
  for (const [name, bank] of site.banks) {
    const honest = payments.filter(payment => payment.bank === name && !isLiedAbout(site, payment))
    const paid = honest
      .filter(payment => payment.state === 'settled')
      .reduce((total, payment) => total + payment.instruction.amount.minor, 0n)
    const debited = bank.debits
      .filter(debit => debit.order.state === 'settled' && debit.order.lie === 'none')
      .reduce((total, debit) => total + debit.amount.minor, 0n)
    if (paid !== debited) world.violate('I8', `${name} debited ${debited}, the store calls ${paid} paid`)
    for (const { instruction } of bank.orders) {
      const payment = payments.find(each => each.instruction.reference === instruction.reference)
      const asked = `${instruction.amount.minor / 100n}.${String(instruction.amount.minor % 100n).padStart(2, '0')}`
      if (payment && payment.request.amount !== asked)
        world.violate('I8', `${instruction.reference} asks ${payment.request.amount}, the bank was told ${asked}`)
    }
  }
}

/** A withdrawal took effect, or the ERP was told that it came too late. */
function judgeWithdrawals(world: World, books: ErpBooks, payments: readonly Payment[]): void {
  for (const { id, request } of books.withdrawals) {
    const { docNo, revision } = request.key
    const payment = payments.find(each => each.request.key.docNo === docNo && each.revision === revision)
    const told = books.toldCauses.get(`${docNo}|${revision}`) ?? new Set<string>()
    const isAnswered = !payment || payment.state === 'cancelled' || told.has('erp.cancelRefused')
    if (!isAnswered) world.violate('I6', `withdrawal ${id} of ${docNo} was lost: it is ${payment.state}`)
  }
}

function judgeSame(
  world: World,
  invariant: string,
  what: string,
  expected: readonly string[],
  found: readonly string[],
): void {
  const counts = new Map<string, number>()
  for (const line of expected) counts.set(line, (counts.get(line) ?? 0) + 1)
  for (const line of found) counts.set(line, (counts.get(line) ?? 0) - 1)
  for (const [line, count] of counts)
    if (count !== 0)
      world.violate(invariant, `${what}: ${count > 0 ? `${count} missing` : `${-count} too many`}: ${line}`)
}

function isLiedAbout(site: Site, payment: Payment): boolean {
  const orders = site.banks.get(payment.bank)?.ordersOf(payment.instruction) ?? []
  return orders.some(order => order.lie !== 'none')
}

/** A line is done when it was looked at, decided, booked, and has every receipt that the bank will ever give. */
function isDone(stored: StoredLine, booked: readonly BookedLine[]): boolean {
  if (stored.journal === 'open') return false
  if (stored.receipt === 'none' || stored.receipt === 'stored') return true
  return booked.every(({ line, receiptAt }) => line.receiptKey !== stored.line.receiptKey || receiptAt === null)
}

async function allPayments(store: Store): Promise<readonly Payment[]> {
  return await store.payments.list({}, null, 10_000)
}
