// Incoming money as rows of yq_collection: the connector writes the line and the answer, the ERP writes the claim. A claim
// is given until it is answered; the store knows by its number whether it was heard.

import { formatAmount } from '../../connector/core/money'
import type { CollectionRecord, CollectionRequest, PushResult } from '../../connector/ports'
import type { Dialect, Queryable } from './db'
import { amount, day, firstRows, insertOnce, instant, text, updateRow, type Target } from './midtable-sql'
import { intOf, textOf } from './row'

const DONE: PushResult = { kind: 'done', erpNumber: '' }

export async function writeCollection(target: Target, record: CollectionRecord): Promise<PushResult> {
  const key = { collection_key: record.collection }
  const answer = {
    answered_no: record.answeredNo,
    status: text(record.state),
    status_text: text(record.text),
    status_seq: record.seq,
    entry_key: record.entryKey,
    updated_at: instant(record.at),
  }
  const newer = { sql: 'status_seq < ?', values: [record.seq] }
  if ((await updateRow(target, 'yq_collection', answer, key, newer)) > 0) return DONE
  const { line } = record
  const row = {
    ...key,
    line_key: record.lineKey,
    account_set: text(record.accountSet),
    account: text(record.account),
    booked_on: day(line.bookedOn),
    booked_time: text(line.bookedTime),
    amount: amount(formatAmount(line.amount)),
    currency: text(line.amount.currency),
    counter_account: text(line.counterAccount),
    counter_name: text(line.counterName),
    counter_bank: text(line.counterBank),
    purpose: text(line.purpose),
    line_text: text(line.text),
    bank_serial: text(line.bankSerial),
    offered_at: instant(record.at),
    ...answer,
  }
  await insertOnce(target, 'yq_collection', row, ['collection_key'])
  return DONE
}

/** Whether anything waits: the idle poll asks this alone. */
export const PENDING_CLAIM = `status IN ('open', 'claimed') AND claim_no > answered_no`

/** What the ERP asks and was not answered, oldest first. */
export async function readClaims(
  tx: Queryable,
  dialect: Dialect,
  limit: number,
): Promise<readonly CollectionRequest[]> {
  const columns = 'collection_key, claim_no, request, customer_code, document_no, claim_split, claimed_by'
  const rows = await tx.query(firstRows(dialect, columns, `FROM yq_collection WHERE ${PENDING_CLAIM} ORDER BY id`), [
    limit,
  ])
  return rows.map(row => ({
    kind: 'collection',
    key: textOf(row, 'collection_key'),
    claimNo: intOf(row, 'claim_no'),
    request: textOf(row, 'request').trim(),
    customer: textOf(row, 'customer_code'),
    document: textOf(row, 'document_no'),
    split: textOf(row, 'claim_split'),
    by: textOf(row, 'claimed_by'),
  }))
}
