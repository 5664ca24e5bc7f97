// Instructions to cells of a payment file, and the rules an instruction must pass before it is written. A name or an account is written as
// it is or not at all; only informative text is shortened, and only it is altered so that no spreadsheet takes it for a formula.

import { bankDay } from '../../connector/core/bank-time'
import { formatAmount } from '../../connector/core/money'
import type { Instruction } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { byteLength, shortened, unmappable } from '../shared/charset'
import { problem, type Problem } from './codes'
import { accountOf, type FileConfig } from './config'
import { INFORMATIVE, type Column } from './layout'

type Encoding = 'utf-8' | 'gbk' | 'gb18030'

/** What Excel, WPS and LibreOffice evaluate when a CSV is opened: also behind a tab or a line end, which are controls here. */
const FORMULA = /^[=+\-@＝＋－＠]/

/** Controls, lone surrogates and non-characters. */
const UNSENDABLE = /[\p{Cc}\p{Cs}\ufffe\uffff]/u

export function encodingOf({ payment }: FileConfig): Encoding {
  if (payment.format === 'xlsx' || payment.encoding === 'utf-8-bom') return 'utf-8'
  return payment.encoding
}

/** The cells of an instruction in the order of the columns, or why it cannot be written. */
export function rowOf(instruction: Instruction, config: FileConfig, nowMs: number): readonly string[] | Problem {
  const { reference, batch, payer, payee, amount } = instruction
  for (const text of [reference, batch.reference])
    if (!/^[0-9A-Za-z]+$/.test(text) || text.length > config.referenceMaxBytes)
      return problem('file.reference', text.slice(0, 40))
  const own = accountOf(config, payer.account)
  if (own === null) return problem('file.unknown_account', maskedAccount(payer.account))
  if (amount.currency !== own.currency) return problem('file.currency', amount.currency)
  if (amount.minor <= 0n) return problem('file.amount', formatAmount(amount))
  if (!/^[0-9A-Za-z-]{5,35}$/.test(payee.account)) return problem('file.payee_account', maskedAccount(payee.account))
  const cells: string[] = []
  for (const column of config.payment.columns) {
    const cell = cellOf(column, instruction, config, nowMs)
    if (typeof cell !== 'string') return cell
    cells.push(cell)
  }
  return cells
}

function cellOf(column: Column, instruction: Instruction, config: FileConfig, nowMs: number): string | Problem {
  const { title, value, maxBytes, isRequired } = column
  const encoding = encodingOf(config)
  const isInformative = INFORMATIVE.includes(value)
  const written = textOf(column, instruction, config, nowMs)
  if (!isInformative && UNSENDABLE.test(written)) return problem('file.text', `「${title}」 控制字符 / controls`)
  const plain = isInformative ? unformulated(plainOf(written), config) : written
  const lost = unmappable(plain, encoding)
  if (lost.length > 0) return problem('file.text', `「${title}」 ${lost.map(character => `「${character}」`).join('')}`)
  const isNeeded = isRequired || value === 'payeeName' || value === 'amount'
  if (isNeeded && plain.trim() === '') return problem('file.missing', `「${title}」`)
  if (!isInformative && config.payment.format === 'csv' && FORMULA.test(plain))
    return problem('file.formula', `「${title}」 ${plain.slice(0, 1)}…`)
  const bytes = byteLength(plain, encoding)
  if (maxBytes === null || bytes <= maxBytes) return plain
  if (value === 'purposeAndReference') return withReference(plain, instruction.reference, maxBytes, encoding, title)
  return isInformative
    ? shortened(plain, maxBytes, encoding).trimEnd()
    : problem('file.too_long', `「${title}」 ${bytes} > ${maxBytes}`)
}

/** The words give way, the reference never. */
function withReference(
  plain: string,
  reference: string,
  maxBytes: number,
  encoding: Encoding,
  title: string,
): string | Problem {
  const room = maxBytes - reference.length - 1
  if (room < -1) return problem('file.too_long', `「${title}」 ${reference.length} > ${maxBytes}`)
  const words = shortened(plain.slice(0, plain.length - reference.length).trimEnd(), Math.max(0, room), encoding)
  return words.trim() === '' ? reference : `${words.trimEnd()} ${reference}`
}

function textOf(
  { value, text }: Column,
  instruction: Instruction,
  { own, payment }: FileConfig,
  nowMs: number,
): string {
  const { reference, batch, payer, payee, amount, purpose, postscript, isUrgent } = instruction
  const { words } = payment
  switch (value) {
    case 'line':
      return String(batch.line)
    case 'reference':
      return reference
    case 'payerAccount':
      return payer.account
    case 'payerName':
      return payer.name
    case 'payerBankName':
      return payer.bankName
    case 'payeeAccount':
      return payee.account
    case 'payeeName':
      return payee.name
    case 'payeeBankName':
      return payee.bankName
    case 'payeeBankCode':
      return payee.bankCode
    case 'payeeProvince':
      return payee.province
    case 'payeeCity':
      return payee.city
    case 'payeeKind':
      return payee.kind === 'P' ? words.person : words.company
    case 'isOwnBank':
      return isOwn(instruction, own) ? words.own : words.other
    case 'urgency':
      return isUrgent ? words.urgent : words.ordinary
    case 'amount':
      return formatAmount(amount)
    case 'currency':
      return amount.currency
    case 'purpose':
      return purpose
    case 'purposeAndReference':
      return `${purpose} ${reference}`
    case 'postscript':
      return postscript
    case 'date':
      return dateOf(bankDay(nowMs), payment.date)
    case 'constant':
      return text
  }
}

/** A bank code decides alone; a name is asked only where there is no code. */
function isOwn({ payee }: Instruction, own: FileConfig['own']): boolean {
  if (payee.bankCode !== '') return payee.bankCode.startsWith(own.cnapsPrefix)
  return own.names.some(name => payee.bankName.includes(name))
}

function dateOf(day: string, form: FileConfig['payment']['date']): string {
  if (form === 'yyyy-MM-dd') return day
  return day.replaceAll('-', form === 'yyyyMMdd' ? '' : '/')
}

/** In a workbook a text cell is never evaluated; in a CSV a quote before it keeps it text. */
function unformulated(text: string, { payment }: FileConfig): string {
  return payment.format === 'csv' && FORMULA.test(text) ? `'${text}` : text
}

function plainOf(text: string): string {
  return Array.from(text, character => (UNSENDABLE.test(character) ? ' ' : character))
    .join('')
    .replace(/\s+/g, ' ')
    .trim()
}
