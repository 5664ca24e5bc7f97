// The answer to CQRA10 and the rows of the file it names to statement lines (banks/abc §7). Pure. A row that lacks what it must
// have, or whose direction cannot be proven, is a problem that names it; nothing is completed.

import { isoDay } from '../../connector/core/bank-time'
import type { Money, StatementLine } from '../../connector/ports'
import { decode } from '../shared/charset'
import { textAt } from '../shared/xml'
import { debitFields, group, money, type Reply } from './codec'
import { problem, type Problem } from './codes'
import type { AbcConfig, OwnAccount } from './config'

/** The columns of a row, in order (banks/abc §7). */
const COLUMNS = [
  ...['Prov', 'AccNo', 'Cur', 'TrDate', 'TimeStab', 'TrJrn', 'TrType', 'TrBankNo', 'AccName', 'AmtIndex'],
  ...['OppProv', 'OppAccNo', 'OppCur', 'OppName', 'OppBkName', 'CshIndex', 'ErrDate', 'ErrVchNo', 'Amt', 'Bal'],
  ...['PreAmt', 'TotChg', 'VoucherType', 'VoucherProv', 'VoucherBat', 'VoucherNo', 'CustRef', 'TransCode'],
  ...['Teller', 'VchNo', 'Abs', 'PostScript', 'TrFrom'],
]

export type DetailAsk = {
  /** `yyyy-MM-dd`. */
  readonly from: string
  readonly to: string
  /** TrJrn of the last row seen, `0` before the first. */
  readonly lastJournal: string
}

export function detailContent({ from, to, lastJournal }: DetailAsk, own: OwnAccount): string {
  const { DbAccNo = '', DbProv = '', DbCur = '' } = debitFields(own)
  return (
    group('Corp', { StartDate: from.replaceAll('-', ''), EndDate: to.replaceAll('-', '') }) +
    group('Channel', { LastJrnNo: lastJournal }) +
    group('Cmp', { DbAccNo, DbProv, DbCur, StartTime: '' })
  )
}

/** The file with the rows; null: there are none. */
export type DetailFile = { readonly name: string; readonly rows: number }

/** Which file an answer names, and how many rows it must hold. */
export function readDetailAnswer({ root }: Reply): DetailFile | null | Problem {
  const name = textAt(root, 'Cmp', 'BatchFileName')
  const [records, fields] = [textAt(root, 'Cme', 'RecordNum'), textAt(root, 'Cme', 'FieldNum')]
  if (!/^\d{1,9}$/.test(records)) return problem('abc.row', 'RecordNum')
  const rows = Number.parseInt(records, 10)
  if (rows === 0) return null
  // CQRA18 has 35 columns, and which they are is not known.
  if (fields !== String(COLUMNS.length)) return problem('abc.row', `FieldNum ${fields.slice(0, 12)}`)
  if (textAt(root, 'FileFlag') !== '1' || name === '') return problem('abc.row', 'FileFlag, BatchFileName')
  // One name, no path: dots inside it are part of the shape, a leading one is not.
  return /^\w[\w.-]{0,199}$/.test(name) ? { name, rows } : problem('abc.detail_name', '')
}

export type DetailRows = { readonly lines: readonly StatementLine[]; readonly lastJournal: string }

/** Every row of a file's bytes, or the first problem; null: not all of it is there yet. */
export function readRows(
  bytes: Buffer,
  { rows }: DetailFile,
  own: OwnAccount,
  config: AbcConfig,
): DetailRows | Problem | null {
  let text: string
  try {
    text = decode(bytes, 'gbk')
  } catch {
    // A file that is still being written may end inside a character.
    return null
  }
  if (!text.endsWith('\n')) return null
  const found = text.split(/\r?\n/).filter(line => line !== '')
  if (found.length < rows) return null
  if (found.length > rows) return problem('abc.row', `RecordNum ${rows} ≠ ${found.length}`)
  const lines: StatementLine[] = []
  for (const [index, line] of found.entries()) {
    const read = readRow(line, own, config)
    if ('reason' in read) return { code: read.code, reason: `#${index + 1} ${read.reason}` }
    lines.push(read)
  }
  return { lines, lastJournal: lines.at(-1)?.bankSerial ?? '' }
}

