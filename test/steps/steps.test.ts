// The path of money, step by step, against a bank whose own ledger is the truth.

import type { Payment } from '../../connector/store/store'
import { Fault } from '../../connector/ports'
import type { Deps } from '../../connector/steps/deps'
import { importStatements, linkPayments } from '../../connector/steps/import-statements'
import { inquire } from '../../connector/steps/inquire'
import { intake } from '../../connector/steps/intake'
import { move, note, plain } from '../../connector/steps/move'
import { reconcile } from '../../connector/steps/reconcile'
import { submit } from '../../connector/steps/submit'
import { sweep } from '../../connector/steps/sweep'
import { SAMPLE_TRAITS, sampleLine, sampleRequest } from '../support/sample'
import { ACCOUNT, openWorld, type World } from '../support/world'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

const DAY = { from: '2026-03-01', to: '2026-03-01' }

async function only(): Promise<Payment> {
  const payments = await world.store.payments.list({}, null, 10)
  expect(payments).toHaveLength(1)
  const [payment] = payments
  if (!payment) throw new Error('no payment')
  return payment
}

async function causes(id: string): Promise<readonly string[]> {
  return (await world.store.payments.history(id)).map(row => row.cause)
}

test('a request is paid once, and the ERP hears every step', async () => {
  world.erp.queue = [sampleRequest()]
  await world.settle()
  const payment = await only()
  expect(payment).toMatchObject({ state: 'settled', bankSerial: 'S1' })
  expect(await causes(payment.id)).toEqual(['intake.accepted', 'send.started', 'send.settled'])
  expect(world.erp.statuses('FK0001')).toEqual(['ready', 'sending', 'settled'])
  expect(world.bank.timesDebited(payment.instruction.reference)).toBe(1)
})

test('the reference and the intent are stored before the bank is called', async () => {
  world.erp.queue = [sampleRequest()]
  let seen: Payment | undefined
  world.bank.beforeSend = async () => {
    seen = await only()
  }
  await world.settle()
  expect(seen).toMatchObject({ state: 'sending', sentAt: expect.any(Number) })
  expect(seen?.instruction.batch.reference).toBe(seen?.instruction.reference)
})

test('a lost answer is unknown, is asked about, and is never sent again', async () => {
  world.erp.queue = [sampleRequest()]
  world.bank.fault = 'lost-answer'
  await intake(world.deps, 'erp', async () => ({ ok: true, text: '' }))
  await submit(world.deps, 'bank')
  expect((await only()).state).toBe('unknown')
  await world.settle()
  const payment = await only()
  expect(payment.state).toBe('settled')
  expect(world.bank.sends).toHaveLength(1)
  expect(world.bank.timesDebited(payment.instruction.reference)).toBe(1)
})

test('"not found" is not a failure and not a reason to send, where the bank never makes it final', async () => {
  world.erp.queue = [sampleRequest()]
  world.bank.fault = 'lost-answer'
  world.bank.isHidden = true
  await world.settle(12)
  expect((await only()).state).toBe('unknown')
  expect(world.bank.sends).toHaveLength(1)
  world.bank.isHidden = false
  await world.settle()
  expect((await only()).state).toBe('settled')
})

test('absence counts from when the bank was asked, not from when its answer came', async () => {
  world.erp.queue = [sampleRequest()]
  world.bank.traits = { ...world.bank.traits, absentFinalAfterMs: 60_000 }
  world.bank.fault = 'lost-request'
  await intake(world.deps, 'erp', async () => ({ ok: true, text: '' }))
  await submit(world.deps, 'bank')
  world.move(30_000)
  const ask = world.bank.inquire.bind(world.bank)
  world.bank.inquire = async batch => {
    const answer = await ask(batch)
    world.move(40_000)
    return answer
  }
  await inquire(world.deps, 'bank')
  expect((await only()).state).toBe('unknown')
})

test('proven absence sends again under the same reference', async () => {
  world.bank.traits = { ...SAMPLE_TRAITS, absentFinalAfterMs: 120_000 }
  world.erp.queue = [sampleRequest()]
  world.bank.fault = 'lost-request'
  await world.settle(2)
  expect((await only()).state).toBe('unknown')
  world.bank.fault = 'none'
  await world.settle(6)
  const payment = await only()
  expect(payment.state).toBe('settled')
  expect(world.bank.sends.map(([first]) => first?.reference)).toEqual([
    payment.instruction.reference,
    payment.instruction.reference,
  ])
  expect(world.bank.timesDebited(payment.instruction.reference)).toBe(1)
})

test('absence is counted from the last send: an earlier try that never left does not make a later one final', async () => {
  world.bank.traits = { ...SAMPLE_TRAITS, dedupesReference: false, absentFinalAfterMs: 1_800_000 }
  world.erp.queue = [sampleRequest()]
  world.bank.fault = 'refused-connection'
  // The front-end is down for longer than the bank's waiting time.
  await world.settle(40)
  expect((await only()).state).toBe('ready')
  world.bank.fault = 'lost-answer'
  world.bank.isHidden = true
  await world.settle(3)
  // The bank says "none" about what it is only slow to show.
  expect((await only()).state).toBe('unknown')
  expect(world.bank.sends).toHaveLength(1)
  world.bank.fault = 'none'
  world.bank.isHidden = false
  await world.settle()
  const payment = await only()
  expect(payment.state).toBe('settled')
  expect(world.bank.timesDebited(payment.instruction.reference)).toBe(1)
})

