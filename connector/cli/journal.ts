// The journal at the command line: examples of the rules, a dry run over history, two sets of rules side by side, and a
// named person who takes an entry back.

import { partiesOf, resolvedRules, type BookingConfig } from '../config-journal'
import { bankDay } from '../core/bank-time'
import { describeEntry, runExamples, type ExampleAccount, type ExampleResult } from '../core/journal-example'
import { formatAmount } from '../core/money'
import type { Deps } from '../steps/deps'
import { dryRun, type DryLine } from '../steps/dry-run'
import { rulesOf, type BookingRules, type LineDecision } from '../steps/journal-decision'
import { reverseEntry } from '../steps/reverse-entry'
import { EXIT, table, type Output } from './output'

/** Days of a dry run that names none: what was booked lately. */
const FIRST_DAY = '0000-01-01'

export function exampleResults(
  config: BookingConfig & { readonly accounts: readonly ExampleAccount[] },
): readonly ExampleResult[] {
  return runExamples(resolvedRules(config), config.accounts, partiesOf(config))
}

/** Runs the examples of every rule. Exit 1 when one gives something else than it says. */
export function testRules(
  config: BookingConfig & { readonly accounts: readonly ExampleAccount[] },
  output: Output,
): number {
  const results = exampleResults(config)
  const failed = results.filter(result => !result.ok)
  const bare = config.journal.filter(rule => rule.examples.length === 0).map(rule => rule.name)
  for (const result of results) output.say(...bothOf(exampleText(result)))
  for (const name of bare) output.say(`  规则「${name}」没有示例`, `  rule "${name}" has no example`)
  output.say(
    `${results.length} 个示例，${failed.length} 个不符`,
    `${results.length} examples, ${failed.length} give something else`,
  )
  output.json({ ok: failed.length === 0, examples: results, withoutExample: bare })
  return failed.length === 0 ? EXIT.ok : EXIT.no
}

export function exampleText(result: ExampleResult): string {
  const head = `${result.ok ? '✓' : '✗'} ${result.rule} #${result.number}`
  if (result.ok) return head
  const indented = (lines: readonly string[]): string => lines.map(line => `      ${line}`).join('\n')
  return `${head}\n    应为 / wanted:\n${indented(result.wanted)}\n    实为 / found:\n${indented(result.found)}`
}

export type DryFlags = { readonly account?: string; readonly from?: string; readonly to?: string }

/** What which rule would do with each line that is stored. Nothing is written. */
export async function dryRunJournal(deps: Deps, flags: DryFlags, output: Output): Promise<number> {
  const range = rangeOf(deps, flags)
  const accounts = accountsOf(deps, flags, output)
  if (accounts === null) return EXIT.no
  const lines = await dryRun(deps, accounts, range, rulesOf(deps))
  const shown = lines.map(shownOf)
  for (const item of shown) output.say(...bothOf(textOf(item)))
  const counts = countsOf(lines)
  output.say(
    `共 ${lines.length} 笔：${table(counts.map(([name, count]) => [name, String(count)])).replaceAll('\n', '；')}`,
    `${lines.length} lines: ${table(counts.map(([name, count]) => [name, String(count)])).replaceAll('\n', '; ')}`,
  )
  output.json({ range, lines: shown, byRule: Object.fromEntries(counts) })
  return EXIT.ok
}

/** What another set of rules would do differently. Exit 1 when anything changes. */
export async function compareRules(deps: Deps, flags: DryFlags, other: BookingConfig, output: Output): Promise<number> {
  const range = rangeOf(deps, flags)
  const accounts = accountsOf(deps, flags, output)
  if (accounts === null) return EXIT.no
  const rules: BookingRules = {
    journal: resolvedRules(other),
    collects: other.collection !== null,
    parties: partiesOf(other),
  }
  const before = (await dryRun(deps, accounts, range, rulesOf(deps))).map(shownOf)
  const after = (await dryRun(deps, accounts, range, rules)).map(shownOf)
  const changed = before.flatMap((item, index) => {
    const now = after[index]
    return now && outcomeText(now) !== outcomeText(item)
      ? [{ line: item.line, before: item.outcome, after: now.outcome }]
      : []
  })
  for (const item of changed) {
    const [was, is] = [outcomeLines(item.before), outcomeLines(item.after)]
    const text = [lineText(item.line), ...was.map(each => `  - ${each}`), ...is.map(each => `  + ${each}`)].join('\n')
    output.say(...bothOf(text))
  }
  output.say(`共 ${before.length} 笔，${changed.length} 笔不同`, `${before.length} lines, ${changed.length} differ`)
  output.json({ range, lines: before.length, changed })
  return changed.length === 0 ? EXIT.ok : EXIT.no
}

