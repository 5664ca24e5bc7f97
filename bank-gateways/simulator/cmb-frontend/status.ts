// NTQRYSTY: what became of a payment, by YURREF and days of entry; NTPAYQYB: what came back (banks/cmb-frontend §3, §4).

import { addDays, compactDayOf, dayFromCompact, dayOf } from '../engine/bank-time'
import type { Payment } from '../engine/book'
import { otherSerial, type Call, type Shown } from '../engine/exchange'
import type { Disturbance } from '../engine/faults'
import { box, leaves, textOf } from '../engine/xml'
import { recordsOf, type Answer, type Message } from './message'
import { failed, flagsOf, ok, reqnbrOf, yuan, type FrontEnd } from './operation'

export function planStatusQuery(frontEnd: FrontEnd, message: Message): Pick<Call, 'payees' | 'pays'> {
  return { payees: askedPayments(frontEnd, message).map(({ record }) => record.payee.account), pays: null }
}

/** The payments of the YURREF that were entered on the days asked for. */
function askedPayments({ context }: FrontEnd, message: Message): readonly Payment[] {
  const [asked = null] = recordsOf(message, 'NTQRYSTYX1')
  const [from, to] = [textOf(asked, 'BGNDAT'), textOf(asked, 'ENDDAT')]
  return context.book
    .withKey(context.bank, message.loginName, textOf(asked, 'YURREF'))
    .slice(0, 1)
    .filter(({ record }) => compactDayOf(record.atMs) >= from && compactDayOf(record.atMs) <= to)
}

export function queryStatus(frontEnd: FrontEnd, message: Message, disturbance: Disturbance): Answer {
  const [asked = null] = recordsOf(message, 'NTQRYSTYX1')
  const [from, to] = [dayFromCompact(textOf(asked, 'BGNDAT')), dayFromCompact(textOf(asked, 'ENDDAT'))]
  const today = dayOf(frontEnd.context.clock.now())
  if (textOf(asked, 'YURREF') === '' || textOf(asked, 'BUSCOD') !== 'N02031')
    return failed(frontEnd, '-3', 'NTQRYSTYX1')
  if (from === null || to === null || from > to) return failed(frontEnd, '-3', 'BGNDAT')
  if (to >= addDays(from, 7) || from <= addDays(today, -90)) return failed(frontEnd, '-2', '日期范围')
  const shown = frontEnd.inquiries.found(askedPayments(frontEnd, message), disturbance)
  return ok(...shown.map(found => statusRow(frontEnd, found, disturbance)))
}

function statusRow({ protocol }: FrontEnd, shown: Shown, { kinds }: Disturbance): string {
  const { record } = shown.payment
  const { yurref = '' } = record.fields
  return box(
    'NTSTLLSTZ',
    leaves({
      REQNBR: reqnbrOf(record.no),
      BUSCOD: 'N02031',
      BUSMOD: '00001',
      DBTBBK: '75',
      DBTACC: record.payer.account,
      CRTBBK: '',
      CRTACC: shown.payeeAccount,
      CRTNAM: record.payee.name,
      CCYNBR: '10',
      TRSAMT: yuan(shown.amount),
      EPTDAT: compactDayOf(record.atMs),
      EPTTIM: '000000',
      OPRDAT: compactDayOf(record.atMs),
      YURREF: kinds.has('wrong-serial') ? otherSerial(yurref) : yurref,
      ...flagsOf(protocol, shown.state),
      ATHFLG: 'N',
      RSV30Z: '',
    }),
  )
}

export function queryReturns(frontEnd: FrontEnd, message: Message): Answer {
  const { context } = frontEnd
  const [asked = null] = recordsOf(message, 'NTPAYQYBY1')
  const [from, to] = [textOf(asked, 'BGNDAT'), textOf(asked, 'ENDDAT')]
  if (dayFromCompact(from) === null || dayFromCompact(to) === null || from > to) return failed(frontEnd, '-3', 'BGNDAT')
  const rows = [...context.book.payments.values()]
    .filter(({ record }) => record.bank === context.bank && record.customer === message.loginName)
    .filter(({ record, isReturned }) => isReturned && record.payer.account === textOf(asked, 'ACCNBR'))
    .filter(({ reachedMs }) => compactDayOf(reachedMs) >= from && compactDayOf(reachedMs) <= to)
  return ok(
    ...rows.map(({ record, amount, reachedMs }) =>
      box(
        'NTPAYQYBZ1',
        leaves({
          REQNBR: reqnbrOf(record.no),
          YURREF: record.fields['yurref'] ?? '',
          BUSSTS: 'R',
          ISUDAT: compactDayOf(reachedMs),
          CCYNBR: '10',
          TRSAMT: yuan(amount),
          RCVEAC: record.payee.account,
          RCVEAN: record.payee.name,
          NARTXT: '账号户名不符',
        }),
      ),
    ),
  )
}
