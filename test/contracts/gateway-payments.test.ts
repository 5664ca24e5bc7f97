// The contract of every gateway in the registry, against its simulated bank: what it says of a payment is never better
// than the bank's own ledger, whatever happens on the way.

import { GATEWAYS } from '../../bank-gateways/registry'
import { BANK_NAMES, banksOf, banksSchema } from '../../bank-gateways/simulator/registry'
import type { FaultKind } from '../../bank-gateways/simulator/engine/faults'
import { judgeInquiry, judgeSend } from '../../connector/core/judge'
import type { BankGateway, InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { BANKS, canShow, warmedUp } from '../support/gateway-banks'
import { leaksOf, never, openWorld, type World } from '../support/gateway-world'

/** No message of theirs can be cut, answered late or refused on the way: their contract is test/contracts/gateway-files.test.ts. */
const WITHOUT_A_LINE = ['file']

test('every gateway of the registry runs this contract against a simulated bank of its own', () => {
  const kinds = new Set([...BANKS.map(({ kind }) => kind), ...WITHOUT_A_LINE])
  expect([...kinds].sort()).toEqual(Object.keys(GATEWAYS).sort())
  expect(BANK_NAMES).toEqual(expect.arrayContaining(Object.keys(GATEWAYS)))
})

/** Nothing, a part, or something else than the answer arrives; `isDone`: the bank did its work all the same. */
const SPOILED: readonly { kind: FaultKind; isDone: boolean }[] = [
  { kind: 'drop-before', isDone: false },
  { kind: 'drop-after-read', isDone: false },
  { kind: 'silent', isDone: false },
  { kind: 'drop-after-booking', isDone: true },
  { kind: 'delay', isDone: true },
  { kind: 'truncate', isDone: true },
  { kind: 'truncate-with-length', isDone: true },
  { kind: 'garbage', isDone: true },
  { kind: 'wrong-charset', isDone: true },
  { kind: 'http-error', isDone: false },
  { kind: 'http-error-after-booking', isDone: true },
  { kind: 'maintenance', isDone: false },
  { kind: 'header-failed', isDone: false },
  { kind: 'wrong-serial', isDone: true },
  { kind: 'unknown-code', isDone: true },
]
const WAITED_OUT: ReadonlySet<FaultKind> = new Set<FaultKind>(['silent', 'delay'])

describe.each(BANKS)('$kind ($reading): payments', setup => {
  const absence = setup.neverSaysAbsent ? 'unavailable' : 'absent'
  let world: World
  beforeAll(async () => {
    world = await openWorld(setup)
  })
  afterAll(() => world.close())
  afterEach(() => world.simulator.withdraw())

  test('what was sent is accepted, settles, is echoed as the bank echoes it, and was debited once', async () => {
    const gateway = world.open()
    const instruction = world.instruction()
    const sent = await sendOne(gateway, instruction)
    expect(sent.kind).toBe('accepted')
    world.advance(60_000)
    const asked = await inquireOne(world.open(), instruction)
    expect(asked).toMatchObject({
      kind: 'settled',
      echo: {
        reference: setup.inquiryTellsOnlyState ? null : instruction.reference,
        amount: setup.echoes.amount ? { minor: 12345n, currency: 'CNY' } : null,
        payeeAccount: setup.echoes.payeeAccount ? instruction.payee.account : null,
        bankSerial: setup.inquiryTellsOnlyState || setup.givesNoSerial ? '' : expect.stringMatching(/./),
      },
    })
    expect(judgeOfInquiry(instruction, asked)).toMatchObject({ cause: 'inquiry.settled', contradiction: null })
    expect(world.debits(instruction)).toBe(1)
  })

  test('a company and a person, inside the bank and outside, urgent or not, are all paid', async () => {
    const own = { account: setup.ownPayeeAccount, name: '乙公司', bankName: setup.bankName, bankCode: setup.cnaps }
    const all = [{ payee: own }, { isUrgent: true }, { payee: { kind: 'P' as const, name: '张三' } }]
    for (const change of all) {
      const instruction = world.instruction(change)
      expect((await sendOne(world.open(), instruction)).kind).toBe('accepted')
      world.advance(60_000)
      expect((await inquireOne(world.open(), instruction)).kind).toBe('settled')
      expect(world.debits(instruction)).toBe(1)
    }
  })

  test('before it is processed it is accepted and nothing is debited', async () => {
    const instruction = world.instruction()
    const gateway = world.open()
    await sendOne(gateway, instruction)
    expect((await inquireOne(gateway, instruction)).kind).toBe('accepted')
    expect(world.debits(instruction)).toBe(0)
  })

  test('an instruction that the bank never saw is absent, and absence is no proof', async () => {
    const instruction = world.instruction()
    const asked = await inquireOne(world.open(), instruction)
    expect(asked.kind).toBe(absence)
    const { traits } = world.open()
    expect(judgeInquiry('unknown', instruction, asked, traits, 0, world.clock.now()).cause).toBeNull()
  })

  if (setup.replaysRepeats) {
    test('sent twice it is debited once, and every answer tells of the one payment', async () => {
      const instruction = world.instruction()
      const gateway = world.open()
      const first = await sendOne(gateway, instruction)
      expect(first.kind).toBe('accepted')
      expect(await sendOne(gateway, instruction)).toEqual(first)
      const both = await Promise.all([world.open(), world.open()].map(other => sendOne(other, instruction)))
      expect(both).toEqual([first, first])
      world.advance(60_000)
      expect(await sendOne(world.open(), instruction)).toMatchObject({
        kind: 'accepted',
        echo: { amount: instruction.amount },
      })
      expect((await inquireOne(gateway, instruction)).kind).toBe('settled')
      expect(world.received(instruction)).toBe(5)
      expect(world.debits(instruction)).toBe(1)
    })
  } else if (setup.refusesRepeats) {
    test('sent twice it is debited once, and the second answer decides nothing', async () => {
      const instruction = world.instruction()
      const gateway = world.open()
      await sendOne(gateway, instruction)
      expect((await sendOne(gateway, instruction)).kind).toBe('uncertain')
      world.advance(60_000)
      expect((await sendOne(world.open(), instruction)).kind).toBe('uncertain')
      expect((await inquireOne(gateway, instruction)).kind).toBe('settled')
      expect(world.received(instruction)).toBe(3)
      expect(world.debits(instruction)).toBe(1)
    })

    test('sent by two processes at once it is debited once, and only one of them is told "accepted"', async () => {
      const instruction = world.instruction()
      const gateways = [world.open(), world.open()]
      for (const gateway of gateways) await warmedUp(setup, gateway)
      const sent = await Promise.all(gateways.map(gateway => sendOne(gateway, instruction)))
      // Where a second sign-in ends the first session, one may not get its instruction to the bank at all.
      expect(sent.filter(({ kind }) => kind === 'accepted').length).toBeLessThanOrEqual(1)
      expect(sent.every(({ kind }) => ['accepted', 'uncertain', 'unsent'].includes(kind))).toBe(true)
      world.advance(60_000)
      expect(world.debits(instruction)).toBe(1)
    })
  } else {
    test('a bank that books a repeated reference again is not declared to refuse it', async () => {
      const instruction = world.instruction()
      const gateway = world.open()
      expect(gateway.traits.dedupesReference).toBe(false)
      await sendOne(gateway, instruction)
      await sendOne(gateway, instruction)
      world.advance(60_000)
      expect(world.debits(instruction)).toBe(2)
    })
  }

  test('a refused connection is unsent, and the bank saw nothing', async () => {
    const gateway = world.open()
    await warmedUp(setup, gateway)
    const [known, unknown] = [world.instruction(), world.instruction()]
    await world.order({ kind: 'refuse-connections' })
    expect((await sendOne(gateway, known)).kind).toBe('unsent')
    expect((await sendOne(world.open(), unknown)).kind).toBe('unsent')
    expect((await inquireOne(gateway, known)).kind).toBe('unavailable')
    await world.simulator.withdraw()
    expect(world.received(known) + world.received(unknown)).toBe(0)
    expect((await inquireOne(world.open(), known)).kind).toBe(absence)
  })

  const { preparation } = setup
  const testPreparation = preparation === null ? test.skip : test
  testPreparation('what fails before the payment itself leaves is unsent, and the bank saw nothing', async () => {
    const kinds: readonly FaultKind[] = [
      'drop-after-read',
      'silent',
      'truncate',
      'garbage',
      'http-error',
      'maintenance',
    ]
    for (const kind of kinds) {
      const instruction = world.instruction()
      await world.order({ ...preparation?.at, kind })
      expect([kind, (await sendOne(world.open('impatient'), instruction)).kind]).toEqual([kind, 'unsent'])
      expect(world.received(instruction)).toBe(0)
      await world.simulator.withdraw()
    }
  })

  test.each(shownOn('send'))(
    '$kind on send is uncertain, and the inquiry tells the truth',
    async ({ kind, isDone }) => {
      const gateway = world.open(WAITED_OUT.has(kind) ? 'impatient' : 'patient')
      await warmedUp(setup, gateway)
      const instruction = world.instruction()
      await world.order({ kind, ...(kind === 'drop-before' ? {} : { code: setup.codes.send }) })
      expect((await sendOne(gateway, instruction)).kind).toBe('uncertain')
      expect(world.simulator.faults()).toEqual([])
      world.advance(60_000)
      expect((await inquireOne(gateway, instruction)).kind).toBe(isDone ? 'settled' : absence)
      expect(world.debits(instruction)).toBe(isDone ? 1 : 0)
    },
  )

  test.each(shownOn('inquire'))('$kind on inquiry is unavailable', async ({ kind }) => {
    const gateway = world.open(WAITED_OUT.has(kind) ? 'impatient' : 'patient')
    const instruction = world.instruction()
    await sendOne(gateway, instruction)
    world.advance(60_000)
    await world.order({ kind, ...(kind === 'drop-before' ? {} : { code: setup.codes.inquire }) })
    expect((await inquireOne(gateway, instruction)).kind).toBe('unavailable')
    expect(world.simulator.faults()).toEqual([])
    expect((await inquireOne(gateway, instruction)).kind).toBe('settled')
  })

  test('an answer that arrives byte by byte is an answer', async () => {
    const instruction = world.instruction()
    await world.order({ kind: 'split', code: setup.codes.send })
    expect((await sendOne(world.open(), instruction)).kind).toBe('accepted')
  })

  test('an item refused inside a good message is refused, on send where it can be told and later, and never debited', async () => {
    const gateway = world.open()
    const instruction = world.instruction()
    await world.order({ kind: 'item-failed', code: setup.codes.send })
    expect((await sendOne(gateway, instruction)).kind).toBe(setup.refusalOnSend ?? 'refused')
    world.advance(60_000)
    expect((await inquireOne(gateway, instruction)).kind).toBe('refused')
    expect(world.debits(instruction)).toBe(0)
  })

  test('a line that the answer leaves out is uncertain, and the others are judged', async () => {
    const gateway = world.open()
    const batch = world.batch([{}, {}, {}])
    // In messages of their own the third is the last line of the call; in one message the answer's last line is.
    await world.order({ kind: 'missing-line', code: setup.codes.send, skip: setup.sendsOneByOne ? 2 : 0 })
    const last = canShow(setup, 'send', 'missing-line') ? 'uncertain' : 'accepted'
    expect(await kindsOf(gateway.send(batch, never))).toEqual(['accepted', 'accepted', last])
    world.advance(60_000)
    await world.order({ kind: 'missing-line', code: setup.codes.inquire, skip: setup.asksOneByOne ? 2 : 0 })
    const unanswered = setup.saysAbsentBySilence ? 'absent' : 'unavailable'
    expect(await kindsOf(gateway.inquire(batch, never))).toEqual(['settled', 'settled', unanswered])
    expect(await kindsOf(gateway.inquire(batch, never))).toEqual(['settled', 'settled', 'settled'])
    expect(batch.map(instruction => world.debits(instruction))).toEqual([1, 1, 1])
  })

  test('a line that cannot be written is unsent, and the others go', async () => {
    const gateway = world.open()
    const batch = world.batch([{}, { payee: { name: '超'.repeat(300) } }, {}])
    expect(await kindsOf(gateway.send(batch, never))).toEqual(['accepted', 'unsent', 'accepted'])
    world.advance(60_000)
    expect(batch.map(instruction => world.debits(instruction))).toEqual([1, 0, 1])
  })

  test('accounts that cannot be paid or paid from make an instruction unsent, and are not repeated', async () => {
    const account = '6222 0011 2233 4455 667'
    const stranger = setup.payerAccount.replace(/1$/, '9')
    const batches = [{ payee: { account } }, { payer: { ...world.instruction().payer, account: stranger } }]
    for (const change of batches) {
      const outcome = await sendOne(world.open(), world.instruction(change))
      expect(outcome.kind).toBe('unsent')
      const words = outcome.kind === 'unsent' ? outcome.reason : ''
      expect(words).not.toContain(account)
      expect(words).not.toContain(stranger)
    }
  })

  test.each([
    ['lie-amount', 'amount'],
    ['lie-payee', 'payeeAccount'],
  ] as const)('%s becomes a contradiction where the bank echoes the %s, never a success', async (kind, field) => {
    const gateway = world.open()
    const instruction = world.instruction()
    const sendEchoes = setup.sendEchoes ?? setup.echoes
    if (!sendEchoes[field]) {
      if (!faultsOf(setup.kind).includes(kind))
        await expect(world.order({ kind, code: setup.codes.send })).rejects.toThrow('cannot happen')
      expect(await sendOne(gateway, instruction)).toMatchObject({ echo: { [field]: null } })
    } else {
      await world.order({ kind, code: setup.codes.send })
      const sent = await sendOne(gateway, instruction)
      expect(judgeSend(instruction, sent)).toMatchObject({ cause: 'send.uncertain', contradiction: 'ECHO_MISMATCH' })
    }
    if (!setup.echoes[field]) return
    world.advance(60_000)
    await world.order({ kind, code: setup.codes.inquire })
    const asked = await inquireOne(gateway, instruction)
    expect(judgeOfInquiry(instruction, asked)).toMatchObject({ cause: null, contradiction: 'ECHO_MISMATCH' })
  })

  test('no secret and no whole account number was said', () => {
    expect(world.said.length).toBeGreaterThan(100)
    expect(leaksOf(world)).toEqual([])
    expect(world.simulator.problems()).toEqual([])
  })

  function shownOn(part: 'send' | 'inquire') {
    return SPOILED.filter(({ kind }) => canShow(setup, part, kind))
  }

  function judgeOfInquiry(instruction: Instruction, outcome: InquiryOutcome) {
    const traits = { absentFinalAfterMs: null }
    return judgeInquiry('unknown', instruction, outcome, traits, world.clock.now(), world.clock.now())
  }
})

function faultsOf(kind: string): readonly FaultKind[] {
  return banksOf(banksSchema.parse({})).find(({ program }) => program.bank === kind)?.program.faults ?? []
}

async function sendOne(gateway: BankGateway, instruction: Instruction): Promise<SendOutcome> {
  const [outcome, ...others] = await gateway.send([instruction], never)
  if (!outcome || others.length > 0) throw new Error('not one outcome an instruction')
  return outcome
}

async function inquireOne(gateway: BankGateway, instruction: Instruction): Promise<InquiryOutcome> {
  const [outcome, ...others] = await gateway.inquire([instruction], never)
  if (!outcome || others.length > 0) throw new Error('not one outcome an instruction')
  return outcome
}

async function kindsOf(call: Promise<readonly { readonly kind: string }[]>): Promise<readonly string[]> {
  return (await call).map(({ kind }) => kind)
}
