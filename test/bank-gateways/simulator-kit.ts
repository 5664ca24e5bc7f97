// A client composed by hand for the simulator's tests: real sockets, byte-exact bodies, answers read by text. It knows the
// banks' protocols from the reference and nothing of the simulator's own code.

import { request } from 'node:http'
import { connect } from 'node:net'
import iconv from 'iconv-lite'
import { startSimulator, type Simulator } from '../../bank-gateways/simulator/simulator'
import type { SimulatorOptions } from '../../bank-gateways/simulator/options'
import type { Clock } from '../../connector/ports'

export const gbk = (text: string): Buffer => iconv.encode(text, 'gbk')
export const fromGbk = (bytes: Buffer): string => iconv.decode(bytes, 'gbk')

// ------------------------------------------------------------------------------------------------------------- the clock

/** Stands still until it is moved; sleepers wake when it passes their time. */
export class MovableClock implements Clock {
  #nowMs: number
  #sleepers: { untilMs: number; wake: () => void }[] = []
  /** Resolved at the next sleep, so that a test can wait until somebody sleeps. */
  #onSleep: (() => void)[] = []

  /** `yyyy-MM-dd HH:mm:ss` of Shanghai. */
  constructor(at: string) {
    this.#nowMs = Date.parse(`${at.replace(' ', 'T')}+08:00`)
  }

  now(): number {
    return this.#nowMs
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      if (signal.aborted) return resolve()
      const sleeper = { untilMs: this.#nowMs + ms, wake: resolve }
      this.#sleepers.push(sleeper)
      signal.addEventListener('abort', () => resolve())
      for (const notify of this.#onSleep.splice(0)) notify()
    })
  }

  move(ms: number): void {
    this.#nowMs += ms
    const awake = this.#sleepers.filter(sleeper => sleeper.untilMs <= this.#nowMs)
    this.#sleepers = this.#sleepers.filter(sleeper => !awake.includes(sleeper))
    for (const sleeper of awake) sleeper.wake()
  }

  async sleeping(): Promise<void> {
    if (this.#sleepers.length === 0) await new Promise<void>(resolve => this.#onSleep.push(resolve))
  }
}

// -------------------------------------------------------------------------------------------------------------- the world

export const MORNING = '2026-03-02 10:00:00'
export const CIS = '020090000012345'
export const CERT_ID = 'demo01.y.0200'
export const ICBC_PAYER = '0200000109000000001'
export const ICBC_PAYEE = '0200000109000000002'
export const BOC_PAYER = '300000000001'
export const BOC_PAYEE = '300000000002'
export const CUSTID = '12345678'
export const CUSOPR = '87654321'
export const PASSWORD = 'secret'
export const ICBC_CNAPS = '102100099996'
export const BOC_CNAPS = '104100000004'

export function world(clock: Clock, more: SimulatorOptions = {}): SimulatorOptions {
  const { banks, ...rest } = more
  const icbc = { bank: 'icbc', cnaps: ICBC_CNAPS, bankName: '中国工商银行' }
  const boc = { bank: 'boc', cnaps: BOC_CNAPS, bankName: '中国银行' }
  return {
    clock,
    accounts: [
      { ...icbc, account: ICBC_PAYER, name: '甲公司', customer: CIS, openingBalance: '1000000.00' },
      { ...icbc, account: ICBC_PAYEE, name: '乙公司', openingBalance: '10.00' },
      { ...icbc, account: '0200000109000000003', name: '丙公司', isClosed: true },
      { ...boc, account: BOC_PAYER, name: '甲公司', customer: CUSTID, openingBalance: '1000000.00' },
      { ...boc, account: BOC_PAYEE, name: '丁公司', openingBalance: '10.00' },
    ],
    ...rest,
    banks: {
      icbc: { customers: [{ cis: CIS, certId: CERT_ID }], ...banks?.icbc },
      boc: { customers: [{ custid: CUSTID, cusopr: CUSOPR, password: PASSWORD }], ...banks?.boc },
    },
  }
}

export async function startWorld(clock: Clock = new MovableClock(MORNING), more: SimulatorOptions = {}) {
  return startSimulator(world(clock, more))
}

// ------------------------------------------------------------------------------------------------------------------ wire

export type Answer = {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: Buffer
}

/** Rejects when the connection ends before the answer is whole. */
export function post(url: string, body: Buffer | string, contentType: string, method = 'POST'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent: false, headers: { 'Content-Type': contentType } }, response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const { statusCode = 0, headers } = response
        if (response.complete) resolve({ status: statusCode, headers, body: Buffer.concat(chunks) })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Writes raw bytes to a port and gives back everything until the other side closes. */
export function raw(url: string, bytes: Buffer | string, patienceMs = 2000): Promise<Buffer> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(bytes))
    socket.setTimeout(patienceMs, () => socket.destroy())
    socket.on('data', chunk => chunks.push(chunk))
    socket.on('close', () => resolve(Buffer.concat(chunks)))
    socket.on('error', reject)
  })
}

