// Instructions to CFRT02 (对公, and everybody at other banks) and CFRT21 (对私 at ABC), and the rules an instruction must pass before
// a byte leaves. A name or an account is sent as it is or not at all; only what informs is shortened.

import { formatAmount } from '../../connector/core/money'
import type { Instruction } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { byteLength, shortened, unmappable } from '../shared/charset'
import { element } from '../shared/xml'
import { debitFields, group } from './codec'
import { problem, type Problem } from './codes'
import { accountOf, type AbcConfig, type OwnAccount } from './config'

/** CNAPS prefix and name by which ABC is the payee's own bank. */
export const OWN = { cnapsPrefix: '103', names: ['农业银行'] } as const

/** 17 digits in the reference's example; our own have 15 behind a prefix. */
export const REFERENCE_DIGITS = 17

/** The width is not known; 13 whole digits are the narrowest of the other banks. */
const MAX_MINOR = 999_999_999_999_999n

/** Controls, lone surrogates and non-characters: none can be carried in XML. */
const UNSENDABLE = /[\p{Cc}\p{Cs}\ufffe\uffff]/u

export type PaymentFunction = 'CFRT02' | 'CFRT21'

/** A bank code decides alone; a name is asked only where there is no code. */
function isOwnBank({ payee }: Instruction): boolean {
  if (payee.bankCode !== '') return payee.bankCode.startsWith(OWN.cnapsPrefix)
  return OWN.names.some(name => payee.bankName.includes(name))
}

/** CFRT21 has no fields for the payee's bank: it is only for persons at ABC (banks/abc §4). */
export function functionOf(instruction: Instruction): PaymentFunction {
  return instruction.payee.kind === 'P' && isOwnBank(instruction) ? 'CFRT21' : 'CFRT02'
}

/** Why this instruction cannot be sent, or null. */
export function instructionProblem(instruction: Instruction, config: AbcConfig): Problem | null {
  const { reference, payer, payee, amount } = instruction
  if (!new RegExp(`^\\d{1,${REFERENCE_DIGITS}}$`).test(reference)) return problem('abc.reference', reference)
  if (accountOf(config, payer.account) === null) return problem('abc.unknown_account', maskedAccount(payer.account))
  if (amount.currency !== 'CNY') return problem('abc.currency', amount.currency)
  if (amount.minor <= 0n || amount.minor > MAX_MINOR) return problem('abc.amount', formatAmount(amount))
  if (!fits(payer.name, config)) return problem('abc.payer_name', measured(payer.name))
  if (payee.name.trim() === '' || !fits(payee.name, config)) return problem('abc.payee_name', measured(payee.name))
  if (!/^[\x21-\x7e]{1,34}$/.test(payee.account)) return problem('abc.payee_account', maskedAccount(payee.account))
  if (!isOwnBank(instruction) && !(/^\d{12}$/.test(payee.bankCode) && payee.bankName.trim() !== ''))
    return problem('abc.payee_bank', payee.bankCode)
  const texts = [payer.name, payee.name, payee.bankName, instruction.purpose, instruction.postscript]
  const foreign = unmappable(plain(texts.join('')), 'gbk')
  return foreign.length === 0 ? null : problem('abc.unmappable', foreign.map(character => `「${character}」`).join(''))
}

/** What follows the envelope in a payment that passed `instructionProblem`, in the order of banks/abc §4. */
export function paymentContent(instruction: Instruction, own: OwnAccount, config: AbcConfig): string {
  const { amount } = instruction
  const credit = payeeFields(instruction, config)
  const cmp = {
    ...pick(debitFields(own), ['DbProv', 'DbAccNo']),
    DbLogAccNo: '',
    DbCur: '01',
    CrProv: credit.province,
    CrAccNo: credit.number,
    CrLogAccNo: '',
    CrCur: '01',
    ConFlag: config.payeeName === 'checked' ? '1' : '0',
  }
  return element('Amt', formatAmount(amount)) + group('Cmp', cmp) + group('Corp', corporateFields(instruction, config))
}

function corporateFields(instruction: Instruction, config: AbcConfig): Readonly<Record<string, string>> {
  const { payer, payee } = instruction
  const { bankName, whyUse, postscript } = config.fieldBytes
  const isPersonal = functionOf(instruction) === 'CFRT21'
  const isOwn = isOwnBank(instruction)
  const urgency = config.urgencyFlag === '0/1' ? (['0', '1'] as const) : (['N', 'Y'] as const)
  const bank = {
    CrBankName: shortened(plain(payee.bankName), bankName, 'gbk'),
    CrBankNo: isOwn ? '' : payee.bankCode,
  }
  return {
    PsFlag: '',
    BookingFlag: '0',
    BookingDate: '',
    BookingTime: '',
    UrgencyFlag: instruction.isUrgent ? urgency[1] : urgency[0],
    OthBankFlag: isOwn ? '0' : '1',
    ...(isPersonal ? {} : { CrBankType: '' }),
    CrAccName: payee.name,
    ...(isPersonal ? {} : bank),
    DbAccName: payer.name,
    WhyUse: shortened(plain(instruction.purpose), whyUse, 'gbk'),
    Postscript: shortened(plain(instruction.postscript), postscript, 'gbk'),
  }
}

export type PayeeFields = { readonly province: string; readonly number: string }

/** CrProv and CrAccNo as we send them: an ABC account of 17 digits is a province of 2 and 15 digits (banks/abc §4). */
export function payeeFields(instruction: Instruction, config: AbcConfig): PayeeFields {
  const { account } = instruction.payee
  const isSplit = config.payeeAccount === 'split' && isOwnBank(instruction) && /^\d{17}$/.test(account)
  return isSplit ? { province: account.slice(0, 2), number: account.slice(2) } : { province: '', number: account }
}

/** CQRT04 by the original ReqSeqNo (banks/abc §6). */
export function inquiryContent(reference: string, own: OwnAccount): string {
  return group('Cmp', { ...debitFields(own), CmeSeqNo: reference })
}

/** CQRA61, with the original number where the one client that is known puts it (banks/abc §6). */
export function manualContent(reference: string, own: OwnAccount): string {
  return group('Cmp', debitFields(own)) + group('Corp', { BookingDate: reference })
}

function fits(name: string, config: AbcConfig): boolean {
  return byteLength(name, 'gbk') <= config.fieldBytes.name && !UNSENDABLE.test(name)
}

function measured(name: string): string {
  return `「${name}」 ${byteLength(name, 'gbk')}`
}

function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]+/gu, ' ').trim()
}

function pick(fields: Readonly<Record<string, string>>, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map(name => [name, fields[name] ?? '']))
}
