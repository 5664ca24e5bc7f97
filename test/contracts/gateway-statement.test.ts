// Statements, balances and receipts of every gateway against its simulated bank's books: every line once, none invented,
// from any cursor in any process.

import type { BankGateway, DateRange, StatementLine } from '../../connector/ports'
import { Fault } from '../../connector/ports'
import { magicAccount } from '../../bank-gateways/simulator/engine/magic'
import type { PostingView } from '../../bank-gateways/simulator/views'
import { judgeStatement } from '../../connector/core/judge'
import { amountOf } from '../../connector/core/money'
import { BANKS, canShow, codeOf } from '../support/gateway-banks'
import { DAY_MS, leaksOf, never, openWorld, type World } from '../support/gateway-world'

const HISTORY = [
  ...['2026-01-05', '2026-01-20', '2026-02-28', '2026-03-01'].flatMap((date, index) => [
    { date, time: '09:00:00', type: 'deposit' as const, amount: `${100 + index}.01`, ...customer('丙公司') },
    { date, time: '09:00:00', type: 'fee' as const, amount: '0.50', text: '手续费' },
    { date, time: '11:30:00', type: 'payment' as const, amount: '7.00', ...customer('己公司') },
    // Two lines that differ in nothing but their number.
    { date, time: '11:30:00', type: 'payment' as const, amount: '7.00', ...customer('己公司') },
    { date, time: '23:59:59', type: 'interest' as const, amount: '0.07', text: '结息' },
  ]),
]
/** Older than any row and as wide as a bank allows it in one walk. */
const ALL: DateRange = { from: '2026-01-01', to: '2026-03-02' }

const SPOILED = [
  'drop-after-read',
  'truncate',
  'truncate-with-length',
  'garbage',
  'wrong-charset',
  'http-error',
  'maintenance',
  'header-failed',
  'wrong-serial',
] as const

type Walk = {
  readonly pages: readonly (readonly StatementLine[])[]
  /** The cursor behind each page but the last. */
  readonly cursors: readonly string[]
}

const [TELLING, SILENT] = [true, false].map(tells => BANKS.filter(({ codes }) => (codes.statement !== null) === tells))

test.each(SILENT ?? [])(
  '$kind ($reading): balance and statement say that they cannot be had, and ask nothing',
  async setup => {
    const world = await openWorld(setup)
    const gateway = world.open()
    expect(gateway.traits.statementsByFile).toBe(true)
    await world.order({ kind: 'drop-before', times: null })
    for (const call of [
      gateway.balance(setup.payerAccount, never),
      gateway.statement(setup.payerAccount, ALL, null, never),
    ])
      await expect(call).rejects.toMatchObject({
        name: 'Fault',
        code: expect.stringMatching(/no_(balance|statement)$/),
      })
    await world.close()
  },
)

