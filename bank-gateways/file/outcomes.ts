// What folders and result files say about one instruction. Pure. "Paid", "refused" and "returned" come from a line of a result file alone,
// in a word that the site has entered; a payment file that stands in the folder may be uploaded at any time.

import type { Echo, InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { bankWords, withMaskedAccounts } from '../shared/account'
import { problem, type Problem } from './codes'
import type { Result } from './codec-result'
import type { FileConfig } from './config'
import type { Findings } from './inbox'
import type { Placed } from './outbox'

export function sendOutcome(placed: Placed): SendOutcome {
  switch (placed.kind) {
    case 'placed':
      return { kind: 'accepted', echo: handedOut(problem('file.written', placed.file)) }
    case 'before':
      return { kind: 'accepted', echo: handedOut(problem('file.written_before', placed.file)) }
    case 'other-content':
      return { kind: 'uncertain', ...problem('file.other_content', placed.file) }
    case 'doubt':
      return { kind: 'uncertain', ...problem('file.in_doubt', placed.file) }
    case 'uncertain':
      return { kind: 'uncertain', ...problem('file.placing', placed.detail) }
    case 'name-taken':
      return { kind: 'uncertain', ...problem('file.name_taken', placed.file) }
    case 'unwritten':
      return { kind: 'unsent', ...problem('file.unwritable', placed.detail) }
  }
}

/** Without a result line: what our own record says. `placed` null: it was never handed out. */
export function waitingOutcome(placed: Placed | null): InquiryOutcome {
  if (placed === null) return { kind: 'absent', code: 'file.not_written' }
  if (placed.kind === 'before')
    return { kind: 'accepted', echo: handedOut(problem('file.written_before', placed.file)) }
  if (placed.kind === 'other-content') return unavailable(problem('file.other_content', placed.file))
  return unavailable(problem('file.in_doubt', 'file' in placed ? placed.file : ''))
}

/**
 * Null: no result file speaks of it. Later files of the same payment repeat or continue what earlier ones said; two lines in one file
 * are two uploads, and a yes beside a no is for a person.
 */
export function resultOutcome(findings: Findings, instruction: Instruction, config: FileConfig): InquiryOutcome | null {
  const own = findings.results.filter(({ reference }) => reference === instruction.reference)
  if (own.length === 0) return null
  const twice = own.find((one, index) => own.some((other, at) => at > index && other.file === one.file))
  if (twice) return unavailable(problem('file.twice', `${withMaskedAccounts(twice.file)} ${instruction.reference}`))
  const judged = own.map(result => ({ result, outcome: wordOf(result, config) }))
  const unknown = judged.find(({ outcome }) => outcome === null)
  if (unknown)
    return unavailable(problem('file.status', `${placeOf(unknown.result)} 「${bankWords(unknown.result.status)}」`))
  const of = (wanted: string): Result | undefined => judged.find(({ outcome }) => outcome === wanted)?.result
  const [settled, refused, returned, accepted] = [of('settled'), of('refused'), of('returned'), of('accepted')]
  if (refused && (settled || returned))
    return unavailable(problem('file.contradictory', `${placeOf(refused)} ${placeOf(settled ?? returned ?? refused)}`))
  const decisive = returned ?? refused ?? settled ?? accepted
  if (!decisive) return null
  const echo = echoOf(decisive)
  if (decisive === refused) {
    if (isOfAnother(refused, instruction)) return unavailable(problem('file.wrong_item', placeOf(refused)))
    return { kind: 'refused', refusal: { code: echo.code, text: echo.text, bankSerial: echo.bankSerial } }
  }
  return { kind: decisive === returned ? 'returned' : decisive === settled ? 'settled' : 'accepted', echo }
}

function wordOf({ status }: Result, { result }: FileConfig): string | null {
  return result.statuses.find(({ word }) => word === status)?.outcome ?? null
}

function echoOf(result: Result): Echo {
  const { reference, amount, payeeAccount, bankSerial, status, text } = result
  const words = [status, text, placeOf(result)].filter(one => one !== '').join(' ')
  return {
    reference,
    amount,
    payeeAccount,
    bankSerial: bankSerial.slice(0, 60),
    code: bankWords(status).slice(0, 20),
    text: bankWords(words),
  }
}

/** What we wrote ourselves is no echo of a bank: nothing is copied from the instruction. */
function handedOut({ code, reason }: Problem): Echo {
  return { reference: null, amount: null, payeeAccount: null, bankSerial: '', code, text: reason }
}

function placeOf({ file, line }: Result): string {
  // Exports are often named after the account.
  return `${withMaskedAccounts(file)} 第 ${line} 行 / line ${line}`
}

function isOfAnother({ amount, payeeAccount }: Result, instruction: Instruction): boolean {
  if (amount !== null && amount.minor !== instruction.amount.minor) return true
  return payeeAccount !== null && payeeAccount !== instruction.payee.account
}

export function unavailable(found: Problem): InquiryOutcome {
  return { kind: 'unavailable', ...found }
}
