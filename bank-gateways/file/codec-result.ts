// A result file to what it says of each reference. Nothing of a malformed file is used: which of its rows would be right cannot be known.

import { parseAmount } from '../../connector/core/money'
import type { Money } from '../../connector/ports'
import { Malformed, readRows, type Row } from './codec'
import type { ResultLayout } from './layout'

export type Result = {
  readonly file: string
  readonly line: number
  readonly reference: string
  /** The bank's word, whole. */
  readonly status: string
  readonly amount: Money | null
  readonly payeeAccount: string | null
  readonly bankSerial: string
  readonly text: string
}

/** `currency`: that of the accounts which are paid from; amounts carry none in such a file. @throws Malformed */
export function readResults(bytes: Buffer, file: string, currency: string, layout: ResultLayout): readonly Result[] {
  const rows = readRows(bytes, layout)
  const head = rows.find(({ line }) => line === layout.titleRow)
  if (!head) throw new Malformed(layout.titleRow, '', '没有列名行', 'there is no row of titles')
  const at = columnsOf(head, layout)
  return rows
    .filter(({ line }) => line > layout.titleRow)
    .flatMap(row => {
      const result = resultOf(row, at, file, currency, layout)
      return result === null ? [] : [result]
    })
}

type Names = ResultLayout['columns']
type Places = Readonly<Record<keyof Names, number | null>>

function columnsOf({ line, cells }: Row, { columns }: ResultLayout): Places {
  const placeOf = (title: string | null): number | null => {
    if (title === null) return null
    const found = cells.flatMap((cell, index) => (cell === title ? [index] : []))
    const [place] = found
    if (place !== undefined && found.length === 1) return place
    const [zh, en] = found.length === 0 ? ['没有', 'there is no'] : ['有多个', 'there are several of']
    throw new Malformed(line, title, `${zh}列「${title}」`, `${en} column 「${title}」`)
  }
  return {
    reference: placeOf(columns.reference),
    status: placeOf(columns.status),
    amount: placeOf(columns.amount),
    payeeAccount: placeOf(columns.payeeAccount),
    bankSerial: placeOf(columns.bankSerial),
    text: placeOf(columns.text),
  }
}

/** Null for a row without a reference: something else that was paid at the website. */
function resultOf(
  { line, cells }: Row,
  at: Places,
  file: string,
  currency: string,
  { columns }: ResultLayout,
): Result | null {
  const text = (name: keyof Names): string => {
    const place = at[name]
    return place === null ? '' : (cells[place] ?? '')
  }
  const reference = /(?:^|\s)([0-9A-Za-z]+)$/.exec(text('reference'))?.[1] ?? ''
  if (reference === '') return null
  const status = text('status')
  if (status === '') throw new Malformed(line, columns.status, '状态为空', 'the status is empty')
  const written = text('amount').replaceAll(/[,，]/g, '')
  const amount = written === '' ? null : parseAmount(written, currency)
  if (typeof amount === 'string')
    throw new Malformed(
      line,
      columns.amount ?? '',
      `金额「${written.slice(0, 30)}」读不出`,
      `the amount cannot be read: ${amount}`,
    )
  return {
    file,
    line,
    reference,
    status,
    amount,
    payeeAccount: text('payeeAccount').replaceAll(/[\s']/g, '') || null,
    bankSerial: text('bankSerial'),
    text: text('text'),
  }
}
