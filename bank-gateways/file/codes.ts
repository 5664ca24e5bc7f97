// Our own codes of the file gateway. The bank has none here: its words stand in the layout of the result file, and a word that does not
// never means paid and never means refused.

import { problemsOf } from '../shared/codes'

export type { Problem } from '../shared/codes'

const PROBLEMS = {
  'file.aborted': ['已中止，文件未写出', 'aborted, no file was written'],
  'file.unwritable': ['目录不可写，文件未写出', 'the folder cannot be written, no file was written'],
  'file.name_taken': [
    '目录中已有同名文件且无登记：未覆盖；其中可能已有此笔，须人工核对',
    'a file of this name stands there without a record: not overwritten; it may hold this payment, a person must look',
  ],
  'file.placing': [
    '付款文件可能已在待上传目录：须核对该目录',
    'the payment file may stand in the folder for upload: look there',
  ],
  'file.written': ['付款文件已放入待上传目录', 'the payment file stands in the folder for upload'],
  'file.written_before': [
    '此编号的付款文件先前已放入待上传目录，未再写',
    'the payment file of this reference was put into the folder before; none was written again',
  ],
  'file.in_doubt': [
    '此编号登记过，但付款文件不在目录中：可能已取走',
    'this reference was recorded, but its file does not stand in the folder: it may have been taken',
  ],
  'file.other_content': [
    '此编号先前以不同内容写出过：不再写，须人工核对',
    'this reference was written with another content before: not written again, a person must look',
  ],
  'file.not_written': ['此编号从未写出', 'this reference was never written'],
  'file.unreadable': ['目录或文件读不出', 'the folder or a file cannot be read'],
  'file.malformed': ['结果文件有误，整个文件未采用', 'a result file is malformed, nothing of it is used'],
  'file.status': ['状态词未在 result.statuses 中登记', 'a status that `result.statuses` does not hold'],
  'file.twice': [
    '同一结果文件中此编号出现多次：可能重复上传，须人工核对',
    'the reference stands twice in one result file: it may have been uploaded twice, a person must look',
  ],
  'file.contradictory': [
    '结果文件对此编号的说法互相矛盾：须人工核对',
    'result files contradict each other about this reference: a person must look',
  ],
  'file.wrong_item': ['结果文件中的金额或账号不是这一笔的', 'amount or account of the result is not this payment’s'],
  'file.reference': ['编号须为字母数字且不超长', 'the reference must be letters and digits within its length'],
  'file.duplicate_reference': ['同一批中编号重复', 'the reference occurs twice in one call'],
  'file.batch_reference': ['同一次调用须属于同一批次和账户', 'the payments of a call must share batch and account'],
  'file.unknown_account': ['未配置该账号', 'this account is not configured'],
  'file.currency': ['币种与账户不符', 'the currency is not that of the account'],
  'file.amount': ['金额须大于 0', 'the amount must be above 0'],
  'file.payee_account': ['收款账号不合要求', 'the payee account is malformed'],
  'file.missing': ['必填列为空', 'a required column is empty'],
  'file.too_long': ['内容超过列宽（户名账号绝不截断）', 'longer than its column (names and accounts are never cut)'],
  'file.text': ['含文件编码无法表示的字符或控制字符', 'holds characters that the encoding cannot carry, or controls'],
  'file.formula': [
    '户名、账号等以 = + - @ 开头，表格软件会当作公式；不可改写，未写出',
    'a name or account begins with = + - @, which spreadsheets take for a formula; it cannot be altered, so nothing was written',
  ],
  'file.no_balance': [
    '文件方式不能查余额：请用 `yinqi statement import` 导入对账单',
    'no balance can be asked by files: import statement files with `yinqi statement import`',
  ],
  'file.no_statement': [
    '文件方式不能查明细：请用 `yinqi statement import` 导入对账单',
    'no statement can be asked by files: import statement files with `yinqi statement import`',
  ],
} as const satisfies Readonly<Record<string, readonly [string, string]>>

/** The one spelling of our own problems; `detail` must hold no whole account. */
export const problem = problemsOf(PROBLEMS)
