// Whether payments may be sent, as the database says it now and not as it was remembered. What does not verify is told
// to a person and goes nowhere: nothing of it has left, and nothing will until somebody has looked.

import type { Payment, PaymentStore } from '../store/store'
import type { Deps } from './deps'

type SealCheck = Awaited<ReturnType<PaymentStore['checkSeals']>>[number]

export type Checked = {
  /** As they stand in the database now, verified, and nobody has moved them since they were read. */
  readonly sound: readonly Payment[]
  readonly broken: readonly Payment[]
}

/** Reads these payments again and judges them. Every broken one is a contradiction. */
export async function checkSeals(deps: Deps, payments: readonly Payment[]): Promise<Checked> {
  const checks = await deps.store.payments.checkSeals(payments.map(payment => payment.id))
  const sound: Payment[] = []
  const broken: Payment[] = []
  for (const [index, payment] of payments.entries()) {
    const check = checks[index]
    if (check?.payment && check.broken === null) {
      if (check.payment.seq === payment.seq) sound.push(check.payment)
    } else {
      broken.push(payment)
      await tell(deps, payment, check?.broken ?? { row: payment.id, detail: 'the payment was not read' })
    }
  }
  return { sound, broken }
}

/** Looked at again as late as everything else that waits; it stays where it is. */
export async function postponeBroken(deps: Deps, broken: readonly Payment[]): Promise<void> {
  if (broken.length === 0) return
  const dueAt = deps.clock.now() + deps.settings.retryMaxMs
  const statusText = '封签核对不符，已停止发送，请查看矛盾 (the seal is broken: not sent, see the contradiction)'
  await deps.store.payments.postpone(
    broken.map(payment => ({ paymentId: payment.id, seq: payment.seq, dueAt, statusText })),
  )
}

async function tell(deps: Deps, payment: Payment, found: NonNullable<SealCheck['broken']>): Promise<void> {
  // A damaged trail is one piece of news about the store, however many payments wait for it.
  const contradiction =
    found.row === 'audit'
      ? ({ paymentId: null, code: 'AUDIT_BROKEN', cause: 'send' } as const)
      : ({ paymentId: payment.id, code: 'SEAL_BROKEN', cause: 'send' } as const)
  const evidence = { row: found.row, detail: found.detail }
  const isNew = await deps.store.contradictions.record({ at: deps.clock.now(), ...contradiction, evidence })
  if (isNew) deps.tell({ kind: 'contradiction', ...contradiction })
}
