// camt.053 for every day that is over and had rows, camt.052 of today whenever the account has changed. Both hold all rows of their
// day; written from the message definitions, versions 02 and 08.

import { formatAmount } from '../../../connector/core/money'
import { addDays, dayOf, midnightOf } from '../engine/bank-time'
import type { Account, Row } from '../engine/book'
import type { Disturbance, FaultKind } from '../engine/faults'
import { isUsableBy } from '../engine/payments'
import { balanceBefore, isPayersRow, isReturn, rowsBetween } from '../engine/postings'
import type { Party } from '../engine/records'
import { box, leaf } from '../engine/xml'
import { DIRECTORIES, nextNumber, putFile, type FileBank } from './operation'
import { markRead, spoilt } from './reports'
import { serialOfPosting, stampedAt } from './rows'

const SPOILT: readonly FaultKind[] = ['garbage', 'wrong-charset', 'truncate-with-length', 'truncate', 'split']

/** Inside a transaction: whatever the customer's accounts have that no file says yet. */
export function writeStatements(bank: FileBank, customer: string, disturbance: Disturbance): void {
  const { context } = bank
  const accounts = [...context.book.accounts.values()].filter(
    account => account.record.bank === context.bank && isUsableBy(account, customer),
  )
  for (const account of accounts) {
    const today = dayOf(context.clock.now())
    const days = [...new Set(account.rows.map(({ posting }) => dayOf(Math.floor(posting.atUs / 1000))))].sort()
    for (const day of days.filter(one => one < today)) closeDay(bank, customer, account, day)
    reportToday(bank, customer, account, today, disturbance)
  }
}

function closeDay(bank: FileBank, customer: string, account: Account, day: string): void {
  const key = JSON.stringify([customer, account.id, day])
  if (!isNews(bank, 'closed', key, day)) return
  const number = nextNumber(bank, 'statement')
  const rows = rowsBetween(account, midnightOf(day), midnightOf(addDays(day, 1)))
  const closing = balanceBefore(account, midnightOf(addDays(day, 1)))
  const balances = [
    balance('OPBD', leaf('Dt', day), balanceBefore(account, midnightOf(day))),
    balance('CLBD', leaf('Dt', day), closing),
    balance('CLAV', leaf('Dt', day), closing - account.frozen),
  ]
  const text = message(bank, '053', number, account, balances, rows)
  putFile(
    bank,
    customer,
    DIRECTORIES.statements,
    `camt053-${day}-${String(number).padStart(6, '0')}.xml`,
    Buffer.from(text),
  )
}

function reportToday(
  bank: FileBank,
  customer: string,
  account: Account,
  today: string,
  disturbance: Disturbance,
): void {
  const { context } = bank
  const { kinds } = disturbance
  const available = context.book.availableOf(account)
  const isSpoilt = SPOILT.some(kind => kinds.has(kind))
  const state = `${today} ${account.rows.length} ${account.balance} ${available} ${isSpoilt ? nextNumber(bank, 'spoilt') : ''}`
  if (!isNews(bank, 'today', JSON.stringify([customer, account.id]), state)) return
  const number = nextNumber(bank, 'statement')
  const now = stampedAt(context.clock.now())
  const balances = [
    balance('OPBD', leaf('Dt', today), balanceBefore(account, midnightOf(today))),
    balance('ITBD', leaf('DtTm', now), account.balance),
    balance('ITAV', leaf('DtTm', now), available),
  ]
  const rows = rowsBetween(account, midnightOf(today), midnightOf(addDays(today, 1)))
  const name = `camt052-${today}-${String(number).padStart(6, '0')}.xml`
  putFile(
    bank,
    customer,
    DIRECTORIES.statements,
    name,
    spoilt(message(bank, '052', number, account, balances, rows), kinds),
  )
  markRead(bank, `${DIRECTORIES.statements}/${name}`, kinds)
}

function isNews({ context }: FileBank, topic: string, key: string, state: string): boolean {
  if (context.book.notes(context.bank, topic, key).at(-1)?.data['state'] === state) return false
  context.book.add({ kind: 'note', bank: context.bank, topic, key, data: { state } })
  return true
}

// ----------------------------------------------------------------------------------------------------------- the message

const NAMES = { '052': ['BkToCstmrAcctRpt', 'Rpt'], '053': ['BkToCstmrStmt', 'Stmt'] } as const

