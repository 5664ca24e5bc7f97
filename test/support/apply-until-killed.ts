// A child process that moves one payment many times in each transaction and says, unbuffered, when it begins one. Its
// parent kills it in the middle. Arguments: the SQLite file, the changes of one transaction.

import { writeSync } from 'node:fs'
import { openStore } from '../../connector/store/open-store'
import { answer, clock } from './stores'
import { testKeys } from './keys'

async function main(): Promise<void> {
  const [filename = '', size = '0'] = process.argv.slice(2)
  const store = await openStore({ dialect: 'sqlite', filename }, { clock, keys: testKeys(), schema: 'require' })
  for (let round = 0; round < 100; round++) {
    const seq = (await store.payments.get('P1'))?.seq ?? 0
    const changes = Array.from({ length: Number(size) }, (_, index) => ({
      paymentId: 'P1',
      seq: seq + index,
      to: index % 2 === 0 ? ('sending' as const) : ('ready' as const),
      at: 2000 + index,
      cause: index % 2 === 0 ? 'send.started' : 'send.unsent',
      actor: 'daemon',
      evidence: {},
      patch: { attempts: seq + index },
      outbox: [answer(`status ${seq + index + 1}`)],
    }))
    writeSync(1, `begin ${round}\n`)
    await store.payments.apply(changes)
  }
}

main().catch((error: unknown) => {
  process.exitCode = 1
  throw error
})
