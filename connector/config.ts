// One file becomes the site's settings, or a list of every problem in it with its path. Parsing is pure: secrets come in
// through the two functions that it is given, and a secret written in clear is refused.

import { z } from 'zod'
import { bookingConfig, bookingProblems, bookingShape, type BookingConfig } from './config-journal'
import { parseAmount } from './core/money'
import { reconciliationProblems, reconciliationSchema } from './reconcile-config'
import { keysConfigSchema } from './store/config'

/** The kinds of bridge and gateway a configuration may name, with the schema of each. */
export type Kinds = {
  readonly store: z.ZodType
  readonly bridges: Readonly<Record<string, z.ZodType>>
  readonly gateways: Readonly<Record<string, z.ZodType>>
}
export type SecretSource = { env(name: string): string | undefined; file(path: string): string }
export type ConfigProblem = { readonly path: string; readonly message: string }

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly ConfigProblem[]
  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(problem => `${problem.path}: ${problem.message}`).join('\n'))
    this.problems = problems
  }
}

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,30}$/, '小写字母、数字、连字符 / lower-case letters, digits, hyphens')
const milliseconds = z
  .int()
  .min(1)
  .max(7 * 86_400_000)

const account = z.strictObject({
  account: z.string().regex(/^[0-9A-Za-z-]{5,35}$/),
  name: z.string().min(1),
  currency: z.string().regex(/^[A-Z]{3}$/),
  bank: name,
  erp: name,
  alsoPaidFrom: z.array(name).default([]),
  bankName: z.string().default(''),
  bankCode: z
    .string()
    .regex(/^\d{12}$/)
    .or(z.literal(''))
    .default(''),
  accountSet: z.string().default(''),
  ledgerAccount: z.string().default(''),
  wantsReceipts: z.boolean().default(true),
  reconcileFrom: z.iso.date().optional(),
  ledgerOpening: z.string().optional(),
})

const hold = z
  .strictObject({
    name: z.string().min(1),
    /** `50000.00 CNY`: amounts of this currency from here up. */
    from: z.string(),
    businessTypes: z.array(z.string()).default([]),
    approvals: z.int().min(1).max(5),
  })
  .transform((rule, context) => {
    const [text = '', currency = ''] = rule.from.split(' ')
    const from = parseAmount(text, currency)
    if (typeof from === 'string') {
      context.addIssue({ code: 'custom', path: ['from'], message: '应如「50000.00 CNY」 / like "50000.00 CNY"' })
      return z.NEVER
    }
    return { ...rule, from }
  })

/** Who books, and how accounts are named, in the receiver's part of an electronic receipt. */
const evoucher = z
  .strictObject({
    entities: z
      .array(
        z.strictObject({
          accountSet: z.string().default(''),
          name: z.string().min(1),
          code: z.string().regex(/^[0-9A-Z]{18}$/, '统一社会信用代码，18 位 / 18 characters'),
        }),
      )
      .default([]),
    subjects: z.record(z.string(), z.string().min(1)).default({}),
    sides: z.enum(['借方/贷方', '借/贷']).default('借方/贷方'),
  })
  .prefault({})

const hhmm = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, '应如「08:30」 / like "08:30"')
const window = z.strictObject({
  days: z.array(z.int().min(1).max(7)).min(1).default([1, 2, 3, 4, 5, 6, 7]),
  from: hhmm,
  to: hhmm,
})

const watched = z
  .strictObject({
    name: z.string().min(1),
    /** PEM, DER, or PKCS#12 with its `password`. */
    file: z.string().min(1).optional(),
    password: z.string().min(1).optional(),
    /** Where no file can be read, e.g. of a U-key: the day as the bank's paper says it. */
    endsOn: z.iso.date().optional(),
  })
  .refine(({ file, endsOn }) => (file === undefined) !== (endsOn === undefined), {
    message: 'file 与 endsOn 须且只能有一个 / exactly one of file and endsOn',
  })

/** What every bank connection may have besides its own keys. */
const calls = z
  .strictObject({
    concurrent: z.int().min(1).max(16).default(4),
    perMinute: z.int().min(1).max(6000).nullable().default(null),
    maintenance: z.array(window).default([]),
    sendHours: z.array(window).default([]),
    failuresBeforePause: z.int().min(1).max(1000).default(5),
    pauseFirstMs: milliseconds.default(5_000),
    pauseMaxMs: milliseconds.default(300_000),
  })
  .prefault({})

const namedKind = (kind: 'bridge' | 'gateway') => z.looseObject({ [kind]: z.string() })

