// The matcher that cannot hang says what JavaScript's own says, of every pattern it takes; and what could hang it refuses.

import fc from 'fast-check'
import { compilePattern } from '../../connector/core/pattern'

/** Patterns of the syntax that a site would write, with every construct that is taken. */
const atom = fc.constantFrom(
  ...[
    'a',
    'b',
    '费',
    '.',
    '\\d',
    '\\w',
    '\\s',
    '\\S',
    '[ab]',
    '[^a]',
    '[0-9费]',
    '\\.',
    '\\u8d39',
    '\\p{Lu}',
    '[\\]x]',
  ],
)
const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,}', '{0,2}', '*?', '+?')
const pattern = fc.letrec<{ whole: string }>(tie => ({
  whole: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(atom, quantifier).map(([text, many]) => text + many),
    fc.tuple(tie('whole'), tie('whole')).map(([one, two]) => one + two),
    fc.tuple(tie('whole'), tie('whole')).map(([one, two]) => `${one}|${two}`),
    fc.tuple(tie('whole'), quantifier).map(([one, many]) => `(${one})${many}`),
    fc.tuple(tie('whole'), quantifier).map(([one, many]) => `(?:${one})${many}`),
    tie('whole').map(one => `^${one}`),
    tie('whole').map(one => `${one}$`),
    tie('whole').map(one => `\\b${one}`),
    tie('whole').map(one => `${one}\\B`),
  ),
})).whole
const text = fc.string({ unit: fc.constantFrom('a', 'b', '费', 'A', '7', ' ', '.', '\n', '𠮷', ']'), maxLength: 12 })

test('matches where JavaScript matches, and nowhere else', () => {
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 8 }), (source, texts) => {
      const made = compilePattern(source)
      if ('en' in made) return
      for (const each of texts) {
        // V8 also looks for \B between the two halves of one character, where the standard does not.
        if (source.includes('\\B') && each.includes('𠮷')) continue
        expect([source, each, made.test(each)]).toEqual([source, each, new RegExp(source, 'u').test(each)])
      }
    }),
    { numRuns: 4_000 },
  )
})

test.each([
  ['(a+)+$', 'a'.repeat(3_900) + '!'],
  ['(a|a)*b', 'a'.repeat(3_900)],
  ['(.*)*(.*)*(.*)*x', 'a'.repeat(3_900)],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(3_900)],
])('%s ends, where a backtracking matcher would not', (source, subject) => {
  const made = compilePattern(source)
  if ('en' in made) throw new Error(made.en)
  const before = process.cpuUsage().user
  expect(made.test(subject)).toBe(false)
  // Microseconds. A backtracking matcher would take years; this one some tens of milliseconds, on any machine a few seconds.
  expect(process.cpuUsage().user - before).toBeLessThan(10_000_000)
})

test.each([['(a)\\1'], ['(?<n>a)\\k<n>'], ['a(?=b)'], ['a(?!b)'], ['(?<=a)b'], ['(?<!a)b']])(
  'what needs backtracking is refused: %s',
  source => {
    expect(compilePattern(source)).toMatchObject({ en: expect.stringContaining('look-around') })
  },
)

test('what is no regular expression, or would be endless when written out, is refused', () => {
  expect(compilePattern('(')).toMatchObject({ en: 'not a regular expression' })
  expect(compilePattern('(?:(?:a{50}){50}){50}')).toMatchObject({ en: expect.stringContaining('repeats') })
})

test('only the first 4000 characters of a text are looked at', () => {
  const made = compilePattern('x')
  if ('en' in made) throw new Error(made.en)
  expect([made.test('a'.repeat(3_999) + 'x'), made.test('a'.repeat(4_000) + 'x')]).toEqual([true, false])
})
