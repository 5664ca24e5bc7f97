// A daemon whose store takes no writes sends nothing to any bank, says so, and goes on by itself when it can write again.
// The real daemon, and failures that its database really has.

import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import type { KeyView } from '../../bank-gateways/simulator/views'
import { failuresIn } from './harness/chaos'
import { compare } from './harness/compare'
import { erpUser, type ErpUser } from './harness/erp-user'
import { until } from './harness/processes'
import { onServer, openSite, type Site, type SiteOptions } from './harness/site'

type Outage = {
  readonly claim: string
  readonly site: SiteOptions
  /** Any of these codes is how the daemon must call it. */
  readonly codes: readonly string[]
  /** Begins it; what it returns ends it. */
  readonly begin: (site: Site) => Promise<() => Promise<void>>
}

const ONE = { daemons: 1, finality: 'bank' } as const
const OTHERS =
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL'
/** Enough for the schema and a little; the ballast takes the rest. */
const DISK_MB = 4

const OUTAGES: readonly Outage[] = [
  {
    claim: 'a full disk, with the log on it',
    site: {
      ...{ store: 'sqlite', erp: 'sqlite', ...ONE },
      prepare: mountSmall,
      change: (config, storeFolder) => (config.log['file'] = path.join(storeFolder, 'yinqi.log')),
    },
    codes: ['STORE_FULL'],
    begin: async site => {
      const ballast = path.join(path.dirname(site.storeFile), 'ballast')
      // What the write-ahead log has once taken, it writes again without asking the disk: it must give it back first.
      const db = new Sqlite(site.storeFile, { timeout: 5000 })
      db.pragma('wal_checkpoint(TRUNCATE)')
      fill(ballast)
      db.close()
      return async () => rmSync(ballast)
    },
  },
  {
    claim: 'a SQLite file that another program keeps locked',
    site: { store: 'sqlite', erp: 'sqlite', ...ONE },
    codes: ['STORE_BUSY'],
    begin: async site => {
      const db = new Sqlite(site.storeFile, { timeout: 5000 })
      db.exec('BEGIN EXCLUSIVE')
      return async () => {
        db.exec('ROLLBACK')
        db.close()
      }
    },
  },
  {
    claim: 'a PostgreSQL that has become read-only',
    site: { store: 'postgres', erp: 'postgres', ...ONE },
    codes: ['STORE_READONLY'],
    begin: async ({ postgres }) => {
      if (!postgres) throw new Error('no PostgreSQL')
      await onServer(postgres, 'ALTER DATABASE store SET default_transaction_read_only = on', OTHERS)
      return () => onServer(postgres, 'ALTER DATABASE store RESET default_transaction_read_only', OTHERS)
    },
  },
]

test.each(OUTAGES)(
  '$claim: nothing is sent, the failure has its code, and all is paid once it is over',
  async ({ site: options, codes, begin }) => {
    if (options.prepare && !canMount()) return process.stdout.write('skipped: this user may not mount a small disk\n')
    const site = await openSite(options)
    try {
      const user = erpUser(site.erp)
      for (const daemon of site.daemons) daemon.start()
      await user.ask('100')
      // It works, and has something to fetch a receipt for.
      expect(
        await until(30_000, async () =>
          (await site.erp.query('SELECT id FROM yq_statement_line')).length > 0 ? 1 : null,
        ),
      ).toBe(1)
      const before = await received(site)
      const end = await begin(site)
      try {
        for (let index = 0; index < 4; index++) await user.ask('100')
        await user.order('statement', 'icbc')
        expect(await until(30_000, async () => ((await isReady(site)) ? null : 'not ready'))).toBe('not ready')
        const seen = await numbers(site)
        // Several steps have tried and failed since.
        const later = await until(30_000, async () => {
          const now = await numbers(site)
          return now.faults >= seen.faults + 2 ? now : null
        })
        expect(later).toMatchObject({ bankCalls: seen.bankCalls })
        expect(await received(site)).toBe(before)
      } finally {
        await end()
      }
      await converged(site, user)
      expect(await received(site)).toBe(before + 4)
      const [daemon] = site.daemons
      expect({ ownEnds: daemon?.ownEnds(), output: daemon?.output() }).toMatchObject({ ownEnds: [] })
      // The log tells it by its code, and goes on afterwards.
      expect(Object.keys(failuresIn(site))).toEqual(expect.arrayContaining([...codes]))
      expect(logged(site)).toContain('step recovered')
      return undefined
    } finally {
      await site.close()
    }
  },
  120_000,
)

async function converged(site: Site, user: ErpUser): Promise<void> {
  let last: unknown = null
  const done = await until(50_000, async () => {
    await user.importJournal()
    const comparison = await compare(site, user)
    last = comparison
    return comparison.open.length === 0 ? comparison : null
  })
  expect(done ?? last).toMatchObject({ open: [], violations: [] })
}

/** How many messages that pay have reached the banks. */
async function received(site: Site): Promise<number> {
  const keys = await site.books<readonly KeyView[]>('/payments')
  return keys.reduce((sum, key) => sum + key.timesReceived, 0)
}

function adminUrl(site: Site): string {
  const urls = [...(site.daemons[0]?.output() ?? '').matchAll(/admin port (http:\S+)/g)]
  return urls.at(-1)?.[1] ?? ''
}

async function isReady(site: Site): Promise<boolean> {
  return (await fetch(`${adminUrl(site)}/ready`)).status === 200
}

/** Failed rounds of steps, and calls to banks of any kind. */
async function numbers(site: Site): Promise<{ readonly faults: number; readonly bankCalls: number }> {
  const text = await (await fetch(`${adminUrl(site)}/metrics`)).text()
  const sum = (pattern: RegExp): number =>
    [...text.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0)
  return {
    faults: sum(/^yinqi_step_seconds_count\{[^}]*outcome="fault"[^}]*\} (\d+)/gm),
    bankCalls: sum(/^yinqi_bank_call_seconds_count\{[^}]*\} (\d+)/gm),
  }
}

function logged(site: Site): string {
  return site.logFiles.map(file => readFileSync(file, 'utf8')).join('')
}

// ------------------------------------------------------------------------------------------------------------ a small disk

function canMount(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && spawnSync('mount', ['--version']).status === 0
}

function mountSmall(folder: string): () => void {
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', folder], { encoding: 'utf8' })
  if (mounted.status !== 0) throw new Error(`mount: ${mounted.stderr}`)
  return () => void spawnSync('umount', ['--lazy', folder])
}

/** Takes every byte that is left. */
function fill(file: string): void {
  const handle = openSync(file, 'w')
  try {
    for (const size of [65_536, 4096, 1]) {
      const chunk = Buffer.alloc(size)
      try {
        for (let count = 0; count < DISK_MB * 1024 * 1024; count++) writeSync(handle, chunk)
      } catch (error) {
        if ((error as { readonly code?: unknown }).code !== 'ENOSPC') throw error
      }
    }
  } finally {
    closeSync(handle)
  }
}
