// What a seal covers, and whether a payment may be sent: its instruction is what was sealed, its history was written by
// us and leads where the payment stands, and everyone who had to clear it did. It judges what was read from the database
// and believes no column of it.

import { createHash } from 'node:crypto'
import type { Instruction, PaymentRequest, State } from '../ports'
import { canonical } from './canonical'
import { TRANSITIONS, type Cause } from './lifecycle'
import { differentPeople, personKey } from './people'

export type SealedHold = {
  readonly kind: string
  readonly reason: string
  readonly approvalsNeeded: number
  readonly clearances: readonly { readonly person: string; readonly reason: string; readonly at: number }[]
}

/** The parts of a payment that decide what leaves, for whom, on whose word. Amounts are minor units, instants epoch milliseconds. */
export type SealFacts = {
  readonly id: string
  readonly erp: string
  readonly bank: string
  readonly revision: number
  readonly request: PaymentRequest
  readonly instruction: Instruction
  readonly sentAt: number | null
  readonly holds: readonly SealedHold[]
}

export type TrailRow = {
  readonly paymentId: string
  readonly seq: number
  readonly at: number
  readonly from: State | null
  readonly cause: string
  readonly to: State
  readonly actor: string
  readonly evidence: Readonly<Record<string, string>>
}

/** An entry of the audit trail about one payment, whose own MAC was found right or wrong. */
export type TrailEntry = {
  readonly no: number
  readonly kind: string
  readonly subject: string
  readonly content: Readonly<Record<string, string>>
  readonly isGenuine: boolean
}

export type SealedConfirmation = {
  readonly verdict: string
  readonly person: string
  readonly evidence: string
  readonly at: number
}

/** Everything about one payment, read in one transaction. */
export type Dossier = Omit<SealFacts, 'sentAt'> & {
  readonly sentAt: number | null
  readonly state: State
  readonly seq: number
  readonly seal: string
  readonly history: readonly TrailRow[]
  readonly entries: readonly TrailEntry[]
  readonly confirmations: readonly SealedConfirmation[]
}

/** What does not fit: a short stable word, the row that it is in, and a sentence. */
export type Break = { readonly what: BreakKind; readonly row: string; readonly detail: string }
export type BreakKind = 'seal' | 'history' | 'state' | 'hold' | 'clearance' | 'confirmation' | 'entry'

/** The text of a seal, version 1. */
export function sealText(facts: SealFacts): string {
  const { id, erp, bank, revision, request, instruction, sentAt } = facts
  const holds = facts.holds.map(hold => {
    return canonical({
      kind: hold.kind,
      reason: hold.reason,
      approvalsNeeded: hold.approvalsNeeded,
      clearances: hold.clearances.map(item => canonical({ ...item })).toSorted(),
    })
  })
  return canonical(['yinqi.seal.1', { id, erp, bank, revision, request, instruction, sentAt, holds: holds.toSorted() }])
}

/** Digest of a history row, hex; the trail holds it. */
export function historyDigest(row: TrailRow): string {
  const { paymentId, seq, at, from, cause, to, actor, evidence } = row
  return digest(['yinqi.history.1', paymentId, seq, at, from, cause, to, actor, evidence])
}

export function clearanceDigest(
  paymentId: string,
  hold: SealedHold,
  clearance: SealedHold['clearances'][number],
): string {
  const { kind, reason, approvalsNeeded } = hold
  return digest(['yinqi.clearance.1', paymentId, kind, reason, approvalsNeeded, { ...clearance }])
}

export function confirmationDigest(paymentId: string, confirmation: SealedConfirmation): string {
  const { verdict, person, evidence, at } = confirmation
  return digest(['yinqi.confirmation.1', paymentId, verdict, person, evidence, at])
}

/** The first thing that does not fit, or null. `isSeal` compares a text with a MAC under our keys. */
export function judgeDossier(dossier: Dossier, isSeal: (text: string, seal: string) => boolean): Break | null {
  if (!isSeal(sealText(dossier), dossier.seal)) {
    return broken('seal', dossier.id, 'the instruction, its request or its holds are not what was sealed')
  }
  const forged = dossier.entries.find(entry => !entry.isGenuine)
  if (forged) return broken('entry', `audit ${forged.no}`, 'this entry of the trail was not written by us')
  return judgeHistory(dossier) ?? judgeHolds(dossier) ?? judgeConfirmations(dossier)
}

