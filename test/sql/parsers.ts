// Real parsers of other people, one a dialect. They are WebAssembly loaded by import(), which jest's own module loader
// does not do: they run in a plain node process that this file also is.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export type Script = { readonly dialect: 'mssql' | 'mysql' | 'postgres'; readonly sql: string }

/** For each script the parser's complaint, or null. PL/pgSQL bodies are read too. */
export function problemsOf(scripts: readonly Script[]): readonly (string | null)[] {
  const child = spawnSync(process.execPath, [__filename], { input: JSON.stringify(scripts), encoding: 'utf8' })
  if (child.status !== 0) throw new Error(child.stderr)
  const problems = JSON.parse(child.stdout) as readonly (string | null)[]
  if (problems.length !== scripts.length) throw new Error('a parser lost a script')
  return problems
}

async function main(): Promise<void> {
  const { init, parse } = await import('@guanmingchiu/sqlparser-ts')
  const postgres = await import('libpg-query')
  await init()
  await postgres.loadModule()
  const problems: (string | null)[] = []
  for (const { dialect, sql } of JSON.parse(readFileSync(0, 'utf8')) as readonly Script[]) {
    try {
      if (dialect === 'postgres') {
        await postgres.parse(sql)
        if (sql.includes('LANGUAGE plpgsql')) await postgres.parsePlPgSQL(sql)
      } else parse(sql, dialect)
      problems.push(null)
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
    }
  }
  process.stdout.write(JSON.stringify(problems))
}

if (require.main === module) void main()
