// How accounts and names of counterparties are compared: banks print the same one in several ways.

/** An account without the blanks and hyphens that banks print. */
export function plainAccount(account: string): string {
  return account.replace(/[\s-]/gu, '')
}

/** A name as it is compared: width, blanks and case do not make another company. */
export function plainName(name: string): string {
  return name.normalize('NFKC').replace(/\s/gu, '').toLowerCase()
}
