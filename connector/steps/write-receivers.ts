// Once the ERP has given a receipt's entry its voucher number, writes how the receipt was booked (bker_receiver), as JSON
// and XBRL, one file a source document.

import { readBankReceipt } from '../evoucher/bker'
import { writeReceiver, type ReceiverResult } from '../evoucher/receiver'
import type { Instance } from '../evoucher/xbrl'
import type { StoredLine } from '../store/store'
import { accountOf, type Deps } from './deps'
import { examine } from './keep-receipt'

/** Returns the number of lines that were settled: written, or found that nothing can be. */
export async function writeReceivers(deps: Deps): Promise<number> {
  const accounts = deps.accounts.filter(account => entityOf(deps, account.accountSet) !== null)
  const due = await deps.store.receivers.due(
    accounts.map(account => account.account),
    deps.settings.batchLimit,
  )
  for (const stored of due) await writeReceiverOf(deps, stored)
  return due.length
}

/** Writes, or says why not. What the line had is replaced; the documents of before stay in the store. */
export async function writeReceiverOf(deps: Deps, stored: StoredLine): Promise<ReceiverResult> {
  const entry = await deps.store.journals.ofLine(stored.id)
  const voucherNo = entry?.voucherNo ?? ''
  const result = await buildReceiver(deps, stored)
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
  const [fileName, reason, documents] =
    result.kind === 'file'
      ? [result.file.name, '', { json: encode(result.file.json), xbrl: encode(result.file.xbrl) }]
      : ['', `${result.code}: ${result.text}`, null]
  await deps.store.receivers.save({ lineId: stored.id, voucherNo, fileName, reason, at: deps.clock.now() }, documents)
  deps.tell({ kind: 'receiver.written', account: stored.account, voucherNo, reason })
  return result
}

async function buildReceiver(deps: Deps, stored: StoredLine): Promise<ReceiverResult> {
  const settings = accountOf(deps, stored.account)
  const entity = settings && entityOf(deps, settings.accountSet)
  if (!entity)
    return refused(
      'RECEIVER_ENTITY_MISSING',
      'evoucher.entities 中没有该账套的记账主体 / evoucher.entities names no entity of this account set',
    )
  const found = await issuerOf(deps, stored)
  if (found === null)
    return refused(
      'RECEIVER_ISSUER_MISSING',
      '回单没有结构化数据，或与流水不符 / the receipt has no structured data, or they are not the line’s',
    )
  const entry = await deps.store.journals.ofLine(stored.id)
  if (entry === null || entry.status !== 'posted')
    return refused(
      'RECEIVER_VOUCHER_MISSING',
      '这笔流水的凭证不是本系统所制，或 ERP 尚未给出凭证号 / no entry of ours, or the ERP has given it no voucher number',
    )
  const { bookedOn } = stored.line
  const matches = await deps.store.matches.of(stored.account, { from: bookedOn, to: bookedOn })
  const { subjects, sides } = deps.settings.evoucher
  return writeReceiver(
    found.issuer,
    found.receiptNo,
    {
      voucherNo: entry.voucherNo,
      postedOn: entry.entry.date,
      entry: entry.entry,
      isReconciled: matches.some(match => match.lineIds.includes(stored.id)),
    },
    { entityName: entity.name, entityCode: entity.code, subjects, sides },
  )
}

function refused(code: Extract<ReceiverResult, { kind: 'refused' }>['code'], text: string): ReceiverResult {
  return { kind: 'refused', code, text }
}

function entityOf(deps: Deps, accountSet: string) {
  return deps.settings.evoucher.entities.find(entity => entity.accountSet === accountSet) ?? null
}

/** The bank's own instance in the receipt that the line has; the content was compared with the line when it was kept. */
async function issuerOf(deps: Deps, stored: StoredLine): Promise<{ issuer: Instance; receiptNo: string } | null> {
  const kept = await deps.store.receipts.ofLine(stored.id)
  if (kept?.check !== 'agrees') return null
  const bytes = await deps.store.receipts.bytes(kept.digest)
  const { extracted, receipt } = bytes === null ? { extracted: null, receipt: null } : examine(bytes)
  if (extracted === null || receipt === null) return null
  const found = extracted.instances.find(
    ({ instance, path }) =>
      instance.taxonomy === 'bker' && readBankReceipt(instance, path).receipt?.receiptNo === receipt.receiptNo,
  )
  return found ? { issuer: found.instance, receiptNo: receipt.receiptNo } : null
}