/** The text of the first `<name>` in the markup; undefined when there is none. */
export function first(xml: string, name: string): string | undefined {
  return all(xml, name)[0]
}

/** The texts of every `<name>`, leaf or not. */
export function all(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^]*?)</${name}>`, 'g'))].map(match => match[1] ?? '')
}

/** What an exchange that must not be answered ends with. */
export async function outcomeOf<T>(work: Promise<T>): Promise<T | 'cut'> {
  return work.catch(() => 'cut' as const)
}

// ------------------------------------------------------------------------------------------------------------------ ICBC

export type IcbcItem = Readonly<Record<string, string>>

let lastNumber = 0
/** A package number of its own for every call. */
export function freshNumber(): string {
  lastNumber += 1
  return `T${String(lastNumber).padStart(8, '0')}`
}

const stampOf = (clockMs: number): string =>
  new Date(clockMs + 8 * 3_600_000)
    .toISOString()
    .replaceAll(/[^0-9]/g, '')
    .slice(0, 17)

export const toIcbc: IcbcItem = {
  RecAccNo: ICBC_PAYEE,
  RecAccNameCN: '乙公司',
  SysIOFlg: '1',
  RecBankNo: '',
  RecBankName: '',
  RecCityName: '',
}
/** To an account of a bank that is not simulated. */
export const toOutside: IcbcItem = {
  RecAccNo: '1100000000000000',
  RecAccNameCN: '戊公司',
  SysIOFlg: '2',
  RecBankNo: '308290003000',
  RecBankName: '某银行上海分行',
  RecCityName: '上海',
}

export function icbcItem(iSeqno: string, changes: IcbcItem = {}): IcbcItem {
  return {
    iSeqno,
    ReimburseNo: '',
    StartDate: '',
    StartTime: '',
    PayType: '1',
    PayAccNo: ICBC_PAYER,
    PayAccNameCN: '甲公司',
    PayAccNameEN: '',
    RecAccNameEN: '',
    IsSameCity: '2',
    Prop: '0',
    RecICBCCode: '',
    CurrType: '001',
    PayAmt: '12345',
    UseCode: '',
    UseCN: '货款',
    EnSummary: '',
    PostScript: 'INV-1',
    Summary: '',
    Ref: 'P0001',
    Oref: '',
    ERPSqn: 'P0001',
    ...toOutside,
    ...changes,
  }
}

export function fieldsXml(fields: IcbcItem): string {
  return Object.entries(fields)
    .map(([name, value]) => `<${name}>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</${name}>`)
    .join('')
}

export class Icbc {
  readonly simulator: Simulator
  readonly #clock: Clock
  version = '0.0.1.0'

  constructor(simulator: Simulator, clock: Clock) {
    this.simulator = simulator
    this.#clock = clock
  }

  xml(transCode: string, fSeqno: string, inside: string): string {
    const stamp = stampOf(this.#clock.now())
    return `<?xml version="1.0" encoding="GBK"?><CMS><eb><pub><TransCode>${transCode}</TransCode><CIS>${CIS}</CIS><BankCode>102</BankCode><ID>${CERT_ID}</ID><TranDate>${stamp.slice(0, 8)}</TranDate><TranTime>${stamp.slice(8)}</TranTime><fSeqno>${fSeqno}</fSeqno></pub><in>${inside}</in></eb></CMS>`
  }

  paymentXml(fSeqno: string, items: readonly IcbcItem[], changes: IcbcItem = {}): string {
    const total = items.reduce((sum, item) => sum + BigInt(item['PayAmt'] ?? '0'), 0n)
    const head = {
      OnlBatF: '1',
      SettleMode: '0',
      TotalNum: String(items.length),
      TotalAmt: total.toString(),
      SignTime: stampOf(this.#clock.now()),
      ReqReserved1: '',
      ReqReserved2: '',
      AlertFlag: '',
      ...changes,
    }
    return this.xml('PAYENT', fSeqno, fieldsXml(head) + items.map(item => `<rd>${fieldsXml(item)}</rd>`).join(''))
  }

  async sign(xml: string | Buffer): Promise<string> {
    const bytes = typeof xml === 'string' ? gbk(xml) : xml
    const page = await post(this.simulator.url('icbc', 'sign'), bytes, 'INFOSEC_SIGN/1.0')
    return (first(fromGbk(page.body), 'sign') ?? '').replaceAll(/[\r\n]/g, '')
  }

  /** The raw answer of the tunnel port. */
  async send(transCode: string, fSeqno: string, reqData: string, encode = percentEncoded): Promise<Answer> {
    const url = `${this.simulator.url('icbc', 'tunnel')}/servlet/ICBCCMPAPIReqServlet?userID=${CERT_ID}&PackageID=${fSeqno}&SendTime=${stampOf(this.#clock.now())}`
    const body = `Version=${this.version}&TransCode=${transCode}&BankCode=102&GroupCIS=${CIS}&ID=${CERT_ID}&PackageID=${fSeqno}&Cert=&reqData=${encode(reqData)}`
    return post(url, Buffer.from(body, 'latin1'), 'application/x-www-form-urlencoded;charset=gbk')
  }

  /** Signs and sends a package; the answer's XML. */
  async pay(fSeqno: string, items: readonly IcbcItem[], changes: IcbcItem = {}): Promise<string> {
    const signed = await this.sign(this.paymentXml(fSeqno, items, changes))
    return xmlOf(await this.send('PAYENT', fSeqno, signed))
  }

  async query(transCode: string, inside: string, fSeqno = freshNumber()): Promise<string> {
    return xmlOf(await this.send(transCode, fSeqno, this.xml(transCode, fSeqno, inside)))
  }

  async result(fSeqno: string): Promise<string> {
    return this.query('QPAYENT', `<QryfSeqno>${fSeqno}</QryfSeqno><QrySerialNo></QrySerialNo>`)
  }
}

