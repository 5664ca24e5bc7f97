// PAYENT and QPAYENT as the bank is told them (banks/icbc §4, §7): instructions to elements. Pure. Nothing that decides
// where money goes is ever shortened, replaced or guessed: what does not fit is a problem of that one instruction.

import type { Instruction } from '../../connector/ports'
import { byteLength, shortened, unmappable } from '../shared/charset'
import { element } from '../shared/xml'
import { empty, zipped } from './codec'
import type { IcbcConfig } from './config'

export const OWN_BANK = { cnapsPrefix: '102', names: ['工商银行', '工行', 'ICBC'] } as const

/** In GBK bytes (banks/icbc §4). 60 for PostScript may mean characters: bytes are the narrower reading. */
export const FIELD_BYTES = { name: 60, bankName: 60, postscript: 60 } as const

/** 17 digits are the widest amount seen in use (banks/icbc §10, MaxAmt); a narrower field would refuse, not cut. */
const AMOUNT_DIGITS = 17

export type Problem = { readonly code: string; readonly reason: string }

/** 系统内: the bank code decides, the bank's name only where there is no code. */
export function isOwnBank(instruction: Instruction): boolean {
  const { bankCode, bankName } = instruction.payee
  if (bankCode) return bankCode.startsWith(OWN_BANK.cnapsPrefix)
  return OWN_BANK.names.some(name => bankName.toUpperCase().includes(name))
}

/** Why an instruction cannot be written as an `rd`, or null. Nothing that matters is ever shortened to fit. */
export function problemOf(config: IcbcConfig, instruction: Instruction): Problem | null {
  const { payer, payee, amount, batch } = instruction
  if (!Object.hasOwn(config.currencies, amount.currency))
    return problem('icbc.currency', `币种 ${amount.currency} 未配置`, `currency ${amount.currency} is not configured`)
  if (amount.minor <= 0n || amount.minor.toString().length > AMOUNT_DIGITS)
    return problem('icbc.amount', `金额 ${amount.minor} 分超出范围`, `amount ${amount.minor} 分 is out of range`)
  if (!Number.isSafeInteger(batch.line) || batch.line < 1)
    return problem('icbc.line', `包内序号 ${batch.line} 无效`, `package line ${batch.line} is not a positive integer`)
  if (!PACKAGE_NUMBER.test(instruction.reference))
    return problem('icbc.reference', '参考号须为 1–35 位字母数字', 'the reference must be 1–35 letters and digits')
  for (const [field, zh, value, maxBytes] of [
    ['payer.account', '付款账号', payer.account, null],
    ['payee.account', '收款账号', payee.account, null],
    ['payer.name', '付款户名', payer.name, FIELD_BYTES.name],
    ['payee.name', '收款户名', payee.name, FIELD_BYTES.name],
    ['payee.bankName', '收款行名', payee.bankName, FIELD_BYTES.bankName],
    ['payee.city', '收款城市', payee.city, null],
    ['purpose', '用途', spaced(instruction.purpose), null],
    ['postscript', '附言', spaced(instruction.postscript), null],
  ] as const) {
    const bad = unmappable(value, 'gbk')
    if (bad.length > 0 || /\p{Cc}/u.test(value))
      return problem('icbc.text', `${zh}含 GBK 无法表示的字符${bad.join('')}`, `${field} has characters beyond GBK`)
    if (maxBytes !== null && byteLength(value, 'gbk') > maxBytes)
      return problem('icbc.too-long', `${zh}超过 ${maxBytes} 字节`, `${field} is longer than ${maxBytes} bytes`)
    if (field.endsWith('.account') && !/^[\x21-\x7e]+$/.test(value))
      return problem('icbc.account', `${zh}无效`, `${field} is not an account number`)
    if (field.endsWith('.name') && value.trim() === '')
      return problem('icbc.missing', `缺少${zh}`, `${field} is missing`)
  }
  if (payee.kind === 'P' && spaced(instruction.purpose) === '')
    return problem('icbc.missing', '对个人付款须填用途', 'a payment to a person requires a purpose')
  return isOwnBank(instruction) ? null : crossBankProblem(instruction)
}

