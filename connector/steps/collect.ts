// Incoming money on its way: whose it is, where that is known beyond doubt, and the entry for what was claimed. It never
// guesses a customer; what it does not know waits for a person.

import {
  collectionEntry,
  entryGroup,
  isBookable,
  type CollectionMember,
  type CollectionSettings,
} from '../core/collection'
import { bankDay } from '../core/bank-time'
import { plainAccount, plainName } from '../core/plain'
import { negated } from '../core/money'
import { listedCodes, partyOf } from '../core/parties'
import type { StoredCollection } from '../store/store'
import { changeOf } from './collection-record'
import { accountOf, type Deps } from './deps'
import { collectionsKeyOf, nextEntryKeyOf } from './entry-key'
import { bookableOf } from './journal-decision'

/** Lines of one amount that are looked through for a payment that may have come back. */
const SAME_AMOUNT_MAX = 1_000
/** Pages of claimed collections; beyond it the rest has its turn in the next round. */
const PAGES_MAX = 100
/** Collections of one entry; U8's voucher lines are counted by a small number, and people must read it. */
const MEMBERS_MAX = 100

/** Returns the number of collections whose customer was looked for, and of those booked. */
export async function collect(deps: Deps): Promise<number> {
  const settings = deps.settings.collection ?? null
  if (settings === null) return 0
  if (settings.booking === 'line') {
    // First what needs no ERP: master data that cannot be asked must not keep what is claimed from being booked.
    const booked = await bookClaimed(deps, settings)
    return booked + (await findCustomers(deps, settings))
  }
  // A day's entry waits for it instead: it should hold all that is known of the day.
  const found = await findCustomers(deps, settings)
  return found + (await bookClaimed(deps, settings))
}

async function findCustomers(deps: Deps, settings: CollectionSettings): Promise<number> {
  const found = await deps.store.collections.unlooked(deps.settings.batchLimit)
  for (const collection of found) {
    const code = (await mayBeReturn(deps, collection)) ? null : await customerCode(deps, collection, settings)
    if (code === null) await deps.store.collections.looked(collection.line.id, deps.clock.now())
    else await claimFor(deps, collection, code)
  }
  return found.length
}

/**
 * We have paid this very amount to this very party: it may be money that came back without a mark of its bank, and a
 * supplier may be a customer too. Then a person says what it is.
 */
async function mayBeReturn(deps: Deps, { line }: StoredCollection): Promise<boolean> {
  const { amount, counterAccount, counterName } = line.line
  const paid = await deps.store.statements.ofAmount(line.account, negated(amount), SAME_AMOUNT_MAX)
  const isSame = (a: string, b: string): boolean => a !== '' && a === b
  return paid.some(
    other =>
      other.paymentId !== null &&
      (isSame(plainAccount(other.line.counterAccount), plainAccount(counterAccount)) ||
        isSame(plainName(other.line.counterName), plainName(counterName))),
  )
}

/** @throws Fault when the ERP's master data cannot be asked: it is asked again, and nothing is assumed meanwhile */
async function customerCode(
  deps: Deps,
  collection: StoredCollection,
  settings: CollectionSettings,
): Promise<string | null> {
  const { counterAccount, counterName } = collection.line.line
  const listed = listedCodes(counterAccount, counterName, settings.customers)
  const bridge = settings.asksErp ? deps.erps.get(collection.erp) : undefined
  const asked = bridge?.customers ? await bridge.customers(counterAccount, counterName) : null
  return partyOf(asked === null ? [listed] : [listed, asked])
}

async function claimFor(deps: Deps, collection: StoredCollection, code: string): Promise<void> {
  const change = changeOf(deps, collection, {
    to: 'claimed',
    cause: 'claimed',
    actor: deps.settings.instance,
    text: `自动识别客户 ${code}`,
    journal: 'collection',
    entryKey: null,
    claim: {
      claimedBy: deps.settings.instance,
      reason: '账号或户名与客户一致 (account or exact name of the customer)',
      parts: [{ customer: code, document: '', amount: collection.line.line.amount }],
    },
  })
  // Somebody claimed it meanwhile: then it is theirs.
  if (await deps.store.collections.change([change], deps.clock.now()))
    deps.tell({ kind: 'collection.moved', collection: collection.key, cause: 'claimed', to: 'claimed' })
}

async function bookClaimed(deps: Deps, settings: CollectionSettings): Promise<number> {
  const today = bankDay(deps.clock.now())
  const groups = new Map<string, StoredCollection[]>()
  for (const collection of await allClaimed(deps)) {
    const { line, parts } = collection
    const { bookedOn } = line.line
    if (!isBookable(settings, bookedOn, today)) continue
    const name = entryGroup(settings, { id: line.id, account: line.account, bookedOn, parts })
    groups.set(name, [...(groups.get(name) ?? []), collection])
  }
  let count = 0
  for (const group of groups.values()) {
    for (let start = 0; start < group.length; start += MEMBERS_MAX) {
      const members = group.slice(start, start + MEMBERS_MAX)
      if (await bookOne(deps, members, settings)) count += members.length
    }
  }
  return count
}

async function allClaimed(deps: Deps): Promise<readonly StoredCollection[]> {
  const all: StoredCollection[] = []
  let after: string | null = null
  for (let page = 0; page < PAGES_MAX; page++) {
    const found = await deps.store.collections.list(['claimed'], after, deps.settings.batchLimit)
    all.push(...found)
    after = found.at(-1)?.line.id ?? null
    if (found.length < deps.settings.batchLimit || after === null) break
  }
  return all
}

/** All of its members or none: where one was released meanwhile, the others have their turn in the next round. */
async function bookOne(
  deps: Deps,
  members: readonly StoredCollection[],
  settings: CollectionSettings,
): Promise<boolean> {
  const [first] = members
  const account = first ? accountOf(deps, first.line.account) : null
  if (!first || !account || account.ledgerAccount === '') return false
  const items: CollectionMember[] = []
  for (const member of members)
    items.push({ item: await bookableOf(deps, member.line, account, 0), parts: member.parts })
  const lineId = settings.booking === 'line' ? first.line.id : null
  const earlier = (await deps.store.journals.allOfLine(first.line.id)).length
  const key = lineId === null ? collectionsKeyOf(members) : nextEntryKeyOf(first.line, earlier)
  const entry = collectionEntry(key, items, settings)
  const changes = members.map(member =>
    changeOf(deps, member, {
      to: 'booked',
      cause: 'booked',
      actor: deps.settings.instance,
      text: '',
      journal: 'entry',
      entryKey: key,
    }),
  )
  const isBooked = await deps.store.collections.book(changes, { erp: first.erp, entry, lineId }, deps.clock.now())
  if (isBooked) deps.tell({ kind: 'entry.made', key, rule: entry.rule })
  return isBooked
}
