// Shapes of what stands above a table and in its cells, as banks nobody has seen yet may write them.

import { utils, write } from '@e965/xlsx'
import { readOne, readStatements } from './support'

const TABLE = '交易日期,借方发生额,贷方发生额,余额,摘要\n2026-03-02,100.00,,900.00,a\n2026-03-03,,50.00,950.00,b'

describe('the account above the table', () => {
  test.each([
    '卡（账）号：801100000000123456　户名：甲',
    '账（卡）号:801100000000123456',
    '账/卡号：801100000000123456',
    '选择账户：801100000000123456 | 甲公司 | 人民币',
    '结算账户账号,801100000000123456',
    '对公账号：801100000000123456',
    '账户信息：甲公司 801100000000123456 人民币',
  ])('%s', async line => {
    expect((await readOne(`${line}\n${TABLE}`)).account).toBe('801100000000123456')
  })

  test('labels in one row, their values in the row below', async () => {
    const above = '账号,户名,币种,起始日期,终止日期,期初余额,期末余额'
    const values = '801100000000123456,甲公司,人民币,20260301,20260331,"1,000.00",950.00'
    expect(await readOne(`${above}\n${values}\n${TABLE}`)).toMatchObject({
      ...{ account: '801100000000123456', currency: 'CNY', proven: true },
      ...{ opening: { on: '2026-03-01', amount: '1000.00' }, closing: { on: '2026-03-31', amount: '950.00' } },
    })
  })

  test('labels without values below them give nothing', async () => {
    expect(await readOne(`账号,户名,币种\n,,\n${TABLE}`)).toMatchObject({ account: null, currency: null, proven: true })
  })
})

test('balances above a table without rows, under other names', async () => {
  const [heading = ''] = TABLE.split('\n')
  const one = await readOne(`月初结余：950.00 期末余额 Closing Balance: 950.00\n${heading}`)
  expect(one).toMatchObject({ opening: { amount: '950.00' }, closing: { amount: '950.00' }, proven: true })
})

test('a balance carried over from the year before is no entry', async () => {
  const one = await readOne('日期,摘要,支出,收入,余额\n2026-01-01,上年结转,,,1000.00\n2026-01-02,货款,100.00,,900.00')
  expect(one).toMatchObject({ opening: { amount: '1000.00' }, proven: true })
  expect(one.lines).toHaveLength(1)
})

test('a sign before the currency of an amount', async () => {
  const { statements } = await readStatements(
    '交易日期,交易金额,余额,摘要\n2026-03-02,USD -100.00,"USD 1,900.00",a\n2026-03-03,-USD 5.00,"USD 1,895.00",b',
  )
  expect(statements).toMatchObject([
    { currency: 'USD', proven: true, lines: [{ amount: '-100.00' }, { amount: '-5.00' }] },
  ])
})

test('an amount with commas that an equals sign keeps as text', async () => {
  const one = await readOne('交易日期,支出,收入,余额,摘要\n="2026-03-02",="1,200.50",="","900.00",="a"')
  expect(one).toMatchObject({ proven: true, lines: [{ bookedOn: '2026-03-02', amount: '-1200.50', text: 'a' }] })
})

test('a column called 收入/支出 holds the amounts where no other does; 交易对方 and 收方 name the other party', async () => {
  const one = await readOne(
    '过账日期,摘要,收入/支出,余额,交易对方户名,交易对方账号,交易对方行名称\n2026-03-01,a,-10.00,90.00,乙,622700,某行\n2026-03-02,b,+5.00,95.00,丙,,',
  )
  expect(one.lines).toMatchObject([
    { amount: '-10.00', counterName: '乙', counterAccount: '622700', counterBank: '某行' },
    { amount: '5.00', counterName: '丙', counterAccount: null },
  ])
  const sides = await readOne(
    '交易日期,借/贷,交易金额,交易后金额,付方名称,付方账号,收方名称,收方账号,摘要\n2026-03-01,借,10.00,90.00,甲,801,乙,622,a',
  )
  expect(sides.lines).toMatchObject([
    { amount: '-10.00', counterName: '乙', counterAccount: '622', balanceAfter: '90.00' },
  ])
})

test('accounts in brackets', async () => {
  const one = await readOne(
    '账号,户名,对方账号,对方户名,对方机构,收支方向,交易金额,明细余额,交易日期,用途\n[801100000000123456],甲,[622700],乙,某行,支出,10.00,90.00,2026-03-02,货款',
  )
  expect(one).toMatchObject({
    account: '801100000000123456',
    lines: [{ amount: '-10.00', counterAccount: '622700', counterBank: '某行', balanceAfter: '90.00' }],
  })
})

test('a formula’s error in a workbook is no zero', async () => {
  const sheet = utils.aoa_to_sheet([
    ['交易日期', '支出', '收入', '余额', '摘要'],
    ['2026-03-01', 0, 0, 900, 'a'],
  ])
  sheet['B2'] = { t: 'e', v: 15 }
  const book = utils.book_new()
  utils.book_append_sheet(book, sheet, 'a')
  const bytes = write(book, { type: 'buffer', bookType: 'xlsx' }) as Buffer
  await expect(readStatements(bytes)).rejects.toMatchObject({ code: 'STATEMENT_LINE_UNREADABLE', line: 2 })
})

test('a list of vouchers is no statement', async () => {
  const vouchers = '日期,凭证号,摘要,会计科目,借方金额,贷方金额\n2026-03-02,1,收款,银行存款,300.00,'
  await expect(readStatements(vouchers)).rejects.toMatchObject({ code: 'STATEMENT_FORMAT_UNKNOWN' })
})
