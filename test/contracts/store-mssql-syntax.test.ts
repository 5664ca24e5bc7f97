// SQL Server is not at hand everywhere: what it is told is at least parsed as T-SQL by an independent parser, and what
// that parser does not know is listed here by name, so that nothing slips through unread.

import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { IDENTITY_SQL } from '../../connector/store/database-identity'
import { migrationsOf, statementsOf } from '../../connector/store/migrate'
import { claimStatement, insertNewStatement, lockedSelect, selectTop } from '../../connector/store/statements'

/** What the parser said of each statement; '' where it parses. */
function problemsOf(statements: readonly string[]): readonly string[] {
  const script = path.join(__dirname, '..', 'support', 'parse-tsql.js')
  const parsed = spawnSync(process.execPath, [script], { input: JSON.stringify(statements), encoding: 'utf8' })
  if (parsed.status !== 0) throw new Error(parsed.stderr)
  return JSON.parse(parsed.stdout) as readonly string[]
}

/** `?` as knex sends it. */
function positioned(sql: string): string {
  let count = 0
  return sql.replaceAll('?', () => `@p${count++}`)
}

const CLAIM = { table: 'yinqi_payment', id: 'id', where: 'bank = ?', values: ['b'], orderBy: 'due_at, no' }
const LEASE = { now: 1, leaseUntil: 2, limit: 3 }

const scripts = migrationsOf('mssql').flatMap(({ name, sql }) =>
  statementsOf('mssql', sql).map((batch, index) => [`${name} batch ${index + 1}`, batch] as const),
)

describe('the T-SQL of the store', () => {
  test('a migration makes or changes one table, or one trigger, a batch; what uses new columns has a batch of its own', () => {
    expect(scripts.length).toBeGreaterThan(20)
    for (const [, batch] of scripts) {
      const made = batch.match(
        /^(CREATE (TABLE|TRIGGER)|ALTER TABLE|DROP (TABLE|TRIGGER)|INSERT INTO|EXEC sp_rename)/gm,
      )
      if (made === null) expect(batch).toMatch(/^(CREATE (UNIQUE )?INDEX|UPDATE) /m)
      else expect(made).toHaveLength(1)
    }
  })

  test('every batch of every migration parses', () => {
    const problems = problemsOf(scripts.map(([, batch]) => batch))
    expect(scripts.map(([name], index) => [name, problems[index]])).toEqual(scripts.map(([name]) => [name, '']))
  })

  test.each([
    ['claim', claimStatement('mssql', { ...CLAIM, ...LEASE }).sql],
    ['insert new', insertNewStatement('mssql', 'yinqi_outbox', 'key_digest', [{ key_digest: 'a', erp: 'b' }]).sql],
    ['insert new by number', insertNewStatement('mssql', 'yinqi_receipt', 'line_no', [{ line_no: 1, at: 2 }]).sql],
    ['what tells databases apart', IDENTITY_SQL.mssql],
    ['locked select', lockedSelect('mssql', 'state', 'yinqi_payment', 'id = ? AND seq = ?')],
    ['top', selectTop('mssql', 'no FROM yinqi_outbox WHERE delivered_at IS NULL ORDER BY no', [], 1).sql],
  ])('%s parses', (_name, sql) => {
    expect(problemsOf([positioned(sql)])).toEqual([''])
  })

  test('the parser can say no', () => {
    const wrong = ['UPDATE yinqi_payment SET', 'SELECT TOP (1) no FROM']
    expect(problemsOf(wrong)).toEqual([expect.stringContaining('rror'), expect.stringContaining('rror')])
  })
})
