// Everything the harness can do to a running site, each bounded in time and taken back afterwards. What a fault needs and
// this machine or this site has not (PostgreSQL, prlimit), it is not offered.

import { spawnSync } from 'node:child_process'
import Sqlite from 'better-sqlite3'
import { Client } from 'pg'
import type { FaultKind } from '../../../bank-gateways/simulator/engine/faults'
import type { ProxyFault } from '../../support/proxy'
import type { Chance } from './chance'
import { pause, until } from './processes'
import { onServer, type Site } from './site'

export type SiteFault = {
  readonly name: string
  /** How often it is drawn, beside the others. */
  readonly weight: number
  isPossible(site: Site): boolean
  /** Resolves when it has been taken back. */
  run(site: Site, chance: Chance): Promise<void>
}

const always = (): boolean => true
const hasPostgresStore = (site: Site): boolean => site.options.store === 'postgres'

export const SITE_FAULTS: readonly SiteFault[] = [
  { name: 'daemon kill -9', weight: 6, isPossible: always, run: killDaemon },
  { name: 'daemon stop', weight: 1, isPossible: always, run: stopDaemon },
  { name: 'daemon frozen', weight: 2, isPossible: always, run: freezeDaemon },
  { name: 'daemon cannot write files', weight: 2, isPossible: canLimitFiles, run: fillDisk },
  { name: 'banks kill -9', weight: 3, isPossible: always, run: killBanks },
  { name: 'bank fault', weight: 6, isPossible: always, run: orderBankFault },
  { name: 'network', weight: 8, isPossible: always, run: spoilNetwork },
  { name: 'commit cut', weight: 3, isPossible: hasPostgresStore, run: cutCommit },
  { name: 'postgres crash', weight: 2, isPossible: site => site.postgres !== null, run: crashPostgres },
  { name: 'postgres sessions ended', weight: 2, isPossible: site => site.postgres !== null, run: endSessions },
  { name: 'postgres read-only', weight: 1, isPossible: hasPostgresStore, run: makeReadOnly },
  { name: 'postgres rival locks', weight: 3, isPossible: hasPostgresStore, run: lockRows },
  { name: 'sqlite locked', weight: 3, isPossible: site => !hasPostgresStore(site), run: lockSqlite },
]

async function killDaemon(site: Site, chance: Chance): Promise<void> {
  const daemon = chance.pick(site.daemons)
  await daemon.kill('SIGKILL')
  await pause(chance.int(0, 400))
  daemon.start()
}

async function stopDaemon(site: Site, chance: Chance): Promise<void> {
  const daemon = chance.pick(site.daemons)
  await daemon.kill('SIGTERM')
  daemon.start()
}

/** Up to longer than its lease: others take over, and it goes on with what it believed. */
async function freezeDaemon(site: Site, chance: Chance): Promise<void> {
  const daemon = chance.pick(site.daemons)
  daemon.freeze()
  await pause(chance.int(300, 4500))
  daemon.thaw()
}

function canLimitFiles(): boolean {
  return process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0
}

