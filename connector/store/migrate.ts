// Brings the store's schema to this program's version, whole or not at all. It never goes back, and never touches a
// schema that is newer than the program or was applied from another script.

import { createHash, randomInt, randomUUID } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import type { Clock } from '../ports'
import type { StoreConfig, StoreDialect } from './config'
import { integer, text } from './codec'
import { openDatabase, type Database, type Session } from './database'
import { storeFault } from './faults'
import { adoptStore } from './adopt'
import type { Keys } from './keys'
import { requireKeys } from './key-check'
import { insertNew } from './statements'

/** It gives every payment its seal: what is there already is sealed as it is found, once. */
const AUDIT_SCRIPT = '0003-audit.sql'

type Migration = { readonly version: number; readonly name: string; readonly sql: string; readonly digest: string }

/** The repository's or the package's `sql/connector`, seen from `dist/connector/store`. */
const FOLDER = path.join(__dirname, '..', '..', '..', 'sql', 'connector')

/** Applies what is missing; resolves to the names of what it applied. Several daemons may call it at once. */
export async function migrate(config: StoreConfig, keys: Keys, clock: Clock): Promise<readonly string[]> {
  const db = openDatabase(config, keys, clock)
  try {
    return await migrateDatabase(db, clock.now())
  } finally {
    await db.close()
  }
}

export async function migrateDatabase(db: Database, now: number): Promise<readonly string[]> {
  const known = migrationsOf(db.dialect)
  return await db.transaction(async tx => {
    await lock(tx)
    await tx.query(CREATE_TABLE[tx.dialect])
    const applied = await appliedOf(tx)
    const missing = missingOf(known, applied)
    for (const migration of missing) {
      await runScript(tx, migration.sql)
      await tx.execute('INSERT INTO yinqi_schema (version, name, digest, applied_at) VALUES (?, ?, ?, ?)', [
        migration.version,
        migration.name,
        migration.digest,
        now,
      ])
    }
    // Made once, with the store: bank references carry it, so that two stores never give out the same one.
    await insertNew(tx, 'yinqi_meta', 'name', [
      { name: 'incarnation', value: String(randomInt(1000)).padStart(3, '0') },
      { name: 'ping', value: '' },
      // The store's half of the fence (I10); see store/fence-store.ts.
      { name: 'store', value: randomUUID() },
      { name: 'epoch', value: randomUUID() },
      { name: 'database', value: '' },
      { name: 'closed', value: '[]' },
      { name: 'probation', value: '0' },
    ])
    await requireKeys(tx)
    if (missing.some(migration => migration.name === AUDIT_SCRIPT)) await adoptStore(tx, now)
    return missing.map(migration => migration.name)
  })
}

/** Throws STORE_SCHEMA_MISSING, STORE_SCHEMA_NEWER or STORE_SCHEMA_CHANGED unless the schema is exactly this program's. */
export async function requireSchema(db: Database): Promise<void> {
  const found = await db.query(TABLE_EXISTS[db.dialect])
  if (found.length === 0) throw storeFault('STORE_SCHEMA_MISSING', 'no yinqi_schema table')
  const missing = missingOf(migrationsOf(db.dialect), await appliedOf(db))
  if (missing.length > 0) throw storeFault('STORE_SCHEMA_MISSING', missing.map(migration => migration.name).join(', '))
}

type Applied = { readonly version: number; readonly name: string; readonly digest: string }

async function appliedOf(session: Pick<Session, 'query'>): Promise<readonly Applied[]> {
  const rows = await session.query('SELECT version, name, digest FROM yinqi_schema ORDER BY version')
  return rows.map(row => ({ version: integer(row, 'version'), name: text(row, 'name'), digest: text(row, 'digest') }))
}

