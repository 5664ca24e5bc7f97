// Banks at the command line: how each connection is, and a named person's word that one is paused or resumed. Pausing
// sends nothing and loses nothing; what may have left already goes on being asked about, unless everything is paused.

import type { Closed } from '../bank-guard'
import { bankClock, bankDay } from '../core/bank-time'
import { cleanName, personKey } from '../core/people'
import { askDaemon, banksDocument, type ShownHealth } from '../observe/bank-health'
import type { Check } from '../ports'
import type { BankPause, PauseScope } from '../store/store'
import { EXIT, table, type Lang, type Output } from './output'
import type { Site } from './site'

/** A daemon that does not answer its own machine within this is not well. */
const ASK_MS = 2_000

export type BankRow = {
  readonly name: string
  readonly gateway: string
  readonly health: ShownHealth
  /** As the store has it now. */
  readonly pause: BankPause | null
}

export type BankView = {
  /** The daemon that told how the connections are; null: none answers, and only hours and pauses are known. */
  readonly daemon: string | null
  readonly banks: readonly BankRow[]
}

export async function bankView(site: Site): Promise<BankView> {
  const { config, deps } = site
  const told = await askDaemon(config.admin, ASK_MS)
  const own = banksDocument(config.instance, site.guards)
  await deps.pauses.look()
  const banks = Object.entries(config.banks).flatMap(([name, { gateway }]): readonly BankRow[] => {
    const health = told?.banks[name] ?? own.banks[name]
    return health ? [{ name, gateway, health, pause: deps.pauses.of(name) }] : []
  })
  return { daemon: told?.instance ?? null, banks }
}

export async function listBanks(site: Site, output: Output): Promise<number> {
  const view = await bankView(site)
  output.json(view)
  sayBanks(view, site, output)
  return EXIT.ok
}

/** One person and a reason are enough: it moves no payment, and whoever pauses in doubt does right. */
export async function pauseBank(
  site: Site,
  bank: string,
  given: { readonly scope: PauseScope; readonly person: string; readonly reason: string },
  output: Output,
): Promise<number> {
  const said = spoken(site, bank, given)
  if ('zh' in said) return answer(output, false, said.zh, said.en)
  const { store, clock } = site.deps
  const isNew = await store.pauses.pause({ bank, scope: given.scope, ...said, at: clock.now() })
  const what = SCOPE_WORDS[given.scope]
  if (!isNew) return answer(output, false, `银行 ${bank} 已经这样暂停`, `bank ${bank} is paused so already`)
  return answer(
    output,
    true,
    `银行 ${bank} 已暂停（${what.zh}），各守护进程数秒内生效；已发出的仍会查清`,
    `bank ${bank} is paused (${what.en}); every daemon obeys within seconds, what has left before is still followed up`,
  )
}

export async function resumeBank(
  site: Site,
  bank: string,
  given: { readonly person: string; readonly reason: string },
  output: Output,
): Promise<number> {
  const said = spoken(site, bank, given)
  if ('zh' in said) return answer(output, false, said.zh, said.en)
  const wasPaused = await site.deps.store.pauses.resume({ bank, ...said, at: site.deps.clock.now() })
  return wasPaused
    ? answer(output, true, `银行 ${bank} 已恢复`, `bank ${bank} is resumed`)
    : answer(output, false, `银行 ${bank} 没有被暂停`, `bank ${bank} is not paused`)
}

type Refusal = { readonly zh: string; readonly en: string }

function spoken(
  site: Site,
  bank: string,
  given: { readonly person: string; readonly reason: string },
): { readonly person: string; readonly reason: string } | Refusal {
  const names = Object.keys(site.config.banks)
  if (!names.includes(bank)) {
    const list = names.join(', ')
    return {
      zh: `没有名为 ${bank} 的银行，配置中有：${list}`,
      en: `there is no bank ${bank}; the configuration has: ${list}`,
    }
  }
  const person = cleanName(given.person)
  const reason = given.reason.trim()
  if (personKey(person) === '' || reason === '')
    return { zh: '必须写明姓名和原因', en: 'a name and a reason are needed' }
  return { person, reason }
}

/** One line a bank, and whose word it is. */
export function sayBanks(view: BankView, site: Site, output: Output): void {
  const { host, port } = site.config.admin
  if (view.daemon === null) {
    const [zh, en] =
      port === 0
        ? ['admin.port 为 0，不知道守护进程的端口', 'admin.port is 0: where the daemon listens is not known']
        : [`管理端口 ${host}:${port} 没有守护进程应答`, `no daemon answers at ${host}:${port}`]
    output.say(
      `${zh}：以下只有时段与人工暂停，没有连接状况`,
      `${en}; hours and pauses alone are known, not how the connections are`,
    )
  }
  const [zh, en] = (['zh', 'en'] as const).map(lang =>
    table(view.banks.map(row => [row.name, ...cellsOf(row, view, lang)])),
  )
  output.say(zh ?? '', en ?? '')
}

