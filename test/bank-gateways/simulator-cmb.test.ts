// The two simulated CMBs, asked by hand: what a bank would check, they check. The gateways have no part in this.

import iconv from 'iconv-lite'
import { encrypted, signed, decrypted, isSigned } from '../../bank-gateways/simulator/cmb/seal'
import type { SimulatorOptions } from '../../bank-gateways/simulator/options'
import { startSimulator, type Simulator } from '../../bank-gateways/simulator/simulator'
import type { Clock } from '../../connector/ports'
import { newKeys } from '../support/gateway-banks/cmb'

const NOW = Date.parse('2026-03-02T10:00:00+08:00')
const clock: Clock = { now: () => NOW, sleep: () => Promise.resolve() }
const [ours, theirs] = [newKeys(), newKeys()]
const [UID, KEY, LOGIN] = ['U000000001', '0123456789abcdef', '专用登录']
const PAYER = '755000000010001'

let simulator: Simulator
afterEach(async () => {
  expect(simulator.problems()).toEqual([])
  await simulator.close()
})

async function start(cmb: object = {}, frontEnd: object = {}): Promise<void> {
  const account = { cnaps: '308584000013', bankName: '招商银行', openingBalance: '1000.00' }
  const both = (['cmb', 'cmb-frontend'] as const).flatMap(bank => [
    { ...account, bank, account: PAYER, name: '甲公司' },
    { ...account, bank, account: '755000000010002', name: '乙公司' },
    { ...account, bank, account: '755000000010003', name: '丙公司', isClosed: true },
  ])
  const customers = [{ uid: UID, symmetricKey: KEY, publicKey: ours.publicKey }]
  const options: SimulatorOptions = {
    clock,
    accounts: both,
    banks: {
      cmb: { customers, bankPrivateKey: theirs.privateKey, ...cmb },
      'cmb-frontend': { customers: [{ loginName: LOGIN }], ...frontEnd },
    },
  }
  simulator = await startSimulator(options)
}

// ------------------------------------------------------------------------------------------------------------------ CDC

type Reply = { readonly head: Readonly<Record<string, string>>; readonly body: Readonly<Record<string, unknown>> }

async function post(form: Readonly<Record<string, string>>, query = false): Promise<string> {
  const fields = new URLSearchParams(form)
  const url = `${simulator.url('cmb', 'cdc')}/cdcserver/api/v2`
  const answer = query
    ? await fetch(`${url}?${fields.toString()}`, { method: 'POST' })
    : await fetch(url, { method: 'POST', body: fields })
  return answer.text()
}

function form(
  funcode: string,
  body: object,
  change: (signedText: string) => string = text => text,
  key = ours.privateKey,
) {
  const unsigned = `{"request":{"body":${sorted(body)},"head":{"funcode":"${funcode}","reqid":"202603021000000000000001","userid":"${UID}"}},"signature":{"sigdat":"__signature_sigdat__","sigtim":"20260302100000"}}`
  const sigdat = signed(unsigned, Buffer.from(key, 'base64'), UID)
  const plain = change(unsigned.replace('__signature_sigdat__', sigdat))
  return { UID, FUNCODE: funcode, ALG: 'SM', DATA: encrypted(Buffer.from(plain, 'utf8'), KEY, UID) }
}

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )

function opened(text: string): Reply {
  const plain = decrypted(text, KEY, UID)?.toString('utf8') ?? ''
  const sigdat = /"sigdat":"([^"]+)"/.exec(plain)?.[1] ?? ''
  const unsigned = plain.replace(sigdat, '__signature_sigdat__')
  expect(isSigned(unsigned, sigdat, Buffer.from(theirs.publicKey, 'base64'), UID)).toBe(true)
  expect(sorted(JSON.parse(plain))).toBe(plain)
  return (JSON.parse(plain) as { response: Reply }).response
}

const cdc = async (funcode: string, body: object): Promise<Reply> => opened(await post(form(funcode, body)))

const ITEM = {
  dbtAcc: PAYER,
  crtAcc: '6222000000000001',
  crtNam: '收款人',
  bnkFlg: 'N',
  brdNbr: '102100099996',
  crtBnk: '中国工商银行',
  crtAdr: '',
  ccyNbr: '10',
  trsAmt: '1.05',
  stlChn: 'Q',
  nusAge: '货款',
  yurRef: 'A1',
}
const OWN = { bnkFlg: 'Y', brdNbr: '', crtBnk: '', crtAcc: '755000000010002', crtNam: '乙公司', rcvChk: '1' }

