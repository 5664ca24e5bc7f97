// The 外联客户端 of the simulated CCB: reads a message from either transport, checks who sends it, finds the operation.

import { answered, exchange, UNDISTURBED, type Call } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { httpError, type Handled, type Handler, type WireRequest } from '../engine/listener'
import type { TcpWire } from '../engine/tcp-listener'
import { queryBalance } from './balance'
import { compose, readMessage, unreadable, type Head, type Message, type Returned } from './message'
import { ok, refused, type Ccb } from './operation'
import { pay, planPay } from './payments'
import type { CcbOptions } from './settings'
import { queryStatement } from './statement'
import { planStatusQuery, queryStatus } from './status'

type Operation = {
  readonly plan?: (ccb: Ccb, message: Message) => Pick<Call, 'payees' | 'pays'>
  readonly perform: (ccb: Ccb, message: Message, disturbance: Disturbance) => Returned
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  '6W8010': { plan: planPay, perform: pay },
  '6W8060': { plan: planPay, perform: pay },
  '6W0600': { plan: planStatusQuery, perform: queryStatus },
  '6W0500': { plan: planStatusQuery, perform: queryStatus },
  '6W0100': { perform: queryBalance },
  '6W0300': { perform: queryStatement },
  '6W0400': { perform: queryStatement },
  '6WY101': { perform: queryStatement },
}

/** A message ends with its own closing tag (banks/ccb §1). */
export const wire: TcpWire = {
  requestLength(received) {
    const end = received.indexOf('</TX>')
    return end < 0 ? null : end + '</TX>'.length
  },
  frame: body => body,
}

export function frontEnd(ccb: Ccb, customers: CcbOptions['customers']): Handler {
  const { context, protocol } = ccb
  const connected = new Set<string>()
  return request => {
    const bytes = messageBytes(request)
    if (bytes === null) return answered(httpError(400))
    const message = readMessage(bytes)
    if ('problem' in message) return notRead(ccb, message.head, message.problem)
    const { head } = message
    const operation = Object.hasOwn(OPERATIONS, head.txCode) ? OPERATIONS[head.txCode] : undefined
    const plan = operation?.plan?.(ccb, message) ?? { payees: [], pays: null }
    const system = (): Returned => refused(ccb, 'maintenance', '暂时未能处理您的请求')
    return exchange(
      context,
      { listener: 'ebs', code: head.txCode, ...plan },
      {
        maintenance: () => compose(message, system(), UNDISTURBED),
        headerFailed: () => compose(message, refused(ccb, 'bad-message', '报文头校验失败'), UNDISTURBED),
        perform(disturbance) {
          const operator = `${head.custId}/${head.userId}`
          if (!isKnown(customers, head))
            return compose(message, refused(ccb, 'bad-operator', '操作员校验失败'), UNDISTURBED)
          if (head.txCode === '6W9101') {
            connected.add(operator)
            return compose(message, ok(ccb, ''), disturbance)
          }
          if (protocol.requiresConnect && !connected.has(operator)) {
            return compose(message, refused(ccb, 'not-connected', '请先建立客户端连接'), UNDISTURBED)
          }
          if (!operation) return compose(message, refused(ccb, 'not-simulated', head.txCode), UNDISTURBED)
          return compose(message, operation.perform(ccb, message, disturbance), disturbance)
        },
      },
    )
  }
}

function isKnown(customers: CcbOptions['customers'], head: Head): boolean {
  return customers.some(
    ({ custId, userId, password }) => custId === head.custId && userId === head.userId && password === head.password,
  )
}

/** The XML of a TCP request or of an HTTP form; null when it is no form. */
function messageBytes({ method, body }: WireRequest): Buffer | null {
  if (method === 'TCP') return body
  const name = Buffer.from('requestXml=')
  if (method !== 'POST' || !body.subarray(0, name.length).equals(name)) return null
  const value = body.subarray(name.length)
  return value[0] === 0x3c ? value : unescaped(value)
}

/** Percent-encoding undone on bytes: which charset they are in is not the form's business. */
function unescaped(value: Buffer): Buffer | null {
  const text = value.toString('latin1')
  if (!/^(?:[^%&]|%[0-9A-Fa-f]{2})*$/.test(text)) return null
  const plain = text
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(plain, 'latin1')
}

/** Faults that need no understanding of the request must spoil also what cannot be read. */
function notRead({ protocol, context }: Ccb, head: Head, problem: string): Handled {
  context.log(`ccb cannot read a message: ${problem}`)
  const answer = unreadable(head, protocol.codes['bad-message'], problem)
  const refuse = () => compose(answer, answer, UNDISTURBED)
  const call: Call = { listener: 'ebs', code: head.txCode, payees: [], pays: null }
  return exchange(context, call, { maintenance: refuse, headerFailed: refuse, perform: refuse })
}
