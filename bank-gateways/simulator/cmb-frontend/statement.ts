// GetTransInfoEX: one day's rows from a sequence on, page by page (banks/cmb-frontend §3, §6).

import { addDays, compactDayOf, compactTimeOf, dayFromCompact, midnightOf } from '../engine/bank-time'
import type { Row } from '../engine/book'
import { isUsableBy } from '../engine/payments'
import { counterpartyOf, isPayersRow, isReturn, rowsBetween } from '../engine/postings'
import { box, leaves, textOf } from '../engine/xml'
import { recordsOf, type Answer, type Message } from './message'
import { failed, ok, reqnbrOf, yuan, type FrontEnd } from './operation'

export function queryStatement(frontEnd: FrontEnd, message: Message): Answer {
  const { context, protocol } = frontEnd
  const [asked = null] = recordsOf(message, 'SDKRBPTRSX')
  const account = context.book.account(context.bank, textOf(asked, 'ACCNBR'))
  if (!account || !isUsableBy(account, message.loginName)) return failed(frontEnd, '-2', '账号不存在或无权操作')
  const day = dayFromCompact(textOf(asked, 'TRSDAT'))
  const sequence = textOf(asked, 'TRSSEQ') || '0'
  if (day === null || !/^\d{1,9}$/.test(sequence)) return failed(frontEnd, '-3', 'TRSDAT/TRSSEQ')
  const rows = rowsBetween(account, midnightOf(day), midnightOf(addDays(day, 1)))
  // The day's rows are numbered from 1; the sequence asked for is the first that is wanted.
  const start = Math.max(Number(sequence), 1) - 1
  const page = rows.slice(start, start + protocol.pageMax)
  const last = start + page.length
  if (page.length === 0 && !protocol.summaryOfEmptyDay) return ok()
  const summary = {
    COTFLG: last < rows.length ? 'Y' : 'N',
    TRSSEQ: String(last).padStart(9, '0'),
    ...totals(
      'DBT',
      page.filter(({ direction }) => direction === 'out'),
    ),
    ...totals(
      'CRT',
      page.filter(({ direction }) => direction === 'in'),
    ),
  }
  return ok(...page.map(row => detailRow(frontEnd, row)), box('NTRBPTRSZ1', leaves(summary)))
}

function totals(side: 'DBT' | 'CRT', rows: readonly Row[]): Readonly<Record<string, string>> {
  const sum = rows.reduce((total, { amount }) => total + amount, 0n)
  return { [`${side}NBR`]: String(rows.length), [`${side}AMT`]: yuan(sum) }
}

function detailRow({ context }: FrontEnd, row: Row): string {
  const { posting } = row
  const atMs = Math.floor(posting.atUs / 1000)
  const other = counterpartyOf(row)
  const payment =
    posting.payment === null || !isPayersRow(row) ? undefined : context.book.payments.get(posting.payment)?.record
  return box(
    'NTQTSINFZ',
    leaves({
      ETYDAT: compactDayOf(atMs),
      ETYTIM: compactTimeOf(atMs),
      VLTDAT: compactDayOf(atMs),
      TRSCOD: TYPE_CODES[posting.type],
      NARYUR: posting.purpose,
      TRSAMTD: row.direction === 'out' ? yuan(row.amount) : '',
      TRSAMTC: row.direction === 'in' ? yuan(row.amount) : '',
      AMTCDR: row.direction === 'in' ? 'C' : 'D',
      TRSBLV: yuan(row.balanceAfter),
      REFNBR: serialOf(row),
      REQNBR: payment ? reqnbrOf(payment.no) : '',
      BUSNAM: '',
      NUSAGE: payment?.purpose ?? '',
      YURREF: payment?.fields['yurref'] ?? '',
      BUSNAR: payment?.postscript ?? '',
      OTRNAR: '',
      RPYNAM: other.name,
      RPYACC: other.account,
      RPYBNK: other.bankName,
      RPYADR: '',
      INFFLG: row.direction === 'in' ? '1' : '',
      ATHFLG: 'N',
      CHKNBR: '',
      RSVFLG: isReturn(row) ? '*' : '',
      NAREXT: '',
      TRSANL: TYPE_CODES[posting.type],
    }),
  )
}

const TYPE_CODES: Readonly<Record<Row['posting']['type'], string>> = {
  opening: '',
  payment: 'SIMPAY',
  arrival: 'SIMRCV',
  return: 'SIMRTN',
  'return-arrival': 'SIMRTN',
  deposit: 'SIMRCV',
  fee: 'SIMFEE',
  interest: 'SIMINT',
}

/** C15, unique in the account. */
export function serialOf({ posting }: Row): string {
  return `K${String(posting.id).padStart(14, '0')}`
}
