// The log goes on: over rotations, and over a time in which it could not be written.

import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openLogFile } from '../../connector/observe/log-file'
import { masked } from '../../connector/observe/logger'
import { Fault } from '../../connector/ports'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'yinqi-log-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function written(stream: ReturnType<typeof openLogFile>, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(`${line}\n`, error => (error ? reject(error) : resolve()))
  })
}

test('lines are lost while the file cannot be written, are counted, and the next ones are there again', async () => {
  const file = path.join(folder, 'yinqi.log')
  const failures: string[] = []
  const stream = openLogFile({ file, maxBytes: 1_000_000, maxFiles: 3, onFailure: reason => failures.push(reason) })
  await written(stream, 'one')
  rmSync(file)
  // What stands in the way is a folder: no user may write to it as to a file.
  mkdirSync(file)
  await written(stream, 'two')
  await written(stream, 'three')
  rmdirSync(file)
  await written(stream, 'four')
  expect(readFileSync(file, 'utf8')).toBe('{"level":"warn","message":"log lines lost","lostLines":2}\nfour\n')
  expect(failures).toHaveLength(1)
})

test('the current file keeps its name, and no more files are kept than were allowed', async () => {
  const file = path.join(folder, 'yinqi.log')
  const stream = openLogFile({ file, maxBytes: 10, maxFiles: 3, onFailure: () => undefined })
  for (const line of ['11111111', '22222222', '33333333', '44444444']) await written(stream, line)
  expect(readdirSync(folder).toSorted()).toEqual(['yinqi.log', 'yinqi.log.1', 'yinqi.log.2'])
  expect(['', '.1', '.2'].map(end => readFileSync(file + end, 'utf8').trim())).toEqual([
    '44444444',
    '33333333',
    '22222222',
  ])
})

test('an error is logged with its stable code and its cause, accounts masked', () => {
  const error = new Fault('STORE_FULL', 'full', { cause: new Error('account 6222021234567890123') })
  expect(masked(error)).toMatchObject({
    code: 'STORE_FULL',
    message: 'full',
    cause: 'Error: account 6222***********0123',
  })
})
