// The text of a seal is one for every instruction, and people are one however they are typed.

import fc from 'fast-check'
import { canonical, type Canonical } from '../../connector/core/canonical'
import { differentPeople, personKey } from '../../connector/core/people'
import { sealText, type SealFacts } from '../../connector/core/seal'
import { sampleInstruction, sampleRequest } from '../support/sample'

const leaf: fc.Arbitrary<Canonical> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', ':', 's1:', 'n0:', '\ud800', '"', '1', 'null'),
  fc.bigInt(),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.constant(null),
)
const { value } = fc.letrec<{ value: Canonical }>(tie => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 3 }), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))

/** Reads a canonical text back: an inverse exists, so no two values share a text. */
function read(text: string): Canonical {
  const [result, end] = readPart(text, 0)
  if (end !== text.length) throw new Error(`something follows at ${end}`)
  return result
}

function readPart(text: string, start: number): readonly [Canonical, number] {
  const colon = text.indexOf(':', start)
  const kind = text[start] ?? ''
  const end = colon + 1 + Number(text.slice(start + 1, colon))
  const content = text.slice(colon + 1, end)
  if (kind === 'n') return [null, end]
  if (kind === 's') return [JSON.parse(content) as string, end]
  if (kind === 'g') return [BigInt(content), end]
  if (kind === 'i') return [Number(content), end]
  if (kind === 'b') return [content === 't', end]
  const items: Canonical[] = []
  for (let at = colon + 1; at < end;) {
    const [item, next] = readPart(text, at)
    items.push(item)
    at = next
  }
  if (kind === 'a') return [items, end]
  const fields = items.flatMap((name, index) => (index % 2 === 0 ? [[name as string, items[index + 1] ?? null]] : []))
  return [Object.fromEntries(fields) as Canonical, end]
}

test('the canonical text is injective: it can be read back to the value it was made from', () => {
  fc.assert(
    fc.property(value, given => {
      const known = typeof given === 'number' && Object.is(given, -0) ? 0 : given
      expect(read(canonical(known))).toEqual(known)
    }),
    { numRuns: 500 },
  )
})

test('the order of fields is of no matter, and an undefined field is an absent one', () => {
  expect(canonical({ a: 1, b: 'x', c: undefined })).toBe(canonical({ b: 'x', a: 1 }))
  expect(canonical({ a: 1 })).not.toBe(canonical({ a: 1n }))
  expect(() => canonical(0.5)).toThrow(RangeError)
})

/** The same text as another implementation writes it: lengths and order by hand. */
test('the canonical text is what its description says', () => {
  expect(canonical(['甲', 12n, { b: null, a: true }])).toBe('a34:s3:"甲"g2:12o19:s3:"a"b1:ts3:"b"n0:')
})

const FACTS: SealFacts = {
  id: 'P1',
  erp: 'erp',
  bank: 'bank',
  revision: 1,
  request: sampleRequest(),
  instruction: sampleInstruction(),
  sentAt: null,
  holds: [
    { kind: 'approval', reason: 'large', approvalsNeeded: 2, clearances: [{ person: 'Li', reason: 'ok', at: 1 }] },
  ],
}

test('every field of the instruction, the request and the holds changes the text of the seal', () => {
  const before = sealText(FACTS)
  const leaves = pathsOf(FACTS)
  expect(leaves.length).toBeGreaterThan(50)
  for (const path of leaves) expect([path, sealText(changedAt(FACTS, path)) === before]).toEqual([path, false])
})

test('a person is one, however the name is typed', () => {
  expect(new Set(['Li Na', 'li na', ' LI  NA ', 'Ｌｉ　Ｎａ', 'L\u200bi Na', 'LiNa'].map(personKey)).size).toBe(1)
  expect(personKey('李娜')).not.toBe(personKey('李那'))
  expect(differentPeople(['Li', 'li ', 'Wang', '', ' '])).toEqual(['Li', 'Wang'])
})

function pathsOf(item: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof item !== 'object' || item === null) return [path]
  return Object.entries(item).flatMap(([name, field]) => pathsOf(field, [...path, name]))
}

function changedAt(facts: SealFacts, path: readonly string[]): SealFacts {
  const copy = structuredClone(facts) as unknown as Record<string, unknown>
  let target = copy
  for (const name of path.slice(0, -1)) target = target[name] as Record<string, unknown>
  const last = path.at(-1) ?? ''
  const old = target[last]
  target[last] =
    typeof old === 'string'
      ? `${old}x`
      : typeof old === 'bigint'
        ? old + 1n
        : typeof old === 'number'
          ? old + 1
          : old === null
            ? 1
            : !old
  return copy as unknown as SealFacts
}
