// Instructions to 6W8010 (行内) and 6W8060 (跨行), and the rules an instruction must pass before a byte leaves. A name or an
// account is sent as it is or not at all; only the use and the bank's name beside its code, which inform, are shortened.

import { formatAmount } from '../../connector/core/money'
import type { Instruction } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { byteLength, shortened, unmappable } from '../shared/charset'
import { field } from './codec'
import { problem, type Problem } from './codes'
import { accountOf, type CcbConfig } from './config'

/** CNAPS prefix and name by which CCB is the payee's own bank. */
export const OWN = { cnapsPrefix: '105', names: ['建设银行'] } as const

/** Field widths of banks/ccb §3, in bytes. */
export const WIDTH = { name: 60, account: 32, use: 38 } as const

/** Decimal(16,2), in 分. */
const MAX_MINOR = 9_999_999_999_999_999n

/** Controls, lone surrogates and non-characters: none can be carried in XML. */
const UNSENDABLE = /[\p{Cc}\p{Cs}\ufffe\uffff]/u

export type PaymentFunction = '6W8010' | '6W8060'

/** A bank code decides alone; a name is asked only where there is no code. */
export function functionOf({ payee }: Instruction): PaymentFunction {
  const isOwn =
    payee.bankCode === ''
      ? OWN.names.some(name => payee.bankName.includes(name))
      : payee.bankCode.startsWith(OWN.cnapsPrefix)
  return isOwn ? '6W8010' : '6W8060'
}

/** Why this instruction cannot be sent, or null. */
export function instructionProblem(instruction: Instruction, config: CcbConfig): Problem | null {
  const { reference, payer, payee, amount } = instruction
  const account = accountOf(config, payer.account)
  if (!/^\d{1,16}$/.test(reference)) return problem('ccb.reference', reference)
  if (account === null) return problem('ccb.unknown_account', maskedAccount(payer.account))
  if (amount.currency !== 'CNY' || account.currency !== 'CNY') return problem('ccb.currency', amount.currency)
  if (amount.minor <= 0n || amount.minor > MAX_MINOR) return problem('ccb.amount', formatAmount(amount))
  if (!/^[\x21-\x7e]{1,32}$/.test(payee.account)) return problem('ccb.payee_account', maskedAccount(payee.account))
  const bytes = byteLength(payee.name, config.encoding)
  if (payee.name.trim() === '' || bytes > WIDTH.name || UNSENDABLE.test(payee.name))
    return problem('ccb.payee_name', `「${payee.name}」 ${bytes}`)
  if (functionOf(instruction) === '6W8060' && !(/^\d{12}$/.test(payee.bankCode) && payee.bankName.trim() !== ''))
    return problem('ccb.payee_bank', payee.bankCode)
  const foreign = unmappable(payee.name + payee.bankName + useOf(instruction), config.encoding)
  return foreign.length === 0 ? null : problem('ccb.unmappable', foreign.map(character => `「${character}」`).join(''))
}

/** TX_INFO of an instruction that passed `instructionProblem`, in the order of banks/ccb §3. */
export function paymentInfo(instruction: Instruction, config: CcbConfig): readonly string[] {
  const { reference, payer, payee, amount } = instruction
  const isOwn = functionOf(instruction) === '6W8010'
  const bank = field('RECV_OPENACC_DEPT', shortened(plain(payee.bankName), config.bankNameBytes, config.encoding))
  return [
    ...(isOwn ? [] : [field('TRAN_TYPE', '0')]),
    field('PAY_ACCNO', payer.account),
    field('RECV_ACCNO', payee.account),
    field('RECV_ACC_NAME', payee.name),
    ...(isOwn
      ? [field('CHK_RECVNAME', config.payeeName === 'checked' ? '1' : '0'), bank]
      : [field('RECV_UBANKNO', payee.bankCode), bank]),
    field('AMOUNT', formatAmount(amount)),
    field('CUR_TYPE', '01'),
    field('USEOF', shortened(useOf(instruction), WIDTH.use, config.encoding)),
    ...(config.customerSerial === 'sent' ? [field('CST_PAY_NO', reference)] : []),
    field('REM1', ''),
    field('REM2', ''),
  ]
}

/** 6W0600 about a payment of ours (banks/ccb §4). */
export function inquiryInfo(reference: string): readonly string[] {
  return [field('REQUEST_SN1', reference), field('CREDIT_NO1', '')]
}

/** Purpose and postscript, once when they are the same. */
function useOf({ purpose, postscript }: Instruction): string {
  return [...new Set([plain(purpose), plain(postscript)])].filter(words => words !== '').join(' ')
}

function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]+/gu, ' ').trim()
}
