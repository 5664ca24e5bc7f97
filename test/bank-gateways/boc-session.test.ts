// The operator's session at BOC: one sign-in for all, a fresh one when the bank asks for it, and never one too many.

import { inspect } from 'node:util'
import {
  afterSignIn,
  CLOSE,
  allItems,
  answerTo,
  clockAt,
  fatal,
  gatewayOf,
  instruction,
  item,
  MORNING_MS,
  NEVER,
  settings,
  signedIn,
  startFrontEnd,
  status,
  TOKEN,
  type FrontEnd,
  type Response,
  type Seen,
} from './boc-front-end'

const HOUR_MS = 3_600_000

let frontEnd: FrontEnd | null = null
afterEach(async () => {
  await frontEnd?.close()
  frontEnd = null
})

async function start(respond: (seen: Seen) => Response | Promise<Response>): Promise<FrontEnd> {
  frontEnd = await startFrontEnd(respond)
  return frontEnd
}

function functions(): readonly string[] {
  return (frontEnd?.seen ?? []).map(seen => seen.trncod)
}

test('many calls at once sign in once and share the token', async () => {
  const { url, seen } = await start(afterSignIn(found => allItems(found, 'B001')))
  const gateway = gatewayOf(settings(url))
  await Promise.all([1, 2, 3, 4].map(number => gateway.inquire([instruction(`R${number}`)], NEVER)))
  await gateway.send([instruction('R5')], NEVER)
  expect(functions().filter(trncod => trncod === 'b2e0001')).toHaveLength(1)
  expect(functions()[0]).toBe('b2e0001')
  expect(seen.slice(1).map(found => found.token)).toEqual([TOKEN, TOKEN, TOKEN, TOKEN, TOKEN])
  expect(seen[0]?.text).not.toContain('<token>')
})

test.each([['B107'], ['1033']])(
  'a payment answered %s is sent once more after one fresh sign-in, with the same reference and a new number',
  async code => {
    let signIns = 0
    const { url, seen } = await start(found => {
      if (found.trncod === 'b2e0001') return signedIn(found, `${TOKEN}${++signIns}`)
      return found.token === `${TOKEN}2` ? allItems(found, 'B001') : fatal(found, code)
    })
    const outcomes = await gatewayOf(settings(url)).send([instruction('R1')], NEVER)
    expect(outcomes).toMatchObject([{ kind: 'accepted' }])
    expect(seen.map(found => [found.trncod, found.trnid, found.token, found.insids])).toEqual([
      ['b2e0001', '000000000001', '', []],
      ['b2e0009', '000000000002', `${TOKEN}1`, ['R1']],
      ['b2e0001', '000000000003', '', []],
      ['b2e0009', '000000000004', `${TOKEN}2`, ['R1']],
    ])
  },
)

test('a token that expires between the two messages of one call costs a sign-in and nothing else', async () => {
  let signIns = 0
  let used = 0
  await start(found => {
    if (found.trncod === 'b2e0001') return signedIn(found, `${TOKEN}${++signIns}`)
    if (found.token === `${TOKEN}1` && ++used > 1) return answerTo(found, status('1033', '未签到'))
    return allItems(found, 'B001')
  })
  const person = { ...instruction('R2').payee, kind: 'P' as const }
  const outcomes = await gatewayOf(settings(frontEnd!.url)).send(
    [instruction('R1'), instruction('R2', { payee: person })],
    NEVER,
  )
  expect(outcomes).toMatchObject([{ kind: 'accepted' }, { kind: 'accepted' }])
  expect(functions()).toEqual(['b2e0001', 'b2e0009', 'b2e0061', 'b2e0001', 'b2e0061'])
})

