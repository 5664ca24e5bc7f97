// QPAYENT: what became of a package, whole or by rows. Two code pairs: iRetCode says whether the query of a row worked,
// instrRetCode what became of the instruction (banks/icbc §7).

import { stampOf } from '../engine/bank-time'
import type { Payment } from '../engine/book'
import type { Call, Shown } from '../engine/exchange'
import { otherSerial } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { leaf, leaves, textOf, type XmlElement } from '../engine/xml'
import type { Envelope } from './envelope'
import { echoed, reasonOf } from './payent'
import { goodOutcome, type Outcome } from './reply'
import type { IcbcProtocol } from './settings'
import { objected, packageKey, type Icbc } from './operation'

export function planPaymentQuery(icbc: Icbc, envelope: Envelope): Pick<Call, 'payees' | 'pays'> {
  const asked = findPackage(icbc, envelope)
  return { payees: asked?.payments.map(payment => payment.record.payee.account) ?? [], pays: null }
}

type Asked = { readonly fSeqno: string; readonly serialNo: string; readonly payments: readonly Payment[] }

function findPackage({ context }: Icbc, { input, cis }: Envelope): Asked | null {
  const { book, bank } = context
  const serialAsked = textOf(input, 'QrySerialNo')
  const bySerial = book.notes(bank, 'serial', packageKey(cis, serialAsked)).at(-1)?.data['fSeqno']
  const fSeqno = textOf(input, 'QryfSeqno') || (bySerial ?? '')
  const note = book.notes(bank, 'package', packageKey(cis, fSeqno)).at(-1)
  const serialNo = note?.data['serialNo'] ?? ''
  if (!note || (serialAsked !== '' && serialAsked !== serialNo)) return null
  const payments = book.batch(bank, cis, fSeqno)
  return payments.length > 0 ? { fSeqno, serialNo, payments } : null
}

export function queryPayments(icbc: Icbc, envelope: Envelope, disturbance: Disturbance): Outcome {
  const { context, protocol, inquiries } = icbc
  const asked = findPackage(icbc, envelope)
  const found = asked ? inquiries.found(asked.payments, disturbance) : []
  if (!asked || found.length === 0) return objected(icbc, { code: 'no-record', text: '没有符合条件的记录' })
  const data = context.book.notes(context.bank, 'package', packageKey(envelope.cis, asked.fSeqno)).at(-1)?.data
  const head = {
    QryfSeqno: disturbance.kinds.has('wrong-serial') ? otherSerial(asked.fSeqno) : asked.fSeqno,
    QrySerialNo: asked.serialNo,
    OnlBatF: data?.['OnlBatF'] ?? '',
    SettleMode: data?.['SettleMode'] ?? '',
    BusType: '',
    RepReserved1: '',
    RepReserved2: '',
  }
  return goodOutcome(head, rowsAsked(protocol, envelope.rows, found))
}

function rowsAsked(protocol: IcbcProtocol, asked: readonly XmlElement[], found: readonly Shown[]): readonly string[] {
  if (asked.length === 0)
    return found.map(shown => answeredRow(protocol, shown.payment.record.fields['iSeqno'] ?? '', shown))
  return asked.map(row => {
    const [iSeqno, item, order] = [textOf(row, 'iSeqno'), textOf(row, 'QryiSeqno'), textOf(row, 'QryOrderNo')]
    const shown = found.find(({ payment: { record } }) =>
      item === '' ? record.item === order : record.fields['iSeqno'] === item && (order === '' || record.item === order),
    )
    return shown ? answeredRow(protocol, iSeqno, shown) : missingRow(protocol, iSeqno, item, order)
  })
}

function answeredRow(protocol: IcbcProtocol, iSeqno: string, shown: Shown): string {
  const { record } = shown.payment
  const { iSeqno: sentNumber = '', ...sent } = record.fields
  const [code, text] = reasonOf(protocol, shown)
  return [
    leaves({ iSeqno, QryiSeqno: sentNumber, QryOrderNo: record.item }),
    leaves(echoed(sent, shown)),
    leaves({ iRetCode: '0', iRetMsg: '' }),
    leaf('Result', protocol.results[shown.state]),
    leaves({ instrRetCode: code, instrRetMsg: text, BankRetTime: stampOf(shown.payment.reachedMs).slice(0, 14) }),
    leaves({ RepReserved3: '', RepReserved4: '' }),
  ].join('')
}

function missingRow(protocol: IcbcProtocol, iSeqno: string, item: string, order: string): string {
  return leaves({
    iSeqno,
    QryiSeqno: item,
    QryOrderNo: order,
    iRetCode: protocol.codes['no-record'],
    iRetMsg: '没有符合条件的记录',
    Result: '',
    instrRetCode: '',
    instrRetMsg: '',
    BankRetTime: '',
    RepReserved3: '',
    RepReserved4: '',
  })
}
