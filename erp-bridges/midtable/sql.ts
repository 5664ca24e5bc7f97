// The DDL of the middle tables as text (`yinqi sql <dialect>`) and as single statements. The files under sql/midtable are
// the authority; nothing is generated here.

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Dialect } from '../shared/db'

const FILES = {
  tables: '01-tables.sql',
  triggers: '02-triggers.sql',
  grants: '03-grants.sql',
  archive: '04-archive.sql',
  uninstall: '90-uninstall.sql',
} as const

export type MidtablePart = keyof typeof FILES

const INSTALL: readonly MidtablePart[] = ['tables', 'triggers', 'grants', 'archive']

/** One part, or everything that installs, in order. Ready for the dialect's own shell (sqlcmd, psql, mysql, sqlite3). */
export function renderMidtableSql(dialect: Dialect, part?: MidtablePart): string {
  if (part !== undefined) return readFileSync(path.join(folderOf(dialect), FILES[part]), 'utf8')
  // On SQLite the archive part is a script that archives, not one that installs.
  const parts = dialect === 'sqlite' ? INSTALL.filter(name => name !== 'archive') : INSTALL
  return parts.map(name => renderMidtableSql(dialect, name)).join('\n')
}

/** The statements of a part, each as a driver takes it: no GO, no DELIMITER, comments before a statement kept with it. */
export function midtableStatements(dialect: Dialect, part?: MidtablePart): readonly string[] {
  const lines = renderMidtableSql(dialect, part).split('\n')
  const split = dialect === 'mssql' ? batches(lines) : statements(dialect, lines)
  return split.filter(text => text.split('\n').some(line => line.trim() !== '' && !line.trimStart().startsWith('--')))
}

function folderOf(dialect: Dialect): string {
  for (let folder = __dirname; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'sql', 'midtable', dialect)
    if (existsSync(candidate)) return candidate
    if (folder === path.dirname(folder)) throw new Error(`sql/midtable/${dialect} is not part of this installation`)
  }
}

/** T-SQL has batches, ended by a line GO that the server never sees. */
function batches(lines: readonly string[]): readonly string[] {
  const done: string[] = []
  let open: string[] = []
  for (const line of [...lines, 'GO']) {
    if (line.trim() !== 'GO') {
      open.push(line)
      continue
    }
    done.push(open.join('\n').trim())
    open = []
  }
  return done
}

/** Statements end with `;` at the end of a line, or with what closes a body: `$$;`, `END$$`, SQLite's `END;`. */
function statements(dialect: Dialect, lines: readonly string[]): readonly string[] {
  const done: string[] = []
  let open: string[] = []
  let delimiter = ';'
  for (const line of lines) {
    const directive = /^DELIMITER (\S+)$/.exec(line)
    if (directive !== null) {
      delimiter = directive[1] ?? ';'
      continue
    }
    open.push(line)
    if (line.trimStart().startsWith('--') || !line.endsWith(delimiter) || insideBody(dialect, open, line)) continue
    done.push(open.join('\n').trim().slice(0, -delimiter.length))
    open = []
  }
  return done
}

function insideBody(dialect: Dialect, open: readonly string[], line: string): boolean {
  if (dialect === 'sqlite') return open.some(text => text.startsWith('CREATE TRIGGER')) && line !== 'END;'
  if (dialect === 'postgres') return (open.join('\n').match(/\$\$/g) ?? []).length % 2 === 1
  return false
}
