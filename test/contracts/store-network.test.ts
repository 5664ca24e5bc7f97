// PostgreSQL behind a network that loses connections: at COMMIT, in silence, half-way; and a server that prefers a rival.
// A proxy stands between the store and a real server.

import { openDatabase, type Database } from '../../connector/store/database'
import { openStore } from '../../connector/store/open-store'
import { testKeys } from '../support/keys'
import { startPostgres, type RunningPostgres } from '../support/postgres'
import { startProxy, type Proxy } from '../support/proxy'
import { clock } from '../support/stores'

let server: RunningPostgres
let proxy: Proxy
let db: Database
let direct: Database

beforeAll(async () => {
  server = await startPostgres()
  proxy = await startProxy(server.port)
  const config = { dialect: 'postgres', statementTimeoutMs: 500 } as const
  direct = openDatabase({ dialect: 'postgres', url: server.url }, testKeys(), clock)
  db = openDatabase({ ...config, url: server.url.replace(/:\d+\//, `:${proxy.port}/`) }, testKeys(), clock)
  await (await openStore({ ...config, url: server.url }, { clock, keys: testKeys(), schema: 'migrate' })).close()
  await direct.transaction(tx => tx.execute('CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL)'))
  await direct.transaction(tx => tx.execute('INSERT INTO t VALUES (1, 0), (2, 0)'))
}, 60_000)

beforeEach(async () => {
  proxy.heal()
  proxy.resetAll()
  await direct.transaction(tx => tx.execute('UPDATE t SET n = 0'))
})

afterAll(async () => {
  await db?.close()
  await direct?.close()
  await proxy?.close()
  await server?.stop()
})

test('a COMMIT whose answer is lost is called unknown, is not repeated, and has taken effect once', async () => {
  await count()
  proxy.order({ kind: 'cut-at', text: 'COMMIT', lose: 'answer' }, { open: true, times: null })
  await expect(add(1)).rejects.toMatchObject({ code: 'STORE_COMMIT_UNKNOWN' })
  expect(proxy.spoiled()).toBeGreaterThan(0)
  proxy.heal()
  expect(await count()).toBe(1)
})

test('a COMMIT that is lost itself is called unknown too, and has taken no effect', async () => {
  await count()
  proxy.order({ kind: 'cut-at', text: 'COMMIT', lose: 'request' }, { open: true, times: null })
  await expect(add(1)).rejects.toMatchObject({ code: 'STORE_COMMIT_UNKNOWN' })
  proxy.heal()
  expect(await count()).toBe(0)
})

test('a connection lost before COMMIT is unreachable, not unknown', async () => {
  await count()
  proxy.order({ kind: 'cut-at', text: 'UPDATE t', lose: 'answer' }, { open: true, times: null })
  await expect(add(1)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
  proxy.heal()
  expect(await count()).toBe(0)
})

test.each([{ kind: 'black-hole', direction: 'both' } as const, { kind: 'half-open' } as const])(
  'a connection that only swallows bytes (%j) is given up and not used again',
  async fault => {
    await count()
    proxy.order(fault, { open: true, times: null })
    await expect(count()).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
    proxy.heal()
    expect(await count()).toBe(0)
  },
  20_000,
)

test('a COMMIT into silence is unknown, and its connection is not used again', async () => {
  let isHeld = false
  const lost = db.transaction(async tx => {
    await tx.execute('UPDATE t SET n = n + 1 WHERE id = 1')
    proxy.order({ kind: 'black-hole', direction: 'down' }, { open: true, times: null })
    isHeld = true
  })
  await expect(lost).rejects.toMatchObject({ code: 'STORE_COMMIT_UNKNOWN' })
  expect(isHeld).toBe(true)
  proxy.heal()
  // The COMMIT itself had arrived.
  expect(await count()).toBe(1)
}, 20_000)

test('connections that died while nobody used them are replaced after one failure each, at most', async () => {
  await Promise.all([count(), count(), count()])
  const before = proxy.open()
  proxy.resetAll()
  let failures = 0
  while (failures <= before && (await count().catch(() => null)) === null) failures++
  expect(failures).toBeLessThanOrEqual(before)
  expect(await count()).toBe(0)
})

test('a server that crashed and came back is used again', async () => {
  await add(1)
  await server.crash('SIGQUIT')
  await expect(count()).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
  await server.restart()
  expect(await count()).toBe(1)
}, 30_000)

test('a deadlock victim tries again: both transactions take effect once', async () => {
  const both = rendezvous(2)
  const one = crossing([1, 2], both)
  const two = crossing([2, 1], both)
  await Promise.all([one.done, two.done])
  // PostgreSQL really chose a victim: one of the two ran twice.
  expect(one.runs() + two.runs()).toBe(3)
  const rows = await direct.query('SELECT n FROM t ORDER BY id')
  expect(rows.map(row => row['n'])).toEqual([2, 2])
}, 20_000)

test('a serialization failure tries again: neither of two transactions overlooks the other', async () => {
  const both = rendezvous(2)
  let runs = 0
  // Each sets its own row to the sum of both plus one: serially 1, then 2.
  const skew = (id: number): Promise<unknown> =>
    direct.transaction(async tx => {
      runs++
      await tx.execute('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE')
      const [row] = await tx.query('SELECT SUM(n) AS sum FROM t')
      await both()
      return await tx.execute('UPDATE t SET n = ? WHERE id = ?', [Number(row?.['sum']) + 1, id])
    })
  await Promise.all([skew(1), skew(2)])
  expect(runs).toBe(3)
  const rows = await direct.query('SELECT n FROM t ORDER BY n')
  expect(rows.map(row => row['n'])).toEqual([1, 2])
}, 20_000)

async function add(id: number): Promise<void> {
  await db.transaction(tx => tx.execute('UPDATE t SET n = n + 1 WHERE id = ?', [id]))
}

async function count(): Promise<number> {
  const [row] = await db.query('SELECT SUM(n) AS sum FROM t')
  return Number(row?.['sum'])
}

function crossing(ids: readonly [number, number], both: () => Promise<void>) {
  let runs = 0
  const done = direct.transaction(async tx => {
    runs++
    await tx.execute('UPDATE t SET n = n + 1 WHERE id = ?', [ids[0]])
    await both()
    await tx.execute('UPDATE t SET n = n + 1 WHERE id = ?', [ids[1]])
  })
  return { done, runs: () => runs }
}

/** Resolves for everybody when so many have come; whoever comes later does not wait. */
function rendezvous(size: number): () => Promise<void> {
  let come = 0
  let release: () => void = () => undefined
  const all = new Promise<void>(resolve => (release = resolve))
  return async () => {
    if (++come >= size) release()
    await all
  }
}
