// The digest list of an OFD's seal: which parts it protects, and whether they are as they were when it was made. Who made
// the seal (SignedValue and its certificate chain) is not looked at: trust anchors vary, and this must never sound as if.

import { attachmentPaths, type OfdParts } from './ofd'
import { sm3Hex } from './digest'
import { EvoucherError, problemOf, tooLarge, type EvoucherProblem } from './problem'
import { childOf, deepText, descendants, parseXml, type XmlNode } from './xml'
import type { ZipMember } from './zip'

export type SealReference = {
  readonly path: string
  /** unsupported: its digest method is not SM3, so nothing is said. */
  readonly state: 'same' | 'differs' | 'absent' | 'unsupported'
}

export type Seal = {
  readonly path: string
  readonly provider: string
  readonly signatureMethod: string
  readonly checkMethod: string
  /** As it is written: `yyyyMMddHHmmssZ`. */
  readonly signedAt: string
  readonly references: readonly SealReference[]
}

export type SealReport = {
  /** none: no seal. intact: every listed part is as it was. broken: one differs or is gone. undecided: one could not be checked. */
  readonly state: 'none' | 'intact' | 'broken' | 'undecided'
  readonly seals: readonly Seal[]
  /** Parts that no seal lists, the seals' own folders aside. */
  readonly unlisted: readonly string[]
  readonly unlistedAttachments: readonly string[]
  /** Always this: a stated limit. */
  readonly certificateChain: 'not-verified'
}

/** SM3 by GM/T 0006. Which digest a bank's list uses is told by its object identifier; any other one is left undecided. */
const SM3_OID = '1.2.156.10197.1.401'
/** Over all seals of a file: a receipt has one with some ten. */
const MAX_REFERENCES = 5000
const MAX_SEALS = 50

