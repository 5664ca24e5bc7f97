// What main.ts wires, for tests that hold the clock in their own hands.

import { certificateTerms } from '../../bank-gateways/shared/certificates'
import { byteLength, unmappable } from '../../bank-gateways/shared/charset'
import { GATEWAYS } from '../../bank-gateways/registry'
import type { Parts } from '../../connector/cli/site'
import type { Clock } from '../../connector/ports'
import { storeConfigSchema } from '../../connector/store/config'
import { openStore } from '../../connector/store/open-store'
import { BRIDGES } from '../../erp-bridges/registry'

export function partsWith(clock: Clock): Parts {
  return {
    bridges: BRIDGES,
    gateways: GATEWAYS,
    clock,
    measure: (text, encoding) => ({ bytes: byteLength(text, encoding), unmappable: unmappable(text, encoding) }),
    readCertificate: certificateTerms,
    storeSchema: storeConfigSchema,
    openStore: (config, keys, isMigrating) =>
      openStore(storeConfigSchema.parse(config), { clock, keys, schema: isMigrating ? 'migrate' : 'require' }),
  }
}

/** The real clock, which a test may move forward: the daemon's and the banks' alike. */
export function movableClock(): Clock & { move(ms: number): void } {
  let offset = 0
  return {
    now: () => Date.now() + offset,
    sleep: (ms, signal) =>
      new Promise(resolve => {
        const timer = setTimeout(done, ms)
        function done(): void {
          clearTimeout(timer)
          signal.removeEventListener('abort', done)
          resolve()
        }
        if (signal.aborted) done()
        else signal.addEventListener('abort', done, { once: true })
      }),
    move: ms => void (offset += ms),
  }
}