/** The store fails at the given calls of `apply`: before it did anything, or after it committed and before it could say so. */
function failingApply(world: World, when: 'before' | 'after', calls: readonly number[]): Deps {
  const { payments } = world.store
  let count = 0
  const apply: typeof payments.apply = async changes => {
    const isFailing = calls.includes(++count)
    if (isFailing && when === 'before') throw new Fault('STORE_UNREACHABLE', 'gone')
    const applied = await payments.apply(changes)
    if (isFailing) throw new Fault('STORE_COMMIT_UNKNOWN', 'gone at COMMIT')
    return applied
  }
  return { ...world.deps, store: { ...world.store, payments: { ...payments, apply } } }
}

test.each([
  ['before', 'settled', 'send.settled'],
  ['after', 'settled', 'send.settled'],
  ['before', 'refused', 'send.refused'],
  ['after', 'refused', 'send.refused'],
  ['before', 'unsent', 'send.unsent'],
  ['after', 'unsent', 'send.unsent'],
] as const)(
  'a bank’s answer survives a store that fails %s its commit: %s is stored once, and nothing contradicts it',
  async (when, answer, cause) => {
    world.erp.queue = [sampleRequest()]
    await intake(world.deps, 'erp', async () => ({ ok: true, text: '' }))
    if (answer === 'unsent') world.bank.fault = 'refused-connection'
    else world.bank.state = answer
    // The first apply is the intent, the second and third bring the answer.
    await submit(failingApply(world, when, [2, 3]), 'bank')
    const payment = await only()
    expect(payment.state).toBe({ settled: 'settled', refused: 'failed', unsent: 'ready' }[answer])
    expect(await causes(payment.id)).toEqual(['intake.accepted', 'send.started', cause])
    expect(await world.store.contradictions.open(10)).toEqual([])
  },
)

test.each(['before', 'after'] as const)(
  'an intent whose commit failed (%s) is never sent by the daemon that was told so',
  async when => {
    world.erp.queue = [sampleRequest()]
    await intake(world.deps, 'erp', async () => ({ ok: true, text: '' }))
    await expect(submit(failingApply(world, when, [1]), 'bank')).rejects.toThrow(Fault)
    expect(world.bank.sends).toHaveLength(0)
    await world.settle(3)
    // Not committed: it goes out. Committed: nobody knows whether it left, and this bank never makes absence final.
    expect((await only()).state).toBe(when === 'before' ? 'settled' : 'unknown')
    expect(world.bank.sends).toHaveLength(when === 'before' ? 1 : 0)
  },
)

test('a refused connection is tried again later, and nothing else changes', async () => {
  world.erp.queue = [sampleRequest()]
  world.bank.fault = 'refused-connection'
  await world.settle(3)
  const waiting = await only()
  expect(waiting.state).toBe('ready')
  expect(waiting.attempts).toBeGreaterThan(1)
  world.bank.fault = 'none'
  await world.settle()
  expect(await only()).toMatchObject({ state: 'settled', instruction: { reference: waiting.instruction.reference } })
})

test('an intent decided before somebody else tried is dropped: the stored package never changes', async () => {
  world.erp.queue = [sampleRequest()]
  await intake(world.deps, 'erp', async () => ({ ok: true, text: '' }))
  const stale = await only()
  world.bank.fault = 'refused-connection'
  await submit(world.deps, 'bank')
  const tried = await only()
  expect(tried.state).toBe('ready')
  const instruction = { ...stale.instruction, batch: { reference: 'ANOTHER', line: 1 } }
  const verdict = plain('send.started', '', '')
  expect(await move(world.deps, [{ payment: stale, actor: 'd2', patch: { instruction }, verdict }])).toEqual([null])
  expect(await only()).toEqual(tried)
})

test('a daemon that died in the middle of a send leaves an unknown payment, not a second send', async () => {
  world.erp.queue = [sampleRequest()]
  await intake(world.deps, 'erp', async () => ({ ok: true, text: '' }))
  // The process stops with the request on the wire: its answer is never committed.
  const dead = { ...world.deps, banks: new Map([['bank', world.bank]]) }
  world.bank.beforeSend = async () => {
    world.bank.beforeSend = async () => undefined
    throw Object.assign(new Error('killed'), { isKill: true })
  }
  const killed = submit(
    { ...dead, store: { ...world.store, payments: { ...world.store.payments, apply: onlyStart(world) } } },
    'bank',
  )
  await expect(killed).rejects.toThrow('killed')
  expect((await only()).state).toBe('sending')
  await world.settle(1)
  expect((await only()).state).toBe('sending')
  await world.settle(1)
  expect((await only()).state).toBe('unknown')
  expect(await causes((await only()).id)).toEqual(['intake.accepted', 'send.started', 'send.uncertain'])
})

