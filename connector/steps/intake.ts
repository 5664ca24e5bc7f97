// Takes what the ERP asks: a request becomes a payment or an answer that says why not; a withdrawal cancels what has not
// left; a command is run and answered; a voucher number is noted; a claim is decided. A wrong row never stops the right ones.

import { accept, type Problem } from '../core/accept'
import { assert } from '../core/assert'
import { bankDay } from '../core/bank-time'
import { holdsOf } from '../core/holds'
import { decideIntake } from '../core/intake'
import { makeReference } from '../core/reference'
import type { CancelRequest, CommandRequest, PaymentRequest, RowStatus } from '../ports'
import {
  Conflict,
  type Asking,
  type IntakeEntry,
  type KnownRequest,
  type OutboxDraft,
  type Payment,
} from '../store/store'
import { answerCollection } from './claim'
import { accountOf, type Deps } from './deps'
import { fenceHolds, isFenced } from './fence-holds'
import { move, note, plain } from './move'
import { documentKey, statusRecord } from './records'

/** Runs a command row; resolves to words for the row. */
export type RunCommand = (command: CommandRequest) => Promise<{ readonly ok: boolean; readonly text: string }>

/** Returns the number of items taken. */
export async function intake(deps: Deps, erp: string, runCommand: RunCommand): Promise<number> {
  const bridge = deps.erps.get(erp)
  // A closed fence takes nothing: a copy that went on taking would keep from the original what the ERP asks (I10).
  if (!bridge || deps.fence.state().kind === 'closed') return 0
  const stored = (await deps.store.meta.cursor(erp)) ?? ''
  const pull = await bridge.pull(stored === '' ? null : stored, deps.settings.intakeLimit)
  const pays = pull.items.filter(item => item.kind === 'pay')
  // Withdrawals and voucher numbers first: once the cursor is stored, the bridge does not give them again.
  for (const item of pull.items) {
    if (item.kind === 'cancel') await cancel(deps, erp, item)
    if (item.kind === 'voucher') await deps.store.journals.posted(item.entryKey, item.voucherNo, deps.clock.now())
  }
  const cursor = pull.cursor ?? ''
  if (pays.length > 0 || cursor !== stored) await takeAll(deps, erp, pays, cursor)
  // A claim is shown until its answer has reached the row: one that was heard is no work, or the loop would never rest.
  let heard = 0
  for (const item of pull.items) {
    if (item.kind === 'command') await answer(deps, erp, item, runCommand)
    if (item.kind === 'collection' && !(await answerCollection(deps, item))) heard++
  }
  return pull.items.length - heard
}

type Taken = { readonly entries: readonly IntakeEntry[]; readonly outbox: readonly OutboxDraft[] }

/** Another daemon may take the same document first: read again and decide again, a bounded number of times. */
async function takeAll(
  deps: Deps,
  erp: string,
  requests: readonly PaymentRequest[],
  cursor: string | null,
): Promise<void> {
  for (let round = 0; ; round++) {
    const taken = await decideAll(deps, erp, requests)
    try {
      await deps.store.payments.intake({ erp, at: deps.clock.now(), actor: deps.settings.instance, cursor, ...taken })
      for (const entry of taken.entries) tellTaken(deps, erp, entry)
      return
    } catch (error) {
      if (!(error instanceof Conflict) || round >= 4) throw error
    }
  }
}

async function decideAll(deps: Deps, erp: string, requests: readonly PaymentRequest[]): Promise<Taken> {
  const entries: IntakeEntry[] = []
  const outbox: OutboxDraft[] = []
  const known = await deps.store.payments.known(
    erp,
    requests.map(request => request.key),
  )
  const inThisPull = new Set<string>()
  for (const [index, request] of requests.entries()) {
    // One asking of a document at a time: a later one in the same pull comes again, after this one is stored.
    const document = documentKey(request.key)
    if (inThisPull.has(document)) continue
    inThisPull.add(document)
    await decideOne(deps, erp, request, known[index] ?? null, entries, outbox)
  }
  return { entries, outbox }
}

async function decideOne(
  deps: Deps,
  erp: string,
  request: PaymentRequest,
  known: KnownRequest | null,
  entries: IntakeEntry[],
  outbox: OutboxDraft[],
): Promise<void> {
  const decision = decideIntake(request, known)
  switch (decision.kind) {
    case 'take':
      entries.push({ ...(await take(deps, erp, request, decision.revision)), follows: known?.revision ?? null })
      return
    case 'refuse': {
      const problem: Problem = { field: 'revision', ...decision }
      // Remembered, so that the same asking is never paid after the ERP was told that it is not; an older one cannot be.
      if (known && decision.revision > known.revision)
        entries.push({ ...refusedEntry(deps, erp, request, decision.revision, [problem]), follows: known.revision })
      else outbox.push({ erp, record: refusalRecord(deps, erp, request, decision.revision, [problem]) })
      return
    }
    case 'repeat':
      if (known)
        outbox.push({ erp, record: await repeatedRecord(deps, erp, request, askingOf(known, decision.revision)) })
      return
    case 'changed':
      if (known) await recordChanged(deps, request, askingOf(known, decision.revision))
  }
}

