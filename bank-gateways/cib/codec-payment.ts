// Instructions to XFERTRNRQ and to lines of ASYNBATCHTRSFRTRNRQ, and the rules an instruction must pass before a byte leaves. A name
// or an account is sent as it is or not at all; only purpose, memo and the bank's name beside a bank code are shortened.

import { formatAmount } from '../../connector/core/money'
import type { Instruction } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { byteLength, shortened, unmappable } from '../shared/charset'
import { FORBIDDEN, group, node } from './codec'
import { problem, type Problem } from './codes'
import { accountOf, type CibConfig } from './config'

export const OWN = { cnapsPrefix: '309', names: ['兴业银行'] } as const

/** banks/cib §3, read as bytes of GBK: the narrower reading. A line of a batch takes 60, 60 and 50: what fits here fits there. */
export const WIDTH = { name: 50, account: 32, bankName: 50, city: 30, memo: 50 } as const

/** decimal(17,2), in 分. */
const MAX_MINOR = 99_999_999_999_999_999n
/** 超网: at most 50 000 (banks/cib §3). */
const SUPER_MAX_MINOR = 5_000_000n
/** With the reference in the purpose, room for a blank and two characters of words stays. */
const WORDS_ROOM = 5
/** Shorter runs of letters and digits are words or somebody's invoice number. */
const REFERENCE_AT_END = /(?:^|\s)([0-9A-Za-z]{12,30})$/

/** TRNUID ≤30 (banks/cib §2), and inside the purpose where it travels there. */
export function referenceMaxBytes({ referenceInPurpose, purposeMaxBytes }: CibConfig): number {
  return referenceInPurpose ? Math.min(30, purposeMaxBytes - WORDS_ROOM) : 30
}

/** Why this instruction cannot be sent, or null. */
export function instructionProblem(instruction: Instruction, config: CibConfig): Problem | null {
  const { reference, batch, payer, amount } = instruction
  const isSingle = config.payment.function === 'XFERTRNRQ'
  const max = referenceMaxBytes(config)
  const trnuid = isSingle ? reference : batch.reference
  if (![reference, trnuid].every(text => /^[A-Za-z0-9]+$/.test(text) && text.length <= max))
    return problem('cib.reference', trnuid.slice(0, 40))
  const own = accountOf(config, payer.account)
  if (own === null) return problem('cib.unknown_account', maskedAccount(payer.account))
  if (amount.currency !== 'CNY' || own.currency !== 'CNY') return problem('cib.currency', amount.currency)
  if (amount.minor <= 0n || amount.minor > MAX_MINOR) return problem('cib.amount', formatAmount(amount))
  return textProblem(instruction) ?? partiesProblem(instruction, config) ?? purposeProblem(instruction, config)
}

function textProblem({ payer, payee, purpose, postscript }: Instruction): Problem | null {
  for (const text of [payer.name, payee.name, payee.bankName, payee.city]) {
    // A bar ends a field of a batch line.
    const forbidden = /[<>&|\p{Cc}\p{Cs}\ufffe\uffff]/u.exec(text)
    if (forbidden)
      return problem('cib.text', /\p{Cc}/u.test(forbidden[0]) ? '控制字符 / control characters' : forbidden[0])
  }
  const lost = unmappable(payer.name + payee.name + payee.bankName + payee.city + plain(purpose + postscript), 'gbk')
  return lost.length === 0 ? null : problem('cib.text', lost.map(character => `「${character}」`).join(''))
}

function partiesProblem(instruction: Instruction, config: CibConfig): Problem | null {
  const { payer, payee } = instruction
  const isWithin = (text: string, max: number): boolean => text.trim() !== '' && byteLength(text, 'gbk') <= max
  if (!/^[0-9A-Za-z-]{1,32}$/.test(payee.account)) return problem('cib.payee_account', maskedAccount(payee.account))
  if (!isWithin(payer.name, WIDTH.name)) return problem('cib.payer_name', `${byteLength(payer.name, 'gbk')}`)
  if (!isWithin(payee.name, WIDTH.name)) return problem('cib.payee_name', `${byteLength(payee.name, 'gbk')}`)
  if (!/^(\d{12})?$/.test(payee.bankCode)) return problem('cib.payee_bank_code', payee.bankCode)
  if (!isOwn(instruction)) {
    const bankName = payee.bankCode === '' ? payee.bankName : bankNameOf(instruction)
    if (!isWithin(bankName, WIDTH.bankName)) return problem('cib.payee_bank_name', `${byteLength(bankName, 'gbk')}`)
    // "must not contain 兴业银行 then" (banks/cib §3): the code says another bank.
    if (OWN.names.some(name => payee.bankName.includes(name))) return problem('cib.payee_bank_own', payee.bankCode)
  }
  const needsCity = !isSameCity(instruction, config)
  if (byteLength(payee.city, 'gbk') > WIDTH.city || (needsCity && payee.city.trim() === ''))
    return problem('cib.payee_city', `${byteLength(payee.city, 'gbk')}`)
  return null
}

function purposeProblem(instruction: Instruction, config: CibConfig): Problem | null {
  return purposeOf(instruction, config) === '' ? problem('cib.purpose', '') : null
}