async function pay(change: object): Promise<string> {
  const { head, body } = await cdc('BB1PAYOP', {
    bb1paybmx1: [{ busCod: 'N02030', busMod: 'S1014' }],
    bb1payopx1: [{ ...ITEM, ...change }],
  })
  const [row] = (body['bb1payopz1'] ?? [{}]) as readonly Readonly<Record<string, string>>[]
  return [head['resultcode'], row?.['reqSts'], row?.['rtnFlg'], row?.['errCod'], row?.['errTxt']].join(' ').trim()
}

describe('CMB CDC', () => {
  test('answers in plain text to whom it does not know, cannot open or does not believe', async () => {
    await start()
    const good = form('DCLISMOD', { buscod: 'N02030' })
    expect(await post({ ...good, UID: 'U9' })).toMatch(/^CDCServer:/)
    expect(await post({ ...good, DATA: 'AAAA' })).toContain('ErrMsg:')
    expect(await post(form('DCLISMOD', {}, text => text.replace('DCLISMOD', 'DCLISACC')))).toContain(
      'ErrMsg:报文验签失败',
    )
    expect(await post(form('DCLISMOD', {}, undefined, newKeys().privateKey))).toContain('ErrMsg:报文验签失败')
    expect(await post({ ...good, FUNCODE: 'DCLISACC' })).toContain('ErrMsg:报文头不符')
    expect(opened(await post(good)).head['resultcode']).toBe('SUC0000')
  })

  test('takes the parameters in the query string too', async () => {
    await start()
    expect(opened(await post(form('DCLISMOD', {}), true)).head['reqid']).toBe('202603021000000000000001')
  })

  test.each<readonly [string, object, string]>([
    ['a good one', {}, 'SUC0000 OPR  SUC0000'],
    ['an unknown payer', { dbtAcc: '755000000019999' }, 'SUC0000 FIN F SIM0002'],
    ['a closed payer', { dbtAcc: '755000000010003' }, 'SUC0000 FIN F SIM0002'],
    ['a payee inside that is unknown', { ...OWN, crtAcc: '755000000019999' }, 'SUC0000 FIN F SIM0005'],
    ['a payee inside that is closed', { ...OWN, crtAcc: '755000000010003' }, 'SUC0000 FIN F SIM0005'],
    ['a payee inside of another name', { ...OWN, crtNam: '别的公司' }, 'SUC0000 FIN F SIM0006'],
    ['a payee inside, unchecked at entry', { ...OWN, crtNam: '别的公司', rcvChk: '' }, 'SUC0000 OPR  SUC0000'],
    ['payer and payee the same', { ...OWN, crtAcc: PAYER, crtNam: '甲公司' }, 'SUC0000 FIN F SIM0004'],
    ['more than there is', { trsAmt: '1000.01' }, 'SUC0000 FIN F SIM0007'],
    ['an amount without 分', { trsAmt: '1' }, 'SUC0000 FIN F SIM0018'],
    ['an amount of nothing', { trsAmt: '0.00' }, 'SUC0000 FIN F SIM0018'],
    ['a currency that is not RMB', { ccyNbr: '32' }, 'SUC0000 FIN F SIM0018'],
    ['no name', { crtNam: '' }, 'SUC0000 FIN F SIM0018'],
    ['no bank', { crtBnk: '', brdNbr: '' }, 'SUC0000 FIN F SIM0018'],
    ['a name of 101 characters', { crtNam: '汉'.repeat(101) }, 'SUC0000 FIN F SIM0017'],
    ['a purpose of 64 bytes', { nusAge: '货'.repeat(32) }, 'SUC0000 FIN F SIM0017'],
    ['a reference of 31', { yurRef: 'A'.repeat(31) }, 'SUC0000 FIN F SIM0017'],
    ['an account of 36', { crtAcc: '6'.repeat(36) }, 'SUC0000 FIN F SIM0017'],
  ])('%s', async (_, change, answer) => {
    await start()
    expect((await pay(change)).startsWith(answer)).toBe(true)
  })

  test('a repeated reference is refused, in the item or in the message, and booked once', async () => {
    await start()
    await pay({})
    expect(await pay({})).toMatch(/^SUC0000 FIN F SIM0016/)
    simulator.advance(60_000)
    expect(simulator.payments().map(({ timesReceived, timesBooked }) => [timesReceived, timesBooked])).toEqual([[2, 1]])
    await simulator.close()
    await start({ protocol: { duplicateShape: 'message' } })
    await pay({})
    expect(await pay({})).toBe('SIM0016')
  })

  test('after the cut-off it refuses, or pays the next day', async () => {
    await start({ processing: { cutOff: '09:00', afterCutOff: 'refuse' } })
    expect(await pay({})).toMatch(/^SUC0000 FIN F SIM0008/)
    await simulator.close()
    await start({ processing: { cutOff: '09:00' } })
    expect(await pay({})).toMatch(/^SUC0000 OPR/)
    simulator.advance(3_600_000)
    expect(simulator.payments()[0]?.timesBooked).toBe(0)
    simulator.advance(86_400_000)
    expect(simulator.payments()[0]?.timesBooked).toBe(1)
  })

  test('two items in BB1PAYOP, a wrong business code and an unknown function are refused whole', async () => {
    await start()
    const mode = { busCod: 'N02030', busMod: 'S1014' }
    const code = async (funcode: string, body: object): Promise<string | undefined> =>
      (await cdc(funcode, body)).head['resultcode']
    expect(await code('BB1PAYOP', { bb1paybmx1: [mode], bb1payopx1: [ITEM, { ...ITEM, yurRef: 'A2' }] })).toBe(
      'DCPG008',
    )
    expect(await code('BB1PAYOP', { bb1paybmx1: [{ ...mode, busCod: 'N01010' }], bb1payopx1: [ITEM] })).toBe('DCPG008')
    expect(await code('BB6BTHHL', {})).toBe('DCPG008')
    expect(simulator.payments().filter(({ timesBooked }) => timesBooked > 0)).toEqual([])
  })

  test('asked again within ten seconds it says so; a continuation may come at once', async () => {
    await start({ protocol: { pageMax: 1 } })
    for (const yurRef of ['A1', 'A2']) await pay({ yurRef })
    simulator.advance(60_000)
    const X1 = { cardNbr: PAYER, beginDate: '20260302', endDate: '20260302', queryAcctNbr: '' }
    const first = await cdc('trsQryByBreakPoint', { TRANSQUERYBYBREAKPOINT_X1: [X1] })
    expect((await cdc('trsQryByBreakPoint', { TRANSQUERYBYBREAKPOINT_X1: [X1] })).head['resultcode']).toBe('SIM0020')
    const Y1 = first.body['TRANSQUERYBYBREAKPOINT_Y1']
    const [Z1] = first.body['TRANSQUERYBYBREAKPOINT_Z1'] as readonly Readonly<Record<string, string>>[]
    expect(Z1?.['ctnFlag']).toBe('Y')
    const onward = { ...X1, queryAcctNbr: Z1?.['queryAcctNbr'] }
    const next = await cdc('trsQryByBreakPoint', { TRANSQUERYBYBREAKPOINT_X1: [onward], TRANSQUERYBYBREAKPOINT_Y1: Y1 })
    const rowOf = ({ body }: Reply) =>
      (body['TRANSQUERYBYBREAKPOINT_Z2'] as readonly Readonly<Record<string, string>>[])[0]
    expect([rowOf(first)?.['yurRef'], rowOf(next)?.['yurRef']]).toEqual(['A1', 'A2'])
    expect(rowOf(first)?.['transAmount']).toBe('-1.05')
    simulator.advance(10_000)
    expect((await cdc('trsQryByBreakPoint', { TRANSQUERYBYBREAKPOINT_X1: [X1] })).head['resultcode']).toBe('SUC0000')
  })

  test('what came back is listed by BB1PAYQB', async () => {
    await start()
    await pay({ crtAcc: '6200000000000000601' })
    simulator.advance(10_000)
    const asked = { bbkNbr: '75', accNbr: PAYER, bgnDat: '20260302', endDat: '20260302' }
    expect((await cdc('BB1PAYQB', { bb1payqby1: [asked] })).body['bb1payqbz1']).toMatchObject([
      { yurRef: 'A1', trsAmt: '1.05' },
    ])
  })
})

