// Tells a workbook from text by its first bytes, without loading what reads one.

import type { StatementSource } from '../charset'

export type WorkbookKind = 'xls' | 'xlsx'

/** By the first bytes; null: no workbook. */
export function workbookKind(head: Uint8Array): WorkbookKind | null {
  const starts = (...bytes: readonly number[]): boolean => bytes.every((byte, index) => head[index] === byte)
  if (starts(0x50, 0x4b, 0x03, 0x04)) return 'xlsx'
  return starts(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1) ? 'xls' : null
}

/** The first bytes of a file. */
export async function firstBytes(source: StatementSource): Promise<Uint8Array> {
  const first: number[] = []
  for await (const piece of source.open()) {
    first.push(...piece.subarray(0, 8 - first.length))
    if (first.length >= 8) break
  }
  return Uint8Array.from(first)
}
