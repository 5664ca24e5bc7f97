// Instructions to b2e004001 and their question to b2e004003, and the rules an instruction must pass before a byte leaves. A name or an
// account is sent as it is or not at all; only the notes and the bank's name beside its number are shortened.

import { formatAmount } from '../../connector/core/money'
import type { Instruction } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { byteLength, shortened, unmappable } from '../shared/charset'
import { FORBIDDEN, node } from './codec'
import { problem, type Problem } from './codes'
import { accountOf, type CebConfig } from './config'

export const OWN = { cnapsPrefix: '303', names: ['光大银行'] } as const

/** BatchID ≤50 (banks/ceb §1): ten digits of customer number before it, four of serial behind it; shorter than any question's. */
export const REFERENCE_MAX = 28

/** No limit is published: thirteen whole digits, as the widest of the other banks. In 分. */
const MAX_MINOR = 999_999_999_999_999n

/** "Advised: 10-digit customer number + …": the customer number keeps it apart from other customers' (banks/ceb §1). */
export function batchIdOf(reference: string, { cifNo }: CebConfig): string {
  return `${cifNo}${reference}`
}

/** "Advised batch number + 4-digit serial"; a message holds one item. */
export function patchIdOf(batchId: string): string {
  return `${batchId}0001`
}

/** Why this instruction cannot be sent, or null. */
export function instructionProblem(instruction: Instruction, config: CebConfig): Problem | null {
  const { reference, payer, payee, amount } = instruction
  const { widths } = config
  if (!/^\d+$/.test(reference) || reference.length > REFERENCE_MAX)
    return problem('ceb.reference', reference.slice(0, 50))
  const own = accountOf(config, payer.account)
  if (own === null) return problem('ceb.unknown_account', maskedAccount(payer.account))
  if (amount.currency !== 'CNY' || own.currency !== 'CNY') return problem('ceb.currency', amount.currency)
  if (amount.minor <= 0n || amount.minor > MAX_MINOR) return problem('ceb.amount', formatAmount(amount))
  const foreign = textProblem(instruction)
  if (foreign !== null) return problem('ceb.text', foreign)
  if (!/^[0-9A-Za-z-]+$/.test(payee.account) || payee.account.length > widths.payeeAccount)
    return problem('ceb.payee_account', maskedAccount(payee.account))
  const nameBytes = byteLength(payee.name, 'gbk')
  if (payee.name.trim() === '' || nameBytes > widths.payeeName)
    return problem('ceb.payee_name', `${nameBytes} > ${widths.payeeName}`)
  if (!/^\d{12}$/.test(payee.bankCode) && !(isOwn(instruction) && payee.bankCode === ''))
    return problem('ceb.payee_bank_code', payee.bankCode.slice(0, 20))
  return notesOf(instruction, config).note === '' ? problem('ceb.note_needed', '') : null
}

/** What cannot be carried, in words, or null. Informative text may hold anything but characters without bytes. */
function textProblem({ payee, purpose, postscript }: Instruction): string | null {
  const forbidden = FORBIDDEN.exec(payee.name + payee.bankName)
  if (forbidden) return /[<&]/.test(forbidden[0]) ? forbidden[0] : '控制字符 / control characters'
  const lost = unmappable(payee.name + payee.bankName + plain(purpose + postscript), 'gbk')
  return lost.length === 0 ? null : lost.map(character => `「${character}」`).join('')
}

/** ReqData of b2e004001 (banks/ceb §2), in the order of the reference. */
export function paymentFields(instruction: Instruction, config: CebConfig): readonly string[] {
  const { payer, payee, amount, reference } = instruction
  const transferType = transferTypeOf(instruction, config)
  const { note, noteOther } = notesOf(instruction, config)
  return [
    node('ClientPatchID', patchIdOf(batchIdOf(reference, config))),
    node('transferType', transferType),
    node('accountNo', payer.account),
    node('toAccountName', payee.name),
    node('toAccountNo', payee.account),
    node('toBank', bankNameOf(instruction, config)),
    node('amount', formatAmount(amount)),
    node('toLocation', ''),
    node('clientSignature', ''),
    node('checkNo', ''),
    node('checkPassword', ''),
    node('note', note),
    node('noteOther', noteOther),
    node('bankNo', payee.bankCode),
    node('isUrgent', instruction.isUrgent && transferType !== '2124' ? '1' : '0'),
    node('cellphone', ''),
    node('perOrEnt', payee.kind === 'P' ? '1' : '0'),
    node('IsAudit', config.isAudit),
    node('matchRule', transferType === '2124' ? '' : '1'),
  ]
}

/** ReqData of b2e004003 (banks/ceb §3). `batchId` is the question's own. */
export function inquiryFields(reference: string, batchId: string, config: CebConfig): readonly string[] {
  const original = batchIdOf(reference, config)
  return [
    node('ClientPatchID', patchIdOf(batchId)),
    node('ClientBchID', original),
    node('ClientPchID', patchIdOf(original)),
  ]
}

/** 2122 行内, 2120 对外, 2124 跨行互联. */
function transferTypeOf(instruction: Instruction, { crossBank }: CebConfig): '2122' | '2120' | '2124' {
  if (isOwn(instruction)) return '2122'
  return instruction.isUrgent ? crossBank.urgent : crossBank.ordinary
}

/** A bank code decides alone; a name is asked only where there is no code. */
export function isOwn({ payee }: Instruction): boolean {
  if (payee.bankCode !== '') return payee.bankCode.startsWith(OWN.cnapsPrefix)
  return OWN.names.some(name => payee.bankName.includes(name))
}

/** To a person, `note` is one of the agreed types where the site has one for the business, and the words go beside it. */
function notesOf(
  { payee, purpose, postscript, businessType }: Instruction,
  { personalNotes, widths }: CebConfig,
): { readonly note: string; readonly noteOther: string } {
  const agreed =
    payee.kind === 'P' && Object.hasOwn(personalNotes, businessType) ? (personalNotes[businessType] ?? '') : ''
  if (agreed === '')
    return { note: informative(purpose, widths.note), noteOther: informative(postscript, widths.noteOther) }
  return { note: agreed, noteOther: informative(`${purpose} ${postscript}`, widths.noteOther) }
}

function bankNameOf(instruction: Instruction, { widths }: CebConfig): string {
  const { bankName } = instruction.payee
  if (bankName.trim() === '' && isOwn(instruction)) return '中国光大银行'
  return shortened(bankName, widths.payeeBank, 'gbk')
}

/** Informative text: what CEB forbids becomes a blank, the rest is cut at a character. */
function informative(text: string, width: number): string {
  return shortened(plain(text), width, 'gbk').trimEnd()
}

function plain(text: string): string {
  return Array.from(text, character => (FORBIDDEN.test(character) ? ' ' : character))
    .join('')
    .replace(/\s+/g, ' ')
    .trim()
}
