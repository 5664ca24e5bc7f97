// What CMB CDC answers, at every level, and what of it may be believed: every state, every return flag, every way an answer can be
// wrong, and what an instruction must be to be sent at all.

import { createServer } from 'node:net'
import { CODE_OUTCOMES, REQUEST_STATES, RESULT_CODES, RETURN_FLAGS } from '../../bank-gateways/cmb/codes'
import { cmbConfig } from '../../bank-gateways/cmb/config'
import { createCmbGateway } from '../../bank-gateways/cmb/gateway'
import type { BankGateway, Instruction } from '../../connector/ports'
import { cmb } from '../support/gateway-banks/cmb'
import { never as noAbort, openWorld, type World } from '../support/gateway-world'
import {
  clock,
  counting,
  instruction,
  never,
  newKeysOfNobody,
  ours,
  sealed,
  SM4_KEY,
  startCdc,
  theirs,
  UID,
  type Change,
  type Fake,
} from './cmb-bank'

const PAYER = '755000000010001'
const settings = {
  uid: UID,
  privateKey: ours.privateKey,
  bankPublicKey: theirs.publicKey,
  symmetricSecret: SM4_KEY,
  businessMode: 'S1014',
  accounts: { [PAYER]: { branch: '75' } },
}

let bank: Fake
beforeEach(async () => {
  bank = await startCdc()
})
afterEach(() => bank.close())

const open = (more: object = {}, url = bank.url): BankGateway =>
  createCmbGateway(cmbConfig.parse({ url, ...settings, ...more }), { clock, name: 'cmb', sequence: counting() })

