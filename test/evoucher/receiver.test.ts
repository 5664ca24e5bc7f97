// The receiver's part of a receipt: what the bank sent stays, what was booked is added, and it balances. The XBRL is read
// back by another program's parser.

import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { requireReceipt, bker } from './receiver-support'
import { writeReceiver, type Booking, type ReceiverSettings } from '../../connector/evoucher/receiver'
import type { JournalLine } from '../../connector/ports'
import { ISSUER, RECEIPT_NO } from './support'

const SETTINGS: ReceiverSettings = {
  entityName: '甲乙丙丁有限公司',
  entityCode: '91110000MA0000000X',
  subjects: { '2202': '应付账款', '100201': '银行存款/某行基本户' },
  sides: '借方/贷方',
}

const side = (which: 'debit' | 'credit', account: string, minor: bigint): JournalLine => ({
  account,
  side: which,
  amount: { minor, currency: 'CNY' },
  summary: '货款',
  auxiliaries: {},
  settlement: null,
})

function booking(lines: readonly JournalLine[], change: Partial<Booking> = {}): Booking {
  const entry = {
    ...{
      key: 'YQ1',
      accountSet: '001',
      date: '2026-10-14',
      voucherType: '付',
      summary: '付 <货款>',
      maker: 'm',
      lines,
    },
    ...{ document: null, rule: 'r' },
  }
  return { voucherNo: '付-0012', postedOn: '2026-10-14', entry, isReconciled: true, ...change }
}

const WHOLE = booking([side('debit', '2202', 1_517_733n), side('credit', '100201', 1_517_733n)])

function written(issuerXml = bker(), settings = SETTINGS, book = WHOLE) {
  const result = writeReceiver(requireReceipt(issuerXml), RECEIPT_NO, book, settings)
  if (result.kind !== 'file') throw new Error(result.text)
  return result.file
}

test('the file is named by day, issuer and receipt number', () => {
  expect(written().name).toBe(`bker_receiver_20261014_${ISSUER}${RECEIPT_NO}`)
})

test('the JSON holds the bank’s elements unchanged, and the booking beside them', () => {
  const json: unknown = JSON.parse(written().json)
  expect(json).toMatchObject({
    NumberOfBankElectronicReceipt: RECEIPT_NO,
    TransactionAmountInFigures: '15177.33',
    Notes: '采购 <A&B>',
    UnifiedSocialCreditCodeOfAccountingEntity: '91110000MA0000000X',
    NameOfAccountingEntity: '甲乙丙丁有限公司',
    WhetherReceiptHasBeenBooked: 'Y',
    WhetherReceiptHasBeenReconciled: 'Y',
    InformationOfAccountingDocumentsTuple: [
      {
        NumberOfAccountingDocuments: '付-0012',
        PostingDate: '2026-10-14',
        AccountingPeriod: '2026-10',
        SummaryOfAccountingDocuments: '付 <货款>',
        InformationOfDebitAndCreditEntryTuple: [
          { DebitOrCredit: '借方', NameOfGeneralLedgerSubject: '应付账款', RecordedAmount: '15177.33' },
          {
            DebitOrCredit: '贷方',
            NameOfGeneralLedgerSubject: '银行存款',
            NameOfSubsidiaryLedgerSubject: '某行基本户',
            RecordedAmount: '15177.33',
          },
        ],
      },
    ],
  })
})

test('the XBRL is well formed and another parser reads the same facts in it', () => {
  const { xbrl } = written(bker({ AccDtlSn: 'x', Odd: null }))
  expect(XMLValidator.validate(xbrl)).toBe(true)
  const parser = new XMLParser({ removeNSPrefix: true, parseTagValue: false, ignoreAttributes: false })
  const { xbrl: root } = parser.parse(xbrl)
  expect(root.context.entity.identifier['#text']).toBe(ISSUER)
  expect(root.NumberOfBankElectronicReceipt).toMatchObject({ '#text': RECEIPT_NO, '@_contextRef': 'As_Of_X' })
  expect(root.AccDtlSn['#text']).toBe('x')
  expect(root.Odd).toMatchObject({ '@_nil': 'true' })
  const [debit, credit] = root.InformationOfAccountingDocumentsTuple.InformationOfDebitAndCreditEntryTuple
  expect([debit, credit].map(each => each.RecordedAmount)).toEqual([
    { '#text': '15177.33', '@_contextRef': 'As_Of_X', '@_unitRef': 'CNY', '@_decimals': '2' },
    { '#text': '15177.33', '@_contextRef': 'As_Of_X', '@_unitRef': 'CNY', '@_decimals': '2' },
  ])
  expect(xbrl).toContain('http://xbrl.mof.gov.cn/taxonomy/2023-12-31/bker')
})

test('the sides are written as the site says its type has them', () => {
  const { json } = written(bker(), { ...SETTINGS, sides: '借/贷' })
  expect(json).toContain('"DebitOrCredit": "借"')
})

test.each<[string, Booking, Partial<ReceiverSettings>]>([
  ['RECEIVER_NOT_BALANCED', booking([side('debit', '2202', 1n), side('credit', '100201', 2n)]), {}],
  ['RECEIVER_NOT_BALANCED', booking([side('debit', '2202', 1n)]), {}],
  [
    'RECEIVER_NOT_BALANCED',
    booking([side('debit', '2202', 1n), { ...side('credit', '100201', 1n), amount: { minor: 1n, currency: 'USD' } }]),
    {},
  ],
  ['RECEIVER_VOUCHER_MISSING', { ...WHOLE, voucherNo: '' }, {}],
  ['RECEIVER_SUBJECT_UNNAMED', WHOLE, { subjects: { '2202': '应付账款' } }],
])('%s: nothing is written', (code, book, change) => {
  expect(writeReceiver(requireReceipt(bker()), RECEIPT_NO, book, { ...SETTINGS, ...change })).toMatchObject({
    kind: 'refused',
    code,
  })
})

test('an instance whose facts belong to another context is not written anew under one', () => {
  const other = bker().replace('<bker:Usage contextRef="As_Of_X">', '<bker:Usage contextRef="other">')
  expect(writeReceiver(requireReceipt(other), RECEIPT_NO, WHOLE, SETTINGS)).toMatchObject({
    kind: 'refused',
    code: 'RECEIVER_ISSUER_MISSING',
  })
})
