// The four records side by side, line by line: the banks' own ledger, the store, the middle tables, the vouchers. What must
// never be is a violation; what is only not there yet is open, and must be empty in the end.

import { DEMO } from '../../../connector/cli/demo-site'
import { transition, type Cause } from '../../../connector/core/lifecycle'
import { parseAmount } from '../../../connector/core/money'
import type { State } from '../../../connector/ports'
import type { KeyView, LedgerView } from '../../../bank-gateways/simulator/views'
import type { Row } from '../../../erp-bridges/shared/db'
import { intOf, textOf } from '../../../erp-bridges/shared/row'
import type { ErpUser } from './erp-user'
import type { Site } from './site'

export type Comparison = {
  readonly violations: readonly string[]
  readonly open: readonly string[]
  readonly counts: Readonly<Record<string, number>>
  /** Payments that no bank will settle any more: their ids, and whether the ledger shows a debit. */
  readonly inDoubt: readonly { readonly id: string; readonly isBooked: boolean }[]
}

type Books = {
  readonly keys: readonly KeyView[]
  readonly ledger: LedgerView
  readonly accounts: readonly AccountBook[]
}
type AccountBook = { readonly bank: string; readonly account: string; readonly balance: string }

const OWN = [
  { bank: 'icbc', account: DEMO.icbc.account, openingMinor: 500_000_000n },
  { bank: 'boc', account: DEMO.boc.account, openingMinor: 300_000_000n },
]

class Findings {
  readonly violations: string[] = []
  readonly open: string[] = []
  readonly counts: Record<string, number> = {}
  readonly inDoubt: { readonly id: string; readonly isBooked: boolean }[] = []

  never(isWrong: boolean, words: string): void {
    if (isWrong) this.violations.push(words)
  }

  yet(isOpen: boolean, words: string): void {
    if (isOpen) this.open.push(words)
  }
}

/** Reads the bank last of all but the ledger's own growth: a debit that happens meanwhile is open, not lost. */
export async function compare(site: Site, user: ErpUser): Promise<Comparison> {
  const found = new Findings()
  const books: Books = {
    keys: await site.books('/payments'),
    ledger: await site.books('/ledger'),
    accounts: await site.books('/accounts'),
  }
  await comparePayments(site, user, books, found)
  await compareLines(site, books, found)
  await compareVouchers(site, found)
  await compareRest(site, books, found)
  const { violations, open, counts, inDoubt } = found
  return { violations, open, counts, inDoubt }
}

// --------------------------------------------------------------------------------------------------------------- payments

type BankPayment = { timesBooked: number; timesReceived: number; isReturned: boolean; facts: string }

async function comparePayments(site: Site, user: ErpUser, books: Books, found: Findings): Promise<void> {
  const bank = bankPayments(books.keys, found)
  const rows = await site.erp.query(
    `SELECT doc_no, revision, status, status_seq, bank_reference, payer_account, payee_account, CAST(amount AS ${
      site.erp.dialect === 'postgres' ? 'text' : 'text'
    }) AS amount FROM yq_payment`,
  )
  const rowByKey = new Map(rows.map(row => [keyOf(row), row]))
  const payments = await site.store.query(
    `SELECT p.id AS id, p.bank AS bank, p.reference AS reference, p.state AS state, p.seq AS seq, p.amount_minor AS minor, p.receipt_no AS receipt_no,
       r.doc_no AS doc_no, r.revision AS revision FROM yinqi_payment p JOIN yinqi_request r ON r.no = p.request_no`,
  )
  const requests = await site.store.query('SELECT doc_no, revision, status FROM yinqi_request')
  const requestByKey = new Map(requests.map(row => [keyOf(row), row]))
  found.never(requestByKey.size !== requests.length, 'a request is stored twice')
  for (const [key, row] of rowByKey) {
    const status = textOf(row, 'status')
    found.yet(status === 'new', `${key} was never taken`)
    if (status !== 'new' && !requestByKey.has(key) && status !== 'invalid')
      found.never(true, `${key} is ${status} and the store has no request`)
  }
  for (const docNo of user.removed)
    found.never(rowByKey.has(`${docNo}|1`) || requestByKey.has(`${docNo}|1`), `${docNo} was deleted and came back`)
  const histories = await historiesOf(site)
  const events = await eventsOf(site)
  const known = new Set<string>()
  for (const payment of payments) {
    const key = keyOf(payment)
    const reference = `${textOf(payment, 'bank')}|${textOf(payment, 'reference')}`
    known.add(reference)
    const booked = bank.get(reference)
    onePayment(key, payment, rowByKey.get(key), booked, found)
    oneHistory(key, payment, histories.get(textOf(payment, 'id')) ?? [], events.get(key) ?? [], booked, found)
  }
  for (const [reference, payment] of bank)
    found.never(!known.has(reference), `the bank has ${reference}, which the store never asked (${payment.facts})`)
  found.counts['requests'] = requests.length
  found.counts['payments'] = payments.length
  found.counts['debits'] = [...bank.values()].reduce((sum, payment) => sum + payment.timesBooked, 0)
  found.counts['received by banks'] = [...bank.values()].reduce((sum, payment) => sum + payment.timesReceived, 0)
}

