// The audit trail and the keys at the command line: proven, anchored, read, and given a new key. Nothing here changes
// what happened.

import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Anchor } from '../store/audit'
import type { Store } from '../store/store'
import type { Clock } from '../ports'
import { EXIT, table, type Output } from './output'
import { newSecret } from './site-keys'

const anchorSchema = z.strictObject({ count: z.int().min(0), link: z.string(), at: z.int(), mac: z.string() })

/** Exit code 1 and the first row that does not fit, or 0. */
export async function verify(store: Store, anchorFile: string | undefined, output: Output): Promise<number> {
  const anchor = anchorFile === undefined ? null : readAnchor(anchorFile)
  if (anchor === 'unreadable') {
    output.say(`锚点文件无法读取：${anchorFile ?? ''}`, `the anchor file cannot be read: ${anchorFile ?? ''}`)
    output.json({ ok: false, row: 'anchor', detail: 'unreadable' })
    return EXIT.no
  }
  const verdict = await store.audit.check(anchor)
  if (verdict.kind === 'whole') {
    const { entries, payments, explained } = verdict
    output.say(
      `审计链完整：${entries} 条记录，${payments} 笔付款`,
      `the trail is whole: ${entries} entries, ${payments} payments`,
    )
    if (explained > 0) {
      output.say(
        `其中 ${explained} 笔付款的改动已有人处理`,
        `${explained} payments in it were altered, and somebody has looked into them`,
      )
    }
    output.json({ ok: true, entries, payments, explained })
    return EXIT.ok
  }
  const { row, detail } = verdict
  output.say(`审计链被破坏：${row}（${detail}）`, `the trail is broken at ${row}: ${detail}`)
  output.json({ ok: false, row, detail })
  return EXIT.no
}

/** One line of JSON, for a file that is kept away from the database. */
export async function anchor(store: Store, clock: Clock): Promise<number> {
  process.stdout.write(`${JSON.stringify(await store.audit.anchor(clock.now()))}\n`)
  return EXIT.ok
}

export async function listEntries(
  store: Store,
  options: { readonly after: number; readonly limit: number },
  output: Output,
): Promise<number> {
  const entries = await store.audit.entries(options.after, options.limit)
  output.json({ entries })
  const rows = entries.map(({ no, at, kind, paymentId, subject, content }) => [
    String(no),
    new Date(at).toISOString(),
    kind,
    paymentId ?? '',
    subject,
    wordsOf(content),
  ])
  output.say(table(rows), table(rows))
  return EXIT.ok
}

/** Entries of one page: a stream of any length in little memory. */
const PAGE = 500

/** Every entry as one line of JSON. */
export async function exportEntries(store: Store): Promise<number> {
  let after = 0
  for (;;) {
    const page = await store.audit.entries(after, PAGE)
    for (const entry of page) process.stdout.write(`${JSON.stringify(entry)}\n`)
    const last = page.at(-1)
    if (last === undefined) return EXIT.ok
    after = last.no
  }
}

export function generateKey(output: Output): number {
  const secret = newSecret()
  output.say(secret, secret)
  output.json({ secret })
  return EXIT.ok
}

/** Rows of one transaction: a daemon waits for it no longer than for its own work. */
const BATCH = 200

/** Gives every row the current key; may be stopped at any moment and started again. */
export async function reencrypt(store: Store, clock: Clock, output: Output): Promise<number> {
  let rows = 0
  for (;;) {
    const done = await store.reencrypt(BATCH)
    rows += done.rows
    if (done.isDone) break
  }
  const content = { rows: String(rows) }
  await store.audit.append([{ kind: 'keys.reencrypted', paymentId: null, subject: '', content }], clock.now())
  output.say(`已用当前密钥重新加密 ${rows} 处`, `${rows} values now have the current key`)
  output.json({ ok: true, rows })
  return EXIT.ok
}

function readAnchor(file: string): Anchor | 'unreadable' {
  try {
    return anchorSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return 'unreadable'
  }
}

function wordsOf(content: Readonly<Record<string, string>>): string {
  return Object.entries(content)
    .filter(([name, value]) => value !== '' && name !== 'digest' && name !== 'seal')
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}
