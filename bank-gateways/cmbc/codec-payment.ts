// The rules an instruction must pass before a byte leaves, and Xfer's and the open platform's fields. A name or an account is sent
// as it is or not at all; only explain, usage and the bank's name beside its code, which inform, are shortened.

import { bankDay } from '../../connector/core/bank-time'
import { formatAmount } from '../../connector/core/money'
import type { Instruction } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { byteLength, shortened, unmappable } from '../shared/charset'
import { element } from '../shared/xml'
import { problem, type Problem } from './codes'
import { accountOf, encodingOf, type CmbcConfig, type NsBdes, type Open } from './config'

/** CNAPS prefix and name by which CMBC is the payee's own bank. */
export const OWN = { cnapsPrefix: '305', names: ['民生银行'] } as const

/** Thirteen whole digits, in 分: no bank's field is narrower; CMBC's is not known. */
const MAX_MINOR = 999_999_999_999_999n
/** 网银互联: at most 50 000 (banks/cmbc §1). */
const SUPER_MAX_MINOR = 5_000_000n
const UNSENDABLE = /[\p{Cc}\p{Cs}\ufffe\uffff]/u
/** Shorter runs of letters and digits are words or somebody's invoice number. */
const REFERENCE_AT_END = /(?:^|[^0-9A-Za-z])([0-9A-Za-z]{12,32})$/

/** A bank code decides alone; a name is asked only where there is no code. */
export function isOwn({ payee }: Instruction): boolean {
  if (payee.bankCode !== '') return payee.bankCode.startsWith(OWN.cnapsPrefix)
  return OWN.names.some(name => payee.bankName.includes(name))
}

/** Why this instruction cannot be sent, or null. */
export function instructionProblem(instruction: Instruction, config: CmbcConfig): Problem | null {
  const { reference, payer, amount } = instruction
  const { protocol } = config
  if (!/^[0-9A-Za-z]+$/.test(reference) || reference.length > protocol.fieldBytes.reference)
    return problem('cmbc.reference', reference.slice(0, 40))
  if (accountOf(protocol, payer.account) === null) return problem('cmbc.unknown_account', maskedAccount(payer.account))
  if (amount.currency !== 'CNY') return problem('cmbc.currency', amount.currency)
  if (amount.minor <= 0n || amount.minor > MAX_MINOR) return problem('cmbc.amount', formatAmount(amount))
  return textProblem(instruction, config) ?? partiesProblem(instruction, config)
}

function textProblem({ payer, payee, purpose, postscript }: Instruction, config: CmbcConfig): Problem | null {
  const names = payer.name + payee.name
  if (UNSENDABLE.test(names)) return problem('cmbc.text', '控制字符 / control characters')
  const lost = unmappable(names + plain(payee.bankName + purpose + postscript), encodingOf(config))
  return lost.length === 0 ? null : problem('cmbc.text', lost.map(character => `「${character}」`).join(''))
}

function partiesProblem(instruction: Instruction, config: CmbcConfig): Problem | null {
  const { payer, payee } = instruction
  const { protocol } = config
  const { fieldBytes } = protocol
  const bytes = (text: string): number => byteLength(text, encodingOf(config))
  const isWithin = (text: string): boolean => text.trim() !== '' && bytes(text) <= fieldBytes.name
  if (!/^[0-9A-Za-z-]+$/.test(payee.account) || payee.account.length > fieldBytes.account)
    return problem('cmbc.payee_account', maskedAccount(payee.account))
  const sendsPayer = protocol.kind === 'ns-bdes' && protocol.payerName === 'sent'
  if (sendsPayer && !isWithin(payer.name)) return problem('cmbc.payer_name', `${bytes(payer.name)}`)
  if (!isWithin(payee.name)) return problem('cmbc.payee_name', `${bytes(payee.name)}`)
  const hasBank = /^\d{12}$/.test(payee.bankCode) && payee.bankName.trim() !== ''
  if (!isOwn(instruction) && !hasBank) return problem('cmbc.payee_bank', payee.bankCode)
  if (!/^(\d{12})?$/.test(payee.bankCode)) return problem('cmbc.payee_bank', payee.bankCode)
  return protocol.kind === 'ns-bdes' && localFlagOf(instruction, protocol) === null ? problem('cmbc.route', '') : null
}

