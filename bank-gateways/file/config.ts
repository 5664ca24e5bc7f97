// What a site says about a bank that is paid by files: three folders, the accounts, the bank's layouts. Nothing here names an account,
// moves money or holds a default that does either.

import { z } from 'zod'
import { GENERIC_PAYMENT, GENERIC_RESULT, paymentLayout, resultLayout } from './layout'

const folder = z.string().min(1).max(400)

const ownAccount = z.strictObject({
  /** ISO currency of the account. */
  currency: z.string().regex(/^[A-Z]{3}$/, '须为三位币种 / must be an ISO currency'),
})

export const fileConfig = z
  .strictObject({
    /** Payment files for the cashier. What stands here may be uploaded at any time. */
    out: folder,
    /** Result files from the bank's website. They are read and never moved, changed or deleted. */
    in: folder,
    /** Our own record of what was handed out, one small file a payment. Nobody may touch it, and it is
     * never set back: not even when the database is restored. */
    written: folder,
    accounts: z.record(z.string().regex(/^[0-9A-Za-z-]{5,35}$/), ownAccount),
    /** How a payee of this bank (行内) is recognised. */
    own: z.strictObject({ cnapsPrefix: z.string().regex(/^\d{3}$/), names: z.array(z.string().min(2)).min(1) }),
    /** Payee fields without which the bank's website cannot pay to another bank. */
    crossBankRequires: z.array(z.enum(['bankCode', 'bankName', 'city'])).default(['bankName']),
    /** Before the batch's number in a file's name. */
    namePrefix: z
      .string()
      .regex(/^[0-9A-Za-z_-]{0,30}$/)
      .default(''),
    /** Most payments of a file; the bank's website says how many it takes. */
    batchMax: z.int().min(1).max(1000).default(100),
    /** Widest reference that the website keeps. */
    referenceMaxBytes: z.int().min(15).max(32).default(20),
    /** The bank's template; our generic layout where it is left out. */
    payment: paymentLayout.prefault(GENERIC_PAYMENT),
    result: resultLayout.prefault(GENERIC_RESULT),
  })
  .superRefine(({ out, in: incoming, written }, context) => {
    if (new Set([out, incoming, written]).size < 3)
      context.addIssue({
        code: 'custom',
        path: ['written'],
        message: '三个目录须各不相同 / the three folders must differ',
      })
  })

export type FileConfig = z.output<typeof fileConfig>

/** The settings of one of our accounts, or null. Never through the prototype: an account number comes from an ERP. */
export function accountOf(config: FileConfig, account: string): FileConfig['accounts'][string] | null {
  return Object.hasOwn(config.accounts, account) ? (config.accounts[account] ?? null) : null
}
