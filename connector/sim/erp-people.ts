// The people at the simulated ERP: they ask, edit, withdraw, ask again after a failure, and sometimes too early.

import type { PaymentRequest } from '../ports'
import { isPayableAgain } from '../core/lifecycle'
import type { AccountSettings } from '../steps/deps'
import type { Asking, Document, ErpBooks } from './erp-books'
import type { World } from './world'

/** Amounts in 分; the largest two are beyond what a floating-point number counts exactly. */
const MINORS = [1n, 99n, 10_000n, 12_345n, 500_000n, 9_007_199_254_740_993n, 900_719_925_474_099_301n]

export function askNew(world: World, books: ErpBooks, accounts: readonly AccountSettings[]): void {
  const docNo = `FK${String(books.documents.size + 1).padStart(3, '0')}`
  const document: Document = { docNo, askings: [], isWithdrawn: false, changedAt: 0 }
  books.documents.set(docNo, document)
  const amount = world.strikes('erp.wrongRow') ? 'abc' : amountText(world)
  ask(world, document, requestOf(world, docNo, amount, accounts))
}

export function act(world: World, books: ErpBooks, accounts: readonly AccountSettings[]): void {
  const documents = [...books.documents.values()]
  if (documents.length < world.swarm.documents) return askNew(world, books, accounts)
  const document = world.random.pick(documents)
  const newest = document.askings.at(-1)
  if (!newest) return
  if (world.strikes('erp.cancelled')) return withdraw(world, books, document, newest)
  if (world.strikes('erp.edited')) return edit(world, document, newest)
  const status = books.newestStatus(document.docNo)
  if (status && isPayableAgain(status.status)) return askAgain(world, document, newest, status.revision)
  if (world.strikes('erp.askedEarly')) return askAgain(world, document, newest, revisionOf(newest))
  if (world.random.chance(100))
    books.commands.push({
      id: `C${books.commands.length + 1}`,
      account: newest.request.payerAccount,
      answer: null,
      claimedUntil: 0,
    })
}

function ask(world: World, document: Document, request: PaymentRequest): void {
  document.askings.push({ request, answered: false, claimedUntil: 0, edited: false })
  document.isWithdrawn = false
  document.changedAt = ++world.event
  world.note('erp', () => `asks ${document.docNo} revision ${request.key.revision ?? '–'}: ${request.amount}`)
}

/** Numbered: the next revision. Not numbered: the same document, approved anew. A wrong amount is mended. */
function askAgain(world: World, document: Document, newest: Asking, revision: number): void {
  if (newest.request.key.revision !== null && newest.request.key.revision > revision) return
  if (newest.request.key.revision === null && !newest.answered) return
  const amount = newest.request.amount === 'abc' || world.random.chance(300) ? amountText(world) : newest.request.amount
  const key = { ...newest.request.key, revision: newest.request.key.revision === null ? null : revision + 1 }
  const approval = `approved ${document.askings.length + 1}`
  ask(world, document, { ...newest.request, key, amount, approval, digest: digestOf(amount, newest.request) })
}

function edit(world: World, document: Document, newest: Asking): void {
  const amount = amountText(world)
  if (amount === newest.request.amount) return
  const request = { ...newest.request, amount, digest: digestOf(amount, newest.request) }
  world.note('erp', () => `edits ${document.docNo} to ${amount}`)
  if (world.swarm.erp === 'unnumbered') {
    ask(world, document, { ...request, approval: `approved ${document.askings.length + 1}` })
    return
  }
  // A row that was shown may have been taken: its new content must never be paid in place of the old.
  document.askings[document.askings.length - 1] = { ...newest, request, edited: newest.claimedUntil > 0 }
}

function withdraw(world: World, books: ErpBooks, document: Document, newest: Asking): void {
  world.note('erp', () => `withdraws ${document.docNo} revision ${newest.request.key.revision ?? '–'}`)
  if (world.swarm.erp === 'unnumbered') {
    document.isWithdrawn = true
    document.changedAt = ++world.event
    return
  }
  books.withdrawals.push({ id: `W${books.withdrawals.length + 1}`, request: newest.request, isAcknowledged: false })
}

function requestOf(world: World, docNo: string, amount: string, accounts: readonly AccountSettings[]): PaymentRequest {
  const payer = world.random.pick(accounts)
  const facts = {
    kind: 'pay' as const,
    approval: 'approved 1',
    companyCode: '001',
    payerAccount: payer.account,
    payerName: payer.name,
    payeeAccount: `62000000000000${String(world.random.int(10, 99))}`,
    payeeName: '乙公司',
    payeeBankName: '某银行上海分行',
    payeeBankCode: '308290003000',
    payeeKind: 'C',
    payeeProvince: '上海',
    payeeCity: '上海',
    currency: 'CNY',
    purpose: '货款',
    postscript: '',
    businessType: 'supplier',
    requestedOn: '2031-03-03',
    urgency: '',
    batchNo: '',
    maker: '张',
    checker: '李',
    partner: 'G0007',
    isBooked: world.random.chance(150),
  }
  const revision = world.swarm.erp === 'numbered' ? 1 : null
  const key = { sourceSystem: 'S', accountSet: '001', docType: 'AP49', docNo, docLine: 1, revision }
  return { ...facts, key, amount, digest: digestOf(amount, facts) }
}

/** Any text that changes with the content: the connector compares digests and never looks into them. */
function digestOf(amount: string, facts: Pick<PaymentRequest, 'payeeAccount' | 'payerAccount'>): string {
  return `${amount}/${facts.payeeAccount}/${facts.payerAccount}`
}

function amountText(world: World): string {
  const minor = world.random.pick(MINORS).toString().padStart(3, '0')
  return `${minor.slice(0, -2)}.${minor.slice(-2)}`
}

function revisionOf(asking: Asking): number {
  return asking.request.key.revision ?? 1
}
