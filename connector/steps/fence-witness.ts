// The ERP as a witness of what a store once knew (I10): what it was told is what this store must know.

import { doubtOfShown, type FenceReason } from '../core/fence'
import type { ErpBridge, Shown } from '../ports'
import type { Payment } from '../store/store'
import { accountOf, type Deps } from './deps'

/** Few enough to be asked every minute; a store that forgot anything forgot the newest. */
const WITNESS_EVENTS = 100

/** What this store does not know of what an ERP was last told. Throws a Fault when the ERP cannot be reached. */
export async function doubtsOf(deps: Deps, erp: string, bridge: ErpBridge): Promise<readonly FenceReason[]> {
  // The ERP before the store: the store is always told first, so it can only know more.
  const shown = (await bridge.shown?.(WITNESS_EVENTS)) ?? []
  const doubts: FenceReason[] = []
  for (const row of shown) {
    const known = await knownOf(deps, erp, row)
    const doubt = known === 'not ours' ? null : doubtOfShown(row, known?.seq ?? null)
    if (doubt) doubts.push(doubt)
  }
  return doubts
}

/**
 * What this store has of a row: its payment, or its place among the requests (a request may end without a payment), or
 * null. Rows of accounts that are not configured here are nobody's business.
 */
export async function knownOf(
  deps: Deps,
  erp: string,
  row: Shown,
): Promise<{ readonly seq: number; readonly payment: Payment | null } | 'not ours' | null> {
  const account = accountOf(deps, row.request.payerAccount)
  if (account === null) return 'not ours'
  const payment = await deps.store.payments.byReference(account.bank, row.bankReference)
  if (payment) return { seq: payment.seq, payment }
  const [request] = await deps.store.payments.known(erp, [row.request.key])
  const isKnown = request && request.payment === null && request.revision >= (row.request.key.revision ?? 1)
  return isKnown ? { seq: row.seq, payment: null } : null
}
