import { judgeInquiry, judgeSend, judgeStatement } from '../../connector/core/judge'
import { sampleEcho, sampleInstruction, sampleLine } from '../support/sample'

const instruction = sampleInstruction()
const MINUTE = 60_000

describe('a send', () => {
  test('accepted and settled with a fitting echo move the payment', () => {
    const echo = sampleEcho({
      reference: instruction.reference,
      amount: instruction.amount,
      payeeAccount: instruction.payee.account,
    })
    expect(judgeSend(instruction, { kind: 'accepted', echo })).toMatchObject({
      cause: 'send.accepted',
      contradiction: null,
    })
    expect(judgeSend(instruction, { kind: 'settled', echo })).toMatchObject({
      cause: 'send.settled',
      contradiction: null,
      bankSerial: 'S1',
    })
  })

  test.each([
    ['another reference', sampleEcho({ reference: 'X' })],
    ['another amount', sampleEcho({ amount: { minor: 12346n, currency: 'CNY' } })],
    ['another currency', sampleEcho({ amount: { minor: 12345n, currency: 'USD' } })],
    ['another payee', sampleEcho({ payeeAccount: '999' })],
  ])('a success that echoes %s is a contradiction and the outcome is uncertain', (_, echo) => {
    expect(judgeSend(instruction, { kind: 'settled', echo })).toMatchObject({
      cause: 'send.uncertain',
      contradiction: 'ECHO_MISMATCH',
    })
    expect(
      judgeInquiry('unknown', instruction, { kind: 'settled', echo }, { absentFinalAfterMs: 0 }, 0, 0),
    ).toMatchObject({
      cause: null,
      contradiction: 'ECHO_MISMATCH',
    })
  })

  test('an account printed with blanks is the same account', () => {
    expect(
      judgeSend(instruction, { kind: 'settled', echo: sampleEcho({ payeeAccount: '1100 0000 0000 0000' }) })
        .contradiction,
    ).toBeNull()
  })
})

describe('an inquiry', () => {
  const absent = { kind: 'absent', code: 'B0116' } as const

  test('absence teaches nothing where the bank never makes it final', () => {
    expect(judgeInquiry('unknown', instruction, absent, { absentFinalAfterMs: null }, 0, 1e15).cause).toBeNull()
  })

  test('absence is proof only after the waiting time, and only for what is unknown', () => {
    const traits = { absentFinalAfterMs: 30 * MINUTE }
    expect(judgeInquiry('unknown', instruction, absent, traits, 0, 30 * MINUTE - 1).cause).toBeNull()
    expect(judgeInquiry('unknown', instruction, absent, traits, 0, 30 * MINUTE).cause).toBe('inquiry.absent')
    expect(judgeInquiry('accepted', instruction, absent, traits, 0, 90 * MINUTE).cause).toBeNull()
  })

  test('a failed question teaches nothing', () => {
    expect(
      judgeInquiry(
        'unknown',
        instruction,
        { kind: 'unavailable', code: 'x', reason: 'y' },
        { absentFinalAfterMs: 0 },
        0,
        1,
      ).cause,
    ).toBeNull()
  })
})

describe('a statement line with our reference', () => {
  test('money out of the amount is the debit, once', () => {
    expect(judgeStatement('unknown', instruction, sampleLine())).toMatchObject({
      cause: 'statement.debited',
      contradiction: null,
    })
    expect(judgeStatement('settled', instruction, sampleLine())).toMatchObject({ cause: null, contradiction: null })
    expect(judgeStatement('failed', instruction, sampleLine()).cause).toBe('statement.debited')
  })

  test('money back is the return', () => {
    const back = sampleLine({ amount: { minor: 12345n, currency: 'CNY' } })
    expect(judgeStatement('settled', instruction, back).cause).toBe('statement.returned')
  })

  test('another amount or payee is a contradiction', () => {
    const other = sampleLine({ amount: { minor: -12344n, currency: 'CNY' } })
    expect(judgeStatement('unknown', instruction, other)).toMatchObject({
      cause: null,
      contradiction: 'STATEMENT_MISMATCH',
    })
    expect(judgeStatement('unknown', instruction, sampleLine({ counterAccount: '5' })).contradiction).toBe(
      'STATEMENT_MISMATCH',
    )
  })
})
