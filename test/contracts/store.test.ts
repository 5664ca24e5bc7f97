// What every implementation of the store promises: looped over a SQLite file, a real PostgreSQL, and the SQL Server
// that YINQI_TEST_MSSQL names (skipped, and said so, where there is none).

import { createHash } from 'node:crypto'
import type { JournalEntry } from '../../connector/ports'
import { Conflict, type Change, type Store } from '../../connector/store/store'
import { answer, entryOf, kinds, lineOf, opened, paymentOf, requestOf, take, type Place } from '../support/stores'

const all = kinds()
const mssqlTest = all.some(kind => kind.name === 'mssql') ? test : test.skip
mssqlTest('SQL Server is among the databases: YINQI_TEST_MSSQL names one', () => undefined)

function change(paymentId: string, seq: number, changed: Partial<Change> = {}): Change {
  return {
    paymentId,
    seq,
    to: 'sending',
    at: 2000,
    cause: 'send.started',
    actor: 'daemon-1',
    evidence: { code: '0' },
    patch: {},
    outbox: [],
    ...changed,
  }
}

/** A journal entry that balances. */
function journalEntry(key: string): JournalEntry {
  const amount = { minor: 1234n, currency: 'CNY' }
  const line = { amount, summary: '付货款', auxiliaries: {}, settlement: null }
  return {
    key,
    accountSet: '001',
    date: '2031-05-06',
    voucherType: '付',
    summary: '付货款',
    maker: 'yinqi',
    lines: [
      { ...line, account: '2202', side: 'debit' },
      { ...line, account: '1002', side: 'credit' },
    ],
    document: null,
    rule: 'supplier',
  }
}

