// The simulator's own tools: its XML reader, and the journal that must survive kill -9 between any two bytes.

import { spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import * as fc from 'fast-check'
import { addMonths, dayFromCompact } from '../../bank-gateways/simulator/engine/bank-time'
import { leaf, parseXml, textOf } from '../../bank-gateways/simulator/engine/xml'
import { startSimulator } from '../../bank-gateways/simulator/simulator'
import {
  Boc,
  bocItem,
  codesOf,
  Icbc,
  icbcItem,
  MORNING,
  MovableClock,
  startWorld,
  toIcbc,
  world,
} from './simulator-kit'

describe('XML', () => {
  test.each<[string, string]>([
    ['<a>1</a>', '1'],
    ['<?xml version="1.0" encoding="GBK"?>\r\n<a>1</a>\n', '1'],
    ['\uFEFF<a>1</a>', '1'],
    ['<a x="1" y=\'2\'>1</a>', '1'],
    ['<a><!-- not this -->1</a>', '1'],
    ['<a><![CDATA[<b>&amp;]]></a>', '<b>&amp;'],
    ['<a>&lt;&gt;&amp;&quot;&apos;</a>', '<>&"\''],
    ['<a>&#20013;&#x6587;&#x1F600;</a>', '中文😀'],
    ['<a/>', ''],
    ['<a></a >', ''],
    ['<a>1 > 0</a>', '1 > 0'],
  ])('%j reads as %j', (source, text) => {
    expect(parseXml(source)).toMatchObject({ name: 'a', text })
  })

  test('Chinese element names and nesting', () => {
    const root = parseXml('<甲><乙>1</乙><丙 k="v"><丁/>2</丙></甲>')
    expect('problem' in root ? root : [root.name, root.children.map(({ name, text }) => [name, text])]).toEqual([
      '甲',
      [
        ['乙', '1'],
        ['丙', '2'],
      ],
    ])
  })

  test.each([
    '',
    'text',
    '<a>',
    '</a>',
    '<a></b>',
    '<a><b></a></b>',
    '<a/><b/>',
    '<a/>text',
    '<a>&nbsp;</a>',
    '<a>&</a>',
    '<a>& b</a>',
    '<a>&#0;</a>',
    '<a>&#xD800;</a>',
    '<a>\u0000</a>',
    '<a>\uFFFF</a>',
    '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    '<a b>1</a>',
    '<a b=1>1</a>',
    '<1>x</1>',
    '<a>'.repeat(40) + '</a>'.repeat(40),
    '<a><![CDATA[x</a>',
    '<a',
  ])('%j is refused in words', source => {
    expect(parseXml(source)).toHaveProperty('problem')
  })

  test('whatever leaf writes, the reader reads back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        const printable = text.replaceAll(/\p{Cc}|\p{Cs}|\uFFFE|\uFFFF/gu, '')
        const root = parseXml(`<r>${leaf('x', printable)}</r>`)
        expect('problem' in root ? root.problem : textOf(root, 'x')).toBe(printable.trim())
      }),
    )
  })

  test('no text makes the reader throw or hang', () => {
    const pieces = [
      '<a>',
      '</a>',
      '<a',
      '>',
      '&amp;',
      '&',
      ';',
      '<![CDATA[',
      ']]>',
      '<!--',
      '-->',
      '<?',
      '?>',
      '"',
      ' x="',
      '中',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), parts => {
        expect(typeof parseXml(parts.join(''))).toBe('object')
      }),
    )
  })
})

describe('days', () => {
  test.each([
    ['20240229', '2024-02-29'],
    ['20230229', null],
    ['20261301', null],
    ['2026-01-01', null],
    ['', null],
  ])('%j is %j', (text, day) => expect(dayFromCompact(text)).toBe(day))

  test.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2024-02-29', -12, '2023-02-28'],
    ['2026-12-15', 1, '2027-01-15'],
  ])('%s and %i months is %s', (day, months, expected) => expect(addMonths(day, months)).toBe(expected))
})

