// Where the files of CQRA10 are read: the front-end's `detail` directory, on a disk this process sees or over SFTP. Nothing is
// deleted or written there, and a name from the bank never leaves the directory.

import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import path from 'node:path'
import SftpClient from 'ssh2-sftp-client'
import type { AbcConfig } from './config'

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

export type SftpSettings = Extract<NonNullable<AbcConfig['detail']>, { readonly kind: 'sftp' }>

/** A connection a file: a statement is read every some minutes. Only the configured host key is spoken to. */
export function fromSftp(settings: SftpSettings, connectTimeoutMs: number): FetchDetail {
  const { host, port, username, password, privateKey } = settings
  return async (name, maxBytes, signal) => {
    signal.throwIfAborted()
    const client = new SftpClient()
    const connected = client.connect({
      host,
      port,
      username,
      ...(password === undefined ? {} : { password }),
      ...(privateKey === undefined ? {} : { privateKey }),
      readyTimeout: connectTimeoutMs,
      hostVerifier: (key: Buffer) => isKey(key, settings.hostKeySha256),
    })
    const file = path.posix.join(settings.path, name)
    try {
      return await orAborted(
        connected.then(() => read(client, file, maxBytes)),
        signal,
      )
    } finally {
      // What is still under way ends with the connection; it has no listener left.
      connected.catch(() => undefined)
      void client.end().catch(() => undefined)
    }
  }
}

async function read(client: SftpClient, file: string, maxBytes: number): Promise<Buffer | null> {
  if ((await client.exists(file)) === false) return null
  const { size } = await client.stat(file)
  if (size > maxBytes) throw new RangeError(`the file is longer than ${maxBytes} bytes`)
  const bytes = await client.get(file)
  if (!Buffer.isBuffer(bytes)) throw new TypeError('SFTP gave no bytes')
  return bytes
}

function isKey(key: Buffer, sha256: string): boolean {
  return createHash('sha256').update(key).digest('base64').replace(/=+$/, '') === sha256.replace(/=+$/, '')
}

/** Rejects at once when the signal aborts, whatever the work is doing. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let leave: () => void = () => undefined
  const aborted = new Promise<never>((_, reject) => {
    leave = () => reject(new Error('aborted'))
    signal.addEventListener('abort', leave, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', leave)
    work.catch(() => undefined)
  }
}
