// `yinqi statement parse` as a program sees it: the JSON document, its exact keys, the exit codes.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { camtPieces, mt940Pieces } from '../../connector/cli/bench-files'
import { createJsonWriter } from '../../connector/cli/statement-json'
import { bytesSource, parseStatementEvents } from '../../connector/statements/parse-file'
import { camt053, mt940, readStatements } from './support'

const MAIN = path.resolve(__dirname, '../../connector/main.js')
let folder: string
beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'yinqi-parse-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(content: string | null, ...flags: readonly string[]) {
  const file = path.join(folder, 'statement.txt')
  if (content === null) rmSync(file, { force: true })
  else writeFileSync(file, content)
  return spawnSync(process.execPath, [MAIN, 'statement', 'parse', file, ...flags], { encoding: 'utf8' })
}

test('the document has these keys and no others', () => {
  const { status, stdout } = run(mt940([':61:2401020102C1,00NTRFREF//B', ':86:166?20EREF+E1?21SVWZ+t?32N']), '--json')
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toEqual({
    format: 'mt940',
    encoding: 'utf-8',
    statements: [
      {
        ...{ account: 'DE89370400440532013000', bank: null, currency: 'EUR', number: '1/1', reference: 'REF' },
        ...{ opening: { on: '2024-01-01', amount: '1000.00' }, closing: { on: '2024-01-31', amount: '1000.00' } },
        proven: false,
        lines: [
          {
            ...{ bookedOn: '2024-01-02', valueOn: '2024-01-02', amount: '1.00', currency: 'EUR', reversal: false },
            ...{ reference: 'REF', bankReference: 'B', status: 'booked', type: 'NTRF', counterAccount: null },
            ...{ counterName: 'N', counterBank: null, text: 't', balanceAfter: null },
            details: [
              {
                ...{ amount: '1.00', endToEndId: 'E1', counterAccount: null, counterName: 'N', text: 't' },
                returnReason: null,
              },
            ],
          },
        ],
      },
    ],
    problems: [{ severity: 'error', line: 7, code: 'BALANCE_GAP', text: expect.stringContaining('-1.00') }],
  })
})

test('a file that cannot be read: exit 1, the reason and the place, a document all the same', () => {
  const { status, stdout, stderr } = run(mt940([':61:240102X']), '--json')
  expect(status).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    problems: [{ severity: 'error', line: 5, code: 'STATEMENT_LINE_UNREADABLE' }],
  })
  expect(stderr).toContain('statement.txt:5: STATEMENT_LINE_UNREADABLE')
})

test('an absent file: exit 1', () => {
  const { status, stdout } = run(null, '--json')
  expect(status).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ format: null, problems: [{ code: 'STATEMENT_FILE_UNREADABLE' }] })
})

test.each([
  ['zh', '账号', '期初'],
  ['en', 'account', 'opening'],
])('people read a summary: %s', (lang, ...words) => {
  const { status, stdout } = run(mt940([]), '--lang', lang)
  expect(status).toBe(0)
  for (const word of [...words, '✓', 'SHA-256', 'DE89370400440532013000']) expect(stdout).toContain(word)
})

describe('the document is written as the file is read', () => {
  const documentOf = async (content: string, pieceBytes = 1000): Promise<string> => {
    const json = createJsonWriter()
    let text = ''
    const source = bytesSource('x', Buffer.from(content), pieceBytes)
    for await (const events of parseStatementEvents(source, { encoding: null })) text += json.events(events)
    return text + json.finish(null)
  }

  test.each([0, 1, 499, 500, 501, 1500])('%i lines', async lines => {
    for (const pieces of [mt940Pieces, camtPieces]) {
      const content = [...pieces(lines)].join('')
      const { format, encoding, statements, problems } = await readStatements(content)
      expect(JSON.parse(await documentOf(content))).toEqual({ format, encoding, statements, problems })
      expect(statements[0]).toMatchObject({ proven: true })
      expect(statements[0]?.lines).toHaveLength(lines)
    }
  })

  test('batches of any length, several statements', async () => {
    const entry = (count: number): string =>
      `<Ntry><Amt Ccy="EUR">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><NtryDtls>${'<TxDtls><AddtlTxInf>x</AddtlTxInf></TxDtls>'.repeat(count)}</NtryDtls></Ntry>`
    const content = camt053(entry(0) + entry(2500) + entry(1) + entry(1000)).replace(
      '</Stmt>',
      `</Stmt><Stmt><Id>2</Id>${entry(1001)}${entry(3)}</Stmt>`,
    )
    const { format, encoding, statements, problems } = await readStatements(content)
    expect(JSON.parse(await documentOf(content))).toEqual({ format, encoding, statements, problems })
    expect(statements.map(one => one.lines.map(line => line.details.length))).toEqual([
      [0, 2500, 1, 1000],
      [1001, 3],
    ])
  })

  test('a break in the middle of anything leaves a valid document', async () => {
    const content = camt053(
      `<Ntry><Amt Ccy="EUR">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><NtryDtls>${'<TxDtls/>'.repeat(1200)}</NtryDtls></Ntry>`.repeat(
        2,
      ),
    )
    for (let end = 300; end < content.length; end += 997) {
      const json = createJsonWriter()
      let text = ''
      try {
        const source = bytesSource('x', Buffer.from(content.slice(0, end)), 500)
        for await (const events of parseStatementEvents(source, { encoding: null })) text += json.events(events)
      } catch {
        const problem = { severity: 'error', line: 1, code: 'STATEMENT_BROKEN', text: '' } as const
        text += json.finish(problem)
      }
      expect(JSON.parse(text)).toMatchObject({ problems: [{ code: 'STATEMENT_BROKEN' }] })
    }
  })
})

test('the memory does not grow with the file', () => {
  const file = path.join(folder, 'long.sta')
  writeFileSync(file, [...mt940Pieces(150_000)].join(''))
  const script = `require(${JSON.stringify(MAIN)}); process.on('exit', () => process.stderr.write('rss ' + process.resourceUsage().maxRSS))`
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['-e', script, '--', 'x', 'statement', 'parse', file, '--json'],
    { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024, argv0: process.execPath },
  )
  expect(stderr).toMatch(/rss \d+/)
  expect(status).toBe(0)
  expect(stdout.length).toBeGreaterThan(50_000_000)
  expect(Number.parseInt(/rss (\d+)/.exec(stderr)?.[1] ?? '', 10)).toBeLessThan(250_000)
})
