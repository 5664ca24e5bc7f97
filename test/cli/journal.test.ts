// The journal's commands over a real site, the documents' worked example, and what a wrong rule is told.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import YAML from 'yaml'
import { claimAtCommand, listCollections, releaseAtCommand, showCollection } from '../../connector/cli/collection'
import { compareRules, dryRunJournal, exampleResults, reverseJournal, testRules } from '../../connector/cli/journal'
import { check } from '../../connector/cli/operate'
import { checkConfig, readBooking } from '../../connector/cli/site'
import { ConfigError, parseBooking } from '../../connector/config'
import { partiesOf, resolvedRules } from '../../connector/config-journal'
import { runExamples } from '../../connector/core/journal-example'
import { deliver } from '../../connector/steps/deliver'
import { importStatements } from '../../connector/steps/import-statements'
import { postJournals } from '../../connector/steps/post-journals'
import { sampleLine } from '../support/sample'
import { capture } from '../support/output'
import { movableClock, partsWith } from '../support/parts'
import { ACCOUNT, openWorld, type World } from '../support/world'

const ROOT = path.resolve(__dirname, '../../..')
const page = readFileSync(path.join(ROOT, 'docs/journal-rules.md'), 'utf8')
const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
const ACCOUNTS = [{ account: ACCOUNT, accountSet: '001', ledgerAccount: '100201' }]

describe('the worked example of docs/journal-rules.md', () => {
  const config = parseBooking(YAML.parse(example))

  test('is a set of rules, and every example of it gives what it says', () => {
    const results = runExamples(resolvedRules(config), ACCOUNTS, partiesOf(config))
    expect(results.length).toBeGreaterThan(6)
    expect(results.filter(result => !result.ok)).toEqual([])
  })

  test('an example that gives something else is shown with both', () => {
    const wrong = parseBooking(YAML.parse(example.replace('debit 660303 10.50', 'debit 660303 10.51')))
    const said = capture('zh')
    expect(testRules({ ...wrong, accounts: ACCOUNTS }, said.output)).toBe(1)
    expect(said.text()).toContain('✗ 手续费 #1')
    expect(said.text()).toContain('debit 660303 10.51')
    expect(said.text()).toContain('规则「利息」没有示例')
    expect(said.document()).toMatchObject({ ok: false, withoutExample: ['利息', '关联往来'] })
  })

  test('a rule that stands in front of another and takes its line fails the other’s example', () => {
    const wrong = parseBooking(YAML.parse(example))
    const [first, ...rest] = wrong.journal
    const greedy = { ...wrong.journal[1]!, name: 'greedy', when: { direction: 'out' as const }, examples: [] }
    const results = exampleResults({ ...wrong, journal: [greedy, first!, ...rest], accounts: ACCOUNTS })
    expect(results.filter(result => !result.ok).map(result => result.rule)).toContain('手续费')
  })
})

