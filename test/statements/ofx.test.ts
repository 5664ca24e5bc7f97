// OFX 1.x (SGML) and 2.x (XML), by the OFX specification. Files are written here from it.

import { readOne, readStatements } from './support'

const HEADER = 'OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nENCODING:USASCII\r\nCHARSET:1252\r\n\r\n'
const sgml = (transactions: string): string =>
  `${HEADER}<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS></SONRS></SIGNONMSGSRSV1>
<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STMTRS><CURDEF>USD
<BANKACCTFROM><BANKID>121000248<ACCTID>1234567<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20240101<DTEND>20240131${transactions}</BANKTRANLIST>
<LEDGERBAL><BALAMT>-100.5<DTASOF>20240131120000[-5:EST]</LEDGERBAL>
<AVAILBAL><BALAMT>900<DTASOF>20240131</AVAILBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>`
const PAID = `<STMTTRN><TRNTYPE>CHECK<DTPOSTED>20240102120000.000[-5:EST]<DTAVAIL>20240103<TRNAMT>-12.5<FITID>F-1<CHECKNUM>1001
<NAME>A &amp; B<MEMO>rent, 1/2024<BANKACCTTO><BANKID>99<ACCTID>777<ACCTTYPE>CHECKING</BANKACCTTO></STMTTRN>`

test('SGML: values without end tags', async () => {
  expect(await readOne(sgml(PAID))).toEqual({
    ...{ account: '1234567', bank: '121000248', currency: 'USD', number: null, reference: null, opening: null },
    ...{ closing: { on: '2024-01-31', amount: '-100.50' }, proven: null },
    lines: [
      {
        ...{ bookedOn: '2024-01-02', valueOn: '2024-01-03', amount: '-12.50', currency: 'USD', reversal: false },
        ...{
          reference: '1001',
          bankReference: 'F-1',
          status: 'booked',
          type: 'CHECK',
          balanceAfter: null,
          details: [],
        },
        ...{ counterAccount: '777', counterName: 'A & B', counterBank: '99', text: 'rent, 1/2024' },
      },
    ],
  })
})

test('XML, a credit card, comma amounts, an empty value, CDATA', async () => {
  const text = `<?xml version="1.0" encoding="UTF-8"?><?OFX OFXHEADER="200" VERSION="211"?>
<OFX><CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>EUR</CURDEF><CCACCTFROM><ACCTID>4111</ACCTID></CCACCTFROM>
<BANKTRANLIST><STMTTRN><TRNTYPE>CREDIT</TRNTYPE><DTPOSTED>20240229</DTPOSTED><TRNAMT>+3,00</TRNAMT><FITID>9</FITID>
<PAYEE><NAME>Shop</NAME></PAYEE><MEMO></MEMO></STMTTRN>
<STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>20240229</DTPOSTED><TRNAMT>-4</TRNAMT><FITID>10</FITID><NAME><![CDATA[a <b>]]></NAME>
<CURRENCY><CURRATE>1.1</CURRATE><CURSYM>GBP</CURSYM></CURRENCY></STMTTRN></BANKTRANLIST></CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1></OFX>`
  const { format, statements } = await readStatements(text)
  expect(format).toBe('ofx')
  expect(statements).toMatchObject([
    {
      ...{ account: '4111', bank: null, closing: null, proven: null },
      lines: [
        { amount: '3.00', counterName: 'Shop', text: null, currency: 'EUR' },
        { amount: '-4.00', counterName: 'a <b>', currency: 'GBP' },
      ],
    },
  ])
})

test('SGML: an empty value that is never closed', async () => {
  const statement = await readOne(sgml(PAID.replace('<NAME>A &amp; B', '<NAME>\n')))
  expect(statement.lines).toMatchObject([{ counterName: null, text: 'rent, 1/2024' }])
})

test('a pending transaction is pending; a correction is said', async () => {
  const text = sgml(
    '<STMTTRN><TRNTYPE>OTHER<DTPOSTED>20240102<TRNAMT>1<FITID>2<CORRECTFITID>1<CORRECTACTION>REPLACE</STMTTRN>' +
      '<STMTTRNP><TRNTYPE>OTHER<DTTRAN>20240102<TRNAMT>1</STMTTRNP>',
  )
  const { statements, problems } = await readStatements(text)
  expect(statements[0]?.lines.map(line => line.status)).toEqual(['booked', 'pending'])
  expect(problems).toMatchObject([{ code: 'ENTRY_CORRECTION' }])
})

