// CGB: in batches through the local client, and one by one straight to the bank. The keys are made at run time.

import { generateKeyPairSync } from 'node:crypto'
import { sm2 } from 'sm-crypto-v2'
import type { Simulator } from '../../../bank-gateways/simulator/simulator'
import type { BankSetup, Protocol } from './setup'

export const CGB: readonly BankSetup[] = [
  {
    ...cgb(
      '0033 through the client; elements repeated, a page begins behind the named row',
      { function: '0033' },
      {
        echoesPayment: true,
        beginsWith: 'next',
        emptyList: 'code',
      },
    ),
    sendEchoes: { amount: false, payeeAccount: false },
    echoes: { amount: true, payeeAccount: true },
    // The answer is the package's: of no record does it say anything.
    cannotShow: { send: ['missing-line'] },
    refusalOnSend: 'accepted',
    keyOf: ({ batch, reference }) => `${batch.reference}/${reference}`,
  },
  {
    ...cgb(
      '0011, 0012 straight to the bank (E102)',
      { function: 'single', crossBank: '0012' },
      {
        transport: 'direct',
        digest: 'sha256',
      },
    ),
    inquiryTellsOnlyState: true,
    sendsOneByOne: true,
    asksOneByOne: true,
    keyOf: ({ reference }) => reference,
  },
]

/** What a site would have from its manual: the simulated codes that are a plain no, and the states. */
const CODES = [
  ...['01', '02', '03', '04', '05', '06', '07', '08', '09'].map(number => ({
    code: `S${number}`,
    level: 'submit',
    outcome: 'refused',
    meaning: '模拟拒绝',
  })),
  { code: 'S20', level: 'inquiry', outcome: 'absent', meaning: '查无此笔' },
  { code: 'S17', level: 'list', outcome: 'empty', meaning: '无明细' },
  ...(['hostStatus', 'bankstatus'] as const).flatMap(level => [
    { code: 'H0', level, outcome: 'settled', meaning: '成功' },
    ...['H8', 'H9'].map(code => ({ code, level, outcome: 'refused', meaning: '失败' })),
    ...['H1', 'H2', 'H3', 'H4'].map(code => ({ code, level, outcome: 'accepted', meaning: '处理中' })),
  ]),
]

/** The simulated bank's invented elements. */
export const STATEMENT = {
  tranCode: '9001',
  queryType: { today: '0', history: '1' },
  row: 'record',
  fields: {
    date: 'tranDate',
    code: 'tranCode',
    seq: 'tranSeq',
    amount: 'amount',
    side: 'dcFlag',
    time: 'tranTime',
    balance: 'balance',
    counterAccount: 'otherAcc',
    counterName: 'otherName',
    counterBank: 'otherBank',
    purpose: 'remark',
    text: 'tranDesc',
    reference: 'traceNo',
    reversal: 'rvFlag',
  },
  sides: { debit: 'D', credit: 'C' },
  reversalMark: '1',
  queryNumber: 50,
}

type Payment = { readonly function: 'single' | '0033'; readonly crossBank?: '0012' | '0021' }

function cgb(reading: string, payment: Payment, protocol: Protocol<'cgb'>): Omit<BankSetup, 'keyOf'> {
  const user = { cifMaster: '1000000001', entUserId: '100001', userPassword: 'Pa55-of&the<demo' }
  const isDirect = protocol.transport === 'direct'
  const keys = isDirect ? newKeys() : null
  return {
    kind: 'cgb',
    reading,
    cnaps: '306581000003',
    bankName: '广发银行',
    payerAccount: '9550000000000000001',
    ownPayeeAccount: '9550000000000000002',
    secrets: [user.userPassword],
    banks: () => ({
      cgb: {
        customers: [
          {
            ...user,
            ...(keys
              ? {
                  appId: 'APP01',
                  entCstNo: 'E01',
                  publicKey: keys.ours.publicKey,
                }
              : {}),
          },
        ],
        bankPrivateKey: keys?.theirs.privateKey ?? null,
        protocol: { ...protocol, pageMax: 4 },
      },
    }),
    config: (simulator, waits) => ({
      transport: transportOf(simulator, keys),
      ...user,
      accounts: { '9550000000000000001': { currency: 'CNY' } },
      payment,
      batchMax: 5,
      balance: { current: 'balance', available: 'usableBalance', frozen: 'frozenBalance' },
      statement: STATEMENT,
      inquiryDays: 2,
      codes: CODES,
      ...waits,
    }),
    codes: {
      send: payment.crossBank ?? '0033',
      inquire: payment.function === 'single' ? '0004' : '0034',
      balance: '0001',
      statement: '9001',
      receipt: null,
    },
    preparation: null,
    echoes: { amount: false, payeeAccount: false },
    givesNoSerial: true,
    refusesRepeats: true,
    receiptMark: 0,
    tellsTwinsApart: false,
    receiptText: () => '',
    receiptAmount: () => '',
  }
}

type Keys = ReturnType<typeof newKeys>

function transportOf(simulator: Simulator, keys: Keys | null): object {
  const url = simulator.url('cgb', 'bank')
  if (!keys) return { kind: 'client', endpoint: `${url}/CGBClient/BankAction` }
  return {
    kind: 'direct',
    url,
    appId: 'APP01',
    entCstNo: 'E01',
    privateKey: keys.ours.privateKey,
    bankCertificate: keys.theirs.publicKey,
    digest: 'sha256',
  }
}

export function newKeys() {
  const password = sm2.generateKeyPairHex()
  return {
    ours: newRsa(),
    theirs: newRsa(),
    passwordPrivateKey: password.privateKey.padStart(64, '0'),
    passwordPublicKey: password.publicKey,
  }
}

function newRsa() {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
}
