// The simulated BOC on the wire: sign-in and tokens, two levels of status, the checks of an item, statements, receipts.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import iconv from 'iconv-lite'
import type { SimulatorOptions } from '../../bank-gateways/simulator/options'
import type { Simulator } from '../../bank-gateways/simulator/simulator'
import {
  all,
  Boc,
  BOC_PAYEE,
  BOC_PAYER,
  bocItem,
  codesOf,
  CUSOPR,
  CUSTID,
  first,
  ICBC_CNAPS,
  ICBC_PAYEE,
  MORNING,
  MovableClock,
  PASSWORD,
  post,
  startWorld,
  type BocItem,
} from './simulator-kit'

const DAY_MS = 86_400_000
const toBoc: BocItem = { toibkn: '40142', toactacn: BOC_PAYEE, toname: '丁公司', tobknm: '' }

let clock: MovableClock
let simulator: Simulator
let boc: Boc

beforeEach(async () => {
  clock = new MovableClock(MORNING)
  simulator = await startWorld(clock)
  boc = new Boc(simulator)
})

afterEach(async () => {
  expect(simulator.problems()).toEqual([])
  await simulator.close()
})

async function restart(protocol: object, more: SimulatorOptions = {}): Promise<void> {
  await simulator.close()
  const customers = [{ custid: CUSTID, cusopr: CUSOPR, password: PASSWORD }]
  simulator = await startWorld(clock, { ...more, banks: { boc: { customers, protocol } } })
  boc = new Boc(simulator)
}

const balance = (account = BOC_PAYER): string | undefined =>
  simulator.accounts().find(found => found.account === account)?.balance

describe('sign-in', () => {
  test('the token comes directly in the reply, or nested where that is set', async () => {
    const flat = await boc.signIn()
    expect(flat).toMatch(
      /<trn-b2e0001-rs><status><rspcod>B001<\/rspcod><rspmsg>ok<\/rspmsg><\/status><serverdt>20260302100000<\/serverdt><token>[A-Za-z0-9+/=]{1,64}<\/token><\/trn-b2e0001-rs>/,
    )
    await restart({ tokenShape: 'nested' })
    expect(await boc.signIn()).toMatch(
      /<\/status><b2e0001-rs><serverdt>\d{14}<\/serverdt><token>[^<]+<\/token><\/b2e0001-rs>/,
    )
  })

  test('without a valid token nothing is executed: B107', async () => {
    expect(codesOf(await boc.pay([bocItem('1001')]))).toEqual(['B107'])
    boc.token = 'bm90IGEgdG9rZW4='
    expect(codesOf(await boc.pay([bocItem('1001')]))).toEqual(['B107'])
    await boc.signIn()
    expect(codesOf(await boc.status('1001'))).toEqual(['B001', 'B003'])
  })

  test('B107 may be 1033, and may come as b2eerror', async () => {
    await restart({ notSignedInShape: 'b2eerror', codes: { 'not-signed-in': '1033' } })
    const answer = await boc.status('1')
    expect([first(answer, 'trncod'), first(answer, 'rspcod')]).toEqual(['b2eerror', '1033'])
  })

  test('a token ends after its life', async () => {
    await boc.signIn()
    clock.move(1_800_000 - 1)
    expect(codesOf(await boc.status('1'))[0]).toBe('B001')
    clock.move(1)
    expect(codesOf(await boc.status('1'))).toEqual(['B107'])
  })

  test.each([
    [true, 'B107'],
    [false, 'B001'],
  ])('a second sign-in ends the first token: %s', async (secondSignInInvalidates, code) => {
    await restart({ secondSignInInvalidates })
    const other = new Boc(simulator)
    await boc.signIn()
    await other.signIn()
    expect(codesOf(await boc.status('1'))[0]).toBe(code)
    expect(codesOf(await other.status('1'))[0]).toBe('B001')
  })

  test('sign-out ends the token', async () => {
    await boc.signIn()
    expect(codesOf(await boc.call('b2e0002', '<b2e0002-rq><custdt>20260302100000</custdt></b2e0002-rq>'))).toEqual([
      'B001',
    ])
    expect(codesOf(await boc.status('1'))).toEqual(['B107'])
  })

  test('five wrong passwords lock the operator for the day, fifteen for good, over a restart too', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'simulator-'))
    const stateFile = join(directory, 'state.jsonl')
    try {
      await restart({}, { stateFile })
      const wrong = async () => codesOf(await boc.signIn('wrong'))[0]
      for (let day = 0; day < 3; day += 1) {
        for (let time = 0; time < 5; time += 1) expect(await wrong()).toBe('S101')
        expect(codesOf(await boc.signIn())).toEqual(['S102'])
        await restart({}, { stateFile })
        expect(codesOf(await boc.signIn())).toEqual(['S102'])
        clock.move(DAY_MS)
        expect(codesOf(await boc.signIn())).toEqual([day < 2 ? 'B001' : 'S102'])
      }
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  test('an unknown operator is refused like a wrong password', async () => {
    const answer = (
      await boc.send(
        boc
          .xml('b2e0001', '<b2e0001-rq><custdt>20260302100000</custdt><oprpwd>x</oprpwd></b2e0001-rq>')
          .replace(CUSOPR, '1'),
      )
    ).body
    expect(codesOf(answer.toString('utf8'))).toEqual(['S101'])
  })
})

