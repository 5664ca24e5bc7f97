// A store of an earlier version keeps its entries when an entry may be taken back: the table is made anew, row by row.

import { databaseKinds, lineOf, opened } from '../support/stores'
import { migrationsOf, statementsOf } from '../../connector/store/migrate'

test('entries of before are there after the migration, with their numbers in order and their lines', async () => {
  const [kind] = databaseKinds()
  if (kind?.name !== 'sqlite') throw new Error('SQLite comes first')
  await kind.start()
  const place = await kind.place()
  const store = await opened(place)
  const lines = await store.statements.insert([lineOf('a'), lineOf('b')], [])
  await store.close()
  const [seven] = migrationsOf('sqlite').filter(({ version }) => version === 7)
  const statements = statementsOf('sqlite', seven?.sql ?? '')
  // The table as version 1 made it, with what it held.
  const before = migrationsOf('sqlite')[0]?.sql ?? ''
  const table = /CREATE TABLE yinqi_journal_entry \([\s\S]*?\) STRICT;/.exec(before)?.[0] ?? ''
  await place.sql(
    'DROP TABLE yinqi_collection; DROP INDEX yinqi_statement_line_amount; DROP TABLE yinqi_journal_entry;',
  )
  await place.sql(table)
  for (const [index, line] of lines.entries()) {
    await place.sql(
      `INSERT INTO yinqi_journal_entry (entry_key, line_no, erp, content, status, voucher_no, refusal, made_at, updated_at)
       VALUES ('k${index}', ${line.id}, 'u8', '{"key":"k${index}"}', 'posted', '付-000${index}', '', 1, 2)`,
    )
  }
  for (const statement of statements) await place.sql(statement)
  const after = await place.open('require')
  expect(await after.journals.ofLine(lines[1]?.id ?? '')).toEqual({
    lineId: lines[1]?.id,
    erp: 'u8',
    entry: { key: 'k1' },
    status: 'posted',
    voucherNo: '付-0001',
    refusal: '',
    reversedBy: null,
  })
  await after.close()
  await kind.stop()
})
