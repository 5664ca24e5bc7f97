// The admin port: /live (the process turns), /ready (the store answers; may it send), /banks (how each connection is),
// /metrics. It shows counts, never an account.

import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Fence } from '../steps/fence'
import type { Store } from '../store/store'
import { banksDocument } from './bank-health'
import type { BankStates, Metrics } from './metrics'

export type AdminServer = { readonly url: string; close(): Promise<void> }

export type AdminParts = {
  readonly store: Store
  readonly metrics: Metrics
  readonly fence: Pick<Fence, 'state'>
  readonly banks: BankStates
  readonly instance: string
}

export async function startAdmin(
  at: { readonly host: string; readonly port: number },
  shown: AdminParts,
): Promise<AdminServer> {
  const server = http.createServer((request, response) => {
    void answer(request.url ?? '/', shown).then(({ status, body, type }) => {
      response.writeHead(status, { 'Content-Type': type }).end(body)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(at.port, at.host, resolve)
  })
  const address = server.address() as AddressInfo
  return {
    url: `http://${at.host}:${address.port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

type Answer = { readonly status: number; readonly body: string; readonly type: string }

async function answer(path: string, { store, metrics, fence, banks, instance }: AdminParts): Promise<Answer> {
  const json = 'application/json; charset=utf-8'
  try {
    if (path === '/live') return { status: 200, body: '{"live":true}', type: json }
    if (path === '/ready') {
      await store.ping()
      // A closed fence is ready: restarting would not open it. The body and the metric say that nothing is sent.
      const state = fence.state()
      const sending = state.kind === 'open' ? { sends: true } : { sends: false, fence: state.reasons }
      return { status: 200, body: JSON.stringify({ ready: true, ...sending }), type: json }
    }
    if (path === '/banks') return { status: 200, body: JSON.stringify(banksDocument(instance, banks)), type: json }
    if (path === '/metrics') return { status: 200, body: await metrics.render(), type: 'text/plain; version=0.0.4' }
    return { status: 404, body: '{"error":"not found"}', type: json }
  } catch (error) {
    const name = error instanceof Error ? error.name : 'Error'
    return { status: 503, body: JSON.stringify({ ready: false, error: name }), type: json }
  }
}
