// A database file is the same file from its first moment on, whatever is written into it; a copy of it is another.

import { appendFileSync, copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileIdentity } from '../../connector/store/database-identity'

let folder: string
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'yinqi-identity-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a file that was just made keeps its identity when it is written, and when it is renamed', async () => {
  for (let index = 0; index < 20; index++) {
    const file = path.join(folder, `${index}.sqlite`)
    writeFileSync(file, 'new')
    const identity = await fileIdentity(file)
    appendFileSync(file, ' and written')
    expect(await fileIdentity(file)).toBe(identity)
    renameSync(file, `${file}.moved`)
    expect(await fileIdentity(`${file}.moved`)).toBe(identity)
  }
})

test('a copy has another, and what is not there has none', async () => {
  const file = path.join(folder, 'store.sqlite')
  writeFileSync(file, 'x')
  copyFileSync(file, `${file}.copy`)
  expect(await fileIdentity(`${file}.copy`)).not.toBe(await fileIdentity(file))
  expect(await fileIdentity(path.join(folder, 'none'))).toBe('')
})
