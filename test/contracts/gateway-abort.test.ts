// A stop or a deadline of the connector must end every call at once, and say of a payment only what is certain.

import type { BankGateway, Instruction, StatementLine } from '../../connector/ports'
import { Fault } from '../../connector/ports'
import { BANKS, codeOf, warmedUp, type PartOfGateway } from '../support/gateway-banks'
import { leaksOf, never, openWorld, until, type World } from '../support/gateway-world'

/** From the abort to the answer. */
const AT_ONCE_MS = 200

type Call = (gateway: BankGateway, signal: AbortSignal) => Promise<unknown>

describe.each(BANKS)('$kind ($reading): abort', setup => {
  let world: World
  let paid: Instruction
  let line: StatementLine | null = null
  beforeAll(async () => {
    world = await openWorld(setup)
    const gateway = world.open()
    paid = world.instruction()
    await gateway.send([paid], never)
    world.advance(60_000)
    if (setup.codes.statement === null) return
    const page = await gateway.statement(setup.payerAccount, { from: world.today(), to: world.today() }, null, never)
    const [found] = page.items
    if (!found) throw new Error('the payment is not in the statement')
    line = found
  })
  afterAll(() => world.close())
  afterEach(() => world.simulator.withdraw())

  const calls: Readonly<Record<PartOfGateway, { call: Call; kind: string }>> = {
    send: { call: (gateway, signal) => gateway.send([world.instruction()], signal), kind: 'uncertain' },
    inquire: { call: (gateway, signal) => gateway.inquire([paid], signal), kind: 'unavailable' },
    balance: { call: (gateway, signal) => gateway.balance(setup.payerAccount, signal), kind: 'fault' },
    statement: {
      call: (gateway, signal) =>
        gateway.statement(setup.payerAccount, { from: world.today(), to: world.today() }, null, signal),
      kind: 'fault',
    },
    receipt: {
      call: async (gateway, signal) => line && gateway.receipt?.(setup.payerAccount, line, signal),
      kind: 'fault',
    },
  }
  const parts = Object.keys(calls).filter(
    (part): part is PartOfGateway =>
      part in calls && Object.entries(setup.codes).some(([of, code]) => of === part && code !== null),
  )

  test.each(parts)('%s against a silent bank ends at once', async part => {
    const { call, kind } = calls[part]
    const gateway = world.open()
    await warmedUp(setup, gateway)
    await world.order({ kind: 'silent', code: codeOf(setup, part) })
    expect(await abortedWhenSilent(signal => call(gateway, signal))).toBe(kind)
  })

  const { preparation } = setup
  const testPreparation = preparation === null ? test.skip : test
  testPreparation.each(preparation?.precedes ?? parts)(
    '%s during its preparation ends at once, and nothing was paid',
    async part => {
      const before = world.simulator.payments().length
      await world.order({ kind: 'silent', ...preparation?.at })
      const kind = await abortedWhenSilent(signal => calls[part].call(world.open(), signal))
      expect(kind).toBe(kindUnsent(part))
      expect(world.simulator.payments().length).toBe(before)
    },
  )

  test.each(parts)('%s under a signal that was aborted before touches nothing', async part => {
    const { call } = calls[part]
    const before = world.simulator.payments().length
    const gateway = world.open()
    const kind = await endedAtOnce(aborted(), kindOf(call(gateway, AbortSignal.abort())))
    expect(kind).toBe(kindUnsent(part))
    expect(world.simulator.payments().length).toBe(before)
  })

  test('no secret and no whole account number was said', () => {
    expect(leaksOf(world)).toEqual([])
    expect(world.simulator.problems()).toEqual([])
  })

  async function abortedWhenSilent(call: (signal: AbortSignal) => Promise<unknown>): Promise<string> {
    const controller = new AbortController()
    const running = kindOf(call(controller.signal))
    await until(() => world.simulator.faults().length === 0)
    return endedAtOnce(controller, running)
  }
})

function kindUnsent(part: PartOfGateway): string {
  if (part === 'send') return 'unsent'
  return part === 'inquire' ? 'unavailable' : 'fault'
}

function aborted(): AbortController {
  const controller = new AbortController()
  controller.abort()
  return controller
}

/** Aborts, and gives the call its 200 ms. */
async function endedAtOnce(controller: AbortController, running: Promise<string>): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>(resolve => (timer = setTimeout(() => resolve('late'), AT_ONCE_MS)))
  controller.abort()
  const first = await Promise.race([running, late])
  clearTimeout(timer)
  return first
}

/** The kind of the first outcome, or `fault`; anything else that was thrown is a defect. */
async function kindOf(call: Promise<unknown>): Promise<string> {
  try {
    const value = await call
    const [outcome] = Array.isArray(value) ? (value as readonly unknown[]) : [value]
    if (typeof outcome === 'object' && outcome !== null && 'kind' in outcome) return String(outcome.kind)
    return 'value'
  } catch (error) {
    if (error instanceof Fault) return 'fault'
    throw error
  }
}
