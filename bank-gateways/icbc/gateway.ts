// ICBC 工商银行 银企互联 through a NetSafe Client (banks/icbc): the port's five methods over the calls. No mapping here.

import {
  type BankGateway,
  type BankTraits,
  type DateRange,
  Fault,
  type Page,
  type StatementLine,
} from '../../connector/ports'
import { FIELD_BYTES, OWN_BANK } from './codec-payment'
import { historyBody, readDetail, todayBody } from './codec-statement'
import type { IcbcConfig } from './config'
import { inquire, send } from './payments'
import { createReceipts } from './receipts'
import { type IcbcDeps, type Session, createSession } from './session'
import { historyDays, positionAt, step } from './statement-walk'
import { troubleOf } from './transport'

export function createIcbcGateway(config: IcbcConfig, deps: IcbcDeps): BankGateway {
  const session = createSession(config, deps)
  const receipt = createReceipts(session)
  return {
    name: deps.name,
    traits: traitsOf(config),
    send: (batch, signal) => send(session, batch, signal),
    inquire: (batch, signal) => inquire(session, batch, signal),
    balance: (account, signal) => orFault(session.balance(account, signal)),
    statement: (account, range, after, signal) => orFault(statementPage(session, account, range, after, signal)),
    receipt: (account, line, signal) => orFault(receipt(account, line, signal)),
  }
}

function traitsOf(config: IcbcConfig): BankTraits {
  return {
    // "一个集团永远不能重复": a repeated fSeqno is refused (banks/icbc §2). iSeqno is not checked across packages (§4).
    dedupesReference: true,
    referenceScope: 'batch',
    absentFinalAfterMs: config.absentFinalAfterMs,
    batchMax: config.batchMax,
    // fSeqno C≤35; letters and dots occur, letters and digits always pass (§2).
    reference: { maxBytes: 35, alphabet: 'alphanumeric' },
    encoding: 'gbk',
    currencies: Object.keys(config.currencies),
    maxBytes: {
      payerName: FIELD_BYTES.name,
      payeeName: FIELD_BYTES.name,
      payeeBankName: FIELD_BYTES.bankName,
      purpose: config.useCNMaxCharacters * 2,
      postscript: FIELD_BYTES.postscript,
    },
    own: OWN_BANK,
    crossBankRequires: ['bankCode', 'bankName', 'city'],
  }
}

async function statementPage(
  session: Session,
  account: string,
  range: DateRange,
  after: string | null,
  signal: AbortSignal,
): Promise<Page<StatementLine>> {
  const { config } = session
  const currency = session.currencyOf(account)
  const [, year, month, date] = /^(\d{4})(\d\d)(\d\d)/.exec(await session.bankNow(account, signal)) ?? []
  const here = positionAt(after, range, `${year}-${month}-${date}`)
  if (!here) return { items: [], next: null }
  const body =
    here.query === 'QPD'
      ? todayBody(config, account, currency, here.tag)
      : historyBody(config, account, currency, historyDays(range, here.today), here.tag)
  const reply = await session.query(here.query, body, signal)
  return step(here, range, readDetail(config, reply, here.query, account, currency))
}

async function orFault<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (error instanceof Fault) throw error
    const { code, reason } = troubleOf(error)
    throw new Fault(code, reason, { cause: error })
  }
}
