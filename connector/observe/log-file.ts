// The log's file, rotated by size. A log that cannot be written (a full disk) must never end or stop the daemon: it loses
// lines, says so, and goes on as soon as it can.

import { appendFile, rename, stat } from 'node:fs/promises'
import { Writable } from 'node:stream'

export type LogFileOptions = {
  readonly file: string
  /** The file becomes `<file>.1` before it grows beyond this, `<file>.1` becomes `<file>.2`, and so on. */
  readonly maxBytes: number
  /** How many files there are at most, the current one among them. */
  readonly maxFiles: number
  /** Told once when writing begins to fail, with the reason. */
  readonly onFailure: (reason: string) => void
}

export function openLogFile(options: LogFileOptions): Writable {
  const { file, maxBytes, maxFiles, onFailure } = options
  let size: number | null = null
  let lostLines = 0

  async function append(text: string): Promise<void> {
    try {
      size ??= await sizeOf(file)
      const lost = lostLines === 0 ? '' : `${JSON.stringify({ level: 'warn', message: 'log lines lost', lostLines })}\n`
      const bytes = Buffer.from(lost + text)
      if (size > 0 && size + bytes.length > maxBytes) {
        await rotate(file, maxFiles)
        size = 0
      }
      // Opened anew each time: what was deleted or rotated by somebody else is not written to for ever.
      await appendFile(file, bytes)
      size += bytes.length
      lostLines = 0
    } catch (error) {
      if (lostLines === 0) onFailure(error instanceof Error ? error.message : String(error))
      lostLines += text.split('\n').length - 1
      size = null
    }
  }

  async function take(text: string, done: () => void): Promise<void> {
    await append(text)
    done()
  }

  return new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => void take(String(chunk), done),
    writev: (chunks, done) => void take(chunks.map(({ chunk }) => String(chunk)).join(''), done),
  })
}

async function sizeOf(file: string): Promise<number> {
  return await stat(file).then(
    found => found.size,
    () => 0,
  )
}

async function rotate(file: string, maxFiles: number): Promise<void> {
  for (let number = maxFiles - 1; number >= 1; number--) {
    const from = number === 1 ? file : `${file}.${number - 1}`
    await rename(from, `${file}.${number}`).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
  }
}