function judgeHistory(dossier: Dossier): Break | null {
  const { id, history } = dossier
  const entries = dossier.entries.filter(entry => entry.kind === 'history')
  const bySeq = new Map(entries.map(entry => [entry.subject, entry]))
  if (entries.length !== history.length || bySeq.size !== entries.length) {
    return broken('history', id, `${history.length} history rows, ${entries.length} entries of the trail about them`)
  }
  let state: State | null = null
  for (const [index, row] of history.entries()) {
    const name = `${id} history ${row.seq}`
    const entry = bySeq.get(String(row.seq))
    if (row.seq !== index + 1) return broken('history', name, `number ${index + 1} is missing`)
    if (entry?.content['digest'] !== historyDigest(row))
      return broken('history', name, 'the row is not what was written')
    if (row.from !== state || !leads(row)) return broken('history', name, `${row.from} cannot become ${row.to}`)
    state = row.to
  }
  if (state !== dossier.state || dossier.seq !== history.length) {
    return broken(
      'state',
      id,
      `history leads to ${state} ${history.length}, the row says ${dossier.state} ${dossier.seq}`,
    )
  }
  const sealed = dossier.entries.filter(entry => entry.content['seal'] !== undefined)
  const last = sealed.toSorted((a, b) => a.no - b.no).at(-1)
  if (last?.content['seal'] !== dossier.seal) return broken('seal', id, 'an earlier seal was put back')
  return null
}

/**
 * A first row is an intake, or what the ERP showed of a lost payment, which is never ready to be sent; a row that changes
 * no state is a note; any other is an arrow of the lifecycle.
 */
function leads(row: TrailRow): boolean {
  if (row.from === null) {
    if (row.cause === 'fence.adopted') return row.to !== 'ready'
    return (row.to === 'held' || row.to === 'ready') && (INTAKE[row.cause] ?? row.to) === row.to
  }
  if (row.from === row.to) return true
  return TRANSITIONS[row.from][row.cause as Cause] === row.to
}

const INTAKE: Readonly<Record<string, State>> = { 'intake.held': 'held', 'intake.accepted': 'ready' }

function judgeHolds(dossier: Dossier): Break | null {
  const entries = dossier.entries.filter(entry => entry.kind === 'clearance')
  const told = entries.map(entry => entry.content['digest'] ?? '').toSorted()
  const found = dossier.holds.flatMap(hold => hold.clearances.map(item => clearanceDigest(dossier.id, hold, item)))
  if (told.join() !== found.toSorted().join()) {
    return broken('clearance', dossier.id, `${found.length} clearances, not those of the trail (${told.length})`)
  }
  // What a bank's word took out of `held` needed no clearance, and what is held still may wait for one.
  const left = dossier.history.findLast(row => row.from === 'held' && row.to !== 'held')
  if (dossier.state === 'held' || left?.cause !== 'holds.cleared') return null
  const maker = personKey(dossier.request.maker)
  for (const hold of dossier.holds) {
    const named = differentPeople(hold.clearances.map(item => item.person))
    // The maker may not approve; that the bank was looked at, after a restore, anybody may say.
    const people = hold.kind === 'approval' ? named.filter(name => personKey(name) !== maker) : named
    if (people.length < hold.approvalsNeeded) {
      return broken('hold', dossier.id, `"${hold.reason}" was cleared by ${people.length} of ${hold.approvalsNeeded}`)
    }
  }
  return null
}

function judgeConfirmations(dossier: Dossier): Break | null {
  const entries = dossier.entries.filter(entry => entry.kind === 'confirmation')
  const told = entries.map(entry => entry.content['digest'] ?? '').toSorted()
  const found = dossier.confirmations.map(item => confirmationDigest(dossier.id, item)).toSorted()
  if (told.join() === found.join()) return null
  return broken('confirmation', dossier.id, `${found.length} confirmations, not those of the trail (${told.length})`)
}

function digest(parts: Parameters<typeof canonical>[0]): string {
  return createHash('sha256').update(canonical(parts)).digest('hex')
}

function broken(what: BreakKind, row: string, detail: string): Break {
  return { what, row, detail }
}
