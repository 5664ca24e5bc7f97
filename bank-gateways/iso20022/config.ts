// What a site says about a bank that takes ISO 20022 files. Every bank fills the standard in its own way and none of these values
// is confirmed for any: what moves money or names an account has no default, the rest has the safe one.

import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { ISO_OUTCOMES, isListed } from './codes'
import { isOpenpgpThere } from './pgp'
import { BIC, isIban, PROFILE_NAMES, PROFILES, profileSchema, type Profile } from './profiles'

const milliseconds = z.int().min(1).max(3_600_000)
const both = (zh: string, en: string): string => `${zh} / ${en}`
const directory = z.string().min(1).max(1024)

const agentSchema = z
  .strictObject({
    bic: z.string().regex(BIC).optional(),
    /** CNAPS 联行号. */
    cnaps: z
      .string()
      .regex(/^\d{12}$/)
      .optional(),
    name: z.string().min(1).max(140).optional(),
  })
  .refine(
    ({ bic, cnaps }) => bic !== undefined || cnaps !== undefined,
    both('须给 bic 或 cnaps', 'give bic or cnaps: the bank that keeps our accounts'),
  )

const ownAccount = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** Where the bank knows the account by its IBAN and the ERP by another number. */
  iban: z.string().refine(isIban, both('不是有效的 IBAN', 'not a valid IBAN')).optional(),
})

const folderSchema = z.strictObject({ kind: z.literal('folder') })

const sftpSchema = z.strictObject({
  kind: z.literal('sftp'),
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(22),
  username: z.string().min(1),
  password: z.string().min(1).optional(),
  /** PEM or OpenSSH text. */
  privateKey: z.string().min(1).optional(),
  privateKeyPassword: z.string().min(1).optional(),
  /** SHA-256 of the server's host key, as `ssh-keygen -lf` prints it behind `SHA256:`. Another key is refused. */
  hostKeySha256: z.string().regex(/^[A-Za-z0-9+/]{43}=?$/),
})

const pathsSchema = z.strictObject({
  /** Where our files go. */
  send: directory,
  /** Where pain.002 and camt come; both may be one directory. */
  status: directory,
  statements: directory,
})

const pgpSchema = z.strictObject({
  /** Ours, armored: signs what leaves, opens what comes. */
  privateKey: z.string().includes('PGP PRIVATE KEY'),
  privateKeyPassword: z.string().min(1).optional(),
  /** The bank's, armored: what leaves is encrypted to it, what comes must be signed with it. */
  bankPublicKey: z.string().includes('PGP PUBLIC KEY'),
  armored: z.boolean().default(true),
  /** Appended to the name of every file that leaves. */
  suffix: z
    .string()
    .regex(/^\.[A-Za-z0-9.]{1,10}$/)
    .default('.pgp'),
})

/** What the bank's own document says of a code that the standard's tables here do not list, or leave open. */
const extraCode = z
  .strictObject({
    code: z.string().regex(/^[A-Za-z0-9]{1,35}$/),
    level: z.enum(['status', 'reason']),
    outcome: z.string(),
    meaning: z.string().min(1),
  })
  .superRefine((extra, context) => {
    const allowed: readonly string[] = ISO_OUTCOMES[extra.level]
    if (!allowed.includes(extra.outcome))
      context.addIssue({ code: 'custom', path: ['outcome'], message: both('可用值', `one of: ${allowed.join(', ')}`) })
    if (isListed(extra.code, extra.level))
      context.addIssue({
        code: 'custom',
        path: ['code'],
        message: both('内置代码不可改', 'a built-in code cannot be changed'),
      })
  })

const archiveSchema = z.string().refine(isAbsolute, both('须为绝对路径', 'must be an absolute path'))

