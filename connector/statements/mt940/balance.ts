// Balances of MT940 (60, 62, 64, 65): mark, date, currency, amount: 1!a6!n3!a15d.

import { readSwiftQuantity } from '../amount'
import { dateOfEight, dateOfSix } from '../dates'
import type { Balance } from '../ledger'

/** Null when it is not of that form; a day that the calendar does not have (`000000`) is null by itself. A missing currency is not made up: then the balance cannot be read. */
export function readBalance(text: string): Balance | null {
  // The end mark may stand behind the last balance of a message.
  const found = /^([CD])(\d{6}|\d{8})([A-Z]{3})\s*([\d.,]+)\s*(?:-?\}.*)?$/.exec(text.trim())
  if (!found) return null
  const [, mark, date = '', currency = '', amount = ''] = found
  const quantity = readSwiftQuantity(amount, currency)
  return (
    quantity && {
      on: date.length === 6 ? dateOfSix(date) : dateOfEight(date),
      quantity,
      isDebit: mark === 'D',
      currency,
    }
  )
}
