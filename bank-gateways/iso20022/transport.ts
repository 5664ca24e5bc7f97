// A place for files, wherever it is, and the one thing that matters about a failure in it: could the bank have our file? `Unsent`
// is thrown only while nothing of it was written; everything from then on is `Uncertain`.

import { posix } from 'node:path'
import { Uncertain, Unsent } from '../shared/http'

export type RemoteFile = { readonly name: string; readonly size: number; readonly modifiedAt: number }

/** An open connection. Every method rejects at once when the call's signal aborts. */
export interface Place {
  /** Ordinary files only. */
  list(directory: string): Promise<readonly RemoteFile[]>
  /** Null: it is not there (any more). Rejects when it is larger than `maxBytes`. */
  read(path: string, maxBytes: number): Promise<Buffer | null>
  stat(path: string): Promise<RemoteFile | null>
  /** Writes a new file, whole; never into one that exists. @throws Unsent while it was not opened | Uncertain */
  create(path: string, bytes: Buffer): Promise<void>
  /** Must fail where `to` exists: no file is ever overwritten. */
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
}

/** Connects, does the work, disconnects. @throws Unsent while no connection stood. */
export type Transport = <T>(signal: AbortSignal, work: (place: Place) => Promise<T>) => Promise<T>

export type Waits = { readonly connectTimeoutMs: number; readonly answerTimeoutMs: number }

/** Of a file that we write: for the group through which the bank's program reads it, and for nobody else. */
export const SHARED_MODE = 0o660

/** The server's key is not the one that the site configured: nothing was said to it. */
export class WrongHostKey extends Unsent {}

/** A file of this name is at the bank's side already. Nothing was written; whoever wrote it may have paid. */
export class FileExists extends Error {
  override readonly name = 'FileExists'
}

/**
 * Puts a file where the bank looks, whole or not at all: under another name first, then renamed. @throws Unsent | FileExists |
 * Uncertain
 */
export async function deliver(place: Place, path: string, temporary: string, bytes: Buffer): Promise<void> {
  const there = await place.stat(path).catch((cause: unknown) => {
    throw new Unsent('the directory cannot be looked into', { cause })
  })
  if (there !== null) throw new FileExists(posix.basename(path))
  await place.create(temporary, bytes)
  try {
    await place.rename(temporary, path)
  } catch (cause) {
    // Told "failed", but perhaps done: only the bank's status report or its statement knows.
    throw cause instanceof Uncertain ? cause : new Uncertain(errorText(cause), { cause })
  }
}

/** Rejects when the time is over or the signal aborts, whatever the work is doing. */
export async function within<T>(work: Promise<T>, timeoutMs: number, signal: AbortSignal): Promise<T> {
  let leave: () => void = () => undefined
  let timer: NodeJS.Timeout | undefined
  const ended = new Promise<never>((_, reject) => {
    leave = () => reject(new Uncertain('aborted'))
    timer = setTimeout(() => reject(new Uncertain(`no answer within ${timeoutMs} ms`)), timeoutMs)
    if (signal.aborted) leave()
    signal.addEventListener('abort', leave, { once: true })
  })
  try {
    return await Promise.race([work, ended])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', leave)
    work.catch(() => undefined)
  }
}

/** No path of the server, no account in it: only what went wrong. */
export function errorText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text
    .replace(/(?:\/[^\s/'"]+){2,}/g, '…')
    .replace(/\d{12,}/g, '****')
    .slice(0, 200)
}

/** A bank's file name as it may stand in a path of ours. */
export function isPlainName(name: string): boolean {
  return /^[^/\\\p{Cc}]{1,200}$/u.test(name) && name !== '.' && name !== '..'
}

/** A system's or server's code of an error, whatever made it. */
export function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}