/** 汇路; null: 5 does not take the amount, and nothing stands in for it. */
function localFlagOf(instruction: Instruction, protocol: NsBdes): string | null {
  const { routes } = protocol
  if (isOwn(instruction)) return isSameCity(instruction, protocol) ? '0' : '1'
  const flag = instruction.isUrgent ? routes.urgent : routes.ordinary
  return flag === '5' && instruction.amount.minor > SUPER_MAX_MINOR ? routes.large : flag
}

/** xDataBody of Xfer behind its trnId (banks/cmbc §1), in the order of the reference. */
export function xferBody(
  instruction: Instruction,
  protocol: NsBdes,
  config: CmbcConfig,
  nowMs: number,
): readonly string[] {
  const { reference, payer, payee, amount } = instruction
  const flag = localFlagOf(instruction, protocol)
  if (flag === null) throw new RangeError('no route')
  return [
    element('cltcookie', ''),
    element('insId', reference),
    element('acntNo', payer.account),
    element('acntName', protocol.payerName === 'sent' ? payer.name : ''),
    element('acntToNo', payee.account),
    element('acntToName', payee.name),
    element('externBank', isOwn(instruction) ? '0' : '1'),
    element('localFlag', flag),
    element('rcvCustType', payee.kind === 'P' ? '2' : '1'),
    element('bankCode', payee.bankCode),
    element('bankName', bankNameOf(instruction, config)),
    element('bankAddr', ''),
    element('areaCode', ''),
    element('amount', formatAmount(amount)),
    element('explain', textOf(instruction, config)),
    element('actDate', bankDay(nowMs)),
  ]
}

/** Fields of the open platform (banks/cmbc §3). is_cross 0 is another bank, the reverse of what its name suggests. */
export function openFields(
  instruction: Instruction,
  protocol: Open,
  config: CmbcConfig,
): Readonly<Record<string, string>> {
  const { reference, payer, payee, amount, isUrgent } = instruction
  const { own, ordinary, urgent } = protocol.routes
  return {
    req_seq: reference,
    acct_no: payer.account,
    pay_type: '1',
    is_cross: isOwn(instruction) ? '1' : '0',
    currency: 'CNY',
    trans_amt: formatAmount(amount),
    bank_route: isOwn(instruction) ? own : isUrgent ? urgent : ordinary,
    bank_code: payee.bankCode,
    bank_name: bankNameOf(instruction, config),
    open_id: accountOf(protocol, payer.account)?.openId ?? '',
    usage: textOf(instruction, config),
    cert_no: reference,
    payee_acct_no: payee.account,
    payee_acct_name: payee.name,
    ...(protocol.fastAuthFlag === '' ? {} : { fast_auth_flag: protocol.fastAuthFlag }),
  }
}

/** Purpose and postscript, then our reference. */
export function textOf({ purpose, postscript, reference }: Instruction, config: CmbcConfig): string {
  const { text: max } = config.protocol.fieldBytes
  const words = [...new Set([purpose, postscript].map(plain))].filter(text => text !== '').join(' ')
  if (!config.referenceInText) return informative(words, max, config)
  const kept = informative(words, Math.max(0, max - reference.length - 1), config)
  return kept === '' ? reference : `${kept} ${reference}`
}

/** Our reference at the end of a text, as the bank repeats it, or `''`. */
export function referenceIn(text: string): string {
  return REFERENCE_AT_END.exec(text.trim())?.[1] ?? ''
}

function bankNameOf({ payee }: Instruction, config: CmbcConfig): string {
  return informative(payee.bankName, config.protocol.fieldBytes.bankName, config)
}

/** 北京 and 北京市 are one city; an unknown city is another one. */
function isSameCity({ payer, payee }: Instruction, protocol: NsBdes): boolean {
  const bare = (city: string): string => city.trim().replace(/市$/, '')
  return bare(payee.city) !== '' && bare(payee.city) === bare(accountOf(protocol, payer.account)?.city ?? '')
}

function informative(text: string, width: number, config: CmbcConfig): string {
  return shortened(plain(text), width, encodingOf(config)).trimEnd()
}

function plain(text: string): string {
  return Array.from(text, character => (UNSENDABLE.test(character) ? ' ' : character))
    .join('')
    .replace(/\s+/g, ' ')
    .trim()
}
