// The site's keys: those of the configuration, or one that is made at the first start and kept beside the other files of
// the installation, readable by its owner alone. An existing key file is never written over.

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ConfigError, type Config } from '../config'
import { keysConfigSchema, secretBytes, type KeysConfig } from '../store/config'
import { createKeys, type Keys } from '../store/keys'

export type SiteKeys = {
  readonly keys: Keys
  /** Takes back a key file that was made just now; does nothing to any other. */
  readonly forget: () => void
}

/** @throws ConfigError when the key file cannot be read or written */
export function siteKeys(config: Config): SiteKeys {
  if (config.keys !== undefined) return { keys: keysOf(config.keys), forget: () => undefined }
  const file = keyFileOf(config)
  if (existsSync(file)) return { keys: keysOf(readKeyFile(file)), forget: () => undefined }
  const made = { current: `generated-${randomBytes(4).toString('hex')}`, secret: newSecret() }
  const keys = keysConfigSchema.parse({ current: made.current, ring: [{ id: made.current, secret: made.secret }] })
  try {
    mkdirSync(config.dataDir, { recursive: true })
    // Fails when another process made one meanwhile: its key is the one to use, at the next start.
    writeFileSync(file, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true })
  } catch {
    throw new ConfigError([{ path: file, message: '密钥文件无法写入 / the key file cannot be written' }])
  }
  return { keys: keysOf(keys), forget: () => unlinkSync(file) }
}

export function keyFileOf(config: Pick<Config, 'dataDir'>): string {
  return path.join(config.dataDir, 'keys.json')
}

/** 32 bytes, base64. */
export function newSecret(): string {
  return randomBytes(32).toString('base64')
}

function keysOf({ current, ring, mac, cipher }: KeysConfig): Keys {
  const secrets = ring.flatMap(({ id, secret }) => {
    const bytes = secretBytes(secret)
    return bytes === null ? [] : [[id, bytes] as const]
  })
  return createKeys({ current, ring: new Map(secrets), mac, cipher })
}

function readKeyFile(file: string): KeysConfig {
  try {
    return keysConfigSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    const message =
      '密钥文件损坏或无法读取，请恢复备份 / the key file is damaged or cannot be read: restore it from a backup'
    throw new ConfigError([{ path: file, message }])
  }
}
