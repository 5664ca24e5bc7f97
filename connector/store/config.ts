// Where the connector keeps its own state, as a configuration file says it.

import { z } from 'zod'

const poolMax = z.int().min(1).max(100).optional()

export const storeConfigSchema = z.discriminatedUnion('dialect', [
  /** One file next to the daemon; one daemon only. */
  z.strictObject({ dialect: z.literal('sqlite'), filename: z.string().min(1) }),
  /** `postgres://user@host:5432/database`; the password in the address or apart. */
  z.strictObject({
    dialect: z.literal('postgres'),
    url: z.string().min(1),
    password: z.string().optional(),
    poolMax,
    /** Longest a statement may take before its connection counts as lost. */
    statementTimeoutMs: z.int().min(500).max(600_000).optional(),
  }),
  z.strictObject({
    dialect: z.literal('mssql'),
    host: z.string().min(1),
    port: z.int().min(1).max(65535).optional(),
    instanceName: z.string().optional(),
    database: z.string().min(1),
    user: z.string().min(1),
    password: z.string(),
    encrypt: z.boolean(),
    trustServerCertificate: z.boolean(),
    poolMax,
  }),
])

const keyId = z
  .string()
  .regex(/^[0-9A-Za-z][0-9A-Za-z-]{0,31}$/, '1 至 32 位字母、数字、连字符 / 1 to 32 letters, digits, hyphens')

/** The keys of seals, of the audit trail and of encryption. Every key that was ever used stays in the ring. */
export const keysConfigSchema = z
  .strictObject({
    current: keyId,
    ring: z
      .array(
        z.strictObject({
          id: keyId,
          /** At least 32 bytes, hexadecimal or base64, as `yinqi keys generate` prints them. */
          secret: z.string().refine(secret => secretBytes(secret) !== null, {
            message:
              '应为至少 32 字节的十六进制或 base64，可用 yinqi keys generate 生成 / at least 32 bytes of hexadecimal or base64: yinqi keys generate makes one',
          }),
        }),
      )
      .min(1),
    mac: z.enum(['hmac-sha256', 'hmac-sm3']).default('hmac-sha256'),
    cipher: z.enum(['aes-256-gcm', 'sm4-gcm', 'off']).default('aes-256-gcm'),
  })
  .refine(keys => keys.ring.some(key => key.id === keys.current), {
    path: ['current'],
    message: 'ring 中没有这个密钥 / no key of the ring has this id',
  })
  .refine(keys => new Set(keys.ring.map(key => key.id)).size === keys.ring.length, {
    path: ['ring'],
    message: '密钥编号重复 / an id is listed twice',
  })

export type KeysConfig = z.infer<typeof keysConfigSchema>

const SECRET_BYTES_MIN = 32

/** Null when it is neither hexadecimal nor base64 of enough bytes. */
export function secretBytes(secret: string): Buffer | null {
  const isHex = /^([0-9a-fA-F]{2})+$/.test(secret)
  const isBase64 = /^[0-9A-Za-z+/]+={0,2}$/.test(secret)
  const bytes = isHex ? Buffer.from(secret, 'hex') : Buffer.from(isBase64 ? secret : '', 'base64')
  return bytes.length >= SECRET_BYTES_MIN ? bytes : null
}

export type StoreConfig = z.infer<typeof storeConfigSchema>
export type StoreDialect = StoreConfig['dialect']
