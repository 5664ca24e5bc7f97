// Statement files as they came: bytes in parts under the digest of the whole, never changed; and what each statement covers.

import type { Money } from '../ports'
import { appendAudit } from './audit-trail'
import { bytesOf, decode, encode, integer, storable, text, word } from './codec'
import type { Database, Row, Session } from './database'
import type { Keys, Place } from './keys'
import { insertNew, lockedSelect, selectTop } from './statements'
import type { StatementFile, StatementFileStore, StatementSpan } from './coverage-types'

const FILE = 'digest, sm3, name, bytes, parts, encoding, format, status, reason, imported_by, imported_at'

export function createFileStore(db: Database): StatementFileStore {
  return {
    async putPart(digest, no, bytes, at) {
      const id = partId(digest, no)
      await db.transaction(tx =>
        insertNew(tx, 'yinqi_statement_file_part', 'id', [
          { id, digest, no, content: Buffer.from(tx.keys.hideBytes(partPlace(id), bytes)), stored_at: at },
        ]),
      )
    },
    async part(digest, no) {
      const id = partId(digest, no)
      const [row] = await db.query('SELECT content FROM yinqi_statement_file_part WHERE id = ?', [id])
      return row === undefined ? null : db.keys.showBytes(partPlace(id), bytesOf(row, 'content'))
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
  const { sm3, bytes, parts, encoding, format } = file
  const inserted = await insertNew(tx, 'yinqi_statement_file', 'digest', [
    { digest, sm3, name: storable(file.name), bytes, parts, encoding, format, status, ...told },
  ])
  if (inserted.size > 0) return
  const [row] = await tx.query(lockedSelect(tx.dialect, 'status', 'yinqi_statement_file', 'digest = ?'), [digest])
  // Who brought it in first stays who did.
  if (row === undefined || text(row, 'status') === 'imported') return
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
    parts: integer(row, 'parts'),
    encoding: text(row, 'encoding'),
    format: text(row, 'format'),
    status: word(row, 'status'),
    reason: text(row, 'reason'),
    importedBy: text(row, 'imported_by'),
    importedAt: integer(row, 'imported_at'),
  }
}

function partId(digest: string, no: number): string {
  return `${digest}-${no}`
}

function partPlace(id: string): Place {
  return { column: 'yinqi_statement_file_part.content', row: id }
}

function spanPlace(id: string): Place {
  return { column: 'yinqi_statement_span.content', row: id }
}
