// A site whose account has bank lines of several months and a ledger that the test writes, over a real store.

import type { LedgerLine, StatementLine } from '../../connector/ports'
import { lineOf } from './stores'
import { ACCOUNT, type World } from './world'

export const yuan = (text: string): bigint => BigInt(text.replace('.', ''))

/** Stores bank lines; returns their ids in order. Amounts are yuan with two decimals. */
export async function bankLines(
  world: World,
  lines: readonly (Partial<Omit<StatementLine, 'amount'>> & { readonly on: string; readonly yuan: string })[],
): Promise<readonly string[]> {
  const stored = await world.store.statements.insert(
    lines.map(({ on, yuan: text, ...rest }, index) => {
      const blank = { counterAccount: '', counterName: '', purpose: '', bankSerial: '', balanceAfter: null }
      const line = { ...lineOf('x').line, ...blank, bookedOn: on, amount: { minor: yuan(text), currency: 'CNY' } }
      return {
        ...lineOf(`${on} ${text} ${index} ${rest.bankSerial ?? ''}`),
        account: ACCOUNT,
        line: { ...line, ...rest },
      }
    }),
    [],
  )
  return stored.map(line => line.id)
}

export const entry = (
  id: string,
  date: string,
  text: string,
  changed: Partial<Omit<LedgerLine, 'amount'>> = {},
): LedgerLine => ({
  ...{ id, date, amount: { minor: yuan(text), currency: 'CNY' }, reference: '', counterparty: '', text: '' },
  ...{ voucherNo: '', entryKey: null },
  ...changed,
})
