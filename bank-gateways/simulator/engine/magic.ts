// Magic payee accounts: paying one of them forces its outcome. The table below is the only place that knows them; the
// README's table is generated from it and a test compares the two.

import type { FaultKind } from './faults'
import type { Reason, Step } from './records'

/** 19 digits, which fit the payee field of every bank: this prefix, six digits of the tester's own, then the code. */
export const MAGIC_PREFIX = '6200000000'

export type Magic = {
  readonly code: string
  readonly zh: string
  readonly en: string
  /** The states it goes through, or null for the bank's own way (`processing`). */
  readonly path: readonly Step[] | null
  /** Refused in the answer to the submission. */
  readonly refusal: Reason | null
  /** What happens to the answer of the submission. */
  readonly wire: readonly FaultKind[]
  /** What happens to every inquiry about it. */
  readonly inquiry: readonly FaultKind[]
  /** How many inquiries are answered "no such payment" before it is found; null = all of them. */
  readonly hiddenInquiries: number | null
}

type Behaviour = Partial<Omit<Magic, 'code' | 'zh' | 'en'>>

const SHORT_MS = 2000
const LONG_MS = 30_000

const step = (state: Step['state'], more: Partial<Step> = {}): Step => ({
  state,
  afterMs: 0,
  nextDay: false,
  notBeforeMs: null,
  books: false,
  reason: null,
  ...more,
})
const accepted = step('accepted')
const atOnce = [accepted, step('success')]
const booked: Behaviour = { path: atOnce }

const row = (code: string, zh: string, en: string, behaviour: Behaviour): Magic => ({
  code,
  zh,
  en,
  path: null,
  refusal: null,
  wire: [],
  inquiry: [],
  hiddenInquiries: 0,
  ...behaviour,
})

