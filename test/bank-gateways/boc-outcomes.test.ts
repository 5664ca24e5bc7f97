// What every answer, and every way of getting none, means for a payment at BOC: each code of the reference's table at each
// level, and each failure of the line.

import net from 'node:net'
import {
  afterSignIn,
  CLOSE,
  SILENT,
  allItems,
  answerTo,
  fatal,
  gatewayOf,
  instruction,
  item,
  NEVER,
  settings,
  signedIn,
  startFrontEnd,
  status,
  type FrontEnd,
  type Response,
  type Seen,
} from './boc-front-end'

let frontEnd: FrontEnd | null = null
afterEach(async () => {
  await frontEnd?.close()
  frontEnd = null
})

type Settings = Readonly<Record<string, unknown>>

async function send(respond: (seen: Seen) => Response, over: Settings = {}, references = ['R1']): Promise<unknown> {
  frontEnd = await startFrontEnd(afterSignIn(respond))
  const outcomes = await gatewayOf(settings(frontEnd.url, over)).send(
    references.map(reference => instruction(reference)),
    NEVER,
  )
  return outcomes.length === 1 ? outcomes[0] : outcomes
}

async function inquire(respond: (seen: Seen) => Response, over: Settings = {}, references = ['R1']): Promise<unknown> {
  frontEnd = await startFrontEnd(afterSignIn(respond))
  const outcomes = await gatewayOf(settings(frontEnd.url, over)).inquire(
    references.map(reference => instruction(reference)),
    NEVER,
  )
  return outcomes.length === 1 ? outcomes[0] : outcomes
}

const HOST_TEXT = '(GCMS.E065)账户未开通限额管理产品'

describe('an item of a payment answer whose message is B001', () => {
  test.each([
    ['B001', 'accepted'],
    ['B002', 'accepted'],
    ['B054', 'accepted'],
    ['B059', 'accepted'],
    ['B266', 'accepted'],
    ['B149', 'accepted'],
    ['B150', 'accepted'],
    ['B003', 'uncertain'],
    ['B077', 'uncertain'],
    ['B107', 'uncertain'],
    ['1033', 'uncertain'],
    ['B998', 'uncertain'],
    ['', 'uncertain'],
    ['b001', 'uncertain'],
    ['constructor', 'uncertain'],
  ])('with code %p is %s', async (code, kind) => {
    expect(await send(seen => allItems(seen, code))).toMatchObject({ kind })
    expect(frontEnd?.seen.filter(seen => seen.trncod === 'b2e0009')).toHaveLength(1)
  })

  test('with B999 and a host code is refused with the host code', async () => {
    expect(await send(seen => allItems(seen, 'B999', HOST_TEXT))).toEqual({
      kind: 'refused',
      refusal: {
        code: 'GCMS.E065',
        text: `主机返回错误 / error of the host: ${HOST_TEXT}`,
        bankSerial: '1234567890',
      },
    })
  })

  test.each([['系统错误'], [''], ['(GCMS.E999)主机通讯超时'], ['(GCMS.E998) host timeout']])(
    'with B999 and the words %p is uncertain',
    async text => {
      expect(await send(seen => allItems(seen, 'B999', text))).toMatchObject({ kind: 'uncertain', code: 'B999' })
    },
  )

  test('that comes twice is uncertain, also when both say yes', async () => {
    const twice = item('b2e0009', 'B001', 'R1').repeat(2)
    expect(await send(seen => answerTo(seen, status('B001') + twice))).toMatchObject({
      kind: 'uncertain',
      code: 'boc.ambiguous_item',
    })
  })

  test('is matched by its reference, never by its place', async () => {
    const items =
      item('b2e0009', 'B999', 'R2', HOST_TEXT) + item('b2e0009', 'B054', 'R3') + item('b2e0009', 'B001', 'R9')
    expect(await send(seen => answerTo(seen, status('B001') + items), {}, ['R1', 'R2', 'R3'])).toMatchObject([
      { kind: 'uncertain', code: 'boc.missing_item' },
      { kind: 'refused' },
      { kind: 'accepted', echo: { reference: 'R3', code: 'B054' } },
    ])
  })
})