type Unplaced = Omit<IntakeEntry, 'follows'>

async function take(deps: Deps, erp: string, request: PaymentRequest, revision: number): Promise<Unplaced> {
  const account = accountOf(deps, request.payerAccount)
  const payer = account && (account.erp === erp || account.alsoPaidFrom.includes(erp)) ? account : null
  const gateway = payer ? (deps.banks.get(payer.bank) ?? null) : null
  const accepted = accept(request, { payer, traits: gateway?.traits ?? null, measure: deps.measure })
  if (accepted.kind === 'refused' || !payer || !gateway) {
    return refusedEntry(deps, erp, request, revision, accepted.kind === 'refused' ? accepted.problems : [])
  }
  const now = deps.clock.now()
  const sequence = await deps.store.meta.allocate('reference', 1)
  const incarnation = await deps.store.meta.incarnation()
  const reference = makeReference(
    { prefix: deps.settings.referencePrefix, day: bankDay(now), incarnation, sequence },
    gateway.traits.reference,
  )
  const holds = [...holdsOf(accepted.draft, deps.settings.holds), ...(await fenceHolds(deps, accepted.draft))]
  const status = holds.length > 0 ? 'held' : 'ready'
  const payment: Payment = {
    id: `${bankDay(now).replaceAll('-', '')}-${payer.bank}-${reference}`,
    erp,
    bank: payer.bank,
    request,
    revision,
    instruction: { ...accepted.draft, reference, batch: { reference: '', line: 0 }, sentOn: null },
    state: status,
    seq: 1,
    attempts: 0,
    dueAt: now,
    leaseUntil: null,
    sentAt: null,
    stateSince: now,
    createdAt: now,
    updatedAt: now,
    errorCode: '',
    statusText: holds.map(hold => hold.reason).join('；'),
    bankSerial: '',
    settledAt: null,
    receiptNo: '',
  }
  const cause = status === 'held' ? 'intake.held' : 'intake.accepted'
  const record = statusRecord({
    ...factsOf(deps, erp, request, revision, status),
    seq: 1,
    text: payment.statusText,
    cause,
    bankReference: reference,
  })
  return {
    request,
    revision,
    status,
    errorCode: '',
    payment,
    cause,
    evidence: { digest: request.digest },
    holds,
    outbox: [{ erp, record }],
  }
}

/** Another daemon may take the same document first: read again and decide again, a bounded number of times. */
async function cancel(deps: Deps, erp: string, item: CancelRequest): Promise<void> {
  for (let round = 0; ; round++) {
    const [known] = await deps.store.payments.known(erp, [item.key])
    const revision = item.key.revision ?? known?.revision ?? 1
    const asking = known?.askings.find(candidate => candidate.revision === revision)
    if (asking) return asking.paymentId === null ? undefined : await cancelTaken(deps, erp, item, asking.paymentId)
    try {
      return await withdrawUntaken(deps, erp, item, revision, known?.revision ?? null)
    } catch (error) {
      if (!(error instanceof Conflict) || round >= 4) throw error
    }
  }
}

async function cancelTaken(deps: Deps, erp: string, item: CancelRequest, paymentId: string): Promise<void> {
  const payment = await deps.store.payments.get(paymentId)
  if (!payment) return
  // It may have been paid by a store that this one was restored over: nobody is told "cancelled" before that is known.
  const isDoubtful = await isFenced(deps, payment)
  const [moved] =
    !isDoubtful && (payment.state === 'held' || payment.state === 'ready')
      ? await move(deps, [
          {
            payment,
            actor: item.by || erp,
            patch: {},
            verdict: plain('erp.cancelled', '', 'ERP 撤销 (withdrawn by the ERP)'),
          },
        ])
      : [null]
  if (moved) return
  const current = (await deps.store.payments.get(payment.id)) ?? payment
  if (current.state === 'cancelled') return
  await note(
    deps,
    current,
    'erp.cancelRefused',
    'CANCEL_TOO_LATE',
    '指令可能已发往银行，不能撤销 (it may have left, it cannot be withdrawn)',
  )
}

