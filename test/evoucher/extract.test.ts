// What an OFD, PDF or XML says, and what it does not: the structured data, and the deviations that banks' files have.

import { createHash } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import { PDFDocument } from '@cantoo/pdf-lib'
import iconv from 'iconv-lite'
import PdfDocument from 'pdfkit'
import { extract } from '../../connector/evoucher/extract'
import {
  ATTACHMENT,
  ISSUER,
  OTHER,
  OWN,
  RECEIPT_NO,
  bker,
  bkrs,
  instanceXml,
  ofd,
  pdf,
  rawPdf,
  stream,
  zip,
} from './support'

const bytesOf = (text: string): Uint8Array => Buffer.from(text)

const WHOLE = {
  receiptNo: RECEIPT_NO,
  issuer: ISSUER,
  type: '转账',
  amount: { minor: 1_517_733n, currency: 'CNY' },
  bookedOn: '2026-10-12',
  issuedOn: '2026-10-13',
  payer: { account: OWN, name: '甲乙丙丁有限公司' },
  payee: { account: OTHER, name: '戊己庚辛有限公司' },
  serial: 'SN20261012000001',
  transactionCode: '42062',
  usage: '货款',
  notes: '采购 <A&B>',
  identifyingCode: 'K7P2',
  taxonomyDate: '2023-12-31',
  others: [],
}

describe('a receipt', () => {
  test('is read out of an OFD with both digests of the file', () => {
    const file = ofd({ [ATTACHMENT]: bker() })
    const found = extract(file)
    expect(found).toMatchObject({ kind: 'ofd', receipt: WHOLE, seal: { state: 'intact' } })
    expect(found.sha256).toBe(createHash('sha256').update(file).digest('hex'))
    expect(found.sm3).toBe(createHash('sm3').update(file).digest('hex'))
  })

  test.each(['Doc_0/Attachs/a.xbrl', 'Doc_1/Attachs/deep/er/noname', 'Doc_0/Attachs/file.XML'])(
    'is found by what it is, wherever it lies under Attachs: %s',
    path => expect(extract(ofd({ [path]: bker() })).receipt).toEqual(WHOLE),
  )

  test.each([true, false])(
    'is read out of a PDF that another program made (object streams: %s)',
    async isCompressed => {
      const found = extract(await pdf({ 'receipt.xml': bker(), 'photo.txt': 'no data' }, isCompressed))
      expect(found).toMatchObject({ kind: 'pdf', receipt: WHOLE, seal: null })
      expect(found.attachments.map(({ path }) => path).toSorted()).toEqual(['photo.txt', 'receipt.xml'])
    },
  )

  test('is read out of a PDF’s AF array, and out of a tree of names with kids', () => {
    const content = stream(deflateSync(bytesOf(bker())), '/Filter /FlateDecode /Type /EmbeddedFile')
    const spec = '<< /Type /Filespec /F (a.xml) /UF <FEFF56DE5355> /EF << /F 3 0 R >> >>'
    const af = extract(rawPdf(['<< /Type /Catalog /AF [2 0 R] >>', spec, content]))
    expect(af).toMatchObject({ receipt: WHOLE, attachments: [{ path: '回单' }] })
    const tree = extract(
      rawPdf([
        '<< /Type /Catalog /Names << /EmbeddedFiles 4 0 R >> >>',
        spec,
        content,
        '<< /Kids [5 0 R 4 0 R] >>',
        '<< /Names [(a) 2 0 R] >>',
      ]),
    )
    expect(tree.receipt).toEqual(WHOLE)
  })

  test('is read out of a PDF that another library made, and one whose lengths stand elsewhere', async () => {
    const document = new PdfDocument()
    document.file(Buffer.from(bker()), { name: 'receipt.xml' })
    document.text('page')
    document.end()
    const pieces: Buffer[] = []
    for await (const piece of document) pieces.push(Buffer.from(piece))
    expect(extract(Buffer.concat(pieces)).receipt).toEqual(WHOLE)
    const packed = Buffer.from(deflateSync(bytesOf(bker()))).toString('latin1')
    const spec = '<< /Type /Filespec /F (a.xml) /EF << /F 3 0 R >> >>'
    const elsewhere = `<< /Length 4 0 R /Filter /FlateDecode >>\nstream\n${packed}\nendstream`
    expect(extract(rawPdf(['<< /Type /Catalog /AF [2 0 R] >>', spec, elsewhere, `${packed.length}`])).receipt).toEqual(
      WHOLE,
    )
  })

  test('is not read out of a PDF that its bank protected, also without a password to open it', async () => {
    const document = await PDFDocument.create()
    document.addPage()
    await document.attach(Buffer.from(bker()), 'a.xml')
    document.encrypt({ userPassword: '', ownerPassword: 'owner', permissions: { modifying: false } })
    const bytes = await document.save()
    expect(() => extract(bytes)).toThrow(expect.objectContaining({ code: 'EVOUCHER_ENCRYPTED' }))
  })

  test('is the later one where a PDF was changed by appending, as every reader takes it', () => {
    const of = (usage: string) => stream(deflateSync(bytesOf(bker({ Usage: usage }))), '/Filter /FlateDecode')
    const first = rawPdf([
      '<< /Type /Catalog /AF [2 0 R] >>',
      '<< /Type /Filespec /F (a.xml) /EF << /F 3 0 R >> >>',
      of('old'),
    ])
    const update = Buffer.from(`3 0 obj\n${of('new')}\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n`, 'latin1')
    expect(extract(Buffer.concat([first, update])).receipt?.usage).toBe('new')
  })

  test('is read out of a bare XML file, in UTF-8 with and without a mark, in GBK and in UTF-16', () => {
    const gbk = iconv.encode(bker({}, { encoding: 'GBK' }), 'gbk')
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(bker({}, { encoding: 'UTF-16' }), 'utf16le')])
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytesOf(bker())])
    for (const file of [bytesOf(bker()), gbk, wide, marked]) expect(extract(file).receipt).toEqual(WHOLE)
  })

  test.each(['2021-11-30', '2023-12-31', '2027-01-01'])('is one under any date of the taxonomy: %s', date =>
    expect(extract(bytesOf(bker({}, { date }))).receipt).toMatchObject({ receiptNo: RECEIPT_NO, taxonomyDate: date }),
  )

  test('names its date of issue in either way', () => {
    const other = bker({ IssueDate: undefined, DateOfIssue: '20261013' })
    expect(extract(bytesOf(other)).receipt).toMatchObject({ issuedOn: '2026-10-13' })
  })

  test('keeps elements and tuples that nobody has named', () => {
    const file = bker({ AccDtlSn: '778899', OddTuple: [[['Inner', '1']], [['Inner', null]]] })
    expect(extract(bytesOf(file)).receipt?.others).toEqual([
      { name: 'AccDtlSn', value: '778899' },
      { name: 'OddTuple/Inner', value: '1' },
      { name: 'OddTuple/Inner', value: null },
    ])
  })
})

