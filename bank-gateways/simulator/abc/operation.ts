// What every operation of the simulated ABC has at hand, how it words an answer, and how ABC splits its account numbers.

import type { Account } from '../engine/book'
import type { BankContext, Inquiries } from '../engine/exchange'
import { isUsableBy, type PaymentDesk } from '../engine/payments'
import { REASON_TEXT } from '../engine/reasons'
import type { Reason } from '../engine/records'
import { childOf, textOf } from '../engine/xml'
import type { Message, Returned } from './message'
import type { AbcProtocol } from './settings'

export type Abc = {
  readonly context: BankContext
  readonly desk: PaymentDesk
  readonly protocol: AbcProtocol
  readonly inquiries: Inquiries
}

export function ok({ protocol }: Abc, groups: Returned['groups']): Returned {
  return { code: protocol.codes.ok, text: '交易成功', source: '0', fileFlag: '0', groups }
}

export function refused({ context, protocol }: Abc, code: keyof AbcProtocol['codes'], text: string): Returned {
  context.log(`abc refuses: ${text}`)
  return { code: protocol.codes[code], text, source: '3', fileFlag: '0', groups: { Channel: '', Corp: '', Cmp: '' } }
}

export function refusedFor(abc: Abc, reason: Reason, detail: string): Returned {
  return refused(abc, reason, detail === '' ? REASON_TEXT[reason] : `${REASON_TEXT[reason]} ${detail}`)
}

/** An element of a group. */
export function inGroup({ root }: Message, group: string, name: string): string {
  return textOf(childOf(root, group), name)
}

/** 17 digits are a province of 2 and an account of 15 (banks/abc §4). */
export function splitAccount(account: string): { readonly province: string; readonly number: string } {
  return account.length === 17
    ? { province: account.slice(0, 2), number: account.slice(2) }
    : { province: '', number: account }
}

/** The asking company's account of Cmp/DbProv and DbAccNo, or null. */
export function ownAccount({ context }: Abc, message: Message): Account | null {
  const [province, number] = [inGroup(message, 'Cmp', 'DbProv'), inGroup(message, 'Cmp', 'DbAccNo')]
  if (!/^\d{2}$/.test(province) || !/^\d{15}$/.test(number)) return null
  const account = context.book.account(context.bank, province + number)
  return account && isUsableBy(account, message.head.corpNo) ? account : null
}

/** The payer's part of `Cmp`, echoed. */
export function debitSide(message: Message): Readonly<Record<string, string>> {
  const names = ['DbProv', 'DbAccNo', 'DbCur']
  return Object.fromEntries(names.map(name => [name, inGroup(message, 'Cmp', name)]))
}
