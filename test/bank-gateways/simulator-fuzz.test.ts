// Malformed input of every kind: an answer or a closed connection, never a defect inside, never a change of the books.

import * as fc from 'fast-check'
import type { Simulator } from '../../bank-gateways/simulator/simulator'
import {
  Boc,
  bocItem,
  bocItemXml,
  CERT_ID,
  CIS,
  Icbc,
  icbcItem,
  MORNING,
  MovableClock,
  outcomeOf,
  post,
  raw,
  startWorld,
} from './simulator-kit'

let clock: MovableClock
let simulator: Simulator

beforeAll(async () => {
  clock = new MovableClock(MORNING)
  simulator = await startWorld(clock)
})

afterAll(() => simulator.close())

const debits = () => simulator.ledger().postings.filter(({ type }) => type === 'payment').length

afterEach(() => expect(simulator.problems()).toEqual([]))

/** Spoils a text: cuts, doubles or overwrites pieces of it. */
const damage = fc.array(
  fc.record({
    at: fc.nat(),
    length: fc.integer({ min: 0, max: 40 }),
    put: fc.constantFrom(
      '',
      '<',
      '>',
      '</rd>',
      '<rd>',
      '&',
      '%',
      '%zz',
      '=',
      '\u0000',
      '中',
      '9'.repeat(30),
      '-1',
      '1e9',
      '../',
      '<a><a>',
    ),
  }),
  { minLength: 1, maxLength: 4 },
)

function damaged(text: string, damages: readonly { at: number; length: number; put: string }[]): string {
  return damages.reduce((result, { at, length, put }) => {
    const start = at % (result.length + 1)
    return result.slice(0, start) + put + result.slice(start + length)
  }, text)
}

test('damaged XML that is signed properly', async () => {
  const icbc = new Icbc(simulator, clock)
  let number = 0
  await fc.assert(
    fc.asyncProperty(damage, async damages => {
      number += 1
      const xml = icbc.paymentXml(`F${number}`, [icbcItem('1'), icbcItem('2')])
      const answer = await icbc.send('PAYENT', `F${number}`, await icbc.sign(damaged(xml, damages)))
      expect(answer.status).toBe(200)
    }),
    { numRuns: 150 },
  )
})

test.each(['QPAYENT', 'QACCBAL', 'QPD', 'QHISD', 'QEBILL'])('damaged %s in clear', async transCode => {
  const icbc = new Icbc(simulator, clock)
  const inside =
    '<QryfSeqno>F1</QryfSeqno><AccNo>0200000109000000001</AccNo><TotalNum>1</TotalNum><BeginDate>20260101</BeginDate><EndDate>20260302</EndDate><MinAmt>0</MinAmt><MaxAmt>0</MaxAmt><NextTag></NextTag><rd><iSeqno>1</iSeqno><AccNo>1</AccNo></rd>'
  await fc.assert(
    fc.asyncProperty(damage, async damages => {
      const answer = await icbc.send(transCode, 'Q1', damaged(icbc.xml(transCode, 'Q1', inside), damages))
      expect(answer.status).toBe(200)
    }),
    { numRuns: 40 },
  )
})

test('damaged forms and URLs', async () => {
  const icbc = new Icbc(simulator, clock)
  const before = debits()
  await fc.assert(
    fc.asyncProperty(damage, damage, async (ofUrl, ofForm) => {
      const query = damaged(`?userID=${CERT_ID}&PackageID=Q1&SendTime=20260302100000000`, ofUrl).replaceAll(
        /[^\x21-\x7e]/g,
        '',
      )
      const form = damaged(
        `Version=0.0.1.0&TransCode=QPD&BankCode=102&GroupCIS=${CIS}&ID=${CERT_ID}&PackageID=Q1&Cert=&reqData=${icbc.xml('QPD', 'Q1', '')}`,
        ofForm,
      )
      const url = `${simulator.url('icbc', 'tunnel')}/servlet/ICBCCMPAPIReqServlet${query.startsWith('?') ? query : `?${query}`}`
      const answer = await post(url, form, 'application/x-www-form-urlencoded')
      expect([200, 404]).toContain(answer.status)
    }),
    { numRuns: 80 },
  )
  expect(debits()).toBe(before)
})

test('damaged BOC messages of every code', async () => {
  const boc = new Boc(simulator)
  await boc.signIn()
  const insides: Readonly<Record<string, string>> = {
    b2e0009: `<ceitinfo/>${bocItemXml('b2e0009', bocItem('F1'))}`,
    b2e0061: `<ceitinfo/>${bocItemXml('b2e0061', bocItem('F2'), '<bocflag>1</bocflag>')}`,
    b2e0007: '<b2e0007-rq><insid>F1</insid><obssid>9000000001</obssid></b2e0007-rq>',
    b2e0005: '<account><ibknum>40142</ibknum><actacn>300000000001</actacn></account>',
    b2e0035:
      '<b2e0035-rq><ibknum>40142</ibknum><actacn>300000000001</actacn><type>2002</type><datescope><from>20260201</from><to>20260228</to></datescope><begnum>1</begnum><recnum>50</recnum><direction>0</direction></b2e0035-rq>',
    b2e0500: '<b2e0500-rq><tratype>A</tratype></b2e0500-rq>',
  }
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.keys(insides)), damage, async (trncod, damages) => {
      const answer = await boc.send(damaged(boc.xml(trncod, insides[trncod] ?? ''), damages))
      expect(answer.status).toBe(200)
      expect(answer.body.toString('utf8')).toMatch(/^<\?xml [^]*<rspcod>[^<]+<\/rspcod>/)
    }),
    { numRuns: 200 },
  )
})

test('bytes that are no HTTP, and bodies that are nothing', async () => {
  for (const url of Object.values(simulator.urls)) {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async bytes => {
        const answer = (await raw(url, Buffer.concat([Buffer.from(bytes), Buffer.from('\r\n\r\n')]), 200)).toString(
          'latin1',
        )
        // An SSH server speaks first.
        const isGreeting = url.startsWith('sftp:') && answer.startsWith('SSH-2.0-')
        expect(answer === '' || answer.startsWith('HTTP/1.1 4') || isGreeting).toBe(true)
      }),
      { numRuns: 15 },
    )
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async bytes => {
        const answer = await outcomeOf(post(url, Buffer.from(bytes), 'INFOSEC_SIGN/1.0'))
        expect(answer === 'cut' || answer.status < 500).toBe(true)
      }),
      { numRuns: 15 },
    )
  }
})

test('a client that promises more than it sends is left alone', async () => {
  const head = 'POST /B2EC/E2BServlet HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nshort'
  expect((await raw(simulator.url('boc', 'b2e'), head, 100)).toString()).toBe('')
  const boc = new Boc(simulator)
  expect(await boc.signIn()).toContain('B001')
})