describe.each(all.map(kind => [kind.name, kind] as const))('the store on %s', (name, kind) => {
  let place: Place
  let store: Store
  // What an administrator could do to a file or a server: the simulation's store in memory has neither.
  const databaseTest = name === 'memory' ? test.skip : test

  beforeAll(() => kind.start(), 60_000)
  afterAll(() => kind.stop(), 60_000)
  beforeEach(async () => {
    place = await kind.place()
    store = await opened(place)
  })
  afterEach(() => store.close())

  describe('intake', () => {
    test('gives back what was taken, word for word, after the store was closed and opened again', async () => {
      const payment = paymentOf('1')
      await store.payments.intake({
        erp: 'u8',
        at: 1000,
        actor: 'daemon-1',
        cursor: 'c1',
        entries: [entryOf(payment, { outbox: [answer('a')], evidence: { minor: '5', currency: 'CNY' } })],
        outbox: [answer('b')],
      })
      await store.close()
      store = await place.open('require')
      expect(await store.payments.get('P1')).toEqual(payment)
      expect(await store.payments.byReference('icbc', 'R1')).toEqual(payment)
      expect(await store.payments.byReference('boc', 'R1')).toBeNull()
      expect(await store.payments.inBatch('icbc', 'B1')).toEqual([payment])
      expect(await store.meta.cursor('u8')).toBe('c1')
      expect(await store.payments.history('P1')).toEqual([
        {
          paymentId: 'P1',
          seq: 1,
          at: 1000,
          from: null,
          cause: 'intake',
          to: 'ready',
          actor: 'daemon-1',
          evidence: { minor: '5', currency: 'CNY' },
        },
      ])
      const items = await store.outbox.claim('u8', 1000, 2000, 10)
      expect(items.map(item => item.record)).toEqual([answer('a').record, answer('b').record])
    })

    test('writes nothing of a batch in which one (document, revision) is there already', async () => {
      await take(store, paymentOf('1'))
      const batch = {
        erp: 'u8',
        at: 1000,
        actor: 'daemon-1',
        cursor: 'c2',
        entries: [
          entryOf(paymentOf('2'), { outbox: [answer('two')], holds: [{ kind: 'r', reason: 'r', approvalsNeeded: 1 }] }),
          entryOf(paymentOf('1', { id: 'other' })),
        ],
        outbox: [answer('three')],
      }
      await expect(store.payments.intake(batch)).rejects.toBeInstanceOf(Conflict)
      expect(await store.payments.get('P2')).toBeNull()
      expect(await store.payments.known('u8', [requestOf('2').key])).toEqual([null])
      expect(await store.payments.history('P2')).toEqual([])
      expect(await store.payments.holds('P2')).toEqual([])
      expect(await store.outbox.counts(1000)).toEqual([])
      expect(await store.meta.cursor('u8')).toBeNull()
    })

    test('refuses a revision that was decided before a newer one came, also when both come at once', async () => {
      const rival = await opened(place)
      const revision = (number: number, follows: number | null) => {
        const payment = paymentOf('1', { id: `P1-${number}`, revision: number })
        const instruction = { ...payment.instruction, reference: `R1-${number}` }
        return entryOf({ ...payment, instruction }, { follows })
      }
      const intake = (into: Store, number: number, follows: number | null) =>
        into.payments.intake({
          erp: 'u8',
          at: 1,
          actor: 'd',
          cursor: null,
          entries: [revision(number, follows)],
          outbox: [],
        })
      const results = await Promise.allSettled([intake(store, 1, null), intake(rival, 2, null)])
      expect(results.map(result => result.status).toSorted()).toEqual(['fulfilled', 'rejected'])
      expect(results.find(result => result.status === 'rejected')?.reason).toBeInstanceOf(Conflict)
      const [first] = await store.payments.list({}, null, 10)
      const taken = first?.revision ?? 0
      await expect(intake(store, 3, null)).rejects.toBeInstanceOf(Conflict)
      await intake(store, 3, taken)
      await expect(intake(rival, 4, taken)).rejects.toBeInstanceOf(Conflict)
      await rival.close()
      const [known] = await store.payments.known('u8', [requestOf('1').key])
      expect(known?.askings).toEqual([
        {
          revision: taken,
          digest: 'digest of 1',
          approval: 'approved once',
          status: 'ready',
          paymentId: `P1-${taken}`,
        },
        { revision: 3, digest: 'digest of 1', approval: 'approved once', status: 'ready', paymentId: 'P1-3' },
      ])
    })

    test('lets two daemons that take the same document at once write it once', async () => {
      const rival = await opened(place)
      const results = await Promise.allSettled([take(store, paymentOf('1')), take(rival, paymentOf('1'))])
      await rival.close()
      expect(results.filter(result => result.status === 'fulfilled')).toHaveLength(1)
      const refused = results.find(result => result.status === 'rejected')
      expect(refused?.reason).toBeInstanceOf(Conflict)
      expect(await store.payments.list({}, null, 10)).toHaveLength(1)
    })

    test('knows the newest asking of each document, with what became of it', async () => {
      const second = paymentOf('1', { id: 'P1b', revision: 2 })
      const later = { ...second, instruction: { ...second.instruction, reference: 'R1b' } }
      const invalid = entryOf(paymentOf('2'), { payment: null, status: 'invalid', errorCode: 'AMOUNT' })
      const entries = [entryOf(paymentOf('1')), entryOf(later), invalid]
      await store.payments.intake({ erp: 'u8', at: 1, actor: 'd', cursor: null, entries, outbox: [] })
      await store.payments.apply([change('P1b', 1)])
      const key = (docNo: string) => requestOf(docNo).key
      const trailing = { ...key('1'), docNo: '1 ' }
      const known = await store.payments.known('u8', [key('2'), key('1'), key('3'), trailing])
      expect(known.map(found => found && [found.revision, found.status, found.payment?.id])).toEqual([
        [1, 'invalid', undefined],
        [2, 'sending', 'P1b'],
        null,
        null,
      ])
      expect(known[1]).toMatchObject({ digest: 'digest of 1', approval: 'approved once', key: key('1') })
      expect(await store.payments.known('sap', [key('1')])).toEqual([null])
    })

    test('refuses the same bank reference twice', async () => {
      await take(store, paymentOf('1'))
      const other = paymentOf('2')
      const same = { ...other, instruction: { ...other.instruction, reference: 'R1' } }
      const failure: unknown = await take(store, same).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(Conflict)
      // An error is logged: it carries no account, name or other value of the row.
      expect(String(failure)).not.toContain(other.instruction.payee.account)
    })
  })

  describe('a change', () => {
    test('writes state, patch, history and outbox together and keeps what it does not name', async () => {
      await take(store, paymentOf('1'))
      const before = await store.payments.get('P1')
      const instruction = { ...paymentOf('1').instruction, batch: { reference: 'B9', line: 3 }, sentOn: '2031-05-07' }
      const applied = await store.payments.apply([
        change('P1', 1, { patch: { instruction, sentAt: 2000, leaseUntil: 9000 }, outbox: [answer('s2')] }),
        change('P1', 2, {
          to: 'settled',
          at: 3000,
          cause: 'send.settled',
          patch: { leaseUntil: null, bankSerial: 'S' },
        }),
      ])
      expect(applied).toEqual([true, true])
      expect(await store.payments.get('P1')).toEqual({
        ...before,
        instruction,
        state: 'settled',
        seq: 3,
        sentAt: 2000,
        bankSerial: 'S',
        stateSince: 3000,
        updatedAt: 3000,
      })
      const history = await store.payments.history('P1')
      expect(history.map(row => [row.seq, row.from, row.to, row.at])).toEqual([
        [1, null, 'ready', 1000],
        [2, 'ready', 'sending', 2000],
        [3, 'sending', 'settled', 3000],
      ])
      expect(await store.outbox.claim('u8', 9999, 10_000, 9)).toHaveLength(1)
    })

    test('that was decided on an older seq answers false and writes nothing', async () => {
      await take(store, paymentOf('1'), paymentOf('2'))
      await store.payments.apply([change('P1', 1)])
      const stale = change('P1', 1, { to: 'cancelled', patch: { statusText: 'stale' }, outbox: [answer('stale')] })
      expect(await store.payments.apply([stale, change('P2', 1), change('P9', 1)])).toEqual([false, true, false])
      expect(await store.payments.get('P1')).toMatchObject({ state: 'sending', seq: 2, statusText: '' })
      expect(await store.payments.history('P1')).toHaveLength(2)
      expect(await store.outbox.counts(9999)).toEqual([])
    })

    test('wins once when two daemons change the same payments in opposite order', async () => {
      const rival = await opened(place)
      await take(store, paymentOf('1'), paymentOf('2'))
      for (let seq = 1; seq <= 5; seq++) {
        const [mine, theirs] = await Promise.all([
          store.payments.apply([change('P1', seq), change('P2', seq)]),
          rival.payments.apply([change('P2', seq), change('P1', seq)]),
        ])
        expect(mine[0]).toBe(!theirs[1])
        expect(mine[1]).toBe(!theirs[0])
      }
      await rival.close()
    })

    test('can never give a payment another bank reference, or another amount', async () => {
      await take(store, paymentOf('1'))
      const { instruction } = paymentOf('1')
      const renamed = change('P1', 1, { patch: { instruction: { ...instruction, reference: 'R2' } } })
      await expect(store.payments.apply([renamed])).rejects.toThrow('I2')
      const dearer = { ...instruction, amount: { minor: 9999n, currency: 'CNY' } }
      await expect(store.payments.apply([change('P1', 1, { patch: { instruction: dearer } })])).rejects.toThrow(
        'amount',
      )
      expect(await store.payments.get('P1')).toEqual(paymentOf('1'))
    })

    databaseTest.each(['UPDATE yinqi_payment_history SET actor = $$', 'DELETE FROM yinqi_payment_history'])(
      'stays in history: %s is refused by the database itself',
      async statement => {
        await take(store, paymentOf('1'))
        await expect(place.sql(statement.replace('$$', `'nobody'`))).rejects.toThrow('append only')
        expect((await store.payments.history('P1')).map(row => row.actor)).toEqual(['daemon'])
      },
    )
  })

  describe('claims', () => {
    test('take due, unleased payments of the bank and states, oldest due first', async () => {
      await take(
        store,
        paymentOf('1', { dueAt: 3000 }),
        paymentOf('2', { dueAt: 2000 }),
        paymentOf('3', { dueAt: 5001 }),
        paymentOf('4', { bank: 'boc' }),
        paymentOf('5', { state: 'unknown' }),
        paymentOf('6', { state: 'settled' }),
      )
      const filter = { states: ['ready', 'accepted'], bank: 'icbc' } as const
      const claimed = await store.payments.claim(filter, 5000, 6000, 1)
      expect(claimed).toEqual([{ ...paymentOf('2', { dueAt: 2000 }), leaseUntil: 6000 }])
      expect((await store.payments.claim(filter, 5000, 6000, 9)).map(payment => payment.id)).toEqual(['P1'])
      expect(await store.payments.claim(filter, 5000, 6000, 9)).toEqual([])
      const settled = await store.payments.claim({ states: ['settled'], bank: 'icbc' }, 5000, 6000, 9)
      expect(settled.map(payment => payment.id)).toEqual(['P6'])
    })

    test('never share a payment between two daemons that claim at once, and miss none', async () => {
      const rival = await opened(place)
      await take(store, ...Array.from({ length: 60 }, (_, index) => paymentOf(`${100 + index}`)))
      async function claimAll(claimer: Store): Promise<readonly string[]> {
        const ids: string[] = []
        for (let empty = 0; empty < 2;) {
          const claimed = await claimer.payments.claim({ states: ['ready'], bank: 'icbc' }, 5000, 6000, 7)
          empty = claimed.length === 0 ? empty + 1 : 0
          ids.push(...claimed.map(payment => payment.id))
        }
        return ids
      }
      const claims = await Promise.all([store, rival, store, rival].map(claimAll))
      await rival.close()
      const ids = claims.flat()
      expect(new Set(ids).size).toBe(60)
      expect(ids).toHaveLength(60)
    })

    test('end with the lease: the payment is found as expired, and may be claimed again', async () => {
      await take(store, paymentOf('1'))
      const filter = { states: ['ready'], bank: 'icbc' } as const
      await store.payments.claim(filter, 5000, 6000, 9)
      expect(await store.payments.expired(['ready'], 6000, 9)).toEqual([])
      expect(await store.payments.expired(['sending'], 6001, 9)).toEqual([])
      expect((await store.payments.expired(['ready'], 6001, 9)).map(payment => payment.id)).toEqual(['P1'])
      expect(await store.payments.claim(filter, 5999, 7000, 9)).toEqual([])
      expect(await store.payments.claim(filter, 6000, 7000, 9)).toHaveLength(1)
    })

    test('are given back by postpone, which leaves no history and loses to a change', async () => {
      await take(store, paymentOf('1'))
      const filter = { states: ['ready'], bank: 'icbc' } as const
      await store.payments.claim(filter, 5000, 6000, 9)
      await store.payments.postpone([{ paymentId: 'P1', seq: 1, dueAt: 8000, statusText: '银行未答复' }])
      const postponed = { ...paymentOf('1'), attempts: 1, dueAt: 8000, statusText: '银行未答复' }
      expect(await store.payments.get('P1')).toEqual(postponed)
      await store.payments.postpone([{ paymentId: 'P1', seq: 0, dueAt: 1, statusText: 'stale' }])
      expect(await store.payments.get('P1')).toEqual(postponed)
      expect(await store.payments.history('P1')).toHaveLength(1)
    })
  })

  test('lists payments newest first, page by page, by filter, and counts them', async () => {
    await take(store, paymentOf('1'), paymentOf('2', { state: 'settled' }), paymentOf('3', { stateSince: 5 }))
    const ids = async (...query: Parameters<Store['payments']['list']>) =>
      (await store.payments.list(...query)).map(payment => payment.id)
    expect(await ids({}, null, 2)).toEqual(['P3', 'P2'])
    expect(await ids({}, 'P2', 2)).toEqual(['P1'])
    expect(await ids({ states: ['ready'] }, null, 9)).toEqual(['P3', 'P1'])
    expect(await ids({ states: [] }, null, 9)).toEqual([])
    expect(await ids({ docNo: '2', erp: 'u8', bank: 'icbc' }, null, 9)).toEqual(['P2'])
    expect(await ids({ stateSinceBefore: 1000 }, null, 9)).toEqual(['P3'])
    expect(await store.payments.countByState()).toEqual({ ready: 2, settled: 1 })
  })

  test('clears a hold when enough different people have said so; the same person counts once', async () => {
    const held = paymentOf('1', { state: 'held' })
    const holds = [{ kind: 'approval', reason: '金额', approvalsNeeded: 2 }]
    const entries = [entryOf(held, { holds })]
    await store.payments.intake({ erp: 'u8', at: 1, actor: 'd', cursor: null, entries, outbox: [] })
    const [hold] = await store.payments.holds('P1')
    const id = hold?.id ?? ''
    expect(hold).toEqual({ ...holds[0], id, paymentId: 'P1', clearedAt: null, clearances: [] })
    await store.payments.clearHold(id, '张三', '已核', 10)
    const once = await store.payments.clearHold(id, '张三', '又核', 11)
    expect(once[0]).toMatchObject({ clearedAt: null, clearances: [{ person: '张三', reason: '已核', at: 10 }] })
    const rival = await opened(place)
    await Promise.all([store, rival].map(each => each.payments.clearHold(id, '李四', '同意', 12)))
    await rival.close()
    const [cleared] = await store.payments.holds('P1')
    expect(cleared?.clearedAt).toBe(12)
    expect(cleared?.clearances.map(clearance => clearance.person)).toEqual(['张三', '李四'])
  })

  test('records a contradiction once and resolves it once', async () => {
    const row = { at: 1, paymentId: null, code: 'ECHO', cause: 'send.settled', evidence: { a: '1', b: '2' } }
    expect(await store.contradictions.record(row)).toBe(true)
    expect(await store.contradictions.record({ ...row, at: 2, evidence: { b: '2', a: '1' } })).toBe(false)
    expect(await store.contradictions.record({ ...row, evidence: { a: '1', b: '3' } })).toBe(true)
    const [first] = await store.contradictions.open(9)
    expect(first).toMatchObject({ ...row, resolvedAt: null })
    expect(await store.contradictions.resolve(first?.id ?? '', '张三', '已查明', 3)).toBe(true)
    expect(await store.contradictions.resolve(first?.id ?? '', '李四', '再查', 4)).toBe(false)
    expect(await store.contradictions.open(9)).toHaveLength(1)
  })

  describe('the outbox', () => {
    test('a refused record is due again at once when a person says so, and no other is', async () => {
      await store.outbox.add([answer('1'), { ...answer('1'), erp: 'sap' }, answer('2'), answer('3')], 1000)
      const [one, two, three] = await store.outbox.claim('u8', 1000, 2000, 9)
      const [sap] = await store.outbox.claim('sap', 1000, 2000, 9)
      const refused = { kind: 'refused', code: 'GATE', text: 'no', dueAt: 90_000 } as const
      await store.outbox.settle(
        [
          { id: one?.id ?? '', ...refused },
          { id: sap?.id ?? '', ...refused },
          { id: two?.id ?? '', kind: 'deferred', reason: 'busy', dueAt: 90_000 },
          { id: three?.id ?? '', kind: 'done', erpNumber: '' },
        ],
        1500,
      )
      expect(await store.outbox.retryRefused('u8', 3000)).toBe(1)
      expect((await store.outbox.claim('u8', 3000, 4000, 9)).map(item => item.id)).toEqual([one?.id])
      expect(await store.outbox.claim('sap', 3000, 4000, 9)).toEqual([])
      expect(await store.outbox.retryRefused(null, 5000)).toBe(2)
      expect(await store.outbox.claim('sap', 5000, 6000, 9)).toHaveLength(1)
    })

    test('holds a key once for an ERP and gives records in the order they were added', async () => {
      await store.outbox.add(['c', 'a', 'b', 'a'].map(answer), 1000)
      await store.outbox.add([answer('a'), answer('d'), { ...answer('a'), erp: 'sap' }], 2000)
      const first = await store.outbox.claim('u8', 2000, 3000, 2)
      const rest = await store.outbox.claim('u8', 2000, 3000, 9)
      expect([...first, ...rest].map(item => [item.record.key, item.createdAt])).toEqual([
        ['c', 1000],
        ['a', 1000],
        ['b', 1000],
        ['d', 2000],
      ])
      expect(await store.outbox.claim('u8', 2999, 4000, 9)).toEqual([])
      expect(await store.outbox.claim('u8', 3000, 4000, 9)).toHaveLength(4)
    })

    test('keeps what was refused or deferred until it is due, and forgets what is done', async () => {
      await store.outbox.add(['1', '2', '3'].map(answer), 1000)
      const items = await store.outbox.claim('u8', 1000, 2000, 9)
      const [one = '', two = '', three = ''] = items.map(item => item.id)
      await store.outbox.settle(
        [
          { id: one, kind: 'done', erpNumber: '' },
          { id: two, kind: 'refused', code: 'PERIOD', text: '已结账', dueAt: 5000 },
          { id: three, kind: 'deferred', reason: 'busy', dueAt: 4000 },
        ],
        1500,
      )
      expect(await store.outbox.counts(1500)).toEqual([{ erp: 'u8', pending: 1, refused: 1, oldestAt: 1000 }])
      expect(await store.outbox.refusals(9)).toEqual([
        { erp: 'u8', key: '2', kind: 'command.answered', code: 'PERIOD', text: '已结账' },
      ])
      expect(await store.outbox.claim('u8', 3999, 6000, 9)).toEqual([])
      const due = await store.outbox.claim('u8', 5000, 6000, 9)
      expect(due.map(item => [item.id, item.attempts])).toEqual([
        [two, 1],
        [three, 1],
      ])
      await store.outbox.settle([{ id: one, kind: 'deferred', reason: 'late', dueAt: 1 }], 6000)
      expect((await store.outbox.claim('u8', 9000, 9999, 9)).map(item => item.id)).toEqual([two, three])
    })
  })

  describe('bank lines', () => {
    test('are stored once per account and key; twins with different keys are two lines', async () => {
      const lines = [lineOf('v1:x:1'), lineOf('v1:x:2'), lineOf('v1:x:1', { account: 'other' })]
      const added = await store.statements.insert(lines, [answer('l')])
      expect(added.map(({ id: _id, ...line }) => line)).toEqual(lines)
      const again = await store.statements.insert([...lines, lineOf('v1:y:1'), lineOf('v1:y:1')], [answer('l')])
      expect(again.map(line => line.key)).toEqual(['v1:y:1'])
      const rival = await opened(place)
      const both = await Promise.all([store, rival].map(each => each.statements.insert([lineOf('v1:z:1')], [])))
      await rival.close()
      expect(both.flat()).toHaveLength(1)
      expect((await store.outbox.counts(1))[0]?.pending).toBe(1)
      const listed = await store.statements.list(lineOf('').account, { from: '2031-05-06', to: '2031-05-06' })
      expect(listed.map(line => line.key)).toEqual(['v1:x:1', 'v1:x:2', 'v1:y:1', 'v1:z:1'])
      expect(await store.statements.list(lineOf('').account, { from: '2031-05-07', to: '2031-06-01' })).toEqual([])
    })

    test('with a reference wait until they are linked, and are linked to one payment', async () => {
      await take(store, paymentOf('1'), paymentOf('2'))
      const referred = lineOf('a', { line: { ...lineOf('a').line, reference: 'R1' } })
      const [line] = await store.statements.insert([referred, lineOf('b')], [])
      const id = line?.id ?? ''
      expect((await store.statements.unlinked(9)).map(found => found.id)).toEqual([id])
      await store.statements.link(id, 'P1', 5)
      await store.statements.link(id, 'P1', 5)
      await expect(store.statements.link(id, 'P2', 5)).rejects.toBeInstanceOf(Conflict)
      expect(await store.statements.unlinked(9)).toEqual([])
    })

    test('are due for the receiver’s part of their receipt once it agrees and its entry has a voucher number', async () => {
      const [line, other] = await store.statements.insert([lineOf('a'), lineOf('b')], [])
      const [lineId, otherId] = [line?.id ?? '', other?.id ?? '']
      const { account } = lineOf('')
      const bytes = Uint8Array.from([7])
      const [digest, sm3] = ['sha256', 'sm3'].map(name => createHash(name).update(bytes).digest('hex'))
      const receipt = {
        lineId,
        account,
        receiptNo: 'N1',
        mediaType: 'application/pdf',
        digest: digest ?? '',
        sm3: sm3 ?? '',
      }
      await store.receipts.save({ ...receipt, source: 'bank', check: 'agrees', at: 1 }, bytes, null, [])
      await store.receipts.save({ ...receipt, lineId: otherId, source: 'bank', check: 'none', at: 1 }, bytes, null, [])
      const made = (id: string, key: string) => ({
        ...{ lineId: id, journal: 'entry' as const },
        entry: { erp: 'u8', entry: journalEntry(key) },
      })
      await store.journals.decide([made(lineId, 'k1'), made(otherId, 'k2')], 1)
      expect(await store.receivers.due([account], 9)).toEqual([])
      await store.journals.posted('k1', '付-0001', 2)
      await store.journals.posted('k2', '付-0002', 2)
      expect((await store.receivers.due([account], 9)).map(due => due.id)).toEqual([lineId])
      expect(await store.receivers.due(['another'], 9)).toEqual([])
      expect(await store.receivers.due([], 9)).toEqual([])
      expect(await store.receivers.ofLine(lineId)).toBeNull()
      const refusal = { lineId, voucherNo: '付-0001', fileName: '', reason: 'no name', at: 3 }
      await store.receivers.save(refusal, null)
      expect(await store.receivers.ofLine(lineId)).toEqual({ ...refusal, jsonDigest: null, xbrlDigest: null })
      expect(await store.receivers.due([account], 9)).toEqual([])
      const written = { lineId, voucherNo: '付-0001', fileName: 'bker_receiver_1', reason: '', at: 4 }
      const documents = { json: Uint8Array.from([1]), xbrl: Uint8Array.from([2]) }
      await store.receivers.save(written, documents)
      const found = await store.receivers.ofLine(lineId)
      expect(found).toMatchObject(written)
      expect(Buffer.from((await store.receipts.bytes(found?.jsonDigest ?? '')) ?? [])).toEqual(Buffer.from([1]))
      expect(Buffer.from((await store.receipts.bytes(found?.xbrlDigest ?? '')) ?? [])).toEqual(Buffer.from([2]))
    })

    test('get their receipt once, with its bytes exactly, and are asked for until then', async () => {
      await take(store, paymentOf('1'))
      const [line, other] = await store.statements.insert([lineOf('a'), lineOf('b')], [])
      const lineId = line?.id ?? ''
      await store.statements.postponeReceipt(other?.id ?? '', 9000, true, '')
      await store.statements.postponeReceipt(lineId, 5000, false, '银行还没有 / not yet')
      expect(await store.statements.receiptDue('icbc', 4999, 9)).toEqual([])
      // A receipt that counts as missing is asked for all the same, when its turn comes.
      expect((await store.statements.receiptDue('icbc', 9999, 9)).map(due => due.id)).toEqual([lineId, other?.id])
      await store.statements.postponeReceipt(other?.id ?? '', 20_000, true, 'E42 no such receipt')
      const range = { from: '2031-05-06', to: '2031-05-06' }
      const { account } = lineOf('')
      expect(await store.statements.receiptsWaiting(account, range)).toEqual([
        { lineId, reason: '银行还没有 / not yet', dueAt: 5000 },
        { lineId: other?.id, reason: 'E42 no such receipt', dueAt: 20_000 },
      ])
      expect(await store.statements.receiptsWaiting(account, { from: '2031-05-07', to: '2031-05-08' })).toEqual([])
      const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256)
      const digest = createHash('sha256').update(bytes).digest('hex')
      const sm3 = createHash('sm3').update(bytes).digest('hex')
      const receipt = {
        ...{ lineId, account, receiptNo: 'N1', mediaType: 'application/pdf', digest, sm3 },
        ...({ source: 'file', check: 'agrees', at: 6000 } as const),
      }
      await expect(store.receipts.save({ ...receipt, sm3: '0' }, bytes, 'P1', [])).rejects.toThrow('SM3')
      await expect(store.receipts.save({ ...receipt, digest: '0' }, bytes, 'P1', [])).rejects.toThrow('digest')
      await store.receipts.save(receipt, bytes, 'P1', [answer('r')])
      await store.receipts.save({ ...receipt, receiptNo: 'N1' }, bytes, 'P1', [answer('r')])
      expect(await store.receipts.ofLine(lineId)).toEqual(receipt)
      expect(Buffer.compare((await store.receipts.bytes(digest)) ?? new Uint8Array(), bytes)).toBe(0)
      expect(await store.receipts.bytes('1')).toBeNull()
      expect(await store.payments.get('P1')).toMatchObject({ receiptNo: 'N1', seq: 1 })
      expect(await store.receipts.list(account, range)).toEqual([receipt])
      expect(await store.receipts.list(account, { from: '2031-05-07', to: '2031-05-07' })).toEqual([])
      const evidence = Uint8Array.from([1, 2, 3])
      const kept = await store.receipts.keep(evidence, 6500)
      expect(kept).toBe(createHash('sha256').update(evidence).digest('hex'))
      expect(await store.receipts.keep(evidence, 6600)).toBe(kept)
      expect(Buffer.from((await store.receipts.bytes(kept)) ?? [])).toEqual(Buffer.from(evidence))
      await store.statements.postponeReceipt(lineId, 7000, true, 'late')
      expect((await store.statements.receiptsWaiting(account, range)).map(waiting => waiting.lineId)).toEqual([
        other?.id,
      ])
      expect(await store.statements.receiptDue('icbc', 9999, 9)).toEqual([])
      const listed = await store.statements.list(lineOf('').account, { from: '2031-05-06', to: '2031-05-06' })
      expect(listed.map(each => each.receipt)).toEqual(['stored', 'missing'])
    })

    test('lead to one journal entry per key and per line, whoever decides', async () => {
      const [a, b] = await store.statements.insert([lineOf('a'), lineOf('b')], [])
      const [lineA, lineB] = [a?.id ?? '', b?.id ?? '']
      const rival = await opened(place)
      const made = (lineId: string, key: string) =>
        ({ lineId, journal: 'entry', entry: { erp: 'u8', entry: journalEntry(key) } }) as const
      await Promise.all([store.journals.decide([made(lineA, 'k1')], 1), rival.journals.decide([made(lineA, 'k2')], 1)])
      await rival.close()
      await store.journals.decide([{ lineId: lineB, journal: 'left', entry: null }], 1)
      expect(await store.statements.unbooked(9)).toEqual([])
      const stored = await store.journals.ofLine(lineA)
      const key = stored?.entry.key ?? ''
      expect(await store.journals.byKey(key === 'k1' ? 'k2' : 'k1')).toBeNull()
      expect(stored).toEqual({
        lineId: lineA,
        erp: 'u8',
        entry: journalEntry(key),
        status: 'made',
        voucherNo: '',
        refusal: '',
        reversedBy: null,
      })
      await store.journals.decide([made(lineB, key)], 2)
      expect((await store.journals.byKey(key))?.lineId).toBe(lineA)
      expect(await store.journals.ofLine(lineB)).toBeNull()
      const items = await store.outbox.claim('u8', 9, 10, 9)
      expect(items.map(item => item.record)).toEqual([{ kind: 'journal.entry', key, entry: journalEntry(key) }])
    })

    test('see their entry refused, delivered and posted as the ERP answers', async () => {
      const [line] = await store.statements.insert([lineOf('a')], [])
      const lineId = line?.id ?? ''
      await store.journals.decide([{ lineId, journal: 'entry', entry: { erp: 'u8', entry: journalEntry('k') } }], 1)
      const [item] = await store.outbox.claim('u8', 9, 10, 9)
      const id = item?.id ?? ''
      await store.outbox.settle([{ id, kind: 'refused', code: 'PERIOD', text: '已结账', dueAt: 20 }], 10)
      expect(await store.journals.byKey('k')).toMatchObject({ status: 'refused', refusal: 'PERIOD 已结账' })
      await store.outbox.settle([{ id, kind: 'done', erpNumber: '' }], 20)
      expect(await store.journals.byKey('k')).toMatchObject({ status: 'made', voucherNo: '', refusal: '' })
      await store.journals.posted('k', '付-0001', 30)
      expect(await store.journals.byKey('k')).toMatchObject({ status: 'posted', voucherNo: '付-0001' })
    })
  })

  test('carries the largest amounts exactly, in payments, lines and balances', async () => {
    const extremes = [9223372036854775807n, -9223372036854775808n, 9999999999999999999n, 9007199254740993n, 0n, -1n]
    const money = extremes.map(minor => ({ minor, currency: 'CNY' }))
    await take(store, ...extremes.map((minor, index) => paymentOf(`${index}`, { minor })))
    const lines = money.map((amount, index) => ({ ...lineOf(`${index}`).line, amount, balanceAfter: amount }))
    const added = await store.statements.insert(
      lines.map((line, index) => lineOf(`${index}`, { line })),
      [],
    )
    expect(added.map(({ line }) => line)).toEqual(lines)
    for (const [index, amount] of money.entries()) {
      expect((await store.payments.get(`P${index}`))?.instruction.amount).toEqual(amount)
      const balance = { account: 'a', asOf: '2031-05-06T10:00:00', current: amount, available: null, frozen: null }
      await store.statements.saveBalance({ ...balance, previousDay: amount }, index, [])
      expect(await store.statements.balances('a', 1)).toEqual([
        { balance: { ...balance, previousDay: amount }, at: index },
      ])
    }
  })

  databaseTest('a payment whose amount was altered behind its back is refused as corrupt', async () => {
    await take(store, paymentOf('1'))
    await place.sql(`UPDATE yinqi_payment SET amount_minor = '123400'`)
    await expect(store.payments.get('P1')).rejects.toMatchObject({ code: 'STORE_CORRUPT' })
  })

  test('a line or ledger id that is matched keeps its match', async () => {
    const lines = await store.statements.insert([lineOf('a'), lineOf('b')], [])
    const [a = '', b = ''] = lines.map(line => line.id)
    const match = {
      account: 'x',
      lineIds: [a],
      ledgerIds: ['L1', 'L2'],
      pass: 'reference',
      reason: 'r',
      ruleVersion: '1',
    }
    const rivalMatch = { ...match, lineIds: [b], ledgerIds: ['L2'] }
    const contra = { ...match, lineIds: [], ledgerIds: ['L8', 'L9'], pass: 'contra' }
    const elsewhere = { ...match, account: 'y', lineIds: [b], ledgerIds: ['L2'] }
    expect(await store.matches.save([match, rivalMatch, contra, elsewhere], 1)).toBe(3)
    expect(await store.matches.save([match, { ...rivalMatch, lineIds: [a], ledgerIds: ['L7'] }], 2)).toBe(0)
    const rival = await opened(place)
    const fresh = { ...match, lineIds: [], ledgerIds: ['L20'] }
    const counts = await Promise.all([store, rival].map(each => each.matches.save([fresh], 3)))
    await rival.close()
    expect((counts[0] ?? 0) + (counts[1] ?? 0)).toBe(1)
    expect(await store.matches.of('x', { from: '2031-05-06', to: '2031-05-06' })).toEqual([match, contra, fresh])
    expect(await store.matches.of('x', { from: '2031-05-07', to: '2031-05-07' })).toEqual([contra, fresh])
  })

  test('gives numbers of a sequence from 1, never one twice, also under concurrency', async () => {
    const rival = await opened(place)
    const counts = Array.from({ length: 20 }, (_, index) => (index % 3) + 1)
    const firsts = await Promise.all(
      counts.map((count, index) => (index % 2 === 0 ? store : rival).meta.allocate('reference', count)),
    )
    await rival.close()
    const numbers = firsts.flatMap((first, index) =>
      Array.from({ length: counts[index] ?? 0 }, (_, i) => Number(first) + i),
    )
    // 20 askings of 1, 2, 3, 1, 2, … are 39 numbers.
    expect(numbers.toSorted((x, y) => x - y)).toEqual(Array.from({ length: 39 }, (_, index) => index + 1))
    expect(await store.meta.allocate('other', 1)).toBe(1n)
  })

  test('lets one owner lead at a time: renewal is his, the lapsed lock anybody’s', async () => {
    const rival = await opened(place)
    const both = await Promise.all([store.meta.lead('cron', 'a', 0, 100), rival.meta.lead('cron', 'b', 0, 100)])
    await rival.close()
    expect(both[0]).toBe(!both[1])
    const [leader = '', other = ''] = both[0] ? ['a', 'b'] : ['b', 'a']
    expect(await store.meta.lead('cron', leader, 50, 200)).toBe(true)
    expect(await store.meta.lead('cron', other, 199, 300)).toBe(false)
    expect(await store.meta.lead('cron', `${leader} `, 199, 300)).toBe(false)
    expect(await store.meta.lead('cron', other, 200, 300)).toBe(true)
    expect(await store.meta.lead('reports', leader, 50, 200)).toBe(true)
  })

  test('keeps cursors, confirmations and its incarnation, and answers a ping', async () => {
    expect(await store.meta.cursor('x')).toBeNull()
    await store.meta.saveCursor('x', '1')
    await store.meta.saveCursor('x', '2')
    expect(await store.meta.cursor('x')).toBe('2')
    await take(store, paymentOf('1'))
    const first = { paymentId: 'P1', verdict: 'paid', person: '张三', evidence: '回单', at: 1 } as const
    expect(await store.meta.confirm(first)).toEqual([first])
    const second = { ...first, person: '李四', verdict: 'unpaid', at: 2 } as const
    expect(await store.meta.confirm(second)).toEqual([first, second])
    const incarnation = await store.meta.incarnation()
    expect(incarnation).toMatch(/^\d{3}$/)
    await store.ping()
    await store.close()
    store = await opened(place)
    expect(await store.meta.incarnation()).toBe(incarnation)
  })

  databaseTest('refuses a schema that is missing, newer, or not the one that was applied', async () => {
    const require = () => place.open('require')
    const migrate = () => place.open('migrate')
    await place.sql(`UPDATE yinqi_schema SET digest = '0'`)
    await expect(require()).rejects.toMatchObject({ code: 'STORE_SCHEMA_CHANGED' })
    await place.sql(`INSERT INTO yinqi_schema (version, name, digest, applied_at) VALUES (999, '0999-x.sql', '', 0)`)
    await place.sql(`DELETE FROM yinqi_schema WHERE version < 999`)
    await expect(require()).rejects.toMatchObject({ code: 'STORE_SCHEMA_NEWER' })
    await expect(migrate()).rejects.toMatchObject({ code: 'STORE_SCHEMA_NEWER' })
    await place.sql(`DROP TABLE yinqi_schema`)
    await expect(require()).rejects.toMatchObject({
      code: 'STORE_SCHEMA_MISSING',
      message: expect.stringMatching(/请运行 yinqi migrate.*run yinqi migrate/),
    })
    if (name === 'sqlite') await expect(migrate()).rejects.toMatchObject({ code: 'STORE_FAILED' })
  })

  test('two daemons that start at once on an empty database both find it migrated', async () => {
    await store.close()
    const empty = await kind.place()
    const stores = await Promise.all([opened(empty), opened(empty)])
    store = stores[0]
    expect(await stores[1].meta.incarnation()).toBe(await store.meta.incarnation())
    await stores[1].close()
  })
})
