// Fields 90D and 90C of MT942: number and sum of the entries of one side: 5n3!a15d.

import { readSwiftQuantity, type Quantity } from '../amount'

export function readSummary(text: string): { readonly count: number; readonly quantity: Quantity } | null {
  const found = /^(\d{1,5})([A-Z]{3})\s*([\d.,]+)\s*$/.exec(text.trim())
  if (!found) return null
  const amount = found[3] ?? ''
  const quantity = readSwiftQuantity(amount, found[2] ?? '')
  return quantity && { count: Number.parseInt(found[1] ?? '', 10), quantity }
}
