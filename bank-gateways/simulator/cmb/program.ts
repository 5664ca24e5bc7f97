// The simulated CMB CDC: one address of the bank itself over the common ledger. There is no front-end and no session: every message is
// signed and encrypted, or it is answered in plain text.

import { answered, exchange, Inquiries, UNDISTURBED, type BankContext, type Call } from '../engine/exchange'
import type { Disturbance, FaultKind } from '../engine/faults'
import { httpError, type Handled, type Handler } from '../engine/listener'
import type { BankProgram } from '../engine/program'
import { listAccounts, listModes, queryBalance } from './accounts'
import { compose, plainReply, readMessage, type Answer, type Fields, type Message } from './message'
import { refused, type Cmb } from './operation'
import { pay, payBatch, planPay } from './payments'
import { singleReceipt } from './receipts'
import { newPrivateKey, publicKeyOf } from './seal'
import type { CmbOptions } from './settings'
import { queryStatement } from './statement'
import { planStatusQuery, queryBatch, queryReturns, queryStatus } from './status'

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
  readonly plan?: (cmb: Cmb, message: Message) => Pick<Call, 'payees' | 'pays'>
  readonly perform: (cmb: Cmb, message: Message, disturbance: Disturbance) => Answer
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  BB1PAYOP: { plan: planPay, perform: pay },
  BB1PAYBH: { plan: planPay, perform: payBatch },
  BB1PAYQR: { plan: planStatusQuery, perform: queryStatus },
  BB1QRYBD: { perform: queryBatch },
  BB1PAYQB: { perform: queryReturns },
  NTQACINF: { perform: queryBalance },
  DCLISMOD: { perform: listModes },
  DCLISACC: { perform: listAccounts },
  trsQryByBreakPoint: { perform: queryStatement },
  DCSIGREC: { perform: singleReceipt },
}

const PATH = '/cdcserver/api/v2'

export const cmb: BankProgram<CmbOptions> = {
  bank: 'cmb',
  zh: '招商银行 CDC',
  en: 'CMB CDC',
  cnapsPrefix: '308',
  listeners: ['cdc'],
  faults: FAULTS,
  answersContinue: true,
  open(context: BankContext, options: CmbOptions) {
    const { protocol, bankPrivateKey } = options
    const privateKey = bankPrivateKey === null ? newPrivateKey() : Buffer.from(bankPrivateKey, 'base64')
    if (bankPrivateKey === null) context.log(`cmb signs; its public key is ${publicKeyOf(privateKey)}`)
    const bank: Cmb = { context, desk: context.desk, protocol, inquiries: new Inquiries(), askedAt: new Map() }
    return { cdc: handler(bank, options, privateKey) }
  },
}

function handler(bank: Cmb, { customers, protocol }: CmbOptions, privateKey: Buffer): Handler {
  const { context } = bank
  return request => {
    if (request.url.split('?')[0] !== PATH) return answered(httpError(404))
    if (request.method !== 'POST') return answered(httpError(405))
    const message = readMessage(request, customers)
    if (typeof message === 'string') return unreadable(bank, message)
    const operation = Object.hasOwn(OPERATIONS, message.funcode) ? OPERATIONS[message.funcode] : undefined
    const plan = operation?.plan?.(bank, message) ?? { payees: [], pays: null }
    const write = (answer: Answer, disturbance: Disturbance) => {
      const shown = protocol.trailingSpaces ? { ...answer, body: padded(answer.body) } : answer
      return compose(
        message,
        shown,
        { privateKey, isSorted: protocol.isSorted, nowMs: context.clock.now() },
        disturbance,
      )
    }
    return exchange(
      context,
      { listener: 'cdc', code: message.funcode, ...plan },
      {
        maintenance: () => plainReply('CDCServer:系统维护'),
        headerFailed: () => write(refused(bank, 'maintenance', '系统忙'), UNDISTURBED),
        perform(disturbance) {
          if (!operation) return write(refused(bank, 'bad-content', message.funcode), disturbance)
          return write(operation.perform(bank, message, disturbance), disturbance)
        },
      },
    )
  }
}

/** Faults that need no understanding of the request must spoil also what cannot be read. */
function unreadable({ context }: Cmb, words: string): Handled {
  context.log(`cmb cannot read a message: ${words}`)
  const refuse = () => plainReply(words)
  const call: Call = { listener: 'cdc', code: '', payees: [], pays: null }
  return exchange(context, call, { maintenance: refuse, headerFailed: refuse, perform: refuse })
}

/** Blanks behind every value, as some functions of the bank send them. */
function padded(body: Fields): Fields {
  const pad = (value: unknown): unknown => {
    if (typeof value === 'string') return `${value}  `
    if (Array.isArray(value)) return value.map(pad)
    return typeof value === 'object' && value !== null ? padded(value as Fields) : value
  }
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, pad(value)]))
}
