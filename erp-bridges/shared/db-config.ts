// How a site names an ERP's database. The password arrives here resolved from the site's secret store, never from a
// file that is committed, and is never part of a message.

import { z } from 'zod'

/**
 * `off`: plain text, for a database on the same machine or an isolated network. `trust`: encrypted, any certificate
 * (what SQL Server installs by itself). `verify`: encrypted, certificate and host name checked. There is no default:
 * the site says what its network is.
 */
const tls = z.enum(['off', 'trust', 'verify'])

const timeouts = {
  /** How long a statement waits for another's lock before it is `deferred`. Short is safe: it is asked again. */
  lockTimeoutMs: z.int().min(100).max(120_000).default(10_000),
  /** How long a statement may run. It may have taken effect all the same: the caller reads back by key. */
  statementTimeoutMs: z.int().min(1_000).max(600_000).default(30_000),
  /** Connections held by this connector; an ERP's server counts them (and may license them). */
  poolMax: z.int().min(1).max(50).default(4),
}

const server = {
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).optional(),
  database: z.string().min(1),
  user: z.string().min(1),
  password: z.string(),
  tls,
  /** PEM of the authority that signed the server's certificate, for `verify` on a private one. */
  ca: z.string().min(1).optional(),
  ...timeouts,
}

export const dbConfig = z.discriminatedUnion('dialect', [
  z.strictObject({
    dialect: z.literal('sqlite'),
    /** Path of the database file. It must exist: a mistyped path must not become an empty ERP. */
    file: z.string().min(1),
    lockTimeoutMs: timeouts.lockTimeoutMs,
  }),
  z.strictObject({ dialect: z.literal('postgres'), schema: z.string().min(1).optional(), ...server }),
  z.strictObject({ dialect: z.literal('mysql'), ...server }),
  z.strictObject({
    dialect: z.literal('mssql'),
    ...server,
    /** A named instance (`SQLEXPRESS`), found through the SQL Browser when no port is given. */
    instance: z.string().min(1).optional(),
    /** Windows domain: the login is then an NTLM one. */
    domain: z.string().min(1).optional(),
  }),
])

export type DbConfig = z.infer<typeof dbConfig>
export type SqliteConfig = Extract<DbConfig, { dialect: 'sqlite' }>
export type PostgresConfig = Extract<DbConfig, { dialect: 'postgres' }>
export type MysqlConfig = Extract<DbConfig, { dialect: 'mysql' }>
export type MssqlConfig = Extract<DbConfig, { dialect: 'mssql' }>
