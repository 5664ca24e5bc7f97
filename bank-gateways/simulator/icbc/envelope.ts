// Reads a business request as far as it is the same for every transaction code: URL, form, reqData, `CMS/eb/pub`, `in`.
// PackageID must agree in all three places (banks/icbc §1).

import { gunzipSync } from 'node:zlib'
import { decodeGbk } from '../engine/charset'
import type { WireRequest } from '../engine/listener'
import { childOf, childrenOf, parseXml, textOf, type XmlElement } from '../engine/xml'
import { parseForm, readReqData } from './form'
import type { Seal } from '../engine/seal'

export type Envelope = {
  readonly version: '0.0.0.1' | '0.0.1.0'
  readonly transCode: string
  readonly cis: string
  readonly certId: string
  readonly fSeqno: string
  readonly isZipped: boolean
  readonly input: XmlElement
  /** The `rd` rows, unzipped where they came zipped. */
  readonly rows: readonly XmlElement[]
}

/** Codes whose XML must be signed, and holds `SignTime` (banks/icbc §3). */
export const SIGNED_CODES: ReadonlySet<string> = new Set([
  'PAYENT',
  'PAYPER',
  'PAYPERCOL',
  'ENTDISCOL',
  'PERDISCOL',
  'BATEBILL',
  'DownEBill',
])

/** A zipped rd area may unfold to this and no more. */
const MAX_UNZIPPED_BYTES = 64 * 1024 * 1024

/** The envelope, or in words what NC objects to. */
export function readEnvelope(request: WireRequest, seal: Seal): Envelope | string {
  const query = parseForm(Buffer.from(request.url.split('?')[1] ?? '', 'latin1'))
  const form = parseForm(request.body)
  if (!query || !form) return 'the URL or the form is malformed'
  const version = form.get('Version')
  if (version !== '0.0.0.1' && version !== '0.0.1.0') return 'Version'
  const data = readReqData(form.get('reqData') ?? '', seal)
  if (!data) return 'reqData is neither XML nor signed here'
  const root = parseXml(data.text)
  if ('problem' in root) return `reqData: ${root.problem}`
  const eb = root.name === 'CMS' ? childOf(root, 'eb') : null
  const pub = childOf(eb, 'pub')
  const input = childOf(eb, 'in')
  if (!pub || !input) return 'no CMS/eb/pub or in'
  const zipFlags = [query.get('zipFlag') ?? '', form.get('zipFlag') ?? '']
  if (zipFlags[0] !== zipFlags[1]) return 'zipFlag differs between URL and form'
  const isZipped = zipFlags[0] === '1'
  const problem = disagreement(query, form, pub) ?? signatureProblem(textOf(pub, 'TransCode'), input, data.isSigned)
  if (problem !== null) return problem
  const rows = isZipped ? unzippedRows(input) : childrenOf(input, 'rd')
  if (!rows) return 'zip'
  return {
    version,
    transCode: textOf(pub, 'TransCode'),
    cis: textOf(pub, 'CIS'),
    certId: textOf(pub, 'ID'),
    fSeqno: textOf(pub, 'fSeqno'),
    isZipped,
    input,
    rows,
  }
}

type Texts = ReadonlyMap<string, string>

function disagreement(query: Texts, form: Texts, pub: XmlElement): string | null {
  const same: readonly (readonly [string, ...(string | undefined)[]])[] = [
    ['PackageID', query.get('PackageID'), form.get('PackageID'), textOf(pub, 'fSeqno')],
    ['TransCode', form.get('TransCode'), textOf(pub, 'TransCode')],
    ['CIS', form.get('GroupCIS'), textOf(pub, 'CIS')],
    ['ID', query.get('userID'), form.get('ID'), textOf(pub, 'ID')],
    ['BankCode', form.get('BankCode'), textOf(pub, 'BankCode'), '102'],
  ]
  const differing = same.find(([, first, ...others]) => !first || others.some(other => other !== first))
  if (differing) return `${differing[0]} is missing or differs between URL, form and XML`
  if (!/^\d{14,17}$/.test(query.get('SendTime') ?? '')) return 'SendTime'
  if (form.get('Cert') === undefined) return 'Cert'
  return /^\d{8}$/.test(textOf(pub, 'TranDate')) && /^\d{6,12}$/.test(textOf(pub, 'TranTime'))
    ? null
    : 'TranDate, TranTime'
}

function signatureProblem(transCode: string, input: XmlElement, isSigned: boolean): string | null {
  const needsSignature = SIGNED_CODES.has(transCode) || childOf(input, 'SignTime') !== null
  return needsSignature && !isSigned ? `${transCode} is not signed` : null
}

function unzippedRows(input: XmlElement): readonly XmlElement[] | null {
  try {
    const bytes = gunzipSync(Buffer.from(textOf(input, 'zip'), 'base64'), { maxOutputLength: MAX_UNZIPPED_BYTES })
    const area = parseXml(`<area>${decodeGbk(bytes) ?? ''}</area>`)
    return 'problem' in area ? null : childrenOf(area, 'rd')
  } catch {
    return null
  }
}
