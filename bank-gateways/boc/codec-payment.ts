// Instructions to b2e0009 (对公) and b2e0061 (对私) items, and the rules an instruction must pass before a byte leaves.
// A name or an account is sent as it is or not at all; only the remark, which informs, is shortened.

import { formatAmount } from '../../connector/core/money'
import type { Instruction } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { byteLength, shortened } from '../shared/charset'
import { element } from '../shared/xml'
import { problem, type Problem } from './codes'
import { accountOf, type BocConfig } from './config'

/** CNAPS prefix and names by which BOC is the payee's own bank. 中国农业银行 and 中国人民银行 do not hold the name. */
export const OWN = { cnapsPrefix: '104', names: ['中国银行'] } as const

/** Field widths of banks/boc §4 and §5; their unit is `fieldLengths`. */
export const WIDTH = { name: 70, account: 35, corporateRemark: 80, personalRemark: 200 } as const

/** N(15,2), the narrower of the two checks (banks/boc §4), in 分. */
const MAX_MINOR = 999_999_999_999_999n

/** Controls, lone surrogates and non-characters: none can be carried in XML. */
const UNSENDABLE = /[\p{Cc}\p{Cs}\ufffe\uffff]/u

export type PaymentFunction = 'b2e0009' | 'b2e0061'

export function functionOf(instruction: Instruction): PaymentFunction {
  return instruction.payee.kind === 'P' ? 'b2e0061' : 'b2e0009'
}

/** Why this instruction cannot be sent, or null. */
export function instructionProblem(instruction: Instruction, config: BocConfig): Problem | null {
  const { reference, payer, payee, amount } = instruction
  if (!/^[A-Za-z0-9]{1,32}$/.test(reference)) return problem('boc.reference', reference)
  if (accountOf(config, payer.account) === null) return problem('boc.unknown_account', maskedAccount(payer.account))
  if (amount.currency !== 'CNY') return problem('boc.currency', amount.currency)
  if (amount.minor <= 0n || amount.minor > MAX_MINOR) return problem('boc.amount', formatAmount(amount))
  if (!fits(payer.name, config)) return problem('boc.payer_name', measured(payer.name, config))
  if (payee.name.trim() === '' || !fits(payee.name, config))
    return problem('boc.payee_name', measured(payee.name, config))
  if (!/^[\x21-\x7e]{1,35}$/.test(payee.account)) return problem('boc.payee_account', maskedAccount(payee.account))
  if (!/^(\d{5}|\d{12})?$/.test(payee.bankCode)) return problem('boc.payee_bank_code', payee.bankCode)
  if (UNSENDABLE.test(payee.bankName)) return problem('boc.payee_bank_name', '')
  return payee.bankCode === '' ? bankProblem(instruction, config) : null
}

/** `trn-b2e0009-rq` or `trn-b2e0061-rq` of instructions that passed `instructionProblem`; `day` is the bank's, yyyyMMdd. */
export function paymentBody(
  trncod: PaymentFunction,
  batch: readonly Instruction[],
  day: string,
  config: BocConfig,
): string {
  const item = trncod === 'b2e0061' ? personalItem : corporateItem
  return element(`trn-${trncod}-rq`, [
    element('ceitinfo', ''),
    element('transtype', ''),
    ...batch.map(instruction => element(`${trncod}-rq`, item(instruction, day, config))),
  ])
}

/** Element order of banks/boc §4. */
function corporateItem(instruction: Instruction, day: string, config: BocConfig): readonly string[] {
  const { payee } = instruction
  return [
    ...ownSide(instruction, config),
    element('toactn', [
      element('toibkn', payee.bankCode),
      element('actacn', payee.account),
      element('toname', payee.name),
      element('toaddr', ''),
      element('tobknm', bankName(instruction, config)),
    ]),
    element('trnamt', formatAmount(instruction.amount)),
    element('trncur', '001'),
    element('priolv', instruction.isUrgent ? '1' : '0'),
    element('furinfo', remark(instruction, WIDTH.corporateRemark, config)),
    element('trfdate', day),
    element('trftime', ''),
    element('comacn', ''),
  ]
}

