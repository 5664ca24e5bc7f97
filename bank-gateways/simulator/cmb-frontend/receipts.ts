// SDKCSFDFBRT: receipts of an account by days and amounts: a CSRRCFDFZ1 each, and a data block joined to it by ISTNBR
// (banks/cmb-frontend §3, §7).

import { parseAmount } from '../../../connector/core/money'
import { addDays, addMonths, compactDayOf, dayFromCompact, midnightOf } from '../engine/bank-time'
import type { Account, Row } from '../engine/book'
import { isUsableBy } from '../engine/payments'
import { counterpartyOf, partyOf, rowsBetween } from '../engine/postings'
import { box, leaves, textOf } from '../engine/xml'
import { recordsOf, type Answer, type Message } from './message'
import { failed, ok, yuan, type FrontEnd } from './operation'
import { serialOf } from './statement'

export function queryReceipts(frontEnd: FrontEnd, message: Message): Answer {
  const { context, protocol } = frontEnd
  const [asked = null] = recordsOf(message, 'CSRRCFDFY0')
  const account = context.book.account(context.bank, textOf(asked, 'EACNBR'))
  if (!account || !isUsableBy(account, message.loginName)) return failed(frontEnd, '-2', '账号不存在或无权操作')
  const [from, to] = [dayFromCompact(textOf(asked, 'BEGDAT')), dayFromCompact(textOf(asked, 'ENDDAT'))]
  if (from === null || to === null || from > to || to > addMonths(from, 1)) return failed(frontEnd, '-3', 'BEGDAT')
  const [least, most] = ['BEGAMT', 'ENDAMT'].map(name => parseAmount(textOf(asked, name) || '0', 'CNY'))
  if (typeof least !== 'object' || typeof most !== 'object') return failed(frontEnd, '-3', 'BEGAMT')
  if (!['1', '2'].includes(textOf(asked, 'RRCFLG'))) return failed(frontEnd, '-3', 'RRCFLG')
  if (textOf(asked, 'RRCFLG') !== protocol.printFlag) return ok()
  const rows = rowsBetween(account, midnightOf(from), midnightOf(addDays(to, 1))).filter(
    ({ amount }) => amount >= least.minor && (most.minor === 0n || amount <= most.minor),
  )
  return ok(...rows.map(row => headOf(row)), ...rows.map(row => dataOf(account, row)))
}

function headOf(row: Row): string {
  const fields = {
    ISTNBR: istnbrOf(row),
    CHKCOD: `SIM${row.posting.id}`,
    ITMCOD: 'SIM',
    TRSSEQ: serialOf(row),
    SPLC40: '',
  }
  return box('CSRRCFDFZ1', leaves(fields))
}

function istnbrOf({ posting }: Row): string {
  return `R${String(posting.id).padStart(12, '0')}`
}

function dataOf(account: Account, row: Row): string {
  const [own, other] = [partyOf(account), counterpartyOf(row)]
  const [payer, payee] = row.direction === 'out' ? [own, other] : [other, own]
  return box(
    row.direction === 'out' ? 'CPRRCSNDX1' : 'CPRRCRCVX1',
    leaves({
      ISTNBR: istnbrOf(row),
      TRSDAT: compactDayOf(Math.floor(row.posting.atUs / 1000)),
      SNDEAC: payer.account,
      SNDEAN: payer.name,
      RCVEAC: payee.account,
      RCVEAN: payee.name,
      TRSAMT: yuan(row.amount),
      NARTXT: row.posting.purpose,
    }),
  )
}
