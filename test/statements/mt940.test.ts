// MT940 and MT942 by SWIFT's definition, and the dialects of banks. Messages are written here from the definition.

import { mt940, readOne, readStatements } from './support'

const entryOf = async (field61: string, ...more: readonly string[]) => {
  const statement = await readOne(mt940([`:61:${field61}`, ...more]))
  const [entry] = statement.lines
  if (!entry) throw new Error('no entry')
  return entry
}

describe('field 61', () => {
  test.each([
    ['2401020102C12,34NTRFREF//BANK', '12.34', false],
    ['2401020102D12,34NTRFREF//BANK', '-12.34', false],
    ['2401020102RC12,34NTRFREF//BANK', '-12.34', true],
    ['2401020102RD12,34NTRFREF//BANK', '12.34', true],
    ['2401020102CR12,34NTRFREF//BANK', '12.34', false],
    ['2401020102DR12,34NTRFREF//BANK', '-12.34', false],
    ['2401020102RCR12,34NTRFREF//BANK', '-12.34', true],
    ['240102D000000000012,NTRFREF//BANK', '-12.00', false],
    ['240102C,5NTRFREF', '0.50', false],
    ['240102C99999999999999,9NTRFREF', '99999999999999.90', false],
  ])('%s is %s', async (field, amount, reversal) => {
    expect(await entryOf(field)).toMatchObject({ amount, reversal, currency: 'EUR' })
  })

  test.each([
    ['2401020102', '2024-01-02', '2024-01-02'],
    ['240102', '2024-01-02', '2024-01-02'],
    ['2401021229', '2024-01-02', '2023-12-29'],
    ['2312310102', '2023-12-31', '2024-01-02'],
    ['2402280229', '2024-02-28', '2024-02-29'],
    ['20240102', '2024-01-02', '2024-01-02'],
    ['202312310102', '2023-12-31', '2024-01-02'],
    ['800101', '1980-01-01', '1980-01-01'],
    ['790101', '2079-01-01', '2079-01-01'],
  ])('the dates of %s are %s, booked %s', async (dates, valueOn, bookedOn) => {
    expect(await entryOf(`${dates}C1,NTRFREF`)).toMatchObject({ valueOn, bookedOn })
  })

  test.each([
    ['NTRFNONREF', 'NTRF', null, null],
    ['NTRFNONREF//NONREF', 'NTRF', null, null],
    ['FMSC01916//NONREF', 'FMSC', '01916', null],
    ['S10312345678//AB/CD', 'S103', '12345678', 'AB/CD'],
    ['NMSC//BANK', 'NMSC', null, 'BANK'],
    ['N051', 'N051', null, null],
    ['NOV NONREF', 'NOV', null, null],
    [' NRTIKREF+//2016', 'NRTI', null, '2016'],
    ['NONREF', null, null, null],
    ['NTRF20-11-2016 21:31//B6K', 'NTRF', '20-11-2016 21:31', 'B6K'],
    ['MCI0NONREF//055001', 'MCI0', null, '055001'],
    ['TIDXTEST//REFERENCE', 'TIDX', 'TEST', 'REFERENCE'],
    ['KREF+', null, null, null],
  ])('%s has type %s, reference %s, bank reference %s', async (rest, type, reference, bankReference) => {
    expect(await entryOf(`2401020102C1,00${rest}`)).toMatchObject({ type, reference, bankReference })
  })

  test.each([
    ['1602300301', '2016-02-29', '2016-03-01'],
    ['1702300301', '2017-02-28', '2017-03-01'],
    ['170229', '2017-02-28', '2017-02-28'],
  ])('the value date of %s, in months of 30 days, is %s, and that is said', async (dates, valueOn, bookedOn) => {
    const file = await readStatements(mt940([`:61:${dates}DR6,00N024NONREF`]))
    expect(file.statements[0]?.lines).toMatchObject([{ valueOn, bookedOn, amount: '-6.00' }])
    expect(file.problems.map(problem => problem.code)).toContain('VALUE_DATE_MOVED')
  })

  test('supplementary details stand in for a missing field 86', async () => {
    const entry = await entryOf('2401020102C1,00NTRFREF//BANK', '/OCMT/USD2,00/')
    expect(entry.text).toBe('/OCMT/USD2,00/')
  })

  test('a type on the next line was wrapped', async () => {
    expect(await entryOf('2401020102C1,00', 'NTRFABC//BANK')).toMatchObject({
      type: 'NTRF',
      reference: 'ABC',
      bankReference: 'BANK',
    })
  })

  test('a bank reference on the next line was wrapped', async () => {
    expect(await entryOf('2401020102C1,00NTRFCUSTOMER12345678', '//BANK-1', 'supplement')).toMatchObject({
      reference: 'CUSTOMER12345678',
      bankReference: 'BANK-1',
      text: 'supplement',
    })
  })

  test.each([
    ['2401020102CR', '30,00N062NONREF'],
    ['240102C3', '0,00NTRFNONREF'],
  ])('an amount that was cut before its comma goes on in the next row: %s', async (first, second) => {
    expect(await entryOf(first, second)).toMatchObject({ amount: '30.00', text: null })
  })

  test.each([
    '2413020102C1,00NTRF',
    '240102X1,00NTRF',
    '240102C1.23,00NTRF',
    '240102C1.234NTRF',
    '240102CNTRF',
    '24',
    '',
    '240102C1,123456N',
  ])('a line that cannot be read stops the file and says where: %s', async field => {
    await expect(readStatements(mt940([`:61:${field}`]))).rejects.toMatchObject({
      name: 'StatementFileError',
      code: 'STATEMENT_LINE_UNREADABLE',
      line: 5,
      element: ':61:',
    })
  })

  test.each([
    ['C1.234.567,89', '1234567.89'],
    ['C1234.5', '1234.50'],
  ])('points in the amount %s can mean only %s, and are said', async (money, amount) => {
    const { problems, statements } = await readStatements(mt940([`:61:240102${money}NTRFREF`]))
    expect(statements[0]?.lines[0]?.amount).toBe(amount)
    expect(problems[0]?.code).toBe('AMOUNT_NOT_STANDARD')
  })

  test('an amount without its comma is read and said', async () => {
    const { problems, statements } = await readStatements(mt940([':61:240102C500NTRFREF'], 'C240131EUR1500,00'))
    expect(statements[0]).toMatchObject({ proven: true, lines: [{ amount: '500.00' }] })
    expect(problems).toMatchObject([{ code: 'AMOUNT_NOT_STANDARD', line: 5, severity: 'warning' }])
  })
})

