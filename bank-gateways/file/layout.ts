// The layouts of payment files and result files as data, and the one that ships: a generic layout of our own. A bank's own template is
// written down in the same words by the site.

import { z } from 'zod'

/** What a column of a payment file holds. */
export const VALUES = [
  'line',
  'reference',
  'payerAccount',
  'payerName',
  'payerBankName',
  'payeeAccount',
  'payeeName',
  'payeeBankName',
  'payeeBankCode',
  'payeeProvince',
  'payeeCity',
  'payeeKind',
  'isOwnBank',
  'urgency',
  'amount',
  'currency',
  'purpose',
  'purposeAndReference',
  'postscript',
  'date',
  'constant',
] as const
export type Value = (typeof VALUES)[number]

/** Only these may be shortened, and only these may be altered so that a spreadsheet does not take them for a formula. */
export const INFORMATIVE: readonly Value[] = [
  'purpose',
  'purposeAndReference',
  'postscript',
  'payeeProvince',
  'payeeCity',
]

const title = z.string().min(1).max(60)

const column = z
  .strictObject({
    title,
    value: z.enum(VALUES),
    /** Widest value, in bytes of the file's encoding (of a workbook: UTF-8); null: no limit is known. */
    maxBytes: z.int().min(1).max(1000).nullable().default(null),
    isRequired: z.boolean().default(false),
    /** What a `constant` holds. */
    text: z.string().max(200).default(''),
  })
  .refine(({ value, text }) => value === 'constant' || text === '', {
    path: ['text'],
    message: '只有 constant 列可以有 text / only a constant has text',
  })

const words = z
  .strictObject({
    company: z.string().default('对公'),
    person: z.string().default('对私'),
    own: z.string().default('行内'),
    other: z.string().default('跨行'),
    urgent: z.string().default('加急'),
    ordinary: z.string().default('普通'),
  })
  .prefault({})

const table = {
  format: z.enum(['csv', 'xlsx']),
  /** Of a CSV; a workbook is what it is. `utf-8-bom` is what Excel opens without being told. */
  encoding: z.enum(['utf-8', 'utf-8-bom', 'gbk', 'gb18030']).default('gbk'),
  separator: z.enum([',', ';', '\t', '|']).default(','),
  /** Name of the workbook's sheet; of a result file empty = its first. */
  sheet: z.string().max(31).default(''),
}

export const paymentLayout = z
  .strictObject({
    ...table,
    /** Rows above the titles, cell by cell, as the bank's template has them. */
    rowsAbove: z.array(z.array(z.string())).default([]),
    hasTitles: z.boolean().default(true),
    date: z.enum(['yyyy-MM-dd', 'yyyyMMdd', 'yyyy/MM/dd']).default('yyyy-MM-dd'),
    words,
    columns: z.array(column).min(4),
  })
  .superRefine(({ columns }, context) => {
    const has = (value: Value): boolean => columns.some(one => one.value === value)
    const report = (message: string): void => context.addIssue({ code: 'custom', path: ['columns'], message })
    for (const value of ['payeeAccount', 'payeeName', 'amount'] as const)
      if (!has(value)) report(`缺少列 / there must be a column of ${value}`)
    if (!has('reference') && !has('purposeAndReference'))
      report('须有 reference 或 purposeAndReference 列，否则结果无法对应 / one column must carry our reference')
    if (new Set(columns.map(one => one.title)).size < columns.length) report('列名重复 / two columns have one title')
  })
export type PaymentLayout = z.output<typeof paymentLayout>
export type Column = PaymentLayout['columns'][number]

const STATUSES = ['settled', 'accepted', 'refused', 'returned'] as const

export const resultLayout = z.strictObject({
  ...table,
  /** Number of the row with the titles, from 1. */
  titleRow: z.int().min(1).max(100).default(1),
  columns: z.strictObject({
    /** Holds our reference: as the whole cell, or as its last word (`purposeAndReference`). */
    reference: title,
    status: title,
    /** Compared with the instruction where they are there. */
    amount: title.nullable().default(null),
    payeeAccount: title.nullable().default(null),
    bankSerial: title.nullable().default(null),
    text: title.nullable().default(null),
  }),
  /** The bank's words, whole. A word that is not here decides nothing. */
  statuses: z
    .array(z.strictObject({ word: z.string().min(1).max(60), outcome: z.enum(STATUSES) }))
    .min(1)
    .refine(list => new Set(list.map(({ word }) => word)).size === list.length, '状态词重复 / a word stands twice'),
  /** A file younger than this may still be being copied, and is not read yet. */
  settleMs: z.int().min(0).max(3_600_000).default(5000),
})
export type ResultLayout = z.output<typeof resultLayout>

/** 通用格式: a CSV in GBK, as Chinese Excel writes it. */
export const GENERIC_PAYMENT: z.input<typeof paymentLayout> = {
  format: 'csv',
  columns: [
    { title: '序号', value: 'line' },
    { title: '业务编号', value: 'reference' },
    { title: '付款账号', value: 'payerAccount' },
    { title: '付款户名', value: 'payerName', maxBytes: 120 },
    { title: '收款账号', value: 'payeeAccount', maxBytes: 35 },
    { title: '收款户名', value: 'payeeName', maxBytes: 120 },
    { title: '收款行名称', value: 'payeeBankName', maxBytes: 120 },
    { title: '收款行联行号', value: 'payeeBankCode' },
    { title: '金额', value: 'amount' },
    { title: '币种', value: 'currency' },
    { title: '用途', value: 'purpose', maxBytes: 120 },
    { title: '附言', value: 'postscript', maxBytes: 120 },
    { title: '对公对私', value: 'payeeKind' },
    { title: '行内跨行', value: 'isOwnBank' },
    { title: '加急', value: 'urgency' },
    { title: '日期', value: 'date' },
  ],
}

export const GENERIC_RESULT: z.input<typeof resultLayout> = {
  format: 'csv',
  columns: {
    reference: '业务编号',
    status: '状态',
    amount: '金额',
    payeeAccount: '收款账号',
    bankSerial: '银行流水号',
    text: '说明',
  },
  statuses: [
    { word: '成功', outcome: 'settled' },
    { word: '失败', outcome: 'refused' },
    { word: '处理中', outcome: 'accepted' },
    { word: '退票', outcome: 'returned' },
  ],
}
