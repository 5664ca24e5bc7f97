// Reads the documents against the code they describe: what one says and the other does not is a defect.

import { existsSync, readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { GATEWAYS } from '../bank-gateways/registry'
import { BRIDGES } from '../erp-bridges/registry'
import { DOCUMENTS, exampleConfig, generatedParts, withGeneratedParts } from '../scripts/readme-tables'

const ROOT = path.resolve(__dirname, '../..')
const read = (name: string): string => readFileSync(path.join(ROOT, name), 'utf8')
const sourcesOf = (folder: string): readonly string[] =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => read(path.join(folder, name)))
const errors = read('docs/errors.md')
const isDocumented = (code: string): boolean => errors.includes(`\`${code}\``)

const documents = [
  ...readdirSync(ROOT).filter(name => name.endsWith('.md')),
  ...readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => path.join('docs', name)),
]

describe('docs/errors.md', () => {
  test('explains every code that the core and the steps can emit', () => {
    const codes = codesIn([
      ...sourcesOf('connector/core'),
      ...sourcesOf('connector/steps'),
      read('connector/cli/payment.ts'),
    ])
    expect(codes.length).toBeGreaterThan(30)
    expect(codes.filter(code => !isDocumented(code))).toEqual([])
  })

  test('explains every code of the store and of the ERP bridges', () => {
    const codes = [...codesIn(sourcesOf('connector/store')), ...codesIn(sourcesOf('erp-bridges'))].filter(code =>
      /^(STORE|ERP|U8|MIDTABLE)_/.test(code),
    )
    expect(codes).toEqual(expect.arrayContaining(['STORE_FULL', 'ERP_UNREACHABLE', 'MIDTABLE_ROW_MISSING']))
    expect(codes.filter(code => !isDocumented(code))).toEqual([])
  })

  test('explains every code of electronic receipts', () => {
    const codes = codesIn([...sourcesOf('connector/evoucher'), ...sourcesOf('connector/cli')]).filter(code =>
      /^(EVOUCHER|RECEIPT|RECEIVER|SLIP)_/.test(code),
    )
    expect(codes).toEqual(expect.arrayContaining(['EVOUCHER_TOO_LARGE', 'RECEIVER_NOT_BALANCED', 'SLIP_GLYPH_MISSING']))
    expect(codes.filter(code => !isDocumented(code))).toEqual([])
  })

  test('explains every gate of U8', () => {
    const gates = sourcesOf('erp-bridges/u8').flatMap(source =>
      [...source.matchAll(/\b(?:gate|refused|refuse)\(\s*'([A-Z_]+)'/g)].map(match => `U8_GATE_${match[1] ?? ''}`),
    )
    expect(new Set(gates).size).toBeGreaterThan(25)
    expect(gates.filter(code => !isDocumented(code))).toEqual([])
  })

  test('explains the codes of every gateway, by name or by family', () => {
    const families = [...errors.matchAll(/`([a-z-]+\.[\w.-]*)(?:…|<value>)`/g)].map(match => match[1] ?? '')
    for (const bank of Object.keys(GATEWAYS)) {
      const codes = sourcesOf(`bank-gateways/${bank}`).flatMap(source =>
        [...source.matchAll(new RegExp(`['\`](${bank}\\.[a-z_-]+)`, 'g'))].map(match => match[1] ?? ''),
      )
      expect(codes.length).toBeGreaterThan(10)
      const isKnown = (code: string): boolean => isDocumented(code) || families.some(family => code.startsWith(family))
      expect(codes.filter(code => !isKnown(code))).toEqual([])
    }
  })
})

describe('docs/configuration.md', () => {
  test('names every key of the configuration', () => {
    const text = read('docs/configuration.md')
    const schema =
      read('connector/config.ts') +
      read('connector/config-journal.ts') +
      read('connector/reconcile-config.ts') +
      read('connector/store/config.ts') +
      read('erp-bridges/midtable/config.ts')
    const keys = [...schema.matchAll(/^ {2,8}(\w+): (?:z\.|z$|milliseconds|name|pattern|account|store|poolMax)/gm)].map(
      match => match[1] ?? '',
    )
    const inlined = [...schema.matchAll(/[{ ](\w+): z\.\w+\(/g)].map(match => match[1] ?? '')
    expect(new Set([...keys, ...inlined]).size).toBeGreaterThan(50)
    expect([...keys, ...inlined].filter(key => !new RegExp(`[\`.]${key}\``).test(text))).toEqual([])
  })

  test('its example is a configuration that the daemon takes, with every kind of bridge and gateway', () => {
    const config = exampleConfig()
    expect(new Set(Object.values(config.erps).map(erp => erp.bridge))).toEqual(new Set(Object.keys(BRIDGES)))
    expect(new Set(Object.values(config.banks).map(bank => bank.gateway))).toEqual(new Set(Object.keys(GATEWAYS)))
  })
})

test('docs/operations.md names every metric', () => {
  const text = read('docs/operations.md')
  const names = sourcesOf('connector/observe').flatMap(source =>
    [...source.matchAll(/name: '(yinqi_\w+)'/g)].map(match => match[1] ?? ''),
  )
  expect(names.length).toBeGreaterThan(20)
  expect(names.filter(name => !text.includes(`\`${name}`))).toEqual([])
})

test.each(DOCUMENTS)('the generated parts of %s are what the code generates', name => {
  const text = read(name)
  expect(text).toContain('<!-- generated:')
  expect(withGeneratedParts(text, generatedParts())).toBe(text)
})

test('every bank’s row says what is confirmed, inferred and unverified and what it was tried on, and so does its page', () => {
  const rows = (generatedParts()['banks.en'] ?? '').split('\n').slice(2)
  expect(rows).toHaveLength(Object.keys(GATEWAYS).length)
  // A file for a bank's website has a layout of the site's own, no bank's protocol.
  for (const bank of Object.keys(GATEWAYS).filter(name => name !== 'file')) {
    const row = rows.find(line => line.includes(`**${bank}**`)) ?? ''
    expect([
      bank,
      ...(row.match(/confirmed: |Inferred: |Unverified(?:, for [^:]*)?: |; never (?:the bank|a real)/g) ?? []),
    ]).toHaveLength(5)
    // What the row says it was tried on is there.
    if (row.includes('simulator')) expect(existsSync(path.join(ROOT, 'bank-gateways/simulator', bank))).toBe(true)
    if (row.includes('by hand')) expect(readdirSync(path.join(ROOT, 'bank-gateways', bank, 'golden'))).not.toEqual([])
    const page = read(`bank-gateways/${bank}/README.md`)
    expect([
      bank,
      /confirmed/i.test(page),
      /inferred/i.test(page),
      // A page may say it in its own words.
      /unverified|not known|unknown/i.test(page),
      /never/i.test(page),
    ]).toEqual([...[bank, true, true, true, true]])
  }
})

test('the two READMEs have the same sections and commands', () => {
  const shapeOf = (text: string): readonly string[] =>
    text
      .split('\n')
      .flatMap(line => /^(#+) /.exec(line)?.[1] ?? /^((?:npm|yinqi|sqlite3) .*?)(?: +#.*)?$/.exec(line)?.[1] ?? [])
  expect(shapeOf(read('README.zh-CN.md'))).toEqual(shapeOf(read('README.md')))
})

test('every command that a document shows exists', () => {
  const wired = [read('connector/main.ts'), ...sourcesOf('connector/cli')].join('\n')
  const names = [...wired.matchAll(/\.command\('(\w[\w-]*)|\['(cancel|approve)', /g)].map(
    match => match[1] ?? match[2] ?? '',
  )
  const shown = documents.flatMap(name =>
    [...read(name).matchAll(/(?:`|^)yinqi (?:--\w+ \S+ )*(payment )?([a-z][a-z-]*)/gm)].map(match => match[2] ?? ''),
  )
  expect(shown.length).toBeGreaterThan(20)
  expect([...new Set(shown)].filter(name => !names.includes(name))).toEqual([])
})

test('no link of a document leads nowhere', () => {
  const dead = documents.flatMap(name =>
    [...read(name).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map(match => path.join(path.dirname(name), match[1] ?? ''))
      .filter(target => !existsSync(path.join(ROOT, target)))
      .map(target => `${name} -> ${target}`),
  )
  expect(dead).toEqual([])
})

test('every file that ARCHITECTURE.md names is there', () => {
  const named = [
    ...read('ARCHITECTURE.md').matchAll(
      /`((?:connector|test|bank-gateways|erp-bridges|sql|scripts|docs)\/[\w./-]+\.\w+)`/g,
    ),
  ]
  expect(named.length).toBeGreaterThan(20)
  expect(named.map(match => match[1] ?? '').filter(name => !existsSync(path.join(ROOT, name)))).toEqual([])
})

function codesIn(sources: readonly string[]): readonly string[] {
  return [
    ...new Set(
      sources.flatMap(source =>
        [...source.matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|OPERATOR)'/g)].map(match => match[1] ?? ''),
      ),
    ),
  ]
}
