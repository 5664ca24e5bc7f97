// Opens an ERP's database by its dialect. Nothing is connected before the first statement.

import type { Db } from './db'
import type { DbConfig } from './db-config'
import { openMssql } from './db-mssql'
import { openMysql, openPostgres } from './db-servers'
import { openSqlite } from './db-sqlite'

/** Throws Fault `ERP_DATABASE` when the SQLite file is not there; server dialects connect on first use. */
export function openDb(config: DbConfig): Db {
  if (config.dialect === 'sqlite') return openSqlite(config)
  if (config.dialect === 'postgres') return openPostgres(config)
  if (config.dialect === 'mysql') return openMysql(config)
  return openMssql(config)
}
