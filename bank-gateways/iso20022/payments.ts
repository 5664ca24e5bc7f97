// The calls that move money and ask about it. A file that was delivered is not yet taken by anybody: only the bank's pain.002, or
// later its statement, says more than "uncertain".

import { posix } from 'node:path'
import type { InquiryOutcome, Instruction, SendOutcome } from '../../connector/ports'
import { Unsent } from '../shared/http'
import { at, childrenOf, parseXml, textAt } from '../shared/xml'
import { batchProblem, instructionProblem, paymentFile } from './codec-pain001'
import { problem, type Problem } from './codes'
import type { Iso20022Config } from './config'
import { questionProblem, type Exchange, type Kept } from './exchange'
import { judgeReports, type Judged, type SentFile } from './outcomes'
import { deliver, errorText, FileExists, WrongHostKey, type Place } from './transport'

/** Between two looks for a status report. */
const LOOK_AGAIN_MS = 1000

type Sent = { readonly kind: 'delivered' } | { readonly kind: 'unsent' | 'uncertain'; readonly problem: Problem }

/** One file for the whole call. An instruction that cannot be written is unsent by itself; the others go. */
export async function sendPayments(
  exchange: Exchange,
  sequence: () => string,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  const { config } = exchange
  const refused = batchProblem(batch, config)
  if (refused) return batch.map(() => ({ kind: 'unsent', ...refused }))
  const problems = batch.map(instruction => instructionProblem(instruction, config))
  const good = batch.filter((_, index) => problems[index] === null)
  const answers = (good.length === 0 ? [] : await sendFile(exchange, sequence, good, signal)).values()
  return problems.map(found =>
    found
      ? { kind: 'unsent', ...found }
      : (answers.next().value ?? { kind: 'uncertain', ...problem('iso20022.no_status', '') }),
  )
}

async function sendFile(
  exchange: Exchange,
  sequence: () => string,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  const prepared = await prepare(exchange, batch)
  if ('reason' in prepared) return batch.map(() => ({ kind: 'unsent', ...prepared }))
  let sent: Sent = {
    kind: 'unsent',
    problem: problem(signal.aborted ? 'iso20022.aborted' : 'iso20022.unreachable', ''),
  }
  let judged: readonly Judged[] = []
  try {
    await exchange.transport(signal, async place => {
      sent = await delivered(exchange, place, prepared, sequence(), signal)
      if (sent.kind === 'delivered') judged = await firstReports(exchange, place, batch, signal)
    })
  } catch (error) {
    // Behind a delivery nothing can make it undone.
    if (sent.kind === 'unsent') sent = beforeAnyByte(error, signal)
  }
  const { kind } = sent
  if (kind !== 'delivered') return batch.map(() => ({ kind, ...problemIn(sent) }))
  return batch.map((_, index) => sendOutcome(judged[index]))
}

type Prepared = { readonly name: string; readonly text: string; readonly path: string; readonly bytes: Buffer }

/** Nothing has left while this goes on: whatever fails here is unsent. */
async function prepare({ config, clock, envelope }: Exchange, batch: readonly Instruction[]) {
  let text: string
  try {
    text = paymentFile(batch, config, clock.now())
  } catch (error) {
    return problem('iso20022.unbuildable', errorText(error))
  }
  const name = sentName(batch[0]?.batch.reference ?? '', config)
  let bytes: Buffer
  try {
    bytes = await envelope.seal(Buffer.from(text, 'utf8'))
  } catch (error) {
    return problem('iso20022.pgp', errorText(error))
  }
  const path = posix.join(config.paths.send, `${name}${config.pgp?.suffix ?? ''}`)
  const prepared: Prepared = { name, text, path, bytes }
  return prepared
}

function sentName(batchReference: string, { fileName }: Iso20022Config): string {
  return `${fileName.before}${batchReference}${fileName.after}`
}

/** A copy is kept first: what the bank may have, the archive knows. */
async function delivered(
  { archive, config }: Exchange,
  place: Place,
  { name, text, path, bytes }: Prepared,
  number: string,
  signal: AbortSignal,
): Promise<Sent> {
  try {
    await archive.keepSent(name, text)
  } catch (error) {
    return { kind: 'unsent', problem: problem('iso20022.archive', errorText(error)) }
  }
  try {
    await deliver(place, path, `${path}.${number}${config.temporarySuffix}`, bytes)
    return { kind: 'delivered' }
  } catch (error) {
    if (error instanceof Unsent) {
      const code = signal.aborted ? 'iso20022.aborted' : 'iso20022.not_written'
      return { kind: 'unsent', problem: problem(code, error.message) }
    }
    if (error instanceof FileExists) return { kind: 'uncertain', problem: problem('iso20022.exists', '') }
    return { kind: 'uncertain', problem: problem('iso20022.no_answer', errorText(error)) }
  }
}

function beforeAnyByte(error: unknown, signal: AbortSignal): Sent {
  if (error instanceof WrongHostKey) return { kind: 'unsent', problem: problem('iso20022.host_key', '') }
  if (error instanceof Unsent) {
    const code = signal.aborted ? 'iso20022.aborted' : 'iso20022.unreachable'
    return { kind: 'unsent', problem: problem(code, error.message) }
  }
  return { kind: 'uncertain', problem: problem('iso20022.no_answer', errorText(error)) }
}

