// What the simulated banks remember, as records of the journal. A record says what happened, never what to do: replaying
// them rebuilds every balance. Amounts are whole minor units as digits; there is no floating point here (I8).

import { z } from 'zod'

export const STATES = [
  'scheduled',
  'accepted',
  'processing',
  'awaiting',
  'success',
  'failed',
  'rejected',
  'returned',
] as const
export type State = (typeof STATES)[number]

/** Why a bank says no. Each bank spells them in its own codes (`codes` in its settings). */
export const REASONS = [
  'declined',
  'payer-unknown',
  'payer-name',
  'payer-is-payee',
  'payee-unknown',
  'payee-name',
  'insufficient',
  'after-cut-off',
  'duplicate',
  'too-long',
  'invalid-field',
  'approval-rejected',
  'not-simulated',
] as const
export type Reason = (typeof REASONS)[number]

const minorDigits = z.string().regex(/^\d{1,30}$/)
const instantMs = z.number().int()

export const partySchema = z.strictObject({
  account: z.string(),
  name: z.string(),
  bankName: z.string(),
  /** 12-digit CNAPS 联行号, a bank's own shorter number, or empty. */
  cnaps: z.string(),
})
export type Party = z.infer<typeof partySchema>

/**
 * One stop on a payment's way. It is reached `afterMs` after the stop before; with `nextDay`, that long after the next bank
 * day has opened; never before `notBeforeMs`. `books` debits the payer although the state does not say success.
 */
export const stepSchema = z.strictObject({
  state: z.enum(STATES),
  afterMs: z.number().int().min(0),
  nextDay: z.boolean(),
  notBeforeMs: instantMs.nullable(),
  books: z.boolean(),
  reason: z.enum(REASONS).nullable(),
})
export type Step = z.infer<typeof stepSchema>

const accountSchema = z.strictObject({
  kind: z.literal('account'),
  bank: z.string(),
  account: z.string(),
  name: z.string(),
  bankName: z.string(),
  cnaps: z.string(),
  /** Who may use it (ICBC: CIS, BOC: custid); empty = every customer of the bank. */
  customer: z.string(),
  frozen: minorDigits,
  isClosed: z.boolean(),
})
export type AccountRecord = z.infer<typeof accountSchema>

export const POSTING_TYPES = [
  'opening',
  'payment',
  'arrival',
  'return',
  'return-arrival',
  'deposit',
  'fee',
  'interest',
] as const
export type PostingType = (typeof POSTING_TYPES)[number]

const postingSchema = z.strictObject({
  kind: z.literal('posting'),
  /** From 1, in the order of booking, over all banks. */
  id: z.number().int().min(1),
  /** Epoch microseconds; strictly rising within a customer account, so that it names a row. */
  atUs: z.number().int(),
  type: z.enum(POSTING_TYPES),
  /** `bank/account`, or an internal account such as `clearing` (see ledger.ts). */
  debit: z.string(),
  credit: z.string(),
  amountMinor: minorDigits,
  payment: z.string().nullable(),
  payer: partySchema,
  payee: partySchema,
  purpose: z.string(),
  postscript: z.string(),
})
export type PostingRecord = z.infer<typeof postingSchema>

const paymentSchema = z.strictObject({
  kind: z.literal('payment'),
  id: z.string(),
  /** From 1, over all banks. */
  no: z.number().int().min(1),
  bank: z.string(),
  customer: z.string(),
  /** The bank's transaction code it came by. */
  code: z.string(),
  /** The package it came in, and the bank's number of that package; the item's number in it. */
  batch: z.string(),
  batchSerial: z.string(),
  item: z.string(),
  /** The idempotency key as GET /payments shows it. */
  key: z.string(),
  payer: partySchema,
  payee: partySchema,
  /** To an account of the payer's own bank (行内), or of another one (跨行). */
  route: z.enum(['own', 'other']),
  amountMinor: minorDigits,
  purpose: z.string(),
  postscript: z.string(),
  /** Every field of the item as it was sent, for echoes and rows. */
  fields: z.record(z.string(), z.string()),
  magic: z.string().nullable(),
  /** Which field the bank objected to, when it did. */
  detail: z.string(),
  path: z.array(stepSchema).min(1),
  atMs: instantMs,
})
export type PaymentRecord = z.infer<typeof paymentSchema>

/** A payment reached a stop on its way. */
const reachedSchema = z.strictObject({
  kind: z.literal('reached'),
  payment: z.string(),
  step: z.number().int().min(0),
  atMs: instantMs,
})

/** A payment's way was changed: a return was added. */
const reroutedSchema = z.strictObject({
  kind: z.literal('rerouted'),
  payment: z.string(),
  path: z.array(stepSchema).min(1),
})

/** A request to pay was read to its end, whatever became of it. */
const receivedSchema = z.strictObject({
  kind: z.literal('received'),
  bank: z.string(),
  customer: z.string(),
  keys: z.array(z.string()),
})

const clockSchema = z.strictObject({ kind: z.literal('clock'), offsetMs: z.number().int() })

/** Something only one bank cares about (packages, failed sign-ins). */
const noteSchema = z.strictObject({
  kind: z.literal('note'),
  bank: z.string(),
  topic: z.string(),
  key: z.string(),
  data: z.record(z.string(), z.string()),
})
export type NoteRecord = z.infer<typeof noteSchema>

const recordSchema = z.discriminatedUnion('kind', [
  accountSchema,
  postingSchema,
  paymentSchema,
  reachedSchema,
  reroutedSchema,
  receivedSchema,
  clockSchema,
  noteSchema,
])
export type JournalRecord = z.infer<typeof recordSchema>

export const transactionSchema = z.strictObject({ seq: z.number().int(), records: z.array(recordSchema) })
