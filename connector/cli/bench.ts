// `yinqi bench statements`: how many statement lines a second are read, beside other parsers on the same files in the
// same run. The other parsers are no part of a production installation: an absent one is said, not needed.

import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { once } from 'node:events'
import os from 'node:os'
import path from 'node:path'
import { finished } from 'node:stream/promises'
import { EXIT, table, type Output } from './output'
import { camtPieces, mt940Pieces } from './bench-files'
import { FAST_XML_PARSER, MT940JS, OURS, startReader } from './bench-readers'

export type BenchFlags = { readonly lines: string; readonly rounds: string }

type Result = {
  readonly file: string
  readonly reader: string
  readonly lines: number
  readonly seconds: number
  /** Of the process, which reads with one reader at a time: what the machine's other work does not change. */
  readonly cpuSeconds: number
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
    const swift = await compare(mt940, lines, rounds, [OURS, MT940JS])
    const xml = await compare(camt, lines, rounds, [OURS, FAST_XML_PARSER])
    report([...swift.results, ...xml.results], [...swift.absent, ...xml.absent], output)
    return EXIT.ok
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The readers take turns, so that what else the machine does meets them alike; the best round of each counts. */
async function compare(
  file: string,
  lines: number,
  rounds: number,
  names: readonly string[],
): Promise<{ readonly results: readonly Result[]; readonly absent: readonly string[] }> {
  const readers = names.map(name => ({ name, thread: startReader(name), seconds: Infinity, cpuSeconds: Infinity }))
  const absent = new Set<string>()
  try {
    for (let round = 0; round < rounds; round++) {
      for (const reader of readers.filter(({ name }) => !absent.has(name))) {
        const { count, seconds, cpuSeconds } = await reader.thread.read(file)
        if (count === null) absent.add(reader.name)
        else if (count !== lines) throw new Error(`${reader.name} read ${count} of ${lines} lines`)
        reader.seconds = Math.min(reader.seconds, seconds)
        reader.cpuSeconds = Math.min(reader.cpuSeconds, cpuSeconds)
      }
    }
  } finally {
    await Promise.all(readers.map(({ thread }) => thread.end()))
  }
  const megabytes = statSync(file).size / 1e6
  const results = readers
    .filter(({ name }) => !absent.has(name))
    .map(({ name, seconds, cpuSeconds }) => ({
      file: path.basename(file),
      reader: name,
      lines,
      seconds: Number(seconds.toFixed(3)),
      cpuSeconds: Number(cpuSeconds.toFixed(3)),
      linesPerSecond: Math.round(lines / seconds),
      megabytesPerSecond: Number((megabytes / seconds).toFixed(1)),
    }))
  return { results, absent: [...absent] }
}

function report(results: readonly Result[], absent: readonly string[], output: Output): void {
  const machine = `${os.cpus()[0]?.model ?? '?'} × ${os.cpus().length}, ${os.platform()} ${os.arch()}, Node ${process.version}`
  output.json({ machine, results, absent })
  const rows = results.map(one => {
    const ours = results.find(other => other.file === one.file && other.reader === OURS)
    const factor = one === ours || !ours ? '' : `1 : ${(one.cpuSeconds / ours.cpuSeconds).toFixed(1)}`
    return [one.file, one.reader, `${one.linesPerSecond}`, `${one.megabytesPerSecond}`, `${one.cpuSeconds}`, factor]
  })
  output.say(
    `${machine}\n${table([['文件', '解析器', '行/秒', 'MB/秒', 'CPU 秒', '对比'], ...rows])}`,
    `${machine}\n${table([['file', 'parser', 'lines/s', 'MB/s', 'CPU s', 'against ours'], ...rows])}`,
  )
  for (const name of absent) output.say(`${name} 未安装，不作对比`, `${name} is not installed: not compared`)
}

async function writePieces(file: string, pieces: Iterable<string>): Promise<void> {
  const stream = createWriteStream(file)
  for (const piece of pieces) if (!stream.write(piece)) await once(stream, 'drain')
  stream.end()
  await finished(stream)
}
