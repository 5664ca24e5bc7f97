// Rows of one table become statements: the heading is found, every row below is an entry, a total, a note or a row that
// cannot be read. No row is left out unsaid: what is skipped is counted, what cannot be read stops the file at its end.

import type { ParserContext } from '../ledger'
import { StatementFileError } from '../model'
import { quoted } from '../text'
import {
  amountOfRow,
  conventionOf,
  type AmountFault,
  type OutConvention,
  type RowAmount,
  type Values,
} from './amount-of'
import { areMostOwed, balanceOf, isBalanceSided, takesBalance } from './balance-of'
import { billOf, isBillShaped, openBill } from './bill-shape'
import { headingOf, isBlank, narrow, plain, readDay, type Row } from './cells'
import { doubtOf, hasBookSides, journal, saysOut } from './doubts'
import { currencyOf, type Field } from './fields'
import { entryOf, unbracketed } from './entry-of'
import { openGroups, type Groups } from './groups'
import { layoutOf, type Layout } from './layout'
import { accountNamed, besideOf, emptyPreamble, notePreamble, type Preamble } from './preamble'

export type TableOptions = {
  /** The sheet's name, or ''. */
  readonly title: string
  /** See DayContext. */
  readonly serialShift: number
}

export type Table = {
  row(row: Row): void
  /** Whether the table had a heading; only then it held a statement. Throws StatementFileError for unreadable rows. */
  end(): boolean
}

/** Rows above a heading: a wallet's notes have some twenty. */
export const MAX_PREAMBLE_ROWS = 100

/** Rows looked at before the first is told, for what the file's signs mean. */
const SAMPLE_ROWS = 200

/** Rows named one by one when they cannot be read. */
const MAX_FAULTS = 200

type Section = {
  layout: Layout
  preamble: Preamble
  /** Null until the sample is complete; `isSided` is known with it. */
  convention: OutConvention | null
  isSided: boolean
  /** Why no sign of the table can be believed. */
  doubt: StatementFileError | null
  isAfterTotals: boolean
}

type State = {
  readonly context: ParserContext
  readonly options: TableOptions
  readonly groups: Groups
  /** The lines that are not of a table yet. */
  preamble: Preamble
  head: Row[]
  section: Section | null
  held: Row[]
  readonly skipped: { totals: number; notes: number; headings: number; firstLine: number | null }
  faults: number
  firstFault: number | null
  isSignTold: boolean
  readonly signless: { count: number; firstLine: number | null; isContradicted: boolean }
}

export function createTable(context: ParserContext, options: TableOptions): Table {
  const state: State = {
    context,
    options,
    groups: openGroups(context),
    preamble: emptyPreamble(options.title),
    head: [],
    section: null,
    held: [],
    skipped: { totals: 0, notes: 0, headings: 0, firstLine: null },
    faults: 0,
    firstFault: null,
    isSignTold: false,
    signless: { count: 0, firstLine: null, isContradicted: false },
  }
  return {
    row(row) {
      if (state.section === null) return searchHeading(state, row)
      if (state.section.convention !== null) return bodyRow(state, state.section, row)
      state.held.push(row)
      if (state.held.length >= SAMPLE_ROWS) releaseHeld(state, state.section)
    },
    end: () => finish(state),
  }
}

/** A heading may have a second row: each row is judged when the next one is there. */
function searchHeading(state: State, row: Row): void {
  state.head.push(row)
  if (state.head.length > 1) judgeHeading(state, state.head.length - 2)
  if (state.section === null && state.head.length > MAX_PREAMBLE_ROWS) state.head.splice(0, 1)
}

function judgeHeading(state: State, at: number): void {
  const [upper, lower] = [state.head[at], state.head[at + 1] ?? null]
  if (!upper) return
  const layout = layoutOf(upper.cells, lower?.cells ?? null, state.preamble.title)
  if (layout === null) return notePreamble(state.preamble, upper.cells)
  state.section = {
    layout,
    preamble: state.preamble,
    convention: null,
    isSided: false,
    doubt: null,
    isAfterTotals: false,
  }
  state.groups.open(state.preamble, layout.profile)
  if (lower !== null && layout.rows === 1) state.held.push(lower)
}

function releaseHeld(state: State, section: Section): void {
  const sample = state.held.map(row => valuesOf(row, section.layout))
  takeBill(section, sample, state.held[0]?.line ?? null)
  section.convention = conventionOf(sample, section.layout)
  const [isSided, areOwed] = [isBalanceSided(sample, section.layout), areMostOwed(sample)]
  section.isSided = isSided && !areOwed
  const isCalledSo = section.preamble.title.includes('日记账')
  if (hasBookSides(section.layout) && (isCalledSo || (isSided && areOwed))) section.doubt = journal()
  const held = state.held
  state.held = []
  for (const row of held) bodyRow(state, state.section ?? section, row)
}

