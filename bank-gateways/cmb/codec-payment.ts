// Instructions to BB1PAYOP and BB1PAYBH items, and the rules an instruction must pass before a byte leaves. A name or an account
// is sent as it is or not at all; only purpose and note, which inform, are shortened.

import { formatAmount } from '../../connector/core/money'
import type { Instruction } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { shortened } from '../shared/charset'
import { problem, type Problem } from './codes'
import { accountOf, type CmbConfig } from './config'
import { object, type JsonObject } from '../shared/json-text'

/** How CMB is recognised as the payee's own bank. */
export const OWN = { cnapsPrefix: '308', names: ['招商银行'] } as const

/** 收款户名 ≤100 汉字 (banks/cmb-cdc §6); crtBnk as the front-end's Z62, in 汉字. */
export const WIDTH = { name: 100, bankName: 31, reference: 30 } as const

/** BUSCOD 支付 (banks/cmb-cdc §4). */
export const PAYMENT = 'N02030'

/** M is 13.2 (banks/cmb-frontend §1), in 分. */
const MAX_MINOR = 999_999_999_999_999n

/** Controls, lone surrogates and non-characters. */
const UNSENDABLE = /[\p{Cc}\p{Cs}\ufffe\uffff]/u

/** Why this instruction cannot be sent, or null. */
export function instructionProblem(
  { reference, payer, payee, amount }: Instruction,
  config: CmbConfig,
): Problem | null {
  if (!/^[A-Za-z0-9]{1,30}$/.test(reference)) return problem('cmb.reference', reference)
  if (accountOf(config, payer.account) === null) return problem('cmb.unknown_account', maskedAccount(payer.account))
  if (amount.currency !== 'CNY') return problem('cmb.currency', amount.currency)
  if (amount.minor <= 0n || amount.minor > MAX_MINOR) return problem('cmb.amount', formatAmount(amount))
  if (payee.name.trim() === '' || !fits(payee.name, WIDTH.name)) return problem('cmb.payee_name', lengthOf(payee.name))
  if (!/^[\x21-\x7e]{1,35}$/.test(payee.account)) return problem('cmb.payee_account', maskedAccount(payee.account))
  if (!/^(\d{12})?$/.test(payee.bankCode)) return problem('cmb.payee_bank_code', payee.bankCode)
  if (payee.bankCode === '' && payee.bankName.trim() === '') return problem('cmb.payee_bank_needed', '')
  // Beside a code the name only informs; alone it decides where the money goes.
  if (payee.bankCode === '' && !fits(payee.bankName, WIDTH.bankName))
    return problem('cmb.payee_bank_name', lengthOf(payee.bankName))
  return null
}

/** BB1PAYOP of one instruction (banks/cmb-cdc §6). */
export function paymentBody(instruction: Instruction, config: CmbConfig): JsonObject {
  return object({
    bb1paybmx1: [object({ busCod: PAYMENT, busMod: config.businessMode })],
    bb1payopx1: [item(instruction, config)],
  })
}

/** BB1PAYBH of a whole call, at most 1000 items, so that it is never continued (banks/cmb-cdc §9). */
export function batchBody(reference: string, batch: readonly Instruction[], config: CmbConfig): JsonObject {
  const head = { bthNbr: reference, busCod: PAYMENT, busMod: config.businessMode, dtlNbr: String(batch.length) }
  return object({
    bb1bmdbhx1: [object({ ...head, ctnFlg: 'N', ctnSts: '' })],
    bb1paybhx1: batch.map(instruction => item(instruction, config)),
  })
}

/** BB1PAYQR by our own reference (banks/cmb-cdc §7). */
export function inquiryBody(reference: string): JsonObject {
  return object({ bb1payqrx1: [object({ busCod: PAYMENT, yurRef: reference })] })
}

/** BB1QRYBD of one batch from a continuation on (banks/cmb-cdc §9). */
export function batchDetailBody(batchReference: string, ctnKey: string): JsonObject {
  return object({ bb1qrybdy1: [object({ bthNbr: batchReference, autStr: '', rtnStr: '', ctnKey })] })
}

function item(instruction: Instruction, config: CmbConfig): JsonObject {
  const { payer, payee, amount, reference } = instruction
  const isInside = isOwn(instruction)
  return object({
    dbtAcc: payer.account,
    crtAcc: payee.account,
    crtNam: payee.name,
    bnkFlg: isInside ? 'Y' : 'N',
    ...(isInside ? {} : { brdNbr: payee.bankCode, crtBnk: bankName(instruction), crtAdr: place(instruction) }),
    ccyNbr: '10',
    trsAmt: formatAmount(amount),
    stlChn: instruction.isUrgent ? config.channel.urgent : config.channel.ordinary,
    nusAge: purpose(instruction, config),
    yurRef: reference,
    ...optional('busNar', informative(instruction.postscript, config.noteMaxBytes)),
    // In-bank: the bank compares name and account, and a mismatch fails the instruction.
    ...(isInside ? { rcvChk: '1' } : {}),
  })
}

/** nusAge is required: the postscript, then a neutral word, stand in for an empty purpose. */
function purpose({ purpose: text, postscript }: Instruction, config: CmbConfig): string {
  return informative(text, config.purposeMaxBytes) || informative(postscript, config.purposeMaxBytes) || '付款'
}

function optional(name: string, text: string): Readonly<Record<string, string>> {
  return text === '' ? {} : { [name]: text }
}

/** A bank code decides alone; a name is asked only where there is no code. */
function isOwn({ payee }: Instruction): boolean {
  if (payee.bankCode !== '') return payee.bankCode.startsWith(OWN.cnapsPrefix)
  return OWN.names.some(name => payee.bankName.includes(name))
}

function bankName({ payee }: Instruction): string {
  return Array.from(cleaned(payee.bankName)).slice(0, WIDTH.bankName).join('')
}

function place({ payee }: Instruction): string {
  const parts = payee.province === payee.city ? [payee.city] : [payee.province, payee.city]
  return informative(parts.join(''), 62)
}

function informative(text: string, maxBytes: number): string {
  return shortened(cleaned(text), maxBytes, 'gb18030').trimEnd()
}

function cleaned(text: string): string {
  return text.replace(new RegExp(UNSENDABLE.source, 'gu'), ' ').replace(/\s+/g, ' ').trim()
}

function fits(name: string, width: number): boolean {
  return !UNSENDABLE.test(name) && Array.from(name).length <= width
}

function lengthOf(name: string): string {
  return `${Array.from(name).length} 字 / characters`
}
