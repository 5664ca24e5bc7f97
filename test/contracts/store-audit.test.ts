// What every implementation of the store promises about seals, the audit trail and encryption, on the same databases as
// the rest of its contract.

import { createHash, randomBytes } from 'node:crypto'
import Sqlite from 'better-sqlite3'
import { createKeys, type Keys } from '../../connector/store/keys'
import { openStore } from '../../connector/store/open-store'
import type { Change, Store } from '../../connector/store/store'
import { testKeys } from '../support/keys'
import {
  answer,
  clock,
  entryOf,
  configOf,
  databaseKinds,
  lineOf,
  opened,
  paymentOf,
  take,
  type Kind,
  type Place,
} from '../support/stores'

const HOLD = { kind: 'approval', reason: 'large', approvalsNeeded: 2 }
/** Tables that refuse every UPDATE but a new ciphertext, and how their row is told. */
const APPEND_ONLY = ['yinqi_request', 'yinqi_payment_history', 'yinqi_confirmation', 'yinqi_document', 'yinqi_audit']

function change(paymentId: string, seq: number, changed: Partial<Change> = {}): Change {
  const given = { to: 'sending', at: 2000, cause: 'send.started', actor: 'd1', evidence: { code: '0' } } as const
  return { paymentId, seq, ...given, patch: {}, outbox: [], ...changed }
}

function ring(
  current: string,
  ids: readonly string[],
  cipher: 'aes-256-gcm' | 'sm4-gcm' | 'off' = 'aes-256-gcm',
): Keys {
  return createKeys({
    current,
    ring: new Map(ids.map(id => [id, SECRETS[id] ?? Buffer.alloc(0)])),
    mac: 'hmac-sha256',
    cipher,
  })
}
const SECRETS: Readonly<Record<string, Buffer>> = { k1: randomBytes(32), k2: randomBytes(32) }

/** Something in every table that has a column to hide. */
async function fill(store: Store): Promise<void> {
  const held = paymentOf('1', { state: 'held' })
  await store.payments.intake({
    erp: 'u8',
    at: 1000,
    actor: 'd1',
    cursor: null,
    entries: [entryOf(held, { cause: 'intake.held', holds: [HOLD], outbox: [answer('a')] })],
    outbox: [],
  })
  await take(store, paymentOf('2'), paymentOf('3'))
  await store.payments.apply([change('P2', 1), change('P3', 1)])
  await store.meta.confirm({ paymentId: 'P2', verdict: 'paid', person: '李娜', evidence: '明细第 118 行', at: 3000 })
  await store.contradictions.record({ at: 3000, paymentId: 'P3', code: 'X', cause: 'c', evidence: { name: '示例' } })
  const [line] = await store.statements.insert([lineOf('k1')], [])
  const balance = { minor: 5n, currency: 'CNY' }
  await store.statements.saveBalance(
    { account: 'a', asOf: 't', current: balance, available: null, frozen: null, previousDay: null },
    3000,
    [],
  )
  const bytes = Buffer.from('%PDF a receipt')
  const digest = createHash('sha256').update(bytes).digest('hex')
  const receipt = {
    lineId: line?.id ?? '',
    account: 'a',
    receiptNo: 'r',
    mediaType: 'application/pdf',
    digest,
    sm3: createHash('sm3').update(bytes).digest('hex'),
    source: 'bank',
    check: 'none',
    at: 3000,
  } as const
  await store.receipts.save(receipt, bytes, null, [])
}