describe('the state file', () => {
  let directory: string
  let stateFile: string

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'simulator-'))
    stateFile = join(directory, 'state.jsonl')
  })

  afterEach(() => rmSync(directory, { recursive: true }))

  async function withWorld<T>(
    clock: MovableClock,
    work: (s: Awaited<ReturnType<typeof startWorld>>) => Promise<T> | T,
  ) {
    const simulator = await startWorld(clock, { stateFile })
    try {
      return await work(simulator)
    } finally {
      await simulator.close()
    }
  }

  test('a restart knows everything: balances, payments on their way, keys, and the moved clock', async () => {
    const clock = new MovableClock(MORNING)
    const before = await withWorld(clock, async simulator => {
      const icbc = new Icbc(simulator, clock)
      await icbc.pay('A1', [icbcItem('1', toIcbc), icbcItem('2'), icbcItem('3', { PayAccNameCN: 'x' })])
      simulator.advance(1000)
      return { ledger: simulator.ledger(), accounts: simulator.accounts(), payments: simulator.payments() }
    })
    await withWorld(clock, async simulator => {
      expect({ ledger: simulator.ledger(), accounts: simulator.accounts(), payments: simulator.payments() }).toEqual(
        before,
      )
      expect(before.payments.map(key => key.payments[0]?.state)).toEqual(['success', 'processing', 'failed'])
      const icbc = new Icbc(simulator, clock)
      expect(await icbc.pay('A1', [icbcItem('1', toIcbc)])).toContain('<RetCode>B0016</RetCode>')
      clock.move(60_000)
      expect(simulator.payments().map(({ timesBooked }) => timesBooked)).toEqual([1, 1, 0])
    })
  })

  test('accounts are seeded once, and new ones are added', async () => {
    const clock = new MovableClock(MORNING)
    await withWorld(clock, simulator => expect(simulator.ledger().postings).toHaveLength(4))
    const options = world(clock, { stateFile })
    const extra = {
      bank: 'icbc',
      account: '9',
      name: '新户',
      openingBalance: '5.00',
      history: [{ date: '2026-02-01', type: 'fee' as const, amount: '1.00' }],
    }
    const simulator = await startSimulator({ ...options, accounts: [...(options.accounts ?? []), extra] })
    expect(simulator.ledger().postings).toHaveLength(6)
    expect(simulator.accounts().find(({ account }) => account === '9')?.balance).toBe('4.00')
    await simulator.close()
  })

  test('a file that ends anywhere is readable, and holds a whole number of transactions', async () => {
    const clock = new MovableClock(MORNING)
    await withWorld(clock, async simulator => {
      const boc = new Boc(simulator)
      await boc.signIn()
      await boc.pay([bocItem('1001')])
      await boc.pay([bocItem('1002', { toname: '名字很长的公司' })])
    })
    const bytes = readFileSync(stateFile)
    const lineEnds = [...bytes.entries()].filter(([, byte]) => byte === 0x0a).map(([index]) => index + 1)
    expect(lineEnds).toHaveLength(3)
    const start = lineEnds[0] ?? 0
    for (let length = start; length <= bytes.length; length += 37) {
      writeFileSync(stateFile, bytes.subarray(0, length))
      const whole = lineEnds.filter(end => end <= length).length
      await withWorld(clock, simulator => expect(simulator.payments()).toHaveLength(whole - 1))
      expect(readFileSync(stateFile).length).toBe(lineEnds[whole - 1])
    }
  })

  test('a torn last line is dropped, and what is written after it is readable', async () => {
    const clock = new MovableClock(MORNING)
    await withWorld(clock, () => undefined)
    appendFileSync(stateFile, '{"seq":2,"records":[{"kind":"clo')
    await withWorld(clock, simulator => simulator.advance(5))
    await withWorld(clock, simulator => expect(simulator.ledger().postings).toHaveLength(4))
  })

  test('a changed file is an error that names the line', async () => {
    const clock = new MovableClock(MORNING)
    await withWorld(clock, simulator => simulator.advance(5))
    const lines = readFileSync(stateFile, 'utf8').split('\n')
    writeFileSync(stateFile, [lines[0]?.replace('posting', 'pasting'), ...lines.slice(1)].join('\n'))
    await expect(withWorld(clock, () => undefined)).rejects.toThrow(/line 1 .*第 1 行/)
    writeFileSync(stateFile, lines.slice(1).join('\n'))
    await expect(withWorld(clock, () => undefined)).rejects.toThrow(/out of sequence/)
  })

  test('a simulator killed with -9 after its answer has forgotten nothing', async () => {
    const script = join(directory, 'child.js')
    const kit = join(__dirname, 'simulator-kit.js')
    writeFileSync(
      script,
      `const { startWorld, MovableClock, MORNING } = require(${JSON.stringify(kit)})
       startWorld(new MovableClock(MORNING), { stateFile: ${JSON.stringify(stateFile)} })
         .then(simulator => console.log(JSON.stringify(simulator.urls)))`,
    )
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(child.stdout, 'data')
    const urls: Record<string, string> = JSON.parse(String(line))
    const boc = new Boc(urls)
    await boc.signIn()
    const exited = once(child, 'exit')
    let answered = 0
    const paying = (async () => {
      for (let number = 1; ; number += 1) {
        const answer = await boc.pay([bocItem(String(number))])
        if (codesOf(answer)[1] !== 'B001') return
        answered = number
        if (number === 10) child.kill('SIGKILL')
      }
    })().catch(() => undefined)
    await exited
    await paying
    expect(answered).toBeGreaterThanOrEqual(10)
    await withWorld(new MovableClock(MORNING), simulator => {
      const taken = simulator.payments().flatMap(key => key.payments)
      expect(taken.length === answered || taken.length === answered + 1).toBe(true)
    })
  })
})

test('an unterminated file of one byte is an empty one', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'simulator-'))
  const stateFile = join(directory, 'state.jsonl')
  writeFileSync(stateFile, '{')
  const simulator = await startWorld(new MovableClock(MORNING), { stateFile })
  expect(simulator.accounts()).toHaveLength(5)
  await simulator.close()
  rmSync(directory, { recursive: true })
})
