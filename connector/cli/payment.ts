// Payments at the command line: list, the whole timeline of one, and the decisions that people may take. Every decision
// names its person and reason, and goes through move() like everything else.

import { FENCE_HOLD } from '../core/fence'
import { CAUSE_WORDS, STATE_WORDS, type Cause } from '../core/lifecycle'
import { formatAmount } from '../core/money'
import { cleanName, differentPeople, personKey } from '../core/people'
import type { State } from '../ports'
import { checkSeals } from '../steps/check-seals'
import { move, plain } from '../steps/move'
import type { Deps } from '../steps/deps'
import { isFenced } from '../steps/fence-holds'
import type { HistoryRow, Payment } from '../store/store'
import { fenceReasons, type FenceSite } from './fence'
import { EXIT, table, type Output } from './output'

export async function list(
  deps: Deps,
  filter: { readonly states: readonly State[]; readonly limit: number },
  output: Output,
): Promise<number> {
  const payments = await deps.store.payments.list(
    filter.states.length > 0 ? { states: filter.states } : {},
    null,
    filter.limit,
  )
  output.json({ payments: payments.map(summary) })
  const rows = payments.map(payment => [
    payment.id,
    payment.request.key.docNo,
    `${formatAmount(payment.instruction.amount)} ${payment.instruction.amount.currency}`,
    payment.instruction.payee.name,
    STATE_WORDS[payment.state][output.lang],
    payment.statusText,
  ])
  const text = table(rows)
  output.say(text === '' ? '没有付款' : text, text === '' ? 'no payments' : text)
  return EXIT.ok
}

export async function show(deps: Deps, id: string, output: Output): Promise<number> {
  const payment = await deps.store.payments.get(id)
  if (!payment) return notFound(id, output)
  const history = await deps.store.payments.history(id)
  const holds = await deps.store.payments.holds(id)
  output.json({ payment: summary(payment), instruction: payment.instruction, request: payment.request, history, holds })
  const { instruction } = payment
  output.say(
    `${payment.id}  单据 ${payment.request.key.docType} ${payment.request.key.docNo}（修订 ${payment.revision}）\n付 ${instruction.payee.name}（${instruction.payee.account}）${formatAmount(instruction.amount)} ${instruction.amount.currency}，银行编号 ${instruction.reference}\n状态：${STATE_WORDS[payment.state].zh} ${payment.statusText}`,
    `${payment.id}  document ${payment.request.key.docType} ${payment.request.key.docNo} (revision ${payment.revision})\npays ${instruction.payee.name} (${instruction.payee.account}) ${formatAmount(instruction.amount)} ${instruction.amount.currency}, bank reference ${instruction.reference}\nstate: ${STATE_WORDS[payment.state].en} ${payment.statusText}`,
  )
  const timeline = table(history.map(row => lineOf(row, output)))
  output.say(timeline, timeline)
  for (const hold of holds)
    output.say(
      `审批「${hold.reason}」：${hold.clearances.length}/${hold.approvalsNeeded}`,
      `hold "${hold.reason}": ${hold.clearances.length}/${hold.approvalsNeeded}`,
    )
  return EXIT.ok
}

/** Two different named people must say the same, each with evidence. */
export async function confirm(
  deps: Deps,
  id: string,
  decision: { readonly verdict: 'paid' | 'unpaid'; readonly person: string; readonly evidence: string },
  output: Output,
): Promise<number> {
  const payment = await deps.store.payments.get(id)
  if (!payment) return notFound(id, output)
  const named = namesOf(decision.person, decision.evidence)
  if (!named) return unnamed(output)
  // What a restore left in doubt may turn out to be paid; that it was not is said with `fence clear`.
  const isFencedPaid = decision.verdict === 'paid' && (await isFenced(deps, payment))
  if (payment.state !== 'unknown' && payment.state !== 'accepted' && !isFencedPaid) {
    return refuse(
      output,
      `只有结果未知或已受理的付款才能人工确认，当前为「${STATE_WORDS[payment.state].zh}」`,
      `only an unknown or accepted payment can be confirmed; this one is ${payment.state}`,
    )
  }
  const { person, words: evidence } = named
  const confirmed = await deps.store.meta.confirm({
    paymentId: id,
    verdict: decision.verdict,
    person,
    evidence,
    at: deps.clock.now(),
  })
  const altered = await refuseAltered(deps, payment, output)
  if (altered !== null) return altered
  // What was said about an earlier time in doubt does not count for this one.
  const all = confirmed.filter(item => item.at >= payment.stateSince)
  const people = differentPeople(all.filter(item => item.verdict === decision.verdict).map(item => item.person))
  if (people.length < 2) {
    output.say('已记录第一人的确认，还需另一人确认', 'the first confirmation is recorded; a second person must confirm')
    output.json({ id, state: payment.state, confirmedBy: people })
    return EXIT.ok
  }
  const cause: Cause = decision.verdict === 'paid' ? 'operator.confirmedPaid' : 'operator.confirmedUnpaid'
  const words = all.filter(item => item.verdict === decision.verdict).map(item => `${item.person}：${item.evidence}`)
  return decided(deps, payment, cause, people.join(' + '), words.join('；'), output)
}

