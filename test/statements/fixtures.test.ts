// Real files of public projects against what an independent reader made of them. Skipped, saying so, where they are not.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { readStatements, type ReadStatement } from './support'

const FIXTURES = path.resolve(__dirname, '../../../../shared/fixtures')
const hasFixtures = existsSync(FIXTURES)
if (!hasFixtures) console.warn(`skipped: no statement fixtures at ${FIXTURES}`)

type Money = { readonly dc: 'C' | 'D'; readonly date: string; readonly amount: string }
type Mt940Line = {
  readonly valueDate: string
  readonly entryDate: string | null
  readonly mark: 'C' | 'D' | 'RC' | 'RD'
  readonly amount: string
  readonly type: string | null
  readonly customerRef: string | null
  readonly bankRef: string | null
  readonly details: string | null
}
type Mt940File = {
  readonly statements: readonly {
    readonly ref: string
    readonly account: string
    readonly number: string
    readonly opening: Money | null
    readonly closing: Money | null
    readonly transactions: readonly Mt940Line[]
    readonly balances: boolean | null
  }[]
}

const withFixtures = hasFixtures ? describe : describe.skip

withFixtures.each(filesOf('mt940'))('mt940/%s', name => {
  test('reads as the independent reader does', async () => {
    const expected: Mt940File = JSON.parse(readFileSync(expectedPath('mt940', name), 'utf8'))
    const { statements, problems } = await readStatements(readFileSync(path.join(FIXTURES, 'mt940', name)))
    expect(statements.map(mt940Shown)).toEqual(
      expected.statements.map(one => ({
        reference: one.ref,
        account: one.account,
        number: one.number,
        opening: moneyOf(one.opening),
        closing: moneyOf(one.closing),
        proven: one.balances,
        lines: one.transactions.map(line => ({
          bookedOn: line.entryDate ?? line.valueDate,
          valueOn: line.valueDate,
          amount: cents(`${line.mark === 'D' || line.mark === 'RC' ? '-' : ''}${line.amount}`),
          reversal: line.mark.startsWith('R'),
          type: typeOf(line),
          bankReference: line.bankRef === 'NONREF' ? null : line.bankRef,
        })),
      })),
    )
    const gaps = problems.filter(problem => problem.code === 'BALANCE_GAP').length
    expect(gaps).toBe(expected.statements.filter(one => one.balances === false).length)
    for (const [index, one] of expected.statements.entries()) expectTexts(statements[index], one.transactions)
  })
})

type CamtFile = {
  readonly kind: string
  readonly statements: readonly {
    readonly id: string
    readonly seq: string | null
    readonly account: { readonly id: string; readonly ccy: string | null }
    readonly balances: readonly {
      readonly type: string
      readonly amount: string
      readonly cdtDbt: string
      readonly date: string
    }[]
    readonly entries: readonly CamtEntry[]
    readonly balanceCheck: boolean | null
  }[]
}
type CamtEntry = {
  readonly amount: string
  readonly ccy: string
  readonly cdtDbt: 'CRDT' | 'DBIT'
  readonly reversal: string | null
  readonly status: string
  readonly bookingDate: string | null
  readonly valueDate: string | null
  readonly acctSvcrRef: string | null
  readonly bankTxCode: string | null
  readonly details: readonly {
    readonly amount: string | null
    readonly cdtDbt: 'CRDT' | 'DBIT' | null
    readonly endToEndId: string | null
    readonly ustrd: readonly string[]
    readonly structuredRefs: readonly string[]
    readonly returnReason: string | null
  }[]
}

const STATUS: Readonly<Record<string, string>> = { BOOK: 'booked', PDNG: 'pending', INFO: 'information' }

withFixtures.each(filesOf('camt').filter(name => !/pain|remt/i.test(path.basename(name))))('camt/%s', name => {
  test('reads as the independent reader does', async () => {
    const expected: CamtFile = JSON.parse(readFileSync(expectedPath('camt', name), 'utf8'))
    const file = await readStatements(readFileSync(path.join(FIXTURES, 'camt', name)))
    expect(file.format).toBe(expected.kind)
    expect(file.statements.map(camtShown)).toEqual(
      expected.statements.map(one => ({
        reference: one.id,
        number: one.seq,
        account: one.account.id,
        proven: one.balanceCheck,
        opening: balanceOf(one.balances, 'OPBD'),
        closing: balanceOf(one.balances, 'CLBD') ?? balanceOf(one.balances, 'ITBD'),
        lines: one.entries.map(entry => ({
          amount: cents(signedBy(entry.cdtDbt, entry.amount)),
          currency: entry.ccy,
          reversal: entry.reversal === 'true',
          status: STATUS[entry.status],
          bookedOn: entry.bookingDate?.slice(0, 10) ?? null,
          valueOn: entry.valueDate?.slice(0, 10) ?? null,
          type: entry.bankTxCode,
          details: entry.details.map(detail => ({
            amount: detail.amount === null ? null : cents(signedBy(detail.cdtDbt ?? entry.cdtDbt, detail.amount)),
            endToEndId: detail.endToEndId === 'NOTPROVIDED' ? null : detail.endToEndId,
          })),
        })),
      })),
    )
    for (const [index, one] of expected.statements.entries())
      for (const [at, entry] of one.entries.entries()) expectCamtTexts(file.statements[index]?.lines[at], entry)
  })
})