describe('balances', () => {
  test('opening plus entries is the closing balance, or the gap is named', async () => {
    const good = await readOne(mt940([':61:240102C10,50NTRFA', ':61:240103D0,50NTRFB'], 'C240131EUR1010,00'))
    expect(good.proven).toBe(true)
    const { statements, problems } = await readStatements(mt940([':61:240102C10,50NTRFA'], 'C240131EUR1010,00'))
    expect(statements[0]?.proven).toBe(false)
    expect(problems).toMatchObject([{ code: 'BALANCE_GAP', severity: 'error', line: 6 }])
    expect(problems[0]?.text).toContain('-0.50')
  })

  test('a debit balance is negative, intermediate balances open and close their message', async () => {
    const file = [
      ...[':20:A', ':25:1', ':28C:5/1', ':60F:D240101JPY5000,', ':61:240102C3000,NTRFX', ':62M:D240102JPY2000,', '-'],
      ...[
        ':20:A',
        ':25:1',
        ':28C:5/2',
        ':60M:D240102JPY2000,',
        ':61:240102D1,NTRFY',
        ':62F:D240102JPY2001,',
        ':64:D240102JPY2001,',
        ':65:D240103JPY2001,',
        '-',
      ],
    ].join('\n')
    const { statements, problems } = await readStatements(file)
    expect(problems).toEqual([])
    expect(statements).toMatchObject([
      { number: '5/1', opening: { on: '2024-01-01', amount: '-5000' }, closing: { amount: '-2000' }, proven: true },
      { number: '5/2', opening: { amount: '-2000' }, closing: { amount: '-2001' }, proven: true },
    ])
  })

  test('a message without its closing balance is read, and said', async () => {
    const { statements, problems } = await readStatements(':20:A\n:25:1\n:60F:C240101EUR1,00\n:61:240102C1,00NTRF\n')
    expect(statements[0]).toMatchObject({ closing: null, proven: null })
    expect(problems).toMatchObject([{ code: 'STATEMENT_UNFINISHED', severity: 'error' }])
  })

  test('an amount may begin with its comma', async () => {
    const statement = await readOne(mt940([':61:240102D999,50NTRFX'], 'C240131EUR,50'))
    expect(statement).toMatchObject({ closing: { amount: '0.50' }, proven: true })
  })

  test('the end mark may stand behind the last balance, and a year have four digits', async () => {
    const text = mt940([':61:20240102C1,00NTRFX'], 'C20240131EUR1001,00-}{5:{CHK:0}}').replace('C240101', 'C20240101')
    expect(await readOne(text)).toMatchObject({
      opening: { on: '2024-01-01' },
      closing: { on: '2024-01-31', amount: '1001.00' },
      proven: true,
    })
  })

  test('a balance counts although its day is none', async () => {
    const text = mt940([':61:240102C1,00NTRFX'], 'C240131EUR1001,00').replace('C240101', 'C000000')
    const { statements, problems } = await readStatements(text)
    expect(statements).toMatchObject([{ opening: { on: null, amount: '1000.00' }, proven: true }])
    expect(problems).toMatchObject([{ code: 'DATE_UNREADABLE', severity: 'warning' }])
  })

  test('a balance without a currency is no balance', async () => {
    const { statements, problems } = await readStatements(mt940([], 'C2401311000,00'))
    expect(statements[0]).toMatchObject({ closing: null, proven: null })
    expect(problems).toMatchObject([{ code: 'BALANCE_UNREADABLE', line: 5 }])
  })
})

