// Instructions to 4004 and 4018, and the rules an instruction must pass before a byte leaves (banks/pab §2, §3). A name or an
// account is sent as it is or not at all; only UseEx and the bank's name beside a number, which inform, are shortened.

import { formatAmount, sumOf } from '../../connector/core/money'
import type { Instruction } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { byteLength, shortened, unmappable } from '../shared/charset'
import { element } from '../shared/xml'
import { problem, type Problem } from './codes'
import { accountOf, type PabConfig } from './config'

export const OWN = { cnapsPrefix: '307', names: ['平安银行'] } as const

/** C(n) of public field tables, in bytes of the packet's encoding. */
export const WIDTH = { name: 60, account: 32, bankName: 60, use: 30 } as const

/** C(13,2): thirteen digits, two of them 分. */
const MAX_MINOR = 9_999_999_999_999n

/** Controls, lone surrogates and non-characters: none can be carried in XML. */
const UNSENDABLE = /[\p{Cc}\p{Cs}\ufffe\uffff]/u

/** "≥10 characters" in newer documentation, C20 (banks/pab §3). */
const REFERENCE = /^[A-Za-z0-9]{10,20}$/

/** Why this instruction cannot be sent, or null. */
export function instructionProblem(instruction: Instruction, config: PabConfig): Problem | null {
  const { reference, batch, payer, payee, amount } = instruction
  const bytes = (text: string): number => byteLength(text, config.encoding)
  if (!REFERENCE.test(reference)) return problem('pab.reference', reference)
  if (config.payment === '4018' && !REFERENCE.test(batch.reference))
    return problem('pab.batch_reference', batch.reference)
  if (accountOf(config, payer.account) === null) return problem('pab.unknown_account', maskedAccount(payer.account))
  if (amount.currency !== 'CNY') return problem('pab.currency', amount.currency)
  if (amount.minor <= 0n || amount.minor > MAX_MINOR) return problem('pab.amount', formatAmount(amount))
  if (!/^[\x21-\x7e]{1,32}$/.test(payee.account)) return problem('pab.payee_account', maskedAccount(payee.account))
  const foreign = foreignIn(instruction, config)
  if (foreign !== null) return problem('pab.text', foreign)
  if (bytes(payer.name) > WIDTH.name) return problem('pab.payer_name', `${bytes(payer.name)}`)
  if (payee.name.trim() === '' || bytes(payee.name) > WIDTH.name)
    return problem('pab.payee_name', `${bytes(payee.name)}`)
  if (!/^(\d{4,12})?$/.test(payee.bankCode)) return problem('pab.payee_bank_code', payee.bankCode)
  if (isOwn(instruction) || payee.bankCode !== '') return null
  if (config.requiresBankCode) return problem('pab.payee_bank_needed', '')
  const isNamed = payee.bankName.trim() !== '' && bytes(payee.bankName) <= WIDTH.bankName
  return isNamed ? null : problem('pab.payee_bank_name', `${bytes(payee.bankName)}`)
}

/** 4004, in the element order of the reference's example. SysFlag: N 普通, Y 加急. */
export function singleFields(instruction: Instruction, config: PabConfig): readonly string[] {
  const { reference, payer, payee } = instruction
  return [
    element('ThirdVoucher', reference),
    element('CstInnerFlowNo', reference),
    element('CcyCode', 'RMB'),
    element('OutAcctNo', payer.account),
    element('OutAcctName', payer.name),
    element('InAcctBankNode', payee.bankCode),
    element('InAcctNo', payee.account),
    element('InAcctName', payee.name),
    element('InAcctBankName', bankName(instruction, config)),
    element('TranAmount', formatAmount(instruction.amount)),
    element('UseEx', useOf(instruction, config)),
    element('UnionFlag', isOwn(instruction) ? '1' : '0'),
    element('SysFlag', instruction.isUrgent ? 'Y' : 'N'),
    element('AddrFlag', addrFlag(instruction, config)),
  ]
}