function cellsOf({ health, pause }: BankRow, { daemon }: BankView, lang: Lang): readonly string[] {
  const words = lang === 'zh' ? CHINESE : ENGLISH
  const state = stateOf(health, pause, lang)
  if (daemon === null) return [state]
  const limit = health.callsPerMinute === null ? '' : `/${health.callsPerMinute}`
  const apart = health.clockDifferenceMs === null ? '' : `Δ ${Math.round(health.clockDifferenceMs / 1000)} s`
  return [
    state,
    words.breaker[health.breaker.state],
    `${words.calls} ${health.callsLastMinute}${limit}, ${words.inFlight} ${health.inFlight}`,
    `${words.lastAnswer} ${health.lastAnswerAt === null ? '—' : bankTime(health.lastAnswerAt)}`,
    health.lastFaultAt === null ? '' : `${words.lastFault} ${bankTime(health.lastFaultAt)}`,
    apart,
  ]
}

function stateOf(health: ShownHealth, pause: BankPause | null, lang: Lang): string {
  const words = lang === 'zh' ? CHINESE : ENGLISH
  if (pause !== null) {
    const { scope, person, reason, at } = pause
    return `${words.paused} (${SCOPE_WORDS[scope][lang]}): ${person}, ${bankTime(at)}: ${reason}`
  }
  // A daemon that has not looked since the bank was resumed still says so: seconds.
  if (health.closed === null || health.closed === 'paused') return words.open
  const until = health.opensAt === null ? '' : `, ${words.until} ${bankTime(health.opensAt)}`
  return `${words.closed} (${CLOSED_WORDS[health.closed][lang]}${until})`
}

/** For `doctor`: a pause and an open breaker are problems, hours are not. */
export function bankChecks(view: BankView): readonly (Check & { readonly of: string })[] {
  return view.banks.map(row => {
    const { name, health, pause } = row
    const isOpen = pause === null && health.closed !== 'breaker'
    const resume = (lang: Lang): string =>
      pause === null ? '' : `${lang === 'zh' ? '。恢复：' : '. To resume: '}yinqi bank resume ${name} --as … --reason …`
    const said = (lang: Lang): string =>
      `${cellsOf(row, view, lang)
        .filter(Boolean)
        .join(lang === 'zh' ? '；' : '; ')}${resume(lang)}`
    return {
      ...{ of: `bank ${name}`, name: 'sending', ok: isOpen, zh: said('zh'), en: said('en') },
      ...{ latencyMs: null, clockDifferenceMs: null },
    }
  })
}

const SCOPE_WORDS: Readonly<Record<PauseScope, Readonly<Record<Lang, string>>>> = {
  sends: { zh: '只停付款，查询照常', en: 'sends only, questions go on' },
  all: { zh: '全部停止', en: 'everything' },
}

const CLOSED_WORDS: Readonly<Record<Exclude<Closed, 'paused'>, Readonly<Record<Lang, string>>>> = {
  maintenance: { zh: '维护时段', en: 'maintenance window' },
  'send-hours': { zh: '不在付款时段', en: 'outside the hours for payments' },
  breaker: { zh: '连续无应答', en: 'it did not answer repeatedly' },
}

const CHINESE = {
  ...{ open: '可以发送', closed: '现在不发送', paused: '人工暂停', until: '至' },
  breaker: { closed: '未断开', open: '断开', trying: '下一笔试探' },
  ...{ calls: '近一分钟调用', inFlight: '进行中', lastAnswer: '最近应答', lastFault: '最近失败' },
}

const ENGLISH: typeof CHINESE = {
  ...{ open: 'payments may be sent', closed: 'not sent to now', paused: 'paused by a person', until: 'until' },
  breaker: { closed: 'in use', open: 'left alone', trying: 'next send decides' },
  ...{ calls: 'calls in the last minute', inFlight: 'in flight', lastAnswer: 'last answer', lastFault: 'last failure' },
}

function bankTime(atMs: number): string {
  return `${bankDay(atMs)} ${bankClock(atMs)}`
}

function answer(output: Output, ok: boolean, zh: string, en: string): number {
  output.say(zh, en)
  output.json({ ok, zh, en })
  return ok ? EXIT.ok : EXIT.no
}