test('an answer that comes after the lease was swept still settles, as the bank’s answer that it is', async () => {
  world.erp.queue = [sampleRequest()]
  await intake(world.deps, 'erp', async () => ({ ok: true, text: '' }))
  world.bank.beforeSend = async () => {
    world.bank.beforeSend = async () => undefined
    world.move(61_000)
    await sweep(world.deps)
  }
  await submit(world.deps, 'bank')
  const payment = await only()
  expect(await causes(payment.id)).toEqual(['intake.accepted', 'send.started', 'send.uncertain', 'inquiry.settled'])
  expect(payment.state).toBe('settled')
})

/** A payment whose first message was lost and whose absence was believed: it is `ready` again, and its second message leaves. */
async function sentAgain(
  fault: World['bank']['fault'],
  during: (first: Payment, inDoubt: Payment) => Promise<void> = async () => undefined,
): Promise<{ readonly first: Payment; readonly inDoubt: Payment }> {
  world.erp.queue = [sampleRequest()]
  await intake(world.deps, 'erp', async () => ({ ok: true, text: '' }))
  let first: Payment | null = null
  world.bank.beforeSend = async () => void (first ??= await only())
  world.bank.fault = 'lost-request'
  await submit(world.deps, 'bank')
  const inDoubt = await only()
  await move(world.deps, [{ payment: inDoubt, actor: 'd2', patch: {}, verdict: plain('inquiry.absent', '', '') }])
  if (first === null) throw new Error('nothing was sent')
  const sent: Payment = first
  world.bank.fault = fault
  world.bank.beforeSend = async () => {
    world.bank.beforeSend = async () => undefined
    await during(sent, inDoubt)
  }
  await submit(world.deps, 'bank')
  return { first: sent, inDoubt }
}

test('an absence that was asked before the second send does not send a third time', async () => {
  const { inDoubt } = await sentAgain('lost-answer')
  // A daemon that stalled between the bank's "none" and its commit.
  await move(world.deps, [{ payment: inDoubt, actor: 'd3', patch: {}, verdict: plain('inquiry.absent', '', '') }])
  expect((await only()).state).toBe('unknown')
  expect(await world.store.contradictions.open(10)).toEqual([])
  await world.settle()
  const payment = await only()
  expect(payment.state).toBe('settled')
  expect(world.bank.timesDebited(payment.instruction.reference)).toBe(1)
})

test.each(['send.unsent', 'send.refused', 'send.uncertain', 'inquiry.refused'] as const)(
  'what a stalled daemon hears about the first message (%s) ends the second neither under way nor in doubt',
  async cause => {
    const late = async (first: Payment, inDoubt: Payment): Promise<void> => {
      const payment = cause === 'inquiry.refused' ? inDoubt : first
      await move(world.deps, [{ payment, actor: 'd3', patch: {}, verdict: plain(cause, '', '') }])
    }
    const states: string[] = []
    const { first, inDoubt } = await sentAgain('lost-answer', async (...before) => {
      await late(...before)
      states.push((await only()).state)
    })
    await late(first, inDoubt)
    expect([...states, (await only()).state]).toEqual(['sending', 'unknown'])
    expect(await world.store.contradictions.open(10)).toEqual([])
    await world.settle()
    expect((await only()).state).toBe('settled')
  },
)

test('"nothing left" of a try that was given up says nothing about the try that is under way', async () => {
  world.erp.queue = [sampleRequest()]
  world.bank.traits = { ...world.bank.traits, dedupesReference: false, absentFinalAfterMs: 0 }
  await intake(world.deps, 'erp', async () => ({ ok: true, text: '' }))
  const gates: (() => void)[] = []
  const calls: (() => void)[] = []
  const called = (): Promise<void> => new Promise(resolve => void calls.push(resolve))
  world.bank.beforeSend = () =>
    new Promise(resolve => {
      gates.push(resolve)
      calls.shift()?.()
    })
  // The first daemon stalls before a byte has left; its lease is swept, the bank knows nothing, a second daemon sends.
  const atBank = called()
  const first = submit(world.deps, 'bank')
  await atBank
  world.move(61_000)
  await sweep(world.deps)
  world.move(61_000)
  await inquire(world.deps, 'bank')
  expect((await only()).state).toBe('ready')
  const again = called()
  const second = submit(world.deps, 'bank')
  await again
  world.bank.fault = 'refused-connection'
  gates[0]?.()
  await first
  expect((await only()).state).toBe('sending')
  world.bank.fault = 'none'
  gates[1]?.()
  await second
  expect((await only()).state).toBe('settled')
  expect(world.bank.timesDebited((await only()).instruction.reference)).toBe(1)
  expect(await world.store.contradictions.open(10)).toEqual([])
})

