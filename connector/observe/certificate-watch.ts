// Looks at the site's certificates once a day, shows them as metrics and tells a person weeks ahead, again at every
// threshold, and daily once one has ended. It stops nothing: what a bank says of an old certificate is the bank's word.

import type { CertificateState } from '../core/certificates'
import type { Clock } from '../ports'
import type { Happening } from '../steps/deps'

const DAY_MS = 86_400_000

export type CertificateWatch = { stop(): Promise<void> }

export function watchCertificates(parts: {
  readonly look: () => Promise<readonly CertificateState[]>
  readonly show: (states: readonly CertificateState[]) => void
  readonly tell: (happening: Happening) => void
  readonly clock: Clock
}): CertificateWatch {
  const { look, show, tell, clock } = parts
  const stopping = new AbortController()
  const told = new Map<string, number>()
  const round = async (): Promise<void> => {
    const states = await look()
    show(states)
    for (const { name, subject, daysLeft, threshold, endsAt, problem } of states) {
      if (daysLeft === null || endsAt === null) tell({ kind: 'certificate.unreadable', name, reason: problem })
      else if (threshold === null) told.delete(name)
      else if (threshold === 0 || told.get(name) !== threshold) {
        told.set(name, threshold)
        tell({
          kind: 'certificate.ending',
          name,
          subject,
          daysLeft,
          endsOn: new Date(endsAt).toISOString().slice(0, 10),
        })
      }
    }
  }
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await round()
      await clock.sleep(DAY_MS, stopping.signal)
    }
  }
  const running = loop()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
