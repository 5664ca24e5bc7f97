// The site that is simulated: banks, one ERP, accounts, rules and timing, drawn from the seed. The values are those of a
// real site's configuration; only their mixture is drawn.

import type { AccountSettings, Settings } from '../steps/deps'
import { BankLedger } from './bank-ledger'
import { createGateway } from './bank-port'
import { CALL_TIMEOUT_MS, type DaemonParts } from './daemons'
import { ErpBooks } from './erp-books'
import { createBridge } from './erp-port'
import { APPROVAL_FROM } from './oracles'
import type { World } from './world'

export type Site = {
  readonly banks: ReadonlyMap<string, BankLedger>
  readonly books: ErpBooks
  readonly accounts: readonly AccountSettings[]
  readonly parts: Omit<DaemonParts, 'openStore' | 'observer' | 'hook'>
}

export const LEDGER_ACCOUNT = '100201'

export function createSite(world: World): Site {
  const banks = new Map(
    world.swarm.banks.map((traits, index) => {
      const name = `bank${index + 1}`
      return [name, new BankLedger(world, name, traits)] as const
    }),
  )
  const books = new ErpBooks(world)
  const accounts = [...banks.keys()].flatMap(bank =>
    Array.from({ length: world.random.int(1, 2) }, (_, index) => accountAt(world, bank, index)),
  )
  return {
    banks,
    books,
    accounts,
    parts: {
      settings: settingsOf(world),
      erps: new Map([['erp', createBridge(world, books)]]),
      banks: new Map([...banks].map(([name, ledger]) => [name, createGateway(world, ledger)])),
      accounts,
      // The texts here are short and plain: what a bank's character set cannot carry is tested with the gateways.
      measure: text => ({ bytes: Buffer.byteLength(text), unmappable: [] }),
    },
  }
}

function accountAt(world: World, bank: string, index: number): AccountSettings {
  return {
    account: `0200000109${bank.slice(4).padStart(3, '0')}${String(index + 1).padStart(6, '0')}`,
    name: '甲公司',
    currency: 'CNY',
    bank,
    erp: 'erp',
    alsoPaidFrom: [],
    bankName: '某银行',
    bankCode: '102290000001',
    accountSet: '001',
    ledgerAccount: world.random.chance(850) ? LEDGER_ACCOUNT : '',
    wantsReceipts: world.random.chance(700),
    provesByLines: true,
    freshnessMs: 86_400_000,
    bookFrom: '',
  }
}

function settingsOf(world: World): Omit<Settings, 'instance'> {
  return {
    referencePrefix: world.random.pick(['', '9']),
    intakeLimit: world.random.pick([1, 3, 50]),
    batchLimit: world.swarm.batchLimit,
    leaseMs: 60_000,
    callTimeoutMs: CALL_TIMEOUT_MS,
    retryFirstMs: 1000,
    retryMaxMs: 60_000,
    inquireFirstMs: 1000,
    inquireMaxMs: 300_000,
    receiptRetryMs: 600_000,
    receiptGiveUpMs: 3 * 3_600_000,
    coverage: { backfillDays: 0, retryFirstMs: 600_000, retryMaxMs: 21_600_000 },
    maker: '银企直联',
    reconciliation: { ledgerDays: 62, pauseMaxMs: 60_000, without: [], sumCandidates: 16, rules: [] },
    holds: world.swarm.needsApproval
      ? [{ name: '大额', from: { minor: APPROVAL_FROM, currency: 'CNY' }, businessTypes: [], approvals: 2 }]
      : [],
    evoucher: { entities: [], subjects: {}, sides: '借方/贷方' },
    journal: [
      { name: 'own', when: { ownPayment: true }, then: booking('2202', '付 {docNo}') },
      { name: 'fee', when: { direction: 'out', text: '手续费' }, then: booking('660301', '手续费') },
      { name: 'left', when: { direction: 'in' }, then: null },
    ],
  }
}

function booking(counterAccount: string, summary: string) {
  return { voucherType: '付', summary, counterAccount, auxiliaries: {}, bankAuxiliaries: {}, settlementStyle: '' }
}
