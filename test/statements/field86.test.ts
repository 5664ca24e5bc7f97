// Field 86 in the structures of several countries.

import { mt940, readOne } from './support'

const infoOf = async (rows: readonly string[], field61 = '2401020102D12,35NTRFNONREF') => {
  const { lines } = await readOne(mt940([`:61:${field61}`, ...rows]))
  return lines[0]
}

describe('Germany: numbered parts', () => {
  test('SEPA marks over parts and cut lines', async () => {
    const line = await infoOf(
      [
        ':86:109?00SEPA-LASTSCHR. RETOURE CORE?109075/629?20EREF+A1.200080779.',
        '400143254?21.4961336 KREF+SEPA-DA202006?2201221740-34972000-P1 MR',
        'EF+2?230852HW2723821 CRED+DE41EON0?240000129793 OAMT+11,85 SVWZ+?',
        '25SONSTIGE GRUENDE?30CSDBDE71XXX?31DE50712345600200691329?32TESTE',
        'R?34914',
      ],
      '2006080608D12,35NRTIKREF+//2016021783252833',
    )
    expect(line).toMatchObject({
      reference: 'SEPA-DA20200601221740-34972000-P1',
      bankReference: '2016021783252833',
      counterAccount: 'DE50712345600200691329',
      counterBank: 'CSDBDE71XXX',
      counterName: 'TESTER',
      text: 'SONSTIGE GRUENDE',
      details: [
        {
          amount: '-12.35',
          endToEndId: 'A1.200080779.400143254.4961336',
          returnReason: '914',
          text: 'SONSTIGE GRUENDE',
        },
      ],
    })
  })

  test('a mark that begins a part, and NOTPROVIDED', async () => {
    const line = await infoOf([':86:166?00GUTSCHRIFT?20EREF+NOTPROVIDED?21SVWZ+RECHNUNG 1?32FIRMA GMBH'])
    expect(line).toMatchObject({ text: 'RECHNUNG 1', counterName: 'FIRMA GMBH', details: [] })
  })

  test('a purpose without marks; full parts go on, others end a word; parts 60 to 63 belong to it', async () => {
    const line = await infoOf([
      ':86:051?00Gutschrift?20ALGEMENE TUSSENREKENING KOS?21TEN VAN?22MAI?60MEHR?3070010080?3112345',
    ])
    expect(line).toMatchObject({
      text: 'ALGEMENE TUSSENREKENING KOSTEN VAN MAI MEHR',
      counterBank: '70010080',
      counterAccount: '12345',
    })
  })

  test('a business code with a letter; a part that begins with its space', async () => {
    expect(await infoOf([':86:Z30?60?20E-Banking?21 MUELLER AG'])).toMatchObject({ text: 'E-Banking MUELLER AG' })
    expect(await infoOf([':86:Q07?zahlung?20'])).toMatchObject({ text: 'Q07?zahlung?20' })
  })

  test('rows that only together look numbered are text', async () => {
    expect(await infoOf([':86:AA', 'A?0', '0A'])).toMatchObject({ text: 'AA\nA?0\n0A', details: [] })
  })

  test('a question mark in the text is text', async () => {
    expect(await infoOf([':86:166?20SVWZ+Warum? Darum?30X'])).toMatchObject({ text: 'Warum? Darum', counterBank: 'X' })
  })

  test('marks with a colon, split between parts', async () => {
    const line = await infoOf(
      [
        ':86:166?00GUTSCHRIFT?20Rechnung 77 EREF: ABC-2 IBA?21N: DE14740618130000033626 B?22IC: GENODEF1PFK?32MAX MUSTER',
      ],
      '2401020102C12,35NMSCKREF+',
    )
    expect(line).toMatchObject({
      reference: 'ABC-2',
      text: 'Rechnung 77',
      counterAccount: 'DE14740618130000033626',
      counterBank: 'GENODEF1PFK',
      details: [{ endToEndId: 'ABC-2' }],
    })
    expect(await infoOf([':86:166?00GUTSCHRIFT?20SVWZ: Miete?21KREF: K-2?22EREF: E-2'])).toMatchObject({
      text: 'Miete',
      details: [{ endToEndId: 'E-2' }],
    })
  })

  test('an account with its label in a free text stays text; marks with a plus go first', async () => {
    expect(await infoOf([':86:166?20Bitte neue IBAN: DE14 nutzen'])).toMatchObject({
      text: 'Bitte neue IBAN: DE14 nutzen',
      details: [],
    })
    expect(await infoOf([':86:166?20EREF+E-3?21SVWZ+Miete EREF: E-3'])).toMatchObject({
      text: 'Miete EREF: E-3',
      details: [{ endToEndId: 'E-3' }],
    })
  })

  test('what the bank tells behind MTLG: is no part of a reference', async () => {
    const line = await infoOf([
      ':86:159?00RETOURE?20EREF+E2E 40005 00005?21MTLG:Konto erloschen Ruecku?22eberweisung?34903',
    ])
    expect(line).toMatchObject({
      text: 'Konto erloschen Rueckueberweisung',
      details: [{ endToEndId: 'E2E 40005 00005', returnReason: '903' }],
    })
  })

  test('marks in words, over cut parts', async () => {
    const parts = ['LASTSCHRIFT / BELASTUNG', 'Beitrag 2024', 'END-TO-END-REF.:', '4711.0815']
    const rest = ['CORE / MANDATSREF.:', 'M-1', 'GLÄUBIGER-ID:', 'DE98ZZZ09999999999', 'Ref. 7A1B4C5D6E/123']
    const coded = [...parts, ...rest].map((part, index) => `?${20 + index}${part}`).join('')
    expect(await infoOf([`:86:005${coded}?32VEREIN`])).toMatchObject({
      text: 'LASTSCHRIFT / BELASTUNG Beitrag 2024',
      counterName: 'VEREIN',
      details: [{ endToEndId: '4711.0815' }],
    })
    expect(await infoOf([':86:177?20Miete?21End-to-End-Ref.:?22nicht angegeben'])).toMatchObject({
      text: 'Miete',
      details: [],
    })
  })

  test('the field NS names the other account as an IBAN, too; a name that fills its row goes on', async () => {
    const rows = [':NS:01Zweck', '15Landesversicherungsgesellsc', '16haft Nord', '1912345678', '204711', '33BICXDEFF']
    expect(rows[1]).toHaveLength(29)
    expect(await infoOf([...rows, '34DE14740618130000033626'])).toMatchObject({
      text: 'Zweck',
      counterName: 'Landesversicherungsgesellschaft Nord',
      counterBank: 'BICXDEFF',
      counterAccount: 'DE14740618130000033626',
    })
  })

  test('the field NS of cooperative banks', async () => {
    const line = await infoOf([
      ':NS:01Verwendungszweck 1',
      '02Verwendungszweck 2',
      '15Empfaenger',
      '1912345678',
      '204711',
    ])
    expect(line).toMatchObject({
      text: 'Verwendungszweck 1 Verwendungszweck 2',
      counterName: 'Empfaenger',
      counterBank: '12345678',
      counterAccount: '4711',
    })
  })
})

