// The file gateway: what stands in a payment file, byte for byte; what a result file is taken to say, and where it is wrong; and what is said
// of a payment when folders, records and files are not as they should be.

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as XLSX from '@e965/xlsx'
import { assert, bigInt, constantFrom, property, string } from 'fast-check'
import { strFromU8, unzipSync } from 'fflate'
import iconv from 'iconv-lite'
import { rowOf } from '../../bank-gateways/file/codec-payment'
import { fileConfig } from '../../bank-gateways/file/config'
import { createFileGateway } from '../../bank-gateways/file/gateway'
import type { BankGateway, Instruction, Party } from '../../connector/ports'
import { clockAt, golden, MORNING_MS, NEVER, payment } from './byte-front-end'

const PAYER = '1000000000000000001'
let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'yinqi-file-'))
  for (const name of ['out', 'in', 'written']) mkdirSync(path.join(folder, name))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const settings = (over: object = {}): object => ({
  out: path.join(folder, 'out'),
  in: path.join(folder, 'in'),
  written: path.join(folder, 'written'),
  accounts: { [PAYER]: { currency: 'CNY' } },
  own: { cnapsPrefix: '403', names: ['邮储银行'] },
  ...over,
})
const open = (over: object = {}): BankGateway =>
  createFileGateway(fileConfig.parse(settings(over)), { clock: clockAt(MORNING_MS), name: 'psbc' })
const files = (name: string): readonly string[] => readdirSync(path.join(folder, name)).sort()
const written = (name: string): Buffer => readFileSync(path.join(folder, 'out', name))

const base = payment(PAYER)
const first: Instruction = {
  ...base,
  reference: '260301000000001',
  batch: { reference: '260301000000009', line: 1 },
  payee: { ...base.payee, bankName: '中国工商银行' },
}
const second: Instruction = {
  ...first,
  reference: '260301000000002',
  batch: { reference: '260301000000009', line: 2 },
  payee: {
    ...first.payee,
    account: '6222000000000002',
    name: '丙, "丁" 公司',
    bankName: '邮储银行上海分行',
    bankCode: '',
    kind: 'P',
  },
  amount: { minor: 999_999_999_999_999n, currency: 'CNY' },
  purpose: '=服务费',
  postscript: '-第 2\n期',
  isUrgent: true,
}
const withPayee = (over: Partial<Party>): Instruction => ({ ...first, payee: { ...first.payee, ...over } })

/** As old as a file is that was copied a while ago. */
function result(bytes: Buffer | string, name = 'result.csv', ageMs = 60_000): void {
  const file = path.join(folder, 'in', name)
  writeFileSync(file, Buffer.isBuffer(bytes) ? bytes : iconv.encode(bytes, 'gbk'))
  utimesSync(file, (MORNING_MS - ageMs) / 1000, (MORNING_MS - ageMs) / 1000)
}

const HEAD = '业务编号,状态,金额,收款账号,银行流水号,说明\r\n'
const asked = async (gateway = open(), one = first): Promise<unknown> => (await gateway.inquire([one], NEVER))[0]

