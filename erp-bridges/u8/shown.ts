// U8's own documents as their mirror rows show them. The row cannot be compared with the document: its digest is left
// empty, so that the document is known again when it comes, whatever was digested of it.

import type { PaymentRequest, Shown } from '../../connector/ports'
import type { Row } from '../shared/db'
import { readShown } from '../shared/midtable-shown'
import { dayOf, intOf, textOf } from '../shared/row'
import type { U8 } from './account-set'
import { VOUCHER_TYPE } from './mapping'

export function shownDocuments(u8: U8, events: number): Promise<readonly Shown[]> {
  return readShown(u8.db, events, { rows: 'mirror', accountSet: u8.config.accountSet }, requestOf)
}

function requestOf(row: Row): PaymentRequest {
  const docType = textOf(row, 'doc_type')
  return {
    kind: 'pay',
    key: {
      sourceSystem: textOf(row, 'source_system'),
      accountSet: textOf(row, 'account_set'),
      docType,
      docNo: textOf(row, 'doc_no'),
      docLine: intOf(row, 'doc_line'),
      revision: intOf(row, 'revision'),
    },
    digest: '',
    approval: '',
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
    requestedOn: dayOf(row, 'requested_on'),
    urgency: textOf(row, 'urgency'),
    batchNo: textOf(row, 'batch_no'),
    maker: textOf(row, 'maker'),
    checker: textOf(row, 'checker'),
    // The mirror does not carry the supplier's code. What was a voucher is in the ledger already (I7).
    partner: '',
    isBooked: docType === VOUCHER_TYPE,
  }
}
