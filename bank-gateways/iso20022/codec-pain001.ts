// Instructions to one pain.001, by the site's profile. Pure: the same instructions give the same ids for ever (I2). Names and
// accounts are never cut or altered; what informs only is cut at a character.

import { bankClock, bankDay } from '../../connector/core/bank-time'
import { formatAmount, sumOf } from '../../connector/core/money'
import type { Instruction, Party } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { element, escapeXml } from '../shared/xml'
import { problem, type Problem } from './codes'
import { accountOf, profileOf, type Iso20022Config, type OwnAccount } from './config'
import { BIC, isIban, NOT_LATIN, type Profile } from './profiles'

/** MsgId, PmtInfId, InstrId, EndToEndId: the core's references have digits, a site's prefix may have letters. */
const REFERENCE = /^[0-9A-Za-z]{1,35}$/
/** InstdAmt has 18 digits in all (ActiveOrHistoricCurrencyAndAmount). */
const MAX_DIGITS = 18
const CONTROL = /\p{Cc}|\p{Cs}|[\ufffe\uffff]/u

/** What keeps a whole call from becoming one file, or null. */
export function batchProblem(batch: readonly Instruction[], config: Iso20022Config): Problem | null {
  const [first] = batch
  if (!first) return null
  const isOne = batch.every(
    ({ batch: { reference }, payer }) => reference === first.batch.reference && payer.account === first.payer.account,
  )
  const isDistinct = new Set(batch.map(({ reference }) => reference)).size === batch.length
  if (!isOne || !isDistinct || batch.length > config.batchMax) return problem('iso20022.batch', String(batch.length))
  return isReference(first.batch.reference, config) ? null : problem('iso20022.reference', 'batch')
}

function isReference(reference: string, config: Iso20022Config): boolean {
  return REFERENCE.test(reference) && reference.length <= config.referenceMaxBytes
}

/** What keeps one instruction out of the file, or null. */
export function instructionProblem(instruction: Instruction, config: Iso20022Config): Problem | null {
  const { payer, payee, amount, reference, isUrgent } = instruction
  const profile = profileOf(config)
  const own = accountOf(config, payer.account)
  if (!isReference(reference, config)) return problem('iso20022.reference', '')
  if (!own) return problem('iso20022.unknown_account', maskedAccount(payer.account))
  if (amount.currency !== own.currency || !profile.currencies.includes(amount.currency))
    return problem('iso20022.currency', amount.currency)
  if (amount.minor <= 0n || formatAmount(amount).replace('.', '').length > MAX_DIGITS)
    return problem('iso20022.amount', '')
  if (!isName(payer.name, profile)) return problem('iso20022.payer_name', '')
  if (!isName(payee.name, profile)) return problem('iso20022.payee_name', '')
  if (!isPayeeAccount(payee.account, profile)) return problem('iso20022.payee_account', maskedAccount(payee.account))
  if (!isPayeeBank(payee, profile)) return problem('iso20022.payee_bank', '')
  return isUrgent && profile.serviceLevel.urgent === null ? problem('iso20022.urgent', '') : null
}

function isName(name: string, profile: Profile): boolean {
  const isClean = !CONTROL.test(name) && (profile.characters === 'unicode' || name.search(NOT_LATIN) < 0)
  return name.trim() !== '' && [...name].length <= profile.names && isClean
}

function isPayeeAccount(account: string, { accounts }: Profile): boolean {
  if (accounts === 'iban') return isIban(account)
  return /^[0-9A-Za-z-]{1,34}$/.test(account)
}

function isPayeeBank({ bankCode }: Party, { payeeAgent }: Profile): boolean {
  const isCnaps = /^\d{12}$/.test(bankCode)
  if (payeeAgent === 'none') return true
  if (payeeAgent === 'cnaps') return isCnaps
  return BIC.test(bankCode) || (payeeAgent === 'either' && isCnaps)
}

/** The file's text. `batch` has no problem. */
export function paymentFile(batch: readonly Instruction[], config: Iso20022Config, nowMs: number): string {
  const [first] = batch
  const own = first && accountOf(config, first.payer.account)
  if (!first || !own) throw new RangeError('a file without payments, or from an account that is not ours')
  const sum = formatAmount(
    sumOf(
      batch.map(({ amount }) => amount),
      own.currency,
    ),
  )
  const totals = [element('NbOfTxs', String(batch.length)), element('CtrlSum', sum)]
  const header = element('GrpHdr', [
    element('MsgId', first.batch.reference),
    element('CreDtTm', `${bankDay(nowMs)}T${bankClock(nowMs)}+08:00`),
    ...totals,
    element('InitgPty', initiator(config)),
  ])
  const block = paymentBlock(batch, first, own, totals, config, bankDay(nowMs))
  const content = element('CstmrCdtTrfInitn', [header, block])
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:${config.version}">${content}</Document>\n`
}

function initiator({ initiator: { name, id } }: Iso20022Config): readonly string[] {
  const identification =
    id === undefined ? [] : [element('Id', [element('OrgId', [element('Othr', [element('Id', id)])])])]
  return [element('Nm', name), ...identification]
}