export const MAGIC: readonly Magic[] = [
  row('100', '立即成功(应答即为成功)', 'succeeds at once, in the very answer where the bank can say so', booked),
  row('101', '受理,2 秒后成功', 'accepted, succeeds after 2 seconds', {
    path: [accepted, step('success', { afterMs: SHORT_MS })],
  }),
  row('102', '受理,30 秒后成功', 'accepted, succeeds after 30 seconds', {
    path: [accepted, step('processing', { afterMs: SHORT_MS }), step('success', { afterMs: LONG_MS - SHORT_MS })],
  }),
  row('103', '受理,下一银行日成功', 'accepted, succeeds on the next bank day', {
    path: [accepted, step('success', { nextDay: true })],
  }),
  row('104', '永远停在已受理,不记账', 'stays accepted for ever, never booked', { path: [accepted] }),
  row(
    '105',
    '查询永远为处理中,但已扣款(只有对账单知道)',
    'inquiry says processing for ever, yet it is debited: only the statement tells',
    {
      path: [accepted, step('processing', { books: true })],
    },
  ),
  row('200', '银行拒绝', 'refused by the bank', { refusal: 'declined' }),
  row('201', '收款户名不符,拒绝', 'refused: payee name does not match', { refusal: 'payee-name' }),
  row('202', '收款账号不存在或已销户,拒绝', 'refused: payee account unknown or closed', { refusal: 'payee-unknown' }),
  row('203', '余额不足,拒绝', 'refused: insufficient balance', { refusal: 'insufficient' }),
  row('204', '受理后 2 秒失败', 'accepted, fails after 2 seconds', {
    path: [accepted, step('failed', { afterMs: SHORT_MS, reason: 'declined' })],
  }),
  row('205', '受理后下一银行日失败', 'accepted, fails on the next bank day', {
    path: [accepted, step('failed', { nextDay: true, reason: 'declined' })],
  }),
  row('206', '整包(报文级)拒绝,不记账', 'the whole message is refused, nothing booked', { wire: ['header-failed'] }),
  row('300', '永远等待授权', 'awaits approval for ever', { path: [step('awaiting')] }),
  row('301', '等待授权,2 秒后拒绝授权', 'awaits approval, rejected after 2 seconds', {
    path: [step('awaiting'), step('rejected', { afterMs: SHORT_MS, reason: 'approval-rejected' })],
  }),
  row('302', '等待授权,2 秒后批准并成功', 'awaits approval, approved and paid after 2 seconds', {
    path: [step('awaiting'), step('success', { afterMs: SHORT_MS })],
  }),
  row('400', '超时:已记账,应答迟到', 'timeout: booked, the answer comes late', { ...booked, wire: ['delay'] }),
  row('401', '超时:未记账,无应答', 'timeout: not booked, no answer', { wire: ['silent'] }),
  row('402', '读完请求后断开,未记账', 'connection cut after reading, not booked', { wire: ['drop-after-read'] }),
  row('403', '记账后断开,无应答', 'connection cut after booking, no answer', {
    ...booked,
    wire: ['drop-after-booking'],
  }),
  row('404', '已记账,应答为乱码', 'booked, the answer is garbage', { ...booked, wire: ['garbage'] }),
  row('405', '已记账,应答中途断开', 'booked, the answer breaks off', { ...booked, wire: ['truncate'] }),
  row('406', '已记账,应答被截短但长度头相符', 'booked, the answer is cut short under a matching length', {
    ...booked,
    wire: ['truncate-with-length'],
  }),
  row('407', '已记账,应答字符集错误', 'booked, the answer is in the wrong charset', {
    ...booked,
    wire: ['wrong-charset'],
  }),
  row('408', '未记账,HTTP 5xx', 'not booked, HTTP 5xx', { wire: ['http-error'] }),
  row('409', '已记账,HTTP 5xx', 'booked, HTTP 5xx', { ...booked, wire: ['http-error-after-booking'] }),
  row('410', '未记账,银行维护', 'not booked, the bank is under maintenance', { wire: ['maintenance'] }),
  row('411', '成功,应答逐字节到达', 'succeeds, the answer arrives byte by byte', { ...booked, wire: ['split'] }),
  row('500', '已记账;前 3 次查询“无此记录”,之后查到成功', 'booked; three inquiries find nothing, later ones find it', {
    ...booked,
    wire: ['drop-after-booking'],
    hiddenInquiries: 3,
  }),
  row('501', '已记账;查询永远“无此记录”', 'booked; no inquiry ever finds it', {
    ...booked,
    wire: ['drop-after-booking'],
    hiddenInquiries: null,
  }),
  row('502', '已记账;状态码不在银行表内', 'booked; the status code is in no table of the bank', {
    ...booked,
    wire: ['unknown-code'],
    inquiry: ['unknown-code'],
  }),
  row('503', '已记账;应答回显金额不符(仅回显金额的银行)', 'booked; the echoed amount is wrong (banks that echo it)', {
    ...booked,
    wire: ['lie-amount'],
    inquiry: ['lie-amount'],
  }),
  row(
    '504',
    '已记账;应答回显收款账号不符(仅回显账号的银行)',
    'booked; the echoed payee account is wrong (banks that echo it)',
    {
      ...booked,
      wire: ['lie-payee'],
      inquiry: ['lie-payee'],
    },
  ),
  row('505', '已记账;应答带别的流水号', "booked; the answer carries another request's serial", {
    ...booked,
    wire: ['wrong-serial'],
  }),
  row('506', '已记账;批量应答缺最后一行', 'booked; the last line of the batch answer is missing', {
    ...booked,
    wire: ['missing-line'],
  }),
  row('600', '成功,下一银行日退票', 'succeeds, returned (退票) on the next bank day', {
    path: [...atOnce, step('returned', { nextDay: true })],
  }),
  row('601', '成功,2 秒后退票', 'succeeds, returned (退票) after 2 seconds', {
    path: [...atOnce, step('returned', { afterMs: SHORT_MS })],
  }),
]

/** The outcome an account number stands for, or null when it is an ordinary one. */
export function magicOf(account: string): Magic | null {
  if (account.length !== 19 || !account.startsWith(MAGIC_PREFIX)) return null
  return MAGIC.find(magic => account.endsWith(magic.code)) ?? null
}

/** A magic account for a code; `filler` is up to six digits of the tester's own. */
export function magicAccount(code: string, filler = ''): string {
  return `${MAGIC_PREFIX}${filler.padStart(6, '0')}${code}`
}
