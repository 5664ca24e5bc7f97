// Reads a JSON list of statements from standard input and writes, for each, what the T-SQL parser said: '' when it
// parses. A process of its own, because the parser loads itself in a way that jest's sandbox refuses.

import { readFileSync, writeSync } from 'node:fs'
import { init, validate } from '@guanmingchiu/sqlparser-ts'

async function main(): Promise<void> {
  const statements = JSON.parse(readFileSync(0, 'utf8')) as readonly string[]
  await init()
  writeSync(1, JSON.stringify(statements.map(problemOf)))
}

function problemOf(sql: string): string {
  try {
    validate(sql, 'mssql')
    return ''
  } catch (error) {
    return String(error)
  }
}

main().catch((error: unknown) => {
  process.exitCode = 1
  throw error
})
