// Every condition a voucher must meet before it may stand in U8's ledger (`u8 §10.2`): pure, each refusal by its own
// name, in Chinese and English. What the account set does not say clearly counts as no.

import type { JournalEntry, JournalLine } from '../../connector/ports'
import type { Period } from './account-set'
import type { LimitType, U8Config } from './config'

export type Gate = { readonly code: `U8_GATE_${string}`; readonly zh: string; readonly en: string }

export type AccountFacts = {
  readonly isLeaf: boolean
  readonly isClosed: boolean
  /** 受控系统: '' or the module's name. */
  readonly controlledBy: string
  /** cexch_name, '' for the base currency. */
  readonly currency: string
  readonly isBank: boolean
  readonly isCash: boolean
  readonly needs: Readonly<Record<'supplier' | 'customer' | 'department' | 'person' | 'item', boolean>>
}

/** What the account set says about an entry, read in the transaction that writes it. */
export type LedgerFacts = {
  readonly period: Period | null
  /** Null: GL_mend has no row for the period. */
  readonly isClosed: boolean | null
  readonly isApClosed: boolean | null
  /** False: UFSystem names another database for the year. */
  readonly isRightDatabase: boolean
  readonly voucherType: {
    readonly sequence: number
    readonly limit: LimitType | null
    /** Null: the limit's accounts cannot be read on this build. */
    readonly limitAccounts: readonly string[] | null
  } | null
  readonly accounts: ReadonlyMap<string, AccountFacts>
  /** Auxiliary values that exist, may be used, and are lowest level: `supplier:G0007`. */
  readonly valid: ReadonlySet<string>
  readonly lastDate: string
  readonly isDateOrdered: boolean
  readonly widths: { readonly maker: number | null; readonly number: number | null; readonly style: number | null }
}

/** How the entry is to be booked: by GL itself, or through a payment document of this supplier. */
export type Way =
  { readonly kind: 'gl' } | { readonly kind: 'ap'; readonly supplier: string; readonly amountMinor: bigint }

/** coutno_id is nvarchar(50); ASCII, so that no collation confuses two keys. */
const KEY = /^[\x21-\x7e]{1,50}$/

/** The first gate that refuses, or null. */
export function gateOf(entry: JournalEntry, facts: LedgerFacts, way: Way, config: U8Config): Gate | null {
  return (
    entryGate(entry, facts, config) ??
    periodGate(entry, facts, way) ??
    linesGate(entry, facts, way, config) ??
    typeGate(entry, facts) ??
    documentGate(entry, facts, way)
  )
}

function entryGate(entry: JournalEntry, facts: LedgerFacts, config: U8Config): Gate | null {
  if (!KEY.test(entry.key))
    return gate(
      'KEY',
      `外部业务号「${entry.key}」须为 1 至 50 位 ASCII`,
      'the entry key must be 1 to 50 ASCII characters',
    )
  if (entry.accountSet !== config.accountSet) {
    return gate(
      'ACCOUNT_SET',
      `凭证属于账套 ${entry.accountSet}，不是 ${config.accountSet}`,
      `the entry is for account set ${entry.accountSet}, not ${config.accountSet}`,
    )
  }
  if (entry.lines.length < 2) return gate('LINES', '凭证至少要有两条分录', 'a voucher needs at least two lines')
  // A reversal is red through and through, as U8's own: anything else would be a mixture that nobody made.
  const isRed = entry.reverses !== undefined
  if (entry.lines.some(line => (isRed ? line.amount.minor >= 0n : line.amount.minor <= 0n)))
    return gate(
      'AMOUNT',
      '分录金额必须大于零（红字凭证必须小于零）',
      "a line's amount must be greater than zero (of a reversal: less)",
    )
  const foreign = entry.lines.find(line => line.amount.currency !== config.baseCurrency)
  if (foreign) {
    return gate(
      'CURRENCY',
      `外币 ${foreign.amount.currency} 分录没有汇率，不能制单，请手工处理`,
      `a line in ${foreign.amount.currency} has no rate: make this voucher by hand`,
    )
  }
  if (totalOf(entry, 'debit') !== totalOf(entry, 'credit'))
    return gate('BALANCE', '借贷不平', 'debit and credit are not equal')
  const tooLong =
    isTooLong(entry.maker, facts.widths.maker) ||
    entry.lines.some(
      line =>
        isTooLong(line.settlement?.number ?? '', facts.widths.number) ||
        isTooLong(line.settlement?.style ?? '', facts.widths.style),
    )
  return tooLong
    ? gate(
        'WIDTH',
        '制单人、票号或结算方式超过 U8 字段长度',
        "maker, bill number or settlement style is longer than U8's column",
      )
    : null
}

