// The lines above a table, between tables and below them: account, currency, period, opening and closing balance. Only
// what stands behind its label is taken.

import { headingOf, narrow, plain, readDay, readMoney, type ReadMoney } from './cells'
import { currencyOf } from './fields'

export type Preamble = {
  account: string | null
  currency: string | null
  opening: ReadMoney | null
  closing: ReadMoney | null
  from: string | null
  to: string | null
  /** A day of the month or period that the title names, for days without a year. */
  beside: string | null
  /** What was read, for the bank's name. */
  title: string
  /** A row of nothing but labels, whose values stand in the row below. */
  labels: readonly string[] | null
}

export function emptyPreamble(title: string): Preamble {
  const nothing = { account: null, currency: null, opening: null, closing: null, from: null, to: null, beside: null }
  return { ...nothing, title, labels: null }
}

/** Enough for every preamble; a file's rows are not collected. */
const MAX_TITLE_CHARS = 8192

/** A label in a longer word (对方账号) is another label. */
const ACCOUNT =
  /(?<![\u4e00-\u9fff])(?:查询|选择|本方|我方|客户|账户|交易|人民币|结算|结算账户|单位|对公|银行|主|支付宝|借记|信用)?(?:账\s*户?\s*号\s*码?|账\s*户(?:信息)?|卡\s*号|卡\(账\)号|账\(卡\)号|账\/卡号)(?:\/[^\s:]{1,4})?[A-Za-z/. ]{0,30}(?:\([^)]{0,20}\)|\[[^\]]{0,60}\])?\s*:\s*\[?\s*(?:[\u4e00-\u9fff]{2,30}\s*)?(\d[\dxX*\s-]{2,40}[\dxX*]|[\w.*-]+@[\w.*-]+)/
const ACCOUNT_LABEL =
  /^(?:查询|选择|本方|我方|客户|账户|交易|人民币|结算|结算账户|单位|对公|银行|主|支付宝|借记|信用)?(?:账户?号码?|账户(?:信息)?|卡号|卡\(账\)号|账\(卡\)号|账\/卡号)(?:\/.{1,4})?(?:\(.*\))?$/
const ACCOUNT_VALUE = /^\[?\s*(\d[\dxX*\s-]{2,40}[\dxX*]|[\w.*-]+@[\w.*-]+)/
const CURRENCY = /(?:币\s*种|币\s*别|货\s*币)[A-Za-z ]{0,12}(?:\[[^\]]*\])?\s*:\s*([\u4e00-\u9fffA-Za-z]{1,6})/
const CURRENCY_LABEL = /^(?:币种|币别|货币)$/
/** `002 活期储蓄存款 港币 现汇`: the sort of the account names its currency. */
const SORT_LABEL = /^(?:卡内账户|子账户|账户种类|账户类型|储种)$/
const OPENING = /^(?:期初|上期|承前|起始|上日|昨日|月初|上月|上一?页)(?:账户|账面)?(?:余额|结余)/
const CLOSING = /^(?:期末|本期|月末)(?:账户|账面)?(?:余额|结余)/
const BALANCES =
  /(期初|上期|起始|上日|昨日|月初|上月|期末|本期|月末)(?:账户|账面)?(?:余额|结余)(?:\([^)]*\))?\s{0,3}(?:[A-Za-z][A-Za-z. ]{0,30})?[: ]\s{0,3}¥?\s*([-(]?[\d,]+(?:\.\d+)?\)?)/g
const DAYS = /\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}|(?<!\d)(?:19|20)\d{6}(?!\d)/g
const PERIOD = /起止|起日|止日|期间|区间|范围|起始|开始|终止|截止|结束|查询日期|查询时间|交易日期|对账日期|日期:|至/
const EXPORTED = /^(?:导出|打印|下载|制表|生成|查询)(?:日期|时间)/
const MONTH = /(\d{4})年(\d{1,2})月(?!\d)/

/** Takes what the row says; `cells` as the file has them. */
export function notePreamble(preamble: Preamble, cells: readonly string[]): void {
  const read = textsOf(cells)
  const texts = pairedWith(preamble.labels, read) ?? read
  preamble.labels = isLabels(read) ? read : null
  const joined = texts.filter(text => text !== '').join(' ')
  if (preamble.title.length < MAX_TITLE_CHARS) preamble.title += `${joined}\n`
  preamble.account ??= accountIn(texts, joined)
  preamble.currency ??= currencyOf(CURRENCY.exec(joined)?.[1] ?? valueBeside(texts, CURRENCY_LABEL) ?? '')
  preamble.currency ??= currencyOf((valueBeside(texts, SORT_LABEL) ?? '').replaceAll(/[A-Za-z]/g, ''))
  noteBalances(preamble, texts, joined)
  notePeriod(preamble, texts, joined)
}

