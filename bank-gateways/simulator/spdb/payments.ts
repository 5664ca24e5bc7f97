// 8801 (one payment), 8800 (a package), 8804 (what became of them), 4402 (balances) of the simulated SPDB (banks/spdb §2–§4).

import { parseAmount } from '../../../connector/core/money'
import { compactDayOf, dayFromCompact, dayOf } from '../engine/bank-time'
import { gbkBytesOf } from '../engine/charset'
import { forcedRefusal, shownAtSubmission, type Call, type Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { isUsableBy, submit, type Draft, type Refusal } from '../engine/payments'
import { leaf, leaves, textOf, type XmlElement } from '../engine/xml'
import { listsElement, rowsOf, type Answer } from './message'
import { acceptNoOf, noteOf, refused, transStatus, yuan, type Request, type Spdb } from './operation'

const PACKAGE_MAX = 20
const QUERY_MAX = 20

export function planPay(_: Spdb, { packet, body }: Request): Pick<Call, 'payees' | 'pays'> {
  const items = packet.transCode === '8801' ? [body] : rowsOf(body)
  return {
    payees: items.map(item => textOf(item, 'payeeAcctNo')),
    pays: { customer: packet.masterId, keys: items.map(item => textOf(item, 'elecChequeNo')) },
  }
}

export function payOne(spdb: Spdb, request: Request, disturbance: Disturbance): Answer {
  const { body } = request
  const bad = numberProblem(spdb, textOf(body, 'elecChequeNo'))
  if (bad !== null) return refused(spdb, 'invalid-field', bad)
  if (isRepeated(spdb, request, body)) return refused(spdb, 'duplicate', textOf(body, 'elecChequeNo'))
  const payment = submit(spdb.desk, draftOf(spdb, request, body, forcedRefusal(disturbance)))
  const kinds = new Set(disturbance.kinds)
  kinds.delete('missing-line')
  const [shown] = shownAtSubmission([payment], { ...disturbance, kinds })
  if (!shown) throw new Error('a payment is not shown')
  if (shown.state === 'failed') return refused(spdb, shown.reason ?? 'declined', noteOf(shown))
  const status = disturbance.kinds.has('missing-line') ? '' : leaf('transStatus', transStatus(shown))
  return { body: status + leaves({ acceptNo: acceptNoOf(shown), seqNo: '' }) }
}

export function payPackage(spdb: Spdb, request: Request, disturbance: Disturbance): Answer {
  const { body, packet } = request
  const items = rowsOf(body)
  const bad = packageProblem(spdb, body, items)
  if (bad !== null) return refused(spdb, 'invalid-field', bad)
  const [known] = spdb.context.book.batch(spdb.context.bank, packet.masterId, textOf(body, 'packageNo'))
  const repeated = items.find(item => isRepeated(spdb, request, item))
  if (spdb.protocol.duplicate === 'refuse' && (known || repeated))
    return refused(spdb, 'duplicate', textOf(body, 'packageNo'))
  const payments = items.map(item => submit(spdb.desk, draftOf(spdb, request, item, forcedRefusal(disturbance))))
  if (disturbance.kinds.has('unknown-code')) return refused(spdb, 'unlisted', '')
  const failed = payments.filter(payment => payment.state === 'failed').length
  return {
    body: leaves({
      acceptNo: `A${String(payments[0]?.record.no ?? 0).padStart(11, '0')}`,
      seqNo: '',
      successCount: String(payments.length - failed),
      failCount: String(failed),
    }),
  }
}

function packageProblem(spdb: Spdb, body: XmlElement, items: readonly XmlElement[]): string | null {
  const get = (name: string): string => textOf(body, name)
  if (!/^[0-9A-Za-z]{1,20}$/.test(get('packageNo'))) return 'packageNo'
  if (items.length === 0 || items.length > PACKAGE_MAX) return `1–${PACKAGE_MAX} 笔`
  if (get('totalNumber') !== String(items.length)) return 'totalNumber'
  const total = parseAmount(get('totalAmount'), 'CNY')
  if (typeof total === 'string' || total.minor !== items.reduce((sum, item) => sum + amountOf(item), 0n))
    return 'totalAmount'
  const numbers = items.map(item => textOf(item, 'elecChequeNo'))
  if (new Set(numbers).size !== numbers.length) return 'elecChequeNo 重复'
  return numbers.map(number => numberProblem(spdb, number)).find(bad => bad !== null) ?? null
}

function numberProblem({ protocol }: Spdb, number: string): string | null {
  return /^[0-9A-Za-z]+$/.test(number) && number.length <= protocol.referenceMax ? null : 'elecChequeNo'
}

function isRepeated({ context, protocol }: Spdb, { packet }: Request, item: XmlElement): boolean {
  const earlier = context.book.withKey(context.bank, packet.masterId, textOf(item, 'elecChequeNo'))
  return protocol.duplicate === 'refuse' && earlier.length > 0
}

function draftOf(spdb: Spdb, { packet, body }: Request, item: XmlElement, forced: Refusal | null): Draft {
  const get = (name: string): string => textOf(item, name)
  const number = get('elecChequeNo')
  const isSingle = packet.transCode === '8801'
  return {
    code: packet.transCode,
    customer: packet.masterId,
    batch: isSingle ? number : textOf(body, 'packageNo'),
    batchSerial: '',
    item: number,
    key: number,
    payerAccount: get('acctNo'),
    payerName: get('acctName'),
    payee: {
      account: get('payeeAcctNo'),
      name: get('payeeName'),
      bankName: get('payeeBankName'),
      cnaps: get('payeeBankNo'),
    },
    route: get('sysFlag') === '0' ? 'own' : 'other',
    amount: amountOf(item),
    purpose: isSingle ? get('note') : get('payPurpose'),
    postscript: get('note'),
    fields: { sysFlag: get('sysFlag'), remitLocation: get('remitLocation'), payeeType: get('payeeType') },
    startAtMs: null,
    needsApproval: false,
    checksPayeeAtEntry: false,
    extraMs: 0,
    refusal: refusalOf(spdb, packet.transCode, item) ?? forced,
  }
}

function refusalOf({ protocol }: Spdb, transCode: string, item: XmlElement): Refusal | null {
  const get = (name: string): string => textOf(item, name)
  const { nameMax, noteMax } = protocol
  const limits = [
    ['acctName', nameMax],
    ['payeeName', nameMax],
    ['payeeBankName', nameMax],
    ['payeeAcctNo', 32],
    ['note', noteMax],
    ['payPurpose', noteMax],
  ] as const
  const long = limits.find(([name, max]) => gbkBytesOf(get(name)) > max)
  if (long) return { reason: 'too-long', detail: long[0] }
  const isOther = get('sysFlag') === '1'
  const bySelection = get('payeeBankSelectFlag') === '1'
  const rules: readonly (readonly [string, boolean])[] = [
    ['acctNo', /^\d+$/.test(get('acctNo'))],
    ['payeeAcctNo', /^[0-9A-Za-z-]+$/.test(get('payeeAcctNo'))],
    ['payeeName', get('payeeName') !== ''],
    ['payeeBankName', !isOther || get('payeeBankName') !== ''],
    ['sysFlag', ['0', '1'].includes(get('sysFlag'))],
    ['remitLocation', isOther ? get('remitLocation') === '1' : ['0', '1'].includes(get('remitLocation'))],
    ['payeeBankSelectFlag', ['', '1'].includes(get('payeeBankSelectFlag'))],
    ['payeeBankNo', bySelection ? /^\d{12}$/.test(get('payeeBankNo')) : get('payeeBankNo') === ''],
    ['amount', amountOf(item) > 0n],
    ['payeeType', transCode === '8801' || ['0', '1'].includes(get('payeeType'))],
    ['payPurpose', transCode === '8801' || get('payeeType') === '0' || get('payPurpose') !== ''],
  ]
  const bad = rules.find(([, isGood]) => !isGood)
  return bad ? { reason: 'invalid-field', detail: bad[0] } : null
}

/** 分; 0 for what is not an amount. */
function amountOf(item: XmlElement): bigint {
  const text = textOf(item, 'amount')
  const parsed = /^\d{1,13}\.\d{2}$/.test(text) ? parseAmount(text, 'CNY') : null
  return parsed === null || typeof parsed === 'string' ? 0n : parsed.minor
}

// -------------------------------------------------------------------------------------------------------------- 8804

export function planQuery(spdb: Spdb, request: Request): Pick<Call, 'payees' | 'pays'> {
  const found = asked(spdb, request)
  return { payees: found ? [found.record.payee.account] : [], pays: null }
}

/** By number and account, within the days, as a single payment or as one of a package. */
function asked({ context }: Spdb, { packet, body }: Request) {
  const get = (name: string): string => textOf(body, name)
  const [from, to] = [dayFromCompact(get('beginDate')), dayFromCompact(get('endDate'))]
  const code = get('singleOrBatchFlag') === '0' ? '8801' : '8800'
  return context.book.withKey(context.bank, packet.masterId, get('elecChequeNo')).find(({ record }) => {
    const day = dayOf(record.atMs)
    return (
      record.code === code &&
      record.payer.account === get('acctNo') &&
      from !== null &&
      to !== null &&
      from <= day &&
      day <= to
    )
  })
}

export function queryPayment(spdb: Spdb, request: Request, disturbance: Disturbance): Answer {
  const get = (name: string): string => textOf(request.body, name)
  const days = [dayFromCompact(get('beginDate')), dayFromCompact(get('endDate'))]
  if (days.includes(null)) return refused(spdb, 'invalid-field', 'beginDate/endDate')
  if (!['0', '1'].includes(get('singleOrBatchFlag'))) return refused(spdb, 'invalid-field', 'singleOrBatchFlag')
  if (!/^[1-9]\d?$/.test(get('queryNumber')) || Number(get('queryNumber')) > QUERY_MAX)
    return refused(spdb, 'invalid-field', 'queryNumber')
  if (get('beginNumber') !== '1') return refused(spdb, 'invalid-field', 'beginNumber')
  const payment = asked(spdb, request)
  const kinds = new Set(disturbance.kinds)
  kinds.delete('missing-line')
  const shown = payment ? spdb.inquiries.found([payment], { ...disturbance, kinds }) : []
  const rows = disturbance.kinds.has('missing-line') ? [] : shown.map(statusRow)
  return { body: leaf('totalCount', String(shown.length)) + listsElement(rows) }
}

function statusRow(shown: Shown): string {
  const { record } = shown.payment
  return leaves({
    elecChequeNo: record.item,
    acceptNo: acceptNoOf(shown),
    serialNo: '',
    transDate: compactDayOf(record.atMs),
    bespeakDate: '',
    PromiseDate: '',
    acctNo: record.payer.account,
    acctName: record.payer.name,
    payeeAcctNo: shown.payeeAccount,
    payeeName: record.payee.name,
    payeeType: record.fields['payeeType'] ?? '',
    payeeBankName: record.payee.bankName,
    payeeAddress: '',
    amount: yuan(shown.amount),
    sysFlag: record.fields['sysFlag'] ?? '',
    remitLocation: record.fields['remitLocation'] ?? '',
    note: noteOf(shown),
    transStatus: transStatus(shown),
    seqNo: '',
  })
}

// -------------------------------------------------------------------------------------------------------------- 4402

export function queryBalances(spdb: Spdb, { packet, body }: Request): Answer {
  const { context, desk } = spdb
  const accounts = rowsOf(body).map(row => context.book.account(context.bank, textOf(row, 'acctNo')))
  const own = accounts.filter(account => account !== null && isUsableBy(account, packet.masterId))
  if (own.length === 0 || own.length !== accounts.length) return refused(spdb, 'payer-unknown', '账号不存在')
  const rows = own.flatMap(account => {
    if (!account) return []
    const [balance, frozen, usable] = [account.balance, account.frozen, desk.book.availableOf(account)].map(yuan)
    return leaves({
      acctNo: account.record.account,
      masterID: packet.masterId,
      balance: balance ?? '',
      reserveBalance: '0.00',
      freezeBalance: frozen ?? '',
      cortrolBalance: '0.00',
      canUseBalance: usable ?? '',
      overdraftBalance: '0.00',
    })
  })
  return { body: listsElement(rows, 'acctBalanceList') }
}
