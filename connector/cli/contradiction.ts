// Contradictions at the command line: what is open, and a named person's word about what it was. Resolving one moves no
// payment; it only says that somebody has looked.

import { cleanName, personKey } from '../core/people'
import type { Deps } from '../steps/deps'
import { EXIT, table, type Output } from './output'

export async function listContradictions(deps: Deps, limit: number, output: Output): Promise<number> {
  const open = await deps.store.contradictions.open(limit)
  output.json({ contradictions: open })
  const rows = open.map(item => [
    item.id,
    new Date(item.at).toISOString(),
    item.code,
    item.paymentId ?? '',
    item.cause,
    Object.entries(item.evidence)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  ])
  const text = table(rows)
  output.say(text === '' ? '没有未处理的矛盾' : text, text === '' ? 'no open contradictions' : text)
  return EXIT.ok
}

/** One person and a sentence are enough: it releases nothing and sends nothing. */
export async function resolveContradiction(
  deps: Deps,
  id: string,
  given: { readonly person: string; readonly resolution: string },
  output: Output,
): Promise<number> {
  const person = cleanName(given.person)
  const resolution = given.resolution.trim()
  if (personKey(person) === '' || resolution === '') {
    return answer(output, false, '必须写明姓名和处理结论', 'a name and a resolution are needed')
  }
  const isDone = await deps.store.contradictions.resolve(id, person, resolution, deps.clock.now())
  if (!isDone) {
    return answer(output, false, `没有未处理的矛盾 ${id}`, `there is no open contradiction ${id}`)
  }
  return answer(output, true, `矛盾 ${id} 已处理`, `contradiction ${id} is resolved`)
}

function answer(output: Output, ok: boolean, zh: string, en: string): number {
  output.say(zh, en)
  output.json({ ok, zh, en })
  return ok ? EXIT.ok : EXIT.no
}
