// NTQACINF: balance of accounts; DCLISMOD and DCLISACC: what may be used (banks/cmb-cdc §4, §5).

import { isUsableBy } from '../engine/payments'
import { rowsOf, textOf, type Answer, type Fields, type Message } from './message'
import { mayAsk, ok, refused, yuan, type Cmb } from './operation'

export function queryBalance(cmb: Cmb, message: Message): Answer {
  const { context, desk } = cmb
  const asked = rowsOf(message.body, 'ntqacinfx')
  if (asked.length === 0 || asked.some(row => !/^[0-9A-Z]{2}$/.test(textOf(row, 'bbknbr'))))
    return refused(cmb, 'bad-content', 'ntqacinfx')
  const rows: Fields[] = []
  for (const row of asked) {
    const number = textOf(row, 'accnbr')
    const account = context.book.account(context.bank, number)
    if (!account || !isUsableBy(account, message.customer.uid)) return refused(cmb, 'payer-unknown', 'accnbr')
    if (!mayAsk(cmb, message.funcode, number)) return refused(cmb, 'rate-limit', 'accnbr')
    rows.push({
      ccynbr: '10',
      accitm: '20101',
      bbknbr: textOf(row, 'bbknbr'),
      accnbr: number,
      accnam: account.record.name,
      accblv: yuan(account.openingBalance),
      onlblv: yuan(account.balance),
      hldblv: yuan(account.frozen),
      avlblv: yuan(desk.book.availableOf(account)),
      lmtovr: '0.00',
      stscod: account.record.isClosed ? 'C' : 'A',
      intcod: '',
      relnbr: '',
    })
  }
  return ok(cmb, { ntqacinfz: rows })
}

export function listModes(cmb: Cmb): Answer {
  return ok(cmb, { ntqmdlstz: [{ busmod: 'S1014', modals: '有审批' }] })
}

export function listAccounts(cmb: Cmb, message: Message): Answer {
  const { context } = cmb
  const usable = [...context.book.accounts.values()].filter(
    account => account.record.bank === context.bank && isUsableBy(account, message.customer.uid),
  )
  const rows = usable.map(({ record }) => ({
    ccynbr: '10',
    bbknbr: '75',
    accnbr: record.account,
    accnam: record.name,
    relnbr: '',
  }))
  return ok(cmb, { ntqaclstz: rows })
}
