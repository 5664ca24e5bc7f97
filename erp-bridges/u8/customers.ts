// Customers of U8's master data by an account or an exact name, for incoming money: what it finds is evidence, and the
// core decides on it. It reads only.

import type { CustomerCodes } from '../../connector/ports'
import { trimmedOf } from '../shared/row'
import type { U8 } from './account-set'
import type { Sql } from './dialect'
import { hasColumn } from './schema'

export type CustomerStatements = {
  readonly byAccount: string
  readonly byOtherAccount: string
  readonly byName: string
}

/** Every statement that this file runs. */
export function customerStatements(sql: Sql): CustomerStatements {
  // Two codes say that it is not one customer; more need not be read.
  const codes = (from: string): string => `${sql.select(20)} cCusCode AS code ${from} ORDER BY cCusCode${sql.limit(20)}`
  return {
    byAccount: codes('FROM Customer WHERE cCusAccount = ?'),
    byOtherAccount: codes('FROM CustomerBank WHERE cAccountNum = ?'),
    byName: codes('FROM Customer WHERE cCusName = ?'),
  }
}

export async function findCustomers(u8: U8, account: string, name: string): Promise<CustomerCodes> {
  const statements = customerStatements(u8.sql)
  const schema = await u8.schema()
  const codes = async (sql: string, value: string): Promise<readonly string[]> =>
    value.trim() === '' ? [] : (await u8.db.query(sql, [value.trim()])).map(row => trimmedOf(row, 'code'))
  const has = (table: string, column: string): boolean => hasColumn(schema, table, column)
  const own = has('Customer', 'cCusAccount') ? await codes(statements.byAccount, account) : []
  const others = has('CustomerBank', 'cAccountNum') ? await codes(statements.byOtherAccount, account) : []
  const named = has('Customer', 'cCusName') ? await codes(statements.byName, name) : []
  return { byAccount: [...new Set([...own, ...others])], byName: named }
}
