// Puts payment files where the cashier finds them, each payment in one file at most, for ever. A record of the payment is made before its
// file can be seen, and never twice: what has no record was never handed out. Whatever fails once the file may be seen is uncertain.

import { createHash, randomBytes } from 'node:crypto'
import { link, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'

export type Item = {
  readonly reference: string
  /** The file that it goes into when it is the first of it. */
  readonly file: string
  /** What of the payment must not change under its reference. */
  readonly content: string
}

export type Placed =
  /** The file stands in the folder, on the disk. */
  | { readonly kind: 'placed'; readonly file: string }
  /** It was handed out before, in the file of that name. */
  | { readonly kind: 'before'; readonly file: string }
  | { readonly kind: 'other-content'; readonly file: string }
  /** A record, but neither a file nor the note that it was placed. */
  | { readonly kind: 'doubt'; readonly file: string }
  /** Nothing of it can be seen by anybody. */
  | { readonly kind: 'unwritten'; readonly detail: string }
  /** A file of this name stands there, and no record says what is in it: it may hold this very payment. */
  | { readonly kind: 'name-taken'; readonly file: string }
  /** The file may stand there. */
  | { readonly kind: 'uncertain'; readonly detail: string }

export type Folders = { readonly out: string; readonly written: string }

const record = z.strictObject({ file: z.string(), digest: z.string() })
type Record = z.infer<typeof record>

/** What became of each payment that was recorded; null: it has no record. */
export async function placementOf(folders: Folders, { reference, content }: Item): Promise<Placed | null> {
  const found = await readRecord(folders, reference)
  return found === null ? null : judged(folders, found, content)
}

async function judged(folders: Folders, { file, digest }: Record, content: string): Promise<Placed> {
  if (digest !== digestOf(content)) return { kind: 'other-content', file }
  const isThere = (await exists(path.join(folders.out, file))) || (await exists(noteOf(folders, file)))
  return { kind: isThere ? 'before' : 'doubt', file }
}

/**
 * One answer an item, in order. What is new goes into one file, named after the first of it: a payment is in one file only, so the name
 * is too. `compose` makes its bytes.
 */
export async function place(
  folders: Folders,
  items: readonly Item[],
  compose: (fresh: readonly Item[]) => Buffer,
): Promise<readonly Placed[]> {
  const answers = new Map<string, Placed>()
  const fresh: Item[] = []
  let stopped: Placed | null = await prepared(folders)
  for (const item of stopped ? [] : items) {
    const made = await recorded(folders, fresh[0]?.file ?? item.file, item)
    if (made === 'made') fresh.push(item)
    else if (made.kind === 'unwritten') {
      stopped = made
      break
    } else answers.set(item.reference, made)
  }
  const [first] = fresh
  const outcome = stopped ?? (first ? await handedOut(folders, first.file, () => compose(fresh)) : null)
  // What nobody can have seen must be free to go again; what may be in a file of unknown making must not seem to be in it.
  if (outcome?.kind === 'unwritten') await Promise.all(fresh.map(item => forget(folders, item)))
  if (outcome?.kind === 'name-taken') await Promise.all(fresh.map(item => doubt(folders, item, outcome.file)))
  return items.map(({ reference }) => answers.get(reference) ?? outcome ?? { kind: 'uncertain', detail: 'no outcome' })
}

/** A folder is never made: where a share is not mounted, a file would be put where nobody looks. */
async function prepared({ out, written }: Folders): Promise<Placed | null> {
  try {
    for (const folder of [out, written])
      if (!(await stat(folder)).isDirectory()) return { kind: 'unwritten', detail: folder }
    return null
  } catch (error) {
    return unwritable(error)
  }
}

/** The record of one payment, made once: two processes cannot both make it. */
async function recorded(folders: Folders, file: string, item: Item): Promise<Placed | 'made'> {
  const name = recordOf(folders, item.reference)
  try {
    const text = JSON.stringify({ file, digest: digestOf(item.content) })
    await writeNew(name, Buffer.from(text, 'utf8'))
    await syncFolder(folders.written)
    return 'made'
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') {
      await rm(name, { force: true }).catch(() => undefined)
      return unwritable(error)
    }
  }
  try {
    const found = await readRecord(folders, item.reference)
    // It is being written by another process in this moment, or was cut off by a crash: either way it may go out.
    return found === null ? { kind: 'doubt', file } : await judged(folders, found, item.content)
  } catch (error) {
    return { kind: 'uncertain', detail: codeOf(error) || String(error) }
  }
}

/** Written beside under a hidden name, flushed, linked to its own name, and the folder flushed. */
async function handedOut(folders: Folders, file: string, compose: () => Buffer): Promise<Placed> {
  const target = path.join(folders.out, file)
  const beside = path.join(folders.out, `.${file}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    if (await exists(target)) return { kind: 'name-taken', file }
    await writeNew(beside, compose())
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined)
    return unwritable(error)
  }
  // From here on the file may be seen.
  try {
    await renamed(beside, target)
    await syncFolder(folders.out)
    await writeNew(noteOf(folders, file), Buffer.alloc(0)).catch(() => undefined)
    return { kind: 'placed', file }
  } catch (error) {
    return { kind: 'uncertain', detail: codeOf(error) || String(error) }
  } finally {
    await rm(beside, { force: true }).catch(() => undefined)
  }
}

/** A link fails where the name is taken, a rename would replace it; some network folders know no links. */
async function renamed(beside: string, target: string): Promise<void> {
  try {
    await link(beside, target)
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES', 'EINVAL'].includes(codeOf(error))) throw error
    if (await exists(target)) throw error
    await rename(beside, target)
  }
}

async function writeNew(name: string, bytes: Buffer): Promise<void> {
  const handle = await open(name, 'wx', 0o640)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A record without a content fits no payment: whoever asks hears that a person must look. */
async function doubt(folders: Folders, { reference }: Item, file: string): Promise<void> {
  await writeFile(recordOf(folders, reference), JSON.stringify({ file, digest: '' }))
}

async function forget(folders: Folders, { reference }: Item): Promise<void> {
  // A record that stays makes the next try "in doubt": safe, and for a person.
  await rm(recordOf(folders, reference), { force: true }).catch(() => undefined)
}

/** Null: there is none, or it is not whole. */
async function readRecord(folders: Folders, reference: string): Promise<Record | null> {
  let text: string
  try {
    text = await readFile(recordOf(folders, reference), 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
  try {
    return record.parse(JSON.parse(text))
  } catch {
    return { file: '?', digest: '?' }
  }
}

/** References are letters and digits (`rowOf`): they cannot leave the folder. */
function recordOf({ written }: Folders, reference: string): string {
  return path.join(written, `${reference}.json`)
}

function noteOf({ written }: Folders, file: string): string {
  return path.join(written, `${file}.placed`)
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder; NTFS journals the change by itself.
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function exists(name: string): Promise<boolean> {
  try {
    await stat(name)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

function unwritable(error: unknown): Placed {
  return { kind: 'unwritten', detail: codeOf(error) || String(error) }
}

function digestOf(content: string): string {
  return createHash('sha256').update(content, 'utf8').digest('hex')
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}
