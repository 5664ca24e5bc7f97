// camt.052, .053 and .054 by the message definitions of ISO 20022. Messages are written here from the definitions.

import { balance, camt053, readOne, readStatements } from './support'

const entry = (inside: string, amount = '10.00', indicator = 'CRDT'): string =>
  `<Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>${indicator}</CdtDbtInd>${inside}</Ntry>`
const BOOKED = '<Sts>BOOK</Sts><BookgDt><Dt>2024-01-02</Dt></BookgDt>'
const details = (...transactions: readonly string[]): string =>
  `<NtryDtls>${transactions.map(one => `<TxDtls>${one}</TxDtls>`).join('')}</NtryDtls>`
const parties = (debtor: string, creditor: string): string =>
  `<RltdPties><Dbtr><Nm>${debtor}</Nm></Dbtr><DbtrAcct><Id><IBAN>${debtor}-ACC</IBAN></Id></DbtrAcct><Cdtr><Nm>${creditor}</Nm></Cdtr><CdtrAcct><Id><Othr><Id>${creditor}-ACC</Id></Othr></Id></CdtrAcct></RltdPties>`
const BALANCES = balance('OPBD', '100.00', '2024-01-01') + balance('CLBD', '110.00', '2024-01-31')

test('a whole entry with one transaction', async () => {
  const statement = await readOne(
    camt053(
      BALANCES +
        entry(
          `${BOOKED}<ValDt><DtTm>2024-01-03T00:00:00+08:00</DtTm></ValDt><AcctSvcrRef>BANK-1</AcctSvcrRef>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn><Prtry><Cd>NTRF</Cd></Prtry></BkTxCd>
${details(`<Refs><EndToEndId>E2E</EndToEndId></Refs><Amt Ccy="EUR">10</Amt>${parties('PAYER', 'US')}<RltdAgts><DbtrAgt><FinInstnId><BICFI>BKCHCNBJ</BICFI></FinInstnId></DbtrAgt></RltdAgts>
<RmtInf><Ustrd>Invoice 1 &amp; 2</Ustrd><Ustrd>&#x4E2D;</Ustrd><Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf></Strd></RmtInf>`)}<AddtlNtryInf>Credit</AddtlNtryInf>`,
        ),
    ),
  )
  expect(statement).toEqual({
    ...{ account: 'DE89370400440532013000', bank: 'COBADEFFXXX', currency: 'EUR', number: '7', reference: 'S-1' },
    opening: { on: '2024-01-01', amount: '100.00' },
    closing: { on: '2024-01-31', amount: '110.00' },
    proven: true,
    lines: [
      {
        ...{ bookedOn: '2024-01-02', valueOn: '2024-01-03', amount: '10.00', currency: 'EUR', reversal: false },
        ...{ reference: 'E2E', bankReference: 'BANK-1', status: 'booked', type: 'PMNT/RCDT/ESCT' },
        ...{ counterAccount: 'PAYER-ACC', counterName: 'PAYER', counterBank: 'BKCHCNBJ', balanceAfter: null },
        text: 'Invoice 1 & 2 中 RF18',
        details: [
          {
            ...{ amount: '10.00', endToEndId: 'E2E', counterAccount: 'PAYER-ACC', counterName: 'PAYER' },
            ...{ text: 'Invoice 1 & 2 中 RF18', returnReason: null },
          },
        ],
      },
    ],
  })
})

test.each(['02', '03', '04', '06', '08', '10', '12', '13'])(
  'version 001.%s: status as text or as code, parties in either form',
  async version => {
    const late = Number.parseInt(version, 10)
    const status = late >= 4 ? '<Sts><Cd>BOOK</Cd></Sts>' : '<Sts>BOOK</Sts>'
    const party = late >= 8 ? '<Dbtr><Pty><Nm>P</Nm></Pty></Dbtr>' : '<Dbtr><Nm>P</Nm></Dbtr>'
    const text = camt053(
      BALANCES + entry(`${status}${details(`<RltdPties>${party}</RltdPties>`)}`),
      `camt.053.001.${version}`,
    )
    expect(await readOne(text)).toMatchObject({ proven: true, lines: [{ status: 'booked', counterName: 'P' }] })
  },
)

