// Bank exports in whatever form they come: workbooks, pages called .xls, separators, charsets, orders and signs; what is
// no entry, what cannot be read, and what is no statement.

import { utils, write, type BookType } from '@e965/xlsx'
import { encode } from 'iconv-lite'
import { zipSync } from 'fflate'
import { StatementFileError } from '../../connector/statements/model'
import { readOne, readStatements } from './support'

const HEADING = ['交易日期', '摘要', '借方发生额', '贷方发生额', '余额', '对方户名', '对方账号', '交易流水号']
const ROWS = [
  ['2026-03-01', '货款', '100.00', '', '900.00', '丙公司', '6222000011112222', 'S1'],
  ['2026-03-02', '收款', '', '1,250.50', '2,150.50', '丁（上海）公司', '6222000011113333', 'S2'],
  ['2026-03-03', '手续费', '0.50', '', '2,150.00', '', '', 'S3'],
]
const TITLE = ['账号：', '801100000000123456', '币种：', '人民币']
const AMOUNTS = ['-100.00', '1250.50', '-0.50']

const csv = (rows: readonly (readonly string[])[], separator = ','): string =>
  rows.map(row => row.map(cell => (cell.includes(separator) ? `"${cell}"` : cell)).join(separator)).join('\r\n')

function book(type: BookType, sheets: Readonly<Record<string, readonly (readonly unknown[])[]>>): Buffer {
  const made = utils.book_new()
  for (const [name, rows] of Object.entries(sheets))
    utils.book_append_sheet(made, utils.aoa_to_sheet(rows.map(row => [...row])), name)
  return write(made, { type: 'buffer', bookType: type, compression: true }) as Buffer
}

async function codeOf(content: string | Uint8Array): Promise<string> {
  try {
    await readStatements(content)
    return 'none'
  } catch (error) {
    if (!(error instanceof StatementFileError)) throw error
    return `${error.code}:${error.line ?? ''}`
  }
}

const SAME = {
  ...{ account: '801100000000123456', currency: 'CNY', proven: true },
  opening: { on: '2026-03-01', amount: '1000.00' },
  closing: { on: '2026-03-03', amount: '2150.00' },
}

