// What a database says when it fails, as the codes a person looks up.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Fault } from '../../connector/ports'
import { isRetryable, translate } from '../../connector/store/faults'
import { openStore } from '../../connector/store/open-store'
import { Conflict } from '../../connector/store/store'
import { startPostgres } from '../support/postgres'
import { clock, opened, placeOf } from '../support/stores'
import { testKeys } from '../support/keys'

describe('a store that cannot work says why', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'yinqi-faults-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('STORE_UNREACHABLE when nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    server.close()
    const port = typeof address === 'object' ? address?.port : 0
    const config = { dialect: 'postgres', url: `postgres://nobody@127.0.0.1:${port}/x` } as const
    await expect(openStore(config, { clock, keys: testKeys(), schema: 'require' })).rejects.toMatchObject({
      code: 'STORE_UNREACHABLE',
    })
  })

  test('STORE_CORRUPT when the file is no database', async () => {
    const filename = path.join(folder, 'no.db')
    writeFileSync(filename, 'this is not a database, whatever its name says '.repeat(100))
    const opening = openStore({ dialect: 'sqlite', filename }, { clock, keys: testKeys(), schema: 'migrate' })
    await expect(opening).rejects.toMatchObject({ code: 'STORE_CORRUPT' })
  })

  test('STORE_DENIED when the file cannot be opened', async () => {
    const opening = openStore({ dialect: 'sqlite', filename: folder }, { clock, keys: testKeys(), schema: 'migrate' })
    await expect(opening).rejects.toMatchObject({ code: 'STORE_DENIED' })
  })

  test('STORE_READONLY from a ping of a PostgreSQL that takes no writes, STORE_UNREACHABLE once it is gone', async () => {
    const server = await startPostgres()
    try {
      await (await opened({ ...placeOf({ dialect: 'postgres', url: server.url }), sql: async () => undefined })).close()
      const url = `${server.url}?options=-c%20default_transaction_read_only%3Don`
      const store = await openStore({ dialect: 'postgres', url }, { clock, keys: testKeys(), schema: 'require' })
      await expect(store.ping()).rejects.toMatchObject({ code: 'STORE_READONLY' })
      await server.stop()
      await expect(store.ping()).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
      await store.close()
    } finally {
      await server.stop()
    }
  }, 60_000)

  // Numbers of Microsoft's list of database engine errors, SQLSTATEs of PostgreSQL appendix A, SQLite result codes.
  test.each([
    [{ number: 1205 }, 'STORE_BUSY', true],
    [{ number: 1222 }, 'STORE_BUSY', true],
    [{ number: 3960 }, 'STORE_BUSY', true],
    [{ code: '40P01' }, 'STORE_BUSY', true],
    [{ code: '40001' }, 'STORE_BUSY', true],
    [{ code: 'SQLITE_BUSY' }, 'STORE_BUSY', true],
    [{ code: 'SQLITE_BUSY_SNAPSHOT' }, 'STORE_BUSY', true],
    [{ code: 'ETIMEOUT' }, 'STORE_UNREACHABLE', false],
    [{ code: '57P01' }, 'STORE_UNREACHABLE', false],
    [{ code: 'EREQUEST', number: 1105 }, 'STORE_FULL', false],
    [{ code: 'SQLITE_FULL' }, 'STORE_FULL', false],
    [{ code: '53100' }, 'STORE_FULL', false],
    [{ code: 'ELOGIN', number: 18456 }, 'STORE_DENIED', false],
    [{ number: 3906 }, 'STORE_READONLY', false],
    [{ code: 'SQLITE_READONLY' }, 'STORE_READONLY', false],
    [{ number: 824 }, 'STORE_CORRUPT', false],
    [{ code: '23503' }, 'STORE_FAILED', false],
  ])('%j is %s, tried again: %s', (fields, code, retryable) => {
    const error = Object.assign(new Error('of the driver'), fields)
    expect(isRetryable(error)).toBe(retryable)
    const fault = translate(error)
    expect(fault).toBeInstanceOf(Fault)
    expect(fault).toMatchObject({ code, cause: error })
    expect(fault.message).toMatch(/\p{Script=Han}.* \/ [a-z]/u)
  })

  test.each([{ number: 2627 }, { number: 2601 }, { code: '23505' }, { code: 'SQLITE_CONSTRAINT_PRIMARYKEY' }])(
    '%j is a Conflict',
    fields => {
      expect(translate(Object.assign(new Error(''), fields))).toBeInstanceOf(Conflict)
    },
  )
})
