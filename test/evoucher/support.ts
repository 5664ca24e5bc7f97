// Electronic vouchers made for the tests, from the element lists that were published: names, numbers and banks are
// invented. Digests come from the platform's own SM3, ZIPs from fflate, PDFs from pdf-lib: none of it is ours.

import { createHash } from 'node:crypto'
import { PDFDocument } from '@cantoo/pdf-lib'
import { zipSync, type Zippable } from 'fflate'

export const OWN = '62000000000000010001'
export const OTHER = '31000000000000020002'
export const ISSUER = 'C1030311000455'

type Value = string | null | readonly Fields[]
/** Name and value; a list is a repeating tuple, null is `xsi:nil`. */
export type Fields = readonly (readonly [name: string, value: Value])[]

export type InstanceOptions = {
  readonly taxonomy: string
  readonly date?: string
  readonly instant?: string
  readonly unit?: string
  readonly encoding?: string
  readonly prolog?: string
}

export function instanceXml(fields: Fields, options: InstanceOptions): string {
  const { taxonomy, date = '2023-12-31', instant = '2026-10-12', unit = 'iso4217:CNY', prolog = '' } = options
  const written = (all: Fields): string =>
    all
      .flatMap(([name, value]) => {
        const tag = `${taxonomy}:${name}`
        if (value === null) return [`<${tag} contextRef="As_Of_X" xsi:nil="true"/>`]
        if (typeof value === 'string') return [`<${tag} contextRef="As_Of_X">${escape(value)}</${tag}>`]
        return value.map(tuple => `<${tag}>${written(tuple)}</${tag}>`)
      })
      .join('\n')
  return `<?xml version="1.0" encoding="${options.encoding ?? 'UTF-8'}"?>${prolog}
<xbrl xmlns="http://www.xbrl.org/2003/instance" xmlns:link="http://www.xbrl.org/2003/linkbase" xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:iso4217="http://www.xbrl.org/2003/iso4217"
 xmlns:${taxonomy}="http://xbrl.mof.gov.cn/taxonomy/${date}/${taxonomy}">
<link:schemaRef xlink:type="simple" xlink:href="${taxonomy}_entry_point_${date}.xsd"/>
<context id="As_Of_X"><entity><identifier scheme="http://xbrl.mof.gov.cn">${ISSUER}</identifier></entity>
<period><instant>${instant}</instant></period></context>
<unit id="CNY"><measure>${unit}</measure></unit>
${written(fields)}
</xbrl>
`
}

export const RECEIPT_NO = '202610129029660024300000000001'

/** A receipt of money that `OWN` paid. */
export function bkerFields(change: Readonly<Record<string, Value | undefined>> = {}): Fields {
  const all: Readonly<Record<string, Value | undefined>> = {
    NumberOfBankElectronicReceipt: RECEIPT_NO,
    TypeOfBankElectronicReceipt: '转账',
    DateOfBookkeeping: '2026-10-12',
    IssueDate: '2026-10-13',
    TransactionAmountInFigures: '15177.33',
    AccountNameOfPayer: '甲乙丙丁有限公司',
    AccountNumberOfPayer: OWN,
    AccountNameOfPayee: '戊己庚辛有限公司',
    AccountNumberOfPayee: OTHER,
    Usage: '货款',
    Notes: '采购 <A&B>',
    TransactionCode: '42062',
    BusinessSerialNumber: 'SN20261012000001',
    IdentifyingCode: 'K7P2',
    ...change,
  }
  return Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
}

export function bker(
  change: Readonly<Record<string, Value | undefined>> = {},
  options: Partial<InstanceOptions> = {},
): string {
  return instanceXml(bkerFields(change), { taxonomy: 'bker', ...options })
}

export type BkrsLine = Readonly<Record<string, string | null>>

/** The two lines of the published sample. */
export const BKRS_LINES: readonly BkrsLine[] = [
  {
    DateOfBookkeeping: '2021-08-03',
    TimeOfBookkeeping: '08:34:23',
    TypesOfBusinessProducts: '转账',
    BusinessSerialNumber: 'B0001',
    NotesOfBankElectronicReceipt: '转账业务',
    IdentificationOfCreditOrDebit: '0',
    TransactionAmount: '15177.33',
    DebitOrCreditOfBalance: '1',
    AccountBalance: '95445.32',
    AccountOfCounterparty: OTHER,
    NameOfCounterparty: '戊己庚辛有限公司',
    NumberOfBankElectronicReceipt: '202108039029660024300000000001',
  },
  {
    DateOfBookkeeping: '2021-08-21',
    TypesOfBusinessProducts: '利息',
    BusinessSerialNumber: 'B0002',
    NotesOfBankElectronicReceipt: '结息',
    IdentificationOfCreditOrDebit: '1',
    TransactionAmount: '156.22',
    DebitOrCreditOfBalance: '1',
    AccountBalance: '95601.54',
  },
]

