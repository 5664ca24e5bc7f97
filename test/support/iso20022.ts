// A site of the ISO 20022 gateway for tests: its settings, its payments, and a folder that stands for the bank.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { iso20022Config, type Iso20022Config } from '../../bank-gateways/iso20022/config'
import { createIso20022Gateway } from '../../bank-gateways/iso20022/gateway'
import type { BankGateway, Clock, Instruction, Party } from '../../connector/ports'

export const NOW = Date.parse('2026-03-02T10:00:00+08:00')
export const PAYER = '940300010000000001'

export const clock: Clock = {
  now: () => NOW,
  sleep: (_, signal) =>
    new Promise(resolve => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve()))),
}

export const PAYEE: Party = {
  account: '1100000000000000',
  name: '戊公司',
  bankName: '某银行上海分行',
  bankCode: '313290003000',
  kind: 'C',
  province: '上海',
  city: '上海',
}

export type Change = Partial<Omit<Instruction, 'payee'>> & { readonly payee?: Partial<Party> }

export function instruction(change: Change = {}): Instruction {
  const reference = change.reference ?? 'YQ260302001000001'
  return {
    reference,
    batch: { reference: 'YQ260302001000009', line: 1 },
    payer: { ...PAYEE, account: PAYER, name: '甲公司' },
    amount: { minor: 12345n, currency: 'CNY' },
    purpose: '货款',
    postscript: 'INV-1',
    isUrgent: false,
    businessType: 'supplier',
    sentOn: null,
    ...change,
    payee: { ...PAYEE, ...change.payee },
  }
}

/** Settings of a folder site, or of whatever `over` says. */
export function settings(root: string, over: object = {}): unknown {
  return {
    transport: { kind: 'folder' },
    paths: { send: path.join(root, 'in'), status: path.join(root, 'out'), statements: path.join(root, 'out') },
    archive: path.join(root, 'archive'),
    version: 'pain.001.001.03',
    profile: 'china',
    initiator: { name: '甲公司', id: 'DEMO01' },
    agent: { cnaps: '403100000004', name: '中国邮政储蓄银行' },
    accounts: { [PAYER]: { currency: 'CNY' } },
    ...over,
  }
}

export function configOf(root: string, over: object = {}): Iso20022Config {
  return iso20022Config.parse(settings(root, over))
}

export type Site = {
  readonly root: string
  open(over?: object): BankGateway
  /** Names in a directory of the site, sorted. */
  names(directory: string): readonly string[]
  /** A file of the bank's. Later files are younger. */
  put(name: string, content: string | Buffer): void
  /** Every file of the archive's folder, by content. */
  archived(folder: 'sent' | 'received'): readonly Buffer[]
  close(): void
}

let lastSequence = 0

export function openSite(): Site {
  const root = mkdtempSync(path.join(tmpdir(), 'yinqi-iso-'))
  for (const directory of ['in', 'out', 'done']) mkdirSync(path.join(root, directory))
  let seconds = 0
  return {
    root,
    open: (over = {}) =>
      createIso20022Gateway(configOf(root, over), {
        clock,
        name: 'files',
        sequence: () => String((lastSequence += 1)).padStart(12, '0'),
      }),
    names: directory => readdirSync(path.join(root, directory)).sort(),
    put(name, content) {
      const file = path.join(root, 'out', name)
      writeFileSync(file, content)
      seconds += 1
      utimesSync(file, NOW / 1000 + seconds, NOW / 1000 + seconds)
    },
    archived(folder) {
      const top = path.join(root, 'archive', folder)
      return readdirSync(top, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile() && !entry.name.endsWith('.json'))
        .map(entry => readFileSync(path.join(entry.parentPath, entry.name)))
    },
    close: () => rmSync(root, { recursive: true }),
  }
}

/** A golden message without the blanks between its elements. */
export function golden(name: string): string {
  const file = path.resolve(__dirname, `../../../bank-gateways/iso20022/golden/${name}`)
  return readFileSync(file, 'utf8').replace(/>\s+</g, '><').trim()
}
