// SDKCSFDFBRT: the receipt of one line, as the bank's own XML elements. A receipt is handed out only when its TRSSEQ is the line's
// REFNBR (that they are the same is inferred): otherwise there is none, never another line's.

import { formatAmount } from '../../connector/core/money'
import type { Money, ReceiptDocument, StatementLine } from '../../connector/ports'
import { maskedAccount } from '../shared/account'
import { encode } from '../shared/charset'
import { element, textAt } from '../shared/xml'
import { recordsOf, type Reply } from './codec'
import { problem } from './codes'
import { accountOf } from './config'
import { faultOf, type Session } from './exchange'

/** RRCFLG: 1 未打印, 2 已打印. Which of the two a receipt is in depends on who printed it. */
const PRINT_FLAGS = ['1', '2'] as const

export async function fetchReceipt(
  session: Session,
  account: string,
  line: StatementLine,
  signal: AbortSignal,
): Promise<ReceiptDocument | null> {
  if (!accountOf(session.config, account))
    throw faultOf(problem('cmb-frontend.unknown_account', maskedAccount(account)))
  if (line.receiptKey === '') return null
  for (const flag of PRINT_FLAGS) {
    const reply = await session.query('SDKCSFDFBRT', [receiptBlock(account, line, flag)], signal)
    const found = receiptIn(session, reply, line.receiptKey)
    if (found) return found
  }
  return null
}

/** Only this line's day and amount (banks/cmb-frontend §3). */
function receiptBlock(account: string, line: StatementLine, flag: string): string {
  const day = line.bookedOn.replaceAll('-', '')
  const amount = formatAmount(absolute(line.amount))
  const fields = { EACNBR: account, BEGDAT: day, ENDDAT: day, RRCFLG: flag, BEGAMT: amount, ENDAMT: amount, RRCCOD: '' }
  return element(
    'CSRRCFDFY0',
    Object.entries(fields).map(([name, text]) => element(name, text)),
  )
}

function receiptIn({ config }: Session, reply: Reply, serial: string): ReceiptDocument | null {
  const rows = recordsOf(reply, 'CSRRCFDFZ1')
  const own = rows.filter(row => textAt(row, 'TRSSEQ') === serial)
  const [row] = own
  if (!row || own.length > 1) return null
  const receiptNo = textAt(row, 'ISTNBR')
  const isData = (name: string): boolean => name !== 'INFO' && name !== 'CSRRCFDFZ1'
  const hasData = reply.root.children.some(child => isData(child.name) && textAt(child, 'ISTNBR') === receiptNo)
  if (receiptNo === '' || !hasData) return null
  // An answer about one receipt is kept byte for byte; of one about several, this receipt's elements as they stand in it.
  const bytes = rows.length === 1 ? reply.bytes : encode(elementsOf(reply, receiptNo), config.encoding)
  return { receiptNo, mediaType: 'application/xml', bytes }
}

/** The verbatim elements below the root that hold this ISTNBR, in a root of their own. */
function elementsOf({ text, root }: Reply, receiptNo: string): string {
  const names = [...new Set(root.children.map(({ name }) => name))].filter(name => name !== 'INFO')
  const kept = names.flatMap(name =>
    [...text.matchAll(new RegExp(`<${name}[\\s>][\\s\\S]*?</${name}\\s*>`, 'g'))]
      .map(([whole]) => whole)
      .filter(whole => new RegExp(`<ISTNBR>\\s*${receiptNo.replace(/\W/g, '\\$&')}\\s*</ISTNBR>`).test(whole)),
  )
  return `<CMBSDKPGK>${kept.join('')}</CMBSDKPGK>`
}

function absolute(amount: Money): Money {
  return amount.minor < 0n ? { ...amount, minor: -amount.minor } : amount
}