describe('payments', () => {
  beforeEach(async () => void (await boc.signIn()))

  test('B001 at entry, B054 and B266 while it is worked on, B001 when it is paid', async () => {
    const answer = await boc.pay([bocItem('1001')])
    expect(codesOf(answer)).toEqual(['B001', 'B001'])
    expect([first(answer, 'insid'), first(answer, 'obssid')]).toEqual(['1001', '9000000001'])
    const codes: (string | undefined)[] = []
    for (const ms of [0, 1000, 1000]) {
      clock.move(ms)
      codes.push(codesOf(await boc.status('1001'))[1])
    }
    expect(codes).toEqual(['B054', 'B266', 'B001'])
    expect(balance()).toBe('999876.55')
  })

  test('the message succeeds and one item is refused', async () => {
    const answer = await boc.pay([bocItem('1001'), bocItem('1002', { actnam: '别的公司' }), bocItem('1003')])
    expect(codesOf(answer)).toEqual(['B001', 'B001', 'B999', 'B001'])
    expect(all(answer, 'rspmsg')[2]).toBe('(SIM.E003)账号中文户名不符')
    clock.move(5000)
    expect(codesOf(await boc.status('1001', '1002', '1003', '1004'))).toEqual(['B001', 'B001', 'B999', 'B001', 'B003'])
    expect(balance()).toBe('999753.10')
  })

  test.each<[string, BocItem, string]>([
    ['payer account unknown', { actacn: '399999999999' }, 'B999'],
    ['payer = payee', { ...toBoc, toactacn: BOC_PAYER, toname: '甲公司' }, 'B999'],
    ['payee at BOC unknown', { ...toBoc, toactacn: '399999999999' }, 'B999'],
    ['payee name at BOC differs', { ...toBoc, toname: '不是丁' }, 'B999'],
    ['more than there is', { trnamt: '1000000.01' }, 'B999'],
    ['71 characters of payee name', { toname: '公'.repeat(71) }, 'S006'],
    ['81 characters of remark', { furinfo: '注'.repeat(81) }, 'S006'],
    ['three decimals', { trnamt: '1.234' }, 'S007'],
    ['a zero amount', { trnamt: '0.00' }, 'S007'],
    ['an amount with a sign', { trnamt: '-1.00' }, 'S007'],
    ['a foreign currency', { trncur: 'USD' }, 'S007'],
    ['an unknown priority', { priolv: '2' }, 'S007'],
    ['no payee bank', { toibkn: '' }, 'S007'],
    ['yesterday', { trfdate: '20260301' }, 'S007'],
    ['more than a month ahead', { trfdate: '20260403' }, 'S007'],
    ['no payee name', { toname: '' }, 'S007'],
  ])('an item of b2e0009 is refused: %s', async (_, change, code) => {
    expect(codesOf(await boc.pay([bocItem('1001', change)]))).toEqual(['B001', code])
    clock.move(5000)
    expect(codesOf(await boc.status('1001'))).toEqual(['B001', code])
    expect(balance()).toBe('1000000.00')
  })

  test.each<[string, string]>([
    ['Chinese', '编号1'],
    ['33 characters', '1'.repeat(33)],
    ['nothing', ''],
  ])('an insid of %s is refused and not even noted', async (_, insid) => {
    expect(codesOf(await boc.pay([bocItem(insid)]))).toEqual(['B001', 'S007'])
    expect(simulator.payments().flatMap(key => key.payments)).toEqual([])
  })

  test('a payment inside BOC arrives, with a 5-digit and with a 104 number', async () => {
    await boc.pay([bocItem('1001', toBoc), bocItem('1002', { ...toBoc, toibkn: '104100000004' })])
    clock.move(1000)
    expect(balance(BOC_PAYEE)).toBe('256.90')
  })

  test('a payment to the simulated ICBC arrives there', async () => {
    await boc.pay([
      bocItem('1001', { toibkn: ICBC_CNAPS, toactacn: ICBC_PAYEE, toname: '乙公司', tobknm: '中国工商银行' }),
    ])
    clock.move(2000)
    expect(balance(ICBC_PAYEE)).toBe('133.45')
  })

  test('a payment to an unknown account of the simulated ICBC comes back the next bank day', async () => {
    await boc.pay([bocItem('1001', { toibkn: ICBC_CNAPS, toactacn: '0200000109000000999', toname: '无名' })])
    clock.move(5000)
    expect(balance()).toBe('999876.55')
    clock.move(DAY_MS)
    expect(balance()).toBe('1000000.00')
    await boc.signIn()
    const answer = await boc.statement({ type: '2001' })
    expect([first(answer, 'direction'), first(answer, 'insid'), first(answer, 'transtype')]).toEqual([
      '1',
      '1001',
      '退汇',
    ])
  })

  test('a repeated insid is refused and not booked again', async () => {
    await boc.pay([bocItem('1001')])
    expect(codesOf(await boc.pay([bocItem('1001', { trnamt: '5.00' })]))).toEqual(['B001', 'S016'])
    expect(codesOf(await boc.pay([bocItem('1002'), bocItem('1002')]))).toEqual(['B001', 'B001', 'S016'])
    clock.move(5000)
    expect(
      simulator.payments().map(({ key, timesReceived, timesBooked }) => [key, timesReceived, timesBooked]),
    ).toEqual([
      ['1001', 2, 1],
      ['1002', 2, 1],
    ])
  })

  test('a bank that does not dedupe books the repeated insid again', async () => {
    await restart({ duplicateInsid: 'book-again' })
    await boc.signIn()
    await boc.pay([bocItem('1001')])
    const answer = await boc.pay([bocItem('1001')])
    expect(codesOf(answer)).toEqual(['B001', 'B001'])
    clock.move(5000)
    expect(simulator.payments().map(({ timesReceived, timesBooked }) => [timesReceived, timesBooked])).toEqual([[2, 2]])
    expect(balance()).toBe('999753.10')
    const byObssid = await boc.call(
      'b2e0007',
      `<b2e0007-rq><insid></insid><obssid>${first(answer, 'obssid')}</obssid></b2e0007-rq>`,
    )
    expect([first(byObssid, 'insid'), first(byObssid, 'obssid')]).toEqual(['1001', '9000000002'])
  })

  test('b2e0061: the bank checks only the payer at entry, an unknown payee fails later', async () => {
    const unknown = bocItem('1001', { ...toBoc, toactacn: '399999999999' })
    expect(codesOf(await boc.pay([unknown], 'b2e0061', '<bocflag>1</bocflag>'))).toEqual(['B001', 'B001'])
    clock.move(5000)
    expect(codesOf(await boc.status('1001'))).toEqual(['B001', 'B999'])
    expect(balance()).toBe('1000000.00')
  })

  test.each<[string, BocItem, string, string]>([
    ['200 characters of remark', { furinfo: '注'.repeat(200) }, '<bocflag>0</bocflag>', 'B001'],
    ['201 characters of remark', { furinfo: '注'.repeat(201) }, '<bocflag>0</bocflag>', 'S006'],
    ['a bar in the remark', { furinfo: 'a|b' }, '<bocflag>0</bocflag>', 'S007'],
    ['a bank name instead of a number', { toibkn: '' }, '<bocflag>0</bocflag>', 'B001'],
    ['neither bank name nor number', { toibkn: '', tobknm: '' }, '<bocflag>0</bocflag>', 'S007'],
    ['no bocflag', {}, '', 'S007'],
    [
      'an 18-digit BOC account without number',
      { toibkn: '', toactacn: '4'.repeat(18) },
      '<bocflag>1</bocflag>',
      'S007',
    ],
  ])('b2e0061 with %s', async (_, change, extra, code) => {
    expect(codesOf(await boc.pay([bocItem('1001', change)], 'b2e0061', extra))).toEqual(['B001', code])
  })

  test('a message of no item or of 1001 items is refused whole', async () => {
    expect(codesOf(await boc.pay([]))).toEqual(['S007'])
    const many = Array.from({ length: 1001 }, (_, index) => bocItem(String(index)))
    expect(codesOf(await boc.pay(many))).toEqual(['S007'])
    expect(simulator.payments().flatMap(key => key.payments)).toEqual([])
  })

  test('委托待授权 awaits approval', async () => {
    const answer = await boc.call(
      'b2e0009',
      '<ceitinfo/><transtype>1</transtype><b2e0009-rq><insid>1</insid><fractn><fribkn>40142</fribkn><actacn>300000000001</actacn><actnam>甲公司</actnam></fractn><toactn><toibkn>308290003000</toibkn><actacn>11</actacn><toname>乙</toname></toactn><trnamt>1</trnamt><trncur>CNY</trncur><priolv>1</priolv><trfdate>20260302</trfdate></b2e0009-rq>',
    )
    expect(codesOf(answer)).toEqual(['B001', 'B001'])
    clock.move(DAY_MS)
    await boc.signIn()
    expect(codesOf(await boc.status('1'))[1]).toBe('B059')
  })

  test('b2e0007 takes a hundred and refuses a hundred and one', async () => {
    const ids = Array.from({ length: 101 }, (_, index) => String(index + 1))
    expect(codesOf(await boc.status(...ids.slice(1)))).toHaveLength(101)
    expect(codesOf(await boc.status(...ids))).toEqual(['S007'])
  })

  test('b2e0005 gives book, available and frozen amounts; an unknown account has a status of its own', async () => {
    await boc.pay([bocItem('1001')])
    const asked = [BOC_PAYER, '999'].map(
      number => `<account><ibknum>40142</ibknum><actacn>${number}</actacn></account>`,
    )
    const answer = await boc.call('b2e0005', asked.join(''))
    expect(codesOf(answer)).toEqual(['B001', 'B001', 'B999'])
    expect([all(answer, 'bokbal'), all(answer, 'avabal'), all(answer, 'stpamt')]).toEqual([
      ['1000000.00'],
      ['999876.55'],
      ['0.00'],
    ])
  })
})

