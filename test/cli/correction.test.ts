// A bank that sends its statement again, corrected: what differs is shown, nothing is mixed, and a named person has the file
// replace what it corrects. What people do with single lines at the command line.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { listLines, restoreLines, withdrawLines, type LinesFlags, type WithdrawFlags } from '../../connector/cli/lines'
import { importStatementFile, type ImportFlags } from '../../connector/cli/statement-import'
import type { JournalRule } from '../../connector/core/journal'
import { importStatements, linkPayments } from '../../connector/steps/import-statements'
import { postJournals } from '../../connector/steps/post-journals'
import { capture } from '../support/output'
import { sampleLine, sampleRequest } from '../support/sample'
import { ACCOUNT, openWorld, type World } from '../support/world'

const MARCH = { from: '2026-03-01', to: '2026-03-31' }
const FEE: JournalRule = {
  name: 'fee',
  when: { direction: 'out' },
  then: {
    ...{ voucherType: '付', summary: '{text}', counterAccount: '6603', auxiliaries: {}, bankAuxiliaries: {} },
    settlementStyle: '3',
  },
}

let world: World
let folder: string
const begin = async (): Promise<void> => {
  world = await openWorld({ journal: [FEE] })
  // A day on which March is over.
  world.move(Date.parse('2026-04-02T01:00:00Z') - world.deps.clock.now())
  folder = mkdtempSync(path.join(tmpdir(), 'yinqi-correction-'))
}
const end = async (): Promise<void> => {
  await world.close()
  rmSync(folder, { recursive: true, force: true })
}
beforeEach(begin)
afterEach(end)

type Line = { readonly day: string; readonly cents: bigint; readonly text?: string; readonly reference?: string }

const swift = (cents: bigint): string => `${cents < 0n ? -cents : cents}`.padStart(3, '0').replace(/(..)$/, ',$1')
const mark = (cents: bigint): string => (cents < 0n ? 'D' : 'C')
const at = (day: string, cents: bigint, text = '货款'): Line => ({ day, cents, text })

/** A statement from behind the eve of its first day to the end of `to`, whose balances hold. */
function statement(lines: readonly Line[], { opening = 0n, to = '31', from = '01' } = {}): string {
  const closing = lines.reduce((sum, line) => sum + line.cents, opening)
  return [
    ...[':20:R', `:25:${ACCOUNT}`, ':28C:1/1', `:60F:${mark(opening)}2603${from}CNY${swift(opening)}`],
    ...lines.map(
      ({ day, cents, text, reference }) =>
        `:61:2603${day}03${day}${mark(cents)}${swift(cents)}NTRF${reference ?? 'NONREF'}\r\n:86:${text ?? '货款'}`,
    ),
    ...[`:62F:${mark(closing)}2603${to}CNY${swift(closing)}`, '-\r\n'],
  ].join('\r\n')
}

async function run(work: (output: ReturnType<typeof capture>['output']) => Promise<number>, lang: 'zh' | 'en' = 'en') {
  const said = capture(lang)
  const code = await work(said.output)
  return { code, text: said.text(), document: said.document() as never }
}
let files = 0
async function bring(lines: readonly Line[], flags: ImportFlags = {}, balances = {}) {
  const file = path.join(folder, `${++files}.sta`)
  writeFileSync(file, statement(lines, balances))
  world.move(1_000)
  return await run(output => importStatementFile(world.deps, file, { as: '张三', ...flags }, output))
}
const replace = { replace: true, reason: '银行更正函 2026-118' }
const withdraw = (ids: readonly string[], flags: Partial<WithdrawFlags> = {}) =>
  run(output => withdrawLines(world.deps, ids, { as: '张三', reason: '重复', ...flags }, output))
const lines = (flags: Partial<LinesFlags> = {}, lang: 'zh' | 'en' = 'en') =>
  run(output => listLines(world.deps, { account: ACCOUNT, ...MARCH, ...flags }, output), lang)
