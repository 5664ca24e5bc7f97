// The simulated CGB: one port over the common ledger, the local client's (`/CGBClient/BankAction`) or, by the setting `transport`, the
// bank's own (`/E102/2.0.0`).

import { answered, exchange, Inquiries, UNDISTURBED, type BankContext, type Call } from '../engine/exchange'
import { FAULT_KINDS, type Disturbance } from '../engine/faults'
import { httpError, type Handled, type Handler, type WireReply, type WireRequest } from '../engine/listener'
import type { BankProgram } from '../engine/program'
import { bankKeyOf, openEnvelope, sealAnswer, type BankKey, type Envelope } from './direct'
import { readForm } from './form'
import { compose, readMessage, type Answer, type Message } from './message'
import { refused, type Cgb } from './operation'
import { payBatch, paySingle, planBatch, planSingle } from './payments'
import { planBatchStatus, planStatus, queryBalance, queryBatch, queryStatement, queryStatus } from './queries'
import type { CgbOptions } from './settings'

type Operation = {
  readonly plan?: (cgb: Cgb, message: Message) => Pick<Call, 'payees' | 'pays'>
  readonly perform: (cgb: Cgb, message: Message, disturbance: Disturbance) => Answer
}

function operationsOf({ protocol }: CgbOptions): Readonly<Record<string, Operation>> {
  const single: Operation = { plan: planSingle, perform: paySingle }
  return {
    '0001': { perform: queryBalance },
    '0004': { plan: planStatus, perform: queryStatus },
    '0011': single,
    '0012': single,
    '0021': single,
    '0033': { plan: planBatch, perform: payBatch },
    '0034': { plan: planBatchStatus, perform: queryBatch },
    [protocol.statementCode]: { perform: queryStatement },
  }
}

/** An answer that repeats nothing of the payment (`echoesPayment`) cannot lie about it; the faults are there all the same. */
export const cgb: BankProgram<CgbOptions> = {
  bank: 'cgb',
  zh: '广发银行',
  en: 'CGB',
  cnapsPrefix: '306',
  listeners: ['bank'],
  faults: FAULT_KINDS,
  answersContinue: true,
  open(context: BankContext, options: CgbOptions) {
    const bank: Cgb = { context, desk: context.desk, protocol: options.protocol, inquiries: new Inquiries() }
    return { bank: options.protocol.transport === 'client' ? client(bank, options) : direct(bank, options) }
  },
}

function client(bank: Cgb, options: CgbOptions): Handler {
  const write = (body: Buffer): WireReply => ({ status: 200, contentType: 'text/xml; charset=GBK', body })
  return request => {
    if (request.url !== '/CGBClient/BankAction') return answered(httpError(404))
    if (request.method !== 'POST') return answered(httpError(405))
    const bedc = readForm(request.body, 'cgb_data')
    const message = bedc ? readMessage(bedc) : { problem: 'cgb_data' }
    return 'problem' in message ? unreadable(bank, message.problem, write) : served(bank, options, message, write)
  }
}

function direct(bank: Cgb, options: CgbOptions): Handler {
  const { context, protocol } = bank
  const key = bankKeyOf(options, context.log)
  return request => {
    if (!/^\/E102\/[\w.]+$/.test(request.url)) return answered(httpError(404))
    if (request.method !== 'POST') return answered(httpError(405))
    const envelope = openEnvelope(headersOf(request), request.body, options.customers, key)
    if (typeof envelope === 'string') return unreadable(bank, envelope, plain)
    const write = (body: Buffer): WireReply => sealedReply(envelope, body, key, protocol.digest)
    const message = readMessage(envelope.bedc)
    return 'problem' in message ? unreadable(bank, message.problem, write) : served(bank, options, message, write)
  }
}

function headersOf({ headers = {} }: WireRequest) {
  const get = (name: string): string => {
    const value = headers[name]
    return typeof value === 'string' ? value : ''
  }
  return { appid: get('appid'), encryptkey: get('encryptkey'), signature: get('signature') }
}

function sealedReply(envelope: Envelope, bedc: Buffer, key: BankKey, digest: 'sha1' | 'sha256'): WireReply {
  const { headers, body } = sealAnswer(envelope, bedc, key, digest)
  return { status: 200, contentType: 'text/plain; charset=UTF-8', headers, body }
}

/** What the bank's gateway says itself: neither encrypted nor signed. */
function plain(body: Buffer): WireReply {
  return { status: 200, contentType: 'text/plain; charset=UTF-8', body }
}

function served(bank: Cgb, options: CgbOptions, message: Message, write: (body: Buffer) => WireReply): Handled {
  const operations = operationsOf(options)
  const operation = Object.hasOwn(operations, message.tranCode) ? operations[message.tranCode] : undefined
  const plan = operation?.plan?.(bank, message) ?? { payees: [], pays: null }
  const say = (answer: Answer, disturbance: Disturbance): WireReply => write(compose(message, answer, disturbance))
  return exchange(
    bank.context,
    { listener: 'bank', code: message.tranCode, ...plan },
    {
      maintenance: () => plain(Buffer.from('系统维护', 'utf8')),
      headerFailed: () => say(refused(bank, 'maintenance', '系统维护'), UNDISTURBED),
      perform(disturbance) {
        if (!isCustomer(message, options))
          return say(refused(bank, 'identity', 'cifMaster/entUserId/password'), disturbance)
        if (!operation) return say(refused(bank, 'not-simulated', message.tranCode), disturbance)
        return say(operation.perform(bank, message, disturbance), disturbance)
      },
    },
  )
}

function isCustomer({ cifMaster, entUserId, password }: Message, { customers }: CgbOptions): boolean {
  return customers.some(
    one => one.cifMaster === cifMaster && one.entUserId === entUserId && one.userPassword === password,
  )
}

/** Faults that need no understanding of the request must spoil also what cannot be read. */
function unreadable(bank: Cgb, problem: string, write: (body: Buffer) => WireReply): Handled {
  bank.context.log(`cgb cannot read a message: ${problem}`)
  const refuse = () =>
    write(compose(null, { code: bank.protocol.codes['bad-message'], text: problem, inner: '' }, UNDISTURBED))
  const call: Call = { listener: 'bank', code: '', payees: [], pays: null }
  return exchange(bank.context, call, { maintenance: refuse, headerFailed: refuse, perform: refuse })
}
