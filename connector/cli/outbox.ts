// What the ERP was told and would not take: see it, and tell it again at once after the cause was mended.

import type { Deps } from '../steps/deps'
import { EXIT, table, type Output } from './output'

const SHOWN = 200

export async function listRefused(deps: Deps, output: Output): Promise<number> {
  const refusals = await deps.store.outbox.refusals(SHOWN)
  output.json({ refusals })
  const text = table(refusals.map(item => [item.erp, item.kind, item.key, item.code, item.text]))
  output.say(text === '' ? '没有被 ERP 拒收的记录' : text, text === '' ? 'the ERP refuses nothing' : text)
  return EXIT.ok
}

/** A record is keyed: telling it again changes nothing that was written (I6), so that no reason need be asked. */
export async function retryRefused(deps: Deps, erp: string | undefined, output: Output): Promise<number> {
  if (erp !== undefined && !deps.erps.has(erp)) {
    const names = [...deps.erps.keys()].join(', ')
    output.say(`没有名为 ${erp} 的 ERP，可用：${names}`, `there is no ERP ${erp}; there are: ${names}`)
    output.json({ ok: false, code: 'ERP_UNKNOWN', erps: [...deps.erps.keys()] })
    return EXIT.no
  }
  const count = await deps.store.outbox.retryRefused(erp ?? null, deps.clock.now())
  output.say(`${count} 条被拒记录将立即重新回写`, `${count} refused records are told again now`)
  output.json({ ok: true, count })
  return EXIT.ok
}