describe('Poland: numbered parts with other marks', () => {
  test.each(['~', '^', '<', '>'])('mark %s', async mark => {
    const line = await infoOf([
      `:86:020${mark}00PRZELEW${mark}20FAKTURA 17${mark}3010501953${mark}3114910501953100004776${mark}32JAN${mark}33KOWALSKI${mark}38PL61109010140000071219812874`,
    ])
    expect(line).toMatchObject({
      text: 'FAKTURA 17',
      counterBank: '10501953',
      counterAccount: 'PL61109010140000071219812874',
      counterName: 'JAN KOWALSKI',
    })
  })
})

describe('Poland: labels and fillers', () => {
  test('parts that hold the byte 0xFF alone are empty', async () => {
    const text = mt940([
      ':61:2401020102D5,00N152NONREF//64605',
      '152 0',
      ':86:020~00152',
      ...['~20CZYNSZ', '~21\u00ff', '~22\u00ff', '~3010205561', '~31\u00ff', '~32SPOLDZIELNIA', '~33\u00ff'],
      ...['~38PL61109010140000071219812874', '~60\u00ff', '~63\u00ff'],
    ])
    const { lines } = await readOne(Buffer.from(text, 'latin1'))
    expect(lines).toMatchObject([
      { text: 'CZYNSZ', counterName: 'SPOLDZIELNIA', counterAccount: 'PL61109010140000071219812874' },
    ])
  })

  test('part 29 of nothing but an account number is the other account', async () => {
    const account = '61109010140000071219812874'
    expect(await infoOf([`:86:034~00CMI~20CZYNSZ~29${account}~3010901014~32JAN`])).toMatchObject({
      ...{ text: 'CZYNSZ', counterAccount: account, counterBank: '10901014', counterName: 'JAN' },
    })
    expect(await infoOf([':86:034~20CZYNSZ~29MAJ'])).toMatchObject({ text: 'CZYNSZ MAJ', counterAccount: null })
  })

  test.each([
    ['Z RACH.: ', 'OD: ', '2401020102C5,00NTRFNONREF'],
    ['na rach.: ', 'dla: ', '2401020102D5,00NTRFNONREF'],
  ])('labels between semicolons, %s', async (account, name, field61) => {
    const rows = [
      `:86:944 PRZELEW KRAJOWY; ${account}`,
      `61109010140000071219812874; ${name}JAN NOWAK  `,
      'UL. DOLNA 1 00-950 WARSZAWA; TYT.: FV 17/2024   ; ',
      'TNR: 145271016138274.040001',
    ]
    expect(await infoOf(rows, field61)).toMatchObject({
      counterAccount: '61109010140000071219812874',
      counterName: 'JAN NOWAK',
      text: rows.map(row => row.replace(':86:', '').trim()).join('\n'),
    })
  })
})