const stored = async () => await world.store.statements.list(ACCOUNT, MARCH)
const shown = async (): Promise<readonly string[]> =>
  (await stored()).map(({ line }) => `${line.bookedOn.slice(-2)} ${line.amount.minor} ${line.text}`)
const proofs = async () =>
  (await world.store.coverage.rows(ACCOUNT, MARCH)).filter(row => row.receivedAt !== null).map(row => row.proof)

describe('a corrected file', () => {
  test('is refused with the lines that differ; replaced by a named person the store has what the bank says now', async () => {
    await bring([at('02', 1000n), at('03', -250n, '手续费'), at('03', -40n), at('04', 7n)])
    await postJournals(world.deps)
    const corrected = [at('02', 1000n), at('03', -205n, '手续费'), at('03', -40n), at('04', 7n)]
    const refused = await bring(corrected)
    expect(refused.code).toBe(1)
    expect(refused.text).toContain('-2.50 CNY')
    expect(refused.text).toContain('-2.05 CNY')
    expect(refused.text).toContain('--replace --dry-run')
    expect(await shown()).toHaveLength(4)

    const dry = await bring(corrected, { ...replace, dryRun: true })
    expect(dry.code).toBe(0)
    expect(dry.text).toMatch(/− +2 +2026-03-03 +-2\.50 CNY .*reverses entry YQ/)
    expect(dry.text).toMatch(/\+ +2026-03-03 +-2\.05 CNY/)
    expect(dry.document).toMatchObject({ dryRun: true, imported: 0, withdrawn: [{ id: '2', amount: '-2.50' }] })
    expect(await shown()).toContain('03 -250 手续费')

    for (const missing of [{ as: ' ' }, { reason: ' ' }])
      expect((await bring(corrected, { ...replace, ...missing })).code).toBe(1)
    expect(await shown()).toContain('03 -250 手续费')

    expect(await bring(corrected, replace)).toMatchObject({ code: 0, document: { imported: 1 } })
    expect(await shown()).toEqual(['02 1000 货款', '03 -40 货款', '03 -205 手续费', '04 7 货款'])
    expect((await proofs()).every(proof => proof === 'proven')).toBe(true)
    await postJournals(world.deps)
    const [, fee] = await stored()
    expect((await world.store.journals.ofLine(fee?.id ?? ''))?.reversedBy).toBeNull()
    expect((await world.store.journals.ofLine('2'))?.reversedBy).not.toBeNull()
    const trail = await world.store.audit.entries(0, 999)
    expect(trail.find(entry => entry.kind === 'line.withdrawn')?.content).toMatchObject({
      person: '张三',
      reason: '银行更正函 2026-118',
    })
  })

  test('that takes lines away and adds others leaves the ones that stay alone; twins are counted', async () => {
    await bring([at('02', -5n), at('02', -5n), at('02', -5n), at('02', 90n)])
    const before = (await stored()).map(line => line.id)
    expect(await bring([at('02', -5n), at('02', 90n), at('02', 33n)], replace)).toMatchObject({ code: 0 })
    expect(await shown()).toEqual(['02 -5 货款', '02 90 货款', '02 33 货款'])
    expect((await stored()).map(line => line.id).filter(id => before.includes(id))).toEqual(['1', '4'])
  })

  test('that has nothing of a day any more takes the day away; without --replace it only says what it does not have', async () => {
    await bring([at('02', -5n), at('03', 90n), at('03', 4n)])
    const fewer = [at('02', -5n)]
    expect(await bring(fewer)).toMatchObject({ code: 0, document: { imported: 0, absent: 0 } })
    expect(await bring([at('02', -5n), at('03', 90n)])).toMatchObject({
      ...{ code: 0, document: { absent: 1 } },
      text: expect.stringContaining('1 lines of these days that the file does not have'),
    })
    expect(await shown()).toHaveLength(3)
    expect(await proofs()).toContain('gap')
    expect(await bring(fewer, replace)).toMatchObject({ code: 0, document: { withdrawn: [{ id: '2' }, { id: '3' }] } })
    expect(await shown()).toEqual(['02 -5 货款'])
    expect((await proofs()).every(proof => proof === 'proven')).toBe(true)
  })

  test('the older file is not let in again, nor does it unprove what the newer one proved', async () => {
    const old = [at('02', 1000n), at('03', -250n)]
    await bring(old)
    await bring([at('02', 1000n), at('03', -205n)], replace)
    const again = await bring(old)
    expect(again).toMatchObject({ code: 1, text: expect.stringContaining('were withdrawn') })
    expect(await bring(old, replace)).toMatchObject({ code: 1, text: expect.stringContaining('restore') })
    expect(again.text).toContain('withdrawn: 2')
    expect(await shown()).toEqual(['02 1000 货款', '03 -205 货款'])
    expect((await proofs()).every(proof => proof === 'proven')).toBe(true)
  })

  test('cut off between withdrawing and importing, the same command goes on', async () => {
    await bring([at('02', 1000n), at('03', -250n)])
    const corrected = [at('02', 1000n), at('03', -205n)]
    const insert = world.store.statements.insert.bind(world.store.statements)
    const deps = { ...world.deps, store: { ...world.store, statements: { ...world.store.statements } } }
    deps.store.statements.insert = () => Promise.reject(new Error('the power failed'))
    const file = path.join(folder, 'cut.sta')
    writeFileSync(file, statement(corrected))
    await expect(run(output => importStatementFile(deps, file, { as: '张三', ...replace }, output))).rejects.toThrow(
      'power',
    )
    expect(await shown()).toEqual(['02 1000 货款'])
    deps.store.statements.insert = insert
    expect(await run(output => importStatementFile(deps, file, { as: '张三', ...replace }, output))).toMatchObject({
      code: 0,
    })
    expect(await shown()).toEqual(['02 1000 货款', '03 -205 货款'])
  })

  test.each<[string, () => Promise<unknown>, readonly Line[], object, string]>([
    [
      'a day that the interface filled',
      async () => {
        world.bank.lines.push(sampleLine({ bankId: 'L1', bookedOn: '2026-03-03' }))
        await importStatements(world.deps, ACCOUNT, { from: '2026-03-03', to: '2026-03-03' })
      },
      [at('03', -250n)],
      {},
      'interface filled that day',
    ],
    [
      'a part of a day, by its opening balance',
      async () => {
        await bring([at('02', 1000n)], {}, { to: '02' })
        await bring([at('03', -250n), at('03', 11n)], {}, { opening: 1000n, to: '03', from: '02' })
      },
      [at('03', 12n)],
      { opening: 750n, to: '03', from: '02' },
      'closing balance of the day before',
    ],
    [
      'a day that came in parts, by the first of them',
      async () => {
        await bring([at('02', 1000n)], {}, { to: '02' })
        await bring([at('03', -250n)], {}, { opening: 1000n, to: '03', from: '02' })
        await bring([at('03', -40n)], {}, { opening: 750n, to: '03', from: '02' })
      },
      [at('03', -205n)],
      { opening: 1000n, to: '03', from: '02' },
      'came in parts',
    ],
    [
      'the first day that the store has, by its second part',
      async () => {
        await bring([at('03', -250n)], {}, { opening: 1000n, to: '03', from: '02' })
        await bring([at('03', -40n)], {}, { opening: 750n, to: '03', from: '02' })
      },
      [at('03', -41n)],
      { opening: 750n, to: '03', from: '02' },
      'came in parts',
    ],
    [
      'a day by a file that was made before it ended',
      async () => {
        await bring([at('03', -250n), at('03', -40n)], {}, { opening: 1000n, to: '03', from: '02' })
        await bring([at('04', 5n)], {}, { opening: 710n, to: '04', from: '03' })
      },
      [at('03', -250n)],
      { opening: 1000n, to: '03', from: '02' },
      'the next day begins with',
    ],
  ])('does not replace %s', async (_what, before, file, balances, reason) => {
    world.move(1_000)
    await before()
    const kept = await shown()
    expect(await bring(file, replace, balances)).toMatchObject({ code: 1, text: expect.stringContaining(reason) })
    expect(await shown()).toEqual(kept)
  })

  test('replaces a day that came in parts where it ends with what the next day begins with', async () => {
    await bring([at('03', -250n)], {}, { opening: 1000n, to: '03', from: '02' })
    await bring([at('03', -40n)], {}, { opening: 750n, to: '03', from: '02' })
    await bring([at('04', 5n)], {}, { opening: 710n, to: '04', from: '03' })
    const whole = [at('03', -240n), at('03', -50n)]
    expect(await bring(whole, replace, { opening: 1000n, to: '03', from: '02' })).toMatchObject({ code: 0 })
    expect(await shown()).toEqual(['03 -240 货款', '03 -50 货款', '04 5 货款'])
  })

  test('replaces one day after the other, each with a statement of its own', async () => {
    await bring([at('03', -250n)], {}, { opening: 1000n, to: '03', from: '02' })
    await bring([at('04', 5n)], {}, { opening: 750n, to: '04', from: '03' })
    expect(await bring([at('03', -205n)], replace, { opening: 1000n, to: '03', from: '02' })).toMatchObject({ code: 0 })
    const second = await bring([at('04', 6n)], replace, { opening: 795n, to: '04', from: '03' })
    expect(second).toMatchObject({ code: 0, text: expect.stringContaining('1 lines withdrawn, 1 added') })
    expect(await shown()).toEqual(['03 -205 货款', '04 6 货款'])
    expect((await proofs()).every(proof => proof === 'proven')).toBe(true)
  })

  test('that moves the line of a payment to another day leaves nobody to look at the payment, and shows both', async () => {
    world.erp.queue.push(sampleRequest())
    await world.settle()
    const [payment] = await world.store.payments.list({}, null, 1)
    const { reference = '', amount } = payment?.instruction ?? {}
    const ours = (day: string): Line => ({ ...at(day, -(amount?.minor ?? 0n)), reference })
    await bring([ours('03'), at('05', 7n)])
    await linkPayments(world.deps)
    expect((await stored())[0]?.paymentId).toBe(payment?.id)
    const moved = [ours('04'), at('05', 7n), at('06', 8n)]
    const dry = await bring(moved, { ...replace, dryRun: true })
    expect(dry.text).toMatch(/−.*2026-03-03/)
    expect(dry.text).toMatch(/\+.*2026-03-04/)
    expect(await bring(moved, replace)).toMatchObject({ code: 0 })
    await linkPayments(world.deps)
    expect(await world.store.contradictions.open(9)).toEqual([])
    expect((await stored())[0]).toMatchObject({ paymentId: payment?.id, line: { bookedOn: '2026-03-04' } })
  })

  test('of many lines is proven once and not line by line', async () => {
    const many = (cents: bigint) => Array.from({ length: 40 }, (_, index) => at('03', cents - BigInt(index)))
    await bring(many(-100n))
    const { coverage } = world.store
    const balances = coverage.balances.bind(coverage)
    let proven = 0
    coverage.balances = (...asked) => (proven++, balances(...asked))
    expect(await bring(many(-1000n), replace)).toMatchObject({ code: 0, document: { imported: 40 } })
    expect(proven).toBe(1)
    expect((await proofs()).every(proof => proof === 'proven')).toBe(true)
  })

  test('any correction of any day ends with the lines that the corrected file has', async () => {
    const line = fc.record({ day: fc.constantFrom('02', '03', '04'), cents: fc.constantFrom(-5n, -7n, 11n, 500n) })
    const day = fc
      .array(line, { minLength: 1, maxLength: 6 })
      .map(all => all.toSorted((a, b) => (a.day < b.day ? -1 : 1)))
    await fc.assert(
      fc.asyncProperty(fc.array(day, { minLength: 2, maxLength: 4 }), async versions => {
        await end()
        await begin()
        for (const version of versions) {
          const text = await bring(version, replace)
          // A file that brings back what another took away says so; it is for a person to restore that.
          if (text.code === 1) {
            expect(text.text).toContain('restore')
            return
          }
          expect((await shown()).toSorted()).toEqual(version.map(each => `${each.day} ${each.cents} 货款`).toSorted())
        }
      }),
      { numRuns: 12 },
    )
  }, 60_000)
})

