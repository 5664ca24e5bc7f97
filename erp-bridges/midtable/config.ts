// What a site says about its middle tables. Nothing here moves money.

import { z } from 'zod'
import { dbConfig } from '../shared/db-config'

export const midtableConfig = z.strictObject({
  database: dbConfig,
  /**
   * A row that was taken and is still `new` after this is given again: the connector died between taking and storing it.
   * Long is safe (it only waits); short is safe too (intake knows a row by its key) but gives rows twice.
   */
  claimLeaseMs: z.int().min(5_000).max(3_600_000).default(120_000),
  /** Rows of one pull, at most. SQL Server takes 2,100 parameters a statement. */
  pullMax: z.int().min(1).max(500).default(200),
  /** yq_heartbeat is written at most this often. */
  heartbeatMs: z.int().min(0).max(60_000).default(5_000),
  /** Document types that the ERP has booked before it asks (a voucher was the source): we never book them again. */
  bookedDocTypes: z.array(z.string().min(1)).default(['GL']),
  /** Claims are read from yq_collection: off until the DBA has run the scripts of a version that has the table. */
  collections: z.boolean().default(false),
})

export type MidtableConfig = z.infer<typeof midtableConfig>
