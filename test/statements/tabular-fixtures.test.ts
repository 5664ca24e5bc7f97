// Real exports of Chinese banks and wallets against what an independent reader made of them. That reader drops rows by
// rules of its own, so that each of its bookings must be found, and ours may be more. Skipped, saying so, where absent.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { readStatements, type ReadFile } from './support'

const FIXTURES = path.resolve(__dirname, '../../../../shared/fixtures/cn-statements')
const hasFixtures = existsSync(FIXTURES)
if (!hasFixtures) console.warn(`skipped: no exports at ${FIXTURES}`)
const SOURCES = 'deb-sig+double-entry-generator/example'

type Booking = {
  readonly date: string
  readonly postings: readonly { readonly account: string; readonly amount: string }[]
}

/** Folder of the example, file of ours, rows in it, and the accounts that are the exported one. */
const CASES: readonly (readonly [folder: string, rows: number, own: RegExp])[] = [
  ['abc_debit', 5, /^Assets:ABC/],
  ['alipay', 10, /Alipay|CC:COMM|^Assets:/],
  ['cmb/credit', 6, /^Liabilities:CreditCard:CMB/],
  ['cmb/debit', 5, /^Assets:/],
  ['icbc/credit', 9, /^Liabilities:Bank:CN:ICBC/],
  ['icbc/debit-v1', 11, /^Assets:Bank:CN:ICBC$/],
  ['icbc/debit-v2', 11, /^Assets:Bank:CN:ICBC$/],
  ['wechat', 27, /^/],
]

function filesOf(folder: string): readonly string[] {
  const own = path.join(FIXTURES, SOURCES, folder)
  const other = path.join(FIXTURES, 'derived-encodings')
  return [
    ...readdirSync(own)
      .filter(name => /\.(?:csv|xlsx)$/.test(name))
      .map(name => path.join(own, name)),
    ...readdirSync(other)
      .filter(name => name.startsWith(`${folder.replace('/', '__')}__`))
      .map(name => path.join(other, name)),
  ]
}

function expectedOf(folder: string): readonly Booking[] {
  const place = path.join(FIXTURES, 'expected/example', folder)
  return JSON.parse(readFileSync(path.join(place, readdirSync(place)[0] ?? ''), 'utf8'))
}

const shown = ({ statements }: ReadFile): readonly (readonly unknown[])[] =>
  statements.flatMap(one =>
    one.lines.map(line => [line.bookedOn, line.amount, line.text, line.counterName, line.status]),
  )

;(hasFixtures ? describe : describe.skip)('exports of banks and wallets', () => {
  test.each(CASES)('%s', async (folder, rows, mine) => {
    const files = await Promise.all(filesOf(folder).map(async file => readStatements(readFileSync(file))))
    const first = files[0]
    if (!first) throw new Error(`no file in ${folder}`)
    expect(files.length).toBeGreaterThan(folder === 'alipay' ? 0 : 1)
    for (const file of files) {
      expect(file.statements).toHaveLength(1)
      expect(shown(file)).toEqual(shown(first))
    }
    const lines = first.statements[0]?.lines ?? []
    expect(lines).toHaveLength(rows)
    for (const { date, postings } of expectedOf(folder)) {
      const own = postings.filter(one => mine.test(one.account)).map(one => Number(one.amount))
      // A fee that stands in the same row is a posting of its own there.
      const out = own.filter(amount => amount < 0).reduce((sum, amount) => sum + amount, 0)
      const amounts = [...own, out].map(amount => amount.toFixed(2))
      const found = lines.filter(line => line.status === 'booked' && amounts.includes(Number(line.amount).toFixed(2)))
      const neutral = lines.filter(
        line => line.status !== 'booked' && amounts.some(one => one.replace('-', '') === line.amount),
      )
      // Their card bill is dated by the purchase, ours by the booking, some days later.
      const days = [...found, ...neutral].map(line => line.bookedOn ?? '')
      expect(days.some(day => (folder === 'cmb/credit' ? day >= date : day === date))).toBe(true)
    }
  })
})
