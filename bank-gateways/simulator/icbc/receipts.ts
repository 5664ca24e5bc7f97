// BATEBILL orders the data of electronic receipts, QEBILL asks for the result of such an order (banks/icbc §11).

import { createHash } from 'node:crypto'
import { addDays, dayFromCompact, dayOf, midnightOf, microTimeOf } from '../engine/bank-time'
import type { Account, Row } from '../engine/book'
import { isUsableBy } from '../engine/payments'
import { counterpartyOf, partyOf, rowsBetween } from '../engine/postings'
import { leaves, textOf } from '../engine/xml'
import { receiptIdOf } from './detail'
import type { Envelope } from './envelope'
import { signTimeObjection } from './payent'
import { goodOutcome, type Outcome } from './reply'
import { objected, packageKey, type Icbc } from './operation'

/** What an `rd` of BATEBILL asks for, as it is remembered for QEBILL. */
const ASKED = ['iSeqno', 'AreaCode', 'NetCode', 'TranDate', 'AccNo', 'TranSerial', 'AcctSeq', 'CurrType'] as const
type Asked = Readonly<Record<(typeof ASKED)[number], string>>

export function orderReceipts(icbc: Icbc, { input, rows, cis, fSeqno }: Envelope): Outcome {
  const { context } = icbc
  const { book, bank, clock } = context
  const problem = signTimeObjection(input, clock.now())
  if (problem) return objected(icbc, problem)
  if (rows.length === 0 || textOf(input, 'TotalNum') !== String(rows.length)) {
    return objected(icbc, { code: 'invalid-field', text: 'TotalNum' })
  }
  const orders = book.notes(bank, 'receipt-orders', '').length
  const serialNo = `CMM${String(5_000_000_001 + orders)}`
  const asked = rows.map(row => Object.fromEntries(ASKED.map(name => [name, textOf(row, name)])))
  const key = packageKey(cis, fSeqno)
  book.add({ kind: 'note', bank, topic: 'receipt-orders', key: '', data: {} })
  book.add({ kind: 'note', bank, topic: 'serial', key: packageKey(cis, serialNo), data: { fSeqno } })
  book.add({ kind: 'note', bank, topic: 'package', key, data: { serialNo, orderedMs: String(clock.now()) } })
  for (const data of asked) book.add({ kind: 'note', bank, topic: 'receipt', key, data })
  return answer(icbc, cis, fSeqno)
}

export function queryReceipts(icbc: Icbc, { input, cis }: Envelope): Outcome {
  const { book, bank } = icbc.context
  const bySerial = book.notes(bank, 'serial', packageKey(cis, textOf(input, 'QrySerialNo'))).at(-1)?.data['fSeqno']
  const fSeqno = textOf(input, 'QryfSeqno') || (bySerial ?? '')
  if (book.notes(bank, 'receipt', packageKey(cis, fSeqno)).length === 0) {
    return objected(icbc, { code: 'no-record', text: '没有符合条件的记录' })
  }
  return answer(icbc, cis, fSeqno)
}

function answer(icbc: Icbc, cis: string, fSeqno: string): Outcome {
  const { book, bank, clock } = icbc.context
  const key = packageKey(cis, fSeqno)
  const order = book.notes(bank, 'package', key).at(-1)?.data
  const serialNo = order?.['serialNo'] ?? ''
  const isPending = clock.now() < Number(order?.['orderedMs'] ?? 0) + icbc.protocol.receiptPendingMs
  const rows = book.notes(bank, 'receipt', key).map(({ data }, index) => {
    const asked: Asked = { ...NOTHING_ASKED, ...data }
    return receiptRow(icbc, cis, asked, String(index + 1), isPending)
  })
  const head = { QryfSeqno: fSeqno, QrySerialNo: serialNo, TotalNum: String(rows.length) }
  return goodOutcome(head, rows, serialNo)
}

const NOTHING_ASKED: Asked = {
  iSeqno: '',
  AreaCode: '',
  NetCode: '',
  TranDate: '',
  AccNo: '',
  TranSerial: '',
  AcctSeq: '',
  CurrType: '',
}

function receiptRow(icbc: Icbc, cis: string, asked: Asked, orderNo: string, isPending: boolean): string {
  const { protocol, context } = icbc
  const head = { iSeqno: asked.iSeqno, OrderNo: orderNo }
  if (isPending) return leaves({ ...head, Result: protocol.results.accepted, iRetCode: '0', iRetMsg: '' })
  const account = context.book.account(context.bank, asked.AccNo)
  const row = account && isUsableBy(account, cis) ? findRow(account, asked) : null
  if (!account || !row) {
    const iRetCode = protocol.codes['no-record']
    return leaves({ ...head, Result: protocol.results.failed, iRetCode, iRetMsg: '没有符合条件的记录' })
  }
  return leaves({
    ...head,
    ...receiptData(account, row, asked),
    Result: protocol.results.success,
    iRetCode: '0',
    iRetMsg: '',
  })
}

function findRow(account: Account, asked: Asked): Row | null {
  const day = dayFromCompact(asked.TranDate)
  if (day === null) return null
  const rows = rowsBetween(account, midnightOf(day), midnightOf(addDays(day, 1)))
  return (
    rows.find(row => {
      const [area, net, , serial] = receiptIdOf(account.record.account, row).split('|')
      const isPlace = ['', area].includes(asked.AreaCode) && ['', net].includes(asked.NetCode)
      return isPlace && serial === asked.TranSerial
    }) ?? null
  )
}

function receiptData(account: Account, row: Row, asked: Asked): Record<string, string> {
  const { posting } = row
  const own = partyOf(account)
  const other = counterpartyOf(row)
  const [payer, payee] = row.direction === 'out' ? [own, other] : [other, own]
  const [, net = '', teller = '', serial = ''] = receiptIdOf(account.record.account, row).split('|')
  const day = dayOf(Math.floor(posting.atUs / 1000))
  const ebillSerial = `${day.replaceAll('-', '')}${serial.padStart(10, '0')}`
  return {
    EbillSerialno: ebillSerial,
    PayAccount: payer.account,
    PayAcctName: payer.name,
    PayBankName: payer.bankName,
    RecAccount: payee.account,
    RecAcctName: payee.name,
    RecBankName: payee.bankName,
    PayAmt: row.amount.toString(),
    CurrType: '001',
    Summary: posting.purpose,
    BusType: '',
    UseCN: posting.purpose,
    TranSerialNo: serial,
    TimeStamp: `${day}-${microTimeOf(posting.atUs, '.')}`,
    Remark: '',
    EbillKey: createHash('sha256').update(`${account.id}/${ebillSerial}`).digest('base64').slice(0, 16),
    TransNetCode: net,
    TransTellno: teller,
    TransDate: asked.TranDate,
    RePrintNum: '1',
    PostScript: posting.postscript,
    ValueDate: day,
    AcctSeq: asked.AcctSeq,
  }
}
