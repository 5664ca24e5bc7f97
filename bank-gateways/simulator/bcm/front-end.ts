// The 银企直联 front-end of the simulated BCM: reads a message from either transport, knows the enterprise, finds the operation. No
// login, no signature: the real one signs with its UKey (banks/bcm §1).

import { answered, exchange, UNDISTURBED, type Call } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { httpError, type Handled, type Handler, type WireRequest } from '../engine/listener'
import { compose, readMessage, type Head, type Message, type Returned } from './message'
import { refused, type Bcm } from './operation'
import { pay, planPay } from './payments'
import { payroll, planPayroll } from './payroll'
import type { BcmOptions } from './settings'
import { queryBalance, queryStatement } from './statement'
import { planStatusQuery, queryStatus } from './status'

type Operation = {
  readonly plan?: (bcm: Bcm, message: Message) => Pick<Call, 'payees' | 'pays'>
  readonly perform: (bcm: Bcm, message: Message, disturbance: Disturbance) => Returned
  /** What a missing line is missing from: the answer's lines, or, where it has none, the message itself. */
  readonly hasLines?: true
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  '210201': { plan: planPay, perform: pay },
  '210224': { plan: planPay, perform: pay },
  '330002': { plan: planPayroll, perform: payroll, hasLines: true },
  '310204': { plan: planStatusQuery, perform: queryStatus },
  '310101': { perform: queryBalance },
  '310201': { perform: queryStatement },
  '310301': { perform: queryStatement },
}

export function frontEnd(bcm: Bcm, customers: BcmOptions['customers']): Handler {
  const { context } = bcm
  return request => {
    const bytes = messageBytes(request)
    if (bytes === null) return answered(httpError(400))
    const message = readMessage(bytes)
    if ('problem' in message) return notRead(bcm, message.head, message.problem)
    const { head } = message
    const answer = (returned: Returned, disturbance: Disturbance) =>
      compose(head, returned, disturbance, context.clock.now())
    const isKnown = customers.some(({ corpNo, userNo }) => corpNo === head.corpNo && userNo === head.userNo)
    const operation = Object.hasOwn(OPERATIONS, head.trCode) ? OPERATIONS[head.trCode] : undefined
    const plan = (isKnown ? operation?.plan?.(bcm, message) : null) ?? { payees: [], pays: null }
    const failed = (code: 'maintenance' | 'bad-message', text: string): Returned => ({
      ...refused(bcm, code, text),
      ans: '1',
    })
    return exchange(
      context,
      { listener: 'frontEnd', code: head.trCode, ...plan },
      {
        maintenance: () => answer(failed('maintenance', '系统维护'), UNDISTURBED),
        headerFailed: () => answer(failed('bad-message', '报文头校验失败'), UNDISTURBED),
        perform(disturbance) {
          if (!isKnown) return answer(refused(bcm, 'identity', '企业代码或用户号错误'), UNDISTURBED)
          if (!operation) return answer(refused(bcm, 'not-simulated', head.trCode), UNDISTURBED)
          const returned = operation.perform(bcm, message, disturbance)
          return answer(returned, operation.hasLines ? withoutMissingLine(disturbance) : disturbance)
        },
      },
    )
  }
}

function withoutMissingLine(disturbance: Disturbance): Disturbance {
  const kinds = new Set(disturbance.kinds)
  kinds.delete('missing-line')
  return { ...disturbance, kinds }
}

/** The XML: behind the header of TCP, as the body of a POST whatever its content type, or as the query of a GET. */
function messageBytes({ method, url, body }: WireRequest): Buffer | null {
  if (method === 'TCP') return body.subarray(7)
  if (method === 'POST') return body
  const query = url.slice(url.indexOf('?') + 1)
  if (method !== 'GET' || !url.includes('?') || !/^(?:[^%]|%[0-9A-Fa-f]{2})*$/.test(query)) return null
  const plain = query.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(plain, 'latin1')
}

/** Faults that need no understanding of the request must spoil also what cannot be read. */
function notRead(bcm: Bcm, head: Head, problem: string): Handled {
  const { context } = bcm
  const refuse = () => compose(head, refused(bcm, 'bad-message', problem), UNDISTURBED, context.clock.now())
  const call: Call = { listener: 'frontEnd', code: head.trCode, payees: [], pays: null }
  return exchange(context, call, { maintenance: refuse, headerFailed: refuse, perform: refuse })
}