test('a late answer that the bank has it settles a payment that was about to be sent again', async () => {
  world.erp.queue = [sampleRequest()]
  world.bank.traits = { ...world.bank.traits, dedupesReference: false, absentFinalAfterMs: 0 }
  await intake(world.deps, 'erp', async () => ({ ok: true, text: '' }))
  // The bank books only after it has said that it knows nothing: it broke its word, and its answer comes late.
  world.bank.beforeSend = async () => {
    world.bank.beforeSend = async () => undefined
    world.move(61_000)
    await sweep(world.deps)
    world.move(61_000)
    await inquire(world.deps, 'bank')
    expect((await only()).state).toBe('ready')
  }
  await submit(world.deps, 'bank')
  expect((await only()).state).toBe('settled')
  expect(world.bank.timesDebited((await only()).instruction.reference)).toBe(1)
})

test('"nothing left" of a try that was given up does not touch a later one that begins while it is being judged', async () => {
  world.erp.queue = [sampleRequest()]
  world.bank.traits = { ...world.bank.traits, dedupesReference: false, absentFinalAfterMs: 0 }
  world.bank.fault = 'lost-request'
  await intake(world.deps, 'erp', async () => ({ ok: true, text: '' }))
  await submit(world.deps, 'bank')
  world.move(61_000)
  await inquire(world.deps, 'bank')
  const ready = await only()
  const earlier: Payment = { ...ready, state: 'sending', seq: 2 }
  let atBank = (): void => undefined
  let finish = (): void => undefined
  const begun = new Promise<void>(resolve => (atBank = resolve))
  world.bank.fault = 'none'
  world.bank.beforeSend = () =>
    new Promise(resolve => {
      finish = resolve
      atBank()
    })
  const other: { sends: Promise<unknown> | null } = { sends: null }
  // Another daemon sends in the very moment between two readings of the first.
  const meanwhile = async <T>(reading: Promise<T>): Promise<T> => {
    const read = await reading
    if (other.sends === null) {
      other.sends = submit(world.deps, 'bank')
      await begun
    }
    return read
  }
  const { payments } = world.store
  const store = {
    ...world.store,
    payments: {
      ...payments,
      history: (id: string) => meanwhile(payments.history(id)),
      get: (id: string) => meanwhile(payments.get(id)),
    },
  }
  const late = { payment: earlier, actor: 'late', patch: {}, verdict: plain('send.unsent', 'LATE', '') }
  await move({ ...world.deps, store }, [late])
  expect((await only()).state).toBe('sending')
  finish()
  await other.sends
  expect((await only()).state).toBe('settled')
})

test.each(['inquiry.absent', 'inquiry.refused', 'send.refused', 'operator.confirmedUnpaid'] as const)(
  'late news "%s" about a try that was given up does not end or repeat a later one that is in doubt',
  async cause => {
    world.erp.queue = [sampleRequest()]
    world.bank.traits = { ...world.bank.traits, dedupesReference: false, absentFinalAfterMs: 0 }
    world.bank.fault = 'lost-request'
    await intake(world.deps, 'erp', async () => ({ ok: true, text: '' }))
    await submit(world.deps, 'bank')
    const earlier = await only()
    world.move(61_000)
    await inquire(world.deps, 'bank')
    world.bank.fault = 'lost-answer'
    await submit(world.deps, 'bank')
    expect((await only()).state).toBe('unknown')
    await move(world.deps, [{ payment: earlier, actor: 'late', patch: {}, verdict: plain(cause, 'LATE', '') }])
    expect((await only()).state).toBe('unknown')
    // That it was paid is true whatever the try.
    await move(world.deps, [{ payment: earlier, actor: 'late', patch: {}, verdict: plain('inquiry.settled', '', '') }])
    expect((await only()).state).toBe('settled')
  },
)

test('two daemons that sweep, or hear of an absence, at the same time contradict nobody', async () => {
  const { first, inDoubt } = await sentAgain('refused-connection')
  expect((await only()).state).toBe('ready')
  for (const [payment, cause] of [
    [first, 'send.uncertain'],
    [first, 'send.unsent'],
    [inDoubt, 'inquiry.absent'],
  ] as const)
    await move(world.deps, [{ payment, actor: 'd3', patch: {}, verdict: plain(cause, '', '') }])
  expect((await only()).state).toBe('ready')
  expect(await world.store.contradictions.open(10)).toEqual([])
})

test('an echo of another amount is a contradiction: the payment stays unknown and a person is told', async () => {
  world.erp.queue = [sampleRequest()]
  world.bank.fault = 'lie'
  await world.settle(3)
  expect((await only()).state).toBe('unknown')
  expect((await world.store.contradictions.open(10)).map(row => row.code)).toContain('ECHO_MISMATCH')
})

test('a batch answer without a line leaves that line unknown and settles the others', async () => {
  world.erp.queue = ['FK1', 'FK2', 'FK3'].map(docNo => sampleRequest({ key: { ...sampleRequest().key, docNo } }))
  world.bank.fault = 'short-answer'
  await intake(world.deps, 'erp', async () => ({ ok: true, text: '' }))
  await submit(world.deps, 'bank')
  // The gateway breaks its own promise of one outcome an instruction: nothing of its answer can be placed.
  expect((await world.store.payments.list({}, null, 10)).map(payment => payment.state)).toEqual([
    'unknown',
    'unknown',
    'unknown',
  ])
  world.bank.fault = 'none'
  await world.settle()
  const payments = await world.store.payments.list({}, null, 10)
  expect(payments.map(payment => payment.state)).toEqual(['settled', 'settled', 'settled'])
  for (const payment of payments) expect(world.bank.timesDebited(payment.instruction.reference)).toBe(1)
})

