// The sample documents that the demo's accountants post: U8 payment documents and rows in the middle table, good ones,
// wrong ones, and magic payee accounts that force the bank's every behaviour.

import { DEMO } from './demo-site'

export type SampleRow = Readonly<Record<string, string | number>>

/** The demo's ERP, as its users reach it. */
export type DemoErp = {
  /** An approved 付款单, as U8's client leaves it. */
  approveDocument(document: {
    readonly docNo: string
    readonly vendor: string
    readonly amount: string
    readonly digest: string
    readonly bank: 'icbc' | 'boc'
    readonly date: string
  }): Promise<void>
  insertRow(row: SampleRow): Promise<void>
  close(): Promise<void>
}

type Sample = {
  readonly docNo: string
  readonly bank: 'icbc' | 'boc'
  readonly payee: string
  readonly amount: string
  readonly change?: SampleRow
}

/** Magic payee accounts end in the code of the outcome they force: see the simulator's README. */
const SAMPLES: readonly Sample[] = [
  { docNo: 'M-success', bank: 'icbc', payee: magic('100'), amount: '1280.50' },
  { docNo: 'M-later', bank: 'boc', payee: magic('101'), amount: '36000.00' },
  { docNo: 'M-refused', bank: 'icbc', payee: magic('200'), amount: '500.00' },
  { docNo: 'M-cut-after-booking', bank: 'icbc', payee: magic('403'), amount: '720.00' },
  { docNo: 'M-timeout-booked', bank: 'boc', payee: magic('400'), amount: '910.10' },
  { docNo: 'M-garbled', bank: 'boc', payee: magic('404'), amount: '15.00' },
  { docNo: 'M-found-late', bank: 'icbc', payee: magic('500'), amount: '61.80' },
  { docNo: 'M-lost', bank: 'icbc', payee: magic('402'), amount: '77.00' },
  { docNo: 'M-returned', bank: 'icbc', payee: magic('601'), amount: '2400.00' },
  { docNo: 'M-large', bank: 'boc', payee: magic('100'), amount: '1200000.00' },
  { docNo: 'X-amount', bank: 'icbc', payee: magic('100'), amount: '12.345' },
  { docNo: 'X-payee', bank: 'icbc', payee: '', amount: '10.00' },
  { docNo: 'X-currency', bank: 'boc', payee: magic('100'), amount: '10.00', change: { currency: 'RMB' } },
]

export async function askSamplePayments(erp: DemoErp, today: string): Promise<void> {
  await erp.approveDocument({
    docNo: 'FK-0001',
    vendor: 'V0001',
    amount: '88600.00',
    digest: '支付材料款',
    bank: 'icbc',
    date: today,
  })
  await erp.approveDocument({
    docNo: 'FK-0002',
    vendor: 'V0003',
    amount: '4520.35',
    digest: '支付设备款',
    bank: 'boc',
    date: today,
  })
  for (const sample of SAMPLES) await erp.insertRow(rowOf(sample))
}

function rowOf(sample: Sample): SampleRow {
  const bank = DEMO[sample.bank]
  return {
    source_system: 'DEMO',
    account_set: DEMO.accountSet,
    doc_type: 'PAY',
    doc_no: sample.docNo,
    doc_line: 1,
    revision: 1,
    company_code: '001',
    payer_account: bank.account,
    payer_name: DEMO.company,
    payee_account: sample.payee,
    payee_name: '上海乙火贸易有限公司',
    payee_bank_name: '招商银行上海分行',
    payee_bank_code: '308290003020',
    payee_kind: 'C',
    payee_province: '上海',
    payee_city: '上海',
    amount: sample.amount,
    currency: 'CNY',
    purpose: '货款',
    postscript: sample.docNo,
    business_type: 'supplier',
    maker: '张会计',
    checker: '李主管',
    ...sample.change,
  }
}

function magic(code: string): string {
  return `6200000000000001${code}`
}
