// A watched folder: the bank's own program, or somebody's file transfer, carries the files on. The same promises as over SFTP, on a
// disk that this process sees.

import { link, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Uncertain, Unsent } from '../shared/http'
import {
  codeOf,
  errorText,
  SHARED_MODE,
  within,
  type Place,
  type RemoteFile,
  type Transport,
  type Waits,
} from './transport'

export function folderTransport({ answerTimeoutMs }: Waits): Transport {
  return async (signal, work) => {
    if (signal.aborted) throw new Unsent('aborted before connecting')
    return work(placeOf(<T>(doing: Promise<T>) => within(doing, answerTimeoutMs, signal)))
  }
}

type Timely = <T>(doing: Promise<T>) => Promise<T>

function placeOf(timely: Timely): Place {
  return {
    list: directory => timely(list(directory)),
    stat: path => timely(statOf(path)),
    read: (path, maxBytes) => timely(read(path, maxBytes)),
    create: (path, bytes) => create(path, bytes, timely),
    rename: (from, to) => timely(renameNew(from, to)),
    remove: path => timely(unlink(path)),
  }
}

async function list(directory: string): Promise<readonly RemoteFile[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  const files: RemoteFile[] = []
  for (const entry of entries) {
    const file = entry.isFile() ? await statOf(join(directory, entry.name)) : null
    if (file) files.push(file)
  }
  return files
}

async function statOf(path: string): Promise<RemoteFile | null> {
  try {
    const { size, mtimeMs } = await stat(path)
    return { name: basename(path), size, modifiedAt: Math.floor(mtimeMs) }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

async function read(path: string, maxBytes: number): Promise<Buffer | null> {
  const file = await statOf(path)
  if (!file) return null
  if (file.size > maxBytes) throw new RangeError(`the file is longer than ${maxBytes} bytes`)
  return readFile(path)
}

async function create(path: string, bytes: Buffer, timely: Timely): Promise<void> {
  const opening = open(path, 'wx', SHARED_MODE)
  const file = await timely(opening).catch((cause: unknown) => {
    // One that opens too late is empty and under a name that nobody looks for.
    opening.then(late => late.close()).catch(() => undefined)
    throw new Unsent(errorText(cause), { cause })
  })
  const writing = (async () => {
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
  })()
  try {
    await timely(writing)
  } catch (cause) {
    throw cause instanceof Uncertain ? cause : new Uncertain(errorText(cause), { cause })
  }
}

/** A link refuses an existing name where a rename would overwrite it. Shares that know no links are renamed after a look. */
async function renameNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    const code = codeOf(error)
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error
    if ((await statOf(to)) !== null) throw new Error('EEXIST: the file is there already', { cause: error })
    await rename(from, to)
    return
  }
  await unlink(from)
}