describe('statements', () => {
  const history = (date: string, amount: string, type: 'deposit' | 'fee' | 'interest' = 'deposit') => ({
    date,
    type,
    amount,
    text: '历史',
  })

  beforeEach(async () => {
    await simulator.close()
    simulator = await startWorld(clock, {
      accounts: [
        {
          bank: 'boc',
          account: BOC_PAYER,
          name: '甲公司',
          openingBalance: '100.00',
          history: [
            history('2025-03-01', '1.00'),
            history('2025-03-02', '2.00'),
            history('2026-02-03', '3.00'),
            history('2026-02-28', '4.00', 'fee'),
            history('2026-03-01', '5.00', 'interest'),
            history('2026-03-02', '6.00'),
          ],
        },
      ],
    })
    boc = new Boc(simulator)
    await boc.signIn()
  })

  test('a row has the balance after it, a 27-digit id, and no insid when it is not ours', async () => {
    const answer = await boc.statement({ type: '2002', from: '20260201', to: '20260228' })
    expect(codesOf(answer)[0]).toBe('B001')
    expect(all(answer, 'txnamt')).toEqual(['3.00', '4.00'])
    expect(all(answer, 'direction')).toEqual(['1', '2'])
    expect(all(answer, 'acctbal')).toEqual(['106.00', '102.00'])
    expect(all(answer, 'insid')).toEqual(['', ''])
    expect(all(answer, 'transid').every(id => /^\d{27}$/.test(id))).toBe(true)
    expect(all(answer, 'vchnum').every(id => /^\d{12}$/.test(id))).toBe(true)
  })

  test.each<[string, Record<string, string>, string]>([
    ['over two calendar months', { type: '2002', from: '20260228', to: '20260301' }, 'S007'],
    ['more than a year back', { type: '2002', from: '20250301', to: '20250302' }, 'S007'],
    ['a year back', { type: '2002', from: '20250302', to: '20250302' }, 'B001'],
    ['the wrong way round', { type: '2002', from: '20260228', to: '20260201' }, 'S007'],
    ['51 rows', { recnum: '51' }, 'S007'],
    ['from row 0', { begnum: '0' }, 'S007'],
    ['an unknown type', { type: '2003' }, 'S007'],
    ['another filter', { direction: '4' }, 'S009'],
    ['an empty page', { begnum: '9' }, 'B003'],
    ['an unknown account', { actacn: '999' }, 'B999'],
    ['a day without rows', { type: '2002', from: '20260215', to: '20260216' }, 'B003'],
  ])('%s', async (_, fields, code) => {
    expect(codesOf(await boc.statement(fields))[0]).toBe(code)
  })

  test("today is the bank's day; history ends yesterday unless it is set to hold today", async () => {
    expect(all(await boc.statement({ type: '2001' }), 'txnamt')).toEqual(['6.00'])
    const march = { type: '2002', from: '20260301', to: '20260302' }
    expect(all(await boc.statement(march), 'txnamt')).toEqual(['5.00'])
  })

  test('rows may be filtered by direction', async () => {
    const february = { type: '2002', from: '20260201', to: '20260228' }
    expect(all(await boc.statement({ ...february, direction: '1' }), 'txnamt')).toEqual(['3.00'])
    expect(all(await boc.statement({ ...february, direction: '2' }), 'txnamt')).toEqual(['4.00'])
  })

  test.each([
    ['rows-in-reply', ['1', '2']],
    ['total', ['2', '1']],
  ])('totalnum means %s', async (totalnumMeans, counts) => {
    await restart({ totalnumMeans })
    await boc.signIn()
    for (const amount of ['1.00', '2.00']) {
      await post(
        `${simulator.urls['admin']}/deposits`,
        JSON.stringify({ bank: 'boc', account: BOC_PAYER, amount }),
        'application/json',
      )
    }
    const answer = await boc.statement({ recnum: '1' })
    expect(codesOf(answer)[0]).toBe('B002')
    expect([first(answer, 'totalnum'), first(answer, 'notenum')]).toEqual(counts)
  })

  test('the odd shapes of samples can be ordered: avlnal, no txnamt, descending', async () => {
    await restart({ avlbalName: 'avlnal', oneSampleLacksTxnamt: true, statementOrder: 'descending' })
    await boc.signIn()
    for (const amount of ['1.00', '2.00']) {
      await post(
        `${simulator.urls['admin']}/deposits`,
        JSON.stringify({ bank: 'boc', account: BOC_PAYER, amount }),
        'application/json',
      )
    }
    const answer = await boc.statement({})
    expect([all(answer, 'avlnal'), all(answer, 'txnamt')]).toEqual([['1000003.00', '1000001.00'], []])
  })
})

