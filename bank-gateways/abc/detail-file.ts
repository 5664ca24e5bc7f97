// Where the files of CQRA10 are read: the front-end's `detail` directory, on a disk this process sees. Nothing is deleted or
// written there, and a name from the bank never leaves the directory.

import { open } from 'node:fs/promises'
import path from 'node:path'

/** The file's bytes; null: it is not there. Throws when it is larger than `maxBytes` or cannot be read. */
export type FetchDetail = (name: string, maxBytes: number, signal: AbortSignal) => Promise<Buffer | null>

export function fromDirectory(directory: string): FetchDetail {
  return async (name, maxBytes, signal) => {
    signal.throwIfAborted()
    let file
    try {
      file = await open(path.join(directory, name), 'r')
    } catch (error) {
      if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return null
      throw error
    }
    try {
      const { size } = await file.stat()
      if (size > maxBytes) throw new RangeError(`the file is longer than ${maxBytes} bytes`)
      return await file.readFile()
    } finally {
      await file.close()
    }
  }
}
