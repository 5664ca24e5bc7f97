// The life of a payment as a table: (state, cause) -> state. There are no conditions in it; judge.ts turns evidence
// into a cause. `unknown` has no `send.started`: that missing cell is what makes a request pay at most once (I1).

import type { State } from '../ports'

export type Cause =
  | 'intake.accepted'
  | 'intake.held'
  | 'holds.cleared'
  | 'send.started'
  | 'send.accepted'
  | 'send.settled'
  | 'send.refused'
  | 'send.unsent'
  | 'send.uncertain'
  | 'inquiry.accepted'
  | 'inquiry.settled'
  | 'inquiry.refused'
  | 'inquiry.absent'
  | 'inquiry.returned'
  | 'statement.debited'
  | 'statement.returned'
  | 'operator.rejected'
  | 'operator.cancelled'
  | 'operator.confirmedPaid'
  | 'operator.confirmedUnpaid'
  | 'erp.cancelled'
  | 'fence.closed'
  | 'fence.adopted'

type Row = Readonly<Partial<Record<Cause, State>>>

export const TRANSITIONS: Readonly<Record<State, Row>> = {
  // What a bank says about a payment that we think never left was sent by a store of which this one is a copy (I10). It
  // is the truth all the same: the payment takes it, and is never sent.
  held: {
    'holds.cleared': 'ready',
    'operator.rejected': 'cancelled',
    'erp.cancelled': 'cancelled',
    'inquiry.accepted': 'accepted',
    'inquiry.settled': 'settled',
    'inquiry.refused': 'failed',
    'statement.debited': 'settled',
    'operator.confirmedPaid': 'settled',
  },
  ready: {
    'send.started': 'sending',
    'operator.cancelled': 'cancelled',
    'erp.cancelled': 'cancelled',
    'fence.closed': 'held',
    'inquiry.accepted': 'accepted',
    'inquiry.settled': 'settled',
    'statement.debited': 'settled',
  },
  sending: {
    'send.accepted': 'accepted',
    'send.settled': 'settled',
    'send.refused': 'failed',
    'send.unsent': 'ready',
    'send.uncertain': 'unknown',
  },
  unknown: {
    'inquiry.accepted': 'accepted',
    'inquiry.settled': 'settled',
    'inquiry.refused': 'failed',
    'inquiry.absent': 'ready',
    'statement.debited': 'settled',
    'operator.confirmedPaid': 'settled',
    'operator.confirmedUnpaid': 'failed',
  },
  accepted: {
    'inquiry.settled': 'settled',
    'inquiry.refused': 'failed',
    'statement.debited': 'settled',
    'operator.confirmedPaid': 'settled',
    'operator.confirmedUnpaid': 'failed',
  },
  settled: { 'statement.returned': 'returned', 'inquiry.returned': 'returned' },
  failed: {},
  returned: {},
  cancelled: {},
}

/** The state that follows, or null: the evidence is a contradiction, to be recorded, never to be thrown away. */
export function transition(state: State, cause: Cause): State | null {
  return TRANSITIONS[state][cause] ?? null
}

/** Nothing leads out of it. `settled` is not terminal: money can come back. */
export function isTerminal(state: State): boolean {
  return Object.keys(TRANSITIONS[state]).length === 0
}

/** The ERP may ask again, as a later revision, only when the earlier asking ended without the money being gone. */
export function isPayableAgain(status: State | 'invalid'): boolean {
  return status === 'invalid' || status === 'failed' || status === 'returned' || status === 'cancelled'
}

/** The words a person reads, spelled once. */
export const STATE_WORDS: Readonly<Record<State | 'invalid', { readonly zh: string; readonly en: string }>> = {
  held: { zh: '待审批', en: 'waiting for approval' },
  ready: { zh: '待发送', en: 'ready to send' },
  sending: { zh: '发送中', en: 'being sent' },
  unknown: { zh: '结果未知，查询中', en: 'outcome unknown, asking the bank' },
  accepted: { zh: '银行已受理', en: 'accepted by the bank' },
  settled: { zh: '支付成功', en: 'paid' },
  failed: { zh: '支付失败', en: 'failed' },
  returned: { zh: '已退票', en: 'returned by the bank' },
  cancelled: { zh: '已取消', en: 'cancelled' },
  invalid: { zh: '单据有误', en: 'request is invalid' },
}

export const CAUSE_WORDS: Readonly<Record<Cause, { readonly zh: string; readonly en: string }>> = {
  'intake.accepted': { zh: '接收单据', en: 'request taken' },
  'intake.held': { zh: '接收单据，待审批', en: 'request taken, held' },
  'holds.cleared': { zh: '审批通过', en: 'all holds cleared' },
  'send.started': { zh: '开始发送', en: 'send started' },
  'send.accepted': { zh: '银行受理', en: 'bank accepted' },
  'send.settled': { zh: '银行即时入账', en: 'bank settled at once' },
  'send.refused': { zh: '银行拒绝', en: 'bank refused' },
  'send.unsent': { zh: '未发出，稍后重发', en: 'nothing was sent, will be sent again' },
  'send.uncertain': { zh: '发送结果不明', en: 'outcome of the send is uncertain' },
  'inquiry.accepted': { zh: '查询：已受理', en: 'inquiry: accepted' },
  'inquiry.settled': { zh: '查询：成功', en: 'inquiry: settled' },
  'inquiry.refused': { zh: '查询：失败', en: 'inquiry: refused' },
  'inquiry.absent': { zh: '查询：银行确认无此指令', en: 'inquiry: bank proves it has no such instruction' },
  'inquiry.returned': { zh: '查询：退票', en: 'inquiry: returned' },
  'statement.debited': { zh: '流水：已扣款', en: 'statement: debited' },
  'statement.returned': { zh: '流水：退票', en: 'statement: returned' },
  'operator.rejected': { zh: '审批拒绝', en: 'rejected by an approver' },
  'operator.cancelled': { zh: '操作员取消', en: 'cancelled by an operator' },
  'operator.confirmedPaid': { zh: '两人确认已付', en: 'two people confirmed: paid' },
  'operator.confirmedUnpaid': { zh: '两人确认未付', en: 'two people confirmed: not paid' },
  'erp.cancelled': { zh: 'ERP 撤销', en: 'withdrawn by the ERP' },
  'fence.adopted': { zh: '由 ERP 所示找回', en: 'taken back from what the ERP shows' },
  'fence.closed': { zh: '恢复后待核对', en: 'must be looked up at the bank after a restore' },
}