describe.each(TELLING ?? [])('$kind ($reading): statement', setup => {
  let world: World
  /** A payment whose money stayed away and one whose money came back the same day. */
  let references: readonly string[]
  beforeAll(async () => {
    world = await openWorld(setup, HISTORY)
    const gateway = world.open()
    const stays = world.instruction()
    const comesBack = world.instruction({
      payee: { account: magicAccount('601') },
      amount: { minor: 200_05n, currency: 'CNY' },
    })
    for (const instruction of [stays, comesBack]) {
      await gateway.send([instruction], never)
      world.advance(10_000)
    }
    references = [stays, comesBack].map(({ reference }) => reference)
    const whose = { bank: setup.kind, account: setup.payerAccount }
    for (const amount of ['3.00', '3.00', '3.00']) {
      await world.admin('/deposits', { ...whose, amount, fromAccount: '6222000011112222', fromName: '庚公司' })
    }
    await world.admin('/fees', { ...whose, amount: '1.25', text: '网银服务费' })
    await world.admin('/interest', { ...whose, amount: '0.88' })
  })
  afterAll(() => world.close())

  test('every posting of the bank comes through once, as it was booked, and nothing else', async () => {
    const lines = (await walk(world.open(), ALL)).pages.flat()
    expect(lines.length).toBeGreaterThanOrEqual(HISTORY.length + 8)
    expect(lines.map(factsOfLine).sort(byJson)).toEqual(world.postings().map(factsOfPosting).sort(byJson))
    expect(new Set(lines.map(idOf)).size).toBe(lines.length)
  })

  test('the lines add up to the change of the balance, and the balance is the bank’s', async () => {
    const gateway = world.open()
    const lines = (await walk(gateway, ALL)).pages.flat()
    const balance = await gateway.balance(setup.payerAccount, never)
    const own = world.simulator.accounts().find(({ account }) => account === setup.payerAccount)
    expect(balance).toMatchObject({
      account: setup.payerAccount,
      current: amountOf(own?.balance ?? '', 'CNY'),
      available: amountOf(own?.available ?? '', 'CNY'),
    })
    expect(balance.asOf.slice(0, 10)).toBe(world.today())
    const sum = lines.reduce((total, line) => total + line.amount.minor, 0n)
    expect(sum).toBe(balance.current.minor - amountOf('1000000.00', 'CNY').minor)
    expect(lines.every(({ amount }) => amount.currency === 'CNY')).toBe(true)
  })

  const testRunning = setup.givesNoRunningBalance ? test.skip : test
  testRunning('a balance after a line is the bank’s running balance', async () => {
    const lines = (await walk(world.open(), ALL)).pages.flat().filter(line => line.balanceAfter !== null)
    expect(lines.length).toBeGreaterThan(0)
    let minor = amountOf('1000000.00', 'CNY').minor
    const running = world.postings().map(posting => {
      minor += signedMinor(posting)
      return minor
    })
    for (const line of lines) expect(running).toContain(line.balanceAfter?.minor)
  })

  test('from any cursor a new process goes on without a gap or a repeat', async () => {
    const { pages, cursors } = await walk(world.open(), ALL)
    expect(cursors.length).toBeGreaterThan(4)
    for (const [index, cursor] of cursors.entries()) {
      const before = pages.slice(0, index + 1).flat()
      const after = (await walk(world.open(), ALL, cursor)).pages.flat()
      expect([...before, ...after].map(idOf).sort()).toEqual(pages.flat().map(idOf).sort())
    }
  })

  test('a line booked between two pages is not lost, and shifts none of the others out', async () => {
    const gateway = world.open()
    const range = { from: world.today(), to: world.today() }
    const first = await gateway.statement(setup.payerAccount, range, null, never)
    await world.admin('/deposits', { bank: setup.kind, account: setup.payerAccount, amount: '44.00' })
    const rest = first.next === null ? [] : (await walk(gateway, range, first.next)).pages.flat()
    const ids = new Set([...first.items, ...rest].map(idOf))
    const whole = (await walk(world.open(), range)).pages.flat()
    expect(whole.filter(line => !ids.has(idOf(line))).every(({ amount }) => amount.minor === 44_00n)).toBe(true)
  })

  test.each([
    ['one day of the past', '2026-02-28', '2026-02-28', 5],
    ['days of two months', '2026-01-20', '2026-02-28', 10],
    ['days without a line', '2026-01-06', '2026-01-19', 0],
    ['yesterday', '2026-03-01', '2026-03-01', 5],
  ])('%s: the lines of the range and no others', async (_, from, to, count) => {
    const lines = (await walk(world.open(), { from, to })).pages.flat()
    expect(lines.length).toBe(count)
    expect(lines.every(({ bookedOn }) => bookedOn >= from && bookedOn <= to)).toBe(true)
  })

  test('our own references come back on our payments, and only there', async () => {
    const lines = (await walk(world.open(), ALL)).pages.flat()
    for (const reference of references) {
      expect(lines.some(line => line.reference === reference && line.amount.minor < 0n)).toBe(true)
    }
    const foreign = lines.filter(({ reference }) => reference !== '' && !references.includes(reference))
    expect(foreign).toEqual([])
    expect(lines.filter(({ reference }) => reference === '').length).toBeGreaterThanOrEqual(HISTORY.length + 5)
  })

  test('what an inquiry never finds, the statement proves: debited, and returned where the money came back', async () => {
    const gateway = world.open()
    const magic = ['105', '501', '601'].map(code => world.instruction({ payee: { account: magicAccount(code) } }))
    for (const instruction of magic) await gateway.send([instruction], never)
    world.advance(10_000)
    references = [...references, ...magic.map(({ reference }) => reference)]
    const lines = (await walk(gateway, { from: world.today(), to: world.today() })).pages.flat()
    const causes = magic.map(instruction =>
      lines
        .filter(({ reference }) => reference === instruction.reference)
        // What came back is judged once the debit has settled the payment: before that it proves the debit first.
        .map(line => judgeStatement(line.amount.minor < 0n ? 'unknown' : 'settled', instruction, line))
        .map(({ cause, contradiction }) => contradiction ?? cause ?? 'nothing')
        .sort((a, b) => a.localeCompare(b)),
    )
    expect(causes).toEqual([['statement.debited'], ['statement.debited'], ['statement.debited', 'statement.returned']])
  })

  test('a day has the same lines under the same ids today and, as history, tomorrow', async () => {
    const day = { from: world.today(), to: world.today() }
    const today = (await walk(world.open(), day)).pages.flat()
    world.advance(DAY_MS)
    const tomorrow = (await walk(world.open(), day)).pages.flat()
    expect(today.length).toBeGreaterThanOrEqual(8)
    expect(tomorrow.map(idOf).sort()).toEqual(today.map(idOf).sort())
    expect(tomorrow.map(factsOfStable).sort(byJson)).toEqual(today.map(factsOfStable).sort(byJson))
    for (const { bankId, bankSerial } of today.filter(line => line.bankSerial !== '')) {
      expect(tomorrow.find(line => line.bankId === bankId)?.bankSerial).toBe(bankSerial)
    }
  })

  // From here on the world is one day later: everything is history, and every receipt can be made.

  test('money that came back is marked as a reversal in history, and nothing else is', async () => {
    const marked = (await walk(world.open(), ALL)).pages.flat().filter(({ isReversal }) => isReversal)
    expect(marked.map(({ amount }) => amount.minor)).toEqual(expect.arrayContaining([200_05n, 123_45n]))
    expect(marked.length).toBe(2)
  })

  const testReceipt = setup.codes.receipt === null ? test.skip : test
  testReceipt('every receipt that can be had is of its own line', async () => {
    const gateway = world.open()
    const lines = (await walk(gateway, ALL)).pages.flat()
    const found: StatementLine[] = []
    for (const line of lines) {
      let document = await gateway.receipt?.(setup.payerAccount, line, never)
      if (!document) {
        world.advance(2000)
        document = await gateway.receipt?.(setup.payerAccount, line, never)
      }
      if (!document) continue
      found.push(line)
      const text = setup.receiptText(document)
      const minor = line.amount.minor < 0n ? -line.amount.minor : line.amount.minor
      expect(text).toContain(setup.receiptAmount(minor))
      expect(text).toContain(line.counterAccount)
      expect(text).toContain(line.receiptKey.split('|')[setup.receiptMark] ?? '?')
      expect(document.receiptNo).not.toBe('')
    }
    const alone = lines.filter(line => lines.filter(other => isTwin(line, other)).length === 1)
    // Twins are told apart only where the site knows how: else there is none, never the other one's.
    const expected = setup.tellsTwinsApart ? lines : alone
    expect(found.map(idOf).sort()).toEqual(expected.map(idOf).sort())
    expect(alone.length).toBeLessThan(lines.length)
  })

  test('of an account that is not ours nothing is given, and its number is not repeated', async () => {
    const gateway = world.open()
    const stranger = setup.ownPayeeAccount.replace(/2$/, '9')
    const asked = [
      gateway.balance(stranger, never),
      gateway.statement(stranger, ALL, null, never),
      gateway.statement(setup.payerAccount, ALL, 'not a cursor', never),
    ]
    for (const [index, result] of (await Promise.allSettled(asked)).entries()) {
      expect([index, result.status]).toEqual([index, 'rejected'])
      if (result.status !== 'rejected') continue
      expect(result.reason).toBeInstanceOf(Fault)
      expect(String(result.reason)).not.toContain(stranger)
    }
  })

  test.each(partsAnswering())('%s answered badly is a Fault, never a wrong answer', async part => {
    const gateway = world.open()
    const line = (await walk(gateway, ALL)).pages.flat()[0]
    if (!line) throw new Error('no line')
    const today = { from: world.today(), to: world.today() }
    const ask = async (): Promise<unknown> => {
      if (part === 'balance') return gateway.balance(setup.payerAccount, never)
      if (part === 'statement') return gateway.statement(setup.payerAccount, today, null, never)
      return world.open().receipt?.(setup.payerAccount, line, never)
    }
    const clean = await ask()
    for (const kind of SPOILED.filter(fault => canShow(setup, part, fault))) {
      await world.order({ kind, code: codeOf(setup, part) })
      const answer = await ask().catch((error: unknown) => error)
      expect([kind, world.simulator.faults()]).toEqual([kind, []])
      // Plain ASCII is the same text in every charset.
      if (kind === 'wrong-charset' && !(answer instanceof Fault)) expect(answer).toEqual(clean)
      else expect([kind, answer]).toEqual([kind, expect.any(Fault)])
    }
  })

  test('no secret and no whole account number was said', () => {
    expect(leaksOf(world)).toEqual([])
    expect(world.simulator.problems()).toEqual([])
  })

  function partsAnswering() {
    return setup.codes.receipt === null
      ? (['balance', 'statement'] as const)
      : (['balance', 'statement', 'receipt'] as const)
  }

  async function walk(gateway: BankGateway, range: DateRange, after: string | null = null): Promise<Walk> {
    const pages: (readonly StatementLine[])[] = []
    const cursors: string[] = []
    for (let cursor: string | null = after, turns = 0; ; turns += 1) {
      if (turns > 200) throw new Error('the walk does not end')
      const page = await gateway.statement(setup.payerAccount, range, cursor, never)
      pages.push(page.items)
      if (page.next === null) return { pages, cursors }
      cursors.push((cursor = page.next))
    }
  }

  function factsOfPosting(posting: PostingView): object {
    const isOut = posting.debit === `${setup.kind}/${setup.payerAccount}`
    const other = isOut ? posting.payee : posting.payer
    const isReturn = posting.type === 'return'
    // On a return the parties stay those of the payment.
    const counter = isReturn ? posting.payee : other
    const isOurs = posting.payment !== null
    return {
      bookedOn: posting.bankDay,
      bookedTime: setup.givesNoTime ? '' : posting.at.slice(11, 19),
      minor: signedMinor(posting),
      counterAccount: counter.account,
      counterName: counter.name,
      reference: isOurs ? (references.find(reference => posting.key.startsWith(reference)) ?? '?') : '',
    }
  }

  function signedMinor({ debit, amount }: PostingView): bigint {
    const { minor } = amountOf(amount, 'CNY')
    return debit === `${setup.kind}/${setup.payerAccount}` ? -minor : minor
  }
})

function factsOfLine(line: StatementLine): object {
  const { bookedOn, bookedTime, amount, counterAccount, counterName, reference } = line
  return { bookedOn, bookedTime, minor: amount.minor, counterAccount, counterName, reference }
}

/** What must not change when a line becomes history. The old interface of ICBC tells its serial only there. */
function factsOfStable(line: StatementLine): object {
  const { receiptKey, purpose } = line
  return { ...factsOfLine(line), receiptKey, purpose }
}

function idOf(line: StatementLine): string {
  if (line.bankId === null) throw new Error('a line without an id')
  return line.bankId
}

/** The same day, size and reference: all that a receipt can be asked by. */
function isTwin(a: StatementLine, b: StatementLine): boolean {
  const size = ({ amount }: StatementLine): bigint => (amount.minor < 0n ? -amount.minor : amount.minor)
  return a.bookedOn === b.bookedOn && size(a) === size(b) && a.reference === b.reference
}

function byJson(a: object, b: object): number {
  const [left, right] = [a, b].map(value =>
    JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? `${item}` : item)),
  )
  return (left ?? '') < (right ?? '') ? -1 : 1
}

function customer(counterName: string) {
  return { counterAccount: '4563510800000000001', counterName, counterBank: '某银行' }
}
