// Withdrawing a bank line and restoring it: one transaction each, with everything that hangs on the line. The row stays,
// with its identity: what a person has withdrawn comes back by a person alone.

import { appendAudit } from './audit-trail'
import { Changed, whole } from './changed'
import { idOf, integer, integerOrNull, numberOf, storable, text, word } from './codec'
import { changeAll } from './collection-store'
import { contradict } from './contradiction-store'
import type { Database, Row, Session } from './database'
import { clearDoubts, doubtedDays } from './doubt-store'
import { reverseOne } from './journal-store'
import { lockLines, moveMark } from './line-mark'
import { onlyOneAtATime } from './match-items'
import { undoMatch } from './match-store'
import { addToOutbox } from './outbox-store'
import { lineOf, LINE_COLUMNS } from './statement-store'
import { lockedSelect } from './statements'
import type { Restoration, Withdrawal, WithdrawalStore, Withdrawn } from './store'

const TURN = `${LINE_COLUMNS}, withdrawn_by, withdrawn_reason, turn, match_no`

export function createWithdrawalStore(db: Database): WithdrawalStore {
  return {
    async get(lineId) {
      const [row] = await db.query(`SELECT ${TURN} FROM yinqi_statement_line WHERE no = ?`, [numberOf(lineId)])
      if (row === undefined) return null
      const matchId = integerOrNull(row, 'match_no') === null ? null : idOf(row, 'match_no')
      return { line: lineOf(db.keys, row), turn: integer(row, 'turn'), withdrawn: withdrawnOf(row), matchId }
    },
    async list(account, { from, to }) {
      const rows = await db.query(
        `SELECT ${TURN} FROM yinqi_statement_line
WHERE account = ? AND booked_on >= ? AND booked_on <= ? AND withdrawn_at IS NOT NULL ORDER BY booked_on, no`,
        [account, from, to],
      )
      return rows.flatMap(row => {
        const withdrawn = withdrawnOf(row)
        return withdrawn === null ? [] : [{ line: lineOf(db.keys, row), ...withdrawn }]
      })
    },
    withdraw: (withdrawal, at) => whole(() => db.transaction(tx => withdraw(tx, withdrawal, at))),
    restore: (restoration, at) => whole(() => db.transaction(tx => restore(tx, restoration, at))),
  }
}

function withdrawnOf(row: Row): Withdrawn | null {
  const at = integerOrNull(row, 'withdrawn_at')
  return at === null ? null : { at, person: text(row, 'withdrawn_by'), reason: text(row, 'withdrawn_reason') }
}

async function withdraw(tx: Session, withdrawal: Withdrawal, at: number): Promise<boolean> {
  const { reversal, changes, contradiction, outbox } = withdrawal
  // In the order in which whoever saves matches locks: the matches first, then lines.
  await onlyOneAtATime(tx)
  const { no, key, matchNo, account, bookedOn, mark } = await lockedLine(tx, withdrawal, false)
  const said = { person: storable(withdrawal.person), reason: storable(withdrawal.reason) }
  await tx.execute(
    'UPDATE yinqi_statement_line SET withdrawn_at = ?, withdrawn_by = ?, withdrawn_reason = ?, turn = turn + 1 WHERE no = ?',
    [at, said.person, said.reason, no],
  )
  await moveMark(tx, account, mark)
  if (matchNo !== null) {
    await undoMatch(tx, matchNo, said, at)
    await tx.execute('UPDATE yinqi_match SET undone_by_withdrawal = 1 WHERE no = ?', [matchNo])
  }
  if (reversal !== null) await reverseOne(tx, reversal, at)
  await changeAll(tx, changes, at)
  await unprove(tx, account, bookedOn)
  await askAgain(tx, account, [bookedOn, ...(await doubtedDays(tx, withdrawal.lineId))], at)
  await clearDoubts(tx, [withdrawal.lineId])
  if (contradiction !== null) await contradict(tx, { ...contradiction, at })
  await addToOutbox(tx, outbox, at)
  const effects = { match: matchNo === null ? '' : String(matchNo), reversedEntry: reversal?.key ?? '' }
  await appendAudit(tx, [eventOf('line.withdrawn', withdrawal, { key, ...said, ...effects })], at)
  return true
}

/** Its day is proven by nothing until the balances were held against the lines again. */
async function unprove(tx: Session, account: string, bookedOn: string): Promise<void> {
  await tx.execute(`UPDATE yinqi_coverage SET proof = 'unproven' WHERE account = ? AND day = ? AND proof = 'proven'`, [
    account,
    bookedOn,
  ])
}

async function restore(tx: Session, restoration: Restoration, at: number): Promise<boolean> {
  const { no, key, account, bookedOn, mark } = await lockedLine(tx, restoration, true)
  await tx.execute(
    `UPDATE yinqi_statement_line SET withdrawn_at = NULL, withdrawn_by = '', withdrawn_reason = '', turn = turn + 1 WHERE no = ?`,
    [no],
  )
  await moveMark(tx, account, mark)
  await changeAll(tx, restoration.changes, at)
  await unprove(tx, account, bookedOn)
  await clearDoubts(tx, [restoration.lineId])
  await addToOutbox(tx, restoration.outbox, at)
  const said = { person: storable(restoration.person), reason: storable(restoration.reason) }
  await appendAudit(tx, [eventOf('line.restored', restoration, { key, ...said })], at)
  return true
}

/** What came in the line's place was kept back: days that the bank's interface fills are asked for now, however old. */
async function askAgain(tx: Session, account: string, days: readonly string[], at: number): Promise<void> {
  for (const day of [...new Set(days)].toSorted())
    await tx.execute(`UPDATE yinqi_coverage SET due_at = ? WHERE account = ? AND day = ? AND source = 'interface'`, [
      at,
      account,
      day,
    ])
}

type Locked = {
  readonly no: number
  readonly key: string
  readonly matchNo: number | null
  readonly account: string
  readonly bookedOn: string
  readonly mark: string
}

/** The account's lines are locked before the line, as by whoever imports. @throws Changed when the line is not as it was when this was decided */
async function lockedLine(
  tx: Session,
  { lineId, turn, journal }: Pick<Withdrawal, 'lineId' | 'turn' | 'journal'>,
  isWithdrawn: boolean,
): Promise<Locked> {
  const no = numberOf(lineId)
  const [known] = await tx.query('SELECT account FROM yinqi_statement_line WHERE no = ?', [no])
  if (no === null || known === undefined) throw new Changed(lineId)
  const account = text(known, 'account')
  const mark = await lockLines(tx, account)
  const columns = 'no, booked_on, line_key, journal, match_no, withdrawn_at, turn'
  const [row] = await tx.query(lockedSelect(tx.dialect, columns, 'yinqi_statement_line', 'no = ?'), [no])
  if (row === undefined) throw new Changed(lineId)
  const isSame =
    integer(row, 'turn') === turn &&
    word(row, 'journal') === journal &&
    (integerOrNull(row, 'withdrawn_at') !== null) === isWithdrawn
  if (!isSame) throw new Changed(lineId)
  const [key, bookedOn] = [text(row, 'line_key'), text(row, 'booked_on')]
  return { no, key, matchNo: integerOrNull(row, 'match_no'), account, bookedOn, mark }
}

function eventOf(kind: string, { lineId, turn }: Pick<Withdrawal, 'lineId' | 'turn'>, content: Record<string, string>) {
  return { kind, paymentId: null, subject: lineId, content: { ...content, turn: String(turn + 1) } }
}
