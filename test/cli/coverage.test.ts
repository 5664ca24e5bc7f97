// The commands of statements' coverage as a person uses them: files in, what is seen of them, what is left to do.

import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import iconv from 'iconv-lite'
import { showCoverage, type CoverageFlags } from '../../connector/cli/coverage'
import { assignException, showExceptions, type ExceptionFlags } from '../../connector/cli/exceptions'
import { listFiles, writeFile } from '../../connector/cli/statement-files'
import { importStatementFile, type ImportFlags } from '../../connector/cli/statement-import'
import { rekeyOnUpgrade, rekeyStatements, type RekeyFlags } from '../../connector/cli/statement-rekey'
import { importStatements } from '../../connector/steps/import-statements'
import { sampleLine } from '../support/sample'
import { capture } from '../support/output'
import { ACCOUNT, openWorld, type World } from '../support/world'

let world: World
let folder: string
beforeEach(async () => {
  world = await openWorld()
  // A day on which March is over.
  world.move(Date.parse('2026-04-02T01:00:00Z') - world.deps.clock.now())
  folder = mkdtempSync(path.join(tmpdir(), 'yinqi-coverage-'))
})
afterEach(async () => {
  await world.close()
  rmSync(folder, { recursive: true, force: true })
})

type Line = readonly [day: string, cents: bigint]

const swift = (cents: bigint): string => `${cents < 0n ? -cents : cents}`.padStart(3, '0').replace(/(..)$/, ',$1')
const mark = (cents: bigint): string => (cents < 0n ? 'D' : 'C')

/** A statement of March days; `closing` is the truth unless it is said. */
function statement(lines: readonly Line[], opening = 0n, to = '31', closing = sum(lines, opening)): string {
  const first = `${Number(lines[0]?.[0] ?? to) - 1}`.padStart(2, '0')
  return [
    ...[
      ':20:R',
      `:25:${ACCOUNT}`,
      ':28C:1/1',
      `:60F:${mark(opening)}2603${first === '00' ? '01' : first}CNY${swift(opening)}`,
    ],
    ...lines.map(([day, cents]) => `:61:2603${day}03${day}${mark(cents)}${swift(cents)}NTRFNONREF\r\n:86:货款`),
    ...[`:62F:${mark(closing)}2603${to}CNY${swift(closing)}`, '-\r\n'],
  ].join('\r\n')
}

function sum(lines: readonly Line[], opening: bigint): bigint {
  return lines.reduce((total, [, cents]) => total + cents, opening)
}

async function run(work: (output: ReturnType<typeof capture>['output']) => Promise<number>, lang: 'zh' | 'en' = 'en') {
  const said = capture(lang)
  const code = await work(said.output)
  return { code, text: said.text(), document: said.document() as never }
}

async function importText(text: string | Buffer, flags: ImportFlags = {}, name = 'march.sta') {
  const file = path.join(folder, name)
  writeFileSync(file, text)
  return await run(output => importStatementFile(world.deps, file, { as: '张三', ...flags }, output))
}
const exceptions = (flags: ExceptionFlags = {}) => run(output => showExceptions(world.deps, flags, output))
const coverage = (flags: CoverageFlags = {}, lang: 'zh' | 'en' = 'en') =>
  run(output => showCoverage(world.deps, flags, output), lang)

async function proofs(from: string, to: string): Promise<readonly string[]> {
  const { document } = await coverage({ from, to })
  const { days } = document as { days: readonly { day: string; received: string; proof: string; provenBy: string }[] }
  return days.map(day => `${day.day.slice(-2)} ${day.received} ${day.proof} ${day.provenBy}`.trim())
}

