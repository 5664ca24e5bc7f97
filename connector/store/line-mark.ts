// A number for each account that rises whenever its lines change: who compared an answer with the lines knows by it whether
// they are still those. Locked by whoever changes lines, so that of two imports at once the second sees the first.

import { text } from './codec'
import type { Database, Session } from './database'
import { insertNew, lockedSelect } from './statements'

const NONE = '0'

export async function lineMark(db: Database, account: string): Promise<string> {
  const [row] = await db.query('SELECT value FROM yinqi_meta WHERE name = ?', [nameOf(account)])
  return row === undefined ? NONE : text(row, 'value')
}

/** Part of the caller's transaction, before it touches a line of the account. */
export async function lockLines(tx: Session, account: string): Promise<string> {
  const name = nameOf(account)
  await insertNew(tx, 'yinqi_meta', 'name', [{ name, value: NONE }])
  const [row] = await tx.query(lockedSelect(tx.dialect, 'value', 'yinqi_meta', 'name = ?'), [name])
  return row === undefined ? NONE : text(row, 'value')
}

/** Part of the caller's transaction, which holds the lock. */
export async function moveMark(tx: Session, account: string, mark: string): Promise<void> {
  await tx.execute('UPDATE yinqi_meta SET value = ? WHERE name = ?', [String(Number(mark) + 1), nameOf(account)])
}

function nameOf(account: string): string {
  return `lines ${account}`
}
