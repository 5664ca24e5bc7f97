// An OFD (GB/T 33190): its parts, and the files attached to it. Elements are found by local name, parts by where they lie.

import { OFD_LIMITS } from './detect'
import type { Attachment } from './pdf'
import { EvoucherError, problemOf, type EvoucherProblem } from './problem'
import { readZip, type ZipMember } from './zip'

export type OfdParts = ReadonlyMap<string, ZipMember>

/** @throws EvoucherError */
export function ofdParts(bytes: Uint8Array): OfdParts {
  return readZip(bytes, OFD_LIMITS)
}

/** Every part under a folder `Attachs`, whatever its name: banks write .xml and .xbrl. The list of attachments is none itself. */
export function attachmentPaths(parts: OfdParts): readonly string[] {
  return [...parts.keys()].filter(
    path => /(?:^|\/)Attach(?:s|ments)?\//i.test(path) && !/(?:^|\/)Attachments\.xml$/i.test(path),
  )
}

export function ofdAttachments(parts: OfdParts): {
  readonly attachments: readonly Attachment[]
  readonly problems: readonly EvoucherProblem[]
} {
  const attachments: Attachment[] = []
  const problems: EvoucherProblem[] = []
  for (const path of attachmentPaths(parts)) {
    try {
      attachments.push({ path, bytes: parts.get(path)?.read() ?? new Uint8Array(0) })
    } catch (error) {
      if (!(error instanceof EvoucherError)) throw error
      problems.push(problemOf(error))
    }
  }
  return { attachments, problems }
}
