// Hostile and damaged files: any bytes, any truncation, any mutation ends in an answer or in StatementFileError, soon,
// and in bounded memory. What is written from SWIFT's definition is read back.

import fc from 'fast-check'
import { StatementFileError } from '../../connector/statements/model'
import { balance, camt053, mt940, readOne, readStatements } from './support'

const OFX = `OFXHEADER:100\n\n<OFX><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST>
<STMTTRN><TRNTYPE>X<DTPOSTED>20240101<TRNAMT>-1.5<FITID>1<NAME>A &amp; B</STMTTRN></BANKTRANLIST></STMTRS></OFX>`
const CAMT = camt053(
  balance('OPBD', '1', '2024-01-01') +
    balance('CLBD', '2', '2024-01-01') +
    '<Ntry><Amt Ccy="EUR">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><NtryDtls><TxDtls><RmtInf><Ustrd><![CDATA[x]]>中 &lt;</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>',
)
const MT940 = `{1:F01KNABNL2HAXXX0000000000}{2:I940KNABNL2HXXXXN3020}{4:\r\n${mt940([
  ':61:2401020102C1,00NTRFREF//BANK',
  ':86:166?00GUTSCHRIFT?20EREF+E-1?21SVWZ+Müller?30COBADEFF?31DE89370400440532013000?32Name',
  ':61:240102RD2,00NTRFREF',
  ':86:/TRTP/SEPA/IBAN/NL57INGB0001212121/NAME/X/REMI/USTD//text/EREF/NOTPROVIDED',
])}}`
const SAMPLES = [MT940, CAMT, OFX].map(text => Buffer.from(text))

/** Processor time, which a busy machine does not stretch. */
function processorMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1000
}

/** Reads, or fails as it should; anything else fails the test. Returns milliseconds per kilobyte. */
async function survive(bytes: Uint8Array, pieceBytes = 65_536): Promise<number> {
  const startedAt = process.cpuUsage()
  try {
    await readStatements(bytes, { pieceBytes })
  } catch (error) {
    if (!(error instanceof StatementFileError)) throw error
    if (error.message.length > 2000) throw new Error('an error message carries the file', { cause: error })
  }
  return processorMs(startedAt) / Math.max(bytes.length / 1024, 1)
}

/** Far above what any of these takes (well under 1), far below what a quadratic one would. */
const MAX_MS_PER_KB = 100

test('any bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async bytes => {
      expect(await survive(bytes)).toBeLessThan(MAX_MS_PER_KB)
    }),
    { numRuns: 300 },
  )
})

test('any bytes after the beginning of a statement', async () => {
  const starts = [':20:A\r\n:25:1\r\n:60F:C240101EUR1,00\r\n:61:', CAMT.slice(0, 500), OFX.slice(0, 120)]
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 300 }), async (start, bytes) => {
      expect(await survive(Buffer.concat([Buffer.from(start), bytes]))).toBeLessThan(MAX_MS_PER_KB)
    }),
    { numRuns: 300 },
  )
})

test('any text of the formats’ own words, in any order', async () => {
  const words = fc.constantFrom(
    ...[
      ':20:',
      ':25:',
      ':60F:',
      ':61:',
      ':86:',
      ':62F:',
      '\r\n',
      '-',
      '{1:',
      '{4:',
      '-}',
      'C240101EUR1,00',
      '240101C1,NTRF',
      '?20',
      '/REMI/',
      '//',
    ],
    ...[
      '<OFX>',
      '</OFX>',
      '<STMTRS>',
      '<STMTTRN>',
      '<TRNAMT>',
      '1.5',
      '&amp;',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<!DOCTYPE',
      '>',
    ],
    ...[
      '<Document>',
      '<BkToCstmrStmt>',
      '<Stmt>',
      '<Ntry>',
      '</Ntry>',
      '</Stmt>',
      '<Amt Ccy="EUR">',
      '</Amt>',
      '<?xml version="1.0"?>',
      ' ',
    ],
  )
  await fc.assert(
    fc.asyncProperty(fc.array(words, { maxLength: 60 }), async parts => {
      expect(await survive(Buffer.from(parts.join('')))).toBeLessThan(MAX_MS_PER_KB)
    }),
    { numRuns: 500 },
  )
})

test('every truncation: a cut camt or OFX file is refused, a cut MT940 file is never called proven', async () => {
  for (const sample of SAMPLES) {
    for (let end = 0; end < sample.length; end++) {
      const cut = sample.subarray(0, end)
      let statements: Awaited<ReturnType<typeof readStatements>>['statements'] = []
      try {
        ;({ statements } = await readStatements(cut))
      } catch (error) {
        if (!(error instanceof StatementFileError)) throw error
        continue
      }
      if (sample !== SAMPLES[0]) throw new Error(`read although cut at ${end}: ${cut.subarray(-20).toString()}`)
      const isBeforeClosing = end < sample.indexOf(':62F:') + 20
      if (isBeforeClosing) expect(statements.map(one => one.proven)).not.toContain(true)
    }
  }
})

