// Reads the result files of a folder and keeps what they say until they change. It never moves, changes or deletes one: what was imported
// stays where it is, and a file that cannot be read stands there for a person.

import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { withMaskedAccounts } from '../shared/account'
import { Malformed, MAX_FILE_BYTES } from './codec'
import { readResults, type Result } from './codec-result'
import { problem, type Problem } from './codes'
import type { ResultLayout } from './layout'

export type Findings = {
  readonly results: readonly Result[]
  /** Files of which nothing is used. */
  readonly malformed: readonly Problem[]
}

export type Inbox = {
  /** @throws when the folder cannot be read */
  look(nowMs: number): Promise<Findings>
}

type Known = { readonly size: number; readonly mtimeMs: number; readonly found: readonly Result[] | Problem }

export function createInbox(folder: string, currency: string, layout: ResultLayout): Inbox {
  let known = new Map<string, Known>()

  async function read(name: string, nowMs: number): Promise<Known | null> {
    const file = path.join(folder, name)
    const before = await stat(file)
    if (!before.isFile()) return null
    const age = nowMs - before.mtimeMs
    // Still being copied, perhaps. One from the future is of another machine's clock, and is read.
    if (age >= 0 && age < layout.settleMs) return null
    const { size, mtimeMs } = before
    const same = known.get(name)
    if (same?.size === size && same.mtimeMs === mtimeMs) return same
    if (size > MAX_FILE_BYTES)
      return {
        size,
        mtimeMs,
        found: problem('file.malformed', `${withMaskedAccounts(name)}: ${size} > ${MAX_FILE_BYTES} bytes`),
      }
    const bytes = await readFile(file)
    const after = await stat(file)
    if (after.size !== size || after.mtimeMs !== mtimeMs || bytes.length !== size) return null
    return { size, mtimeMs, found: resultsOf(bytes, name) }
  }

  function resultsOf(bytes: Buffer, name: string): readonly Result[] | Problem {
    try {
      return readResults(bytes, name, currency, layout)
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      const { line, column, zh, message } = error
      const place =
        column === ''
          ? `第 ${line} 行 / line ${line}`
          : `第 ${line} 行「${column}」列 / line ${line}, column 「${column}」`
      return problem('file.malformed', `${withMaskedAccounts(name)} ${place}: ${zh} / ${message}`)
    }
  }

  return {
    async look(nowMs) {
      const extension = `.${layout.format}`
      const names = (await readdir(folder))
        .filter(name => name.toLowerCase().endsWith(extension) && !/^(\.|~\$)/.test(name))
        .sort((a, b) => (a < b ? -1 : 1))
      const files: [string, Known][] = []
      for (const name of names) {
        const found = await read(name, nowMs)
        if (found) files.push([name, found])
      }
      known = new Map(files)
      const founds = files.map(([, { found }]) => found)
      return {
        results: founds.flatMap(found => ('reason' in found ? [] : found)),
        malformed: founds.flatMap(found => ('reason' in found ? [found] : [])),
      }
    },
  }
}
