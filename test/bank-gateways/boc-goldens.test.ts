// Every message of the BOC gateway against files that were composed by hand from the reference: what leaves, byte for byte,
// and what the answers are taken to say.

import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { BankGateway, StatementLine } from '../../connector/ports'
import { gatewayOf, instruction, NEVER, settings, startFrontEnd, type FrontEnd, type Seen } from './boc-front-end'

const GOLDEN = path.resolve(__dirname, '../../../bank-gateways/boc/golden')

/** A golden file as it travels: without the line breaks and indents between its elements. */
function golden(name: string): Buffer {
  return Buffer.from(
    readFileSync(path.join(GOLDEN, `${name}.xml`), 'utf8')
      .replace(/>\s*\n\s*</g, '><')
      .trim(),
  )
}

let frontEnd: FrontEnd
let replies: Record<string, string>
beforeEach(async () => {
  replies = {}
  frontEnd = await startFrontEnd(seen => golden(`${replies[seen.trncod] ?? seen.trncod}.reply`))
})
afterEach(() => frontEnd.close())

function sent(trncod: string): Seen {
  const found = frontEnd.seen.find(seen => seen.trncod === trncod)
  if (!found) throw new Error(`no ${trncod} arrived`)
  return found
}

function expectSent(trncod: string): void {
  expect(sent(trncod).bytes.toString('utf8')).toBe(golden(`${trncod}.request`).toString('utf8'))
  expect(sent(trncod).bytes.equals(golden(`${trncod}.request`))).toBe(true)
}

const corporate = [
  instruction('260301000001'),
  instruction('260301000002', {
    payee: {
      account: '300000000009',
      name: '丙 & 丁 <上海> 公司',
      bankName: '',
      bankCode: '40303',
      kind: 'C',
      province: '',
      city: '',
    },
    amount: { minor: 999999999999999n, currency: 'CNY' },
    purpose: '服务费',
    postscript: '服务费',
    isUrgent: true,
  }),
]
const personal = [
  instruction('260301000003', {
    payee: {
      account: '6216600000000000001',
      name: '张三',
      bankName: '',
      bankCode: '104100000004',
      kind: 'P',
      province: '',
      city: '',
    },
    amount: { minor: 1n, currency: 'CNY' },
    purpose: '报销|差旅',
    postscript: '2 月',
  }),
  instruction('260301000004', {
    payee: {
      account: '6222020000000000001',
      name: '李四',
      bankName: '某银行北京分行',
      bankCode: '',
      kind: 'P',
      province: '',
      city: '',
    },
    amount: { minor: 5000000n, currency: 'CNY' },
    purpose: '',
    postscript: '',
    isUrgent: true,
  }),
]

function gateway(over: Readonly<Record<string, unknown>> = {}): BankGateway {
  return gatewayOf(settings(frontEnd.url, over))
}

test('a sign-in and a corporate payment leave byte for byte as the reference has them, and the items are read by insid', async () => {
  const outcomes = await gateway().send(corporate, NEVER)
  expectSent('b2e0001')
  expectSent('b2e0009')
  expect(sent('b2e0009')).toMatchObject({
    method: 'POST',
    path: '/B2EC/E2BServlet',
    contentType: 'application/xml',
  })
  expect(outcomes).toEqual([
    {
      kind: 'accepted',
      echo: {
        reference: '260301000001',
        amount: null,
        payeeAccount: null,
        bankSerial: '1234567890',
        code: 'B001',
        text: '成功 / success: ok',
      },
    },
    {
      kind: 'refused',
      refusal: {
        code: 'GCMS.E065',
        text: '主机返回错误 / error of the host: (GCMS.E065)账户未开通限额管理产品',
        bankSerial: '1234567891',
      },
    },
  ])
})

test('a token inside b2e0001-rs is found as well', async () => {
  replies['b2e0001'] = 'b2e0001-nested'
  await gateway().send(corporate, NEVER)
  expectSent('b2e0009')
})

test('personal payments travel as b2e0061, and an item missing from the answer is uncertain', async () => {
  const outcomes = await gateway().send(personal, NEVER)
  expectSent('b2e0061')
  expect(outcomes).toMatchObject([
    { kind: 'accepted', echo: { reference: '260301000003', bankSerial: '1234567892', code: 'B054' } },
    { kind: 'uncertain', code: 'boc.missing_item' },
  ])
})

