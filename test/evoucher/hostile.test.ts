// Files that are broken, cut off, or made to harm: each is refused by name, in bounded time and memory, or it says what it
// said when it was whole. Nothing else may come out, above all no other amount.

import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { extract } from '../../connector/evoucher/extract'
import { EvoucherError } from '../../connector/evoucher/problem'
import { ATTACHMENT, RECEIPT_NO, bker, ofd, pdf, rawPdf, stream, zip } from './support'

/** Wide of what any of them takes, narrow of what an unbounded one would. */
const MAX_MS = 10_000

/** The code it is refused with, or what was read of it. */
function outcome(file: Uint8Array): string {
  const before = process.cpuUsage()
  try {
    const { receipt, problems } = extract(file)
    return receipt === null
      ? `none ${problems.map(problem => problem.code).join(' ')}`
      : `${receipt.receiptNo} ${receipt.amount.minor}`
  } catch (error) {
    if (error instanceof EvoucherError) return error.code
    throw error
  } finally {
    // Of the processor, not of the clock: other work on the machine is not this file's fault.
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(MAX_MS)
  }
}

const WHOLE = `${RECEIPT_NO} 1517733`

describe('cut off anywhere', () => {
  test('an OFD and an XML are refused', () => {
    const [sealed, xml] = [ofd({ [ATTACHMENT]: bker() }), Buffer.from(bker())]
    for (let length = 0; length < sealed.length; length++)
      expect(outcome(sealed.subarray(0, length))).toMatch(/^EVOUCHER_(BROKEN|KIND_UNKNOWN)$/)
    for (let length = 0; length < xml.lastIndexOf('>'); length++)
      expect(outcome(xml.subarray(0, length))).toMatch(
        /^(EVOUCHER_KIND_UNKNOWN|EVOUCHER_BROKEN|none EVOUCHER_BROKEN EVOUCHER_NO_STRUCTURED_DATA)$/,
      )
  })

  test.each([true, false])(
    'a PDF is refused, has nothing, or says what it said (object streams: %s)',
    async isCompressed => {
      const whole = await pdf({ 'a.xml': bker() }, isCompressed)
      expect(outcome(whole)).toBe(WHOLE)
      for (let length = 0; length < whole.length; length += 3)
        expect([WHOLE, 'refused']).toContain(
          outcome(whole.subarray(0, length)).replace(/^(none|EVOUCHER).*$/, 'refused'),
        )
    },
  )
})

test('bytes that were changed never give another receipt than a checksum, a seal or the data themselves show', async () => {
  const sealed = ofd({ [ATTACHMENT]: bker() })
  const carriers = [sealed, await pdf({ 'a.xml': bker() })]
  fc.assert(
    fc.property(
      fc.nat(carriers.length - 1),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      (index, changes) => {
        const file = Uint8Array.from(carriers[index] ?? [])
        for (const [at, value] of changes) file[at % file.length] = value
        // A ZIP's members and a PDF's compressed streams have checksums: what differs is refused, or was not touched.
        expect([WHOLE, 'refused']).toContain(outcome(file).replace(/^(none|EVOUCHER).*$/, 'refused'))
      },
    ),
    { numRuns: 3000, seed: 20261012 },
  )
})

test('random bytes behind the marks of each carrier are refused', () => {
  const marks = ['PK\u0003\u0004', '%PDF-1.7\n1 0 obj\n', '<?xml version="1.0"?><', '<xbrl ']
  fc.assert(
    fc.property(fc.constantFrom(...marks), fc.uint8Array({ maxLength: 400 }), (mark, bytes) => {
      expect(outcome(Buffer.concat([Buffer.from(mark, 'latin1'), bytes]))).toMatch(/^(none|EVOUCHER)/)
    }),
    { numRuns: 3000, seed: 7 },
  )
})

