// The local front-end of the simulated CITIC: reads the message, knows the customer, counts the hour, finds the action, answers.

import { answered, exchange, UNDISTURBED, type Call } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { httpError, type Handled, type Handler } from '../engine/listener'
import { compose, readMessage, type Message } from './message'
import { refused, type Answer, type Citic } from './operation'
import { payOutward, payRows, planOutward, planRows } from './payments'
import { planStatus, queryBalances, queryStatus } from './queries'
import { downloadReceipts, listReceipts } from './receipts'
import type { CiticOptions } from './settings'
import { queryStatement } from './statement'

type Action = {
  readonly isPayment: boolean
  readonly plan?: (citic: Citic, message: Message) => Pick<Call, 'payees' | 'pays'>
  readonly perform: (citic: Citic, message: Message, disturbance: Disturbance) => Answer
}

const ACTIONS: Readonly<Record<string, Action>> = {
  DLOUTTRN: { isPayment: true, plan: planOutward, perform: payOutward },
  DLINTTRN: { isPayment: true, plan: planRows, perform: payRows },
  DLCIDSTT: { isPayment: false, plan: planStatus, perform: queryStatus },
  DLBALQRY: { isPayment: false, perform: queryBalances },
  DLTRNALL: { isPayment: false, perform: queryStatement },
  DLEDDRSQ: { isPayment: false, perform: listReceipts },
  DLEDCDTD: { isPayment: false, perform: downloadReceipts },
}

const HOUR_MS = 3_600_000

export function frontEnd(citic: Citic, customers: CiticOptions['customers']): Handler {
  const limits = new Limits(citic)
  return request => {
    if (request.method !== 'POST') return answered(httpError(405))
    const message = readMessage(request.body)
    if ('problem' in message) return unreadable(citic, message.problem)
    const action = Object.hasOwn(ACTIONS, message.action) ? ACTIONS[message.action] : undefined
    const plan = action?.plan?.(citic, message) ?? { payees: [], pays: null }
    const busy = (): Answer => refused(citic, 'maintenance', '系统维护')
    return exchange(
      citic.context,
      { listener: 'frontEnd', code: message.action, ...plan },
      {
        maintenance: () => compose(busy(), UNDISTURBED),
        headerFailed: () => compose(busy(), UNDISTURBED),
        perform(disturbance) {
          if (!customers.some(({ userName }) => userName === message.userName))
            return compose(refused(citic, 'identity', 'userName'), disturbance)
          if (!action) return compose(refused(citic, 'not-simulated', message.action), disturbance)
          const limit = limits.refusalOf(action.isPayment)
          if (limit !== null) return compose(refused(citic, limit, limit), disturbance)
          return compose(action.perform(citic, message, disturbance), disturbance)
        },
      },
    )
  }
}

/** Messages of the last hour and the idle time, in memory: a restarted front-end begins anew. */
class Limits {
  readonly #citic: Citic
  readonly #atMs: Record<'payments' | 'queries', number[]> = { payments: [], queries: [] }
  #lastMs: number | null = null

  constructor(citic: Citic) {
    this.#citic = citic
  }

  refusalOf(isPayment: boolean): 'logged-off' | 'too-many' | null {
    const { context, protocol } = this.#citic
    const nowMs = context.clock.now()
    const idleMs = this.#lastMs === null ? 0 : nowMs - this.#lastMs
    this.#lastMs = nowMs
    if (protocol.idleLogoffMs !== null && idleMs > protocol.idleLogoffMs) return 'logged-off'
    const kind = isPayment ? 'payments' : 'queries'
    const max = isPayment ? protocol.paymentsPerHour : protocol.queriesPerHour
    const recent = this.#atMs[kind].filter(at => at > nowMs - HOUR_MS)
    this.#atMs[kind] = recent
    if (max !== null && recent.length >= max) return 'too-many'
    recent.push(nowMs)
    return null
  }
}

/** Faults that need no understanding of the request must spoil also what the front-end cannot read. */
function unreadable(citic: Citic, problem: string): Handled {
  const refuse = () => compose(refused(citic, 'bad-message', problem), UNDISTURBED)
  const call: Call = { listener: 'frontEnd', code: '', payees: [], pays: null }
  return exchange(citic.context, call, { maintenance: refuse, headerFailed: refuse, perform: refuse })
}