test('a batch of both kinds travels in two messages, and the outcomes keep the order of the batch', async () => {
  const outcomes = await gateway().send([personal[0]!, corporate[0]!], NEVER)
  expect(frontEnd.seen.map(seen => [seen.trncod, seen.insids])).toEqual([
    ['b2e0001', []],
    ['b2e0009', ['260301000001']],
    ['b2e0061', ['260301000003']],
  ])
  // The golden answer to b2e0061 echoes message 2, and this was message 3.
  expect(outcomes).toMatchObject([
    { kind: 'uncertain', code: 'boc.wrong_serial' },
    { kind: 'accepted', echo: { reference: '260301000001' } },
  ])
})

test('a status query asks by insid and reads paid, refused, in process and absent', async () => {
  const outcomes = await gateway().inquire([...corporate, ...personal], NEVER)
  expectSent('b2e0007')
  expect(outcomes).toEqual([
    {
      kind: 'settled',
      echo: {
        reference: '260301000001',
        amount: null,
        payeeAccount: null,
        bankSerial: '1234567890',
        code: 'B001',
        text: '成功 / success: ok hostseqno=998877',
      },
    },
    {
      kind: 'refused',
      refusal: {
        code: 'GCMS.E065',
        text: '主机返回错误 / error of the host: (GCMS.E065)账户未开通限额管理产品',
        bankSerial: '1234567891',
      },
    },
    {
      kind: 'accepted',
      echo: {
        reference: '260301000003',
        amount: null,
        payeeAccount: null,
        bankSerial: '1234567892',
        code: 'B266',
        text: '处理中 / processing: 处理中',
      },
    },
    { kind: 'absent', code: 'B003' },
  ])
})

test('an error answer with B999 leaves every payment of the message uncertain', async () => {
  replies['b2e0009'] = 'b2eerror'
  expect(await gateway().send(corporate, NEVER)).toEqual([
    { kind: 'uncertain', code: 'B999', reason: '主机返回错误 / error of the host: 系统错误' },
    { kind: 'uncertain', code: 'B999', reason: '主机返回错误 / error of the host: 系统错误' },
  ])
})

test('a balance is read with what is available and what is frozen', async () => {
  const balance = await gateway().balance('300000000001', NEVER)
  expectSent('b2e0005')
  expect(balance).toEqual({
    account: '300000000001',
    asOf: '2026-03-01',
    current: { minor: 100000005n, currency: 'CNY' },
    available: { minor: 99900005n, currency: 'CNY' },
    frozen: { minor: 100000n, currency: 'CNY' },
    previousDay: null,
  })
})

test('statement rows become lines from the view of the account', async () => {
  const page = await gateway().statement('300000000001', { from: '2026-02-15', to: '2026-02-28' }, null, NEVER)
  expectSent('b2e0035')
  const expected: readonly StatementLine[] = [
    {
      bankId: '202602160000000000000000001',
      bookedOn: '2026-02-16',
      bookedTime: '10:11:12',
      valueOn: '2026-02-16',
      amount: { minor: -12345n, currency: 'CNY' },
      balanceAfter: { minor: 99987660n, currency: 'CNY' },
      counterAccount: '1100000000000000',
      counterName: '乙公司',
      counterBank: '某银行上海分行',
      purpose: '货款',
      text: '货款 INV-1 网银转账 加急',
      reference: '260216000001',
      bankSerial: '123456789001',
      isReversal: false,
      type: '网银转账',
      receiptKey: '202602160000000000000000001|123456789001|260216000001',
    },
    {
      bankId: '20260217-123456790001',
      bookedOn: '2026-02-17',
      bookedTime: '09:00:00',
      valueOn: null,
      amount: { minor: 12345n, currency: 'CNY' },
      balanceAfter: { minor: 100000005n, currency: 'CNY' },
      counterAccount: '1100000000000000',
      counterName: '乙公司',
      counterBank: '某银行上海分行',
      purpose: '退款',
      text: '账号户名不符',
      reference: '',
      bankSerial: '123456790001',
      isReversal: true,
      type: '来账',
      receiptKey: '|123456790001|',
    },
  ]
  expect(page).toEqual({ items: expected, next: null })
})

test('a receipt is asked for by the day, the amount at both ends, the account and the reference of its line', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'boc-golden-'))
  try {
    const bank = gateway({ receipts: { directory } })
    const { items } = await gateway().statement('300000000001', { from: '2026-02-15', to: '2026-02-28' }, null, NEVER)
    frontEnd.seen.length = 0
    expect(await bank.receipt?.('300000000001', items[0]!, NEVER)).toBeNull()
    expectSent('b2e0500')
  } finally {
    await rm(directory, { recursive: true })
  }
})