describe('receipts', () => {
  let directory: string
  const order = (insid = '') =>
    boc.call(
      'b2e0500',
      `<b2e0500-rq><tratype>A</tratype><amtscope><minamt>0</minamt><maxamt>0</maxamt></amtscope><datescope><from>20260302</from><to>20260302</to></datescope><domaccount><transact></transact><transname></transname></domaccount><insid>${insid}</insid><multidata><confirmdata><actacn>${BOC_PAYER}</actacn><ibknum>40142</ibknum></confirmdata></multidata></b2e0500-rq>`,
    )

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'receipts-'))
    await restart({ receiptsDirectory: directory })
    await boc.signIn()
    await boc.pay([bocItem('1001'), bocItem('1002', { trnamt: '7.00', furinfo: '𠮷 罕见字' })])
    clock.move(5000)
  })

  afterEach(() => rmSync(directory, { recursive: true }))

  test('a zip with a PDF for each row appears in the directory under the name in the answer', async () => {
    const answer = await order()
    const filename = first(answer, 'filename') ?? ''
    expect(filename).toMatch(/^\d{9}_20260302_\d{4}_\d{5}\.zip$/)
    expect(readdirSync(directory)).toEqual([filename])
    const files = unzipSync(readFileSync(join(directory, filename)))
    const ids = all(await boc.statement({}), 'transid')
    expect(Object.keys(files).toSorted()).toEqual(ids.map(id => `${id}.pdf`).toSorted())
    for (const file of Object.values(files)) checkPdf(Buffer.from(file))
  })

  test('the PDF holds the text of the receipt', async () => {
    const filename = first(await order('1001'), 'filename') ?? ''
    const files = Object.values(unzipSync(readFileSync(join(directory, filename))))
    expect(files).toHaveLength(1)
    const text = textOfPdf(Buffer.from(files[0] ?? []))
    for (const words of ['中国银行', '甲公司', '戊公司', 'CNY 123.45', '货款 INV-1', '1001', '2026-03-02 10:00:02']) {
      expect(text).toContain(words)
    }
  })

  test('the file may come later than the answer', async () => {
    await restart({ receiptsDirectory: directory, receiptsDelayMs: 60_000 })
    await boc.signIn()
    await boc.pay([bocItem('1001')])
    clock.move(5000)
    const path = join(directory, first(await order(), 'filename') ?? '')
    expect(existsSync(path)).toBe(false)
    clock.move(60_000)
    await new Promise(resolve => setImmediate(resolve))
    expect(existsSync(path)).toBe(true)
  })

  test('no rows are B003, and without a directory the function is not open: B077', async () => {
    expect(codesOf(await order('9999'))).toEqual(['B003'])
    await restart({})
    await boc.signIn()
    expect(codesOf(await order())).toEqual(['B077'])
  })

  /** The cross-reference table points at each object, and startxref at the table. */
  function checkPdf(pdf: Buffer): void {
    const source = pdf.toString('latin1')
    expect(source.startsWith('%PDF-1.4\n')).toBe(true)
    expect(source.endsWith('%%EOF\n')).toBe(true)
    const start = Number(/startxref\n(\d+)\n/.exec(source)?.[1])
    expect(source.slice(start, start + 5)).toBe('xref\n')
    const offsets = [...source.slice(start).matchAll(/^(\d{10}) 00000 n $/gm)].map(match => Number(match[1]))
    expect(offsets.length).toBeGreaterThan(5)
    offsets.forEach((offset, index) => {
      expect(source.slice(offset, offset + 8)).toBe(`${index + 1} 0 obj\n`.slice(0, 8))
    })
    const stream = /\/Length (\d+) >>\nstream\n([^]*?)endstream/.exec(source)
    expect(stream?.[2]).toHaveLength(Number(stream?.[1]))
  }

  function textOfPdf(pdf: Buffer): string {
    const strings = [...pdf.toString('latin1').matchAll(/<([0-9A-F]+)> Tj/g)]
    return strings.map(match => iconv.decode(Buffer.from(match[1] ?? '', 'hex'), 'utf16-be')).join('\n')
  }
})

