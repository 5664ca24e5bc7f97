// BB1PAYQR: what became of one payment by its yurRef; BB1QRYBD: of every item of a batch; BB1PAYQB: what came back (banks/cmb-cdc
// §7, §9).

import { compactDayOf, dayFromCompact } from '../engine/bank-time'
import type { Payment } from '../engine/book'
import { otherSerial, type Call, type Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { rowsOf, textOf, type Answer, type Fields, type Message } from './message'
import { flagsOf, ok, reasonText, refused, reqNbrOf, yuan, type Cmb } from './operation'

export function planStatusQuery(cmb: Cmb, message: Message): Pick<Call, 'payees' | 'pays'> {
  return { payees: askedPayments(cmb, message).map(({ record }) => record.payee.account), pays: null }
}

function askedPayments({ context, protocol }: Cmb, { body, customer }: Message): readonly Payment[] {
  return rowsOf(body, 'bb1payqrx1').flatMap(row => {
    const [payment] = context.book.withKey(context.bank, customer.uid, textOf(row, 'yurRef'))
    if (!payment) return []
    return payment.record.batchSerial === '' || protocol.payqrFindsBatchItems ? [payment] : []
  })
}

export function queryStatus(cmb: Cmb, message: Message, disturbance: Disturbance): Answer {
  const asked = rowsOf(message.body, 'bb1payqrx1')
  if (asked.length === 0 || asked.some(row => textOf(row, 'busCod') !== 'N02030' || textOf(row, 'yurRef') === ''))
    return refused(cmb, 'bad-content', 'bb1payqrx1')
  const kinds = new Set(disturbance.kinds)
  const isShort = kinds.delete('missing-line')
  const rows = cmb.inquiries
    .found(askedPayments(cmb, message), { ...disturbance, kinds })
    .map(shown => detailRow(cmb, shown, kinds))
  if (isShort && rows.length === 1) return ok(cmb, {})
  return ok(cmb, { bb1payqrz1: isShort ? rows.slice(0, -1) : rows })
}

export function queryBatch(cmb: Cmb, message: Message, disturbance: Disturbance): Answer {
  const { context, protocol } = cmb
  const [asked] = rowsOf(message.body, 'bb1qrybdy1')
  const bthNbr = textOf(asked, 'bthNbr')
  const ctnKey = textOf(asked, 'ctnKey')
  if (bthNbr === '' || !/^\d*$/.test(ctnKey)) return refused(cmb, 'bad-content', 'bb1qrybdy1')
  const all = context.book
    .batch(context.bank, message.customer.uid, bthNbr)
    .filter(({ record }) => record.batchSerial !== '')
  const start = Number(ctnKey === '' ? '0' : ctnKey)
  const page = all.slice(start, start + protocol.detailPageMax)
  const rows = cmb.inquiries.found(page, disturbance).map(shown => detailRow(cmb, shown, disturbance.kinds))
  const next = start + page.length < all.length ? String(start + page.length) : ''
  return ok(cmb, { bb1qrybdy1: [{ bthNbr, ctnKey: next }], bb1qrybdz1: rows })
}

function detailRow({ protocol }: Cmb, shown: Shown, kinds: Disturbance['kinds']): Fields {
  const { record } = shown.payment
  const { yurRef = '' } = record.fields
  return {
    reqNbr: reqNbrOf(record.no),
    busCod: 'N02030',
    busMod: '',
    dbtAcc: record.payer.account,
    dbtNam: record.payer.name,
    crtAcc: shown.payeeAccount,
    crtNam: record.payee.name,
    crtBnk: record.payee.bankName,
    ccyNbr: '10',
    trsAmt: yuan(shown.amount),
    bnkFlg: record.fields['bnkFlg'] ?? '',
    stlChn: record.fields['stlChn'] ?? '',
    nusAge: record.purpose,
    oprDat: compactDayOf(record.atMs),
    yurRef: kinds.has('wrong-serial') ? otherSerial(yurRef) : yurRef,
    busNar: record.postscript,
    ...flagsOf(protocol, shown.state),
    rtnNar: reasonText(shown.reason, record.detail),
    athFlg: 'N',
    trxSet: '',
    trxSeq: '',
  }
}

export function queryReturns(cmb: Cmb, message: Message): Answer {
  const { context } = cmb
  const [asked] = rowsOf(message.body, 'bb1payqby1')
  const [from, to] = [dayFromCompact(textOf(asked, 'bgnDat')), dayFromCompact(textOf(asked, 'endDat'))]
  if (from === null || to === null || from > to) return refused(cmb, 'bad-content', 'bgnDat/endDat')
  const rows = [...context.book.payments.values()]
    .filter(({ record }) => record.bank === context.bank && record.customer === message.customer.uid)
    .filter(({ record, isReturned }) => isReturned && record.payer.account === textOf(asked, 'accNbr'))
    .filter(({ reachedMs }) => {
      const day = compactDayOf(reachedMs)
      return day >= from.replaceAll('-', '') && day <= to.replaceAll('-', '')
    })
    .map(({ record, amount, reachedMs }) => ({
      reqNbr: reqNbrOf(record.no),
      yurRef: record.fields['yurRef'] ?? '',
      isuDat: compactDayOf(reachedMs),
      ccyNbr: '10',
      trsAmt: yuan(amount),
      rcvEac: record.payee.account,
      rcvEan: record.payee.name,
      rtnCod: 'SIM',
      rtnTxt: '账号户名不符',
    }))
  return ok(cmb, { bb1payqbz1: rows })
}
