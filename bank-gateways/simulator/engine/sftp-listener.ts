// One port of a simulated bank that is an SFTP server. What stands in its directories and what a delivered file means is the
// program's affair: every operation that matters comes to its handler as a request (LIST, STAT, GET, PUT, MOVE, DELETE); here
// only sessions, files being written, and everything that can go wrong between two sockets.

import { createServer, type Server, type Socket } from 'node:net'
import { posix } from 'node:path'
import ssh2, { type AuthContext, type Connection, type SFTPWrapper } from 'ssh2'
import { fileSchema, listingSchema, type RemoteFileView } from './sftp-views'
import { isPortAddress, MAX_BODY_BYTES, type Handled, type Port, type PortOptions } from './listener'

export type SftpWire = {
  /** PEM or OpenSSH text of the server's key; null: a new one at every start. */
  readonly hostKey: string | null
  /** Whether somebody may log in so. `key` is the algorithm and Base64 of a public key whose possession was proven. */
  readonly accepts: (login: { readonly username: string; readonly password?: string; readonly key?: string }) => boolean
}

export type SftpListenerOptions = PortOptions & { readonly wire: SftpWire }

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp

export class SftpListener implements Port {
  readonly #options: SftpListenerOptions
  readonly #closing = new AbortController()
  readonly #sockets = new Set<Socket>()
  /** Files being written, by path: no part of what the bank has. */
  readonly #staged = new Map<string, Buffer>()
  #hostKey: string | null
  #server: Server | null = null
  #port: number

  constructor(options: SftpListenerOptions) {
    this.#options = options
    this.#hostKey = options.wire.hostKey
    this.#port = options.port
  }

  get url(): string {
    const { host } = this.#options
    return `sftp://${host.includes(':') ? `[${host}]` : host}:${this.#port}`
  }

