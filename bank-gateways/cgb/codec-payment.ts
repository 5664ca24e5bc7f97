// Instructions to 0011, 0012, 0021 and to records of 0033, and the rules an instruction must pass before a byte leaves. A name or an
// account is sent as it is or not at all; only remark, comment and the bank's name beside its number are shortened.

import { formatAmount } from '../../connector/core/money'
import type { Instruction } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { byteLength, shortened, unmappable } from '../shared/charset'
import { element } from '../shared/xml'
import { problem, type Problem } from './codes'
import { accountOf, type CgbConfig } from './config'

export const OWN = { cnapsPrefix: '306', names: ['广发银行'] } as const

/** The reference's entSeqNo has 18 digits, and so has every question's: a payment's is shorter, so that the two never meet. */
export const REFERENCE_MAX = 17

/** No limit is published: thirteen whole digits, as the widest of the other banks. In 分. */
const MAX_MINOR = 999_999_999_999_999n

/** Controls, lone surrogates and non-characters: none can be carried in XML. */
const UNSENDABLE = /[\p{Cc}\p{Cs}\ufffe\uffff]/u

/** Why this instruction cannot be sent, or null. */
export function instructionProblem(instruction: Instruction, config: CgbConfig): Problem | null {
  const { reference, batch, payer, payee, amount } = instruction
  const key = config.payment.function === 'single' ? reference : batch.reference
  for (const text of [reference, key])
    if (!/^\d+$/.test(text) || text.length > REFERENCE_MAX) return problem('cgb.reference', text.slice(0, 40))
  const own = accountOf(config, payer.account)
  if (own === null) return problem('cgb.unknown_account', maskedAccount(payer.account))
  if (amount.currency !== 'CNY' || own.currency !== 'CNY') return problem('cgb.currency', amount.currency)
  if (amount.minor <= 0n || amount.minor > MAX_MINOR) return problem('cgb.amount', formatAmount(amount))
  const foreign = textProblem(instruction)
  if (foreign !== null) return problem('cgb.text', foreign)
  if (!/^[0-9A-Za-z-]+$/.test(payee.account) || payee.account.length > config.widths.account)
    return problem('cgb.payee_account', maskedAccount(payee.account))
  const { name, bank } = config.widths
  const isWithin = (text: string, max: number): boolean => text.trim() !== '' && byteLength(text, 'gbk') <= max
  // 0033 carries no payer's name.
  if (config.payment.function === 'single' && !isWithin(payer.name, name))
    return problem('cgb.payer_name', `${byteLength(payer.name, 'gbk')} > ${name}`)
  if (!isWithin(payee.name, name)) return problem('cgb.payee_name', `${byteLength(payee.name, 'gbk')} > ${name}`)
  if (!/^(\d{12})?$/.test(payee.bankCode)) return problem('cgb.payee_bank_code', payee.bankCode.slice(0, 20))
  if (isOwn(instruction)) return null
  if (needsCode(config) && payee.bankCode === '') return problem('cgb.payee_bank_code', '')
  // The name alone says where the money goes: never cut then.
  if (payee.bankCode === '' || !carriesCode(config))
    return isWithin(payee.bankName, bank)
      ? null
      : problem('cgb.payee_bank_name', `${byteLength(payee.bankName, 'gbk')}`)
  return null
}

/** 0021 sends by number (paymentBankid = 行号); 0012 has no element for it. */
function needsCode({ payment }: CgbConfig): boolean {
  return payment.function === 'single' && payment.crossBank === '0021'
}

function carriesCode({ payment }: CgbConfig): boolean {
  return payment.function !== 'single' || payment.crossBank === '0021'
}

/** Payee fields without which a payment to another bank cannot be made. */
export function crossBankRequires(config: CgbConfig): readonly ('bankCode' | 'bankName')[] {
  if (needsCode(config)) return ['bankCode']
  return carriesCode(config) ? [] : ['bankName']
}

function textProblem({ payer, payee, purpose, postscript }: Instruction): string | null {
  const exact = payer.name + payee.name + payee.bankName
  if (UNSENDABLE.test(exact)) return '控制字符 / control characters'
  const lost = unmappable(exact + plain(payee.province + payee.city + purpose + postscript), 'gbk')
  return lost.length === 0 ? null : lost.map(character => `「${character}」`).join('')
}

