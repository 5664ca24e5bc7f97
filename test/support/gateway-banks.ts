// What the gateway contract has to know about each bank: how its gateway is pointed at its simulator and what its answers
// can carry. A gateway of the registry that is not here fails the suite.

import iconv from 'iconv-lite'
import type { Instruction, Party, ReceiptDocument } from '../../connector/ports'
import type { SimulatorOptions } from '../../bank-gateways/simulator/options'
import type { Simulator } from '../../bank-gateways/simulator/simulator'

export type PartOfGateway = 'send' | 'inquire' | 'balance' | 'statement' | 'receipt'

export type BankSetup = {
  /** The gateway's key in the registry; the simulated bank has the same name. */
  readonly kind: string
  /** Which reading of the reference the simulated bank takes, for the test's title. */
  readonly reading: string
  readonly cnaps: string
  readonly bankName: string
  readonly payerAccount: string
  readonly ownPayeeAccount: string
  /** What must never be read in a message. */
  readonly secrets: readonly string[]
  readonly banks: (receiptsDirectory: string) => NonNullable<SimulatorOptions['banks']>
  readonly config: (simulator: Simulator, waits: Waits, receiptsDirectory: string) => unknown
  /** The transaction codes the calls travel as, for faults. */
  readonly codes: Readonly<Record<PartOfGateway, string>>
  /** The exchange that precedes a payment and moves no money. */
  readonly preparation: {
    readonly at: { readonly listener: string; readonly code?: string }
    /** The calls that it precedes in a new gateway. */
    readonly precedes: readonly PartOfGateway[]
  }
  /** The idempotency key the simulated bank files an instruction under. */
  readonly keyOf: (instruction: Instruction) => string
  readonly echoes: { readonly amount: boolean; readonly payeeAccount: boolean }
  /** Whether the simulated bank refuses a repeated instruction. */
  readonly refusesRepeats: boolean
  /** Which part of a receipt key stands on the receipt itself. */
  readonly receiptMark: number
  /** Whether receipts of two lines that differ in nothing can be told apart. */
  readonly tellsTwinsApart: boolean
  /** Everything a receipt says, as text. */
  readonly receiptText: (document: ReceiptDocument) => string
  /** How a receipt writes an amount in 分. */
  readonly receiptAmount: (minor: bigint) => string
}

export type Waits = { readonly connectTimeoutMs: number; readonly answerTimeoutMs: number }

export const BANKS: readonly BankSetup[] = [
  icbc('0.0.1.0', 'new interface', {}),
  icbc('0.0.0.1', 'old interface, other settings', {
    zipReply: true,
    emptyDetail: 'no-record',
    receiptPendingMs: 1000,
  }),
  boc('flat token', null, {}),
  boc('nested token, b2eerror, newest first', '{transid}', {
    tokenShape: 'nested',
    notSignedInShape: 'b2eerror',
    totalnumMeans: 'total',
    statementOrder: 'descending',
    historyHoldsToday: true,
    avlbalName: 'avlnal',
  }),
  boc('books a repeated insid again', null, { duplicateInsid: 'book-again' }),
]

type Protocol<Bank extends 'icbc' | 'boc'> = NonNullable<
  NonNullable<NonNullable<SimulatorOptions['banks']>[Bank]>['protocol']
>

function icbc(version: '0.0.0.1' | '0.0.1.0', reading: string, protocol: Protocol<'icbc'>): BankSetup {
  const [cis, certId] = ['020090000012345', 'demo01.y.0200']
  return {
    kind: 'icbc',
    reading: `${version}, ${reading}`,
    cnaps: '102100099996',
    bankName: '中国工商银行',
    payerAccount: '0200000109000000001',
    ownPayeeAccount: '0200000109000000002',
    secrets: [],
    banks: () => ({
      // Small and uneven pages: "never assume a page size" (banks/icbc §9).
      icbc: { customers: [{ cis, certId }], protocol: { ...protocol, pageSizesNew: [5, 3], pageSizesOld: [4, 7] } },
    }),
    config: (simulator, waits) => ({
      signUrl: simulator.url('icbc', 'sign'),
      tunnelUrl: simulator.url('icbc', 'tunnel'),
      cis,
      certificateId: certId,
      version,
      batchMax: 5,
      ...(protocol.zipReply ? { zipFromItems: 2 } : {}),
      ...waits,
    }),
    codes: { send: 'PAYENT', inquire: 'QPAYENT', balance: 'QACCBAL', statement: 'QPD', receipt: 'BATEBILL' },
    preparation: { at: { listener: 'sign' }, precedes: ['send', 'receipt'] },
    keyOf: ({ batch }) => `${batch.reference}/${batch.line}`,
    echoes: { amount: true, payeeAccount: true },
    refusesRepeats: true,
    receiptMark: 3,
    tellsTwinsApart: true,
    receiptText: ({ bytes }) => iconv.decode(Buffer.from(bytes), 'gbk'),
    receiptAmount: minor => `<PayAmt>${minor}</PayAmt>`,
  }
}

function boc(reading: string, entryPattern: string | null, protocol: Protocol<'boc'>): BankSetup {
  const [custid, cusopr, password] = ['12345678', '87654321', 'Zq7-invented']
  return {
    kind: 'boc',
    reading,
    cnaps: '104100000004',
    bankName: '中国银行',
    payerAccount: '300000000001',
    ownPayeeAccount: '300000000002',
    secrets: [password],
    banks: receiptsDirectory => ({
      boc: { customers: [{ custid, cusopr, password }], protocol: { ...protocol, pageMax: 4, receiptsDirectory } },
    }),
    config: (simulator, waits, directory) => ({
      endpoint: `${simulator.url('boc', 'b2e')}/B2EC/E2BServlet`,
      ip: '192.168.1.10',
      custid,
      cusopr,
      operatorPassword: password,
      accounts: { '300000000001': { ibknum: '40142' } },
      receipts: { directory, entryPattern },
      ...waits,
    }),
    codes: { send: 'b2e0009', inquire: 'b2e0007', balance: 'b2e0005', statement: 'b2e0035', receipt: 'b2e0500' },
    preparation: {
      at: { listener: 'b2e', code: 'b2e0001' },
      precedes: ['send', 'inquire', 'balance', 'statement', 'receipt'],
    },
    keyOf: ({ reference }) => reference,
    echoes: { amount: false, payeeAccount: false },
    refusesRepeats: protocol.duplicateInsid !== 'book-again',
    receiptMark: 0,
    tellsTwinsApart: entryPattern !== null,
    receiptText: ({ bytes }) => textOfPdf(Buffer.from(bytes)),
    receiptAmount: minor => `CNY ${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`,
  }
}

/** The strings of a PDF whose text is UCS-2 hex. */
function textOfPdf(pdf: Buffer): string {
  return [...pdf.toString('latin1').matchAll(/<([0-9A-F]+)> Tj/g)]
    .map(([, hex = '']) => Buffer.from(hex, 'hex').swap16().toString('utf16le'))
    .join('\n')
}

export const OUTSIDE: Party = {
  account: '1100000000000000',
  name: '戊公司',
  bankName: '某银行上海分行',
  bankCode: '308290003000',
  kind: 'C',
  province: '上海',
  city: '上海',
}
