// Every statement of the middle tables is read by a real parser of its dialect in every run, so that a script for a server
// that is not at hand still is one. What a parser cannot read is named here with the reason.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { claimIds } from '../../erp-bridges/midtable/claim'
import { midtableStatements, renderMidtableSql, type MidtablePart } from '../../erp-bridges/midtable/sql'
import type { Dialect, Queryable } from '../../erp-bridges/shared/db'
import { numbered } from '../../erp-bridges/shared/db-mssql'
import { TABLES } from '../../erp-bridges/shared/midtable-columns'
import { amount, insertOnce, instant, text, updateRow } from '../../erp-bridges/shared/midtable-sql'
import { dictionaryOf, renderDictionary } from '../../scripts/data-dictionary'
import { problemsOf } from './parsers'

const PARTS: readonly MidtablePart[] = ['tables', 'triggers', 'grants', 'archive', 'uninstall']

/** What the parser cannot read, and why. Each must really fail, or it does not belong here. */
const UNREADABLE: readonly {
  readonly dialect: Dialect
  readonly starts: RegExp
  readonly count: number
  readonly why: string
}[] = [
  { dialect: 'mssql', starts: /^GRANT VIEW DEFINITION/, count: 1, why: 'VIEW DEFINITION is not among its privileges' },
  { dialect: 'mysql', starts: /^CREATE TRIGGER/, count: 11, why: 'SIGNAL; read below with SIGNAL replaced' },
  {
    dialect: 'mysql',
    starts: /^CREATE PROCEDURE yq_archive/,
    count: 1,
    why: 'procedures without AS; its DML is read below',
  },
]

for (const dialect of ['mssql', 'mysql'] as const) {
  test(`the ${dialect} scripts are ${dialect}`, () => {
    const statements = PARTS.flatMap(part => midtableStatements(dialect, part))
    const problems = problemsOf(statements.map(sql => ({ dialect, sql })))
    const failed = statements.filter((_, index) => problems[index] !== null).map(withoutComments)
    const known = UNREADABLE.filter(entry => entry.dialect === dialect)
    expect(failed.filter(bare => !known.some(entry => entry.starts.test(bare)))).toEqual([])
    expect(known.map(entry => failed.filter(bare => entry.starts.test(bare)).length)).toEqual(
      known.map(entry => entry.count),
    )
  })
}

test('the MySQL triggers are MySQL but for their SIGNAL, and so is what the archiving procedure runs', () => {
  const triggers = midtableStatements('mysql', 'triggers').filter(statement => statement.includes('CREATE TRIGGER'))
  expect(triggers).toHaveLength(11)
  const readable = triggers.map(trigger =>
    trigger.replaceAll(/SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = ('(?:[^']|'')*')/g, 'SELECT $1'),
  )
  const body = midtableStatements('mysql', 'archive').find(statement => statement.includes('CREATE PROCEDURE')) ?? ''
  const changes = body.match(/^ {2}(INSERT|DELETE)[\s\S]*?;/gm) ?? []
  expect(changes).toHaveLength(5)
  const problems = problemsOf([...readable, ...changes].map(sql => ({ dialect: 'mysql', sql })))
  expect(problems.filter(problem => problem !== null)).toEqual([])
})

test('a MySQL message fits the 128 characters that SIGNAL carries', () => {
  const messages = [...renderMidtableSql('mysql', 'triggers').matchAll(/MESSAGE_TEXT = '((?:[^']|'')*)'/g)]
  expect(messages.length).toBeGreaterThan(9)
  for (const [, message = ''] of messages) expect(message.replaceAll("''", "'").length).toBeLessThanOrEqual(128)
})

test('the PostgreSQL scripts are PostgreSQL, bodies included', () => {
  const statements = PARTS.flatMap(part => midtableStatements('postgres', part))
  expect(statements.filter(statement => statement.includes('LANGUAGE plpgsql'))).toHaveLength(8)
  const problems = problemsOf(statements.map(sql => ({ dialect: 'postgres', sql })))
  expect(problems.filter(problem => problem !== null)).toEqual([])
  expect(problemsOf([{ dialect: 'postgres', sql: 'CREATE TABLE yq (' }])[0]).not.toBeNull()
})

test('what the bridge says to SQL Server is T-SQL', async () => {
  const said: string[] = []
  const tx: Queryable = {
    query: async (sql, values = []) => {
      said.push(numbered(sql, values.length))
      return []
    },
    execute: async (sql, values = []) => {
      said.push(numbered(sql, values.length))
      return 1
    },
  }
  const target = { dialect: 'mssql' as const, tx }
  await updateRow(target, 'yq_payment', { status: text('held'), updated_at: instant(0) }, { doc_no: 'x' })
  await insertOnce(target, 'yq_balance', { balance_key: 'k', current_amount: amount('1.00') }, ['balance_key'])
  await claimIds({ dialect: 'mssql', tx, instance: 'a', now: 0 }, 'yq_payment', 60_000, 10)
  expect(said).toHaveLength(3)
  const problems = problemsOf(said.map(sql => ({ dialect: 'mssql', sql })))
  expect(problems).toEqual([null, null, null])
  expect(said[2]).toMatch(/WITH \(UPDLOCK, READPAST, ROWLOCK\)[\s\S]*OUTPUT inserted\.id INTO @claimed/)
})

test('placeholders are numbered outside strings, names and comments, and a wrong count is refused', () => {
  expect(numbered(`SELECT '?''?', [a?], "b?" /* ? */ -- ?\n, ? , ?`, 2)).toBe(
    `SELECT '?''?', [a?], "b?" /* ? */ -- ?\n, @p1 , @p2`,
  )
  expect(() => numbered('SELECT ?', 2)).toThrow(/1 placeholders but 2 values/)
})

test('every dialect has the same tables, columns and comments', () => {
  const authority = dictionaryOf('postgres')
  for (const dialect of ['mssql', 'mysql', 'sqlite'] as const) {
    const comparable = dictionaryOf(dialect).map(table => ({
      ...table,
      columns: table.columns.filter(column => !column.name.endsWith('_mark')).map(column => ({ ...column, type: '' })),
    }))
    const wanted = authority.map(table => ({
      ...table,
      columns: table.columns.map(column => ({ ...column, type: '' })),
    }))
    expect(comparable).toEqual(wanted)
  }
})

test('the columns that the bridge knows are those of the scripts, with their widths', () => {
  const tables = dictionaryOf('postgres').filter(table => !table.name.endsWith('_archive'))
  const widths = tables.map(table => [
    table.name,
    Object.fromEntries(
      table.columns.map(column => [column.name, Number(/^varchar\((\d+)\)/.exec(column.type)?.[1] ?? 0)]),
    ),
  ])
  expect(Object.fromEntries(widths)).toEqual(TABLES)
})

test('docs/data-dictionary.md is what the scripts say now', () => {
  let root = __dirname
  while (!root.endsWith(`${path.sep}dist`)) root = path.dirname(root)
  const written = readFileSync(path.join(root, '..', 'docs', 'data-dictionary.md'), 'utf8')
  expect(written === renderDictionary() || 'stale: run node dist/scripts/data-dictionary.js').toBe(true)
})

function withoutComments(statement: string): string {
  return statement
    .split('\n')
    .filter(line => !line.trimStart().startsWith('--'))
    .join('\n')
    .trim()
}