function problemIn(sent: Sent): Problem {
  return sent.kind === 'delivered' ? problem('iso20022.delivered', '') : sent.problem
}

/** Looks once at least, and until every payment is answered or the wait is over. A failing look teaches nothing. */
async function firstReports(
  exchange: Exchange,
  place: Place,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly Judged[]> {
  const { config, clock } = exchange
  const looks = Math.ceil(config.statusWaitMs / LOOK_AGAIN_MS)
  let judged: readonly Judged[] = []
  try {
    for (let look = 0; look <= looks && !signal.aborted; look += 1) {
      if (look > 0) await clock.sleep(LOOK_AGAIN_MS, signal)
      await exchange.fetch(place, 'status')
      judged = (await judgeAll(exchange, batch)).judged
      if (judged.every(({ outcome, sawDuplicate }) => outcome.kind !== 'unavailable' || sawDuplicate)) break
    }
  } catch {
    // The file is at the bank; the inquiry finds what this look did not.
  }
  return judged
}

/** Of a file that was delivered: the line is up, whatever the bank says of the payment. */
function sendOutcome(judged: Judged | undefined): SendOutcome {
  const uncertain = (found: Problem): SendOutcome => ({ kind: 'uncertain', ...found, isLineUp: true })
  if (!judged) return uncertain(problem('iso20022.delivered', ''))
  // "Had it before": this very file was refused, the earlier one speaks for itself when it is asked about.
  if (judged.sawDuplicate) return uncertain(problem('iso20022.duplicate', ''))
  const { outcome } = judged
  switch (outcome.kind) {
    case 'accepted':
    case 'settled':
      return { kind: outcome.kind, echo: outcome.echo }
    case 'refused':
      return outcome
    case 'unavailable':
      if (outcome.code === 'iso20022.no_status') return uncertain(problem('iso20022.delivered', ''))
      return uncertain({ code: outcome.code, reason: outcome.reason })
    case 'returned':
    case 'absent':
      return uncertain(problem('iso20022.status', outcome.kind))
  }
}

/** Fetches what the bank has written, and judges by everything it ever wrote about each payment. */
export async function inquirePayments(
  exchange: Exchange,
  batch: readonly Instruction[],
  signal: AbortSignal,
): Promise<readonly InquiryOutcome[]> {
  try {
    await exchange.transport(signal, place => exchange.fetch(place, 'status'))
    const { judged, foreign } = await judgeAll(exchange, batch)
    const [unusable] = [...exchange.unusable('status'), ...foreign]
    return judged.map(({ outcome }) => {
      if (outcome.kind === 'settled' || outcome.kind === 'refused') return outcome
      // A file that came and cannot be used may have been about this payment: what was known before is not said again.
      if (unusable) return { kind: 'unavailable', ...unusable, isLineUp: true }
      return outcome.kind === 'unavailable' ? { ...outcome, isLineUp: true } : outcome
    })
  } catch (error) {
    const failed = questionProblem(error, signal)
    return batch.map(() => ({ kind: 'unavailable', ...failed }))
  }
}

type Verdicts = {
  readonly judged: readonly Judged[]
  /** Reports, heard for the first time, about files that are not ours. */
  readonly foreign: readonly Problem[]
}

async function judgeAll(exchange: Exchange, batch: readonly Instruction[]): Promise<Verdicts> {
  const { archive, config } = exchange
  const kept = await exchange.kept()
  const reports = kept.flatMap(({ content, order }) =>
    content.kind === 'status' ? [{ report: content.report, order }] : [],
  )
  const sent = new Map<string, readonly SentFile[]>()
  for (const {
    batch: { reference },
  } of batch) {
    if (sent.has(reference)) continue
    const copies = await archive.sentCopies(sentName(reference, config))
    sent.set(reference, copies.map(sentFile))
  }
  const judged = batch.map(instruction =>
    judgeReports(instruction, reports, sent.get(instruction.batch.reference) ?? [], config.codes),
  )
  return { judged, foreign: await foreignIn(exchange, kept) }
}

async function foreignIn(exchange: Exchange, kept: readonly Kept[]): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  for (const { file, content } of kept) {
    if (content.kind !== 'status' || !exchange.isNews(file)) continue
    const copies = await exchange.archive.sentCopies(sentName(content.report.original.messageId, exchange.config))
    if (copies.length === 0) problems.push(problem('iso20022.foreign', ''))
  }
  return problems
}

function sentFile(text: string): SentFile {
  const block = at(parseXml(text), 'CstmrCdtTrfInitn', 'PmtInf')
  const references = block
    ? childrenOf(block, 'CdtTrfTxInf').map(payment => textAt(payment, 'PmtId', 'EndToEndId'))
    : []
  return {
    count: textAt(block, 'NbOfTxs'),
    sum: textAt(block, 'CtrlSum'),
    references: new Set(references),
  }
}
