// Which charset a file is in: found strictly, said when assumed, and the same whatever pieces the bytes come in.

import { createHash } from 'node:crypto'
import iconv from 'iconv-lite'
import { camt053, mt940, readStatements } from './support'

const GERMAN = mt940([':61:240102C1,00NTRFR', ':86:Überweisung Müller für Größe, Straße'], 'C240131EUR1001,00')
const CHINESE = mt940([':61:240102C1,00NTRFR', ':86:货款 上海贸易有限公司 €'], 'C240131EUR1001,00')
const textOf = (file: Awaited<ReturnType<typeof readStatements>>): string | null | undefined =>
  file.statements[0]?.lines[0]?.text

test.each([
  ['utf-8', iconv.encode(GERMAN, 'utf-8'), 'utf-8', []],
  ['UTF-8 with a mark', iconv.encode(GERMAN, 'utf-8', { addBOM: true }), 'utf-8', []],
  ['UTF-16 LE with a mark', iconv.encode(GERMAN, 'utf-16le', { addBOM: true }), 'utf-16le', []],
  ['UTF-16 BE with a mark', iconv.encode(GERMAN, 'utf-16be', { addBOM: true }), 'utf-16be', []],
  ['UTF-16 LE without', iconv.encode(GERMAN, 'utf-16le'), 'utf-16le', []],
  ['UTF-16 BE without', iconv.encode(GERMAN, 'utf-16be'), 'utf-16be', []],
  ['ISO 8859-1', iconv.encode(GERMAN, 'iso-8859-1'), 'iso-8859-1', ['ENCODING_ASSUMED']],
  [
    'Windows-1252',
    iconv.encode(GERMAN.replace('für', '„für“ €'), 'windows-1252'),
    'windows-1252',
    ['ENCODING_ASSUMED'],
  ],
  ['GB18030', iconv.encode(CHINESE, 'gb18030'), 'gb18030', []],
])('%s', async (_name, bytes, encoding, codes) => {
  const file = await readStatements(bytes)
  expect(file.encoding).toBe(encoding)
  expect(file.problems.map(problem => problem.code)).toEqual(codes)
  expect(textOf(file)).toMatch(/^(Überweisung Müller (für|„für“ €) Größe, Straße|货款 上海贸易有限公司 €)$/)
  for (const pieceBytes of [1, 3, 5]) expect(await readStatements(bytes, { pieceBytes })).toEqual(file)
})

test('GB18030 with characters of four bytes', async () => {
  const text = mt940([':61:240102C1,00NTRFR', ':86:货款 张㐂明 上海'], 'C240131EUR1001,00')
  const file = await readStatements(iconv.encode(text, 'gb18030'))
  expect([file.encoding, textOf(file)]).toEqual(['gb18030', '货款 张㐂明 上海'])
})

test('a charset may be named, and is then strict', async () => {
  const polish = iconv.encode(mt940([':61:240102C1,00NTRFR', ':86:Opłata ś']), 'windows-1250')
  const file = await readStatements(polish, { encoding: 'windows-1250' })
  expect([file.encoding, textOf(file), file.problems.map(one => one.code)]).toEqual([
    'windows-1250',
    'Opłata ś',
    ['BALANCE_GAP'],
  ])
  await expect(readStatements(polish, { encoding: 'utf-8' })).rejects.toMatchObject({
    code: 'STATEMENT_ENCODING_UNKNOWN',
  })
  await expect(readStatements(polish, { encoding: 'klingon' })).rejects.toMatchObject({
    code: 'STATEMENT_ENCODING_UNKNOWN',
  })
})

test.each(['cp850', 'IBM852', 'dos-437'])('a code page of DOS may be named: %s', async encoding => {
  const label = `cp${encoding.slice(-3)}`
  const text = mt940([':61:240102C1,00NTRFR', ':86:Müller & Söhne'], 'C240131EUR1001,00')
  const file = await readStatements(iconv.encode(text, label), { encoding })
  expect([file.encoding, textOf(file)]).toEqual([label, 'Müller & Söhne'])
})

test('bytes that no charset explains are refused, with their place', async () => {
  const bytes = Buffer.concat([
    Buffer.from(GERMAN.slice(0, 30)),
    Buffer.from([0x81, 0x20]),
    Buffer.from(GERMAN.slice(30)),
  ])
  await expect(readStatements(bytes)).rejects.toMatchObject({ code: 'STATEMENT_ENCODING_UNKNOWN' })
})

describe('an XML declaration is respected, but verified', () => {
  const xml = (declared: string, name = 'Müller für Größe'): string =>
    camt053(
      `<Ntry><Amt Ccy="EUR">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><AddtlNtryInf>${name}</AddtlNtryInf></Ntry>`,
    ).replace('UTF-8', declared)

  test.each([
    ['UTF-8', 'utf-8', 'utf-8', []],
    ['ISO-8859-1', 'iso-8859-1', 'iso-8859-1', []],
    ['windows-1252', 'windows-1252', 'windows-1252', []],
    ['ISO-8859-15', 'iso-8859-15', 'iso-8859-15', []],
    ['UTF-16', 'utf-16le', 'utf-16le', []],
    // A file that says one thing and is another.
    ['windows-1252', 'utf-8', 'utf-8', ['ENCODING_MISDECLARED']],
    ['ISO-8859-1', 'utf-8', 'utf-8', ['ENCODING_MISDECLARED']],
    ['UTF-16', 'utf-8', 'utf-8', ['ENCODING_MISDECLARED']],
    ['UTF-8', 'iso-8859-1', 'iso-8859-1', ['ENCODING_MISDECLARED']],
  ])('declared %s, written in %s: read as %s', async (declared, written, encoding, codes) => {
    const file = await readStatements(iconv.encode(xml(declared), written, { addBOM: written === 'utf-16le' }))
    expect([file.encoding, textOf(file), file.problems.map(one => one.code)]).toEqual([
      encoding,
      'Müller für Größe',
      codes,
    ])
  })

  test.each([
    ['GBK', 'gb18030', []],
    ['GB2312', 'gb18030', []],
    ['UTF-8', 'gb18030', ['ENCODING_MISDECLARED']],
  ])('Chinese, declared %s', async (declared, encoding, codes) => {
    const file = await readStatements(iconv.encode(xml(declared, '上海贸易有限公司'), 'gb18030'))
    expect([file.encoding, textOf(file), file.problems.map(one => one.code)]).toEqual([
      encoding,
      '上海贸易有限公司',
      codes,
    ])
  })
})

test('the digest is of the very bytes', async () => {
  const bytes = iconv.encode(CHINESE, 'gb18030')
  expect((await readStatements(bytes)).sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
})
