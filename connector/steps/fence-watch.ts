// The daemon's own watch over the fence (I10): it hears the ERPs, looks, and once closed asks banks and ERPs by itself and
// says what differs. It opens nothing that a person must open.

import type { FenceReason } from '../core/fence'
import type { ErpBridge } from '../ports'
import type { Deps } from './deps'
import { sweepFence, sweepRange } from './fence-sweep'
import { doubtsOf } from './fence-witness'

const HEAR_MS = 60_000

/** The ERPs are heard before the first look, so that nothing is sent before they could speak. */
export function fenceWatch(deps: Deps): () => Promise<number> {
  let heardAt: number | null = null
  let hasSwept = false
  return async () => {
    const now = deps.clock.now()
    if (heardAt === null || now - heardAt >= HEAR_MS) {
      heardAt = now
      for (const [erp, bridge] of deps.erps) await hear(deps, erp, bridge)
    }
    const state = await deps.fence.look()
    if (state.kind === 'open') hasSwept = false
    else if (!hasSwept) {
      hasSwept = true
      await tellDifferences(deps, state.reasons)
    }
    return 0
  }
}

async function hear(deps: Deps, erp: string, bridge: ErpBridge): Promise<void> {
  // An ERP that is down says nothing; its own steps report that.
  const reasons = await doubtsOf(deps, erp, bridge).catch(() => [])
  await deps.fence.report(reasons)
}

/** Once a closing: the person who comes finds the statements imported and the differences in the log. */
async function tellDifferences(deps: Deps, reasons: readonly FenceReason[]): Promise<void> {
  if (reasons.every(({ code }) => code === 'FENCE_NOT_LOOKED')) return
  const swept = await sweepFence(deps, await sweepRange(deps))
  for (const { id, zh, en, mustBeNamed } of swept.differences)
    deps.tell({ kind: 'fence.difference', id, text: `${zh} / ${en}`, mustBeNamed })
}
