// The file gateway: payment files that a cashier uploads to a bank's website, and result files from there, for banks without a direct
// connection. See README.md for what may be concluded from a file. It never writes a payment into two files.

import { access, constants, readdir } from 'node:fs/promises'
import { Fault, type BankGateway, type BankTraits, type Check, type Clock } from '../../connector/ports'
import type { InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { paymentBytes } from './codec'
import { encodingOf, rowOf } from './codec-payment'
import { problem, type Problem } from './codes'
import type { FileConfig } from './config'
import { createInbox, type Findings, type Inbox } from './inbox'
import { place, placementOf, type Item } from './outbox'
import { resultOutcome, sendOutcome, unavailable, waitingOutcome } from './outcomes'

export type FileDeps = { readonly clock: Clock; readonly name: string }

type Shared = { readonly config: FileConfig; readonly clock: Clock; readonly inbox: Inbox }

/**
 * `config` is parsed by `fileConfig`. `send` and `inquire` return outcomes; `balance` and `statement` always throw a Fault: statement
 * files are imported by a command. `doctor` looks at the folders and names result files that cannot be read.
 */
export function createFileGateway(config: FileConfig, { clock, name }: FileDeps): BankGateway {
  const shared = { config, clock, inbox: createInbox(config.in, 'CNY', config.result) }
  return {
    name,
    traits: traitsOf(config),
    send: (batch, signal) => sendPayments(shared, batch, signal),
    inquire: batch => inquirePayments(shared, batch),
    balance: () => Promise.reject(faultOf(problem('file.no_balance', ''))),
    statement: () => Promise.reject(faultOf(problem('file.no_statement', ''))),
    doctor: () => folderChecks(shared),
  }
}

async function sendPayments(
  { config, clock }: Shared,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  if (signal.aborted) return batch.map(() => ({ kind: 'unsent', ...problem('file.aborted', '') }))
  const rows = batch.map(instruction => batchProblem(instruction, batch) ?? rowOf(instruction, config, clock.now()))
  const fit = batch.flatMap((instruction, index) => {
    const row = rows[index]
    return row === undefined || 'reason' in row ? [] : [{ instruction, row }]
  })
  const rowByReference = new Map(fit.map(({ instruction, row }) => [instruction.reference, row]))
  const items = fit.map(({ instruction }) => itemOf(instruction, config))
  const compose = (fresh: readonly Item[]): Buffer =>
    paymentBytes(
      fresh.map(({ reference }) => rowByReference.get(reference) ?? []),
      config.payment,
    )
  const placed = items.length === 0 ? [] : await place(config, items, compose)
  const byReference = new Map(items.map(({ reference }, index) => [reference, placed[index]]))
  return batch.map((instruction, index) => {
    const row = rows[index]
    if (row !== undefined && 'reason' in row) return { kind: 'unsent', ...row }
    const found = byReference.get(instruction.reference) ?? { kind: 'uncertain' as const, detail: '' }
    return sendOutcome(found)
  })
}

async function inquirePayments(
  { config, clock, inbox }: Shared,
  batch: readonly Instruction[],
): Promise<readonly InquiryOutcome[]> {
  let findings: Findings
  try {
    findings = await inbox.look(clock.now())
  } catch (error) {
    return batch.map(() => unavailable(problem('file.unreadable', wordsOf(error))))
  }
  const outcomes: InquiryOutcome[] = []
  for (const instruction of batch) outcomes.push(await outcomeOf(config, findings, instruction))
  return outcomes
}

async function outcomeOf(config: FileConfig, findings: Findings, instruction: Instruction): Promise<InquiryOutcome> {
  const told = resultOutcome(findings, instruction, config)
  if (told) return told
  // It may be the very file that speaks of this payment: nothing is concluded while it cannot be read.
  const [malformed] = findings.malformed
  if (malformed) return unavailable(malformed)
  if (!/^[0-9A-Za-z]+$/.test(instruction.reference)) return unavailable(problem('file.reference', ''))
  try {
    return waitingOutcome(await placementOf(config, itemOf(instruction, config)))
  } catch (error) {
    return unavailable(problem('file.unreadable', wordsOf(error)))
  }
}

/** What of a payment must not change under its reference; not what a later layout or day would write otherwise. */
function itemOf(instruction: Instruction, config: FileConfig): Item {
  const { reference, payer, payee, amount } = instruction
  const content = [payer.account, payee.account, payee.name, amount.minor.toString(), amount.currency]
  return { reference, file: fileOf(instruction, config), content: JSON.stringify(content) }
}

/** Of the batch's number and the payment's line in it: batch and line are fixed before the first send. */
function fileOf({ batch }: Instruction, { namePrefix, payment }: FileConfig): string {
  return `${namePrefix}${batch.reference}-${batch.line}.${payment.format}`
}

function batchProblem(instruction: Instruction, batch: readonly Instruction[]): Problem | null {
  if (batch.filter(other => other.reference === instruction.reference).length > 1)
    return problem('file.duplicate_reference', instruction.reference)
  const [first] = batch
  const isApart =
    first !== undefined &&
    (first.batch.reference !== instruction.batch.reference || first.payer.account !== instruction.payer.account)
  return isApart ? problem('file.batch_reference', instruction.reference) : null
}

async function folderChecks({ config, clock, inbox }: Shared): Promise<readonly Check[]> {
  const base = { latencyMs: null, clockDifferenceMs: null }
  const folders = [
    ['out', config.out, constants.R_OK | constants.W_OK],
    ['written', config.written, constants.R_OK | constants.W_OK],
    ['in', config.in, constants.R_OK],
  ] as const
  const checks: Check[] = []
  for (const [name, folder, mode] of folders) {
    const wrong = await access(folder, mode).then(
      () => '',
      error => wordsOf(error),
    )
    const zh = wrong === '' ? `${folder} 可用` : `${folder} 不可用（${wrong}）：建立目录并授权`
    const en = wrong === '' ? `${folder} is usable` : `${folder} is not usable (${wrong}): make it, with rights`
    checks.push({ ...base, name: `folder ${name}`, ok: wrong === '', zh, en })
  }
  const malformed = await inbox.look(clock.now()).then(
    findings => findings.malformed,
    () => [],
  )
  for (const { reason } of malformed)
    checks.push({
      ...base,
      name: 'result file',
      ok: false,
      zh: `${reason}；改正后重新放入`,
      en: `${reason}; put a correct one`,
    })
  const waiting = (await readdir(config.out).catch(() => [])).filter(name => !name.startsWith('.')).length
  const zh = `${waiting} 个付款文件在待上传目录`
  return [
    ...checks,
    { ...base, name: 'waiting files', ok: true, zh, en: `${waiting} payment files in the folder for upload` },
  ]
}

function traitsOf(config: FileConfig): BankTraits {
  const widthOf = (value: string): number | null =>
    config.payment.columns.find(column => column.value === value)?.maxBytes ?? null
  const fields = ['payerName', 'payeeName', 'payeeAccount'] as const
  return {
    // Nothing is written twice here, but the bank's website is not asked: a person who uploads a file twice may pay twice.
    dedupesReference: false,
    referenceScope: 'item',
    // A file may be uploaded, and a result come, at any later time.
    absentFinalAfterMs: null,
    batchMax: config.batchMax,
    reference: { maxBytes: config.referenceMaxBytes, alphabet: 'alphanumeric' },
    encoding: encodingOf(config),
    currencies: ['CNY'],
    maxBytes: Object.fromEntries(
      fields.flatMap(field => {
        const width = widthOf(field)
        return width === null ? [] : [[field, width]]
      }),
    ),
    own: config.own,
    crossBankRequires: config.crossBankRequires,
    statementsByFile: true,
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? ('code' in error ? String(error.code) : error.message) : String(error)
}

function faultOf(found: Problem): Fault {
  return new Fault(found.code, found.reason)
}