/** b2e0061; the order of its own elements is that of the public field table (banks/boc §5 lists them without order). */
function personalItem(instruction: Instruction, day: string, config: BocConfig): readonly string[] {
  const { payee } = instruction
  const priority = instruction.isUrgent ? '1' : '0'
  return [
    ...ownSide(instruction, config),
    element('toactn', [
      element('toibkn', payee.bankCode),
      element('acttyp', config.personalAccountType),
      element('actacn', payee.account),
      element('toname', payee.name),
      element('tobknm', bankName(instruction, config)),
      element('toaddr', ''),
      element('email', ''),
    ]),
    element('trnamt', formatAmount(instruction.amount)),
    element('trncur', '001'),
    element('priolv', priority),
    element('cuspriolv', priority),
    element('furinfo', remark(instruction, WIDTH.personalRemark, config)),
    element('trfdate', day),
    element('trftime', ''),
    element('comacn', ''),
    element('bocflag', isOwn(instruction) ? '1' : '0'),
  ]
}

function ownSide({ reference, payer }: Instruction, config: BocConfig): readonly string[] {
  return [
    element('insid', reference),
    element('obssid', ''),
    element('fractn', [
      element('fribkn', accountOf(config, payer.account)?.ibknum ?? ''),
      element('actacn', payer.account),
      element('actnam', payer.name),
    ]),
  ]
}

/** A bank code decides alone; a name is asked only where there is no code. */
function isOwn({ payee }: Instruction): boolean {
  if (payee.bankCode !== '') return payee.bankCode.length === 5 || payee.bankCode.startsWith(OWN.cnapsPrefix)
  return OWN.names.some(name => payee.bankName.includes(name))
}

/** banks/boc §4: b2e0009 has no blank toibkn. §5: b2e0061 takes tobknm instead, but not for an 18-digit BOC account. */
function bankProblem(instruction: Instruction, config: BocConfig): Problem | null {
  const { payee } = instruction
  if (functionOf(instruction) === 'b2e0009') return problem('boc.payee_bank_needed', '')
  const isNamed = payee.bankName.trim() !== '' && fits(payee.bankName, config)
  const needsCode = isOwn(instruction) && /^\d{18}$/.test(payee.account)
  return isNamed && !needsCode ? null : problem('boc.payee_bank_or_name_needed', '')
}

/** Beside a bank code the name only informs and may be cut; alone it has passed `bankProblem` whole. */
function bankName({ payee }: Instruction, config: BocConfig): string {
  if (config.fieldLengths === 'bytes') return shortened(payee.bankName, WIDTH.name, config.encoding)
  return Array.from(payee.bankName).slice(0, WIDTH.name).join('')
}

/** Purpose and postscript, once when they are the same. `|` is a separator of b2e0061 and becomes a blank in both. */
function remark({ purpose, postscript }: Instruction, width: number, config: BocConfig): string {
  const parts = [purpose, postscript].map(text =>
    text
      .replace(new RegExp(`${UNSENDABLE.source}|\\|`, 'gu'), ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  )
  const text = [...new Set(parts)].filter(part => part !== '').join(' ')
  // In a public field table 一个汉字占2个字符 holds for remarks, as in GBK; a UTF-8 byte count is never below that.
  return shortened(text, width, config.fieldLengths === 'bytes' ? config.encoding : 'gb18030').trimEnd()
}

function fits(name: string, config: BocConfig): boolean {
  return !UNSENDABLE.test(name) && lengthOf(name, config) <= WIDTH.name
}

function lengthOf(name: string, config: BocConfig): number {
  return config.fieldLengths === 'bytes' ? byteLength(name, config.encoding) : Array.from(name).length
}

function measured(name: string, config: BocConfig): string {
  return `${lengthOf(name, config)} ${config.fieldLengths}`
}
