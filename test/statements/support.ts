// Reads a statement file whole, for tests: the events gathered into what the command prints.

import { bytesSource, parseStatementFile } from '../../connector/statements/parse-file'
import type {
  Entry,
  EntryDetail,
  Problem,
  StatementFormat,
  StatementHead,
  StatementTail,
} from '../../connector/statements/model'

export type ReadStatement = StatementHead & StatementTail & { readonly lines: readonly Entry[] }

export type ReadFile = {
  format: StatementFormat | null
  encoding: string
  statements: ReadStatement[]
  problems: Problem[]
  sha256: string
}

/** `pieceBytes` is how the bytes are handed over: 1 cuts everywhere. */
export async function readStatements(
  content: string | Uint8Array,
  { pieceBytes = 65_536, encoding = null }: { pieceBytes?: number; encoding?: string | null } = {},
): Promise<ReadFile> {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
  const file: ReadFile = { format: null, encoding: '', statements: [], problems: [], sha256: '' }
  let lines: Entry[] = []
  let details: EntryDetail[] = []
  for await (const event of parseStatementFile(bytesSource('test', bytes, pieceBytes), { encoding })) {
    if (event.kind === 'file') Object.assign(file, { format: event.format, encoding: event.encoding })
    else if (event.kind === 'problem') file.problems.push(event.problem)
    else if (event.kind === 'details') details.push(...event.details)
    else if (event.kind === 'entry') {
      lines.push(details.length === 0 ? event.entry : { ...event.entry, details: [...details, ...event.entry.details] })
      details = []
    } else if (event.kind === 'end') {
      file.statements.push({ ...event.statement, lines })
      lines = []
    } else if (event.kind === 'digest') file.sha256 = event.sha256
  }
  return file
}

/** The only statement of a file. */
export async function readOne(content: string | Uint8Array): Promise<ReadStatement> {
  const { statements } = await readStatements(content)
  if (statements.length !== 1 || !statements[0]) throw new Error(`expected one statement, got ${statements.length}`)
  return statements[0]
}

/** An MT940 message around statement lines: opening 1000,00 EUR, no end mark unless given. */
export function mt940(lines: readonly string[], closing = 'C240131EUR1000,00'): string {
  return [
    ':20:REF',
    ':25:DE89370400440532013000',
    ':28C:1/1',
    ':60F:C240101EUR1000,00',
    ...lines,
    `:62F:${closing}`,
    '-',
    '',
  ].join('\r\n')
}

/** A camt.053.001.02 statement around entries; the balances are the caller's. */
export function camt053(inside: string, version = 'camt.053.001.02'): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:${version}"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>
<Stmt><Id>S-1</Id><ElctrncSeqNb>7</ElctrncSeqNb><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy>
<Svcr><FinInstnId><BIC>COBADEFFXXX</BIC></FinInstnId></Svcr></Acct>${inside}</Stmt></BkToCstmrStmt></Document>`
}

export function balance(type: string, amount: string, on: string, indicator = 'CRDT', currency = 'EUR'): string {
  return `<Bal><Tp><CdOrPrtry><Cd>${type}</Cd></CdOrPrtry></Tp><Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>${indicator}</CdtDbtInd><Dt><Dt>${on}</Dt></Dt></Bal>`
}
