// Reads the repository itself: the import rule of the design, and files that stay small.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const ROOT = resolve(__dirname, '../..')
const files = ['connector', 'erp-bridges', 'bank-gateways'].flatMap(folder => tsFilesOf(join(ROOT, folder)))
const imports = files.flatMap(file =>
  [...readFileSync(join(ROOT, file), 'utf8').matchAll(/from '([^']+)'/g)].map(match => ({
    file,
    to: targetOf(file, match[1] ?? ''),
  })),
)

test('there are files to judge', () => expect(files.length).toBeGreaterThan(30))

test('core is pure: it imports types, itself and hashing', () => {
  const allowed = /^(connector\/core\/|connector\/ports$|node:crypto$)/
  expect(offences(/^connector\/core\//, to => !allowed.test(to))).toEqual([])
})

test('core reads no clock and no chance', () => {
  const offenders = files.filter(
    file =>
      file.startsWith('connector/core/') &&
      /Date\.now|new Date\(\)|Math\.random|await /.test(readFileSync(join(ROOT, file), 'utf8')),
  )
  expect(offenders).toEqual([])
})

test('steps know core, ports and the store’s interface, never an adapter or a driver', () => {
  const allowed = /^(connector\/(core|evoucher|steps)\/|connector\/ports$|connector\/store\/store$|node:crypto$)/
  expect(offences(/^connector\/steps\//, to => !allowed.test(to))).toEqual([])
})

test('statement files are read with core, the ports’ types, hashing and a reader’s library alone', () => {
  const allowed =
    /^(connector\/(core|evoucher|statements)\/|connector\/ports$|node:(buffer|crypto|stream)$|(saxes|csv-parse|fflate|iconv-lite|@e965\/xlsx)$)/
  expect(offences(/^connector\/statements\//, to => !allowed.test(to))).toEqual([])
})

test('electronic vouchers are read with core, the ports’ types, hashing, unpacking and a reader’s library alone', () => {
  const allowed =
    /^(connector\/(core|evoucher)\/|connector\/ports$|node:(assert\/strict|crypto|zlib)$|(saxes|fflate|pdfkit|sm-crypto-v2)$)/
  expect(offences(/^connector\/evoucher\//, to => !allowed.test(to))).toEqual([])
})

test('a gateway or a bridge knows the ports, exact money and its own folders only; a gateway the formats of statement files too', () => {
  const offenders = imports.filter(({ file, to }) => {
    const [top, kind] = file.split('/')
    if ((top !== 'bank-gateways' && top !== 'erp-bridges') || kind === 'registry.ts') return false
    if (!/^(connector|bank-gateways|erp-bridges)\//.test(to)) return false
    const isOwn = to.startsWith(`${top}/${kind}/`) || (to.startsWith(`${top}/shared/`) && kind !== 'simulator')
    // Statement files are a pure library of formats: a bank that sends them needs no second parser. A simulated bank shares none.
    const isFormat = top === 'bank-gateways' && kind !== 'simulator' && to.startsWith('connector/statements/')
    const isCommon = to === 'connector/ports' || to === 'connector/core/money' || to === 'connector/core/bank-time'
    return !isOwn && !isFormat && !isCommon
  })
  expect(offenders).toEqual([])
})

test('the simulation runs production code and knows no adapter', () => {
  const allowed =
    /^(connector\/(core|steps|store|sim)\/|connector\/(ports|daemon)$|connector\/cli\/(payment|output)$|node:|pure-rand\/)/
  expect(offences(/^connector\/sim\//, to => !allowed.test(to))).toEqual([])
})

test('the store in memory serves the simulation alone: no money is ever kept in it', () => {
  const isMemory = (to: string): boolean => to.startsWith('connector/store/memory/')
  expect(offences(/^(?!connector\/(sim|store\/memory)\/)/, isMemory)).toEqual([])
})

test('the simulation reads no clock, no chance and no timer of the machine', () => {
  const offenders = files.filter(
    file =>
      file.startsWith('connector/sim/') &&
      /Date\.now|new Date\(\)|Math\.random|performance|setTimeout|setImmediate|AbortSignal\.timeout/.test(
        readFileSync(join(ROOT, file), 'utf8'),
      ),
  )
  expect(offenders).toEqual([])
})

test('no step waits by a timer of the machine', () => {
  const offenders = files.filter(
    file =>
      file.startsWith('connector/steps/') &&
      /Date\.now|AbortSignal\.timeout|setTimeout/.test(readFileSync(join(ROOT, file), 'utf8')),
  )
  expect(offenders).toEqual([])
})

test('only main.ts imports a registry', () => {
  expect(imports.filter(({ file, to }) => /^[a-z-]+\/registry$/.test(to) && file !== 'connector/main.ts')).toEqual([])
})

test('no file is so long that it has two subjects', () => {
  expect(
    files.filter(
      file => file !== 'connector/ports.ts' && readFileSync(join(ROOT, file), 'utf8').split('\n').length > 400,
    ),
  ).toEqual([])
})

function offences(inFiles: RegExp, isOffence: (to: string) => boolean): readonly { file: string; to: string }[] {
  return imports.filter(({ file, to }) => inFiles.test(file) && isOffence(to))
}

function targetOf(file: string, specifier: string): string {
  return specifier.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), specifier)) : specifier
}

function tsFilesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => relative(ROOT, join(folder, name)))
}
