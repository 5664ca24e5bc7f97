// QACCBAL: yesterday's, the current and the usable balance, in 分 (banks/icbc §8).

import { dayOf, midnightOf, stampOf } from '../engine/bank-time'
import type { Account } from '../engine/book'
import { isUsableBy } from '../engine/payments'
import { balanceBefore } from '../engine/postings'
import { REASON_TEXT } from '../engine/reasons'
import { leaves, textOf, type XmlElement } from '../engine/xml'
import type { Envelope } from './envelope'
import { goodOutcome, type Outcome } from './reply'
import { objected, type Icbc } from './operation'

/** With SynFlag 1 at most this many accounts (banks/icbc §8). */
const SYNCHRONOUS_MAX = 10

export function queryBalances(icbc: Icbc, { input, rows, cis }: Envelope): Outcome {
  const totalNum = textOf(input, 'TotalNum')
  if (rows.length === 0 || totalNum !== String(rows.length)) {
    return objected(icbc, { code: 'invalid-field', text: 'TotalNum' })
  }
  if (textOf(input, 'SynFlag') === '1' && rows.length > SYNCHRONOUS_MAX) {
    return objected(icbc, { code: 'invalid-field', text: 'SynFlag=1 最多 10 个账号' })
  }
  const head = { TotalNum: totalNum, RepReserved1: '', RepReserved2: '' }
  return goodOutcome(
    head,
    rows.map(row => balanceRow(icbc, row, cis)),
  )
}

function balanceRow({ context, protocol }: Icbc, row: XmlElement, cis: string): string {
  const asked = { iSeqno: textOf(row, 'iSeqno'), AccNo: textOf(row, 'AccNo'), CurrType: textOf(row, 'CurrType') }
  const account = context.book.account(context.bank, asked.AccNo)
  const nowMs = context.clock.now()
  const isKnown = account !== null && isUsableBy(account, cis) && ['', '001'].includes(asked.CurrType)
  const amounts = isKnown ? amountsOf(account, context.book.availableOf(account), nowMs) : NO_AMOUNTS
  return leaves({
    ...asked,
    CashExf: '0',
    AcctProperty: isKnown ? '001' : '',
    ...amounts,
    QueryTime: stampOf(nowMs),
    iRetCode: isKnown ? '0' : protocol.codes['payer-unknown'],
    iRetMsg: isKnown ? '' : REASON_TEXT['payer-unknown'],
    RepReserved3: '',
    RepReserved4: '',
  })
}

const NO_AMOUNTS = { AccBalance: '', Balance: '', UsableBalance: '', FrzAmt: '' }

function amountsOf(account: Account, available: bigint, nowMs: number): typeof NO_AMOUNTS {
  return {
    AccBalance: balanceBefore(account, midnightOf(dayOf(nowMs))).toString(),
    Balance: account.balance.toString(),
    UsableBalance: available.toString(),
    FrzAmt: account.frozen.toString(),
  }
}
