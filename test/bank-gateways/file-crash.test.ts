// The file gateway's process is killed in the middle, again and again, and everything is handed to it anew: no payment stands in two
// files, and what was called accepted stands in one.

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import iconv from 'iconv-lite'
import { z } from 'zod'

const CHILD = path.resolve(__dirname, '../support/write-files-until-killed.js')
const told = z.object({ number: z.number(), outcomes: z.array(z.tuple([z.string(), z.string()])) })

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'yinqi-crash-'))
  for (const name of ['out', 'in', 'written']) mkdirSync(path.join(folder, name))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** What it said until it was killed, which is as soon as it has told of so many packages. */
async function runUntil(packages: number): Promise<readonly z.infer<typeof told>[]> {
  const child = spawn(process.execPath, [CHILD, folder, '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const heard: z.infer<typeof told>[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    const parsed = z.string().safeParse(line)
    if (parsed.success && line.endsWith('}')) heard.push(told.parse(JSON.parse(line)))
    if (heard.length === packages) child.kill('SIGKILL')
  }
  return heard
}

test('killed at any moment and begun again, a payment stands in one file at most, whole', async () => {
  const accepted = new Set<string>()
  // Each run hands out what the ones before it did, and dies in the middle of something new.
  for (const packages of [3, 6, 7, 11]) {
    for (const { outcomes } of await runUntil(packages))
      for (const [reference, kind] of outcomes) {
        expect(['accepted', 'uncertain']).toContain(kind)
        if (kind === 'accepted') accepted.add(reference)
      }
  }
  const files = readdirSync(path.join(folder, 'out')).filter(name => !name.startsWith('.'))
  const rows = files.flatMap(name => {
    const lines = iconv.decode(readFileSync(path.join(folder, 'out', name)), 'gbk').split('\r\n')
    // Titles first, a line end last: the file is whole.
    expect([lines[0]?.split(',')[1], lines.at(-1)]).toEqual(['业务编号', ''])
    return lines.slice(1, -1).map(line => line.split(',')[1] ?? '')
  })
  expect(new Set(rows).size).toBe(rows.length)
  expect(accepted.size).toBeGreaterThanOrEqual(27)
  expect([...accepted].filter(reference => !rows.includes(reference))).toEqual([])
}, 60_000)
