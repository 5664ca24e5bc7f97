// `yinqi receipt receiver` and `yinqi receipt render`: the receiver's part of a receipt, and a slip drawn from the bank's
// data where the bank gives no document.

import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { negated } from '../core/money'
import type * as Slips from '../evoucher/slip'
import type { Slip } from '../evoucher/slip'
import { chineseFontPath } from '../pdf/font'
import type { AccountSettings, Deps } from '../steps/deps'
import { writeReceiverOf } from '../steps/write-receivers'
import { EXIT, table, type Output } from './output'
import { linkedLines, rangeOf, refuse, type Linked, type RangeFlags } from './receipt-links'

export type ReceiverFlags = RangeFlags & { readonly again?: boolean; readonly out?: string }

/** What the daemon wrote after the voucher numbers came back; `--again` writes anew, e.g. when a name was added. */
export async function receivers(deps: Deps, flags: ReceiverFlags, output: Output): Promise<number> {
  const asked = rangeOf(deps, flags, output)
  if (asked === null) return EXIT.no
  const results: { line: string; voucherNo: string; file: string; reason: string }[] = []
  if (flags.out !== undefined) await mkdir(flags.out, { recursive: true })
  for (const linked of await linkedLines(deps, flags.account, asked.range)) {
    if (linked.receipt === null || linked.entry === null) continue
    if (flags.again === true && linked.entry.voucherNo !== '') await writeReceiverOf(deps, linked.stored)
    const receiver = await deps.store.receivers.ofLine(linked.stored.id)
    const { voucherNo } = linked.entry
    const reason = receiver?.reason ?? (voucherNo === '' ? NO_VOUCHER : NOT_YET)
    results.push({ line: linked.stored.id, voucherNo, file: receiver?.fileName ?? '', reason })
    if (flags.out === undefined || !receiver?.jsonDigest || !receiver.xbrlDigest) continue
    for (const [digest, extension] of [
      [receiver.jsonDigest, 'json'],
      [receiver.xbrlDigest, 'xml'],
    ] as const)
      // prettier-ignore
      await writeFile(path.join(flags.out, `${receiver.fileName}.${extension}`), (await deps.store.receipts.bytes(digest)) ?? '')
  }
  const ok = results.every(({ reason }) => reason === '')
  output.json({ ok, account: flags.account, ...asked.range, conformance: CONFORMANCE, receivers: results })
  const rows = results.map(one => [one.line, one.voucherNo, one.file, one.reason])
  output.say(
    table([['流水', '凭证号', '文件', '说明'], ...rows]),
    table([['line', 'voucher', 'file', 'why not'], ...rows]),
  )
  return ok ? EXIT.ok : EXIT.no
}

const CONFORMANCE = 'field-level to the published element list; not certified'
const NO_VOUCHER = 'ERP 尚未给出凭证号 / the ERP has given no voucher number yet'
const NOT_YET =
  '尚未生成：回单没有结构化数据，或 evoucher.entities 未配置 / not written: the receipt has no structured data, or evoucher.entities is not configured'

export type RenderFlags = RangeFlags & { readonly out: string; readonly all?: boolean }

/** Lines that have the bank's own document are left out unless asked for: a drawn one beside it only misleads. */
export async function renderReceipts(deps: Deps, flags: RenderFlags, output: Output): Promise<number> {
  const asked = rangeOf(deps, flags, output)
  if (asked === null) return EXIT.no
  const all = await linkedLines(deps, flags.account, asked.range)
  const wanted = flags.all === true ? all : all.filter(linked => !isReadable(linked))
  if (wanted.length === 0)
    return refuse(
      output,
      '没有需要生成的回单（银行已给出原件的用 --all）',
      'nothing to draw: those with an original of the bank are drawn with --all',
    )
  const { pdf, problems } = await drawing().renderSlips(
    wanted.map(linked => slipOf(linked, asked.settings)),
    chineseFont(),
  )
  await writeFile(flags.out, pdf)
  output.json({ ok: true, account: flags.account, ...asked.range, out: flags.out, slips: wanted.length, problems })
  output.say(`已生成 ${wanted.length} 张到 ${flags.out}`, `${wanted.length} slips written to ${flags.out}`)
  for (const { code, text } of problems) output.say(`! ${code} ${text}`, `! ${code} ${text}`)
  return EXIT.ok
}

/** Loaded when it is used: the library that draws takes longer to load than most commands take to run. */
function drawing(): typeof Slips {
  const loaded: typeof Slips = require('../evoucher/slip')
  return loaded
}

/** The font of its package; the package names no path to it, so it is found beside what the package does name. */
export function chineseFont(): Uint8Array {
  return readFileSync(chineseFontPath())
}

/** A PDF or OFD is for people; XML is data only, whatever the bank calls it. */
function isReadable({ receipt }: Linked): boolean {
  return receipt !== null && receipt.mediaType !== 'application/xml'
}

function slipOf({ stored, receipt, entry }: Linked, settings: AccountSettings): Slip {
  const { line } = stored
  const isOut = line.amount.minor < 0n
  const own = { name: settings.name, account: settings.account, bank: settings.bankName }
  const other = { name: line.counterName, account: line.counterAccount, bank: line.counterBank }
  return {
    bank: settings.bankName === '' ? stored.bank : settings.bankName,
    bookedOn: line.bookedOn,
    bookedTime: line.bookedTime,
    receiptNo: receipt?.receiptNo ?? line.receiptNo ?? '',
    serial: line.bankSerial === '' ? (line.bankId ?? '') : line.bankSerial,
    reference: line.reference,
    payer: isOut ? own : other,
    payee: isOut ? other : own,
    amount: isOut ? negated(line.amount) : line.amount,
    direction: isOut ? '借方（支出）' : '贷方（收入）',
    type: line.isReversal ? `冲正 ${line.type}`.trim() : line.type,
    purpose: line.purpose,
    text: line.text,
    voucherNo: entry?.voucherNo ?? '',
    lineKey: stored.key,
  }
}
