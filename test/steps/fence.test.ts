// The fence over a real store that is put back, copied and shared, against a bank whose own ledger is the truth (I10).

import { copyFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { fenceClear } from '../../connector/cli/fence'
import { EXIT, type Output } from '../../connector/cli/output'
import { approve, cancel, confirm } from '../../connector/cli/payment'
import type { Fence } from '../../connector/steps/fence'
import { createFence, newToken } from '../../connector/steps/fence'
import { fenceWatch } from '../../connector/steps/fence-watch'
import { confirmFence, type Confirmed } from '../../connector/steps/fence-confirm'
import { sweepFence, sweepRange } from '../../connector/steps/fence-sweep'
import { importStatements, linkPayments } from '../../connector/steps/import-statements'
import { inquire } from '../../connector/steps/inquire'
import { intake } from '../../connector/steps/intake'
import { submit } from '../../connector/steps/submit'
import type { Payment } from '../../connector/store/store'
import { SAMPLE_TRAITS, sampleLine, sampleRequest } from '../support/sample'
import { ACCOUNT, MemoryFenceFile, openWorld, type World } from '../support/world'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

const DAY = { from: '2026-03-01', to: '2026-03-01' }
const silent: Output = { lang: 'zh', isJson: false, say: () => undefined, json: () => undefined }
const run = async () => ({ ok: true, text: '' })

function ask(docNo: string, amount: string) {
  const request = sampleRequest({ amount, digest: docNo })
  return { ...request, key: { ...request.key, docNo } }
}

/** As an administrator copies a live database. */
function backup(): string {
  const to = path.join(world.folder, `backup-${Math.random()}.sqlite`)
  const db = new Sqlite(path.join(world.folder, 'store.sqlite'), { readonly: true })
  db.prepare('VACUUM INTO ?').run(to)
  db.close()
  return to
}

/** As an administrator puts a copy back, in the same file; then a daemon starts over it. */
async function restore(from: string): Promise<void> {
  await world.store.close()
  const store = path.join(world.folder, 'store.sqlite')
  for (const tail of ['-wal', '-shm']) rmSync(store + tail, { force: true })
  copyFileSync(from, store)
  world = await openWorld({}, world)
}

async function codes(fence: Fence = world.deps.fence): Promise<readonly string[]> {
  const state = await fence.look()
  return state.kind === 'open' ? [] : state.reasons.map(({ code }) => code)
}

async function byDoc(docNo: string): Promise<Payment> {
  const payments = await world.store.payments.list({ docNo }, null, 10)
  expect(payments).toHaveLength(1)
  const [payment] = payments
  if (!payment) throw new Error(`no payment ${docNo}`)
  return payment
}

async function confirmed(accepted: readonly string[] = []): Promise<Confirmed> {
  const said = { person: '李娜', evidence: '流水', accepted, range: await sweepRange(world.deps) }
  const result = await confirmFence(world.deps, world.fence, said)
  await world.deps.fence.look()
  return result
}

const paidTimes = (): readonly number[] => [...world.bank.debits.values()].map(debits => debits.length)

/** One payment before the backup, the rest after it; then the older copy is put back. */
async function lose(asks: ReturnType<typeof ask>[]): Promise<void> {
  world.erp.queue = [ask('OLD', '1.00')]
  await world.settle(3)
  const copy = backup()
  world.erp.queue = asks
  await world.settle(3)
  await restore(copy)
}

test('an older copy sends nothing and takes nothing, and says so', async () => {
  await lose([ask('LOST', '2.00')])
  expect(await codes()).toEqual(['FENCE_STORE_BEHIND'])
  expect(world.happened).toContainEqual(expect.objectContaining({ kind: 'fence.closed', code: 'FENCE_STORE_BEHIND' }))
  world.erp.queue = [ask('NEXT', '3.00')]
  const sends = world.bank.sends.length
  await world.settle(3)
  expect(world.bank.sends).toHaveLength(sends)
  expect(world.erp.queue).toHaveLength(1)
})

test('what was ready in the copy and sent by the original is found at the bank, and is not sent again', async () => {
  world.erp.queue = [ask('OLD', '1.00')]
  await world.settle(3)
  world.erp.queue = [ask('READY', '2.00'), ask('HIDDEN', '3.00')]
  await intake(world.deps, 'erp', run)
  const copy = backup()
  await world.settle(3)
  await restore(copy)
  const hidden = await byDoc('HIDDEN')
  // The bank knows of one by inquiry; of the other it shows nothing yet.
  const [debit] = world.bank.debits.get(hidden.instruction.reference) ?? []
  world.bank.debits.delete(hidden.instruction.reference)
  const lines = world.bank.lines.splice(0)
  expect(await confirmed()).toMatchObject({ kind: 'confirmed', held: 1 })
  expect((await byDoc('READY')).state).toBe('settled')
  expect((await byDoc('HIDDEN')).state).toBe('held')
  await world.settle(3)
  expect((await byDoc('HIDDEN')).state).toBe('held')
  // It was paid all the same: the statement shows it later, and that is what was expected.
  if (debit) world.bank.debits.set(hidden.instruction.reference, [debit])
  world.bank.lines.push(...lines)
  await importStatements(world.deps, ACCOUNT, DAY)
  await world.settle(3)
  expect((await byDoc('HIDDEN')).state).toBe('settled')
  expect(await codes()).toEqual([])
  expect(paidTimes()).toEqual([1, 1, 1])
})

test('a fenced payment is let go only by who looked at the bank: no approval, no withdrawal, no cancelling', async () => {
  world.erp.queue = [ask('OLD', '1.00')]
  await world.settle(3)
  world.erp.queue = [ask('P', '2.00'), ask('Q', '3.00')]
  await intake(world.deps, 'erp', run)
  const copy = backup()
  world.erp.queue = [ask('LOST', '9.00')]
  await intake(world.deps, 'erp', run)
  await submit(world.deps, 'bank')
  for (const name of ['P', 'Q']) {
    const { instruction } = await byDoc(name)
    world.bank.debits.delete(instruction.reference)
    world.bank.lines.splice(
      0,
      world.bank.lines.length,
      ...world.bank.lines.filter(line => line.reference !== instruction.reference),
    )
  }
  await restore(copy)
  const site = { deps: world.deps, fence: world.fence }
  const early = await byDoc('P')
  expect(await cancel(site, early.id, '王', 'x', silent)).toBe(EXIT.no)
  const [lost] = (await world.erp.shown()).filter(row => row.request.key.docNo === 'LOST')
  await importStatements(world.deps, ACCOUNT, DAY)
  await confirmed(lost ? [`line:${lost.bankReference}`] : world.bank.lines.map(line => `line:${line.reference}`))
  const { id } = await byDoc('P')
  expect(await approve(site, id, '王', 'x', silent)).toBe(EXIT.ok)
  expect(await cancel(site, id, '王', 'x', silent)).toBe(EXIT.no)
  const { request } = await byDoc('P')
  world.erp.queue = [{ kind: 'cancel', key: request.key, by: 'ERP', request }]
  await intake(world.deps, 'erp', run)
  expect((await byDoc('P')).state).toBe('held')
  const said = { person: '王', evidence: '网银无此笔' }
  expect(await fenceClear(world.deps, [id], { ...said, then: 'send' }, silent)).toBe(EXIT.ok)
  expect(await fenceClear(world.deps, [(await byDoc('Q')).id], { ...said, then: 'cancel' }, silent)).toBe(EXIT.ok)
  await world.settle(3)
  expect((await byDoc('P')).state).toBe('settled')
  expect((await byDoc('Q')).state).toBe('cancelled')
  expect(world.bank.timesDebited((await byDoc('P')).instruction.reference)).toBe(1)
})

test('a lost payment that the ERP shows is taken back under its own reference, and known when it is asked again', async () => {
  const asked = ask('LOST', '2.00')
  await lose([asked])
  const [row] = (await world.erp.shown()).filter(({ request }) => request.key.docNo === 'LOST')
  expect(await confirmed()).toMatchObject({ kind: 'confirmed', adopted: 1 })
  const payment = await byDoc('LOST')
  expect(payment).toMatchObject({ state: 'settled', seq: (row?.seq ?? 0) + 1 })
  expect(payment.instruction.reference).toBe(row?.bankReference)
  world.erp.queue = [asked]
  await world.settle(3)
  await fenceWatch(world.deps)()
  expect(await codes()).toEqual([])
  expect(paidTimes()).toEqual([1, 1])
})

test('a lost payment that only the bank shows must be named, and a request that resembles it waits', async () => {
  const asked = ask('LOST', '2.00')
  await lose([asked])
  world.erp.told.length = 0
  const reference = world.bank.lines.at(-1)?.reference ?? ''
  expect(await confirmed()).toMatchObject({ kind: 'refused', unnamed: [{ id: `line:${reference}` }] })
  expect(await codes()).toEqual(expect.arrayContaining(['FENCE_STORE_BEHIND', 'FENCE_BANK_AHEAD']))
  expect(await confirmed([`line:${reference}`])).toMatchObject({ kind: 'confirmed' })
  // Long after the hour in which everything waits.
  world.move(7_200_000)
  world.erp.queue = [asked, ask('OTHER', '4.00')]
  await world.settle(3)
  expect(await byDoc('LOST')).toMatchObject({ state: 'held', statusText: expect.stringContaining(reference) })
  expect((await byDoc('OTHER')).state).toBe('settled')
  const { id } = await byDoc('LOST')
  for (const person of ['张', '李'])
    await confirm(world.deps, id, { verdict: 'paid', person, evidence: reference }, silent)
  expect((await byDoc('LOST')).state).toBe('settled')
  expect(paidTimes()).toEqual([1, 1, 1])
})

test('after a confirmation references are of a new incarnation, and what is asked within the hour waits', async () => {
  await lose([ask('LOST', '2.00')])
  const before = await world.store.meta.incarnation()
  await confirmed()
  expect(await world.store.meta.incarnation()).not.toBe(before)
  expect(await world.store.fence.incarnations()).toEqual(expect.arrayContaining([before]))
  world.erp.queue = [ask('NEXT', '3.00')]
  await world.settle(1)
  const next = await byDoc('NEXT')
  expect(next.state).toBe('held')
  expect(next.instruction.reference.slice(6, 9)).toBe(await world.store.meta.incarnation())
})

test('the copy is told of the newest steps that the ERP shows, so that the next one is newer', async () => {
  world.erp.queue = [ask('OLD', '1.00')]
  await world.settle(3)
  world.erp.queue = [ask('P', '2.00')]
  world.bank.fault = 'lost-answer'
  world.bank.isHidden = true
  await intake(world.deps, 'erp', run)
  const copy = backup()
  await world.settle(3)
  await restore(copy)
  world.bank.fault = 'none'
  const [row] = (await world.erp.shown()).filter(({ request }) => request.key.docNo === 'P')
  expect(row?.status).toBe('unknown')
  world.bank.lines.length = 0
  await confirmed()
  expect((await byDoc('P')).seq).toBeGreaterThan(row?.seq ?? 0)
})

test('a statement line under our reference that nobody has closes the fence before the next send, on every host', async () => {
  world.erp.queue = [ask('P', '1.00')]
  await world.settle(3)
  const file = new MemoryFenceFile()
  const second = createFence({ ...world.fence, file, instance: 'd2' })
  await second.look()
  await world.deps.fence.look()
  expect((await second.look()).kind).toBe('open')
  const foreign = (await byDoc('P')).instruction.reference.slice(0, 9) + '777777'
  world.bank.lines.push(sampleLine({ bankId: 'X', reference: foreign }))
  world.erp.queue = [ask('Q', '2.00')]
  await intake(world.deps, 'erp', run)
  await importStatements(world.deps, ACCOUNT, DAY)
  await linkPayments(world.deps)
  expect(await submit(world.deps, 'bank')).toBe(0)
  // The other host has not looked since: its count for the next send is refused.
  expect(await second.advance()).toMatchObject({
    kind: 'closed',
    reasons: [{ code: 'FENCE_BANK_AHEAD', detail: foreign }],
  })
  expect(world.bank.sends).toHaveLength(1)
})

test('a bank line of somebody else, and one under a package’s number, change nothing', async () => {
  world.bank.traits = { ...SAMPLE_TRAITS, referenceScope: 'batch' }
  world.erp.queue = [ask('P', '1.00'), ask('Q', '2.00')]
  await world.settle(3)
  const packageNumber = (await byDoc('P')).instruction.batch.reference
  expect(packageNumber).not.toBe((await byDoc('P')).instruction.reference)
  for (const reference of [packageNumber, '999999999999999', 'ABC'])
    world.bank.lines.push(sampleLine({ bankId: reference, reference }))
  await importStatements(world.deps, ACCOUNT, DAY)
  await linkPayments(world.deps)
  expect(await codes()).toEqual([])
})

test('what the ERP shows and the store does not know is heard before the first send', async () => {
  world.erp.queue = [ask('P', '1.00')]
  await world.settle(3)
  const [told] = world.erp.told.filter(record => record.kind === 'payment.status')
  if (told?.kind === 'payment.status') world.erp.told.push({ ...told, seq: 99 })
  const fence = createFence(world.fence)
  const deps = { ...world.deps, fence }
  expect(await submit(deps, 'bank')).toBe(0)
  await fenceWatch(deps)()
  expect(await codes(fence)).toEqual(['FENCE_ERP_AHEAD'])
  // It has asked by itself, and says what it found.
  expect(world.happened).toContainEqual(expect.objectContaining({ kind: 'fence.difference', mustBeNamed: false }))
})

test('closed between intent and socket, the batch is unsent and ready again', async () => {
  world.erp.queue = [ask('P', '1.00')]
  await intake(world.deps, 'erp', run)
  await world.store.fence.close({
    whose: 'store',
    reasons: [{ code: 'FENCE_BANK_AHEAD', detail: 'x' }],
    instance: 'd2',
    at: 1,
  })
  await submit(world.deps, 'bank')
  expect(world.bank.sends).toEqual([])
  const payment = await byDoc('P')
  expect(payment.state).toBe('ready')
  const history = await world.store.payments.history(payment.id)
  expect(history.at(-1)).toMatchObject({ cause: 'send.unsent', evidence: { code: 'FENCE_CLOSED' } })
})

test('without a durable count nothing is sent; a crash between the two counts closes nothing', async () => {
  world.erp.queue = [ask('P', '1.00')]
  await intake(world.deps, 'erp', run)
  world.file.isFull = true
  await submit(world.deps, 'bank')
  expect(world.bank.sends).toEqual([])
  world.file.isFull = false
  expect((await world.store.fence.facts()).sends).toBe((world.file.record?.sends ?? 0) + 1)
  await world.store.close()
  world = await openWorld({}, world)
  expect(await codes()).toEqual([])
  world.move(61_000)
  await submit(world.deps, 'bank')
  expect(paidTimes()).toEqual([1])
})

test('a store that is put back under a running daemon is noticed at the next send', async () => {
  world.erp.queue = [ask('P', '1.00')]
  await world.settle(2)
  // As after a failover to a replica that lags: the file remembers sends that the store does not have.
  const { record } = world.file
  if (record) world.file.record = { ...record, sends: record.sends + 1 }
  world.erp.queue = [ask('Q', '2.00')]
  await intake(world.deps, 'erp', run)
  await submit(world.deps, 'bank')
  expect(world.bank.sends).toHaveLength(1)
  expect(await codes()).toEqual(['FENCE_STORE_BEHIND'])
})

test('a new host binds itself once another is seen alive, and never beside a store that stands still', async () => {
  world.erp.queue = [ask('P', '1.00')]
  await world.settle(2)
  const second = createFence({ ...world.fence, file: new MemoryFenceFile(), instance: 'd2' })
  expect(await codes(second)).toEqual(['FENCE_HOST_UNKNOWN'])
  expect(await codes(second)).toEqual(['FENCE_HOST_UNKNOWN'])
  world.move(5_000)
  await world.deps.fence.look()
  expect(await codes(second)).toEqual([])
})

test('a confirmation on one host lets the others go on by themselves', async () => {
  const file = new MemoryFenceFile()
  const parts = { ...world.fence, file, instance: 'd2', newToken }
  expect(await codes(createFence(parts))).toEqual([])
  await lose([ask('LOST', '2.00')])
  const second = createFence({ ...world.fence, file, instance: 'd2' })
  expect(await codes(second)).toEqual(['FENCE_STORE_BEHIND'])
  await confirmed()
  expect(await codes(second)).toEqual([])
  expect(await second.advance()).toEqual({ kind: 'open' })
})

test('unknown in the copy waits anew for a final "not found": the original may have sent it again', async () => {
  world.bank.traits = { ...SAMPLE_TRAITS, absentFinalAfterMs: 600_000 }
  world.erp.queue = [ask('U', '1.00')]
  world.bank.fault = 'lost-request'
  await intake(world.deps, 'erp', run)
  await submit(world.deps, 'bank')
  expect((await byDoc('U')).state).toBe('unknown')
  const copy = backup()
  world.bank.fault = 'none'
  world.erp.queue = [ask('LOST', '2.00')]
  await world.settle(2)
  await restore(copy)
  world.move(3_600_000)
  await confirmed()
  world.move(300_000)
  await inquire(world.deps, 'bank')
  expect((await byDoc('U')).state).toBe('unknown')
})

test('a bank or an ERP that cannot be heard must be named', async () => {
  await lose([ask('LOST', '2.00')])
  world.bank.statement = async () => {
    throw new Error('down')
  }
  const swept = await sweepFence(world.deps, DAY)
  expect(swept.differences.find(({ mustBeNamed }) => mustBeNamed)?.id).toBe('unheard:statement-bank-0001')
  expect(await confirmed()).toMatchObject({ kind: 'refused', unnamed: [{ id: 'unheard:statement-bank-0001' }] })
  expect((await world.deps.fence.look()).kind).toBe('closed')
})
