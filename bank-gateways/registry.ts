// Every bank gateway, one line each. Only main.ts and tests import a registry.

import { z } from 'zod'
import type { BankGateway, Clock } from '../connector/ports'
import { abcConfig } from './abc/config'
import { createAbcGateway } from './abc/gateway'
import { bcmConfig } from './bcm/config'
import { createBcmGateway } from './bcm/gateway'
import { bocConfig } from './boc/config'
import { createBocGateway } from './boc/gateway'
import { ccbConfig } from './ccb/config'
import { createCcbGateway } from './ccb/gateway'
import { cebConfig } from './ceb/config'
import { createCebGateway } from './ceb/gateway'
import { cgbConfig } from './cgb/config'
import { createCgbGateway } from './cgb/gateway'
import { cmbConfig } from './cmb/config'
import { createCmbGateway } from './cmb/gateway'
import { cmbFrontendConfig } from './cmb-frontend/config'
import { createCmbFrontendGateway } from './cmb-frontend/gateway'
import { cmbcConfig } from './cmbc/config'
import { createCmbcGateway } from './cmbc/gateway'
import { cibConfig } from './cib/config'
import { createCibGateway } from './cib/gateway'
import { citicConfig } from './citic/config'
import { createCiticGateway } from './citic/gateway'
import { fileConfig } from './file/config'
import { createFileGateway } from './file/gateway'
import { icbcConfig } from './icbc/config'
import { createIcbcGateway } from './icbc/gateway'
import { iso20022Config } from './iso20022/config'
import { createIso20022Gateway } from './iso20022/gateway'
import { pabConfig } from './pab/config'
import { createPabGateway } from './pab/gateway'
import { spdbConfig } from './spdb/config'
import { createSpdbGateway } from './spdb/gateway'

export type GatewayDeps = {
  readonly clock: Clock
  /** The connection's key in the configuration. */
  readonly name: string
  /** A message number never used before at this bank: 12 digits. */
  readonly sequence: () => string
}

export type GatewayKind = {
  readonly zh: string
  readonly en: string
  readonly schema: z.ZodType
  /** `config` is what `schema` accepts. */
  create(config: unknown, deps: GatewayDeps): BankGateway
}

export const GATEWAYS: Readonly<Record<string, GatewayKind>> = {
  icbc: kind('中国工商银行 银企互联', 'ICBC NetSafe Client', icbcConfig, createIcbcGateway),
  boc: kind('中国银行 银企对接', 'BOC B2E', bocConfig, createBocGateway),
  ccb: kind('中国建设银行 外联平台', 'CCB EBS', ccbConfig, createCcbGateway),
  abc: kind('中国农业银行 银企通', 'ABC ICC', abcConfig, createAbcGateway),
  bcm: kind('交通银行 银企直联', 'BCM', bcmConfig, createBcmGateway),
  cmb: kind('招商银行 免前置 (CDC)', 'CMB CDC', cmbConfig, createCmbGateway),
  'cmb-frontend': kind('招商银行 前置机', 'CMB front-end (FBSdk)', cmbFrontendConfig, createCmbFrontendGateway),
  citic: kind('中信银行 银企直联', 'CITIC DLink', citicConfig, createCiticGateway),
  cib: kind('兴业银行 银企直联', 'CIB FOX', cibConfig, createCibGateway),
  pab: kind('平安银行 银企直联', 'Ping An B2BiC', pabConfig, createPabGateway),
  spdb: kind('浦发银行 银企直连', 'SPDB NC_HTTP', spdbConfig, createSpdbGateway),
  cmbc: kind('民生银行 银企直联', 'CMBC NS-BDES, open platform', cmbcConfig, createCmbcGateway),
  ceb: kind('中国光大银行 银企直联', 'CEB csiiproxy', cebConfig, createCebGateway),
  cgb: kind('广发银行 银企直联（前置、去前置）', 'CGB BEDC, client or direct', cgbConfig, createCgbGateway),
  file: kind('文件（无直连的银行）', 'files, for banks without a connection', fileConfig, createFileGateway),
  iso20022: kind('ISO 20022 文件直连', 'ISO 20022 host-to-host', iso20022Config, createIso20022Gateway),
}

function kind<T>(
  zh: string,
  en: string,
  schema: z.ZodType<T>,
  create: (config: T, deps: GatewayDeps) => BankGateway,
): GatewayKind {
  return { zh, en, schema, create: (config, deps) => create(schema.parse(config), deps) }
}
