// The ports of the simulated SPDB: the sign server, NC_HTTP behind it (banks/spdb §1), and the file host (§6).

import { dayOf } from '../engine/bank-time'
import { decodeGbk, encodeGbk } from '../engine/charset'
import { answered, exchange, otherSerial, UNDISTURBED, type Call } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { httpError, type Handled, type Handler, type WireReply } from '../engine/listener'
import type { Seal } from '../engine/seal'
import { leaf } from '../engine/xml'
import { compose, openBody, readPacket, type Answer, type Packet } from './message'
import { refused, type Perform, type Request, type Spdb } from './operation'
import { payOne, payPackage, planPay, planQuery, queryBalances, queryPayment } from './payments'
import { applyForReceipt, handOutReceipt } from './receipts'
import type { SpdbOptions } from './settings'
import { queryStatement } from './statement'

type Operation = {
  readonly plan?: (spdb: Spdb, request: Request) => Pick<Call, 'payees' | 'pays'>
  readonly perform: Perform
}

type Operations = Readonly<Record<string, Operation>>
type Customers = SpdbOptions['customers']

export function gatewayPort(spdb: Spdb, customers: Customers, seal: Seal): Handler {
  const { protocol } = spdb
  return packetPort(spdb, customers, seal, 'gateway', {
    '8801': { plan: planPay, perform: payOne },
    '8800': { plan: planPay, perform: payPackage },
    '8804': { plan: planQuery, perform: queryPayment },
    '4402': { perform: queryBalances },
    [protocol.statementCode]: { perform: queryStatement },
    [protocol.receiptApplyCode]: { perform: applyForReceipt },
  })
}

export function filePort(spdb: Spdb, customers: Customers, seal: Seal): Handler {
  const operations = { [spdb.protocol.receiptFileCode]: { perform: handOutReceipt } }
  return packetPort(spdb, customers, seal, 'file', operations)
}

/** Signed packets in, signed packets out, each packetID once a day. */
function packetPort(spdb: Spdb, customers: Customers, seal: Seal, listener: string, operations: Operations): Handler {
  const { protocol, context } = spdb
  return request => {
    if (request.method !== 'POST') return answered(httpError(405))
    const packet = readPacket(request.body)
    if ('problem' in packet) return unreadable(spdb, seal, listener, packet.problem)
    const say = (answer: Answer, disturbance: Disturbance): WireReply => {
      const packetId = disturbance.kinds.has('wrong-serial') ? otherSerial(packet.packetId) : packet.packetId
      return compose(answer, { protocol, seal, transCode: packet.transCode, packetId }, disturbance)
    }
    const operation = Object.hasOwn(operations, packet.transCode) ? operations[packet.transCode] : undefined
    const body = openBody(seal, packet.signature)
    const isKnown = customers.some(({ masterId }) => masterId === packet.masterId)
    const isUsable = body !== null && isKnown && isFresh(spdb, packet)
    const plan = (isUsable && operation?.plan?.(spdb, { packet, body })) || { payees: [], pays: null }
    const busy = (): WireReply => say(refused(spdb, 'maintenance', '系统维护'), UNDISTURBED)
    return exchange(
      context,
      { listener, code: packet.transCode, ...plan },
      {
        maintenance: busy,
        headerFailed: busy,
        perform(disturbance) {
          if (!isKnown) return say(refused(spdb, 'identity', 'masterID'), disturbance)
          if (body === null) return say(refused(spdb, 'bad-signature', '验签错'), disturbance)
          if (!isUsable) return say(refused(spdb, 'repeated-packet', packet.packetId), disturbance)
          if (!operation) return say(refused(spdb, 'not-simulated', packet.transCode), disturbance)
          note(spdb, packet)
          return say(operation.perform(spdb, { packet, body }, disturbance), disturbance)
        },
      },
    )
  }
}

/** "packetID unique per day". */
function isFresh({ context }: Spdb, packet: Packet): boolean {
  return context.book.notes(context.bank, 'packet', keyOf(context.clock.now(), packet)).length === 0
}

function note({ context }: Spdb, packet: Packet): void {
  const key = keyOf(context.clock.now(), packet)
  context.book.add({ kind: 'note', bank: context.bank, topic: 'packet', key, data: {} })
}

function keyOf(nowMs: number, { masterId, packetId }: Packet): string {
  return `${masterId}/${dayOf(nowMs)}/${packetId}`
}

/** Faults that need no understanding of the request must spoil also what the gateway cannot read. */
function unreadable(spdb: Spdb, seal: Seal, listener: string, problem: string): Handled {
  const envelope = { protocol: spdb.protocol, seal, transCode: '', packetId: '' }
  const refuse = (): WireReply => compose(refused(spdb, 'bad-message', problem), envelope, UNDISTURBED)
  const call: Call = { listener, code: '', payees: [], pays: null }
  return exchange(spdb.context, call, { maintenance: refuse, headerFailed: refuse, perform: refuse })
}

export function signPort({ context, protocol }: Spdb, seal: Seal): Handler {
  return request => {
    if (request.method !== 'POST') return answered(httpError(405))
    const kind = request.contentType.split(';')[0]?.trim().toUpperCase()
    const isSigning = kind === 'INFOSEC_SIGN/1.0'
    if (!isSigning && kind !== 'INFOSEC_VERIFY_SIGN/1.0') return answered(page('-1', ''))
    const work = isSigning
      ? () => signed(request.body, protocol.signLineLength, seal)
      : () => verified(request.body, seal)
    const refuse = (): WireReply => page('-1', '')
    const call = { listener: 'sign', code: isSigning ? 'SIGN' : 'VERIFY', payees: [], pays: null }
    return exchange(context, call, { maintenance: refuse, headerFailed: refuse, perform: work })
  }
}

function signed(body: Buffer, lineLength: number, seal: Seal): WireReply {
  if (decodeGbk(body) === null || body.length === 0) return page('-1', '')
  const base64 = seal.sign(body)
  const lines = lineLength === 0 ? [base64] : (base64.match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [])
  return page('0', leaf('sign', lines.join('\r\n')))
}

function verified(signature: Buffer, seal: Seal): WireReply {
  const text = seal.open(signature.toString('latin1').replaceAll(/\s/g, ''))
  const content = text && decodeGbk(text)
  return content === null ? page('-1', '') : page('0', `<sic>${content}</sic><cert></cert><certdn></certdn>`)
}

function page(result: string, body: string): WireReply {
  const html = `<html><head><title>签名结果</title><result>${result}</result></head><body>${body}</body></html>`
  return { status: 200, contentType: 'text/html;charset=GBK', body: encodeGbk(html) }
}
