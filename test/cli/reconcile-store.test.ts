// The commands over the store: what they print explains itself, what is wrong ends with a code, and the wiring takes the
// options that the documents show.

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { listMatches, makeMatch, showMatch, undo } from '../../connector/cli/match'
import { monthStatement, reconcileStore } from '../../connector/cli/reconcile-store'
import { bankLines, entry } from '../support/reconcile-world'
import { capture } from '../support/output'
import { ACCOUNT, openWorld, type World } from '../support/world'

let world: World
let lines: readonly string[]
beforeEach(async () => {
  world = await openWorld()
  lines = await bankLines(world, [
    { on: '2026-02-10', yuan: '-50.00', bankSerial: 'S1', balanceAfter: { minor: 5_000n, currency: 'CNY' } },
    { on: '2026-02-27', yuan: '-1.50', counterName: '某银行', balanceAfter: { minor: 4_850n, currency: 'CNY' } },
  ])
  world.erp.ledgerLines.push(
    entry('L1', '2026-02-11', '-50.00', { reference: 'S1', voucherNo: '付-0007' }),
    entry('L2', '2026-02-28', '20.00', { counterparty: '乙公司' }),
  )
})
afterEach(() => world.close())

test('a dry run names the match, its pass, fields and rule version; then it is made', async () => {
  const dry = capture('zh')
  expect(await reconcileStore(world.deps, { account: ACCOUNT, isDryRun: true }, dry.output)).toBe(0)
  expect(dry.document()).toMatchObject({
    ...{ ok: true, isDryRun: true, count: 1, ruleVersion: '4' },
    matches: [{ statementIds: [lines[0]], ledgerIds: ['L1'], pass: 'reference', fields: ['reference', 'amount'] }],
    left: { statement: [lines[1]], ledger: ['L2'] },
    ledgerLines: expect.arrayContaining([
      expect.objectContaining({ id: 'L2', amount: '20.00', counterparty: '乙公司' }),
    ]),
  })
  expect(dry.text()).toContain('没有写入任何勾对')
  const real = capture('en')
  expect(await reconcileStore(world.deps, { account: ACCOUNT, isDryRun: false }, real.output)).toBe(0)
  expect(real.text()).toContain('1 matches written, rules 4')
  const again = capture('en')
  await reconcileStore(world.deps, { account: ACCOUNT, isDryRun: false }, again.output)
  expect(again.document()).toMatchObject({ count: 0, matches: [] })
})

test('a match is shown with both sides, undone with a name, and listed with what became of it', async () => {
  await reconcileStore(world.deps, { account: ACCOUNT, isDryRun: false }, capture('zh').output)
  const shown = capture('zh')
  expect(await showMatch(world.deps, '1', shown.output)).toBe(0)
  expect(shown.text()).toContain('勾对 1  reference（比对 reference、amount），规则 4，自动')
  expect(shown.document()).toMatchObject({
    match: { isAutomatic: true, ruleVersion: '4', closesOn: '2026-02-11', undone: null },
    statementLines: [{ id: lines[0], amount: '-50.00', reference: 'S1' }],
    ledgerLines: [{ id: 'L1', amount: '-50.00', reference: '付-0007', isGone: false }],
  })
  const undone = capture('zh')
  expect(await undo(world.deps, '1', { person: '李四', reason: '收款方有误' }, undone.output)).toBe(0)
  expect(undone.document()).toMatchObject({ ok: true, match: { undone: { person: '李四', reason: '收款方有误' } } })
  expect(await undo(world.deps, '1', { person: '李四', reason: '再次' }, undone.output)).toBe(1)
  expect(undone.document()).toMatchObject({ ok: false, code: 'MATCH_NOT_STANDING' })
  const made = capture('en')
  const given = { lineIds: [lines[0] ?? ''], ledgerIds: ['L1'], account: null, differenceAccount: '' }
  expect(await makeMatch(world.deps, { ...given, person: '王五', reason: '回单已核' }, made.output)).toBe(0)
  expect(made.text()).toBe('matched, number 2')
  const listed = capture('zh')
  const all = { account: ACCOUNT, which: 'all' as const, before: null, limit: 50 }
  await listMatches(world.deps, all, listed.output)
  expect(listed.document()).toMatchObject({
    matches: [
      { id: '2', pass: 'manual', fields: ['person'], person: '王五', reason: '回单已核', isAutomatic: false },
      { id: '1', undone: { person: '李四' } },
    ],
  })
  expect(listed.text()).toContain('李四 收款方有误')
  await listMatches(world.deps, { ...all, which: 'undone' }, listed.output)
  expect(listed.document()).toMatchObject({ matches: [{ id: '1' }] })
  await listMatches(world.deps, { ...all, before: '1' }, listed.output)
  expect(listed.document()).toEqual({ matches: [] })
  expect(await showMatch(world.deps, '99', listed.output)).toBe(1)
})

