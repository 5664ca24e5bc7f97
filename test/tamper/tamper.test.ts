// An administrator edits the store past the connector: triggers dropped, every column within reach. Whatever is edited,
// nothing of it is sent, and the audit names the row.

import Sqlite from 'better-sqlite3'
import { cancel, approve, confirm } from '../../connector/cli/payment'
import { resolveContradiction } from '../../connector/cli/contradiction'
import type { Output } from '../../connector/cli/output'
import type { CancelRequest } from '../../connector/ports'
import { intake } from '../../connector/steps/intake'
import { submit } from '../../connector/steps/submit'
import { testKeys } from '../support/keys'
import { sampleRequest } from '../support/sample'
import { openWorld, type World } from '../support/world'

const said: string[] = []
const output: Output = { lang: 'en', isJson: false, say: (_zh, en) => void said.push(en), json: () => undefined }
const runCommand = async () => ({ ok: true, text: '' })
/** Readable columns: whoever can write them can write what they like. */
const CLEAR = testKeys({ cipher: 'off' })
const HOLDS = [{ name: 'large', from: { minor: 1_000_000n, currency: 'CNY' }, businessTypes: [], approvals: 2 }]

let world: World
beforeEach(async () => {
  said.length = 0
  world = await openWorld({ holds: HOLDS }, undefined, CLEAR)
})
afterEach(() => world.close())

