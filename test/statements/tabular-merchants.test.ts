// Bills of merchants and of wallets other than the two large ones, with their own headings and invented data.

import { readOne, readStatements } from './support'

const columns = async (text: string) =>
  (await readOne(text)).lines.map(line => [
    ...[line.bookedOn, line.amount, line.status, line.reversal],
    ...[line.reference, line.bankReference, line.text],
  ])

test('WeChat Pay, the merchant’s funds: a backtick before every value, totals below, a balance that proves it', async () => {
  const text = `记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额（元）,账户结余（元）,资金变更提交申请人,备注,业务凭证号
\`2026-03-01 09:00:00,\`5001,\`1901,\`交易,\`交易,\`收入,\`10.00,\`110.00,\`system,\`,\`ORDER1
\`2026-03-01 09:00:01,\`5001,\`1902,\`扣除交易手续费,\`交易,\`支出,\`0.06,\`109.94,\`system,\`费率,\`ORDER1
\`2026-03-02 10:00:00,\`5002,\`1903,\`退款,\`退款,\`支出,\`4.00,\`105.94,\`甲\`,\`缺货,\`REFUND1
资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额
\`3,\`1,\`10.00,\`2,\`4.06
`
  expect(await readOne(text)).toMatchObject({
    ...{ bank: 'WECHAT', currency: 'CNY', proven: true },
    ...{ opening: { on: '2026-03-01', amount: '100.00' }, closing: { on: '2026-03-02', amount: '105.94' } },
  })
  expect(await columns(text)).toEqual([
    ['2026-03-01', '10.00', 'booked', false, 'ORDER1', '1901', '交易'],
    ['2026-03-01', '-0.06', 'booked', false, 'ORDER1', '1902', '扣除交易手续费 费率'],
    ['2026-03-02', '-4.00', 'booked', false, 'REFUND1', '1903', '退款 缺货'],
  ])
})

test('WeChat Pay, the merchant’s trades: an order comes in, a refund goes out under its own number', async () => {
  const text = `交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注
\`2026-03-01 10:00:00,\`wx0,\`1900000000,\`0,\`,\`4201,\`M1,\`o1,\`JSAPI,\`SUCCESS,\`OTHERS,\`CNY,\`10.00,\`0.00,\`0,\`0,\`0.00,\`0.00,\`,\`,\`茶,\`,\`0.06000,\`0.60%,\`12.00,\`0.00,\`
\`2026-03-01 11:00:00,\`wx0,\`1900000000,\`0,\`,\`4201,\`M1,\`o1,\`JSAPI,\`REFUND,\`OTHERS,\`CNY,\`0.00,\`0.00,\`5001,\`R1,\`4.00,\`0.00,\`ORIGINAL,\`SUCCESS,\`茶,\`,\`-0.02000,\`0.60%,\`0.00,\`4.00,\`
总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额
\`2,\`10.00,\`4.00,\`0.00,\`0.04000,\`12.00,\`4.00
`
  expect(await readOne(text)).toMatchObject({ bank: 'WECHAT', account: '1900000000', currency: 'CNY', proven: null })
  expect(await columns(text)).toEqual([
    ['2026-03-01', '10.00', 'booked', false, 'M1', '4201', '茶'],
    ['2026-03-01', '-4.00', 'booked', false, 'M1', '5001', '茶'],
  ])
})

