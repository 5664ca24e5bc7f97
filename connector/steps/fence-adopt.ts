// A payment that the ERP shows and this store has forgotten is taken back under its own bank reference (I10): the ERP is
// not left waiting, the same asking is recognised when it comes again, and the bank can be asked about it.

import { accept } from '../core/accept'
import { bankDay } from '../core/bank-time'
import { holdsOf } from '../core/holds'
import type { Instruction, RowStatus, State } from '../ports'
import { Conflict, type IntakeEntry, type Payment } from '../store/store'
import { accountOf, type Deps } from './deps'
import { fenceHold } from './fence-holds'
import type { ShownBy } from './fence-sweep'
import { documentKey, statusRecord } from './records'

const REASON = '由 ERP 所示找回，须核对银行 (taken back from what the ERP shows: look at the bank)'

/** False when it is there already. What cannot be made a payment again is remembered as asked, so that it is not paid. */
export async function adopt(deps: Deps, { erp, row }: ShownBy, person: string): Promise<boolean> {
  const payment = isEndUnpaid(row.status) ? null : paymentOf(deps, erp, row)
  const at = deps.clock.now()
  const holds = payment ? holdsOf(payment.instruction, deps.settings.holds) : []
  const [known] = await deps.store.payments.known(erp, [row.request.key])
  const entry: IntakeEntry = {
    request: row.request,
    revision: row.request.key.revision ?? 1,
    follows: known?.revision ?? null,
    status: payment?.state ?? row.status,
    errorCode: '',
    payment,
    cause: 'fence.adopted',
    evidence: { document: documentKey(row.request.key), shown: row.status, reference: row.bankReference },
    holds: payment?.state === 'held' ? [...holds, fenceHold(REASON)] : [],
    outbox: payment ? [{ erp, record: recordOf(payment) }] : [],
  }
  try {
    await deps.store.payments.intake({ erp, at, actor: person, cursor: null, entries: [entry], outbox: [] })
    return true
  } catch (error) {
    if (error instanceof Conflict) return false
    throw error
  }
}

/** It ended without money: nothing to ask a bank about, but the asking is known, so that it is not taken for a new one. */
function isEndUnpaid(status: RowStatus): boolean {
  return status === 'failed' || status === 'returned' || status === 'cancelled' || status === 'invalid'
}

/**
 * `settled` and `accepted` are a bank's own word, which this store once had and told. Everything else may have left or
 * not: it is held, and the bank's records and a person say which.
 */
function stateOf(status: RowStatus): State {
  return status === 'settled' || status === 'accepted' ? status : 'held'
}

function paymentOf(deps: Deps, erp: string, row: ShownBy['row']): Payment | null {
  const payer = accountOf(deps, row.request.payerAccount)
  const gateway = payer ? deps.banks.get(payer.bank) : undefined
  if (!payer || !gateway) return null
  const accepted = accept(row.request, { payer, traits: gateway.traits, measure: deps.measure })
  if (accepted.kind === 'refused') return null
  const at = deps.clock.now()
  const state = stateOf(row.status)
  // What waits for the bank's word is asked about as a package of one; what waits for a person has no package yet.
  const batch = state === 'held' ? { reference: '', line: 0 } : { reference: row.bankReference, line: 1 }
  const instruction: Instruction = { ...accepted.draft, reference: row.bankReference, batch, sentOn: null }
  return {
    id: `${bankDay(at).replaceAll('-', '')}-${payer.bank}-${row.bankReference}`,
    erp,
    bank: payer.bank,
    request: row.request,
    revision: row.request.key.revision ?? 1,
    instruction: state === 'held' ? instruction : { ...instruction, sentOn: bankDay(at) },
    state,
    seq: row.seq + 1,
    attempts: 0,
    dueAt: at,
    leaseUntil: null,
    sentAt: at,
    stateSince: at,
    createdAt: at,
    updatedAt: at,
    errorCode: '',
    statusText: REASON,
    bankSerial: row.bankSerial,
    settledAt: state === 'settled' ? at : null,
    receiptNo: '',
  }
}

function recordOf(payment: Payment) {
  return statusRecord({
    erp: payment.erp,
    request: payment.request,
    revision: payment.revision,
    seq: payment.seq,
    status: payment.state,
    text: payment.statusText,
    cause: 'fence.adopted',
    errorCode: '',
    bankReference: payment.instruction.reference,
    bankSerial: payment.bankSerial,
    settledAt: payment.settledAt,
    receiptNo: '',
    at: payment.updatedAt,
  })
}