/** By bank and our reference. BOC's key is the reference itself; ICBC's is the package, and its item carries ours. */
function bankPayments(keys: readonly KeyView[], found: Findings): Map<string, BankPayment> {
  const all = new Map<string, BankPayment>()
  for (const key of keys) {
    for (const payment of key.payments) {
      const own = payment.fields['ERPSqn'] ?? payment.fields['Ref'] ?? ''
      const name = `${key.bank}|${own === '' ? key.key : own}`
      const facts = `${payment.payerAccount} ${payment.payee.account} ${payment.amount}`
      const before = all.get(name)
      if (before) found.never(before.facts !== facts, `${name} reached the bank with two contents`)
      all.set(name, {
        timesBooked: (before?.timesBooked ?? 0) + payment.timesBooked,
        timesReceived: key.timesReceived,
        isReturned: payment.isReturned,
        facts,
      })
    }
  }
  return all
}

function onePayment(
  key: string,
  payment: Row,
  row: Row | undefined,
  booked: BankPayment | undefined,
  found: Findings,
): void {
  const state = textOf(payment, 'state') as State
  const times = booked?.timesBooked ?? 0
  found.never(times > 1, `${key} was debited ${times} times`)
  const isPaid = state === 'settled' || state === 'returned'
  const isOver = isPaid || state === 'failed' || state === 'cancelled'
  found.never(isPaid && times === 0, `${key} is ${state} and the bank has no debit`)
  found.never(!isPaid && (isOver || state === 'held') && times > 0, `${key} is ${state} and was debited`)
  found.never(state === 'returned' && booked?.isReturned !== true, `${key} is returned and the bank did not return it`)
  found.yet(state === 'settled' && booked?.isReturned === true, `${key} was returned and is still settled`)
  found.yet(!isOver, `${key} is ${state}`)
  if (state === 'unknown' || state === 'accepted')
    found.inDoubt.push({ id: textOf(payment, 'id'), isBooked: times > 0 })
  if (!row) return found.never(true, `${key} has no row in the middle table`)
  const told = textOf(row, 'status')
  found.yet(told !== state, `${key} is ${state}, the ERP was told ${told}`)
  found.never(intOf(row, 'status_seq') > intOf(payment, 'seq'), `${key}: the ERP is ahead of the store`)
  found.never(
    textOf(row, 'bank_reference') !== '' && textOf(row, 'bank_reference') !== textOf(payment, 'reference'),
    `${key}: the ERP and the store have two references`,
  )
  const minor = minorOf(textOf(row, 'amount'))
  found.never(minor !== BigInt(textOf(payment, 'minor')), `${key}: the row and the payment have two amounts`)
  if (!booked) return
  const [payer, payee, amount] = booked.facts.split(' ')
  found.never(
    payer !== textOf(row, 'payer_account') || payee !== textOf(row, 'payee_account') || minorOf(amount ?? '') !== minor,
    `${key}: the bank was told ${booked.facts}, the row says otherwise`,
  )
}

