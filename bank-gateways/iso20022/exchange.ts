// Files to the bank and from it. What comes is kept before anything is made of it, and taken away at the bank's side only when it
// is kept and could be read; what cannot be read, or is not signed as agreed, is kept and never an answer.

import { posix } from 'node:path'
import type { Clock } from '../../connector/ports'
import { openArchive, type Archive, type Received } from './archive'
import { readCamt, textOfFile, type CamtStatement } from './codec-camt'
import { readStatusReport, type StatusReport } from './codec-pain002'
import { problem, type Problem } from './codes'
import type { Iso20022Config } from './config'
import { folderTransport } from './folder'
import { NotSigned, pgpEnvelope, plainEnvelope, type Envelope } from './pgp'
import { sftpTransport } from './sftp'
import { errorText, isPlainName, type Place, type RemoteFile, type Transport } from './transport'

export type Content =
  | { readonly kind: 'status'; readonly report: StatusReport }
  | { readonly kind: 'statements'; readonly statements: readonly CamtStatement[] }

export type Purpose = 'status' | 'statements'

export type Kept = { readonly file: Received; readonly order: number; readonly content: Content }

export type Exchange = {
  readonly config: Iso20022Config
  readonly clock: Clock
  readonly archive: Archive
  readonly envelope: Envelope
  readonly transport: Transport
  /** Fetches what is new in the bank's directory. Rejects when the line fails. */
  fetch(place: Place, purpose: Purpose): Promise<void>
  /** What came into this directory since this was asked last, whoever fetched it, and cannot be used. */
  unusable(purpose: Purpose): readonly Problem[]
  /** Whether this file came since the start, said once: what an earlier process heard is no news. */
  isNews(file: Received): boolean
  /** Everything usable that came, oldest first. Rejects when the archive was altered. */
  kept(): Promise<readonly Kept[]>
}

export function createExchange(config: Iso20022Config, clock: Clock): Exchange {
  const archive = openArchive(config.archive, config.lookBackDays, clock)
  const envelope = config.pgp === null ? plainEnvelope : pgpEnvelope(config.pgp)
  const { transport } = config
  const contents = new Map<string, Content>()
  const heard = new Set<string>()
  const startedAt = clock.now()
  const news: Record<Purpose, Problem[]> = { status: [], statements: [] }
  const contentOf = async (file: Received): Promise<Content> =>
    contents.get(file.id) ?? readContent(file.name, await archive.bytesOf(file))
  return {
    config,
    clock,
    archive,
    envelope,
    transport: transport.kind === 'sftp' ? sftpTransport(transport, config) : folderTransport(config),
    async fetch(place, purpose) {
      const directory = config.paths[purpose]
      const tell = (found: Problem): void => {
        for (const one of PURPOSES) if (config.paths[one] === directory) news[one].push(found)
      }
      await fetchNew({ config, archive, envelope, tell }, place, directory)
    },
    isNews(file) {
      if (heard.has(file.id)) return false
      heard.add(file.id)
      return file.fetchedAt >= startedAt
    },
    unusable: purpose => news[purpose].splice(0),
    async kept() {
      const kept: Kept[] = []
      const files = (await archive.received()).filter(file => file.problem === null)
      for (const [order, file] of files.entries()) {
        const content = await contentOf(file)
        contents.set(file.id, content)
        kept.push({ file, order, content })
      }
      return kept
    },
  }
}

const PURPOSES: readonly Purpose[] = ['status', 'statements']

type Means = {
  readonly config: Iso20022Config
  readonly archive: Archive
  readonly envelope: Envelope
  /** Called as soon as the file is kept: what fails behind it must not keep it from being said. */
  readonly tell: (found: Problem) => void
}

async function fetchNew(means: Means, place: Place, directory: string): Promise<void> {
  const { config, archive } = means
  const known = new Map((await archive.received()).map(file => [keyOf(file.directory, file), file]))
  const files = (await place.list(directory)).filter(({ name }) => isForUs(name, config))
  for (const file of files.toSorted((a, b) => a.modifiedAt - b.modifiedAt || (a.name < b.name ? -1 : 1))) {
    const before = known.get(keyOf(directory, file))
    const found = before ? before.problem : await fetchOne(means, place, directory, file)
    if (found === 'unfinished') continue
    if (!before && found !== null) means.tell(problem(problemCode(found), ''))
    if (found === null) await tidy(config, place, directory, file.name)
  }
}

/** A bank's temporary files and hidden ones are not meant for us. */
function isForUs(name: string, { temporarySuffix }: Iso20022Config): boolean {
  return isPlainName(name) && !/^\.|\.(?:tmp|part|filepart)$/i.test(name) && !name.endsWith(temporarySuffix)
}

function keyOf(directory: string, { name, size, modifiedAt }: RemoteFile): string {
  return JSON.stringify([directory, name, size, modifiedAt])
}

/** Null when it is kept and readable; `unfinished` when it changed under our hands: then it is looked at again next time. */
async function fetchOne(
  { config, archive, envelope }: Means,
  place: Place,
  directory: string,
  file: RemoteFile,
): Promise<string | null> {
  const path = posix.join(directory, file.name)
  const bytes = await place.read(path, config.maxFileBytes)
  const after = await place.stat(path)
  if (!bytes || bytes.length !== file.size) return 'unfinished'
  if (after?.size !== file.size || after.modifiedAt !== file.modifiedAt) return 'unfinished'
  const { opened, found } = await examined(file.name, bytes, envelope)
  await archive.keepReceived({ ...file, directory, problem: found }, bytes, opened?.equals(bytes) ? null : opened)
  return found
}

async function examined(name: string, bytes: Buffer, envelope: Envelope) {
  let opened: Buffer | null = null
  try {
    opened = await envelope.open(bytes)
    await readContent(name, opened)
    return { opened, found: null }
  } catch (error) {
    return { opened, found: problemOf(error) }
  }
}

function problemOf(error: unknown): 'iso20022.signature' | 'iso20022.undecodable' {
  return error instanceof NotSigned ? 'iso20022.signature' : 'iso20022.undecodable'
}

function problemCode(found: string): 'iso20022.signature' | 'iso20022.undecodable' {
  return found === 'iso20022.signature' ? found : 'iso20022.undecodable'
}

/** What is not tidied now is tidied next time: it must not spoil what was fetched. */
async function tidy({ afterFetch }: Iso20022Config, place: Place, directory: string, name: string): Promise<void> {
  if (afterFetch === 'keep') return
  const path = posix.join(directory, name)
  const done = afterFetch === 'delete' ? place.remove(path) : place.rename(path, posix.join(afterFetch.moveTo, name))
  await done.catch(() => undefined)
}

async function readContent(name: string, bytes: Buffer): Promise<Content> {
  const text = await textOfFile(name, bytes)
  const statements = readCamt(text)
  if (statements !== null) return { kind: 'statements', statements }
  return { kind: 'status', report: readStatusReport(text) }
}

/** What a failed call of the line comes to, as a problem of a question. */
export function questionProblem(error: unknown, signal: AbortSignal): Problem {
  if (signal.aborted) return problem('iso20022.aborted', '')
  return problem('iso20022.fetch', errorText(error))
}