describe('a statement file', () => {
  test('is kept as it came, with its digests, charset, format, and who brought it in, and given back byte for byte', async () => {
    const bytes = iconv.encode(statement([['02', 1000n]]), 'gb18030')
    expect((await importText(bytes)).code).toBe(0)
    const listed = await run(output => listFiles(world.deps, 9, output), 'zh')
    const { files } = listed.document as { files: readonly Record<string, unknown>[] }
    const digest = createHash('sha256').update(bytes).digest('hex')
    expect(files).toMatchObject([
      {
        digest,
        name: 'march.sta',
        bytes: bytes.length,
        encoding: 'gb18030',
        format: 'mt940',
        status: 'imported',
        importedBy: '张三',
      },
    ])
    expect(files[0]?.['sm3']).toMatch(/^([0-9a-f]{64})?$/)
    expect(listed.text).toContain('已导入')
    const out = path.join(folder, 'again.sta')
    expect((await run(output => writeFile(world.deps, digest.slice(0, 12), out, output))).code).toBe(0)
    expect(readFileSync(out).equals(bytes)).toBe(true)
    // What is there is not overwritten, and an unknown digest writes nothing.
    expect((await run(output => writeFile(world.deps, digest, out, output))).code).toBe(1)
    const other = path.join(folder, 'other.sta')
    expect((await run(output => writeFile(world.deps, '0000aaaa', other, output))).code).toBe(1)
    expect(existsSync(other)).toBe(false)
    const told = (await world.store.audit.entries(0, 99)).filter(entry => entry.kind === 'statement.file')
    expect(told.at(-1)).toMatchObject({ subject: digest, content: { person: '张三', status: 'imported' } })
  })

  test('of several megabytes comes back whole', async () => {
    const many = Array.from({ length: 1_500 }, (_, index): Line => ['02', BigInt(index + 1)])
    const bytes = Buffer.from(
      statement(many).replaceAll(':86:货款', `:86:${`${'货款'.repeat(30)}\r\n`.repeat(6).trim()}`),
    )
    expect(bytes.length).toBeGreaterThan(1_048_576)
    await importText(bytes, { dryRun: true })
    expect((await run(output => listFiles(world.deps, 9, output))).document).toEqual({ files: [] })
    await importText(bytes)
    const out = path.join(folder, 'again.sta')
    const digest = createHash('sha256').update(bytes).digest('hex')
    await run(output => writeFile(world.deps, digest, out, output))
    expect(readFileSync(out).equals(bytes)).toBe(true)
  })
})