describe.each(databaseKinds().map(kind => [kind.name, kind] as [string, Kind]))(
  'the trail of the store on %s',
  (name, kind) => {
    let place: Place
    let store: Store
    beforeAll(() => kind.start(), 60_000)
    afterAll(() => kind.stop(), 60_000)
    beforeEach(async () => {
      place = await kind.place()
      store = await opened(place)
    })
    afterEach(() => store.close())

    test('tells of every history row, clearance, confirmation and contradiction, and is whole', async () => {
      await fill(store)
      const [hold] = await store.payments.holds('P1')
      await store.payments.clearHold(hold?.id ?? '', 'Li', 'ok', 4000)
      await store.payments.clearHold(hold?.id ?? '', ' li', 'ok', 4000)
      await store.payments.clearHold(hold?.id ?? '', 'Wang', 'ok', 4000)
      await store.payments.apply([change('P1', 1, { cause: 'holds.cleared', to: 'ready' })])
      const [item] = await store.contradictions.open(10)
      expect(await store.contradictions.resolve(item?.id ?? '', 'Li', 'a typing error', 5000)).toBe(true)
      await store.audit.append(
        [{ kind: 'start', paymentId: null, subject: 'd1', content: { configuration: 'x' } }],
        6000,
      )
      const entries = await store.audit.entries(0, 100)
      const told = entries.map(entry => `${entry.no} ${entry.kind} ${entry.paymentId ?? ''} ${entry.subject}`)
      expect(told).toEqual([
        '1 trail.started  ',
        '2 history P1 1',
        '3 history P2 1',
        '4 history P3 1',
        '5 history P2 2',
        '6 history P3 2',
        '7 confirmation P2 paid',
        expect.stringMatching(/^8 contradiction P3 [0-9a-f]{64}$/),
        `9 clearance P1 ${hold?.id ?? ''}`,
        `10 clearance P1 ${hold?.id ?? ''}`,
        '11 history P1 2',
        `12 contradiction.resolved P3 ${item?.id ?? ''}`,
        '13 start  d1',
      ])
      expect(entries[10]?.content).toMatchObject({ from: 'held', cause: 'holds.cleared', to: 'ready', actor: 'd1' })
      expect(entries[11]?.content).toMatchObject({ person: 'Li', resolution: 'a typing error' })
      expect(await store.audit.entries(12, 100)).toHaveLength(1)
      expect(await store.audit.check(await store.audit.anchor(7000))).toEqual({
        kind: 'whole',
        entries: 13,
        payments: 3,
        explained: 0,
      })
      const checks = await store.payments.checkSeals(['P3', 'P1', 'none'])
      expect(checks.map(check => check.payment?.id)).toEqual(['P3', 'P1', undefined])
      expect(checks.map(check => check.broken?.detail)).toEqual([undefined, undefined, 'the payment is not there'])
    })

    test('stays one chain while two daemons write at once', async () => {
      const numbers = Array.from({ length: 12 }, (_, index) => String(index + 1))
      await take(store, ...numbers.map(number => paymentOf(number)))
      const rival = await opened(place)
      await Promise.all(
        numbers.map((number, index) => (index % 2 === 0 ? store : rival).payments.apply([change(`P${number}`, 1)])),
      )
      await rival.close()
      expect(await store.audit.check(null)).toEqual({ kind: 'whole', entries: 25, payments: 12, explained: 0 })
    })

    test('names a row that was altered past the store, triggers or not', async () => {
      await fill(store)
      await place.sql(`UPDATE yinqi_payment SET state = 'ready' WHERE id = 'P3'`)
      expect(await store.audit.check(null)).toMatchObject({ kind: 'broken', row: 'P3' })
      const [check] = await store.payments.checkSeals(['P3'])
      expect(check?.broken?.detail).toMatch(/^state: /)
    })

    test('refuses UPDATE and DELETE of its rows, but for a new ciphertext', async () => {
      await fill(store)
      for (const table of APPEND_ONLY) await expect(place.sql(`DELETE FROM ${table}`)).rejects.toThrow(/append only/)
      const updates = [
        `UPDATE yinqi_audit SET kind = 'x'`,
        `UPDATE yinqi_audit SET content = '{}'`,
        `UPDATE yinqi_audit SET link = ''`,
        `UPDATE yinqi_request SET content = '{}'`,
        `UPDATE yinqi_request SET content = 'enc1.x', revision = 2`,
        `UPDATE yinqi_payment_history SET evidence = '{}'`,
        `UPDATE yinqi_payment_history SET cause = 'x'`,
        `UPDATE yinqi_confirmation SET person = 'x'`,
        `UPDATE yinqi_document SET digest = 'x'`,
      ]
      for (const sql of updates) await expect(place.sql(sql)).rejects.toThrow(/append only/)
      expect(await store.audit.check(null)).toMatchObject({ kind: 'whole' })
    })

    test('a broken seal is never renewed by a later change', async () => {
      await take(store, paymentOf('1'))
      await place.sql(`UPDATE yinqi_payment SET seal = 'hmac-sha256.test.00'`)
      const { instruction } = paymentOf('1')
      const sent = { ...instruction, sentOn: '2031-05-06' }
      expect(await store.payments.apply([change('P1', 1, { patch: { instruction: sent, sentAt: 2000 } })])).toEqual([
        true,
      ])
      const [check] = await store.payments.checkSeals(['P1'])
      expect(check?.broken?.detail).toMatch(/^seal: /)
    })

    test('refuses to open with a missing or another key, and changes nothing', async () => {
      await fill(store)
      const before = await store.audit.anchor(1)
      const open = (keys: Keys) => openStore(configOf(place), { clock, keys, schema: 'migrate' })
      await expect(open(ring('k1', ['k1']))).rejects.toMatchObject({ code: 'STORE_KEY_MISSING' })
      const wrong = createKeys({
        current: 'test',
        ring: new Map([['test', randomBytes(32)]]),
        mac: 'hmac-sha256',
        cipher: 'off',
      })
      await expect(open(wrong)).rejects.toMatchObject({ code: 'STORE_KEY_WRONG' })
      const again = await open(testKeys())
      expect(await again.audit.anchor(1)).toEqual(before)
      await again.close()
    })

    test('gives old rows a new key in small batches, beside a running daemon, and keeps the trail whole', async () => {
      await store.close()
      place = await kind.place()
      const open = (keys: Keys) => openStore(configOf(place), { clock, keys, schema: 'migrate' })
      store = await open(ring('k1', ['k1'], 'off'))
      await fill(store)
      await expect(store.reencrypt(10)).rejects.toMatchObject({ code: 'STORE_FAILED' })
      await store.close()
      store = await open(ring('k1', ['k1']))
      // Cut off after one batch, and started again by another process with a newer key.
      expect(await store.reencrypt(2)).toEqual({ rows: 2, isDone: false })
      const running = await open(ring('k1', ['k1', 'k2'], 'sm4-gcm'))
      const rotating = await open(ring('k2', ['k1', 'k2'], 'sm4-gcm'))
      for (let batch = 0; batch < 100; batch++) {
        if (batch === 2) await take(running, paymentOf('9'))
        if ((await rotating.reencrypt(3)).isDone) break
      }
      // What the daemon with the old current key wrote meanwhile is found by a second run.
      for (let batch = 0; batch < 20 && !(await rotating.reencrypt(50)).isDone; batch++);
      for (const candidate of [running, rotating]) {
        expect(await candidate.audit.check(null)).toMatchObject({ kind: 'whole', payments: 4 })
      }
      expect(await rotating.payments.get('P1')).toEqual(paymentOf('1', { state: 'held' }))
      expect(await rotating.payments.history('P2')).toHaveLength(2)
      expect((await rotating.contradictions.open(1))[0]?.evidence).toEqual({ name: '示例' })
      expect(
        (await rotating.statements.list(lineOf('k1').account, { from: '2031-05-06', to: '2031-05-06' }))[0]?.line,
      ).toEqual(lineOf('k1').line)
      expect(await rotating.outbox.claim('u8', 9000, 9999, 10)).toHaveLength(1)
      await running.close()
      await rotating.close()
      await store.close()
      if (name === 'sqlite') {
        const config = configOf(place)
        const db = new Sqlite(config.dialect === 'sqlite' ? config.filename : '')
        const columns = [
          'yinqi_request.content',
          'yinqi_request.evidence',
          'yinqi_payment.instruction',
          'yinqi_payment_history.evidence',
        ]
        columns.push(
          'yinqi_contradiction.evidence',
          'yinqi_outbox.content',
          'yinqi_statement_line.content',
          'yinqi_balance.content',
        )
        columns.push('yinqi_confirmation.evidence', 'yinqi_audit.content', 'yinqi_document.content')
        for (const [table = '', column = ''] of columns.map(item => item.split('.'))) {
          const rows = db.prepare(`SELECT CAST(${column} AS TEXT) AS value FROM ${table}`).all() as { value: string }[]
          expect(rows.length).toBeGreaterThan(0)
          expect(rows.filter(row => !row.value.includes('enc1.sm4-gcm.k2.')).map(row => [table, row.value])).toEqual([])
        }
        db.close()
      }
      store = await open(ring('k2', ['k1', 'k2']))
    })

    test('seals what a store held before there were seals, once', async () => {
      await store.close()
      place = await kind.place()
      store = await openStore(configOf(place), { clock, keys: testKeys({ cipher: 'off' }), schema: 'migrate' })
      await fill(store)
      const [hold] = await store.payments.holds('P1')
      await store.payments.clearHold(hold?.id ?? '', 'Li', 'ok', 4000)
      await store.close()
      if (name === 'mssql') return
      await place.sql(backToVersion2(name))
      store = await openStore(configOf(place), { clock, keys: testKeys(), schema: 'migrate' })
      expect(await store.audit.check(null)).toMatchObject({ kind: 'whole', payments: 3 })
      expect((await store.audit.entries(0, 1))[0]).toMatchObject({ kind: 'trail.started', content: { payments: '3' } })
      expect(await store.payments.get('P1')).toEqual(paymentOf('1', { state: 'held' }))
      const checks = await store.payments.checkSeals(['P1', 'P2', 'P3'])
      expect(checks.map(check => check.broken)).toEqual([null, null, null])
      // Opened again, nothing is sealed a second time: a seal that was taken away is missed.
      await store.close()
      await place.sql(`UPDATE yinqi_payment SET seal = '' WHERE id = 'P3'`)
      store = await opened(place)
      expect(await store.audit.check(null)).toMatchObject({ kind: 'broken', row: 'P3' })
    })
  },
)

/** What 0003 did, undone: the store as an older program left it. */
function backToVersion2(name: string): string {
  const parts = [
    'DROP TABLE yinqi_audit',
    'ALTER TABLE yinqi_payment DROP COLUMN seal',
    `DELETE FROM yinqi_schema WHERE version = 3`,
    `DELETE FROM yinqi_meta WHERE name = 'audit' OR name LIKE 'key:%'`,
  ]
  if (name === 'postgres') {
    for (const table of APPEND_ONLY.filter(candidate => candidate !== 'yinqi_audit')) {
      parts.push(`DROP TRIGGER ${table}_no_update ON ${table}`, `DROP TRIGGER ${table}_no_delete ON ${table}`)
      const body = `BEFORE UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION yinqi_append_only()`
      parts.push(`CREATE TRIGGER ${table}_append_only ${body}`)
    }
  }
  return parts.join(';\n')
}