export function bkrs(
  lines: readonly BkrsLine[] = BKRS_LINES,
  {
    head = {},
    ...options
  }: Partial<InstanceOptions> & { readonly head?: Readonly<Record<string, string | undefined>> } = {},
): string {
  const all = {
    IdentificationCodeOfIssuer: ISSUER,
    Currency: 'CNY',
    CustomerSettlementBankAccount: OWN,
    NameOfCustomerAccount: '甲乙丙丁有限公司',
    YearOfBankReconciliationStatement: '2021',
    MonthOfBankReconciliationStatement: '08',
    AccountBalanceAtTheEndOfReconciliationCycleAmount: '95601.54',
    ...head,
  }
  const fields: Fields = [
    ...Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
    ['InformationOfReconcileDetailsTuple', lines.map(line => Object.entries(line))],
  ]
  return instanceXml(fields, { taxonomy: 'bkrs', date: '2021-11-30', ...options })
}

export const ATTACHMENT = `Doc_0/Attachs/bker_issuer_20261012_${ISSUER}.xml`

export type OfdOptions = {
  /** Parts that the seal lists; null: no seal. By default all but OFD.xml, as in the public sample. */
  readonly sealed?: readonly string[] | null
  /** Changes made after the seal. */
  readonly altered?: Readonly<Record<string, string | null>>
  readonly checkMethod?: string
  readonly level?: 0 | 6
}

export function ofd(attachments: Readonly<Record<string, string>>, options: OfdOptions = {}): Uint8Array {
  const parts: Record<string, string> = {
    'OFD.xml': '<?xml version="1.0"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody/></ofd:OFD>',
    'Doc_0/Document.xml': '<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"/>',
    'Doc_0/Pages/Page_0/Content.xml':
      '<ofd:Page xmlns:ofd="http://www.ofdspec.org"><ofd:TextCode>15,177.33</ofd:TextCode></ofd:Page>',
    'Doc_0/Attachs/Attachments.xml': `<ofd:Attachments xmlns:ofd="http://www.ofdspec.org/2016">${Object.keys(
      attachments,
    )
      .map(
        (path, index) =>
          `<ofd:Attachment ID="${index}" Name="${path.split('/').at(-1) ?? ''}" Format="xml" Visible="false"/>`,
      )
      .join('')}</ofd:Attachments>`,
    ...attachments,
  }
  const { sealed = Object.keys(parts).filter(path => path !== 'OFD.xml'), checkMethod = '1.2.156.10197.1.401' } =
    options
  if (sealed !== null) {
    const references = sealed.map(path => {
      const digest = createHash('sm3')
        .update(parts[path] ?? '')
        .digest('base64')
      return `<ofd:Reference FileRef="/${path}"><ofd:CheckValue>${digest}</ofd:CheckValue></ofd:Reference>`
    })
    parts['Doc_0/Signs/Signatures.xml'] = '<ofd:Signatures xmlns:ofd="http://www.ofdspec.org/2016"/>'
    parts['Doc_0/Signs/Sign_0/Signature.xml'] = `<ofd:Signature xmlns:ofd="http://www.ofdspec.org/2016"><ofd:SignedInfo>
<ofd:Provider ProviderName="seal-maker" Version="1.0"/><ofd:SignatureMethod>1.2.156.10197.1.501</ofd:SignatureMethod>
<ofd:SignatureDateTime>20261013081500Z</ofd:SignatureDateTime>
<ofd:References CheckMethod="${checkMethod}">${references.join('')}</ofd:References></ofd:SignedInfo>
<ofd:SignedValue>/Doc_0/Signs/Sign_0/SignedValue.dat</ofd:SignedValue></ofd:Signature>`
    parts['Doc_0/Signs/Sign_0/SignedValue.dat'] = 'not looked at'
  }
  for (const [path, text] of Object.entries(options.altered ?? {})) {
    if (text === null) delete parts[path]
    else parts[path] = text
  }
  return zip(parts, options.level ?? 6)
}

export function zip(parts: Readonly<Record<string, string | Uint8Array>>, level: 0 | 6 = 6): Uint8Array {
  const content: Zippable = {}
  for (const [path, value] of Object.entries(parts))
    content[path] = [typeof value === 'string' ? Buffer.from(value) : value, { level, mtime: new Date(2026, 9, 13) }]
  return zipSync(content)
}

export async function pdf(attachments: Readonly<Record<string, string>>, isCompressed = true): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  document.addPage([300, 200])
  for (const [name, text] of Object.entries(attachments))
    await document.attach(Buffer.from(text), name, { mimeType: 'text/xml' })
  return await document.save({ useObjectStreams: isCompressed })
}

/** A PDF written by hand: objects from 1, and the trailer's dictionary. */
export function rawPdf(objects: readonly string[], trailer = '<< /Root 1 0 R >>'): Uint8Array {
  const body = objects.map((object, index) => `${index + 1} 0 obj\n${object}\nendobj\n`).join('')
  return Buffer.from(`%PDF-1.7\n${body}trailer\n${trailer}\nstartxref\n0\n%%EOF\n`, 'latin1')
}

export function stream(content: Uint8Array, dictionary = ''): string {
  return `<< /Length ${content.length} ${dictionary} >>\nstream\n${Buffer.from(content).toString('latin1')}\nendstream`
}

function escape(text: string): string {
  return text.replace(/[<>&]/g, character => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;' })[character] ?? '')
}
