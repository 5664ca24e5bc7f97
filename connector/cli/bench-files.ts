// Statement files of any length for the benchmark, as real ones look: structured purposes, parties, references. Every
// second line takes back the one before, so that parsers which add with floating point find them balanced too.

/** Lines generated at a time. */
const AT_ONCE = 500

export function* mt940Pieces(lines: number): Generator<string> {
  yield ':20:BENCH\r\n:25:37040044/0532013000\r\n:28C:1/1\r\n:60F:C240101EUR0,00\r\n'
  yield* piecesOf(lines, index => {
    const mark = index % 2 === 0 ? 'C' : 'D'
    return `:61:2401020102${mark}${amountOf(index)},50NTRFNONREF//ACS${index}\r
:86:166?00GUTSCHRIFT?109310?20EREF+E2E-${index}?21SVWZ+Invoice ${index} of cus\r
?22tomer 4711?30COBADEFF?31DE89370400440532013000?32Debtor ${index}\r\n`
  })
  yield `:62F:C240101EUR${closingOf(lines)},${lines % 2 === 0 ? '00' : '50'}\r\n-\r\n`
}

export function* camtPieces(lines: number): Generator<string> {
  yield `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>BENCH</MsgId></GrpHdr>
<Stmt><Id>BENCH</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
${balanceOf('OPBD', '0.00')}${balanceOf('CLBD', `${closingOf(lines)}.${lines % 2 === 0 ? '00' : '50'}`)}\n`
  yield* piecesOf(lines, index => {
    const indicator = index % 2 === 0 ? 'CRDT' : 'DBIT'
    return `<Ntry>
  <Amt Ccy="EUR">${amountOf(index)}.50</Amt>
  <CdtDbtInd>${indicator}</CdtDbtInd>
  <Sts>BOOK</Sts>
  <BookgDt><Dt>2024-01-02</Dt></BookgDt>
  <ValDt><Dt>2024-01-02</Dt></ValDt>
  <AcctSvcrRef>ACS${index}</AcctSvcrRef>
  <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
  <NtryDtls><TxDtls>
    <Refs><EndToEndId>E2E-${index}</EndToEndId></Refs>
    <RltdPties>
      <Dbtr><Nm>Debtor ${index}</Nm></Dbtr>
      <DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct>
    </RltdPties>
    <RmtInf><Ustrd>Invoice ${index} of customer 4711 &amp; more</Ustrd></RmtInf>
  </TxDtls></NtryDtls>
</Ntry>\n`
  })
  yield '</Stmt></BkToCstmrStmt></Document>\n'
}

function* piecesOf(lines: number, lineOf: (index: number) => string): Generator<string> {
  for (let from = 0; from < lines; from += AT_ONCE) {
    let piece = ''
    for (let index = from; index < Math.min(from + AT_ONCE, lines); index++) piece += lineOf(index)
    yield piece
  }
}

/** The same for a line and the one that takes it back. */
function amountOf(index: number): number {
  return 1 + Math.floor(index / 2)
}

/** Of an odd number of lines the last one stays. */
function closingOf(lines: number): number {
  return lines % 2 === 0 ? 0 : amountOf(lines - 1)
}

function balanceOf(type: string, amount: string): string {
  return `<Bal><Tp><CdOrPrtry><Cd>${type}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2024-01-02</Dt></Dt></Bal>`
}
