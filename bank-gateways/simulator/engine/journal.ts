// The durable memory of the simulated banks: one JSON line a transaction, on the disk before any answer leaves.
// It must never lose a line it has confirmed, and never read half of one.

import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { transactionSchema, type JournalRecord } from './records'

export interface Journal {
  /** Returns when the transaction would survive kill -9 and a power cut. Throws when it cannot promise that. */
  append(records: readonly JournalRecord[]): void
  close(): void
}

/** For a simulator without a state file: forgotten at the end. */
export const memoryJournal: Journal = { append: () => undefined, close: () => undefined }

/**
 * Opens or creates the file and hands every earlier transaction to `replay`, oldest first. A last line without its line
 * feed was never confirmed to anyone: it is cut off. Any other unreadable line means that somebody changed the file, and is
 * an error naming the line.
 */
export function openJournal(path: string, replay: (records: readonly JournalRecord[]) => void): Journal {
  const file = openSync(path, 'a+')
  try {
    const bytes = readFileSync(path)
    const kept = bytes.lastIndexOf(0x0a) + 1
    const lines = bytes.subarray(0, kept).toString('utf8').split('\n').slice(0, -1)
    lines.forEach((line, index) => replay(readLine(path, line, index + 1)))
    if (kept < bytes.length) {
      ftruncateSync(file, kept)
      fsyncSync(file)
    }
    syncDirectory(dirname(path))
    return fileJournal(file, lines.length)
  } catch (error) {
    closeSync(file)
    throw error
  }
}

function readLine(path: string, line: string, number: number): readonly JournalRecord[] {
  try {
    const transaction = transactionSchema.parse(JSON.parse(line))
    if (transaction.seq === number) return transaction.records
  } catch (cause) {
    throw new Error(`${path} line ${number} is not a simulator transaction: 状态文件第 ${number} 行不可读`, { cause })
  }
  throw new Error(`${path} line ${number} is out of sequence: 状态文件第 ${number} 行序号不连续`)
}

function fileJournal(file: number, linesRead: number): Journal {
  let seq = linesRead
  return {
    append(records) {
      seq += 1
      const line = Buffer.from(`${JSON.stringify({ seq, records })}\n`, 'utf8')
      let written = 0
      while (written < line.length) written += writeSync(file, line, written)
      fsyncSync(file)
    },
    close: () => closeSync(file),
  }
}

/** A new file's name must survive too. Not every platform can open a directory; there the file's own sync must do. */
function syncDirectory(path: string): void {
  let directory: number
  try {
    directory = openSync(path, 'r')
  } catch {
    return
  }
  try {
    fsyncSync(directory)
  } catch {
    // Windows refuses to sync a directory handle; NTFS journals the name itself.
  } finally {
    closeSync(directory)
  }
}
