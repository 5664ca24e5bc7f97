// The NS-BDES channel (banks/cmbc §1, §2): Xfer, qryXfer, qryBal, qryDtl through the local proxy, which signs. How the answers of qryBal
// and qryDtl name their elements is not public: the site says it, or they are not asked.

import { bankClock, bankDay } from '../../connector/core/bank-time'
import { Fault, type Balance, type Clock } from '../../connector/ports'
import { bankWords, maskedAccount } from '../shared/account'
import { at, childrenOf, element, find, textAt, type XmlNode } from '../shared/xml'
import type { Channel, Rows } from './channel'
import { money, nsMessage, readNsReply, type NsReply, type TrnCode } from './codec'
import { xferBody } from './codec-payment'
import { describeCode, isEmptyList, problem, type Problem } from './codes'
import type { CmbcConfig, DetailNames, NsBdes } from './config'
import { exchange, faultOf, type Answer } from './exchange'
import { readLine, requireDistinct } from './line'
import { inquiryOutcome, sendOutcome, type Said } from './outcomes'

type Ask = (
  trnCode: TrnCode,
  insId: string | null,
  body: () => readonly string[],
  signal: AbortSignal,
) => Promise<Answer<NsReply>>

/** `sequence` gives a trnId, 1 to 12 digits that were never used before. */
export function nsBdesChannel(protocol: NsBdes, config: CmbcConfig, clock: Clock, sequence: () => string): Channel {
  const ask: Ask = (trnCode, insId, body, signal) => {
    const expected = { trnCode, insId, trnId: sequence() }
    const build = () => nsMessage(protocol, expected, clock.now(), body())
    return exchange(config, build, bytes => readNsReply(bytes, expected, protocol), signal)
  }
  return {
    async pay(instruction, signal) {
      const body = () => xferBody(instruction, protocol, config, clock.now())
      const answer = await ask('Xfer', instruction.reference, body, signal)
      if (answer.kind !== 'answer')
        return { outcome: { kind: answer.kind, ...answer.problem }, isLineDown: answer.isLineDown }
      return { outcome: sendOutcome(saidBy(answer.reply), 'ns-bdes', config), isLineDown: false }
    },
    async ask({ reference }, signal) {
      const body = () => [element('cltcookie', ''), element('insId', reference), element('svrId', '')]
      const answer = await ask('qryXfer', reference, body, signal)
      if (answer.kind !== 'answer')
        return { outcome: { kind: 'unavailable', ...answer.problem }, isLineDown: answer.isLineDown }
      return { outcome: inquiryOutcome(saidBy(answer.reply), 'ns-bdes', config), isLineDown: false }
    },
    async balance(account, signal) {
      if (protocol.balance === null) throw faultOf(problem('cmbc.not_configured', 'balance'))
      const reply = await question(ask, 'qryBal', () => balanceBody(account), config, signal)
      const balance = reply === null ? problem('cmbc.missing_item', '') : readBalance(reply, account, protocol.balance)
      if ('reason' in balance) throw faultOf(balance)
      const nowMs = clock.now()
      return { ...balance, asOf: `${bankDay(nowMs)}T${bankClock(nowMs)}` }
    },
    async rows(account, part, signal) {
      const { detail } = protocol
      if (detail === null) throw faultOf(problem('cmbc.not_configured', 'detail'))
      const body = () => [
        element('cltcookie', ''),
        element('acntNo', account),
        element('dateFrom', part.from),
        element('dateTo', part.to),
        element('startNo', String(part.start)),
        element('endNo', String(part.start + config.statementRows - 1)),
        element('typeCode', detail.typeCode),
      ]
      const reply = await question(ask, 'qryDtl', body, config, signal)
      return reply === null ? { lines: [], total: null } : readRows(reply, part.start, account, detail, config)
    },
  }
}

/** Null: the bank says that there are no rows. @throws Fault */
async function question(
  ask: Ask,
  trnCode: TrnCode,
  body: () => readonly string[],
  config: CmbcConfig,
  signal: AbortSignal,
): Promise<NsReply | null> {
  const answer = await ask(trnCode, null, body, signal)
  if (answer.kind !== 'answer') throw faultOf(answer.problem)
  const { code, text } = answer.reply
  if (code === '0') return answer.reply
  if (isEmptyList(code, config.codes)) return null
  throw new Fault(code, describeCode(code, 'ns-bdes', text, config.codes))
}

function saidBy({ code, text, body }: NsReply): Said {
  return {
    code,
    text,
    status: textAt(body, 'statusCode'),
    statusText: bankWords(textAt(body, 'statusErrMsg')),
    reference: textAt(body, 'insId') || null,
    bankSerial: textAt(body, 'svrId').slice(0, 40),
  }
}

function balanceBody(account: string): readonly string[] {
  return [element('acntList', [element('acntNo', account)])]
}

type BalanceNames = NonNullable<NsBdes['balance']>

/** The instant is our clock's: none is known to be answered. */
function readBalance({ body }: NsReply, account: string, names: BalanceNames): Omit<Balance, 'asOf'> | Problem {
  const masked = maskedAccount(account)
  const rows = body === null ? [] : names.row === '' ? [body] : descendantsOf(body, names.row)
  const own = rows.filter(row => textAt(row, names.account) === account)
  const [row] = own
  if (!row || own.length !== 1) return problem('cmbc.wrong_item', `${masked} × ${own.length}`)
  const current = money(textAt(row, names.current))
  const available = names.available === '' ? null : money(textAt(row, names.available))
  if (current === null || typeof current === 'string') return problem('cmbc.row', `${names.current} ${current}`)
  if (typeof available === 'string') return problem('cmbc.row', `${names.available} ${available}`)
  return { account, current, available, frozen: null, previousDay: null }
}

function descendantsOf(node: XmlNode, name: string): readonly XmlNode[] {
  return node.children.flatMap(child => [...(child.name === name ? [child] : []), ...descendantsOf(child, name)])
}

/** dtlList/dtlInfo. @throws Fault */
function readRows({ body }: NsReply, start: number, account: string, names: DetailNames, config: CmbcConfig): Rows {
  const list = body && find(body, 'dtlList')
  if (!list) throw faultOf(problem('cmbc.missing_item', 'dtlList'))
  const told = textAt(at(body, 'acntNo'))
  if (told !== '' && told !== account) throw faultOf(problem('cmbc.wrong_item', maskedAccount(account)))
  const lines = childrenOf(list, 'dtlInfo').map((row, index) => {
    const get = (name: string): string => (name === '' ? '' : textAt(row, name))
    const side = get(names.side)
    const values = {
      serial: get(names.serial),
      number: '',
      date: get(names.date),
      valueDate: '',
      time: get(names.time),
      amount: get(names.amount),
      balance: get(names.balance),
      isOut: side === names.out ? true : side === names.in ? false : null,
      side,
      counterAccount: get(names.counterAccount),
      counterName: get(names.counterName),
      counterBank: get(names.counterBank),
      purpose: get(names.purpose),
      text: get(names.text),
      receiptKey: '',
    }
    return readLine(values, start + index, account, config)
  })
  return { lines: requireDistinct(lines, account), total: null }
}
