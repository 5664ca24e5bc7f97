// A thin connection to an ERP's database: one way to run a dialect's own SQL, with exact values in and out. It holds
// no SQL of its own and knows no table.

export type Dialect = 'sqlite' | 'postgres' | 'mysql' | 'mssql'

/** Values that travel exactly in every dialect. Amounts travel as decimal text and are cast in SQL, never as numbers. */
export type SqlValue = string | number | bigint | boolean | Buffer | null

/** Rows as the driver gives them: read every column through the readers below. */
export type Row = Readonly<Record<string, unknown>>

export interface Queryable {
  /** Runs one statement with `?` placeholders (on every dialect); resolves to its result rows, [] when it has none. */
  query(sql: string, values?: readonly SqlValue[]): Promise<readonly Row[]>
  /** Runs one INSERT, UPDATE or DELETE; resolves to the number of rows it changed. */
  execute(sql: string, values?: readonly SqlValue[]): Promise<number>
}

export interface Db extends Queryable {
  readonly dialect: Dialect
  /** READ COMMITTED (SQLite: BEGIN IMMEDIATE). Commits when `work` resolves, rolls back when it throws. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>
  close(): Promise<void>
}
