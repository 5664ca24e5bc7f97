// The cashier: takes payment files from a folder, types them into the website of an invented bank over the common ledger, and brings back
// what the website says of every payment. He works when he is told to: `POST /round` on a port that no gateway knows.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { formatAmount, parseAmount } from '../../../connector/core/money'
import { stampOf } from '../engine/bank-time'
import type { Payment } from '../engine/book'
import { Inquiries, type BankContext, type Shown } from '../engine/exchange'
import type { Disturbance, FaultKind } from '../engine/faults'
import { GARBAGE, httpError, type Handler } from '../engine/listener'
import { submit } from '../engine/payments'
import type { BankProgram } from '../engine/program'
import { answered } from '../engine/exchange'
import type { FileOptions, FileProtocol } from './settings'
import { readTable, writeTable } from './table'

/** What can go wrong on the way through a person's hands; there is no line to cut. */
const FAULTS: readonly FaultKind[] = [
  'drop-after-booking',
  'garbage',
  'wrong-charset',
  'item-failed',
  'unknown-code',
  'not-found',
  'missing-line',
  'lie-amount',
  'lie-payee',
]

export const file: BankProgram<FileOptions> = {
  bank: 'file',
  zh: '网银文件',
  en: 'files',
  cnapsPrefix: '403',
  listeners: ['cashier'],
  faults: FAULTS,
  answersContinue: true,
  open(context: BankContext, { protocol }: FileOptions) {
    const inquiries = new Inquiries()
    const handler: Handler = ({ method, url }) => {
      if (url !== '/round') return answered(httpError(404))
      if (method !== 'POST') return answered(httpError(405))
      return context.book.transact(() => {
        context.catchUp()
        const disturbance = context.faults.take({
          bank: context.bank,
          listener: 'cashier',
          request: { code: 'round', payees: [] },
        })
        const uploaded = uploadAll(context, protocol, disturbance)
        // The website says later what became of them: the cashier went home.
        const isLost = disturbance.kinds.has('drop-after-booking')
        if (!isLost) bringResults(context, protocol, inquiries, disturbance)
        const body = Buffer.from(JSON.stringify({ uploaded }), 'utf8')
        return answered({ status: 200, contentType: 'application/json', body })
      })
    }
    return { cashier: handler }
  },
}

function uploadAll(context: BankContext, protocol: FileProtocol, disturbance: Disturbance): readonly string[] {
  const { out, afterUpload, uploadsAgain } = protocol
  if (out === '' || !existsSync(out)) return []
  const names = readdirSync(out).filter(name => name.endsWith('.csv') && !name.startsWith('.'))
  const fresh = names
    .sort()
    .filter(name => uploadsAgain || context.book.notes(context.bank, 'upload', name).length === 0)
  for (const name of fresh) {
    const rows = readTable(readFileSync(path.join(out, name)))
    context.book.add({ kind: 'note', bank: context.bank, topic: 'upload', key: name, data: {} })
    if (rows === null) context.log(`the website does not take ${name}`)
    for (const row of rows ?? []) pay(context, name, row, disturbance)
    if (afterUpload === 'leave') continue
    mkdirSync(path.join(out, 'uploaded'), { recursive: true })
    renameSync(path.join(out, name), path.join(out, 'uploaded', name))
  }
  return fresh
}

type Fields = Readonly<Record<string, string>>

function pay(context: BankContext, name: string, row: Fields, { kinds }: Disturbance): void {
  const get = (title: string): string => row[title] ?? ''
  const { book, bank, desk } = context
  const amount = /^\d{1,13}\.\d{2}$/.test(get('金额')) ? parseAmount(get('金额'), 'CNY') : 'not-a-number'
  const isGood =
    typeof amount !== 'string' && /^\d+$/.test(get('付款账号')) && get('收款户名') !== '' && get('币种') === 'CNY'
  book.add({ kind: 'received', bank, customer: '', keys: [get('业务编号')] })
  submit(desk, {
    code: 'file',
    customer: '',
    batch: name,
    batchSerial: '',
    item: get('序号'),
    key: get('业务编号'),
    payerAccount: get('付款账号'),
    payerName: get('付款户名'),
    payee: { account: get('收款账号'), name: get('收款户名'), bankName: get('收款行名称'), cnaps: get('收款行联行号') },
    route: get('行内跨行') === '行内' ? 'own' : 'other',
    amount: typeof amount === 'string' ? 0n : amount.minor,
    purpose: get('用途'),
    postscript: get('附言'),
    fields: {},
    startAtMs: null,
    needsApproval: false,
    checksPayeeAtEntry: false,
    extraMs: 0,
    refusal: isGood
      ? kinds.has('item-failed')
        ? { reason: 'declined', detail: '' }
        : null
      : { reason: 'invalid-field', detail: '' },
  })
}

const TITLES = ['业务编号', '状态', '金额', '收款账号', '银行流水号', '说明']

function bringResults(
  context: BankContext,
  protocol: FileProtocol,
  inquiries: Inquiries,
  disturbance: Disturbance,
): void {
  if (protocol.in === '') return
  mkdirSync(protocol.in, { recursive: true })
  const payments = [...context.book.payments.values()].filter(({ record }) => record.bank === context.bank)
  const shown = inquiries.found(payments, disturbance)
  const table = writeTable([TITLES, ...shown.map(one => rowOf(protocol, one))])
  const name =
    protocol.results === 'latest'
      ? 'result.csv'
      : `result-${stampOf(context.clock.now())}-${nextNumber(protocol.in)}.csv`
  writeFileSync(path.join(protocol.in, name), spoiled(table, disturbance))
}

function nextNumber(folder: string): string {
  return String(readdirSync(folder).length + 1).padStart(4, '0')
}

function spoiled(table: Buffer, { kinds }: Disturbance): Buffer {
  if (kinds.has('garbage')) return GARBAGE
  return kinds.has('wrong-charset') ? Buffer.concat([Buffer.from([0xff, 0xfe]), table]) : table
}

function rowOf({ words }: FileProtocol, shown: Shown): readonly string[] {
  const { payment } = shown
  return [
    payment.record.key,
    words[wordOf(shown.state)],
    formatAmount({ minor: shown.amount, currency: 'CNY' }),
    shown.payeeAccount,
    serialOf(payment),
    shown.reason ?? '',
  ]
}

function wordOf(state: Shown['state']): keyof FileProtocol['words'] {
  if (state === 'success' || state === 'returned' || state === 'unlisted') return state
  return state === 'failed' || state === 'rejected' ? 'failed' : 'processing'
}

function serialOf({ record, timesBooked }: Payment): string {
  return timesBooked === 0 ? '' : `W${String(record.no).padStart(10, '0')}`
}