test('version 001.01, with its own names', async () => {
  const text = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.01"><BkToCstmrStmtV01><Stmt><Id>S</Id>
<Acct><Id><PrtryAcct><Id>4711</Id></PrtryAcct></Id><Svcr><FinInstnId><NmAndAdr><Nm>BANKEN</Nm></NmAndAdr></FinInstnId></Svcr></Acct>
<Bal><Tp><Cd>OPBD</Cd></Tp><Amt Ccy="SEK">5</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2007-10-17</Dt></Dt></Bal>
<Bal><Tp><Cd>CLBD</Cd></Tp><Amt Ccy="SEK">1</Amt><CdtDbtInd>DBIT</CdtDbtInd><Dt><Dt>2007-10-18</Dt></Dt></Bal>
<Ntry><Amt Ccy="SEK">6</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><Btch><PmtInfId>B-1</PmtInfId></Btch>
<TxDtls><RtrInf><RtrRsn><Cd>AC04</Cd></RtrRsn></RtrInf></TxDtls><TxDtls/></Ntry></Stmt></BkToCstmrStmtV01></Document>`
  expect(await readOne(text)).toMatchObject({
    ...{ account: '4711', bank: 'BANKEN', currency: 'SEK', proven: true, closing: { amount: '-1.00' } },
    lines: [{ amount: '-6.00', reference: 'B-1', details: [{ returnReason: 'AC04' }, { returnReason: null }] }],
  })
})

test('namespaces: a prefix, none at all, and a message inside an envelope', async () => {
  const plain = camt053(BALANCES + entry(BOOKED))
  const prefixed = plain.replace(/xmlns=/, 'xmlns:ns2=').replace(/<(\/?)(?!\?)([A-Z])/g, '<$1ns2:$2')
  const bare = plain.replace(/ xmlns="[^"]+"/, '')
  const wrapped = bare
    .replace('<Document>', '<Envelope><AppHdr><Id>x</Id></AppHdr><Document>')
    .replace('</Document>', '</Document></Envelope>')
  const expected = await readOne(plain)
  for (const text of [prefixed, bare, wrapped]) expect(await readOne(text)).toEqual(expected)
})

test('blank lines before the declaration mean nothing', async () => {
  expect(await readOne(`\r\n  ${camt053(BALANCES + entry(BOOKED))}`)).toMatchObject({ proven: true })
})

test('several statements in a message; a statement without an entry', async () => {
  const text = camt053(balance('OPBD', '5', '2024-01-01') + balance('CLBD', '5', '2024-01-01')).replace(
    '</Stmt>',
    `</Stmt><Stmt><Id>S-2</Id>${BALANCES}${entry(BOOKED)}</Stmt>`,
  )
  const { statements, problems } = await readStatements(text)
  expect(statements).toMatchObject([
    { reference: 'S-1', proven: true, lines: [] },
    { reference: 'S-2', account: null, proven: true },
  ])
  expect(problems).toMatchObject([{ code: 'FIELD_MISSING' }])
})

describe('balances', () => {
  const read = async (...balances: readonly string[]) => readOne(camt053(balances.join('') + entry(BOOKED)))

  test.each([
    ['PRCD opens where OPBD is missing', ['PRCD', 'CLBD'], true],
    ['OPBD goes before PRCD', ['OPBD', 'PRCD:7.00', 'CLBD'], true],
    ['the first of two interim balances opens, the last closes', ['ITBD:100.00', 'ITBD:110.00'], true],
    ['an interim balance opens a last page', ['ITBD:100.00', 'CLBD'], true],
    ['an interim balance closes a first page', ['OPBD', 'ITBD:110.00'], true],
    [
      'available and forward balances are of no account',
      ['OPBD', 'CLBD', 'OPAV:1.00', 'CLAV:2.00', 'FWAV:3.00', 'INFO:4.00', 'XPCD:5.00'],
      true,
    ],
    ['nothing can be said without an opening balance', ['CLBD'], null],
    ['nothing can be said without a closing balance', ['OPBD'], null],
  ])('%s', async (_name, types, proven) => {
    const amounts: Readonly<Record<string, string>> = { OPBD: '100.00', PRCD: '100.00', CLBD: '110.00' }
    const balances = types.map(one => {
      const [type = '', amount = amounts[type] ?? ''] = one.split(':')
      return balance(type, amount, '2024-01-01')
    })
    expect((await read(...balances)).proven).toBe(proven)
  })

  test('a balance without its sign, or with another word, is no balance: an overdrawn account would be in credit', async () => {
    const bare = (type: string, amount: string): string =>
      balance(type, amount, '2024-01-01').replace('<CdtDbtInd>CRDT</CdtDbtInd>', '')
    const file = await readStatements(camt053(bare('OPBD', '100') + bare('CLBD', '110') + entry(BOOKED)))
    expect(file.statements).toMatchObject([{ opening: null, closing: null, proven: null }])
    expect(file.problems.map(problem => problem.code)).toEqual(['BALANCE_UNREADABLE', 'BALANCE_UNREADABLE'])
    const wrong = await readStatements(camt053(balance('OPBD', '100', '2024-01-01', 'XXXX')))
    expect(wrong.problems).toMatchObject([{ code: 'BALANCE_UNREADABLE' }])
  })

  test('over several days the first day opens and the last closes', async () => {
    const statement = await read(
      balance('OPBD', '110', '2024-01-02') + balance('OPBD', '100', '2024-01-01'),
      balance('CLBD', '110', '2024-01-02') + balance('CLBD', '105', '2024-01-01'),
    )
    expect(statement).toMatchObject({ opening: { amount: '100.00' }, closing: { amount: '110.00' }, proven: true })
  })

  test('the account’s own currency goes first; a credit line that is counted in goes last', async () => {
    const withCredit = balance('CLBD', '9110', '2024-01-01').replace(
      '</Bal>',
      '<CdtLine><Incl>true</Incl></CdtLine></Bal>',
    )
    const statement = await read(
      balance('OPBD', '1', '2024-01-01', 'CRDT', 'USD') + balance('OPBD', '100', '2024-01-01'),
      withCredit + balance('CLBD', '110', '2024-01-01'),
    )
    expect(statement).toMatchObject({ proven: true, closing: { amount: '110.00' } })
  })

  test('two currencies prove nothing, and that is said', async () => {
    const file = await readStatements(camt053(BALANCES + entry(BOOKED).replace('Ccy="EUR"', 'Ccy="USD"')))
    expect(file.statements).toMatchObject([{ proven: false, lines: [{ currency: 'USD' }] }])
    expect(file.problems).toMatchObject([{ code: 'CURRENCY_MIXED', severity: 'error' }])
  })

  test('only booked entries count', async () => {
    const others = ['PDNG', 'INFO', 'FUTR'].map(status => entry(`<Sts><Cd>${status}</Cd></Sts>`)).join('')
    const statement = await readOne(camt053(BALANCES + entry(BOOKED) + others))
    expect(statement.proven).toBe(true)
    expect(statement.lines.map(line => line.status)).toEqual(['booked', 'pending', 'information', 'pending'])
  })
})

describe('entries', () => {
  const line = async (inside: string, indicator = 'CRDT') => {
    const { lines } = await readOne(camt053(entry(inside, '10.00', indicator)))
    if (!lines[0]) throw new Error('no entry')
    return lines[0]
  }

  test('a batch is one entry with many details, of their own signs', async () => {
    const found = await line(
      `${BOOKED}<NtryDtls><Btch><PmtInfId>B-7</PmtInfId><NbOfTxs>3</NbOfTxs></Btch>
<TxDtls><Refs><EndToEndId>A</EndToEndId></Refs><Amt Ccy="EUR">12</Amt></TxDtls>
<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt Ccy="EUR">2</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>
<TxDtls><AmtDtls><TxAmt><Amt Ccy="EUR">0.5</Amt></TxAmt></AmtDtls></TxDtls></NtryDtls>`,
      'DBIT',
    )
    expect(found).toMatchObject({ amount: '-10.00', reference: 'B-7', counterName: null })
    expect(found.details.map(one => [one.amount, one.endToEndId])).toEqual([
      ['-12.00', 'A'],
      ['2.00', null],
      ['-0.50', null],
    ])
  })

  test('a long batch loses nothing', async () => {
    const transactions = Array.from({ length: 2345 }, (_, index) => `<Refs><EndToEndId>E${index}</EndToEndId></Refs>`)
    const found = await line(BOOKED + details(...transactions))
    expect(found.details.map(one => one.endToEndId)).toEqual(transactions.map((_, index) => `E${index}`))
  })

  test('a transaction without an amount has none; one in another currency is said', async () => {
    expect((await line(BOOKED + details('<Refs/>'))).details).toMatchObject([{ amount: null }])
    const file = await readStatements(camt053(entry(BOOKED + details('<Amt Ccy="USD">3.255</Amt>'))))
    expect(file.problems).toMatchObject([{ code: 'DETAIL_OTHER_CURRENCY' }])
    const both = '<Amt Ccy="USD">11</Amt><AmtDtls><CntrValAmt><Amt Ccy="EUR">10</Amt></CntrValAmt></AmtDtls>'
    expect((await line(BOOKED + details(both))).details).toMatchObject([{ amount: '10.00' }])
  })

  test('a reversal keeps the sign that was booked; the other party is the one of the payment taken back', async () => {
    const found = await line(`<RvslInd>true</RvslInd>${BOOKED}${details(parties('US', 'SUPPLIER'))}`)
    expect(found).toMatchObject({ amount: '10.00', reversal: true, counterName: 'SUPPLIER' })
    expect(await line(`<RvslInd>false</RvslInd>${BOOKED}`)).toMatchObject({ reversal: false })
  })

  test('the other party is never ourselves', async () => {
    const own = parties('PAYER', 'US').replace('US-ACC', 'DE89370400440532013000')
    expect(await line(BOOKED + details(own), 'DBIT')).toMatchObject({ counterName: 'PAYER' })
  })

  test('a return says why', async () => {
    const returned = '<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Konto aufgelöst</AddtlInf></RtrInf>'
    expect(await line(BOOKED + details(returned))).toMatchObject({
      text: 'Konto aufgelöst',
      details: [{ returnReason: 'AC04' }],
    })
  })

  test('a return names the other party of the payment that came back', async () => {
    const returned = '<RtrInf><Rsn><Cd>MD06</Cd></Rsn></RtrInf>'
    const names = '<RltdPties><Dbtr><Nm>CUSTOMER</Nm></Dbtr><Cdtr><Nm>US</Nm></Cdtr></RltdPties>'
    // Our direct debit came back: money goes out to the debtor.
    expect(await line(BOOKED + details(names + returned), 'DBIT')).toMatchObject({
      amount: '-10.00',
      counterName: 'CUSTOMER',
    })
    const sent = '<RltdPties><Dbtr><Nm>US</Nm></Dbtr><Cdtr><Nm>SUPPLIER</Nm></Cdtr></RltdPties>'
    expect(await line(BOOKED + details(sent + returned))).toMatchObject({ counterName: 'SUPPLIER' })
  })

  test('numbers of documents that are paid stand in the text', async () => {
    const documents = ['INV-1', 'INV-2'].map(one => `<RfrdDocInf><Nb>${one}</Nb></RfrdDocInf>`).join('')
    const remittance = `<RmtInf><Ustrd>goods INV-2</Ustrd><Strd>${documents}<CdtrRefInf><Ref>RF18</Ref></CdtrRefInf></Strd></RmtInf>`
    expect(await line(BOOKED + details(remittance))).toMatchObject({ text: 'goods INV-2 INV-1 RF18' })
  })

  test('where only the other bank is named, that is kept', async () => {
    const agents =
      '<RltdAgts><DbtrAgt><FinInstnId><BICFI>OTHRDEFF</BICFI></FinInstnId></DbtrAgt><CdtrAgt><FinInstnId><BICFI>OURSDEFF</BICFI></FinInstnId></CdtrAgt></RltdAgts>'
    expect(await line(BOOKED + details(agents))).toMatchObject({
      ...{ counterName: null, counterAccount: null, counterBank: 'OTHRDEFF' },
    })
  })

  test('missing dates are null; a bank’s own code stands where there is no other', async () => {
    expect(
      await line('<Sts>PDNG</Sts><BkTxCd><Prtry><Cd>NTRF+166</Cd></Prtry></BkTxCd><AddtlNtryInf>Miete</AddtlNtryInf>'),
    ).toMatchObject({ bookedOn: null, valueOn: null, type: 'NTRF+166', text: 'Miete', details: [] })
  })

  test('an unknown status is information, and said', async () => {
    const file = await readStatements(camt053(BALANCES + entry('<Sts><Prtry>XXXX</Prtry></Sts>')))
    expect(file.statements).toMatchObject([{ proven: false, lines: [{ status: 'information' }] }])
    expect(file.problems.map(problem => problem.code)).toEqual(['STATUS_UNKNOWN', 'BALANCE_GAP'])
  })

  test.each([
    ['<Ntry><CdtDbtInd>CRDT</CdtDbtInd></Ntry>', 'no amount'],
    ['<Ntry><Amt Ccy="EUR">1</Amt></Ntry>', 'no direction'],
    ['<Ntry><Amt Ccy="EUR">1,00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>', 'a comma'],
    ['<Ntry><Amt Ccy="EUR">-1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>', 'a sign'],
    ['<Ntry><Amt Ccy="EUR">1.000001</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>', 'six decimals'],
  ])('%s stops the file: %s', async inside => {
    await expect(readStatements(camt053(inside))).rejects.toMatchObject({
      code: 'STATEMENT_LINE_UNREADABLE',
      line: 4,
      element: 'Document/BkToCstmrStmt/Stmt/Ntry',
    })
  })
})

test.each([
  ['camt.052', 'BkToCstmrAcctRpt', 'Rpt'],
  ['camt.054', 'BkToCstmrDbtCdtNtfctn', 'Ntfctn'],
])('%s has the same entries', async (kind, message, part) => {
  const text = camt053(entry(BOOKED))
    .replaceAll('BkToCstmrStmt', message)
    .replaceAll(/(<\/?)Stmt>/g, `$1${part}>`)
  const file = await readStatements(text.replaceAll('camt.053', kind))
  expect(file.format).toBe(kind)
  expect(file.statements).toMatchObject([{ proven: null, lines: [{ amount: '10.00' }] }])
})

test('the pieces the file comes in make no difference', async () => {
  const text = camt053(BALANCES + entry(BOOKED + details(parties('甲', '乙'))))
  const whole = await readStatements(text)
  for (const pieceBytes of [1, 3, 17]) expect(await readStatements(text, { pieceBytes })).toEqual(whole)
})

describe('documents one behind the other in a file', () => {
  const one = camt053(BALANCES + entry(BOOKED))

  test.each([1, 7, 65_536])('are all read, in pieces of %i bytes', async pieceBytes => {
    const { statements, problems } = await readStatements(`${one}\n\n${one}${one}\n`, { pieceBytes })
    expect(problems).toEqual([])
    expect(statements.map(statement => [statement.proven, statement.lines.length])).toEqual([
      [true, 1],
      [true, 1],
      [true, 1],
    ])
  })

  test.each([1, 7, 65_536])('each with its byte order mark, in pieces of %i bytes', async pieceBytes => {
    const { statements } = await readStatements(`\ufeff${one}\n\ufeff${one}`, { pieceBytes })
    expect(statements).toHaveLength(2)
  })

  test('a declaration inside an element, and a document cut off before the next, are refused with their line', async () => {
    const inside = one.replace('<Sts>', '<?xml version="1.0"?><Sts>')
    await expect(readStatements(inside)).rejects.toMatchObject({ code: 'STATEMENT_BROKEN', line: 4 })
    // Four lines each: the second begins on the fifth and is cut on its last.
    await expect(readStatements(`${one}\n${one.slice(0, -12)}`)).rejects.toMatchObject({
      code: 'STATEMENT_BROKEN',
      line: 8,
    })
  })
})
