// `yinqi exceptions`: everything that needs a person, with its age, its owner and the next step; and who looks after it.
// Exit 0 says that there is nothing, 1 that there is something: a monitor needs no more.

import { EXCEPTION_WORDS, isExceptionType } from '../core/exceptions'
import { cleanName, personKey } from '../core/people'
import { listExceptions } from '../steps/exceptions'
import type { Deps } from '../steps/deps'
import { EXIT, table, type Lang, type Output } from './output'

export type ExceptionFlags = { readonly type?: string; readonly account?: string; readonly olderThan?: string }

export async function showExceptions(deps: Deps, flags: ExceptionFlags, output: Output): Promise<number> {
  const { type = null, account = null } = flags
  const types = Object.keys(EXCEPTION_WORDS).join(', ')
  if (type !== null && !isExceptionType(type))
    return answer(output, EXIT.usage, `--type 只能是 ${types}`, `--type is one of ${types}`)
  if (account !== null && !deps.accounts.some(one => one.account === account))
    return answer(output, EXIT.usage, `账号未登记：${account}`, `not configured: ${account}`)
  const days = flags.olderThan ?? ''
  if (!/^\d{0,2}$/.test(days))
    return answer(output, EXIT.usage, '--older-than 为 0 至 99 天', '--older-than is 0 to 99 days')
  const grace = days === '' ? {} : { graceDays: Number(days) }
  const items = await listExceptions(deps, { type, account, ...grace })
  output.json({ exceptions: items })
  const rows = (lang: Lang) =>
    items.map(item => [
      EXCEPTION_WORDS[item.type][lang],
      item.account,
      item.day,
      ageText(item.ageMs, lang),
      item.owner === '' ? '–' : item.owner,
      item.what[lang],
      item.next[lang],
      item.id,
    ])
  output.say(
    items.length === 0
      ? '没有例外事项'
      : table([['类型', '账号', '日期', '已有', '负责人', '内容', '下一步', '编号'], ...rows('zh')]),
    items.length === 0
      ? 'no exceptions'
      : table([['type', 'account', 'day', 'age', 'owner', 'what', 'next step', 'id'], ...rows('en')]),
  )
  return items.length === 0 ? EXIT.ok : EXIT.no
}

export async function assignException(
  deps: Deps,
  id: string,
  given: { readonly to: string; readonly reason: string; readonly as: string },
  output: Output,
): Promise<number> {
  const [owner, by] = [cleanName(given.to), cleanName(given.as)]
  const note = given.reason.trim()
  if (personKey(owner) === '' || personKey(by) === '' || note === '')
    return answer(output, EXIT.no, '必须写明负责人、原因和操作人', 'an owner, a reason and your own name are needed')
  const items = await listExceptions(deps, { type: null, account: null })
  if (!items.some(item => item.id === id))
    return answer(output, EXIT.no, `没有例外事项 ${id}`, `there is no exception ${id}`)
  await deps.store.exceptions.assign({ exceptionId: id, owner, note, by, at: deps.clock.now() })
  return answer(output, EXIT.ok, `${id} 由 ${owner} 负责`, `${owner} looks after ${id}`)
}

function ageText(ms: number, lang: Lang): string {
  const hours = Math.floor(ms / 3_600_000)
  const [days, left] = [Math.floor(hours / 24), hours % 24]
  if (days === 0) return lang === 'zh' ? `${left} 小时` : `${left} h`
  return lang === 'zh' ? `${days} 天` : `${days} d`
}

function answer(output: Output, code: number, zh: string, en: string): number {
  output.say(zh, en)
  output.json({ ok: code === EXIT.ok, zh, en })
  return code
}