export const iso20022Config = z
  .strictObject({
    transport: z.discriminatedUnion('kind', [sftpSchema, folderSchema]),
    paths: pathsSchema,
    /** A directory of this connection alone: every file that left or came, byte for byte. What comes is judged from here. */
    archive: archiveSchema,
    version: z.enum(['pain.001.001.03', 'pain.001.001.09']),
    profile: z.enum(PROFILE_NAMES),
    /** Single values of the profile that this bank wants otherwise. */
    profileChanges: profileSchema.partial().default({}),
    /** InitgPty: the name, and the number under which the bank knows the sender. */
    initiator: z.strictObject({ name: z.string().min(1).max(70), id: z.string().min(1).max(35).optional() }),
    agent: agentSchema,
    /** Our accounts by the number that the ERP has. */
    accounts: z.record(z.string().regex(/^[A-Za-z0-9]{1,34}$/), ownAccount),
    batchMax: z.int().min(1).max(10_000).default(100),
    /** True only where the bank books a file as one line: then no statement line can be told to be one payment. */
    batchBooking: z.boolean().default(false),
    /** MsgId, PmtInfId, InstrId and EndToEndId have 35 characters; a bank may take fewer. */
    referenceMaxBytes: z.int().min(15).max(35).default(35),
    /** Before and behind MsgId. */
    fileName: z
      .strictObject({
        before: z
          .string()
          .regex(/^[A-Za-z0-9_-]{0,60}$/)
          .default(''),
        after: z
          .string()
          .regex(/^[A-Za-z0-9_.-]{1,20}$/)
          .default('.xml'),
      })
      .prefault({}),
    /** Behind the name while a file is being written: the bank must not pick up what ends so. */
    temporarySuffix: z
      .string()
      .regex(/^\.[A-Za-z0-9]{1,10}$/)
      .default('.tmp'),
    /** What happens at the bank's side to a file that is in the archive and could be read. */
    afterFetch: z.union([z.enum(['keep', 'delete']), z.strictObject({ moveTo: directory })]).default('keep'),
    /** How long a send waits for the bank's first pain.002; 0 looks once. */
    statusWaitMs: z.int().min(0).max(600_000).default(0),
    /** How far back the archive is read. */
    lookBackDays: z.int().min(7).max(3650).default(120),
    /** What tells two lines of a day apart. `servicer-reference`: AcctSvcrRef, where the bank says it is unique in the account. */
    lineIdentity: z.enum(['content', 'servicer-reference']).default('content'),
    /** Whether camt.052 and camt.054 are lines already; else only camt.053. Needs `servicer-reference`. */
    intraday: z.boolean().default(false),
    pageLines: z.int().min(1).max(10_000).default(1000),
    pgp: pgpSchema.nullable().default(null),
    connectTimeoutMs: milliseconds.default(15_000),
    /** For one operation: a listing, a file written or read. */
    answerTimeoutMs: milliseconds.default(60_000),
    maxFileBytes: z.int().min(1024).max(268_435_456).default(67_108_864),
    codes: z.array(extraCode).default([]),
  })
  .superRefine((config, context) => {
    const issue = (path: readonly (string | number)[], zh: string, en: string): void =>
      context.addIssue({ code: 'custom', path: [...path], message: both(zh, en) })
    const { transport, paths } = config
    if (transport.kind === 'sftp' && transport.password === undefined && transport.privateKey === undefined)
      issue(['transport', 'password'], '须给口令或私钥', 'give a password or a private key')
    if (paths.send === paths.status || paths.send === paths.statements)
      issue(['paths', 'send'], '发送目录须与接收目录不同', 'must differ from the directories that are read')
    if (config.intraday && config.lineIdentity !== 'servicer-reference')
      issue(
        ['intraday'],
        '须同时设 lineIdentity: servicer-reference，否则同一笔会入账两次',
        'needs lineIdentity: servicer-reference, or one line would be imported twice',
      )
    if (config.pgp !== null && !isOpenpgpThere())
      issue(
        ['pgp'],
        '未安装 openpgp，请在安装目录执行 npm install openpgp@6',
        'openpgp is not installed: run npm install openpgp@6 in the installation directory',
      )
    if (config.profile === 'sepa')
      for (const [account, { iban }] of Object.entries(config.accounts))
        if (!isIban(iban ?? account))
          issue(['accounts', account, 'iban'], 'SEPA 须给 IBAN', 'SEPA needs the IBAN of this account')
  })

export type Iso20022Config = z.output<typeof iso20022Config>
export type OwnAccount = z.output<typeof ownAccount>

export function profileOf({ profile, profileChanges }: Iso20022Config): Profile {
  return profileSchema.parse({ ...PROFILES[profile], ...profileChanges })
}

/** One of our accounts, or null. Never through the prototype: an account number comes from an ERP. */
export function accountOf(config: Iso20022Config, account: string): OwnAccount | null {
  return Object.hasOwn(config.accounts, account) ? (config.accounts[account] ?? null) : null
}