describe('the envelope', () => {
  test('a fatal error is a b2eerror with the head as far as it could be read', async () => {
    for (const body of ['', 'not xml', '<bocb2e/>', '<other/>', Buffer.of(0xff, 0xfe)]) {
      const answer = (await boc.send(body)).body.toString('utf8')
      expect([first(answer, 'trncod'), first(answer, 'rspcod')]).toEqual(['b2eerror', 'S900'])
    }
    const bad = (await boc.send(boc.xml('b2e0007', '').replace('E192168001010', '192.168.1.10'))).body.toString('utf8')
    expect([first(bad, 'trncod'), first(bad, 'trnid')]).toEqual(['b2eerror', '000000000001'])
  })

  test('a GB18030 request is answered in UTF-8', async () => {
    const xml = boc.xml('b2e0001', `<b2e0001-rq><custdt>20260302100000</custdt><oprpwd>密码</oprpwd></b2e0001-rq>`)
    const answer = await boc.send(iconv.encode(xml.replace('UTF-8', 'GB18030'), 'gb18030'))
    expect(first(answer.body.toString('utf8'), 'rspmsg')).toBe('客户号、操作员或密码错误')
  })

  test('the version and the message number are echoed', async () => {
    boc.trnid = 'abc123'
    const answer = (await boc.send(boc.xml('b2e0007', '').replace('version="120"', 'version="100"'))).body.toString(
      'utf8',
    )
    expect(answer).toContain('<bocb2e version="100" locale="zh_CN">')
    expect(first(answer, 'trnid')).toBe('abc123')
  })

  test('a code that is not simulated is a b2eerror', async () => {
    await boc.signIn()
    const answer = await boc.call('b2e0078', '')
    expect([first(answer, 'trncod'), first(answer, 'rspcod')]).toEqual(['b2eerror', 'S009'])
  })
})
