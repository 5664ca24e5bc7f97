// Tells the ERP what happened, from the outbox, as often as it takes: every record is keyed and repeatable (I6).

import { backoffMs } from '../core/backoff'
import type { PushResult } from '../ports'
import type { OutboxItem, OutboxResult } from '../store/store'
import type { Deps } from './deps'

/** A refusal is a person's matter (an account closed, a period shut): look again once an hour, in case it was mended. */
const REFUSED_RETRY_MS = 3_600_000

/** Returns the number of records pushed. */
export async function deliver(deps: Deps, erp: string): Promise<number> {
  const bridge = deps.erps.get(erp)
  if (!bridge) return 0
  const now = deps.clock.now()
  const items = await deps.store.outbox.claim(erp, now, now + deps.settings.leaseMs, deps.settings.batchLimit)
  if (items.length === 0) return 0
  const results = await tryPush(items, () => bridge.push(items.map(item => item.record)))
  await deps.store.outbox.settle(
    items.map((item, index) => resultOf(deps, item, results[index])),
    deps.clock.now(),
  )
  return items.length
}

async function tryPush(
  items: readonly OutboxItem[],
  push: () => Promise<readonly PushResult[]>,
): Promise<readonly PushResult[]> {
  try {
    const results = await push()
    if (results.length === items.length) return results
    // Nothing of such an answer can be placed; pushing again changes nothing of what the ERP has (I6).
    const reason = `the bridge gave ${results.length} results for ${items.length} records`
    return items.map(() => ({ kind: 'deferred', reason }))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return items.map(() => ({ kind: 'deferred', reason }))
  }
}

function resultOf(deps: Deps, item: OutboxItem, result: PushResult | undefined): OutboxResult {
  const retryMs = backoffMs(item.attempts, deps.settings.retryFirstMs, deps.settings.retryMaxMs)
  const later = deps.clock.now() + retryMs
  if (result === undefined)
    return { id: item.id, kind: 'deferred', reason: 'the bridge gave no answer for this record', dueAt: later }
  if (result.kind === 'done') return { id: item.id, kind: 'done', erpNumber: result.erpNumber }
  if (result.kind === 'deferred') return { id: item.id, kind: 'deferred', reason: result.reason, dueAt: later }
  deps.tell({ kind: 'record.refused', erp: item.erp, key: item.record.key, code: result.code, text: result.text })
  return {
    id: item.id,
    kind: 'refused',
    code: result.code,
    text: result.text,
    dueAt: deps.clock.now() + REFUSED_RETRY_MS,
  }
}