describe('messages', () => {
  const body = (number: string): string => mt940([':61:240102C1,00NTRFR'], 'C240131EUR1001,00').replace('1/1', number)

  test('with the SWIFT envelope, several in one file, with trailers and control characters', async () => {
    const envelope = (text: string): string =>
      `\u0001{1:F01COBADEFFAXXX0000000000}{2:I940XXXXXXXXXXXXN}{3:{108:1}}{4:\r\n${text.replace(/-\r\n$/, '')}-}{5:{MAC:00000000}}\u0003`
    const { statements } = await readStatements(envelope(body('1/1')) + envelope(body('2/1')))
    expect(statements).toMatchObject([
      { bank: 'COBADEFF', number: '1/1', proven: true },
      { bank: 'COBADEFF', number: '2/1', proven: true },
    ])
  })

  test('block 2 of a received message names the bank that sent it', async () => {
    const text = `{1:F01MYCOCNBJAXXX0000000000}{2:O9401200240131BKCHCNBJAXXX00000000002401311200N}{4:\n${body('1/1')}`
    expect((await readStatements(text)).statements[0]?.bank).toBe('BKCHCNBJ')
  })

  test('the messages of a SWIFT file stand between dollar signs', async () => {
    const envelope = (bank: string): string =>
      `{1:F01${bank}AXXX0000000000}{2:I940XXXXXXXXXXXXN}{4:\r\n${body('1/1').replace(/-\r\n$/, '-}')}`
    const { statements } = await readStatements(`${envelope('COBADEFF')}\r\n$${envelope('DEUTDEFF')}$\r\n`)
    expect(statements).toMatchObject([
      { bank: 'COBADEFF', proven: true },
      { bank: 'DEUTDEFF', proven: true },
    ])
  })

  test('files that were joined keep their byte order marks', async () => {
    const file = await readStatements(`\ufeff${body('1/1')}\ufeff${body('2/1')}`)
    expect(file.statements).toMatchObject([{ reference: 'REF' }, { reference: 'REF', number: '2/1' }])
  })

  test('the slash before an account is no part of it', async () => {
    const text = body('1/1').replace(':25:DE89370400440532013000', ':25:/PL61109010140000071219812874')
    expect(await readOne(text)).toMatchObject({ account: 'PL61109010140000071219812874', bank: null })
  })

  test('a time of day that was cut at its colon is text, also where it looks like a field', async () => {
    const rows = [':86:166?00GUTSCHRIFT?20SVWZ+Karte 1234?21567890 Terminal 0815?22am 5.3. um 13', ':20:59 Uhr']
    expect(rows[0]?.length).toBeGreaterThanOrEqual(65)
    const statement = await readOne(
      mt940([':61:240102C1,00NTRFR', ...rows, ':61:240102C1,00NTRFR'], 'C240131EUR1002,00'),
    )
    expect(statement).toMatchObject({ reference: 'REF', proven: true, lines: [{}, {}] })
    expect(statement.lines[0]?.text).toMatch(/13:20:59 Uhr$/)
  })

  test('a row of field 86 that begins with a number no statement has is text', async () => {
    const statement = await readOne(
      mt940([':61:240102C1,00NTRFR', ':86:invoice', ':12:2024', ':23E:X'], 'C240131EUR1001,00'),
    )
    expect(statement).toMatchObject({ proven: true, lines: [{ text: 'invoice\n:12:2024' }] })
  })

  test('without an end mark, and with field 20 left out, the next message begins where its fields do', async () => {
    const one = body('1/1').replace('-\r\n', '')
    const { statements } = await readStatements(one + body('2/1').replace(':20:REF\r\n', '').replace('-\r\n', ''))
    expect(statements.map(statement => [statement.number, statement.lines.length])).toEqual([
      ['1/1', 1],
      ['2/1', 1],
    ])
  })

  test('a row of one hyphen in the text does not end the message either', async () => {
    const statement = await readOne(
      mt940([':61:240102C1,00NTRFR', ':86:a', '-', ':61:240102C1,00NTRFR'], 'C240131EUR1002,00'),
    )
    expect(statement).toMatchObject({ proven: true, lines: [{ text: 'a' }, { text: null }] })
  })

  test('fields may be set in from the margin', async () => {
    const text = mt940([':61:240102C1,00NTRFR', ':86:a', ' b'], 'C240131EUR1001,00').replaceAll(/^:/gm, '  :')
    expect(await readOne(text)).toMatchObject({ proven: true, lines: [{ text: 'a\nb' }] })
  })

  test('a continuation that begins with a hyphen does not end the message', async () => {
    const statement = await readOne(mt940([':61:240102C1,00NTRFR', ':86:first', '-second', ':61:240102C1,00NTRFR']))
    expect(statement.lines).toHaveLength(2)
    expect(statement.lines[0]?.text).toBe('first\n-second')
  })

  test.each(['\r\n', '\n', '\r'])('lines may end in %j', async end => {
    const text = mt940([':61:240102C1,00NTRFR', ':86:a', 'b'], 'C240131EUR1001,00').replaceAll('\r\n', end)
    expect(await readOne(text)).toMatchObject({ proven: true, lines: [{ text: 'a\nb' }] })
  })

  test('field 86 after the closing balance is about the statement', async () => {
    const text = mt940([':61:240102C1,00NTRFR'], 'C240131EUR1001,00\r\n:64:C240131EUR1001,00\r\n:86:/SUM/1/0/')
    expect((await readOne(text)).lines[0]?.text).toBeNull()
  })

  test('the pieces the file comes in make no difference', async () => {
    const text = body('1/1') + body('2/1')
    const whole = await readStatements(text)
    for (const pieceBytes of [1, 2, 3, 7, 64]) expect(await readStatements(text, { pieceBytes })).toEqual(whole)
  })
})