/** A reply to the question that came, with this body. */
function reply(asked: string, body: string, resultcode = 'SUC0000', head: object = {}): string {
  const { funcode = '', reqid = '' } =
    /"funcode":"(?<funcode>[^"]*)","reqid":"(?<reqid>[^"]*)"/.exec(asked)?.groups ?? {}
  const fields = JSON.stringify({ bizcode: '', funcode, reqid, resultcode, resultmsg: '', ...head })
  return `{"response":{"body":${body},"head":${fields}},"signature":{"sigdat":"__signature_sigdat__","sigtim":"20260302100001"}}`
}
const item = (fields: object): string => JSON.stringify({ bb1payopz1: [{ reqNbr: '1', errCod: 'SUC0000', ...fields }] })
const detail = (fields: object): string =>
  JSON.stringify({
    bb1payqrz1: [
      { yurRef: 'PAY202601020001', ccyNbr: '10', trsAmt: '1.05', crtAcc: '6222000000000001', reqNbr: '1', ...fields },
    ],
  })

async function sent(gateway: BankGateway, change: Change = {}) {
  const [outcome] = await gateway.send([instruction(PAYER, change)], never)
  return outcome
}
async function asked(gateway: BankGateway) {
  const [outcome] = await gateway.inquire([instruction(PAYER)], never)
  return outcome
}

const STATES: readonly (readonly [reqSts: string, rtnFlg: string, send: string, inquiry: string])[] = [
  ...['OPR', 'AUT', 'NTE', 'APW', 'BNK', 'ACK'].map(state => [state, '', 'accepted', 'accepted'] as const),
  ['WRF', '', 'uncertain', 'unavailable'],
  ['FIN', 'S', 'settled', 'settled'],
  ...['F', 'R', 'D', 'C'].map(flag => ['FIN', flag, 'refused', 'refused'] as const),
  ['FIN', 'B', 'uncertain', 'returned'],
  ['FIN', 'U', 'uncertain', 'unavailable'],
  ['FIN', '', 'uncertain', 'unavailable'],
  ['FIN', 'X', 'uncertain', 'unavailable'],
  ['', 'S', 'uncertain', 'unavailable'],
  ['ZZZ', 'S', 'uncertain', 'unavailable'],
  // rtnFlg counts only under FIN.
  ['BNK', 'F', 'accepted', 'accepted'],
  ['toString', '', 'uncertain', 'unavailable'],
]

describe('states', () => {
  test('the table of this test holds every state and flag of the gateway', () => {
    expect([...new Set(STATES.map(([state]) => state))]).toEqual(expect.arrayContaining(Object.keys(REQUEST_STATES)))
    expect([...new Set(STATES.map(([, flag]) => flag))]).toEqual(expect.arrayContaining(Object.keys(RETURN_FLAGS)))
  })

  test.each(STATES)('%s/%s: send %s, inquiry %s', async (reqSts, rtnFlg, send, inquiry) => {
    bank.answer(question => reply(question, item({ reqSts, rtnFlg })))
    expect((await sent(open()))?.kind).toBe(send)
    bank.answer(question => reply(question, detail({ reqSts, rtnFlg })))
    expect((await asked(open()))?.kind).toBe(inquiry)
  })

  test('an errCod that nobody listed is uncertain even under FIN/F: it may be that of a repeated reference', async () => {
    bank.answer(question =>
      reply(question, item({ reqSts: 'FIN', rtnFlg: 'F', errCod: 'ZZZ0001', errTxt: '余额不足' })),
    )
    expect(await sent(open())).toMatchObject({ kind: 'uncertain', code: 'ZZZ0001' })
    const codes = [{ code: 'ZZZ0001', level: 'item', outcome: 'refused', meaning: '余额不足' }]
    expect(await sent(open({ codes }))).toMatchObject({ kind: 'refused', refusal: { code: 'ZZZ0001' } })
  })

  test('the bank’s words come without a whole account number, a key or a line break', async () => {
    const errTxt = `户名不符 6222000000000001\\n${'A'.repeat(60)}`
    bank.answer(question => reply(question, item({ reqSts: 'ZZZ', errTxt: '@' }).replace('@', errTxt)))
    const outcome = await sent(open())
    const reason = outcome?.kind === 'uncertain' ? outcome.reason : ''
    expect(reason).toContain('户名不符 6222****0001')
    expect(reason).not.toMatch(/6222000000000001|A{32}|\n/)
  })
})

describe('messages', () => {
  test.each([
    ['DCPG008', 'uncertain', 'unavailable'],
    ['DCASY12', 'uncertain', 'unavailable'],
    ['ZZZ9999', 'uncertain', 'unavailable'],
    ['hasOwnProperty', 'uncertain', 'unavailable'],
  ])('resultcode %s: send %s, inquiry %s', async (code, send, inquiry) => {
    bank.answer(question => reply(question, item({ reqSts: 'FIN', rtnFlg: 'S' }), code))
    expect(await sent(open())).toMatchObject({ kind: send, code })
    bank.answer(question => reply(question, detail({ reqSts: 'FIN', rtnFlg: 'S' }), code))
    expect(await asked(open())).toMatchObject({ kind: inquiry, code })
    await expect(open().balance(PAYER, never)).rejects.toMatchObject({ name: 'Fault', code })
    expect(Object.keys(RESULT_CODES)).toEqual(['SUC0000', 'DCPG008', 'DCASY12'])
  })

  test('a site may say that a resultcode proves nothing was executed, or that there is no record', async () => {
    const codes = CODE_OUTCOMES.message.map(outcome => ({
      code: `Z-${outcome}`,
      level: 'message',
      outcome,
      meaning: '手册',
    }))
    bank.answer(question => reply(question, '{}', 'Z-notExecuted'))
    expect((await sent(open({ codes })))?.kind).toBe('unsent')
    bank.answer(question => reply(question, '{}', 'Z-noRecord'))
    expect((await asked(open({ codes })))?.kind).toBe('absent')
    expect((await sent(open({ codes })))?.kind).toBe('uncertain')
  })

  test.each([
    ['an empty block', '{"bb1payqrz1":[]}', 'absent'],
    ['no block', '{}', 'unavailable'],
    ['another reference', detail({ yurRef: 'OTHER', reqSts: 'FIN', rtnFlg: 'S' }), 'unavailable'],
    [
      'the reference twice',
      '{"bb1payqrz1":[{"yurRef":"PAY202601020001"},{"yurRef":"PAY202601020001"}]}',
      'unavailable',
    ],
    ['an amount that cannot be read', detail({ trsAmt: '1,05', reqSts: 'FIN', rtnFlg: 'S' }), 'unavailable'],
    ['a currency that is not known', detail({ ccyNbr: '99', reqSts: 'FIN', rtnFlg: 'S' }), 'unavailable'],
  ])('an inquiry answered with %s', async (_, body, kind) => {
    bank.answer(question => reply(question, body))
    expect((await asked(open()))?.kind).toBe(kind)
  })

  test.each([
    ['no block', '{}'],
    ['an empty block', '{"bb1payopz1":[]}'],
    ['two items', '{"bb1payopz1":[{"reqSts":"AUT"},{"reqSts":"AUT"}]}'],
  ])('a payment answered with %s is uncertain', async (_, body) => {
    bank.answer(question => reply(question, body))
    expect((await sent(open()))?.kind).toBe('uncertain')
  })

  const good = (question: string): string => reply(question, item({ reqSts: 'FIN', rtnFlg: 'S' }))
  const nobody = newKeysOfNobody()
  test.each<readonly [string, string, (question: string) => ReturnType<Parameters<Fake['answer']>[0]>]>([
    ['another reqid', 'cmb.wrong_serial', question => reply(question, '{}', 'SUC0000', { reqid: '1' })],
    ['another function', 'cmb.wrong_serial', question => reply(question, '{}', 'SUC0000', { funcode: 'DCLISACC' })],
    ['another key’s signature', 'cmb.bad_signature', question => ({ raw: sealed(good(question), nobody.privateKey) })],
    [
      'a word changed under its signature',
      'cmb.bad_signature',
      question => ({ raw: sealed(good(question), undefined, text => text.replace('"S"', '"F"')) }),
    ],
    [
      'no signature',
      'cmb.bad_signature',
      question => ({ raw: sealed(good(question), undefined, text => text.replace(/"sigdat":"[^"]*"/, '"sigdat":""')) }),
    ],
    ['a plain white-list error', 'cmb.plain_error', () => ({ raw: 'CDCServer:IP not allowed' })],
    ['a plain format error', 'cmb.plain_error', () => ({ raw: '[ErrMsg:报文格式错误]' })],
    ['HTML', 'cmb.undecodable', () => ({ raw: '<html></html>' })],
    ['nothing', 'cmb.undecodable', () => ({ raw: '' })],
    ['Base64 of something else', 'cmb.undecodable', () => ({ raw: Buffer.alloc(64, 7).toString('base64') })],
    ['HTTP 500', 'cmb.http_status', question => ({ raw: sealed(good(question)), status: 500 })],
    ['HTTP 302', 'cmb.http_status', question => ({ raw: sealed(good(question)), status: 302 })],
    ['a closed connection', 'cmb.no_answer', () => null],
  ])('%s teaches nothing: uncertain, unavailable, Fault', async (_, code, answer) => {
    bank.answer(answer)
    expect(await sent(open())).toMatchObject({ kind: 'uncertain', code })
    expect(await asked(open())).toMatchObject({ kind: 'unavailable', code })
    await expect(open().balance(PAYER, never)).rejects.toMatchObject({ name: 'Fault', code })
  })

  test('when the line fails, the rest of the call is not tried; when an answer is bad, it is', async () => {
    const batch = ['A1', 'A2', 'A3'].map(reference => instruction(PAYER, { reference }))
    bank.answer((question, count) => (count === 1 ? good(question) : null))
    const outcomes = await open().send(batch, never)
    expect(outcomes.map(({ kind }) => kind)).toEqual(['settled', 'uncertain', 'unsent'])
    expect(outcomes[2]).toMatchObject({ code: 'cmb.not_tried' })
    expect(bank.asked.length).toBe(2)
    bank.answer((question, count) => (count === 4 ? { raw: 'CDCServer:' } : good(question)))
    expect((await open().send(batch, never)).map(({ kind }) => kind)).toEqual(['settled', 'uncertain', 'settled'])
    bank.answer(() => null)
    expect((await open().inquire(batch, never)).map(({ kind }) => kind)).toEqual([
      'unavailable',
      'unavailable',
      'unavailable',
    ])
    expect(bank.asked.length).toBe(6)
  })

  test('nobody listening: unsent', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await new Promise(resolve => server.close(resolve))
    expect(await sent(open({}, `http://127.0.0.1:${port}/`))).toMatchObject({ kind: 'unsent', code: 'cmb.unreachable' })
  })
})

describe('what can be sent', () => {
  const okay = (): void => bank.answer(question => reply(question, item({ reqSts: 'AUT' })))

  test.each<readonly [string, Change, string]>([
    ['a name of 101 characters', { payee: { name: '汉'.repeat(101) } }, 'cmb.payee_name'],
    ['a name that is blank', { payee: { name: ' ' } }, 'cmb.payee_name'],
    ['a name with a line break', { payee: { name: '甲\n乙' } }, 'cmb.payee_name'],
    ['a name with half a character', { payee: { name: '甲\ud800' } }, 'cmb.payee_name'],
    ['an account with a blank', { payee: { account: '6222 0000' } }, 'cmb.payee_account'],
    ['an account of 36', { payee: { account: '6'.repeat(36) } }, 'cmb.payee_account'],
    ['a bank code of 11 digits', { payee: { bankCode: '10210009999' } }, 'cmb.payee_bank_code'],
    ['no bank at all', { payee: { bankCode: '', bankName: ' ' } }, 'cmb.payee_bank_needed'],
    [
      'a bank known by a name that would be cut',
      { payee: { bankCode: '', bankName: '某'.repeat(32) } },
      'cmb.payee_bank_name',
    ],
    ['dollars', { amount: { minor: 1n, currency: 'USD' } }, 'cmb.currency'],
    ['nothing', { amount: { minor: 0n, currency: 'CNY' } }, 'cmb.amount'],
    ['less than nothing', { amount: { minor: -1n, currency: 'CNY' } }, 'cmb.amount'],
    ['14 whole digits', { amount: { minor: 1_000_000_000_000_000n, currency: 'CNY' } }, 'cmb.amount'],
    ['a reference of 31', { reference: 'A'.repeat(31) }, 'cmb.reference'],
    ['a reference with a hyphen', { reference: 'A-1' }, 'cmb.reference'],
  ])('%s is unsent, and nothing left', async (_, change, code) => {
    expect(await sent(open(), change)).toMatchObject({ kind: 'unsent', code })
    expect(bank.asked).toEqual([])
  })

  test('a reference that occurs twice is sent for neither', async () => {
    const outcomes = await open().send([instruction(PAYER), instruction(PAYER)], never)
    expect(outcomes).toMatchObject([{ code: 'cmb.duplicate_reference' }, { code: 'cmb.duplicate_reference' }])
  })

  test('100 characters of name go whole; texts that inform are cut between characters', async () => {
    okay()
    const name = '汉'.repeat(99) + '𠮷'
    await sent(open(), { payee: { name }, purpose: '货'.repeat(40), postscript: `a\n${'备'.repeat(150)}` })
    const [question = ''] = bank.asked
    expect(question).toContain(`"crtNam":"${name}"`)
    expect(question).toContain(`"nusAge":"${'货'.repeat(31)}"`)
    expect(question).toContain(`"busNar":"a ${'备'.repeat(99)}"`)
  })

  test('a code decides alone whose bank it is; without one the name does', async () => {
    okay()
    await sent(open(), { payee: { bankCode: '102100099996', bankName: '招商银行' } })
    await sent(open(), { payee: { bankCode: '', bankName: '招商银行上海分行' } })
    await sent(open(), { payee: { bankCode: '', bankName: '中国工商银行' }, purpose: '' })
    expect(bank.asked.map(question => /"bnkFlg":"(.)"/.exec(question)?.[1])).toEqual(['N', 'Y', 'N'])
    expect(bank.asked[2]).toContain('"nusAge":"INV-1"')
  })
})

describe('settings', () => {
  const problemsOf = (more: object): readonly string[] =>
    (cmbConfig.safeParse({ url: 'https://bank.example/', ...settings, ...more }).error?.issues ?? []).map(({ path }) =>
      path.join('.'),
    )

  test('what must be there is missed by name, and what is wrong is named', () => {
    expect((cmbConfig.safeParse({}).error?.issues ?? []).map(({ path }) => path.join('.'))).toEqual([
      ...['url', 'uid', 'privateKey', 'bankPublicKey', 'symmetricSecret', 'businessMode', 'accounts'],
    ])
    expect(
      problemsOf({ privateKey: 'x', bankPublicKey: 'y', symmetricSecret: 'short', url: 'http://u:p@bank/' }),
    ).toEqual(['url', 'bankPublicKey', 'symmetricSecret'])
    expect(problemsOf({ privateKey: 'x' })).toEqual(['privateKey'])
    expect(problemsOf({ codes: [{ code: 'SUC0000', level: 'item', outcome: 'refused', meaning: 'x' }] })).toEqual([
      'codes.0.code',
    ])
    expect(problemsOf({ codes: [{ code: 'Z1', level: 'item', outcome: 'settled', meaning: 'x' }] })).toEqual([
      'codes.0.outcome',
    ])
  })

  test('a private key that is wrong is not repeated', () => {
    const wrong = Buffer.alloc(33, 5).toString('base64')
    expect(String(cmbConfig.safeParse({ ...settings, url: 'https://b/', privateKey: wrong }).error)).not.toContain(
      wrong.slice(0, 12),
    )
  })

  test('traits are on the safe side', () => {
    expect(open().traits).toMatchObject({ dedupesReference: false, absentFinalAfterMs: null, referenceScope: 'item' })
  })
})

describe('BB1PAYBH against the simulated bank', () => {
  const setup = cmb('batch', { payqrFindsBatchItems: false, detailPageMax: 2 }, { batchFunction: 'BB1PAYBH' })

  test('a batch travels as one message, is found item by item over pages, and is debited once each', async () => {
    const world = await openWorld(setup)
    const gateway = world.open()
    const batch: readonly Instruction[] = world.batch([{}, {}, {}, {}, {}])
    expect((await gateway.send(batch, noAbort)).map(({ kind }) => kind)).toEqual(batch.map(() => 'accepted'))
    expect(codesOf(world)).toEqual(batch.map(() => 'BB1PAYBH'))
    world.advance(60_000)
    expect((await world.open().inquire(batch, noAbort)).map(({ kind }) => kind)).toEqual(batch.map(() => 'settled'))
    // Sent again, the bank refuses the whole: nothing is learned, nothing is debited twice.
    expect((await gateway.send(batch.slice(0, 2), noAbort)).map(({ kind }) => kind)).toEqual(['uncertain', 'uncertain'])
    world.advance(60_000)
    expect(batch.map(one => world.debits(one))).toEqual([1, 1, 1, 1, 1])
    expect(world.simulator.problems()).toEqual([])
    await world.close()
  })

  test('a package that is not whole, or has a line that cannot be written, goes one by one: its bthNbr stays unused', async () => {
    const world = await openWorld(setup)
    const gateway = world.open()
    const batch: readonly Instruction[] = world.batch([{}, { payee: { name: '超'.repeat(101) } }, {}, {}])
    expect((await gateway.send(batch, noAbort)).map(({ kind }) => kind)).toEqual([
      'accepted',
      'unsent',
      'accepted',
      'accepted',
    ])
    const mended = batch.map(one => ({ ...one, payee: { ...one.payee, name: '戊公司' } }))
    expect((await gateway.send(mended.slice(1, 2), noAbort)).map(({ kind }) => kind)).toEqual(['accepted'])
    const parts = world.batch([{}, {}, {}]).slice(1)
    expect((await gateway.send(parts, noAbort)).map(({ kind }) => kind)).toEqual(['accepted', 'accepted'])
    expect(new Set(codesOf(world))).toEqual(new Set(['BB1PAYOP']))
    world.advance(60_000)
    expect([...batch, ...parts].map(one => world.debits(one))).toEqual([1, 1, 1, 1, 1, 1])
    expect((await gateway.inquire(batch, noAbort)).map(({ kind }) => kind)).toEqual(batch.map(() => 'settled'))
    await world.close()
  })

  test('an answer to a batch that is lost or short leaves every line uncertain', async () => {
    const world = await openWorld(setup)
    for (const kind of ['drop-after-booking', 'missing-line', 'unknown-code', 'header-failed'] as const) {
      const batch = world.batch([{}, {}])
      await world.order({ kind, code: 'BB1PAYBH' })
      expect((await world.open().send(batch, noAbort)).map(outcome => outcome.kind)).toEqual(['uncertain', 'uncertain'])
    }
    await world.close()
  })
})

/** The functions by which the bank took what it took. */
function codesOf({ simulator }: World): readonly string[] {
  return simulator.payments().flatMap(({ payments }) => payments.map(({ code }) => code))
}
