// ABC's detail files over SFTP, against a server on a real socket with a key made for the test: only the right host, with the
// right secret, and never a file that is not there or too large.

import { createHash, generateKeyPairSync } from 'node:crypto'
import { Server, utils, type Connection, type SFTPWrapper } from 'ssh2'
import { fromSftp, type SftpSettings } from '../../bank-gateways/abc/detail-file'
import { golden, NEVER } from './tcp-front-end'

const FILES: Readonly<Record<string, Buffer>> = {
  '/detail/0001.a-D-02': golden('abc', 'cqra10.detail.txt'),
  // Longer than one read of the protocol.
  '/detail/0002.b-D-02': Buffer.alloc(100_000, '行|'),
}
const { OPEN_MODE, STATUS_CODE } = utils.sftp
const hostKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' })
const publicKey = utils.parseKey(hostKey)
if (publicKey instanceof Error) throw publicKey
const hostKeySha256 = createHash('sha256').update(publicKey.getPublicSSH()).digest('base64').replace(/=+$/, '')

let server: Server
let port = 0
const connections = new Set<Connection>()
beforeAll(async () => {
  server = new Server({ hostKeys: [hostKey.toString()] }, connection => {
    connections.add(connection)
    connection.on('error', () => undefined)
    connection.on('close', () => connections.delete(connection))
    connection.on('authentication', context => {
      if (context.method === 'password' && context.password === 'right') context.accept()
      else context.reject(['password'])
    })
    connection.on('session', accept => accept().on('sftp', acceptSftp => serve(acceptSftp())))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  port = typeof address === 'object' && address ? address.port : 0
})
afterAll(async () => {
  for (const connection of connections) connection.end()
  await new Promise<void>(resolve => server.close(() => resolve()))
})

/** Reading and nothing else. A file called `silent` is never answered about. */
function serve(sftp: SFTPWrapper): void {
  const handles: Buffer[] = []
  const attributes = (file: string) => ({
    mode: 0o100644,
    uid: 0,
    gid: 0,
    size: FILES[file]?.length ?? 0,
    atime: 0,
    mtime: 0,
  })
  const stat = (id: number, file: string): void => {
    if (file.includes('silent')) return
    if (FILES[file]) sftp.attrs(id, attributes(file))
    else sftp.status(id, STATUS_CODE.NO_SUCH_FILE)
  }
  sftp.on('STAT', stat)
  sftp.on('LSTAT', stat)
  sftp.on('REALPATH', (id: number, file: string) =>
    sftp.name(id, [{ filename: file, longname: file, attrs: attributes(file) }]),
  )
  sftp.on('OPEN', (id: number, file: string, flags: number) => {
    const bytes = FILES[file]
    if (!bytes || (flags & ~OPEN_MODE.READ) !== 0) return sftp.status(id, STATUS_CODE.PERMISSION_DENIED)
    handles.push(bytes)
    return sftp.handle(id, Buffer.from([handles.length - 1]))
  })
  sftp.on('FSTAT', (id: number, handle: Buffer) => {
    sftp.attrs(id, { mode: 0o100644, uid: 0, gid: 0, size: handles[handle[0] ?? 0]?.length ?? 0, atime: 0, mtime: 0 })
  })
  sftp.on('READ', (id: number, handle: Buffer, offset: number, length: number) => {
    const bytes = handles[handle[0] ?? 0] ?? Buffer.alloc(0)
    if (offset >= bytes.length) return sftp.status(id, STATUS_CODE.EOF)
    return sftp.data(id, bytes.subarray(offset, offset + length))
  })
  sftp.on('CLOSE', (id: number) => sftp.status(id, STATUS_CODE.OK))
}

const fetchWith = (over: Partial<SftpSettings> = {}) =>
  fromSftp(
    {
      kind: 'sftp',
      host: '127.0.0.1',
      port,
      username: 'u',
      password: 'right',
      hostKeySha256,
      path: '/detail',
      ...over,
    },
    5000,
  )

test.each(Object.entries(FILES))('%s comes whole', async (file, bytes) => {
  expect(await fetchWith()(file.slice('/detail/'.length), 1_000_000, NEVER)).toEqual(bytes)
})

test('a file that is not there yet is none', async () => {
  expect(await fetchWith()('0009.c-D-02', 1000, NEVER)).toBeNull()
})

test('a file that is too large is not read', async () => {
  await expect(fetchWith()('0002.b-D-02', 99_999, NEVER)).rejects.toThrow('longer than 99999 bytes')
})

test('another host key, or a wrong password, ends it', async () => {
  await expect(fetchWith({ hostKeySha256: 'A'.repeat(43) })('0001.a-D-02', 1000, NEVER)).rejects.toThrow('Host denied')
  await expect(fetchWith({ password: 'wrong' })('0001.a-D-02', 1000, NEVER)).rejects.toThrow('authentication')
})

test('an abort returns at once, before and in the middle', async () => {
  await expect(fetchWith()('0001.a-D-02', 1000, AbortSignal.abort())).rejects.toThrow('aborted')
  const abort = new AbortController()
  const reading = fetchWith()('silent', 1000, abort.signal)
  setTimeout(() => abort.abort(), 100)
  await expect(reading).rejects.toThrow('aborted')
})
