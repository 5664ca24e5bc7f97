// A named person takes the entry of a bank line back: a red entry, once, and the line is booked anew or left. For what the
// bank itself takes back with a line of its own nobody is needed, see journal-decision.ts.

import { bankDay } from '../core/bank-time'
import { reversingEntry } from '../core/journal-reversal'
import { cleanName, personKey } from '../core/people'
import type { CollectionChange, StoredCollection, StoredEntry } from '../store/store'
import { changeOf } from './collection-record'
import type { Deps } from './deps'
import { reversalKeyOf } from './entry-key'

export type Reversal =
  | { readonly kind: 'done'; readonly reversed: string; readonly by: string }
  | { readonly kind: 'refused'; readonly code: string; readonly zh: string; readonly en: string }

export async function reverseEntry(
  deps: Deps,
  lineId: string,
  said: { readonly person: string; readonly reason: string; readonly next: 'open' | 'left' },
): Promise<Reversal> {
  const person = cleanName(said.person)
  const reason = said.reason.trim()
  if (personKey(person) === '' || reason === '')
    return refused('REVERSAL_PERSON_MISSING', '必须写明姓名和原因', 'a name and a reason are needed')
  const found = await deps.store.journals.ofLine(lineId)
  const problem = problemOf(lineId, found)
  if (problem || !found) return problem ?? nothing(lineId)
  const at = deps.clock.now()
  const entry = reversingEntry(found.entry, {
    key: reversalKeyOf(found.entry.key),
    date: bankDay(at),
    maker: deps.settings.maker,
    rule: found.entry.rule,
    voucherNo: found.voucherNo,
    reason: `${person}：${reason}`,
    settlement: null,
  })
  const collections = await deps.store.collections.ofEntry(found.entry.key)
  const changes = collections.map(collection => changeFor(deps, collection, person, said.next))
  const reversal = { key: found.entry.key, erp: found.erp, entry, next: said.next, person, reason, changes }
  if (!(await deps.store.journals.reverse(reversal, at))) {
    return refused('ENTRY_CHANGED', '凭证已变化，请重新查看', 'the entry has changed meanwhile: look again')
  }
  deps.tell({ kind: 'entry.reversed', key: found.entry.key, by: entry.key, reason })
  return { kind: 'done', reversed: found.entry.key, by: entry.key }
}

function changeFor(deps: Deps, collection: StoredCollection, person: string, next: 'open' | 'left'): CollectionChange {
  // Of a line that a person withdrew nothing is offered or booked; restored, it is offered again.
  const isGone = collection.line.isWithdrawn === true
  const isOpen = next === 'open' && !isGone
  return changeOf(deps, collection, {
    to: isOpen ? 'open' : 'withdrawn',
    cause: isOpen ? 'reopened' : 'withdrawn',
    actor: person,
    text: `${person} 冲销凭证`,
    journal: isOpen || isGone ? 'collection' : 'left',
    entryKey: null,
    claim: { claimedBy: '', reason: '', parts: [] },
  })
}

function problemOf(lineId: string, found: StoredEntry | null): Reversal | null {
  if (!found) return nothing(lineId)
  if (found.reversedBy !== null) {
    return refused(
      'ENTRY_REVERSED',
      `凭证已被 ${found.reversedBy} 冲销`,
      `it is reversed already, by ${found.reversedBy}`,
    )
  }
  if (found.entry.reverses !== undefined) {
    return refused(
      'ENTRY_IS_REVERSAL',
      '红字凭证不能再冲销，请在 ERP 中手工处理',
      'a reversal is not reversed: make the voucher by hand in the ERP',
    )
  }
  return null
}

function nothing(lineId: string): Reversal {
  return refused('ENTRY_MISSING', `流水 ${lineId} 没有本系统的凭证`, `line ${lineId} has no entry of ours`)
}

function refused(code: string, zh: string, en: string): Reversal {
  return { kind: 'refused', code, zh, en }
}
