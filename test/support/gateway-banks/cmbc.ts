// China Minsheng Bank: NS-BDES in two readings of what its answers repeat, and the open platform.

import { textOfPdf } from './pdf'
import type { BankSetup, PartOfGateway, Protocol } from './setup'

const PAYER = '600000000000000001'
const CUSTOMER = {
  clientId: '2200000001',
  userId: 'OPR01',
  userPassword: 'Zq7-invented',
  openId: 'OPEN-id-invented-01',
}

/** The simulated codes that the site was told are a plain no; the one of a repeated number is not among them. */
const REFUSALS = ['0001', '0002', '0003', '0004', '0005', '0006', '0007', '0008', '0009', '0021', '0022'].map(
  number => ({
    code: `SIM${number}`,
    level: 'submit',
    outcome: 'refused',
    meaning: '模拟银行拒绝',
  }),
)

export const CMBC: readonly BankSetup[] = [
  {
    ...nsBdes('NS-BDES; serials are repeated, refusals are in no table', {}, { replySerial: 'required' }, []),
    refusalOnSend: 'uncertain',
  },
  {
    ...nsBdes(
      'NS-BDES in UTF-8; nothing is repeated, newest first, WYHL01, a code for no rows',
      {
        echoesSerials: false,
        replyEncoding: 'utf-8',
        statementOrder: 'descending',
        emptyList: 'code',
        codes: { taken: 'WYHL01' },
      },
      { encoding: 'utf-8', replyEncoding: 'utf-8', payerName: 'sent' },
      [
        ...REFUSALS,
        { code: 'W6191', level: 'submit', outcome: 'refused', meaning: '失败' },
        { code: 'SIM0405', level: 'statement', outcome: 'empty', meaning: '无明细' },
      ],
    ),
    inquiryTellsOnlyState: true,
    cannotShow: {
      send: ['wrong-serial', 'missing-line'],
      inquire: ['wrong-serial'],
      balance: ['wrong-serial'],
      statement: ['wrong-serial'],
    },
  },
  open(),
]

function common(
  reading: string,
): Omit<BankSetup, 'banks' | 'config' | 'codes' | 'tellsTwinsApart' | 'receiptText' | 'receiptAmount'> {
  return {
    kind: 'cmbc',
    reading,
    cnaps: '305100000013',
    bankName: '中国民生银行',
    payerAccount: PAYER,
    ownPayeeAccount: '600000000000000002',
    secrets: [CUSTOMER.userPassword, CUSTOMER.openId],
    preparation: null,
    sendsOneByOne: true,
    asksOneByOne: true,
    keyOf: ({ reference }) => reference,
    echoes: { amount: false, payeeAccount: false },
    refusesRepeats: true,
    receiptMark: 0,
  }
}

function nsBdes(reading: string, protocol: Protocol<'cmbc'>, more: object, codes: readonly object[]): BankSetup {
  const { clientId, userId, userPassword } = CUSTOMER
  return {
    ...common(reading),
    banks: () => ({ cmbc: { customers: [CUSTOMER], protocol: { pageMax: 4, ...protocol } } }),
    config: (simulator, waits) => ({
      protocol: {
        kind: 'ns-bdes',
        endpoint: `${simulator.url('cmbc', 'proxy')}/`,
        clientId,
        userId,
        userPassword,
        routes: { ordinary: '2', urgent: '5', large: '3' },
        accounts: { [PAYER]: { currency: 'CNY', city: '北京市' } },
        balance: { row: 'simAccount', account: 'acntNo', current: 'simBalance', available: 'simAvailable' },
        detail: {
          typeCode: '',
          serial: 'simSerial',
          date: 'simDate',
          time: 'simTime',
          amount: 'simAmount',
          side: 'simSide',
          out: 'D',
          in: 'C',
          balance: 'simBalance',
          counterAccount: 'simOtherAccount',
          counterName: 'simOtherName',
          counterBank: 'simOtherBank',
          purpose: 'simExplain',
          text: 'simNote',
        },
        ...more,
      },
      codes,
      ...waits,
    }),
    codes: { send: 'Xfer', inquire: 'qryXfer', balance: 'qryBal', statement: 'qryDtl', receipt: null },
    tellsTwinsApart: false,
    receiptText: () => '',
    receiptAmount: () => '',
  }
}

function open(): BankSetup {
  const parts: readonly PartOfGateway[] = ['balance', 'statement', 'receipt']
  return {
    ...common('open platform, response_busi as text'),
    banks: () => ({ cmbc: { customers: [CUSTOMER], protocol: { pageMax: 4, busiAs: 'text' } } }),
    config: (simulator, waits) => ({
      protocol: {
        kind: 'open',
        endpoint: `${simulator.url('cmbc', 'proxy')}/sign`,
        okReturnCode: '0000',
        accounts: { [PAYER]: { currency: 'CNY', openId: CUSTOMER.openId } },
        routes: { own: '0', ordinary: '2', urgent: '5' },
        // So that one method carries every payment of the contract; the other one has tests of its own.
        persons: 'corporate-method',
        balance: {
          method: 'sim.account.balance',
          version: 'V1.0',
          current: 'sim_balance',
          available: 'sim_available',
        },
      },
      codes: [...REFUSALS, { code: 'SIM0404', level: 'inquiry', outcome: 'absent', meaning: '查无此交易' }],
      ...waits,
    }),
    codes: {
      send: 'settlement.transfer.ent_single_order',
      inquire: 'settlement.transfer.ent_single_order_qry',
      balance: 'sim.account.balance',
      statement: 'account.transinfo.detail_query',
      receipt: 'account.transinfo.electnote_download_new',
    },
    cannotShow: Object.fromEntries(parts.map(part => [part, ['wrong-serial']])),
    tellsTwinsApart: true,
    receiptText: ({ bytes }) => textOfPdf(Buffer.from(bytes)),
    receiptAmount: minor => `CNY ${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`,
  }
}
