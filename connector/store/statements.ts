// The statements that each database must be told in its own words. Pure: text and values in, text and values out.

import type { Row, Session, Value } from './database'
import type { StoreDialect } from './config'

/** SQL Server takes 2,100 parameters a statement, the others many more; the safe side serves all. */
const PARAMETERS_MAX = 1_500

export type Statement = { readonly sql: string; readonly values: readonly Value[] }
export type Insertable = Readonly<Record<string, Value>>

export type Claim = {
  readonly table: string
  readonly id: string
  /** Which rows are due, in the words of the partial index that finds them, with `?` for `values`. */
  readonly where: string
  readonly values: readonly Value[]
  readonly orderBy: string
  readonly now: number
  readonly leaseUntil: number
  readonly limit: number
}

/** Leases due rows to one caller and gives their ids as `id`. Two callers at once never get the same row. */
export function claimStatement(dialect: StoreDialect, claim: Claim): Statement {
  const { table, id, orderBy } = claim
  // Due now, and nobody's: never leased, given back, or its holder let the lease run out.
  const where = `${claim.where} AND due_at <= ? AND (lease_until IS NULL OR lease_until <= ?)`
  const found = [...claim.values, claim.now, claim.now]
  if (dialect === 'sqlite') {
    // The transaction began IMMEDIATE: no other writer exists until it ends, so a plain update is exclusive.
    return {
      sql: `UPDATE ${table} SET lease_until = ?
WHERE no IN (SELECT no FROM ${table} WHERE ${where} ORDER BY ${orderBy} LIMIT ?)
RETURNING ${id} AS id`,
      values: [claim.leaseUntil, ...found, claim.limit],
    }
  }
  if (dialect === 'postgres') {
    // MATERIALIZED: the rows are chosen once; an inlined subquery could be run again and lock more than the limit.
    // ORDER BY … LIMIT: the longest due first, few at a time, so that other daemons get theirs.
    // FOR UPDATE: the rows are ours until commit, and each is checked again if a rival changed it meanwhile.
    // SKIP LOCKED: rows that a rival is claiming are his; waiting for them would only find them leased.
    return {
      sql: `WITH due AS MATERIALIZED (
  SELECT no FROM ${table} WHERE ${where} ORDER BY ${orderBy} LIMIT ? FOR UPDATE SKIP LOCKED
)
UPDATE ${table} AS t SET lease_until = ? FROM due WHERE t.no = due.no
RETURNING t.${id} AS id`,
      values: [...found, claim.limit, claim.leaseUntil],
    }
  }
  // TOP … ORDER BY in a table expression: an UPDATE TOP (n) alone takes rows in no order.
  // UPDLOCK: chosen rows are locked for the update at once, so two callers cannot both have read one as free.
  // READPAST: rows that a rival has locked are passed over instead of waited for; it does not pass page locks, so
  // ROWLOCK: lock rows, not pages. Few rows a claim and an index that seeks keep it from escalating.
  // OUTPUT INTO: a bare OUTPUT is refused on a table that has triggers, and a DBA may add one.
  return {
    sql: `SET NOCOUNT ON;
DECLARE @claimed TABLE (id NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL);
WITH due AS (
  SELECT TOP (?) ${id}, lease_until FROM ${table} WITH (ROWLOCK, READPAST, UPDLOCK)
  WHERE ${where} ORDER BY ${orderBy}
)
UPDATE due SET lease_until = ? OUTPUT inserted.${id} INTO @claimed;
SELECT id FROM @claimed`,
    values: [claim.limit, ...found, claim.leaseUntil],
  }
}