test('a payment that is told "not signed in" twice is unsent, and not tried a third time', async () => {
  await start(afterSignIn(found => answerTo(found, status('B107', '未签到') + item('b2e0009', 'B107', 'R1'))))
  const outcomes = await gatewayOf(settings(frontEnd!.url)).send([instruction('R1')], NEVER)
  expect(outcomes).toMatchObject([{ kind: 'unsent', code: 'B107' }])
  expect(functions()).toEqual(['b2e0001', 'b2e0009', 'b2e0001', 'b2e0009'])
})

test('a payment whose second sending stays unanswered is uncertain', async () => {
  let sent = 0
  await start(afterSignIn(found => (++sent === 1 ? fatal(found, 'B107') : CLOSE)))
  const outcomes = await gatewayOf(settings(frontEnd!.url)).send([instruction('R1')], NEVER)
  expect(outcomes).toMatchObject([{ kind: 'uncertain', code: 'boc.no_answer' }])
  expect(sent).toBe(2)
})

test('a question is asked again after a fresh sign-in, also when only an item says "not signed in"', async () => {
  let asked = 0
  await start(afterSignIn(found => allItems(found, ++asked === 1 ? 'B107' : 'B001')))
  const outcomes = await gatewayOf(settings(frontEnd!.url)).inquire([instruction('R1')], NEVER)
  expect(outcomes).toMatchObject([{ kind: 'settled' }])
  expect(functions()).toEqual(['b2e0001', 'b2e0007', 'b2e0001', 'b2e0007'])
})

test('a late "not signed in" under an old token does not throw away the new one', async () => {
  let signIns = 0
  let release = (): void => undefined
  const held = new Promise<void>(resolve => (release = resolve))
  await start(async found => {
    if (found.trncod === 'b2e0001') return signedIn(found, `${TOKEN}${++signIns}`)
    if (found.token !== `${TOKEN}1`) return allItems(found, 'B001')
    if (found.insids[0] === 'R1') await held
    return fatal(found, 'B107')
  })
  const gateway = gatewayOf(settings(frontEnd!.url))
  const first = gateway.inquire([instruction('R1')], NEVER)
  await frontEnd!.arrived('b2e0007')
  expect(await gateway.inquire([instruction('R2')], NEVER)).toMatchObject([{ kind: 'settled' }])
  release()
  expect(await first).toMatchObject([{ kind: 'settled' }])
  expect(signIns).toBe(2)
})

