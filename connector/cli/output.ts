// How the command speaks: Chinese or English by --lang, YINQI_LANG or the locale; JSON where a program reads; fixed exit
// codes: 0 ok, 1 the answer is no, 2 usage, 78 configuration.

export const EXIT = { ok: 0, no: 1, usage: 2, config: 78 } as const

export type Lang = 'zh' | 'en'

export type Output = {
  readonly lang: Lang
  readonly isJson: boolean
  /** A line for people; nothing under --json. */
  say(zh: string, en: string): void
  /** The one JSON document of this command; nothing without --json. */
  json(value: unknown): void
}

export function createOutput(
  options: { readonly lang?: string; readonly json?: boolean },
  env: NodeJS.ProcessEnv,
): Output {
  const wanted = options.lang ?? env['YINQI_LANG'] ?? env['LC_ALL'] ?? env['LANG'] ?? ''
  const lang: Lang = /^zh/i.test(wanted) ? 'zh' : 'en'
  const isJson = options.json === true
  return {
    lang,
    isJson,
    say: (zh, en) => void (isJson || process.stdout.write(`${lang === 'zh' ? zh : en}\n`)),
    json: value => void (isJson && process.stdout.write(`${JSON.stringify(value, jsonValue, 2)}\n`)),
  }
}

function jsonValue(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

/** Columns aligned for a terminal; a Chinese character is two columns wide. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, widthOf(cell))
  return rows
    .map(row =>
      row
        .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - widthOf(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function widthOf(text: string): number {
  return [...text].reduce(
    (width, character) =>
      width +
      (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(character)
        ? 2
        : 1),
    0,
  )
}
