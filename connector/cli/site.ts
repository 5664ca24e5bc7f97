// A configuration file becomes a running site's parts: store, bridges, gateways and what the steps need of them.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import YAML from 'yaml'
import type { z } from 'zod'
import { ConfigError, ownPart, parseBooking, parseConfig, type Config } from '../config'
import { bookingShape, partiesOf, resolvedRules, type BookingConfig } from '../config-journal'
import { stateOf, type CertificateState } from '../core/certificates'
import { guarded, type BreakerNews, type Guard, type GuardSettings } from '../bank-guard'
import { readCertificates, type CertificateReader } from '../host/certificates'
import { openFenceFile } from '../host/fence-file'
import { createLog, type Log } from '../observe/logger'
import { createMetrics, type Metrics } from '../observe/metrics'
import { observed } from '../observe/wrap'
import type { BankGateway, BankTraits, Clock, ErpBridge } from '../ports'
import type { Deps, Happening, Settings } from '../steps/deps'
import { createFence, newToken, type FenceParts } from '../steps/fence'
import { createPauses } from '../steps/pauses'
import type { Keys } from '../store/keys'
import type { Store } from '../store/store'
import { siteKeys } from './site-keys'

export type BridgeKind = {
  readonly zh: string
  readonly en: string
  readonly schema: z.ZodType
  create(config: unknown, deps: { clock: Clock; name: string; instance: string }): ErpBridge
}
export type GatewayKind = {
  readonly zh: string
  readonly en: string
  readonly schema: z.ZodType
  create(config: unknown, deps: { clock: Clock; name: string; sequence: () => string }): BankGateway
}

/** Everything that main.ts wires in. */
export type Parts = {
  readonly bridges: Readonly<Record<string, BridgeKind>>
  readonly gateways: Readonly<Record<string, GatewayKind>>
  readonly measure: (
    text: string,
    encoding: BankTraits['encoding'],
  ) => { readonly bytes: number; readonly unmappable: readonly string[] }
  readonly readCertificate: CertificateReader
  readonly storeSchema: z.ZodType
  openStore(config: unknown, keys: Keys, isMigrating: boolean): Promise<Store>
  readonly clock: Clock
}

export type Site = {
  readonly config: Config
  readonly deps: Deps
  readonly fence: FenceParts
  readonly guards: ReadonlyMap<string, Guard>
  readonly log: Log
  readonly metrics: Metrics
  /** Every certificate of the configuration, read anew. */
  certificates(): Promise<readonly CertificateState[]>
  close(): Promise<void>
}

/** @throws ConfigError */
export function readConfig(file: string, parts: Parts): Config {
  const document = YAML.parseDocument(textOf(file))
  const [error] = document.errors
  if (error) throw new ConfigError([{ path: `${file}:${error.linePos?.[0].line ?? 0}`, message: error.message }])
  return checkConfig(document.toJS(), parts, path.dirname(path.resolve(file)))
}

/** Of the keys of booking in a file that may hold others too. @throws ConfigError */
export function readBooking(file: string): BookingConfig {
  const value: unknown = YAML.parseDocument(textOf(file)).toJS()
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  const keys = isObject ? Object.entries(value).filter(([key]) => Object.hasOwn(bookingShape, key)) : []
  return parseBooking(Object.fromEntries(keys))
}

/** @throws ConfigError */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new ConfigError([{ path: file, message: '无法读取配置文件 / the file cannot be read' }])
  }
}

/** @throws ConfigError */
export function checkConfig(value: unknown, parts: Parts, folder: string): Config {
  return parseConfig(
    value,
    { store: parts.storeSchema, bridges: schemasOf(parts.bridges), gateways: schemasOf(parts.gateways) },
    { env: name => process.env[name], file: name => readFileSync(path.resolve(folder, name), 'utf8') },
  )
}

/** What a person has to look at. */
const LOUD: ReadonlySet<Happening['kind']> = new Set([
  'contradiction',
  'record.refused',
  'receipt.failed',
  'bank.paused',
  'operator.paused',
  'certificate.ending',
  'certificate.unreadable',
  'fence.closed',
  'match.broken',
])

