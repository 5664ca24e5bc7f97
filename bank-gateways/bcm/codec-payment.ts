// Instructions to 210201, 210224 and lines of 330002, and the rules an instruction must pass before a byte leaves. A name or an
// account is sent as it is or not at all; only summary, purpose and the bank's name beside its code, which inform, are shortened.

import { bankDay } from '../../connector/core/bank-time'
import { amountOf, formatAmount, sumOf } from '../../connector/core/money'
import type { Instruction } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { byteLength, shortened, unmappable } from '../shared/charset'
import { element } from '../shared/xml'
import { problem, type Problem } from './codes'
import { accountOf, type BcmConfig, type Payroll } from './config'

/** CNAPS prefix and name by which BCM is the payee's own bank. */
export const OWN = { cnapsPrefix: '301', names: ['交通银行'] } as const

/** banks/bcm §3, in bytes. */
export const WIDTH = { certNo: 20, summary: 60, payrollAccount: 21 } as const

/** N14.2, read as 14 digits in all: the narrower reading. */
const MAX_MINOR = 99_999_999_999_999n
/** Shorter runs of letters and digits are words or somebody's invoice number. */
const REFERENCE_AT_END = /(?:^|[^0-9A-Za-z])([0-9A-Za-z]{12,20})$/
/** Controls and non-characters no XML can carry; the others BCM forbids in a summary, and a bar would shift a table's columns. */
const FORBIDDEN = /[|&<>\p{Cc}\p{Cs}\ufffe\uffff]/u

export type PaymentFunction = '210201' | '210224' | '330002'

/** A bank code decides alone; a name is asked only where there is no code. */
export function isOwn({ payee }: Instruction): boolean {
  if (payee.bankCode !== '') return payee.bankCode.startsWith(OWN.cnapsPrefix)
  return OWN.names.some(name => payee.bankName.includes(name))
}

export function functionOf(instruction: Instruction, config: BcmConfig): PaymentFunction {
  if (config.payment.function === '330002') return '330002'
  return partyIdOf(instruction, config) === null ? '210201' : '210224'
}

/** partyid where the payment goes by 超级网银, else null. */
function partyIdOf(instruction: Instruction, { payment }: BcmConfig): string | null {
  const settings = payment.function === '210201' ? payment.superPay : null
  if (settings === null || isOwn(instruction)) return null
  if (settings.for === 'urgent' && !instruction.isUrgent) return null
  if (instruction.amount.minor > amountOf(settings.maxAmount, 'CNY').minor) return null
  const prefix = instruction.payee.bankCode.slice(0, 3)
  return Object.hasOwn(settings.partyIds, prefix) ? (settings.partyIds[prefix] ?? null) : null
}

/** Why this instruction cannot be sent, or null. */
export function instructionProblem(instruction: Instruction, config: BcmConfig): Problem | null {
  const { reference, batch, payer, amount } = instruction
  const isPayroll = config.payment.function === '330002'
  for (const certNo of isPayroll ? [reference, batch.reference] : [reference])
    if (!/^[0-9A-Za-z]{1,20}$/.test(certNo)) return problem('bcm.reference', certNo.slice(0, 40))
  if (accountOf(config, payer.account) === null) return problem('bcm.unknown_account', maskedAccount(payer.account))
  if (amount.currency !== 'CNY') return problem('bcm.currency', amount.currency)
  if (amount.minor <= 0n || amount.minor > MAX_MINOR) return problem('bcm.amount', formatAmount(amount))
  return textProblem(instruction) ?? partiesProblem(instruction, config)
}

function textProblem({ payer, payee, purpose, postscript }: Instruction): Problem | null {
  const forbidden = FORBIDDEN.exec(payer.name + payee.name)?.[0]
  if (forbidden !== undefined)
    return problem('bcm.text', /\p{Cc}/u.test(forbidden) ? '控制字符 / control characters' : forbidden)
  const lost = unmappable(payer.name + payee.name + plain(payee.bankName + purpose + postscript), 'gbk')
  return lost.length === 0 ? null : problem('bcm.text', lost.map(character => `「${character}」`).join(''))
}

function partiesProblem(instruction: Instruction, config: BcmConfig): Problem | null {
  const { payer, payee } = instruction
  const { fieldBytes, payment } = config
  const isWithin = (text: string, max: number): boolean => text.trim() !== '' && byteLength(text, 'gbk') <= max
  const accountBytes = payment.function === '330002' ? WIDTH.payrollAccount : fieldBytes.account
  if (!/^[0-9A-Za-z-]+$/.test(payee.account) || payee.account.length > accountBytes)
    return problem('bcm.payee_account', maskedAccount(payee.account))
  if (!isWithin(payer.name, fieldBytes.name)) return problem('bcm.payer_name', `${byteLength(payer.name, 'gbk')}`)
  if (!isWithin(payee.name, fieldBytes.name)) return problem('bcm.payee_name', `${byteLength(payee.name, 'gbk')}`)
  const isOwnPerson = isOwn(instruction) && payee.kind === 'P'
  if (payment.function === '330002') return isOwnPerson ? null : problem('bcm.payroll_payee', '')
  if (isOwnPerson && payment.ownPersons === 'unsent') return problem('bcm.own_person', '')
  const hasBank = /^\d{12}$/.test(payee.bankCode) && payee.bankName.trim() !== ''
  if (!isOwn(instruction) && !hasBank) return problem('bcm.payee_bank', payee.bankCode)
  return /^(\d{12})?$/.test(payee.bankCode) ? null : problem('bcm.payee_bank', payee.bankCode)
}

