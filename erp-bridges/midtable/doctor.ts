// Looks whether the middle tables are there, complete, guarded and open to us, and says what to run when they are not.
// It changes nothing: every probe of a right touches no row and is rolled back.

import type { Check, Clock } from '../../connector/ports'
import type { Db, Dialect } from '../shared/db'
import { codeOf, messageOf } from '../shared/db-errors'
import { TABLES, type TableName } from '../shared/midtable-columns'
import { instantOf, textOf } from '../shared/row'

/** Both clocks stamp leases and heartbeats; beyond this a person should know. Far below any lease that can be set. */
const CLOCK_TOLERANCE_MS = 2_000

const INSERTS: readonly TableName[] = [
  'yq_payment',
  'yq_payment_event',
  'yq_statement_line',
  'yq_statement_withdrawal',
  'yq_balance',
  'yq_receipt',
  'yq_journal',
  'yq_journal_line',
  'yq_journal_reversal',
  'yq_collection',
  'yq_heartbeat',
]

const PAID = 'paid_source_system, paid_account_set, paid_doc_type, paid_doc_no, paid_doc_line, paid_revision'

const UPDATES: Readonly<Partial<Record<TableName, string>>> = {
  yq_payment:
    'status, status_text, status_seq, error_code, bank_reference, bank_serial, settled_at, receipt_no, updated_at, ' +
    'taken_at, taken_by, cancel_taken_at',
  yq_statement_line: PAID,
  yq_receipt: PAID,
  yq_journal: 'voucher_taken_at, refusal_code, refusal_text, refused_at',
  yq_collection: 'answered_no, status, status_text, status_seq, entry_key, updated_at',
  yq_command: 'status, answer, answered_at, taken_at, taken_by',
  yq_heartbeat: 'bridge, version, started_at, polled_at, polls',
}

const GUARDED: readonly TableName[] = ['yq_payment', 'yq_payment_event', 'yq_journal', 'yq_collection']

export async function examine(db: Db, clock: Clock): Promise<readonly Check[]> {
  const connection = await connectionCheck(db, clock)
  if (connection.latencyMs === null) return [connection]
  return [connection, await tablesCheck(db), await rightsCheck(db), await triggersCheck(db)]
}

const NOW: Readonly<Record<Dialect, string>> = {
  sqlite: `SELECT strftime('%Y-%m-%d %H:%M:%f', 'now') AS at`,
  postgres: 'SELECT clock_timestamp() AS at',
  mysql: 'SELECT UTC_TIMESTAMP(3) AS at',
  mssql: 'SELECT CONVERT(varchar(23), SYSUTCDATETIME(), 126) AS at',
}

async function connectionCheck(db: Db, clock: Clock): Promise<Check> {
  try {
    // The first use may have to connect: the second one measures the way.
    await db.query(NOW[db.dialect])
    const before = clock.now()
    const [row] = await db.query(NOW[db.dialect])
    const after = clock.now()
    const theirs = row === undefined ? null : instantOf(row, 'at')
    const difference = theirs === null ? null : Math.round(theirs - (before + after) / 2)
    const isClose = difference === null || Math.abs(difference) <= CLOCK_TOLERANCE_MS
    return {
      name: 'connect',
      ok: isClose,
      zh: isClose ? '已连接' : `已连接，但数据库时钟相差 ${difference} 毫秒，请校时`,
      en: isClose ? 'connected' : `connected, but the database clock is ${difference} ms off: set the clocks`,
      latencyMs: after - before,
      clockDifferenceMs: difference,
    }
  } catch (error) {
    const code = codeOf(db.dialect, error)
    const why = code === '' ? messageOf(error) : code
    return check('connect', [`无法连接：${why}`], [`cannot connect: ${why}`])
  }
}

async function tablesCheck(db: Db): Promise<Check> {
  const missing: string[] = []
  for (const table of Object.keys(TABLES) as TableName[]) {
    for (const column of await missingColumns(db, table)) missing.push(column)
  }
  if (missing.length === 0) return passed('tables', '表和列齐全', 'all tables and columns are there')
  const run = `yinqi sql ${db.dialect}`
  return check(
    'tables',
    [`缺少或无权读取：${missing.join('、')}；请由 DBA 执行 ${run} 输出的脚本`],
    [`missing or not readable: ${missing.join(', ')}; have the DBA run what \`${run}\` prints`],
  )
}

