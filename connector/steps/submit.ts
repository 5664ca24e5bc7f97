// Sends what is ready. Intent is committed first for the whole batch, the bank is called with no transaction open, then
// the answers are committed. A throw, a missing answer, anything unclear is `uncertain`: never sent again from here (I3).

import { assert } from '../core/assert'
import { recordAnswers } from './record-answers'
import { backoffMs } from '../core/backoff'
import { bankDay } from '../core/bank-time'
import { groupBy } from '../core/group'
import { judgeSend } from '../core/judge'
import { makeReference } from '../core/reference'
import type { BankGateway, Instruction, SendOutcome } from '../ports'
import type { Payment } from '../store/store'
import { checkSeals, postponeBroken } from './check-seals'
import { withDeadline } from './deadline'
import type { Deps } from './deps'
import { move, plain } from './move'

/** Returns the number of payments claimed. */
export async function submit(deps: Deps, bank: string): Promise<number> {
  const gateway = deps.banks.get(bank)
  await deps.pauses.look()
  if (!gateway || deps.pauses.of(bank) !== null || deps.closed(bank, 'send') !== null) return 0
  // A closed fence claims nothing: what is ready stays ready, for a person to look at (I10).
  if (deps.fence.state().kind === 'closed') return 0
  const now = deps.clock.now()
  const claimed = await deps.store.payments.claim(
    { states: ['ready'], bank },
    now,
    now + deps.settings.leaseMs,
    deps.settings.batchLimit,
  )
  const { sound, broken } = await checkSeals(deps, claimed)
  await postponeBroken(deps, broken)
  const due = await recheck(deps, sound)
  for (const group of await groupForBank(deps, gateway, due)) await sendGroup(deps, gateway, group)
  return claimed.length
}

async function sendGroup(deps: Deps, gateway: BankGateway, group: readonly Payment[]): Promise<void> {
  if (deps.fence.state().kind === 'closed') return
  if (await pausedMeanwhile(deps, gateway, group)) return
  const now = deps.clock.now()
  const leaseUntil = now + deps.settings.leaseMs
  const started = await move(
    deps,
    group.map(payment => ({
      payment,
      actor: deps.settings.instance,
      verdict: plain('send.started', '', ''),
      patch: {
        instruction: { ...payment.instruction, sentOn: payment.instruction.sentOn ?? bankDay(now) },
        sentAt: payment.sentAt ?? now,
        attempts: payment.attempts,
        leaseUntil,
      },
    })),
  )
  const sending = started.filter(payment => payment !== null && payment.state === 'sending')
  const mine = sending.filter((payment): payment is Payment => payment !== null)
  if (mine.length === 0) return
  const outcomes = isParted(gateway, group, mine)
    ? mine.map(packageParted)
    : await trySend(deps, gateway, mine, leaseUntil)
  await recordAnswers(
    deps,
    mine.map((payment, index) => {
      const outcome = outcomes[index] ?? uncertain('the gateway gave no outcome for this instruction')
      const isUnsent = outcome.kind === 'unsent'
      const delayMs = backoffMs(payment.attempts, deps.settings.retryFirstMs, deps.settings.retryMaxMs)
      return {
        payment,
        actor: deps.settings.instance,
        verdict: judgeSend(payment.instruction, outcome),
        patch: isUnsent ? { attempts: payment.attempts + 1, dueAt: deps.clock.now() + delayMs } : {},
      }
    }),
  )
}

/**
 * A person paused the bank after these were claimed: they stay ready, and are given back. Asked of the store right before
 * the intent is committed; the commit itself asks once more, for a pause that comes in between.
 */
async function pausedMeanwhile(deps: Deps, gateway: BankGateway, group: readonly Payment[]): Promise<boolean> {
  await deps.pauses.look()
  const pause = deps.pauses.of(gateway.name)
  if (pause === null) return false
  const dueAt = deps.clock.now() + deps.settings.retryFirstMs
  await deps.store.payments.postpone(
    group.map(({ id, seq }) => ({
      paymentId: id,
      seq,
      dueAt,
      statusText: '银行已由人工暂停 (a person has paused the bank)',
    })),
  )
  return true
}