/** The body of 210201 or 210224 (banks/bcm §3), in the order of the reference. */
export function singleBody(instruction: Instruction, config: BcmConfig): readonly string[] {
  const { reference, payer, payee, amount } = instruction
  const partyId = partyIdOf(instruction, config)
  if (partyId !== null) {
    return [
      element('pay_acno', payer.account),
      element('pay_acname', payer.name),
      element('rcv_acno', payee.account),
      element('rcv_acname', payee.name),
      element('partyid', partyId),
      element('amt', formatAmount(amount)),
      element('cert_no', reference),
      element('purpose', informative(instruction.purpose, WIDTH.summary)),
      element('summary', summaryOf(instruction, config)),
    ]
  }
  return [
    element('pay_acno', payer.account),
    element('pay_acname', payer.name),
    element('rcv_bank_name', informative(payee.bankName, config.fieldBytes.bankName)),
    element('rcv_acno', payee.account),
    element('rcv_acname', payee.name),
    element('rcv_exg_code', ''),
    element('rcv_bank_no', payee.bankCode),
    element('cur_code', 'CNY'),
    element('amt', formatAmount(amount)),
    element('cert_no', reference),
    element('summary', summaryOf(instruction, config)),
    element('bank_flag', isOwn(instruction) ? '0' : '1'),
    element('area_flag', isSameCity(instruction, config) ? '0' : '1'),
  ]
}

/** The body of 330002: its cert_no is the batch's, each line's busino the payment's own. */
export function payrollBody(
  batch: readonly Instruction[],
  payroll: Payroll,
  config: BcmConfig,
  nowMs: number,
): readonly string[] {
  const [first] = batch
  if (!first) throw new RangeError('an empty batch')
  const total = sumOf(
    batch.map(({ amount }) => amount),
    'CNY',
  )
  return [
    element('cert_no', first.batch.reference),
    element('pay_acno', first.payer.account),
    element('type', payroll.type),
    element('sum', String(batch.length)),
    element('sum_amt', formatAmount(total)),
    element('pay_month', bankDay(nowMs).replace('-', '').slice(0, 6)),
    element('summary', payrollSummary(first, config)),
    element('busi_no', payroll.busiNo),
    element('mailflg', payroll.mail),
    element(
      'tran',
      batch.map(({ reference, payee, amount }) =>
        element('rcd', [
          element('card_no', payee.account),
          element('acname', payee.name),
          element('card_flag', payroll.cardFlag),
          element('amt', formatAmount(amount)),
          element('busino', reference),
        ]),
      ),
    ),
  ]
}

/** 310204: query_flag 1 by cert_no of a payment, 3 by that of a batch. */
export function inquiryBody(flag: '1' | '3', certNo: string): readonly string[] {
  return [element('query_flag', flag), element('ogl_serial_no', certNo)]
}

/** Words, then our reference. */
function summaryOf({ purpose, postscript, reference }: Instruction, { referenceInSummary }: BcmConfig): string {
  return withReference([purpose, postscript], referenceInSummary ? reference : '')
}

/** A batch is one sum to the statement: its summary holds the batch's own number. */
function payrollSummary({ purpose, batch }: Instruction, { referenceInSummary }: BcmConfig): string {
  return withReference([purpose], referenceInSummary ? batch.reference : '')
}

function withReference(texts: readonly string[], reference: string): string {
  const words = [...new Set(texts.map(plain))].filter(text => text !== '').join(' ')
  if (reference === '') return informative(words, WIDTH.summary)
  const kept = informative(words, WIDTH.summary - reference.length - 1)
  return kept === '' ? reference : `${kept} ${reference}`
}

/** Our reference at the end of a summary, as the bank repeats it, or `''`. */
export function referenceIn(summary: string): string {
  return REFERENCE_AT_END.exec(summary.trim())?.[1] ?? ''
}

/** 上海 and 上海市 are one city; an unknown city is another one. */
function isSameCity({ payer, payee }: Instruction, config: BcmConfig): boolean {
  const bare = (city: string): string => city.trim().replace(/市$/, '')
  return bare(payee.city) !== '' && bare(payee.city) === bare(accountOf(config, payer.account)?.city ?? '')
}

/** Informative text: what BCM forbids becomes a blank, the rest is cut at a character. */
function informative(text: string, width: number): string {
  return shortened(plain(text), width, 'gbk').trimEnd()
}

function plain(text: string): string {
  return Array.from(text, character => (FORBIDDEN.test(character) ? ' ' : character))
    .join('')
    .replace(/\s+/g, ' ')
    .trim()
}
