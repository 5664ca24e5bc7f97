// Fetches the bank's electronic receipt (电子回单) of every line that should have one, and keeps it byte-exact. Why a line
// has none yet is kept with the line.

import type { StoredLine } from '../store/store'
import { withDeadline } from './deadline'
import type { Deps } from './deps'
import { keepReceipt } from './keep-receipt'

/** Returns the number of receipts stored. */
export async function fetchReceipts(deps: Deps, bank: string): Promise<number> {
  const gateway = deps.banks.get(bank)
  if (!gateway?.receipt || deps.closed(bank, 'read') !== null) return 0
  const receipt = gateway.receipt.bind(gateway)
  const due = await deps.store.statements.receiptDue(bank, deps.clock.now(), deps.settings.batchLimit)
  // What cannot be kept is not asked for: a store that takes no writes would have the bank asked again and again.
  if (due.length > 0) await deps.store.ping()
  let count = 0
  for (const stored of due) {
    let reason = NOT_YET
    const document = await withDeadline(deps.clock, deps.settings.callTimeoutMs, signal =>
      receipt(stored.account, stored.line, signal),
    ).catch((error: unknown) => {
      reason = error instanceof Error ? error.message : String(error)
      deps.tell({ kind: 'receipt.failed', bank, account: stored.account, reason })
      return null
    })
    const kept = document === null ? null : await keepReceipt(deps, stored, document, 'bank')
    if (kept?.kind === 'kept') count++
    else await postpone(deps, stored, kept === null ? reason : `${kept.code}${SEE}`)
  }
  return count
}

/** What it says stands in the contradiction, where it is encrypted; a reason is not. */
const SEE = '：见 yinqi contradiction list / see yinqi contradiction list'

const NOT_YET = '银行还没有这笔的回单 / the bank has no receipt for this line yet'

/** What a bank says in a fault may be a page long. */
const REASON_MAX = 500

/** Receipts lag the lines; after the site's patience the line counts as missing one, visibly, and is still asked for daily. */
async function postpone(deps: Deps, stored: StoredLine, reason: string): Promise<void> {
  const now = deps.clock.now()
  const isMissing = now - stored.importedAt > deps.settings.receiptGiveUpMs
  const delayMs = isMissing ? 24 * 3_600_000 : deps.settings.receiptRetryMs
  await deps.store.statements.postponeReceipt(stored.id, now + delayMs, isMissing, reason.slice(0, REASON_MAX))
}
