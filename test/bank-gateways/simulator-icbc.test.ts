// The simulated ICBC on the wire: framing, signing, the checks a bank makes, and the shape of every answer.

import { gunzipSync, gzipSync } from 'node:zlib'
import type { Simulator } from '../../bank-gateways/simulator/simulator'
import {
  all,
  BOC_CNAPS,
  BOC_PAYEE,
  CERT_ID,
  CIS,
  fieldsXml,
  first,
  freshNumber,
  fromGbk,
  gbk,
  Icbc,
  ICBC_PAYEE,
  ICBC_PAYER,
  icbcItem,
  MORNING,
  MovableClock,
  percentEncoded,
  post,
  raw,
  startWorld,
  toIcbc,
  xmlOf,
  type IcbcItem,
} from './simulator-kit'

const DAY_MS = 86_400_000

let clock: MovableClock
let simulator: Simulator
let icbc: Icbc

beforeEach(async () => {
  clock = new MovableClock(MORNING)
  simulator = await startWorld(clock)
  icbc = new Icbc(simulator, clock)
})

afterEach(async () => {
  expect(simulator.problems()).toEqual([])
  await simulator.close()
})

/** Restarts the world with other ICBC settings. */
async function withProtocol(protocol: object, processing: object = {}): Promise<void> {
  await simulator.close()
  simulator = await startWorld(clock, {
    banks: { icbc: { customers: [{ cis: CIS, certId: CERT_ID }], protocol, processing } },
  })
  icbc = new Icbc(simulator, clock)
}

const balance = (): string | undefined => simulator.accounts().find(({ account }) => account === ICBC_PAYER)?.balance