describe('a payment answer whose own status', () => {
  test.each([
    ['B001', 'accepted'],
    ['B002', 'accepted'],
    ['B054', 'accepted'],
    ['B059', 'accepted'],
    ['B266', 'accepted'],
    ['B149', 'accepted'],
    ['B150', 'accepted'],
    ['B003', 'uncertain'],
    ['B999', 'uncertain'],
    ['B998', 'uncertain'],
  ])('is %s above an item B001 is %s', async (code, kind) => {
    expect(await send(seen => answerTo(seen, status(code) + item('b2e0009', 'B001', 'R1')))).toMatchObject({ kind })
  })

  test.each([['B001'], ['B054'], ['B999'], ['B998'], ['B003']])('is %s with no item is uncertain', async code => {
    expect(await send(seen => answerTo(seen, status(code, HOST_TEXT)))).toMatchObject({ kind: 'uncertain' })
  })

  test('is B077 executed nothing', async () => {
    expect(await send(seen => answerTo(seen, status('B077', '无权限')))).toEqual({
      kind: 'unsent',
      code: 'B077',
      reason: '操作员无此功能权限 / operator has no permission for this function: 无权限',
    })
    expect(frontEnd?.seen.map(seen => seen.trncod)).toEqual(['b2e0001', 'b2e0009'])
  })

  test.each([['B077'], ['B107'], ['1033']])(
    'is %s above an item that was taken is uncertain and not repeated',
    async code => {
      expect(await send(seen => answerTo(seen, status(code) + item('b2e0009', 'B001', 'R1')))).toMatchObject({
        kind: 'uncertain',
        code: 'boc.contradictory',
      })
      expect(frontEnd?.seen.filter(seen => seen.trncod === 'b2e0009')).toHaveLength(1)
    },
  )
})

describe('an error answer (b2eerror) to a payment', () => {
  test.each([
    ['B001', 'uncertain'],
    ['B002', 'uncertain'],
    ['B003', 'uncertain'],
    ['B054', 'uncertain'],
    ['B059', 'uncertain'],
    ['B266', 'uncertain'],
    ['B149', 'uncertain'],
    ['B150', 'uncertain'],
    ['B999', 'uncertain'],
    ['B998', 'uncertain'],
    ['B077', 'unsent'],
    ['B107', 'unsent'],
    ['1033', 'unsent'],
  ])('with %s is %s', async (code, kind) => {
    expect(await send(seen => fatal(seen, code))).toMatchObject({ kind, code })
  })
})

describe('an item of a status answer whose message is B001', () => {
  test.each([
    ['B001', 'settled'],
    ['B002', 'accepted'],
    ['B054', 'accepted'],
    ['B059', 'accepted'],
    ['B266', 'accepted'],
    ['B149', 'accepted'],
    ['B150', 'accepted'],
    ['B003', 'absent'],
    ['B077', 'unavailable'],
    ['B107', 'unavailable'],
    ['1033', 'unavailable'],
    ['B998', 'unavailable'],
    ['', 'unavailable'],
  ])('with code %p is %s', async (code, kind) => {
    expect(await inquire(seen => allItems(seen, code))).toMatchObject({ kind })
  })

  test('with B999 and a host code is refused; with B999 alone nothing was learned', async () => {
    expect(await inquire(seen => allItems(seen, 'B999', HOST_TEXT))).toMatchObject({
      kind: 'refused',
      refusal: { code: 'GCMS.E065' },
    })
    await frontEnd?.close()
    expect(await inquire(seen => allItems(seen, 'B999', '系统错误'))).toMatchObject({ kind: 'unavailable' })
  })

  test('that is missing or doubled teaches nothing', async () => {
    const items = item('b2e0007', 'B001', 'R2').repeat(2) + item('b2e0007', 'B001', 'R3')
    expect(await inquire(seen => answerTo(seen, status('B001') + items), {}, ['R1', 'R2', 'R3'])).toMatchObject([
      { kind: 'unavailable', code: 'boc.missing_item' },
      { kind: 'unavailable', code: 'boc.ambiguous_item' },
      { kind: 'settled' },
    ])
  })
})

describe('a status answer whose own status', () => {
  test.each([['B003'], ['B077'], ['B107'], ['1033'], ['B999'], ['B998']])(
    'is %s teaches nothing, whatever its items say',
    async code => {
      expect(
        await inquire(seen => answerTo(seen, status(code, HOST_TEXT) + item('b2e0007', 'B001', 'R1'))),
      ).toMatchObject({ kind: 'unavailable', code })
      await frontEnd?.close()
      expect(await inquire(seen => answerTo(seen, status(code, HOST_TEXT)))).toMatchObject({
        kind: 'unavailable',
        code,
      })
      await frontEnd?.close()
      expect(await inquire(seen => fatal(seen, code))).toMatchObject({ kind: 'unavailable', code })
    },
  )

  test('is B001 in an error answer teaches nothing', async () => {
    expect(await inquire(seen => fatal(seen, 'B001'))).toMatchObject({ kind: 'unavailable' })
  })
})

