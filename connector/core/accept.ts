// A request as the ERP wrote it becomes an instruction, or an answer that says what is wrong, where, and what to do. It
// repairs nothing and assumes nothing: what is missing is asked for.

import type { BankTraits, Instruction, Money, PaymentRequest, TextField } from '../ports'
import { formatAmount, parseAmount } from './money'

export type OwnAccount = {
  readonly account: string
  readonly name: string
  readonly currency: string
  readonly bank: string
  readonly bankName: string
  readonly bankCode: string
}

/** A stable code of docs/errors.md, the field, and a sentence for the ERP's user. */
export type Problem = { readonly code: string; readonly field: string; readonly zh: string; readonly en: string }

export type Accepted = {
  readonly kind: 'accepted'
  readonly draft: Omit<Instruction, 'reference' | 'batch' | 'sentOn'>
}
export type Refused = { readonly kind: 'refused'; readonly problems: readonly Problem[] }

export type AcceptContext = {
  readonly payer: OwnAccount | null
  readonly traits: BankTraits | null
  /** Bytes of a text in the bank's encoding, and the characters that it cannot carry. */
  readonly measure: (
    text: string,
    encoding: BankTraits['encoding'],
  ) => { readonly bytes: number; readonly unmappable: readonly string[] }
}

export function accept(request: PaymentRequest, context: AcceptContext): Accepted | Refused {
  const { payer, traits } = context
  const problems: Problem[] = []
  const say = (code: string, field: string, zh: string, en: string): void => void problems.push({ code, field, zh, en })

  if (!payer || !traits) {
    say(
      'PAYER_UNKNOWN',
      'payer_account',
      `付款账号「${request.payerAccount}」未在本系统登记，请联系实施人员`,
      'the payer account is not configured here',
    )
  } else if (request.payerName !== '' && request.payerName !== payer.name) {
    say(
      'PAYER_NAME_MISMATCH',
      'payer_name',
      `付款户名「${request.payerName}」与登记户名不一致`,
      'the payer name differs from the configured one',
    )
  }
  const amount = amountOf(request, say)
  if (payer && amount && payer.currency !== amount.currency) {
    say(
      'CURRENCY_MISMATCH',
      'currency',
      `付款账户币种为 ${payer.currency}，单据币种为 ${amount.currency}`,
      "the account's currency differs from the document's",
    )
  }
  if (traits && amount && !traits.currencies.includes(amount.currency)) {
    say(
      'CURRENCY_UNSUPPORTED',
      'currency',
      `该银行通道不支持币种 ${amount.currency}`,
      'this bank channel does not carry the currency',
    )
  }
  checkPayee(request, payer, say)
  if (payer && traits) {
    checkRoute(request, traits, say)
    checkText(request, payer, traits, context.measure, say)
  }
  if (!payer || !amount || problems.length > 0) return { kind: 'refused', problems }
  return { kind: 'accepted', draft: draftOf(request, payer, amount) }
}

/** 行内: the payee's bank is the payer's own. By CNAPS prefix, else by a word in the bank's name; null when neither says. */
export function isOwnBank(
  request: Pick<PaymentRequest, 'payeeBankCode' | 'payeeBankName'>,
  own: BankTraits['own'],
): boolean | null {
  if (request.payeeBankCode !== '') return request.payeeBankCode.startsWith(own.cnapsPrefix)
  if (request.payeeBankName !== '') return own.names.some(name => request.payeeBankName.includes(name))
  return null
}

type Say = (code: string, field: string, zh: string, en: string) => void

function amountOf(request: PaymentRequest, say: Say): Money | null {
  const money = parseAmount(request.amount, request.currency)
  if (money === 'unknown-currency') {
    say(
      'CURRENCY_UNKNOWN',
      'currency',
      `币种「${request.currency}」不是可识别的 ISO 代码，例如 CNY`,
      'not a known ISO currency code, e.g. CNY',
    )
    return null
  }
  if (money === 'not-a-number') {
    say('AMOUNT_MALFORMED', 'amount', `金额「${request.amount}」不是数字`, 'the amount is not a decimal number')
    return null
  }
  if (money === 'too-many-decimals') {
    say(
      'AMOUNT_NOT_EXACT',
      'amount',
      `金额 ${request.amount} 的小数位超过币种 ${request.currency} 允许的位数`,
      'the amount has more decimals than its currency',
    )
    return null
  }
  if (money.minor <= 0n) {
    say(
      'AMOUNT_NOT_POSITIVE',
      'amount',
      `金额必须大于零，当前为 ${formatAmount(money)}`,
      'the amount must be greater than zero',
    )
    return null
  }
  return money
}

