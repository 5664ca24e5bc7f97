// A payment that is `sending` after its lease ran out belonged to a daemon that died or stalled: nobody knows whether it
// left, so it is unknown, and the bank is asked. It is never sent again from here.

import type { Deps } from './deps'
import { move, plain } from './move'

/** Returns the number of payments swept. */
export async function sweep(deps: Deps): Promise<number> {
  const stale = await deps.store.payments.expired(['sending'], deps.clock.now(), deps.settings.batchLimit)
  await move(
    deps,
    stale.map(payment => ({
      payment,
      actor: deps.settings.instance,
      patch: {},
      verdict: plain(
        'send.uncertain',
        'LEASE_EXPIRED',
        '发送过程中断，结果待查 (the sender stopped; the bank will be asked)',
      ),
    })),
  )
  return stale.length
}
