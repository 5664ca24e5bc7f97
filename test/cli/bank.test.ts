// How banks are, and pausing them, as an operator types it over a real site with a running daemon's admin port beside it.

import { listBanks, pauseBank, resumeBank, type BankView } from '../../connector/cli/bank'
import { adminPartsOf, doctor, status } from '../../connector/cli/operate'
import type { Site } from '../../connector/cli/site'
import { startAdmin } from '../../connector/observe/admin'
import { openDemoWorld, type DemoWorld } from '../support/demo-world'
import { capture } from '../support/output'

const SAID = { scope: 'sends', person: ' 李娜 ', reason: '工行通知停机' } as const

let world: DemoWorld
beforeAll(async () => {
  world = await openDemoWorld(() => undefined, {})
}, 60_000)
afterAll(() => world?.close())

test('without a daemon it says so, and shows hours and pauses alone', async () => {
  const said = capture('en')
  expect(await listBanks(world.site, said.output)).toBe(0)
  expect(said.text()).toContain('admin.port is 0: where the daemon listens is not known; hours and pauses alone')
  expect(said.text()).toMatch(/icbc +payments may be sent$/m)
  expect((said.document() as BankView).daemon).toBeNull()
})

test('a running daemon tells how each connection is, and shows no names on its port', async () => {
  const { site } = world
  await site.deps.banks
    .get('icbc')
    ?.balance('0200000109000000001', AbortSignal.timeout(10_000))
    .catch(() => undefined)
  const admin = await startAdmin({ host: '127.0.0.1', port: 0 }, adminPartsOf(site))
  try {
    const port = Number(new URL(admin.url).port)
    const beside: Site = { ...site, config: { ...site.config, admin: { host: '127.0.0.1', port } } }
    await pauseBank(beside, 'icbc', SAID, capture('en').output)
    const said = capture('zh')
    await listBanks(beside, said.output)
    const view = said.document() as BankView
    expect(view.daemon).toBe(site.config.instance)
    const icbc = view.banks.find(({ name }) => name === 'icbc')
    expect(icbc).toMatchObject({ gateway: 'icbc', pause: { person: '李娜', reason: '工行通知停机', scope: 'sends' } })
    expect(icbc?.health.callsLastMinute).toBeGreaterThan(0)
    expect(said.text()).toMatch(
      /icbc +人工暂停 \(只停付款，查询照常\): 李娜, .*工行通知停机 +未断开 +近一分钟调用 \d+, 进行中 0/,
    )
    expect(await (await fetch(`${admin.url}/banks`)).text()).not.toMatch(/李娜|停机/)
    await resumeBank(beside, 'icbc', { person: '王强', reason: '已恢复' }, capture('en').output)
  } finally {
    await admin.close()
  }
})

test('a pause needs a bank of the configuration, a name and a reason', async () => {
  const unknown = capture('en')
  expect(await pauseBank(world.site, 'ccb', SAID, unknown.output)).toBe(1)
  expect(unknown.text()).toBe('there is no bank ccb; the configuration has: icbc, boc')
  const nameless = capture('zh')
  expect(await pauseBank(world.site, 'icbc', { ...SAID, person: ' ' }, nameless.output)).toBe(1)
  expect(nameless.text()).toBe('必须写明姓名和原因')
  expect(await world.site.deps.store.pauses.list()).toEqual([])
})

test('status and doctor show who paused a bank, why, and how it is resumed', async () => {
  expect(await pauseBank(world.site, 'boc', { ...SAID, scope: 'all' }, capture('en').output)).toBe(0)
  expect(await pauseBank(world.site, 'boc', { ...SAID, scope: 'all' }, capture('en').output)).toBe(1)
  const shown = capture('en')
  await status(world.configFile, world.parts, shown.output)
  expect(shown.text()).toMatch(/boc +paused by a person \(everything\): 李娜, .*: 工行通知停机/)
  const examined = capture('en')
  expect(await doctor(world.configFile, world.parts, examined.output)).toBe(1)
  const { checks } = examined.document() as { checks: readonly { of: string; name: string; ok: boolean; en: string }[] }
  const sending = checks.filter(({ name }) => name === 'sending')
  expect(sending.map(({ of, ok }) => [of, ok])).toEqual([
    ['bank icbc', true],
    ['bank boc', false],
  ])
  expect(sending[1]?.en).toContain('To resume: yinqi bank resume boc')
  expect(await resumeBank(world.site, 'boc', { person: '王强', reason: '已恢复' }, capture('en').output)).toBe(0)
  expect(await resumeBank(world.site, 'boc', { person: '王强', reason: '已恢复' }, capture('en').output)).toBe(1)
  const kinds = (await world.site.deps.store.audit.entries(0, 100)).map(({ kind, subject }) => `${kind} ${subject}`)
  expect(kinds).toEqual(expect.arrayContaining(['bank.paused boc', 'bank.resumed boc']))
})