describe('after a sign-in that was refused', () => {
  test('nothing is sent and nobody signs in until the pause is over', async () => {
    await start(found => answerTo(found, status('B109', '口令错误')))
    const clock = clockAt(MORNING_MS)
    const gateway = gatewayOf(settings(frontEnd!.url), clock)
    expect(await gateway.send([instruction('R1')], NEVER)).toMatchObject([
      { kind: 'unsent', code: 'boc.sign_in_refused' },
    ])
    for (const minutes of [0, 1, 60, 359]) {
      clock.nowMs = MORNING_MS + minutes * 60_000
      expect(await gateway.send([instruction('R1')], NEVER)).toEqual([
        {
          kind: 'unsent',
          code: 'boc.sign_in_paused',
          reason:
            '签到暂停中，以免锁死操作员 / signing in is paused so that the operator is not locked: ' +
            '至 / until 2026-03-01 15:30:00，改正口令后重启可立即重试 / correct the password and restart to try now',
        },
      ])
      expect(await gateway.inquire([instruction('R1')], NEVER)).toMatchObject([{ kind: 'unavailable' }])
      await expect(gateway.balance('300000000001', NEVER)).rejects.toMatchObject({ code: 'boc.sign_in_paused' })
    }
    expect(functions()).toEqual(['b2e0001'])
    clock.nowMs = MORNING_MS + 6 * HOUR_MS
    await gateway.send([instruction('R1')], NEVER)
    expect(functions()).toEqual(['b2e0001', 'b2e0001'])
  })

  test('no day ever sees five of them, and in all there are fewer than fifteen', async () => {
    await start(found => answerTo(found, status('B109', '口令错误')))
    const clock = clockAt(MORNING_MS)
    const gateway = gatewayOf(settings(frontEnd!.url), clock)
    const at: number[] = []
    for (let minutes = 0; minutes < 10 * 24 * 60; minutes += 10) {
      clock.nowMs = MORNING_MS + minutes * 60_000
      const before = functions().length
      await gateway.inquire([instruction('R1')], NEVER)
      if (functions().length > before) at.push(minutes)
    }
    expect(at).toEqual([0, 360, 720, 1080, 1440, 1800])
  })

  test('a pause of null lasts for the life of the process', async () => {
    await start(found => answerTo(found, status('B109')))
    const clock = clockAt(MORNING_MS)
    const gateway = gatewayOf(settings(frontEnd!.url, { signIn: { pauseMs: null } }), clock)
    await gateway.inquire([instruction('R1')], NEVER)
    clock.nowMs += 365 * 24 * HOUR_MS
    expect(await gateway.send([instruction('R1')], NEVER)).toMatchObject([
      { kind: 'unsent', code: 'boc.sign_in_paused' },
    ])
    expect(functions()).toEqual(['b2e0001'])
  })

  test('a success starts the count anew', async () => {
    let isRight = false
    await start(found => {
      if (found.trncod === 'b2e0001') return isRight ? signedIn(found) : answerTo(found, status('B109'))
      return fatal(found, '1033')
    })
    const clock = clockAt(MORNING_MS)
    const gateway = gatewayOf(settings(frontEnd!.url), clock)
    await gateway.inquire([instruction('R1')], NEVER)
    clock.nowMs += 7 * HOUR_MS
    isRight = true
    await gateway.inquire([instruction('R1')], NEVER)
    expect(functions()).toEqual(['b2e0001', 'b2e0001', 'b2e0007', 'b2e0001', 'b2e0007'])
  })

  test('the password is in no outcome, no fault and no view of the gateway', async () => {
    await start(found => answerTo(found, status('B109', '口令 Hush-9131 错误')))
    const gateway = gatewayOf(settings(frontEnd!.url, { operatorPassword: 'Hush-9131' }))
    const outcomes = await gateway.send([instruction('R1')], NEVER)
    expect(outcomes).toEqual([
      {
        kind: 'unsent',
        code: 'boc.sign_in_refused',
        reason:
          '签到被拒绝，已停止签到 / sign-in was refused; signing in has stopped: ' +
          'B109 未列出的返回码 / a code not in the tables: 口令 *** 错误',
      },
    ])
    const fault: unknown = await gateway.balance('300000000001', NEVER).catch((error: unknown) => error)
    for (const view of [outcomes, fault, gateway])
      expect(inspect(view, { depth: 20, showHidden: true }) + JSON.stringify(view)).not.toContain('Hush-9131')
  })
})

test('a code that the site knows to say nothing about the password does not stop signing in', async () => {
  let isUp = false
  await start(found => {
    if (found.trncod === 'b2e0001') return isUp ? signedIn(found) : fatal(found, 'B777')
    return allItems(found, 'B001')
  })
  const codes = [{ code: 'B777', level: 'signIn', outcome: 'temporary', meaning: '系统维护' }]
  const gateway = gatewayOf(settings(frontEnd!.url, { codes }))
  expect(await gateway.send([instruction('R1')], NEVER)).toMatchObject([
    { kind: 'unsent', code: 'boc.sign_in_unanswered', reason: expect.stringContaining('系统维护') },
  ])
  isUp = true
  expect(await gateway.send([instruction('R1')], NEVER)).toMatchObject([{ kind: 'accepted' }])
})

