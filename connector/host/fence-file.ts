// This host's half of the binding to a store: two small files in `dataDir`. It is written whole or not at all, and is on
// the disk before anything is sent that it speaks of.

import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { Fault, type FenceFile, type FenceRecord, type HostIdentity } from '../ports'
import { machineId } from './machine-id'

const recordText = z.strictObject({
  version: z.literal(1),
  storeId: z.string().min(1),
  token: z.string().min(1),
  epoch: z.string().min(1),
  sends: z.int().min(0),
  identity: z.strictObject({ machine: z.string(), folder: z.string() }),
})

/**
 * `fence-<instance>.json` is replaced at every send; daemons that share a folder have a file each. `fence.anchor` is made once and never written again: its inode and birth are
 * what a copied folder does not have, and what a volume keeps when its container is made anew.
 */
export function openFenceFile(dataDir: string, instance: string): FenceFile {
  const folder = path.resolve(dataDir)
  const file = path.join(folder, `fence-${instance}.json`)
  const anchor = path.join(folder, 'fence.anchor')
  let machine: Promise<string> | null = null
  return {
    read: () => readRecord(file),
    async write(record) {
      try {
        await replace(file, JSON.stringify({ version: 1, ...record }))
      } catch (error) {
        throw unwritable(folder, error)
      }
    },
    async identity(): Promise<HostIdentity> {
      try {
        await mkdir(folder, { recursive: true })
        machine ??= machineId()
        return { machine: await machine, folder: await identityOf(anchor) }
      } catch (error) {
        throw unwritable(folder, error)
      }
    },
  }
}

async function readRecord(file: string): Promise<FenceRecord | null> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw damaged(file, error)
  }
  try {
    const { version: _version, ...record } = recordText.parse(JSON.parse(text))
    return record
  } catch (error) {
    throw damaged(file, error)
  }
}

/** Written beside, flushed, renamed over, and the folder flushed: after a power cut it is the old one or the new one. */
async function replace(file: string, text: string): Promise<void> {
  const beside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  const handle = await open(beside, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(beside, file)
  await syncFolder(path.dirname(file))
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder; NTFS journals the rename by itself.
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function identityOf(anchor: string): Promise<string> {
  // `wx`: two daemons that start together agree on one anchor.
  await open(anchor, 'wx', 0o600)
    .then(handle => handle.close())
    .catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
  const { ino, birthtimeMs } = await stat(anchor, { bigint: true })
  return `${ino}:${birthtimeMs}`
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}

function damaged(file: string, cause: unknown): Fault {
  return new Fault('FENCE_FILE_DAMAGED', `${file}：绑定文件无法读取 / the fence file cannot be read`, { cause })
}

function unwritable(folder: string, cause: unknown): Fault {
  return new Fault('FENCE_FILE_UNWRITABLE', `${folder}：dataDir 不可写 / dataDir cannot be written`, { cause })
}