describe('no structured data', () => {
  const codesOf = (file: Uint8Array) => extract(file).problems.map(problem => problem.code)

  test('is said of an instance with two facts and the word null for its day', () => {
    const file = instanceXml([['IdentificationCodeOfIssuer', ISSUER], ['Currency', 'CNY']], { taxonomy: 'bker', instant: 'null' }) // prettier-ignore
    const found = extract(ofd({ [ATTACHMENT]: file }))
    expect(found.receipt).toBeNull()
    expect(found.instances[0]?.instance).toMatchObject({ taxonomy: 'bker', instant: 'null', entity: ISSUER })
    expect(found.problems.map(problem => problem.code)).toContain('EVOUCHER_NO_STRUCTURED_DATA')
  })

  test.each([
    ['NumberOfBankElectronicReceipt', { NumberOfBankElectronicReceipt: undefined }],
    ['TransactionAmountInFigures', { TransactionAmountInFigures: null }],
    ['TransactionAmountInFigures', { TransactionAmountInFigures: '0.00' }],
    ['TransactionAmountInFigures', { TransactionAmountInFigures: '1,234.00' }],
    ['TransactionAmountInFigures', { TransactionAmountInFigures: '12.345' }],
    ['DateOfBookkeeping', { DateOfBookkeeping: '2026-02-30', IssueDate: 'null' }],
    ['AccountNumberOfPayer', { AccountNumberOfPayer: undefined, AccountNumberOfPayee: '' }],
  ])('is said where %s is missing, empty, zero or unreadable', (name, change) => {
    const found = extract(bytesOf(bker(change)))
    expect(found.receipt).toBeNull()
    expect(found.problems.at(-1)).toMatchObject({ severity: 'error', code: 'EVOUCHER_NO_STRUCTURED_DATA' })
    expect(found.problems.at(-1)?.text).toContain(name)
  })

  test('is said of an amount whose currency is told twice, differently', () => {
    expect(codesOf(bytesOf(bker({ Currency: 'USD' })))).toEqual([
      'EVOUCHER_FIELD_UNREADABLE',
      'EVOUCHER_NO_STRUCTURED_DATA',
    ])
    expect(extract(bytesOf(bker({ Currency: 'CNY' }))).receipt).not.toBeNull()
  })

  test('is said of an OFD, a PDF and an XML that hold something else', async () => {
    const invoice = instanceXml([['InvoiceNumber', '26312000000000000001']], { taxonomy: 'einv' })
    const found = extract(bytesOf(invoice))
    expect([found.receipt, found.instances[0]?.instance.taxonomy]).toEqual([null, 'einv'])
    for (const file of [ofd({}), await pdf({ 'a.xml': '<a/>' }), bytesOf('<a/>')])
      expect(codesOf(file)).toContain('EVOUCHER_NO_STRUCTURED_DATA')
  })

  test('is said of two receipts that differ; the same one twice is one', () => {
    const two = (second: string) => ofd({ [ATTACHMENT]: bker(), 'Doc_0/Attachs/b.xml': second })
    expect(codesOf(two(bker({ NumberOfBankElectronicReceipt: 'other' })))).toContain('EVOUCHER_RECEIPTS_SEVERAL')
    expect(extract(two(bker({ NumberOfBankElectronicReceipt: 'other' }))).receipt).toBeNull()
    expect(extract(two(bker())).receipt).toEqual(WHOLE)
  })

  test('is said of a field that has two values', () => {
    const doubled = bker().replace(
      '</xbrl>',
      '<bker:BusinessSerialNumber contextRef="As_Of_X">other</bker:BusinessSerialNumber></xbrl>',
    )
    const found = extract(bytesOf(doubled))
    expect(found.receipt).toMatchObject({ serial: '' })
    expect(found.problems.map(problem => problem.code)).toEqual(['EVOUCHER_FIELD_AMBIGUOUS'])
  })

  test('a statement is an instance of its own, and no receipt', () => {
    const found = extract(ofd({ 'Doc_0/Attachs/s.xml': bkrs() }))
    expect([found.receipt, found.instances.map(({ instance }) => instance.taxonomy)]).toEqual([null, ['bkrs']])
  })
})

test.each([
  ['text', Buffer.from('hello')],
  ['nothing', new Uint8Array(0)],
  ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3])],
  ['a ZIP that is no OFD', zip({ 'a.txt': 'x' })],
])('%s is none of the carriers', (_, file) => {
  expect(() => extract(file)).toThrow(expect.objectContaining({ code: 'EVOUCHER_KIND_UNKNOWN' }))
})