test('any mutation of a good file', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...SAMPLES),
      fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      fc.constantFrom(1, 7, 65_536),
      async (sample, changes, pieceBytes) => {
        const bytes = Buffer.from(sample)
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte
        await survive(bytes, pieceBytes)
      },
    ),
    { numRuns: 500 },
  )
})

describe('known attacks are refused quickly', () => {
  const MEGABYTES = 3
  const long = (unit: string): string => unit.repeat(Math.ceil((MEGABYTES * 1024 * 1024) / unit.length))
  const DOCTYPE = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
  const inText = (text: string): string => camt053(`<Ntry><AddtlNtryInf>${text}</AddtlNtryInf></Ntry>`)
  const declared = (text: string): string => CAMT.replace('?>', `?>${text}`)
  test.each([
    ['an entity expansion', declared(DOCTYPE).replace('中', '&b;'), 'STATEMENT_BROKEN'],
    [
      'an external entity',
      declared('<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>').replace('中', '&x;'),
      'STATEMENT_BROKEN',
    ],
    ['an external document type', declared('<!DOCTYPE d SYSTEM "http://127.0.0.1/x.dtd">'), 'STATEMENT_BROKEN'],
    ['an undefined entity', CAMT.replace('中', '&nbsp;'), 'STATEMENT_BROKEN'],
    ['an endless text', inText(long('x')), 'STATEMENT_TOO_LARGE'],
    ['an endless comment', inText(`<!--${long('x')}-->`), 'STATEMENT_TOO_LARGE'],
    ['an endless attribute', inText(`<a b="${long('x')}"/>`), 'STATEMENT_TOO_LARGE'],
    ['an endless name', inText(`<${long('x')}/>`), 'STATEMENT_TOO_LARGE'],
    ['endless white space', inText(long(' ')), 'STATEMENT_TOO_LARGE'],
    ['endless depth', inText(long('<a>')), 'STATEMENT_BROKEN'],
    ['an endless internal subset', declared(`<!DOCTYPE d [${long('<!ENTITY a "b">')}`), 'STATEMENT_'],
    [
      'an endless list of texts',
      camt053(`<Ntry><NtryDtls><TxDtls><RmtInf>${long(`<Ustrd>${'x'.repeat(140)}</Ustrd>`)}`),
      'STATEMENT_TOO_LARGE',
    ],
    ['an endless line', mt940([`:61:${long('1')}`]), 'STATEMENT_TOO_LARGE'],
    ['an endless field', mt940([':61:240102C1,NTRF', ':86:a', long('text\r\n')]), 'STATEMENT_TOO_LARGE'],
    ['endless fields of one line', mt940([':61:240102C1,NTRF', long(':86:a\r\n')]), 'STATEMENT_TOO_LARGE'],
    ['endless fields NS', mt940([':61:240102C1,NTRF', long(':NS:01a\r\n')]), 'STATEMENT_TOO_LARGE'],
    ['endless balances', camt053(long(balance('OPBD', '1', '2024-01-01'))), 'STATEMENT_TOO_LARGE'],
    ['an endless OFX value', OFX.replace('A &amp; B', long('x')), 'STATEMENT_TOO_LARGE'],
    ['an endless OFX tag', OFX.replace('<NAME>', `<${long('x')}`), 'STATEMENT_TOO_LARGE'],
    ['endless OFX depth', OFX.replace('<NAME>', long('<A>')), 'STATEMENT_BROKEN'],
    ['an OFX document type', OFX.replace('<OFX>', `${DOCTYPE}<OFX>`), 'STATEMENT_'],
    ['a zip file', Buffer.from(`PK\u0003\u0004${'\0'.repeat(1000)}`).toString('latin1'), 'STATEMENT_BROKEN'],
    ['a text that is no statement', 'Dear customer,\n'.repeat(1000), 'STATEMENT_FORMAT_UNKNOWN'],
    ['an OFX header without end', long('A:A:A:A: '), 'STATEMENT_FORMAT_UNKNOWN'],
    ['endless “<” that begin no tag', OFX.replace('A &amp; B', long('< ')), 'STATEMENT_TOO_LARGE'],
    ['an empty file', '', 'STATEMENT_ABSENT'],
  ])('%s', async (_name, text, code) => {
    const startedAt = process.cpuUsage()
    await expect(readStatements(text)).rejects.toMatchObject({
      name: 'StatementFileError',
      code: expect.stringContaining(code),
    })
    expect(processorMs(startedAt)).toBeLessThan(10_000)
  })
})

