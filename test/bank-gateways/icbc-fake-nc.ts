// A NetSafe Client and an ICBC made by hand from banks/icbc, on real sockets: the tests say what it answers, word for
// word. It shares no code with the gateway. (Not a simulator: it keeps no books.)

import http from 'node:http'
import type { AddressInfo } from 'node:net'
import iconv from 'iconv-lite'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Clock, Instruction, Party } from '../../connector/ports'
import { type IcbcConfig, icbcConfig } from '../../bank-gateways/icbc/config'

export const ACCOUNT = '0200000109000000001'
export const AT = Date.parse('2026-03-01T09:30:00+08:00')
export const never = new AbortController().signal

const golden = path.join(__dirname, '../../../bank-gateways/icbc/golden')
export const goldenBytes = (name: string): Buffer => readFileSync(path.join(golden, name))

export type Captured = {
  readonly url: string
  readonly headers: http.IncomingHttpHeaders
  readonly body: Buffer
  /** The XML inside, taken out of the form and out of our pretended signature. */
  readonly xml: string
  readonly fSeqno: string
}
type Answer = (captured: Captured, response: http.ServerResponse) => void

export type FakeNc = {
  readonly signUrl: string
  readonly tunnelUrl: string
  readonly signed: Captured[]
  readonly sent: Captured[]
  /** Of one TransCode, or of `sign`. */
  on(what: string, answer: Answer): void
  /** From now on connections to this port are refused. */
  stop(port: 'sign' | 'tunnel'): Promise<void>
  close(): Promise<void>
}

export async function fakeNc(): Promise<FakeNc> {
  const answers = new Map<string, Answer>([
    ['sign', (captured, response) => response.end(signPage(captured.body))],
    ['QACCBAL', reply(captured => balanceReply(captured.fSeqno, '20260301093000'))],
  ])
  const signed: Captured[] = []
  const sent: Captured[] = []
  const sign = await listen((captured, response) => {
    signed.push(captured)
    answers.get('sign')?.(captured, response)
  })
  const tunnel = await listen((captured, response) => {
    sent.push(captured)
    const code = /&TransCode=(\w+)&/.exec(captured.body.toString('latin1'))?.[1] ?? ''
    const answer = answers.get(code)
    if (!answer) throw new Error(`the test has no answer to ${code}`)
    answer(captured, response)
  })
  return {
    signUrl: sign.url,
    tunnelUrl: tunnel.url,
    signed,
    sent,
    on: (what, answer) => void answers.set(what, answer),
    stop: port => (port === 'sign' ? sign : tunnel).close(),
    close: async () => {
      await Promise.all([sign.close(), tunnel.close()])
    },
  }
}

async function listen(handle: Answer): Promise<{ url: string; close: () => Promise<void> }> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      const xml = xmlOf(body)
      const fSeqno = /<fSeqno>(\w+)</.exec(xml)?.[1] ?? ''
      handle({ url: request.url ?? '', headers: request.headers, body, xml, fSeqno }, response)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function xmlOf(body: Buffer): string {
  const data = /(?:^|&)reqData=([^&]*)/.exec(body.toString('latin1'))?.[1]
  if (data === undefined) return iconv.decode(body, 'gbk')
  const bytes = Buffer.from(
    data.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )
  if (bytes[0] === 0x3c) return iconv.decode(bytes, 'gbk')
  return iconv.decode(Buffer.from(bytes.toString('latin1'), 'base64'), 'gbk')
}

/** The page of banks/icbc §1, the "signature" being the message itself, wrapped at 64 as such products do. */
export function signPage(xml: Buffer, result = '0'): Buffer {
  const sign = xml.toString('base64').replace(/(.{64})/g, '$1\r\n')
  return iconv.encode(
    `<html><head><title>签名结果</title><result>${result}</result></head><body><sign>${sign}</sign></body></html>`,
    'gbk',
  )
}

/** `reqData=` and Base64 that holds line breaks. */
export function packed(xml: string | Buffer): string {
  const bytes = typeof xml === 'string' ? iconv.encode(xml, 'gbk') : xml
  return `reqData=${bytes.toString('base64').replace(/(.{76})/g, '$1\r\n')}`
}

export function reply(compose: (captured: Captured) => string | Buffer): Answer {
  return (captured, response) => void response.end(packed(compose(captured)))
}