/** Probed by reading no rows: works alike in every dialect, also where yq_ledger is a view or a synonym. */
async function missingColumns(db: Db, table: TableName): Promise<readonly string[]> {
  const columns = Object.keys(TABLES[table]).filter(column => table !== 'yq_ledger' || column !== 'id')
  const probe = (wanted: readonly string[]): Promise<boolean> =>
    succeeds(db, `SELECT ${wanted.map(column => `t.${column}`).join(', ')} FROM ${table} t WHERE 1 = 0`)
  if (await probe(columns)) return []
  if (!(await succeeds(db, `SELECT 1 AS one FROM ${table} WHERE 1 = 0`))) return [table]
  const missing: string[] = []
  for (const column of columns) if (!(await probe([column]))) missing.push(`${table}.${column}`)
  return missing
}

async function rightsCheck(db: Db): Promise<Check> {
  const grants: string[] = []
  for (const table of INSERTS) {
    const columns = Object.keys(TABLES[table])
      .filter(column => column !== 'id')
      .join(', ')
    const sql = `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM ${table} WHERE 1 = 0`
    if (!(await allowed(db, sql))) grants.push(`GRANT INSERT ON ${table} TO yq_connector;`)
  }
  for (const [table, columns] of Object.entries(UPDATES)) {
    const set = columns.split(', ').map(column => `${column} = ${column}`)
    if (!(await allowed(db, `UPDATE ${table} SET ${set.join(', ')} WHERE 1 = 0`))) {
      grants.push(`GRANT UPDATE (${columns}) ON ${table} TO yq_connector;`)
    }
  }
  if (grants.length === 0) return passed('rights', '权限齐全', 'all rights are there')
  return check(
    'rights',
    [`缺少权限，请由 DBA 执行：${grants.join(' ')}`],
    [`rights are missing; have the DBA run: ${grants.join(' ')}`],
  )
}

const TRIGGERED: Readonly<Record<Dialect, string>> = {
  sqlite: `SELECT DISTINCT tbl_name AS name FROM sqlite_master WHERE type = 'trigger'`,
  postgres: `SELECT DISTINCT c.relname AS name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND pg_table_is_visible(c.oid)`,
  mysql: `SELECT DISTINCT event_object_table AS name FROM information_schema.triggers WHERE trigger_schema = DATABASE()`,
  mssql: 'SELECT DISTINCT OBJECT_NAME(parent_id) AS name FROM sys.triggers WHERE is_disabled = 0 AND parent_class = 1',
}

async function triggersCheck(db: Db): Promise<Check> {
  try {
    const found = new Set((await db.query(TRIGGERED[db.dialect])).map(row => textOf(row, 'name')))
    const missing = GUARDED.filter(table => !found.has(table))
    if (missing.length === 0) return passed('triggers', '触发器齐全', 'all triggers are there')
    if (db.dialect === 'mysql' && found.size === 0) {
      // MySQL shows triggers only to who may create them, which the connector should not.
      const run = "SHOW TRIGGERS LIKE 'yq_%'"
      return passed(
        'triggers',
        `无权查看触发器，请 DBA 用 ${run} 确认`,
        `triggers are not visible to us: have the DBA check ${run}`,
      )
    }
    const run = `yinqi sql ${db.dialect}`
    return check(
      'triggers',
      [`缺少触发器：${missing.join('、')}；请由 DBA 执行 ${run} 输出的脚本`],
      [`triggers are missing on ${missing.join(', ')}; have the DBA run what \`${run}\` prints`],
    )
  } catch (error) {
    const code = codeOf(db.dialect, error)
    return check('triggers', [`无法检查触发器：${code}`], [`triggers cannot be looked at: ${code}`])
  }
}

async function succeeds(db: Db, sql: string): Promise<boolean> {
  try {
    await db.query(sql)
    return true
  } catch {
    return false
  }
}

class ProbeDone extends Error {}

async function allowed(db: Db, sql: string): Promise<boolean> {
  try {
    await db.transaction(async tx => {
      await tx.execute(sql)
      throw new ProbeDone()
    })
    return false
  } catch (error) {
    return error instanceof ProbeDone
  }
}

function passed(name: string, zh: string, en: string): Check {
  return { name, ok: true, zh, en, latencyMs: null, clockDifferenceMs: null }
}

function check(name: string, zh: readonly string[], en: readonly string[]): Check {
  return { ...passed(name, zh.join('；'), en.join('; ')), ok: false }
}
