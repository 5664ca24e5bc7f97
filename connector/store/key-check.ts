// Whether the keys at hand are those that the store was used with. It only ever adds a proof; a key that is missing or
// wrong stops the start before anything is read or written with it.

import { text } from './codec'
import type { Database, Session } from './database'
import { storeFault } from './faults'
import { insertNew } from './statements'

const PREFIX = 'key:'

export async function requireKeysOf(db: Database): Promise<void> {
  await db.transaction(requireKeys)
}

/** Every key that was ever in a ring of this store leaves a proof of itself, and must be in every later ring. */
export async function requireKeys(tx: Session): Promise<void> {
  const proofs = tx.keys.proofs()
  const rows = await tx.query(`SELECT name, value FROM yinqi_meta WHERE name LIKE '${PREFIX}%'`)
  for (const row of rows) {
    const id = text(row, 'name').slice(PREFIX.length)
    const proof = proofs.get(id)
    if (proof === undefined) throw storeFault('STORE_KEY_MISSING', `key ${id}`)
    if (proof !== text(row, 'value')) throw storeFault('STORE_KEY_WRONG', `key ${id}`)
  }
  if (rows.length === proofs.size) return
  await insertNew(
    tx,
    'yinqi_meta',
    'name',
    [...proofs].map(([id, value]) => ({ name: PREFIX + id, value })),
  )
}
