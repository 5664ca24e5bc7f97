// `yinqi bench reconcile`: how long the passes take over generated lines, and how that grows. The store and the ERP are not
// in it: what is open is read in pages, and what is matched is written in batches, each in proportion to its own number.

import os from 'node:os'
import { matchLines } from '../core/match/match'
import { everyPass, ruleVersionOf } from '../core/match/settings'
import { reconcileSides } from './bench-lines'
import { EXIT, table, type Output } from './output'

const LINES_MAX = 5_000_000

type Result = {
  /** On each side. */
  readonly lines: number
  readonly seconds: number
  /** CPU time of this process: what the machine's other work does not change. */
  readonly cpuSeconds: number
  readonly matches: number
  readonly ambiguous: number
  readonly left: number
  readonly pairsPerSecond: number
  /** Nanoseconds of CPU time for each n·log2(n): level where the time grows as n log n. */
  readonly nsPerLineLog: number
  readonly rssMegabytes: number
  readonly byPass: Readonly<Record<string, number>>
}

export function benchReconcile(flags: { readonly lines: readonly string[] }, output: Output): number {
  const sizes = flags.lines.map(text => (/^\d{1,7}$/.test(text) ? Number(text) : 0))
  if (sizes.some(size => size < 1000 || size > LINES_MAX)) {
    process.stderr.write(`--lines 1000..${LINES_MAX}\n`)
    return EXIT.usage
  }
  const machine = `${os.cpus()[0]?.model ?? '?'} × ${os.cpus().length}, ${os.platform()} ${os.arch()}, Node ${process.version}`
  const results = sizes.map(measure)
  output.json({ machine, ruleVersion: ruleVersionOf(everyPass([])), results })
  const rows = results.map(one => [
    ...[one.lines, one.seconds, one.cpuSeconds, one.matches, one.pairsPerSecond, one.nsPerLineLog, one.rssMegabytes],
  ])
  const text = (head: readonly string[]): string => `${machine}\n${table([head, ...rows.map(row => row.map(String))])}`
  output.say(
    text(['每侧笔数', '秒', 'CPU 秒', '勾对', '对/秒', 'ns/(n·log n)', '内存 MB']),
    text(['lines a side', 'seconds', 'CPU s', 'matches', 'pairs/s', 'ns/(n·log n)', 'RSS MB']),
  )
  return EXIT.ok
}

function measure(lines: number): Result {
  const { bank, ledger } = reconcileSides(lines)
  const cpu = process.cpuUsage()
  const startedAt = process.hrtime.bigint()
  const found = matchLines(bank, ledger, everyPass([]))
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9
  const { user, system } = process.cpuUsage(cpu)
  const cpuSeconds = (user + system) / 1e6
  const byPass: Record<string, number> = {}
  for (const { pass } of found.matches) byPass[pass] = (byPass[pass] ?? 0) + 1
  return {
    lines,
    seconds: Number(seconds.toFixed(2)),
    cpuSeconds: Number(cpuSeconds.toFixed(2)),
    matches: found.matches.length,
    ambiguous: found.ambiguous.length,
    left: found.left.lineIds.length + found.left.ledgerIds.length,
    pairsPerSecond: Math.round(found.matches.length / seconds),
    nsPerLineLog: Number(((cpuSeconds * 1e9) / (lines * Math.log2(lines))).toFixed(1)),
    rssMegabytes: Math.round(process.memoryUsage.rss() / 1e6),
    byPass,
  }
}