/** Every byte of the GBK text that is not an ASCII letter or digit becomes %XX. */
export function percentEncoded(text: string): string {
  return [...gbk(text)]
    .map(byte => {
      const character = String.fromCharCode(byte)
      return /[A-Za-z0-9]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`
    })
    .join('')
}

/** The XML inside `reqData=`; the body itself when it is something else. */
export function xmlOf({ body }: Answer): string {
  const text = body.toString('latin1')
  if (!text.startsWith('reqData=')) return text
  return fromGbk(Buffer.from(text.slice(8).replaceAll(/\s/g, ''), 'base64'))
}

// ------------------------------------------------------------------------------------------------------------------- BOC

export type BocItem = Readonly<Record<string, string>>

export function bocItem(insid: string, changes: BocItem = {}): BocItem {
  return {
    insid,
    actacn: BOC_PAYER,
    actnam: '甲公司',
    toibkn: '308290003000',
    toactacn: '1100000000000000',
    toname: '戊公司',
    tobknm: '某银行上海分行',
    trnamt: '123.45',
    trncur: '001',
    priolv: '0',
    furinfo: '货款 INV-1',
    trfdate: '20260302',
    ...changes,
  }
}

export function bocItemXml(trncod: string, item: BocItem, extra = ''): string {
  const get = (name: string): string => (item[name] ?? '').replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<${trncod}-rq><insid>${get('insid')}</insid><obssid></obssid><fractn><fribkn>40142</fribkn><actacn>${get('actacn')}</actacn><actnam>${get('actnam')}</actnam></fractn><toactn><toibkn>${get('toibkn')}</toibkn><actacn>${get('toactacn')}</actacn><toname>${get('toname')}</toname><toaddr></toaddr><tobknm>${get('tobknm')}</tobknm></toactn><trnamt>${get('trnamt')}</trnamt><trncur>${get('trncur')}</trncur><priolv>${get('priolv')}</priolv><furinfo>${get('furinfo')}</furinfo><trfdate>${get('trfdate')}</trfdate><trftime></trftime><comacn></comacn>${extra}</${trncod}-rq>`
}

export class Boc {
  readonly #url: string
  token = ''
  trnid = '000000000001'

  /** A simulator, or the addresses of one in another process. */
  constructor(simulator: Pick<Simulator, 'urls'> | Simulator['urls']) {
    const urls = typeof simulator.urls === 'object' ? simulator.urls : (simulator as Simulator['urls'])
    this.#url = `${urls['boc.b2e']}/B2EC/E2BServlet`
  }

  xml(trncod: string, inside: string, token = this.token): string {
    return `<?xml version="1.0" encoding="UTF-8"?><bocb2e version="120" security="true" locale="zh_CN"><head><termid>E192168001010</termid><trnid>${this.trnid}</trnid><custid>${CUSTID}</custid><cusopr>${CUSOPR}</cusopr><trncod>${trncod}</trncod><token>${token}</token></head><trans><trn-${trncod}-rq>${inside}</trn-${trncod}-rq></trans></bocb2e>`
  }

  async send(body: string | Buffer): Promise<Answer> {
    return post(this.#url, body, 'application/xml')
  }

  async call(trncod: string, inside: string): Promise<string> {
    return (await this.send(this.xml(trncod, inside))).body.toString('utf8')
  }

  async signIn(password = PASSWORD): Promise<string> {
    const inside = `<b2e0001-rq><custdt>20260302100000</custdt><oprpwd>${password}</oprpwd></b2e0001-rq>`
    const answer = await this.call('b2e0001', inside)
    this.token = first(answer, 'token') ?? this.token
    return answer
  }

  async pay(items: readonly BocItem[], trncod = 'b2e0009', extra = ''): Promise<string> {
    return (await this.sendPay(items, trncod, extra)).body.toString('utf8')
  }

  /** The raw answer. */
  async sendPay(items: readonly BocItem[], trncod = 'b2e0009', extra = ''): Promise<Answer> {
    const inside = items.map(item => bocItemXml(trncod, item, extra)).join('')
    return this.send(this.xml(trncod, `<ceitinfo></ceitinfo><transtype></transtype>${inside}`))
  }

  async status(...insids: readonly string[]): Promise<string> {
    return this.call(
      'b2e0007',
      insids.map(id => `<b2e0007-rq><insid>${id}</insid><obssid></obssid></b2e0007-rq>`).join(''),
    )
  }

  async statement(fields: Readonly<Record<string, string>>): Promise<string> {
    const asked = {
      ibknum: '40142',
      actacn: BOC_PAYER,
      type: '2001',
      from: '',
      to: '',
      begnum: '1',
      recnum: '50',
      direction: '0',
      ...fields,
    }
    return this.call(
      'b2e0035',
      `<b2e0035-rq><ibknum>${asked.ibknum}</ibknum><actacn>${asked.actacn}</actacn><type>${asked.type}</type><datescope><from>${asked.from}</from><to>${asked.to}</to></datescope><amountscope><from></from><to></to></amountscope><begnum>${asked.begnum}</begnum><recnum>${asked.recnum}</recnum><direction>${asked.direction}</direction></b2e0035-rq>`,
    )
  }
}

/** [message status, then each item's status]. */
export function codesOf(answer: string): string[] {
  return all(answer, 'rspcod')
}