function readRow(line: string, own: OwnAccount, config: AbcConfig): StatementLine | Problem {
  const values = line.split('|').map(value => value.trim())
  // A row ends with a separator: one value more than there are columns.
  const count = values.at(-1) === '' && values.length === COLUMNS.length + 1 ? values.length - 1 : values.length
  if (count !== COLUMNS.length) return problem('abc.row', `${count} ≠ ${COLUMNS.length}`)
  const get = (name: string): string => values[COLUMNS.indexOf(name)] ?? ''
  if (get('AccNo') !== own.number || (get('Prov') !== '' && get('Prov') !== own.province))
    return problem('abc.wrong_item', 'Prov, AccNo')
  if (get('Cur') !== '01') return problem('abc.row', `Cur ${get('Cur').slice(0, 12)}`)
  const bookedOn = dayOf(get('TrDate'))
  if (bookedOn === null) return problem('abc.row', 'TrDate')
  if (!/^\d{1,20}$/.test(get('TrJrn'))) return problem('abc.row', 'TrJrn')
  const amount = amountOf(get('Amt'), get('Bal'), get('PreAmt'), own, config)
  if ('reason' in amount) return amount
  const balance = money(get('Bal'), own.currency)
  return lineOf(get, bookedOn, amount, typeof balance === 'string' ? null : balance, config)
}

function lineOf(
  get: (name: string) => string,
  bookedOn: string,
  amount: Money,
  balance: Money | null,
  config: AbcConfig,
): StatementLine {
  const words = [get('Abs'), get('PostScript')]
  const isSplit = /^\d{2}$/.test(get('OppProv')) && /^\d{15}$/.test(get('OppAccNo'))
  return {
    bankId: balance === null ? null : [get('TrDate'), get('TrJrn'), amount.minor, balance.minor].join('-'),
    bookedOn,
    bookedTime: clockOf(get('TimeStab'), get('TrDate')),
    valueOn: null,
    amount,
    balanceAfter: balance,
    counterAccount: isSplit ? get('OppProv') + get('OppAccNo') : get('OppAccNo'),
    counterName: get('OppName'),
    counterBank: get('OppBkName'),
    purpose: get('Abs'),
    text: get('PostScript'),
    reference: get('CustRef'),
    bankSerial: get('TrJrn'),
    // Free text is written by whoever paid: on money that left, it is our own.
    isReversal: amount.minor > 0n && config.reversalWords.some(word => words.some(text => text.includes(word))),
    type: get('TrType'),
    receiptKey: '',
  }
}

/**
 * From the account's view. No source says how the file marks money that left; one client reads a minus. By default the
 * balances before and behind must differ by exactly the amount, which proves the direction whatever the mark is.
 */
function amountOf(amt: string, bal: string, preAmt: string, own: OwnAccount, config: AbcConfig): Money | Problem {
  const [amount, after, before] = [amt, bal, preAmt].map(text => money(text, own.currency))
  if (!amount || typeof amount === 'string') return problem('abc.row', `Amt ${amount}`)
  if (typeof after === 'string') return problem('abc.row', `Bal ${after}`)
  if (config.direction === 'amount-sign') return amount
  if (!after || !before || typeof before === 'string') return problem('abc.direction', 'Bal, PreAmt')
  const minor = after.minor - before.minor
  const isProven = minor === amount.minor || minor === -amount.minor
  return isProven && minor !== 0n ? { minor, currency: own.currency } : problem('abc.direction', '')
}

function dayOf(digits: string): string | null {
  try {
    return isoDay(digits)
  } catch {
    return null
  }
}

/** TimeStab begins with the day, then HHmmss; one that begins otherwise says nothing. */
function clockOf(stamp: string, day: string): string {
  const [, hours, minutes, seconds] = /^\d{8}([01]\d|2[0-3])([0-5]\d)([0-5]\d)/.exec(stamp) ?? []
  return hours === undefined || !stamp.startsWith(day) ? '' : `${hours}:${minutes}:${seconds}`
}