function tamper(sql: string): void {
  const db = new Sqlite(world.storeFile)
  try {
    db.pragma('foreign_keys = OFF')
    for (const row of db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'trigger'`).all()) {
      db.exec(`DROP TRIGGER ${(row as { name: string }).name}`)
    }
    db.exec(sql)
  } catch (error) {
    // The native module keeps the error class of the first jest sandbox that loaded it.
    throw new Error(String(error), { cause: error })
  } finally {
    db.close()
  }
}

/** A request of the ERP, taken. Amounts from 10 000.00 are held for two people. */
async function taken(docNo: string, amount = '123.45'): Promise<string> {
  const key = { ...sampleRequest().key, docNo }
  world.erp.queue = [sampleRequest({ key, amount, digest: `d-${docNo}` })]
  await intake(world.deps, 'erp', runCommand)
  const [known] = await world.store.payments.known('erp', [key])
  return known?.payment?.id ?? ''
}

async function codes(): Promise<readonly string[]> {
  return (await world.store.contradictions.open(100)).map(item => item.code)
}

const edit = (text: string, to: string) =>
  `UPDATE yinqi_payment SET instruction = replace(instruction, '${text}', '${to}')`

describe('a ready payment', () => {
  test('that nobody touched is sent, and the trail is whole', async () => {
    await taken('FK1')
    await world.settle(2)
    expect(world.bank.sends).toHaveLength(1)
    expect(await world.store.audit.check(null)).toMatchObject({ kind: 'whole', payments: 1 })
  })

  test.each([
    ['the amount, in its column', `UPDATE yinqi_payment SET amount_minor = '99900'`],
    ['the amount, wherever it stands', `${edit('"minor":"12345"', '"minor":"99900"')}, amount_minor = '99900'`],
    ['the currency', `${edit('"currency":"CNY"', '"currency":"USD"')}, currency = 'USD'`],
    ["the payee's account", edit('1100000000000000', '6222000000000666')],
    [
      "the payee's account, also in the request",
      `${edit('1100000000000000', '6222000000000666')};
      UPDATE yinqi_request SET content = replace(content, '1100000000000000', '6222000000000666')`,
    ],
    ["the payee's name", edit('乙公司', '丙公司')],
    ["the payee's bank code", edit('308290003000', '102290003000')],
    ["the payer's account", edit('0200000109000000001', '0200000109000000002')],
    ["the payer's name", edit('甲公司', '丁公司')],
    ['the purpose', edit('"purpose":"货款"', '"purpose":"劳务"')],
    ['whether it is urgent', edit('"isUrgent":false', '"isUrgent":true')],
    [
      'the reference',
      `UPDATE yinqi_payment SET instruction = replace(instruction, reference, '999'), reference = '999'`,
    ],
    [
      'the package',
      `UPDATE yinqi_payment SET instruction = replace(instruction, '"reference":"","line":0', '"reference":"9","line":1')`,
    ],
    ['the ERP key of the request', `UPDATE yinqi_request SET content = replace(content, 'FK1', 'FK2')`],
    ['the document of the request', `UPDATE yinqi_request SET document = 'x'`],
    ['the revision of the request', `UPDATE yinqi_request SET revision = 2`],
    ['the digest of the request', `UPDATE yinqi_request SET digest = 'x'`],
    ['the approval of the request', `UPDATE yinqi_request SET approval = 'x'`],
    ['the maker of the request', `UPDATE yinqi_request SET content = replace(content, '"maker":"张"', '"maker":"王"')`],
    ['the ERP', `UPDATE yinqi_payment SET erp = 'other'`],
    ['the time of the first send', `UPDATE yinqi_payment SET sent_at = 1`],
    [
      'the id',
      `UPDATE yinqi_payment SET id = 'P9'; UPDATE yinqi_payment_history SET payment_id = 'P9'; UPDATE yinqi_audit SET payment_id = 'P9'`,
    ],
    ['the sequence', `UPDATE yinqi_payment SET seq = 2`],
    ['the seal, away', `UPDATE yinqi_payment SET seal = ''`],
    ['the seal, to one without a key', `UPDATE yinqi_payment SET seal = replace(seal, '.test.', '.none.')`],
    ['the cause of its history', `UPDATE yinqi_payment_history SET cause = 'holds.cleared'`],
    ['the actor of its history', `UPDATE yinqi_payment_history SET actor = 'nobody'`],
    ['the time of its history', `UPDATE yinqi_payment_history SET at = at + 1`],
    ['the evidence of its history', `UPDATE yinqi_payment_history SET evidence = '{}'`],
    ['its history, away', `DELETE FROM yinqi_payment_history`],
    [
      'the entry of its history',
      `UPDATE yinqi_audit SET content = replace(content, 'intake.accepted', 'holds.cleared')`,
    ],
    ['the time of an entry', `UPDATE yinqi_audit SET at = at + 1`],
    ['an entry, away', `DELETE FROM yinqi_audit WHERE kind = 'history'`],
    ['the whole trail, away', `DELETE FROM yinqi_audit`],
    [
      'a hold, into it',
      `INSERT INTO yinqi_hold (payment_id, kind, reason, approvals_needed) SELECT id, 'a', 'b', 0 FROM yinqi_payment`,
    ],
  ])('is not sent after somebody changed %s', async (_what, sql) => {
    await taken('FK1')
    tamper(sql)
    await world.settle(4)
    expect(world.bank.sends).toEqual([])
    expect(await codes()).toEqual([expect.stringMatching(/^(SEAL|AUDIT)_BROKEN$/)])
    expect((await world.store.payments.countByState())['ready']).toBe(1)
    expect(await world.store.audit.check(null)).toMatchObject({ kind: 'broken', row: expect.stringMatching(/./) })
  })

  test('is not sent to another bank than it was taken for', async () => {
    await taken('FK1')
    tamper(`UPDATE yinqi_payment SET bank = 'other'`)
    await submit({ ...world.deps, banks: new Map([['other', world.bank]]) }, 'other')
    expect(world.bank.sends).toEqual([])
    expect(await codes()).toEqual(['SEAL_BROKEN'])
  })

  test('does not get the seal of another', async () => {
    await taken('FK1')
    await taken('FK2')
    tamper(`UPDATE yinqi_payment SET seal = (SELECT MAX(seal) FROM yinqi_payment)`)
    await world.settle(2)
    expect(world.bank.sends).toHaveLength(1)
    expect(await codes()).toEqual(['SEAL_BROKEN'])
  })

  test('that was altered does not keep the others from being sent', async () => {
    const altered = await taken('FK1')
    await taken('FK2')
    tamper(`${edit('乙公司', '丙公司')} WHERE id = '${altered}'`)
    await world.settle(3)
    expect(world.bank.sends.flat().map(instruction => instruction.payee.name)).toEqual(['乙公司'])
    expect((await world.store.payments.get(altered))?.state).toBe('ready')
  })

  test('that is altered between the commit of its intent and the socket is not sent, and goes back as unsent', async () => {
    const id = await taken('FK1')
    const { payments } = world.store
    const apply: typeof payments.apply = async changes => {
      const applied = await payments.apply(changes)
      if (changes[0]?.cause === 'send.started') tamper(edit('1100000000000000', '6222000000000666'))
      return applied
    }
    await submit({ ...world.deps, store: { ...world.store, payments: { ...payments, apply } } }, 'bank')
    expect(world.bank.sends).toEqual([])
    expect(await codes()).toEqual(['SEAL_BROKEN'])
    const causes = (await payments.history(id)).map(row => row.cause)
    expect(causes).toEqual(['intake.accepted', 'send.started', 'send.unsent'])
    // And it stays: it is seen broken before an intent is committed again.
    await world.settle(4)
    expect(world.bank.sends).toEqual([])
    expect(await payments.history(id)).toHaveLength(3)
  })

  test('that was altered is cancelled by a person or by the ERP, and never sent', async () => {
    const id = await taken('FK1')
    tamper(edit('乙公司', '丙公司'))
    await world.settle(1)
    expect(await cancel(world, id, '李', 'altered', output)).toBe(0)
    expect((await world.store.payments.get(id))?.state).toBe('cancelled')
    expect(await world.store.audit.check(null)).toMatchObject({ kind: 'broken', row: id })
    // Once somebody has said what it was, the audit goes on to what nobody has looked into.
    const [open] = await world.store.contradictions.open(1)
    expect(await resolveContradiction(world.deps, open?.id ?? '', { person: '李', resolution: ' ' }, output)).toBe(1)
    expect(await resolveContradiction(world.deps, open?.id ?? '', { person: '李', resolution: 'found' }, output)).toBe(
      0,
    )
    expect(await resolveContradiction(world.deps, open?.id ?? '', { person: '李', resolution: 'again' }, output)).toBe(
      1,
    )
    expect(await world.store.audit.check(null)).toMatchObject({ kind: 'whole', payments: 1, explained: 1 })
    const other = await taken('FK2')
    tamper(`UPDATE yinqi_payment SET seal = '' WHERE id = '${other}'`)
    expect(await world.store.audit.check(null)).toMatchObject({ kind: 'broken', row: other })
  })
})

describe('a state that was set by hand', () => {
  test.each([
    ['failed', `UPDATE yinqi_payment SET state = 'ready', due_at = 0`],
    [
      'failed, with a forged row of history',
      `UPDATE yinqi_payment SET state = 'ready', due_at = 0, seq = seq + 1;
      INSERT INTO yinqi_payment_history SELECT payment_id, seq + 1, at, 'failed', 'inquiry.absent', 'ready', 'd1', '{}' FROM yinqi_payment_history WHERE to_state = 'failed'`,
    ],
    [
      'failed, with history and trail taken back',
      `UPDATE yinqi_payment SET state = 'ready', due_at = 0, seq = 1, sent_at = NULL;
      DELETE FROM yinqi_payment_history WHERE seq > 1; DELETE FROM yinqi_audit WHERE no > 1`,
    ],
    [
      'failed, with history, trail and its head taken back',
      `UPDATE yinqi_payment SET state = 'ready', due_at = 0, seq = 1, sent_at = NULL;
      DELETE FROM yinqi_payment_history WHERE seq > 1; DELETE FROM yinqi_audit WHERE no > 1;
      UPDATE yinqi_meta SET value = (SELECT no || ' ' || link FROM yinqi_audit) WHERE name = 'audit'`,
    ],
  ])('does not send again what was %s', async (_what, sql) => {
    await taken('FK1')
    world.bank.state = 'refused'
    await world.settle(1)
    expect(await world.store.payments.countByState()).toEqual({ failed: 1 })
    expect(world.bank.sends).toHaveLength(1)
    world.bank.state = 'settled'
    tamper(sql)
    await world.settle(3)
    expect(world.bank.sends).toHaveLength(1)
    expect(world.bank.debits.size).toBe(0)
    expect(await codes()).toEqual([expect.stringMatching(/^(SEAL|AUDIT)_BROKEN$/)])
  })

  test('does not send what is unknown', async () => {
    await taken('FK1')
    world.bank.fault = 'lost-answer'
    await submit(world.deps, 'bank')
    expect(await world.store.payments.countByState()).toEqual({ unknown: 1 })
    world.bank.isHidden = true
    tamper(`UPDATE yinqi_payment SET state = 'ready', due_at = 0, lease_until = NULL`)
    world.bank.fault = 'none'
    await submit(world.deps, 'bank')
    expect(world.bank.sends).toHaveLength(1)
    expect(await codes()).toEqual(['SEAL_BROKEN'])
  })
})

describe('a held payment', () => {
  const release = `UPDATE yinqi_payment SET state = 'ready', due_at = 0, seq = 2;
    INSERT INTO yinqi_payment_history SELECT payment_id, 2, at, 'held', 'holds.cleared', 'ready', '李', '{}' FROM yinqi_payment_history`
  test.each([
    ['set to ready', `UPDATE yinqi_payment SET state = 'ready', due_at = 0`],
    ['set to ready with a row of history', release],
    [
      'given two clearances and a row of history',
      `${release};
      INSERT INTO yinqi_hold_clearance SELECT no, '李', 'ok', 1 FROM yinqi_hold; INSERT INTO yinqi_hold_clearance SELECT no, '王', 'ok', 1 FROM yinqi_hold;
      UPDATE yinqi_hold SET cleared_at = 1`,
    ],
    ['rid of its hold', `${release}; DELETE FROM yinqi_hold`],
  ])('is not sent when it was %s by hand', async (_what, sql) => {
    await taken('FK1', '20000.00')
    expect(await world.store.payments.countByState()).toEqual({ held: 1 })
    tamper(sql)
    await world.settle(3)
    expect(world.bank.sends).toEqual([])
    expect(await codes()).toEqual(['SEAL_BROKEN'])
    expect(await world.store.audit.check(null)).toMatchObject({ kind: 'broken' })
  })

  test.each([
    ['a clearance was inserted', `INSERT INTO yinqi_hold_clearance SELECT no, '王', 'ok', 1 FROM yinqi_hold`],
    ['fewer approvals were asked for', `UPDATE yinqi_hold SET approvals_needed = 1`],
    ['the hold was deleted', `DELETE FROM yinqi_hold`],
    [
      'the amount was changed before anybody approved',
      `${edit('"minor":"2000000"', '"minor":"9000000"')}, amount_minor = '9000000'`,
    ],
    [
      'the maker was changed, so that he may approve',
      `UPDATE yinqi_request SET content = replace(content, '"maker":"张"', '"maker":"王"')`,
    ],
  ])('is not released by an honest approver after %s', async (_what, sql) => {
    const id = await taken('FK1', '20000.00')
    tamper(sql)
    expect(await approve(world, id, '李', 'looked at it', output)).toBe(1)
    expect(await approve(world, id, '赵', 'looked at it', output)).toBe(1)
    await world.settle(2)
    expect(world.bank.sends).toEqual([])
    expect(await world.store.payments.countByState()).toEqual({ held: 1 })
    expect(await codes()).toEqual(['SEAL_BROKEN'])
  })

  test('that two people released is sent; a clearance that is altered afterwards is named', async () => {
    const id = await taken('FK1', '20000.00')
    expect(await approve(world, id, '李', 'looked at it', output)).toBe(0)
    expect(await approve(world, id, '王', 'looked at it', output)).toBe(0)
    await world.settle(2)
    expect(world.bank.sends).toHaveLength(1)
    expect(await world.store.audit.check(null)).toMatchObject({ kind: 'whole' })
    tamper(`UPDATE yinqi_hold_clearance SET person = '赵' WHERE person = '王'`)
    expect(await world.store.audit.check(null)).toMatchObject({ kind: 'broken', row: id })
  })

  test('is not cleared twice by one person under two spellings, nor by its maker', async () => {
    const id = await taken('FK1', '20000.00')
    expect(await approve(world, id, 'Li Na', 'ok', output)).toBe(0)
    expect(await approve(world, id, ' ｌｉ  NA\u200b', 'ok', output)).toBe(0)
    expect(await world.store.payments.countByState()).toEqual({ held: 1 })
    expect(await approve(world, id, ' 张 ', 'ok', output)).toBe(1)
    expect(said.at(-1)).toContain('maker')
  })
})

describe('two named people', () => {
  async function unknown(): Promise<string> {
    const id = await taken('FK1')
    world.bank.fault = 'lost-answer'
    await submit(world.deps, 'bank')
    return id
  }
  const unpaid = (person: string, evidence = 'letter 12') => ({ verdict: 'unpaid', person, evidence }) as const

  test('are two: blanks, case and full width do not make a second one', async () => {
    const id = await unknown()
    for (const name of ['Li', 'li ', ' LI', 'Ｌｉ', 'L\u200bi']) {
      expect(await confirm(world.deps, id, unpaid(name), output)).toBe(0)
      expect((await world.store.payments.get(id))?.state).toBe('unknown')
    }
    expect(await confirm(world.deps, id, unpaid('Wang'), output)).toBe(0)
    expect((await world.store.payments.get(id))?.state).toBe('failed')
    const [last] = (await world.store.payments.history(id)).slice(-1)
    expect(last).toMatchObject({ cause: 'operator.confirmedUnpaid', actor: 'Li + Wang' })
    const kinds = (await world.store.audit.entries(0, 100)).map(entry => entry.kind)
    expect(kinds.filter(kind => kind === 'confirmation')).toHaveLength(6)
  })

  test('need a name and evidence each', async () => {
    const id = await unknown()
    expect(await confirm(world.deps, id, unpaid(' '), output)).toBe(1)
    expect(await confirm(world.deps, id, unpaid('Li', ' \n'), output)).toBe(1)
    expect(said.at(-1)).toContain('evidence')
    expect(await world.store.payments.checkSeals([id])).toMatchObject([{ broken: null }])
  })

  test('are not one and a row that somebody inserted', async () => {
    const id = await unknown()
    tamper(
      `INSERT INTO yinqi_confirmation (payment_id, verdict, person, evidence, at) VALUES ('${id}', 'unpaid', 'Wang', 'x', 9999999999999)`,
    )
    expect(await confirm(world.deps, id, unpaid('Li'), output)).toBe(1)
    expect((await world.store.payments.get(id))?.state).toBe('unknown')
    expect(await codes()).toEqual(['SEAL_BROKEN'])
  })

  test('cannot cancel what may have left, and are told why; nor can the ERP', async () => {
    const id = await unknown()
    expect(await cancel(world, id, 'Li', 'wrong payee', output)).toBe(1)
    expect(said.at(-1)).toBe('it may have left for the bank (unknown); it cannot be cancelled')
    const key = { ...sampleRequest().key, docNo: 'FK1' }
    const withdrawal: CancelRequest = { kind: 'cancel', key, by: 'erp user', request: null }
    world.erp.queue = [withdrawal]
    await intake(world.deps, 'erp', runCommand)
    const payment = await world.store.payments.get(id)
    expect(payment).toMatchObject({ state: 'unknown', errorCode: 'CANCEL_TOO_LATE' })
    expect(payment?.statusText).toContain('cannot be withdrawn')
    expect((await world.store.payments.history(id)).at(-1)?.cause).toBe('erp.cancelRefused')
  })
})

describe('the audit', () => {
  test('lets payments go again once entries that were deleted are put back from a copy', async () => {
    await taken('FK1')
    tamper(`CREATE TABLE copied AS SELECT * FROM yinqi_audit; DELETE FROM yinqi_audit WHERE no = 1`)
    await world.settle(2)
    expect(world.bank.sends).toEqual([])
    expect(await world.store.contradictions.open(9)).toMatchObject([{ code: 'AUDIT_BROKEN', paymentId: null }])
    tamper(`INSERT INTO yinqi_audit SELECT * FROM copied WHERE no = 1; DROP TABLE copied`)
    await world.settle(4)
    expect(world.bank.sends).toHaveLength(1)
    expect(await world.store.audit.check(null)).toMatchObject({ kind: 'whole' })
  })

  test('names the first entry that is missing, altered or out of place', async () => {
    for (const docNo of ['FK1', 'FK2', 'FK3']) await taken(docNo)
    tamper(`DELETE FROM yinqi_audit WHERE no = 3`)
    expect(await world.store.audit.check(null)).toMatchObject({
      kind: 'broken',
      row: 'audit 3',
      detail: expect.stringContaining('missing'),
    })
  })

  test('with an anchor sees a trail that was cut off or written anew', async () => {
    await taken('FK1')
    await taken('FK2')
    const anchor = await world.store.audit.anchor(1)
    expect(await world.store.audit.check(anchor)).toMatchObject({ kind: 'whole' })
    expect(await world.store.audit.check({ ...anchor, count: 1 })).toMatchObject({ kind: 'broken', row: 'anchor' })
    // Cut off consistently: the last payment, its request and its entries.
    tamper(`DELETE FROM yinqi_payment_history WHERE payment_id = (SELECT id FROM yinqi_payment WHERE no = 2); DELETE FROM yinqi_outbox WHERE no = 2;
      DELETE FROM yinqi_payment WHERE no = 2; DELETE FROM yinqi_request WHERE no = 2; DELETE FROM yinqi_audit WHERE payment_id NOT IN (SELECT id FROM yinqi_payment);
      UPDATE yinqi_meta SET value = (SELECT no || ' ' || link FROM yinqi_audit ORDER BY no DESC LIMIT 1) WHERE name = 'audit'`)
    expect(await world.store.audit.check(null)).toMatchObject({ kind: 'whole' })
    expect(await world.store.audit.check(anchor)).toMatchObject({ kind: 'broken', row: 'audit' })
  })

  test('names a contradiction that was deleted, altered, or resolved past the connector', async () => {
    const row = { at: 1, paymentId: null, code: 'ECHO_MISMATCH', cause: 'c', evidence: { a: 'b' } }
    await world.store.contradictions.record(row)
    expect(await world.store.audit.check(null)).toMatchObject({ kind: 'whole' })
    tamper(`UPDATE yinqi_contradiction SET resolved_at = 1, resolved_by = 'Li', resolution = 'x'`)
    expect(await world.store.audit.check(null)).toMatchObject({ kind: 'broken', row: 'contradiction 1' })
    tamper(
      `UPDATE yinqi_contradiction SET resolved_at = NULL, resolved_by = '', resolution = '', evidence = '{"a":"c"}'`,
    )
    expect(await world.store.audit.check(null)).toMatchObject({ kind: 'broken', row: 'contradiction 1' })
    tamper(`DELETE FROM yinqi_contradiction`)
    expect(await world.store.audit.check(null)).toMatchObject({ kind: 'broken', row: 'audit 3' })
  })
})

describe('with encryption', () => {
  test('ciphertexts that were swapped between rows open nowhere, and the other payments go on', async () => {
    await world.close()
    world = await openWorld({}, undefined, testKeys())
    const first = await taken('FK1')
    await taken('FK2')
    tamper(
      `UPDATE yinqi_payment SET instruction = (SELECT instruction FROM yinqi_payment WHERE no = 2) WHERE id = '${first}'`,
    )
    await world.settle(3)
    expect(world.bank.sends).toHaveLength(1)
    expect(await codes()).toEqual(['SEAL_BROKEN'])
    expect(await world.store.audit.check(null)).toMatchObject({ kind: 'broken', row: first })
  })

  test('no account, name or purpose of a payee stands in the file', async () => {
    await world.close()
    world = await openWorld({}, undefined, testKeys())
    await taken('FK1')
    await world.settle(2)
    const db = new Sqlite(world.storeFile)
    const tables = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'yinqi%'`).all()
    const text = tables
      .map(row => JSON.stringify(db.prepare(`SELECT * FROM ${(row as { name: string }).name}`).all()))
      .join()
    db.close()
    expect(text).toContain('FK1')
    for (const secret of ['1100000000000000', '乙公司', '货款', 'INV-1', '308290003000'])
      expect(text).not.toContain(secret)
  })
})
