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