/** Labels beside each other, one of them the account's, and not a value among them. */
function isLabels(texts: readonly string[]): boolean {
  const filled = texts.filter(text => text !== '')
  const areWords = filled.length > 1 && filled.every(text => text.length <= 20 && !/[\d:]/.test(text))
  return areWords && filled.some(text => ACCOUNT_LABEL.test(headingOf(text)))
}

/** Each label before the value below it; null unless an account stands below the account's label. */
function pairedWith(labels: readonly string[] | null, texts: readonly string[]): readonly string[] | null {
  const at = labels?.findIndex(label => ACCOUNT_LABEL.test(headingOf(label))) ?? -1
  if (labels === null || !ACCOUNT_VALUE.test(texts[at] ?? '')) return null
  return texts.flatMap((text, index) => (text === '' ? [] : [`${labels[index] ?? ''}:`, text]))
}

/** A line of prose in a file with commas: `期初余额：1,000.00` without quotes became two cells. */
function textsOf(cells: readonly string[]): readonly string[] {
  const texts: string[] = []
  for (const cell of cells.slice(0, 64)) {
    const text = narrow(plain(cell.slice(0, 500))).replaceAll('帐', '账')
    const before = texts.at(-1) ?? ''
    if (/[:¥\s-]\d{1,3}(?:,\d{3})*$/.test(before) && /^\d{3}(?:\.\d{1,2})?(?!\d)/.test(text))
      texts[texts.length - 1] = `${before},${text}`
    else texts.push(text)
  }
  return texts
}

/** The account that a row names, or null. */
export function accountNamed(cells: readonly string[]): string | null {
  const texts = textsOf(cells)
  return accountIn(texts, texts.join(' '))
}

function accountIn(texts: readonly string[], joined: string): string | null {
  const found = ACCOUNT.exec(joined)?.[1] ?? ACCOUNT_VALUE.exec(valueBeside(texts, ACCOUNT_LABEL) ?? '')?.[1]
  const account = found?.replaceAll(/[\s-]/g, '')
  return account === undefined || account.length < 4 ? null : account
}

/** The next cell that is not empty, behind a cell that is a label alone. */
function valueBeside(texts: readonly string[], label: RegExp): string | null {
  const at = texts.findIndex(text => label.test(headingOf(text)))
  return at < 0 ? null : (texts.slice(at + 1, at + 6).find(text => text !== '') ?? null)
}

function noteBalances(preamble: Preamble, texts: readonly string[], joined: string): void {
  const note = (key: 'opening' | 'closing', text: string): void => {
    const money = readMoney(text, null)
    if (typeof money !== 'string') preamble[key] ??= money
  }
  for (const [, label = '', value = ''] of joined.matchAll(BALANCES))
    note(/期末|本期|月末/.test(label) ? 'closing' : 'opening', value)
  for (const [key, label] of [
    ['opening', OPENING],
    ['closing', CLOSING],
  ] as const) {
    const value = valueBeside(texts, label)
    if (value !== null) note(key, value)
  }
}

function notePeriod(preamble: Preamble, texts: readonly string[], joined: string): void {
  const month = MONTH.exec(joined)
  const context = { beside: null, serialShift: 0 }
  if (month) preamble.beside ??= readDay(`${month[1]}-${month[2]}-15`, context)
  for (const text of [joined, ...texts]) {
    if (preamble.to !== null) break
    if (!PERIOD.test(text) || EXPORTED.test(text)) continue
    const days = (text.match(DAYS) ?? []).flatMap(day => readDay(day.replaceAll(' ', ''), context) ?? [])
    if (days.length > 1 && preamble.to === null) [preamble.from, preamble.to] = [days[0] ?? null, days[1] ?? null]
    if (days.length !== 1) continue
    if (/起始|起日|开始/.test(text)) preamble.from ??= days[0] ?? null
    else if (/终止|止日|截止|结束/.test(text)) preamble.to ??= days[0] ?? null
  }
}

/** A day that a day without a year is near to. */
export function besideOf({ beside, to, from }: Preamble): string | null {
  return beside ?? to ?? from
}
