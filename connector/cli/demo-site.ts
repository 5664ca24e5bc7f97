// The demo's configuration, written to a file like any site's, so that every other command works on it too. Invented
// companies and accounts only.

import { writeFileSync } from 'node:fs'
import path from 'node:path'
import YAML from 'yaml'

export const DEMO = {
  company: '北京甲木科技有限公司',
  icbc: { account: '0200000109000000001', ledger: '100201', cis: '020090000012345', certificateId: 'demo01.y.0200' },
  boc: { account: '300000000001', ledger: '100202', custid: '12345678', cusopr: '87654321', ibknum: '40142' },
  accountSet: '001',
} as const

export type DemoPlaces = {
  readonly folder: string
  readonly erpFile: string
  readonly urls: Readonly<Record<string, string>>
  readonly today: string
}

/** Bank simulators' options for the demo's two accounts. */
export function simulatorOptions(folder: string, password: string): Record<string, unknown> {
  const { icbc, boc, company } = DEMO
  return {
    stateFile: path.join(folder, 'bank-ledger.jsonl'),
    lateAnswerMs: 6000,
    accounts: [
      {
        bank: 'icbc',
        account: icbc.account,
        name: company,
        cnaps: '102100000030',
        bankName: '中国工商银行北京分行',
        customer: icbc.cis,
        openingBalance: '5000000.00',
      },
      {
        bank: 'boc',
        account: boc.account,
        name: company,
        cnaps: '104100000045',
        bankName: '中国银行北京分行',
        customer: boc.custid,
        openingBalance: '3000000.00',
      },
      // Where the sample's suppliers bank.
      { bank: 'icbc', account: '1202021900099990011', name: '东湖样例机械有限公司', cnaps: '102331000001' },
      { bank: 'boc', account: '450759000022', name: '南屏样例包装有限公司', cnaps: '104290000002' },
    ],
    banks: {
      icbc: { customers: [{ cis: icbc.cis, certId: icbc.certificateId }] },
      boc: {
        customers: [{ custid: boc.custid, cusopr: boc.cusopr, password }],
        protocol: { receiptsDirectory: path.join(folder, 'boc-receipts') },
      },
    },
  }
}

/** Writes yinqi.yaml and returns its path. */
export function writeDemoConfig(places: DemoPlaces): string {
  const file = path.join(places.folder, 'yinqi.yaml')
  writeFileSync(file, YAML.stringify(demoConfig(places)))
  return file
}

