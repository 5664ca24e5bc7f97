// The simulated CEB: csiiproxy's one port over the common ledger. It has neither balance nor statement: their codes are not public.

import { answered, exchange, Inquiries, UNDISTURBED, type BankContext, type Call } from '../engine/exchange'
import { FAULT_KINDS, type Disturbance } from '../engine/faults'
import { httpError, type Handled, type Handler, type WireRequest } from '../engine/listener'
import type { BankProgram } from '../engine/program'
import { compose, fatal, readMessage, type Message } from './message'
import { refused, type Answer, type Ceb } from './operation'
import { pay, planPayment } from './payments'
import { fileNamed, receipts } from './receipts'
import type { CebOptions } from './settings'
import { planStatus, queryStatus } from './status'

type Operation = {
  readonly plan?: (ceb: Ceb, message: Message) => Pick<Call, 'payees' | 'pays'>
  readonly perform: (ceb: Ceb, message: Message, disturbance: Disturbance) => Answer
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  b2e004001: { plan: planPayment, perform: pay },
  b2e004003: { plan: planStatus, perform: queryStatus },
  b2e005023: { perform: receipts },
}

/** An answer that repeats nothing of the payment (`echoesPayment`) cannot lie about it; the faults are there all the same. */
export const ceb: BankProgram<CebOptions> = {
  bank: 'ceb',
  zh: '光大银行',
  en: 'CEB',
  cnapsPrefix: '303',
  listeners: ['proxy'],
  faults: FAULT_KINDS,
  answersContinue: true,
  open(context: BankContext, { protocol, customers }: CebOptions) {
    const bank: Ceb = { context, desk: context.desk, protocol, inquiries: new Inquiries() }
    return { proxy: handler(bank, customers) }
  },
}

function handler(bank: Ceb, customers: CebOptions['customers']): Handler {
  const { context, protocol } = bank
  return request => {
    if (request.method !== 'POST') return answered(httpError(405))
    if (request.url.startsWith('/ent/downloadFile.do?')) return download(bank, customers, request)
    const message = readMessage(request)
    if ('problem' in message) return unreadable(bank, message.problem)
    const operation = Object.hasOwn(OPERATIONS, message.code) ? OPERATIONS[message.code] : undefined
    const plan = operation?.plan?.(bank, message) ?? { payees: [], pays: null }
    const head = protocol.echoesHead ? { code: message.code, batchId: message.batchId } : null
    const busy = { code: protocol.codes.maintenance, text: '系统维护' }
    return exchange(
      context,
      { listener: 'proxy', code: message.code, ...plan },
      {
        maintenance: () => fatal(busy),
        headerFailed: () => compose(head, refused(bank, 'maintenance', busy.text), UNDISTURBED),
        perform(disturbance) {
          const stranger = identityProblem(message, customers)
          if (stranger !== null) return compose(head, refused(bank, 'identity', stranger), disturbance)
          if (!operation) return compose(head, refused(bank, 'not-simulated', message.code), disturbance)
          return compose(head, operation.perform(bank, message, disturbance), disturbance)
        },
      },
    )
  }
}

/** Payments name the user and ask for the signature; queries are sent with the password only (banks/ceb §1). */
function identityProblem({ code, query, cifNo, userId }: Message, customers: CebOptions['customers']): string | null {
  const customer = customers.find(one => one.cifNo === cifNo && one.userId === userId)
  if (!customer) return 'CifNo/UserID'
  if (query.get('userPassword') !== customer.userPassword) return 'userPassword'
  if (code !== 'b2e004001') return null
  if (query.get('usrID') !== customer.userId) return 'usrID'
  return query.get('Sigdata') === '1' ? null : 'Sigdata'
}

function download(bank: Ceb, customers: CebOptions['customers'], { url }: WireRequest): Handled {
  const query = new URL(url, 'http://proxy').searchParams
  const call: Call = { listener: 'proxy', code: 'downloadFile', payees: [], pays: null }
  const none = () => fatal({ code: bank.protocol.codes['invalid-field'], text: '文件不存在' })
  return exchange(bank.context, call, {
    maintenance: none,
    headerFailed: none,
    perform() {
      const customer = customers.find(({ userPassword }) => userPassword === query.get('userPassword'))
      if (!customer || query.get('transcode') !== 'b2e005023') return none()
      const bytes = fileNamed(bank, customer.cifNo, query.get('fileName') ?? '')
      if (!bytes) return none()
      return { status: 200, contentType: 'application/octet-stream', body: Buffer.from(bytes) }
    },
  })
}

/** Faults that need no understanding of the request must spoil also what the proxy cannot read. */
function unreadable(bank: Ceb, problem: string): Handled {
  bank.context.log(`ceb cannot read a message: ${problem}`)
  const refuse = () => fatal({ code: bank.protocol.codes['bad-message'], text: problem })
  const call: Call = { listener: 'proxy', code: '', payees: [], pays: null }
  return exchange(bank.context, call, { maintenance: refuse, headerFailed: refuse, perform: refuse })
}
