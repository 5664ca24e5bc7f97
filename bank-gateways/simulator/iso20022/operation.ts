// What every part of the simulated file bank has at hand, and its directories: files are records of the books, so that a restart
// forgets none.

import type { BankContext, Inquiries } from '../engine/exchange'
import type { PaymentDesk } from '../engine/payments'
import type { RemoteFileView } from '../engine/sftp-views'
import type { Iso20022Protocol } from './settings'

export type FileBank = {
  readonly context: BankContext
  readonly desk: PaymentDesk
  readonly protocol: Iso20022Protocol
  readonly inquiries: Inquiries
  /** Of the next read of a file: the connection breaks in the middle, or it comes in small pieces. */
  readonly spoiltReads: Map<string, 'truncate' | 'split'>
}

/** One of each for every customer. */
export const DIRECTORIES = { send: '/in', status: '/status', statements: '/statements' } as const

const TOPIC = 'files'
const GONE = 'files-gone'

export type StoredFile = RemoteFileView & { readonly bytes: () => Buffer }

function keyOf(customer: string, directory: string): string {
  return JSON.stringify([customer, directory])
}

export function filesIn({ context }: FileBank, customer: string, directory: string): readonly StoredFile[] {
  const key = keyOf(customer, directory)
  const gone = new Set(context.book.notes(context.bank, GONE, key).map(({ data }) => data['name']))
  return context.book
    .notes(context.bank, TOPIC, key)
    .filter(({ data }) => !gone.has(data['name']))
    .map(({ data: { name = '', base64 = '', size, at } }) => ({
      name,
      size: Number(size),
      modifiedAt: Number(at),
      bytes: () => Buffer.from(base64, 'base64'),
    }))
}

/** Inside a transaction. */
export function putFile(bank: FileBank, customer: string, directory: string, name: string, bytes: Buffer): void {
  const { context } = bank
  const base64 = bytes.toString('base64')
  const data = { name, base64, size: String(bytes.length), at: String(context.clock.now()) }
  context.book.add({ kind: 'note', bank: context.bank, topic: TOPIC, key: keyOf(customer, directory), data })
}

/** Inside a transaction. */
export function takeFile({ context }: FileBank, customer: string, directory: string, name: string): void {
  context.book.add({ kind: 'note', bank: context.bank, topic: GONE, key: keyOf(customer, directory), data: { name } })
}

/** A number that no earlier file of the bank has. */
export function nextNumber({ context }: FileBank, topic: string): number {
  const number = context.book.notes(context.bank, topic, 'number').length + 1
  context.book.add({ kind: 'note', bank: context.bank, topic, key: 'number', data: { number: String(number) } })
  return number
}
