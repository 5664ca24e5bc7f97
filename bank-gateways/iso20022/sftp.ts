// A bank's SFTP server, one connection a call. Only the configured host key is spoken to, and no password is sent before it was
// seen. SSH_FXP_RENAME refuses an existing target; the extension that overwrites is never used.

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { Socket } from 'node:net'
import { posix } from 'node:path'
import SftpClient from 'ssh2-sftp-client'
import { Uncertain, Unsent } from '../shared/http'
import type { Iso20022Config } from './config'
import {
  errorText,
  SHARED_MODE,
  within,
  WrongHostKey,
  type Place,
  type RemoteFile,
  type Transport,
  type Waits,
} from './transport'

export type SftpSettings = Extract<Iso20022Config['transport'], { readonly kind: 'sftp' }>

export function sftpTransport(settings: SftpSettings, waits: Waits): Transport {
  return async (signal, work) => {
    if (signal.aborted) throw new Unsent('aborted before connecting')
    // Ours to destroy: the library leaves a connection open that never got as far as a session.
    const socket = new Socket()
    socket.on('error', ignored)
    // What fails later has no call waiting for it any more; the library would print it.
    const client = new SftpClient('yinqi', { error: ignored, end: ignored, close: ignored })
    try {
      await connect(client, socket, settings, waits, signal)
      return await work(placeOf(client, waits.answerTimeoutMs, signal))
    } finally {
      void client.end().catch(ignored)
      socket.destroySoon()
      // A server that says nothing would keep the connection; one that answers has had its time.
      setTimeout(() => socket.destroy(), GOODBYE_MS).unref()
    }
  }
}

/** For the last packets of a session. */
const GOODBYE_MS = 1000

const ignored = (): void => undefined

async function connect(
  client: SftpClient,
  socket: Socket,
  settings: SftpSettings,
  waits: Waits,
  signal: AbortSignal,
): Promise<void> {
  const { host, port, username, password, privateKey, privateKeyPassword } = settings
  let isKeyWrong = false
  const logIn = async (): Promise<void> => {
    socket.connect({ host, port, noDelay: true })
    await once(socket, 'connect')
    await client.connect({
      sock: socket,
      username,
      ...(password === undefined ? {} : { password }),
      ...(privateKey === undefined ? {} : { privateKey }),
      ...(privateKeyPassword === undefined ? {} : { passphrase: privateKeyPassword }),
      readyTimeout: waits.connectTimeoutMs,
      hostVerifier: (key: Buffer) => {
        isKeyWrong = !isKey(key, settings.hostKeySha256)
        return !isKeyWrong
      },
    })
  }
  try {
    await within(logIn(), waits.connectTimeoutMs, signal)
  } catch (cause) {
    socket.destroy()
    if (isKeyWrong) throw new WrongHostKey('host key', { cause })
    throw new Unsent(signal.aborted ? 'aborted' : errorText(cause), { cause })
  }
}

function placeOf(client: SftpClient, timeoutMs: number, signal: AbortSignal): Place {
  const timely = <T>(work: Promise<T>): Promise<T> => within(work, timeoutMs, signal)
  const stat = async (path: string): Promise<RemoteFile | null> => {
    if ((await client.exists(path)) === false) return null
    const { size, modifyTime } = await client.stat(path)
    return { name: posix.basename(path), size, modifiedAt: modifyTime }
  }
  return {
    list: directory => timely(list(client, directory)),
    stat: path => timely(stat(path)),
    read: (path, maxBytes) =>
      timely(
        stat(path).then(async file => {
          if (!file) return null
          if (file.size > maxBytes) throw new RangeError(`the file is longer than ${maxBytes} bytes`)
          const bytes = await client.get(path)
          if (!Buffer.isBuffer(bytes)) throw new TypeError('SFTP gave no bytes')
          return bytes
        }),
      ),
    create: (path, bytes) => create(client, path, bytes, timeoutMs, signal),
    rename: async (from, to) => void (await timely(client.rename(from, to))),
    remove: async path => void (await timely(client.delete(path))),
  }
}

async function list(client: SftpClient, directory: string): Promise<readonly RemoteFile[]> {
  const files = await client.list(directory)
  return files
    .filter(({ type }) => type === '-')
    .map(({ name, size, modifyTime }) => ({ name, size, modifiedAt: modifyTime }))
}

/** The open is the line: a server that refuses it has not got a byte of ours. */
async function create(
  client: SftpClient,
  path: string,
  bytes: Buffer,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  let isOpenAsked = false
  let isOpen = false
  let isRefused = false
  const written = new Promise<void>((resolve, reject) => {
    const stream = client.createWriteStream(path, { flags: 'wx', mode: SHARED_MODE, autoClose: true })
    isOpenAsked = true
    stream.once('open', () => (isOpen = true))
    stream.once('error', (error: Error & { code?: unknown }) => {
      // A numbered SFTP status is the server's own no; anything else may be a connection that broke after a yes.
      isRefused = !isOpen && typeof error.code === 'number'
      reject(error)
    })
    stream.once('close', () => resolve())
    stream.end(bytes)
  })
  try {
    await within(written, timeoutMs, signal)
    const { size } = await within(client.stat(path), timeoutMs, signal)
    if (size !== bytes.length) throw new Uncertain(`the server has ${size} of ${bytes.length} bytes`)
  } catch (cause) {
    if (!isOpenAsked || isRefused) throw new Unsent(errorText(cause), { cause })
    throw cause instanceof Uncertain ? cause : new Uncertain(errorText(cause), { cause })
  }
}

function isKey(key: Buffer, sha256: string): boolean {
  return createHash('sha256').update(key).digest('base64').replace(/=+$/, '') === sha256.replace(/=+$/, '')
}
