// Takes over what the ERP shows of its bank-deposit journal on some days: what is new, changed or gone. A match whose
// lines no longer agree keeps standing and shows its difference; only a person undoes it.

import type { LedgerLine } from '../ports'
import { digestOf, encode, integer, integerOrNull, text } from './codec'
import type { Database, Row, Session } from './database'
import type { Place } from './keys'
import { factsOf, spanOf } from './match-facts'
import { onlyOneAtATime } from './match-items'
import { storedMatch } from './match-reads'
import { executeIn, insert, selectIn } from './statements'
import type { Synced } from './reconcile-types'

const KNOWN = 'SELECT no, item_digest, content_digest, gone_at, match_no FROM yinqi_ledger_line WHERE account = ?'

type Shown = {
  readonly line: LedgerLine
  readonly digest: string
  readonly content: string
  readonly contentDigest: string
}
type Days = { readonly from: string; readonly to: string }
type Differences = {
  readonly fresh: readonly Shown[]
  readonly changed: readonly (readonly [row: Row, shown: Shown])[]
  readonly gone: readonly Row[]
}

export async function syncLedger(
  db: Database,
  account: string,
  range: Days,
  lines: readonly LedgerLine[],
  at: number,
): Promise<Synced> {
  const shown = lines.map(shownOf)
  // Most runs find nothing new: they take no lock.
  const found = await differencesOf(db, account, range, shown)
  if (found.fresh.length + found.changed.length + found.gone.length === 0) return NOTHING
  return await db.transaction(async tx => {
    await onlyOneAtATime(tx)
    const differences = await differencesOf(tx, account, range, shown)
    await write(tx, account, differences, at)
    const touched = [...differences.changed.map(([row]) => row), ...differences.gone]
    const broken = await refresh(tx, touched)
    const { fresh, changed, gone } = differences
    return { added: fresh.length, changed: changed.length, gone: gone.length, broken }
  })
}

const NOTHING: Synced = { added: 0, changed: 0, gone: 0, broken: [] }

function shownOf(line: LedgerLine): Shown {
  const content = encode(line)
  return { line, content, digest: digestOf([line.id]), contentDigest: digestOf([content]) }
}

async function differencesOf(
  session: Pick<Session, 'query'>,
  account: string,
  { from, to }: Days,
  shown: readonly Shown[],
): Promise<Differences> {
  const byDigest = new Map(shown.map(each => [each.digest, each]))
  const here = await session.query(`${KNOWN} AND booked_on >= ? AND booked_on <= ?`, [account, from, to])
  const known = new Set(here.map(row => text(row, 'item_digest')))
  // A line that is not known on these days may have moved here from another one.
  const others = [...byDigest.keys()].filter(digest => !known.has(digest))
  const moved = await selectIn(session, `${KNOWN} AND item_digest IN`, others, [account])
  for (const row of moved) known.add(text(row, 'item_digest'))
  const changed = [...here, ...moved].flatMap((row): readonly (readonly [Row, Shown])[] => {
    const now = byDigest.get(text(row, 'item_digest'))
    const isSame = now?.contentDigest === text(row, 'content_digest') && integerOrNull(row, 'gone_at') === null
    return now === undefined || isSame ? [] : [[row, now]]
  })
  return {
    fresh: [...byDigest.values()].filter(({ digest }) => !known.has(digest)),
    changed,
    gone: here.filter(row => !byDigest.has(text(row, 'item_digest')) && integerOrNull(row, 'gone_at') === null),
  }
}

async function write(tx: Session, account: string, { fresh, changed, gone }: Differences, at: number): Promise<void> {
  // Matches that are older than this copy know the ERP's lines already.
  const held = await selectIn(
    tx,
    `SELECT item_digest, match_no FROM yinqi_match_item WHERE side = 'ledger' AND scope = ? AND item_digest IN`,
    fresh.map(({ digest }) => digest),
    [account],
  )
  const matchOf = new Map(held.map(row => [text(row, 'item_digest'), integer(row, 'match_no')]))
  await insert(
    tx,
    'yinqi_ledger_line',
    fresh.map(each => ({
      ...{ account, item_digest: each.digest, item: each.line.id },
      ...columnsOf(tx, account, each),
      ...{ read_at: at, gone_at: null, match_no: matchOf.get(each.digest) ?? null },
    })),
  )
  for (const [row, each] of changed) {
    const { booked_on, currency, amount_minor, content, content_digest } = columnsOf(tx, account, each)
    await tx.execute(
      'UPDATE yinqi_ledger_line SET booked_on = ?, currency = ?, amount_minor = ?, content = ?, content_digest = ?, read_at = ?, gone_at = NULL WHERE no = ?',
      [booked_on, currency, amount_minor, content, content_digest, at, integer(row, 'no')],
    )
  }
  await executeIn(
    tx,
    'UPDATE yinqi_ledger_line SET gone_at = ? WHERE no IN',
    gone.map(row => integer(row, 'no')),
    [at],
  )
}

function columnsOf(tx: Session, account: string, { line, digest, content, contentDigest }: Shown) {
  return {
    booked_on: line.date,
    currency: line.amount.currency,
    amount_minor: line.amount.minor.toString(),
    content: tx.keys.hide(ledgerPlace(account, digest), content),
    content_digest: contentDigest,
  }
}

/** Days and difference of the matches that hold these rows; the ids of those that differ now and did not before. */
async function refresh(tx: Session, rows: readonly Row[]): Promise<readonly string[]> {
  const broken: string[] = []
  for (const no of new Set(rows.flatMap(row => integerOrNull(row, 'match_no') ?? []))) {
    const match = await storedMatch(tx, no)
    if (match === null) continue
    const { days, differenceMinor } = spanOf(match, await factsOf(tx, [match]))
    await tx.execute('UPDATE yinqi_match SET opens_on = ?, closes_on = ?, difference_minor = ? WHERE no = ?', [
      ...[days.at(0) ?? '', days.at(-1) ?? '', differenceMinor.toString(), no],
    ])
    if (differenceMinor !== 0n && differenceMinor !== match.differenceMinor) broken.push(match.id)
  }
  return broken
}

export function ledgerPlace(account: string, itemDigest: string): Place {
  return { column: 'yinqi_ledger_line.content', row: `${account} ${itemDigest}` }
}