test.each([
  ['labels', ':86:911 X; Z RACH.: 1', '; OD:      '],
  ['marks in words', ':86:166?20END-TO-END-REF.: ', 'REF. KUNDENREFERENZ '],
  ['marks with a colon', ':86:166?20EREF: ', 'EREF:'],
])('a long field 86 of nothing but %s is read quickly', async (_name, start, unit) => {
  const startedAt = process.cpuUsage()
  const rows = Array.from({ length: 1900 }, () => unit.repeat(Math.floor(130 / unit.length)))
  const { lines } = await readOne(mt940([':61:240102C1,00NTRFR', start, ...rows], 'C240131EUR1001,00'))
  expect(lines).toHaveLength(1)
  expect(processorMs(startedAt)).toBeLessThan(2000)
})

describe('what is written by the definition is read back', () => {
  const cents = fc.integer({ min: 0, max: 999_999_999_999 })
  const word = (max: number): fc.Arbitrary<string> =>
    fc
      .stringMatching(new RegExp(`^[A-Z0-9][A-Za-z0-9 .,()+?'-]{0,${max - 2}}[A-Z0-9]$`))
      .filter(text => !/^(NONREF|NOTPROVIDED)/.test(text))
  const day = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: -40, max: 40 }))
  const line = fc.record({
    day,
    mark: fc.constantFrom('C', 'D', 'RC', 'RD'),
    funds: fc.constantFrom('', 'R'),
    cents,
    type: fc.stringMatching(/^[NSF][A-Z0-9]{3}$/).filter(type => type !== 'NONR'),
    reference: word(14).map(text => text.replaceAll('/', '-')),
    bankReference: fc.option(word(14), { nil: null }),
    info: fc.array(
      word(60).filter(text => !/^[A-Z0-9]{0,3}[?>~^<]|:/.test(text)),
      { maxLength: 6 },
    ),
  })
  const statement = fc.record({
    opening: fc.integer({ min: -999_999_999, max: 999_999_999 }),
    lines: fc.array(line, { maxLength: 8 }),
  })

  test('MT940', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(statement, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(1, 13, 65_536),
        async (all, pieceBytes) => {
          const { statements, problems } = await readStatements(all.map(one => written(one)).join(''), { pieceBytes })
          expect(problems).toEqual([])
          expect(statements).toMatchObject(
            all.map(one => ({
              proven: true,
              opening: { on: '2023-12-15', amount: decimal(BigInt(one.opening), '.') },
              lines: one.lines.map(each => ({
                valueOn: dayOf(each.day[0]),
                bookedOn: dayOf(each.day[0] + each.day[1]),
                amount: decimal(signedCents(each), '.'),
                reversal: each.mark.startsWith('R'),
                type: each.type,
                reference: each.reference,
                bankReference: each.bankReference,
                text: each.info.length === 0 ? null : each.info.join('\n'),
              })),
            })),
          )
        },
      ),
      { numRuns: 150 },
    )
  })

  type Line = typeof line extends fc.Arbitrary<infer T> ? T : never
  type Statement = typeof statement extends fc.Arbitrary<infer T> ? T : never

  function written(one: Statement): string {
    const closing = one.lines.reduce((sum, each) => sum + signedCents(each), BigInt(one.opening))
    const balanceOf = (amount: bigint): string =>
      `${amount < 0n ? 'D' : 'C'}231215EUR${decimal(amount < 0n ? -amount : amount, ',')}`
    return [
      ':20:R',
      ':25:1',
      ':28C:1/1',
      `:60F:${balanceOf(BigInt(one.opening))}`,
      ...one.lines.flatMap(each => [
        `:61:${six(each.day[0])}${six(each.day[0] + each.day[1]).slice(2)}${each.mark}${each.funds}${decimal(BigInt(each.cents), ',')}${each.type}${each.reference}${each.bankReference === null ? '' : `//${each.bankReference}`}`,
        ...each.info.map((text, index) => (index === 0 ? `:86:${text}` : text)),
      ]),
      `:62F:${balanceOf(closing)}`,
      '-\r\n',
    ].join('\r\n')
  }

  function signedCents(each: Line): bigint {
    return each.mark === 'D' || each.mark === 'RC' ? -BigInt(each.cents) : BigInt(each.cents)
  }

  function decimal(amount: bigint, mark: string): string {
    const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0')
    return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}${mark}${digits.slice(-2)}`
  }

  /** Days from 2023-12-15: around the year's end, and over a 29th of February's neighbours. */
  function dayOf(offset: number): string {
    return new Date(Date.UTC(2023, 11, 15 + offset)).toISOString().slice(0, 10)
  }

  function six(offset: number): string {
    return dayOf(offset).replaceAll('-', '').slice(2)
  }
})
