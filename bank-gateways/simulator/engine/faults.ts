// Faults to order: what goes wrong, at which bank, on which listener and transaction code, and how often. Only decides;
// the listener spoils the bytes and the bank's own program spoils the meaning.

import { z } from 'zod'

type FaultText = {
  readonly zh: string
  readonly en: string
  /** Whether the payment of the disturbed request is booked. */
  readonly isBooked: 'yes' | 'no' | 'as usual'
}

export const FAULTS = {
  'refuse-connections': {
    zh: '关闭监听端口,连接被拒绝',
    en: 'the port is closed, connections are refused',
    isBooked: 'no',
  },
  'drop-before': { zh: '接受连接,读正文前断开', en: 'accepts, closes before reading the body', isBooked: 'no' },
  'drop-after-read': { zh: '读完请求后断开', en: 'reads the whole request, then closes', isBooked: 'no' },
  silent: {
    zh: '读完请求,不应答,直到 delayMs 后断开',
    en: 'reads, says nothing, closes after delayMs',
    isBooked: 'no',
  },
  'drop-after-booking': { zh: '记账后、应答前断开', en: 'books, then closes before answering', isBooked: 'as usual' },
  delay: { zh: '记账,delayMs 后才应答', en: 'books, answers only after delayMs', isBooked: 'as usual' },
  truncate: { zh: '应答只发一半就断开', en: 'half of the answer, then closed', isBooked: 'as usual' },
  'truncate-with-length': {
    zh: '应答截短,长度头与截短后相符',
    en: 'a short answer under a matching length header',
    isBooked: 'as usual',
  },
  split: { zh: '应答逐字节发送', en: 'the answer in pieces of one byte', isBooked: 'as usual' },
  garbage: { zh: '应答为乱码', en: 'an undecodable answer', isBooked: 'as usual' },
  'wrong-charset': {
    zh: '应答用错误字符集编码',
    en: 'the answer is encoded in the wrong charset',
    isBooked: 'as usual',
  },
  'http-error': { zh: 'HTTP 错误(status),未处理', en: 'an HTTP error (status) instead of any work', isBooked: 'no' },
  'http-error-after-booking': {
    zh: '处理后返回 HTTP 错误(status)',
    en: 'an HTTP error (status) after the work',
    isBooked: 'as usual',
  },
  maintenance: { zh: '银行级错误(维护)', en: "the bank's system-level error", isBooked: 'no' },
  'header-failed': { zh: '报文级错误,未处理', en: 'a message-level error, nothing done', isBooked: 'no' },
  'item-failed': { zh: '报文成功、明细被拒', en: 'the message succeeds, its items are refused', isBooked: 'no' },
  'wrong-serial': { zh: '应答带别的流水号', en: "the answer carries another request's serial", isBooked: 'as usual' },
  'unknown-code': {
    zh: '状态码不在银行表内',
    en: 'a status code that is in no table of the bank',
    isBooked: 'as usual',
  },
  'not-found': { zh: '查询答“无此记录”', en: 'an inquiry is answered "no such record"', isBooked: 'as usual' },
  'missing-line': { zh: '批量应答缺最后一行', en: 'the last line of a batch answer is missing', isBooked: 'as usual' },
  'lie-amount': { zh: '回显金额多一分', en: 'the echoed amount is one 分 too high', isBooked: 'as usual' },
  'lie-payee': {
    zh: '回显收款账号末位不同',
    en: 'the echoed payee account differs in its last digit',
    isBooked: 'as usual',
  },
} as const satisfies Readonly<Record<string, FaultText>>

export type FaultKind = keyof typeof FAULTS
export const FAULT_KINDS = Object.keys(FAULTS).filter((kind): kind is FaultKind => kind in FAULTS)

/** One day: no rehearsal lasts longer, and it is well inside what a timer can hold. */
const LONGEST_MS = 86_400_000

