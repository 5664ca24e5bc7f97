// The example configuration that every installation carries, with invented secrets: what the simulation and the generated
// tables learn the banks' traits from. Nothing of it ever reaches a bank.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import YAML from 'yaml'
import { parseConfig, type Config, type Kinds } from '../config'

const FILE = path.resolve(__dirname, '../../../examples/yinqi.yaml')

/** Secrets that must have a form: the smallest private key there is, and sixteen characters. Everything else is a word. */
const INVENTED: Readonly<Record<string, string>> = {
  YINQI_CMB_PRIVATE_KEY: '1'.padStart(64, '0'),
  YINQI_CMB_SM4_KEY: '0123456789abcdef',
}

/** @throws ConfigError when the example is wrong */
export function exampleConfig(kinds: Kinds): Config {
  const secrets = { env: inventedSecret, file: inventedSecret }
  return parseConfig(YAML.parse(readFileSync(FILE, 'utf8')), kinds, secrets)
}

/** A password of the length that banks take; a key of the ring is longer, and reads as base64. */
function inventedSecret(name: string): string {
  return INVENTED[name] ?? (name.includes('_KEY_') ? 'invented'.repeat(6) : 'invented')
}
