// Instructions to DLOUTTRN and DLINTTRN, and the rules an instruction must pass before a byte leaves. A name or an account is
// sent as it is or not at all; only abstract, memo and the bank's name beside a bank code, which inform, are shortened.

import { formatAmount } from '../../connector/core/money'
import type { Instruction } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { byteLength, shortened, unmappable } from '../shared/charset'
import { element } from '../shared/xml'
import { problem, type Problem } from './codes'
import { accountOf, type CiticConfig } from './config'

export const OWN = { cnapsPrefix: '302', names: ['中信银行'] } as const

/** banks/citic §4, read as bytes of GBK: the narrower reading. */
export const WIDTH = { name: 122, account: 32, bankName: 122, abstract: 102, memo: 60 } as const

/** decimal(15,2): 9999999999999.99 (banks/citic §2), in 分. */
const MAX_MINOR = 999_999_999_999_999n

/** Controls, lone surrogates and non-characters: none can be carried in XML. */
const UNSENDABLE = /[\p{Cc}\p{Cs}\ufffe\uffff]/u

/** Why this instruction cannot be sent, or null. */
export function instructionProblem(instruction: Instruction, config: CiticConfig): Problem | null {
  const { reference, payer, payee, amount } = instruction
  if (!/^[A-Za-z0-9]{1,20}$/.test(reference)) return problem('citic.reference', reference)
  if (accountOf(config, payer.account) === null) return problem('citic.unknown_account', maskedAccount(payer.account))
  if (amount.currency !== 'CNY' || accountOf(config, payer.account)?.currency !== 'CNY')
    return problem('citic.currency', amount.currency)
  if (amount.minor <= 0n || amount.minor > MAX_MINOR) return problem('citic.amount', formatAmount(amount))
  if (!/^[\x21-\x7e]{1,32}$/.test(payee.account)) return problem('citic.payee_account', maskedAccount(payee.account))
  const foreign =
    uncarried(payee.name) ?? uncarried(payee.bankName) ?? lostOf(instruction.purpose + instruction.postscript)
  if (foreign !== null) return problem('citic.text', foreign)
  if (payee.name.trim() === '' || byteLength(payee.name, 'gbk') > WIDTH.name)
    return problem('citic.payee_name', `${byteLength(payee.name, 'gbk')}`)
  if (!/^(\d{12})?$/.test(payee.bankCode)) return problem('citic.payee_bank_code', payee.bankCode)
  if (isOwn(instruction))
    return payee.kind === 'P' && informative(instruction.purpose, WIDTH.abstract) === ''
      ? problem('citic.abstract_needed', '')
      : null
  return payee.bankCode === '' ? bankNameProblem(instruction, config) : null
}

/** DLOUTTRN (banks/citic §4), in the element order of the reference's example. */
export function outwardFields(instruction: Instruction, config: CiticConfig): readonly string[] {
  const isInside = isOwn(instruction)
  return [
    element('clientID', instruction.reference),
    ...NOT_SCHEDULED,
    element('payType', isInside ? '01' : payTypeOf(instruction, config)),
    element('recBankNo', ''),
    ...partiesOf(instruction),
    element('citicbankFlag', isInside ? '0' : '1'),
    element('cityFlag', isSameCity(instruction, config) ? '0' : '1'),
    element('tranAmount', formatAmount(instruction.amount)),
    ...wordsOf(instruction),
  ]
}

/** A row of DLINTTRN (banks/citic §3). payType 1 跨行, 2 行内; payFlg 0 加急, 1 普通. */
export function rowFields(instruction: Instruction): readonly string[] {
  return [
    element('clientID', instruction.reference),
    ...NOT_SCHEDULED,
    element('payType', isOwn(instruction) ? '2' : '1'),
    element('payFlg', instruction.isUrgent ? '0' : '1'),
    ...partiesOf(instruction),
    element('tranAmount', formatAmount(instruction.amount)),
    ...wordsOf(instruction),
  ]
}

const NOT_SCHEDULED = [element('preFlg', '0'), element('preDate', ''), element('preTime', '')]

function partiesOf({ payer, payee }: Instruction): readonly string[] {
  return [
    element('payAccountNo', payer.account),
    element('recAccountNo', payee.account),
    element('recAccountName', payee.name),
    // Alone it has passed `bankNameProblem` whole; beside a code it only informs.
    element('recOpenBankName', shortened(payee.bankName, WIDTH.bankName, 'gbk')),
    element('recOpenBankCode', payee.bankCode),
  ]
}

/** chkNum (对账编号) carries our reference into the statement (banks/citic §5). */
function wordsOf({ reference, purpose, postscript }: Instruction): readonly string[] {
  return [
    element('abstract', informative(purpose, WIDTH.abstract)),
    element('memo', informative(postscript, WIDTH.memo)),
    element('chkNum', reference),
  ]
}

function payTypeOf(instruction: Instruction, { payment }: CiticConfig): string {
  if (payment.action !== 'DLOUTTRN') throw new RangeError('no payType is configured')
  return instruction.isUrgent ? payment.urgent : payment.ordinary
}

/** Inside CITIC it may be empty and does no harm; to another bank 异地 is said when the cities are not known to be one. */
function isSameCity({ payer, payee }: Instruction, config: CiticConfig): boolean {
  const city = accountOf(config, payer.account)?.city ?? ''
  return city !== '' && city === payee.city
}

/** A bank code decides alone; a name is asked only where there is no code. */
export function isOwn({ payee }: Instruction): boolean {
  if (payee.bankCode !== '') return payee.bankCode.startsWith(OWN.cnapsPrefix)
  return OWN.names.some(name => payee.bankName.includes(name))
}

function bankNameProblem({ payee }: Instruction, config: CiticConfig): Problem | null {
  if (config.requiresBankCode) return problem('citic.payee_bank_needed', '')
  const bytes = byteLength(payee.bankName, 'gbk')
  return payee.bankName.trim() === '' || bytes > WIDTH.bankName ? problem('citic.payee_bank_name', `${bytes}`) : null
}

/** The characters that cannot be carried, in words, or null. */
function uncarried(text: string): string | null {
  return UNSENDABLE.test(text) ? '控制字符 / control characters' : lostOf(text)
}

/** Characters that GBK has no bytes for; controls of informative text become blanks and are not among them. */
function lostOf(text: string): string | null {
  const characters = unmappable(plain(text), 'gbk')
  return characters.length === 0 ? null : characters.map(character => `「${character}」`).join('')
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