describe('one table in every form is one statement', () => {
  const table = csv([TITLE, HEADING, ...ROWS])
  const html = (charset: string): string =>
    `<html><head><meta charset="${charset}"><style>td{mso-number-format:"\\@"}</style></head><body><table border=1>
     <tr><td colspan="8">账户明细</td></tr><tr>${TITLE.map(cell => `<td>${cell}</td>`).join('')}</tr>
     ${[HEADING, ...ROWS].map(row => `<tr>${row.map(cell => `<td x:str>${cell || '&nbsp;'}</td>`).join('\n')}</tr>`).join('')}</table></body></html>`
  const xml = `<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?>
    <Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a"><Table>
    ${[TITLE, HEADING, ...ROWS].map(row => `<Row>${row.map((cell, index) => (cell === '' ? '' : `<Cell ss:Index="${index + 1}"><Data ss:Type="String">${cell}</Data></Cell>`)).join('')}</Row>`).join('\n')}</Table></Worksheet></Workbook>`
  const typed = ROWS.map(row =>
    row.map((cell, at) => (at > 1 && at < 5 && cell !== '' ? Number(cell.replace(',', '')) : cell)),
  )
  const serials = typed.map((row, at) => [46_082 + at, ...row.slice(1)])

  test.each([
    ['commas', 'csv', Buffer.from(table)],
    ['UTF-8 with a mark', 'csv', Buffer.from(`\ufeff${table}`)],
    ['GB18030', 'csv', encode(table, 'gb18030')],
    ['UTF-16 with a mark', 'csv', Buffer.from(`\ufeff${table}`, 'utf16le')],
    ['tabs, as under a name in .xls', 'csv', encode(csv([TITLE, HEADING, ...ROWS], '\t'), 'gb18030')],
    ['semicolons', 'csv', Buffer.from(csv([TITLE, HEADING, ...ROWS], ';'))],
    ['strokes', 'csv', Buffer.from(csv([TITLE, HEADING, ...ROWS], '|'))],
    ['only carriage returns', 'csv', Buffer.from(table.replaceAll('\r\n', '\r'))],
    [
      'every cell quoted, a tab before the comma',
      'csv',
      Buffer.from([TITLE, HEADING, ...ROWS].map(row => row.map(cell => `"${cell}"\t`).join(',')).join('\n')),
    ],
    [
      'text kept as text by an equals sign',
      'csv',
      Buffer.from(
        [TITLE, HEADING, ...ROWS].map(row => row.map(cell => `="${cell.replace(',', '')}"`).join(',')).join('\n'),
      ),
    ],
    [
      'full-width digits',
      'csv',
      Buffer.from(table.replaceAll('100.00', '１００．００').replaceAll('2026-03-01', '２０２６－０３－０１')),
    ],
    ['¥ and 元', 'csv', Buffer.from(table.replaceAll(',100.00,', ',¥100.00,').replaceAll(',0.50,', ',0.50元,'))],
    ['newest first', 'csv', Buffer.from(csv([TITLE, HEADING, ...ROWS.toReversed()]))],
    ['a page under the name of .xls', 'xls', Buffer.from(html('utf-8'))],
    ['the same in GB18030', 'xls', encode(html('gb2312'), 'gb18030')],
    ['an XML spreadsheet', 'xls', Buffer.from(xml)],
    ['.xlsx with text', 'xlsx', book('xlsx', { 明细: [['某银行账户明细'], TITLE, HEADING, ...ROWS] })],
    ['.xlsx with numbers', 'xlsx', book('xlsx', { 明细: [TITLE, HEADING, ...typed] })],
    ['.xlsx with day numbers', 'xlsx', book('xlsx', { 明细: [TITLE, HEADING, ...serials] })],
    ['.xls (BIFF8) with text', 'xls', book('biff8', { 明细: [TITLE, HEADING, ...ROWS] })],
    ['.xls (BIFF8) with numbers', 'xls', book('biff8', { 明细: [TITLE, HEADING, ...typed] })],
    [
      'a sheet of notes before it',
      'xlsx',
      book('xlsx', { 说明: [['请勿修改'], ['共 3 笔']], 明细: [TITLE, HEADING, ...ROWS] }),
    ],
  ])('%s', async (name, format, content) => {
    for (const pieceBytes of [65_536, 7]) {
      const file = await readStatements(content, { pieceBytes })
      expect(file.problems).toEqual([])
      expect(file).toMatchObject({ format, statements: [SAME] })
      const lines = file.statements[0]?.lines ?? []
      const amounts = lines.map(line => line.amount)
      expect(amounts).toEqual(name === 'newest first' ? AMOUNTS.toReversed() : AMOUNTS)
      expect(lines.find(line => line.bankReference === 'S2')).toMatchObject({
        ...{
          bookedOn: '2026-03-02',
          counterName: '丁（上海）公司',
          counterAccount: '6222000011113333',
          balanceAfter: '2150.50',
        },
      })
    }
  })

  test('real date cells, in both calendars', async () => {
    for (const date1904 of [false, true]) {
      const sheet = utils.aoa_to_sheet([HEADING, ...ROWS.map(row => [...row])])
      const made = { ...utils.book_new(), Workbook: { WBProps: { date1904 } } }
      utils.book_append_sheet(made, sheet, 'a')
      for (const at of [0, 1, 2])
        sheet[`A${at + 2}`] = { t: 'n', v: 46_082.5 + at - (date1904 ? 1462 : 0), z: 'yyyy"年"m"月"d"日"' }
      const one = await readOne(write(made, { type: 'buffer', bookType: 'xlsx' }) as Buffer)
      expect(one.lines.map(line => line.bookedOn)).toEqual(['2026-03-01', '2026-03-02', '2026-03-03'])
    }
  })
})

