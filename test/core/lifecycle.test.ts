import { isPayableAgain, isTerminal, TRANSITIONS, transition, type Cause } from '../../connector/core/lifecycle'
import type { State } from '../../connector/ports'

// Written out from the design's table, cell by cell, not derived from the code.
const CELLS: readonly (readonly [State, Cause, State])[] = [
  ['held', 'holds.cleared', 'ready'],
  ['held', 'operator.rejected', 'cancelled'],
  ['held', 'erp.cancelled', 'cancelled'],
  // What a bank says of a payment that never left from here was sent by the original of this store (I10).
  ['held', 'inquiry.accepted', 'accepted'],
  ['held', 'inquiry.settled', 'settled'],
  ['held', 'inquiry.refused', 'failed'],
  ['held', 'statement.debited', 'settled'],
  ['held', 'operator.confirmedPaid', 'settled'],
  ['ready', 'fence.closed', 'held'],
  ['ready', 'inquiry.accepted', 'accepted'],
  ['ready', 'inquiry.settled', 'settled'],
  ['ready', 'statement.debited', 'settled'],
  ['ready', 'send.started', 'sending'],
  ['ready', 'operator.cancelled', 'cancelled'],
  ['ready', 'erp.cancelled', 'cancelled'],
  ['sending', 'send.accepted', 'accepted'],
  ['sending', 'send.settled', 'settled'],
  ['sending', 'send.refused', 'failed'],
  ['sending', 'send.unsent', 'ready'],
  ['sending', 'send.uncertain', 'unknown'],
  ['unknown', 'inquiry.accepted', 'accepted'],
  ['unknown', 'inquiry.settled', 'settled'],
  ['unknown', 'inquiry.refused', 'failed'],
  ['unknown', 'inquiry.absent', 'ready'],
  ['unknown', 'statement.debited', 'settled'],
  ['unknown', 'operator.confirmedPaid', 'settled'],
  ['unknown', 'operator.confirmedUnpaid', 'failed'],
  ['accepted', 'inquiry.settled', 'settled'],
  ['accepted', 'inquiry.refused', 'failed'],
  ['accepted', 'statement.debited', 'settled'],
  ['accepted', 'operator.confirmedPaid', 'settled'],
  ['accepted', 'operator.confirmedUnpaid', 'failed'],
  ['settled', 'statement.returned', 'returned'],
  ['settled', 'inquiry.returned', 'returned'],
]

test('the lifecycle is the table of the design and nothing else', () => {
  const cells = Object.entries(TRANSITIONS).flatMap(([from, row]) =>
    Object.entries(row).map(([cause, to]) => `${from} ${cause} ${to}`),
  )
  expect(cells.sort()).toEqual(CELLS.map(cell => cell.join(' ')).sort())
})

test('a send starts only from ready: nothing unknown is ever sent again', () => {
  const starts = Object.keys(TRANSITIONS).filter(state => transition(state as State, 'send.started') !== null)
  expect(starts).toEqual(['ready'])
})

test('only a bank, a statement or two people end unknown', () => {
  for (const cause of Object.keys(TRANSITIONS.unknown))
    expect(cause).toMatch(/^(inquiry|statement|operator\.confirmed)/)
})

test('failed, returned and cancelled are the end, and only unpaid ends may be asked again', () => {
  expect(Object.keys(TRANSITIONS).filter(state => isTerminal(state as State))).toEqual([
    'failed',
    'returned',
    'cancelled',
  ])
  expect(
    (
      [
        'invalid',
        'held',
        'ready',
        'sending',
        'unknown',
        'accepted',
        'settled',
        'failed',
        'returned',
        'cancelled',
      ] as const
    ).filter(isPayableAgain),
  ).toEqual(['invalid', 'failed', 'returned', 'cancelled'])
})