describe('proof by files', () => {
  test('statements of one day after the other are chained; days without movement are normal', async () => {
    await importText(statement([['02', 1000n], ['04', -200n]], 500n, '05')) // prettier-ignore
    await importText(statement([['06', 5n]], 1300n, '07'), {}, 'next.sta')
    expect(await proofs('2026-03-02', '2026-03-07')).toEqual(
      ['02', '03', '04', '05', '06', '07'].map(day => `${day} yes proven file`),
    )
    expect(await exceptions()).toMatchObject({ code: 1 })
    // Only what has no match and no entry is left to do: nothing of the proof.
    for (const type of ['gap', 'unproven']) expect(await exceptions({ type })).toMatchObject({ code: 0 })
  })

  test('a file that reaches into the running day proves the days before it, and the running day the next morning', async () => {
    world.move(Date.parse('2026-04-03T04:00:00Z') - world.deps.clock.now())
    const april = (text: string): string =>
      text
        .replaceAll(':2603', ':2604')
        .replaceAll(/([CD])2603/g, '$12604')
        .replaceAll(/(:61:2604\d\d)03/g, '$104')
    const noon = april(statement([['01', 1000n], ['03', 7n]], 500n, '03')) // prettier-ignore
    expect((await importText(noon)).code).toBe(0)
    expect(await proofs('2026-04-01', '2026-04-03')).toEqual([
      '01 yes proven file',
      '02 yes proven file',
      '03 part open',
    ])
    world.move(86_400_000)
    const whole = april(statement([['01', 1000n], ['03', 7n], ['03', -2n]], 500n, '03')) // prettier-ignore
    expect((await importText(whole, {}, 'whole.sta')).code).toBe(0)
    expect((await proofs('2026-04-03', '2026-04-03'))[0]).toBe('03 yes proven file')
  })

  test('a file that was left out between two is a gap, with the days and the amount', async () => {
    await importText(statement([['02', 1000n]], 500n, '02'))
    await importText(statement([['05', 5n]], 1577n, '05'), {}, 'later.sta')
    const { document } = await exceptions({ type: 'gap' })
    expect(document).toMatchObject({ exceptions: [{ account: ACCOUNT, amount: { minor: 77n, currency: 'CNY' } }] })
  })

  test('a file with a gap is refused and kept, and its exception ends with the corrected file', async () => {
    const wrong = await importText(statement([['02', 1000n]], 0n, '02', 1500n))
    expect(wrong.code).toBe(1)
    expect(await exceptions({ type: 'unproven' })).toMatchObject({
      code: 1,
      document: { exceptions: [{ type: 'unproven', day: '2026-03-02', amount: { minor: 500n } }] },
    })
    const { document } = await run(output => listFiles(world.deps, 9, output))
    expect(document).toMatchObject({ files: [{ status: 'refused', reason: expect.stringContaining('期初') }] })
    expect((await importText(statement([['02', 1000n], ['02', 500n]], 0n, '02'))).code).toBe(0) // prettier-ignore
    expect(await exceptions({ type: 'unproven' })).toMatchObject({ code: 0 })
    expect(await proofs('2026-03-02', '2026-03-02')).toEqual(['02 yes proven file'])
  })

  test('a gap that a person accepts is a gap all the same, until the corrected file closes it', async () => {
    expect((await importText(statement([['02', 1000n]], 0n, '02', 1500n), { acceptGap: true })).code).toBe(0)
    expect(await proofs('2026-03-02', '2026-03-02')).toEqual(['02 yes gap file'])
    expect(await exceptions({ type: 'gap' })).toMatchObject({ code: 1, text: expect.stringContaining('5.00 CNY') })
    expect((await importText(statement([['02', 1000n], ['02', 500n]], 0n, '02'), {}, 'corrected.sta')).code).toBe(0) // prettier-ignore
    expect(await proofs('2026-03-02', '2026-03-02')).toEqual(['02 yes proven file'])
    for (const type of ['gap', 'unproven']) expect(await exceptions({ type })).toMatchObject({ code: 0 })
  })

  test('parts of one day in files of their own are one day when their balances say so, in any order and overlap', async () => {
    const [a, b, c] = [['02', 1000n], ['02', -300n], ['02', 45n]] as const // prettier-ignore
    const parts = [statement([a, b], 500n, '02'), statement([b, c], 1500n, '02')]
    const refused = statement([['02', 7n]], 9000n, '02')
    expect((await importText(parts[0] ?? '')).code).toBe(0)
    expect((await importText(refused, {}, 'other.sta')).code).toBe(1)
    expect((await importText(parts[1] ?? '', {}, 'rest.sta')).code).toBe(0)
    const range = { from: '2026-03-02', to: '2026-03-02' }
    const amounts = (await world.store.statements.list(ACCOUNT, range)).map(({ line }) => line.amount.minor)
    expect(amounts.toSorted()).toEqual([-300n, 1000n, 45n].toSorted())
    expect(await proofs('2026-03-02', '2026-03-02')).toEqual(['02 yes proven file'])
    expect((await importText(parts[0] ?? '', {}, 'again.sta')).code).toBe(0)
    expect(await world.store.statements.list(ACCOUNT, range)).toHaveLength(3)
  })

  test('twins that were parted into two files are missed by the balances, not lost in silence', async () => {
    await importText(statement([['02', 1000n]], 0n, '02'))
    await importText(statement([['02', 1000n]], 1000n, '02'), {}, 'rest.sta')
    expect(await exceptions({ type: 'gap' })).toMatchObject({
      code: 1,
      document: { exceptions: [{ amount: { minor: 1000n } }] },
    })
  })

  test('a day that a file filled is not filled again by the bank’s interface', async () => {
    await importText(statement([['02', 1000n]], 0n, '02'))
    world.bank.lines.push(
      sampleLine({ bankId: 'L1', bookedOn: '2026-03-02', amount: { minor: 1000n, currency: 'CNY' } }),
    )
    await importStatements(world.deps, ACCOUNT, { from: '2026-03-01', to: '2026-03-03' })
    expect(await world.store.statements.list(ACCOUNT, { from: '2026-03-01', to: '2026-03-03' })).toHaveLength(1)
  })
})

