// Every difference between the databases a U8 account set (or its sample) lives in, as SQL fragments in one table. No
// other file of this bridge asks which dialect it speaks.

import type { Dialect } from '../shared/db'

export type Sql = {
  readonly dialect: Dialect
  /** After a table's name: rows (and gaps) read are ours until the transaction ends. */
  readonly forUpdate: string
  /** After a table's name: what was read stays as it was until the transaction ends. */
  readonly held: string
  readonly select: (limit: number) => string
  readonly limit: (limit: number) => string
  /** Decimal text of an amount. SQL Server's own money-to-text rounds to two places, so it goes through decimal. */
  readonly amount: (column: string) => string
  /** An amount that SQL may compare with zero, and nothing else. */
  readonly decimal: (column: string) => string
  /** `yyyy-MM-dd` of a date column. */
  readonly day: (column: string) => string
  /** Text of a date with its time, for comparing only. */
  readonly stamp: (column: string) => string
  readonly amountValue: string
  /** Takes `yyyy-MM-dd`. */
  readonly dayValue: string
  /** Takes `yyyy-MM-ddTHH:mm:ss.SSS` of U8's own clock. */
  readonly stampValue: string
  readonly rowversion: (column: string) => string
  readonly rowversionValue: string
  /** Below every rowversion. */
  readonly firstRowversion: string
  /** A change that is not committed yet can only get a rowversion at or above this one. */
  readonly nextRowversion: string
  readonly systemTable: (database: string, table: string) => string
  /** Name of the account set's database as UFSystem knows it; null where a database file has no such name. */
  readonly currentDatabase: string | null
  /** The server's clock in UTC, as text that `instantOf` reads. */
  readonly utcNow: string
  /** table_name, column_name, max_chars (null: no limit) of the given tables; takes their lower-case names. */
  readonly columns: (database: string | null, tables: number) => string
  /** Makes our own writers take turns for the rest of the transaction; answers `locked` >= 0. Null: they do already. */
  readonly takeTurn: string | null
  /** Statements that draw the next AR/AP voucher number; the last one answers `no` (`u8 §5`, Ap_Proc_CancelNo). */
  readonly drawApNumber: readonly string[]
}

const questionMarks = (count: number): string => Array.from({ length: count }, () => '?').join(', ')

const mssql: Sql = {
  dialect: 'mssql',
  forUpdate: ' WITH (UPDLOCK, HOLDLOCK)',
  held: ' WITH (HOLDLOCK)',
  select: limit => `SELECT TOP (${limit})`,
  limit: () => '',
  amount: column => `CONVERT(varchar(40), CONVERT(decimal(28, 6), ${column}))`,
  decimal: column => column,
  day: column => `CONVERT(char(10), ${column}, 23)`,
  stamp: column => `CONVERT(varchar(23), ${column}, 121)`,
  amountValue: 'CAST(? AS money)',
  // Digits without separators, and ISO 8601 with its T, are the two forms that no language setting of a login turns round.
  dayValue: "CONVERT(datetime, REPLACE(?, '-', ''), 112)",
  stampValue: 'CONVERT(datetime, ?, 126)',
  rowversion: column => `CONVERT(varchar(18), CONVERT(binary(8), ${column}), 1)`,
  rowversionValue: 'CONVERT(binary(8), CONVERT(varchar(18), ?), 1)',
  firstRowversion: '0x0000000000000000',
  nextRowversion: 'CONVERT(varchar(18), CONVERT(binary(8), MIN_ACTIVE_ROWVERSION()), 1)',
  systemTable: (database, table) => `${database}.dbo.${table}`,
  currentDatabase: 'DB_NAME()',
  utcNow: 'CONVERT(varchar(23), GETUTCDATE(), 121)',
  columns: (database, tables) => {
    const prefix = database === null ? '' : `${database}.`
    return (
      'SELECT LOWER(o.name) AS table_name, LOWER(c.name) AS column_name, ' +
      "CASE WHEN t.name IN ('nvarchar', 'nchar') AND c.max_length > 0 THEN c.max_length / 2 " +
      "WHEN t.name IN ('varchar', 'char') AND c.max_length > 0 THEN c.max_length END AS max_chars " +
      `FROM ${prefix}sys.columns AS c INNER JOIN ${prefix}sys.objects AS o ON o.object_id = c.object_id ` +
      `INNER JOIN ${prefix}sys.types AS t ON t.user_type_id = c.system_type_id ` +
      `WHERE LOWER(o.name) IN (${questionMarks(tables)})`
    )
  },
  // The lock is asked for and then looked at, so that a timeout is an answer and not an error.
  takeTurn:
    "EXEC sp_getapplock @Resource = N'yinqi.u8.voucher', @LockMode = N'Exclusive', @LockOwner = N'Transaction', " +
    "@LockTimeout = 10000; SELECT CASE WHEN APPLOCK_MODE(N'public', N'yinqi.u8.voucher', N'Transaction') = " +
    "N'Exclusive' THEN 0 ELSE -1 END AS locked",
  drawApNumber: ["DECLARE @no nvarchar(17); EXEC Ap_Proc_CancelNo N'PZ', N'AP', DEFAULT, @no OUTPUT; SELECT @no AS no"],
}

