// Incoming money at the command line: what is to be claimed, and a named person who claims it or gives it back.

import { COLLECTION_WORDS } from '../core/collection'
import { formatAmount } from '../core/money'
import type { CollectionState } from '../ports'
import { claimCollection, releaseCollection, type ClaimResult } from '../steps/claim'
import type { Deps } from '../steps/deps'
import type { StoredCollection } from '../store/store'
import { EXIT, table, type Output } from './output'

const STATES: readonly CollectionState[] = ['open', 'claimed', 'booked', 'withdrawn']

export async function listCollections(
  deps: Deps,
  asked: { readonly states: readonly string[]; readonly limit: number },
  output: Output,
): Promise<number> {
  const states =
    asked.states.length === 0 ? (['open', 'claimed'] as const) : STATES.filter(each => asked.states.includes(each))
  const wrong = asked.states.filter(each => !STATES.some(state => state === each))
  if (wrong.length > 0 || !Number.isSafeInteger(asked.limit) || asked.limit < 1) {
    output.say(
      `--state 可用：${STATES.join(' ')}；--limit 为正整数`,
      `--state: ${STATES.join(' | ')}; --limit: a whole number`,
    )
    output.json({ ok: false, states: STATES })
    return EXIT.usage
  }
  const found = await deps.store.collections.list(states, null, asked.limit)
  output.json({ collections: found.map(shownOf) })
  const rows = found.map(item => [
    item.line.id,
    item.line.line.bookedOn,
    formatAmount(item.line.line.amount),
    item.line.line.amount.currency,
    item.line.line.counterName,
    COLLECTION_WORDS[item.state][output.lang],
    item.claimedBy,
  ])
  const text = table(rows)
  output.say(text === '' ? '没有待认领的到款' : text, text === '' ? 'nothing is to be claimed' : text)
  return EXIT.ok
}

export async function showCollection(deps: Deps, id: string, output: Output): Promise<number> {
  const found = await deps.store.collections.get(id)
  if (!found) return no(output, 'COLLECTION_UNKNOWN', `没有到款 ${id}`, `there is no collection ${id}`)
  const entry = found.entryKey === null ? null : await deps.store.journals.byKey(found.entryKey)
  output.json({ ...shownOf(found), voucherNo: entry?.voucherNo ?? '', entryStatus: entry?.status ?? null })
  const { line } = found.line
  const rows = [
    ['状态 / state', `${COLLECTION_WORDS[found.state].zh} / ${COLLECTION_WORDS[found.state].en}`],
    ['账户 / account', found.line.account],
    ['日期 / day', line.bookedOn],
    ['金额 / amount', `${formatAmount(line.amount)} ${line.amount.currency}`],
    ['对方 / counterparty', `${line.counterName} ${line.counterAccount}`],
    ['摘要 / text', `${line.text} ${line.purpose}`.trim()],
    ['认领人 / claimed by', found.claimedBy],
    ['原因 / reason', found.reason],
    ...found.parts.map(part => ['  ', `${part.customer} ${part.document} ${formatAmount(part.amount)}`]),
    ['凭证 / entry', [found.entryKey ?? '', entry?.voucherNo ?? '', entry?.refusal ?? ''].join(' ').trim()],
  ]
  const text = table(rows)
  output.say(text, text)
  return EXIT.ok
}

export async function claimAtCommand(
  deps: Deps,
  id: string,
  said: {
    readonly person: string
    readonly reason: string
    readonly customer: string
    readonly document: string
    readonly parts: readonly string[]
  },
  output: Output,
): Promise<number> {
  const claim = { customer: said.customer, document: said.document, split: said.parts.join(';') }
  const result = await claimCollection(deps, () => deps.store.collections.get(id), { ...said, claim })
  return answer(result, output)
}

export async function releaseAtCommand(
  deps: Deps,
  id: string,
  said: { readonly person: string; readonly reason: string },
  output: Output,
): Promise<number> {
  return answer(await releaseCollection(deps, () => deps.store.collections.get(id), said), output)
}

function answer(result: ClaimResult, output: Output): number {
  if (result.kind === 'refused') return no(output, result.code, result.zh, result.en)
  const words = COLLECTION_WORDS[result.collection.state]
  output.say(`现在：${words.zh}`, `now: ${words.en}`)
  output.json({ ok: true, ...shownOf(result.collection) })
  return EXIT.ok
}

function shownOf(item: StoredCollection): Readonly<Record<string, unknown>> {
  const { line, key, state, claimedBy, reason, parts, entryKey, erp } = item
  return {
    id: line.id,
    key,
    erp,
    state,
    account: line.account,
    on: line.line.bookedOn,
    amount: formatAmount(line.line.amount),
    currency: line.line.amount.currency,
    counterparty: line.line.counterName,
    counterAccount: line.line.counterAccount,
    text: `${line.line.text} ${line.line.purpose}`.trim(),
    claimedBy,
    reason,
    parts: parts.map(part => ({ ...part, amount: formatAmount(part.amount) })),
    entryKey,
  }
}

function no(output: Output, code: string, zh: string, en: string): number {
  output.say(`${code}：${zh}`, `${code}: ${en}`)
  output.json({ ok: false, code, zh, en })
  return EXIT.no
}
