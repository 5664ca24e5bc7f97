// Which way the money went, where an export says it unusually, says it of the balance, or does not say it at all.

import { StatementFileError } from '../../connector/statements/model'
import { readOne, readStatements } from './support'

const amounts = async (text: string) => (await readOne(text)).lines.map(line => line.amount)

async function refusal(text: string): Promise<string> {
  try {
    await readStatements(text)
    return 'none'
  } catch (error) {
    if (!(error instanceof StatementFileError)) throw error
    return `${error.code}:${error.line ?? ''} ${error.message}`
  }
}

describe('words and columns', () => {
  test.each([
    ['借（支出）', '贷（收入）'],
    ['D-借', 'C-贷'],
    ['1:借', '2:贷'],
    ['Dr.', 'Cr.'],
    ['出', '进'],
    ['取', '存'],
    ['往', '来'],
    ['汇出', '汇入'],
  ])('%s and %s', async (out, into) => {
    for (const heading of ['借贷标志', '存取标志', '往来账标志', '支出/存入', '转入/转出']) {
      const text = `日期,${heading},金额,摘要,余额\n20260301,${out},10.00,a,90.00\n20260301,${into},5.00,b,95.00`
      expect(await amounts(text)).toEqual(['-10.00', '5.00'])
    }
  })

  test.each(['借-贷', '转账', '3', '借贷'])('%s says nothing, and stops the file', async word => {
    const text = `日期,借贷标志,金额,摘要,余额\n20260301,${word},10.00,a,90.00`
    expect(await refusal(text)).toContain('STATEMENT_LINE_UNREADABLE:2')
  })

  test.each([
    ['出账', '进账'],
    ['付款', '收款'],
  ])('columns called %s and %s', async (out, into) => {
    const text = `日期,${into},${out},余额,摘要\n2026-03-01,,10.00,90.00,a\n2026-03-02,5.00,,95.00,b`
    expect(await amounts(text)).toEqual(['-10.00', '5.00'])
  })

  test('收/付方 with a stroke is the other party', async () => {
    const text = `交易日,借方金额,贷方金额,余额,摘要,收/付方名称,收/付方帐号,收/付方开户行名,母/子公司帐号
20260302,500.00,,500.00,货款,丙公司,6225000000001,某支行,755900000099999`
    expect(await readOne(text)).toMatchObject({
      lines: [{ amount: '-500.00', counterName: '丙公司', counterAccount: '6225000000001', counterBank: '某支行' }],
    })
  })
})

describe('a balance with a side of its own', () => {
  test('what stands on 借 is owed, also in the row that carries it forward', async () => {
    const one = await readOne(
      `日期,摘要,借方,贷方,借或贷,余额
2026-03-01,承前页,,,借,50.00
2026-03-02,收款,,150.00,贷,100.00
2026-03-03,货款,300.00,,借,200.00
2026-03-04,收款,,500.00,贷,300.00
2026-03-05,手续费,1.00,,贷,299.00`,
    )
    expect(one).toMatchObject({ opening: { amount: '-50.00' }, closing: { amount: '299.00' }, proven: true })
    expect(one.lines.map(line => line.balanceAfter)).toEqual(['100.00', '-200.00', '300.00', '299.00'])
  })

  test('a word that is always the amount’s leaves the balance alone', async () => {
    const one = await readOne(
      '日期,借方,贷方,借/贷,余额,摘要\n2026-03-01,100.00,,借,900.00,a\n2026-03-02,,50.00,贷,950.00,b',
    )
    expect(one).toMatchObject({ opening: { amount: '1000.00' }, closing: { amount: '950.00' }, proven: true })
  })
})

describe('the company’s own books, where 借 is money in, are refused', () => {
  test.each([
    ['by their name', '银行存款日记账\n日期,摘要,借方,贷方,余额\n2026-03-02,收款,300.00,,400.00'],
    [
      'by the side of their balances',
      '日期,摘要,借方金额,贷方金额,方向,余额\n2026-03-01,上期结余,,,借,100.00\n2026-03-02,收款,300.00,,借,400.00\n2026-03-03,付款,,50.00,借,350.00',
    ],
    [
      'by balances that grow with 借',
      '日期,摘要,借方,贷方,余额\n2026-03-02,收款,300.00,,400.00\n2026-03-03,付款,,100.00,300.00\n2026-03-04,收款,200.00,,500.00',
    ],
  ])('%s', async (_name, text) => {
    expect(await refusal(text)).toContain('STATEMENT_LINE_UNREADABLE:1 借方为增加')
  })

  test('a column called 支出 is believed, whatever the balances say', async () => {
    const text =
      '日期,摘要,支出,收入,余额\n2026-03-02,a,300.00,,400.00\n2026-03-03,b,,100.00,300.00\n2026-03-04,c,200.00,,500.00'
    expect(await readOne(text)).toMatchObject({ proven: false, lines: [{ amount: '-300.00' }, {}, {}] })
  })
})

