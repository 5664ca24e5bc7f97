// DLEDDRSQ lists receipts, DLEDCDTD brings them as a zip of PDFs in Base64 (banks/citic §7).

import { zipSync } from 'fflate'
import { parseAmount } from '../../../connector/core/money'
import { addDays, compactDayOf, dayFromCompact, dayOf, microTimeOf, midnightOf } from '../engine/bank-time'
import type { Account, Row } from '../engine/book'
import { isUsableBy } from '../engine/payments'
import { receiptPdf } from '../engine/pdf'
import { counterpartyOf, partyOf, rowsBetween } from '../engine/postings'
import { leaves, textOf, type XmlElement } from '../engine/xml'
import { listElement, statusElements, type Message } from './message'
import { ok, reasonStatus, refused, yuan, type Answer, type Citic } from './operation'
import { chkNumOf, tranNoOfRow } from './statement'

/** 200000 转账, 300000 收费, 400001 活期 (interest). */
const BILL_TYPES: Readonly<Partial<Record<Row['posting']['type'], string>>> = { fee: '300000', interest: '400001' }

export function listReceipts(citic: Citic, { body, userName }: Message): Answer {
  const account = accountOf(citic, textOf(body, 'accNo'), userName)
  if (!account) return statusElements(reasonStatus(citic.protocol, 'payer-unknown', ''))
  const rows = rowsAsked(citic, account, body)
  if (typeof rows === 'string') return refused(citic, 'invalid-field', rows)
  if (rows.length === 0 && citic.protocol.emptyList === 'code') return refused(citic, 'empty-list', '无回单')
  const start = Number(textOf(body, 'startNo')) - 1
  const page = rows.slice(start, start + Number(textOf(body, 'pageSize')))
  return (
    statusElements(ok(citic)) +
    leaves({ totalCount: String(rows.length) }) +
    listElement(page.map(row => receiptRow(citic, account, row)))
  )
}

/** The rows asked for, or the field that is wrong. T+0 has today's receipts, T+1 those of the days before. */
function rowsAsked({ context }: Citic, account: Account, body: XmlElement): readonly Row[] | string {
  const get = (name: string): string => textOf(body, name)
  if (!['1', '2'].includes(get('qryType'))) return 'qryType'
  if (!/^[0-6]$/.test(get('billType'))) return 'billType'
  if (!/^([1-9]\d?|100)$/.test(get('pageSize'))) return 'pageSize'
  if (!/^[1-9]\d{0,8}$/.test(get('startNo'))) return 'startNo'
  const [from, to] = [dayFromCompact(get('startDate')), dayFromCompact(get('endDate'))]
  if (from === null || to === null || from > to) return 'startDate/endDate'
  const [min, max] = [parseAmount(get('minAmt') || '0', 'CNY'), parseAmount(get('maxAmt') || '0', 'CNY')]
  if (typeof min === 'string' || typeof max === 'string') return 'minAmt/maxAmt'
  const today = dayOf(context.clock.now())
  return rowsBetween(account, midnightOf(from), midnightOf(addDays(to, 1)))
    .filter(row => (dayOfRow(row) === today) === (get('qryType') === '1'))
    .filter(row => row.amount >= min.minor && (max.minor === 0n || row.amount <= max.minor))
}

export function downloadReceipts(citic: Citic, { body, userName, rows }: Message): Answer {
  const account = accountOf(citic, textOf(body, 'accNo'), userName)
  if (!account) return statusElements(reasonStatus(citic.protocol, 'payer-unknown', ''))
  if (rows.length === 0 || rows.length > 10) return refused(citic, 'invalid-field', '1–10 张')
  if (!['1', '2'].includes(textOf(body, 'isCurrDay'))) return refused(citic, 'invalid-field', 'isCurrDay')
  const today = dayOf(citic.context.clock.now())
  const wanted = rows.map(asked => account.rows.find(row => serialOf(row) === textOf(asked, 'brSeqNo')))
  const found = wanted.filter(row => row !== undefined)
  if (found.length !== rows.length) return refused(citic, 'invalid-field', 'brSeqNo')
  if (found.some(row => (dayOfRow(row) === today) !== (textOf(body, 'isCurrDay') === '1')))
    return refused(citic, 'invalid-field', 'isCurrDay')
  const files = Object.fromEntries(found.map(row => [`${serialOf(row)}.pdf`, pdfOf(citic, account, row)]))
  const zip = Buffer.from(zipSync(files, { level: 6, mtime: citic.context.clock.now() }))
  return (
    statusElements(ok(citic)) +
    leaves({
      fileConTent: zip.toString('base64'),
      fileName: `${textOf(body, 'accNo')}.zip`,
      size: String(zip.length),
    }) +
    listElement(
      found.map(row => leaves({ brSeqNo: serialOf(row), billType: billTypeOf(row), pdfName: `${serialOf(row)}.pdf` })),
    )
  )
}

function accountOf({ context }: Citic, number: string, userName: string): Account | null {
  const account = context.book.account(context.bank, number)
  return account && isUsableBy(account, userName) ? account : null
}

function receiptRow({ protocol }: Citic, account: Account, row: Row): string {
  const [own, other] = [partyOf(account), counterpartyOf(row)]
  const [payer, payee] = row.direction === 'out' ? [own, other] : [other, own]
  return leaves({
    [protocol.receiptSerialName]: serialOf(row),
    billType: billTypeOf(row),
    transeqNo: tranNoOfRow(row),
    tranDate: compactDayOf(Math.floor(row.posting.atUs / 1000)),
    tranAmt: yuan(row.amount),
    tranCode: '',
    payAccNo: payer.account,
    payAccName: payer.name,
    recAccNo: payee.account,
    recAccName: payee.name,
    cryType: protocol.currencyId,
    bizType: '',
    bizTpdes: '',
  })
}

/** VC28. */
function serialOf({ posting, direction }: Row): string {
  const day = compactDayOf(Math.floor(posting.atUs / 1000))
  return `BR${day}${String(posting.id).padStart(17, '0')}${direction === 'out' ? 'D' : 'C'}`
}

function billTypeOf({ posting }: Row): string {
  return BILL_TYPES[posting.type] ?? '200000'
}

function dayOfRow({ posting }: Row): string {
  return dayOf(Math.floor(posting.atUs / 1000))
}

function pdfOf(citic: Citic, account: Account, row: Row): Uint8Array {
  const { posting } = row
  const [own, other] = [partyOf(account), counterpartyOf(row)]
  const [payer, payee] = row.direction === 'out' ? [own, other] : [other, own]
  return receiptPdf('中信银行 电子回单(模拟)', [
    ['回单编号', serialOf(row)],
    ['交易流水', tranNoOfRow(row)],
    ['交易日期', `${dayOfRow(row)} ${microTimeOf(posting.atUs, ':').slice(0, 8)}`],
    ['付款人账号', payer.account],
    ['付款人名称', payer.name],
    ['收款人账号', payee.account],
    ['收款人名称', payee.name],
    ['金额', `CNY ${yuan(row.amount)}`],
    ['摘要', posting.purpose],
    ['对账编号', chkNumOf(citic, row)],
  ])
}
