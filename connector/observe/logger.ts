// JSON logs. An account number or a secret never reaches them: every string is masked on its way out, whoever wrote it.

import winston from 'winston'
import { openLogFile } from './log-file'

export type Log = {
  debug(message: string, facts?: Readonly<Record<string, unknown>>): void
  info(message: string, facts?: Readonly<Record<string, unknown>>): void
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void
  error(message: string, facts?: Readonly<Record<string, unknown>>): void
}

/** Fields whose long numbers are ours (references, keys), not accounts. */
const OUR_NUMBERS = new Set(['paymentId', 'reference', 'key', 'timestamp', 'level'])
const SECRET_FIELDS = /password|secret|token|privateKey|authorization/i

export function createLog(options: {
  readonly level: string
  readonly file: string | undefined
  readonly isSilent: boolean
}): Log {
  const format = winston.format.combine(winston.format.timestamp(), winston.format(maskInfo)(), winston.format.json())
  // Without a listener a closed pipe or a full disk behind standard error would end the process.
  if (!process.stderr.listeners('error').includes(ignore)) process.stderr.on('error', ignore)
  const stream = options.file
    ? openLogFile({
        ...{ file: options.file, maxBytes: 50_000_000, maxFiles: 10 },
        onFailure: reason => process.stderr.write(`日志无法写入 / the log cannot be written: ${reason}\n`),
      })
    : process.stderr
  const transport = new winston.transports.Stream({ stream })
  return winston.createLogger({ level: options.level, format, transports: [transport], silent: options.isSilent })
}

/** One function for every log of the process: it is added once. */
function ignore(): void {}

/** `6222021234567890123` becomes `6222***********0123`: runs of ten digits and more, blanks and hyphens inside allowed. */
export function maskText(text: string): string {
  return text.replace(/\d(?:[ -]?\d){9,}/g, run => `${run.slice(0, 4)}${'*'.repeat(run.length - 8)}${run.slice(-4)}`)
}

/** Masks every string within, and hides fields that are named like secrets. */
export function masked(value: unknown, field = ''): unknown {
  if (SECRET_FIELDS.test(field)) return '***'
  if (typeof value === 'string') return OUR_NUMBERS.has(field) ? value : maskText(value)
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Error) return maskedError(value)
  if (Array.isArray(value)) return value.map((item: unknown) => masked(item, field))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item, key)]))
}

/** With its stable code, by which a person looks it up, and what caused it. */
function maskedError(error: Error): Readonly<Record<string, unknown>> {
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
  const cause = error.cause instanceof Error ? { cause: `${error.cause.name}: ${maskText(error.cause.message)}` } : {}
  return { ...code, name: error.name, message: maskText(error.message), stack: maskText(error.stack ?? ''), ...cause }
}

function maskInfo(info: winston.Logform.TransformableInfo): winston.Logform.TransformableInfo {
  for (const [key, value] of Object.entries(info)) info[key] = masked(value, key)
  return info
}
