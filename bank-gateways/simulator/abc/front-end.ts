// The 银企通 front-end of the simulated ABC: reads the message, finds the operation, answers. No login, no signature: the real
// one signs with a key of its own (banks/abc §1).

import { exchange, UNDISTURBED, type Call } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import type { Handled, Handler } from '../engine/listener'
import { queryBalance } from './balance'
import { queryDetail } from './detail'
import { compose, readMessage, type Head, type Message, type Returned } from './message'
import { refused, type Abc } from './operation'
import { pay, planPay } from './payments'
import { planStatusQuery, queryStatus } from './status'

type Operation = {
  readonly plan?: (abc: Abc, message: Message) => Pick<Call, 'payees' | 'pays'>
  readonly perform: (abc: Abc, message: Message, disturbance: Disturbance) => Returned
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  CFRT02: { plan: planPay, perform: pay },
  CFRT21: { plan: planPay, perform: pay },
  CQRT04: { plan: planStatusQuery, perform: queryStatus },
  CQRA61: { plan: planStatusQuery, perform: queryStatus },
  CQRA06: { perform: queryBalance },
  CQRA10: { perform: queryDetail },
}

export function frontEnd(abc: Abc, corpNo: string): Handler {
  const { context, protocol } = abc
  return request => {
    const message = readMessage(request.body, corpNo, protocol.lengths.reqSeqNo)
    if ('problem' in message) return notRead(abc, message.head, message.problem)
    const { head } = message
    const answer = (returned: Returned, disturbance: Disturbance) =>
      compose(protocol, head, returned, disturbance, context.clock.now())
    const operation = Object.hasOwn(OPERATIONS, head.code) ? OPERATIONS[head.code] : undefined
    const plan = operation?.plan?.(abc, message) ?? { payees: [], pays: null }
    return exchange(
      context,
      { listener: 'icc', code: head.code, ...plan },
      {
        maintenance: () => answer(refused(abc, 'maintenance', '前置通讯异常'), UNDISTURBED),
        headerFailed: () => answer(refused(abc, 'bad-message', '报文头校验失败'), UNDISTURBED),
        perform(disturbance) {
          if (!operation) return answer(refused(abc, 'not-simulated', head.code), UNDISTURBED)
          return answer(operation.perform(abc, message, disturbance), disturbance)
        },
      },
    )
  }
}

/** Faults that need no understanding of the request must spoil also what cannot be read. */
function notRead(abc: Abc, head: Head, problem: string): Handled {
  const { context, protocol } = abc
  const refuse = () => compose(protocol, head, refused(abc, 'bad-message', problem), UNDISTURBED, context.clock.now())
  const call: Call = { listener: 'icc', code: head.code, payees: [], pays: null }
  return exchange(context, call, { maintenance: refuse, headerFailed: refuse, perform: refuse })
}
