// A named person, at the command line or in the ERP, says whose incoming money it is, or gives a claim back. Of two claims
// at once the store lets the first through; the other is told who has it.

import { COLLECTION_WORDS, partsOf, type Claim, type ClaimProblem } from '../core/collection'
import { cleanName, personKey } from '../core/people'
import type { CollectionRequest } from '../ports'
import type { StoredCollection } from '../store/store'
import { changeOf, type Said } from './collection-record'
import type { Deps } from './deps'

export type ClaimResult =
  { readonly kind: 'done'; readonly collection: StoredCollection } | ({ readonly kind: 'refused' } & ClaimProblem)

/** Another may change it between our look and our word: look again, a bounded number of times. */
const ROUNDS = 5

type Asked = { readonly person: string; readonly reason: string; readonly claimNo?: number }

/** `find` is asked anew in every round. */
export async function claimCollection(
  deps: Deps,
  find: () => Promise<StoredCollection | null>,
  asked: Asked & { readonly claim: Claim },
): Promise<ClaimResult> {
  return settle(deps, find, asked, collection => {
    const problem = problemOfState(collection, 'open')
    if (problem) return problem
    const parts = partsOf(asked.claim, collection.line.line.amount)
    if ('code' in parts) return parts
    const claimedBy = cleanName(asked.person)
    const customers = [...new Set(parts.map(part => part.customer))].join('、')
    return {
      to: 'claimed',
      cause: 'claimed',
      actor: claimedBy,
      text: `${claimedBy} 认领为 ${customers}`,
      journal: 'collection',
      entryKey: null,
      claim: { claimedBy, reason: asked.reason.trim(), parts },
    }
  })
}

export async function releaseCollection(
  deps: Deps,
  find: () => Promise<StoredCollection | null>,
  asked: Asked,
): Promise<ClaimResult> {
  return settle(deps, find, asked, collection => {
    const problem = problemOfState(collection, 'claimed')
    if (problem) return problem
    const actor = cleanName(asked.person)
    return {
      to: 'open',
      cause: 'released',
      actor,
      text: `${actor} 已释放`,
      journal: 'collection',
      entryKey: null,
      claim: { claimedBy: '', reason: asked.reason.trim(), parts: [] },
    }
  })
}

/**
 * What the ERP asks in its row. Every asking is answered once, also one that is refused. False when there was nothing to
 * do: it was heard before and its answer is on the way, or the row belongs to no collection of this store.
 */
export async function answerCollection(deps: Deps, item: CollectionRequest): Promise<boolean> {
  const find = () => deps.store.collections.byKey(item.key)
  const before = await find()
  if (before === null || item.claimNo <= before.claimNo) return false
  const asked = { person: item.by, reason: 'ERP', claimNo: item.claimNo }
  if (item.request === 'claim') await claimCollection(deps, find, { ...asked, claim: item })
  else if (item.request === 'release') await releaseCollection(deps, find, asked)
  else {
    await settle(deps, find, asked, () =>
      problem('CLAIM_REQUEST_UNKNOWN', 'request 应为 claim 或 release', 'request is neither claim nor release'),
    )
  }
  return true
}

async function settle(
  deps: Deps,
  find: () => Promise<StoredCollection | null>,
  { person, reason, claimNo }: Asked,
  decide: (collection: StoredCollection) => Said | ClaimProblem,
): Promise<ClaimResult> {
  for (let round = 0; round < ROUNDS; round++) {
    const collection = await find()
    if (!collection) return refused(problem('COLLECTION_UNKNOWN', '没有这笔到款', 'there is no such collection'))
    if (claimNo !== undefined && claimNo <= collection.claimNo) return { kind: 'done', collection }
    const named = personKey(person) !== '' && reason.trim() !== ''
    const decided = named
      ? decide(collection)
      : problem('CLAIM_PERSON_MISSING', '必须写明姓名和原因', 'a name and a reason are needed')
    const isNo = 'zh' in decided
    // At the command line a refusal is an answer and changes nothing; the ERP reads its answer in the row.
    if (isNo && claimNo === undefined) return refused(decided)
    const said: Said = isNo ? refusalOf(collection, decided) : decided
    const change = changeOf(deps, collection, claimNo === undefined ? said : { ...said, claimNo })
    if (!(await deps.store.collections.change([change], deps.clock.now()))) continue
    deps.tell({ kind: 'collection.moved', collection: collection.key, cause: said.cause, to: said.to })
    const after = await find()
    return isNo || !after ? refused(isNo ? decided : busy) : { kind: 'done', collection: after }
  }
  return refused(busy)
}

const busy = problem('CLAIM_BUSY', '多人同时操作，请重试', 'several people act on it at once: try again')

function refusalOf(collection: StoredCollection, { zh, code }: ClaimProblem): Said {
  return {
    to: collection.state,
    cause: 'refused',
    actor: 'ERP',
    text: `${zh}（${code}）`,
    journal: collection.line.journal,
    entryKey: collection.entryKey,
  }
}

function problemOfState(collection: StoredCollection, wanted: 'open' | 'claimed'): ClaimProblem | null {
  const { state, claimedBy } = collection
  if (state === wanted) return null
  if (state === 'claimed') {
    return problem('CLAIM_TAKEN', `已由 ${claimedBy} 认领`, `it is claimed by ${claimedBy} already`)
  }
  if (state === 'booked') {
    return problem(
      'CLAIM_BOOKED',
      `已由 ${claimedBy} 认领并入账；如有误，请冲销凭证（yinqi journal reverse）`,
      `it is claimed by ${claimedBy} and booked; if that is wrong, reverse its entry (yinqi journal reverse)`,
    )
  }
  const words = COLLECTION_WORDS[state]
  return problem('CLAIM_STATE', `当前为「${words.zh}」`, `it is ${words.en}`)
}

function problem(code: string, zh: string, en: string): ClaimProblem {
  return { code, zh, en }
}

function refused(found: ClaimProblem): ClaimResult {
  return { kind: 'refused', ...found }
}