test('Alipay, the merchant’s trades: what the merchant receives counts, negative for what was given back', async () => {
  const text = `#支付宝业务明细查询
#账号：[20880000000000000156]
#起始日期：[2026年03月01日 00:00:00]   终止日期：[2026年03月02日 00:00:00]
#-----------------------------------------业务明细列表----------------------------------------
支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注
220001,M1\t,交易,茶,2026-03-01 23:59:50,2026-03-02 00:00:05,,,,,*甲(a***@example.com),12.00,10.00,0.00,0.00,0.00,2.00,0.00,,0.00,0.00,,-0.06,0.00,
220001,M1\t,退款,茶,2026-03-02 11:00:00,2026-03-02 11:00:05,,,,,*甲(a***@example.com),-4.00,-4.00,0.00,0.00,0.00,0.00,0.00,,0.00,0.00,R1,0.02,0.00,
#-----------------------------------------业务明细列表结束------------------------------------
#交易合计：1笔，商家实收共10.00元，商家优惠共2.00元
#退款合计：1笔，商家实收退款共-4.00元，商家优惠退款共0.00元
`
  expect(await readOne(text)).toMatchObject({ bank: 'ALIPAY', account: '20880000000000000156', currency: 'CNY' })
  expect(await columns(text)).toEqual([
    ['2026-03-02', '10.00', 'booked', false, 'M1', '220001', '茶'],
    ['2026-03-02', '-4.00', 'booked', false, 'M1', '220001', '茶'],
  ])
})

test('Meituan: what was paid, not what was ordered, on the day it succeeded', async () => {
  const text = `美团交易账单明细
起始时间：[2026-02-01] 终止时间：[2026-02-28]
【美团交易账单明细列表】
交易创建时间,交易成功时间,交易类型,订单标题,收/支,支付方式,订单金额,实付金额,交易单号,商家单号,备注
2026-02-27 23:59:59,2026-02-28 00:00:01,支付,茶,支出,月付,¥22.00,¥21.10,"11\t","T1\t",/
2026-02-27 07:04:17,2026-02-27 07:04:18,退款,饼,收入,银行卡,¥20.00,¥19.50,"12\t","T2\t",/
2026-02-26 07:04:17,2026-02-26 07:04:18,充值,余额,不计收支,银行卡,¥50.00,¥50.00,"13\t","T3\t",/
`
  expect(await columns(text)).toEqual([
    ['2026-02-28', '-21.10', 'booked', false, 'T1', '11', '茶'],
    ['2026-02-27', '19.50', 'booked', true, 'T2', '12', '饼'],
    ['2026-02-26', '50.00', 'information', false, 'T3', '13', '余额'],
  ])
})

test('JD: a payment that says it was refunded later stays a payment, its refund is a row of its own', async () => {
  const text = `导出信息：
起始时间：2026-01-01\t终止时间：2026-12-30
交易时间,商户名称,交易说明,金额,收/付款方式,交易状态,收/支,交易分类,交易订单号,商家订单号,备注
2026-03-03 10:00:00\t,某店,杯,39.00(已全额退款),白条,交易成功,不计收支,网购,1\t,A1\t,
2026-03-04 10:00:00\t,某店,退款-杯,39.00,白条,退款成功,不计收支,网购,2\t,A1\t,
2026-03-05 10:00:00\t,某店,碗,100.00(已退款20.00),白条,交易成功,支出,网购,3\t,A2\t,
2026-03-06 10:00:00\t,某店,白条还款,9.00,银行卡,交易成功,不计收支,白条,4\t,A3\t,
`
  expect(await columns(text)).toEqual([
    ['2026-03-03', '-39.00', 'booked', false, 'A1', '1', '杯'],
    ['2026-03-04', '39.00', 'booked', true, 'A1', '2', '退款-杯'],
    ['2026-03-05', '-100.00', 'booked', false, 'A2', '3', '碗'],
    ['2026-03-06', '9.00', 'information', false, 'A3', '4', '白条还款'],
  ])
})

test('bills of cards: the day the bank booked, and the amount in the currency of the bill', async () => {
  const bill = `交易日,银行记账日,卡号后四位,交易描述,交易币/金额,结算币/金额
2026-03-01,2026-03-02,1234,SHOP ABROAD,USD 10.00,CNY 72.00
2026-03-03,2026-03-03,1234,还款,CNY -72.00,CNY -72.00
`
  const { statements } = await readStatements(bill)
  expect(statements).toHaveLength(1)
  expect(statements[0]).toMatchObject({
    currency: 'CNY',
    lines: [
      { bookedOn: '2026-03-02', amount: '-72.00', currency: 'CNY' },
      { bookedOn: '2026-03-03', amount: '72.00', currency: 'CNY' },
    ],
  })
})
