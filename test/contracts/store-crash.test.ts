// A process that is killed in the middle of a transaction leaves the whole of it or nothing of it (I5).

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { kinds, opened, paymentOf, take } from '../support/stores'

const CHANGES = 200

describe('a daemon killed with SIGKILL in the middle of apply', () => {
  const kind = kinds().find(each => each.name === 'sqlite')
  beforeAll(() => kind?.start())
  afterAll(() => kind?.stop())

  test.each([0, 1, 2, 3])('leaves whole transactions, %i or one more of them, and nothing else', async round => {
    const place = await kind?.place()
    if (place?.config?.dialect !== 'sqlite') throw new Error('no SQLite')
    const store = await opened(place)
    await take(store, paymentOf('1'))
    await store.close()

    const script = path.join(__dirname, '..', 'support', 'apply-until-killed.js')
    const child = spawn(process.execPath, [script, place.config.filename, String(CHANGES)], {
      env: process.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const gone = once(child, 'exit')
    let said = ''
    child.stdout.on('data', chunk => {
      said += String(chunk)
      if (said.includes(`begin ${round}\n`)) child.kill('SIGKILL')
    })
    expect(await gone).toEqual([null, 'SIGKILL'])

    const after = await opened(place)
    const seq = (await after.payments.get('P1'))?.seq ?? 0
    expect((seq - 1) % CHANGES).toBe(0)
    expect((seq - 1) / CHANGES).toBeGreaterThanOrEqual(round)
    const history = await after.payments.history('P1')
    expect(history.map(row => row.seq)).toEqual(Array.from({ length: seq }, (_, index) => index + 1))
    const [counts] = await after.outbox.counts(0)
    expect(counts?.pending ?? 0).toBe(seq - 1)
    await after.close()
  })
})
