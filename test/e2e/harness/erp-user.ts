// What the ERP's people and jobs do while everything else breaks: ask payments, change their minds, order statements,
// import the journal. They write to the ERP's database directly, as an ERP does.

import { DEMO } from '../../../connector/cli/demo-site'
import { bankDay } from '../../../connector/core/bank-time'
import type { Db } from '../../../erp-bridges/shared/db'
import { textOf } from '../../../erp-bridges/shared/row'
import { approvePayment } from '../../../erp-bridges/u8/sample'

export type ErpUser = {
  /** One row in the middle table; its document number. */
  ask(outcome: string, options?: { readonly revision?: number; readonly docNo?: string }): Promise<string>
  /** An approved 付款单 in U8's own tables. */
  approveDocument(): Promise<void>
  /** Changes the amount of a row, which succeeds only while nobody has taken it. */
  edit(docNo: string): Promise<boolean>
  /** Deletes a row, which succeeds only while nobody has taken it. */
  remove(docNo: string): Promise<boolean>
  cancel(docNo: string): Promise<void>
  order(command: 'statement' | 'balance', bank: 'icbc' | 'boc'): Promise<void>
  /** Gives every new journal entry a voucher number and books it in the ledger that reconciliation reads. */
  importJournal(): Promise<number>
  /** Document numbers whose row was deleted before it was taken. */
  readonly removed: ReadonlySet<string>
  readonly asked: readonly string[]
}

export function erpUser(db: Db): ErpUser {
  const removed = new Set<string>()
  const asked: string[] = []
  let documents = 0
  return {
    removed,
    asked,
    async ask(outcome, { revision = 1, docNo = `H-${asked.length + 1}` } = {}) {
      const index = asked.length + 1
      const bank = index % 2 === 0 ? DEMO.icbc : DEMO.boc
      await insert(db, {
        doc_no: docNo,
        revision,
        payer_account: bank.account,
        payee_account: `6200000000${String(index).padStart(6, '0')}${outcome}`,
        // No two amounts are alike: an exchange of two payments would show.
        amount: `${100 + index}.${String(index % 100).padStart(2, '0')}`,
      })
      asked.push(docNo)
      return docNo
    },
    async approveDocument() {
      documents += 1
      await approvePayment(db, {
        supplier: documents % 2 === 0 ? 'V0001' : 'V0003',
        amount: `${5000 + documents}.00`,
        date: bankDay(Date.now()),
        purpose: `支付材料款 ${documents}`,
        approver: '李主管',
        approvedAt: new Date().toISOString().slice(0, 23),
        settlementAccount: documents % 2 === 0 ? DEMO.icbc.ledger : DEMO.boc.ledger,
      })
    },
    async edit(docNo) {
      return (
        (await db.execute(
          `UPDATE yq_payment SET amount = amount + 1000 WHERE doc_no = ? AND status = 'new' AND taken_at IS NULL`,
          [docNo],
        )) === 1
      )
    },
    async remove(docNo) {
      const sql = `DELETE FROM yq_payment WHERE doc_no = ? AND status = 'new' AND taken_at IS NULL`
      const isGone = (await db.execute(sql, [docNo])) === 1
      if (isGone) removed.add(docNo)
      return isGone
    },
    async cancel(docNo) {
      await db.execute(`UPDATE yq_payment SET request = 'cancel' WHERE doc_no = ?`, [docNo])
    },
    async order(command, bank) {
      await db.execute('INSERT INTO yq_command (command, account, requested_by) VALUES (?, ?, ?)', [
        command,
        DEMO[bank].account,
        '出纳',
      ])
    },
    importJournal: () => importJournal(db),
  }
}

async function insert(db: Db, row: Readonly<Record<string, string | number>>): Promise<void> {
  const whole: Record<string, string | number> = {
    source_system: 'T',
    account_set: DEMO.accountSet,
    doc_type: 'PAY',
    doc_line: 1,
    company_code: '001',
    payer_name: DEMO.company,
    payee_name: '上海乙火贸易有限公司',
    payee_bank_name: '招商银行上海分行',
    payee_bank_code: '308290003020',
    payee_kind: 'C',
    payee_province: '上海',
    payee_city: '上海',
    currency: 'CNY',
    purpose: '货款',
    ...row,
  }
  const columns = Object.keys(whole)
  await db.execute(
    `INSERT INTO yq_payment (${columns.join(', ')}) VALUES (${columns
      .map(column => (column === 'amount' && db.dialect === 'postgres' ? 'CAST(? AS numeric)' : '?'))
      .join(', ')})`,
    columns.map(column => whole[column] ?? ''),
  )
}

async function importJournal(db: Db): Promise<number> {
  const date = db.dialect === 'postgres' ? "to_char(voucher_date, 'YYYY-MM-DD')" : 'voucher_date'
  const entries = await db.query(
    `SELECT id, entry_key, ${date} AS voucher_date FROM yq_journal WHERE voucher_no IS NULL ORDER BY id`,
  )
  for (const entry of entries) {
    const key = textOf(entry, 'entry_key')
    const voucherNo = `付-${textOf(entry, 'id').padStart(4, '0')}`
    await db.transaction(async tx => {
      const amount = db.dialect === 'postgres' ? 'CAST(amount AS text)' : 'amount'
      const lines = await tx.query(
        `SELECT line_no, account, side, ${amount} AS amount, settlement_number FROM yq_journal_line WHERE entry_key = ?`,
        [key],
      )
      for (const line of lines.filter(each => textOf(each, 'account').startsWith('1002'))) {
        const sign = textOf(line, 'side') === 'credit' ? '-' : ''
        const value = db.dialect === 'postgres' ? 'CAST(? AS numeric)' : '?'
        const day = db.dialect === 'postgres' ? 'CAST(? AS date)' : '?'
        await tx.execute(
          `INSERT INTO yq_ledger (line_id, ledger_account, booked_on, amount, currency, reference, voucher_no, entry_key)
           VALUES (?, ?, ${day}, ${value}, 'CNY', ?, ?, ?)`,
          [
            `${key}-${textOf(line, 'line_no')}`,
            textOf(line, 'account'),
            textOf(entry, 'voucher_date'),
            `${sign}${textOf(line, 'amount')}`,
            textOf(line, 'settlement_number'),
            voucherNo,
            key,
          ],
        )
      }
      const now = db.dialect === 'postgres' ? 'now()' : "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
      await tx.execute(`UPDATE yq_journal SET voucher_no = ?, imported_at = ${now} WHERE id = ?`, [
        voucherNo,
        textOf(entry, 'id'),
      ])
    })
  }
  return entries.length
}
