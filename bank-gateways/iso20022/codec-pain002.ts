// pain.002, any version: what it says of the file, of its payment block and of each payment, as written. Pure; what a status means
// is decided in outcomes.ts.

import { attributeOf, parseXml, type XmlNode } from '../shared/xml'

export type Said = {
  /** The status code, `''` where this level says none. */
  readonly status: string
  /** Reason codes, the standard's and the bank's own. */
  readonly reasons: readonly string[]
  /** The bank's words. */
  readonly text: string
}

export type ReportedPayment = Said & {
  readonly endToEndId: string
  readonly instructionId: string
  readonly bankSerial: string
  readonly amount: { readonly text: string; readonly currency: string } | null
  readonly payeeAccount: string
}

export type ReportedBlock = Said & { readonly id: string; readonly payments: readonly ReportedPayment[] }

export type StatusReport = {
  readonly messageId: string
  readonly createdAt: string
  readonly original: {
    readonly messageId: string
    readonly message: string
    readonly count: string
    readonly sum: string
  }
  readonly group: Said
  readonly blocks: readonly ReportedBlock[]
}

/** @throws RangeError when it is no pain.002. */
export function readStatusReport(text: string): StatusReport {
  const document = local(parseXml(text))
  const report = under(document, 'CstmrPmtStsRpt') ?? (document.name === 'CstmrPmtStsRpt' ? document : null)
  const original = under(report, 'OrgnlGrpInfAndSts')
  const originalMessage = textOf(original, 'OrgnlMsgId')
  if (!report || !original || originalMessage === '') throw new RangeError('not a pain.002 不是状态报告')
  const payments = all(report, 'OrgnlPmtInfAndSts').map(blockOf)
  return {
    messageId: textOf(under(report, 'GrpHdr'), 'MsgId'),
    createdAt: textOf(under(report, 'GrpHdr'), 'CreDtTm'),
    original: {
      messageId: originalMessage,
      message: textOf(original, 'OrgnlMsgNmId'),
      count: textOf(original, 'OrgnlNbOfTxs'),
      sum: textOf(original, 'OrgnlCtrlSum'),
    },
    group: said(original, 'GrpSts'),
    blocks: payments,
  }
}

function blockOf(node: XmlNode): ReportedBlock {
  return {
    id: textOf(node, 'OrgnlPmtInfId'),
    ...said(node, 'PmtInfSts'),
    payments: all(node, 'TxInfAndSts').map(paymentOf),
  }
}

function paymentOf(node: XmlNode): ReportedPayment {
  const reference = under(node, 'OrgnlTxRef')
  const amount = under(reference, 'Amt', 'InstdAmt')
  const account = under(reference, 'CdtrAcct', 'Id')
  return {
    ...said(node, 'TxSts'),
    endToEndId: textOf(node, 'OrgnlEndToEndId'),
    instructionId: textOf(node, 'OrgnlInstrId'),
    bankSerial: textOf(node, 'AcctSvcrRef'),
    amount: amount && { text: amount.text.trim(), currency: attributeOf(amount, 'Ccy') },
    payeeAccount: textOf(account, 'IBAN') || textOf(account, 'Othr', 'Id'),
  }
}

function said(node: XmlNode, status: string): Said {
  const infos = all(node, 'StsRsnInf')
  return {
    status: textOf(node, status),
    reasons: infos
      .map(info => textOf(info, 'Rsn', 'Cd') || textOf(info, 'Rsn', 'Prtry'))
      .filter(reason => reason !== ''),
    text: infos
      .flatMap(info => all(info, 'AddtlInf').map(({ text }) => text.trim()))
      .filter(Boolean)
      .join(' '),
  }
}

/** The same elements under their names without a prefix. */
function local(node: XmlNode): XmlNode {
  return { ...node, name: node.name.slice(node.name.indexOf(':') + 1), children: node.children.map(local) }
}

function under(node: XmlNode | null, ...path: readonly string[]): XmlNode | null {
  let current = node
  for (const name of path) current = current?.children.find(child => child.name === name) ?? null
  return current
}

function all(node: XmlNode, name: string): readonly XmlNode[] {
  return node.children.filter(child => child.name === name)
}

function textOf(node: XmlNode | null, ...path: readonly string[]): string {
  return under(node, ...path)?.text.trim() ?? ''
}
