// Occurrences of a digest, in little memory and however many there are.

import { createHash } from 'node:crypto'
import { startCounts } from '../../connector/core/counts'

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32)

test('each digest is counted by itself, through every growth of the table and beyond what a byte holds', () => {
  const count = startCounts()
  const expected = new Map<string, number>()
  const say = (text: string): void => {
    const next = (expected.get(text) ?? 0) + 1
    expected.set(text, next)
    expect(count(digest(text))).toBe(next)
  }
  for (let index = 0; index < 5_000; index++) {
    say(`line ${index}`)
    say('a fee that comes again and again')
    if (index % 7 === 0) say(`line ${index >> 1}`)
  }
  expect(expected.get('a fee that comes again and again')).toBe(5_000)
})
