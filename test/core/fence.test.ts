import {
  decideFence,
  doubtOfLine,
  doubtOfShown,
  isOwnReference,
  isSuspect,
  nextIncarnation,
  type FenceEvidence,
  type StoreFacts,
} from '../../connector/core/fence'
import { makeReference } from '../../connector/core/reference'
import type { FenceRecord, Shown } from '../../connector/ports'
import { sampleLine, sampleRequest } from '../support/sample'

const HOST = { machine: 'm1', folder: '77:1' }
const FILE: FenceRecord = { storeId: 's1', token: 't1', epoch: 'e2', sends: 10, identity: HOST }
const STORE: StoreFacts = {
  storeId: 's1',
  epoch: 'e2',
  pastEpochs: ['e1'],
  database: 'd1',
  boundDatabase: 'd1',
  sends: 10,
  hasSent: true,
  hosts: [
    { instance: 'a', token: 't1', seenAt: 1 },
    { instance: 'b', token: 't2', seenAt: 1 },
  ],
  closed: [],
}
const NEW_STORE: StoreFacts = { ...STORE, sends: 0, hasSent: false, hosts: [], boundDatabase: '', pastEpochs: [] }

function evidence(change: Partial<FenceEvidence> = {}): FenceEvidence {
  return { instance: 'a', store: STORE, file: FILE, host: HOST, isVouchedFor: false, ...change }
}

function codeOf(change: Partial<FenceEvidence>): string {
  const decision = decideFence(evidence(change))
  return decision.kind === 'closed' ? `${decision.whose} ${decision.reasons[0]?.code ?? ''}` : decision.kind
}

describe('what must stay open', () => {
  test.each<[string, Partial<FenceEvidence>, string]>([
    ['an ordinary restart', {}, 'open'],
    ['a kill between the store’s count and the file’s: the store is ahead', { store: { ...STORE, sends: 11 } }, 'open'],
    ['other hosts that sent meanwhile', { store: { ...STORE, sends: 500 } }, 'open'],
    [
      'a host that was away while another confirmed',
      { file: { ...FILE, epoch: 'e1', sends: 999 }, store: { ...STORE, sends: 10 } },
      'open',
    ],
    ['a machine that does not say what it is called', { host: { ...HOST, machine: '' } }, 'open'],
    ['a database that does not say which it is', { store: { ...STORE, database: '' } }, 'open'],
    ['a store that was never sent from, on its first host', { store: NEW_STORE, file: null }, 'bind'],
    [
      'the second and third daemon of a first start',
      { instance: 'c', store: { ...NEW_STORE, hosts: STORE.hosts }, file: null },
      'bind',
    ],
    ['dataDir lost before anything was sent', { store: { ...NEW_STORE, hosts: STORE.hosts }, file: null }, 'bind'],
    ['a new host of a cluster of which another host lives', { instance: 'c', file: null, isVouchedFor: true }, 'bind'],
  ])('%s', (_name, change, expected) => expect(codeOf(change)).toBe(expected))
})

describe('what must be closed', () => {
  test.each<[string, Partial<FenceEvidence>, string]>([
    ['an older copy under the same host', { store: { ...STORE, sends: 9 } }, 'store FENCE_STORE_BEHIND'],
    [
      'a copy from before the last confirmation',
      { store: { ...STORE, epoch: 'e1', pastEpochs: [], sends: 50 } },
      'store FENCE_STORE_BEHIND',
    ],
    ['a copy with the original’s hosts, without dataDir', { file: null }, 'host FENCE_HOST_UNKNOWN'],
    ['a copied dataDir', { host: { ...HOST, folder: '78:2' } }, 'host FENCE_HOST_COPIED'],
    ['dataDir on another machine', { host: { ...HOST, machine: 'm2' } }, 'host FENCE_HOST_COPIED'],
    ['a copied database', { store: { ...STORE, database: 'd2' } }, 'store FENCE_DATABASE_COPIED'],
    [
      'a new database in place of the one this host sent from',
      { store: { ...NEW_STORE, storeId: 's2' } },
      'host FENCE_STORE_OTHER',
    ],
    ['a binding that the store does not have', { store: { ...STORE, hosts: [] } }, 'host FENCE_HOST_UNKNOWN'],
    ['a binding made anew elsewhere', { file: { ...FILE, token: 't9' } }, 'host FENCE_HOST_UNKNOWN'],
    ['a file that cannot be read', { file: 'damaged' }, 'host FENCE_FILE_DAMAGED'],
    [
      'a store that was closed, whatever else is in order',
      { store: { ...STORE, closed: [{ code: 'FENCE_BANK_AHEAD', detail: 'x' }] }, isVouchedFor: true },
      'store FENCE_BANK_AHEAD',
    ],
    [
      'a store that is behind, whoever lives beside it',
      { store: { ...STORE, sends: 9 }, isVouchedFor: true },
      'store FENCE_STORE_BEHIND',
    ],
    [
      'a host of another store, whoever lives beside it',
      { file: { ...FILE, storeId: 's2' }, isVouchedFor: true },
      'host FENCE_STORE_OTHER',
    ],
    [
      'a copy of a store that had sent before sends were counted',
      { store: { ...NEW_STORE, hasSent: true }, file: null },
      'host FENCE_HOST_UNKNOWN',
    ],
  ])('%s', (_name, change, expected) => expect(codeOf(change)).toBe(expected))
})