describe('MT942', () => {
  const report = [
    ...[':20:R', ':25:COBADEFF/1234', ':28C:3/1', ':34F:EURD100,', ':34F:EURC50,', ':13D:2401021200+0100'],
    ...[':61:240102D20,NTRFA//1', ':86:x', ':61:240102EC5,NTRFB', ':90D:1EUR20,', ':90C:1EUR5,', '-'],
  ].join('\r\n')

  test('is recognised by its fields, and its entries are pending', async () => {
    const { format, statements, problems } = await readStatements(report)
    expect(format).toBe('mt942')
    expect(problems).toEqual([])
    expect(statements).toMatchObject([
      {
        ...{ account: 'COBADEFF/1234', bank: 'COBADEFF', currency: 'EUR', opening: null, closing: null, proven: null },
        lines: [
          { amount: '-20.00', status: 'pending', currency: 'EUR' },
          { amount: '5.00', status: 'pending' },
        ],
      },
    ])
  })

  test('its own count and sum are checked', async () => {
    const { problems } = await readStatements(report.replace(':90D:1EUR20,', ':90D:2EUR20,'))
    expect(problems).toMatchObject([{ code: 'SUMMARY_GAP', severity: 'error' }])
  })

  test('is recognised by its envelope', async () => {
    const text = `{1:F01COBADEFFAXXX0000000000}{2:I942XXXXXXXXXXXXN}{4:\r\n${report.replace(/:34F.*?:13D[^\r]*\r\n/s, '')}`
    expect((await readStatements(text)).format).toBe('mt942')
  })
})

