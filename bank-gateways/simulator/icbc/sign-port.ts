// Port 449 of the simulated NetSafe Client: signs what it is given, and verifies what it signed (banks/icbc §1).

import { decodeGbk, encodeGbk } from '../engine/charset'
import { answered, exchange, type BankContext } from '../engine/exchange'
import { httpError, type Handled, type Handler, type WireReply, type WireRequest } from '../engine/listener'
import { leaf, parseXml, descendantsOf } from '../engine/xml'
import { wrapped } from './reply'
import type { Seal } from '../engine/seal'
import type { IcbcProtocol } from './settings'

export function signPort(context: BankContext, protocol: IcbcProtocol, seal: Seal): Handler {
  return request => {
    if (request.method !== 'POST') return answered(httpError(405))
    const kind = request.contentType.split(';')[0]?.trim().toUpperCase()
    if (kind === 'INFOSEC_SIGN/1.0') {
      return disturbed(context, codeOf(request), () => signed(request.body, protocol, seal))
    }
    if (kind === 'INFOSEC_VERIFY_SIGN/1.0') {
      return disturbed(context, 'VERIFY', () => verified(request, seal))
    }
    return answered(page('-1', ''))
  }
}

function disturbed(context: BankContext, code: string, work: () => WireReply): Handled {
  const refuse = (): WireReply => page('-1', '')
  const call = { listener: 'sign', code, payees: [], pays: null }
  return exchange(context, call, { maintenance: refuse, headerFailed: refuse, perform: work })
}

function signed(body: Buffer, protocol: IcbcProtocol, seal: Seal): WireReply {
  if (body.length === 0) return page('-1', '')
  return page('0', leaf('sign', wrapped(seal.sign(body), protocol.signLineLength)))
}

function verified(request: WireRequest, seal: Seal): WireReply {
  const text = seal.open(request.body.toString('latin1').replaceAll(/\s/g, ''))
  const content = text && decodeGbk(text)
  return content === null ? page('-1', '') : page('0', `<sic>${content}</sic>`)
}

/** The page is the INFOSEC product's; only `<sign>` is certain for ICBC, the rest is inferred (banks/icbc §1). */
function page(result: string, body: string): WireReply {
  const html = `<html><head><title>签名结果</title><result>${result}</result></head><body>${body}</body></html>`
  return { status: 200, contentType: 'text/html;charset=GBK', body: encodeGbk(html) }
}

/** The transaction code of what is signed, so that a fault can be ordered for it. */
function codeOf(request: WireRequest): string {
  const root = parseXml(decodeGbk(request.body) ?? '')
  return 'problem' in root ? '' : (descendantsOf(root, 'TransCode')[0]?.text.trim() ?? '')
}
