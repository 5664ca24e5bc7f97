// Opens an ERP's database by its dialect. Nothing is connected before the first statement.

import type { Db } from './db'
import type { DbConfig } from './db-config'
import type * as Mssql from './db-mssql'
import type * as Servers from './db-servers'
import { openSqlite } from './db-sqlite'

/** Throws Fault `ERP_DATABASE` when the SQLite file is not there; server dialects connect on first use. */
export function openDb(config: DbConfig): Db {
  if (config.dialect === 'sqlite') return openSqlite(config)
  // Drivers are large: a site loads the one that it uses.
  if (config.dialect === 'mssql') {
    const { openMssql }: typeof Mssql = require('./db-mssql')
    return openMssql(config)
  }
  const { openMysql, openPostgres }: typeof Servers = require('./db-servers')
  return config.dialect === 'mysql' ? openMysql(config) : openPostgres(config)
}
