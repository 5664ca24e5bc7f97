// camt.052, .053 and .054 by the connector's own parser of statement files, gathered: an account's file of a day fits in memory.

import { bytesSource } from '../../connector/statements/parse-file'
import { createCamtParser } from '../../connector/statements/camt/parser'
import { chooseCharset } from '../../connector/statements/charset'
import { createDecode } from '../../connector/statements/decode'
import { detectFormat } from '../../connector/statements/detect'
import { createWarn, type WrittenBalance } from '../../connector/statements/ledger'
import type { Entry, StatementBalance, StatementEvent } from '../../connector/statements/model'

export type CamtFormat = 'camt.052' | 'camt.053' | 'camt.054'

export type CamtStatement = {
  readonly format: CamtFormat
  readonly account: string | null
  readonly currency: string | null
  readonly reference: string | null
  readonly number: string | null
  readonly opening: StatementBalance | null
  readonly closing: StatementBalance | null
  /** False: opening plus lines is not closing. */
  readonly proven: boolean | null
  readonly balances: readonly WrittenBalance[]
  readonly entries: readonly Entry[]
}

const PIECE_BYTES = 65_536

/** The text of a file, by its bytes and what it declares. @throws StatementFileError */
export async function textOfFile(name: string, bytes: Buffer): Promise<string> {
  const { encoding } = await chooseCharset(bytesSource(name, bytes, PIECE_BYTES), null)
  const decode = createDecode(encoding)
  return decode.push(bytes) + decode.end()
}

/** Null: it is no camt. @throws StatementFileError when it is one and cannot be read whole. */
export function readCamt(text: string): readonly CamtStatement[] | null {
  const found = detectFormat(text.slice(0, PIECE_BYTES))
  if (found !== 'camt.052' && found !== 'camt.053' && found !== 'camt.054') return null
  const statements: CamtStatement[] = []
  let entries: Entry[] = []
  let balances: WrittenBalance[] = []
  const emit = (event: StatementEvent): void => {
    if (event.kind === 'entry') entries.push(event.entry)
    if (event.kind !== 'end') return
    const { account, currency, reference, number, opening, closing, proven } = event.statement
    statements.push({
      format: found,
      account,
      currency,
      reference,
      number,
      opening,
      closing,
      proven,
      balances,
      entries,
    })
    entries = []
    balances = []
  }
  const warn = createWarn(emit)
  const parser = createCamtParser({ format: found, emit, warn, sawBalance: balance => void balances.push(balance) })
  parser.push(text)
  parser.end()
  return statements
}
