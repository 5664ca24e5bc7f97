// `yinqi reconcile` over files alone: an MT940 statement against a ledger in CSV, every match explained, nothing guessed.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import iconv from 'iconv-lite'
import { reconcileFiles } from '../../connector/cli/reconcile'
import { capture } from '../support/output'

let folder: string
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'yinqi-reconcile-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Opening 1,000.00; +500.00 -120.00 -120.00 -300.00 +77.00; closing 1,037.00. */
const MT940 = [
  ':20:STMT1',
  ':25:10020030/1234567890',
  ':28C:7/1',
  ':60F:C260301EUR1000,00',
  ':61:2603020302C500,00NTRFINV-2026-77//BANK0001',
  ':86:PAYMENT OF INVOICE',
  ':61:2603020302D120,00NTRFNONREF//BANK0002',
  ':61:2603020302D120,00NTRFNONREF//BANK0003',
  ':61:2603030303D300,00NTRFBATCH-9//BANK0004',
  ':61:2603040304C77,00NTRFNONREF//BANK0005',
  ':62F:C260304EUR1037,00',
  '-',
].join('\r\n')

const LEDGER = `text,id,date,amount,reference,counterparty
"invoice, paid",L1,2026-03-05,500.00,INV-2026-77,ACME
rent,L2,2026-03-02,-120.00,,Landlord
rent,L3,2026-03-02,-120.00,,Other
batch,L4,2026-03-03,-100.00,BATCH-9,A
batch,L5,2026-03-03,-200.00,BATCH-9,B
cheque,L6,2026-03-31,"-1,000.00",,C
`

function files(
  statement: string | Buffer,
  ledger: string | Buffer,
): { readonly statement: string; readonly ledger: string } {
  const at = { statement: path.join(folder, 's.sta'), ledger: path.join(folder, 'l.csv') }
  writeFileSync(at.statement, statement)
  writeFileSync(at.ledger, ledger)
  return at
}

test('matches, ambiguous groups and what is left, each with its pass and reason', async () => {
  const said = capture('zh')
  expect(await reconcileFiles(files(MT940, LEDGER), said.output)).toBe(0)
  const found = said.document() as Record<string, unknown>
  expect(found).toMatchObject({
    account: '10020030/1234567890',
    currency: 'EUR',
    matches: [
      { statementIds: ['1'], ledgerIds: ['L1'], pass: 'reference' },
      { statementIds: ['4'], ledgerIds: ['L4', 'L5'], pass: 'sum-reference' },
    ],
    ambiguous: [{ statementIds: ['2', '3'], ledgerIds: ['L2', 'L3'], pass: 'day-amount' }],
    left: { statement: ['5'], ledger: ['L6'] },
  })
  expect(said.text()).toContain('对账单 5 笔，账面 6 笔，匹配 2 组，待人工 1 组，未达：银行 1、企业 1')
})

test('the adjusted balances agree when every difference is an open item', async () => {
  // Ledger: 1,000 + 500 - 120 - 120 - 300 - 1,000 = -40. It lacks the bank's +77, the bank lacks its -1,000; the two pairs of
  // -120 stay open on both sides until a person has decided: -40 + 77 - 240 = 1,037 - 1,000 - 240 = -203.
  const said = capture('en')
  await reconcileFiles({ ...files(MT940, LEDGER), ledgerBalance: '-40.00' }, said.output)
  expect((said.document() as { balance: unknown }).balance).toMatchObject({
    asOf: '2026-03-04',
    ledger: { balance: '-40.00', adjusted: '-203.00' },
    bank: { balance: '1037.00', adjusted: '-203.00' },
    difference: '0.00',
  })
})

test('a tolerance applies only by its named rule', async () => {
  const ledger = 'id,date,amount,reference,counterparty,text\nX,2026-03-06,77.00,,,\n'
  const rules = path.join(folder, 'rules.yaml')
  writeFileSync(rules, '- { name: 两天内, requires: amount, days: 2 }\n')
  const without = capture('en')
  await reconcileFiles(files(MT940, ledger), without.output)
  expect(without.document()).toMatchObject({ matches: [] })
  const within = capture('en')
  await reconcileFiles({ ...files(MT940, ledger), rules }, within.output)
  expect(within.document()).toMatchObject({ matches: [{ statementIds: ['5'], ledgerIds: ['X'], pass: 'rule:两天内' }] })
})