function periodGate(entry: JournalEntry, facts: LedgerFacts, way: Way): Gate | null {
  const { period } = facts
  if (!period)
    return gate(
      'PERIOD',
      `日期 ${entry.date} 不在账套的任何会计期间内`,
      `${entry.date} lies in no accounting period of the account set`,
    )
  const name = `${period.year}.${period.period}`
  if (!facts.isRightDatabase)
    return gate(
      'DATABASE',
      `UFSystem 指明 ${period.year} 年在另一个数据库`,
      `UFSystem names another database for ${period.year}`,
    )
  if (facts.isClosed !== false)
    return gate('PERIOD_CLOSED', `会计期间 ${name} 已结账或未启用`, `period ${name} is closed or not started`)
  if (way.kind === 'ap' && facts.isApClosed !== false)
    return gate('AP_CLOSED', `应付系统期间 ${name} 已结账或未启用`, `AP period ${name} is closed or not started`)
  if (facts.isDateOrdered && facts.lastDate > entry.date) {
    return gate(
      'DATE_ORDER',
      `制单序时：本类凭证最后日期为 ${facts.lastDate}，不能制 ${entry.date} 的凭证`,
      `vouchers must be in date order: the last is of ${facts.lastDate}`,
    )
  }
  return null
}

function linesGate(entry: JournalEntry, facts: LedgerFacts, way: Way, config: U8Config): Gate | null {
  for (const line of entry.lines) {
    const account = facts.accounts.get(line.account)
    if (!account) return gate('ACCOUNT', `科目 ${line.account} 不存在`, `account ${line.account} does not exist`)
    const found = accountGate(line, account, way, config) ?? auxiliaryGate(line, account, facts)
    if (found) return found
  }
  return null
}

function accountGate(line: JournalLine, account: AccountFacts, way: Way, config: U8Config): Gate | null {
  const name = line.account
  if (!account.isLeaf)
    return gate('ACCOUNT_LEAF', `科目 ${name} 不是末级科目`, `account ${name} is not a lowest-level account`)
  if (account.isClosed) return gate('ACCOUNT_CLOSED', `科目 ${name} 已封存`, `account ${name} is closed`)
  const isAps = way.kind === 'ap' && account.controlledBy.toUpperCase() === 'AP'
  if (account.controlledBy !== '' && !isAps) {
    return gate(
      'ACCOUNT_CONTROLLED',
      `科目 ${name} 受控于 ${account.controlledBy}，总账不能直接使用`,
      `account ${name} is controlled by ${account.controlledBy} and cannot be used by GL`,
    )
  }
  if (account.currency !== '' && config.currencies[account.currency] !== config.baseCurrency) {
    return gate(
      'CURRENCY',
      `科目 ${name} 核算外币 ${account.currency}，请手工制单`,
      `account ${name} is kept in ${account.currency}: make this voucher by hand`,
    )
  }
  return null
}

const AUXILIARY_NAMES = {
  supplier: '供应商',
  customer: '客户',
  department: '部门',
  person: '个人',
  item: '项目',
} as const

