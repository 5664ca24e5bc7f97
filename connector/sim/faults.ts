// What may go wrong in one history, and how often: drawn per seed, so that every mixture of faults is met, and quiet
// worlds too. A number is a chance in a thousand at every occasion.

import type { BankTraits } from '../ports'
import type { Random } from './prng'

/** Faults by name, as they are counted in the report. */
export const FAULTS = [
  'crash',
  'freeze',
  'clock.jump',
  'store.before',
  'store.after',
  'erp.unreachable',
  'erp.answerLost',
  'erp.deferred',
  'erp.refused',
  'erp.short',
  'erp.redelivered',
  'erp.edited',
  'erp.cancelled',
  'erp.askedEarly',
  'erp.wrongRow',
  'send.unsent',
  'send.requestLost',
  'send.requestLate',
  'send.answerLost',
  'send.garbled',
  'send.short',
  'send.long',
  'send.swapped',
  'inquiry.lost',
  'inquiry.unavailable',
  'inquiry.short',
  'inquiry.long',
  'inquiry.swapped',
  'inquiry.late',
  'bank.refuses',
  'bank.slow',
  'bank.returns',
  'bank.lies',
  'bank.corrects',
  'statement.lost',
  'statement.late',
  'statement.twins',
  'receipt.late',
  'receipt.never',
  'balance.lost',
  'operator.cancels',
  'operator.rejects',
  'operator.pauses',
  'operator.withdraws',
] as const

export type Fault = (typeof FAULTS)[number]

export type Swarm = {
  readonly strength: Readonly<Record<Fault, number>>
  readonly daemons: number
  readonly banks: readonly BankTraits[]
  /** Every bank line has an id of the bank's, or none has. */
  readonly hasLineIds: boolean
  /** The ERP numbers its askings (middle tables), or rechecks documents before a send (U8). */
  readonly erp: 'numbered' | 'unnumbered'
  readonly documents: number
  readonly batchLimit: number
  readonly needsApproval: boolean
  /** How often an actor is parked at a port call, in a thousand: 1000 interleaves at every call. */
  readonly interleave: number
  readonly events: number
}

const STRENGTHS = [20, 60, 150, 300, 500]

/** Rarer ones: a world that does little else but die learns nothing. */
const RARE: ReadonlySet<Fault> = new Set<Fault>(['store.before', 'store.after'])
const RARE_STRENGTHS = [2, 5, 10, 30]

export function drawSwarm(random: Random, profiles: readonly BankTraits[], daemonsAsked: number | null): Swarm {
  const swarm = drawAny(random, profiles, daemonsAsked)
  const storm = random.weighted({ none: 760, stall: 140, paper: 100 })
  if (storm === 'paper') return { ...swarm, strength: { ...swarm.strength, ...PAPER }, documents: 6 }
  if (storm !== 'stall') return swarm
  return {
    ...swarm,
    strength: { ...swarm.strength, ...STALL },
    daemons: daemonsAsked ?? 3,
    documents: 8,
    batchLimit: 10,
    needsApproval: false,
    interleave: 1000,
    events: 600,
  }
}

/** Three daemons that stand still and go on in each other's way, at a bank that is seldom reached. */
const STALL = { 'send.unsent': 500, freeze: 300, 'erp.cancelled': 100, 'operator.cancels': 100 } as const

/** A bank that answers nobody, and whose papers come late and in disorder: lines must say what became of payments. */
const PAPER = {
  'send.answerLost': 500,
  'inquiry.late': 500,
  'inquiry.unavailable': 500,
  'statement.late': 500,
  'bank.returns': 500,
  'bank.refuses': 20,
} as const

function drawAny(random: Random, profiles: readonly BankTraits[], daemonsAsked: number | null): Swarm {
  // A tenth of the worlds is quiet: what goes wrong there is wrong without any fault.
  const isQuiet = random.chance(100)
  const strength = Object.fromEntries(
    FAULTS.map(fault => {
      const isOn = random.chance(500)
      const value = random.pick(RARE.has(fault) ? RARE_STRENGTHS : STRENGTHS)
      return [fault, isOn && !isQuiet ? value : 0]
    }),
  ) as Record<Fault, number>
  const daemons = random.pick([1, 1, 2, 2, 3])
  const bankCount = random.pick([1, 1, 2])
  return {
    strength,
    daemons: daemonsAsked ?? daemons,
    banks: Array.from({ length: bankCount }, () => random.pick(profiles)),
    hasLineIds: random.chance(500),
    erp: random.chance(600) ? 'numbered' : 'unnumbered',
    documents: random.int(1, 8),
    batchLimit: random.pick([1, 2, 3, 10, 50]),
    needsApproval: random.chance(300),
    interleave: random.pick([50, 200, 500, 1000]),
    events: random.pick([150, 300, 600]),
  }
}

/** Every kind of bank that the core decides differently about. */
export function inventedProfiles(): readonly BankTraits[] {
  const base: BankTraits = {
    dedupesReference: true,
    referenceScope: 'item',
    absentFinalAfterMs: null,
    batchMax: 3,
    reference: { maxBytes: 32, alphabet: 'digits' },
    encoding: 'gb18030',
    currencies: ['CNY'],
    maxBytes: {},
    own: { cnapsPrefix: '102', names: [] },
    crossBankRequires: [],
  }
  return [true, false].flatMap(dedupesReference =>
    (['item', 'batch'] as const).flatMap(referenceScope =>
      [null, 120_000, 3_600_000].map((absentFinalAfterMs): BankTraits => ({
        ...base,
        dedupesReference,
        referenceScope,
        absentFinalAfterMs,
        batchMax: referenceScope === 'batch' ? 4 : 2,
      })),
    ),
  )
}
