// What a configuration may say of reconciliation: named tolerances, passes that are off, how the ledger is read.

import { z } from 'zod'
import { OPTIONAL_PASSES, SUM_CANDIDATES } from './core/match/settings'
import { parseAmount } from './core/money'

const milliseconds = z
  .int()
  .min(1)
  .max(7 * 86_400_000)

/** A named tolerance. Without one nothing is tolerated. */
export const toleranceSchema = z.strictObject({
  name: z.string().min(1),
  requires: z.enum(['reference', 'counterparty', 'amount']),
  days: z.int().min(0).max(31),
  /** Decimal text in the account's currency; 0 with `amount`. */
  amount: z.string().default('0'),
  accounts: z.array(z.string()).default([]),
})

/** Passes that are switched off, and how far back the ledger still changes. */
export const reconciliationSchema = z
  .strictObject({
    ledgerDays: z.int().min(1).max(400).default(62),
    pauseMaxMs: milliseconds.default(600_000),
    without: z.array(z.enum(OPTIONAL_PASSES)).default([]),
    sumCandidates: z.int().min(2).max(24).default(SUM_CANDIDATES),
    rules: z.array(toleranceSchema).default([]),
  })
  .prefault({})

type Problem = { readonly path: string; readonly message: string }
type Configured = {
  readonly accounts: readonly {
    readonly account: string
    readonly currency: string
    readonly reconcileFrom?: string | undefined
    readonly ledgerOpening?: string | undefined
  }[]
  readonly reconciliation: z.output<typeof reconciliationSchema>
}

/** Amounts are read in the currency of the account that they are for; a rule's name stands in every match that it makes. */
export function reconciliationProblems({ accounts, reconciliation: { rules } }: Configured): readonly Problem[] {
  const problems: Problem[] = []
  for (const [index, rule] of rules.entries()) {
    const path = `reconciliation.rules.${index}`
    const own = accounts.filter(item => rule.accounts.length === 0 || rule.accounts.includes(item.account))
    for (const other of rule.accounts.filter(number => !accounts.some(item => item.account === number)))
      problems.push({ path: `${path}.accounts`, message: `没有账户 ${other} / no such account` })
    for (const { currency } of own)
      if (!isAmount(rule.amount, currency) || rule.amount.startsWith('-'))
        problems.push({ path: `${path}.amount`, message: `不是 ${currency} 金额 / not an amount of ${currency}` })
    if (rule.requires === 'amount' && /[1-9]/.test(rule.amount))
      problems.push({
        path: `${path}.amount`,
        message: '要求金额一致时须为 0 / must be 0 where the amount is what agrees',
      })
    if (rules.findIndex(({ name: other }) => other === rule.name) !== index)
      problems.push({ path: `${path}.name`, message: '规则重名 / two rules have this name' })
  }
  for (const [index, item] of accounts.entries())
    if (item.ledgerOpening !== undefined && !isAmount(item.ledgerOpening, item.currency))
      problems.push({ path: `accounts.${index}.ledgerOpening`, message: `不是 ${item.currency} 金额 / not an amount` })
    else if (item.ledgerOpening !== undefined && item.reconcileFrom === undefined)
      problems.push({
        path: `accounts.${index}.reconcileFrom`,
        message: '有期初余额须写启用日 / an opening needs its day',
      })
  return problems
}

function isAmount(text: string, currency: string): boolean {
  return typeof parseAmount(text, currency) !== 'string'
}
