// `/B2EC/E2BServlet` of the simulated BOC front-end: reads the message, checks the token, finds the operation, answers.

import { answered, exchange, UNDISTURBED, type Call } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { httpError, type Handled, type Handler } from '../engine/listener'
import { queryBalances } from './balance'
import { compose, fatal, readMessage, statusElement, type Head, type Message } from './message'
import { refused, type Answer, type Boc } from './operation'
import { pay, planPay } from './payments'
import { orderReceipts } from './receipts'
import type { Sessions } from './session'
import { queryStatement } from './statement'
import { planStatusQuery, queryStatus } from './status'

type Operation = {
  readonly plan?: (boc: Boc, message: Message) => Pick<Call, 'payees' | 'pays'>
  readonly perform: (boc: Boc, message: Message, disturbance: Disturbance) => Answer
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  b2e0009: { plan: planPay, perform: pay },
  b2e0061: { plan: planPay, perform: pay },
  b2e0007: { plan: planStatusQuery, perform: queryStatus },
  b2e0005: { perform: queryBalances },
  b2e0035: { perform: queryStatement },
  b2e0500: { perform: orderReceipts },
}

const SERVLET = '/B2EC/E2BServlet'

export function servlet(boc: Boc, sessions: Sessions): Handler {
  const { context, protocol } = boc
  return request => {
    if (request.url.split('?')[0] !== SERVLET) return answered(httpError(404))
    if (request.method !== 'POST') return answered(httpError(405))
    const message = readMessage(request.body)
    if ('problem' in message) return unreadable(boc, message.head, message.problem)
    const { head } = message
    const operation = Object.hasOwn(OPERATIONS, head.trncod) ? OPERATIONS[head.trncod] : undefined
    const plan = operation?.plan?.(boc, message) ?? { payees: [], pays: null }
    return exchange(
      context,
      { listener: 'b2e', code: head.trncod, ...plan },
      {
        maintenance: () => fatal(head, { rspcod: protocol.codes.maintenance, rspmsg: '系统维护' }),
        headerFailed: () => compose(message, refused(boc, 'maintenance', '系统忙'), UNDISTURBED),
        perform(disturbance) {
          if (head.trncod === 'b2e0001') return compose(message, sessions.signIn(message), disturbance)
          if (!sessions.isSignedIn(message)) return notSignedIn(boc, message, disturbance)
          if (head.trncod === 'b2e0002') return compose(message, sessions.signOut(message), disturbance)
          if (!operation) return unknownCode(boc, head)
          return compose(message, operation.perform(boc, message, disturbance), disturbance)
        },
      },
    )
  }
}

/** The request was not executed (banks/boc §2). */
function notSignedIn({ protocol }: Boc, message: Message, disturbance: Disturbance) {
  const status = { rspcod: protocol.codes['not-signed-in'], rspmsg: '未签到或签到已失效' }
  return protocol.notSignedInShape === 'b2eerror'
    ? fatal(message.head, status)
    : compose(message, statusElement(status), disturbance)
}

function unknownCode({ protocol, context }: Boc, head: Head) {
  context.log(`boc does not simulate ${head.trncod}`)
  return fatal(head, { rspcod: protocol.codes['not-simulated'], rspmsg: `模拟银行不支持 ${head.trncod}` })
}

/** Faults that need no understanding of the request must spoil also what the front-end cannot read. */
function unreadable({ protocol, context }: Boc, head: Head, problem: string): Handled {
  context.log(`boc cannot read a message: ${problem}`)
  const refuse = () => fatal(head, { rspcod: protocol.codes['bad-message'], rspmsg: problem })
  const call: Call = { listener: 'b2e', code: head.trncod, payees: [], pays: null }
  return exchange(context, call, { maintenance: refuse, headerFailed: refuse, perform: refuse })
}
