// What the ERP is told about a collection, and the change of the store that it goes with: one record a change, keyed by
// its seq (I6).

import { COLLECTION_WORDS, type ClaimPart } from '../core/collection'
import type { CollectionRecord, CollectionState } from '../ports'
import type { CollectionChange, CollectionDraft, StoredCollection, StoredLine } from '../store/store'
import { accountOf, type Deps } from './deps'

/** The key by which the ERP knows the collection of a line. */
export function collectionKeyOf(line: Pick<StoredLine, 'account' | 'key'>): string {
  return `in|${line.account}|${line.key}`
}

export function draftOf(deps: Deps, line: StoredLine, erp: string): CollectionDraft {
  const key = collectionKeyOf(line)
  const facts = { seq: 1, state: 'open' as const, text: '', answeredNo: 0, entryKey: '' }
  return { erp, key, outbox: [{ erp, record: recordOf(deps, line, key, facts) }] }
}

export type Said = {
  readonly to: CollectionState
  readonly cause: 'claimed' | 'released' | 'refused' | 'booked' | 'reopened' | 'withdrawn'
  readonly actor: string
  /** For the ERP's row, behind the word of the state. */
  readonly text: string
  readonly journal: StoredLine['journal']
  readonly entryKey: string | null
  /** Absent: as it was. */
  readonly claim?: { readonly claimedBy: string; readonly reason: string; readonly parts: readonly ClaimPart[] }
  readonly claimNo?: number
}

export function changeOf(deps: Deps, collection: StoredCollection, said: Said): CollectionChange {
  const { line, erp, key, seq } = collection
  const claimNo = said.claimNo ?? collection.claimNo
  const { claimedBy, reason, parts } = said.claim ?? collection
  const facts = {
    seq: seq + 1,
    state: said.to,
    text: said.text,
    answeredNo: claimNo,
    entryKey: said.entryKey ?? '',
  }
  return {
    lineId: line.id,
    seq,
    to: said.to,
    cause: said.cause,
    actor: said.actor,
    journal: said.journal,
    entryKey: said.entryKey,
    claimedBy,
    reason,
    parts,
    claimNo,
    outbox: [{ erp, record: recordOf(deps, line, key, facts) }],
  }
}

type Facts = Pick<CollectionRecord, 'seq' | 'state' | 'text' | 'answeredNo' | 'entryKey'>

function recordOf(deps: Deps, stored: StoredLine, key: string, facts: Facts): CollectionRecord {
  const words = COLLECTION_WORDS[facts.state].zh
  return {
    kind: 'collection',
    key: `${key}|${facts.seq}`,
    collection: key,
    accountSet: accountOf(deps, stored.account)?.accountSet ?? '',
    account: stored.account,
    lineKey: `line|${stored.account}|${stored.key}`,
    line: stored.line,
    ...facts,
    text: facts.text === '' ? words : `${words}：${facts.text}`,
    at: deps.clock.now(),
  }
}
