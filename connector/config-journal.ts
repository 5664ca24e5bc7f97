// The part of the configuration that says how bank lines are booked: groups of counterparties, rules with their examples,
// and collections. Pure: what it refuses, it refuses with a path and words.

import { z } from 'zod'
import { parseAmount } from './core/money'
import { compilePattern } from './core/pattern'
import type { KnownParty } from './core/parties'
import { CLAIM_FIELDS, TEMPLATE_FIELDS, unknownFields } from './core/journal-template'

const pattern = z.string().superRefine((source, context) => {
  const made = compilePattern(source)
  if ('en' in made) context.addIssue({ code: 'custom', message: `${made.zh} / ${made.en}` })
})

const template = (known: readonly string[]) =>
  z.string().superRefine((text, context) => {
    for (const name of unknownFields(text, known)) {
      context.addIssue({
        code: 'custom',
        message: `未知占位符 {${name}}，可用 / unknown field, there are: ${known.map(each => `{${each}}`).join(' ')}`,
      })
    }
  })

const auxiliariesOf = (known: readonly string[]) =>
  z
    .strictObject({
      supplier: template(known).optional(),
      customer: template(known).optional(),
      department: template(known).optional(),
      person: template(known).optional(),
      itemClass: template(known).optional(),
      item: template(known).optional(),
      cashFlowItem: template(known).optional(),
    })
    .default({})
    .transform(named =>
      Object.fromEntries(Object.entries(named).filter((pair): pair is [string, string] => pair[1] !== undefined)),
    )

const auxiliaries = auxiliariesOf(TEMPLATE_FIELDS)

/** `50000.00 CNY` */
const money = z.string().transform((text, context) => {
  const [digits = '', currency = '', ...more] = text.split(' ')
  const amount = more.length > 0 ? 'not-a-number' : parseAmount(digits, currency)
  if (typeof amount === 'object' && amount.minor >= 0n) return amount
  context.addIssue({ code: 'custom', message: '应如「50000.00 CNY」 / like "50000.00 CNY"' })
  return z.NEVER
})

const decimal = z.string().regex(/^\d{1,15}(\.\d{1,4})?$/, '应如「10.00」 / like "10.00"')
const words = z.array(z.string().min(1)).min(1)

const share = z.union([
  z.enum(['rest', 'payment']),
  decimal.transform(fixed => ({ fixed })),
  z.strictObject({ after: z.string().min(1) }),
])

const entryLine = z.strictObject({
  account: z.string().min(1),
  side: z.enum(['debit', 'credit']).optional(),
  amount: share.default('rest'),
  summary: template(TEMPLATE_FIELDS).optional(),
  auxiliaries,
})

const entry = z
  .strictObject({
    voucherType: z.string().min(1),
    summary: template(TEMPLATE_FIELDS).refine(text => text !== '', '不能为空 / must not be empty'),
    counterAccount: z.string().min(1).optional(),
    auxiliaries,
    lines: z.array(entryLine).min(1).max(20).optional(),
    bankAuxiliaries: auxiliaries,
    settlementStyle: z.string().default(''),
  })
  .superRefine((then, context) => {
    if ((then.counterAccount === undefined) === (then.lines === undefined)) {
      context.addIssue({
        code: 'custom',
        path: ['counterAccount'],
        message: 'counterAccount 与 lines 必须且只能写一个 / exactly one of counterAccount and lines',
      })
    }
    if ((then.lines ?? []).filter(line => line.amount === 'rest').length > 1) {
      context.addIssue({
        code: 'custom',
        path: ['lines'],
        message: '「rest」只能有一行 / only one line may be the rest',
      })
    }
  })

const example = z.strictObject({
  line: z.strictObject({
    account: z.string().optional(),
    amount: z.string().regex(/^-?\d{1,15}(\.\d{1,4})?$/, '应如「-10.00」 / like "-10.00"'),
    currency: z.string().default('CNY'),
    on: z.iso.date().default('2026-01-01'),
    counterparty: z.string().default(''),
    counterAccount: z.string().default(''),
    text: z.string().default(''),
    purpose: z.string().default(''),
    type: z.string().default(''),
    reference: z.string().default(''),
    bankSerial: z.string().default(''),
    reversal: z.boolean().default(false),
    payment: z
      .strictObject({
        docType: z.string().default('AP49'),
        docNo: z.string().default(''),
        businessType: z.string().default(''),
        partner: z.string().default(''),
        amount: decimal.optional(),
      })
      .optional(),
  }),
  gives: z
    .union([
      z.enum(['reverse', 'collect']),
      z.strictObject({
        voucherType: z.string().optional(),
        summary: z.string().optional(),
        lines: z.array(z.string().min(1)).min(2),
      }),
    ])
    .nullable(),
})