/** Withdrawn before it was taken: it never becomes a payment, and its row says so. */
async function withdrawUntaken(
  deps: Deps,
  erp: string,
  item: CancelRequest,
  revision: number,
  newest: number | null,
): Promise<void> {
  const { request } = item
  if (!request) return
  const at = deps.clock.now()
  const facts = factsOf(deps, erp, request, revision, 'cancelled')
  const record = statusRecord({ ...facts, seq: 1, text: '发送前已撤销', cause: 'erp.cancelled', bankReference: '' })
  // An older revision can never be taken: it is only answered.
  if (newest !== null && revision < newest) return await deps.store.outbox.add([{ erp, record }], at)
  const entry: IntakeEntry = {
    request,
    revision,
    status: 'cancelled',
    follows: newest,
    errorCode: '',
    payment: null,
    cause: 'erp.cancelled',
    evidence: { by: item.by },
    holds: [],
    outbox: [{ erp, record }],
  }
  await deps.store.payments.intake({ erp, at, actor: item.by, cursor: null, entries: [entry], outbox: [] })
}

async function answer(deps: Deps, erp: string, item: CommandRequest, runCommand: RunCommand): Promise<void> {
  const result = await runCommand(item).catch((error: unknown) => ({
    ok: false,
    text: error instanceof Error ? error.message : String(error),
  }))
  const at = deps.clock.now()
  await deps.store.outbox.add(
    [{ erp, record: { kind: 'command.answered', key: `command|${item.id}`, id: item.id, at, ...result } }],
    at,
  )
}

function askingOf(known: KnownRequest, revision: number): Asking {
  const asking = known.askings.find(candidate => candidate.revision === revision)
  assert(asking !== undefined, `revision ${revision} was decided on and is not there`)
  return asking
}

async function recordChanged(deps: Deps, request: PaymentRequest, asking: Asking): Promise<void> {
  const { paymentId } = asking
  const evidence = { document: documentKey(request.key), digest: request.digest, takenDigest: asking.digest }
  const isNew = await deps.store.contradictions.record({
    at: deps.clock.now(),
    paymentId,
    code: 'REQUEST_CHANGED',
    cause: 'intake',
    evidence,
  })
  if (!isNew) return
  deps.tell({ kind: 'contradiction', paymentId, code: 'REQUEST_CHANGED', cause: 'intake' })
  const payment = paymentId === null ? null : await deps.store.payments.get(paymentId)
  if (payment)
    await note(
      deps,
      payment,
      'erp.changed',
      'REQUEST_CHANGED',
      '单据在接收后被修改，仍按接收时的内容处理 (changed after it was taken)',
    )
}

function refusedEntry(
  deps: Deps,
  erp: string,
  request: PaymentRequest,
  revision: number,
  problems: readonly Problem[],
): Unplaced {
  const record = refusalRecord(deps, erp, request, revision, problems)
  return {
    request,
    revision,
    status: 'invalid',
    errorCode: problems[0]?.code ?? '',
    payment: null,
    cause: 'intake.refused',
    evidence: { text: record.statusText },
    holds: [],
    outbox: [{ erp, record }],
  }
}

function refusalRecord(
  deps: Deps,
  erp: string,
  request: PaymentRequest,
  revision: number,
  problems: readonly Problem[],
) {
  const text = problems.map(problem => problem.zh).join('；')
  return statusRecord({
    ...factsOf(deps, erp, request, revision, 'invalid'),
    seq: 1,
    text,
    cause: 'intake.refused',
    errorCode: problems[0]?.code ?? '',
    bankReference: '',
  })
}

async function repeatedRecord(deps: Deps, erp: string, request: PaymentRequest, asking: Asking) {
  const payment = asking.paymentId === null ? null : await deps.store.payments.get(asking.paymentId)
  const status = payment?.state ?? asking.status
  return statusRecord({
    ...factsOf(deps, erp, payment?.request ?? request, asking.revision, status),
    seq: payment?.seq ?? 1,
    text: payment?.statusText ?? '',
    cause: 'intake.repeated',
    errorCode: payment?.errorCode ?? '',
    bankReference: payment?.instruction.reference ?? '',
    bankSerial: payment?.bankSerial ?? '',
    settledAt: payment?.settledAt ?? null,
    receiptNo: payment?.receiptNo ?? '',
  })
}

function factsOf(deps: Deps, erp: string, request: PaymentRequest, revision: number, status: RowStatus) {
  return {
    erp,
    request,
    revision,
    status,
    errorCode: '',
    bankSerial: '',
    settledAt: null,
    receiptNo: '',
    at: deps.clock.now(),
  }
}

function tellTaken(deps: Deps, erp: string, entry: IntakeEntry): void {
  const { docNo } = entry.request.key
  if (entry.payment)
    deps.tell({ kind: 'payment.taken', erp, paymentId: entry.payment.id, docNo, state: entry.payment.state })
  else deps.tell({ kind: 'request.refused', erp, docNo, code: entry.errorCode, text: entry.evidence['text'] ?? '' })
}
