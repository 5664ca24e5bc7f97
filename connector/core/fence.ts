// The fence (I10): may this daemon send from this store? Evidence in, a decision out. A restored or copied store must
// never look open; an ordinary restart, a crash at any moment and a container made anew must never look closed.

import type { FenceRecord, HostIdentity, Money, Shown, State, StatementLine } from '../ports'

export type FenceCode =
  | 'FENCE_NOT_LOOKED'
  | 'FENCE_HOST_UNKNOWN'
  | 'FENCE_HOST_COPIED'
  | 'FENCE_FILE_DAMAGED'
  | 'FENCE_STORE_OTHER'
  | 'FENCE_STORE_BEHIND'
  | 'FENCE_DATABASE_COPIED'
  | 'FENCE_ERP_AHEAD'
  | 'FENCE_BANK_AHEAD'

/** `detail` names what was seen: numbers, a reference, an instance. Never an account. */
export type FenceReason = { readonly code: FenceCode; readonly detail: string }

export type FenceState =
  { readonly kind: 'open' } | { readonly kind: 'closed'; readonly reasons: readonly FenceReason[] }

/** The store's half of the binding, as it stands in the store. */
export type StoreFacts = {
  readonly storeId: string
  readonly epoch: string
  readonly pastEpochs: readonly string[]
  /** The database's own identity now, and as it was when the store was bound or confirmed; '' where it cannot be had. */
  readonly database: string
  readonly boundDatabase: string
  /** Number of the last send that any host began. */
  readonly sends: number
  /** Anything was ever sent, also before the fence was built in. */
  readonly hasSent: boolean
  readonly hosts: readonly { readonly instance: string; readonly token: string; readonly seenAt: number }[]
  /** Reasons for which the store as a whole is closed, for every host, until a person confirms. */
  readonly closed: readonly FenceReason[]
}

export type FenceEvidence = {
  readonly instance: string
  readonly store: StoreFacts
  readonly file: FenceRecord | 'damaged' | null
  readonly host: HostIdentity
  /** Another host of this store is alive and open: it was seen to write here while we watched. */
  readonly isVouchedFor: boolean
}

export type FenceDecision =
  | { readonly kind: 'open' }
  /** Nothing speaks against this host, and it is not bound yet. */
  | { readonly kind: 'bind' }
  /** `store`: every host must stop, and the store remembers it. `host`: this one only. */
  | { readonly kind: 'closed'; readonly whose: 'store' | 'host'; readonly reasons: readonly FenceReason[] }

/** A store that was closed stays so until a person confirms; what is seen now besides is told with it. */
export function decideFence(evidence: FenceEvidence): FenceDecision {
  const { closed: known } = evidence.store
  const seen = decideHere(evidence)
  if (known.length === 0) return seen
  const fresh =
    seen.kind === 'closed' ? seen.reasons.filter(({ code }) => known.every(other => other.code !== code)) : []
  return { kind: 'closed', whose: 'store', reasons: [...known, ...fresh] }
}

function decideHere(evidence: FenceEvidence): FenceDecision {
  const { store, file, host } = evidence
  if (store.boundDatabase !== '' && store.database !== '' && store.boundDatabase !== store.database) {
    return closed('store', 'FENCE_DATABASE_COPIED', `${store.boundDatabase} -> ${store.database}`)
  }
  if (file === 'damaged') return closed('host', 'FENCE_FILE_DAMAGED', '')
  const forgotten = file === null ? null : forgottenBy(store, file)
  if (forgotten !== null) return forgotten
  const stranger = strangerOf(evidence, file, host)
  if (stranger === null) return { kind: 'open' }
  // Nothing was ever sent from this store and nothing by this host: there is nothing that a copy could repeat.
  if (!store.hasSent && (file === null || file.sends === 0)) return { kind: 'bind' }
  // A living host of the same store proves that this is the living database; a copy has none, its hosts stand still.
  if (evidence.isVouchedFor && (file === null || file.storeId === store.storeId)) return { kind: 'bind' }
  return stranger
}

/** What this host remembers and the store does not: an older copy was put back, or the epoch was another store's. */
function forgottenBy(store: StoreFacts, file: FenceRecord): FenceDecision | null {
  if (file.storeId !== store.storeId) return null
  if (file.epoch !== store.epoch) {
    return store.pastEpochs.includes(file.epoch) ? null : closed('store', 'FENCE_STORE_BEHIND', `epoch ${file.epoch}`)
  }
  if (file.sends <= store.sends) return null
  return closed('store', 'FENCE_STORE_BEHIND', `${store.sends} < ${file.sends}`)
}

function strangerOf(
  { instance, store }: FenceEvidence,
  file: FenceRecord | null,
  host: HostIdentity,
): FenceDecision | null {
  if (file === null) return closed('host', 'FENCE_HOST_UNKNOWN', instance)
  if (file.storeId !== store.storeId) return closed('host', 'FENCE_STORE_OTHER', instance)
  if (differs(file.identity.machine, host.machine) || differs(file.identity.folder, host.folder)) {
    return closed('host', 'FENCE_HOST_COPIED', instance)
  }
  const bound = store.hosts.find(candidate => candidate.instance === instance)
  return bound?.token === file.token ? null : closed('host', 'FENCE_HOST_UNKNOWN', instance)
}