type Step = { readonly seq: number; readonly from: string | null; readonly cause: string; readonly to: string }

function oneHistory(
  key: string,
  payment: Row,
  steps: readonly Step[],
  events: readonly { readonly seq: number; readonly status: string }[],
  booked: BankPayment | undefined,
  found: Findings,
): void {
  found.never(
    steps.length !== intOf(payment, 'seq'),
    `${key}: ${steps.length} history rows for seq ${intOf(payment, 'seq')}`,
  )
  let state: string | null = null
  for (const [index, step] of steps.entries()) {
    found.never(step.seq !== index + 1 || step.from !== state, `${key}: history breaks at ${step.seq}`)
    // A note (a cancellation that came too late) changes no state.
    const isAllowed = state === null || step.to === state || transition(state as State, step.cause as Cause) === step.to
    found.never(!isAllowed, `${key}: ${state} -> ${step.to} by ${step.cause}`)
    state = step.to
    const event = events.filter(each => each.seq === step.seq)
    found.yet(event.length === 0, `${key}: event ${step.seq} was not told`)
    found.never(
      event.length > 1 || (event[0] ?? { status: step.to }).status !== step.to,
      `${key}: event ${step.seq} differs`,
    )
  }
  found.never(
    events.some(event => event.seq > steps.length),
    `${key}: an event without history`,
  )
  const sends = steps.filter(step => step.cause === 'send.started').length
  // BOC's gateway signs in anew when the bank says that nobody was, and then asks once more: nothing was done before.
  const perSend = textOf(payment, 'bank') === 'boc' ? 2 : 1
  const received = booked?.timesReceived ?? 0
  found.never(received > sends * perSend, `${key} reached the bank ${received} times and was sent ${sends} times`)
}

async function historiesOf(site: Site): Promise<ReadonlyMap<string, readonly Step[]>> {
  const rows = await site.store.query(
    'SELECT payment_id, seq, from_state, cause, to_state FROM yinqi_payment_history ORDER BY payment_id, seq',
  )
  const all = new Map<string, Step[]>()
  for (const row of rows) {
    const id = textOf(row, 'payment_id')
    const from = row['from_state'] === null ? null : textOf(row, 'from_state')
    const step = { seq: intOf(row, 'seq'), from, cause: textOf(row, 'cause'), to: textOf(row, 'to_state') }
    all.set(id, [...(all.get(id) ?? []), step])
  }
  return all
}

async function eventsOf(site: Site) {
  const rows = await site.erp.query('SELECT doc_no, revision, seq, status FROM yq_payment_event')
  const all = new Map<string, { readonly seq: number; readonly status: string }[]>()
  for (const row of rows) {
    const event = { seq: intOf(row, 'seq'), status: textOf(row, 'status') }
    all.set(keyOf(row), [...(all.get(keyOf(row)) ?? []), event])
  }
  return all
}

// -------------------------------------------------------------------------------------------------------------- the lines

async function compareLines(site: Site, books: Books, found: Findings): Promise<void> {
  const stored = await site.store.query('SELECT no, account, amount_minor AS minor, line_key FROM yinqi_statement_line')
  const told = await site.erp.query('SELECT account, CAST(amount AS text) AS amount, line_key FROM yq_statement_line')
  found.counts['bank lines'] = stored.length
  for (const { bank, account, openingMinor } of OWN) {
    const id = `${bank}/${account}`
    const postings = books.ledger.postings.filter(
      posting => posting.type !== 'opening' && (posting.debit === id || posting.credit === id),
    )
    const truth = postings.map(posting => minorOf(posting.amount) * (posting.debit === id ? -1n : 1n))
    const inStore = stored.filter(row => textOf(row, 'account') === account).map(row => BigInt(textOf(row, 'minor')))
    const inErp = told.filter(row => textOf(row, 'account') === account).map(row => minorOf(textOf(row, 'amount')))
    sameLines(`${id} store`, truth, inStore, found)
    sameLines(`${id} ERP`, truth, inErp, found)
    const balance = minorOf(books.accounts.find(each => each.account === account)?.balance ?? '0')
    const sum = truth.reduce((total, minor) => total + minor, openingMinor)
    found.never(sum !== balance, `${id}: opening and lines are ${sum}, the bank's balance is ${balance}`)
  }
  found.never(new Set(stored.map(row => textOf(row, 'line_key'))).size !== stored.length, 'a line is stored twice')
}