/** Content of PAYENT's `<in>`. Every instruction has passed `problemOf`. */
export function paymentBody(
  config: IcbcConfig,
  instructions: readonly Instruction[],
  signTime: string,
): { readonly body: readonly string[]; readonly isZipped: boolean } {
  const total = instructions.reduce((sum, instruction) => sum + instruction.amount.minor, 0n)
  const rows = instructions.map(instruction => paymentRow(config, instruction))
  const isZipped = config.zipFromItems !== null && rows.length >= config.zipFromItems
  const header = [
    element('OnlBatF', '1'),
    element('SettleMode', config.settleMode),
    element('TotalNum', String(instructions.length)),
    element('TotalAmt', total.toString()),
    element('SignTime', signTime),
    ...empty('ReqReserved1', 'ReqReserved2'),
    ...(config.version === '0.0.1.0' ? empty('AlertFlag') : []),
  ]
  return { body: [...header, ...(isZipped ? [zipped(rows)] : rows)], isZipped }
}

/** QPAYENT without `rd` asks for the whole package (banks/icbc §7). */
export function inquiryBody(batchReference: string): readonly string[] {
  return [element('QryfSeqno', batchReference), ...empty('QrySerialNo')]
}

export const PACKAGE_NUMBER = /^[0-9A-Za-z]{1,35}$/

function problem(code: string, zh: string, en: string): Problem {
  return { code, reason: `${zh} / ${en}` }
}

function crossBankProblem(instruction: Instruction): Problem | null {
  const { bankCode, bankName, city } = instruction.payee
  if (!/^\d{12}$/.test(bankCode))
    return problem('icbc.missing', '跨行付款须有 12 位联行号', 'a cross-bank payment requires a 12-digit bank code')
  if (bankName.trim() === '' || city.trim() === '')
    return problem(
      'icbc.missing',
      '跨行付款须有收款行名和城市',
      "a cross-bank payment requires the payee bank's name and city",
    )
  return null
}

/** Element order as listed in banks/icbc §4. */
function paymentRow(config: IcbcConfig, instruction: Instruction): string {
  const { payer, payee } = instruction
  const isOwn = isOwnBank(instruction)
  const carries = (name: 'Ref' | 'Oref' | 'ERPSqn'): string =>
    element(name, config.referenceIn.includes(name) ? instruction.reference : '')
  const areaCode = isOwn && config.payeeAreaCode === 'account-prefix' ? payee.account.slice(0, 4) : ''
  const purpose = Array.from(spaced(instruction.purpose)).slice(0, config.useCNMaxCharacters).join('')
  return element('rd', [
    element('iSeqno', String(instruction.batch.line)),
    ...empty('ReimburseNo', 'ReimburseNum', 'StartDate', 'StartTime'),
    element('PayType', instruction.isUrgent ? config.payType.urgent : config.payType.ordinary),
    element('PayAccNo', payer.account),
    ...names('PayAccName', payer.name),
    element('RecAccNo', payee.account),
    ...names('RecAccName', payee.name),
    element('SysIOFlg', isOwn ? '1' : '2'),
    element('IsSameCity', isSameCity(payer.city, payee.city) ? '1' : '2'),
    element('Prop', payee.kind === 'P' ? '1' : '0'),
    element('RecICBCCode', areaCode),
    element('RecCityName', payee.city),
    element('RecBankNo', isOwn ? '' : payee.bankCode),
    element('RecBankName', payee.bankName),
    element('CurrType', config.currencies[instruction.amount.currency] ?? ''),
    element('PayAmt', instruction.amount.minor.toString()),
    element('UseCode', ''),
    element('UseCN', purpose),
    element('EnSummary', ''),
    element('PostScript', shortened(spaced(instruction.postscript), FIELD_BYTES.postscript, 'gbk')),
    element('Summary', ''),
    carries('Ref'),
    carries('Oref'),
    carries('ERPSqn'),
    ...empty('BusCode', 'ERPcheckno', 'CrvouhType', 'CrvouhName', 'CrvouhNo'),
    ...(config.version === '0.0.1.0'
      ? empty('BankType', 'FileNames', 'Indexs', 'PaySubNo', 'RecSubNo', 'MCardNo', 'MCardName')
      : empty('ReqReserved3', 'ReqReserved4')),
  ])
}

/** One of CN and EN is required: a name without a single Chinese character is the English one. */
function names(prefix: string, name: string): readonly string[] {
  const isEnglish = /^[\x20-\x7e]+$/.test(name)
  return [element(`${prefix}CN`, isEnglish ? '' : name), element(`${prefix}EN`, isEnglish ? name : '')]
}

/** 异地 unless both cities are known and equal, 上海市 being 上海. */
function isSameCity(a: string, b: string): boolean {
  const plain = (city: string): string => city.trim().replace(/市$/, '')
  return plain(a) !== '' && plain(a) === plain(b)
}

/** Free text on one line. */
function spaced(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