describe('Triodos: numbered parts of another meaning', () => {
  test('BIC and IBAN go before the purpose; part 31 is the account itself', async () => {
    const rows = [':86:000>100000000000', '>20INGBNL2A', '>21NL27INGB0000026500', '>22WEBSHOP ORDER 17']
    expect(await infoOf([...rows, '>310390123456'])).toMatchObject({
      ...{ counterAccount: 'NL27INGB0000026500', counterBank: 'INGBNL2A', counterName: null },
      text: 'WEBSHOP ORDER 17',
    })
  })

  test('before there were IBANs part 10 is the other account', async () => {
    const rows = [':86:000>100133967858', '>20 RENT>21 MARCH>310390123456']
    expect(await infoOf(rows)).toMatchObject({ counterAccount: '133967858', counterBank: null, text: 'RENT MARCH' })
    expect(await infoOf([':86:000>100000000000', '>20CARD PAYMENT>310390123456'])).toMatchObject({
      counterAccount: null,
      text: 'CARD PAYMENT',
    })
  })
})

test('the account itself is never the other party', async () => {
  const line = await infoOf([':86:166?20Zinsen?31DE89370400440532013000?32MEINE BANK'])
  expect(line).toMatchObject({ counterAccount: null, counterName: 'MEINE BANK' })
})

