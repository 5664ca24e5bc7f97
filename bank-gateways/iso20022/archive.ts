// Every file that left or came, byte for byte, in a directory of this connection. What came is judged from here and nowhere else, so
// that another process, or the next one, knows the same. Nothing here is ever changed or removed.

import { createHash } from 'node:crypto'
import { link, mkdir, open, readdir, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { addDays, bankDay, bankStamp } from '../../connector/core/bank-time'
import type { Clock } from '../../connector/ports'
import { codeOf } from './transport'

const noteSchema = z.strictObject({
  directory: z.string(),
  name: z.string(),
  size: z.int(),
  modifiedAt: z.number(),
  sha256: z.string(),
  /** Of what the envelope held, where there was one: keys change, and what was once read must stay readable. */
  openedSha256: z.string().nullable(),
  fetchedAt: z.number(),
  /** Why it is not used, or null. */
  problem: z.string().nullable(),
})
type Note = z.output<typeof noteSchema>

export type Received = Note & {
  /** Its place in the order of fetching; unique. */
  readonly id: string
}

type Fetched = Omit<Note, 'sha256' | 'openedSha256' | 'fetchedAt'>

export type Archive = {
  /** Keeps a copy of what is about to leave. @throws when it cannot be kept: then nothing may leave. */
  keepSent(name: string, text: string): Promise<void>
  /** Every copy that was kept of a file. */
  sentCopies(name: string): Promise<readonly string[]>
  /** Bytes first, then the note that makes them count. `opened`: what was in the envelope; null: there was none. */
  keepReceived(note: Fetched, bytes: Buffer, opened: Buffer | null): Promise<void>
  /** What was fetched in the last `lookBackDays`, oldest first. */
  received(): Promise<readonly Received[]>
  /** Out of their envelope. @throws when the bytes are not those that were fetched. */
  bytesOf(file: Received): Promise<Buffer>
}

const OPENED = '.opened'
const SENT_NAME = /^[A-Za-z0-9][\w.-]{0,120}$/

/** Of this process: two connections in one millisecond keep their order. */
let serial = 0

export function openArchive(directory: string, lookBackDays: number, clock: Clock): Archive {
  const sent = join(directory, 'sent')
  const came = join(directory, 'received')
  const notes = new Map<string, Note>()
  return {
    async keepSent(name, text) {
      const bytes = Buffer.from(text, 'utf8')
      await mkdir(join(sent, name), { recursive: true, mode: 0o700 })
      await putOnce(join(sent, name, `${sha256(bytes).slice(0, 32)}.xml`), bytes)
    },
    async sentCopies(name) {
      // A bank's report may name anything.
      if (!SENT_NAME.test(name)) return []
      const copies = (await namesIn(join(sent, name))).filter(one => one.endsWith('.xml')).sort()
      return Promise.all(copies.map(copy => readFile(join(sent, name, copy), 'utf8')))
    },
    async keepReceived(note, bytes, opened) {
      const now = clock.now()
      const day = join(came, bankDay(now))
      await mkdir(day, { recursive: true, mode: 0o700 })
      const digest = sha256(bytes)
      serial += 1
      const id = `${bankStamp(now)}-${String(serial).padStart(6, '0')}-${digest.slice(0, 16)}-${process.pid}`
      await putOnce(join(day, id), bytes)
      if (opened !== null) await putOnce(join(day, `${id}${OPENED}`), opened)
      const openedSha256 = opened && sha256(opened)
      const whole: Note = { ...note, sha256: digest, openedSha256, fetchedAt: now }
      await putOnce(join(day, `${id}.json`), Buffer.from(JSON.stringify(whole)))
    },
    async received() {
      const first = addDays(bankDay(clock.now()), -lookBackDays)
      const days = (await namesIn(came)).filter(day => /^\d{4}-\d{2}-\d{2}$/.test(day) && day >= first).sort()
      const found: Received[] = []
      for (const day of days) {
        for (const name of (await namesIn(join(came, day))).filter(one => one.endsWith('.json')).sort()) {
          const id = `${day}/${name.slice(0, -'.json'.length)}`
          const note = notes.get(id) ?? noteSchema.parse(JSON.parse(await readFile(join(came, day, name), 'utf8')))
          notes.set(id, note)
          found.push({ ...note, id })
        }
      }
      return found
    },
    async bytesOf(file) {
      const isSealed = file.openedSha256 !== null
      const bytes = await readFile(join(came, isSealed ? `${file.id}${OPENED}` : file.id))
      if (sha256(bytes) !== (file.openedSha256 ?? file.sha256))
        throw new RangeError(`archived file ${file.name} was altered 归档文件被改动`)
      return bytes
    },
  }
}

/** Whole, on the disk, and never over another file. A file that is there already is the same: its name holds its digest. */
async function putOnce(path: string, bytes: Buffer): Promise<void> {
  serial += 1
  const temporary = `${path}.${process.pid}.${serial}.part`
  const file = await open(temporary, 'w', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    await link(temporary, path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    await unlink(temporary)
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