describe('the balance column proves the lines', () => {
  const read = (rows: readonly (readonly string[])[]) => readStatements(csv([HEADING, ...rows]))

  test('in any order of a day’s rows', async () => {
    const [a = [], b = [], c = []] = ROWS
    for (const rows of [
      [a, b, c],
      [c, b, a],
      [b, a, c],
      [c, a, b],
      [b, c, a],
      [a, c, b],
    ])
      expect((await read(rows)).statements[0]).toMatchObject({
        opening: { amount: '1000.00' },
        closing: { amount: '2150.00' },
        proven: true,
      })
  })

  test.each([0, 1, 2])('a row that is missing is seen, unless it is the first or the last: %i', async at => {
    const { statements, problems } = await read(
      [
        ['2026-02-28', '', '', '10.00', '1,000.00', '', '', 'S0'],
        ...ROWS,
        ['2026-03-04', '', '10.00', '', '2,140.00', '', '', 'S4'],
      ].toSpliced(at + 1, 1),
    )
    expect(statements[0]?.proven).toBe(false)
    expect(problems).toContainEqual(expect.objectContaining({ code: 'BALANCE_GAP', line: at + 3 }))
  })

  test('without a balance column nothing is proven', async () => {
    const rows = [HEADING, ...ROWS].map(row => row.toSpliced(4, 1))
    expect((await readOne(csv(rows))).proven).toBeNull()
  })

  test('what stands above and below the table is believed only as far as the lines agree', async () => {
    const around = (opening: string) => csv([['期初余额：', opening], HEADING, ...ROWS, ['期末余额：', '2150.00']])
    expect(await readOne(around('1000.00'))).toMatchObject({ opening: { amount: '1000.00' }, proven: true })
    expect(await readOne(around('999.99'))).toMatchObject({ opening: { amount: '999.99' }, proven: false })
  })

  test('a row that only carries a balance forward is no entry', async () => {
    const one = await readOne(csv([HEADING, ['2026-03-01', '期初余额', '', '', '1000.00', '', '', ''], ...ROWS]))
    expect(one).toMatchObject({ opening: { amount: '1000.00' }, proven: true })
    expect(one.lines).toHaveLength(3)
  })

  test('an account on which nothing moved', async () => {
    expect(await readOne(csv([TITLE, ['期初余额：', '5.00', '期末余额：', '5.00'], HEADING]))).toMatchObject({
      lines: [],
      proven: true,
    })
  })
})

describe('rows that are no entries', () => {
  test('totals, notes, blank rows and a heading again are counted', async () => {
    const rows = [
      HEADING,
      ...ROWS.slice(0, 1),
      ['本页小计', '', '100.00', '', '', '', '', ''],
      HEADING,
      ...ROWS.slice(1),
      [''],
      ['合 计', '', '100.50', '1250.50'],
      ['备注：以上数据仅供参考'],
      ['2026-04-01'],
      ['2026-03-01至2026-03-31'],
    ]
    const { statements, problems } = await readStatements(csv(rows))
    expect(statements[0]?.lines.map(line => line.amount)).toEqual(AMOUNTS)
    expect(statements[0]?.proven).toBe(true)
    expect(problems).toEqual([
      expect.objectContaining({
        code: 'ROWS_SKIPPED',
        line: 3,
        severity: 'warning',
        text: expect.stringContaining('2 totals, 3 notes, 1 headings'),
      }),
    ])
  })

  test.each([
    ['an amount', 2, '1.2.3'],
    ['an amount with more decimals than money has', 2, '1.1234567'],
    ['an amount grouped wrongly', 2, '1,00.00'],
    ['a day the calendar does not have', 0, '2026-02-30'],
    ['a day that is none', 0, '2026-3'],
    ['a day that is missing', 0, ''],
    ['no amount', 2, ''],
    ['both sides', 3, '5.00'],
  ])('%s that cannot be read stops the file, with every such row named', async (_name, column, value) => {
    const bad = (ROWS[0] ?? []).with(column, value)
    const rows = csv([HEADING, bad, ...ROWS.slice(1), bad])
    expect(await codeOf(rows)).toBe('STATEMENT_LINE_UNREADABLE:2')
    await expect(readStatements(rows)).rejects.toThrow('2 rows')
  })

  test('a comma without quotes that moves the cells is seen, also where no balance shows it', async () => {
    expect(await codeOf('交易日期,金额,摘要\n2026-03-01,-1,200.50,货款')).toBe('STATEMENT_LINE_UNREADABLE:2')
  })

  test('a word of direction that nobody knows stops the file', async () => {
    expect(await codeOf('交易日期,借贷标志,交易金额,摘要\n2026-03-01,乙,1.00,a')).toBe('STATEMENT_LINE_UNREADABLE:2')
  })

  test('a quote that is never closed does not swallow the rows below', async () => {
    const text = csv([HEADING, ...ROWS]).replace('货款', '"货款')
    expect(await codeOf(text)).toBe('STATEMENT_LINE_UNREADABLE:2')
  })

  test('a quoted field may have lines, and quotes inside a field stand for themselves', async () => {
    const text = csv([HEADING, ...ROWS])
      .replace('货款', '"三月\n货""款"""')
      .replace('收款', '点击"视频"')
    expect((await readOne(text)).lines.map(line => line.text)).toEqual(['三月\n货"款"', '点击"视频"', '手续费'])
  })
})

