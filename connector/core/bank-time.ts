// The bank's calendar and clock are Asia/Shanghai (UTC+8, no daylight saving since 1991), whatever zone the server is in.

const SHANGHAI_OFFSET_MS = 8 * 3_600_000

/** `yyyy-MM-dd` of the bank's day at an instant. */
export function bankDay(atMs: number): string {
  return new Date(atMs + SHANGHAI_OFFSET_MS).toISOString().slice(0, 10)
}

/** `HH:mm:ss` of the bank's clock at an instant. */
export function bankClock(atMs: number): string {
  return new Date(atMs + SHANGHAI_OFFSET_MS).toISOString().slice(11, 19)
}

/** Digits of the bank's clock to the millisecond: `yyyyMMddHHmmssSSS`. */
export function bankStamp(atMs: number): string {
  return new Date(atMs + SHANGHAI_OFFSET_MS).toISOString().replace(/\D/g, '')
}

/** `20260301` to `2026-03-01`; throws RangeError when it is not a calendar day. */
export function isoDay(digits: string): string {
  const iso = /^(\d{4})(\d{2})(\d{2})$/.exec(digits)?.slice(1, 4).join('-') ?? ''
  if (!iso || new Date(`${iso}T00:00:00Z`).toISOString().slice(0, 10) !== iso)
    throw new RangeError(`not a day: ${digits}`)
  return iso
}

/** The day `days` after (or before) an ISO day. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/** The instant of `yyyy-MM-dd` and `HH:mm` in the bank's zone. */
export function atBankTime(day: string, time: string): number {
  return Date.parse(`${day}T${time}:00+08:00`)
}

/**
 * The bank's clock minus ours, by what it gave as the time of its answer; to the second, as banks write it. Null where the
 * bank gives no time of day. Told, not judged: some banks stamp a balance with its last movement.
 */
export function clockDifference(asOf: string, nowMs: number): number | null {
  const theirs = Date.parse(`${asOf}+08:00`)
  return asOf.includes('T') && Number.isFinite(theirs) ? Math.round(theirs - nowMs) : null
}