test('the statement of a month is written as a file, and says whether both sides agree', async () => {
  await reconcileStore(world.deps, { account: ACCOUNT, isDryRun: false }, capture('zh').output)
  // Bank 48.50; the ledger has +20.00 that the bank lacks, the bank -1.50 that the ledger lacks: both come to 68.50.
  const said = capture('zh')
  const month = { account: ACCOUNT, month: '2026-02', preparer: '张三' }
  const out = path.join(world.folder, 'a.pdf')
  expect(await monthStatement(world.deps, { ...month, ledgerBalance: '70.00', out }, said.output)).toBe(0)
  expect(said.text()).toContain('2026-02-28 调节后余额：企业 68.50，银行 68.50，差额 0.00')
  expect(readFileSync(out).subarray(0, 5).toString()).toBe('%PDF-')
  const wrong = capture('en')
  expect(await monthStatement(world.deps, { ...month, ledgerBalance: '70.01' }, wrong.output)).toBe(1)
  expect(wrong.document()).toMatchObject({ difference: '0.01', paidByBankOnly: { total: '1.50' } })
  const unknown = capture('en')
  expect(await monthStatement(world.deps, month, unknown.output)).toBe(1)
  expect(unknown.text()).toContain('--ledger-balance')
  expect(unknown.document()).toMatchObject({ difference: null, bank: { balance: '48.50' } })
})

test('what is no account, month, day or amount is answered', async () => {
  const said = capture('en')
  expect(await reconcileStore(world.deps, { account: 'x', isDryRun: true }, said.output)).toBe(1)
  expect(said.text()).toContain('no account x is configured')
  expect(await reconcileStore(world.deps, { account: ACCOUNT, isDryRun: true, from: '2026-02-30' }, said.output)).toBe(
    1,
  )
  expect(await monthStatement(world.deps, { account: ACCOUNT, month: '2026-13' }, said.output)).toBe(1)
  expect(await monthStatement(world.deps, { account: 'x', month: '2026-12' }, said.output)).toBe(1)
  const bad = { account: ACCOUNT, month: '2026-02', ledgerBalance: '1,00' }
  expect(await monthStatement(world.deps, bad, said.output)).toBe(1)
  expect(said.document()).toMatchObject({ ok: false, code: 'LEDGER_ROW' })
  expect(await monthStatement(world.deps, { ...bad, ledgerBalance: '1', out: '/x.doc' }, said.output)).toBe(1)
  expect(said.document()).toMatchObject({ code: 'ADJUSTED_FORMAT' })
})

test('the command takes two files, an account, or a month’s statement, and nothing in between', () => {
  const main = path.resolve(__dirname, '../../connector/main.js')
  const yinqi = (...args: readonly string[]) =>
    spawnSync(process.execPath, [main, ...args], { cwd: world.folder, encoding: 'utf8', timeout: 60_000 })
  const statement = path.join(world.folder, 's.csv')
  writeFileSync(statement, '交易日期,收入,支出,余额,对方户名\n2026-03-01,5.00,,5.00,甲公司\n')
  const ledger = path.join(world.folder, 'l.csv')
  writeFileSync(ledger, 'id,date,amount,counterparty\nL1,2026-03-01,5.00,甲公司\n')
  const out = path.join(world.folder, 'a.xlsx')
  const files = yinqi('reconcile', '--statement', statement, '--ledger', ledger, '--adjusted', out, '--json')
  expect(JSON.parse(files.stdout)).toMatchObject({ matches: [{ ledgerIds: ['L1'] }] })
  expect(existsSync(out)).toBe(true)
  expect(yinqi('reconcile').status).toBe(2)
  expect(yinqi('reconcile', '--statement', statement).status).toBe(2)
  // All its options are taken: what is missing here is the configuration.
  expect(yinqi('reconcile', 'statement', '--account', 'a', '--month', '2026-02').status).toBe(78)
  expect(yinqi('reconcile', 'statement', '--month', '2026-02').status).toBe(2)
  expect(yinqi('match', 'list', '--account', 'a', '--only', 'nonsense').status).toBe(2)
})
