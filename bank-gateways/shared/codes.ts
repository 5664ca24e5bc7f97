// What the code tables of all banks have in common: a site's additions from its manual, a code in words, and what stopped an
// exchange. It knows no bank's codes and decides nothing: a code in no table stays undefined here.

/** A code that a site knows from its manual: at which level, and what it means there. */
export type ExtraCodeOf<Outcomes extends OutcomesByLevel> = {
  readonly code: string
  readonly level: keyof Outcomes
  readonly outcome: string
  readonly meaning: string
}

type OutcomesByLevel = Readonly<Record<string, readonly string[]>>

/** The outcome that a site gave a code at a level; undefined when it gave none, or none that this level has. */
export function extraOutcomeOf<Outcomes extends OutcomesByLevel, Level extends keyof Outcomes>(
  outcomes: Outcomes,
  code: string,
  level: Level,
  extras: readonly ExtraCodeOf<Outcomes>[],
): Outcomes[Level][number] | undefined {
  const outcome = extras.find(entry => entry.code === code && entry.level === level)?.outcome
  const allowed: readonly Outcomes[Level][number][] = outcomes[level] ?? []
  return allowed.find(one => one === outcome)
}

/** Chinese and English meaning of a code with what the bank said, for the trail. `extra`: a site's word for it. */
export function describe(
  known: { readonly zh: string; readonly en: string } | null | undefined,
  extra: string | undefined,
  text: string,
): string {
  const meaning = known ? `${known.zh} / ${known.en}` : (extra ?? '未列出的返回码 / a code not in the tables')
  return text === '' ? meaning : `${meaning}: ${text}`
}

/** Something that stopped an exchange or an instruction: a stable code and a reason in Chinese and English. */
export type Problem = { readonly code: string; readonly reason: string }

/** A bank's own problems, from its table of words. `detail` may be empty; it never holds a full account number. */
export function problemsOf<Code extends string>(
  words: Readonly<Record<Code, readonly [zh: string, en: string]>>,
): (code: Code, detail: string) => Problem {
  return (code, detail) => {
    const [zh, en] = words[code]
    return { code, reason: detail === '' ? `${zh} / ${en}` : `${zh} / ${en}: ${detail}` }
  }
}
