// A U8 payment document as a payment request: pure, and it repairs nothing. What the configuration may adjust, it
// adjusts here and nowhere else.

import { createHash } from 'node:crypto'
import type { PaymentRequest } from '../../connector/ports'
import type { FieldSource, U8Config } from './config'

/** Columns as text by lower-case name (`cdigest`, `vendor.cvenname`); `''` stands for null. */
export type Columns = Readonly<Record<string, string>>

export type PayeeAccount = { readonly account: string; readonly branch: string; readonly isDefault: boolean }

export type Document = {
  readonly head: Columns
  /** Children in the order of their ids: part of what was approved. */
  readonly lines: readonly Columns[]
  readonly payeeAccounts: readonly PayeeAccount[]
}

export const DOCUMENT_TYPE = 'AP49'
export const VOUCHER_TYPE = 'GL'

/** Head columns whose change is a change of the payment. Not the number (renumbered), the voucher, the balance or U8's own marks. */
const DIGESTED = [
  ...['iid', 'cdwcode', 'csscode', 'cexch_name', 'iamount', 'iamount_f', 'cdigest', 'cbank', 'cbankaccount'],
  ...['cnatbank', 'cnatbankaccount', 'ccode', 'vendor.cvenname'],
] as const

/** The request of an approved document. */
export function requestOf(document: Document, config: U8Config): PaymentRequest {
  const { head } = document
  const payee = payeeOf(document)
  const base = isBaseCurrency(at(head, 'cexch_name'), config)
  const currencyName = at(head, 'cexch_name')
  return requestFrom(
    {
      // The key of what is paid is iID: cVouchID, which people know, can be renumbered (`u8 §7.5`) and travels as text.
      docType: DOCUMENT_TYPE,
      docNo: at(head, 'iid'),
      digest: digestOf(document, payee, config),
      approval: approvalOf(head),
      payerAccount: payerOf(head, config),
      amount: at(head, base ? 'iamount' : 'iamount_f'),
      currency: base ? config.baseCurrency : (config.currencies[currencyName] ?? currencyName),
      requestedOn: at(head, 'dvouchdate'),
      maker: at(head, 'coperator'),
      checker: at(head, 'ccheckman'),
      partner: at(head, 'cdwcode'),
      isBooked: at(head, 'cpzid') !== '',
    },
    head,
    payee,
    config,
  )
}

export type Asked = Pick<
  PaymentRequest,
  'digest' | 'approval' | 'payerAccount' | 'amount' | 'currency' | 'requestedOn' | 'maker' | 'checker' | 'isBooked'
> & { readonly docType: string; readonly docNo: string; readonly partner: string }

export type Payee = { readonly account: string; readonly bankName: string }

/** What the documents and the vouchers share: payee, bank codes and the fields that the site maps. */
export function requestFrom(asked: Asked, columns: Columns, payee: Payee, config: U8Config): PaymentRequest {
  const { docType, docNo, ...rest } = asked
  const bank =
    config.payeeBanks.find(candidate => candidate.account !== undefined && candidate.account === payee.account) ??
    config.payeeBanks.find(candidate => candidate.account === undefined && candidate.bankName === payee.bankName)
  const own = config.bankAccounts.find(candidate => candidate.account === asked.payerAccount)
  const mapped = (source: FieldSource): string => valueOf(source, columns)
  return {
    kind: 'pay',
    key: { sourceSystem: 'U8', accountSet: config.accountSet, docType, docNo, docLine: 1, revision: null },
    ...rest,
    companyCode: config.mapping.companyCode ? mapped(config.mapping.companyCode) : config.accountSet,
    payerName: own?.name ?? '',
    payeeAccount: payee.account,
    payeeName: mapped(config.mapping.payeeName),
    payeeBankName: payee.bankName,
    payeeBankCode: bank?.bankCode ?? '',
    payeeKind: payeeKindOf(columns, config),
    payeeProvince: bank?.province ?? '',
    payeeCity: bank?.city ?? '',
    purpose: mapped(config.mapping.purpose),
    postscript: mapped(config.mapping.postscript),
    businessType: mapped(config.mapping.businessType),
    urgency: mapped(config.mapping.urgency),
    batchNo: mapped(config.mapping.batchNo),
  }
}