function paymentBlock(
  batch: readonly Instruction[],
  first: Instruction,
  own: OwnAccount,
  totals: readonly string[],
  config: Iso20022Config,
  today: string,
): string {
  const profile = profileOf(config)
  return element('PmtInf', [
    element('PmtInfId', first.batch.reference),
    element('PmtMtd', 'TRF'),
    element('BtchBookg', String(config.batchBooking)),
    ...totals,
    ...(profile.paymentType === 'group' ? paymentType(first, profile) : []),
    element('ReqdExctnDt', config.version === 'pain.001.001.09' ? [element('Dt', today)] : today),
    element('Dbtr', [element('Nm', first.payer.name)]),
    element('DbtrAcct', [
      accountId(own.iban ?? first.payer.account, own.iban === undefined ? profile.accounts : 'iban'),
      element('Ccy', own.currency),
    ]),
    element('DbtrAgt', [ownAgent(config, profile)]),
    ...leafUnless('ChrgBr', profile.chargeBearer),
    ...batch.map(instruction => transaction(instruction, config, profile)),
  ])
}

function transaction(instruction: Instruction, config: Iso20022Config, profile: Profile): string {
  const { reference, amount, payee } = instruction
  return element('CdtTrfTxInf', [
    element('PmtId', [element('InstrId', reference), element('EndToEndId', reference)]),
    ...(profile.paymentType === 'transaction' ? paymentType(instruction, profile) : []),
    element('Amt', [`<InstdAmt Ccy="${escapeXml(amount.currency)}">${formatAmount(amount)}</InstdAmt>`]),
    ...payeeAgent(payee, config, profile),
    element('Cdtr', [element('Nm', payee.name), ...address(profile)]),
    element('CdtrAcct', [accountId(payee.account, profile.accounts), ...accountType(payee, profile)]),
    ...(profile.purpose === 'purpose-proprietary' && instruction.purpose !== ''
      ? [element('Purp', leafUnless('Prtry', cut(instruction.purpose, 35, profile)))]
      : []),
    ...remittance(instruction, profile),
  ])
}

/** PmtTpInf, in the order of the schema. */
function paymentType({ isUrgent, payee, businessType }: Instruction, profile: Profile): readonly string[] {
  const { where } = profile.payeeKind
  const kind = payee.kind === 'P' ? profile.payeeKind.person : profile.payeeKind.company
  const level = (isUrgent ? profile.serviceLevel.urgent : profile.serviceLevel.ordinary) ?? ''
  const category = Object.hasOwn(profile.categoryPurposes, businessType) ? profile.categoryPurposes[businessType] : ''
  const purpose = where === 'category-purpose' ? leafUnless('Prtry', kind) : leafUnless('Cd', category ?? '')
  const parts = [
    ...(profile.priority ? [element('InstrPrty', isUrgent ? 'HIGH' : 'NORM')] : []),
    ...(level === '' ? [] : [element('SvcLvl', [element('Cd', level)])]),
    ...(where === 'local-instrument' && kind !== '' ? [element('LclInstrm', [element('Prtry', kind)])] : []),
    ...(purpose.length === 0 ? [] : [element('CtgyPurp', purpose)]),
  ]
  return parts.length === 0 ? [] : [element('PmtTpInf', parts)]
}

function accountId(account: string, kind: Profile['accounts']): string {
  const asIban = kind === 'iban' || (kind === 'either' && isIban(account))
  return element('Id', [asIban ? element('IBAN', account) : element('Othr', [element('Id', account)])])
}

function accountType({ kind }: Party, { payeeKind }: Profile): readonly string[] {
  const word = kind === 'P' ? payeeKind.person : payeeKind.company
  return payeeKind.where === 'account-type' && word !== '' ? [element('Tp', [element('Prtry', word)])] : []
}

function ownAgent(config: Iso20022Config, profile: Profile): string {
  const { bic, cnaps, name } = config.agent
  return institution(bic ?? '', cnaps ?? '', cut(name ?? '', 140, profile), config, profile)
}

function payeeAgent({ bankCode, bankName }: Party, config: Iso20022Config, profile: Profile): readonly string[] {
  if (profile.payeeAgent === 'none') return []
  const isCnaps = /^\d{12}$/.test(bankCode)
  const name = profile.payeeAgentName ? cut(bankName, 140, profile) : ''
  return [element('CdtrAgt', [institution(isCnaps ? '' : bankCode, isCnaps ? bankCode : '', name, config, profile)])]
}

function institution(bic: string, cnaps: string, name: string, config: Iso20022Config, profile: Profile): string {
  const { clearingSystem } = profile
  const system = clearingSystem === '' ? [] : [element('ClrSysId', [element('Cd', clearingSystem)])]
  return element('FinInstnId', [
    ...leafUnless(config.version === 'pain.001.001.09' ? 'BICFI' : 'BIC', bic),
    ...(cnaps === '' ? [] : [element('ClrSysMmbId', [...system, element('MmbId', cnaps)])]),
    ...leafUnless('Nm', name),
  ])
}

function address({ payeeCountry }: Profile): readonly string[] {
  return payeeCountry === '' ? [] : [element('PstlAdr', [element('Ctry', payeeCountry)])]
}

function remittance({ purpose, postscript }: Instruction, profile: Profile): readonly string[] {
  const parts = profile.purpose === 'remittance' ? [purpose, postscript] : [postscript]
  const text = cut(parts.filter(part => part.trim() !== '').join(' '), profile.remittance, profile)
  return text === '' ? [] : [element('RmtInf', [element('Ustrd', text)])]
}

/** What informs only: foreign characters become blanks, and the end is cut at a whole character. */
function cut(text: string, characters: number, profile: Profile): string {
  const clean = [...text].map(character => (CONTROL.test(character) ? ' ' : character)).join('')
  const taken = profile.characters === 'latin' ? clean.replace(NOT_LATIN, ' ') : clean
  return [...taken.replace(/ +/g, ' ').trim()].slice(0, characters).join('').trim()
}

function leafUnless(name: string, text: string): readonly string[] {
  return text === '' ? [] : [element(name, text)]
}
