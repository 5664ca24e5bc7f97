// What a camt transaction says of the other party, and its texts and codes.

import type { Fields } from './shape'

export type Counterparty = {
  readonly account: string | null
  readonly name: string | null
  readonly bank: string | null
}

/**
 * The other party: the creditor of what we paid, the debtor of what we got; in a reversal the roles are those of the
 * payment that is taken back. Where that side is empty or is our own account, the other one.
 */
export function counterparty(fields: Fields, weArePayer: boolean, own: string | null): Counterparty {
  const payee = sideOf(fields, 'creditor', 'ultimateCreditor')
  const payer = sideOf(fields, 'debtor', 'ultimateDebtor')
  const [expected, other] = weArePayer ? [payee, payer] : [payer, payee]
  if (isSomebodyElse(expected, own)) return expected
  return isSomebodyElse(other, own) ? other : NOBODY
}

const NOBODY: Counterparty = { account: null, name: null, bank: null }

function isSomebodyElse(party: Counterparty, own: string | null): boolean {
  return party.account === null ? party.name !== null : !isSame(party.account, own)
}

function sideOf(fields: Fields, side: 'debtor' | 'creditor', ultimate: string): Counterparty {
  return {
    account: fields[`${side}Iban`] ?? fields[`${side}Number`] ?? null,
    name: fields[`${side}Name`] ?? fields[`${ultimate}Name`] ?? fields[`${side}AgentBic`] ?? null,
    bank: fields[`${side}Bic`] ?? fields[`${side}Code`] ?? fields[`${side}BankName`] ?? null,
  }
}

function isSame(one: string, other: string | null): boolean {
  return other !== null && one.replaceAll(' ', '') === other.replaceAll(' ', '')
}

/** Remittance information, unstructured first; else what the bank adds. */
export function textOf(fields: Fields): string | null {
  const remittance = fields['remittance']?.replaceAll('\n', ' ')
  const structured = (fields['structured'] ?? '').split('\n').filter(part => part !== '' && !remittance?.includes(part))
  const parts = [...(remittance === undefined ? [] : [remittance]), ...structured]
  if (parts.length > 0) return parts.join(' ')
  return fields['additional'] ?? fields['returnText']?.replaceAll('\n', ' ') ?? null
}

/** ISO 20022's domain, family and sub-family, else the bank's own code. */
export function codeOf(fields: Fields): string | null {
  const parts = [fields['domain'], fields['family'], fields['subFamily']].filter(part => part !== undefined)
  return parts.length > 0 ? parts.join('/') : (fields['ownCode'] ?? null)
}