describe('framing', () => {
  test('an answer is reqData= and Base64 in lines of 76', async () => {
    const xml = icbc.xml('QPAYENT', 'Q1', '<QryfSeqno>none</QryfSeqno>')
    const answer = await icbc.send('QPAYENT', 'Q1', xml)
    const text = answer.body.toString('latin1')
    expect(text.slice(0, 8)).toBe('reqData=')
    const lines = text.slice(8).split('\r\n')
    expect(lines.length).toBeGreaterThan(1)
    expect(lines.slice(0, -1).every(line => line.length === 76)).toBe(true)
    expect(xmlOf(answer)).toBe(
      '<?xml version="1.0" encoding="GBK"?><CMS><eb><pub><TransCode>QPAYENT</TransCode>' +
        `<CIS>${CIS}</CIS><BankCode>102</BankCode><ID>${CERT_ID}</ID><TranDate>20260302</TranDate>` +
        '<TranTime>100000000</TranTime><fSeqno>Q1</fSeqno><RetCode>B0116</RetCode>' +
        '<RetMsg>没有符合条件的记录</RetMsg></pub><out></out></eb></CMS>',
    )
  })

  test('the prefix and the line length are settings', async () => {
    await withProtocol({ replyPrefix: '12345678', replyLineLength: null })
    const answer = await icbc.send('QPAYENT', 'Q1', icbc.xml('QPAYENT', 'Q1', ''))
    expect(answer.body.toString('latin1')).toMatch(/^12345678[A-Za-z0-9+/]+={0,2}$/)
  })

  test('every byte of a Base64 signature survives a raw form, + included', async () => {
    let pluses = 0
    for (let round = 0; round < 5 || pluses === 0; round += 1) {
      const fSeqno = freshNumber()
      const signed = await icbc.sign(icbc.paymentXml(fSeqno, [icbcItem('1', { PayAmt: '1' })]))
      pluses += signed.split('+').length - 1
      expect(first(xmlOf(await icbc.send('PAYENT', fSeqno, signed, text => text)), 'RetCode')).toBe('0')
    }
  })

  test('a query in clear may be raw GBK or percent-encoded GBK', async () => {
    const inside = `<TotalNum>1</TotalNum><rd><iSeqno>1</iSeqno><AccNo>${ICBC_PAYER}</AccNo><CurrType>001</CurrType></rd>`
    for (const encode of [percentEncoded, (text: string) => gbk(text).toString('latin1')]) {
      const fSeqno = freshNumber()
      const answer = xmlOf(await icbc.send('QACCBAL', fSeqno, icbc.xml('QACCBAL', fSeqno, inside), encode))
      expect(first(answer, 'Balance')).toBe('100000000')
    }
  })

  test('Expect: 100-continue is never answered with 100', async () => {
    const fSeqno = freshNumber()
    const body = `Version=0.0.1.0&TransCode=QPAYENT&BankCode=102&GroupCIS=${CIS}&ID=${CERT_ID}&PackageID=${fSeqno}&Cert=&reqData=${percentEncoded(icbc.xml('QPAYENT', fSeqno, ''))}`
    const head = `POST /servlet/ICBCCMPAPIReqServlet?userID=${CERT_ID}&PackageID=${fSeqno}&SendTime=20260302100000000 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`
    const answer = (await raw(simulator.url('icbc', 'tunnel'), head + body)).toString('latin1')
    expect(answer.startsWith('HTTP/1.1 200 ')).toBe(true)
    expect(answer).not.toContain('100 Continue')
  })

  test('a chunked body and a second request on the same connection are served', async () => {
    const url = `/servlet/ICBCCMPAPIReqServlet?userID=${CERT_ID}&PackageID=K1&SendTime=20260302100000000`
    const body = `Version=0.0.1.0&TransCode=QPAYENT&BankCode=102&GroupCIS=${CIS}&ID=${CERT_ID}&PackageID=K1&Cert=&reqData=${percentEncoded(icbc.xml('QPAYENT', 'K1', ''))}`
    const half = Math.floor(body.length / 2)
    const chunks = [body.slice(0, half), body.slice(half)].map(part => `${part.length.toString(16)}\r\n${part}\r\n`)
    const chunked = `POST ${url} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`
    const plain = `POST ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    const answers = (await raw(simulator.url('icbc', 'tunnel'), chunked + plain)).toString('latin1')
    expect(answers.match(/HTTP\/1\.1 200 /g)).toHaveLength(2)
    expect(answers.match(/reqData=/g)).toHaveLength(2)
  })
})

describe('the sign port', () => {
  test('the page holds the signature in <sign>, wrapped', async () => {
    const page = fromGbk((await post(simulator.url('icbc', 'sign'), gbk('<x>甲</x>'), 'INFOSEC_SIGN/1.0')).body)
    expect(page.startsWith('<html><head><title>签名结果</title><result>0</result></head><body><sign>MI')).toBe(true)
    expect(first(page, 'sign')).toMatch(/^[A-Za-z0-9+/]{64}\r\n/)
  })

  test('what was signed here verifies, what was altered does not', async () => {
    const verify = async (signature: string) =>
      fromGbk((await post(simulator.url('icbc', 'sign'), signature, 'INFOSEC_VERIFY_SIGN/1.0')).body)
    const signature = await icbc.sign('<x>甲公司</x>')
    const good = await verify(signature)
    expect([first(good, 'result'), first(good, 'sic')]).toEqual(['0', '<x>甲公司</x>'])
    const altered = Buffer.from(signature, 'base64')
    altered[10] = (altered[10] ?? 0) ^ 1
    const bad = await verify(altered.toString('base64'))
    expect([first(bad, 'result'), first(bad, 'sic')]).toEqual(['-1', undefined])
  })

  test('a signature of another run is refused', async () => {
    const signed = await icbc.sign(icbc.paymentXml('A1', [icbcItem('1')]))
    await withProtocol({})
    expect(xmlOf(await icbc.send('PAYENT', 'A1', signed))).toBe('errorCode=40418')
  })

  test('another content type is not signed', async () => {
    const page = fromGbk((await post(simulator.url('icbc', 'sign'), 'x', 'text/plain')).body)
    expect([first(page, 'result'), first(page, 'sign')]).toEqual(['-1', undefined])
  })
})

describe('what NC refuses with errorCode=', () => {
  const refuses = async (change: (form: Record<string, string>, query: Record<string, string>) => void) => {
    const signed = await icbc.sign(icbc.paymentXml('A1', [icbcItem('1')]))
    const query: Record<string, string> = { userID: CERT_ID, PackageID: 'A1', SendTime: '20260302100000000' }
    const form: Record<string, string> = {
      Version: '0.0.1.0',
      TransCode: 'PAYENT',
      BankCode: '102',
      GroupCIS: CIS,
      ID: CERT_ID,
      PackageID: 'A1',
      Cert: '',
      reqData: signed,
    }
    change(form, query)
    const join = (fields: Record<string, string>) =>
      Object.entries(fields)
        .map(([name, value]) => `${name}=${percentEncoded(value)}`)
        .join('&')
    const url = `${simulator.url('icbc', 'tunnel')}/servlet/ICBCCMPAPIReqServlet?${join(query)}`
    return xmlOf(await post(url, join(form), 'application/x-www-form-urlencoded;charset=gbk'))
  }

  test('nothing, when everything agrees', async () => {
    expect(first(await refuses(() => undefined), 'RetCode')).toBe('0')
  })

  test.each<[string, (form: Record<string, string>, query: Record<string, string>) => void]>([
    ['another PackageID in the URL', (_, query) => void (query['PackageID'] = 'A2')],
    ['another PackageID in the form', form => void (form['PackageID'] = 'A2')],
    ['both differing from the XML', (form, query) => void ((form['PackageID'] = 'A2'), (query['PackageID'] = 'A2'))],
    ['no PackageID at all', (form, query) => void (delete form['PackageID'], delete query['PackageID'])],
    ['another TransCode', form => void (form['TransCode'] = 'PAYPER')],
    ['another CIS', form => void (form['GroupCIS'] = '1')],
    ['another ID', (_, query) => void (query['userID'] = 'x')],
    ['another BankCode', form => void (form['BankCode'] = '105')],
    ['an unknown Version', form => void (form['Version'] = '9')],
    ['no SendTime', (_, query) => void delete query['SendTime']],
    ['zipFlag in the form only', form => void (form['zipFlag'] = '1')],
    ['unsigned reqData of a settlement code', form => void (form['reqData'] = icbc.paymentXml('A1', [icbcItem('1')]))],
    ['altered reqData', form => void (form['reqData'] = alter(form['reqData'] ?? ''))],
    ['reqData that is nothing', form => void (form['reqData'] = '%%%')],
  ])('%s', async (_, change) => {
    expect(await refuses(change)).toBe('errorCode=40418')
    expect(simulator.ledger().postings.filter(posting => posting.type === 'payment')).toEqual([])
    expect(simulator.payments().flatMap(key => key.payments)).toEqual([])
  })

  function alter(base64: string): string {
    const bytes = Buffer.from(base64, 'base64')
    const at = bytes.indexOf(gbk('12345'))
    bytes[at] = 0x39
    return bytes.toString('base64')
  }

  test('a query with an unsigned SignTime', async () => {
    expect(await icbc.query('QACCBAL', '<SignTime>20260302100000000</SignTime>')).toBe('errorCode=40418')
  })
})

describe('PAYENT', () => {
  test('a package is booked once, and its rows tie back to it', async () => {
    const answer = await icbc.pay('A1', [icbcItem('1', { PostScript: '发票<1>&|' })])
    expect([first(answer, 'RetCode'), first(answer, 'Result'), first(answer, 'iRetCode')]).toEqual(['0', '0', '0'])
    const serialNo = first(answer, 'SerialNo')
    expect(serialNo).toMatch(/^CMM\d{10}$/)
    clock.move(5000)
    const found = await icbc.result('A1')
    expect([first(found, 'Result'), first(found, 'instrRetCode'), first(found, 'PayAmt')]).toEqual(['7', '0', '12345'])
    expect(balance()).toBe('999876.55')
    const today = await icbc.query('QPD', `<AccNo>${ICBC_PAYER}</AccNo><NextTag></NextTag>`)
    expect([first(today, 'Ref'), first(today, 'Drcrf'), first(today, 'Amount')]).toEqual(['P0001', '1', '12345'])
    expect(first(today, 'PostScript')).toBe('发票&lt;1&gt;&amp;|')
    expect(first(today, 'ReceiptInfo')).toContain(`&lt;指令编号&gt;${serialNo}-1&lt;/指令编号&gt;`)
  })

  test('every field of the item is echoed', async () => {
    const item = icbcItem('7', { Oref: 'O-1', Summary: '摘要' })
    const answer = await icbc.pay('A1', [item])
    const row = first(answer, 'rd') ?? ''
    for (const [name, value] of Object.entries(item)) expect([name, first(row, name)]).toEqual([name, value])
    expect(first(row, 'OrderNo')).toBe('1')
  })

  test('header success with item failure: the good items are paid, the bad one is not', async () => {
    const bad = icbcItem('2', { PayAccNameCN: '别的公司' })
    const answer = await icbc.pay('A1', [icbcItem('1'), bad, icbcItem('3')])
    expect(first(answer, 'RetCode')).toBe('0')
    expect(all(answer, 'Result')).toEqual(['0', '6', '0'])
    expect(all(answer, 'iRetCode')).toEqual(['0', 'B0043', '0'])
    expect(all(answer, 'iRetMsg')[1]).toBe('账号中文户名不符')
    clock.move(5000)
    expect(all(await icbc.result('A1'), 'instrRetCode')).toEqual(['0', 'B0043', '0'])
    expect(balance()).toBe('999753.10')
  })

  const longName = '公司'.repeat(15)
  test.each<[string, IcbcItem, string]>([
    ['payer name differs', { PayAccNameCN: '甲公司分' }, 'B0043'],
    ['payer = payee', { ...toIcbc, RecAccNo: ICBC_PAYER, RecAccNameCN: '甲公司' }, 'B0052'],
    ['payee name at ICBC differs', { ...toIcbc, RecAccNameCN: '不是乙' }, 'B0043'],
    ['payee account at ICBC unknown', { ...toIcbc, RecAccNo: '0200000109000000999' }, 'S0003'],
    ['payee account at ICBC closed', { ...toIcbc, RecAccNo: '0200000109000000003', RecAccNameCN: '丙公司' }, 'S0003'],
    ['payer account unknown', { PayAccNo: '0200000109000000999' }, 'S0002'],
    ['more than there is', { PayAmt: '100000001' }, 'S0004'],
    ['61 GBK bytes of payee name', { RecAccNameCN: `${longName}a` }, 'S0006'],
    ['61 GBK bytes of bank name', { RecBankName: `${longName}a` }, 'S0006'],
    ['61 characters of postscript', { PostScript: '附'.repeat(61) }, 'S0006'],
    ['no bank number cross-bank', { RecBankNo: '' }, 'S0007'],
    ['a bank number in-bank', { ...toIcbc, RecBankNo: '102100099996' }, 'S0007'],
    ['no city cross-bank', { RecCityName: '' }, 'S0007'],
    ['a zero amount', { PayAmt: '0' }, 'S0007'],
    ['an unknown PayType', { PayType: '9' }, 'S0007'],
    ['a foreign currency', { CurrType: '014' }, 'S0007'],
    ['个人 without purpose', { Prop: '1', UseCN: '' }, 'S0007'],
    ['Chinese in EnSummary', { EnSummary: '中' }, 'S0007'],
    ['a StartDate in the past', { StartDate: '20260301' }, 'S0007'],
  ])('the item is refused: %s', async (_, change, code) => {
    const answer = await icbc.pay('A1', [icbcItem('1', change)])
    expect([first(answer, 'RetCode'), first(answer, 'Result'), first(answer, 'iRetCode')]).toEqual(['0', '6', code])
    clock.move(3 * DAY_MS)
    expect(balance()).toBe('1000000.00')
  })

  test.each<[string, IcbcItem]>([
    ['60 GBK bytes of names', { RecAccNameCN: longName, RecBankName: longName }],
    ['60 characters of postscript', { PostScript: '附'.repeat(60) }],
    ['in-bank without bank and city', toIcbc],
  ])('the item is taken: %s', async (_, change) => {
    expect(first(await icbc.pay('A1', [icbcItem('1', change)]), 'Result')).toBe('0')
  })

  test.each<[string, IcbcItem, string]>([
    ['TotalNum differs', { TotalNum: '2' }, 'S0007'],
    ['TotalAmt differs', { TotalAmt: '12346' }, 'S0007'],
    ['OnlBatF is not 1', { OnlBatF: '2' }, 'S0007'],
    ['SettleMode is unknown', { SettleMode: '1' }, 'S0007'],
    ['SignTime is of yesterday', { SignTime: '20260301235959999' }, 'S0010'],
    ['SignTime is of tomorrow', { SignTime: '20260303000000000' }, 'S0010'],
    ['SignTime is no time', { SignTime: '20260302' }, 'S0010'],
  ])('the package is refused whole and may come again: %s', async (_, change, code) => {
    const answer = await icbc.pay('A1', [icbcItem('1')], change)
    expect([first(answer, 'RetCode'), first(answer, 'rd')]).toEqual([code, undefined])
    expect(first(await icbc.result('A1'), 'RetCode')).toBe('B0116')
    expect(first(await icbc.pay('A1', [icbcItem('1')]), 'RetCode')).toBe('0')
  })

  test("SignTime is compared with the bank's day, not with ours", async () => {
    simulator.advance(DAY_MS)
    expect(first(await icbc.pay('A1', [icbcItem('1')]), 'RetCode')).toBe('S0010')
    const answer = await icbc.pay('A1', [icbcItem('1')], { SignTime: '20260303100000000' })
    expect([first(answer, 'RetCode'), first(answer, 'TranDate')]).toEqual(['0', '20260303'])
  })

  test('the same iSeqno twice in a package is refused', async () => {
    expect(first(await icbc.pay('A1', [icbcItem('1'), icbcItem('1')]), 'RetCode')).toBe('S0007')
  })

  test('a repeated fSeqno is refused and never booked again, also with other content', async () => {
    await icbc.pay('A1', [icbcItem('1')])
    for (const item of [icbcItem('1'), icbcItem('2', { PayAmt: '777' })]) {
      const answer = await icbc.pay('A1', [item])
      expect([first(answer, 'RetCode'), first(answer, 'rd')]).toEqual(['B0016', undefined])
    }
    clock.move(DAY_MS)
    expect(first(await icbc.pay('A1', [icbcItem('1')]), 'RetCode')).toBe('B0016')
    expect(balance()).toBe('999876.55')
    expect(
      simulator.payments().map(({ key, timesReceived, timesBooked }) => [key, timesReceived, timesBooked]),
    ).toEqual([
      ['A1/1', 3, 1],
      ['A1/2', 1, 0],
    ])
  })

  test('the code of a repeated fSeqno is a setting, and queries may be held to it too', async () => {
    await withProtocol({ codes: { duplicate: 'X1' }, duplicatesOf: 'all' })
    await icbc.pay('A1', [icbcItem('1')])
    expect(first(await icbc.pay('A1', [icbcItem('1')]), 'RetCode')).toBe('X1')
    const ask = () => icbc.query('QPAYENT', '<QryfSeqno>A1</QryfSeqno>', 'Q1')
    expect(first(await ask(), 'RetCode')).toBe('0')
    expect(first(await ask(), 'RetCode')).toBe('X1')
  })

  test('an over-long field refuses the whole package where that is set', async () => {
    await withProtocol({ overLong: 'package' })
    const answer = await icbc.pay('A1', [icbcItem('1'), icbcItem('2', { RecAccNameCN: `${longName}a` })])
    expect([first(answer, 'RetCode'), first(answer, 'rd')]).toEqual(['S0006', undefined])
  })

  test('a zipped rd area is understood, and zipped in the answer where that is set', async () => {
    await withProtocol({ zipReply: true })
    const items = ['1', '2', '3'].map(number => `<rd>${fieldsXml(icbcItem(number))}</rd>`).join('')
    const xml = icbc.paymentXml('Z1', [icbcItem('1'), icbcItem('2'), icbcItem('3')])
    const zipped = xml.replace(/<rd>[^]*<\/rd>/, `<zip>${gzipSync(gbk(items)).toString('base64')}</zip>`)
    const signed = await icbc.sign(zipped)
    const url = `${simulator.url('icbc', 'tunnel')}/servlet/ICBCCMPAPIReqServlet?userID=${CERT_ID}&PackageID=Z1&SendTime=20260302100000000&zipFlag=1`
    const form = `Version=0.0.1.0&TransCode=PAYENT&BankCode=102&GroupCIS=${CIS}&ID=${CERT_ID}&PackageID=Z1&Cert=&zipFlag=1&reqData=${percentEncoded(signed)}`
    const answer = xmlOf(await post(url, form, 'application/x-www-form-urlencoded;charset=gbk'))
    expect(first(answer, 'RetCode')).toBe('0')
    const rows = fromGbk(gunzipSync(Buffer.from(first(answer, 'zip') ?? '', 'base64')))
    expect(all(rows, 'Result')).toEqual(['0', '0', '0'])
    clock.move(5000)
    expect(balance()).toBe('999629.65')
  })

  test('a cross-bank purpose of more than ten characters falls to manual handling', async () => {
    await icbc.pay('A1', [
      icbcItem('1', { UseCN: '一二三四五六七八九十一' }),
      icbcItem('2', { UseCN: '一二三四五六七八九十' }),
    ])
    clock.move(60_000)
    expect(all(await icbc.result('A1'), 'Result')).toEqual(['0', '7'])
    clock.move(600_000)
    expect(all(await icbc.result('A1'), 'Result')).toEqual(['7', '7'])
  })

  test('a scheduled payment waits for its day', async () => {
    const answer = await icbc.pay('A1', [icbcItem('1', { StartDate: '20260304', StartTime: '090000' })])
    expect(first(answer, 'Result')).toBe('10')
    clock.move(DAY_MS)
    expect(first(await icbc.result('A1'), 'Result')).toBe('10')
    clock.move(DAY_MS)
    expect(first(await icbc.result('A1'), 'Result')).toBe('7')
    const row = simulator.ledger().postings.at(-1)
    expect(row?.at).toBe('2026-03-04 09:00:02.000000')
  })

  test('after the cut-off a payment is accepted and made the next bank day', async () => {
    await withProtocol({}, { cutOff: '09:30', opensAt: '08:00' })
    expect(first(await icbc.pay('A1', [icbcItem('1')]), 'Result')).toBe('0')
    clock.move(3_600_000)
    expect(first(await icbc.result('A1'), 'Result')).toBe('0')
    clock.move(DAY_MS)
    expect(first(await icbc.result('A1'), 'Result')).toBe('7')
    expect(simulator.ledger().postings.at(-1)?.at).toBe('2026-03-03 08:00:02.000000')
  })

  test('after the cut-off a payment is refused where that is set', async () => {
    await withProtocol({}, { cutOff: '09:30', afterCutOff: 'refuse' })
    const answer = await icbc.pay('A1', [icbcItem('1')])
    expect([first(answer, 'Result'), first(answer, 'iRetCode')]).toEqual(['6', 'S0005'])
  })

  test('a payment to the simulated BOC arrives there', async () => {
    const item = icbcItem('1', {
      RecAccNo: BOC_PAYEE,
      RecAccNameCN: '丁公司',
      RecBankNo: BOC_CNAPS,
      RecBankName: '中国银行',
    })
    await icbc.pay('A1', [item])
    clock.move(5000)
    const payee = simulator.accounts().find(({ account }) => account === BOC_PAYEE)
    expect(payee?.balance).toBe('133.45')
    expect(simulator.ledger().balances['clearing']).toBe('0.00')
  })

  test('an identity that the bank does not know is refused', async () => {
    await withProtocol({})
    const xml = icbc.paymentXml('A1', [icbcItem('1')]).replaceAll(CERT_ID, 'other.y.0200')
    const signed = await icbc.sign(xml)
    const url = `${simulator.url('icbc', 'tunnel')}/servlet/ICBCCMPAPIReqServlet?userID=other.y.0200&PackageID=A1&SendTime=20260302100000000`
    const form = `Version=0.0.1.0&TransCode=PAYENT&BankCode=102&GroupCIS=${CIS}&ID=other.y.0200&PackageID=A1&Cert=&reqData=${percentEncoded(signed)}`
    expect(first(xmlOf(await post(url, form, 'application/x-www-form-urlencoded')), 'RetCode')).toBe('S0011')
  })
})

describe('QPAYENT', () => {
  test('asks by rows, by the bank serial, and about rows that are not there', async () => {
    const serial = first(await icbc.pay('A1', [icbcItem('10'), icbcItem('20', { PayAmt: '5' })]), 'SerialNo')
    clock.move(5000)
    const rows =
      '<rd><iSeqno>1</iSeqno><QryiSeqno>20</QryiSeqno><QryOrderNo></QryOrderNo></rd><rd><iSeqno>2</iSeqno><QryiSeqno></QryiSeqno><QryOrderNo>1</QryOrderNo></rd><rd><iSeqno>3</iSeqno><QryiSeqno>30</QryiSeqno><QryOrderNo></QryOrderNo></rd>'
    const answer = await icbc.query('QPAYENT', `<QryfSeqno></QryfSeqno><QrySerialNo>${serial}</QrySerialNo>${rows}`)
    expect(first(answer, 'QryfSeqno')).toBe('A1')
    expect(all(answer, 'iSeqno')).toEqual(['1', '2', '3'])
    expect(all(answer, 'QryiSeqno')).toEqual(['20', '10', '30'])
    expect(all(answer, 'iRetCode')).toEqual(['0', '0', 'B0116'])
    expect(all(answer, 'Result')).toEqual(['7', '7', ''])
  })

  test('an unknown package, and a serial of another one, are B0116', async () => {
    await icbc.pay('A1', [icbcItem('1')])
    expect(first(await icbc.result('A2'), 'RetCode')).toBe('B0116')
    const answer = await icbc.query('QPAYENT', '<QryfSeqno>A1</QryfSeqno><QrySerialNo>CMM9999999999</QrySerialNo>')
    expect(first(answer, 'RetCode')).toBe('B0116')
  })
})

describe('balances and details', () => {
  test('QACCBAL knows yesterday, the current, the usable balance and what is frozen', async () => {
    await simulator.close()
    simulator = await startWorld(clock, {
      accounts: [
        {
          bank: 'icbc',
          account: ICBC_PAYER,
          name: '甲公司',
          customer: CIS,
          openingBalance: '100.00',
          frozen: '30.00',
          history: [
            { date: '2026-02-27', type: 'deposit', amount: '50.00' },
            { date: '2026-03-02', time: '09:00', type: 'fee', amount: '0.50' },
          ],
        },
      ],
    })
    icbc = new Icbc(simulator, clock)
    await icbc.pay('A1', [icbcItem('1', { PayAmt: '2000' })])
    const inside = `<TotalNum>2</TotalNum><rd><iSeqno>1</iSeqno><AccNo>${ICBC_PAYER}</AccNo><CurrType>001</CurrType></rd><rd><iSeqno>2</iSeqno><AccNo>999</AccNo><CurrType>001</CurrType></rd>`
    const answer = await icbc.query('QACCBAL', inside)
    expect(all(answer, 'AccBalance')).toEqual(['15000', ''])
    expect(all(answer, 'Balance')).toEqual(['14950', ''])
    expect(all(answer, 'UsableBalance')).toEqual(['9950', ''])
    expect(all(answer, 'FrzAmt')).toEqual(['3000', ''])
    expect(all(answer, 'iRetCode')).toEqual(['0', 'S0002'])
  })

  test('QACCBAL with SynFlag takes at most ten accounts', async () => {
    const rows = (count: number) =>
      Array.from(
        { length: count },
        (_, index) => `<rd><iSeqno>${index}</iSeqno><AccNo>${ICBC_PAYER}</AccNo><CurrType>001</CurrType></rd>`,
      ).join('')
    const ask = (count: number, flag: string) =>
      icbc.query('QACCBAL', `<TotalNum>${count}</TotalNum><SynFlag>${flag}</SynFlag>${rows(count)}`)
    expect(first(await ask(10, '1'), 'RetCode')).toBe('0')
    expect(first(await ask(11, '1'), 'RetCode')).toBe('S0007')
    expect(first(await ask(11, '0'), 'RetCode')).toBe('0')
  })

  test('a refund after success is a credit row with its own marks and our reference', async () => {
    await icbc.pay('A1', [icbcItem('1', { RecAccNo: '6200000000123456601' })])
    clock.move(60_000)
    const today = await icbc.query('QPD', `<AccNo>${ICBC_PAYER}</AccNo><NextTag></NextTag>`)
    expect(all(today, 'Drcrf')).toEqual(['2', '1'])
    expect(all(today, 'UpDtranf')).toEqual(['1', '0'])
    expect(all(today, 'Ref')).toEqual(['P0001', 'P0001'])
    expect(all(today, 'RecipAccNo')).toEqual(['6200000000123456601', '6200000000123456601'])
    const history = await icbc.query(
      'QHISD',
      `<AccNo>${ICBC_PAYER}</AccNo><BeginDate>20260302</BeginDate><EndDate>20260302</EndDate><MinAmt>0</MinAmt><MaxAmt>0</MaxAmt><DesByTime>0</DesByTime>`,
    )
    expect(all(history, 'DebitAmount')).toEqual(['12345', ''])
    expect(all(history, 'CreditAmount')).toEqual(['', '12345'])
    expect(all(history, 'Balance')).toEqual(['99987655', '100000000'])
    expect(all(history, 'RefundMsg')).toEqual(['', '退汇'])
  })

  test("the payee's row carries no reference of the payer", async () => {
    await icbc.pay('A1', [icbcItem('1', toIcbc)])
    clock.move(5000)
    const today = await icbc.query('QPD', `<AccNo>${ICBC_PAYEE}</AccNo><NextTag></NextTag>`)
    expect([first(today, 'Drcrf'), first(today, 'Ref'), first(today, 'RecipAccNo')]).toEqual(['2', '', ICBC_PAYER])
    expect(first(today, 'ReceiptInfo')).toBe('')
  })

  test('the old version says RMB and has fewer elements', async () => {
    await icbc.pay('A1', [icbcItem('1', toIcbc)])
    clock.move(5000)
    icbc.version = '0.0.0.1'
    const today = await icbc.query('QPD', `<AccNo>${ICBC_PAYER}</AccNo><NextTag></NextTag>`)
    expect([first(today, 'CurrType'), first(today, 'OnlySequence')]).toEqual(['RMB', undefined])
    expect(first(today, 'TimeStamp')).toBe('2026-03-02-10.00.01.000000')
    expect(first(today, 'RepReserved3')).toMatch(/^0200\|00100\|20001\|\d{6}$/)
  })

  test('before the set hour, today still holds the rows of the day before', async () => {
    await withProtocol({ todayHoldsYesterdayUntil: '01:00' })
    await icbc.pay('A1', [icbcItem('1', toIcbc)])
    const ask = () => icbc.query('QPD', `<AccNo>${ICBC_PAYER}</AccNo><NextTag></NextTag>`)
    clock.move(14 * 3_600_000 + 39 * 60_000)
    const early = await ask()
    expect([first(early, 'TranDate'), first(early, 'TimeStamp')]).toEqual(['20260303', '2026-03-02-10.00.01.000000'])
    clock.move(3_600_000)
    expect(first(await ask(), 'TotalNum')).toBe('0')
  })

  test('no rows are B0116 where that is set', async () => {
    await withProtocol({ emptyDetail: 'no-record' })
    expect(first(await icbc.query('QPD', `<AccNo>${ICBC_PAYER}</AccNo>`), 'RetCode')).toBe('B0116')
  })

  test.each<[string, string]>([
    ['AcctSeq of 8 digits', '<AcctSeq>12345678</AcctSeq>'],
    ['MinAmt above MaxAmt', '<MinAmt>2</MinAmt><MaxAmt>1</MaxAmt>'],
    ['a NextTag of no form', '<NextTag>7</NextTag>'],
  ])('QPD refuses %s', async (_, inside) => {
    expect(first(await icbc.query('QPD', `<AccNo>${ICBC_PAYER}</AccNo>${inside}`), 'RetCode')).toBe('S0007')
  })

  test('QHISD refuses a NextTag that names no row', async () => {
    const inside = `<AccNo>${ICBC_PAYER}</AccNo><BeginDate>20260301</BeginDate><EndDate>20260302</EndDate><MinAmt>0</MinAmt><MaxAmt>0</MaxAmt>`
    const tag = '<NextTag>2026-03-02-09.00.00.000000</NextTag>'
    expect(first(await icbc.query('QHISD', inside + tag), 'RetCode')).toBe('S0007')
  })

  test("another customer's account is not shown", async () => {
    await simulator.close()
    simulator = await startWorld(clock, { accounts: [{ bank: 'icbc', account: '1', name: '甲', customer: 'other' }] })
    icbc = new Icbc(simulator, clock)
    expect(first(await icbc.query('QPD', '<AccNo>1</AccNo>'), 'RetCode')).toBe('S0002')
  })
})

describe('receipts', () => {
  const order = async (fSeqno: string, receipt: string) => {
    const [area, net, , serial] = receipt.split('|')
    const inside = `<SignTime>20260302100000000</SignTime><TotalNum>1</TotalNum><rd><iSeqno>1</iSeqno><AreaCode>${area}</AreaCode><NetCode>${net}</NetCode><TranDate>20260302</TranDate><AccNo>${ICBC_PAYER}</AccNo><TranSerial>${serial}</TranSerial><AcctSeq></AcctSeq><CurrType>001</CurrType></rd>`
    return xmlOf(await icbc.send('BATEBILL', fSeqno, await icbc.sign(icbc.xml('BATEBILL', fSeqno, inside))))
  }
  const paidReceipt = async () => {
    await icbc.pay('A1', [icbcItem('1')])
    clock.move(5000)
    return first(await icbc.query('QPD', `<AccNo>${ICBC_PAYER}</AccNo>`), 'RepReserved3') ?? ''
  }

  test('BATEBILL gives the data of the row that the receipt id names', async () => {
    const answer = await order('R1', await paidReceipt())
    expect(first(answer, 'RetCode')).toBe('0')
    expect([first(answer, 'PayAccount'), first(answer, 'PayAcctName')]).toEqual([ICBC_PAYER, '甲公司'])
    expect([first(answer, 'RecAccount'), first(answer, 'RecAcctName')]).toEqual(['1100000000000000', '戊公司'])
    expect([first(answer, 'PayAmt'), first(answer, 'Result')]).toEqual(['12345', '7'])
    expect(first(answer, 'EbillKey')).toMatch(/^[A-Za-z0-9+/]{16}$/)
  })

  test('where receipts take time, BATEBILL says pending and QEBILL has them later', async () => {
    await withProtocol({ receiptPendingMs: 60_000 })
    const ordered = await order('R1', await paidReceipt())
    expect([first(ordered, 'Result'), first(ordered, 'PayAmt')]).toEqual(['0', undefined])
    const ask = () =>
      icbc.query('QEBILL', `<QryfSeqno></QryfSeqno><QrySerialNo>${first(ordered, 'SerialNo')}</QrySerialNo>`)
    expect(first(await ask(), 'Result')).toBe('0')
    clock.move(60_000)
    const done = await ask()
    expect([first(done, 'Result'), first(done, 'PayAmt')]).toEqual(['7', '12345'])
  })

  test('an unknown row fails, an unknown order is B0116', async () => {
    await paidReceipt()
    const answer = await order('R1', '0200|00100|20001|999999')
    expect([first(answer, 'RetCode'), first(answer, 'Result'), first(answer, 'iRetCode')]).toEqual(['0', '6', 'B0116'])
    expect(first(await icbc.query('QEBILL', '<QryfSeqno>R9</QryfSeqno>'), 'RetCode')).toBe('B0116')
  })

  test('an unsigned BATEBILL is refused', async () => {
    const xml = icbc.xml('BATEBILL', 'R1', '<TotalNum>0</TotalNum>')
    expect(xmlOf(await icbc.send('BATEBILL', 'R1', xml))).toBe('errorCode=40418')
  })
})

test('a code that is not simulated is refused in words', async () => {
  const answer = await icbc.query('QHISBAL', '')
  expect([first(answer, 'RetCode'), first(answer, 'RetMsg')]).toEqual(['S0009', '模拟银行不支持'])
})

test('another path is 404, another method 405', async () => {
  const url = simulator.url('icbc', 'tunnel')
  expect((await post(`${url}/other`, '', 'text/plain')).status).toBe(404)
  expect((await post(`${url}/servlet/ICBCCMPAPIReqServlet`, '', 'text/plain', 'GET')).status).toBe(405)
})