const base = z.strictObject({
  instance: name,
  dataDir: z.string().min(1),
  store: z.looseObject({ dialect: z.string() }),
  /** Absent: a key is made at the first start and kept in `dataDir`. */
  keys: keysConfigSchema.optional(),
  admin: z.strictObject({ host: z.string().default('127.0.0.1'), port: z.int().min(0).max(65_535) }),
  log: z
    .strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info'), file: z.string().optional() })
    .prefault({}),
  referencePrefix: z
    .string()
    .regex(/^[0-9A-Za-z]{0,6}$/)
    .default(''),
  erps: z.record(name, z.looseObject({ bridge: z.string() })),
  banks: z.record(name, z.looseObject({ gateway: z.string(), calls })),
  accounts: z.array(account).min(1),
  approvals: z.array(hold).default([]),
  ...bookingShape,
  maker: z.string().default('银企直联'),
  reconciliation: reconciliationSchema,
  evoucher,
  certificates: z
    .strictObject({
      /** Days before the end at which a person is told again. A renewal at a counter takes weeks. */
      warningDays: z.array(z.int().min(1).max(365)).min(1).default([30, 14, 7, 1]),
      watch: z.array(watched).default([]),
    })
    .prefault({}),
  schedules: z
    .strictObject({
      /** Today's lines of every account; node-cron, six fields with seconds, Asia/Shanghai. */
      today: z.string().default('0 */10 8-20 * * *'),
      history: z.string().default('0 30 6 * * *'),
      historyDays: z.int().min(1).max(31).default(3),
    })
    .prefault({}),
  timing: z
    .strictObject({
      pollMinMs: milliseconds.default(500),
      pollMaxMs: milliseconds.default(5_000),
      leaseMs: milliseconds.default(900_000),
      callTimeoutMs: milliseconds.default(720_000),
      retryFirstMs: milliseconds.default(5_000),
      retryMaxMs: milliseconds.default(900_000),
      inquireFirstMs: milliseconds.default(3_000),
      inquireMaxMs: milliseconds.default(900_000),
      receiptRetryMs: milliseconds.default(3_600_000),
      receiptGiveUpMs: milliseconds.default(3 * 86_400_000),
      batchLimit: z.int().min(1).max(1000).default(100),
    })
    .prefault({})
    // A send begins only when its lease outlasts the whole call; what lies between claim and socket needs its share.
    .refine(timing => timing.callTimeoutMs * 5 <= timing.leaseMs * 4, {
      path: ['callTimeoutMs'],
      message:
        '不得超过 leaseMs 的五分之四，否则租约不足以完成一次发送 / at most four fifths of leaseMs, or a lease does not outlast a send',
    }),
})

export type Config = z.output<typeof base>

/** @throws ConfigError with every problem at once */
export function parseConfig(value: unknown, kinds: Kinds, secrets: SecretSource): Config {
  const problems: ConfigProblem[] = []
  const resolved = resolveSecrets(value, '', secrets, problems)
  const parsed = base.safeParse(resolved, { error: bilingual })
  if (!parsed.success) problems.push(...parsed.error.issues.flatMap(issue => toProblems(issue, '')))
  else
    problems.push(
      ...accountProblems(parsed.data),
      ...bookingProblems(parsed.data),
      ...reconciliationProblems(parsed.data),
    )
  problems.push(...kindProblems(resolved, kinds))
  // What was found first at a path is the cause: a secret that is not there is also missing, and need not be said twice.
  const first = new Map(problems.toReversed().map(problem => [problem.path, problem]))
  if (problems.length > 0 || !parsed.success) throw new ConfigError([...first.values()].toReversed())
  return parsed.data
}

/** Another set of rules: the keys of booking out of any document, for `yinqi journal dry-run --rules`. @throws ConfigError */
export function parseBooking(value: unknown): BookingConfig {
  const parsed = bookingConfig.safeParse(value, { error: bilingual })
  const problems = parsed.success
    ? bookingProblems(parsed.data)
    : parsed.error.issues.flatMap(issue => toProblems(issue, ''))
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems)
  return parsed.data
}

/** The part of a connection that belongs to its own kind. */
export function ownPart(connection: Readonly<Record<string, unknown>>, discriminator: 'bridge' | 'gateway'): unknown {
  const shared = discriminator === 'gateway' ? ['gateway', 'calls'] : ['bridge']
  return Object.fromEntries(Object.entries(connection).filter(([key]) => !shared.includes(key)))
}

