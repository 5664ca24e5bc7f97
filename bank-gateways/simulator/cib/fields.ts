// What a bank checks of a payment's fields: order, presence, GBK bytes (banks/cib §3).

import { parseAmount } from '../../../connector/core/money'
import { addDays, dayOf, isDay } from '../engine/bank-time'
import { gbkBytesOf } from '../engine/charset'
import type { Refusal } from '../engine/payments'
import { attributeOf, childOf, textOf, type XmlElement } from '../engine/xml'
import { orderProblem } from './message'

/** A payment as its fields say it, of a single one or of a batch line. */
export type Fields = {
  readonly payerAccount: string
  readonly payerName: string
  readonly payerBank: string
  readonly payerCity: string
  readonly account: string
  readonly name: string
  readonly bankName: string
  readonly bankNumber: string
  readonly city: string
  /** INTERBANK: Y = an account of CIB, whatever the English word says. */
  readonly inside: string
  readonly local: string
  readonly currency: string
  readonly amount: string
  readonly mode: string
  readonly purpose: string
  readonly due: string
  readonly memo: string
}

const XFERINFO = ['ACCTFROM', 'ACCTTO', 'CHEQUENUM?', 'CURSYM', 'TRNAMT', 'PMTMODE?', 'PURPOSE', 'DTDUE?', 'MEMO?']
export const ACCTFROM = ['ACCTID', 'NAME', 'BANKDESC', 'CITY']
const ACCTTO = ['ACCTID', 'NAME', 'BANKDESC', 'BANKNUM?', 'CITY?', 'COLLECT?', 'ACCTTYPE?']

/** The node that is out of place in XFERINFO, or null. */
export function infoOrderProblem(info: XmlElement | null): string | null {
  if (!info) return 'XFERINFO'
  const [from, to] = [childOf(info, 'ACCTFROM'), childOf(info, 'ACCTTO')]
  const due = childOf(info, 'DTDUE')
  if (due && due.text.trim() === '') return 'DTDUE'
  return (
    orderProblem(info, XFERINFO) ?? (from && orderProblem(from, ACCTFROM)) ?? (to && orderProblem(to, ACCTTO)) ?? null
  )
}

export function fieldsOf(info: XmlElement): Fields {
  const [from, to] = [childOf(info, 'ACCTFROM'), childOf(info, 'ACCTTO')]
  return {
    ...payerFieldsOf(from),
    account: textOf(to, 'ACCTID'),
    name: textOf(to, 'NAME'),
    bankName: textOf(to, 'BANKDESC'),
    bankNumber: textOf(to, 'BANKNUM'),
    city: textOf(to, 'CITY'),
    inside: attributeOf(to, 'INTERBANK'),
    local: attributeOf(to, 'LOCAL'),
    currency: textOf(info, 'CURSYM'),
    amount: textOf(info, 'TRNAMT'),
    mode: textOf(info, 'PMTMODE'),
    purpose: textOf(info, 'PURPOSE'),
    due: textOf(info, 'DTDUE'),
    memo: textOf(info, 'MEMO'),
  }
}

export function payerFieldsOf(from: XmlElement | null) {
  return {
    payerAccount: textOf(from, 'ACCTID'),
    payerName: textOf(from, 'NAME'),
    payerBank: textOf(from, 'BANKDESC'),
    payerCity: textOf(from, 'CITY'),
  }
}

export type Limits = Readonly<Partial<Record<keyof Fields, number>>>

export const SINGLE_LIMITS: Limits = {
  payerAccount: 18,
  payerName: 50,
  account: 32,
  name: 50,
  bankName: 50,
  bankNumber: 12,
  city: 30,
  purpose: 60,
  memo: 60,
}
export const LINE_LIMITS: Limits = { ...SINGLE_LIMITS, name: 60, bankNumber: 14, bankName: 60, memo: 50 }

const SUPER_MAX = 5_000_000n

export function refusalOfFields(fields: Fields, limits: Limits, nowMs: number): Refusal | null {
  for (const [name, max] of Object.entries(limits)) {
    const value = fields[name as keyof Fields]
    if (gbkBytesOf(value) > max) return { reason: 'too-long', detail: name }
  }
  const bad = rulesOf(fields, nowMs).find(([, isGood]) => !isGood)
  return bad ? { reason: 'invalid-field', detail: bad[0] } : null
}

function rulesOf(fields: Fields, nowMs: number): readonly (readonly [string, boolean])[] {
  const { inside, local, bankName, bankNumber, mode, due } = fields
  const today = dayOf(nowMs)
  const minor = amountOf(fields)
  return [
    ['ACCTFROM/ACCTID', /^\d{18}$/.test(fields.payerAccount)],
    ['INTERBANK', ['Y', 'N'].includes(inside)],
    ['LOCAL', ['Y', 'N'].includes(local)],
    ['ACCTID', /^[0-9A-Za-z-]+$/.test(fields.account)],
    ['NAME', fields.name !== ''],
    ['BANKDESC', inside === 'Y' || (bankName !== '' && !bankName.includes('兴业银行'))],
    ['BANKNUM', /^(\d{12})?$/.test(bankNumber)],
    ['CITY', local === 'Y' || fields.city !== ''],
    ['CURSYM', fields.currency === 'RMB'],
    ['TRNAMT', minor > 0n],
    ['PMTMODE', mode === '' || (mode === 'SUPER' && minor <= SUPER_MAX && bankNumber !== '' && inside === 'N')],
    ['PURPOSE', fields.purpose !== ''],
    ['DTDUE', due === '' || (isDay(due) && due >= today && due <= addDays(today, 15))],
  ]
}

/** 分; 0 for what is not an amount of decimal(17,2). */
export function amountOf({ amount }: Fields): bigint {
  const parsed = /^\d{1,15}(\.\d{1,2})?$/.test(amount) ? parseAmount(amount, 'CNY') : null
  return parsed === null || typeof parsed === 'string' ? 0n : parsed.minor
}
