// Programs of this project as processes of their own: started, killed by their own id, started again. What they print is
// kept in a file each. It never ends a process that it did not start.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import path from 'node:path'

export const MAIN = path.resolve(__dirname, '../../../connector/main.js')

export type Supervised = {
  readonly name: string
  /** Starts it, and starts it again whenever it ends by itself, as a service manager does. */
  start(): void
  /** Ends it and waits for its end; it stays down until started. */
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>
  /** Freezes it: a stall longer than its lease, a suspended machine. */
  freeze(): void
  thaw(): void
  isRunning(): boolean
  pid(): number | undefined
  /** How often it was killed, and how often it ended by itself with which code. */
  kills(): number
  ownEnds(): readonly number[]
  output(): string
}

const RESTART_MS = 250

export function supervised(name: string, args: readonly string[], outputFile: string): Supervised {
  let child: ChildProcess | null = null
  let isWanted = false
  let killCount = 0
  const ends: number[] = []
  // A test run that is cut short leaves no process behind.
  process.once('exit', () => child?.kill('SIGKILL'))

  function launch(): void {
    const output = openSync(outputFile, 'a')
    const started = spawn(process.execPath, ['--enable-source-maps', MAIN, ...args], {
      stdio: ['ignore', output, output],
    })
    closeSync(output)
    child = started
    started.once('exit', (code, signal) => {
      if (child !== started || !isWanted) return
      ends.push(code ?? -1)
      void signal
      setTimeout(() => {
        if (isWanted && child === started) launch()
      }, RESTART_MS)
    })
  }

  return {
    name,
    start() {
      if (isWanted) return
      isWanted = true
      launch()
    },
    async kill(signal) {
      isWanted = false
      const target = child
      child = null
      if (target === null || target.exitCode !== null || target.signalCode !== null) return target?.exitCode ?? null
      killCount++
      const gone = once(target, 'exit')
      target.kill(signal)
      // A frozen process ends only when it runs again; SIGKILL needs no help.
      if (signal === 'SIGTERM') target.kill('SIGCONT')
      await gone
      return target.exitCode
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    isRunning: () => child !== null && child.exitCode === null && child.signalCode === null,
    pid: () => child?.pid,
    kills: () => killCount,
    ownEnds: () => ends,
    output: () => readFileSync(outputFile, 'utf8'),
  }
}

/** Runs a command to its end; its standard output. Throws with what it said when it does not end with `allowed`. */
export async function runCommand(args: readonly string[], allowed: readonly number[] = [0]): Promise<string> {
  const child = spawn(process.execPath, ['--enable-source-maps', MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', chunk => (out += String(chunk)))
  child.stderr.on('data', chunk => (err += String(chunk)))
  const [code] = await once(child, 'close')
  if (!allowed.includes(Number(code))) throw new Error(`yinqi ${args.join(' ')} ended with ${code}: ${err}${out}`)
  return out
}

/** Polls a condition until it gives something; null when the time is up. */
export async function until<T>(withinMs: number, look: () => Promise<T | null>): Promise<T | null> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const found = await look()
    if (found !== null) return found
    if (Date.now() >= deadline) return null
    await pause(100)
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
