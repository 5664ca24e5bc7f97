// The readers that the benchmark lays side by side. Each runs in a thread of its own, so that none pays for another's
// garbage; this file is also that thread's program.

import { readFileSync } from 'node:fs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { XMLParser } from 'fast-xml-parser'
import { parseStatementEvents } from '../statements/parse-file'
import { fileSource } from './statement'

export const OURS = 'yinqi'
export const MT940JS = 'mt940js'
export const FAST_XML_PARSER = 'fast-xml-parser'

/** Entries of the file, or null where the reader is not installed: other parsers are tools of development. */
type Read = (file: string) => Promise<number | null>

const READERS: Readonly<Record<string, Read>> = {
  async [OURS](file) {
    let count = 0
    for await (const events of parseStatementEvents(fileSource(file), { encoding: null }))
      for (const event of events) if (event.kind === 'entry') count++
    return count
  },
  async [MT940JS](file) {
    const Parser = await mt940js()
    if (Parser === null) return null
    const parser: unknown = Reflect.construct(Parser, [])
    const parse = at(parser, 'parse')
    const statements: unknown =
      typeof parse === 'function' ? Reflect.apply(parse, parser, [readFileSync(file, 'utf8')]) : []
    if (!Array.isArray(statements)) return 0
    return statements.reduce((sum: number, one: unknown) => {
      const transactions = at(one, 'transactions')
      return sum + (Array.isArray(transactions) ? transactions.length : 0)
    }, 0)
  },
  /** The whole tree, and the same few fields taken from it. */
  [FAST_XML_PARSER](file) {
    const tree: unknown = new XMLParser({ ignoreAttributes: false, parseTagValue: false }).parse(
      readFileSync(file, 'utf8'),
    )
    const entries = at(tree, 'Document', 'BkToCstmrStmt', 'Stmt', 'Ntry')
    if (!Array.isArray(entries)) return Promise.resolve(0)
    const mapped = entries.map((entry: unknown) => ({
      amount: at(entry, 'Amt', '#text'),
      currency: at(entry, 'Amt', '@_Ccy'),
      isOut: at(entry, 'CdtDbtInd') === 'DBIT',
      status: at(entry, 'Sts'),
      bookedOn: at(entry, 'BookgDt', 'Dt'),
      valueOn: at(entry, 'ValDt', 'Dt'),
      bankReference: at(entry, 'AcctSvcrRef'),
      endToEndId: at(entry, 'NtryDtls', 'TxDtls', 'Refs', 'EndToEndId'),
      name: at(entry, 'NtryDtls', 'TxDtls', 'RltdPties', 'Dbtr', 'Nm'),
      account: at(entry, 'NtryDtls', 'TxDtls', 'RltdPties', 'DbtrAcct', 'Id', 'IBAN'),
      text: at(entry, 'NtryDtls', 'TxDtls', 'RmtInf', 'Ustrd'),
    }))
    return Promise.resolve(mapped.length)
  },
}

async function mt940js(): Promise<{ new (): unknown } | null> {
  // A name that the compiler does not follow: it brings no types.
  const name: string = MT940JS
  try {
    const module: unknown = await import(name)
    const Parser = at(module, 'default', 'Parser') ?? at(module, 'Parser')
    return typeof Parser === 'function' ? (Parser as { new (): unknown }) : null
  } catch {
    return null
  }
}

export type Reading = { readonly count: number | null; readonly seconds: number; readonly cpuSeconds: number }
export type ReaderThread = { read(file: string): Promise<Reading>; end(): Promise<unknown> }

export function startReader(name: string): ReaderThread {
  const worker = new Worker(__filename, { workerData: { reader: name } })
  return {
    read: file =>
      new Promise((resolve, reject) => {
        worker.once('message', resolve).once('error', reject)
        worker.postMessage(file)
      }),
    end: () => worker.terminate(),
  }
}

/** One reading at a time: the process's CPU time is then this thread's, with what its memory costs. */
async function timed(read: Read, file: string): Promise<Reading> {
  const cpu = process.cpuUsage()
  const startedAt = process.hrtime.bigint()
  const count = await read(file)
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9
  const { user, system } = process.cpuUsage(cpu)
  return { count, seconds, cpuSeconds: (user + system) / 1e6 }
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  let found: unknown = value
  for (const key of keys) found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined
  return found
}

const isReader = !isMainThread && typeof at(workerData, 'reader') === 'string'
if (isReader) {
  const read = READERS[String(at(workerData, 'reader'))]
  parentPort?.on('message', (file: string) => {
    if (read) void timed(read, file).then(reading => parentPort?.postMessage(reading))
  })
}
