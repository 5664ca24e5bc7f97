// Instructions to 8801 and to rows of 8800, and the rules an instruction must pass before a byte leaves. A name or an account is sent
// as it is or not at all; only note, purpose and the bank's name beside a bank code, which inform, are shortened.

import { formatAmount } from '../../connector/core/money'
import type { Instruction } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { byteLength, shortened, unmappable } from '../shared/charset'
import { element } from '../shared/xml'
import { listsOf } from './codec'
import { problem, type Problem } from './codes'
import { accountOf, type SpdbConfig } from './config'

export const OWN = { cnapsPrefix: '310', names: ['浦发银行', '浦东发展银行'] } as const

/** Thirteen whole digits, in 分: no bank's field is narrower; SPDB's is not known. */
const MAX_MINOR = 999_999_999_999_999n
const UNSENDABLE = /[\p{Cc}\p{Cs}\ufffe\uffff]/u

/** Why this instruction cannot be sent, or null. */
export function instructionProblem(instruction: Instruction, config: SpdbConfig): Problem | null {
  const { reference, batch, payer, payee, amount } = instruction
  const own = accountOf(config, payer.account)
  const numbers = config.payment === '8801' ? [reference] : [reference, batch.reference]
  if (!numbers.every(text => /^[A-Za-z0-9]+$/.test(text) && text.length <= config.widths.reference))
    return problem('spdb.reference', reference.slice(0, 40))
  if (own === null) return problem('spdb.unknown_account', maskedAccount(payer.account))
  if (amount.currency !== 'CNY' || own.currency !== 'CNY') return problem('spdb.currency', amount.currency)
  if (amount.minor <= 0n || amount.minor > MAX_MINOR) return problem('spdb.amount', formatAmount(amount))
  if (!/^[0-9A-Za-z-]+$/.test(payee.account) || payee.account.length > config.widths.account)
    return problem('spdb.payee_account', maskedAccount(payee.account))
  return textProblem(instruction) ?? namesProblem(instruction, config)
}

function textProblem({ payer, payee, purpose, postscript }: Instruction): Problem | null {
  const names = payer.name + payee.name + payee.bankName
  if (UNSENDABLE.test(names)) return problem('spdb.text', '控制字符 / control characters')
  const lost = unmappable(names + plain(purpose + postscript), 'gbk')
  return lost.length === 0 ? null : problem('spdb.text', lost.map(character => `「${character}」`).join(''))
}

function namesProblem(instruction: Instruction, config: SpdbConfig): Problem | null {
  const { payer, payee } = instruction
  const { widths, requiresBankCode } = config
  const isWithin = (text: string, max: number): boolean => text.trim() !== '' && byteLength(text, 'gbk') <= max
  if (!isWithin(payer.name, widths.name)) return problem('spdb.payer_name', `${byteLength(payer.name, 'gbk')}`)
  if (!isWithin(payee.name, widths.name)) return problem('spdb.payee_name', `${byteLength(payee.name, 'gbk')}`)
  if (!/^(\d{12})?$/.test(payee.bankCode)) return problem('spdb.payee_bank_code', payee.bankCode)
  if (!isOwn(instruction)) {
    if (requiresBankCode && payee.bankCode === '') return problem('spdb.payee_bank_code', '')
    const isLong = payee.bankCode === '' && byteLength(payee.bankName, 'gbk') > widths.bankName
    if (payee.bankName.trim() === '' || isLong)
      return problem('spdb.payee_bank_name', `${byteLength(payee.bankName, 'gbk')}`)
  }
  return payee.kind === 'P' && plain(instruction.purpose) === '' ? problem('spdb.purpose', '') : null
}