export const faultOrderSchema = z.strictObject({
  bank: z.string(),
  kind: z.enum(FAULT_KINDS),
  /** Which of the bank's ports; the first (the business port) when absent. */
  listener: z.string().optional(),
  /** Transaction code, e.g. PAYENT or b2e0009; any when absent. */
  code: z.string().min(1).optional(),
  /** Only when the request pays, or asks about a payment to, this payee account. */
  payee: z.string().min(1).optional(),
  /** The next n matching requests; null = until withdrawn. One when neither `times` nor `forMs` is given. */
  times: z.number().int().min(1).nullable().optional(),
  /** Lets this many matching requests pass first. */
  skip: z.number().int().min(0).default(0),
  /** Ends by itself after this long. */
  forMs: z.number().int().min(1).max(LONGEST_MS).optional(),
  delayMs: z.number().int().min(0).max(LONGEST_MS).optional(),
  status: z.number().int().min(400).max(599).default(502),
})
export type FaultOrder = z.input<typeof faultOrderSchema>

export type ActiveFault = z.output<typeof faultOrderSchema> & {
  readonly id: string
  readonly listener: string
  remaining: number | null
  skip: number
  readonly untilMs: number | null
}

/** What is wrong with one exchange. */
export type Disturbance = {
  readonly kinds: ReadonlySet<FaultKind>
  readonly delayMs: number
  readonly status: number
}

export type FaultQuestion = {
  readonly bank: string
  readonly listener: string
  /** Null before the request has been read: then only faults that need no reading can apply. */
  readonly request: { readonly code: string; readonly payees: readonly string[] } | null
}

/** Faults that must be decided before the request is read, and so cannot look at it. */
export const UNREAD_KINDS: ReadonlySet<FaultKind> = new Set(['refuse-connections', 'drop-before'])

export class FaultOrders {
  #active: ActiveFault[] = []
  #lastId = 0
  #nowMs: () => number
  #lateAnswerMs: number

  constructor(nowMs: () => number, lateAnswerMs: number) {
    this.#nowMs = nowMs
    this.#lateAnswerMs = lateAnswerMs
  }

  add(order: z.output<typeof faultOrderSchema>, listener: string): ActiveFault {
    this.#lastId += 1
    const times = order.times === undefined ? (order.forMs === undefined ? 1 : null) : order.times
    const fault: ActiveFault = {
      ...order,
      id: `fault-${this.#lastId}`,
      listener,
      remaining: order.kind === 'refuse-connections' ? null : times,
      untilMs: order.forMs === undefined ? null : this.#nowMs() + order.forMs,
    }
    this.#active.push(fault)
    return fault
  }

  list(): readonly ActiveFault[] {
    const nowMs = this.#nowMs()
    this.#active = this.#active.filter(
      fault => fault.remaining !== 0 && (fault.untilMs === null || nowMs < fault.untilMs),
    )
    return this.#active
  }

  /** Removes one, or all; returns what was removed. */
  withdraw(id: string | null): readonly ActiveFault[] {
    const removed = this.list().filter(fault => id === null || fault.id === id)
    this.#active = this.#active.filter(fault => !removed.includes(fault))
    return removed
  }

  /** Every fault that applies to this exchange, each counted down by one. */
  take(question: FaultQuestion, always: readonly FaultKind[] = []): Disturbance {
    const matching = this.list().filter(fault => isMatch(fault, question))
    const due = matching.filter(fault => {
      if (fault.skip > 0) {
        fault.skip -= 1
        return false
      }
      if (fault.remaining !== null) fault.remaining -= 1
      return true
    })
    return {
      kinds: new Set([...always, ...due.map(fault => fault.kind)]),
      delayMs: due.find(fault => fault.delayMs !== undefined)?.delayMs ?? this.#lateAnswerMs,
      status: due.find(fault => fault.kind.startsWith('http-error'))?.status ?? 502,
    }
  }
}

function isMatch(fault: ActiveFault, question: FaultQuestion): boolean {
  if (fault.bank !== question.bank || fault.listener !== question.listener) return false
  if (fault.kind === 'refuse-connections') return false
  const { request } = question
  if (request === null) return UNREAD_KINDS.has(fault.kind)
  if (UNREAD_KINDS.has(fault.kind)) return false
  if (fault.code !== undefined && fault.code !== request.code) return false
  return fault.payee === undefined || request.payees.includes(fault.payee)
}
