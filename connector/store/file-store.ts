// Statement files as they came: bytes in parts, each under its own digest, never changed; and what each statement covers.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { Money } from '../ports'
import { appendAudit } from './audit-trail'
import { bytesOf, decode, encode, integer, storable, text, word } from './codec'
import type { Database, Row, Session } from './database'
import { storeFault } from './faults'
import type { Keys, Place } from './keys'
import { insertNew, lockedSelect, selectTop } from './statements'
import type { StatementFile, StatementFileStore, StatementSpan } from './coverage-types'

const FILE = 'digest, sm3, name, bytes, parts, encoding, format, status, reason, imported_by, imported_at'

export function createFileStore(db: Database): StatementFileStore {
  return {
    async putPart(digest, bytes, at) {
      assert.equal(sha256(bytes), digest, 'a part is stored under the digest of its own bytes')
      await db.transaction(tx =>
        insertNew(tx, 'yinqi_statement_file_part', 'id', [
          { id: digest, content: Buffer.from(tx.keys.hideBytes(partPlace(digest), bytes)), stored_at: at },
        ]),
      )
    },
    async part(digest) {
      const [row] = await db.query('SELECT content FROM yinqi_statement_file_part WHERE id = ?', [digest])
      if (row === undefined) return null
      const stored = bytesOf(row, 'content')
      // Bytes that begin like a ciphertext of ours are a part all the same when their digest says so.
      const bytes = sha256(stored) === digest ? stored : db.keys.showBytes(partPlace(digest), stored)
      if (sha256(bytes) !== digest) throw storeFault('STORE_CORRUPT', `file part ${digest} does not have its digest`)
      return bytes
    },
    async save(file, spans, event) {
      await db.transaction(async tx => {
        await saveFile(tx, file)
        await insertNew(
          tx,
          'yinqi_statement_span',
          'id',
          spans.map(span => spanRow(tx.keys, span)),
        )
        await appendAudit(tx, [event], file.importedAt)
      })
    },
    async list(digestStart, limit) {
      const { sql, values } = selectTop(
        db.dialect,
        `${FILE} FROM yinqi_statement_file WHERE digest LIKE ? ORDER BY imported_at DESC, digest`,
        [`${digestStart.toLowerCase().replaceAll(/[^0-9a-f]/g, '?')}%`],
        limit,
      )
      return (await db.query(sql, values)).map(fileOf)
    },
    async spans(account, { from, to }) {
      const files = FILE.split(', ').map(name => `f.${name}`)
      const rows = await db.query(
        `SELECT ${files.join(', ')}, s.id, s.position, s.account, s.from_on, s.to_on, s.proven, s.entries, s.content, s.at
FROM yinqi_statement_span AS s JOIN yinqi_statement_file AS f ON f.digest = s.digest
WHERE s.account = ? AND s.to_on >= ? AND s.from_on <= ? ORDER BY f.imported_at, s.digest, s.position`,
        [account, from, to],
      )
      return rows.map(row => ({ file: fileOf(row), span: spanOf(db.keys, row) }))
    },
  }
}

async function saveFile(tx: Session, file: StatementFile): Promise<void> {
  const { digest, status } = file
  const told = { reason: storable(file.reason), imported_by: storable(file.importedBy), imported_at: file.importedAt }
  const { sm3, bytes, encoding, format } = file
  const parts = JSON.stringify(file.parts)
  const inserted = await insertNew(tx, 'yinqi_statement_file', 'digest', [
    { digest, sm3, name: storable(file.name), bytes, parts, encoding, format, status, ...told },
  ])
  if (inserted.size > 0) return
  const [row] = await tx.query(lockedSelect(tx.dialect, 'status', 'yinqi_statement_file', 'digest = ?'), [digest])
  // Who brought it in first stays who did, unless a person has it replace what came later.
  if (row === undefined || (text(row, 'status') === 'imported' && !(status === 'imported' && file.isRenewed))) return
  await tx.execute(
    'UPDATE yinqi_statement_file SET status = ?, reason = ?, imported_by = ?, imported_at = ? WHERE digest = ?',
    [status, told.reason, told.imported_by, told.imported_at, digest],
  )
}

type SpanContent = {
  readonly number: string
  readonly opening: Money | null
  readonly closing: Money | null
  readonly difference: Money | null
}

function spanRow(keys: Keys, span: StatementSpan) {
  const { digest, position, account, proven, entries, at } = span
  const id = `${digest}-${position}`
  const content: SpanContent = {
    number: span.number,
    opening: span.opening,
    closing: span.closing,
    difference: span.difference,
  }
  return {
    ...{ id, digest, position, account, from_on: span.from, to_on: span.to, proven, entries },
    ...{ content: keys.hide(spanPlace(id), encode(content)), at },
  }
}

function spanOf(keys: Keys, row: Row): StatementSpan {
  return {
    digest: text(row, 'digest'),
    position: integer(row, 'position'),
    account: text(row, 'account'),
    from: text(row, 'from_on'),
    to: text(row, 'to_on'),
    proven: word(row, 'proven'),
    entries: integer(row, 'entries'),
    at: integer(row, 'at'),
    ...decode<SpanContent>(keys.show(spanPlace(text(row, 'id')), text(row, 'content'))),
  }
}

function fileOf(row: Row): StatementFile {
  return {
    digest: text(row, 'digest'),
    sm3: text(row, 'sm3'),
    name: text(row, 'name'),
    bytes: integer(row, 'bytes'),
    parts: decode<readonly string[]>(text(row, 'parts')),
    encoding: text(row, 'encoding'),
    format: text(row, 'format'),
    status: word(row, 'status'),
    reason: text(row, 'reason'),
    importedBy: text(row, 'imported_by'),
    importedAt: integer(row, 'imported_at'),
  }
}

function partPlace(id: string): Place {
  return { column: 'yinqi_statement_file_part.content', row: id }
}

function spanPlace(id: string): Place {
  return { column: 'yinqi_statement_span.content', row: id }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
