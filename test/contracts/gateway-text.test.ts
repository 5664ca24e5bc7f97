// What leaves a gateway is what was instructed, for every gateway of the registry: the simulated bank's own books are the
// echo. An amount to the 分; a name and an account whole or not at all; a purpose shortened between two characters; a
// character that the bank's charset lacks said, never replaced.

import * as fc from 'fast-check'
import { byteLength, encode, unmappable } from '../../bank-gateways/shared/charset'
import { amountOf, formatAmount } from '../../connector/core/money'
import type { Instruction, SendOutcome } from '../../connector/ports'
import { BANKS } from '../support/gateway-banks'
import { never, openWorld, type Change, type World } from '../support/gateway-world'

/** The same values in every run; another seed is tried by hand. */
const SEED = 20260301
/** What an account of the simulator can hold: more than any bank's amount field does. */
const RICH = '999999999999999.99'

const HAN = '某甲乙丙丁货款工程服务有限责任公司第一分厂中'
/** Not in GBK; four bytes in GB18030, which has all of Unicode. */
const FOUR_BYTES = ['㐂', '𠮷', '𬭩']
const ODD = ['&', '<', '>', '"', "'", '|', '；', '（', '）', '·', '-', '/', '，', '　', 'Ａ', '１', '€', '—', ' ']

const han = fc.constantFrom(...HAN)
const ascii = fc.constantFrom(...'ABCabc0129 .-')
/** Ends are no blanks: whoever trims those changes no name. */
const solid = (text: fc.Arbitrary<string>): fc.Arbitrary<string> => text.map(inner => `甲${inner}乙`)
const plainName = solid(fc.string({ unit: fc.oneof({ arbitrary: han, weight: 4 }, ascii), maxLength: 80 }))
const oddName = solid(fc.string({ unit: fc.oneof(han, ascii, fc.constantFrom(...ODD)), maxLength: 14 }))
const account = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 6, maxLength: 40 })
/** Every magnitude, its edges, and 分 that binary fractions cannot hold. */
const minor = fc.oneof(
  fc.bigInt({ min: 1n, max: 10n ** 15n }),
  fc
    .nat({ max: 16 })
    .chain(power => fc.constantFrom(10n ** BigInt(power), 10n ** BigInt(power) - 1n, 10n ** BigInt(power) + 1n)),
  fc.constantFrom(1n, 10n, 29n, 57n, 115n, 201n, 1_005n, 435_310n, 9_007_199_254_740_993n),
)
const sampled = <T>(values: fc.Arbitrary<T>, count: number): readonly T[] =>
  fc.sample(values, { seed: SEED, numRuns: count })

test('GBK has no euro: the single byte that Windows gives it is lost at a bank that reads the standard', () => {
  expect(unmappable('€', 'gbk')).toEqual(['€'])
  expect(() => encode('付€', 'gbk')).toThrow(/「€」/)
  // GB 18030-2005, table of two-byte characters.
  expect(encode('€', 'gb18030').toString('hex')).toBe('a2e3')
})

type Sent = { readonly instruction: Instruction; readonly outcome: SendOutcome }
type Echoed = { readonly name: string; readonly account: string; readonly minor: bigint }

