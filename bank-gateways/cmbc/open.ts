// The open platform's channel (banks/cmbc §3), through the site's own signing service: how the platform itself is called is not public.
// Companies and persons have methods of their own, and so have the questions about them.

import { bankClock, bankDay } from '../../connector/core/bank-time'
import { Fault, type Clock, type Instruction, type ReceiptDocument, type StatementLine } from '../../connector/ports'
import { bankWords, maskedAccount } from '../shared/account'
import { rowsAt, textAt, type Json } from '../shared/json-text'
import type { Channel, Part, Rows } from './channel'
import { money } from './codec'
import { openMessage, readOpenReply, type Method, type OpenReply } from './codec-open'
import { openFields } from './codec-payment'
import { describeCode, isEmptyList, problem, type Problem } from './codes'
import { accountOf, type CmbcConfig, type Open } from './config'
import { exchange, faultOf, type Answer } from './exchange'
import { readLine, requireDistinct } from './line'
import { inquiryOutcome, sendOutcome, type Said } from './outcomes'

type Ask = (
  method: Method,
  fields: () => Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<Answer<OpenReply>>

export function openChannel(protocol: Open, config: CmbcConfig, clock: Clock): Channel {
  const ask: Ask = (method, fields, signal) =>
    exchange(
      config,
      () => openMessage(method, fields()),
      bytes => readOpenReply(bytes, protocol),
      signal,
    )
  const { methods } = protocol
  const isPrivate = ({ payee }: Instruction): boolean => payee.kind === 'P' && protocol.persons === 'private-method'
  const accountFields = (account: string) => ({
    acct_no: account,
    open_id: accountOf(protocol, account)?.openId ?? '',
  })
  return {
    async pay(instruction, signal) {
      const method = isPrivate(instruction) ? methods.payPerson : methods.pay
      const answer = await ask(method, () => openFields(instruction, protocol, config), signal)
      if (answer.kind !== 'answer')
        return { outcome: { kind: answer.kind, ...answer.problem }, isLineDown: answer.isLineDown }
      const said = saidBy(answer.reply, instruction)
      if ('reason' in said) return { outcome: { kind: 'uncertain', ...said }, isLineDown: false }
      return { outcome: sendOutcome(said, 'open', config), isLineDown: false }
    },
    async ask(instruction, signal) {
      const method = isPrivate(instruction) ? methods.queryPerson : methods.query
      const { reference, payer } = instruction
      const fields = () => ({ ...accountFields(payer.account), org_req_seq: reference })
      const answer = await ask(method, fields, signal)
      if (answer.kind !== 'answer')
        return { outcome: { kind: 'unavailable', ...answer.problem }, isLineDown: answer.isLineDown }
      const said = saidBy(answer.reply, instruction)
      if ('reason' in said) return { outcome: { kind: 'unavailable', ...said }, isLineDown: false }
      return { outcome: inquiryOutcome(said, 'open', config), isLineDown: false }
    },
    async balance(account, signal) {
      const names = protocol.balance
      if (names === null) throw faultOf(problem('cmbc.not_configured', 'balance'))
      const busi = await question(ask, names, () => accountFields(account), config, signal)
      const masked = maskedAccount(account)
      if (!isOurs(busi, 'acct_no', account)) throw faultOf(problem('cmbc.wrong_item', masked))
      const current = money(textAt(busi, names.current))
      const available = names.available === '' ? null : money(textAt(busi, names.available))
      if (current === null || typeof current === 'string')
        throw faultOf(problem('cmbc.row', `${names.current} of ${masked}: ${current}`))
      if (typeof available === 'string')
        throw faultOf(problem('cmbc.row', `${names.available} of ${masked}: ${available}`))
      const asOf = `${bankDay(clock.now())}T${bankClock(clock.now())}`
      return { account, asOf, current, available, frozen: null, previousDay: null }
    },
    async rows(account, part, signal) {
      const fields = () => ({ ...accountFields(account), ...rangeOf(part, config) })
      const busi = await question(ask, methods.detail, fields, config, signal)
      return busi === undefined ? { lines: [], total: 0 } : readRows(busi, part.start, account, config)
    },
    async receipt(account, line, signal) {
      const [serial = '', date = ''] = line.receiptKey.split('|')
      if (serial === '') return null
      const fields = () => ({
        ...accountFields(account),
        qry_type: '1',
        trans_seq_no: serial,
        enter_acct_date: date,
      })
      const busi = await question(ask, methods.receipt, fields, config, signal)
      return receiptOf(busi, line)
    },
  }
}

/** response_busi; undefined where the bank says that there is nothing. @throws Fault */
async function question(
  ask: Ask,
  method: Method,
  fields: () => Readonly<Record<string, string>>,
  config: CmbcConfig,
  signal: AbortSignal,
): Promise<Json | undefined> {
  const answer = await ask(method, fields, signal)
  if (answer.kind !== 'answer') throw faultOf(answer.problem)
  const { code, text, isOk, busi } = answer.reply
  if (isOk) return busi
  if (isEmptyList(code, config.codes)) return undefined
  if (code === '') throw faultOf(problem('cmbc.missing_item', 'response_busi'))
  throw new Fault(code, describeCode(code, 'open', text, config.codes))
}

function isOurs(busi: Json | undefined, name: string, own: string): boolean {
  return ['', own].includes(textAt(busi, name))
}

/** What an answer repeats must be ours; without resp_status S and a resp_code it says nothing. */
function saidBy({ code, isOk, text, busi }: OpenReply, { reference, payer }: Instruction): Said | Problem {
  if (busi === undefined && !code.startsWith('RC')) return problem('cmbc.missing_item', 'response_busi')
  const names = ['req_seq', 'org_req_seq']
  if (names.some(name => !isOurs(busi, name, reference)) || !isOurs(busi, 'acct_no', payer.account))
    return problem('cmbc.wrong_item', reference)
  if (isOk && textAt(busi, 'resp_status') !== 'S') return problem('cmbc.undecodable', 'resp_status')
  return {
    code,
    text,
    status: textAt(busi, 'trans_status'),
    statusText: bankWords(textAt(busi, 'trans_err_msg')),
    reference: names.map(name => textAt(busi, name)).find(found => found !== '') ?? null,
    bankSerial: textAt(busi, 'trans_seq_no').slice(0, 40),
  }
}

/** Whether rows count from 0 or 1 is not known: `total_num` shows a row that was left out (see statement.ts). */
function rangeOf({ from, to, start }: Part, { statementRows }: CmbcConfig) {
  return {
    date_from: from.replaceAll('-', ''),
    date_to: to.replaceAll('-', ''),
    start_index: String(start),
    end_index: String(start + statementRows - 1),
  }
}

/** @throws Fault */
function readRows(busi: Json, start: number, account: string, config: CmbcConfig): Rows {
  const rows = rowsAt(busi, 'result_list') ?? []
  const [items, total] = [textAt(busi, 'item_num'), textAt(busi, 'total_num')]
  if (!/^\d{1,9}$/.test(total) || (items !== '' && items !== String(rows.length)))
    throw faultOf(problem('cmbc.row', `item_num ${items.slice(0, 12)}, total_num ${total.slice(0, 12)}`))
  const lines = rows.map((row, index) => {
    const get = (name: string): string => textAt(row, name)
    if (!isOurs(row, 'acct_no', account) || !['', 'CNY'].includes(get('currency')))
      throw faultOf(problem('cmbc.wrong_item', `${maskedAccount(account)} ${get('currency').slice(0, 10)}`))
    const flag = get('dc_flag')
    const values = {
      serial: get('trans_seq_no'),
      number: get('rec_seq'),
      date: get('enter_acct_date'),
      valueDate: get('intr_date'),
      time: get('timestamp'),
      amount: get('amount'),
      balance: get('balance'),
      // 1 借, 2 贷 (banks/cmbc §3).
      isOut: flag === '1' ? true : flag === '2' ? false : null,
      side: flag,
      counterAccount: get('cp_acct_no'),
      counterName: get('cp_acct_name'),
      counterBank: get('cp_bank_name'),
      purpose: get('explain'),
      text: '',
      receiptKey: `${get('trans_seq_no')}|${get('enter_acct_date')}`,
    }
    return readLine(values, start + index, account, config)
  })
  return { lines: requireDistinct(lines, account), total: Number.parseInt(total, 10) }
}

/** Null: there is none yet. @throws Fault */
function receiptOf(busi: Json | undefined, line: StatementLine): ReceiptDocument | null {
  const text = textAt(busi, 'file_content')
  if (text === '') return null
  const bytes = Buffer.from(text, 'base64')
  const isBase64 = /^[A-Za-z0-9+/\s]+={0,2}$/.test(text)
  const mediaType = mediaTypeOf(bytes)
  if (!isBase64 || mediaType === null) throw faultOf(problem('cmbc.receipt', textAt(busi, 'file_type').slice(0, 12)))
  return { receiptNo: line.bankSerial, mediaType, bytes }
}

/** An OFD is a zip. */
function mediaTypeOf(bytes: Buffer): ReceiptDocument['mediaType'] | null {
  const tail = bytes.subarray(Math.max(0, bytes.length - 1024)).toString('latin1')
  if (bytes.subarray(0, 5).toString('latin1') === '%PDF-') return tail.includes('%%EOF') ? 'application/pdf' : null
  const isZip = bytes.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004' && tail.includes('PK\u0005\u0006')
  return isZip ? 'application/ofd' : null
}