/** XFERRQ (banks/cib §3), in the strict order of the reference. */
export function singleFields(instruction: Instruction, config: CibConfig): readonly string[] {
  const { payee, amount, postscript } = instruction
  const memo = informative(postscript, WIDTH.memo)
  const info = group('XFERINFO', [
    payerFields(instruction, config),
    group(
      'ACCTTO',
      [
        node('ACCTID', payee.account),
        node('NAME', payee.name),
        node('BANKDESC', bankNameOf(instruction)),
        ...(payee.bankCode === '' ? [] : [node('BANKNUM', payee.bankCode)]),
        ...(payee.city === '' ? [] : [node('CITY', payee.city)]),
      ],
      ` INTERBANK="${flag(isOwn(instruction))}" LOCAL="${flag(isSameCity(instruction, config))}"`,
    ),
    node('CURSYM', 'RMB'),
    node('TRNAMT', formatAmount(amount)),
    ...(goesBySuper(instruction, config) ? [node('PMTMODE', 'SUPER')] : []),
    node('PURPOSE', purposeOf(instruction, config)),
    ...(memo === '' ? [] : [node('MEMO', memo)]),
  ])
  return [group('XFERRQ', [info])]
}

/** RQBODY of ASYNBATCHTRSFRTRNRQ. BIZTYPE 1: one entry a payment, so that each can be found in the statement. */
export function batchFields(batch: readonly Instruction[], config: CibConfig): readonly string[] {
  const [first] = batch
  if (!first || config.payment.function !== 'ASYNBATCHTRSFRTRNRQ') throw new RangeError('not a batch')
  const text = batch.map(instruction => `${lineOf(instruction, config)}\n`).join('')
  if (/[<>&]/.test(text)) throw new RangeError('a line holds what no value may hold')
  const size = config.payment.size === 'lines' ? batch.length : byteLength(text, 'gbk')
  const total = { minor: batch.reduce((sum, { amount }) => sum + amount.minor, 0n), currency: 'CNY' }
  return [
    group('RQBODY', [
      node('TITLE', first.batch.reference),
      payerFields(first, config),
      node('BIZTYPE', '1'),
      node('TOTALCOUNT', String(batch.length)),
      node('TOTALAMOUNT', formatAmount(total)),
      node('CURSYM', 'RMB'),
      node('PURPOSE', '批量付款'),
      node('MEMO', ''),
      group('XFERINFOTEXT', [`<![CDATA[${text}]]>`], ` SIZE="${size}"`),
    ]),
  ]
}

/** 序号|账号|户名|Y/N本行|Y/N同城|行号|行名|地址|金额|用途|备注| — eleven bars. */
function lineOf(instruction: Instruction, config: CibConfig): string {
  const { batch, payee, amount, postscript } = instruction
  const fields = [
    String(batch.line),
    payee.account,
    payee.name,
    flag(isOwn(instruction)),
    flag(isSameCity(instruction, config)),
    payee.bankCode,
    bankNameOf(instruction),
    payee.city,
    formatAmount(amount),
    purposeOf(instruction, config),
    informative(postscript, WIDTH.memo),
  ]
  if (fields.some(field => field.includes('|') || FORBIDDEN.test(field))) throw new RangeError('a bar inside a value')
  return fields.map(field => `${field}|`).join('')
}

function payerFields({ payer }: Instruction, config: CibConfig): string {
  const own = accountOf(config, payer.account)
  if (own === null) throw new RangeError('the payer is not configured')
  return group('ACCTFROM', [
    node('ACCTID', payer.account),
    node('NAME', payer.name),
    node('BANKDESC', own.bankName),
    node('CITY', own.city),
  ])
}

/** Words, then our reference: the statement's MEMO brings the purpose back (banks/cib §4). */
export function purposeOf({ purpose, reference }: Instruction, config: CibConfig): string {
  const { purposeMaxBytes, referenceInPurpose } = config
  if (!referenceInPurpose) return informative(purpose, purposeMaxBytes)
  const text = informative(purpose, purposeMaxBytes - reference.length - 1)
  return text === '' ? reference : `${text} ${reference}`
}

/** Our reference at the end of a purpose, as the bank repeats it, or `''`. */
export function referenceIn(purpose: string): string {
  return REFERENCE_AT_END.exec(purpose.trim())?.[1] ?? ''
}

/** A bank code decides alone; a name is asked only where there is no code. */
export function isOwn({ payee }: Instruction): boolean {
  if (payee.bankCode !== '') return payee.bankCode.startsWith(OWN.cnapsPrefix)
  return OWN.names.some(name => payee.bankName.includes(name))
}

/** 福州 and 福州市 are one city; an unknown city is another one. */
function isSameCity({ payer, payee }: Instruction, config: CibConfig): boolean {
  const bare = (city: string): string => city.trim().replace(/市$/, '')
  return bare(payee.city) !== '' && bare(payee.city) === bare(accountOf(config, payer.account)?.city ?? '')
}

/** Alone it has passed whole; beside a code, and inside CIB, it only informs. */
function bankNameOf(instruction: Instruction): string {
  const { bankName } = instruction.payee
  if (bankName.trim() === '' && isOwn(instruction)) return OWN.names[0]
  return shortened(bankName, WIDTH.bankName, 'gbk')
}

function goesBySuper(instruction: Instruction, { payment }: CibConfig): boolean {
  if (payment.function !== 'XFERTRNRQ' || payment.superFor === 'none') return false
  if (payment.superFor === 'urgent' && !instruction.isUrgent) return false
  const { payee, amount } = instruction
  return !isOwn(instruction) && payee.bankCode !== '' && amount.minor <= SUPER_MAX_MINOR
}

function flag(isTrue: boolean): 'Y' | 'N' {
  return isTrue ? 'Y' : 'N'
}

/** Informative text: what CIB forbids becomes a blank, the rest is cut at a character. */
function informative(text: string, width: number): string {
  return shortened(plain(text), width, 'gbk').trimEnd()
}

function plain(text: string): string {
  return Array.from(text, character => (FORBIDDEN.test(character) || character === '|' ? ' ' : character))
    .join('')
    .replace(/\s+/g, ' ')
    .trim()
}