/** No file of the process may grow or be written beyond its first byte: store, ERP file and log alike. */
async function fillDisk(site: Site, chance: Chance): Promise<void> {
  const pid = chance.pick(site.daemons).pid()
  if (pid === undefined) return
  const limit = (bytes: string): void => void spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`])
  limit('1')
  await pause(chance.int(300, 2500))
  limit('unlimited')
}

async function killBanks(site: Site, chance: Chance): Promise<void> {
  await site.bank.kill('SIGKILL')
  await pause(chance.int(100, 1500))
  site.bank.start()
}

/** Faults in which a bank tells no lie: what it says about a payment is so, or cannot be read. */
const HONEST: readonly FaultKind[] = [
  ...(['drop-before', 'drop-after-read', 'silent', 'drop-after-booking', 'delay', 'truncate', 'split'] as const),
  ...(['truncate-with-length', 'garbage', 'wrong-charset', 'http-error', 'http-error-after-booking'] as const),
  ...(['maintenance', 'wrong-serial', 'unknown-code'] as const),
]

async function orderBankFault(site: Site, chance: Chance): Promise<void> {
  const kinds = site.options.finality === 'people' ? [...HONEST, 'not-found' as const] : HONEST
  const kind = chance.pick(kinds)
  const order = {
    bank: chance.pick(['icbc', 'boc']),
    kind,
    times: chance.int(1, 3),
    ...(kind === 'delay' || kind === 'silent' ? { delayMs: chance.int(200, 3000) } : {}),
  }
  // The simulators may be down, or not know this kind at this bank: then nothing is ordered.
  await site.books('/faults', order).catch(() => undefined)
  await pause(chance.int(200, 1000))
}

async function spoilNetwork(site: Site, chance: Chance): Promise<void> {
  const proxy = chance.pick(Object.values(site.proxies))
  const direction = chance.pick(['up', 'down'] as const)
  const faults: readonly ProxyFault[] = [
    { kind: 'refuse' },
    { kind: 'delay', ms: chance.int(50, 1200) },
    { kind: 'reset', direction, afterBytes: chance.int(0, 3000) },
    { kind: 'truncate', direction, afterBytes: chance.int(0, 3000) },
    { kind: 'black-hole', direction: chance.pick(['up', 'down', 'both'] as const) },
    { kind: 'half-open' },
  ]
  proxy.order(chance.pick(faults), { open: chance.int(0, 1) === 1, times: chance.pick([1, 2, null]) })
  await pause(chance.int(200, 2000))
  proxy.heal()
}

async function cutCommit(site: Site, chance: Chance): Promise<void> {
  const proxy = site.proxies['store']
  const lose = chance.pick(['request', 'answer'] as const)
  proxy?.order({ kind: 'cut-at', text: 'COMMIT', lose }, { open: true, times: null })
  await pause(chance.int(20, 400))
  proxy?.heal()
}

async function crashPostgres(site: Site, chance: Chance): Promise<void> {
  await site.postgres?.crash(chance.pick(['SIGQUIT', 'SIGKILL'] as const))
  await pause(chance.int(0, 1500))
  await site.postgres?.restart()
}

const OTHERS =
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL'

async function endSessions(site: Site): Promise<void> {
  if (site.postgres) await onServer(site.postgres, OTHERS).catch(() => undefined)
}

async function makeReadOnly(site: Site, chance: Chance): Promise<void> {
  const { postgres } = site
  if (!postgres) return
  await onServer(postgres, 'ALTER DATABASE store SET default_transaction_read_only = on', OTHERS)
  await pause(chance.int(300, 2500))
  // The server itself may be down at this moment, by another fault.
  const reset = 'ALTER DATABASE store RESET default_transaction_read_only'
  const attempt = (): Promise<true | null> =>
    onServer(postgres, reset).then(
      () => true as const,
      () => null,
    )
  if ((await until(30_000, attempt)) === null) throw new Error('the database stayed read-only')
  await endSessions(site)
}

/** Somebody else locks the same rows the other way round: PostgreSQL makes one of the two a deadlock victim. */
async function lockRows(site: Site, chance: Chance): Promise<void> {
  if (!site.postgres) return
  const client = new Client({ connectionString: site.postgres.url.replace(/\/postgres$/, '/store') })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query("SET deadlock_timeout = '2s'; BEGIN")
    for (const table of ['yinqi_outbox', 'yinqi_payment', 'yinqi_statement_line']) {
      await client.query(`SELECT no FROM ${table} ORDER BY no DESC LIMIT 20 FOR UPDATE`)
      await pause(chance.int(50, 500))
    }
    await client.query('ROLLBACK')
  } catch {
    // Being the victim oneself is as good.
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Another program holds the file's write lock, up to longer than the store tries. */
async function lockSqlite(site: Site, chance: Chance): Promise<void> {
  const db = new Sqlite(site.storeFile, { timeout: 2000 })
  try {
    db.exec('BEGIN EXCLUSIVE')
    await pause(chance.int(100, 7000))
    db.exec('ROLLBACK')
  } catch {
    // The daemons kept it busy: nothing was locked.
  } finally {
    db.close()
  }
}
