// The B2BiC of the simulated Ping An: reads the packet, knows the customer, checks the serial, finds the code, answers.

import { dayOf } from '../engine/bank-time'
import { answered, exchange, UNDISTURBED, type Call } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { httpError, type Handled, type Handler } from '../engine/listener'
import { compose, readMessage, type Answer, type Head, type Message } from './message'
import { ok, refused, type Pab } from './operation'
import { payBatch, paySingle, planBatch, planSingle } from './payments'
import type { PabOptions } from './settings'
import { queryBalance, queryStatement } from './statement'
import { planStatus, queryBatch, querySingle } from './status'

type Operation = {
  readonly plan?: (pab: Pab, message: Message) => Pick<Call, 'payees' | 'pays'>
  readonly perform: (pab: Pab, message: Message, disturbance: Disturbance) => Answer
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  S001: { perform: pab => ok(pab, '') },
  4001: { perform: queryBalance },
  4004: { plan: planSingle, perform: paySingle },
  4005: { plan: planStatus, perform: querySingle },
  4013: { perform: queryStatement },
  4015: { plan: planStatus, perform: queryBatch },
  4018: { plan: planBatch, perform: payBatch },
}

export function frontEnd(pab: Pab, customers: PabOptions['customers']): Handler {
  const { context } = pab
  const serials = new Serials()
  return request => {
    if (request.method !== 'TCP' && request.method !== 'POST') return answered(httpError(405))
    const message = readMessage(request.body)
    if ('problem' in message) return unreadable(pab, message.head, message.problem)
    const { head } = message
    const operation = Object.hasOwn(OPERATIONS, head.tranCode) ? OPERATIONS[head.tranCode] : undefined
    const plan = operation?.plan?.(pab, message) ?? { payees: [], pays: null }
    const say = (answer: Answer, disturbance: Disturbance) => compose(head, answer, context.clock.now(), disturbance)
    return exchange(
      context,
      { listener: 'b2bic', code: head.tranCode, ...plan },
      {
        maintenance: () => say(refused(pab, 'maintenance', '系统维护'), UNDISTURBED),
        headerFailed: () => say(refused(pab, 'maintenance', '系统忙'), UNDISTURBED),
        perform(disturbance) {
          const transport = request.method === 'TCP' ? '01' : '02'
          if (head.protocol !== transport) return say(refused(pab, 'invalid-field', '通讯协议'), disturbance)
          if (!customers.some(({ mrchCode }) => mrchCode === head.mrchCode)) {
            return say(refused(pab, 'identity', '企业代码'), disturbance)
          }
          if (!serials.take(head, dayOf(context.clock.now()))) {
            return say(refused(pab, 'serial-repeated', head.serial), disturbance)
          }
          if (!operation) return say(refused(pab, 'not-simulated', head.tranCode), disturbance)
          return say(operation.perform(pab, message, disturbance), disturbance)
        },
      },
    )
  }
}

/** Serials of the day, in memory: a restarted front-end knows none of them. */
class Serials {
  #day = ''
  #used = new Set<string>()

  /** False when it was used. */
  take({ mrchCode, serial }: Head, day: string): boolean {
    if (day !== this.#day) {
      this.#day = day
      this.#used = new Set()
    }
    const key = `${mrchCode} ${serial}`
    if (this.#used.has(key)) return false
    this.#used.add(key)
    return true
  }
}

/** Faults that need no understanding of the request must spoil also what cannot be read. */
function unreadable(pab: Pab, head: Head, problem: string): Handled {
  const refuse = () => compose(head, refused(pab, 'bad-message', problem), pab.context.clock.now(), UNDISTURBED)
  const call: Call = { listener: 'b2bic', code: head.tranCode, payees: [], pays: null }
  return exchange(pab.context, call, { maintenance: refuse, headerFailed: refuse, perform: refuse })
}