test('a closed store says also what is seen besides', () => {
  const closed = [{ code: 'FENCE_ERP_AHEAD', detail: 'x' }] as const
  const decision = decideFence(evidence({ store: { ...STORE, closed, sends: 9 } }))
  expect(decision).toMatchObject({ whose: 'store', reasons: [closed[0], { code: 'FENCE_STORE_BEHIND' }] })
})

test('a reference is ours when our prefix, a day and one of our own incarnations made it', () => {
  const own = { prefix: '9', incarnations: ['042', '107'] }
  const reference = makeReference(
    { prefix: '9', day: '2026-03-01', incarnation: '107', sequence: 12n },
    { maxBytes: 32, alphabet: 'digits' },
  )
  expect(reference).toBe('9260301107000012')
  expect(isOwnReference(reference, own)).toBe(true)
  for (const other of ['', '9', '260301107000012', '9260301108000012', '9261301107000012', `${reference}1`, '9ABC'])
    expect(isOwnReference(other, own)).toBe(false)
})

test('new incarnations are never old ones, and run out after a thousand', () => {
  expect(nextIncarnation([], 7)).toBe('007')
  expect(nextIncarnation(['007', '008'], 7)).toBe('009')
  expect(nextIncarnation(['999', '000'], 999)).toBe('001')
  const all = Array.from({ length: 1000 }, (_, index) => String(index).padStart(3, '0'))
  expect(nextIncarnation(all, 5)).toBeNull()
})

test('a bank line closes the fence when it shows a payment that never left from here', () => {
  const debit = sampleLine({ reference: 'r' })
  expect(doubtOfLine(debit, null, true)?.code).toBe('FENCE_BANK_AHEAD')
  expect(doubtOfLine(debit, null, false)).toBeNull()
  for (const state of ['held', 'ready', 'cancelled'] as const) {
    expect(doubtOfLine(debit, { state, sentAt: null }, true)?.code).toBe('FENCE_BANK_AHEAD')
    expect(doubtOfLine(debit, { state, sentAt: 1 }, true)).toBeNull()
    expect(doubtOfLine({ ...debit, isReversal: true }, { state, sentAt: null }, true)).toBeNull()
  }
  expect(doubtOfLine(debit, { state: 'settled', sentAt: null }, true)).toBeNull()
})

test('an ERP row closes it when it shows a later step, or a payment that is not here', () => {
  const shown: Shown = { request: sampleRequest(), status: 'settled', seq: 4, bankReference: 'r', bankSerial: '' }
  expect(doubtOfShown(shown, null)?.code).toBe('FENCE_ERP_AHEAD')
  expect(doubtOfShown(shown, 3)?.code).toBe('FENCE_ERP_AHEAD')
  expect(doubtOfShown(shown, 4)).toBeNull()
  expect(doubtOfShown(shown, 9)).toBeNull()
})

test('a debit resembles a payment of the same account and amount to the same payee, or to one that is not shown', () => {
  const wanted = { payerAccount: 'A', payeeAccount: '62 00-1', amount: { minor: 100n, currency: 'CNY' } }
  const debit = { account: 'A', counterAccount: '62001', amount: { minor: -100n, currency: 'CNY' } }
  expect(isSuspect(wanted, debit)).toBe(true)
  expect(isSuspect(wanted, { ...debit, counterAccount: '' })).toBe(true)
  expect(isSuspect(wanted, { ...debit, counterAccount: '9' })).toBe(false)
  expect(isSuspect(wanted, { ...debit, account: 'B' })).toBe(false)
  expect(isSuspect(wanted, { ...debit, amount: { minor: 100n, currency: 'CNY' } })).toBe(false)
  expect(isSuspect(wanted, { ...debit, amount: { minor: -100n, currency: 'USD' } })).toBe(false)
})