describe('a wrong rule is told its path and what to do', () => {
  const problemsOf = (yaml: string): Readonly<Record<string, string>> => {
    try {
      parseBooking(YAML.parse(yaml))
      return {}
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      return Object.fromEntries(error.problems.map(({ path: where, message }) => [where, message]))
    }
  }
  const then = `{ voucherType: 付, summary: s, counterAccount: '1' }`

  test.each<[string, string, RegExp]>([
    [
      `journal: [{ name: a, then: { voucherType: 付, summary: '{counterparti}', counterAccount: '1' } }]`,
      'journal.0.then.summary',
      /\{counterparti\}.*\{counterparty\}/,
    ],
    [
      `journal: [{ name: a, then: { voucherType: 付, summary: s, counterAccount: '1', auxiliaries: { supplier: '{x}' } } }]`,
      'journal.0.then.auxiliaries.supplier',
      /\{x\}/,
    ],
    [
      `journal: [{ name: a, then: { voucherType: 付, summary: s, counterAccount: '1', auxiliaries: { vendor: x } } }]`,
      'journal.0.then.auxiliaries',
      /vendor/,
    ],
    [`journal: [{ name: a, then: { voucherType: 付, summary: s } }]`, 'journal.0.then.counterAccount', /lines/],
    [
      `journal: [{ name: a, then: { voucherType: 付, summary: s, lines: [{ account: '1' }, { account: '2' }] } }]`,
      'journal.0.then.lines',
      /rest/,
    ],
    [`journal: [{ name: a, when: { text: '(?=a)' }, then: ${then} }]`, 'journal.0.when.text', /look-around/],
    [
      `journal: [{ name: a, when: { counterparty: '(' }, then: ${then} }]`,
      'journal.0.when.counterparty',
      /regular expression|正则/,
    ],
    [
      `journal: [{ name: a, when: { counterparty: { groups: [x] } }, then: ${then} }]`,
      'journal.0.when.counterparty.groups',
      /no such group/,
    ],
    [`journal: [{ name: a, when: { amount: { from: '1' } }, then: ${then} }]`, 'journal.0.when.amount.from', /CNY/],
    [`journal: [{ name: a, then: reverse }]`, 'journal.0.then', /reversal: true/],
    [`journal: [{ name: a, when: { direction: in }, then: collect }]`, 'journal.0.then', /collection/],
    [`journal: [{ name: a, then: ${then} }, { name: a, then: null }]`, 'journal.1.name', /twice/],
    [
      `collection: { voucherType: 收, summary: '{customers}', counterAccount: '1' }`,
      'collection.summary',
      /\{customer\}/,
    ],
  ])('%s', (yaml, where, message) => {
    expect(problemsOf(yaml)[where]).toMatch(message)
  })

  test('yinqi check runs the examples, and names the rule that gives something else', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'yinqi-check-'))
    const file = path.join(folder, 'yinqi.yaml')
    const text = readFileSync(path.join(ROOT, 'examples/yinqi.yaml'), 'utf8')
    const parts = partsWith(movableClock())
    const secrets: Record<string, string> = {
      YINQI_CMB_PRIVATE_KEY: '1'.padStart(64, '0'),
      YINQI_CMB_SM4_KEY: '0123456789abcdef',
    }
    const names = [...text.matchAll(/env: (\w+)/g)].map(match => match[1] ?? '')
    for (const name of names)
      process.env[name] = secrets[name] ?? (name.includes('_KEY_') ? 'invented'.repeat(6) : 'invented')
    try {
      writeFileSync(file, text)
      expect(check(file, parts, capture('en').output)).toBe(0)
      writeFileSync(file, text.replace('debit 220201 1000.00', 'debit 220202 1000.00'))
      expect(() => check(file, parts, capture('en').output)).toThrow(/付供应商[\s\S]*debit 220202[\s\S]*debit 220201/)
      // The daemon starts all the same: payments do not wait for the rules of booking.
      expect(checkConfig(YAML.parse(readFileSync(file, 'utf8')), parts, folder).journal.length).toBeGreaterThan(3)
    } finally {
      for (const name of names) delete process.env[name]
      rmSync(folder, { recursive: true })
    }
  })
})

