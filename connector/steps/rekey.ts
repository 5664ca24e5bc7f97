// Another rule of line keys, account by account: what it would change is shown first; applying it is one transaction, told in
// the trail. A line keeps what it is called outside, and none is dropped, whatever the new rule takes it for.

import { LINE_KEY_VERSION, lineKeyRule, planRekey, type LineKeys, type RekeyPlan } from '../core/line-key'
import type { Deps } from './deps'

export type AccountPlan = RekeyPlan & {
  readonly account: string
  /** Null: the account has no lines. */
  readonly from: string | null
  readonly to: string
  readonly lines: number
}

/** A store needs no site to be rekeyed. */
export type Keeping = Pick<Deps, 'store' | 'clock'>

/** The rule to go to, by its version. */
export type Rule = { readonly version: string; readonly rule: () => LineKeys }

export const CURRENT_RULE: Rule = { version: LINE_KEY_VERSION, rule: lineKeyRule(LINE_KEY_VERSION) }

export async function planAccount(deps: Keeping, account: string, to: Rule = CURRENT_RULE): Promise<AccountPlan> {
  const from = await deps.store.statements.identityVersion(account)
  const none = { account, from, to: to.version, lines: 0, changes: [], merges: [], splits: [] }
  if (from === null || from === to.version) return none
  const lines = (await deps.store.statements.identities(account)).map(({ stored, identity }) => ({
    id: stored.id,
    identity,
    line: stored.line,
  }))
  return { ...none, lines: lines.length, ...planRekey(lines, lineKeyRule(from), to.rule) }
}

/** Applies the plan that was just made. Nobody imports lines of the account meanwhile: they are refused until it is done. */
export async function applyPlan(
  deps: Keeping,
  plan: AccountPlan,
  by: { readonly person: string; readonly reason: string },
): Promise<void> {
  if (plan.changes.length === 0) return
  const { account, from, to } = plan
  const content = {
    ...{ account, person: by.person, reason: by.reason, from: from ?? '', to },
    ...{ changed: `${plan.changes.length}`, merged: `${plan.merges.length}`, split: `${plan.splits.length}` },
  }
  const event = { kind: 'statement.rekey', paymentId: null, subject: account, content }
  await deps.store.statements.rekey(account, plan.changes, event, deps.clock.now())
}
