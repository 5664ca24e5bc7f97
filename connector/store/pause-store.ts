// Banks that a person has paused. The row is what daemons obey; the audit trail says who paused and who resumed.

import { appendAudit } from './audit-trail'
import { integer, storable, text, word } from './codec'
import type { Database, Row, Session } from './database'
import { insert, lockedSelect } from './statements'
import type { BankPause, PauseScope, PauseStore } from './store'

const PAUSE_COLUMNS = 'bank, scope, person, reason, at'

export function createPauseStore(db: Database): PauseStore {
  return {
    list: () => pausesOf(db),
    pause: given =>
      db.transaction(async tx => {
        const pause = { ...given, person: storable(given.person), reason: storable(given.reason) }
        const { bank, scope, person, reason, at } = pause
        const [before] = await lockedPause(tx, bank)
        if (before !== undefined && text(before, 'scope') === scope) return false
        if (before !== undefined) await tx.execute('DELETE FROM yinqi_bank_pause WHERE bank = ?', [bank])
        await insert(tx, 'yinqi_bank_pause', [{ bank, scope, person, reason, at }])
        const content = { scope, person, reason, at: String(at) }
        await appendAudit(tx, [{ kind: PAUSED, paymentId: null, subject: bank, content }], at)
        return true
      }),
    resume: ({ bank, at, ...given }) =>
      db.transaction(async tx => {
        const [before] = await lockedPause(tx, bank)
        if (before === undefined) return false
        await tx.execute('DELETE FROM yinqi_bank_pause WHERE bank = ?', [bank])
        const content = { person: storable(given.person), reason: storable(given.reason) }
        await appendAudit(tx, [{ kind: RESUMED, paymentId: null, subject: bank, content }], at)
        return true
      }),
  }
}

/** Kinds of entries of the audit trail. */
export const PAUSED = 'bank.paused'
export const RESUMED = 'bank.resumed'

export async function pausesOf(session: Pick<Session, 'query'>): Promise<readonly BankPause[]> {
  const rows = await session.query(`SELECT ${PAUSE_COLUMNS} FROM yinqi_bank_pause ORDER BY bank`)
  return rows.map(row => ({
    bank: text(row, 'bank'),
    scope: word<PauseScope>(row, 'scope'),
    person: text(row, 'person'),
    reason: text(row, 'reason'),
    at: integer(row, 'at'),
  }))
}

/** Two people at once: the second sees what the first did. */
function lockedPause(tx: Session, bank: string): Promise<readonly Row[]> {
  return tx.query(lockedSelect(tx.dialect, PAUSE_COLUMNS, 'yinqi_bank_pause', 'bank = ?'), [bank])
}
