// The site's keys, the audit and contradictions as the command line gives them: the real command as a process.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import YAML from 'yaml'
import { writeDemoConfig } from '../../connector/cli/demo-site'

const MAIN = path.resolve(__dirname, '../../connector/main.js')
let folder: string
let configFile: string
let keyFile: string

beforeEach(() => {
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

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const done = spawnSync(process.execPath, [MAIN, '--config', configFile, '--lang', 'en', ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  return { code: done.status, out: done.stdout + done.stderr }
}

function configure(keys: unknown): void {
  writeFileSync(configFile, YAML.stringify({ ...YAML.parse(readFileSync(configFile, 'utf8')), keys }))
}

test('without `keys` a key is made once, for its owner alone, and `check` says so', () => {
  expect(run(['check']).out).toContain('no `keys` are configured')
  expect(existsSync(keyFile)).toBe(false)
  expect(run(['migrate']).code).toBe(0)
  expect(statSync(keyFile).mode & 0o777).toBe(0o600)
  const made = readFileSync(keyFile, 'utf8')
  expect(run(['audit', 'verify'])).toMatchObject({ code: 0, out: 'the trail is whole: 1 entries, 0 payments\n' })
  expect(readFileSync(keyFile, 'utf8')).toBe(made)
})

test('a lost key is said at the start, and no other is put in its place', () => {
  run(['migrate'])
  const made = readFileSync(keyFile, 'utf8')
  rmSync(keyFile)
  const lost = run(['status'])
  expect(lost.code).toBe(1)
  expect(lost.out).toMatch(/^STORE_KEY_MISSING: .*generated-/)
  expect(existsSync(keyFile)).toBe(false)
  writeFileSync(keyFile, '{')
  expect(run(['status']).code).toBe(78)
  writeFileSync(keyFile, made)
  expect(run(['audit', 'verify']).code).toBe(0)
})

test('configured keys are taken from secrets, rotated, and every mistake has its sentence', () => {
  const first = run(['keys', 'generate']).out.trim()
  const second = run(['keys', 'generate']).out.trim()
  expect(Buffer.from(first, 'base64')).toHaveLength(32)
  const env = { K1: first, K2: second }
  configure({ current: 'a', ring: [{ id: 'a', secret: first }] })
  expect(run(['check'], env)).toMatchObject({ code: 78, out: expect.stringContaining('keys.ring.0.secret') })
  configure({ current: 'b', ring: [{ id: 'a', secret: { env: 'K1' } }] })
  expect(run(['check'], env)).toMatchObject({ code: 78, out: expect.stringContaining('keys.current') })
  configure({ current: 'a', ring: [{ id: 'a', secret: { env: 'SHORT' } }] })
  expect(run(['check'], { SHORT: 'password' })).toMatchObject({
    code: 78,
    out: expect.stringContaining('at least 32 bytes'),
  })
  configure({ current: 'a', ring: [{ id: 'a', secret: { env: 'K1' } }] })
  expect(run(['check'], env).out).not.toContain('no `keys`')
  expect(run(['migrate'], env).code).toBe(0)
  expect(existsSync(keyFile)).toBe(false)
  const ring = [
    { id: 'a', secret: { env: 'K1' } },
    { id: 'b', secret: { env: 'K2' } },
  ]
  configure({ current: 'b', ring, cipher: 'sm4-gcm', mac: 'hmac-sm3' })
  expect(run(['keys', 'reencrypt'], env)).toMatchObject({ code: 0, out: '1 values now have the current key\n' })
  expect(run(['keys', 'reencrypt'], env).out).toContain('0 values')
  expect(run(['audit', 'verify'], env).code).toBe(0)
  const entries = run(['audit', 'export'], env).out.trim().split('\n')
  expect(entries.map(line => (JSON.parse(line) as { kind: string }).kind)).toEqual([
    'trail.started',
    'keys.reencrypted',
    'keys.reencrypted',
  ])
  // A key of the ring that was taken out again.
  configure({ current: 'b', ring: [ring[1]] })
  expect(run(['audit', 'verify'], env)).toMatchObject({ code: 1, out: expect.stringMatching(/^STORE_KEY_MISSING/) })
})

test('an anchor kept elsewhere shows that the trail was cut off; verify exits 1 and names where', () => {
  run(['migrate'])
  run(['keys', 'reencrypt'])
  const anchorFile = path.join(folder, 'anchor.json')
  writeFileSync(anchorFile, run(['audit', 'anchor']).out)
  expect(run(['audit', 'verify', '--anchor', anchorFile]).code).toBe(0)
  const db = new Sqlite(path.join(folder, 'yinqi.sqlite'))
  db.exec(`DROP TRIGGER yinqi_audit_no_delete; DELETE FROM yinqi_audit WHERE no = 2;
UPDATE yinqi_meta SET value = (SELECT no || ' ' || link FROM yinqi_audit) WHERE name = 'audit'`)
  db.close()
  expect(run(['audit', 'verify']).code).toBe(0)
  const cut = run(['audit', 'verify', '--anchor', anchorFile])
  expect(cut).toMatchObject({
    code: 1,
    out: 'the trail is broken at audit: the trail ends at 1; the anchor has seen 2\n',
  })
  expect(run(['audit', 'verify', '--anchor', path.join(folder, 'none')]).code).toBe(1)
})

test('a contradiction is listed and resolved by a named person with a sentence', () => {
  run(['migrate'])
  expect(run(['contradiction', 'list']).out).toBe('no open contradictions\n')
  expect(run(['contradiction', 'resolve', '1', '--person', 'Li', '--resolution', 'x']).code).toBe(1)
  expect(run(['contradiction', 'resolve', '1', '--person', 'Li']).code).toBe(2)
})