describe('what banks leave out or add', () => {
  const entry = (amount: string, posted = '20240102'): string =>
    `<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>${posted}<TRNAMT>${amount}<FITID>${amount}`

  test('transactions and statements without their end tags are all there', async () => {
    const open = sgml([1, 2, 3].map(one => entry(`-${one}.00`)).join('\n')).replace('</STMTRS></STMTTRNRS>', '')
    const second = open.slice(open.indexOf('<STMTTRNRS>'), open.indexOf('</BANKMSGSRSV1>'))
    const { statements } = await readStatements(open.replace('</BANKMSGSRSV1>', `${second}</BANKMSGSRSV1>`))
    const lines = [{ amount: '-1.00' }, { amount: '-2.00' }, { amount: '-3.00' }]
    expect(statements).toMatchObject([{ lines }, { lines }])
  })

  test('a card’s statement may be closed with the end tag of an account’s', async () => {
    const card = sgml(PAID).replace('<STMTTRNRS>', '<CCSTMTTRNRS>').replace('<STMTRS>', '<CCSTMTRS>')
    expect(await readOne(card)).toEqual(await readOne(sgml(PAID)))
  })

  test.each([
    ['-1,234.56', '-1234.56'],
    ['1.234,56', '1234.56'],
    ['+1.234.567,8', '1234567.80'],
    ['-1 234,56', '-1234.56'],
  ])('marks between thousands, %s, can mean one thing only, and are said', async (amount, read) => {
    const { statements, problems } = await readStatements(sgml(`${entry(amount)}</STMTTRN>`))
    expect(statements[0]?.lines).toMatchObject([{ amount: read }])
    expect(problems).toMatchObject([{ code: 'AMOUNT_NOT_STANDARD' }])
  })

  test.each(['1,234,567', '1.23.45', '12,34.56', '1,234.567'])('%s may mean anything, and is refused', async amount => {
    const text = sgml(`${entry(amount)}</STMTTRN>`)
    await expect(readStatements(text)).rejects.toMatchObject({ code: 'STATEMENT_LINE_UNREADABLE' })
  })

  test('a date in ISO 8601 is read, one that is none is said', async () => {
    const text = sgml([entry('-1', '2024-01-02'), entry('-2', '20241332')].map(one => `${one}</STMTTRN>`).join(''))
    const { statements, problems } = await readStatements(text)
    expect(statements[0]?.lines.map(line => line.bookedOn)).toEqual(['2024-01-02', null])
    expect(problems).toMatchObject([{ code: 'DATE_UNREADABLE' }])
  })

  test('balances among the payments are information, and said; a payment that speaks of one is none', async () => {
    const memos = ['SALDO ANTERIOR', 'Saldo do dia', 'SALDO TOTAL DISPONIVEL DIA', 'S A L D O', 'RESGATE SALDO APLIC']
    const rows = memos.map(memo => `${entry('5.00')}<MEMO>${memo}</STMTTRN>`)
    const named = `${entry('5.00')}<NAME>Saldo do dia<MEMO></MEMO></STMTTRN>`
    const { statements, problems } = await readStatements(sgml(rows.join('') + named))
    const status = [...Array.from({ length: 4 }, () => 'information'), 'booked', 'information']
    expect(statements[0]?.lines.map(line => line.status)).toEqual(status)
    expect(problems).toMatchObject([{ code: 'ROWS_SKIPPED', severity: 'warning' }])
  })

  test('a “<” before anything but a name is text', async () => {
    const statement = await readOne(sgml(PAID.replace('rent, 1/2024', 'rent < 5 <3')))
    expect(statement.lines).toMatchObject([{ text: 'rent < 5 <3' }])
  })

  test('the root may have a prefix, a namespace and comments before it', async () => {
    const inside = sgml(PAID).slice(HEADER.length)
    const xml = `<?xml version="1.0"?>\n<?OFX OFXHEADER="200"?>\n<!-- export -->\n${inside
      .replace('<OFX>', '<ofx:OFX xmlns:ofx="http://ofx.net/types/2003/04">')
      .replace('</OFX>', '</ofx:OFX>')}`
    expect(await readOne(xml)).toEqual(await readOne(sgml(PAID)))
    expect(await readOne(`DATA:OFXSGML\nVERSION:102\n${inside}`)).toEqual(await readOne(sgml(PAID)))
  })

  test('payments of a broker’s statement are no entries of the bank account beside it, and that is said', async () => {
    const broker = `<INVSTMTMSGSRSV1><INVSTMTRS><INVTRANLIST><INVBANKTRAN>${entry('5')}</STMTTRN></INVBANKTRAN></INVTRANLIST></INVSTMTRS></INVSTMTMSGSRSV1>`
    const { statements, problems } = await readStatements(sgml(PAID).replace('</OFX>', `${broker}</OFX>`))
    expect(statements).toMatchObject([{ lines: [{ amount: '-12.50' }] }])
    expect(problems).toMatchObject([{ code: 'ROWS_SKIPPED', severity: 'warning' }])
  })
})

test.each([
  [sgml(PAID.replace('-12.5', 'x')), 'STATEMENT_LINE_UNREADABLE'],
  [sgml(PAID).replace('</OFX>', ''), 'STATEMENT_BROKEN'],
  [sgml(PAID).replace('</STMTRS>', '</NOSUCH>'), 'STATEMENT_BROKEN'],
  [sgml(PAID).replace('<OFX>', '<!DOCTYPE OFX [<!ENTITY a "b">]><OFX>'), 'STATEMENT_BROKEN'],
  [`${HEADER}<OFX></OFX>`, 'STATEMENT_ABSENT'],
])('a broken file is refused %#', async (text, code) => {
  await expect(readStatements(text)).rejects.toMatchObject({ name: 'StatementFileError', code })
})

test('the pieces the file comes in make no difference', async () => {
  const whole = await readStatements(sgml(PAID))
  for (const pieceBytes of [1, 2, 5]) expect(await readStatements(sgml(PAID), { pieceBytes })).toEqual(whole)
})
