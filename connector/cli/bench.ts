// `yinqi bench statements`: how many statement lines a second are read, beside other parsers on the same files in the
// same run. The other parsers are no part of a production installation: an absent one is said, not needed.

import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { once } from 'node:events'
import os from 'node:os'
import path from 'node:path'
import { finished } from 'node:stream/promises'
import { XMLParser } from 'fast-xml-parser'
import { parseStatementEvents } from '../statements/parse-file'
import { EXIT, table, type Output } from './output'
import { camtPieces, mt940Pieces } from './bench-files'
import { fileSource } from './statement'

export type BenchFlags = { readonly lines: string; readonly rounds: string }

type Reader = { readonly name: string; read(file: string): Promise<number> }

type Result = {
  readonly file: string
  readonly reader: string
  readonly lines: number
  readonly seconds: number
  readonly linesPerSecond: number
  readonly megabytesPerSecond: number
}

export async function benchStatements(flags: BenchFlags, output: Output): Promise<number> {
  const [lines, rounds] = [Number.parseInt(flags.lines, 10), Number.parseInt(flags.rounds, 10)]
  if (!(lines > 0 && lines <= 10_000_000 && rounds > 0 && rounds <= 100)) {
    process.stderr.write('--lines 1..10000000, --rounds 1..100\n')
    return EXIT.usage
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'yinqi-bench-'))
  try {
    const [mt940, camt] = [path.join(folder, 'mt940.sta'), path.join(folder, 'camt.053.xml')]
    await writePieces(mt940, mt940Pieces(lines))
    await writePieces(camt, camtPieces(lines))
    const other = await mt940js()
    const absent = other === null ? ['mt940js'] : []
    const results = [
      ...(await compare(mt940, lines, rounds, [OURS, ...(other === null ? [] : [other])])),
      ...(await compare(camt, lines, rounds, [OURS, FAST_XML_PARSER])),
    ]
    report(results, absent, output)
    return EXIT.ok
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const OURS: Reader = {
  name: 'yinqi',
  async read(file) {
    let count = 0
    for await (const events of parseStatementEvents(fileSource(file), { encoding: null }))
      for (const event of events) if (event.kind === 'entry') count++
    return count
  },
}

/** The whole tree, and the same few fields taken from it. */
const FAST_XML_PARSER: Reader = {
  name: 'fast-xml-parser',
  read(file) {
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

/** Null where it is not installed. */
async function mt940js(): Promise<Reader | null> {
  // A name that the compiler does not follow: it is a tool of development, and brings no types.
  const name: string = 'mt940js'
  let module: unknown
  try {
    module = await import(name)
  } catch {
    return null
  }
  const Parser = at(module, 'default', 'Parser') ?? at(module, 'Parser')
  if (typeof Parser !== 'function') return null
  return {
    name,
    read(file) {
      const parser: unknown = Reflect.construct(Parser, [])
      const parse = at(parser, 'parse')
      const statements: unknown =
        typeof parse === 'function' ? Reflect.apply(parse, parser, [readFileSync(file, 'utf8')]) : []
      if (!Array.isArray(statements)) return Promise.resolve(0)
      return Promise.resolve(
        statements.reduce((sum: number, one: unknown) => {
          const transactions = at(one, 'transactions')
          return sum + (Array.isArray(transactions) ? transactions.length : 0)
        }, 0),
      )
    },
  }
}

/** The readers take turns, so that what else the machine does meets them alike; the best round of each counts. */
async function compare(
  file: string,
  lines: number,
  rounds: number,
  readers: readonly Reader[],
): Promise<readonly Result[]> {
  const best = readers.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < rounds; round++) {
    for (const [index, reader] of readers.entries()) {
      const startedAt = process.hrtime.bigint()
      const count = await reader.read(file)
      const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9
      if (count !== lines) throw new Error(`${reader.name} read ${count} of ${lines} lines`)
      best[index] = Math.min(best[index] ?? seconds, seconds)
    }
  }
  const megabytes = statSync(file).size / 1e6
  return readers.map((reader, index) => {
    const seconds = best[index] ?? 0
    return {
      file: path.basename(file),
      reader: reader.name,
      lines,
      seconds: Number(seconds.toFixed(3)),
      linesPerSecond: Math.round(lines / seconds),
      megabytesPerSecond: Number((megabytes / seconds).toFixed(1)),
    }
  })
}

function report(results: readonly Result[], absent: readonly string[], output: Output): void {
  const machine = `${os.cpus()[0]?.model ?? '?'} × ${os.cpus().length}, ${os.platform()} ${os.arch()}, Node ${process.version}`
  output.json({ machine, results, absent })
  const rows = results.map(one => {
    const ours = results.find(other => other.file === one.file && other.reader === OURS.name)
    const factor = one === ours || !ours ? '' : `1 : ${(ours.linesPerSecond / one.linesPerSecond).toFixed(1)}`
    return [one.file, one.reader, `${one.linesPerSecond}`, `${one.megabytesPerSecond}`, factor]
  })
  output.say(
    `${machine}\n${table([['文件', '解析器', '行/秒', 'MB/秒', '对比'], ...rows])}`,
    `${machine}\n${table([['file', 'parser', 'lines/s', 'MB/s', 'against ours'], ...rows])}`,
  )
  for (const name of absent) output.say(`${name} 未安装，不作对比`, `${name} is not installed: not compared`)
}

async function writePieces(file: string, pieces: Iterable<string>): Promise<void> {
  const stream = createWriteStream(file)
  for (const piece of pieces) if (!stream.write(piece)) await once(stream, 'drain')
  stream.end()
  await finished(stream)
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  let found: unknown = value
  for (const key of keys) found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined
  return found
}
