// The fence at the command line (I10): what it says, what the banks and ERPs know, and the decisions of a named person.
// Run it on the daemon's own host with the daemon's configuration: a confirmation binds this host.

import { decideFence, FENCE_HOLD, wordsOf, type FenceReason } from '../core/fence'
import type { DateRange } from '../ports'
import type { Deps } from '../steps/deps'
import { gather, LOOK_MS, seenBy, type FenceParts } from '../steps/fence'
import { confirmFence } from '../steps/fence-confirm'
import { sweepFence, sweepRange, type Difference } from '../steps/fence-sweep'
import { move, plain } from '../steps/move'
import { EXIT, table, type Output } from './output'

export type FenceSite = { readonly deps: Deps; readonly fence: FenceParts }

/** Why this host may not send, as it stands; empty when it may. Changes nothing. */
export async function fenceReasons({ fence }: FenceSite): Promise<readonly FenceReason[]> {
  const decision = decideFence(await gather(fence, null))
  return decision.kind === 'closed' ? decision.reasons : []
}

export async function fenceStatus(site: FenceSite, output: Output): Promise<number> {
  const { store } = site.deps
  const reasons = await fenceReasons(site)
  const facts = await store.fence.facts()
  const findings = await store.fence.findings()
  const events = await store.fence.events(10)
  const isOpen = reasons.length === 0
  output.say(
    isOpen ? '允许发送' : `禁止发送：\n${wordsOf(reasons, 'zh')}`,
    isOpen ? 'open: this host may send' : `closed, nothing is sent:\n${wordsOf(reasons, 'en')}`,
  )
  const hosts = table(facts.hosts.map(host => [host.instance, new Date(host.seenAt).toISOString()]))
  output.say(`已绑定主机（最近活动）：\n${hosts}`, `bound hosts (last seen):\n${hosts}`)
  for (const { id, reference, line } of findings)
    output.say(
      `待认领流水 ${id}：${line.line.bookedOn} 编号 ${reference}`,
      `unclaimed bank line ${id}: ${line.line.bookedOn} ${reference}`,
    )
  const history = table(events.map(row => [new Date(row.at).toISOString(), row.kind, row.instance, row.person]))
  if (history !== '') output.say(history, history)
  output.json({
    open: isOpen,
    reasons,
    hosts: facts.hosts.map(({ instance, seenAt }) => ({ instance, seenAt })),
    sends: facts.sends,
    probationUntil: await store.fence.probationUntil(),
    findings: findings.map(({ id, bank, reference, line }) => ({ id, bank, reference, line: line.line })),
    events,
  })
  return isOpen ? EXIT.ok : EXIT.no
}

export async function fenceSweep(site: FenceSite, from: string | undefined, output: Output): Promise<number> {
  const swept = await sweepFence(site.deps, await rangeOf(site.deps, from))
  output.say(
    `已查 ${swept.range.from} 至 ${swept.range.to}，差异 ${swept.differences.length} 项`,
    `looked at ${swept.range.from} to ${swept.range.to}: ${swept.differences.length} differences`,
  )
  list(swept.differences, output)
  output.json({ range: swept.range, differences: swept.differences })
  return EXIT.ok
}

export async function fenceConfirm(
  site: FenceSite,
  said: {
    readonly person: string
    readonly evidence: string
    readonly accepted: readonly string[]
    readonly from?: string
  },
  output: Output,
): Promise<number> {
  const reasons = await fenceReasons(site)
  if (reasons.length === 0) return no(output, '栅栏未关闭，无须确认', 'the fence is open: there is nothing to confirm')
  if (await isStoreAlive(site)) {
    return no(
      output,
      '另一台主机正在使用该数据库：启动本机守护进程，数秒内会自动绑定，不要在此确认',
      'another host is alive on this store: start the daemon here and it binds itself within seconds; do not confirm',
    )
  }
  const { deps, fence } = site
  const range = await rangeOf(deps, said.from)
  const { person, evidence, accepted } = said
  const result = await confirmFence(deps, fence, { person, evidence, accepted, range })
  if (result.kind === 'refused') {
    list(result.unnamed, output)
    return no(
      output,
      '以上差异尚未指明。逐项查清后，用 --accept <编号> 一一列出再确认',
      'these differences are not named yet: look into each, then confirm again with --accept <id> for every one',
      { unnamed: result.unnamed },
    )
  }
  list(result.differences, output)
  output.say(
    `已确认。收回 ${result.adopted} 笔，待核对 ${result.held} 笔（yinqi payment list --state held）。`,
    `confirmed. ${result.adopted} taken back, ${result.held} wait to be cleared (yinqi payment list --state held).`,
  )
  output.json({ ok: true, adopted: result.adopted, held: result.held, differences: result.differences })
  return EXIT.ok
}

