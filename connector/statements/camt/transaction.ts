// What a camt transaction says of the other party, and its texts and codes.

import type { Fields } from './shape'

export type Counterparty = {
  readonly account: string | null
  readonly name: string | null
  readonly bank: string | null
}

/**
 * The other party: the creditor of what we paid, the debtor of what we got; in a reversal and in a return the roles are
 * those of the payment that is taken back. Where that side is empty or is our own account, the other one. Where neither
 * is there, the bank on that side.
 */
export function counterparty(fields: Fields, weArePayer: boolean, own: string | null): Counterparty {
  const payee = sideOf(fields, CREDITOR)
  const payer = sideOf(fields, DEBTOR)
  const [expected, other] = weArePayer ? [payee, payer] : [payer, payee]
  if (isSomebodyElse(expected, own)) return expected
  if (isSomebodyElse(other, own)) return other
  return expected.account === null ? { ...NOBODY, bank: expected.bank } : NOBODY
}

const NOBODY: Counterparty = { account: null, name: null, bank: null }

function isSomebodyElse(party: Counterparty, own: string | null): boolean {
  return party.account === null ? party.name !== null : !isSame(party.account, own)
}

/** The keys of each side, the first that is there counts. Spelled once: making them for every transaction costs more than reading. */
type SideKeys = {
  readonly account: readonly string[]
  readonly name: readonly string[]
  readonly bank: readonly string[]
}

const CREDITOR = keysOf('creditor', 'ultimateCreditor')
const DEBTOR = keysOf('debtor', 'ultimateDebtor')

function keysOf(side: string, ultimate: string): SideKeys {
  return {
    account: [`${side}Iban`, `${side}Number`],
    name: [`${side}Name`, `${ultimate}Name`, `${side}AgentBic`],
    bank: [`${side}Bic`, `${side}Code`, `${side}BankName`],
  }
}

function sideOf(fields: Fields, keys: SideKeys): Counterparty {
  return { account: firstOf(fields, keys.account), name: firstOf(fields, keys.name), bank: firstOf(fields, keys.bank) }
}

function firstOf(fields: Fields, keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = fields[key]
    if (value !== undefined) return value
  }
  return null
}

function isSame(one: string, other: string | null): boolean {
  if (other === null || one === other) return other !== null
  const isSpaced = one.includes(' ') || other.includes(' ')
  return isSpaced && one.replaceAll(' ', '') === other.replaceAll(' ', '')
}

/** Remittance information, unstructured first; else what the bank adds. */
export function textOf(fields: Fields): string | null {
  const remittance = fields['remittance']?.replaceAll('\n', ' ')
  const written = fields['structured']
  if (remittance !== undefined && written === undefined) return remittance
  const structured = (written ?? '').split('\n').filter(part => part !== '' && !remittance?.includes(part))
  const parts = [...(remittance === undefined ? [] : [remittance]), ...structured]
  if (parts.length > 0) return parts.join(' ')
  return fields['additional'] ?? fields['returnText']?.replaceAll('\n', ' ') ?? null
}

/** ISO 20022's domain, family and sub-family, else the bank's own code. */
export function codeOf(fields: Fields): string | null {
  const { domain, family, subFamily } = fields
  if (domain !== undefined && family !== undefined && subFamily !== undefined) return `${domain}/${family}/${subFamily}`
  const parts = [domain, family, subFamily].filter(part => part !== undefined)
  return parts.length > 0 ? parts.join('/') : (fields['ownCode'] ?? null)
}