test('a statement line with our reference settles what no inquiry could, and its return returns it', async () => {
  world.erp.queue = [sampleRequest()]
  world.bank.fault = 'lost-answer'
  world.bank.isHidden = true
  await world.settle(2)
  expect(await importStatements(world.deps, ACCOUNT, DAY)).toBe(1)
  expect(await importStatements(world.deps, ACCOUNT, DAY)).toBe(0)
  await world.settle(2)
  const payment = await only()
  expect(payment.state).toBe('settled')
  world.bank.lines.push(
    sampleLine({
      bankId: 'R1',
      reference: payment.instruction.reference,
      amount: payment.instruction.amount,
      isReversal: true,
    }),
  )
  await importStatements(world.deps, ACCOUNT, DAY)
  await world.settle(2)
  expect((await only()).state).toBe('returned')
  expect(await causes(payment.id)).toContain('statement.returned')
})

test('a debit of a payment that the bank said it refused is a contradiction', async () => {
  world.erp.queue = [sampleRequest()]
  world.bank.state = 'refused'
  await world.settle(2)
  const payment = await only()
  expect(payment).toMatchObject({ state: 'failed', errorCode: 'B1' })
  world.bank.lines.push(sampleLine({ reference: payment.instruction.reference }))
  await importStatements(world.deps, ACCOUNT, DAY)
  await world.settle(2)
  expect((await only()).state).toBe('failed')
  expect((await world.store.contradictions.open(10)).map(row => row.code)).toEqual(['TRANSITION_FORBIDDEN'])
})

test('a wrong row is answered, its neighbours go on', async () => {
  world.erp.queue = [sampleRequest({ amount: 'abc' }), sampleRequest({ key: { ...sampleRequest().key, docNo: 'FK2' } })]
  await world.settle()
  expect(world.erp.statuses('FK0001')).toEqual(['invalid'])
  expect(world.erp.statuses('FK2')).toEqual(['ready', 'sending', 'settled'])
})

test('the same row again, a later revision too early, and a changed row never pay a second time', async () => {
  world.erp.queue = [sampleRequest()]
  await world.settle()
  world.erp.queue = [sampleRequest()]
  await world.settle(2)
  world.erp.queue = [sampleRequest({ key: { ...sampleRequest().key, revision: 2 } })]
  await world.settle(2)
  world.erp.queue = [sampleRequest({ digest: 'other', amount: '9.00' })]
  await world.settle(2)
  await only()
  expect(world.bank.sends).toHaveLength(1)
  expect((await world.store.contradictions.open(10)).map(row => row.code)).toEqual(['REQUEST_CHANGED'])
})

test('withdrawing a revision that was refused does not open the way past the one that is paid', async () => {
  const revision = (number: number) => sampleRequest({ key: { ...sampleRequest().key, revision: number } })
  world.erp.queue = [revision(1)]
  await world.settle()
  world.erp.queue = [{ kind: 'cancel', key: revision(2).key, by: '张', request: revision(2) }]
  await world.settle(2)
  world.erp.queue = [revision(3)]
  await world.settle()
  await only()
  expect(world.bank.sends).toHaveLength(1)
  expect(world.erp.told.at(-1)).toMatchObject({ revision: 3, status: 'invalid', errorCode: 'REVISION_TOO_EARLY' })
})

test('a withdrawal still reaches its revision when a later one was refused meanwhile', async () => {
  world.bank.fault = 'refused-connection'
  world.erp.queue = [sampleRequest()]
  await world.settle(1)
  world.erp.queue = [sampleRequest({ key: { ...sampleRequest().key, revision: 2 } })]
  await world.settle(1)
  world.erp.queue = [{ kind: 'cancel', key: sampleRequest().key, by: '张', request: sampleRequest() }]
  await world.settle(1)
  expect((await only()).state).toBe('cancelled')
})

test('a later send in doubt waits its own time before absence is believed', async () => {
  world.bank.traits = { ...SAMPLE_TRAITS, dedupesReference: false, absentFinalAfterMs: 600_000 }
  world.erp.queue = [sampleRequest()]
  world.bank.fault = 'refused-connection'
  await world.settle(12)
  // The first try was long ago; now the bank takes it, and its books show it only later.
  world.bank.fault = 'lost-answer'
  world.bank.isHidden = true
  await world.settle(3)
  world.bank.fault = 'none'
  await world.settle(3)
  expect(world.bank.sends).toHaveLength(1)
  world.bank.isHidden = false
  await world.settle(4)
  const payment = await only()
  expect(payment.state).toBe('settled')
  expect(world.bank.timesDebited(payment.instruction.reference)).toBe(1)
})

