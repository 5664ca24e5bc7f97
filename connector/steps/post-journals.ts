// Decides, by the site's rules, which journal entry each bank line makes, and hands the entry to the ERP through the
// outbox. An entry exists once per line (I7).

import { createHash } from 'node:crypto'
import { bookLine, type Booking } from '../core/journal'
import type { StoredLine } from '../store/store'
import { accountOf, type AccountSettings, type Deps } from './deps'

/** Returns the number of lines decided. */
export async function postJournals(deps: Deps): Promise<number> {
  const lines = await deps.store.statements.unbooked(deps.settings.batchLimit)
  for (const stored of lines) {
    const settings = accountOf(deps, stored.account)
    const booking = settings && settings.ledgerAccount !== '' ? await book(deps, stored, settings) : null
    await decide(deps, stored, settings?.erp ?? '', booking ?? { kind: 'left', rule: null })
  }
  return lines.length
}

/** One key a line, for ever: `YQ` and 32 hex digits, within the ERP's 50 characters. */
export function entryKeyOf(stored: Pick<StoredLine, 'account' | 'key'>): string {
  return `YQ${createHash('sha256').update(`${stored.account}|${stored.key}`).digest('hex').slice(0, 32)}`
}

async function book(deps: Deps, stored: StoredLine, settings: AccountSettings): Promise<Booking> {
  const payment = stored.paymentId === null ? null : await deps.store.payments.get(stored.paymentId)
  return bookLine(
    {
      key: entryKeyOf(stored),
      line: stored.line,
      account: stored.account,
      accountSet: settings.accountSet,
      ledgerAccount: settings.ledgerAccount,
      request: payment ? { ...payment.request, revision: payment.revision } : null,
      maker: deps.settings.maker,
    },
    deps.settings.journal,
  )
}

async function decide(deps: Deps, stored: StoredLine, erp: string, booking: Booking): Promise<void> {
  const entry = booking.kind === 'entry' ? { erp, entry: booking.entry } : null
  await deps.store.journals.decide([{ lineId: stored.id, journal: booking.kind, entry }], deps.clock.now())
  if (entry) deps.tell({ kind: 'entry.made', key: entry.entry.key, rule: entry.entry.rule })
}