describe('over lines that are stored', () => {
  let world: World
  const DAY = { from: '2026-01-01', to: '2026-12-31' }
  const rules = parseBooking(YAML.parse(example))

  beforeEach(async () => {
    world = await openWorld({ journal: resolvedRules(rules), collection: { ...rules.collection!, asksErp: false } })
    const line = (bankId: string, minor: bigint, counterName: string, text: string) =>
      sampleLine({
        bankId,
        amount: { minor, currency: 'CNY' },
        counterName,
        counterAccount: '',
        text,
        purpose: '',
        reference: '',
      })
    world.bank.lines.push(
      line('1', -1050n, '银行', '转账手续费'),
      line('2', 500000n, '丁公司', '货款'),
      line('3', -777n, '某公司', '不明'),
    )
    await importStatements(world.deps, ACCOUNT, DAY)
  })
  afterEach(() => world.close())

  test('a dry run shows rule and entry of each line, and those that no rule fits; nothing is written', async () => {
    const said = capture('zh')
    expect(await dryRunJournal(world.deps, {}, said.output)).toBe(0)
    expect(said.document()).toMatchObject({
      lines: [
        {
          line: { id: '1', journal: 'open' },
          outcome: {
            kind: 'entry',
            rule: '手续费',
            entry: ['付 转账手续费', 'debit 660303 10.50', 'credit 100201 10.50'],
          },
        },
        { line: { id: '2' }, outcome: { kind: 'collection', rule: null, entry: null } },
        { line: { id: '3' }, outcome: { kind: 'left', rule: null } },
      ],
    })
    expect(said.text()).toContain('无规则 (no rule) -> left')
    expect((await world.store.statements.unbooked(9)).length).toBe(3)
    expect(await dryRunJournal(world.deps, { from: '2027-01-01', to: '2027-01-02' }, said.output)).toBe(0)
    expect(said.document()).toMatchObject({ lines: [] })
    expect(await dryRunJournal(world.deps, { account: 'x' }, said.output)).toBe(1)
  })

  test('two sets of rules are compared line by line, out of a file that may be a whole configuration', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'yinqi-rules-'))
    const file = path.join(folder, 'other.yaml')
    writeFileSync(file, `instance: ignored\n${example.replace("counterAccount: '660303'", "counterAccount: '660399'")}`)
    const said = capture('en')
    expect(await compareRules(world.deps, {}, readBooking(file), said.output)).toBe(1)
    expect(said.document()).toMatchObject({
      lines: 3,
      changed: [
        {
          line: { id: '1' },
          before: { rule: '手续费', entry: [expect.anything(), 'debit 660303 10.50', expect.anything()] },
          after: { rule: '手续费', entry: [expect.anything(), 'debit 660399 10.50', expect.anything()] },
        },
      ],
    })
    expect(said.text()).toContain('+ debit 660399 10.50')
    writeFileSync(file, example)
    expect(await compareRules(world.deps, {}, readBooking(file), said.output)).toBe(0)
    rmSync(folder, { recursive: true })
  })

  test('reverse, claim and release speak in both languages and answer by their exit code', async () => {
    await postJournals(world.deps)
    const said = capture('en')
    const named = { person: '李', reason: 'wrong account' }
    expect(await reverseJournal(world.deps, '3', { ...named, next: 'open' }, said.output)).toBe(1)
    expect(said.document()).toMatchObject({ ok: false, code: 'ENTRY_MISSING' })
    expect(await reverseJournal(world.deps, '1', { ...named, next: 'open' }, said.output)).toBe(0)
    await postJournals(world.deps)
    await deliver(world.deps, 'erp')
    expect(world.erp.told.filter(record => record.kind === 'journal.entry')).toHaveLength(3)

    expect(await listCollections(world.deps, { states: [], limit: 9 }, said.output)).toBe(0)
    expect(said.document()).toMatchObject({ collections: [{ id: '2', amount: '5000.00', state: 'open' }] })
    expect(await listCollections(world.deps, { states: ['lost'], limit: 9 }, said.output)).toBe(2)
    const claim = { ...named, customer: '', document: '', parts: ['C1:SO1:3000.00', 'C2::2000.00'] }
    expect(await claimAtCommand(world.deps, '2', { ...claim, parts: ['C1::1.00'] }, said.output)).toBe(1)
    expect(await claimAtCommand(world.deps, '2', claim, said.output)).toBe(0)
    expect(await claimAtCommand(world.deps, '2', { ...claim, person: '王' }, said.output)).toBe(1)
    expect(said.text()).toContain('CLAIM_TAKEN: it is claimed by 李 already')
    expect(await showCollection(world.deps, '2', said.output)).toBe(0)
    expect(said.document()).toMatchObject({
      parts: [{ customer: 'C1', document: 'SO1', amount: '3000.00' }, { customer: 'C2' }],
    })
    expect(await showCollection(world.deps, '99', said.output)).toBe(1)
    expect(await releaseAtCommand(world.deps, '2', named, said.output)).toBe(0)
    expect(await releaseAtCommand(world.deps, '2', named, said.output)).toBe(1)
  })
})
