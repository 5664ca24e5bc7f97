// Dates of statement files: six digits of SWIFT, ISO 8601 of ISO 20022, eight digits of OFX. A date that the calendar
// does not have is null, never moved to another day.

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** `yyMMdd`: by SWIFT's rule 80 to 99 are of the twentieth century. */
export function dateOfSix(text: string): string | null {
  if (text === lastSix.text) return lastSix.date
  lastSix = { text, date: readSix(text) }
  return lastSix.date
}

/** A statement says the same day many times. */
let lastSix: { readonly text: string; readonly date: string | null } = { text: '', date: null }

function readSix(text: string): string | null {
  const year = numberAt(text, 0)
  const month = numberAt(text, 2)
  const day = numberAt(text, 4)
  if (text.length !== 6 || year < 0) return null
  return compose(year > 79 ? 1900 + year : 2000 + year, month, day)
}

/** `MMdd` beside a full date: the year that brings both closest, for an entry may be booked around the year's end. */
export function dateOfFour(text: string, beside: string): string | null {
  if (text === lastFour.text && beside === lastFour.beside) return lastFour.date
  lastFour = { text, beside, date: readFour(text, beside) }
  return lastFour.date
}

let lastFour: { readonly text: string; readonly beside: string; readonly date: string | null } = {
  text: '',
  beside: '',
  date: null,
}

function readFour(text: string, beside: string): string | null {
  const month = numberAt(text, 0)
  const day = numberAt(text, 2)
  const year = Number.parseInt(beside.slice(0, 4), 10)
  const here = month * 31 + day - (numberAt(beside, 5) * 31 + numberAt(beside, 8))
  const shift = here > 186 ? -1 : here < -186 ? 1 : 0
  return compose(year + shift, month, day)
}

/** `yyyy-MM-dd`, with or without a time and a zone: the day as the bank wrote it. */
export function dateOfIso(text: string): string | null {
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return null
  const next = text.charCodeAt(10)
  // After the day: nothing, a time, or a zone (xs:date allows `2024-01-02+01:00` and `2024-01-02Z`).
  if (text.length > 10 && next !== 84 && next !== 32 && next !== 43 && next !== 45 && next !== 90) return null
  return compose(numberAt(text, 0) * 100 + numberAt(text, 2), numberAt(text, 5), numberAt(text, 8))
}

/** `yyyyMMdd`, with or without a time and a zone. */
export function dateOfEight(text: string): string | null {
  if (text.length < 8) return null
  return compose(numberAt(text, 0) * 100 + numberAt(text, 2), numberAt(text, 4), numberAt(text, 6))
}

function compose(year: number, month: number, day: number): string | null {
  if (!(year >= 1900 && year <= 2999) || !(month >= 1 && month <= 12) || !(day >= 1)) return null
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  if (day > (month === 2 && !isLeap ? 28 : (DAYS[month - 1] ?? 0))) return null
  return `${year}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`
}

/** Two digits, or -10000 where there are none, which no calendar accepts. */
function numberAt(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -10_000
}