test('there are files to compare with, or none at all', () => {
  expect(filesOf('mt940').length).toBeGreaterThan(hasFixtures ? 60 : 0)
  expect(filesOf('camt').length).toBeGreaterThan(hasFixtures ? 30 : 0)
})

function filesOf(folder: string): readonly string[] {
  if (!hasFixtures) return ['(the fixtures are absent)']
  const root = path.join(FIXTURES, folder, 'expected-normalised')
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(name => existsSync(path.join(FIXTURES, folder, name.replace(/\.json$/, ''))))
    .filter(name => name.endsWith('.json'))
    .map(name => name.replace(/\.json$/, ''))
    .toSorted()
}

function expectedPath(folder: string, name: string): string {
  return path.join(FIXTURES, folder, 'expected-normalised', `${name}.json`)
}

/** Exact cents of decimal text, for `5.1` and `5.10` are one amount. */
function cents(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  const units = BigInt(whole) * 100_000n + BigInt(fraction.slice(0, 5).padEnd(5, '0'))
  return text.startsWith('-') ? -units : units
}

function moneyOf(money: Money | null): { on: string; amount: bigint } | null {
  return money && { on: money.date, amount: cents(`${money.dc === 'D' ? '-' : ''}${money.amount}`) }
}

function shownBalance(balance: ReadStatement['opening']): { on: string | null; amount: bigint } | null {
  return balance && { on: balance.on, amount: cents(balance.amount) }
}

function mt940Shown(statement: ReadStatement): unknown {
  const { reference, account, number, opening, closing, proven, lines } = statement
  return {
    ...{ reference, account, number, proven, opening: shownBalance(opening), closing: shownBalance(closing) },
    lines: lines.map(({ bookedOn, valueOn, amount, reversal, type, bankReference }) => ({
      ...{ bookedOn, valueOn, reversal, type, bankReference, amount: cents(amount) },
    })),
  }
}

/** `D20,00NONREF`: the other reader takes `NONR` for the type; there is no type, and the reference says so. */
function typeOf(line: Mt940Line): string | null {
  return line.type === 'NONR' && line.customerRef === 'EF' ? null : (line.type?.trim() ?? null)
}

/** Every word of the customer's reference and of an unstructured field 86 is in the entry. */
function expectTexts(statement: ReadStatement | undefined, lines: readonly Mt940Line[]): void {
  for (const [index, line] of lines.entries()) {
    const entry = statement?.lines[index]
    const reference = line.customerRef?.trim() ?? ''
    if (reference === 'NONREF' || reference === '' || reference === 'EF') expect(entry?.reference).toBeNull()
    else if (!/^(NONREF |KREF|EREF|MARF|PREF)/.test(reference)) expect(entry?.reference).toBe(reference)
    const details = line.details?.trim() ?? ''
    const isPlain = details !== '' && !/^(\d{3})?[?>~^<]|\/[A-Z]{4}\//.test(details)
    if (isPlain) expect(squeezed(entry?.text)).toBe(squeezed(details))
    const iban = /\/IBAN\/([A-Z]{2}\d{2}[A-Z0-9]{10,30})\b/.exec(details)?.[1]
    if (iban) expect(entry?.counterAccount).toBe(iban)
  }
}

function squeezed(text: string | null | undefined): string {
  return (text ?? '').replace(/\s+/g, ' ').trim()
}

function signedBy(indicator: string, amount: string): string {
  return `${indicator === 'DBIT' ? '-' : ''}${amount}`
}

function balanceOf(
  balances: CamtFile['statements'][number]['balances'],
  type: string,
): { on: string; amount: bigint } | null {
  const found = balances.find(one => one.type === type)
  return found ? { on: found.date.slice(0, 10), amount: cents(signedBy(found.cdtDbt, found.amount)) } : null
}

function camtShown(statement: ReadStatement): unknown {
  const { reference, number, account, proven, opening, closing, lines } = statement
  return {
    ...{ reference, number, account, proven, opening: shownBalance(opening), closing: shownBalance(closing) },
    lines: lines.map(({ amount, currency, reversal, status, bookedOn, valueOn, type, details }) => ({
      ...{ amount: cents(amount), currency, reversal, status, bookedOn, valueOn, type },
      details: details.map(({ amount: own, endToEndId }) => ({
        ...{ amount: own === null ? null : cents(own), endToEndId },
      })),
    })),
  }
}

function expectCamtTexts(line: ReadStatement['lines'][number] | undefined, entry: CamtEntry): void {
  if (entry.acctSvcrRef !== null) expect(line?.bankReference).toBe(entry.acctSvcrRef)
  for (const [index, detail] of entry.details.entries()) {
    // The other reader leaves a bank's own return code (Prtry) out.
    if (detail.returnReason !== null) expect(line?.details[index]?.returnReason).toBe(detail.returnReason)
    for (const part of [...detail.ustrd, ...detail.structuredRefs])
      expect(squeezed(line?.details[index]?.text)).toContain(squeezed(part))
  }
}
