// When a bank may be called: its maintenance windows, and the hours in which it takes payments. Bank time, Asia/Shanghai.

import { bankClock, bankDay } from './bank-time'

export type Window = {
  /** 1 Monday … 7 Sunday; the day on which the window begins. */
  readonly days: readonly number[]
  /** `HH:mm`, included. */
  readonly from: string
  /** `HH:mm`, excluded; at or before `from` it lies on the next day. */
  readonly to: string
}

export function isWithin(windows: readonly Window[], atMs: number): boolean {
  const now = bankClock(atMs).slice(0, 5)
  const today = weekday(atMs)
  const yesterday = today === 1 ? 7 : today - 1
  return windows.some(({ days, from, to }) => {
    if (from < to) return days.includes(today) && from <= now && now < to
    return (days.includes(today) && from <= now) || (days.includes(yesterday) && now < to)
  })
}

/** 1 Monday … 7 Sunday. */
function weekday(atMs: number): number {
  return new Date(`${bankDay(atMs)}T00:00:00Z`).getUTCDay() || 7
}
