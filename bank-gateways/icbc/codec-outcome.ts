// The bank's answers to PAYENT and QPAYENT (banks/icbc §5–§7): items to outcomes. Pure. An item that is not provably
// ours, or whose codes are not in the tables, never ends a payment.

import type { Echo, InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { textAt, type XmlNode } from '../shared/xml'
import { BadAnswer, type Reply, currencyIn, fenOf } from './codec'
import { packageOutcome, resultOf, wordsOf } from './codes'
import type { IcbcConfig } from './config'

/** One outcome an instruction, in order, from the answer to the PAYENT that carried them all. */
export function sendOutcomes(
  config: IcbcConfig,
  reply: Reply,
  instructions: readonly Instruction[],
): readonly SendOutcome[] {
  const outcome = packageOutcome(config, reply.retCode)
  if (outcome === 'see-items')
    return instructions.map(instruction => {
      try {
        return itemOutcome(config, reply, instruction)
      } catch (error) {
        if (error instanceof BadAnswer) return { kind: 'uncertain', code: error.code, reason: error.message }
        throw error
      }
    })
  const code = reply.retCode || 'icbc.no-code'
  const reason = `整包返回码 / package code ${code}: ${wordsOf(reply.retCode, reply.retMsg)}`
  return instructions.map(() => ({ kind: outcome === 'not-executed' ? 'unsent' : 'uncertain', code, reason }))
}

/** One outcome an instruction, in order, from the answer about their package. */
export function inquiryOutcomes(
  config: IcbcConfig,
  reply: Reply,
  instructions: readonly Instruction[],
): readonly InquiryOutcome[] {
  return instructions.map(instruction => {
    try {
      return rowInquiry(config, reply, instruction)
    } catch (error) {
      if (error instanceof BadAnswer) return { kind: 'unavailable', code: error.code, reason: error.message }
      throw error
    }
  })
}

function itemOutcome(config: IcbcConfig, reply: Reply, instruction: Instruction): SendOutcome {
  const row = onlyRow(
    config,
    reply.rows.filter(item => textAt(item, 'iSeqno') === String(instruction.batch.line)),
    instruction,
  )
  const bankSerial = serialOf(reply.serialNo, textAt(row, 'OrderNo'))
  const [iRetCode, iRetMsg] = [textAt(row, 'iRetCode'), textAt(row, 'iRetMsg')]
  const verdict = judged(config, row, instruction, { code: iRetCode, text: iRetMsg, bankSerial })
  if (verdict.kind !== 'unlisted') return verdict
  return { kind: 'uncertain', code: verdict.code, reason: verdict.reason }
}

function rowInquiry(config: IcbcConfig, reply: Reply, instruction: Instruction): InquiryOutcome {
  const outcome = packageOutcome(config, reply.retCode)
  if (outcome === 'absent' && reply.rows.length === 0) return { kind: 'absent', code: reply.retCode }
  if (outcome !== 'see-items') throw refusedQuery(reply.retCode || 'icbc.no-code', wordsOf(reply.retCode, reply.retMsg))
  if (textAt(reply.out, 'QryfSeqno') !== instruction.batch.reference)
    throw new BadAnswer('icbc.wrong-serial', '应答所答非所问的包', 'the answer is about another package')
  const line = String(instruction.batch.line)
  const row = onlyRow(
    config,
    reply.rows.filter(item => textAt(item, 'QryiSeqno') === line),
    instruction,
  )
  // iRetCode says whether the question about this row worked, not what became of the payment (banks/icbc §7).
  const iRetCode = textAt(row, 'iRetCode')
  if (!isOk(iRetCode)) throw refusedQuery(iRetCode, wordsOf(iRetCode, textAt(row, 'iRetMsg')))
  const bankSerial = serialOf(textAt(reply.out, 'QrySerialNo'), textAt(row, 'QryOrderNo'))
  const said = { code: textAt(row, 'instrRetCode'), text: textAt(row, 'instrRetMsg'), bankSerial }
  const verdict = judged(config, row, instruction, said)
  if (verdict.kind !== 'unlisted') return verdict
  return { kind: 'unavailable', code: verdict.code, reason: verdict.reason }
}

function refusedQuery(code: string, words: string): BadAnswer {
  return new BadAnswer(code, `查询未成功 ${code} ${words}`, 'the inquiry did not succeed')
}

type Said = { readonly code: string; readonly text: string; readonly bankSerial: string }
type Verdict =
  | Extract<SendOutcome, { kind: 'accepted' | 'settled' | 'refused' }>
  | { readonly kind: 'unlisted'; readonly code: string; readonly reason: string }

/** What `Result` says about an instruction, with the bank's code and words for it. */
function judged(config: IcbcConfig, row: XmlNode, instruction: Instruction, said: Said): Verdict {
  const result = textAt(row, 'Result')
  const meaning = resultOf(config, result)
  if (!meaning)
    return unlisted(`icbc.result-${result || 'blank'}`, `处理状态 Result=「${result}」不在表内`, 'unlisted Result')
  const echo = echoOf(config, row, instruction, said, `Result=${result} ${meaning.zh}`)
  if (meaning.outcome === 'refused') {
    // The core compares an echo with the instruction; a refusal has none, so a refusal of something else stops here.
    if (echo.amount !== null && echo.amount.minor !== instruction.amount.minor)
      return unlisted('icbc.wrong-item', '拒绝应答的金额不符', "the refused item's amount is not ours")
    if (echo.payeeAccount !== null && echo.payeeAccount !== instruction.payee.account)
      return unlisted('icbc.wrong-item', '拒绝应答的收款账号不符', "the refused item's payee is not ours")
    const code = isOk(said.code) ? `Result${result}` : said.code
    return {
      kind: 'refused',
      refusal: { code, text: wordsOf(said.code, said.text) || meaning.zh, bankSerial: said.bankSerial },
    }
  }
  if (meaning.outcome === 'settled' && !isOk(said.code))
    return unlisted(said.code, `成功状态却带返回码 ${said.code}`, 'a success that carries an error code')
  return { kind: meaning.outcome, echo }
}

function echoOf(config: IcbcConfig, row: XmlNode, instruction: Instruction, said: Said, status: string): Echo {
  const currency = currencyIn(config, textAt(row, 'CurrType'), instruction.amount.currency)
  return {
    reference: references(config, row)[0] ?? null,
    amount: fenOf(textAt(row, 'PayAmt'), currency),
    payeeAccount: textAt(row, 'RecAccNo') || null,
    bankSerial: said.bankSerial,
    code: textAt(row, 'Result'),
    text: [status, said.text].filter(Boolean).join(' '),
  }
}

/** The one row of a line. A row that carries another reference, or a second one, is nobody's. @throws BadAnswer */
function onlyRow(config: IcbcConfig, rows: readonly XmlNode[], instruction: Instruction): XmlNode {
  const [row, second] = rows
  const line = instruction.batch.line
  if (!row) throw new BadAnswer('icbc.row-missing', `应答缺第 ${line} 笔`, `item ${line} is missing in the answer`)
  if (second) throw new BadAnswer('icbc.row-twice', `第 ${line} 笔出现多次`, `item ${line} occurs more than once`)
  if (references(config, row).some(reference => reference !== instruction.reference))
    throw new BadAnswer('icbc.wrong-item', `第 ${line} 笔带别的参考号`, `item ${line} carries another reference`)
  return row
}

/** What an answer brings back of our reference, out of the elements that carried it there; blanks left out. */
function references(config: IcbcConfig, row: XmlNode): readonly string[] {
  return config.referenceIn.map(name => textAt(row, name)).filter(Boolean)
}

/** `SerialNo-OrderNo`: the shape the bank's own detail shows as 指令编号 (banks/icbc §9, inferred). */
function serialOf(serialNo: string, orderNo: string): string {
  return serialNo && orderNo ? `${serialNo}-${orderNo}` : serialNo
}

/** Blank is no complaint; anything but zeros is. */
function isOk(code: string): boolean {
  return /^0*$/.test(code)
}

function unlisted(code: string, zh: string, en: string): Verdict {
  return { kind: 'unlisted', code, reason: `${zh} / ${en}` }
}
