// The site's keys, the audit and contradictions as the command line gives them.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import YAML from 'yaml'
import { reencrypt, verify } from '../../connector/cli/audit'
import { writeDemoConfig } from '../../connector/cli/demo-site'
import { check, migrate } from '../../connector/cli/operate'
import type { Output } from '../../connector/cli/output'
import { openStoreOf, readConfig } from '../../connector/cli/site'
import { newSecret } from '../../connector/cli/site-keys'
import type { Clock } from '../../connector/ports'
import type { Store } from '../../connector/store/store'
import { partsWith } from '../support/parts'

const MAIN = path.resolve(__dirname, '../../connector/main.js')
const clock: Clock = { now: () => 1000, sleep: async () => undefined }
const parts = partsWith(clock)
const said: string[] = []
const output: Output = { lang: 'en', isJson: false, say: (_zh, en) => void said.push(en), json: () => undefined }

let folder: string
let configFile: string
let keyFile: string

beforeEach(() => {
  said.length = 0
  folder = mkdtempSync(path.join(tmpdir(), 'yinqi-keys-'))
  mkdirSync(path.join(folder, 'boc-receipts'))
  writeFileSync(path.join(folder, 'boc-operator.secret'), 'made-for-this-test')
  const erpFile = path.join(folder, 'erp.sqlite')
  writeFileSync(erpFile, '')
  const urls = {
    'icbc.sign': 'http://127.0.0.1:9/',
    'icbc.tunnel': 'http://127.0.0.1:9/',
    'boc.b2e': 'http://127.0.0.1:9',
  }
  configFile = writeDemoConfig({ folder, erpFile, urls, today: '2031-05-06' })
  keyFile = path.join(folder, 'keys.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The site's store with the site's keys, as every command opens it. */
async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStoreOf(readConfig(configFile, parts), parts, false)
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

const verified = (anchorFile?: string): Promise<number> => withStore(store => verify(store, anchorFile, output))

function configure(keys: unknown): void {
  writeFileSync(configFile, YAML.stringify({ ...YAML.parse(readFileSync(configFile, 'utf8')), keys }))
}

/** A secret in a file of its own, as a configuration names it. */
function secretFile(name: string, secret: string): { readonly file: string } {
  writeFileSync(path.join(folder, name), secret, { mode: 0o600 })
  return { file: name }
}

test('without `keys` a key is made once, for its owner alone, and `check` says so', async () => {
  expect(check(configFile, parts, output)).toBe(0)
  expect(said.at(-1)).toContain('no `keys` are configured')
  expect(existsSync(keyFile)).toBe(false)
  expect(await migrate(configFile, parts, output)).toBe(0)
  expect(statSync(keyFile).mode & 0o777).toBe(0o600)
  const made = readFileSync(keyFile, 'utf8')
  expect(await verified()).toBe(0)
  expect(said.at(-1)).toBe('the trail is whole: 1 entries, 0 payments')
  expect(readFileSync(keyFile, 'utf8')).toBe(made)
})

test('a lost key is said at the start, and no other is put in its place', async () => {
  await migrate(configFile, parts, output)
  const made = readFileSync(keyFile, 'utf8')
  rmSync(keyFile)
  await expect(verified()).rejects.toMatchObject({
    code: 'STORE_KEY_MISSING',
    message: expect.stringContaining('generated-'),
  })
  expect(existsSync(keyFile)).toBe(false)
  writeFileSync(keyFile, '{')
  await expect(verified()).rejects.toMatchObject({ name: 'ConfigError' })
  expect(readFileSync(keyFile, 'utf8')).toBe('{')
  writeFileSync(keyFile, made)
  expect(await verified()).toBe(0)
})

test('configured keys come from secrets, are rotated, and every mistake has its sentence', async () => {
  const [a, b, short] = [secretFile('a', newSecret()), secretFile('b', newSecret()), secretFile('c', 'password')]
  const problemOf = (keys: unknown): string => {
    configure(keys)
    try {
      return String(check(configFile, parts, output))
    } catch (error) {
      return String(error)
    }
  }
  expect(problemOf({ current: 'a', ring: [{ id: 'a', secret: newSecret() }] })).toContain('keys.ring.0.secret')
  expect(problemOf({ current: 'b', ring: [{ id: 'a', secret: a }] })).toContain('keys.current')
  expect(problemOf({ current: 'a', ring: [{ id: 'a', secret: short }] })).toContain('at least 32 bytes')
  said.length = 0
  expect(problemOf({ current: 'a', ring: [{ id: 'a', secret: a }] })).toBe('0')
  expect(said).toHaveLength(1)
  expect(await migrate(configFile, parts, output)).toBe(0)
  expect(existsSync(keyFile)).toBe(false)
  const ring = [
    { id: 'a', secret: a },
    { id: 'b', secret: b },
  ]
  configure({ current: 'b', ring, cipher: 'sm4-gcm', mac: 'hmac-sm3' })
  expect(await withStore(store => reencrypt(store, clock, output))).toBe(0)
  expect(said.at(-1)).toBe('1 values now have the current key')
  expect(await withStore(store => reencrypt(store, clock, output))).toBe(0)
  expect(said.at(-1)).toBe('0 values now have the current key')
  expect(await verified()).toBe(0)
  const kinds = (await withStore(store => store.audit.entries(0, 9))).map(entry => entry.kind)
  expect(kinds).toEqual(['trail.started', 'keys.reencrypted', 'keys.reencrypted'])
  // A key of the ring that was taken out again.
  configure({ current: 'b', ring: [ring[1]] })
  await expect(verified()).rejects.toMatchObject({ code: 'STORE_KEY_MISSING' })
})

test('an anchor kept elsewhere shows that the trail was cut off; verify exits 1 and names where', async () => {
  await migrate(configFile, parts, output)
  const anchorFile = path.join(folder, 'anchor.json')
  const anchor = await withStore(async store => {
    await store.audit.append([{ kind: 'start', paymentId: null, subject: 'demo', content: {} }], 1000)
    return await store.audit.anchor(2000)
  })
  writeFileSync(anchorFile, JSON.stringify(anchor))
  expect(await verified(anchorFile)).toBe(0)
  const db = new Sqlite(path.join(folder, 'yinqi.sqlite'))
  db.exec(`DROP TRIGGER yinqi_audit_no_delete; DELETE FROM yinqi_audit WHERE no = 2;
UPDATE yinqi_meta SET value = (SELECT no || ' ' || link FROM yinqi_audit) WHERE name = 'audit'`)
  db.close()
  expect(await verified()).toBe(0)
  expect(await verified(anchorFile)).toBe(1)
  expect(said.at(-1)).toBe('the trail is broken at audit: the trail ends at 1; the anchor has seen 2')
  expect(await verified(path.join(folder, 'none'))).toBe(1)
})

test('every start is told, with a digest of the configuration that no secret changes', async () => {
  await migrate(configFile, parts, output)
  await startAndStop()
  writeFileSync(path.join(folder, 'boc-operator.secret'), 'another-password')
  await startAndStop()
  writeFileSync(configFile, YAML.stringify({ ...YAML.parse(readFileSync(configFile, 'utf8')), maker: '另一人' }))
  await startAndStop()
  const entries = await withStore(store => store.audit.entries(0, 99))
  const starts = entries.filter(entry => entry.kind === 'start').map(entry => entry.content['configuration'])
  expect(starts).toHaveLength(3)
  expect(starts[1]).toBe(starts[0])
  expect(starts[2]).not.toBe(starts[0])
})

/** The daemon as a process, until it says that it runs, and then until SIGTERM has ended it. */
async function startAndStop(): Promise<void> {
  const child = spawn(process.execPath, [MAIN, '--config', configFile, '--lang', 'en', 'start'])
  const gone = once(child, 'exit')
  child.stdout.on('data', chunk => {
    if (String(chunk).includes('yinqi is running')) child.kill('SIGTERM')
  })
  expect(await gone).toEqual([0, null])
}

test('the command itself proves, anchors and resolves', async () => {
  await migrate(configFile, parts, output)
  const run = (...args: readonly string[]) => {
    const given = [MAIN, '--config', configFile, '--lang', 'en', ...args]
    const done = spawnSync(process.execPath, given, { encoding: 'utf8' })
    return { code: done.status, out: done.stdout }
  }
  expect(run('audit', 'verify')).toEqual({ code: 0, out: 'the trail is whole: 1 entries, 0 payments\n' })
  expect(JSON.parse(run('audit', 'anchor').out)).toMatchObject({ count: 1 })
  expect(run('contradiction', 'resolve', '1', '--person', 'Li', '--resolution', 'x').code).toBe(1)
  expect(run('contradiction', 'resolve', '1', '--person', 'Li').code).toBe(2)
})
