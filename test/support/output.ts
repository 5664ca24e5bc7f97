// A command's output, kept: what people read in one language, and the JSON document.

import type { Lang, Output } from '../../connector/cli/output'

export type Captured = { readonly output: Output; text(): string; document(): unknown }

export function capture(lang: Lang): Captured {
  const lines: string[] = []
  let document: unknown
  return {
    output: {
      lang,
      isJson: false,
      say: (zh, en) => void lines.push(lang === 'zh' ? zh : en),
      json: value => void (document = value),
    },
    text: () => lines.join('\n'),
    document: () => document,
  }
}