export function checkSeal(parts: OfdParts): {
  readonly report: SealReport
  readonly problems: readonly EvoucherProblem[]
} {
  const problems: EvoucherProblem[] = []
  const seals: Seal[] = []
  const paths = [...parts.keys()].filter(name => /(?:^|\/)Signs\/.*Signature\.xml$/i.test(name))
  if (paths.length > MAX_SEALS) throw tooLarge('OFD seals', MAX_SEALS)
  const digest = createDigests(parts)
  for (const path of paths) {
    try {
      seals.push(sealOf(parts, path, digest))
    } catch (error) {
      if (!(error instanceof EvoucherError)) throw error
      problems.push(problemOf(error))
    }
  }
  const isUnread = problems.length > 0
  const listed = new Set(seals.flatMap(seal => seal.references.map(reference => reference.path)))
  const unlisted =
    seals.length === 0 ? [] : [...parts.keys()].filter(path => !listed.has(path) && !/(?:^|\/)Signs\//i.test(path))
  const attached = new Set(attachmentPaths(parts))
  const unlistedAttachments = unlisted.filter(path => attached.has(path))
  const state = stateOf(seals, isUnread)
  const report: SealReport = { state, seals, unlisted, unlistedAttachments, certificateChain: 'not-verified' }
  return { report, problems: [...problems, ...problemsOf(report)] }
}

function stateOf(seals: readonly Seal[], isUnread: boolean): SealReport['state'] {
  const states = new Set(seals.flatMap(seal => seal.references.map(reference => reference.state)))
  if (states.has('differs') || states.has('absent')) return 'broken'
  if (isUnread || states.has('unsupported') || seals.some(seal => seal.references.length === 0)) return 'undecided'
  return seals.length === 0 ? 'none' : 'intact'
}

/** SM3 of a part, each made once however many seals list it; null where the part cannot be unpacked. */
type DigestOf = (path: string, part: ZipMember) => string | null

function createDigests(parts: OfdParts): DigestOf {
  const known = new Map<string, string | null>()
  let references = 0
  return (path, part) => {
    if (++references > MAX_REFERENCES) throw tooLarge('OFD seal references', MAX_REFERENCES)
    const found = known.get(path)
    if (found !== undefined || parts.get(path) !== part) return found ?? null
    const digest = digestOrNull(part)
    known.set(path, digest)
    return digest
  }
}

function digestOrNull(part: ZipMember): string | null {
  try {
    return sm3Hex(part.read())
  } catch (error) {
    if (error instanceof EvoucherError) return null
    throw error
  }
}

function sealOf(parts: OfdParts, path: string, digest: DigestOf): Seal {
  const root = parseXml(parts.get(path)?.read() ?? new Uint8Array(0), path)
  const info = descendants(root, 'SignedInfo')[0] ?? root
  const list = descendants(info, 'References')[0]
  const provider = childOf(info, 'Provider')
  const checkMethod = list?.attributes['CheckMethod'] ?? ''
  const references = descendants(list ?? info, 'Reference')
  return {
    path,
    provider: [
      provider?.attributes['ProviderName'] ?? provider?.attributes['Name'] ?? '',
      provider?.attributes['Version'] ?? '',
    ]
      .filter(part => part !== '')
      .join(' '),
    signatureMethod: textOf(info, 'SignatureMethod'),
    checkMethod,
    signedAt: textOf(info, 'SignatureDateTime'),
    references: references.map(reference => checked(parts, path, reference, { checkMethod, digest })),
  }
}

function checked(
  parts: OfdParts,
  sealPath: string,
  reference: XmlNode,
  { checkMethod, digest }: { readonly checkMethod: string; readonly digest: DigestOf },
): SealReference {
  const path = resolved(reference.attributes['FileRef'] ?? '', sealPath)
  const part = parts.get(path)
  if (part === undefined) return { path, state: 'absent' }
  if (checkMethod !== SM3_OID) return { path, state: 'unsupported' }
  const wanted = Buffer.from(textOf(reference, 'CheckValue'), 'base64').toString('hex')
  return { path, state: digest(path, part) === wanted ? 'same' : 'differs' }
}

/** `/Doc_0/…` from the package's root, else from the folder of the seal. */
function resolved(reference: string, sealPath: string): string {
  if (reference.startsWith('/')) return reference.replace(/^\/+/, '')
  const folder = sealPath.split('/').slice(0, -1)
  for (const step of reference.split('/')) {
    if (step === '..') folder.pop()
    else if (step !== '.') folder.push(step)
  }
  return folder.join('/')
}

function textOf(node: XmlNode, name: string): string {
  const found = childOf(node, name)
  return found ? deepText(found).replace(/\s+/g, '') : ''
}

function problemsOf(report: SealReport): readonly EvoucherProblem[] {
  const problems: EvoucherProblem[] = []
  if (report.state === 'none')
    problems.push({ severity: 'warning', code: 'EVOUCHER_SEAL_ABSENT', text: 'OFD 没有签章 / the OFD has no seal' })
  const all = report.seals.flatMap(seal => seal.references)
  for (const { path, state } of all.filter(one => one.state === 'differs' || one.state === 'absent').slice(0, 20)) {
    const [zh, en] =
      state === 'absent' ? ['已不在文件中', 'is gone'] : ['盖章后被改动', 'was altered after it was sealed']
    problems.push({ severity: 'error', code: 'EVOUCHER_SEAL_BROKEN', text: `${path}: ${zh} / ${en}` })
  }
  if (report.state === 'undecided')
    problems.push({
      severity: 'warning',
      code: 'EVOUCHER_SEAL_UNDECIDED',
      text: '签章的摘要表无法核对（不是 SM3，或清单不可读）/ the seal’s digest list cannot be checked: not SM3, or not readable',
    })
  for (const path of report.unlistedAttachments.slice(0, 20))
    problems.push({
      severity: 'error',
      code: 'EVOUCHER_SEAL_ATTACHMENT_UNLISTED',
      text: `${path}: 附件不在签章的摘要表中，可被替换而不被发现 / the attachment is not in the seal’s digest list: it could be replaced unseen`,
    })
  const others = report.unlisted.filter(path => !report.unlistedAttachments.includes(path))
  if (others.length > 0)
    problems.push({
      severity: 'warning',
      code: 'EVOUCHER_SEAL_PART_UNLISTED',
      text: `签章未保护 / not protected by the seal: ${others.slice(0, 20).join(', ')}`,
    })
  return problems
}