/** 8801 (banks/spdb §3), in the order of the reference. */
export function singleFields(instruction: Instruction, config: SpdbConfig): readonly string[] {
  const { reference, payer, payee, amount } = instruction
  return [
    element('authMasterID', config.authMasterId),
    element('elecChequeNo', reference),
    element('acctNo', payer.account),
    element('acctName', payer.name),
    element('payeeAcctNo', payee.account),
    element('payeeName', payee.name),
    element('payeeBankName', bankNameOf(instruction, config)),
    element('amount', formatAmount(amount)),
    element('sysFlag', isOwn(instruction) ? '0' : '1'),
    element('remitLocation', remitLocationOf(instruction, config)),
    element('note', noteOf(instruction, config)),
    ...bankNumberOf(instruction),
  ]
}

/** 8800 (banks/spdb §2): the package's number is ours, each item has its own elecChequeNo. */
export function packageFields(batch: readonly Instruction[], config: SpdbConfig): readonly string[] {
  const [first] = batch
  if (!first) throw new RangeError('an empty package')
  const total = { minor: batch.reduce((sum, { amount }) => sum + amount.minor, 0n), currency: 'CNY' }
  return [
    element('authMasterID', config.authMasterId),
    element('packageNo', first.batch.reference),
    element('totalNumber', String(batch.length)),
    element('totalAmount', formatAmount(total)),
    listsOf(batch.map(instruction => itemFields(instruction, config))),
  ]
}

function itemFields(instruction: Instruction, config: SpdbConfig): readonly string[] {
  const { reference, payer, payee, amount, purpose } = instruction
  return [
    element('elecChequeNo', reference),
    element('acctNo', payer.account),
    element('acctName', payer.name),
    element('bespeakDate', ''),
    element('payeeAcctNo', payee.account),
    element('payeeName', payee.name),
    element('payeeType', payee.kind === 'P' ? '1' : '0'),
    element('payeeBankName', bankNameOf(instruction, config)),
    element('payeeAddress', ''),
    element('amount', formatAmount(amount)),
    element('sysFlag', isOwn(instruction) ? '0' : '1'),
    element('remitLocation', remitLocationOf(instruction, config)),
    element('note', noteOf(instruction, config)),
    ...bankNumberOf(instruction),
    element('payPurpose', shortened(plain(purpose), config.widths.purpose, 'gbk').trimEnd()),
  ]
}

/** 速选 by number (payeeBankSelectFlag 1) makes a payment to another bank straight-through. */
function bankNumberOf(instruction: Instruction): readonly string[] {
  const { bankCode } = instruction.payee
  const isByNumber = !isOwn(instruction) && bankCode !== ''
  return [element('payeeBankSelectFlag', isByNumber ? '1' : ''), element('payeeBankNo', isByNumber ? bankCode : '')]
}

/** "Send 1 for cross-bank"; inside SPDB 同城 only when the cities are known to be one. */
function remitLocationOf(instruction: Instruction, config: SpdbConfig): '0' | '1' {
  const city = accountOf(config, instruction.payer.account)?.city ?? ''
  return isOwn(instruction) && city !== '' && city === instruction.payee.city ? '0' : '1'
}

/** 8801 has no purpose: its words stand before the postscript. */
function noteOf({ purpose, postscript }: Instruction, { payment, widths }: SpdbConfig): string {
  const text = payment === '8801' ? `${plain(purpose)} ${plain(postscript)}` : plain(postscript)
  return shortened(text.trim(), widths.note, 'gbk').trimEnd()
}

function bankNameOf({ payee }: Instruction, { widths }: SpdbConfig): string {
  return shortened(payee.bankName, widths.bankName, 'gbk')
}

/** A bank code decides alone; a name is asked only where there is no code. */
export function isOwn({ payee }: Instruction): boolean {
  if (payee.bankCode !== '') return payee.bankCode.startsWith(OWN.cnapsPrefix)
  return OWN.names.some(name => payee.bankName.includes(name))
}

function plain(text: string): string {
  return Array.from(text, character => (UNSENDABLE.test(character) ? ' ' : character))
    .join('')
    .replace(/\s+/g, ' ')
    .trim()
}
