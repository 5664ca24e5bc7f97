// Instructions to DCPAYMNT items (DCOPDPAYX), and the rules an instruction must pass before a byte leaves. A name or an account is
// sent as it is or not at all; only purpose, note and what stands beside a bank's number are shortened.

import { formatAmount } from '../../connector/core/money'
import type { Instruction } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { byteLength, shortened, unmappable } from '../shared/charset'
import { element } from '../shared/xml'
import { problem, type Problem } from './codes'
import { accountOf, type CmbFrontendConfig } from './config'

/** How CMB is recognised as the payee's own bank; the front-end itself goes by these words (banks/cmb-frontend §4). */
export const OWN = { cnapsPrefix: '308', names: ['招商银行', '招行', '招商行'] } as const

/** Field widths of banks/cmb-frontend §4, in bytes. A name beyond Z62 travels as LRVEAN, Z200. */
export const WIDTH = { name: 62, longName: 200, account: 35, bank: 62, purpose: 62, note: 200, reference: 30 } as const

/** 直接支付 (banks/cmb-frontend §7). */
export const DIRECT_PAYMENT = 'N02031'

/** M is 13.2, in 分. */
const MAX_MINOR = 999_999_999_999_999n

/** Controls, lone surrogates and non-characters: none can be carried in XML. */
const UNSENDABLE = /[\p{Cc}\p{Cs}\ufffe\uffff]/u

/** Why this instruction cannot be sent, or null. */
export function instructionProblem(instruction: Instruction, config: CmbFrontendConfig): Problem | null {
  const { reference, payer, payee, amount } = instruction
  if (!/^[A-Za-z0-9]{1,30}$/.test(reference)) return problem('cmb-frontend.reference', reference)
  if (accountOf(config, payer.account) === null)
    return problem('cmb-frontend.unknown_account', maskedAccount(payer.account))
  if (amount.currency !== 'CNY') return problem('cmb-frontend.currency', amount.currency)
  if (amount.minor <= 0n || amount.minor > MAX_MINOR) return problem('cmb-frontend.amount', formatAmount(amount))
  if (payee.name.trim() === '' || UNSENDABLE.test(payee.name) || widthOf(payee.name, config) > WIDTH.longName)
    return problem('cmb-frontend.payee_name', `${widthOf(payee.name, config)} bytes`)
  if (!/^[\x21-\x7e]{1,35}$/.test(payee.account))
    return problem('cmb-frontend.payee_account', maskedAccount(payee.account))
  if (!/^(\d{12})?$/.test(payee.bankCode)) return problem('cmb-frontend.payee_bank_code', payee.bankCode)
  const informing = [instruction.purpose, instruction.postscript, payee.bankName, payee.province, payee.city]
  const lost = unmappable(payee.name + plain(informing.join('')), config.encoding)
  if (lost.length > 0) return problem('cmb-frontend.text', lost.map(character => `「${character}」`).join(''))
  return isOwn(instruction) ? null : crossBankProblem(instruction, config)
}

/** DCPAYMNT of instructions that passed `instructionProblem` (banks/cmb-frontend §3). */
export function paymentBlocks(batch: readonly Instruction[], config: CmbFrontendConfig): readonly string[] {
  const head = element('SDKPAYRQX', [element('BUSCOD', DIRECT_PAYMENT), element('BUSMOD', config.businessMode)])
  return [head, ...batch.map(instruction => element('DCOPDPAYX', item(instruction, config)))]
}

/** NTQRYSTY by our own reference, over days of entry at most a week apart (banks/cmb-frontend §3). */
export function inquiryBlocks(reference: string, from: string, to: string): readonly string[] {
  const fields = [
    element('BUSCOD', DIRECT_PAYMENT),
    element('YURREF', reference),
    element('BGNDAT', from.replaceAll('-', '')),
    element('ENDDAT', to.replaceAll('-', '')),
  ]
  return [element('NTQRYSTYX1', fields)]
}

/** Element order of banks/cmb-frontend §4. */
function item(instruction: Instruction, config: CmbFrontendConfig): readonly string[] {
  const { payer, payee, amount, reference } = instruction
  const isInside = isOwn(instruction)
  const note = informative(instruction.postscript, WIDTH.note, config)
  const isLong = widthOf(payee.name, config) > WIDTH.name
  return [
    element('YURREF', reference),
    element('DBTACC', payer.account),
    element('DBTBBK', accountOf(config, payer.account)?.branch ?? ''),
    element('TRSAMT', formatAmount(amount)),
    element('CCYNBR', '10'),
    // F 快速 is for other banks only; inside the bank a payment is at once anyway.
    element('STLCHN', instruction.isUrgent && !isInside ? 'F' : 'N'),
    element('NUSAGE', purpose(instruction, config)),
    ...(note === '' ? [] : [element('BUSNAR', note)]),
    element('CRTACC', payee.account),
    isLong ? element('LRVEAN', payee.name) : element('CRTNAM', payee.name),
    ...(isInside || payee.bankCode === '' ? [] : [element('BRDNBR', payee.bankCode)]),
    element('BNKFLG', isInside ? 'Y' : 'N'),
    ...(isInside
      ? [element('CRTFLG', 'Y')]
      : [
          element('CRTBNK', shortened(plain(payee.bankName), WIDTH.bank, config.encoding)),
          element('CRTADR', place(instruction, config)),
        ]),
    // In-bank: the bank compares name and account, and a mismatch fails the instruction.
    ...(isInside ? [element('RCVCHK', '1')] : []),
  ]
}

/** CRTBNK and CRTADR are required; without a bank number the name decides where the money goes and may not be cut. */
function crossBankProblem(instruction: Instruction, config: CmbFrontendConfig): Problem | null {
  const { payee } = instruction
  const name = plain(payee.bankName)
  const isWhole = name === payee.bankName.trim() && widthOf(name, config) <= WIDTH.bank
  if (name === '' || (payee.bankCode === '' && !isWhole))
    return problem('cmb-frontend.payee_bank_needed', `≤ ${WIDTH.bank} bytes`)
  return place(instruction, config) === '' ? problem('cmb-frontend.payee_place_needed', '') : null
}

/** NUSAGE comes back in the statement: the postscript, then a neutral word, stand in for an empty purpose. */
function purpose({ purpose: text, postscript }: Instruction, config: CmbFrontendConfig): string {
  return informative(text, WIDTH.purpose, config) || informative(postscript, WIDTH.purpose, config) || '付款'
}

/** A bank code decides alone; a name is asked only where there is no code. */
function isOwn({ payee }: Instruction): boolean {
  if (payee.bankCode !== '') return payee.bankCode.startsWith(OWN.cnapsPrefix)
  return OWN.names.some(name => payee.bankName.includes(name))
}

function place({ payee }: Instruction, config: CmbFrontendConfig): string {
  const parts = payee.province === payee.city ? [payee.city] : [payee.province, payee.city]
  return informative(parts.join(''), WIDTH.bank, config)
}

function informative(text: string, maxBytes: number, config: CmbFrontendConfig): string {
  return shortened(plain(text), maxBytes, config.encoding).trimEnd()
}

/** Only for texts that inform: what no message can hold becomes a blank. What the encoding lacks stops the instruction. */
function plain(text: string): string {
  return text.replace(new RegExp(UNSENDABLE.source, 'gu'), ' ').replace(/\s+/g, ' ').trim()
}

function widthOf(text: string, { encoding }: CmbFrontendConfig): number {
  // Under UTF-8 more than the GBK bytes that the bank counts, never less.
  return byteLength(text, encoding)
}
