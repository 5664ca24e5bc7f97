// Receipts of statement lines: an order (BATEBILL, signed), and while the bank has not finished it, its result (QEBILL).

import type { BankGateway, StatementLine } from '../../connector/ports'
import type { Reply } from './codec'
import { readReceipt, receiptBody, receiptInquiryBody } from './codec-receipt'
import { type Session, messageOf } from './session'

/** Orders without a result, in memory; the oldest gives way. A forgotten one is ordered anew: a reprint, no money. */
const ORDERS_MAX = 1000

export function createReceipts(session: Session): NonNullable<BankGateway['receipt']> {
  const orders = new Map<string, string>()

  const remember = (key: string, number: string): void => {
    const [oldest] = orders.keys()
    if (orders.size >= ORDERS_MAX && oldest !== undefined) orders.delete(oldest)
    orders.set(key, number)
  }

  const order = async (key: string, account: string, line: StatementLine, signal: AbortSignal): Promise<Reply> => {
    const signTime = await session.bankNow(account, signal)
    const number = session.sequence()
    const message = messageOf('BATEBILL', number, signTime, receiptBody(session.config, account, line, signTime))
    const signed = await session.sign(message, signal)
    // Remembered before it leaves: if its answer is lost, QEBILL finds the order, or B0116 forgets it.
    remember(key, number)
    return session.exchange(message, signed, signal)
  }

  return async (account, line, signal) => {
    if (line.receiptKey === '') return null
    const key = `${account} ${line.receiptKey}`
    const ordered = orders.get(key)
    const reply = ordered
      ? await session.query('QEBILL', receiptInquiryBody(ordered), signal)
      : await order(key, account, line, signal)
    const number = orders.get(key)
    orders.delete(key)
    const answer = readReceipt(session.config, reply, line)
    if (answer.kind === 'pending' && number !== undefined) remember(key, number)
    return answer.kind === 'document' ? answer.document : null
  }
}