export function envelope(code: string, fSeqno: string, out: string, retCode = '0', serialNo = ''): string {
  return (
    `<?xml version="1.0" encoding="GBK"?><CMS><eb><pub><TransCode>${code}</TransCode><CIS>020090000012345</CIS>` +
    `<BankCode>102</BankCode><ID>demo01.y.0200</ID><TranDate>20260301</TranDate><TranTime>093001456</TranTime>` +
    `<fSeqno>${fSeqno}</fSeqno><SerialNo>${serialNo}</SerialNo><RetCode>${retCode}</RetCode><RetMsg></RetMsg></pub>` +
    `<out>${out}</out></eb></CMS>`
  )
}

export function balanceReply(fSeqno: string, queryTime: string): string {
  return envelope(
    'QACCBAL',
    fSeqno,
    `<TotalNum>1</TotalNum><rd><iSeqno>1</iSeqno><AccNo>${ACCOUNT}</AccNo><CurrType>001</CurrType>` +
      `<AccBalance>1</AccBalance><Balance>2</Balance><UsableBalance>2</UsableBalance><FrzAmt>0</FrzAmt>` +
      `<QueryTime>${queryTime}</QueryTime><iRetCode>0</iRetCode><iRetMsg></iRetMsg></rd>`,
  )
}

export type Fields = Readonly<Record<string, string>>

export function rd(fields: Fields): string {
  return `<rd>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')}</rd>`
}

/** An item of a PAYENT answer that echoes `instruction()`. */
export function item(fields: Fields = {}): string {
  return rd({
    iSeqno: '1',
    OrderNo: '1',
    RecAccNo: '1100000000000000',
    CurrType: '001',
    PayAmt: '12345',
    Ref: 'P0001',
    Oref: '',
    ERPSqn: 'P0001',
    Result: '7',
    iRetCode: '0',
    iRetMsg: '',
    ...fields,
  })
}

/** An item of a QPAYENT answer that echoes `instruction()`. */
export function queried(fields: Fields = {}): string {
  return item({ QryiSeqno: '1', QryOrderNo: '1', instrRetCode: '', instrRetMsg: '', ...fields })
}

export function inquiryReply(fSeqno: string, rows: string, asked = '20260301093000001'): string {
  return envelope('QPAYENT', fSeqno, `<QryfSeqno>${asked}</QryfSeqno><QrySerialNo>CMM0012345678</QrySerialNo>${rows}`)
}

const party: Party = { account: '', name: '', bankName: '', bankCode: '', kind: 'C', province: '', city: '' }

/** The instruction of the example in banks/icbc §4. */
export function instruction(
  changes: Partial<Omit<Instruction, 'payer' | 'payee'>> & {
    payer?: Partial<Party>
    payee?: Partial<Party>
  } = {},
): Instruction {
  const { payer, payee, ...rest } = changes
  return {
    reference: 'P0001',
    batch: { reference: '20260301093000001', line: 1 },
    payer: { ...party, account: ACCOUNT, name: '甲公司', city: '北京', ...payer },
    payee: {
      ...party,
      account: '1100000000000000',
      name: '乙公司',
      bankName: '某银行上海分行',
      bankCode: '308290003000',
      city: '上海',
      ...payee,
    },
    amount: { minor: 12345n, currency: 'CNY' },
    purpose: '货款',
    postscript: 'INV-1',
    isUrgent: true,
    businessType: '',
    sentOn: null,
    ...rest,
  }
}

export function configFor(
  nc: { signUrl: string; tunnelUrl: string },
  changes: Record<string, unknown> = {},
): IcbcConfig {
  return icbcConfig.parse({
    signUrl: nc.signUrl,
    tunnelUrl: nc.tunnelUrl,
    cis: '020090000012345',
    certificateId: 'demo01.y.0200',
    version: '0.0.1.0',
    connectTimeoutMs: 2000,
    answerTimeoutMs: 5000,
    batchMax: 100,
    ...changes,
  })
}

/** A clock the test moves, and package numbers Q0001, Q0002 … */
export function world(at = AT): { at: number; deps: { clock: Clock; name: string; sequence: () => string } } {
  let count = 0
  const self = {
    at,
    deps: {
      clock: { now: () => self.at, sleep: async () => {} },
      name: 'icbc',
      sequence: () => `Q${String(++count).padStart(4, '0')}`,
    },
  }
  return self
}