test('sign-ins that get no answer stop before the fifth of a day while the password is unproven', async () => {
  await start(() => CLOSE)
  const clock = clockAt(MORNING_MS)
  const gateway = gatewayOf(settings(frontEnd!.url), clock)
  const codes: unknown[] = []
  for (let tries = 0; tries < 6; tries++) {
    const [outcome] = await gateway.send([instruction('R1')], NEVER)
    codes.push(outcome)
  }
  expect(codes).toMatchObject([
    ...Array.from({ length: 4 }, () => ({ kind: 'unsent', code: 'boc.sign_in_unanswered' })),
    ...Array.from({ length: 2 }, () => ({ kind: 'unsent', code: 'boc.sign_in_paused' })),
  ])
  expect(functions()).toHaveLength(4)
  clock.nowMs += 24 * HOUR_MS
  await gateway.send([instruction('R1')], NEVER)
  expect(functions()).toHaveLength(5)
})

test('sign-ins that get no answer are not counted once the password has worked', async () => {
  let isUp = true
  await start(found => {
    if (!isUp) return CLOSE
    return found.trncod === 'b2e0001' ? signedIn(found) : fatal(found, '1033')
  })
  const gateway = gatewayOf(settings(frontEnd!.url))
  await gateway.inquire([instruction('R1')], NEVER)
  isUp = false
  for (let tries = 0; tries < 8; tries++)
    expect(await gateway.send([instruction('R1')], NEVER)).toMatchObject([
      { kind: 'unsent', code: 'boc.sign_in_unanswered' },
    ])
})

test('failures before a success are forgotten after it', async () => {
  let answer: 'nothing' | 'yes' | 'no' = 'nothing'
  await start(found => {
    if (found.trncod !== 'b2e0001') return fatal(found, '1033')
    if (answer === 'nothing') return CLOSE
    return answer === 'yes' ? signedIn(found) : answerTo(found, status('B109'))
  })
  const clock = clockAt(MORNING_MS)
  const gateway = gatewayOf(settings(frontEnd!.url), clock)
  for (let tries = 0; tries < 3; tries++) await gateway.inquire([instruction('R1')], NEVER)
  answer = 'yes'
  await gateway.inquire([instruction('R1')], NEVER)
  answer = 'no'
  await gateway.inquire([instruction('R1')], NEVER)
  const before = functions().length
  clock.nowMs += 6 * HOUR_MS
  await gateway.inquire([instruction('R1')], NEVER)
  expect(functions().slice(before)).toEqual(['b2e0001'])
})

test('sign-ins that never left are not counted', async () => {
  await start(found => (found.trncod === 'b2e0001' ? signedIn(found) : allItems(found, 'B001')))
  const { url } = frontEnd!
  await frontEnd!.close()
  const gateway = gatewayOf(settings(url))
  for (let tries = 0; tries < 8; tries++)
    expect(await gateway.send([instruction('R1')], NEVER)).toMatchObject([{ kind: 'unsent', code: 'boc.unreachable' }])
})

test.each([
  ['no token', (found: Seen) => answerTo(found, status('B001'))],
  ['an empty token', (found: Seen) => answerTo(found, `${status('B001')}<token></token>`)],
  ['a token with blanks', (found: Seen) => answerTo(found, `${status('B001')}<token>a b</token>`)],
  ['another number', (found: Seen) => signedIn({ ...found, trnid: '9' })],
  ['an error answer B001', (found: Seen) => fatal(found, 'B001')],
])('a sign-in answered with %s signs nobody in', async (_, respond) => {
  await start(respond)
  expect(await gatewayOf(settings(frontEnd!.url)).send([instruction('R1')], NEVER)).toMatchObject([
    { kind: 'unsent', code: 'boc.sign_in_unanswered' },
  ])
  expect(functions()).toEqual(['b2e0001'])
})

test('a bank that repeats the token in its words does not put it into a reason', async () => {
  await start(afterSignIn(found => answerTo(found, status('B998', `bad token ${found.token}`))))
  const [outcome] = await gatewayOf(settings(frontEnd!.url)).send([instruction('R1')], NEVER)
  expect(outcome).toEqual({
    kind: 'uncertain',
    code: 'B998',
    reason: '未列出的返回码 / a code not in the tables: bad token ***',
  })
})
