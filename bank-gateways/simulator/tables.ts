// The README's tables, made from the code they describe. A test fails when the README does not hold them.

import { z } from 'zod'
import { abcOptions } from './abc/settings'
import { bcmOptions } from './bcm/settings'
import { bocOptions } from './boc/settings'
import { ccbOptions } from './ccb/settings'
import { cebOptions } from './ceb/settings'
import { cgbOptions } from './cgb/settings'
import { cmbOptions } from './cmb/settings'
import { cmbFrontendOptions } from './cmb-frontend/settings'
import { cmbcOptions } from './cmbc/settings'
import { cibOptions } from './cib/settings'
import { citicOptions } from './citic/settings'
import { FAULT_KINDS, FAULTS } from './engine/faults'
import { MAGIC, magicAccount } from './engine/magic'
import { fileOptions } from './file/settings'
import { icbcOptions } from './icbc/settings'
import { iso20022Options } from './iso20022/settings'
import { pabOptions } from './pab/settings'
import { spdbOptions } from './spdb/settings'

export function magicTable(): string {
  const rows = MAGIC.map(({ code, zh, en }) => [code, `\`${magicAccount(code)}\``, en, zh])
  return table(['code', 'payee account 收款账号', 'outcome', '结果'], rows)
}

export function faultTable(): string {
  const rows = FAULT_KINDS.map(kind => {
    const { en, zh, isBooked } = FAULTS[kind]
    return [`\`${kind}\``, en, zh, isBooked]
  })
  return table(['kind', 'what happens', '现象', 'booked? 记账'], rows)
}

const OPTIONS = {
  icbc: icbcOptions,
  boc: bocOptions,
  ccb: ccbOptions,
  abc: abcOptions,
  bcm: bcmOptions,
  cmb: cmbOptions,
  'cmb-frontend': cmbFrontendOptions,
  citic: citicOptions,
  cib: cibOptions,
  pab: pabOptions,
  spdb: spdbOptions,
  cmbc: cmbcOptions,
  ceb: cebOptions,
  cgb: cgbOptions,
  file: fileOptions,
  iso20022: iso20022Options,
} as const

export function settingsTable(bank: keyof typeof OPTIONS): string {
  const { processing, protocol } = OPTIONS[bank].shape
  const rows = [...settingRows('processing', processing), ...settingRows('protocol', protocol)]
  return table(['setting', 'default', 'meaning 含义'], rows)
}

/** The part of a JSON schema that is read here. */
type Described = {
  readonly description?: string | undefined
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, Described>> | undefined
}

const describedSchema: z.ZodType<Described> = z.lazy(() =>
  z.object({
    description: z.string().optional(),
    default: z.unknown().optional(),
    properties: z.record(z.string(), describedSchema).optional(),
  }),
)

/** Descends until a setting is described: that is a row. */
function settingRows(name: string, schema: z.ZodType): readonly (readonly string[])[] {
  const described = describedSchema.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))
  return rowsOf(name, described)
}

function rowsOf(path: string, described: Described): readonly (readonly string[])[] {
  if (described.description !== undefined) {
    return [[`\`${path}\``, `\`${JSON.stringify(described.default)}\``, described.description]]
  }
  return Object.entries(described.properties ?? {}).flatMap(([name, child]) => rowsOf(`${path}.${name}`, child))
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