const rule = z.strictObject({
  name: z.string().min(1).max(100),
  when: z
    .strictObject({
      ownPayment: z.boolean().optional(),
      direction: z.enum(['in', 'out']).optional(),
      accounts: z.array(z.string()).optional(),
      docTypes: z.array(z.string()).optional(),
      businessTypes: z.array(z.string()).optional(),
      reversal: z.boolean().optional(),
      text: pattern.optional(),
      contains: words.optional(),
      counterparty: z
        .union([
          pattern,
          z
            .strictObject({
              accounts: words.optional(),
              names: words.optional(),
              name: pattern.optional(),
              groups: words.optional(),
            })
            .refine(condition => Object.keys(condition).length > 0, '不能为空 / must not be empty'),
        ])
        .optional(),
      amount: z
        .strictObject({ from: money.optional(), to: money.optional() })
        .refine(
          range => range.from === undefined || range.to === undefined || range.from.currency === range.to.currency,
          '两端币种须相同 / both ends in one currency',
        )
        .optional(),
    })
    .default({}),
  then: z.union([entry, z.enum(['reverse', 'collect'])]).nullable(),
  examples: z.array(example).default([]),
})

const group = z.strictObject({
  accounts: words.optional(),
  names: words.optional(),
  /** Of all of them in the ERP: `{partner}` where the ERP's request names none. */
  code: z.string().min(1).optional(),
})

const collectionFields = [...TEMPLATE_FIELDS, ...CLAIM_FIELDS]

const collection = z
  .strictObject({
    booking: z.enum(['line', 'day', 'customer']).default('line'),
    customers: z
      .array(
        z.strictObject({
          code: z.string().min(1),
          names: z.array(z.string().min(1)).default([]),
          accounts: z.array(z.string().min(1)).default([]),
        }),
      )
      .default([]),
    asksErp: z.boolean().default(false),
    voucherType: z.string().min(1),
    summary: template(collectionFields).refine(text => text !== '', '不能为空 / must not be empty'),
    counterAccount: z.string().min(1),
    auxiliaries: auxiliariesOf(collectionFields),
    bankAuxiliaries: auxiliaries,
    settlementStyle: z.string().default(''),
  })
  .nullable()

/** The keys of the top level that belong to booking; another file with these alone can be compared by a dry run. */
export const bookingShape = {
  counterpartyGroups: z.record(z.string().min(1), group).default({}),
  journal: z.array(rule).default([]),
  collection: collection.default(null),
}

const booking = z.object(bookingShape)
export type BookingConfig = z.output<typeof booking>
export type BookingRule = BookingConfig['journal'][number]

/** What no key alone can say: names that are defined twice or nowhere, results that need a condition. */
export function bookingProblems(config: BookingConfig): readonly { path: string; message: string }[] {
  const problems: { path: string; message: string }[] = []
  const seen = new Set<string>()
  for (const [index, { name, when, then }] of config.journal.entries()) {
    const path = `journal.${index}`
    if (seen.has(name)) problems.push({ path: `${path}.name`, message: '规则名重复 / the name is used twice' })
    seen.add(name)
    const groups = typeof when.counterparty === 'object' ? (when.counterparty.groups ?? []) : []
    for (const wanted of groups) {
      if (!Object.hasOwn(config.counterpartyGroups, wanted)) {
        const message = `counterpartyGroups 中没有 ${wanted} / no such group of counterparties`
        problems.push({ path: `${path}.when.counterparty.groups`, message })
      }
    }
    if (then === 'reverse' && when.reversal !== true) {
      const message = 'reverse 只用于 when.reversal: true 的规则 / reverse needs when.reversal: true'
      problems.push({ path: `${path}.then`, message })
    }
    if (then === 'collect' && (config.collection === null || when.direction !== 'in' || when.ownPayment !== false)) {
      const message =
        'collect 需要 collection 一节，且 when 写明 direction: in、ownPayment: false / collect needs the section `collection`, and a rule of direction: in with ownPayment: false'
      problems.push({ path: `${path}.then`, message })
    }
  }
  return problems
}

/** Groups that have a code: one party of the ERP each. */
export function partiesOf(config: Pick<BookingConfig, 'counterpartyGroups'>): readonly KnownParty[] {
  return Object.values(config.counterpartyGroups).flatMap(({ code, names = [], accounts = [] }) =>
    code === undefined ? [] : [{ code, names, accounts }],
  )
}

/** Rules with their groups written out. */
export function resolvedRules(config: BookingConfig): readonly BookingRule[] {
  return config.journal.map(each => {
    const { counterparty } = each.when
    if (typeof counterparty !== 'object' || counterparty.groups === undefined) return each
    const groups = counterparty.groups.map(name => config.counterpartyGroups[name] ?? {})
    const { groups: _groups, ...own } = counterparty
    const accounts = [...(own.accounts ?? []), ...groups.flatMap(item => item.accounts ?? [])]
    const names = [...(own.names ?? []), ...groups.flatMap(item => item.names ?? [])]
    return { ...each, when: { ...each.when, counterparty: { ...own, accounts, names } } }
  })
}

/** Of the keys of booking out of any document, for `yinqi journal dry-run --rules`. */
export const bookingConfig = booking
