// The operator's commands over a real site: what they print and their exit codes are what scripts and people rely on.

import { doctor, status } from '../../connector/cli/operate'
import { listRefused, retryRefused } from '../../connector/cli/outbox'
import { deliver } from '../../connector/steps/deliver'
import { openDemoWorld, type DemoWorld } from '../support/demo-world'
import { capture } from '../support/output'

let world: DemoWorld

beforeAll(async () => {
  world = await openDemoWorld(() => undefined, { clockOffsetMs: 90_000 })
}, 60_000)
afterAll(() => world?.close())

test('doctor reaches every ERP and account, and shows how far each clock is from ours', async () => {
  const said = capture('zh')
  expect(await doctor(world.configFile, world.parts, said.output)).toBe(0)
  const { ok, checks } = said.document() as { ok: boolean; checks: readonly Check[] }
  expect(ok).toBe(true)
  expect([...new Set(checks.map(found => found.of))]).toEqual([
    'yinqi',
    'erp midtable',
    'erp u8',
    'bank icbc',
    'bank boc',
  ])
  // The simulated banks are 90 s ahead. ICBC writes whole seconds; BOC gives a day only, which says nothing of its clock.
  const [icbc, boc] = checks.filter(({ of, name }) => of.startsWith('bank ') && name.startsWith('balance'))
  expect(icbc?.clockDifferenceMs).toBeGreaterThan(87_000)
  expect(icbc?.clockDifferenceMs).toBeLessThan(91_000)
  expect(boc?.clockDifferenceMs).toBeNull()
  expect(said.text()).toMatch(/✓ +bank icbc +balance 0001 +\d+ ms +Δ [89]\d{4} ms +余额可查，银行时间/)
})

test('doctor says which bank it cannot reach and what to look at', async () => {
  const fault = await world.simulator.order({ bank: 'boc', kind: 'refuse-connections' })
  const said = capture('en')
  const code = await doctor(world.configFile, world.parts, said.output)
  const { checks } = said.document() as { checks: readonly Check[] }
  const boc = checks.find(({ of, name }) => of === 'bank boc' && name.startsWith('balance'))
  await world.simulator.withdraw(fault.id)
  expect([code, boc?.ok]).toEqual([1, false])
  expect(boc?.en).toContain("Check the bank's front-end")
})

test('what the ERP refused is listed with its reason, and told again at once when asked', async () => {
  const { deps } = world.site
  const at = deps.clock.now()
  const record = { kind: 'command.answered', key: 'c1', id: 'not-a-row', ok: true, text: 'done', at } as const
  await deps.store.outbox.add([{ erp: 'midtable', record }], at)
  await deliver(deps, 'midtable')
  const listed = capture('en')
  expect(await listRefused(deps, listed.output)).toBe(0)
  expect(listed.text()).toContain('MIDTABLE_ROW_MISSING')
  const shown = capture('zh')
  expect(await status(world.configFile, world.parts, shown.output)).toBe(0)
  expect(shown.text()).toContain('ERP midtable：待回写 0，被拒 1')
  expect(await deliver(deps, 'midtable')).toBe(0)
  const retried = capture('zh')
  expect(await retryRefused(deps, 'midtable', retried.output)).toBe(0)
  expect(retried.text()).toBe('1 条被拒记录将立即重新回写')
  expect(await deliver(deps, 'midtable')).toBe(1)
})

test('an ERP that does not exist is an error that names those that do', async () => {
  const said = capture('en')
  expect(await retryRefused(world.site.deps, 'sap', said.output)).toBe(1)
  expect(said.text()).toContain('there is no ERP sap; there are: midtable, u8')
  expect(said.document()).toMatchObject({ ok: false, erps: ['midtable', 'u8'] })
})

type Check = {
  readonly of: string
  readonly name: string
  readonly ok: boolean
  readonly clockDifferenceMs: number | null
  readonly en: string
}