test('a day that the interface claims while a file is read goes to one of them, and the file’s other days stay free', async () => {
  const { statements, coverage: rows } = world.store
  const claimsFirst = {
    ...world.deps,
    store: {
      ...world.store,
      statements: {
        ...statements,
        // The last question before the claim: in between, the interface begins to fill the 3rd.
        countOn: async (account: string, day: string) => {
          await rows.change(account, ['2026-03-03'], 1, row => ({ ...row, source: 'interface' }))
          return await statements.countOn(account, day)
        },
      },
    },
  }
  const file = path.join(folder, 'race.sta')
  writeFileSync(file, statement([['02', 10n], ['03', 20n]], 0n, '03')) // prettier-ignore
  expect((await run(output => importStatementFile(claimsFirst, file, { as: '张三' }, output))).code).toBe(1)
  const range = { from: '2026-03-02', to: '2026-03-03' }
  expect(await statements.list(ACCOUNT, range)).toEqual([])
  expect((await rows.rows(ACCOUNT, range)).map(row => row.source)).toEqual(['', 'interface'])
})

describe('yinqi coverage', () => {
  test('is a grid of words in both languages, and a CSV that a spreadsheet reads', async () => {
    await importText(statement([['02', 1000n]], 0n, '02', 1500n), { acceptGap: true })
    const range = { from: '2026-03-02', to: '2026-03-03' }
    const zh = (await coverage(range, 'zh')).text.split('\n')
    expect(zh[0]).toMatch(/账号 +日期 +笔数 +已请求 +已收到 +余额证明 +回单 +入账 +对账/)
    expect(zh[1]).toMatch(/2026-03-02 +1 +是 +是 +有缺口 +– +0\/1 +0\/1 +差 5\.00 CNY/)
    expect((await coverage(range)).text).toMatch(/2026-03-03 +0 +no +no +–/)
    const csv = path.join(folder, 'coverage.csv')
    expect((await coverage({ ...range, csv }, 'zh')).code).toBe(0)
    const lines = readFileSync(csv, 'utf8').split('\r\n')
    expect(lines[0]).toMatch(/^\uFEFF账号,日期,/)
    expect(lines).toHaveLength(4)
  })

  test.each([
    [{ from: '2026-3-1' }, 'days are like'],
    [{ from: '2026-03-05', to: '2026-03-01' }, 'days are like'],
    [{ account: '1' }, 'not configured'],
  ])('refuses %j', async (flags, words) => {
    expect(await coverage(flags)).toMatchObject({ code: 2, text: expect.stringContaining(words) })
  })
})

describe('yinqi exceptions', () => {
  test('ends with 0 when there is nothing to do, and tells bank and ledger lines without a counterpart', async () => {
    expect(await exceptions()).toMatchObject({ code: 0, text: 'no exceptions' })
    world.erp.ledgerLines.push({
      ...{ id: 'g1', date: '2026-03-20', amount: { minor: -700n, currency: 'CNY' }, reference: '', counterparty: '' },
      ...{ text: '', voucherNo: '付-0007', entryKey: null },
    })
    await importText(statement([['20', 1000n]], 0n, '31'))
    const { code, document } = await exceptions({ type: 'unmatched', account: ACCOUNT })
    expect(code).toBe(1)
    expect(document).toMatchObject({
      exceptions: [
        { day: '2026-03-20', amount: { minor: 1000n }, what: { en: expect.stringContaining('bank line 10.00 CNY') } },
        { id: `unmatched:${ACCOUNT}:ledger-g1`, what: { zh: expect.stringContaining('付-0007') } },
      ],
    })
  })

  test('of lines that are left to a person, and of a ledger that cannot be read, say so', async () => {
    await importText(statement([['20', 1000n]], 0n, '31'))
    await world.settle(1)
    expect(await exceptions({ type: 'unbookable' })).toMatchObject({
      code: 1,
      text: expect.stringContaining('no rule books it'),
    })
    world.erp.ledger = async function* () {
      yield* []
      throw new Error('the ledger is locked')
    }
    expect(await exceptions({ type: 'unmatched' })).toMatchObject({
      code: 1,
      text: expect.stringContaining('the ledger is locked'),
    })
  })

  test('have an owner who is named with a reason, in the trail', async () => {
    await importText(statement([['02', 1000n]], 0n, '02', 1500n), { acceptGap: true })
    const id = `gap:${ACCOUNT}:2026-03-02`
    const assign = (of: string, reason = '已问银行') =>
      run(output => assignException(world.deps, of, { to: '李四', reason, as: '张三' }, output))
    expect(await assign('gap:none')).toMatchObject({ code: 1 })
    expect(await assign(id, ' ')).toMatchObject({ code: 1 })
    expect(await assign(id)).toMatchObject({ code: 0 })
    expect((await exceptions({ type: 'gap' })).document).toMatchObject({
      exceptions: [{ id, owner: '李四', note: '已问银行' }],
    })
    const told = (await world.store.audit.entries(0, 99)).find(entry => entry.kind === 'exception.assigned')
    expect(told?.content).toMatchObject({ exception: id, owner: '李四', by: '张三' })
    expect(await exceptions({ type: 'nonsense' })).toMatchObject({ code: 2 })
  })
})

