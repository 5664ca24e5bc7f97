// The store's bank lines at the command line: listed with what hangs on each, withdrawn by a named person, restored.

import { addDays, bankDay } from '../core/bank-time'
import type { Deps } from '../steps/deps'
import { planWithdrawals, restoreLine, withdrawLine, type Handled } from '../steps/withdraw-line'
import type { StoredLine, Withdrawn } from '../store/store'
import { lineCells, shownStored, type ShownLine } from './line-text'
import { EXIT, table, type Output } from './output'
import { effectsOf, effectsText, type Effects } from './statement-correction'

export type LinesFlags = {
  readonly account: string
  readonly from?: string
  readonly to?: string
  readonly withdrawn?: boolean
}

/** Days that are shown where none are named. */
const DAYS = 7

type Listed = ShownLine & {
  readonly key: string
  readonly paymentId: string | null
  readonly journal: StoredLine['journal']
  readonly receipt: StoredLine['receipt']
  readonly withdrawn: Withdrawn | null
}

export async function listLines(deps: Deps, flags: LinesFlags, output: Output): Promise<number> {
  const { account } = flags
  const to = flags.to ?? bankDay(deps.clock.now())
  const range = { from: flags.from ?? addDays(to, 1 - DAYS), to }
  const gone = (await deps.store.withdrawals.list(account, range)).map(({ line, ...withdrawn }) =>
    listed(line, withdrawn),
  )
  const standing = flags.withdrawn === true ? [] : await deps.store.statements.list(account, range)
  const lines = [...standing.map(line => listed(line, null)), ...gone].toSorted(byDay)
  output.json({ account, range, lines })
  const rowsOf = (lang: 'zh' | 'en') => lines.map(line => [...lineCells(line), stateText(line, lang)])
  output.say(
    lines.length === 0
      ? `${range.from} 至 ${range.to} 没有流水`
      : table([['编号', '日期', '金额', '对方', '参考号', '摘要', '状态'], ...rowsOf('zh')]),
    lines.length === 0
      ? `no lines from ${range.from} to ${range.to}`
      : table([['id', 'day', 'amount', 'counterparty', 'reference', 'text', 'state'], ...rowsOf('en')]),
  )
  return EXIT.ok
}

function listed(stored: StoredLine, withdrawn: Withdrawn | null): Listed {
  const { key, paymentId, journal, receipt } = stored
  return { ...shownStored(stored), key, paymentId, journal, receipt, withdrawn }
}

function byDay(a: Listed, b: Listed): number {
  if (a.bookedOn !== b.bookedOn) return a.bookedOn < b.bookedOn ? -1 : 1
  return Number(a.id) - Number(b.id)
}

const JOURNAL_WORDS: Readonly<Record<StoredLine['journal'], { readonly zh: string; readonly en: string }>> = {
  open: { zh: '待入账', en: 'to be booked' },
  entry: { zh: '已制单', en: 'entry made' },
  booked: { zh: 'ERP 已入账', en: 'booked by the ERP' },
  left: { zh: '留给人工', en: 'left to a person' },
  collection: { zh: '待认领', en: 'to be claimed' },
}

function stateText({ journal, paymentId, withdrawn }: Listed, lang: 'zh' | 'en'): string {
  if (withdrawn !== null) {
    const { person, reason, at } = withdrawn
    const on = new Date(at).toISOString().slice(0, 10)
    return lang === 'zh' ? `${person} ${on} 撤回：${reason}` : `withdrawn by ${person} on ${on}: ${reason}`
  }
  const own = paymentId === null ? '' : lang === 'zh' ? '我方付款，' : 'our payment, '
  return `${own}${JOURNAL_WORDS[journal][lang]}`
}

export type WithdrawFlags = {
  readonly as?: string
  readonly reason: string
  readonly dryRun?: boolean
  readonly entryByHand?: boolean
}

/** All of them or none: what speaks against one is told before anything is changed. */
export async function withdrawLines(
  deps: Deps,
  ids: readonly string[],
  flags: WithdrawFlags,
  output: Output,
): Promise<number> {
  const isEntryByHand = flags.entryByHand === true
  const plans = await planWithdrawals(deps, ids, { isEntryByHand })
  if ('kind' in plans) return refuse(output, plans, [])
  const shown = plans.map(plan => ({ ...shownStored(plan.at.line), ...effectsOf(plan) }))
  if (flags.dryRun === true) {
    tellPlans(shown, output)
    output.json({ ok: true, dryRun: true, lines: shown })
    return EXIT.ok
  }
  const done: StoredLine[] = []
  for (const plan of plans) {
    const said = { person: flags.as ?? '', reason: flags.reason, isEntryByHand, isReplaced: false }
    const handled = await withdrawLine(deps, plan.at.line.id, said)
    if (handled.kind === 'refused')
      return refuse(
        output,
        handled,
        done.map(({ id }) => id),
      )
    done.push(handled.line)
  }
  tellPlans(shown, output)
  output.say(
    `已撤回 ${done.length} 笔，记入审计链；误撤回的用 yinqi statement restore 恢复`,
    `${done.length} lines withdrawn, told in the audit trail; yinqi statement restore takes it back`,
  )
  output.json({ ok: true, dryRun: false, lines: shown })
  return EXIT.ok
}

export async function restoreLines(
  deps: Deps,
  ids: readonly string[],
  flags: { readonly as: string; readonly reason: string },
  output: Output,
): Promise<number> {
  const done: ShownLine[] = []
  for (const id of new Set(ids)) {
    const handled = await restoreLine(deps, id, { person: flags.as, reason: flags.reason })
    if (handled.kind === 'refused')
      return refuse(
        output,
        handled,
        done.map(({ id }) => id),
      )
    done.push(shownStored(handled.line))
  }
  output.say(
    `已恢复 ${done.length} 笔，重新对账；凭证已冲销的按规则重新入账，留给人工的仍由人工处理`,
    `${done.length} lines restored and matched anew; where an entry was reversed the rules book again, what was left to a person stays so`,
  )
  output.json({ ok: true, lines: done })
  return EXIT.ok
}

function tellPlans(shown: readonly (ShownLine & Effects)[], output: Output): void {
  const rowsOf = (lang: 'zh' | 'en') => table(shown.map(line => [...lineCells(line), effectsText(line, lang)]))
  output.say(rowsOf('zh'), rowsOf('en'))
}

/** Each line is a transaction of its own: what was done before the refusal stays done, and is named. */
function refuse(
  output: Output,
  { code, zh, en }: Extract<Handled, { kind: 'refused' }>,
  done: readonly string[],
): number {
  output.say(`${code}：${zh}`, `${code}: ${en}`)
  if (done.length > 0)
    output.say(
      `此前已完成：${done.join(' ')}；请只对其余各笔重新执行`,
      `done before: ${done.join(' ')}; run it again for the others only`,
    )
  output.json({ ok: false, code, zh, en, done })
  return EXIT.no
}
