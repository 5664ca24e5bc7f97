// What is particular to one bank's export. A profile adds names and conventions to the usual ones of `fields.ts`; an
// export that no profile knows is read by the usual ones alone.

import type { Names } from './fields'

export type Profile = {
  /** Shown as the statement's bank; null: the file does not say whose it is. */
  readonly code: string | null
  /** As the bank calls itself in a title or in the lines above the table. */
  readonly names: readonly string[]
  /** Headings that together occur in this bank's exports alone, as `headingOf` leaves them. */
  readonly signatures: readonly (readonly string[])[]
  /** The bank's own headings, before the usual ones. */
  readonly columns: Names
  /** The only currency these exports have; null: the file says, or nothing does. */
  readonly currency: string | null
  /** `card`: one amount column, where what was spent is positive. `wallet`: rows may be neither in nor out. */
  readonly kind: 'account' | 'card' | 'wallet'
  /** The bank's only amount column has a minus sign for what goes out: a file without one has none. */
  readonly signsAmounts?: true
}

/** For exports of banks that have no profile. */
export const USUAL: Profile = {
  code: null,
  names: [],
  signatures: [],
  columns: {},
  currency: null,
  kind: 'account',
}

/**
 * The profile whose signature is the longest that is there; of several alike, and where there is none, the bank that the
 * title names. A name that is part of a longer one (`招商银行信用卡`) gives way to it.
 */
export function chooseProfile(profiles: readonly Profile[], headings: ReadonlySet<string>, title: string): Profile {
  const ranked = profiles
    .map(profile => ({ profile, signature: signatureOf(profile, headings), name: nameIn(profile, title) }))
    .filter(one => one.signature > 0 || one.name > 0)
    .toSorted((a, b) => b.name - a.name || b.signature - a.signature)
  const [best, next] = ranked
  if (!best) return USUAL
  // Without a name, a signature that two banks share says nothing.
  if (best.name === 0 && next && next.signature === best.signature) return USUAL
  return best.profile
}

function signatureOf(profile: Profile, headings: ReadonlySet<string>): number {
  const found = profile.signatures.filter(signature => signature.every(one => headings.has(one)))
  return Math.max(0, ...found.map(signature => signature.length))
}

function nameIn(profile: Profile, title: string): number {
  return Math.max(0, ...profile.names.filter(name => title.includes(name)).map(name => name.length))
}
