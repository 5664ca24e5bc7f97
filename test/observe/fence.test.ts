// Whoever watches the daemon from outside is told that nothing is sent, and why (I10).

import { startAdmin } from '../../connector/observe/admin'
import { createMetrics } from '../../connector/observe/metrics'
import { openWorld, type World } from '../support/world'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

test('/ready and the metric say that the fence is closed, by which reason, and that it is open again', async () => {
  const metrics = createMetrics(world.store, new Map(), world.deps.clock)
  const admin = await startAdmin(
    { host: '127.0.0.1', port: 0 },
    {
      ...{ store: world.store, metrics, fence: world.deps.fence, banks: new Map(), instance: 'd1' },
    },
  )
  const ready = async () => {
    const response = await fetch(`${admin.url}/ready`)
    return [response.status, await response.json()]
  }
  try {
    expect(await ready()).toEqual([200, { ready: true, sends: true }])
    const reason = { code: 'FENCE_BANK_AHEAD', detail: '260301107000001' } as const
    await world.deps.fence.report([reason])
    for (const happening of world.happened) metrics.count(happening)
    expect(await ready()).toEqual([200, { ready: true, sends: false, fence: [reason] }])
    expect(await metrics.render()).toContain('yinqi_fence_closed{code="FENCE_BANK_AHEAD"} 1')
    metrics.count({ kind: 'fence.opened', instance: 'd1' })
    expect(await metrics.render()).not.toContain('FENCE_BANK_AHEAD')
  } finally {
    await admin.close()
  }
})
