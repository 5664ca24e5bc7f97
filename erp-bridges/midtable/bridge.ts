// The middle tables as an ERP: takes rows, tells the ERP through the shared writer. It never decides about a payment and
// never changes a column that the ERP owns.

import {
  Fault,
  type Clock,
  type DateRange,
  type ErpBridge,
  type ErpRecord,
  type ErpRequest,
  type LedgerLine,
  type Pull,
  type PushResult,
  type Shown,
} from '../../connector/ports'
import type { Db, Queryable, Row } from '../shared/db'
import { openDb } from '../shared/db-open'
import { readShown } from '../shared/midtable-shown'
import { pushToMidtable } from '../shared/midtable-writer'
import { PENDING_CLAIM, readClaims } from '../shared/midtable-collections'
import { firstRows, insertOnce, instant, text } from '../shared/midtable-sql'
import { instantText, intOf, textOf } from '../shared/row'
import { castInstant, claimIds, freeOrLapsed, list, open, pendingCancel, pendingVoucher, type Taker } from './claim'
import type { MidtableConfig } from './config'
import { examine } from './doctor'
import {
  amountText,
  cancelOf,
  commandOf,
  cursorOf,
  dayText,
  handedOf,
  ledgerLineOf,
  paymentOf,
  requestColumns,
  voucherOf,
  type Handed,
} from './mapping'

export type MidtableDeps = {
  readonly clock: Clock
  readonly name: string
  /** This daemon, unique among those that share the tables. */
  readonly instance: string
  /** Shown in yq_heartbeat. */
  readonly version?: string
}

export function createMidtableBridge(config: MidtableConfig, deps: MidtableDeps): ErpBridge {
  return new MidtableBridge(openDb(config.database), config, deps)
}

class MidtableBridge implements ErpBridge {
  readonly name: string
  readonly #db: Db
  readonly #config: MidtableConfig
  readonly #deps: MidtableDeps
  readonly #startedAt: number
  #beatAt: number | null = null

  constructor(db: Db, config: MidtableConfig, deps: MidtableDeps) {
    this.name = deps.name
    this.#db = db
    this.#config = config
    this.#deps = deps
    this.#startedAt = deps.clock.now()
  }

  /**
   * At least once: payments and commands are claimed and come again when the lease lapses unanswered; withdrawals and
   * voucher numbers come again until the cursor that names them is given back, which proves that they were stored.
   */
  async pull(after: string | null, limit: number): Promise<Pull> {
    try {
      const pulled = await this.#take(handedOf(after), Math.min(limit, this.#config.pullMax))
      await this.#beat()
      return pulled
    } catch (error) {
      if (error instanceof Fault) throw error
      throw new Fault('ERP_UNREACHABLE', '中间表无法读取 / the middle tables cannot be read', { cause: error })
    }
  }

