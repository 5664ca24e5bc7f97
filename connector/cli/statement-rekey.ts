// `yinqi statement rekey`: lines of an older rule of identity get the identity of this program's rule. What would change is
// shown first; without it, imports of those accounts are refused.

import { cleanName, personKey } from '../core/people'
import type { Deps } from '../steps/deps'
import { applyPlan, planAccount, type AccountPlan, type Keeping } from '../steps/rekey'
import { EXIT, table, type Output } from './output'

export type RekeyFlags = {
  readonly account?: string
  readonly dryRun?: boolean
  readonly as?: string
  readonly reason?: string
}

/** A person reads a few; the JSON document has all. */
const SHOWN = 20

export async function rekeyStatements(deps: Deps, flags: RekeyFlags, output: Output): Promise<number> {
  const accounts = deps.accounts
    .map(one => one.account)
    .filter(one => flags.account === undefined || one === flags.account)
  if (accounts.length === 0) return answer(output, `账号未登记：${flags.account}`, `not configured: ${flags.account}`)
  const by = { person: cleanName(flags.as ?? ''), reason: (flags.reason ?? '').trim() }
  const isDry = flags.dryRun === true
  if (!isDry && (personKey(by.person) === '' || by.reason === ''))
    return answer(
      output,
      '请用 --as 写明姓名、用 --reason 写明原因',
      'name yourself with --as and say why with --reason',
    )
  const plans: AccountPlan[] = []
  for (const account of accounts) {
    const plan = await planAccount(deps, account)
    plans.push(plan)
    if (!isDry) await applyPlan(deps, plan, by)
  }
  tell(plans, isDry, output)
  return EXIT.ok
}

/** With a new program: lines that only get other names get them at once; what a person should see first waits for one. */
export async function rekeyOnUpgrade(
  keeping: Keeping,
  accounts: readonly string[],
  output: Output,
): Promise<readonly string[]> {
  const waiting: string[] = []
  for (const account of accounts) {
    const plan = await planAccount(keeping, account)
    if (plan.changes.length === 0) continue
    if (plan.merges.length + plan.splits.length > 0) {
      waiting.push(account)
      output.say(
        `账户 ${account}：识别规则有变化，请运行 yinqi statement rekey --dry-run 查看`,
        `account ${account}: its lines are known by an older rule, see yinqi statement rekey --dry-run`,
      )
      continue
    }
    await applyPlan(keeping, plan, { person: 'yinqi migrate', reason: `rule ${plan.to}` })
    output.say(
      `账户 ${account}：${plan.changes.length} 笔流水已按新规则识别，没有合并或拆分`,
      `account ${account}: ${plan.changes.length} lines are known by the new rule, none was merged or split`,
    )
  }
  return waiting
}

function tell(plans: readonly AccountPlan[], isDry: boolean, output: Output): void {
  output.json({ ok: true, dryRun: isDry, accounts: plans })
  const rows = plans.map(plan => [
    plan.account,
    `${plan.from ?? '–'} → ${plan.to}`,
    ...[plan.lines, plan.changes.length, plan.merges.length, plan.splits.length].map(String),
  ])
  output.say(
    table([['账号', '规则', '笔数', '改变', '合并', '拆分'], ...rows]),
    table([['account', 'rule', 'lines', 'change', 'merge', 'split'], ...rows]),
  )
  for (const plan of plans) {
    for (const { identity, lineIds } of plan.merges.slice(0, SHOWN))
      output.say(
        `! 新规则视为同一笔，均予保留：流水 ${lineIds.join('、')}（${identity}）`,
        `! one line by the new rule, all are kept: lines ${lineIds.join(', ')} (${identity})`,
      )
    for (const { identity, lineIds } of plan.splits.slice(0, SHOWN))
      output.say(
        `! 旧规则视为同一笔：流水 ${lineIds.join('、')}（${identity}）`,
        `! one line by the old rule: lines ${lineIds.join(', ')} (${identity})`,
      )
  }
  output.say(
    isDry ? '试运行，未写入' : '已写入，并记入审计链',
    isDry ? 'dry run, nothing was changed' : 'applied, and told in the audit trail',
  )
}

function answer(output: Output, zh: string, en: string): number {
  output.say(zh, en)
  output.json({ ok: false, zh, en })
  return EXIT.no
}
