// The simulated banks' day and clock: Asia/Shanghai (UTC+8, no daylight saving) whatever zone the machine is in.
// Instants are epoch milliseconds, or epoch microseconds where a bank's row id carries them (`…Us`).

const ZONE_OFFSET_MS = 8 * 3_600_000
export const DAY_MS = 86_400_000

/** `yyyy-MM-dd HH:mm:ss.SSS` of the bank's wall clock, as its parts. */
function wallOf(ms: number): string {
  return new Date(ms + ZONE_OFFSET_MS).toISOString()
}

/** `yyyy-MM-dd` of the bank's day. */
export function dayOf(ms: number): string {
  return wallOf(ms).slice(0, 10)
}

/** `yyyyMMdd` of the bank's day. */
export function compactDayOf(ms: number): string {
  return dayOf(ms).replaceAll('-', '')
}

/** `HHmmss`. */
export function compactTimeOf(ms: number): string {
  return wallOf(ms).slice(11, 19).replaceAll(':', '')
}

/** `yyyyMMddHHmmssSSS`. */
export function stampOf(ms: number): string {
  return wallOf(ms).replaceAll(/[^0-9]/g, '')
}

/** Milliseconds since the bank's midnight. */
export function timeOfDayMs(ms: number): number {
  return (((ms + ZONE_OFFSET_MS) % DAY_MS) + DAY_MS) % DAY_MS
}

/** Epoch milliseconds of the bank's midnight that opens `yyyy-MM-dd`. */
export function midnightOf(day: string): number {
  return Date.parse(`${day}T00:00:00.000Z`) - ZONE_OFFSET_MS
}

/** Epoch milliseconds of `HH:mm` or `HH:mm:ss` on `yyyy-MM-dd` of the bank's clock. */
export function instantOf(day: string, time: string): number {
  const [hours = '0', minutes = '0', seconds = '0'] = time.split(':')
  return midnightOf(day) + Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000
}

export function addDays(day: string, days: number): string {
  return dayOf(midnightOf(day) + days * DAY_MS)
}

/** The same day of the next month, or its last day. `yyyy-MM-dd` in and out. */
export function addMonths(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const lastDate = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate()
  const moved = new Date(Date.UTC(year, month - 1 + months, Math.min(date, lastDate)))
  return moved.toISOString().slice(0, 10)
}

/** `yyyy-MM-dd` from `yyyyMMdd`, or null when there is no such day. */
export function dayFromCompact(text: string): string | null {
  const match = /^(\d{4})(\d\d)(\d\d)$/.exec(text)
  if (!match) return null
  const day = `${match[1]}-${match[2]}-${match[3]}`
  const ms = Date.parse(`${day}T00:00:00.000Z`)
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== day ? null : day
}

/** Whether text is a real `yyyy-MM-dd`. */
export function isDay(text: string): boolean {
  return dayFromCompact(text.replaceAll('-', '')) === text
}

/** Whether text is a real `HHmmss`. */
export function isCompactTime(text: string): boolean {
  return /^([01]\d|2[0-3])[0-5]\d[0-5]\d$/.test(text)
}

/** `HH:mm:ss.SSSSSS` parts of an instant in microseconds, joined by the bank's own separators. */
export function microTimeOf(us: number, separator: string): string {
  const ms = Math.floor(us / 1000)
  const time = wallOf(ms).slice(11, 19).replaceAll(':', separator)
  return `${time}.${String(us % 1_000_000).padStart(6, '0')}`
}
