// A statement file into the store: each line once, a gap and a mixed day never silently.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { importStatementFile, type ImportFlags } from '../../connector/cli/statement-import'
import { startCounts } from '../../connector/core/counts'
import { importStatements } from '../../connector/steps/import-statements'
import { capture } from '../support/output'
import { sampleLine, sampleRequest } from '../support/sample'
import { ACCOUNT, openWorld, type World } from '../support/world'

let world: World
let folder: string
beforeEach(async () => {
  world = await openWorld()
  folder = mkdtempSync(path.join(tmpdir(), 'yinqi-import-'))
})
afterEach(async () => {
  await world.close()
  rmSync(folder, { recursive: true, force: true })
})

type Line = readonly [day: string, amount: string, reference?: string]

/** A statement of the sample account, opening at zero; `closing` is what the bank says, by default the truth. */
function statement(lines: readonly Line[], { closing = '', account = ACCOUNT, currency = 'CNY' } = {}): string {
  const sum = lines.reduce((total, [, amount]) => total + BigInt(amount.replace('.', '')), 0n)
  const swift = (cents: bigint): string => `${cents < 0n ? -cents : cents}`.padStart(3, '0').replace(/(..)$/, ',$1')
  return [
    ...[':20:R', `:25:${account}`, ':28C:1/1', `:60F:C260301${currency}0,00`],
    ...lines.map(([day, amount, reference = 'NONREF']) => {
      const cents = BigInt(amount.replace('.', ''))
      return `:61:2603${day}03${day}${cents < 0n ? 'D' : 'C'}${swift(cents)}NTRF${reference}`
    }),
    closing === '' ? `:62F:${sum < 0n ? 'D' : 'C'}260331${currency}${swift(sum)}` : `:62F:${closing}`,
    '-\r\n',
  ].join('\r\n')
}

async function run(text: string, flags: ImportFlags = {}): Promise<{ code: number; text: string; document: unknown }> {
  const file = path.join(folder, 'statement.sta')
  writeFileSync(file, text)
  const output = capture('en')
  const code = await importStatementFile(world.deps, file, flags, output.output)
  return { code, text: output.text(), document: output.document() }
}

const stored = async () => {
  const lines = await world.store.statements.list(ACCOUNT, { from: '2026-01-01', to: '2026-12-31' })
  return lines.map(({ line }) => [line.bookedOn.slice(-2), line.amount.minor])
}

test('a file twice is imported once; twins are two lines', async () => {
  const text = statement([
    ['02', '10.00'],
    ['02', '10.00'],
    ['03', '-4.50'],
  ])
  expect(await run(text)).toMatchObject({
    code: 0,
    document: { ok: true, imported: 3, statements: { proven: 1, gaps: 0, undecided: 0 } },
  })
  expect(await run(text)).toMatchObject({ code: 0, document: { imported: 0, accounts: [{ known: 3, new: 0 }] } })
  expect(await stored()).toEqual([
    ['02', 1000n],
    ['02', 1000n],
    ['03', -450n],
  ])
})

test('overlapping files converge', async () => {
  await run(statement([['02', '1.00'], ['03', '2.00']])) // prettier-ignore
  const more = await run(statement([['03', '2.00'], ['04', '3.00']])) // prettier-ignore
  expect(more).toMatchObject({ code: 0, document: { imported: 1, accounts: [{ lines: 2, known: 1, new: 1 }] } })
  expect(await stored()).toHaveLength(3)
})

test('a dry run stores nothing and says what it would', async () => {
  const found = await run(statement([['02', '1.00']]), { dryRun: true })
  expect(found).toMatchObject({ code: 0, document: { dryRun: true, imported: 0, accounts: [{ new: 1 }] } })
  expect(await stored()).toEqual([])
})

test('a gap stops the import, unless a person accepts it, and is said either way', async () => {
  const text = statement([['02', '1.00']], { closing: 'C260331CNY5,00' })
  expect(await run(text)).toMatchObject({ code: 1, document: { ok: false, problems: [{ code: 'BALANCE_GAP' }] } })
  expect(await stored()).toEqual([])
  expect(await run(text, { acceptGap: true })).toMatchObject({
    code: 0,
    document: { imported: 1, statements: { gaps: 1 } },
  })
})

test('a day that the bank’s own interface filled is not mixed with a file’s lines', async () => {
  world.bank.lines.push(sampleLine({ bankId: 'L1', bookedOn: '2026-03-02' }))
  await importStatements(world.deps, ACCOUNT, { from: '2026-03-02', to: '2026-03-02' })
  const before = await stored()
  expect(await run(statement([['02', '1.00'], ['03', '2.00']]))).toMatchObject({ code: 1, text: expect.stringContaining('2026-03-02') }) // prettier-ignore
  expect(await stored()).toEqual(before)
})