function demoConfig({ folder, erpFile, urls, today }: DemoPlaces): unknown {
  const { icbc, boc, company, accountSet } = DEMO
  const database = { dialect: 'sqlite', file: erpFile }
  const account = (bank: 'icbc' | 'boc', bankName: string, number: string, ledgerAccount: string): unknown => ({
    account: number,
    name: company,
    currency: 'CNY',
    bank,
    erp: 'u8',
    alsoPaidFrom: ['midtable'],
    bankName,
    accountSet,
    ledgerAccount,
  })
  return {
    instance: 'demo',
    dataDir: folder,
    store: { dialect: 'sqlite', filename: path.join(folder, 'yinqi.sqlite') },
    admin: { host: '127.0.0.1', port: 0 },
    log: { level: 'info', file: path.join(folder, 'yinqi.log') },
    erps: {
      midtable: { bridge: 'midtable', database, claimLeaseMs: 5000, heartbeatMs: 1000, collections: true },
      u8: {
        bridge: 'u8',
        database,
        accountSet,
        payFrom: addDay(today, -30),
        settlementStyles: ['3'],
        collections: true,
        bankAccounts: [
          { account: icbc.account, ledgerAccount: icbc.ledger, name: company },
          { account: boc.account, ledgerAccount: boc.ledger, name: company },
        ],
        payeeKind: { default: 'C' },
        payeeBanks: payeeBanks(),
        voucher: {
          mode: 'ap',
          cashFlow: {
            defaults: [
              { account: '2202', side: 'debit', item: '04' },
              { account: '660301', side: 'debit', item: '07' },
            ],
          },
        },
      },
    },
    banks: {
      icbc: {
        gateway: 'icbc',
        signUrl: urls['icbc.sign'],
        tunnelUrl: urls['icbc.tunnel'],
        cis: icbc.cis,
        certificateId: icbc.certificateId,
        version: '0.0.1.0',
        batchMax: 1,
        calls: { pauseFirstMs: 500, pauseMaxMs: 2000 },
        connectTimeoutMs: 2000,
        answerTimeoutMs: 4000,
      },
      boc: {
        gateway: 'boc',
        calls: { pauseFirstMs: 500, pauseMaxMs: 2000 },
        endpoint: `${urls['boc.b2e']}/B2EC/E2BServlet`,
        ip: '127.0.0.1',
        custid: boc.custid,
        cusopr: boc.cusopr,
        operatorPassword: { file: 'boc-operator.secret' },
        accounts: { [boc.account]: { ibknum: boc.ibknum, currency: 'CNY' } },
        connectTimeoutMs: 2000,
        answerTimeoutMs: 4000,
        receipts: { directory: path.join(folder, 'boc-receipts'), minAgeDaysWithoutReference: 0 },
      },
    },
    accounts: [
      account('icbc', '中国工商银行北京分行', icbc.account, icbc.ledger),
      account('boc', '中国银行北京分行', boc.account, boc.ledger),
    ],
    approvals: [{ name: '单笔 100 万元及以上须审批', from: '1000000.00 CNY', approvals: 1 }],
    journal: journalRules(),
    collection: {
      booking: 'line',
      asksErp: true,
      voucherType: '收',
      summary: '收 {counterparty} 款 {document}',
      counterAccount: '2203',
      auxiliaries: { customer: '{customer}' },
      settlementStyle: '3',
    },
    schedules: { today: '*/3 * * * * *' },
    timing: {
      pollMinMs: 100,
      pollMaxMs: 400,
      leaseMs: 20_000,
      callTimeoutMs: 10_000,
      retryFirstMs: 1000,
      retryMaxMs: 10_000,
      inquireFirstMs: 300,
      inquireMaxMs: 600,
      receiptRetryMs: 2000,
    },
  }
}

/** 联行号 of the branches that the sample's suppliers bank with: U8 has no such column. */
function payeeBanks(): readonly unknown[] {
  return [
    { bankName: '中国工商银行杭州样例支行', bankCode: '102331000001', province: '浙江省', city: '杭州市' },
    { bankName: '中国银行上海样例支行', bankCode: '104290000002', province: '上海市', city: '上海市' },
    { bankName: '招商银行深圳样例支行', bankCode: '308584000003', province: '广东省', city: '深圳市' },
    { bankName: '招商银行杭州样例支行', bankCode: '308331000004', province: '浙江省', city: '杭州市' },
  ]
}

/** First match wins: the sample's customer pays in as a collection. What no rule fits is left to a person. */
function journalRules(): readonly unknown[] {
  const rule = (
    name: string,
    when: unknown,
    voucherType: string,
    counterAccount: string,
    summary: string,
    auxiliaries = {},
  ): unknown => ({
    name,
    when,
    then: { voucherType, summary, counterAccount, auxiliaries, settlementStyle: '3' },
  })
  return [
    rule(
      'U8 付款单',
      { ownPayment: true, direction: 'out', docTypes: ['AP49'] },
      '付',
      '2202',
      '付 {counterparty} 款',
      { supplier: '{partner}' },
    ),
    rule('其他付款', { ownPayment: true, direction: 'out' }, '付', '224199', '付 {counterparty} {docNo}'),
    rule('退票', { ownPayment: true, direction: 'in' }, '收', '224199', '退票 {counterparty}'),
    rule('手续费', { direction: 'out', text: '手续费|fee' }, '付', '660301', '银行手续费'),
    rule('利息', { direction: 'in', text: '利息|interest' }, '收', '660302', '银行存款利息'),
    {
      name: '客户到款',
      when: { direction: 'in', ownPayment: false, counterparty: { names: ['云栖样例商贸有限公司'] } },
      then: 'collect',
    },
    rule('其他来款', { direction: 'in' }, '收', '224199', '收 {counterparty} 款 {purpose}'),
  ]
}

function addDay(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}
