// A delivered file: read whole, checked, every payment of it taken or refused, and a status report about it put out at once.

import { instantOf, dayOf } from '../engine/bank-time'
import { forcedRefusal, shownAtSubmission, type Call } from '../engine/exchange'
import type { Disturbance, FaultKind } from '../engine/faults'
import { submit, type Draft, type Refusal } from '../engine/payments'
import { keepQuiet, writeReport, type FileFacts } from './reports'
import type { FileBank } from './operation'
import type { PaymentFile, Transfer } from './pain001'

/** Where the client hears nothing about the delivery itself, the report waits until somebody looks. */
const REPORTED_LATER: readonly FaultKind[] = ['drop-after-booking', 'delay', 'http-error-after-booking']

export function planFile(file: PaymentFile | null, customer: string): Pick<Call, 'payees' | 'pays'> {
  if (!file) return { payees: [], pays: null }
  return {
    payees: file.transfers.map(({ payeeAccount }) => payeeAccount),
    pays: { customer, keys: file.transfers.map(({ endToEndId }) => endToEndId) },
  }
}

export function factsOf(file: PaymentFile): FileFacts {
  return { messageId: file.messageId, version: file.version, count: file.count, sum: file.sum }
}

/** Inside a transaction. */
export function takePayments(bank: FileBank, customer: string, file: PaymentFile, disturbance: Disturbance): void {
  const { context, desk, protocol } = bank
  const facts = factsOf(file)
  const refuseAll = (reason: keyof typeof protocol.reasons): void =>
    writeReport(bank, customer, facts, { group: reason, shown: [], isWhole: true }, disturbance)
  const isRepeated = context.book.batch(context.bank, customer, file.messageId).length > 0
  if (isRepeated && protocol.repeatedFile === 'refuse') return refuseAll('duplicate')
  if (!file.isCountRight) return refuseAll('count')
  if (!file.isSumRight) return refuseAll('sum')
  context.book.add({
    kind: 'note',
    bank: context.bank,
    topic: 'sent',
    key: JSON.stringify([customer, file.messageId]),
    data: { ...facts },
  })
  const payments = file.transfers.map(transfer =>
    submit(desk, draftOf(bank, customer, file, transfer, forcedRefusal(disturbance))),
  )
  const shown = shownAtSubmission(payments, disturbance)
  for (const payment of payments) keepQuiet(bank, payment)
  if (REPORTED_LATER.some(kind => disturbance.kinds.has(kind))) return
  writeReport(bank, customer, facts, { group: null, shown, isWhole: shown.length === payments.length }, disturbance)
}

function draftOf(
  { context }: FileBank,
  customer: string,
  file: PaymentFile,
  transfer: Transfer,
  forced: Refusal | null,
): Draft {
  const isOwn = transfer.payeeCnaps.startsWith(CNAPS_PREFIX)
  const isLater = transfer.requestedOn > dayOf(context.clock.now())
  const bad: Refusal | null = transfer.problem === null ? null : { reason: 'invalid-field', detail: transfer.problem }
  return {
    code: file.version,
    customer,
    batch: file.messageId,
    batchSerial: '',
    item: transfer.instructionId,
    key: transfer.endToEndId,
    payerAccount: transfer.payerAccount,
    payerName: transfer.payerName,
    payee: {
      account: transfer.payeeAccount,
      name: transfer.payeeName,
      bankName: transfer.payeeBank,
      cnaps: transfer.payeeCnaps,
    },
    route: isOwn ? 'own' : 'other',
    amount: transfer.minor,
    purpose: transfer.text,
    postscript: '',
    fields: {
      endToEndId: transfer.endToEndId,
      instructionId: transfer.instructionId,
      blockId: transfer.blockId,
      messageId: file.messageId,
    },
    startAtMs: isLater ? instantOf(transfer.requestedOn, '08:30') : null,
    needsApproval: false,
    checksPayeeAtEntry: isOwn,
    extraMs: 0,
    refusal: bad ?? forced,
  }
}

/** PSBC's: one of the banks whose own protocol is not public and that takes such files. */
export const CNAPS_PREFIX = '403'