test.each([
  ['an account that is not configured', statement([['02', '1.00']], { account: '999' }), {}, 'not configured'],
  ['another currency', statement([['02', '1.00']], { currency: 'USD' }), {}, 'currency'],
  [
    'an account named that the file does not have',
    statement([], { account: '999' }),
    { account: ACCOUNT },
    'no statement of',
  ],
  ['an account named that is not configured', statement([]), { account: '5' }, 'not configured'],
])('refused: %s', async (_name, text, flags, words) => {
  expect(await run(text, flags)).toMatchObject({ code: 1, text: expect.stringContaining(words) })
  expect(await stored()).toEqual([])
})

test('a file that breaks off at its end leaves nothing behind', async () => {
  const text = `${statement([['02', '1.00']])}:20:R\r\n:25:${ACCOUNT}\r\n:61:2603`
  expect((await run(text)).code).toBe(1)
  expect(await stored()).toEqual([])
})

test.each([ACCOUNT, `ICBKCNBJ/${ACCOUNT}`, `${ACCOUNT}CNY`, `0200 0001 0900 0000 001`])(
  'the account may be written %s',
  async account => {
    expect(await run(statement([['02', '1.00']], { account }))).toMatchObject({ code: 0, document: { imported: 1 } })
  },
)

test('of several accounts, the one that is named', async () => {
  const text = statement([['02', '1.00']], { account: '999' }) + statement([['02', '2.00']])
  expect((await run(text)).code).toBe(1)
  expect(await run(text, { account: ACCOUNT })).toMatchObject({ code: 0, document: { imported: 1 } })
  expect(await stored()).toEqual([['02', 200n]])
})

test('a line with our reference settles its payment', async () => {
  world.erp.queue = [sampleRequest()]
  world.bank.fault = 'lost-answer'
  world.bank.isHidden = true
  await world.settle()
  const [payment] = await world.store.payments.list({}, null, 10)
  if (!payment) throw new Error('no payment')
  expect(payment.state).toBe('unknown')
  const { reference, amount } = payment.instruction
  const yuan = `-${amount.minor.toString().padStart(3, '0').replace(/(..)$/, '.$1')}`
  await run(statement([['02', yuan, reference]]))
  await world.settle()
  expect((await world.store.payments.get(payment.id))?.state).toBe('settled')
})

test('pending entries are left out', async () => {
  const report = `:20:R\r\n:25:${ACCOUNT}\r\n:28C:1\r\n:34F:CNY0,\r\n:61:260302C1,00NTRF\r\n-\r\n`
  expect(await run(report)).toMatchObject({ code: 0, document: { imported: 0, skipped: 1 } })
})

test('digests are counted as a map would count them, far beyond the first table', () => {
  const count = startCounts()
  const expected = new Map<string, number>()
  for (let index = 0; index < 30_000; index++) {
    const digest = ((index * 7919) % 9973).toString(16).padStart(8, '0').repeat(2)
    expected.set(digest, (expected.get(digest) ?? 0) + 1)
    expect(count(digest)).toBe(expected.get(digest))
  }
})

describe('exports of a bank', () => {
  const HEADING = '交易日期,摘要,借方发生额,贷方发生额,余额,对方户名'
  const ROWS = ['2026-03-03,货款,4.50,,5.50,丙公司', '2026-03-02,收款,,10.00,10.00,丁公司']
  const csv = (account: string): string => [account === '' ? '' : `账号：,${account}`, HEADING, ...ROWS].join('\r\n')

  test('are imported once, newest first or not, whether they are CSV or say so', async () => {
    expect(await run(csv(ACCOUNT))).toMatchObject({ code: 0, document: { imported: 2, statements: { proven: 1 } } })
    const upwards = [`账号：,${ACCOUNT}`, HEADING, ...ROWS.toReversed()].join('\n')
    expect(await run(upwards)).toMatchObject({ code: 0, document: { imported: 0, accounts: [{ known: 2, new: 0 }] } })
    expect(await stored()).toEqual(
      expect.arrayContaining([
        ['02', 1000n],
        ['03', -450n],
      ]),
    )
  })

  test('that name no account, or hide digits of it, need it from a person', async () => {
    const masked = `${ACCOUNT.slice(0, 4)}****${ACCOUNT.slice(-4)}`
    for (const account of ['', masked]) {
      expect(await run(csv(account))).toMatchObject({ code: 1 })
      expect(await run(csv(account), { account: ACCOUNT, dryRun: true })).toMatchObject({ code: 0, document: { accounts: [{ lines: 2 }] } }) // prettier-ignore
    }
    const others = `9999****${ACCOUNT.slice(-4)}`
    expect(await run(csv(others), { account: ACCOUNT })).toMatchObject({ code: 1 })
    expect(await stored()).toEqual([])
  })
})
