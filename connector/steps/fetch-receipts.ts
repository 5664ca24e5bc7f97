// Fetches the bank's electronic receipt (电子回单) of every line that should have one, and keeps it byte-exact.

import { createHash } from 'node:crypto'
import type { StoredLine } from '../store/store'
import { withDeadline } from './deadline'
import { accountOf, type Deps } from './deps'

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
    const document = await withDeadline(deps.clock, deps.settings.callTimeoutMs, signal =>
      receipt(stored.account, stored.line, signal),
    ).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      deps.tell({ kind: 'receipt.failed', bank, account: stored.account, reason })
      return null
    })
    if (document === null) await postpone(deps, stored)
    else {
      await save(deps, stored, document)
      count++
    }
  }
  return count
}

async function save(
  deps: Deps,
  stored: StoredLine,
  document: { readonly receiptNo: string; readonly mediaType: string; readonly bytes: Uint8Array },
): Promise<void> {
  const settings = accountOf(deps, stored.account)
  const at = deps.clock.now()
  const digest = createHash('sha256').update(document.bytes).digest('hex')
  const payment = stored.paymentId === null ? null : await deps.store.payments.get(stored.paymentId)
  const paid = payment ? { ...payment.request.key, revision: payment.revision } : null
  const { receiptNo, mediaType } = document
  const record = {
    kind: 'receipt',
    key: `receipt|${stored.account}|${stored.key}`,
    account: stored.account,
    lineKey: stored.key,
    receiptNo,
    mediaType,
    digest,
    paid,
    at,
  } as const
  await deps.store.receipts.save(
    { lineId: stored.id, account: stored.account, receiptNo, mediaType, digest, at },
    document.bytes,
    stored.paymentId,
    settings ? [{ erp: settings.erp, record }] : [],
  )
  deps.tell({ kind: 'receipt.stored', account: stored.account, receiptNo })
}

/** Receipts lag the lines; after the site's patience the line counts as missing one, visibly, and is still asked for daily. */
async function postpone(deps: Deps, stored: StoredLine): Promise<void> {
  const now = deps.clock.now()
  const isMissing = now - stored.importedAt > deps.settings.receiptGiveUpMs
  const delayMs = isMissing ? 24 * 3_600_000 : deps.settings.receiptRetryMs
  await deps.store.statements.postponeReceipt(stored.id, now + delayMs, isMissing)
}
