// Looks whether the account set can be served: reachable, the right database, the columns and rights that are needed,
// the open period, voucher types, bank accounts. It changes nothing: a probe of a right touches no row.

import type { Check } from '../../connector/ports'
import { codeOf } from '../shared/db-errors'
import { instantOf, intOf, textOf, trimmedOf } from '../shared/row'
import { accountSetSql, databaseOf, periodOf, readPeriods, type U8 } from './account-set'
import { placeholders, type Sql } from './dialect'
import { AP_COLUMNS, DOCUMENT_COLUMNS, hasColumn, missingFrom, SYSTEM_COLUMNS, VOUCHER_COLUMNS } from './schema'
import { localDay } from './u8-time'
import { voucherStatements } from './read-vouchers'

/** U8 stamps approvals with its own clock; a minute is felt by nobody, more should be known. */
const CLOCK_TOLERANCE_MS = 60_000

export type DoctorStatements = {
  readonly clock: string
  readonly types: string
  readonly month: string
  readonly banks: (count: number) => string
  readonly probes: readonly { readonly what: string; readonly sql: string }[]
}

/** Every statement that this file runs. Each probe asks for a right and matches no row. */
export function doctorStatements(sql: Sql): DoctorStatements {
  return {
    clock: `SELECT ${sql.utcNow} AS at`,
    types: 'SELECT csign AS csign FROM dsign ORDER BY isignseq',
    month: 'SELECT COALESCE(bflag, 0) AS bflag FROM GL_mend WHERE iyear = ? AND iperiod = ?',
    banks: count =>
      'SELECT ccode AS ccode, COALESCE(bbank, 0) AS bbank, COALESCE(bend, 0) AS bend, cother AS cother FROM code ' +
      `WHERE iyear = ? AND ccode IN (${placeholders(count)})`,
    probes: [
      { what: 'UPDATE GL_accvouch', sql: 'UPDATE GL_accvouch SET ino_id = ino_id WHERE 1 = 0' },
      {
        what: 'INSERT GL_accvouch',
        sql: 'INSERT INTO GL_accvouch (iperiod, ccode) SELECT iperiod, ccode FROM GL_accvouch WHERE 1 = 0',
      },
      {
        what: 'INSERT GL_CashTable',
        sql: 'INSERT INTO GL_CashTable (iPeriod, ccode) SELECT iPeriod, ccode FROM GL_CashTable WHERE 1 = 0',
      },
    ],
  }
}

export async function examine(u8: U8): Promise<readonly Check[]> {
  const connection = await connectionCheck(u8)
  if (connection.latencyMs === null) return [connection]
  const checks: Check[] = [connection]
  const parts = [
    columnsCheck,
    accountSetCheck,
    periodCheck,
    typesCheck,
    banksCheck,
    approvalCheck,
    rightsCheck,
    unkeyedCheck,
  ]
  for (const part of parts) {
    try {
      const check = await part(u8)
      if (check) checks.push(check)
    } catch (error) {
      const why = reasonOf(u8, error)
      checks.push(
        bad('account-set', `读取失败：${why}；请检查数据库与权限`, `cannot be read: ${why}; check database and rights`),
      )
    }
  }
  return checks
}

async function connectionCheck(u8: U8): Promise<Check> {
  const { clock } = doctorStatements(u8.sql)
  try {
    // The first use may have to connect: the second one measures the way.
    await u8.db.query(clock)
    const before = u8.clock.now()
    const [row] = await u8.db.query(clock)
    const after = u8.clock.now()
    const theirs = row ? instantOf(row, 'at') : null
    const difference = theirs === null ? null : Math.round(theirs - (before + after) / 2)
    const isClose = difference === null || Math.abs(difference) <= CLOCK_TOLERANCE_MS
    const check = isClose
      ? good('connect', '已连接', 'connected')
      : bad(
          'connect',
          `已连接，但数据库时钟相差 ${difference} 毫秒，请校时`,
          `connected, but the database clock is ${difference} ms off: set the clocks`,
        )
    return { ...check, latencyMs: after - before, clockDifferenceMs: difference }
  } catch (error) {
    const why = reasonOf(u8, error)
    return bad(
      'connect',
      `无法连接：${why}；请检查地址、账号与防火墙`,
      `cannot connect: ${why}; check address, login and firewall`,
    )
  }
}

async function columnsCheck(u8: U8): Promise<Check> {
  const schema = await u8.schema()
  const missing = [
    DOCUMENT_COLUMNS,
    VOUCHER_COLUMNS,
    SYSTEM_COLUMNS,
    ...(u8.config.voucher.mode === 'ap' ? [AP_COLUMNS] : []),
  ].flatMap(wanted => missingFrom(schema, wanted))
  const list = [...new Set(missing)].join(', ')
  if (missing.length === 0) return good('columns', '所需的表和列齐全', 'every table and column that is needed is there')
  return bad(
    'columns',
    `缺少或无权查看：${list}；请确认数据库是 U8 账套库并授予 SELECT`,
    `missing or not visible: ${list}; check that this is the U8 account set and grant SELECT`,
  )
}

