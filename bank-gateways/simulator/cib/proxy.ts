// The CSP proxy of the simulated CIB: reads the message, knows the customer, finds the function, answers.

import { answered, exchange, UNDISTURBED, type Call } from '../engine/exchange'
import { httpError, type Handled, type Handler } from '../engine/listener'
import { textOf } from '../engine/xml'
import { payBatch, planBatch } from './batch'
import { compose, readMessage, type Answer, type Message } from './message'
import { answer, status, type Cib, type Perform } from './operation'
import { inquireOne, payOne, planInquiry, planSingle } from './payments'
import type { CibOptions } from './settings'
import { queryStatement } from './statement'

type Function = {
  readonly plan?: (cib: Cib, message: Message) => Pick<Call, 'payees' | 'pays'>
  readonly perform: Perform
}

const FUNCTIONS: Readonly<Record<string, Function>> = {
  XFERTRN: { plan: planSingle, perform: payOne },
  XFERINQTRN: { plan: planInquiry, perform: inquireOne },
  ASYNBATCHTRSFRTRN: { plan: planBatch, perform: payBatch },
  SCUSTSTMTTRN: { perform: queryStatement },
}

export function proxy(cib: Cib, customers: CibOptions['customers']): Handler {
  return request => {
    if (request.method !== 'POST') return answered(httpError(405))
    const message = readMessage(request.body)
    if ('problem' in message) return unreadable(cib, message.problem)
    const found = Object.hasOwn(FUNCTIONS, message.name) ? FUNCTIONS[message.name] : undefined
    const isKnown = customers.some(
      ({ cid, userId, userPassword }) =>
        cid === textOf(message.signOn, 'CID') &&
        userId === textOf(message.signOn, 'USERID') &&
        userPassword === textOf(message.signOn, 'USERPASS'),
    )
    const plan = (isKnown ? found?.plan?.(cib, message) : null) ?? { payees: [], pays: null }
    const busy = () => composed(cib, failedSignOn(cib, 'maintenance', '系统维护'))
    return exchange(
      cib.context,
      { listener: 'csp', code: `${message.name}RQ`, ...plan },
      {
        maintenance: busy,
        headerFailed: busy,
        perform(disturbance) {
          const say = (what: Answer) => compose(what, cib.context.clock.now(), disturbance)
          if (!isKnown) return say(failedSignOn(cib, 'identity', '登录失败'))
          if (!found) return say(answer(message, status(cib, 'not-simulated', message.name), '', disturbance))
          return say(found.perform(cib, message, disturbance))
        },
      },
    )
  }
}

function failedSignOn(cib: Cib, code: Parameters<typeof status>[1], text: string): Answer {
  return { signOn: status(cib, code, text), function: null }
}

function composed({ context }: Cib, what: Answer) {
  return compose(what, context.clock.now(), UNDISTURBED)
}

/** Faults that need no understanding of the request must spoil also what the proxy cannot read. */
function unreadable(cib: Cib, problem: string): Handled {
  const refuse = () => composed(cib, failedSignOn(cib, 'bad-message', problem))
  const call: Call = { listener: 'csp', code: '', payees: [], pays: null }
  return exchange(cib.context, call, { maintenance: refuse, headerFailed: refuse, perform: refuse })
}
