// When a bank may be called: its maintenance windows, and the hours in which it takes payments. Bank time, Asia/Shanghai.

import { addDays, atBankTime, bankClock, bankDay } from './bank-time'

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

/** Windows recur by the week: what does not open within it never does. */
const DAYS_AHEAD = 8

/** The first instant from `fromMs` on at which payments may be sent by these hours, or null: there is none. */
export function nextOpening(
  maintenance: readonly Window[],
  sendHours: readonly Window[],
  fromMs: number,
): number | null {
  const isOpen = (atMs: number): boolean =>
    !isWithin(maintenance, atMs) && (sendHours.length === 0 || isWithin(sendHours, atMs))
  if (isOpen(fromMs)) return fromMs
  // It can change only where a window begins or ends.
  const edges = new Set([...maintenance, ...sendHours].flatMap(({ from, to }) => [from, to]))
  const instants = Array.from({ length: DAYS_AHEAD }, (_, days) => addDays(bankDay(fromMs), days)).flatMap(day =>
    [...edges].map(time => atBankTime(day, time)),
  )
  return instants.toSorted((a, b) => a - b).find(atMs => atMs > fromMs && isOpen(atMs)) ?? null
}

/** 1 Monday … 7 Sunday. */
function weekday(atMs: number): number {
  return new Date(`${bankDay(atMs)}T00:00:00Z`).getUTCDay() || 7
}
