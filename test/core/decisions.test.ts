import { decideIntake } from '../../connector/core/intake'
import { bookLine, type Bookable, type JournalRule } from '../../connector/core/journal'
import { lineKeys } from '../../connector/core/line-key'
import { makeReference } from '../../connector/core/reference'
import type { RowStatus } from '../../connector/ports'
import { sampleLine, sampleRequest } from '../support/sample'

describe('intake', () => {
  const known = {
    revision: 1,
    digest: 'd1',
    approval: 'r1',
    status: 'settled',
    askings: [{ revision: 1, digest: 'd1', approval: 'r1', status: 'settled' }],
  } as const
  const knownAs = (status: RowStatus) => ({
    ...known,
    status,
    askings: [{ revision: 1, digest: 'd1', approval: 'r1', status }],
  })
  const numbered = (revision: number, digest = 'd1') =>
    sampleRequest({ digest, key: { ...sampleRequest().key, revision } })
  const unnumbered = (digest: string, approval: string) =>
    sampleRequest({ digest, approval, key: { ...sampleRequest().key, revision: null } })

  test('the same asking again asks nothing', () => {
    expect(decideIntake(numbered(1), known).kind).toBe('repeat')
    expect(decideIntake(unnumbered('d1', 'r1'), known).kind).toBe('repeat')
  })

  test('other content under the same revision is a change, never a payment', () => {
    expect(decideIntake(numbered(1, 'd2'), known).kind).toBe('changed')
    expect(decideIntake(unnumbered('d2', 'r2'), known).kind).toBe('changed')
    const adopted = { ...known, digest: '', askings: known.askings.map(asking => ({ ...asking, digest: '' })) }
    // Taken back from what the ERP shows of it: there is no digest to compare.
    expect(decideIntake(numbered(1, 'd2'), adopted).kind).toBe('repeat')
    expect(decideIntake(unnumbered('d2', 'r2'), adopted).kind).toBe('repeat')
  })

  test.each(['held', 'ready', 'sending', 'unknown', 'accepted', 'settled'] as const)(
    'a later revision is refused while the earlier is %s',
    status => {
      expect(decideIntake(numbered(2), knownAs(status))).toMatchObject({
        kind: 'refuse',
        code: 'REVISION_TOO_EARLY',
      })
    },
  )

  test.each(['invalid', 'failed', 'returned', 'cancelled'] as const)('a later revision is taken after %s', status => {
    expect(decideIntake(numbered(2), knownAs(status))).toEqual({ kind: 'take', revision: 2 })
    expect(decideIntake(unnumbered('d1', 'r2'), knownAs(status))).toEqual({ kind: 'take', revision: 2 })
    expect(decideIntake(unnumbered('d1', 'r1'), knownAs(status)).kind).toBe('repeat')
  })

  test('a re-approval without change, while the payment is under way, asks nothing', () => {
    expect(decideIntake(unnumbered('d1', 'r2'), knownAs('unknown')).kind).toBe('repeat')
  })

  test('an old asking that comes late is not asked anew, though the newest ended unpaid', () => {
    const askings = [
      { revision: 1, digest: 'd1', approval: 'r1', status: 'failed' as const },
      { revision: 2, digest: 'd2', approval: 'r2', status: 'failed' as const },
    ]
    const newest = { revision: 2, digest: 'd2', approval: 'r2', status: 'failed' as const, askings }
    expect(decideIntake(unnumbered('d1', 'r1'), newest)).toEqual({ kind: 'repeat', revision: 1 })
  })

  test('a revision that was refused or withdrawn does not open the way past an earlier one that is paid', () => {
    for (const status of ['invalid', 'cancelled'] as const) {
      const askings = [
        { revision: 1, digest: 'd1', approval: 'r1', status: 'settled' as const },
        { revision: 2, digest: 'd1', approval: 'r1', status },
      ]
      expect(decideIntake(numbered(3), { ...known, revision: 2, status, askings })).toMatchObject({
        kind: 'refuse',
        code: 'REVISION_TOO_EARLY',
      })
      expect(decideIntake(unnumbered('d2', 'r2'), { ...known, revision: 2, status, askings }).kind).toBe('changed')
    }
  })
})