export function tranCodeOf(instruction: Instruction, { payment }: CgbConfig): '0011' | '0012' | '0021' {
  if (isOwn(instruction)) return '0011'
  if (payment.function !== 'single') throw new RangeError('no single payment is configured')
  return payment.crossBank
}

/** Body of 0011, 0012 and 0021 (banks/cgb §1), its answer's elements sent empty. `sentOn`: yyyyMMdd. */
export function singleFields(instruction: Instruction, config: CgbConfig, sentOn: string): readonly string[] {
  const { payer, payee, amount, reference, purpose, postscript } = instruction
  const { widths } = config
  return [
    element('traceNo', reference),
    element('outAccName', payer.name),
    element('outAcc', payer.account),
    element('outAccBank', shortened(payer.bankName, widths.bank, 'gbk')),
    element('inAccName', payee.name),
    element('inAcc', payee.account),
    element('inAccBank', bankNameOf(instruction, config)),
    element('inAccAdd', addressOf(instruction, config)),
    ...(tranCodeOf(instruction, config) === '0021' ? [element('paymentBankid', payee.bankCode)] : []),
    element('amount', formatAmount(amount)),
    element('remark', informative(purpose, widths.remark)),
    element('date', sentOn),
    element('comment', informative(postscript, widths.comment)),
    element('creNo', ''),
    element('frBalance', ''),
    element('toBalance', ''),
    element('handleFee', ''),
  ]
}

/** Body of 0033. customerBatchNo is the batch's reference, customerSalarySeq the payment's own. */
export function batchFields(batch: readonly Instruction[], config: CgbConfig): readonly string[] {
  const [first] = batch
  if (!first) throw new RangeError('an empty batch')
  const total = { minor: batch.reduce((sum, { amount }) => sum + amount.minor, 0n), currency: 'CNY' }
  return [
    element('accountNo', first.payer.account),
    element('allCount', String(batch.length)),
    element('allSalary', formatAmount(total)),
    element('customerBatchNo', first.batch.reference),
    element(
      'records',
      batch.map(instruction => element('record', recordFields(instruction, config))),
    ),
  ]
}

function recordFields(instruction: Instruction, config: CgbConfig): readonly string[] {
  const { reference, payee, amount, purpose, postscript } = instruction
  const { widths } = config
  return [
    element('customerSalarySeq', reference),
    element('inacc', payee.account),
    element('inaccname', payee.name),
    element('inaccbank', bankNameOf(instruction, config)),
    element('inaccadd', addressOf(instruction, config)),
    element('bankCode', payee.bankCode),
    element('salary', formatAmount(amount)),
    // 0 本行, 1 他行.
    element('transType', isOwn(instruction) ? '0' : '1'),
    element('comment', informative(postscript, widths.comment)),
    element('remark', informative(purpose, widths.remark)),
  ]
}

/** A bank code decides alone; a name is asked only where there is no code. */
export function isOwn({ payee }: Instruction): boolean {
  if (payee.bankCode !== '') return payee.bankCode.startsWith(OWN.cnapsPrefix)
  return OWN.names.some(name => payee.bankName.includes(name))
}

/** Alone it has passed whole; beside a number it only informs. */
function bankNameOf(instruction: Instruction, { widths }: CgbConfig): string {
  const { bankName } = instruction.payee
  if (bankName.trim() === '' && isOwn(instruction)) return OWN.names[0]
  return shortened(bankName, widths.bank, 'gbk')
}

function addressOf({ payee }: Instruction, { widths }: CgbConfig): string {
  const isCityAlone = payee.province === payee.city
  return informative(isCityAlone ? payee.city : payee.province + payee.city, widths.bank)
}

/** Informative text, cut at a character. */
function informative(text: string, width: number): string {
  return shortened(plain(text), width, 'gbk').trimEnd()
}

function plain(text: string): string {
  return Array.from(text, character => (UNSENDABLE.test(character) ? ' ' : character))
    .join('')
    .replace(/\s+/g, ' ')
    .trim()
}