test('a status query holds at most the configured number of references', async () => {
  const references = Array.from({ length: 5 }, (_, index) => `R${index}`)
  const outcomes = await inquire(seen => allItems(seen, 'B001'), { inquiryMax: 2 }, references)
  expect(outcomes).toMatchObject(references.map(reference => ({ kind: 'settled', echo: { reference } })))
  expect(frontEnd?.seen.slice(1).map(seen => seen.insids)).toEqual([['R0', 'R1'], ['R2', 'R3'], ['R4']])
})

test("a site's own codes speak at their own level, and a host code may be told apart", async () => {
  const codes = [
    { code: 'B801', level: 'submit', outcome: 'refused', meaning: '金额超限' },
    { code: 'B802', level: 'inquiry', outcome: 'returned', meaning: '已退汇' },
    { code: 'B803', level: 'message', outcome: 'notExecuted', meaning: '前置机未就绪' },
    { code: 'GCMS.E065', level: 'submit', outcome: 'uncertain', meaning: '待查' },
  ]
  const found: unknown[] = []
  for (const [ask, code, text] of [
    [send, 'B801', ''],
    [inquire, 'B801', ''],
    [inquire, 'B802', ''],
    [send, 'B802', ''],
    [send, 'B999', HOST_TEXT],
    [inquire, 'B999', HOST_TEXT],
  ] as const) {
    found.push(await ask(seen => allItems(seen, code, text), { codes }))
    await frontEnd?.close()
  }
  found.push(await send(seen => answerTo(seen, status('B803')), { codes }))
  expect(found).toMatchObject([
    { kind: 'refused', refusal: { code: 'B801', text: '金额超限' } },
    { kind: 'unavailable', code: 'B801' },
    { kind: 'returned', echo: { code: 'B802', text: '已退汇' } },
    { kind: 'uncertain', code: 'B802' },
    { kind: 'uncertain', code: 'B999' },
    { kind: 'refused', refusal: { code: 'GCMS.E065' } },
    { kind: 'unsent', code: 'B803' },
  ])
})

describe('when the line fails, a payment', () => {
  test('is unsent where nobody listens', async () => {
    const probe = net.createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => probe.once('listening', resolve))
    const { port } = probe.address() as net.AddressInfo
    await new Promise(resolve => probe.close(resolve))
    const outcomes = await gatewayOf(settings(`http://127.0.0.1:${port}/B2EC/E2BServlet`)).send(
      [instruction('R1')],
      NEVER,
    )
    expect(outcomes).toMatchObject([{ kind: 'unsent', code: 'boc.unreachable' }])
  })

  const gbk = Buffer.concat([
    Buffer.from('<bocb2e><head>'),
    Buffer.from([0xd6, 0xd0, 0xb9, 0xfa]),
    Buffer.from('</head></bocb2e>'),
  ])
  const whole = (seen: Seen): string => allItems(seen, 'B001')
  const cases: readonly (readonly [string, (seen: Seen) => Response, string])[] = [
    ['gets no answer in time', () => SILENT, 'boc.no_answer'],
    ['is cut off without an answer', () => CLOSE, 'boc.no_answer'],
    ['gets half an answer', seen => ({ truncated: whole(seen).slice(0, 100) }), 'boc.no_answer'],
    ['gets an answer that ends early', seen => whole(seen).slice(0, -20), 'boc.undecodable'],
    ['gets HTTP 500 around a yes', seen => ({ status: 500, body: whole(seen) }), 'boc.http_status'],
    ['gets HTTP 302', () => ({ status: 302, body: '' }), 'boc.http_status'],
    ['gets a web page', () => '<html><body>It works</body></html>', 'boc.undecodable'],
    ['gets words', () => 'system busy', 'boc.undecodable'],
    ['gets nothing in HTTP 200', () => '', 'boc.undecodable'],
    ['gets GBK bytes', () => gbk, 'boc.undecodable'],
    ['gets a DOCTYPE', seen => whole(seen).replace('<bocb2e', '<!DOCTYPE x><bocb2e'), 'boc.undecodable'],
    [
      'gets the answer to another message',
      seen => allItems({ ...seen, trnid: '000000000099' }, 'B001'),
      'boc.wrong_serial',
    ],
    ['gets an answer without a number', seen => whole(seen).replace(/<trnid>.*<\/trnid>/, ''), 'boc.wrong_serial'],
    [
      'gets the answer of another function',
      seen => answerTo(seen, status('B001'), { trncod: 'b2e0061' }),
      'boc.wrong_function',
    ],
    ['gets an answer without a status', seen => answerTo(seen, item('b2e0009', 'B001', 'R1')), 'boc.undecodable'],
    ['gets an answer larger than allowed', () => ' '.repeat(20_000), 'boc.no_answer'],
    ['is told another number by an error answer', seen => fatal({ ...seen, trnid: '7' }, 'B107'), 'boc.wrong_serial'],
  ]
  test.each(cases)('that %s is uncertain, and a question the same way teaches nothing', async (_, respond, code) => {
    const over = { answerTimeoutMs: 200, maxAnswerBytes: 10_000 }
    expect(await send(respond, over)).toMatchObject({ kind: 'uncertain', code })
    expect(frontEnd?.seen.filter(seen => seen.trncod === 'b2e0009')).toHaveLength(1)
    await frontEnd?.close()
    expect(await inquire(respond, over)).toMatchObject({ kind: 'unavailable' })
  })

  test('whose answer drips in byte by byte is read as usual', async () => {
    expect(await send(seen => ({ drop: allItems(seen, 'B054', '处理中') }))).toMatchObject({
      kind: 'accepted',
      echo: { text: '处理中 / handling: 处理中' },
    })
  })
})

