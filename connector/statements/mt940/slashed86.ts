// Field 86 with code words between slashes, as SWIFT's MT940 guidelines and the Dutch and international banks write it:
// `/TRTP/…/IBAN/…/NAME/…/REMI/…/EREF/…`, `/BENM//NAME/…`, `/CNTP/account/bank/name/city/`, `/REMI/USTD//…/`.

import { cleaned, referenceOf } from '../text'
import type { Info } from './info'

/** Code words in use; a word that is not here is part of the text it stands in. */
const CODES = new Set(
  (
    'TRTP IBAN BBAN BIC NAME REMI EREF ORDP BENM ISDT MARF CSID CNTP PREF RTRN SVCL PURP ULTC ULTD ULTB ADDR ID ' +
    'TRCD TRAN OCMT CHGS EXCH RETN KREF IREF TYPE NREF BUBA ULTO ACCW OAMT INFO CUST ABWA OPRP ORD BEN PT CHGT RREF'
  ).split(' '),
)

/** A row this wide was cut, not ended; some banks cut after 64 characters. */
const CUT_WIDTHS: ReadonlySet<number> = new Set([64, 65])

const FIRST = /(?:^|\n)\s*\/([A-Z]{2,4})\//

/** Some banks leave out the slash before the first code word (Goldman Sachs). */
const BARE = /^(?:EREF|KREF|PREF|IREF|TRTP)\//

/** Null when no row begins with a code word. */
export function readSlashed(written: readonly string[]): Info | null {
  const rows = BARE.test(written[0] ?? '') ? [`/${written[0]}`, ...written.slice(1)] : written
  const isAny = rows.some(row => CODES.has(FIRST.exec(row)?.[1] ?? ''))
  if (!isAny) return null
  const joined = joinRows(rows)
  const values = valuesOf(joined)
  const contra = (values.get('CNTP') ?? '').split('/')
  const remittance = remittanceOf(values.get('REMI'))
  return {
    isStructured: true,
    text: remittance ?? cleaned(values.get('TRTP') ?? values.get('') ?? joined),
    name: cleaned(values.get('NAME')) ?? cleaned(contra[2]) ?? partyOf(values),
    account: cleaned(values.get('IBAN')) ?? cleaned(values.get('BBAN')) ?? cleaned(contra[0]),
    bank: cleaned(values.get('BIC')) ?? cleaned(contra[1]),
    endToEndId: referenceOf(values.get('EREF')),
    customerReference: referenceOf(values.get('PREF') ?? values.get('KREF') ?? values.get('IREF')),
    returnReason: cleaned((values.get('RTRN') ?? values.get('RETN'))?.split('/')[0]),
  }
}

/** Rows are cut at a fixed width; a shorter row lost the space at its end. */
export function joinRows(rows: readonly string[]): string {
  let joined = ''
  let width = 0
  for (const row of rows) {
    const text = row.trimEnd()
    if (text === '') continue
    const isCut = joined === '' || CUT_WIDTHS.has(width) || text.startsWith('/')
    joined += isCut ? text : ` ${text.trimStart()}`
    width = text.length
  }
  return joined.trim()
}

/** Values by code word; the first of each counts, empty ones do not. What precedes the first is under ''. */
function valuesOf(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  let code = ''
  let from = 0
  const keep = (end: number): void => {
    const value = text.slice(from, end).replace(/\/+$/, '').trim()
    if (value !== '' && !values.has(code)) values.set(code, value)
  }
  for (const found of text.matchAll(/\/([A-Z]{2,4})(?=\/)/g)) {
    // `/ID/20` and the like inside a name are code words too; a word that is none is text.
    if (!CODES.has(found[1] ?? '') || found.index < from) continue
    keep(found.index)
    code = found[1] ?? ''
    from = found.index + found[0].length + 1
  }
  keep(text.length)
  return values
}

/** `USTD//text` is free text, `STRD/issuer/reference` a structured reference. */
function remittanceOf(value: string | undefined): string | null {
  if (value === undefined) return null
  const structured = /^\/*STRD\/(?:[A-Z]{2,4}\/)?(.*)$/s.exec(value)
  if (structured) return cleaned(structured[1])
  return cleaned(value.replace(/^\/*USTD\/{1,2}/, ''))
}

/** `/ORDP/name` and `/BENM/name` without a code word for the name. */
function partyOf(values: ReadonlyMap<string, string>): string | null {
  return cleaned(values.get('ORDP') ?? values.get('BENM') ?? values.get('ORD') ?? values.get('BEN'))
}
