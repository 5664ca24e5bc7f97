// Statement files as they came: `yinqi statement files` lists them, `yinqi statement file DIGEST --out F` gives the bytes back.

import { open, rename, unlink } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import type { Deps } from '../steps/deps'
import { keptBytes } from '../steps/keep-file'
import type { StatementFile } from '../store/store'
import { EXIT, table, type Output } from './output'

const STATUS_WORDS: Readonly<Record<StatementFile['status'], { readonly zh: string; readonly en: string }>> = {
  importing: { zh: '未完成', en: 'unfinished' },
  imported: { zh: '已导入', en: 'imported' },
  refused: { zh: '已拒绝', en: 'refused' },
}

export async function listFiles(deps: Deps, limit: number, output: Output): Promise<number> {
  const files = await deps.store.files.list('', limit)
  output.json({ files })
  const rowsOf = (lang: 'zh' | 'en') =>
    files.map(file => [
      file.digest.slice(0, 16),
      new Date(file.importedAt).toISOString().slice(0, 19),
      STATUS_WORDS[file.status][lang],
      `${file.format} ${file.encoding}`,
      `${file.bytes}`,
      file.importedBy,
      file.name,
    ])
  output.say(
    files.length === 0
      ? '还没有导入过文件'
      : table([['摘要', '时间 (UTC)', '状态', '格式', '字节', '导入人', '文件名'], ...rowsOf('zh')]),
    files.length === 0
      ? 'no file was imported yet'
      : table([['digest', 'at (UTC)', 'status', 'format', 'bytes', 'by', 'name'], ...rowsOf('en')]),
  )
  return EXIT.ok
}

/** The beginning of a digest is enough where it names one file. A file that is there is never overwritten. */
export async function writeFile(deps: Deps, digest: string, out: string, output: Output): Promise<number> {
  const found = /^[0-9a-f]{4,64}$/i.test(digest) ? await deps.store.files.list(digest, 2) : []
  const [file] = found
  if (file === undefined)
    return answer(output, `没有摘要以 ${digest} 开头的文件`, `no file has a digest that begins with ${digest}`)
  if (found.length > 1)
    return answer(output, `摘要 ${digest} 不唯一，请写长一些`, `${digest} names several files: give more of it`)
  if (existsSync(out)) return answer(output, `${out} 已存在，不覆盖`, `${out} exists and is not overwritten`)
  const part = `${out}.part`
  const handle = await open(part, 'wx', 0o600)
  try {
    for await (const bytes of keptBytes(deps, file)) await handle.write(bytes)
    await handle.close()
    await rename(part, out)
  } catch (error) {
    await handle.close().catch(() => undefined)
    await unlink(part).catch(() => undefined)
    throw error
  }
  output.json({ ok: true, out, ...file })
  output.say(
    `${out}：${file.bytes} 字节，SHA-256 ${file.digest}`,
    `${out}: ${file.bytes} bytes, SHA-256 ${file.digest}`,
  )
  return EXIT.ok
}

function answer(output: Output, zh: string, en: string): number {
  output.say(zh, en)
  output.json({ ok: false, zh, en })
  return EXIT.no
}