describe('which way the money went', () => {
  const amounts = async (text: string) => (await readOne(text)).lines.map(line => [line.amount, line.reversal])

  test.each([
    ['借', '贷'],
    ['支出', '收入'],
    ['付', '收'],
    ['D', 'C'],
    ['转出', '转入'],
    ['往账', '来账'],
  ])('%s and %s', async (out, into) => {
    const text = `日期,收支标志,金额,摘要,余额\n20260301,${out},10.00,a,90.00\n20260301,${into},5.00,b,95.00`
    expect(await amounts(text)).toEqual([
      ['-10.00', false],
      ['5.00', false],
    ])
  })

  test('signs: minus before and behind, brackets', async () => {
    const text =
      '日期,金额(元),摘要,余额\n20260301,-10.00,a,90\n20260301,(5.00),b,85\n20260301,5-,c,80\n20260301,+1,d,81'
    expect((await amounts(text)).map(([amount]) => amount)).toEqual(['-10.00', '-5.00', '-5.00', '1.00'])
  })

  test('a minus sign in a column of money out takes a booking back, unless all of the column has one', async () => {
    const text = (first: string): string => `日期,支出,收入,摘要,余额\n20260301,${first},,a,\n20260301,-5.00,,b,`
    expect(await amounts(text('10.00'))).toEqual([
      ['-10.00', false],
      ['5.00', true],
    ])
    expect(await amounts(text('-10.00'))).toEqual([
      ['-10.00', false],
      ['-5.00', false],
    ])
  })

  test('where nothing says it, that is said', async () => {
    const { problems } = await readStatements('日期,金额,摘要,余额\n20260301,10.00,a,90')
    expect(problems).toContainEqual(expect.objectContaining({ code: 'DIRECTION_ASSUMED' }))
  })
})

describe('wallets', () => {
  const WECHAT =
    '微信支付账单明细,,\n交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注\n'
  const ALIPAY =
    '支付宝账户：a@example.com\n交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,商家订单号,备注,\n'
  test.each([
    ['what was bought', WECHAT, '商户消费,甲,茶,支出,¥5.00,零钱,支付成功,1,2,/', '-5.00', 'booked', false],
    [
      'what moved between own pots',
      WECHAT,
      '零钱提现,银行,/,/,¥5.00,银行,提现已到账,1,/,/',
      '5.00',
      'information',
      false,
    ],
    [
      'a payment that was refunded later',
      WECHAT,
      '商户消费,甲,茶,支出,¥5.00,零钱,已全额退款,1,2,/',
      '-5.00',
      'booked',
      false,
    ],
    ['its refund', WECHAT, '商户消费-退款,甲,茶,收入,¥5.00,零钱,已全额退款,1,2,/', '5.00', 'booked', true],
    ['an order never paid', ALIPAY, '日用,甲,/,茶,不计收支,5.00,,交易关闭,1,2,,', '5.00', 'information', false],
    [
      'an order closed after it was paid',
      ALIPAY,
      '日用,甲,/,茶,支出,5.00,余额宝,交易关闭,1,2,,',
      '-5.00',
      'booked',
      false,
    ],
    ['its refund there', ALIPAY, '退款,甲,/,退款-茶,不计收支,5.00,余额宝,退款成功,1_2,2,,', '5.00', 'booked', true],
    [
      'a fund sold into the wallet',
      ALIPAY,
      '投资理财,甲,/,卖出,不计收支,5.00,余额宝,交易成功,1,2,,',
      '5.00',
      'information',
      false,
    ],
    ['a payment that failed', ALIPAY, '日用,甲,/,茶,支出,5.00,余额,支付失败,1,2,,', '-5.00', 'information', false],
  ])('%s', async (_name, heading, row, amount, status, reversal) => {
    const one = await readOne(`${heading}2026-03-01 10:00:00,${row}\n`)
    expect(one).toMatchObject({ currency: 'CNY', lines: [{ amount, status, reversal, bookedOn: '2026-03-01' }] })
  })

  test('of a wallet without a profile: the same rules', async () => {
    const rows = ['2026-03-01 10:00:00,某店,5.00,支出,交易成功', '2026-03-01 11:00:00,小金库,7.00,不计收支,交易成功']
    const one = await readOne(['交易时间,商户名称,金额,收/支,交易状态', ...rows].join('\n'))
    expect(one.lines.map(line => [line.amount, line.status])).toEqual([
      ['-5.00', 'booked'],
      ['7.00', 'information'],
    ])
  })
})

