// What a site says about its U8. Nothing that moves money or names an account has a default: it is asked for.

import { z } from 'zod'
import { dbConfig } from '../shared/db-config'

/** A plain SQL name, so that a configured column can stand in a statement. */
const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,60}$/)
const day = z.string().regex(/^\d{4}-\d\d-\d\d$/)

/** Where a request's field comes from: a head column (`cDefine3`), a vendor's (`Vendor.cVenBank`), fixed text, or both in a template. */
const fieldSource = z.union([
  z.strictObject({ column: z.string().regex(/^(Vendor\.)?[A-Za-z_][A-Za-z0-9_]{0,60}$/) }),
  z.strictObject({ constant: z.string() }),
  /** `{cDigest} {Vendor.cVenAbbName}`: placeholders are columns. */
  z.strictObject({ template: z.string().regex(/^(?:[^{}]|\{(?:Vendor\.)?[A-Za-z_][A-Za-z0-9_]{0,60}\})*$/) }),
])

const limit = z.enum([
  'none',
  'debit-must',
  'credit-must',
  'voucher-must',
  'voucher-must-not',
  'debit-must-not',
  'credit-must-not',
])

export const u8Config = z.strictObject({
  database: dbConfig,
  /** Where UA_Account and UA_Period live; U8's own name unless the DBA renamed it. */
  systemDatabase: identifier.default('UFSystem'),
  /** 账套号, e.g. `001`. */
  accountSet: z.string().min(1).max(10),
  baseCurrency: z.string().length(3).default('CNY'),
  /** cexch_name to ISO. A name that is not here is passed on as it is, and refused by the connector. */
  currencies: z
    .record(z.string(), z.string().length(3))
    .default({ 人民币: 'CNY', 美元: 'USD', 欧元: 'EUR', 港币: 'HKD', 日元: 'JPY', 英镑: 'GBP' }),
  /** `documents`: approved 付款单. `vouchers`: reviewed payment vouchers. Never both: one payment may be in both. */
  source: z.enum(['documents', 'vouchers']).default('documents'),
  /** Documents dated before this day were paid some other way: they are never taken. */
  payFrom: day,
  /** 结算方式 codes that are paid through the bank link; cash, notes and cheques are not among them. */
  settlementStyles: z.array(z.string().min(1)).min(1),
  /** Our own bank accounts and their ledger accounts (科目). */
  bankAccounts: z
    .array(
      z.strictObject({ account: z.string().min(1), ledgerAccount: z.string().min(1), name: z.string().default('') }),
    )
    .min(1),
  /** C 对公 or P 对私. The first rule that fits decides; a rule's column is one of the head or `Vendor.…`. */
  payeeKind: z.strictObject({
    default: z.enum(['C', 'P']),
    rules: z
      .array(
        z.strictObject({
          column: z.string().regex(/^(Vendor\.)?[A-Za-z_][A-Za-z0-9_]{0,60}$/),
          prefix: z.string().min(1),
          kind: z.enum(['C', 'P']),
        }),
      )
      .default([]),
  }),
  /** U8 has no CNAPS column (`u8 §8`): found here by the payee's account first, else by the branch's exact name. */
  payeeBanks: z
    .array(
      z
        .strictObject({
          account: z.string().min(1).optional(),
          bankName: z.string().min(1).optional(),
          bankCode: z.string().regex(/^\d{12}$/),
          province: z.string().default(''),
          city: z.string().default(''),
        })
        .refine(bank => bank.account !== undefined || bank.bankName !== undefined, 'account or bankName is needed'),
    )
    .default([]),
  mapping: z
    .strictObject({
      companyCode: fieldSource.optional(),
      payeeName: fieldSource.default({ column: 'Vendor.cVenName' }),
      purpose: fieldSource.default({ column: 'cDigest' }),
      postscript: fieldSource.default({ column: 'cVouchID' }),
      businessType: fieldSource.default({ constant: 'supplier' }),
      urgency: fieldSource.default({ constant: 'normal' }),
      batchNo: fieldSource.default({ constant: '' }),
    })
    .prefault({}),
  /** Unverified on live systems (`u8 §7.4`), hence set here: the state of a workflow document that is approved. */
  workflowApprovedState: z.int().default(2),
  voucher: z
    .strictObject({
      /** `ap`: a payment's own entry is made as the document's 制单 makes it, and belongs to the AP module then. */
      mode: z.enum(['gl', 'ap']).default('gl'),
      /** How our entry keys begin: what marks a GL voucher as made by us. */
      keyPrefix: z.string().min(1).default('YQ'),
      /** 制单序时. `option` reads AccInformation, where an option that is not there counts as on. */
      dateOrder: z.enum(['option', 'on', 'off']).default('option'),
      dateOrderOption: z.string().default('bMakShtSort'),
      /** Meaning of dsign.itype by its number, in the order of U8's own screen (inferred: check it on the site). */
      limitTypes: z
        .array(limit)
        .default([
          ...(['none', 'debit-must', 'credit-must', 'voucher-must'] as const),
          ...(['voucher-must-not', 'debit-must-not', 'credit-must-not'] as const),
        ]),
      cashFlow: z
        .strictObject({
          /** Which line carries the item where the entry names none; U8's own vouchers: the counter line (`u8 §7.7`). */
          line: z.enum(['counter', 'bank']).default('counter'),
          isRequired: z.boolean().default(false),
          /** 项目大类 of cash-flow items: its table is fitemss and this. */
          itemClass: z
            .string()
            .regex(/^\d\d$/)
            .default('98'),
          /** First that fits: the line's account begins with `account`. */
          defaults: z
            .array(
              z.strictObject({
                account: z.string().min(1),
                side: z.enum(['debit', 'credit']),
                item: z.string().min(1),
              }),
            )
            .default([]),
        })
        .prefault({}),
    })
    .prefault({}),
  /** Claims of incoming money are read from yq_collection: off until its table is there. */
  collections: z.boolean().default(false),
  /**
   * U8's own columns on the payment document that may be written. None by default: U8 refuses to un-approve a document
   * whose bank marks are set (`u8 §7.6`).
   */
  writeBack: z
    .strictObject({
      isSentMarked: z.boolean().default(false),
      isConfirmedMarked: z.boolean().default(false),
      statusColumn: z
        .string()
        .regex(/^cDefine([1-3]|[89]|1[0-4])$/)
        .optional(),
      serialColumn: z
        .string()
        .regex(/^cDefine([1-3]|[89]|1[0-4])$/)
        .optional(),
    })
    .optional(),
})

export type U8Config = z.infer<typeof u8Config>
export type FieldSource = z.infer<typeof fieldSource>
export type LimitType = z.infer<typeof limit>
