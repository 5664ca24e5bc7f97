// The simulated ERP as a bridge sees it: rows come again, answers are lost, records are refused and later taken.

import { Fault, type ErpBridge, type ErpRecord, type ErpRequest, type PushResult, type Recheck } from '../ports'
import type { Command, ErpBooks } from './erp-books'
import type { World } from './world'

/** Rows that were shown and not answered are shown again after this long. */
const CLAIM_MS = 60_000

export function createBridge(world: World, books: ErpBooks): ErpBridge {
  const bridge: ErpBridge = {
    name: 'erp',
    pull: async (after, limit) => pull(world, books, after, limit),
    push: async records => push(world, books, records),
    async *ledger(account) {
      if (world.strikes('erp.unreachable')) throw new Fault('SIM_UNREACHABLE', 'the ERP is away')
      yield* books.ledgerLines(account)
    },
    doctor: async () => [],
    close: async () => undefined,
  }
  if (world.swarm.erp === 'numbered') return bridge
  return {
    ...bridge,
    async recheck(requests) {
      if (world.strikes('erp.unreachable')) throw new Fault('SIM_UNREACHABLE', 'the ERP is away')
      return requests.map((request): Recheck => {
        const document = books.documents.get(request.key.docNo)
        const newest = document?.askings.at(-1)
        if (!document || !newest || document.isWithdrawn) return 'withdrawn'
        return newest.request.digest === request.digest ? 'same' : 'changed'
      })
    },
  }
}

/** The cursor names the withdrawals and vouchers that were handed over; giving it back says that they were stored. */
function pull(world: World, books: ErpBooks, after: string | null, limit: number) {
  if (world.strikes('erp.unreachable')) throw new Fault('SIM_UNREACHABLE', 'the ERP is away')
  const stored = new Set((after ?? '').split(' '))
  for (const withdrawal of books.withdrawals) if (stored.has(withdrawal.id)) withdrawal.isAcknowledged = true
  for (const [key, voucher] of books.vouchers) if (stored.has(key)) voucher.isNoticed = true
  const withdrawals = books.withdrawals.filter(withdrawal => !withdrawal.isAcknowledged)
  const vouchers = [...books.vouchers].filter(([, voucher]) => !voucher.isNoticed)
  const items: ErpRequest[] = [
    ...askedFor(world, books, limit),
    ...withdrawals.map(({ request }): ErpRequest => ({ kind: 'cancel', key: request.key, by: '张', request })),
    ...vouchers.map(([entryKey, { number }]): ErpRequest => ({ kind: 'voucher', entryKey, voucherNo: number })),
    ...openCommands(world, books).map(({ id, account }): ErpRequest => ({
      kind: 'command',
      id,
      command: 'statement',
      account,
      from: '',
      to: '',
    })),
  ]
  const handed = [...withdrawals.map(withdrawal => withdrawal.id), ...vouchers.map(([key]) => key)]
  return { items, cursor: handed.length > 0 ? handed.join(' ') : null, hasMore: false }
}

function openCommands(world: World, books: ErpBooks): readonly Command[] {
  const open = books.commands.filter(command => command.answer === null && command.claimedUntil <= world.now)
  for (const command of open) command.claimedUntil = world.now + CLAIM_MS
  return open
}

function askedFor(world: World, books: ErpBooks, limit: number): readonly ErpRequest[] {
  const shown: ErpRequest[] = []
  for (const document of books.documents.values()) {
    const isNumbered = world.swarm.erp === 'numbered'
    const askings = isNumbered ? document.askings : document.askings.slice(-1)
    for (const asking of askings) {
      if (document.isWithdrawn && !isNumbered) continue
      const isOpen = !asking.answered && asking.claimedUntil <= world.now
      if (shown.length >= limit || !(isOpen || world.strikes('erp.redelivered'))) continue
      asking.claimedUntil = world.now + CLAIM_MS
      shown.push(asking.request)
    }
  }
  return shown
}

function push(world: World, books: ErpBooks, records: readonly ErpRecord[]): readonly PushResult[] {
  if (world.strikes('erp.unreachable')) throw new Fault('SIM_UNREACHABLE', 'the ERP is away')
  const results = records.map((record): PushResult => {
    if (world.strikes('erp.deferred')) return { kind: 'deferred', reason: 'locked' }
    if (record.kind === 'journal.entry' && world.strikes('erp.refused'))
      return { kind: 'refused', code: 'U8_GATE_PERIOD_CLOSED', text: '期间已结账' }
    return { kind: 'done', erpNumber: books.write(record) }
  })
  if (world.strikes('erp.answerLost')) throw new Fault('SIM_UNREACHABLE', 'the answer was lost')
  return world.strikes('erp.short') ? results.slice(1) : results
}
