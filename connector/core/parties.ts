// Who a counterparty is in the ERP, by its account or its exact name. A party is known, or it is not: never guessed.

import { plainAccount, plainName } from './plain'

export type KnownParty = {
  readonly code: string
  readonly names: readonly string[]
  readonly accounts: readonly string[]
}

export type CodesFound = { readonly byAccount: readonly string[]; readonly byName: readonly string[] }

/** Listed parties with this very account, and with this very name. */
export function listedCodes(account: string, name: string, parties: readonly KnownParty[]): CodesFound {
  const [wantedAccount, wantedName] = [plainAccount(account), plainName(name)]
  const codes = (isOne: (party: KnownParty) => boolean): readonly string[] =>
    parties.filter(isOne).map(party => party.code)
  return {
    byAccount:
      wantedAccount === '' ? [] : codes(each => each.accounts.some(own => plainAccount(own) === wantedAccount)),
    byName: wantedName === '' ? [] : codes(each => each.names.some(own => plainName(own) === wantedName)),
  }
}

/** The code of the one party on whom account and name agree; null when there is none, or more than one. */
export function partyOf(found: readonly CodesFound[]): string | null {
  const byAccount = new Set(found.flatMap(codes => codes.byAccount))
  const byName = new Set(found.flatMap(codes => codes.byName))
  const all = new Set([...byAccount, ...byName])
  const [only] = all
  if (all.size === 1 && only !== undefined) return only
  // Companies may share a name, not an account: the account decides among those of the name.
  const both = [...byAccount].filter(code => byName.has(code))
  const [agreed] = both
  return byAccount.size === 1 && agreed !== undefined ? agreed : null
}