function takeBill(section: Section, sample: readonly Values[], line: number | null): void {
  const { layout } = section
  if (!layout.isCardByLooks && !isBillShaped(layout)) return
  const kind = billOf(sample)
  if (kind !== 'open') section.layout = { ...layout, profile: { ...layout.profile, kind } }
  else if (!layout.isCardByLooks) section.doubt = openBill(line)
}

function finish(state: State): boolean {
  if (state.section === null) judgeHeading(state, state.head.length - 1)
  if (state.section === null) return false
  if (state.section.convention === null) releaseHeld(state, state.section)
  tellSkipped(state)
  const proof = state.groups.end()
  if (state.faults === 0) {
    if (state.section.doubt !== null) throw state.section.doubt
    if (proof.isMirrored && hasBookSides(state.section.layout)) throw journal()
    tellSignless(state, state.section, proof.isWhole)
    return true
  }
  throw new StatementFileError(
    'STATEMENT_LINE_UNREADABLE',
    `${state.faults} 行流水不可读，不得略过 / ${state.faults} rows cannot be read, and none may be left out`,
    { line: state.firstFault },
  )
}

function tellSignless({ context, signless, isSignTold }: State, { layout }: Section, isWhole: boolean): void {
  const { count } = signless
  if (count === 0 || isSignTold) return
  const doubt = doubtOf({ ...signless, isWhole }, layout)
  if (doubt !== null) throw doubt
  context.warn(
    'warning',
    'DIRECTION_ASSUMED',
    null,
    `没有收支方向的列，金额也没有正负号：${count} 笔都按收入读取 / no column tells the direction and no amount has a sign: ${count} entries are taken as money in`,
  )
}

function valuesOf(row: Row, layout: Layout): Values {
  const at = (field: Field): readonly string[] =>
    (layout.columns.get(field) ?? []).map(index => plain(row.cells[index])).filter(text => !isBlank(text))
  return { one: field => at(field)[0] ?? '', all: at }
}

function bodyRow(state: State, section: Section, row: Row): void {
  if (row.cells.every(cell => plain(cell) === '')) return
  const values = valuesOf(row, section.layout)
  const context = { beside: besideOf(section.preamble), serialShift: state.options.serialShift }
  const days = values.all('date')
  const day = days.flatMap(text => readDay(text, context) ?? [])[0] ?? null
  const words = values.all('currency')
  const written = currencyOf(words[0] ?? '') ?? currencyBefore(values.one('amount'))
  const currency = written ?? section.preamble.currency ?? section.layout.profile.currency
  const amount = amountOfRow(values, section.layout, currency, section.convention ?? 'plain')
  if (takesBalance(section.preamble, row, values, amount, section.isSided)) return skip(state, 'notes', row)
  if (day !== null && row.cells.some(isTotalLabel)) return skip(state, 'totals', row)
  if (day === null || typeof amount === 'string') return otherRow(state, section, row, { day, days, amount })
  if (hasSpilled(state, section, row)) return refuse(state, row, row.cells.map(plain), 'spilled')
  section.isAfterTotals = false
  const balance = balanceOf(state.context, row, values, currency, section.isSided)
  if (amount.isSignTold) state.isSignTold = true
  if (amount.isSignless) {
    state.signless.count++
    state.signless.firstLine ??= row.line
    if (!state.isSignTold) state.signless.isContradicted ||= saysOut(row, section.layout)
  }
  const entry = entryOf(values, section.layout, { day, amount, balance, currency, context })
  const units = amount.isOut ? -amount.quantity.units : amount.quantity.units
  const account = unbracketed(values.one('account')) || section.preamble.account
  state.groups.add(account, entry, units, row.line)
}