// ------------------------------------------------------------------------------------------------------------ front-end

const FIELDS = {
  YURREF: 'A1',
  DBTACC: PAYER,
  DBTBBK: '75',
  TRSAMT: '1.05',
  CCYNBR: '10',
  STLCHN: 'N',
  NUSAGE: '货款',
  CRTACC: '6222000000000001',
  CRTNAM: '收款人',
  BNKFLG: 'N',
  CRTBNK: '工商银行',
  CRTADR: '北京',
}
const INSIDE = {
  BNKFLG: 'Y',
  CRTBNK: '',
  CRTADR: '',
  CRTFLG: 'Y',
  CRTACC: '755000000010002',
  CRTNAM: '乙公司',
  RCVCHK: '1',
}

const xmlOf = (entries: object): string =>
  Object.entries(entries)
    .map(([name, text]) => `<${name}>${text}</${name}>`)
    .join('')

async function ask(funnam: string, blocks: string, login = LOGIN): Promise<string> {
  const info = `<INFO><FUNNAM>${funnam}</FUNNAM><DATTYP>2</DATTYP><LGNNAM>${login}</LGNNAM><CST005>abc</CST005></INFO>`
  const body = iconv.encode(`<?xml version="1.0" encoding="GBK"?><CMBSDKPGK>${info}${blocks}</CMBSDKPGK>`, 'gbk')
  const answer = await fetch(simulator.url('cmb-frontend', 'fbsdk'), { method: 'POST', body })
  return iconv.decode(Buffer.from(await answer.arrayBuffer()), 'gbk')
}
const field = (xml: string, name: string): string => new RegExp(`<${name}>([^<]*)`).exec(xml)?.[1] ?? ''
const payment = (changes: readonly object[]): string =>
  `<SDKPAYRQX><BUSCOD>N02031</BUSCOD><BUSMOD>00001</BUSMOD></SDKPAYRQX>${changes
    .map(change => `<DCOPDPAYX>${xmlOf({ ...FIELDS, ...change })}</DCOPDPAYX>`)
    .join('')}`

