// Port 448 of the simulated NetSafe Client: reads the envelope, finds the operation, lets faults have their way, answers.

import { answered, exchange, UNDISTURBED, type BankContext, type Call } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { httpError, type Handler } from '../engine/listener'
import { REASON_TEXT } from '../engine/reasons'
import { queryBalances } from './balance'
import { queryHistory, queryToday } from './detail'
import { readEnvelope, SIGNED_CODES, type Envelope } from './envelope'
import { objected, packageKey, type Icbc, type Objection } from './operation'
import { pay, planPay } from './payent'
import { planPaymentQuery, queryPayments } from './qpayent'
import { orderReceipts, queryReceipts } from './receipts'
import { composeReply, ncError, type Outcome } from './reply'
import type { Seal } from '../engine/seal'
import type { IcbcOptions, IcbcProtocol } from './settings'

type Operation = {
  readonly plan?: (icbc: Icbc, envelope: Envelope) => Pick<Call, 'payees' | 'pays'>
  readonly perform: (icbc: Icbc, envelope: Envelope, disturbance: Disturbance) => Outcome
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  PAYENT: { plan: planPay, perform: pay },
  QPAYENT: { plan: planPaymentQuery, perform: queryPayments },
  QACCBAL: { perform: queryBalances },
  QPD: { perform: queryToday },
  QHISD: { perform: queryHistory },
  BATEBILL: { perform: orderReceipts },
  QEBILL: { perform: queryReceipts },
}

const SERVLET = '/servlet/ICBCCMPAPIReqServlet'

export function tunnelPort(icbc: Icbc, customers: IcbcOptions['customers'], seal: Seal): Handler {
  const { context, protocol } = icbc
  return request => {
    if (request.url.split('?')[0] !== SERVLET) return answered(httpError(404))
    if (request.method !== 'POST') return answered(httpError(405))
    const envelope = readEnvelope(request, seal)
    if (typeof envelope === 'string') {
      context.log(`NC refuses: ${envelope}`)
      return unreadable(context, protocol)
    }
    const operation = Object.hasOwn(OPERATIONS, envelope.transCode) ? OPERATIONS[envelope.transCode] : undefined
    const plan = operation?.plan?.(icbc, envelope) ?? { payees: [], pays: null }
    const compose = (outcome: Outcome, disturbance: Disturbance) =>
      composeReply(protocol, envelope, outcome, context.clock.now(), disturbance)
    const refuse = (code: Objection['code'], text: string): Outcome => objected(icbc, { code, text })
    return exchange(
      context,
      { listener: 'tunnel', code: envelope.transCode, ...plan },
      {
        maintenance: () => ncError(protocol),
        headerFailed: () => compose(refuse('maintenance', '系统忙'), UNDISTURBED),
        perform(disturbance) {
          if (!customers.some(({ cis, certId }) => cis === envelope.cis && certId === envelope.certId)) {
            return compose(refuse('identity', '集团客户号或证书 ID 不存在'), disturbance)
          }
          if (!operation) return compose(refuse('not-simulated', REASON_TEXT['not-simulated']), disturbance)
          if (isRepeated(icbc, envelope)) return compose(refuse('duplicate', '指令包序列号重复'), disturbance)
          noteQuery(icbc, envelope)
          return compose(operation.perform(icbc, envelope, disturbance), disturbance)
        },
      },
    )
  }
}

/** Faults that need no understanding of the request must spoil also what NC would refuse. */
function unreadable(context: BankContext, protocol: IcbcProtocol) {
  const refuse = () => ncError(protocol)
  const call: Call = { listener: 'tunnel', code: '', payees: [], pays: null }
  return exchange(context, call, { maintenance: refuse, headerFailed: refuse, perform: refuse })
}

/** "一个集团永远不能重复": a package that was taken keeps its number for ever (banks/icbc §2). */
function isRepeated({ context, protocol }: Icbc, envelope: Envelope): boolean {
  if (protocol.duplicatesOf === 'signed' && !SIGNED_CODES.has(envelope.transCode)) return false
  return context.book.notes(context.bank, 'package', packageKey(envelope.cis, envelope.fSeqno)).length > 0
}

/** Where queries must be new too, their numbers are remembered like those of packages. */
function noteQuery({ context, protocol }: Icbc, { transCode, cis, fSeqno }: Envelope): void {
  if (protocol.duplicatesOf === 'signed' || SIGNED_CODES.has(transCode)) return
  context.book.add({ kind: 'note', bank: context.bank, topic: 'package', key: packageKey(cis, fSeqno), data: {} })
}