/** As multisets: identical twins are two lines. */
function sameLines(name: string, truth: readonly bigint[], seen: readonly bigint[], found: Findings): void {
  const left = new Map<bigint, number>()
  for (const minor of truth) left.set(minor, (left.get(minor) ?? 0) + 1)
  for (const minor of seen) left.set(minor, (left.get(minor) ?? 0) - 1)
  for (const [minor, count] of left) {
    found.yet(count > 0, `${name}: ${count} lines of ${minor} are missing`)
    // Read after the bank: a line that is there and not in the bank's ledger may be younger than our look at the ledger.
    found.yet(count < 0, `${name}: ${-count} lines of ${minor} too many`)
  }
}

// ----------------------------------------------------------------------------------------------------------- the vouchers

async function compareVouchers(site: Site, found: Findings): Promise<void> {
  const lines = await site.store.query('SELECT no, journal, receipt FROM yinqi_statement_line')
  const entries = await site.store.query('SELECT entry_key, line_no, erp, status, voucher_no FROM yinqi_journal_entry')
  const decided = new Set(entries.map(row => intOf(row, 'line_no')))
  found.never(decided.size !== entries.length, 'a line has two journal entries')
  for (const line of lines) {
    const no = intOf(line, 'no')
    const journal = textOf(line, 'journal')
    found.yet(journal === 'open', `line ${no} is not booked`)
    found.never((journal === 'entry') !== decided.has(no), `line ${no} is ${journal}, its entry says otherwise`)
    found.yet(textOf(line, 'receipt') === 'wanted', `line ${no} waits for its receipt`)
  }
  const vouchers = await vouchersOf(site)
  for (const [key, { numbers, sum }] of vouchers) {
    found.never(numbers.size > 1, `${key} was booked ${numbers.size} times`)
    found.never(sum !== 0n, `the voucher of ${key} does not balance`)
  }
  const used = new Set<string>()
  for (const entry of entries) {
    const key = textOf(entry, 'entry_key')
    const number = `${textOf(entry, 'erp')} ${textOf(entry, 'voucher_no')}`
    found.yet(textOf(entry, 'status') !== 'posted', `entry ${key} is ${textOf(entry, 'status')}`)
    if (textOf(entry, 'status') !== 'posted') continue
    found.never(used.has(number), `two entries have the voucher ${number}`)
    used.add(number)
    // A payment document's own voucher carries U8's key of the document; then its number tells.
    const voucher = vouchers.get(key) ?? [...vouchers.values()].find(each => each.numbers.has(number))
    found.never(!voucher?.numbers.has(number), `entry ${key} says ${number}, the ledger does not`)
  }
  found.never(
    [...vouchers.keys()].some(key => key.startsWith('YQ') && !entries.some(row => textOf(row, 'entry_key') === key)),
    'a voucher that no entry asked for',
  )
  found.counts['vouchers'] = vouchers.size
}

type Voucher = { readonly numbers: Set<string>; sum: bigint }

