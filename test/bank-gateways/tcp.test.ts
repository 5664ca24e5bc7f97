// The TCP exchange on real sockets: what of its failures proves that nothing left, and what ends an answer.

import net from 'node:net'
import fc from 'fast-check'
import { Uncertain, Unsent } from '../../bank-gateways/shared/http'
import {
  decimalLength,
  exchangeOverTcp,
  headerFraming,
  streamFraming,
  terminatorFraming,
  type Framing,
  type TcpLimits,
} from '../../bank-gateways/shared/tcp'

const LIMITS: TcpLimits = { connectTimeoutMs: 2000, answerTimeoutMs: 2000, maxAnswerBytes: 10_000 }
const NEVER = new AbortController().signal
const SIX_DIGITS = headerFraming(6, decimalLength)

type Peer = { readonly port: number; readonly received: () => Buffer; close(): Promise<void> }
let peer: Peer | null = null
afterEach(async () => {
  await peer?.close()
  peer = null
})

/** A listener whose every connection is handed over with allowHalfOpen, so that it alone decides when to close. */
async function listen(serve: (socket: net.Socket) => void): Promise<Peer> {
  const sockets = new Set<net.Socket>()
  const chunks: Buffer[] = []
  const server = net.createServer({ allowHalfOpen: true }, socket => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    serve(socket)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  peer = {
    port: typeof address === 'object' && address ? address.port : 0,
    received: () => Buffer.concat(chunks),
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
  return peer
}

function ask(
  port: number,
  framing: Framing,
  over: Partial<TcpLimits> = {},
  signal: AbortSignal = NEVER,
  requestEnd: 'half-close' | 'keep-open' = 'keep-open',
): Promise<Buffer> {
  return exchangeOverTcp(
    { host: '127.0.0.1', port, requestEnd },
    Buffer.from('request'),
    framing,
    { ...LIMITS, ...over },
    signal,
  )
}

const answering =
  (...parts: readonly (string | Buffer)[]) =>
  (socket: net.Socket): void => {
    socket.once('data', () => {
      for (const part of parts) socket.write(part)
    })
  }

describe('provably nothing left', () => {
  test('when the port is closed', async () => {
    const { port } = await listen(() => undefined)
    await peer?.close()
    await expect(ask(port, SIX_DIGITS)).rejects.toBeInstanceOf(Unsent)
  })

  test('when the name does not exist', async () => {
    const to = { host: 'no-such-host.invalid', port: 1, requestEnd: 'keep-open' } as const
    await expect(exchangeOverTcp(to, Buffer.from('x'), SIX_DIGITS, LIMITS, NEVER)).rejects.toBeInstanceOf(Unsent)
  })

  test('when it was aborted before it began', async () => {
    const { port, received } = await listen(answering('000002ok'))
    await expect(ask(port, SIX_DIGITS, {}, AbortSignal.abort())).rejects.toBeInstanceOf(Unsent)
    expect(received()).toHaveLength(0)
  })
})

describe('from the first byte on nobody can know', () => {
  const cases: readonly (readonly [string, (socket: net.Socket) => void, Framing])[] = [
    ['a reset', socket => void socket.once('data', () => socket.resetAndDestroy()), SIX_DIGITS],
    ['a close without a word', socket => void socket.once('data', () => socket.end()), SIX_DIGITS],
    ['a close without a word, where the stream ends the answer', socket => socket.end(), streamFraming],
    ['a header cut short', socket => void socket.once('data', () => socket.end('0000')), SIX_DIGITS],
    [
      'a body shorter than its header says',
      socket => void socket.once('data', () => socket.end('000009short')),
      SIX_DIGITS,
    ],
    ['a header that is no length', answering('00x009too short'), SIX_DIGITS],
    ['a header of HTML', answering('<html><body>'), SIX_DIGITS],
    ['a length beyond the bound', answering('099999'), SIX_DIGITS],
    ['an answer beyond the bound without an end', answering(Buffer.alloc(20_000, 0x20)), terminatorFraming('</TX>')],
    [
      'a missing terminator',
      socket => void socket.once('data', () => socket.end('<TX></TX')),
      terminatorFraming('</TX>'),
    ],
  ]
  test.each(cases)('%s is uncertain', async (_, serve, framing) => {
    const { port } = await listen(serve)
    await expect(ask(port, framing)).rejects.toBeInstanceOf(Uncertain)
  })

  test('silence is uncertain after the answer timeout, however long a connection may take', async () => {
    const { port } = await listen(() => undefined)
    const failure = ask(port, SIX_DIGITS, { connectTimeoutMs: 60_000, answerTimeoutMs: 50 })
    await expect(failure).rejects.toThrow('no complete answer within 50 ms')
    await expect(failure).rejects.toBeInstanceOf(Uncertain)
  })

  test('an answer that trickles does not push the timeout away', async () => {
    const { port } = await listen(socket => {
      const drip = setInterval(() => socket.write('0'), 10)
      socket.once('close', () => clearInterval(drip))
    })
    await expect(ask(port, terminatorFraming('</TX>'), { answerTimeoutMs: 60 })).rejects.toThrow('no complete answer')
  })

  test('an abort returns at once and closes the connection', async () => {
    let closed: () => void
    const isClosed = new Promise<void>(resolve => (closed = resolve))
    const abort = new AbortController()
    const { port } = await listen(socket => {
      socket.once('end', () => closed())
      socket.once('data', () => abort.abort())
    })
    const failure = ask(port, SIX_DIGITS, { answerTimeoutMs: 60_000 }, abort.signal)
    await expect(failure).rejects.toBeInstanceOf(Uncertain)
    await expect(failure).rejects.toThrow('aborted')
    await isClosed
  })
})

describe('an answer', () => {
  test('ends where its header says, and what follows is not looked at', async () => {
    const { port, received } = await listen(answering('000005hello', 'behind'))
    expect((await ask(port, SIX_DIGITS)).toString()).toBe('000005hello')
    expect(received().toString()).toBe('request')
  })

  test('ends with its terminator, while the connection stays open', async () => {
    const { port } = await listen(answering('<TX><TX_INFO></TX_INFO></T', 'X>\r\n'))
    expect((await ask(port, terminatorFraming('</TX>'))).toString()).toBe('<TX><TX_INFO></TX_INFO></TX>')
  })

  test('ends with the stream where nothing else ends it', async () => {
    const { port } = await listen(socket => void socket.once('data', () => socket.end('all of it')))
    expect((await ask(port, streamFraming)).toString()).toBe('all of it')
  })

  test('may come before the bank has closed its side, and after we have closed ours', async () => {
    const { port, received } = await listen(socket => {
      socket.once('end', () => socket.write('000002ok'))
    })
    expect((await ask(port, SIX_DIGITS, {}, NEVER, 'half-close')).toString()).toBe('000002ok')
    expect(received().toString()).toBe('request')
  })

  test('is the same however it is cut into pieces', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        fc.constantFrom('header', 'terminator'),
        (body, sizes, kind) => {
          const plain = Buffer.from(body).toString('hex')
          const whole = kind === 'header' ? `${String(plain.length).padEnd(6)}${plain}` : `${plain}</TX>`
          const framing = kind === 'header' ? SIX_DIGITS : terminatorFraming('</TX>')
          const bytes = Buffer.from(`${whole}behind`)
          let length = 0
          for (let turn = 0; length < bytes.length; turn += 1) {
            const looked = length
            length = Math.min(bytes.length, length + (sizes[turn % sizes.length] ?? 1))
            const found = framing.lengthOf(bytes.subarray(0, length), looked)
            if (found !== null && found <= length) return expect(found).toBe(whole.length)
            expect(length).toBeLessThan(whole.length)
          }
          throw new Error('the end was never found')
        },
      ),
    )
  })
})

test.each([
  ['851   ', 851],
  ['000851', 851],
  ['0     ', 0],
])('the length in %p is %p', (text, length) => expect(decimalLength(Buffer.from(text))).toBe(length))

test.each([[''], ['      '], [' 851  '], ['8 51  '], ['-51   '], ['0x10  '], ['８５１']])(
  'there is no length in %p',
  text => expect(() => decimalLength(Buffer.from(text))).toThrow(RangeError),
)
