// A CMB CDC and a CMB front-end on real sockets whose answers are composed by hand: what they are asked is kept as it came, what they
// answer is what the test says. Sealing is the simulator's own, from the formulas of the reference, never the gateway's.

import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { decrypted, encrypted, isSigned, signed } from '../../bank-gateways/simulator/cmb/seal'
import type { Clock, Instruction, Party } from '../../connector/ports'
import { newKeys } from '../support/gateway-banks/cmb'

export const never = new AbortController().signal
const NOW = Date.parse('2026-03-02T10:00:00+08:00')
export const clock: Clock = { now: () => NOW, sleep: () => Promise.resolve() }

export const UID = 'U000000001'
export const SM4_KEY = '0123456789abcdef'
export const PLACEHOLDER = '__signature_sigdat__'

/** What the bank answers: text that is sealed and signed, or `raw` bytes, or a status. */
export type FakeAnswer = string | { readonly raw: string | Buffer; readonly status?: number } | null

export type Fake = {
  readonly url: string
  /** Plain texts of what came, the signature put back to its placeholder. */
  readonly asked: readonly string[]
  /** Bodies as they came. */
  readonly bodies: readonly Buffer[]
  answer(next: (asked: string, count: number) => FakeAnswer): void
  close(): Promise<void>
}

export const ours = newKeys()
export const theirs = newKeys()

/** Closes the connection for null. */
export async function startCdc(): Promise<Fake> {
  return start(
    body => {
      const form = new URLSearchParams(body.toString('latin1'))
      const plain = decrypted(form.get('DATA') ?? '', SM4_KEY, UID)?.toString('utf8') ?? ''
      const sigdat = /"sigdat":"([^"]+)"/.exec(plain)?.[1] ?? ''
      const unsigned = plain.replace(sigdat, PLACEHOLDER)
      if (!isSigned(unsigned, sigdat, Buffer.from(ours.publicKey, 'base64'), UID))
        throw new Error('a bad signature came')
      return unsigned
    },
    text => sealed(text),
  )
}

export async function startFrontEnd(): Promise<Fake> {
  return start(
    body => body.toString('latin1'),
    text => Buffer.from(text, 'latin1'),
  )
}

/** Signed by the bank (or whose key is given) over the text as it stands, then perhaps spoiled, and encrypted. */
export function sealed(
  text: string,
  privateKey: string = theirs.privateKey,
  spoil: (signed: string) => string = signedText => signedText,
): Buffer {
  const sigdat = signed(text, Buffer.from(privateKey, 'base64'), UID)
  const plain = Buffer.from(spoil(text.replace(PLACEHOLDER, sigdat)), 'utf8')
  return Buffer.from(encrypted(plain, SM4_KEY, UID), 'latin1')
}

/** A key pair that neither side knows. */
export const newKeysOfNobody = newKeys

async function start(open: (body: Buffer) => string, close: (text: string) => Buffer): Promise<Fake> {
  const [asked, bodies]: [string[], Buffer[]] = [[], []]
  let next: (asked: string, count: number) => FakeAnswer = () => null
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      bodies.push(body)
      const text = open(body)
      asked.push(text)
      const answer = next(text, asked.length)
      if (answer === null) request.socket.destroy()
      else if (typeof answer === 'string') response.end(close(answer))
      else response.writeHead(answer.status ?? 200).end(answer.raw)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/cdcserver/api/v2`,
    asked,
    bodies,
    answer: answer => (next = answer),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export function golden(folder: 'cmb' | 'cmb-frontend', name: string): Buffer {
  return readFileSync(join(__dirname, '../../../bank-gateways', folder, 'golden', name))
}

/** A counting sequence of its own. */
export function counting(): () => string {
  let last = 0
  return () => String((last += 1)).padStart(12, '0')
}

export type Change = Partial<Omit<Instruction, 'payee' | 'payer'>> & { readonly payee?: Partial<Party> }

export function instruction(payerAccount: string, change: Change = {}): Instruction {
  const payee: Party = {
    account: '6222000000000001',
    name: '示例有限公司',
    bankName: '中国工商银行',
    bankCode: '102100099996',
    kind: 'C',
    province: '北京市',
    city: '北京市',
  }
  return {
    reference: 'PAY202601020001',
    batch: { reference: 'B1', line: 1 },
    payer: { ...payee, account: payerAccount, name: '甲公司' },
    amount: { minor: 105n, currency: 'CNY' },
    purpose: '货款',
    postscript: 'INV-1',
    isUrgent: true,
    businessType: 'supplier',
    sentOn: null,
    ...change,
    payee: { ...payee, ...change.payee },
  }
}