test('a collective entry has no one counterparty: its first payee does not stand for all', async () => {
  const part = (name: string, id: string): string =>
    `<TxDtls><Refs><EndToEndId>${id}</EndToEndId></Refs><RltdPties><Cdtr><Nm>${name}</Nm></Cdtr></RltdPties></TxDtls>`
  const balance = (code: string, amount: string): string =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-05</Dt></Dt></Bal>`
  const camt = `<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-05T20:00:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id><CreDtTm>2026-03-05T20:00:00</CreDtTm>
<Acct><Id><Othr><Id>1234567890</Id></Othr></Id><Ccy>CNY</Ccy></Acct>${balance('OPBD', '1000.00')}${balance('CLBD', '700.00')}
<Ntry><Amt Ccy="CNY">300.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-05</Dt></BookgDt><BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd>
<NtryDtls>${part('张三', 'PAY-001')}${part('李四', 'PAY-002')}</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>`
  const alone = capture('en')
  const loan =
    'id,date,amount,reference,counterparty,text\nX,2026-03-05,-300.00,,张三,借款\nY,2026-03-05,-300.00,,代发,工资\n'
  expect(await reconcileFiles(files(camt, loan), alone.output)).toBe(0)
  expect(alone.document()).toMatchObject({ matches: [], ambiguous: [{ statementIds: ['1'], ledgerIds: ['X', 'Y'] }] })
  const batch = capture('en')
  const parts =
    'id,date,amount,reference,counterparty\nX,2026-03-04,-100.00,PAY-001,张三\nY,2026-03-04,-200.00,PAY-002,李四\n'
  expect(await reconcileFiles(files(camt, parts), batch.output)).toBe(0)
  expect(batch.document()).toMatchObject({
    matches: [{ statementIds: ['1'], ledgerIds: ['X', 'Y'], pass: 'sum-reference' }],
  })
})

test('a ledger in GB18030 is read as it is', async () => {
  const ledger = '编号,日期,金额,参考号,对方户名,摘要\nX,2026/3/4,77.00,,上海乙火贸易有限公司,收货款𠮷\n'
  const said = capture('en')
  expect(await reconcileFiles(files(MT940, iconv.encode(ledger, 'gb18030')), said.output)).toBe(0)
  expect(said.document()).toMatchObject({ matches: [{ statementIds: ['5'], ledgerIds: ['X'], pass: 'day-amount' }] })
})

test('a currency that the file does not state is not made up', async () => {
  const statement = '交易日期,借方发生额,贷方发生额,账户余额,对方户名,摘要\n2026-03-04,,77.00,177.00,,来款\n'
  const said = capture('en')
  expect(await reconcileFiles(files(statement, 'id,date,amount\nX,2026-03-04,77.00\n'), said.output)).toBe(0)
  expect(said.document()).toMatchObject({ currency: null, matches: [{ statementIds: ['1'], ledgerIds: ['X'] }] })
})

test.each([
  ['a missing column', 'id,date\nX,2026-03-04\n', 'LEDGER_HEADER', 1],
  ['a bad amount', 'id,date,amount\nX,2026-03-04,1.00\nY,2026-03-04,12.3456\n', 'LEDGER_ROW', 3],
  ['a bad date', 'id,date,amount\nX,2026-02-30,1.00\n', 'LEDGER_ROW', 2],
  ['an id that stands twice', 'id,date,amount\nX,2026-03-04,1.00\nX,2026-03-04,1.00\n', 'LEDGER_DUPLICATE', 3],
  ['a quote without end', 'id,date,amount\nX,2026-03-04,"1.00\n', 'LEDGER_ROW', 2],
])('%s ends with its code and line', async (_what, ledger, code, line) => {
  const said = capture('zh')
  expect(await reconcileFiles(files(MT940, ledger), said.output)).toBe(1)
  expect(said.document()).toMatchObject({ ok: false, code, line })
})

test('a file that is not there and one that is no statement are told', async () => {
  const good = files(MT940, LEDGER)
  const gone = capture('en')
  expect(await reconcileFiles({ ...good, statement: path.join(folder, 'gone') }, gone.output)).toBe(1)
  expect(gone.document()).toMatchObject({ ok: false, code: 'ENOENT' })
  const odd = capture('en')
  expect(await reconcileFiles(files('hello', LEDGER), odd.output)).toBe(1)
  expect(odd.document()).toMatchObject({ ok: false, code: 'STATEMENT_FORMAT_UNKNOWN' })
})

test('a bank’s CSV export is a statement, and names its account or is told it', async () => {
  const rows = ['2026-03-02,货款,,500.00,1500.00,ACME,INV-2026-77', '2026-03-02,租金,120.00,,1380.00,Landlord,S2']
  const csv = ['交易日期,摘要,借方发生额,贷方发生额,余额,对方户名,交易流水号', ...rows].join('\n')
  for (const account of [undefined, '1234567890']) {
    const said = capture('en')
    const options = { ...files(csv, LEDGER), ...(account === undefined ? {} : { account }) }
    expect(await reconcileFiles(options, said.output)).toBe(0)
    expect(said.document()).toMatchObject({
      account: account ?? '',
      currency: null,
      matches: expect.arrayContaining([expect.objectContaining({ statementIds: ['1'], ledgerIds: ['L1'] })]),
    })
  }
})
