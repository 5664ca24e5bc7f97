// What every implementation of the store promises about coverage, statement files, identities and owners of exceptions.

import { createHash, randomBytes } from 'node:crypto'
import Sqlite from 'better-sqlite3'
import { openStore } from '../../connector/store/open-store'
import type { CoverageRow, StatementFile, StatementSpan, Store } from '../../connector/store/store'
import { testKeys } from '../support/keys'
import { clock, configOf, kinds, lineOf, opened, type Place } from '../support/stores'

const ACCOUNT = lineOf('k').account
const CNY = (minor: bigint) => ({ minor, currency: 'CNY' })
const same = (row: CoverageRow): CoverageRow => row

function fileOf(bytes: Uint8Array, changed: Partial<StatementFile> = {}): StatementFile {
  return {
    digest: createHash('sha256').update(bytes).digest('hex'),
    sm3: '',
    name: '对账单.sta',
    bytes: bytes.length,
    parts: [createHash('sha256').update(bytes).digest('hex')],
    encoding: 'gb18030',
    format: 'mt940',
    status: 'imported',
    reason: '',
    importedBy: '张三',
    importedAt: 5000,
    ...changed,
  }
}

function spanOf(digest: string, changed: Partial<StatementSpan> = {}): StatementSpan {
  return {
    digest,
    position: 1,
    account: ACCOUNT,
    from: '2031-05-02',
    to: '2031-05-06',
    proven: 'yes',
    entries: 3,
    number: '1/1',
    opening: CNY(100n),
    closing: CNY(90_071_992_547_409_93n),
    difference: null,
    at: 5000,
    ...changed,
  }
}

const event = { kind: 'statement.file', paymentId: null, subject: 's', content: { person: '张三' } }

