// What a column of a bank export can be, and the names that are usual in China: exact names first, in the order they are
// trusted, then patterns for names nobody has seen yet. A bank's own names stand in its profile.

export type Field =
  | 'date'
  | 'valueDate'
  | 'in'
  | 'out'
  | 'amount'
  | 'direction'
  | 'balance'
  | 'currency'
  | 'account'
  | 'counterName'
  | 'counterAccount'
  | 'counterBank'
  | 'counterMixed'
  | 'payerName'
  | 'payerAccount'
  | 'payerBank'
  | 'payeeName'
  | 'payeeAccount'
  | 'payeeBank'
  | 'bankReference'
  | 'reference'
  | 'type'
  | 'status'
  | 'method'
  | 'reversal'
  | 'text'

export type Names = Partial<Readonly<Record<Field, readonly string[]>>>

/** Names as `headingOf` leaves them, separated by blanks, the most trusted first. */
const names = (text: string): readonly string[] => text.split(' ')

export const USUAL_NAMES: Names = {
  date: names(
    '记账日期 记账日 银行记账日期 银行记账日 入账日期 入账日 过账日期 过账日 记账时间 入账时间 交易日期 交易日 日期 交易时间 交易日期时间 发生日期 发生时间 业务日期 时间 交易成功时间 交易完成时间 支付时间 交易创建时间',
  ),
  valueDate: names('起息日期 起息日 计息日 生效日期'),
  in: names(
    '记账金额(收入) 收入金额 贷方发生额 贷方金额 收入 贷方 贷 存入金额 存入 转入金额 收款金额 收款 进账 进账金额 入账金额 交易金额(收入)',
  ),
  out: names(
    '记账金额(支出) 支出金额 借方发生额 借方金额 支出 借方 借 支取金额 支取 转出金额 付款金额 付款 出账 出账金额 交易金额(支出)',
  ),
  amount: names(
    '记账金额 入账金额 结算金额 入账币种/金额 入账币/金额 结算币种/金额 结算币/金额 人民币金额 交易金额 交易额 发生额 金额 借方/贷方金额 收支金额 实付金额',
  ),
  direction: names(
    '借贷标志 借贷标识 借贷方向 借贷标记 借贷 借/贷 借贷类型 收支标志 收支标识 收付标志 收付标识 收支类型 收支方向 收支 收/支 收付 收/付 收入/支出 交易方向 方向 资金流向 出入账标志 存取标志 往来标志 往来账标志 来往标志 来往账标志 借或贷 余额方向',
  ),
  balance: names(
    '余额 账户余额 交易后余额 本次余额 联机余额 交易余额 当前余额 账面余额 活期余额 结余 交易后金额 可用余额',
  ),
  currency: names('记账币种 入账币种 入账货币 结算币种 结算货币 币种 交易币种 货币 交易货币 币别 货币种类 币种名称'),
  account: names('本方账号 我方账号 交易账号 查询账号 账号 账户号 账户账号'),
  counterName: names(
    '对方户名 对方账户名称 对方账号名称 对方名称 对方账户名 对方单位名称 对方单位 对方姓名 对方客户名称 对手户名 对手名称 对手方户名 交易对方 交易对手 收(付)方名称 收(付)方户名 收付方名称 商户名称 对方',
  ),
  counterAccount: names(
    '对方账号 对方账户 对方账户号 对方账户账号 对方卡号 对方账号/卡号 对手账号 对手账户 收(付)方账号 收付方账号',
  ),
  counterBank: names(
    '对方开户行 对方开户行名 对方开户行名称 对方开户机构 对方开户银行 对方行名 对方银行 对方银行名称 对方账号开户网点名称 收(付)方开户行名 收(付)方开户行 收(付)方分行名 对方机构 对手机构',
  ),
  counterMixed: names('对手信息 对方信息 对方户名/账号 对方账号与户名 对方账号户名 对方户名账号 交易对手信息'),
  payerName: names('付款人名称 付款人户名 付款方名称 付款方户名 付款人 付款方 付方名称 付方户名'),
  payerAccount: names('付款人账号 付款方账号 付款账号 付方账号'),
  payerBank: names('付款人开户行名 付款人开户行 付款方开户行 付方开户行'),
  payeeName: names('收款人名称 收款人户名 收款方名称 收款方户名 收款人 收款方 收方名称 收方户名'),
  payeeAccount: names('收款人账号 收款方账号 收款账号 收方账号'),
  payeeBank: names('收款人开户行名 收款人开户行 收款方开户行 收方开户行'),
  bankReference: names(
    '交易流水号 银行流水号 账户明细编号-交易流水号 核心流水号 流水号 唯一流水编号 日志号 交易单号 交易订单号 账务流水号 业务流水号 柜员流水号 柜员交易号 交易号 交易编号 交易序号',
  ),
  reference: names(
    '业务参考号 客户业务编号 企业流水号 发起方流水号 凭证号 凭证号码 凭证编号 凭证代号 票据号 支票号 商户单号 商家单号 商家订单号 商户订单号',
  ),
  type: names('交易类型 业务类型 交易分类 交易种类 业务种类 类型 交易名称 业务名称 交易方式 交易渠道'),
  status: names('交易状态 当前状态 记录状态 状态 处理状态'),
  method: names('收/付款方式 支付方式 付款方式'),
  reversal: names('冲正标志 冲正标识 被冲标志 冲补标志 抹账标志 冲账标志'),
  text: names(
    '摘要 交易摘要 业务摘要 摘要说明 用途 交易用途 用途/附言 附言 交易附言 客户附言 客户摘要 其它摘要 其他摘要 交易说明 交易描述 商品说明 商品名称 商品 订单标题 交易详情 交易场所 交易地点 备注 交易备注 个性化信息',
  ),
}