describe('an abort', () => {
  test('before anything is sent leaves the payment unsent', async () => {
    frontEnd = await startFrontEnd(afterSignIn(seen => allItems(seen, 'B001')))
    const outcomes = await gatewayOf(settings(frontEnd.url)).send([instruction('R1')], AbortSignal.abort())
    expect(outcomes).toMatchObject([{ kind: 'unsent', code: 'boc.aborted' }])
    expect(frontEnd.seen).toEqual([])
  })

  test('after the payment arrived ends the call at once and leaves it uncertain', async () => {
    frontEnd = await startFrontEnd(afterSignIn(() => SILENT))
    const abort = new AbortController()
    const outcomes = gatewayOf(settings(frontEnd.url)).send([instruction('R1')], abort.signal)
    await frontEnd.arrived('b2e0009')
    abort.abort()
    expect(await outcomes).toMatchObject([{ kind: 'uncertain', code: 'boc.no_answer' }])
  })

  test('while another caller signs in ends the call at once and disturbs nobody', async () => {
    let release = (): void => undefined
    const answered = new Promise<void>(resolve => (release = resolve))
    frontEnd = await startFrontEnd(seen => (seen.trncod === 'b2e0001' ? SILENT : allItems(seen, 'B001')))
    const gateway = gatewayOf(settings(frontEnd.url, { answerTimeoutMs: 500 }))
    const first = gateway.send([instruction('R1')], NEVER).finally(release)
    await frontEnd.arrived('b2e0001')
    const abort = new AbortController()
    const second = gateway.send([instruction('R2')], abort.signal)
    abort.abort()
    let isFirstDone = false
    void answered.then(() => (isFirstDone = true))
    expect(await second).toMatchObject([{ kind: 'unsent', code: 'boc.aborted' }])
    expect(isFirstDone).toBe(false)
    expect(await first).toMatchObject([{ kind: 'unsent', code: 'boc.sign_in_unanswered' }])
  })

  test('ends a balance, a statement and a receipt with a fault', async () => {
    frontEnd = await startFrontEnd(seen => signedIn(seen))
    const gateway = gatewayOf(settings(frontEnd.url))
    const day = { from: '2026-03-01', to: '2026-03-01' }
    await expect(gateway.balance('300000000001', AbortSignal.abort())).rejects.toMatchObject({ code: 'boc.aborted' })
    await expect(gateway.statement('300000000001', day, null, AbortSignal.abort())).rejects.toMatchObject({
      code: 'boc.aborted',
    })
    expect(frontEnd.seen).toEqual([])
  })
})
