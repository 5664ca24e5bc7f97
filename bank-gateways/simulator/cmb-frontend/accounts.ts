// GetAccInfo: a balance; ListMode and ListAccount: what may be used (banks/cmb-frontend §3, §6).

import { dayOf, midnightOf } from '../engine/bank-time'
import { isUsableBy } from '../engine/payments'
import { balanceBefore } from '../engine/postings'
import { box, leaves, textOf } from '../engine/xml'
import { recordsOf, type Answer, type Message } from './message'
import { failed, ok, yuan, type FrontEnd } from './operation'

export function queryBalance(frontEnd: FrontEnd, message: Message): Answer {
  const { context, desk } = frontEnd
  const [asked = null] = recordsOf(message, 'SDKACINFX')
  const account = context.book.account(context.bank, textOf(asked, 'ACCNBR'))
  if (!/^[0-9A-Z]{2}$/.test(textOf(asked, 'BBKNBR'))) return failed(frontEnd, '-3', 'BBKNBR')
  if (!account || !isUsableBy(account, message.loginName)) return failed(frontEnd, '-2', '账号不存在或无权操作')
  return ok(
    box(
      'NTQACINFZ',
      leaves({
        CCYNBR: '10',
        C_CCYNBR: '人民币',
        ACCITM: '20101',
        BBKNBR: textOf(asked, 'BBKNBR'),
        ACCNBR: account.record.account,
        ACCNAM: account.record.name,
        ACCBLV: yuan(balanceBefore(account, midnightOf(dayOf(context.clock.now())))),
        ONLBLV: yuan(account.balance),
        HLDBLV: yuan(account.frozen),
        AVLBLV: yuan(desk.book.availableOf(account)),
        LMTOVR: '0.00',
        STSCOD: account.record.isClosed ? 'C' : 'A',
        INTCOD: '',
      }),
    ),
  )
}

export function listModes(): Answer {
  return ok(box('NTQMDLSTZ', leaves({ BUSMOD: '00001', MODALS: '直接支付' })))
}

export function listAccounts(frontEnd: FrontEnd, message: Message): Answer {
  const { context } = frontEnd
  const usable = [...context.book.accounts.values()].filter(
    account => account.record.bank === context.bank && isUsableBy(account, message.loginName),
  )
  return ok(
    ...usable.map(({ record }) =>
      box('NTQACLSTZ', leaves({ CCYNBR: '10', BBKNBR: '75', ACCNBR: record.account, ACCNAM: record.name })),
    ),
  )
}
