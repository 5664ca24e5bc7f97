// Every ERP bridge, one line each. Only main.ts and tests import a registry.

import type { z } from 'zod'
import type { Clock, ErpBridge } from '../connector/ports'
import { createMidtableBridge } from './midtable/bridge'
import { midtableConfig } from './midtable/config'
import { createU8Bridge } from './u8/bridge'
import { u8Config } from './u8/config'

export type BridgeDeps = {
  readonly clock: Clock
  /** The connection's key in the configuration. */
  readonly name: string
  readonly instance: string
}

export type BridgeKind = {
  readonly zh: string
  readonly en: string
  readonly schema: z.ZodType
  /** `config` is what `schema` accepts. */
  create(config: unknown, deps: BridgeDeps): ErpBridge
}

export const BRIDGES: Readonly<Record<string, BridgeKind>> = {
  midtable: kind('中间表', 'middle tables', midtableConfig, createMidtableBridge),
  u8: kind('用友 U8', 'Yonyou U8', u8Config, createU8Bridge),
}

function kind<T>(
  zh: string,
  en: string,
  schema: z.ZodType<T>,
  create: (config: T, deps: BridgeDeps) => ErpBridge,
): BridgeKind {
  return { zh, en, schema, create: (config, deps) => create(schema.parse(config), deps) }
}