test('a return whose line comes before the debit’s settles and returns the payment', async () => {
  world.erp.queue = [sampleRequest()]
  world.bank.fault = 'lost-answer'
  world.bank.isHidden = true
  await world.settle(2)
  const { instruction } = await only()
  const debits = world.bank.lines.splice(0)
  const back = { bankId: 'R1', reference: instruction.reference, amount: instruction.amount, isReversal: true }
  world.bank.lines.push(sampleLine(back))
  await importStatements(world.deps, ACCOUNT, DAY)
  await world.settle(1)
  expect((await only()).state).toBe('returned')
  world.bank.lines.push(...debits)
  await importStatements(world.deps, ACCOUNT, DAY)
  await world.settle(1)
  expect((await only()).state).toBe('returned')
  expect(await world.store.contradictions.open(10)).toEqual([])
})

test('an answer to an inquiry that misses a line is placed nowhere', async () => {
  world.erp.queue = ['FK1', 'FK2'].map(docNo => sampleRequest({ key: { ...sampleRequest().key, docNo } }))
  world.bank.fault = 'lost-request'
  await world.settle(1)
  const inquire = world.bank.inquire.bind(world.bank)
  // The bank refused the second one; the first one's answer is missing.
  world.bank.inquire = async () => [{ kind: 'refused', refusal: { code: 'B1', text: '', bankSerial: '' } }]
  await world.settle(2)
  world.bank.inquire = inquire
  expect((await world.store.payments.list({}, null, 10)).map(payment => payment.state)).toEqual(['unknown', 'unknown'])
})

test('results of a push that miss a record leave every record to be pushed again', async () => {
  world.erp.queue = [sampleRequest()]
  const push = world.erp.push.bind(world.erp)
  world.erp.push = async records => (await push(records)).slice(1)
  await world.settle(2)
  world.erp.push = push
  world.erp.told.length = 0
  await world.settle(3)
  expect(world.erp.statuses('FK0001')).toEqual(['ready', 'sending', 'settled'])
})

test('a row that changed after it was taken is told on that row, once, and the payment goes on as it was taken', async () => {
  world.erp.queue = [sampleRequest()]
  await world.settle(1)
  const told = (): readonly string[] =>
    world.erp.told.flatMap(record => (record.kind === 'payment.status' ? [record.errorCode] : []))
  expect(told()).not.toContain('REQUEST_CHANGED')
  for (let round = 0; round < 2; round++) {
    world.erp.queue = [sampleRequest({ amount: '99.00', digest: 'another' })]
    await world.settle(1)
    expect(told().filter(code => code === 'REQUEST_CHANGED')).toHaveLength(1)
  }
  expect((await world.store.contradictions.open(10)).map(row => row.code)).toEqual(['REQUEST_CHANGED'])
  expect((await only()).state).toBe('settled')
  expect(world.bank.sends).toHaveLength(1)
})

test('a failed payment is paid as the next revision', async () => {
  world.erp.queue = [sampleRequest()]
  world.bank.state = 'refused'
  await world.settle(2)
  world.bank.state = 'settled'
  world.erp.queue = [sampleRequest({ key: { ...sampleRequest().key, revision: 2 } })]
  await world.settle(3)
  const payments = await world.store.payments.list({}, null, 10)
  expect(
    payments.map(payment => [payment.revision, payment.state]).toSorted(([a], [b]) => Number(a) - Number(b)),
  ).toEqual([
    [1, 'failed'],
    [2, 'settled'],
  ])
})

test('a withdrawal cancels what has not left, and is refused with the reason when it may have', async () => {
  world.erp.queue = [sampleRequest()]
  world.bank.fault = 'refused-connection'
  await world.settle(1)
  world.erp.queue = [{ kind: 'cancel', key: sampleRequest().key, by: '张', request: null }]
  await world.settle(1)
  expect((await only()).state).toBe('cancelled')

  world.bank.fault = 'none'
  const second = { ...sampleRequest().key, docNo: 'FK2' }
  world.erp.queue = [sampleRequest({ key: second })]
  await world.settle(2)
  world.erp.queue = [{ kind: 'cancel', key: second, by: '张', request: null }]
  await world.settle(1)
  expect(world.erp.statuses('FK2')).toEqual(['ready', 'sending', 'settled', 'settled'])
  expect(world.erp.told.at(-1)).toMatchObject({ cause: 'erp.cancelRefused', errorCode: 'CANCEL_TOO_LATE' })
})

test('a row that was withdrawn before it was taken is answered, and may be asked again as a later revision', async () => {
  world.erp.queue = [{ kind: 'cancel', key: sampleRequest().key, by: '张', request: sampleRequest() }]
  await world.settle(2)
  expect(world.erp.statuses('FK0001')).toEqual(['cancelled'])
  expect(await world.store.payments.list({}, null, 10)).toEqual([])
  world.erp.queue = [sampleRequest({ key: { ...sampleRequest().key, revision: 2 } })]
  await world.settle(2)
  expect((await only()).state).toBe('settled')
})