describe('lines of a message', () => {
  const message = (rows: readonly string[], end: string): string => rows.join(end) + end
  const rows = [
    ':20:A',
    ':25:1/2',
    ':28C:1/1',
    ':60F:C260101EUR1,00',
    ':61:2601020102C1,00NTRFREF',
    ':86:text',
    ':62F:C260102EUR2,00',
  ]

  test.each([
    ['CR LF', '\r\n'],
    ['LF', '\n'],
    ['CR', '\r'],
    ['@@', '@@'],
  ])('end with %s', async (_name, end) => {
    const { statements, problems } = await readStatements(message([...rows, '-', ...rows, '-'], end))
    expect(problems).toEqual([])
    expect(statements.map(one => [one.proven, one.lines.map(line => line.text)])).toEqual([
      [true, ['text']],
      [true, ['text']],
    ])
  })

  test('a hyphen alone inside a text is text, and what follows it is not lost', async () => {
    const { statements } = await readStatements(
      message([...rows.slice(0, 5), ':86:166?00X?20one', '-', 'two?32NAME', ':62F:C260102EUR2,00', '-', ''], '\n'),
    )
    expect(statements).toHaveLength(1)
    expect(statements[0]).toMatchObject({ proven: true, lines: [{ text: 'one-two', counterName: 'NAME' }] })
  })

  test('a hyphen alone behind the last text ends the message', async () => {
    const { statements } = await readStatements(
      message([...rows, ':86:owner', '-', '', ...rows, ':86:owner', '-'], '\n'),
    )
    expect(statements.map(one => one.proven)).toEqual([true, true])
  })
})

test('numbered parts may begin on the row below an empty one', async () => {
  const entry = await entryOf(
    '2607010701C653,00',
    ':86:',
    '<00S1260701',
    '<20ZAPLATA',
    '<31PL12109000000000000000000001',
    '<32JAN KOWALSKI',
  )
  expect(entry).toMatchObject({
    text: 'ZAPLATA',
    counterName: 'JAN KOWALSKI',
    counterAccount: 'PL12109000000000000000000001',
  })
})