function differs(then: string, now: string): boolean {
  return then !== '' && now !== '' && then !== now
}

function closed(whose: 'store' | 'host', code: FenceCode, detail: string): FenceDecision {
  return { kind: 'closed', whose, reasons: [{ code, detail }] }
}

// ------------------------------------------------------------------------------------- what the ERP and the bank saw

/** Why a row of the ERP proves that this store has forgotten something, or null. `knownSeq` null: it has no such payment. */
export function doubtOfShown(shown: Shown, knownSeq: number | null): FenceReason | null {
  if (knownSeq !== null && knownSeq >= shown.seq) return null
  return { code: 'FENCE_ERP_AHEAD', detail: `${shown.bankReference} ${shown.status} ${knownSeq ?? '-'} < ${shown.seq}` }
}

/**
 * Why a bank line proves it, or null. `payment` null: nobody's. A debit of a payment that never began to be sent here, or
 * was cancelled before, was sent elsewhere; once a bank's answer has ended it, the debit is no news.
 */
export function doubtOfLine(
  line: StatementLine,
  payment: { readonly state: State; readonly sentAt: number | null } | null,
  isOurs: boolean,
): FenceReason | null {
  const isDebit = line.amount.minor < 0n && !line.isReversal
  const isDoubtful = payment === null ? isOurs : isDebit && payment.sentAt === null && UNSENT.includes(payment.state)
  return isDoubtful ? { code: 'FENCE_BANK_AHEAD', detail: line.reference } : null
}

const UNSENT: readonly State[] = ['held', 'ready', 'cancelled']

/** A reference that this store, under one of its incarnations, would have made: see core/reference.ts. */
export function isOwnReference(
  reference: string,
  own: { readonly prefix: string; readonly incarnations: readonly string[] },
): boolean {
  if (!reference.startsWith(own.prefix)) return false
  const digits = /^\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(\d{3})\d{6}$/.exec(reference.slice(own.prefix.length))
  return digits?.[1] !== undefined && own.incarnations.includes(digits[1])
}

/** Three digits that this store never had; `random` is 0 to 999 and only says where the search begins. */
export function nextIncarnation(used: readonly string[], random: number): string | null {
  for (let step = 0; step < 1000; step++) {
    const candidate = String((random + step) % 1000).padStart(3, '0')
    if (!used.includes(candidate)) return candidate
  }
  return null
}

/** A debit that may well be this payment: the same account and amount, and no other payee. */
export function isSuspect(
  wanted: { readonly payerAccount: string; readonly payeeAccount: string; readonly amount: Money },
  debit: { readonly account: string; readonly counterAccount: string; readonly amount: Money },
): boolean {
  const plain = (account: string): string => account.replace(/[\s-]/g, '')
  return (
    debit.account === wanted.payerAccount &&
    debit.amount.currency === wanted.amount.currency &&
    debit.amount.minor === -wanted.amount.minor &&
    (debit.counterAccount === '' || plain(debit.counterAccount) === plain(wanted.payeeAccount))
  )
}

/** After a confirmation everything that the ERP asks within this time waits for a person: it may be what was lost. */
export const PROBATION_MS = 3_600_000

/** The kind of the hold that the fence puts on a payment. */
export const FENCE_HOLD = 'fence'

export const FENCE_WORDS: Readonly<Record<FenceCode, { readonly zh: string; readonly en: string }>> = {
  FENCE_NOT_LOOKED: { zh: '尚未核对本机与数据库的绑定', en: 'the binding of host and store was not looked at yet' },
  FENCE_HOST_UNKNOWN: {
    zh: '本机未与该数据库绑定（dataDir 丢失、新主机，或数据库为副本）',
    en: 'this host is not bound to the store (dataDir lost, a new host, or the store is a copy)',
  },
  FENCE_HOST_COPIED: {
    zh: 'dataDir 是从别处复制来的',
    en: 'dataDir was copied from another place',
  },
  FENCE_FILE_DAMAGED: { zh: 'dataDir 中的绑定文件已损坏', en: 'the fence file in dataDir is damaged' },
  FENCE_STORE_OTHER: {
    zh: '本机绑定的是另一个数据库',
    en: 'this host is bound to another store',
  },
  FENCE_STORE_BEHIND: {
    zh: '数据库比本机所知的旧：可能恢复了备份',
    en: 'the store is older than what this host has sent: a backup may have been restored',
  },
  FENCE_DATABASE_COPIED: {
    zh: '数据库不是当初绑定的那一个：可能是副本',
    en: 'the database is not the one that was bound: it may be a copy',
  },
  FENCE_ERP_AHEAD: {
    zh: 'ERP 显示的付款状态本库没有',
    en: 'the ERP shows of a payment what this store does not know',
  },
  FENCE_BANK_AHEAD: {
    zh: '银行流水中有本库未发送过的我方付款',
    en: 'the bank shows a payment under our reference that this store did not send',
  },
}

/** One line a reason, for a screen or a log. */
export function wordsOf(reasons: readonly FenceReason[], lang: 'zh' | 'en'): string {
  return reasons
    .map(({ code, detail }) => `${code} ${FENCE_WORDS[code][lang]}${detail === '' ? '' : ` (${detail})`}`)
    .join('\n')
}
