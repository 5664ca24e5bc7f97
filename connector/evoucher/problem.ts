// What is wrong with an electronic voucher: an error where nothing of the file may be used, a problem where something
// of it cannot be. Every text is Chinese, then English.

export type EvoucherErrorCode =
  'EVOUCHER_KIND_UNKNOWN' | 'EVOUCHER_BROKEN' | 'EVOUCHER_TOO_LARGE' | 'EVOUCHER_ENCRYPTED'

export type EvoucherProblemCode =
  | 'EVOUCHER_NO_STRUCTURED_DATA'
  | 'EVOUCHER_FIELD_UNREADABLE'
  | 'EVOUCHER_FIELD_AMBIGUOUS'
  | 'EVOUCHER_RECEIPTS_SEVERAL'
  | 'EVOUCHER_SEAL_ABSENT'
  | 'EVOUCHER_SEAL_BROKEN'
  | 'EVOUCHER_SEAL_UNDECIDED'
  | 'EVOUCHER_SEAL_PART_UNLISTED'
  | 'EVOUCHER_SEAL_ATTACHMENT_UNLISTED'

export type EvoucherProblem = {
  readonly severity: 'warning' | 'error'
  readonly code: EvoucherProblemCode | EvoucherErrorCode
  readonly text: string
}

/** Nothing of the file may be used. `place`: the part of the container, or empty. */
export class EvoucherError extends Error {
  readonly code: EvoucherErrorCode
  readonly place: string

  constructor(code: EvoucherErrorCode, zh: string, en: string, place = '') {
    super(place === '' ? `${zh} / ${en}` : `${place}: ${zh} / ${en}`)
    this.name = 'EvoucherError'
    this.code = code
    this.place = place
  }
}

export function problemOf(error: EvoucherError, severity: EvoucherProblem['severity'] = 'error'): EvoucherProblem {
  return { severity, code: error.code, text: error.message }
}

export function tooLarge(what: string, limit: number, place = ''): EvoucherError {
  return new EvoucherError('EVOUCHER_TOO_LARGE', `${what} 超过上限 ${limit}`, `${what}: more than ${limit}`, place)
}

export function broken(zh: string, en: string, place = ''): EvoucherError {
  return new EvoucherError('EVOUCHER_BROKEN', zh, en, place)
}

/** What a message shows of a bad value. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
