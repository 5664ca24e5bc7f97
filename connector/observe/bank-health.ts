// How every bank's connection is, as the running daemon shows it on its admin port and `yinqi status` reads it there.

import { z } from 'zod'
import type { BankStates } from './metrics'

const instant = z.number().nullable()

const health = z.object({
  closed: z.enum(['paused', 'maintenance', 'send-hours', 'breaker']).nullable(),
  opensAt: instant,
  // Who and why stand in the store: this port has no password.
  pause: z.object({ scope: z.enum(['sends', 'all']), at: z.number() }).nullable(),
  breaker: z.object({ state: z.enum(['closed', 'open', 'trying']), failures: z.number(), openUntil: z.number() }),
  inFlight: z.number(),
  waiting: z.number(),
  callsLastMinute: z.number(),
  callsPerMinute: z.number().nullable(),
  isMaintenance: z.boolean(),
  isSendHours: z.boolean(),
  lastAnswerAt: instant,
  lastFaultAt: instant,
  clockDifferenceMs: z.number().nullable(),
})
export type ShownHealth = z.output<typeof health>

const document = z.object({ instance: z.string(), banks: z.record(z.string(), health) })
export type BanksDocument = z.output<typeof document>

export function banksDocument(instance: string, banks: BankStates): BanksDocument {
  return document.parse({
    instance,
    banks: Object.fromEntries([...banks].map(([name, bank]) => [name, bank.health()])),
  })
}

/** Null when no daemon answers there, or something else than a daemon does. */
export async function askDaemon(
  at: { readonly host: string; readonly port: number },
  timeoutMs: number,
): Promise<BanksDocument | null> {
  // 0: it took a free port, which nobody but its log knows.
  if (at.port === 0) return null
  try {
    const answer = await fetch(`http://${hostOf(at.host)}:${at.port}/banks`, { signal: AbortSignal.timeout(timeoutMs) })
    return document.parse(await answer.json())
  } catch {
    return null
  }
}

/** Where it listens on every address, it is asked on this machine's own. */
function hostOf(listening: string): string {
  if (listening === '0.0.0.0') return '127.0.0.1'
  if (listening === '::') return '[::1]'
  return listening.includes(':') ? `[${listening}]` : listening
}