function checkPayee(request: PaymentRequest, payer: OwnAccount | null, say: Say): void {
  if (request.payeeAccount === '')
    say('PAYEE_ACCOUNT_MISSING', 'payee_account', '缺少收款账号', 'the payee account is missing')
  else if (!/^[0-9A-Za-z][0-9A-Za-z-]{3,33}[0-9A-Za-z]$/.test(request.payeeAccount)) {
    say(
      'PAYEE_ACCOUNT_MALFORMED',
      'payee_account',
      `收款账号「${request.payeeAccount}」格式不正确：只允许 5 至 35 位数字、字母和连字符`,
      'the payee account must be 5 to 35 digits, letters or hyphens',
    )
  } else if (payer && request.payeeAccount === payer.account) {
    say('PAYEE_IS_PAYER', 'payee_account', '收款账号与付款账号相同', 'payee and payer are the same account')
  }
  if (request.payeeName.trim() === '')
    say('PAYEE_NAME_MISSING', 'payee_name', '缺少收款户名', 'the payee name is missing')
  if (request.payeeKind !== 'C' && request.payeeKind !== 'P') {
    say(
      'PAYEE_KIND_UNKNOWN',
      'payee_kind',
      `收款方类型「${request.payeeKind}」应为 C（对公）或 P（对私）`,
      'the payee kind must be C (company) or P (person)',
    )
  }
  if (request.payeeBankCode !== '' && !/^\d{12}$/.test(request.payeeBankCode)) {
    say(
      'PAYEE_BANK_CODE_MALFORMED',
      'payee_bank_code',
      `联行号「${request.payeeBankCode}」应为 12 位数字`,
      'the CNAPS code must be 12 digits',
    )
  }
  if (request.urgency !== '' && request.urgency !== 'normal' && request.urgency !== 'urgent') {
    say(
      'URGENCY_UNKNOWN',
      'urgency',
      `加急标志「${request.urgency}」应为 normal 或 urgent`,
      'urgency must be normal or urgent',
    )
  }
}

function checkRoute(request: PaymentRequest, traits: BankTraits, say: Say): void {
  const own = isOwnBank(request, traits.own)
  if (own === null) {
    say(
      'PAYEE_BANK_MISSING',
      'payee_bank_name',
      '缺少收款方开户行：请填写开户行名称或 12 位联行号',
      "the payee's bank is missing: give its name or its CNAPS code",
    )
    return
  }
  if (own) return
  const missing = traits.crossBankRequires.filter(field => valueOf(request, field) === '')
  for (const field of missing) {
    const word = { bankCode: '12 位联行号', bankName: '开户行名称', city: '收款方所在城市' }[field]
    say(
      'CROSS_BANK_FIELD_MISSING',
      columnOf(field),
      `跨行付款缺少${word}`,
      `a payment to another bank needs ${columnOf(field)}`,
    )
  }
}

function checkText(
  request: PaymentRequest,
  payer: OwnAccount,
  traits: BankTraits,
  measure: AcceptContext['measure'],
  say: Say,
): void {
  const texts: readonly (readonly [TextField, string, string])[] = [
    ['payerName', 'payer_name', payer.name],
    ['payeeName', 'payee_name', request.payeeName],
    ['payeeBankName', 'payee_bank_name', request.payeeBankName],
    ['payeeAccount', 'payee_account', request.payeeAccount],
    ['purpose', 'purpose', request.purpose],
    ['postscript', 'postscript', request.postscript],
  ]
  for (const [field, column, text] of texts) {
    // eslint-disable-next-line no-control-regex
    if (/[\u0000-\u001f\u007f]/.test(text)) {
      say(
        'TEXT_CONTROL_CHARACTER',
        column,
        `${column} 含有换行或控制字符`,
        'the text holds a line break or control character',
      )
      continue
    }
    const { bytes, unmappable } = measure(text, traits.encoding)
    if (unmappable.length > 0) {
      say(
        'TEXT_UNMAPPABLE',
        column,
        `${column} 含有银行字符集 ${traits.encoding} 无法表示的字符：${unmappable.join(' ')}`,
        `characters that the bank's character set cannot carry: ${unmappable.join(' ')}`,
      )
    }
    const limit = traits.maxBytes[field]
    // Purpose and postscript inform; the gateway shortens them. Names and accounts decide where money goes: never cut.
    const isInformative = field === 'purpose' || field === 'postscript'
    if (!isInformative && limit !== undefined && bytes > limit) {
      say(
        'TEXT_TOO_LONG',
        column,
        `${column} 有 ${bytes} 字节，超过银行允许的 ${limit} 字节`,
        `${bytes} bytes, the bank takes ${limit}`,
      )
    }
  }
}

function draftOf(request: PaymentRequest, payer: OwnAccount, amount: Money): Accepted['draft'] {
  return {
    payer: {
      account: payer.account,
      name: payer.name,
      bankName: payer.bankName,
      bankCode: payer.bankCode,
      kind: 'C',
      province: '',
      city: '',
    },
    payee: {
      account: request.payeeAccount,
      name: request.payeeName,
      bankName: request.payeeBankName,
      bankCode: request.payeeBankCode,
      kind: request.payeeKind === 'P' ? 'P' : 'C',
      province: request.payeeProvince,
      city: request.payeeCity,
    },
    amount,
    purpose: request.purpose,
    postscript: request.postscript,
    isUrgent: request.urgency === 'urgent',
    businessType: request.businessType,
  }
}

function valueOf(request: PaymentRequest, field: 'bankCode' | 'bankName' | 'city'): string {
  if (field === 'bankCode') return request.payeeBankCode
  return field === 'bankName' ? request.payeeBankName : request.payeeCity
}

function columnOf(field: 'bankCode' | 'bankName' | 'city'): string {
  if (field === 'bankCode') return 'payee_bank_code'
  return field === 'bankName' ? 'payee_bank_name' : 'payee_city'
}
