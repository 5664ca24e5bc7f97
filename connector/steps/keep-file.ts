// Keeps a statement file as it came: its bytes in parts under their digest, what it covers, who brought it in. Then its days
// are received and proven. What was refused is kept too: it is the evidence of a gap.

import { createHash, getHashes } from 'node:crypto'
import { rangesOf, daysOf } from '../core/coverage'
import { Fault } from '../ports'
import type { StatementFile, StatementSpan } from '../store/store'
import { proveRange, receiveDays } from './coverage'
import { accountOf, type Deps } from './deps'

/** A part is encrypted whole; this many bytes of a file are held at once. */
const PART_BYTES = 1_048_576

/** Longer than any statement, shorter than a mistake. */
const MAX_DAYS = 800

export type Bytes = { readonly name: string; open(): AsyncIterable<Uint8Array> }

export type FileFacts = {
  readonly digest: string
  readonly encoding: string
  readonly format: string
  readonly importedBy: string
}

/** Stores a file's bytes; parts that are there already stay. @throws Fault when the file is not the one that was read before */
export async function keepBytes(deps: Deps, source: Bytes, facts: FileFacts): Promise<StatementFile> {
  const sha256 = createHash('sha256')
  const sm3 = getHashes().includes('sm3') ? createHash('sm3') : null
  const at = deps.clock.now()
  let bytes = 0
  const parts: string[] = []
  let held: Buffer[] = []
  let heldBytes = 0
  const flush = async (): Promise<void> => {
    if (heldBytes === 0) return
    const part = Buffer.concat(held)
    const digest = createHash('sha256').update(part).digest('hex')
    await deps.store.files.putPart(digest, part, at)
    parts.push(digest)
    held = []
    heldBytes = 0
  }
  for await (const piece of source.open()) {
    sha256.update(piece)
    sm3?.update(piece)
    bytes += piece.length
    // The reader may use its memory again.
    held.push(Buffer.from(piece))
    heldBytes += piece.length
    if (heldBytes >= PART_BYTES) await flush()
  }
  await flush()
  if (sha256.digest('hex') !== facts.digest)
    throw new Fault(
      'STATEMENT_FILE_CHANGED',
      `${source.name} 在导入时被改动，请重新导入 (it changed while it was read)`,
    )
  const { digest, encoding, format, importedBy } = facts
  const told = { encoding, format, importedBy, importedAt: at, status: 'importing', reason: '' } as const
  return { digest, sm3: sm3?.digest('hex') ?? '', name: source.name, bytes, parts, ...told }
}

/** What became of the file. Of an imported one the days are received, and proven by its balances and all others. */
export async function recordFile(deps: Deps, file: StatementFile, spans: readonly StatementSpan[]): Promise<void> {
  const { status, reason, importedBy: person, name, digest } = file
  const accounts = [...new Set(spans.map(span => span.account))]
  const content = { status, reason, person, name, accounts: accounts.join(' ') }
  await deps.store.files.save(file, spans, { kind: 'statement.file', paymentId: null, subject: digest, content })
  if (status === 'importing') return
  for (const account of accounts) {
    const settings = accountOf(deps, account)
    if (settings === null) continue
    const days = spans.filter(span => span.account === account).flatMap(span => daysOf(span, MAX_DAYS))
    for (const range of rangesOf(days, MAX_DAYS)) {
      if (status === 'imported') await receiveDays(deps, account, range, { source: 'file', askedAt: deps.clock.now() })
      await proveRange(deps, settings, range)
    }
  }
}

/** The bytes of a kept file, part by part, as they came. @throws Fault STORE_CORRUPT when they are not what was kept */
export async function* keptBytes(deps: Deps, file: StatementFile): AsyncGenerator<Uint8Array, void, void> {
  const sha256 = createHash('sha256')
  for (const digest of file.parts) {
    const part = await deps.store.files.part(digest)
    if (part === null) throw new Fault('STORE_CORRUPT', `part ${digest} of statement file ${file.digest} is missing`)
    sha256.update(part)
    yield part
  }
  if (sha256.digest('hex') !== file.digest)
    throw new Fault('STORE_CORRUPT', `statement file ${file.digest} does not have its digest`)
}
