// The commands of statements, coverage and exceptions: wiring only, apart from main.ts because of its length.

import { userInfo } from 'node:os'
import type { Command } from 'commander'
import type { Run, WithDeps } from './audit-commands'
import { showCoverage, type CoverageFlags } from './coverage'
import { assignException, showExceptions, type ExceptionFlags } from './exceptions'
import { listLines, restoreLines, withdrawLines, type LinesFlags, type WithdrawFlags } from './lines'
import type { Output } from './output'
import { parse } from './statement'
import { listFiles, writeFile } from './statement-files'
import { importStatementFile, type ImportFlags } from './statement-import'
import { rekeyStatements, type RekeyFlags } from './statement-rekey'

export function addStatement(program: Command, output: () => Output, run: Run, withDeps: WithDeps): void {
  const statement = program.command('statement').description('对账单文件 / statement files')
  statement
    .command('parse <file>')
    .description('解析对账单文件，自动识别格式与字符集 / read a statement file, format and charset detected')
    .option('--encoding <charset>', '指定字符集 / name the charset')
    .action((file: string, options: { encoding?: string }) => run(() => parse(file, options, output()))())
  statement
    .command('import <file>')
    .description('把对账单文件的流水导入一次 / bring a statement file’s lines into the store, once')
    .option('--account <account>', '仅此账户 / this account only')
    .option('--encoding <charset>', '指定字符集 / name the charset')
    .option('--dry-run', '只检查，不写入 / look, store nothing')
    .option('--accept-gap', '余额有缺口也导入 / import although the balances show a gap')
    .option(
      '--replace',
      '文件是银行的更正：撤回其中不再有的流水 / it corrects an earlier file: what it gives no more is withdrawn',
    )
    .option(
      '--as <person>',
      '导入人，默认为系统用户；--replace 时必填 / who imports it, the system’s user by default; needed with --replace',
    )
    .option('--reason <text>', '--replace 的原因 / why, with --replace')
    .action((file: string, options: ImportFlags) =>
      withDeps(deps => importStatementFile(deps, file, options, output())),
    )
  statement
    .command('files')
    .description('导入过的文件：摘要、格式、字符集、何人何时 / files that were imported')
    .option('--limit <n>', '条数 / how many', '50')
    .action((options: { limit: string }) =>
      withDeps(deps => listFiles(deps, Number.parseInt(options.limit, 10), output())),
    )
  statement
    .command('file <digest>')
    .description('取回原件，逐字节不变 / a file’s bytes as they came')
    .requiredOption('--out <file>', '写到哪里 / where to')
    .action((digest: string, options: { out: string }) =>
      withDeps(deps => writeFile(deps, digest, options.out, output())),
    )
  statement
    .command('lines')
    .description('库内流水，逐笔：编号、付款、凭证、勾对、回单 / the store’s lines one by one, with what hangs on each')
    .requiredOption('--account <account>', '账户 / account')
    .option('--from <yyyy-MM-dd>', '从哪天起，默认最近七天 / first day, the last seven days by default')
    .option('--to <yyyy-MM-dd>', '到哪天止 / last day')
    .option('--withdrawn', '仅已撤回的 / withdrawn ones only')
    .action((options: LinesFlags) => withDeps(deps => listLines(deps, options, output())))
  statement
    .command('withdraw <line...>')
    .description('撤回银行已更正或取消的流水：冲销凭证、撤销勾对 / withdraw lines that the bank changed or took back')
    .requiredOption('--reason <text>', '原因 / why')
    .option('--as <person>', '经手人，执行时必填 / who does it, needed unless it is a dry run')
    .option('--dry-run', '只看影响，不写入 / show what hangs on them, change nothing')
    .option('--entry-by-hand', '凭证由人在 ERP 中处理 / a person sees to its entry in the ERP')
    .action((lines: string[], options: WithdrawFlags) =>
      withDeps(deps => withdrawLines(deps, lines, options, output())),
    )
  statement
    .command('restore <line...>')
    .description('恢复误撤回的流水 / restore lines that were withdrawn by mistake')
    .requiredOption('--as <person>', '经手人 / who does it')
    .requiredOption('--reason <text>', '原因 / why')
    .action((lines: string[], options: { as: string; reason: string }) =>
      withDeps(deps => restoreLines(deps, lines, options, output())),
    )
  statement
    .command('rekey')
    .description('识别规则升级：先看变化，再写入 / lines of an older rule of identity get this one')
    .option('--dry-run', '只看变化 / show what would change')
    .option('--account <account>', '仅此账户 / this account only')
    .option('--as <person>', '操作人姓名 / who')
    .option('--reason <text>', '原因 / why')
    .action((options: RekeyFlags) => withDeps(deps => rekeyStatements(deps, options, output())))
}

export function addCoverage(program: Command, output: () => Output, withDeps: WithDeps): void {
  program
    .command('coverage')
    .description('每户每日：请求、收到、证明、回单、入账、对账 / every account’s days, from asking to reconciling')
    .option('--account <account>', '仅此账户 / this account only')
    .option('--from <yyyy-MM-dd>', '从哪天起 / first day')
    .option('--to <yyyy-MM-dd>', '到哪天止 / last day')
    .option('--csv <file>', '写成 CSV / write a CSV file')
    .action((options: CoverageFlags) => withDeps(deps => showCoverage(deps, options, output())))
  const exceptions = program
    .command('exceptions')
    .description(
      '待处理事项；没有时退出码 0，有时为 1 / what needs a person; exit 0 when nothing does, 1 when something does',
    )
    .option('--type <type>', '仅此类 / this type only')
    .option(
      '--older-than <days>',
      '未勾对的流水几天后列出，默认 3 / unmatched lines are told after so many days, 3 by default',
    )
    .option('--account <account>', '仅此账户 / this account only')
    .action((options: ExceptionFlags) => withDeps(deps => showExceptions(deps, options, output())))
  exceptions
    .command('assign <id>')
    .description('指定负责人，记入审计链 / name who looks after it, told in the trail')
    .requiredOption('--to <person>', '负责人 / owner')
    .requiredOption('--reason <text>', '原因 / why')
    .option('--as <person>', '操作人，默认为系统用户 / who assigns, the system’s user by default', userInfo().username)
    .action((id: string, options: { to: string; reason: string; as: string }) =>
      withDeps(deps => assignException(deps, id, options, output())),
    )
}