/** For columns that no name fits. `other` keeps a pattern from columns that only sound alike. */
export const USUAL_PATTERNS: readonly { readonly field: Field; readonly like: RegExp; readonly other?: RegExp }[] = [
  { field: 'valueDate', like: /起息/ },
  { field: 'balance', like: /余额$|余额\(/, other: /期初|期末|上期|昨日|冻结|日终/ },
  { field: 'payerAccount', like: /^付款.*(?:账号|账户)/ },
  { field: 'payeeAccount', like: /^收款.*(?:账号|账户)/ },
  { field: 'payerBank', like: /^付款.*行(?:名|$)/ },
  { field: 'payeeBank', like: /^收款.*行(?:名|$)/ },
  { field: 'payerName', like: /^付款.*(?:名称|户名)/ },
  { field: 'payeeName', like: /^收款.*(?:名称|户名)/ },
  {
    field: 'counterBank',
    like: /^(?:对方|对手|交易对手|交易对方|交易方|收\(?付\)?方).*(?:行名|开户行|开户机构|开户网点|银行)/,
    other: /行号|地址|类型/,
  },
  {
    field: 'counterName',
    like: /^(?:对方|对手|交易对手|交易对方|交易方|收\(?付\)?方|往来).*(?:户名|名称|姓名|单位)/,
    other: /行|网点|机构/,
  },
  {
    field: 'counterAccount',
    like: /^(?:对方|对手|交易对手|交易对方|交易方|收\(?付\)?方|往来).*(?:账号|账户|卡号)/,
    other: /行|网点|机构|类型/,
  },
  { field: 'date', like: /(?:交易|记账|入账|业务|发生|付款)(?:日期|时间|日)/, other: /戳|申请|退汇/ },
  { field: 'currency', like: /币种|货币/, other: /金额/ },
  { field: 'direction', like: /^(?:支出|支取|支|付款?|借|转出|出)[/或](?:收入|存入|收款?|贷|转入|入)$/ },
  { field: 'direction', like: /^(?:收入|存入|收款?|贷|转入|入)[/或](?:支出|支取|支|付款?|借|转出|出)$/ },
  { field: 'direction', like: /借贷|收支|收付|存取标|往来标|来往标/, other: /额|余|方名|方账|方开户|方分行/ },
  { field: 'bankReference', like: /流水号|流水编号|日志号|明细编号/ },
  { field: 'reference', like: /凭证号|票据号|支票号|参考号|订单号|业务编号/ },
  { field: 'status', like: /状态$/, other: /审批|对账|回单|打印/ },
  { field: 'amount', like: /(?:金额|发生额)$/, other: /手续费|退款|冻结|笔|合计|服务费|原始|累计/ },
  { field: 'text', like: /摘要|用途|附言|备注|说明|描述|详情/, other: /代码|码$/ },
]

const IS_MONEY = /额|借方|贷方|收入|支出|存入|支取|转入|转出|入账|出账/
const IS_NO_MONEY = /余额|笔数|日期|时间|号|户名|名称|标志|标识|币种|手续费|方向|类型|行/
const IS_OUT = /借|支出|支取|取出|转出|付出|付方|出账|付款金额|支付金额/
const IS_IN = /贷|收入|存入|转入|收方|收款金额|入账/

/** `借方(支出)金额`, `发生额(贷方)`, `贷方发生金额`: a side of the account in a money column's own name. */
export function sideOf(heading: string): 'in' | 'out' | null {
  if (!IS_MONEY.test(heading) || IS_NO_MONEY.test(heading)) return null
  const [isOut, isIn] = [IS_OUT.test(heading), IS_IN.test(heading)]
  return isOut === isIn ? null : isOut ? 'out' : 'in'
}

/** A word of a direction column. `neutral` is the wallets' word for what is neither; null: no word of direction. */
export function directionOf(text: string): 'in' | 'out' | 'neutral' | null {
  const word = text.toLowerCase().replaceAll(/\s/g, '')
  const whole = sideOfWord(word.replaceAll(/[()（）[\]]/g, ''))
  if (whole !== null || word.length > MAX_WORD_CHARS) return whole
  // `D-借`, `1:贷`, `借（支出）`, `贷 Cr`: a code or a translation beside the word, all of one meaning.
  const parts = word.match(/[\u4e00-\u9fff]+|[a-z.]+/g) ?? []
  const sides = new Set(parts.map(sideOfWord))
  return sides.size === 1 ? ([...sides][0] ?? null) : null
}

/** Words of direction are short; what is longer is prose. */
const MAX_WORD_CHARS = 20

function sideOfWord(word: string): 'in' | 'out' | 'neutral' | null {
  if (
    /^(?:借|借方.*|借记|已支出|支|支出|付|付款|付出|出|出账|转出|支取|取出|取|取款|往|往账|汇出|付方|d|dr\.?|debit|out)$/.test(
      word,
    )
  )
    return 'out'
  if (
    /^(?:贷|贷方.*|贷记|已收入|收|收入|收款|入|入账|进|进账|转入|存入|存|存款|来|来账|汇入|收方|c|cr\.?|credit|in)$/.test(
      word,
    )
  )
    return 'in'
  if (/^(?:不计收支|中性交易|中性|其他|资金转移|冻结|解冻|\/)$/.test(word)) return 'neutral'
  return null
}

const CURRENCIES: readonly (readonly [code: string, like: RegExp])[] = [
  ['CNY', /人民币|^rmb$|^156$|^本币$|^元$/i],
  ['USD', /美元|美金/],
  ['HKD', /港币|港元/],
  ['EUR', /欧元/],
  ['JPY', /日元|日币|日圆/],
  ['GBP', /英镑/],
  ['AUD', /澳元|澳大利亚元/],
  ['CAD', /加元|加拿大元/],
  ['SGD', /新加坡元|新币/],
  ['CHF', /瑞士法郎/],
  ['NZD', /新西兰元/],
  ['MOP', /澳门元/],
  ['THB', /泰铢/],
  ['KRW', /韩元/],
]

/** The ISO code of a currency as banks write it: `人民币`, `CNY`, `人民币元`, `CNY-人民币`; null when not known. */
export function currencyOf(text: string): string | null {
  const word = text.trim()
  const code = /(?<![A-Za-z])([A-Z]{3})(?![A-Za-z])/.exec(word.toUpperCase())?.[1]
  if (code !== undefined && code !== 'RMB') return code
  return CURRENCIES.find(([, like]) => like.test(word))?.[0] ?? (code === 'RMB' ? 'CNY' : null)
}
