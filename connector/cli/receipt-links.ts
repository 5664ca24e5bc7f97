// What hangs together: a statement line, its receipt, the payment that it is of, the voucher that books it, and what was
// written of the booking.

import { bankDay, addDays } from '../core/bank-time'
import { formatAmount } from '../core/money'
import { digestsOf } from '../evoucher/digest'
import type { DateRange } from '../ports'
import type { AccountSettings, Deps } from '../steps/deps'
import type { Payment, StoredEntry, StoredLine, StoredReceipt, StoredReceiver, WaitingReceipt } from '../store/store'
import { EXIT, type Output } from './output'

export type Linked = {
  readonly stored: StoredLine
  readonly receipt: StoredReceipt | null
  readonly waiting: WaitingReceipt | null
  readonly payment: Payment | null
  readonly entry: StoredEntry | null
  readonly receiver: StoredReceiver | null
}

export type RangeFlags = { readonly account: string; readonly from?: string; readonly to?: string }

/** Seen by default: what a month's end asks about. */
const DEFAULT_DAYS = 31

/** The account and its days, or null after it has said what is wrong. */
export function rangeOf(
  deps: Deps,
  flags: RangeFlags,
  output: Output,
): { readonly settings: AccountSettings; readonly range: DateRange } | null {
  const settings = deps.accounts.find(account => account.account === flags.account)
  if (settings === undefined) {
    const known = deps.accounts.map(account => account.account).join(', ')
    refuse(
      output,
      `账号 ${flags.account} 未登记；已登记：${known}`,
      `the account ${flags.account} is not configured; there are: ${known}`,
    )
    return null
  }
  const today = bankDay(deps.clock.now())
  const range = { from: flags.from ?? addDays(today, -DEFAULT_DAYS), to: flags.to ?? today }
  for (const day of [range.from, range.to])
    if (!isDay(day)) {
      refuse(output, `日期应为 yyyy-MM-dd：${day}`, `a day is yyyy-MM-dd: ${day}`)
      return null
    }
  return { settings, range }
}

export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const at = Date.parse(`${text}T00:00:00Z`)
  return Number.isFinite(at) && new Date(at).toISOString().slice(0, 10) === text
}

/** Says no, to people and programs alike. */
export function refuse(output: Output, zh: string, en: string): number {
  output.say(`✗ ${zh}`, `✗ ${en}`)
  output.json({ ok: false, zh, en })
  return EXIT.no
}

/** Every line of the account's days with what hangs on it, in the order of the days. */
export async function linkedLines(deps: Deps, account: string, range: DateRange): Promise<readonly Linked[]> {
  const { statements, receipts } = deps.store
  const lines = await statements.list(account, range)
  const kept = new Map((await receipts.list(account, range)).map(receipt => [receipt.lineId, receipt]))
  const waiting = new Map((await statements.receiptsWaiting(account, range)).map(one => [one.lineId, one]))
  const linked: Linked[] = []
  for (const stored of lines) {
    linked.push({
      stored,
      receipt: kept.get(stored.id) ?? null,
      waiting: waiting.get(stored.id) ?? null,
      ...(await bookingOf(deps, stored)),
    })
  }
  return linked
}

async function bookingOf(deps: Deps, stored: StoredLine): Promise<Pick<Linked, 'payment' | 'entry' | 'receiver'>> {
  return {
    payment: stored.paymentId === null ? null : await deps.store.payments.get(stored.paymentId),
    entry: stored.journal === 'entry' ? await deps.store.journals.ofLine(stored.id) : null,
    receiver: stored.receipt === 'stored' ? await deps.store.receivers.ofLine(stored.id) : null,
  }
}

/** Both digests; the SM3 of what an earlier version kept is made from the bytes. */
export async function digestsOfReceipt(deps: Deps, receipt: StoredReceipt): Promise<{ sha256: string; sm3: string }> {
  if (receipt.sm3 !== '') return { sha256: receipt.digest, sm3: receipt.sm3 }
  const bytes = await deps.store.receipts.bytes(receipt.digest)
  return { sha256: receipt.digest, sm3: bytes === null ? '' : digestsOf(bytes).sm3 }
}

/** One line for programs: flat text, empty where there is nothing. */
export async function factsOf(deps: Deps, linked: Linked): Promise<Readonly<Record<string, string>>> {
  const { stored, receipt, waiting, payment, entry, receiver } = linked
  const { line } = stored
  const digests = receipt === null ? { sha256: '', sm3: '' } : await digestsOfReceipt(deps, receipt)
  return {
    line: stored.id,
    lineKey: stored.key,
    day: line.bookedOn,
    amount: formatAmount(line.amount),
    currency: line.amount.currency,
    counterAccount: line.counterAccount,
    counterName: line.counterName,
    bankSerial: line.bankSerial,
    state: stored.receipt,
    receiptNo: receipt?.receiptNo ?? '',
    mediaType: receipt?.mediaType ?? '',
    ...digests,
    source: receipt?.source ?? '',
    check: receipt?.check ?? '',
    payment: stored.paymentId ?? '',
    document: payment ? documentOf(payment) : '',
    bankReference: payment?.instruction.reference ?? '',
    entryKey: entry?.entry.key ?? '',
    voucherNo: entry?.voucherNo ?? '',
    receiver: receiver?.fileName ?? '',
    receiverReason: receiver?.reason ?? '',
    reason: waiting?.reason ?? '',
    nextTry: waiting ? new Date(waiting.dueAt).toISOString() : '',
  }
}

export function documentOf(payment: Payment): string {
  const { docType, docNo, docLine } = payment.request.key
  return `${docType} ${docNo}/${docLine}`
}

/** A name for a receipt's file: the day, the line and its number, of characters that every file system takes. */
export function fileNameOf({ stored, receipt }: Linked): string {
  const number = (receipt?.receiptNo ?? '').replace(/[^0-9A-Za-z_-]+/g, '-').slice(0, 60)
  const kind = EXTENSIONS[receipt?.mediaType ?? ''] ?? 'bin'
  return `${stored.line.bookedOn}_${stored.id}${number === '' ? '' : `_${number}`}.${kind}`
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'application/ofd': 'ofd',
  'application/xml': 'xml',
}
