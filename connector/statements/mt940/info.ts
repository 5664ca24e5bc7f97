// What field 86 can say of a statement line, whatever its structure.

export type Info = {
  readonly isStructured: boolean
  readonly text: string | null
  readonly name: string | null
  readonly account: string | null
  readonly bank: string | null
  readonly endToEndId: string | null
  /** The customer's reference, where field 61 only says where to find it (`KREF+`, `EREF`). */
  readonly customerReference: string | null
  readonly returnReason: string | null
}

export const NO_INFO: Info = {
  isStructured: false,
  text: null,
  name: null,
  account: null,
  bank: null,
  endToEndId: null,
  customerReference: null,
  returnReason: null,
}

/** An IBAN by its form; what only looks like one is told by its check digits elsewhere. */
export function isIban(text: string): boolean {
  return /^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(text)
}
