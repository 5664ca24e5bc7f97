// Whether a message is valid by the schema of ISO 20022, as two independent readers see it: libxml2 in WebAssembly, and the xmllint
// of this machine where it has one. The schemas lie beside the repository; where they do not, there is nothing to judge by.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { validateXML } from 'xmllint-wasm'

const XSD = path.resolve(__dirname, '../../../../shared/fixtures/xsd/phoughton+pyiso20022/xsd')
export const hasSchemas = existsSync(XSD)
if (!hasSchemas) console.warn(`skipped: no schemas of ISO 20022 at ${XSD}`)

const hasXmllint = hasCommand('xmllint')
if (!hasXmllint) console.warn('no xmllint on this machine: schemas are checked in WebAssembly alone')

/** What is wrong with any of the texts; empty when all are valid. `name` is the message definition, e.g. `pain.001.001.03`. */
export async function schemaErrors(name: string, texts: readonly string[]): Promise<readonly string[]> {
  const schema = schemaPath(name)
  const { errors } = await validateXML({
    xml: texts.map((contents, index) => ({ fileName: `message-${index}.xml`, contents })),
    schema: [readFileSync(schema, 'utf8')],
  })
  return [...errors.map(({ rawMessage }) => rawMessage), ...(hasXmllint ? errorsOfCommand(schema, texts) : [])]
}

function schemaPath(name: string): string {
  const [, kind = '', number = ''] = /^(pain|camt)\.(\d{3})\./.exec(name) ?? []
  const folder = kind === 'pain' ? 'payments_initiation' : 'cash_management'
  return path.join(XSD, folder, `${kind}.${number}`, `${name}.xsd`)
}

function errorsOfCommand(schema: string, texts: readonly string[]): readonly string[] {
  const directory = mkdtempSync(path.join(tmpdir(), 'yinqi-xsd-'))
  const files = texts.map((_, index) => path.join(directory, `message-${index}.xml`))
  texts.forEach((text, index) => writeFileSync(files[index] ?? '', text))
  try {
    execFileSync('xmllint', ['--nonet', '--noout', '--schema', schema, ...files], { stdio: 'pipe', timeout: 20_000 })
    return []
  } catch (error) {
    return [`xmllint: ${error instanceof Error ? error.message : String(error)}`]
  } finally {
    rmSync(directory, { recursive: true })
  }
}

export function hasCommand(name: string): boolean {
  try {
    execFileSync(name, ['--version'], { stdio: 'pipe', timeout: 10_000 })
    return true
  } catch {
    return false
  }
}
