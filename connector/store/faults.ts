// What a database driver throws, as one of our stable codes. It decides by error number, never by text, and never
// calls a failure a success: what is not in the tables is STORE_FAILED.

import { Fault } from '../ports'
import { Conflict } from './store'

export type StoreFaultCode =
  | 'STORE_UNREACHABLE'
  | 'STORE_COMMIT_UNKNOWN'
  | 'STORE_BUSY'
  | 'STORE_READONLY'
  | 'STORE_FULL'
  | 'STORE_DENIED'
  | 'STORE_CORRUPT'
  | 'STORE_SCHEMA_MISSING'
  | 'STORE_SCHEMA_NEWER'
  | 'STORE_SCHEMA_CHANGED'
  | 'STORE_KEY_MISSING'
  | 'STORE_KEY_WRONG'
  | 'STORE_FAILED'

const WORDS: Readonly<Record<StoreFaultCode, string>> = {
  STORE_UNREACHABLE: '连接器数据库无法连接 / the connector database cannot be reached',
  STORE_COMMIT_UNKNOWN:
    '提交时连接中断，结果未知，将重新读取 / the connection was lost at COMMIT: whether it took effect is read again',
  STORE_BUSY: '连接器数据库繁忙，多次重试仍未成功 / the connector database stayed busy through every retry',
  STORE_READONLY: '连接器数据库只读，无法写入 / the connector database is read-only',
  STORE_FULL: '连接器数据库空间已满 / the connector database has no space left',
  STORE_DENIED:
    '连接器数据库拒绝访问，请检查账号与权限 / the connector database denies access: check account and rights',
  STORE_CORRUPT: '连接器数据库内容损坏或被改动 / the connector database is damaged or was altered',
  STORE_SCHEMA_MISSING:
    '连接器数据库尚未建表或版本较旧，请运行 yinqi migrate / the connector database has no or an older schema: run yinqi migrate',
  STORE_SCHEMA_NEWER:
    '连接器数据库的版本比本程序新，拒绝启动：请升级程序 / the connector database is newer than this program: upgrade the program',
  STORE_SCHEMA_CHANGED:
    '已执行的迁移脚本与本程序所带的不一致 / a migration that was applied differs from the one this program carries',
  STORE_KEY_MISSING:
    '缺少本库用过的密钥，请在 keys 中补上，未改动任何数据 / a key that this store was used with is missing: add it to `keys`; nothing was changed',
  STORE_KEY_WRONG:
    '密钥与本库所用的不同，请核对 keys，未改动任何数据 / a key is not the one this store was used with: check `keys`; nothing was changed',
  STORE_FAILED: '连接器数据库操作失败 / the connector database refused an operation',
}

/** A Fault with our words in Chinese and English, and a detail for the person who looks into it. */
export function storeFault(code: StoreFaultCode, detail: string, cause?: unknown): Fault {
  return new Fault(code, `${WORDS[code]} (${detail})`, { cause })
}

/** What a driver threw, kept apart from what our own code throws inside a transaction. */
export class DriverError extends Error {
  override readonly name = 'DriverError'
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

// SQLite result codes, PostgreSQL SQLSTATEs and SQL Server numbers share one table: they cannot be confused.
// SQLSTATE 57014 (a cancelled statement) is absent on purpose: it is final for the caller, who reads again.
const CODES: readonly (readonly [StoreFaultCode, RegExp])[] = [
  ['STORE_BUSY', /^(SQLITE_BUSY\w*|SQLITE_LOCKED\w*|40P01|40001|55P03|1205|1222|3960)$/],
  [
    'STORE_UNREACHABLE',
    /^(ECONN\w+|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE|ESOCKET|ETIMEOUT|EINSTLOOKUP|ECLOSE|EINVALIDSTATE|08\w{3}|57P0[123]|53300|4060|233|10054|10060)$/,
  ],
  ['STORE_READONLY', /^(SQLITE_READONLY\w*|25006|3906)$/],
  ['STORE_FULL', /^(SQLITE_FULL|53100|53200|1105|9002|ENOSPC)$/],
  ['STORE_DENIED', /^(SQLITE_CANTOPEN\w*|SQLITE_PERM|SQLITE_AUTH|EACCES|28\w{3}|3D000|42501|229|262|18456|18470)$/],
  ['STORE_CORRUPT', /^(SQLITE_CORRUPT\w*|SQLITE_NOTADB|XX00[12]|823|824|825)$/],
]
const UNIQUE = /^(SQLITE_CONSTRAINT_UNIQUE|SQLITE_CONSTRAINT_PRIMARYKEY|23505|2627|2601)$/

/** The database rolled the transaction back whole, and it may be tried again: deadlock, lock timeout, busy. */
export function isRetryable(error: unknown): boolean {
  return codesOf(error).some(code => CODES[0]?.[1].test(code) === true)
}

/**
 * As `translate`, of a COMMIT that failed. The server's own refusal rolled back; a connection that was lost leaves it open
 * whether the transaction took effect.
 */
export function translateCommit(error: unknown): Fault | Conflict {
  const fault = translate(error)
  if (!(fault instanceof Fault) || fault.code !== 'STORE_UNREACHABLE') return fault
  return storeFault('STORE_COMMIT_UNKNOWN', fault.message, error)
}

/** Conflict for a key that is there already, otherwise the Fault. */
export function translate(error: unknown): Fault | Conflict {
  const codes = codesOf(error)
  const detail = `${codes.join(' ') || 'no code'}: ${messageOf(error)}`
  if (codes.some(code => UNIQUE.test(code))) return new Conflict(detail, { cause: error })
  for (const [code, pattern] of CODES) {
    if (codes.some(found => pattern.test(found))) return storeFault(code, detail, error)
  }
  return storeFault('STORE_FAILED', detail, error)
}

/** Codes of an error and of what caused it; three levels are as deep as the drivers nest. */
function codesOf(error: unknown): readonly string[] {
  const codes: string[] = []
  let current: unknown = error
  for (let depth = 0; depth < 3 && typeof current === 'object' && current !== null; depth++) {
    if ('number' in current && typeof current.number === 'number') codes.push(String(current.number))
    if ('code' in current && typeof current.code === 'string') codes.push(current.code)
    // Thrown by knex's pool when no connection came in time.
    if ('name' in current && current.name === 'KnexTimeoutError') codes.push('ETIMEDOUT')
    // Thrown by pg, without a code, when the server goes away under a query or does not answer.
    if (/\b(Connection terminated|Query read timeout$|timeout expired$|is not queryable$)/.test(messageOf(current))) {
      codes.push('ECONNRESET')
    }
    current = 'cause' in current ? current.cause : undefined
  }
  return codes
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