test('a withdrawal of an earlier revision that was never taken is answered, and leaves the later one alone', async () => {
  const asked = sampleRequest()
  const later = { ...asked, key: { ...asked.key, revision: 3 } }
  world.erp.queue = [later]
  await world.settle(1)
  const earlier = { ...asked, key: { ...asked.key, revision: 2 } }
  world.erp.queue = [{ kind: 'cancel', key: earlier.key, by: '张三', request: earlier }]
  await world.settle(2)
  const told = world.erp.told.filter(record => record.kind === 'payment.status' && record.revision === 2)
  expect(told).toMatchObject([{ status: 'cancelled' }])
  expect((await only()).state).toBe('settled')
})

test('a withdrawal that meets another daemon’s intake of the same document still withdraws it', async () => {
  const asked = sampleRequest()
  const { payments } = world.store
  let isFirst = true
  // Between our look and our withdrawal the other daemon stores the payment.
  const known: typeof payments.known = async (erp, keys) => {
    const answer = await payments.known(erp, keys)
    if (isFirst) {
      isFirst = false
      world.erp.queue = [asked]
      await intake(world.deps, 'erp', async () => ({ ok: true, text: '' }))
    }
    return answer
  }
  const slow: Deps = { ...world.deps, store: { ...world.store, payments: { ...payments, known } } }
  world.erp.queue = [{ kind: 'cancel', key: asked.key, by: '张三', request: asked }]
  await intake(slow, 'erp', async () => ({ ok: true, text: '' }))
  expect((await only()).state).toBe('cancelled')
  await world.settle()
  expect(world.bank.sends).toHaveLength(0)
})

test('a withdrawal that is overtaken by the send is refused with the reason, and is no contradiction', async () => {
  world.erp.queue = [sampleRequest()]
  await intake(world.deps, 'erp', async () => ({ ok: true, text: '' }))
  const { payments } = world.store
  const known: typeof payments.known = async (erp, keys) => {
    const answer = await payments.known(erp, keys)
    await submit(world.deps, 'bank')
    return answer
  }
  const slow: Deps = { ...world.deps, store: { ...world.store, payments: { ...payments, known } } }
  const asked = sampleRequest()
  world.erp.queue = [{ kind: 'cancel', key: asked.key, by: '张三', request: asked }]
  await intake(slow, 'erp', async () => ({ ok: true, text: '' }))
  const payment = await only()
  expect(payment).toMatchObject({ state: 'settled', errorCode: 'CANCEL_TOO_LATE' })
  expect(await world.store.contradictions.open(10)).toEqual([])
})

test('a document that was withdrawn or changed before the send is not sent', async () => {
  world.erp.queue = [sampleRequest()]
  world.erp.recheckAnswer = 'changed'
  await world.settle(2)
  expect((await only()).state).toBe('cancelled')
  expect(world.bank.sends).toEqual([])
})

test('a package goes again only whole where the bank knows only packages', async () => {
  world.bank.traits = { ...SAMPLE_TRAITS, referenceScope: 'batch', absentFinalAfterMs: 120_000 }
  world.erp.queue = ['FK1', 'FK2'].map(docNo => sampleRequest({ key: { ...sampleRequest().key, docNo } }))
  world.bank.fault = 'lost-request'
  await world.settle(2)
  world.bank.fault = 'none'
  await world.settle(8)
  const packages = world.bank.sends.map(batch => [batch[0]?.batch.reference, batch.map(item => item.batch.line)])
  expect(packages).toHaveLength(2)
  expect(packages[1]).toEqual(packages[0])
  expect((await world.store.payments.list({}, null, 10)).map(payment => payment.state)).toEqual(['settled', 'settled'])
})

test('members of a package that fall due at different times do not wait for each other for ever', async () => {
  world.bank.traits = { ...SAMPLE_TRAITS, referenceScope: 'batch', absentFinalAfterMs: 0 }
  world.erp.queue = ['FK1', 'FK2'].map(docNo => sampleRequest({ key: { ...sampleRequest().key, docNo } }))
  world.bank.fault = 'lost-request'
  await intake(world.deps, 'erp', async () => ({ ok: true, text: '' }))
  await submit(world.deps, 'bank')
  world.move(61_000)
  await inquire(world.deps, 'bank')
  world.bank.fault = 'none'
  const waiting = await world.store.payments.list({}, null, 10)
  expect(waiting.map(payment => payment.state)).toEqual(['ready', 'ready'])
  await world.store.payments.postpone(
    waiting.map((payment, index) => ({
      paymentId: payment.id,
      seq: payment.seq,
      dueAt: world.deps.clock.now() + 10_000 + index * 30_000,
      statusText: '',
    })),
  )
  // Ten seconds at a time, far longer than any pause between two tries.
  for (let round = 0; round < 200; round++) {
    world.move(10_000)
    await submit(world.deps, 'bank')
  }
  expect((await world.store.payments.list({}, null, 10)).map(payment => payment.state)).toEqual(['settled', 'settled'])
})