describe('single lines', () => {
  test('are listed with what hangs on them, withdrawn and restored', async () => {
    await bring([at('02', -250n, '手续费'), at('03', 40n)])
    await postJournals(world.deps)
    const dry = await withdraw(['1'], { dryRun: true })
    expect(dry).toMatchObject({ code: 0, document: { dryRun: true, lines: [{ id: '1', amount: '-2.50' }] } })
    expect(dry.text).toContain('reverses entry')
    expect(await stored()).toHaveLength(2)
    expect(await withdraw(['1'])).toMatchObject({ code: 0 })
    expect((await lines({}, 'zh')).text).toMatch(/1 +2026-03-02 +-2\.50 CNY .*张三 2026-04-02 撤回：重复/)
    expect((await lines({ withdrawn: true })).document).toMatchObject({
      lines: [{ id: '1', withdrawn: { person: '张三', reason: '重复' } }],
    })
    expect((await lines({ from: '2026-03-10', to: '2026-03-11' })).text).toContain('no lines')
    const restore = await run(output => restoreLines(world.deps, ['1'], { as: '李四', reason: '弄错' }, output), 'zh')
    expect(restore).toMatchObject({ code: 0, text: expect.stringContaining('已恢复 1 笔') })
    expect((await lines({ withdrawn: true })).document).toMatchObject({ lines: [] })
    expect(await stored()).toHaveLength(2)
  })

  test('of twins the last is withdrawn: the first is what the bank gives, and what its files have', async () => {
    await bring([at('02', -250n), at('02', -250n)])
    expect(await withdraw(['1'])).toMatchObject({ code: 1, text: expect.stringContaining('withdraw 2 instead') })
    expect(await withdraw(['2'])).toMatchObject({ code: 0 })
    expect(await bring([at('02', -250n)])).toMatchObject({ code: 0 })
    expect(await withdraw(['1'])).toMatchObject({ code: 0 })
  })

  test('all of them or none: what speaks against one is told first', async () => {
    await bring([at('02', -250n), at('03', 40n)])
    expect(await withdraw(['1', '99'])).toMatchObject({ code: 1, document: { code: 'LINE_UNKNOWN' } })
    expect(await withdraw(['1'], { as: ' ' })).toMatchObject({
      code: 1,
      document: { code: 'WITHDRAWAL_PERSON_MISSING' },
    })
    expect(await stored()).toHaveLength(2)
    expect(await run(output => restoreLines(world.deps, ['1'], { as: '李', reason: 'x' }, output))).toMatchObject({
      code: 1,
      document: { code: 'LINE_NOT_WITHDRAWN' },
    })
    const { withdrawals } = world.store
    const once = withdrawals.withdraw.bind(withdrawals)
    // Somebody changes the second line at that moment.
    withdrawals.withdraw = async (asked, when) => asked.lineId === '1' && (await once(asked, when))
    expect(await withdraw(['1', '2'])).toMatchObject({
      ...{ code: 1, document: { code: 'LINE_BUSY', done: ['1'] } },
      text: expect.stringContaining('done before: 1; run it again for the others only'),
    })
    withdrawals.withdraw = once
    expect(await withdraw(['2', '2'])).toMatchObject({ code: 0 })
    expect(await stored()).toHaveLength(0)
  })
})