describe('line identity', () => {
  test('twins without a bank id are two lines, and the same file twice gives the same keys', () => {
    const twin = sampleLine({ bankId: null })
    const keys = lineKeys([twin, twin, sampleLine({ bankId: null, bookedOn: '2026-03-02' })])
    expect(new Set(keys).size).toBe(3)
    expect(lineKeys([twin, twin, sampleLine({ bankId: null, bookedOn: '2026-03-02' })])).toEqual(keys)
  })

  test("the bank's own id decides where there is one", () => {
    expect(lineKeys([sampleLine(), sampleLine({ text: 'corrected text' })])).toEqual([
      '2:id:2026-03-01:-123.45:L1',
      '2:id:2026-03-01:-123.45:L1',
    ])
  })
})

describe('booking', () => {
  const rule = (name: string, when: JournalRule['when'], counterAccount: string): JournalRule => ({
    name,
    when,
    then: {
      voucherType: '付',
      summary: '付 {counterparty} {docNo}',
      counterAccount,
      auxiliaries: { supplier: '{partner}' },
      bankAuxiliaries: {},
      settlementStyle: '4',
    },
  })
  const rules: readonly JournalRule[] = [
    rule('own', { ownPayment: true }, '2202'),
    rule('fee', { direction: 'out', text: '手续费' }, '660301'),
    { name: 'leave-incoming', when: { direction: 'in' }, then: null },
  ]
  const item = (change: Partial<Bookable>): Bookable => ({
    key: 'YQ1',
    line: sampleLine(),
    account: '0200',
    accountSet: '001',
    ledgerAccount: '100201',
    maker: '银企直联',
    request: { ...sampleRequest(), revision: 1 },
    ...change,
  })

  test('an own payment debits its rule’s account and credits the bank, balanced', () => {
    expect(bookLine(item({}), rules)).toMatchObject({
      kind: 'entry',
      entry: {
        rule: 'own',
        summary: '付 乙公司 FK0001',
        document: { docNo: 'FK0001' },
        lines: [
          { account: '2202', side: 'debit', amount: { minor: 12345n }, auxiliaries: { supplier: 'G0007' } },
          {
            account: '100201',
            side: 'credit',
            amount: { minor: 12345n },
            settlement: { number: '260301001000001', style: '4' },
          },
        ],
      },
    })
  })

  test('what the ERP booked before it asked is not booked again', () => {
    expect(bookLine(item({ request: { ...sampleRequest({ isBooked: true }), revision: 1 } }), rules).kind).toBe(
      'booked',
    )
  })

  test('the first rule that fits decides; what no rule fits is left to a person', () => {
    expect(bookLine(item({ request: null, line: sampleLine({ text: '手续费' }) }), rules)).toMatchObject({
      kind: 'entry',
      entry: { rule: 'fee' },
    })
    expect(
      bookLine(item({ request: null, line: sampleLine({ amount: { minor: 5n, currency: 'CNY' } }) }), rules),
    ).toEqual({ kind: 'left', rule: 'leave-incoming' })
    expect(bookLine(item({ request: null }), rules)).toEqual({ kind: 'left', rule: null })
  })
})

test('a reference is fifteen digits behind its prefix, and never cut', () => {
  const limit = { maxBytes: 32, alphabet: 'alphanumeric' } as const
  expect(makeReference({ prefix: '', day: '2026-03-01', incarnation: '042', sequence: 7n }, limit)).toBe(
    '260301042000007',
  )
  expect(() =>
    makeReference(
      { prefix: 'AB', day: '2026-03-01', incarnation: '042', sequence: 7n },
      { maxBytes: 16, alphabet: 'alphanumeric' },
    ),
  ).toThrow(/longer/)
  expect(() =>
    makeReference(
      { prefix: 'A', day: '2026-03-01', incarnation: '042', sequence: 7n },
      { maxBytes: 32, alphabet: 'digits' },
    ),
  ).toThrow(/digits/)
})