/**
 * 4018 of instructions of one package and one payer. BSysFlag is the whole message's: one urgent payment makes all of it
 * urgent. PayType 0: each is debited for itself.
 */
export function batchFields(batch: readonly Instruction[], config: PabConfig): readonly string[] {
  const [first] = batch
  if (!first) throw new RangeError('an empty batch')
  const total = sumOf(
    batch.map(({ amount }) => amount),
    first.amount.currency,
  )
  return [
    element('ThirdVoucher', first.batch.reference),
    element('totalCts', String(batch.length)),
    element('totalAmt', formatAmount(total)),
    element('BatchSummary', ''),
    element('BSysFlag', batch.some(({ isUrgent }) => isUrgent) ? 'Y' : 'N'),
    element('CcyCode', 'RMB'),
    element('OutAcctNo', first.payer.account),
    element('OutAcctName', first.payer.name),
    element('OutAcctAddr', ''),
    element('PayType', '0'),
    ...batch.map(instruction => element('HOResultSet4018R', rowFields(instruction, config))),
  ]
}

function rowFields(instruction: Instruction, config: PabConfig): readonly string[] {
  const { reference, payee } = instruction
  return [
    element('SThirdVoucher', reference),
    element('CstInnerFlowNo', reference),
    element('InAcctBankNode', payee.bankCode),
    element('InAcctRecCode', payee.bankCode),
    element('InAcctNo', payee.account),
    element('InAcctName', payee.name),
    element('InAcctBankName', bankName(instruction, config)),
    element('InAcctProvinceCode', ''),
    element('InAcctCityName', ''),
    element('TranAmount', formatAmount(instruction.amount)),
    element('UseEx', useOf(instruction, config)),
    element('UnionFlag', isOwn(instruction) ? '1' : '0'),
    element('AddrFlag', addrFlag(instruction, config)),
  ]
}

/** A bank number decides alone; a name is asked only where there is none. */
export function isOwn({ payee }: Instruction): boolean {
  if (payee.bankCode !== '') return payee.bankCode.startsWith(OWN.cnapsPrefix)
  return OWN.names.some(name => payee.bankName.includes(name))
}

/** "If unknown send 1." */
function addrFlag({ payer, payee }: Instruction, config: PabConfig): '1' | '2' {
  const city = accountOf(config, payer.account)?.city ?? ''
  return city === '' || payee.city === '' || city === payee.city ? '1' : '2'
}

/** Alone it has passed `instructionProblem` whole; beside a number it only informs. */
function bankName({ payee }: Instruction, config: PabConfig): string {
  return shortened(payee.bankName, WIDTH.bankName, config.encoding)
}

/** Purpose and postscript, once when they are the same, and behind them our reference where the site wants it. */
export function useOf({ reference, purpose, postscript }: Instruction, config: PabConfig): string {
  const parts = [purpose, postscript].map(plain)
  const text = [...new Set(parts)].filter(part => part !== '').join(' ')
  if (!config.referenceInPurpose) return shortened(text, WIDTH.use, config.encoding).trimEnd()
  const kept = shortened(text, WIDTH.use - reference.length - 1, config.encoding).trimEnd()
  return kept === '' ? reference : `${kept} ${reference}`
}

function plain(text: string): string {
  return Array.from(text, character => (UNSENDABLE.test(character) ? ' ' : character))
    .join('')
    .replace(/\s+/g, ' ')
    .trim()
}

/** The characters that cannot be carried, in words, or null. Controls of informative text become blanks. */
function foreignIn({ payer, payee, purpose, postscript }: Instruction, config: PabConfig): string | null {
  const exact = payer.name + payee.name + payee.bankName
  if (UNSENDABLE.test(exact)) return '控制字符 / control characters'
  const lost = unmappable(exact + plain(purpose) + plain(postscript), config.encoding)
  return lost.length === 0 ? null : lost.map(character => `「${character}」`).join('')
}