/** `CNY 123.18`: amount and currency in one cell. */
function currencyBefore(amount: string): string | null {
  const code = /^[-+(]?([A-Z]{3})\s*[-+¥\d]/.exec(amount)?.[1]
  return code === undefined ? null : currencyOf(code)
}

/** An amount such as `1,200.50` without quotes moves every cell behind it: what it says then is not what was meant. */
function hasSpilled({ context }: State, { layout }: Section, row: Row): boolean {
  if (context.format !== 'csv' || row.cells.length <= layout.headings.length) return false
  return row.cells.slice(layout.headings.length).some(cell => plain(cell) !== '')
}

/** A sum of a month or page that has a day like an entry; nothing else is called so, word for word. */
function isTotalLabel(cell: string): boolean {
  if (cell.length > 40 || !/[合小总累]/.test(cell)) return false
  const text = narrow(plain(cell)).replaceAll(/\s/g, '')
  return /^(?:[本当今][日月季年页期])?(?:收入|支出|借方|贷方)?(?:发生额)?(?:合计|小计|累计|总计)$/.test(text)
}

const TOTALS = /合计|小计|总计|累计|^总|总额$|笔数|^共\d/

type NoEntry = {
  readonly day: string | null
  readonly days: readonly string[]
  readonly amount: RowAmount | AmountFault
}

/** A row that is no entry: a total, a note, a heading again, another table, or a row that cannot be read. */
function otherRow(state: State, section: Section, row: Row, { day, days, amount }: NoEntry): void {
  const texts = row.cells.map(cell => narrow(plain(cell)).replaceAll(/\s/g, '')).filter(text => text !== '')
  if (day === null) {
    if (isHeadingAgain(section, row) && state.preamble === section.preamble) return skip(state, 'headings', row)
    if (beginsTable(state, row)) return
    if (isDayLike(days) && amount !== 'blank') return refuse(state, row, texts, 'day')
    const isTotal =
      texts.slice(0, 3).some(text => TOTALS.test(text)) || (section.isAfterTotals && typeof amount !== 'string')
    if (isTotal || typeof amount === 'string') {
      section.isAfterTotals ||= isTotal
      noteBelow(state, section, row)
      return skip(state, isTotal ? 'totals' : 'notes', row)
    }
    return refuse(state, row, texts, 'day')
  }
  // A day alone, as that of printing, is no entry.
  if (amount === 'blank' && texts.length <= 2) return skip(state, 'notes', row)
  refuse(state, row, texts, typeof amount === 'string' ? amount : 'unreadable')
}

function refuse(state: State, row: Row, texts: readonly string[], fault: RowFault): void {
  state.faults++
  state.firstFault ??= row.line
  if (state.faults > MAX_FAULTS) return
  const [zh, en] = FAULTS[fault]
  const shown = quoted(texts.slice(0, 8).join(' | '))
  state.context.warn('error', 'STATEMENT_LINE_UNREADABLE', row.line, `${zh}：${shown} / ${en}: ${shown}`)
}

type RowFault = AmountFault | 'day' | 'spilled'

const FAULTS: Readonly<Record<RowFault, readonly [zh: string, en: string]>> = {
  day: ['日期不可读', 'the date cannot be read'],
  blank: ['没有金额', 'there is no amount'],
  unreadable: ['金额不可读', 'the amount cannot be read'],
  'both-sides': ['收入与支出都有金额', 'there is an amount on both sides'],
  spilled: ['单元格多于表头，或有逗号未加引号', 'there are more cells than headings, or a comma without quotes'],
  'direction-unknown': ['收支方向的字样不认识', 'the word of direction is not known'],
}

function isDayLike(days: readonly string[]): boolean {
  return days.some(text => /^\D{0,2}\d{1,4}[-/.年月]\d|^\d{6,8}/.test(narrow(text)))
}

function isHeadingAgain(section: Section, row: Row): boolean {
  const headings = row.cells.map(headingOf)
  return section.layout.headings.every((heading, index) => heading === '' || heading === (headings[index] ?? ''))
}

/** Another table below: the same file holds several accounts, each under its own lines. */
function beginsTable(state: State, row: Row): boolean {
  const layout = row.cells.length < 3 ? null : layoutOf(row.cells, null, state.preamble.title)
  if (layout === null) return false
  state.section = {
    layout,
    preamble: state.preamble,
    convention: state.section?.convention ?? 'plain',
    isSided: state.section?.isSided ?? false,
    doubt: state.section?.doubt ?? null,
    isAfterTotals: false,
  }
  state.groups.open(state.preamble, layout.profile)
  return true
}

/** Lines below a table belong to it, until one names another account; a page of the same one names it again. */
function noteBelow(state: State, section: Section, row: Row): void {
  const account = accountNamed(row.cells)
  if (account !== null && account !== state.preamble.account) state.preamble = emptyPreamble(state.options.title)
  notePreamble(state.preamble === section.preamble ? section.preamble : state.preamble, row.cells)
}

function skip(state: State, kind: 'totals' | 'notes' | 'headings', row: Row): void {
  state.skipped[kind]++
  state.skipped.firstLine ??= row.line
}

function tellSkipped({ skipped, context }: State): void {
  const { totals, notes, headings, firstLine } = skipped
  if (firstLine === null) return
  context.warn(
    'warning',
    'ROWS_SKIPPED',
    firstLine,
    `表内有不是流水的行：合计 ${totals}、说明 ${notes}、重复表头 ${headings} / rows that are no entries: ${totals} totals, ${notes} notes, ${headings} headings again`,
  )
}
