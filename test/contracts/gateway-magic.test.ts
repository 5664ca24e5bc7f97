// Every magic payee account of the simulated banks, table-driven: what a gateway says of the payment, at once and as the
// bank's clock moves on, is held against the ledger. A new magic account fails here until its outcome is written down.

import { MAGIC, magicAccount } from '../../bank-gateways/simulator/engine/magic'
import { judgeInquiry, judgeSend, type Verdict } from '../../connector/core/judge'
import type { BankGateway, Instruction } from '../../connector/ports'
import { BANKS, canShow, warmedUp } from '../support/gateway-banks'
import { DAY_MS, leaksOf, never, openWorld, type World } from '../support/gateway-world'

/** The cause of the send, the cause of the last inquiry two bank days later (null: nothing learned), the debits then. */
type Expected = readonly [send: string, inquiry: string | null, debits: 0 | 1]

const EXPECTED: Readonly<Record<string, Expected>> = {
  '100': ['send.accepted', 'inquiry.settled', 1],
  '101': ['send.accepted', 'inquiry.settled', 1],
  '102': ['send.accepted', 'inquiry.settled', 1],
  '103': ['send.accepted', 'inquiry.settled', 1],
  '104': ['send.accepted', 'inquiry.accepted', 0],
  '105': ['send.accepted', 'inquiry.accepted', 1],
  '200': ['send.refused', 'inquiry.refused', 0],
  '201': ['send.refused', 'inquiry.refused', 0],
  '202': ['send.refused', 'inquiry.refused', 0],
  '203': ['send.refused', 'inquiry.refused', 0],
  '204': ['send.accepted', 'inquiry.refused', 0],
  '205': ['send.accepted', 'inquiry.refused', 0],
  '206': ['send.uncertain', null, 0],
  '300': ['send.accepted', 'inquiry.accepted', 0],
  '301': ['send.accepted', 'inquiry.refused', 0],
  '302': ['send.accepted', 'inquiry.settled', 1],
  '400': ['send.uncertain', 'inquiry.settled', 1],
  '401': ['send.uncertain', null, 0],
  '402': ['send.uncertain', null, 0],
  '403': ['send.uncertain', 'inquiry.settled', 1],
  '404': ['send.uncertain', 'inquiry.settled', 1],
  '405': ['send.uncertain', 'inquiry.settled', 1],
  '406': ['send.uncertain', 'inquiry.settled', 1],
  '407': ['send.uncertain', 'inquiry.settled', 1],
  '408': ['send.uncertain', null, 0],
  '409': ['send.uncertain', 'inquiry.settled', 1],
  '410': ['send.uncertain', null, 0],
  '411': ['send.accepted', 'inquiry.settled', 1],
  '500': ['send.uncertain', 'inquiry.settled', 1],
  '501': ['send.uncertain', null, 1],
  '502': ['send.uncertain', null, 1],
  '503': ['send.accepted', 'inquiry.settled', 1],
  '504': ['send.accepted', 'inquiry.settled', 1],
  '505': ['send.uncertain', 'inquiry.settled', 1],
  '506': ['send.uncertain', 'inquiry.settled', 1],
  '600': ['send.accepted', 'inquiry.settled', 1],
  '601': ['send.accepted', 'inquiry.settled', 1],
}
const REFUSED_AT_ENTRY = ['200', '201', '202', '203']
/** What goes wrong in the answer; where the bank's answer cannot show it, it is an ordinary one. */
const IN_THE_ANSWER = { '505': 'wrong-serial', '506': 'missing-line' } as const
const RETURNED = ['600', '601']
const NEVER_ANSWERED = ['400', '401']
/** The bank may say in its very answer that it has paid; these are booked before it answers. */
const PAID_AT_ONCE = ['100', '411', '600', '601', '503', '504']

/** After each the payment is asked about: at once, over the short and the long wait, and on the bank's next two days. */
const MOVES_MS = [0, 2000, 30_000, DAY_MS, DAY_MS]