/** A person has looked at the bank: it was not paid. It goes on (send), or ends here (cancel). */
export async function fenceClear(
  deps: Deps,
  ids: readonly string[],
  said: { readonly person: string; readonly evidence: string; readonly then: 'send' | 'cancel' },
  output: Output,
): Promise<number> {
  const results: { readonly id: string; readonly state: string | null }[] = []
  for (const id of ids) results.push({ id, state: await clearOne(deps, id, said) })
  const text = table(results.map(({ id, state }) => [id, state ?? '—']))
  output.say(text, text)
  output.json({ payments: results })
  return results.every(({ state }) => state !== null) ? EXIT.ok : EXIT.no
}

async function clearOne(
  deps: Deps,
  id: string,
  { person, evidence, then }: { readonly person: string; readonly evidence: string; readonly then: 'send' | 'cancel' },
): Promise<string | null> {
  const payment = await deps.store.payments.get(id)
  if (payment?.state !== 'held') return null
  let holds = await deps.store.payments.holds(id)
  const fenced = holds.filter(hold => hold.kind === FENCE_HOLD && hold.clearedAt === null)
  if (fenced.length === 0) return null
  for (const hold of fenced) holds = await deps.store.payments.clearHold(hold.id, person, evidence, deps.clock.now())
  const isWaiting = holds.some(hold => hold.clearedAt === null)
  if (then === 'send' && isWaiting) return payment.state
  const cause = then === 'send' ? 'holds.cleared' : 'operator.rejected'
  const verdict = plain(cause, 'OPERATOR', `${person}：${evidence}`)
  const [moved] = await move(deps, [{ payment, actor: person, patch: {}, verdict }])
  return moved?.state ?? null
}

/** The bank line is explained: requests that resemble it are not held for its sake any more. */
export async function fenceResolve(
  deps: Deps,
  id: string,
  said: { readonly person: string; readonly evidence: string },
  output: Output,
): Promise<number> {
  if (!(await deps.store.fence.resolve(id, said.person, said.evidence, deps.clock.now())))
    return no(output, `没有待认领流水 ${id}`, `there is no unclaimed line ${id}`)
  output.say('已记录', 'recorded')
  output.json({ ok: true, id })
  return EXIT.ok
}

async function rangeOf(deps: Deps, from: string | undefined): Promise<DateRange> {
  const range = await sweepRange(deps)
  return from === undefined ? range : { from, to: range.to }
}

/** Watches for the sign of life that every open host gives; two of them, for clocks and rounds are not exact. */
async function isStoreAlive({ deps, fence }: FenceSite): Promise<boolean> {
  const facts = await deps.store.fence.facts()
  const others = facts.hosts.filter(host => host.instance !== fence.instance)
  if (others.length === 0 || facts.closed.length > 0) return false
  await deps.clock.sleep(2 * LOOK_MS, new AbortController().signal)
  return (await gather(fence, seenBy(facts))).isVouchedFor
}

function list(differences: readonly Difference[], output: Output): void {
  for (const { id, zh, en, mustBeNamed } of differences)
    output.say(`${mustBeNamed ? '✗' : '·'} ${id}  ${zh}`, `${mustBeNamed ? '✗' : '·'} ${id}  ${en}`)
}

function no(output: Output, zh: string, en: string, more: Readonly<Record<string, unknown>> = {}): number {
  output.say(zh, en)
  output.json({ ok: false, zh, en, ...more })
  return EXIT.no
}