test('a package of which a member moves in the moment of the send does not go in parts', async () => {
  world.bank.traits = { ...SAMPLE_TRAITS, referenceScope: 'batch', absentFinalAfterMs: 0 }
  world.erp.queue = ['FK1', 'FK2'].map(docNo => sampleRequest({ key: { ...sampleRequest().key, docNo } }))
  world.bank.fault = 'lost-request'
  await intake(world.deps, 'erp', async () => ({ ok: true, text: '' }))
  await submit(world.deps, 'bank')
  world.move(61_000)
  await inquire(world.deps, 'bank')
  world.bank.fault = 'none'
  const [member] = await world.store.payments.list({}, null, 1)
  if (!member) throw new Error('no payment')
  // The row is edited just then, and the payment gets a word about it.
  world.erp.recheck = async requests => {
    world.erp.recheck = async again => again.map(() => 'same')
    await note(world.deps, member, 'erp.changed', 'REQUEST_CHANGED', '')
    return requests.map(() => 'same')
  }
  await submit(world.deps, 'bank')
  expect(world.bank.sends).toHaveLength(1)
  expect((await world.store.payments.list({}, null, 10)).map(payment => payment.state)).toEqual(['ready', 'ready'])
  for (let round = 0; round < 20; round++) {
    world.move(60_000)
    await submit(world.deps, 'bank')
  }
  expect(world.bank.sends.map(batch => batch.length)).toEqual([2, 2])
})

test('a return whose debit another daemon records in the same moment is not lost', async () => {
  world.erp.queue = [sampleRequest()]
  world.bank.fault = 'lost-answer'
  await intake(world.deps, 'erp', async () => ({ ok: true, text: '' }))
  await submit(world.deps, 'bank')
  const unknown = await only()
  const { reference, amount } = unknown.instruction
  world.bank.lines.splice(0, 9, sampleLine({ bankId: 'R1', reference, amount, isReversal: true }))
  await importStatements(world.deps, ACCOUNT, { from: '2026-03-01', to: '2026-03-01' })
  world.move(5000)
  await inquire(world.deps, 'bank')
  expect((await only()).state).toBe('settled')
  // What this daemon read is older than what the other has written.
  const payments = { ...world.store.payments, byReference: async () => unknown }
  await linkPayments({ ...world.deps, store: { ...world.store, payments } })
  expect((await only()).state).toBe('returned')
})

test('a lease that does not outlast the whole call sends nothing', async () => {
  world.erp.queue = [sampleRequest()]
  await intake(world.deps, 'erp', async () => ({ ok: true, text: '' }))
  const apply = world.store.payments.apply.bind(world.store.payments)
  // The machine stalls over its commit for longer than half its lease.
  const payments = {
    ...world.store.payments,
    apply: async (changes: Parameters<typeof apply>[0]) => {
      world.move(31_000)
      return apply(changes)
    },
  }
  await submit({ ...world.deps, store: { ...world.store, payments } }, 'bank')
  expect(world.bank.sends).toHaveLength(0)
  expect((await only()).state).toBe('ready')
})

test('a payment over the limit waits for its approvals', async () => {
  await world.close()
  world = await openWorld({
    holds: [{ name: '大额', from: { minor: 10_000n, currency: 'CNY' }, businessTypes: [], approvals: 2 }],
  })
  world.erp.queue = [
    sampleRequest(),
    sampleRequest({ amount: '99.99', key: { ...sampleRequest().key, docNo: 'small' } }),
  ]
  await world.settle(3)
  expect(world.erp.statuses('FK0001')).toEqual(['held'])
  expect(world.erp.statuses('small')).toEqual(['ready', 'sending', 'settled'])
})

test('a line is booked once by its rule, and matched with the voucher that came of it', async () => {
  await world.close()
  const then = {
    voucherType: '付',
    summary: '付款 {docNo}',
    counterAccount: '2202',
    auxiliaries: {},
    bankAuxiliaries: {},
    settlementStyle: '',
  }
  world = await openWorld({ journal: [{ name: 'own', when: { ownPayment: true }, then }] })
  world.erp.queue = [sampleRequest()]
  await world.settle(2)
  await importStatements(world.deps, ACCOUNT, DAY)
  await world.settle(2)
  await importStatements(world.deps, ACCOUNT, DAY)
  await world.settle(2)
  const entries = world.erp.told.filter(record => record.kind === 'journal.entry')
  expect(entries).toHaveLength(1)
  const [record] = entries
  if (record?.kind !== 'journal.entry') throw new Error('no entry')
  expect(await world.store.journals.byKey(record.entry.key)).toMatchObject({ status: 'posted', voucherNo: '付-0001' })
  world.erp.ledgerLines.push({
    id: 'g1',
    date: '2026-03-01',
    amount: { minor: -12345n, currency: 'CNY' },
    reference: '',
    counterparty: '',
    text: '',
    voucherNo: '付-0001',
    entryKey: record.entry.key,
  })
  expect(await reconcile(world.deps, ACCOUNT)).toBe(1)
  expect(await reconcile(world.deps, ACCOUNT)).toBe(0)
})

/** Lets the intent be committed, then nothing: what a killed process leaves. */
function onlyStart(of: World): World['store']['payments']['apply'] {
  return async changes => {
    if (changes.some(change => change.cause !== 'send.started')) throw new Error('killed')
    return of.store.payments.apply(changes)
  }
}
