// The one port of the simulated CMBC: XML is NS-BDES to its local proxy, JSON the open platform behind a signing service. Each knows its
// customer in its own way: client, user and password, or the open_id.

import { answered, exchange, UNDISTURBED, type Call } from '../engine/exchange'
import { httpError, type Handled, type Handler, type WireRequest } from '../engine/listener'
import { textOf } from '../engine/xml'
import { NS_OPERATIONS, refused } from './ns-bdes'
import { compose, readMessage, type Message } from './ns-message'
import { openOperation, openRefused } from './open'
import { composeOpen, readOpenMessage, type OpenReturned } from './open-message'
import type { Cmbc } from './operation'
import type { CmbcOptions, Customer } from './settings'

const LISTENER = 'proxy'

export function proxy(cmbc: Cmbc, customers: CmbcOptions['customers']): Handler {
  return request => {
    if (request.method !== 'POST') return answered(httpError(405))
    const isJson = request.body.subarray(0, 64).toString('latin1').trimStart().startsWith('{')
    return isJson ? overJson(cmbc, customers, request) : overXml(cmbc, customers, request)
  }
}

function overXml(cmbc: Cmbc, customers: readonly Customer[], request: WireRequest): Handled {
  const { context, protocol } = cmbc
  const message = readMessage(request.body, request.contentType)
  const head: Pick<Message, 'trnCode' | 'trnId'> = 'problem' in message ? { trnCode: '', trnId: '' } : message
  const say = (returned: ReturnType<typeof refused>, disturbance = UNDISTURBED) =>
    compose(protocol, head, returned, disturbance, context.clock.now())
  if ('problem' in message) return notRead(cmbc, () => say(refused(cmbc, 'bad-message', message.problem)))
  const operation = Object.hasOwn(NS_OPERATIONS, head.trnCode) ? NS_OPERATIONS[head.trnCode] : undefined
  const isKnown = customers.some(customer => isSignedBy(customer, message))
  const plan = (isKnown ? operation?.plan?.(cmbc, message) : null) ?? { payees: [], pays: null }
  return exchange(
    context,
    { listener: LISTENER, code: head.trnCode, ...plan },
    {
      maintenance: () => say(refused(cmbc, 'maintenance', '系统维护')),
      headerFailed: () => say(refused(cmbc, 'bad-message', '报文头校验失败')),
      perform(disturbance) {
        if (!isKnown) return say(refused(cmbc, 'identity', '客户不存在'))
        if (!operation) return say(refused(cmbc, 'not-simulated', head.trnCode))
        return say(operation.perform(cmbc, message, disturbance), disturbance)
      },
    },
  )
}

function isSignedBy({ clientId, userId, userPassword }: Customer, { header }: Message): boolean {
  const own = { clientId, userId, userPswd: userPassword }
  return Object.entries(own).every(([name, value]) => textOf(header, name) === value)
}

function overJson(cmbc: Cmbc, customers: readonly Customer[], request: WireRequest): Handled {
  const { context, protocol } = cmbc
  const message = readOpenMessage(request.body)
  const failed = (text: string): OpenReturned => ({ returnCode: protocol.badReturnCode, text, busi: null })
  const say = (returned: OpenReturned, disturbance = UNDISTURBED) => composeOpen(protocol, returned, disturbance)
  if ('problem' in message) return notRead(cmbc, () => say(failed(message.problem)))
  const customer = customers.find(({ openId }) => openId === message.busiParamMap['open_id'])
  const operation = openOperation(cmbc, message)
  const plan = (customer && operation?.plan?.(cmbc, message, customer.clientId)) ?? { payees: [], pays: null }
  return exchange(
    context,
    { listener: LISTENER, code: message.method, ...plan },
    {
      maintenance: () => say(failed('系统维护')),
      headerFailed: () => say(failed('验签失败')),
      perform(disturbance) {
        if (!customer) return say(openRefused(cmbc, 'identity', '未授权'))
        if (!operation) return say(openRefused(cmbc, 'not-simulated', message.method))
        return say(operation.perform(cmbc, { message, customer, disturbance }), disturbance)
      },
    },
  )
}

/** Faults that need no understanding of the request must spoil also what cannot be read. */
function notRead({ context }: Cmbc, refuse: () => ReturnType<typeof composeOpen>): Handled {
  const call: Call = { listener: LISTENER, code: '', payees: [], pays: null }
  return exchange(context, call, { maintenance: refuse, headerFailed: refuse, perform: refuse })
}
