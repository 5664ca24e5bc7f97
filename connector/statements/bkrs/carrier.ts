// A bkrs statement that comes as an OFD or a PDF: the instances attached to it, each a statement of its own.

import { createHash } from 'node:crypto'
import { MAX_FILE_BYTES, carrierOf } from '../../evoucher/detect'
import { extract } from '../../evoucher/extract'
import { EvoucherError } from '../../evoucher/problem'
import type { StatementSource } from '../charset'
import { createWarn } from '../ledger'
import { StatementFileError, type StatementEvent } from '../model'
import { asStatementError, noStatement, tellStatement } from './parser'

/** The file's bytes when it is an OFD or a PDF; null: another format reads it, or refuses it in its own words. */
export async function carriedStatement(source: StatementSource, head: Uint8Array): Promise<Uint8Array | null> {
  const start = Buffer.from(head).toString('latin1')
  if (!start.startsWith('PK\u0003\u0004') && !start.startsWith('%PDF-')) return null
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of source.open()) {
    length += piece.length
    if (length > MAX_FILE_BYTES) return null
    pieces.push(Buffer.from(piece))
  }
  const bytes = Buffer.concat(pieces)
  try {
    const kind = carrierOf(bytes)
    return kind === 'ofd' || kind === 'pdf' ? bytes : null
  } catch (error) {
    if (error instanceof EvoucherError) return null
    throw error
  }
}

/** Throws StatementFileError. */
export function carriedEvents(bytes: Uint8Array): readonly StatementEvent[] {
  const events: StatementEvent[] = [{ kind: 'file', format: 'bkrs', encoding: 'utf-8' }]
  const emit = (event: StatementEvent): void => void events.push(event)
  const warn = createWarn(emit)
  const { instances, problems, seal } = asStatementError(() => extract(bytes))
  const statements = instances.filter(({ instance }) => instance.taxonomy === 'bkrs')
  if (statements.length === 0) throw noStatement(instances[0]?.instance ?? null)
  if (seal?.state === 'broken')
    throw new StatementFileError('STATEMENT_BROKEN', problems.map(problem => problem.text).join('; '))
  for (const { severity, text } of problems) warn(severity, 'CARRIER_PROBLEM', null, text)
  for (const { instance } of statements) tellStatement({ format: 'bkrs', emit, warn }, instance)
  warn.finish()
  return [...events, { kind: 'digest', sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length }]
}