async function accountSetCheck(u8: U8): Promise<Check> {
  const { accountSet, systemDatabase } = u8.config
  const [account] = await u8.db.query(accountSetSql(u8), [accountSet])
  if (!account)
    return bad(
      'account-set',
      `${systemDatabase} 中没有账套 ${accountSet}；请检查配置的账套号`,
      `${systemDatabase} knows no account set ${accountSet}; check the configuration`,
    )
  const year = Number(localDay(u8.clock.now()).slice(0, 4))
  const database = await databaseOf(u8, u8.db, year)
  if (database && !database.isHere) {
    return bad(
      'account-set',
      `${year} 年的账套库应为 ${database.named.join('、') || '（未登记）'}，与当前连接的数据库不符`,
      `the database of ${year} is ${database.named.join(', ') || '(none)'}, not the one we are connected to`,
    )
  }
  return good(
    'account-set',
    `账套 ${accountSet} ${trimmedOf(account, 'cunitname')}`,
    `account set ${accountSet} ${trimmedOf(account, 'cunitname')}`,
  )
}

async function periodCheck(u8: U8): Promise<Check> {
  const today = localDay(u8.clock.now())
  const period = periodOf(await readPeriods(u8, u8.db), today)
  if (!period)
    return bad(
      'period',
      `${today} 不在任何会计期间内；请在系统管理中建立年度期间`,
      `${today} lies in no accounting period; create the year's periods`,
    )
  const [month] = await u8.db.query(doctorStatements(u8.sql).month, [period.year, period.period])
  const name = `${period.year}.${period.period}（${period.begin}～${period.end}）`
  if (!month || intOf(month, 'bflag') !== 0)
    return bad(
      'period',
      `当前期间 ${name} 已结账或未启用，凭证不能写入`,
      `the current period ${name} is closed or not started: vouchers cannot be written`,
    )
  return good('period', `当前期间 ${name} 未结账`, `the current period ${name} is open`)
}

async function typesCheck(u8: U8): Promise<Check> {
  const types = (await u8.db.query(doctorStatements(u8.sql).types)).map(row => trimmedOf(row, 'csign'))
  if (types.length === 0)
    return bad('voucher-types', '没有凭证类别；请在 U8 中设置', 'there are no voucher types; set them up in U8')
  return good('voucher-types', `凭证类别：${types.join('、')}`, `voucher types: ${types.join(', ')}`)
}

async function banksCheck(u8: U8): Promise<Check> {
  const year = periodOf(await readPeriods(u8, u8.db), localDay(u8.clock.now()))?.year ?? 0
  const codes = [...new Set(u8.config.bankAccounts.map(account => account.ledgerAccount))]
  const rows = await u8.db.query(doctorStatements(u8.sql).banks(codes.length), [year, ...codes])
  const usable = new Set(
    rows.filter(row => intOf(row, 'bbank') === 1 && intOf(row, 'bend') === 1).map(row => trimmedOf(row, 'ccode')),
  )
  const wrong = codes.filter(code => !usable.has(code))
  if (wrong.length > 0)
    return bad(
      'bank-accounts',
      `科目 ${wrong.join('、')} 不存在、不是末级或未设为银行科目`,
      `accounts ${wrong.join(', ')} do not exist, are not lowest level or not marked as bank accounts`,
    )
  return good('bank-accounts', `银行科目：${codes.join('、')}`, `bank accounts: ${codes.join(', ')}`)
}

async function approvalCheck(u8: U8): Promise<Check | null> {
  const schema = await u8.schema()
  const hasTime = ['dverifysystime', 'dverifydate'].some(column => hasColumn(schema, 'Ap_CloseBill', column))
  if (u8.config.source !== 'documents' || hasTime) return null
  return bad(
    'approval-time',
    '此版本的付款单没有审核时间列：失败后重新付款须修改单据内容',
    'payment documents of this build carry no approval time: to ask a failed payment again, its content must change',
  )
}

async function rightsCheck(u8: U8): Promise<Check> {
  const lacking: string[] = []
  for (const probe of doctorStatements(u8.sql).probes) {
    try {
      await u8.db.execute(probe.sql)
    } catch (error) {
      lacking.push(`${probe.what} (${reasonOf(u8, error)})`)
    }
  }
  if (lacking.length === 0) return good('rights', '权限齐全', 'every right that is needed is granted')
  return bad(
    'rights',
    `缺少权限：${lacking.join('；')}；请 DBA 授权`,
    `rights are missing: ${lacking.join('; ')}; ask the DBA to grant them`,
  )
}

/** Vouchers without U8's own number are never paid: somebody should know that they are there. */
async function unkeyedCheck(u8: U8): Promise<Check | null> {
  if (u8.config.source !== 'vouchers') return null
  const period = periodOf(await readPeriods(u8, u8.db), localDay(u8.clock.now()))
  if (!period) return null
  const place = [period.year, period.period, u8.config.payFrom]
  const [row] = await u8.db.query(voucherStatements(u8.sql, u8.config).unkeyed, place)
  const count = row ? textOf(row, 'n') : '0'
  if (count === '0') return good('voucher-keys', '付款凭证均有外部业务号', 'every payment voucher has its own key')
  return bad(
    'voucher-keys',
    `本期有 ${count} 行银行科目凭证没有外部业务号（coutno_id），不会被取为付款`,
    `${count} lines of this period's bank vouchers have no coutno_id and are not taken as payments`,
  )
}

function reasonOf(u8: U8, error: unknown): string {
  const code = codeOf(u8.db.dialect, error)
  return code === '' && error instanceof Error ? error.message : code
}

function good(name: string, zh: string, en: string): Check {
  return { name, ok: true, zh, en, latencyMs: null, clockDifferenceMs: null }
}

function bad(name: string, zh: string, en: string): Check {
  return { name, ok: false, zh, en, latencyMs: null, clockDifferenceMs: null }
}
