// What an answer says about one instruction. Pure. "Paid" comes only from b2e004003, and only when ReturnCode, NowFlag and TransferFlag
// all say so; what is not in the tables is neither paid nor refused.

import type { Echo, InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { textAt, type XmlNode } from '../shared/xml'
import { money, statusOf, type Reply } from './codec'
import { batchIdOf, patchIdOf } from './codec-payment'
import { describeCode, flagsClassOf, inquiryClassOf, isRepeated, problem, submitClassOf, type Problem } from './codes'
import type { CebConfig } from './config'

/** Of the answer to b2e004001. */
export function submitOutcome({ status, rows }: Reply, instruction: Instruction, config: CebConfig): SendOutcome {
  const { code, text } = status
  if (isRepeated(text)) return uncertain(problem('ceb.repeated', `${code} ${text}`))
  const reason = describeCode(code, text, config.codes)
  const kind = submitClassOf(code, config.codes)
  const row = onlyRow(rows, instruction)
  if (row !== null && 'reason' in row) return uncertain(row)
  const echo = echoOf(row, { code, text: reason }, 'ClientPatchID', instruction, config)
  if ('reason' in echo) return uncertain(echo)
  if (kind === 'accepted') {
    // The row may have a code of its own: both must say that it was taken.
    const inner = row === null ? '' : statusOf(row).code
    return inner === '' || inner === code ? { kind, echo } : uncertain({ code: inner, reason: innerWords(row, config) })
  }
  if (kind === 'notExecuted') return { kind: 'unsent', code, reason }
  if (kind !== 'refused') return uncertain({ code, reason })
  if (isOfAnother(echo, instruction)) return uncertain(problem('ceb.wrong_item', code))
  return { kind, refusal: { code, text: reason, bankSerial: '' } }
}

/** Of b2e004003. The ReturnCode is the question's; the flags are the payment's. */
export function inquiryOutcome({ status, rows }: Reply, instruction: Instruction, config: CebConfig): InquiryOutcome {
  const { code, text } = status
  const outer = inquiryClassOf(code, config.codes)
  if (outer === 'absent') return { kind: 'absent', code }
  if (outer !== 'ok') return unavailable({ code, reason: describeCode(code, text, config.codes) })
  const row = onlyRow(rows, instruction)
  if (row === null) return unavailable(problem('ceb.missing_item', instruction.reference))
  if ('reason' in row) return unavailable(row)
  const inner = statusOf(row).code
  if (inner !== '' && inner !== '0000') return unavailable({ code: inner, reason: innerWords(row, config) })
  const [now, transfer] = [textAt(row, 'NowFlag'), textAt(row, 'TransferFlag')]
  if (now === '' || transfer === '') return unavailable(problem('ceb.missing_item', instruction.reference))
  const flags = `${now.slice(0, 9)}/${transfer.slice(0, 9)}`
  const words = describeCode(flags, text, config.codes)
  const echo = echoOf(row, { code: flags, text: words }, 'ClientPchID', instruction, config)
  if ('reason' in echo) return unavailable(echo)
  const kind = flagsClassOf(flags, config.codes)
  switch (kind) {
    case 'unknown':
      return unavailable(problem('ceb.flags', flags))
    case 'absent':
      return { kind, code: flags }
    case 'refused':
      if (isOfAnother(echo, instruction)) return unavailable(problem('ceb.wrong_item', flags))
      return { kind, refusal: { code: flags, text: words, bankSerial: '' } }
    case 'settled':
    case 'accepted':
    case 'returned':
      return { kind, echo }
  }
}

/** The one row of the answer, null when there is none. */
function onlyRow(rows: readonly XmlNode[], { reference }: Instruction): XmlNode | Problem | null {
  const [row] = rows
  if (!row) return null
  return rows.length === 1 ? row : problem('ceb.ambiguous_item', reference)
}

/**
 * What the answer repeats of the payment; null where it does not. Which elements it repeats is not known: those of the question are
 * looked for.
 */
function echoOf(
  row: XmlNode | null,
  { code, text }: { readonly code: string; readonly text: string },
  serialName: 'ClientPatchID' | 'ClientPchID',
  instruction: Instruction,
  config: CebConfig,
): Echo | Problem {
  const batchId = batchIdOf(instruction.reference, config)
  const serial = textAt(row, serialName)
  const batch = textAt(row, 'ClientBchID')
  if ((serial !== '' && serial !== patchIdOf(batchId)) || (batch !== '' && batch !== batchId))
    return problem('ceb.wrong_item', (serial || batch).slice(0, 50))
  const amount = money(textAt(row, 'amount'), instruction.amount.currency)
  if (typeof amount === 'string') return problem('ceb.undecodable', `amount ${amount}`)
  return {
    reference: serial === '' ? null : instruction.reference,
    amount,
    payeeAccount: textAt(row, 'toAccountNo') || null,
    bankSerial: textAt(row, 'FlowNumber').slice(0, 50),
    code,
    text,
  }
}

function innerWords(row: XmlNode | null, config: CebConfig): string {
  const { code, text } = statusOf(row)
  return describeCode(code, text, config.codes)
}

function isOfAnother(echo: Echo, { amount, payee }: Instruction): boolean {
  if (echo.amount !== null && echo.amount.minor !== amount.minor) return true
  return echo.payeeAccount !== null && echo.payeeAccount !== payee.account
}

export function uncertain(found: Problem): SendOutcome {
  return { kind: 'uncertain', ...found }
}

export function unavailable(found: Problem): InquiryOutcome {
  return { kind: 'unavailable', ...found }
}
