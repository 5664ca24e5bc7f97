// U8 keeps local time without a zone: Asia/Shanghai, UTC+8, no daylight saving since 1991, whatever zone our server is in.

const OFFSET_MS = 8 * 3_600_000

/** `yyyy-MM-ddTHH:mm:ss.SSS` of U8's clock. */
export function localStamp(atMs: number): string {
  return new Date(atMs + OFFSET_MS).toISOString().slice(0, 23)
}

/** `yyyy-MM-dd` of U8's day. */
export function localDay(atMs: number): string {
  return localStamp(atMs).slice(0, 10)
}