describe('a ZIP', () => {
  /** The size in the list of members, where it is believed, of those whose path has this in it. */
  const claiming = (file: Uint8Array, path: string, size: number): Buffer => {
    const claimed = Buffer.from(file)
    for (let at = claimed.indexOf('PK\u0001\u0002'); at >= 0; at = claimed.indexOf('PK\u0001\u0002', at + 4)) {
      const name = claimed.subarray(at + 46, at + 46 + claimed.readUInt16LE(at + 28)).toString()
      if (name.includes(path)) claimed.writeUInt32LE(size, at + 24)
    }
    return claimed
  }
  const megabyte = 1024 * 1024

  test('that unpacks to too much is refused before it is unpacked', () => {
    const one = zip({ 'OFD.xml': '<a/>', [ATTACHMENT]: bker() })
    expect(outcome(claiming(one, ATTACHMENT, 32 * megabyte + 1))).toBe('EVOUCHER_TOO_LARGE')
    const parts = Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`Doc_0/${index}`, 'x']))
    const many = zip({ 'OFD.xml': '<a/>', ...parts })
    expect(outcome(claiming(many, 'Doc_0/', 30 * megabyte))).toBe('EVOUCHER_TOO_LARGE')
  })

  test('that says it is smaller, or larger, than it is, is refused without being unpacked further', () => {
    const bomb = zip({ 'OFD.xml': '<a/>', [ATTACHMENT]: new Uint8Array(30 * megabyte) })
    expect(bomb.length).toBeLessThan(100_000)
    for (const size of [0, 100, 31 * megabyte])
      expect(outcome(claiming(bomb, ATTACHMENT, size))).toContain('none EVOUCHER_BROKEN')
  })

  test('with too many members is refused', () => {
    const parts = Object.fromEntries(Array.from({ length: 5001 }, (_, index) => [`p${index}`, '']))
    expect(outcome(zip(parts))).toBe('EVOUCHER_TOO_LARGE')
  })

  test.each(['../OFD.xml', '/../x', 'a/../../b', 'C:\\x', 'a\u0000b'])('with the unsafe name %j is refused', name => {
    expect(outcome(zip({ 'OFD.xml': '<a/>', [name]: 'x' }))).toBe('EVOUCHER_BROKEN')
  })

  test('that gives a member two names, or has one twice, is refused', () => {
    const whole = Buffer.from(zip({ 'OFD.xml': '<a/>', 'aaa.xml': bker(), 'bbb.xml': '<b/>' }))
    const twice = Buffer.from(whole)
    twice.write('aaa.xml', twice.lastIndexOf('bbb.xml'))
    expect(outcome(twice)).toBe('EVOUCHER_BROKEN')
    const attached = Buffer.from(zip({ 'OFD.xml': '<a/>', 'Attachs/a.xml': bker() }))
    attached.write('Attachs/b.xml', attached.lastIndexOf('Attachs/a.xml'))
    expect(outcome(attached)).toContain('none EVOUCHER_BROKEN')
  })
})

describe('an XML', () => {
  const inside = (text: string): string => bker({ Usage: undefined }).replace('</xbrl>', `${text}</xbrl>`)

  test('with a document type is refused: no entity is ever expanded, no file ever read', () => {
    const lol = `<!DOCTYPE xbrl [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>`
    expect(outcome(Buffer.from(bker({}, { prolog: lol })))).toContain('none EVOUCHER_BROKEN')
    expect(outcome(Buffer.from(inside('<x>&a;</x>')))).toContain('none EVOUCHER_BROKEN')
  })

  test('that nests without end, or has a text without end, is refused', () => {
    expect(outcome(Buffer.from(inside('<a>'.repeat(200_000))))).toContain('none EVOUCHER_TOO_LARGE')
    expect(outcome(Buffer.from(inside(`<a>${'x'.repeat(1_000_000)}</a>`)))).toContain('none EVOUCHER_TOO_LARGE')
    expect(outcome(Buffer.from(inside('<a/>'.repeat(500_001))))).toContain('none EVOUCHER_TOO_LARGE')
  })

  test('whose namespaces, or seals that list each other’s parts, are made to multiply takes no longer than its length', () => {
    const prefixes = Array.from({ length: 50_000 }, (_, index) => `xmlns:p${index}="u"`).join(' ')
    expect(outcome(Buffer.from(inside(`<o ${prefixes}>${'<i xmlns:q="v"/>'.repeat(50_000)}</o>`)))).toBe(WHOLE)
    const references = '<Reference FileRef="/big"><CheckValue>AA==</CheckValue></Reference>'.repeat(3000)
    const seal = `<Signature><SignedInfo><References CheckMethod="1.2.156.10197.1.401">${references}</References></SignedInfo></Signature>`
    const sealed = (count: number) =>
      zip({
        ...{ 'OFD.xml': '<a/>', big: new Uint8Array(8 * 1024 * 1024) },
        ...Object.fromEntries(Array.from({ length: count }, (_, index) => [`Signs/${index}/Signature.xml`, seal])),
      })
    expect(outcome(sealed(1))).toContain('EVOUCHER_SEAL_BROKEN')
    expect(outcome(sealed(2))).toContain('EVOUCHER_TOO_LARGE')
    expect(outcome(sealed(51))).toBe('EVOUCHER_TOO_LARGE')
    const many = Object.fromEntries(
      Array.from({ length: 17 }, (_, index) => [`Doc_0/Attachs/${index}.xml`, `<a>${' '.repeat(2_000_000)}</a>`]),
    )
    expect(outcome(ofd(many, { sealed: null }))).toBe('EVOUCHER_TOO_LARGE')
  })

  test('that is not in the charset it names is refused, not guessed', () => {
    const wrong = Buffer.concat([Buffer.from(inside('<x>')), Buffer.from([0xc4, 0xe3]), Buffer.from('</x>')])
    expect(outcome(wrong)).toContain('none EVOUCHER_BROKEN')
    expect(outcome(Buffer.from(bker({}, { encoding: 'no-such-charset' })))).toContain('none EVOUCHER_BROKEN')
  })
})