function missingOf(known: readonly Migration[], applied: readonly Applied[]): readonly Migration[] {
  for (const done of applied) {
    const migration = known.find(candidate => candidate.version === done.version)
    if (migration === undefined) throw storeFault('STORE_SCHEMA_NEWER', done.name)
    if (migration.digest !== done.digest) throw storeFault('STORE_SCHEMA_CHANGED', done.name)
  }
  const done = new Set(applied.map(({ version }) => version))
  return known.filter(({ version }) => !done.has(version))
}

/** A dialect's scripts `0001-….sql`, in order. None needs another of the same release; a number comes once. */
export function migrationsOf(dialect: StoreDialect): readonly Migration[] {
  const folder = path.join(FOLDER, dialect)
  const names = readdirSync(folder)
    .filter(name => /^\d{4}-.+\.sql$/.test(name))
    .toSorted()
  return names.map((name, index) => {
    const version = Number(name.slice(0, 4))
    if (names[index - 1]?.startsWith(name.slice(0, 4))) throw new Error(`${folder}: ${name} repeats a number`)
    // Line ends are not content: git on Windows may change them.
    const sql = readFileSync(path.join(folder, name), 'utf8').replaceAll('\r\n', '\n')
    return { version, name, sql, digest: createHash('sha256').update(sql).digest('hex') }
  })
}

/** The statements of a script, as they can be sent one by one. */
export function statementsOf(dialect: StoreDialect, sql: string): readonly string[] {
  // SQL Server wants CREATE TRIGGER alone in its batch: `GO` lines part them, as its own tools do.
  if (dialect === 'mssql') return sql.split(/^GO$/m).filter(batch => /^\s*[^\s-]/m.test(batch))
  // PostgreSQL takes the whole script. SQLite is given one statement a time: each ends a line with `;`, and a
  // trigger's body is indented.
  if (dialect === 'postgres') return [sql]
  return sql.split(/(?<=^\S.*;)\n|(?<=^\) STRICT;)\n|(?<=^END;)\n/m).filter(part => /^\s*[^\s-]/m.test(part))
}

async function runScript(tx: Session, sql: string): Promise<void> {
  for (const statement of statementsOf(tx.dialect, sql)) await tx.query(statement)
}

/** Two daemons that start together migrate one after the other. SQLite's transaction is a lock already. */
async function lock(tx: Session): Promise<void> {
  // An arbitrary number that spells "yinqi"; advisory locks share one space per database.
  if (tx.dialect === 'postgres') await tx.query('SELECT pg_advisory_xact_lock(522417859945)')
  if (tx.dialect === 'mssql') {
    const [row] = await tx.query(
      `DECLARE @answer INT;
EXEC @answer = sp_getapplock @Resource = N'yinqi_schema', @LockMode = N'Exclusive', @LockOwner = N'Transaction', @LockTimeout = 60000;
SELECT @answer AS answer`,
    )
    if (row === undefined || integer(row, 'answer') < 0) throw storeFault('STORE_BUSY', 'another migration is running')
  }
}

const COLUMNS = 'version INT NOT NULL PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL, applied_at BIGINT NOT NULL'

const CREATE_TABLE: Readonly<Record<StoreDialect, string>> = {
  sqlite: `CREATE TABLE IF NOT EXISTS yinqi_schema (${COLUMNS})`,
  postgres: `CREATE TABLE IF NOT EXISTS yinqi_schema (${COLUMNS})`,
  mssql: `IF OBJECT_ID(N'yinqi_schema', N'U') IS NULL CREATE TABLE yinqi_schema (${COLUMNS.replaceAll('TEXT', 'NVARCHAR(200)')})`,
}

const TABLE_EXISTS: Readonly<Record<StoreDialect, string>> = {
  sqlite: `SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'yinqi_schema'`,
  postgres: `SELECT 1 AS found WHERE to_regclass('yinqi_schema') IS NOT NULL`,
  mssql: `SELECT 1 AS found WHERE OBJECT_ID(N'yinqi_schema', N'U') IS NOT NULL`,
}