describe('CMB front-end', () => {
  test.each<readonly [string, object, string]>([
    ['a good one', {}, 'NTE  SUC0000'],
    ['an unknown payer', { DBTACC: '755000000019999' }, 'FIN F SIM0002'],
    ['a payee inside that is unknown', { ...INSIDE, CRTACC: '755000000019999' }, 'FIN F SIM0005'],
    ['a payee inside of another name', { ...INSIDE, CRTNAM: '别的公司' }, 'FIN F SIM0006'],
    ['payer and payee the same', { ...INSIDE, CRTACC: PAYER, CRTNAM: '甲公司' }, 'FIN F SIM0004'],
    ['more than there is', { TRSAMT: '1000.01' }, 'FIN F SIM0007'],
    ['an amount with three decimals', { TRSAMT: '1.050' }, 'FIN F SIM0018'],
    ['no place of another bank', { CRTADR: '' }, 'FIN F SIM0018'],
    ['no name of another bank', { CRTBNK: '' }, 'FIN F SIM0018'],
    ['two names', { LRVEAN: '收款人' }, 'FIN F SIM0018'],
    ['inside without a city', { ...INSIDE, CRTFLG: '' }, 'FIN F SIM0018'],
    ['a name of 64 bytes', { CRTNAM: '汉'.repeat(32) }, 'FIN F SIM0017'],
    ['a long name of 202 bytes', { CRTNAM: '', LRVEAN: '汉'.repeat(101) }, 'FIN F SIM0017'],
    ['a purpose of 64 bytes', { NUSAGE: '货'.repeat(32) }, 'FIN F SIM0017'],
    ['a reference of 31', { YURREF: 'A'.repeat(31) }, 'FIN F SIM0017'],
  ])('%s', async (_, change, answer) => {
    await start()
    const xml = await ask('DCPAYMNT', payment([change]))
    expect([field(xml, 'RETCOD'), `${field(xml, 'REQSTS')} ${field(xml, 'RTNFLG')} ${field(xml, 'ERRCOD')}`]).toEqual([
      '0',
      answer,
    ])
  })

  test('echoes what INFO holds of the caller’s own, and answers who is not logged in with -4', async () => {
    await start()
    expect(field(await ask('ListMode', '<SDKMDLSTX/>'), 'CST005')).toBe('abc')
    expect(field(await ask('ListMode', '<SDKMDLSTX/>', '别人'), 'RETCOD')).toBe('-4')
    expect(field(await ask('NoSuch', ''), 'RETCOD')).toBe('-3')
    await simulator.close()
    await start({}, { protocol: { isLoggedIn: false } })
    expect(field(await ask('DCPAYMNT', payment([{}])), 'RETCOD')).toBe('-4')
    expect(simulator.payments().filter(({ timesBooked }) => timesBooked > 0)).toEqual([])
  })

  test('takes the message as the field REQDATA where it is set so, and nothing else', async () => {
    await start({}, { protocol: { mode: 'form' } })
    const xml = `<?xml version="1.0" encoding="GBK"?><CMBSDKPGK><INFO><FUNNAM>ListMode</FUNNAM><DATTYP>2</DATTYP><LGNNAM>${LOGIN}</LGNNAM></INFO></CMBSDKPGK>`
    const escaped = [...iconv.encode(xml, 'gbk')].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join('')
    const post = async (body: string): Promise<string> =>
      (await fetch(simulator.url('cmb-frontend', 'fbsdk'), { method: 'POST', body })).text()
    expect(field(await post(`A=1&REQDATA=${escaped}`), 'RETCOD')).toBe('0')
    expect(field(await post(xml), 'RETCOD')).toBe('-3')
  })

  test('calls that come too close are answered -5, and nothing of them is done', async () => {
    await start({}, { protocol: { minIntervalMs: 1000 } })
    expect(field(await ask('DCPAYMNT', payment([{}])), 'RETCOD')).toBe('0')
    expect(field(await ask('DCPAYMNT', payment([{ YURREF: 'A2' }])), 'RETCOD')).toBe('-5')
    simulator.advance(60_000)
    expect(simulator.payments().map(({ key, timesBooked }) => [key, timesBooked])).toEqual(
      expect.arrayContaining([['A1', 1]]),
    )
    expect(simulator.ledger().postings.filter(({ type }) => type === 'payment').length).toBe(1)
  })

  test('a repeated YURREF is refused in its item and booked once; of 31 items none is answered, and all are taken', async () => {
    await start()
    await ask('DCPAYMNT', payment([{}]))
    expect(field(await ask('DCPAYMNT', payment([{}])), 'ERRCOD')).toBe('SIM0016')
    const many = await ask('DCPAYMNT', payment(Array.from({ length: 31 }, (_, index) => ({ YURREF: `B${index}` }))))
    expect([field(many, 'RETCOD'), many.includes('NTQPAYRQZ')]).toEqual(['0', false])
    simulator.advance(60_000)
    expect(simulator.ledger().postings.filter(({ type }) => type === 'payment').length).toBe(32)
  })

  test('NTQRYSTY finds only what was entered on the days asked, a week at once and ninety days back at most', async () => {
    await start()
    await ask('DCPAYMNT', payment([{}]))
    const found = async (from: string, to: string): Promise<string> => {
      const xml = await ask(
        'NTQRYSTY',
        `<NTQRYSTYX1>${xmlOf({ BUSCOD: 'N02031', YURREF: 'A1', BGNDAT: from, ENDDAT: to })}</NTQRYSTYX1>`,
      )
      return `${field(xml, 'RETCOD')} ${field(xml, 'REQSTS')}`
    }
    expect(await found('20260302', '20260302')).toBe('0 NTE')
    expect(await found('20260224', '20260302')).toBe('0 NTE')
    expect(await found('20260223', '20260301')).toBe('0 ')
    expect(await found('20260223', '20260302')).toBe('-2 ')
    expect(await found('20251202', '20251203')).toBe('-2 ')
    expect(await found('20251203', '20251203')).toBe('0 ')
  })

  test('what came back is listed by NTPAYQYB', async () => {
    await start()
    await ask('DCPAYMNT', payment([{ CRTACC: '6200000000000000601' }]))
    simulator.advance(10_000)
    const xml = await ask(
      'NTPAYQYB',
      `<NTPAYQYBY1>${xmlOf({ BBKNBR: '75', ACCNBR: PAYER, BGNDAT: '20260302', ENDDAT: '20260302' })}</NTPAYQYBY1>`,
    )
    expect([field(xml, 'YURREF'), field(xml, 'TRSAMT')]).toEqual(['A1', '1.05'])
  })
})

test('money sent by a CNAPS number of CMB arrives at whichever of the two keeps the account', async () => {
  await start()
  await simulator.close()
  const account = { cnaps: '308584000013', bankName: '招商银行', openingBalance: '1000.00' }
  simulator = await startSimulator({
    clock,
    accounts: [
      { ...account, bank: 'cmb', account: PAYER, name: '甲公司' },
      { ...account, bank: 'cmb-frontend', account: '755000000020002', name: '乙公司' },
    ],
    banks: {
      cmb: {
        customers: [{ uid: UID, symmetricKey: KEY, publicKey: ours.publicKey }],
        bankPrivateKey: theirs.privateKey,
      },
    },
  })
  const payee = { crtAcc: '755000000020002', crtNam: '乙公司', brdNbr: '308584000013' }
  await pay(payee)
  await pay({ ...payee, yurRef: 'A2', crtNam: '别的公司' })
  // To a bank that keeps no account here the money simply leaves.
  await pay({ yurRef: 'A3', brdNbr: '104100000004' })
  simulator.advance(2 * 86_400_000)
  expect(simulator.accounts().map(({ balance }) => balance)).toEqual(['997.90', '1001.05'])
})
