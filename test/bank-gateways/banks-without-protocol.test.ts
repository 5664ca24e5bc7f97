// The page for banks without a public protocol: its configurations are taken as they stand, and make the files that it promises.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as XLSX from '@e965/xlsx'
import iconv from 'iconv-lite'
import YAML from 'yaml'
import { z } from 'zod'
import { fileConfig } from '../../bank-gateways/file/config'
import { createFileGateway } from '../../bank-gateways/file/gateway'
import { GATEWAYS } from '../../bank-gateways/registry'
import type { BankGateway, Instruction } from '../../connector/ports'
import { clockAt, MORNING_MS, NEVER, payment } from './byte-front-end'

const PAGE = path.resolve(__dirname, '../../../docs/banks-without-protocol.md')
const blocks = [...readFileSync(PAGE, 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)
const connection = z.looseObject({ gateway: z.string(), accounts: z.record(z.string(), z.unknown()) })

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'yinqi-page-'))
  for (const name of ['out', 'in', 'written']) mkdirSync(path.join(folder, name))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** The block's gateway, over folders of this test, and its account. */
function opened(block: string | undefined): { readonly gateway: BankGateway; readonly account: string } {
  const { gateway: kind, ...own } = connection.parse(YAML.parse(block ?? ''))
  expect(Object.keys(GATEWAYS)).toContain(kind)
  const config = fileConfig.parse({
    ...own,
    ...Object.fromEntries(['out', 'in', 'written'].map(name => [name, path.join(folder, name)])),
  })
  const [account = ''] = Object.keys(own.accounts)
  return { gateway: createFileGateway(config, { clock: clockAt(MORNING_MS), name: 'page' }), account }
}

const paidFrom = (account: string): Instruction => ({
  ...payment(account, { reference: '260301000000001', batch: { reference: '260301000000001', line: 1 } }),
  purpose: '一月份原材料采购货款及运费、装卸费、仓储费结算',
})

function result(bytes: Buffer, name: string): void {
  const file = path.join(folder, 'in', name)
  writeFileSync(file, bytes)
  utimesSync(file, (MORNING_MS - 60_000) / 1000, (MORNING_MS - 60_000) / 1000)
}

test('the page names both banks, and claims a gateway for neither', () => {
  expect(blocks.length).toBe(2)
  expect(Object.keys(GATEWAYS)).not.toContain('psbc')
  expect(Object.keys(GATEWAYS)).not.toContain('hxb')
})

test('PSBC: a workbook whose purpose ends in our reference, and a result that is found by it', async () => {
  const { gateway, account } = opened(blocks[0])
  const one = paidFrom(account)
  expect((await gateway.send([one], NEVER))[0]?.kind).toBe('accepted')
  const [name = ''] = readdirSync(path.join(folder, 'out'))
  const sheet = XLSX.readFile(path.join(folder, 'out', name)).Sheets['批量转账'] ?? {}
  const [titles = [], row = []] = XLSX.utils.sheet_to_json<string[]>(sheet, { header: 1 })
  expect(titles).toEqual(['序号', '收款人账号', '收款人户名', '收款行名', '收款行号', '金额', '用途'])
  expect(row[5]).toBe('1.05')
  expect(row[6]).toMatch(/^一月份原材料.* 260301000000001$/)
  expect(Buffer.byteLength(row[6] ?? '')).toBeLessThanOrEqual(60)
  const book = XLSX.utils.book_new()
  const rows = [
    ['转账结果'],
    ['用途', '交易状态', '金额', '收款人账号', '交易流水号', '失败原因'],
    [row[6], '交易成功', '1.05', one.payee.account, 'W1', ''],
  ]
  XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(rows), '结果')
  result(XLSX.write(book, { type: 'buffer', bookType: 'xlsx' }) as Buffer, 'r.xlsx')
  expect((await gateway.inquire([one], NEVER))[0]).toMatchObject({
    kind: 'settled',
    echo: { reference: one.reference, bankSerial: 'W1' },
  })
})

test('HXB: lines between bars without titles, and a result that is found by the serial', async () => {
  const { gateway, account } = opened(blocks[1])
  const one = paidFrom(account)
  expect((await gateway.send([one], NEVER))[0]?.kind).toBe('accepted')
  const [name = ''] = readdirSync(path.join(folder, 'out'))
  expect(name).toBe('HXB_260301000000001-1.csv')
  expect(iconv.decode(readFileSync(path.join(folder, 'out', name)), 'gbk')).toBe(
    '260301000000001|10250000000000001|6222000000000001|收款公司|102100099996|1|0|1.05|20260301|一月份原材料采购货款及运费、装卸费、仓储费结算\r\n',
  )
  result(
    iconv.encode(
      '客户流水号|处理状态|金额|收款账号|返回信息\r\n260301000000001|失败|1.05|6222000000000001|户名不符\r\n',
      'gbk',
    ),
    'r.csv',
  )
  expect((await gateway.inquire([one], NEVER))[0]).toMatchObject({ kind: 'refused' })
})