describe('yinqi statement rekey', () => {
  const rekey = (flags: RekeyFlags) => run(output => rekeyStatements(world.deps, flags, output))
  const DAY = { from: '2026-03-02', to: '2026-03-02' }
  /** A store as the program before left it. */
  async function anOldStore(): Promise<void> {
    world.bank.lines.push(
      sampleLine({ bankId: 'A', bookedOn: DAY.from }),
      sampleLine({ bankId: 'B', bookedOn: DAY.from }),
    )
    await importStatements(world.deps, ACCOUNT, DAY)
    const changes = (await world.store.statements.list(ACCOUNT, DAY)).map(stored => ({
      lineId: stored.id,
      to: `1:id:${DAY.from}:${stored.line.bankId}`,
    }))
    await world.store.statements.rekey(ACCOUNT, changes, { kind: 'test', paymentId: null, subject: '', content: {} }, 1)
  }

  test('shows first, changes nothing meanwhile, then applies it once, told in the trail', async () => {
    await anOldStore()
    const dry = await rekey({ dryRun: true })
    expect(dry).toMatchObject({
      code: 0,
      document: { dryRun: true, accounts: [{ from: '1', to: '2', lines: 2, merges: [], splits: [] }] },
    })
    await expect(importStatements(world.deps, ACCOUNT, DAY)).rejects.toMatchObject({ code: 'STATEMENT_KEYS_OLD' })
    expect(await rekey({})).toMatchObject({ code: 1 })
    expect(await rekey({ as: '张三', reason: '升级' })).toMatchObject({ code: 0 })
    expect(await importStatements(world.deps, ACCOUNT, DAY)).toBe(0)
    expect(await rekey({ as: '张三', reason: '升级' })).toMatchObject({ document: { accounts: [{ changes: [] }] } })
    const told = (await world.store.audit.entries(0, 99)).filter(entry => entry.kind === 'statement.rekey')
    expect(told.map(entry => entry.content)).toMatchObject([
      { person: '张三', reason: '升级', changed: '2', merged: '0' },
    ])
  })

  test('lines keep what the ERP knows them by', async () => {
    await anOldStore()
    const before = (await world.store.statements.list(ACCOUNT, DAY)).map(stored => stored.key)
    await rekey({ as: '张三', reason: '升级' })
    expect((await world.store.statements.list(ACCOUNT, DAY)).map(stored => stored.key)).toEqual(before)
  })

  test('an upgrade does by itself what only gives other names', async () => {
    await anOldStore()
    const said = capture('en')
    expect(await rekeyOnUpgrade(world.deps, [ACCOUNT], said.output)).toEqual([])
    expect(said.text()).toContain('2 lines are known by the new rule')
    expect(await importStatements(world.deps, ACCOUNT, DAY)).toBe(0)
  })
})
