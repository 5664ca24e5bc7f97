// Matches at the command line: which there are, why each was made, by whom; made by hand, and undone with a reason.

import { fieldsOf } from '../core/match/fields'
import { formatAmount } from '../core/money'
import { accountOf, type Deps } from '../steps/deps'
import { matchByHand, undoMatch, type ByHand, type Handled, type Said } from '../steps/match-by-hand'
import { ledgerItem, lineItem } from '../steps/month-statement'
import type { MatchFilter, StoredMatch } from '../store/store'
import { EXIT, table, type Output } from './output'

export type ListOptions = {
  readonly account: string
  readonly which: MatchFilter
  readonly before: string | null
  readonly limit: number
}

export async function listMatches(deps: Deps, options: ListOptions, output: Output): Promise<number> {
  const { account, which, before, limit } = options
  const matches = await deps.store.matches.list(account, which, before, limit)
  output.json({ matches: matches.map(match => factsOf(deps, match)) })
  const rows = matches.map(match => [
    match.id,
    `${match.opensOn}${match.closesOn === match.opensOn ? '' : `…${match.closesOn}`}`,
    match.pass,
    match.person,
    `${match.lineIds.join('+')} = ${match.ledgerIds.join('+')}`,
    match.undone === null ? '' : `撤销/undone: ${match.undone.person} ${match.undone.reason}`,
  ])
  const text = table(rows)
  output.say(text === '' ? '没有勾对' : text, text === '' ? 'no matches' : text)
  return EXIT.ok
}

export async function showMatch(deps: Deps, id: string, output: Output): Promise<number> {
  const match = await deps.store.matches.get(id)
  if (match === null) return refuse(output, 'MATCH_UNKNOWN', `没有勾对 ${id}`, `there is no match ${id}`)
  const lines = await deps.store.open.linesByIds(match.lineIds)
  const ledger = await deps.store.open.ledgerByIds(match.account, match.ledgerIds)
  const currency = currencyOf(deps, match.account)
  const shown = (item: ReturnType<typeof lineItem>) => ({
    ...{ id: item.id, date: item.date, amount: formatAmount({ minor: item.minor, currency }) },
    ...{ reference: item.reference, counterparty: item.counterparty, text: item.text },
  })
  const bank = lines.map(lineItem).map(shown)
  const books = ledger.map(line => ({ ...shown(ledgerItem(line)), isGone: line.isGone }))
  output.json({ match: factsOf(deps, match), statementLines: bank, ledgerLines: books })
  if (output.isJson) return EXIT.ok
  const who = match.person === '' ? { zh: '自动', en: 'automatic' } : { zh: match.person, en: match.person }
  const at = new Date(match.at).toISOString()
  output.say(
    `勾对 ${match.id}  ${match.pass}（比对 ${fieldsOf(match.pass).join('、')}），规则 ${match.ruleVersion}，${who.zh}，${at}`,
    `match ${match.id}  ${match.pass} (compared ${fieldsOf(match.pass).join(', ')}), rules ${match.ruleVersion}, ${who.en}, ${at}`,
  )
  output.say(match.reason, match.reason)
  const row = (side: string, item: (typeof bank)[number]): readonly string[] => [
    ...['', side, item.id, item.date, item.amount, item.reference, item.counterparty, item.text],
  ]
  const rows = table([...bank.map(item => row('银行/bank', item)), ...books.map(item => row('账面/ledger', item))])
  output.say(rows, rows)
  const difference = formatAmount({ minor: match.differenceMinor, currency })
  if (match.differenceMinor !== 0n)
    output.say(`差额 ${difference} ${match.differenceAccount}`, `difference ${difference} ${match.differenceAccount}`)
  if (match.undone !== null) {
    const { person, reason, at: undoneAt } = match.undone
    const when = new Date(undoneAt).toISOString()
    output.say(`已由 ${person} 于 ${when} 撤销：${reason}`, `undone by ${person} at ${when}: ${reason}`)
  }
  return EXIT.ok
}

export async function makeMatch(deps: Deps, given: ByHand, output: Output): Promise<number> {
  return answer(deps, await matchByHand(deps, given), output, {
    zh: match => `已勾对，编号 ${match.id}`,
    en: match => `matched, number ${match.id}`,
  })
}

export async function undo(deps: Deps, id: string, said: Said, output: Output): Promise<number> {
  return answer(deps, await undoMatch(deps, id, said), output, {
    zh: match => `勾对 ${match.id} 已撤销，双方各项恢复未达；不会自动再勾在一起`,
    en: match => `match ${match.id} is undone: its items are open again, and no pass puts them together again`,
  })
}

type Words = { readonly zh: (match: StoredMatch) => string; readonly en: (match: StoredMatch) => string }

function answer(deps: Deps, handled: Handled, output: Output, words: Words): number {
  if (handled.kind === 'refused') return refuse(output, handled.code, handled.zh, handled.en)
  const { match } = handled
  output.say(words.zh(match), words.en(match))
  output.json({ ok: true, match: factsOf(deps, match) })
  return EXIT.ok
}

function refuse(output: Output, code: string, zh: string, en: string): number {
  output.say(`${code} ${zh}`, `${code} ${en}`)
  output.json({ ok: false, code, zh, en })
  return EXIT.no
}

/** Everything that explains the decision. */
function factsOf(deps: Deps, match: StoredMatch): Readonly<Record<string, unknown>> {
  const { differenceMinor, lineIds, ...rest } = match
  const difference = formatAmount({ minor: differenceMinor, currency: currencyOf(deps, match.account) })
  return { ...rest, statementIds: lineIds, fields: fieldsOf(match.pass), isAutomatic: match.person === '', difference }
}

/** An account that is no longer configured shows its amounts with two decimals. */
function currencyOf(deps: Deps, account: string): string {
  return accountOf(deps, account)?.currency ?? 'CNY'
}
