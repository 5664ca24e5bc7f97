// What the sample account set holds: invented companies and accounts, a small chart of accounts, periods that are not
// calendar months. Nothing here is anybody's.

import type { SqlValue } from '../shared/db'

export type Rows = {
  readonly table: string
  readonly isSystem?: boolean
  readonly columns: readonly string[]
  readonly rows: readonly (readonly SqlValue[])[]
}

/** Periods run from the 26th to the 25th, as some groups keep them: a month's number alone is never the period's. */
export function periodDays(year: number, period: number): { readonly begin: string; readonly end: string } {
  const two = (n: number): string => String(n).padStart(2, '0')
  return {
    begin: period === 1 ? `${year}-01-01` : `${year}-${two(period - 1)}-26`,
    end: period === 12 ? `${year}-12-31` : `${year}-${two(period)}-25`,
  }
}

const ACCOUNT_COLUMNS = [
  ...[
    'iyear',
    'ccode',
    'ccode_name',
    'igrade',
    'bproperty',
    'bend',
    'cexch_name',
    'bbank',
    'bcash',
    'cother',
    'bclose',
  ],
  ...['bperson', 'bcus', 'bsup', 'bdept', 'bitem'],
]

type Account = {
  readonly end?: 0
  readonly bank?: 1
  readonly cash?: 1
  readonly other?: string
  readonly closed?: 1
} & {
  readonly needs?: 'bperson' | 'bcus' | 'bsup' | 'bdept' | 'bitem'
  readonly currency?: string
}

const ACCOUNTS: Readonly<Record<string, readonly [name: string, isDebit: 0 | 1, account: Account]>> = {
  '1001': ['库存现金', 1, { cash: 1 }],
  '1002': ['银行存款', 1, { end: 0, bank: 1 }],
  '100201': ['工行存款', 1, { bank: 1 }],
  '100202': ['中行存款', 1, { bank: 1 }],
  '100203': ['中行美元户', 1, { bank: 1, currency: '美元' }],
  '1122': ['应收账款', 1, { needs: 'bcus', other: 'AR' }],
  '1123': ['预付账款', 1, { needs: 'bsup' }],
  '1221': ['其他应收款', 1, { needs: 'bperson' }],
  '2202': ['应付账款', 0, { needs: 'bsup', other: 'AP' }],
  '2203': ['预收账款', 0, { needs: 'bcus' }],
  '2241': ['其他应付款', 0, { end: 0 }],
  '224199': ['待查款项', 0, {}],
  '6603': ['财务费用', 1, { end: 0 }],
  '660301': ['手续费', 1, {}],
  '660302': ['利息收入', 0, {}],
  '6602': ['管理费用', 1, { needs: 'bdept' }],
  '5001': ['项目成本', 1, { needs: 'bitem' }],
  '9901': ['已封存科目', 1, { closed: 1 }],
}

export type SampleFacts = {
  readonly accountSet: string
  readonly database: string
  readonly year: number
  /** The period the sample is in; the ones before the previous one are closed. */
  readonly period: number
}

