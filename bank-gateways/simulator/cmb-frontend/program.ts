// The simulated CMB front-end: FBSdkManager's one HTTP port over the common ledger.

import { answered, exchange, Inquiries, UNDISTURBED, type BankContext, type Call } from '../engine/exchange'
import type { Disturbance, FaultKind } from '../engine/faults'
import { httpError, type Handled, type Handler } from '../engine/listener'
import type { BankProgram } from '../engine/program'
import { listAccounts, listModes, queryBalance } from './accounts'
import { compose, readMessage, SOCKET_WIRE, unreadableReply, type Answer, type Message } from './message'
import { failed, type FrontEnd } from './operation'
import { pay, planPay } from './payments'
import { queryReceipts } from './receipts'
import type { CmbFrontendOptions } from './settings'
import { queryStatement } from './statement'
import { planStatusQuery, queryReturns, queryStatus } from './status'

const FAULTS: readonly FaultKind[] = [
  'refuse-connections',
  'drop-before',
  'drop-after-read',
  'silent',
  'drop-after-booking',
  'delay',
  'truncate',
  'truncate-with-length',
  'split',
  'garbage',
  'wrong-charset',
  'http-error',
  'http-error-after-booking',
  'maintenance',
  'header-failed',
  'item-failed',
  'wrong-serial',
  'unknown-code',
  'not-found',
  'missing-line',
  'lie-amount',
  'lie-payee',
]

type Operation = {
  readonly plan?: (frontEnd: FrontEnd, message: Message) => Pick<Call, 'payees' | 'pays'>
  readonly perform: (frontEnd: FrontEnd, message: Message, disturbance: Disturbance) => Answer
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  DCPAYMNT: { plan: planPay, perform: pay },
  NTQRYSTY: { plan: planStatusQuery, perform: queryStatus },
  NTPAYQYB: { perform: queryReturns },
  GetAccInfo: { perform: queryBalance },
  ListMode: { perform: listModes },
  ListAccount: { perform: listAccounts },
  GetTransInfoEX: { perform: queryStatement },
  SDKCSFDFBRT: { perform: queryReceipts },
}

export const cmbFrontend: BankProgram<CmbFrontendOptions> = {
  bank: 'cmb-frontend',
  zh: '招商银行 前置机',
  en: 'CMB front-end',
  cnapsPrefix: '308',
  listeners: ['fbsdk'],
  faults: FAULTS,
  answersContinue: true,
  tcp: ({ protocol }) => (protocol.mode === 'socket' ? { fbsdk: SOCKET_WIRE } : {}),
  open(context: BankContext, options: CmbFrontendOptions) {
    const { protocol } = options
    return { fbsdk: handler({ context, desk: context.desk, protocol, inquiries: new Inquiries() }, options) }
  },
}

function handler(frontEnd: FrontEnd, { customers, protocol }: CmbFrontendOptions): Handler {
  const { context } = frontEnd
  let lastMs = Number.NEGATIVE_INFINITY
  const problemOf = (message: Message): Answer | null => {
    const isKnown = customers.some(({ loginName }) => loginName === message.loginName)
    if (!isKnown || !protocol.isLoggedIn) return failed(frontEnd, '-4', '尚未登录系统')
    const nowMs = context.clock.now()
    const isTooSoon = nowMs - lastMs < protocol.minIntervalMs
    lastMs = isTooSoon ? lastMs : nowMs
    return isTooSoon ? failed(frontEnd, '-5', '请求太频繁') : null
  }
  return request => {
    if (protocol.mode !== 'socket' && request.method !== 'POST') return answered(httpError(405))
    const message = readMessage(request, protocol)
    if (!message) return unreadable(frontEnd)
    const operation = Object.hasOwn(OPERATIONS, message.funnam) ? OPERATIONS[message.funnam] : undefined
    const plan = operation?.plan?.(frontEnd, message) ?? { payees: [], pays: null }
    const write = (answer: Answer, disturbance: Disturbance) => compose(message, answer, protocol, disturbance)
    return exchange(
      context,
      { listener: 'fbsdk', code: message.funnam, ...plan },
      {
        maintenance: () => write({ retcod: '-1', errmsg: '提交主机失败', blocks: '' }, UNDISTURBED),
        headerFailed: () => write(failed(frontEnd, '-9', '其它错误'), UNDISTURBED),
        perform(disturbance) {
          const problem = problemOf(message)
          if (problem) return write(problem, disturbance)
          if (!operation) return write(failed(frontEnd, '-3', message.funnam), disturbance)
          return write(operation.perform(frontEnd, message, disturbance), disturbance)
        },
      },
    )
  }
}

/** Faults that need no understanding of the request must spoil also what the front-end cannot read. */
function unreadable({ context, protocol }: FrontEnd): Handled {
  context.log('cmb-frontend cannot read a message')
  const refuse = () => unreadableReply(protocol)
  const call: Call = { listener: 'fbsdk', code: '', payees: [], pays: null }
  return exchange(context, call, { maintenance: refuse, headerFailed: refuse, perform: refuse })
}