function message(
  bank: FileBank,
  kind: '052' | '053',
  number: number,
  account: Account,
  balances: readonly string[],
  rows: readonly Row[],
): string {
  const { camtVersion } = bank.protocol
  const now = stampedAt(bank.context.clock.now())
  const [root, part] = NAMES[kind]
  const { record } = account
  const owner = box(
    'Acct',
    box('Id', box('Othr', leaf('Id', record.account))),
    leaf('Ccy', 'CNY'),
    box('Ownr', leaf('Nm', record.name)),
  )
  const entries = rows.map(row => entry(bank, row))
  const header = box('GrpHdr', leaf('MsgId', `S${String(number).padStart(10, '0')}`), leaf('CreDtTm', now))
  const id = `${kind}-${String(number).padStart(10, '0')}`
  const statement = box(part, leaf('Id', id), leaf('CreDtTm', now), owner, ...balances, ...entries)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.${kind}.001.${camtVersion}">${box(root, header, statement)}</Document>\n`
}

function balance(type: string, date: string, minor: bigint): string {
  return box('Bal', box('Tp', box('CdOrPrtry', leaf('Cd', type))), ...amount(minor), box('Dt', date))
}

function amount(minor: bigint): readonly string[] {
  const text = formatAmount({ minor: minor < 0n ? -minor : minor, currency: 'CNY' })
  return [`<Amt Ccy="CNY">${text}</Amt>`, leaf('CdtDbtInd', minor < 0n ? 'DBIT' : 'CRDT')]
}

function entry({ context, protocol }: FileBank, row: Row): string {
  const { posting, direction } = row
  const atMs = Math.floor(posting.atUs / 1000)
  const isNew = protocol.camtVersion === '08'
  return box(
    'Ntry',
    ...amount(direction === 'out' ? -row.amount : row.amount),
    ...(isReturn(row) ? [leaf('RvslInd', 'true')] : []),
    isNew ? box('Sts', leaf('Cd', 'BOOK')) : leaf('Sts', 'BOOK'),
    box('BookgDt', leaf('DtTm', stampedAt(atMs))),
    box('ValDt', leaf('Dt', dayOf(atMs))),
    leaf('AcctSvcrRef', serialOfPosting(posting)),
    box('BkTxCd', box('Domn', leaf('Cd', 'PMNT'), box('Fmly', ...familyOf(row)))),
    box('NtryDtls', details(context.book.payments.get(posting.payment ?? '')?.record.fields ?? {}, row, isNew)),
  )
}

function familyOf(row: Row): readonly string[] {
  const { type } = row.posting
  if (type === 'fee') return [leaf('Cd', 'MDOP'), leaf('SubFmlyCd', 'FEES')]
  if (type === 'interest') return [leaf('Cd', 'MCOP'), leaf('SubFmlyCd', 'INTR')]
  const family = row.direction === 'out' ? 'ICDT' : 'RCDT'
  return [leaf('Cd', family), leaf('SubFmlyCd', isReturn(row) ? 'RRTN' : 'DMCT')]
}

function details(fields: Readonly<Record<string, string>>, row: Row, isNew: boolean): string {
  const { posting } = row
  const ids = isPayersRow(row) ? fields : {}
  const references = box(
    'Refs',
    ...(ids['messageId'] ? [leaf('MsgId', ids['messageId'])] : []),
    leaf('AcctSvcrRef', serialOfPosting(posting)),
    ...(ids['blockId'] ? [leaf('PmtInfId', ids['blockId'])] : []),
    ...(ids['instructionId'] ? [leaf('InstrId', ids['instructionId'])] : []),
    leaf('EndToEndId', ids['endToEndId'] ?? 'NOTPROVIDED'),
  )
  const parties = [...party('Dbtr', posting.payer, isNew), ...party('Cdtr', posting.payee, isNew)]
  const agents = [...agent('DbtrAgt', posting.payer), ...agent('CdtrAgt', posting.payee)]
  const text = [posting.purpose, posting.postscript].filter(Boolean).join(' ')
  return box(
    'TxDtls',
    references,
    ...(isNew ? amount(row.direction === 'out' ? -row.amount : row.amount) : []),
    ...(parties.length === 0 ? [] : [box('RltdPties', ...parties)]),
    ...(agents.length === 0 ? [] : [box('RltdAgts', ...agents)]),
    ...(text === '' ? [] : [box('RmtInf', leaf('Ustrd', text))]),
    ...(isReturn(row) ? [box('RtrInf', box('Rsn', leaf('Cd', 'AC04')))] : []),
  )
}

function party(role: 'Dbtr' | 'Cdtr', { name, account }: Party, isNew: boolean): readonly string[] {
  const named = leaf('Nm', name)
  return [
    ...(name === '' ? [] : [box(role, isNew ? box('Pty', named) : named)]),
    ...(account === '' ? [] : [box(`${role}Acct`, box('Id', box('Othr', leaf('Id', account))))]),
  ]
}

function agent(role: string, { cnaps, bankName }: Party): readonly string[] {
  if (cnaps === '' && bankName === '') return []
  const member = cnaps === '' ? [] : [box('ClrSysMmbId', leaf('MmbId', cnaps))]
  return [box(role, box('FinInstnId', ...member, ...(bankName === '' ? [] : [leaf('Nm', bankName)])))]
}