describe.each(BANKS)('$kind ($reading): text and amounts', setup => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(setup, [], RICH)
  })
  afterAll(() => world.close())
  const lacks = (text: string): boolean => unmappable(text, world.open().traits.encoding).length > 0

  test('an amount reaches the bank to the 分, or the instruction does not leave', async () => {
    // Each once: all together they stay within what the account holds.
    const values = [...new Set(sampled(minor, 60))].filter(value => value > 0n)
    const all = await sendAll(values.map(value => ({ amount: { minor: value, currency: 'CNY' } })))
    const taken = all.filter(({ outcome }) => outcome.kind !== 'unsent')
    for (const { instruction } of taken) expect(echoOf(instruction)?.minor).toBe(instruction.amount.minor)
    requireReasons(all)
    // What is refused is too much for the field, and all that is more is refused too.
    const largest = taken.reduce((max, { instruction: { amount } }) => (amount.minor > max ? amount.minor : max), 0n)
    const unsent = all
      .filter(({ outcome }) => outcome.kind === 'unsent')
      .map(({ instruction }) => instruction.amount.minor)
    expect(unsent.filter(value => value < largest)).toEqual([])
    expect(largest).toBeGreaterThanOrEqual(10n ** 10n)
  })

  test('a name reaches the bank whole, or the instruction does not leave and says why in both languages', async () => {
    const all = await sendAll(sampled(plainName, 40).map(name => ({ payee: { name } })))
    for (const { instruction, outcome } of all)
      expect(echoOf(instruction)?.name ?? null).toBe(outcome.kind === 'unsent' ? null : instruction.payee.name)
    requireReasons(all)
    // The bank's own refusal would mean that the gateway knows its widths less well than the bank.
    const { maxBytes, encoding } = world.open().traits
    const short = all.filter(
      ({ instruction }) => byteLength(instruction.payee.name, encoding) <= Math.min(40, maxBytes.payeeName ?? 40),
    )
    expect(short.filter(({ outcome }) => outcome.kind === 'unsent')).toEqual([])
    const tooLong = all.filter(
      ({ instruction }) => byteLength(instruction.payee.name, encoding) > (maxBytes.payeeName ?? Infinity),
    )
    expect(tooLong.filter(({ outcome }) => outcome.kind !== 'unsent')).toEqual([])
  })

  test('marks that mean something to a message reach the bank as they are, or the instruction does not leave', async () => {
    const all = await sendAll(sampled(oddName, 40).map(name => ({ payee: { name } })))
    for (const { instruction, outcome } of all)
      expect(echoOf(instruction)?.name ?? null).toBe(outcome.kind === 'unsent' ? null : instruction.payee.name)
    requireReasons(all)
  })

  test('an account number reaches the bank whole, or the instruction does not leave', async () => {
    const all = await sendAll(sampled(account, 30).map(number => ({ payee: { account: number } })))
    for (const { instruction, outcome } of all)
      expect(echoOf(instruction)?.account ?? null).toBe(outcome.kind === 'unsent' ? null : instruction.payee.account)
    requireReasons(all)
  })

  test('a rare character in a name survives where the charset has it, and is said where it has not', async () => {
    const names = FOUR_BYTES.map(character => `甲${character}乙公司`)
    const all = await sendAll(names.map(name => ({ payee: { name } })))
    for (const { instruction, outcome } of all) {
      const { name } = instruction.payee
      expect([name, outcome.kind === 'unsent']).toEqual([name, lacks(name)])
      if (outcome.kind !== 'unsent') expect(echoOf(instruction)?.name).toBe(name)
      else expect(outcome.reason).toContain([...name][1])
    }
    requireReasons(all)
  })

  test('a purpose is shortened between two characters, from its end, and nothing in it is replaced', async () => {
    const texts = sampled(fc.string({ unit: fc.oneof(han, ascii), minLength: 1, maxLength: 120 }), 30).map(
      text => `款${text}止`,
    )
    const all = await sendAll(texts.map(purpose => ({ purpose, postscript: '' })))
    expect(all.filter(({ outcome }) => outcome.kind === 'unsent')).toEqual([])
    for (const { instruction } of all) {
      const carried = purposesOf(instruction)
      expect(carried).not.toEqual([])
      expect([carried, carried.every(text => plain(instruction.purpose).startsWith(plain(text)))]).toEqual([
        carried,
        true,
      ])
    }
  })

  test('a rare character in a purpose is carried, or the instruction does not leave and names it', async () => {
    const all = await sendAll(FOUR_BYTES.map(character => ({ purpose: `货${character}款`, postscript: '' })))
    for (const { instruction, outcome } of all) {
      if (outcome.kind !== 'unsent') expect(purposesOf(instruction)).toContain(instruction.purpose)
      else expect(outcome.reason).toContain([...instruction.purpose][1])
    }
    expect(all.map(({ outcome }) => outcome.kind === 'unsent')).toEqual(
      all.map(({ instruction }) => lacks(instruction.purpose)),
    )
    requireReasons(all)
  })

  /** Each in a call of its own; the bank's clock is moved on, so that what was taken is booked. */
  async function sendAll(changes: readonly Change[]): Promise<readonly Sent[]> {
    const gateway = world.open()
    const sent: Sent[] = []
    for (const change of changes) {
      const instruction = world.instruction(change)
      const [outcome] = await gateway.send([instruction], never)
      if (!outcome) throw new Error('no outcome')
      // The simulated bank checks every width itself: what it refuses, the gateway should not have sent.
      expect([outcome, change]).toEqual([
        expect.objectContaining({ kind: expect.stringMatching(/^(accepted|settled|unsent)$/) }),
        change,
      ])
      sent.push({ instruction, outcome })
    }
    world.advance(60_000)
    return sent
  }

  /** As the bank has it; null when it never saw the instruction. */
  function echoOf(instruction: Instruction): Echoed | null {
    const found = world.simulator
      .payments()
      .find(({ key }) => key === setup.keyOf(instruction))
      ?.payments.at(-1)
    if (!found) return null
    return { name: found.payee.name, account: found.payee.account, minor: amountOf(found.amount, 'CNY').minor }
  }

  /** What the bank carries of the purpose, in either of its fields, without our reference where that travels in it. */
  function purposesOf(instruction: Instruction): readonly string[] {
    const posting = world.postings().find(({ key }) => key === setup.keyOf(instruction))
    if (!posting) throw new Error(`${instruction.reference} was not booked`)
    const texts = [posting.purpose, posting.postscript].map(text => text.replaceAll(instruction.reference, '').trim())
    return texts.filter(text => text !== '')
  }
})

function requireReasons(all: readonly Sent[]): void {
  for (const { instruction, outcome } of all) {
    if (outcome.kind !== 'unsent') continue
    const what = `${instruction.payee.name} ${formatAmount(instruction.amount)}`
    expect([what, outcome.reason]).toEqual([what, expect.stringMatching(/\p{Script=Han}.* \/ .*[A-Za-z]/su)])
    expect(outcome.code).toMatch(/^[a-z][a-z0-9-]*\.[\w.-]+$/)
  }
}

/** Runs of blanks inform nobody: a bank's field is better filled with words. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