  push(records: readonly ErpRecord[]): Promise<readonly PushResult[]> {
    return pushToMidtable(this.#db, records, { mirror: false })
  }

  shown(events: number): Promise<readonly Shown[]> {
    return readShown(this.#db, events, { rows: 'taken' }, row => paymentOf(row, this.#config.bookedDocTypes))
  }

  async *ledger(ledgerAccount: string, range: DateRange): AsyncIterable<LedgerLine> {
    const { dialect } = this.#db
    const sql =
      `SELECT line_id, ${dayText(dialect, 'booked_on')} AS booked_on, ${amountText(dialect, 'amount')} AS amount, ` +
      'currency, reference, counterparty, line_text, voucher_no, entry_key FROM yq_ledger ' +
      `WHERE ledger_account = ? AND booked_on = ${dialect === 'sqlite' ? '?' : 'CAST(? AS date)'} ORDER BY line_id`
    // A day at a time: memory stays bounded without a cursor, and yq_ledger may be a view without an id to page by.
    for (const day of daysOf(range)) {
      const rows = await this.#db.query(sql, [ledgerAccount, day])
      for (const row of rows) yield ledgerLineOf(row)
    }
  }

  doctor(): ReturnType<ErpBridge['doctor']> {
    return examine(this.#db, this.#deps.clock)
  }

  close(): Promise<void> {
    return this.#db.close()
  }

  async #take(acknowledged: Handed, limit: number): Promise<Pull> {
    const hasAcknowledged = acknowledged.cancels.length + acknowledged.vouchers.length > 0
    // The idle poll is one read: it takes no lock that an ERP's writer could meet.
    if (!hasAcknowledged && !(await this.#hasWork())) return { items: [], cursor: null, hasMore: false }
    return this.#db.transaction(async tx => {
      const taker: Taker = { dialect: this.#db.dialect, tx, instance: this.#deps.instance, now: this.#deps.clock.now() }
      await acknowledge(taker, acknowledged)
      const paymentIds = await claimIds(taker, 'yq_payment', this.#config.claimLeaseMs, limit)
      const payments = await rowsOf(tx, 'yq_payment', requestColumns(taker.dialect), paymentIds)
      const cancels = await this.#cancels(taker, limit)
      const commandIds = await claimIds(taker, 'yq_command', this.#config.claimLeaseMs, limit)
      const columns =
        `id, command, account, ${dayText(taker.dialect, 'date_from')} AS date_from, ` +
        `${dayText(taker.dialect, 'date_to')} AS date_to`
      const commands = await rowsOf(tx, 'yq_command', columns, commandIds)
      const vouchers = await tx.query(
        firstRows(
          taker.dialect,
          'id, entry_key, voucher_no',
          `FROM yq_journal WHERE ${pendingVoucher(taker.dialect)} ORDER BY id`,
        ),
        [limit],
      )
      const claims = this.#config.collections ? await readClaims(tx, taker.dialect, limit) : []
      const items: readonly ErpRequest[] = [
        ...payments.map(row => paymentOf(row, this.#config.bookedDocTypes)),
        ...cancels.map(row => cancelOf(row, this.#config.bookedDocTypes)),
        ...commands.map(commandOf),
        ...vouchers.map(voucherOf),
        ...claims,
      ]
      const cursor = cursorOf({
        cancels: cancels.map(row => textOf(row, 'id')),
        vouchers: vouchers.map(row => [textOf(row, 'id'), textOf(row, 'voucher_no')]),
      })
      const hasMore = [payments, cancels, commands, vouchers].some(rows => rows.length === limit)
      return { items, cursor, hasMore }
    })
  }

  async #hasWork(): Promise<boolean> {
    const { dialect } = this.#db
    const any = (from: string): string => `CASE WHEN EXISTS (SELECT 1 FROM ${from}) THEN 1 ELSE 0 END`
    const [row] = await this.#db.query(
      `SELECT ${any(`yq_payment WHERE ${open(dialect, 'yq_payment')}`)} + ` +
        `${any(`yq_payment WHERE ${pendingCancel(dialect)}`)} + ` +
        `${any(`yq_command WHERE ${open(dialect, 'yq_command')}`)} + ` +
        `${any(`yq_journal WHERE ${pendingVoucher(dialect)}`)}` +
        `${this.#config.collections ? ` + ${any(`yq_collection WHERE ${PENDING_CLAIM}`)}` : ''} AS work`,
    )
    return row !== undefined && intOf(row, 'work') > 0
  }

  /**
   * Withdrawals. A row that was never taken is frozen here and given as a withdrawal alone, never as a payment too. A row
   * that another pull took a moment ago and that intake has not answered yet waits: told of the withdrawal first, intake
   * would not know the payment.
   */
  async #cancels(taker: Taker, limit: number): Promise<readonly Row[]> {
    const { dialect, tx, instance, now } = taker
    const ready = `(status <> 'new' OR ${freeOrLapsed(dialect)})`
    const from = dialect === 'mssql' ? 'yq_payment WITH (UPDLOCK, READPAST, ROWLOCK)' : 'yq_payment'
    const lock = dialect === 'postgres' || dialect === 'mysql' ? ' FOR UPDATE SKIP LOCKED' : ''
    const sql = firstRows(dialect, 'id', `FROM ${from} WHERE ${pendingCancel(dialect)} AND ${ready} ORDER BY id`) + lock
    const lapsed = instantText(dialect, now - this.#config.claimLeaseMs)
    const found = await tx.query(sql, dialect === 'mssql' ? [limit, lapsed] : [lapsed, limit])
    const ids = found.map(row => textOf(row, 'id'))
    if (ids.length === 0) return []
    await tx.execute(
      `UPDATE yq_payment SET taken_at = ${castInstant(dialect)}, taken_by = ? WHERE status = 'new' AND id IN ${list(ids)}`,
      [instantText(dialect, now), instance, ...ids],
    )
    return rowsOf(tx, 'yq_payment', requestColumns(dialect), ids)
  }

  async #beat(): Promise<void> {
    const now = this.#deps.clock.now()
    if (this.#beatAt !== null && now - this.#beatAt < this.#config.heartbeatMs) return
    this.#beatAt = now
    const { dialect } = this.#db
    const { instance, name, version = '' } = this.#deps
    const changed = await this.#db.execute(
      `UPDATE yq_heartbeat SET polled_at = ${castInstant(dialect)}, polls = polls + 1, version = ? WHERE instance = ?`,
      [instantText(dialect, now), version, instance],
    )
    if (changed > 0) return
    const row = {
      instance,
      bridge: text(name),
      version: text(version),
      started_at: instant(this.#startedAt),
      polled_at: instant(now),
      polls: 1,
    }
    await this.#db.transaction(tx => insertOnce({ dialect, tx }, 'yq_heartbeat', row, ['instance']))
  }
}

/** What the cursor brought back is stored by intake: it is not given again. */
async function acknowledge(taker: Taker, handed: Handed): Promise<void> {
  const { dialect, tx, now } = taker
  const at = instantText(dialect, now)
  if (handed.cancels.length > 0) {
    await tx.execute(
      `UPDATE yq_payment SET cancel_taken_at = ${castInstant(dialect)} ` +
        `WHERE cancel_taken_at IS NULL AND id IN ${list(handed.cancels)}`,
      [at, ...handed.cancels],
    )
  }
  for (const [id, voucherNo] of handed.vouchers) {
    // Only the number that was stored: the ERP may have corrected it since, and then it is given again.
    await tx.execute(
      `UPDATE yq_journal SET voucher_taken_at = ${castInstant(dialect)} ` +
        'WHERE voucher_taken_at IS NULL AND id = ? AND voucher_no = ?',
      [at, id, voucherNo],
    )
  }
}

async function rowsOf(
  tx: Queryable,
  table: 'yq_payment' | 'yq_command',
  columns: string,
  ids: readonly string[],
): Promise<readonly Row[]> {
  if (ids.length === 0) return []
  return tx.query(`SELECT ${columns} FROM ${table} WHERE id IN ${list(ids)} ORDER BY id`, ids)
}

function* daysOf(range: DateRange): Iterable<string> {
  const DAY_MS = 86_400_000
  const last = Date.parse(`${range.to}T00:00:00Z`)
  for (let day = Date.parse(`${range.from}T00:00:00Z`); day <= last; day += DAY_MS) {
    yield new Date(day).toISOString().slice(0, 10)
  }
}
