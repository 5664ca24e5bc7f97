// Links receipt files that a person brought (downloaded from the bank's website) to the lines that they are of: by number,
// or by all of amount, account, day and direction; and by a person's word where a file has no data. Never by a guess.

import { addDays } from '../core/bank-time'
import { MEDIA_TYPES } from '../evoucher/detect'
import { chooseLine, isOf } from '../evoucher/match'
import type { BankReceipt } from '../evoucher/bker'
import type { ReceiptDocument } from '../ports'
import type { StoredLine } from '../store/store'
import type { Deps } from './deps'
import { examine, keepReceipt, objectionTo, rivalTo, type Examined } from './keep-receipt'

export type ImportedReceipt = {
  readonly outcome:
    'linked' | 'known' | 'occupied' | 'contradiction' | 'ambiguous' | 'unmatched' | 'no-data' | 'unreadable'
  readonly sha256: string
  readonly receiptNo: string
  readonly line: string
  readonly by: 'number' | 'content' | 'person' | ''
  readonly text: string
}

export type ImportSettings = {
  /** This account only; null: any of ours. */
  readonly account: string | null
  /** The line that a person named; its number as printed on the receipt, for a file that has no data. */
  readonly named: { readonly line: StoredLine; readonly receiptNo: string } | null
  readonly isDryRun: boolean
}

/** Days around the receipt's own in which its line is looked for: banks book late, and over a weekend. */
const WINDOW_DAYS = 10

export async function importReceipt(deps: Deps, bytes: Uint8Array, settings: ImportSettings): Promise<ImportedReceipt> {
  const examined = examine(bytes)
  const { extracted, receipt, unread } = examined
  const sha256 = extracted?.sha256 ?? ''
  const result = (
    outcome: ImportedReceipt['outcome'],
    text: string,
    more: Partial<ImportedReceipt> = {},
  ): ImportedReceipt => ({
    ...{ outcome, sha256, receiptNo: receipt?.receiptNo ?? '', line: '', by: '', text },
    ...more,
  })
  if (extracted === null) return result('unreadable', unread ? `${unread.code}: ${unread.text}` : '')
  const mediaType = MEDIA_TYPES[extracted.kind]
  if (settings.named !== null) {
    const receiptNo = receipt?.receiptNo ?? settings.named.receiptNo
    if (receiptNo === '')
      return result(
        'no-data',
        '文件没有结构化数据：请用 --receipt-no 给出上面印的回单号 / no structured data: give the number printed on it with --receipt-no',
      )
    return await link(deps, settings, examined, settings.named.line, { receiptNo, mediaType, bytes }, 'person', result)
  }
  if (receipt === null)
    return result(
      'no-data',
      '文件没有结构化数据，无法自动匹配：请用 --line 指定流水 / no structured data, so it cannot be matched: name its line with --line',
    )
  const found = await find(deps, receipt, settings.account)
  if (found.kind === 'ambiguous')
    return result(
      'ambiguous',
      `不止一条流水符合：${found.lines.join('、')}；请用 --line 指定 / more than one line fits: ${found.lines.join(', ')}; name one with --line`,
    )
  if (found.kind === 'none')
    return result(
      'unmatched',
      '没有符合的流水：先导入这一天的对账单，或核对账号 / no line fits: bring in that day’s statement first, or look at the account',
    )
  const document = { receiptNo: receipt.receiptNo, mediaType, bytes }
  return await link(deps, settings, examined, found.line, document, found.by, result)
}

type Result = (outcome: ImportedReceipt['outcome'], text: string, more?: Partial<ImportedReceipt>) => ImportedReceipt

async function link(
  deps: Deps,
  settings: ImportSettings,
  examined: Examined,
  line: StoredLine,
  document: ReceiptDocument,
  by: ImportedReceipt['by'],
  result: Result,
): Promise<ImportedReceipt> {
  const more = { line: line.id, by, receiptNo: document.receiptNo }
  const existing = await deps.store.receipts.ofLine(line.id)
  if (existing?.digest === examined.extracted?.sha256) return result('known', '', more)
  if (existing)
    return result(
      'occupied',
      `流水 ${line.id} 已有回单 ${existing.receiptNo}，不覆盖 / line ${line.id} has receipt ${existing.receiptNo} already, which stays`,
      more,
    )
  if (settings.isDryRun) {
    const objection = objectionTo(examined, line) ?? (await rivalTo(deps, examined, line))
    return objection
      ? result('contradiction', `${objection.code}: ${objection.text}`, more)
      : result('linked', '', more)
  }
  const kept = await keepReceipt(deps, line, document, 'file')
  return kept.kind === 'kept' ? result('linked', '', more) : result('contradiction', kept.reason, more)
}

type FoundLine =
  | { readonly kind: 'line'; readonly line: StoredLine; readonly by: 'number' | 'content' }
  | { readonly kind: 'ambiguous'; readonly lines: readonly string[] }
  | { readonly kind: 'none' }

/** In every account of ours that the receipt names: of a transfer between two of them, both have a line. */
async function find(deps: Deps, receipt: BankReceipt, account: string | null): Promise<FoundLine> {
  const day = receipt.bookedOn ?? receipt.issuedOn
  if (day === null) return { kind: 'none' }
  const range = { from: addDays(day, -WINDOW_DAYS), to: addDays(day, WINDOW_DAYS) }
  const lines: { line: StoredLine; by: 'number' | 'content' }[] = []
  const several: string[] = []
  for (const own of deps.accounts) {
    if (account !== null ? own.account !== account : !isOf(receipt, own.account)) continue
    const choice = chooseLine(receipt, own.account, await deps.store.statements.list(own.account, range))
    // What a number names is what it is of, also when its content says otherwise: that is then told.
    if (choice.kind === 'line') lines.push({ line: choice.line, by: choice.by })
    else if (choice.kind === 'contradiction') lines.push({ line: choice.line, by: 'number' })
    else if (choice.kind === 'ambiguous') several.push(...choice.lines.map(line => line.id))
  }
  const numbered = lines.filter(({ by }) => by === 'number')
  const [only, second] = numbered.length > 0 ? numbered : lines
  if (only && !second && (numbered.length > 0 || several.length === 0)) return { kind: 'line', ...only }
  const all = [...lines.map(({ line }) => line.id), ...several]
  return all.length === 0 ? { kind: 'none' } : { kind: 'ambiguous', lines: all }
}