describe('several accounts', () => {
  const rows = (account: string, currency: string, from: number): readonly string[][] =>
    [1, 2].map(step => [
      account,
      currency,
      '2026-03-01',
      `${step}.00`,
      '',
      `${from - (step * (step + 1)) / 2}.00`,
      '货款',
    ])
  const heading = ['账号', '币种', '交易日期', '借方金额', '贷方金额', '余额', '摘要']

  test('in one table, mixed: a statement each, the lines of each in their order', async () => {
    const [a = [], b = []] = rows('1111000011', '人民币', 100)
    const [c = [], d = []] = rows('2222000022', '美元', 50)
    const { statements } = await readStatements(csv([heading, a, c, b, d]))
    expect(statements).toMatchObject([
      {
        account: '1111000011',
        currency: 'CNY',
        opening: { amount: '100.00' },
        closing: { amount: '97.00' },
        proven: true,
      },
      {
        account: '2222000022',
        currency: 'USD',
        opening: { amount: '50.00' },
        closing: { amount: '47.00' },
        proven: true,
      },
    ])
  })

  test('one table below another', async () => {
    const other = ['账号：', '901100000000654321']
    const { statements } = await readStatements(
      csv([TITLE, HEADING, ...ROWS, ['合计', '', '100.50'], other, HEADING, ...ROWS]),
    )
    expect(statements.map(one => [one.account, one.proven, one.lines.length])).toEqual([
      ['801100000000123456', true, 3],
      ['901100000000654321', true, 3],
    ])
  })

  test('a sheet each, and a copy of a sheet only once', async () => {
    const sheet = (account: string): readonly (readonly string[])[] => [['账号：', account], HEADING, ...ROWS]
    const file = await readStatements(
      book('xlsx', { 甲: sheet('1111000011'), 乙: sheet('2222000022'), 副本: sheet('1111000011') }),
    )
    expect(file.statements.map(one => one.account)).toEqual(['1111000011', '2222000022'])
    expect(file.problems).toContainEqual(expect.objectContaining({ code: 'ROWS_SKIPPED' }))
  })
})

describe('what is no statement', () => {
  test.each([
    ['the ledger of reconcile', 'id,date,amount,reference,counterparty,text\n1,2026-03-01,1.00,a,b,c'],
    ['the same with Chinese headings', '编号,日期,金额,参考号,对方,摘要\n1,2026-03-01,1.00,a,b,c'],
    ['a list of people', '姓名,部门,电话,摘要\n甲,乙,1,x'],
    ['a list without amounts', '交易日期,摘要,对方户名\n2026-03-01,a,b'],
  ])('%s', async (_name, text) => {
    expect(await codeOf(text)).toBe('STATEMENT_FORMAT_UNKNOWN:1')
    await expect(readStatements(text)).rejects.toThrow('借方发生额')
  })

  test('a workbook, a page and a zip file without a table of entries', async () => {
    expect(await codeOf(book('xlsx', { a: [['x', 1]] }))).toBe('STATEMENT_FORMAT_UNKNOWN:1')
    expect(await codeOf('<html><table><tr><td>x</td></tr></table></html>')).toBe('STATEMENT_FORMAT_UNKNOWN:1')
    expect(await codeOf(zipSync({ 'a.csv': Buffer.from('x') }))).toBe('STATEMENT_FORMAT_UNKNOWN:')
  })

  test('a long number that a program wrote whole into a workbook is whole', async () => {
    const numbers = [6_222_000_011_112_227, 6_222_000_011_112_220]
    const rows = ROWS.slice(0, 2).map((row, at) => [...row.slice(0, 6), numbers[at], row[7]])
    const one = await readOne(book('xlsx', { a: [HEADING, ...rows] }))
    expect(one.lines.map(line => line.counterAccount)).toEqual(['6222000011112227', null])
  })

  test('a number that a spreadsheet cut names no account', async () => {
    const one = await readOne(csv([HEADING, ...ROWS]).replace('6222000011112222', '6.222E+15'))
    expect(one.lines[0]?.counterAccount).toBeNull()
  })
})
