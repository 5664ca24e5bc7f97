// One packet to the front-end and its answer, on one connection, over TCP or HTTP. It says how far the packet can have got and
// nothing about what the answer means; it never repeats a packet.

import { Fault, type Clock } from '../../connector/ports'
import { bankStamp } from '../../connector/core/bank-time'
import { post, Unsent } from '../shared/http'
import { exchangeOverTcp } from '../shared/tcp'
import { readReply, requestBody, type Reply } from './codec'
import { describeCode, inquiryClassOf, problem, type Problem } from './codes'
import type { PabConfig } from './config'
import { FRAMING, requestPacket, type RequestHeader } from './packet'

export type Answer =
  | { readonly kind: 'answer'; readonly reply: Reply }
  /** No byte of the packet left. */
  | { readonly kind: 'unsent'; readonly problem: Problem }
  /** The bank may have executed it. */
  | { readonly kind: 'uncertain'; readonly problem: Problem }

export type Exchange = (tranCode: string, fields: readonly string[], signal: AbortSignal) => Promise<Answer>

/** `sequence` gives a number of 1 to 12 digits that was not used before: with the bank's day it is 请求方系统流水号. */
export function createExchange(config: PabConfig, clock: Clock, sequence: () => string): Exchange {
  const carry = config.endpoint.startsWith('tcp:') ? overTcp(config) : overHttp(config)
  return async (tranCode, fields, signal) => {
    let packet: Buffer
    let serial: string
    try {
      const stamp = bankStamp(clock.now())
      serial = `${stamp.slice(0, 8)}${messageNumber(sequence())}`
      packet = requestPacket({ ...headOf(config, stamp), tranCode, serial }, requestBody(fields, config.encoding))
    } catch {
      // The cause stays here: it may quote the message.
      return { kind: 'unsent', problem: problem('pab.unbuildable', tranCode) }
    }
    let bytes: Buffer | Problem
    try {
      bytes = await carry(packet, signal)
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      if (!(error instanceof Unsent)) return { kind: 'uncertain', problem: problem('pab.no_answer', detail) }
      return { kind: 'unsent', problem: problem(signal.aborted ? 'pab.aborted' : 'pab.unreachable', detail) }
    }
    if ('reason' in bytes) return { kind: 'uncertain', problem: bytes }
    const reply = readReply(bytes, { tranCode, serial: config.checksReplySerial ? serial : null })
    return 'reason' in reply ? { kind: 'uncertain', problem: reply } : { kind: 'answer', reply }
  }
}

/** The fields of the header that are the site's and the moment's. */
function headOf(config: PabConfig, stamp: string): Omit<RequestHeader, 'tranCode' | 'serial'> {
  const { encoding, mrchCode, operator } = config
  return {
    encoding,
    protocol: protocolOf(config),
    mrchCode,
    operator,
    day: stamp.slice(0, 8),
    time: stamp.slice(8, 14),
  }
}

type Carry = (packet: Buffer, signal: AbortSignal) => Promise<Buffer | Problem>

function overTcp(config: PabConfig): Carry {
  const url = new URL(config.endpoint)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const endpoint = { host, port: Number(url.port), requestEnd: config.tcpRequestEnd }
  return (packet, signal) => exchangeOverTcp(endpoint, packet, FRAMING, config, signal)
}

function overHttp(config: PabConfig): Carry {
  const url = new URL(config.endpoint)
  const charset = config.encoding === 'gbk' ? 'GBK' : 'UTF-8'
  const headers = { 'Content-Type': `text/xml; charset=${charset}`, 'User-Agent': 'sdb client' }
  return async (packet, signal) => {
    const { status, body } = await post(url, headers, packet, config, signal)
    return status === 200 ? body : problem('pab.http_status', String(status))
  }
}

function protocolOf(config: PabConfig): 'tcp' | 'http' | 'https' {
  if (config.endpoint.startsWith('tcp:')) return 'tcp'
  return config.endpoint.startsWith('https:') ? 'https' : 'http'
}

function messageNumber(digits: string): string {
  if (!/^\d{1,12}$/.test(digits)) throw new RangeError(`message number ${JSON.stringify(digits)}`)
  return digits.padStart(12, '0')
}

/** As an exchange, for a question: the reply when it is good, null when the bank says there is nothing, else a thrown Fault. */
export async function query(
  exchange: Exchange,
  tranCode: string,
  fields: readonly string[],
  config: PabConfig,
  signal: AbortSignal,
): Promise<Reply | null> {
  const answer = await exchange(tranCode, fields, signal)
  if (answer.kind !== 'answer') throw faultOf(answer.problem)
  const { code, text } = answer.reply
  const kind = inquiryClassOf(code, config.codes)
  if (kind === 'empty') return null
  if (kind !== 'ok') throw new Fault(code, describeCode(code, text, config.codes))
  return answer.reply
}

export function faultOf(found: Problem): Fault {
  return new Fault(found.code, found.reason)
}
