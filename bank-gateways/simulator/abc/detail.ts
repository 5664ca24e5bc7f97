// CQRA10: statement rows in a file of the front-end's `detail` directory, GBK, CRLF, columns by `|`; the answer only names the
// file. It goes on behind the journal number that the client saw last (banks/abc §7).

import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { addDays, compactDayOf, dayFromCompact, midnightOf, stampOf } from '../engine/bank-time'
import type { Account, Row } from '../engine/book'
import { encodeGbk } from '../engine/charset'
import { counterpartyOf, isPayersRow, isReturn, rowsBetween } from '../engine/postings'
import { leaves } from '../engine/xml'
import { yuan } from './balance'
import type { Message, Returned } from './message'
import { debitSide, inGroup, ok, ownAccount, refused, refusedFor, splitAccount, type Abc } from './operation'

const FIELDS = 33

export function queryDetail(abc: Abc, message: Message): Returned {
  const { context, protocol } = abc
  const account = ownAccount(abc, message)
  if (!account) return refusedFor(abc, 'payer-unknown', '')
  if (protocol.detailDirectory === null) return refused(abc, 'not-simulated', '未配置明细目录')
  const [from, to] = ['StartDate', 'EndDate'].map(name => dayFromCompact(inGroup(message, 'Corp', name)))
  if (!from || !to || from > to) return refused(abc, 'invalid-field', 'StartDate, EndDate')
  const last = inGroup(message, 'Channel', 'LastJrnNo')
  if (!/^\d{1,12}$/.test(last)) return refused(abc, 'invalid-field', 'LastJrnNo')
  const rows = rowsBetween(account, midnightOf(from), midnightOf(addDays(to, 1)))
    .filter(({ posting }) => posting.id > Number(last))
    .slice(0, protocol.pageRows)
  if (rows.length === 0 && protocol.emptyDetail === 'code') return refused(abc, 'no-rows', '无符合条件的明细')
  const name = rows.length === 0 ? '' : fileName(abc, account)
  if (name !== '') {
    const bytes = encodeGbk(rows.map(row => `${lineOf(abc, account, row).join('|')}|\r\n`).join(''))
    const directory = protocol.detailDirectory
    context.later(protocol.detailDelayMs, () => putFile(directory, name, bytes))
  }
  const answer = ok(abc, {
    Cmp: leaves({ ...debitSide(message), BatchFileName: name, ContFlag: '0' }),
    Cme: leaves({ RecordNum: String(rows.length), FieldNum: String(FIELDS) }),
  })
  return { ...answer, fileFlag: name === '' ? '0' : '1' }
}

/** `NNNN.<account…>.<timestamp>-D-02`. */
function fileName({ context }: Abc, account: Account): string {
  const number = context.book.notes(context.bank, 'details', '').length + 1
  const { number: plain } = splitAccount(account.record.account)
  const filename = `${String(number).padStart(4, '0')}.${plain}.${stampOf(context.clock.now())}-D-02`
  context.book.add({ kind: 'note', bank: context.bank, topic: 'details', key: '', data: { filename } })
  return filename
}

function lineOf(abc: Abc, account: Account, row: Row): readonly string[] {
  const { protocol } = abc
  const { posting, direction, amount, balanceAfter } = row
  const atMs = Math.floor(posting.atUs / 1000)
  const own = splitAccount(account.record.account)
  const other = counterpartyOf(row)
  const opposite = splitAccount(other.account)
  const isOut = direction === 'out'
  const sign = isOut && protocol.amountSign === 'signed' ? '-' : ''
  const before = balanceAfter + (isOut ? amount : -amount)
  return [
    ...[own.province, own.number, '01', compactDayOf(atMs)],
    `${stampOf(atMs).slice(0, 14)}${String(posting.atUs % 1_000_000).padStart(6, '0')}`,
    ...[String(posting.id).padStart(9, '0'), '1', '', account.record.name, isOut ? '1' : '2'],
    ...[opposite.province, opposite.number, '01', other.name, other.bankName, '1', '', ''],
    ...[`${sign}${yuan(amount)}`, yuan(balanceAfter), yuan(before), '0.00'],
    ...['', '', '', '', referenceOf(abc, row), '', '', ''],
    ...[wordOf(abc, row), plain([posting.purpose, posting.postscript].filter(Boolean).join(' ')), ''],
  ]
}

/** A column cannot hold its own separator. */
function plain(text: string): string {
  return text.replaceAll('|', '／')
}

function wordOf({ protocol }: Abc, row: Row): string {
  if (isReturn(row)) return protocol.returnWord
  const words = { fee: '收费', interest: '结息' } as const
  return row.posting.type === 'fee' || row.posting.type === 'interest' ? words[row.posting.type] : '转账'
}

/** CustRef: the payer's own serial, on the payer's rows only. */
function referenceOf({ context }: Abc, row: Row): string {
  const { payment } = row.posting
  if (payment === null || !isPayersRow(row)) return ''
  return context.book.payments.get(payment)?.record.fields['seq'] ?? ''
}

/** Whole or not at all: a client that looks into the directory must never pick up half a file. */
function putFile(directory: string, filename: string, bytes: Uint8Array): void {
  mkdirSync(directory, { recursive: true })
  const path = join(directory, filename)
  const file = openSync(`${path}.part`, 'w')
  try {
    for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(`${path}.part`, path)
}