/** By external key: the vouchers of U8's ledger and the entries of the middle tables, each with its debits less its credits. */
async function vouchersOf(site: Site): Promise<ReadonlyMap<string, Voucher>> {
  const ledger = await site.erp.query(
    `SELECT coutno_id AS entry_key, csign, ino_id, CAST(md AS text) AS debit, CAST(mc AS text) AS credit FROM GL_accvouch WHERE coutno_id IS NOT NULL`,
  )
  const journal = await site.erp.query(
    `SELECT j.entry_key AS entry_key, j.voucher_no AS voucher_no, l.side AS side, CAST(l.amount AS text) AS amount FROM yq_journal j JOIN yq_journal_line l ON l.entry_key = j.entry_key`,
  )
  const vouchers = new Map<string, Voucher>()
  const add = (key: string, number: string, minor: bigint): void => {
    const voucher = vouchers.get(key) ?? { numbers: new Set<string>(), sum: 0n }
    voucher.numbers.add(number)
    voucher.sum += minor
    vouchers.set(key, voucher)
  }
  for (const row of ledger) {
    const number = `u8 ${textOf(row, 'csign')}-${textOf(row, 'ino_id').padStart(4, '0')}`
    add(textOf(row, 'entry_key'), number, minorOf(textOf(row, 'debit')) - minorOf(textOf(row, 'credit')))
  }
  for (const row of journal) {
    const minor = minorOf(textOf(row, 'amount'))
    const number = `midtable ${textOf(row, 'voucher_no')}`
    add(textOf(row, 'entry_key'), number, textOf(row, 'side') === 'debit' ? minor : -minor)
  }
  return vouchers
}

// --------------------------------------------------------------------------------------------------------------- the rest

async function compareRest(site: Site, books: Books, found: Findings): Promise<void> {
  const [outbox] = await site.store.query(
    'SELECT COUNT(*) AS waiting, COUNT(refusal_code) AS refused FROM yinqi_outbox WHERE delivered_at IS NULL',
  )
  if (outbox) {
    found.yet(intOf(outbox, 'waiting') > 0, `${textOf(outbox, 'waiting')} records to deliver`)
    found.never(intOf(outbox, 'refused') > 0, `the ERP refused ${textOf(outbox, 'refused')} records`)
  }
  const contradictions = await site.store.query('SELECT payment_id, code, cause, evidence FROM yinqi_contradiction')
  for (const row of contradictions)
    found.never(
      true,
      `contradiction ${textOf(row, 'code')} ${textOf(row, 'cause')} ${textOf(row, 'payment_id')} ${textOf(row, 'evidence')}`,
    )
  const commands = await site.erp.query(`SELECT id FROM yq_command WHERE status = 'new'`)
  found.yet(commands.length > 0, `${commands.length} commands are not answered`)
  const receipts = await site.erp.query('SELECT line_key FROM yq_receipt')
  const stored = await site.store.query(`SELECT no FROM yinqi_statement_line WHERE receipt = 'stored'`)
  found.yet(receipts.length < stored.length, `the ERP has ${receipts.length} of ${stored.length} receipts`)
  found.never(receipts.length > stored.length, 'the ERP has receipts that the store has not')
  found.counts['receipts'] = receipts.length
  const matched = await site.store.query(`SELECT DISTINCT item FROM yinqi_match_item WHERE side = 'line'`)
  const lines = await site.store.query('SELECT no FROM yinqi_statement_line')
  found.yet(matched.length < lines.length, `${matched.length} of ${lines.length} lines are matched`)
  found.counts['matched lines'] = matched.length
  for (const { account } of OWN) {
    const [row] = await site.erp.query(
      'SELECT CAST(current_amount AS text) AS amount FROM yq_balance WHERE account = ? ORDER BY id DESC LIMIT 1',
      [account],
    )
    const truth = minorOf(books.accounts.find(each => each.account === account)?.balance ?? '0')
    const told = row ? minorOf(textOf(row, 'amount')) : null
    found.yet(told !== truth, `${account}: the ERP's balance is ${told}, the bank's ${truth}`)
  }
  for (const daemon of site.daemons) {
    // A daemon may end by itself only at its start and only with words; a stack is a defect.
    const wrong = daemon.ownEnds().filter(code => code !== 1)
    found.never(wrong.length > 0, `${daemon.name} ended by itself with ${wrong.join(', ')}`)
    found.never(/\n {4}at /.test(daemon.output()), `${daemon.name} ended with a stack: ${daemon.output().slice(-2000)}`)
  }
}

function keyOf(row: Row): string {
  return `${textOf(row, 'doc_no')}|${textOf(row, 'revision')}`
}

function minorOf(text: string): bigint {
  const money = parseAmount(text === '' ? '0' : text, 'CNY')
  if (typeof money === 'string') throw new Error(`${text} is no amount: ${money}`)
  return money.minor
}
