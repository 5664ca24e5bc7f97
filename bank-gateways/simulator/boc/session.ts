// Signing in to the simulated BOC: passwords, lockout, tokens (banks/boc §2). Tokens live in memory: a restarted front-end
// knows none of them. Wrong passwords are remembered in the journal: a restart unlocks nobody.

import { randomBytes } from 'node:crypto'
import { compactTimeOf, compactDayOf, dayOf } from '../engine/bank-time'
import { box, childOf, leaf, textOf } from '../engine/xml'
import { statusElement, type Message } from './message'
import { okStatus, refused, type Answer, type Boc } from './operation'
import type { BocOptions } from './settings'

/** Wrong passwords in a day that lock the operator for the day, and in all that lock it for good (banks/boc §2). */
const DAILY_MAX = 5
const TOTAL_MAX = 15

type Session = { readonly custid: string; readonly cusopr: string; readonly untilMs: number }

export class Sessions {
  readonly #boc: Boc
  readonly #customers: BocOptions['customers']
  readonly #tokens = new Map<string, Session>()

  constructor(boc: Boc, customers: BocOptions['customers']) {
    this.#boc = boc
    this.#customers = customers
  }

  isSignedIn({ token, head }: Message): boolean {
    const session = this.#tokens.get(token)
    if (!session || session.custid !== head.custid || session.cusopr !== head.cusopr) return false
    return this.#boc.context.clock.now() < session.untilMs
  }

  signIn(message: Message): Answer {
    const { protocol, context } = this.#boc
    const { custid, cusopr } = message.head
    const input = childOf(message.body, 'b2e0001-rq')
    if (!/^\d{14}$/.test(textOf(input, 'custdt'))) return refused(this.#boc, 'invalid-field', 'custdt')
    const operator = `${custid}/${cusopr}`
    const customer = this.#customers.find(known => known.custid === custid && known.cusopr === cusopr)
    if (!customer) return refused(this.#boc, 'wrong-password', '客户号、操作员或密码错误')
    if (this.#isLocked(operator)) return refused(this.#boc, 'locked', '操作员已锁定')
    if (textOf(input, 'oprpwd') !== customer.password) {
      const data = { day: dayOf(context.clock.now()) }
      context.book.add({ kind: 'note', bank: context.bank, topic: 'wrong-password', key: operator, data })
      return refused(this.#boc, 'wrong-password', '客户号、操作员或密码错误')
    }
    if (protocol.secondSignInInvalidates) this.#forget(custid, cusopr)
    const nowMs = context.clock.now()
    const token = randomBytes(24).toString('base64')
    this.#tokens.set(token, { custid, cusopr, untilMs: nowMs + protocol.tokenLifeMs })
    const granted = leaf('serverdt', compactDayOf(nowMs) + compactTimeOf(nowMs)) + leaf('token', token)
    return (
      statusElement(okStatus(this.#boc)) + (protocol.tokenShape === 'nested' ? box('b2e0001-rs', granted) : granted)
    )
  }

  signOut(message: Message): Answer {
    this.#tokens.delete(message.token)
    return statusElement(okStatus(this.#boc))
  }

  #isLocked(operator: string): boolean {
    const { book, bank, clock } = this.#boc.context
    const wrong = book.notes(bank, 'wrong-password', operator)
    const today = dayOf(clock.now())
    return wrong.length >= TOTAL_MAX || wrong.filter(({ data }) => data['day'] === today).length >= DAILY_MAX
  }

  #forget(custid: string, cusopr: string): void {
    for (const [token, session] of this.#tokens) {
      if (session.custid === custid && session.cusopr === cusopr) this.#tokens.delete(token)
    }
  }
}
