// What the daemon asks every second must not read what is finished. PostgreSQL's own counters say what was read: no
// table is scanned, and next to no row is fetched, however many rows are finished.

import { Client } from 'pg'
import { startPostgres, type RunningPostgres } from '../support/postgres'
import { opened, placeOf, requestOf } from '../support/stores'

const FINISHED = 3000

describe('with thousands of finished rows', () => {
  let server: RunningPostgres
  let client: Client
  beforeAll(async () => {
    server = await startPostgres()
    client = new Client({ connectionString: server.url })
    await client.connect()
  }, 60_000)
  afterAll(async () => {
    await client?.end()
    await server?.stop()
  })

  test('claiming, knowing, linking, booking and delivering scan no table', async () => {
    const place = { ...placeOf({ dialect: 'postgres', url: server.url }), sql: async () => undefined }
    await (await opened(place)).close()
    await client.query(`
INSERT INTO yinqi_request (erp, document, revision, doc_no, digest, approval, status, error_code, cause, evidence, content, taken_at)
SELECT 'u8', md5(n::text), 1, n::text, '', '', 'ready', '', 'intake', '{}', '{}', 0 FROM generate_series(1, ${FINISHED}) AS n;
INSERT INTO yinqi_payment (id, request_no, erp, bank, reference, batch_reference, batch_line, currency, amount_minor,
  instruction, state, seq, attempts, due_at, state_since, created_at, updated_at, error_code, status_text, bank_serial, receipt_no)
SELECT 'P' || no, no, 'u8', 'icbc', 'R' || no, 'B', 1, 'CNY', '1', '{}', 'settled', 1, 0, 0, 0, 0, 0, '', '', '', ''
FROM yinqi_request;
INSERT INTO yinqi_outbox (erp, key_digest, record_key, kind, content, attempts, created_at, due_at, delivered_at, erp_number, refusal_text)
SELECT 'u8', md5(n::text), n::text, 'payment.status', '{}', 1, 0, 0, 1, '', '' FROM generate_series(1, ${FINISHED}) AS n;
INSERT INTO yinqi_statement_line (identity_digest, key_digest, bank, account, line_key, booked_on, currency, amount_minor, reference, content,
  payment_id, journal, receipt, receipt_due_at, looked_at, imported_at)
SELECT md5(n::text), md5(n::text), 'icbc', 'a', n::text, '2031-05-06', 'CNY', '1', 'R', '{}', 'P' || n, 'entry', 'stored', 0, 0, 0
FROM generate_series(1, ${FINISHED}) AS n;
ANALYZE`)
    await client.query('SELECT pg_stat_force_next_flush()')
    const before = await reads()
    const store = await opened(place)
    expect(await store.payments.claim({ states: ['ready', 'unknown'], bank: 'icbc' }, 9, 10, 10)).toEqual([])
    expect(await store.payments.expired(['sending'], 9, 10)).toEqual([])
    expect(await store.payments.known('u8', [requestOf('1').key])).toEqual([null])
    expect(await store.outbox.claim('u8', 9, 10, 10)).toEqual([])
    expect(await store.outbox.counts(9)).toEqual([])
    expect(await store.statements.unlinked(10)).toEqual([])
    expect(await store.statements.unbooked(10)).toEqual([])
    expect(await store.statements.receiptDue('icbc', 9, 10)).toEqual([])
    // A session's counters are published at the latest when it ends; the server may do so a moment after.
    await store.close()
    await sessionsEnd()
    const after = await reads()
    expect(after.scanned - before.scanned).toBe(0)
    // The planner itself looks at the ends of an index; thousands would be the finished rows.
    expect(after.fetched - before.fetched).toBeLessThan(100)
    expect(after.used - before.used).toBeGreaterThan(5)
  })

  async function reads(): Promise<{ readonly scanned: number; readonly fetched: number; readonly used: number }> {
    const { rows } = await client.query(`
SELECT SUM(seq_tup_read)::int AS scanned, SUM(idx_tup_fetch)::int AS fetched, SUM(idx_scan)::int AS used
FROM pg_stat_user_tables WHERE relname IN ('yinqi_request', 'yinqi_payment', 'yinqi_outbox', 'yinqi_statement_line')`)
    return rows[0]
  }

  async function sessionsEnd(): Promise<void> {
    const deadline = Date.now() + 10_000
    while (Date.now() < deadline) {
      const { rows } = await client.query(
        `SELECT COUNT(*)::int AS others FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
      )
      if (rows[0].others === 0) return
    }
    throw new Error('a session did not end')
  }
})