/** A package that went before goes again whole or not at all: somebody moved one of its members in this very moment. */
function isParted(gateway: BankGateway, group: readonly Payment[], mine: readonly Payment[]): boolean {
  if (gateway.traits.referenceScope === 'item' || mine.length === group.length) return false
  return group.some(payment => payment.sentAt !== null)
}

function packageParted(): SendOutcome {
  const reason = '同批次的指令正在变动，整批暂不发送 (a member of the package was moving: none of it was sent)'
  return { kind: 'unsent', code: 'PACKAGE_PARTED', reason }
}

async function trySend(
  deps: Deps,
  gateway: BankGateway,
  payments: readonly Payment[],
  leaseUntil: number,
): Promise<readonly SendOutcome[]> {
  // What leaves is what the database holds now and was verified there, not what was in memory before.
  const { sound, broken } = await checkSeals(deps, payments)
  if (broken.length > 0) {
    return payments.map(() => ({
      kind: 'unsent',
      code: 'SEAL_BROKEN',
      reason: '封签核对不符，整批未发送 (a seal is broken: nothing of this batch was sent)',
    }))
  }
  if (sound.length < payments.length) return payments.map(leaseLost)
  for (const payment of sound) assertSendable(payment)
  const fault = await advanceFence(deps)
  // The last checks before the socket. A process stopped right after them cannot be fenced by us, only by the bank. The
  // lease must outlast the whole call: it may have begun long before its commit, on a machine that stalled.
  if (fault !== null || deps.fence.state().kind === 'closed') return payments.map(() => fenced(fault))
  if (deps.clock.now() + deps.settings.callTimeoutMs > leaseUntil) return payments.map(leaseLost)
  const instructions = sound.map(payment => payment.instruction)
  try {
    const outcomes = await withDeadline(deps.clock, deps.settings.callTimeoutMs, signal =>
      gateway.send(instructions, signal),
    )
    if (outcomes.length === payments.length) return outcomes
    return payments.map(() =>
      uncertain(`the gateway gave ${outcomes.length} outcomes for ${payments.length} instructions`),
    )
  } catch (error) {
    return payments.map(() => uncertain(error instanceof Error ? error.message : String(error)))
  }
}

