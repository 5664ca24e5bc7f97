// Writes a 余额调节表 where and as its file's name says: .xlsx, .pdf or .json.

import { writeFile } from 'node:fs/promises'
import { bankDay } from '../core/bank-time'
import { classesOf, type AdjustedBalance, type OpenItem } from '../core/match/adjusted-balance'
import { formatAmount } from '../core/money'
import { adjustedStatementPdf, type StatementHead } from '../pdf/adjusted-statement'
import { adjustedStatementWorkbook } from './adjusted-workbook'

/** Names under the statement; an absent one is a line to sign on. */
export type Signers = { readonly preparer?: string; readonly reviewer?: string }

export type Statement = { readonly adjusted: AdjustedBalance; readonly accountName: string; readonly bankName: string }

export class FormatError extends Error {
  readonly code = 'ADJUSTED_FORMAT'
  readonly line = null
}

/** @throws FormatError when the name ends in none of the three */
export async function writeStatement(statement: Statement, signers: Signers, file: string): Promise<void> {
  const head = headOf(statement, signers)
  if (/\.xlsx$/i.test(file)) await writeFile(file, adjustedStatementWorkbook(statement.adjusted, head))
  else if (/\.pdf$/i.test(file)) await writeFile(file, await adjustedStatementPdf(statement.adjusted, head))
  else if (/\.json$/i.test(file))
    await writeFile(file, `${JSON.stringify(statementJson(statement, signers), null, 2)}\n`)
  else
    throw new FormatError(`${file}：文件名须以 .xlsx、.pdf 或 .json 结尾 / the name must end in .xlsx, .pdf or .json`)
}

/** Every figure as decimal text, and every open item under its class. */
export function statementJson(statement: Statement, signers: Signers): Readonly<Record<string, unknown>> {
  const { adjusted } = statement
  const { account, asOf, currency, ledger, bank, differenceMinor } = adjusted
  const amount = (minor: bigint | null): string | null => (minor === null ? null : formatAmount({ minor, currency }))
  const itemOf = ({ minor, ...item }: OpenItem) => ({ ...pick(item), amount: formatAmount({ minor, currency }) })
  const [received, paid, booked, spent] = classesOf(adjusted).map(({ items, totalMinor }) => ({
    ...{ total: amount(totalMinor), items: items.map(itemOf) },
  }))
  return {
    ...{ account, ...headOf(statement, signers), currency, asOf },
    ledger: { balance: amount(ledger.balanceMinor), adjusted: amount(ledger.adjustedMinor) },
    bank: { balance: amount(bank.balanceMinor), adjusted: amount(bank.adjustedMinor) },
    receivedByBankOnly: received,
    paidByBankOnly: paid,
    receivedInLedgerOnly: booked,
    paidInLedgerOnly: spent,
    difference: amount(differenceMinor),
  }
}

function pick({ id, date, reference, counterparty, text }: Omit<OpenItem, 'minor'>) {
  return { id, date, reference, counterparty, text }
}

function headOf({ accountName, bankName }: Statement, { preparer = '', reviewer = '' }: Signers): StatementHead {
  return { accountName, bankName, preparer, reviewer, madeOn: bankDay(Date.now()) }
}
