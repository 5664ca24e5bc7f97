// How long certificates still last, and when a person is told. Pure: who reads them stands elsewhere.

const DAY_MS = 86_400_000

/** A certificate of this site, or one that could not be read. */
export type Certificate = {
  /** Where it is configured: a path of the configuration, or the name it was given there. */
  readonly name: string
  readonly subject: string
  /** Null: it could not be read, `problem` says why. */
  readonly endsAt: number | null
  readonly problem: string
}

export type CertificateState = Certificate & {
  /** Whole days, negative after its end; null where it could not be read. */
  readonly daysLeft: number | null
  /** The tightest of the thresholds that it has come under, 0 when it has ended; null: there is time. */
  readonly threshold: number | null
}

export function stateOf(certificate: Certificate, warningDays: readonly number[], now: number): CertificateState {
  const { endsAt } = certificate
  if (endsAt === null) return { ...certificate, daysLeft: null, threshold: null }
  const daysLeft = Math.floor((endsAt - now) / DAY_MS)
  return { ...certificate, daysLeft, threshold: thresholdOf(daysLeft, warningDays) }
}

function thresholdOf(daysLeft: number, warningDays: readonly number[]): number | null {
  if (daysLeft < 0) return 0
  const reached = warningDays.filter(days => daysLeft <= days)
  return reached.length === 0 ? null : Math.min(...reached)
}

/** What was found, for a person: Chinese, then English. */
export function wordsOfCertificate({ subject, endsAt, daysLeft, threshold, problem }: CertificateState): {
  readonly ok: boolean
  readonly zh: string
  readonly en: string
} {
  if (endsAt === null || daysLeft === null)
    return { ok: false, zh: `读不到证书：${problem}`, en: `the certificate cannot be read: ${problem}` }
  const ends = new Date(endsAt).toISOString().slice(0, 10)
  const who = subject === '' ? '' : ` ${subject}`
  if (daysLeft < 0)
    return {
      ok: false,
      zh: `证书${who} 已于 ${ends} 到期：换发后才能继续`,
      en: `certificate${who} ended on ${ends}: it must be renewed`,
    }
  const isSoon = threshold !== null
  return {
    ok: !isSoon,
    zh: `证书${who} 还有 ${daysLeft} 天（${ends} 到期）${isSoon ? '：请尽快换发' : ''}`,
    en: `certificate${who} lasts ${daysLeft} more days, until ${ends}${isSoon ? ': have it renewed' : ''}`,
  }
}