test('every magic account has an expected outcome', () => {
  expect(MAGIC.map(({ code }) => code).sort()).toEqual(Object.keys(EXPECTED).sort())
})

describe.each(BANKS)('$kind ($reading): magic payees', setup => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(setup)
  })
  afterAll(() => world.close())

  test.each(MAGIC)('$code $en', async ({ code }) => {
    const gateway = world.open(NEVER_ANSWERED.includes(code) ? 'impatient' : 'patient')
    await warmedUp(setup, gateway)
    const instruction = world.instruction({ payee: { account: magicAccount(code) } })
    const [outcome] = await gateway.send([instruction], never)
    if (!outcome) throw new Error('no outcome')
    const sent = judgeSend(instruction, outcome)
    let verdicts = [sent]
    requireTruth(instruction, sent)
    for (const moveMs of MOVES_MS) {
      world.advance(moveMs)
      const asked = await inquired(gateway, instruction)
      verdicts = [...verdicts, asked]
      requireTruth(instruction, asked)
    }
    const last = verdicts.at(-1)
    const [send, inquiry, debits] = expectedOf(code)
    const isPaidInAnswer = sent.cause === 'send.settled' && PAID_AT_ONCE.includes(code)
    expect([isPaidInAnswer ? 'send.accepted' : sent.cause, last?.cause, world.debits(instruction)]).toEqual([
      send,
      inquiry,
      debits,
    ])
    expect(world.returns(instruction)).toBe(RETURNED.includes(code) ? 1 : 0)
    // A refusal is final: a bank that pays afterwards would have been asked to pay again.
    if (verdicts.some(({ cause }) => cause?.endsWith('.refused'))) expect(world.debits(instruction)).toBe(0)
    expect(verdicts.map(({ contradiction }) => contradiction)).toEqual(
      verdicts.map((_, index) => (isLie(code, index === 0 ? 'send' : 'inquire') ? 'ECHO_MISMATCH' : null)),
    )
  })

  test('no secret and no whole account number was said', () => {
    expect(world.said.length).toBeGreaterThan(MAGIC.length)
    expect(leaksOf(world)).toEqual([])
    expect(world.simulator.problems()).toEqual([])
  })

  /** "Settled" only over a debit, "refused" and "unsent" only without one, never "absent" as a proof. */
  function requireTruth(instruction: Instruction, { cause }: Verdict): void {
    const debits = world.debits(instruction)
    expect(debits).toBeLessThanOrEqual(1)
    if (cause?.endsWith('.settled')) expect(debits).toBe(1)
    if (cause?.endsWith('.refused') || cause === 'send.unsent') expect(debits).toBe(0)
    expect(cause).not.toBe('inquiry.absent')
  }

  async function inquired(gateway: BankGateway, instruction: Instruction): Promise<Verdict> {
    const [outcome] = await gateway.inquire([instruction], never)
    if (!outcome) throw new Error('no outcome')
    return judgeInquiry('unknown', instruction, outcome, gateway.traits, 0, world.clock.now())
  }

  /** A lie that the bank echoes turns an answer into a contradiction. */
  function expectedOf(code: string): Expected {
    const [send, inquiry, debits] = EXPECTED[code] ?? ['', null, 0]
    const fault = Object.entries(IN_THE_ANSWER).find(([magic]) => magic === code)?.[1]
    const isUnseen = fault !== undefined && !canShow(setup, 'send', fault)
    const refusal = setup.refusalOnSend && REFUSED_AT_ENTRY.includes(code) ? `send.${setup.refusalOnSend}` : null
    const sent = isUnseen ? 'send.accepted' : (refusal ?? send)
    return [isLie(code, 'send') ? 'send.uncertain' : sent, isLie(code, 'inquire') ? null : inquiry, debits]
  }

  function isLie(code: string, part: 'send' | 'inquire'): boolean {
    const echoes = part === 'send' ? (setup.sendEchoes ?? setup.echoes) : setup.echoes
    return (code === '503' && echoes.amount) || (code === '504' && echoes.payeeAccount)
  }
})