export async function cancel(site: FenceSite, id: string, by: string, why: string, output: Output): Promise<number> {
  const { deps } = site
  const payment = await deps.store.payments.get(id)
  if (!payment) return notFound(id, output)
  const named = namesOf(by, why)
  if (!named) return unnamed(output)
  const { person, words: reason } = named
  if ((await isFenced(deps, payment)) || (await fenceReasons(site)).length > 0) {
    return refuse(
      output,
      '恢复后尚未核对：可能已由原系统付出，见 yinqi fence clear --then cancel',
      'in doubt after a restore, it may have been paid: see yinqi fence clear --then cancel',
    )
  }
  if (payment.state === 'held') return decided(deps, payment, 'operator.rejected', person, reason, output)
  if (payment.state !== 'ready') {
    return refuse(
      output,
      `指令可能已发往银行（当前「${STATE_WORDS[payment.state].zh}」），不能取消`,
      `it may have left for the bank (${payment.state}); it cannot be cancelled`,
    )
  }
  return decided(deps, payment, 'operator.cancelled', person, reason, output)
}

export async function approve(
  { deps }: FenceSite,
  id: string,
  by: string,
  why: string,
  output: Output,
): Promise<number> {
  const payment = await deps.store.payments.get(id)
  if (!payment) return notFound(id, output)
  const named = namesOf(by, why)
  if (!named) return unnamed(output)
  const { person, words: reason } = named
  if (payment.state !== 'held')
    return refuse(output, '该付款不在待审批状态', `the payment is ${payment.state}, not held`)
  if (personKey(person) === personKey(payment.request.maker))
    return refuse(output, '制单人不能审批自己的单据', 'the maker cannot approve the own document')
  const altered = await refuseAltered(deps, payment, output)
  if (altered !== null) return altered
  let holds = await deps.store.payments.holds(id)
  // Approving says that it should be paid; the fence asks whether it was.
  for (const hold of holds)
    if (hold.clearedAt === null && hold.kind !== FENCE_HOLD)
      holds = await deps.store.payments.clearHold(hold.id, person, reason, deps.clock.now())
  if (holds.some(hold => hold.clearedAt === null)) {
    output.say(
      '已记录审批，还需其他人审批或核对银行',
      'the approval is recorded; others must approve too, or look at the bank',
    )
    output.json({ id, state: payment.state, holds })
    return EXIT.ok
  }
  return decided(deps, payment, 'holds.cleared', person, reason, output)
}

async function decided(
  deps: Deps,
  payment: Payment,
  cause: Cause,
  person: string,
  reason: string,
  output: Output,
): Promise<number> {
  const [moved] = await move(deps, [
    { payment, actor: person, patch: {}, verdict: plain(cause, 'OPERATOR', `${person}：${reason}`) },
  ])
  if (!moved) return refuse(output, '付款状态已变化，请重新查看', 'the payment has moved on; look again')
  output.say(`现在：${STATE_WORDS[moved.state].zh}`, `now: ${moved.state}`)
  output.json({ id: moved.id, state: moved.state })
  return EXIT.ok
}

/** A person's name and words as they are kept, or null where either says nothing. */
function namesOf(name: string, text: string): { readonly person: string; readonly words: string } | null {
  const person = cleanName(name)
  const words = text.trim()
  return personKey(person) === '' || words === '' ? null : { person, words }
}

function unnamed(output: Output): number {
  return refuse(output, '必须写明姓名和依据', 'a name and words of evidence or reason are needed')
}

/** Nobody's word counts over a row that somebody altered: the forged clearance or confirmation may be in it. */
async function refuseAltered(deps: Deps, payment: Payment, output: Output): Promise<number | null> {
  const { broken } = await checkSeals(deps, [payment])
  if (broken.length === 0) return null
  return refuse(
    output,
    '该付款的数据被改动过（封签核对不符），未作任何决定，请用 yinqi contradiction list 查看',
    'the data of this payment was altered (its seal is broken); nothing was decided, see `yinqi contradiction list`',
  )
}

function lineOf(row: HistoryRow, output: Output): readonly string[] {
  const cause = CAUSE_WORDS[row.cause as Cause]?.[output.lang] ?? row.cause
  const evidence = Object.entries(row.evidence)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')
  return [new Date(row.at).toISOString(), String(row.seq), `${row.from ?? '·'} → ${row.to}`, cause, row.actor, evidence]
}

function summary(payment: Payment): Readonly<Record<string, unknown>> {
  return {
    id: payment.id,
    erp: payment.erp,
    bank: payment.bank,
    key: payment.request.key,
    revision: payment.revision,
    state: payment.state,
    amount: formatAmount(payment.instruction.amount),
    currency: payment.instruction.amount.currency,
    payeeAccount: payment.instruction.payee.account,
    payeeName: payment.instruction.payee.name,
    reference: payment.instruction.reference,
    bankSerial: payment.bankSerial,
    errorCode: payment.errorCode,
    statusText: payment.statusText,
    settledAt: payment.settledAt,
    receiptNo: payment.receiptNo,
  }
}

function notFound(id: string, output: Output): number {
  return refuse(output, `没有付款 ${id}`, `there is no payment ${id}`)
}

function refuse(output: Output, zh: string, en: string): number {
  output.say(zh, en)
  output.json({ ok: false, zh, en })
  return EXIT.no
}