/** Inserts the rows whose `key` is not there yet and gives the keys that were, as `inserted_key`. Keys differ from each other. */
export function insertNewStatement(
  dialect: StoreDialect,
  table: string,
  key: string,
  rows: readonly Insertable[],
): Statement {
  const columns = columnsOf(rows)
  const values = rows.flatMap(row => columns.map(column => row[column] ?? null))
  const tuples = rows.map(() => `(${columns.map(() => '?').join(', ')})`).join(', ')
  if (dialect !== 'mssql') {
    const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${tuples}
ON CONFLICT (${key}) DO NOTHING RETURNING ${key} AS inserted_key`
    return { sql, values }
  }
  // SQL Server has no ON CONFLICT, and MERGE has known races. UPDLOCK, HOLDLOCK: the key's place in the index stays
  // ours from the look until commit, whether or not a row is there, so no rival can write it in between.
  // A text key is compared by its bytes, named here because a parameter carries the database's own collation.
  const collation = typeof rows[0]?.[key] === 'string' ? ' COLLATE Latin1_General_BIN2' : ''
  return {
    sql: `SET NOCOUNT ON;
DECLARE @inserted TABLE (inserted_key NVARCHAR(200) COLLATE Latin1_General_BIN2 NOT NULL);
INSERT INTO ${table} (${columns.join(', ')}) OUTPUT inserted.${key} INTO @inserted
SELECT ${columns.map(column => `v.${column}`).join(', ')} FROM (VALUES ${tuples}) AS v (${columns.join(', ')})
WHERE NOT EXISTS (SELECT 1 FROM ${table} AS t WITH (UPDLOCK, HOLDLOCK) WHERE t.${key} = v.${key}${collation});
SELECT inserted_key FROM @inserted`,
    values,
  }
}

/** As `insertNewStatement`, for any number of rows; a key that comes twice counts once. */
export async function insertNew(
  tx: Session,
  table: string,
  key: string,
  rows: readonly Insertable[],
): Promise<ReadonlySet<Value>> {
  const byKey = new Map<Value, Insertable>()
  for (const row of rows) {
    const value = row[key] ?? null
    if (!byKey.has(value)) byKey.set(value, row)
  }
  const inserted = new Set<Value>()
  const unique = [...byKey.values()]
  for (const chunk of chunksOf(unique, columnsOf(rows).length)) {
    const { sql, values } = insertNewStatement(tx.dialect, table, key, chunk)
    for (const row of await tx.query(sql, values)) inserted.add(String(row['inserted_key']))
  }
  return inserted
}

export async function insert(tx: Session, table: string, rows: readonly Insertable[]): Promise<void> {
  const columns = columnsOf(rows)
  for (const chunk of chunksOf(rows, columns.length)) {
    const tuples = chunk.map(() => `(${columns.map(() => '?').join(', ')})`).join(', ')
    const values = chunk.flatMap(row => columns.map(column => row[column] ?? null))
    await tx.execute(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ${tuples}`, values)
  }
}

/** Rows whose column is one of the values; `sql` ends where the list begins. `given` are the values that stand before it. */
export async function selectIn(
  session: Pick<Session, 'query'>,
  sql: string,
  values: readonly Value[],
  given: readonly Value[] = [],
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const chunk of chunksOf(values, 1)) {
    const found = await session.query(`${sql} (${chunk.map(() => '?').join(', ')})`, [...given, ...chunk])
    for (const row of found) rows.push(row)
  }
  return rows
}

/** Sets one number column of rows by their number: few statements, however many rows. */
export async function setNumbers(
  tx: Session,
  table: string,
  column: string,
  pairs: readonly (readonly [no: number, value: number])[],
): Promise<void> {
  for (const chunk of chunksOf(pairs, 3)) {
    // The types are named: PostgreSQL takes a parameter in a CASE for text.
    const cases = chunk.map(() => 'WHEN CAST(? AS BIGINT) THEN CAST(? AS BIGINT)').join(' ')
    await tx.execute(
      `UPDATE ${table} SET ${column} = CASE no ${cases} END WHERE no IN (${chunk.map(() => '?').join(', ')})`,
      [...chunk.flat(), ...chunk.map(([no]) => no)],
    )
  }
}

/** One UPDATE or DELETE over many rows; `sql` ends where the list of numbers begins, `given` stand before it. */
export async function executeIn(
  tx: Session,
  sql: string,
  numbers: readonly Value[],
  given: readonly Value[] = [],
): Promise<void> {
  for (const chunk of chunksOf(numbers, 1))
    await tx.execute(`${sql} (${chunk.map(() => '?').join(', ')})`, [...given, ...chunk])
}

/** At most `limit` of the rows that a SELECT (without its first word) finds in order. */
export function selectTop(dialect: StoreDialect, select: string, values: readonly Value[], limit: number): Statement {
  return dialect === 'mssql'
    ? { sql: `SELECT TOP (?) ${select}`, values: [limit, ...values] }
    : { sql: `SELECT ${select} LIMIT ?`, values: [...values, limit] }
}

/** Says to SQL Server and PostgreSQL that the row read will be changed next: rivals wait. SQLite has one writer anyway. */
export function lockedSelect(dialect: StoreDialect, columns: string, table: string, where: string): string {
  const hint = dialect === 'mssql' ? ' WITH (UPDLOCK, ROWLOCK)' : ''
  const end = dialect === 'postgres' ? ' FOR UPDATE' : ''
  return `SELECT ${columns} FROM ${table}${hint} WHERE ${where}${end}`
}

function columnsOf(rows: readonly Insertable[]): readonly string[] {
  return Object.keys(rows[0] ?? {})
}

function chunksOf<T>(items: readonly T[], parametersEach: number): readonly (readonly T[])[] {
  const size = Math.max(1, Math.floor(PARAMETERS_MAX / Math.max(1, parametersEach)))
  const chunks: (readonly T[])[] = []
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size))
  return chunks
}
