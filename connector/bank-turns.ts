// Turns at a bank in the order of asking: at most so many calls at once, and so far apart. It counts what it gives.

import { Fault, type Clock } from './ports'

export type TurnSettings = {
  readonly concurrentCalls: number
  /** Null: as many as come. */
  readonly callsPerMinute: number | null
}

export type Turns = {
  /** Resolves to what gives the turn back. @throws Fault BANK_BUSY when the signal comes first */
  take(signal: AbortSignal): Promise<() => void>
  count(): { readonly inFlight: number; readonly waiting: number; readonly lastMinute: number }
}

const MINUTE_MS = 60_000

export function createTurns(settings: TurnSettings, clock: Clock): Turns {
  const apartMs = settings.callsPerMinute === null ? 0 : Math.ceil(MINUTE_MS / settings.callsPerMinute)
  const waiting: (() => void)[] = []
  let starts: number[] = []
  let running = 0
  let nextAt = 0
  const release = (): void => {
    running--
    waiting.shift()?.()
  }
  const recent = (): readonly number[] => {
    const since = clock.now() - MINUTE_MS
    starts = starts.filter(at => at > since)
    return starts
  }
  return {
    async take(signal) {
      while (running >= settings.concurrentCalls) {
        await new Promise<void>(resolve => {
          const go = (): void => {
            signal.removeEventListener('abort', go)
            resolve()
          }
          waiting.push(go)
          signal.addEventListener('abort', go, { once: true })
        })
        if (signal.aborted) throw busy()
      }
      running++
      const startAt = Math.max(clock.now(), nextAt)
      nextAt = startAt + apartMs
      if (startAt > clock.now()) await clock.sleep(startAt - clock.now(), signal)
      if (signal.aborted) {
        release()
        throw busy()
      }
      starts = [...recent(), clock.now()]
      return release
    },
    count: () => ({ inFlight: running, waiting: waiting.length, lastMinute: recent().length }),
  }
}

function busy(): Fault {
  return new Fault('BANK_BUSY', '等待通道超时 (no turn came in time)')
}
