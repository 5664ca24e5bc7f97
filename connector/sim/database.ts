// Where a simulated site keeps its state: in memory, or, to check the one against the other, in the real SQLite store.

import { MemoryDatabase, openMemoryStore } from '../store/memory/memory-store'
import { createKeys } from '../store/keys'
import { openStore } from '../store/open-store'
import type { Database } from './run'
import { START_MS } from './world'

export type StoreKind = 'memory' | 'sqlite'

/** Any three digits: references need them, and a store that is drawn at random would not be repeatable. */
const INCARNATION = '123'

/** Nothing secret lies in a simulated store, and no key may be drawn: a seed is one history. */
const KEYS = createKeys({
  current: 'simulation',
  ring: new Map([['simulation', Buffer.alloc(32, 1)]]),
  mac: 'hmac-sha256',
  cipher: 'off',
})

export async function openDatabase(kind: StoreKind): Promise<Database> {
  if (kind === 'memory') {
    return inMemory(new MemoryDatabase(INCARNATION, 'original'))
  }
  // One connection for every daemon: a database in memory belongs to its connection.
  const clock = { now: () => START_MS, sleep: async () => undefined }
  const real = await openStore({ dialect: 'sqlite', filename: ':memory:' }, { clock, keys: KEYS, schema: 'migrate' })
  // A real store draws its digits; the same seed must give the same references.
  const store = { ...real, meta: { ...real.meta, incarnation: async () => INCARNATION } }
  return { open: async () => store, close: () => real.close() }
}

function inMemory(database: MemoryDatabase): Database {
  let copies = 0
  return {
    open: async () => openMemoryStore(database),
    close: async () => undefined,
    async copy() {
      const copy = new MemoryDatabase(INCARNATION, `${database.identity}.${++copies}`)
      copy.restore(database.snapshot())
      return inMemory(copy)
    },
  }
}