const DRAW_FROM_TABLE = "UPDATE Ap_CancelNo SET iCancelNo = iCancelNo + 1 WHERE cType = 'PZ' AND cFlag = 'AP'"

const postgres: Sql = {
  dialect: 'postgres',
  forUpdate: '',
  held: '',
  select: () => 'SELECT',
  limit: limit => ` LIMIT ${limit}`,
  amount: column => `CAST(${column} AS text)`,
  decimal: column => column,
  day: column => `to_char(${column}, 'YYYY-MM-DD')`,
  stamp: column => `to_char(${column}, 'YYYY-MM-DD HH24:MI:SS.MS')`,
  amountValue: 'CAST(? AS numeric(19, 4))',
  dayValue: 'CAST(? AS timestamp)',
  stampValue: 'CAST(? AS timestamp)',
  rowversion: column => `CAST(${column} AS text)`,
  rowversionValue: 'CAST(? AS bigint)',
  firstRowversion: '0',
  // The sample's rowversion is the writing transaction's id: every id below the oldest running one has ended.
  nextRowversion: 'CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text)',
  systemTable: (database, table) => `${database}.${table}`,
  currentDatabase: 'current_database()',
  utcNow: "to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS')",
  columns: (database, tables) =>
    'SELECT lower(table_name) AS table_name, lower(column_name) AS column_name, ' +
    'character_maximum_length AS max_chars FROM information_schema.columns ' +
    `WHERE lower(table_name) IN (${questionMarks(tables)}) AND lower(table_schema) = ` +
    (database === null ? 'lower(current_schema())' : `'${database.toLowerCase()}'`),
  takeTurn: "SELECT 0 AS locked FROM pg_advisory_xact_lock(hashtext('yinqi.u8.voucher'))",
  drawApNumber: [
    DRAW_FROM_TABLE,
    "SELECT 'AP' || lpad(CAST(iCancelNo AS text), 13, '0') AS no FROM Ap_CancelNo WHERE cType = 'PZ' AND cFlag = 'AP'",
  ],
}

const sqlite: Sql = {
  ...postgres,
  dialect: 'sqlite',
  // Text affinity keeps the digits that were typed; a number typed by hand is already text in the column.
  amount: column => `CAST(${column} AS TEXT)`,
  decimal: column => `CAST(${column} AS NUMERIC)`,
  day: column => `substr(${column}, 1, 10)`,
  stamp: column => `CAST(${column} AS TEXT)`,
  amountValue: 'CAST(? AS TEXT)',
  dayValue: 'CAST(? AS TEXT)',
  stampValue: 'CAST(? AS TEXT)',
  rowversion: column => `CAST(${column} AS TEXT)`,
  rowversionValue: 'CAST(? AS INTEGER)',
  // Writers queue in SQLite: nothing below the sample's counter is uncommitted when it is read.
  nextRowversion: '(SELECT CAST(n + 1 AS TEXT) FROM yq_sample_rowversion)',
  systemTable: (_database, table) => table,
  currentDatabase: null,
  utcNow: "strftime('%Y-%m-%d %H:%M:%f', 'now')",
  columns: (_database, tables) =>
    'SELECT lower(m.name) AS table_name, lower(p.name) AS column_name, NULL AS max_chars ' +
    `FROM sqlite_master AS m, pragma_table_info(m.name) AS p WHERE lower(m.name) IN (${questionMarks(tables)})`,
  takeTurn: null,
  drawApNumber: [
    DRAW_FROM_TABLE,
    "SELECT 'AP' || printf('%013d', iCancelNo) AS no FROM Ap_CancelNo WHERE cType = 'PZ' AND cFlag = 'AP'",
  ],
}

/** U8 runs on SQL Server; the sample account set also on PostgreSQL and SQLite. Throws RangeError for MySQL. */
export function sqlOf(dialect: Dialect): Sql {
  if (dialect === 'mssql') return mssql
  if (dialect === 'postgres') return postgres
  if (dialect === 'sqlite') return sqlite
  throw new RangeError(`U8 不在 ${dialect} 上运行 / U8 does not run on ${dialect}`)
}

/** `?, ?, ?` */
export function placeholders(count: number): string {
  return questionMarks(count)
}
