// Incoming money that is to be claimed (到款通知): whose it is, on evidence or by a person's word, in parts that add up
// exactly, and the entry that books it. A customer is never guessed.

import type { CollectionState, JournalEntry, JournalLine, Money } from '../ports'
import { assert } from './assert'
import { assertBalanced, bankLineOf, type Bookable } from './journal'
import { auxiliariesOf, filled } from './journal-template'
import { parseAmount } from './money'
import type { KnownParty } from './parties'

export type ClaimPart = { readonly customer: string; readonly document: string; readonly amount: Money }

export type CollectionSettings = {
  /** `line`: an entry each, at once. `day` and `customer`: one entry an account and bank day (and customer), when the day is over. */
  readonly booking: 'line' | 'day' | 'customer'
  readonly customers: readonly KnownParty[]
  /** Ask the ERP's master data for a customer that is not listed here. */
  readonly asksErp: boolean
  readonly voucherType: string
  readonly summary: string
  readonly counterAccount: string
  readonly auxiliaries: Readonly<Record<string, string>>
  readonly bankAuxiliaries: Readonly<Record<string, string>>
  readonly settlementStyle: string
}

export type Claim = {
  readonly customer: string
  readonly document: string
  /** `customer:document:amount` with `;` between, or empty: the whole amount is the one customer's. */
  readonly split: string
}

export type ClaimProblem = { readonly code: string; readonly zh: string; readonly en: string }

/** The parts of a claim, which add up to the amount exactly, or why it cannot be taken. */
export function partsOf(claim: Claim, amount: Money): readonly ClaimPart[] | ClaimProblem {
  if (claim.split.trim() === '') {
    const customer = claim.customer.trim()
    if (customer === '') return problem('CLAIM_CUSTOMER_MISSING', '缺少客户编码', 'no customer is named')
    return [{ customer, document: claim.document.trim(), amount }]
  }
  if (claim.customer.trim() !== '') {
    return problem(
      'CLAIM_SPLIT_MALFORMED',
      '拆分认领时请把客户写在各部分中，不要另写客户',
      'a split names its customers itself: leave the customer empty',
    )
  }
  const parts: ClaimPart[] = []
  for (const text of claim.split.split(/[;；]/).filter(part => part.trim() !== '')) {
    const [customer = '', document = '', digits = '', ...more] = text.split(/[:：]/).map(part => part.trim())
    const money = parseAmount(digits, amount.currency)
    if (customer === '' || more.length > 0 || typeof money === 'string' || money.minor <= 0n) {
      return problem(
        'CLAIM_SPLIT_MALFORMED',
        `拆分「${text.trim()}」应写作「客户:单据:金额」，金额大于零`,
        `the part "${text.trim()}" is not customer:document:amount with an amount above zero`,
      )
    }
    parts.push({ customer, document, amount: money })
  }
  const total = parts.reduce((sum, part) => sum + part.amount.minor, 0n)
  if (total !== amount.minor)
    return problem('CLAIM_SUM', '各部分之和不等于到款金额', 'the parts do not add up to the amount that came in')
  return parts
}

export type CollectionMember = { readonly item: Bookable; readonly parts: readonly ClaimPart[] }

/** One entry for one or more collections of one account and day: the bank's line of each, then the parts of each. */
export function collectionEntry(
  key: string,
  members: readonly CollectionMember[],
  settings: CollectionSettings,
): JournalEntry {
  const [first] = members
  assert(first !== undefined, 'an entry of collections has none')
  const { item } = first
  const lines = members.map(member => linesOf(member, settings))
  const entry: JournalEntry = {
    key,
    accountSet: item.accountSet,
    date: item.line.bookedOn,
    voucherType: settings.voucherType,
    summary: lines[0]?.[0]?.summary ?? '',
    maker: item.maker,
    lines: [...lines.flatMap(each => each.slice(0, 1)), ...lines.flatMap(each => each.slice(1))],
    document: null,
    rule: 'collection',
  }
  assertBalanced(entry)
  return entry
}

function linesOf({ item, parts }: CollectionMember, settings: CollectionSettings): readonly JournalLine[] {
  const total = parts.reduce((sum, part) => sum + part.amount.minor, 0n)
  assert(total === item.line.amount.minor, 'the parts of a claim do not add up')
  const [first] = parts
  assert(first !== undefined, 'a claim without parts')
  const wordsOf = (part: ClaimPart) => ({ customer: part.customer, document: part.document })
  const bank = bankLineOf(item, filled(settings.summary, item, wordsOf(first)), settings)
  return [
    bank,
    ...parts.map((part): JournalLine => ({
      account: settings.counterAccount,
      side: 'credit',
      amount: part.amount,
      summary: filled(settings.summary, item, wordsOf(part)),
      auxiliaries: auxiliariesOf(settings.auxiliaries, item, wordsOf(part)),
      settlement: null,
    })),
  ]
}

/** May it be booked now? A day's entry waits until the day is over, so that it holds what was claimed by then. */
export function isBookable(settings: Pick<CollectionSettings, 'booking'>, bookedOn: string, today: string): boolean {
  return settings.booking === 'line' || bookedOn < today
}

/** Collections with the same text share an entry. */
export function entryGroup(
  settings: Pick<CollectionSettings, 'booking'>,
  of: {
    readonly id: string
    readonly account: string
    readonly bookedOn: string
    readonly parts: readonly ClaimPart[]
  },
): string {
  if (settings.booking === 'line') return of.id
  const customers = settings.booking === 'day' ? [] : [...new Set(of.parts.map(part => part.customer))].toSorted()
  return JSON.stringify([of.account, of.bookedOn, ...customers])
}

/** The words a person reads, spelled once. */
export const COLLECTION_WORDS: Readonly<Record<CollectionState, { readonly zh: string; readonly en: string }>> = {
  open: { zh: '待认领', en: 'to be claimed' },
  claimed: { zh: '已认领，待入账', en: 'claimed, to be booked' },
  booked: { zh: '已入账', en: 'booked' },
  withdrawn: { zh: '已撤回', en: 'withdrawn' },
}

function problem(code: string, zh: string, en: string): ClaimProblem {
  return { code, zh, en }
}