/** What belongs to a store, a bridge or a gateway is judged by its own schema, also when the rest is wrong. */
function kindProblems(value: unknown, kinds: Kinds): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = []
  const parts = z.object({
    store: z.unknown().optional(),
    erps: z.record(z.string(), namedKind('bridge')).catch({}),
    banks: z.record(z.string(), namedKind('gateway')).catch({}),
  })
  const { store, erps, banks } = parts.catch({ store: undefined, erps: {}, banks: {} }).parse(value)
  const report = (path: string, schema: z.ZodType, own: unknown): void => {
    for (const issue of schema.safeParse(own, { error: bilingual }).error?.issues ?? [])
      problems.push(...toProblems(issue, path))
  }
  const check = (path: string, kind: unknown, schemas: Kinds['bridges'], own: unknown): void => {
    const schema = typeof kind === 'string' && Object.hasOwn(schemas, kind) ? schemas[kind] : undefined
    if (schema) report(path, schema, own)
    else
      problems.push({
        path,
        message: `未知类型 ${String(kind)}，可用 / unknown, one of: ${Object.keys(schemas).join(', ')}`,
      })
  }
  if (store !== undefined) report('store', kinds.store, store)
  for (const [key, erp] of Object.entries(erps))
    check(`erps.${key}`, erp['bridge'], kinds.bridges, ownPart(erp, 'bridge'))
  for (const [key, bank] of Object.entries(banks))
    check(`banks.${key}`, bank['gateway'], kinds.gateways, ownPart(bank, 'gateway'))
  return problems
}

function accountProblems(config: Config): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = []
  const seen = new Set<string>()
  for (const [index, item] of config.accounts.entries()) {
    const path = `accounts.${index}`
    if (!Object.hasOwn(config.erps, item.erp))
      problems.push({ path: `${path}.erp`, message: `没有名为 ${item.erp} 的 ERP / no such ERP` })
    if (!Object.hasOwn(config.banks, item.bank))
      problems.push({ path: `${path}.bank`, message: `没有名为 ${item.bank} 的银行 / no such bank` })
    for (const other of item.alsoPaidFrom) {
      if (!Object.hasOwn(config.erps, other))
        problems.push({ path: `${path}.alsoPaidFrom`, message: `没有名为 ${other} 的 ERP / no such ERP` })
    }
    if (seen.has(item.account))
      problems.push({ path: `${path}.account`, message: '账号重复 / the account is listed twice' })
    seen.add(item.account)
  }
  return problems
}

/** `{env: NAME}` and `{file: PATH}` become the secret; a secret-looking field in clear text is a problem. */
function resolveSecrets(value: unknown, path: string, secrets: SecretSource, problems: ConfigProblem[]): unknown {
  if (Array.isArray(value))
    return value.map((item: unknown, index) => resolveSecrets(item, `${path}.${index}`, secrets, problems))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const [only] = entries
  if (
    entries.length === 1 &&
    only &&
    typeof only[1] === 'string' &&
    (only[0] === 'env' || (only[0] === 'file' && isSecretName(path)))
  ) {
    const secret = only[0] === 'env' ? secrets.env(only[1]) : readSecret(secrets, only[1])
    if (secret !== undefined && secret !== '') return secret
    problems.push({
      path: path.slice(1),
      message: `${only[0] === 'env' ? '环境变量' : '文件'} ${only[1]} 不存在或为空 / is missing or empty`,
    })
    return undefined
  }
  return Object.fromEntries(
    entries.map(([key, item]): [string, unknown] => {
      const at = `${path}.${key}`
      if (isSecretName(at) && typeof item === 'string' && item !== '') {
        problems.push({
          path: at.slice(1),
          message:
            '密钥不得写在配置文件中，请用 {env: 变量名} 或 {file: 路径} / secrets come from {env: NAME} or {file: PATH}',
        })
      }
      return [key, resolveSecrets(item, at, secrets, problems)]
    }),
  )
}

function readSecret(secrets: SecretSource, path: string): string | undefined {
  try {
    return secrets.file(path).trim()
  } catch {
    return undefined
  }
}

/** By the name of its key, everywhere in the configuration. */
export function isSecretName(path: string): boolean {
  return /(password|secret|privateKey)$/i.test(path)
}

const CHINESE = z.locales.zhCN().localeError
const ENGLISH = z.locales.en().localeError

/** What zod itself has to say, in both languages; a schema's own message goes before it. */
function bilingual(issue: Parameters<typeof CHINESE>[0]): string {
  if (issue.code === 'invalid_type' && issue.input === undefined) return '缺少此项 / is missing'
  return [CHINESE(issue), ENGLISH(issue)]
    .map(said => (typeof said === 'string' ? said : (said?.message ?? issue.code)))
    .join(' / ')
}

/** A value that may be one thing or another is judged by the one that it comes nearest to: its problems lie deepest. */
function toProblems(issue: z.core.$ZodIssue, prefix: string): readonly ConfigProblem[] {
  const path = [prefix, ...issue.path.map(String)].filter(part => part !== '').join('.')
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const depth = (issues: readonly z.core.$ZodIssue[]): number => Math.max(0, ...issues.map(each => each.path.length))
    const nearest = issue.errors.reduce((best, other) => (depth(other) > depth(best) ? other : best))
    if (depth(nearest) > 0) return nearest.flatMap(each => toProblems(each, path))
  }
  return [{ path: path === '' ? '(root)' : path, message: issue.message }]
}