export function sampleRows({ accountSet, database, year, period }: SampleFacts): readonly Rows[] {
  const periods = Array.from({ length: 12 }, (_, index) => index + 1)
  return [
    {
      table: 'UA_Account',
      isSystem: true,
      columns: ['cAcc_Id', 'cAcc_Name', 'cUnitName', 'iYear', 'cCurName'],
      rows: [[accountSet, '样例账套', '样例制造有限公司', year, '人民币']],
    },
    {
      table: 'UA_AccountDatabase',
      isSystem: true,
      columns: ['cDatabase', 'cAcc_Id', 'iBeginYear', 'iEndYear'],
      rows: [[database, accountSet, year, null]],
    },
    {
      table: 'UA_Period',
      isSystem: true,
      columns: ['cAcc_Id', 'iYear', 'iId', 'dBegin', 'dEnd', 'bIsDelete'],
      rows: periods.map(id => [accountSet, year, id, periodDays(year, id).begin, periodDays(year, id).end, null]),
    },
    { table: 'UA_User', isSystem: true, columns: ['cUser_Id', 'cUser_Name'], rows: [['demo', '样例出纳']] },
    {
      table: 'GL_mend',
      columns: ['iyear', 'iperiod', 'bflag', 'bflag_AP', 'bflag_AR'],
      rows: periods.map(id => [year, id, id < period - 1 ? 1 : 0, id < period - 1 ? 1 : 0, 0]),
    },
    {
      table: 'code',
      columns: ACCOUNT_COLUMNS,
      rows: Object.entries(ACCOUNTS).map(([code, [name, isDebit, is]]) => [
        ...[
          year,
          code,
          name,
          code.length / 2 - 1,
          isDebit,
          is.end ?? 1,
          is.currency ?? null,
          is.bank ?? 0,
          is.cash ?? 0,
        ],
        ...[is.other ?? '', is.closed ?? 0],
        ...['bperson', 'bcus', 'bsup', 'bdept', 'bitem'].map(need => (is.needs === need ? 1 : 0)),
      ]),
    },
    {
      table: 'dsign',
      columns: ['csign', 'ctext', 'isignseq', 'itype'],
      rows: [
        ['收', '收款凭证', 1, 1],
        ['付', '付款凭证', 2, 2],
        ['转', '转账凭证', 3, 4],
        ['记', '记账凭证', 4, 0],
      ],
    },
    {
      table: 'dsigns',
      columns: ['csign', 'ccode'],
      rows: ['收', '付', '转'].flatMap(sign => [
        [sign, '1001'],
        [sign, '1002'],
      ]),
    },
    {
      table: 'SettleStyle',
      columns: ['cSSCode', 'cSSName', 'bSSEnd', 'bSSFlag'],
      rows: [
        ['1', '现金', 1, 0],
        ['2', '支票', 1, 1],
        ['3', '网银转账', 1, 0],
      ],
    },
    {
      table: 'Ap_SStyleCode',
      columns: ['iyear', 'cSettleStyle', 'cFlag', 'cCode'],
      rows: [[year, '3', 'AP', '100201']],
    },
    { table: 'AccInformation', columns: ['cSysID', 'cName', 'cValue'], rows: [['GL', 'bMakShtSort', 'False']] },
    {
      table: 'Ap_CancelNo',
      columns: ['cType', 'cFlag', 'iCancelNo'],
      rows: [
        ['PZ', 'AP', 0],
        ['PZ', 'AR', 0],
        ['PZ', 'GL', 0],
      ],
    },
    ...partners(),
    {
      table: 'Department',
      columns: ['cDepCode', 'cDepName', 'bDepEnd'],
      rows: [
        ['1', '公司', 0],
        ['101', '财务部', 1],
      ],
    },
    { table: 'Person', columns: ['cPersonCode', 'cPersonName', 'cDepCode'], rows: [['P01', '样例职员', '101']] },
    {
      table: 'fitem',
      columns: ['citem_class', 'citem_name'],
      rows: [
        ['00', '项目'],
        ['98', '现金流量项目'],
      ],
    },
    { table: 'fitemss00', columns: ['citemcode', 'citemname', 'bclose'], rows: [['X1', '样例项目', 0]] },
    {
      table: 'fitemss98',
      columns: ['citemcode', 'citemname', 'bclose'],
      rows: [
        ['01', '销售商品收到的现金', 0],
        ['04', '购买商品支付的现金', 0],
        ['07', '支付其他与经营活动有关的现金', 0],
        ['99', '已结束项目', 1],
      ],
    },
  ]
}

function partners(): readonly Rows[] {
  return [
    {
      table: 'AA_Bank',
      columns: ['cBankCode', 'cBankName'],
      rows: [
        ['102', '工商银行'],
        ['104', '中国银行'],
        ['308', '招商银行'],
      ],
    },
    {
      table: 'Bank',
      columns: ['cBCode', 'cBName', 'cBAccount'],
      rows: [
        ['01', '中国工商银行样例支行', '1202020000000000001'],
        ['02', '中国银行样例支行', '350600000001'],
      ],
    },
    {
      table: 'Vendor',
      columns: ['cVenCode', 'cVenName', 'cVenAbbName', 'cVenBank', 'cVenAccount'],
      rows: [
        ['V0001', '东湖样例机械有限公司', '东湖机械', '中国工商银行杭州样例支行', '1202021900099990011'],
        ['V0002', '南屏样例包装有限公司', '南屏包装', '中国银行上海样例支行', '450759000022'],
        ['V0003', '西溪样例电子有限公司', '西溪电子', '招商银行深圳样例支行', '755900000000033'],
        ['V0004', '北岭样例物流有限公司', '北岭物流', '', ''],
      ],
    },
    {
      table: 'VendorBank',
      columns: ['cVenCode', 'cAccountNum', 'bDefault', 'cBank', 'cBranch'],
      rows: [
        ['V0001', '1202021900099990011', 1, '102', '中国工商银行杭州样例支行'],
        ['V0001', '571900000000011', 0, '308', '招商银行杭州样例支行'],
        ['V0002', '450759000022', 1, '104', '中国银行上海样例支行'],
      ],
    },
    {
      table: 'Customer',
      columns: ['cCusCode', 'cCusName', 'cCusAbbName', 'cCusBank', 'cCusAccount'],
      rows: [['C0001', '云栖样例商贸有限公司', '云栖商贸', '中国工商银行杭州样例支行', '1202021900088880001']],
    },
  ]
}
