// What an answer says about one instruction. Pure. "Paid" and "refused" come only from the bank's own tables of states; an ERRCOD
// that the site does not know as a plain no leaves a payment uncertain, because it may be that of a repeated YURREF.

import type { Echo, InquiryOutcome, Refusal, SendOutcome } from '../../connector/ports'
import { textAt, type XmlNode } from '../shared/xml'
import { currencyOf, money, recordsOf, type Reply } from './codec'
import { describeItem, describeMessage, isFine, isRefusal, itemClassOf, problem, type Problem } from './codes'
import type { CmbFrontendConfig } from './config'

/** NTQPAYRQZ of one reference; it repeats neither amount nor payee (banks/cmb-frontend §4). */
export function sendOutcome(reply: Reply, reference: string, config: CmbFrontendConfig): SendOutcome {
  const { retcod, errmsg } = reply
  if (retcod !== '0') {
    const words = { code: retcod, reason: describeMessage(retcod, errmsg) }
    const isUnexecuted = config.notExecutedCodes.some(code => code === retcod)
    // Items beside such a code contradict it.
    return isUnexecuted && recordsOf(reply, 'NTQPAYRQZ').length === 0 ? { kind: 'unsent', ...words } : uncertain(words)
  }
  const row = onlyOf(recordsOf(reply, 'NTQPAYRQZ'), reference)
  if (row === null) return uncertain(problem('cmb-frontend.missing_item', reference))
  if ('reason' in row) return uncertain(row)
  const errcod = textAt(row, 'ERRCOD')
  if (!isFine(errcod)) {
    if (isRefusal(errcod, config.refusalCodes)) return { kind: 'refused', refusal: refusalOf(row, errcod) }
    return uncertain({ code: errcod, reason: textOf(row) })
  }
  const kind = itemClassOf(textAt(row, 'REQSTS'), textAt(row, 'RTNFLG'))
  if (kind === 'accepted' || kind === 'settled') return { kind, echo: echoOfItem(row, reference) }
  if (kind === 'refused') return { kind, refusal: refusalOf(row, stateOf(row)) }
  return uncertain({ code: stateOf(row), reason: textOf(row) })
}

/** NTSTLLSTZ of one reference. Null: the answer holds none. */
export function inquiryOutcome(reply: Reply, reference: string): InquiryOutcome | null {
  const { retcod, errmsg } = reply
  if (retcod !== '0') return unavailable({ code: retcod, reason: describeMessage(retcod, errmsg) })
  const rows = recordsOf(reply, 'NTSTLLSTZ')
  const row = onlyOf(rows, reference)
  // Rows about something else do not say that there is none.
  if (row === null) return rows.length > 0 ? unavailable(problem('cmb-frontend.missing_item', reference)) : null
  if ('reason' in row) return unavailable(row)
  const echo = echoOfRow(row, reference)
  if ('reason' in echo) return unavailable(echo)
  const kind = itemClassOf(textAt(row, 'REQSTS'), textAt(row, 'RTNFLG'))
  if (kind === 'accepted' || kind === 'settled' || kind === 'returned') return { kind, echo }
  if (kind === 'refused') return { kind, refusal: refusalOf(row, stateOf(row)) }
  return unavailable({ code: stateOf(row), reason: textOf(row) })
}

/** The one record of a reference; null when there is none. */
function onlyOf(rows: readonly XmlNode[], reference: string): XmlNode | Problem | null {
  const own = rows.filter(row => textAt(row, 'YURREF') === reference)
  return own.length > 1 ? problem('cmb-frontend.ambiguous_item', reference) : (own[0] ?? null)
}

function stateOf(row: XmlNode): string {
  return `${textAt(row, 'REQSTS')}/${textAt(row, 'RTNFLG')}`
}

function textOf(row: XmlNode): string {
  const words = textAt(row, 'ERRTXT') || textAt(row, 'RTNNAR')
  return describeItem(textAt(row, 'REQSTS'), textAt(row, 'RTNFLG'), words)
}

function refusalOf(row: XmlNode, code: string): Refusal {
  return { code, text: textOf(row), bankSerial: textAt(row, 'REQNBR') }
}

function echoOfItem(row: XmlNode, reference: string): Echo {
  const bankSerial = textAt(row, 'REQNBR')
  return { reference, amount: null, payeeAccount: null, bankSerial, code: stateOf(row), text: textOf(row) }
}

/** An amount that is there and cannot be read makes the whole record unusable. */
function echoOfRow(row: XmlNode, reference: string): Echo | Problem {
  const [ccynbr, trsamt] = [textAt(row, 'CCYNBR'), textAt(row, 'TRSAMT')]
  const currency = currencyOf(ccynbr)
  if (trsamt !== '' && currency === null) return problem('cmb-frontend.row', `CCYNBR ${JSON.stringify(ccynbr)}`)
  const amount = currency === null ? null : money(trsamt, currency)
  if (typeof amount === 'string') return problem('cmb-frontend.row', `TRSAMT ${amount}`)
  return { ...echoOfItem(row, reference), amount, payeeAccount: textAt(row, 'CRTACC') || null }
}

export function uncertain(found: Problem): SendOutcome {
  return { kind: 'uncertain', ...found }
}

export function unavailable(found: Problem): InquiryOutcome {
  return { kind: 'unavailable', ...found }
}