describe('payment files', () => {
  test('the generic layout leaves byte for byte, in one file with the batch’s number, and no other file is left', async () => {
    expect((await open().send([first, second], NEVER)).map(({ kind }) => kind)).toEqual(['accepted', 'accepted'])
    expect(files('out')).toEqual(['260301000000009-1.csv'])
    expect(iconv.decode(written('260301000000009-1.csv'), 'gbk')).toBe(
      iconv.decode(golden('file', 'generic.payment.csv'), 'gbk'),
    )
    expect(written('260301000000009-1.csv').equals(golden('file', 'generic.payment.csv'))).toBe(true)
    expect(files('written')).toEqual(['260301000000001.json', '260301000000002.json', '260301000000009-1.csv.placed'])
  })

  test('a bank’s own template: rows above, order, words, date, separator, encoding, shortened purpose that keeps the reference', async () => {
    const layout = {
      format: 'csv',
      encoding: 'utf-8-bom',
      separator: ';',
      rowsAbove: [['批量转账模板', 'V2']],
      date: 'yyyyMMdd',
      words: { company: '0', person: '1' },
      columns: [
        { title: '账号', value: 'payeeAccount' },
        { title: '户名', value: 'payeeName' },
        { title: '类型', value: 'payeeKind' },
        { title: '金额', value: 'amount' },
        { title: '用途', value: 'purposeAndReference', maxBytes: 24 },
        { title: '日', value: 'date' },
        { title: '固定', value: 'constant', text: 'X' },
      ],
    }
    await open({ payment: layout, namePrefix: 'PSBC_' }).send([{ ...first, purpose: '采购原材料货款' }, second], NEVER)
    expect(written('PSBC_260301000000009-1.csv').toString('utf8')).toBe(
      '\uFEFF批量转账模板;V2\r\n账号;户名;类型;金额;用途;日;固定\r\n' +
        '6222000000000001;收款公司;0;1.05;采购 260301000000001;20260301;X\r\n' +
        `6222000000000002;"丙, ""丁"" 公司";1;9999999999999.99;'=服务 260301000000002;20260301;X\r\n`,
    )
  })

  test('a workbook holds text cells only: nothing is rounded, nothing evaluated, nothing altered', async () => {
    const layout = {
      format: 'xlsx',
      sheet: '付款',
      columns: [
        { title: '编号', value: 'reference' },
        { title: '账号', value: 'payeeAccount' },
        { title: '户名', value: 'payeeName' },
        { title: '金额', value: 'amount' },
        { title: '用途', value: 'purpose' },
      ],
    }
    const formula = withPayee({ name: '=HYPERLINK("x")' })
    expect((await open({ payment: layout }).send([formula, second], NEVER)).map(({ kind }) => kind)).toEqual([
      'accepted',
      'accepted',
    ])
    const parts = unzipSync(written('260301000000009-1.xlsx'))
    const sheet = strFromU8(parts['xl/worksheets/sheet1.xml'] ?? new Uint8Array())
    expect(sheet).not.toMatch(/<f>|t="n"|<c r="[A-E]\d+"( s="\d+")?>/)
    const book = XLSX.read(written('260301000000009-1.xlsx'))
    expect(XLSX.utils.sheet_to_json(book.Sheets['付款'] ?? {}, { header: 1, raw: true })).toEqual([
      ['编号', '账号', '户名', '金额', '用途'],
      ['260301000000001', '6222000000000001', '=HYPERLINK("x")', '1.05', '货款'],
      ['260301000000002', '6222000000000002', '丙, "丁" 公司', '9999999999999.99', '=服务费'],
    ])
  })

  test('what would be a formula is refused in a name or an account, and made text where it informs', async () => {
    const config = fileConfig.parse(settings())
    const codeOf = (one: Instruction): unknown => {
      const row = rowOf(one, config, MORNING_MS)
      return 'reason' in row ? row.code : 'row'
    }
    for (const start of ['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
      expect(codeOf(withPayee({ name: `${start}公司` }))).toBe('file.formula')
      expect(codeOf(withPayee({ bankName: `${start}银行` }))).toBe('file.formula')
      const cells = rowOf({ ...first, purpose: `${start}1+1` }, config, MORNING_MS)
      expect('reason' in cells ? cells : cells[10]).toBe(`'${start}1+1`)
    }
    expect(codeOf(withPayee({ account: '-6222000000001' }))).toBe('file.formula')
    expect(codeOf(withPayee({ name: '甲=乙公司' }))).toBe('row')
    // Behind a control that a spreadsheet skips.
    expect(codeOf(withPayee({ name: '\t=公司' }))).toBe('file.text')
    expect(codeOf(withPayee({ name: '\r=公司' }))).toBe('file.text')
  })

  test('an amount leaves exact; names and accounts whole or not at all; informative text as a beginning of what was asked', () => {
    const config = fileConfig.parse(settings())
    const cellsOf = (one: Instruction): readonly string[] => {
      const row = rowOf(one, config, MORNING_MS)
      if ('reason' in row) throw new Error(row.reason)
      return row
    }
    assert(
      property(bigInt({ min: 1n, max: 10n ** 20n }), minor => {
        expect(BigInt((cellsOf({ ...first, amount: { minor, currency: 'CNY' } })[8] ?? '').replace('.', ''))).toBe(
          minor,
        )
      }),
    )
    const words = string({ unit: constantFrom('货', 'A', ' ', '\n', ',', '"', '\u0000'), maxLength: 150, size: 'max' })
    assert(
      property(words, purpose => {
        const cell = cellsOf({ ...first, purpose })[10] ?? ''
        expect(iconv.encode(cell, 'gbk').length).toBeLessThanOrEqual(120)
        expect(purpose.replaceAll('\u0000', ' ').replace(/\s+/g, ' ').trim().startsWith(cell)).toBe(true)
      }),
    )
    const codeOf = (one: Instruction): string => {
      const row = rowOf(one, config, MORNING_MS)
      return 'reason' in row ? row.code : 'row'
    }
    expect(codeOf(withPayee({ name: '名'.repeat(60) }))).toBe('row')
    expect(codeOf(withPayee({ name: '名'.repeat(60) + 'a' }))).toBe('file.too_long')
    expect(codeOf(withPayee({ name: ' ' }))).toBe('file.missing')
    expect(codeOf(withPayee({ name: '名𠮷' }))).toBe('file.text')
    expect(codeOf(withPayee({ account: '6222 0000' }))).toBe('file.payee_account')
    expect(codeOf({ ...first, amount: { minor: 0n, currency: 'CNY' } })).toBe('file.amount')
    expect(codeOf({ ...first, amount: { minor: 1n, currency: 'USD' } })).toBe('file.currency')
    expect(codeOf({ ...first, payer: { ...first.payer, account: '1000000000000000003' } })).toBe('file.unknown_account')
    for (const reference of ['../x', 'a/b', '', '.', '1'.repeat(21)])
      expect(codeOf({ ...first, reference })).toBe('file.reference')
  })

  test('a layout without our reference, without amount, or with a title twice is refused', () => {
    const columns = [
      { title: '账号', value: 'payeeAccount' },
      { title: '户名', value: 'payeeName' },
      { title: '金额', value: 'amount' },
      { title: '编号', value: 'reference' },
    ]
    const isGood = (list: readonly object[]): boolean =>
      fileConfig.safeParse(settings({ payment: { format: 'csv', columns: list } })).success
    expect(isGood(columns)).toBe(true)
    for (const missing of [0, 1, 2, 3])
      expect(isGood([...columns.filter((_, index) => index !== missing), { title: '附言', value: 'postscript' }])).toBe(
        false,
      )
    expect(isGood([...columns, { title: '编号', value: 'line' }])).toBe(false)
    expect(fileConfig.safeParse(settings({ written: path.join(folder, 'out') })).success).toBe(false)
  })
})

describe('one payment, one file', () => {
  test('a folder that is not there is unsent, nothing is recorded, and the next try goes', async () => {
    for (const name of ['out', 'written']) {
      rmSync(path.join(folder, name), { recursive: true })
      expect(await open().send([first], NEVER)).toMatchObject([{ kind: 'unsent', code: 'file.unwritable' }])
      mkdirSync(path.join(folder, name))
      expect([files('out'), files('written')]).toEqual([[], []])
    }
    expect(await asked()).toEqual({ kind: 'absent', code: 'file.not_written' })
    expect((await open().send([first], NEVER))[0]?.kind).toBe('accepted')
  })

  test('a record without its file is in doubt: it is not written again, and nothing is concluded', async () => {
    await open().send([first], NEVER)
    unlinkSync(path.join(folder, 'out', '260301000000009-1.csv'))
    unlinkSync(path.join(folder, 'written', '260301000000009-1.csv.placed'))
    expect(await open().send([first], NEVER)).toMatchObject([{ kind: 'uncertain', code: 'file.in_doubt' }])
    expect(await asked()).toMatchObject({ kind: 'unavailable', code: 'file.in_doubt' })
    expect(files('out')).toEqual([])
  })

  test('a record that a crash cut off is in doubt too', async () => {
    writeFileSync(path.join(folder, 'written', '260301000000001.json'), '{"file":"26')
    expect((await open().send([first], NEVER))[0]?.kind).toBe('uncertain')
    expect((await open().inquire([first], NEVER))[0]?.kind).toBe('unavailable')
    expect(files('out')).toEqual([])
  })

  test('a file that the cashier took away was handed out all the same', async () => {
    await open().send([first], NEVER)
    unlinkSync(path.join(folder, 'out', '260301000000009-1.csv'))
    expect(await open().send([first], NEVER)).toMatchObject([
      { kind: 'accepted', echo: { code: 'file.written_before' } },
    ])
    expect(await asked()).toMatchObject({ kind: 'accepted' })
    expect(files('out')).toEqual([])
  })

  test.each([
    ['amount', { ...first, amount: { minor: 106n, currency: 'CNY' } }],
    ['payee', withPayee({ account: '6222000000000009' })],
    ['name', withPayee({ name: '别的公司' })],
  ])('another %s under the same reference is not written, and not told to be unpaid', async (_, other) => {
    await open().send([first], NEVER)
    expect(await open().send([other], NEVER)).toMatchObject([{ kind: 'uncertain', code: 'file.other_content' }])
    expect((await open().inquire([other], NEVER))[0]).toMatchObject({ kind: 'unavailable', code: 'file.other_content' })
    expect(files('out')).toEqual(['260301000000009-1.csv'])
  })

  test('a file of that name without a record is never overwritten, and may hold this payment', async () => {
    writeFileSync(path.join(folder, 'out', '260301000000009-1.csv'), 'x')
    expect(await open().send([first], NEVER)).toMatchObject([{ kind: 'uncertain', code: 'file.name_taken' }])
    expect(written('260301000000009-1.csv').toString()).toBe('x')
    expect((await open().send([first], NEVER))[0]?.kind).toBe('uncertain')
    expect((await open().inquire([first], NEVER))[0]?.kind).toBe('unavailable')
  })

  test('one of a batch that could not be written goes later in a file of its own, and the others are not written again', async () => {
    const bad = { ...second, payee: { ...second.payee, name: '=坏' } }
    expect((await open().send([first, bad], NEVER)).map(({ kind }) => kind)).toEqual(['accepted', 'unsent'])
    expect((await open().send([first, second], NEVER)).map(({ kind }) => kind)).toEqual(['accepted', 'accepted'])
    expect(files('out')).toEqual(['260301000000009-1.csv', '260301000000009-2.csv'])
    expect((await open().send([second], NEVER)).map(({ kind }) => kind)).toEqual(['accepted'])
    const lines = files('out').flatMap(name => iconv.decode(written(name), 'gbk').split('\r\n').slice(1, -1))
    expect(lines.map(line => line.split(',')[1])).toEqual([first.reference, second.reference])
  })

  test('an aborted call writes nothing; the same reference twice or two batches in a call are not written', async () => {
    expect(await open().send([first], AbortSignal.abort())).toMatchObject([{ kind: 'unsent', code: 'file.aborted' }])
    expect((await open().send([first, first], NEVER)).map(({ kind }) => kind)).toEqual(['unsent', 'unsent'])
    const apart = { ...second, batch: { reference: '260301000000008', line: 1 } }
    expect((await open().send([first, apart], NEVER)).map(({ kind }) => kind)).toEqual(['accepted', 'unsent'])
    expect(files('out').length).toBe(1)
  })

  test('balance and statement say that files cannot ask', async () => {
    await expect(open().balance(PAYER, NEVER)).rejects.toMatchObject({ name: 'Fault', code: 'file.no_balance' })
    const range = { from: '2026-02-27', to: '2026-03-01' }
    await expect(open().statement(PAYER, range, null, NEVER)).rejects.toMatchObject({ code: 'file.no_statement' })
  })
})

describe('result files', () => {
  beforeEach(() => open().send([first, second], NEVER))

  test('the generic layout: paid, refused, and a line of something else', async () => {
    result(golden('file', 'generic.result.csv'))
    expect(await open().inquire([first, second], NEVER)).toEqual([
      {
        kind: 'settled',
        echo: {
          reference: first.reference,
          amount: first.amount,
          payeeAccount: '6222000000000001',
          bankSerial: 'W1',
          code: '成功',
          text: '成功 result.csv 第 2 行 / line 2',
        },
      },
      { kind: 'refused', refusal: { code: '失败', text: '失败 户名不符 result.csv 第 4 行 / line 4', bankSerial: '' } },
    ])
  })

  test.each([
    [
      'without a title',
      HEAD.replace('状态', '结果') + '260301000000001,成功,1.05,,,',
      '第 1 行「状态」列 / line 1, column 「状态」',
    ],
    ['with a title twice', HEAD.replace('说明', '状态') + '260301000000001,成功,1.05,,,', '第 1 行「状态」列'],
    [
      'with an amount that is none',
      `${HEAD}260301000000002,成功,1.05,,,\r\n260301000000001,成功,1.0x,,,`,
      '第 3 行「金额」列 / line 3, column 「金额」',
    ],
    ['with an amount of three decimals', `${HEAD}260301000000001,成功,1.055,,,`, '第 2 行「金额」列'],
    ['without a status', `${HEAD}260301000000001,,1.05,,,`, '第 2 行「状态」列'],
    ['with an open quote', `${HEAD}260301000000001,成功,"1.05,,,`, '/ line 2'],
    ['without rows', '', '第 1 行 / line 1'],
    ['in another charset', Buffer.from(`${HEAD}260301000000001,成功,1.05,,,\uFFFD`, 'utf8'), '/ line '],
  ])('a file %s is named with its place in both languages, and nothing of it is used', async (_, bytes, place) => {
    result(bytes)
    const outcome = await asked()
    expect(outcome).toMatchObject({ kind: 'unavailable', code: 'file.malformed' })
    expect(JSON.stringify(outcome)).toContain('result.csv ')
    expect(JSON.stringify(outcome)).toContain(place)
    expect(await asked(open(), second)).toMatchObject({ kind: 'unavailable' })
    const checks = (await open().doctor?.()) ?? []
    expect(checks.filter(({ ok }) => !ok).map(({ zh }) => zh)).toEqual([expect.stringContaining('result.csv')])
    expect(files('in')).toEqual(['result.csv'])
  })

  test('what a good file says holds beside a malformed one', async () => {
    result(golden('file', 'generic.result.csv'), 'a.csv')
    result('x', 'b.csv')
    expect(await asked()).toMatchObject({ kind: 'settled' })
  })

  test('a word that the site has not entered decides nothing, however it looks', async () => {
    for (const word of ['交易成功', '成功 ', '成功。', 'SUCCESS', '已受理', '失败或未知']) {
      result(`${HEAD}260301000000001,${word},1.05,,,`)
      const outcome = await asked()
      if (word.trim() === '成功') expect(outcome).toMatchObject({ kind: 'settled' })
      else expect(outcome).toMatchObject({ kind: 'unavailable', code: 'file.status' })
    }
  })

  test('later files continue what earlier ones said; a yes beside a no, or two lines in one file, are for a person', async () => {
    const say = (word: string, name: string): void => result(`${HEAD}260301000000001,${word},1.05,,,`, name)
    say('处理中', '1.csv')
    expect(await asked()).toMatchObject({ kind: 'accepted' })
    say('成功', '2.csv')
    expect(await asked()).toMatchObject({ kind: 'settled' })
    say('成功', '3.csv')
    expect(await asked()).toMatchObject({ kind: 'settled' })
    say('退票', '4.csv')
    expect(await asked()).toMatchObject({ kind: 'returned' })
    say('失败', '5.csv')
    expect(await asked()).toMatchObject({ kind: 'unavailable', code: 'file.contradictory' })
    unlinkSync(path.join(folder, 'in', '5.csv'))
    result(`${HEAD}260301000000001,成功,1.05,,,\r\n260301000000001,成功,1.05,,,`, '6.csv')
    expect(await asked()).toMatchObject({ kind: 'unavailable', code: 'file.twice' })
  })

  test('a refusal of another amount or account refuses nothing; a success is passed on for the core to compare', async () => {
    for (const row of ['失败,1.06,,,', '失败,1.05,6222000000000009,,']) {
      result(`${HEAD}260301000000001,${row}`)
      expect(await asked()).toMatchObject({ kind: 'unavailable', code: 'file.wrong_item' })
    }
    result(`${HEAD}260301000000001,成功,1.06,,,`)
    expect(await asked()).toMatchObject({ kind: 'settled', echo: { amount: { minor: 106n, currency: 'CNY' } } })
  })

  test('a file that is still being copied is not read yet, and one that grew is read anew', async () => {
    const gateway = open()
    result(`${HEAD}260301000000001,成功,1.05,,,`, 'result.csv', 1000)
    expect(await asked(gateway)).toMatchObject({ kind: 'accepted' })
    result(`${HEAD}260301000000001,处理中,1.05,,,`, 'result.csv', 90_000)
    expect(await asked(gateway)).toMatchObject({ kind: 'accepted', echo: { code: '处理中' } })
    result(`${HEAD}260301000000001,成功,1.05,,,\r\n`, 'result.csv', 80_000)
    expect(await asked(gateway)).toMatchObject({ kind: 'settled' })
  })

  test('a workbook is read by its own cells, and a number whose digits a spreadsheet has lost is refused by its place', async () => {
    const columns = { reference: '用途', status: '状态', amount: '金额' }
    const layout = { format: 'xlsx', titleRow: 2, columns, statuses: [{ word: '交易成功', outcome: 'settled' }] }
    const write = (rows: readonly (readonly unknown[])[]): void => {
      const book = XLSX.utils.book_new()
      XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(rows.map(row => [...row])), '结果')
      result(XLSX.write(book, { type: 'buffer', bookType: 'xlsx' }) as Buffer, 'r.xlsx')
    }
    write([['标题'], ['用途', '状态', '金额'], ['货款 260301000000001', '交易成功', 1.05]])
    expect(await asked(open({ result: layout }))).toMatchObject({ kind: 'settled', echo: { amount: first.amount } })
    write([['标题'], ['用途', '状态', '金额'], [2.60301000000001e21, '交易成功', 1.05]])
    expect(JSON.stringify(await asked(open({ result: layout })))).toContain(
      'r.xlsx 第 3 行「A」列 / line 3, column 「A」',
    )
    result('x', 'r.xlsx')
    expect(await asked(open({ result: layout }))).toMatchObject({ kind: 'unavailable', code: 'file.malformed' })
  })

  test('a folder that cannot be read teaches nothing', async () => {
    rmSync(path.join(folder, 'in'), { recursive: true })
    expect(await asked()).toMatchObject({ kind: 'unavailable', code: 'file.unreadable' })
    const checks = (await open().doctor?.()) ?? []
    expect(checks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['folder in'])
  })
})