export async function reverseJournal(
  deps: Deps,
  lineId: string,
  said: { readonly person: string; readonly reason: string; readonly next: 'open' | 'left' },
  output: Output,
): Promise<number> {
  const result = await reverseEntry(deps, lineId, said)
  if (result.kind === 'refused') {
    output.say(`${result.code}：${result.zh}`, `${result.code}: ${result.en}`)
    output.json({ ok: false, ...result })
    return EXIT.no
  }
  const what =
    said.next === 'open' ? ['将按规则重新入账', 'it is booked anew by the rules'] : ['留给人处理', 'left to a person']
  output.say(
    `凭证 ${result.reversed} 已冲销，红字凭证 ${result.by}；流水${what[0] ?? ''}`,
    `entry ${result.reversed} is reversed by ${result.by}; its line: ${what[1] ?? ''}`,
  )
  output.json({ ok: true, ...result })
  return EXIT.ok
}

type Shown = {
  readonly line: {
    readonly id: string
    readonly account: string
    readonly on: string
    readonly amount: string
    readonly currency: string
    readonly counterparty: string
    readonly text: string
    /** What was decided already, in the store. */
    readonly journal: string
  }
  readonly outcome: {
    readonly kind: LineDecision['kind']
    readonly rule: string | null
    readonly why: string
    readonly entry: readonly string[] | null
  }
}

function shownOf({ line, decision }: DryLine): Shown {
  return {
    line: {
      id: line.id,
      account: line.account,
      on: line.line.bookedOn,
      amount: formatAmount(line.line.amount),
      currency: line.line.amount.currency,
      counterparty: line.line.counterName,
      text: [line.line.text, line.line.purpose].filter(text => text !== '').join(' '),
      journal: line.journal,
    },
    outcome: {
      kind: decision.kind,
      rule: ruleOf(decision),
      why: decision.kind === 'left' ? decision.why : '',
      entry: decision.kind === 'entry' ? describeEntry(decision.entry) : null,
    },
  }
}

function ruleOf(decision: LineDecision): string | null {
  if (decision.kind === 'entry') return decision.entry.rule
  return 'rule' in decision ? decision.rule : null
}

function countsOf(lines: readonly DryLine[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>()
  for (const { decision } of lines) {
    const name = `${ruleOf(decision) ?? '无规则 (no rule)'} -> ${decision.kind}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts].toSorted((a, b) => b[1] - a[1])
}

function textOf({ line, outcome }: Shown): string {
  return [lineText(line), ...outcomeLines(outcome).map(text => `    ${text}`)].join('\n')
}

function lineText(line: Shown['line']): string {
  return `${line.id} ${line.on} ${line.account.slice(-4)} ${line.amount} ${line.currency} ${line.counterparty} ${line.text} [${line.journal}]`
}

function outcomeLines({ kind, rule, why, entry }: Shown['outcome']): readonly string[] {
  return [`${kind}: ${rule ?? '无规则 (no rule)'}${why === '' ? '' : ` — ${why}`}`, ...(entry ?? [])]
}

function outcomeText({ outcome }: Shown): string {
  return JSON.stringify(outcome)
}

function rangeOf(deps: Deps, { from = FIRST_DAY, to }: DryFlags): { readonly from: string; readonly to: string } {
  return { from, to: to ?? bankDay(deps.clock.now()) }
}

function accountsOf(deps: Deps, { account }: DryFlags, output: Output): readonly string[] | null {
  const all = deps.accounts.map(each => each.account)
  if (account === undefined) return all
  if (all.includes(account)) return [account]
  output.say(`没有登记账户 ${account}`, `account ${account} is not configured`)
  output.json({ ok: false, code: 'ACCOUNT_UNKNOWN', accounts: all })
  return null
}

function bothOf(text: string): readonly [string, string] {
  return [text, text]
}
