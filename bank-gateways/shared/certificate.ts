// How long a certificate still lasts, as a finding of `doctor`. It never throws, and says what to do.

import type { Check } from '../../connector/ports'
import { certificateTerm } from './gm-keys'

/** `read` gives the PEM. Not ok from `warningDays` before the end on. */
export async function certificateCheck(
  read: () => Promise<string>,
  warningDays: number,
  nowMs: number,
): Promise<Check> {
  const found = { name: 'certificate', latencyMs: null, clockDifferenceMs: null }
  try {
    const { subject, endsAt, daysLeft } = certificateTerm(await read(), nowMs)
    const ends = new Date(endsAt).toISOString().slice(0, 10)
    if (daysLeft < 0) {
      const zh = `证书 ${subject} 已于 ${ends} 到期：向银行换发后才能付款`
      return { ...found, ok: false, zh, en: `certificate ${subject} ended on ${ends}: have the bank renew it` }
    }
    const isSoon = daysLeft < warningDays
    const zh = `证书 ${subject} 还有 ${daysLeft} 天（${ends} 到期）${isSoon ? '：请尽快向银行换发' : ''}`
    const en = `certificate ${subject} lasts ${daysLeft} more days, until ${ends}${isSoon ? ': have the bank renew it' : ''}`
    return { ...found, ok: !isSoon, zh, en }
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    return { ...found, ok: false, zh: `读不到证书：${words}`, en: `the certificate cannot be read: ${words}` }
  }
}
