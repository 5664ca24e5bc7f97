// An entry of ours and the red entry by which a person took it back are matched with each other alone, and only where it is
// plain which line cancels which.

import fc from 'fast-check'
import { keepApart } from '../../connector/core/match/apart'
import { fieldsOf } from '../../connector/core/match/fields'
import { matchLines, type Reconciliation } from '../../connector/core/match/match'
import { everyPass } from '../../connector/core/match/settings'
import type { BankSide, LedgerSide } from '../../connector/core/match/sides'

const own = (id: string, minor: bigint, change: Partial<LedgerSide> = {}): LedgerSide => ({
  ...{ id, date: '2026-03-02', minor, reference: '', counterparty: '', text: '', entryKey: 'K' },
  ...change,
})
const red = (id: string, minor: bigint, change: Partial<LedgerSide> = {}): LedgerSide =>
  own(id, minor, { entryKey: 'R', reverses: 'K', date: '2026-04-03', ...change })
const bank = (id: string, minor: bigint, entryKey: string | null): BankSide => ({
  ...{ id, date: '2026-03-02', minor, references: [], counterparty: '', counterAccount: '', text: '', entryKey },
})
const brief = (found: Reconciliation): readonly string[] => [
  ...found.matches.map(match => `${match.pass}: ${match.lineIds.join('+')} = ${match.ledgerIds.join('+')}`),
  ...found.ambiguous.map(group => `? ${group.lineIds.join('+')} / ${group.ledgerIds.join('+')}`),
  ...found.left.lineIds.map(id => `bank ${id}`),
  ...found.left.ledgerIds.map(id => `ledger ${id}`),
]
const match = (lines: readonly BankSide[], entries: readonly LedgerSide[]): readonly string[] =>
  brief(matchLines(lines, entries, everyPass([])))

test('an entry and its red entry cancel out, whatever days they are of, and no bank line takes either', () => {
  expect(match([], [own('a', -100n), red('b', 100n)])).toEqual(['reversal:  = a+b'])
  expect(match([bank('x', -100n, null), bank('y', 100n, null)], [own('a', -100n), red('b', 100n)])).toEqual([
    'reversal:  = a+b',
    'bank x',
    'bank y',
  ])
  expect(fieldsOf('reversal')).toEqual(['entryKey', 'amount'])
})

test('an entry that its bank line takes first leaves the red one open', () => {
  expect(match([bank('x', -100n, 'K')], [own('a', -100n), red('b', 100n)])).toEqual(['entry: x = a', 'ledger b'])
})

test('another amount, the same side, or the red entry of another entry is no reversal', () => {
  expect(match([], [own('a', -100n), red('b', 99n)])).toEqual(['ledger a', 'ledger b'])
  expect(match([], [own('a', -100n), red('b', -100n)])).toEqual(['ledger a', 'ledger b'])
  expect(match([], [own('a', -100n), red('b', 100n, { reverses: 'other' })])).toEqual(['ledger a', 'ledger b'])
  expect(match([], [own('a', -100n), own('b', 100n, { entryKey: 'R' })])).toEqual(['ledger a', 'ledger b'])
})

test('of an entry with several lines each cancels its own; equal ones cancel together', () => {
  expect(match([], [own('a', -60n), own('b', -40n), red('c', 40n), red('d', 60n)])).toEqual([
    'reversal:  = a+d',
    'reversal:  = b+c',
  ])
  expect(match([], [own('a', -50n), own('b', -50n), red('c', 50n), red('d', 50n)])).toEqual(['reversal:  = a+b+c+d'])
  // The other line is matched already: its red one stays open until a person undoes that.
  expect(match([], [own('a', -60n), red('c', 40n), red('d', 60n)])).toEqual(['reversal:  = a+d', 'ledger c'])
})

test('of equal lines of which one is missing nobody can tell: a person is asked, and no later pass', () => {
  expect(match([], [own('a', -50n), own('b', -50n), red('c', 50n)])).toEqual(['?  / a+b+c'])
})

test('a site may switch it off, and what a person took apart stays apart', () => {
  const entries = [own('a', -100n), red('b', 100n)]
  const off = matchLines([], entries, { ...everyPass([]), without: ['reversal'] })
  expect(brief(off)).toEqual(['ledger a', 'ledger b'])
  const found = matchLines([], entries, everyPass([]))
  expect(brief(keepApart(found, [{ lineIds: [], ledgerIds: ['a', 'b'] }]))).toEqual(['?  / a+b'])
  expect(keepApart(found, [{ lineIds: ['x'], ledgerIds: ['a'] }])).toEqual(found)
})

test('every line ends in one place and every such match comes to zero, in whatever order they stand', () => {
  const minor = fc.constantFrom(-60n, -40n, 40n, 60n, 100n)
  const entry = fc.record({ minor, key: fc.constantFrom('K', 'L', null), isRed: fc.boolean() })
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 12 }), all => {
      const entries = all.map(({ minor: each, key, isRed }, index) =>
        isRed && key !== null
          ? red(`l${index}`, each, { reverses: key, entryKey: `R${key}` })
          : own(`l${index}`, each, { entryKey: key }),
      )
      const lines = [bank('x', -60n, null), bank('y', 100n, 'L')]
      const found = matchLines(lines, entries, everyPass([]))
      const seen = [...found.matches, ...found.ambiguous].flatMap(each => each.ledgerIds)
      expect([...seen, ...found.left.ledgerIds].toSorted()).toEqual(entries.map(each => each.id).toSorted())
      for (const { pass, lineIds, ledgerIds } of found.matches) {
        if (pass !== 'reversal') continue
        const members = entries.filter(each => ledgerIds.includes(each.id))
        expect([lineIds.length, members.reduce((sum, each) => sum + each.minor, 0n)]).toEqual([0, 0n])
        expect(new Set(members.map(each => each.reverses ?? each.entryKey)).size).toBe(1)
      }
      const again = matchLines(lines, entries.toReversed(), everyPass([]))
      const keysOf = ({ matches }: Reconciliation) =>
        matches.map(each => each.ledgerIds.toSorted().join('+')).toSorted()
      expect(keysOf(again)).toEqual(keysOf(found))
    }),
    { numRuns: 400 },
  )
})
