// Reads a customer's pain.001, version 03 or 09, as the standard has it: by the schema's own names and rules, with a reader that no
// gateway shares.

import { parseAmount } from '../../../connector/core/money'
import { isDay } from '../engine/bank-time'
import { attributeOf, childOf, childrenOf, parseXml, textOf, type XmlElement } from '../engine/xml'

export type Transfer = {
  readonly instructionId: string
  readonly endToEndId: string
  readonly blockId: string
  readonly requestedOn: string
  readonly payerAccount: string
  readonly payerName: string
  readonly payeeAccount: string
  readonly payeeName: string
  readonly payeeBank: string
  readonly payeeCnaps: string
  readonly minor: bigint
  readonly text: string
  /** What the standard or the bank objects to in this one, or null. */
  readonly problem: string | null
}

export type PaymentFile = {
  readonly version: string
  readonly messageId: string
  readonly count: string
  readonly sum: string
  readonly isCountRight: boolean
  readonly isSumRight: boolean
  readonly transfers: readonly Transfer[]
}

const VERSIONS: readonly string[] = ['pain.001.001.03', 'pain.001.001.09']

/** Null: it is no pain.001 that this bank takes. */
export function readPaymentFile(bytes: Buffer): PaymentFile | null {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
  const root = parseXml(text)
  if ('problem' in root || root.name !== 'Document') return null
  const version = attributeOf(root, 'xmlns').replace('urn:iso:std:iso:20022:tech:xsd:', '')
  const message = childOf(root, 'CstmrCdtTrfInitn')
  const header = childOf(message, 'GrpHdr')
  const messageId = textOf(header, 'MsgId')
  if (!VERSIONS.includes(version) || !message || !isId(messageId)) return null
  if (Number.isNaN(Date.parse(textOf(header, 'CreDtTm'))) || !childOf(header, 'InitgPty')) return null
  const blocks = childrenOf(message, 'PmtInf')
  const transfers = blocks.flatMap(block =>
    childrenOf(block, 'CdtTrfTxInf').map(transfer => transferOf(version, block, transfer)),
  )
  const [count, sum] = [textOf(header, 'NbOfTxs'), textOf(header, 'CtrlSum')]
  const parts = blocks.map(block => ({
    block,
    own: transfers.filter(one => one.blockId === textOf(block, 'PmtInfId')),
  }))
  return {
    version,
    messageId,
    count,
    sum,
    isCountRight:
      isCountOf(count, transfers) && parts.every(({ block, own }) => isCountOf(textOf(block, 'NbOfTxs') || null, own)),
    isSumRight: [
      { text: sum, own: transfers },
      ...parts.map(({ block, own }) => ({ text: textOf(block, 'CtrlSum'), own })),
    ].every(({ text: stated, own }) => isSumOf(stated, own)),
    transfers,
  }
}

function isCountOf(stated: string | null, transfers: readonly Transfer[]): boolean {
  return stated === null || stated === String(transfers.length)
}

function isSumOf(stated: string, transfers: readonly Transfer[]): boolean {
  if (stated === '') return true
  const sum = parseAmount(stated, 'CNY')
  return typeof sum !== 'string' && sum.minor === transfers.reduce((total, { minor }) => total + minor, 0n)
}

function transferOf(version: string, block: XmlElement, transfer: XmlElement): Transfer {
  const isNew = version === 'pain.001.001.09'
  const date = childOf(block, 'ReqdExctnDt')
  const requestedOn = isNew ? textOf(date, 'Dt') : (date?.text.trim() ?? '')
  const ids = childOf(transfer, 'PmtId')
  const amount = childOf(childOf(transfer, 'Amt'), 'InstdAmt')
  const agent = childOf(childOf(transfer, 'CdtrAgt'), 'FinInstnId')
  const payerAgent = childOf(childOf(block, 'DbtrAgt'), 'FinInstnId')
  const money = parseAmount(amount?.text.trim() ?? '', 'CNY')
  const minor = typeof money === 'string' || money.minor < 0n ? 0n : money.minor
  const read = {
    instructionId: textOf(ids, 'InstrId'),
    endToEndId: textOf(ids, 'EndToEndId'),
    blockId: textOf(block, 'PmtInfId'),
    requestedOn,
    payerAccount: accountOf(childOf(block, 'DbtrAcct')),
    payerName: textOf(childOf(block, 'Dbtr'), 'Nm'),
    payeeAccount: accountOf(childOf(transfer, 'CdtrAcct')),
    payeeName: textOf(childOf(transfer, 'Cdtr'), 'Nm'),
    payeeBank: textOf(agent, 'Nm'),
    payeeCnaps: textOf(childOf(agent, 'ClrSysMmbId'), 'MmbId'),
    minor,
    text: textOf(childOf(transfer, 'RmtInf'), 'Ustrd'),
  }
  const bicName = isNew ? 'BICFI' : 'BIC'
  const wrongBic = isNew ? 'BIC' : 'BICFI'
  const rules: readonly (readonly [string, boolean])[] = [
    ['PmtMtd', textOf(block, 'PmtMtd') === 'TRF'],
    ['PmtInfId', isId(read.blockId)],
    ['EndToEndId', isId(read.endToEndId)],
    ['InstrId', read.instructionId === '' || isId(read.instructionId)],
    ['ReqdExctnDt', isDay(requestedOn)],
    ['DbtrAcct', read.payerAccount !== ''],
    ['DbtrAgt', textOf(payerAgent, bicName) !== '' || childOf(payerAgent, 'ClrSysMmbId') !== null],
    [wrongBic, childOf(agent, wrongBic) === null && childOf(payerAgent, wrongBic) === null],
    ['InstdAmt', minor > 0n && /^\d{1,18}(\.\d{1,2})?$/.test(amount?.text.trim() ?? '')],
    ['Ccy', attributeOf(amount, 'Ccy') === 'CNY'],
    ['Cdtr', isText(read.payeeName, 140)],
    ['CdtrAcct', isText(read.payeeAccount, 34)],
    ['MmbId', childOf(agent, 'ClrSysMmbId') === null || /^\d{12}$/.test(read.payeeCnaps)],
    ['Ustrd', read.text === '' || isText(read.text, 140)],
  ]
  return { ...read, problem: rules.find(([, isGood]) => !isGood)?.[0] ?? null }
}

function accountOf(account: XmlElement | null): string {
  const id = childOf(account, 'Id')
  return textOf(id, 'IBAN') || textOf(childOf(id, 'Othr'), 'Id')
}

function isId(text: string): boolean {
  return isText(text, 35)
}

/** The standard counts characters. */
function isText(text: string, characters: number): boolean {
  return text !== '' && [...text].length <= characters
}