/** After `sending` is committed: a backup that lacks the count has the payment as one that may have left (I10). */
async function advanceFence(deps: Deps): Promise<string | null> {
  try {
    await deps.fence.advance()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function fenced(fault: string | null): SendOutcome {
  const reason = fault ?? '禁止发送，见 yinqi fence status (the fence is closed)'
  return { kind: 'unsent', code: 'FENCE_CLOSED', reason }
}

function assertSendable(payment: Payment): void {
  const { instruction } = payment
  assert(payment.state === 'sending', `${payment.id} is ${payment.state}, not sending`)
  assert(instruction.reference !== '' && instruction.batch.reference !== '', `${payment.id} has no stored reference`)
  assert(instruction.amount.minor > 0n, `${payment.id} has no positive amount`)
  assert(instruction.payer.account !== instruction.payee.account, `${payment.id} pays itself`)
}

/** Is the document still what was taken? Asked right before the send, where the ERP does not freeze what was taken. */
async function recheck(deps: Deps, payments: readonly Payment[]): Promise<readonly Payment[]> {
  const kept: Payment[] = []
  for (const erp of new Set(payments.map(payment => payment.erp))) {
    const group = payments.filter(payment => payment.erp === erp)
    const bridge = deps.erps.get(erp)
    if (!bridge?.recheck) {
      kept.push(...group)
      continue
    }
    const answers = await bridge.recheck(group.map(payment => payment.request))
    for (const [index, payment] of group.entries()) {
      const answer = answers[index]
      if (answer === 'same') kept.push(payment)
      else if (answer !== undefined) {
        const text =
          answer === 'changed'
            ? '发送前单据已修改 (the document changed before the send)'
            : '发送前单据已弃审或删除 (the document was withdrawn before the send)'
        await move(deps, [
          {
            payment,
            actor: erp,
            patch: {},
            verdict: plain('erp.cancelled', answer === 'changed' ? 'DOCUMENT_CHANGED' : 'DOCUMENT_WITHDRAWN', text),
          },
        ])
      }
    }
  }
  return kept
}

/**
 * Groups that travel together: one payer account, at most the bank's batch size. Where the bank knows only the package
 * (ICBC), a package that was formed once keeps its members and its reference for life, and goes again only whole.
 */
async function groupForBank(
  deps: Deps,
  gateway: BankGateway,
  due: readonly Payment[],
): Promise<readonly (readonly Payment[])[]> {
  const formed = groupBy(
    due.filter(payment => payment.instruction.batch.reference !== ''),
    payment => payment.instruction.batch.reference,
  )
  const groups: (readonly Payment[])[] = []
  for (const [reference, members] of formed) {
    const absent =
      gateway.traits.referenceScope === 'item' ? [] : await absentFrom(deps, gateway.name, reference, members)
    if (absent.length === 0) groups.push(members)
    else await postpone(deps, members, absent)
  }
  const fresh = due.filter(payment => payment.instruction.batch.reference === '')
  for (const members of groupBy(fresh, payment => payment.instruction.payer.account).values()) {
    for (let start = 0; start < members.length; start += gateway.traits.batchMax) {
      groups.push(await formPackage(deps, gateway, members.slice(start, start + gateway.traits.batchMax)))
    }
  }
  return groups
}

/** The members of a package that would have to travel with these, and are not here. */
async function absentFrom(
  deps: Deps,
  bank: string,
  reference: string,
  members: readonly Payment[],
): Promise<readonly Payment[]> {
  const all = await deps.store.payments.inBatch(bank, reference)
  const here = new Set(members.map(member => member.id))
  return all.filter(payment => !here.has(payment.id) && payment.state !== 'cancelled' && payment.state !== 'failed')
}

/**
 * Members that are ready but due at different times would wait for each other for ever, each put off just before the other
 * comes: whoever is early waits for the latest of them.
 */
async function postpone(deps: Deps, payments: readonly Payment[], absent: readonly Payment[]): Promise<void> {
  const now = deps.clock.now()
  const latest = Math.max(...absent.map(payment => payment.dueAt))
  const isOnlyEarly = absent.every(payment => payment.state === 'ready') && latest > now
  const dueAt = isOnlyEarly ? latest : now + deps.settings.retryMaxMs
  const statusText = '等待同一批次的其他指令查清 (waiting for the rest of its package)'
  await deps.store.payments.postpone(
    payments.map(payment => ({ paymentId: payment.id, seq: payment.seq, dueAt, statusText })),
  )
}

async function formPackage(deps: Deps, gateway: BankGateway, members: readonly Payment[]): Promise<readonly Payment[]> {
  const [first] = members
  assert(first !== undefined, 'a package without members')
  const reference = members.length === 1 ? first.instruction.reference : await packageReference(deps, gateway)
  return members.map((payment, index) => {
    const instruction: Instruction = { ...payment.instruction, batch: { reference, line: index + 1 } }
    return { ...payment, instruction }
  })
}

async function packageReference(deps: Deps, gateway: BankGateway): Promise<string> {
  const sequence = await deps.store.meta.allocate('reference', 1)
  const incarnation = await deps.store.meta.incarnation()
  return makeReference(
    { prefix: deps.settings.referencePrefix, day: bankDay(deps.clock.now()), incarnation, sequence },
    gateway.traits.reference,
  )
}

function leaseLost(): SendOutcome {
  return {
    kind: 'unsent',
    code: 'LEASE_LOST',
    reason: '租约所余时间不足以完成发送 (the lease does not outlast the send)',
  }
}

function uncertain(reason: string): SendOutcome {
  return { kind: 'uncertain', code: 'SEND_FAILED', reason }
}