  async open(): Promise<void> {
    if (this.#server || this.#closing.signal.aborted) return
    this.#hostKey ??= newHostKey()
    const ssh = new ssh2.Server({ hostKeys: [this.#hostKey] }, connection => this.#greet(connection))
    const server = createServer({ noDelay: true }, socket => this.#take(socket, ssh))
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.#port, this.#options.host, resolve)
    })
    const address = server.address()
    if (isPortAddress(address)) this.#port = address.port
  }

  async shut(): Promise<void> {
    const server = this.#server
    if (!server) return
    this.#server = null
    const isClosed = new Promise<void>(resolve => server.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
    await isClosed
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.shut()
  }

  #take(socket: Socket, ssh: ssh2.Server): void {
    const { bank, name, faults } = this.#options
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    socket.on('error', () => undefined)
    if (faults.take({ bank, listener: name, request: null }).kinds.has('drop-before')) socket.destroy()
    else ssh.injectSocket(socket)
  }

  #greet(connection: Connection): void {
    connection.on('error', () => undefined)
    let username = ''
    connection.on('authentication', context => {
      username = context.username
      if (this.#isWelcome(context)) context.accept()
      else context.reject(['password', 'publickey'])
    })
    connection.on('session', accept =>
      accept().on('sftp', acceptSftp =>
        new Session(this.#options, this.#staged, this.#closing.signal, connection, username).serve(acceptSftp()),
      ),
    )
  }

  #isWelcome(context: AuthContext): boolean {
    const { accepts } = this.#options.wire
    const { username } = context
    if (context.method === 'password') return accepts({ username, password: context.password })
    if (context.method !== 'publickey') return false
    const key = `${context.key.algo} ${context.key.data.toString('base64')}`
    if (!accepts({ username, key })) return false
    // Without a signature the client only asks whether the key would do.
    if (!context.signature || !context.blob) return true
    const known = ssh2.utils.parseKey(key)
    if (known instanceof Error) return false
    // An Error is how the library says that it could not be checked.
    const verdict: unknown = known.verify(context.blob, context.signature, context.hashAlgo)
    return verdict === true
  }
}

type Handle =
  | { readonly kind: 'write'; readonly path: string; bytes: Buffer }
  | { readonly kind: 'read'; readonly bytes: Buffer; readonly pace: number; readonly cutsAt: number }
  | { readonly kind: 'list'; entries: readonly RemoteFileView[] }

/** Small enough that an answer comes in many pieces. */
const SLOW_BYTES = 97

/** One client's session. */
class Session {
  readonly #options: SftpListenerOptions
  readonly #staged: Map<string, Buffer>
  readonly #closing: AbortSignal
  readonly #connection: Connection
  readonly #username: string
  readonly #handles: (Handle | null)[] = []
  readonly #gone = new AbortController()

  constructor(
    options: SftpListenerOptions,
    staged: Map<string, Buffer>,
    closing: AbortSignal,
    connection: Connection,
    username: string,
  ) {
    this.#options = options
    this.#staged = staged
    this.#closing = closing
    this.#connection = connection
    this.#username = username
    connection.on('close', () => this.#gone.abort())
  }

  serve(sftp: SFTPWrapper): void {
    const stat = (id: number, path: string): void => void this.#stat(sftp, id, path)
    sftp.on('STAT', stat)
    sftp.on('LSTAT', stat)
    sftp.on('REALPATH', (id: number, path: string) => {
      const name = posix.resolve('/', path)
      sftp.name(id, [{ filename: name, longname: name, attrs: attributes(0, 0, false) }])
    })
    sftp.on('OPENDIR', (id: number, path: string) => void this.#list(sftp, id, path))
    sftp.on('READDIR', (id: number, handle: Buffer) => this.#readDirectory(sftp, id, handle))
    sftp.on('OPEN', (id: number, path: string, flags: number) => void this.#openFile(sftp, id, path, flags))
    sftp.on('READ', (id: number, handle: Buffer, offset: number, length: number) =>
      this.#read(sftp, id, handle, offset, length),
    )
    sftp.on('WRITE', (id: number, handle: Buffer, offset: number, data: Buffer) =>
      this.#write(sftp, id, handle, offset, data),
    )
    sftp.on('FSTAT', (id: number, handle: Buffer) => {
      const file = this.#handles[handle[0] ?? 0]
      sftp.attrs(id, attributes(file && file.kind !== 'list' ? file.bytes.length : 0, 0, false))
    })
    for (const name of ['SETSTAT', 'FSETSTAT'] as const) sftp.on(name, (id: number) => sftp.status(id, STATUS_CODE.OK))
    sftp.on('CLOSE', (id: number, handle: Buffer) => void this.#closeFile(sftp, id, handle))
    sftp.on('RENAME', (id: number, from: string, to: string) => void this.#rename(sftp, id, from, to))
    sftp.on('REMOVE', (id: number, path: string) => void this.#remove(sftp, id, path))
  }

  async #stat(sftp: SFTPWrapper, id: number, path: string): Promise<void> {
    const staged = this.#staged.get(path)
    if (staged) return sftp.attrs(id, attributes(staged.length, 0, false))
    const body = await this.#ask(sftp, id, 'STAT', path, Buffer.alloc(0))
    if (!body) return
    const { size, modifiedAt } = fileSchema.parse(JSON.parse(body.toString('utf8')))
    sftp.attrs(id, attributes(size, modifiedAt, false))
  }

  async #list(sftp: SFTPWrapper, id: number, path: string): Promise<void> {
    const body = await this.#ask(sftp, id, 'LIST', path, Buffer.alloc(0))
    if (body)
      sftp.handle(id, this.#keep({ kind: 'list', entries: listingSchema.parse(JSON.parse(body.toString('utf8'))) }))
  }

  #readDirectory(sftp: SFTPWrapper, id: number, handle: Buffer): void {
    const listing = this.#handles[handle[0] ?? 0]
    if (listing?.kind !== 'list' || listing.entries.length === 0) return sftp.status(id, STATUS_CODE.EOF)
    const entries = listing.entries
    listing.entries = []
    sftp.name(
      id,
      entries.map(({ name, size, modifiedAt }) => ({
        filename: name,
        longname: `-rw-r--r-- 1 bank bank ${size} Jan 1 00:00 ${name}`,
        attrs: attributes(size, modifiedAt, false),
      })),
    )
  }

  async #openFile(sftp: SFTPWrapper, id: number, path: string, flags: number): Promise<void> {
    if ((flags & OPEN_MODE.WRITE) !== 0) {
      const isThere = this.#staged.has(path) || this.#asks('STAT', path, Buffer.alloc(0)).reply?.status === 200
      if (isThere) return sftp.status(id, STATUS_CODE.FAILURE)
      this.#staged.set(path, Buffer.alloc(0))
      return sftp.handle(id, this.#keep({ kind: 'write', path, bytes: Buffer.alloc(0) }))
    }
    const handled = this.#asks('GET', path, Buffer.alloc(0))
    const body = await this.#answered(sftp, id, handled)
    if (!body) return
    const { kinds } = handled.disturbance
    const cutsAt = kinds.has('truncate') ? Math.floor(body.length / 2) : Number.POSITIVE_INFINITY
    sftp.handle(
      id,
      this.#keep({ kind: 'read', bytes: body, cutsAt, pace: kinds.has('split') ? SLOW_BYTES : MAX_BODY_BYTES }),
    )
  }

  #read(sftp: SFTPWrapper, id: number, handle: Buffer, offset: number, length: number): void {
    const file = this.#handles[handle[0] ?? 0]
    if (file?.kind !== 'read') return sftp.status(id, STATUS_CODE.FAILURE)
    if (offset + length > file.cutsAt) return this.#hangUp()
    if (offset >= file.bytes.length) return sftp.status(id, STATUS_CODE.EOF)
    sftp.data(id, file.bytes.subarray(offset, offset + Math.min(length, file.pace)))
  }

  #write(sftp: SFTPWrapper, id: number, handle: Buffer, offset: number, data: Buffer): void {
    const file = this.#handles[handle[0] ?? 0]
    if (file?.kind !== 'write' || offset + data.length > MAX_BODY_BYTES) return sftp.status(id, STATUS_CODE.FAILURE)
    const grown = Buffer.alloc(Math.max(file.bytes.length, offset + data.length))
    file.bytes.copy(grown)
    data.copy(grown, offset)
    file.bytes = grown
    this.#staged.set(file.path, grown)
    sftp.status(id, STATUS_CODE.OK)
  }

  /** A client that writes under the final name at once has delivered with the close. */
  async #closeFile(sftp: SFTPWrapper, id: number, handle: Buffer): Promise<void> {
    const at = handle[0] ?? 0
    const file = this.#handles[at]
    this.#handles[at] = null
    if (file?.kind !== 'write' || isTemporary(file.path)) return sftp.status(id, STATUS_CODE.OK)
    this.#staged.delete(file.path)
    const body = await this.#ask(sftp, id, 'PUT', file.path, file.bytes)
    if (body) sftp.status(id, STATUS_CODE.OK)
  }

  async #rename(sftp: SFTPWrapper, id: number, from: string, to: string): Promise<void> {
    const staged = this.#staged.get(from)
    if (staged && isTemporary(to)) {
      this.#staged.delete(from)
      this.#staged.set(to, staged)
      return sftp.status(id, STATUS_CODE.OK)
    }
    const handled = staged ? this.#asks('PUT', to, staged) : this.#asks('MOVE', `${from}\n${to}`, Buffer.alloc(0))
    if (staged && handled.reply?.status === 200) this.#staged.delete(from)
    if (await this.#answered(sftp, id, handled)) sftp.status(id, STATUS_CODE.OK)
  }

  async #remove(sftp: SFTPWrapper, id: number, path: string): Promise<void> {
    if (this.#staged.delete(path)) return sftp.status(id, STATUS_CODE.OK)
    if (await this.#ask(sftp, id, 'DELETE', path, Buffer.alloc(0))) sftp.status(id, STATUS_CODE.OK)
  }

  #hangUp(): void {
    this.#connection.end()
  }

  #keep(handle: Handle): Buffer {
    const free = this.#handles.indexOf(null)
    const at = free < 0 ? this.#handles.length : free
    this.#handles[at] = handle
    return Buffer.of(at)
  }

  #asks(method: string, path: string, body: Buffer): Handled {
    return this.#options.handle({ method, url: path, contentType: this.#username, body })
  }

  #ask(sftp: SFTPWrapper, id: number, method: string, path: string, body: Buffer): Promise<Buffer | null> {
    return this.#answered(sftp, id, this.#asks(method, path, body))
  }

  /** The answer's body; null when the client was told "no", or nothing. */
  async #answered(sftp: SFTPWrapper, id: number, { reply, disturbance }: Handled): Promise<Buffer | null> {
    const { kinds, delayMs } = disturbance
    if (kinds.has('delay') || kinds.has('silent'))
      await this.#options.clock.sleep(delayMs, AbortSignal.any([this.#gone.signal, this.#closing]))
    if (this.#gone.signal.aborted) return null
    if (reply === null || kinds.has('drop-after-booking')) {
      this.#connection.end()
      return null
    }
    const status = kinds.has('http-error-after-booking') ? 502 : reply.status
    if (status === 200) return reply.body
    sftp.status(id, status === 404 ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE)
    return null
  }
}

function isTemporary(path: string): boolean {
  return /\.(?:tmp|part|filepart)$/i.test(path)
}

function attributes(size: number, modifiedAt: number, isDirectory: boolean) {
  const seconds = Math.floor(modifiedAt / 1000)
  return { mode: isDirectory ? 0o40755 : 0o100644, uid: 0, gid: 0, size, atime: seconds, mtime: seconds }
}

/** Not Ed25519: of those that ssh2 makes, one in some three hundred cannot be read by ssh2. */
function newHostKey(): string {
  return ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }).private
}