export async function openSite(
  config: Config,
  parts: Parts,
  options: { readonly isMigrating: boolean; readonly isQuiet: boolean; readonly tell: (happening: Happening) => void },
): Promise<Site> {
  const log = createLog({
    level: config.log.level,
    file: config.log.file,
    isSilent: options.isQuiet && config.log.file === undefined,
  })
  const store = await openStoreOf(config, parts, options.isMigrating)
  const guards = new Map<string, Guard>()
  const metrics = createMetrics(store, guards, parts.clock)
  const tell = (happening: Happening): void => {
    metrics.count(happening)
    if (LOUD.has(happening.kind)) log.error(happening.kind, happening)
    else log.info(happening.kind, happening)
    options.tell(happening)
  }
  // A command that looks is no news for the daemon's log.
  const pauses = createPauses(store, options.isQuiet ? () => undefined : tell)
  const erps = new Map<string, ErpBridge>()
  const banks = new Map<string, BankGateway>()
  for (const [name, erp] of Object.entries(config.erps)) {
    const bridge = parts.bridges[erp.bridge]?.create(ownPart(erp, 'bridge'), {
      clock: parts.clock,
      name,
      instance: config.instance,
    })
    if (bridge) erps.set(name, bridge)
  }
  for (const [name, bank] of Object.entries(config.banks)) {
    const sequence = await messageNumbers(store, name)
    const gateway = parts.gateways[bank.gateway]?.create(ownPart(bank, 'gateway'), {
      clock: parts.clock,
      name,
      sequence,
    })
    if (!gateway) continue
    const seen = observed(gateway, metrics, log, parts.clock)
    const news: BreakerNews = ({ isOpen, untilMs, failures }) =>
      tell(isOpen ? { kind: 'bank.paused', bank: name, untilMs, failures } : { kind: 'bank.resumed', bank: name })
    const guard = guarded(seen, guardSettings(bank.calls), parts.clock, news, bankName => pauses.of(bankName))
    guards.set(name, guard)
    banks.set(name, guard.gateway)
  }
  const fence: FenceParts = {
    store,
    clock: parts.clock,
    file: openFenceFile(config.dataDir, config.instance),
    instance: config.instance,
    tell,
    newToken,
  }
  const deps: Deps = {
    store,
    clock: parts.clock,
    settings: settingsOf(config),
    erps,
    banks,
    closed: (bank, call) => guards.get(bank)?.closed(call) ?? null,
    accounts: config.accounts,
    fence: createFence(fence),
    pauses,
    measure: parts.measure,
    tell,
  }
  // Obeyed from the first step on. A store that does not answer is told of by whoever asks it next; nothing is sent by it.
  await pauses.look()
  return {
    config,
    deps,
    fence,
    guards,
    log,
    metrics,
    async certificates() {
      const found = await readCertificates(config, parts.readCertificate)
      return found.map(item => stateOf(item, config.certificates.warningDays, parts.clock.now()))
    },
    async close() {
      for (const bridge of erps.values()) await bridge.close()
      await store.close()
    },
  }
}

function guardSettings(calls: Config['banks'][string]['calls']): GuardSettings {
  return {
    breaker: { failures: calls.failuresBeforePause, firstMs: calls.pauseFirstMs, maxMs: calls.pauseMaxMs },
    maintenance: calls.maintenance,
    sendHours: calls.sendHours,
    concurrentCalls: calls.concurrent,
    callsPerMinute: calls.perMinute,
  }
}

/** The store with the site's keys. A key that was made for a store that turns out to have others is not kept. */
export async function openStoreOf(config: Config, parts: Parts, isMigrating: boolean): Promise<Store> {
  const { keys, forget } = siteKeys(config)
  try {
    return await parts.openStore(config.store, keys, isMigrating)
  } catch (error) {
    forget()
    throw error
  }
}

function settingsOf(config: Config): Settings {
  const { timing } = config
  return {
    instance: config.instance,
    referencePrefix: config.referencePrefix,
    intakeLimit: timing.batchLimit,
    batchLimit: timing.batchLimit,
    leaseMs: timing.leaseMs,
    callTimeoutMs: timing.callTimeoutMs,
    retryFirstMs: timing.retryFirstMs,
    retryMaxMs: timing.retryMaxMs,
    inquireFirstMs: timing.inquireFirstMs,
    inquireMaxMs: timing.inquireMaxMs,
    receiptRetryMs: timing.receiptRetryMs,
    receiptGiveUpMs: timing.receiptGiveUpMs,
    maker: config.maker,
    reconciliation: config.reconciliation,
    holds: config.approvals,
    journal: resolvedRules(config),
    collection: config.collection,
    parties: partiesOf(config),
    evoucher: config.evoucher,
  }
}

/** Numbers taken from the store in blocks; a block that a crash loses is a gap, never a repeat. */
const BLOCK = 1000

/**
 * Message numbers (not payment references) of twelve digits: the store's incarnation and a durable counter. The next
 * block is fetched when half of this one is used, so that a synchronous caller never waits.
 */
async function messageNumbers(store: Store, bank: string): Promise<() => string> {
  const incarnation = await store.meta.incarnation()
  const take = (): Promise<bigint> => store.meta.allocate(`message:${bank}`, BLOCK)
  let next = await take()
  let end = next + BigInt(BLOCK)
  let following: bigint | null = null
  let isFetching = false
  return () => {
    if (next >= end) {
      if (following === null) throw new Error('message numbers ran out before the store gave more')
      next = following
      end = next + BigInt(BLOCK)
      following = null
    }
    if (following === null && !isFetching && end - next < BigInt(BLOCK / 2)) {
      isFetching = true
      void take()
        .then(first => (following = first))
        .catch(() => undefined)
        .finally(() => (isFetching = false))
    }
    const number = next++
    return incarnation + (number % 1_000_000_000n).toString().padStart(9, '0')
  }
}

export function schemasOf(
  kinds: Readonly<Record<string, { readonly schema: z.ZodType }>>,
): Readonly<Record<string, z.ZodType>> {
  return Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, kind.schema]))
}
