// When a bank is called: hours, windows over midnight, and a breaker that opens, grows and closes.

import { afterCall, CLOSED, type Breaker } from '../../connector/core/breaker'
import { isWithin } from '../../connector/core/bank-hours'

const at = (bankTime: string): number => Date.parse(`${bankTime}:00+08:00`)
const workdays = [1, 2, 3, 4, 5]

test.each([
  ['2026-03-02T08:30', true], // a Monday
  ['2026-03-02T08:29', false],
  ['2026-03-02T16:59', true],
  ['2026-03-02T17:00', false],
  ['2026-03-01T10:00', false], // a Sunday
])('08:30–17:00 on workdays holds %s: %s', (time, expected) => {
  expect(isWithin([{ days: workdays, from: '08:30', to: '17:00' }], at(time))).toBe(expected)
})

test.each([
  ['2026-03-06T23:30', true], // Friday night
  ['2026-03-07T00:59', true], // still Friday's window
  ['2026-03-07T01:00', false],
  ['2026-03-07T23:30', false], // Saturday
  ['2026-03-02T00:30', false], // Monday: Sunday has no window
])('23:00–01:00 on workdays belongs to the day it begins: %s is %s', (time, expected) => {
  expect(isWithin([{ days: workdays, from: '23:00', to: '01:00' }], at(time))).toBe(expected)
})

test('a whole day is from 00:00 to 00:00', () => {
  expect(isWithin([{ days: [7], from: '00:00', to: '00:00' }], at('2026-03-01T12:00'))).toBe(true)
})

describe('the breaker', () => {
  const settings = { failures: 3, firstMs: 1000, maxMs: 3000 }
  const fail = (breaker: Breaker, now: number): Breaker => afterCall(breaker, true, now, settings)

  test('opens after so many failures in a row, grows with each further one, and closes at an answer', () => {
    const two = fail(fail(CLOSED, 1), 2)
    expect(two.openUntil).toBe(0)
    const open = fail(two, 10)
    expect(open.openUntil).toBe(1010)
    expect(fail(open, 2000).openUntil).toBe(4000)
    expect(fail(fail(open, 2000), 5000).openUntil).toBe(8000)
    expect(afterCall(open, false, 1500, settings)).toEqual(CLOSED)
  })

  test('an answer in between starts the count anew', () => {
    expect(fail(fail(afterCall(fail(fail(CLOSED, 1), 2), false, 3, settings), 4), 5).openUntil).toBe(0)
  })
})