describe('the Netherlands and SWIFT: code words', () => {
  test('cut after 65 characters, before a code word, and with a lost space', async () => {
    const cut = '/TRTP/SEPA OVERBOEKING/IBAN/NL57INGB0001212121/BIC/INGBNL2A/NAME/'
    expect(cut).toHaveLength(65)
    expect(await infoOf([`:86:${cut}`, 'CAFE MON', 'AMI/REMI/897789005', '/EREF/NOTPROVIDED'])).toMatchObject({
      counterAccount: 'NL57INGB0001212121',
      counterBank: 'INGBNL2A',
      counterName: 'CAFE MON AMI',
      text: '897789005',
      details: [],
    })
  })

  test('ING: contra party in one code word, free and structured remittance', async () => {
    const rest = '/CNTP/NL32INGB0000012345/INGBNL2A/ING BANK NV INZAKE WEB///'
    expect(await infoOf([`:86:/EREF/EV12341REP1231456T1234/${rest}REMI/USTD//EV10001REP1000000T1000/`])).toMatchObject({
      counterAccount: 'NL32INGB0000012345',
      counterBank: 'INGBNL2A',
      counterName: 'ING BANK NV INZAKE WEB',
      text: 'EV10001REP1000000T1000',
      details: [{ endToEndId: 'EV12341REP1231456T1234' }],
    })
    expect(await infoOf([`:86:/RTRN/MS03/${rest}REMI/STRD/CUR/9001123412341234/`])).toMatchObject({
      text: '9001123412341234',
      details: [{ returnReason: 'MS03' }],
    })
  })

  test('the first code word may stand without its slash', async () => {
    const line = await infoOf([':86:EREF/E-77/PREF/CT/0002'], '2401020102CD12,35ACHPNONREF')
    expect(line).toMatchObject({ type: 'ACHP', details: [{ endToEndId: 'E-77' }] })
  })

  test('free remittance behind an empty code word', async () => {
    expect(await infoOf([':86:/ORDP//NAME/ACME LTD/REMI//USTD//INVOICE 1/EREF/E-1/'])).toMatchObject({
      text: 'INVOICE 1',
      counterName: 'ACME LTD',
    })
  })

  test('Rabobank: party in an empty code word, other account below field 61, reference by pointer', async () => {
    const line = await infoOf(
      ['NL70ABNA0987654321', ':86:/EREF/E-1/BENM//NAME/CONTRA ACCOUNT HOLDER/REMI/text/ISDT/2013-07-11'],
      '130101D25,N102EREF',
    )
    expect(line).toMatchObject({
      reference: 'E-1',
      counterAccount: 'NL70ABNA0987654321',
      counterName: 'CONTRA ACCOUNT HOLDER',
      text: 'text',
    })
  })

  test('labels in columns keep the whole text', async () => {
    const rows = [
      'SEPA OVERBOEKING                 IBAN: NL56CHAS0101010101',
      'BIC: CHASNL2XXXX                 NAAM: AA B.V.',
      'KENMERK: 7541410',
    ]
    expect(await infoOf([`:86:${rows[0]}`, ...rows.slice(1)])).toMatchObject({
      counterAccount: 'NL56CHAS0101010101',
      counterBank: 'CHASNL2XXXX',
      counterName: 'AA B.V.',
      text: rows.join('\n'),
      details: [{ endToEndId: '7541410' }],
    })
  })
})

test('labels may be written small and stand between bars', async () => {
  const text = '0001 SEPA Overboeking | IBAN: NL56CHAS0101010101 | BIC: CHASNL2X | Naam: A de Boer | Kenmerk: E-9 | x'
  expect(await infoOf([`:86:${text}`])).toMatchObject({
    ...{ counterAccount: 'NL56CHAS0101010101', counterBank: 'CHASNL2X', counterName: 'A de Boer', text },
    details: [{ endToEndId: 'E-9' }],
  })
})

test('several fields 86 of one line are one text; without structure it is kept as written', async () => {
  const line = await infoOf([':86:Terugboeking   ', ':86:NIET AKKOORD', ':86:20095731'])
  expect(line).toMatchObject({ text: 'Terugboeking\nNIET AKKOORD\n20095731', counterName: null, details: [] })
})

test('SNS and ASN: account and name below each other in field 61, and again in field 86', async () => {
  const rows = ['a b jansen', ':86:NL47INGB0009999999 a b jansen', ' '.repeat(65), 'Contributie']
  expect(await infoOf(rows, '2401020102D12,35NOVBNL47INGB0009999999')).toMatchObject({
    ...{ counterAccount: 'NL47INGB0009999999', counterName: 'a b jansen' },
    text: 'NL47INGB0009999999 a b jansen\nContributie',
  })
  expect(await infoOf(['a b jansen', ':86:Contributie'], '2401020102D12,35NOVB4711')).toMatchObject({
    ...{ counterAccount: null, counterName: null, reference: '4711' },
  })
})

test('Rabobank before 2013: account and name in the columns of the reference', async () => {
  const line = await infoOf([], '110617D44,95N0600733959555      T-MOBILE NETHERLANDS BV          ')
  expect(line).toMatchObject({ counterAccount: '0733959555', counterName: 'T-MOBILE NETHERLANDS BV' })
  expect(await infoOf([], '110617D44,95N030NONREF          TOMTE AMERSFOORT')).toMatchObject({
    reference: null,
    counterName: 'TOMTE AMERSFOORT',
  })
})
