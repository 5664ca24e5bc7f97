// The tutorial of bank-gateways/README.md is what it says: a copy of the repository, the new gateway, the code blocks, and the
// suites of that one bank, red before and green after.

import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { newGateway } from '../scripts/new-gateway'

const ROOT = path.resolve(__dirname, '../..')
const COPIED = [
  ...['bank-gateways', 'connector', 'dist', 'docs', 'erp-bridges', 'examples', 'scripts', 'sql', 'test'],
  ...['jest.config.js', 'package.json', 'tsconfig.json', '.oxlintrc.json', '.prettierrc.json', '.prettierignore'],
]
const readme = readFileSync(path.join(ROOT, 'bank-gateways/README.md'), 'utf8')
/** ```ts path/of/the/file.ts … ``` */
const blocks = [...readme.matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm)].map(([, file = '', text = '']) => ({
  file,
  text,
}))
const given = /new-gateway (\S+) -- --zh (\S+) --en "([^"]+)" --cnaps (\d+)/.exec(readme) ?? []
const [, name = '', zh = '', en = '', cnaps = ''] = given

let root = ''
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'yinqi-tutorial-'))
  for (const item of COPIED) cpSync(path.join(ROOT, item), path.join(root, item), { recursive: true })
  symlinkSync(realpathSync(path.join(ROOT, 'node_modules')), path.join(root, 'node_modules'))
}, 60_000)
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('the tutorial has every file of a gateway and of its simulator', () => {
  expect(blocks.map(({ file }) => file)).toEqual(
    expect.arrayContaining([
      ...['codes.ts', 'codec.ts', 'gateway.ts', 'golden/pay.request.json'].map(file => `bank-gateways/${name}/${file}`),
      ...[`bank-gateways/simulator/${name}/front-end.ts`, `test/support/gateway-banks/${name}.ts`],
    ]),
  )
})

test('what new-gateway makes compiles, lints, is formatted, and is red', () => {
  const files = newGateway(root, { name, zh, en, cnaps })
  expect(run('tsc', ['-p', 'tsconfig.json'])).toEqual({ code: 0, said: expect.any(String) })
  const sources = files.filter(file => file.endsWith('.ts'))
  expect(run('prettier', ['--check', ...sources])).toEqual({ code: 0, said: expect.any(String) })
  expect(run('oxlint', ['--deny-warnings', ...sources])).toEqual({ code: 0, said: expect.any(String) })
  const { code, said } = suites(['dist/test/contracts/gateway-statement', `dist/test/bank-gateways/${name}-goldens`])
  expect([code, / 0 failed/.test(said)]).toEqual([1, false])
  expect(() => newGateway(root, { name, zh, en, cnaps })).toThrow(/is there already/)
}, 120_000)

test('with the blocks of the tutorial it is green', () => {
  for (const { file, text } of blocks) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    // A golden is its bytes: the line end before the fence belongs to the page.
    writeFileSync(path.join(root, file), file.includes('/golden/') ? text.replace(/\n$/, '') : text)
  }
  expect(run('tsc', ['-p', 'tsconfig.json'])).toEqual({ code: 0, said: expect.any(String) })
  const sources = blocks.map(({ file }) => file).filter(file => file.endsWith('.ts'))
  expect(run('prettier', ['--check', ...sources])).toEqual({ code: 0, said: expect.any(String) })
  expect(run('oxlint', ['--deny-warnings', ...sources])).toEqual({ code: 0, said: expect.any(String) })
  const { code, said } = suites(['dist/test/contracts/gateway', `dist/test/bank-gateways/${name}-goldens`])
  expect([code, code === 0 ? '' : said]).toEqual([0, ''])
  expect(Number(/(\d+) passed, 0 failed/.exec(said)?.[1])).toBeGreaterThan(100)
}, 120_000)

test('a second bank of the same name, or of a name that cannot be one, is refused before anything is written', () => {
  expect(() => newGateway(root, { name: 'Bank', zh, en, cnaps })).toThrow(/lower case/)
  expect(() => newGateway(root, { name: 'other', zh, en, cnaps: '39' })).toThrow(/CNAPS/)
})

function suites(files: readonly string[]): { readonly code: number | null; readonly said: string } {
  return run('jest', [...files, '-t', `^${name} `])
}

function run(tool: string, args: readonly string[]): { readonly code: number | null; readonly said: string } {
  const script = path.join(root, 'node_modules/.bin', tool)
  // What this jest tells its own workers is not for the other one.
  const { JEST_WORKER_ID: _worker, NODE_ENV: _env, ...env } = process.env
  const ran = spawnSync(script, args, { cwd: root, encoding: 'utf8', env, timeout: 100_000 })
  return { code: ran.status, said: ran.stdout + ran.stderr }
}
