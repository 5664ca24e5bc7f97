// What the bank said and what the ledger shall book, as rows of the middle tables. A row is written once by its key and is
// not changed afterwards, but for the payment it turns out to belong to.

import { formatAmount } from '../../connector/core/money'
import type {
  BalanceRecord,
  JournalRecord,
  PushResult,
  ReceiptRecord,
  RequestKey,
  ReversedEntry,
  StatementLineRecord,
  WithdrawalRecord,
} from '../../connector/ports'
import {
  amount,
  day,
  insertOnce,
  instant,
  text,
  updateRow,
  wallClock,
  type Assignments,
  type Target,
  type Value,
} from './midtable-sql'
import { textOf } from './row'

const DONE: PushResult = { kind: 'done', erpNumber: '' }

export async function writeLine(target: Target, record: StatementLineRecord): Promise<PushResult> {
  const { line } = record
  const key = { line_key: record.key }
  // A line is what the bank said and stays so; which payment it was may be learned later.
  if (record.paid !== null) {
    if ((await updateRow(target, 'yq_statement_line', paidOf(record.paid), key)) > 0) return DONE
  }
  const row = {
    ...key,
    account: text(record.account),
    bank_line_id: text(line.bankId ?? ''),
    booked_on: day(line.bookedOn),
    booked_time: text(line.bookedTime),
    value_on: day(line.valueOn),
    amount: amount(formatAmount(line.amount)),
    currency: text(line.amount.currency),
    balance_after: amount(line.balanceAfter === null ? null : formatAmount(line.balanceAfter)),
    counter_account: text(line.counterAccount),
    counter_name: text(line.counterName),
    counter_bank: text(line.counterBank),
    purpose: text(line.purpose),
    line_text: text(line.text),
    bank_reference: text(line.reference),
    bank_serial: text(line.bankSerial),
    is_reversal: line.isReversal ? 1 : 0,
    line_type: text(line.type),
    ...(record.paid === null ? {} : paidOf(record.paid)),
    imported_at: instant(record.at),
  }
  await insertOnce(target, 'yq_statement_line', row, ['line_key'])
  return DONE
}

/** The line's own row stays what the bank once said; each withdrawal and restoration is a row of its own. */
export async function writeWithdrawal(target: Target, record: WithdrawalRecord): Promise<PushResult> {
  const row = {
    line_key: record.lineKey,
    turn: record.turn,
    state: record.state,
    person: text(record.person),
    reason: text(record.reason),
    happened_at: instant(record.at),
  }
  await insertOnce(target, 'yq_statement_withdrawal', row, ['line_key', 'turn'])
  return DONE
}

export async function writeBalance(target: Target, record: BalanceRecord): Promise<PushResult> {
  const { balance } = record
  const money = (value: typeof balance.available): Value => amount(value === null ? null : formatAmount(value))
  const row = {
    balance_key: record.key,
    account: text(balance.account),
    as_of: wallClock(balance.asOf),
    currency: text(balance.current.currency),
    current_amount: money(balance.current),
    available_amount: money(balance.available),
    frozen_amount: money(balance.frozen),
    previous_day_amount: money(balance.previousDay),
    fetched_at: instant(record.at),
  }
  await insertOnce(target, 'yq_balance', row, ['balance_key'])
  return DONE
}

export async function writeReceipt(target: Target, record: ReceiptRecord): Promise<PushResult> {
  const key = { receipt_key: record.key }
  if (record.paid !== null) {
    if ((await updateRow(target, 'yq_receipt', paidOf(record.paid), key)) > 0) return DONE
  }
  const row = {
    ...key,
    account: text(record.account),
    line_key: text(record.lineKey),
    receipt_no: text(record.receiptNo),
    media_type: text(record.mediaType),
    digest: text(record.digest),
    ...(record.paid === null ? {} : paidOf(record.paid)),
    fetched_at: instant(record.at),
  }
  await insertOnce(target, 'yq_receipt', row, ['receipt_key'])
  return DONE
}

/** An entry is written whole, once: head and lines in one transaction, and never touched again (I7). */
export async function writeJournal(target: Target, record: JournalRecord): Promise<PushResult> {
  const { entry } = record
  const head = {
    entry_key: entry.key,
    account_set: text(entry.accountSet),
    voucher_date: day(entry.date),
    voucher_type: text(entry.voucherType),
    summary: text(entry.summary),
    maker: text(entry.maker),
    ...(entry.document === null ? {} : paidOf(entry.document)),
    rule_name: text(entry.rule),
  }
  if ((await insertOnce(target, 'yq_journal', head, ['entry_key'])) > 0) {
    for (const [index, line] of entry.lines.entries()) {
      const row = {
        entry_key: entry.key,
        line_no: index + 1,
        account: text(line.account),
        side: line.side,
        amount: amount(formatAmount(line.amount)),
        currency: text(line.amount.currency),
        summary: text(line.summary),
        supplier: text(line.auxiliaries.supplier ?? ''),
        customer: text(line.auxiliaries.customer ?? ''),
        department: text(line.auxiliaries.department ?? ''),
        person: text(line.auxiliaries.person ?? ''),
        item_class: text(line.auxiliaries.itemClass ?? ''),
        item: text(line.auxiliaries.item ?? ''),
        cash_flow_item: text(line.auxiliaries.cashFlowItem ?? ''),
        settlement_style: text(line.settlement?.style ?? ''),
        settlement_number: text(line.settlement?.number ?? ''),
        settlement_date: day(line.settlement?.date ?? null),
      }
      await insertOnce(target, 'yq_journal_line', row, ['entry_key', 'line_no'])
    }
    if (entry.reverses) await writeReversal(target, entry.key, entry.reverses)
    return DONE
  }
  const [row] = await target.tx.query('SELECT voucher_no FROM yq_journal WHERE entry_key = ?', [entry.key])
  return { kind: 'done', erpNumber: row === undefined ? '' : textOf(row, 'voucher_no') }
}

/** Which entry a red one takes back: in the transaction of its head. */
async function writeReversal(target: Target, key: string, reverses: ReversedEntry): Promise<void> {
  const row = {
    entry_key: key,
    reverses_key: reverses.key,
    reverses_date: day(reverses.date),
    reverses_voucher_type: text(reverses.voucherType),
    reverses_voucher_no: text(reverses.voucherNo),
    reason: text(reverses.reason),
  }
  await insertOnce(target, 'yq_journal_reversal', row, ['entry_key'])
}

/**
 * Shows in yq_journal that the ERP's ledger refuses an entry, and why; taken back when it was booked after all. Where the
 * bridge books by itself, an entry that was never refused has no row.
 */
export async function writeRefusal(
  target: Target,
  record: JournalRecord,
  refusal: { readonly code: string; readonly text: string; readonly at: number } | null,
): Promise<void> {
  if (refusal !== null) await writeJournal(target, record)
  const shown = {
    refusal_code: text(refusal?.code ?? ''),
    refusal_text: text(refusal?.text ?? ''),
    refused_at: instant(refusal?.at ?? null),
  }
  await updateRow(target, 'yq_journal', shown, { entry_key: record.entry.key })
}

function paidOf(key: RequestKey): Assignments {
  return {
    paid_source_system: text(key.sourceSystem),
    paid_account_set: text(key.accountSet),
    paid_doc_type: text(key.docType),
    paid_doc_no: text(key.docNo),
    paid_doc_line: key.docLine,
    paid_revision: key.revision,
  }
}