describe('amounts that nothing gives a direction', () => {
  test.each([
    ['no balance', '日期,金额,摘要\n20260301,10.00,a\n20260302,5.00,b'],
    ['balances that they do not fit', '日期,金额,摘要,余额\n20260301,10.00,a,90\n20260302,5.00,b,85'],
    ['a word of direction that is left out', '日期,借贷标志,金额,摘要\n20260301,,10.00,a\n20260302,借,5.00,b'],
    ['a type that tells it of some', '日期,交易类型,金额,摘要\n20260301,转账,10.00,a\n20260302,转出,5.00,b'],
  ])('%s: the file is refused', async (_name, text) => {
    expect(await refusal(text)).toContain('STATEMENT_LINE_UNREADABLE:2 没有收支方向')
  })

  test('a word for money out in a column of no known name: the file is refused, though the balances fit', async () => {
    const text = '日期,记账方,金额,摘要,余额\n20260301,支出,10.00,a,90\n20260302,收入,5.00,b,95'
    expect(await refusal(text)).toContain('STATEMENT_LINE_UNREADABLE:2 没有收支方向')
  })

  test('of a bank that signs what goes out: money in, also where rows were left out', async () => {
    const { statements, problems } = await readStatements(
      '招商银行交易记录\n记账日期,货币,交易金额,联机余额,交易摘要,对手信息\n2026-03-01,CNY,10.00,90.00,a,\n2026-03-05,CNY,5.00,60.00,b,',
    )
    expect(statements).toMatchObject([{ proven: false, lines: [{ amount: '10.00' }, { amount: '5.00' }] }])
    expect(problems).toContainEqual(expect.objectContaining({ code: 'DIRECTION_ASSUMED' }))
  })

  test('balances that they fit: money in, and that is said', async () => {
    const { statements, problems } = await readStatements(
      '日期,金额,摘要,余额\n20260301,10.00,a,90\n20260302,5.00,b,95',
    )
    expect(statements).toMatchObject([{ opening: { amount: '80.00' }, proven: true }])
    expect(problems).toContainEqual(expect.objectContaining({ code: 'DIRECTION_ASSUMED' }))
  })
})

describe('two days and one amount, and no title: the bill of a card, or an account', () => {
  const table = (...rows: readonly string[]) =>
    ['交易日期,记账日期,交易说明,人民币金额', ...rows.map(row => `2026-03-01,2026-03-02,${row}`)].join('\n')

  test('the texts say that what is positive was spent', async () => {
    expect(await amounts(table('超市消费,10.00', '网银还款,-100.00', 'SHOP,5.00'))).toEqual([
      '-10.00',
      '100.00',
      '-5.00',
    ])
    expect(await amounts(table('超市消费,10.00'))).toEqual(['-10.00'])
  })

  test('the texts say that what is negative was spent', async () => {
    expect(await amounts(table('超市消费,-10.00', '工资,100.00', '信用卡还款,-5.00'))).toEqual([
      '-10.00',
      '100.00',
      '-5.00',
    ])
  })

  test.each([
    ['they say nothing', table('SHOP,10.00', 'PAYMENT,-100.00')],
    ['they contradict each other', table('超市消费,10.00', '网购消费,-10.00')],
  ])('%s: the file is refused', async (_name, text) => {
    expect(await refusal(text)).toContain('STATEMENT_LINE_UNREADABLE:2 看不出是信用卡账单')
  })

  test('a title that speaks of cards yields to what the rows say', async () => {
    const text = (title: string) =>
      `${title}\n交易日期,摘要,交易金额,对方户名\n20260301,消费,-10.00,甲\n20260302,工资,20.00,乙`
    expect(await amounts(text('账户明细（不含信用卡）'))).toEqual(['-10.00', '20.00'])
    expect(await amounts(text('信用卡账单').replace('-10.00', '10.00').replace('工资,20', '还款,-20'))).toEqual([
      '-10.00',
      '20.00',
    ])
  })

  test('nothing was booked', async () => {
    expect((await readOne(table())).lines).toEqual([])
  })
})