function auxiliaryGate(line: JournalLine, account: AccountFacts, facts: LedgerFacts): Gate | null {
  const given = line.auxiliaries
  for (const kind of ['supplier', 'customer', 'department', 'person', 'item'] as const) {
    const value = given[kind] ?? ''
    const name = AUXILIARY_NAMES[kind]
    // A person's account carries the person's department with it (个人往来).
    const isAllowed = account.needs[kind] || (kind === 'department' && account.needs.person)
    if (value === '' && account.needs[kind])
      return gate(
        'AUXILIARY_MISSING',
        `科目 ${line.account} 缺少辅助核算：${name}`,
        `account ${line.account} needs a ${kind}`,
      )
    if (value !== '' && !isAllowed)
      return gate('AUXILIARY_EXTRA', `科目 ${line.account} 不核算${name}`, `account ${line.account} carries no ${kind}`)
    const key = kind === 'item' ? `item:${given.itemClass ?? ''}:${value}` : `${kind}:${value}`
    if (value !== '' && !facts.valid.has(key))
      return gate(
        'AUXILIARY_INVALID',
        `${name} ${value} 不存在、已停用或不是末级`,
        `${kind} ${value} does not exist, is closed or is not lowest level`,
      )
  }
  const style = line.settlement?.style ?? ''
  if (style !== '' && !facts.valid.has(`style:${style}`))
    return gate(
      'SETTLEMENT_STYLE',
      `结算方式 ${style} 不存在或不是末级`,
      `settlement style ${style} does not exist or is not lowest level`,
    )
  return null
}

function typeGate(entry: JournalEntry, facts: LedgerFacts): Gate | null {
  const type = facts.voucherType
  if (!type)
    return gate(
      'VOUCHER_TYPE',
      `凭证类别「${entry.voucherType}」不存在`,
      `voucher type ${entry.voucherType} does not exist`,
    )
  if (type.limit === 'none') return null
  if (type.limit === null || type.limitAccounts === null) {
    return gate(
      'TYPE_LIMIT_UNREADABLE',
      `无法读取凭证类别「${entry.voucherType}」的限制科目`,
      `the limits of voucher type ${entry.voucherType} cannot be read`,
    )
  }
  const accounts = type.limitAccounts
  const has = (side: 'debit' | 'credit'): boolean =>
    entry.lines.some(line => line.side === side && accounts.some(account => line.account.startsWith(account)))
  const isMet = {
    'debit-must': has('debit'),
    'credit-must': has('credit'),
    'voucher-must': has('debit') || has('credit'),
    'voucher-must-not': !has('debit') && !has('credit'),
    'debit-must-not': !has('debit'),
    'credit-must-not': !has('credit'),
  }[type.limit]
  return isMet
    ? null
    : gate(
        'TYPE_LIMIT',
        `凭证类别「${entry.voucherType}」的限制（${type.limit}：${accounts.join('、')}）不满足`,
        `voucher type ${entry.voucherType} demands ${type.limit} of ${accounts.join(', ')}`,
      )
}

/** An entry made through a payment document books that document and nothing else: its supplier, its amount, by bank. */
function documentGate(entry: JournalEntry, facts: LedgerFacts, way: Way): Gate | null {
  if (way.kind !== 'ap') return null
  const isBank = (line: JournalLine): boolean => facts.accounts.get(line.account)?.isBank ?? false
  const debits = entry.lines.filter(line => line.side === 'debit')
  const credits = entry.lines.filter(line => line.side === 'credit')
  const fits =
    totalOf(entry, 'credit') === way.amountMinor &&
    credits.every(isBank) &&
    debits.every(line => !isBank(line) && (line.auxiliaries.supplier ?? way.supplier) === way.supplier) &&
    debits.some(line => line.auxiliaries.supplier === way.supplier)
  return fits
    ? null
    : gate(
        'DOCUMENT_MISMATCH',
        '分录与付款单的供应商或金额不一致',
        "the entry differs from the payment document's supplier or amount",
      )
}

export function gate(name: string, zh: string, en: string): Gate {
  return { code: `U8_GATE_${name}`, zh, en }
}

export function totalOf(entry: JournalEntry, side: 'debit' | 'credit'): bigint {
  return entry.lines.reduce((sum, line) => (line.side === side ? sum + line.amount.minor : sum), 0n)
}

/** NVARCHAR counts UTF-16 units, as JavaScript does. */
function isTooLong(text: string, width: number | null): boolean {
  return width !== null && text.length > width
}
