// Where the connector keeps its own state, as a configuration file says it.

import { z } from 'zod'

const poolMax = z.int().min(1).max(100).optional()

export const storeConfigSchema = z.discriminatedUnion('dialect', [
  /** One file next to the daemon; one daemon only. */
  z.strictObject({ dialect: z.literal('sqlite'), filename: z.string().min(1) }),
  /** `postgres://user@host:5432/database`; the password in the address or apart. */
  z.strictObject({
    dialect: z.literal('postgres'),
    url: z.string().min(1),
    password: z.string().optional(),
    poolMax,
    /** Longest a statement may take before its connection counts as lost. */
    statementTimeoutMs: z.int().min(500).max(600_000).optional(),
  }),
  z.strictObject({
    dialect: z.literal('mssql'),
    host: z.string().min(1),
    port: z.int().min(1).max(65535).optional(),
    instanceName: z.string().optional(),
    database: z.string().min(1),
    user: z.string().min(1),
    password: z.string(),
    encrypt: z.boolean(),
    trustServerCertificate: z.boolean(),
    poolMax,
  }),
])

export type StoreConfig = z.infer<typeof storeConfigSchema>
export type StoreDialect = StoreConfig['dialect']