describe.each(kinds().map(kind => [kind.name, kind] as const))('the store on %s', (name, kind) => {
  let place: Place
  let store: Store
  const databaseTest = name === 'memory' ? test.skip : test

  beforeAll(() => kind.start(), 60_000)
  afterAll(() => kind.stop(), 60_000)
  beforeEach(async () => {
    place = await kind.place()
    store = await opened(place)
  })
  afterEach(() => store.close())

  describe('coverage', () => {
    const days = (...on: readonly number[]) => on.map(day => `2031-05-0${day}`)
    const all = { from: '2031-05-01', to: '2031-05-09' }

    test('opens a day once and gives it back as it was changed', async () => {
      const changed = await store.coverage.change(ACCOUNT, days(2, 1, 2), 10, row => ({ ...row, requestedAt: 11 }))
      expect(changed.map(({ before, after }) => [after.day, before.requestedAt, after.requestedAt])).toEqual([
        ['2031-05-01', null, 11],
        ['2031-05-02', null, 11],
      ])
      const proven: Partial<CoverageRow> = {
        ...{ receivedAt: 12, source: 'file', attempts: 3, dueAt: 99, error: '前置机\u0000无应答', proof: 'gap' },
        ...{ gapSince: 7, opening: CNY(1n), closing: CNY(-2n), gap: CNY(3n), gapFrom: '2031-05-01', by: 'lines' },
      }
      await store.coverage.change(ACCOUNT, days(1), 20, row => ({ ...row, ...proven }))
      const [first] = await store.coverage.rows(ACCOUNT, all)
      expect(first).toMatchObject({
        ...proven,
        openedAt: 10,
        requestedAt: 11,
        error: expect.stringMatching(/^前置机.无应答$/su),
      })
      expect(await store.coverage.rows('other', all)).toEqual([])
      expect(await store.coverage.span(ACCOUNT)).toEqual({ from: '2031-05-01', to: '2031-05-02' })
      expect(await store.coverage.span('other')).toBeNull()
    })

    test('two who change a day at once both do, whole', async () => {
      const more = (row: CoverageRow): CoverageRow => ({ ...row, attempts: row.attempts + 1 })
      const rounds = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? days(1, 2, 3) : days(3, 2, 1)))
      await Promise.all(rounds.map(of => store.coverage.change(ACCOUNT, of, 1, more)))
      expect((await store.coverage.rows(ACCOUNT, all)).map(row => row.attempts)).toEqual([8, 8, 8])
    })

    test('finds what is due, what has a gap, and the last known balance', async () => {
      await store.coverage.change(ACCOUNT, days(1, 2, 3), 1, row => ({
        ...row,
        dueAt: row.day === '2031-05-03' ? 100 : 50,
        proof: row.day === '2031-05-02' ? 'gap' : 'open',
        closing: row.day === '2031-05-01' ? CNY(5n) : null,
      }))
      expect((await store.coverage.due(ACCOUNT, 60, 9)).map(row => row.day)).toEqual(days(1, 2))
      expect((await store.coverage.due(ACCOUNT, 100, 1)).map(row => row.day)).toEqual(days(1))
      expect((await store.coverage.gaps(9)).map(row => row.day)).toEqual(days(2))
      expect((await store.coverage.anchorBefore(ACCOUNT, '2031-05-03'))?.closing).toEqual(CNY(5n))
      expect(await store.coverage.anchorBefore(ACCOUNT, '2031-05-01')).toBeNull()
    })

    test('tells the newest day that was received, of each account', async () => {
      await store.coverage.change(ACCOUNT, days(1, 2, 3), 7, row => ({
        ...row,
        receivedAt: row.day === '2031-05-03' ? null : 9,
      }))
      await store.coverage.change('6200000000000000009', days(1), 8, same)
      expect(await store.coverage.freshness()).toEqual([
        { account: ACCOUNT, newest: { day: '2031-05-02', receivedAt: 9 }, openedAt: 7 },
        { account: '6200000000000000009', newest: null, openedAt: 8 },
      ])
    })

    test('tells lines with what became of them, and balances by the day they were taken', async () => {
      const [one, two] = await store.statements.insert([lineOf('k1'), lineOf('k2', { receipt: 'none' })], [])
      const amount = CNY(1n)
      const side = { amount, summary: '', auxiliaries: {}, settlement: null }
      const entry = {
        ...{
          key: 'E1',
          accountSet: '',
          date: '2031-05-06',
          voucherType: '',
          summary: '',
          maker: '',
          document: null,
          rule: '',
        },
        lines: [
          { ...side, account: '1', side: 'debit' as const },
          { ...side, account: '2', side: 'credit' as const },
        ],
      }
      await store.journals.decide([{ lineId: one?.id ?? '', journal: 'entry', entry: { erp: 'u8', entry } }], 1)
      await store.journals.posted('E1', '记-1', 2)
      await store.journals.decide([{ lineId: two?.id ?? '', journal: 'left', entry: null }], 1)
      const range = { from: '2031-05-06', to: '2031-05-06' }
      expect(await store.coverage.lines(ACCOUNT, range)).toMatchObject([
        {
          id: one?.id,
          key: 'k1',
          bookedOn: '2031-05-06',
          amount: CNY(-1234n),
          receipt: 'wanted',
          journal: 'entry',
          entry: 'posted',
        },
        { id: two?.id, receipt: 'none', journal: 'left', entry: null },
      ])
      const balance = { account: ACCOUNT, current: CNY(7n), available: null, frozen: null, previousDay: CNY(6n) }
      for (const asOf of ['2031-05-05T23:59:59', '2031-05-06', '2031-05-06T18:00:00', '2031-05-07T00:00:00'])
        await store.statements.saveBalance({ ...balance, asOf }, 3, [])
      const found = await store.coverage.balances(ACCOUNT, range)
      expect(found.map(item => item.balance.asOf)).toEqual(['2031-05-06', '2031-05-06T18:00:00'])
      expect(found[0]).toEqual({ balance: { ...balance, asOf: '2031-05-06' }, at: 3 })
    })
  })

  describe('statement files', () => {
    test('gives parts back byte for byte, and takes none under another digest', async () => {
      const bytes = randomBytes(300_000)
      const { digest } = fileOf(bytes)
      await store.files.putPart(digest, bytes, 1)
      await store.files.putPart(digest, bytes, 2)
      expect(Buffer.from((await store.files.part(digest)) ?? []).equals(bytes)).toBe(true)
      expect(await store.files.part('0'.repeat(64))).toBeNull()
      if (name !== 'memory') await expect(store.files.putPart('0'.repeat(64), bytes, 1)).rejects.toThrow(/digest/)
    })

    test('an imported file counts from a later time only where a person has it replace what came since', async () => {
      const file = fileOf(new Uint8Array([2]))
      await store.files.save(file, [], event)
      const later = { ...file, importedBy: '王五', importedAt: file.importedAt + 9000 }
      await store.files.save({ ...later, isRenewed: true, status: 'importing' }, [], event)
      expect(await store.files.list('', 9)).toEqual([file])
      await store.files.save({ ...later, isRenewed: true }, [], event)
      expect(await store.files.list('', 9)).toEqual([later])
    })

    test('a refused file may be imported later, an imported one stays what it is', async () => {
      const file = fileOf(new Uint8Array([1]))
      const refused = { ...file, status: 'refused', reason: '有缺口', importedBy: '李四', importedAt: 4000 } as const
      await store.files.save(refused, [spanOf(file.digest)], event)
      expect(await store.files.list('', 9)).toEqual([refused])
      await store.files.save(file, [spanOf(file.digest)], event)
      await store.files.save({ ...file, importedBy: '王五', importedAt: 9000 }, [], event)
      expect(await store.files.list(file.digest.slice(0, 8).toUpperCase(), 9)).toEqual([file])
      expect(await store.files.list('00zz', 9)).toEqual([])
      const found = await store.files.spans(ACCOUNT, { from: '2031-05-06', to: '2031-05-09' })
      expect(found).toEqual([{ file, span: spanOf(file.digest) }])
      expect(await store.files.spans(ACCOUNT, { from: '2031-05-07', to: '2031-05-09' })).toEqual([])
      if (name !== 'memory') {
        const kindsTold = (await store.audit.entries(0, 99)).map(entry => entry.kind)
        expect(kindsTold.filter(told => told === 'statement.file')).toHaveLength(3)
      }
    })

    databaseTest('encrypts bytes and balances, refuses to change a part, and takes a new key', async () => {
      const bytes = Buffer.from('期初余额 123456.78')
      const file = fileOf(bytes)
      await store.files.putPart(file.digest, bytes, 1)
      await store.files.save(file, [spanOf(file.digest)], event)
      await store.coverage.change(ACCOUNT, ['2031-05-01'], 1, row => ({ ...row, closing: CNY(12_345_678n) }))
      for (const value of rawValues(place)) expect(value).toMatch(/^(enc1\.|YQENC1)/)
      for (const sql of [
        'DELETE FROM yinqi_statement_file_part',
        'UPDATE yinqi_statement_file_part SET stored_at = 2',
        `UPDATE yinqi_statement_file_part SET id = 'x'`,
      ])
        await expect(place.sql(sql)).rejects.toThrow(/append only/)
      // Without encryption what is encrypted stays readable, and nothing new is.
      const ring = new Map([...['test', 'next'].map(id => [id, id === 'test' ? secret() : randomBytes(32)] as const)])
      const next = await openStore(configOf(place), {
        ...{ clock, schema: 'migrate' },
        keys: testKeys({ current: 'next', ring, cipher: 'sm4-gcm' }),
      })
      for (let batch = 0; batch < 50 && !(await next.reencrypt(20)).isDone; batch++);
      expect(Buffer.from((await next.files.part(file.digest)) ?? []).equals(bytes)).toBe(true)
      expect((await next.files.spans(ACCOUNT, { from: '2031-05-02', to: '2031-05-02' }))[0]?.span).toEqual(
        spanOf(file.digest),
      )
      expect((await next.coverage.rows(ACCOUNT, { from: '2031-05-01', to: '2031-05-01' }))[0]?.closing).toEqual(
        CNY(12_345_678n),
      )
      await next.close()
    })
  })

  describe('identities', () => {
    test('a line that gets another identity keeps its key, and is found by the new one only', async () => {
      const [one, two] = await store.statements.insert([lineOf('1:id:a'), lineOf('1:id:b')], [])
      expect(await store.statements.identityVersion(ACCOUNT)).toBe('1')
      expect(await store.statements.identityVersion('other')).toBeNull()
      const changes = [one, two].map((line, index) => ({ lineId: line?.id ?? '', to: `2:id:${index}` }))
      await store.statements.rekey(ACCOUNT, changes, { ...event, kind: 'statement.rekey' }, 5)
      expect(await store.statements.identityVersion(ACCOUNT)).toBe('2')
      expect([...(await store.statements.known(ACCOUNT, ['1:id:a', '2:id:0'])).keys()]).toEqual(['2:id:0'])
      expect(
        (await store.statements.identities(ACCOUNT)).map(({ stored, identity }) => [stored.key, identity]),
      ).toEqual([
        ['1:id:a', '2:id:0'],
        ['1:id:b', '2:id:1'],
      ])
      expect(await store.statements.insert([lineOf('2:id:0')], [])).toEqual([])
      expect(await store.statements.insert([lineOf('2:id:9')], [])).toHaveLength(1)
      await store.statements.link(one?.id ?? '', null, 6)
      expect(await store.statements.list(ACCOUNT, { from: '2031-05-06', to: '2031-05-06' })).toHaveLength(3)
      if (name !== 'memory')
        expect((await store.audit.entries(0, 99)).map(entry => entry.kind)).toContain('statement.rekey')
    })

    databaseTest('lines of an older schema keep their keys as identities', async () => {
      if (name === 'mssql') return
      await store.statements.insert([lineOf('1:id:a'), lineOf('1:id:b')], [])
      await store.close()
      await place.sql(BACK_TO_VERSION_3)
      store = await opened(place)
      expect([...(await store.statements.known(ACCOUNT, ['1:id:a', 'x'])).keys()]).toEqual(['1:id:a'])
      expect(await store.statements.insert([lineOf('1:id:b'), lineOf('1:id:c')], [])).toHaveLength(1)
    })
  })

  test('the newest owner of an exception counts, and every assignment is in the trail', async () => {
    const given = { exceptionId: `gap:${ACCOUNT}:2031-05-01`, owner: '李四', note: '已问银行', by: '张三', at: 1 }
    await store.exceptions.assign(given)
    await store.exceptions.assign({ ...given, owner: '王五', at: 2 })
    expect(await store.exceptions.owners()).toEqual([{ ...given, owner: '王五', at: 2 }])
    if (name === 'memory') return
    const told = (await store.audit.entries(0, 9)).filter(entry => entry.kind === 'exception.assigned')
    expect(told.map(entry => entry.content['owner'])).toEqual(['李四', '王五'])
    expect(await store.audit.check(null)).toMatchObject({ kind: 'whole' })
  })
})

