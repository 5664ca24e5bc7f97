// Taking an entry back (红字冲销): which earlier line a bank's reversal means, on evidence alone, and the red entry that
// results. Which line is meant is never guessed: what is not proven by a reference is left to a person.

import type { JournalEntry, StatementLine } from '../ports'
import { assert } from './assert'
import { assertBalanced } from './journal'

export type AccountLine = { readonly id: string; readonly paymentId: string | null; readonly line: StatementLine }

/** Shorter numbers stand in texts by chance. */
const SERIAL_MIN = 8

/**
 * Lines of the same account that the reversal may mean: of the same amount on the other side, not later, and named by it:
 * by the same payment of ours, the same reference, the same serial number of the bank, or the serial in its text.
 */
export function reversedLines<Line extends AccountLine>(
  reversal: AccountLine,
  others: readonly Line[],
): readonly Line[] {
  return others.filter(other => {
    const isOpposite =
      other.line.amount.minor === -reversal.line.amount.minor &&
      other.line.amount.currency === reversal.line.amount.currency
    const isEarlier = other.id !== reversal.id && other.line.bookedOn <= reversal.line.bookedOn
    return isOpposite && isEarlier && !other.line.isReversal && isNamed(reversal, other)
  })
}

function isNamed(reversal: AccountLine, other: AccountLine): boolean {
  const { line } = reversal
  if (reversal.paymentId !== null && reversal.paymentId === other.paymentId) return true
  if (line.reference !== '' && line.reference === other.line.reference) return true
  const serial = other.line.bankSerial
  if (serial === '') return false
  if (serial === line.bankSerial) return true
  return serial.length >= SERIAL_MIN && stands(serial, `${line.text} ${line.purpose}`)
}

/** As a number of its own, not as part of a longer one. */
function stands(serial: string, text: string): boolean {
  const isPart = (character: string | undefined): boolean => character !== undefined && /[0-9A-Za-z]/.test(character)
  for (let at = text.indexOf(serial); at !== -1; at = text.indexOf(serial, at + 1)) {
    if (!isPart(text[at - 1]) && !isPart(text[at + serial.length])) return true
  }
  return false
}

export type Reversing = {
  readonly key: string
  readonly date: string
  readonly maker: string
  readonly rule: string
  readonly voucherNo: string
  readonly reason: string
  /** The bank line that took it back: its number goes onto the bank's line, so that reconciliation finds it. */
  readonly settlement: { readonly number: string; readonly date: string } | null
}

/** The same lines with negative amounts on the same sides, as U8 reverses: a voucher type that demands a credit stays met. */
export function reversingEntry(original: JournalEntry, by: Reversing): JournalEntry {
  assert(original.reverses === undefined, `entry ${original.key} is a reversal itself`)
  const prefix = `[冲销${original.date.replaceAll('-', '.')}${by.voucherNo === '' ? '' : ` ${by.voucherNo}号`}凭证]`
  const entry: JournalEntry = {
    ...original,
    key: by.key,
    date: by.date,
    summary: `${prefix}${original.summary}`,
    maker: by.maker,
    lines: original.lines.map(line => ({
      ...line,
      amount: { ...line.amount, minor: -line.amount.minor },
      summary: `${prefix}${line.summary}`,
      settlement: line.settlement === null ? null : { ...line.settlement, ...by.settlement },
    })),
    // The payment document stays booked by the original: what a module of the ERP booked it must unbook itself.
    document: null,
    rule: by.rule,
    reverses: {
      key: original.key,
      date: original.date,
      voucherType: original.voucherType,
      voucherNo: by.voucherNo,
      reason: by.reason,
    },
  }
  assertBalanced(entry)
  return entry
}