/** Approved, and by the workflow too where one controls the document (`u8 §7.4`). */
export function isApproved(head: Columns, config: U8Config): boolean {
  if (at(head, 'ccheckman') === '') return false
  return !isSet(at(head, 'iswfcontrolled')) || at(head, 'iverifystate') === String(config.workflowApprovedState)
}

/** Ours to pay: by transfer, not before the first day, and not marked as exported to or imported from a bank already. */
export function isOurs(head: Columns, config: U8Config): boolean {
  if (!config.settlementStyles.includes(at(head, 'csscode'))) return false
  if (at(head, 'dvouchdate') < config.payFrom) return false
  return !isSet(at(head, 'bfrombank')) && !isSet(at(head, 'btobank')) && !isSet(at(head, 'bsure'))
}

/** Columns that the configuration names: selected, and digested like the fixed ones. */
export function configuredColumns(config: U8Config): readonly string[] {
  const sources = Object.values(config.mapping).filter(source => source !== undefined)
  const named = sources.flatMap(source => {
    if ('column' in source) return [source.column]
    if ('template' in source) return [...source.template.matchAll(/\{([^}]+)\}/g)].map(match => match[1] ?? '')
    return []
  })
  return [...new Set([...named, ...config.payeeKind.rules.map(rule => rule.column)].map(name => name.toLowerCase()))]
}

export function isBaseCurrency(name: string, config: U8Config): boolean {
  return name === '' || config.currencies[name] === config.baseCurrency
}

export function at(columns: Columns, name: string): string {
  return columns[name] ?? ''
}

/** SHA-256 of values in a fixed order: equal exactly when every value is. */
export function digest(values: unknown): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex')
}

/** The vendor's default account, or its head columns where it keeps no list of accounts. */
export function defaultPayee(accounts: readonly PayeeAccount[], vendor: Columns): Payee {
  const chosen = accounts.find(account => account.isDefault) ?? (accounts.length === 1 ? accounts[0] : undefined)
  if (chosen) return { account: chosen.account, bankName: chosen.branch || at(vendor, 'vendor.cvenbank') }
  return { account: at(vendor, 'vendor.cvenaccount'), bankName: at(vendor, 'vendor.cvenbank') }
}

/** The document's own account wins; its bank's name is then never taken from another account. */
function payeeOf({ head, payeeAccounts }: Document): Payee {
  const account = at(head, 'cbankaccount')
  if (account === '') return defaultPayee(payeeAccounts, head)
  const known = payeeAccounts.find(candidate => candidate.account === account)
  const vendorBank = at(head, 'vendor.cvenaccount') === account ? at(head, 'vendor.cvenbank') : ''
  return { account, bankName: at(head, 'cbank') || known?.branch || vendorBank }
}

function payerOf(head: Columns, config: U8Config): string {
  const own = at(head, 'cnatbankaccount')
  if (own !== '') return own
  // Two bank accounts under one ledger account do not say which of them pays: then the document must.
  const candidates = config.bankAccounts.filter(candidate => candidate.ledgerAccount === at(head, 'ccode'))
  return candidates.length === 1 ? (candidates[0]?.account ?? '') : ''
}

/** Who approved it and when: approving anew is a new asking, making a voucher of it is not. */
function approvalOf(head: Columns): string {
  return `${at(head, 'ccheckman')}|${at(head, 'dverifysystime') || at(head, 'dverifydate')}`
}

function digestOf(document: Document, payee: Payee, config: U8Config): string {
  const configured = configuredColumns(config).filter(name => name !== 'cvouchid')
  const head = [...new Set([...DIGESTED, ...configured])].toSorted().map(name => [name, at(document.head, name)])
  const lines = document.lines.map(line => Object.entries(line).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return digest([head, lines, payee.account, payee.bankName])
}

function payeeKindOf(columns: Columns, config: U8Config): string {
  const rule = config.payeeKind.rules.find(candidate =>
    at(columns, candidate.column.toLowerCase()).startsWith(candidate.prefix),
  )
  return rule?.kind ?? config.payeeKind.default
}

function valueOf(source: FieldSource, columns: Columns): string {
  if ('constant' in source) return source.constant
  if ('column' in source) return at(columns, source.column.toLowerCase())
  return source.template.replace(/\{([^}]+)\}/g, (_, name: string) => at(columns, name.toLowerCase())).trim()
}

function isSet(value: string): boolean {
  return value !== '' && value !== '0'
}
