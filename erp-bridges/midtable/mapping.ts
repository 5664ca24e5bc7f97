// Rows of the middle tables as requests, word for word: nothing is validated or corrected here, intake answers what is
// wrong with it.

import { createHash } from 'node:crypto'
import { z } from 'zod'
import { amountOf } from '../../connector/core/money'
import {
  Fault,
  type CancelRequest,
  type CommandRequest,
  type LedgerLine,
  type PaymentRequest,
  type RequestKey,
  type VoucherNotice,
} from '../../connector/ports'
import type { Dialect, Row } from '../shared/db'
import { dayOf, intOf, textOf } from '../shared/row'

/** Select list of a request. Amount and date as text: drivers would make a double and a local Date of them. */
export function requestColumns(dialect: Dialect): string {
  return [
    'id, source_system, account_set, doc_type, doc_no, doc_line, revision, company_code, payer_account, payer_name',
    'payee_account, payee_name, payee_bank_name, payee_bank_code, payee_kind, payee_province, payee_city',
    `${amountText(dialect, 'amount')} AS amount`,
    'currency, purpose, postscript, business_type',
    `${dayText(dialect, 'requested_on')} AS requested_on`,
    'urgency, batch_no, maker, checker, request',
  ].join(', ')
}

export function amountText(dialect: Dialect, column: string): string {
  if (dialect === 'mssql') return `CONVERT(varchar(40), ${column})`
  return dialect === 'sqlite' ? `CAST(${column} AS TEXT)` : column
}

export function dayText(dialect: Dialect, column: string): string {
  return dialect === 'mssql' ? `CONVERT(varchar(10), ${column}, 23)` : column
}

export function keyOf(row: Row): RequestKey {
  return {
    sourceSystem: textOf(row, 'source_system'),
    accountSet: textOf(row, 'account_set'),
    docType: textOf(row, 'doc_type'),
    docNo: textOf(row, 'doc_no'),
    docLine: intOf(row, 'doc_line'),
    revision: intOf(row, 'revision'),
  }
}

export function paymentOf(row: Row, bookedDocTypes: readonly string[]): PaymentRequest {
  const key = keyOf(row)
  const said = {
    companyCode: textOf(row, 'company_code'),
    payerAccount: textOf(row, 'payer_account'),
    payerName: textOf(row, 'payer_name'),
    payeeAccount: textOf(row, 'payee_account'),
    payeeName: textOf(row, 'payee_name'),
    payeeBankName: textOf(row, 'payee_bank_name'),
    payeeBankCode: textOf(row, 'payee_bank_code'),
    payeeKind: textOf(row, 'payee_kind'),
    payeeProvince: textOf(row, 'payee_province'),
    payeeCity: textOf(row, 'payee_city'),
    amount: textOf(row, 'amount'),
    currency: textOf(row, 'currency'),
    purpose: textOf(row, 'purpose'),
    postscript: textOf(row, 'postscript'),
    businessType: textOf(row, 'business_type'),
    requestedOn: textOf(row, 'requested_on'),
    urgency: textOf(row, 'urgency'),
    batchNo: textOf(row, 'batch_no'),
    maker: textOf(row, 'maker'),
    checker: textOf(row, 'checker'),
  }
  return {
    kind: 'pay',
    key,
    digest: digestOf(key, said),
    approval: `r${key.revision ?? ''}`,
    ...said,
    partner: '',
    isBooked: bookedDocTypes.includes(key.docType),
  }
}

/** SHA-256 of the key and every field as JSON of [name, value] pairs sorted by name: no two contents share one text. */
function digestOf(key: RequestKey, said: Readonly<Record<string, string>>): string {
  const fields = Object.entries({ ...key, ...said }).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(fields), 'utf8').digest('hex')
}

/** The table does not say who set `cancel`; the source system is what is known. */
export function cancelOf(row: Row, bookedDocTypes: readonly string[]): CancelRequest {
  return {
    kind: 'cancel',
    key: keyOf(row),
    by: `ERP ${textOf(row, 'source_system')}`,
    request: paymentOf(row, bookedDocTypes),
  }
}

export function commandOf(row: Row): CommandRequest {
  return {
    kind: 'command',
    id: textOf(row, 'id'),
    command: textOf(row, 'command'),
    account: textOf(row, 'account'),
    from: dayOf(row, 'date_from'),
    to: dayOf(row, 'date_to'),
  }
}

export function voucherOf(row: Row): VoucherNotice {
  return { kind: 'voucher', entryKey: textOf(row, 'entry_key'), voucherNo: textOf(row, 'voucher_no') }
}

/** Throws Fault `ERP_LEDGER` naming the line whose amount is not exact in its currency. */
export function ledgerLineOf(row: Row): LedgerLine {
  const id = textOf(row, 'line_id')
  const entryKey = textOf(row, 'entry_key')
  try {
    return {
      id,
      date: dayOf(row, 'booked_on'),
      amount: amountOf(textOf(row, 'amount'), textOf(row, 'currency')),
      reference: textOf(row, 'reference'),
      counterparty: textOf(row, 'counterparty'),
      text: textOf(row, 'line_text'),
      voucherNo: textOf(row, 'voucher_no'),
      entryKey: entryKey === '' ? null : entryKey,
    }
  } catch (error) {
    throw new Fault('ERP_LEDGER', `yq_ledger ${id}: 金额无法读取 / the amount cannot be read`, { cause: error })
  }
}

/** What was handed out by a pull and is known to be stored once the cursor comes back. */
export type Handed = {
  /** yq_payment ids of withdrawals. */
  readonly cancels: readonly string[]
  /** yq_journal ids with the voucher number as it was read. */
  readonly vouchers: readonly (readonly [string, string])[]
}

const handedText = z.strictObject({
  cancels: z.array(z.string().regex(/^\d{1,19}$/)),
  vouchers: z.array(z.tuple([z.string().regex(/^\d{1,19}$/), z.string()])),
})

export const NOTHING_HANDED: Handed = { cancels: [], vouchers: [] }

/** A cursor that is not ours acknowledges nothing: the rows are given again, which is safe. */
export function handedOf(cursor: string | null): Handed {
  if (cursor === null) return NOTHING_HANDED
  try {
    return handedText.parse(JSON.parse(cursor))
  } catch {
    return NOTHING_HANDED
  }
}

/** Null when nothing waits for an acknowledgement. */
export function cursorOf(handed: Handed): string | null {
  return handed.cancels.length + handed.vouchers.length === 0 ? null : JSON.stringify(handed)
}