describe('a PDF', () => {
  const spec = '<< /Type /Filespec /F (a.xml) /EF << /F 3 0 R >> >>'
  const catalog = '<< /Type /Catalog /AF [2 0 R] >>'
  const flate = '/Filter /FlateDecode'
  const bomb = deflateSync(new Uint8Array(80 * 1024 * 1024))

  test('whose attachment, or object stream, unpacks to too much is refused', () => {
    expect(outcome(rawPdf([catalog, spec, stream(bomb, flate)]))).toBe('EVOUCHER_TOO_LARGE')
    expect(outcome(rawPdf([stream(bomb, `/Type /ObjStm /N 1 /First 4 ${flate}`)]))).toBe('EVOUCHER_TOO_LARGE')
  })

  test('whose streams are packed in each other is held to the same bound', () => {
    const twice = stream(deflateSync(bomb), '/Filter [/FlateDecode /FlateDecode]')
    expect(outcome(rawPdf([catalog, spec, twice]))).toBe('EVOUCHER_TOO_LARGE')
    const often = stream(bomb, '/Filter [/Fl /Fl /Fl /Fl /Fl]')
    expect(outcome(rawPdf([catalog, spec, often]))).toBe('EVOUCHER_TOO_LARGE')
  })

  test('whose references go round in a circle ends', () => {
    const circle = ['<< /Type /Catalog /Names << /EmbeddedFiles 2 0 R >> /AF 3 0 R >>', '<< /Kids [2 0 R 2 0 R 1 0 R] >>', '3 0 R'] // prettier-ignore
    expect(outcome(rawPdf(circle))).toMatch(/^none/)
  })

  test('whose arrays or dictionaries nest without end is as if they were not there', () => {
    expect(outcome(rawPdf(['['.repeat(1_000_000)]))).toMatch(/^EVOUCHER_(TOO_LARGE|BROKEN)$/)
    expect(outcome(rawPdf(['<</a '.repeat(200_000)]))).toMatch(/^EVOUCHER_(TOO_LARGE|BROKEN)$/)
  })

  test.each([
    '1 0 obj <',
    '1 0 obj (',
    '1 0 obj [ ',
    '1 0 obj <<',
    '1 0 obj %',
    '1 0 obj << /Length 9 >> stream\n',
    '1 1 ',
    '1                    ',
  ])('of twenty megabytes of %j takes no longer than its length', piece => {
    const file = Buffer.from(`%PDF-1.7\n${piece.repeat(Math.floor(20_000_000 / piece.length))}`)
    expect(outcome(file)).toMatch(/^(none|EVOUCHER)/)
  })

  test('whose object stream points to one long value again and again is refused', () => {
    const numbers = Array.from({ length: 20_000 }, (_, index) => `${index + 10} 0`).join(' ')
    const body = `${numbers} [${'1 '.repeat(50_000)}]`
    const file = rawPdf([
      stream(deflateSync(Buffer.from(body)), `/Type /ObjStm /N 20000 /First ${numbers.length + 1} ${flate}`),
    ])
    expect(outcome(file)).toBe('EVOUCHER_TOO_LARGE')
  })

  test('that is encrypted, or has no catalog, is refused by name', () => {
    expect(outcome(rawPdf([catalog, spec], '<< /Root 1 0 R /Encrypt 2 0 R >>'))).toBe('EVOUCHER_ENCRYPTED')
    expect(outcome(Buffer.from('%PDF-1.7\n'))).toBe('EVOUCHER_BROKEN')
  })

  test('with a filter that is not read says so of that attachment', () => {
    expect(outcome(rawPdf([catalog, spec, stream(Buffer.from('x'), '/Filter /LZWDecode')]))).toContain(
      'none EVOUCHER_BROKEN',
    )
  })
})
