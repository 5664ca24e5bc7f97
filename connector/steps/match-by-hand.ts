// What people do to matches: put lines together that no pass would, and take apart what was wrong. Named, reasoned, and
// told to the audit trail.

import { refuseByHand, type HandItem, type HandRefusal } from '../core/match/by-hand'
import { MATCH_RULES } from '../core/match/match'
import { cleanName, personKey } from '../core/people'
import type { StoredMatch } from '../store/store'
import { accountOf, type Deps } from './deps'

export type Said = { readonly person: string; readonly reason: string }
export type ByHand = Said & {
  readonly lineIds: readonly string[]
  readonly ledgerIds: readonly string[]
  /** Needed where only ledger lines are named: their ids are unique within an account. */
  readonly account: string | null
  readonly differenceAccount: string
}
export type Handled =
  { readonly kind: 'done'; readonly match: StoredMatch } | ({ readonly kind: 'refused' } & HandRefusal)

export async function matchByHand(deps: Deps, given: ByHand): Promise<Handled> {
  const person = cleanName(given.person)
  const reason = given.reason.trim()
  if (personKey(person) === '' || reason === '') return UNNAMED
  const { open } = deps.store
  const found = await open.linesByIds(given.lineIds)
  const account = given.account ?? found[0]?.account ?? null
  const settings = account === null ? null : accountOf(deps, account)
  if (account === null || settings === null)
    return refused('MATCH_ACCOUNT', '须用 --account 指明已配置的账户', 'name a configured account with --account')
  const taken = await deps.store.matches.taken(account, given)
  const standing = found.filter(line => line.isWithdrawn !== true)
  const lines = standing.map((stored): HandItem => ({
    ...{ id: stored.id, account: stored.account, minor: stored.line.amount.minor, isTaken: taken.lines.has(stored.id) },
  }))
  const shown = await open.ledgerByIds(account, given.ledgerIds)
  const ledger = shown
    .filter(line => !line.isGone)
    .map((line): HandItem => ({ id: line.id, account, minor: line.amount.minor, isTaken: taken.ledger.has(line.id) }))
  const { lineIds, ledgerIds, differenceAccount } = given
  const refusal = refuseByHand({ currency: settings.currency, lineIds, ledgerIds, lines, ledger, differenceAccount })
  if (refusal !== null) return { kind: 'refused', ...refusal }
  const match = await deps.store.matches.make(
    { account, lineIds, ledgerIds, pass: 'manual', reason, ruleVersion: MATCH_RULES, person, differenceAccount },
    deps.clock.now(),
  )
  return match === null ? TAKEN : { kind: 'done', match }
}

export async function undoMatch(deps: Deps, id: string, said: Said): Promise<Handled> {
  const person = cleanName(said.person)
  const reason = said.reason.trim()
  if (personKey(person) === '' || reason === '') return UNNAMED
  const match = await deps.store.matches.undo(id, person, reason, deps.clock.now())
  return match === null
    ? refused('MATCH_NOT_STANDING', `没有未撤销的勾对 ${id}`, `there is no match ${id} that stands`)
    : { kind: 'done', match }
}

function refused(code: string, zh: string, en: string): Handled {
  return { kind: 'refused', code, zh, en }
}

const UNNAMED = refused('MATCH_UNNAMED', '必须写明姓名和理由', 'a name and a reason are needed')
const TAKEN = refused('MATCH_TAKEN', '其中一项刚被他人勾对', 'one of them was matched by somebody else just now')