/** What lies in the columns of a SQLite file. */
function rawValues(place: Place): readonly string[] {
  const config = configOf(place)
  if (config.dialect !== 'sqlite') return []
  const db = new Sqlite(config.filename)
  const values = ['yinqi_statement_file_part', 'yinqi_statement_span', 'yinqi_coverage'].flatMap(table =>
    db.prepare(`SELECT CAST(content AS TEXT) AS value FROM ${table}`).all(),
  ) as { value: string }[]
  db.close()
  expect(values).toHaveLength(3)
  return values.map(({ value }) => value)
}

function secret(): Buffer {
  return Buffer.from(process.env['YINQI_TEST_SECRET'] ?? '', 'hex')
}

/** What 0004 did, undone: the store as an older program left it. */
const BACK_TO_VERSION_3 = [
  'DROP INDEX yinqi_statement_line_identity',
  'DROP INDEX yinqi_balance_day',
  'ALTER TABLE yinqi_statement_line DROP COLUMN line_identity',
  'ALTER TABLE yinqi_statement_line DROP COLUMN identity_digest',
  'DROP TABLE yinqi_statement_span',
  'DROP TABLE yinqi_statement_file_part',
  'DROP TABLE yinqi_statement_file',
  'DROP TABLE yinqi_coverage',
  'DROP TABLE yinqi_exception_owner',
  'DELETE FROM yinqi_schema WHERE version = 4',
].join(';\n')
