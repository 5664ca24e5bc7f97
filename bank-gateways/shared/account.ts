// How an account number may stand in a message: recognisable to who knows it, useless to who does not.

/** `6222021234567890123` becomes `6222****0123`; of a short one nothing remains. */
export function maskedAccount(account: string): string {
  return account.length < 12 ? '****' : `${account.slice(0, 4)}****${account.slice(-4)}`
}

/** A bank's own words with the account numbers in them masked: runs of at least 12 digits are taken for one. */
export function withMaskedAccounts(text: string): string {
  return text.replace(/\d{12,}/g, maskedAccount)
}

/** The bank's words as they may stand in a trail: one line, no whole account number, no run of key material. */
export function bankWords(text: string): string {
  return withMaskedAccounts(text.replace(/\p{Cc}+/gu, ' '))
    .replace(/[A-Za-z0-9+/=]{32,}/g, '***')
    .slice(0, 300)
}
