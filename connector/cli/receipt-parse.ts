// `yinqi receipt parse`: what an OFD, PDF or XML holds, for people and for programs. It changes nothing.

import { readFile, stat } from 'node:fs/promises'
import { formatAmount } from '../core/money'
import { MAX_FILE_BYTES } from '../evoucher/detect'
import type { BankReceipt } from '../evoucher/bker'
import { tooLarge } from '../evoucher/problem'
import { createFactReader } from '../evoucher/xbrl'
import { examine, type Examined } from '../steps/keep-receipt'
import { EXIT, table, type Lang, type Output } from './output'
import { wordOf } from './receipt-words'
import { isFileFault } from './statement'

export type Seen = ReturnType<typeof seenOf>

export async function parseReceipt(file: string, output: Output): Promise<number> {
  const bytes = await readVoucher(file)
  if (typeof bytes === 'string') {
    process.stderr.write(`${file}: ${bytes}\n`)
    output.json({ ok: false, file, problems: [{ severity: 'error', code: 'EVOUCHER_FILE_UNREADABLE', text: bytes }] })
    return EXIT.no
  }
  const seen = seenOf(examine(bytes))
  const isRead = seen.receipt !== null || seen.statements.length > 0
  const ok = isRead && seen.problems.every(problem => problem.severity !== 'error')
  output.json({ ok, file, ...seen })
  output.say(documentText(seen, 'zh'), documentText(seen, 'en'))
  if (!isRead) output.say('✗ 没有可用的结构化数据', '✗ no structured data to be used')
  return ok ? EXIT.ok : EXIT.no
}

/** The file's bytes, or why it cannot be read. */
export async function readVoucher(file: string): Promise<Uint8Array | string> {
  try {
    const { size } = await stat(file)
    if (size > MAX_FILE_BYTES) return tooLarge('file bytes', MAX_FILE_BYTES).message
    return await readFile(file)
  } catch (error) {
    if (!isFileFault(error)) throw error
    return `EVOUCHER_FILE_UNREADABLE: 无法读取文件：${error.code ?? ''} / the file cannot be read: ${error.message}`
  }
}

/** What was found, as one document. */
export function seenOf({ extracted, receipt, unread }: Examined) {
  return {
    kind: extracted?.kind ?? null,
    size: extracted?.size ?? null,
    sha256: extracted?.sha256 ?? null,
    sm3: extracted?.sm3 ?? null,
    attachments: extracted?.attachments ?? [],
    instances: (extracted?.instances ?? []).map(({ path, instance }) => ({
      path,
      taxonomy: instance.taxonomy,
      taxonomyDate: instance.taxonomyDate,
      issuer: instance.entity,
      instant: instance.instant,
      facts: instance.facts.length,
    })),
    receipt: receipt && { ...receipt, amount: formatAmount(receipt.amount), currency: receipt.amount.currency },
    statements: statementsIn(extracted),
    seal: extracted?.seal ?? null,
    problems: extracted?.problems ?? (unread === null ? [] : [unread]),
  }
}

/** Their heads; the lines are what `statement parse` is for. */
function statementsIn(extracted: Examined['extracted']) {
  return (extracted?.instances ?? [])
    .filter(({ instance }) => instance.taxonomy === 'bkrs')
    .map(({ path, instance }) => {
      const reader = createFactReader(instance.facts, path)
      return {
        path,
        account: reader.text('CustomerSettlementBankAccount'),
        year: reader.text('YearOfBankReconciliationStatement'),
        month: reader.text('MonthOfBankReconciliationStatement'),
        lines: instance.facts.filter(fact => fact.name === 'InformationOfReconcileDetailsTuple').length,
      }
    })
}

export function documentText(seen: Seen, lang: Lang): string {
  const rows: (readonly string[])[] = []
  const add = (name: string, value: string | null): void =>
    void (value !== null && value !== '' && rows.push([wordOf(name, lang), value]))
  add('kind', seen.kind)
  add('SHA-256', seen.sha256)
  add('SM3', seen.sm3)
  for (const { path, taxonomy, taxonomyDate } of seen.instances) add('XBRL', `${taxonomy} ${taxonomyDate} ${path}`)
  for (const [name, value] of Object.entries(seen.receipt ? flat(seen.receipt) : {})) add(name, value)
  for (const { account, year, month, lines } of seen.statements) add('bkrs', `${account} ${year}-${month} ${lines}`)
  if (seen.seal) add('seal', sealText(seen.seal, lang))
  const problems = seen.problems.map(
    ({ severity, code, text }) => `${severity === 'error' ? '✗' : '!'} ${code} ${text}`,
  )
  return [table(rows), ...problems].join('\n')
}

function sealText({ state, seals }: NonNullable<Seen['seal']>, lang: Lang): string {
  const parts = seals.flatMap(seal => seal.references).length
  if (lang === 'en') return `${state}; ${seals.length} seals over ${parts} parts; certificate chain not verified`
  const word = { none: '没有', intact: '摘要全部相符', broken: '已破坏', undecided: '无法判断' }[state]
  return `${word}；${seals.length} 个签章，保护 ${parts} 个部件；未验证证书链`
}

function flat(
  receipt: Omit<BankReceipt, 'amount'> & { amount: string; currency: string },
): Readonly<Record<string, string>> {
  const { payer, payee, others, bookedOn, issuedOn, ...rest } = receipt
  return {
    ...rest,
    bookedOn: bookedOn ?? '',
    issuedOn: issuedOn ?? '',
    payer: `${payer.name} ${payer.account}`.trim(),
    payee: `${payee.name} ${payee.account}`.trim(),
    ...Object.fromEntries(others.map(({ name, value }) => [name, value ?? ''])),
  }
}
