// Opens the connector's own durable state. A schema that is not this program's is refused before anything is read.

import type { Clock } from '../ports'
import { createAuditStore } from './audit-store'
import type { StoreConfig } from './config'
import { createCollectionStore } from './collection-store'
import { createContradictionStore } from './contradiction-store'
import { createCoverageStore } from './coverage-store'
import { openDatabase, type Database } from './database'
import { createDoubtStore } from './doubt-store'
import { createExceptionStore } from './exception-store'
import { createFenceStore } from './fence-store'
import { createFileStore } from './file-store'
import { requireKeysOf } from './key-check'
import type { Keys } from './keys'
import { createJournalStore } from './journal-store'
import { createMatchStore } from './match-store'
import { createMetaStore } from './meta-store'
import { migrateDatabase, requireSchema } from './migrate'
import { createOpenStore } from './open-items-store'
import { createOutboxStore } from './outbox-store'
import { createPauseStore } from './pause-store'
import { createPaymentStore } from './payment-store'
import { createReceiptStore, createReceiverStore } from './receipt-store'
import { createStatementStore } from './statement-store'
import { createReencrypt } from './reencrypt'
import type { Store } from './store'
import { createWithdrawalStore } from './withdrawal-store'

export type StoreDeps = {
  /** Times the retries of a deadlock victim and dates a migration. */
  readonly clock: Clock
  /** Seals, the audit trail and encryption. */
  readonly keys: Keys
  /** `require` refuses a schema that `yinqi migrate` has not brought up to date; `migrate` does so first. */
  readonly schema: 'require' | 'migrate'
}

/** Throws Fault: STORE_UNREACHABLE, STORE_DENIED, STORE_SCHEMA_MISSING, STORE_SCHEMA_NEWER, STORE_SCHEMA_CHANGED, STORE_KEY_MISSING, STORE_KEY_WRONG. */
export async function openStore(config: StoreConfig, deps: StoreDeps): Promise<Store> {
  const db = openDatabase(config, deps.keys, deps.clock)
  try {
    if (deps.schema === 'migrate') await migrateDatabase(db, deps.clock.now())
    await requireSchema(db)
    await requireKeysOf(db)
  } catch (error) {
    await db.close()
    throw error
  }
  return {
    payments: createPaymentStore(db),
    contradictions: createContradictionStore(db),
    outbox: createOutboxStore(db),
    statements: createStatementStore(db),
    withdrawals: createWithdrawalStore(db),
    doubts: createDoubtStore(db),
    receipts: createReceiptStore(db),
    receivers: createReceiverStore(db),
    journals: createJournalStore(db),
    collections: createCollectionStore(db),
    matches: createMatchStore(db),
    coverage: createCoverageStore(db),
    files: createFileStore(db),
    exceptions: createExceptionStore(db),
    open: createOpenStore(db),
    meta: createMetaStore(db),
    audit: createAuditStore(db),
    fence: createFenceStore(db, config),
    pauses: createPauseStore(db),
    ping: () => ping(db),
    reencrypt: createReencrypt(db),
    close: () => db.close(),
  }
}

/** A write, not a SELECT 1: a full disk or a standby answers reads. Of another value each time: SQLite writes no equal bytes. */
async function ping(db: Database): Promise<void> {
  const other = `CASE value WHEN '1' THEN '0' ELSE '1' END`
  await db.transaction(tx => tx.execute(`UPDATE yinqi_meta SET value = ${other} WHERE name = 'ping'`))
}
