// The file server of the simulated bank: what each operation on its three directories means. A delivered file is an exchange, and so
// is every look into a directory that the bank writes to: there faults are ordered.

import { posix } from 'node:path'
import { answered, exchange, UNDISTURBED, type Call } from '../engine/exchange'
import type { Handled, Handler, WireReply } from '../engine/listener'
import { DIRECTORIES, filesIn, putFile, takeFile, type FileBank } from './operation'
import { readPaymentFile } from './pain001'
import { planFile, takePayments } from './payments'
import { reportNews, untold, writeUnreadable } from './reports'
import { writeStatements } from './statements'

const OK = replyOf(200)
const NOT_FOUND = replyOf(404)
const REFUSED = replyOf(403)

export function fileServer(bank: FileBank): Handler {
  return ({ method, url, contentType: customer, body }) => {
    switch (method) {
      case 'LIST':
        return list(bank, customer, url)
      case 'STAT':
      case 'GET':
        return answerWithFile(bank, customer, method, url)
      case 'PUT':
        return deliver(bank, customer, url, body)
      case 'MOVE':
        return remove(bank, customer, url.split('\n')[0] ?? '')
      default:
        return remove(bank, customer, url)
    }
  }
}

function list(bank: FileBank, customer: string, directory: string): Handled {
  const { context } = bank
  const { status, statements } = DIRECTORIES
  const listing = (): WireReply =>
    replyOf(
      200,
      filesIn(bank, customer, directory).map(({ name, size, modifiedAt }) => ({ name, size, modifiedAt })),
    )
  if (directory !== status && directory !== statements)
    return answered(directory === DIRECTORIES.send ? listing() : NOT_FOUND)
  const payees = directory === status ? untold(bank, customer).map(({ record }) => record.payee.account) : []
  const call: Call = {
    listener: 'sftp',
    code: directory === status ? 'pain.002' : 'camt',
    payees,
    pays: null,
  }
  return exchange(context, call, {
    maintenance: () => replyOf(503),
    headerFailed: () => replyOf(500),
    perform(disturbance) {
      if (directory === status) reportNews(bank, customer, disturbance)
      else writeStatements(bank, customer, disturbance)
      return listing()
    },
  })
}

function deliver(bank: FileBank, customer: string, path: string, bytes: Buffer): Handled {
  const { context } = bank
  const directory = posix.dirname(path)
  const name = posix.basename(path)
  const isThere = filesIn(bank, customer, directory).some(file => file.name === name)
  if (directory !== DIRECTORIES.send || isThere) return answered(REFUSED)
  const file = readPaymentFile(bytes)
  return exchange(
    context,
    { listener: 'sftp', code: 'pain.001', ...planFile(file, customer) },
    {
      // The file lies there and nobody looks at it.
      maintenance: () => OK,
      headerFailed() {
        writeUnreadable(bank, customer)
        return OK
      },
      perform(disturbance) {
        if (!bank.protocol.takesAway) putFile(bank, customer, directory, name, bytes)
        if (file) takePayments(bank, customer, file, disturbance)
        else writeUnreadable(bank, customer)
        return OK
      },
    },
  )
}

function answerWithFile(bank: FileBank, customer: string, method: 'STAT' | 'GET', path: string): Handled {
  const directory = posix.dirname(path)
  const found = filesIn(bank, customer, directory).find(({ name }) => name === posix.basename(path))
  if (!found) return answered(NOT_FOUND)
  if (method === 'STAT') {
    const { name, size, modifiedAt } = found
    return answered(replyOf(200, { name, size, modifiedAt }))
  }
  const fault = bank.spoiltReads.get(path)
  bank.spoiltReads.delete(path)
  const disturbance = fault ? { ...UNDISTURBED, kinds: new Set([fault]) } : UNDISTURBED
  return { reply: { status: 200, contentType: '', body: found.bytes() }, disturbance }
}

function remove(bank: FileBank, customer: string, path: string): Handled {
  const directory = posix.dirname(path)
  const name = posix.basename(path)
  if (!filesIn(bank, customer, directory).some(file => file.name === name)) return answered(NOT_FOUND)
  bank.context.book.transact(() => takeFile(bank, customer, directory, name))
  return answered(OK)
}

function replyOf(status: number, content: unknown = null): WireReply {
  return { status, contentType: '', body: Buffer.from(JSON.stringify(content), 'utf8') }
}
