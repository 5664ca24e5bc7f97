// Keys for tests, made when the test runs. A process that a test starts inherits them.

import { randomBytes } from 'node:crypto'
import { createKeys, type KeyRing, type Keys } from '../../connector/store/keys'

const SECRET = (process.env['YINQI_TEST_SECRET'] ??= randomBytes(32).toString('hex'))

export function testKeys(changed: Partial<KeyRing> = {}): Keys {
  const ring = new Map([['test', Buffer.from(SECRET, 'hex')]])
  return createKeys({ current: 'test', ring, mac: 'hmac-sha256', cipher: 'aes-256-gcm', ...changed })
}
