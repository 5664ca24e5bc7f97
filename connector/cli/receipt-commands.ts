// The commands of receipts and archives: wiring only, apart from main.ts because of its length.

import type { Command } from 'commander'
import { makeMonth, verifyMonth, type MakeFlags } from './archive'
import type { Run, WithDeps } from './audit-commands'
import type { Output } from './output'
import { exportReceipts, listReceipts, requestReceipts, showReceipt, type ExportFlags, type ListFlags } from './receipt'
import { importReceipts, type ReceiptImportFlags } from './receipt-import'
import type { RangeFlags } from './receipt-links'
import { receivers, renderReceipts, type ReceiverFlags, type RenderFlags } from './receipt-papers'
import { parseReceipt } from './receipt-parse'

export function addReceipt(program: Command, run: Run, withDeps: WithDeps, output: () => Output): void {
  const receipt = program.command('receipt').description('电子回单 / electronic receipts')
  const ranged = (name: string): Command =>
    receipt
      .command(name)
      .requiredOption('--account <account>', '账号 / the account')
      .option('--from <yyyy-MM-dd>', '从哪天起，默认 31 天前 / first day, 31 days ago when absent')
      .option('--to <yyyy-MM-dd>', '到哪天止，默认今天 / last day, today when absent')
  ranged('list')
    .description('逐笔列出回单及缺失原因，按日计数 / every line’s receipt or why it has none, and counts by day')
    .option('--missing', '只列未取到的 / only those that have not come')
    .action((flags: ListFlags) => withDeps(deps => listReceipts(deps, flags, output())))
  receipt
    .command('show <line>')
    .description('一笔流水的回单、付款、凭证与原文内容 / one line’s receipt, payment, voucher, and what the file says')
    .action((line: string) => withDeps(deps => showReceipt(deps, line, output())))
  ranged('export')
    .description('导出原件 / write the originals to a folder')
    .requiredOption('--out <folder>', '文件夹 / the folder')
    .action((flags: ExportFlags) => withDeps(deps => exportReceipts(deps, flags, output())))
  ranged('request')
    .description('下一轮立即重新请求缺少的回单 / ask again for what has not come, in the next round')
    .action((flags: RangeFlags) => withDeps(deps => requestReceipts(deps, flags, output())))
  receipt
    .command('import <files...>')
    .description(
      '导入下载的 OFD、PDF、XML、ZIP 或文件夹，逐份匹配流水 / bring in files, ZIPs or folders, each to its line',
    )
    .option('--account <account>', '仅此账户 / this account only')
    .option('--line <line>', '由人指定流水（仅一个文件）/ the line, named by a person; one file only')
    .option(
      '--receipt-no <number>',
      '回单上印的号码，文件没有数据时用 / its printed number, where the file has no data',
    )
    .option('--dry-run', '只检查，不写入 / look, store nothing')
    .action((files: string[], flags: ReceiptImportFlags) =>
      withDeps(deps => importReceipts(deps, files, flags, output())),
    )
  receipt
    .command('parse <file>')
    .description('读出回单或对账单文件的数据与签章摘要 / what an OFD, PDF or XML says, and what its seal protects')
    .action((file: string) => run(() => parseReceipt(file, output()))())
  ranged('receiver')
    .description('入账信息文件（bker_receiver）/ how receipts were booked, as JSON and XBRL')
    .option('--again', '重新生成 / write anew')
    .option('--out <folder>', '写到文件夹 / write them to a folder')
    .action((flags: ReceiverFlags) => withDeps(deps => receivers(deps, flags, output())))
  ranged('render')
    .description('按银行数据生成供人看的回单（无银行签章）/ draw slips from the bank’s data, without a seal')
    .requiredOption('--out <file>', 'PDF 文件 / the PDF')
    .option('--all', '已有原件的也生成 / also those that have an original')
    .action((flags: RenderFlags) => withDeps(deps => renderReceipts(deps, flags, output())))
}

export function addArchive(program: Command, run: Run, withDeps: WithDeps, output: () => Output): void {
  const archive = program.command('archive').description('会计档案包 / the archive package of a month')
  archive
    .command('make')
    .description('一个账户一个月的回单、入账信息、流水与目录 / receipts, receiver files, lines and an index')
    .requiredOption('--account <account>', '账号 / the account')
    .requiredOption('--month <yyyy-MM>', '月份 / the month')
    .requiredOption('--out <file>', 'ZIP 文件 / the ZIP')
    .action((flags: MakeFlags) => withDeps(deps => makeMonth(deps, flags, output())))
  archive
    .command('verify <file>')
    .description('核对档案包：缺失、多出、改动 / prove a package: missing, added, altered')
    .option('--expect <sha256>', '另行保存的目录摘要 / the index’s digest that was kept elsewhere')
    .action((file: string, flags: { expect?: string }) => run(() => verifyMonth(file, flags.expect, output()))())
}
